"""The scanner of headers on headers written byte by byte (PS3.5 7.1, 7.5; PS3.10 7.1): what it takes, and what it leaves."""

from __future__ import annotations

import io
import struct

import pytest

from DICOMTutorialHelperLib.dicom import header_scanner
from DICOMTutorialHelperLib.dicom.header_scanner import (
    Scanner,
    UnusualHeader,
    WantedElements,
    check_is_sequence,
    dataset_of,
    in_file_order,
    items_of,
    read_items,
)

IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
)


LONG = ("OB", "OW", "OF", "OD", "OL", "OV", "UN", "SQ", "UT", "UC", "UR", "SV", "UV")


SHORT = "AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split()


CT = "1.2.840.10008.5.1.4.1.1.2"


UNDEFINED = 0xFFFFFFFF


def explicit(tag, vr, value=b"", length=None):
    length = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    return head + (struct.pack("<HI", 0, length) if vr in LONG else struct.pack("<H", length)) + value


def implicit(tag, value=b"", length=None):
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value) if length is None else length) + value


def even(text):
    return text.encode() + b"\0" * (len(text) % 2)


def meta(syntax=EXPLICIT, media=CT, more=b""):
    return (
        b"\0" * 128
        + b"DICM"
        + (explicit(0x00020002, "UI", even(media)) if media else b"")
        + (explicit(0x00020010, "UI", even(syntax)) if syntax else b"")
        + more
    )


PIXELS = explicit(0x7FE00010, "OW", length=8)


ROWS, COLUMNS, NAME = (
    explicit(0x00280010, "US", b"\5\0"),
    explicit(0x00280011, "US", b"\6\0"),
    explicit(0x00100010, "PN", b"A^B "),
)


WANTED = WantedElements([0x00280010, 0x00280011, 0x00100010, 0x00081140], [(0x0019, 0x0C)])


def scan(content, wanted=WANTED, size=None):
    return Scanner(wanted).scan(io.BytesIO(content), len(content) if size is None else size)


def is_unusual(content, wanted=WANTED, size=None):
    try:
        scan(content, wanted, size)
    except UnusualHeader:
        return True
    return False


def test_a_tag_lies_in_the_file_with_group_and_element_changed():
    assert in_file_order(0x00280010) == 0x00100028
    assert struct.unpack("<I", struct.pack("<HH", 0x0028, 0x0010))[0] == in_file_order(0x00280010)


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        (0x0019100C, True),
        (0x0019110C, True),
        (0x0019FF0C, True),
        (0x0019100D, False),
        (0x0029100C, False),
        (0x00190010, True),
        (0x001900FF, True),
        (0x00190100, False),
        (0x00290010, False),
        (0x00191000, False),
        (0x0119100C, False),
    ],
)
def test_private_elements_are_wanted_by_the_last_byte_of_their_number_with_their_creators(tag, wanted):
    assert WANTED.has_private(in_file_order(tag)) == wanted


def test_a_plain_header_gives_its_wanted_elements_in_order_to_the_pixels():
    private = explicit(0x00190010, "LO", b"MAKER ") + explicit(0x0019100C, "IS", b"12")
    body = explicit(0x00080060, "CS", b"CT") + NAME + private + explicit(0x0019100D, "IS", b"13") + ROWS + COLUMNS
    found = scan(meta() + body + PIXELS + bytes(8))
    assert list(found.elements.values()) == [NAME, private[:14], private[14:], ROWS, COLUMNS]
    assert next(iter(found.elements)) == in_file_order(0x00100010)
    assert (found.is_implicit, found.transfer_syntax, found.media_class) == (False, EXPLICIT, CT)
    assert (found.end, found.pixel_head) == (len(meta() + body), PIXELS)


