"""Stands in for Slicer's ``ctk``: what the panel and the workspace use of it, on the stand-in ``qt``."""

from __future__ import annotations

from PySide6 import QtGui


class ctkWidgetsUtils:
    @staticmethod
    def grabWidget(widget) -> QtGui.QImage:
        """What a widget shows, as an image."""
        return widget.grab().toImage()


class ctkDICOMIndexer:
    """Indexes at once; Slicer's does it in threads of its own, for which one waits."""

    def addListOfFiles(self, database, files, copy):
        assert not copy, "files stay where they are"
        database.insert(files)

    def waitForImportFinished(self):
        pass
