"""The cases hold what their truth says, as the files themselves show, and nothing in their names tells it."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.data.synthetic import cases
from DICOMTutorialHelperLib.data.synthetic.cases import (
    CASES,
    MISSING,
    OVERVIEW,
    SIZES,
    TEXT,
    TILT,
    TWICE,
    WHATS,
    CaseTruth,
    case_truth,
    make_cases,
    seed_of,
)
from DICOMTutorialHelperLib.data.synthetic.torso_ct import planned_slices

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
    assert truth(MISSING).concerned == (lying[gap] + 6, lying[gap + 1] - 6)


def test_as_many_slices_are_there_twice_and_there(images):
    twice = [height for height, count in Counter(heights(images[TWICE])).items() if count == 2]
    assert len(twice) == truth(TWICE).count
    assert truth(TWICE).where == (min(twice) - 6, max(twice) + 6)
    assert truth(TWICE).concerned == (min(twice), max(twice))
    assert len({image.PixelData for image in images[TWICE]}) == len(images[TWICE]), "no copy is left out without a word"


def test_the_slices_are_tilted_by_the_degrees(images):
    row, column = np.reshape([float(value) for value in images[TILT][0].ImageOrientationPatient], (2, 3))
    normal = np.cross(row, column)
    assert round(np.degrees(np.arccos(abs(normal[2])))) == truth(TILT).count
    assert truth(TILT).where is None and truth(TILT).concerned is None


def test_the_overview_images_bear_the_numbers(images):
    numbers = [image.InstanceNumber for image in images[OVERVIEW] if "LOCALIZER" in image.ImageType]
    assert len(numbers) == truth(OVERVIEW).count
    assert truth(OVERVIEW).where == truth(OVERVIEW).concerned == (min(numbers), max(numbers))
    assert len({tuple(image.ImagePositionPatient) for image in images[OVERVIEW] if "LOCALIZER" in image.ImageType}) == len(
        numbers
    )


def test_the_name_is_burned_into_as_many_images_and_no_header_says_so(images):
    marked = [image for image in images[TEXT] if (image.pixel_array[:14, :100] == 3000).sum() > 50]
    assert len(marked) == truth(TEXT).count
    assert truth(TEXT).where == (min(heights(marked)) - 3, max(heights(marked)) + 3)
    assert truth(TEXT).concerned == (min(heights(marked)), max(heights(marked)))
    assert {image.BurnedInAnnotation for image in images[TEXT]} == {"NO"}


def test_as_many_images_are_smaller_and_there(images):
    small = [image for image in images[SIZES] if image.Rows == 64]
    assert len(small) == truth(SIZES).count
    assert truth(SIZES).where == (min(heights(small)) - 6, max(heights(small)) + 6)
    assert truth(SIZES).concerned == (min(heights(small)), max(heights(small)))


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


TOP, STEP, SLICES = 150.0, 6.0, 48


class Dice:
    """Chance that gives what it is told to, and remembers what it was asked for."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def _next(self, *asked):
        self.asked.append(asked)
        return self.answers.pop(0)

    def randint(self, low, high):
        return self._next(low, high)

    def choice(self, among):
        return self._next(*among)


def planned(maker, *answers, plan=None):
    dice = Dice(*answers)
    made, truth = maker(planned_slices("small") if plan is None else plan, dice)
    return made, truth, dice.asked


def planned_heights(plan):
    return [float(one.position_lps[2]) for one in plan]


def z(k):
    return TOP - STEP * k


def test_slices_are_missing_from_the_middle():
    plan, truth, asked = planned(cases._missing, 3, 12)
    assert asked == [(2, 5), (10, SLICES - 16)]
    assert planned_heights(plan) == [z(k) for k in range(SLICES) if k not in (12, 13, 14)]
    assert truth == CaseTruth("missing", 3, (z(15), z(11)), margin=STEP)


def test_slices_are_there_twice():
    plan, truth, asked = planned(cases._twice, 2, 20)
    assert asked == [(2, 4), (10, SLICES - 16)]
    assert planned_heights(plan[SLICES:]) == [z(20), z(21)]
    assert ([one.repeat for one in plan[SLICES:]], len(plan)) == ([1, 1], SLICES + 2)
    assert truth == CaseTruth("twice", 2, (z(22), z(19)), margin=STEP)


