"""Which single values may stay, judged by hand: numbers, terms, codes and texts, beside those that name somebody of the run."""

from __future__ import annotations

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag
from synthetic_series import slice_dataset

from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.safe_values import SafeValues, is_standard_uid, is_vocabulary

SAFE, GONE = "as it is", None


@pytest.fixture(scope="module")
def judge():
    """Of a run about John Smithson, number 4711234, born on 17 March 1983; labels are replaced by "X"."""
    identity = Identity()
    identity.add(slice_dataset(0, PatientName="Smithson^John", PatientID="4711234", PatientBirthDate="19830317"))
    safe = SafeValues(identity, lambda text: f"X{text}")

    def verdict(keyword, value, raw=None, scheme="", vr=None, around=None):
        """``SAFE``, ``GONE``, or what may stay in its place."""
        element = DataElement(Tag(keyword), vr or vr_of(keyword), value)
        may_stay, kept = safe.checked(element, around or Dataset(), raw, scheme)
        if not may_stay:
            assert kept is None
            return GONE
        return SAFE if kept is element.value else kept

    return verdict


def vr_of(keyword: str) -> str:
    from pydicom.datadict import dictionary_VR

    return dictionary_VR(Tag(keyword)).split(" or ")[0]


@pytest.mark.filterwarnings("ignore:The value length", "ignore:Invalid value")
@pytest.mark.parametrize(
    ("keyword", "value", "verdict"),
    [
        # Nothing says nothing.
        ("Manufacturer", "", SAFE), ("Manufacturer", None, SAFE), ("PixelSpacing", MultiValue(float, []), SAFE),
        # Numbers: of the right count, and not the patient's.
        ("PixelSpacing", [0.5, 0.5], SAFE), ("PixelSpacing", [0.5], GONE), ("PixelSpacing", [0.5, 0.5, 0.5], GONE),
        ("KVP", "120", SAFE), ("KVP", "4711234", GONE), ("KVP", "19830317", GONE), ("Rows", 512, SAFE), ("KVP", "471", SAFE),
        ("SeriesNumber", "4711234", GONE), ("SeriesNumber", "471123", SAFE), ("RescaleSlope", "-1.5e-3", SAFE),
        ("FrameIncrementPointer", 0x00181063, SAFE),
        ("NumberOfTableEntries", 4711234, GONE), ("SimpleFrameList", [1] * 16 + [4711234], SAFE),
        ("SimpleFrameList", [1] * 15 + [4711234], GONE), ("RealWorldValueSlope", 1.25, SAFE),
        # UIDs of classes and of the standard.
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2", SAFE), ("SOPClassUID", "1.2.3.4", SAFE), ("SOPClassUID", "1.02", GONE),
        ("SOPClassUID", "3.2", GONE), ("SOPClassUID", "1." + "2" * 62, SAFE), ("SOPClassUID", "1." + "2" * 63, GONE),
        ("SOPClassUID", "1.2.4711234", GONE), ("SOPClassUID", "x", GONE),
        ("RelatedGeneralSOPClassUID", ["1.2.3", "1.2.4711234"], GONE),
        # Terms.
        ("PatientOrientation", ["L", "PH"], SAFE), ("PatientOrientation", ["LAFX", "P"], GONE), ("Modality", "CT", SAFE),
        ("Modality", "SMITHSON", GONE), ("ImageType", ["ORIGINAL", "PRIMARY", "AXIAL"], SAFE),
        ("ImageType", ["ORIGINAL", "SMITHSON"], ["ORIGINAL", "XSMITHSON"]), ("ImageType", ["ORIGINAL"], GONE),
        ("BodyPartExamined", "CHEST", SAFE),
        ("TemplateIdentifier", "1500", SAFE), ("TemplateIdentifier", "123456", GONE), ("ContextIdentifier", "7050", SAFE),
        ("TemplateIdentifier", "A1", GONE),
        # Texts of machines.
        ("Manufacturer", "Acme", SAFE), ("Manufacturer", "Smithson Ltd", GONE), ("Manufacturer", "x" * 64, SAFE),
        ("Manufacturer", "x" * 65, GONE), ("Manufacturer", "Acme 12345", GONE), ("Manufacturer", "Acme 1234", SAFE),
        ("Manufacturer", "a@b", GONE), ("Manufacturer", "x://y", GONE), ("Manufacturer", "1999-12-31", GONE),
        ("Manufacturer", "A\tB", GONE), ("Manufacturer", "1 23-45 6 7", GONE), ("Manufacturer", "1 23-45 6", SAFE),
        ("SoftwareVersions", ["VB17", "Smithson"], GONE), ("SoftwareVersions", ["VB17", "B2"], SAFE),
        # Units, and names of explanations.
        ("RescaleType", "HU", SAFE), ("WindowCenterWidthExplanation", "WINDOW1", SAFE),
        ("RescaleType", "Smithson", GONE), ("WindowCenterWidthExplanation", ["WINDOW1", "for Smithson"], GONE),
    ],
)  # fmt: skip
def test_values_are_judged(judge, keyword, value, verdict):
    assert judge(keyword, value) == verdict


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("1", True), ("+1.", True), (".5", True), ("1e5", True), ("1E-10", True), ("1e1234", False), ("1.2.3", False),
        ("one", False),
        ("", True), ("1" * 33, False), ("1 ", True), ("--1", False), (".", False), ("1e", False), ("0.3333333333333333", True),
        ("0." + "3" * 30, True), ("0." + "3" * 31, False), ("004711234", False), ("+4711234", False),
    ],
)  # fmt: skip
def test_decimal_strings_are_numbers(value, safe):
    identity = Identity()
    identity.add(slice_dataset(0, PatientID="4711234"))
    assert SafeValues(identity, str).are_numbers("DS", [value], None) is safe


