"""Values as a person reads them, elements by name, texts of a dataset: by hand, from PS3.5 section 6.2."""

from __future__ import annotations

import pytest
from planted_markers import plant
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.explore import datasets
from DICOMTutorialHelperLib.explore.datasets import (
    MOST_DEPTH,
    UnreadableFile,
    bytes_of,
    dicom_files,
    items_below,
    items_of,
    numbers_of,
    read_dataset,
    reason_of,
    text_of,
    text_of_tag,
    transfer_syntax_of,
    value_of,
    walk_elements,
)
from DICOMTutorialHelperLib.explore.values import element_name, items_text, number, person_text, value_text
from DICOMTutorialHelperLib.explore.writing import encoding_of, write_clean
from DICOMTutorialHelperLib.messages import messages

WORDS = messages("headers", "en")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("vr", "value", "text"),
    [
        ("DA", "20081111", "2008-11-11"), ("DA", "2008.11.11", "2008.11.11"), ("DA", "200811110", "200811110"),
        ("TM", "140322.5", "14:03:22.5"), ("TM", "14", "14"), ("TM", "1403", "14:03"), ("TM", "140322.500", "14:03:22.5"),
        ("TM", "140322.000", "14:03:22"), ("TM", "x", "x"), ("TM", "1", "1"),
        ("DT", "20081111140322.50+0100", "2008-11-11 14:03:22.5 +0100"), ("DT", "2008", "2008"), ("DT", "200811", "2008-11"),
        ("DT", "2008111114", "2008-11-11 14"), ("DT", "20081111-0500", "2008-11-11 -0500"), ("DT", "x", "x"),
        ("AS", "045Y", "45 years"), ("AS", "001Y", "1 year"), ("AS", "001M", "1 month"), ("AS", "006M", "6 months"),
        ("AS", "001W", "1 week"), ("AS", "002W", "2 weeks"), ("AS", "001D", "1 day"), ("AS", "009D", "9 days"),
        ("AS", "45", "45"),
        ("AT", 0x00181063, "(0018,1063) FrameTime"), ("AT", 0x00091001, "(0009,1001)"),
        ("UI", "1.2.840.10008.1.2", "Implicit VR Little Endian (1.2.840.10008.1.2)"), ("UI", "1.2.3", "1.2.3"),
        ("PN", "Doe^Jane", "Doe^Jane"), ("FD", 0.1234567891, "0.1234568"), ("FL", 2.0, "2"), ("US", 5, "5"), ("IS", "12", "12"),
        ("LO", "a  b\0", "a b"), ("LO", "", ""), ("LO", None, ""), ("OB", b"", ""),
        ("OB", bytes(range(12)), "00 01 02 03 04 05 06 07 08 09 0A 0B (12 bytes)"), ("OB", bytes(13), "13 bytes"),
        ("OB", b"text \0\0", "text"), ("OB", b"x" * 64, "x" * 64), ("OB", b"x" * 65, "65 bytes"),
        ("OB", b"a\x7f", "61 7F (2 bytes)"),
        ("OB", b"a~", "a~"), ("OB", b"a\x1f", "61 1F (2 bytes)"), ("OB", b" !", " !"), ("OB", b"\0", "00 (1 byte)"),
        ("OB", bytes(12345), "12,345 bytes"),
        ("DS", MultiValue(str, ["1", "2"]), "1 \\ 2"), ("US", MultiValue(int, range(16)), " \\ ".join(map(str, range(16)))),
        ("US", MultiValue(int, range(17)), " \\ ".join(map(str, range(16))) + " … (17 values in all)"),
    ],
)  # fmt: skip
def test_values_are_shown_in_one_line(vr, value, text):
    shown = value_text(DataElement(0x00280010 if vr != "AT" else 0x00280009, vr, value), WORDS)
    assert shown == text


def coded(*meanings: str) -> DataElement:
    items = []
    for meaning in meanings:
        item = Dataset()
        if meaning:
            item.CodeMeaning = meaning
        items.append(item)
    return DataElement(0x00082218, "SQ", Sequence(items))


@pytest.mark.parametrize(
    ("meanings", "text"),
    [
        ((), "(empty)"), (("a",), "1 item · a"), (("a", "b", "c", "d"), "4 items · a, b, c, d"),
        (("a",) * 5, "5 items · a, a, a, a"),
        (("a", ""), "2 items"), (("a",) * 4 + ("",), "5 items · a, a, a, a"),
    ],
)  # fmt: skip
def test_sequences_are_counted_with_what_their_codes_mean(meanings, text):
    assert value_text(coded(*meanings), WORDS) == text


def test_counts_have_the_marks_of_the_language():
    assert number(1234567, WORDS) == "1,234,567" and items_text(1, WORDS) == "1 item" and items_text(9999, WORDS) == "9999 items"
    assert items_text(10000, WORDS) == "10,000 items"


