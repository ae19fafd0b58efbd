"""Names and texts folded, by hand."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.explore.descriptions import technical_part
from DICOMTutorialHelperLib.explore.folding import fold_accents, is_ideographic, run_together, spellings, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Smith", "smith"), ("MÜLLER", "muller"), ("Élodie", "elodie"), ("ＡＢ１", "ab1"), ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"), ("Пушкин", "pushkin"), ("Щука", "shchuka"), ("Σωκράτης", "sokratis"), ("やまだ", "ヤマタ"),
        ("ぁゖ", "ァヶ"),
        ("O’Neill", "o'neill"), ("", ""),
    ],
)  # fmt: skip
def test_accents_width_case_and_script_do_not_count(text, folded):
    assert fold_accents(text) == folded


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Müller", {"muller", "mueller"}), ("Mueller", {"mueller", "muller"}), ("Smith", {"smith"}),
        ("Ångström", {"angstrom", "aangstroem"}),
        ("Aas", {"aas", "as"}), ("Goethe", {"goethe", "gothe"}), ("Maeda", {"maeda", "mada"}), ("Şen", {"sen", "shen"}),
    ],
)  # fmt: skip
def test_a_name_has_the_spellings_that_people_use(name, forms):
    assert spellings(name) == forms


def test_words_part_at_signs_numbers_and_capitals():
    assert words("JohnSmith's 12a_b-Élie") == ["john", "smith", "s", "12", "a", "b", "elie"]
    assert run_together("John-Smith_12 ü") == "johnsmith12u"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("山", True), ("あ", True), ("ヿ", True), ("〿", False), ("㐀", True), ("鿿", True), ("㏿", False), ("가", True),
     ("힣", True),      ("힤", False), ("\uabff", False), ("豈", True), ("﫿", True), ("ﬀ", False), ("\U00020000", True),
     ("\U0001ffff", False),
     ("a", False),      ("a山", True), ("", False)],
)  # fmt: skip
def test_scripts_without_spaces_are_known(text, is_one):
    assert is_ideographic(text) is is_one


class Names:
    def __init__(self, *names: str):
        self.names = names

    def found_in(self, text: str) -> bool:
        return any(name in text.lower() for name in self.names)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("T2 axial of Smith", "T2 axial"), ("AX_T2 [fs]", "AX T2 fs"), ("3mm 5s axial", "3mm 5s axial"),
        ("3mm 5s 7ms axial", "axial"),         ("b1000 b50 axial", "b1000 b50 axial"), ("b123 axial", "axial"),
        ("c7 l5 axial", "c7 l5 axial"), ("l6 axial", "axial"),
        ("3.5mm axial", "3.5mm axial"), ("1234mm axial", "axial"), ("Axial. T1", "Axial. T1"), ("", ""), ("Smith", ""),
        ("t12 axial", "t12 axial"), ("t13 axial", "axial"),
    ],
)  # fmt: skip
def test_technical_words_and_two_measures_stay(text, part):
    assert technical_part(text) == part


def test_technical_words_that_are_somebody_s_name_go():
    assert technical_part("T2 axial", Names("axial")) == "T2"
    assert technical_part("T2 axial", Names("t2 axial")) == "", "together they are a name"
    assert technical_part("T2 axial", Names("nobody")) == "T2 axial"
