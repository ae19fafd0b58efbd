"""Practice data examined: each set gives what the tutorial expects, each defect variant exactly its finding."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.data.synthetic.defects import FAULTS
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, VOLUME
from DICOMTutorialHelperLib.dicom.examine import examine_paths


def selected(paths):
    return [candidate for series in examine_paths(paths).series for candidate in series.selected]


def codes(candidates):
    return {finding.code for candidate in candidates for finding in candidate.findings}


def test_the_torso_ct_is_one_sound_volume(torso_files):
    (volume,) = selected(torso_files)
    assert volume.kind == VOLUME
    assert codes([volume]) == set()
    assert volume.stacks[0].grid.dimensions == (128, 128, 48)


def test_the_breast_mri_gives_two_volumes_and_a_sequence_of_ten_in_order(breast_study):
    t2, stir, bliss = selected([breast_study])
    assert [t2.kind, stir.kind, bliss.kind] == [VOLUME, VOLUME, SEQUENCE]
    assert len(bliss.stacks) == 10
    times = [float(stack.frames[0].get("TriggerTime")) for stack in bliss.stacks]
    assert times == sorted(times)
    assert codes([t2, stir]) == set()
    assert codes([bliss]) == {"split-by-time"}


def test_the_sagittal_form_gives_a_left_and_a_right_sequence(practice_folder):
    sides = selected([practice_folder / "breast-mri-sagittal"])
    assert {candidate.part: len(candidate.stacks) for candidate in sides} == {"left": 10, "right": 10}
    right = next(candidate for candidate in sides if candidate.part == "right")
    assert all(float(frame.get("ImagePositionPatient")[0]) < 0 for frame in right.stacks[0].frames)


@pytest.mark.parametrize("fault", [name for name, fault in FAULTS.items() if fault.practice_set == "torso-ct"])
def test_a_defect_variant_gives_exactly_its_finding(tmp_path, fault):
    files = make_practice_set("torso-ct", tmp_path, fault=fault)
    examined = examine_paths(files)
    found = codes(candidate for series in examined.series for candidate in series.selected)
    found |= {skipped.finding.code for series in examined.series for skipped in series.skipped}
    found |= {skipped.finding.code for skipped in examined.skipped}
    assert found == {FAULTS[fault].finding}


def test_frames_in_private_elements_alone_still_make_a_sequence(tmp_path):
    files = make_practice_set("breast-mri", tmp_path, fault="private-only-tags")
    bliss = selected(files)[2]
    assert bliss.kind == SEQUENCE and len(bliss.stacks) == 10
