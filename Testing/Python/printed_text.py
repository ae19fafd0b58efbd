"""What commands print, held against texts that a person has read: ``commands/printed/<name>.txt``.

Where it is meant to change, ``UPDATE_PRINTED=1 python -m pytest Testing/Python/commands`` writes the texts anew: read the
difference line by line before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.tutorial.content import tutorials_folder

EXPECTED = Path(__file__).parent / "commands" / "printed"
SEPARATOR = "-" * 40


def said(capsys, command: str) -> str:
    """A command with what it printed and its exit status; what another pydicom or another run writes otherwise is masked."""
    try:
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


def assert_as_read(name: str, *texts: str) -> None:
    """That the texts are those of ``commands/printed/<name>.txt``."""
    path = EXPECTED / f"{name}.txt"
    printed = f"{SEPARATOR}\n".join(texts)
    if os.environ.get("UPDATE_PRINTED"):
        path.write_text(printed, encoding="utf-8")
    assert printed == path.read_text(encoding="utf-8")
