"""A whole run by a program, on a tutorial of five steps."""

from __future__ import annotations

import pytest
from fake_workspace import SERIES

from DICOMTutorialHelperLib.tutorial import run as running
from DICOMTutorialHelperLib.tutorial.progress import (
    SKIPPED,
    TO_DO,
)
from DICOMTutorialHelperLib.tutorial.run import TutorialRun, run_tutorial
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


class TestRun:
    def test_chosen_steps_are_done_with_what_they_rest_on(self, five, ct_there, monkeypatch):
        seen = []
        session = TutorialSession(five, ct_there)
        result = run_tutorial(session, ["ask", "load"], before_step=lambda step: seen.append(step.id))
        assert result.done == ["ask", "load"] == seen and result.failed == [] and result.left_out == {}
        assert list(result.captured) == ["ask", "load"] and not session.following
        assert session.progress.of("read").state == TO_DO, "it rests on nothing"

    def test_earlier_actions_are_done_unasked_and_not_told(self, five, ct_there):
        result = run_tutorial(TutorialSession(five, ct_there), ["last"])
        assert result.done == ["last"] and list(result.check_results) == ["last"]
        assert [item.name for item in ct_there.items] == ["Torso"]

    def test_steps_whose_series_are_not_there_are_left_out(self, five, ct_there):
        ct_there.listed = ()
        session = TutorialSession(five, ct_there)
        result = run_tutorial(session)
        assert (
            result.left_out == {"load": CheckResult(False, "not-in-these-data", {"missing": ["ct"]})}
            and session.progress.of("load").state == SKIPPED
        )
        assert result.done == ["read", "ask", "last"] and result.failed == ["case"]
        assert run_tutorial(TutorialSession(five, ct_there), ["ask"]).left_out == {}
        with pytest.raises(KeyError):
            run_tutorial(TutorialSession(five, ct_there), ["nowhere"])

    def test_without_making_data_none_is_made(self, five, ct_there, monkeypatch):
        made = []
        monkeypatch.setattr(running, "MAKES_DATA", "load")
        session = TutorialSession(five, ct_there)
        session._actions = {**session._actions, "load": lambda context, series: made.append(series)}
        assert run_tutorial(session, ["load"], make_data=False).failed == ["load"] and made == []
        run_tutorial(session, ["load"])
        assert made == [["ct"]]

    def test_what_is_done_is_not_done_again(self, five, ct_there, monkeypatch):
        ct_there.load_series(SERIES["ct"].series_instance_uid)
        session = TutorialSession(five, ct_there)
        session._actions = {**session._actions, "load": lambda context, series: pytest.fail("done already")}
        assert run_tutorial(session, ["load"]).done == ["load"]

    def test_a_refusal_is_the_step_s_result(self, five, ct_there, monkeypatch):
        session = TutorialSession(five, ct_there)

        def refuse(context, series):
            raise WorkspaceError("load.no-offer")

        session._actions = {**session._actions, "load": refuse}
        assert run_tutorial(session, ["load"]).check_results == {"load": CheckResult(False, "load.no-offer")}
        assert TutorialRun().done == [] == TutorialRun().failed
