"""Drawings of the findings: slices as ticks along the direction in which they follow each other."""

from __future__ import annotations

WIDTH, HEIGHT = 320, 56
SLICE, LOST, SOFT = "#2566c9", "#b3263a", "#8a94a3"


def drawing(kind: str, title: str) -> str:
    """An SVG to stand in a page. Raises KeyError for a kind that is not drawn here."""
    shapes = _KINDS[kind]()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{title}" class="finding">{"".join(shapes)}</svg>'
    )


def _tick(x: float, top: float = 10, bottom: float = 46, color: str = SLICE, lean: float = 0) -> str:
    return f'<line x1="{x - lean}" y1="{bottom}" x2="{x + lean}" y2="{top}" stroke="{color}" stroke-width="3"/>'


def _box(x: float, y: float, width: float, height: float, color: str, dashed: bool = False, fill: str = "none") -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="{color}" stroke-width="2"{dash}/>'


def _row(places, **more) -> list[str]:
    return [_tick(x, **more) for x in places]


def _even(first: int = 20, last: int = 300, step: int = 20) -> list[int]:
    return list(range(first, last + 1, step))


def _sequence() -> list[str]:
    return [_tick(x, 6 + 17 * row, 18 + 17 * row) for row in range(3) for x in _even()]


def _broken() -> list[str]:
    return [_box(120, 6, 80, 44, SLICE), _box(120, 28, 80, 22, LOST, dashed=True, fill="#b3263a22")]


def _mosaic() -> list[str]:
    tiles = [_box(20 + 22 * c, 4 + 16 * r, 20, 14, SLICE) for r in range(3) for c in range(3)]
    arrow = [f'<path d="M110 28 h40 m-8 -6 l8 6 -8 6" fill="none" stroke="{SOFT}" stroke-width="2"/>']
    return [*tiles, *arrow, *_row(_even(180, 300, 15))]


def _values() -> list[str]:
    shades = ["#222", "#555", "#888", "#bbb", "#eee"]
    return [_box(60 + 40 * n, 12, 40, 32, SOFT, fill=shade) for n, shade in enumerate(shades)]


def _privacy() -> list[str]:
    lines = [_box(110, 4, 100, 48, SLICE)]
    return [*lines, *(f'<rect x="122" y="{14 + 12 * n}" width="{70 - 15 * n}" height="6" fill="{LOST}"/>' for n in range(3))]


_KINDS = {
    "split": lambda: [*_row(_even(20, 120)), *_row(_even(200, 300))],
    "sequence": _sequence,
    "aside": lambda: [*_row(_even(20, 240)), f'<line x1="262" y1="28" x2="306" y2="28" stroke="{LOST}" stroke-width="3"/>'],
    "hole": lambda: [*_row([x for x in _even() if x != 160]), _box(155, 10, 10, 36, LOST, dashed=True)],
    "double": lambda: [*_row(_even()), _tick(163, color=LOST)],
    "uneven": lambda: _row([20, 40, 60, 80, 110, 140, 175, 210, 255, 300]),
    "tilt": lambda: _row(_even(30, 290), lean=9),
    "flat": lambda: [_box(130, 6, 60, 44, SLICE)],
    "values": _values,
    "broken": _broken,
    "privacy": _privacy,
    "mosaic": _mosaic,
}
