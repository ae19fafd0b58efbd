"""Stands in for Slicer's ``ctk``: what the panel and the workspace use of it, on the stand-in ``qt``."""

from __future__ import annotations

from PySide6 import QtCore, QtGui, QtWidgets


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


class ctkComboBox(QtWidgets.QComboBox):
    """Its choice by the datum of an item, as text."""

    def _datum(self) -> str:
        return str(self.currentData() or "")

    def _choose(self, datum: str) -> None:
        self.setCurrentIndex(self.findData(datum))

    currentUserDataAsString = QtCore.Property(str, _datum, _choose)


class ctkSettingsPanel(QtWidgets.QWidget):
    """Keeps a property of a widget in the settings, as Libs/Widgets/ctkSettingsPanel.cpp does (5.0.3 to 5.10 alike).

    ``kept`` is the dict that stands for QSettings; it comes after the properties were registered, as in Slicer.
    """

    def __init__(self):
        super().__init__()
        self.kept = None
        self.registered = {}

    def registerProperty(self, key, widget, prop, signal):
        name = signal.lstrip("2").split("(")[0]
        default = widget.property(prop)
        self.registered[key] = {"widget": widget, "prop": prop, "default": default, "previous": default}
        getattr(widget, name).connect(lambda *_: self._update(key))

    def setSettings(self, kept):
        self.kept = kept
        self.reloadSettings()

    def reloadSettings(self):
        for key, one in self.registered.items():
            if key in self.kept:
                one["previous"] = self.kept[key]
                one["widget"].setProperty(one["prop"], self.kept[key])
            else:
                self._update(key)

    def applySettings(self):
        for one in self.registered.values():
            one["previous"] = one["widget"].property(one["prop"])

    def resetSettings(self):
        for one in self.registered.values():
            one["widget"].setProperty(one["prop"], one["previous"])

    def restoreDefaultSettings(self):
        for one in self.registered.values():
            one["widget"].setProperty(one["prop"], one["default"])

    def _update(self, key):
        one = self.registered[key]
        if self.kept is not None:
            self.kept[key] = one["widget"].property(one["prop"])
