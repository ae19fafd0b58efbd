"""The practice breast MRI as DICOM series: T2, STIR and BLISS, laid out and named as the tutorial's data set 2 is.

Headers follow what Philips scanners write: times of a dynamic series in TriggerTime, AcquisitionTime and ContentTime, temporal
positions, rescale values and the private scale elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Optional

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from DICOMTutorialHelperLib.data.synthetic.breast_acquisition import BLISS_CHANNELS, FRAME_SECONDS, stored_frames
from DICOMTutorialHelperLib.data.synthetic.breast_anatomy import Breasts, breasts_of
from DICOMTutorialHelperLib.data.synthetic.drawing import blocks_of, drawn
from DICOMTutorialHelperLib.data.synthetic.instances import (
    BREAST_PATIENT,
    InstanceWriter,
    SetKey,
    decimals,
    image_pixels,
    synthetic_equipment,
    synthetic_patient,
    synthetic_study,
    synthetic_uid,
)
from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid, image_grid
from DICOMTutorialHelperLib.progress import Progress, no_progress

MR_IMAGE_STORAGE = MRImageStorage
FOLDER = Path("SlicerDICOMTutorialData") / "dataset2_BreastMRI"
STUDY_FOLDER = "11-11-2008-MRI BREAST BILATERAL WITH T WITHOUT CONTRAST-28651"
SAGITTAL_FOLDER = Path("breast-mri-sagittal")
SAGITTAL_STUDY_FOLDER = "11-18-2008-MRI BREAST BILATERAL SAGITTAL-28652"
STUDY_DATE, SAGITTAL_STUDY_DATE = "20081111", "20081118"

FRAMES = 10
AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))


@dataclass(frozen=True)
class SyntheticSeries:
    """What a series is and how it lies; ``stacks`` are (first slice position in LPS mm, step to the next, slices)."""

    kind: str
    number: int
    description: str
    folder: str
    orientation: tuple[tuple[float, float, float], tuple[float, float, float]]
    matrix: int
    field_of_view: float
    stacks: tuple[tuple[tuple[float, float, float], tuple[float, float, float], int], ...]
    frames: int = 1

    @property
    def spacing(self) -> float:
        """Size of a square pixel in mm."""
        return self.field_of_view / self.matrix

    @property
    def files(self) -> int:
        """How many images the series has."""
        return self.frames * sum(slices for _, _, slices in self.stacks)

    @property
    def slice_distance(self) -> float:
        """Distance between the centres of neighbouring slices in mm."""
        return float(np.linalg.norm(self.stacks[0][1]))

    def grid(self, stack: int) -> SampleGrid:
        """Where the pixels of a stack (0-based) lie, LPS mm."""
        return image_grid(
            self.positions(stack), *self.orientation, (self.spacing, self.spacing), (self.matrix, self.matrix),
            softness=max(self.spacing, 0.6 * self.slice_distance),
        )  # fmt: skip

    def positions(self, stack: int) -> np.ndarray:
        """Image Position (Patient) of every slice of a stack (0-based), (n, 3) in LPS mm (PS3.3 C.7.6.2.1.1)."""
        first, step, slices = self.stacks[stack]
        return np.array(first) + np.arange(slices)[:, None] * np.array(step)


def _axial(kind, number, description, folder, matrix, slices, frames=1) -> SyntheticSeries:
    """A transverse stack from foot to head over the whole breasts."""
    field_of_view, cover = 360.0, 152.0
    corner = -field_of_view / 2 + field_of_view / matrix / 2
    step = cover / slices
    stack = ((corner, corner - 22, -cover / 2 + step / 2), (0.0, 0.0, step), slices)
    return SyntheticSeries(kind, number, description, folder, AXIAL, matrix, field_of_view, (stack,), frames)


def axial_series(size: str) -> list[SyntheticSeries]:
    """T2, STIR and the dynamic BLISS; the full ones have as many files as the published ones."""
    t2, stir, bliss = {"full": ((384, 153), (320, 95), (320, 84)), "small": ((192, 32), (192, 24), (192, 19))}[size]
    return [
        _axial("t2", 301, "T2W_TSE SENSE", "301.000000-T2WTSE SENSE-80453", *t2),
        _axial("stir", 401, "STIR SENSE", "401.000000-STIR SENSE-35251", *stir),
        _axial("bliss", 801, "AX BLISS_AUTO SENSE", "801.000000-AX BLISSAUTO SENSE-06146", *bliss, frames=FRAMES),
    ]


def sagittal_series(size: str) -> list[SyntheticSeries]:
    """The classic BLISS: two sagittal stacks of one orientation, the right breast's and the left one's, in one series."""
    matrix, slices = {"full": (256, 40), "small": (192, 12)}[size]
    field_of_view, cover = 230.0, 104.0
    spacing, step = field_of_view / matrix, cover / slices
    stacks = tuple(
        ((first + step / 2, -190 + spacing / 2, 115 - spacing / 2), (step, 0.0, 0.0), slices) for first in (-136.0, 32.0)
    )
    name = "701.000000-SAG BLISSAUTO SENSE-06147"
    return [SyntheticSeries("bliss", 701, "SAG BLISS_AUTO SENSE", name, SAGITTAL, matrix, field_of_view, stacks, FRAMES)]


def make_breast_mri(
    folder: Path, size: str = "small", seed: int = 0, fault: Optional[str] = None, progress: Progress = no_progress
) -> list[Path]:
    """Write T2, STIR and axial BLISS below ``folder`` (SlicerDICOMTutorialData/dataset2_BreastMRI/...); returns the files."""
    return _make(folder / FOLDER / STUDY_FOLDER, axial_series(size), SetKey("breast-mri", size, seed, fault or "sound"), progress)


def make_sagittal_bliss(
    folder: Path, size: str = "small", seed: int = 0, fault: Optional[str] = None, progress: Progress = no_progress
) -> list[Path]:
    """Write the bilateral sagittal BLISS below ``folder`` (breast-mri-sagittal/...); returns the files."""
    target = folder / SAGITTAL_FOLDER / SAGITTAL_STUDY_FOLDER
    return _make(target, sagittal_series(size), SetKey("breast-mri-sagittal", size, seed, fault or "sound"), progress)


def _make(study_folder: Path, all_series: list[SyntheticSeries], key: SetKey, progress: Progress) -> list[Path]:
    total = sum(series.files for series in all_series)
    breasts = breasts_of(key.seed)
    paths: list[Path] = []
    # One series is drawn while the one before is written.
    for write, images in drawn(
        task for series in all_series for task in _tasks(series, breasts, key, study_folder / series.folder)
    ):
        for path in write(images):
            paths.append(path)
            progress(len(paths), total)
    return sorted(paths)


def _tasks(series: SyntheticSeries, breasts: Breasts, key: SetKey, target: Path) -> Iterator[tuple[Callable, Callable]]:
    """(what writes the images of some slices below ``target`` and gives their paths, what draws them) over a series."""
    target.mkdir(parents=True, exist_ok=True)
    ds, writer = series_header(series, key), InstanceWriter()
    before = 0
    for stack, (_, _, count) in enumerate(series.stacks):
        positions = series.positions(stack)
        for run, block in blocks_of(series.grid(stack)):
            yield (
                partial(_written, series, key, ds, writer, target, positions[run], before + run.start),
                partial(_scanned, series, breasts, key, before, run, block),
            )
        before += count


def _written(
    series: SyntheticSeries, key: SetKey, ds: Dataset, writer: InstanceWriter, target: Path, positions, first: int, images
) -> Iterator[Path]:
    """Write the images (frames, slices, rows, columns) of slices from ``first`` (0-based) on, and give each one's path."""
    slices = series.files // series.frames
    private_only = key.variant == "private-only-tags" and series.kind == "bliss"
    for frame in range(series.frames):
        set_time(ds, series, frame)
        if private_only:
            _hide_frame(ds, frame)
        for index, position in enumerate(positions, first):
            number = frame * slices + index + 1
            path = target / f"1-{number:0{len(str(series.files))}d}.dcm"
            set_number(ds, index, number)
            set_position(ds, position)
            ds.SOPInstanceUID = synthetic_uid(*key, series.number, number)
            ds.PixelData = images[frame, index - first].tobytes()
            writer.write(ds, path)
            yield path


