"""Sequences as the measurement made them: settings, times, repeats and holes, in made series of many kinds."""

from __future__ import annotations

import itertools

import numpy as np
import pydicom
import pytest
from synthetic_series import CORONAL, CT, MR, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, VOLUME
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message

PET = "1.2.840.10008.5.1.4.1.1.128"
SECOND_POSITIONS = [(-10.0, -20.0, 31.25 + 2.5 * k) for k in range(4)]


def read(folder):
    (series,) = examine_paths([folder]).series
    return series


def write_volumes(folder, headers, slices=3, private=(), **header):
    """A volume for each header, in the order of acquisition; ``private`` are (group, creator, element, VR, values)."""
    for n, own in enumerate(headers):
        paths = write_series(folder, axial_positions(slices), headers=[own] * slices, first=n * slices, sop_class=MR, **header)
        for path in paths if private else ():
            dataset = pydicom.dcmread(path)
            for group, creator, element, vr, values in private:
                dataset.private_block(group, creator, create=True).add_new(element, vr, values[n])
            write(dataset, path)


def only(folder):
    (candidate,) = read(folder).selected
    return candidate


def first_numbers(candidate):
    return [min(frame.get("InstanceNumber") for frame in stack.frames) for stack in candidate.stacks]


def messages_of(candidate):
    return " ".join(finding_message(finding) for finding in candidate.findings)


# --- diffusion


def test_b0_images_among_the_directions_stay_where_they_were_acquired(tmp_path):
    directions = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.6, 0.8, 0.0]]
    b0 = {"DiffusionBValue": 0.0}
    weighted = [{"DiffusionBValue": 1000.0, "DiffusionGradientOrientation": direction} for direction in directions]
    write_volumes(tmp_path, [b0, b0, weighted[0], weighted[1], b0, weighted[2], weighted[3], b0, b0])
    candidate = only(tmp_path)
    shown = [value.split(" ")[0] for value in candidate.index.values]
    assert shown == ["0", "0", "1000", "1000", "0", "1000", "1000", "0", "0"]
    assert [value for value in candidate.index.values if value.startswith("0")] == ["0", "0 (2)", "0 (3)", "0 (4)", "0 (5)"]
    assert first_numbers(candidate) == [1, 4, 7, 10, 13, 16, 19, 22, 25]


def test_a_lost_image_of_repeated_b0_is_missed_in_its_own_repeat(tmp_path):
    direction = {"DiffusionBValue": 1000.0, "DiffusionGradientOrientation": [1.0, 0.0, 0.0]}
    write_volumes(tmp_path, [{"DiffusionBValue": 0.0}] * 4 + [direction], slices=4)
    (tmp_path / "0006.dcm").unlink()  # the third slice of the second b 0
    candidate = only(tmp_path)
    assert [len(stack.frames) for stack in candidate.stacks] == [4, 3, 4, 4, 4]
    assert candidate.stacks[1].slices[2] is None
    assert "slice 3 of volume 2" in messages_of(candidate)


def test_two_echoes_of_every_weighting_are_in_the_labels(tmp_path):
    headers = [
        {"DiffusionBValue": b, "DiffusionGradientOrientation": direction, "EchoTime": echo}
        for (b, direction), echo in itertools.product(
            [(0.0, [0.0] * 3), (800.0, [1.0, 0.0, 0.0]), (800.0, [0.0, 1.0, 0.0])], (60, 90)
        )
    ]
    write_volumes(tmp_path, headers)
    candidate = only(tmp_path)
    assert candidate.index.name == "DiffusionBValue x EchoTime"
    assert candidate.index.values[:3] == ["0 s/mm2, 60 ms", "0 s/mm2, 90 ms", "800 [1.000 0.000 0.000] s/mm2, 60 ms"]
    assert len(candidate.stacks) == 6


