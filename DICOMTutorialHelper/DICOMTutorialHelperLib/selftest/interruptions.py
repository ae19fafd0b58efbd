"""What learners do in the middle of something: close the scene, choose another database, cancel. Nothing stays half."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import slicer

from DICOMTutorialHelperLib.data.published.recognition import recognise_folder
from DICOMTutorialHelperLib.explore.data_model import data_model
from DICOMTutorialHelperLib.pages import reports
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel import practice
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.tutorial.content import FIRST_TUTORIAL, read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.progress import DONE, MemoryStore
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.data_actions import DATA_FOLDER
from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace


def interruption_problems(workspace: SlicerWorkspace, folder: Path, report_line: Callable[[str], None]) -> list[str]:
    """``folder`` holds ``data``, imported into the open database. Scene and database are left as they were, empty and open."""
    workspace.close_scene()
    problems = _session_problems(workspace, folder)
    report_line(f"scene closed, database switched in the middle: {len(problems)} problems")
    workspace.close_scene()
    cancelled, found = _cancel_problems(workspace, folder)
    report_line(f"cancelled in the middle: {', '.join(cancelled)}")
    workspace.close_scene()
    return problems + found


# --- the scene and the database ---------------------------------------------------------------------------------------------


def _session_problems(workspace: SlicerWorkspace, folder: Path) -> list[str]:
    tutorial = read_tutorial(tutorials_folder() / FIRST_TUTORIAL)
    session = TutorialSession(tutorial, workspace, MemoryStore(), practice_size="small")
    session.set_folder(DATA_FOLDER, folder / "data")
    imported = _first_step(session, "in-database")
    loaded = _first_step(session, "loaded")
    session.start()
    try:
        for step_id in (imported, loaded):
            session.jump(step_id)
            session.do_it()
        problems = _states(session, "before", {imported: True, loaded: True})
        workspace.close_scene()
        problems += _states(session, "after the scene was closed", {imported: True, loaded: False})
        session.next()
        session.redo_invalidated()
        problems += _states(session, "after doing again what was lost", {imported: True, loaded: True})

        own = workspace.database_folder()
        workspace.create_database(folder / "another database")
        problems += _states(session, "with another database", {imported: False})
        workspace.create_database(own)
        problems += _states(session, "with the first database again", {imported: True, loaded: True})
        if workspace.database_folder() != own:
            problems.append(f"the database in {own} is not open again")
    finally:
        session.stop()
    return problems


def _first_step(session: TutorialSession, check: str) -> str:
    return next(step.id for step in session.tutorial.steps if any(call.name == check for call in step.checks) and step.actions)


def _states(session: TutorialSession, when: str, wanted: dict[str, bool]) -> list[str]:
    slicer.app.processEvents()
    session.refresh()
    wrong = [step_id for step_id, done in wanted.items() if (session.progress.of(step_id).state == DONE) != done]
    return [f"{when}: step {step_id} is {session.progress.of(step_id)}" for step_id in wrong]


# --- long work --------------------------------------------------------------------------------------------------------------


class LongJob(NamedTuple):
    """``work`` is what a button of the panel starts; ``left`` says what a cancel may not leave behind, "" for nothing."""

    name: str
    work: Callable[[Jobs, Progress], object]
    left: Callable[[], str] = lambda: ""


def _cancel_problems(workspace: SlicerWorkspace, folder: Path) -> tuple[list[str], list[str]]:
    """Every long job of the panel, cancelled at its second sign of life: it ends at once, says so, and the next one can begin."""
    problems, cancelled = [], []
    for job in _long_jobs(workspace, folder):
        watch = _Cancelling()
        jobs = watch.jobs
        done = jobs.run(job.name, partial(job.work, jobs))
        if done:
            problems.append(f"cancel: {job.name} went on to its end")
        elif watch.told != [message("error.cancelled", "en")]:
            problems.append(f"cancel: {job.name} said {watch.told}")
        else:
            cancelled.append(job.name)
        left = job.left()
        if left:
            problems.append(f"cancel: {job.name} left {left}")
        if jobs.busy or not jobs.run("another", lambda progress: progress(1, 1)):
            problems.append(f"cancel: after {job.name} no other job can run")
    return cancelled, problems


class _Cancelling:
    """Jobs whose Cancel button is pressed the second time that the window comes to life during one."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._turns = 0
        self.jobs = Jobs(self._handle_events, self.told.append, lambda: "en")

    def _handle_events(self) -> None:
        slicer.app.processEvents()
        self._turns += 1
        if self._turns == 2:
            self.jobs.cancel()


def _long_jobs(workspace: SlicerWorkspace, folder: Path) -> list[LongJob]:
    made, data = folder / "made", folder / "data"
    files = sorted(data.rglob("*.dcm"))
    series = max((one for patient in workspace.patients() for one in patient.series), key=lambda one: one.instance_count)
    uid = series.series_instance_uid

    def in_thread(work: Callable[[Progress], object]) -> Callable[[Jobs, Progress], object]:
        return lambda jobs, progress: jobs.in_thread(work, progress)

    return [
        LongJob(
            "make practice images",
            lambda jobs, progress: practice.make_set("torso-ct", made, "small", jobs, progress),
            lambda: ", ".join(path.name for path in made.rglob("*.dcm")),
        ),
        LongJob("look through the data folder", in_thread(lambda progress: recognise_folder(data, progress))),
        LongJob("read a folder", in_thread(lambda progress: data_model(data, progress))),
        LongJob("import", lambda _jobs, progress: workspace.import_folder(data, progress)),
        LongJob(
            "load",
            lambda _jobs, progress: workspace.load_series(uid, progress=progress),
            lambda: ", ".join(item.name for item in workspace.loaded()),
        ),
        LongJob("FAIR report", in_thread(lambda progress: reports.fair_page(files, "en", progress))),
        LongJob("kinds of objects", in_thread(lambda progress: reports.kinds_page(files, "en", progress))),
        LongJob(
            "quick start",
            lambda jobs, progress: practice.show_practice_set("torso-ct", workspace, made, "small", jobs, progress),
            lambda: ", ".join(item.name for item in workspace.loaded()),
        ),
    ]
