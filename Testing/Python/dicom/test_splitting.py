"""How series are read: as which volumes and sequences, and why."""

from __future__ import annotations

import pydicom
import pytest
from synthetic_series import AXIAL, CORONAL, MR, SAGITTAL, XRAY, axial_positions, write, write_series

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, VOLUME
from DICOMTutorialHelperLib.dicom.examine import examine_paths


def read(folder):
    (series,) = examine_paths([folder]).series
    return series


def codes(candidate) -> list[str]:
    return [finding.code for finding in candidate.findings]


def write_frames(folder, headers, count=4, **header):
    """The same positions once for every member of ``headers``."""
    for n, own in enumerate(headers):
        write_series(folder, axial_positions(count), headers=[own] * count, first=n * count, sop_class=MR, **header)


def test_acquisition_numbers_that_merely_count_slices_split_nothing(tmp_path):
    write_series(tmp_path, axial_positions(21), headers=[{"AcquisitionNumber": n} for n in range(21)])
    (candidate,) = read(tmp_path).candidates
    assert (candidate.kind, candidate.confidence, codes(candidate)) == (VOLUME, 0.6, [])


@pytest.mark.parametrize(
    ("keyword", "values", "expected", "unit", "code"),
    [
        ("TemporalPositionIdentifier", [1, 2, 3], [1, 2, 3], "", "split-by-time"),
        ("TriggerTime", [0, 62.5, 125], [0, 62.5, 125], "ms", "split-by-time"),
        ("AcquisitionTime", ["095958.5", "100002", "100100"], [0, 3.5, 61.5], "s", "split-by-time"),
        ("ContentTime", ["100000", "100002.25", "100100"], [0, 2.25, 60], "s", "split-by-time"),
        ("EchoTime", [4.6, 9.2, 13.8], [4.6, 9.2, 13.8], "ms", "split-by-echo"),
        ("DiffusionBValue", [0.0, 500.0, 1000.0], [0, 500, 1000], "s/mm2", "split-by-diffusion"),
        ("FlipAngle", [2, 10, 20], [2, 10, 20], "deg", "split-by-flip-angle"),
        ("InversionTime", [100, 400, 900], [100, 400, 900], "ms", "split-by-inversion-time"),
        ("ImageType", [["ORIGINAL", "PRIMARY", part] for part in "MPR"], ["M", "P", "R"], "", "split-by-image-type"),
        ("AcquisitionNumber", [1, 2, 3], [1, 2, 3], "", "split-by-acquisition"),
    ],
)
def test_what_tells_equal_stacks_apart_is_the_index_of_a_sequence(tmp_path, keyword, values, expected, unit, code):
    write_frames(tmp_path, [{keyword: value} for value in values])
    best = read(tmp_path).candidates[0]
    assert (best.kind, best.confidence, best.selected) == (SEQUENCE, 1.1, True)
    assert (best.index.name, best.index.unit, best.index.values) == (keyword, unit, expected)
    assert codes(best) == [code]
    assert [len(stack.frames) for stack in best.stacks] == [4, 4, 4]


def test_frames_come_in_the_order_of_the_index_whatever_the_instance_numbers(tmp_path):
    write_frames(tmp_path, [{"TriggerTime": time} for time in (300, 100, 200)])
    best = read(tmp_path).candidates[0]
    assert best.index.values == [100, 200, 300]
    assert [stack.frames[0].get("InstanceNumber") for stack in best.stacks] == [5, 9, 1]


def test_the_best_of_several_explanations_is_the_one_offered(tmp_path):
    write_frames(
        tmp_path,
        [{"TriggerTime": n * 60, "AcquisitionTime": f"1000{n:02d}", "ContentTime": f"1100{n:02d}"} for n in range(3)],
    )
    sequences = [candidate for candidate in read(tmp_path).candidates if candidate.kind == SEQUENCE]
    assert [candidate.index.name for candidate in sequences] == ["TriggerTime"]


def test_a_setting_that_changed_with_the_clock_is_the_reason_not_the_clock(tmp_path):
    write_frames(tmp_path, [{"EchoTime": 5.0 * n, "AcquisitionTime": f"1000{n:02d}"} for n in (1, 2, 3)])
    assert read(tmp_path).candidates[0].index.name == "EchoTime"


