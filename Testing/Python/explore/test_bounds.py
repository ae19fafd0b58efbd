"""Numbers that files, reports and searches are bounded by, each tried on both sides of its bound."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from DICOMTutorialHelperLib.explore import series_report as reports
from DICOMTutorialHelperLib.explore import series_stand_in as stand_ins
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.safe_values import SafeValues


@pytest.fixture(scope="module")
def safe():
    return SafeValues(Identity(), lambda text: text)


@pytest.mark.parametrize(
    ("vr", "longest"),
    [("CS", 16), ("SH", 16), ("LO", 64), ("ST", 1024), ("LT", 10240), ("UC", 64), ("UT", 64), ("UR", 64), ("XX", 64)],
)
def test_texts_may_be_as_long_as_their_kind_allows(safe, vr, longest):
    assert safe._text("plain", "Manufacturer", vr, "x" * longest, "") == "x" * longest
    assert safe._text("plain", "Manufacturer", vr, "x" * (longest + 1), "") is None


def test_numbers_may_be_as_long_as_people_write_them(safe):
    assert safe.are_numbers("DS", ["0." + "0" * 30], None) and not safe.are_numbers("DS", ["0." + "0" * 31], None)


def test_formats_and_limits_are_these():
    """A report is read by later versions: what it says of itself must not change unnoticed."""
    assert (reports.FORMAT, reports.VERSION, reports.LONGEST_BINARY) == ("DICOMTutorialHelper series report", 1, 131_072)
    assert (stand_ins.LARGEST, stand_ins.MOST_FRAMES, stand_ins.SMALL) == (8_589_934_592, 1_048_576, 64)
    assert reports.PACKAGES == ("pydicom", "numpy", "slicer-core", "pylibjpeg", "pyjpegls")


def candidate(index, *stacks):
    grid = SimpleNamespace(dimensions=(4, 5, 6), spacing_mm=(0.12345678, 1.0, 2.5))
    findings = [SimpleNamespace(severity="warning", code="b"), SimpleNamespace(severity="info", code="z")]
    return SimpleNamespace(
        kind="volume", selected=True, confidence=0.6, stacks=[SimpleNamespace(grid=grid)] * 2, index=index, findings=findings
    )


def test_candidates_are_told_in_codes_and_numbers():
    told = {
        "kind": "volume", "selected": True, "confidence": 0.6, "frames": 2, "unit": "", "index": [], "dimensions": [4, 5, 6],
        "spacing_mm": [0.123457, 1.0, 2.5], "findings": ["info z", "warning b"],
    }  # fmt: skip
    assert reports._candidate(candidate(None)) == told
    timed = SimpleNamespace(unit="ms", values=[0, 1.5, "x"])
    assert reports._candidate(candidate(timed)) == {**told, "unit": "ms", "index": [0, 1.5]}


def test_findings_are_counted_with_reasons_that_are_keys():
    def finding(code, **evidence):
        return SimpleNamespace(code=code, evidence=evidence)

    found = [
        finding("a"),
        finding("a", reason="not-dicom"),
        finding("a", reason="File of Ana"),
        finding("b", reason="x"),
        finding("a"),
    ]
    assert reports._counted(found) == {"a": 3, "a not-dicom": 1, "b x": 1}


def entry(**elements):
    return {"elements": elements, "pixels": 1}


def test_what_all_entries_share_stands_once():
    first, second = entry(a=1, b=2, c=3), entry(a=1, b=9)
    assert reports._shared([first, second]) == {"a": 1} and reports._shared([first]) == {} == reports._shared([])
    assert reports._without(first, {"a": 1}) == entry(b=2, c=3)


@pytest.mark.parametrize(
    ("vr", "value", "plain"),
    [
        ("LO", "x", "x"), ("LO", " x ", "x"), ("LO", "", None), ("LO", None, None), ("US", 5, [5]), ("US", [5, 6], [5, 6]),
        ("FD", 1.5, [1.5]), ("OB", b"\0\xff", ["00ff"]), ("OB", b"", None), ("OB", bytes(1 << 17), ["00" * (1 << 17)]),
        ("OB", bytes((1 << 17) + 1), None), ("AT", 0x00100010, None), ("DS", "1.50", "1.50"),
        ("DS", ["1.0", "2.50"], "1.0\\2.50"),
        ("CS", ["A", "B"], "A\\B"), ("UL", 7, [7]), ("SL", -7, [-7]), ("SS", -1, [-1]), ("FL", 0.5, [0.5]),
    ],
)  # fmt: skip
def test_values_are_plain_data(vr, value, plain):
    element = DataElement(0x00180088, vr, value if not isinstance(value, list) or vr != "CS" else MultiValue(str, value))
    assert reports._plain(element) == plain


def test_texts_where_numbers_should_be_keep_their_form():
    assert reports._masked("Ana 12.5+-\\é,x") == "xxx 99.9+-\\x,x"
    assert reports._masked("1" * 65) == "9" * 64


def test_parts_of_labels_are_found_run_together():
    dataset = Dataset()
    dataset.InstitutionName = "St Jo Ab"
    identity = Identity()
    identity.add(dataset)
    for text in ("stjo", "joab", "stjoab", "St.Jo"):
        assert identity.found_in(text), text
    for text in ("st", "jo", "ab", "stab", "jost"):
        assert not identity.found_in(text), text
