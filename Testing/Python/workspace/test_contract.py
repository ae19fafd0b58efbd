"""The contract of the Workspace, over every implementation that runs without the application. The self test runs it there."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest
from fake_workspace import FakeWorkspace

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.selftest.contract_checks import refused
from DICOMTutorialHelperLib.selftest.workspace_contract import CHECKS
from DICOMTutorialHelperLib.workspace import interface as w

LIBRARY = Path(inspect.getfile(w)).parents[1]
TALKING_ROOMS = ("workspace", "tutorial", "panel")


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    for name in ("torso-ct", "breast-mri"):
        make_practice_set(name, folder)
    return folder


def headless():
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    from DICOMTutorialHelperLib.workspace.headless.workspace import HeadlessWorkspace

    return HeadlessWorkspace("en")


IMPLEMENTATIONS = {"fake": FakeWorkspace, "headless": headless}


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def workspace(request, practice):
    made = IMPLEMENTATIONS[request.param]()
    made.create_database()
    made.import_folder(practice)
    return made


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_it_holds(check, workspace, practice):
    workspace.close_scene()
    check(workspace, practice)


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_without_a_database_there_is_nothing(name, practice, tmp_path):
    fresh = IMPLEMENTATIONS[name]()
    assert fresh.database_folder() is None
    assert fresh.patients() == ()
    fresh.remove_series("1.2.3")
    refused("no-database", lambda: fresh.import_folder(practice))
    assert fresh.create_database(tmp_path / "database") == tmp_path / "database" == fresh.database_folder()
    (tmp_path / "letter.txt").write_text("Dear all", encoding="utf-8")
    refused("import.no-dicom", lambda: fresh.import_folder(tmp_path))


@pytest.mark.parametrize("kind", ["HeadlessWorkspace", "SlicerWorkspace", "FakeWorkspace"])
def test_every_method_of_the_interface_is_there_with_its_arguments_and_what_they_are_unless_given(kind):
    """By their sources: SlicerWorkspace cannot be imported without the application."""
    files = {
        "HeadlessWorkspace": [LIBRARY / "workspace/headless/workspace.py", LIBRARY / "workspace/headless/views.py"],
        "SlicerWorkspace": [LIBRARY / "workspace/slicer/workspace.py"],
        "FakeWorkspace": [Path(inspect.getfile(FakeWorkspace))],
    }
    given = {}
    for path in files[kind]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                given.update({each.name: each for each in node.body if isinstance(each, ast.FunctionDef)})
    for name, method in inspect.getmembers(w.Workspace, inspect.isfunction):
        if not name.startswith("_"):
            wanted = inspect.signature(method).parameters
            arguments = given[name].args
            assert len(arguments.args) == len(wanted), name
            unless_given = [repr(one.default) for one in wanted.values() if one.default is not one.empty]
            assert [ast.unparse(default) for default in arguments.defaults] == unless_given, name


def reasons_in_code():
    """Where a WorkspaceError is raised or a CheckResult given: the file, the reason, the fields."""
    for room in TALKING_ROOMS:
        for path in sorted((LIBRARY / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
                place = {"WorkspaceError": 0, "CheckResult": 1}.get(name)
                if place is None or len(node.args) <= place or not isinstance(node.args[place], ast.Constant):
                    continue
                fields = {keyword.arg for keyword in node.keywords} if name == "WorkspaceError" else None
                yield path.relative_to(LIBRARY).as_posix(), node.args[place].value, fields


def test_every_reason_in_the_code_is_a_sentence_with_its_fields():
    found = list(reasons_in_code())
    assert len(found) > 60
    for path, reason, fields in found:
        for language in LANGUAGES:
            sentence = messages("tutorial", language).get(reason)
            assert sentence, f"{path}: {reason} has no sentence in {language}"
            if fields is not None:
                assert set(re.findall(r"{(\w+)}", sentence)) <= {*fields, "detail"}, (
                    f"{path}: {reason} lacks fields in {language}"
                )


def test_the_reasons_that_the_interface_names_are_those_that_are_raised():
    promised = set(re.findall(r"``([a-z]+(?:[.-][a-z]+)+)``", inspect.getsource(w))) - {"workspace.headless", "workspace.slicer"}
    raised = {reason for path, reason, fields in reasons_in_code() if fields is not None and path.startswith("workspace/")}
    assert raised == promised