def test_siemens_names_of_weightings_serve_where_private_elements_were_removed(tmp_path):
    write_volumes(tmp_path, [{"SequenceName": name} for name in ("ep_b0", "ep_b0", "ep_b700#1", "ep_b700#2")])
    candidate = only(tmp_path)
    assert (candidate.index.name, candidate.index.values) == ("DiffusionBValue", ["0", "0 (2)", "700 #1", "700 #2"])


def test_a_temporal_position_that_runs_along_does_not_hide_the_weighting(tmp_path):
    headers = [{"DiffusionBValue": b, "TemporalPositionIdentifier": n + 1} for n, b in enumerate((0.0, 400.0, 800.0))]
    write_volumes(tmp_path, headers)
    assert (only(tmp_path).index.name, only(tmp_path).index.values) == ("DiffusionBValue", [0, 400, 800])


# --- labelling


def test_label_and_control_are_named_in_the_order_of_the_measurement(tmp_path):
    headers = [{"TemporalPositionIdentifier": t} for t in (1, 2, 2, 3, 3)]
    labels = ["M_ZERO_SCAN", "LABEL", "CONTROL", "LABEL", "CONTROL"]
    write_volumes(tmp_path, headers, private=[(0x2005, "Philips MR Imaging DD 005", 0x29, "CS", labels)])
    candidate = only(tmp_path)
    assert candidate.index.name == "TemporalPositionIdentifier x ASLContext"
    assert candidate.index.values == ["1, M_ZERO_SCAN", "2, LABEL", "2, CONTROL", "3, LABEL", "3, CONTROL"]
    assert first_numbers(candidate) == [1, 4, 7, 10, 13]


def test_a_calibration_image_before_unnamed_pairs_is_a_frame_of_the_sequence(tmp_path):
    write_volumes(tmp_path, [{"TemporalPositionIdentifier": t} for t in (1, 2, 2, 3, 3)])
    assert only(tmp_path).index.values == ["1", "2", "2 (2)", "3", "3 (2)"]


# --- echoes, phases, and both


def test_echoes_of_every_time_follow_each_other_in_one_sequence(tmp_path):
    headers = [{"TemporalPositionIdentifier": t, "EchoTime": echo} for echo in (12.5, 30.1, 48.0) for t in (1, 2)]
    write_volumes(tmp_path, headers)  # the file numbers run echo by echo
    candidate = only(tmp_path)
    assert candidate.index.name == "TemporalPositionIdentifier x EchoTime"
    assert candidate.index.values == ["1, 12.5 ms", "1, 30.1 ms", "1, 48 ms", "2, 12.5 ms", "2, 30.1 ms", "2, 48 ms"]
    assert candidate.index.unit == ""
    codes = [finding.code for finding in candidate.findings]
    assert codes == ["split-by-time", "split-by-echo"]
    assert "3 echo times" in messages_of(candidate)
    assert "imaged 2 times" in messages_of(candidate)


def test_echo_numbers_are_no_times(tmp_path):
    write_volumes(tmp_path, [{"EchoNumbers": n} for n in (1, 2, 3)])
    candidate = only(tmp_path)
    assert (candidate.index.name, candidate.index.unit, candidate.index.values) == ("EchoNumbers", "", [1, 2, 3])
    assert " ms" not in messages_of(candidate)


@pytest.mark.parametrize("lost", [["0007.dcm"], ["0000.dcm", "0017.dcm"], ["0004.dcm", "0010.dcm", "0013.dcm"]])
def test_echoes_with_lost_images_are_one_sequence_with_holes(tmp_path, lost):
    write_volumes(tmp_path, [{"EchoTime": 5.0 * n} for n in (1, 2, 3)], slices=6)
    for name in lost:
        (tmp_path / name).unlink()
    candidate = only(tmp_path)
    assert (candidate.kind, candidate.index.values) == (SEQUENCE, [5, 10, 15])
    for name in lost:
        echo, k = divmod(int(name[:4]), 6)
        assert candidate.stacks[echo].slices[k] is None
    assert sum(len(stack.frames) for stack in candidate.stacks) == 18 - len(lost)


