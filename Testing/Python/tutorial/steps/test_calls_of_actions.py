"""What each action asks of the workspace, call by call."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fake_workspace import PEAK_RAS, SERIES, STEADY_RAS, FakeWorkspace

from DICOMTutorialHelperLib.tutorial.steps import derived_steps, registered
from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS, StepContext
from DICOMTutorialHelperLib.workspace import interface as w

registered()


# What only asks is not noted.
ASKS = ("loaded", "slice_views", "patients", "playback", "value_at", "marked_points", "language", "files_of_series",
        "peak_enhancement_point_ras", "steady_enhancement_point_ras", "subscribe", "notify", "database_folder")  # fmt: skip


class Noting(FakeWorkspace):
    """Notes what is asked to be done, by what name and with which values."""

    def __init__(self):
        super().__init__()
        self.done, self.within = [], 0

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name.startswith("_") or not callable(found) or name in (*ASKS, "add_to_database", "load_series"):
            return found

        def noted(*values, **named):
            if not self.within:  # what one call asks of another is its own
                self.done.append((name, *values))
            self.within += 1
            try:
                return found(*values, **named)
            finally:
                self.within -= 1

        return noted


@pytest.fixture
def loaded():
    """A CT, a T2 and a sequence, whose nodes are told by ``node``."""
    made = Noting()
    made.add_to_database("ct", "t2", "bliss")
    made.node = {role: made.load_series(SERIES[role].series_instance_uid)[0].node_id for role in ("ct", "t2", "bliss")}
    made.done.clear()
    return made


def act(tutorial, workspace, name, notes=None, **arguments):
    context = StepContext(tutorial, tutorial.step("welcome"), workspace, {}, notes=notes or {})
    ACTIONS[name](context, **arguments)
    return workspace.done


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("open-module", {"module": "Volumes"}, [("set_active_module", "Volumes")]),
        ("show", {"series": "t2"}, [("show_volume", "t2")]),
        ("set-layout", {"layout": w.SIDE_BY_SIDE}, [("set_layout", w.SIDE_BY_SIDE)]),
        ("choose-layouts", {"layouts": [w.SIDE_BY_SIDE, w.FOUR_UP]}, [("set_layout", w.SIDE_BY_SIDE), ("set_layout", w.FOUR_UP)]),
        ("move-slices", {"view": "Yellow"}, [("set_slice_offset", "Yellow", 20.0), ("zoom_slice", "Yellow", 1.5)]),
        ("move-slices", {"view": "Blue"}, []),
        ("apply-presets", {"series": "ct", "presets": ["CT_LUNG", "CT_BONE"]},
         [("apply_window_level_preset", "ct", "CT_LUNG"), ("apply_window_level_preset", "ct", "CT_BONE")]),
        ("link-slices", {}, [("set_slices_linked", True)]),
        ("show-slices-in-3d", {}, [("set_slices_visible_in_3d", True), ("center_3d_view",)]),
        ("turn-3d", {}, [("rotate_3d_view", 35.0)]),
        ("render", {"series": "ct", "preset": "CT-Bone"},
         [("set_slices_visible_in_3d", False), ("show_volume_rendering", "ct", "CT-Bone"), ("center_3d_view",)]),
        ("hide-rendering", {"series": "ct"}, [("hide_volume_rendering", "ct")]),
        ("hide-rendering", {"series": "stir"}, []),
        ("compare", {"series": ["ct", "t2"]}, [("compare", ["ct", "t2"])]),
        ("compare", {"series": ["t2"], "at_most_enhancing_of": "bliss"}, [("compare", ["t2"]), ("jump_slices", PEAK_RAS)]),
    ],
)  # fmt: skip
def test_each_action_asks_for_this_and_no_more(tutorial, loaded, name, arguments, expected):
    def with_nodes(value):
        if isinstance(value, list):
            return [with_nodes(one) for one in value]
        return loaded.node.get(value, value) if isinstance(value, str) else value

    assert act(tutorial, loaded, name, **arguments) == [tuple(map(with_nodes, call)) for call in expected]


@pytest.mark.parametrize(("name", "more"), [("show", {}), ("apply-presets", {"presets": ["CT_BONE"]}), ("play", {})])
def test_what_is_not_loaded_is_named(tutorial, loaded, name, more):
    with pytest.raises(w.WorkspaceError) as told:
        act(tutorial, loaded, name, series="stir", **more)
    assert (told.value.reason, told.value.fields) == ("loaded.none", {"missing": ["stir"]})


def test_playing_stops_where_it_is_brightest(tutorial, loaded):
    node, brightness = loaded.node["bliss"], [1, 5, 9, 9, 3, 0, 0, 0, 0, 0]
    seen = []
    object.__setattr__(loaded, "value_at", lambda node_id, place: seen.append((node_id, place)) or brightness[len(seen) - 1])
    done = act(tutorial, loaded, "play", series="bliss")
    assert done == [("stop_sequence", node), *(("seek_sequence", node, frame) for frame in range(10)), ("seek_sequence", node, 2)]
    assert seen == [(node, PEAK_RAS)] * 10


POINTS = [(0.0, 0.0, 1.0), (0.0, 0.0, 2.0), (0.0, 0.0, 3.0)]


@pytest.mark.parametrize(
    ("placed", "before", "places", "marked", "plotted"),
    [
        (0, 0, 1, [PEAK_RAS], [PEAK_RAS]), (0, 0, 2, [PEAK_RAS, STEADY_RAS], [PEAK_RAS, STEADY_RAS]),
        (1, 0, 2, [STEADY_RAS], [POINTS[0], STEADY_RAS]), (1, 1, 1, [PEAK_RAS], [PEAK_RAS]),
        (3, 0, 2, [], POINTS[1:]), (3, 2, 1, [], POINTS[2:]), (2, 0, 1, [], POINTS[1:2]),
    ],
)  # fmt: skip
def test_curves_are_plotted_at_the_last_points_of_the_step(tutorial, loaded, placed, before, places, marked, plotted):
    node = loaded.node["bliss"]
    for number, position in enumerate(POINTS[:placed]):
        loaded.mark_point(f"P{number}", position)
    loaded.done.clear()
    done = act(tutorial, loaded, "plot-curve", {"points": before}, series="bliss", places=places)
    assert done[0] == ("stop_sequence", node)
    assert [call[2] for call in done if call[0] == "mark_point"] == marked
    assert [call[1:] for call in done if call[0] == "plot_time_curve"] == [(node, position) for position in plotted]
    assert done[-1] == ("jump_slices", plotted[0])
    names = [call[1] for call in done if call[0] == "mark_point"]
    assert len(set(names)) == len(names) and all(names)


@pytest.mark.parametrize(
    ("files", "segmentations", "expected"),
    [
        (["a"], (), ["load a"]), ([None, "b"], (), ["make", "load b"]), ([None, None], (), ["make"]), (["a"], ("one",), []),
    ],
)  # fmt: skip
def test_a_segmentation_is_loaded_once_and_made_where_there_is_none(
    tutorial, loaded, monkeypatch, files, segmentations, expected
):
    asked, waiting = [], [*files, files[-1]]
    monkeypatch.setattr(derived_steps, "_segmentation_of", lambda context, role: waiting.pop(0))
    monkeypatch.setattr(derived_steps, "make_derived_objects", lambda context, role: asked.append("make"))
    monkeypatch.setattr(loaded, "segmentations", lambda: segmentations)
    shown = SimpleNamespace(center_ras=(1.0, 2.0, 3.0))
    monkeypatch.setattr(loaded, "load_segmentation", lambda file, node: asked.append(f"load {file}") or shown)
    done = act(tutorial, loaded, "load-segmentation", series="bliss")
    assert asked == expected
    if "load" in " ".join(expected):
        assert done[-1] == ("jump_slices", (1.0, 2.0, 3.0)) and ("show_volume", loaded.node["bliss"]) in done
    else:
        assert [call for call in done if call[0] != "segmentations"] == []
