"""English is spelled as Slicer spells it, the American way, in every text that people read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "DICOMTutorialHelper" / "Resources"
TEXTS = [
    *RESOURCES.glob("Languages/en/*.json"),
    *RESOURCES.glob("Tutorials/*/en.json"),
    RESOURCES / "TutorialTemplate" / "en.json",
]
PAGES = [path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")) if not path.name.endswith(".fr.md")]

# Whole words, or their beginnings where "…" follows.
BRITISH = (
    "analyse… artefact… afterwards ageing behaviour… cancelled cancelling catalogue… centre… centring colour… defence dialogue… "
    "emphasise… favour… fibre… fulfil fulfils fulfilment grey… honour… judgement… labelled labelling labour… learnt licence… "
    "litre… metre… millimetre… centimetre… mould… neighbour… oedema… paediatric… practise… programme programmes sceptical… "
    "spelt totalled towards travelled travelling tumour… whilst anonymis… categoris… characteris… customis… digitis… harmonis… "
    "initialis… localis… magnetis… maximis… minimis… normalis… optimis… organis… recognis… standardis… summaris… synchronis… "
    "utilis… visualis…"
)
PATTERN = re.compile(r"\b(?:" + "|".join(word.replace("…", r"\w*") for word in BRITISH.split()) + r")\b", re.IGNORECASE)
# What is no text to read: fields of a sentence, code, addresses of links, terms and buttons.
NOT_READ = re.compile(r"```.*?```|`[^`]*`|\{[^{}]*\}|\]\([^)]*\)|\[\[[^\]]*\]\]|https?://\S+", re.DOTALL)


def british(text: str) -> list[str]:
    return PATTERN.findall(NOT_READ.sub(" ", text))


def sentences(content: object) -> Iterator[str]:
    """All values of a JSON file; its keys are names, which nobody reads."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, (dict, list)):
        for value in content.values() if isinstance(content, dict) else content:
            yield from sentences(value)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_texts_of_the_extension_are_american(path):
    found = {text: british(text) for text in sentences(json.loads(path.read_text(encoding="utf-8")))}
    assert {text: words for text, words in found.items() if words} == {}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_apostrophes_are_those_of_print(path):
    texts = sentences(json.loads(path.read_text(encoding="utf-8")))
    assert [text for text in texts if re.search(r"[a-z]'(?=[a-z\s])", NOT_READ.sub(" ", text))] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_for_people_are_american(path):
    assert british(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Centre's grey tumours", ["Centre", "grey", "tumours"]),
        ("centered, gray, colored; a meter, a parameter and its promise", []),
        ("run `recognise` on {licence}, see [the page](catalogue.md) and [[normalise]]", []),
        ("Recognised in millimetres", ["Recognised", "millimetres"]),
    ],
)
def test_the_list_finds_words_and_leaves_names_alone(text, found):
    assert british(text) == found
