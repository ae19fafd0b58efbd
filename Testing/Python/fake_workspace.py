"""A Workspace made of plain attributes: what a test sets is what a tutorial or a panel finds. It holds the contract."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
from DICOMTutorialHelperLib.explore.segments import read_segmentation
from DICOMTutorialHelperLib.workspace import interface as w

VOLUME_PLUGIN, SEQUENCE_PLUGIN = "DICOMTutorialVolumePlugin", "DICOMTutorialSequencePlugin"
SERIES = {
    "ct": w.SeriesInfo("1.1", "1", "Torso", "CT", "1", "2020-01-02", 48),
    "t2": w.SeriesInfo("2.1", "2", "T2W_TSE SENSE", "MR", "301", "2008-11-11", 32),
    "stir": w.SeriesInfo("2.2", "2", "STIR SENSE", "MR", "401", "2008-11-11", 24),
    "bliss": w.SeriesInfo("2.3", "2", "AX BLISS_AUTO SENSE", "MR", "801", "2008-11-11", 190),
}
BLISS_FRAMES = 10
PRESETS = {"CT_LUNG": (1400.0, -500.0), "CT_ABDOMEN": (350.0, 40.0), "CT_BONE": (1000.0, 400.0)}
RENDERING_PRESETS = ("CT-Chest-Contrast-Enhanced", "CT-Bone")
SLICE_VIEWS = {w.ONE_UP_3D: 0, w.ONE_UP_RED_SLICE: 1, w.SIDE_BY_SIDE: 2, w.THREE_BY_THREE: 9}
PEAK_RAS = (1.0, 2.0, 3.0)
STEADY_RAS = (40.0, 2.0, 3.0)
EDGE_MM = 1000.0  # every image ends there

CT = replace(SERIES["ct"], series_instance_uid="1.2.3", study_instance_uid="1.2", number="2", instance_count=60)
CT_ITEM = w.LoadedItem("vtkMRMLScalarVolumeNode1", "Torso", series_instance_uid="1.2.3", modality="CT", dimensions=(64, 64, 60))


def patients_with(*series: w.SeriesInfo) -> tuple[w.PatientInfo, ...]:
    """One patient, one study."""
    return (w.PatientInfo("1", "P1", "Doe^Jane", (w.StudyInfo("1.2", "Check-up", "2020-01-01", tuple(series)),)),)


class FakeWorkspace:
    """``listed`` is what the database holds, ``items`` what is loaded; ``imported`` notes the folders that were asked for."""

    def __init__(self, language: str = "en") -> None:
        self.current_language = language
        self.slicer_version = "5.10.0"
        self.translations: dict[tuple[str, str], str] = {}
        self.listeners = []
        self.module = ""
        self.folder = None
        self.listed: tuple[w.PatientInfo, ...] = ()
        self.files: dict[str, tuple[Path, ...]] = {}
        self.imported: list[Path] = []
        self.enabled = {VOLUME_PLUGIN: True, SEQUENCE_PLUGIN: True}
        self.offered: tuple[w.PluginOffer, ...] = ()  # in place of what would be offered
        self.items: list[w.LoadedItem] = []
        self.shown_layout = w.FOUR_UP
        names = (w.RED, w.YELLOW, w.GREEN, *(f"Slice{number}" for number in range(4, 10)))
        planes = ("Axial", "Sagittal", "Coronal", *["Axial"] * 6)
        self.views = {name: w.SliceView(name, "", plane, 0.0, 400.0) for name, plane in zip(names, planes)}
        self.camera = (0.0, 500.0, 0.0)
        self.levels = {}
        self.renderings = {}
        self.frame = {}
        self.curves = []
        self.points = []
        self.lines = []
        self.marked_on = []  # (name, the study of the image that it was placed on)
        self.followed = 0
        self.values = {}  # by position; anywhere else 0
        self.scene_file = None
        self.loaded_count = 0
        self.comparisons = 0
        self.segmented = []

    # --- application

    def application(self):
        return w.ApplicationInfo("Fake", "5.10.0", {"Python": "3"}, self.slicer_version)

    def language(self):
        return self.current_language

    def translated(self, context, text):
        return self.translations.get((context, text), text)

    def subscribe(self, listener):
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener) if listener in self.listeners else None

    def notify(self, kind):
        for listener in tuple(self.listeners):
            listener(kind)

    def active_module(self):
        return self.module

    def set_active_module(self, name):
        self.module = name
        self.notify(w.MODULE_CHANGED)

    # --- database

    def database_folder(self):
        return self.folder

    def create_database(self, folder=None):
        self.folder = folder or Path("database")
        self.notify(w.DATABASE_CHANGED)
        return self.folder

    def add_to_database(self, *roles):
        """Series of SERIES, as if they had been imported."""
        self.folder = self.folder or Path("database")
        known = {series.series_instance_uid for series in self._series()}
        for role in roles:
            if SERIES[role].series_instance_uid not in known:
                self._list(SERIES[role], f"ID{SERIES[role].study_instance_uid}", "")
        self.notify(w.DATABASE_CHANGED)

    def import_folder(self, folder, progress=None):
        """Lists what the headers say, as Slicer's database would."""
        if self.folder is None:
            raise w.WorkspaceError("no-database")
        if not folder.is_dir():
            raise w.WorkspaceError("import.no-folder", folder=str(folder))
        self.imported.append(folder)
        headers, skipped = _headers_below(folder)
        if not headers:
            raise w.WorkspaceError("import.no-dicom", folder=str(folder))
        before = self._counts()
        for uid in dict.fromkeys(str(header.SeriesInstanceUID) for _, header in headers):
            if uid not in self.files:
                self._list_files(uid, [(path, header) for path, header in headers if header.SeriesInstanceUID == uid])
        new = [after - count for after, count in zip(self._counts(), before)]
        self.notify(w.DATABASE_CHANGED)
        uids = tuple(dict.fromkeys(str(header.SeriesInstanceUID) for _, header in headers))
        return w.ImportSummary(len(headers), skipped, *new, uids)

    def patients(self):
        return self.listed

    def files_of_series(self, uid):
        return self.files.get(uid, ())

    def remove_series(self, uid):
        kept = []
        for patient in self.listed:
            studies = []
            for study in patient.studies:
                series = tuple(one for one in study.series if one.series_instance_uid != uid)
                studies += [replace(study, series=series)] if series else []
            kept += [replace(patient, studies=tuple(studies))] if studies else []
        self.listed = tuple(kept)
        self.files.pop(uid, None)
        self.notify(w.DATABASE_CHANGED)

    def _series(self):
        return [series for patient in self.listed for series in patient.series]

    def _counts(self):
        studies = sum(len(patient.studies) for patient in self.listed)
        return len(self.listed), studies, len(self._series()), sum(series.instance_count for series in self._series())

    def _list_files(self, uid, headers):
        headers.sort(key=lambda pair: int(pair[1].InstanceNumber))
        self.files[uid] = tuple(path for path, _ in headers)
        header = headers[0][1]
        date = str(header.SeriesDate)
        info = w.SeriesInfo(
            uid,
            str(header.StudyInstanceUID),
            str(header.SeriesDescription),
            str(header.Modality),
            str(header.SeriesNumber),
            f"{date[:4]}-{date[4:6]}-{date[6:]}",
            len(headers),
        )
        self._list(info, str(header.PatientID), str(header.PatientName))

    def _list(self, info, patient_id, name):
        patients = {patient.key: patient for patient in self.listed}
        patient = patients.get(patient_id) or w.PatientInfo(patient_id, patient_id, name)
        studies = {study.study_instance_uid: study for study in patient.studies}
        study = studies.get(info.study_instance_uid) or w.StudyInfo(info.study_instance_uid, "study", info.date)
        series = tuple(sorted((*study.series, info), key=lambda one: int(one.number)))
        studies[info.study_instance_uid] = replace(study, series=series)
        patients[patient_id] = replace(patient, studies=tuple(studies.values()))
        self.listed = tuple(sorted(patients.values(), key=lambda one: one.key))

    # --- plugins and loading

    def plugins(self):
        return tuple(w.PluginInfo(name, enabled) for name, enabled in self.enabled.items())

    def set_plugin_enabled(self, name, enabled):
        if name not in self.enabled:
            raise w.WorkspaceError("no-such-plugin", plugin=name)
        self.enabled[name] = enabled
        self.notify(w.PLUGINS_CHANGED)

    def offers(self, uid):
        if self.offered:
            return self.offered
        sequence = "BLISS" in self._known(uid).description
        found = [w.PluginOffer(VOLUME_PLUGIN, "volume", uid, 0.6, not sequence, frames=1)]
        if sequence:
            found.insert(0, w.PluginOffer(SEQUENCE_PLUGIN, "sequence", uid, 1.1, True, frames=BLISS_FRAMES))
        return tuple(offer for offer in found if self.enabled[offer.plugin])

    def load_series(self, uid, plugin="", progress=None):
        series = self._known(uid)
        offers = [offer for offer in self.offers(uid) if not plugin or offer.plugin == plugin]
        if not offers:
            raise w.WorkspaceError("load.no-offer")
        self.loaded_count += 1
        node_id, frames = f"node{self.loaded_count}", offers[0].frames
        item = w.LoadedItem(
            node_id=node_id,
            name=series.description,
            kind=w.SEQUENCE if frames > 1 else w.VOLUME,
            series_instance_uid=uid,
            instance_uids=tuple(f"{uid}.{number}" for number in range(series.instance_count // frames)),
            modality=series.modality,
            frames=frames,
            dimensions=(64, 64, series.instance_count // frames),
            sequence_node_id=f"{node_id}-sequence" if frames > 1 else "",
            plugin=offers[0].plugin,
        )
        self.items.append(item)
        self.shown = node_id
        self.notify(w.SCENE_CHANGED)
        return (item,)

    def loaded(self):
        return tuple(self.items)

    def unload(self, node_id):
        self.items.remove(self._item(node_id))
        self.notify(w.SCENE_CHANGED)

    def load_segmentation(self, file, node_id):
        self._item(node_id)
        try:
            read = read_segmentation(file)
        except UnreadableFile as error:
            raise w.WorkspaceError("load.failed", name=file.name) from error
        name = f"segmentation{len(self.segmented) + 1}"
        labels = tuple(segment.label for segment in read.segments)
        self.segmented.append(w.LoadedSegmentation(name, file.stem, labels, (96.0, 0.0, 12.0)))
        self.notify(w.SCENE_CHANGED)
        return self.segmented[-1]

    def segmentations(self):
        return tuple(self.segmented)

    def close_scene(self):
        self.items = []
        self.segmented = []
        self.curves = []
        self.points, self.lines, self.marked_on = [], [], []
        self.shown = ""
        self.notify(w.SCENE_CLOSED)

    def _known(self, uid):
        for series in self._series():
            if series.series_instance_uid == uid:
                return series
        raise w.WorkspaceError("no-such-series")

    def _item(self, node_id):
        for item in self.items:
            if item.node_id == node_id:
                return item
        raise w.WorkspaceError("no-such-node")

    # --- views

    @property
    def shown(self):
        """The volume in the red view; set, it is the one in all views."""
        return self.views[w.RED].volume_node_id

    @shown.setter
    def shown(self, node_id):
        self.change_views(volume_node_id=node_id)

    def change_views(self, **changes):
        self.views = {name: replace(view, **changes) for name, view in self.views.items()}
        self.notify(w.VIEWS_CHANGED)

    def change_view(self, name, **changes):
        if name not in self.views:
            raise w.WorkspaceError("no-such-view", view=name)
        self.views[name] = replace(self.views[name], **changes)
        self.notify(w.VIEWS_CHANGED)

    def layout(self):
        return self.shown_layout

    def set_layout(self, layout):
        if layout not in w.LAYOUTS:
            raise w.WorkspaceError("no-such-layout", layout=layout)
        self.shown_layout = layout
        self.notify(w.VIEWS_CHANGED)

    def slice_views(self):
        return tuple(self.views.values())[: SLICE_VIEWS.get(self.shown_layout, 3)]

    def show_volume(self, node_id, view=""):
        self._item(node_id)
        for name in (view,) if view else [shown.name for shown in self.slice_views()]:
            self.change_view(name, volume_node_id=node_id)

    def compare(self, node_ids: Sequence[str]):
        for node_id in node_ids:
            self._item(node_id)
        self.set_layout(w.SIDE_BY_SIDE if len(node_ids) < 3 else w.FOUR_UP if len(node_ids) == 3 else w.THREE_BY_THREE)
        self.set_slices_linked(False)
        for view, node_id in zip(self.slice_views(), node_ids):
            self.change_view(view.name, volume_node_id=node_id)

    def set_slices_linked(self, linked):
        self.change_views(linked=linked)

    def set_slice_offset(self, view, offset_mm):
        self.change_view(view, offset_mm=offset_mm)

    def jump_slices(self, position_ras):
        r, a, s = position_ras
        for name, offset_mm in ((w.RED, s), (w.YELLOW, -r), (w.GREEN, a)):
            self.change_view(name, offset_mm=offset_mm)

    def zoom_slice(self, view, factor):
        width = self.views[view].field_of_view_mm / factor if view in self.views else 0.0
        self.change_view(view, field_of_view_mm=width)

    def set_slices_visible_in_3d(self, visible):
        self.change_views(visible_in_3d=visible)

    def center_3d_view(self):
        self.notify(w.VIEWS_CHANGED)

    def rotate_3d_view(self, degrees):
        (r, a, s), cosine, sine = self.camera, math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        self.camera = (r * cosine - a * sine, r * sine + a * cosine, s)
        self.notify(w.VIEWS_CHANGED)

    def camera_3d_ras(self):
        return self.camera

    def window_level(self, node_id):
        self._item(node_id)
        return self.levels.get(node_id, w.WindowLevel(400.0, 40.0))

    def window_level_presets(self):
        return tuple(PRESETS)

    def apply_window_level_preset(self, node_id, preset):
        self._item(node_id)
        if preset not in PRESETS:
            raise w.WorkspaceError("no-such-preset", preset=preset)
        self.levels[node_id] = w.WindowLevel(*PRESETS[preset], preset)
        self.notify(w.VIEWS_CHANGED)

    def set_window_level(self, node_id, window, level):
        self._item(node_id)
        self.levels[node_id] = w.WindowLevel(window, level)
        self.notify(w.VIEWS_CHANGED)

    def volume_rendering(self, node_id):
        self._item(node_id)
        return self.renderings.get(node_id)

    def volume_rendering_presets(self):
        return RENDERING_PRESETS

    def show_volume_rendering(self, node_id, preset=""):
        self._item(node_id)
        if preset and preset not in RENDERING_PRESETS:
            raise w.WorkspaceError("no-such-preset", preset=preset)
        self.renderings[node_id] = w.VolumeRendering(True, preset)
        self.notify(w.VIEWS_CHANGED)

    def hide_volume_rendering(self, node_id):
        self._item(node_id)
        if node_id in self.renderings:
            self.renderings[node_id] = replace(self.renderings[node_id], visible=False)
        self.notify(w.VIEWS_CHANGED)

    def snapshot(self, view, width=640, height=480):
        shown = {one.name for one in self.slice_views()} | {w.THREE_D}
        return b"\x89PNG fake" if view in shown else None

    # --- sequences

    def _sequence(self, node_id):
        item = self._item(node_id)
        if item.kind != w.SEQUENCE:
            raise w.WorkspaceError("not-a-sequence", name=item.name)
        return item

    def playback(self, node_id):
        item = self._sequence(node_id)
        values = tuple(str(60 * frame) for frame in range(item.frames))
        return w.Playback(self.frame.get(node_id, 0), item.frames, False, "TriggerTime", values)

    def play_sequence(self, node_id, frames_per_second=None):
        self._sequence(node_id)
        self.notify(w.VIEWS_CHANGED)

    def stop_sequence(self, node_id):
        self._sequence(node_id)
        self.notify(w.VIEWS_CHANGED)

    def seek_sequence(self, node_id, frame):
        item = self._sequence(node_id)
        if not 0 <= frame < item.frames:
            raise w.WorkspaceError("no-such-frame", name=item.name, frame=frame, frames=item.frames)
        self.frame[node_id] = frame
        self.notify(w.VIEWS_CHANGED)

    def marked_points(self):
        return tuple(self.points)

    def mark_point(self, name, position_ras, node_id=""):
        self.points.append(w.MarkedPoint(name, tuple(position_ras)))
        self.marked_on.append((name, self._study(node_id)))
        self.notify(w.VIEWS_CHANGED)

    def marked_lines(self):
        return tuple(self.lines)

    def mark_line(self, name, start_ras, end_ras, node_id=""):
        self.lines.append(w.MarkedLine(name, tuple(start_ras), tuple(end_ras)))
        self.marked_on.append((name, self._study(node_id)))
        self.notify(w.VIEWS_CHANGED)

    def marks_follow_images(self):
        self.followed += 1
        shown = {self._study(view.volume_node_id) for view in self.slice_views()} - {""}
        return tuple(name for name, study in self.marked_on if shown and study and study not in shown)

    def _study(self, node_id):
        uids = {item.series_instance_uid for item in self.items if item.node_id == node_id}
        return next((series.study_instance_uid for series in self._series() if series.series_instance_uid in uids), "")

    def value_at(self, node_id, position_ras):
        item = self._item(node_id)
        if max(map(abs, position_ras)) > EDGE_MM:
            raise w.WorkspaceError("point-outside", name=item.name)
        return float(self.values.get(tuple(position_ras), 0.0))

    def saved_scene(self):
        return self.scene_file if self.scene_file is not None and self.scene_file.is_file() else None

    def save_scene(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.scene_file = folder / "scene.mrml"
        self.scene_file.write_text("<MRML/>", encoding="utf-8")
        self.notify(w.SCENE_CHANGED)
        return self.scene_file

    # --- back to DICOM

    def write_dicom(self, node_id, folder, progress=None):
        """Copies of the files it came from, as a series of its own."""
        item = self._item(node_id)
        target = folder / item.name.replace(" ", "_")
        written = []
        for number, path in enumerate(self.files_of_series(item.series_instance_uid)):
            image = dcmread(path)
            image.SeriesInstanceUID = f"{item.series_instance_uid[:40]}.9"
            image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"{image.SeriesInstanceUID}.{number}"
            try:
                target.mkdir(parents=True, exist_ok=True)
                image.save_as(target / f"{number:05d}.dcm")
            except OSError as error:
                raise w.WorkspaceError("write-dicom.failed", detail=str(error), name=item.name, folder=str(folder)) from error
            written.append(target / f"{number:05d}.dcm")
        return tuple(written)

    def compare_with_dicom(self, node_id, files):
        self.comparisons += 1
        mine, others = (
            _places_and_pixels(paths) for paths in (self.files_of_series(self._item(node_id).series_instance_uid), files)
        )
        if len(mine) != len(others):
            return w.DicomDifference(math.inf, math.inf)
        return w.DicomDifference(0.0 if mine.keys() == others.keys() else 5.0, 0.0 if mine == others else 7.0)

    def peak_enhancement_point_ras(self, node_id):
        self._sequence(node_id)
        return PEAK_RAS

    def steady_enhancement_point_ras(self, node_id):
        self._sequence(node_id)
        return STEADY_RAS

    def plot_time_curve(self, node_id, center_ras, radius_mm=4.0):
        item = self._sequence(node_id)
        if max(map(abs, center_ras)) > EDGE_MM:
            raise w.WorkspaceError("point-outside", name=item.name)
        times = tuple(60.0 * frame for frame in range(item.frames))
        curve = w.TimeCurve(node_id, tuple(center_ras), radius_mm, times, (100.0, *[300.0] * (item.frames - 1)), "s")
        self.curves.append(curve)
        self.set_layout(w.FOUR_UP_PLOT)
        return curve

    def time_curves(self):
        return tuple(self.curves)


def _places_and_pixels(files):
    return {(str(image.ImagePositionPatient), image.InstanceNumber): image.PixelData for image in map(dcmread, files)}


def _headers_below(folder):
    found, skipped = [], 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            found.append((path, dcmread(path, stop_before_pixels=True)))
        except InvalidDicomError:
            skipped += 1
    return found, skipped


class Watch:
    """A stopwatch that a test sets."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now
