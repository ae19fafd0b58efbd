"""What the registry knows of functions of steps: their arguments, whether they send, whether what they check lasts."""

from __future__ import annotations

from fake_workspace import SERIES, FakeWorkspace

from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS, CHECKS, Argument, arguments_of


def test_arguments_are_those_of_the_signature():
    assert arguments_of(CHECKS["point-on"].evaluate) == (
        Argument("series", "series"), Argument("at_least", "number", required=False),
        Argument("at_most", "number", required=False),
    )  # fmt: skip
    assert arguments_of(ACTIONS["import-data"]) == (Argument("series", "series", many=True),)
    assert arguments_of(ACTIONS["plot-curve"])[1] == Argument("places", "whole", required=False)
    assert arguments_of(ACTIONS["open-module"]) == (Argument("module", "module"),)
    persistent = {name for name, one in CHECKS.items() if one.persistent}
    assert persistent == {"database-open", "in-database", "plugins-enabled", "loaded", "loaded-as-sequence"}


def test_whether_doing_sends_something_is_told(tutorial):
    from DICOMTutorialHelperLib.tutorial.session import TutorialSession

    session = TutorialSession(tutorial, FakeWorkspace())
    sending = []
    for step in tutorial.steps:
        session.jump(step.id)
        assert session.sends is any(call.name == "send-exported" for call in step.actions)
        sending += [step.id] if session.sends else []
    assert len(sending) == 1
    assert session.why_left_out(tutorial.step("welcome")) is None
    needing = next(step for step in tutorial.steps if step.needs)
    told = session.why_left_out(needing)
    assert (told.done, told.reason, told.fields) == (False, "not-in-these-data", {"missing": list(needing.needs)})
    served = next(step for step in tutorial.steps if step.needs_server)
    session.workspace.add_to_database(*[role for role in served.needs if role in SERIES])
    assert session.why_left_out(served).reason in ("no-server", "not-in-these-data")


def test_what_goes_on_being_so_is_told_from_what_was_done_once():
    """Checks of what may be lost again; the others ask what a learner did."""
    assert {name for name, one in CHECKS.items() if one.persistent} == {
        "database-open",
        "in-database",
        "loaded",
        "loaded-as-sequence",
        "plugins-enabled",
    }
