"""DICOMweb against a real Orthanc on loopback, and against servers that misbehave."""

from __future__ import annotations

from pathlib import Path

import orthanc_server
import pydicom
import pytest
from synthetic_series import axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import fetch
from DICOMTutorialHelperLib.data.published.dicomweb import Server, fetch_to, server_address, write_headers
from DICOMTutorialHelperLib.data.published.dicomweb_send import send

pytest.importorskip("dicomweb_client", reason="dicomweb-client is not installed")
MISSING = orthanc_server.why_missing()
needs_orthanc = pytest.mark.skipif(bool(MISSING), reason=MISSING or "-")
USER, PASSWORD = orthanc_server.USER, orthanc_server.PASSWORD


@pytest.fixture(autouse=True)
def no_login_from_outside(monkeypatch, tmp_path):
    """Neither the variables nor the netrc file of whoever runs the tests."""
    for name in ("DICOMWEB_USER", "DICOMWEB_PASSWORD", "DICOMWEB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))


@pytest.fixture
def login(monkeypatch):
    monkeypatch.setenv("DICOMWEB_USER", USER)
    monkeypatch.setenv("DICOMWEB_PASSWORD", PASSWORD)


@pytest.fixture
def orthanc(tmp_path):
    with orthanc_server.running_orthanc(tmp_path / "orthanc") as server:
        yield server


@pytest.fixture
def study(tmp_path) -> Path:
    """Two series of one study, 6 and 4 images."""
    write_series(tmp_path / "study" / "ct", axial_positions(6))
    write_series(tmp_path / "study" / "b", axial_positions(4), SeriesInstanceUID="1.2.3.5", SeriesNumber=2)
    return tmp_path / "study"


def server_at(url: str, **options) -> Server:
    return Server(server_address(url), **options)


def reason_of(call) -> str:
    with pytest.raises(DataError) as caught:
        call()
    for language in ("en", "fr", "es", "pt-BR"):
        assert caught.value.message(language)
    return caught.value.reason


def by_uid(folder: Path) -> dict[str, pydicom.Dataset]:
    return {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, folder.rglob("*.dcm"))}


# --- addresses


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://example.org/dicom-web", "plain-http"),
        ("https://user:secret@example.org/dicom-web", "password-in-address"),
        ("https://user@example.org/", "password-in-address"),
        ("ftp://example.org/", "bad-address"),
        ("https://", "bad-address"),
        ("https://example.org:port/", "bad-address"),
        ("https://example.org/dicom-web?x=1", "bad-address"),
        ("https://example.org/dicom-web/studies/1.2/instances/3", "bad-address"),
        ("https://example.org/dicom-web/studies/..", "bad-uid"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_the_password(text, reason):
    with pytest.raises(DataError) as caught:
        server_address(text)
    assert caught.value.reason == reason and "secret" not in caught.value.message("fr")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [("http://127.0.0.1:8042/a", False), ("http://localhost/a", False), ("http://[::1]/a", False), ("http://x.org", True)],
)
def test_plain_http_is_for_this_computer_or_by_a_flag(text, allowed):
    assert server_address(text, allow_http=allowed).root == text


def test_a_study_or_a_series_may_be_meant():
    address = server_address("https://example.org/dicom-web/studies/1.2/series/3.4/")
    assert (address.root, address.study, address.series) == ("https://example.org/dicom-web", "1.2", "3.4")


# --- a real server


@needs_orthanc
def test_what_was_sent_comes_back_bit_for_bit(orthanc, login, study, tmp_path):
    report = send([study], server_at(orthanc.url))
    assert len(report.sent) == 10 and not report.failed and not report.already
    got = fetch.from_server(server_at(orthanc.url), tmp_path / "back")
    assert len(got.files) == 10
    sent, back = by_uid(study), by_uid(tmp_path / "back")
    assert sent == back
    assert all(sent[uid].PixelData == back[uid].PixelData for uid in sent)
    assert {path.name for path in (tmp_path / "back").iterdir()} == {"1.2.3.4", "1.2.3.5"}


@needs_orthanc
def test_de_identified_copies_come_back_bit_for_bit(orthanc, login, study, tmp_path):
    from DICOMTutorialHelperLib.__main__ import main

    assert main(["deidentify", str(study), str(tmp_path / "copies")]) == 0
    assert main(["send", str(tmp_path / "copies"), "--to", orthanc.url]) == 0
    assert main(["get", "--from", orthanc.url, "--to", str(tmp_path / "back")]) == 0
    copies, back = by_uid(tmp_path / "copies"), by_uid(tmp_path / "back")
    assert len(copies) == 10 and copies == back
    assert all("Doe" not in str(one.PatientName) for one in back.values())


