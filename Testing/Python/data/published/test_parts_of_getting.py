"""The parts of getting a published data set, each without a server: limits, answers, batches, facts of series, and rules."""

from __future__ import annotations

import zipfile
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import archives, dicomweb, dicomweb_send, download, recognition, series_facts
from DICOMTutorialHelperLib.data.published.bucket import _file
from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, PublishedSeries
from DICOMTutorialHelperLib.data.published.dicomweb import Server, ServerAddress, server_address
from DICOMTutorialHelperLib.data.published.series_facts import SeriesFacts, facts_of_headers
from DICOMTutorialHelperLib.data.published.uids import check_uid
from DICOMTutorialHelperLib.data.published.web_answer import WebAnswer, _on_one_site, host_of, redirected
from DICOMTutorialHelperLib.data.synthetic.instances import UID_ROOT


def reason(call, *arguments, **named):
    """The reason that a call is refused for, None where it is not."""
    try:
        call(*arguments, **named)
    except DataError as error:
        return error.reason
    return None


# --- identifiers and addresses


@pytest.mark.parametrize(
    ("uid", "sound"),
    [
        ("1", True),
        ("1.2.3", True),
        ("1." * 31 + "12", True),
        ("1." * 31 + "123", False),
        ("", False),
        ("1..2", False),
        ("1.a", False),
        ("1.2.", False),
        ("١.2", False),
    ],
)
def test_a_uid_is_digits_and_dots_of_64_characters_at_the_most(uid, sound):
    assert (reason(check_uid, uid) is None) == sound


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://x.org/web", ("https://x.org/web", "", "")),
        ("HTTPS://x.org/web/", ("HTTPS://x.org/web", "", "")),
        (" https://x.org/studies/1.2 ", ("https://x.org", "1.2", "")),
        ("https://x.org/studies/1.2/series/3/", ("https://x.org", "1.2", "3")),
        ("https://x.org/studies", ("https://x.org", "", "")),
    ],
)
def test_an_address_names_a_server_a_study_or_a_series(text, parts):
    address = server_address(text)
    assert (address.root, address.study, address.series) == parts
    assert server_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "https://x.org/studies/1.2/series",
        "https://x.org/studies/1/series/2/x",
        "https://x.org/a#b",
        "x.org",
        "https://x.org/studies/1/2/3",
    ],
)
def test_what_is_no_address_of_a_server_is_told(text):
    assert reason(server_address, text) == "bad-address"


def test_an_address_is_written_as_it_was_meant():
    assert str(ServerAddress("https://u@x.org/a", "1", "2")) == "https://u@x.org/a/studies/1/series/2"
    assert ServerAddress("https://u@x.org:8/a").host == "x.org:8"
    assert dicomweb.work_name(Server(ServerAddress("https://x.org"))) == dicomweb.work_name(
        Server(ServerAddress("https://x.org"))
    )
    assert len(dicomweb.work_name(Server(ServerAddress("https://x.org")))) == len("server-") + 16


@pytest.mark.parametrize(
    ("url", "host"), [("https://a:b@x.org/p", "x.org"), ("x", "x"), ("https://x.org:80/", "x.org:80"), ("http://[", "http://[")]
)
def test_a_host_is_shown_without_user_and_password(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "location", "expected"),
    [
        ("https://x.org/a/b", "c", "https://x.org/a/c"),
        ("http://x.org/a", "https://y.org/", "https://y.org/"),
        ("https://x.org", "http://x.org", "insecure"),
        ("http://x.org", "http://y.org", "http://y.org"),
        ("https://x.org", "ftp://x.org", "bad-address"),
        ("https://x.org", "https:///a", "https://x.org/a"),
        ("https://x.org", "https://:80/", "bad-address"),
        ("https://x.org", "\xff", "bad-address"),
    ],
)
def test_a_redirect_stays_with_https(url, location, expected):
    try:
        assert redirected(url, location) == expected
    except DataError as error:
        assert error.reason == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://X.org/a", "https://x.org/b", True),
        ("https://x.org", "https://y.org", False),
        ("https://x.org", "https://x.org:8", False),
        ("https://b.s3.amazonaws.com", "https://b.s3.eu.amazonaws.com", True),
        ("https://b.s3.amazonaws.com", "https://x.org", False),
        ("https://x.org", "https://b.s3.amazonaws.com", False),
    ],
)
def test_amazons_storage_is_one_site(one, other, same):
    assert _on_one_site(one, other) == same


