"""The panel's texts: none that nobody says (that they are complete is held in test_house)."""

from __future__ import annotations

import json
from pathlib import Path

from DICOMTutorialHelperLib.languages import resources_folder

LIBRARY = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper" / "DICOMTutorialHelperLib"
ROOMS = ("panel", "pages", "workspace/slicer")


def read(language):
    return json.loads((resources_folder() / "Languages" / language / "panel.json").read_text(encoding="utf-8"))


def test_every_text_is_used():
    code = "\n".join(path.read_text(encoding="utf-8") for room in ROOMS for path in (LIBRARY / room).glob("*.py"))
    for key in read("en"):
        said = key[: -len(".tip")] if key.endswith(".tip") else key
        words = said.split(".")
        made = [".".join(words[:place]) + ".{" for place in range(1, len(words))]  # f"state.{name}"
        written = [one + ending for one in (key, said) for ending in ('"', "'")] + made
        assert any(f"{quote}{part}" in code for part in written for quote in "\"'"), key
