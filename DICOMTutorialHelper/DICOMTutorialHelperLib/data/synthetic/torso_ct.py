"""The practice torso CT as a DICOM series, laid out and numbered as the tutorial's data set 1 is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from DICOMTutorialHelperLib.data.synthetic.burned_in import burn_in
from DICOMTutorialHelperLib.data.synthetic.defects import FAULTS
from DICOMTutorialHelperLib.data.synthetic.drawing import drawn_blocks
from DICOMTutorialHelperLib.data.synthetic.instances import (
    MAKER,
    TORSO_PATIENT,
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
from DICOMTutorialHelperLib.data.synthetic.torso_anatomy import Torso, torso_of
from DICOMTutorialHelperLib.progress import Progress, no_progress

CT_IMAGE_STORAGE = CTImageStorage
FOLDER = Path("SlicerDICOMTutorialData") / "dataset1_TorsoCT"
FIELD_OF_VIEW_MM = 400.0
INTERCEPT = -1024
NOISE_HU = 11.0

# slices, matrix, distance of slices and height of the uppermost in mm; the small one reaches from the aortic arch to the kidneys.
SIZES = {"full": (291, 512, 2.0, 214.0), "small": (48, 128, 6.0, 150.0)}


@dataclass(frozen=True, eq=False)
class PlannedSlice:
    """One image to be drawn and written; geometry as in ``shapes.image_grid``, ``header`` by keyword over the series' own."""

    number: int
    position_lps: np.ndarray
    row_lps: np.ndarray
    column_lps: np.ndarray
    pixel_spacing: tuple[float, float]
    matrix: tuple[int, int]
    header: dict[str, Any] = field(default_factory=dict)
    projection: bool = False
    burned_in: str = ""
    kept_share: float = 1.0
    repeat: int = 0
    name: str = ""

    @property
    def file_name(self) -> str:
        """``name``, else that of the published set by its number."""
        return self.name or f"IM-0001-{self.number:04d}.dcm"

    def drawn_like(self, other: PlannedSlice) -> bool:
        """Whether both lie in one stack of parallel images of one format; a projection is drawn alone."""
        return (
            not self.projection
            and not other.projection
            and self.matrix == other.matrix
            and self.pixel_spacing == other.pixel_spacing
            and np.array_equal(self.column_lps, other.column_lps)
        )


def planned_slices(size: str) -> list[PlannedSlice]:
    """The sound series, from the head down: file numbers run against the direction in which Slicer sorts."""
    slices, matrix, distance, top = SIZES[size]
    spacing = FIELD_OF_VIEW_MM / matrix
    corner = -FIELD_OF_VIEW_MM / 2 + spacing / 2
    return [
        PlannedSlice(
            number=index + 1,
            position_lps=np.array([corner, corner - 5, top - index * distance]),
            row_lps=np.array([1.0, 0.0, 0.0]),
            column_lps=np.array([0.0, 1.0, 0.0]),
            pixel_spacing=(spacing, spacing),
            matrix=(matrix, matrix),
        )
        for index in range(slices)
    ]


def make_torso_ct(
    folder: Path, size: str = "small", seed: int = 0, fault: Optional[str] = None, progress: Progress = no_progress
) -> list[Path]:
    """Write the series below ``folder`` (SlicerDICOMTutorialData/dataset1_TorsoCT/IM-0001-0001.dcm ...); returns its files."""
    plan = planned_slices(size)
    if fault:
        plan = FAULTS[fault].apply(plan)
    key = SetKey("torso-ct", size, seed, fault or "sound")
    return write_planned(Path(folder) / FOLDER, plan, key, {}, progress)


def write_planned(
    target: Path, plan: list[PlannedSlice], key: SetKey, header: dict[str, Any], progress: Progress = no_progress
) -> list[Path]:
    """Draw and write the images of a plan into the folder ``target``; ``header`` goes over the series' own, by keyword."""
    target.mkdir(parents=True, exist_ok=True)
    ds, writer = _series_header(key, SIZES[key.size][2]), InstanceWriter()
    for keyword, value in header.items():
        setattr(ds, keyword, value)
    torso = torso_of(key.seed)
    paths = []
    for stack in _stacks(plan):
        for first, images in _scanned(torso, stack, key):
            for planned, stored in zip(stack[first:], images):
                path = target / planned.file_name
                _write_slice(ds, writer, planned, stored, key, path)
                paths.append(path)
                progress(len(paths), len(plan))
    return paths


def _stacks(plan: list[PlannedSlice]) -> list[list[PlannedSlice]]:
    """Runs of slices that can be drawn on one grid."""
    stacks: list[list[PlannedSlice]] = []
    for planned in plan:
        if stacks and planned.drawn_like(stacks[-1][-1]):
            stacks[-1].append(planned)
        else:
            stacks.append([planned])
    return stacks


def _scanned(torso: Torso, stack: list[PlannedSlice], key: SetKey) -> Iterator[tuple[int, np.ndarray]]:
    """(index of the first slice, stored values of some slices) over the stack."""
    first = stack[0]
    if first.projection:
        yield 0, _stored_values(_scout(torso, first)[None], [first], key.seed)
        return
    positions = np.array([planned.position_lps for planned in stack])
    # A reconstruction shows an edge over a good pixel and a half, a thick slice over much of its thickness.
    gap = float(np.linalg.norm(positions[1] - positions[0])) if len(positions) > 1 else 0.0
    softness = max(1.6 * max(first.pixel_spacing), min(0.75 * gap, 2.2 * max(first.pixel_spacing)))
    grid = image_grid(positions, first.row_lps, first.column_lps, first.pixel_spacing, first.matrix, softness)

    def scan(run: slice, block: SampleGrid) -> np.ndarray:
        return _stored_values(torso.hounsfield(block), stack[run], key.seed)

    for run, images in drawn_blocks(scan, grid):
        yield run.start, images


