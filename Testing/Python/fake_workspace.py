"""A Workspace made of plain attributes: what a test sets is what a tutorial finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from DICOMTutorialHelperLib.workspace import interface as w

VOLUME_PLUGIN, SEQUENCE_PLUGIN = "DICOMTutorialVolumePlugin", "DICOMTutorialSequencePlugin"
SERIES = {
    "ct": w.SeriesInfo("1.1", "1", "Torso", "CT", "1", "2020-01-02", 48),
    "t2": w.SeriesInfo("2.1", "2", "T2W_TSE SENSE", "MR", "301", "2008-11-11", 32),
    "stir": w.SeriesInfo("2.2", "2", "STIR SENSE", "MR", "401", "2008-11-11", 24),
    "bliss": w.SeriesInfo("2.3", "2", "AX BLISS_AUTO SENSE", "MR", "801", "2008-11-11", 190),
}
FRAMES = {"2.3": 10}


class FakeWorkspace:
    """Knows the four series of the tutorial; ``imported`` of them are in the database, loaded ones are in ``items``."""

    def __init__(self, language: str = "en") -> None:
        self.current_language = language
        self.listeners = []
        self.module = ""
        self.folder = None
        self.imported = []
        self.enabled = {VOLUME_PLUGIN: True, SEQUENCE_PLUGIN: True}
        self.items = []
        self.shown_layout = w.FOUR_UP
        self.views = {name: w.SliceView(name, field_of_view_mm=400.0) for name in (w.RED, w.YELLOW, w.GREEN)}
        self.camera = (0.0, 500.0, 0.0)
        self.levels = {}
        self.renderings = {}
        self.frame = {}
        self.curves = []
        self.points = []
        self.loaded_count = 0

    # --- application

    def application(self):
        return w.ApplicationInfo("Fake", "1.0", {"Python": "3"})

    def language(self):
        return self.current_language

    def subscribe(self, listener):
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

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
        self.folder = self.folder or Path("database")
        self.imported += [role for role in roles if role not in self.imported]
        self.notify(w.DATABASE_CHANGED)

    def import_folder(self, folder, progress=None):
        raise AssertionError("these tests put series into the database themselves")

    def patients(self):
        studies = {}
        for role in self.imported:
            studies.setdefault(SERIES[role].study_instance_uid, []).append(SERIES[role])
        return tuple(
            w.PatientInfo(uid, f"ID{uid}", "", (w.StudyInfo(uid, "study", "", tuple(series)),)) for uid, series in studies.items()
        )

    def files_of_series(self, uid):
        return ()

    def remove_series(self, uid):
        self.imported = [role for role in self.imported if SERIES[role].series_instance_uid != uid]
        self.notify(w.DATABASE_CHANGED)

    # --- plugins and loading

    def plugins(self):
        return tuple(w.PluginInfo(name, enabled) for name, enabled in self.enabled.items())

    def set_plugin_enabled(self, name, enabled):
        self.enabled[name] = enabled
        self.notify(w.PLUGINS_CHANGED)

    def offers(self, uid):
        found = [w.PluginOffer(VOLUME_PLUGIN, "volume", uid, 0.6, uid not in FRAMES, frames=1)]
        if uid in FRAMES:
            found.insert(0, w.PluginOffer(SEQUENCE_PLUGIN, "sequence", uid, 1.1, True, frames=FRAMES[uid]))
        return tuple(offer for offer in found if self.enabled[offer.plugin])

    def load_series(self, uid, plugin="", progress=None):
        offers = [offer for offer in self.offers(uid) if not plugin or offer.plugin == plugin]
        if not offers:
            raise w.WorkspaceError("load.no-offer")
        (series,) = (series for series in SERIES.values() if series.series_instance_uid == uid)
        self.loaded_count += 1
        kind = w.SEQUENCE if offers[0].frames > 1 else w.VOLUME
        node_id = f"node{self.loaded_count}"
        item = w.LoadedItem(node_id, series.description, kind, uid, (), series.modality, offers[0].frames, (64, 64, 20))
        self.items.append(item)
        self.show_volume(node_id)
        self.notify(w.SCENE_CHANGED)
        return (item,)

    def loaded(self):
        return tuple(self.items)

    def unload(self, node_id):
        self.items = [item for item in self.items if item.node_id != node_id]
        self.notify(w.SCENE_CHANGED)

    def close_scene(self):
        self.items = []
        self.notify(w.SCENE_CLOSED)

    # --- views

    def change_views(self, **changes):
        self.views = {name: replace(view, **changes) for name, view in self.views.items()}
        self.notify(w.VIEWS_CHANGED)

    def change_view(self, name, **changes):
        self.views[name] = replace(self.views[name], **changes)
        self.notify(w.VIEWS_CHANGED)

    def layout(self):
        return self.shown_layout

    def set_layout(self, layout):
        self.shown_layout = layout
        self.notify(w.VIEWS_CHANGED)

    def slice_views(self):
        return tuple(self.views.values())

    def show_volume(self, node_id, view=""):
        for name in (view,) if view else tuple(self.views):
            self.change_view(name, volume_node_id=node_id)

    def compare(self, node_ids):
        for name, node_id in zip(self.views, node_ids):
            self.change_view(name, volume_node_id=node_id)

    def set_slices_linked(self, linked):
        self.change_views(linked=linked)

    def set_slice_offset(self, view, offset_mm):
        self.change_view(view, offset_mm=offset_mm)

    def jump_slices(self, position_ras):
        self.change_view(w.RED, offset_mm=position_ras[2])

    def zoom_slice(self, view, factor):
        self.change_view(view, field_of_view_mm=self.views[view].field_of_view_mm / factor)

    def set_slices_visible_in_3d(self, visible):
        self.change_views(visible_in_3d=visible)

    def center_3d_view(self):
        self.notify(w.VIEWS_CHANGED)

    def rotate_3d_view(self, degrees):
        self.camera = (300.0, 400.0, 0.0)
        self.notify(w.VIEWS_CHANGED)

    def camera_3d_ras(self):
        return self.camera

    def window_level(self, node_id):
        return self.levels.get(node_id, w.WindowLevel(400.0, 40.0))

    def window_level_presets(self):
        return ("CT_LUNG", "CT_ABDOMEN")

    def apply_window_level_preset(self, node_id, preset):
        self.levels[node_id] = w.WindowLevel(1.0, 1.0, preset)
        self.notify(w.VIEWS_CHANGED)

    def set_window_level(self, node_id, window, level):
        self.levels[node_id] = w.WindowLevel(window, level)
        self.notify(w.VIEWS_CHANGED)

    def volume_rendering(self, node_id):
        return self.renderings.get(node_id)

    def volume_rendering_presets(self):
        return ("CT-Chest-Contrast-Enhanced",)

    def show_volume_rendering(self, node_id, preset=""):
        self.renderings[node_id] = w.VolumeRendering(True, preset)
        self.notify(w.VIEWS_CHANGED)

    def hide_volume_rendering(self, node_id):
        self.renderings[node_id] = w.VolumeRendering(False)
        self.notify(w.VIEWS_CHANGED)

    def snapshot(self, view, width=640, height=480):
        return b"\x89PNG fake" if view != w.PLOT else None

    # --- sequences

    def playback(self, node_id):
        (item,) = (item for item in self.items if item.node_id == node_id)
        return w.Playback(self.frame.get(node_id, 0), item.frames)

    def play_sequence(self, node_id, frames_per_second=5.0):
        self.notify(w.VIEWS_CHANGED)

    def stop_sequence(self, node_id):
        self.notify(w.VIEWS_CHANGED)

    def seek_sequence(self, node_id, frame):
        self.frame[node_id] = frame
        self.notify(w.VIEWS_CHANGED)

    def marked_points(self):
        return tuple(self.points)

    def peak_enhancement_point_ras(self, node_id):
        return (1.0, 2.0, 3.0)

    def plot_time_curve(self, node_id, center_ras, radius_mm=4.0):
        curve = w.TimeCurve(node_id, tuple(center_ras), radius_mm, (0.0, 60.0), (100.0, 300.0), "s")
        self.curves.append(curve)
        self.notify(w.VIEWS_CHANGED)
        return curve

    def time_curves(self):
        return tuple(self.curves)
