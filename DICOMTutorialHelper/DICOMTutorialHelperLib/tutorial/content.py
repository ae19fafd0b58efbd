"""A tutorial as data: ``Resources/Tutorials/<id>/tutorial.json`` holds the structure, ``<language>.json`` the words.

Reading is lenient about nothing: a structure that cannot be read raises ContentError with the place in the file. What is
wrong beyond that (a missing sentence, an unknown check) is told by ``validation``, all of it at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from DICOMTutorialHelperLib.languages import resources_folder
from DICOMTutorialHelperLib.tutorial.versions import text_for


class ContentError(ValueError):
    """A tutorial folder that cannot be read; the message says which file and what about it."""


@dataclass(frozen=True)
class Call:
    """A check, an action or a data table by its registered name, with its arguments."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step.

    ``checks`` all hold when the step is done; of them the persistent ones must go on holding, and ``preconditions`` too.
    ``needs`` names the series without which the step makes no sense. ``places`` are what "show me" points at, first to last.
    ``right_choice`` is the place of the right answer among the choices, None for a step without a question.
    """

    id: str
    part_id: str
    points: tuple[int, ...] = ()
    module: str = ""
    places: tuple[str, ...] = ()
    checks: tuple[Call, ...] = ()
    preconditions: tuple[Call, ...] = ()
    actions: tuple[Call, ...] = ()
    data_table: Optional[Call] = None
    drawing: str = ""
    needs: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    right_choice: Optional[int] = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class TutorialPart:
    id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class StepWords:
    """What a learner reads of a step: texts in the markup of ``markup``; empty where the step has none."""

    title: str = ""
    body: str = ""
    hint: str = ""
    takeaway: str = ""
    question: str = ""
    choices: tuple[str, ...] = ()
    explanations: tuple[str, ...] = ()
    drawing_description: str = ""


@dataclass(frozen=True)
class Words:
    """All words of a tutorial in one language.

    ``interface`` gives the names that Slicer's own buttons bear in this language, by the keys of the tutorial's ``interface``.
    """

    language: str
    title: str
    subtitle: str
    notice: str
    parts: dict[str, str]
    steps: dict[str, StepWords]
    interface: dict[str, str]
    drawings: dict[str, str]
    links: dict[str, str]
    credits: tuple[str, ...]


@dataclass(frozen=True)
class InterfaceSource:
    """Where Slicer translates a name of its interface: the context of its translation files, and the text there."""

    context: str
    text: str


@dataclass(frozen=True)
class Tutorial:
    """``interface`` maps keys to Slicer's English names, ``interface_sources`` to where Slicer translates them: its contexts,
    and texts where they differ from the names; ``series`` tells how to recognise the series the steps speak of; ``places`` says
    where widgets are found, by version (see ``places``)."""

    id: str
    folder: Path
    languages: tuple[str, ...]
    parts: tuple[TutorialPart, ...]
    interface: dict[str, str]
    interface_sources: dict[str, tuple[InterfaceSource, ...]]
    series: dict[str, dict[str, Any]]
    places: dict[str, dict[str, Any]]
    links: dict[str, str]

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for part in self.parts for step in part.steps)

    def step(self, step_id: str) -> Step:
        """Raises KeyError for an unknown one."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def words(self, language: str, slicer_version: str = "") -> Words:
        """The words in a language, for a version of Slicer (the newest without one); in the tutorial's first language where it
        lacks this one.

        Raises ContentError when the file cannot be read.
        """
        return read_words(self.folder, language if language in self.languages else self.languages[0], slicer_version)


def tutorials_folder() -> Path:
    return resources_folder() / "Tutorials"


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises ContentError naming the file (and line) for anything else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(f"{path.name}: {error.strerror or error}") from error
    except ValueError as error:
        raise ContentError(f"{path.name}: {error}") from error
    if not isinstance(content, dict):
        raise ContentError(f"{path.name}: an object {{...}} is expected")
    return content


