"""The module file itself: light to import, complete as Slicer expects it, and a logic that works without a widget."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

MODULE = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper" / "DICOMTutorialHelper.py"
LIGHT = """
import sys, types
slicer = types.ModuleType("slicer")
base = types.ModuleType("slicer.ScriptedLoadableModule")
for ending in ("", "Logic", "Test", "Widget"):
    setattr(base, "ScriptedLoadableModule" + ending, type("Base", (), {}))
sys.modules["slicer"], sys.modules["slicer.ScriptedLoadableModule"] = slicer, base
sys.path.insert(0, sys.argv[1])
import DICOMTutorialHelper
print(sorted(name for name in sys.modules if name.split(".")[0] in ("pydicom", "numpy", "DICOMTutorialHelperLib", "vtk")))
"""


def test_importing_the_module_brings_no_library_along():
    run = subprocess.run(
        [sys.executable, "-c", LIGHT, str(MODULE.parent)], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert run.stdout.strip() == "[]"


@pytest.fixture
def module(monkeypatch):
    """The module file on the stand-in application."""
    slicer = pytest.importorskip("slicer")
    import application as stand_in

    base = ModuleType("slicer.ScriptedLoadableModule")

    class Module:
        def __init__(self, parent):
            self.parent = parent

    class Logic:
        def __init__(self, parent=None):
            pass

    base.ScriptedLoadableModule, base.ScriptedLoadableModuleLogic = Module, Logic
    base.ScriptedLoadableModuleTest, base.ScriptedLoadableModuleWidget = type("Test", (), {}), type("Widget", (), {})
    monkeypatch.setitem(sys.modules, "slicer.ScriptedLoadableModule", base)
    started = stand_in.start(monkeypatch)
    started.app.connect = lambda *_: None
    made = ModuleType("DICOMTutorialHelper")
    made.__file__ = str(MODULE)
    exec(compile(MODULE.read_text(encoding="utf-8"), str(MODULE), "exec"), made.__dict__)
    assert slicer.app is started.app
    return made


def test_the_module_says_what_it_is(module):
    parent = SimpleNamespace()
    module.DICOMTutorialHelper(parent)
    assert parent.title == "DICOM Tutorial Helper"
    assert parent.categories == ["Training"]
    assert "not for patient care" in parent.helpText and "https://" in parent.helpText
    assert "SampleData" in parent.dependencies and "DICOM" in parent.dependencies
    assert (MODULE.parent / "Resources" / "Icons" / "DICOMTutorialHelper.png").is_file()


def test_the_widget_can_be_left_before_it_was_set_up(module):
    widget = module.DICOMTutorialHelperWidget()
    widget.enter()
    widget.exit()
    widget.cleanup()
    assert widget.panel is None


def test_sample_data_is_not_missed_where_the_module_is_not_there(module, monkeypatch):
    monkeypatch.setitem(sys.modules, "SampleData", None)
    assert module.registerSampleData() is None


def test_sample_data_is_registered_once_per_data_set(module, monkeypatch):
    registered = []
    sample_data = ModuleType("SampleData")
    titles = {}
    sample_data.SampleDataLogic = SimpleNamespace(registerCustomSampleDataSource=lambda **named: registered.append(named))
    monkeypatch.setitem(sys.modules, "SampleData", sample_data)
    module.registerSampleData()  # up to 5.10
    sample_data.SampleDataLogic.registerCustomSampleDataCategory = lambda category, title: titles.update({category: title})
    module.registerSampleData()
    assert titles == {"DICOM Tutorial Helper": "DICOM Tutorial Helper"}
    assert {one["sampleName"] for one in registered} >= {"PracticeTorsoCT", "TutorialBreastMRI"}


def test_the_file_that_names_a_sample_loads_it(module, monkeypatch):
    monkeypatch.setattr(module, "provideData", lambda name, kind: [SimpleNamespace(GetID=lambda: f"{kind} {name}")])
    parent = SimpleNamespace()  # in 5.0.3 it has no check of names
    reader = module.DICOMTutorialHelperFileReader(parent)
    sample = MODULE.parent / "Resources" / "Datasets" / "samples" / "PracticeTorsoCT.dicomtutorial"
    assert reader.canLoadFile(str(sample)) and not reader.canLoadFile("x.dcm")
    assert reader.load({"fileName": str(sample)}) is True
    assert parent.loadedNodes == ["practice torso-ct"]


def test_the_logic_makes_examines_and_explains_without_a_widget(module, tmp_path):
    logic = module.DICOMTutorialHelperLogic()
    files = logic.makePracticeData("torso-ct", tmp_path)
    (patient,) = logic.examine(tmp_path)["patients"]
    (series,) = patient["studies"][0]["series"]
    assert series["instances"] == len(files)
    assert [candidate["kind"] for candidate in series["candidates"] if candidate["selected"]] == ["volume"]
    assert any(row.keyword == "Modality" and row.value.startswith("CT") for row in logic.headerRows(files[0], "en"))
    assert logic.fairReport(tmp_path).series == 1
    assert logic.privacyReport(files[0]).path == files[0]


def test_every_call_of_the_logic_is_documented(module):
    for name, member in vars(module.DICOMTutorialHelperLogic).items():
        if not name.startswith("_"):
            assert member.__doc__, name
