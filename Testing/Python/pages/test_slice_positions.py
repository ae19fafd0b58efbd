"""The drawing of slices, read back: a tick a slice where its position says, a box a hole, a slant for a tilt."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from synthetic_series import MR, axial_positions, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.slice_positions import slice_drawing, slice_positions_mm

SVG = "{http://www.w3.org/2000/svg}"
GAP = 3.0


def candidate_of(folder):
    (candidate,) = [one for series in examine_paths([folder]).series for one in series.selected]
    return candidate


class Drawing:
    """Rows of (x of the middle, slant in pixels or None for a hole), from the top, and the texts."""

    def __init__(self, candidate, dark=False):
        root = ElementTree.fromstring(slice_drawing(candidate, messages("panel", "en"), dark))
        self.width, self.height = float(root.get("width")), float(root.get("height"))
        assert root.get("viewBox") == f"0 0 {self.width:g} {self.height:g}"
        rows = {}
        for line in root.iter(f"{SVG}line"):
            x1, x2 = float(line.get("x1")), float(line.get("x2"))
            rows.setdefault(float(line.get("y1")), []).append(((x1 + x2) / 2, (x2 - x1) / 2))
            assert 0 < float(line.get("y2")) - float(line.get("y1")) < 16
        for box in list(root.iter(f"{SVG}rect"))[1:]:
            rows.setdefault(float(box.get("y")), []).append((float(box.get("x")) + float(box.get("width")) / 2, None))
        self.rows = [sorted(row, key=lambda tick: tick[0]) for _, row in sorted(rows.items())]
        self.heights = sorted(rows)
        self.texts = [
            (text.text, text.get("text-anchor"), float(text.get("x")), float(text.get("y"))) for text in root.iter(f"{SVG}text")
        ]
        self.paper = next(root.iter(f"{SVG}rect")).get("fill")


def test_ticks_lie_in_proportion_and_holes_are_boxes(tmp_path):
    positions = axial_positions(12, GAP)
    del positions[7]
    write_series(tmp_path, positions)
    drawing = Drawing(candidate_of(tmp_path))
    (row,) = drawing.rows
    xs = np.array([x for x, _ in row])
    assert len(row) == 12
    assert np.ptp(np.diff(xs)) <= 0.21, "evenly spaced, to the rounding"
    assert xs[0] == pytest.approx(drawing.width - xs[-1], abs=0.1), "the same margin on both sides"
    assert [n for n, (_, slant) in enumerate(row) if slant is None] == [7]
    assert {slant for _, slant in row if slant is not None} == {0.0}


def test_the_ends_are_written_in_millimetres_below_the_ticks(tmp_path):
    write_series(tmp_path, axial_positions(5, GAP))
    drawing = Drawing(candidate_of(tmp_path))
    caption, low, high = drawing.texts
    assert (low[0], low[1]) == ("30\u00a0mm", "start")
    assert (high[0], high[1]) == ("42\u00a0mm", "end")
    assert low[2] == pytest.approx(drawing.rows[0][0][0], abs=0.5) and high[2] == pytest.approx(drawing.rows[0][-1][0], abs=0.5)
    assert caption[3] < drawing.heights[0] < low[3] == high[3] < drawing.height


@pytest.mark.parametrize("degrees", [10.0, 30.0])
def test_a_tilt_slants_the_ticks_by_its_sine_and_is_named(tmp_path, degrees):
    along = np.tan(np.radians(degrees)) * 2.5
    write_series(tmp_path, [(-10.0, -20.0 + along * k, 30.0 + 2.5 * k) for k in range(6)])
    drawing = Drawing(candidate_of(tmp_path))
    upright = Drawing(candidate_of(write_series(tmp_path / "upright", axial_positions(6))[0].parent))
    slants = {round(slant, 2) for _, slant in drawing.rows[0]}
    assert len(slants) == 1
    assert slants.pop() / np.sin(np.radians(degrees)) == pytest.approx(10.0, abs=0.6)
    assert f"{degrees:g}°" in drawing.texts[0][0]
    assert upright.texts[0][0] == messages("panel", "en")["why.drawing.slices"].format(count=6)


@pytest.mark.parametrize(("volumes", "shown"), [(2, 2), (6, 6), (9, 6)])
def test_a_row_a_volume_and_the_rest_is_counted(tmp_path, volumes, shown):
    for volume in range(volumes):
        write_series(tmp_path, axial_positions(4, GAP), sop_class=MR, first=4 * volume, TriggerTime=50.0 * volume)
    drawing = Drawing(candidate_of(tmp_path))
    assert [len(row) for row in drawing.rows] == [4] * shown
    assert len({b - a for a, b in zip(drawing.heights, drawing.heights[1:])}) == 1
    words = messages("panel", "en")
    more = [words["why.drawing.more"].format(count=volumes - shown)] if volumes > shown else []
    assert [text for text, anchor, *_ in drawing.texts if anchor == "middle"] == more
    assert words["why.drawing.frames"].format(count=volumes) in drawing.texts[0][0]


def test_missing_slices_are_counted_in_the_caption(tmp_path):
    positions = axial_positions(12, GAP)
    del positions[6:8]
    write_series(tmp_path, positions)
    words = messages("panel", "en")
    expected = [words["why.drawing.slices"].format(count=10), words["why.drawing.missing"].format(count=2)]
    assert Drawing(candidate_of(tmp_path)).texts[0][0] == " · ".join(expected)


def test_positions_are_those_of_the_headers_and_holes_lie_between(tmp_path):
    positions = axial_positions(8, GAP)
    del positions[3]
    write_series(tmp_path, positions)
    found = slice_positions_mm(candidate_of(tmp_path).stacks[0])
    assert [mm for mm, _ in found] == pytest.approx([30 + GAP * k for k in range(8)])
    assert [there for _, there in found] == [k != 3 for k in range(8)]


def test_dark_and_light_paper_differ(tmp_path):
    write_series(tmp_path, axial_positions(3))
    candidate = candidate_of(tmp_path)
    light, dark = (int(Drawing(candidate, dark).paper[1:3], 16) for dark in (False, True))
    assert light > 200 > 100 > dark


def test_one_slice_is_drawn_too(tmp_path):
    write_series(tmp_path, axial_positions(1))
    assert len(Drawing(candidate_of(tmp_path)).rows[0]) == 1
