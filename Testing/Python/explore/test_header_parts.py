"""Where an element stands in the table of a header, what its rows say, and how they are searched, element by element."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from DICOMTutorialHelperLib.explore.datasets import MOST_DEPTH
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