def write_cine(folder, slices, phases, lost):
    """A cine slice after slice, each with a heart rate of its own; InstanceNumber runs on through the lost images."""
    for k, phase in itertools.product(range(slices), range(phases)):
        if (k, phase) in lost:
            continue
        interval = 700.0 + 45 * k
        number = k * phases + phase
        dataset = slice_dataset(
            number, MR, ImagePositionPatient=[0.0, 0.0, 8.0 * k], TriggerTime=round(interval / phases * phase, 1)
        )
        write(dataset, folder / f"{number:04d}.dcm")


@pytest.mark.parametrize(
    ("slices", "phases", "lost"),
    [
        (3, 8, {(1, 4)}),
        (3, 8, {(0, 0)}),
        (5, 6, {(1, 2), (3, 5)}),
        (4, 10, {(2, 3), (2, 4)}),
        (3, 25, {(1, 11)}),
    ],
)
def test_a_cine_keeps_every_image_at_its_phase(tmp_path, slices, phases, lost):
    write_cine(tmp_path, slices, phases, lost)
    candidate = only(tmp_path)
    assert (candidate.kind, candidate.index.name, candidate.index.unit) == (SEQUENCE, "TriggerTime", "ms")
    assert len(candidate.stacks) == phases
    for phase, stack in enumerate(candidate.stacks):
        for k, frame in enumerate(stack.slices):
            assert (frame is None) == ((k, phase) in lost)
            assert frame is None or frame.get("InstanceNumber") == k * phases + phase + 1


@pytest.mark.parametrize("lost", [{(1, 4)}, {(0, 7)}, {(2, 0)}])
def test_the_rhythm_tells_the_phase_where_the_numbers_do_not(tmp_path, lost):
    write_cine(tmp_path, 3, 8, lost)
    for n, path in enumerate(sorted(tmp_path.glob("*.dcm"))):
        dataset = pydicom.dcmread(path)
        dataset.InstanceNumber = n + 1  # numbered anew after the loss
        write(dataset, path)
    candidate = only(tmp_path)
    holes = {(k, phase) for phase, stack in enumerate(candidate.stacks) for k, frame in enumerate(stack.slices) if frame is None}
    assert holes == lost


def test_velocity_directions_are_sequences_of_their_own_beside_the_magnitude(tmp_path):
    kinds = [("M", "fl3d1"), ("P", "fl3d1_v150rl"), ("P", "fl3d1_v150ap"), ("P", "fl3d1_v150fh")]
    headers = [
        {"ImageType": ["ORIGINAL", "PRIMARY", kind], "SequenceName": name, "TriggerTime": 40.0 * phase}
        for phase in range(4)
        for kind, name in kinds
    ]
    write_volumes(tmp_path, headers)
    selected = read(tmp_path).selected
    assert [candidate.part for candidate in selected] == ["M", "P, rl", "P, ap", "P, fh"]
    assert all(candidate.index.values == [0, 40, 80, 120] for candidate in selected)
    assert {frame.get("SequenceName") for stack in selected[2].stacks for frame in stack.frames} == {"fl3d1_v150ap"}


# --- times


@pytest.mark.parametrize(
    ("start", "dates"),
    [
        ("20260131", ("20260131", "20260131", "20260201", "20260201")),
        ("20251231", ("20251231", "20251231", "20260101", "20260101")),
        ("20240229", ("20240229", "20240229", "20240301", "20240301")),
        ("none", (None, None, None, None)),
        ("stood still", ("20260101",) * 4),
    ],
)
def test_times_run_on_over_midnight_and_the_ends_of_months_and_years(tmp_path, start, dates):
    clock = ("235940", "235955.5", "000011", "000026.5")
    order = (2, 0, 3, 1)  # the files are numbered in another order
    headers = [{"AcquisitionTime": clock[n], **({"AcquisitionDate": dates[n]} if dates[n] else {})} for n in order]
    write_volumes(tmp_path, headers)
    candidate = only(tmp_path)
    assert (candidate.index.name, candidate.index.unit) == ("AcquisitionTime", "s")
    assert candidate.index.values == [0, 15.5, 31, 46.5]
    assert [stack.frames[0].get("AcquisitionTime") for stack in candidate.stacks] == list(clock)