def _scanned(series: SyntheticSeries, breasts: Breasts, key: SetKey, before: int, run: slice, block: SampleGrid) -> np.ndarray:
    """The stored values of a run of slices, ``before`` slices into the series: (frames, slices, rows, columns)."""
    slices = series.files // series.frames
    signals = breasts.signals(block, BLISS_CHANNELS if series.kind == "bliss" else (series.kind,))
    seeds = [
        [(key.seed, series.number, frame * slices + before + index + 1) for index in range(run.start, run.stop)]
        for frame in range(series.frames)
    ]
    return stored_frames(signals, block, series.kind, series.frames, series.orientation == AXIAL, seeds)


def set_position(ds: Dataset, position: np.ndarray) -> None:
    """Image Plane module values of one slice (PS3.3 C.7.6.2)."""
    ds.ImagePositionPatient = decimals(position)
    normal = np.cross(*(np.array(ds.ImageOrientationPatient, float).reshape(2, 3)))
    ds.SliceLocation = decimals(position @ normal)[0]
    sagittal = abs(normal[0]) > 0.9
    ds.ImageLaterality = ("L" if position[0] > 0 else "R") if sagittal else "B"


def set_frame(ds: Dataset, series: SyntheticSeries, frame: int, slice_index: int, number: int) -> None:
    """What tells the images of a series apart beside their position: numbers and times."""
    set_number(ds, slice_index, number)
    set_time(ds, series, frame)


