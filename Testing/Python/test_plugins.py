"""The two DICOM plugins, as Slicer's DICOM module uses them."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from synthetic_series import MR, SAGITTAL, axial_positions, corners_lps_by_header, write_series

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

import application
import DICOMLib
import vtk
from dicom_database import DicomDatabase
from DICOMLib import DICOMUtils

from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.scene.loadables import Examinations
from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations


@pytest.fixture
def host(monkeypatch):
    return application.start(monkeypatch)


@pytest.fixture
def plugins(host):
    """The volume plugin and the sequence plugin, found as Slicer finds them."""
    import DICOMTutorialSequencePlugin
    import DICOMTutorialVolumePlugin

    for module in (DICOMTutorialVolumePlugin, DICOMTutorialSequencePlugin):
        name = module.__name__
        getattr(module, name)(SimpleNamespace())
    return [host.modules.dicomPlugins[name]() for name in ("DICOMTutorialVolumePlugin", "DICOMTutorialSequencePlugin")]


@pytest.fixture
def dynamic_series(tmp_path):
    """Three times four slices, as Slicer's database lists them: in no order."""
    files = []
    for n, time in enumerate((0, 50, 100)):
        files += write_series(tmp_path / "dynamic", axial_positions(4), first=4 * n, sop_class=MR, TriggerTime=time)
    return [str(path) for path in reversed(files)]


@pytest.fixture
def plain_series(tmp_path):
    return [str(path) for path in write_series(tmp_path / "plain", axial_positions(5))]


def examine(plugins, files):
    instances = {type(plugin).__name__: plugin for plugin in plugins}
    return DICOMUtils.getLoadablesFromFileLists([files], list(instances), pluginInstances=instances)[0]


def selected(loadables):
    DICOMUtils.selectHighestConfidenceLoadables(loadables)
    return [(plugin, loadable) for plugin in loadables for loadable in loadables[plugin] if loadable.selected]


def loaded_volumes(scene):
    nodes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode", scene)
    return list(nodes)


def test_a_plain_series_is_one_volume_at_0_6(plugins, plain_series):
    volume, sequence = plugins
    loadables = examine(plugins, plain_series)
    (loadable,) = loadables[volume]
    assert loadables[sequence] == []
    assert (loadable.confidence, loadable.selected, loadable.warning) == (0.6, True, "")
    assert loadable.files == plain_series
    assert loadable.name == "5: Test"


def test_a_dynamic_series_is_one_sequence_at_1_1_and_nothing_else_is_selected(plugins, dynamic_series):
    _, sequence = plugins
    (chosen,) = selected(examine(plugins, dynamic_series))
    assert chosen[0] is sequence
    assert chosen[1].confidence == 1.1
    assert len(chosen[1].files) == 12


def test_both_breasts_are_selected_together(plugins, tmp_path):
    positions = [(x, 0, 0) for x in (*range(-90, -60, 6), *range(60, 90, 6))]
    files = [str(path) for path in write_series(tmp_path, positions, SAGITTAL, sop_class=MR)]
    chosen = [loadable for _, loadable in selected(examine(plugins, files))]
    assert sorted(loadable.name for loadable in chosen) == ["5: Test (left)", "5: Test (right)"]


def test_headers_are_read_once_for_both_plugins_and_for_loading(plugins, host, dynamic_series, monkeypatch):
    from DICOMTutorialHelperLib.dicom import headers

    read = []
    read_header = headers.read_header
    monkeypatch.setattr(headers, "read_header", lambda path, known: read.append(path) or read_header(path, known))
    loadables = examine(plugins, dynamic_series)
    for plugin, loadable in selected(loadables):
        assert plugin.load(loadable)
    examine(plugins, dynamic_series)
    assert len(read) == len(dynamic_series)


def test_edits_of_name_and_choice_outlive_another_examination(plugins, host, plain_series):
    volume, _ = plugins
    (loadable,) = volume.examineForImport([plain_series])
    loadable.name, loadable.selected = "My thorax", False
    (again,) = volume.examineForImport([plain_series])
    assert (again.name, again.selected) == ("My thorax", False)
    assert volume.load(again)
    assert [node.GetName() for node in loaded_volumes(host.scene)] == ["My thorax"]


def test_warnings_are_the_findings_in_the_learners_language(plugins, host, tmp_path):
    host.settings["DICOMTutorialHelper/language"] = "fr"
    positions = axial_positions(8)
    del positions[4]
    files = [str(path) for path in write_series(tmp_path, positions)]
    (loadable,) = plugins[0].examineForImport([files])
    assert loadable.warning.startswith("Il manque une coupe sur 8")
    assert loadable.confidence == 0.6
    host.settings["DICOMTutorialHelper/language"] = "en"
    (loadable,) = plugins[0].examineForImport([files])
    assert loadable.warning.startswith("One of 8 slices is missing")


def test_a_loaded_volume_lies_where_its_headers_put_it(plugins, host, plain_series):
    volume, _ = plugins
    (loadable,) = volume.examineForImport([plain_series])
    assert volume.load(loadable) is True
    (node,) = loaded_volumes(host.scene)
    ijk_to_ras = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(ijk_to_ras)
    last = len(plain_series) - 1
    left, posterior, superior = corners_lps_by_header(Path(plain_series[last]))[1, 1]
    assert ijk_to_ras.MultiplyPoint((3, 4, last, 1))[:3] == pytest.approx((-left, -posterior, superior), abs=0.01)


