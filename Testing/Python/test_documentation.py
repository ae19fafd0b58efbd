"""What the documents say holds: links lead somewhere, commands parse, paths exist, every finding is explained."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.__main__ import build_parser
from DICOMTutorialHelperLib.messages import messages

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted({*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")})
# Pages that the documentation makes of the product (docs/generator); mkdocs' strict build knows them.
MADE = re.compile(
    r"(?:findings|constats|commands|console|conformance|contributing|changelog|security|tutorial/[\w.-]+)\.md|pictures/"
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# A command line in backticks or in a line of a block; what stands for something (FOLDER, …) is taken as it is.
COMMAND = re.compile(r"dicom-tutorial ([a-z][^`\n|&;)”]*)")
NO_FINDINGS = {"word", "item", "decimal-mark"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_link_inside_the_project_leads_somewhere(document):
    text = re.sub(r"`[^`\n]*`", "code", document.read_text(encoding="utf-8"))  # markup that is shown, not followed
    for target in LINK.findall(text):
        path = target.split("#")[0]
        if not path or "://" in path or path.startswith("mailto:") or MADE.match(path):
            continue
        # The frame of a made page stands in a folder of its own and is read in the folder above.
        folder = document.parent.parent if document.name == "frame.md" else document.parent
        assert (folder / path).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_command_in_the_documents_is_one(document, capsys):
    for words in COMMAND.findall(document.read_text(encoding="utf-8")):
        arguments = shlex.split(words.strip().rstrip(".,:"))
        if len(arguments) == 1 or "…" in words or "[" in words:
            assert arguments[0] in known_commands(), words
            continue
        try:
            build_parser().parse_args(arguments)
        except SystemExit as stop:
            assert stop.code == 0, f"{words}: {capsys.readouterr().err}"


def known_commands():
    return next(action for action in build_parser()._actions if action.dest == "command").choices


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_file_of_the_tests_that_is_named_exists(document):
    named = re.findall(r"`(Testing/[\w./-]+\.(?:py|sh))`", document.read_text(encoding="utf-8"))
    assert [path for path in named if not (CHECKOUT / path).is_file()] == []


def test_the_conformance_page_names_tests_that_exist():
    text = (CHECKOUT / "docs" / "conformance" / "frame.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:dicom|scene)/[\w./]*)`", text))
    named = {path for path in named if path.startswith(("scene/", "dicom/test_"))}
    assert len(named) > 8
    assert [path for path in named if not (CHECKOUT / "Testing" / "Python" / path).exists()] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_finding_is_explained_with_what_to_do(language):
    explained = json.loads((CHECKOUT / "docs" / "findings" / f"{language}.json").read_text(encoding="utf-8"))
    codes = {key.split(".")[0] for key in messages("findings", language)} - NO_FINDINGS
    assert explained.keys() == codes
    for code, about in explained.items():
        assert about.keys() == {"drawing", "means", "do"}, code
        assert all(text.strip().endswith((".", "?")) for text in (about["means"], about["do"])), code
