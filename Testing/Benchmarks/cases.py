"""What is read in the benchmarks: real series where they are given, practice data, and series made for one question.

All are made below one folder, and only where they are not there yet.
"""

from __future__ import annotations

import copy
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage, JPEG2000Lossless, JPEGLSLossless, RLELossless, generate_uid

from DICOMTutorialHelperLib.data.synthetic.instances import InstanceWriter
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

SHARED_TORSO_CT = Path(__file__).resolve().parents[3] / "shared" / "data" / "torso_ct"
COMPRESSED_SLICES = 60

SERIES = (
    *("raw_read", "pixels_straight", "pixels_straight_vtk", "pydicom_tags", "pydicom_pixels", "simpleitk_read", "simpleitk"),
    *("vtkitk_gdcm", "vtkitk_dcmtk", "dcm2niix", "dicomsdl"),
    *("examine", "read", "read_into_vtk", "examine_and_read", "examine_and_load"),
)
COMPRESSED = (
    *("raw_read", "pydicom_pixels", "simpleitk_read", "vtkitk_gdcm", "vtkitk_dcmtk", "dcm2niix", "dicomsdl"),
    *("read", "examine_and_read", "examine_and_load"),
)
ENHANCED = (
    *("raw_read", "pixels_straight", "pydicom_headers", "vtkitk_gdcm", "vtkitk_dcmtk", "dcm2niix"),
    *("examine", "read", "examine_and_read", "examine_and_load"),
)
HEADERS = ("raw_read", "pydicom_tags", "pydicom_headers", "examine")
COMMANDS = ("pydicom_headers", "command tree --json", "command cohort --json", "command privacy --json", "command deidentify")
START = (*("bare_python", "program --help", "program examine --no-such-option", "program header {path} --json"),)
LOAD = ("raw_read", "bare_python", "bare_scene", "program load {path} --out {out}", "program load {path} --out {out} --compress")


class NotMade(Exception):
    """A case that cannot be made here; the message says why."""


@dataclass
class Sizes:
    """How large the made cases are."""

    practice: str = "full"
    compressed: int = COMPRESSED_SLICES
    frames: int = 1000
    few: int = 1250
    middle: int = 5000
    many: int = 20_000
    commands: int = 10_000


SMOKE = Sizes("small", 4, 12, 6, 12, 24, 12)


@dataclass
class Case:
    """A folder or file, and who reads it. ``growth`` names the line of the plot that it is a point of, ``files`` where."""

    name: str
    make: Callable[[Path], Path]
    contestants: tuple[str, ...]
    growth: str = ""
    files: int = 0
    leave_out: dict[str, str] = field(default_factory=dict)


def all_cases(torso_ct: Optional[Path], sizes: Sizes) -> list[Case]:
    """Every case, in the order of the report. ``torso_ct`` holds a real series; without one, practice data stands in."""
    real = torso_ct or (SHARED_TORSO_CT if sizes.practice == "full" and SHARED_TORSO_CT.is_dir() else None)
    sequence = dict.fromkeys(("simpleitk", "simpleitk_read"), "has one volume a series")
    made = [
        Case("torso CT", lambda folder: _real(real), SERIES),
        Case("practice CT", lambda folder: _practice(folder, "torso-ct", sizes), SERIES),
        Case("BLISS", lambda folder: _practice(folder, "breast-mri-sagittal", sizes), SERIES, leave_out=sequence),
    ]
    for kind in ("JPEG lossless", "JPEG-LS", "JPEG 2000", "RLE"):
        made.append(Case(kind, lambda folder, kind=kind: _compressed(folder, kind, real, sizes), COMPRESSED))
    made.append(Case(f"enhanced, {sizes.frames} frames", lambda folder: _enhanced(folder, sizes.frames), ENHANCED))
    for count in (sizes.few, sizes.middle, sizes.many):
        for series in (40, 1):
            name = f"{count} files, {series} series"
            make = lambda folder, count=count, series=series: _many(folder, count, series)  # noqa: E731
            made.append(Case(name, make, HEADERS, f"{series} series", count))
    commands = lambda folder: _many(folder, sizes.commands, 40)  # noqa: E731
    made.append(Case(f"commands, {sizes.commands} files", commands, COMMANDS))
    made.append(Case("start", lambda folder: _one_file(folder), START))
    made.append(Case("load", lambda folder: _real(real) if real else _practice(folder, "torso-ct", sizes), LOAD))
    return made


def _real(folder: Optional[Path]) -> Path:
    if folder is None:
        raise NotMade("no folder was given with --torso-ct")
    return folder


def _practice(folder: Path, name: str, sizes: Sizes) -> Path:
    target = folder / f"{name}-{sizes.practice}"
    if not target.exists():
        part = target.with_name(target.name + "-part")
        shutil.rmtree(part, ignore_errors=True)
        make_practice_set(name, part, size=sizes.practice)
        part.rename(target)
    return target


