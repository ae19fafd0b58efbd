"""The house rules that no single part can hold by itself: layers, languages, Python 3.9."""

from __future__ import annotations

import ast
import fnmatch
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Union

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES, supported_language
from DICOMTutorialHelperLib.messages import messages

MODULE_FOLDER = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper"
LIBRARY = MODULE_FOLDER / "DICOMTutorialHelperLib"
SOURCES = sorted(MODULE_FOLDER.rglob("*.py"))
TEXTS = sorted({path.stem for path in (MODULE_FOLDER / "Resources" / "Languages" / "en").glob("*.json")})

# Room -> the rooms it may import, beside itself and the root of the library.
BELOW_WORKSPACE = {"dicom", "explore", "data", "scene"}
ALLOWED = {
    "dicom": set(),
    "explore": {"dicom"},
    "data": {"dicom"},
    "scene": {"dicom"},
    "workspace.interface": set(),
    "workspace.headless": {*BELOW_WORKSPACE, "workspace.interface"},
    "workspace.slicer": {*BELOW_WORKSPACE, "workspace.interface"},
    "tutorial": {"dicom", "explore", "data", "workspace.interface"},
    "pages": {"dicom", "explore", "data", "workspace.interface", "tutorial"},
    "panel": {*BELOW_WORKSPACE, "workspace.interface", "workspace.slicer", "tutorial", "pages"},
    "commands": {*BELOW_WORKSPACE, "workspace.interface", "workspace.headless", "tutorial", "pages"},
    "selftest": {*BELOW_WORKSPACE, "workspace.interface", "workspace.slicer", "tutorial", "pages", "panel"},
}
APPLICATION = {"slicer", "vtk", "vtkmodules", "qt", "ctk", "DICOMLib", "PySide6", "PyQt5"}
QT = {"qt", "ctk", "PySide6", "PyQt5"}
FORBIDDEN = {
    **dict.fromkeys(("dicom", "explore", "data", "tutorial", "pages", "workspace.interface", "commands"), APPLICATION),
    **dict.fromkeys(("scene", "workspace.headless"), QT),
}


def imported_modules(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def module_name(path: Path) -> str:
    parts = path.relative_to(MODULE_FOLDER).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """The room of a module of the library by its dotted name; "" for the root of the library and what stands beside it."""
    parts = module.split(".")[1:] if module.startswith("DICOMTutorialHelperLib.") else []
    if not parts:
        return ""
    room = ".".join(parts[:2]) if parts[0] == "workspace" else parts[0]
    return room if room in ALLOWED else ""


def imports_of(path: Path) -> set[str]:
    """Every module of the library that a file imports, also where it imports late: ``from package import module`` counts."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            names |= below or {node.module}
    return names & MODULES.keys()


MODULES = {module_name(path): path for path in SOURCES if LIBRARY in path.parents}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(MODULE_FOLDER)))
def test_a_room_imports_only_what_lies_below_it(path):
    room = room_of(module_name(path))
    if not room:
        pytest.skip("the root of the library and the files beside it belong to no room")
    for name in imports_of(path):
        used = room_of(name)
        assert used in {"", room} or used in ALLOWED[room], f"{room} imports {name}"
    for name in imported_modules(path):
        assert name.split(".")[0] not in FORBIDDEN.get(room, set()), f"{room} imports {name}"


def test_no_module_imports_itself_by_way_of_others():
    """Late imports count too."""
    graph = {name: imports_of(path) - {name} for name, path in MODULES.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for used in sorted(graph[name]):
                visit(used, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


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
            assert fields(translated[key]) == fields(sentence), key


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
    [("fr_FR.UTF-8", "fr"), ("pt", "pt-BR"), ("pt_PT", "pt-BR"), ("es-MX", "es"), ("qaa_XX", "en"), ("French_France", "fr")],
)
def test_the_nearest_language_is_chosen(requested, language):
    assert supported_language(requested) == language


def test_every_finding_code_has_its_sentence():
    from DICOMTutorialHelperLib.dicom.findings import CODES

    assert set(CODES) <= messages("findings", "en").keys()


def test_every_package_of_the_library_is_in_the_wheel():
    declared = (MODULE_FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^\[tool\.setuptools\].*?^packages = \[(.*?)^\]", declared, re.DOTALL | re.MULTILINE).group(1)
    packages = {".".join(path.parent.relative_to(MODULE_FOLDER).parts) for path in LIBRARY.rglob("__init__.py")}
    assert set(re.findall(r'"([\w.]+)"', listed)) == packages | {"DICOMTutorialHelperLib.Resources"}


def test_cmake_installs_every_file_of_the_library_and_the_resources():
    """CTK takes scripts for Python files whatever they are called, so all others must be resources."""
    listing = (MODULE_FOLDER / "CMakeLists.txt").read_text(encoding="utf-8")
    globs = re.findall(r"GLOB_RECURSE (\w+) .*?\n(.*?)\n  \)", listing, re.DOTALL)
    patterns = {name: [line.rsplit("/", 1) for line in re.findall(r"^ +(\w\S+)$", lines, re.MULTILINE)] for name, lines in globs}
    assert patterns.keys() == {"LIBRARY_SCRIPTS", "MODULE_PYTHON_RESOURCES"}
    for path in (*LIBRARY.rglob("*"), *(MODULE_FOLDER / "Resources").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            place = path.relative_to(MODULE_FOLDER).as_posix()
            fitting = {
                name
                for name, listed in patterns.items()
                for folder, file in listed
                if place.startswith(f"{folder}/") and fnmatch.fnmatch(path.name, file)
            }
            assert fitting == {"LIBRARY_SCRIPTS" if path.suffix == ".py" else "MODULE_PYTHON_RESOURCES"}, place


@pytest.mark.parametrize(
    "path", sorted((MODULE_FOLDER / "Resources").rglob("*.json")), ids=lambda path: "/".join(path.parts[-2:])
)
def test_no_key_stands_twice_in_a_file(path):
    def once(pairs: list) -> dict:
        keys = [key for key, _ in pairs]
        assert sorted(set(keys)) == sorted(keys)
        return dict(pairs)

    json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=once)


# The rooms whose functions others call; what a function does for the panel alone, the panel shows.
DESCRIBED_ROOMS = ("dicom", "explore", "data", "scene", "tutorial", "pages", "workspace.interface")
DESCRIBED = [path for path in SOURCES if room_of(module_name(path)) in DESCRIBED_ROOMS]
Definition = Union[ast.FunctionDef, ast.ClassDef]


def public_definitions(node: ast.AST, owner: str = "") -> Iterator[tuple[str, Definition]]:
    """(dotted name, definition) of functions, classes and methods without an underscore in front."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and not child.name.startswith("_"):
            yield owner + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from public_definitions(child, f"{owner}{child.name}.")


def raised_here(function: ast.FunctionDef) -> set[str]:
    """What a function raises itself, by name; what it raises again, and functions in it, left out."""
    names, waiting = set(), list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            names.add(ast.unparse(raised))
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)
    return names


@pytest.mark.parametrize("path", DESCRIBED, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_all_that_is_public_says_what_it_is_for_and_that_it_raises(path):
    for name, definition in public_definitions(ast.parse(path.read_text(encoding="utf-8"))):
        words = ast.get_docstring(definition) or ""
        assert words, f"{name} has no docstring"
        if isinstance(definition, ast.FunctionDef):
            raised = raised_here(definition)
            assert not raised or "aise" in words, f"{name} raises {raised} and does not say so"
