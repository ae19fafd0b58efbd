"""The scanner of headers against pydicom, its witness: of what it reads both give the same instance, element for element."""

from __future__ import annotations

import random
import struct
import sys
import warnings
from pathlib import Path

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.dicom import headers
from DICOMTutorialHelperLib.dicom.header_scanner import Scanner, UnusualHeader, WantedElements
from DICOMTutorialHelperLib.dicom.headers import KnownValues, read_by_pydicom, read_header, read_scanned
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.plain_bytes import CONVERTERS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value

FUZZ = Path(__file__).resolve().parents[2] / "Fuzz"
PYDICOM_DATA = Path(pydicom.__file__).parent / "data"


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def told(read) -> str:
    """All that a reading gives, as text: numbers to the last digit, everything that has an order in it."""
    if not isinstance(read, Instance):
        return repr(read)
    own = {name: value for name, value in vars(read).items() if name != "frames"}
    own["values"] = sorted(own["values"].items())  # by keyword: in what order they were read says nothing
    frames = []
    for frame in read.frames:
        plane = frame.plane and (
            frame.plane.position_lps.tobytes(),
            frame.plane.row_lps.tobytes(),
            frame.plane.column_lps.tobytes(),
            frame.plane.pixel_spacing,
        )
        frames.append(
            (frame.number, frame.rows, frame.columns, frame.values, plane, frame.pixel_spacing, frame.window, frame.placed_by)
        )
    return repr((own, frames))


def by_pydicom(path: Path) -> str:
    try:
        return told(read_by_pydicom(path, KnownValues()))
    except OSError as error:
        return repr(error)


def differing(paths, known=None) -> tuple[list[Path], int]:
    """The files of which scanner and pydicom say different things, and how many the scanner read."""
    wrong, scanned = [], 0
    for path in paths:
        try:
            read = read_scanned(path, known or KnownValues())
        except UnusualHeader:
            continue
        scanned += 1
        if told(read) != by_pydicom(path):
            wrong.append(path)
    return wrong, scanned


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_real_files_say_the_same_scanned_as_by_pydicom(shared_data):
    wrong, scanned = differing(files_below(shared_data), KnownValues())
    assert not wrong
    assert scanned > 800


def test_pydicoms_own_files_say_the_same():
    wrong, scanned = differing(files_below(PYDICOM_DATA))
    assert not wrong
    assert scanned > 100


def test_practice_data_say_the_same(tmp_path):
    make_practice_set("examples", tmp_path)
    wrong, scanned = differing(files_below(tmp_path), KnownValues())
    assert not wrong
    assert scanned >= 2  # four where highdicom makes its two


@pytest.mark.parametrize("first", [20_000, 20_100])
def test_files_of_the_fuzzer_say_the_same(tmp_path, monkeypatch, first):
    monkeypatch.syspath_prepend(str(FUZZ))
    import mutations

    bases = mutations.bases([])
    scanned = 0
    for seed in range(first, first + 100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        done = mutations.make_case(seed, bases, folder)
        wrong, read = differing(files_below(folder), KnownValues())
        assert not wrong, f"case {seed}: {done}"
        scanned += read
    sys.modules.pop("mutations")
    assert scanned > 20


def enhanced(is_implicit: bool, undefined: bool, frames: int = 3) -> Dataset:
    """An object with functional groups of every kind that decisions look at."""
    dataset = pydicom.dcmread(PYDICOM_DATA / "test_files" / "MR_small.dcm")
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(dataset, keyword)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    dataset.NumberOfFrames = frames
    dataset.PixelData = dataset.PixelData * frames
    shared = Dataset()
    shared.PixelMeasuresSequence = [item(PixelSpacing=[0.5, 0.5], SliceThickness=2, SpacingBetweenSlices=2.5)]
    shared.PlaneOrientationSequence = [item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])]
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = []
    for number in range(frames):
        group = Dataset()
        group.PlanePositionSequence = [item(ImagePositionPatient=[0, 0, 2.5 * number])]
        group.FrameContentSequence = [item(StackID="é", InStackPositionNumber=number + 1, DimensionIndexValues=[1, number + 1])]
        direction = item(DiffusionGradientOrientation=[0.0, 0.6, 0.8])
        group.MRDiffusionSequence = [
            item(DiffusionBValue=1000.0, DiffusionDirectionality="DIRECTIONAL", DiffusionGradientDirectionSequence=[direction])
        ]
        group.MREchoSequence = [item(EffectiveEchoTime=float("nan") if number == 1 else 90.0)]
        group.FrameVOILUTSequence = [item(WindowCenter=[40, 400], WindowWidth=[80, 0])]
        block = group.private_block(0x2001, "Philips Imaging DD 001", create=True)
        block.add_new(0x03, "FL", 1000.0 + number)
        dataset.PerFrameFunctionalGroupsSequence.append(group)
    for element in dataset.iterall():
        if element.VR == "SQ":
            element.is_undefined_length = undefined
            for one in element.value:
                one.is_undefined_length_sequence_item = undefined
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian
    if int(pydicom.__version__.split(".")[0]) < 3:
        dataset.is_implicit_VR = is_implicit
    return dataset


