"""What mkdocs calls: the pages that are made from the code and the texts join those that are written by hand.

Nothing that is made here is committed: findings, commands, console, conformance and the tutorial come from where the product has
them, so they cannot say anything else.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mkdocs.structure.files import File, Files

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
sys.path[:0] = [str(CHECKOUT / "DICOMTutorialHelper"), str(HERE)]

import command_line_pictures  # noqa: E402
import command_pages  # noqa: E402
import conformance_page  # noqa: E402
import console_page  # noqa: E402
import finding_pages  # noqa: E402
import tutorial_pages  # noqa: E402


def on_files(files: Files, config) -> Files:
    """Add the made pages and the pictures that hand-written ones use."""
    made: dict[str, str] = {}
    for module in (finding_pages, command_pages, console_page, conformance_page, tutorial_pages):
        made.update(module.pages())
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    for picture in sorted((CHECKOUT / "Resources" / "Screenshots").glob("*.jpg")):
        files.append(File.generated(config, f"pictures/{picture.name}", content=picture.read_bytes()))
    for name, svg in command_line_pictures.pictures().items():
        files.append(File.generated(config, f"pictures/commands/{name}.svg", content=svg))
    for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"):
        text = (CHECKOUT / name).read_text(encoding="utf-8").replace("](docs/", "](")
        files.append(File.generated(config, name.lower(), content=text))
    return files
