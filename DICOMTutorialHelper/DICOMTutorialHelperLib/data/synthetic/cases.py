"""Cases to solve: practice series with one thing wrong in each, and nothing in their names that tells what.

What is wrong with a case, how much of it and where, follows from a number, the set's ``seed``, and from the case's letter. It
is written nowhere, and derived again when an answer is compared. Whoever reads this file can derive it too: a riddle, no lock.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

import numpy as np

from DICOMTutorialHelperLib.data.errors import disk_errors_told
from DICOMTutorialHelperLib.data.synthetic.instances import SetKey, synthetic_uid
from DICOMTutorialHelperLib.data.synthetic.practice import check_replaceable
from DICOMTutorialHelperLib.data.synthetic.torso_ct import PlannedSlice, planned_slices, write_planned
from DICOMTutorialHelperLib.progress import Progress, no_progress
from DICOMTutorialHelperLib.staging import move_whole, staging_folder

CASES = "ABCDEF"
FOLDER = Path("DICOMDetective")
# What can be wrong, as an answer names it; the last ones never are, but a learner does not know.
MISSING, TWICE, TILT, OVERVIEW, TEXT, SIZES = "missing", "twice", "tilt", "overview", "text", "sizes"
UNEVEN, TRUNCATED, NOTHING = "uneven", "truncated", "nothing"
WHATS = (MISSING, TWICE, TILT, OVERVIEW, TEXT, SIZES, UNEVEN, TRUNCATED, NOTHING)
# Where a thing is told: by the S coordinate in mm that Slicer shows, by the image's number in its header, or not at all.
BY_POSITION, BY_NUMBER = "position", "number"
PLACE_OF = {MISSING: BY_POSITION, TWICE: BY_POSITION, TEXT: BY_POSITION, SIZES: BY_POSITION, OVERVIEW: BY_NUMBER}
SIZE = "small"
MOST_SEED = 999_999
_NAMES = ("PIERRE CASTOR", "ROSE PETIT", "TERESA PRIETO", "CORA RIOS", "ISA PORTO", "OSCAR PASTOR")  # of letters that burn_in has


@dataclass(frozen=True)
class CaseTruth:
    """What is wrong with a case. ``count`` is right to ``count_within``, ``where`` anywhere from first to last (mm or numbers),
    the ends included; None where the whole series is concerned. ``where`` reaches ``margin`` beyond the images concerned."""

    what: str
    count: int
    where: Optional[tuple[float, float]]
    count_within: int = 0
    margin: float = 0.0

    @property
    def concerned(self) -> Optional[tuple[float, float]]:
        """The first and the last position, or number, of the images concerned."""
        return None if self.where is None else (self.where[0] + self.margin, self.where[1] - self.margin)

    @property
    def middle(self) -> Optional[float]:
        """A right answer to where."""
        return None if self.where is None else round((self.where[0] + self.where[1]) / 2, 1)


def case_truth(case: str, seed: int) -> CaseTruth:
    """What is wrong with a case of a set. Raises KeyError for a letter that is no case."""
    return _planned(case, seed)[1]


def make_cases(folder: Path, seed: int, progress: Progress = no_progress) -> list[Path]:
    """Make the six series of a set below ``folder``: ``DICOMDetective/A/``, ...; returns their folders.

    The same seed always gives the same files. Raises DataError where they cannot be written, or something else is in their place.
    """
    target = Path(folder) / FOLDER
    check_replaceable(target)
    with disk_errors_told(target), staging_folder(Path(folder)) as staging:
        for place, case in enumerate(CASES):
            plan, _ = _planned(case, seed)
            plan = _without_traces(plan, case, seed)
            key = SetKey("case", SIZE, seed, case)
            write_planned(staging / FOLDER / case, plan, key, _header(case, seed))
            progress(place + 1, len(CASES))
        move_whole(staging / FOLDER, target, replace=True)
    return [target / case for case in CASES]


def seed_of(study_id: str) -> Optional[int]:
    """The seed of the set that a series with this Study ID belongs to; None for what is no case."""
    number = study_id.rpartition("-")[2]
    return int(number) if study_id.startswith("CASE-") and number.isdecimal() and len(number) <= len(str(MOST_SEED)) else None


def _header(case: str, seed: int) -> dict[str, Any]:
    """A header that tells nothing but which case it is."""
    return {
        "PatientName": f"Detective^Case {case}",
        "PatientID": f"CASE-{case}",
        "StudyID": f"CASE-{seed}",
        "StudyDescription": "DICOM detective",
        "SeriesDescription": f"CASE {case}",
        "StudyInstanceUID": synthetic_uid("case study", case, seed),
    }


def _planned(case: str, seed: int) -> tuple[list[PlannedSlice], CaseTruth]:
    """The plan of a case, and what is wrong with it. The first case, which is guided, is of one kind in all sets."""
    others = [TWICE, TILT, OVERVIEW, TEXT, SIZES]
    random.Random(f"cases {seed}").shuffle(others)
    what = dict(zip(CASES, [MISSING, *others]))[case]
    return _MAKERS[what](planned_slices(SIZE), random.Random(f"case {case} {seed}"))


def _without_traces(plan: list[PlannedSlice], case: str, seed: int) -> list[PlannedSlice]:
    """Images numbered from 1 without a hole, files named by chance: what is wrong is in the images and their positions."""
    dice = random.Random(f"names {case} {seed}")
    names = [f"{number:05X}.dcm" for number in dice.sample(range(0x10000, 0x100000), len(plan))]
    return [replace(planned, number=place, name=name) for place, (planned, name) in enumerate(zip(plan, names), 1)]


def _between(first: PlannedSlice, last: PlannedSlice, margin: float) -> tuple[float, float]:
    """From the lower to the higher of two slices, in mm."""
    low, high = sorted((float(first.position_lps[2]), float(last.position_lps[2])))
    return round(low - margin, 1), round(high + margin, 1)


def _distance(plan: list[PlannedSlice]) -> float:
    return abs(float(plan[1].position_lps[2] - plan[0].position_lps[2]))


def _missing(plan: list[PlannedSlice], dice: random.Random) -> tuple[list[PlannedSlice], CaseTruth]:
    count = dice.randint(2, 5)
    first = dice.randint(10, len(plan) - 16)
    gone = plan[first : first + count]
    margin = _distance(plan)
    where = _between(gone[0], gone[-1], margin)
    return plan[:first] + plan[first + count :], CaseTruth(MISSING, count, where, margin=margin)


def _twice(plan: list[PlannedSlice], dice: random.Random) -> tuple[list[PlannedSlice], CaseTruth]:
    count = dice.randint(2, 4)
    first = dice.randint(10, len(plan) - 16)
    again = [replace(planned, repeat=1) for planned in plan[first : first + count]]
    margin = _distance(plan)
    where = _between(again[0], again[-1], margin)
    return plan + again, CaseTruth(TWICE, count, where, margin=margin)


def _tilt(plan: list[PlannedSlice], dice: random.Random) -> tuple[list[PlannedSlice], CaseTruth]:
    degrees = dice.choice((-1, 1)) * dice.randint(9, 20)
    angle = np.deg2rad(degrees)
    column = np.array([0.0, np.cos(angle), np.sin(angle)])
    tilted = []
    for planned in plan:
        half = planned.column_lps * planned.pixel_spacing[0] * planned.matrix[0] / 2
        position = planned.position_lps + half - column * np.linalg.norm(half)
        tilted.append(replace(planned, position_lps=position, column_lps=column, header={"GantryDetectorTilt": str(degrees)}))
    return tilted, CaseTruth(TILT, abs(degrees), None, count_within=1)


def _overview(plan: list[PlannedSlice], dice: random.Random) -> tuple[list[PlannedSlice], CaseTruth]:
    count = dice.randint(1, 3)
    place = dice.choice((0, len(plan) // 2, len(plan)))
    first = plan[0]
    width = first.pixel_spacing[0] * first.matrix[0]
    middle = (plan[0].position_lps[2] + plan[-1].position_lps[2]) / 2
    scouts = [
        replace(
            first,
            position_lps=np.array([first.position_lps[0], 40.0 * (number - 1), middle + width / 2]),
            column_lps=np.array([0.0, 0.0, -1.0]),
            header={"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
            projection=True,
        )
        for number in range(count)
    ]
    where = (place + 1.0, float(place + count))
    return plan[:place] + scouts + plan[place:], CaseTruth(OVERVIEW, count, where)


def _text(plan: list[PlannedSlice], dice: random.Random) -> tuple[list[PlannedSlice], CaseTruth]:
    """A name burned into some images only, of which the header says nothing."""
    count = dice.randint(3, 8)
    first = dice.randint(6, len(plan) - 14)
    name = dice.choice(_NAMES)
    marked = [replace(planned, burned_in=name) for planned in plan[first : first + count]]
    margin = _distance(plan) / 2
    where = _between(marked[0], marked[-1], margin)
    return plan[:first] + marked + plan[first + count :], CaseTruth(TEXT, count, where, count_within=1, margin=margin)


def _sizes(plan: list[PlannedSlice], dice: random.Random) -> tuple[list[PlannedSlice], CaseTruth]:
    """The lowest images with half the matrix."""
    count = dice.randint(8, 18)
    first = len(plan) - count
    halved = []
    for planned in plan[first:]:
        spacing = (planned.pixel_spacing[0] * 2, planned.pixel_spacing[1] * 2)
        shift = (planned.row_lps * planned.pixel_spacing[1] + planned.column_lps * planned.pixel_spacing[0]) / 2
        matrix = (planned.matrix[0] // 2, planned.matrix[1] // 2)
        halved.append(replace(planned, matrix=matrix, pixel_spacing=spacing, position_lps=planned.position_lps + shift))
    margin = _distance(plan)
    where = _between(halved[0], halved[-1], margin)
    return plan[:first] + halved, CaseTruth(SIZES, count, where, margin=margin)


_MAKERS: dict[str, Callable[[list[PlannedSlice], random.Random], tuple[list[PlannedSlice], CaseTruth]]] = {
    MISSING: _missing,
    TWICE: _twice,
    TILT: _tilt,
    OVERVIEW: _overview,
    TEXT: _text,
    SIZES: _sizes,
}
