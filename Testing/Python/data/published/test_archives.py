"""Unpacking: whole or not at all, inside the folder or not at all, and what an archive may ask for."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest
from refusals import reason

from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
from DICOMTutorialHelperLib.data.published import archives
from DICOMTutorialHelperLib.data.published.archives import move_into_place, unpack_into
from DICOMTutorialHelperLib.progress import Cancelled, no_progress
from DICOMTutorialHelperLib.staging import staging_folder


@pytest.fixture
def target(tmp_path) -> Path:
    """A folder where something of the learner's already lies."""
    folder = tmp_path / "SlicerData"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    return folder


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unpack(archive: Path, target: Path, progress=no_progress) -> list[Path]:
    """As data sets are fetched: unpacked beside, moved when whole."""
    with disk_errors_told(target), staging_folder(target) as staging:
        unpack_into(archive, staging, progress)
        return move_into_place(staging, target)


def refused(archive: Path, target: Path) -> str:
    """The reason for which an archive is refused; the target must be as it was."""
    before = below(target)
    with pytest.raises(DataError) as caught:
        unpack(archive, target)
    assert below(target) == before
    assert sorted(path.name for path in target.iterdir()) == ["notes.txt"]
    assert caught.value.message("fr")
    return caught.value.reason


def test_files_come_to_their_place_and_finders_litter_does_not(tmp_path, target):
    archive = zipped(
        tmp_path / "a.zip",
        {"set/one.dcm": b"1", "set/sub/two.dcm": b"2", "set/.DS_Store": b"x", "__MACOSX/set/._one.dcm": b"x", "set/._two": b"x"},
    )
    files = unpack(archive, target)
    assert below(target) == {"notes.txt": b"mine", "set/one.dcm": b"1", "set/sub/two.dcm": b"2"}
    assert sorted(path.name for path in files) == ["one.dcm", "two.dcm"]


@pytest.mark.parametrize("name", ["../evil", "set/../../evil", "/evil", "C:/evil", "set\\..\\..\\evil", "C:\\evil"])
def test_a_path_out_of_the_folder_is_refused(tmp_path, target, name):
    # ZipFile.writestr tidies names; a malicious writer does not.
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, b"x")
        archive.writestr("set/good.dcm", b"1")
    assert refused(tmp_path / "a.zip", target) == "archive-leaves-folder"
    assert not list(tmp_path.rglob("evil"))


def test_a_link_is_refused(tmp_path, target):
    link = zipfile.ZipInfo("set/link")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refused(tmp_path / "a.zip", target) == "archive-link"


def test_a_bomb_is_refused_by_its_ratio(tmp_path, target):
    archive = zipped(tmp_path / "a.zip", {"set/zeros": bytes(80 * 2**20)})
    assert archive.stat().st_size < 200_000
    assert refused(archive, target) == "archive-bomb"


def test_a_bomb_is_refused_by_its_size(tmp_path, target, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    assert refused(zipped(tmp_path / "a.zip", {"big": bytes(range(256)) * 8}), target) == "archive-bomb"


def test_an_archive_that_the_disk_has_no_room_for_is_refused(tmp_path, target, monkeypatch):
    monkeypatch.setattr(archives, "ROOM_TO_SPARE", 2**60)
    assert refused(zipped(tmp_path / "a.zip", {"set/one": b"1"}), target) == "no-room"


def test_a_flipped_byte_is_found_before_anything_is_there(tmp_path, target):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        opened.writestr("set/one", b"good")
        opened.writestr("set/two", b"pixels" * 100)
    content = bytearray(archive.read_bytes())
    content[content.index(b"pixelspixels") + 3] ^= 0xFF
    archive.write_bytes(content)
    assert refused(archive, target) == "archive-damaged"


def test_a_cut_off_archive_is_damaged(tmp_path, target):
    archive = zipped(tmp_path / "a.zip", {"set/one": bytes(range(256)) * 50})
    archive.write_bytes(archive.read_bytes()[:-60])
    assert refused(archive, target) == "archive-damaged"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"<!DOCTYPE html><p>Sign in", "archive-web-page"), (b"\x89PNG....", "not-an-archive"), (b"", "not-an-archive")],
)
def test_what_is_no_archive_is_named(tmp_path, target, content, reason):
    (tmp_path / "a.zip").write_bytes(content)
    assert refused(tmp_path / "a.zip", target) == reason


def test_an_archive_of_litter_alone_is_empty(tmp_path, target):
    assert refused(zipped(tmp_path / "a.zip", {"__MACOSX/x": b"x", ".DS_Store": b"x"}), target) == "archive-empty"


