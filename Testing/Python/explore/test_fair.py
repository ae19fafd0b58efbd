"""The FAIR report: what is there, what is missing, and the evidence."""

from __future__ import annotations

import pytest
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.explore.deidentification import deidentify
from DICOMTutorialHelperLib.explore.fair import CHECKS, PRINCIPLES, fair_report
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages


def statuses(path):
    return {item.key: item.status for item in fair_report(path).items}


def test_a_bare_slice_lacks_most(tmp_path):
    write(slice_dataset(0, ImagePositionPatient=[0, 0, 0], SeriesDescription=None), tmp_path / "a.dcm")
    found = statuses(tmp_path)
    assert found["identifiers"] == found["sop-class"] == found["transfer-syntax"] == found["geometry"] == "present"
    for key in (
        "descriptions",
        "body-part",
        "collection",
        "licence",
        "equipment",
        "protocol",
        "record",
        "codes",
        "address",
        "privacy",
    ):
        assert found[key] == "missing", key
    assert "sources" not in found, "nothing here is derived"


def test_what_is_added_is_found(tmp_path):
    header = {
        "SeriesDescription": "Thorax", "BodyPartExamined": "CHEST", "Manufacturer": "Maker", "ManufacturerModelName": "Model",
        "KVP": "120", "SliceThickness": "1", "ImagePositionPatient": [0, 0, 0], "ClinicalTrialProtocolID": "TRIAL",
    }  # fmt: skip
    write(slice_dataset(0, **header), tmp_path / "a.dcm")
    (tmp_path / "LICENSE.txt").write_text("CC BY 4.0", encoding="utf-8")
    found = statuses(tmp_path)
    for key in ("descriptions", "body-part", "collection", "licence", "equipment", "protocol"):
        assert found[key] == "present", key


def test_repeated_identifiers_are_counted(tmp_path):
    dataset = slice_dataset(0)
    write(dataset, tmp_path / "a.dcm")
    write(dataset, tmp_path / "b.dcm")
    item = next(item for item in fair_report(tmp_path).items if item.key == "identifiers")
    assert (item.status, item.evidence["repeated"]) == ("partial", 1)


def test_half_of_the_series_is_in_part(tmp_path):
    write(slice_dataset(0, SeriesInstanceUID="1.1", BodyPartExamined="CHEST"), tmp_path / "a.dcm")
    write(slice_dataset(0, SeriesInstanceUID="1.2"), tmp_path / "b.dcm")
    item = next(item for item in fair_report(tmp_path).items if item.key == "body-part")
    assert (item.status, item.evidence["count"], item.evidence["total"]) == ("partial", 1, 2)


def test_deidentified_copies_gain_their_record(personal_file, tmp_path):
    deidentify(personal_file, tmp_path / "out")
    found = statuses(tmp_path / "out")
    assert found["privacy"] == found["record"] == "present"


def test_derived_objects_are_asked_for_their_sources(segmentation, tmp_path):
    write(segmentation, tmp_path / "seg.dcm")
    found = statuses(tmp_path)
    assert found["sources"] == "present"
    assert found["codes"] == "present"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_item_has_a_name_a_reason_and_evidence(language):
    words = messages("fair", language)
    for principle, key, _ in CHECKS:
        assert principle in PRINCIPLES
        assert words[key] and words[f"{key}.why"] and words[f"{key}.evidence"]


def test_the_real_torso_names_its_place_in_an_archive(shared_data):
    found = statuses(shared_data / "torso_ct")
    assert found["record"] == "present"
    assert found["geometry"] == "present"
    assert found["descriptions"] == "missing"


@pytest.mark.parametrize(("private", "status"), [(0, "present"), (1, "present"), (10, "partial")])
def test_many_private_elements_are_in_part(tmp_path, private, status):
    """A bare slice has some 25 elements of the standard."""
    dataset = slice_dataset(0)
    for number in range(private):
        dataset.add_new((0x0019, 0x1000 + number), "LO", "?")
    write(dataset, tmp_path / "a.dcm")
    item = next(item for item in fair_report(tmp_path).items if item.evidence.get("percent") is not None)
    assert item.evidence["count"] == private
    assert item.status == status