def _stored_values(hounsfield: np.ndarray, stack: list[PlannedSlice], seed: int) -> np.ndarray:
    """What the scanner stores of Hounsfield units (slices, rows, columns) without noise: little-endian 16-bit integers."""
    stored = np.empty(hounsfield.shape, "<u2")
    for index, planned in enumerate(stack):
        # Noise belongs to the place and to how often it was scanned: no two scans of a slice are equal.
        noise = np.random.default_rng([seed, 2, round(float(planned.position_lps[2]) * 100) + 1_000_000, planned.repeat])
        noisy = _grain(noise, planned.matrix)
        noisy += hounsfield[index]
        np.rint(noisy, out=noisy)
        noisy -= np.float32(INTERCEPT)
        stored[index] = np.clip(noisy, 0, 4095, out=noisy)
        if planned.burned_in:
            burn_in(stored[index], planned.burned_in, 3000)
    return stored


def _scout(torso: Torso, planned: PlannedSlice) -> np.ndarray:
    """A projection from the front, as a localizer shows it."""
    depths = np.linspace(-115, 115, 24)
    positions = np.array([planned.position_lps * (1, 0, 1) + (0, y, 0) for y in depths])
    grid = image_grid(positions, planned.row_lps, planned.column_lps, planned.pixel_spacing, planned.matrix)
    total = np.zeros(planned.matrix, np.float32)
    for _, block in grid.blocks():
        total += torso.hounsfield(block).sum(axis=0)
    return total / len(depths)


def _write_slice(ds: Dataset, writer: InstanceWriter, planned: PlannedSlice, stored: np.ndarray, key: SetKey, path: Path) -> None:
    sound = {keyword: ds.get(keyword) for keyword in planned.header}
    for keyword, value in planned.header.items():
        setattr(ds, keyword, value)
    ds.SOPInstanceUID = synthetic_uid(*key, planned.number)
    ds.InstanceNumber = planned.number
    ds.ImagePositionPatient = decimals(planned.position_lps)
    ds.ImageOrientationPatient = decimals([*planned.row_lps, *planned.column_lps], 8)
    ds.SliceLocation = decimals(planned.position_lps[2])[0]
    ds.PixelSpacing = decimals(planned.pixel_spacing, 6)
    ds.Rows, ds.Columns = planned.matrix
    ds.PixelData = stored.tobytes()
    writer.write(ds, path)
    if planned.kept_share < 1:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) - int(len(ds.PixelData) * (1 - planned.kept_share)) // 2 * 2])
    for keyword, value in sound.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)


def _grain(generator: np.random.Generator, matrix: tuple[int, int]) -> np.ndarray:
    """Noise in HU, a little smooth as a reconstruction filter leaves it."""
    noise = generator.standard_normal((matrix[0] + 1, matrix[1] + 1), dtype=np.float32)
    smooth = noise[1:, 1:] + noise[:-1, 1:]
    smooth += noise[1:, :-1]
    smooth += noise[:-1, :-1]
    smooth *= np.float32(NOISE_HU / 2)
    return smooth


def _series_header(key: SetKey, thickness: float) -> Dataset:
    """Everything of a CT image (PS3.3 A.3) that its slices share."""
    ds = synthetic_patient(*TORSO_PATIENT)
    synthetic_study(
        ds, synthetic_uid("study", *key), "20200102", "093000", "PRACTICE1", "Practice CT chest and abdomen", "PRACTICE1",
        "Cough and weight loss",
    )  # fmt: skip
    synthetic_equipment(ds, MAKER, "Simulated CT")
    ds.SOPClassUID = CT_IMAGE_STORAGE
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.Modality = "CT"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SeriesInstanceUID = synthetic_uid("series", *key)
    ds.SeriesNumber = 1
    ds.SeriesDescription = "Practice torso CT with contrast"
    ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20200102"
    ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "093500"
    ds.ProtocolName = "Chest and abdomen"
    ds.BodyPartExamined = "CHEST"
    ds.PatientPosition = "HFS"
    ds.FrameOfReferenceUID = synthetic_uid("frame of reference", *key)
    ds.PositionReferenceIndicator = ""
    ds.AcquisitionNumber = 1
    ds.ScanOptions = "HELICAL"
    ds.SliceThickness = decimals(thickness)[0]
    ds.KVP = "120"
    ds.XRayTubeCurrent = 220
    ds.ExposureTime = 500
    ds.Exposure = 110
    ds.ConvolutionKernel = "STANDARD"
    ds.ContrastBolusAgent = "Practice contrast"
    ds.ContrastBolusRoute = "IV"
    ds.GantryDetectorTilt = "0"
    ds.TableHeight = "130"
    ds.DataCollectionDiameter = "500"
    ds.ReconstructionDiameter = decimals(FIELD_OF_VIEW_MM)[0]
    ds.RotationDirection = "CW"
    ds.FilterType = "BODY"
    ds.BurnedInAnnotation = "NO"
    ds.LossyImageCompression = "00"
    image_pixels(ds, 1, 1, 12)
    ds.RescaleIntercept = str(INTERCEPT)
    ds.RescaleSlope = "1"
    ds.RescaleType = "HU"
    ds.WindowCenter = ["40", "-500"]
    ds.WindowWidth = ["400", "1500"]
    ds.WindowCenterWidthExplanation = ["ABDOMEN", "LUNG"]
    return ds
