"""The panel in the running Slicer: in every language, by keyboard alone, started twice, reloaded; nothing is left of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Optional

import qt
import slicer

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel import removal
from DICOMTutorialHelperLib.panel.dock import OBJECT_NAME
from DICOMTutorialHelperLib.panel.module_panel import TABS, ModulePanel
from DICOMTutorialHelperLib.selftest.pictures import take_picture
from DICOMTutorialHelperLib.tutorial.content import Step, TutorialPart
from DICOMTutorialHelperLib.tutorial.progress import DONE
from DICOMTutorialHelperLib.workspace.slicer import settings

MODULE = "DICOMTutorialHelper"
MOST_TABS = 60  # presses of the Tab key until a widget of one page must have had its turn


def panel_problems(folder: Path, screenshots: Optional[Path], report_line: Callable[[str], None]) -> list[str]:
    """``folder`` takes what the panel keeps."""
    problems = []
    settings.write(settings.KEPT_STEPS, str(folder / "kept"))
    settings.write(f"{settings.PROGRESS}/dicom_and_slicer", None)  # put back with all settings at the end
    for name, check in (
        ("languages", _language_problems),
        ("keyboard", _keyboard_problems),
        ("two starts", _restart_problems),
        ("removal", _removal_problems),
        ("reload", _reload_problems),
    ):
        found = check(screenshots, report_line)
        report_line(f"panel, {name}: {len(found)} problems")
        problems += [f"panel, {name}: {problem}" for problem in found]
    return problems


@contextmanager
def _panel(problems: list[str]) -> Iterator[ModulePanel]:
    """A panel of its own with the guide open; what is left of it afterwards is a problem."""
    holder = qt.QWidget()
    panel = ModulePanel(qt.QVBoxLayout(holder))
    holder.show()
    panel.open_guide()
    slicer.app.processEvents()
    try:
        yield panel
    finally:
        panel.close()
        holder.deleteLater()
        slicer.app.processEvents()
        if panel.workspace.observing:
            problems.append(f"{panel.workspace.observing} observers were left")
        if _open_docks():
            problems.append("its dock was left")


def _open_docks() -> list[qt.QWidget]:
    return [dock for dock in slicer.util.findChildren(slicer.util.mainWindow(), name=OBJECT_NAME) if dock.visible]


def _part(panel: ModulePanel, name: str) -> Optional[qt.QWidget]:
    """A widget of the guide's page by its object name."""
    return next((one for one in slicer.util.findChildren(panel.guide.page.widget, name=name) if one.visible), None)


# --- what is tried ----------------------------------------------------------------------------------------------------------


def _language_problems(screenshots: Optional[Path], report_line: Callable[[str], None]) -> list[str]:
    problems: list[str] = []
    before = settings.chosen_language()
    started = time.perf_counter()
    with _panel(problems) as panel:
        report_line(f"panel: first text after {time.perf_counter() - started:.2f} s")
        for language in LANGUAGES:
            settings.write(settings.LANGUAGE, language)
            panel.enter()
            for place, name in enumerate(TABS):
                panel.tabs.currentIndex = place
                slicer.app.processEvents()
                if panel.tabs.tabText(place) != message(f"tab.{name}", language):
                    problems.append(f"{language}: the tab {name} is called {panel.tabs.tabText(place)}")
            panel.tabs.currentIndex = 0
            step = panel.guide.session.current
            title = panel.guide.session.tutorial.words(language).steps[step.id].title
            shown = _part(panel, "StepTitle")
            if shown is None or title not in shown.text.replace("&#x27;", "'"):
                problems.append(f"{language}: the step's title is {None if shown is None else shown.text}")
            take_picture(screenshots, f"panel-{language}")
        settings.write(settings.LANGUAGE, before)
    return problems


def _keyboard_problems(screenshots: Optional[Path], report_line: Callable[[str], None]) -> list[str]:
    """Through all questions of the part that has most of them, with Tab, the space bar and what is typed."""
    problems: list[str] = []
    with _panel(problems) as panel:
        session = panel.guide.session
        part = max(session.tutorial.parts, key=lambda one: len(_questions(one)))
        steps = _questions(part)
        for step in steps:
            session.jump(step.id)
            slicer.app.processEvents()
            problems += _answered_by_keyboard(panel, step)
            following = session.tutorial.steps.index(step) + 1
            if not _press(panel, "StepNextButton"):
                problems.append(f"{step.id}: the keyboard does not reach the next step")
            elif following < len(session.tutorial.steps) and session.current is not session.tutorial.steps[following]:
                problems.append(f"{step.id}: the key for the next step leads to {session.current.id}")
        take_picture(screenshots, "panel-keyboard")
        done = sum(session.progress.of(step.id).state == DONE for step in steps)
        report_line(f"panel: {done} of {len(steps)} questions of the part {part.id} answered by keyboard alone")
    return problems


def _questions(part: TutorialPart) -> list[Step]:
    """The steps that are done by an answer alone."""
    return [step for step in part.steps if [call.name for call in step.checks] == ["answered"]]