def test_vendor_elements_tell_frames_apart_where_nothing_else_does(tmp_path):
    count = 4
    for n in range(3):
        for path in write_series(tmp_path, axial_positions(count), first=n * count, sop_class=MR):
            dataset = pydicom.dcmread(path)
            block = dataset.private_block(0x2001, "Philips Imaging DD 001", create=True)
            block.add_new(0x08, "IS", n + 1)
            write(dataset, path)
    best = read(tmp_path).candidates[0]
    assert (best.kind, best.index.name, best.index.values) == (SEQUENCE, "PhaseNumber", [1, 2, 3])


def test_directions_of_one_b_value_are_told_apart_by_their_gradient(tmp_path):
    gradients = [(0.0, [0.0, 0.0, 0.0]), (1000.0, [1.0, 0.0, 0.0]), (1000.0, [0.0, 1.0, 0.0])]
    write_frames(tmp_path, [{"DiffusionBValue": b, "DiffusionGradientOrientation": g} for b, g in gradients])
    best = read(tmp_path).candidates[0]
    assert best.kind == SEQUENCE
    assert best.index.values == ["0", "1000 [1.000 0.000 0.000]", "1000 [0.000 1.000 0.000]"]


def test_times_of_single_slices_order_the_frames_of_every_position(tmp_path):
    """As in an EPI series, where every slice has a time of its own."""
    count = 4
    for n in range(3):
        headers = [{"AcquisitionTime": f"1000{n * 2:02d}.{k}"} for k in range(count)]
        write_series(tmp_path, axial_positions(count), headers=headers, first=n * count, sop_class=MR)
    best = read(tmp_path).candidates[0]
    assert (best.kind, best.index.name, best.index.values) == (SEQUENCE, "AcquisitionTime", [0, 2, 4])


def test_equal_stacks_that_only_numbers_tell_apart_follow_each_other_by_number(tmp_path):
    write_frames(tmp_path, [{}, {}, {}])
    best = read(tmp_path).candidates[0]
    assert (best.kind, best.index.name, codes(best)) == (SEQUENCE, "InstanceNumber", ["split-by-instance-number"])
    assert [stack.frames[0].get("InstanceNumber") for stack in best.stacks] == [1, 5, 9]


def test_magnitude_and_phase_of_every_cardiac_phase_are_two_sequences(tmp_path):
    kinds = [["ORIGINAL", "PRIMARY", part] for part in "MP"]
    write_frames(tmp_path, [{"ImageType": kind, "TriggerTime": time} for kind in kinds for time in (0, 50, 100)])
    selected = read(tmp_path).selected
    assert [(candidate.kind, candidate.part) for candidate in selected] == [(SEQUENCE, "M"), (SEQUENCE, "P")]
    assert all(candidate.index.values == [0, 50, 100] for candidate in selected)


def test_an_exam_that_was_stopped_keeps_its_last_frame_with_holes(tmp_path):
    write_frames(tmp_path, [{"TemporalPositionIdentifier": n} for n in (1, 2, 3)], count=6)
    (tmp_path / "0017.dcm").unlink()
    best = read(tmp_path).candidates[0]
    assert best.kind == SEQUENCE
    assert [len(stack.frames) for stack in best.stacks] == [6, 6, 5]
    assert best.stacks[2].slices[5] is None
    assert codes(best) == ["split-by-time", "missing-slices"]


@pytest.mark.parametrize("dynamic", [False, True])
def test_both_breasts_in_one_sagittal_series_are_left_and_right(tmp_path, dynamic):
    right = [(x, 0.0, 0.0) for x in range(-120, -60, 6)]
    left = [(x, 0.0, 0.0) for x in range(60, 120, 6)]
    times = (0, 60, 120) if dynamic else (0,)
    for n, time in enumerate(times):
        write_series(tmp_path, right + left, SAGITTAL, first=20 * n, sop_class=MR, TriggerTime=time)
    selected = read(tmp_path).selected
    assert {candidate.part for candidate in selected} == {"left", "right"}
    for candidate in selected:
        assert candidate.kind == (SEQUENCE if dynamic else VOLUME)
        assert len(candidate.stacks) == len(times)
        xs = [frame.plane.position_lps[0] for frame in candidate.stacks[0].frames]
        assert all(x > 0 for x in xs) if candidate.part == "left" else all(x < 0 for x in xs)
        assert "split-by-stack" in codes(candidate)
        assert None not in candidate.stacks[0].slices


