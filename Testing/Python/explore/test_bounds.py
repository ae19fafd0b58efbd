"""Numbers that files, reports and searches are bounded by, each tried on both sides of its bound."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from pydicom import dcmread
from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.explore import series_report as reports
from DICOMTutorialHelperLib.explore import series_stand_in as stand_ins
from DICOMTutorialHelperLib.explore.cohort import element_value
from DICOMTutorialHelperLib.explore.fair import _identifiers
from DICOMTutorialHelperLib.explore.identity import Identity, _elements
from DICOMTutorialHelperLib.explore.profile import rule_for
from DICOMTutorialHelperLib.explore.safe_values import SafeValues
from DICOMTutorialHelperLib.languages import resources_folder


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


def test_what_goes_beyond_the_profile_goes():
    """All that safe_values.json lists beside Table E.1-1, with its action and category."""
    table = json.loads((resources_folder() / "Standard" / "safe_values.json").read_text(encoding="utf-8"))["beyond_profile"]
    known = {keyword: row for keyword, row in table.items() if tag_for_keyword(keyword) is not None}
    assert len(known) > 20
    for keyword, (action, category, _) in known.items():
        tag = Tag(tag_for_keyword(keyword))
        rule = rule_for(tag)
        assert (rule.name, rule.action, rule.category) == (dictionary_description(tag), action, category), keyword


def test_what_was_seen_is_not_read_again_but_private_elements_are(tmp_path):
    seen: set = set()
    found = []
    for number in range(2):
        dataset = slice_dataset(0, StudyDescription="Same")
        dataset.private_block(0x0009, "MAKER", create=True).add_new(1, "LO", "same")
        read = dcmread(write(dataset, tmp_path / f"{number}.dcm"))
        found.append({element_tag for element_tag, *_ in _elements(read, seen)})
    assert Tag(0x0008, 0x1030) in found[0] and Tag(0x0008, 0x1030) not in found[1]
    assert Tag(0x0009, 0x1001) in found[0] and Tag(0x0009, 0x1001) in found[1]


def test_of_functional_groups_the_first_frame_s_count():
    """What the first frame lacks is not taken from another one."""

    def frame(**values):
        measures, item = Dataset(), Dataset()
        for keyword, value in values.items():
            setattr(measures, keyword, value)
        item.PixelMeasuresSequence = [measures]
        return item

    dataset = Dataset()
    dataset.PerFrameFunctionalGroupsSequence = [frame(SliceThickness="2"), frame(SliceThickness="3", SpacingBetweenSlices="4")]
    assert element_value(dataset, "SliceThickness") == 2.0 and element_value(dataset, "SpacingBetweenSlices") is None
    dataset.SharedFunctionalGroupsSequence = [frame(SliceThickness="5")]
    assert element_value(dataset, "SliceThickness") == 5.0
    dataset.SliceThickness = "7"
    assert element_value(dataset, "SliceThickness") == 7.0


@pytest.mark.filterwarnings("ignore:Invalid value")
@pytest.mark.parametrize(
    ("uids", "series", "expected"),
    [
        (["1.2", "1.3"], "1", ("present", 0, 0)), (["", "1.3"], "1", ("partial", 1, 0)), (["", ""], "1", ("missing", 2, 0)),
        (["x", "1.3"], "", ("missing", 2, 0)), (["1.2", "1.2"], "1", ("partial", 0, 1)),
        (["", "", "1.2"], "1", ("partial", 2, 0)),
    ],
)  # fmt: skip
def test_identifiers_that_are_missing_count_with_those_of_series(uids, series, expected):
    model = SimpleNamespace(
        instances=[SimpleNamespace(sop_instance_uid=uid) for uid in uids],
        series=[SimpleNamespace(uid=series)], studies=[SimpleNamespace(uid="1")],
    )  # fmt: skip
    status, evidence = _identifiers(SimpleNamespace(model=model))
    assert (status, evidence["missing"], evidence["repeated"], evidence["total"]) == (*expected, len(uids))


def test_a_number_is_found_in_pieces():
    dataset = Dataset()
    dataset.PatientID = "12345678"
    other = Dataset()
    other.PatientID = "987654321"
    identity = Identity()
    identity.add(dataset), identity.add(other)
    assert identity.found_in("1 2 3 4 5 6 7 8") and identity.found_in("0-9 8765 43 21") and identity.found_in("1-2345678")
    assert identity.found_in("9 8 7 6 5 4 3 2 1") and not identity.found_in("1 2 3 4 5 6 7")


def test_of_the_file_meta_what_names_applications_goes():
    """AE titles, addresses and private information; the version of the format stays."""
    for tag in (0x00020016, 0x00020017, 0x00020018, 0x00020026, 0x00020102):
        rule = rule_for(Tag(tag))
        assert (rule.action, rule.category) == ("X", "device"), hex(tag)
    for tag in (0x00020001, 0x00020002, 0x00020010, 0x00020012, 0x00020013):
        assert rule_for(Tag(tag)) is None, hex(tag)
