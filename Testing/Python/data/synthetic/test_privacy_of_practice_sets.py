"""What a learner sees of practice images in the privacy table is true: only what would name somebody is said to."""

from __future__ import annotations

from DICOMTutorialHelperLib.explore.privacy import scan

# What real scanners write here says nothing of the patient (kept by PS3.15 Table E.1-1 or not in it).
OF_THE_MACHINE = {
    *("Manufacturer", "ManufacturerModelName", "SoftwareVersions", "ConvolutionKernel", "PulseSequenceName", "ScanOptions"),
    *("ReceiveCoilName", "ReceiveCoilManufacturerName", "TransmitCoilName", "TransmitCoilManufacturerName", "BodyPartExamined"),
}


def test_the_machine_of_practice_images_names_nobody(practice_folder):
    found = {item.keyword for report in scan(practice_folder) for item in report.found}
    assert {"PatientName", "PatientID", "OperatorsName", "StationName"} <= found
    assert not found & OF_THE_MACHINE
