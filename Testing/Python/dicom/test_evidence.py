"""What findings say, all of it: every number, file name and reason of the evidence, as the series was written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.uid import JPEGBaseline8Bit, JPEGLosslessSV1
from synthetic_series import CT, MR, XRAY, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING


def findings(folder, code: str) -> list[tuple[str, dict[str, Any]]]:
    """Severity and evidence of the findings of one code among all candidates that are selected."""
    candidates = [candidate for series in examine_paths([folder]).series for candidate in series.selected]
    found = [
        (finding.severity, finding.evidence) for candidate in candidates for finding in candidate.findings if finding.code == code
    ]
    return found


def only(folder, code: str) -> tuple[str, dict[str, Any]]:
    (found,) = findings(folder, code)
    return found


def without(positions, *missing):
    return [position for k, position in enumerate(positions) if k not in missing]


# --- slices ------------------------------------------------------------------------------------------------------------------


def test_missing_slices_are_numbered_from_one_with_the_files_on_both_sides(tmp_path):
    """Of twelve, the 3rd, and the 7th and 8th: files are numbered as written, from 0."""
    write_series(tmp_path, without(axial_positions(12), 2, 6, 7))
    assert only(tmp_path, "missing-slices") == (
        WARNING,
        {
            "reason": "",
            "count": 3,
            "of": 12,
            "slices": [3, 7, 8],
            "between": [["0001.dcm", "0002.dcm"], ["0004.dcm", "0005.dcm"]],
        },
    )


def test_duplicates_are_told_with_their_positions_and_the_files_left_out(tmp_path):
    positions = axial_positions(5)
    positions[3:3] = [positions[2]] * 2
    positions.append(positions[-1])
    write_series(tmp_path, positions)
    assert only(tmp_path, "duplicate-positions") == (
        WARNING,
        {"count": 3, "positions_mm": [35.0, 40.0], "files": ["0003.dcm", "0004.dcm", "0007.dcm"]},
    )


@pytest.mark.parametrize(("moved_mm", "severity"), [(0.2, INFO), (0.3, WARNING), (1.0, WARNING)])
def test_uneven_gaps_are_told_with_the_slices_they_follow(tmp_path, moved_mm, severity):
    """The 4th of 8 slices 2.5 mm apart is moved up; less than a tenth of the spacing is no more than a note."""
    positions = axial_positions(8)
    positions[3] = (*positions[3][:2], positions[3][2] + moved_mm)
    write_series(tmp_path, positions)
    found, evidence = only(tmp_path, "uneven-spacing")
    assert found == severity
    assert evidence == {
        "smallest_mm": pytest.approx(2.5 - moved_mm),
        "largest_mm": pytest.approx(2.5 + moved_mm),
        "usual_mm": 2.5,
        "count": 2,
        "after_slices": [3, 4],
    }


@pytest.mark.parametrize(("moved_mm", "severity"), [(0.09, INFO), (0.5, WARNING)])
def test_a_slice_beside_the_line_of_the_others_is_told_with_its_file(tmp_path, moved_mm, severity):
    """The others lie on a slanted line: drift is no shift."""
    positions = [(-10.0 + 0.3 * k, -20.0, 30.0 + 2.5 * k) for k in range(9)]
    positions[5] = (positions[5][0], positions[5][1] + moved_mm, positions[5][2])
    write_series(tmp_path, positions)
    found, evidence = only(tmp_path, "uneven-spacing")
    assert found == severity
    assert evidence == {
        "reason": "sideways", "count": 1, "slices": [6], "files": ["0005.dcm"], "largest_mm": pytest.approx(moved_mm),
    }  # fmt: skip


@pytest.mark.parametrize(("modality", "sop_class", "more"), [("CT", CT, {}), ("MR", MR, {"reason": "no-gantry"})])
def test_a_tilt_is_told_in_degrees_beside_what_the_header_says(tmp_path, modality, sop_class, more):
    along = np.tan(np.radians(20)) * 2.5
    positions = [(-10.0, -20.0 + along * k, 30.0 + 2.5 * k) for k in range(6)]
    write_series(tmp_path, positions, sop_class=sop_class, GantryDetectorTilt=-19.5)
    assert only(tmp_path, "gantry-tilt") == (WARNING, {"degrees": 20.0, "header_degrees": -19.5, **more})


def test_a_tilt_that_no_header_names_has_no_header_degrees(tmp_path):
    write_series(tmp_path, [(-10.0, -20.0 + 2.5 * k, 30.0 + 2.5 * k) for k in range(6)])
    assert only(tmp_path, "gantry-tilt") == (WARNING, {"degrees": 45.0})


@pytest.mark.parametrize(("said", "told"), [(2.5, False), (-2.5, False), (2.509, False), (2.511, True), (5, True)])
def test_a_spacing_element_is_told_from_a_hundredth_of_a_millimetre_on(tmp_path, said, told):
    write_series(tmp_path, axial_positions(5), SpacingBetweenSlices=said)
    expected = [(INFO, {"header_mm": float(said), "measured_mm": 2.5})] if told else []
    assert findings(tmp_path, "spacing-tag-disagrees") == expected


def test_a_spacing_element_is_no_matter_for_one_slice_or_uneven_ones(tmp_path):
    write_series(tmp_path / "one", axial_positions(1), SpacingBetweenSlices=7)
    uneven = axial_positions(6)
    uneven[3] = (*uneven[3][:2], uneven[3][2] + 1)
    write_series(tmp_path / "uneven", uneven, SpacingBetweenSlices=7)
    for folder in ("one", "uneven"):
        assert findings(tmp_path / folder, "spacing-tag-disagrees") == []


@pytest.mark.parametrize("sop_class", [CT, MR])
def test_a_single_slice_is_named_by_its_file(tmp_path, sop_class):
    write_series(tmp_path, axial_positions(1), sop_class=sop_class)
    assert only(tmp_path, "single-slice") == (INFO, {"reason": "", "file": "0000.dcm"})


def test_a_radiograph_or_two_slices_are_no_single_slice(tmp_path):
    write_series(tmp_path / "two", axial_positions(2))
    write_series(tmp_path / "radiograph", axial_positions(1), sop_class=XRAY)
    for folder in ("two", "radiograph"):
        assert findings(tmp_path / folder, "single-slice") == []


def test_a_cine_of_one_slice_says_so(tmp_path):
    headers = [{"TriggerTime": 40.0 * n} for n in range(4)]
    write_series(tmp_path, axial_positions(1) * 4, sop_class=MR, headers=headers)
    assert only(tmp_path, "single-slice") == (INFO, {"reason": "cine", "file": "0000.dcm"})


def test_slice_locations_against_one_position_are_told_with_their_range(tmp_path):
    headers = [{"SliceLocation": 10.0 - 4 * n, "TriggerTime": 40.0 * n} for n in range(4)]
    write_series(tmp_path, axial_positions(1) * 4, sop_class=MR, headers=headers)
    assert only(tmp_path, "position-contradicts-location") == (WARNING, {"count": 4, "smallest_mm": -2.0, "largest_mm": 10.0})
    assert findings(tmp_path, "single-slice") == []


@pytest.mark.parametrize("locations", [(1.0, 2.0), (1.0, 2.0, 2.0), (1.0, None, 3.0)], ids=["two", "not all differ", "one lacks"])
def test_slice_locations_contradict_only_where_three_or_more_all_differ(tmp_path, locations):
    headers = [{"SliceLocation": location, "TriggerTime": 40.0 * n} for n, location in enumerate(locations)]
    write_series(tmp_path, axial_positions(1) * len(locations), sop_class=MR, headers=headers)
    assert findings(tmp_path, "position-contradicts-location") == []


@pytest.mark.parametrize("sop_class", [CT, MR])
def test_cross_sections_without_pixel_spacing_count_their_images(tmp_path, sop_class):
    write_series(tmp_path, axial_positions(4), sop_class=sop_class, PixelSpacing=None)
    assert {evidence["images"] for _, evidence in findings(tmp_path, "unknown-pixel-size")} <= {1, 4}
    assert findings(tmp_path, "unknown-pixel-size")[0][0] == WARNING


def test_a_spacing_at_the_detector_is_told_for_cross_sections_only(tmp_path):
    for name, sop_class in (("mr", MR), ("xray", XRAY)):
        write_series(tmp_path / name, axial_positions(1), sop_class=sop_class, PixelSpacing=None, ImagerPixelSpacing=[0.5, 0.4])
    assert findings(tmp_path / "mr", "detector-pixel-spacing") == [(WARNING, {"spacing_mm": [0.5, 0.4]})]
    assert findings(tmp_path / "xray", "detector-pixel-spacing") == []


# --- several volumes ---------------------------------------------------------------------------------------------------------


def dynamic(folder, times, slices, lost=(), attribute="TriggerTime", **header):
    """Volume by volume, slice by slice; ``lost`` are (volume, slice) from 0. File names are 10 volume + slice."""
    for volume, value in enumerate(times):
        for k, position in enumerate(axial_positions(slices)):
            if (volume, k) not in lost:
                write_series(folder, [position], sop_class=MR, first=10 * volume + k, **{attribute: value}, **header)


def test_volumes_of_a_time_are_counted_with_their_values_and_slices(tmp_path):
    dynamic(tmp_path, (0.0, 60.0, 120.0), slices=4)
    severity, evidence = only(tmp_path, "split-by-time")
    assert severity == INFO
    assert (evidence["attribute"], evidence["count"], evidence["slices"]) == ("TriggerTime", 3, 4)
    assert list(evidence["values"]) == [0.0, 60.0, 120.0]
    assert "reason" not in evidence


def test_a_time_at_one_place_says_so(tmp_path):
    dynamic(tmp_path, (0.0, 60.0, 120.0), slices=1)
    assert only(tmp_path, "split-by-time")[1]["reason"] == "one-place"


def test_echoes_that_have_only_numbers_are_counted(tmp_path):
    dynamic(tmp_path, ("1", "2"), slices=3, attribute="EchoNumbers")
    evidence = only(tmp_path, "split-by-echo")[1]
    assert (evidence["count"], evidence["slices"], evidence["reason"]) == (2, 3, "counted")


def test_images_that_volumes_lack_are_told_by_slice_and_volume_with_the_files_beside_them(tmp_path):
    """Of four volumes of five slices: in the first the 2nd, in the third the 4th, in the last the 5th."""
    dynamic(tmp_path, (0.0, 60.0, 120.0, 180.0), slices=5, lost=[(0, 1), (2, 3), (3, 4)])
    severity, evidence = only(tmp_path, "missing-slices")
    assert severity == WARNING
    assert (evidence["reason"], evidence["count"], evidence["of"]) == ("frames", 3, 20)
    told = [{key: image[key] for key in image if key != "label"} for image in evidence["images"]]
    assert told == [
        {"text": "hole", "slice": 2, "volume": 1, "files": {"text": "before", "after": "0011.dcm"}},
        {"text": "hole", "slice": 4, "volume": 3, "files": {"text": "between", "before": "0013.dcm", "after": "0033.dcm"}},
        {"text": "hole", "slice": 5, "volume": 4, "files": {"text": "after", "before": "0024.dcm"}},
    ]
    labels = [image["label"] for image in evidence["images"]]
    assert [label for label, time in zip(labels, ("0", "120", "180")) if time in str(label)] == labels


# --- pixels ------------------------------------------------------------------------------------------------------------------


def cut(file, bytes_left_out: int) -> None:
    file.write_bytes(file.read_bytes()[:-bytes_left_out])


@pytest.mark.parametrize(("damaged", "severity"), [(2, WARNING), (3, ERROR)])
def test_truncated_files_are_named_with_the_worst_loss_and_grave_from_more_than_half_on(tmp_path, damaged, severity):
    """5 rows of 4 pixels of 2 bytes: 40 bytes, of which 10 are lost, and of one file 4."""
    files = write_series(tmp_path, axial_positions(4))
    cut(files[0], 4)
    for file in files[1:damaged]:
        cut(file, 10)
    assert only(tmp_path, "truncated-pixel-data") == (
        severity, {"count": damaged, "files": [file.name for file in files[:damaged]], "percent": 25.0},
    )  # fmt: skip


@pytest.mark.parametrize(("more", "severity"), [(2, WARNING), (6, WARNING), (8, ERROR), (40, ERROR)])
def test_surplus_bytes_are_grave_from_a_whole_row_on(tmp_path, more, severity):
    """A row has 8 bytes."""
    pixels = np.arange(20, dtype="<u2").tobytes()
    headers = [{"PixelData": pixels + bytes(more if k == 1 else 0)} for k in range(3)]
    write_series(tmp_path, axial_positions(3), headers=headers)
    assert only(tmp_path, "surplus-pixel-data") == (severity, {"images": 1, "files": ["0001.dcm"], "bytes": more})


def test_one_byte_more_makes_pixels_even_and_is_no_surplus(tmp_path):
    """3 x 3 pixels of a byte (PS3.5 8.1.1)."""
    header = {"rows": 3, "columns": 3, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelData": bytes(range(9)) + b"\0"}
    write_series(tmp_path, axial_positions(3), **header)
    assert findings(tmp_path, "surplus-pixel-data") == []


def test_rescale_that_changes_is_told_with_the_range_of_slopes(tmp_path):
    headers = [{"RescaleSlope": slope, "RescaleIntercept": intercept} for slope, intercept in ((2, 0), (1, 0), (3, 0), (3, 5))]
    write_series(tmp_path, axial_positions(4), sop_class=MR, headers=headers)
    assert only(tmp_path, "mixed-rescale") == (INFO, {"count": 4, "smallest_slope": 1, "largest_slope": 3})


@pytest.mark.parametrize("said", ["01", None])
def test_lossy_images_are_counted(tmp_path, said):
    headers = [{"LossyImageCompression": said if k < 2 else "00"} for k in range(3)]
    write_series(tmp_path, axial_positions(3), headers=headers)
    assert findings(tmp_path, "lossy-compression") == ([(INFO, {"count": 2})] if said else [])


@pytest.mark.parametrize(("syntax", "lossy"), [(JPEGBaseline8Bit, True), (JPEGLosslessSV1, False)])
def test_some_compression_is_lossy_whatever_the_header_says(tmp_path, syntax, lossy):
    import pydicom

    for k, position in enumerate(axial_positions(3)):
        header = {"ImagePositionPatient": list(position), "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
        dataset = slice_dataset(k, CT, **header)
        dataset.PixelData = pydicom.encaps.encapsulate([b"\xff\xd8" + bytes(20)])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
        write(dataset, tmp_path / f"{k}.dcm", syntax)
    assert findings(tmp_path, "lossy-compression") == ([(INFO, {"count": 3})] if lossy else [])


# --- headers -----------------------------------------------------------------------------------------------------------------


def test_derived_images_are_told_with_their_type(tmp_path):
    write_series(tmp_path / "derived", axial_positions(3), ImageType=["DERIVED", "SECONDARY", "MPR"])
    write_series(tmp_path / "original", axial_positions(3), ImageType=["ORIGINAL", "PRIMARY", "DERIVED"])
    assert only(tmp_path / "derived", "derived-image") == (INFO, {"image_type": "DERIVED\\SECONDARY\\MPR"})
    assert findings(tmp_path / "original", "derived-image") == []


def test_burned_in_annotation_names_the_images_that_say_yes(tmp_path):
    headers = [{"BurnedInAnnotation": said} for said in ("NO", "YES", None, "YES")]
    write_series(tmp_path, axial_positions(4), headers=headers)
    assert only(tmp_path, "burned-in-annotation") == (WARNING, {"count": 2, "files": ["0001.dcm", "0003.dcm"]})


@pytest.mark.parametrize("keyword", ["PatientID", "StudyInstanceUID"])
def test_an_identifier_that_any_image_lacks_is_told_by_its_keyword(tmp_path, keyword):
    write_series(tmp_path / "whole", axial_positions(3))
    write_series(tmp_path / "lacks", axial_positions(3), **{keyword: ""})
    assert findings(tmp_path / "whole", "missing-identifiers") == []
    assert only(tmp_path / "lacks", "missing-identifiers") == (INFO, {"keywords": [keyword]})
