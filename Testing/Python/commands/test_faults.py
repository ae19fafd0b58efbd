"""Whatever fails while a command writes (the disk, a Ctrl-C, a request to end), its target is as before or complete."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from made_class import make_class
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder

LIBRARY = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper"
NTH_CALLS = ("deidentify", "cohort", "practice", "get", "load", "examine")
CALLS = ("mkdir", "rename", "replace", "link", "fsync", "unlink", "open")


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A series, and beside it what other commands start from: a report of it, a scene with it, a page that was handed in."""
    folder = tmp_path_factory.mktemp("source")
    write_series(folder / "series", axial_positions(3))
    run(["examine", folder / "series", "--report", folder / "series.json"])
    if importlib.util.find_spec("slicer"):
        run(["load", folder / "series", "--out", folder / "scene"])
    (folder / "pages").mkdir()
    make_class(folder / "pages", read_tutorial(tutorials_folder() / "dicom_and_slicer"))
    return folder / "series"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """The practice torso CT as the published archive packs it."""
    made = tmp_path_factory.mktemp("made")
    main(["practice", str(made), "--set", "torso-ct"])
    path = tmp_path_factory.mktemp("archive") / "data.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for file in sorted(made.rglob("*.dcm")):
            opened.write(file, file.relative_to(made).as_posix())
    return path


def commands(source: Path, archive: Path, out: Path) -> dict[str, list]:
    return {
        "deidentify": ["deidentify", source, out / "copies"],
        "cohort": ["cohort", source, "--out", out / "table.csv", "--overwrite"],
        "practice": ["practice", out / "practice", "--set", "torso-ct"],
        "get": ["get", "torso-ct", "--from", archive, "--to", out / "data"],
        "load": ["load", source, "--out", out / "scene", "--overwrite"],
        "examine": ["examine", source, "--report", out / "series.json"],
        "tutorial": ["tutorial", "run", "--data", source, "--steps", "data-model", "--out", out / "tutorial"],
        "class": ["class", source.parent / "pages", "--out", out / "class.html"],
        "tutorial new": ["tutorial", "new", out / "my_tutorial"],
        "stand-in": ["practice", out / "stand-in", "--from-report", source.parent / "series.json"],
        "cases": ["cases", out / "cases", "--set", "7"],
        "export": ["export", source.parent / "scene", "--out", out / "exported", "--sources", source],
    }


