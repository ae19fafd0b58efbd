"""What is wrong with a tutorial's files, as data: a code, the fields of its sentence, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.messages import translate

# What a tutorial can be used in spite of: told, and no failure.
ADVICE = frozenset(
    (
        "body-length",
        "built-in-id",
        "html-in-text",
        "missing-advised",
        "same-as-other",
        "too-many-words",
        "unknown-key",
        "unfinished",
        "unknown-modality",
        "unknown-module",
        "unknown-plugin",
        "unknown-rendering-preset",
    )
)
MOST_SHOWN = 60  # characters of a value that a sentence shows


@dataclass(frozen=True)
class Problem:
    """One thing wrong: in which file, where in it, and what: ``problem.<code>`` of the texts ``authoring``, with its fields.

    ``suggestion`` is the known word that was probably meant, "" where none is near.
    """

    file: str
    where: str
    code: str
    fields: dict[str, Any] = field(default_factory=dict)
    suggestion: str = ""

    @property
    def advice(self) -> bool:
        """Whether the tutorial can be used all the same."""
        return self.code in ADVICE

    def message(self, language: str) -> str:
        """The sentence, in the reader's language."""
        fields = {name: _shown(value, language) for name, value in self.fields.items()}
        said = translate("authoring", f"problem.{self.code}", language, **fields)
        if self.suggestion:
            said += translate("authoring", "did-you-mean", language, suggestion=_shown(self.suggestion, language))
        return said


class ContentError(HelperError):
    """A tutorial that cannot be read, with the first problem in the way."""

    domain = "authoring"
    prefix = "problem."

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code, f"{problem.file} {problem.where}".strip())
        self.fields = dict(problem.fields)
        self.problem = problem

    def message(self, language: str = "en") -> str:
        """The sentence with the file and the place in it."""
        place = f"{self.problem.file} ({self.problem.where})" if self.problem.where else self.problem.file
        return translate("authoring", "in-file", language, file=place, problem=self.problem.message(language))


def _shown(value: object, language: str) -> Any:
    """A field, short enough for a sentence; an error in the words of its own."""
    if isinstance(value, HelperError):
        return value.message(language)
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    if isinstance(value, str):
        text = " ".join(value.split())
        return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    return value
