"""Where points and lines are placed for the learner, and from which value on something counts: to the number.

The image is a function of the place here, so that each bound is met exactly.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from DICOMTutorialHelperLib.tutorial.steps import measuring
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


class Image:
    """A workspace with one image: ``value_of`` a place, None outside."""

    def __init__(self, value_of, points=(), lines=(), views=()):
        self.value_of, self.points, self.lines, self.views = value_of, points, lines, views
        self.asked: list[tuple] = []
        self.done: list[tuple] = []

    def value_at(self, node_id, place):
        assert node_id == "node"
        self.asked.append(place)
        value = self.value_of(place)
        if value is None:
            raise WorkspaceError("point-outside")
        return value

    def marked_points(self):
        return [SimpleNamespace(position_ras=place) for place in self.points]

    def marked_lines(self):
        return [SimpleNamespace(length_mm=length) for length in self.lines]

    def slice_views(self):
        return [SimpleNamespace(orientation=name, offset_mm=offset) for name, offset in self.views]

    def language(self):
        return "en"

    def mark_point(self, *what):
        self.done.append(("point", *what))

    def mark_line(self, *what):
        self.done.append(("line", *what))

    def jump_slices(self, *what):
        self.done.append(("jump", *what))


@pytest.fixture(autouse=True)
def loaded(monkeypatch):
    """One item; ``loaded.clear()`` takes it out of the scene."""
    items = [SimpleNamespace(node_id="node")]
    monkeypatch.setattr(measuring, "items_of", lambda _context, role: items if role == "ct" else [])
    return items


def context(image: Image):
    return SimpleNamespace(workspace=image, notes={})


class TestAPointOnAValue:
    @pytest.mark.parametrize(
        ("bounds", "fits"),
        [
            ({}, (True, True, True)), ({"at_least": 40.0}, (False, True, True)), ({"at_most": 40.0}, (True, True, False)),
            ({"at_least": 40.0, "at_most": 40.0}, (False, True, False)), ({"at_least": 41.0, "at_most": 39.0}, (False,) * 3),
        ],
    )  # fmt: skip
    def test_both_bounds_belong_to_it_and_either_may_be_left_out(self, bounds, fits):
        for value, expected in zip((39.0, 40.0, 41.0), fits):
            found = measuring.point_on(context(Image(lambda _, value=value: value, points=[(0, 0, 0)])), "ct", **bounds)
            assert (found.done, found.fields) == (expected, {"value": round(value)}), (value, bounds)
            assert found.reason == ("point-on.done" if expected else "point-on.other")

    def test_the_last_that_fits_is_told_else_the_last(self):
        image = Image(lambda place: place[0], points=[(1.4, 0, 0), (2.6, 0, 0), (90.0, 0, 0), (80.0, 0, 0)])
        assert measuring.point_on(context(image), "ct", at_most=10).fields == {"value": 3}
        assert measuring.point_on(context(image), "ct", at_most=0).fields == {"value": 80}

    def test_points_outside_are_none_and_do_not_hide_others(self):
        image = Image(lambda place: None if place[0] else 7.0, points=[(5, 0, 0), (0, 0, 0), (6, 0, 0)])
        assert measuring.point_on(context(image), "ct").fields == {"value": 7}
        found = measuring.point_on(context(Image(lambda _: None, points=[(5, 0, 0)])), "ct")
        assert (found.done, found.reason, found.fields) == (False, "point-on.none", {"series": "ct"})

    def test_without_the_image_nothing_can_be_told(self):
        found = measuring.point_on(context(Image(lambda _: 0.0)), "mr")
        assert (found.done, found.reason, found.fields) == (False, "loaded.none", {"missing": ["mr"]})


class TestPlacingAPoint:
    def test_the_middle_of_the_views_is_tried_first_with_what_lies_8_mm_around(self):
        image = Image(lambda _: 50.0, views=[("Axial", 30.0), ("Coronal", -12.0), ("Sagittal", 99.0)])
        measuring.place_point(context(image), "ct", "liver", at_least=50.0, at_most=50.0)
        middle = (0.0, -12.0, 30.0)
        assert image.done == [("point", "liver", middle, "node"), ("jump", middle)]
        assert image.asked == [middle, (-8.0, -20.0, 30.0), (-8.0, -4.0, 30.0), (8.0, -20.0, 30.0), (8.0, -4.0, 30.0)]

    def test_views_that_are_not_there_cut_at_0(self):
        image = Image(lambda _: 50.0)
        measuring.place_point(context(image), "ct", "liver")
        assert image.done[0] == ("point", "liver", (0.0, 0.0, 0.0), "node")

    def test_every_20_mm_up_to_200_mm_are_searched_the_nearest_of_a_slice_first_and_slices_last(self):
        image = Image(lambda _: None)
        with pytest.raises(WorkspaceError) as told:
            measuring.place_point(context(image), "ct", "liver")
        assert (told.value.reason, told.value.fields) == ("place-point.nowhere", {"series": "ct"})
        tried = image.asked[::5]
        assert len(tried) == len(set(tried)) == 21**3 and image.done == []
        far = [(abs(z), abs(x) + abs(y)) for x, y, z in tried]
        assert far == sorted(far)
        assert {value for place in tried for value in place} == {float(step) for step in range(-200, 201, 20)}

    @pytest.mark.parametrize("bad", [(0, 0), (8, 8), (-8, 8), (8, -8), (-8, -8)])
    def test_all_five_values_have_to_fit(self, bad):
        image = Image(lambda place: None if place[:2] == bad else 0.0)
        measuring.place_point(context(image), "ct", "liver", at_least=0.0)
        assert image.done[0][2] != (0.0, 0.0, 0.0)

    def test_without_the_image_it_is_said_what_is_missing(self):
        for ask in (measuring.place_point, measuring.measure_width):
            with pytest.raises(WorkspaceError) as told:
                ask(context(Image(lambda _: 0.0)), "mr", "liver")
            assert (told.value.reason, told.value.fields) == ("loaded.none", {"missing": ["mr"]})


@pytest.mark.parametrize(
    ("lengths", "told"), [([], None), ([4.99], None), ([5.0], 5.0), ([30.0, 1.04], 1.0), ([2.0, 41.26], 41.3)]
)
def test_a_distance_is_5_mm_at_least_and_the_last_is_told_to_a_tenth(lengths, told):
    found = measuring.distance_measured(context(Image(None, lines=lengths)))
    assert (found.done, found.fields.get("length")) == (told is not None, told)
    assert found.reason == ("distance-measured.done" if found.done else "distance-measured.none")


class TestTheWidthOfABody:
    def test_it_goes_from_the_first_to_the_last_value_above_minus_400_every_2_mm(self):
        image = Image(
            lambda place: None if abs(place[0]) > 200 else -399.0 if -100 <= place[0] <= 60 else -400.0,
            views=[("axial", 5.0), ("coronal", 7.0)],
        )
        measuring.measure_width(context(image), "ct", "width")
        assert image.done == [("line", "width", (-100, 7.0, 5.0), (60, 7.0, 5.0), "node")]
        assert image.asked == [(right, 7.0, 5.0) for right in range(-250, 251, 2)]

    @pytest.mark.parametrize(("inside", "found"), [((), False), ((10,), False), ((10, 12), True), ((-250, 250), True)])
    def test_two_places_are_a_body_and_one_is_not(self, inside, found):
        image = Image(lambda place: 0.0 if place[0] in inside else -1000.0)
        if found:
            measuring.measure_width(context(image), "ct", "width")
            assert image.done == [("line", "width", (inside[0], 0.0, 0.0), (inside[1], 0.0, 0.0), "node")]
            return
        with pytest.raises(WorkspaceError) as told:
            measuring.measure_width(context(image), "ct", "width")
        assert (told.value.reason, told.value.fields, image.done) == ("place-point.nowhere", {"series": "ct"}, [])
