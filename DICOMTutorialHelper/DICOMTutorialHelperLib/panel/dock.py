"""The follow-me dock: holds the step's page in the main window while module panels come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt

from DICOMTutorialHelperLib.pages.messages import message

OBJECT_NAME = "DICOMTutorialHelperDock"
NARROWEST_PIXELS = 260
# Slicer's DICOM module alone takes 1280: a window narrower than that and a dock has it below the module panel instead.
ROOMY_WINDOW_PIXELS = 1540
AREAS = {"left": "LeftDockWidgetArea", "right": "RightDockWidgetArea"}


class GuideDock:
    """A dock of the main window; it floats, hides and comes back, and knows where it was.

    ``load_place`` and ``save_place`` keep that as a text between starts; ``on_shown`` is told when a learner shows or hides it.
    """

    def __init__(
        self,
        main_window: Any,
        page: Any,
        language: str,
        load_place: Callable[[], str],
        save_place: Callable[[str], None],
        on_shown: Callable[[bool], None],
    ) -> None:
        self._main_window = main_window
        self._save_place = save_place
        self._on_shown = on_shown
        self.dock = qt.QDockWidget(main_window)
        self.dock.objectName = OBJECT_NAME
        self.dock.allowedAreas = qt.Qt.LeftDockWidgetArea | qt.Qt.RightDockWidgetArea
        self.dock.setWidget(page)
        page.minimumWidth = NARROWEST_PIXELS
        self.set_language(language)
        self._put(load_place())
        self.dock.hide()
        self._action = self.dock.toggleViewAction()
        self._slot = self._toggled
        self._action.toggled.connect(self._slot)

    @property
    def shown(self) -> bool:
        """Whether the learner has it open, even behind another dock's tab."""
        return bool(self._action.checked)

    def set_language(self, language: str) -> None:
        self.dock.windowTitle = message("dock.title", language)

    def show(self) -> None:
        self.dock.show()
        self.dock.raise_()
        if not self.dock.floating and self._main_window.dockWidgetArea(self.dock) == qt.Qt.LeftDockWidgetArea:
            # Below the module panel: half of the height for each.
            self._main_window.resizeDocks([self.dock], [self._main_window.height // 2], qt.Qt.Vertical)

    def hide(self) -> None:
        self.dock.hide()

    def close(self) -> None:
        """Take the dock out of the main window, for good."""
        self._remember()
        # A slot that is let go while its dock is being deleted would delete the dock once more.
        self._action.toggled.disconnect(self._slot)
        self.dock.objectName = ""
        self._main_window.removeDockWidget(self.dock)
        self.dock.deleteLater()

    def _toggled(self, shown: bool) -> None:
        if not shown:
            self._remember()
        self._on_shown(bool(shown))

    def _put(self, place: str) -> None:
        """``right``, ``left``, or ``floating x y width height``."""
        words = place.split()
        usual = "right" if self._main_window.width >= ROOMY_WINDOW_PIXELS else "left"
        area = words[0] if words and words[0] in AREAS else usual
        self._main_window.addDockWidget(getattr(qt.Qt, AREAS[area]), self.dock)
        if len(words) == 5 and words[0] == "floating" and all(word.lstrip("-").isdigit() for word in words[1:]):
            self.dock.floating = True
            self.dock.geometry = qt.QRect(*(int(word) for word in words[1:]))

    def _remember(self) -> None:
        if self.dock.floating:
            place = self.dock.geometry
            self._save_place(f"floating {place.x()} {place.y()} {place.width()} {place.height()}")
            return
        area = self._main_window.dockWidgetArea(self.dock)
        self._save_place("left" if area == qt.Qt.LeftDockWidgetArea else "right")
