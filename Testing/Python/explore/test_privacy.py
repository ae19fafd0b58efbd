"""What identifies a person, by the Basic Profile."""

from __future__ import annotations

import json

import pytest
from personal_data import code, personal_slice
from planted_markers import plant
from pydicom.datadict import DicomDictionary, keyword_for_tag  # type: ignore[attr-defined]
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.explore.deidentification import deidentify
from DICOMTutorialHelperLib.explore.privacy import privacy_report, scan
from DICOMTutorialHelperLib.explore.privacy_findings import GRADES
from DICOMTutorialHelperLib.explore.profile import (
    CATEGORIES,
    coded_terms,
    edition,
    kept_binaries,
    kept_texts,
    personal_category,
    rule_for,
)
from DICOMTutorialHelperLib.languages import LANGUAGES, resources_folder
from DICOMTutorialHelperLib.messages import messages


def found(dataset):
    return {item.path: item.category for item in privacy_report(dataset).found}


@pytest.mark.parametrize(
    ("keyword", "action"),
    [  # Rows of Table E.1-1 typed from the standard, not from our file.
        ("PatientName", "Z"), ("PatientID", "Z/D"), ("PatientBirthDate", "Z"), ("PatientSex", "Z"), ("PatientAge", "X"),
        ("AccessionNumber", "Z"), ("StudyDate", "Z"), ("ContentDate", "Z/D"), ("AcquisitionDate", "X/Z"), ("StudyID", "Z"),
        ("SOPInstanceUID", "U"), ("FrameOfReferenceUID", "U"), ("StudyDescription", "X"), ("SeriesDescription", "X"),
        ("InstitutionName", "X/Z/D"), ("ReferringPhysicianName", "Z"), ("ContentSequence", "D"), ("ImageComments", "X"),
        ("DeviceSerialNumber", "X/Z/D"), ("ProtocolName", "X/D"), ("ReferencedImageSequence", "X/Z/U*"),
    ],
)  # fmt: skip
def test_the_table_is_that_of_the_standard(keyword, action):
    assert rule_for(Tag(keyword)).action == action


def test_the_table_is_whole_and_cites_its_edition():
    table = json.loads((resources_folder() / "Standard" / "basic_profile.json").read_text(encoding="utf-8"))
    assert len(table["elements"]) > 650
    assert "PS3.15" in edition()
    for tag, (name, action, category) in table["elements"].items():
        assert name and category in CATEGORIES, tag
        assert set(action.split("/")) <= {"D", "Z", "X", "U", "U*"}, tag


def test_what_describes_the_image_is_not_personal():
    for keyword in ("Rows", "Columns", "PixelSpacing", "PixelData", "Modality", "SliceThickness", "ImagePositionPatient", "KVP"):
        assert personal_category(Tag(keyword)) == ""


def test_everything_personal_is_found_to_the_depth_of_sequences(personal_dataset):
    items = found(personal_dataset)
    expected = {
        "0010,0010": "patient", "0010,0020": "patient", "0010,1040": "patient", "0008,0050": "identifier",
        "0008,0080": "institution", "0008,0090": "person", "0010,1010": "characteristic", "0008,0020": "date",
        "0008,1030": "text", "0018,1000": "device", "0008,0018": "uid", "0009,1001": "private", "6000,3000": "graphics",
        "0008,2112[0].0008,1155": "uid", "0040,0275[0].0040,1001": "identifier", "0008,2218[0].0011,1001": "private",
    }  # fmt: skip
    assert {path: items.get(path) for path in expected} == expected


def test_empty_elements_and_registered_uids_give_nothing_away():
    dataset = slice_dataset(0, PatientName="", PatientID="", StudyDate="", FrameOfReferenceUID="1.2.840.10008.1.4.1.1")
    paths = found(dataset)
    assert not {"0010,0010", "0010,0020", "0008,0020", "0020,0052"} & set(paths)


