"""A tutorial as data: ``Resources/Tutorials/<id>/tutorial.json`` holds the structure, ``<language>.json`` the words.

Reading is lenient about nothing: what the table in ``schema`` does not allow raises ContentError with the place in the file.
What is wrong beyond that (a missing sentence, an unknown check) is told by ``authoring.validation``, all of it at once.
Places of Slicer's interface and the names of its buttons need not be described again: a tutorial that does not describe one
itself has it from the extension's first tutorial.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Optional

from DICOMTutorialHelperLib.languages import languages_in, nearest_language, resources_folder
from DICOMTutorialHelperLib.tutorial.json_files import read_json_object
from DICOMTutorialHelperLib.tutorial.places import PlaceDescription
from DICOMTutorialHelperLib.tutorial.problems import ContentError, Problem
from DICOMTutorialHelperLib.tutorial.schema import blocking, shape_problems
from DICOMTutorialHelperLib.tutorial.versions import text_for

FIRST_TUTORIAL = "dicom_and_slicer"
STRUCTURE = "tutorial.json"
# What a typed answer counts as, in the place of a choice.
RIGHT, WRONG, FIRST_TRAP = 0, 1, 2


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
    ``minutes`` is how long it takes. ``right_choice`` is the place of the right answer among the choices, None for a step
    without a question. With ``expects`` the answer is typed, and told by the learner's own data: it counts as choice RIGHT,
    WRONG, or FIRST_TRAP and on for the answers that ``traps`` tell and learners often give. The pictures are taken once with
    each of the ``picture_presets`` of window and level, as they are without. ``asks_again`` marks the step that brings back the
    questions that were missed or left open. An ``optional`` step, as all of an optional part are, is not counted;
    ``needs_server`` says that it makes no sense without a DICOMweb server.
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
    minutes: int = 0
    expects: Optional[Call] = None
    traps: tuple[Call, ...] = ()
    asks_again: bool = False
    picture_presets: tuple[str, ...] = ()
    optional: bool = False
    needs_server: bool = False


@dataclass(frozen=True)
class TutorialPart:
    """A chapter of a tutorial; its title is in the words."""

    id: str
    steps: tuple[Step, ...]
    optional: bool = False


@dataclass(frozen=True)
class StepWords:
    """What a learner reads of a step: texts in the markup of ``markup``; empty where the step has none.

    ``goal`` is what one can do after it, ``task`` the one thing to do, ``takeaway`` what was learned. Of a typed answer,
    ``explanations`` are those of RIGHT, WRONG and the traps.
    """

    title: str = ""
    goal: str = ""
    task: str = ""
    body: str = ""
    hint: str = ""
    takeaway: str = ""
    question: str = ""
    choices: tuple[str, ...] = ()
    explanations: tuple[str, ...] = ()
    drawing_description: str = ""


@dataclass(frozen=True)
class Term:
    """An entry of the glossary: the word, and what it means in a sentence or two of plain text."""

    word: str
    meaning: str


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
    glossary: dict[str, Term] = field(default_factory=dict)


@dataclass(frozen=True)
class InterfaceSource:
    """Where Slicer translates a name of its interface: the context of its translation files, and the text there."""

    context: str
    text: str


@dataclass(frozen=True)
class Tutorial:
    """``languages`` are those of the folder's files, the first one first.

    ``interface`` maps keys to Slicer's English names, ``interface_sources`` to where Slicer translates them: its contexts,
    and texts where they differ from the names; ``series`` tells how to recognise the series the steps speak of; ``places`` says
    where widgets are found, by version (see ``places``).
    """

    id: str
    folder: Path
    languages: tuple[str, ...]
    parts: tuple[TutorialPart, ...]
    interface: dict[str, str]
    interface_sources: dict[str, tuple[InterfaceSource, ...]]
    series: dict[str, dict[str, Any]]
    places: dict[str, PlaceDescription]
    links: dict[str, str]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all parts, in order."""
        return tuple(step for part in self.parts for step in part.steps)

    @property
    def counted(self) -> tuple[Step, ...]:
        """All steps but the optional ones: what somebody who did everything has done."""
        return tuple(step for step in self.steps if not step.optional)

    def step(self, step_id: str) -> Step:
        """The step of a name. Raises KeyError for an unknown one."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def words(self, language: str, slicer_version: str = "") -> Words:
        """The words in the language nearest to a wanted one, for a version of Slicer (the newest without one); in the tutorial's
        first language where it lacks this one, or a step of it.

        Raises ContentError when the file cannot be read.
        """
        first = self.languages[0]
        chosen = nearest_language(language, self.languages) or first
        said = read_words(self.folder, chosen, slicer_version)
        missing = [step.id for step in self.steps if step.id not in said.steps]
        others = read_words(self.folder, first, slicer_version).steps if missing and chosen != first else {}
        steps = {step_id: others.get(step_id, StepWords(title=step_id)) for step_id in missing}
        interface = {**_inherited("interface", self.folder, chosen), **said.interface}
        return replace(said, steps={**said.steps, **steps}, interface=interface)


def tutorials_folder() -> Path:
    """Where the tutorials that come with the extension lie."""
    return resources_folder() / "Tutorials"


def read_tutorial(folder: Path) -> Tutorial:
    """The tutorial in a folder. Raises ContentError."""
    content = _read(folder / STRUCTURE, "tutorial")
    # Files that are there count whether they are listed or not; the list says which language is the first.
    found = languages_in(folder)
    languages = tuple(dict.fromkeys((*(one for one in content.get("languages", ()) if one in found), *found)))
    parts = tuple(_part(part) for part in content["parts"])
    if not languages:
        raise ContentError(Problem(STRUCTURE, "languages", "no-language"))
    if not any(part.steps for part in parts):
        raise ContentError(Problem(STRUCTURE, "parts", "no-step"))
    interface = {**_inherited("interface", folder), **content.get("interface", {})}
    sources = {**_inherited("interface_sources", folder), **content.get("interface_sources", {})}
    return Tutorial(
        id=content["id"],
        folder=folder,
        languages=languages,
        parts=parts,
        interface=interface,
        interface_sources=_interface_sources(sources, interface),
        series=dict(content.get("series", {})),
        places={**_inherited("places", folder), **content.get("places", {})},
        links=dict(content.get("links", {})),
    )


def _read(path: Path, name: str) -> dict[str, Any]:
    """A file whose shape is the table's. Raises ContentError with the first thing that is not."""
    content = read_json_object(path)
    for problem in shape_problems(path.name, content, name):
        if blocking(problem):
            raise ContentError(problem)
    return content


