"""A learner's way through the tutorial: what makes a step done, and what undone."""

from __future__ import annotations

from datetime import datetime

import pytest
from fake_workspace import BLISS_FRAMES, SEQUENCE_PLUGIN, SERIES, VOLUME_PLUGIN, FakeWorkspace

from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.progress import DONE, HELPER, LEARNER, SKIPPED, TO_DO, MemoryStore
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.workspace.interface import (
    DATABASE_CHANGED,
    GREEN,
    SCENE_CHANGED,
    VIEWS_CHANGED,
    MarkedPoint,
    WorkspaceError,
)


def state(session, step_id):
    return session.status(step_id).state


def reason(session, step_id, language="en"):
    check_result = session.status(step_id).check_result
    return message(check_result.reason, language, **check_result.fields)


def invalidated(session):
    return [step.id for step in session.tutorial.steps if session.status(step.id).invalidated]


def do(session, *step_ids):
    for step_id in step_ids:
        session.jump(step_id)
        session.do_it()


class TestMovingAbout:
    def test_it_begins_at_the_first_step(self, session):
        assert session.current.id == "welcome"
        assert session.status("welcome").current

    def test_next_and_back_stop_at_the_ends(self, session, tutorial):
        assert not session.back()
        for _ in tutorial.steps[1:]:
            assert session.next()
        assert session.current.id == "share-fair"
        assert not session.next()

    def test_going_on_does_not_make_a_step_done(self, session):
        session.next()
        assert state(session, "welcome") == TO_DO

    def test_a_skipped_step_can_still_be_done(self, session):
        session.skip()
        assert state(session, "welcome") == SKIPPED
        session.jump("welcome")
        session.acknowledge()
        assert state(session, "welcome") == DONE

    def test_an_unknown_step_is_an_error(self, session):
        with pytest.raises(KeyError):
            session.jump("nowhere")

    def test_restarting_forgets_steps_but_not_the_learner(self, session, tmp_path):
        session.set_learner("  Ana ")
        session.set_folder("SlicerData", tmp_path)
        session.acknowledge()
        session.restart()
        assert state(session, "welcome") == TO_DO
        assert session.progress.learner == "Ana"
        assert session.progress.folders == {"SlicerData": str(tmp_path)}


class TestQuestions:
    def test_the_right_answer_makes_the_step_done(self, session):
        session.jump("fair")
        session.answer(session.current.right_choice)
        assert state(session, "fair") == DONE

    def test_a_wrong_answer_says_so_and_may_be_tried_again(self, session):
        session.jump("fair")
        assert reason(session, "fair") == "Choose an answer to the question."
        session.answer(0)
        assert reason(session, "fair") == "Not quite. Read the explanation, and try again."
        session.answer(2)
        assert state(session, "fair") == DONE
        assert session.progress.of("fair").choices == [0, 2]

    @pytest.fixture
    def left_open(self, session):
        """The CT was imported, and nothing answered."""
        do(session, "import-ct")
        return session.tutorial.step("import-ct")

    def test_doing_makes_a_step_done_and_leaves_its_question_open(self, session, left_open):
        assert state(session, "import-ct") == DONE
        assert session.question_open(left_open)
        assert [step for step in session.tutorial.steps if session.question_open(step)] == [left_open]

    def test_no_question_is_open_where_nothing_was_done_or_something_answered(self, session, left_open):
        session.answer(left_open.right_choice + 1)
        assert not session.question_open(left_open), "a wrong answer is an answer"
        assert not session.question_open(session.tutorial.step("fair")), "to do"
        assert not session.question_open(session.tutorial.step("dicom-module")), "without a question"

    def test_a_question_stays_open_when_what_was_done_is_lost(self, session, workspace, left_open):
        session.jump("fair")
        workspace.remove_series(SERIES["ct"].series_instance_uid)
        assert session.status("import-ct").invalidated and session.question_open(left_open)

    def test_what_was_left_open_comes_back_at_the_end_and_is_explained_once_right(self, session, left_open):
        session.jump("conclusion")
        session.acknowledge()
        assert reason(session, "conclusion").endswith("1 question you missed or left open comes back: answer it here.")
        assert session.asked is left_open and session.settled is None
        session.answer(left_open.right_choice + 1)
        assert session.asked is left_open and session.settled is None and session.question_open(left_open)
        session.answer(left_open.right_choice)
        assert session.settled is left_open and not session.question_open(left_open)
        assert state(session, "conclusion") == DONE
        assert session.progress.of("import-ct").choices == [], "never right the first time"
        session.back()
        assert session.settled is None


