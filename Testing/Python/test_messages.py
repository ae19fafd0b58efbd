"""Sentences with numbers in them, as each language writes numbers and plurals."""

import copy

import pytest

from DICOMTutorialHelperLib.messages import Sentence, apart, is_singular, labelled, language_of, messages, number_text, translate


@pytest.mark.parametrize(
    ("language", "singular"),
    [("en", [1]), ("fr", [0, 1, 1.5]), ("es", [1]), ("pt-BR", [1])],
)
def test_each_language_has_its_own_singular(language, singular):
    assert [count for count in (0, 1, 1.5, 2, 5) if is_singular(count, language)] == singular


def test_a_word_goes_with_its_number():
    sentence = Sentence("{count} {count:coupe|coupes}", "fr")
    assert [sentence.format(count=count) for count in (0, 1, 2)] == ["0 coupe", "1 coupe", "2 coupes"]


def test_a_number_that_comes_as_text_has_its_plural_too():
    assert Sentence("{count:is|are}", "en").format(count="1") == "is"
    assert Sentence("{count:is|are}", "en").format(count="12") == "are"


@pytest.mark.parametrize(
    ("value", "digits", "english", "french", "brazilian"),
    [
        (6.3333, 2, "6.33", "6,33", "6,33"),
        (0.6, 2, "0.60", "0,60", "0,60"),
        (131072, None, "131,072", "131\u00a0072", "131.072"),
        (840, None, "840", "840", "840"),
        (-12345.5, None, "\u221212,345.5", "\u221212\u00a0345,5", "\u221212.345,5"),
        (1e30, None, "1e+30", "1e+30", "1e+30"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value, digits, english, french, brazilian):
    assert number_text(value, "en", digits) == english
    assert number_text(value, "fr", digits) == french
    assert number_text(value, "pt-BR", digits) == brazilian


def test_one_step_is_one_step_in_every_language():
    said = {
        language: translate("tutorial", "run.summary", language, done=1, total=1, left_out=0, failed=0)
        for language in ("en", "fr", "es", "pt-BR")
    }
    assert said["en"].startswith("1 of 1 step done")
    assert said["fr"].startswith("1 étape réussie sur 1, 0 laissée de côté")
    assert said["es"].startswith("1 de 1 paso completado, 0 omitidos")
    assert said["pt-BR"].startswith("1 de 1 passo concluído, 0 deixados")


def test_texts_taken_by_themselves_fill_in_numbers_too():
    assert messages("privacy", "fr")["count.files"].format(count=1) == "1 fichier"


def test_a_copy_speaks_the_same_language():
    assert copy.deepcopy(Sentence("{count:coupe|coupes}", "fr")).format(count=0) == "coupe"


def test_a_colon_stands_as_the_language_sets_it():
    assert labelled("Name", "text", "en") == "Name: text"
    assert labelled("Nom", "texte", "fr") == "Nom\u00a0: texte"


def test_semicolons_stand_as_the_language_sets_them():
    assert apart(["one", "another"], "en") == "one; another"
    assert apart(["un", "autre"], "fr") == "un\u00a0; autre"
    assert language_of(messages("panel", "fr")) == "fr" and language_of({"key": "plain"}) == "en"