def test_numbers_whose_bytes_spell_a_name_go(judge):
    """Float and whole numbers, read as the text they may be."""
    assert judge("RealWorldValueSlope", 1.25, raw=b"smithson") is GONE
    assert judge("RealWorldValueSlope", 1.25, raw=b"somebody") == SAFE
    assert judge("Rows", 512, raw=b"\0\2") == SAFE
    identity = Identity()
    identity.add(slice_dataset(0, PatientName="Lee^Xi", PatientID="AB123"))
    assert SafeValues(identity, str).are_numbers("FL", [1.0], b"ab12") is True
    assert SafeValues(identity, str).are_numbers("FL", [1.0], b"ab123") is False
    assert SafeValues(identity, str).are_numbers("FL", [1.0], None) is True


@pytest.mark.parametrize(
    ("keyword", "vr", "value", "verdict"),
    [
        ("RedPaletteColorLookupTableData", "OW", b"\1\2\3\4", SAFE), ("RedPaletteColorLookupTableData", "OW", b"\1\2\3", GONE),
        ("RedPaletteColorLookupTableData", "OW", b"Smithson", GONE), ("PixelData", "OW", b"Smithson", SAFE),
        ("EncapsulatedDocument", "OB", b"anything", GONE), ("SmallestImagePixelValue", "US or SS", b"\1\2", SAFE),
        ("LUTDescriptor", "US or SS", b"\1\2\3\4\5\6", SAFE), ("LUTDescriptor", "US or SS", b"\1\2\3\4\5\6\7", GONE),
        ("SmallestImagePixelValue", "US or SS", b"john", GONE), ("SpectroscopyData", "OF", b"\0" * 8, SAFE),
        ("SpectroscopyData", "OF", b"xxSmithsonxx", GONE), ("PixelPaddingValue", "US or SS", b"", SAFE),
    ],
)  # fmt: skip
def test_binary_values_are_judged(judge, keyword, vr, value, verdict):
    around = Dataset()
    around.RedPaletteColorLookupTableDescriptor = [4, 0, 16] if len(value) == 8 else [len(value) & ~1, 0, 8]
    assert judge(keyword, value, vr=vr, around=around) == verdict


@pytest.mark.parametrize(
    ("keyword", "value", "scheme", "verdict"),
    [
        ("CodeValue", "51185008", "SCT", SAFE), ("CodeValue", "51185", "SCT", GONE), ("CodeValue", "4711234", "SCT", GONE),
        ("CodeValue", "113100", "DCM", SAFE), ("CodeValue", "1131", "DCM", GONE), ("CodeValue", "T-D3000", "SRT", SAFE),
        ("CodeValue", "T-D3000", "SCT", GONE), ("CodeValue", "24627-2", "LN", SAFE), ("CodeValue", "RID1301", "RADLEX", SAFE),
        ("CodeValue", "mm", "UCUM", SAFE), ("CodeValue", "C34.1", "I10", SAFE), ("CodeValue", "pt-BR", "RFC5646", SAFE),
        ("CodeValue", "my-1", "99LOCAL", SAFE), ("CodeValue", "a b", "99LOCAL", GONE), ("CodeValue", "12345", "99LOCAL", GONE),
        ("CodeValue", "SMITHSON", "99LOCAL", GONE), ("CodeValue", "x" * 16, "99LOCAL", SAFE),
        ("LongCodeValue", "my-1", "99LOCAL", SAFE), ("LongCodeValue", "a b", "99LOCAL", GONE),
        ("CodingSchemeDesignator", "SCT", "", SAFE), ("CodingSchemeDesignator", "99LOCAL", "", SAFE),
        ("CodingSchemeDesignator", "local", "", GONE), ("CodingSchemeDesignator", "SMITHSON", "", GONE),
        ("CodingSchemeDesignator", "X", "", GONE), ("CodingSchemeDesignator", "NCIt", "", SAFE),
        ("URNCodeValue", "urn:oid:1.2", "", SAFE), ("URNCodeValue", "oid:1.2", "", GONE),
        ("URNCodeValue", "urn:smithson", "", GONE),
        ("CodeMeaning", "Chest of somebody", "SCT", SAFE), ("CodeMeaning", "Chest of Smithson", "SCT", GONE),
        ("CodeMeaning", "Chest 12345", "SCT", GONE), ("CodeMeaning", "1999-12-31", "SCT", GONE),
        ("CodeMeaning", "T2 axial", "99LOCAL", SAFE), ("CodeMeaning", "T2 (axial)", "99LOCAL", SAFE),
        ("CodeMeaning", "Ward of nobody", "99LOCAL", GONE), ("CodeMeaning", "T2 axial", "", SAFE),
    ],
)  # fmt: skip
def test_codes_have_the_form_of_their_scheme(judge, keyword, value, scheme, verdict):
    assert judge(keyword, value, scheme=scheme) == verdict


