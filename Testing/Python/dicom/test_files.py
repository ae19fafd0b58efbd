"""Every reader walks folders in one way: regular files, each once, in a stable order, the rest named or passed over."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.dicom.files import begins_like_dicom, find_dicom_files
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.languages import LANGUAGES

DEVICE = Path("/dev/zero")


@pytest.fixture
def folder(tmp_path):
    """Four files in three folders, one of them hidden, and what file managers leave behind."""
    root = tmp_path / "root"
    for name in ("b", "a", "two/c", "two/.hidden", "__MACOSX/junk", ".DS_Store", "two/Thumbs.db"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"content")
    (root / "._a").write_bytes(b"\0\5\x16\7 what macOS keeps of a")
    return root


def names_of(paths, folder):
    return [path.relative_to(folder).as_posix() for path in paths]


def test_files_come_each_once_in_a_stable_order_without_what_file_managers_leave(folder):
    found, skipped = find_dicom_files([folder, folder / "two", os.path.join(folder, "two", "..", "a")])
    assert names_of(found, folder) == ["a", "b", "two/.hidden", "two/c"]
    assert skipped == []


def test_a_file_whose_name_begins_as_macos_leftovers_do_is_kept_where_it_is_none(folder):
    (folder / "._real").write_bytes(b"\x08\0\5\0")
    assert "._real" in names_of(find_dicom_files(folder)[0], folder)


@pytest.mark.skipif(not DEVICE.is_char_device(), reason="this system has no devices in folders")
def test_what_is_no_file_is_named_and_never_opened(folder):
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)  # the name of a socket has 107 bytes at the most
        try:
            server.bind("socket")
        finally:
            os.chdir(here)
        found, skipped = find_dicom_files([folder, DEVICE])
    assert len(found) == 4
    assert {file.path.name: file.finding.evidence["reason"] for file in skipped} == dict.fromkeys(
        ("pipe", "socket", "zero"), "no-regular-file"
    )
    for language in LANGUAGES:
        assert "no-regular" not in finding_message(skipped[0].finding, language)


def test_links_are_followed_to_files_and_never_round_in_circles(folder):
    (folder / "two" / "back").symlink_to(folder)
    (folder / "link").symlink_to(folder / "a")
    (folder / "dead").symlink_to(folder / "nowhere")
    found, skipped = find_dicom_files(folder)
    assert names_of(found, folder) == ["a", "b", "link", "two/.hidden", "two/c"]
    assert [(file.path.name, file.finding.evidence["reason"]) for file in skipped] == [("dead", "not-there")]


@pytest.mark.parametrize("reason", [os.strerror(errno.EACCES), None])
def test_a_folder_that_cannot_be_listed_is_named_with_what_the_system_says(folder, monkeypatch, reason):
    """The system's own refusal is not to be had as root."""
    listed = os.scandir

    def refuse(path):
        if Path(path).name == "two":
            raise PermissionError(errno.EACCES, reason, path) if reason else PermissionError("not for you")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found, skipped = find_dicom_files(folder)
    assert names_of(found, folder) == ["a", "b"]
    assert [(file.path.name, file.finding.evidence["reason"]) for file in skipped] == [("two", reason or "not for you")]


def test_a_link_to_itself_is_named(folder):
    (folder / "loop").symlink_to(folder / "loop")
    found, skipped = find_dicom_files(folder)
    assert len(found) == 4
    assert [(file.path.name, file.finding.evidence["reason"]) for file in skipped] == [("loop", os.strerror(errno.ELOOP))]


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (bytes(128) + b"DICM", True),
        (bytes(128) + b"DICX", False),
        (b"\2\0", True),
        (b"\x08\0", True),
        (b"\0\2", True),
        (b"\0\x08", True),
        (b"\1\0", False),
        (b"", False),
        (bytes(127) + b"DICM", False),
        (bytes(128) + b"DICMmore", True),
    ],
)
def test_a_file_begins_like_dicom(tmp_path, content, begins):
    (tmp_path / "a").write_bytes(content)
    assert begins_like_dicom(tmp_path / "a") == begins


def test_the_same_file_twice_is_one_and_folders_of_downloads_are_passed_over(tmp_path):
    (tmp_path / ".dicom-tutorial-downloads").mkdir()
    for name in ("a", "desktop.ini", ".dicom-tutorial-downloads/b"):
        (tmp_path / name).write_bytes(b"x")
    assert find_dicom_files([tmp_path / "a", tmp_path, str(tmp_path / "a")])[0] == [tmp_path / "a"]
    assert find_dicom_files(tmp_path / "a")[0] == [tmp_path / "a"]
