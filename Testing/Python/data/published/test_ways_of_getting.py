"""Which way a data set is got, what happens where one fails, and what is kept: with sources that only say so."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pydicom
import pytest
from pydicom.dataset import Dataset
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import dicomweb, fetch, many_files, series_sources
from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries, data_set, published_series
from DICOMTutorialHelperLib.data.published.dicomweb import RemoteInstance, ServerAddress
from DICOMTutorialHelperLib.data.published.fetch import NoSourceAnswers, WebSources, from_web
from DICOMTutorialHelperLib.data.published.many_files import WantedFile, download_files
from DICOMTutorialHelperLib.progress import Cancelled


def caught(call, *arguments, **named):
    with pytest.raises(DataError) as error:
        call(*arguments, **named)
    return error.value


# --- from the web


@pytest.fixture
def ways(monkeypatch, tmp_path):
    """Three ways, each of which gives a file, raises, or leaves some bytes behind first."""
    state = SimpleNamespace(asked=[], fails={}, leaves={}, target=tmp_path)

    def way(name):
        def get(wanted, work, target, progress, sources):
            state.asked.append((name, work.relative_to(tmp_path).as_posix()))
            work.mkdir(parents=True, exist_ok=True)
            (work / "part").write_bytes(b"x" * state.leaves.get(name, 0))
            if name in state.fails:
                raise DataError(state.fails[name], url=f"{name}.org", status=503, path="p", needed="1", free="1", detail="d")
            return name

        get.__name__ = f"_from_{name}"
        return get

    def archive(wanted, target, progress, url):
        state.asked.append(("archive", url))
        if "archive" in state.fails:
            raise DataError(
                state.fails["archive"], url="archive.org", status=503, path="p", needed="1", free="1", received="1", detail="d"
            )
        return "archive"

    monkeypatch.setattr(fetch, "_from_bucket", way("bucket"))
    monkeypatch.setattr(fetch, "_from_nbia", way("nbia"))
    monkeypatch.setattr(fetch, "_from_archive", archive)
    return state


def test_the_first_source_that_answers_is_taken_and_nothing_is_left_of_it(ways):
    assert from_web("breast-mri", ways.target) == "bucket"
    assert ways.asked == [("bucket", ".dicom-tutorial-downloads/breast-mri/from_bucket")]
    assert list(ways.target.iterdir()) == []
    ways.fails["bucket"] = "refused"
    assert from_web("breast-mri", ways.target) == "nbia"
    ways.fails["nbia"] = "offline"
    assert from_web("breast-mri", ways.target, sources=WebSources(archive="https://a.org")) == "archive"
    assert [name for name, _ in ways.asked] == ["bucket", "bucket", "nbia", "bucket", "nbia", "archive"]


def test_an_address_or_a_set_without_series_means_the_archive(ways):
    assert from_web("breast-mri", ways.target, url="https://b.org") == "archive"
    assert from_web("torso-ct", ways.target, sources=WebSources(archive="https://a.org")) == "archive"
    assert from_web("breast-mri", ways.target, url="https://b.org", sources=WebSources(archive="https://a.org")) == "archive"
    assert ways.asked == [("archive", "https://b.org"), ("archive", "https://a.org"), ("archive", "https://b.org")]


@pytest.mark.parametrize("why", ["broken-off", "offline", "server-error"])
def test_a_source_that_broke_after_something_came_is_the_one_to_go_on_with(ways, why):
    ways.fails["bucket"], ways.leaves["bucket"] = why, 2_600_000
    error = caught(from_web, "breast-mri", ways.target)
    assert (error.reason, error.fields["received"], error.fields["url"]) == ("broken-off", "3", "bucket.org")
    assert [name for name, _ in ways.asked] == ["bucket"]
    assert (ways.target / ".dicom-tutorial-downloads/breast-mri/from_bucket/part").stat().st_size == 2_600_000


def test_a_source_that_refused_after_something_came_is_left(ways):
    ways.fails["bucket"], ways.leaves["bucket"] = "listing-wrong", 5
    assert from_web("breast-mri", ways.target) == "nbia"
    ways.fails["bucket"] = "offline"
    ways.leaves["bucket"] = 0
    assert from_web("breast-mri", ways.target) == "nbia"


@pytest.mark.parametrize("why", ["cannot-write", "no-room", "would-overwrite"])
def test_what_is_wrong_with_this_computer_no_other_source_mends(ways, why):
    ways.fails["bucket"] = why
    assert caught(from_web, "breast-mri", ways.target).reason == why
    assert [name for name, _ in ways.asked] == ["bucket"]


def test_where_none_answers_each_says_why(ways):
    ways.fails.update(bucket="refused", nbia="offline", archive="server-error")
    error = caught(from_web, "breast-mri", ways.target, sources=WebSources(archive="https://a.org"))
    assert isinstance(error, NoSourceAnswers) and error.reason == "no-source-answers"
    assert [problem.reason for problem in error.problems] == ["refused", "offline", "server-error"]
    for problem in error.problems:
        assert problem.message("fr") in error.message("fr")
    for why in ("broken-off", "no-room"):
        ways.fails["archive"] = why
        assert caught(from_web, "breast-mri", ways.target, sources=WebSources(archive="https://a.org")).reason == why


def test_unknown_sets_are_told_before_anything_is_asked(ways):
    assert caught(from_web, "brain", ways.target).reason == "unknown-set"
    assert caught(fetch.from_disk, "brain", ways.target, ways.target).reason == "unknown-set"
    assert ways.asked == []


def test_places_of_series_are_those_of_the_set():
    wanted = data_set("breast-mri")
    found = fetch._places(wanted, Path("w"))
    assert [(one.series_instance_uid, place.as_posix()) for one, place in found] == [
        (one.series_instance_uid, f"w/{wanted.folder}/{role}") for role, one in wanted.published.items()
    ]
    assert {one.bucket for one, _ in fetch._places(wanted, Path("w"), "https://x")} == {"https://x"}
    known = next(iter(wanted.published.values()))
    assert fetch.locate_series([known.series_instance_uid]) == [known] == [published_series(known.series_instance_uid)]
    assert caught(fetch.locate_series, ["1.2"]).reason == "not-in-catalogue"


def test_a_folder_is_moved_beside_what_is_there_or_stays(tmp_path):
    folder, target = tmp_path / "from" / "series", tmp_path / "to"
    folder.mkdir(parents=True)
    (folder / "a").write_bytes(b"1")
    assert [path.relative_to(tmp_path).as_posix() for path in fetch.move_into_place_below(folder, target)] == ["to/series/a"]
    assert not folder.exists()
    folder.mkdir()
    (folder / "a").write_bytes(b"2")
    assert caught(fetch.move_into_place_below, folder, target).reason == "would-overwrite"
    assert (folder / "a").read_bytes() == b"2" and (target / "series" / "a").read_bytes() == b"1"
    assert fetch._size_below(tmp_path) == 2


# --- many files


@pytest.fixture
def downloads(monkeypatch, tmp_path):
    """Downloads that write what they are told to, or raise once or always."""
    state = SimpleNamespace(asked=[], fails={}, rooms=[])

    def download(url, path, progress, pause_seconds, size=0, same_site=False):
        state.asked.append((url, size, same_site))
        if state.fails.get(url):
            raise DataError(state.fails[url].pop(0), url="x.org", status="503")
        progress(size, size)
        path.write_bytes(b"x" * size)
        return path

    monkeypatch.setattr(many_files, "download", download)
    monkeypatch.setattr(many_files, "check_room", lambda folder, needed: state.rooms.append(needed))
    monkeypatch.setattr(many_files, "POLL_SECONDS", 0.001)
    return state


def wanted_files(tmp_path, *sizes):
    return [WantedFile(f"u{n}", tmp_path / "sub" / f"{n}", size) for n, size in enumerate(sizes)]


def test_files_that_are_whole_are_left_and_the_others_come(downloads, tmp_path):
    wanted = wanted_files(tmp_path, 5, 6, 7)
    wanted[0].path.parent.mkdir()
    wanted[0].path.write_bytes(b"12345")
    wanted[1].path.write_bytes(b"short")
    told = []
    download_files(wanted, lambda *done: told.append(done), 0.0)
    assert sorted(downloads.asked) == [("u1", 6, True), ("u2", 7, True)]
    assert downloads.rooms == [13]
    assert [one.path.stat().st_size for one in wanted] == [5, 6, 7]
    assert told[-1] == (18, 18) and all(total == 18 and done >= 5 for done, total in told)
    download_files(wanted, pause_seconds=0.0)
    assert len(downloads.asked) == 2 and downloads.rooms == [13]


@pytest.mark.parametrize(
    ("fails", "attempts", "why"),
    [
        (["server-error"], 2, None),
        (["offline", "server-error"], 3, None),
        (["offline"] * 3, 3, "offline"),
        (["refused"], 1, "refused"),
        (["offline", "refused"], 2, "refused"),
    ],
)
def test_what_passes_is_tried_three_times(downloads, tmp_path, fails, attempts, why):
    downloads.fails["u0"] = list(fails)
    if why is None:
        download_files(wanted_files(tmp_path, 5), pause_seconds=0.0)
    else:
        assert caught(download_files, wanted_files(tmp_path, 5), pause_seconds=0.0).reason == why
    assert len(downloads.asked) == attempts


def test_giving_up_stops_the_others(downloads, tmp_path):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        download_files(wanted_files(tmp_path, 5), stop, 0.0)


# --- series


def written(folder, uid="9", series="1.2", name=None):
    return write(slice_dataset(0, SOPInstanceUID=f"1.2.{uid}", SeriesInstanceUID=series), folder / (name or f"{uid}.dcm"))


SERIES = PublishedSeries("1.2", 2, 0, "folder", "https://b")


def test_a_series_is_its_instances_each_once(tmp_path):
    for folder, uids, more, why, left in (
        ("a", "12", {}, None, 2),
        ("b", "1", {}, "series-not-whole", 0),
        ("c", "123", {}, "series-not-whole", 0),
        ("d", "", {}, "no-images", 0),
        ("e", "12", {"series": "1.3"}, "not-the-series", 1),
    ):
        place = tmp_path / folder
        place.mkdir()
        for uid in uids:
            written(place, uid, **more)
        if why is None:
            series_sources.check_series(SERIES, place, "x")
        else:
            assert caught(series_sources.check_series, SERIES, place, "x").reason == why
        assert len(list(place.iterdir())) == left
    twice = tmp_path / "f"
    written(twice, "1")
    written(twice, "1", name="again.dcm")
    error = caught(series_sources.check_series, SERIES, twice, "x")
    assert (error.reason, error.fields["found"], error.fields["expected"]) == ("series-not-whole", 1, 2)
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "text").write_bytes(b"no DICOM")
    error = caught(series_sources.check_series, SERIES, tmp_path / "g", "x")
    assert (error.reason, error.fields["file"], list((tmp_path / "g").iterdir())) == ("not-the-series", "text", [])


@pytest.mark.parametrize(
    ("size", "count", "why"), [(10, 2, None), (11, 2, "listing-differs"), (10, 3, "listing-differs"), (0, 2, None)]
)
def test_a_listing_has_the_files_and_bytes_of_the_catalogue(monkeypatch, tmp_path, size, count, why):
    listed = [SimpleNamespace(url=f"u{n}", name=f"{n}.dcm", size=5) for n in range(2)]
    got = []
    monkeypatch.setattr(series_sources, "list_folder", lambda *_: listed)
    monkeypatch.setattr(series_sources, "download_files", lambda wanted, progress, pause: got.extend(wanted))
    monkeypatch.setattr(series_sources, "check_series", lambda one, folder, source: got.append(source))
    one = PublishedSeries("1.2", count, size, "folder", "https://b.org/x")
    (tmp_path / "s").mkdir()
    for name in ("0.dcm", "old.dcm"):
        (tmp_path / "s" / name).write_bytes(b"1")
    if why:
        error = caught(series_sources.from_bucket, [(one, tmp_path / "s")])
        assert (error.reason, error.fields["files"], error.fields["expected"], error.fields["megabytes"]) == (
            why,
            2,
            count,
            "0.0",
        )
        assert error.fields["url"] == "b.org"
        return
    series_sources.from_bucket([(one, tmp_path / "s")])
    assert got == [WantedFile(f"u{n}", tmp_path / "s" / f"{n}.dcm", 5) for n in range(2)] + ["Imaging Data Commons"]
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["0.dcm"]


def test_progress_of_archives_counts_over_all_series():
    told = []
    series_sources._shifted(lambda *done: told.append(done), 10, 30, 5, 999)
    series_sources._shifted(lambda *done: told.append(done), 10, 30, 50, 999)
    assert told == [(15, 30), (30, 30)]


# --- a server's instances as files


class Server:
    """A server of instances in memory."""

    def __init__(self, *uids, series="2"):
        self.address, self.fetched, self.asked = ServerAddress("https://x.org"), [], []
        self.made = [RemoteInstance("1", series, uid, header(uid)) for uid in uids]

    def instances(self, progress=None):
        return self.made

    def header(self, instance):
        self.asked.append(instance.uid)
        full = header(instance.uid)
        full.PatientID, full.SpecificCharacterSet = "full", "ISO_IR 100"
        return full

    def log_in(self):
        """Let in whoever asks."""

    def fetch(self, instance):
        self.fetched.append(instance.uid)
        return instance.uid.encode()


def header(uid):
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID, made.Modality = "1.2.840.10008.5.1.4.1.1.2", uid, "CT"
    return made


def test_an_index_becomes_files_of_headers_the_first_of_a_series_in_full(tmp_path):
    server, told = Server("1.1", "1.2"), []
    files = dicomweb.write_headers(server, tmp_path, lambda *done: told.append(done), first_in_full=True)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == ["1/2/000001.dcm", "1/2/000002.dcm"]
    first, second = (pydicom.dcmread(path) for path in files)
    assert (first.PatientID, first.SpecificCharacterSet, first.SOPInstanceUID) == ("full", "ISO_IR 192", "1.1")
    assert "PatientID" not in second and second.Modality == "CT"
    meta = second.file_meta
    assert (meta.MediaStorageSOPInstanceUID, meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID) == (
        "1.2",
        second.SOPClassUID,
        "1.2.840.10008.1.2.1",
    )
    assert (server.asked, told) == (["1.1"], [(1, 2), (2, 2)])
    dicomweb.write_headers(Server("1.1"), tmp_path / "again")
    assert "PatientID" not in pydicom.dcmread(tmp_path / "again/1/2/000001.dcm")


def test_instances_are_fetched_once_and_under_their_names(tmp_path):
    server, told = Server("1.1", "1.2"), []
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "1.1.dcm").write_bytes(b"there")
    files = dicomweb.fetch_to(server, tmp_path, lambda *done: told.append(done))
    assert [(path.name, path.read_bytes()) for path in files] == [("1.1.dcm", b"there"), ("1.2.dcm", b"1.2")]
    assert (server.fetched, told) == (["1.2"], [(1, 2), (2, 2)])
    assert sorted(path.name for path in (tmp_path / "2").iterdir()) == ["1.1.dcm", "1.2.dcm"]
    assert caught(dicomweb.fetch_to, Server(), tmp_path).reason == "server-empty"


@pytest.mark.parametrize(("number", "order"), [("5", (5.0, "1.1")), (None, (float("inf"), "1.1")), ("x", (float("inf"), "1.1"))])
def test_instances_are_in_the_order_of_their_numbers_those_without_last(number, order):
    one = RemoteInstance("1", "2", "1.1", Dataset())
    if number is not None:
        one.header.add_new("InstanceNumber", "LO", number)
    assert dicomweb._order(one) == order


def test_a_server_is_logged_in_to_and_its_series_come_into_place(tmp_path):
    server = Server("1.1", "1.2")
    server.log_in = lambda: server.fetched.append("log in")
    got = fetch.from_server(server, tmp_path)
    assert server.fetched == ["log in", "1.1", "1.2"]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in got.files) == ["2/1.1.dcm", "2/1.2.dcm"]
    assert [path.name for path in tmp_path.iterdir()] == ["2"]
    assert caught(fetch.from_server, Server("1.3", series="3"), tmp_path / "b", name="torso-ct").reason == "other-content"
