"""Practice data sets, made on the spot: what the tutorial needs, without the internet and without anybody's images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Optional

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
from DICOMTutorialHelperLib.data.published.archives import check_room
from DICOMTutorialHelperLib.data.synthetic import breast_mri, examples, torso_ct
from DICOMTutorialHelperLib.data.synthetic.defects import FAULTS
from DICOMTutorialHelperLib.data.synthetic.instances import is_synthetic_uid
from DICOMTutorialHelperLib.progress import Progress, no_progress
from DICOMTutorialHelperLib.staging import move_whole, staging_folder

SIZES = ("small", "full")

# How each set is made, the folder that is its own, and about how many bytes it takes, small and full.
_MAKERS: dict[str, tuple[Callable[..., list[Path]], Path, tuple[int, int]]] = {
    "torso-ct": (torso_ct.make_torso_ct, torso_ct.FOLDER, (2_000_000, 155_000_000)),
    "breast-mri": (breast_mri.make_breast_mri, breast_mri.FOLDER, (20_000_000, 245_000_000)),
    "breast-mri-sagittal": (breast_mri.make_sagittal_bliss, breast_mri.SAGITTAL_FOLDER, (20_000_000, 108_000_000)),
    "examples": (examples.make_examples, examples.FOLDER, (3_000_000, 8_000_000)),
}
PRACTICE_SETS = tuple(_MAKERS)


def make_practice_set(
    name: str,
    folder: Path,
    size: str = "small",
    fault: Optional[str] = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> list[Path]:
    """Make a member of PRACTICE_SETS below ``folder`` and return its files in the order of series and instance numbers.

    The layout is the published one, so several sets share a folder; a defect variant (``fault``, a key of FAULTS that belongs to
    the set) goes into a folder of its own, ``faulty-<fault>``. The same name, size, fault and seed always give the same files,
    UIDs included. What was made there before is replaced when the new set is whole; anything else is left alone.

    Raises ValueError for a name, size or fault that there is not, DataError where it cannot be written or something else is in
    its place, and Cancelled out of the progress function; then all is as it was.
    """
    make, own_folder, room = _checked(name, size, fault)
    folder = Path(folder)
    if fault:
        folder = folder / f"faulty-{fault}"
    target = folder / own_folder
    check_replaceable(target)
    with disk_errors_told(target), staging_folder(folder) as staging:
        check_room(staging, room[SIZES.index(size)])
        made = make(staging, size=size, seed=seed, fault=fault, progress=progress)
        move_whole(staging / own_folder, target, replace=True)
    return [folder / path.relative_to(staging) for path in made]


def _checked(name: str, size: str, fault: Optional[str]):
    if name not in _MAKERS:
        raise ValueError(f"unknown practice set {name!r}; there are {', '.join(_MAKERS)}")
    if size not in SIZES:
        raise ValueError(f"unknown size {size!r}; there are {', '.join(SIZES)}")
    if fault is not None and (fault not in FAULTS or FAULTS[fault].practice_set != name):
        fitting = ", ".join(key for key, value in FAULTS.items() if value.practice_set == name) or "none"
        raise ValueError(f"the practice set {name!r} has no fault {fault!r}; there are: {fitting}")
    return _MAKERS[name]


def check_replaceable(target: Path) -> None:
    """Raises DataError where something lies in the place that this project did not make: only what it made is ever replaced."""
    for path in target.rglob("*") if target.is_dir() else [target] if target.exists() else []:
        if path.is_file() and path.name != ".DS_Store" and not _is_synthetic(path):
            raise DataError("not-made-here", path=target, file=path.name)


def _is_synthetic(path: Path) -> bool:
    try:
        return is_synthetic_uid(
            dcmread(str(path), specific_tags=["SOPInstanceUID"], stop_before_pixels=True).get("SOPInstanceUID", "")
        )
    except (InvalidDicomError, OSError, EOFError, ValueError):
        return False
