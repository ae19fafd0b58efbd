"""The table of a de-identified copy, and what its steps ask for."""

from __future__ import annotations

import pytest
from fake_workspace import FakeWorkspace
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.tutorial.steps import privacy_steps as privacy
from DICOMTutorialHelperLib.tutorial.steps.registry import StepContext
from DICOMTutorialHelperLib.workspace import interface as w


class TestCopies:
    @pytest.fixture
    def context(self, tutorial, tmp_path, monkeypatch):
        files = write_series(tmp_path / "data" / "ct", axial_positions(3), PatientSex="F", StudyDescription="Check-up")
        monkeypatch.setattr(privacy, "files_of_role", lambda context, series: tuple(files))
        return StepContext(
            tutorial, tutorial.step("welcome"), FakeWorkspace(), {"data": tmp_path / "data"}, results_folder=tmp_path
        )

    def test_a_copy_is_made_once_checked_and_compared(self, context, tmp_path):
        folder = privacy._folder(context)
        assert privacy.copy_made(context) == privacy.CheckResult(False, "copy-made.not", {"folder": str(folder)})
        with pytest.raises(w.WorkspaceError) as told:
            privacy.copy(context, "ct")
        assert (told.value.reason, told.value.fields) == ("copy-made.not", {"folder": str(folder)})
        privacy.deidentify_copy(context, "ct")
        assert privacy.copy_made(context) == privacy.CheckResult(True, "copy-made.done", {"count": 3, "folder": str(folder)})
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.dcm")}
        privacy.deidentify_copy(context, "ct")
        assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*.dcm")}
        table = privacy.copy(context, "ct")
        rows = {row.cells[0]: (row.cells[2], row.marked) for row in table.rows}
        assert rows["(0010,0010)"] == ("Doe^Jane", True) and rows["(0008,0060)"] == ("CT", False)
        assert "(0028,0010)" not in rows and "(0008,0016)" not in rows, "neither the image nor what kind of object it is"
        assert all(rows[tag][1] for tag in ("(0008,0018)", "(0020,000D)", "(0020,000E)")), "the text speaks of new UIDs"
        assert list(rows) == sorted(rows)
        assert all(row.cells[2] or row.cells[3] for row in table.rows)
        assert {row.cells[0]: row.cells[3] for row in table.rows}["(0008,0060)"] == "CT" and len(table.columns) == 4

    def test_the_original_of_a_copy_has_its_number(self, tmp_path):
        originals = tuple(write_series(tmp_path / "a", axial_positions(3)))
        copy = write_series(tmp_path / "b", axial_positions(1), first=1)[0]
        assert privacy._counterpart(originals, copy) == originals[1]
        assert privacy._counterpart(originals, write_series(tmp_path / "c", axial_positions(1), first=9)[0]) == originals[0]

    @pytest.mark.parametrize(
        ("error", "detail"),
        [(OSError(28, "No space left"), "No space left"), (OSError("odd"), "odd"), (HelperError("not-empty"), "a sentence")],
    )
    def test_what_hinders_is_told(self, context, monkeypatch, error, detail):
        from DICOMTutorialHelperLib.explore import deidentification

        def fail(*_values, **_named):
            raise error

        monkeypatch.setattr(deidentification, "deidentify", fail)
        monkeypatch.setattr(HelperError, "message", lambda self, language: "a sentence")
        with pytest.raises(w.WorkspaceError) as told:
            privacy.deidentify_copy(context, "ct")
        assert (told.value.reason, told.value.fields["folder"]) == ("copy-made.failed", str(privacy._folder(context)))
        assert detail in (told.value.detail, told.value.fields.get("detail"))
