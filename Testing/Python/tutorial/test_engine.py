"""The engine at its edges, on a tutorial of five steps: times, hints, tries, what is told to whom and what is saved."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fake_workspace import SERIES, FakeWorkspace

from DICOMTutorialHelperLib.data.synthetic.cases import CaseTruth
from DICOMTutorialHelperLib.tutorial import run as running
from DICOMTutorialHelperLib.tutorial import session as engine
from DICOMTutorialHelperLib.tutorial.casework import CaseReport, CaseState, case_of, case_state, compared, right_answer
from DICOMTutorialHelperLib.tutorial.content import FIRST_TRAP, RIGHT, WRONG, read_tutorial
from DICOMTutorialHelperLib.tutorial.progress import (
    DONE,
    HELPER,
    LEARNER,
    SHOWN,
    SKIPPED,
    TO_DO,
    MemoryStore,
    StepProgress,
    TutorialProgress,
)
from DICOMTutorialHelperLib.tutorial.run import TutorialRun, run_tutorial
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

STRUCTURE = {
    "id": "five",
    "languages": ["en"],
    "series": {"ct": {"modality": "CT"}},
    "parts": [
        {"id": "p", "steps": [
            {"id": "read", "checks": [{"do": "acknowledged"}]},
            {"id": "ask", "checks": [{"do": "answered"}], "right_choice": 1},
            {"id": "load", "checks": [{"do": "loaded", "series": ["ct"]}], "actions": [{"do": "load", "series": ["ct"]}],
             "needs": ["ct"], "table": {"do": "loaded"}},
            {"id": "case", "checks": [{"do": "case-solved", "case": "a", "series": "ct"}]},
            {"id": "last", "checks": [{"do": "missed-answered"}], "asks_again": True,
             "preconditions": [{"do": "loaded", "series": ["ct"]}]},
        ]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    folder = tmp_path_factory.mktemp("five")
    (folder / "tutorial.json").write_text(json.dumps(STRUCTURE), encoding="utf-8")
    steps = {step["id"]: {"title": step["id"]} for step in STRUCTURE["parts"][0]["steps"]}
    steps["ask"]["question"] = {"ask": "?", "answers": [{"say": "a", "because": "no"}, {"say": "b", "because": "yes"}]}
    (folder / "en.json").write_text(json.dumps({"title": "Five", "steps": steps}), encoding="utf-8")
    return read_tutorial(folder)


class Watch:
    """A stopwatch that a test sets."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Store(MemoryStore):
    def __init__(self):
        super().__init__()
        self.saved = 0

    def save(self, tutorial_id, text):
        super().save(tutorial_id, text)
        self.saved += 1


@pytest.fixture
def workspace():
    made = FakeWorkspace()
    made.add_to_database("ct")
    return made


@pytest.fixture
def learner(five, workspace):
    """A session with a stopwatch, a store, and ``told``: how often its listener was told."""
    watch, store, told = Watch(), Store(), []
    session = TutorialSession(five, workspace, store, lambda: told.append(1), lambda: datetime(2026, 1, 2, 3, 4, 5, 678), watch)
    session.watch, session.store, session.told = watch, store, told
    return session


def seconds(session, step_id):
    return session.progress.of(step_id).seconds


class TestTime:
    def test_it_is_that_of_the_current_step_until_it_is_done(self, learner):
        learner.watch.now = 5.0
        learner.jump("ask")
        learner.watch.now = 8.0
        learner.answer(1)
        learner.watch.now = 20.0
        learner.jump("load")
        learner.watch.now = 21.5
        learner.stop()
        assert [seconds(learner, step.id) for step in learner.tutorial.steps] == [5.0, 3.0, 1.5, 0.0, 0.0]
        learner.watch.now = 30.0
        learner.start()
        learner.watch.now = 31.0
        learner.stop()
        assert seconds(learner, "load") == 2.5, "what passed between was nobody's"

    def test_moments_are_told_to_the_second(self, learner):
        learner.acknowledge()
        assert (learner.progress.started_at, learner.progress.of("read").done_at) == ("2026-01-02T03:04:05",) * 2

    def test_a_start_that_is_known_stays(self, five, workspace):
        store = MemoryStore()
        store.save("five", TutorialProgress("five", current="nowhere", started_at="then").to_json())
        session = TutorialSession(five, workspace, store)
        assert (session.progress.started_at, session.current.id) == ("then", "read")

    def test_redoing_what_was_lost_takes_no_time_of_the_learner_s(self, learner, workspace):
        learner.jump("load")
        learner.do_it()
        learner.jump("last")
        workspace.items.clear()
        learner.refresh()
        assert learner.status("load").invalidated
        learner.watch.now = 7.0
        assert learner.redo_invalidated() == ["load", "last"] and learner.current.id == "last"
        assert (seconds(learner, "load"), seconds(learner, "last")) == (0.0, 0.0)


