"""A case is reported, compared with the truth, and worth what help and wrong reports leave of it."""

from __future__ import annotations

import json

import pytest
from fake_workspace import FakeWorkspace
from printed_text import keys_for_sentences

from DICOMTutorialHelperLib.data.synthetic.cases import CASES, MISSING, OVERVIEW, TILT, CaseTruth, case_truth, make_cases
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import number_text, translate
from DICOMTutorialHelperLib.pages.step import step_content
from DICOMTutorialHelperLib.tutorial import session as engine
from DICOMTutorialHelperLib.tutorial.authoring.validation import problems_of
from DICOMTutorialHelperLib.tutorial.case_content import _solution, case_content
from DICOMTutorialHelperLib.tutorial.casework import CaseReport, CaseState, case_of, case_state, compared, right_answer
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.progress import (
    DONE,
    HELPER,
    MemoryStore,
)
from DICOMTutorialHelperLib.tutorial.report.hand_in import read_hand_in
from DICOMTutorialHelperLib.tutorial.report.page import Report
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

SEED = 4711
GAP = CaseTruth(MISSING, 4, (24.0, 54.0))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    make_cases(folder, SEED)
    return folder


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def detective(home, store):
    """A learner at case A, with the cases in the folder."""
    session = TutorialSession(read_tutorial(tutorials_folder() / "dicom_detective"), FakeWorkspace(), store)
    session.set_folder("SlicerData", home)
    session.jump("case-a")
    return session


def state(session, step_id="case-a"):
    return case_state(session.progress.of(step_id).case)


@pytest.mark.parametrize(
    ("truth", "what", "count", "where", "right"),
    [
        (GAP, MISSING, 4, 30, (True, True, True)),
        (GAP, MISSING, 4, 24, (True, True, True)),
        (GAP, MISSING, 4, 23.9, (True, True, False)),
        (GAP, MISSING, 3, 30, (True, False, True)),
        (GAP, MISSING, None, None, (True, False, False)),
        (GAP, TILT, 4, 30, (False, False, False)),
        (CaseTruth(TILT, 11, None, 1), TILT, -12, None, (True, True, True)),
        (CaseTruth(TILT, 11, None, 1), TILT, 13, None, (True, False, True)),
        (CaseTruth(OVERVIEW, 2, (1, 2)), OVERVIEW, 2, 3, (True, True, False)),
    ],
)
def test_each_part_of_a_report_is_right_or_wrong_by_itself(truth, what, count, where, right):
    assert compared(truth, what, count, where) == right


class TestReporting:
    def test_a_right_report_solves_the_case(self, detective):
        what, count, where = right_answer(case_truth("A", SEED), "fr")
        detective.report_case(what, count, where)
        assert detective.status("case-a").state == DONE
        assert state(detective).solved and state(detective).points == 10

    def test_wrong_reports_and_hints_cost_and_say_what_is_right_already(self, detective):
        truth = case_truth("A", SEED)
        detective.report_case(TILT, "3", "")
        assert detective.status("case-a").check_result.reason == "case-solved.what"
        detective.report_case(MISSING, "many", str(truth.middle))
        assert detective.status("case-a").check_result.reason == "case-solved.count"
        detective.report_case(MISSING, f"{truth.count} coupes", "900")
        assert detective.status("case-a").check_result.reason == "case-solved.where"
        detective.take_hint()
        assert state(detective).points == 10 - 3 - 2
        detective.report_case(MISSING, str(truth.count), str(truth.middle).replace(".", ","))
        assert state(detective).solved and state(detective).points == 5
        detective.report_case(TILT, "3", "")
        assert len(state(detective).reports) == 4, "a closed case stays as it is"

    def test_there_are_three_hints_and_a_solved_case_is_never_worth_nothing(self, detective):
        for _ in range(5):
            detective.take_hint()
            detective.report_case(TILT, "1", "")
        assert state(detective).hints == 3
        detective.report_case(*right_answer(case_truth("A", SEED), "en"))
        assert state(detective).points == 1

    def test_the_solution_closes_the_case_without_solving_it(self, detective):
        detective.show_solution()
        assert detective.status("case-a").state == DONE
        assert not state(detective).solved and state(detective).points == 0

    def test_do_it_for_me_loads_the_case_and_gives_nothing_away(self, detective):
        detective.do_it()
        assert not state(detective).closed and state(detective).points == 10
        assert [item.name for item in detective.workspace.loaded()] != []

    def test_it_lasts_between_starts(self, detective, store, home):
        detective.report_case(TILT, "3", "")
        again = TutorialSession(detective.tutorial, FakeWorkspace(), store)
        assert state(again).reports == (CaseReport(TILT, "3", ""),)

    def test_without_the_cases_it_is_said_what_is_missing(self, detective, tmp_path):
        detective.set_folder("SlicerData", tmp_path)
        with pytest.raises(WorkspaceError) as told:
            detective.report_case(TILT, "3", "")
        assert told.value.reason == "case.no-data"
        assert case_content(detective, "case-a", "en") is not None

    @pytest.mark.parametrize("kept", [{"reports": 7}, {"reports": [{"what": 1}]}, {"hints": "x"}, {"reports": [[]]}])
    def test_damaged_progress_is_a_fresh_start(self, kept):
        assert case_state(kept).reports == ()


