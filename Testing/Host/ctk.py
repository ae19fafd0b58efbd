"""Stands in for Slicer's ``ctk``: what the panel uses of it, on the stand-in ``qt``."""

from __future__ import annotations

from PySide6 import QtGui


class ctkWidgetsUtils:
    @staticmethod
    def grabWidget(widget) -> QtGui.QImage:
        """What a widget shows, as an image."""
        return widget.grab().toImage()