def item(**values) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, Sequence(value) if keyword.endswith("Sequence") else value)
    return made


def saved(dataset: Dataset, path: Path) -> Path:
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("is_implicit", [False, True])
@pytest.mark.parametrize("undefined", [False, True])
def test_functional_groups_say_the_same(tmp_path, is_implicit, undefined):
    path = saved(enhanced(is_implicit, undefined), tmp_path / "enhanced.dcm")
    read = read_scanned(path, KnownValues())
    assert told(read) == by_pydicom(path)
    assert len(read.frames) == 3
    assert read.frames[2].get("ImagePositionPatient") == (0.0, 0.0, 5.0)
    assert read.frames[2].get("PhilipsBValue") == 1002.0
    assert read.frames[0].get("DiffusionGradientOrientation") == (0.0, 0.6, 0.8)


@pytest.mark.parametrize("is_implicit", [False, True])
@pytest.mark.parametrize("undefined", [False, True])
def test_every_damaged_byte_of_functional_groups_says_the_same(tmp_path, is_implicit, undefined):
    whole = saved(enhanced(is_implicit, undefined, 2), tmp_path / "enhanced.dcm").read_bytes()
    start = whole.index(struct.pack("<HH", 0x5200, 0x9229))
    end = whole.index(struct.pack("<HH", 0x7FE0, 0x0010))
    chance = random.Random(f"{is_implicit} {undefined}")
    path = tmp_path / "damaged.dcm"
    for at in chance.sample(range(start, end), 200):
        damaged = bytearray(whole)
        damaged[at] = chance.choice((0, 0xFF, damaged[at] ^ 1, damaged[at] ^ 0x80))
        path.write_bytes(damaged)
        assert differing([path])[0] == [], f"byte {at}: {whole[at]} -> {damaged[at]}"


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_implicit.dcm", "JPEG2000.dcm", "SC_rgb_small_odd.dcm"])
def test_every_damaged_byte_of_a_header_says_the_same(tmp_path, name):
    whole = (PYDICOM_DATA / "test_files" / name).read_bytes()
    end = next(at for at in (whole.find(b"\xe0\x7f\x10\x00"), len(whole)) if at > 0)
    chance = random.Random(name)
    path = tmp_path / "damaged.dcm"
    for at in chance.sample(range(128, end + 12), 150):
        damaged = bytearray(whole)
        damaged[at] = chance.choice((0, 0xFF, damaged[at] ^ 1, damaged[at] ^ 0x80))
        path.write_bytes(damaged)
        assert differing([path])[0] == [], f"byte {at}: {whole[at]} -> {damaged[at]}"
        path.write_bytes(whole[:at])
        assert differing([path])[0] == [], f"cut at {at}"


def test_nearly_every_file_of_a_series_is_scanned(write_series, monkeypatch):
    monkeypatch.setattr(headers, "read_by_pydicom", lambda *_: pytest.fail("left to pydicom"))
    for path in files_below(write_series()):
        assert isinstance(read_header(path), Instance)


def several_frames(dataset: Dataset) -> None:
    dataset.NumberOfFrames = 2
    dataset.PixelData = dataset.PixelData * 2


def code_extensions(dataset: Dataset) -> None:
    dataset.SpecificCharacterSet = ["ISO 2022 IR 6", "ISO 2022 IR 87"]


def another_encoding(dataset: Dataset) -> None:
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian


