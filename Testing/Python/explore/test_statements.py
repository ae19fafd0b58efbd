"""Segments, reports and the four levels, read from objects built by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from personal_data import code
from planted_markers import plant
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from synthetic_series import MR, slice_dataset, write

from DICOMTutorialHelperLib.explore.codes import Code
from DICOMTutorialHelperLib.explore.cohort import cell_text, element_value
from DICOMTutorialHelperLib.explore.data_model import data_model
from DICOMTutorialHelperLib.explore.datasets import MOST_DEPTH
from DICOMTutorialHelperLib.explore.object_types import count_object_types, is_retired, kind_of, reader_plugins, sop_class_name
from DICOMTutorialHelperLib.explore.reports import read_report
from DICOMTutorialHelperLib.explore.segments import read_segmentation


def header(**values) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


class TestSegments:
    def frames(self, *numbers: int) -> Sequence:
        return Sequence(
            [header(SegmentIdentificationSequence=Sequence([header(ReferencedSegmentNumber=number)])) for number in numbers]
        )

    def test_frames_are_counted_for_each_segment(self):
        one, two = header(SegmentNumber=1, SegmentLabel="a"), header(SegmentNumber=2, SegmentDescription="b", TrackingUID="1.2")
        dataset = header(SegmentSequence=Sequence([one, two]), SegmentationType="BINARY")
        dataset.PerFrameFunctionalGroupsSequence = self.frames(1, 2, 2)
        dataset.SharedFunctionalGroupsSequence = self.frames(1)
        first, second = read_segmentation(dataset).segments
        assert (first.number, first.label, first.frames, first.rgb, first.category) == (1, "a", 1, None, None)
        assert (second.number, second.description, second.tracking_uid, second.frames) == (2, "b", "1.2", 2)
        dataset.PerFrameFunctionalGroupsSequence = Sequence([header(), header(), *self.frames(2)])
        assert [segment.frames for segment in read_segmentation(dataset).segments] == [2, 1]

    def test_of_a_damaged_segment_what_can_be_read_is_read(self):
        segment = header(SegmentLabel="a")
        plant(segment, Tag("SegmentNumber"), "US", b"\1\2\3")
        found = read_segmentation(header(SegmentSequence=Sequence([segment])))
        assert (found.segments[0].number, found.segments[0].frames, found.referenced_series) == (0, 0, [])
        with pytest.raises(ValueError, match="SegmentSequence"):
            read_segmentation(header(SegmentSequence=Sequence([])))

    @pytest.mark.parametrize(
        ("lab", "rgb"),
        [
            ([65535, 32896, 32896], (255, 255, 255)), ([0, 32896, 32896], (0, 0, 0)), ([34939, 53485, 50171], (250, 8, 0)),
            ([655, 32896, 32896], (4, 4, 4)), ([35000, 32896, 32896], None), ([35000, 65535, 0], None),
        ],
    )  # fmt: skip
    def test_colours_are_within_what_a_screen_shows(self, lab, rgb):
        found = read_segmentation(header(SegmentSequence=Sequence([header(SegmentNumber=1, RecommendedDisplayCIELabValue=lab)])))
        colour = found.segments[0].rgb
        assert all(0 <= one <= 255 for one in colour)
        if rgb:
            assert all(abs(one - other) <= 12 for one, other in zip(colour, rgb)), colour


def item(kind: str, name=None, *below, **values) -> Dataset:
    dataset = header(ValueType=kind, RelationshipType="CONTAINS", **values)
    if name:
        dataset.ConceptNameCodeSequence = Sequence([code(*name)])
    if below:
        dataset.ContentSequence = Sequence(below)
    return dataset


def number(value="5", floating=None, unit=("mm", "UCUM", "mm"), name=("1", "99X", "Length"), *below) -> Dataset:
    measured = header()
    if value is not None:
        measured.NumericValue = value
    if floating is not None:
        measured.FloatingPointValue = floating
    if unit:
        measured.MeasurementUnitsCodeSequence = Sequence([code(*unit)])
    return item("NUM", name, *below, MeasuredValueSequence=Sequence([measured]))


def pointing(*uids: str, name=("121112", "DCM", "Source of Measurement"), kind="IMAGE") -> Dataset:
    return item(kind, name, ReferencedSOPSequence=Sequence([header(ReferencedSOPInstanceUID=uid) for uid in uids]))


GROUP, FINDING, SITE = ("125007", "DCM", "Measurement Group"), ("121071", "DCM", "Finding"), ("363698007", "SCT", "Finding Site")
SEGMENT = ("121191", "DCM", "Referenced Segment")


def term(name, *meaning, below=()) -> Dataset:
    return item("CODE", name, *below, ConceptCodeSequence=Sequence([code(*meaning)]))


class TestReports:
    @pytest.mark.parametrize(
        ("child", "text"),
        [
            (item("TEXT", None, TextValue="a"), "a"), (item("UIDREF", None, UID="1.2"), "1.2"),
            (item("DATE", None, Date="20200102"), "20200102"),
            (item("TIME", None, Time="10"), "10"), (item("DATETIME", None, DateTime="2020"), "2020"),
            (item("PNAME", None, PersonName="A^B=C"), "A^B = C"),
            (item("TCOORD", None, TemporalRangeType="POINT"), "POINT"), (term(FINDING, "1", "99X", "Lesion"), "Lesion"),
            (item("CODE", FINDING), ""), (item("SCOORD", None, GraphicType="POLYLINE", GraphicData=[1, 2, 3, 4]), "POLYLINE (2)"),
            (item("SCOORD3D", None, GraphicType="POINT", GraphicData=[1, 2, 3]), "POINT (1)"), (number(), "5"),
            (number(None, 2.5), "2.5"),
            (number("5", 2.5), "5"), (item("CONTAINER"), ""),
            (item("NUM", None, NumericValueQualifierCodeSequence=Sequence([code("1", "DCM", "Not a number")])), "Not a number"),
            (item("NUM"), ""),
        ],
    )  # fmt: skip
    def test_statements_are_shown_as_text(self, child, text):
        assert read_report(item("CONTAINER", ("1", "99X", "Title"), child)).content.children[0].text == text

    def test_numbers_are_the_floating_ones_where_there_are_any(self):
        (measured,) = read_report(item("CONTAINER", GROUP, number("2.5000001", 2.50000012))).measurements
        assert (
            measured.value == 2.50000012 and measured.unit == Code("mm", "UCUM", "mm") and measured.quantity.meaning == "Length"
        )

    def test_what_stands_beside_a_number_in_its_group_holds_for_it(self):
        group = item(
            "CONTAINER", GROUP, item("TEXT", ("112039", "DCM", "Tracking"), TextValue="L1"),
            item("UIDREF", ("112040", "DCM", "UID"), UID="1.9"),
            term(FINDING, "1", "99X", "Lesion"), term(("G-C0E3", "SRT", "Site"), "2", "99X", "Prostate"),
            term(("272741003", "SCT", "Laterality"), "3", "99X", "Left"), pointing("1.1", "1.2", "1.1"),
            pointing("1.5", name=SEGMENT), number(),
        )  # fmt: skip
        (one,) = read_report(item("CONTAINER", None, term(FINDING, "9", "99X", "Other"), group)).measurements
        assert (one.group, one.tracking_uid, one.finding.meaning, one.site.meaning, one.laterality.meaning) == (
            "L1",
            "1.9",
            "Lesion",
            "Prostate",
            "Left",
        )
        assert (one.references, one.segmentations, one.modifiers) == (["1.1", "1.2"], ["1.5"], [])

    def test_what_stands_below_a_number_comes_first(self):
        below = (term(FINDING, "1", "99X", "Own"), term(("5", "99X", "Method"), "6", "99X", "Mean"), pointing("1.7"))
        lateral = term(SITE, "2", "99X", "Prostate", below=[term(("G-C171", "SRT", "Laterality"), "3", "99X", "Right")])
        group = item(
            "CONTAINER",
            GROUP,
            term(FINDING, "1", "99X", "Lesion"),
            lateral,
            pointing("1.1"),
            number("5", None, None, None, *below),
            number(),
        )
        one, two = read_report(item("CONTAINER", None, group)).measurements
        assert (one.finding.meaning, one.laterality.meaning, one.references) == ("Own", "Right", ["1.7"])
        assert [(name.meaning, text) for name, text in one.modifiers] == [("Method", "Mean")]
        assert (two.finding.meaning, two.references, two.quantity.meaning, one.unit, one.quantity) == (
            "Lesion",
            ["1.1"],
            "Length",
            None,
            None,
        )

    def test_without_a_group_what_is_above_counts(self):
        above = item("CONTAINER", ("7", "99X", "Other"), term(FINDING, "1", "99X", "Lesion"), number())
        (one,) = read_report(item("CONTAINER", None, above)).measurements
        assert (one.group, one.finding.meaning, one.site, one.laterality, one.segmentations) == ("", "Lesion", None, None, [])
        (alone,) = read_report(number()).measurements
        assert alone.value == 5 and alone.finding is None
        outer = item("CONTAINER", GROUP, term(FINDING, "1", "99X", "Outer"), item("CONTAINER", ("7", "99X", "Inner"), number()))
        assert read_report(item("CONTAINER", None, outer)).measurements[0].finding.meaning == "Outer", (
            "the group, however far above"
        )

    def test_flags_and_depth(self):
        flags = [(read_report(item("CONTAINER", GROUP, CompletionFlag=flag, VerificationFlag=other))) for flag, other in
                 (("COMPLETE", "VERIFIED"), ("PARTIAL", "UNVERIFIED"))]  # fmt: skip
        assert [(one.complete, one.verified, one.template) for one in flags] == [(True, True, ""), (False, False, "")]
        deep = item("TEXT", None, TextValue="deepest")
        for _ in range(MOST_DEPTH + 1):
            deep = item("CONTAINER", None, deep)
        depths = [depth for depth, _ in read_report(deep).content.walk()]
        assert depths == list(range(MOST_DEPTH + 1))
        with pytest.raises(ValueError, match="content tree"):
            read_report(header(Modality="SR"))
        assert read_report(header(ContentSequence=Sequence([]))).title is None


class TestLevels:
    @pytest.fixture
    def model(self, tmp_path):
        """Two patients, the second with two studies; series and instances out of order."""
        plan = [
            ("Zoe", "1", "1.1", "20200102", "1.1.1", 2, 2), ("Zoe", "1", "1.1", "20200102", "1.1.1", 2, 1),
            ("adam", "2", "1.2", "20210101", "1.2.1", 1, None),
            ("adam", "2", "1.3", "20200101", "1.3.2", None, 1), ("adam", "2", "1.3", "20200101", "1.3.1", 3, 1),
            ("adam", "2", "1.2", "20210101", "1.2.1", 1, 1),
        ]  # fmt: skip
        for count, (name, patient, study, day, series, series_number, instance) in enumerate(plan):
            values = {
                "PatientName": name,
                "PatientID": patient,
                "StudyInstanceUID": study,
                "StudyDate": day,
                "SeriesInstanceUID": series,
            }
            values.update(SeriesNumber=series_number, InstanceNumber=instance, NumberOfFrames=count or None)
            write(slice_dataset(count, MR if count == 3 else slice_dataset(0).SOPClassUID, **values), tmp_path / f"{count}.dcm")
        return data_model(tmp_path)

    def test_they_are_in_the_order_in_which_people_look(self, model):
        assert [patient.name for patient in model.patients] == ["adam", "Zoe"]
        assert [study.uid for study in model.patients[0].studies] == ["1.3", "1.2"]
        assert [series.uid for series in model.series] == ["1.3.1", "1.3.2", "1.2.1", "1.1.1"]
        assert [instance.path.name for instance in model.instances] == ["4.dcm", "3.dcm", "5.dcm", "2.dcm", "1.dcm", "0.dcm"]
        assert [series.frames for series in model.series] == [4, 3, 7, 2] and model.shared_series == {}
        assert model.patients[0].studies[0].modalities == ["CT", "MR"]

    def test_kinds_are_counted_with_their_series(self, model):
        counts = count_object_types(model)
        assert [(one.kind, one.instances, [series.uid for series in one.series]) for one in counts] == [
            ("volume-slice", 5, ["1.3.1", "1.2.1", "1.1.1"]),
            ("volume-slice", 1, ["1.3.2"]),
        ]

    def test_progress_comes_every_hundred_files(self, tmp_path):
        content = write(slice_dataset(0), tmp_path / "0.dcm").read_bytes()
        for number in range(1, 201):
            (tmp_path / f"{number}.dcm").write_bytes(content)
        told = []
        data_model(tmp_path, lambda done, total: told.append((done, total)))
        assert told == [(100, 201), (200, 201), (201, 201)]


def test_classes_are_named_and_told_when_retired():
    assert sop_class_name("1.2.840.10008.5.1.4.1.1.2") == "CT Image" and sop_class_name("1.2.3") == "1.2.3"
    assert is_retired("1.2.840.10008.5.1.4.1.1.6") and not is_retired("1.2.840.10008.5.1.4.1.1.2") and not is_retired("1.2.3")
    assert kind_of("1.2.3") == "unknown"


@pytest.mark.parametrize(
    ("version", "modules"),
    [
        ("5.10", {"QuantitativeReporting"}), ("5.10.2", {"QuantitativeReporting"}), ("5.11", {""}), ("5.12", {""}), ("6.0", {""}),
        ("5.9", {"QuantitativeReporting"}),
        (None, {"QuantitativeReporting", ""}), ("4.11", set()),
    ],
)  # fmt: skip
def test_readers_are_those_of_a_version(version, modules):
    """Odd minors are previews of the next release, and have what it has. DICOMSegmentation moved into Slicer with 5.12."""
    found = [
        plugin for plugin in reader_plugins("1.2.840.10008.5.1.4.1.1.66.4", version) if plugin.module == "DICOMSegmentationPlugin"
    ]
    assert (
        {plugin.extension for plugin in found} >= modules - {"QuantitativeReporting"}
        if version == "4.11"
        else {plugin.extension for plugin in found} == modules
    )
    assert [bool(plugin.extension) for plugin in found] == sorted(bool(plugin.extension) for plugin in found)


class TestTable:
    def test_values_are_found_in_functional_groups(self):
        macro = header(PixelMeasuresSequence=Sequence([header(SliceThickness="2.5")]))
        shared = header(SharedFunctionalGroupsSequence=Sequence([macro]), PerFrameFunctionalGroupsSequence=Sequence([header()]))
        assert element_value(shared, "SliceThickness") == 2.5 and element_value(shared, "KVP") is None
        each = header(PerFrameFunctionalGroupsSequence=Sequence([macro, header()]))
        assert element_value(each, "SliceThickness") == 2.5
        assert element_value(header(SliceThickness="1", SharedFunctionalGroupsSequence=Sequence([macro])), "SliceThickness") == 1

    @pytest.mark.parametrize(
        ("values", "keyword", "value", "text"),
        [
            ({"Rows": 5}, "Rows", 5.0, "5"), ({"Modality": "CT"}, "Modality", "CT", "CT"),
            ({"PixelSpacing": [0.5, 1]}, "PixelSpacing", [0.5, 1.0], "0.5\\1"),
            ({"ImageType": ["A", "B"]}, "ImageType", ["A", "B"], "A\\B"),
            ({"AccessionNumber": "12"}, "AccessionNumber", "12", "12"),
            ({"AnatomicRegionSequence": Sequence([header(), header()])}, "AnatomicRegionSequence", 2.0, "2"),
            ({"AnatomicRegionSequence": Sequence([])}, "AnatomicRegionSequence", None, ""), ({}, "Rows", None, ""),
            ({"KVP": "0.1234567891234"}, "KVP", 0.1234567891234, "0.1234567891"),
            ({"PixelSpacing": [1, 2, 3]}, "PixelSpacing", None, ""), ({"Rows": [5, 6]}, "Rows", None, ""),
        ],
    )  # fmt: skip
    def test_cells_are_numbers_or_texts(self, values, keyword, value, text):
        found = element_value(header(**values), keyword)
        assert found == value and cell_text(found) == text


@pytest.mark.parametrize(("length", "shown"), [(32_767, "a" * 32_767), (32_768, "a" * 32_766 + "…")])
def test_a_cell_holds_no_more_than_one_of_a_spreadsheet(length, shown):
    assert cell_text("a" * length) == shown


def test_the_file_of_an_unreadable_one_is_kept(tmp_path):
    (tmp_path / "junk.dcm").write_bytes(b"junk" * 100)
    (problem,) = data_model(tmp_path).unreadable
    assert problem.path == Path(tmp_path / "junk.dcm")
