"""One example each of the other kinds of instances that the tutorial names.

A single X-ray, an enhanced multi-frame MR, a segmentation of the lesion and a structured report that measures it. The last two
refer to the practice BLISS of the same size and seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ComputedRadiographyImageStorage

from DICOMTutorialHelperLib.data.synthetic.derived_objects import make_report, make_segmentation
from DICOMTutorialHelperLib.data.synthetic.instances import (
    MAKER,
    TORSO_PATIENT,
    SetKey,
    decimals,
    image_pixels,
    synthetic_equipment,
    synthetic_patient,
    synthetic_study,
    synthetic_uid,
    write_instance,
)
from DICOMTutorialHelperLib.data.synthetic.multi_frame import make_multi_frame
from DICOMTutorialHelperLib.data.synthetic.shapes import image_grid
from DICOMTutorialHelperLib.data.synthetic.torso_anatomy import torso_of
from DICOMTutorialHelperLib.progress import Progress, no_progress

FOLDER = Path("examples")
COMPUTED_RADIOGRAPHY_IMAGE_STORAGE = ComputedRadiographyImageStorage


def make_examples(
    folder: Path, size: str = "small", seed: int = 0, fault: Optional[str] = None, progress: Progress = no_progress
) -> list[Path]:
    """Write examples/{xray,multi-frame,segmentation,report}/1-1.dcm below ``folder``; returns the files."""
    key = SetKey("examples", size, seed, fault or "sound")
    makers = {"xray": make_xray, "multi-frame": make_multi_frame, "segmentation": make_segmentation, "report": make_report}
    paths = []
    for number, (kind, make) in enumerate(makers.items(), 1):
        path = folder / FOLDER / kind / "1-1.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_instance(make(key), path)
        paths.append(path)
        progress(number, len(makers))
    return paths


def make_xray(key: SetKey) -> Dataset:
    """A chest X-ray from behind: what the rays have left after the torso, drawn as film shows it."""
    size = {"small": 256, "full": 1024}[key.size]
    spacing = 380.0 / size
    torso = torso_of(key.seed)
    thickness = np.zeros((size, size), np.float32)
    depths = np.arange(-120, 121, 3.0)
    positions = np.array([(-190 + spacing / 2, y, 225 - spacing / 2) for y in depths])
    # Edges as soft as the steps between depths, or ribs would look like strings of beads.
    grid = image_grid(positions, (1, 0, 0), (0, 0, -1), (spacing, spacing), (size, size), max(3.2, spacing))
    for _, block in grid.blocks():
        # Attenuation by water at 60 keV is about 0.02 per mm; bone takes more of the soft rays than its HU say.
        hounsfield = torso.hounsfield(block)
        density = np.clip(1 + hounsfield / 1000, 0, None) + np.clip(hounsfield - 200, 0, None) / 300
        thickness += density.sum(axis=0) * 3.0
    film = 1 - np.exp(-0.0065 * thickness)
    noise = np.random.default_rng([key.seed, 5]).standard_normal(film.shape, dtype=np.float32) * 0.006
    ds = synthetic_patient(*TORSO_PATIENT)
    synthetic_study(ds, synthetic_uid("xray study", *key), "20200101", "150000", "PRACTICE3", "Practice chest X-ray", "PRACTICE3")
    synthetic_equipment(ds, MAKER, "Simulated X-ray")
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = COMPUTED_RADIOGRAPHY_IMAGE_STORAGE
    ds.SOPInstanceUID = synthetic_uid("xray", *key)
    ds.SeriesInstanceUID = synthetic_uid("xray series", *key)
    ds.Modality = "CR"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.SeriesNumber = ds.InstanceNumber = ds.AcquisitionNumber = 1
    ds.SeriesDescription = "Practice chest X-ray PA"
    ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20200101"
    ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "150500"
    ds.BodyPartExamined = "CHEST"
    ds.ViewPosition = "PA"
    ds.PatientOrientation = ["L", "F"]
    ds.KVP = "125"
    ds.BurnedInAnnotation = "NO"
    ds.LossyImageCompression = "00"
    ds.ImagerPixelSpacing = decimals((spacing, spacing), 6)
    image_pixels(ds, size, size, 12)
    ds.WindowCenter, ds.WindowWidth = "2300", "2800"
    ds.PixelData = np.clip(np.rint((film + noise) * 4000), 0, 4095).astype("<u2").tobytes()
    return ds
