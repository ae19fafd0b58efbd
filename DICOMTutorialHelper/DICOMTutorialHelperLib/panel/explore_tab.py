"""The tab for looking into images: choose an instance or a series, read its header, compare, and ask for reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Optional

import qt

from DICOMTutorialHelperLib.dicom.dates import iso_date
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.drawing_label import DrawingLabel
from DICOMTutorialHelperLib.panel.header_view import HeaderView
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.series_tree import INSTANCE, SeriesTree
from DICOMTutorialHelperLib.panel.widgets import button, choice_box, is_dark, text_label
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.workspace.interface import (
    DATABASE_CHANGED,
    SCENE_CHANGED,
    SCENE_CLOSED,
    PatientInfo,
    PluginOffer,
    SeriesInfo,
    StudyInfo,
    Workspace,
)

if TYPE_CHECKING:  # imported where it is first needed
    import slicer

    from DICOMTutorialHelperLib.dicom.candidate import Examination
    from DICOMTutorialHelperLib.explore.data_model import DataModel
    from DICOMTutorialHelperLib.scene.loadables import Examinations

DATABASE, FOLDER, VOLUME_SHOWN = 0, 1, 2


class ExploreTab:
    """``workspace`` gives the database and what is loaded; ``browser_series`` the series selected in Slicer's DICOM browser;
    ``fill_missing`` is the setting that the plugins examine with, ``examinations`` are those that they share (its own without);
    ``scene`` is the MRML scene, to write what is loaded."""

    def __init__(
        self,
        workspace: Workspace,
        language: str,
        jobs: Jobs,
        browser_series: Callable[[], Sequence[str]] = lambda: (),
        fill_missing: Callable[[], bool] = lambda: True,
        scene: Callable[[], Optional[slicer.vtkMRMLScene]] = lambda: None,
        examinations: Optional[Callable[[], Examinations]] = None,
    ) -> None:
        self._workspace = workspace
        self._language = language
        self._jobs = jobs
        self._browser_series = browser_series
        self._fill_missing = fill_missing
        self._examinations = examinations
        self._scene = scene
        self._folder_patients: tuple[PatientInfo, ...] = ()
        self._folder_series: dict[str, tuple[Path, ...]] = {}
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(6, 6, 6, 6)
        self._source = choice_box("ExploreSource")
        self._source.activated.connect(jobs.safe_slot_with_arguments(self._choose_source))
        self._note = text_label(name="ExploreNote")
        self._tree = SeriesTree(self._files_of, jobs.safe_slot(self._on_choice))
        self._why = button("", "", jobs.safe_slot(self.show_why), "ExploreWhyButton")
        self._compare = button("", "", jobs.safe_slot(self._show_comparison), "ExploreCompareButton")
        self._export = button("", "", jobs.safe_slot(self._ask_export), "ExploreExportButton")
        self._reports = qt.QToolButton()
        self._reports.objectName = "ExploreReportsButton"
        self._reports.popupMode = qt.QToolButton.InstantPopup
        self._reports.toolButtonStyle = qt.Qt.ToolButtonTextBesideIcon
        self._report_actions = {}
        for name in ("privacy", "fair", "kinds"):
            action = qt.QAction(self.widget)
            action.triggered.connect(jobs.safe_slot(lambda name=name: self.show_report(name)))
            self._reports.addAction(action)
            self._report_actions[name] = action
        self._to_dicom = qt.QAction(self.widget)
        self._to_dicom.objectName = "ExploreToDicom"
        self._to_dicom.triggered.connect(jobs.safe_slot(self._ask_dicom_folder))
        self._reports.addAction(self._to_dicom)
        rows = qt.QGridLayout()
        for place, widget in enumerate((self._why, self._reports, self._compare, self._export)):
            widget.sizePolicy = qt.QSizePolicy(qt.QSizePolicy.Expanding, qt.QSizePolicy.Fixed)
            rows.addWidget(widget, place // 2, place % 2)
        top = qt.QWidget()
        top_layout = qt.QVBoxLayout(top)
        top_layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._source, self._note, self._tree.widget):
            top_layout.addWidget(widget, 1 if widget is self._tree.widget else 0)
        top_layout.addLayout(rows)
        self._header = HeaderView(language)
        self._page = _ReportPage()
        self._below = qt.QStackedWidget()
        self._below.addWidget(self._header.widget)
        self._below.addWidget(self._page.widget)
        splitter = qt.QSplitter(qt.Qt.Vertical)
        splitter.addWidget(top)
        splitter.addWidget(self._below)
        splitter.setSizes([260, 520])
        splitter.setStretchFactor(1, 1)
        splitter.childrenCollapsible = False
        layout.addWidget(splitter)
        self._follow: Callable[[], None] = lambda: None
        self.set_language(language)

    # --- life ------------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Show what is there now, and follow the database while the tab is looked at."""
        self.exit()
        self._follow = self._workspace.subscribe(self._on_change)
        self._refresh()

    def exit(self) -> None:
        self._follow()
        self._follow = lambda: None

    def _on_change(self, kind: str) -> None:
        source_of = {DATABASE_CHANGED: DATABASE, SCENE_CHANGED: VOLUME_SHOWN, SCENE_CLOSED: VOLUME_SHOWN}
        if source_of.get(kind) == self._source.currentIndex:
            self._refresh()

    def set_language(self, language: str) -> None:
        self._language = language
        place = max(self._source.currentIndex, 0)
        self._source.clear()
        self._source.addItems([message(f"explore.source.{name}", language) for name in ("database", "folder", "volume")])
        self._source.currentIndex = place
        self._source.toolTip = self._source.accessibleName = message("explore.source.tip", language)
        for widget, key in (
            (self._why, "explore.why"), (self._compare, "explore.compare"), (self._export, "explore.export"),
            (self._reports, "explore.reports"),
        ):  # fmt: skip
            widget.text = message(key, language)
            widget.toolTip = message(f"{key}.tip", language)
        for name, action in self._report_actions.items():
            action.text = message(f"explore.report.{name}", language)
            action.toolTip = message(f"explore.report.{name}.tip", language)
        self._to_dicom.text = message("explore.to-dicom", language)
        self._to_dicom.toolTip = message("explore.to-dicom.tip", language)
        self._tree.widget.accessibleName = message("explore.tree", language)
        self._header.set_language(language)
        self._header.clear()
        self._below.currentIndex = 0
        self._refresh()

    # --- choosing --------------------------------------------------------------------------------------------------------

    def _choose_source(self, place: int) -> None:
        if place == FOLDER:
            folder = qt.QFileDialog.getExistingDirectory(self.widget, message("explore.source.folder", self._language))
            if folder:
                self.open_folder(Path(folder))
            else:
                self._source.currentIndex = DATABASE
        self._refresh()

    def open_folder(self, folder: Path) -> None:
        """List the DICOM files below a folder; nothing is imported."""
        from DICOMTutorialHelperLib.explore.data_model import data_model

        def work(progress: Progress) -> DataModel:
            return self._jobs.in_thread(lambda report_progress: data_model(folder, report_progress), progress)

        self._jobs.run(message("job.read", self._language), work, self._take_folder)

    def _take_folder(self, model: DataModel) -> None:
        self._source.currentIndex = FOLDER
        self._folder_series = {series.uid: tuple(instance.path for instance in series.instances) for series in model.series}
        self._folder_patients = _as_patients(model)
        self._refresh()

    def _refresh(self) -> None:
        place = self._source.currentIndex
        patients = self._folder_patients if place == FOLDER else self._workspace.patients()
        if place == VOLUME_SHOWN:
            shown = {view.volume_node_id for view in self._workspace.slice_views()}
            uids = {item.series_instance_uid for item in self._workspace.loaded() if item.node_id in shown}
            patients = _only(patients, uids)
        self._note.text = "" if patients else message(f"explore.empty.{('database', 'folder', 'volume')[place]}", self._language)
        self._note.visible = not patients
        self._tree.show(patients, self._language)
        wanted = list(self._browser_series()) if place == DATABASE else []
        if wanted:
            self._tree.choose_series(wanted[0])
        self._on_choice()

    def _files_of(self, uid: str) -> Sequence[Path]:
        if self._source.currentIndex == FOLDER:
            return self._folder_series.get(uid, ())
        return self._workspace.files_of_series(uid)

    def _on_choice(self) -> None:
        series, places = self._tree.chosen_series(), self._tree.chosen()
        instances = [place for place in places if place.level == INSTANCE]
        self._why.enabled = len(series) == 1
        self._reports.enabled = bool(series)
        self._compare.enabled = len(instances) == 2
        self._export.enabled = False
        if len(instances) == 1 and instances[0].path is not None:
            self.show_header(instances[0].path)
        elif len(series) == 1 and not instances:
            files = self._files_of(series[0])
            if files:
                self.show_header(files[len(files) // 2])

    # --- showing ---------------------------------------------------------------------------------------------------------

    def show_header(self, path: Path) -> None:
        from DICOMTutorialHelperLib.explore.headers import header_rows

        self._header.show(message("explore.header", self._language, file=path.name), header_rows(path, self._language))
        self._below.currentIndex = 0
        self._export.enabled = True

    def _show_comparison(self) -> None:
        from DICOMTutorialHelperLib.explore.comparison import compare

        first, second = (place.path for place in self._tree.chosen() if place.path is not None)
        differences = compare(first, second, self._language)
        equal = sum(one.equal for one in differences)
        title = message("explore.compared", self._language, first=first.name, second=second.name, equal=equal)
        self._header.compare(title, differences)
        self._below.currentIndex = 0

    def _ask_export(self) -> None:
        path = qt.QFileDialog.getSaveFileName(self.widget, message("explore.export", self._language), "header.csv", "CSV (*.csv)")
        if path:
            self._header.export(Path(path))

    def _ask_dicom_folder(self) -> None:
        folder = qt.QFileDialog.getExistingDirectory(self.widget, message("explore.to-dicom", self._language))
        if folder:
            self.write_dicom(Path(folder))

    def write_dicom(self, folder: Path) -> None:
        """Write what is loaded of the chosen series back to DICOM, below a folder; say what was written and what could not be."""
        from DICOMTutorialHelperLib.panel.series_export import export_loaded, export_page

        uids = self._tree.chosen_series()
        self._jobs.run(
            message("job.export", self._language),
            lambda progress: export_loaded(uids, self._workspace, self._scene(), folder, self._jobs, progress),
            lambda outcome: self._show_page(export_page(outcome, folder, self._language), ""),
        )

    def show_report(self, name: str) -> None:
        """A report on the chosen series or instances; reads their headers in the background."""
        from DICOMTutorialHelperLib.pages import reports

        kinds_page = partial(reports.kinds_page, slicer_version=self._workspace.application().version)
        pages: dict[str, Callable[[Sequence[Path], str, Progress], str]] = {
            "privacy": reports.privacy_page,
            "fair": reports.fair_page,
            "kinds": kinds_page,
        }
        make = pages[name]
        files, language = self._tree.chosen_files(), self._language
        self._jobs.run(
            message("job.read", language),
            lambda progress: self._jobs.in_thread(lambda report_progress: make(files, language, report_progress), progress),
            lambda page: self._show_page(page, ""),
        )

    def show_why(self) -> None:
        """What plugins offer for the chosen series, what was found, and what will be loaded."""
        from DICOMTutorialHelperLib.messages import messages
        from DICOMTutorialHelperLib.pages.slice_positions import slice_drawing
        from DICOMTutorialHelperLib.pages.why import why_page
        from DICOMTutorialHelperLib.scene.loadables import Examinations

        (uid,) = self._tree.chosen_series()
        files = [str(path) for path in self._files_of(uid)]

        def work(progress: Progress) -> tuple[Examination, Optional[Sequence[PluginOffer]]]:
            # Headers are read in the background; the plugins then find them read.
            fill_missing = self._fill_missing()
            examinations = self._examinations() if self._examinations is not None else Examinations()
            examination = self._jobs.in_thread(
                lambda report_progress: examinations.of(files, fill_missing, report_progress), progress
            )
            offers = self._workspace.offers(uid) if self._source.currentIndex != FOLDER else None
            return examination, offers

        def show(result: tuple[Examination, Optional[Sequence[PluginOffer]]]) -> None:
            examination, offers = result
            if not examination.series:
                self._show_page(f"<p>{message('why.nothing', self._language)}</p>", "")
                return
            series = examination.series[0]
            drawn = (series.selected or series.candidates)[:1]
            words = messages("panel", self._language)
            drawing = slice_drawing(drawn[0], words, is_dark(self.widget)) if drawn else ""
            pages = [why_page(one, offers, self._language) for one in examination.series]
            self._show_page("".join(pages), drawing)

        self._jobs.run(message("job.examine", self._language), work, show)

    def _show_page(self, html: str, drawing: str) -> None:
        self._page.show(html, drawing)
        self._below.currentIndex = 1


class _ReportPage:
    """A page of HTML with a drawing above it."""

    def __init__(self) -> None:
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        self._drawing = DrawingLabel(420)
        self._text = qt.QTextBrowser()
        self._text.objectName = "ExploreReport"
        self._text.openExternalLinks = True
        self._text.minimumHeight = 260
        layout.addWidget(self._drawing.widget)
        layout.addWidget(self._text, 1)

    def show(self, html: str, drawing: str) -> None:
        self._text.html = html
        self._drawing.show(drawing)


def _only(patients: Sequence[PatientInfo], uids: set[str]) -> tuple[PatientInfo, ...]:
    """The patients with these series alone."""
    kept = []
    for patient in patients:
        studies = []
        for study in patient.studies:
            series = tuple(one for one in study.series if one.series_instance_uid in uids)
            if series:
                studies.append(dataclasses.replace(study, series=series))
        if studies:
            kept.append(dataclasses.replace(patient, studies=tuple(studies)))
    return tuple(kept)


def _as_patients(model: DataModel) -> tuple[PatientInfo, ...]:
    """A data model of files in the words of the database."""
    return tuple(
        PatientInfo(
            key="|".join(patient.key),
            patient_id=patient.patient_id,
            name=patient.name,
            studies=tuple(
                StudyInfo(
                    study_instance_uid=study.uid,
                    description=study.description,
                    date=iso_date(study.date),
                    series=tuple(
                        SeriesInfo(
                            series_instance_uid=series.uid,
                            study_instance_uid=study.uid,
                            description=series.description,
                            modality=series.modality,
                            number="" if series.number is None else str(series.number),
                            date=iso_date(series.date),
                            instance_count=len(series.instances),
                        )
                        for series in study.series
                    ),
                )
                for study in patient.studies
            ),
        )
        for patient in model.patients
    )