def read_tutorial(folder: Path) -> Tutorial:
    """The tutorial in a folder. Raises ContentError."""
    content = read_json(folder / "tutorial.json")
    try:
        parts = tuple(
            TutorialPart(part["id"], tuple(_step(step, part["id"]) for step in part["steps"])) for part in content["parts"]
        )
        tutorial = Tutorial(
            id=str(content["id"]),
            folder=folder,
            languages=tuple(content["languages"]),
            parts=parts,
            interface=dict(content.get("interface", {})),
            interface_sources=_interface_sources(content),
            series=dict(content.get("series", {})),
            places=dict(content.get("places", {})),
            links=dict(content.get("links", {})),
        )
    except KeyError as error:
        raise ContentError(f"tutorial.json: {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ContentError(f"tutorial.json: {error}") from error
    if not tutorial.languages or not tutorial.steps:
        raise ContentError("tutorial.json: at least one language and one step are needed")
    return tutorial


def _interface_sources(content: dict[str, Any]) -> dict[str, tuple[InterfaceSource, ...]]:
    """``{"load": [{"context": "DICOMLib.DICOMBrowser"}]}``: the first that Slicer translates is taken."""
    names = content.get("interface", {})
    return {
        key: tuple(InterfaceSource(str(source["context"]), str(source.get("text", names.get(key, "")))) for source in sources)
        for key, sources in content.get("interface_sources", {}).items()
    }


def _step(content: dict[str, Any], part_id: str) -> Step:
    data_table = content.get("table")
    return Step(
        id=str(content["id"]),
        part_id=part_id,
        points=tuple(content.get("points", ())),
        module=content.get("module", ""),
        places=tuple(content.get("places", ())),
        checks=_calls(content.get("checks", ())),
        preconditions=_calls(content.get("preconditions", ())),
        actions=_calls(content.get("actions", ())),
        data_table=_call(data_table) if data_table else None,
        drawing=content.get("drawing", ""),
        needs=tuple(content.get("needs", ())),
        pictures=tuple(content.get("pictures", ())),
        right_choice=content.get("right_choice"),
        links=tuple(content.get("links", ())),
    )


def _calls(content: Any) -> tuple[Call, ...]:
    return tuple(_call(call) for call in content)


def _call(content: dict[str, Any]) -> Call:
    """``{"do": "load-series", "series": ["t2"]}``: the name under ``do``, all else arguments."""
    if not isinstance(content, dict) or "do" not in content:
        raise ValueError(f'a check, action or data_table is written {{"do": name, ...}}, not {content!r}')
    return Call(content["do"], {name: value for name, value in content.items() if name != "do"})


def read_words(folder: Path, language: str, slicer_version: str = "") -> Words:
    """The words of one language, as they are for a version of Slicer (``versions``). Raises ContentError."""
    content = read_json(folder / f"{language}.json")
    try:
        return Words(
            language=language,
            title=content.get("title", ""),
            subtitle=content.get("subtitle", ""),
            notice=text_for(content.get("notice", ""), slicer_version),
            parts=dict(content.get("parts", {})),
            steps={step_id: _step_words(step, slicer_version) for step_id, step in content.get("steps", {}).items()},
            interface=dict(content.get("interface", {})),
            drawings=dict(content.get("drawings", {})),
            links=dict(content.get("links", {})),
            credits=tuple(content.get("credits", ())),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise ContentError(f"{language}.json: {error}") from error


def _step_words(content: dict[str, Any], version: str) -> StepWords:
    question = content.get("question", {})
    answers = question.get("answers", ())
    return StepWords(
        title=content.get("title", ""),
        body=text_for(content.get("body", ""), version),
        hint=text_for(content.get("hint", ""), version),
        takeaway=text_for(content.get("takeaway", ""), version),
        question=text_for(question.get("ask", ""), version),
        choices=tuple(text_for(answer["say"], version) for answer in answers),
        explanations=tuple(text_for(answer["because"], version) for answer in answers),
        drawing_description=content.get("drawing", ""),
    )
