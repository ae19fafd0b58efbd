"""``tutorial run`` and ``tutorial check`` from the command line."""

from __future__ import annotations

import json
import re

import orthanc_server
import pydicom
import pytest

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.commands.tutorial import CASE_SET
from DICOMTutorialHelperLib.languages import LANGUAGES, resources_folder

MISSING = orthanc_server.why_missing()
needs_orthanc = pytest.mark.skipif(bool(MISSING), reason=MISSING or "-")


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """Where all runs find the same small practice data."""
    return tmp_path_factory.mktemp("practice")


def run(capsys, *arguments):
    status = main(["tutorial", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_tutorial_can_be_done_on_practice_data(practice, capsys, language):
    pytest.importorskip("slicer")
    status, out, _ = run(capsys, "run", "--out", practice, "--overwrite", "--lang", language, "--json")
    told = json.loads(out)
    left_out = {row["step"]: row["reason"] for row in told["steps"] if row["state"] != "done"}
    assert left_out.keys() == {"send-dicom", "fetch-dicom"} and all("--server" in reason for reason in left_out.values())
    assert status == 0
    assert (told["done"], told["left_out"], told["failed"]) == (35, 2, 0)
    page = (practice / "report.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert page.count("<img") >= 9
    assert not re.search(r"\{\w+\}|\[\[", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


def test_the_curve_of_the_lesion_rises_and_washes_out(practice, capsys):
    pytest.importorskip("slicer")
    run(capsys, "run", "--out", practice, "--overwrite", "--lang", "en", "--json")
    page = (practice / "report.html").read_text(encoding="utf-8")
    table = page[page.index('<article id="curve"') :].split("</article>")[0]
    rows = [re.findall(r"<td[^>]*>([^<]*)", row) for row in re.findall(r"<tr[^>]*><th[^>]*>\d+</th>.*?</tr>", table)]
    lesion, gland = ([float(row[column]) for row in rows] for column in (1, 3))
    assert len(lesion) == 10
    assert max(lesion) == max(lesion[1:5]) > 1.5 * lesion[0]
    assert lesion[-1] < 0.95 * max(lesion)
    assert max(gland) == gland[-1] < 1.6 * gland[0]


@needs_orthanc
def test_what_was_exported_goes_to_a_server_that_was_named_and_comes_back(practice, capsys, tmp_path, monkeypatch):
    pytest.importorskip("slicer")
    monkeypatch.setenv("DICOMWEB_USER", orthanc_server.USER)
    monkeypatch.setenv("DICOMWEB_PASSWORD", orthanc_server.PASSWORD)
    steps = ["export-dicom", "send-dicom", "fetch-dicom", "share-fair"]
    with orthanc_server.running_orthanc(tmp_path / "orthanc") as server:
        address = ("--server", server.url, "--steps", ",".join(steps))
        status, out, _ = run(capsys, "run", "--out", practice, "--overwrite", "--lang", "en", "--json", *address)
        told = {row["step"]: row["reason"] for row in json.loads(out)["steps"] if row["state"] == "done"}
        assert list(told) == steps and status == 0
        exported = {path.name: pydicom.dcmread(path) for path in (practice / "SlicerData-exported").rglob("*.dcm")}
        assert server.count() == len(exported) > 10
    back = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, (practice / "SlicerData-fetched").rglob("*.dcm"))}
    assert {str(one.SOPInstanceUID): one for one in exported.values()} == back


@needs_orthanc
def test_a_server_that_lets_nobody_in_is_told_before_the_tutorial_begins(capsys, tmp_path, monkeypatch):
    pytest.importorskip("slicer")
    for name in ("DICOMWEB_USER", "DICOMWEB_PASSWORD", "DICOMWEB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    with orthanc_server.running_orthanc(tmp_path / "orthanc") as server:
        status, _, err = run(capsys, "run", "--out", tmp_path / "out", "--lang", "en", "--server", server.url)
    assert status == 1 and "password" in err.lower() and not (tmp_path / "out").exists()


def test_only_the_steps_asked_for_are_told(practice, capsys):
    pytest.importorskip("slicer")
    status, out, _ = run(capsys, "run", "--out", practice, "--overwrite", "--steps", "load-ct,link-3d", "--json")
    assert [row["step"] for row in json.loads(out)["steps"]] == ["load-ct", "link-3d"]
    assert status == 0


def test_a_real_ct_completes_the_ct_steps_and_leaves_the_mri_out(shared_data, tmp_path, capsys):
    pytest.importorskip("slicer")
    ct = shared_data / "torso_ct"
    before = sorted(path.name for path in ct.iterdir())
    steps = "import-ct,load-ct,layouts,move,window-level,link-3d"
    status, out, _ = run(capsys, "run", "--data", ct, "--out", tmp_path, "--steps", steps, "--json")
    assert {row["state"] for row in json.loads(out)["steps"]} == {"done"}
    assert status == 0
    status, out, _ = run(capsys, "run", "--data", ct, "--out", tmp_path, "--overwrite", "--steps", "load-mri", "--json")
    assert [row["state"] for row in json.loads(out)["steps"]] == ["skipped"]
    assert status == 1
    assert sorted(path.name for path in ct.iterdir()) == before


def test_data_without_tutorial_series_writes_nothing_and_says_what_to_do(tmp_path, capsys):
    pytest.importorskip("slicer")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "note.txt").write_text("no images", encoding="utf-8")
    status, out, _ = run(capsys, "run", "--data", tmp_path / "own", "--out", tmp_path / "out", "--lang", "en", "--json")
    rows = {row["step"]: row for row in json.loads(out)["steps"]}
    assert status == 1
    assert rows["get-data"]["state"] == "to-do"
    assert "Make practice data" in rows["get-data"]["reason"]
    assert rows["load-ct"]["state"] == "skipped"
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["note.txt"]


def test_wrong_usage_ends_in_a_sentence(tmp_path, capsys):
    pytest.importorskip("slicer")
    status, _, err = run(capsys, "run", "--out", tmp_path, "--steps", "dance", "--lang", "en")
    assert status == 2
    assert "There is no step called dance" in err
    status, _, err = run(capsys, "run", "--out", tmp_path, "--data", tmp_path / "nowhere", "--lang", "fr")
    assert status == 2
    assert "n’existe pas" in err


def test_the_extensions_own_tutorial_is_sound(capsys):
    status, out, _ = run(capsys, "check", "--lang", "en")
    assert status == 0
    assert "no problems found" in out


def test_check_tells_what_is_wrong_in_the_readers_language(tmp_path, capsys):
    (tmp_path / "tutorial.json").write_text(
        json.dumps({"id": "x", "languages": ["fr"], "parts": [{"id": "p", "steps": [{"id": "s", "checks": [{"do": "fly"}]}]}]}),
        encoding="utf-8",
    )
    (tmp_path / "fr.json").write_text("{}", encoding="utf-8")
    status, out, _ = run(capsys, "check", tmp_path, "--lang", "fr", "--json")
    assert status == 1
    messages = [problem["message"] for problem in json.loads(out)["problems"]]
    assert "Il n’y a pas de vérification nommée «\u00a0fly\u00a0»." in messages
    assert run(capsys, "check", tmp_path / "nowhere", "--lang", "fr")[0] == 2


class TestWritingATutorial:
    def test_a_new_one_is_sound_and_can_be_run(self, practice, tmp_path, capsys):
        pytest.importorskip("slicer")
        own = tmp_path / "mine"
        status, out, _ = run(capsys, "new", own, "--lang", "fr")
        assert status == 0 and "fr.json" in out
        assert sorted(path.name for path in own.iterdir()) == ["fr.json", "tutorial.json"]
        assert run(capsys, "check", own, "--lang", "fr")[0] == 0
        status, out, _ = run(capsys, "run", "--tutorial", own, "--out", practice, "--overwrite", "--lang", "fr", "--json")
        assert status == 0 and json.loads(out)["done"] == 3

    def test_nothing_is_written_over(self, tmp_path, capsys):
        (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
        status, _, err = run(capsys, "new", tmp_path, "--lang", "en")
        assert status == 1 and "not empty" in err
        assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]

    def test_a_fifth_language_is_found_from_its_file_and_spoken(self, practice, tmp_path, capsys):
        pytest.importorskip("slicer")
        own = tmp_path / "mine"
        run(capsys, "new", own, "--languages", "en")
        words = (own / "en.json").read_text(encoding="utf-8").replace("My first tutorial", "Meine erste Übung")
        (own / "de.json").write_text(words, encoding="utf-8")
        status, out, _ = run(capsys, "check", own, "--lang", "de", "--json")
        assert status == 0
        assert {problem["code"] for problem in json.loads(out)["problems"]} == {"same-as-other"}
        run(capsys, "run", "--tutorial", own, "--out", practice, "--overwrite", "--lang", "de_DE.UTF-8")
        page = (practice / "report.html").read_text(encoding="utf-8")
        assert '<html lang="de">' in page and "Meine erste Übung" in page

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_everything_there_is_to_use_is_listed_with_a_line(self, capsys, language):
        status, out, _ = run(capsys, "check", "--list", "--lang", language, "--json")
        told = json.loads(out)
        assert status == 0
        for section in ("checks", "actions", "tables", "markup", "conditions", "interface", "places", "layouts", "presets"):
            assert told[section] and all(entry["line"] for entry in told[section]), section
        for section in ("pictures", "modules", "practice-sets", "rendering-presets", "keys"):
            assert told[section], section

    def test_advice_is_told_and_is_no_failure(self, tmp_path, capsys):
        own = tmp_path / "mine"
        run(capsys, "new", own, "--languages", "en")
        words = json.loads((own / "en.json").read_text(encoding="utf-8"))
        words["steps"]["get-images"]["hint"] = ""
        (own / "en.json").write_text(json.dumps(words), encoding="utf-8")
        status, out, _ = run(capsys, "check", own, "--lang", "en")
        assert status == 0 and "Advice" in out and "nothing stands in the way" in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_action_and_table_has_its_line_for_teachers(language):
    """To add one, add ``list.check.<name>`` (``list.action.``, ``list.table.``) to Languages/*/authoring.json."""
    from DICOMTutorialHelperLib.tutorial.authoring.calls import known_calls

    lines = json.loads((resources_folder() / "Languages" / language / "authoring.json").read_text(encoding="utf-8"))
    missing = [f"list.{kind}.{name}" for kind, calls in known_calls().items() for name in calls]
    assert [key for key in missing if key not in lines] == []


def test_the_detective_can_be_walked_through(tmp_path, capsys):
    pytest.importorskip("slicer")
    folder = resources_folder() / "Tutorials" / "dicom_detective"
    status, out, said = run(capsys, "run", "--tutorial", folder, "--out", tmp_path, "--lang", "es", "--json")
    told = json.loads(out)
    assert [row for row in told["steps"] if row["state"] != "done"] == [], said
    assert status == 0 and told["done"] == 11
    files = [pydicom.dcmread(path, stop_before_pixels=True) for path in tmp_path.rglob("*.dcm")]
    assert {str(file.StudyID) for file in files} == {f"CASE-{CASE_SET}"}
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("Solución:") == 6
    assert page.count("<img") >= 12
