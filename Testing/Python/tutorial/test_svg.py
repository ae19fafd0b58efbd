"""Of a drawing by others only what draws is kept; links lead to the web or nowhere."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.tutorial import svg
from DICOMTutorialHelperLib.tutorial.drawings import DARK, LIGHT, draw, forbidden_in_drawing
from DICOMTutorialHelperLib.tutorial.markup import is_web_address, to_html
from DICOMTutorialHelperLib.tutorial.svg import SvgError, forbidden_parts, sanitised_svg

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
DEEP = "<g>" * 300 + "</g>" * 300


@pytest.mark.parametrize(
    "part",
    [
        "<script>alert(1)</script>",
        "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='http://x'/></foreignObject>",
        "<image xlink:href='file:///etc/passwd'/>",
        "<use xlink:href='http://x/#a'/>",
        "<a xlink:href='javascript:alert(1)'><rect width='3' height='3'/></a>",
        "<style>@import url(http://x);</style>",
        "<rect width='3' onload='alert(1)'/>",
        "<rect width='3' style='fill:url(http://x)'/>",
        "<rect width='3' fill='url(http://x#a)'/>",
        "<rect width='3' fill='url(data:image/png;base64,AAAA)'/>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<handler xmlns='http://www.w3.org/2001/xml-events'>alert(1)</handler>",
    ],
)
def test_what_runs_loads_or_links_goes_and_is_told(part):
    text = SVG.format("<g>" + part + "<circle r='2' fill='url(#grey)'/></g>")
    clean = sanitised_svg(text).lower()
    for word in ("script", "iframe", "http://x", "file:", "import", "onload", "data:", "href", "style", "alert"):
        assert word not in clean
    assert "circle" in clean and "url(#grey)" in clean
    assert forbidden_parts(text)
    assert not forbidden_parts(sanitised_svg(text))


@pytest.mark.parametrize(
    "text",
    [
        "no drawing",
        "<html/>",
        "<svg/>",
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"),
        SVG.format("<g>" * 300 + "</g>" * 300),
    ],
)
def test_what_is_no_drawing_is_refused(text):
    with pytest.raises(SvgError):
        sanitised_svg(text)


def test_the_tutorials_own_drawings_lose_nothing(tutorial):
    words = tutorial.words("en").drawings
    for step in tutorial.steps:
        if step.drawing:
            assert forbidden_in_drawing(tutorial.folder, step.drawing) == []
            assert "<svg" in draw(tutorial.folder, step.drawing, words)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", " https://x", "https://x y", ""]
)
def test_a_link_to_anything_but_the_web_is_none(address):
    assert not is_web_address(address)
    assert "href" not in to_html(f"[words]({address})")


def test_size_is_bounded():
    """Two million characters, twenty thousand elements, a hundred one in the other; the root counts."""
    limits = (svg.MOST_CHARACTERS, svg.MOST_ELEMENTS, svg.MOST_DEPTH)
    assert limits == (2_000_000, 20_000, 100)
    frame = len(SVG.format(""))
    for inside, allowed in (
        ("<g>" * 99 + "</g>" * 99, True), ("<g>" * 100 + "</g>" * 100, False),
        ("<g/>" * 19_999, True), ("<g/>" * 20_000, False),
        (" " * (2_000_000 - frame), True), (" " * (2_000_001 - frame), False),
    ):  # fmt: skip
        if allowed:
            assert forbidden_parts(SVG.format(inside)) == []
        else:
            with pytest.raises(SvgError, match="too large"):
                forbidden_parts(SVG.format(inside))


def test_what_goes_is_named_once():
    given = SVG.format("<script/><x:a xmlns:x='urn:x'/><script/><rect onload='x' fill='URL( http://x )' width='3'/><!-- c -->")
    assert forbidden_parts(given) == ["<script>", "<a>", "onload", "fill"]
    for value in ("url(#a)", "url( 'a#b' )", "url('#a')", 'url("#a.b-c")', "url(#a) url(#b)", "url(#a b)"):
        quoted = value.replace('"', "&quot;")
        expected = [] if "#a" in value and "a#b" not in value and "#a b" not in value else ["fill"]
        assert forbidden_parts(SVG.format(f'<rect fill="{quoted}"/>')) == expected, value
    for text in ("<!doctype svg>" + SVG, SVG.format("<!entity x 'y'>")):
        with pytest.raises(SvgError, match="DOCTYPE"):
            sanitised_svg(text)


def luminance(color: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["blue", "green", "orange", "red"])
def test_words_in_a_drawing_stand_out_from_their_ground(name, colours):
    for ground in ("paper", "card", f"{name}wash"):
        low, high = sorted((luminance(colours[name]), luminance(colours[ground])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, ground
