"""What an instance is known by: the digest of its elements, its UID, or nothing."""

from __future__ import annotations

import hashlib
import struct

import pytest
from made_elements import explicit, file_of, implicit

from DICOMTutorialHelperLib.dicom.digests import content_digest, sop_instance_uid

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"


ELEMENTS = (
    (0x00080018, "UI", b"1.2.3\0"), (0x00100020, "LO", b"P1"), (0x00280100, "US", b"\x10\0"), (0x7FE00010, "OW", b"\1\2\3\4"),
)  # fmt: skip


@pytest.mark.parametrize(("syntax", "written"), [(EXPLICIT, explicit), (IMPLICIT, implicit)])
def test_a_digest_is_that_of_all_elements_written_with_their_vr(tmp_path, syntax, written):
    path = file_of(tmp_path / "a.dcm", syntax, b"".join(written(*one) for one in ELEMENTS))
    assert content_digest(path) == hashlib.sha256(b"".join(explicit(*one) for one in ELEMENTS)).hexdigest()
    other_maker = file_of(tmp_path / "b.dcm", syntax, b"".join(written(*one) for one in ELEMENTS), b"1.2.99")
    assert content_digest(other_maker) == content_digest(path)


@pytest.mark.parametrize("place", range(len(ELEMENTS)))
def test_a_digest_is_another_where_any_element_is(tmp_path, place):
    tag, vr, value = ELEMENTS[place]
    changed = [*ELEMENTS[:place], (tag, vr, b"7" + value[1:]), *ELEMENTS[place + 1 :]]
    first, second = (
        file_of(tmp_path / f"{n}.dcm", EXPLICIT, b"".join(explicit(*one) for one in e)) for n, e in enumerate((ELEMENTS, changed))
    )
    assert content_digest(first) != content_digest(second)


@pytest.mark.parametrize(("elements", "uid"), [(ELEMENTS, "1.2.3"), (ELEMENTS[1:], ""), (((0x00080018, "UI", b""),), "")])
def test_an_instance_is_known_by_its_uid_or_by_nothing(tmp_path, elements, uid):
    assert sop_instance_uid(file_of(tmp_path / "a.dcm", EXPLICIT, b"".join(explicit(*one) for one in elements))) == uid


def test_an_instance_is_known_though_its_pixels_have_no_end(tmp_path):
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + b"\1\2\3"
    path = file_of(tmp_path / "a.dcm", EXPLICIT, explicit(*ELEMENTS[0]) + pixels)
    assert sop_instance_uid(path) == "1.2.3"
