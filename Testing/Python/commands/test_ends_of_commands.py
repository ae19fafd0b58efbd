"""How commands end where something is in their way: with one sentence, status 1, and what was there as it was.

What stands in the way is put there: a file that comes into being while a command works, a library that is not installed, an
image or a scene that cannot be written.
"""

from __future__ import annotations

import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from made_class import make_class
from printed_text import said
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib import staging
from DICOMTutorialHelperLib.commands import examination, export, tutorial
from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.explore import idc_index, series_report
from DICOMTutorialHelperLib.explore.idc_index import IndexAnswer
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with a series of three images and a page that was handed in."""
    folder = tmp_path_factory.mktemp("made")
    write_series(folder / "images", axial_positions(3))
    (folder / "pages").mkdir()
    make_class(folder / "pages", read_tutorial(tutorials_folder() / "dicom_and_slicer"))
    return folder


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path, made):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    for name in ("images", "pages"):
        Path(name).symlink_to(made / name, target_is_directory=True)


def import_holders_of_staging() -> None:
    """A module first imported while something stands in for staging would keep it for all later tests."""
    library = Path(staging.__file__).parent
    for path in sorted(library.rglob("*.py")):
        room = path.relative_to(library).parts[0]
        holds = "\nfrom DICOMTutorialHelperLib.staging import" in path.read_text(encoding="utf-8")
        if holds and room != "panel" and (room != "scene" or importlib.util.find_spec("slicer")):
            importlib.import_module(".".join((library.name, *path.relative_to(library).with_suffix("").parts)))


@pytest.fixture
def came_in_between(monkeypatch):
    """Another program makes the target while a command works."""
    import_holders_of_staging()

    @contextmanager
    def staged(path, overwrite):
        yield Path("staged")
        raise FileExistsError(17, "File exists", str(path))

    def merged(_staging, target, _overwrite):
        raise FileExistsError(17, "File exists", f"{target}/of-another.txt")

    monkeypatch.setattr(staging, "staged_file", staged)
    monkeypatch.setattr(staging, "merge_whole", merged)


@pytest.mark.usefixtures("came_in_between")
class TestAFileThatComesIntoBeingMeanwhileIsNotReplaced:
    @pytest.mark.parametrize(
        ("command", "target"),
        [
            ("class pages --out class.html", "class.html"),
            ("cohort images --out table.csv", "table.csv"),
            ("examine images --report series.json", "series.json"),
        ],
    )
    def test_by_a_command_that_writes_one_file(self, capsys, command, target):
        assert said(capsys, command) == f"$ dicom-tutorial {command}\n[stderr]\n[would-overwrite {target}]\n[status 1]\n"

    def test_by_a_question_to_the_index(self, capsys, monkeypatch):
        answer = IndexAnswer("idc", ["Modality"], [("CT",)], 1, 1, 1, 1.0, [], [])
        index = SimpleNamespace(ask=lambda *_, **__: answer, write_csv=lambda *_: None, write_parquet=lambda *_: None)
        monkeypatch.setattr(idc_index, "IdcIndex", lambda: index)
        assert said(capsys, "cohort idc --out table.parquet").endswith("[stderr]\n[would-overwrite table.parquet]\n[status 1]\n")

    @pytest.mark.parametrize("command", ["load images --out out", "load images --out out --json"])
    def test_by_a_scene(self, capsys, command):
        pytest.importorskip("slicer", reason="slicer-core is not installed")
        assert said(capsys, command).endswith("[stderr]\n[would-overwrite out/of-another.txt]\n[status 1]\n")

    def test_by_a_tutorial_that_runs(self, capsys, monkeypatch):
        pytest.importorskip("slicer", reason="slicer-core is not installed")

        def run(*_):
            raise FileExistsError(17, "File exists", "out/of-another.txt")

        monkeypatch.setattr(tutorial, "_run", run)
        assert said(capsys, "tutorial run --out out").endswith("[stderr]\n[would-overwrite out/of-another.txt]\n[status 1]\n")


@pytest.mark.parametrize(
    ("command", "hidden", "sentence"),
    [
        ("load images --out out", "DICOMTutorialHelperLib.workspace.headless.slicer_core", "[no-slicer "),
        ("export images --out out", "DICOMTutorialHelperLib.workspace.headless.scene", "[no-slicer "),
        ("tutorial run --out out", "DICOMTutorialHelperLib.workspace.headless.workspace", "[run.no-slicer-core]"),
        ("practice out --set torso-ct --preview sheet.png", "DICOMTutorialHelperLib.scene.png", "[practice.no-slicer-core]"),
    ],
)
def test_without_slicer_core_it_is_said_what_is_missing(capsys, monkeypatch, command, hidden, sentence):
    monkeypatch.setitem(sys.modules, hidden, None)  # as where it is not installed
    text = said(capsys, command)
    assert f"\n[stderr]\n{sentence}" in text and text.endswith("\n[status 1]\n")
    assert not Path("out").exists() and not Path("sheet.png").exists()


def test_a_server_is_logged_in_to_before_a_tutorial_runs(capsys, monkeypatch):
    pytest.importorskip("slicer", reason="slicer-core is not installed")

    def refused():
        raise DataError("cannot-write", path="out", detail="No space")

    opened = []
    monkeypatch.setattr(tutorial, "open_server", lambda *asked: opened.append(asked) or SimpleNamespace(log_in=refused))
    monkeypatch.setattr(tutorial, "_run", lambda *_: pytest.fail("it was not logged in"))
    text = said(capsys, "tutorial run --out out --server https://host/dicom-web")
    assert text.endswith("[stderr]\n[error.cannot-write No space out]\n[status 1]\n")
    assert opened == [("https://host/dicom-web", False, "en")]


@pytest.mark.parametrize("data", ["", " --data images"])
def test_every_run_of_a_tutorial_has_the_cases_of_set_4711_and_writes_where_it_is_told(capsys, monkeypatch, data):
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    from DICOMTutorialHelperLib.tutorial import session

    made = []

    def session_of(*_, **named):
        made.append(named)
        raise FileExistsError(17, "File exists", "seen")

    monkeypatch.setattr(session, "TutorialSession", session_of)
    said(capsys, f"tutorial run --out out{data}")
    (named,) = made
    assert (named["case_seed"], named["results_folder"], named["practice_size"]) == (4711, Path("out"), "small")


@pytest.mark.parametrize(("withheld", "line"), [(0, ""), (3, "[report.withheld 3]\n")])
def test_a_report_says_how_many_values_it_withholds(capsys, monkeypatch, withheld, line):
    report = {"instances": [{}, {}], "withheld": withheld, "more": "x" * 3000}
    monkeypatch.setattr(series_report, "series_report", lambda *_: report)
    assert said(capsys, "examine images --report series.json") == (
        f"$ dicom-tutorial examine images --report series.json\n[report.written 2 series.json 3]\n{line}[status 0]\n"
    )


class TestPicturesAndFoldersOfOneName:
    def test_pictures_are_numbered_whatever_the_case_of_their_letters(self):
        names = []
        for stem in ("Ax", "ax", "AX", "cor"):
            names.append(examination._free_name(stem, names))
        assert names == ["Ax.png", "ax_1.png", "AX_2.png", "cor.png"]

    def test_folders_of_exported_series_are_numbered_likewise(self, monkeypatch):
        exporting = pytest.importorskip("DICOMTutorialHelperLib.scene.exporting", reason="slicer-core is not installed")
        folders = []

        def write(_scene, node, _headers, folder, _progress):
            folders.append(folder.as_posix())
            return SimpleNamespace(series_instance_uid="1.2", sop_class_uid="1.3", files=[1, 2])

        monkeypatch.setattr(exporting, "write_node", write)
        report = {"written": [], "failed": []}
        nodes = [SimpleNamespace(name=name) for name in ("Ax", "ax", "AX", "cor")]
        terminal = SimpleNamespace(progress=lambda: None, language="en")
        export._export_all(None, nodes, {}, Path("staging"), Path("out"), report, terminal)
        assert folders == ["staging/Ax", "staging/ax_1", "staging/AX_2", "staging/cor"]
        assert [entry["folder"] for entry in report["written"]] == ["out/Ax", "out/ax_1", "out/AX_2", "out/cor"]
        assert {entry["files"] for entry in report["written"]} == {2} and report["failed"] == []


class TestWhatCannotBeLoadedOrSaved:
    @pytest.fixture(autouse=True)
    def core(self):
        return pytest.importorskip("DICOMTutorialHelperLib.workspace.headless.slicer_core", reason="slicer-core is not installed")

    def test_a_candidate_that_fails_is_named_with_its_reason(self, core, capsys, monkeypatch):
        from DICOMTutorialHelperLib.scene.load_error import LoadError

        def load(_self, candidate, _progress):
            raise LoadError(candidate.name, "no-memory")

        monkeypatch.setattr(core.HeadlessSlicer, "load", load)
        text = said(capsys, "load images --out out")
        assert text.startswith("$ dicom-tutorial load images --out out\nx ") and text.endswith(": [load.no-memory]\n[status 1]\n")
        assert not Path("out/scene.mrml").exists()

    def test_a_series_without_candidates_is_said_to_hold_nothing(self, core, capsys, monkeypatch):
        from DICOMTutorialHelperLib.dicom.candidate import SeriesExamination

        monkeypatch.setattr(SeriesExamination, "selected", [])
        text = said(capsys, "load images --out out")
        assert text.startswith("$ dicom-tutorial load images --out out\nx ") and text.endswith(
            ": [nothing-to-load]\n[status 1]\n"
        )

    @pytest.mark.parametrize(
        ("written", "loaded", "scene"), [((), "", ""), ((Path("out/scene.mrml"),), "✓", "[written out/scene.mrml]\n")]
    )
    def test_a_scene_is_there_where_its_own_file_could_be_written(self, core, capsys, monkeypatch, written, loaded, scene):
        from DICOMTutorialHelperLib.scene.load_error import SaveError

        def save(_self, _folder, _compress):
            raise SaveError([("a.nrrd", "No space")], written)

        monkeypatch.setattr(core.HeadlessSlicer, "save_scene", save)
        text = said(capsys, "load images --out out")
        assert text.endswith(f"x scene.mrml: [save.file No space a.nrrd]\n{scene}[status 1]\n")
        assert ("✓" in text) == bool(loaded)
