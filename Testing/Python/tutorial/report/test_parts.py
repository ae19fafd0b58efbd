"""The report's chart and tables, read back as a reader does: points against the marks of the axes, cells below their heads."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from DICOMTutorialHelperLib.tutorial.report.parts import chart_svg, table_html
from DICOMTutorialHelperLib.tutorial.tables import Chart, DataTable, DataTableRow

SVG = "{http://www.w3.org/2000/svg}"


NUMBER = re.compile(r"-?[\d.e+-]+")


class Drawn:
    """A chart as it is seen: the numbers at the axes' marks, and the points measured by them."""

    def __init__(self, html: str) -> None:
        root = ElementTree.fromstring(html.replace("\u2212", "-").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
        self.label = root[0].get("aria-label")
        _, _, self.width, self.height = map(float, root[0].get("viewBox").split())
        texts = list(root.iter(f"{SVG}text"))
        self.words = [text.text for text in texts if not NUMBER.fullmatch(text.text)]
        numbers = [text for text in texts if NUMBER.fullmatch(text.text)]
        lines = [(path.get("d"), path) for path in root.iter(f"{SVG}path")]
        self.across = [float(d.split()[1]) for d, _ in lines if re.fullmatch(r"M\S+ \S+ H\S+", d)]
        self.down = [float(d.split()[0][1:]) for d, _ in lines if re.fullmatch(r"M\S+ \S+ v5", d)]
        self.broken = [float(d.split()[0][1:]) for d, path in lines if path.get("stroke-dasharray")]
        self.y_marks = {float(t.text): float(t.get("y")) for t in numbers if t.get("text-anchor") == "end"}
        self.x_marks = {float(t.text): float(t.get("x")) for t in numbers if t.get("text-anchor") == "middle"}
        self.lines = [
            [tuple(map(float, pair.split(","))) for pair in line.get("points").split()] for line in root.iter(f"{SVG}polyline")
        ]
        self.circles = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(f"{SVG}circle")]
        self.squares = [
            (float(dot.get("x")) + float(dot.get("width")) / 2, float(dot.get("y")) + float(dot.get("height")) / 2)
            for dot in root.iter(f"{SVG}rect")
        ]

    def time(self, x: float) -> float:
        return between(x, self.x_marks)

    def value(self, y: float) -> float:
        return between(y, dict(zip(self.y_marks, self.across)))


def between(pixel: float, marks: dict[float, float]) -> float:
    """By linear interpolation between the outermost marks."""
    (low, first), (high, last) = min(marks.items()), max(marks.items())
    return low + (pixel - first) / (last - first) * (high - low)


def drawn(times, *lines, mark=None, title="Curve", names=("lesion", "gland & more")) -> Drawn:
    chart = Chart(tuple(times), tuple(zip(names, lines)), "Time (s)", "Mean <1>", mark)
    return Drawn(chart_svg(chart, title, "en"))


CURVES = [
    ((0.0, 60.0, 120.0, 180.0), (100.0, 240.0, 310.0, 290.0)),
    ((0.0, 1.0, 2.0), (5.0, 5.0, 5.0)),
    ((10.0, 12.5, 40.0), (-20.0, 35.0, 12.0)),
    ((0.0, 500.0), (0.01, 0.04)),
    (tuple(range(30)), tuple(float(n * n) for n in range(30))),
]


@pytest.mark.parametrize(("times", "values"), CURVES)
def test_every_point_lies_where_the_marks_of_the_axes_say(times, values):
    half = tuple(value / 2 for value in values)
    chart = drawn(times, values, half)
    spans = max(times) - min(times), max(0.0, *values) - min(0.0, *values)
    for line, told in zip(chart.lines, (values, half)):
        assert len(line) == len(times)
        for (x, y), time, value in zip(line, times, told):
            assert chart.time(x) == pytest.approx(time, abs=spans[0] / 300)
            assert chart.value(y) == pytest.approx(value, abs=spans[1] / 100)


def test_lines_are_told_apart_by_their_signs_which_their_names_have_too():
    chart = drawn((0.0, 1.0, 2.0), (1.0, 2.0, 3.0), (3.0, 2.0, 1.0))
    (first,), (second,) = set(chart.circles) - set(chart.lines[0]), set(chart.squares) - set(chart.lines[1])
    assert len(chart.circles) == len(chart.squares) == 4
    assert 0 < first[1] < second[1] < min(y for line in chart.lines for _, y in line)


