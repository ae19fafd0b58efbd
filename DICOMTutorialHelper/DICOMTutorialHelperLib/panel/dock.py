"""The follow-me dock: holds the step's page in the main window while module panels come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

import qt

from DICOMTutorialHelperLib.pages.messages import message

OBJECT_NAME = "DICOMTutorialHelperDock"
PANEL_DOCK, DATA_PROBE = "PanelDockWidget", "DataProbeCollapsibleWidget"  # Slicer's own
NARROWEST_PIXELS = 260
# In letters of the application's font, as wide as one of them is on average (7 pixels in Slicer's usual one). The DICOM module
# alone takes 198 of them (5.10): in a window narrower than that and a dock, the dock lies below the module panel instead.
ROOMY_WINDOW_LETTERS, USUAL_LETTERS = 236, 48
# Below the module panel: the dock's share of their height, where the step speaks of that panel and where it does not.
SHARE_BELOW_PANEL, SHARE_ALONE = 0.45, 0.6
# In a window lower than this the data probe, below the panel too, leaves neither of them room.
LOW_WINDOW_PIXELS = 1000
SETTLED_MILLISECONDS = 300  # after which the window has given the docks their heights, animated or not
MOVED_PIXELS = 12  # a learner who pulls the border moves it further
AREAS = {"left": "LeftDockWidgetArea", "right": "RightDockWidgetArea"}


class GuideDock:
    """A dock of the main window; it floats, hides and comes back, and knows where it was.

    ``load_place`` and ``save_place`` keep that as a text between starts; ``on_shown`` is told when a learner shows or hides it.
    """

    def __init__(
        self,
        main_window: qt.QMainWindow,
        page: qt.QWidget,
        language: str,
        load_place: Callable[[], str],
        save_place: Callable[[str], None],
        on_shown: Callable[[bool], None],
    ) -> None:
        self._main_window = main_window
        self._save_place = save_place
        self._on_shown = on_shown
        self._fitted_height: Optional[int] = None
        self._closed = self._shown_once = False
        self._probe: Optional[qt.QWidget] = None  # the data probe, while it is folded for the dock
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
        if not self._shown_once and not self.dock.floating and not self._below_panel:
            width = int(USUAL_LETTERS * self._letter_pixels)
            self._main_window.resizeDocks([self.dock], [width], qt.Qt.Horizontal)
        self._shown_once = True
        self.fit(False)

    def fit(self, speaks_of_panel: bool, speaks_of_probe: bool = False) -> None:
        """Below the module panel: share the height with it, the larger part to what the step is about.

        What a learner pulled to another height stays there. Beside the views, or floating, there is nothing to share.
        """
        if not self.shown or not self._below_panel:
            self._unfold_probe()
            return
        if speaks_of_probe:
            self._unfold_probe()
        else:
            self._fold_probe()
        if self._fitted_height is not None and abs(self.dock.height - self._fitted_height) > MOVED_PIXELS:
            return
        panel = self._main_window.findChild(qt.QDockWidget, PANEL_DOCK)
        together = self.dock.height + (panel.height if panel is not None else 0)
        wanted = int(together * (SHARE_BELOW_PANEL if speaks_of_panel else SHARE_ALONE))
        docks = [self.dock] if panel is None else [panel, self.dock]
        self._main_window.resizeDocks(docks, [together - wanted, wanted][-len(docks) :], qt.Qt.Vertical)
        self._fitted_height = None
        qt.QTimer.singleShot(SETTLED_MILLISECONDS, self._note_height)

    def _note_height(self) -> None:
        if not self._closed:
            self._fitted_height = self.dock.height

    @property
    def _letter_pixels(self) -> int:
        return max(int(qt.QFontMetrics(qt.QApplication.font()).averageCharWidth()), 1)

    @property
    def _below_panel(self) -> bool:
        return not self.dock.floating and self._main_window.dockWidgetArea(self.dock) == qt.Qt.LeftDockWidgetArea

    def _fold_probe(self) -> None:
        probe = self._main_window.findChild(qt.QWidget, DATA_PROBE)
        if self._probe is None and probe is not None and self._main_window.height < LOW_WINDOW_PIXELS and not probe.collapsed:
            self._probe = probe
            probe.collapsed = True

    def _unfold_probe(self) -> None:
        if self._probe is not None:
            self._probe.collapsed = False
            self._probe = None

    def hide(self) -> None:
        self.dock.hide()

    def close(self) -> None:
        """Take the dock out of the main window, for good."""
        self._closed = True
        self._remember()
        self._unfold_probe()
        # A slot that is let go while its dock is being deleted would delete the dock once more.
        self._action.toggled.disconnect(self._slot)
        self.dock.objectName = ""
        self._main_window.removeDockWidget(self.dock)
        self.dock.deleteLater()

    def _toggled(self, shown: bool) -> None:
        if not shown:
            self._remember()
            self._unfold_probe()
        self._on_shown(bool(shown))

    def _put(self, place: str) -> None:
        """``right``, ``left``, or ``floating x y width height``."""
        words = place.split()
        usual = "right" if self._main_window.width >= ROOMY_WINDOW_LETTERS * self._letter_pixels else "left"
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