def test_time_zones_are_reckoned_with(tmp_path):
    moments = ["20260329015950+0100", "20260329030010+0200", "20260329030030+0200"]
    write_volumes(tmp_path, [{"AcquisitionDateTime": moment} for moment in moments])
    assert only(tmp_path).index.values == [0, 20, 40]


def test_dynamic_pet_goes_by_the_time_its_values_are_for(tmp_path):
    for n, reference in enumerate((30000.0, 90000.0, 210000.0)):
        for path in write_series(tmp_path, axial_positions(3), first=3 * n, sop_class=PET, Modality="PT"):
            dataset = pydicom.dcmread(path)
            dataset.FrameReferenceTime, dataset.AcquisitionTime = reference, "101500"
            write(dataset, path)
    candidate = only(tmp_path)
    assert (candidate.index.name, candidate.index.unit) == ("FrameReferenceTime", "ms")
    assert candidate.index.values == [30000, 90000, 210000]


def test_a_shuttled_ct_is_one_sequence_over_all_its_slices(tmp_path):
    """To and fro between two table positions: passes A B B A A B B A, each with a number of its own."""
    blocks = {"A": [(0.0, 0.0, 5.0 * k) for k in range(4)], "B": [(0.0, 0.0, 5.0 * k) for k in range(4, 8)]}
    for n, block in enumerate("ABBAABBA"):
        write_series(
            tmp_path, blocks[block], first=4 * n, sop_class=CT, AcquisitionNumber=n + 1, AcquisitionTime=f"1200{2 * n:02d}"
        )
    candidate = only(tmp_path)
    assert (candidate.kind, [len(stack.frames) for stack in candidate.stacks]) == (SEQUENCE, [8] * 4)
    assert candidate.index.name == "AcquisitionTime"
    numbers = [[frame.get("AcquisitionNumber") for frame in stack.frames] for stack in candidate.stacks]
    assert numbers == [[1] * 4 + [2] * 4, [4] * 4 + [3] * 4, [5] * 4 + [6] * 4, [8] * 4 + [7] * 4]


# --- what must not be mixed


def test_three_patients_under_one_series_are_three_series(tmp_path):
    for n, patient in enumerate(("A", "B", "C")):
        positions = [(0.0, 0.0, 3.0 * k + n) for k in range(5)]
        write_series(tmp_path, positions, first=10 * n, PatientID=patient, PatientName=f"Name^{patient}")
    found = examine_paths([tmp_path]).series
    assert [series.get("PatientID") for series in found] == ["A", "B", "C"]
    for series in found:
        (candidate,) = series.selected
        assert {frame.get("PatientID") for frame in candidate.stacks[0].frames} == {series.get("PatientID")}
        assert candidate.stacks[0].grid.spacing_mm[2] == pytest.approx(3)
        assert "3 patients" in messages_of(candidate)


@pytest.mark.parametrize(
    "differing",
    [
        {"PatientBirthDate": ("19500101", "19800202")},
        {"PatientName": ("Doe^Jane", "Roe^Richard")},
        {"StudyInstanceUID": ("1.2.3", "1.2.4")},
        {"Modality": ("CT", "PT")},
    ],
)
def test_files_that_differ_in_identity_are_not_one_series(tmp_path, differing):
    for n in (0, 1):
        write_series(
            tmp_path, axial_positions(4) if n else SECOND_POSITIONS, first=10 * n, **{k: v[n] for k, v in differing.items()}
        )
    found = examine_paths([tmp_path]).series
    assert [len(series.selected[0].stacks[0].frames) for series in found] == [4, 4]
    assert all("identity-mixed" in {finding.code for finding in series.selected[0].findings} for series in found)


