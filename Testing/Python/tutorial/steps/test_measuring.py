"""Points, distances and the saved scene: what counts as measured, on images of a few voxels."""

from __future__ import annotations

from pathlib import Path

import pytest
from asked_of_steps import refused, told
from fake_workspace import SERIES

from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps import registered
from DICOMTutorialHelperLib.tutorial.steps.data_actions import results_folder
from DICOMTutorialHelperLib.tutorial.steps.measuring import _center, _search
from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS, StepContext
from DICOMTutorialHelperLib.workspace import interface as w


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


CT = SERIES["ct"].series_instance_uid


class TestPoints:
    @pytest.mark.parametrize(
        ("value", "bounds", "done"),
        [
            (5.0, {"at_least": 5}, True), (4.9, {"at_least": 5}, False), (5.0, {"at_most": 5}, True),
            (5.1, {"at_most": 5}, False),
            (5.0, {"at_least": 4, "at_most": 6}, True), (7.0, {"at_least": 4, "at_most": 6}, False),
            (3.0, {"at_least": 4, "at_most": 6}, False),
            (1e9, {}, True),
        ],
    )  # fmt: skip
    def test_bounds_belong_to_the_range(self, at_body, body, monkeypatch, value, bounds, done):
        body.load_series(CT)
        monkeypatch.setattr(body, "value_at", lambda node_id, place: value)
        body.mark_point("P", (0, 0, 0))
        found = told(at_body, "point-on", series="ct", **bounds)
        assert found == (done, "point-on.done" if done else "point-on.other", {"value": round(value)})

    def test_the_last_fitting_point_is_told_and_those_outside_are_none(self, at_body, body):
        assert told(at_body, "point-on", series="ct") == (False, "loaded.none", {"missing": ["ct"]})
        body.load_series(CT)
        assert told(at_body, "point-on", series="ct") == (False, "point-on.none", {"series": "ct"})
        body.mark_point("outside", (900, 0, 0))
        assert told(at_body, "point-on", series="ct") == (False, "point-on.none", {"series": "ct"})
        (
            body.mark_point("air", (200, 0, 0)),
            body.mark_point("body", (0, 0, 0)),
            body.mark_point("air", (0, 200, 0)),
        )
        assert told(at_body, "point-on", series="ct", at_least=0) == (True, "point-on.done", {"value": 100})
        assert told(at_body, "point-on", series="ct", at_least=500) == (False, "point-on.other", {"value": -1000})

    def test_a_place_is_found_nearest_to_the_middle_of_what_is_shown(self, at_body, body):
        body.load_series(CT)
        ACTIONS["place-point"](at_body, series="ct", name="lung", at_most=-800, at_least=-900)
        (point,) = body.marked_points()
        assert (point.name, point.position_ras) == ("lung", (60.0, 0.0, 40))
        assert [body.views[name].offset_mm for name in (w.RED, w.YELLOW, w.GREEN)] == [40, -60.0, 0.0]
        body.points.clear()
        body.change_view(w.RED, offset_mm=20.0)
        ACTIONS["place-point"](at_body, series="ct", name="body", at_least=0)
        assert body.marked_points()[0].position_ras == (0.0, 0.0, 20.0)
        assert refused(lambda: ACTIONS["place-point"](at_body, series="ct", name="x", at_least=5000)) == (
            "place-point.nowhere",
            {"series": "ct"},
        )
        assert refused(lambda: ACTIONS["place-point"](at_body, series="t2", name="x")) == ("loaded.none", {"missing": ["t2"]})

    def test_places_are_tried_in_the_shown_slice_first_and_near_before_far(self, at_body, body):
        body.change_view(w.RED, offset_mm=7.0), body.change_view(w.GREEN, offset_mm=3.0)
        assert _center(at_body) == (0.0, 3.0, 7.0)
        places = list(_search(at_body))
        assert len(places) == 21**3 and places[0] == (0.0, 3.0, 7.0)
        assert {place[2] for place in places[: 21 * 21]} == {7.0}
        assert {abs(place[0]) + abs(place[1] - 3) for place in places[1:5]} == {20.0}
        assert max(place[0] for place in places) == 200 and min(place[2] for place in places) == -193
        body.set_layout(w.ONE_UP_3D)
        assert _center(at_body) == (0.0, 0.0, 0.0)

    @pytest.mark.parametrize(("length", "done"), [(4.99, False), (5.0, True)])
    def test_a_line_of_five_millimetres_is_a_distance(self, at_body, body, length, done):
        body.mark_line("L", (0, 0, 0), (length, 0, 0))
        assert told(at_body, "distance-measured")[0] is done

    def test_the_last_length_is_told_and_any_may_be_long(self, at_body, body):
        assert told(at_body, "distance-measured") == (False, "distance-measured.none", {})
        body.mark_line("L", (0, 0, 0), (10, 0, 0)), body.mark_line("M", (0, 0, 0), (1.26, 0, 0))
        assert told(at_body, "distance-measured") == (True, "distance-measured.done", {"length": 1.3})

    def test_the_body_is_measured_from_skin_to_skin(self, at_body, body):
        body.load_series(CT)
        body.change_view(w.GREEN, offset_mm=0.0)
        body.change_view(w.RED, offset_mm=-100.0)
        ACTIONS["measure-width"](at_body, series="ct", name="width")
        (line,) = body.marked_lines()
        assert (line.name, line.start_ras, line.end_ras) == ("width", (-60, 0.0, -100.0), (60, 0.0, -100.0))
        body.change_view(w.GREEN, offset_mm=100.0)
        assert refused(lambda: ACTIONS["measure-width"](at_body, series="ct", name="x")) == (
            "place-point.nowhere",
            {"series": "ct"},
        )

    def test_the_saved_scene_is_one_saved_since(self, at_body, body, tmp_path):
        assert told(at_body, "scene-saved") == (False, "scene-saved.not", {})
        body.save_scene(tmp_path)
        assert told(at_body, "scene-saved") == (True, "scene-saved.done", {"file": body.saved_scene().name})
        at_body.notes.clear()
        assert told(at_body, "scene-saved") == (False, "scene-saved.not", {})

    def test_it_is_saved_beside_the_data(self, at_body, body, tmp_path):
        at_body.folders = {"other": tmp_path / "other", "SlicerData": tmp_path / "data"}
        assert results_folder(at_body, "x") == tmp_path / "data-x"
        at_body.folders.pop("SlicerData")
        assert results_folder(at_body, "x") == tmp_path / "other-x"
        at_body.folders.clear()
        assert results_folder(at_body, "x") == Path.home() / "SlicerData-x"
        at_body.results_folder = tmp_path / "out"
        assert results_folder(at_body, "x") == tmp_path / "out" / "SlicerData-x"


