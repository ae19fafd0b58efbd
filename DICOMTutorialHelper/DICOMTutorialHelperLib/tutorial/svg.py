"""Drawings by others: of an SVG, only what draws is kept, by a list of what is allowed; nothing in it runs, loads or links."""

from __future__ import annotations

import re
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
ELEMENTS = frozenset(
    "svg g defs symbol title desc path line polyline polygon rect circle ellipse text tspan linearGradient radialGradient stop "
    "clipPath mask marker pattern".split()
)
ATTRIBUTES = frozenset(
    "id class role aria-label aria-hidden lang viewBox preserveAspectRatio version x y x1 x2 y1 y2 dx dy cx cy fx fy r rx ry "
    "width height d points transform rotate pathLength textLength lengthAdjust fill fill-opacity fill-rule stroke "
    "stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit opacity "
    "color display visibility font-family font-size font-style font-weight font-variant letter-spacing word-spacing text-anchor "
    "text-decoration dominant-baseline alignment-baseline baseline-shift writing-mode offset stop-color stop-opacity "
    "gradientUnits gradientTransform spreadMethod clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits marker-start "
    "marker-mid marker-end markerWidth markerHeight markerUnits orient refX refY patternUnits patternContentUnits "
    "patternTransform vector-effect paint-order shape-rendering text-rendering".split()
)
# An attribute that refers to something may refer to a part of the same drawing.
_LOCAL_REFERENCE = re.compile(r"""url\(\s*(["']?)#[\w.-]+\1\s*\)""")
_REFERENCE = re.compile(r"url\s*\(|[a-z][a-z0-9+.-]*:\s*//|javascript:|data:|&#|\\|@import|expression\s*\(", re.IGNORECASE)
MOST_CHARACTERS = 2_000_000
MOST_ELEMENTS = 20_000
MOST_DEPTH = 100

ElementTree.register_namespace("", SVG)


class SvgError(ValueError):
    """A drawing that is no SVG, or too large for one."""


def sanitised_svg(text: str) -> str:
    """The drawing with nothing but what is allowed. Raises SvgError for what is no SVG."""
    root = _parsed(text)
    _clean(root, [])
    return ElementTree.tostring(root, encoding="unicode")


def forbidden_parts(text: str) -> list[str]:
    """What ``sanitised_svg`` would take out: elements as ``<name>``, attributes by their names. Raises SvgError."""
    found: list[str] = []
    _clean(_parsed(text), found)
    return list(dict.fromkeys(found))


def _parsed(text: str) -> ElementTree.Element:
    if len(text) > MOST_CHARACTERS:
        raise SvgError("too large")
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():  # entities swell, and bring in files
        raise SvgError("DOCTYPE")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, UnicodeEncodeError) as error:
        raise SvgError(str(error)) from error
    if root.tag != f"{{{SVG}}}svg":
        raise SvgError(str(root.tag))
    depth, level, count = 0, [root], 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > MOST_DEPTH or count > MOST_ELEMENTS:
            raise SvgError("too large")
        level = [child for element in level for child in element]
    return root


def _clean(element: ElementTree.Element, found: list[str]) -> None:
    for name, value in list(element.attrib.items()):
        if name not in ATTRIBUTES or _REFERENCE.search(_LOCAL_REFERENCE.sub("", value)):
            found.append(_local(name))
            del element.attrib[name]
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.startswith(f"{{{SVG}}}") and _local(child.tag) in ELEMENTS:
            _clean(child, found)
        else:
            found.append(f"<{_local(str(child.tag))}>")
            element.remove(child)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