def test_examination_never_raises(plugins, tmp_path, monkeypatch, caplog):
    assert examine(plugins, [str(tmp_path / "nowhere.dcm")]) == {plugins[0]: [], plugins[1]: []}

    def broken(*_arguments):
        raise RuntimeError("something nobody thought of")

    monkeypatch.setattr("DICOMTutorialHelperLib.scene.dicom_plugin.offers", broken)
    assert plugins[0].examineForImport([["a.dcm"]]) == []
    assert "RuntimeError" in caplog.text and "broken" in caplog.text  # the kind and the place
    assert "something nobody thought of" not in caplog.text  # whose text may hold a name


def test_what_cannot_be_loaded_is_refused_with_a_reason_and_leaves_nothing_behind(plugins, host, plain_series, caplog):
    volume, _ = plugins
    (loadable,) = volume.examineForImport([plain_series])
    before = host.scene.GetNumberOfNodes()
    for file in plain_series:
        Path(file).unlink()
    assert volume.load(loadable) is False
    assert "were not loaded" in caplog.text
    assert plain_series[0] not in caplog.text and loadable.name not in caplog.text
    assert host.scene.GetNumberOfNodes() == before


def test_parts_that_are_loaded_together_are_loaded_all_or_none(plugins, host, tmp_path):
    positions = [(x, 0, 0) for x in (*range(-90, -60, 6), *range(60, 90, 6))]
    files = [str(path) for path in write_series(tmp_path, positions, SAGITTAL, sop_class=MR)]
    first, second = plugins[0].examineForImport([files])
    first.candidates += second.candidates
    before = host.scene.GetNumberOfNodes()
    Path(second.files[0]).unlink()
    assert plugins[0].load(first) is False
    assert host.scene.GetNumberOfNodes() == before


def test_loading_that_is_cancelled_leaves_nothing_and_no_error(plugins, host, plain_series, caplog):
    volume, _ = plugins
    (loadable,) = volume.examineForImport([plain_series])

    def stop(_done, _total):
        raise Cancelled

    loadable.progress = stop
    before = host.scene.GetNumberOfNodes()
    with caplog.at_level("INFO"):
        assert volume.load(loadable) is False
    assert host.scene.GetNumberOfNodes() == before
    assert [record.levelname for record in caplog.records if "cancelled" in record.message] == ["INFO"]


def test_a_loadable_that_somebody_else_made_is_examined_when_it_is_loaded(plugins, host, dynamic_series):
    loadable = DICOMLib.DICOMLoadable()
    loadable.files, loadable.name = dynamic_series, "From a script"
    assert plugins[1].load(loadable)
    assert host.scene.GetNumberOfNodesByClass("vtkMRMLSequenceNode") == 1


def test_only_offered_means_below_every_other_plugin_and_not_selected(plugins, host, plain_series):
    host.settings["DICOMTutorialHelper/preferPlugins"] = "false"
    (loadable,) = plugins[0].examineForImport([plain_series])
    assert (loadable.selected, loadable.confidence < 0.2) == (False, True)


def test_registering_a_plugin_imports_neither_pydicom_nor_the_library():
    program = (
        "import sys, slicer, types; slicer.modules = types.SimpleNamespace()\n"
        "import DICOMTutorialVolumePlugin, DICOMTutorialSequencePlugin\n"
        "DICOMTutorialVolumePlugin.DICOMTutorialVolumePluginClass()\n"
        "print([name for name in ('pydicom', 'DICOMTutorialHelperLib') if name in sys.modules])"
    )
    path = [entry for entry in sys.path if entry]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{program}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("chosen", "installed", "expected"),
    [("multivolume", True, 0.88), ("multivolume", False, 1.1), ("sequence", True, 1.1), ("default", True, 1.1)],
)
def test_a_user_who_prefers_multi_volumes_gets_the_importers(plugins, host, dynamic_series, chosen, installed, expected):
    host.settings["DICOM/PreferredMultiVolumeImportFormat"] = chosen
    if installed:
        host.modules.dicomPlugins["MultiVolumeImporterPlugin"] = object
    _, sequence = plugins
    assert max(loadable.confidence for loadable in examine(plugins, dynamic_series)[sequence]) == expected


def test_files_that_were_replaced_are_examined_anew(plugins, tmp_path, plain_series):
    volume, _ = plugins
    (loadable,) = volume.examineForImport([plain_series])
    assert len(loadable.files) == 5
    for file in plain_series[3:]:
        Path(file).write_bytes(b"no image any more")
    (loadable,) = volume.examineForImport([plain_series])
    assert len(loadable.files) == 3


def test_both_plugins_share_an_examination_until_the_database_changes(plugins, host, plain_series):
    kept = shared_examinations().of(plain_series)
    for plugin in plugins:
        plugin.examineForImport([plain_series])
    assert shared_examinations().of(plain_series) is kept
    host.database.databaseChanged()
    assert shared_examinations().of(plain_series) is not kept


def test_another_database_begins_with_nothing_examined(host, monkeypatch, plain_series):
    kept = shared_examinations().of(plain_series)
    monkeypatch.setattr(slicer, "dicomDatabase", DicomDatabase())
    assert shared_examinations().of(plain_series) is not kept


def test_a_cancelled_examination_is_not_kept_and_many_threads_may_ask(plain_series):
    examinations = Examinations()

    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        examinations.of(plain_series, progress=stop)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: examinations.of(plain_series[: 1 + number % 5]), range(60)))
    assert [len(one.series[0].instances) for one in found] == [1 + number % 5 for number in range(60)]