def _made(target: Path, write: Callable[[Path], None]) -> Path:
    """A folder that is there whole or not at all."""
    if not target.exists():
        part = target.with_name(target.name + "-part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        write(part)
        part.rename(target)
    return target


def _compressed(folder: Path, kind: str, real: Optional[Path], sizes: Sizes) -> Path:
    """Slices from the middle of a CT, compressed by pydicom's encoders or by DCMTK's."""
    source = real or _practice(folder, "torso-ct", sizes)
    files = sorted(path for path in source.rglob("*") if path.is_file())
    middle = max(0, len(files) // 2 - sizes.compressed // 2)
    program = shutil.which("dcmcjpeg")
    if kind == "JPEG lossless" and program is None:
        raise NotMade("dcmcjpeg (DCMTK) is not on PATH, and nothing else here writes it")

    def write(target: Path) -> None:
        for path in files[middle : middle + sizes.compressed]:
            if kind == "JPEG lossless":
                subprocess.run([program, "+e1", str(path), str(target / path.name)], check=True, stderr=subprocess.DEVNULL)
                continue
            dataset = pydicom.dcmread(path)
            syntax = {"JPEG-LS": JPEGLSLossless, "JPEG 2000": JPEG2000Lossless, "RLE": RLELossless}[kind]
            try:
                dataset.compress(syntax, generate_instance_uid=False)
            except (RuntimeError, NotImplementedError, TypeError) as error:
                raise NotMade(f"no encoder here: {error}") from error
            dataset.save_as(target / path.name)

    return _made(folder / f"{kind.replace(' ', '-')}-{sizes.practice}", write)


def _header() -> Dataset:
    """A CT header of about a hundred elements, as scanners write them."""
    from DICOMTutorialHelperLib.data.synthetic.instances import SetKey
    from DICOMTutorialHelperLib.data.synthetic.torso_ct import _series_header

    return _series_header(SetKey("benchmark", "full", 0), 1.5)


def _many(folder: Path, count: int, series: int) -> Path:
    """Many small files of some axial series, in folders of a thousand."""

    def write(target: Path) -> None:
        dataset, writer = _header(), InstanceWriter()
        dataset.Rows = dataset.Columns = 16
        dataset.PixelSpacing = ["1", "1"]
        dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
        noise = np.random.default_rng(0)
        uids = [generate_uid(entropy_srcs=["benchmark", str(number)]) for number in range(series)]
        for number in range(count):
            of_series, place = number % series, number // series
            dataset.SeriesInstanceUID, dataset.SeriesNumber = uids[of_series], of_series + 1
            dataset.SOPInstanceUID = f"{uids[of_series]}.{place + 1}"[:64]
            dataset.InstanceNumber = place + 1
            dataset.ImagePositionPatient = ["0", "0", f"{place * 0.5:g}"]
            dataset.SliceLocation = f"{place * 0.5:g}"
            dataset.PixelData = noise.integers(0, 4096, 256, dtype=np.uint16).tobytes()
            place_of_file = target / f"{number // 1000:03d}"
            place_of_file.mkdir(exist_ok=True)
            writer.write(dataset, place_of_file / f"{number:06d}.dcm")

    return _made(folder / f"many-{count}-{series}", write)


def _one_file(folder: Path) -> Path:
    return next(path for path in _many(folder, 6, 1).rglob("*") if path.is_file())


def _enhanced(folder: Path, frames: int) -> Path:
    """One enhanced MR object: a stack of frames with functional groups each."""

    def write(target: Path) -> None:
        dataset = _header()
        dataset.SOPClassUID, dataset.Modality = EnhancedMRImageStorage, "MR"
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=["benchmark", "enhanced"])
        for keyword in ("ImagePositionPatient", "RescaleSlope", "RescaleIntercept", "RescaleType"):
            if keyword in dataset:
                delattr(dataset, keyword)
        dataset.Rows = dataset.Columns = 128
        dataset.NumberOfFrames = frames
        shared = Dataset()
        shared.PixelMeasuresSequence = Sequence([_item(PixelSpacing=["1", "1"], SliceThickness="2", SpacingBetweenSlices="2")])
        shared.PlaneOrientationSequence = Sequence([_item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])])
        dataset.SharedFunctionalGroupsSequence = Sequence([shared])
        dataset.PerFrameFunctionalGroupsSequence = Sequence(map(_groups, range(frames)))
        dataset.PixelData = np.random.default_rng(0).integers(0, 4096, (frames, 128, 128), dtype=np.uint16).tobytes()
        InstanceWriter().write(dataset, target / "enhanced.dcm")

    return _made(folder / f"enhanced-{frames}", write)


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _groups(number: int) -> Dataset:
    groups = Dataset()
    content = _item(StackID="1", InStackPositionNumber=number + 1, DimensionIndexValues=[1, number + 1], FrameAcquisitionNumber=1)
    groups.FrameContentSequence = Sequence([content])
    groups.PlanePositionSequence = Sequence([_item(ImagePositionPatient=["0", "0", str(number * 2)])])
    groups.FrameVOILUTSequence = Sequence([_item(WindowCenter="2000", WindowWidth="4000")])
    values = {"RescaleIntercept": "0", "RescaleSlope": "1", "RescaleType": "US"}
    groups.PixelValueTransformationSequence = Sequence([_item(**values)])
    groups.MREchoSequence = Sequence([_item(EffectiveEchoTime=10.0)])
    return groups


def chosen(cases: Iterable[Case], names: Optional[list[str]]) -> list[Case]:
    """The cases whose names begin with one of ``names``; all without."""
    if not names:
        return list(cases)
    return [copy.copy(case) for case in cases if any(case.name.lower().startswith(name.lower()) for name in names)]
