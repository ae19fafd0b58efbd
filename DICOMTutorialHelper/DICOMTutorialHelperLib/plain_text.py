"""Text from headers and file names on its way to people: one door for every place where it is shown or written.

A header may hold anything: escape sequences, markup, formulas, path separators, characters that turn the direction of writing.
Here it becomes text that its place shows and never obeys.
"""

from __future__ import annotations

import html
import re
import unicodedata

REPLACEMENT = "\ufffd"
# C0 but tab and line ends, DEL, C1; line and paragraph separators; embeddings, overrides and isolates of direction (UAX #9);
# lone surrogates, as file names that are no UTF-8 have them; what no XML may hold.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufffe\uffff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile(r"\r\n|[\r\n\t]")
# Excel and LibreOffice take these for the start of a formula, full-width ones too, also after blanks.
_FORMULA = re.compile("^[\\s\"']*[=+\\-@|%\uff1d\uff0b\uff0d\uff20]|^[\\t\\r\\n]")
_NUMBERS = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?(\\[+-]?\d+(\.\d+)?([eE][+-]?\d+)?)*")
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\..*)?", re.IGNORECASE)
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST_STEM = 80


def harmless(text: str) -> str:
    """Text without control, direction and other invisible characters, each replaced by a visible sign; line ends stay.

    For terminals, MRML and every other place whose own syntax is looked after elsewhere.
    """
    return _UNSAFE.sub(REPLACEMENT, str(text)).replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str) -> str:
    """The same in one line: a value cannot pass for lines of its own."""
    return harmless(_LINE_ENDS.sub(" ", str(text)))


def html_text(text: str) -> str:
    """For HTML, SVG and Qt's rich text, between tags and in quoted attributes."""
    return html.escape(harmless(text))


def never_rich(text: str) -> str:
    """For Qt's tool tips, boxes and labels that guess whether text is rich: without ``<`` it never is."""
    return harmless(text).replace("<", "\u2039")


def csv_cell(text: str) -> str:
    """For CSV: what a spreadsheet could take for a formula gets an apostrophe before it; numbers stay numbers."""
    text = harmless(text)  # a lone CR would end a line: the csv module does not quote it everywhere
    return f"'{text}" if _FORMULA.match(text) and not _NUMBERS.fullmatch(text) else text


def json_escaped(text: str) -> str:
    """Finished JSON text whose strings hold nothing that a terminal obeys and no lone surrogates; its values stay the same."""
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def file_stem(name: str) -> str:
    """A name for a file on every system: ASCII letters, digits, dots, hyphens, underscores, none of Windows' devices."""
    plain = unicodedata.normalize("NFKD", str(name)).encode("ascii", "ignore").decode("ascii")
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("._-")[:LONGEST_STEM].rstrip("._-") or "node"
    return f"_{stem}" if _RESERVED.fullmatch(stem) else stem


def is_portable_file_name(name: str) -> bool:
    """Whether every system writes a file or folder of this name under this name."""
    return bool(name) and not (
        _RESERVED.fullmatch(name) or _UNSAFE.search(name) or re.search(r'[<>:"/\\|?*\t\r\n]', name) or name[-1] in " ."
    )