class TestDoneByTheLearner:
    def test_loading_is_noticed_without_a_click_in_the_guide(self, session, workspace):
        session.jump("load-ct")
        assert reason(session, "load-ct").startswith("Not loaded, or no longer loaded: the CT.")
        workspace.load_series("1.1")
        assert state(session, "load-ct") == DONE
        assert session.progress.of("load-ct").done_by == LEARNER

    def test_the_reason_counts_what_is_there(self, session, workspace):
        session.jump("load-mri")
        workspace.load_series("2.1")
        workspace.load_series("2.2")
        assert reason(session, "load-mri") == "Loaded: T2 and STIR. Not yet: BLISS."
        assert reason(session, "load-mri", "fr") == "Chargé\u00a0: T2 et STIR. Pas encore\u00a0: BLISS."

    def test_presets_are_noted_one_after_the_other(self, session, workspace):
        workspace.load_series("1.1")
        session.jump("window-level")
        workspace.apply_window_level_preset("node1", "CT_LUNG")
        assert reason(session, "window-level") == "Preset still to try: CT-Abdomen."
        workspace.apply_window_level_preset("node1", "CT_ABDOMEN")
        assert state(session, "window-level") == DONE
        workspace.set_window_level("node1", 2000, 0)
        assert state(session, "window-level") == DONE  # it was seen; looking on is no fault

    def test_a_view_must_be_both_scrolled_and_zoomed(self, session, workspace):
        workspace.load_series("1.1")
        session.jump("move")
        workspace.set_slice_offset("Red", 2.0)
        assert reason(session, "move") == "Scroll through a slice view by at least 5\u00a0mm."
        workspace.set_slice_offset("Red", 12.0)
        assert reason(session, "move") == "You have scrolled. Now zoom in a slice view."
        workspace.zoom_slice(GREEN, 1.5)
        assert state(session, "move") == DONE

    def test_three_moments_of_a_sequence_must_be_seen(self, session, workspace):
        workspace.load_series("2.3")
        session.jump("play")
        workspace.seek_sequence("node1", 1)
        assert state(session, "play") == TO_DO
        workspace.seek_sequence("node1", 2)
        assert state(session, "play") == DONE

    @pytest.mark.parametrize(
        ("preset", "said"), [("", "The volume appears in 3D."), ("CT-Bone", "The volume appears in 3D (preset CT-Bone).")]
    )
    def test_rendering_is_noticed_with_a_preset_and_without(self, session, workspace, preset, said):
        workspace.load_series("1.1")
        session.jump("rendering")
        workspace.show_volume_rendering("node1", preset)
        assert reason(session, "rendering") == said

    def test_the_missing_database_is_named(self, tutorial):
        workspace = FakeWorkspace()
        session = TutorialSession(tutorial, workspace)
        session.start()
        session.jump("dicom-module")
        assert reason(session, "dicom-module") == "Open the DICOM module."
        workspace.set_active_module("DICOM")
        assert "no DICOM database yet" in reason(session, "dicom-module")
        workspace.create_database()
        assert state(session, "dicom-module") == DONE


class TestUndone:
    """What a step rests on falls away."""

    def test_deleting_a_volume_undoes_what_rests_on_it_and_nothing_else(self, session, workspace):
        do(session, "import-ct", "load-ct", "window-level", "link-3d", "load-mri", "compare")
        workspace.unload(next(item.node_id for item in workspace.items if item.modality == "CT"))
        lost = invalidated(session)
        assert lost == ["load-ct", "window-level", "link-3d"]
        assert state(session, "import-ct") == state(session, "load-mri") == state(session, "compare") == DONE
        assert "the CT" in reason(session, "window-level")
        assert "le scanner" in reason(session, "window-level", "fr")

    def test_loading_it_again_makes_them_done_again(self, session, workspace):
        do(session, "load-ct", "window-level")
        session.jump("fair")
        workspace.close_scene()
        assert state(session, "window-level") == TO_DO
        workspace.load_series("1.1")
        assert state(session, "load-ct") == state(session, "window-level") == DONE

    def test_closing_the_scene_undoes_all_loading_but_no_import_and_no_answer(self, session, workspace):
        session.jump("fair")
        session.answer(2)
        do(session, "import-ct", "load-ct", "import-mri", "load-mri", "compare", "play", "curve")
        workspace.close_scene()
        assert invalidated(session) == ["load-ct", "load-mri", "compare", "play", "curve"]
        for step_id in ("fair", "import-ct", "import-mri"):
            assert state(session, step_id) == DONE

    def test_removing_a_series_from_the_database_undoes_its_import(self, session, workspace):
        do(session, "import-ct", "import-mri")
        session.jump("fair")
        workspace.remove_series(SERIES["stir"].series_instance_uid)
        assert state(session, "import-ct") == DONE
        assert reason(session, "import-mri") == "In the database: T2 and BLISS. Still missing: STIR."

    def test_the_wrong_plugin_is_told_apart_from_nothing_loaded(self, session, workspace):
        session.jump("load-mri")
        workspace.load_series("2.1")
        workspace.load_series("2.2")
        workspace.load_series("2.3", plugin=VOLUME_PLUGIN)
        assert state(session, "load-mri") == TO_DO
        assert "single volume" in reason(session, "load-mri")
        session.do_it()
        assert state(session, "load-mri") == DONE
        assert [item.frames for item in workspace.items] == [1, 1, BLISS_FRAMES]

    def test_the_wrong_series_is_named(self, session, workspace):
        session.jump("load-ct")
        workspace.load_series("2.1")
        assert reason(session, "load-ct").startswith("Something else is loaded (T2W_TSE SENSE), but this is missing: the CT.")

    def test_disabling_the_sequence_plugin_undoes_the_plugin_step(self, session, workspace):
        session.jump("plugins")
        session.answer(0)
        assert state(session, "plugins") == DONE
        workspace.set_plugin_enabled(SEQUENCE_PLUGIN, False)
        assert reason(session, "plugins") == "No plugin for sequences is enabled. Tick DICOMTutorialSequencePlugin."

    def test_lost_steps_can_be_done_again_at_once(self, session, workspace):
        do(session, "load-ct", "load-mri", "compare")
        session.jump("play")
        workspace.close_scene()
        session.redo_invalidated()
        assert session.current.id == "play"
        assert invalidated(session) == []


