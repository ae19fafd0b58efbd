"""A workspace that holds what a test puts into it, and notes what it was asked to do."""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.workspace.interface import (
    DATABASE_CHANGED,
    SCENE_CHANGED,
    VIEWS_CHANGED,
    ApplicationInfo,
    ImportSummary,
    LoadedItem,
    PatientInfo,
    PluginInfo,
    PluginOffer,
    SeriesInfo,
    SliceView,
    StudyInfo,
)

CT = SeriesInfo("1.2.3", "1.2", "Torso", "CT", "2", "20200101", 60)
CT_ITEM = LoadedItem("vtkMRMLScalarVolumeNode1", "Torso", series_instance_uid="1.2.3", modality="CT", dimensions=(64, 64, 60))


def patients_with(*series: SeriesInfo) -> tuple[PatientInfo, ...]:
    return (PatientInfo("1", "P1", "Doe^Jane", (StudyInfo("1.2", "Check-up", "20200101", tuple(series)),)),)


class PretendWorkspace:
    def __init__(self, language="en"):
        self.spoken = language
        self.listed: tuple[PatientInfo, ...] = ()
        self.items: list[LoadedItem] = []
        self.files: dict[str, tuple[Path, ...]] = {}
        self.offered: tuple[PluginOffer, ...] = ()
        self.module = ""
        self.folder = None
        self.shown_layout = "four-up"
        self.shown = ""
        self.imported: list[Path] = []
        self.listeners = []

    def application(self):
        return ApplicationInfo("Pretended", "1.0")

    def language(self):
        return self.spoken

    def subscribe(self, listener):
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener) if listener in self.listeners else None

    def notify(self, kind):
        for listener in list(self.listeners):
            listener(kind)

    def active_module(self):
        return self.module

    def set_active_module(self, name):
        self.module = name
        self.notify("module")

    def database_folder(self):
        return self.folder

    def create_database(self, folder=None):
        self.folder = Path("database")
        self.notify(DATABASE_CHANGED)
        return self.folder

    def import_folder(self, folder, progress=None):
        """Lists what the files say, as Slicer's database would."""
        from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder

        found = series_in_folder(Path(folder))
        self.imported.append(Path(folder))
        self.files.update((series.info.series_instance_uid, series.files) for series in found)
        self.listed = patients_with(*(series.info for series in found))
        self.notify(DATABASE_CHANGED)
        return ImportSummary(files=sum(len(series.files) for series in found), new_series=len(found))

    def patients(self):
        return self.listed

    def files_of_series(self, uid):
        return self.files.get(uid, ())

    def plugins(self):
        return (PluginInfo("DICOMScalarVolumePlugin"), PluginInfo("DICOMTutorialVolumePlugin"))

    def offers(self, uid):
        return self.offered

    def load_series(self, uid, plugin="", progress=None):
        item = LoadedItem(f"node{len(self.items)}", "Torso", series_instance_uid=uid, modality="CT")
        self.items.append(item)
        self.notify(SCENE_CHANGED)
        return (item,)

    def loaded(self):
        return tuple(self.items)

    def layout(self):
        return self.shown_layout

    def set_layout(self, layout):
        self.shown_layout = layout
        self.notify(VIEWS_CHANGED)

    def slice_views(self):
        return tuple(SliceView(name, self.shown) for name in ("Red", "Yellow", "Green"))

    def show_volume(self, node_id, view=""):
        self.shown = node_id
        self.notify(VIEWS_CHANGED)

    def compare(self, node_ids):
        self.shown = node_ids[0]
        self.notify(VIEWS_CHANGED)

    def window_level_presets(self):
        return ()

    def camera_3d_ras(self):
        return (0.0, 500.0, 0.0)

    def time_curves(self):
        return ()
