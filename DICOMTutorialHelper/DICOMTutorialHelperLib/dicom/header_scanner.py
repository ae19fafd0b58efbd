"""The wanted elements of a header as the bytes they are, by a plain walk over a little-endian file that holds no surprise.

pydicom understands far more files, and asks far more of each element. So this walk reads what nearly all files are (PS3.5 7.1:
explicit or implicit VR little endian, each element once, sequences whole) and raises ``UnusualHeader`` at the first thing that is
anything else: pydicom reads that file. Where it does not raise, pydicom finds the same elements with the same bytes.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import BinaryIO, Callable, NamedTuple, Optional, Union

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from DICOMTutorialHelperLib.dicom.files import MAGIC, PREAMBLE_LENGTH
from DICOMTutorialHelperLib.dicom.header_runs import KEY_BYTES, CommonRuns, Layout, Run
from DICOMTutorialHelperLib.dicom.pixel_element import DEFLATED, EXPLICIT_LONG_VRS, PIXEL_KEYWORDS, UNDEFINED_LENGTH
from DICOMTutorialHelperLib.dicom.value_rules import plain_text

# What is read at once: most headers fit in it.
PIECE = 1 << 13
# Longer elements are read by pydicom where they are asked for; sequences of undefined length are looked through in memory.
LONGEST_ELEMENT = 4 << 20
LONGEST_SEQUENCE = 64 << 20
DEEPEST = 16

SHORT_VRS = frozenset(b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split())
LONG_VRS = frozenset(EXPLICIT_LONG_VRS)
META_UID = re.compile(rb"([0-9.]+)\0*")
DEFLATED_NAME = DEFLATED.encode()


def in_file_order(tag: int) -> int:
    """A tag as its four bytes lie in the file, read as one little-endian number: group and element change places."""
    return (tag & 0xFFFF) << 16 | tag >> 16


TRANSFER_SYNTAX, MEDIA_CLASS = map(in_file_order, (0x00020010, 0x00020002))
ITEM, ITEM_END, SEQUENCE_END = map(in_file_order, (0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD))
PIXELS = frozenset(map(in_file_order, PIXEL_KEYWORDS))
CHARACTER_SET = in_file_order(0x00080005)
# Sets of one part without escape sequences (PS3.3 C.12.1.1.2), in which ASCII is itself.
PLAIN_CHARACTER_SETS = re.compile(rb"(ISO_IR (6|100|101|109|110|126|127|138|144|148|166|192|203)|GB18030|GBK)? *\0?")

_explicit = struct.Struct("<I2sH").unpack_from  # tag in file order, VR, length where 16 bits hold it
_implicit = struct.Struct("<II").unpack_from  # tag in file order, length
_length = struct.Struct("<I").unpack_from


class UnusualHeader(Exception):
    """A header that is pydicom's to read."""


class WantedElements:
    """Which elements are collected: tags, and of private groups the creators and the elements of any block (PS3.5 7.8.1).

    ``private`` are (group, last byte of the element's number).
    """

    def __init__(self, tags: Iterable[int], private: Iterable[tuple[int, int]] = ()) -> None:
        self.tags = frozenset(map(in_file_order, tags)) | PIXELS | {CHARACTER_SET}
        self._private = frozenset(number << 16 | group for group, number in private)
        self._groups = frozenset(group for group, _ in private)

    def has_private(self, tag: int) -> bool:
        """Whether an element of an odd group is wanted; ``tag`` in file order."""
        return (tag & 0xFFFFFF) in self._private or (tag < 1 << 24 and tag & 0xFFFF in self._groups)


class ScannedHeader(NamedTuple):
    """``singles`` maps tags (in file order) to whole elements, head and value: those wanted that are in no run of ``layout``.

    ``end`` is where the pixel data element begins, with ``pixel_head``, its first 12 bytes; the file's end where it has none.
    ``beginning`` is what stands before the data set: the preamble and the meta information.
    """

    singles: dict[int, bytes]
    layout: Layout
    is_implicit: bool
    transfer_syntax: str
    media_class: str
    end: int
    pixel_head: bytes
    beginning: bytes

    def get(self, tag: int, default: Optional[bytes] = None) -> Optional[bytes]:
        """One of the wanted elements, by its tag in file order."""
        return self.singles.get(tag) or self.layout.shared.get(tag, default)

    @property
    def elements(self) -> dict[int, bytes]:
        """All wanted elements, in the order of the file."""
        return self.layout.elements(self.singles)


