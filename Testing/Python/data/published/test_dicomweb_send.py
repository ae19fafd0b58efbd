"""What is asked of a server before and while files are sent, one step at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import dicomweb_send
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