@pytest.mark.parametrize("differing", [{"FrameOfReferenceUID": ("1.2.3.8", "1.2.3.9")}, {"SeriesNumber": (5, 6)}])
def test_frames_of_reference_and_series_numbers_are_parts_of_their_own(tmp_path, differing):
    for n in (0, 1):
        write_series(
            tmp_path, axial_positions(4) if n else SECOND_POSITIONS, first=10 * n, **{k: v[n] for k, v in differing.items()}
        )
    series = read(tmp_path)
    assert [(candidate.kind, len(candidate.stacks[0].frames)) for candidate in series.selected] == [(VOLUME, 4)] * 2
    assert all(candidate.findings[0].code == "identity-mixed" for candidate in series.selected)
    (keyword,) = differing
    for candidate in series.selected:
        assert len({frame.get(keyword) for frame in candidate.stacks[0].frames}) == 1


def test_one_name_spelled_in_two_ways_is_one_patient(tmp_path):
    write_series(tmp_path, axial_positions(6), headers=[{"PatientName": name} for name in ("Doe^Jane", "DOE^JANE^^") * 3])
    assert len(only(tmp_path).stacks[0].frames) == 6


def test_a_frame_of_reference_for_every_file_is_none(tmp_path):
    write_series(tmp_path, axial_positions(5), headers=[{"FrameOfReferenceUID": f"1.2.3.9.{n}"} for n in range(5)])
    assert len(only(tmp_path).stacks[0].frames) == 5


def test_series_without_uids_are_told_apart_by_description_alone(tmp_path):
    for n, description in enumerate(("T1", "T2")):
        write_series(
            tmp_path, axial_positions(4), first=10 * n, SeriesInstanceUID=None, SeriesNumber=None, SeriesDescription=description
        )
    assert [series.get("SeriesDescription") for series in examine_paths([tmp_path]).series] == ["T1", "T2"]


def test_grey_and_palette_slices_are_never_in_one_volume(tmp_path):
    write_series(tmp_path, axial_positions(4))
    write_series(tmp_path, SECOND_POSITIONS, first=10, PhotometricInterpretation="PALETTE COLOR")
    selected = read(tmp_path).selected
    assert [candidate.part for candidate in selected] == ["MONOCHROME2", "PALETTE COLOR"]
    assert "2 kinds of pixels (MONOCHROME2, PALETTE COLOR)" in messages_of(selected[0])


# --- duplicates


def test_copies_under_new_names_are_used_once(tmp_path):
    for n, path in enumerate(write_series(tmp_path, axial_positions(5))):
        dataset = pydicom.dcmread(path)
        dataset.SOPInstanceUID = f"1.2.99.{n}"
        write(dataset, tmp_path / f"copy{n}.dcm")
    series = read(tmp_path)
    assert len(series.selected[0].stacks[0].frames) == 5
    assert sorted(file.path.name for file in series.skipped) == [f"copy{n}.dcm" for n in range(5)] or len(series.skipped) == 5
    assert {file.finding.code for file in series.skipped} == {"duplicate-instance"}


def test_blank_slices_of_a_dynamic_are_no_copies(tmp_path):
    for path in (
        *write_series(tmp_path, axial_positions(3), sop_class=MR),
        *write_series(tmp_path, axial_positions(3), first=3, sop_class=MR),
    ):
        dataset = pydicom.dcmread(path)
        dataset.PixelData = bytes(len(dataset.PixelData))
        write(dataset, path)
    candidate = only(tmp_path)
    assert [len(stack.frames) for stack in candidate.stacks] == [3, 3]
    assert read(tmp_path).skipped == []


