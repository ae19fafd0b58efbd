"""What a teacher's page says of a question, to the number: which wrong answer most gave, how long it may be, what is marked."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from printed_text import keys_for_sentences

from DICOMTutorialHelperLib.tutorial.report import class_page
from DICOMTutorialHelperLib.tutorial.report.class_page import ClassPage
from DICOMTutorialHelperLib.tutorial.report.classroom import CaseResult, QuestionResult, hardest


@pytest.fixture(autouse=True)
def keys():
    with keys_for_sentences():
        yield


@pytest.fixture
def page(monkeypatch):
    """The page of a class whose only step asks one question; makes it of choices and results."""
    monkeypatch.setattr(class_page, "with_interface_names", lambda text, *_: text)

    def made(*results, choices=(), cases=(), members=()):
        step = SimpleNamespace(title="The step", question="What is it?", choices=choices)
        words = SimpleNamespace(title="The tutorial", steps={"asked": step}, interface={})
        totals = SimpleNamespace(questions=results, cases=cases, members=members, set_aside=(), tutorials=("one",))
        known = SimpleNamespace(words=lambda _: words, interface={})
        return ClassPage(totals, Path("pages"), "en", {"one": known})

    return made


def result(at_once=1, asked=4, in_the_end=3, wrong=None, tutorial="one", step_id="asked"):
    return QuestionResult(tutorial, step_id, asked, at_once, in_the_end, Counter(wrong or {}))


@pytest.mark.parametrize(("length", "shown"), [(89, "x" * 89), (90, "x" * 90), (91, "x" * 90 + "…"), (400, "x" * 90 + "…")])
def test_answers_are_shown_up_to_90_characters(page, length, shown):
    made = page(result(wrong={1: 2}), choices=("right", "x" * length))
    assert made._question_rows() == [("What is it?", "4", "[of 1 4]", "[of 3 4]", f"[chosen {shown} 2]")]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, ""), ({0: 1}, "[chosen a 1]"), ({1: 2, 0: 1}, "[chosen b 2]"), ({0: 1, 1: 2}, "[chosen b 2]"),
        ({2: 1}, "[chosen [answer-number 3] 1]"), ({-1: 5}, "[chosen [answer-number 0] 5]"),
    ],
)  # fmt: skip
def test_the_wrong_answer_that_most_gave_is_told_by_its_number_where_its_words_are_not_known(page, wrong, told):
    assert page(result(wrong=wrong), choices=("a", "b"))._question_rows()[0][4] == told


def test_questions_of_tutorials_and_steps_that_nobody_knows_have_their_names(page):
    made = page(result(tutorial="other", wrong={0: 1}), result(step_id="gone", wrong={1: 1}), choices=("a",))
    assert [(row[0], row[4]) for row in made._question_rows()] == [
        ("asked", "[chosen [answer-number 1] 1]"),
        ("gone", "[chosen [answer-number 2] 1]"),
    ]


def test_questions_that_fewer_than_half_got_right_at_once_are_marked(page):
    html = page(*(result(at_once=right) for right in (0, 1, 2, 3, 4))).html()
    assert re.findall(r"<tr( class=marked)?><th scope=\"row\">What", html) == [" class=marked"] * 2 + [""] * 3


@pytest.mark.parametrize(
    ("results", "least", "expected"),
    [
        ([], 1, None), ([(4, 4)], 1, None), ([(3, 4), (1, 4), (2, 4)], 1, 1), ([(0, 1), (3, 4)], 2, 1), ([(0, 1), (3, 4)], 1, 0),
        ([(1, 2), (2, 4)], 1, 0), ([(0, 2), (3, 4)], 2, 0),
    ],
)  # fmt: skip
def test_the_hardest_question_is_the_one_that_most_got_wrong_among_those_that_enough_were_asked(results, least, expected):
    made = [result(at_once, asked) for at_once, asked in results]
    assert hardest(made, least) is (None if expected is None else made[expected])


def test_one_who_was_asked_is_enough_unless_more_are_wanted():
    only = result(0, 1)
    assert hardest([only]) is only


def test_cases_are_counted_in_their_columns(page):
    assert page(cases=[CaseResult("one", "asked", 3, 2, 17)])._case_rows() == [("The step", "3", "2", "17")]