class TestWhatIsShown:
    def test_the_truth_is_nowhere_before_the_case_is_closed(self, detective):
        content = step_content(detective, detective.tutorial.words("en"))
        assert content.case.solution == "" and content.case.hints == () and content.case.hints_left == 3
        detective.show_solution()
        truth = case_truth("A", SEED)
        solution = step_content(detective, detective.tutorial.words("en")).case.solution
        assert f"({truth.count})" in solution
        first, last = (number_text(value, "en", 1) for value in truth.concerned)
        assert f"S from {first} to {last} mm" in solution.replace("\u00a0", " ")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_case_has_its_words_in_every_language(self, detective, language):
        for case in CASES:
            detective.jump(f"case-{case.lower()}")
            for _ in range(3):
                detective.take_hint()
            detective.show_solution()
            content = case_content(detective, f"case-{case.lower()}", language)
            assert len(content.hints) == 3 and content.solution
            assert all(words and "{" not in words for words in (*content.hints, content.solution, content.heading))
            assert ("°)" in content.solution) == (case_truth(case, SEED).what == "tilt"), "an angle is told in degrees"

    def test_other_steps_have_no_case(self, detective):
        detective.jump("rules")
        assert step_content(detective, detective.tutorial.words("en")).case is None


def test_the_hand_in_says_which_cases_were_solved_and_how(detective, tmp_path):
    detective.report_case(TILT, "3", "")
    detective.report_case(*right_answer(case_truth("A", SEED), "fr"))
    detective.jump("case-b")
    detective.show_solution()
    page = Report(detective, {}, "fr").html()
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    cases = {step_id: step.case for step_id, step in read_hand_in(tmp_path / "page.html").steps.items() if step.case}
    assert len(cases) == 6
    assert (cases["case-a"].solved, cases["case-a"].tries, cases["case-a"].points) == (True, 2, 9)
    assert (cases["case-b"].solved, cases["case-b"].points) == (False, 0)
    assert "<dt>Énigmes résolues</dt><dd>1 sur 6 (9 points)</dd>" in page
    assert "Les coupes sont inclinées ✘" in page and "Solution" in page
    assert json.dumps(case_truth("C", SEED).what) not in page.split("<script")[1], "open cases stay hidden"


def test_the_tutorial_is_sound():
    assert problems_of(tutorials_folder() / "dicom_detective") == []


