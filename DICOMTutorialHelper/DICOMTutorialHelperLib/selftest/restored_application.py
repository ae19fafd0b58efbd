"""Puts Slicer back as it was: DICOM database, settings, layout, module, scene left empty. For tests and demonstrations."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Optional

import qt
import slicer

# How the settings begin that the DICOM module, its database, its plugins and this extension write.
KEPT_SETTINGS = ("DICOM", "DatabaseDirectory")


def application_state() -> dict[str, Any]:
    """What must be the same before and after: database, layout, module, settings."""
    database = getattr(slicer, "dicomDatabase", None)
    return {
        "database": database.databaseDirectory if database is not None and database.isOpen else None,
        "layout": _layout(),
        "module": slicer.util.selectedModule() if slicer.util.mainWindow() is not None else "",
        "settings": _kept_settings(),
    }


@contextmanager
def restored_application() -> Iterator[Path]:
    """A temporary folder with an open, empty DICOM database in it; everything is put back at the end, whatever happened.

    The scene is closed at the beginning and at the end, for what is loaded in between is not the user's.
    """
    from DICOMLib import DICOMUtils

    kept = _kept_settings()
    layout = _layout()
    main_window = slicer.util.mainWindow()
    module = slicer.util.selectedModule() if main_window is not None else ""
    slicer.mrmlScene.Clear(0)
    folder = Path(tempfile.mkdtemp(prefix="dicom-tutorial-"))
    original = _open_database(folder)
    try:
        yield folder
    finally:
        for step in (
            lambda: slicer.mrmlScene.Clear(0),
            lambda: DICOMUtils.closeTemporaryDatabase(original),
            lambda: _put_back(kept),
            lambda: slicer.util.selectModule(module) if module else None,
            lambda: None if layout is None else _layout_node().SetViewArrangement(layout),
            slicer.app.processEvents,
            # Windows keeps the database's file open; what is left then is small and lies among temporary files.
            lambda: shutil.rmtree(folder, ignore_errors=True),
        ):
            try:
                step()
            except Exception:  # one thing that cannot be put back must not keep the others from being so
                logging.exception("DICOM Tutorial Helper: putting the application back as it was")


def _open_database(folder: Path) -> Optional[str]:
    """Open an empty database; returns where the one is that was open before, None where none was.

    DICOMUtils would give the folder in the settings even then, and open a database there at the end: that of "." where
    Slicer starts for tests.
    """
    from DICOMLib import DICOMUtils

    was_open = slicer.dicomDatabase is not None and slicer.dicomDatabase.isOpen

    database = folder / "database"
    database.mkdir()
    original = DICOMUtils.openTemporaryDatabase(str(database))
    if not slicer.dicomDatabase.isOpen:
        raise OSError(f"no temporary DICOM database could be opened in {database}")
    return original if was_open else None


def _layout() -> Optional[int]:
    """The layout of the views; None where Slicer runs without a main window."""
    node = _layout_node()
    return None if node is None else node.GetViewArrangement()


def _layout_node():
    return slicer.app.applicationLogic().GetMRMLScene().GetFirstNodeByClass("vtkMRMLLayoutNode")


def _keys() -> list[str]:
    return [str(key) for key in qt.QSettings().allKeys() if str(key).startswith(KEPT_SETTINGS)]


def _kept_settings() -> dict:
    settings = qt.QSettings()
    return {key: settings.value(key) for key in _keys()}


def _put_back(kept: dict) -> None:
    settings = qt.QSettings()
    for key in _keys():
        if key not in kept:
            settings.remove(key)
    for key, value in kept.items():
        settings.setValue(key, value)
