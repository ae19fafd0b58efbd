"""Elements of a file as bytes, and the parts of a copy: what stands alone, what is pixels, how meta information is written."""

from __future__ import annotations

import struct

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.explore import file_elements, repeated_copies
from DICOMTutorialHelperLib.explore.file_elements import ElementReader, FileElements, element_key, meta_elements, stands_alone
from DICOMTutorialHelperLib.explore.repeated_copies import Copy, RepeatedCopies

EXPLICIT = "1.2.840.10008.1.2.1"


def explicit(tag: int, vr: str, value: bytes) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    return head + (struct.pack("<HI", 0, len(value)) if vr in {"OB", "OW", "SQ"} else struct.pack("<H", len(value))) + value


LATIN, NAME = explicit(0x00080005, "CS", b"ISO_IR 100"), explicit(0x00100010, "PN", b"\xe9 ")
MAKER, SECRET = explicit(0x00290010, "LO", b"ME"), explicit(0x00291001, "LO", b"12")


def file_of(*elements: bytes, **more) -> FileElements:
    tags = {(struct.unpack_from("<H", one)[0] << 16) + struct.unpack_from("<H", one, 2)[0]: one for one in elements}
    return FileElements(b"\0" * 128, {}, tags, more.pop("is_implicit", False), EXPLICIT, **more)


# --- elements


def test_a_file_knows_its_character_set_and_whose_private_elements_it_has():
    first, last, no = (explicit(0x00290000 + n, "LO", b"ME") for n in (0x10, 0xFF, 0x0F))
    file = file_of(LATIN, NAME, no, first, last, explicit(0x00290100, "LO", b"no"))
    assert (file.characters, file.creators) == (LATIN, (first, last))
    bare = file_of(NAME)
    assert (bare.characters, bare.creators) == (b"", ())


def test_a_part_of_a_file_is_read_in_its_character_set_with_its_makers():
    file = file_of(LATIN, NAME, MAKER, SECRET)
    part = file.dataset([NAME])
    assert str(part.PatientName) == "é" and 0x00290010 in part and 0x00291001 not in part
    assert 0x00291001 in file.whole and str(file.whole.PatientName) == "é"


@pytest.mark.parametrize(
    ("tag", "vr", "value", "implicit_vr", "alone"),
    [
        (0x00100010, "PN", b"A", False, True),
        (0x00100010, None, b"A", True, True),
        (0x00280010, "US", b"\5\0", False, True),
        (0x00280010, None, b"\5\0", True, True),
        (0x00420011, "OB", b"\5\0", False, False),
        (0x00420011, "UN", b"\5\0", False, False),
        (0x00420011, None, b"\5\0", True, False),
        (0x00280106, None, b"\5\0", True, False),
        (0x00080104, "LO", b"A", False, False),
        (0x00081140, "SQ", b"", False, True),
        (0x00100010, "PN", b"A" * (1 << 16), False, True),
        (0x00100010, "PN", b"A" * ((1 << 16) + 1), False, False),
        (0x00100010, "PN", "A", False, False),
    ],
)
def test_an_element_is_told_from_others_where_its_bytes_say_all(tag, vr, value, implicit_vr, alone):
    key = element_key(RawDataElement(BaseTag(tag), vr, len(value), value, 0, implicit_vr, True))
    assert key == ((vr, value, implicit_vr, True) if alone else None)


@pytest.mark.parametrize(
    ("element", "tag", "alone"),
    [(NAME, 0x00100010, True), (explicit(0x00080104, "LO", b"A "), 0x00080104, False), (SECRET, 0x00291001, True)],
)
def test_private_elements_and_plain_ones_stand_alone(element, tag, alone):
    assert stands_alone(file_of(MAKER, element).whole, BaseTag(tag)) == alone


