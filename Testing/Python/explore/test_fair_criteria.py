"""Each criterion of the FAIR report: what makes it present, partial and missing, and the numbers of its evidence."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from synthetic_series import CT, MR, slice_dataset, write

from DICOMTutorialHelperLib.explore.fair import fair_report


def found(folder, key):
    """(status, evidence) of a criterion; None where it is not asked."""
    for item in fair_report(folder).items:
        if item.key == key:
            return item.status, item.evidence
    return None


def status_of(folder, key, sop_class=CT, **header):
    write(slice_dataset(0, sop_class, **header), folder / "a.dcm")
    item = found(folder, key)
    return item and item[0]


def coded(scheme: str) -> Sequence:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", scheme, "x"
    return Sequence([code])


@pytest.mark.parametrize(
    ("key", "header", "expected"),
    [
        ("descriptions", {"SeriesDescription": None}, "missing"),
        ("descriptions", {"SeriesDescription": None, "StudyDescription": "x"}, "present"),
        ("descriptions", {"SeriesDescription": None, "ProtocolName": "x"}, "present"),
        ("body-part", {}, "missing"),
        ("body-part", {"BodyPartExamined": "CHEST"}, "present"),
        ("body-part", {"AnatomicRegionSequence": coded("SCT")}, "present"),
        ("body-part", {"AnatomicRegionSequence": Sequence([])}, "missing"),
        ("collection", {"ClinicalTrialProtocolName": "x"}, "present"),
        ("collection", {"ClinicalTrialSponsorName": "x"}, "present"),
        ("address", {"RetrieveURL": "https://x"}, "present"),
        ("address", {"RetrieveAETitle": "x"}, "present"),
        ("address", {}, "missing"),
        ("licence", {"ConsentForDistributionFlag": "YES"}, "present"),
        ("licence", {}, "missing"),
        ("equipment", {"Manufacturer": "x"}, "missing"),
        ("equipment", {"ManufacturerModelName": "x"}, "missing"),
        ("equipment", {"Manufacturer": "x", "ManufacturerModelName": "x"}, "present"),
        ("equipment", {"Manufacturer": "x", "SoftwareVersions": "x"}, "present"),
        ("geometry", {"ImagePositionPatient": [0, 0, 0]}, "present"),
        ("geometry", {}, "missing"),
        ("geometry", {"ImagePositionPatient": [0, 0, 0], "FrameOfReferenceUID": None}, "missing"),
        ("geometry", {"ImagePositionPatient": [0, 0, 0], "PixelSpacing": None}, "missing"),
        ("record", {"PatientIdentityRemoved": "YES"}, "missing"),
        ("record", {"DeidentificationMethod": "x"}, "missing"),
        ("record", {"PatientIdentityRemoved": "NO", "DeidentificationMethod": "x"}, "missing"),
        ("record", {"PatientIdentityRemoved": "YES", "DeidentificationMethod": "x"}, "present"),
        ("record", {"PatientIdentityRemoved": "YES", "DeidentificationMethodCodeSequence": coded("DCM")}, "present"),
        ("record", {"PatientIdentityRemoved": "YES", "DeidentificationMethodCodeSequence": Sequence([])}, "missing"),
        ("sources", {}, None),
        ("sources", {"ImageType": ["DERIVED", "PRIMARY"]}, "missing"),
        ("sources", {"ImageType": ["DERIVED", "PRIMARY"], "SourceImageSequence": coded("DCM")}, "present"),
        ("sop-class", {}, "present"),
        ("sop-class", {"SOPClassUID": "1.2.3"}, "missing"),
        ("sop-class", {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "missing"),
    ],
)
def test_a_criterion_is_met_by_what_the_standard_has_for_it(tmp_path, key, header, expected):
    assert status_of(tmp_path, key, **header) == expected


@pytest.mark.parametrize(
    ("sop_class", "header", "expected"),
    [
        (CT, {"SliceThickness": "1"}, "missing"),
        (CT, {"KVP": "120"}, "missing"),
        (CT, {"SliceThickness": "1", "KVP": "120"}, "present"),
        (MR, {"SliceThickness": "1", "RepetitionTime": "9"}, "missing"),
        (MR, {"SliceThickness": "1", "EchoTime": "9"}, "missing"),
        (MR, {"RepetitionTime": "9", "EchoTime": "9"}, "missing"),
        (MR, {"SliceThickness": "1", "RepetitionTime": "9", "EchoTime": "9"}, "present"),
        (MR, {"SliceThickness": "1", "RepetitionTime": "9", "EffectiveEchoTime": 9.0}, "present"),
    ],
)
def test_a_protocol_has_what_its_modality_is_known_by(tmp_path, sop_class, header, expected):
    assert status_of(tmp_path, "protocol", sop_class, **header) == expected


@pytest.mark.parametrize(
    ("schemes", "expected"),
    [
        ([], ("missing", {"count": 0, "total": 0, "schemes": ""})),
        (["SCT", "DCM"], ("present", {"count": 2, "total": 2, "schemes": "SCT, DCM"})),
        (["SCT", "99LOCAL"], ("partial", {"count": 1, "total": 2, "schemes": "SCT, 99LOCAL"})),
        (["99LOCAL"], ("missing", {"count": 0, "total": 1, "schemes": "99LOCAL"})),
        (["SCT", "SCT", "A", "B", "C", "D"], ("present", {"count": 6, "total": 6, "schemes": "SCT, A, B, C"})),
    ],
)
def test_codes_are_counted_by_their_schemes(tmp_path, schemes, expected):
    codes = Sequence([code for scheme in schemes for code in coded(scheme)])
    write(slice_dataset(0, **({"ProcedureCodeSequence": codes} if schemes else {})), tmp_path / "a.dcm")
    assert found(tmp_path, "codes") == expected


@pytest.mark.parametrize(("private", "expected"), [(0, "present"), (1, "present"), (3, "partial")])
def test_private_elements_are_few_below_a_twentieth(tmp_path, private, expected):
    dataset = slice_dataset(0)
    if private:
        block = dataset.private_block(0x0019, "MAKER", create=True)
        for number in range(private - 1):
            block.add_new(number, "LO", "x")
    total = len(dataset) - 1  # without the pixels
    write(dataset, tmp_path / "a.dcm")
    status, evidence = found(tmp_path, "private")
    assert evidence == {"count": private, "total": total, "percent": round(100 * private / total)}
    assert status == expected == ("present" if private / total < 0.05 else "partial")


@pytest.mark.parametrize(
    ("uids", "expected"),
    [
        (["1.2.1", "1.2.2"], ("present", {"missing": 0, "repeated": 0, "total": 2})),
        (["1.2.1", "1.2.1", "1.2.1"], ("partial", {"missing": 0, "repeated": 2, "total": 3})),
    ],
)
def test_identifiers_are_counted(tmp_path, uids, expected):
    for number, uid in enumerate(uids):
        write(slice_dataset(number, SOPInstanceUID=uid), tmp_path / f"{number}.dcm")
    assert found(tmp_path, "identifiers") == expected


@pytest.mark.parametrize(("key", "name"), [("licence", "LICENSE.txt"), ("collection", "CITATION.cff")])
@pytest.mark.parametrize("above", [0, 1])
def test_a_file_beside_the_images_is_an_answer(tmp_path, key, name, above):
    folder = tmp_path / "study" / "series"
    write(slice_dataset(0), folder / "a.dcm")
    assert found(tmp_path, key)[0] == "missing"
    (folder if above == 0 else folder.parent).joinpath(name).write_text("x")
    status, evidence = found(tmp_path, key)
    assert (status, evidence["files"], evidence["count"]) == ("present", name, 0)


def test_series_that_differ_are_in_part(tmp_path):
    for number, header in enumerate([{"KVP": "120", "SliceThickness": "1"}, {}, {}]):
        write(slice_dataset(number, SeriesInstanceUID=f"1.9.{number}", **header), tmp_path / f"{number}.dcm")
    assert found(tmp_path, "protocol") == ("partial", {"count": 1, "total": 3})
    report = fair_report(tmp_path)
    assert (report.series, report.instances) == (3, 3)
