"""What Slicer's Python console may call, from the docstrings of the module's logic (read as text: it needs Slicer)."""

from __future__ import annotations

import ast
from pathlib import Path

MODULE = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper" / "DICOMTutorialHelper.py"
LOGIC = "DICOMTutorialHelperLogic"


def pages() -> dict[str, str]:
    tree = ast.parse(MODULE.read_text(encoding="utf-8"))
    logic = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == LOGIC)
    parts = ["# In Slicer's Python console\n", ast.get_docstring(logic) or "", "\n```python"]
    parts += [f"from DICOMTutorialHelper import {LOGIC}", "", f"logic = {LOGIC}()", "```\n"]
    for node in logic.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and ast.get_docstring(node):
            is_property = any(ast.unparse(one) == "property" for one in node.decorator_list)
            call = "" if is_property else f"({', '.join(_arguments(node.args))})"
            parts.append(f"## `{node.name}`\n\n```python\nlogic.{node.name}{call}\n```\n\n{ast.get_docstring(node)}\n")
    return {"console.md": "\n".join(parts)}


def _arguments(arguments: ast.arguments) -> list[str]:
    names = [one.arg for one in arguments.args if one.arg != "self"]
    defaults = [ast.unparse(one) for one in arguments.defaults]
    plain = names[: len(names) - len(defaults)]
    return [*plain, *(f"{name}={default}" for name, default in zip(names[len(plain) :], defaults))]
