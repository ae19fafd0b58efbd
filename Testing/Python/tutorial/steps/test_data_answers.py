"""What a typed answer must say is read from the learner's own data, however a learner writes numbers and orders."""

from __future__ import annotations

import pytest
from asked_of_steps import refused
from fake_workspace import SERIES
from planned_series import write_series_to
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.tutorial.steps import registered_answers
from DICOMTutorialHelperLib.tutorial.steps.data_answers import a_number, number_typed
from DICOMTutorialHelperLib.workspace import interface as w


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


CT = SERIES["ct"].series_instance_uid


def asked(at_body, name, **arguments):
    return registered_answers()[name](at_body, **arguments)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "whole", "number"),
        [
            ("1,234", True, 1234), ("1,234", False, 1.234), ("1,23", True, 1.23), ("1.234.567", True, 1234567),
            ("12,3456", True, 12.3456),
            ("1\u202f234", True, 1234), ("+5", True, 5), ("a5b", True, 5), ("5 mm 6", True, None), ("5-6", True, None),
            ("1 2", False, 12),
        ],
    )  # fmt: skip
    def test_are_understood_as_they_are_typed(self, text, whole, number):
        assert number_typed(text, whole) == number

    def test_are_right_within_their_bounds(self):
        assert a_number(5).accepts("5") and not a_number(5).accepts("5.01") and not a_number(5).accepts("x")
        assert a_number(5, 0.5).accepts("5.5") and a_number(5, 0.5).accepts("4.5") and not a_number(5, 0.5).accepts("4.4")
        assert (a_number(5).text, a_number(12345.0).text, a_number(0.12345).text, a_number(1234.5).text) == (
            "5",
            "12345",
            "0.12",
            "1234.5",
        )
        assert a_number(1234).accepts("1,234") and a_number(1.234, 0.001).accepts("1,234")


class TestAnswers:
    def test_counts_are_those_of_the_files(self, at_body, own_files):
        texts = {name: asked(at_body, name, series="bliss").text for name in ("instances-of", "slices-per-volume", "volumes-of")}
        assert texts == {"instances-of": "12", "slices-per-volume": "4", "volumes-of": "3"}
        assert refused(lambda: asked(at_body, "instances-of", series="ct")) == ("data-at-hand.none", {})

    def test_without_positions_nothing_can_be_counted(self, at_body, body, tmp_path):
        paths = write_series(tmp_path, axial_positions(2), ImagePositionPatient=None)
        body.files[CT] = tuple(paths)
        assert refused(lambda: asked(at_body, "slices-per-volume", series="ct")) == (
            "answer.no-value",
            {"keyword": "ImagePositionPatient"},
        )

    def test_pixels_take_two_bytes_each_or_as_many_as_asked(self, at_body, own_files):
        assert asked(at_body, "bytes-of-pixels", series=["bliss"]).text == str(6 * 5 * 2)
        assert asked(at_body, "bytes-of-pixels", series=["bliss"], per_value=4).text == str(6 * 5 * 4)
        assert asked(at_body, "bytes-of-pixels", series=["t2"]).text == str(5 * 4 * 2), "one sample where nothing is said"

    @pytest.mark.parametrize(
        ("keyword", "right", "wrong"),
        [("RepetitionTime", ["4.5", "4,545", "4.46"], ["4.6", "4.4"]), ("PixelSpacing", ["0.8"], ["0.7"]),
         ("Rows", ["6", "6.05"], ["5"])],
    )  # fmt: skip
    def test_the_first_value_is_right_to_a_hundredth(self, at_body, own_files, keyword, right, wrong):
        answer = asked(at_body, "header-number", series=["bliss"], keyword=keyword)
        assert all(answer.accepts(text) for text in right) and not any(answer.accepts(text) for text in wrong)

    @pytest.mark.parametrize("keyword", ["Modality", "KVP"])
    def test_what_is_no_number_is_told(self, at_body, own_files, keyword):
        answer = refused(lambda: asked(at_body, "header-number", series=["bliss"], keyword=keyword))
        assert answer == ("answer.no-value", {"keyword": keyword})

    def test_personal_rows_are_those_that_are_marked(self, at_body, own_files):
        from DICOMTutorialHelperLib.tutorial.steps.data_tables import privacy

        marked = sum(row.marked for row in privacy(at_body, ["t2"]).rows)
        assert asked(at_body, "personal-rows", series=["t2"]).text == str(marked) and marked >= 4

    def test_windows_are_those_of_now(self, at_body, body):
        assert refused(lambda: asked(at_body, "level", series="ct")) == ("loaded.none", {"missing": ["ct"]})
        (item,) = body.load_series(CT)
        body.set_window_level(item.node_id, 351.0, 40.0)
        texts = {name: asked(at_body, name, series="ct").text for name in ("lowest-shown", "window-width", "level")}
        assert texts == {"lowest-shown": "-135.5", "window-width": "351", "level": "40"}
        assert asked(at_body, "level", series="ct").accepts("41") and not asked(at_body, "level", series="ct").accepts("41.1")

    def test_the_peak_is_that_of_the_stronger_of_the_last_two_curves(self, at_body, body):
        assert refused(lambda: asked(at_body, "peak-of-curve", series="bliss")) == ("curve-plotted.not", {"series": "bliss"})
        assert refused(lambda: asked(at_body, "last-of-curve", series="bliss")) == ("loaded.none", {"missing": ["bliss"]})
        (item,) = body.load_series(SERIES["bliss"].series_instance_uid)

        def curve(*values, node=item.node_id):
            return w.TimeCurve(node, (0, 0, 0), 4.0, tuple(range(len(values))), values, "s")

        body.curves = [curve(1, 99, 1), curve(10, 20, 30), curve(100, 150, 120), curve(1, 9, 9, node="other")]
        assert asked(at_body, "peak-of-curve", series="bliss").text == "3", "threefold, not half as much again"
        body.curves = [curve(0, 5, 1), curve(-2, 4, 6)]
        assert asked(at_body, "peak-of-curve", series="bliss").text == "2", "5 over nothing, 3 over 2"
        assert asked(at_body, "last-of-curve", series="bliss").text == "10"

    def test_orders_are_those_of_the_numbers(self, at_body, body):
        assert asked(at_body, "order-of-series", series=["bliss", "stir", "t2"]).text == "T2 STIR BLISS"
        assert asked(at_body, "these-in-order", series=["stir", "t2"]).text == "STIR T2"
        body.remove_series(SERIES["stir"].series_instance_uid)
        assert refused(lambda: asked(at_body, "order-of-series", series=["t2", "stir"])) == (
            "in-database.none",
            {"missing": ["stir"]},
        )
        order = asked(at_body, "these-in-order", series=["t2", "bliss"])
        assert (
            order.accepts("t2bliss")
            and not order.accepts("t2")
            and not order.accepts("bliss t2")
            and not order.accepts("t2 bliss bliss")
        )

    def test_a_condition_is_right_that_chooses_the_same(self, at_body, own_files):
        answer = asked(at_body, "condition", like="Modality == 'MR'")
        assert answer.text == "Modality == 'MR'"
        for text, right in (("Modality != 'CT'", True), ("Modality == 'CT'", False), ("Modality ==", False), ("Rows > 0", True)):
            assert answer.accepts(text) is right, text
        assert not asked(at_body, "condition", like="Modality == 'PT'").accepts("Modality == 'PT'"), "it must choose some"

    def test_one_is_one(self, at_body):
        assert asked(at_body, "one").text == "1"
