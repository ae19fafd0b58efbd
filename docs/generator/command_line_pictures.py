"""Pictures of what the commands print, as SVG, made by running them on practice data.

``python docs/generator/command_line_pictures.py OUT`` writes them by themselves; the documentation's build makes them anew.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.text import Text

LIBRARY = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper"
WIDTH = 100
PREPARED = (
    ("practice", "practice", "--set", "torso-ct"),
    ("practice", ".", "--fault", "missing-slice"),
    ("practice", ".", "--fault", "tilted-gantry"),
)
# Picture -> what is typed.
SHOWN = {
    "examine": ("examine", "faulty-missing-slice", "--lang", "en"),
    "examine-fr": ("examine", "faulty-tilted-gantry", "--lang", "fr"),
    "tree": ("tree", "practice", "--lang", "en"),
    "privacy-fr": ("privacy", "practice", "--lang", "fr"),
}


@cache
def pictures() -> dict[str, str]:
    """Name -> SVG. Raises CalledProcessError where practice data cannot be made."""
    with tempfile.TemporaryDirectory() as folder:
        for arguments in PREPARED:
            _run(arguments, folder).check_returncode()
        return {name: _svg(arguments, _run(arguments, folder).stdout) for name, arguments in SHOWN.items()}


def _run(arguments: tuple[str, ...], folder: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY), "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "DICOMTutorialHelperLib", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", check=False
    )


def _svg(arguments: tuple[str, ...], printed: str) -> str:
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text(f"$ dicom-tutorial {' '.join(arguments)}", "bold"))
    console.print(Text.from_ansi(printed))
    console.file.close()
    return console.export_svg(title="dicom-tutorial", unique_id="-".join(arguments[:2]).replace(".", ""))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures().items():
        (target / f"{name}.svg").write_text(svg, encoding="utf-8")
