"""The tutorial click by click in every language it has, from the same files as the guide: it cannot drift.

Where Testing/Screenshots/steps_in_slicer.py wrote its pictures to docs/pictures/steps, each step shows its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.tutorial.content import Step, StepWords, Tutorial, Words, read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.drawings import draw
from DICOMTutorialHelperLib.tutorial.markup import inline_html, to_html, with_interface_names

ANCHOR = "term-"
PICTURES = Path(__file__).resolve().parents[1] / "pictures" / "steps"
HINT = {"en": "How", "fr": "Comment", "es": "Cómo", "pt-BR": "Como"}


def pages() -> dict[str, str]:
    made = {}
    for folder in sorted(tutorials_folder().iterdir()):
        if not (folder / "tutorial.json").is_file():
            continue
        tutorial = read_tutorial(folder)
        for language in tutorial.languages:
            made[f"tutorial/{tutorial.id}.{language}.md"] = _page(tutorial, language)
    return made


def _page(tutorial: Tutorial, language: str) -> str:
    words = tutorial.words(language)
    say = messages("tutorial", language)
    parts = [f"# {words.title}\n", f"*{words.subtitle}*\n", _html(words.notice, tutorial, words), ""]
    for part in tutorial.parts:
        parts.append(f"\n## {words.parts.get(part.id, part.id)}\n")
        for number, step in enumerate(part.steps, start=1):
            parts += _step(tutorial, step, words, number, say)
    if words.glossary:
        parts.append(f"\n## {say['report.glossary']}\n\n<dl>")
        for key, term in sorted(words.glossary.items(), key=lambda entry: entry[1].word.casefold()):
            parts.append(f'<dt id="{ANCHOR}{key}">{html_text(term.word)}</dt><dd>{html_text(term.meaning)}</dd>')
        parts.append("</dl>\n")
    return "\n".join(parts)


def _step(tutorial: Tutorial, step: Step, words: Words, number: int, say: Mapping[str, str]) -> list[str]:
    said: StepWords = words.steps[step.id]
    parts = [f"\n### {number}. {said.title}\n"]
    if said.goal:
        minutes = f" ({say['report.minutes'].format(minutes=step.minutes)})" if step.minutes else ""
        parts.append(f"**{say['report.goal']}** {_line(said.goal, tutorial, words)}{minutes}\n")
    parts += [_html(said.body, tutorial, words), ""]
    picture = PICTURES / words.language / f"{step.id}.jpg"
    if picture.is_file():
        parts.append(f"![{html_text(said.title)}](../pictures/steps/{words.language}/{step.id}.jpg)\n")
    if step.drawing:
        svg = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", draw(tutorial.folder, step.drawing, words.drawings), flags=re.DOTALL)
        parts.append(f'<div class="drawing">{" ".join(svg.split())}</div>\n')
    how = [f"<p><strong>{say['report.task']}</strong> {_line(said.task, tutorial, words)}</p>"] if said.task else []
    how += [_html(said.hint, tutorial, words)] if said.hint else []
    if how:
        parts += _box("tip", HINT.get(words.language, HINT["en"]), "\n".join(how))
    if said.question:
        answers = "".join(f"<li>{_line(choice, tutorial, words)}</li>" for choice in said.choices)
        asked = _html(said.question, tutorial, words) + (f"<ol>{answers}</ol>" if answers else "")
        parts += _box("question", say["report.question"], asked, "???")
    if said.takeaway:
        parts += _box("success", say["report.takeaway"], _html(said.takeaway, tutorial, words))
    if step.links:
        links = "".join(
            f'<li><a href="{tutorial.links[key]}">{html_text(words.links.get(key, key))}</a></li>' for key in step.links
        )
        parts += _box("info", say["report.more"], f"<ul>{links}</ul>", "???")
    return parts


def _box(kind: str, title: str, content: str, marker: str = "!!!") -> list[str]:
    return [f'{marker} {kind} "{title}"\n', "\n".join(f"    {line}" for line in content.splitlines()), ""]


def _html(text: str, tutorial: Tutorial, words: Words) -> str:
    return to_html(_named(text, tutorial, words), _meanings(words), f"#{ANCHOR}")


def _line(text: str, tutorial: Tutorial, words: Words) -> str:
    return inline_html(_named(text, tutorial, words), _meanings(words), f"#{ANCHOR}")


def _named(text: str, tutorial: Tutorial, words: Words) -> str:
    return with_interface_names(text, tutorial.interface, words.interface, words.language)


def _meanings(words: Words) -> dict[str, str]:
    return {key: term.meaning for key, term in words.glossary.items()}
