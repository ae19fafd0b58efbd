"""Conditions word by word: what a text is parsed into, where each mistake stands, and what two values have to say."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.explore.expression_sql import NUMBER, TEXT, Column, condition
from DICOMTutorialHelperLib.explore.expressions import (
    MOST_NESTED,
    MOST_TOKENS,
    ExpressionError,
    as_number,
    checked_keyword,
    is_true,
    parse,
)

ROWS, CT = ("keyword", "Rows"), ("value", "CT")


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("Rows", ROWS), ("rows", ROWS), ('"CT"', CT), ("'CT'", CT), ("«CT»", CT), ("“ CT “”"[:-2] + "”", CT),
        ("1", ("value", 1.0)),
        ("-1.5", ("value", -1.5)), ("+.5", ("value", 0.5)), ("1.", ("value", 1.0)), ("2e3", ("value", 2000.0)),
        ("2E-1", ("value", 0.2)),
        ("Rows=1", ("==", ROWS, ("value", 1.0))), ("Rows == 1", ("==", ROWS, ("value", 1.0))),
        ("Rows≠1", ("!=", ROWS, ("value", 1.0))),
        ("Rows≤1", ("<=", ROWS, ("value", 1.0))), ("Rows≥1", (">=", ROWS, ("value", 1.0))),
        ("Rows<1", ("<", ROWS, ("value", 1.0))),
        ("Rows>1", (">", ROWS, ("value", 1.0))), ("Rows IN []", ("in", ROWS, ("list",))),
        ("Rows not in [1]", ("not", ("in", ROWS, ("list", ("value", 1.0))))),
        ("Rows CONTAINS 'CT'", ("contains", ROWS, CT)),
        ("[Rows, 'CT']", ("list", ROWS, CT)), ("[[1]]", ("list", ("list", ("value", 1.0)))),
        ("Rows or 1 and 'CT'", ("or", ROWS, ("and", ("value", 1.0), CT))),
        ("(Rows or 1) and 'CT'", ("and", ("or", ROWS, ("value", 1.0)), CT)),
        ("Rows and 1 and 'CT'", ("and", ("and", ROWS, ("value", 1.0)), CT)),
        ("not Rows and 1", ("and", ("not", ROWS), ("value", 1.0))), ("not not Rows", ("not", ("not", ROWS))),
        ("not Rows == 1", ("not", ("==", ROWS, ("value", 1.0)))),
    ],
)  # fmt: skip
def test_a_text_is_parsed_into(source, tree):
    parsed = parse(source)
    assert (parsed.tree, parsed.source) == (tree, source)


@pytest.mark.parametrize(
    ("source", "reason", "position", "fields"),
    [
        ("  ?", "character", 2, {"text": "?"}), (" “x", "open-quote", 1, {"text": "“"}), ("«x", "open-quote", 0, {"text": "«"}),
        ("'x", "open-quote", 0, {"text": "'"}), ("Rows 1", "unexpected", 5, {"text": "1"}),
        ("Rows )", "unexpected", 5, {"text": ")"}),
        ("Rows < 6,33", "decimal-comma", 7, {"text": "6.33"}), ("(Rows < 6,3)", "decimal-comma", 8, {"text": "6.3"}),
        ("Rows < 6,", "unexpected", 8, {"text": ","}),
        ("Rows == and", "unexpected", 8, {"text": "and"}), ("(Rows", "not-closed", 0, {"text": ")"}),
        (" [1 2]", "not-closed", 1, {"text": "]"}),
        ("[1,", "ends-early", 3, {}), ("Rows not", "unexpected", 5, {"text": "not"}),
        ("Rows not 1", "unexpected", 5, {"text": "not"}),
        ("Rows ==", "ends-early", 7, {}), ("not", "ends-early", 3, {}),
        ("Xyzzy", "unknown-keyword", 0, {"keyword": "Xyzzy"}),
        (" Modallity", "unknown-keyword-near", 1, {"keyword": "Modallity", "suggestion": "Modality"}),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(source, reason, position, fields):
    with pytest.raises(ExpressionError) as told:
        parse(source)
    assert (told.value.reason, told.value.position, told.value.fields) == (reason, position, fields)


def test_length_and_depth_are_bounded():
    assert (MOST_TOKENS, MOST_NESTED) == (200, 40)
    assert parse("not " * 199 + "1").matches({}) is False
    for source, position in (("not " * 200 + "1", 800), ("(" * 41 + "1" + ")" * 41, 40), ("[" * 41 + "]" * 41, 40)):
        with pytest.raises(ExpressionError) as told:
            parse(source)
        assert (told.value.reason, told.value.position) == ("too-long", position)
    assert parse("(" * 40 + "1" + ")" * 40).matches({}) and parse(" and ".join(["([1] == [1])"] * 20)).matches({})


def test_keywords_are_those_of_the_dictionary_and_more():
    assert checked_keyword("modality") == "Modality" and checked_keyword("Path", ("Path",)) == "Path"
    assert checked_keyword("path", ("Path",)) == "Path" and parse("Rows or rows").keywords == ("Rows",)
    assert parse("paths == 1", ("Paths",)).keywords == ("Paths",)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1", 1.0), (" -1.5 ", -1.5), ("+.5e1", 5.0), ("1.", 1.0), (2, 2.0), (2.5, 2.5), ("", None), ("nan", None), ("1_0", None),
        ("1e999", None), (float("inf"), None), (float("nan"), None), (None, None), ([1], None), ("1 2", None), ("\t1", None),
        (".", None),
    ],
)  # fmt: skip
def test_what_a_number_is(value, number):
    assert as_number(value) == number


def test_what_counts_as_true():
    assert [is_true(value) for value in (None, False, "", [], 0, 0.0, True, "x", [0])] == [False] * 4 + [True] * 5


LIST = ["A", "B"]
DOUBLE = 'TRY_CAST("Rows" AS DOUBLE)'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Rows == 5", True), ("Rows == '5'", True), ("Rows == 'x'", False), ("Rows < 'x'", False), ("Columns == '5.0'", False),
        ("Columns == 5", True), ("Rows <= 5", True), ("Rows < 5", False), ("Rows > 5", False), ("Rows >= 5", True),
        ("Columns < '50'", True), ("StudyID == 'B'", True), ("StudyID == 'C'", False), ("StudyID < 'B'", True),
        ("StudyID > 'B'", False),
        ("'B' > StudyID", True), ("StudyID == ['A', 'B']", True), ("StudyID == ['A']", False), ("StudyID == ['B', 'A']", False),
        ("StudyID == ['A', 'B', 'C']", False), ("StudyID != ['A', 'B']", False), ("StudyID in ['B']", True),
        ("StudyID in 'B'", True),
        ("StudyID not in ['C']", True), ("'B' in StudyID", True), ("[] == []", True), ("EchoTime == EchoNumbers", True),
        ("EchoTime == Rows", False), ("EchoTime < 5", False), ("EchoTime != 5", True), ("Modality == EchoTime", True),
        ("Modality < 5", False), ("Modality != ''", False), ("Modality in ['']", True), ("EchoTime contains 'x'", False),
        ("'x' contains EchoTime", False), ("StudyID contains 'a'", True), ("StudyID contains ['x', 'b']", True),
        ("StudyID contains 'ab'", False), ("Rows contains '5'", True), ("'ABC' contains 'bc'", True),
        ("'bc' contains 'ABC'", False),
        ("0", True), ("''", False), ("[]", False), ("not 0", False), ("0 and 1", True), ("'' or 1", True), ("1 and ''", False),
        ("'' or ''", False), ("(Rows == 5) == 1", True),
    ],
)  # fmt: skip
def test_what_two_values_have_to_say(source, expected):
    values = {"Rows": 5.0, "Columns": "5", "StudyID": LIST, "Modality": ""}
    assert parse(source).matches(values) is expected
    assert parse(source).matches(values.get) is expected, "a function will do as well"


@pytest.mark.parametrize(
    ("source", "sql", "parameters"),
    [
        ("Modality", """("Modality" IS NOT NULL AND "Modality" <> '')""", []),
        ("Rows", '("Rows" IS NOT NULL)', []),
        ("not Rows", '(NOT ("Rows" IS NOT NULL))', []),
        ("Rows and 1", '(("Rows" IS NOT NULL) AND TRUE)', []), ("'' or []", "(FALSE OR FALSE)", []),
        ("Rows == 5",
         f"COALESCE(CASE WHEN isfinite({DOUBLE}) THEN {DOUBLE} END = CAST(? AS DOUBLE), FALSE)",
         [5.0]),
        ("Modality <= 'CT'", """COALESCE("Modality" <= CAST(? AS VARCHAR) AND "Modality" <> '', FALSE)""", ["CT"]),
        ("Modality == ''", """("Modality" IS NULL OR CAST("Modality" AS VARCHAR) = '')""", []), ("Modality < ''", "FALSE", []),
        ("'' == ''", "TRUE", []), ("'' == 'x'", "FALSE", []), ("Modality in []", "FALSE", []),
        ("Modality contains 'X'", 'COALESCE(contains(lower(CAST("Modality" AS VARCHAR)), CAST(? AS VARCHAR)), FALSE)', ["x"]),
        ("Rows contains 'X'", 'COALESCE(contains(CAST(CAST("Rows" AS DOUBLE) AS VARCHAR), CAST(? AS VARCHAR)), FALSE)', ["x"]),
        ("[] == []", "(TRUE)", []), ("[1] == []", "(FALSE)", []),
        ("'a' == 'b'", "COALESCE(CAST(? AS VARCHAR) = CAST(? AS VARCHAR), FALSE)", ["a", "b"]),
    ],
)  # fmt: skip
def test_a_condition_in_sql(source, sql, parameters):
    found, given = condition(parse(source), {"Modality": Column("Modality", TEXT), "Rows": Column("Rows", NUMBER)})
    if found.startswith("(") and not sql.startswith("("):
        sql = f"({sql})"
    assert (found, given) == (sql, parameters)
