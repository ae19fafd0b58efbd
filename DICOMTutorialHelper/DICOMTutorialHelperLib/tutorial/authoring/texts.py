"""A tutorial's words in one language: all there, in markup that is closed, of a length that is read, and translated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

from DICOMTutorialHelperLib.tutorial.content import FIRST_TRAP, Step, StepWords, Tutorial, Words
from DICOMTutorialHelperLib.tutorial.drawings import words_needed
from DICOMTutorialHelperLib.tutorial.markup import EMPHASIS, INTERFACE_NAME, LINK, STRONG, TERM, word_count
from DICOMTutorialHelperLib.tutorial.near_words import nearest_word

LEAST_WORDS, MOST_WORDS = 60, 120
SAME_WORDS = 4  # fewer may well be the same in two languages: "Conclusion", "DICOM"
WEB_ADDRESS = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/\S*)?")
ANY_LINK = re.compile(r"\[[^\[\]]+\]\(([^)]*)\)")
_HTML = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", re.IGNORECASE)
# What is left of markup once all that is complete is taken away.
_REMAINS = re.compile(r"\*\*|\[\[|\]\]|\]\(|(?<![\w*])\*(?=\w)|(?<=\w)\*(?![\w*])")
_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
Found = tuple  # where, code, fields and, where there is one, a suggestion


def word_problems(tutorial: Tutorial, words: Words, own_words: Mapping[str, Any], earlier: Sequence[Words]) -> Iterator[Found]:
    """What is wrong with the words of one language; ``own_words`` is the file's content, ``earlier`` are the words of the
    languages before it, the first one first."""
    if not words.title:
        yield "", "missing-words", {"name": "title"}
    for name in ("subtitle", "notice", "credits"):
        if not getattr(words, name):
            yield "", "missing-advised", {"name": name}
    expected: dict[str, tuple[set[str], Mapping[str, Any]]] = {
        "parts": ({part.id for part in tutorial.parts}, words.parts),
        "steps": ({step.id for step in tutorial.steps}, words.steps),
        "links": (set(tutorial.links), words.links),
    }
    for name, (wanted, given) in expected.items():
        for key in sorted(wanted - set(given)):
            yield name, "missing-words", {"name": key}, nearest_word(key, set(given) - wanted)
        for key in sorted(set(given) - wanted):
            yield name, "too-many-words", {"name": key}, nearest_word(key, wanted)
    for key in sorted(set(own_words.get("interface", {})) - set(tutorial.interface)):
        yield "interface", "too-many-words", {"name": key}, nearest_word(key, tutorial.interface)
    for name, text in (("subtitle", words.subtitle), ("notice", words.notice), *(("credits", text) for text in words.credits)):
        for code, *rest in markup_problems(text):
            yield name, code, *rest
    for step in tutorial.steps:
        if step.id in words.steps:
            for code, *rest in _step_problems(tutorial, step, words, earlier):
                yield f"steps.{step.id}", code, *rest


def _step_problems(tutorial: Tutorial, step: Step, words: Words, earlier: Sequence[Words]) -> Iterator[tuple]:
    said = words.steps[step.id]
    for name in ("title", "body"):
        if not getattr(said, name):
            yield "missing-words", {"name": name}
    for name in ("hint", "takeaway"):
        if not getattr(said, name):
            yield "missing-advised", {"name": name}
    count = word_count(said.body)
    if said.body and not LEAST_WORDS <= count <= MOST_WORDS:
        yield "body-length", {"count": count, "least": LEAST_WORDS, "most": MOST_WORDS}
    yield from _question_problems(step, said, earlier[0].steps.get(step.id) if earlier else None)
    yield from _drawing_word_problems(tutorial, step, said, words)
    texts = _texts(said)
    for text in texts:
        yield from markup_problems(text)
        yield from _interface_problems(tutorial, text)
        for _, key in TERM.findall(text):
            if key not in words.glossary:
                yield "unknown-term", {"name": key}, nearest_word(key, words.glossary)
        if _UNFINISHED.search(text):
            yield "unfinished", {"text": text}
    for text in texts:
        if word_count(text) >= SAME_WORDS:
            same = next((one for one in earlier if step.id in one.steps and text in _texts(one.steps[step.id])), None)
            if same is not None:
                yield "same-as-other", {"text": text, "language": same.language}


def _texts(said: StepWords) -> tuple[str, ...]:
    alone = (
        said.title, said.goal, said.body, said.task, said.hint, said.takeaway, said.question, said.drawing_description
    )  # fmt: skip
    return (*alone, *said.choices, *said.explanations)


def _question_problems(step: Step, said: StepWords, first: Optional[StepWords]) -> Iterator[tuple]:
    if step.right_choice is not None:
        if not said.question:
            yield "missing-words", {"name": "question"}
        elif step.expects is not None:
            if len(said.explanations) != FIRST_TRAP + len(step.traps):
                yield "typed-answers", {"count": len(said.explanations), "wanted": FIRST_TRAP + len(step.traps)}
        elif not 0 <= step.right_choice < len(said.choices):
            yield "right-choice", {"choice": step.right_choice, "count": len(said.choices), "last": len(said.choices) - 1}
    elif said.question and said.choices:
        yield "no-right-choice", {}
    if first is not None and len(said.choices) != len(first.choices):
        yield "answers", {"count": len(said.choices), "first": len(first.choices)}


def _drawing_word_problems(tutorial: Tutorial, step: Step, said: StepWords, words: Words) -> Iterator[tuple]:
    if not step.drawing:
        return
    if not said.drawing_description:
        yield "missing-words", {"name": "drawing"}
    try:
        needed = words_needed(tutorial.folder, step.drawing)
    except (OSError, ValueError):  # told where the drawing is looked at
        return
    for key in sorted(needed - set(words.drawings)):
        yield "drawing-word", {"drawing": step.drawing, "name": key}


def _interface_problems(tutorial: Tutorial, text: str) -> Iterator[tuple]:
    for key in INTERFACE_NAME.findall(text):
        if key not in tutorial.interface:
            yield "unknown-interface", {"name": key}, nearest_word(key, tutorial.interface)


def markup_problems(text: str) -> Iterator[tuple]:
    """Markup that was opened and not closed, names of buttons in other letters, addresses that are none, and HTML."""
    for address in ANY_LINK.findall(text):
        if not WEB_ADDRESS.fullmatch(address) and not TERM.search(f"[x]({address})") and not LINK.search(f"[x]({address})"):
            yield "bad-link", {"name": address}
    for block in re.split(r"\n\s*\n", text):  # markup ends where its paragraph or its list item ends
        for line in re.split(r"\n(?=- )", block):
            rest = ANY_LINK.sub(" x ", INTERFACE_NAME.sub(" x ", line.replace("\n", " ")))
            rest = EMPHASIS.sub(r"\1", STRONG.sub(r"\1", rest))
            for name in re.findall(r"\[\[([^\[\]]+)\]\]", rest):
                yield "interface-letters", {"name": name}
            rest = re.sub(r"\[\[[^\[\]]+\]\]", " ", rest)
            remains = _REMAINS.search(rest)
            if remains:
                yield "open-markup", {"sign": remains.group(), "text": rest[max(0, remains.start() - 20) : remains.end() + 20]}
    html = _HTML.search(text)
    if html:
        yield "html-in-text", {"text": html.group()}