def test_labels_that_are_not_known_are_replaced(judge):
    assert judge("StackID", "12") == SAFE
    assert judge("StackID", "123") == SAFE, "made of small numbers"
    assert judge("StackID", "1234") == "X1234"
    assert judge("StackID", "ADC") == SAFE, "a term of the vocabulary"
    assert judge("StackID", "Smithson") == "XSmithson"
    assert judge("FrameType", ["", "SMITHSON", "PRIMARY", "VOLUME"]) == ["", "XSMITHSON", "PRIMARY", "VOLUME"]


def test_keywords_stay_where_the_dictionary_has_them(judge):
    from DICOMTutorialHelperLib.explore.profile import kept_texts

    (keyword, *_) = [keyword for keyword, check in kept_texts().items() if check == "keyword"]
    assert judge(keyword, "Image Position Patient") == SAFE
    assert judge(keyword, "Of Smithson") is GONE


def test_words_stay_that_describe_and_name_nobody(judge):
    from DICOMTutorialHelperLib.explore.profile import kept_texts

    (keyword, *_) = [keyword for keyword, check in kept_texts().items() if check == "words" and vr_of(keyword) == "LO"]
    assert judge(keyword, "HU") == SAFE and judge(keyword, "SN") == SAFE and judge(keyword, "WINDOW3") == SAFE
    assert judge(keyword, "T2 of Smithson") == "T2"
    assert judge(keyword, "of Smithson") is GONE


def test_unit_words_that_are_somebody_s_name_go_but_for_those_of_the_standard():
    identity = Identity()
    identity.add(slice_dataset(0, PatientName="Brain^Hu"))
    safe = SafeValues(identity, str)

    def verdict(text):
        element = DataElement(Tag("RescaleType"), "LO", text)
        return safe.checked(element, Dataset())

    assert verdict("HU") == (True, "HU") and verdict("BRAIN") == (False, None)


def test_texts_whose_bytes_spell_a_name_in_another_encoding_go(judge):
    assert judge("Manufacturer", "Acmé", raw="Acmé".encode()) == SAFE
    assert judge("Manufacturer", "Acmé", raw=b"\xe9 smithson") is GONE
    assert judge("Manufacturer", "Acme", raw=b"smithson") == SAFE, "what is ASCII was read as what it is"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("CHEST", True), ("T1", True), ("T1_AXIAL", True), ("AXIAL 123", True), ("AXIAL 1234", False), ("AXIAL 12 3", True),
        ("AXIAL 12 34", False), ("QXZ", False), ("AXIAL\\T1", True), ("AXIAL*T1", False), ("axial", False),
        ("AXIAL_T1_AXIAL_T1", False),
        ("AXIAL_T1_AXIAL_1", True), ("", False), ("5", True),
    ],
)  # fmt: skip
def test_coded_strings_are_made_of_known_words_and_small_numbers(text, known):
    assert is_vocabulary(text) is known


def test_uids_of_the_standard_are_known():
    assert is_standard_uid("1.2.840.10008.1.4.1.1") and not is_standard_uid("1.2.840.10008.1.4.1.999")


@pytest.mark.parametrize(
    ("keyword", "counts"),
    [
        ("PatientOrientation", {2}), ("ImageType", {2, 3, 9}), ("WindowCenter", {1, 2, 9}), ("ImagePositionPatient", {3}),
        ("RelatedGeneralSOPClassUID", {1, 5}), ("ContourData", {3, 6, 9}),
        ("DVHData", {2, 4, 6}), ("AcquisitionMatrix", {4}),
    ],
)  # fmt: skip
def test_multiplicities_are_those_of_the_dictionary(keyword, counts):
    """PS3.6: "2-n" is two and more, "2-2n" two, four and so on."""
    from DICOMTutorialHelperLib.explore.safe_values import _multiplicity_fits

    assert {count for count in (1, 2, 3, 4, 5, 6, 9) if _multiplicity_fits(int(Tag(keyword)), count)} >= counts
    wrong = {"PatientOrientation": {1, 3}, "ContourData": {1, 2, 4, 5}, "DVHData": {1, 3, 5}, "ImageType": {1}}
    assert not any(_multiplicity_fits(int(Tag(keyword)), count) for count in wrong.get(keyword, ()))
    assert not _multiplicity_fits(0x60003000, 1), "of repeating groups nothing is known"