class TestCases:
    @pytest.fixture
    def solving(self, learner, monkeypatch):
        """At a case of four slices missing between 24 and 54 mm."""
        monkeypatch.setattr(engine, "truth_of_case", lambda context, case, series: CaseTruth("missing", 4, (24.0, 54.0)))
        learner.jump("case")
        return learner

    def test_reports_hints_and_the_solution_close_it(self, solving):
        kept = solving.progress.of("case").case
        solving.report_case("tilt", " 3 ", " 30 ")
        solving.take_hint()
        assert (kept["hints"], kept["reports"][0]["count"], kept["reports"][0]["where"]) == (1, "3", "30")
        assert solving.status("case").check_result.reason == "case-solved.what"
        for count, where, reason in (
            ("3", "3", "count-and-where"),
            ("3", "30", "count"),
            ("4", "3", "where"),
            ("4", "30,5", "done"),
        ):
            solving.report_case("missing", count, where)
            assert solving.status("case").check_result.reason == f"case-solved.{reason}"
        assert case_state(kept).points == 10 - 2 - 4
        saved = solving.store.saved
        solving.report_case("missing", "9", "9"), solving.take_hint(), solving.show_solution()
        assert len(kept["reports"]) == 5 and kept["hints"] == 1 and "given_up" not in kept and solving.store.saved == saved

    def test_there_are_three_hints(self, solving):
        for _ in range(5):
            solving.take_hint()
        assert solving.progress.of("case").case["hints"] == 3

    def test_a_solution_that_was_shown_is_help(self, solving):
        solving.show_solution()
        progress = solving.progress.of("case")
        assert progress.case["given_up"] is True and progress.state == DONE and progress.done_by == HELPER
        assert solving.status("case").check_result.reason == "case-solved.shown"

    def test_a_step_without_a_case_has_no_truth(self, solving):
        assert solving.case_truth("read") is None and solving.case_truth("case").count == 4 == solving.case_truth().count
        solving.jump("read")
        solving.report_case("missing", "4", "30"), solving.take_hint(), solving.show_solution()
        assert solving.progress.of("read").case == {}
        assert case_of(solving.tutorial.step("case")) == "a" and case_of(solving.tutorial.step("read")) is None

    @pytest.mark.parametrize(
        ("kept", "state"),
        [
            ({}, CaseState()), ({"hints": 2}, CaseState(hints=2)), ({"given_up": True}, CaseState(given_up=True)),
            ({"given_up": "yes"}, CaseState()), ({"hints": "x"}, CaseState()), ({"reports": [{"odd": 1}]}, CaseState()),
            ({"reports": 5}, CaseState()),
        ],
    )  # fmt: skip
    def test_what_is_damaged_is_a_fresh_case(self, kept, state):
        assert case_state(kept) == state

    def test_points_are_at_least_one_and_none_for_a_solution_shown(self):
        right, wrong = CaseReport("x", "1", "1", True, True, True), CaseReport("x", "1", "1", True, True, False)
        assert CaseState().points == 10 and CaseState((wrong,) * 3, 2).points == 3 and CaseState((wrong,) * 30, 3).points == 1
        assert (
            CaseState((right,)).points == 10
            and CaseState((right,), 3).points == 4
            and CaseState((right,), given_up=True).points == 0
        )
        assert CaseState((right,)).solved and CaseState((right,)).closed and not CaseState((wrong,)).closed
        assert not CaseState((right,), given_up=True).solved and CaseState(given_up=True).closed

    def test_right_answers_are_written_as_a_learner_would(self):
        assert right_answer(CaseTruth("missing", 4, (24.0, 54.0)), "fr") == ("missing", "4", "39")
        assert right_answer(CaseTruth("missing", 4, (24.0, 55.0)), "fr")[2] == "39,5"
        assert right_answer(CaseTruth("tilt", 12, None), "en") == ("tilt", "12", "")

    def test_counts_may_be_off_by_what_the_truth_allows(self):
        truth = CaseTruth("tilt", 12, None, 2)
        assert [compared(truth, "tilt", count, None)[1] for count in (9.9, 10, 14, 14.1, -12, None)] == [
            False,
            True,
            True,
            False,
            True,
            False,
        ]
        assert compared(truth, "tilt", 12, None) == (True, True, True) and compared(truth, "x", 12, None) == (False, False, False)


@pytest.mark.parametrize(
    ("truth", "told"),
    [
        (CaseTruth(OVERVIEW, 2, (25.0, 26.0)), "[solution 2 [what.overview]] [solution.number 25 26]"),
        (CaseTruth(MISSING, 4, (24.0, 54.0), margin=6.0), "[solution 4 [what.missing]] [solution.position 30.0 48.0]"),
        (CaseTruth(TILT, 12, None), "[solution 12° [what.tilt]]"),
    ],
)
def test_a_solution_tells_images_by_whole_numbers_and_places_to_a_tenth(truth, told):
    with keys_for_sentences():
        said = _solution(truth, "en", lambda key, **fields: translate("cases", key, "en", **fields))
    assert said == told
