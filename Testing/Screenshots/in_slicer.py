"""What the scripts that take pictures in Slicer share: what they are told, waiting, and the picture itself."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import ctk
import qt
import slicer

QUALITY = 80
WIDEST = 1200


def target_folder() -> Path:
    """Where pictures go: DICOM_TUTORIAL_SCREENSHOTS."""
    return Path(os.environ["DICOM_TUTORIAL_SCREENSHOTS"])


def chosen_languages(usual: tuple[str, ...]) -> list[str]:
    """Those of DICOM_TUTORIAL_LANGUAGES ("fr en"), else the usual ones."""
    return os.environ.get("DICOM_TUTORIAL_LANGUAGES", " ".join(usual)).split()


def dress_window() -> None:
    """The look of DICOM_TUTORIAL_STYLE ("Dark Slicer") and the size of DICOM_TUTORIAL_SIZE ("1440x900")."""
    style = os.environ.get("DICOM_TUTORIAL_STYLE", "")
    if style:
        slicer.app.setStyle(style)
        slicer.app.setPalette(slicer.app.style().standardPalette())  # as Slicer's settings do
    width, height = map(int, os.environ.get("DICOM_TUTORIAL_SIZE", "1440x900").split("x"))
    slicer.util.mainWindow().setGeometry(0, 0, width, height)


def settle(seconds: float) -> None:
    """Let Slicer draw and finish what runs beside it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        slicer.app.processEvents()
        time.sleep(0.02)


def take_picture(path: Path) -> None:
    """The main window as JPEG, WIDEST pixels wide at most."""
    slicer.util.forceRenderAllViews()
    slicer.app.processEvents()
    image = ctk.ctkWidgetsUtils.grabWidget(slicer.util.mainWindow())
    if image.width() > WIDEST:
        image = image.scaledToWidth(WIDEST, qt.Qt.SmoothTransformation)
    image.save(str(path), "JPG", QUALITY)


def run_and_leave(main: Callable[[], int]) -> None:
    """End Slicer with what ``main`` answers, 1 where it raises."""
    status = 1
    try:
        status = main()
    except Exception:  # whatever went wrong is the result
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    slicer.app.exit(status)
