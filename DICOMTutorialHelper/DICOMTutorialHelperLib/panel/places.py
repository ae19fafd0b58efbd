"""Finds the widgets that "show me" points at in the running Slicer, and brings them into view."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Optional

import qt
import slicer

from DICOMTutorialHelperLib.tutorial.places import Alternative, PlaceDescription, alternatives
from DICOMTutorialHelperLib.workspace.slicer import dicom_browser

POPUP_SECONDS = 0.5


class FoundPlace(NamedTuple):
    """``words`` is the key of what is to be said of the widget, "" for the place's own words."""

    widget: qt.QWidget
    words: str = ""


class SlicerPlaces:
    """``places`` is the tutorial's description of them, see ``tutorial.places``."""

    def __init__(self, places: Mapping[str, PlaceDescription]) -> None:
        self._places = places

    def bring_into_view(self, place: str) -> Optional[FoundPlace]:
        """The widget of a place, its module, browser and panels opened; None where this version has no such widget in view."""
        main_window = slicer.util.mainWindow()
        described = self._places.get(place)
        if main_window is None or described is None:
            return None
        for way in alternatives(described, f"{slicer.app.majorVersion}.{slicer.app.minorVersion}"):
            container = _container(way.container)
            if container is None or way.browser not in ("", dicom_browser.browser_mode()):
                continue
            if "behind" in described:
                _open_what_hides(container, described["behind"])
            widget = _find(container, way)
            if widget is not None:
                _reveal(widget)
                if widget.visible:
                    return FoundPlace(widget, way.words)
        return None


def _container(name: str) -> Optional[qt.QWidget]:
    """The object a place is in, shown; None where there is no such module or view."""
    kind, _, which = name.partition(":")
    if kind == "main-window":
        return slicer.util.mainWindow()
    if kind == "module":
        return _module_panel(which)
    if kind == "dicom-browser":
        return _dicom_browser()
    manager = slicer.app.layoutManager()
    if manager is None:
        return None
    if kind == "slice-view":
        return _shown_view(lambda: manager.sliceWidget(which))
    return _shown_view(lambda: manager.threeDWidget(0) if manager.threeDViewCount > 0 else None)


def _module_panel(name: str) -> Optional[qt.QWidget]:
    try:
        module = slicer.util.getModule(name)
    except RuntimeError:
        return None
    if slicer.util.selectedModule() != name:
        slicer.util.selectModule(name)
        slicer.app.processEvents()
    panel = slicer.util.mainWindow().findChild(qt.QDockWidget, "PanelDockWidget")
    if panel is not None and not panel.visible:
        panel.show()
    return module.widgetRepresentation()


def _dicom_browser() -> Optional[qt.QWidget]:
    """Slicer's browser, opened where the user has it: over the views, or in its side panel."""
    browser = dicom_browser.browser_widget()
    if (browser is None or not browser.visible) and _module_panel("DICOM") is None:
        return None
    return dicom_browser.open_browser()


def _shown_view(find: Callable[[], Optional[qt.QWidget]]) -> Optional[qt.QWidget]:
    """A view of the layout: the DICOM browser over it is closed, and a layout that lacks it gives way to four-up."""
    for make_room in (lambda: None, dicom_browser.close_browser_over_views, _four_up):
        make_room()
        slicer.app.processEvents()
        widget = find()
        if widget is not None and widget.visible:
            return widget
    return None


def _four_up() -> None:
    slicer.app.layoutManager().setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)


def _find(container: qt.QWidget, way: Alternative) -> Optional[qt.QWidget]:
    if way.finder == "attribute":
        return getattr(container, way.value, None)
    if way.finder == "action":
        return _tool_button(container, way.value)
    found = slicer.util.findChildren(container, name=way.value)
    shown = [widget for widget in found if getattr(widget, "visible", False)]
    return (shown or found or [None])[0]


def _tool_button(container: qt.QWidget, action_name: str) -> Optional[qt.QToolButton]:
    """The button that shows an action in a toolbar."""
    # The actions of Slicer's mouse modes and markups are nobody's children: only their toolbar knows them.
    for toolbar in _toolbars(container):
        for action in toolbar.actions():
            button = toolbar.widgetForAction(action) if action.objectName == action_name else None
            if button is not None and button.visible:
                return button
    actions = slicer.util.findChildren(container, name=action_name)
    for action in actions:
        if not hasattr(action, "triggered"):
            continue
        for toolbar in slicer.util.findChildren(container, className="QToolBar") + _toolbars(container):
            button = toolbar.widgetForAction(action)
            if button is not None and button.visible:
                return button
        # A button with a menu bears the action without the toolbar knowing.
        for button in slicer.util.findChildren(container, className="QToolButton"):
            if button.visible and button.defaultAction() == action:
                return button
    return None


def _toolbars(container: qt.QWidget) -> list[qt.QToolBar]:
    """Slicer's own kinds of toolbars are told by other class names."""
    return [child for child in slicer.util.findChildren(container, name="*ToolBar") if hasattr(child, "widgetForAction")]


def _open_what_hides(container: qt.QWidget, name: str) -> None:
    """Press the pin of a slice view's popup, so that its buttons stay on the screen; turn to the page of a tab."""
    for button in slicer.util.findChildren(container, name=name):
        tabs = _tabs_of(button)
        if tabs is not None:
            tabs.setCurrentWidget(button)
            slicer.app.processEvents()
        if getattr(button, "checkable", False) and not button.checked:
            button.click()
            _let_pass(POPUP_SECONDS)


def _tabs_of(page: qt.QWidget) -> Optional[qt.QTabWidget]:
    """The tabs that a widget is a page of; None for any other widget."""
    parent = page.parentWidget() if hasattr(page, "parentWidget") else None
    tabs = parent.parentWidget() if parent is not None else None
    return tabs if tabs is not None and hasattr(tabs, "setTabText") and tabs.indexOf(page) >= 0 else None


def _let_pass(seconds: float) -> None:
    """A popup unfolds little by little."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        slicer.app.processEvents()


def _reveal(widget: qt.QWidget) -> None:
    """Open a collapsed widget and its collapsed parents, and scroll to it."""
    if getattr(widget, "collapsed", False) is True:  # trees have a signal of that name
        widget.collapsed = False
    parent = widget.parentWidget()
    while parent is not None:
        if getattr(parent, "collapsed", False) is True:
            parent.collapsed = False
        if hasattr(parent, "ensureWidgetVisible"):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
    slicer.app.processEvents()