@pytest.mark.parametrize(
    ("name", "text"), [("A^B=C^D=E", "A^B = C^D = E"), ("A^B==E", "A^B = E"), ("^^=C", "C"), ("", ""), (" A ", "A")]
)  # fmt: skip
def test_spellings_of_a_name_are_set_apart(name, text):
    assert person_text(name) == text


def test_elements_are_named_by_the_dictionary_or_their_creator():
    dataset = Dataset()
    dataset.add_new(0x00190010, "LO", "SIEMENS MR HEADER")
    dataset.add_new(0x00210010, "LO", "ACME")
    names = {
        0x00100010: "Patient's Name", 0x00100000: "Group Length", 0x0018FFFE: "Unknown", 0x00190010: "Private Creator",
        0x0019100C: "[B_value]", 0x00211001: "[ACME]", 0x00231001: "Private",
    }  # fmt: skip
    assert {tag: element_name(dataset, BaseTag(tag)) for tag in names} == names
    plant(dataset, Tag(0x00230010), "LO", b"ACME 2")
    assert element_name(dataset, BaseTag(0x00231001)) == "[ACME 2]"


def header(**values) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


class TestTexts:
    def test_values_are_joined_stripped_or_nothing(self):
        dataset = header(ImageType=["A", "B"], Manufacturer=" Acme ", AnatomicRegionSequence=Sequence([]), PixelSpacing=[0.5, 1])
        dataset.add_new("RedPaletteColorLookupTableData", "OW", b"ab")
        expected = {
            "ImageType": "A\\B",
            "Manufacturer": "Acme",
            "AnatomicRegionSequence": "",
            "RedPaletteColorLookupTableData": "",
        }
        assert {keyword: text_of(dataset, keyword) for keyword in expected} == expected
        assert text_of(dataset, "Modality") == ""
        assert numbers_of(dataset, "PixelSpacing") == [0.5, 1] and numbers_of(dataset, "Manufacturer") == []
        assert numbers_of(header(KVP="80"), "KVP") == [80] and numbers_of(dataset, "KVP") == []

    def test_what_cannot_be_read_is_nothing(self):
        dataset = header(Manufacturer="")
        plant(dataset, Tag("RealWorldValueSlope"), "FD", b"\1" * 6)
        assert value_of(dataset, "RealWorldValueSlope", 7) == 7 and value_of(dataset, "Manufacturer", 7) == 7
        assert value_of(header(Rows=0), "Rows", 7) == 0 and value_of(dataset, "Modality") is None
        assert text_of_tag(dataset, 0x00409225) == "" and text_of_tag(dataset, 0x00080060) == ""
        assert text_of_tag(header(Modality=" CT "), 0x00080060) == "CT"

    def test_items_are_those_of_sequences(self):
        one, two = header(Modality="CT"), header(Modality="MR")
        dataset = header(AnatomicRegionSequence=Sequence([one, two]), Modality="US", ReferencedImageSequence=Sequence([]))
        assert items_of(dataset, "AnatomicRegionSequence") == [one, two]
        assert items_of(dataset, "Modality") == [] and items_of(dataset, "ConceptCodeSequence") == []
        assert list(items_below(dataset)) == [one]

    def test_elements_are_walked_to_the_depth_that_objects_have(self):
        dataset = header(Modality="CT")
        for _ in range(MOST_DEPTH + 1):
            dataset = header(AnatomicRegionSequence=Sequence([dataset]))
        assert len(list(walk_elements(dataset))) == MOST_DEPTH + 1
        assert [element.keyword for element in walk_elements(dataset)][-1] == "AnatomicRegionSequence"
        assert [element.keyword for element in walk_elements(dataset.AnatomicRegionSequence[0])][-1] == "Modality"

    def test_bytes_are_those_in_the_file(self, tmp_path):
        dataset = read_dataset(write(slice_dataset(0), tmp_path / "a.dcm"))
        assert bytes_of(dataset, Tag("Modality")) == b"CT"
        assert dataset.Modality == "CT" and bytes_of(dataset, Tag("Modality")) is None and bytes_of(dataset, Tag("KVP")) is None
        assert transfer_syntax_of(dataset) == ExplicitVRLittleEndian and transfer_syntax_of(Dataset()) == ""

    def test_reasons_are_no_longer_than_a_line(self):
        assert reason_of(ValueError("x" * 201)) == "x" * 200 and reason_of(KeyError()) == "KeyError"


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty-file"), (b"words " * 50, "not-dicom"), (b"\0" * 128 + b"DICM", "damaged"), (b"\0" * 400, "not-dicom"),
            (b"\0" * 128 + b"DICM" + b"\2\0\0\0UL\4\0\xff\0\0\0\2\0\x10\0U", "damaged"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_has_a_reason(self, tmp_path, content, reason):
        (tmp_path / "a.dcm").write_bytes(content)
        for keywords in (None, ["Modality"]):
            if keywords and reason == "damaged":
                continue
            with pytest.raises(UnreadableFile) as refused:
                read_dataset(tmp_path / "a.dcm", keywords)
            assert refused.value.reason == reason

    def test_what_is_not_there_and_folders_have_one_too(self, tmp_path):
        for path, reason in ((tmp_path / "absent", "not-found"), (tmp_path, "folder")):
            with pytest.raises(UnreadableFile) as refused:
                read_dataset(path)
            assert (refused.value.reason, refused.value.path) == (reason, path)

    @pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
    def test_files_without_a_preamble_are_read_where_they_begin_as_dicom(self, tmp_path, syntax):
        path = write(slice_dataset(0), tmp_path / "a.dcm", syntax)
        whole = path.read_bytes()
        (tmp_path / "bare.dcm").write_bytes(whole[132:])
        assert read_dataset(tmp_path / "bare.dcm", ["Modality"]).Modality == "CT"
        assert read_dataset(tmp_path / "bare.dcm", pixels=False).Rows == 5
        assert "PixelData" not in read_dataset(path, pixels=False) and "PixelData" in read_dataset(path)
        assert "Rows" in read_dataset(path, ["Rows"], pixels=False) and "Modality" not in read_dataset(
            path, ["Rows"], pixels=False
        )

    @pytest.mark.parametrize(
        ("elements", "looks"),
        [
            ([0x00080060], True), ([0x00080060, 0x00091001], True), ([0x00091001], False), ([], False), ([0x00000002], False),
            ([0x00080000, 0x00080060], True), ([0x00080060, 0x0018FFFE], False), ([0x00080000], False),
            ([0x00080060, 0x00080070, 0x00100010, 0x00100020, 0x00180015, 0x0018FFFE], True),
        ],
    )  # fmt: skip
    def test_files_begin_with_elements_of_the_dictionary(self, elements, looks):
        dataset = Dataset()
        for tag in elements:
            dataset.add_new(tag, "LO", "x")
        assert datasets._looks_like_dicom(dataset) is looks

    def test_in_folders_files_come_that_may_be_dicom_and_named_ones_always(self, tmp_path):
        image = write(slice_dataset(0), tmp_path / "in" / "image")
        (tmp_path / "in" / "junk.DCM").write_bytes(b"junk")
        (tmp_path / "in" / "note.txt").write_bytes(b"junk")
        (tmp_path / "in" / "DICOMDIR").write_bytes(image.read_bytes())
        assert [path.name for path in dicom_files(tmp_path / "in")] == ["image", "junk.DCM"]
        named = tmp_path / "in" / "note.txt"
        assert list(dicom_files([named])) == [named] and list(dicom_files(str(tmp_path / "in" / "DICOMDIR"))) != []


class TestWriting:
    @pytest.mark.parametrize(
        ("implicit", "little", "syntax"),
        [(True, True, ImplicitVRLittleEndian), (False, True, ExplicitVRLittleEndian), (False, False, ExplicitVRBigEndian)],
    )
    def test_without_a_transfer_syntax_it_is_that_of_the_encoding(self, tmp_path, implicit, little, syntax, monkeypatch):
        monkeypatch.setattr("DICOMTutorialHelperLib.explore.writing.encoding_of", lambda original: (implicit, little))
        clean = header(Modality="CT", SOPClassUID="1.2.3")
        write_clean(clean, Dataset(), tmp_path / "a.dcm", "1.2.9")
        meta = read_dataset(tmp_path / "a.dcm").file_meta
        assert (meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID) == (
            syntax,
            "1.2.3",
            "1.2.9",
        )
        assert meta.ImplementationVersionName == "DTUTORIALHELPER"

    @pytest.mark.parametrize(
        ("old", "new"), [("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2"), ("Smith", "1.2.840.10008.5.1.4.1.1.66"),
        ("", "1.2.840.10008.5.1.4.1.1.66")]
    )  # fmt: skip
    @pytest.mark.filterwarnings("ignore")
    def test_without_a_class_it_is_that_of_the_file_meta_where_the_standard_has_it(self, tmp_path, old, new):
        original = read_dataset(write(slice_dataset(0), tmp_path / "b.dcm"))
        original.file_meta = FileMetaDataset()
        original.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        original.file_meta.MediaStorageSOPClassUID = UID(old)
        write_clean(header(Modality="CT", SOPInstanceUID="1.2.4"), original, tmp_path / "a.dcm", "1.2.9")
        meta = read_dataset(tmp_path / "a.dcm").file_meta
        assert (meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID) == (new, "1.2.4")
        assert (tmp_path / "a.dcm").read_bytes()[:132] == b"\0" * 128 + b"DICM"

    @pytest.mark.parametrize(
        ("syntax", "encoding"),
        [(ImplicitVRLittleEndian, (True, True)), (ExplicitVRLittleEndian, (False, True)), (ExplicitVRBigEndian, (False, False))],
    )
    def test_the_encoding_is_that_of_the_file(self, tmp_path, syntax, encoding):
        assert encoding_of(read_dataset(write(slice_dataset(0), tmp_path / "a.dcm", syntax))) == encoding