@pytest.mark.parametrize("change", [several_frames, code_extensions, another_encoding])
def test_what_is_unusual_is_left_to_pydicom(tmp_path, change):
    dataset = pydicom.dcmread(PYDICOM_DATA / "test_files" / "CT_small.dcm")
    change(dataset)
    path = tmp_path / "unusual.dcm"
    with path.open("wb") as file:
        file.write(b"\0" * 128 + b"DICM")
        write_file_meta_info(file, dataset.file_meta)
        data_set = DicomBytesIO()
        data_set.is_little_endian, data_set.is_implicit_VR = True, False
        write_dataset(data_set, dataset)
        file.write(data_set.getvalue())
    with pytest.raises(UnusualHeader):
        read_scanned(path, KnownValues())
    assert isinstance(read_header(path), Instance)


def test_elements_after_the_pixels_are_left_to_pydicom(tmp_path):
    whole = (PYDICOM_DATA / "test_files" / "CT_small.dcm").read_bytes()
    path = tmp_path / "disordered.dcm"
    path.write_bytes(whole[: whole.index(b"\xfc\xff\xfc\xff")] + b"\x20\0\x13\0IS\2\x0077")
    with pytest.raises(UnusualHeader):
        read_scanned(path, KnownValues())
    assert read_header(path).get("InstanceNumber") == 77


def test_a_header_longer_than_what_is_read_at_once_is_read_piece_by_piece(tmp_path):
    dataset = pydicom.dcmread(PYDICOM_DATA / "test_files" / "CT_small.dcm")
    block = dataset.private_block(0x0009, "A MAKER", create=True)
    for number in range(60):
        block.add_new(number, "OB", bytes([number]) * 1500)
    dataset.ReferencedImageSequence = [item(ReferencedSOPInstanceUID=f"1.2.{number}") for number in range(900)]
    dataset["ReferencedImageSequence"].is_undefined_length = True
    path = saved(dataset, tmp_path / "long.dcm")
    assert told(read_scanned(path, KnownValues())) == by_pydicom(path)
    with path.open("rb") as file:
        scanned = Scanner(WantedElements([0x00280010, 0x00081140])).scan(file, path.stat().st_size)
    assert scanned.elements[0x00100028][-2:] == struct.pack("<H", dataset.Rows)
    assert len(scanned.elements[0x11400008]) > 20_000


def plain(value: bytes, vr: str):
    return CONVERTERS[vr](value) if vr in CONVERTERS else None


def _converted(value: bytes, vr: str):
    raw = RawDataElement(Tag(0x00091001), vr, len(value), value, 0, False, True)
    return plain_value(Dataset({raw.tag: raw})[raw.tag].value, vr)


NUMBERS_AS_BYTES = st.lists(st.text("0123456789+-. eE", max_size=8), min_size=1, max_size=3).map("\\".join).map(str.encode)
TEXTS_AS_BYTES = st.text(st.characters(max_codepoint=0x7F), max_size=12).map(str.encode)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from("DS IS UI CS DA DT LO PN SH TM US SS UL SL FL FD".split()),
    st.one_of(NUMBERS_AS_BYTES, TEXTS_AS_BYTES, st.binary(max_size=16)),
    st.sampled_from([b"", b" ", b"\0", b"\0\0"]),
)
def test_what_bytes_plainly_say_is_what_pydicom_makes_of_them(vr, value, padding):
    said = plain(value + padding, vr)
    if said is not None:
        assert repr(said) == repr(_converted(value + padding, vr))


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("DS", b"-1.5e2\\ 3", (-150.0, 3.0)),
        ("DS", b"1.", 1.0),
        ("IS", b" 7 ", 7),
        ("UI", b"1.2.3\0", "1.2.3"),
        ("LO", b" a b ", "a b"),
        ("US", b"\x01\x02\x03\x00", (513, 3)),
        ("FD", struct.pack("<d", 0.1), 0.1),
        ("DS", b"1\\\\2", None),
        ("DS", b"1,5", None),
        ("IS", b"1.0", None),
        ("LO", b"\xe9", None),
        ("LO", b"a\\b", None),
        ("PN", b"A=B", None),
        ("US", b"\x01", None),
        ("UN", b"1", None),
    ],
)
def test_bytes_say_plainly_what_they_are_or_nothing(vr, value, expected):
    assert plain(value, vr) == expected
