"""What is done with every damaged series, and what counts as a fault of ours. Runs in a child process, which it may end."""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from witness import witness_of

SECONDS = 30
WAITING = 5
TOLERANCE_MM = 0.01
MARKERS = (b"QXZNAME", b"QXZIDENT")


class TooSlow(BaseException):
    """An operation took too long."""


class Wrong(AssertionError):
    """An answer that is not true, or does harm."""


@contextlib.contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """So many seconds of this process's own work, and some more of waiting: other programs may be at work, too."""

    def late(_number, _frame) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, late)
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(WAITING * seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)


OTHERS = ("tree", "header", "privacy", "kinds", "fair", "cohort", "tree-json", "cohort-csv")


def operations_of(seed: int, with_load: bool) -> list[str]:
    """What is done with the case of a seed: examination, copies and loading with each, the others in turn."""
    operations = ["examine", "deidentify", OTHERS[seed % len(OTHERS)]]
    if with_load:
        operations.append("load-and-compare")
        if seed % 16 == 0:
            operations.append("load")
    return operations


def faults_of(folder: Path, scratch: Path, operations: Iterable[str]) -> list[tuple[str, str]]:
    """(operation, what went wrong) of one case."""
    faults = []
    for operation in operations:
        target = scratch / "out"
        shutil.rmtree(target, ignore_errors=True)
        target.unlink(missing_ok=True)
        try:
            with time_limit(SECONDS):
                OPERATIONS[operation](folder, target)
        except TooSlow:
            faults.append((operation, f"more than {SECONDS} s"))
        except Wrong as error:
            faults.append((operation, f"wrong: {error}"))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            last = traceback.extract_tb(error.__traceback__)
            ours = [frame for frame in last if "DICOMTutorialHelperLib" in frame.filename] or last
            faults.append((operation, f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"))
        leftovers = [path.name for path in scratch.iterdir() if path.name.startswith(".unfinished")]
        if leftovers:
            faults.append((operation, "left a staging folder behind"))
            for name in leftovers:
                (shutil.rmtree if (scratch / name).is_dir() else os.unlink)(scratch / name)
    return faults


def _command(*arguments) -> str:
    """What a command printed; a status of its own is an answer, an exception is none."""
    from DICOMTutorialHelperLib.__main__ import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(argument) for argument in (*arguments, "--lang", "en")])
    printed = out.getvalue() + err.getvalue()
    if status not in (0, 1, 2):
        raise Wrong(f"status {status}")
    for sign in printed:
        if (ord(sign) < 32 and sign not in "\n\t\r") or 0x7F <= ord(sign) < 0xA0:
            raise Wrong(f"character {ord(sign):#x} printed")
    if "Warning" in err.getvalue() or "Traceback" in printed:
        raise Wrong("a warning or traceback printed")
    return printed


def _deidentify(folder: Path, target: Path) -> None:
    _command("deidentify", folder, target)
    for path in target.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for marker in MARKERS:
                if marker in data or marker.decode().encode("utf-16-le") in data:
                    raise Wrong(f"{marker.decode()} stays in a copy")


def _load_and_compare(folder: Path, _target: Path) -> None:
    from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE
    from DICOMTutorialHelperLib.dicom.examine import examine_paths
    from DICOMTutorialHelperLib.scene.load_error import LoadError
    from DICOMTutorialHelperLib.scene.loader import load_candidate, remove_loaded

    scene = _scene()
    for series in examine_paths([folder]).series:
        for candidate in series.selected:
            try:
                loaded = load_candidate(candidate, scene, series, _decoder().decode)
            except LoadError:
                if scene.GetNumberOfNodesByClass("vtkMRMLVolumeNode"):
                    scene.Clear(1)
                    raise Wrong("a refused candidate left a volume") from None
                continue
            try:
                if candidate.kind != SEQUENCE:
                    _compare(candidate, candidate.stacks[0], loaded.volume, loaded.transform)
                else:
                    for number, stack in enumerate(candidate.stacks):
                        frame = loaded.sequence.GetNthDataNode(number)
                        _compare(candidate, stack, frame, frame.GetParentTransformNode())
            finally:
                remove_loaded(loaded, scene)


