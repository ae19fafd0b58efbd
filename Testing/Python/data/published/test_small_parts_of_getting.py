"""What is asked, copied and offered, one step at a time: with a server, a folder and a catalogue of a few entries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import catalog, dicomweb_send, fetch, sample_data
from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, PublishedSeries
from DICOMTutorialHelperLib.data.published.dicomweb_send import Failure, SendReport, held_by_server, send


class Server:
    """A server that holds UIDs by series, takes so many batches, and answers what a test says."""

    def __init__(self, held=(), answers=()):
        self.held, self.answers, self.asked, self.given = dict(held), list(answers), [], []

    def log_in(self):
        self.asked.append("log in")

    def known_instances(self, study, series):
        self.asked.append((study, series))
        return self.held.get(series, set())

    def store(self, datasets):
        self.given.append([str(one.SOPInstanceUID) for one in datasets])
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, DataError):
            raise answer
        return answer if answer is not None else told([one.SOPInstanceUID for one in datasets])


def told(stored, failed=()):
    """An answer of STOW-RS (PS3.18 10.5.3): references to what was stored and to what failed."""
    answer = Dataset()
    answer.ReferencedSOPSequence, answer.FailedSOPSequence = [], []
    for uid in stored:
        item = Dataset()
        item.ReferencedSOPInstanceUID = uid
        answer.ReferencedSOPSequence.append(item)
    for uid, code in failed:
        item = Dataset()
        item.ReferencedSOPInstanceUID, item.FailureReason = uid, code
        answer.FailedSOPSequence.append(item)
    return answer


def one(folder: Path, name: str, uid: str, series="1.1", study="1", **values) -> Path:
    header = {"SOPInstanceUID": uid, "SeriesInstanceUID": series, "StudyInstanceUID": study, **values}
    return write(slice_dataset(0, **header), folder / name)


# --- sending


def test_a_server_is_asked_once_for_each_series_of_the_files(tmp_path):
    for name, uid, series, study in (("a", "9.1", "1.1", "1"), ("b", "9.2", "1.1", "1"), ("c", "9.3", "2.1", "2")):
        one(tmp_path, name, uid, series, study)
    server = Server({"1.1": {"9.1", "8"}})
    assert held_by_server([tmp_path], server) == {"1.1": {"9.1", "8"}, "2.1": set()}
    assert server.asked == [("1", "1.1"), ("2", "2.1")]


def test_only_what_is_not_there_is_sent_and_each_is_told(tmp_path):
    files = [one(tmp_path, f"{n}", f"9.{n}") for n in range(4)]
    server, progress = Server({"1.1": {"9.0"}}, [told(["9.1", "9.3"], [("9.3", 0xA900), ("9.2", 0x0110)])]), []
    report = send([tmp_path], server, lambda *done: progress.append(done))
    assert server.given == [["9.1", "9.2", "9.3"]] and server.asked[0] == "log in"
    assert (report.already, report.sent) == ([files[0]], [files[1]])
    assert report.failed == [Failure(files[2], "refused", "0110"), Failure(files[3], "refused", "A900")]
    assert progress == [(1, 4), (4, 4)]


@pytest.mark.parametrize("reason", ["refused", "server-error", "no-dicomweb"])
def test_a_batch_that_is_refused_is_sent_one_by_one(tmp_path, reason):
    files = [one(tmp_path, f"{n}", f"9.{n}") for n in range(3)]
    refusal = DataError(reason, status=409, url="x")
    server = Server(answers=[refusal, None, refusal, None])
    report = send([tmp_path], server)
    assert server.given == [["9.0", "9.1", "9.2"], ["9.0"], ["9.1"], ["9.2"]]
    assert (report.sent, report.failed) == ([files[0], files[2]], [Failure(files[1], "refused", "409")])
    assert report.broken_by is None


@pytest.mark.parametrize(("count", "given"), [(1, [["9.0"]]), (2, [["9.0", "9.1"], ["9.0"], ["9.1"]])])
def test_a_file_that_was_sent_alone_is_not_sent_again(tmp_path, count, given):
    files = [one(tmp_path, f"{n}", f"9.{n}") for n in range(count)]
    refusal = DataError("refused", status=409, url="x")
    server = Server(answers=[refusal] * 3)
    assert send([tmp_path], server).failed == [Failure(path, "refused", "409") for path in files]
    assert server.given == given


def test_where_the_server_goes_away_nothing_more_is_asked_and_all_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(dicomweb_send, "MOST_AT_ONCE", 2)
    files = [one(tmp_path, f"{n}", f"9.{n}") for n in range(5)]
    gone, progress = DataError("offline", url="x"), []
    server = Server(answers=[None, gone])
    report = send([tmp_path], server, lambda *done: progress.append(done))
    assert server.given == [["9.0", "9.1"], ["9.2", "9.3"]]
    assert (report.sent, report.broken_by) == (files[:2], gone)
    assert report.failed == [Failure(path, "not-sent") for path in files[2:]]
    assert progress == [(0, 5), (2, 5), (4, 5)]


def test_what_cannot_be_sent_is_told_by_its_kind(tmp_path):
    first = one(tmp_path, "a", "9.1")
    copy = tmp_path / "b"
    copy.write_bytes(first.read_bytes())
    other = one(tmp_path, "c", "9.1", PatientName="other")
    bare = one(tmp_path, "d", "9.2", SeriesInstanceUID="")
    one(tmp_path, "DICOMDIR", "9.3", SeriesInstanceUID="")
    (tmp_path / "e").write_bytes(b"no DICOM at all")
    report = SendReport()
    assert [(found.path, found.study, found.series, found.uid) for found in dicomweb_send._readable([tmp_path], report)] == [
        (first, "1", "1.1", "9.1")
    ]
    assert (report.already, report.passed_over) == ([copy], 2)
    assert sorted((failure.path.name, failure.reason) for failure in report.failed) == [
        (other.name, "other-content"),
        (bare.name, "no-identifiers"),
    ]


# --- getting


@pytest.mark.parametrize("uids", [["1.2", "1.x"], ["1.x", "1.2"]])
def test_all_uids_are_looked_at_before_the_first_is_asked_for(tmp_path, monkeypatch, uids):
    asked: list[object] = []
    monkeypatch.setattr(fetch, "download", lambda *arguments: asked.append(arguments))
    for call in (
        lambda: fetch.from_tcia(uids, tmp_path, address=asked.append),
        lambda: fetch.from_idc(uids, tmp_path, locate=lambda wanted: asked.append(wanted) or []),
    ):
        with pytest.raises(DataError) as caught:
            call()
        assert (caught.value.reason, caught.value.fields["uid"]) == ("bad-uid", "1.x")
    assert asked == [] and list(tmp_path.iterdir()) == []


def test_of_a_folder_the_plain_files_are_copied_as_they_lie(tmp_path, monkeypatch):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep" / "er").mkdir(parents=True)
    for name in ("b.dcm", "a.dcm", ".hidden", "deep/er/c"):
        (source / name).write_text(name)
    (source / "link.dcm").symlink_to(source / "a.dcm")
    taken, progress, room = {}, [], []

    def accept(name, staging, to):
        taken.update({path.relative_to(staging).as_posix(): path.read_text() for path in staging.rglob("*") if path.is_file()})
        return name, to

    monkeypatch.setattr(fetch, "_accept", accept)
    monkeypatch.setattr(fetch, "check_room", lambda folder, size: room.append(size))
    assert fetch.from_disk("torso-ct", source, target, lambda *done: progress.append(done)) == ("torso-ct", target)
    assert taken == {"a.dcm": "a.dcm", "b.dcm": "b.dcm", "deep/er/c": "deep/er/c"}
    assert (progress, room) == ([(1, 3), (2, 3), (3, 3)], [5 + 5 + 9])
    with pytest.raises(DataError) as caught:
        fetch.from_disk("torso-ct", source, source / "deep" / "er")
    assert caught.value.reason == "target-inside"


# --- the catalogue

A, B = PublishedSeries("1.1", 2, 300, "f", "https://a"), PublishedSeries("1.2", 1, 200, "g", "https://b")


@pytest.mark.parametrize(
    ("published", "archive_url", "addresses"),
    [
        ({}, None, ()),
        ({}, "https://z/x.zip", ("https://z/x.zip",)),
        ({"ct": A}, None, ("https://a", "https://nbia.cancerimagingarchive.net")),
        ({"b": B, "a": A, "c": B}, "https://z", ("https://b", "https://a", "https://nbia.cancerimagingarchive.net", "https://z")),
    ],
)
def test_a_set_is_looked_for_in_buckets_at_tcia_and_in_its_archive(published, archive_url, addresses):
    entry = CatalogEntry("x", "f", {}, False, archive_url=archive_url, published=published)
    assert entry.addresses == addresses


@pytest.fixture
def facts(monkeypatch):
    """A catalogue of two sets, read anew."""
    published = {"series_instance_uid": "1.1", "instances": 2, "bytes": 300, "folder": "f", "within": 5}
    made = {
        "archives": {"z.zip": {"url": "https://z/z.zip"}},
        "services": {
            "tcia": {"url": "https://t/nbia-api/x?u={series}"},
            "idc": {"bucket": "https://{bucket}.org", "asked": {"where": "M", "series": 3}},
        },
        "sets": {
            "full": {
                "archive": "z.zip", "folder": "full", "practice": False, "across_studies": True, "citation": "C", "licence": "L",
                "published_when": {"role": "ct"}, "series": {"ct": {"published": published}, "mr": {"words": ["a"]}},
            },
            "bare": {"folder": "bare", "practice": True, "series": {}},
        },
    }  # fmt: skip
    monkeypatch.setattr(catalog, "_facts", lambda: made)
    monkeypatch.setattr(catalog, "data_sets", catalog.data_sets.__wrapped__)


def test_entries_say_what_the_catalogue_says_and_nothing_where_it_does_not(facts):
    full, bare = catalog.data_sets().values()
    assert (full.name, full.folder, full.archive, full.archive_url) == ("full", "full", "z.zip", "https://z/z.zip")
    assert (full.practice, full.across_studies, full.citation, full.licence) == (False, True, "C", "L")
    assert full.published_when == {"role": "ct"} and list(full.series) == ["ct", "mr"]
    assert dict(full.published) == {"ct": PublishedSeries("1.1", 2, 300, "f", "https://idc-open-data.org", 5)}
    assert (bare.archive, bare.archive_url, bare.published_when, bare.across_studies) == (None, None, None, False)
    assert (bare.practice, bare.citation, bare.licence, dict(bare.published)) == (True, "", "", {})
    with pytest.raises(TypeError):
        catalog.data_sets()["new"] = full


def test_series_addresses_and_answers_are_found_or_are_none(facts):
    assert catalog.published_series("1.1").bytes == 300 and catalog.published_series("1.9") is None
    assert catalog.idc_bucket("other") == "https://other.org"
    assert catalog.series_url("1.2") == "https://t/nbia-api/x?u=1.2"
    assert (catalog.answer_of_idc("M"), catalog.answer_of_idc("N")) == ({"series": 3}, None)
    with pytest.raises(DataError) as caught:
        catalog.data_set("none")
    assert (caught.value.reason, caught.value.fields["name"], caught.value.fields["names"]) == (
        "unknown-set",
        "none",
        "full, bare",
    )


# --- samples

SAMPLES = [
    ("PracticeTorsoCT", "torso-ct", "practice"),
    ("PracticeBreastMRI", "breast-mri", "practice"),
    ("TutorialTorsoCT", "torso-ct", "published"),
    ("TutorialBreastMRI", "breast-mri", "published"),
]


def test_samples_are_registered_with_these_names_files_and_pictures():
    sources = sample_data.sample_data_sources(lambda name, kind: (kind, name))
    for source, (name, set_name, kind) in zip(sources, SAMPLES):
        assert (source["category"], source["sampleName"], source["nodeNames"]) == ("DICOM Tutorial Helper", name, name)
        assert source["fileNames"] == f"{name}.dicomtutorial" and source["uris"].endswith(f"/samples/{name}.dicomtutorial")
        assert Path(source["thumbnailFileName"]).name == f"{name}.png"
        assert (source["loadFileType"], source["loadFiles"]) == ("DICOMTutorialDataSet", True)
        assert source["customDownloader"](source) == (kind, set_name)


@pytest.mark.parametrize(
    ("set_name", "kind", "known"),
    [
        *((set_name, kind, True) for _, set_name, kind in SAMPLES),
        ("examples", "practice", False),
        ("torso-ct", "made", False),
        (None, None, False),
    ],
)
def test_a_samples_file_names_a_set_that_is_offered(tmp_path, set_name, kind, known):
    path = tmp_path / "x.dicomtutorial"
    path.write_text(json.dumps({"set": set_name, "kind": kind}), encoding="utf-8")
    if known:
        assert sample_data.read_sample(str(path)) == (set_name, kind)
    else:
        with pytest.raises(ValueError, match=r"x\.dicomtutorial"):
            sample_data.read_sample(path)
