"""What may be left out counts as nothing: 0, no, or empty. Where it counts as something else, that is decided here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper" / "DICOMTutorialHelperLib"
DRAWINGS = ("breast_anatomy", "breast_chest", "shapes", "thorax", "torso_", "trees")  # of practice bodies: where one looks right
# A default that is something, by where it stands: what people get who ask for nothing.
DECIDED = {
    "commands/datasets.py fail": {"status": 1},
    "commands/terminal.py add_language": {"as_json": True},
    "data/published/download.py download": {"pause_seconds": 1.0},
    "data/published/fetch.py WebSources": {"pause_seconds": 1.0},
    "data/published/many_files.py download_files": {"pause_seconds": 1.0},
    "data/published/series_sources.py from_bucket": {"pause_seconds": 1.0},
    "data/synthetic/breast_mri.py SyntheticSeries": {"frames": 1},
    "data/synthetic/breast_mri.py _axial": {"frames": 1},
    "data/synthetic/fields.py sampled": {"spacing": 4.0},
    "data/synthetic/fields.py sampled_union": {"spacing": 2.5},
    "data/synthetic/fields.py __init__": {"size": 40},
    "data/synthetic/instances.py decimals": {"digits": 4},
    "dicom/bounded_file.py read": {"size": -1},  # all, as files have it
    "dicom/derived_series.py SeriesToWrite": {"counted": True},
    "dicom/examine.py examine_paths": {"fill_missing": True},
    "dicom/examine.py examine_files": {"fill_missing": True},
    "dicom/nearby.py near_leads": {"norm": 2},  # Euclid's
    "dicom/splitting.py split_series": {"fill_missing": True},
    "dicom/splitting.py _split_group": {"depth": 3},
    "dicom/stack_index.py are_mostly_whole": {"least": 0.5},
    "dicom/stored_values.py StoredValues": {"slope": 1.0},  # values as they are (PS3.3 C.7.6.16.2.9)
    "dicom/value_rules.py ValueRule": {"least": 1, "most": 1},
    "explore/data_model.py InstanceEntry": {"frames": 1},
    "explore/datasets.py read_dataset": {"pixels": True},
    "explore/headers.py HeaderRow": {"readable": True},
    "explore/idc_index.py ask": {"most_rows": 20},
    "explore/identity.py _add_words": {"shortest": 2},
    "explore/series_stand_in.py make_stand_in": {"small": True},
    "scene/loadables.py offers": {"preferred": True, "fill_missing": True},
    "scene/loadables.py candidates_of": {"fill_missing": True},
    "scene/loadables.py of": {"fill_missing": True},
    "scene/scene_files.py save_scene": {"compress": True},
    "scene/slice_snapshots.py three_slices_png": {"directions_known": True},
    "tutorial/report/classroom.py hardest": {"least_asked": 1},
    "tutorial/report/parts.py _round_steps": {"most": 6},
    "tutorial/run.py run_tutorial": {"make_data": True},
    "tutorial/steps/registry.py Argument": {"required": True},
    "tutorial/steps/view_actions.py plot_curve": {"places": 1},
    "tutorial/steps/view_checks.py curve_plotted": {"places": 1},
    "workspace/headless/slicer_core.py save_scene": {"compress": True},
    "workspace/interface.py PluginInfo": {"enabled": True},
    "workspace/interface.py LoadedItem": {"frames": 1, "dimensions": (0, 0, 0)},
    # The three workspaces, by their contract.
    **{
        f"workspace/{file}.py {name}": values
        for file in ("interface", "headless/views", "slicer/workspace")
        for name, values in {"snapshot": {"width": 640, "height": 480}, "plot_time_curve": {"radius_mm": 4.0}}.items()
    },
}


def numbers_left_out() -> Iterator[tuple[str, str, object]]:
    """Every default that is a number or a yes or no, or holds some: where, of what, the value."""
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
                    yield f"{inside} {node.name}", name, value


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
    found: dict[str, dict[str, object]] = {}
    count = 0
    for where, name, value in numbers_left_out():
        count += 1
        if value not in (0, False):
            found.setdefault(where, {})[name] = value
    assert count > 150
    # As they are written: 1 is neither True nor 1.0.
    assert {where: repr(sorted(values.items())) for where, values in found.items()} == {
        where: repr(sorted(values.items())) for where, values in DECIDED.items()
    }
