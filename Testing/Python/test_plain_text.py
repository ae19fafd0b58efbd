"""Text from headers is shown and written, never obeyed."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from DICOMTutorialHelperLib.plain_text import (
    csv_cell,
    file_stem,
    harmless,
    html_text,
    is_portable_file_name,
    json_escaped,
    never_rich,
    one_line,
)

ANY_TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF, exclude_categories=()), max_size=40)


@given(ANY_TEXT)
def test_what_is_shown_holds_no_character_that_a_terminal_or_a_reader_obeys(text):
    shown = one_line(text)
    assert not [sign for sign in shown if ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029")
    assert harmless(shown) == shown


@pytest.mark.parametrize("text", ["T2 axial", "Müller^Änne", "山田^太郎=やまだ", "b = 1000 s/mm²", "יוסי", "नमस्ते"])
def test_ordinary_text_of_any_script_stays(text):
    assert one_line(text) == harmless(text) == text


@given(ANY_TEXT)
def test_html_is_text_again_when_it_is_read(text):
    class Reader(HTMLParser):
        tags, data = 0, ""

        def handle_starttag(self, tag, attrs):
            self.tags += 1

        def handle_data(self, data):
            self.data += data

    reader = Reader()
    reader.feed(f"{html_text(text)}")
    reader.close()
    assert reader.tags == 0 and reader.data == harmless(text)


@given(ANY_TEXT)
def test_xml_with_it_can_be_read(text):
    value = html_text(text)
    read = xml.etree.ElementTree.fromstring(f'<node name="{value}">{value}</node>')
    assert (read.text or "") == harmless(text)


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "'=1", "＝1", "\r", "%0A", "|calc"]
)
def test_a_formula_is_text_in_a_spreadsheet(text):
    assert csv_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.5", "-1e-5", "-1\\-2.5\\3", "T2", "", "1.2.840", "a=b"])
def test_what_is_no_formula_stays(text):
    assert csv_cell(text) == text


@given(ANY_TEXT)
def test_a_cell_stays_one_cell(text):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow([csv_cell(text), "next"])
    ((cell, following),) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert (cell, following) == (csv_cell(text), "next")


@given(ANY_TEXT)
def test_json_keeps_its_values_and_is_utf_8(text):
    printed = json_escaped(json.dumps({"value": text}, ensure_ascii=False))
    assert json.loads(printed.encode("utf-8")) == {"value": text}
    assert "\x9b" not in printed and "\u202e" not in printed


@given(ANY_TEXT)
def test_qt_takes_no_value_for_rich_text(text):
    assert "<" not in never_rich(text)


@given(ANY_TEXT)
def test_a_file_name_is_one_on_every_system(text):
    assert is_portable_file_name(file_stem(text)) and is_portable_file_name(file_stem(text) + ".nrrd")


@pytest.mark.parametrize(
    "name", ["CON", "con", "nul.txt", "AUX.seq.nrrd", "COM1", "lpt9.x", "COM¹", "CONIN$", "a.", "a ", "", "a:b"]
)
def test_names_that_some_system_takes_for_something_else_are_known(name):
    assert not is_portable_file_name(name)
    assert is_portable_file_name(file_stem(name))


@pytest.mark.parametrize("extension", [".nrrd", ".seq.nrrd", ".png", "_frames"])
@pytest.mark.parametrize(
    "name", ["CON", "aux.", "NUL .txt", "COM1", "x" * 5000, "a/b\\c:d*e?f", "..", ". .", "end. . ", "\u202e\x1b", ""]
)
def test_windows_takes_every_name_that_is_made(name, extension):
    """Names of 255 at most, no device, nothing that Windows cuts off, no separator; by its rules, on any system."""
    made = file_stem(name) + extension
    assert 0 < len(made) <= 120
    assert made == made.rstrip(" .") and not set(made) & set('<>:"/\\|?*')
    assert made.split(".")[0].rstrip(" ").upper() not in {"CON", "PRN", "AUX", "NUL", *(f"COM{n}" for n in range(10))}
