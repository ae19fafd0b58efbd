"""A series from a server that only says so: its index, its instances, their names and order."""

from __future__ import annotations

import pydicom
import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import dicomweb, fetch
from DICOMTutorialHelperLib.data.published.dicomweb import RemoteInstance, ServerAddress


def caught(call, *arguments, **named):
    with pytest.raises(DataError) as error:
        call(*arguments, **named)
    return error.value


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
