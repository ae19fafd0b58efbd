"""What becomes of one element in a de-identified copy: each action of Table E.1-1 with each kind of value, worked out by hand."""

from __future__ import annotations

import pytest
from personal_data import code
from planted_markers import plant
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from DICOMTutorialHelperLib.explore.dataset_deidentifier import DatasetDeidentifier, DeidentificationOptions, patient_of
from DICOMTutorialHelperLib.explore.datasets import MOST_DEPTH
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.profile import Rule, rule_for
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms

ABSENT = "absent"


def header(**values) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def cleaned(dataset: Dataset, identity=None, **options):
    """(the copy, what was counted)."""
    cleaner = DatasetDeidentifier(DeidentificationOptions(**{"key": "key", **options}), Pseudonyms("key"), identity)
    copy = cleaner.clean(dataset)
    return copy, cleaner.counts


def one(keyword: str, value, **options):
    """(the value in the copy, what was counted) of a dataset of one element."""
    copy, counts = cleaned(header(**{keyword: value}), **options)
    element = copy.get_item(Tag(keyword)) if keyword in copy else None
    return (ABSENT if element is None else copy[keyword].value), counts


@pytest.mark.parametrize(
    ("keyword", "action", "value", "kept", "counted"),
    [  # Actions as PS3.15 Table E.1-1 has them; of alternatives, the one that keeps every IOD valid: D, then Z, then X.
        ("PatientComments", "X", "anything", ABSENT, {"text": 1}), ("PatientComments", "X", "", ABSENT, {}),
        ("AccessionNumber", "Z", "A1", "", {"identifier": 1}), ("AccessionNumber", "Z", "", "", {}),
        ("StudyDate", "Z", "20200102", "", {"date": 1}), ("StudyTime", "Z", "101112", "", {"date": 1}),
        ("ContentDate", "Z/D", "20200102", "19000101", {"date": 1}), ("ContentTime", "Z/D", "101112", "000000", {"date": 1}),
        ("ContentDate", "Z/D", "", "", {}),
        ("InstitutionName", "X/Z/D", "Elm Hospital", "REMOVED", {"institution": 1}), ("InstitutionName", "X/Z/D", "", "", {}),
        ("AcquisitionDate", "X/Z", "20200102", "", {"date": 1}), ("ProtocolName", "X/D", "T2", "REMOVED", {"text": 1}),
        ("OperatorsName", "X/Z/D", "Op^Otto", "ANONYMOUS", {"person": 1}),
        ("PatientAge", "X", "045Y", ABSENT, {"characteristic": 1}),
        ("PatientWeight", "X", 61.5, ABSENT, {"characteristic": 1}),
    ],
)  # fmt: skip
def test_each_action_does_what_the_standard_says(keyword, action, value, kept, counted):
    assert rule_for(Tag(keyword)).action == action
    assert one(keyword, value) == (kept, counted)


def dummies() -> DatasetDeidentifier:
    return DatasetDeidentifier(DeidentificationOptions(), Pseudonyms("key"))


@pytest.mark.parametrize(
    ("vr", "dummy"),
    [
        ("DA", "19000101"), ("DT", "19000101000000"), ("TM", "000000"), ("AS", "000Y"), ("PN", "ANONYMOUS"), ("LO", "REMOVED"),
        ("US", 0), ("DS", 0), ("FD", 0), ("OB", b"\0\0"), ("OW", b"\0\0"), ("UN", b"\0\0"),
    ],
)  # fmt: skip
def test_a_dummy_is_of_the_right_kind(vr, dummy):
    assert dummies()._dummy(vr) == dummy


def applied(vr: str, value, action: str, tag: int = 0x00091001, category: str = "private"):
    """What a rule makes of an element that no dictionary knows."""
    from pydicom.dataelem import DataElement

    cleaner, kept = dummies(), Dataset()
    cleaner._apply(Rule("Rule", action, category), kept, DataElement(tag, vr, value), 0)
    return (kept[tag].value if tag in kept else ABSENT), cleaner.counts


