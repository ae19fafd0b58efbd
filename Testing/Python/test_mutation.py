"""The mutation run itself: breakages that parse, differ, and come again with the same seed."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[1] / "Mutation" / "run_mutations.py"
SOURCE = """def share(part, whole):
    if part < 0 or not whole:
        print("é", part)
        return 0.5 * part
    return part / whole
"""


@pytest.fixture(scope="module")
def mutation_run():
    specification = importlib.util.spec_from_file_location("run_mutations", FILE)
    module = importlib.util.module_from_spec(specification)
    sys.modules["run_mutations"] = module
    specification.loader.exec_module(module)
    return module


def test_each_place_that_can_break_is_found_behind_letters_of_two_bytes(mutation_run):
    found = mutation_run.mutations_of(Path("a.py"), SOURCE.encode())
    changes = {(one.line, one.before, one.after) for one in found}
    assert changes == {
        (2, "<", "<="),
        (2, "or", "and"),
        (2, "not ", ""),
        (2, "0", "1"),
        (3, 'print("é", part)', "pass"),
        (4, "*", "/"),
        (4, "0.5", "1.5"),
        (4, "0.5 * part", "None"),
        (5, "/", "*"),
        (5, "part / whole", "None"),
    }
    for one in found:
        broken = one.apply(SOURCE.encode())
        assert broken != SOURCE.encode() and ast.parse(broken)


def test_what_no_behaviour_hangs_on_is_left_alone(mutation_run):
    source = b"""from dataclasses import dataclass
import logging
@dataclass(frozen=True)
class Point:
    x: int = 3
def read(file, count: int = 1) -> Literal[5]:
    logging.info("read %d", 6)
    return get(file, timeout=7) or []
def none():
    return []
"""
    found = mutation_run.mutations_of(Path("a.py"), source)
    assert {(one.line, one.before) for one in found} == {(5, "3"), (6, "1"), (8, "or"), (8, "get(file, timeout=7) or []")}


def test_each_breakage_knows_the_lines_that_a_test_must_run(mutation_run):
    source = b"""LIMIT = 3
class Box:
    size = 4
    def grow(self, by=5):
        if (by >
                6):
            return self.size + by
