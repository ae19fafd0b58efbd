"""The self test that runs inside Slicer: practice data, a temporary database, every plugin, the workspace's contract, the whole
tutorial, the exporters, every place, interruptions, the panel.

Everything it finds is printed; what must not be is an AssertionError at the end, so that one failure does not hide the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.selftest.exports import export_problems
from DICOMTutorialHelperLib.selftest.interruptions import interruption_problems
from DICOMTutorialHelperLib.selftest.panel_checks import panel_problems
from DICOMTutorialHelperLib.selftest.pictures import take_picture
from DICOMTutorialHelperLib.selftest.places import place_problems
from DICOMTutorialHelperLib.selftest.plugins import print_plugins
from DICOMTutorialHelperLib.selftest.restored_application import application_state, restored_application
from DICOMTutorialHelperLib.selftest.speed import print_speed
from DICOMTutorialHelperLib.selftest.workspace_contract import contract_problems
from DICOMTutorialHelperLib.tutorial.content import Step, read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.progress import MemoryStore
from DICOMTutorialHelperLib.tutorial.run import run_tutorial
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.data_actions import DATA_FOLDER
from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

SETS = ("torso-ct", "breast-mri")


def run_self_test(
    screenshots: Optional[Path] = None, report_line: Callable[[str], None] = print, measured: Sequence[Path] = ()
) -> None:
    """Run all of it; pictures go to ``screenshots`` where it is given, and folders to be ``measured`` have their speed printed.

    Raises AssertionError with all that went wrong.
    """
    problems: list[str] = []
    workspace = SlicerWorkspace()
    before = application_state()
    begun = time.perf_counter()
    if measured:
        # First of all: once every module was shown, the application takes several times as long to show a volume.
        with restored_application():
            for series_folder in measured:
                print_speed(workspace, series_folder, report_line)
            workspace.close()
    with restored_application() as folder:
        try:
            started = time.perf_counter()
            for name in SETS:
                made = make_practice_set(name, folder / "data", size="small")
                report_line(f"{name}: {len(made)} files made")
            report_line(f"practice data made in {time.perf_counter() - started:.1f} s")
            started = time.perf_counter()
            summary = workspace.import_folder(folder / "data")
            seconds = time.perf_counter() - started
            report_line(f"imported in {seconds:.2f} s: {summary.new_series} series, {summary.new_instances} instances")
            if summary.skipped or not summary.new_series:
                problems.append(f"import: {summary}")
            problems += print_plugins(workspace, report_line)
            with_views = slicer.util.mainWindow() is not None
            broken = contract_problems(workspace, folder / "data", with_views)
            report_line(f"contract of the workspace: {len(broken)} promises broken")
            problems += broken
            if slicer.util.mainWindow() is None:
                report_line("tutorial, exports, panel: left out, Slicer runs without a main window")
            else:
                problems += _tutorial_problems(workspace, folder / "data", screenshots, report_line)
                problems += export_problems(workspace, folder / "export", report_line)
                workspace.close_scene()
                problems += place_problems(screenshots, report_line)
                problems += interruption_problems(workspace, folder, report_line)
                problems += panel_problems(folder, screenshots, report_line)
        finally:
            workspace.close()
    problems += [
        f"{name} was {value!r} before and is {after!r} now"
        for (name, value), after in zip(before.items(), application_state().values())
        if value != after
    ]
    if workspace.observing:
        problems.append(f"{workspace.observing} observers were left")
    if problems:
        raise AssertionError("\n".join(problems))
    report_line(f"DICOM Tutorial Helper: self test passed in {time.perf_counter() - begun:.0f} s")


def _tutorial_problems(workspace: SlicerWorkspace, data: Path, screenshots: Optional[Path], report_line) -> list[str]:
    """Do the whole tutorial in the real application; a picture of the window after each step."""
    workspace.close_scene()
    tutorial = read_tutorial(tutorials_folder() / "dicom_and_slicer")
    session = TutorialSession(tutorial, workspace, MemoryStore(), practice_size="small")
    session.set_folder(DATA_FOLDER, data)
    done: list[str] = []

    def before_step(step: Step) -> None:
        if done:
            take_picture(screenshots, f"step-{len(done):02d}-{done[-1]}")
        done.append(step.id)

    started = time.perf_counter()
    result = run_tutorial(session, before_step=before_step, make_data=False)
    take_picture(screenshots, f"step-{len(done):02d}-{done[-1]}")
    report_line(f"tutorial: {len(result.done)} of {len(tutorial.steps)} steps done in {time.perf_counter() - started:.1f} s")
    problems = []
    for step_id in result.failed:
        check_result = result.check_results[step_id]
        problems.append(f"step {step_id}: {message(check_result.reason, 'en', **check_result.fields)}")
    problems += [
        f"step {step_id} was left out: {message(why.reason, 'en', **why.fields)}"
        for step_id, why in result.left_out.items()
        if why.reason != "no-server"
    ]
    return problems
