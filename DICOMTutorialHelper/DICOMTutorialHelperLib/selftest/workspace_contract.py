"""What every Workspace holds: one check a promise of ``workspace.interface``, over the practice CT and breast MRI.

Plain functions, so that they run in the application (the self test) as they run in the tests. Each takes a workspace whose
scene is empty and whose database is open and holds the practice data, and the folder that these lie in; it raises
AssertionError with what is not as promised. What a check loads is gone when ``contract_problems`` calls the next.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from DICOMTutorialHelperLib.data.synthetic.derived_objects import make_segmentation
from DICOMTutorialHelperLib.data.synthetic.instances import SetKey, write_instance
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.workspace import interface as w

Check = Callable[[w.Workspace, Path], None]
_checks: dict[str, Check] = {}
_views_checks: set[str] = set()  # those that need a window with views
CHECKS: Mapping[str, Check] = MappingProxyType(_checks)

CT, T2, STIR, BLISS = "torso", "t2w", "stir", "bliss"  # a word of each practice series' description
UNKNOWN_UID = "1.2.3.4.5.6.7.8.9"
UNKNOWN_NODE = "vtkMRMLScalarVolumeNodeThatIsNotThere"
FAR_AWAY_RAS = (10_000.0, 0.0, 0.0)


def _check(function: Check) -> Check:
    _checks[function.__name__] = function
    return function


def _views_check(function: Check) -> Check:
    _views_checks.add(function.__name__)
    return _check(function)


def contract_problems(workspace: w.Workspace, practice: Path, with_views: bool = True) -> list[str]:
    """All that is not as promised, a line a check; ``with_views`` False leaves out what needs views on a screen."""
    problems = []
    for name, check in CHECKS.items():
        if name in _views_checks and not with_views:
            continue
        workspace.close_scene()
        try:
            check(workspace, practice)
        except AssertionError as error:
            problems.append(f"contract: {name}: {error or 'is not so'}")
        except w.WorkspaceError as error:
            problems.append(f"contract: {name}: {error}")
    workspace.close_scene()
    return problems


def series_called(workspace: w.Workspace, word: str) -> w.SeriesInfo:
    """The practice series with a word in its description."""
    found = [series for patient in workspace.patients() for series in patient.series if word in series.description.lower()]
    assert len(found) == 1, f"{len(found)} series are called {word}"
    return found[0]


def load(workspace: w.Workspace, word: str, plugin: str = "") -> w.LoadedItem:
    items = workspace.load_series(series_called(workspace, word).series_instance_uid, plugin)
    assert len(items) == 1, f"{len(items)} items were loaded of {word}"
    return items[0]


def refused(reason: str, call: Callable[[], object]) -> None:
    """The call must raise a WorkspaceError with this reason, whose sentence exists in every language."""
    try:
        call()
    except w.WorkspaceError as error:
        assert error.reason == reason, f"{error.reason} instead of {reason}"
        for language in LANGUAGES:
            sentence = error.message(language)
            assert sentence and "{" not in sentence, sentence
    else:
        raise AssertionError(f"{reason} was not said")


# --- the application ------------------------------------------------------------------------------------------------------


@_check
def the_application_says_who_it_is(workspace: w.Workspace, _practice: Path) -> None:
    application = workspace.application()
    assert application.name and application.version
    assert "Python" in application.versions, application.versions
    assert workspace.language() in LANGUAGES


@_check
def a_text_that_the_application_does_not_know_stays_as_it_is(workspace: w.Workspace, _practice: Path) -> None:
    assert workspace.translated("NoSuchContext", "No such text") == "No such text"


@_check
def changes_are_told_before_the_call_returns_until_one_stops(workspace: w.Workspace, _practice: Path) -> None:
    told: list[str] = []
    stop = workspace.subscribe(told.append)
    try:
        load(workspace, T2)
        assert w.SCENE_CHANGED in told, told
        told.clear()
        workspace.close_scene()
        assert w.SCENE_CLOSED in told, told
        told.clear()
    finally:
        stop()
    stop()  # once more does no harm
    workspace.close_scene()
    assert told == [], told


@_views_check
def the_module_that_is_shown_is_known(workspace: w.Workspace, _practice: Path) -> None:
    for name in ("Data", "Volumes"):
        workspace.set_active_module(name)
        assert workspace.active_module() == name


# --- the database ---------------------------------------------------------------------------------------------------------


@_check
def importing_again_adds_nothing(workspace: w.Workspace, practice: Path) -> None:
    before = workspace.patients()
    summary = workspace.import_folder(practice)
    new = (summary.new_patients, summary.new_studies, summary.new_series, summary.new_instances)
    assert new == (0, 0, 0, 0), new
    assert summary.files > 100, summary.files
    assert set(summary.series_instance_uids) == {series.series_instance_uid for one in before for series in one.series}
    assert workspace.patients() == before


@_check
def there_is_nothing_to_import_from_nowhere(workspace: w.Workspace, practice: Path) -> None:
    refused("import.no-folder", lambda: workspace.import_folder(practice / "nowhere"))


@_check
def patients_hold_studies_hold_series(workspace: w.Workspace, _practice: Path) -> None:
    patients = workspace.patients()
    assert len({patient.key for patient in patients}) == len(patients) == 2, patients
    for patient in patients:
        assert patient.patient_id and patient.name
        for study in patient.studies:
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", study.date), study.date
            numbers = [int(series.number) for series in study.series]
            assert numbers == sorted(numbers), numbers
            for series in study.series:
                assert series.study_instance_uid == study.study_instance_uid
                assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", series.date), series.date
                assert series.modality in ("CT", "MR")
                assert series.instance_count == len(workspace.files_of_series(series.series_instance_uid))


@_check
def files_come_by_instance_number(workspace: w.Workspace, _practice: Path) -> None:
    from pydicom import dcmread

    files = workspace.files_of_series(series_called(workspace, T2).series_instance_uid)
    numbers = [int(dcmread(path, specific_tags=["InstanceNumber"]).InstanceNumber) for path in files]
    assert numbers == sorted(numbers) and len(numbers) > 3, numbers


@_check
def an_unknown_series_has_no_files_and_is_refused(workspace: w.Workspace, _practice: Path) -> None:
    assert workspace.files_of_series(UNKNOWN_UID) == ()
    workspace.remove_series(UNKNOWN_UID)
    refused("no-such-series", lambda: workspace.offers(UNKNOWN_UID))
    refused("no-such-series", lambda: workspace.load_series(UNKNOWN_UID))


@_check
def a_removed_series_stays_loaded_and_can_be_imported_again(workspace: w.Workspace, practice: Path) -> None:
    series, item = series_called(workspace, STIR), load(workspace, STIR)
    files = workspace.files_of_series(series.series_instance_uid)
    told: list[str] = []
    stop = workspace.subscribe(told.append)
    try:
        workspace.remove_series(series.series_instance_uid)
    finally:
        stop()
    try:
        assert w.DATABASE_CHANGED in told, told
        assert series.series_instance_uid not in {one.series_instance_uid for p in workspace.patients() for one in p.series}
        assert [one.node_id for one in workspace.loaded()] == [item.node_id]
        assert all(path.is_file() for path in files)
    finally:
        summary = workspace.import_folder(practice)
    assert summary.new_series == 1, summary


# --- plugins and loading --------------------------------------------------------------------------------------------------


@_check
def offers_come_best_first_and_the_best_is_selected(workspace: w.Workspace, _practice: Path) -> None:
    for word, frames in ((CT, 1), (BLISS, 10)):
        uid = series_called(workspace, word).series_instance_uid
        offers = workspace.offers(uid)
        confidences = [offer.confidence for offer in offers]
        assert confidences == sorted(confidences, reverse=True), confidences
        assert [offer.selected for offer in offers].count(True) == 1, offers
        assert offers[0].selected and offers[0].frames == frames, offers[0]
        assert {offer.series_instance_uid for offer in offers} == {uid}


@_check
def a_plugin_that_is_disabled_offers_nothing(workspace: w.Workspace, _practice: Path) -> None:
    uid = series_called(workspace, BLISS).series_instance_uid
    best = workspace.offers(uid)[0].plugin
    workspace.set_plugin_enabled(best, False)
    try:
        assert w.PluginInfo(best, False) in workspace.plugins()
        assert best not in {offer.plugin for offer in workspace.offers(uid)}
        refused("load.no-offer", lambda: workspace.load_series(uid, best))
    finally:
        workspace.set_plugin_enabled(best, True)
    assert workspace.offers(uid)[0].plugin == best
    refused("no-such-plugin", lambda: workspace.set_plugin_enabled("NoSuchPlugin", True))


@_check
def a_volume_is_loaded_with_what_it_came_from(workspace: w.Workspace, _practice: Path) -> None:
    series, item = series_called(workspace, CT), load(workspace, CT)
    assert (item.kind, item.frames, item.sequence_node_id) == (w.VOLUME, 1, ""), item
    assert (item.series_instance_uid, item.modality) == (series.series_instance_uid, "CT")
    assert item.plugin == workspace.offers(series.series_instance_uid)[0].plugin, item.plugin
    assert len(item.instance_uids) == item.dimensions[2] == series.instance_count, item.dimensions
    assert workspace.loaded() == (item,)


@_check
def a_sequence_is_one_item(workspace: w.Workspace, _practice: Path) -> None:
    series, item = series_called(workspace, BLISS), load(workspace, BLISS)
    assert (item.kind, item.frames) == (w.SEQUENCE, 10), item
    assert item.sequence_node_id and item.sequence_node_id != item.node_id
    assert (item.series_instance_uid, item.modality) == (series.series_instance_uid, "MR")
    assert item.dimensions[2] * item.frames == series.instance_count, item.dimensions
    assert workspace.loaded() == (item,)


@_check
def a_series_is_loaded_again_when_asked_for_again(workspace: w.Workspace, _practice: Path) -> None:
    first, second = load(workspace, T2), load(workspace, T2)
    assert first.node_id != second.node_id
    assert [item.node_id for item in workspace.loaded()] == [first.node_id, second.node_id]


@_check
def a_segmentation_is_loaded_over_its_volume(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, BLISS)
    size = "small" if item.dimensions[0] < 300 else "full"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "segmentation.dcm"
        write_instance(make_segmentation(SetKey("breast-mri", size, 0)), file)
        refused("no-such-node", lambda: workspace.load_segmentation(file, UNKNOWN_NODE))
        assert workspace.segmentations() == ()
        loaded = workspace.load_segmentation(file, item.node_id)
        file.write_bytes(b"nothing")
        refused("load.failed", lambda: workspace.load_segmentation(file, item.node_id))
    assert loaded.segments == ("Lesion",) and workspace.segmentations() == (loaded,)
    x, _, z = loaded.center_ras or FAR_AWAY_RAS
    assert 60 < x < 130 and abs(z) < 60, loaded.center_ras  # in the right breast
    assert workspace.loaded() == (item,)
    workspace.close_scene()
    assert workspace.segmentations() == ()


@_check
def what_is_unloaded_is_gone_and_said_to_be(workspace: w.Workspace, _practice: Path) -> None:
    sequence, volume = load(workspace, BLISS), load(workspace, T2)
    workspace.unload(sequence.node_id)
    assert [item.node_id for item in workspace.loaded()] == [volume.node_id]
    for gone in (sequence.node_id, UNKNOWN_NODE):
        refused("no-such-node", lambda gone=gone: workspace.unload(gone))
        refused("no-such-node", lambda gone=gone: workspace.window_level(gone))
        refused("no-such-node", lambda gone=gone: workspace.playback(gone))
        refused("no-such-node", lambda gone=gone: workspace.volume_rendering(gone))
    workspace.close_scene()
    assert workspace.loaded() == ()


# --- views ----------------------------------------------------------------------------------------------------------------


@_views_check
def every_layout_can_be_chosen_and_no_other(workspace: w.Workspace, _practice: Path) -> None:
    for layout in (*w.LAYOUTS, w.FOUR_UP):
        workspace.set_layout(layout)
        assert workspace.layout() == layout, workspace.layout()
    refused("no-such-layout", lambda: workspace.set_layout("seventeen-up"))
    assert workspace.layout() == w.FOUR_UP


@_views_check
def a_layout_has_its_slice_views(workspace: w.Workspace, _practice: Path) -> None:
    wanted = {w.FOUR_UP: 3, w.ONE_UP_3D: 0, w.ONE_UP_RED_SLICE: 1, w.SIDE_BY_SIDE: 2, w.THREE_BY_THREE: 9, w.FOUR_UP_PLOT: 3}
    for layout, count in wanted.items():
        workspace.set_layout(layout)
        names = [view.name for view in workspace.slice_views()]
        assert len(names) == count and names[:3] == [w.RED, w.YELLOW, w.GREEN][:count], (layout, names)
    workspace.set_layout(w.FOUR_UP)


@_views_check
def what_is_loaded_is_on_the_screen(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    item = load(workspace, CT)
    assert {view.volume_node_id for view in workspace.slice_views()} == {item.node_id}


@_views_check
def a_volume_is_shown_in_one_view_or_in_all(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    ct, t2 = load(workspace, CT), load(workspace, T2)
    workspace.show_volume(ct.node_id)
    views = workspace.slice_views()
    assert [view.volume_node_id for view in views] == [ct.node_id] * 3
    assert [view.orientation for view in views] == ["Axial", "Sagittal", "Coronal"], views
    workspace.show_volume(t2.node_id, w.GREEN)
    assert [view.volume_node_id for view in workspace.slice_views()] == [ct.node_id, ct.node_id, t2.node_id]
    refused("no-such-view", lambda: workspace.show_volume(ct.node_id, "Violet"))
    refused("no-such-node", lambda: workspace.show_volume(UNKNOWN_NODE))


@_views_check
def volumes_are_compared_each_in_a_view_of_its_own(workspace: w.Workspace, _practice: Path) -> None:
    items = [load(workspace, word) for word in (CT, T2, STIR, BLISS)]
    for count, layout in ((2, w.SIDE_BY_SIDE), (3, w.FOUR_UP), (4, w.THREE_BY_THREE)):
        workspace.set_slices_linked(True)
        node_ids = [item.node_id for item in items[:count]]
        workspace.compare(node_ids)
        assert workspace.layout() == layout, (count, workspace.layout())
        views = workspace.slice_views()
        assert [view.volume_node_id for view in views][:count] == node_ids
        assert not any(view.linked for view in views)
    refused("no-such-node", lambda: workspace.compare([UNKNOWN_NODE]))
    assert workspace.layout() == w.THREE_BY_THREE
    workspace.set_layout(w.FOUR_UP)


@_views_check
def slices_are_moved_zoomed_linked_and_shown_in_3d(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    workspace.set_slices_linked(False)
    load(workspace, CT)
    before = {view.name: view for view in workspace.slice_views()}
    workspace.set_slice_offset(w.RED, before[w.RED].offset_mm + 10)
    workspace.zoom_slice(w.GREEN, 2)
    after = {view.name: view for view in workspace.slice_views()}
    assert math.isclose(after[w.RED].offset_mm, before[w.RED].offset_mm + 10, abs_tol=0.01)
    assert math.isclose(after[w.GREEN].field_of_view_mm, before[w.GREEN].field_of_view_mm / 2, rel_tol=1e-6)
    assert after[w.YELLOW] == before[w.YELLOW]
    refused("no-such-view", lambda: workspace.set_slice_offset("Violet", 0))
    refused("no-such-view", lambda: workspace.zoom_slice("Violet", 2))
    for value in (True, False):
        workspace.set_slices_linked(value)
        workspace.set_slices_visible_in_3d(value)
        assert {(view.linked, view.visible_in_3d) for view in workspace.slice_views()} == {(value, value)}


@_views_check
def slices_jump_to_a_point(workspace: w.Workspace, _practice: Path) -> None:
    """Slicer's sagittal view looks to the left, so its offset counts against R."""
    workspace.set_layout(w.FOUR_UP)
    load(workspace, CT)
    workspace.jump_slices((-5.0, -7.0, 11.0))
    offsets = [view.offset_mm for view in workspace.slice_views()]
    assert all(math.isclose(a, b, abs_tol=0.01) for a, b in zip(offsets, (11.0, 5.0, -7.0))), offsets