class Scanner:
    """Scans the headers of one reading, of which the same elements are wanted."""

    def __init__(self, wanted: WantedElements) -> None:
        self.wanted = wanted
        self._runs = {False: CommonRuns(), True: CommonRuns()}  # of explicit and implicit headers

    def scan(self, file: BinaryIO, file_size: int) -> ScannedHeader:
        """Read a file from its beginning to its pixels. Raises UnusualHeader, and OSError."""
        piece = file.read(PIECE)
        try:
            syntax, media_class, start = _read_meta(piece)
            is_implicit = syntax == ImplicitVRLittleEndian
            _check_first_element(piece, start, is_implicit)
            walk = _Walk(file, file_size, is_implicit)
            end, pixel_head = walk.collect(piece, start, self.wanted, self._runs[is_implicit])
        except struct.error as error:
            raise UnusualHeader("it ends within an element") from error
        layout = self._runs[is_implicit].layout(walk.order)
        if layout is None:
            raise UnusualHeader("an element that comes twice")
        scanned = ScannedHeader(walk.singles, layout, is_implicit, syntax, media_class, end, pixel_head, piece[:start])
        if not _has_plain_characters(scanned.get(CHARACTER_SET)):
            raise UnusualHeader("its characters")
        return scanned


def _read_meta(piece: bytes) -> tuple[str, str, int]:
    """Transfer syntax, class of the stored object and where the data set begins (PS3.10 7.1)."""
    at = PREAMBLE_LENGTH + len(MAGIC)
    # Where deflated data might be, pydicom's door looks at how far they inflate.
    if not piece.startswith(MAGIC, PREAMBLE_LENGTH) or piece.find(DEFLATED_NAME, 0, 1024) >= 0:
        raise UnusualHeader("its beginning")
    syntax = media_class = b""
    while True:
        tag, vr, length = _explicit(piece, at)
        if tag & 0xFFFF != 0x0002:
            break
        start = at + 8
        if vr in LONG_VRS:
            (length,) = _length(piece, start)
            start += 4
        elif vr not in SHORT_VRS:
            raise UnusualHeader("its meta information")
        at = start + length
        if tag == TRANSFER_SYNTAX and vr == b"UI" and not syntax:
            syntax = piece[start:at]
        elif tag == MEDIA_CLASS and vr == b"UI" and not media_class:
            media_class = piece[start:at]
        elif tag in (TRANSFER_SYNTAX, MEDIA_CLASS):
            raise UnusualHeader("its meta information")
    return _uid(syntax), _uid(media_class) if media_class else "", at


@lru_cache(maxsize=256)
def _uid(value: bytes) -> str:
    uid = META_UID.fullmatch(value)
    if uid is None or uid[1] == ExplicitVRBigEndian.encode():
        raise UnusualHeader("its meta information")
    return plain_text(uid[1].decode("ascii"))


@lru_cache(maxsize=64)
def _has_plain_characters(element: Optional[bytes]) -> bool:
    return element is None or PLAIN_CHARACTER_SETS.fullmatch(element, 8) is not None


def _check_first_element(piece: bytes, at: int, is_implicit: bool) -> None:
    """The first element shows how all are written, whatever the transfer syntax says; a network's groups must not come first."""
    tag, vr, _ = _explicit(piece, at)
    if tag & 0xFFFF < 0x0008 or (is_implicit and vr.isalpha() and vr.isupper()):
        raise UnusualHeader("its first element")


def _explicit_element(data: bytes, at: int) -> tuple[int, bytes, int, int]:
    """Tag, VR, and where the value begins and ends (UNDEFINED_LENGTH after its beginning where it does not say).

    Raises UnusualHeader, and struct.error where the data end within the head.
    """
    tag, vr, length = _explicit(data, at)
    if vr in SHORT_VRS:
        return tag, vr, at + 8, at + 8 + length
    if vr not in LONG_VRS:
        raise UnusualHeader("a VR")
    return tag, vr, at + 12, at + 12 + _length(data, at + 8)[0]


