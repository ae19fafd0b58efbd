"""The little markup that tutorial texts are written in, and what it becomes: HTML for people, plain text for tools.

``**strong**``, ``*emphasised*``, ``[words](https://...)``, ``- `` list items, blank lines between paragraphs, ``[[key]]`` for
a name of Slicer's interface: shown in bold as Slicer writes it in English, followed by the name in the reader's language, and
``[words](term:key)`` for a word that the glossary explains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from DICOMTutorialHelperLib.plain_text import html_text

INTERFACE_NAME = re.compile(r"\[\[([a-z0-9-]+)\]\]")
LINK = re.compile(r"\[([^\[\]]+)\]\((https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")
TERM = re.compile(r"\[([^\[\]]+)\]\(term:([a-z0-9-]+)\)")
TERM_ADDRESS = "term:"
STRONG = re.compile(r"\*\*(.+?)\*\*")
EMPHASIS = re.compile(r"(?<!\*)\*([^*\s][^*]*)\*(?!\*)")
NO_MEANINGS: Mapping[str, str] = {}
QUOTES = {"fr": ("«\u00a0", "\u00a0»"), "es": ("«", "»"), "pt-BR": ("“", "”"), "en": ("“", "”")}


def is_web_address(address: str) -> bool:
    """Whether a link may lead there: to the web, and nowhere else (no ``javascript:``, no files)."""
    return re.match(r"https?://[^\s\"'<>]+$", address) is not None


def interface_name(key: str, english: Mapping[str, str], local: Mapping[str, str], language: str) -> str:
    """``**Load** (« Charger »)``: what a button is called, in markup; the local name only where it differs."""
    name = english.get(key, key)
    translated = local.get(key, "")
    if not translated or translated == name:
        return f"**{name}**"
    opening, closing = QUOTES.get(language, QUOTES["en"])
    return f"**{name}** ({opening}{translated}{closing})"


def with_interface_names(text: str, english: Mapping[str, str], local: Mapping[str, str], language: str) -> str:
    """A text with every ``[[key]]`` replaced as ``interface_name`` does."""
    return INTERFACE_NAME.sub(lambda match: interface_name(match.group(1), english, local, language), text)


def to_html(text: str, meanings: Mapping[str, str] = NO_MEANINGS, address: str = TERM_ADDRESS) -> str:
    """Paragraphs and lists as HTML, safe to put into a page: whatever is no markup is escaped.

    ``meanings`` are those of the glossary, shown on hovering over a term; a term leads to ``address`` and its key.
    """
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            items = "".join(f"<li>{inline_html(line[2:], meanings, address)}</li>" for line in lines)
            blocks.append(f"<ul>{items}</ul>")
        elif block:
            blocks.append(f"<p>{inline_html(' '.join(lines), meanings, address)}</p>")
    return re.sub(r"</ul>\s*<ul>", "", "\n".join(blocks))  # points that stand apart in the text are one list


def inline_html(text: str, meanings: Mapping[str, str] = NO_MEANINGS, address: str = TERM_ADDRESS) -> str:
    """One line as HTML, without a paragraph around it; terms as in ``to_html``."""

    def term(match: re.Match) -> str:
        words, key = match.groups()
        if key not in meanings:
            return words
        return f'<a class="term" href="{address}{key}" title="{html_text(meanings[key])}">{words}</a>'

    escaped = TERM.sub(term, html_text(text))
    escaped = LINK.sub(r'<a href="\2">\1</a>', escaped)
    escaped = STRONG.sub(r"<strong>\1</strong>", escaped)
    return EMPHASIS.sub(r"<em>\1</em>", escaped)


def to_plain(text: str) -> str:
    """The words alone, for a terminal or a screen reader."""
    text = TERM.sub(r"\1", text)
    text = LINK.sub(r"\1", text)
    text = STRONG.sub(r"\1", text)
    return EMPHASIS.sub(r"\1", text)


def word_count(text: str) -> int:
    """Words as a person counts them: runs of letters and digits, « 1,5 » and « l'image » being one each."""
    return len(re.findall(r"[^\W_]+(?:[.,'’\-/][^\W_]+)*", to_plain(INTERFACE_NAME.sub("x", text))))
