"""Series of files, damaged in ways that one number gives again: bytes, lengths, VRs, values, elements, files."""

from __future__ import annotations

import random
import shutil
import struct
from pathlib import Path
from typing import Optional

import pydicom

MOST_FILES, MOST_BYTES = 6, 700_000
TEXTS = [
    b"", b"0", b"-1", b"1", b"1.5", b"1e300", b"-1e-300", b"nan", b"inf", b"1\\2", b"\\", b"1\\2\\3\\4\\5\\6\\7",
    b"99999999999999999999",
    b"\x1b]0;owned\x07", b"\x9b31m", b"[/]", b"[bold]x", b"=1+1", b"\r\n=1", b"<img src=/etc/passwd>", b"../../../etc", b"CON",
    b"\xff\xfe\xfd",
    b"\x00", b" ", b"20081332", b"000000.000000", b"1.2.3..4", b"ISO_IR 100", b"\\ISO 2022 IR 87", b"GB18030", b"A" * 70_000,
    b"\xe2\x80\xae",
    b"MONOCHROME1", b"RGB", b"YBR_FULL_422", b"PALETTE COLOR", b"ORIGINAL\\PRIMARY\\MOSAIC", b"DERIVED\\SECONDARY", b"LOCALIZER",
]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 7, 8, 9, 12, 15, 16, 17, 31, 32, 63, 64, 65, 255, 256, 20_000, 32_767, 32_768, 65_535]
VRS = [b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"OB", b"OW", b"PN", b"SH", b"SL",
       b"SQ", b"SS", b"ST", b"TM", b"UI", b"UL", b"UN", b"US", b"UT", b"QQ", b"\x00\x00"]  # fmt: skip
LONG = {b"OB", b"OD", b"OF", b"OL", b"OW", b"SQ", b"UC", b"UR", b"UT", b"UN"}
# What decisions rest on is hit more often than the rest.
DECIDING = [
    0x00080005, 0x00080008, 0x00080016, 0x00080018, 0x00080060, 0x0008103E, 0x00100010, 0x00100020, 0x00180050, 0x00180088,
    0x0020000D, 0x0020000E, 0x00200011, 0x00200012, 0x00200013, 0x00200032, 0x00200037, 0x00200052, 0x00280002, 0x00280004,
    0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280030, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280120,
    0x00281050, 0x00281052, 0x00281053, 0x52009229, 0x52009230, 0x7FE00010,
]  # fmt: skip
SYNTAXES = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70",
            "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.99", "1.2.3"]  # fmt: skip


def bases(folders: list[Path]) -> list[list[Path]]:
    """The series to start from: the files of every folder that holds some, in its order; pydicom's own files one by one."""
    found: list[list[Path]] = []
    for folder in folders:
        for place in sorted({path.parent for path in folder.rglob("*") if path.is_file()}):
            files = [path for path in sorted(place.iterdir()) if _is_small_dicom(path)]
            if files:
                found.append(files)
    own = Path(pydicom.__file__).parent / "data" / "test_files"
    return found + [[path] for path in sorted(own.rglob("*")) if _is_small_dicom(path)]


def _is_small_dicom(path: Path) -> bool:
    return (
        path.is_file() and path.suffix not in (".zip", ".py", ".json", ".txt", ".gz") and 132 < path.stat().st_size < MOST_BYTES
    )


def make_case(seed: int, all_bases: list[list[Path]], folder: Path, keep: int = -1) -> list[str]:
    """Write the case of a seed into an empty folder; returns what was done: the first ``keep`` mutations, or all."""
    chance = random.Random(seed)
    files = chance.choice(all_bases)
    first = chance.randrange(max(1, len(files) - MOST_FILES + 1))
    copies = []
    for number, path in enumerate(files[first : first + MOST_FILES]):
        copies.append(folder / f"{number:03d}.dcm")
        shutil.copyfile(path, copies[-1])
        copies[-1].chmod(0o644)
        copies[-1].write_bytes(_with_marked_patient(path.read_bytes()))
    done = [str(files[0].parent)]
    for number in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        mutation = chance.choice(MUTATIONS)
        target = copies if mutation is _all_alike else [chance.choice(copies)]
        state = chance.getrandbits(64)
        if 0 <= keep <= number:
            continue
        told = ""
        for path in target:
            # All alike: the same numbers for every file of the series.
            data, told = mutation(path.read_bytes(), random.Random(state))
            path.write_bytes(data[:3_000_000])
        done.append(f"{target[0].name if len(target) == 1 else 'all'}: {told}")
    return done


def _elements(data: bytes) -> list[tuple[int, bytes, int, int, int]]:
    """(tag, VR or b"", start of the element, start of its value, its length) of the top level, by pydicom's offsets."""
    import io

    try:
        dataset = pydicom.dcmread(io.BytesIO(data), force=True)
    except Exception:  # whatever pydicom says of a damaged file: then its bytes alone are mutated
        return []
    explicit = not dataset.is_implicit_VR
    found = []
    for element in dataset._dict.values():
        if not isinstance(element, pydicom.dataelem.RawDataElement) or element.value is None:
            continue
        vr = (element.VR or "UN").encode() if explicit else b""
        head = 8 if not explicit or vr not in LONG else 12
        found.append((int(element.tag), vr, element.value_tell - head, element.value_tell, len(element.value)))
    return found


