"""De-identification held against markers in every place of a file: none is in any copy, in any encoding, with any options."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from planted_markers import ENCODINGS, planted_run
from pydicom import dcmread

from DICOMTutorialHelperLib.explore.deidentification import DeidentificationOptions, deidentify

OPTIONS = [
    DeidentificationOptions(dates, characteristics, private, descriptions, key="a key, so that no number comes by chance")
    for dates, characteristics, private, descriptions in itertools.product(
        ("remove", "shift", "keep"), (False, True), (False, True), (False, True)
    )
]
# A kept study date is there on purpose.
KEPT_WITH_DATES = ("20080213",)


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("planted")
    return folder, planted_run(folder)


def in_encodings(text: str) -> set[bytes]:
    found = set()
    for encoding in ENCODINGS:
        try:
            found.add(text.encode(encoding))
        except UnicodeEncodeError:
            continue
    return found


def test_there_are_many_markers_of_every_kind(planted):
    _, markers = planted
    assert len(markers) > 1000
    assert {where.split()[-1] for where in markers.values()} >= {
        "LO",
        "SH",
        "PN",
        "UT",
        "UR",
        "UI",
        "DA",
        "TM",
        "DT",
        "AE",
        "OB",
        "IS",
    }


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_no_marker_is_in_any_copy(planted, tmp_path, options):
    folder, markers = planted
    report = deidentify(folder, tmp_path / "out", options)
    assert len(report.written) > 100
    data = b"\0".join(header_bytes(copy) for _, copy in report.written).lower()
    left = {}
    for text, where in markers.items():
        if options.dates == "keep" and text in KEPT_WITH_DATES:
            continue
        if any(one.lower() in data for one in in_encodings(text)):
            left[text] = where
    assert left == {}


def header_bytes(path: Path) -> bytes:
    """The bytes of a copy without its pixels, which are the only thing that is not searched, and without replacements.

    In the digits of a new UID, or of a pseudonym, a short number of somebody may stand by chance.
    """
    data = re.sub(rb"2\.25\.\d{30,39}|ANON-[0-9A-F]{32}|X[0-9A-F]{15}", b"", path.read_bytes())
    pixels = dcmread(path).get("PixelData") or b""
    return data.replace(pixels, b"") if len(pixels) > 16 else data
