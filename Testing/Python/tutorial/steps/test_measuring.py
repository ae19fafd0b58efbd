"""Points, distances and the saved scene: what counts as measured."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps import registered


@pytest.fixture
def context(session, workspace):
    workspace.load_series("1.1")
    return session.step_context(session.tutorial.step("move"))


def evaluated(name, context, **arguments):
    return registered()[0][name].evaluate(context, **arguments)


def test_a_point_counts_where_its_value_is_asked_for(context, workspace):
    workspace.values = {(1.0, 2.0, 3.0): -850.0, (4.0, 5.0, 6.0): 40.0}
    assert evaluated("point-on", context, series="ct", at_most=-700).reason == "point-on.none"
    workspace.mark_point("liver", (4.0, 5.0, 6.0))
    found = evaluated("point-on", context, series="ct", at_most=-700)
    assert (found.done, found.fields["value"]) == (False, 40)
    workspace.mark_point("lung", (1.0, 2.0, 3.0))
    found = evaluated("point-on", context, series="ct", at_most=-700)
    assert (found.done, found.fields["value"]) == (True, -850)


def test_a_point_outside_of_the_image_is_none(context, workspace):
    workspace.mark_point("far", (5000.0, 0.0, 0.0))
    assert evaluated("point-on", context, series="ct", at_most=0).reason == "point-on.none"


def test_a_slip_of_the_mouse_is_no_distance(context, workspace):
    workspace.mark_line("slip", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    assert not evaluated("distance-measured", context).done
    workspace.mark_line("width", (0.0, 0.0, 0.0), (30.0, 40.0, 0.0))
    found = evaluated("distance-measured", context)
    assert (found.done, found.fields["length"]) == (True, 50.0)


def test_a_scene_saved_before_the_step_is_not_saved_in_it(context, workspace, tmp_path):
    workspace.save_scene(tmp_path / "before")
    assert not evaluated("scene-saved", context).done
    workspace.save_scene(tmp_path / "now")
    assert evaluated("scene-saved", context).done


def test_what_steps_write_goes_beside_the_data_or_where_the_run_says(tutorial, workspace, tmp_path):
    for given, expected in ((None, tmp_path / "mine-scene"), (tmp_path / "out", tmp_path / "out" / "SlicerData-scene")):
        session = TutorialSession(tutorial, workspace, results_folder=given)
        session.set_folder("mine", tmp_path / "mine")
        session.jump("save")
        session.do_it()
        assert workspace.saved_scene().parent == expected