class TestDoItForMe:
    def test_every_action_makes_its_step_done(self, session, tutorial):
        for step in tutorial.steps:
            # these need files, or a server
            if not step.actions or step.optional or step.id in ("get-data", "deidentify", "value", "distance"):
                continue
            session.jump(step.id)
            if step.right_choice is not None:
                session.answer(step.right_choice)
            session.do_it()
            assert state(session, step.id) == DONE, (step.id, reason(session, step.id))

    def test_it_is_noted_who_did_it(self, session):
        do(session, "load-ct")
        assert session.progress.of("load-ct").done_by == HELPER

    def test_an_answer_given_after_the_guide_acted_is_not_done_alone(self, session):
        do(session, "import-mri")
        session.jump("plugins")
        session.do_it()
        session.answer(session.current.right_choice)
        assert session.progress.of("plugins").done_by == HELPER

    def test_what_cannot_be_done_raises_with_a_reason(self, tutorial):
        session = TutorialSession(tutorial, FakeWorkspace())
        session.jump("load-ct")
        with pytest.raises(WorkspaceError) as raised:
            session.do_it()
        assert "Not in the DICOM database: the CT." in message(raised.value.reason, "en", **raised.value.fields)
        assert state(session, "load-ct") == TO_DO

    @pytest.mark.parametrize(("kind", "follow"), [(VIEWS_CHANGED, 1), (SCENE_CHANGED, 1), (DATABASE_CHANGED, 0)])
    def test_marks_follow_the_images_while_the_guide_follows_the_learner(self, session, workspace, kind, follow):
        session.stop()
        workspace.notify(kind)
        assert workspace.followed == 0, "nobody is guided"
        session.start()
        workspace.notify(kind)
        assert workspace.followed == follow
        session.stop()
        workspace.notify(kind)
        assert workspace.followed == follow

    def test_the_curve_is_taken_at_the_point_the_learner_marked(self, session, workspace):
        workspace.points = [MarkedPoint("of another step", (0, 0, 0))]
        do(session, "load-mri")
        session.jump("curve")
        workspace.mark_point("lesion", (10.0, 20.0, 30.0))
        do(session, "curve")
        assert workspace.curves[0].center_ras == (10.0, 20.0, 30.0)


class TestKeeping:
    def test_progress_lasts_between_starts(self, tutorial, workspace, tmp_path):
        workspace.add_to_database("ct")
        kept = MemoryStore()
        first = TutorialSession(tutorial, workspace, kept, now=lambda: datetime(2026, 1, 2, 3, 4, 5))
        first.start()
        first.acknowledge()
        do(first, "load-ct")
        first.stop()
        again = TutorialSession(tutorial, workspace, kept)
        assert again.current.id == "load-ct"
        assert state(again, "welcome") == DONE
        assert again.progress.of("welcome").done_at == "2026-01-02T03:04:05"
        assert reason(again, "load-ct") == reason(first, "load-ct")

    def test_an_empty_scene_at_the_next_start_is_noticed(self, tutorial, workspace, store):
        workspace.add_to_database("ct")
        first = TutorialSession(tutorial, workspace, store)
        do(first, "load-ct")
        first.jump("fair")
        other = FakeWorkspace()
        other.add_to_database("ct")
        again = TutorialSession(tutorial, other, store)
        again.start()
        assert again.status("load-ct").invalidated

    @pytest.mark.parametrize("kept", ["", "not json", "[]", '{"tutorial_id": "other", "steps": {}}', '{"tutorial_id": "x"}'])
    def test_a_damaged_bookmark_is_a_fresh_start(self, tutorial, workspace, store, kept):
        store.save(tutorial.id, kept)
        assert TutorialSession(tutorial, workspace, store).current.id == "welcome"

    def test_nothing_is_observed_after_stopping(self, session, workspace):
        session.stop()
        assert workspace.listeners == []

    def test_time_is_counted_until_a_step_is_done(self, tutorial, workspace):
        clock = iter(range(0, 1000, 10))
        session = TutorialSession(tutorial, workspace, stopwatch=lambda: float(next(clock)))
        session.acknowledge()
        spent = session.progress.of("welcome").seconds
        session.next()
        assert spent > 0
        assert session.progress.of("welcome").seconds == spent