"""
    found = {one.before: one for one in mutation_run.mutations_of(Path("a.py"), source)}
    assert (found["3"].lines, found["3"].names, found["3"].imported) == ((), ("LIMIT",), True)
    assert (found["4"].names, found["4"].imported) == (("Box", "size"), True)
    assert (found["5"].lines, found["5"].imported) == ((5, 6, 7), True)
    assert (found["6"].lines, found["6"].imported) == ((5, 6), False)
    assert (found["+"].lines, found["+"].imported) == ((7,), False)


def test_the_same_seed_makes_the_same_breakages(mutation_run):
    first, again = (mutation_run.chosen(7, 20, ["tutorial/steps"]) for _ in range(2))
    assert first == again and len(first) == 20
    assert first != mutation_run.chosen(8, 20, ["tutorial/steps"])
    assert {mutation_run.room_of(one.path) for one in first} == {"tutorial/steps"}


@pytest.fixture
def project(tmp_path):
    """A library of one function and a test of one of its branches, as the project lays them."""
    library = tmp_path / "DICOMTutorialHelper" / "DICOMTutorialHelperLib"
    tests = tmp_path / "Testing" / "Python"
    library.mkdir(parents=True)
    tests.mkdir(parents=True)
    (library / "__init__.py").touch()  # else the project as it is installed would be found before it
    (library / "sizes.py").write_text("LIMIT = 3\n\n\ndef size(n):\n    if n > LIMIT:\n        return 1\n    return 2\n")
    (tests / "test_sizes.py").write_text(
        "from DICOMTutorialHelperLib.sizes import size\n\n\ndef test_small():\n    assert size(2) == 2\n\n\n"
        "def test_broken():\n    assert False\n"
    )
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["DICOMTutorialHelper"]\n')
    return tmp_path


def test_the_map_knows_who_ran_what_and_is_carried_over_moved_lines(mutation_run, project):
    pytest.importorskip("coverage", reason="coverage is not installed")
    file, test = Path("DICOMTutorialHelper/DICOMTutorialHelperLib/sizes.py"), "Testing/Python/test_sizes.py::test_small"
    command = [sys.executable, str(FILE.parent / "covering.py"), "map.json"]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    covering = mutation_run.Covering.read(project / "map.json", project)
    assert list(covering.seconds) == [test], "what fails unbroken is not asked"
    assert json.loads((project / "map.json").read_text())["fingerprints"] == {}, "a file that failed is asked again"
    assert covering.tests_of[file.as_posix()][7] == {test}
    assert 6 not in covering.tests_of[file.as_posix()]
    assert covering.likely(file, (), ("LIMIT",)) == [test]
    (project / file).write_text("# moved\n" + (project / file).read_text())
    moved = mutation_run.Covering.read(project / "map.json", project)
    assert moved.tests_of[file.as_posix()][8] == {test} and 7 not in moved.tests_of[file.as_posix()]


def test_lines_that_moved_to_a_file_of_their_own_keep_their_tests(mutation_run, project):
    library = project / "DICOMTutorialHelper" / "DICOMTutorialHelperLib"
    old, new = ("DICOMTutorialHelper/DICOMTutorialHelperLib/" + name for name in ("sizes.py", "large.py"))
    text = (library / "sizes.py").read_text()
    recorded = sys.modules["covering"].Recorded(
        seconds={"a": 1.0, "b": 1.0}, lines={old: {5: ["a"], 7: ["a", "b"]}}, sources={old: text}
    )
    (library / "sizes.py").write_text("LIMIT = 3\n\n\nreturned = 2\n")
    (library / "large.py").write_text("LIMIT = 4\n\n\n" + text.partition("\n\n\n")[2])
    (library / "other.py").write_text("import a\n\n    return 2\n")
    carried = recorded.carried_to(project)
    assert carried.lines == {new: {5: ["a"], 7: ["a", "b"]}}


def test_who_reads_the_sources_is_asked_last_of_all(mutation_run, project):
    file = Path("DICOMTutorialHelper/DICOMTutorialHelperLib/sizes.py")
    tests = project / "Testing" / "Python"
    (tests / "test_sources.py").write_text("import ast\nLIBRARY = 1\n\n\ndef test_a():\n    assert ast.parse('1')\n")
    (tests / "test_parsed.py").write_text("import ast\n\n\ndef test_a():\n    assert ast.parse('1')\n")
    names = [
        f"Testing/Python/{name}" for name in ("test_sources.py::test_a", "test_parsed.py::test_a", "test_sizes.py::test_small")
    ]
    recorded = sys.modules["covering"].Recorded(seconds=dict(zip(names, (0.1, 0.2, 0.3))))
    recorded.write(project / "map.json")
    assert mutation_run.Covering.read(project / "map.json", project).likely(file, (7,), ()) == [names[2], names[0]]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("return 2", "return 3", "noticed"), ("return 1", "return 3", "survived"), ("LIMIT = 3", "LIMIT = 1", "noticed")],
)
def test_a_worker_tells_whether_a_test_fails_on_the_broken_file(mutation_run, project, before, after, expected):
    file = Path("DICOMTutorialHelper/DICOMTutorialHelperLib/sizes.py")
    content = (project / file).read_bytes()
    start = content.index(before.encode())
    mutation = mutation_run.Mutation(file, 1, start, start + len(before), before, after, imported="LIMIT" in before)
    worker = mutation_run.Worker(project)
    try:
        assert worker.run(mutation, True, ["Testing/Python/test_sizes.py::test_small"], 60) == expected
        assert worker.run(mutation, False, ["Testing/Python/test_sizes.py::test_small"], 60) == "survived"
    finally:
        worker.close()
    assert (project / file).read_bytes() == content
