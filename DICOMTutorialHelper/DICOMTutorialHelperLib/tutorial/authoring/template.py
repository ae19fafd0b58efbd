"""A tutorial to begin with: three steps that work, in a folder of the teacher's own."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from DICOMTutorialHelperLib.languages import nearest_language, resources_folder
from DICOMTutorialHelperLib.plain_text import file_stem
from DICOMTutorialHelperLib.staging import staged_folder
from DICOMTutorialHelperLib.tutorial.content import STRUCTURE


class FolderNotEmpty(Exception):
    """The folder for a new tutorial holds something already."""


def new_tutorial(folder: Path, languages: Sequence[str]) -> list[Path]:
    """Write a tutorial named after ``folder``, in these languages, the first first; one that there is no template in is English,
    to be translated. Returns the files.

    Raises FolderNotEmpty where there is anything in the folder, OSError where it cannot be written.
    """
    template = resources_folder() / "TutorialTemplate"
    if folder.is_dir() and any(folder.iterdir()):
        raise FolderNotEmpty(str(folder))
    structure = (template / STRUCTURE).read_text(encoding="utf-8")  # kept as it is laid out: it is there to be read
    structure = structure.replace('"my_tutorial"', json.dumps(tutorial_id(folder.resolve().name)))
    texts = {STRUCTURE: structure.replace('["en"]', json.dumps(list(languages)))}
    there = [path.stem for path in template.glob("*.json") if path.name != STRUCTURE]
    for language in languages:
        source = nearest_language(language, there) or "en"
        texts[f"{language}.json"] = (template / f"{source}.json").read_text(encoding="utf-8")
    with staged_folder(folder) as staging:
        for name, text in texts.items():
            (staging / name).write_bytes((text.rstrip() + "\n").encode("utf-8"))
    return [folder / name for name in texts]


def tutorial_id(name: str) -> str:
    """``Mon cours 1`` -> ``mon_cours_1``."""
    return re.sub(r"[^a-z0-9_-]+", "_", file_stem(name).lower()) or "my_tutorial"