def test_a_breast_that_was_not_imaged_the_last_time_shortens_its_own_sequence_only(tmp_path):
    right = [(x, 0.0, 0.0) for x in range(-120, -60, 6)]
    left = [(x, 0.0, 0.0) for x in range(60, 120, 6)]
    for n, time in enumerate((0, 60, 120)):
        positions = right + left if time < 120 else right
        write_series(tmp_path, positions, SAGITTAL, first=20 * n, sop_class=MR, TriggerTime=time)
    by_side = {candidate.part: candidate for candidate in read(tmp_path).selected}
    assert by_side["right"].index.values == [0, 60, 120]
    assert by_side["left"].index.values == [0, 60]
    assert "missing-slices" in codes(by_side["left"])
    assert "missing-slices" not in codes(by_side["right"])


def test_a_localizer_inside_a_series_is_set_aside_and_still_on_offer(tmp_path):
    write_series(tmp_path, axial_positions(12))
    write_series(tmp_path, [(0, 0, 0)], CORONAL, first=50, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    series = read(tmp_path)
    (main,) = series.selected
    assert len(main.stacks[0].frames) == 12
    assert codes(main) == ["localizer-set-aside"]
    (aside,) = [candidate for candidate in series.candidates if not candidate.selected]
    assert aside.part == "localizer"
    assert aside.confidence < main.confidence


def test_a_lone_slice_across_a_long_stack_is_a_localizer_though_nothing_says_so(tmp_path):
    write_series(tmp_path, axial_positions(12))
    write_series(tmp_path, [(0, 0, 0)], SAGITTAL, first=50)
    (main,) = read(tmp_path).selected
    assert (len(main.stacks[0].frames), codes(main)) == (12, ["localizer-set-aside"])


def test_stacks_side_by_side_in_one_plane_are_two_volumes(tmp_path):
    write_series(tmp_path, [(-90, 0, z) for z in range(5)], sop_class=MR)
    write_series(tmp_path, [(30, 0, z) for z in range(5)], first=10, sop_class=MR)
    selected = read(tmp_path).selected
    assert {candidate.part: candidate.stacks[0].frames[0].plane.position_lps[0] for candidate in selected} == {
        "left": 30,
        "right": -90,
    }


def test_a_split_that_leaves_patchwork_is_not_made(tmp_path):
    """A few slices were taken again, with another acquisition number: one volume with duplicates, not one and a torn one."""
    write_series(tmp_path, axial_positions(12), AcquisitionNumber=1)
    again = [axial_positions(12)[k] for k in (1, 2, 5, 9)]
    write_series(tmp_path, again, first=40, AcquisitionNumber=2)
    series = read(tmp_path)
    (main,) = series.selected
    assert len(main.stacks[0].frames) == 12
    assert codes(main) == ["duplicate-positions"]
    (aside,) = [candidate for candidate in series.candidates if not candidate.selected]
    assert (aside.part, len(aside.stacks[0].frames)) == ("repeated slices", 4)


def test_b_values_typed_in_by_an_operator_lose_the_mark_that_ge_adds(tmp_path):
    for n, b_value in enumerate((1_000_000_000, 1_000_000_800)):
        for path in write_series(tmp_path, axial_positions(4), first=4 * n, sop_class=MR):
            dataset = pydicom.dcmread(path)
            dataset.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0x39, "IS", [b_value, 8, 0, 0])
            write(dataset, path)
    best = read(tmp_path).candidates[0]
    assert (best.index.name, best.index.values) == ("DiffusionBValue", [0, 800])