def test_private_elements_that_the_standard_calls_safe_are_let_be(personal_dataset):
    assert "0019,100C" not in found(personal_dataset)
    personal_dataset[0x0019, 0x0010].value = "SOMEBODY ELSE"
    assert found(personal_dataset)["0019,100C"] == "private"


def test_names_and_free_text_outside_the_table_count_too():
    dataset = slice_dataset(0)
    dataset.add_new((0x0018, 0x9999), "LT", "anything")
    dataset.add_new((0x0018, 0x9998), "PN", "Somebody^Else")
    items = found(dataset)
    assert (items["0018,9999"], items["0018,9998"]) == ("text", "person")


@pytest.mark.parametrize(
    ("header", "grade"),
    [
        ({}, "direct"),
        ({"PatientName": "", "PatientID": ""}, "indirect"),
        ({"PatientName": "", "PatientID": "", "StudyDate": "", "SeriesDescription": ""}, "technical"),
    ],
)
def test_a_file_gets_the_worst_grade_of_what_it_holds(header, grade):
    assert privacy_report(slice_dataset(0, **header)).grade == grade


def test_a_file_that_records_its_deidentification_is_believed_for_what_the_record_covers():
    header = {"PatientName": "ANON-1", "PatientID": "ANON-1", "SeriesDescription": None, "PatientIdentityRemoved": "YES"}
    dataset = slice_dataset(0, **header)
    dataset.DeidentificationMethodCodeSequence = Sequence([code("113100", "DCM", "Basic Application Confidentiality Profile")])
    assert privacy_report(dataset).grade == "none"
    dataset.PatientName = "Doe^Jane"
    assert privacy_report(dataset).grade == "direct", "a name that looks like one is no pseudonym"
    dataset.PatientName, dataset.SeriesDescription = "ANON-1", "for Mrs Doe"
    assert privacy_report(dataset).grade == "indirect", "the profile removes descriptions; here one is left"


@pytest.mark.parametrize(
    ("header", "warning"),
    [
        ({"BurnedInAnnotation": "YES"}, "burned-in"),
        ({"Modality": "US"}, "burned-in-possible"),
        ({"BodyPartExamined": "HEAD"}, "face"),
        ({"SeriesDescription": "T1 MPRAGE sag", "Modality": "MR"}, "face"),
        ({"StudyDescription": "IRM cérébrale / encéphale", "Modality": "MR"}, "face"),
        ({"SeriesDescription": None}, "face-possible"),
    ],
)
def test_what_only_the_pixels_can_tell_is_a_warning(header, warning):
    assert privacy_report(slice_dataset(0, **header)).warnings == [warning]


@pytest.mark.parametrize(
    "header",
    [{"BodyPartExamined": "CHEST"}, {"BurnedInAnnotation": "NO", "Modality": "US"}, {"RecognizableVisualFeatures": "NO"}],
)
def test_no_warning_without_a_reason(header):
    assert privacy_report(slice_dataset(0, **header)).warnings == []