def test_an_implicit_header_is_read_as_such():
    body = implicit(0x00080060, b"CT") + implicit(0x00280010, b"\5\0")
    found = scan(meta(IMPLICIT) + body + implicit(0x7FE00010, b"12345678"))
    assert (found.is_implicit, list(found.elements.values())) == (True, [implicit(0x00280010, b"\5\0")])
    assert (found.end, found.pixel_head) == (len(meta(IMPLICIT) + body), implicit(0x7FE00010, b"12345678")[:12])


def test_a_header_without_pixels_ends_with_its_file():
    content = meta() + NAME + ROWS
    found = scan(content)
    assert (list(found.elements.values()), found.end, found.pixel_head) == ([NAME, ROWS], len(content), b"")


@pytest.mark.parametrize("vr", SHORT)
def test_short_vrs_have_two_bytes_of_length(vr):
    assert len(scan(meta() + explicit(0x00090001, vr, b"12") + ROWS + PIXELS).elements) == 1


@pytest.mark.parametrize("vr", LONG)
def test_long_vrs_have_four(vr):
    assert len(scan(meta() + explicit(0x00090001, vr, b"12") + ROWS + PIXELS).elements) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"\0" * 128 + b"DICX" + meta()[132:] + ROWS,
        b"DICM" + meta()[132:] + ROWS,
        meta(DEFLATED) + ROWS,
        meta(BIG_ENDIAN) + ROWS,
        meta("") + ROWS,
        meta("1.2.x") + ROWS,
        meta(more=explicit(0x00020010, "UI", even(EXPLICIT))) + ROWS,
        meta(more=explicit(0x00020002, "UI", even(CT))) + ROWS,
        meta("", more=explicit(0x00020010, "LO", even(EXPLICIT))) + ROWS,
        meta(media="", more=explicit(0x00020002, "LO", even(CT))) + ROWS,
        meta(more=explicit(0x00020012, "XX", b"12")) + ROWS,
        meta(IMPLICIT) + ROWS,
        meta() + implicit(0x00280010, b"\5\0"),
        meta() + explicit(0x00060010, "US", b"\5\0"),
        meta() + explicit(0x00090001, "XX", b"12") + ROWS,
        meta() + ROWS + ROWS,
        meta() + NAME + ROWS + NAME,
        meta() + ROWS + explicit(0xFFFEE000, "UN", b""),
        meta() + ROWS + bytes(12),
        meta() + ROWS + b"\x28\0\x11\0US",
        meta() + ROWS + explicit(0x00280030, "UN", length=UNDEFINED) + bytes(8),
    ],
)
def test_a_surprise_is_left_to_pydicom(content):
    assert is_unusual(content)


def test_the_word_of_deflated_data_is_looked_for_in_the_first_kilobyte():
    """Where pydicom's door looks, too: so far into a value of another element."""
    for start, unusual in ((1024 - len(DEFLATED), True), (1025 - len(DEFLATED), False)):
        before = meta() + explicit(0x00080060, "CS", b"CT")
        content = before + explicit(0x00090001, "LO", b"x" * (start - len(before) - 8) + DEFLATED.encode()) + ROWS
        assert content.index(DEFLATED.encode()) == start
        assert is_unusual(content) == unusual
    assert is_unusual((DEFLATED.encode() + meta()[len(DEFLATED) :]) + ROWS)  # in the preamble, which may hold anything


@pytest.mark.parametrize("group", [0x0002, 0x0006, 0x0007, 0x0008])
def test_the_first_element_is_of_group_8_or_later(group):
    assert is_unusual(meta(IMPLICIT) + implicit(group << 16 | 0x10, b"12")) == (group < 8)


@pytest.mark.parametrize(
    ("characters", "plain"),
    [
        (b"ISO_IR 100", True),
        (b"ISO_IR 6", True),
        (b"ISO_IR 192", True),
        (b"GB18030 ", True),
        (b"GBK", True),
        (b"", True),
        (b"ISO_IR 101\0", True),
        (b"ISO 2022 IR 6\\ISO 2022 IR 87", False),
        (b"ISO_IR 13", False),
        (b"\\ISO 2022 IR 87", False),
    ],
)
def test_characters_of_one_set_without_escapes_are_plain(characters, plain):
    assert is_unusual(meta() + explicit(0x00080005, "CS", characters) + ROWS) == (not plain)


