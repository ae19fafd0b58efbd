"""Stands in for Slicer's ``qt``: PySide6 with Qt properties as attributes, as PythonQt has them.

What differs is made the same here, so that the panel's code runs on both: a property hides its getter and setter, layouts
keep ``setContentsMargins`` (no property in Qt 5), file dialogs answer a text alone. Only what the panel uses is here.
"""

from __future__ import annotations

import os
import sys
import tempfile

from PySide6 import QtCore, QtGui, QtWidgets

import __feature__  # isort: skip  only there once PySide6 is

TRUE_PROPERTY = 0x02
_modules_with_properties: set[str] = set()


def _with_margins(layout_class):
    def set_contents_margins(self, left, top, right, bottom):
        layout_class.setContentsMargins(self, left, top, right, bottom)

    return type(layout_class.__name__, (layout_class,), {"setContentsMargins": set_contents_margins})


QVBoxLayout = _with_margins(QtWidgets.QVBoxLayout)
QHBoxLayout = _with_margins(QtWidgets.QHBoxLayout)
QGridLayout = _with_margins(QtWidgets.QGridLayout)
QFormLayout = _with_margins(QtWidgets.QFormLayout)


class QSettings(QtCore.QSettings):
    """Kept in ``file``, which a test sets; never among the user's settings.

    Not os.devnull: Qt writes a new file and renames it, which for root puts a regular file in the device's place.
    """

    file = os.path.join(tempfile.mkdtemp(prefix="settings-"), "settings.ini")

    def __init__(self):
        super().__init__(self.file, QtCore.QSettings.IniFormat)


class QFileDialog(QtWidgets.QFileDialog):
    """PythonQt answers the chosen path; PySide6 a pair of it and the filter."""

    @staticmethod
    def getSaveFileName(*arguments):
        return QtWidgets.QFileDialog.getSaveFileName(*arguments)[0]

    @staticmethod
    def getOpenFileName(*arguments):
        return QtWidgets.QFileDialog.getOpenFileName(*arguments)[0]


class QInputDialog(QtWidgets.QInputDialog):
    """PythonQt answers the text alone, "" where it was cancelled; PySide6 a pair of it and whether it was accepted."""

    @staticmethod
    def getText(*arguments):
        return QtWidgets.QInputDialog.getText(*arguments)[0]


class QDialogButtonBox(QtWidgets.QDialogButtonBox):
    """PythonQt (Slicer 5.0.3 and 5.10.0) takes the argument for an orientation, whatever it is, and makes no button."""

    def __init__(self, _orientation=None):
        super().__init__()


def __getattr__(name: str):
    """A Qt class by its name; whoever asks sees properties as attributes from now on."""
    asking = sys._getframe(1).f_globals.get("__name__", "")
    if asking not in _modules_with_properties:
        _modules_with_properties.add(asking)
        __feature__.set_selection(TRUE_PROPERTY, asking)
    for module in (QtWidgets, QtGui, QtCore):
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"module 'qt' has no attribute {name!r}")