@pytest.mark.parametrize(
    ("vr", "value", "action", "kept", "counted"),
    [
        ("US", 5, "D", 0, 1), ("US", 5, "Z", None, 1), ("US", 5, "X", ABSENT, 1), ("US", 0, "X", ABSENT, 1),
        ("OB", b"ab", "D", b"\0\0", 1),
        ("OB", b"ab", "X/Z/D", b"\0\0", 1), ("OB", b"ab", "Z", None, 1), ("OB", b"", "X", ABSENT, 0),
        ("LO", "a", "X/D", "REMOVED", 1),
        ("LO", None, "Z", None, 0), ("SQ", [Dataset()], "X", ABSENT, 1), ("SQ", [], "X", ABSENT, 0), ("SQ", [], "Z", [], 0),
        ("SQ", [Dataset()], "Z", [], 1), ("SQ", [Dataset()], "X/Z", [], 1), ("LO", "", "D", "", 0),
    ],
)  # fmt: skip
def test_numbers_bytes_and_sequences_follow_the_same_actions(vr, value, action, kept, counted):
    value = Sequence(value) if vr == "SQ" else value
    found, counts = applied(vr, value, action)
    assert (list(found) if vr == "SQ" and found != ABSENT else found) == (kept if vr != "LO" or kept is not None else "")
    assert counts == ({"private": counted} if counted else {})


def test_a_value_of_another_vr_than_the_dictionary_s_goes_and_leaves_what_the_standard_requires():
    for keyword, left in (("AccessionNumber", ""), ("PatientComments", ABSENT), ("ReferencedImageSequence", ABSENT)):
        dataset = Dataset()
        plant(dataset, Tag(keyword), "OB", b"anything")
        copy, counts = cleaned(dataset)
        assert (copy[keyword].value if keyword in copy else ABSENT) == left, keyword
        assert sum(counts.values()) == 1


def test_sequences_are_cleaned_or_emptied_by_their_action():
    person = code("1", "99X", "Somebody")
    item = header(PatientComments="x", ReferencedSOPInstanceUID="1.2.3", PersonIdentificationCodeSequence=Sequence([person]))
    item.TextValue = "about somebody"
    for keyword in ("ContentSequence", "ReferencedImageSequence", "ContentCreatorIdentificationCodeSequence"):
        dataset = Dataset()
        setattr(dataset, keyword, Sequence([item, item]))
        copy, _ = cleaned(dataset)
        if keyword == "ContentCreatorIdentificationCodeSequence":
            assert rule_for(Tag(keyword)).action == "X" and keyword not in copy
            continue
        first, second = copy[keyword].value
        assert "PatientComments" not in first and first.ReferencedSOPInstanceUID.startswith("2.25.")
        (who,) = second.PersonIdentificationCodeSequence
        assert (who.CodeValue, who.CodingSchemeDesignator, who.CodeMeaning) == ("ANON", "99DTH", "Removed")
        assert first.TextValue == "REMOVED"
    records = cleaned(header(ContentSequence=Sequence([item])))[0].DeidentificationMethodCodeSequence
    assert [record.CodeValue for record in records] == ["113100", "113104"]


def test_texts_of_reports_count_as_content_and_elsewhere_as_text():
    item = header(TextValue="about somebody")
    assert cleaned(header(ContentSequence=Sequence([item])))[1]["content"] >= 1
    assert "content" not in cleaned(header(ReferencedImageSequence=Sequence([item])))[1]
    below = header(AnatomicRegionSequence=Sequence([item]))
    assert cleaned(header(ContentSequence=Sequence([below])))[1]["content"] == 2, "the tree, and the text in it"


def test_sequences_deeper_than_any_object_has_go():
    deepest = header(CodeMeaning="x")
    for _ in range(MOST_DEPTH + 1):
        deepest = header(AnatomicRegionSequence=Sequence([deepest]))
    copy, counts = cleaned(deepest)
    depth = 0
    while "AnatomicRegionSequence" in copy:
        copy, depth = copy.AnatomicRegionSequence[0], depth + 1
    assert (depth, counts) == (MOST_DEPTH, {"text": 1})


def test_what_needs_no_copy_is_left_out():
    dataset = header(Modality="CT", PatientComments="x")
    dataset.add_new(0x00080000, "UL", 12)
    dataset.add_new(0x00040010, "LO", "x")
    dataset.add_new(0x60000010, "US", 5)
    dataset.add_new(0x50000010, "US", 5)
    dataset.add_new(0x00090010, "LO", "ACME")
    copy, counts = cleaned(dataset)
    assert [tag for tag in sorted(copy.keys()) if tag.group < 0x0010] == [0x00080060]
    assert counts == {"graphics": 2, "text": 1}


def test_what_cannot_be_read_goes():
    dataset = Dataset()
    plant(dataset, Tag("RealWorldValueSlope"), "FD", b"\1" * 6)
    copy, counts = cleaned(dataset)
    assert "RealWorldValueSlope" not in copy and counts == {"text": 1}