# --- downloads


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), (" 5 ", 5), ("", 0), (None, 0), ("-5", 0), ("5x", 0), ("²", 0), ("9" * 19, int("9" * 19)), ("9" * 20, 0)],
)
def test_a_length_is_a_number_of_up_to_19_digits(text, number):
    assert download._integer(text) == number
    assert download._integer("x", -1) == -1


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"etag": '"a"', "last-modified": "b"}, '"a"'),
        ({"etag": 'W/"a"', "last-modified": "b"}, "b"),
        ({"last-modified": "b"}, "b"),
        ({}, None),
        ({"etag": 'W/"a"'}, None),
    ],
)
def test_only_a_strong_etag_vouches_for_bytes(headers, validator):
    """RFC 9110, 13.1.5."""
    assert download._validator(WebAnswer("", 200, headers)) == validator


@pytest.fixture
def part(tmp_path):
    made = download._Part("https://x.org/a", tmp_path / "file", 0, False)
    made.begin("v")
    made.append(b"12345")
    return made


@pytest.mark.parametrize(
    ("status", "headers", "span"),
    [
        (200, {"content-length": "9"}, (0, 9)),
        (200, {}, (0, 0)),
        (206, {"content-range": "bytes 5-8/9", "content-length": "4"}, (5, 9)),
        (206, {"content-range": "bytes 5-8/*", "content-length": "4"}, (5, 9)),
        (206, {"content-range": "bytes 4-8/9"}, None),
        (206, {"content-range": "items 5-8/9"}, None),
        (206, {}, None),
        (206, {"content-range": "bytes x-8/9"}, None),
    ],
)
def test_an_answer_goes_on_where_the_part_ends(part, status, headers, span):
    answer = WebAnswer("", status, headers)
    if span is None:
        with pytest.raises(download._BrokenOff):
            download._span(answer, part)
        assert part.size == 0 and not part.note.exists()
    else:
        assert download._span(answer, part) == span


def received(part, told, chunks):
    seen = []
    answer = WebAnswer("", 200, {}, iter(chunks))
    download._receive(answer, part, told, lambda *done: seen.append(done))
    return seen


def test_what_comes_is_appended_and_told(part):
    assert received(part, [5, 9], [b"67", b"89"]) == [(7, 9), (9, 9)]
    assert part.path.read_bytes() == b"123456789"
    assert part.finish().read_bytes() == b"123456789"
    assert not part.note.exists() and part.size == 0


@pytest.mark.parametrize(
    ("expected", "told", "chunks", "why", "kept"),
    [
        (0, [5, 9], [b"67"], "broken", 7),
        (0, [5, 9], [b"67890"], "length-wrong", 0),
        (8, [5, 9], [b"6789"], "size-differs", 0),
        (9, [5, 9], [b"6789"], None, 9),
        (9, [5, 0], [b"6789"], None, 9),
        (9, [5, 0], [b"678"], "broken", 8),
        (0, [0, 0], [], "empty-answer", 0),
        (0, [5, 0], [b"6"], None, 6),
    ],
)
def test_a_file_has_the_size_that_was_said(part, expected, told, chunks, why, kept):
    part.expected = expected
    if why == "broken":
        with pytest.raises(download._BrokenOff):
            received(part, told, chunks)
    else:
        assert reason(received, part, told, chunks) == why
    assert part.size == kept


def test_a_broken_connection_is_taken_up_three_times_after_ever_longer_pauses(monkeypatch, tmp_path):
    fetched, pauses = [], []

    def fetch(url, part, progress):
        fetched.append(url)
        raise download._BrokenOff

    monkeypatch.setattr(download, "_fetch", fetch)
    monkeypatch.setattr(download, "_pause", lambda seconds, part, progress: pauses.append(seconds))
    with pytest.raises(DataError) as caught:
        download.download("https://x.org/a", tmp_path / "a", pause_seconds=2.0)
    assert (len(fetched), pauses) == (4, [2.0, 4.0, 6.0])
    assert (caught.value.reason, caught.value.fields["url"], caught.value.fields["received"]) == ("broken-off", "x.org", "0")


@pytest.mark.parametrize(("total", "too_large"), [(20 * 2**30, False), (20 * 2**30 + 1, True)])
def test_nothing_of_more_than_20_gib_is_taken(part, monkeypatch, total, too_large):
    monkeypatch.setattr(download, "check_room", lambda *_: None)
    if too_large:
        assert reason(received, part, [5, total], []) == "too-large"
    else:
        with pytest.raises(download._BrokenOff):
            received(part, [5, total], [])


