"""A few elements of many files, read alone and converted once."""

from __future__ import annotations

from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom.scanned_keywords import KeywordReader, scan_keywords


def test_a_few_elements_of_a_file_are_read_alone(two_images):
    alone = scan_keywords(two_images / "1.1.dcm", ["Rows", "PatientName", "EchoTime", "NoKeyword"])
    assert (alone.Rows, str(alone.PatientName), "EchoTime" in alone, "Columns" in alone) == (5, "A^é", False, False)


def test_what_is_the_same_in_many_files_is_converted_once(two_images):
    converted, plain = [], []

    def convert(dataset, keyword):
        converted.append(keyword)
        return dataset.get(keyword)

    def from_bytes(content, vr):
        plain.append((vr, content))
        return "plain" if vr == "LO" else None

    reader = KeywordReader(["PatientName", "PatientID", "SOPInstanceUID", "EchoTime"], convert, from_bytes)
    first, second = (reader.read(two_images / f"{uid}.dcm") for uid in ("1.1", "1.2"))
    assert (str(first["PatientName"]), first["PatientID"], first["SOPInstanceUID"]) == ("A^é", "plain", "1.1")
    assert second == {**first, "SOPInstanceUID": "1.2"} and "EchoTime" not in first
    assert sorted(converted) == ["PatientName", "SOPInstanceUID", "SOPInstanceUID"]
    assert ("LO", b"P1") in plain


def test_files_that_hold_a_surprise_are_read_by_pydicom_or_who_is_told_to(tmp_path):
    path = write(slice_dataset(0, PatientID="B", SpecificCharacterSet=["ISO 2022 IR 6", "ISO 2022 IR 87"]), tmp_path / "a.dcm")
    assert KeywordReader(["PatientID", "EchoTime"]).read(path) == {"PatientID": "B"}
    asked = []
    reader = KeywordReader(["PatientID"], read_dataset=lambda path: asked.append(path.name) or slice_dataset(0, PatientID="C"))
    assert (reader.read(path), asked) == ({"PatientID": "C"}, ["a.dcm"])