def set_number(ds: Dataset, slice_index: int, number: int) -> None:
    """The number of an image in its series, and of its slice (0-based)."""
    ds.InstanceNumber = number
    ds.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x0A, "IS", str(slice_index + 1))


def set_time(ds: Dataset, series: SyntheticSeries, frame: int) -> None:
    """What the images of a dynamic frame (0-based) share."""
    if series.frames == 1:
        return
    seconds = frame * FRAME_SECONDS
    ds.TemporalPositionIdentifier = frame + 1
    ds.TriggerTime = decimals(seconds * 1000)[0]
    ds.AcquisitionTime = ds.ContentTime = clock(10, 20, seconds)
    ds.AcquisitionNumber = 8
    ds.private_block(0x2005, "Philips MR Imaging DD 001", create=True).add_new(0xA0, "FL", seconds)


def clock(hour: int, minute: int, seconds: float) -> str:
    """A time of day as DICOM writes it, so many seconds after the hour and minute."""
    total = hour * 3600 + minute * 60 + seconds
    return f"{int(total // 3600):02d}{int(total % 3600 // 60):02d}{total % 60:05.2f}"


def _hide_frame(ds: Dataset, frame: int) -> None:
    """Leave the frame to private elements alone, as some exports do."""
    ds.AcquisitionTime = ds.ContentTime = clock(10, 20, 0)
    for keyword in ("TemporalPositionIdentifier", "NumberOfTemporalPositions", "TemporalResolution", "TriggerTime"):
        if keyword in ds:
            delattr(ds, keyword)
    ds.private_block(0x2001, "Philips Imaging DD 001").add_new(0x08, "IS", str(frame + 1))


