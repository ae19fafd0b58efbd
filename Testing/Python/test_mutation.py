"""The mutation run itself: breakages that parse, differ, and come again with the same seed."""

from __future__ import annotations

import ast
import importlib.util
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
    import sys

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


def test_the_same_seed_makes_the_same_breakages(mutation_run):
    first, again = (mutation_run.chosen(7, 20, ["tutorial"]) for _ in range(2))
    assert first == again and len(first) == 20
    assert first != mutation_run.chosen(8, 20, ["tutorial"])
    assert {mutation_run.room_of(one.path) for one in first} == {"tutorial"}


def test_every_test_that_it_runs_is_there(mutation_run):
    for tests in mutation_run.TESTS_OF.values():
        for one in tests:
            assert (FILE.parents[1] / "Python" / one).exists(), one