@needs_orthanc
def test_a_wrong_password_is_told_and_nothing_is_sent(orthanc, study, monkeypatch):
    assert reason_of(lambda: send([study], server_at(orthanc.url))) == "wrong-login"
    monkeypatch.setenv("DICOMWEB_USER", USER)
    monkeypatch.setenv("DICOMWEB_PASSWORD", "guessed")
    assert reason_of(lambda: send([study], server_at(orthanc.url))) == "wrong-login"
    assert orthanc.count() == 0


@needs_orthanc
def test_the_password_may_be_asked_for_or_come_from_netrc(orthanc, study, monkeypatch, tmp_path):
    asked = []

    def ask(host):
        asked.append(host)
        return USER, PASSWORD

    assert len(send([study], server_at(orthanc.url, ask=ask)).sent) == 10
    assert asked == [orthanc.url.split("/")[2]]
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert len(server_at(orthanc.url).instances()) == 10


@needs_orthanc
def test_what_is_there_already_is_left_alone_and_duplicates_are_told(orthanc, login, study, tmp_path):
    first = sorted((study / "ct").iterdir())[0]
    (study / "again.dcm").write_bytes(first.read_bytes())
    changed = pydicom.dcmread(first)
    changed.PatientComments = "other"
    changed.save_as(study / "zz-other.dcm")
    report = send([study], server_at(orthanc.url))
    assert len(report.sent) == 10
    # Of three files with one identifier, one was sent; which of them depends on their order alone.
    assert len(report.already) == 1 and [one.reason for one in report.failed] == ["other-content"]
    again = send([study / "ct"], server_at(orthanc.url))
    assert not again.sent and len(again.already) == 6 and orthanc.count() == 10


@needs_orthanc
def test_files_that_cannot_be_sent_are_told_one_by_one(orthanc, login, study):
    (study / "note.txt").write_text("hello")
    nameless = slice_dataset(0)
    nameless.StudyInstanceUID = ""
    write(nameless, study / "nameless.dcm")
    report = send([study], server_at(orthanc.url))
    assert len(report.sent) == 10 and report.passed_over == 1
    assert [(one.path.name, one.reason) for one in report.failed] == [("nameless.dcm", "no-identifiers")]


@needs_orthanc
def test_a_server_that_goes_away_in_the_middle_never_has_more_than_was_said(orthanc, login, tmp_path):
    write_series(tmp_path / "many", axial_positions(60))
    stopped = []

    def stop(done, total):
        if done >= 32 and not stopped:
            stopped.append(done)
            orthanc.stop()

    report = send([tmp_path / "many"], server_at(orthanc.url), stop)
    assert stopped and report.broken_by.reason == "offline"
    assert len(report.sent) == 32 and len(report.failed) == 28
    assert {one.reason for one in report.failed} == {"not-sent"}
    with orthanc_server.running_orthanc(tmp_path / "orthanc") as again:
        assert again.count() == 32
        report = send([tmp_path / "many"], server_at(again.url))
        assert len(report.sent) == 28 and len(report.already) == 32 and again.count() == 60


@needs_orthanc
def test_fetching_goes_on_where_the_server_went_away(orthanc, login, study, tmp_path):
    send([study], server_at(orthanc.url))

    def stop(done, total):
        if done == 4:
            orthanc.stop()

    target = tmp_path / "back"
    address = orthanc.url
    assert reason_of(lambda: fetch.from_server(server_at(address), target, stop)) == "offline"
    assert not [path for path in target.iterdir() if not path.name.startswith(".")]
    with orthanc_server.running_orthanc(tmp_path / "orthanc") as again:
        got = fetch.from_server(server_at(again.url), target)
        assert len(got.files) == 10 and by_uid(target).keys() == by_uid(study).keys()


@needs_orthanc
def test_two_thousand_instances_are_counted_sent_and_listed(orthanc, login, tmp_path):
    for number in range(2000):
        one = slice_dataset(number, rows=2, columns=2, SOPInstanceUID=f"1.2.3.4.{number + 1}")
        (tmp_path / "many").mkdir(exist_ok=True)
        write(one, tmp_path / "many" / f"{number}.dcm")
    report = send([tmp_path / "many"], server_at(orthanc.url))
    assert len(report.sent) == 2000 and not report.failed and orthanc.count() == 2000
    listed = server_at(orthanc.url).instances()
    assert [int(one.header.InstanceNumber) for one in listed] == list(range(1, 2001))


@needs_orthanc
def test_only_the_study_or_series_that_is_meant_is_fetched(orthanc, login, study, tmp_path):
    write_series(tmp_path / "other", axial_positions(3), StudyInstanceUID="1.9", SeriesInstanceUID="1.9.1")
    send([study, tmp_path / "other"], server_at(orthanc.url))
    assert len(fetch_to(server_at(f"{orthanc.url}/studies/1.9"), tmp_path / "a")) == 3
    assert len(fetch_to(server_at(f"{orthanc.url}/studies/1.2.3/series/1.2.3.5"), tmp_path / "b")) == 4


