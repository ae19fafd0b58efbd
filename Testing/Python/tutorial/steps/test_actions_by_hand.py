"""What each action asks of the workspace, call by call; the table of a de-identified copy; markup that was left open."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fake_workspace import PEAK_RAS, SERIES, STEADY_RAS, FakeWorkspace
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.tutorial.authoring.texts import markup_problems
from DICOMTutorialHelperLib.tutorial.steps import derived_steps, registered
from DICOMTutorialHelperLib.tutorial.steps import privacy_steps as privacy
from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS, CHECKS, StepContext
from DICOMTutorialHelperLib.tutorial.steps.view_checks import _angle_degrees
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


class TestCopies:
    @pytest.fixture
    def context(self, tutorial, tmp_path, monkeypatch):
        files = write_series(tmp_path / "data" / "ct", axial_positions(3), PatientSex="F", StudyDescription="Check-up")
        monkeypatch.setattr(privacy, "files_of_role", lambda context, series: tuple(files))
        return StepContext(
            tutorial, tutorial.step("welcome"), FakeWorkspace(), {"data": tmp_path / "data"}, results_folder=tmp_path
        )

    def test_a_copy_is_made_once_checked_and_compared(self, context, tmp_path):
        folder = privacy._folder(context)
        assert privacy.copy_made(context) == privacy.CheckResult(False, "copy-made.not", {"folder": str(folder)})
        with pytest.raises(w.WorkspaceError) as told:
            privacy.copy(context, "ct")
        assert (told.value.reason, told.value.fields) == ("copy-made.not", {"folder": str(folder)})
        privacy.deidentify_copy(context, "ct")
        assert privacy.copy_made(context) == privacy.CheckResult(True, "copy-made.done", {"count": 3, "folder": str(folder)})
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.dcm")}
        privacy.deidentify_copy(context, "ct")
        assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*.dcm")}
        table = privacy.copy(context, "ct")
        rows = {row.cells[0]: (row.cells[2], row.marked) for row in table.rows}
        assert rows["(0010,0010)"] == ("Doe^Jane", True) and rows["(0008,0060)"] == ("CT", False)
        assert not {"(0028,0010)", "(0020,000D)", "(0008,0018)"} & set(rows), "neither images nor identifiers"
        assert all(row.cells[2] or row.cells[3] for row in table.rows)
        assert {row.cells[0]: row.cells[3] for row in table.rows}["(0008,0060)"] == "CT" and len(table.columns) == 4

    def test_the_original_of_a_copy_has_its_number(self, tmp_path):
        originals = tuple(write_series(tmp_path / "a", axial_positions(3)))
        copy = write_series(tmp_path / "b", axial_positions(1), first=1)[0]
        assert privacy._counterpart(originals, copy) == originals[1]
        assert privacy._counterpart(originals, write_series(tmp_path / "c", axial_positions(1), first=9)[0]) == originals[0]

    @pytest.mark.parametrize(
        ("error", "detail"),
        [(OSError(28, "No space left"), "No space left"), (OSError("odd"), "odd"), (HelperError("not-empty"), "a sentence")],
    )
    def test_what_hinders_is_told(self, context, monkeypatch, error, detail):
        from DICOMTutorialHelperLib.explore import deidentification

        def fail(*_values, **_named):
            raise error

        monkeypatch.setattr(deidentification, "deidentify", fail)
        monkeypatch.setattr(HelperError, "message", lambda self, language: "a sentence")
        with pytest.raises(w.WorkspaceError) as told:
            privacy.deidentify_copy(context, "ct")
        assert (told.value.reason, told.value.fields["folder"]) == ("copy-made.failed", str(privacy._folder(context)))
        assert detail in (told.value.detail, told.value.fields.get("detail"))


def left_open(sign, text):
    return ("open-markup", {"sign": sign, "text": text})


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("**a** *b* [[load]] [c](https://a.org) [d](term:x)", []),
        ("[c](x)", [("bad-link", {"name": "x"})]), ("[c](https://a.org/b?c=d) [d](http://a.org)", []),
        ("[c](ftp://a.org) [d](javascript:x)", [("bad-link", {"name": "ftp://a.org"}), ("bad-link", {"name": "javascript:x"})]),
        ("an **open one", [left_open("**", "an **open one")]),
        ("**a\n\nb**", [left_open("**", "**a"), left_open("**", "b**")]), ("**a\nb**", []),
        ("- **a\n- b**", [left_open("**", "- **a"), left_open("**", "- b**")]),
        ("a *b", [left_open("*", "a *b")]), ("a* b", [left_open("*", "a* b")]), ("2 * 3", []),
        ("[[Load]]", [("interface-letters", {"name": "Load"})]), ("[[load", [left_open("[[", "[[load")]),
        ("load]]", [left_open("]]", "load]]")]), ("x](y", [left_open("](", "x](y")]),
        ("123 567890123456789 1 **23456789012345678901 3", [left_open("**", "3 567890123456789 1 **23456789012345678901")]),
        ("a <b>c</b>", [("html-in-text", {"text": "<b>"})]), ("a <br/>", [("html-in-text", {"text": "<br/>"})]),
        ("1 < 2 > 0", []),
        ('<a href="x">', [("html-in-text", {"text": '<a href="x">'})]),
    ],
)  # fmt: skip
def test_markup_that_is_none_is_found(text, problems):
    assert list(markup_problems(text)) == problems


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


@pytest.mark.parametrize(
    ("first", "second", "degrees"),
    [
        ((1, 0, 0), (0, 2, 0), 90), ((1, 1, 0), (1, 0, 0), 45), ((1, 0, 0), (3, 0, 0), 0), ((1, 0, 0), (-1, 0, 0), 180),
        ((0, 0, 0), (1, 0, 0), 0), ((1, 0, 0), (0, 0, 0), 0), ((1, 2, 3), (1, 2, 3), 0),
    ],
)  # fmt: skip
def test_angles_between_directions(first, second, degrees):
    assert _angle_degrees(first, second) == pytest.approx(degrees, abs=1e-6)


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
