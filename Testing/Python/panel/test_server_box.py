"""The server in the Data tab, against a real Orthanc on loopback: what it holds, fetching what is ticked, sending a series."""

from __future__ import annotations

import orthanc_server
import pydicom
import pytest
import qt
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.data.published.dicomweb import Server, server_address
from DICOMTutorialHelperLib.data.published.dicomweb_send import send
from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.panel.server_box import ServerBox
from DICOMTutorialHelperLib.workspace.interface import PatientInfo, SeriesInfo, StudyInfo

MISSING = orthanc_server.why_missing()
needs_orthanc = pytest.mark.skipif(bool(MISSING), reason=MISSING or "-")
USER, PASSWORD = orthanc_server.USER, orthanc_server.PASSWORD


@pytest.fixture(autouse=True)
def no_login_from_outside(monkeypatch, tmp_path):
    pytest.importorskip("dicomweb_client", reason="dicomweb-client is not installed")
    for name in ("DICOMWEB_USER", "DICOMWEB_PASSWORD", "DICOMWEB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))


@pytest.fixture
def orthanc(tmp_path):
    with orthanc_server.running_orthanc(tmp_path / "orthanc") as server:
        yield server


@pytest.fixture
def exchanges():
    return Exchanges()


@pytest.fixture
def box(workspace, jobs, tmp_path, application, exchanges):
    made = ServerBox(workspace, jobs, lambda: tmp_path / "SlicerData", lambda: "en", exchanges)
    made.set_language("en")
    made.refresh()
    made.widget.show()
    yield made
    made.widget.deleteLater()


@pytest.fixture
def part(box, find_in):
    return lambda name: find_in(box.widget, name)


@pytest.fixture
def series_files(tmp_path):
    study = {"StudyDescription": "Chest", "SeriesDate": "20200102", "SeriesNumber": 5}
    write_series(tmp_path / "files" / "ct", axial_positions(6), SeriesDescription="Axial", **study)
    other = {"SeriesInstanceUID": "1.2.3.5", "SeriesDescription": "<b>Other</b>", "SeriesNumber": 6}
    write_series(tmp_path / "files" / "b", axial_positions(4), **{**study, **other})
    return tmp_path / "files"


@pytest.fixture
def logged_in(part, orthanc):
    part("ServerAddress").text = orthanc.url
    part("ServerUser").text, part("ServerPassword").text = USER, PASSWORD


def rows_below(item):
    return [item.child(number) for number in range(item.childCount())]


def series_rows(tree):
    patients = [tree.topLevelItem(number) for number in range(tree.topLevelItemCount)]
    return [row for patient in patients for study in rows_below(patient) for row in rows_below(study)]


@needs_orthanc
def test_what_is_ticked_comes_into_the_database_and_nothing_else(
    box, part, orthanc, logged_in, series_files, workspace, tmp_path, told, exchanges
):
    sender = Server(server_address(orthanc.url), lambda host: (USER, PASSWORD))
    assert len(send([series_files], sender).sent) == 10
    part("ServerListButton").click()
    assert not told
    rows = series_rows(part("ServerTree"))
    assert [row.text(0) for row in rows] == ["5: Axial (CT, 6)", "6: <b>Other</b> (CT, 4)"]
    assert "10" in part("ServerSaid").text
    assert (len(exchanges.held("1.2.3.4")), len(exchanges.held("1.2.3.5")), exchanges.fetched) == (6, 4, ())
    rows[1].setCheckState(0, qt.Qt.Checked)
    part("ServerFetchButton").click()
    assert not told
    files = list((tmp_path / "SlicerData" / "DICOMweb").rglob("*.dcm"))
    assert len(files) == 4
    assert [folder.name for folder in workspace.imported] == ["1.2.3.5"]
    assert exchanges.fetched == (files[0].parent,)


@needs_orthanc
def test_a_series_of_the_database_is_sent_and_told(box, part, orthanc, logged_in, series_files, workspace, told, exchanges):
    series = SeriesInfo("1.2.3.4", "1.2.3", "Axial", "CT", "5", "", 6)
    workspace.listed = (PatientInfo("1", "P1", "Doe^Jane", (StudyInfo("1.2.3", "", "", (series,)),)),)
    workspace.files["1.2.3.4"] = tuple(sorted((series_files / "ct").iterdir()))
    box.refresh()
    part("ServerSendButton").click()
    assert not told and orthanc.count() == 6
    assert exchanges.held("1.2.3.4") == {str(pydicom.dcmread(path).SOPInstanceUID) for path in (series_files / "ct").iterdir()}
    assert "6" in part("ServerSaid").text
    part("ServerSendButton").click()
    assert orthanc.count() == 6 and "0" in part("ServerSaid").text


@needs_orthanc
def test_a_wrong_password_is_told(box, part, orthanc, told):
    part("ServerAddress").text = orthanc.url
    part("ServerUser").text, part("ServerPassword").text = USER, "guessed"
    part("ServerListButton").click()
    assert len(told) == 1 and "password" in told[0] and "guessed" not in told[0]


@pytest.mark.parametrize("address", ["", "example", "http://example.org/dicom-web", "https://a:b@example.org/"])
def test_an_address_that_cannot_be_used_is_told_at_once(box, part, told, address):
    part("ServerAddress").text = address
    part("ServerListButton").click()
    assert len(told) == 1


@pytest.mark.parametrize(("address", "host"), [("", None), ("half", None), ("https://a.example/dicom-web", "a.example")])
def test_whoever_checks_is_given_the_server_that_is_named(box, part, exchanges, address, host):
    part("ServerAddress").text = address
    server = exchanges.server()
    assert (server.address.host if server is not None else None) == host


def test_the_password_is_not_shown(part):
    assert part("ServerPassword").echoMode == qt.QLineEdit.Password


def test_without_series_there_is_nothing_to_send(part):
    assert not part("ServerSendButton").enabled


def test_every_language_says_it_in_its_own_words(box, part):
    said = set()
    for language in ("en", "fr", "es", "pt-BR"):
        box.set_language(language)
        said.add(part("ServerListButton").text)
    assert len(said) == 4
