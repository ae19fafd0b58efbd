"""What may be left out counts as nothing: 0, no, or empty. Where it counts as something else, that is decided here.

Whoever gives an argument or a field a default that is something adds it to DECIDED, by the name of the function or the class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper" / "DICOMTutorialHelperLib"
DRAWINGS = ("breast_anatomy", "breast_chest", "shapes", "thorax", "torso_", "trees")  # of practice bodies: where one looks right
# A default that is something, by what has it: what people get who ask for nothing.
DECIDED = {
    "__init__": {"size": 40},
    "_add_words": {"shortest": 2},
    "_axial": {"frames": 1},
    "_round_steps": {"most": 6},
    "_split_group": {"depth": 3},
    "add_language": {"as_json": True},
    "are_mostly_whole": {"least": 0.5},
    "Argument": {"required": True},
    "ask": {"most_rows": 20},
    "candidates_of": {"fill_missing": True},
    "curve_plotted": {"places": 1},
    "decimals": {"digits": 4},
    "download": {"pause_seconds": 1.0},
    "download_files": {"pause_seconds": 1.0},
    "examine_files": {"fill_missing": True},
    "examine_paths": {"fill_missing": True},
    "fail": {"status": 1},
    "from_bucket": {"pause_seconds": 1.0},
    "hardest": {"least_asked": 1},
    "HeaderRow": {"readable": True},
    "InstanceEntry": {"frames": 1},
    "LoadedItem": {"frames": 1, "dimensions": (0, 0, 0)},
    "make_stand_in": {"small": True},
    "near_leads": {"norm": 2},  # Euclid's
    "of": {"fill_missing": True},
    "offers": {"preferred": True, "fill_missing": True},
    "plain_value": {"little_endian": True},
    "plot_curve": {"places": 1},
    "plot_time_curve": {"radius_mm": 4.0},
    "PluginInfo": {"enabled": True},
    "read": {"size": -1},  # all, as files have it
    "read_dataset": {"pixels": True},
    "run_tutorial": {"make_data": True},
    "sampled": {"spacing": 4.0},
    "sampled_even": {"spacing": 4.0},
    "sampled_halves": {"spacing": 2.5},
    "sampled_union": {"spacing": 2.5},
    "save_scene": {"compress": True},
    "SeriesToWrite": {"counted": True},
    "snapshot": {"width": 640, "height": 480},
    "split_series": {"fill_missing": True},
    "StoredValues": {"slope": 1.0},  # values as they are (PS3.3 C.7.6.16.2.9)
    "SyntheticSeries": {"frames": 1},
    "three_slices_png": {"directions_known": True},
    "ValueRule": {"least": 1, "most": 1},
    "WebSources": {"pause_seconds": 1.0},
}


def numbers_left_out() -> Iterator[tuple[str, str, object]]:
    """Every default that is a number or a yes or no, or holds some: of what, its name, the value."""
    for path in sorted(LIBRARY.rglob("*.py")):
        inside = path.relative_to(LIBRARY).as_posix()
        if inside.startswith(("panel/", "selftest/")) or path.stem.startswith(DRAWINGS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name, default in _defaults(node):
                try:
                    value = ast.literal_eval(default)
                except ValueError:  # made by a call, or named
                    continue
                if isinstance(value, (int, float, tuple)) and value != ():
                    yield node.name, name, value


def _defaults(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.ClassDef):
        for line in node.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
                yield line.target.id, line.value
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        placed = [*node.args.posonlyargs, *node.args.args]
        yield from ((argument.arg, value) for argument, value in zip(reversed(placed), reversed(node.args.defaults)))
        yield from (
            (argument.arg, value) for argument, value in zip(node.args.kwonlyargs, node.args.kw_defaults) if value is not None
        )


def test_what_is_left_out_is_nothing_unless_that_is_decided():
    seen, count = set(), 0
    for owner, name, value in numbers_left_out():
        count += 1
        if name in DECIDED.get(owner, {}):
            seen.add((owner, name))
            assert repr(value) == repr(DECIDED[owner][name]), f"{owner} {name}"  # 1 is neither True nor 1.0
        else:
            assert value in (0, False), f"{owner} takes {name}={value} unless told otherwise: decide so in DECIDED"
    assert count > 150
    assert seen == {(owner, name) for owner, values in DECIDED.items() for name in values}