def _inherited(key: str, folder: Path, language: str = "") -> dict[str, Any]:
    """What a tutorial need not describe itself; nothing for the first one, and where that lacks the language."""
    first = tutorials_folder() / FIRST_TUTORIAL
    path = first / (f"{language}.json" if language else STRUCTURE)
    if folder.resolve() == first.resolve() or not path.is_file():
        return {}
    return dict(read_json_object(path).get(key, {}))


def _interface_sources(listed: dict[str, list[dict[str, str]]], names: dict[str, str]) -> dict[str, tuple[InterfaceSource, ...]]:
    """``{"load": [{"context": "DICOMLib.DICOMBrowser"}]}``: the first that Slicer translates is taken."""
    return {
        key: tuple(InterfaceSource(source["context"], source.get("text", names.get(key, ""))) for source in sources)
        for key, sources in listed.items()
    }


def _part(content: dict[str, Any]) -> TutorialPart:
    optional = content.get("optional", False)
    return TutorialPart(content["id"], tuple(_step(step, content["id"], optional) for step in content["steps"]), optional)


def _step(content: dict[str, Any], part_id: str, optional: bool) -> Step:
    data_table, expects = content.get("table"), content.get("expects")
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
        right_choice=RIGHT if expects else content.get("right_choice"),
        links=tuple(content.get("links", ())),
        minutes=content.get("minutes", 0),
        expects=_call(expects) if expects else None,
        traps=_calls(content.get("traps", ())),
        asks_again=content.get("asks_again", False),
        picture_presets=tuple(content.get("picture_presets", ())),
        optional=optional,
        needs_server=content.get("needs_server", False),
    )


def _calls(content: Any) -> tuple[Call, ...]:
    return tuple(_call(call) for call in content)


def _call(content: dict[str, Any]) -> Call:
    """``{"do": "load-series", "series": ["t2"]}``: the name under ``do``, all else arguments."""
    return Call(content["do"], {name: value for name, value in content.items() if name != "do"})


def read_words(folder: Path, language: str, slicer_version: str = "") -> Words:
    """The words of one language, as they are for a version of Slicer (``versions``). Raises ContentError."""
    content = _read(folder / f"{language}.json", "words")
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
        glossary={key: Term(term["word"], term["means"]) for key, term in content.get("glossary", {}).items()},
    )


def _step_words(content: dict[str, Any], version: str) -> StepWords:
    question = content.get("question", {})
    answers = question.get("answers", ())
    explained = [answer["because"] for answer in answers]
    if "right" in question:  # typed
        explained = [question["right"], question.get("wrong", ""), *question.get("traps", ())]
    return StepWords(
        title=content.get("title", ""),
        goal=text_for(content.get("goal", ""), version),
        task=text_for(content.get("task", ""), version),
        body=text_for(content.get("body", ""), version),
        hint=text_for(content.get("hint", ""), version),
        takeaway=text_for(content.get("takeaway", ""), version),
        question=text_for(question.get("ask", ""), version),
        choices=tuple(text_for(answer["say"], version) for answer in answers),
        explanations=tuple(text_for(text, version) for text in explained),
        drawing_description=content.get("drawing", ""),
    )
