"""Import, examine, load, save without the application."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("slicer", reason="slicer-core is not installed")

from DICOMTutorialHelperLib.plain_text import file_stem
from DICOMTutorialHelperLib.scene.load_error import LoadError, SaveError
from DICOMTutorialHelperLib.workspace.headless.slicer_core import HeadlessSlicer

UID = "1.2.3.4"
CHECK_LOADING = Path(__file__).resolve().parents[5] / "shared" / "tools" / "check_loading.py"


@pytest.fixture
def workspace():
    return HeadlessSlicer()


def test_importing_finds_series_and_their_files(workspace, write_series):
    folder = write_series()
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    found = workspace.import_folder(folder)
    assert len(found.skipped) <= 1
    assert [series.series_instance_uid for series in workspace.series()] == [UID]
    assert workspace.files_of_series(UID) == tuple(sorted(folder.glob("*.dcm")))
    assert workspace.files_of_series("9.9") == ()


def test_importing_twice_adds_nothing(workspace, write_series):
    folder = write_series()
    workspace.import_folder(folder)
    before = workspace.examination(UID)
    workspace.import_folder(folder)
    assert workspace.examination(UID) is before


def test_new_files_join_their_series(workspace, write_series, tmp_path):
    folder = write_series()
    later = tmp_path / "later"
    later.mkdir()
    moved = [shutil.move(str(path), later / path.name) for path in sorted(folder.iterdir())[3:]]
    workspace.import_folder(folder)
    assert len(workspace.files_of_series(UID)) == 3
    workspace.import_folder(later)
    assert len(workspace.files_of_series(UID)) == 3 + len(moved)
    workspace.load_series(UID)
    (node,) = workspace.loaded()
    assert workspace.loaded_candidate(node.node_id).volume.GetImageData().GetDimensions()[2] == 6


def test_what_is_loaded_is_listed_until_it_goes(workspace, write_series):
    workspace.import_folder(write_series())
    (first,) = workspace.load_series(UID)
    (second,) = workspace.load_series(UID)
    assert workspace.loaded() == (first, second)
    assert (first.series_instance_uid, first.kind) == (UID, "volume")
    workspace.unload(first.node_id)
    assert workspace.loaded() == (second,)
    workspace.scene.RemoveNode(workspace.scene.GetNodeByID(second.node_id))
    assert workspace.loaded() == ()


def test_a_closed_scene_can_be_loaded_into_again(workspace, write_series):
    workspace.import_folder(write_series())
    workspace.load_series(UID)
    workspace.close_scene()
    assert workspace.loaded() == ()
    (node,) = workspace.load_series(UID)
    display = workspace.loaded_candidate(node.node_id).volume.GetDisplayNode()
    assert display.GetColorNode() is not None


def test_a_series_that_cannot_be_loaded_says_so(workspace, write_series):
    folder = write_series()
    workspace.import_folder(folder)
    next(iter(sorted(folder.iterdir()))).unlink()
    with pytest.raises(LoadError):
        workspace.load_series(UID)
    assert workspace.loaded() == ()


def test_unknown_series_are_key_errors(workspace):
    for ask in (workspace.examination, workspace.load_series, workspace.remove_series):
        with pytest.raises(KeyError):
            ask("9.9")


def test_a_saved_scene_names_its_files_relatively(workspace, write_series, tmp_path, tilted_positions):
    workspace.import_folder(write_series(positions=tilted_positions))
    workspace.load_series(UID)
    files = workspace.save_scene(tmp_path / "out")
    assert sorted(path.suffix for path in files) == [".h5", ".mrml", ".nrrd"]
    assert {path.parent for path in files} == {tmp_path / "out"}
    text = (tmp_path / "out" / "scene.mrml").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    for path in files[1:]:
        assert f'fileName="{path.name}"' in text


def test_volumes_of_one_file_name_do_not_overwrite_each_other(workspace, write_series, tmp_path):
    workspace.import_folder(write_series())
    for name in ("a/b", "a:b"):
        (node,) = workspace.load_series(UID)
        workspace.loaded_candidate(node.node_id).volume.SetName(name)
    assert len({path.name for path in workspace.save_scene(tmp_path / "out")}) == 3


def test_a_scene_that_cannot_be_written_says_which_file(workspace, write_series, tmp_path):
    workspace.import_folder(write_series())
    workspace.load_series(UID)
    (tmp_path / "out").mkdir()
    # A folder where a file must go stops every user, root too.
    (tmp_path / "out" / "5_Test-series.nrrd").mkdir()
    (tmp_path / "out" / "5_Test_series.nrrd").mkdir()
    with pytest.raises(SaveError, match="nrrd"):
        workspace.save_scene(tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "stem"),
    [("6: AX BLISS/AUTO [t=1]", "6_AX_BLISS_AUTO_t_1"), ("Größe\\été", "Groe_ete"), ("腹部", "node"), ("..", "node")],
)
def test_file_names_suit_every_system(name, stem):
    assert file_stem(name) == stem


@pytest.mark.parametrize(
    "folder",
    [
        "ct_head",
        "edge_cases/failing/gantrytilting/001",
        "edge_cases/failing/sliceincrement/002",
        "edge_cases/philips_enhanced/dti/001",
        "edge_cases/generic/rgb/001",
    ],
)
def test_an_independent_witness_finds_saved_series_right(workspace, shared_data, tmp_path, folder):
    if not CHECK_LOADING.is_file():
        pytest.skip("the independent witness (shared/tools beside the checkout) is not on this machine")
    workspace.import_folder(shared_data / folder)
    for series in workspace.series():
        workspace.load_series(series.series_instance_uid)
    workspace.save_scene(tmp_path / "out")
    argument = f"{folder}={shared_data / folder}={tmp_path / 'out'}"
    done = subprocess.run([sys.executable, str(CHECK_LOADING), argument], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_of_two_breasts_none_is_loaded_where_one_cannot_be(workspace, write_series):
    positions = [(x, 0, 0) for x in (*range(-90, -60, 6), *range(60, 90, 6))]
    folder = write_series(positions=positions, orientation=(0, 1, 0, 0, 0, -1))
    workspace.import_folder(folder)
    assert len(workspace.examination(UID).selected) == 2
    nodes = workspace.scene.GetNumberOfNodesByClass("vtkMRMLVolumeNode")
    for path in workspace.examination(UID).selected[1].files:
        Path(path).unlink()
    with pytest.raises(LoadError):
        workspace.load_series(UID)
    assert workspace.loaded() == ()
    assert workspace.scene.GetNumberOfNodesByClass("vtkMRMLVolumeNode") == nodes


def test_files_lie_in_the_order_of_their_numbers_those_without_first():
    from made_frames import made_instance

    from DICOMTutorialHelperLib.workspace.headless.slicer_core import _file_order

    numbers = {"d": None, "c": "text", "b": 1, "a": 2, "z": 0, "e": 1}
    instances = [
        made_instance(name, **({} if number is None else {"InstanceNumber": number})) for name, number in numbers.items()
    ]
    assert [one.path.name for one in sorted(instances, key=_file_order)] == ["c", "d", "z", "b", "e", "a"]
