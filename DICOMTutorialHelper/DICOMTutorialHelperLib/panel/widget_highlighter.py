"""Points at a widget: a frame around it and a callout beside it, which follow it and never take a click or the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Optional

import qt

EDGE_PIXELS = 4
GAP_PIXELS = 6
CALLOUT_PIXELS = 280
SMALLEST_WINDOW_PIXELS = 150
NET_MILLISECONDS = 1000  # for what no event tells: a tab that hid the target, say
COLOR = "#ff8c00"
# A wrapped widget that Qt has deleted (with its window, say): PythonQt says so by a ValueError for methods and an AttributeError
# for properties, PySide6 by a RuntimeError.
GONE = (ValueError, AttributeError, RuntimeError)


class WidgetHighlighter:
    """One frame and one callout, shown on at most one widget at a time.

    They are children of the target's window, not of the target, so that nothing in a layout moves; a popup too small for
    the callout leaves it to the window it belongs to. ``on_used`` is called after the target was clicked, or its key pressed.
    """

    def __init__(self, on_used: Callable[[], None] = lambda: None) -> None:
        self._on_used = on_used
        self._target: Optional[qt.QWidget] = None
        self._parts: list[qt.QWidget] = []
        self._callout: Optional[qt.QLabel] = None
        self._watched: list[qt.QWidget] = []
        self._watcher = _Watcher(self._on_event)
        self._net = qt.QTimer()
        self._net.interval = NET_MILLISECONDS
        self._net.timeout.connect(self._follow)

    @property
    def target(self) -> Optional[qt.QWidget]:
        """The widget pointed at, None for none."""
        return self._target

    @property
    def parts(self) -> list[qt.QWidget]:
        """The widgets that make up frame and callout."""
        return list(self._parts)

    def point_at(self, target: qt.QWidget, text: str) -> None:
        """Point at a widget; whatever was pointed at before is let go."""
        self.hide()
        self._target = target
        window = target.window()
        for _ in range(4):
            edge = qt.QFrame(window)
            edge.styleSheet = f"background-color: {COLOR}; border: none;"
            self._parts.append(edge)
        self._callout = qt.QLabel(text, roomy_window(window))
        self._callout.objectName = "DICOMTutorialCallout"
        self._callout.wordWrap = True
        self._callout.styleSheet = (
            f"background-color: #fff6e5; color: #202020; border: 2px solid {COLOR}; border-radius: 4px; padding: 6px;"
        )
        self._parts.append(self._callout)
        for part in self._parts:
            part.setAttribute(qt.Qt.WA_TransparentForMouseEvents)
            part.focusPolicy = qt.Qt.NoFocus
        widget = target
        while widget is not None:
            widget.installEventFilter(self._watcher)
            self._watched.append(widget)
            widget = None if widget is window else widget.parentWidget()
        self._net.start()
        self._follow()

    def hide(self) -> None:
        """Point at nothing, and watch nothing."""
        self._net.stop()
        for widget in self._watched:
            with suppress(*GONE):
                widget.removeEventFilter(self._watcher)
        for part in self._parts:
            with suppress(*GONE):
                part.hide()
                part.deleteLater()
        self._target, self._callout, self._parts, self._watched = None, None, [], []

    def _on_event(self, watched: qt.QObject, event: qt.QEvent) -> None:
        kind = event.type()
        if kind in (qt.QEvent.Move, qt.QEvent.Resize, qt.QEvent.Show, qt.QEvent.Hide, qt.QEvent.LayoutRequest):
            # After the layouts have had their say.
            qt.QTimer.singleShot(0, self._follow)
        elif watched is self._target and kind in (qt.QEvent.MouseButtonRelease, qt.QEvent.KeyRelease):
            if kind == qt.QEvent.KeyRelease and event.key() not in (qt.Qt.Key_Space, qt.Qt.Key_Return, qt.Qt.Key_Enter):
                return
            # After the target has taken the event itself.
            qt.QTimer.singleShot(0, self._used)

    def _used(self) -> None:
        if self._target is not None:
            self.hide()
            self._on_used()

    def _follow(self) -> None:
        """Put the parts where the target is; out of sight while the target is."""
        if self._target is None:
            return
        if is_gone(self._target) or any(is_gone(part) for part in self._parts):
            self.hide()
            return
        rectangle = visible_rectangle(self._target)
        if rectangle is None:
            for part in self._parts:
                part.hide()
            return
        self._place(rectangle, self._target.window().rect)

    def _place(self, target: qt.QRect, window: qt.QRect) -> None:
        frame = target.adjusted(-EDGE_PIXELS, -EDGE_PIXELS, EDGE_PIXELS, EDGE_PIXELS).intersected(window)
        x, y, width, height = frame.x(), frame.y(), frame.width(), frame.height()
        rectangles = (
            qt.QRect(x, y, width, EDGE_PIXELS),
            qt.QRect(x, y + height - EDGE_PIXELS, width, EDGE_PIXELS),
            qt.QRect(x, y, EDGE_PIXELS, height),
            qt.QRect(x + width - EDGE_PIXELS, y, EDGE_PIXELS, height),
        )
        for part, rectangle in zip(self._parts, rectangles):
            part.geometry = rectangle
        assert self._callout is not None and self._target is not None, "something is pointed at"
        callout_width = min(CALLOUT_PIXELS, max(self._callout.parentWidget().width - 2 * GAP_PIXELS, 60))
        callout_height = max(self._callout.heightForWidth(callout_width), 24)
        host = self._callout.parentWidget()
        seen = qt.QRect(host.mapFromGlobal(self._target.window().mapToGlobal(frame.topLeft())), frame.size())
        self._callout.geometry = callout_place(seen, host.rect, callout_width, callout_height)
        for part in self._parts:
            part.show()
            part.raise_()


def is_gone(widget: qt.QWidget) -> bool:
    """Whether Qt has deleted a widget that Python still holds."""
    try:
        _ = widget.visible
    except GONE:
        return True
    return False


def roomy_window(window: qt.QWidget) -> qt.QWidget:
    """The window, or the one that a window too small for a callout belongs to."""
    while window.height < SMALLEST_WINDOW_PIXELS and window.parentWidget() is not None:
        window = window.parentWidget().window()
    return window


def visible_rectangle(widget: qt.QWidget) -> Optional[qt.QRect]:
    """The part of a widget that can be seen, in coordinates of its window; None where nothing of it can."""
    if not widget.visible:
        return None
    window = widget.window()
    rectangle = qt.QRect(widget.mapTo(window, qt.QPoint(0, 0)), widget.size)
    parent = None if widget is window else widget.parentWidget()
    while parent is not None and parent is not window:
        rectangle = rectangle.intersected(qt.QRect(parent.mapTo(window, qt.QPoint(0, 0)), parent.size))
        parent = parent.parentWidget()
    rectangle = rectangle.intersected(window.rect)
    return None if rectangle.isEmpty() else rectangle


def callout_place(frame: qt.QRect, window: qt.QRect, width: int, height: int) -> qt.QRect:
    """Below the frame, else above, right or left of it; on it only where the window leaves no other room."""
    x = min(max(frame.x(), GAP_PIXELS), max(window.width() - width - GAP_PIXELS, 0))
    y = min(max(frame.y(), GAP_PIXELS), max(window.height() - height - GAP_PIXELS, 0))
    below, above = frame.y() + frame.height() + GAP_PIXELS, frame.y() - height - GAP_PIXELS
    right, left = frame.x() + frame.width() + GAP_PIXELS, frame.x() - width - GAP_PIXELS
    if below + height <= window.height():
        return qt.QRect(x, below, width, height)
    if above >= 0:
        return qt.QRect(x, above, width, height)
    if right + width <= window.width():
        return qt.QRect(right, y, width, height)
    if left >= 0:
        return qt.QRect(left, y, width, height)
    return qt.QRect(x, max(window.height() - height - GAP_PIXELS, 0), width, height)


class _Watcher(qt.QObject):
    """Sees what happens to widgets, and lets all of it pass."""

    def __init__(self, notify: Callable[[qt.QObject, qt.QEvent], None]) -> None:
        super().__init__()
        self._notify = notify

    def eventFilter(self, watched: qt.QObject, event: qt.QEvent) -> bool:
        self._notify(watched, event)
        return False
