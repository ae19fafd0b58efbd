"""What can be wrong with a practice series, one named fault at a time.

A fault changes the plan of a series (see ``torso_ct.PlannedSlice``) before anything is drawn, so that a defect variant is what a
scanner would have written, not a sound series tampered with. ``finding`` is the code that examination must report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Optional

import numpy as np

TILT_DEGREES = -18.5


@dataclass(frozen=True)
class Fault:
    """A fault's name, the practice set it belongs to, the finding it must give (None: it loads without one)."""

    name: str
    practice_set: str
    finding: Optional[str]
    apply: Callable[[list], list]


def _tilted_gantry(plan: list) -> list:
    """Image planes turned about the patient's left-right axis while the table moves on along the body axis."""
    angle = np.deg2rad(TILT_DEGREES)
    column = np.array([0.0, np.cos(angle), np.sin(angle)])
    header = {"GantryDetectorTilt": f"{TILT_DEGREES:g}"}
    return [_tilted(planned, column, header) for planned in plan]


def _tilted(planned, column: np.ndarray, header: dict):
    # Turn about the middle of the image, so that the body stays in it.
    half = planned.column_lps * planned.pixel_spacing[0] * planned.matrix[0] / 2
    position = planned.position_lps + half - column * np.linalg.norm(half)
    return replace(planned, position_lps=position, column_lps=column, header={**planned.header, **header})


def _missing_slice(plan: list) -> list:
    return plan[: len(plan) // 3] + plan[len(plan) // 3 + 1 :]


def _missing_slices(plan: list) -> list:
    """Three gaps, of one, two and three slices."""
    n = len(plan)
    gone = {n // 4, n // 2, n // 2 + 1, 3 * n // 4, 3 * n // 4 + 1, 3 * n // 4 + 2}
    return [planned for index, planned in enumerate(plan) if index not in gone]


def _duplicate_slices(plan: list) -> list:
    """Two slices scanned a second time, stored at the end: equal copies would be left out without a word."""
    again = [plan[len(plan) // 3], plan[len(plan) // 2]]
    return plan + [replace(planned, number=len(plan) + 1 + index, repeat=1) for index, planned in enumerate(again)]


def _uneven_spacing(plan: list) -> list:
    """The lower third is taken with 1.37 times the slice distance."""
    first = 2 * len(plan) // 3
    stretched = plan[first - 1].position_lps
    return plan[:first] + [
        replace(planned, position_lps=stretched + 1.37 * (planned.position_lps - stretched)) for planned in plan[first:]
    ]


def _localizer_inside(plan: list) -> list:
    """The coronal scout is stored in the series of the slices, as its first instance."""
    first = plan[0]
    width = first.pixel_spacing[0] * first.matrix[0]
    middle_z = (plan[0].position_lps[2] + plan[-1].position_lps[2]) / 2
    scout = replace(
        first,
        position_lps=np.array([first.position_lps[0], 0.0, middle_z + width / 2]),
        column_lps=np.array([0.0, 0.0, -1.0]),
        header={"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
        projection=True,
    )
    return [scout] + [replace(planned, number=planned.number + 1) for planned in plan]


def _empty_identifiers(plan: list) -> list:
    header = {"PatientName": "", "PatientID": "", "PatientBirthDate": "", "PatientSex": ""}
    return [replace(planned, header={**planned.header, **header}) for planned in plan]


def _truncated_file(plan: list) -> list:
    """The last file ends in the middle of its pixels, as after a broken copy."""
    return [*plan[:-1], replace(plan[-1], kept_share=0.6)]


def _mixed_matrix_sizes(plan: list) -> list:
    """The lower two fifths are reconstructed again with half the matrix."""
    first = 3 * len(plan) // 5
    return plan[:first] + [_halved(planned) for planned in plan[first:]]


def _halved(planned):
    spacing = (planned.pixel_spacing[0] * 2, planned.pixel_spacing[1] * 2)
    shift = (planned.row_lps * planned.pixel_spacing[1] + planned.column_lps * planned.pixel_spacing[0]) / 2
    matrix = (planned.matrix[0] // 2, planned.matrix[1] // 2)
    return replace(planned, matrix=matrix, pixel_spacing=spacing, position_lps=planned.position_lps + shift)


def _burned_in_text(plan: list) -> list:
    header = {"BurnedInAnnotation": "YES"}
    return [replace(planned, header={**planned.header, **header}, burned_in="PRACTICE TORSO CT") for planned in plan]


def _as_planned(plan: list) -> list:
    """For faults that the writer of the series knows by name."""
    return plan


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("tilted-gantry", "torso-ct", "gantry-tilt", _tilted_gantry),
        Fault("missing-slice", "torso-ct", "missing-slices", _missing_slice),
        Fault("missing-slices", "torso-ct", "missing-slices", _missing_slices),
        Fault("duplicate-slices", "torso-ct", "duplicate-positions", _duplicate_slices),
        Fault("uneven-spacing", "torso-ct", "uneven-spacing", _uneven_spacing),
        Fault("localizer-inside", "torso-ct", "localizer-set-aside", _localizer_inside),
        Fault("empty-identifiers", "torso-ct", "missing-identifiers", _empty_identifiers),
        Fault("truncated-file", "torso-ct", "truncated-pixel-data", _truncated_file),
        Fault("mixed-matrix-sizes", "torso-ct", "split-by-size", _mixed_matrix_sizes),
        Fault("burned-in-text", "torso-ct", "burned-in-annotation", _burned_in_text),
        Fault("private-only-tags", "breast-mri", None, _as_planned),
    )
}
