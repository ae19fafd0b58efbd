"""The examinations that the DICOM plugins, the panel and the workspace share in the application: they live with its database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import slicer

from DICOMTutorialHelperLib.scene.loadables import Examinations

if TYPE_CHECKING:
    import ctk

# Where Slicer's own modules keep what they share, as ``slicer.modules.dicomPlugins``.
OWNER_ATTRIBUTE = "dicomTutorialExaminations"


class DatabaseExaminations(Examinations):
    """Examinations that are let go of whenever ``database`` (a ctkDICOMDatabase, or None) is changed, opened or closed."""

    def __init__(self, database: Optional[ctk.ctkDICOMDatabase]) -> None:
        super().__init__()
        self.database = database
        if database is not None:  # a custom application may have none
            for signal in (database.databaseChanged, database.opened, database.closed):
                signal.connect(lambda *_: self.forget())


def shared_examinations() -> Examinations:
    """Those of the application's database, made when first asked for; ``slicer.modules`` owns them. Main thread only.

    Slicer makes the plugins itself, each by itself and anew for whoever asks, so there is nobody who could hand them over.
    """
    database = getattr(slicer, "dicomDatabase", None)
    kept = getattr(slicer.modules, OWNER_ATTRIBUTE, None)
    if kept is None or kept.database is not database:
        kept = DatabaseExaminations(database)
        setattr(slicer.modules, OWNER_ATTRIBUTE, kept)
    return kept
