"""Practice data sets, made on the spot: what the tutorial needs, without the internet and without anybody's images."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.data import breast_mri, torso_ct
from DICOMTutorialHelperLib.data.faults import FAULTS
from DICOMTutorialHelperLib.data.progress import Progress, no_progress

MAKERS = {
    "torso-ct": torso_ct.make_torso_ct,
    "breast-mri": breast_mri.make_breast_mri,
    "breast-mri-sagittal": breast_mri.make_sagittal_bliss,
}
PRACTICE_SETS = tuple(MAKERS)
SIZES = ("small", "full")


def make_practice_set(
    name: str,
    folder: Path,
    size: str = "small",
    fault: Optional[str] = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> list[Path]:
    """Make a member of PRACTICE_SETS below ``folder`` and return its files in the order of their instance numbers.

    The layout is the published one, so several sets share a folder. The same name, size, fault and seed always give the same
    files, UIDs included. ``fault`` is a key of FAULTS that belongs to the set.

    Raises ValueError for a name, size or fault that there is not, OSError where the folder cannot be written.
    """
    if name not in MAKERS:
        raise ValueError(f"unknown practice set {name!r}; there are {', '.join(MAKERS)}")
    if size not in SIZES:
        raise ValueError(f"unknown size {size!r}; there are {', '.join(SIZES)}")
    if fault is not None and (fault not in FAULTS or FAULTS[fault].practice_set != name):
        fitting = ", ".join(key for key, value in FAULTS.items() if value.practice_set == name) or "none"
        raise ValueError(f"the practice set {name!r} has no fault {fault!r}; there are: {fitting}")
    return MAKERS[name](Path(folder), size=size, seed=seed, fault=fault, progress=progress)
