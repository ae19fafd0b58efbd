"""Every place of a source file that can be broken by one small change, and which of its lines a test must run to notice.

A breakage changes one comparison, operator, number, boolean, ``not``, return value or call whose result nobody takes. Left out,
because no behaviour hangs on it:

- annotations, and whatever stands under ``if TYPE_CHECKING``: they are never run;
- calls of ``logging``: what a developer reads in the error log;
- numbers that only bound what a program may take, where one more is no fault: ``timeout=`` and ``maxsize=`` of a call;
- ``frozen=`` of a dataclass: it forbids what no code does, and type checking sees that;
- ``return None`` for what counts as nothing already (False, "", an empty list): its False is turned into True instead;
- breakages that parse to the same program.

Nothing is left out for being hard to test: defaults of arguments, error paths and platform branches are all broken.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
SYMBOLS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.And: "and", ast.Or: "or",
}  # fmt: skip
OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.And: "or", ast.Or: "and"}
WITHOUT_BEHAVIOUR = ("timeout", "maxsize", "frozen")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutation:
    """``start`` and ``end`` are byte offsets in a file, ``path`` is relative to the project.

    ``lines`` are those of the function's statement that a test must run to notice; a breakage that takes effect when the module
    is imported has none, and ``names`` instead: what its statement names (a constant, a class), or nothing for the whole file.
    """

    path: Path
    line: int
    start: int
    end: int
    before: str
    after: str
    lines: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    imported: bool = False  # it takes effect when the module is imported

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before} -> {self.after}"

    def apply(self, content: bytes) -> bytes:
        return content[: self.start] + self.after.encode() + content[self.end :]


def mutations_of(path: Path, content: bytes) -> list[Mutation]:
    """Every breakage of a file, in the order of the file; ``is_another_program`` tells which are ones."""
    return sorted(set(_Finder(path, content).found()), key=lambda mutation: (mutation.start, mutation.after))


def is_another_program(mutation: Mutation, content: bytes) -> bool:
    """Whether the broken file still parses, and to something else."""
    try:
        broken = ast.parse(mutation.apply(content))
    except SyntaxError:
        return False
    return ast.dump(broken) != ast.dump(ast.parse(content))


class _Finder:
    def __init__(self, path: Path, content: bytes):
        self._path = path
        self._content = content
        self._tree = ast.parse(content)
        self._offsets = [0]
        for line in content.splitlines(keepends=True):
            self._offsets.append(self._offsets[-1] + len(line))

    def found(self) -> Iterator[Mutation]:
        for node, where in _visited(self._tree):
            for at, start, end, after in self._changes(node):
                before = self._content[start:end].decode()
                yield Mutation(self._path, at.lineno, start, end, before, after, *where)

    def _changes(self, node: ast.AST) -> Iterator[tuple[ast.AST, int, int, str]]:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            kind = type(node.ops[0])
            yield from self._symbol(node.left, node.comparators[0], SYMBOLS[kind], COMPARISONS[kind])
        elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not _has_text(node):
            yield from self._symbol(node.left, node.right, SYMBOLS[type(node.op)], OPERATORS[type(node.op)])
        elif isinstance(node, ast.BoolOp):
            yield from self._symbol(node.values[0], node.values[1], SYMBOLS[type(node.op)], OPERATORS[type(node.op)])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, self._start(node), self._start(node.operand), ""
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            changed = not node.value if isinstance(node.value, bool) else node.value + 1
            yield node, self._start(node), self._end(node), repr(changed)
        elif isinstance(node, ast.Return) and not _is_false_already(node.value):
            yield node, self._start(node.value), self._end(node.value), "None"
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node, self._start(node), self._end(node), "pass"

    def _symbol(self, left: ast.expr, right: ast.expr, symbol: str, after: str) -> Iterator[tuple[ast.AST, int, int, str]]:
        at = self._content.find(symbol.encode(), self._end(left), self._start(right))
        if at >= 0:
            yield left, at, at + len(symbol.encode()), after

    def _start(self, node: ast.AST) -> int:
        return self._offsets[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.AST) -> int:
        return self._offsets[node.end_lineno - 1] + node.end_col_offset


Where = tuple[tuple[int, ...], tuple[str, ...], bool]  # lines, names, imported: as in Mutation


def _visited(tree: ast.Module) -> Iterator[tuple[ast.AST, Where]]:
    """Every node but those that no behaviour hangs on, with where a test would notice a change of it."""

    def visit(
        node: ast.AST, where: Where, function: Optional[ast.AST], owner: tuple[str, ...]
    ) -> Iterator[tuple[ast.AST, Where]]:
        if isinstance(node, ast.stmt):
            where = _where(node, function, owner)
        if _is_log(node) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            return
        if isinstance(node, ast.keyword) and node.arg in WITHOUT_BEHAVIOUR and isinstance(node.value, ast.Constant):
            return
        yield node, where
        if isinstance(node, ast.ClassDef):
            owner = (*owner, node.name)
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns"):
                continue
            inner = node if isinstance(node, FUNCTIONS) and field == "body" else function
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from visit(child, where, inner, owner)

    yield from visit(tree, ((), (), True), None, ())


def _where(statement: ast.stmt, function: Optional[ast.AST], owner: tuple[str, ...]) -> Where:
    body = getattr(statement, "body", None)
    if isinstance(statement, FUNCTIONS) and body:  # defaults and decorators: whoever runs the function
        return tuple(range(body[0].lineno, statement.end_lineno + 1)), (), True
    if function is not None:
        last = body[0].lineno - 1 if body else statement.end_lineno
        return tuple(range(statement.lineno, max(last, statement.lineno) + 1)), (), False
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return (), (*owner, *(target.id for target in targets if isinstance(target, ast.Name))), True


def _is_log(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "logging"
    )


def _has_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, (ast.JoinedStr, ast.Constant)) and not _is_number(side) for side in (node.left, node.right))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


def _is_false_already(node: Optional[ast.expr]) -> bool:
    """Nothing, or what counts as nothing: None in its place would change little (a False is turned into True instead)."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    return node is None or (isinstance(node, ast.Constant) and not node.value)
