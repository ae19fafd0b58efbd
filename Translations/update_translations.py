"""Writes DICOMTutorialHelper_en-US.ts: the strings that Slicer's own translation files hold of this extension.

    python Translations/update_translations.py            writes the file
    python Translations/update_translations.py --check    says what is out of date, or lies outside of _(), and ends with 1

Long texts (the tutorial, sentences of the panel) are keyed JSON in Resources, a folder a language, and are translated there.
What Slicer shows of a module by itself (title, help, the name of a reader) is marked with ``_()`` in the files beside the
library, by literals, and offered in the format of Qt Linguist under the name of its file, as slicer.i18n looks it up.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "DICOMTutorialHelper"
TS_FILE = Path(__file__).resolve().parent / "DICOMTutorialHelper_en-US.ts"

# What Qt shows to people: by an attribute that is set, or by an argument of a call.
SHOWN_ATTRIBUTES = {
    "accessibleDescription", "accessibleName", "acknowledgementText", "helpText", "loadType", "placeholderText",
    "statusTip", "text", "title", "toolTip", "whatsThis", "windowTitle",
}  # fmt: skip
SHOWN_ARGUMENTS = {
    "QAction", "QCheckBox", "QGroupBox", "QLabel", "QMenu", "QPushButton", "QRadioButton", "addAction", "addItem", "addItems",
    "addMenu", "addRow", "addTab", "setText", "setTitle", "setToolTip", "setWindowTitle", "critical", "information", "question",
    "warning", "infoDisplay", "errorDisplay", "warningDisplay", "confirmOkCancelDisplay", "confirmYesNoDisplay",
}  # fmt: skip
LOGGING = {"logging", "log"}


def marked_strings(path: Path) -> list[str]:
    """The literals that a file gives to ``_()``, each once, in their order. Raises ValueError for what is no literal."""
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            if len(node.args) != 1 or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
                raise ValueError(f"{path.name}:{node.lineno}: _() takes one literal")
            found[node.args[0].value] = None
    return list(found)


def module_files() -> list[Path]:
    """What Slicer loads as modules; the library has its texts in JSON."""
    return sorted(MODULES.glob("*.py"))


def panel_files() -> list[Path]:
    library = MODULES / "DICOMTutorialHelperLib"
    return sorted([*(library / "panel").glob("*.py"), *(library / "workspace" / "slicer").glob("*.py")])


def unmarked_strings(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every literal that people would read and that no translation reaches."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign):
            shown = any(isinstance(target, ast.Attribute) and target.attr in SHOWN_ATTRIBUTES for target in node.targets)
            values = [node.value] if shown else []
        elif isinstance(node, ast.Call) and _called(node) in SHOWN_ARGUMENTS and _owner(node) not in LOGGING:
            values = node.args
        else:
            continue
        for value in values:
            for text in _literals(value):
                if sum(letter.isalpha() for letter in text) > 1 and not text.startswith("<"):
                    yield value.lineno, text


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _owner(call: ast.Call) -> str:
    return getattr(getattr(call.func, "value", None), "id", "")


def _literals(value: ast.expr) -> Iterator[str]:
    """The texts a value is made of without a call: a literal, one of two, or the fixed parts of an f-string."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        for part in value.values:
            yield from _literals(part)
    elif isinstance(value, ast.IfExp):
        yield from _literals(value.body)
        yield from _literals(value.orelse)
    elif isinstance(value, (ast.List, ast.Tuple)):
        for part in value.elts:
            yield from _literals(part)


def ts_text() -> str:
    """The whole file, the same from the same sources: no dates, no lines that move."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>", '<TS version="2.1" language="en-US" sourcelanguage="en">']
    for path in module_files():
        strings = marked_strings(path)
        if strings:
            lines += ["<context>", f"    <name>{escape(path.stem)}</name>"]
            location = quoteattr(f"../{path.relative_to(ROOT).as_posix()}")
            for text in strings:
                lines += [
                    "    <message>",
                    f"        <location filename={location}/>",
                    f"        <source>{escape(text)}</source>",
                    '        <translation type="unfinished"></translation>',
                    "    </message>",
                ]
            lines.append("</context>")
    return "\n".join([*lines, "</TS>", ""])


def problems() -> list[str]:
    found = []
    for path in [*module_files(), *panel_files()]:
        for line, text in unmarked_strings(path):
            found.append(f"{path.relative_to(ROOT).as_posix()}:{line}: outside of any translation: {text!r}")
    if not TS_FILE.is_file() or TS_FILE.read_text(encoding="utf-8") != ts_text():
        found.append(f"{TS_FILE.relative_to(ROOT).as_posix()} is out of date: run Translations/update_translations.py")
    return found


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        found = problems()
        print("\n".join(found) or "All strings are offered for translation.")
        return 1 if found else 0
    if arguments:
        print(__doc__)
        return 2
    TS_FILE.write_bytes(ts_text().encode("utf-8"))
    print(f"{TS_FILE}: {sum(len(marked_strings(path)) for path in module_files())} strings")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
