"""The form of a case asks what, how many and where, and shows hints and the solution when they were asked for."""

from __future__ import annotations

import pytest
from pydicom import dcmread

from DICOMTutorialHelperLib.data.synthetic.cases import MISSING, TILT, WHATS, case_truth, make_cases, seed_of
from DICOMTutorialHelperLib.tutorial.casework import case_state, right_answer
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder

SEED = 4711


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    make_cases(folder, SEED)
    return folder


@pytest.fixture
def at_case_a(guide, places, home):
    guide.set_tutorial(read_tutorial(tutorials_folder() / "dicom_detective"), places)
    guide.session.set_folder("SlicerData", home)
    guide.session.jump("case-a")
    return guide


@pytest.fixture
def choose(part):
    def choose_what(what):
        part("CaseWhat").currentIndex = 1 + WHATS.index(what)

    return choose_what


def test_it_is_there_for_cases_only(at_case_a, part):
    assert part("CaseWhat").visible
    at_case_a.session.jump("rules")
    assert not part("CaseWhat").visible


def test_it_asks_how_many_and_where_of_what_was_chosen(at_case_a, part, choose):
    assert not part("CaseReportButton").enabled and not part("CaseCount").visible
    choose(MISSING)
    assert "missing" in part("CaseCountLabel").text and part("CaseWhere").visible
    choose(TILT)
    assert "degrees" in part("CaseCountLabel").text and not part("CaseWhere").visible


def test_a_report_is_given_and_answered(at_case_a, part, choose):
    choose(TILT)
    part("CaseCount").text = "7"
    part("CaseReportButton").click()
    assert "✘" in part("CaseReports").text and "9 points" in part("CaseHeading").text
    _, count, where = right_answer(case_truth("A", SEED), "en")
    choose(MISSING)
    part("CaseCount").text, part("CaseWhere").text = count, where
    part("CaseReportButton").click()
    assert "solved, 9 points" in part("CaseHeading").text
    assert part("CaseSolution").visible and not part("CaseReportButton").visible
    assert case_state(at_case_a.session.progress.of("case-a").case).solved


def test_what_is_being_typed_stays_while_slicer_changes(at_case_a, part, choose):
    choose(MISSING)
    part("CaseCount").text = "3"
    at_case_a.session.refresh()
    assert part("CaseCount").text == "3" and part("CaseWhat").currentIndex == 1 + WHATS.index(MISSING)


def test_hints_and_the_solution_come_when_asked_for(at_case_a, part):
    part("CaseHintButton").click()
    assert "Hint 1" in part("CaseHints").text and "8 points" in part("CaseHeading").text
    part("CaseSolutionButton").click()
    assert "no points" in part("CaseHeading").text and part("CaseSolution").visible
    assert not part("CaseHintButton").visible


def test_cases_made_by_the_guide_are_told_from_cases_solved_alone(at_case_a, part, tmp_path, application):
    session = at_case_a.session
    session.set_folder("SlicerData", tmp_path)
    session.jump("get-cases")
    part("StepDoItButton").click()
    application.processEvents()
    assert session.progress.of("get-cases").done_by == "helper"
    session.jump("case-a")
    part("StepDoItButton").click()
    seed = seed_of(dcmread(next((tmp_path / "DICOMDetective" / "A").iterdir())).StudyID)
    session.report_case(*right_answer(case_truth("A", seed), "en"))
    assert session.progress.of("case-a").done_by == "learner", "the guide only loaded it"
    session.jump("case-b")
    part("CaseSolutionButton").click()
    assert session.progress.of("case-b").done_by == "helper"