class TestTelling:
    def test_whoever_listens_is_told_of_each_look(self, learner):
        learner.refresh()
        assert learner.told == [1] and learner.store.saved == 0, "nothing changed, nothing is saved"
        learner.acknowledge()
        assert learner.told == [1, 1] and learner.store.saved == 1
        assert not learner.back() and learner.told == [1, 1, 1], "also that there is nothing before"

    @pytest.mark.parametrize(
        "act",
        [
            lambda one: one.jump("ask"), lambda one: one.skip(), lambda one: one.answer(0), lambda one: one.set_learner("A"),
            lambda one: one.set_folder("x", Path("y")), lambda one: one.restart(), lambda one: one.note_shown(),
            lambda one: one.stop(),
        ],
    )  # fmt: skip
    def test_what_a_learner_does_is_saved_at_once(self, learner, act):
        act(learner)
        assert learner.store.saved >= 1
        kept, now = TutorialProgress.from_json(learner.store.load("five"), "five"), learner.progress
        assert (kept.current, kept.learner, kept.folders) == (now.current, now.learner, now.folders)
        assert [kept.of(step.id) for step in learner.tutorial.steps] == [now.of(step.id) for step in learner.tutorial.steps]

    def test_it_follows_the_workspace_while_it_is_started(self, learner, workspace):
        assert not learner.following
        learner.start(), learner.start()
        assert learner.following and len(workspace.listeners) == 1
        learner.jump("load")
        workspace.load_series(SERIES["ct"].series_instance_uid)
        assert learner.progress.of("load").state == DONE
        learner.stop(), learner.stop()
        assert not learner.following and workspace.listeners == []

    def test_a_check_that_changes_what_it_looks_at_starts_nothing_over(self, learner, workspace, monkeypatch):
        looks = []

        def evaluate(step, call):
            looks.append(step.id)
            assert learner.refresh() == []
            return CheckResult(False, "x")

        monkeypatch.setattr(learner, "_evaluate", evaluate)
        assert learner.refresh() == [] and looks == ["read"]
        monkeypatch.undo()
        assert learner.acknowledge() == ["read"], "the next look looks again"

    def test_what_changed_is_answered(self, learner, workspace):
        learner.jump("load")
        assert learner.do_it() == ["load"] and learner.do_it() == []
        workspace.items.clear()
        assert learner.refresh() == ["load"] and learner.refresh() == []
        (item,) = workspace.load_series(SERIES["ct"].series_instance_uid)
        assert learner.progress.of("load").state == DONE or learner.refresh() == ["load"]
        assert item.node_id


class TestWhoDidIt:
    def test_alone_shown_or_helped(self, learner, workspace):
        learner.acknowledge()
        assert learner.progress.of("read").done_by == LEARNER
        learner.jump("ask")
        learner.note_shown(), learner.answer(1)
        assert learner.progress.of("ask").done_by == SHOWN
        learner.progress.of("ask").shown = False
        learner.note_shown()
        assert not learner.progress.of("ask").shown, "what is done was done"
        learner.jump("load")
        learner.note_shown(), learner.do_it()
        assert learner.progress.of("load").done_by == HELPER

    def test_help_is_noted_where_there_is_anything_to_help_with(self, learner):
        learner.note_helped()
        assert not learner.progress.of("read").helped, "reading is the learner's own"
        learner.jump("load")
        assert learner.can_do_it
        learner.note_helped()
        assert learner.progress.of("load").helped
        learner.jump("ask")
        assert not learner.can_do_it
        learner.note_helped()
        assert not learner.progress.of("ask").helped
        learner.jump("load")
        learner.do_it()
        learner.progress.of("load").helped = False
        learner.note_helped()
        assert not learner.progress.of("load").helped, "done is done"

    def test_after_an_action_that_failed_the_learner_is_alone_again(self, learner, workspace):
        workspace.listed = ()
        learner.jump("load")
        with pytest.raises(WorkspaceError):
            learner.do_it()
        assert not learner._acting and workspace.listeners == []
        learner.progress.of("load").helped = False
        workspace.add_to_database("ct")
        workspace.load_series(SERIES["ct"].series_instance_uid)
        learner.refresh()
        assert learner.progress.of("load").done_by == LEARNER

    def test_folders_that_an_action_names_are_kept(self, learner, monkeypatch):
        learner.jump("load")
        learner._actions = {**learner._actions, "load": lambda context, series: context.folders.update(mine=Path("there"))}
        learner.do_it()
        assert learner.progress.folders == {"mine": "there"}


