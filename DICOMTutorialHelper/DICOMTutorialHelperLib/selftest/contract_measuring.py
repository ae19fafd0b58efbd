"""What every Workspace holds of sequences, of measuring, and of what is written of it."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from DICOMTutorialHelperLib.selftest.contract_checks import (
    BLISS,
    CT,
    FAR_AWAY_RAS,
    STIR,
    T2,
    UNKNOWN_NODE,
    check,
    load,
    refused,
    views_check,
)
from DICOMTutorialHelperLib.workspace import interface as w

# --- sequences


@check
def a_sequence_stands_where_it_was_put(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, BLISS)
    playback = workspace.playback(item.node_id)
    assert (playback.frame, playback.frames, playback.playing) == (0, 10, False), playback
    assert len(playback.values) == 10 and playback.index_name
    workspace.seek_sequence(item.node_id, 7)
    assert workspace.playback(item.node_id).frame == 7
    for frame in (-1, 10):
        refused("no-such-frame", partial(workspace.seek_sequence, item.node_id, frame))
    assert workspace.playback(item.node_id).frame == 7
    workspace.play_sequence(item.node_id)
    workspace.stop_sequence(item.node_id)
    assert not workspace.playback(item.node_id).playing


@check
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
        refused("not-a-sequence", partial(call, item.node_id))


# --- measuring


@check
def points_and_lines_stay_where_they_were_put(workspace: w.Workspace, _practice: Path) -> None:
    points, lines = len(workspace.marked_points()), len(workspace.marked_lines())
    workspace.mark_point("A", (1.0, 2.0, 3.0))
    workspace.mark_line("B", (0.0, 0.0, 0.0), (3.0, 4.0, 12.0))
    assert len(workspace.marked_points()) == points + 1 and len(workspace.marked_lines()) == lines + 1
    assert workspace.marked_points()[-1] == w.MarkedPoint("A", (1.0, 2.0, 3.0)), workspace.marked_points()
    assert (workspace.marked_lines()[-1].name, round(workspace.marked_lines()[-1].length_mm, 6)) == ("B", 13.0)
    workspace.close_scene()
    assert not workspace.marked_points() and not workspace.marked_lines()


@check
def points_and_lines_are_shown_with_the_images_of_their_study(workspace: w.Workspace, _practice: Path) -> None:
    ct, mri, another = load(workspace, CT), load(workspace, T2), load(workspace, STIR)
    workspace.show_volume(ct.node_id)
    workspace.mark_point("A", (1.0, 2.0, 3.0), ct.node_id)
    workspace.mark_line("B", (0.0, 0.0, 0.0), (3.0, 4.0, 12.0), ct.node_id)
    workspace.mark_point("C", (0.0, 0.0, 0.0))
    assert workspace.marks_follow_images() == ()
    workspace.show_volume(mri.node_id)
    assert sorted(workspace.marks_follow_images()) == ["A", "B"]
    assert len(workspace.marked_points()) == 2 and len(workspace.marked_lines()) == 1, "they are hidden, not gone"
    workspace.mark_point("D", (0.0, 0.0, 0.0), mri.node_id)
    workspace.show_volume(another.node_id)
    assert sorted(workspace.marks_follow_images()) == ["A", "B"]
    workspace.show_volume(ct.node_id)
    assert workspace.marks_follow_images() == ("D",)
    workspace.compare([ct.node_id, mri.node_id])
    assert workspace.marks_follow_images() == ()


@check
def a_value_is_that_of_the_image_at_a_point(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, T2)
    assert isinstance(workspace.value_at(item.node_id, (1.0, 2.0, 3.0)), float)
    refused("point-outside", lambda: workspace.value_at(item.node_id, FAR_AWAY_RAS))
    refused("no-such-node", lambda: workspace.value_at("vtkMRMLScalarVolumeNode999", (0.0, 0.0, 0.0)))


@check
def a_scene_is_saved_where_it_was_asked(workspace: w.Workspace, _practice: Path) -> None:
    load(workspace, T2)
    with tempfile.TemporaryDirectory() as folder:
        path = workspace.save_scene(Path(folder) / "new")
        assert path.is_file() and path.parent.resolve() == (Path(folder) / "new").resolve(), path
        saved = workspace.saved_scene()
        assert saved is not None and saved.resolve() == path.resolve(), saved
    left = workspace.saved_scene()
    assert left is None or left.is_file()


@check
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


@views_check
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