def series_header(series: SyntheticSeries, key: SetKey) -> Dataset:
    """Everything of an MR image (PS3.3 A.4) that the instances of a series share."""
    axial = key.practice_set == "breast-mri"
    date = STUDY_DATE if axial else SAGITTAL_STUDY_DATE
    ds = synthetic_patient(*BREAST_PATIENT)
    description = "MRI BREAST BILATERAL WITH T WITHOUT CONTRAST" if axial else "MRI BREAST BILATERAL SAGITTAL"
    synthetic_study(
        ds, synthetic_uid("study", *key), date, "100000", "PRACTICE2", description, "PRACTICE2", "Palpable mass, right breast"
    )
    synthetic_equipment(ds, "Philips Medical Systems (imitated by DICOMTutorialHelper)", "Simulated MR 1.5 T")
    ds.SOPClassUID = MR_IMAGE_STORAGE
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.Modality = "MR"
    ds.SeriesInstanceUID = synthetic_uid("series", *key, series.number)
    ds.SeriesNumber = series.number
    ds.SeriesDescription = series.description
    ds.ProtocolName = series.description
    ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = date
    ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = clock(10, series.number // 100 * 2 + 4, 0)
    ds.BodyPartExamined = "BREAST"
    ds.PatientPosition = "HFP"
    ds.FrameOfReferenceUID = synthetic_uid("frame of reference", *key)
    ds.PositionReferenceIndicator = ""
    ds.AcquisitionNumber = series.number // 100
    ds.PatientWeight = "70"
    _sequence_parameters(ds, series)
    ds.SliceThickness = ds.SpacingBetweenSlices = decimals(series.slice_distance)[0]
    ds.ImageOrientationPatient = decimals([*series.orientation[0], *series.orientation[1]])
    ds.PixelSpacing = decimals((series.spacing, series.spacing), 6)
    ds.AcquisitionMatrix = [0, series.matrix, series.matrix, 0]
    ds.InPlanePhaseEncodingDirection = "ROW"
    ds.MagneticFieldStrength = "1.5"
    ds.ImagingFrequency = "63.9"
    ds.ImagedNucleus = "1H"
    ds.LossyImageCompression = "00"
    image_pixels(ds, series.matrix, series.matrix, 12)
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "normalized"
    ds.WindowCenter, ds.WindowWidth = {"t2": ("600", "1200"), "stir": ("450", "900"), "bliss": ("380", "760")}[series.kind]
    imaging = ds.private_block(0x2001, "Philips Imaging DD 001", create=True)
    imaging.add_new(0x18, "SL", sum(count for _, _, count in series.stacks))
    imaging.add_new(0x60, "SL", len(series.stacks))
    imaging.add_new(0x81, "IS", str(series.frames))
    scale = ds.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
    scale.add_new(0x0D, "FL", 0.0)
    scale.add_new(0x0E, "FL", 0.25)
    if series.frames > 1:
        ds.NumberOfTemporalPositions = series.frames
        ds.TemporalResolution = decimals(FRAME_SECONDS * 1000)[0]
        ds.ContrastBolusAgent = "Practice contrast"
        ds.ContrastBolusRoute = "IV"
    return ds


def _sequence_parameters(ds: Dataset, series: SyntheticSeries) -> None:
    """The MR Image module's parameters (PS3.3 C.8.3.1) of the three kinds of series."""
    spin = {"t2": (5000, 120, 90, 21, 0), "stir": (6500, 60, 90, 15, 165), "bliss": (4.4, 2.1, 10, 61, 0)}[series.kind]
    ds.RepetitionTime, ds.EchoTime, ds.FlipAngle = (f"{value:g}" for value in spin[:3])
    ds.EchoTrainLength = spin[3]
    if spin[4]:
        ds.InversionTime = f"{spin[4]:g}"
    gradient = series.kind == "bliss"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M_FFE", "M", "FFE"] if gradient else _SPIN_ECHO_TYPES[series.kind]
    ds.ScanningSequence = "GR" if gradient else ("IR" if series.kind == "stir" else "SE")
    ds.SequenceVariant = "SP" if gradient else "SK"
    ds.ScanOptions = "FS" if gradient else ""
    ds.MRAcquisitionType = "3D" if gradient else "2D"
    ds.NumberOfAverages = "1"
    ds.EchoNumbers = 1
    ds.PixelBandwidth = "300"


_SPIN_ECHO_TYPES = {"t2": ["ORIGINAL", "PRIMARY", "M_SE", "M", "SE"], "stir": ["ORIGINAL", "PRIMARY", "M_IR", "M", "IR"]}