@_views_check
def the_3d_view_turns_about_the_long_axis(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    load(workspace, CT)
    workspace.center_3d_view()
    r, a, s = workspace.camera_3d_ras()
    workspace.rotate_3d_view(90)
    turned = workspace.camera_3d_ras()
    assert all(math.isclose(one, two, abs_tol=0.01 * math.hypot(r, a, s)) for one, two in zip(turned, (-a, r, s))), turned


@_check
def window_and_level_are_set_by_hand_and_by_preset(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, CT)
    workspace.set_window_level(item.node_id, 1234.0, 56.0)
    assert workspace.window_level(item.node_id) == w.WindowLevel(1234.0, 56.0, "")
    assert {"CT_LUNG", "CT_ABDOMEN", "CT_BONE"} <= set(workspace.window_level_presets())
    workspace.apply_window_level_preset(item.node_id, "CT_LUNG")
    assert workspace.window_level(item.node_id) == w.WindowLevel(1400.0, -500.0, "CT_LUNG"), workspace.window_level(item.node_id)
    refused("no-such-preset", lambda: workspace.apply_window_level_preset(item.node_id, "CT_RAINBOW"))


@_views_check
def a_volume_is_rendered_and_hidden_again(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, CT)
    assert workspace.volume_rendering(item.node_id) is None
    workspace.hide_volume_rendering(item.node_id)
    presets = workspace.volume_rendering_presets()
    preset = "CT-Chest-Contrast-Enhanced" if presets else ""
    workspace.show_volume_rendering(item.node_id, preset)
    assert workspace.volume_rendering(item.node_id) == w.VolumeRendering(True, preset)
    workspace.hide_volume_rendering(item.node_id)
    rendering = workspace.volume_rendering(item.node_id)
    assert rendering is not None and not rendering.visible
    if presets:
        refused("no-such-preset", lambda: workspace.show_volume_rendering(item.node_id, "CT-Rainbow"))


@_views_check
def pictures_are_png_or_nothing(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    load(workspace, CT)
    assert (workspace.snapshot(w.RED, 200, 150) or b"").startswith(b"\x89PNG")
    for view in (w.PLOT, w.WHOLE_LAYOUT):
        picture = workspace.snapshot(view, 200, 150)
        assert picture is None or picture.startswith(b"\x89PNG")
    assert workspace.snapshot("Violet") is None


# --- sequences ------------------------------------------------------------------------------------------------------------


@_check
def a_sequence_stands_where_it_was_put(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, BLISS)
    playback = workspace.playback(item.node_id)
    assert (playback.frame, playback.frames, playback.playing) == (0, 10, False), playback
    assert len(playback.values) == 10 and playback.index_name
    workspace.seek_sequence(item.node_id, 7)
    assert workspace.playback(item.node_id).frame == 7
    for frame in (-1, 10):
        refused("no-such-frame", lambda frame=frame: workspace.seek_sequence(item.node_id, frame))
    assert workspace.playback(item.node_id).frame == 7
    workspace.play_sequence(item.node_id)
    workspace.stop_sequence(item.node_id)
    assert not workspace.playback(item.node_id).playing


@_check
def a_volume_is_no_sequence(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, T2)
    for call in (
        workspace.playback,
        workspace.play_sequence,
        workspace.stop_sequence,
        lambda node_id: workspace.seek_sequence(node_id, 0),
        workspace.peak_enhancement_point_ras,
        workspace.steady_enhancement_point_ras,
        lambda node_id: workspace.plot_time_curve(node_id, (0.0, 0.0, 0.0)),
    ):
        refused("not-a-sequence", lambda call=call: call(item.node_id))


# --- measuring ------------------------------------------------------------------------------------------------------------


@_check
def points_and_lines_stay_where_they_were_put(workspace: w.Workspace, _practice: Path) -> None:
    points, lines = len(workspace.marked_points()), len(workspace.marked_lines())
    workspace.mark_point("A", (1.0, 2.0, 3.0))
    workspace.mark_line("B", (0.0, 0.0, 0.0), (3.0, 4.0, 12.0))
    assert len(workspace.marked_points()) == points + 1 and len(workspace.marked_lines()) == lines + 1
    assert workspace.marked_points()[-1] == w.MarkedPoint("A", (1.0, 2.0, 3.0)), workspace.marked_points()
    assert (workspace.marked_lines()[-1].name, round(workspace.marked_lines()[-1].length_mm, 6)) == ("B", 13.0)
    workspace.close_scene()
    assert not workspace.marked_points() and not workspace.marked_lines()


@_check
def a_value_is_that_of_the_image_at_a_point(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, T2)
    assert isinstance(workspace.value_at(item.node_id, (1.0, 2.0, 3.0)), float)
    refused("point-outside", lambda: workspace.value_at(item.node_id, FAR_AWAY_RAS))
    refused("no-such-node", lambda: workspace.value_at("vtkMRMLScalarVolumeNode999", (0.0, 0.0, 0.0)))


@_check
def a_scene_is_saved_where_it_was_asked(workspace: w.Workspace, _practice: Path) -> None:
    load(workspace, T2)
    with tempfile.TemporaryDirectory() as folder:
        path = workspace.save_scene(Path(folder) / "new")
        assert path.is_file() and path.parent.resolve() == (Path(folder) / "new").resolve(), path
        saved = workspace.saved_scene()
        assert saved is not None and saved.resolve() == path.resolve(), saved
    assert workspace.saved_scene() is None or workspace.saved_scene().is_file()


@_check
def what_is_loaded_can_be_written_as_dicom_again(workspace: w.Workspace, _practice: Path) -> None:
    """A new series of the same study that says what is loaded, the same one when it is written again; another series does not."""
    import pydicom

    item = load(workspace, T2)
    sources = workspace.files_of_series(item.series_instance_uid)
    with tempfile.TemporaryDirectory() as folder:
        files = workspace.write_dicom(item.node_id, Path(folder) / "new")
        assert len(files) == item.dimensions[2] and all(Path(folder) in path.parents for path in files), files
        headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in (sources[0], *files)]
        uids = {str(header.SeriesInstanceUID) for header in headers[1:]}
        assert len(uids) == 1 and item.series_instance_uid not in uids
        assert len({str(header.StudyInstanceUID) for header in headers}) == 1
        assert workspace.compare_with_dicom(item.node_id, files).equal
        assert workspace.compare_with_dicom(item.node_id, sources).equal
        again = workspace.write_dicom(item.node_id, Path(folder) / "new")
        assert again == files
        assert {str(pydicom.dcmread(path, stop_before_pixels=True).SeriesInstanceUID) for path in again} == uids
        assert not workspace.compare_with_dicom(item.node_id, files[1:]).equal
        image = pydicom.dcmread(files[0])
        image.PixelData = bytes(len(image.PixelData))
        image.save_as(files[0])
        assert not workspace.compare_with_dicom(item.node_id, files).equal
        (Path(folder) / "file").write_text("in the way", encoding="utf-8")
        refused("write-dicom.failed", lambda: workspace.write_dicom(item.node_id, Path(folder) / "file"))
    refused("no-such-node", lambda: workspace.write_dicom(UNKNOWN_NODE, Path("nowhere")))
    refused("no-such-node", lambda: workspace.compare_with_dicom(UNKNOWN_NODE, sources))


@_views_check
def a_curve_is_measured_kept_and_shown(workspace: w.Workspace, _practice: Path) -> None:
    """The values rise from the first frame, for the point is where they rise most."""
    item = load(workspace, BLISS)
    center = workspace.peak_enhancement_point_ras(item.node_id)
    curve = workspace.plot_time_curve(item.node_id, center, 3.0)
    assert (curve.node_id, curve.center_ras, curve.radius_mm) == (item.node_id, tuple(center), 3.0)
    assert len(curve.times) == len(curve.values) == 10
    assert curve.times[0] == 0.0 and all(later > earlier for earlier, later in zip(curve.times, curve.times[1:])), curve.times
    assert curve.unit in ("s", ""), curve.unit
    if not curve.unit:
        assert curve.times == tuple(map(float, range(10))), curve.times
    assert max(curve.values[1:]) > curve.values[0], curve.values
    assert workspace.time_curves() == (curve,)
    assert workspace.layout() == w.FOUR_UP_PLOT
    refused("point-outside", lambda: workspace.plot_time_curve(item.node_id, FAR_AWAY_RAS))
    assert workspace.time_curves() == (curve,)
    workspace.close_scene()
    assert workspace.time_curves() == ()
    workspace.set_layout(w.FOUR_UP)
