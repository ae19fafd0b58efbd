"""Filter expressions such as ``Modality == "MR" and SliceThickness < 3``: parsed by hand, never evaluated as code.

Grammar, loosest first::

    either     = both ("or" both)*
    both       = negation ("and" negation)*
    negation   = "not" negation | comparison
    comparison = operand [("==" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | ["not"] "in") operand]
    operand    = KEYWORD | NUMBER | "text" | "[" [operand ("," operand)*] "]" | "(" either ")"
"""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Optional, Union

from pydicom.datadict import DicomDictionary, tag_for_keyword

from DICOMTutorialHelperLib.errors import HelperError

Value = Union[str, float, list]
Lookup = Callable[[str], Optional[Value]]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>"[^"]*"|'[^']*'|«[^»]*»|“[^”]*”)
    |(?P<word>[A-Za-z][A-Za-z0-9_]*)
    |(?P<sign>==|!=|<=|>=|≤|≥|≠|<|>|=|\(|\)|\[|\]|,))""",
    re.VERBOSE,
)
# What a text must be to be compared as a number, the same wherever it is compared: float() takes "nan" and "1_0" too.
# No "?" is in it, which is the sign of a parameter in SQL.
NUMBER_PATTERN = r"[ ]*[+-]{0,1}([0-9]+[.]{0,1}[0-9]*|[.][0-9]+)([eE][+-]{0,1}[0-9]+){0,1}[ ]*"
_NUMBER = re.compile(NUMBER_PATTERN)
_COMPARISONS = {"==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_SPELLINGS = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}
# What a person writes is far shorter; parsing and evaluating nest with the tokens.
MOST_TOKENS, MOST_NESTED = 200, 40
_WORDS = ("and", "or", "not", "in", "contains")


class ExpressionError(HelperError):
    """An expression that cannot be understood.

    ``reason`` is a key of the texts ``headers``, under ``expression.``; ``fields`` are its named fields; ``position`` is the
    0-based place in the text.
    """

    domain = "headers"
    prefix = "expression."

    def __init__(self, reason: str, position: int, **fields: object) -> None:
        super().__init__(reason, **fields)
        self.position = position


@dataclass(frozen=True)
class Expression:
    """A parsed expression. ``keywords`` are the DICOM keywords it needs."""

    source: str
    keywords: tuple[str, ...]
    tree: tuple

    def matches(self, values: Union[Mapping[str, Value], Lookup]) -> bool:
        """Whether the values fulfil the expression; comparing with an absent value is never fulfilled, ``!=`` always is."""
        lookup = values.get if isinstance(values, Mapping) else values
        return is_true(evaluate_tree(self.tree, lookup))


def parse(source: str, extra_keywords: tuple[str, ...] = ()) -> Expression:
    """Parse an expression over DICOM keywords and ``extra_keywords``. Raises ExpressionError."""
    return _Parser(source, extra_keywords).parse()


def checked_keyword(keyword: str, extra_keywords: tuple[str, ...] = (), position: int = 0) -> str:
    """The keyword in its standard capitals where the DICOM dictionary or ``extra_keywords`` has it. Raises ExpressionError."""
    if keyword in extra_keywords or tag_for_keyword(keyword) is not None:
        return keyword
    names = {name.casefold(): name for name in (*extra_keywords, *_dictionary_keywords())}
    if keyword.casefold() in names:
        return names[keyword.casefold()]
    near = difflib.get_close_matches(keyword.casefold(), names, n=1, cutoff=0.6)
    if near:
        raise ExpressionError("unknown-keyword-near", position, keyword=keyword, suggestion=names[near[0]])
    raise ExpressionError("unknown-keyword", position, keyword=keyword)


@cache
def _dictionary_keywords() -> tuple[str, ...]:
    return tuple(sorted({entry[4] for entry in DicomDictionary.values() if entry[4]}))


class _Parser:
    def __init__(self, source: str, extra_keywords: tuple[str, ...]) -> None:
        self.source = source
        self.extra = extra_keywords
        self.keywords: list[str] = []
        self.tokens = self._tokens()
        self.index = 0

    def _tokens(self) -> list[tuple[str, str, int]]:
        tokens, position = [], 0
        while self.source[position:].strip():
            match = _TOKEN.match(self.source, position)
            if match is None:
                start = position + len(self.source[position:]) - len(self.source[position:].lstrip())
                character = self.source[start]
                raise ExpressionError("open-quote" if character in "\"'«“" else "character", start, text=character)
            kind = str(match.lastgroup)
            text, start = match.group(kind), match.start(kind)
            if kind == "word" and text.lower() in _WORDS:
                kind, text = "sign", text.lower()
            tokens.append((kind, _SPELLINGS.get(text, text) if kind == "sign" else text, start))
            position = match.end()
        return tokens

    def parse(self) -> Expression:
        if not self.tokens:
            raise ExpressionError("empty", 0)
        if len(self.tokens) > MOST_TOKENS:
            raise ExpressionError("too-long", self.tokens[MOST_TOKENS][2])
        nested = 0
        for _, text, position in self.tokens:
            nested += (text in ("(", "[")) - (text in (")", "]"))
            if nested > MOST_NESTED:
                raise ExpressionError("too-long", position)
        tree = self._either()
        if self.index < len(self.tokens):
            self._refuse_decimal_comma()
            _, text, position = self.tokens[self.index]
            raise ExpressionError("unexpected", position, text=text)
        return Expression(self.source, tuple(dict.fromkeys(self.keywords)), tree)

    def _peek(self) -> str:
        return self.tokens[self.index][1] if self.index < len(self.tokens) and self.tokens[self.index][0] == "sign" else ""

    def _take(self, *signs: str) -> str:
        sign = self._peek()
        if sign and sign in signs:
            self.index += 1
            return sign
        return ""

    def _either(self) -> tuple:
        tree = self._both()
        while self._take("or"):
            tree = ("or", tree, self._both())
        return tree

    def _both(self) -> tuple:
        tree = self._negation()
        while self._take("and"):
            tree = ("and", tree, self._negation())
        return tree

    def _negation(self) -> tuple:
        return ("not", self._negation()) if self._take("not") else self._comparison()

    def _comparison(self) -> tuple:
        left = self._operand()
        sign = self._take("==", "!=", "<", "<=", ">", ">=", "in", "contains")
        if sign:
            return (sign, left, self._operand())
        if self._peek() == "not" and self.index + 1 < len(self.tokens) and self.tokens[self.index + 1][1] == "in":
            self.index += 2
            return ("not", ("in", left, self._operand()))
        return left

    def _operand(self) -> tuple:
        if self.index >= len(self.tokens):
            raise ExpressionError("ends-early", len(self.source))
        kind, text, position = self.tokens[self.index]
        self.index += 1
        if kind == "number":
            return ("value", float(text))
        if kind == "text":
            return ("value", text[1:-1].strip())
        if kind == "word":
            keyword = checked_keyword(text, self.extra, position)
            self.keywords.append(keyword)
            return ("keyword", keyword)
        if text == "(":
            tree = self._either()
            self._expect(")", position)
            return tree
        if text == "[":
            items: list[Any] = []
            while not self._take("]"):
                if items and not self._take(","):
                    self._expect("]", position)
                items.append(self._operand())
            return ("list", *items)
        raise ExpressionError("unexpected", position, text=text)

    def _refuse_decimal_comma(self) -> None:
        """Raise ExpressionError at 6,33 where a list cannot be meant: most languages write it so, and so do the tables."""
        around = self.tokens[self.index - 1 : self.index + 2]
        if [kind for kind, _, _ in around] == ["number", "sign", "number"] and around[1][1] == ",":
            raise ExpressionError("decimal-comma", around[0][2], text=f"{around[0][1]}.{around[2][1]}")

    def _expect(self, sign: str, opened: int) -> None:
        if not self._take(sign):
            self._refuse_decimal_comma()
            raise ExpressionError("not-closed", opened, text=sign)


def evaluate_tree(tree: tuple, lookup: Lookup) -> Any:
    """The value of a parsed expression, or of a part of it."""
    kind = tree[0]
    if kind == "value":
        return tree[1]
    if kind == "keyword":
        return lookup(tree[1])
    if kind == "list":
        return [evaluate_tree(item, lookup) for item in tree[1:]]
    if kind == "not":
        return not is_true(evaluate_tree(tree[1], lookup))
    left = evaluate_tree(tree[1], lookup)
    if kind == "and":
        return is_true(left) and is_true(evaluate_tree(tree[2], lookup))
    if kind == "or":
        return is_true(left) or is_true(evaluate_tree(tree[2], lookup))
    right = evaluate_tree(tree[2], lookup)
    if kind == "!=":
        return not _compared("==", left, right)
    if kind == "in":
        return any(_compared("==", left, item) for item in (right if isinstance(right, list) else [right]))
    if kind == "contains":
        return _contains(left, right)
    return _compared(kind, left, right)


def is_true(value: object) -> bool:
    """Whether a value counts as true: one that is there, whatever it is."""
    return value is not None and value is not False and value != "" and value != []


def as_number(value: object) -> Optional[float]:
    """A finite number, or a text that is one; None for everything else."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value) else math.nan
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def _compared(sign: str, left: object, right: object) -> bool:
    """One comparison; of several values (ImageType, say) one that fulfils it is enough, but two lists are equal or not."""
    if isinstance(left, list) and isinstance(right, list) and sign == "==":
        return len(left) == len(right) and all(_compared("==", *pair) for pair in zip(left, right))
    if isinstance(left, list):
        return any(_compared(sign, item, right) for item in left)
    if isinstance(right, list):
        return any(_compared(sign, left, item) for item in right)
    if left in (None, "") or right in (None, ""):
        return sign == "==" and left in (None, "") and right in (None, "")
    if isinstance(left, float) or isinstance(right, float):
        left, right = as_number(left), as_number(right)
        if left is None or right is None:
            return False
    else:
        left, right = str(left), str(right)
    return bool(_COMPARISONS[sign](left, right))


def _contains(left: object, right: object) -> bool:
    """Whether a text holds another, whatever the case; or one of several values does."""
    if left is None or right is None:
        return False
    texts = left if isinstance(left, list) else [left]
    wanted = right if isinstance(right, list) else [right]
    return any(str(one).lower() in str(text).lower() for text in texts for one in wanted)
