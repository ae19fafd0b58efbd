"""Getting a data set: from the archive, a folder, the web, TCIA; what is not the data set never arrives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import fetch


@pytest.fixture(scope="module")
def archive(tmp_path_factory, practice_folder) -> Path:
    """An archive as the published one: both data sets, with Finder's litter."""
    path = tmp_path_factory.mktemp("archive") / "SlicerDICOMTutorialData.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for file in sorted((practice_folder / "SlicerDICOMTutorialData").rglob("*.dcm")):
            opened.write(file, file.relative_to(practice_folder).as_posix())
        opened.writestr("SlicerDICOMTutorialData/.DS_Store", b"litter")
        opened.writestr("__MACOSX/SlicerDICOMTutorialData/._dataset1_TorsoCT", b"litter")
    return path


def names_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def refused(call, target: Path) -> str:
    before = names_below(target) if target.exists() else set()
    with pytest.raises(DataError) as caught:
        call()
    assert (names_below(target) if target.exists() else set()) == before
    assert caught.value.message("es")
    return caught.value.reason


def test_the_archive_from_disk_gives_both_sets_whole_and_stays(tmp_path, archive):
    got = fetch.from_disk("torso-ct", archive, tmp_path / "SlicerData")
    assert {(one.name, one.whole) for one in got.sets} == {("torso-ct", True), ("breast-mri", True)}
    assert len(got.files) == 48 + 246
    assert archive.exists()
    assert not list((tmp_path / "SlicerData").rglob(".DS_Store"))
    assert {path.name for path in (tmp_path / "SlicerData").iterdir()} == {"SlicerDICOMTutorialData"}


def test_an_archive_of_something_else_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as opened:
        opened.writestr("holiday/photo.jpg", b"\xff\xd8\xff")
    assert refused(lambda: fetch.from_disk("torso-ct", tmp_path / "other.zip", tmp_path / "to"), tmp_path / "to" / "x") == (
        "other-content"
    )
    assert not (tmp_path / "to").exists()


def test_an_unpacked_folder_is_copied(tmp_path, practice_folder):
    source = practice_folder / "SlicerDICOMTutorialData"
    got = fetch.from_disk("breast-mri", source, tmp_path / "to")
    assert any(one.name == "breast-mri" and one.whole for one in got.sets)
    assert len(list(source.rglob("*.dcm"))) == len(list((tmp_path / "to").rglob("*.dcm")))


def test_a_folder_in_its_place_already_is_only_recognised(tmp_path, practice_folder):
    before = names_below(practice_folder)
    got = fetch.from_disk("torso-ct", practice_folder, practice_folder)
    assert any(one.name == "torso-ct" and one.whole for one in got.sets)
    assert names_below(practice_folder) == before


def test_a_folder_is_not_copied_into_itself(practice_folder):
    inside = practice_folder / "copy"
    assert refused(lambda: fetch.from_disk("torso-ct", practice_folder, inside), practice_folder) == "target-inside"


def test_a_source_that_is_not_there_is_told(tmp_path):
    assert refused(lambda: fetch.from_disk("torso-ct", tmp_path / "none.zip", tmp_path), tmp_path) == "no-source"


def test_from_the_web_the_archive_comes_is_unpacked_and_goes(tmp_path, server, sending, archive):
    server.answers["/a"] = lambda handler: sending(handler, archive.read_bytes())
    target = tmp_path / "SlicerData"
    target.mkdir()
    (target / "SlicerDICOMTutorialData.zip").write_bytes(b"the learner's own file")
    got = fetch.from_web("torso-ct", target, url=server.url + "/a?dl=1")
    assert any(one.name == "torso-ct" and one.whole for one in got.sets)
    assert {path.name for path in target.iterdir()} == {"SlicerDICOMTutorialData", "SlicerDICOMTutorialData.zip"}
    assert (target / "SlicerDICOMTutorialData.zip").read_bytes() == b"the learner's own file"


def test_a_web_page_instead_of_the_archive_is_told(tmp_path, server, sending):
    server.answers["/a"] = lambda handler: sending(handler, b"<html>Please sign in</html>", Content_Type="text/html")
    assert refused(lambda: fetch.from_web("torso-ct", tmp_path, url=server.url + "/a"), tmp_path) == "archive-web-page"


def test_a_truncated_archive_from_a_lying_server_is_told(tmp_path, server, sending, archive):
    half = archive.read_bytes()[: archive.stat().st_size // 2]
    server.answers["/a"] = lambda handler: sending(handler, half)
    assert refused(lambda: fetch.from_web("torso-ct", tmp_path, url=server.url + "/a"), tmp_path) == "archive-damaged"


def test_what_is_only_made_cannot_be_downloaded(tmp_path):
    assert refused(lambda: fetch.from_web("breast-mri-sagittal", tmp_path), tmp_path) == "only-made"


@pytest.fixture
def series_zip(practice_folder) -> bytes:
    """One series as TCIA's service packs it: images and a licence text."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr("LICENSE", "CC BY 3.0")
        for file in sorted((practice_folder / "SlicerDICOMTutorialData" / "dataset1_TorsoCT").iterdir()):
            opened.write(file, file.name)
    return content.getvalue()


def test_single_series_come_from_tcia(tmp_path, server, sending, series_zip):
    server.answers["/getImage"] = lambda handler: sending(handler, series_zip)
    got = fetch.from_tcia(["1.2.3"], tmp_path, address=lambda uid: f"{server.url}/getImage?SeriesInstanceUID={uid}")
    assert server.asked[0][0] == "/getImage?SeriesInstanceUID=1.2.3"
    assert len(list((tmp_path / "1.2.3").glob("*.dcm"))) == 48
    assert [one.name for one in got.sets] == ["torso-ct"]


def test_a_series_that_tcia_does_not_know_is_told(tmp_path, server, sending):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr("LICENSE", "text")
    server.answers["/getImage"] = lambda handler: sending(handler, content.getvalue())
    assert (
        refused(lambda: fetch.from_tcia(["1.2.3"], tmp_path, address=lambda uid: server.url + "/getImage"), tmp_path)
        == "no-images"
    )


@pytest.mark.parametrize("get", [fetch.from_tcia, fetch.from_idc])
@pytest.mark.parametrize("uid", ["", "1.2/../3", "1.2&x=y", "1." * 40])
def test_a_uid_that_is_none_is_not_sent(tmp_path, uid, get):
    assert refused(lambda: get(["1.2.3", uid], tmp_path), tmp_path) == "bad-uid"


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
