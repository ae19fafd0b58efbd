"""A page of the findings in English and in French: the sentence, a drawing, what it means and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

from drawings import drawing

from DICOMTutorialHelperLib.messages import messages

FOLDER = Path(__file__).resolve().parents[1] / "findings"
INTRODUCTION = {
    "en": "# Findings\n\nWhat examination may say of a series, word for word, with what it means and what to do. Numbers and "
    "names take the place of …; the word in `code` is the same in every language, in `--json` and in the reports.\n",
    "fr": "# Constats\n\nCe que l’examen peut dire d’une série, mot pour mot, avec ce que cela signifie et que faire. Nombres "
    "et noms prennent la place de … ; le mot en `code` est le même dans toutes les langues, avec `--json` "
    "et dans les rapports.\n",
}
HEADINGS = {"en": ("What it means", "What to do", "Also said"), "fr": ("Ce que cela signifie", "Que faire", "Variantes")}
NO_FINDINGS = {"word", "item", "decimal-mark"}


def explained(language: str) -> dict[str, dict[str, str]]:
    """Code -> drawing, means, do."""
    return json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def sentences(language: str) -> dict[str, list[str]]:
    """Code -> its sentences, the usual one first."""
    found: dict[str, list[str]] = {}
    texts = messages("findings", language)
    for key in sorted(texts, key=lambda key: key.count(".")):
        code = key.split(".")[0]
        if code not in NO_FINDINGS and not key.endswith(".one"):
            found.setdefault(code, []).append(_readable(str(texts[key])))
    return found


def _readable(sentence: str) -> str:
    """A sentence with … for what is filled in; of words that go with a number, the plural."""
    return re.sub(r"\{[^{}]*\}", "…", re.sub(r"\{\w+:[^{}|]*\|([^{}|]*)\}", r"\1", sentence))


def pages() -> dict[str, str]:
    made = {}
    for language, path in (("en", "findings.md"), ("fr", "constats.md")):
        means, todo, also = HEADINGS[language]
        parts = [INTRODUCTION[language]]
        say = sentences(language)
        for code, about in explained(language).items():
            first, *others = say[code]
            parts += [f"## `{code}`\n", drawing(about["drawing"], code), f"\n> {first}\n"]
            parts += [f"**{means}.** {about['means']}\n", f"**{todo}.** {about['do']}\n"]
            if others:
                parts += [f'??? note "{also}"\n', *(f"    - {sentence}" for sentence in others), ""]
        made[path] = "\n".join(parts)
    return made
