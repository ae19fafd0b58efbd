"""What a DICOMweb server answers and is asked, without one: pages, logging in, errors, batches."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from pydicom.dataset import Dataset
from refusals import reason

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import dicomweb, dicomweb_send
from DICOMTutorialHelperLib.data.published.dicomweb import Server, ServerAddress


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
    """PS3.18 Table I.2-2: 0110 processing failure, A900 another class."""
    answer, stored, failed, unknown = Dataset(), Dataset(), Dataset(), Dataset()
    stored.ReferencedSOPInstanceUID, failed.ReferencedSOPInstanceUID, unknown.ReferencedSOPInstanceUID = "1", "2", "3"
    failed.FailureReason = 0x110
    answer.ReferencedSOPSequence, answer.FailedSOPSequence = [stored], [failed, unknown]
    assert dicomweb_send._told(answer) == ({"1"}, {"2": "0110", "3": "0000"})
    assert dicomweb_send._told(Dataset()) == (set(), {})