class TestValuesThatMayStay:
    def test_others_are_replaced_emptied_or_go_and_are_counted(self):
        for keyword, value, kept, counted in (
            ("Manufacturer", "Acme", "Acme", 0), ("Manufacturer", "Acme 12345", "", 1), ("KVP", "120", 120, 0),
            ("PixelSpacing", [0.5], None, 1), ("BodyPartExamined", "CHEST", "CHEST", 0),
            ("BodyPartExamined", "QXZQXZ", ABSENT, 1),
            ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2", 0), ("RescaleType", "T2 for Xyz", "T2", 1),
            ("StackID", "1", "1", 0),
        ):  # fmt: skip
            found, counts = one(keyword, value)
            assert (found, counts.get("text", 0)) == (kept, counted), keyword
        assert one("StackID", "4711")[0].startswith("X")

    @pytest.mark.parametrize("keyword", ["SOPInstanceUID", "ReferencedSOPInstanceUID", "DimensionOrganizationUID"])
    def test_uids_of_things_are_replaced_and_those_of_classes_and_of_the_standard_stay(self, keyword):
        new = Pseudonyms("key").uid("1.2.3")
        assert one(keyword, "1.2.3")[0] == new
        assert one(keyword, "1.2.840.10008.1.4.1.1")[0] == "1.2.840.10008.1.4.1.1"
        assert one(keyword, "")[0] == ""
        assert one("TransferSyntaxUID", "1.2.3")[0] == ABSENT
        assert list(one("FailedSOPInstanceUIDList", ["1.2.3", "1.2.3"])[0]) == [new, new]

    @pytest.mark.parametrize(
        ("age", "kept"),
        [
            ("089Y", "089Y"), ("090Y", "090Y"), ("091Y", "090Y"), ("999Y", "090Y"), ("090M", "090M"), ("1079M", ""),
            ("1080M", "090Y"),
            ("4696W", ""), ("4697W", "090Y"), ("999W", "999W"), ("999D", "999D"), ("32873D", "090Y"), ("32872D", ""),
            ("45", "045Y"),
            ("90", "090Y"), ("1y", "001Y"), ("000Y", "000Y"), (" 045Y ", "045Y"), ("123456Y", ""), ("-1Y", ""), ("", ""),
        ],
    )  # fmt: skip
    def test_ages_of_90_years_are_one_class(self, age, kept):
        """90 years: 32,872.5 days, 4,696.2 weeks, 1,080 months."""
        dataset = Dataset()
        plant(dataset, Tag("PatientAge"), "AS", age.encode())
        copy, _ = cleaned(dataset, keep_characteristics=True)
        assert (copy.PatientAge or "") == kept

    def test_of_characteristics_four_are_kept_where_they_are_wanted(self):
        sex, age = header(PatientSex="F", PatientSize=1.7, PatientWeight=61, EthnicGroup="x"), header(SmokingStatus="NO")
        kept, _ = cleaned(sex, keep_characteristics=True)
        assert (kept.PatientSex, kept.PatientSize, kept.PatientWeight) == ("F", 1.7, 61)
        assert not kept.get("EthnicGroup") and not cleaned(age, keep_characteristics=True)[0].get("SmokingStatus")
        assert not cleaned(sex)[0].get("PatientSex")


