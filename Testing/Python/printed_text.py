"""What commands print and pages hold, held against texts that a person has read: ``<room>/printed/<name>.txt``.

Sentences stand there as their keys and fields, ``[compare.equal 23]``, so that whoever mends a wording changes no test.
Where what is printed is meant to change, ``UPDATE_PRINTED=1 python -m pytest Testing/Python/<room>`` writes the texts anew:
read the difference line by line before it is committed.
"""

from __future__ import annotations

import os
import re
import string
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from DICOMTutorialHelperLib import messages
from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.tutorial.content import tutorials_folder

TESTS = Path(__file__).parent
SEPARATOR = "-" * 40
AS_THEY_ARE = ("thousands", "decimal-mark", "get.yes")  # what is no sentence


@contextmanager
def keys_for_sentences() -> Iterator[None]:
    """All texts of the library as their keys and fields."""
    catalogue = messages._catalogue

    @cache
    def keyed(domain: str, language: str) -> dict[str, Any]:
        return {key: messages.Sentence(_keyed(key, text)) for key, text in catalogue(domain, language).items()}

    messages._catalogue = keyed
    try:
        yield
    finally:
        messages._catalogue = catalogue


def _keyed(key: str, text: Any) -> Any:
    if not isinstance(text, str) or key in AS_THEY_ARE:
        return text
    fields = dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(text) if name)
    return f"[{' '.join([key, *('{' + name + '}' for name in sorted(fields))])}]"


def said(capsys, command: str) -> str:
    """A command with what it printed and its exit status; what another pydicom or another run writes otherwise is masked."""
    try:
        with keys_for_sentences():
            status = main([*command.split(), "--lang", "en"])
    except SystemExit as end:
        status = end.code
    out, err = capsys.readouterr()
    text = f"$ dicom-tutorial {command}\n{out}"
    text += f"[stderr]\n{err}" if err else ""
    text = re.sub(r"2\.25\.\d{20,39}", "2.25.…", re.sub(r"PYDICOM \d\.\d\.\d", "PYDICOM …", text))
    text = text.replace(f"{Path.cwd()}/", "").replace(f"{tutorials_folder()}/", "")
    text = text.replace("\r", "")  # ends what a progress bar left
    return "\n".join(line.rstrip() for line in text.split("\n")) + f"[status {status}]\n"


def assert_as_read(name: str, *texts: str, room: str = "commands") -> None:
    """That the texts are those of ``<room>/printed/<name>.txt``."""
    path = TESTS / room / "printed" / f"{name}.txt"
    printed = f"{SEPARATOR}\n".join(texts)
    if os.environ.get("UPDATE_PRINTED"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(printed, encoding="utf-8")
    assert printed == path.read_text(encoding="utf-8")
