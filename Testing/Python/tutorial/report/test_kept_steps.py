"""What was captured of steps outlives the application: read back as it was, and never in the way."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep, Picture
from DICOMTutorialHelperLib.tutorial.report.kept_steps import KeptSteps, folder_of
from DICOMTutorialHelperLib.tutorial.tables import Chart, DataTable, DataTableRow

TABLE = DataTable(
    "Curve",
    ("Time", "Value"),
    (DataTableRow(("0 s", "1,5"), marked=True), DataTableRow(("é", "µ"), depth=2, explanation="why")),
    mark="marked",
    note="a note",
    chart=Chart((0.0, 75.0), (("lesion", (1.0, 2.5)), ("gland", (0.5, 0.6))), "Time (s)", "%", (60.0, "injection")),
)
CAPTURED = CapturedStep((Picture("Red", b"\x89PNG\x00\xff", {"volume": "T2", "offset_mm": -12.5, "window": 350}),), TABLE)


@pytest.fixture
def kept(tmp_path):
    return lambda: KeptSteps(tmp_path / "kept")


@pytest.mark.parametrize("captured", [CAPTURED, CapturedStep(), CapturedStep(data_table=DataTable("A", (), ()))])
def test_a_step_is_read_back_as_it_was_kept(kept, captured):
    kept().keep("load-ct", captured)
    assert kept().steps == {"load-ct": captured}


def test_what_is_forgotten_is_gone_from_the_disk(kept, tmp_path):
    first = kept()
    first.keep("load-ct", CAPTURED)
    first.keep("play", CapturedStep())
    first.forget(["load-ct", "never-kept"])
    assert set(kept().steps) == {"play"}
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["play.json"]


@pytest.mark.parametrize("content", ["", "[]", '{"pictures": 3}', '{"pictures": [{"view": "Red", "png": "§", "shows": {}}]}'])
def test_a_damaged_file_costs_one_step_alone(kept, tmp_path, content, caplog):
    kept().keep("play", CapturedStep())
    (tmp_path / "kept" / "load-ct.json").write_text(content, encoding="utf-8")
    assert set(kept().steps) == {"play"}
    assert "cannot be read" in caplog.text


def test_a_disk_that_takes_nothing_is_no_disaster(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    kept = KeptSteps(tmp_path / "file" / "kept")
    kept.keep("load-ct", CAPTURED)
    assert kept.steps == {"load-ct": CAPTURED} and "not kept" in caplog.text


def test_names_lead_nowhere_else(tmp_path):
    folder = folder_of(tmp_path / "kept", "../../else")
    kept = KeptSteps(folder)
    kept.keep("../up", CapturedStep())
    assert {path.parent.parent for path in tmp_path.rglob("*.json")} == {tmp_path / "kept"}
    assert set(KeptSteps(folder).steps) == {"../up"}
