"""Slicer's DICOM database, asked for patients, studies, series and files."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from dicom_database import DicomDatabase
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.workspace import interface as w


class TestDatabase:
    @pytest.fixture
    def database(self, host, monkeypatch, tmp_path):
        from DICOMTutorialHelperLib.workspace.slicer.database import SlicerDatabase

        monkeypatch.setattr(slicer, "dicomDatabase", DicomDatabase())
        (tmp_path / "database").mkdir()
        return SlicerDatabase()

    def test_without_a_database_there_is_nothing(self, database, tmp_path):
        assert (database.folder(), database.patients(), database.files_of_series("1")) == (None, (), ())
        database.remove_series("1")
        for call in (lambda: database.import_folder(tmp_path, None),):
            with pytest.raises(w.WorkspaceError, match="no-database"):
                call()

    def test_folders_are_indexed_a_few_at_a_time_and_counted(self, database, tmp_path):
        assert database.create(tmp_path / "database") == tmp_path / "database" == database.folder()
        write_series(tmp_path / "in" / "a", axial_positions(20), SeriesNumber=10, StudyDate="20200102", SeriesDate="20200103")
        write_series(tmp_path / "in" / "b", axial_positions(6), SeriesInstanceUID="1.2.3.5", SeriesNumber=9)
        (tmp_path / "in" / "note.txt").write_text("x", encoding="utf-8")
        told = []
        summary = database.import_folder(tmp_path / "in", lambda done, total: told.append((done, total)))
        assert told == [(0, 27), (25, 27), (27, 27)]
        assert summary == w.ImportSummary(26, 1, 1, 1, 2, 26, ("1.2.3.4", "1.2.3.5"))
        (patient,) = database.patients()
        (study,) = patient.studies
        assert (patient.patient_id, patient.name, study.date) == ("P1", "Doe^Jane", "2020-01-02")
        assert [(one.number, one.instance_count, one.modality, one.date) for one in study.series] == [
            ("9", 6, "CT", ""), ("10", 20, "CT", "2020-01-03"),
        ]  # fmt: skip
        again = database.import_folder(tmp_path / "in" / "b", None)
        assert (again.files, again.new_patients, again.new_studies, again.new_series, again.new_instances) == (6, 0, 0, 0, 0)
        numbers = [slicer.dicomDatabase.fileValue(path, "0020,0013") for path in database.files_of_series("1.2.3.4")]
        assert numbers == [str(number) for number in range(1, 21)]
        assert database.patients() is database.patients(), "what is listed is kept"
        database.remove_series("1.2.3.4")
        assert [one.series_instance_uid for one in database.patients()[0].series] == ["1.2.3.5"]
        assert database.files_of_series("1.2.3.4") == ()

    def test_folders_that_hold_nothing_are_told_apart(self, database, tmp_path):
        database.create(tmp_path / "database")
        with pytest.raises(w.WorkspaceError, match=r"import[.]no-folder"):
            database.import_folder(tmp_path / "nowhere", None)
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "note.txt").write_text("x", encoding="utf-8")
        with pytest.raises(w.WorkspaceError) as told:
            database.import_folder(tmp_path / "in", None)
        assert (told.value.reason, told.value.fields) == ("import.no-dicom", {"folder": str(tmp_path / "in")})
        with pytest.raises(w.WorkspaceError, match="database-failed"):
            database.create(tmp_path / "in" / "note.txt" / "x")

    @pytest.mark.parametrize("stopped", [False, True])
    def test_whoever_shows_the_database_is_told_of_an_import_however_it_ends(self, database, tmp_path, stopped):
        database.create(tmp_path / "database")
        write_series(tmp_path / "in", axial_positions(3))
        told = []
        slicer.dicomDatabase.databaseChanged.connect(lambda: told.append(1))

        def progress(_done, _total):
            if stopped:
                raise KeyboardInterrupt

        try:
            database.import_folder(tmp_path / "in", progress)
        except KeyboardInterrupt:
            assert stopped
        assert told

    def test_files_of_one_number_come_by_name(self, database, tmp_path):
        database.create(tmp_path / "database")
        paths = write_series(tmp_path / "in", axial_positions(3), headers=[{"InstanceNumber": number} for number in (2, 1, 1)])
        database.import_folder(tmp_path / "in", None)
        assert list(database.files_of_series("1.2.3.4")) == [*sorted(paths[1:]), paths[0]]

    def test_the_first_database_lies_beside_what_is_there(self, host, tmp_path, monkeypatch):
        from DICOMTutorialHelperLib.workspace.slicer import database as module

        monkeypatch.setattr(module.qt.QStandardPaths, "writableLocation", lambda _which: str(tmp_path))
        first = tmp_path / "SlicerDICOMDatabase"
        assert module._default_folder() == first
        first.mkdir()
        assert module._default_folder() == first, "an empty folder will do"
        (first / "other").write_text("x", encoding="utf-8")
        assert module._default_folder() == tmp_path / "SlicerDICOMDatabase-2"
        (tmp_path / "SlicerDICOMDatabase-2").mkdir()
        (tmp_path / "SlicerDICOMDatabase-2" / "other").write_text("x", encoding="utf-8")
        assert module._default_folder() == tmp_path / "SlicerDICOMDatabase-3"
        (first / "ctkDICOM.sql").write_text("x", encoding="utf-8")
        assert module._default_folder() == first

    def test_numbers_and_texts_of_any_kind(self):
        from DICOMTutorialHelperLib.workspace.slicer.database import _number, _text

        assert [_number(text) for text in ("5", " 7 ", "", "x", None)] == [5, 7, 0, 0, 0]
        assert [_text(value) for value in (None, "", 5)] == ["", "", "5"]
