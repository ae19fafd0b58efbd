"""Pictures of Slicer's window, for whoever looks at what a run showed."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import slicer


def take_picture(folder: Optional[Path], name: str) -> None:
    """A picture of the main window, where a folder for them is given."""
    main_window = slicer.util.mainWindow()
    if folder is None or main_window is None:
        return
    import ctk

    folder.mkdir(parents=True, exist_ok=True)
    slicer.app.processEvents()
    slicer.util.forceRenderAllViews()
    slicer.app.processEvents()
    ctk.ctkWidgetsUtils.grabWidget(main_window).save(str(folder / f"{name}.png"))