def _with_marked_patient(data: bytes) -> bytes:
    """With a name and an identifier that occur nowhere else, to be looked for in de-identified copies."""
    for tag, value in ((0x00100020, b"QXZIDENT4711"), (0x00100010, b"QXZNAME^QXZGIVEN")):
        for found, vr, start, place, length in _elements(data):
            if found == tag:
                data = data[:start] + _element(tag, vr, value) + data[place + length :]
    return data


def _chosen(data: bytes, chance: random.Random):
    elements = _elements(data)
    deciding = [element for element in elements if element[0] in DECIDING]
    if deciding and chance.random() < 0.75:
        return chance.choice(deciding)
    return chance.choice(elements) if elements else None


def _element(tag: int, vr: bytes, value: bytes, length: Optional[int] = None) -> bytes:
    length = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if not vr:
        return head + struct.pack("<I", length & 0xFFFFFFFF) + value
    if vr in LONG:
        return head + vr + b"\0\0" + struct.pack("<I", length & 0xFFFFFFFF) + value
    return head + vr + struct.pack("<H", length & 0xFFFF) + value


def _value(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    chosen = _chosen(data, chance)
    if chosen is None:
        return _bytes(data, chance)
    tag, vr, start, place, length = chosen
    if vr in (b"US", b"SS") or tag in (0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280002):
        value = b"".join(struct.pack("<H", chance.choice(NUMBERS)) for _ in range(chance.choice((1, 1, 1, 0, 2))))
    elif vr in (b"FD", b"FL"):
        value = struct.pack("<d", chance.choice((0.0, 1e300, float("nan"), float("inf"), -1.0)))[: 8 if vr == b"FD" else 4]
    else:
        value = chance.choice(TEXTS)
    value += b" " * (len(value) % 2)
    return data[:start] + _element(tag, vr, value) + data[place + length :], f"{tag:08X} = {value[:20]!r}"


def _vr(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    chosen = _chosen(data, chance)
    if chosen is None or not chosen[1]:
        return _bytes(data, chance)
    tag, _, start, place, length = chosen
    vr = chance.choice(VRS)
    return data[:start] + _element(tag, vr, data[place : place + length]) + data[place + length :], f"{tag:08X} as {vr!r}"


def _length(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    chosen = _chosen(data, chance)
    if chosen is None:
        return _bytes(data, chance)
    tag, vr, start, place, length = chosen
    lie = chance.choice((0, 1, length + 2, length + 40, max(length - 2, 0), 0xFFFE, 0xFFFFFFFF, 0x7FFFFFFF, length * 2))
    return data[:start] + _element(tag, vr, data[place : place + length], lie) + data[place + length :], f"{tag:08X} length {lie}"


def _remove(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    chosen = _chosen(data, chance)
    if chosen is None:
        return _bytes(data, chance)
    tag, _, start, place, length = chosen
    return data[:start] + data[place + length :], f"{tag:08X} removed"


def _repeat(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    chosen = _chosen(data, chance)
    if chosen is None:
        return _bytes(data, chance)
    tag, _, start, place, length = chosen
    return data[: place + length] + data[start : place + length][:200_000] + data[place + length :], f"{tag:08X} twice"


def _nest(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    chosen = _chosen(data, chance)
    if chosen is None:
        return _bytes(data, chance)
    depth = chance.choice((1, 5, 40, 300, 1500))
    value = b""
    for _ in range(depth):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(value)) + value
        value = _element(0x00400275, b"SQ" if chosen[1] else b"", item)
    place = chosen[3] + chosen[4]
    return data[:place] + value + data[place:], f"{depth} sequences inside each other"


def _truncate(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    end = chance.choice((0, 10, 132, 200, len(data) // 2, len(data) - 1, chance.randrange(len(data) + 1)))
    return data[:end], f"cut at {end}"


def _append(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    return data + chance.choice((b"\0", b"\xff" * 9, data[-300:], b"\xfc\xff\xfc\xffOB\0\0\4\0\0\0abcd")), "more"


def _bytes(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    changed = bytearray(data)
    places = [chance.randrange(len(data)) for _ in range(chance.choice((1, 2, 8, 50)))] if data else []
    for place in places:
        changed[place] = chance.choice((0, 255, 0x1B, chance.randrange(256), changed[place] ^ (1 << chance.randrange(8))))
    return bytes(changed), f"{len(places)} bytes"


def _run_of_bytes(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    if not data:
        return data, "nothing"
    start = chance.randrange(len(data))
    length = chance.choice((4, 16, 200, 5000))
    return data[:start] + chance.choice((b"\0", b"\xff", b"A")) * length + data[start + length :], f"{length} bytes at {start}"


def _syntax(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    place = data[:1000].find(b"\x02\x00\x10\x00UI")
    if place < 0:
        return _bytes(data, chance)
    length = struct.unpack("<H", data[place + 6 : place + 8])[0]
    syntax = chance.choice(SYNTAXES).encode()
    syntax += b"\0" * (len(syntax) % 2)
    head = data[place : place + 6] + struct.pack("<H", len(syntax))
    return data[:place] + head + syntax + data[place + 8 + length :], f"transfer syntax {syntax.decode()}"


def _all_alike(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    return chance.choice((_value, _value, _remove, _vr, _length))(data, chance)


MUTATIONS = [
    _value, _value, _value, _value, _vr, _vr, _length, _length, _remove, _remove, _repeat, _nest, _truncate, _append, _bytes,
    _bytes, _run_of_bytes, _syntax, _all_alike, _all_alike,
]  # fmt: skip