def _implicit_element(data: bytes, at: int) -> tuple[int, bytes, int, int]:
    """The same of an element that does not say its VR (b"")."""
    tag, length = _implicit(data, at)
    return tag, b"", at + 8, at + 8 + length


def element_reader(is_implicit: bool) -> Callable[[bytes, int], tuple[int, bytes, int, int]]:
    """What reads an element's head at an offset: (tag, VR, offset of the value, offset of its end), VR b"" where implicit."""
    return _implicit_element if is_implicit else _explicit_element


def dataset_of(elements: Iterable[bytes], is_implicit: bool) -> Dataset:
    """A data set of these whole elements alone, as pydicom reads it."""
    # A first element that shows how the others are written, whatever comes after it.
    beginning = b"\x08\0\0\0\x04\0\0\0\0\0\0\0" if is_implicit else b"\x08\0\0\0UL\x04\0\0\0\0\0"
    return read_dataset(io.BytesIO(b"".join((beginning, *elements))), is_implicit, True)


class _Walk:
    """The way through one file; only a piece of it is in memory. What was found is as ``ScannedHeader`` has it."""

    def __init__(self, file: BinaryIO, file_size: int, is_implicit: bool) -> None:
        self.singles: dict[int, bytes] = {}
        self.order: list[Union[Run, int]] = []
        self._file = file
        self._file_size = file_size
        self._is_implicit = is_implicit

    def collect(self, piece: bytes, at: int, wanted: WantedElements, runs: CommonRuns) -> tuple[int, bytes]:
        """Collect wanted elements from ``at`` on, which counts from the piece's beginning; where it ended, and the pixels' head.

        The one loop that every element of every header goes through: heads are read here, not by ``element_reader``.
        """
        elements, order = self.singles, self.order
        is_implicit, tags, has_private = self._is_implicit, wanted.tags, wanted.has_private
        learned: Optional[list[Optional[bytes]]] = [] if runs.is_learning else None
        known = {} if runs.is_learning else runs.known
        before, have = 0, len(piece)  # bytes of the file before the piece, and in it
        pixel_head, singles = b"", 0
        while True:
            run = known.get(piece[at : at + KEY_BYTES])
            if run is not None and piece.startswith(run.written, at):
                order.append(run)
                at += len(run.written)
                continue
            if at + 12 > have:
                before, at = before + at, 0
                if before == self._file_size:
                    break
                piece = self._piece_from(before, 8)
                have = len(piece)
            singles += 1
            if is_implicit:
                tag, length = _implicit(piece, at)
                start = at + 8
            else:
                tag, vr, length = _explicit(piece, at)
                start = at + 8
                if vr in LONG_VRS:
                    (length,) = _length(piece, start)
                    start += 4
                elif vr not in SHORT_VRS:
                    raise UnusualHeader("a VR")
            end = start + length
            is_wanted = tag in tags or (tag & 1 and has_private(tag))
            if is_wanted and tag in PIXELS:
                pixel_head = piece[at : at + 12]
                break
            if not tag or tag in elements or tag & 0xFFFF == 0xFFFE:
                raise UnusualHeader("an element in a place of its own")
            if length == UNDEFINED_LENGTH or (is_wanted and end > have):
                before, piece, end = self._whole_element(before + at, piece[at:], length, end - at)
                at, have = 0, len(piece)
            if is_wanted:
                elements[tag] = piece[at:end]
                order.append(tag)
            if learned is not None:
                learned.append(piece[at:end] if end <= have else None)
            at = end
        if learned is not None:
            runs.learn(learned, elements)
        else:
            runs.walked(singles)
        return before + at, pixel_head

    def _piece_from(self, start: int, least: int) -> bytes:
        """What follows in the file, so many bytes at least. Raises UnusualHeader where there are not."""
        if start + least <= self._file_size:
            self._file.seek(start)
            piece = self._file.read(max(least, PIECE))
            if len(piece) >= least:
                return piece
        raise UnusualHeader("it ends within an element")

    def _whole_element(self, start: int, piece: bytes, length: int, size: int) -> tuple[int, bytes, int]:
        """A piece that begins with an element (at ``start`` of the file), and has all of it; and where the element ends in it.

        ``size`` is that of head and value, where its ``length`` is not undefined.
        """
        if length == UNDEFINED_LENGTH:
            return self._whole_sequence(start, piece)
        if length > LONGEST_ELEMENT:
            raise UnusualHeader("a long element")
        return start, self._piece_from(start, size), size

    def _whole_sequence(self, start: int, piece: bytes) -> tuple[int, bytes, int]:
        tag, vr, first_item, _ = element_reader(self._is_implicit)(piece, 0)
        while True:
            try:
                check_is_sequence(tag, vr, piece, first_item)
                return start, piece, read_items(piece, first_item, None, self._is_implicit)[1]
            except struct.error:  # it goes on behind the piece
                longer = min(max(8 * len(piece), PIECE), self._file_size - start)
                if not len(piece) < longer <= LONGEST_SEQUENCE:
                    raise
                piece = self._piece_from(start, longer)