def test_a_series_of_localizers_alone_is_loaded(tmp_path):
    for n, orientation in enumerate((AXIAL, SAGITTAL, CORONAL)):
        write_series(tmp_path, [(0, 0, 0)], orientation, first=n, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    assert sorted(candidate.part for candidate in read(tmp_path).selected) == ["axial", "coronal", "sagittal"]


def test_orientations_and_sizes_are_split_together(tmp_path):
    write_series(tmp_path, axial_positions(4))
    write_series(tmp_path, axial_positions(4, 3.0), first=10, rows=10, columns=8, PixelSpacing=[0.4, 0.35])
    write_series(tmp_path, [(0, y, 0) for y in range(4)], CORONAL, first=20)
    selected = read(tmp_path).selected
    assert [len(candidate.stacks[0].frames) for candidate in selected] == [4, 4, 4]
    assert {code for candidate in selected for code in codes(candidate)} == {"split-by-orientation", "split-by-size"}
    assert len({candidate.confidence for candidate in selected}) == 1


def test_slices_that_lie_on_others_for_no_reason_are_named_and_the_first_is_kept(tmp_path):
    write_series(tmp_path, axial_positions(10))
    write_series(tmp_path, axial_positions(10)[4:6], first=40)
    (candidate,) = read(tmp_path).selected
    assert [frame.get("InstanceNumber") for frame in candidate.stacks[0].frames] == list(range(1, 11))
    (finding,) = candidate.findings
    assert (finding.code, finding.severity) == ("duplicate-positions", "warning")
    assert finding.evidence["files"] == ["0040.dcm", "0041.dcm"]


def test_the_same_file_twice_is_used_once(tmp_path):
    first, *_ = write_series(tmp_path, axial_positions(5))
    (tmp_path / "copy.dcm").write_bytes(first.read_bytes())
    series = read(tmp_path)
    assert [file.finding.code for file in series.skipped] == ["duplicate-instance"]
    assert len(series.selected[0].stacks[0].frames) == 5


def test_two_reconstructions_of_one_scan_are_two_volumes(tmp_path):
    for n, kernel in enumerate(("B30f", "B70f")):
        write_series(tmp_path, axial_positions(5), first=10 * n, ConvolutionKernel=kernel)
    selected = read(tmp_path).selected
    assert [(candidate.kind, candidate.part) for candidate in selected] == [(VOLUME, "B30f"), (VOLUME, "B70f")]


def test_interleaved_acquisitions_on_grids_of_their_own_are_two_volumes(tmp_path):
    write_series(tmp_path, axial_positions(6, 3.0), AcquisitionNumber=1)
    write_series(tmp_path, [(-10, -20, 31.1 + 3 * k) for k in range(6)], first=10, AcquisitionNumber=2)
    selected = read(tmp_path).selected
    assert [len(candidate.stacks[0].frames) for candidate in selected] == [6, 6]
    assert all(codes(candidate) == ["split-by-acquisition"] for candidate in selected)


def test_images_of_one_place_are_a_film_of_a_slice(tmp_path):
    write_series(tmp_path, [(0, 0, 0)] * 4, headers=[{"AcquisitionNumber": n} for n in (12, 13, 14, 15)])
    best = read(tmp_path).candidates[0]
    assert (best.kind, best.index.values) == (SEQUENCE, [12, 13, 14, 15])
    assert codes(best) == ["split-by-acquisition", "single-slice"]


def test_frames_of_a_sequence_are_offered_one_by_one_but_not_selected(tmp_path):
    write_frames(tmp_path, [{"TriggerTime": time} for time in (0, 50, 100)])
    best, *others = read(tmp_path).candidates
    assert [candidate.kind for candidate in others] == [VOLUME] * 3
    assert not any(candidate.selected for candidate in others)
    assert all(candidate.confidence < 0.5 < best.confidence for candidate in others)


def test_x_rays_of_one_series_are_single_images(tmp_path):
    for n in range(2):
        write_series(
            tmp_path, [(0, 0, 0)], first=n, sop_class=XRAY, ImagerPixelSpacing=[0.2, 0.2],
            **dict.fromkeys(("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing")),
        )  # fmt: skip
        remove_geometry(tmp_path / f"{n:04d}.dcm")
    selected = read(tmp_path).selected
    assert [candidate.stacks[0].grid.dimensions for candidate in selected] == [(4, 5, 1)] * 2
    assert selected[0].stacks[0].grid.spacing_mm[:2] == pytest.approx((0.2, 0.2))
    assert codes(selected[0]) == ["missing-geometry"]
    assert selected[0].confidence == 0.6


def test_slices_that_do_not_say_where_they_lie_are_an_error(tmp_path):
    for path in write_series(tmp_path, axial_positions(5)):
        remove_geometry(path)
    (candidate,) = read(tmp_path).candidates
    assert candidate.has_error
    assert candidate.confidence < 0.5


def test_one_slice_without_a_position_does_not_keep_the_others_from_loading(tmp_path):
    paths = write_series(tmp_path, axial_positions(6))
    remove_geometry(paths[-1])
    series = read(tmp_path)
    (main,) = series.selected
    assert len(main.stacks[0].frames) == 5
    assert codes(main) == ["missing-geometry"]
    assert main.findings[0].evidence["files"] == ["0005.dcm"]


def remove_geometry(path):
    dataset = pydicom.dcmread(path)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient"):
        if keyword in dataset:
            delattr(dataset, keyword)
    write(dataset, path)
