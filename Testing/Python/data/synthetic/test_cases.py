"""The cases hold what their truth says, as the files themselves show, and nothing in their names tells it."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.data.synthetic.cases import (
    CASES,
    MISSING,
    OVERVIEW,
    SIZES,
    TEXT,
    TILT,
    TWICE,
    WHATS,
    case_truth,
    make_cases,
    seed_of,
)

SEED = 4711  # a set with one case of every kind
KINDS = {MISSING, TWICE, TILT, OVERVIEW, TEXT, SIZES}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return dict(zip(CASES, make_cases(tmp_path_factory.mktemp("cases"), SEED)))


@pytest.fixture(scope="module")
def images(folders):
    """The images of a case by what is wrong with it, in the order of their numbers."""
    read = {
        case: sorted((pydicom.dcmread(path) for path in folder.iterdir()), key=lambda image: image.InstanceNumber)
        for case, folder in folders.items()
    }
    return {case_truth(case, SEED).what: read[case] for case in CASES}


def truth(what):
    return next(case_truth(case, SEED) for case in CASES if case_truth(case, SEED).what == what)


def heights(images):
    return [float(image.ImagePositionPatient[2]) for image in images]


def test_the_set_has_a_case_of_every_kind_the_guided_one_first(images):
    assert set(images) == KINDS
    assert case_truth("A", SEED).what == MISSING


def test_as_many_slices_are_missing_as_the_truth_says_and_there(images):
    lying = sorted(heights(images[MISSING]))
    steps = np.diff(lying)
    (gap,) = [place for place, step in enumerate(steps) if step > 6.5]
    assert round(steps[gap] / 6) - 1 == truth(MISSING).count
    assert truth(MISSING).where == (lying[gap], lying[gap + 1])


def test_as_many_slices_are_there_twice_and_there(images):
    twice = [height for height, count in Counter(heights(images[TWICE])).items() if count == 2]
    assert len(twice) == truth(TWICE).count
    assert truth(TWICE).where == (min(twice) - 6, max(twice) + 6)
    assert len({image.PixelData for image in images[TWICE]}) == len(images[TWICE]), "no copy is left out without a word"


def test_the_slices_are_tilted_by_the_degrees(images):
    row, column = np.reshape([float(value) for value in images[TILT][0].ImageOrientationPatient], (2, 3))
    normal = np.cross(row, column)
    assert round(np.degrees(np.arccos(abs(normal[2])))) == truth(TILT).count
    assert truth(TILT).where is None


def test_the_overview_images_bear_the_numbers(images):
    numbers = [image.InstanceNumber for image in images[OVERVIEW] if "LOCALIZER" in image.ImageType]
    assert len(numbers) == truth(OVERVIEW).count
    assert truth(OVERVIEW).where == (min(numbers), max(numbers))
    assert len({tuple(image.ImagePositionPatient) for image in images[OVERVIEW] if "LOCALIZER" in image.ImageType}) == len(
        numbers
    )


def test_the_name_is_burned_into_as_many_images_and_no_header_says_so(images):
    marked = [image for image in images[TEXT] if (image.pixel_array[:14, :100] == 3000).sum() > 50]
    assert len(marked) == truth(TEXT).count
    assert truth(TEXT).where == (min(heights(marked)) - 3, max(heights(marked)) + 3)
    assert {image.BurnedInAnnotation for image in images[TEXT]} == {"NO"}


def test_as_many_images_are_smaller_and_there(images):
    small = [image for image in images[SIZES] if image.Rows == 64]
    assert len(small) == truth(SIZES).count
    assert truth(SIZES).where == (min(heights(small)) - 6, max(heights(small)) + 6)


def test_names_and_headers_tell_nothing_but_the_case(folders):
    for case, folder in folders.items():
        assert folder.name == case
        files = sorted(folder.iterdir())
        numbers = [pydicom.dcmread(path, stop_before_pixels=True).InstanceNumber for path in files]
        assert sorted(numbers) == list(range(1, len(files) + 1))
        assert numbers != sorted(numbers)
        assert all(re.fullmatch(r"[0-9A-F]{5}\.dcm", path.name) for path in files)
        header = pydicom.dcmread(files[0], stop_before_pixels=True)
        assert (header.PatientID, header.SeriesDescription) == (f"CASE-{case}", f"CASE {case}")
        assert (header.StudyID, header.StudyDescription) == (f"CASE-{SEED}", "DICOM detective")


def test_the_same_number_gives_the_same_files_and_another_other_ones(folders, tmp_path):
    again = make_cases(tmp_path, SEED)
    for folder, same in zip(folders.values(), again):
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
            path.name: path.read_bytes() for path in same.iterdir()
        }


def test_sets_differ_in_which_case_is_what_and_in_numbers():
    kinds = {tuple(case_truth(case, seed).what for case in CASES) for seed in range(50)}
    assert len(kinds) > 20
    assert len({(case_truth("A", seed).count, case_truth("A", seed).where) for seed in range(50)}) > 20
    for seed in range(300):
        told = [case_truth(case, seed) for case in CASES]
        assert {one.what for one in told} == KINDS <= set(WHATS)
        assert all(one.count >= 1 for one in told)


@pytest.mark.parametrize(
    ("study_id", "seed"),
    [("CASE-4711", 4711), ("CASE-", None), ("PRACTICE1", None), ("CASE-1e9", None), ("CASE-" + "9" * 99, None)],
)
def test_the_number_of_a_set_is_read_from_its_header(study_id, seed):
    assert seed_of(study_id) == seed
