"""The house rules that no single part can hold by itself: layers, languages, Python 3.9."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES, supported_language, texts

MODULE_FOLDER = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper"
LIBRARY = MODULE_FOLDER / "DICOMTutorialHelperLib"
SOURCES = sorted(MODULE_FOLDER.rglob("*.py"))
TEXTS = sorted({path.stem for path in (MODULE_FOLDER / "Resources" / "Languages" / "en").glob("*.json")})

# Part -> the parts it may import, beside itself and the root of the library.
ALLOWED = {
    "dicom": set(),
    "explore": {"dicom"},
    "data": {"dicom"},
    "scene": {"dicom"},
    "tutorial": {"dicom", "explore", "data", "scene"},
    "panel": {"dicom", "explore", "data", "scene", "tutorial"},
    "commands": {"dicom", "explore", "data", "scene", "tutorial"},
}
APPLICATION = {"slicer", "vtk", "qt", "ctk", "DICOMLib", "PySide6", "PyQt5"}
WITHOUT_APPLICATION = {"dicom", "explore", "data", "tutorial"}


def imported_modules(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def part_of(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0] if LIBRARY in path.parents and path.parent != LIBRARY else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(MODULE_FOLDER)))
def test_a_part_imports_only_what_lies_below_it(path):
    part = part_of(path)
    if part not in ALLOWED:
        pytest.skip("top-level files sit above all parts")
    for name in imported_modules(path):
        if name.startswith("DICOMTutorialHelperLib."):
            used = name.split(".")[1]
            assert used not in ALLOWED or used == part or used in ALLOWED[part], f"{part} imports {name}"
        if part in WITHOUT_APPLICATION:
            assert name.split(".")[0] not in APPLICATION, f"{part} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(MODULE_FOLDER)))
def test_every_file_parses_as_python_3_9(path):
    assert ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_only_the_module_and_its_plugins_lie_beside_the_library():
    """Slicer takes every Python file there for a module."""
    beside = {path.name for path in MODULE_FOLDER.glob("*.py")}
    assert beside == {"DICOMTutorialHelper.py", "DICOMTutorialVolumePlugin.py", "DICOMTutorialSequencePlugin.py"}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_there_in_every_language_with_the_same_fields(name, language):
    folder = MODULE_FOLDER / "Resources" / "Languages"
    english = json.loads((folder / "en" / f"{name}.json").read_text(encoding="utf-8"))
    translated = json.loads((folder / language / f"{name}.json").read_text(encoding="utf-8"))
    assert translated.keys() == english.keys()
    for key, sentence in english.items():
        if isinstance(sentence, str):
            assert translated[key] or not sentence, key
            assert fields(translated[key]) <= fields(sentence), key


def french_texts() -> list[Path]:
    resources = MODULE_FOLDER / "Resources"
    return sorted([*resources.glob("Languages/fr/*.json"), *resources.glob("Tutorials/*/fr.json")])


@pytest.mark.parametrize("path", french_texts(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_french_is_set_as_french_is(path):
    """Curly apostrophes, and spaces that do not break before ; : ! ? and inside guillemets."""
    content = path.read_text(encoding="utf-8")
    wrong = re.findall(r"\w'\w|(?<=[^\s\"]) [;:!?»]|« ", content)
    assert not wrong, wrong[:5]


@pytest.mark.parametrize(
    ("requested", "language"),
    [("fr_FR.UTF-8", "fr"), ("pt", "pt-BR"), ("pt_PT", "pt-BR"), ("es-MX", "es"), ("de_DE", "en"), ("French_France", "fr")],
)
def test_the_nearest_language_is_chosen(requested, language):
    assert supported_language(requested) == language


def test_every_finding_code_has_its_sentence():
    from DICOMTutorialHelperLib.dicom.findings import CODES

    assert set(CODES) <= texts("findings", "en").keys()
