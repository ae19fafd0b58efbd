"""The little markup, and sentences made from keys."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.tutorial.markup import (
    inline_html,
    interface_name,
    to_html,
    to_plain,
    with_interface_names,
    word_count,
)
from DICOMTutorialHelperLib.tutorial.messages import message

ENGLISH = {"load": "Load"}
FRENCH = {"load": "Charger"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- **a**: b\n- c", "<ul><li><strong>a</strong>: b</li><li>c</li></ul>"),
        ("an *old* word", "<p>an <em>old</em> word</p>"),
        ("256 * 256 * 2", "<p>256 * 256 * 2</p>"),
        ("[here](https://example.org/a_(b))", '<p><a href="https://example.org/a_(b)">here</a></p>'),
        ("[here](javascript:alert)", "<p>[here](javascript:alert)</p>"),
        ('<script>&"', "<p>&lt;script&gt;&amp;&quot;</p>"),
    ],
)
def test_markup_becomes_safe_html(text, html):
    assert to_html(text) == html


def test_a_button_bears_slicers_name_and_the_readers():
    assert interface_name("load", ENGLISH, FRENCH, "fr") == "**Load** («\u00a0Charger\u00a0»)"
    assert interface_name("load", ENGLISH, {}, "en") == "**Load**"
    assert with_interface_names("Click [[load]].", ENGLISH, {"load": "Load"}, "en") == "Click **Load**."


def test_plain_text_keeps_the_words_alone():
    assert to_plain("**Bold**, *soft*, [site](https://x.org)") == "Bold, soft, site"


@pytest.mark.parametrize(
    ("text", "count"),
    [("l'image", 1), ("256 × 256", 2), ("Cliquez sur [[load-dicom]] ici", 4), ("**2,5** mm", 2), ("« oui » !", 1)],
)
def test_words_are_counted_as_people_do(text, count):
    assert word_count(text) == count


def test_lists_are_joined_as_the_language_joins_them():
    fields = {"present": ["t2", "stir"], "missing": ["bliss"]}
    assert message("loaded.some", "en", **fields) == "Loaded: T2 and STIR. Not yet: BLISS."
    assert message("loaded.some", "es", **fields) == "Cargado: T2 y STIR. Todavía no: BLISS."
    assert message("in-database.done", "pt-BR", series=["t2", "stir", "bliss"]) == "No banco: T2, STIR e BLISS."


class TestTerms:
    def test_a_term_leads_to_its_meaning_which_cannot_leave_its_attribute(self):
        html = inline_html("the **[UID](term:uid)**", {"uid": '"><script>'}, "#term-")
        assert html == 'the <strong><a class="term" href="#term-uid" title="&quot;&gt;&lt;script&gt;">UID</a></strong>'

    def test_a_term_that_nobody_explains_is_its_words(self):
        assert inline_html("the [UID](term:uid)") == "the UID"

    def test_plain_text_and_counting_know_only_the_words(self):
        assert to_plain("two [time points](term:time-point)") == "two time points"
        assert word_count("two [time points](term:time-point)") == 3
