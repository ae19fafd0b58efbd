"""Files that the tests of explore read: a CT slice full of personal data, a segmentation and a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from personal_data import personal_slice
from pydicom import dcmread
from pydicom.dataset import Dataset
from synthetic_series import AXIAL, axial_positions, slice_dataset, write


@pytest.fixture
def personal_dataset() -> Dataset:
    return personal_slice()


@pytest.fixture
def personal_file(tmp_path) -> Path:
    folder = tmp_path / "originals"
    folder.mkdir()
    path = write(personal_slice(), folder / "Dupont_0001.dcm")
    data = path.read_bytes()
    path.write_bytes(b"Dupont was here".ljust(128, b"\0") + data[128:])  # a preamble may hold anything
    return path


@pytest.fixture
def ct_slices(tmp_path) -> list[Path]:
    folder = tmp_path / "ct"
    folder.mkdir()
    return [
        write(slice_dataset(k, ImagePositionPatient=list(position), PatientAge="045Y"), folder / f"{k}.dcm")
        for k, position in enumerate(axial_positions(4))
    ]


@pytest.fixture(scope="session")
def source_images(tmp_path_factory) -> list[Dataset]:
    """Four CT slices that highdicom accepts as the source of a segmentation."""
    folder, images = tmp_path_factory.mktemp("source"), []
    for k, position in enumerate(axial_positions(4)):
        dataset = slice_dataset(k, rows=8, columns=8, ImagePositionPatient=list(position), ImageOrientationPatient=list(AXIAL))
        for keyword in ("AccessionNumber", "StudyTime", "StudyID", "PatientBirthDate", "PatientSex", "ReferringPhysicianName"):
            setattr(dataset, keyword, "")
        dataset.SliceThickness = 2.5
        images.append(dcmread(write(dataset, folder / f"{k}.dcm")))
    return images


@pytest.fixture(scope="session")
def segmentation(source_images) -> Dataset:
    """Prostate and a lesion in it, as the tutorial's example has them."""
    hd = pytest.importorskip("highdicom")
    from pydicom.sr.coding import Code

    algorithm = hd.AlgorithmIdentificationSequence("Threshold", Code("123110", "DCM", "Artificial Intelligence"), "1.0")
    prostate, lesion = Code("41216001", "SCT", "Prostate"), Code("52988006", "SCT", "Lesion")
    described = [
        hd.seg.SegmentDescription(
            1, "Prostate", Code("91723000", "SCT", "Anatomical Structure"), prostate, "AUTOMATIC", algorithm,
            display_color=hd.color.CIELabColor(53.24, 80.09, 67.20),
        ),
        hd.seg.SegmentDescription(
            2, "Lesion", Code("49755003", "SCT", "Morphologically Abnormal Structure"), lesion, "MANUAL",
            anatomic_regions=[prostate],
        ),
    ]  # fmt: skip
    mask = np.zeros((4, 8, 8), np.uint8)
    mask[:, 1:6, 1:6], mask[1:3, 2:4, 2:4] = 1, 2
    return hd.seg.Segmentation(
        source_images, mask, "BINARY", described, hd.UID(), 100, hd.UID(), 1, "Maker", "Model", "1.0", "Serial"
    )  # fmt: skip


@pytest.fixture(scope="session")
def report(source_images, segmentation) -> Dataset:
    """A TID 1500 report: volume and mean of the lesion, in the left prostate."""
    hd = pytest.importorskip("highdicom")
    from pydicom.sr.codedict import codes
    from pydicom.sr.coding import Code

    images = [
        hd.sr.SourceImageForSegmentation(image.SOPClassUID, image.SOPInstanceUID) for image in source_images[1:3]
    ]  # fmt: skip
    region = hd.sr.ReferencedSegment(segmentation.SOPClassUID, segmentation.SOPInstanceUID, 2, source_images=images)
    site = hd.sr.FindingSite(Code("41216001", "SCT", "Prostate"), laterality=codes.SCT.Left)
    group = hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid=hd.UID(), identifier="Lesion 1"),
        referenced_segment=region,
        finding_type=Code("52988006", "SCT", "Lesion"),
        finding_sites=[site],
        measurements=[
            hd.sr.Measurement(name=codes.SCT.Volume, value=12.5, unit=codes.UCUM.CubicMillimeter),
            hd.sr.Measurement(
                name=Code("373098007", "SCT", "Mean"), value=-30.25, unit=Code("[hnsf'U]", "UCUM", "Hounsfield unit")
            ),
        ],
    )
    reader = hd.sr.PersonObserverIdentifyingAttributes(name="Reader^Rita")
    observer = hd.sr.ObserverContext(observer_type=codes.DCM.Person, observer_identifying_attributes=reader)
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_person_context=observer),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=[group],
        title=codes.DCM.ImagingMeasurementReport,
    )
    return hd.sr.Comprehensive3DSR(
        [*source_images, segmentation], content[0], hd.UID(), 200, hd.UID(), 1, manufacturer="Maker", is_complete=True
    )
