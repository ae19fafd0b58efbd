"""What an archive may ask for, how its members lie, and what a bucket lists."""

from __future__ import annotations

import zipfile
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from refusals import reason

from DICOMTutorialHelperLib.data.published import archives
from DICOMTutorialHelperLib.data.published.bucket import _file

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free", "fits"), [(64 * 2**20 + 1000, True), (64 * 2**20 + 999, False)])
def test_64_mib_are_spared(monkeypatch, tmp_path, free, fits):
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda folder: Usage(0, 0, free))
    assert (reason(archives.check_room, tmp_path, 1000) is None) == fits


def test_gigabytes_have_one_decimal():
    assert archives._gigabytes(1_250_000_001) == "1.3"


class Opened:
    """An archive's directory without the archive."""

    def __init__(self, *members, start_dir=10**12):
        self.start_dir, at, self.made = start_dir, 0, []
        for number, (size, packed) in enumerate(members):
            info = zipfile.ZipInfo(f"{number}.dcm")
            info.file_size, info.compress_size, info.header_offset, info.compress_type = size, packed, at, zipfile.ZIP_DEFLATED
            at += 30 + len(info.filename) + packed
            self.made.append(info)

    def infolist(self):
        return self.made


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([(64 * 2**20, 1)], None),
        ([(64 * 2**20 + 1, 1)], "archive-bomb"),
        ([(64 * 2**20 + 1, 335_545)], None),
        ([(200_000_000, 1_000_000)], None),
        ([(200_000_001, 1_000_000)], "archive-bomb"),
        ([(20 * 2**30, 10**9)], None),
        ([(20 * 2**30 + 1, 10**9)], "archive-bomb"),
        ([], "archive-empty"),
    ],
)
def test_an_archive_may_swell_two_hundredfold_or_to_64_mib_and_20_gib_in_all(monkeypatch, members, why):
    path = SimpleNamespace(stat=lambda: SimpleNamespace(st_size=2 * 10**9))
    assert reason(archives._checked_members, Opened(*members), path) == why


def test_the_file_itself_is_what_an_archive_may_swell_from():
    small = SimpleNamespace(stat=lambda: SimpleNamespace(st_size=1000))
    assert reason(archives._checked_members, Opened((200_000_000, 1_000_000)), small) == "archive-bomb"


def test_an_archive_has_200000_members_at_the_most(monkeypatch):
    path = SimpleNamespace(stat=lambda: SimpleNamespace(st_size=10**6))
    assert archives.MOST_MEMBERS == 200_000
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    assert reason(archives._checked_members, Opened((1, 1), (1, 1)), path) is None
    assert reason(archives._checked_members, Opened((1, 1), (1, 1), (1, 1)), path) == "archive-bomb"


@pytest.mark.parametrize(("moved", "apart"), [(0, True), (1, True), (-1, False)])
def test_members_lie_one_behind_the_other(moved, apart):
    opened = Opened((5, 5), (5, 5))
    opened.made[1].header_offset += moved
    assert (reason(archives._check_apart, opened, Path("a.zip")) is None) == apart


@pytest.mark.parametrize(("start", "apart"), [(30 + 5 + 9, True), (30 + 5 + 8, False)])
def test_members_end_where_the_directory_begins(start, apart):
    assert (reason(archives._check_apart, Opened((9, 9), start_dir=start), Path("a.zip")) is None) == apart


def test_two_files_are_the_same_to_the_last_byte(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "CHUNK", 4)
    one, other = tmp_path / "a", tmp_path / "b"
    for first, second, same in (
        (b"12345678", b"12345678", True),
        (b"12345678", b"1234567x", False),
        (b"1", b"12", False),
        (b"", b"", True),
    ):
        one.write_bytes(first)
        other.write_bytes(second)
        assert archives._same_content(one, other) == same


def listed(key, size):
    entry = ElementTree.fromstring(f"<Contents><Key>{key}</Key><Size>{size}</Size></Contents>")
    return _file("https://b", "folder", entry, "https://b/?x")


def test_a_listed_file_lies_right_below_its_folder():
    found = listed("folder/a b.dcm", "15")
    assert (found.url, found.name, found.size) == ("https://b/folder/a%20b.dcm", "a b.dcm", 15)
    for key, size in (
        ("other/a.dcm", "1"),
        ("folder", "1"),
        ("folder/", "1"),
        ("folder/a/b", "1"),
        ("folderx/a", "1"),
        ("folder/a", "x"),
        ("folder/a", ""),
    ):
        assert reason(listed, key, size) == "listing-wrong"
    assert listed("folder/a", "9" * 15).size == int("9" * 15)
    assert reason(listed, "folder/a", "9" * 16) == "listing-wrong"
