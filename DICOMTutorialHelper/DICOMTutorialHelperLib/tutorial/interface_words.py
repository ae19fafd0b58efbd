"""A tutorial's words as they are on the screens of the application at hand: for its version, with the names its buttons bear."""

from __future__ import annotations

from dataclasses import replace

from DICOMTutorialHelperLib.tutorial.content import Tutorial, Words
from DICOMTutorialHelperLib.workspace.interface import ApplicationWorkspace


def words_on_screen(tutorial: Tutorial, workspace: ApplicationWorkspace, language: str) -> Words:
    """The words in a language; the names of Slicer's buttons as Slicer itself translates them now, else as the words say.

    Raises ContentError where the words cannot be read.
    """
    words = tutorial.words(language, workspace.application().slicer_version)
    return replace(words, interface={**words.interface, **_translated(tutorial, workspace)})


def _translated(tutorial: Tutorial, workspace: ApplicationWorkspace) -> dict[str, str]:
    names = {}
    for key, sources in tutorial.interface_sources.items():
        for source in sources:
            text = workspace.translated(source.context, source.text)
            if text != source.text:
                names[key] = text.replace("&", "").strip(" \u00a0:…")
                break
    return names
