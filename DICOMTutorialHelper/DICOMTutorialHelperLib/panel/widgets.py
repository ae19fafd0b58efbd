"""Labels for reading: rich text that wraps, can be selected and followed by keyboard, in the colours of the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

import qt

BORDERS_PIXELS = 36  # margins of a page, and what lies between two rows side by side


def text_label(text: str = "", name: str = "") -> qt.QLabel:
    """A label of rich text that wraps and can be copied; links in it are opened by whoever connects ``linkActivated``.

    What comes from headers, file names and errors goes through ``plain_text.html_text`` first.
    """
    label = qt.QLabel(text)
    label.textFormat = qt.Qt.RichText
    label.wordWrap = True
    label.objectName = name
    label.textInteractionFlags = qt.Qt.TextSelectableByMouse | qt.Qt.LinksAccessibleByMouse | qt.Qt.LinksAccessibleByKeyboard
    policy = qt.QSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Minimum)
    policy.setHeightForWidth(True)  # a new policy has forgotten that the text wraps
    label.sizePolicy = policy
    return label


def heading(text: str = "", name: str = "", points: int = 3) -> qt.QLabel:
    """A label in bold, a few points larger than the text around it."""
    label = text_label(text, name)
    font = qt.QFont(label.font)
    font.setBold(True)
    font.setPointSize(max(font.pointSize(), 8) + points)
    label.font = font
    return label


def button(text: str, tool_tip: str, on_click: Callable[..., None], name: str = "") -> qt.QPushButton:
    """A push button that may become narrow; its tool tip says more than its text."""
    made = qt.QPushButton(text)
    made.toolTip = tool_tip
    made.objectName = name
    made.autoDefault = False
    made.sizePolicy = qt.QSizePolicy(qt.QSizePolicy.Minimum, qt.QSizePolicy.Fixed)
    made.clicked.connect(on_click)
    return made


def choice_box(name: str, make: Callable[[], qt.QComboBox] = qt.QComboBox) -> qt.QComboBox:
    """A combo box as narrow as its panel, whatever the length of its choices."""
    box = make()
    box.objectName = name
    box.sizeAdjustPolicy = qt.QComboBox.AdjustToMinimumContentsLengthWithIcon
    box.minimumContentsLength = 8
    return box


def is_dark(widget: qt.QWidget) -> bool:
    """Whether the application shows light letters on a dark ground."""
    palette = widget.palette
    return palette.color(qt.QPalette.Window).lightness() < palette.color(qt.QPalette.WindowText).lightness()


def clear_layout(layout: qt.QLayout) -> None:
    """Take all widgets out of a layout, for good."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.objectName = ""
            widget.deleteLater()


class ClickOnLabel(qt.QObject):
    """Makes a label beside a radio button part of it, as a button's own text would be: texts of buttons do not wrap."""

    def __init__(self, parent: Optional[qt.QObject], label: qt.QLabel, on_click: Callable[[], None]) -> None:
        super().__init__(parent)
        self._on_click = on_click
        label.installEventFilter(self)

    def eventFilter(self, _watched: qt.QObject, event: qt.QEvent) -> bool:
        if event.type() == qt.QEvent.MouseButtonRelease:
            self._on_click()
        return False


class RowsOrOne(qt.QObject):
    """Two rows of widgets, one below the other or, where there is the width for it, side by side: low docks need the height."""

    def __init__(self, parent: qt.QWidget, first: qt.QLayout, second: qt.QLayout) -> None:
        super().__init__(parent)
        self._parent, self._rows = parent, (first, second)
        self.layout = qt.QBoxLayout(qt.QBoxLayout.TopToBottom)
        for row in self._rows:
            self.layout.addLayout(row)
        parent.installEventFilter(self)

    def arrange(self) -> None:
        """Once more, as after other words."""
        fits = sum(row.minimumSize().width() for row in self._rows) <= self._parent.width - BORDERS_PIXELS
        direction = qt.QBoxLayout.LeftToRight if fits else qt.QBoxLayout.TopToBottom
        if self.layout.direction() != direction:
            self.layout.setDirection(direction)

    def eventFilter(self, _watched: qt.QObject, event: qt.QEvent) -> bool:
        if event.type() == qt.QEvent.Resize:
            self.arrange()
        return False
