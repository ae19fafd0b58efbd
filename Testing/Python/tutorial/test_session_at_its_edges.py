"""The session at its edges, on a tutorial of five steps: times, hints, tries, what is told to whom and what is saved."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fake_workspace import SERIES, Watch

from DICOMTutorialHelperLib.tutorial import session as engine
from DICOMTutorialHelperLib.tutorial.content import FIRST_TRAP, RIGHT, WRONG
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
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.step_checks import StepChecks
from DICOMTutorialHelperLib.tutorial.steps import registered
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, RegisteredCheck
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


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

    def test_a_start_that_is_known_stays(self, five, ct_there):
        store = MemoryStore()
        store.save("five", TutorialProgress("five", current="nowhere", started_at="then").to_json())
        session = TutorialSession(five, ct_there, store)
        assert (session.progress.started_at, session.current.id) == ("then", "read")

    def test_redoing_what_was_lost_takes_no_time_of_the_learner_s(self, learner, ct_there):
        learner.jump("load")
        learner.do_it()
        learner.jump("last")
        ct_there.items.clear()
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

    def test_it_follows_the_workspace_while_it_is_started(self, learner, ct_there):
        assert not learner.following
        learner.start(), learner.start()
        assert learner.following and len(ct_there.listeners) == 1
        learner.jump("load")
        ct_there.load_series(SERIES["ct"].series_instance_uid)
        assert learner.progress.of("load").state == DONE
        learner.stop(), learner.stop()
        assert not learner.following and ct_there.listeners == []

    def test_a_check_that_changes_what_it_looks_at_starts_nothing_over(self, learner, ct_there, monkeypatch):
        looks = []

        def result_of(step, reached):
            looks.append(step.id)
            assert learner.refresh() == []
            return CheckResult(False, "x")

        monkeypatch.setattr(learner._checks, "result_of", result_of)
        assert learner.refresh() == [] and looks == ["read"]
        monkeypatch.undo()
        assert learner.acknowledge() == ["read"], "the next look looks again"

    def test_what_changed_is_answered(self, learner, ct_there):
        learner.jump("load")
        assert learner.do_it() == ["load"] and learner.do_it() == []
        ct_there.items.clear()
        assert learner.refresh() == ["load"] and learner.refresh() == []
        (item,) = ct_there.load_series(SERIES["ct"].series_instance_uid)
        assert learner.progress.of("load").state == DONE or learner.refresh() == ["load"]
        assert item.node_id


class TestWhoDidIt:
    def test_alone_shown_or_helped(self, learner, ct_there):
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

    def test_after_an_action_that_failed_the_learner_is_alone_again(self, learner, ct_there):
        ct_there.listed = ()
        learner.jump("load")
        with pytest.raises(WorkspaceError):
            learner.do_it()
        assert not learner._acting and ct_there.listeners == []
        learner.progress.of("load").helped = False
        ct_there.add_to_database("ct")
        ct_there.load_series(SERIES["ct"].series_instance_uid)
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

    def test_a_step_rests_on_its_preconditions_too(self, learner, ct_there):
        ct_there.load_series(SERIES["ct"].series_instance_uid)
        learner.jump("last")
        assert learner.progress.of("last").state == DONE
        ct_there.items.clear()
        assert learner.refresh() == ["last"]
        assert learner.status("last").invalidated and learner.status("last").check_result.reason == "missed-answered.done"
        learner.jump("read")
        assert learner.status("last").check_result == CheckResult(False, "loaded.none", {"missing": ["ct"]})
        learner.jump("last")
        learner.skip()
        assert learner.progress.of("last").state == SKIPPED and learner.progress.of("last").invalidated is None

    def test_a_check_the_workspace_refuses_is_not_done(self, learner):
        def refuse(step_context):
            raise WorkspaceError("no-such-node", name="x")

        checks = {**registered()[0], "acknowledged": RegisteredCheck(refuse, False)}
        learner._checks = StepChecks(checks, learner.step_context)
        assert learner.status("read").check_result == CheckResult(False, "no-such-node", {"name": "x"})

    def test_a_table_is_that_of_the_current_step(self, learner, ct_there):
        assert learner.data_table() is None
        learner.jump("load")
        with pytest.raises(WorkspaceError, match="nothing-loaded"):
            learner.data_table()
        learner.do_it()
        assert learner.data_table().rows[0].cells[0] == "Torso"


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

    def test_restarting_begins_a_new_time(self, five, ct_there):
        moments = iter(datetime(2026, 1, 1) + timedelta(hours=number) for number in range(9))
        watch = Watch()
        session = TutorialSession(five, ct_there, now=lambda: next(moments), stopwatch=watch)
        session.jump("ask")
        watch.now = 9.0
        session.restart()
        assert (session.current.id, session.progress.started_at) == ("read", "2026-01-01T01:00:00")
        assert seconds(session, "ask") == 0.0
        watch.now = 10.0
        session.jump("ask")
        assert seconds(session, "read") == 1.0
