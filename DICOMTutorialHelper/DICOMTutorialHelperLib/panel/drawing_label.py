"""A drawing that fills the width it is given, sharp at every size, with a description for those who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Callable

import qt

from DICOMTutorialHelperLib.plain_text import never_rich

VIEW_BOX = re.compile(r"<svg[^>]*viewBox=[\"'][-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)[\"'][^>]*>")
SIZE = re.compile(r"""\s(width|height)=["'][^"']*["']""")
SMALLEST_CHANGE_PIXELS = 4  # a scroll bar that comes and goes must not make the drawing flicker


class DrawingLabel:
    """``widget`` takes no room without a drawing. A drawing is SVG text."""

    def __init__(self, most_pixels: int = 620) -> None:
        self._most_pixels = most_pixels
        self._svg = ""
        self._drawn_width = 0
        self.widget = qt.QLabel()
        self.widget.objectName = "StepDrawing"
        self.widget.alignment = qt.Qt.AlignHCenter | qt.Qt.AlignTop
        self.widget.sizePolicy = qt.QSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self._resizes = _Resizes(self.widget, self._draw)
        self.widget.hide()

    def show(self, svg: str, description: str = "") -> None:
        """Show a drawing; "" takes it away."""
        self.widget.accessibleName = description
        self.widget.toolTip = never_rich(description)
        if svg == self._svg:
            return
        self._svg = svg
        self._drawn_width = 0
        self.widget.visible = bool(svg)
        self._draw()

    def _draw(self) -> None:
        width = min(self.widget.width, self._most_pixels)
        if not self._svg or width < 20 or abs(width - self._drawn_width) < SMALLEST_CHANGE_PIXELS:
            return
        self._drawn_width = width
        ratio = self.widget.devicePixelRatioF()
        image = svg_image(self._svg, int(width * ratio))
        if image.isNull():
            self.widget.hide()
            return
        image.setDevicePixelRatio(ratio)
        self.widget.pixmap = qt.QPixmap.fromImage(image)
        self.widget.minimumHeight = self.widget.maximumHeight = int(image.height() / ratio)


def svg_image(svg: str, width: int) -> qt.QImage:
    """A QImage of an SVG that has a viewBox, drawn at the width in pixels; a null image where it cannot be drawn."""
    image = qt.QImage()
    box = VIEW_BOX.search(svg)
    if box is not None:
        # An SVG is drawn at the size it asks for: let it ask for ours, and it is sharp.
        height = max(round(width * float(box.group(2)) / float(box.group(1))), 1)
        opening = SIZE.sub("", box.group(0))
        sized = opening.replace("<svg", f'<svg width="{width}" height="{height}"', 1)
        image.loadFromData(qt.QByteArray(svg.replace(box.group(0), sized, 1).encode("utf-8")), "SVG")
    return image


class _Resizes(qt.QObject):
    """Tells when the label has another width."""

    def __init__(self, widget: qt.QLabel, notify: Callable[[], None]) -> None:
        super().__init__(widget)
        self._notify = notify
        widget.installEventFilter(self)

    def eventFilter(self, _watched: qt.QObject, event: qt.QEvent) -> bool:
        if event.type() == qt.QEvent.Resize:
            self._notify()
        return False