@pytest.mark.parametrize("sign", [-1, 1])
def test_slices_are_tilted_about_their_middle(sign):
    wide = [replace(one, pixel_spacing=(3.0, 4.0), matrix=(100, 60)) for one in planned_slices("small")]
    plan, truth, asked = planned(cases._tilt, sign, 15, plan=wide)
    assert asked == [(-1, 1), (9, 20)]
    angle = np.radians(15 * sign)
    for tilted, sound in zip(plan, wide):
        assert tilted.column_lps == pytest.approx((0, np.cos(angle), np.sin(angle)))
        assert tilted.position_lps + 150 * tilted.column_lps == pytest.approx(sound.position_lps + 150 * sound.column_lps)
        assert tilted.header == {"GantryDetectorTilt": str(15 * sign)}
    assert truth == CaseTruth("tilt", 15, None, count_within=1)


@pytest.mark.parametrize("place", [0, 24, 48])
def test_overview_images_stand_in_front_of_the_middle(place):
    wide = [replace(one, pixel_spacing=(3.0, 4.0), matrix=(100, 60)) for one in planned_slices("small")]
    plan, truth, asked = planned(cases._overview, 2, place, plan=wide)
    assert asked == [(1, 3), (0, 24, 48)]
    scouts = plan[place : place + 2]
    middle = (z(0) + z(SLICES - 1)) / 2
    assert [one.position_lps.tolist() for one in scouts] == [[wide[0].position_lps[0], y, middle + 150] for y in (-40, 0)]
    assert all(one.projection and one.column_lps.tolist() == [0, 0, -1] for one in scouts)
    assert not any(one.projection for one in plan[:place] + plan[place + 2 :])
    assert truth == CaseTruth("overview", 2, (place + 1, place + 2))
    assert scouts[0].header == {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}


def test_a_name_is_burned_into_some_slices():
    plan, truth, asked = planned(cases._text, 4, 9, "ROSE PETIT")
    assert asked == [(3, 8), (6, SLICES - 14), cases._NAMES]
    assert [k for k, one in enumerate(plan) if one.burned_in == "ROSE PETIT"] == [9, 10, 11, 12]
    assert planned_heights(plan) == [z(k) for k in range(SLICES)]
    assert truth == CaseTruth("text", 4, (z(12) - 3, z(9) + 3), count_within=1, margin=3)


def test_the_lowest_slices_have_half_the_matrix():
    wide = [replace(one, pixel_spacing=(3.0, 4.0), matrix=(100, 60)) for one in planned_slices("small")]
    plan, truth, asked = planned(cases._sizes, 9, plan=wide)
    assert asked == [(8, 18)]
    assert [one.matrix for one in plan] == [(100, 60)] * 39 + [(50, 30)] * 9
    assert plan[-1].pixel_spacing == (6.0, 8.0)
    assert plan[-1].position_lps - wide[-1].position_lps == pytest.approx((2.0, 1.5, 0))
    assert truth == CaseTruth("sizes", 9, (z(47) - 6, z(39) + 6), margin=6)


def test_a_right_answer_to_where_is_the_middle():
    assert CaseTruth("missing", 2, (3.0, 8.12)).middle == 5.6
    assert CaseTruth("missing", 2, (3.0, 8.0)).middle == 5.5
    assert CaseTruth("tilt", 9, None).middle is None


def test_the_images_concerned_lie_a_margin_within_a_right_answer():
    assert CaseTruth("missing", 2, (3.0, 12.0), margin=2.5).concerned == (5.5, 9.5)
    assert CaseTruth("overview", 2, (3.0, 12.0)).concerned == (3.0, 12.0)
    assert CaseTruth("tilt", 9, None, margin=2.5).concerned is None


@pytest.mark.parametrize(("seed", "expected"), [(999_999, 999_999), (1_000_000, None)])
def test_numbers_of_sets_have_six_digits(seed, expected):
    """The seventh is none of ours: the largest is 999999."""
    assert cases.MOST_SEED == 999_999
    assert cases.seed_of(f"CASE-{seed}") == expected


def test_names_by_chance_have_five_digits_and_numbers_run_on():
    plan = cases._without_traces(planned_slices("small")[::-1], "A", 1)
    assert [one.number for one in plan] == list(range(1, SLICES + 1))
    assert len({one.name for one in plan}) == SLICES
    assert all(0x10000 <= int(one.name[:5], 16) <= 0xFFFFF and one.name.endswith(".dcm") for one in plan)
    assert [one.name for one in plan] == [one.name for one in cases._without_traces(plan, "A", 1)]
    assert [one.name for one in plan] != [one.name for one in cases._without_traces(plan, "B", 1)]


def test_the_same_number_gives_the_same_cases():
    assert cases.case_truth("B", 5) == cases.case_truth("B", 5)
    assert random.Random("cases 5").random() == random.Random("cases 5").random()
    with pytest.raises(KeyError):
        cases.case_truth("G", 5)