@pytest.mark.parametrize(("reach", "placed"), [(8, True), (7.9, False)])
def test_a_point_is_placed_where_all_within_8_mm_fits(tutorial, body, monkeypatch, reach, placed):
    """A dark square around the only place that is looked at: its corners are asked too."""
    body.load_series(CT)
    monkeypatch.setattr("DICOMTutorialHelperLib.tutorial.steps.measuring._search", lambda at_body: [(5.0, 6.0, 7.0)])
    monkeypatch.setattr(body, "value_at", lambda node, at: 0.0 if max(abs(at[0] - 5), abs(at[1] - 6)) <= reach else 99.0)
    at_body = StepContext(tutorial, tutorial.step("welcome"), body, {})
    if placed:
        ACTIONS["place-point"](at_body, series="ct", name="dark", at_most=50)
        assert [point.position_ras for point in body.marked_points()] == [(5.0, 6.0, 7.0)]
    else:
        with pytest.raises(w.WorkspaceError, match="nowhere"):
            ACTIONS["place-point"](at_body, series="ct", name="dark", at_most=50)


@pytest.mark.parametrize(("language", "names"), [("en", ("lung", "width")), ("fr", ("poumon", "largeur"))])
def test_what_the_guide_marks_is_named_in_the_language_and_knows_its_image(context, workspace, language, names):
    workspace.current_language = language
    place_point, measure_width = (registered()[1][name] for name in ("place-point", "measure-width"))
    place_point(context, series="ct", name="lung", at_least=-1, at_most=1)
    measure_width(context, series="ct", name="width")
    place_point(context, series="ct", name="mine", at_least=-1, at_most=1)
    assert workspace.marked_on == [(names[0], "1"), (names[1], "1"), ("mine", "1")]
