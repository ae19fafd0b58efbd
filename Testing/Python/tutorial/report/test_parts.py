"""The report's chart and tables, read back as a reader does: points against the marks of the axes, cells below their heads."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from DICOMTutorialHelperLib.tutorial.report.parts import chart_svg, table_html
from DICOMTutorialHelperLib.tutorial.steps.data_tables import DataTable, DataTableRow

SVG = "{http://www.w3.org/2000/svg}"


class Chart:
    """A chart as it is seen: the numbers at the axes' marks, and the points measured by them."""

    def __init__(self, html: str) -> None:
        root = ElementTree.fromstring(html.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
        self.label = root[0].get("aria-label")
        _, _, self.width, self.height = map(float, root[0].get("viewBox").split())
        texts = [text for text in root.iter(f"{SVG}text") if "transform" not in text.attrib]
        self.words = [text.text for text in root.iter(f"{SVG}text") if not re.fullmatch(r"-?[\d.e+-]+", text.text)]
        numbers = [text for text in texts if re.fullmatch(r"-?[\d.e+-]+", text.text)]
        lines = [path.get("d") for path in root.iter(f"{SVG}path")]
        self.across = [float(d.split()[1]) for d in lines if re.fullmatch(r"M\S+ \S+ H\S+", d)]
        self.down = [float(d.split()[0][1:]) for d in lines if re.fullmatch(r"M\S+ \S+ v5", d)]
        self.y_marks = {float(t.text): float(t.get("y")) for t in numbers if t.get("text-anchor") == "end"}
        self.x_marks = {float(t.text): float(t.get("x")) for t in numbers if t.get("text-anchor") == "middle"}
        self.dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(f"{SVG}circle")]
        self.line = [tuple(map(float, pair.split(","))) for pair in next(root.iter(f"{SVG}polyline")).get("points").split()]

    def measured(self) -> list[tuple[float, float]]:
        """The points by linear interpolation between the outermost marks."""
        return [(at(x, self.x_marks), at(y, dict(zip(self.y_marks, self.across)))) for x, y in self.dots]


def at(pixel: float, marks: dict[float, float]) -> float:
    (low, first), (high, last) = min(marks.items()), max(marks.items())
    return low + (pixel - first) / (last - first) * (high - low)


CURVES = [
    ((0.0, 60.0, 120.0, 180.0), (100.0, 240.0, 310.0, 290.0)),
    ((0.0, 1.0, 2.0), (5.0, 5.0, 5.0)),
    ((10.0, 12.5, 40.0), (-20.0, 35.0, 12.0)),
    ((0.0, 500.0), (0.001, 0.004)),
    (tuple(range(30)), tuple(float(n * n) for n in range(30))),
]


@pytest.mark.parametrize(("times", "values"), CURVES)
def test_every_point_lies_where_the_marks_of_the_axes_say(times, values):
    chart = Chart(chart_svg(times, values, "Curve", "Time (s)", "Mean"))
    spans = max(times) - min(times), max(0.0, *values) - min(0.0, *values)
    assert chart.line == chart.dots
    for (time, value), (x, y) in zip(zip(times, values), chart.measured()):
        assert x == pytest.approx(time, abs=spans[0] / 300)
        assert y == pytest.approx(value, abs=spans[1] / 100)


@pytest.mark.parametrize(("times", "values"), CURVES)
def test_marks_are_round_evenly_spaced_few_and_stand_at_their_lines(times, values):
    chart = Chart(chart_svg(times, values, "Curve", "Time (s)", "Mean"))
    for marks in (chart.x_marks, chart.y_marks):
        assert 2 <= len(marks) <= 6
        steps = {round(b - a, 9) for a, b in zip(list(marks), list(marks)[1:])}
        assert len(steps) == 1
        assert float(f"{steps.pop():e}".split("e")[0]) in (1, 2, 5)
    for place, line in zip(chart.y_marks.values(), chart.across):
        assert 2 <= place - line <= 6, "a number is centred at its line"
    assert list(chart.x_marks.values()) == chart.down


@pytest.mark.parametrize(("times", "values"), CURVES)
def test_nothing_lies_outside_and_the_highest_point_is_below_the_top(times, values):
    chart = Chart(chart_svg(times, values, "Curve", "Time (s)", "Mean"))
    assert all(0 < x < chart.width and 0 < y < chart.height for x, y in chart.dots)
    assert min(chart.x_marks.values()) >= 40, "room for numbers beside the axis"
    assert max(chart.y_marks.values()) <= chart.height - 30, "room for numbers below the axis"
    assert chart.dots[-1][0] == max(x for x, _ in chart.dots) == pytest.approx(chart.width - 16)


def test_one_point_is_drawn_too():
    chart = Chart(chart_svg((3.0,), (7.0,), "Curve", "Time (s)", "Mean"))
    assert len(chart.dots) == 1


def test_a_curve_of_zeros_has_a_scale():
    chart = Chart(chart_svg((0.0, 1.0), (0.0, 0.0), "Curve", "Time (s)", "Mean"))
    assert max(chart.y_marks) > 0
    assert {y for _, y in chart.measured()} == {0.0}


def test_the_chart_says_its_axes_and_its_course_to_those_who_cannot_see_it():
    chart = Chart(chart_svg((0.0, 60.0, 120.0), (100.4, 309.6, 200.0), "Curve <1>", "Time (s)", "Mean & more"))
    assert chart.words == ["Time (s)", "Mean & more"]
    assert chart.label == "Curve <1>: Mean & more 100 > 310 (Time (s) 60) > 200"


# --- tables ------------------------------------------------------------------------------------------------------------------


def test_a_table_has_heads_rows_and_the_meaning_of_marks():
    rows = (DataTableRow(("a<b", "1", "2")), DataTableRow(("c", "3", "4"), depth=2, marked=True))
    html = table_html(DataTable('My "table"', ("Name", "One", "Two"), rows, note="from <here>"), "to choose & keep")
    root = ElementTree.fromstring(f"<x>{html}</x>".replace("class=marked", 'class="marked"'))
    table, *legends = root
    assert table.get("aria-label") == 'My "table"'
    assert table.find("table/caption").text == 'My "table"'
    assert [(head.text, head.get("scope")) for head in table.iter("th")] == [
        ("Name", "col"), ("One", "col"), ("Two", "col"), ("a<b", "row"), ("c", "row"),
    ]  # fmt: skip
    assert [(cell.text, cell.get("data-column")) for cell in table.iter("td")] == [
        ("1", "One"), ("2", "Two"), ("3", "One"), ("4", "Two"),
    ]  # fmt: skip
    assert [row.get("class") for row in table.iter("tr")] == [None, None, "marked"]
    styles = [head.get("style") for head in table.iter("th") if head.get("scope") == "row"]
    assert styles[0] is None and styles[1] == "padding-left:2.4rem"
    assert [legend.text for legend in legends] == ["● to choose & keep", "from <here>"]


@pytest.mark.parametrize(("legend", "marked"), [("", True), ("to choose", False)])
def test_a_legend_needs_a_marked_row_and_a_meaning(legend, marked):
    html = table_html(DataTable("T", ("Name",), (DataTableRow(("a",), marked=marked),)), legend)
    assert "legend" not in html
