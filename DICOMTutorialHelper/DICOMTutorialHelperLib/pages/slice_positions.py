"""A small drawing of where the slices of a candidate lie: along their normal, with holes, tilt and phases. SVG, no Qt."""

from __future__ import annotations

import math

import numpy as np

from DICOMTutorialHelperLib.dicom.candidate import Candidate, Stack
from DICOMTutorialHelperLib.dicom.geometry import slice_normal_lps
from DICOMTutorialHelperLib.plain_text import html_text as escape

WIDTH, MARGIN, TOP = 340, 16, 22
ROW_HEIGHT, MOST_ROWS = 16, 6
LONGEST_SLANT = 10.0
COLORS = {
    False: {"ink": "#1d2735", "soft": "#5b6675", "slice": "#2566c9", "hole": "#b3263a", "paper": "#f7f8fb"},
    True: {"ink": "#eef2f7", "soft": "#b3bdca", "slice": "#7fb0ff", "hole": "#ff8fa0", "paper": "#23282f"},
}


def slice_positions_mm(stack: Stack) -> list[tuple[float, bool]]:
    """(position along the slice normal, whether the slice is there), by k; missing ones lie between their neighbours."""
    frames = stack.frames
    normal = slice_normal_lps(frames[0])
    known = [(k, float(frame.placed.position_lps @ normal)) for k, frame in enumerate(stack.slices) if frame is not None]
    places = np.interp(range(len(stack.slices)), [k for k, _ in known], [mm for _, mm in known])
    return [(float(mm), stack.slices[k] is not None) for k, mm in enumerate(places)]


def slice_drawing(candidate: Candidate, words: dict[str, str], dark: bool = False) -> str:
    """One row a stack (the first few of a sequence); a tick a slice, a box a hole, slanted as far as the gantry was tilted.

    ``words`` has the texts ``why.drawing.*`` of the panel.
    """
    color = COLORS[dark]
    rows = [slice_positions_mm(stack) for stack in candidate.stacks[:MOST_ROWS]]
    low = min(mm for row in rows for mm, _ in row)
    high = max(mm for row in rows for mm, _ in row)
    scale = (WIDTH - 2 * MARGIN) / max(high - low, 1e-6)
    slant = LONGEST_SLANT * math.sin(math.radians(candidate.stacks[0].grid.tilt_degrees))
    height = TOP + len(rows) * ROW_HEIGHT + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">',
        f'<rect width="{WIDTH}" height="{height}" rx="6" fill="{color["paper"]}"/>',
        _text(MARGIN, 14, _caption(candidate, words), color["ink"]),
    ]
    for number, row in enumerate(rows):
        top = TOP + number * ROW_HEIGHT
        for mm, present in row:
            x = MARGIN + (mm - low) * scale
            if present:
                parts.append(
                    f'<line x1="{x - slant:.1f}" y1="{top + 2}" x2="{x + slant:.1f}" y2="{top + ROW_HEIGHT - 2}"'
                    f' stroke="{color["slice"]}" stroke-width="1"/>'
                )
            else:
                parts.append(
                    f'<rect x="{x - 3:.1f}" y="{top + 2}" width="6" height="{ROW_HEIGHT - 4}"'
                    f' fill="none" stroke="{color["hole"]}" stroke-width="1.5"/>'
                )
    bottom = TOP + len(rows) * ROW_HEIGHT + 14
    for x, mm, anchor in ((MARGIN, low, "start"), (WIDTH - MARGIN, high, "end")):
        parts.append(_text(x, bottom, words["why.drawing.at"].format(position=round(mm, 1)), color["soft"], anchor))
    if len(candidate.stacks) > MOST_ROWS:
        more = words["why.drawing.more"].format(count=len(candidate.stacks) - MOST_ROWS)
        parts.append(_text(WIDTH / 2, bottom, more, color["soft"], "middle"))
    parts.append("</svg>")
    return "".join(parts)


def _caption(candidate: Candidate, words: dict[str, str]) -> str:
    stack = candidate.stacks[0]
    missing = sum(one is None for one in stack.slices)
    texts = [words["why.drawing.slices"].format(count=len(stack.frames))]
    if missing:
        texts.append(words["why.drawing.missing"].format(count=missing))
    if abs(stack.grid.tilt_degrees) >= 0.1:
        texts.append(words["why.drawing.tilt"].format(degrees=round(stack.grid.tilt_degrees, 1)))
    if len(candidate.stacks) > 1:
        texts.append(words["why.drawing.frames"].format(count=len(candidate.stacks)))
    return " · ".join(texts)


def _text(x: float, y: float, text: str, color: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-family="sans-serif" font-size="11" fill="{color}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
