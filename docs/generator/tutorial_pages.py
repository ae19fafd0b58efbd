"""The tutorial click by click in every language it has, from the same files as the guide: it cannot drift."""

from __future__ import annotations

import re
from pathlib import Path

from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.tutorial.content import Step, StepWords, Tutorial, Words, read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.drawings import draw
from DICOMTutorialHelperLib.tutorial.markup import to_html, with_interface_names

PICTURES = Path(__file__).resolve().parents[1] / "pictures" / "steps"
HINT = {"en": "How", "fr": "Comment", "es": "Cómo", "pt-BR": "Como"}
LEARNED = {"en": "Learned", "fr": "Acquis", "es": "Aprendido", "pt-BR": "Aprendido"}
QUESTION = {"en": "Question", "fr": "Question", "es": "Pregunta", "pt-BR": "Pergunta"}


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
    parts = [f"# {words.title}\n", f"*{words.subtitle}*\n", _html(words.notice, tutorial, words), ""]
    for part in tutorial.parts:
        parts.append(f"\n## {words.parts.get(part.id, part.id)}\n")
        for number, step in enumerate(part.steps, start=1):
            parts += _step(tutorial, step, words, number)
    return "\n".join(parts)


def _step(tutorial: Tutorial, step: Step, words: Words, number: int) -> list[str]:
    say: StepWords = words.steps[step.id]
    language = words.language
    parts = [f"\n### {number}. {say.title}\n", _html(say.body, tutorial, words), ""]
    picture = PICTURES / f"{step.id}.jpg"
    if picture.is_file():
        parts.append(f"![{html_text(say.title)}](../pictures/steps/{step.id}.jpg)\n")
    if step.drawing:
        svg = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", draw(tutorial.folder, step.drawing, words.drawings), flags=re.DOTALL)
        parts.append(f'<div class="drawing">{" ".join(svg.split())}</div>\n')
    if say.hint:
        parts += [f'!!! tip "{HINT.get(language, HINT["en"])}"\n', _indented(_html(say.hint, tutorial, words)), ""]
    if say.question:
        title = f"{QUESTION.get(language, QUESTION['en'])}"
        answers = "".join(f"<li>{html_text(choice)}</li>" for choice in say.choices)
        parts += [f'??? question "{title}"\n', _indented(_html(say.question, tutorial, words) + f"<ol>{answers}</ol>"), ""]
    if say.takeaway:
        parts += [f'!!! success "{LEARNED.get(language, LEARNED["en"])}"\n', _indented(_html(say.takeaway, tutorial, words)), ""]
    return parts


def _html(text: str, tutorial: Tutorial, words: Words) -> str:
    return to_html(with_interface_names(text, tutorial.interface, words.interface, words.language))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
