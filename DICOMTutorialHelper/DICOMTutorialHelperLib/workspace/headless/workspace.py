"""The Workspace without the application: database in memory, Slicer's scene and views on slicer-core, no window."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Optional, Union

import slicer

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE as SEQUENCE_KIND
from DICOMTutorialHelperLib.dicom.candidate import Candidate, SeriesExamination
from DICOMTutorialHelperLib.dicom.dates import iso_date
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.findings import INFO
from DICOMTutorialHelperLib.dicom.patient import patient_key
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.comparing import difference_from_files
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loaded_segmentations import center_ras, load_segmentation, segment_names, segmentations_in
from DICOMTutorialHelperLib.scene.loader import LoadedCandidate
from DICOMTutorialHelperLib.scene.writing import write_below
from DICOMTutorialHelperLib.workspace.headless.slicer_core import HeadlessSlicer
from DICOMTutorialHelperLib.workspace.headless.views import HeadlessViews
from DICOMTutorialHelperLib.workspace.interface import (
    DATABASE_CHANGED,
    MODULE_CHANGED,
    PLUGINS_CHANGED,
    SCENE_CHANGED,
    SCENE_CLOSED,
    SEQUENCE,
    VOLUME,
    ApplicationInfo,
    DicomDifference,
    ImportSummary,
    LoadedItem,
    LoadedSegmentation,
    PatientInfo,
    PluginInfo,
    PluginOffer,
    SeriesInfo,
    StudyInfo,
    WorkspaceError,
)

VOLUME_PLUGIN = "DICOMTutorialVolumePlugin"
SEQUENCE_PLUGIN = "DICOMTutorialSequencePlugin"
PACKAGES = ("pydicom", "numpy", "slicer-core", "vtk")


class HeadlessWorkspace(HeadlessViews):
    """What a tutorial may ask of Slicer, done without it. The views are in HeadlessViews."""

    def __init__(self, language: str = "en") -> None:
        self._language = language
        self._workspace = HeadlessSlicer()
        self._listeners: list[Callable[[str], None]] = []
        self._module = ""
        self._database_folder: Optional[Path] = None
        self._enabled = {VOLUME_PLUGIN: True, SEQUENCE_PLUGIN: True}
        super().__init__(self._workspace)

    # --- the application -------------------------------------------------------------------------------------------------

    def application(self) -> ApplicationInfo:
        versions = {"Python": platform.python_version()}
        for package in PACKAGES:
            try:
                versions[package] = metadata.version(package)
            except metadata.PackageNotFoundError:
                continue
        return ApplicationInfo("DICOMTutorialHelper", __version__, versions)

    def language(self) -> str:
        return self._language

    def translated(self, context: str, text: str) -> str:
        return text

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _notify(self, kind: str) -> None:
        for listener in tuple(self._listeners):
            listener(kind)

    def active_module(self) -> str:
        return self._module

    def set_active_module(self, name: str) -> None:
        self._module = name
        self._notify(MODULE_CHANGED)

    # --- the DICOM database ----------------------------------------------------------------------------------------------

    def database_folder(self) -> Optional[Path]:
        """A name only: this database lies in memory."""
        return self._database_folder

    def create_database(self, folder: Optional[Path] = None) -> Path:
        self._database_folder = folder or Path("memory")
        self._notify(DATABASE_CHANGED)
        return self._database_folder

    def import_folder(self, folder: Path, progress: Optional[Progress] = None) -> ImportSummary:
        if self._database_folder is None:
            raise WorkspaceError("no-database")
        if not Path(folder).is_dir():
            raise WorkspaceError("import.no-folder", folder=str(folder))
        before = self._counts()
        found = self._workspace.import_folder(folder, progress)
        if not found.series:
            raise WorkspaceError("import.no-dicom", folder=str(folder))
        after = self._counts()
        self._notify(DATABASE_CHANGED)
        return ImportSummary(
            files=sum(len(series.instances) for series in found.series),
            skipped=len(found.skipped),
            new_patients=after[0] - before[0],
            new_studies=after[1] - before[1],
            new_series=after[2] - before[2],
            new_instances=after[3] - before[3],
            series_instance_uids=tuple(series.series_instance_uid for series in found.series),
        )

    def patients(self) -> tuple[PatientInfo, ...]:
        patients: dict[tuple[str, ...], dict[str, list[SeriesExamination]]] = {}
        for series in self._workspace.series():
            studies = patients.setdefault(patient_key(series.get), {})
            studies.setdefault(str(series.get("StudyInstanceUID", "")), []).append(series)
        return tuple(_patient(key, studies) for key, studies in patients.items())

    def files_of_series(self, series_instance_uid: str) -> tuple[Path, ...]:
        return self._workspace.files_of_series(series_instance_uid)

    def remove_series(self, series_instance_uid: str) -> None:
        if self._known(series_instance_uid):
            self._workspace.remove_series(series_instance_uid)
            self._notify(DATABASE_CHANGED)

    def _known(self, series_instance_uid: str) -> bool:
        return any(series.series_instance_uid == series_instance_uid for series in self._workspace.series())

    def _counts(self) -> tuple[int, int, int, int]:
        patients = self.patients()
        series = self._workspace.series()
        studies = sum(len(patient.studies) for patient in patients)
        return len(patients), studies, len(series), sum(len(each.instances) for each in series)

    # --- plugins and loading ---------------------------------------------------------------------------------------------

    def plugins(self) -> tuple[PluginInfo, ...]:
        return tuple(PluginInfo(name, enabled) for name, enabled in self._enabled.items())

    def set_plugin_enabled(self, name: str, enabled: bool) -> None:
        if name not in self._enabled:
            raise WorkspaceError("no-such-plugin", plugin=name)
        self._enabled[name] = enabled
        self._notify(PLUGINS_CHANGED)

    def offers(self, series_instance_uid: str) -> tuple[PluginOffer, ...]:
        candidates = self._offered(series_instance_uid)
        return tuple(self._offer(candidate) for candidate in candidates)

    def _offered(self, series_instance_uid: str) -> list[Candidate]:
        """Candidates of enabled plugins, the most confident first. Raises WorkspaceError for an unknown series."""
        if not self._known(series_instance_uid):
            raise WorkspaceError("no-such-series")
        candidates = self._workspace.examination(series_instance_uid).candidates
        enabled = [candidate for candidate in candidates if self._enabled[_plugin_of(candidate)]]
        return sorted(enabled, key=lambda candidate: -candidate.confidence)

    def _offer(self, candidate: Candidate) -> PluginOffer:
        serious = [finding for finding in candidate.findings if finding.severity != INFO]
        return PluginOffer(
            plugin=_plugin_of(candidate),
            name=candidate.name,
            series_instance_uid=candidate.series_instance_uid,
            confidence=candidate.confidence,
            selected=candidate.selected,
            warning=" ".join(finding_message(finding, self._language) for finding in serious),
            tooltip=" ".join(finding_message(finding, self._language) for finding in candidate.findings),
            frames=len(candidate.stacks),
            files=len(candidate.files),
        )

    def load_series(
        self, series_instance_uid: str, plugin: str = "", progress: Optional[Progress] = None
    ) -> tuple[LoadedItem, ...]:
        offered = [each for each in self._offered(series_instance_uid) if not plugin or _plugin_of(each) == plugin]
        wanted = [candidate for candidate in offered if candidate.selected] or offered[:1]
        if not wanted:
            raise WorkspaceError("load.no-offer")
        items = []
        for candidate in wanted:
            try:
                node = self._workspace.load(candidate, progress)
            except LoadError as error:
                raise WorkspaceError("load.failed", detail=str(error), name=candidate.name) from error
            items.append(self._item(self._workspace.loaded_candidate(node.node_id)))
        self._show_loaded(items[-1].node_id)
        self._notify(SCENE_CHANGED)
        return tuple(items)

    def loaded(self) -> tuple[LoadedItem, ...]:
        return tuple(self._item(self._workspace.loaded_candidate(node.node_id)) for node in self._workspace.loaded())

    def _item(self, loaded: LoadedCandidate) -> LoadedItem:
        candidate, volume = loaded.candidate, loaded.volume
        return LoadedItem(
            node_id=volume.GetID(),
            name=volume.GetName(),
            kind=SEQUENCE if loaded.sequence is not None else VOLUME,
            series_instance_uid=candidate.series_instance_uid,
            instance_uids=tuple((volume.GetAttribute("DICOM.instanceUIDs") or "").split()),
            modality=str(candidate.first_frame.get("Modality", "")),
            frames=len(candidate.stacks),
            dimensions=tuple(volume.GetImageData().GetDimensions()),
            sequence_node_id=loaded.sequence.GetID() if loaded.sequence is not None else "",
            plugin=_plugin_of(candidate),
        )

    def unload(self, node_id: str) -> None:
        self._workspace.unload(self._of_node(node_id).main_node.GetID())
        self._notify(SCENE_CHANGED)

    def load_segmentation(self, file: Path, node_id: str) -> LoadedSegmentation:
        try:
            node = load_segmentation(file, self._workspace.scene, self._of_node(node_id).volume)
        except LoadError as error:
            raise WorkspaceError("load.failed", detail=str(error), name=error.name) from error
        self._notify(SCENE_CHANGED)
        return _segmentation(node)

    def segmentations(self) -> tuple[LoadedSegmentation, ...]:
        return tuple(_segmentation(node) for node in segmentations_in(self._workspace.scene))

    # --- back to DICOM ---------------------------------------------------------------------------------------------------

    def write_dicom(self, node_id: str, folder: Path, progress: Optional[Progress] = None) -> tuple[Path, ...]:
        loaded = self._of_node(node_id)
        sources = self.files_of_series(loaded.candidate.series_instance_uid)
        try:
            return write_below(self._workspace.scene, node_id, sources, Path(folder), progress)
        except (ExportError, OSError) as error:
            raise WorkspaceError(
                "write-dicom.failed", detail=_said(error, self._language), name=loaded.volume.GetName(), folder=str(folder)
            ) from error

    def compare_with_dicom(self, node_id: str, files: Sequence[Path]) -> DicomDifference:
        loaded = self._of_node(node_id)
        sequence = loaded.sequence
        volumes = [loaded.volume]
        if sequence is not None:
            volumes = [sequence.GetNthDataNode(number) for number in range(sequence.GetNumberOfDataNodes())]
        return DicomDifference(*difference_from_files(volumes, files))

    def close_scene(self) -> None:
        self._workspace.close_scene()
        self._forget_views()
        self._notify(SCENE_CLOSED)

    def _of_node(self, node_id: str) -> LoadedCandidate:
        """What was loaded, by the ID of its (proxy) volume. Raises WorkspaceError for one that is gone."""
        for node in self._workspace.loaded():
            loaded = self._workspace.loaded_candidate(node.node_id)
            if loaded.volume.GetID() == node_id:
                return loaded
        raise WorkspaceError("no-such-node", detail=node_id)


def _said(error: Union[ExportError, OSError], language: str) -> str:
    return error.message(language) if isinstance(error, ExportError) else system_reason(error)


def _segmentation(node: slicer.vtkMRMLSegmentationNode) -> LoadedSegmentation:
    return LoadedSegmentation(node.GetID(), node.GetName(), segment_names(node), center_ras(node))


def _plugin_of(candidate: Candidate) -> str:
    return SEQUENCE_PLUGIN if candidate.kind == SEQUENCE_KIND else VOLUME_PLUGIN


def _patient(key: tuple[str, ...], studies: dict[str, list[SeriesExamination]]) -> PatientInfo:
    first = next(iter(studies.values()))[0]
    patient_id, name = str(first.get("PatientID", "")), str(first.get("PatientName", ""))
    return PatientInfo("|".join(key), patient_id, name, tuple(_study(uid, series) for uid, series in studies.items()))


def _study(uid: str, series: Sequence[SeriesExamination]) -> StudyInfo:
    first = series[0]
    ordered = sorted(series, key=lambda each: (_number(each.get("SeriesNumber")), each.series_instance_uid))
    infos = tuple(
        SeriesInfo(
            series_instance_uid=each.series_instance_uid,
            study_instance_uid=uid,
            description=str(each.get("SeriesDescription", "")),
            modality=str(each.get("Modality", "")),
            number=str(each.get("SeriesNumber", "")),
            date=iso_date(each.get("SeriesDate", "")),
            instance_count=len(each.instances),
        )
        for each in ordered
    )
    return StudyInfo(uid, str(first.get("StudyDescription", "")), iso_date(first.get("StudyDate", "")), infos)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
