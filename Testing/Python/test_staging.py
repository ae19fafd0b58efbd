"""Files and folders appear whole or not at all, whatever fails on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from DICOMTutorialHelperLib import staging

LIBRARY = Path(staging.__file__).resolve().parents[1]
CALLS = ("mkdir", "rename", "replace", "link", "fsync", "open", "unlink")


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder and every empty folder, by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
        if path.is_file() or not any(path.iterdir())
    }


def fill(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Fault:
    """Makes the n-th call of the functions in ``os`` that touch the disk end badly, and counts them."""

    def __init__(self, monkeypatch, nth: int, error: BaseException) -> None:
        self.count = 0
        for name in CALLS:
            monkeypatch.setattr(os, name, self._failing(getattr(os, name), nth, error))

    def _failing(self, call, nth, error):
        def failing(*arguments, **named):
            self.count += 1
            if self.count == nth:
                raise error
            return call(*arguments, **named)

        return failing


def make_file(folder: Path) -> None:
    with staging.staged_file(folder / "table.csv", overwrite=True) as path:
        path.write_text("new")


def make_folder(folder: Path) -> None:
    with staging.staged_folder(folder / "copies") as made:
        fill(made, a="new a", deep__b="new b")


def replace_folder(folder: Path) -> None:
    with staging.staged_folder(folder / "set", replace=True) as made:
        fill(made, a="new a", deep__b="new b")


def merge_folder(folder: Path) -> None:
    with staging.staging_folder(folder) as made:
        fill(made, table__csv="new", set__a="new a", set__c="new c", other__d="new d")
        staging.merge_whole(made, folder, overwrite=True)


def merge_folder_flushed_meanwhile(folder: Path) -> None:
    with staging.staging_folder(folder) as made:
        fill(made, table__csv="new", set__a="new a", set__c="new c")
        with staging.flushing(made):
            fill(made, other__d="new d")
        staging.merge_whole(made, folder, overwrite=True)


@pytest.mark.parametrize("write", [make_file, make_folder, replace_folder, merge_folder, merge_folder_flushed_meanwhile])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_the_target_is_as_before_or_complete_whichever_call_fails(tmp_path, monkeypatch, write, error):
    seen = set()
    for nth in range(1, 200):
        folder = tmp_path / f"{nth}"
        fill(folder, **{"table.csv": "old", "set__a": "old a", "set__old": "old"})
        before = contents(folder)
        with monkeypatch.context() as patch:
            fault = Fault(patch, nth, error)
            try:
                write(folder)
            except type(error):
                seen.add("failed")
        after = contents(folder)
        if fault.count < nth:
            break
        visible = {name: text for name, text in after.items() if not name.startswith(".")}
        if visible != before:
            whole = tmp_path / f"{nth}-whole"
            fill(whole, **{"table.csv": "old", "set__a": "old a", "set__old": "old"})
            write(whole)
            assert visible == contents(whole), nth
        if visible != after:  # not even cleaning up worked: the next run does it
            staging.remove_abandoned(folder)
            assert contents(folder) == visible, nth
    assert "failed" in seen and fault.count < nth and nth > 5


@pytest.mark.skipif(os.name == "nt", reason="os._exit in the middle stands for a kill")
@pytest.mark.parametrize("write", ["make_file", "make_folder", "replace_folder", "merge_folder"])
def test_what_a_killed_run_left_goes_with_the_next_one(tmp_path, write):
    """A process of its own ends at its n-th call; then the next writing command sees the folder as before, or complete."""
    code = (
        f"import os, sys; sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(LIBRARY)!r}]\n"
        "import test_staging as t\nfrom pathlib import Path\n"
        "for nth in range(1, 60):\n"
        "    if os.fork() == 0:\n"
        "        count = [0]\n"
        "        def wrap(call):\n"
        "            def failing(*a, **k):\n"
        "                count[0] += 1\n"
        "                if count[0] == nth: os._exit(0)\n"
        "                return call(*a, **k)\n"
        "            return failing\n"
        "        for name in t.CALLS: setattr(os, name, wrap(getattr(os, name)))\n"
        f"        t.{write}(Path({str(tmp_path)!r}) / str(nth))\n"
        "        os._exit(7)\n"
        "    if os.waitstatus_to_exitcode(os.wait()[1]) == 7: break\n"
    )
    for nth in range(1, 61):
        fill(tmp_path / str(nth), **{"table.csv": "old", "set__a": "old a", "set__old": "old"})
    before = contents(tmp_path / "60")
    globals()[write](tmp_path / "60")
    whole = contents(tmp_path / "60")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    ends = set()
    for nth in range(1, 60):
        with staging.staging_folder(tmp_path / str(nth)):
            pass
        found = contents(tmp_path / str(nth))
        assert found in (before, whole), nth
        ends.add(found == whole)
    assert ends == {True, False}


def test_two_runs_into_one_new_folder_do_not_mix(tmp_path):
    with pytest.raises(FileExistsError), staging.staged_folder(tmp_path / "copies") as slow:
        fill(slow, slow="slow")
        with staging.staged_folder(tmp_path / "copies") as fast:
            fill(fast, fast="fast")
    assert contents(tmp_path) == {"copies/fast": "fast"}


def test_a_file_is_overwritten_only_when_that_is_asked_for(tmp_path):
    fill(tmp_path, table="old")
    with pytest.raises(FileExistsError), staging.staged_file(tmp_path / "table") as path:
        path.write_text("new")
    assert contents(tmp_path) == {"table": "old"}
    with staging.staged_file(tmp_path / "table", overwrite=True) as path:
        path.write_text("new")
    assert contents(tmp_path) == {"table": "new"}


def test_folders_made_for_a_file_that_fails_go_again(tmp_path):
    with pytest.raises(OSError, match="full"), staging.staged_file(tmp_path / "a" / "b" / "table"):
        raise OSError("full")
    assert contents(tmp_path) == {}


def test_the_staging_folder_of_a_run_at_work_stays(tmp_path):
    with staging.staging_folder(tmp_path) as at_work:
        with staging.staging_folder(tmp_path):
            pass
        assert at_work.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="no such links without rights")
def test_a_link_keeps_pointing_where_it_points(tmp_path):
    fill(tmp_path, table="old")
    (tmp_path / "link").symlink_to(tmp_path / "table")
    with staging.staged_file(tmp_path / "link", overwrite=True) as path:
        path.write_text("new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "table").read_text() == "new"


def test_what_is_there_is_flushed_while_the_block_goes_on(tmp_path, monkeypatch):
    flushed, begun = [], threading.Event()

    def flush(path):
        flushed.append(path.name)
        begun.set()

    monkeypatch.setattr(staging, "_flush", flush)
    fill(tmp_path, a="a", deep__b="b")
    with staging.flushing(tmp_path):
        assert begun.wait(60)
        fill(tmp_path, later="later")
    assert sorted(flushed) == ["a", "b"]


def test_a_disk_that_fails_meanwhile_is_told_of_at_the_end_of_the_block(tmp_path, monkeypatch):
    def full(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(staging, "_flush", full)
    fill(tmp_path, a="a")
    reached = []
    with pytest.raises(OSError, match="No space"), staging.flushing(tmp_path):
        reached.append(True)
    assert reached == [True]