def _answered_by_keyboard(panel: ModulePanel, step: Step) -> list[str]:
    session = panel.guide.session
    if step.expects is None:
        if not _press(panel, f"StepChoice{step.right_choice}"):
            return [f"{step.id}: the keyboard does not reach the answer"]
    else:
        line = _reach(panel, "StepAnswerLine")
        if line is None:
            return [f"{step.id}: the keyboard does not reach the line for the answer"]
        for letter in session.expected(step.id).text:
            _key(line, ord(letter), letter)
        _key(line, qt.Qt.Key_Return, "\r")
        slicer.app.processEvents()
    if session.progress.of(step.id).state != DONE:
        return [f"{step.id}: answered by keyboard, it is {session.progress.of(step.id).state}"]
    return []


def _press(panel: ModulePanel, name: str) -> bool:
    """Walk to a widget with the Tab key and press the space bar; False where it is not met."""
    widget = _reach(panel, name)
    if widget is None:
        return False
    _key(widget, qt.Qt.Key_Space, " ")
    slicer.app.processEvents()
    return True


def _reach(panel: ModulePanel, name: str) -> Optional[qt.QWidget]:
    """The widget of that name, once the Tab key has led to it; None where it does not."""
    page = panel.guide.page.widget
    page.setFocus()
    widget = page
    for _ in range(MOST_TABS):
        if widget.objectName == name:
            return widget
        _key(widget, qt.Qt.Key_Tab)
        slicer.app.processEvents()
        widget = page.window().focusWidget() or page
    return None


def _key(widget: qt.QWidget, key: int, text: str = "") -> None:
    for kind in (qt.QEvent.KeyPress, qt.QEvent.KeyRelease):
        qt.QCoreApplication.sendEvent(widget, qt.QKeyEvent(kind, key, qt.Qt.NoModifier, text))


def _restart_problems(_screenshots: Optional[Path], _report_line: Callable[[str], None]) -> list[str]:
    problems: list[str] = []
    with _panel(problems) as panel:
        session = panel.guide.session
        step = next(
            step for step in session.tutorial.steps if step.right_choice is not None and step.expects is None and not step.actions
        )
        session.jump(step.id)
        assert step.right_choice is not None
        session.answer(step.right_choice)
        first = (session.current.id, session.done_count, session.progress.of(step.id).choices, _kept(panel))
    with _panel(problems) as panel:
        session = panel.guide.session
        second = (session.current.id, session.done_count, session.progress.of(step.id).choices, _kept(panel))
    if first != second:
        problems.append(f"the first left {first}, the second found {second}")
    return problems


def _kept(panel: ModulePanel) -> list[str]:
    """The steps whose pictures and tables the hand-in will have."""
    return sorted(panel.guide.captured)


def _removal_problems(screenshots: Optional[Path], report_line: Callable[[str], None]) -> list[str]:
    """What is to be removed is asked for, and each button of the question does what it says."""
    problems: list[str] = []
    asked = removal.Removal(("a node",), ("1.2.3",), (Path("image.dcm"),), 1_700_000)
    for name, expected in (("Cancel", None), ("Ok", asked.parts)):
        qt.QTimer.singleShot(0, lambda name=name: problems.extend(_answer_removal(name, screenshots)))
        chosen = removal.ask_removal(slicer.util.mainWindow(), "torso", asked, Path("home"), settings.language())
        if chosen != expected:
            problems.append(f"{name} was taken for {chosen}")
    return problems


def _answer_removal(name: str, screenshots: Optional[Path]) -> list[str]:
    """Press a button of the dialog that is open."""
    dialogs = slicer.util.findChildren(slicer.util.mainWindow(), name="DataRemovalDialog")
    (dialog,) = [one for one in dialogs if one.visible]  # one that was answered may not be deleted yet
    boxes = [child for child in slicer.util.findChildren(dialog) if child.className() == "QDialogButtonBox"]
    button = boxes[0].button(getattr(qt.QDialogButtonBox, name)) if boxes else None
    take_picture(screenshots, "removal")
    if button is None:
        dialog.reject()
        return [f"the dialog has no button {name}"]
    button.click()
    return []


def _reload_problems(screenshots: Optional[Path], _report_line: Callable[[str], None]) -> list[str]:
    """As the Reload button of Slicer's developer mode does: a new panel, and nothing of the old one."""
    slicer.util.selectModule(MODULE)
    slicer.app.processEvents()
    old = getattr(slicer.modules, f"{MODULE}Widget").panel
    was_open = old.dock is not None and old.dock.shown
    old.open_guide()
    slicer.app.processEvents()
    at = old.guide.session.current.id
    slicer.util.reloadScriptedModule(MODULE)
    slicer.app.processEvents()
    new = getattr(slicer.modules, f"{MODULE}Widget").panel
    problems = []
    if new is None or new is old:
        return ["there is no new panel"]
    if old.workspace.observing or _open_docks():
        problems.append(f"the old panel left {old.workspace.observing} observers and {len(_open_docks())} docks")
    if new.guide.session.current.id != at:
        problems.append(f"the old panel stood at {at}, the new one at {new.guide.session.current.id}")
    new.open_guide()
    slicer.app.processEvents()
    take_picture(screenshots, "panel-reloaded")
    if len(_open_docks()) != 1:
        problems.append(f"{len(_open_docks())} docks are open after the reload")
    if not was_open:
        new.dock.hide()
    return problems