class TestQuestions:
    def test_those_missed_at_first_come_back_at_the_end(self, learner):
        assert learner.missed_questions() == []
        learner.jump("ask")
        learner.answer(0), learner.answer(1)
        assert [step.id for step in learner.missed_questions()] == ["ask"] and learner.asked.id == "ask"
        learner.jump("read")
        assert learner.asked.id == "read", "only a step that asks again brings them back"
        learner.jump("last")
        assert learner.asked.id == "ask"
        context = learner.step_context(learner.current)
        assert (context.open_questions, context.right_at_once, context.questions) == (1, 0, 1)
        learner.answer(0)
        assert learner.progress.of("ask").asked_again == [0] and learner.asked.id == "ask"
        learner.answer(1)
        assert learner.missed_questions() == [] and learner.asked.id == "last"
        assert learner.progress.of("last").state == DONE

    def test_one_right_at_once_counts(self, learner):
        learner.jump("ask")
        learner.answer(1)
        context = learner.step_context(learner.current)
        assert (context.choice, context.open_questions, context.right_at_once) == (1, 0, 1)

    def test_only_typed_answers_have_an_expectation(self, learner):
        assert learner.answer_text("5") == []
        with pytest.raises(KeyError):
            learner.expected("ask")

    def test_a_trap_is_told_from_a_wrong_answer(self, learner, monkeypatch):
        from dataclasses import replace

        from DICOMTutorialHelperLib.tutorial.content import Call

        step = learner.tutorial.step("ask")
        typed = replace(step, expects=Call("one"), traps=(Call("two"), Call("three")), right_choice=RIGHT)
        monkeypatch.setattr(TutorialSession, "asked", property(lambda self: typed))
        monkeypatch.setattr(TutorialSession, "current", property(lambda self: typed))
        from DICOMTutorialHelperLib.tutorial.steps.data_answers import a_number

        answers = {"one": lambda context: a_number(1), "two": lambda context: a_number(2), "three": lambda context: a_number(3)}
        monkeypatch.setattr(engine, "registered_answers", lambda: answers)
        for text in (" 1 ", "2", "3", "4", " "):
            learner.answer_text(text)
        given = learner.progress.of("ask")
        assert given.choices == [RIGHT, FIRST_TRAP, FIRST_TRAP + 1, WRONG] and given.typed == ["1", "2", "3", "4"]
        assert (RIGHT, WRONG, FIRST_TRAP) == (0, 1, 2)


class TestStates:
    def test_steps_before_and_after_are_told_by_their_state_alone(self, learner):
        assert learner.status("ask").check_result == CheckResult(False, "state.to-do")
        assert learner.status("read").check_result.reason == "acknowledged.open" and learner.status("read").current
        learner.skip()
        assert (learner.status("read").state, learner.status("read").check_result.reason) == (SKIPPED, "state.skipped")
        learner.back(), learner.acknowledge(), learner.skip()
        assert learner.progress.of("read").state == DONE, "what is done is not skipped"
        assert learner.status("read").check_result == CheckResult(True, "acknowledged.done")
        learner.progress.of("read").reason = None
        assert learner.status("read").check_result == CheckResult(True, "state.done")
        assert learner.done_count == 1

    def test_a_step_rests_on_its_preconditions_too(self, learner, workspace):
        workspace.load_series(SERIES["ct"].series_instance_uid)
        learner.jump("last")
        assert learner.progress.of("last").state == DONE
        workspace.items.clear()
        assert learner.refresh() == ["last"]
        assert learner.status("last").invalidated and learner.status("last").check_result.reason == "missed-answered.done"
        learner.jump("read")
        assert learner.status("last").check_result == CheckResult(False, "loaded.none", {"missing": ["ct"]})
        learner.jump("last")
        learner.skip()
        assert learner.progress.of("last").state == SKIPPED and learner.progress.of("last").invalidated is None

    def test_a_check_the_workspace_refuses_is_not_done(self, learner, monkeypatch):
        def refuse(step_context):
            raise WorkspaceError("no-such-node", name="x")

        from DICOMTutorialHelperLib.tutorial.steps.registry import RegisteredCheck

        learner._checks = {**learner._checks, "acknowledged": RegisteredCheck(refuse, False)}
        assert learner.status("read").check_result == CheckResult(False, "no-such-node", {"name": "x"})

    def test_a_table_is_that_of_the_current_step(self, learner, workspace):
        assert learner.data_table() is None
        learner.jump("load")
        with pytest.raises(WorkspaceError, match="nothing-loaded"):
            learner.data_table()
        learner.do_it()
        assert learner.data_table().rows[0].cells[0] == "Torso"


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