def test_a_sequence_that_was_read_stands_alone_and_a_value_that_was_does_not():
    ds = Dataset()
    ds.ReferencedImageSequence, ds.PatientName = [Dataset()], "A"
    assert stands_alone(ds, BaseTag(0x00081140)) is True
    assert stands_alone(ds, BaseTag(0x00100010)) is False
    ds.add_new(0x00080104, "SQ", [Dataset()])  # a Code Meaning, whatever it is written as
    assert stands_alone(ds, BaseTag(0x00080104)) is False


META = (explicit(0x00020010, "UI", b"1.2\0"), explicit(0x00020002, "UI", b"1.3\0"))


def test_meta_information_is_told_by_tag_in_rising_order():
    assert list(meta_elements(b"\0" * 132 + META[0] + META[1]).items()) == [(0x00020002, META[1]), (0x00020010, META[0])]
    assert meta_elements(b"\0" * 132) == {}


@pytest.mark.parametrize("damaged", [META[0] + META[0], META[0][:-1], META[0] + META[1][:5]])
def test_meta_information_that_is_double_or_cut_is_unusual(damaged):
    with pytest.raises(UnusualHeader, match="meta"):
        meta_elements(b"\0" * 132 + damaged)


@pytest.fixture
def written(tmp_path):
    """A file of these elements."""

    def write(*elements: bytes):
        meta = explicit(0x00020010, "UI", EXPLICIT.encode() + b"\0")
        length = explicit(0x00020000, "UL", struct.pack("<I", len(meta)))
        path = tmp_path / "a.dcm"
        path.write_bytes(b"P" * 128 + b"DICM" + length + meta + b"".join(elements))
        return path

    return write


def test_a_file_is_read_to_its_pixels(written):
    pixels = explicit(0x7FE00010, "OW", b"\1\2")
    path = written(LATIN, NAME, MAKER, SECRET, pixels)
    file = ElementReader().read(path)
    assert list(file.elements.values()) == [LATIN, NAME, MAKER, SECRET]
    assert (file.preamble, file.is_implicit, file.transfer_syntax) == (b"P" * 128, False, EXPLICIT)
    assert (file.end, file.pixel_head) == (path.stat().st_size - len(pixels), pixels[:12])
    assert sorted(file.meta) == [0x00020000, 0x00020010]


@pytest.mark.parametrize(("length", "unusual"), [(40, False), (42, True)])
def test_a_long_element_is_read_with_more_care(written, monkeypatch, length, unusual):
    monkeypatch.setattr(file_elements, "LONGEST", 40)
    path = written(explicit(0x00100010, "PN", b"A" * (length - 8)))
    if unusual:
        with pytest.raises(UnusualHeader, match="holds much"):
            ElementReader().read(path)
    else:
        assert list(ElementReader().read(path).elements) == [0x00100010]


# --- the parts of a copy


def head(vr=b"OW", length=24, tag=(0x7FE0, 0x0010), reserved=0):
    return struct.pack("<HH2sHI", *tag, vr, reserved, length)


@pytest.mark.parametrize(
    ("pixel_head", "is_implicit", "size", "expected"),
    [
        (b"", False, 100, (b"", (100, 0))),
        (b"", False, 101, None),
        (head(), False, 136, (head(), (112, 24))),
        (head(reserved=7), False, 136, (head(), (112, 24))),
        (head(b"OB"), False, 136, (head(b"OB"), (112, 24))),
        (head(b"UN"), False, 136, None),
        (head(), False, 137, None),
        (head(), False, 135, None),
        (head(tag=(0x7FE0, 0x0008)), False, 136, None),
        (head(length=0), False, 112, None),
        (head(length=22), False, 134, (head(length=22), (112, 22))),
        (head(length=23), False, 135, None),
        (head(length=26), False, 138, None),
        (struct.pack("<HHI", 0x7FE0, 0x0010, 24) + b"\1\2\3\4", True, 132, (struct.pack("<HHI", 0x7FE0, 0x0010, 24), (108, 24))),
        (struct.pack("<HHI", 0x7FE0, 0x0010, 24) + b"\1\2\3\4", True, 136, None),
    ],
)
def test_pixels_are_copied_where_they_fill_their_element_and_end_the_file(pixel_head, is_implicit, size, expected):
    """An image of 3 x 4 words, whose element begins at byte 100."""
    described = Dataset()
    described.Rows, described.Columns, described.SamplesPerPixel, described.BitsAllocated = 3, 4, 1, 16
    described.PhotometricInterpretation = "MONOCHROME2"
    kind = repeated_copies._Kind(described, "p", "s", "e", "", ())
    file = file_of(NAME, end=100, pixel_head=pixel_head, is_implicit=is_implicit)
    if expected is None:
        with pytest.raises(repeated_copies._CarefulWay):
            RepeatedCopies._pixels(file, kind, size)
    else:
        assert RepeatedCopies._pixels(file, kind, size) == expected


