"""The header as a learner reads it. What pydicom says of the same files is the truth."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.explore.datasets import MOST_DEPTH, UnreadableFile, dicom_files, read_dataset
from DICOMTutorialHelperLib.explore.headers import (
    GROUPS,
    HeaderRow,
    fold_accents,
    group_of,
    header_rows,
    in_group,
    search,
    tag_text,
)
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages

PYDICOM_DATA = Path(pydicom.__file__).parent / "data"
PYDICOM_FILES = sorted(
    path
    for folder in ("test_files", "charset_files", "palettes")
    for path in (PYDICOM_DATA / folder).rglob("*")
    if path.is_file()
)


def row_of(rows, keyword):
    return next(row for row in rows if row.keyword == keyword)


def elements_of(dataset: Dataset) -> int:
    """All elements, to the depth of sequences, counted by pydicom."""
    return sum(1 + sum(elements_of(item) for item in (element.value if element.VR == "SQ" else [])) for element in dataset)


@pytest.mark.parametrize("path", PYDICOM_FILES, ids=lambda path: path.name)
def test_any_file_of_pydicom_is_shown_or_refused_with_a_reason(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(path)
        except pydicom.errors.InvalidDicomError:
            dataset = None
    if dataset is None:
        try:
            rows = header_rows(path, "en")
        except UnreadableFile as refusal:
            assert messages("headers", "en")[f"error.{refusal.reason}"].format(path=path, detail=refusal.detail)
        else:
            assert row_of(rows, "SOPClassUID").value, "what pydicom only reads when forced is shown only if it is DICOM"
    else:
        rows = header_rows(path, "fr")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = elements_of(dataset) + len(dataset.file_meta)
        assert len([row for row in rows if row.tag]) == expected


def test_real_headers_are_shown(shared_data):
    for folder in ("torso_ct", "ct_head", "edge_cases"):
        for path in list(dicom_files(shared_data / folder))[::8]:
            rows = header_rows(path, "fr")
            assert all(row.readable for row in rows), path
            assert row_of(rows, "SOPInstanceUID").value == pydicom.dcmread(path).SOPInstanceUID


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("chrH31.dcm", "Yamada^Tarou = 山田^太郎 = やまだ^たろう"),
        ("chrI2.dcm", "Hong^Gildong = 洪^吉洞 = 홍^길동"),
        ("chrGreek.dcm", "Διονυσιος"),
        ("chrArab.dcm", "قباني^لنزار"),
        ("chrFren.dcm", "Buc^Jérôme"),
    ],
)
def test_names_come_in_their_own_letters(name, shown):
    assert row_of(header_rows(PYDICOM_DATA / "charset_files" / name, "en"), "PatientName").value == shown


def test_values_are_readable(tmp_path):
    dataset = slice_dataset(0, StudyTime="140322.500000", AcquisitionDateTime="20210304101112", PatientAge="045Y")
    dataset.add_new((0x0020, 0x9165), "AT", 0x00189087)
    rows = header_rows(write(dataset, tmp_path / "a.dcm"), "en")
    expected = {
        "StudyDate": "2020-01-02",
        "StudyTime": "14:03:22.5",
        "AcquisitionDateTime": "2021-03-04 10:11:12",
        "PatientAge": "45 years",
        "PixelData": "40 bytes",
        "PixelSpacing": "0.8 \\ 0.7",
        "SOPClassUID": "CT Image Storage (1.2.840.10008.5.1.4.1.1.2)",
        "DimensionIndexPointer": "(0018,9087) DiffusionBValue",
    }
    assert {keyword: row_of(rows, keyword).value for keyword in expected} == expected
    assert row_of(rows, "PixelSpacing").multiplicity == 2


def test_numbers_and_ages_follow_the_language(tmp_path):
    dataset = slice_dataset(0, rows=100, columns=100, PatientAge="001Y")
    rows = header_rows(write(dataset, tmp_path / "a.dcm"), "fr")
    assert row_of(rows, "PixelData").value == "20\u00a0000 octets"
    assert row_of(rows, "PatientAge").value == "1 an"


def test_elements_stand_in_the_groups_of_the_tutorial(personal_dataset):
    rows = header_rows(personal_dataset, "en")
    groups = {row.keyword: row.group for row in rows if row.keyword and not row.depth}
    expected = {
        "Modality": "study", "InstitutionName": "study", "ReferringPhysicianName": "study", "StudyInstanceUID": "study",
        "PatientName": "patient", "PatientSex": "patient", "AcquisitionDateTime": "acquisition", "Rows": "image",
        "PixelSpacing": "image", "ImagePositionPatient": "image", "PixelData": "pixels",
    }  # fmt: skip
    assert {keyword: groups[keyword] for keyword in expected} == expected
    order = [GROUPS.index(row.group) for row in rows]
    assert order == sorted(order)


def test_sequences_show_their_items_in_place(personal_dataset):
    rows = header_rows(personal_dataset, "en")
    start = next(index for index, row in enumerate(rows) if row.keyword == "RequestAttributesSequence")
    below = [(row.keyword, row.depth) for row in rows[start : start + 5]]
    assert below == [
        ("RequestAttributesSequence", 0), ("", 1), ("ReferencedSOPInstanceUID", 2),
        ("ScheduledProcedureStepDescription", 2), ("RequestedProcedureID", 2),
    ]  # fmt: skip
    assert rows[start + 2].path == "0040,0275[0].0008,1155"


def test_sequences_of_codes_show_what_they_mean(personal_dataset):
    assert row_of(header_rows(personal_dataset, "en"), "AnatomicRegionSequence").value == "1 item · Chest"
    assert row_of(header_rows(personal_dataset, "fr"), "RequestAttributesSequence").value == "1 entrée"


def test_private_elements_are_shown_also_within_sequences(personal_dataset):
    private = in_group(header_rows(personal_dataset, "en"), "private")
    assert {row.value for row in private} >= {"ACME 1.0", "private Dupont", "secret nested"}


def test_personal_elements_are_marked(personal_dataset):
    rows = header_rows(personal_dataset, "en")
    marks = {row.keyword: row.personal for row in rows if row.keyword}
    assert marks["PatientName"] == "patient"
    assert marks["ReferringPhysicianName"] == "person"
    assert marks["StudyDate"] == "date"
    assert marks["SOPInstanceUID"] == "uid"
    assert marks["ImageComments"] == "text"
    assert not marks["Rows"] and not marks["Modality"] and not marks["ImagePositionPatient"]
    assert all(row.personal == "private" for row in rows if row.value == "private Dupont")


def test_searching_finds_by_tag_keyword_name_and_value(personal_dataset):
    rows = header_rows(personal_dataset, "fr")
    assert [row.keyword for row in search(rows, "(0010,0010)")] == ["PatientName"]
    assert [row.keyword for row in search(rows, "00100010")] == ["PatientName"]
    assert [row.keyword for row in search(rows, "pixelspac")] == ["PixelSpacing"]
    assert "PatientName" in [row.keyword for row in search(rows, "ELOISE")], "case and accents do not count"
    assert [row.keyword for row in search(rows, "institution saint")] == ["InstitutionName"]
    assert search(rows, "no such thing") == []


def test_an_element_that_does_not_fit_its_vr_does_not_hide_the_others(tmp_path):
    path = write(slice_dataset(0, KVP="120"), tmp_path / "a.dcm")
    data = path.read_bytes()
    assert data.count(b"DS\x04\x00120 ") == 1
    path.write_bytes(data.replace(b"DS\x04\x00120 ", b"DS\x04\x00abcd"))
    rows = header_rows(path, "en")
    broken = row_of(rows, "KVP")
    assert "abcd" in broken.value
    assert row_of(rows, "Rows").value == "5"


@pytest.mark.parametrize("language", LANGUAGES)
def test_eighty_elements_are_explained_in_every_language(language):
    explained = messages("elements", language)
    assert len(explained) >= 80
    assert all(pydicom.datadict.tag_for_keyword(keyword) for keyword in explained)
    if language != "en":
        english = messages("elements", "en")
        assert not [keyword for keyword in explained if explained[keyword] == english[keyword]]


def test_what_everyday_ct_and_mr_need_is_explained():
    explained = messages("elements", "en")
    wanted = (
        "Modality PatientName PatientID PixelSpacing SliceThickness Rows Columns BitsStored HighBit RescaleSlope WindowCenter KVP"
    )
    wanted += " EchoTime RepetitionTime ImagePositionPatient ImageOrientationPatient TransferSyntaxUID SOPClassUID PixelData"
    assert [keyword for keyword in wanted.split() if keyword not in explained] == []


IMPLICIT = b"\0" * 128 + b"DICM" + b"\x02\x00\x10\x00UI\x12\x001.2.840.10008.1.2\0" + b"\x10\x00\x20\x00\x02\x00\x00\x00P1"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "not-found"),
        (lambda path: path.mkdir(), "folder"),
        (lambda path: path.write_bytes(b""), "empty-file"),
        (lambda path: path.write_bytes(b"just some words, nothing else " * 20), "not-dicom"),
        (
            lambda path: path.write_bytes(
                b"\0" * 128 + b"DICM" + b"\x02\x00\x00\x00UL\x04\x00\xff\x00\x00\x00" + b"\x02\x00\x10"
            ),
            "damaged",
        ),
        # A sequence of undefined length that ends within its first item: pydicom raises an OSError of its own.
        (lambda path: path.write_bytes(IMPLICIT + b"\x08\x00\x40\x11" + b"\xff" * 4 + b"\xfe\xff\x00"), "damaged"),
    ],
)
def test_what_cannot_be_read_has_a_reason(tmp_path, make, reason):
    path = tmp_path / "file.dcm"
    make(path)
    with pytest.raises(UnreadableFile) as refusal:
        read_dataset(path)
    assert refusal.value.reason == reason
    assert refusal.value.detail or reason != "damaged"


def test_a_file_without_preamble_and_meta_is_read(tmp_path):
    shutil.copy(PYDICOM_DATA / "test_files" / "rtstruct.dcm", tmp_path / "raw.dcm")
    assert read_dataset(tmp_path / "raw.dcm").Modality == "RTSTRUCT"


def test_folders_give_their_dicom_files_and_nothing_else(tmp_path):
    for name in ("b.dcm", "a", "c.bin"):
        write(slice_dataset(0), tmp_path / name)
    for name in (".DS_Store", "notes.txt", "LICENSE", "DICOMDIR"):
        (tmp_path / name).write_bytes(b"nothing")
    assert [path.name for path in dicom_files(tmp_path)] == ["a", "b.dcm", "c.bin"]


def test_a_deep_sequence_is_followed(tmp_path):
    inner = Dataset()
    inner.CodeMeaning = "deepest"
    for _ in range(5):
        outer = Dataset()
        outer.ContentSequence = Sequence([inner])
        inner = outer
    rows = header_rows(inner, "en")
    assert rows[-1].value == "deepest"
    assert rows[-1].depth == 10


# By group number, as a learner would look for them; what is not named is content.
NUMBERS = {
    "meta": (0x0000, 0x0002, 0x0004),
    "study": (0x0008, 0x0032, 0x0400, 0xFFFA),
    "patient": (0x0010, 0x0012, 0x0038),
    "acquisition": (0x0014, 0x0018, 0x0050, 0x0052, 0x0054),
    "image": (0x0020, 0x0022, 0x0028, 0x0048, 0x2050, 0x5200, 0x6000, 0x6002, 0x60FE),
    "pixels": (0x7FE0, 0xFFFC),
    "content": (0x0006, 0x0042, 0x0044, 0x0046, 0x0062, 0x0066, 0x0070, 0x0072, 0x0088, 0x300A, 0x4010, 0x5000, 0x5FFE, 0x6100),
}


ALONE = {
    "study": (0x0020000D, 0x0020000E, 0x00200010, 0x00200011, 0x00400244, 0x00400245, 0x00400253, 0x00400254, 0x00400275,
              0x00400260, 0x00081032, 0x00401001),
    "image": (0x00080008, 0x00081140, 0x00082112, 0x00082111),
    "acquisition": (0x00082218, 0x00400555, 0x00200012, 0x00080022, 0x00080032, 0x0008002A),
}  # fmt: skip


def test_groups_are_those_of_the_tutorial():
    assert GROUPS == ("meta", "study", "patient", "acquisition", "image", "content", "pixels", "private")
    for group, numbers in NUMBERS.items():
        assert {number: group_of(Tag(number, 0x00FE)) for number in numbers} == dict.fromkeys(numbers, group)
    for group, tags in ALONE.items():
        assert {tag: group_of(Tag(tag)) for tag in tags} == dict.fromkeys(tags, group)
    assert group_of(Tag(0x0009, 0x0010)) == group_of(Tag(0x60FF, 0x3000)) == "private"


@pytest.mark.parametrize(
    ("element", "group"),
    [(0x0000, "study"), (0x04FF, "study"), (0x0500, "content"), (0x0FFF, "content"), (0x1000, "study"), (0x4FFF, "study"),
     (0x5000, "content"), (0xA730, "content")],
)  # fmt: skip
def test_of_group_0040_scheduling_and_requests_belong_to_the_study(element, group):
    assert group_of(Tag(0x0040, element)) == group


def small():
    dataset = Dataset()
    dataset.Modality, dataset.PatientName = "CT", "Souza^Ana"
    item = Dataset()
    item.ReferencedSOPInstanceUID = "1.2.3"
    item.add_new((0x0009, 0x0010), "LO", "MAKER")
    dataset.ReferencedImageSequence = Sequence([item, Dataset()])
    dataset.add_new((0x0009, 0x0010), "LO", "MAKER")
    dataset.add_new((0x0018, 0x0050), "DS", "1.5")
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    return dataset


def test_rows_stand_in_order_with_their_places():
    rows = header_rows(small(), "en")
    assert [(row.path, row.depth, row.group, row.vr, row.multiplicity, row.private) for row in rows] == [
        ("0008,0060", 0, "study", "CS", 1, False),
        ("0010,0010", 0, "patient", "PN", 1, False),
        ("0018,0050", 0, "acquisition", "DS", 1, False),
        ("0008,0008", 0, "image", "CS", 2, False),
        ("0008,1140", 0, "image", "SQ", 1, False),
        ("0008,1140[0]", 1, "image", "", 0, False),
        ("0008,1140[0].0008,1155", 2, "image", "UI", 1, False),
        ("0008,1140[0].0009,0010", 2, "image", "LO", 1, True),
        ("0008,1140[1]", 1, "image", "", 0, False),
        ("0009,0010", 0, "private", "LO", 1, True),
    ]
    named = {row.path: row for row in rows}
    assert (named["0008,1140[0]"].name, named["0008,1140[0]"].value) == ("Item 1 of 2", "2 elements")
    assert (named["0008,1140[1]"].name, named["0008,1140[1]"].value) == ("Item 2 of 2", "0 elements")
    assert named["0008,1140"].value == "2 items" and named["0008,1140"].keyword == "ReferencedImageSequence"
    person = named["0010,0010"]
    assert (person.tag, person.keyword, person.value, bool(person.personal), person.readable) == (
        "0010,0010", "PatientName", "Souza^Ana", True, True,
    )  # fmt: skip
    assert person.explanation and not named["0008,0060"].personal
    assert [row.path for row in in_group(rows, "private")] == ["0008,1140[0].0009,0010", "0009,0010"]
    assert [row.path for row in in_group(rows, "patient")] == ["0010,0010"]


def test_items_are_shown_to_a_depth():
    dataset = innermost = Dataset()
    for _ in range(MOST_DEPTH + 5):
        item = Dataset()
        innermost.ContentSequence = Sequence([item])
        innermost = item
    rows = header_rows(dataset, "en")
    assert max(row.depth for row in rows) == 2 * MOST_DEPTH and rows[-1].value == "1 item"


def test_a_value_that_does_not_fit_its_kind_is_told():
    from pydicom.dataelem import RawDataElement

    dataset = Dataset()
    dataset[0x00280010] = RawDataElement(Tag(0x0028, 0x0010), "US", 3, b"abc", 0, False, True)
    (row,) = header_rows(dataset, "en")
    assert (row.vr, row.multiplicity, row.readable, row.name, row.private) == ("US", 1, False, "Rows", False)


def row(tag="0010,0010", keyword="PatientName", name="Patient's Name", value="Souza^Ana", explanation="Name of the person"):
    return HeaderRow(tag, keyword, name, "PN", 1, value, "patient", "", explanation, 0, tag, False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True), ("0010,0010", True), ("(0010,0010)", True), ("00100010", True), ("tname", True), ("ÃNA", True),
        ("ana souza", True),
        ("ana x", False), ("pers", True), ("rson", False), ("of the", True), ("name.", False), ("s name", True),
    ],
)  # fmt: skip
def test_a_row_is_found_by_all_words(text, found):
    assert search([row()], text) == ([row()] if found else [])


def test_tags_and_words_are_folded():
    assert tag_text(Tag(0x000A, 0xBCDE)) == "000A,BCDE"
    assert fold_accents("ÉTÉ Straße ﬁ") == "ete strasse fi"
