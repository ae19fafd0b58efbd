"""What a typed answer must say is read from the learner's own data, however a learner writes numbers and orders."""

from __future__ import annotations

import pytest
from planned_series import write_series_to

from DICOMTutorialHelperLib.tutorial.steps import registered_answers
from DICOMTutorialHelperLib.tutorial.steps.data_answers import a_number, number_typed


@pytest.fixture
def context(session):
    return session.step_context(session.tutorial.step("welcome"))


def expected(name, context, **arguments):
    return registered_answers()[name](context, **arguments)


@pytest.mark.parametrize(
    ("text", "whole", "number"),
    [
        ("840", True, 840),
        ("131 072", True, 131072),
        ("131\u00a0072 octets", True, 131072),
        ("131,072", True, 131072),
        ("131.072", True, 131072),
        ("-135", True, -135),
        ("\u2212135 UH", True, -135),
        ("0,9375 mm", False, 0.9375),
        ("0.9375", False, 0.9375),
        ("between 3 and 4", True, None),
        ("no idea", True, None),
        ("", True, None),
    ],
)
def test_numbers_are_understood_as_people_write_them(text, whole, number):
    assert number_typed(text, whole) == number


def test_a_number_is_right_to_its_tolerance():
    assert a_number(10.0, 0.5).accepts("10,4")
    assert not a_number(10.0, 0.5).accepts("10.6")


def test_instances_are_counted_in_the_learners_files(context, workspace, tmp_path):
    folder = write_series_to(tmp_path / "ct", positions=[(0.0, 0.0, 2.0 * place) for place in range(7)])
    workspace.files["1.1"] = tuple(sorted(folder.rglob("*.dcm")))
    count = len(workspace.files["1.1"])
    answer = expected("instances-of", context, series="ct")
    assert answer.accepts(str(count)) and answer.accepts(answer.text)
    assert not answer.accepts(str(count + 1))


def test_series_come_in_the_order_of_their_numbers(context):
    answer = expected("order-of-series", context, series=["bliss", "t2", "stir"])
    assert answer.accepts("T2, STIR, BLISS") and answer.accepts("t2 < stir < bliss")
    assert not answer.accepts("BLISS T2 STIR")
    assert not answer.accepts("T2 STIR")
    assert not answer.accepts("T2 STIR BLISS T2")
    assert expected("these-in-order", context, series=["bliss", "t2", "stir"]).accepts("bliss t2 stir")


def test_black_begins_half_a_window_below_the_level(context, workspace):
    item = workspace.load_series("1.1")[0]
    workspace.set_window_level(item.node_id, 350.0, 40.0)
    answer = expected("lowest-shown", context, series="ct")
    assert answer.accepts("-135") and not answer.accepts("40") and not answer.accepts("350")
    assert expected("level", context, series="ct").accepts("40")


def test_a_curve_peaks_where_the_stronger_one_does(context, workspace):
    item = workspace.load_series("2.3")[0]
    workspace.plot_time_curve(item.node_id, (1.0, 2.0, 3.0))
    assert expected("peak-of-curve", context, series="bliss").accepts("2")
    assert expected("last-of-curve", context, series="bliss").accepts("10")


class TestAskedAgain:
    @pytest.fixture
    def asked(self, session):
        questions = [step for step in session.tutorial.steps if step.right_choice is not None and step.expects is None]
        return questions[0]

    def test_a_question_missed_at_first_comes_back(self, session, asked):
        session.jump(asked.id)
        session.answer((asked.right_choice + 1) % 3)
        session.answer(asked.right_choice)
        assert [step.id for step in session.missed_questions()] == [asked.id]
        session.jump("conclusion")
        assert session.asked.id == asked.id
        assert session.status("conclusion").check_result.done is False
        session.answer(asked.right_choice)
        session.acknowledge()
        assert session.asked.id == "conclusion"
        found = session.status("conclusion").check_result
        assert (found.done, found.fields["right"]) == (True, 0)
        assert session.progress.of(asked.id).choices == [(asked.right_choice + 1) % 3, asked.right_choice]

    def test_one_right_at_once_does_not(self, session, asked):
        session.jump(asked.id)
        session.answer(asked.right_choice)
        assert session.missed_questions() == []