@functools.cache
def _headless():
    from DICOMTutorialHelperLib.workspace.headless.slicer_core import HeadlessSlicer

    return HeadlessSlicer()


@functools.cache
def _decoder():
    """One for all cases, too: to start Slicer's readers takes longer than a case."""
    from DICOMTutorialHelperLib.scene.decoding_process import DecodingProcess

    process = DecodingProcess()
    atexit.register(process.__exit__)
    return process


def _scene():
    """One for all cases: each takes out again what it brought."""
    return _headless().scene


def _compare(candidate, stack, volume, transform) -> None:
    """Every slice against the witness, in world coordinates; where the two differ, a finding must have said so."""
    import slicer.util
    import vtk

    voxels = slicer.util.arrayFromVolume(volume)
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    to_world = vtk.vtkGeneralTransform()
    if transform is not None:
        transform.GetTransformToWorld(to_world)
    warned = {finding.code for finding in candidate.findings if finding.severity != "info"}
    for k, frame in enumerate(stack.slices):
        seen = witness_of(frame.instance.path, frame.number) if frame is not None and frame.window is None else None
        if seen is None:
            continue
        for (row, column), lps in seen.corners.items():
            ras = np.array(to_world.TransformPoint(matrix.MultiplyPoint((column, row, k, 1))[:3]))
            off = float(np.abs(ras * (-1, -1, 1) - lps).max())
            if not off <= TOLERANCE_MM and not warned:
                raise Wrong(f"slice {k} lies {off:.3g} mm off")
        if seen.values is None or warned:
            continue
        if voxels[k].shape != seen.values.shape:
            raise Wrong(f"slice {k} is {voxels[k].shape}, not {seen.values.shape}")
        difference = float(np.abs(voxels[k] - seen.values).max())
        if not difference <= 1e-3 * max(1.0, float(np.abs(seen.values).max())):
            raise Wrong(f"slice {k} differs by {difference:.4g}")


def _load(folder: Path, target: Path) -> None:
    from xml.etree import ElementTree

    _command("load", folder, "--out", target)
    scene = target / "scene.mrml"
    if scene.exists():
        ElementTree.parse(scene)
    elif target.exists():
        raise Wrong("files without a scene")


def _cohort_csv(folder: Path, target: Path) -> None:
    import csv

    _command("cohort", folder, "--out", target)
    if target.exists():
        with target.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    if cell[:1] in tuple("=+@\t\r\n") and not cell[1:2].isdigit():
                        raise Wrong(f"cell {cell[:20]!r}")


def _first(folder: Path) -> Path:
    return min(folder.iterdir())


OPERATIONS = {
    "examine": lambda folder, target: _command("examine", folder, "--all"),
    "tree": lambda folder, target: _command("tree", folder, "--uids"),
    "tree-json": lambda folder, target: __import__("json").loads(_command("tree", folder, "--json").partition("\nsome")[0]),
    "header": lambda folder, target: _command("header", _first(folder), "--explain"),
    "privacy": lambda folder, target: _command("privacy", folder, "--values"),
    "kinds": lambda folder, target: _command("kinds", folder, "--tree"),
    "fair": lambda folder, target: _command("fair", folder),
    "cohort": lambda folder, target: _command("cohort", folder),
    "cohort-csv": _cohort_csv,
    "deidentify": _deidentify,
    "load-and-compare": _load_and_compare,
    "load": _load,
}


def prepare(with_load: bool) -> None:
    """Import what operations need, once for all children that are forked."""
    from DICOMTutorialHelperLib.__main__ import main  # noqa: F401

    if with_load:
        quiet_vtk()
        _scene()


def quiet_vtk() -> None:
    """VTK's own complaints go where nobody reads them: errors are asked for where they matter."""
    import vtk

    window = vtk.vtkFileOutputWindow()
    window.SetFileName(os.devnull)
    vtk.vtkOutputWindow.SetInstance(window)
    sys.stderr.flush()