def long_header():
    """Elements of many lengths, wanted ones among them, and a sequence of undefined length."""
    items = b"".join(explicit(0x00080008, "CS", bytes([65 + n]) * 2 * n) for n in range(3))
    sequence = (
        explicit(0x00081140, "SQ", length=UNDEFINED)
        + struct.pack("<HHI", 0xFFFE, 0xE000, len(items))
        + items
        + struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
        + items
        + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
        + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    )
    unwanted = b"".join(explicit(0x00090000 | n, "LO", b"x" * (7 * n % 60 // 2 * 2)) for n in range(1, 20))
    return sequence, explicit(0x00080060, "CS", b"CT") + sequence + unwanted + NAME + explicit(0x00281052, "DS", b"0 ") + ROWS[:0]


@pytest.mark.parametrize("with_pixels", [True, False])
def test_a_header_is_the_same_in_pieces_of_any_size(monkeypatch, with_pixels):
    sequence, body = long_header()
    content = meta() + body + COLUMNS + (PIXELS + bytes(8) if with_pixels else b"")
    whole = scan(content)
    assert list(whole.elements.values()) == [sequence, NAME, COLUMNS]
    for size in range(len(meta()) + 12, len(content) + 13):
        monkeypatch.setattr(header_scanner, "PIECE", size)
        found = scan(content)
        assert (found.elements, found[2:]) == (whole.elements, whole[2:]), size


def test_a_header_is_the_same_after_others_like_it():
    _, body = long_header()
    content = meta() + body + COLUMNS + PIXELS + bytes(8)
    scanner = Scanner(WANTED)
    readings = [scanner.scan(io.BytesIO(content), len(content)) for _ in range(5)]
    assert all((reading.elements, reading[2:]) == (readings[0].elements, readings[0][2:]) for reading in readings)


def test_a_file_that_is_cut_anywhere_is_unusual_or_ends_between_elements():
    _, body = long_header()
    content = meta() + body + COLUMNS
    ends = {len(meta()), len(content)}
    at = len(meta())
    while at < len(content):
        vr = content[at + 4 : at + 6].decode()
        length = struct.unpack_from("<I", content, at + 8)[0] if vr in LONG else struct.unpack_from("<H", content, at + 6)[0]
        at = (
            content.index(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0), at) + 8
            if length == UNDEFINED
            else at + (12 if vr in LONG else 8) + length
        )
        ends.add(at)
    for kept in range(len(meta()), len(content)):
        assert is_unusual(content[:kept]) == (kept not in ends or kept == len(meta())), kept


@pytest.mark.parametrize(("longest", "unusual"), [(400, False), (399, True)])
def test_a_wanted_element_of_more_than_a_piece_has_a_longest(monkeypatch, longest, unusual):
    name = explicit(0x00100010, "PN", b"x" * 400)
    content = meta() + explicit(0x00080060, "CS", b"CT") + name + ROWS
    monkeypatch.setattr(header_scanner, "PIECE", len(meta()) + 20)
    monkeypatch.setattr(header_scanner, "LONGEST_ELEMENT", longest)
    assert is_unusual(content) == unusual
    if not unusual:
        assert list(scan(content).elements.values()) == [name, ROWS]


def item(*elements, length=None):
    content = b"".join(elements)
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content) if length is None else length) + content


ITEM_END, SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0), struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def open_item(*elements):
    return item(*elements, length=UNDEFINED) + ITEM_END


def sequence(*items, undefined=False):
    content = b"".join(items)
    return explicit(0x00081140, "SQ", content + SEQUENCE_END if undefined else content, length=UNDEFINED if undefined else None)