class TestDates:
    @pytest.mark.parametrize(
        ("keyword", "value", "good"),
        [
            ("StudyDate", "20200102", True), ("StudyDate", "17991231", False), ("StudyDate", "20991231", True),
            ("StudyDate", "20200102-20200304", True), ("StudyDate", "20201302", False), ("StudyDate", "20200132", False),
            ("StudyDate", "2020", False), ("StudyDate", "20200102x", False),
            ("StudyTime", "23", True), ("StudyTime", "24", False), ("StudyTime", "2359", True), ("StudyTime", "2360", False),
            ("StudyTime", "235960", True), ("StudyTime", "235970", False), ("StudyTime", "235959.123456", True),
            ("StudyTime", "235959.1234567", False), ("StudyTime", "10-11", True),
            ("AcquisitionDateTime", "20200102", True), ("AcquisitionDateTime", "2020", True),
            ("AcquisitionDateTime", "202013", False),
            ("AcquisitionDateTime", "202012", True), ("AcquisitionDateTime", "20200102101112.5", True),
            ("AcquisitionDateTime", "20200102101112+0130", True), ("AcquisitionDateTime", "20200102101112+1530", False),
            ("AcquisitionDateTime", "20200102101112+0160", False), ("AcquisitionDateTime", "1799", False),
        ],
    )  # fmt: skip
    def test_kept_dates_are_dates(self, keyword, value, good):
        dataset = Dataset()
        plant(dataset, Tag(keyword), {"StudyDate": "DA", "StudyTime": "TM"}.get(keyword, "DT"), value.encode())
        copy, counts = cleaned(dataset, dates="keep")
        assert (str(copy[keyword].value), counts) == ((value, {}) if good else ("", {"date": 1}))

    def test_a_birth_date_is_never_kept(self):
        dataset = header(
            PatientBirthDate="19830317", StudyDate="19830317", SeriesDate="19830318", AcquisitionDateTime="19830317101112"
        )
        copy, _ = cleaned(dataset, dates="keep")
        assert (copy.PatientBirthDate, copy.StudyDate, copy.SeriesDate, copy.AcquisitionDateTime) == ("", "", "19830318", "")
        several = header(PatientBirthDate="19830317", DateOfLastCalibration=["20200102", "19830317"])
        assert not cleaned(several, dates="keep")[0].get("DateOfLastCalibration")
        several.DateOfLastCalibration = ["20200102", "20200103"]
        assert len(cleaned(several, dates="keep")[0].DateOfLastCalibration) == 2

    def test_a_time_that_looks_like_a_birth_date_is_none(self):
        copy, _ = cleaned(header(PatientBirthDate="20101112", StudyTime="201011"), dates="keep")
        assert copy.StudyTime == "201011"

    def test_shifted_dates_are_counted_and_times_stay(self):
        copy, counts = cleaned(
            header(StudyDate="20200102", StudyTime="101112", SeriesTime="x", AccessionNumber=""), dates="shift"
        )
        assert copy.StudyDate not in ("", "20200102") and (copy.StudyTime, copy.SeriesTime) == ("101112", "")
        assert counts == {"date": 3}
        copy, counts = cleaned(header(StudyDate=""), dates="shift")
        assert (copy.StudyDate, counts) == ("", {})

    def test_several_dates_are_shifted_one_by_one(self):
        cleaner = dummies()
        first, second = cleaner._shifted(MultiValue(str, ["20200102", "20200105"]))
        assert int(second) - int(first) == 3 or first[:6] != second[:6]
        assert cleaner._times(MultiValue(str, ["10", "x"])) == ["10", ""]
        assert cleaner._times(" 10 ") == "10" and cleaner._times(None) == "" and cleaner._shifted(None) == ""


class TestPrivate:
    def dataset(self, vr: str, value, creator="SIEMENS MR HEADER", element=0x0019100C) -> Dataset:
        dataset = header(PatientName="Smithson^John")
        dataset.add_new((element & 0xFFFF0000) | (element >> 8 & 0xFF), "LO", creator)
        dataset.add_new(element, vr, value)
        return dataset

    @pytest.mark.parametrize(
        ("vr", "value", "stays"),
        [
            ("IS", "1000", True), ("CS", "NONE", True), ("LO", "12.5", True), ("LO", "1:2", True),
            ("LO", "12345678:12345678", True),
            ("SH", "123456789", False), ("LO", "Smithson", False), ("LO", "anything", False), ("OB", b"\0\1", False),
            ("FD", 1.5, True),
            ("LO", ["NONE", "12.5"], True), ("LO", ["NONE", "Smithson"], False), ("DS", ["1", "2"], True), ("UT", "NONE", False),
        ],
    )  # fmt: skip
    def test_safe_ones_are_kept_where_they_are_numbers_or_terms(self, vr, value, stays):
        copy, counts = cleaned(self.dataset(vr, value), keep_safe_private=True)
        assert (0x0019100C in copy) is stays and (0x00190010 in copy) is stays
        assert counts.get("private", 0) == (0 if stays else 1)
        if stays:
            assert copy[0x00190010].value == "SIEMENS MR HEADER"

    def test_of_another_creator_or_without_one_none_is_kept(self):
        assert 0x0019100C not in cleaned(self.dataset("IS", "1000", creator="SOMEBODY"), keep_safe_private=True)[0]
        dataset = self.dataset("IS", "1000")
        del dataset[0x00190010]
        assert 0x0019100C not in cleaned(dataset, keep_safe_private=True)[0]
        assert 0x0019100C not in cleaned(self.dataset("IS", "1000"))[0]