@pytest.mark.parametrize(("times", "values"), CURVES)
def test_marks_are_round_evenly_spaced_few_and_stand_at_their_lines(times, values):
    chart = drawn(times, values)
    for marks in (chart.x_marks, chart.y_marks):
        assert 2 <= len(marks) <= 6
        steps = {round(b - a, 9) for a, b in zip(list(marks), list(marks)[1:])}
        assert len(steps) == 1
        assert float(f"{steps.pop():e}".split("e")[0]) in (1, 2, 5)
    for place, line in zip(chart.y_marks.values(), chart.across):
        assert 2 <= place - line <= 6, "a number is centred at its line"
    assert list(chart.x_marks.values()) == chart.down


@pytest.mark.parametrize(("times", "values"), CURVES)
def test_nothing_lies_outside_and_numbers_have_room_beside_the_axes(times, values):
    chart = drawn(times, values)
    assert all(0 < x < chart.width and 0 < y < chart.height for x, y in chart.lines[0])
    assert min(chart.x_marks.values()) >= 40
    assert max(chart.y_marks.values()) <= chart.height - 30
    assert chart.lines[0][-1][0] == max(x for x, _ in chart.lines[0]) == pytest.approx(chart.width - 16)


def test_a_moment_is_marked_where_the_time_axis_has_it():
    chart = drawn((0.0, 60.0, 120.0), (1.0, 2.0, 3.0), mark=(90.0, "agent <arrives>"))
    (x,) = chart.broken
    assert chart.time(x) == pytest.approx(90, abs=0.5)
    assert "agent <arrives>" in chart.words
    assert drawn((0.0, 60.0), (1.0, 2.0)).broken == []


def test_one_point_and_a_curve_of_zeros_are_drawn_too():
    assert len(drawn((3.0,), (7.0,)).lines[0]) == 1
    chart = drawn((0.0, 1.0), (0.0, 0.0))
    assert max(chart.y_marks) > 0
    assert {chart.value(y) for _, y in chart.lines[0]} == {0.0}


def test_the_chart_says_its_axes_and_its_course_to_those_who_cannot_see_it():
    chart = drawn((0.0, 60.0, 120.0), (100.4, 309.6, 200.0), (50.0, 40.0, 70.2), title="Curve <1>")
    assert chart.words == ["lesion", "gland & more", "Time (s)", "Mean <1>"]
    assert chart.label == ("Curve <1>. Mean <1>, Time (s). lesion: 100 → 310 (60) → 200; gland & more: 50 → 70 (120) → 70")


# --- tables ------------------------------------------------------------------------------------------------------------------


def test_a_table_has_heads_rows_and_the_meaning_of_marks():
    rows = (DataTableRow(("a<b", "1", "2")), DataTableRow(("c", "3", "4"), depth=2, marked=True))
    html = table_html(DataTable('My "table"', ("Name", "One", "Two"), rows, note="from <here>"), "to choose & keep")
    root = ElementTree.fromstring(f"<x>{html}</x>")
    table, *legends = root
    assert table.get("aria-label") == 'My "table"'
    assert table.find("table/caption").text == 'My "table"'
    assert [(head.text, head.get("scope")) for head in table.iter("th")] == [
        ("Name", "col"), ("One", "col"), ("Two", "col"), ("a<b", "row"), ("c", "row"),
    ]  # fmt: skip
    assert [(cell.text, cell.get("data-column")) for cell in table.iter("td")] == [
        ("1", "One"), ("2", "Two"), ("3", "One"), ("4", "Two"),
    ]  # fmt: skip
    assert [row.get("class") for row in table.iter("tr")] == [None, "head", "marked"], "a head stays with what stands below it"
    styles = [head.get("style") for head in table.iter("th") if head.get("scope") == "row"]
    assert styles[0] is None and styles[1] == "padding-left:2.4rem"
    assert [legend.text for legend in legends] == ["● to choose & keep", "from <here>"]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("1.2." + "3" * 28, ""), ("1.2." + "3" * 29, ' class="long"'), ("of words " * 9, ""), ("…58.123", ' class="cut"')],
)
def test_only_words_that_no_page_holds_are_broken(cell, kind):
    html = table_html(DataTable("T", ("Name", "UID"), (DataTableRow(("a", cell)),)), "")
    assert f'<td{kind} data-column="UID">' in html


@pytest.mark.parametrize(("legend", "marked"), [("", True), ("to choose", False)])
def test_a_legend_needs_a_marked_row_and_a_meaning(legend, marked):
    html = table_html(DataTable("T", ("Name",), (DataTableRow(("a",), marked=marked),)), legend)
    assert "legend" not in html