@pytest.mark.parametrize(("uid", "value"), [("1.2", b"1.2\0"), ("1.23", b"1.23")])
def test_meta_information_is_that_of_another_instance_with_this_uid(uid, value):
    old = explicit(0x00020003, "UI", b"1.99")
    known = {0x00020000: b"old length", 0x00020003: old, 0x00020010: META[0], 0x00020002: META[1]}
    elements = META[1] + explicit(0x00020003, "UI", value) + META[0]
    length = explicit(0x00020000, "UL", struct.pack("<I", len(elements)))
    assert repeated_copies._meta(known, uid) == b"\0" * 128 + b"DICM" + length + elements


def copy_of(pixels, key=("k",)):
    return Copy(b"head", pixels, "p", "s", "e", (), {}, key)


def test_a_copy_is_its_header_and_the_pixels_of_its_original(tmp_path):
    original = tmp_path / "a"
    original.write_bytes(b"0123456789")
    assert copy_of((3, 4)).content(original) == b"head3456"
    assert copy_of((10, 0)).content(tmp_path / "none") == b"head"
    assert copy_of((6, 4)).content(original) == b"head6789"
    with pytest.raises(UnusualHeader, match="ends within"):
        copy_of((7, 4)).content(original)


def test_a_kind_is_proved_by_a_first_copy_and_disproved_for_all(tmp_path):
    from DICOMTutorialHelperLib.explore.deidentification import DeidentificationOptions

    copies = RepeatedCopies(DeidentificationOptions(), None, None)
    copy, other = copy_of((0, 0)), copy_of((0, 0), ("other",))
    assert not copies.is_proved(copy)
    copies.prove(copy, tmp_path, b"head")
    assert copies.is_proved(copy) and not copies.is_proved(other) and not copies._is_off
    copies.prove(other, tmp_path, b"else")
    assert not copies.is_proved(other) and copies._is_off
    assert copies.prepared(tmp_path / "none") is None


def test_how_meta_information_is_written_is_learned_from_the_first_of_a_kind(tmp_path):
    from DICOMTutorialHelperLib.explore.deidentification import DeidentificationOptions

    def written(name, extra):
        elements = explicit(0x00020002, "UI", b"1.5\0") + explicit(0x00020010, "UI", b"1.2.8\0") + extra
        path = tmp_path / name
        length = explicit(0x00020000, "UL", struct.pack("<I", len(elements)))
        path.write_bytes(b"\0" * 128 + b"DICM" + length + elements + NAME)
        return path

    copies = RepeatedCopies(DeidentificationOptions(), None, None)
    copies.learn_meta(written("first", explicit(0x00020013, "SH", b"ME")))
    copies.learn_meta(written("second", b""))
    ((names, meta),) = copies._meta.items()
    assert names == ("1.5", "1.2.8")
    assert sorted(meta) == [0x00020000, 0x00020002, 0x00020010, 0x00020013]
    (tmp_path / "short").write_bytes(b"\0" * 140)
    copies.learn_meta(tmp_path / "short")
    assert len(copies._meta) == 1
