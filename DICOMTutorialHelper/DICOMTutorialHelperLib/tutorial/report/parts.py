"""The report's tables and charts, and where its style lies."""

from __future__ import annotations

import math

from DICOMTutorialHelperLib.languages import resources_folder
from DICOMTutorialHelperLib.messages import labelled, number_text
from DICOMTutorialHelperLib.plain_text import html_text as escape
from DICOMTutorialHelperLib.tutorial.tables import Chart, DataTable

# Day and time as each language writes them in figures.
DATE_FORMATS = {
    "en": ("%Y-%m-%d", "%H:%M"),
    "fr": ("%d/%m/%Y", "%H:%M"),
    "es": ("%d/%m/%Y", "%H:%M"),
    "pt-BR": ("%d/%m/%Y", "%H:%M"),
}

LONGEST_WORD = 32  # letters; a unique identifier has up to 64

# Colour and sign of each line: told apart by both; 3:1 on the light and on the dark card.
LINES = (
    ("#d0475c", '<circle cx="{x}" cy="{y}" r="4" fill="{color}"/>'),
    ("#2f7fd0", '<rect x="{left}" y="{top}" width="8" height="8" fill="{color}"/>'),
)


def style() -> str:
    """The page's style sheet. Raises OSError where the extension's resources are not there."""
    return (resources_folder() / "Reports" / "learner.css").read_text(encoding="utf-8")


def table_html(data_table: DataTable, legend_of_marked: str) -> str:
    """A data table; below 40 rem every row becomes a block that names its columns. Marked rows are explained below it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in data_table.columns)
    rows = []
    below = [*(row.depth for row in data_table.rows[1:]), 0]
    for row, next_depth in zip(data_table.rows, below):
        indent = f' style="padding-left:{row.depth * 1.1 + 0.2:.1f}rem"' if row.depth else ""
        first = f'<th scope="row"{indent}>{escape(row.cells[0])}</th>'
        meaning = f"<small>{escape(row.explanation)}</small>" if row.explanation else ""
        rest = "".join(
            f'<td{cell_class(cell)} data-column="{escape(name)}">{escape(cell)}{meaning if place == 0 else ""}</td>'
            for place, (name, cell) in enumerate(zip(data_table.columns[1:], row.cells[1:]))
        )
        kinds = [name for name, holds in (("marked", row.marked), ("head", next_depth > row.depth)) if holds]
        row_class = f' class="{" ".join(kinds)}"' if kinds else ""
        rows.append(f"<tr{row_class}>{first}{rest}</tr>")
    legend = ""
    if legend_of_marked and any(row.marked for row in data_table.rows):
        legend += f'<p class="legend">● {escape(legend_of_marked)}</p>'
    if data_table.note:
        legend += f'<p class="legend">{escape(data_table.note)}</p>'
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(data_table.title)}">'
        f"<table><caption>{escape(data_table.title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{legend}"
    )


def cell_class(cell: str) -> str:
    """How a cell is broken: where a word is too long for a narrow page, and not after the sign for what was cut off."""
    if any(len(word) > LONGEST_WORD for word in cell.split()):
        return ' class="long"'
    return ' class="cut"' if cell.startswith("…") else ""


def chart_svg(chart: Chart, title: str, language: str) -> str:
    """The lines of a chart over its times, with axes named and marked, and a broken line where something happened; described by
    each line's start, highest point and end for those who cannot see it."""
    width, height, left, bottom, top, right = 520, 290, 64, 44, 16 + 20 * len(chart.lines), 16
    times, values = chart.times, [value for _, line in chart.lines for value in line]
    headroom = 1.2 if chart.mark is not None else 1.05  # for what is written beside the broken line
    low, high = min(0.0, *values), max(values) * headroom or 1.0
    first, last = times[0], times[-1] if times[-1] > times[0] else times[0] + 1

    def place(time: float, value: float) -> tuple[float, float]:
        x = left + (time - first) / (last - first) * (width - left - right)
        y = height - bottom - (value - low) / (high - low) * (height - bottom - top)
        return round(x, 1), round(y, 1)

    marks = []
    for value in _round_steps(low, high):
        y = place(first, value)[1]
        marks.append(f'<path d="M{left} {y} H{width - right}" stroke="currentColor" stroke-opacity=".18"/>')
        marks.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{number_text(value, language)}</text>')
    for time in _round_steps(first, last):
        x = place(time, low)[0]
        marks.append(f'<path d="M{x} {height - bottom} v5" stroke="currentColor"/>')
        marks.append(f'<text x="{x}" y="{height - bottom + 18}" text-anchor="middle">{number_text(time, language)}</text>')
    if chart.mark is not None:
        x = place(chart.mark[0], low)[0]
        marks.append(f'<path d="M{x} {top} V{height - bottom}" stroke="currentColor" stroke-dasharray="5 4"/>')
        marks.append(f'<text x="{x + 6}" y="{top + 10}" font-size="12">{escape(chart.mark[1])}</text>')
    drawn, described = [], []
    for number, (name, line) in enumerate(chart.lines):
        color, shape = LINES[number % len(LINES)]
        points = [place(time, value) for time, value in zip(times, line)]
        path = " ".join(f"{x},{y}" for x, y in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.5"/>')
        drawn += [shape.format(x=x, y=y, left=x - 4, top=y - 4, color=color) for x, y in points]
        y = 16 + 20 * number
        drawn.append(shape.format(x=left + 10, y=y - 4, left=left + 6, top=y - 8, color=color))
        drawn.append(f'<text x="{left + 22}" y="{y}">{escape(name)}</text>')
        peak = max(range(len(line)), key=lambda n: line[n])
        said = [number_text(value, language, 0) for value in (line[0], line[peak], line[-1])]
        course = f"{said[0]} → {said[1]} ({number_text(times[peak], language)}) → {said[2]}"
        described.append(labelled(name, course, language))
    middle = (top + height - bottom) / 2
    label = escape(f"{title}. {chart.value_axis}, {chart.time_axis}. {'; '.join(described)}")
    return (
        f'<figure class="chart"><svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}" '
        f'font-family="sans-serif" font-size="13" fill="currentColor">'
        f'<path d="M{left} {top} V{height - bottom} H{width - right}" fill="none" stroke="currentColor" stroke-width="1.5"/>'
        f"{''.join(marks)}{''.join(drawn)}"
        f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle">{escape(chart.time_axis)}</text>'
        f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{escape(chart.value_axis)}</text>'
        "</svg></figure>"
    )


def _round_steps(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from ``low`` to ``high``, at most ``most`` of them, as an axis is marked with."""
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= most - 1 or factor == 10)
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
