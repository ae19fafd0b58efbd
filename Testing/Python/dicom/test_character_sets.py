"""The same bytes are other letters in another character set (PS3.3 C.12.1.1.2), also right after each other in one process."""

from __future__ import annotations

import pytest
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom.headers import read_header

# Byte 0xC4 in each of the standard's single-byte sets, by their ISO 8859 tables.
LETTERS = {
    "ISO_IR 100": "Ä", "ISO_IR 101": "Ä", "ISO_IR 109": "Ä", "ISO_IR 110": "Ä", "ISO_IR 144": "Ф", "ISO_IR 126": "Δ",
    "ISO_IR 127": "ؤ", "ISO_IR 148": "Ä",
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def one(character_set, description: str):
        dataset = slice_dataset(0, SpecificCharacterSet=character_set, SeriesDescription=description)
        return read_header(write(dataset, tmp_path / "one.dcm"))

    return one


def test_each_file_is_read_in_its_own_character_set(read):
    for _ in range(2):
        for character_set, letter in LETTERS.items():
            assert read(character_set, f"{letter}x").get("SeriesDescription") == f"{letter}x", character_set


def test_unicode_and_two_bytes_a_letter_are_read_beside_plain_text(read):
    assert read("ISO_IR 192", "Größe 王").get("SeriesDescription") == "Größe 王"
    assert read(None, "plain").get("SeriesDescription") == "plain"
    assert read(["", "ISO 2022 IR 87"], "山田 x").get("SeriesDescription") == "山田 x"
    assert read("GB18030", "王小东").get("SeriesDescription") == "王小东"
    assert read("ISO_IR 100", "plain").get("SeriesDescription") == "plain"