def test_overlays_and_file_names_are_warned_of(personal_file):
    assert privacy_report(personal_slice()).warnings == ["overlay"]
    assert privacy_report(personal_file).warnings == ["overlay", "file-name"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_and_grade_has_words(language):
    words = messages("privacy", language)
    assert all(words[f"category.{category}"] for category in CATEGORIES)
    assert all(words[f"grade.{grade}"] and words[f"verdict.{grade}"] for grade in GRADES)


def test_rules_are_found_by_the_tag_that_pydicom_gives(personal_dataset):
    assert keyword_for_tag(0x00100010) == "PatientName"
    assert rule_for(Tag(0x50040010)).category == "graphics"
    assert rule_for(Tag(0x00091001)).category == "private"


def test_every_element_that_can_hold_text_a_date_or_a_name_is_accounted_for():
    """Kept because its values are terms, UIDs or listed, with a reason for each check; else a rule removes it."""
    table = json.loads((resources_folder() / "Standard" / "safe_values.json").read_text(encoding="utf-8"))
    assert set(kept_texts().values()) <= set(table["text_checks"])
    assert set(kept_binaries().values()) <= set(table["bulk_reasons"])
    kept, removed = set(), set()
    for tag, entry in DicomDictionary.items():
        vrs, keyword = set(entry[0].split(" or ")), entry[4]
        if tag >> 16 < 8 or not vrs & set("AE AS CS DA DT LO LT OB OD OF OL OV OW PN SH ST TM UC UI UN UR UT".split()):
            continue
        (removed if rule_for(Tag(tag), entry[0].split(" or ")[0]) else kept).add(keyword)
        if rule_for(Tag(tag)) is None:
            is_class = vrs == {"UI"}  # replaced, but for those of the standard
            assert vrs == {"CS"} or is_class or keyword in kept_texts() or keyword in kept_binaries() or "US" in vrs, keyword
    assert len(removed) > 700
    assert not {keyword for keyword in removed if keyword in kept_texts() or keyword in kept_binaries()} - {"ContentLabel"}
    assert len(coded_terms()) > 500
    for keyword, (action, category, reason) in table["beyond_profile"].items():
        assert category in CATEGORIES and action in ("X", "Z", "U") and reason.endswith("."), keyword


@pytest.mark.parametrize(
    "keyword",
    ["PatientBirthDateInAlternativeCalendar", "PatientDeathDateInAlternativeCalendar", "ContactDisplayName", "ContactURI",
     "RetrieveURL", "RetrieveURI", "PixelDataProviderURL", "StorageURL", "PlacerOrderNumberProcedure",
     "FillerOrderNumberImagingServiceRequestRetired", "OtherStudyNumbers", "AcquisitionProtocolName", "RadiationMachineName",
     "ImageID", "DeviceID", "OwnerID", "EncryptedAttributesSequence", "ICCProfile"],
)  # fmt: skip
def test_what_the_table_of_the_standard_lacks_is_personal_too(keyword):
    assert personal_category(Tag(keyword))


def test_an_element_of_another_vr_or_with_an_unknown_value_is_not_called_clean():
    dataset = slice_dataset(0)
    plant(dataset, Tag("ContributingEquipmentSequence"), "OB", b"SECRET HOSPITAL")
    plant(dataset, Tag("BodyPartExamined"), "CS", b"MR SMITH")
    plant(dataset, Tag("Manufacturer"), "LO", b"Maker of 1950-01-17")
    assert {"0018,A001", "0018,0015", "0008,0070"} <= set(found(dataset))


def test_a_copy_is_searched_for_whom_its_original_names(tmp_path):
    original = write(slice_dataset(0, PatientName="Smithson^John"), tmp_path / "in" / "a.dcm")
    [(_, copy)] = deidentify(original, tmp_path / "out").written
    [clean] = scan(copy, original)
    assert (clean.found, clean.original) == ([], True)
    assert clean.searched > 10
    from pydicom import dcmread

    dataset = dcmread(copy)
    dataset.Manufacturer = "SMITHSON scanners"
    dataset.save_as(tmp_path / "leaking.dcm")
    [alone] = scan(tmp_path / "leaking.dcm")
    [with_original] = scan(tmp_path / "leaking.dcm", original)
    assert not alone.found and not alone.original
    assert [(item.keyword, item.category) for item in with_original.found] == [("Manufacturer", "patient")]


def test_a_nested_dataset_is_searched_too():
    dataset, item = slice_dataset(0, PatientName="Smithson^John"), Dataset()
    item.ManufacturerModelName = "Smithsonmobile"
    dataset.ReferencedImageSequence = Sequence([item])
    assert "0008,1140[0].0008,1090" in found(dataset)


def test_the_record_of_the_method_is_nobody(tmp_path):
    original = write(slice_dataset(0, PatientName="Basic^Profile", PatientID="DICOM"), tmp_path / "in" / "a.dcm")
    [(_, copy)] = deidentify(original, tmp_path / "out").written
    assert [item.keyword for report in scan(copy, original) for item in report.found] == []