def check_is_sequence(tag: int, vr: bytes, data: bytes, first_item: int) -> None:
    """Only sequences may leave their length open before the pixels. Raises UnusualHeader, and struct.error.

    In implicit files the dictionary says which these are; of elements that it does not know, those that begin with an item.
    """
    if vr == b"SQ":
        return
    is_sequence = False if vr else _is_sequence(tag)
    if is_sequence is False or (is_sequence is None and _implicit(data, first_item)[0] != ITEM):
        raise UnusualHeader("an open length")


@lru_cache(maxsize=1024)
def _is_sequence(tag: int) -> Optional[bool]:
    try:
        return dictionary_VR(in_file_order(tag)) == "SQ"
    except KeyError:
        return None


def items_of(element: bytes, is_implicit: bool, wanted: WantedElements) -> list[dict[int, bytes]]:
    """The wanted elements of each item of a sequence, given its whole element. Raises UnusualHeader."""
    try:
        _, vr, start, stop = element_reader(is_implicit)(element, 0)
        if vr not in (b"SQ", b""):
            raise UnusualHeader("no sequence")
        items, end = read_items(element, start, None if stop - start == UNDEFINED_LENGTH else stop, is_implicit, wanted)
    except struct.error as error:
        raise UnusualHeader("a sequence") from error
    if end != len(element):
        raise UnusualHeader("a sequence")
    return items


def read_items(
    data: bytes, at: int, stop: Optional[int], is_implicit: bool, wanted: Optional[WantedElements] = None, depth: int = 0
) -> tuple[list[dict[int, bytes]], int]:
    """The items that begin at ``at`` (PS3.5 7.5), with what is wanted of each, and where their sequence ends.

    ``stop`` is None where a delimiter ends it. Every element is looked at. Raises UnusualHeader, and struct.error where the
    data end too early.
    """
    if depth > DEEPEST:
        raise UnusualHeader("its depth")
    items = []
    while at != stop:
        tag, length = _implicit(data, at)
        at += 8
        if stop is None and tag == SEQUENCE_END and length == 0:
            break
        item_stop = None if length == UNDEFINED_LENGTH else at + length
        if tag != ITEM or (stop is not None and (item_stop or at) > stop):
            raise UnusualHeader("a sequence")
        elements, at = _read_item(data, at, item_stop, is_implicit, wanted, depth)
        items.append(elements)
    return items, at


def _read_item(
    data: bytes, at: int, stop: Optional[int], is_implicit: bool, wanted: Optional[WantedElements], depth: int
) -> tuple[dict[int, bytes], int]:
    elements: dict[int, bytes] = {}
    read_element = element_reader(is_implicit)
    while at != stop:
        if stop is None and _implicit(data, at) == (ITEM_END, 0):
            at += 8
            break
        tag, vr, start, end = read_element(data, at)
        if end - start == UNDEFINED_LENGTH:
            check_is_sequence(tag, vr, data, start)
            end = read_items(data, start, None, is_implicit, None, depth + 1)[1]
        if tag & 0xFFFF == 0xFFFE or (stop is not None and end > stop):
            raise UnusualHeader("an item")
        if wanted is not None and (tag in wanted.tags or (tag & 1 and wanted.has_private(tag))):
            if tag in elements or tag == CHARACTER_SET:
                raise UnusualHeader("an element of an item")
            elements[tag] = data[at:end]
        at = end
    return elements, at
