"""Measuring, typed answers and checks of a learner's own data, at each of their bounds, on images of a few voxels."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_workspace import SERIES, FakeWorkspace
from synthetic_series import MR, axial_positions, write_series

from DICOMTutorialHelperLib.tutorial.steps import registered, registered_answers
from DICOMTutorialHelperLib.tutorial.steps.data_actions import results_folder
from DICOMTutorialHelperLib.tutorial.steps.data_answers import a_number, number_typed
from DICOMTutorialHelperLib.tutorial.steps.measuring import _center, _search
from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS, CHECKS, Argument, StepContext, arguments_of
from DICOMTutorialHelperLib.workspace import interface as w

registered()
CT = SERIES["ct"].series_instance_uid


class Body(FakeWorkspace):
    """A cylinder of 100 HU, 120 mm wide, in air; a ball of -850 HU around R 60, with 20 mm radius; images end at 300 mm."""

    def value_at(self, node_id, position_ras):
        r, a, s = position_ras
        if max(abs(r), abs(a), abs(s)) > 300:
            raise w.WorkspaceError("point-outside", name="x")
        if (r - 60) ** 2 + a**2 + (s - 40) ** 2 <= 400:
            return -850.0
        return 100.0 if r**2 + a**2 <= 60**2 else -1000.0


@pytest.fixture
def workspace():
    made = Body()
    made.add_to_database("ct", "t2", "stir", "bliss")
    return made


@pytest.fixture
def context(tutorial, workspace):
    return StepContext(tutorial, tutorial.steps[0], workspace)


def told(context, name, **arguments):
    result = CHECKS[name].evaluate(context, **arguments)
    return result.done, result.reason, dict(result.fields)


def asked(context, name, **arguments):
    return registered_answers()[name](context, **arguments)


def refused(call):
    with pytest.raises(w.WorkspaceError) as error:
        call()
    return error.value.reason, error.value.fields


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
    def test_bounds_belong_to_the_range(self, context, workspace, monkeypatch, value, bounds, done):
        workspace.load_series(CT)
        monkeypatch.setattr(workspace, "value_at", lambda node_id, place: value)
        workspace.mark_point("P", (0, 0, 0))
        found = told(context, "point-on", series="ct", **bounds)
        assert found == (done, "point-on.done" if done else "point-on.other", {"value": round(value)})

    def test_the_last_fitting_point_is_told_and_those_outside_are_none(self, context, workspace):
        assert told(context, "point-on", series="ct") == (False, "loaded.none", {"missing": ["ct"]})
        workspace.load_series(CT)
        assert told(context, "point-on", series="ct") == (False, "point-on.none", {"series": "ct"})
        workspace.mark_point("outside", (900, 0, 0))
        assert told(context, "point-on", series="ct") == (False, "point-on.none", {"series": "ct"})
        (
            workspace.mark_point("air", (200, 0, 0)),
            workspace.mark_point("body", (0, 0, 0)),
            workspace.mark_point("air", (0, 200, 0)),
        )
        assert told(context, "point-on", series="ct", at_least=0) == (True, "point-on.done", {"value": 100})
        assert told(context, "point-on", series="ct", at_least=500) == (False, "point-on.other", {"value": -1000})

    def test_a_place_is_found_nearest_to_the_middle_of_what_is_shown(self, context, workspace):
        workspace.load_series(CT)
        ACTIONS["place-point"](context, series="ct", name="lung", at_most=-800, at_least=-900)
        (point,) = workspace.marked_points()
        assert (point.name, point.position_ras) == ("lung", (60.0, 0.0, 40))
        assert [workspace.views[name].offset_mm for name in (w.RED, w.YELLOW, w.GREEN)] == [40, -60.0, 0.0]
        workspace.points.clear()
        workspace.change_view(w.RED, offset_mm=20.0)
        ACTIONS["place-point"](context, series="ct", name="body", at_least=0)
        assert workspace.marked_points()[0].position_ras == (0.0, 0.0, 20.0)
        assert refused(lambda: ACTIONS["place-point"](context, series="ct", name="x", at_least=5000)) == (
            "place-point.nowhere",
            {"series": "ct"},
        )
        assert refused(lambda: ACTIONS["place-point"](context, series="t2", name="x")) == ("loaded.none", {"missing": ["t2"]})

    def test_places_are_tried_in_the_shown_slice_first_and_near_before_far(self, context, workspace):
        workspace.change_view(w.RED, offset_mm=7.0), workspace.change_view(w.GREEN, offset_mm=3.0)
        assert _center(context) == (0.0, 3.0, 7.0)
        places = list(_search(context))
        assert len(places) == 21**3 and places[0] == (0.0, 3.0, 7.0)
        assert {place[2] for place in places[: 21 * 21]} == {7.0}
        assert {abs(place[0]) + abs(place[1] - 3) for place in places[1:5]} == {20.0}
        assert max(place[0] for place in places) == 200 and min(place[2] for place in places) == -193
        workspace.set_layout(w.ONE_UP_3D)
        assert _center(context) == (0.0, 0.0, 0.0)

    @pytest.mark.parametrize(("length", "done"), [(4.99, False), (5.0, True)])
    def test_a_line_of_five_millimetres_is_a_distance(self, context, workspace, length, done):
        workspace.mark_line("L", (0, 0, 0), (length, 0, 0))
        assert told(context, "distance-measured")[0] is done

    def test_the_last_length_is_told_and_any_may_be_long(self, context, workspace):
        assert told(context, "distance-measured") == (False, "distance-measured.none", {})
        workspace.mark_line("L", (0, 0, 0), (10, 0, 0)), workspace.mark_line("M", (0, 0, 0), (1.26, 0, 0))
        assert told(context, "distance-measured") == (True, "distance-measured.done", {"length": 1.3})

    def test_the_body_is_measured_from_skin_to_skin(self, context, workspace):
        workspace.load_series(CT)
        workspace.change_view(w.GREEN, offset_mm=0.0)
        workspace.change_view(w.RED, offset_mm=-100.0)
        ACTIONS["measure-width"](context, series="ct", name="width")
        (line,) = workspace.marked_lines()
        assert (line.name, line.start_ras, line.end_ras) == ("width", (-60, 0.0, -100.0), (60, 0.0, -100.0))
        workspace.change_view(w.GREEN, offset_mm=100.0)
        assert refused(lambda: ACTIONS["measure-width"](context, series="ct", name="x")) == (
            "place-point.nowhere",
            {"series": "ct"},
        )

    def test_the_saved_scene_is_one_saved_since(self, context, workspace, tmp_path):
        assert told(context, "scene-saved") == (False, "scene-saved.not", {})
        workspace.save_scene(tmp_path)
        assert told(context, "scene-saved") == (True, "scene-saved.done", {"file": workspace.saved_scene().name})
        context.notes.clear()
        assert told(context, "scene-saved") == (False, "scene-saved.not", {})

    def test_it_is_saved_beside_the_data(self, context, workspace, tmp_path):
        context.folders = {"other": tmp_path / "other", "SlicerData": tmp_path / "data"}
        assert results_folder(context, "x") == tmp_path / "data-x"
        context.folders.pop("SlicerData")
        assert results_folder(context, "x") == tmp_path / "other-x"
        context.folders.clear()
        assert results_folder(context, "x") == Path.home() / "SlicerData-x"
        context.results_folder = tmp_path / "out"
        assert results_folder(context, "x") == tmp_path / "out" / "SlicerData-x"


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "whole", "number"),
        [
            ("1,234", True, 1234), ("1,234", False, 1.234), ("1,23", True, 1.23), ("1.234.567", True, 1234567),
            ("12,3456", True, 12.3456),
            ("1\u202f234", True, 1234), ("+5", True, 5), ("a5b", True, 5), ("5 mm 6", True, None), ("5-6", True, None),
            ("1 2", False, 12),
        ],
    )  # fmt: skip
    def test_are_understood_as_they_are_typed(self, text, whole, number):
        assert number_typed(text, whole) == number

    def test_are_right_within_their_bounds(self):
        assert a_number(5).accepts("5") and not a_number(5).accepts("5.01") and not a_number(5).accepts("x")
        assert a_number(5, 0.5).accepts("5.5") and a_number(5, 0.5).accepts("4.5") and not a_number(5, 0.5).accepts("4.4")
        assert (a_number(5).text, a_number(12345.0).text, a_number(0.12345).text, a_number(1234.5).text) == (
            "5",
            "12345",
            "0.12",
            "1234.5",
        )
        assert a_number(1234).accepts("1,234") and a_number(1.234, 0.001).accepts("1,234")


@pytest.fixture
def files(context, workspace, tmp_path):
    """A dynamic MR of three frames and four slices, its number 801; a T2 with an element that is no number."""
    dynamic = []
    for frame in range(3):
        dynamic += write_series(
            tmp_path / "bliss", axial_positions(4), first=4 * frame, sop_class=MR, RepetitionTime="4.5", rows=6, columns=5
        )
    workspace.files[SERIES["bliss"].series_instance_uid] = tuple(dynamic)
    header = {
        "SamplesPerPixel": None,
        "SeriesInstanceUID": "1.7",
        "SeriesDescription": "T2W_TSE SENSE",
        "PatientBirthDate": "19700101",
        "SeriesDate": "20200102",
    }
    workspace.files[SERIES["t2"].series_instance_uid] = tuple(
        write_series(tmp_path / "t2", axial_positions(2), sop_class=MR, **header)
    )
    return tmp_path


class TestAnswers:
    def test_counts_are_those_of_the_files(self, context, files):
        texts = {name: asked(context, name, series="bliss").text for name in ("instances-of", "slices-per-volume", "volumes-of")}
        assert texts == {"instances-of": "12", "slices-per-volume": "4", "volumes-of": "3"}
        assert refused(lambda: asked(context, "instances-of", series="ct")) == ("data-at-hand.none", {})

    def test_without_positions_nothing_can_be_counted(self, context, workspace, tmp_path):
        paths = write_series(tmp_path, axial_positions(2), ImagePositionPatient=None)
        workspace.files[CT] = tuple(paths)
        assert refused(lambda: asked(context, "slices-per-volume", series="ct")) == (
            "answer.no-value",
            {"keyword": "ImagePositionPatient"},
        )

    def test_pixels_take_two_bytes_each_or_as_many_as_asked(self, context, files):
        assert asked(context, "bytes-of-pixels", series=["bliss"]).text == str(6 * 5 * 2)
        assert asked(context, "bytes-of-pixels", series=["bliss"], per_value=4).text == str(6 * 5 * 4)
        assert asked(context, "bytes-of-pixels", series=["t2"]).text == str(5 * 4 * 2), "one sample where nothing is said"

    @pytest.mark.parametrize(
        ("keyword", "right", "wrong"),
        [("RepetitionTime", ["4.5", "4,545", "4.46"], ["4.6", "4.4"]), ("PixelSpacing", ["0.8"], ["0.7"]),
         ("Rows", ["6", "6.05"], ["5"])],
    )  # fmt: skip
    def test_the_first_value_is_right_to_a_hundredth(self, context, files, keyword, right, wrong):
        answer = asked(context, "header-number", series=["bliss"], keyword=keyword)
        assert all(answer.accepts(text) for text in right) and not any(answer.accepts(text) for text in wrong)

    @pytest.mark.parametrize("keyword", ["Modality", "KVP"])
    def test_what_is_no_number_is_told(self, context, files, keyword):
        answer = refused(lambda: asked(context, "header-number", series=["bliss"], keyword=keyword))
        assert answer == ("answer.no-value", {"keyword": keyword})

    def test_personal_rows_are_those_that_are_marked(self, context, files):
        from DICOMTutorialHelperLib.tutorial.steps.data_tables import privacy

        marked = sum(row.marked for row in privacy(context, ["t2"]).rows)
        assert asked(context, "personal-rows", series=["t2"]).text == str(marked) and marked >= 4

    def test_windows_are_those_of_now(self, context, workspace):
        assert refused(lambda: asked(context, "level", series="ct")) == ("loaded.none", {"missing": ["ct"]})
        (item,) = workspace.load_series(CT)
        workspace.set_window_level(item.node_id, 351.0, 40.0)
        texts = {name: asked(context, name, series="ct").text for name in ("lowest-shown", "window-width", "level")}
        assert texts == {"lowest-shown": "-135.5", "window-width": "351", "level": "40"}
        assert asked(context, "level", series="ct").accepts("41") and not asked(context, "level", series="ct").accepts("41.1")

    def test_the_peak_is_that_of_the_stronger_of_the_last_two_curves(self, context, workspace):
        assert refused(lambda: asked(context, "peak-of-curve", series="bliss")) == ("curve-plotted.not", {"series": "bliss"})
        assert refused(lambda: asked(context, "last-of-curve", series="bliss")) == ("loaded.none", {"missing": ["bliss"]})
        (item,) = workspace.load_series(SERIES["bliss"].series_instance_uid)

        def curve(*values, node=item.node_id):
            return w.TimeCurve(node, (0, 0, 0), 4.0, tuple(range(len(values))), values, "s")

        workspace.curves = [curve(1, 99, 1), curve(10, 20, 30), curve(100, 150, 120), curve(1, 9, 9, node="other")]
        assert asked(context, "peak-of-curve", series="bliss").text == "3", "threefold, not half as much again"
        workspace.curves = [curve(0, 5, 1), curve(-2, 4, 6)]
        assert asked(context, "peak-of-curve", series="bliss").text == "2", "5 over nothing, 3 over 2"
        assert asked(context, "last-of-curve", series="bliss").text == "10"

    def test_orders_are_those_of_the_numbers(self, context, workspace):
        assert asked(context, "order-of-series", series=["bliss", "stir", "t2"]).text == "T2 STIR BLISS"
        assert asked(context, "these-in-order", series=["stir", "t2"]).text == "STIR T2"
        workspace.remove_series(SERIES["stir"].series_instance_uid)
        assert refused(lambda: asked(context, "order-of-series", series=["t2", "stir"])) == (
            "in-database.none",
            {"missing": ["stir"]},
        )
        order = asked(context, "these-in-order", series=["t2", "bliss"])
        assert (
            order.accepts("t2bliss")
            and not order.accepts("t2")
            and not order.accepts("bliss t2")
            and not order.accepts("t2 bliss bliss")
        )

    def test_a_condition_is_right_that_chooses_the_same(self, context, files):
        answer = asked(context, "condition", like="Modality == 'MR'")
        assert answer.text == "Modality == 'MR'"
        for text, right in (("Modality != 'CT'", True), ("Modality == 'CT'", False), ("Modality ==", False), ("Rows > 0", True)):
            assert answer.accepts(text) is right, text
        assert not asked(context, "condition", like="Modality == 'PT'").accepts("Modality == 'PT'"), "it must choose some"

    def test_one_is_one(self, context):
        assert asked(context, "one").text == "1"


class TestData:
    def test_the_database_is_looked_at_before_the_folders(self, context, workspace, files):
        assert told(context, "data-at-hand", any_of=["ct", "t2"]) == (True, "data-at-hand.database", {"series": ["ct", "t2"]})
        workspace.listed = ()
        assert told(context, "data-at-hand", any_of=["t2"]) == (False, "data-at-hand.none", {})
        context.folders = {"none": files / "absent", "mine": files}
        assert told(context, "data-at-hand", any_of=["ct", "t2"]) == (
            True,
            "data-at-hand.folder",
            {"series": ["t2"], "folder": str(files)},
        )

    def test_series_are_in_the_database_all_some_or_none(self, context, workspace):
        workspace.remove_series(SERIES["t2"].series_instance_uid)
        assert told(context, "in-database", series=["ct", "stir"]) == (True, "in-database.done", {"series": ["ct", "stir"]})
        assert told(context, "in-database", series=["ct", "t2"]) == (
            False,
            "in-database.some",
            {"found": ["ct"], "missing": ["t2"]},
        )
        assert told(context, "in-database", series=["t2"]) == (False, "in-database.none", {"missing": ["t2"]})
        workspace.folder = None
        assert told(context, "in-database", series=["ct"]) == (False, "database-open.none", {})
        assert told(context, "database-open") == (False, "database-open.none", {})
        workspace.folder = Path("x")
        assert told(context, "database-open") == (True, "database-open.done", {})

    def test_plugins_are_enabled_for_volumes_and_for_sequences(self, context, workspace):
        names = {"volumes": ["A", "DICOMTutorialVolumePlugin"], "sequences": ["B", "DICOMTutorialSequencePlugin"]}
        assert told(context, "plugins-enabled", **names) == (True, "plugins-enabled.done", {"count": 2})
        workspace.enabled["DICOMTutorialSequencePlugin"] = False
        assert told(context, "plugins-enabled", **names) == (False, "plugins-enabled.no-sequences", {"plugin": "B"})
        workspace.enabled["DICOMTutorialVolumePlugin"] = False
        assert told(context, "plugins-enabled", **names) == (False, "plugins-enabled.no-volumes", {"plugin": "A"})
        ACTIONS["enable-plugins"](context, names=["DICOMTutorialVolumePlugin", "A"])
        assert workspace.enabled == {"DICOMTutorialVolumePlugin": True, "DICOMTutorialSequencePlugin": False}

    def test_series_are_loaded_all_some_others_or_none(self, context, workspace):
        assert told(context, "loaded", series=["ct"]) == (False, "loaded.none", {"missing": ["ct"]})
        workspace.load_series(SERIES["t2"].series_instance_uid)
        assert told(context, "loaded", series=["ct"]) == (False, "loaded.other", {"missing": ["ct"], "others": ["T2W_TSE SENSE"]})
        assert told(context, "loaded", series=["ct", "t2"]) == (False, "loaded.some", {"present": ["t2"], "missing": ["ct"]})
        assert told(context, "loaded", series=["t2"]) == (True, "loaded.done", {"series": ["t2"]})

    def test_a_sequence_is_more_than_one_volume(self, context, workspace):
        uid = SERIES["bliss"].series_instance_uid
        assert told(context, "loaded-as-sequence", series="bliss") == (False, "loaded.none", {"missing": ["bliss"]})
        workspace.load_series(uid, "DICOMTutorialVolumePlugin")
        expected = (False, "loaded-as-sequence.volume", {"series": "bliss", "name": "AX BLISS_AUTO SENSE"})
        assert told(context, "loaded-as-sequence", series="bliss") == expected
        ACTIONS["load-sequence"](context, series="bliss")
        assert [item.frames for item in workspace.items] == [10], "the single volume gave way"
        assert told(context, "loaded-as-sequence", series="bliss") == (
            True,
            "loaded-as-sequence.done",
            {"series": "bliss", "frames": 10},
        )
        ACTIONS["load-sequence"](context, series="bliss"), ACTIONS["load"](context, series=["bliss"])
        assert len(workspace.items) == 1, "what is loaded is not loaded again"
        workspace.items.append(w.LoadedItem("n", "one", w.VOLUME, uid))
        assert told(context, "loaded-as-sequence", series="bliss")[0], "sequences count first"

    def test_what_is_not_there_cannot_be_loaded_or_imported(self, context, workspace, files):
        workspace.listed, workspace.folder = (), None
        assert refused(lambda: ACTIONS["load"](context, series=["ct"])) == ("in-database.none", {"missing": ["ct"]})
        assert refused(lambda: ACTIONS["import-data"](context, series=["ct"])) == ("import-data.no-folder", {"missing": ["ct"]})
        assert workspace.folder is not None, "a database was made for it"
        context.folders = {"mine": files}
        ACTIONS["import-data"](context, series=["t2"])
        assert workspace.imported == [files / "t2"]
        made = workspace.folder
        ACTIONS["create-database"](context), ACTIONS["import-data"](context, series=["t2"])
        assert workspace.folder is made and workspace.imported == [files / "t2"]


def test_arguments_are_those_of_the_signature():
    assert arguments_of(CHECKS["point-on"].evaluate) == (
        Argument("series", "series"), Argument("at_least", "any", required=False), Argument("at_most", "any", required=False),
    )  # fmt: skip
    assert arguments_of(ACTIONS["import-data"]) == (Argument("series", "series", many=True),)
    assert arguments_of(ACTIONS["plot-curve"])[1] == Argument("places", "whole", required=False)
    assert arguments_of(ACTIONS["open-module"]) == (Argument("module", "module"),)
    persistent = {name for name, one in CHECKS.items() if one.persistent}
    assert persistent == {"database-open", "in-database", "plugins-enabled", "loaded", "loaded-as-sequence"}


@pytest.mark.parametrize(("reach", "placed"), [(8, True), (7.9, False)])
def test_a_point_is_placed_where_all_within_8_mm_fits(tutorial, workspace, monkeypatch, reach, placed):
    """A dark square around the only place that is looked at: its corners are asked too."""
    workspace.load_series(CT)
    monkeypatch.setattr("DICOMTutorialHelperLib.tutorial.steps.measuring._search", lambda context: [(5.0, 6.0, 7.0)])
    monkeypatch.setattr(workspace, "value_at", lambda node, at: 0.0 if max(abs(at[0] - 5), abs(at[1] - 6)) <= reach else 99.0)
    context = StepContext(tutorial, tutorial.step("welcome"), workspace, {})
    if placed:
        ACTIONS["place-point"](context, series="ct", name="dark", at_most=50)
        assert [point.position_ras for point in workspace.marked_points()] == [(5.0, 6.0, 7.0)]
    else:
        with pytest.raises(w.WorkspaceError, match="nowhere"):
            ACTIONS["place-point"](context, series="ct", name="dark", at_most=50)
