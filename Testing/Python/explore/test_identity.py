"""Whom a run is about, and where that is found again: names in every order and writing, numbers in pieces, bytes in encodings."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from synthetic_series import slice_dataset

from DICOMTutorialHelperLib.explore.identity import Identity


def of(**header) -> Identity:
    """The identity of one person and nothing else."""
    dataset = Dataset()
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    identity = Identity()
    identity.add(dataset)
    return identity


def test_nobody_is_found_where_nobody_is_known():
    empty = Identity()
    assert not empty and not empty.found_in("Smith") and not empty.found_in_bytes(b"Smithson") and not empty.is_number("4711234")
    assert of(PatientName="Lee") and of(PatientID="4711") and of(PatientBirthDate="19830317")


@pytest.mark.parametrize(
    "text",
    [
        "Smithson", "SMITHSON", "mrsmithson", "xSmithsonx", "Dr. Smithson-Jones", "John", "john!", "Müller", "Mueller", "muller",
        "John_Smithson", "SmithsonJohn", "johnsmithson", "jsmithson", "Abe", "for Abe", "Abe^x", "AlphaMüller",
    ],
)  # fmt: skip
def test_a_name_is_found_in_parts_and_together(text):
    assert of(PatientName="Smithson^John^Abe=Müller").found_in(text)


@pytest.mark.parametrize("text", ["Smit", "Johns", "Alp", "mith", "J", "smith sons", "", "van", "al", "Jo hnson"])
def test_other_words_are_nobody(text):
    assert not of(PatientName="Smithsonson^John^Al=van").found_in(text)


def test_short_names_are_found_as_words_and_long_ones_inside_others():
    """Five letters are long."""
    assert of(PatientName="Weber").found_in("xweberx") and not of(PatientName="Lang").found_in("xlangx")
    assert of(PatientName="Lang").found_in("the Lang family") and of(PatientName="Ng").found_in("Ng")
    assert not of(PatientName="N").found_in("N"), "one letter is anybody's"


def test_a_name_of_two_characters_is_found_in_any_text_of_its_script():
    assert of(PatientName="山田").found_in("昨日山田様") and not of(PatientName="山").found_in("昨日山様")
    assert of(PatientName="やまだ").found_in("ヤマダ"), "hiragana is katakana"


def test_prefixes_and_suffixes_of_a_name_are_not_looked_for():
    """Components four and five of PN (PS3.5 6.2.1)."""
    identity = of(PatientName="Smithson^John^Q^Professor^Chancellor")
    assert not identity.found_in("Professor") and not identity.found_in("Chancellor")


def test_the_initial_and_the_other_name_are_one_word():
    identity = of(PatientName="Li^Xu")
    assert identity.found_in("lxu") and identity.found_in("xli") and identity.found_in("LiXu") and identity.found_in("XuLi")
    assert not identity.found_in("lix") and not identity.found_in("xx")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4711", True), ("004711", True), ("ID4711", True), ("47 11", True), ("4-7-1-1", True), ("5 4711", True),
        ("5 4711 6", True), ("1.2.4711", True), ("47115", False), ("54711", False), ("471", False), ("4712", False),
        ("7114", False),
        ("1 2 3 4 5 6 7 8 4 7 1 1", True), ("4 0 7 1 1", False),
    ],
)  # fmt: skip
def test_a_number_is_found_with_signs_between_its_digits(text, found):
    assert of(PatientID="4711").found_in(text) is found


def test_eight_pieces_of_a_number_are_put_together_behind_another_one():
    assert of(PatientID="12345678").found_in("9 1 2 3 4 5 6 7 8 9")


def test_numbers_are_those_of_four_digits_and_more_also_in_parts_of_an_identifier():
    identity = of(PatientID="AB-1234/567/0089")
    for text in ("1234", "1234567", "12345670089", "5670089", "89567"):
        assert identity.found_in(text) is (text != "89567")
    assert not identity.found_in("567") and identity.found_in("0089") and not identity.found_in("89")
    assert not of(PatientID="0001").found_in("version 1") and not of(PatientID="0000").found_in("0")
    assert of(PatientID="AB123").found_in("ab123") and of(PatientID="AB123").found_in("xab123x")


def test_addresses_and_places_are_found_by_their_words_and_word_by_word():
    """A patient's words of three letters count, an institution's only of four, and neither places nor makers are anybody."""
    home = of(PatientAddress="12 Elm Grove\r\nYork")
    assert home.found_in("Elm") and home.found_in("Grove") and home.found_in("York") and home.found_in("elmgrove")
    place = of(InstitutionName="Elm Grove Hospital of York")
    assert not place.found_in("Elm") and place.found_in("Grove") and place.found_in("York") and place.found_in("elmgrove")
    assert place.found_in("Elm Grove") and not place.found_in("Hospital") and not place.found_in("of")
    assert not of(InstitutionName="University Hospital").found_in("University Hospital")
    assert not of(InstitutionName="Cardiac Imaging").found_in("cardiac"), "what describes images names no institution"
    assert of(PatientAddress="Cardiac Lane 5").found_in("Lane")


def test_makers_and_services_are_nobody():
    assert not of(RequestingService="RADIOLOGY5").found_in("RADIOLOGY5") and not of(Manufacturer="Acme").found_in("Acme")
    assert of(StationName="CTROOM7").found_in("ctroom7")


@pytest.mark.parametrize(
    ("text", "number"),
    [("4711234", True), ("+4711234", True), ("004711234", True), (" 4711234 ", True), ("4711235", False), ("12345", False),
     ("19830317", True), ("830317", True), ("17031983", True), ("19830318", False), ("4711234.0", False), ("", False)],
)  # fmt: skip
def test_numbers_of_six_digits_are_somebody_s(text, number):
    assert of(PatientID="4711234", OtherPatientIDs="12345", PatientBirthDate="19830317").is_number(text) is number


def test_birth_dates_are_the_patient_s_and_other_dates_are_not():
    identity = of(PatientBirthDate="19830317", StudyDate="20200102")
    assert identity.is_birth_date("19830317") and identity.is_birth_date("19830317101112")
    assert not identity.is_birth_date("20200102") and not identity.is_birth_date("")
    assert identity.found_in("2 January 2020") and identity.found_in("17.3.83")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"...Smithson...", True), (b"SMITHSON", True), ("Smithson".encode("utf-16-le"), True),
        ("Smithson".encode("utf-16-be"), True),
        (b"john", False), (b"Smit", False), (b"4711234", True), (b"12345", False), (b"muller", True),
        ("山田".encode("shift_jis"), True), ("山田".encode("gb18030"), True),
        ("山田".encode("iso2022_jp"), True), (b"", False), (b"abc", False),
    ],
)  # fmt: skip
def test_bytes_are_searched_for_long_names_and_numbers_in_every_encoding(data, found):
    identity = of(PatientName="Smithson^John=山田", PatientID="4711234", OtherPatientIDs="12345", ReferringPhysicianName="Müller")
    assert identity.found_in_bytes(data) is found


def test_what_is_learnt_later_is_searched_for_too():
    identity = of(PatientName="Smithson")
    assert not identity.found_in_bytes(b"elsewhere")
    more = Dataset()
    more.PatientName, more.PatientBirthDate = "Elsewhere", "19830317"
    assert not identity.found_in("17.3.1983")
    identity.add(more)
    assert identity.found_in_bytes(b"elsewhere") and identity.found_in("17.3.1983")


def test_short_binaries_are_searched_as_text_and_long_ones_for_runs_of_text():
    identity = of(PatientName="Ng^Lee")
    assert identity.found_in_binary(b"\0\1Lee\2") and identity.found_in_binary(b"\0" * 1019 + b"\1Lee\2")
    assert not identity.found_in_binary(b"\0" * 1020 + b"\1Lee\2"), "three letters stand anywhere by chance"
    assert identity.found_in_binary(b"\0" * 1020 + b"\1for Lee.\2") and not identity.found_in_binary(
        b"\0" * 1020 + b"\1or Lee.\2"
    )
    wide = "for Lee.".encode("utf-16-le")
    assert identity.found_in_binary(b"\1" + wide) and identity.found_in_binary(b"\1" * 2000 + wide + b"\1")
    assert identity.found_in_binary(b"x" + "Lee".encode("utf-16-be")) and not identity.found_in_binary(b"\0\1\2\3")


def test_names_are_learnt_to_the_depth_of_sequences_and_of_private_elements():
    item, dataset = Dataset(), slice_dataset(0, PatientName="", PatientID="")
    item.PatientName = "Nestedman"
    dataset.ReferencedPatientSequence = Sequence([item])
    dataset.add_new(0x00091001, "PN", "Privateman")
    identity = Identity()
    identity.add(dataset), identity.add(dataset)
    assert identity.found_in("nestedman") and identity.found_in("Privateman")
    deep = Dataset()
    deep.PatientName = "Deepman"
    for _ in range(33):
        outer = Dataset()
        outer.ReferencedPatientSequence = Sequence([deep])
        deep = outer
    assert not of_dataset(deep).found_in("Deepman")
    assert of_dataset(deep.ReferencedPatientSequence[0]).found_in("Deepman"), "32 levels are looked into"


def of_dataset(dataset: Dataset) -> Identity:
    identity = Identity()
    identity.add(dataset)
    return identity