def test_two_members_of_one_name_are_refused(tmp_path, target):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("set/One", b"1")
        archive.writestr("set/one", b"2")
    assert refused(tmp_path / "a.zip", target) == "archive-damaged"


def test_an_encrypted_archive_is_named(tmp_path, target):
    archive = zipped(tmp_path / "a.zip", {"set/one": b"1"})
    content = bytearray(archive.read_bytes())
    content[6] |= 1  # the flag in the local header, then the one in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)
    assert refused(archive, target) == "archive-encrypted"


def test_files_that_are_there_stay_and_missing_ones_are_added(tmp_path, target):
    (target / "set").mkdir()
    (target / "set" / "one").write_bytes(b"1")
    unpack(zipped(tmp_path / "a.zip", {"set/one": b"1", "set/two": b"2"}), target)
    assert below(target) == {"notes.txt": b"mine", "set/one": b"1", "set/two": b"2"}


def test_a_file_that_differs_stops_it_all(tmp_path, target):
    (target / "set").mkdir()
    (target / "set" / "two").write_bytes(b"other")
    with pytest.raises(DataError) as caught:
        unpack(zipped(tmp_path / "a.zip", {"set/one": b"1", "set/two": b"2"}), target)
    assert caught.value.reason == "would-overwrite"
    assert below(target) == {"notes.txt": b"mine", "set/two": b"other"}


def test_cancelling_leaves_the_folder_as_it_was(tmp_path, target):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        unpack(zipped(tmp_path / "a.zip", {"set/one": b"1"}), target, stop)
    assert sorted(path.name for path in target.iterdir()) == ["notes.txt"]


def test_members_that_share_their_bytes_are_a_bomb(target, shared_data):
    """41 kB that would unpack to 601 MB."""
    archive = shared_data / "cases" / "damaged" / "overlap-zip" / "overlap.zip"
    assert refused(archive, target) == "archive-damaged"


def test_members_that_reach_into_the_directory_are_refused(tmp_path, target):
    archive = zipped(tmp_path / "a.zip", {"one": b"1" * 100})
    data = bytearray(archive.read_bytes())
    place = data.index(b"PK\x01\x02")
    data[place + 20 : place + 24] = (10_000).to_bytes(4, "little")  # compressed size in the central directory
    archive.write_bytes(data)
    assert refused(archive, target) == "archive-damaged"


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_in_any_packing_is_told_as_damage(tmp_path, target, method):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", method) as opened:
        opened.writestr("one", bytes(range(256)) * 400)
    data = bytearray(archive.read_bytes())
    for place in range(40, 60):
        data[place] ^= 0x5A
    archive.write_bytes(data)
    assert refused(archive, target) == "archive-damaged"


@pytest.mark.parametrize("name", ["set/CON.dcm", "nul", "set/a.dcm.", "set\x1b[31m/a", "a|b", "set /a"])
def test_names_that_some_system_takes_for_something_else_are_refused(tmp_path, target, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    assert refused(tmp_path / "a.zip", target) == "archive-leaves-folder"


@pytest.mark.parametrize("names", [("a", "a/b"), ("Müller", "Mu\u0308ller"), ("STRASSE", "straße")])
def test_two_members_in_one_place_are_refused(tmp_path, target, names):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    assert refused(tmp_path / "a.zip", target) == "archive-damaged"


def test_any_byte_of_an_archive_may_be_wrong(tmp_path, monkeypatch):
    """Unpacked whole, or refused with a sentence: no other error, nothing left."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # hundreds of archives
    data = zipped(tmp_path / "a.zip", {"set/one.dcm": b"1" * 300, "two": b"2"}).read_bytes()
    for place in range(len(data)):
        for change in (0xFF, 0x01):
            broken = bytearray(data)
            broken[place] ^= change
            (tmp_path / "b.zip").write_bytes(broken)
            folder = tmp_path / "there"
            try:
                unpack(tmp_path / "b.zip", folder)
                shutil.rmtree(folder)
            except DataError as error:
                assert error.message("en")
            assert not folder.exists()


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(("free", "fits"), [(64 * 2**20 + 1000, True), (64 * 2**20 + 999, False)])
def test_64_mib_are_spared(monkeypatch, tmp_path, free, fits):
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda folder: Usage(0, 0, free))
    assert (reason(archives.check_room, tmp_path, 1000) is None) == fits


def test_gigabytes_have_one_decimal():
    assert archives._gigabytes(1_250_000_001) == 1.3


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
