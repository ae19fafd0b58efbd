"""The tutorials there are to choose from: those that come with the extension, and those in a folder of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.tutorial.content import FIRST_TUTORIAL, STRUCTURE, ContentError, read_tutorial, tutorials_folder


@dataclass(frozen=True)
class ShelvedTutorial:
    """A tutorial's folder and its title; ``own`` says that it did not come with the extension."""

    folder: Path
    title: str
    own: bool = False


def shelved_tutorials(own_folder: Optional[Path], language: str) -> list[ShelvedTutorial]:
    """The extension's tutorials, the first one first, then one's own: ``own_folder`` is a tutorial, or a folder of tutorials.

    One that cannot be read bears the name of its folder: it is told why when it is chosen.
    """
    built_in = tutorials_folder()
    names = sorted(
        (path.parent.name for path in built_in.glob(f"*/{STRUCTURE}")), key=lambda name: (name != FIRST_TUTORIAL, name)
    )
    shelf = [ShelvedTutorial(built_in / name, _title(built_in / name, language)) for name in names]
    return shelf + [ShelvedTutorial(folder, _title(folder, language), own=True) for folder in tutorials_in(own_folder)]


def tutorials_in(folder: Optional[Path]) -> list[Path]:
    """The folder itself where it is a tutorial, else the tutorials right below it; empty for no folder."""
    if folder is None:
        return []
    try:
        if (folder / STRUCTURE).is_file():
            return [folder]
        return sorted(path.parent for path in folder.glob(f"*/{STRUCTURE}"))
    except OSError:
        return []


def _title(folder: Path, language: str) -> str:
    try:
        return read_tutorial(folder).words(language).title or folder.name
    except ContentError:
        return folder.name