class TestKept:
    def test_states_that_are_none_are_to_do(self):
        text = json.dumps(
            {
                "tutorial_id": "t",
                "current": "a",
                "steps": {"a": {"state": "odd"}, "b": {"state": "done", "reason": ["r", {"x": 1}]}},
            }
        )
        kept = TutorialProgress.from_json(text, "t")
        assert (kept.of("a").state, kept.of("b").state, kept.of("b").reason, kept.of("b").invalidated) == (
            TO_DO,
            DONE,
            ("r", {"x": 1}),
            None,
        )
        assert TutorialProgress.from_json(text, "other") == TutorialProgress("other")
        assert (StepProgress(choices=[2, 1]).choice, StepProgress().choice) == (1, None)

    def test_restarting_begins_a_new_time(self, five, workspace):
        moments = iter(datetime(2026, 1, 1) + timedelta(hours=number) for number in range(9))
        watch = Watch()
        session = TutorialSession(five, workspace, now=lambda: next(moments), stopwatch=watch)
        session.jump("ask")
        watch.now = 9.0
        session.restart()
        assert (session.current.id, session.progress.started_at) == ("read", "2026-01-01T01:00:00")
        assert seconds(session, "ask") == 0.0
        watch.now = 10.0
        session.jump("ask")
        assert seconds(session, "read") == 1.0


class TestRun:
    def test_chosen_steps_are_done_with_what_they_rest_on(self, five, workspace, monkeypatch):
        seen = []
        session = TutorialSession(five, workspace)
        result = run_tutorial(session, ["ask", "load"], before_step=lambda step: seen.append(step.id))
        assert result.done == ["ask", "load"] == seen and result.failed == [] and result.left_out == {}
        assert list(result.captured) == ["ask", "load"] and not session.following
        assert session.progress.of("read").state == TO_DO, "it rests on nothing"

    def test_earlier_actions_are_done_unasked_and_not_told(self, five, workspace):
        result = run_tutorial(TutorialSession(five, workspace), ["last"])
        assert result.done == ["last"] and list(result.check_results) == ["last"]
        assert [item.name for item in workspace.items] == ["Torso"]

    def test_steps_whose_series_are_not_there_are_left_out(self, five, workspace):
        workspace.listed = ()
        session = TutorialSession(five, workspace)
        result = run_tutorial(session)
        assert (
            result.left_out == {"load": CheckResult(False, "not-in-these-data", {"missing": ["ct"]})}
            and session.progress.of("load").state == SKIPPED
        )
        assert result.done == ["read", "ask", "last"] and result.failed == ["case"]
        assert run_tutorial(TutorialSession(five, workspace), ["ask"]).left_out == {}
        with pytest.raises(KeyError):
            run_tutorial(TutorialSession(five, workspace), ["nowhere"])

    def test_without_making_data_none_is_made(self, five, workspace, monkeypatch):
        made = []
        monkeypatch.setattr(running, "MAKES_DATA", "load")
        session = TutorialSession(five, workspace)
        session._actions = {**session._actions, "load": lambda context, series: made.append(series)}
        assert run_tutorial(session, ["load"], make_data=False).failed == ["load"] and made == []
        run_tutorial(session, ["load"])
        assert made == [["ct"]]

    def test_what_is_done_is_not_done_again(self, five, workspace, monkeypatch):
        workspace.load_series(SERIES["ct"].series_instance_uid)
        session = TutorialSession(five, workspace)
        session._actions = {**session._actions, "load": lambda context, series: pytest.fail("done already")}
        assert run_tutorial(session, ["load"]).done == ["load"]

    def test_a_refusal_is_the_step_s_result(self, five, workspace, monkeypatch):
        session = TutorialSession(five, workspace)

        def refuse(context, series):
            raise WorkspaceError("load.no-offer")

        session._actions = {**session._actions, "load": refuse}
        assert run_tutorial(session, ["load"]).check_results == {"load": CheckResult(False, "load.no-offer")}
        assert TutorialRun().done == [] == TutorialRun().failed
