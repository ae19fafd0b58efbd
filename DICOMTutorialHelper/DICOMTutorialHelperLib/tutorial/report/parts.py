"""The report's style, tables and charts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from DICOMTutorialHelperLib.tutorial.steps.data_tables import DataTable

# Day and time as each language writes them in figures.
DATE_FORMATS = {
    "en": ("%Y-%m-%d", "%H:%M"),
    "fr": ("%d/%m/%Y", "%H:%M"),
    "es": ("%d/%m/%Y", "%H:%M"),
    "pt-BR": ("%d/%m/%Y", "%H:%M"),
}

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1d2735;background:#eef1f6}
header,nav,section,footer{max-width:60rem;margin:1rem auto;padding:1.2rem 1.5rem;background:#fff;border-radius:12px}
main section{background:none;padding:0 .5rem}
h1{margin:.1em 0;font-size:1.9rem;line-height:1.2}h2{font-size:1.35rem;margin:.6em 0 .4em}
h3{margin:0 0 .3em;font-size:1.12rem;line-height:1.35}
.kind{margin:0;color:#2566c9;font-weight:600}.subtitle{margin:0;color:#4b5666}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem 1rem;margin:1rem 0}
.facts dt{font-size:.82rem;color:#4b5666}.facts dd{margin:0;font-weight:600}
.bar{height:10px;background:#dfe5ee;border-radius:5px;overflow:hidden}.bar div{height:100%;background:#1b7f4d}
.notice{margin:1rem 0 0;padding:.6rem .9rem;border-left:4px solid #b85a00;background:#fdf3e8;font-size:.93rem}
nav ol{margin:.2em 0;padding-left:1.4em}nav li{margin:.15em 0}nav>ol>li{font-weight:600;margin-top:.5em}nav ol ol{font-weight:400}
article{background:#fff;border-radius:12px;padding:1.1rem 1.4rem;margin:0 0 1rem;break-inside:avoid}
.number{display:inline-block;min-width:1.9em;padding:0 .35em;text-align:center;border-radius:1em;background:#d9e6fb;color:#174a9a}
.badge{display:inline-block;padding:0 .6em;border-radius:1em;font-size:.8rem;font-weight:600;white-space:nowrap}
.badge.done{background:#d5efe1;color:#0f5a35}.badge.done::before{content:"✓ "}
.badge.to-do{background:#e7ebf1;color:#3f4a59}.badge.skipped{background:#e7ebf1;color:#3f4a59}
.badge.invalidated{background:#f9d9de;color:#8c1427}.badge.invalidated::before{content:"↺ "}
.reason{margin:.2em 0}.when{margin:.1em 0;color:#4b5666;font-size:.88rem}
.takeaway{margin:.7em 0;padding:.5rem .8rem;background:#eef4fe;border-radius:8px}
.takeaway strong,.question p>strong:first-child{display:block;font-size:.82rem;color:#4b5666;font-weight:600}
.question{margin:.7em 0;padding:.5rem .8rem;border:1px solid #d5dce6;border-radius:8px}.question p{margin:.25em 0}
.pictures{display:flex;flex-wrap:wrap;gap:.7rem;margin:.7rem 0}
.pictures figure{margin:0;flex:1 1 15rem;max-width:30rem}.pictures img{width:100%;height:auto;display:block;border-radius:6px}
figcaption{font-size:.85rem;color:#4b5666}
.drawing{margin:.8rem 0;max-width:26rem}.chart{max-width:34rem;margin:.6rem 0}
.drawing svg,.chart svg{width:100%;height:auto;display:block}
.table{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;font-weight:600;padding:.2rem 0}
th,td{text-align:left;padding:.28rem .6rem .28rem .2rem;border-bottom:1px solid #e3e8ef;vertical-align:top;overflow-wrap:anywhere}
th{color:#4b5666;font-weight:600}td:first-child{white-space:nowrap}td:nth-child(2){min-width:7.5rem}
tr.marked td{background:#fdf0dc}tr.marked td:first-child::before{content:"● ";color:#b85a00}
.legend{margin:.2rem 0;font-size:.85rem;color:#4b5666}
details{margin-top:.5rem}summary{cursor:pointer;color:#2566c9;font-weight:600}
a{color:#1d55aa}.versions{columns:2}
@media (max-width:40rem){body{font-size:15px}header,nav,footer{margin:.5rem;padding:.9rem 1rem}article{padding:.9rem 1rem}
main section{margin:.5rem;padding:0}h1{font-size:1.5rem}.versions{columns:1}}
@media print{body{background:#fff}nav{display:none}details>*{display:block}}
""".strip()


def table_html(data_table: DataTable, legend_of_marked: str) -> str:
    """A data table as a table that scrolls sideways where the page is narrow; marked rows are explained below it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in data_table.columns)
    rows = []
    for row in data_table.rows:
        cells = list(row.cells)
        first = f'<td style="padding-left:{row.depth * 1.1 + 0.2:.1f}rem">{escape(cells[0])}</td>'
        rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells[1:])
        rows.append(f"<tr{' class=marked' if row.marked else ''}>{first}{rest}</tr>")
    legend = ""
    if legend_of_marked and any(row.marked for row in data_table.rows):
        legend += f'<p class="legend">● {escape(legend_of_marked)}</p>'
    if data_table.note:
        legend += f'<p class="legend">{escape(data_table.note)}</p>'
    return (
        f'<div class="table"><table><caption>{escape(data_table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{legend}"
    )


def chart_svg(times: Sequence[float], values: Sequence[float], title: str, time_axis: str, value_axis: str) -> str:
    """A line through the points of a time curve, with its axes named."""
    width, height, left, bottom, top, right = 520, 260, 64, 44, 16, 16
    low, high = min(0.0, *values), max(values) * 1.05 or 1.0
    first, last = times[0], times[-1] if times[-1] > times[0] else times[0] + 1

    def place(time: float, value: float) -> tuple[float, float]:
        x = left + (time - first) / (last - first) * (width - left - right)
        y = height - bottom - (value - low) / (high - low) * (height - bottom - top)
        return round(x, 1), round(y, 1)

    points = [place(time, value) for time, value in zip(times, values)]
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4"/>' for x, y in points)
    labels = "".join(
        f'<text x="{left - 8}" y="{place(first, value)[1] + 4}" text-anchor="end">{value:.0f}</text>'
        for value in (low, max(values))
    )
    ends = "".join(
        f'<text x="{place(time, low)[0]}" y="{height - bottom + 18}" text-anchor="{anchor}">{time:g}</text>'
        for time, anchor in ((first, "start"), (last, "end"))
    )
    middle = (top + height - bottom) / 2
    return (
        f'<figure class="chart"><svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title, quote=True)}" '
        f'font-family="sans-serif" font-size="13" fill="#1d2735"><path d="M{left} {top} V{height - bottom} H{width - right}" '
        f'fill="none" stroke="#5b6675" stroke-width="1.5"/><polyline points="{line}" fill="none" stroke="#b3263a" '
        f'stroke-width="2.5"/><g fill="#b3263a">{dots}</g>{labels}{ends}'
        f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle">{escape(time_axis)}</text>'
        f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{escape(value_axis)}</text></svg></figure>'
    )
