"""Slicer's DICOM database, as the workspace speaks of it."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import ctk
import qt
import slicer

from DICOMTutorialHelperLib.dicom.dates import iso_date
from DICOMTutorialHelperLib.dicom.files import find_dicom_files
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.workspace.interface import ImportSummary, PatientInfo, SeriesInfo, StudyInfo, WorkspaceError
from DICOMTutorialHelperLib.workspace.slicer.dicom_browser import browser_widget, refresh_browser

FILES_AT_A_TIME = 25  # about 30 ms of indexing: the window lives between


class SlicerDatabase:
    """``slicer.dicomDatabase``; what it lists is kept until ``forget`` is called, for the guide asks at every change."""

    def __init__(self) -> None:
        self._listed: Optional[tuple[PatientInfo, ...]] = None
        self._files: dict[str, tuple[Path, ...]] = {}

    def forget(self) -> None:
        """The database has changed: ask it again."""
        self._listed = None
        self._files.clear()

    def folder(self) -> Optional[Path]:
        database = _database()
        return Path(database.databaseDirectory) if database is not None and database.isOpen else None

    def create(self, folder: Optional[Path]) -> Path:
        """Make and open a database. Raises WorkspaceError where the folder does not allow it."""
        database = _database()
        folder = _default_folder() if folder is None else Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError("database-failed", detail=str(error), folder=str(folder)) from error
        browser = _browser()
        if browser is not None:
            # The browser keeps its own idea of the folder, and the settings with it.
            browser.databaseDirectory = str(folder)
        if not database.isOpen or Path(database.databaseDirectory) != folder:
            database.openDatabase(f"{folder.as_posix()}/ctkDICOM.sql")
            if hasattr(slicer, "dicomDatabaseDirectorySettingsKey"):
                qt.QSettings().setValue(slicer.dicomDatabaseDirectorySettingsKey, str(folder))
        self.forget()
        if not database.isOpen:
            raise WorkspaceError("database-failed", folder=str(folder))
        return folder

    def import_folder(self, folder: Path, progress: Optional[Progress]) -> ImportSummary:
        """Index all files below a folder, a few at a time. Raises WorkspaceError without a database, folder or DICOM file."""
        database = self._open_database()
        folder = Path(folder)
        if not folder.is_dir():
            raise WorkspaceError("import.no-folder", folder=str(folder))
        paths = find_dicom_files(folder)[0]
        before = self.patients()
        known_series = {series.series_instance_uid: series.instance_count for one in before for series in one.series}
        # Only its own settings: the browser's indexer, which asks and sums up, is left alone.
        indexer = ctk.ctkDICOMIndexer()
        done = 0
        try:
            while done < len(paths):
                if progress is not None:
                    progress(done, len(paths))
                some = [str(path) for path in paths[done : done + FILES_AT_A_TIME]]
                indexer.addListOfFiles(database, some, False)
                indexer.waitForImportFinished()
                done += len(some)
            if progress is not None:
                progress(done, len(paths))
        finally:
            self.forget()
            database.databaseChanged()
            refresh_browser()
        after = self.patients()
        indexed = [uid for uid in (str(database.seriesForFile(str(path)) or "") for path in paths) if uid]
        if not indexed:
            raise WorkspaceError("import.no-dicom", folder=str(folder))
        counts = {series.series_instance_uid: series.instance_count for one in after for series in one.series}
        return ImportSummary(
            files=len(indexed),
            skipped=len(paths) - len(indexed),
            new_patients=len({one.key for one in after} - {one.key for one in before}),
            new_studies=len(_studies(after) - _studies(before)),
            new_series=len(counts.keys() - known_series.keys()),
            new_instances=sum(count - known_series.get(uid, 0) for uid, count in counts.items()),
            series_instance_uids=tuple(dict.fromkeys(indexed)),
        )

    def patients(self) -> tuple[PatientInfo, ...]:
        if self._listed is None:
            database = _database()
            if database is None or not database.isOpen:
                return ()
            self._listed = tuple(_patient(database, key) for key in database.patients())
        return self._listed

    def files_of_series(self, series_instance_uid: str) -> tuple[Path, ...]:
        """By instance number, then name, as the database's own order is none."""
        if series_instance_uid not in self._files:
            database = _database()
            if database is None or not database.isOpen:
                return ()
            files = [str(path) for path in database.filesForSeries(series_instance_uid)]
            keyed = sorted((_number(database.fileValue(path, "0020,0013")), Path(path).name, path) for path in files)
            self._files[series_instance_uid] = tuple(Path(path) for _, _, path in keyed)
        return self._files[series_instance_uid]

    def remove_series(self, series_instance_uid: str) -> None:
        database = _database()
        if database is None or not database.isOpen:
            return
        database.removeSeries(series_instance_uid)
        self.forget()
        database.databaseChanged()
        refresh_browser()

    def _open_database(self) -> ctk.ctkDICOMDatabase:
        database = _database()
        if database is None or not database.isOpen:
            raise WorkspaceError("no-database")
        return database


def _database() -> ctk.ctkDICOMDatabase:
    """None where a custom application has none."""
    return getattr(slicer, "dicomDatabase", None)


def _browser() -> Optional[ctk.ctkDICOMBrowser]:
    """The ctkDICOMBrowser; None before the DICOM module was first shown."""
    widget = browser_widget()
    return None if widget is None else widget.dicomBrowser


def _default_folder() -> Path:
    """Where Slicer makes its first database: the documents folder, with a number where one is there that does not open."""
    documents = Path(qt.QStandardPaths.writableLocation(qt.QStandardPaths.DocumentsLocation))
    name = f"{slicer.app.applicationName}DICOMDatabase"
    folder, number = documents / name, 1
    while folder.exists() and any(folder.iterdir()) and not (folder / "ctkDICOM.sql").exists():
        number += 1
        folder = documents / f"{name}-{number}"
    return folder


def _patient(database: ctk.ctkDICOMDatabase, key: str) -> PatientInfo:
    studies = tuple(_study(database, uid) for uid in database.studiesForPatient(key))
    return PatientInfo(
        key=str(key),
        patient_id=_text(database.fieldForPatient("PatientID", key)),
        name=_text(database.nameForPatient(key)),
        studies=studies,
    )


def _study(database: ctk.ctkDICOMDatabase, uid: str) -> StudyInfo:
    series = [_series(database, uid, series_uid) for series_uid in database.seriesForStudy(uid)]
    series.sort(key=lambda one: (_number(one.number), one.series_instance_uid))
    return StudyInfo(
        study_instance_uid=str(uid),
        description=_text(database.descriptionForStudy(uid)),
        date=iso_date(database.fieldForStudy("StudyDate", uid)),
        series=tuple(series),
    )


def _series(database: ctk.ctkDICOMDatabase, study_uid: str, uid: str) -> SeriesInfo:
    return SeriesInfo(
        series_instance_uid=str(uid),
        study_instance_uid=str(study_uid),
        description=_text(database.descriptionForSeries(uid)),
        modality=_text(database.fieldForSeries("Modality", uid)),
        number=_text(database.fieldForSeries("SeriesNumber", uid)),
        date=iso_date(database.fieldForSeries("SeriesDate", uid)),
        instance_count=len(database.instancesForSeries(uid)),
    )


def _studies(patients: tuple[PatientInfo, ...]) -> set[str]:
    return {study.study_instance_uid for patient in patients for study in patient.studies}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(text: str) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        return 0