def test_equal_pixels_at_another_place_are_no_copy(tmp_path):
    paths = write_series(tmp_path, axial_positions(4), SOPInstanceUID="1.2.3.77")
    pixels = pydicom.dcmread(paths[0]).PixelData
    for path in paths:
        dataset = pydicom.dcmread(path)
        dataset.PixelData = pixels
        write(dataset, path)
    series = read(tmp_path)
    assert len(series.selected[0].stacks[0].frames) == 4
    assert series.skipped == []


# --- many


@pytest.mark.parametrize("kind", ["orientations", "offsets"])
def test_time_grows_with_the_number_of_geometries_not_its_square(tmp_path, kind):
    """Comparisons are counted, not seconds: each point is held against the few leads in the cells beside its own."""
    from DICOMTutorialHelperLib.dicom import nearby

    count = 20_000
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    if kind == "orientations":
        points = np.stack([np.cos(angles), np.sin(angles), 0 * angles, -np.sin(angles), np.cos(angles), 0 * angles], axis=1) * 10
    else:
        points = np.stack([np.arange(count) * 0.5, 0 * angles, 0 * angles], axis=1)
    compared = []
    original = nearby._first_within
    nearby._first_within = lambda points, candidates, *rest: (
        compared.append(len(candidates)) or original(points, candidates, *rest)
    )
    try:
        leads = nearby.near_leads(points, 0.001)
    finally:
        nearby._first_within = original
    assert len(set(leads)) == count
    assert sum(compared) < 100 * count


def test_a_coronal_stack_beside_another_frame_of_reference_is_named_by_both(tmp_path):
    write_series(tmp_path, axial_positions(4), FrameOfReferenceUID="1.2.3.8")
    write_series(tmp_path, [(0, 2.0 * k, 0) for k in range(4)], CORONAL, first=10, FrameOfReferenceUID="1.2.3.9")
    assert [candidate.part for candidate in read(tmp_path).selected] == [
        "frame of reference 1, axial",
        "frame of reference 2, coronal",
    ]


def test_most_images_are_never_set_aside_whatever_the_pattern(tmp_path):
    """Nothing but numbers, and another count at every position."""
    number = 0
    for k, count in enumerate((9, 2, 5, 1, 7)):
        write_series(tmp_path, [(0.0, 0.0, 4.0 * k)] * count, first=number, sop_class=MR)
        number += count
    selected = read(tmp_path).selected
    assert sum(len(stack.frames) for candidate in selected for stack in candidate.stacks) == number


def test_directions_of_flow_without_a_word_on_them_are_repeats_of_their_phase(tmp_path):
    write_volumes(tmp_path, [{"TriggerTime": time} for time in (0.0, 50.0, 100.0) for _ in range(2)])
    assert only(tmp_path).index.values == ["0", "0 (2)", "50", "50 (2)", "100", "100 (2)"]


def test_series_of_one_number_differ_in_description_and_time(tmp_path):
    for n, (description, time) in enumerate((("T1 before", "100000"), ("T1 after", "101500"))):
        positions = axial_positions(4) if n else SECOND_POSITIONS
        write_series(tmp_path, positions, first=10 * n, SeriesDescription=description, SeriesTime=time)
    assert [candidate.part for candidate in read(tmp_path).selected] == ["T1 before", "T1 after"]


def test_an_exam_that_stopped_within_a_volume_is_told_by_its_numbers_alone(tmp_path):
    write_volumes(tmp_path, [{}] * 4, slices=5)
    for name in ("0018.dcm", "0019.dcm"):
        (tmp_path / name).unlink()
    candidate = only(tmp_path)
    assert [len(stack.frames) for stack in candidate.stacks] == [5, 5, 5, 3]
    assert [frame is None for frame in candidate.stacks[3].slices] == [False] * 3 + [True] * 2
