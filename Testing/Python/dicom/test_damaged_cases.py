"""Every folder of the shared damaged cases: the right value, or the reason for its refusal. What commands do with them is held by
``explore/test_damaged_files.py`` and ``scene/test_damaged.py``."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.languages import LANGUAGES


class Expected(NamedTuple):
    """Of each volume read (of a sequence, the first): (shape, smallest, largest), by hand from the cases' own description; the
    findings that must be there, as (code, keyword or reason); of a refusal the reason."""

    volumes: tuple = ()
    findings: tuple = ()
    refused: str = ""


SMALL = ((1, 8, 8), 1, 1)  # made: 8 x 8, every value 1
EXPECTED = {
    "abort-12GB": Expected(refused="no-fragments"),
    "big-endian-rgb": Expected((((1, 3, 3, 3), 52, 176),)),  # pydicom's pixel_array: scene/test_damaged.py
    "bits-zero": Expected((SMALL,), (("damaged-value", "BitsAllocated"),)),
    "frames-dropped": Expected((((8, 8, 8), 0, 472.27),), (("damaged-value", "NumberOfFrames"),)),
    "huge-frames": Expected((SMALL,), (("truncated-pixel-data", ""),)),
    "huge-matrix": Expected(refused="no-pixels"),
    "length-swallows-name": Expected((SMALL,), (("missing-identifiers", ""),)),
    "log-values": Expected((SMALL,), (("damaged-value", "InstanceNumber"),)),
    "markup-modality": Expected((SMALL,)),
    "names-left": Expected((SMALL,)),
    "nested-1500": Expected((SMALL,)),
    "nested-260": Expected((SMALL,)),
    "padding-cached": Expected((((9, 4, 4), 0, 63536), ((9, 4, 4), -2000, 15)), (("missing-slices", ""), ("missing-slices", ""))),
    "patient-id-number": Expected((SMALL,)),
    # Unsigned is what is taken where nothing says (PS3.3 C.7.6.3 requires it), and that is a warning.
    "pixelrep-absent": Expected((((1, 8, 8), 65472, 65535),), (("assumed-value", "PixelRepresentation"),)),
    "rgb-rescaled": Expected((((1, 3, 3, 3), 52, 176),), (("damaged-value", "RescaleIntercept"),)),
    "rows-too-small": Expected((((1, 8, 4), 1, 1),), (("surplus-pixel-data", ""),)),
    "samples-zero": Expected((SMALL,), (("damaged-value", "SamplesPerPixel"),)),
    "scene-unreadable": Expected((SMALL,)),
    "sequence-as-ob": Expected((SMALL,)),
    "sequence-of-garbage": Expected((SMALL,)),
    "sequence-one-file-lost": Expected((((2, 64, 64), 0, 254),), (("missing-slices", "frames"),)),
    "short-pixels-then-more": Expected((((1, 8, 8), 0, 1),), (("truncated-pixel-data", ""),)),
    "slope-1e300": Expected((SMALL,), (("damaged-value", "RescaleSlope"),)),
    "slope-two-values": Expected((((2, 8, 8), 1, 1),), (("damaged-value", "RescaleSlope"),)),
    "spacing-1e300": Expected(
        (((4, 64, 64), 0, 1537), ((1, 64, 64), 0, 1219)),
        (("missing-slices", ""), ("damaged-value", "PixelSpacing"), ("unknown-pixel-size", "")),
    ),
    "terminal-escape": Expected((SMALL,)),
    "tree-json": Expected((SMALL,), refused="not-dicom"),
    "two-patients": Expected(
        (((6, 8, 8), 900, 900), ((6, 8, 8), 100, 100)), (("identity-mixed", "patient"), ("identity-mixed", "patient"))
    ),
    "unknown-vr": Expected((SMALL,), (("damaged-value", "StudyDescription"),)),
}
# An archive, no folder of images: data/published/test_archives.py.
ELSEWHERE = {"overlap-zip"}


def test_every_damaged_case_is_in_the_table(shared_data):
    folders = {path.name for path in (shared_data / "cases" / "damaged").iterdir() if path.is_dir()}
    assert folders == set(EXPECTED) | ELSEWHERE


@pytest.mark.parametrize("name", EXPECTED)
def test_a_damaged_case_has_its_right_value_or_its_reason(shared_data, name):
    expected = EXPECTED[name]
    examination = examine_paths([shared_data / "cases" / "damaged" / name])
    chosen = [candidate for series in examination.series for candidate in series.selected]
    read = []
    for candidate in chosen:
        voxels = read_voxels(candidate.stacks[0])
        read.append((voxels.shape, pytest.approx(float(voxels.min()), abs=0.01), pytest.approx(float(voxels.max()), abs=0.01)))
    assert read == list(expected.volumes)
    findings = [finding for candidate in chosen for finding in candidate.findings]
    told = [(finding.code, finding.evidence.get("keyword", "")) for finding in findings]
    told += [(finding.code, finding.evidence.get("reason", "")) for finding in findings]
    for wanted in set(expected.findings):
        assert told.count(wanted) >= expected.findings.count(wanted), wanted
    refused = [file.finding for file in examination.skipped if file.path.name != "README"]
    assert [finding.evidence["reason"] for finding in refused] == ([expected.refused] if expected.refused else [])
    for finding in (*findings, *refused):
        assert all(finding_message(finding, language) for language in LANGUAGES)