def run(arguments: list) -> tuple[int, str]:
    """(status, what was printed); a traceback would come out of here as an exception."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        status = main([*map(str, arguments), "--lang", "en"])
    return status, told.getvalue()


def prepared(out: Path) -> None:
    """What lies there before: files of the same names, and others."""
    shutil.rmtree(out, ignore_errors=True)
    for name in ("table.csv", "scene/scene.mrml", "scene/mine.txt", "data/mine.txt"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("before")


def contents(folder: Path) -> dict[str, int]:
    """Names and sizes (deidentify makes new UIDs of the same length every time, PNG and NRRD the same bytes)."""
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def same_files(found: dict[str, int], whole: dict[str, int]) -> bool:
    return found.keys() == whole.keys() and all(found[name] > 0 for name in found)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
@pytest.mark.parametrize("name", [*NTH_CALLS, "class", "tutorial new", "stand-in", "export"])
def test_the_nth_call_to_the_disk_fails(source, archive, tmp_path, monkeypatch, name, error):
    if name in ("load", "export"):
        pytest.importorskip("slicer")
    out = tmp_path / "out"
    arguments = commands(source, archive, out)[name]
    prepared(out)
    before = contents(out)
    counts = [0]
    with monkeypatch.context() as patch:
        _failing(patch, counts, out, 0, error)
        assert run(arguments)[0] in (0, 1)
    whole = contents(out)
    assert whole != before and counts[0] > 2
    failed = 0
    for nth in sorted({*range(1, min(counts[0], 12)), *range(12, counts[0] + 1, max(1, counts[0] // 12)), counts[0]}):
        prepared(out)
        with monkeypatch.context() as patch:
            _failing(patch, [0], out, nth, error)
            status, told = run(arguments)
        failed += status != 0
        assert "Traceback" not in told
        if isinstance(error, KeyboardInterrupt) and status != 0:
            assert status in (1, 130)
        found = contents(out)
        hidden = [path for path in found if Path(path).name.startswith(".") or path.startswith(".")]
        visible = {path: size for path, size in found.items() if path not in hidden and "/.unfinished" not in path}
        assert visible == before or same_files(visible, whole), (nth, status, told, visible)
    assert failed


def _failing(patch, counts: list[int], out: Path, nth: int, error: BaseException) -> None:
    """The n-th call that touches something below ``out`` raises."""

    def wrap(call):
        def failing(*arguments, **named):
            if any(str(argument).startswith(str(out)) for argument in arguments) or call is real_fsync:
                counts[0] += 1
                if counts[0] == nth:
                    raise error
            return call(*arguments, **named)

        return failing

    real_fsync = os.fsync
    for call in CALLS:
        patch.setattr(os, call, wrap(getattr(os, call)))


@pytest.mark.skipif(os.name == "nt", reason="no limits of file size there")
@pytest.mark.parametrize("limit", [0, 100, 3000, 30_000])
@pytest.mark.parametrize("name", [*NTH_CALLS, "tutorial", "class", "tutorial new", "stand-in", "cases", "export"])
def test_a_disk_that_takes_no_more_bytes(source, archive, tmp_path, name, limit):
    """Files cannot grow beyond a limit, as on a full disk; VTK's writers, which Python does not see, meet it, too."""
    if name in ("load", "tutorial", "export"):
        pytest.importorskip("slicer")
    out = tmp_path / "out"
    arguments = commands(source, archive, out)[name]
    prepared(out)
    before = contents(out)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        status, told = run(arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    found = contents(out)
    assert "Traceback" not in told
    if status != 0:
        assert found == before
    assert not [path for path in out.rglob("*") if path.name.startswith(".unfinished")]


@pytest.fixture(scope="module")
def failing_writes(tmp_path_factory) -> Path:
    """A library that lets the n-th write fail, whoever writes."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler on Linux")
    library = tmp_path_factory.mktemp("library") / "failing_writes.so"
    source_file = Path(__file__).with_name("failing_writes.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source_file, "-ldl"], check=True)
    return library


def test_the_nth_write_of_vtk_fails(source, archive, tmp_path, failing_writes):
    """The first, the last and some between, of all writes that the command makes below its folder."""
    pytest.importorskip("slicer")
    out = tmp_path / "out"

    def run_failing_at(number: int) -> subprocess.CompletedProcess:
        prepared(out)
        variables = {"LD_PRELOAD": str(failing_writes), "FAIL_BELOW": str(out), "FAIL_AT": str(number), "COUNT_IN": str(count)}
        environment = {**os.environ, **variables, "PYTHONPATH": str(LIBRARY), "LANG": "C.UTF-8"}
        command = [
            sys.executable,
            "-m",
            "DICOMTutorialHelperLib",
            *map(str, commands(source, archive, out)["load"]),
            "--lang",
            "en",
        ]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)

    count = tmp_path / "count"
    prepared(out)
    before = contents(out)
    run_failing_at(0)
    whole, writes = contents(out), int(count.read_text())
    assert writes >= 3 and whole != before
    for number in (1, writes - 1, writes):
        done = run_failing_at(number)
        found = contents(out)
        assert "Traceback" not in done.stderr, (number, done.stderr)
        # What one node loses costs no other its file, and what a scene names is there.
        assert found == before if done.returncode not in (0, 1) else found == before or found.keys() <= whole.keys()
        assert done.returncode != 0 or same_files(found, whole), (number, found)
        assert not [path for path in out.rglob("*") if path.name.startswith(".unfinished")]
        if found != before:
            scene = (out / "scene" / "scene.mrml").read_text(encoding="utf-8")
            assert all((out / "scene" / file).is_file() for file in re.findall(r'fileName="([^"]+)"', scene)), number


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("name", ["deidentify", "practice"])
def test_a_signal_ends_a_command_with_one_line(source, archive, tmp_path, name, number, status):
    out = tmp_path / "out"
    prepared(out)
    before = contents(out)
    many = tmp_path / "many"
    write_series(many, axial_positions(400), Rows=8, Columns=8) if name != "practice" else None
    arguments = {
        "deidentify": ["deidentify", many, out / "copies"],
        "practice": ["practice", out / "practice", "--size", "full"],
    }[name]
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "DICOMTutorialHelperLib", *map(str, arguments), "--lang", "en"]
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background lets them, and what they start, ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    for _ in range(1200):  # until it is at work
        if list(out.glob("**/.unfinished-*")) or process.poll() is not None:
            break
        time.sleep(0.05)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == status, told
    assert told.strip().count("\n") == 0 and told.strip() and "Traceback" not in told
    assert contents(out) == before
    assert not list(out.glob("**/.unfinished-*"))


def test_files_that_are_there_are_replaced_only_when_that_is_asked_for(source, tmp_path):
    (tmp_path / "table.csv").write_text("mine")
    status, told = run(["cohort", source, "--out", tmp_path / "table.csv"])
    assert status == 1 and "--overwrite" in told
    assert (tmp_path / "table.csv").read_text() == "mine"
    status, _ = run(["cohort", source, "--out", tmp_path / "table.csv", "--overwrite"])
    assert status == 0 and (tmp_path / "table.csv").read_text() != "mine"


def test_a_scene_that_is_there_is_replaced_only_when_that_is_asked_for(source, tmp_path):
    pytest.importorskip("slicer")
    (tmp_path / "scene.mrml").write_text("mine")
    status, told = run(["load", source, "--out", tmp_path])
    assert status == 1 and "--overwrite" in told
    assert contents(tmp_path) == {"scene.mrml": 4}
    assert run(["load", source, "--out", tmp_path, "--overwrite"])[0] == 0
    assert contents(tmp_path)["scene.mrml"] > 4


def test_a_console_of_an_older_encoding_shows_what_it_can(monkeypatch):
    from io import BytesIO, TextIOWrapper

    from DICOMTutorialHelperLib.commands.console import SafeConsole

    for stream, stderr in (("stdout", False), ("stderr", True)):
        written = BytesIO()
        monkeypatch.setattr(f"sys.{stream}", TextIOWrapper(written, encoding="ascii"))
        SafeConsole(stderr=stderr).print("Éloïse [b] :smile:")
        getattr(__import__("sys"), stream).flush()
        assert written.getvalue().rstrip() == b"?lo?se [b] :smile:"


def test_a_class_with_a_broken_tutorial_of_its_own_is_not_totalled(tmp_path, capsys):
    from DICOMTutorialHelperLib.__main__ import main

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "tutorial.json").write_text("{", encoding="utf-8")
    command = ["class", str(tmp_path), "--out", str(tmp_path / "c.html"), "--tutorial", str(tmp_path / "mine"), "--lang", "en"]
    assert main(command) == 2
    assert capsys.readouterr().err.count("\n") == 1 and not (tmp_path / "c.html").exists()