class TestImages:
    def image(self, data: bytes, **values) -> Dataset:
        dataset = header(Rows=2, Columns=2, BitsAllocated=8, SamplesPerPixel=1, **values)
        dataset.PixelData = data
        dataset["PixelData"].VR = "OB"
        return dataset

    def test_native_pixels_lose_what_lies_behind_them(self):
        assert cleaned(self.image(b"abcd"))[0].PixelData == b"abcd"
        copy, counts = cleaned(self.image(b"abcdSmithson"))
        assert (copy.PixelData, copy["PixelData"].VR, counts["graphics"]) == (b"abcd", "OB", 1)
        copy, counts = cleaned(header(PixelData=b"abcd"))
        assert "PixelData" not in copy and counts == {"graphics": 1}

    def compressed(self, syntax: str, *fragments: bytes, table: bytes = b"") -> Dataset:
        from pydicom.uid import UID

        from DICOMTutorialHelperLib.explore.image_bytes import encapsulated

        dataset = self.image(encapsulated([table, *fragments]), ExtendedOffsetTable=b"\0" * 8)
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
        return dataset

    def test_compressed_ones_lose_comments_and_then_the_tables_of_offsets(self):
        comment = b"\xff\xfe\0\x07Smith"
        picture = b"\xff\xdb\0\x04ab\xff\xda\0\x02data\xff\xd9"
        dataset = self.compressed(
            "1.2.840.10008.1.2.4.50", b"\xff\xd8" + comment + picture, b"\xff\xd8" + picture, table=b"\0" * 8
        )
        copy, counts = cleaned(dataset)
        from DICOMTutorialHelperLib.explore.image_bytes import fragments_of

        clean = b"\xff\xd8" + picture
        assert len(clean) % 2 == 0
        assert fragments_of(copy.PixelData) == [b"\0\0\0\0" + (8 + len(clean)).to_bytes(4, "little"), clean, clean]
        assert "ExtendedOffsetTable" not in copy and counts["graphics"] == 1 and copy["PixelData"].is_undefined_length

    def test_without_comments_they_stay_with_their_tables(self):
        dataset = self.compressed("1.2.840.10008.1.2.5", b"abcd")
        copy, counts = cleaned(dataset)
        assert copy.PixelData == dataset.PixelData and "graphics" not in counts and "ExtendedOffsetTable" in copy

    def test_those_that_cannot_be_searched_are_kept_and_named(self):
        dataset = self.compressed("1.2.840.10008.1.2.4.100", b"abcd")
        cleaner = dummies()
        assert cleaner.clean(dataset).PixelData == dataset.PixelData and cleaner.not_searched
        copy, counts = cleaned(self.compressed("1.2.840.10008.1.2.5"))
        assert "PixelData" not in copy and counts["graphics"] == 1, "no fragment is no image"


def test_descriptions_are_cleaned_only_where_that_is_asked_for():
    assert one("SeriesDescription", "T2 of Xyz", clean_descriptions=True) == ("T2", {})
    assert one("SeriesDescription", "of Xyz", clean_descriptions=True) == (ABSENT, {"text": 1})
    assert one("SeriesDescription", "T2") == (ABSENT, {"text": 1})
    assert one("ImageComments", "T2", clean_descriptions=True)[0] == ABSENT


def test_the_record_says_with_which_options():
    def codes(**options):
        copy, _ = cleaned(header(Modality="CT"), **options)
        kinds = [record.CodeValue for record in copy.DeidentificationMethodCodeSequence]
        return kinds, copy.LongitudinalTemporalInformationModified

    assert codes() == (["113100"], "REMOVED")
    assert codes(dates="shift") == (["113100", "113107"], "MODIFIED")
    assert codes(dates="keep", clean_descriptions=True) == (["113100", "113105", "113106"], "UNMODIFIED")
    assert codes(keep_characteristics=True, keep_safe_private=True) == (["113100", "113108", "113111"], "REMOVED")


def test_an_identity_that_is_given_is_that_of_the_run():
    run = Identity()
    run.add(header(PatientName="Smithson^John"))
    dataset = header(Manufacturer="Smithson Ltd", PatientName="Doe^Jane")
    assert cleaned(dataset, run)[0].Manufacturer == ""
    assert cleaned(dataset)[0].Manufacturer == "Smithson Ltd"
    own = header(Manufacturer="Doe Ltd", PatientName="Doe^Jane")
    cleaner = dummies()
    assert [cleaner.clean(one).Manufacturer for one in (own, header(Manufacturer="Doe Ltd"))] == ["", "Doe Ltd"]


def test_patients_of_one_number_and_two_issuers_are_two():
    assert patient_of(header(PatientID="1")) == patient_of(header(PatientID="1", PatientName="x"))
    assert patient_of(header(PatientID="1", IssuerOfPatientID="A")) != patient_of(header(PatientID="1", IssuerOfPatientID="B"))


def test_what_may_be_done_with_dates_is_one_of_three():
    with pytest.raises(ValueError, match=r"^dates must be one of remove, shift, keep, not 'lose'$"):
        DeidentificationOptions(dates="lose")
    assert DeidentificationOptions() == DeidentificationOptions("remove", False, False, False, None)