@needs_orthanc
def test_the_tree_of_a_server_is_that_of_its_files(orthanc, login, study, tmp_path):
    from DICOMTutorialHelperLib.explore.data_model import data_model

    send([study], server_at(orthanc.url))
    write_headers(server_at(orthanc.url), tmp_path / "headers")

    def shape(folder):
        model = data_model(folder)
        return [
            (patient.patient_id, patient.name, one.uid, series.uid, series.modality, series.description, series.number,
             [(instance.sop_instance_uid, instance.sop_class_uid, instance.number) for instance in series.instances])
            for patient in model.patients for one in patient.studies for series in one.series
        ]  # fmt: skip

    assert shape(tmp_path / "headers") == shape(study)


@needs_orthanc
@pytest.mark.parametrize("where", [None, "SliceLocation < 3 or SeriesNumber == 2", 'Rows == 5 and Modality == "CT"'])
def test_a_cohort_of_a_server_is_that_of_its_files(orthanc, login, study, tmp_path, where):
    from DICOMTutorialHelperLib.explore.cohort import cohort

    send([study], server_at(orthanc.url))
    write_headers(server_at(orthanc.url), tmp_path / "headers", first_in_full=True)
    columns = ("PatientID", "SeriesNumber", "Rows", "PixelSpacing", "ImagePositionPatient", "Instances", "SOPClassUID")
    assert cohort(tmp_path / "headers", where, columns).rows == cohort(study, where, columns).rows


@needs_orthanc
def test_the_commands_read_a_server_where_they_read_a_path(orthanc, login, study, tmp_path, capsys):
    from DICOMTutorialHelperLib.__main__ import main

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        return status, capsys.readouterr().out

    assert run("send", study, "--to", orthanc.url)[0] == 0
    for command in (["tree"], ["cohort"], ["examine"]):
        status, out = run(*command, orthanc.url)
        assert status == 0 and "CT" in out
    status, out = run("tree", orthanc.url, "--json")
    assert status == 0 and orthanc.url in out and "/dicom-tutorial-" not in out
    assert main(["tree", "http://example.org/dicom-web"]) == 1
    assert "--allow-http" in capsys.readouterr().err


@needs_orthanc
def test_a_password_is_in_no_log_and_no_file(orthanc, login, study, tmp_path, caplog, capsys):
    import logging

    from DICOMTutorialHelperLib.__main__ import main

    caplog.set_level(logging.DEBUG)
    assert main(["send", str(study), "--to", orthanc.url]) == 0
    assert main(["get", "--from", orthanc.url, "--to", str(tmp_path / "back")]) == 0
    printed = capsys.readouterr()
    assert PASSWORD not in caplog.text + printed.out + printed.err
    assert not [path for path in (tmp_path / "back").rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]


@needs_orthanc
def test_an_empty_server_is_told(orthanc, login, tmp_path):
    assert reason_of(lambda: fetch.from_server(server_at(orthanc.url), tmp_path / "x")) == "server-empty"


# --- servers that are none


def test_nobody_listening_is_told(tmp_path):
    assert reason_of(lambda: server_at("http://127.0.0.1:9/dicom-web").log_in()) == "offline"


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"<html>Welcome</html>", 200, "no-dicomweb"),
        (b'{"error": "no"}', 200, "no-dicomweb"),
        (b"[1, 2]", 200, "no-dicomweb"),
        (b"no", 404, "refused"),
        (b"no", 401, "wrong-login"),
        (b"no", 403, "wrong-login"),
        (b"no", 500, "server-error"),
    ],
)
def test_an_answer_that_is_none_of_dicomweb_is_told(server, sending, body, status, reason):
    server.answers["/dicom-web/studies"] = lambda handler: sending(handler, body, status, Content_Type="application/dicom+json")
    assert reason_of(lambda: server_at(f"{server.url}/dicom-web").instances()) == reason


def test_a_redirect_to_another_host_gets_neither_request_nor_password(server, sending, login):
    port = server.url.rpartition(":")[2]
    server.answers["/dicom-web/studies"] = lambda handler: sending(
        handler, b"", 302, Location=f"http://localhost:{port}/elsewhere/studies"
    )
    assert reason_of(lambda: server_at(f"{server.url}/dicom-web").log_in()) == "leads-away"
    assert all("elsewhere" not in path for path, _ in server.asked)


def test_without_the_package_its_name_is_told(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "dicomweb_client.api", None)
    assert reason_of(lambda: server_at("http://127.0.0.1:9/dicom-web").log_in()) == "needs-package"
