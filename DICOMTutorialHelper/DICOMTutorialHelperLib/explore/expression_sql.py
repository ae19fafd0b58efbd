"""Filter expressions as SQL conditions for DuckDB: every value is a bound parameter, every name a column of the table.

The condition chooses the rows for which ``Expression.matches`` is true; a test holds both against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

from DICOMTutorialHelperLib.explore.expressions import (
    NUMBER_PATTERN,
    Expression,
    ExpressionError,
    Value,
    as_number,
    evaluate_tree,
    is_true,
)

TEXT, NUMBER = "text", "number"
SIGNS = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class Column:
    """A column of the table under its own name; ``kind`` is TEXT or NUMBER."""

    name: str
    kind: str

    @property
    def quoted(self) -> str:
        """The name as SQL has it, in quotation marks."""
        return '"' + self.name.replace('"', '""') + '"'


Operand = Union[Column, str, float, None, list]


def condition(expression: Expression, columns: Mapping[str, Column]) -> tuple[str, list[Value]]:
    """(SQL, parameters); ``columns`` maps the expression's keywords. Raises ExpressionError where no condition can be made."""
    parameters: list[Any] = []
    return _truth(expression.tree, columns, parameters), parameters


def _truth(tree: tuple, columns: Mapping[str, Column], parameters: list[Any]) -> str:
    kind = tree[0]
    if kind in ("and", "or"):
        return "(" + f" {kind.upper()} ".join(_truth(part, columns, parameters) for part in tree[1:]) + ")"
    if kind == "not":
        return f"(NOT {_truth(tree[1], columns, parameters)})"
    if kind == "keyword":
        column = columns[tree[1]]
        empty = f" AND {column.quoted} <> ''" if column.kind == TEXT else ""
        return f"({column.quoted} IS NOT NULL{empty})"
    if kind in ("value", "list"):
        return _constant(is_true(evaluate_tree(tree, lambda _: None)))
    left, right = _operand(tree[1], columns), _operand(tree[2], columns)
    if kind == "!=":
        return f"(NOT {_any('==', left, right, parameters)})"
    if kind == "in":
        return _either([_any("==", left, item, parameters) for item in (right if isinstance(right, list) else [right])])
    if kind == "contains":
        return _contains(left, right, parameters)
    return _any(kind, left, right, parameters)


def _operand(tree: tuple, columns: Mapping[str, Column]) -> Operand:
    if tree[0] == "keyword":
        return columns[tree[1]]
    if tree[0] == "value":
        return tree[1]
    if tree[0] == "list":
        return [_operand(item, columns) for item in tree[1:]]
    raise ExpressionError("unexpected", 0, text="(")  # a comparison of a comparison


def _any(sign: str, left: Operand, right: Operand, parameters: list[Any]) -> str:
    """One comparison; of several values one that fulfils it is enough, but two lists are equal or not."""
    if isinstance(left, list) and isinstance(right, list) and sign == "==":
        pairs = [_any("==", *pair, parameters) for pair in zip(left, right)] if len(left) == len(right) else [_constant(False)]
        return "(" + " AND ".join(pairs or [_constant(True)]) + ")"
    if isinstance(left, list):
        return _either([_any(sign, item, right, parameters) for item in left])
    if isinstance(right, list):
        return _either([_any(sign, left, item, parameters) for item in right])
    return _compared(sign, left, right, parameters)


def _either(conditions: list[str]) -> str:
    return "(" + " OR ".join(conditions) + ")" if conditions else _constant(False)


def _compared(sign: str, left: Operand, right: Operand, parameters: list[Any]) -> str:
    if left in (None, "") or right in (None, ""):
        if sign != "==":
            return _constant(False)
        other = right if left in (None, "") else left
        if not isinstance(other, Column):
            return _constant(other in (None, ""))
        return f"({other.quoted} IS NULL OR CAST({other.quoted} AS VARCHAR) = '')"
    numbers = any(isinstance(one, float) or (isinstance(one, Column) and one.kind == NUMBER) for one in (left, right))
    sides = [_side(one, numbers, parameters) for one in (left, right)]
    comparison = f"{sides[0]} {SIGNS[sign]} {sides[1]}"
    # Texts that are empty are absent values, which fulfil nothing but being equal to each other.
    guards = [f"{one.quoted} <> ''" for one in (left, right) if isinstance(one, Column) and one.kind == TEXT]
    both = [one for one in (left, right) if isinstance(one, Column)]
    found = f"COALESCE({' AND '.join([comparison, *guards])}, FALSE)"
    if sign == "==" and len(both) == 2:
        absent = " AND ".join(f"COALESCE(CAST({one.quoted} AS VARCHAR), '') = ''" for one in both)
        return f"({found} OR ({absent}))"
    return found


def _side(operand: Operand, numbers: bool, parameters: list[Any]) -> str:
    if isinstance(operand, Column):
        if not numbers:
            return operand.quoted
        number = f"TRY_CAST({operand.quoted} AS DOUBLE)"
        finite = f"isfinite({number})"
        if operand.kind == TEXT:
            finite = f"regexp_full_match({operand.quoted}, '{NUMBER_PATTERN}') AND {finite}"
        return f"CASE WHEN {finite} THEN {number} END"
    if numbers:
        parameters.append(as_number(operand))
        return "CAST(? AS DOUBLE)"
    parameters.append(str(operand))
    return "CAST(? AS VARCHAR)"


def _contains(left: Operand, right: Operand, parameters: list[Any]) -> str:
    texts, wanted = (one if isinstance(one, list) else [one] for one in (left, right))
    conditions = []
    for text in texts:
        for one in wanted:
            if text is None or one is None:
                continue
            sides = [_folded(side, parameters) for side in (text, one)]
            conditions.append(f"COALESCE(contains({sides[0]}, {sides[1]}), FALSE)")
    return _either(conditions)


def _folded(operand: object, parameters: list[Any]) -> str:
    if isinstance(operand, Column):
        return f"lower(CAST({operand.quoted} AS VARCHAR))" if operand.kind == TEXT else f"CAST({_double(operand)} AS VARCHAR)"
    parameters.append(str(operand).lower())
    return "CAST(? AS VARCHAR)"


def _double(column: Column) -> str:
    return f"CAST({column.quoted} AS DOUBLE)"


def _constant(value: bool) -> str:
    return "TRUE" if value else "FALSE"
