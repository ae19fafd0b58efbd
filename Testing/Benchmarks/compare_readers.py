"""Time examining and reading a series beside other readers, in one run: ratios, not seconds, are what to compare.

Usage: compare_readers.py FOLDER [--runs N]
FOLDER holds one series of one volume. Readers that are not installed are left out: SimpleITK and dicom2nifti from PyPI, vtkITK
(what Slicer's own scalar volume plugin reads with) from slicer-core.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Callable

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.pixels import read_voxels


def read_with_this_project(folder: Path) -> None:
    for series in examine_paths([folder]).series:
        for candidate in series.selected:
            for stack in candidate.stacks:
                read_voxels(stack)


def examine_with_this_project(folder: Path) -> None:
    examine_paths([folder])


def read_with_simpleitk(folder: Path) -> None:
    import SimpleITK

    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    reader.Execute()


def read_with_vtkitk(folder: Path) -> None:
    """Sorted as the headers say already, which Slicer's plugin does before."""
    import slicer

    reader = slicer.vtkITKArchetypeImageSeriesScalarReader()
    files = sorted(str(path) for path in folder.iterdir() if path.is_file())
    reader.SetArchetype(files[0])
    for file in files:
        reader.AddFileName(file)
    reader.SetSingleFile(0)
    reader.SetOutputScalarTypeToNative()
    reader.SetDesiredCoordinateOrientationToNative()
    reader.SetDICOMImageIOApproachToGDCM()
    reader.Update()


def read_with_dicom2nifti(folder: Path) -> None:
    import dicom2nifti

    with tempfile.TemporaryDirectory() as out:
        dicom2nifti.convert_directory(str(folder), out, compression=False, reorient=False)


READERS: dict[str, Callable[[Path], None]] = {
    "this project, examine and read": read_with_this_project,
    "this project, examine alone": examine_with_this_project,
    "SimpleITK, sort and read": read_with_simpleitk,
    "vtkITK with GDCM, read alone": read_with_vtkitk,
    "dicom2nifti, sort, read and write": read_with_dicom2nifti,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    seconds: dict[str, list[float]] = {}
    for run in range(arguments.runs + 1):
        for name, read in READERS.items():
            start = time.perf_counter()
            try:
                read(arguments.folder)
            except ImportError as error:
                print(f"left out: {name} ({error})") if run == 0 else None
                continue
            if run:  # the first run warms the disk's cache
                seconds.setdefault(name, []).append(time.perf_counter() - start)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    base = medians["this project, examine and read"]
    print(f"{'reader':36} {'median s':>9} {'ratio':>6}")
    for name, median in medians.items():
        print(f"{name:36} {median:9.3f} {median / base:6.2f}")


if __name__ == "__main__":
    main()