@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize("make", [item, open_item])
def test_items_give_their_wanted_elements(undefined, make):
    other = explicit(0x00080060, "CS", b"CT")
    found = items_of(sequence(make(NAME, other), make(), make(other, ROWS, COLUMNS), undefined=undefined), False, WANTED)
    assert [list(one.values()) for one in found] == [[NAME], [], [ROWS, COLUMNS]]


def test_items_of_implicit_elements_too():
    rows = implicit(0x00280010, b"\5\0")
    element = implicit(0x00081140, item(rows) + open_item(rows))
    assert [list(one.values()) for one in items_of(element, True, WANTED)] == [[rows]] * 2


@pytest.mark.parametrize(
    "element",
    [
        explicit(0x00081140, "LO", item(ROWS)),
        sequence(item(ROWS))[:-1],
        sequence(item(ROWS), undefined=True)[:-1],
        sequence(item(ROWS)) + b"\0",
        sequence(item(ROWS), undefined=True) + b"\0",
        sequence(item(ROWS, ROWS)),
        sequence(item(explicit(0x00080005, "CS", b"ISO_IR 100"))),
        sequence(item(ROWS, length=9)),
        sequence(item(ROWS, length=11)),
        sequence(ROWS),
        sequence(item(explicit(0xFFFEE000, "UN", b""))),
        sequence(item(explicit(0x00280010, "US", b"\5\0", length=4))),
        sequence(b"\xfe\xff\xdd\xe0" + bytes(4)),
        sequence(item(ROWS, length=UNDEFINED)),
        sequence(item(ROWS), struct.pack("<HHI", 0xFFFE, 0xE0DD, 4), undefined=True),
    ],
)
def test_a_sequence_that_holds_a_surprise_is_left_to_pydicom(element):
    with pytest.raises(UnusualHeader):
        items_of(element, False, WANTED)


def nested(depth):
    inner = item()
    for _ in range(depth):
        inner = item(explicit(0x00081140, "SQ", inner + SEQUENCE_END, length=UNDEFINED))
    return inner + SEQUENCE_END


@pytest.mark.parametrize(("depth", "fits"), [(15, True), (16, True), (17, False)])
def test_sequences_lie_in_each_other_sixteen_deep(depth, fits):
    data = nested(depth)
    if fits:
        assert read_items(data, 0, None, False) == ([{}], len(data))
    else:
        with pytest.raises(UnusualHeader):
            read_items(data, 0, None, False)


@pytest.mark.parametrize(
    ("tag", "vr", "data", "sequence"),
    [
        (0x00081140, b"SQ", b"", True),
        (0x00081140, b"UN", item(), False),
        (0x00081140, b"", b"", True),
        (0x00100010, b"", item(), False),
        (0x00091001, b"", item(), True),
        (0x00091001, b"", b"12345678", False),
    ],
)
def test_only_sequences_leave_their_length_open(tag, vr, data, sequence):
    try:
        check_is_sequence(in_file_order(tag), vr, data, 0)
    except UnusualHeader:
        assert not sequence
    else:
        assert sequence


@pytest.mark.parametrize(("longest", "unusual"), [(1 << 20, False), (10, True)])
def test_a_sequence_of_undefined_length_goes_on_behind_the_piece(monkeypatch, longest, unusual):
    whole = sequence(item(NAME), open_item(ROWS), item(COLUMNS), undefined=True)
    content = meta() + explicit(0x00080060, "CS", b"CT") + whole + COLUMNS + bytes(0)
    monkeypatch.setattr(header_scanner, "PIECE", len(meta()) + 24)
    monkeypatch.setattr(header_scanner, "LONGEST_SEQUENCE", longest)
    if unusual:
        assert is_unusual(content)
    else:
        assert list(scan(content).elements.values()) == [whole, COLUMNS]


def test_a_data_set_of_elements_is_what_pydicom_reads():
    made = dataset_of([NAME, ROWS], False)
    assert (made.PatientName, made.Rows) == ("A^B", 5)
    assert dataset_of([implicit(0x00280010, b"\5\0")], True).Rows == 5
