"""Strings that Slicer translates itself: all offered, none outside."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "Translations" / "update_translations.py"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("update_translations", TOOL)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def written(tmp_path):
    """A source file with these lines."""

    def write(*lines):
        path = tmp_path / "Module.py"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def test_the_file_is_what_the_sources_say_and_nothing_lies_outside(tool):
    assert tool.problems() == []


def test_strings_stand_under_the_name_slicer_looks_them_up_by(tool):
    contexts = ElementTree.fromstring(tool.TS_FILE.read_text(encoding="utf-8")).findall("context")
    found = {context.findtext("name"): [one.findtext("source") for one in context.findall("message")] for context in contexts}
    assert set(found) == {"DICOMTutorialHelper", "DICOMTutorialSequencePlugin", "DICOMTutorialVolumePlugin"}
    assert "Tutorial Volume" in found["DICOMTutorialVolumePlugin"]
    assert "DICOM Tutorial Helper" in found["DICOMTutorialHelper"]


@pytest.mark.parametrize(
    "line",
    [
        'button.text = "Load"',
        'self.loadType = f"{count} volumes"',
        'qt.QLabel("Patient")',
        'tabs.addTab(page, "Explore")',
        'slicer.util.errorDisplay("It failed")',
        'label.toolTip = "On" if on else "Off"',
    ],
)
def test_a_string_that_no_translation_reaches_is_found(tool, written, line):
    assert [number for number, _ in tool.unmarked_strings(written("", line))][:1] == [2]


@pytest.mark.parametrize(
    "line",
    [
        'button.text = _("Load")',
        'button.text = message("load", language)',
        'button.text = "…"',
        'node.name = "Volume"',
        'logging.warning("A reader failed")',
    ],
)
def test_what_is_translated_or_nobody_reads_is_let_be(tool, written, line):
    assert list(tool.unmarked_strings(written(line))) == []


def test_what_cannot_be_extracted_is_refused(tool, written):
    with pytest.raises(ValueError, match="literal"):
        tool.marked_strings(written('_(f"{count} files")'))