def test_room_is_wanted_for_what_is_still_to_come(part, monkeypatch):
    asked = []
    monkeypatch.setattr(download, "check_room", lambda folder, needed: asked.append(needed))
    received(part, [5, 9], [b"6789"])
    assert asked == [4]


@pytest.mark.parametrize(
    ("note", "validator"),
    [
        ('{"url": "https://x.org/a", "validator": "v"}', "v"),
        ('{"url": "https://x.org/b", "validator": "v"}', None),
        ("[]", None),
        ("{", None),
    ],
)
def test_a_part_is_taken_up_where_its_note_is_of_this_address(part, note, validator):
    part.note.write_text(note)
    assert part.validator() == validator
    part.path.write_bytes(b"")
    assert part.validator() is None


# --- archives


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


# --- a bucket's listing


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


# --- a server


class Client:
    """What a DICOMweb server says, from memory: each call's pages in turn."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def __getattr__(self, name):
        def call(**options):
            self.asked.append((name, options.get("offset"), options.get("limit")))
            pages = self.answers.get(name, [])
            return pages.pop(0) if pages else []

        return call


def json_of(**values):
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made.to_json_dict()


def server_of(**answers):
    pytest.importorskip("dicomweb_client")
    return Server(ServerAddress("https://x.org"), _client=Client(**answers))


def test_matches_come_page_by_page_each_once():
    study = {"StudyInstanceUID": "1", "PatientID": "P"}
    series = [[json_of(SeriesInstanceUID="2", Modality="CT")], [json_of(SeriesInstanceUID="2", Modality="CT")]]
    first = [json_of(SOPInstanceUID="9", InstanceNumber=2), json_of(SOPInstanceUID="8")]
    second = [json_of(SOPInstanceUID="7", InstanceNumber=1)]
    server = server_of(search_for_studies=[[json_of(**study)]], search_for_series=series, search_for_instances=[first, second])
    told = []
    found = server.instances(lambda *done: told.append(done))
    assert [(one.study, one.series, one.uid) for one in found] == [("1", "2", "7"), ("1", "2", "9"), ("1", "2", "8")]
    assert (found[0].header.PatientID, found[0].header.Modality, found[0].header.SpecificCharacterSet) == (
        "P",
        "CT",
        "ISO_IR 192",
    )
    assert told == [(3, 0)]
    offsets = [offset for name, offset, limit in server.client.asked if name == "search_for_instances" and limit == 1000]
    assert offsets == [0, 2, 3]


def test_logging_in_asks_for_one_study_and_for_a_password_where_it_must():
    server = server_of(search_for_studies=[[json_of(StudyInstanceUID="1")]])
    server.log_in()
    assert server.client.asked == [("search_for_studies", None, 1)]
    answers, asked = [DataError("wrong-login", url="x.org"), None], []

    def first_answer():
        error = answers.pop(0)
        if error is not None:
            raise error

    server._first_answer, server._session = first_answer, SimpleNamespace(auth=None)
    server.ask = lambda host: asked.append(host) or ("user", "word")
    server.log_in()
    assert (asked, server._session.auth, answers) == (["x.org"], ("user", "word"), [])
    for error, given in (("wrong-login", None), ("offline", ("user", "word"))):
        answers[:] = [DataError(error, url="x.org")]
        server.ask = lambda host, given=given: given
        assert reason(server.log_in) == error


def test_a_series_that_is_not_meant_is_not_asked_for():
    server = server_of(search_for_studies=[[json_of(StudyInstanceUID="1")]], search_for_series=[[json_of(SeriesInstanceUID="2")]])
    server.address = ServerAddress("https://x.org", "1", "3")
    assert server.instances() == []
    assert "search_for_instances" not in {name for name, *_ in server.client.asked}


@pytest.mark.parametrize("uid", ["", "a/b"])
def test_a_server_that_names_no_uids_speaks_something_else(uid):
    assert reason(server_of(search_for_studies=[[json_of(StudyInstanceUID=uid)]]).instances) == "no-dicomweb"


def test_headers_come_without_what_lies_elsewhere():
    answer = [{**json_of(PatientID="P"), "7FE00010": {"vr": "OW", "BulkDataURI": "https://x.org/1"}}]
    server = server_of(retrieve_instance_metadata=[answer])
    server.client.retrieve_instance_metadata = lambda *_: answer
    instance = dicomweb.RemoteInstance("1", "2", "3", Dataset())
    assert [element.keyword for element in server.header(instance)] == ["PatientID"]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ValueError("x"), "no-dicomweb"),
        (KeyError("x"), "no-dicomweb"),
        (OSError("x"), "offline"),
        (TypeError("x"), "no-dicomweb"),
    ],
)
def test_what_goes_wrong_with_a_server_is_told(error, why):
    def fail():
        with Server(ServerAddress("https://x.org")).errors_told():
            raise error

    pytest.importorskip("requests")
    assert reason(fail) == why


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (401, "wrong-login"),
        (403, "wrong-login"),
        (404, "refused"),
        (499, "refused"),
        (500, "server-error"),
        (503, "server-error"),
    ],
)
def test_a_status_is_told_by_what_it_means(status, why):
    requests = pytest.importorskip("requests")

    def fail():
        with Server(ServerAddress("https://x.org")).errors_told():
            response = requests.Response()
            response.status_code = status
            raise requests.exceptions.HTTPError(response=response)

    assert reason(fail) == why


def files_of(*sizes):
    return [dicomweb_send._File(Path(f"{n}"), "1", "2", f"1.{n}", size) for n, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "batches"),
    [
        ([1] * 16, [16]),
        ([1] * 17, [16, 1]),
        ([16 * 2**20] * 3, [2, 1]),
        ([32 * 2**20, 1], [1, 1]),
        ([40 * 2**20, 1, 1], [1, 2]),
        ([], []),
        ([2**20, 31 * 2**20, 1], [2, 1]),
    ],
)
def test_files_go_sixteen_or_32_mib_at_a_time(sizes, batches):
    assert [len(batch) for batch in dicomweb_send._batches(files_of(*sizes))] == batches


def test_an_answer_tells_what_was_stored_and_what_refused_with_its_code():
    """PS3.18 Table 10.5.3-2: 0110 processing failure, A900 another class."""
    answer, stored, failed, unknown = Dataset(), Dataset(), Dataset(), Dataset()
    stored.ReferencedSOPInstanceUID, failed.ReferencedSOPInstanceUID, unknown.ReferencedSOPInstanceUID = "1", "2", "3"
    failed.FailureReason = 0x110
    answer.ReferencedSOPSequence, answer.FailedSOPSequence = [stored], [failed, unknown]
    assert dicomweb_send._told(answer) == ({"1"}, {"2": "0110", "3": "0000"})
    assert dicomweb_send._told(Dataset()) == (set(), {})


# --- facts of series


def header(z=0.0, **values):
    return {
        "SeriesInstanceUID": "1",
        "ImagePositionPatient": f"0\\0\\{z}",
        "ImageOrientationPatient": "1\\0\\0\\0\\1\\0",
        **values,
    }


def facts(*headers):
    (found,) = facts_of_headers(headers)
    return found


@pytest.mark.parametrize(
    ("heights", "slices", "frames", "holes"),
    [
        ([0, 1, 2, 3], 4, 1, 0),
        ([0, 1, 3, 4], 4, 1, 1),
        ([0, 1, 2, 0, 1, 2], 3, 2, 0),
        ([0, 1, 2, 0, 1], 3, 2, 1),
        ([0, 1, 3, 4] * 2, 4, 2, 2),
        ([0, 1, 2.04, 3], 4, 1, 0),
        ([0, 1, 2, 4.04, 5], 5, 1, 1),
        ([0, 1, 2, 4.06, 5], 5, 1, 0),
        ([0, 1, 2, 9, 10], 5, 1, 6),
        ([0, 1, 2, 10, 11], 5, 1, 0),
        ([0, 0.004, 1], 2, 1, 0),
        ([0], 1, 1, 0),
        ([], 0, 0, 0),
        ([5, 5], 1, 2, 0),
    ],
)
def test_layers_frames_and_holes_are_counted_from_the_heights(heights, slices, frames, holes):
    assert series_facts._layers(np.array(heights, float)) == (slices, frames, holes)


def test_a_series_is_summed_up():
    headers = [
        header(z, InstanceNumber=str(n), SOPInstanceUID=f"{UID_ROOT}{n}", path=f"{n}.dcm") for n, z in enumerate((0, 2, 4), 5)
    ]
    found = facts(*headers, headers[0])
    assert (found.instances, found.slices, found.frames, found.holes, found.highest_number) == (3, 3, 1, 0, 7)
    assert (found.plane, found.extent_mm, found.multi_frame, found.made) == ("axial", 4.0, False, True)
    assert [path.name for path in found.files] == ["5.dcm", "6.dcm", "7.dcm"]
    other = facts(*headers, header(6, SOPInstanceUID="1.2", NumberOfFrames="2", InstanceNumber="x"))
    assert (other.made, other.multi_frame, other.highest_number) == (False, True, 7)
    assert not facts(header(NumberOfFrames=1)).multi_frame
    silent = facts({"SeriesInstanceUID": "1"}, {"SeriesInstanceUID": "1"})
    assert (silent.instances, silent.slices, silent.plane, silent.extent_mm, silent.highest_number) == (2, 0, "", 0.0, 0)


def test_a_localizer_among_slices_does_not_count():
    scout = header(99, ImageOrientationPatient="1\\0\\0\\0\\0\\-1", SOPInstanceUID="s")
    slices = [header(z, SOPInstanceUID=str(z)) for z in (0, 1, 2)]
    found = facts(scout, *slices)
    assert (found.plane, found.slices, found.instances) == ("axial", 3, 4)
    nearly = header(7, ImageOrientationPatient="1\\0\\0\\0\\0.995\\0.0999", SOPInstanceUID="n")
    turned = header(7, ImageOrientationPatient="1\\0\\0\\0\\0.98\\0.199", SOPInstanceUID="n")
    assert (facts(*slices, nearly).slices, facts(*slices, turned).slices) == (4, 3)
    for orientation, plane in (("0\\1\\0\\0\\0\\-1", "sagittal"), ("1\\0\\0\\0\\0\\-1", "coronal")):
        assert facts(header(ImageOrientationPatient=orientation)).plane == plane


@pytest.mark.parametrize(
    ("value", "count", "numbers"),
    [("1\\2", 2, [1, 2]), ("1\\2", 3, None), ([1, 2], 2, [1, 2]), (5, 1, [5]), ("a", 1, None), ("", 1, None), (None, 1, None)],
)
def test_numbers_may_be_texts_with_backslashes(value, count, numbers):
    assert series_facts._numbers(value, count) == numbers


def test_a_description_is_that_of_series_and_protocol():
    assert facts(header(SeriesDescription="T2", ProtocolName="BLISS")).description == "T2 BLISS"
    assert facts(header(ProtocolName="BLISS", Modality="MR")).description == "BLISS"
    assert (facts(header(Modality="MR")).modality, facts(header()).modality) == ("MR", "")


# --- rules


def made_facts(**values):
    usual = {
        "series_instance_uid": "1",
        "study_instance_uid": "2",
        "values": {"Modality": "CT"},
        "instances": 10,
        "slices": 10,
        "frames": 1,
        "holes": 0,
        "highest_number": 10,
        "plane": "axial",
        "extent_mm": 100.0,
        "multi_frame": False,
        "made": False,
    }
    header = {**usual["values"], **values.pop("header", {})}
    return SeriesFacts(**{**usual, "values": header, **values})


@pytest.mark.parametrize(
    ("values", "rule", "fits"),
    [
        ({}, {}, True),
        ({"header": {"Modality": "MR"}}, {}, False),
        ({}, {"made": True}, False),
        ({"made": True}, {"made": True}, True),
        ({}, {"multi_frame": True}, False),
        ({"multi_frame": True}, {"multi_frame": True}, True),
        ({}, {"plane": ["axial"]}, True),
        ({"plane": "coronal"}, {"plane": ["axial"]}, False),
        ({}, {"least_slices": 10}, True),
        ({}, {"least_slices": 11}, False),
        ({}, {"least_extent_mm": 100}, True),
        ({}, {"least_extent_mm": 100.1}, False),
        ({}, {"frames": [1, 3]}, True),
        ({"frames": 3}, {"frames": [1, 3]}, True),
        ({"frames": 4}, {"frames": [1, 3]}, False),
        ({"frames": 0}, {"frames": [1, 3]}, False),
        ({"frames": 10_000}, {}, True),
        ({"frames": 10_001}, {}, False),
        ({}, {"body_part": ["CHEST"]}, True),
        ({"header": {"BodyPartExamined": "chest ABD"}}, {"body_part": ["CHEST"]}, True),
        ({"header": {"BodyPartExamined": "HEAD"}}, {"body_part": ["CHEST"]}, False),
        ({"header": {"BodyPartExamined": "HEAD"}}, {}, True),
        ({"header": {"SeriesDescription": "t2-w tse"}}, {"description": "T2W"}, True),
        ({"header": {"SeriesDescription": "T2W"}}, {"not_description": "T2"}, False),
        ({"header": {"SeriesDescription": "STIR"}}, {"description": "T2W", "otherwise": {"EchoTime": [0, 99]}}, False),
        ({"header": {"EchoTime": "80"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, True),
        ({"header": {"EchoTime": "79"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, False),
        ({"header": {"EchoTime": "99"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, True),
        ({"header": {"EchoTime": "?"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, False),
        ({}, {"description": "T2W", "otherwise": {"EchoTime": [0, 99]}}, True),
        ({}, {"description": "T2W"}, False),
        ({}, {"optional": True, "published": {"series_instance_uid": "1"}}, True),
        ({}, {"optional": True, "published": {"series_instance_uid": "5"}}, False),
    ],
)
def test_a_series_fits_a_rule(values, rule, fits):
    assert recognition._fits(made_facts(**values), {"modality": ["CT"], **rule}) == fits


ENTRY = CatalogEntry(
    name="torso-ct",
    folder="f",
    series={"ct": {"modality": ["CT"], "published_instances": 12}, "more": {"modality": ["MR"]}},
    practice=True,
    published_when={"any_of": [{"role": "ct", "instances": 12}, {"header": {"PatientID": "^breast"}}, {"path": "tutorial/"}]},
    published={"more": PublishedSeries("1", 20, 0, "x", "y")},
)


@pytest.mark.parametrize(
    ("values", "origin"),
    [
        ({"made": True}, "practice"),
        ({}, "other"),
        ({"instances": 12}, "published"),
        ({"highest_number": 12}, "published"),
        ({"header": {"PatientID": "BREAST-1"}}, "published"),
        ({"files": (Path("/a/Tutorial/x.dcm"),)}, "published"),
        ({"files": (Path("/a/x.dcm"), Path("/a/Tutorial/x.dcm"))}, "other"),
    ],
)
def test_the_origin_of_a_set_follows_from_its_conditions(values, origin):
    assert recognition._origin(ENTRY, {"ct": made_facts(**values)}) == origin


@pytest.mark.parametrize(
    ("role", "values", "origin", "missing"),
    [
        ("more", {}, "other", 10),
        ("more", {"series_instance_uid": "9"}, "other", 0),
        ("ct", {}, "published", 2),
        ("ct", {}, "other", 0),
        ("ct", {"holes": 3}, "published", 3),
        ("ct", {"holes": 3}, "other", 3),
        ("ct", {"instances": 40, "highest_number": 40}, "practice", 8),
        ("ct", {"instances": 53, "highest_number": 53}, "practice", 0),
        ("ct", {"instances": 54, "highest_number": 54}, "practice", 237),
        ("ct", {"instances": 20, "highest_number": 54}, "practice", 271),
        ("ct", {"instances": 400, "highest_number": 400}, "practice", 0),
    ],
)
def test_missing_instances_are_counted_by_what_is_known(role, values, origin, missing):
    """The practice torso has 48 or 291 slices; defects hold up to five more."""
    assert recognition._missing(ENTRY, role, made_facts(**values), origin) == missing


@pytest.mark.parametrize(
    ("name", "role", "counts"),
    [
        ("torso-ct", "ct", [291, 48]),
        ("breast-mri", "t2", [32, 153]),
        ("breast-mri", "bliss", [190, 840]),
        ("breast-mri-sagittal", "bliss", [240, 800]),
        ("examples", "xray", [1]),
    ],
)
def test_practice_series_have_as_many_instances_as_they_are_made_with(name, role, counts):
    assert recognition._practice_instances(name, role) == counts


def test_of_two_series_for_a_role_the_larger_plays_it_and_what_is_not_there_is_named():
    small, large = made_facts(instances=5), made_facts(instances=9, series_instance_uid="8")
    found = recognition._in_study(ENTRY, [small, large, made_facts(instances=9, series_instance_uid="7")])
    assert [(one.role, one.facts.series_instance_uid) for one in found.series] == [("ct", "8")]
    assert (found.missing_roles, found.whole) == (("more",), False)
    assert recognition._in_study(ENTRY, [made_facts(header={"Modality": "US"})]) is None
