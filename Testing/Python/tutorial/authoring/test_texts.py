"""Markup of a tutorial's texts that was left open."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.tutorial.authoring.texts import markup_problems


def left_open(sign, text):
    return ("open-markup", {"sign": sign, "text": text})


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("**a** *b* [[load]] [c](https://a.org) [d](term:x)", []),
        ("[c](x)", [("bad-link", {"name": "x"})]), ("[c](https://a.org/b?c=d) [d](http://a.org)", []),
        ("[c](ftp://a.org) [d](javascript:x)", [("bad-link", {"name": "ftp://a.org"}), ("bad-link", {"name": "javascript:x"})]),
        ("an **open one", [left_open("**", "an **open one")]),
        ("**a\n\nb**", [left_open("**", "**a"), left_open("**", "b**")]), ("**a\nb**", []),
        ("- **a\n- b**", [left_open("**", "- **a"), left_open("**", "- b**")]),
        ("a *b", [left_open("*", "a *b")]), ("a* b", [left_open("*", "a* b")]), ("2 * 3", []),
        ("[[Load]]", [("interface-letters", {"name": "Load"})]), ("[[load", [left_open("[[", "[[load")]),
        ("load]]", [left_open("]]", "load]]")]), ("x](y", [left_open("](", "x](y")]),
        ("123 567890123456789 1 **23456789012345678901 3", [left_open("**", "3 567890123456789 1 **23456789012345678901")]),
        ("a <b>c</b>", [("html-in-text", {"text": "<b>"})]), ("a <br/>", [("html-in-text", {"text": "<br/>"})]),
        ("1 < 2 > 0", []),
        ('<a href="x">', [("html-in-text", {"text": '<a href="x">'})]),
    ],
)  # fmt: skip
def test_markup_that_is_none_is_found(text, problems):
    assert list(markup_problems(text)) == problems
