"""One language: what a condition chooses by DuckDB is what it chooses series by series."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from DICOMTutorialHelperLib.explore.expression_sql import NUMBER, TEXT, Column, condition
from DICOMTutorialHelperLib.explore.expressions import ExpressionError, parse

duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")

COLUMNS = {
    "Modality": Column("Modality", TEXT),
    "SeriesDescription": Column("SeriesDescription", TEXT),
    "SeriesNumber": Column("SeriesNumber", TEXT),
    "StudyDescription": Column("StudyDescription", TEXT),
    "Instances": Column("count of it", NUMBER),
}
ROWS = [
    ("MR", "T2W_TSE", "301", "breast", 84.0),
    ("MR", "ax t2 flair", "4", "T2W_TSE", 4.0),
    ("CT", "", "x", None, 291.0),
    ("CT", None, None, "CT", None),
    ("sr", "Robert'); DROP TABLE series;--", " 7 ", "7", 1.0),
    (None, "301", "nan", "", 301.0),
    ("MR", "é Élan", "1e3", "MR", 1000.0),
    ("", "%_", "-2.5", "%", -2.5),
    ("1_000", "inf", "1e999", "\u0663", 1000.0),
    ("STRASSE", "Straße", "\u00a07", "7\t", 7.0),
]


@pytest.fixture(scope="module")
def table():
    connection = duckdb.connect()
    connection.execute(
        'CREATE TABLE series (number INTEGER, "Modality" VARCHAR, "SeriesDescription" VARCHAR, "SeriesNumber" VARCHAR, '
        '"StudyDescription" VARCHAR, "count of it" DOUBLE)'
    )
    connection.executemany("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?)", [(n, *row) for n, row in enumerate(ROWS)])
    yield connection
    connection.close()


def chosen_by_duckdb(table, text: str) -> set[int]:
    where, parameters = condition(parse(text, ("Instances",)), COLUMNS)
    found = table.execute(f"SELECT number FROM series WHERE {where}", parameters).fetchall()
    refused = table.execute(f"SELECT number FROM series WHERE NOT ({where})", parameters).fetchall()
    assert len(found) + len(refused) == len(ROWS), "every row is chosen or is not, also with absent values"
    return {row[0] for row in found}


def chosen_one_by_one(text: str) -> set[int]:
    expression = parse(text, ("Instances",))
    return {number for number, row in enumerate(ROWS) if expression.matches(dict(zip(COLUMNS, row)))}


@pytest.mark.parametrize(
    "text",
    [
        'Modality == "MR"', 'Modality != "MR"', 'not Modality == "MR"', 'Modality == "mr"', "Modality",
        "not SeriesDescription", 'SeriesDescription contains "t2"', 'SeriesDescription contains "%"',
        'SeriesDescription contains ""', 'SeriesDescription contains ["flair", "robert"]', "SeriesNumber == 301",
        'SeriesNumber == "301"', "SeriesNumber > 3", "SeriesNumber < 1000", 'SeriesNumber >= "4"', "Instances > 100",
        'Instances > "100"', "Instances", 'Instances contains "84"', "Instances in [84, 4, 1000]", 'Modality in ["MR", "CT"]',
        'Modality not in ["MR", "CT"]', 'Modality in "MR"', 'Modality == ["MR", "sr"]', '["MR", "sr"] == Modality',
        'Modality == ""', 'Modality != ""', 'SeriesDescription == ""', "SeriesDescription == StudyDescription",
        "SeriesNumber == Instances", "SeriesNumber < Instances", "Instances == SeriesDescription",
        "Modality == StudyDescription", 'Modality < "N"', 'Modality > "MR"', '"MR" == Modality', "1 == 1", "1 < 0",
        '"a" contains "A"',
        'Modality == "MR" and (Instances > 50 or SeriesDescription contains "t2") and not SeriesNumber == 301', "[] == []",
        "Modality in []", 'SeriesDescription == "Robert\'); DROP TABLE series;--"', "0", '""', "[]", "[1] == [1]",
        "Instances == -2.5", '["MR", "CT"] in Modality', '["MR", "CT"] in ["MR"]', '["MR", "CT"] not in [Modality, "CT"]',
        '["MR"] in [["MR"], "CT"]', "[] in Modality", '[] in ["MR"]',
    ],
)  # fmt: skip
def test_a_condition_chooses_the_same_by_duckdb_and_one_by_one(table, text):
    assert chosen_by_duckdb(table, text) == chosen_one_by_one(text)


operands = st.sampled_from([
    *COLUMNS, "301", "4", "-2.5", '"MR"', '"301"', '"T2W_TSE"', '""', '["MR", "CT"]', '[84, "4"]', '"nan"', '"é"',
    '"inf"', '"1_000"', '"1e999"', '"\u0663"', '"ß"', "[]", '[Modality, "7"]', '[["MR"], 7]',
])  # fmt: skip
comparisons = st.builds(
    lambda left, sign, right: f"{left} {sign} {right}",
    operands,
    st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in", "contains"]),
    operands,
)
expressions = st.recursive(
    comparisons | st.sampled_from(list(COLUMNS)),
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.builds(lambda a, word, b: f"({a}) {word} ({b})", inner, st.sampled_from(["and", "or"]), inner),
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(text=expressions)
def test_any_condition_chooses_the_same(table, text):
    assert chosen_by_duckdb(table, text) == chosen_one_by_one(text)


def test_no_value_of_a_condition_is_in_the_sql():
    text = 'Modality == "MR" and SeriesDescription contains "Robert\'); DROP" or Instances > 12345 or SeriesNumber in ["a", 678]'
    where, parameters = condition(parse(text, ("Instances",)), COLUMNS)
    assert not any(value in where for value in ("MR", "Robert", "12345", "678"))
    assert where.count("?") == len(parameters) == 5


def test_a_comparison_of_a_comparison_is_refused():
    with pytest.raises(ExpressionError):
        condition(parse('("MR" == Modality) == "x"'), COLUMNS)


def test_names_of_columns_cannot_leave_their_quotes():
    assert Column('a" OR 1=1 --', TEXT).quoted == '"a"" OR 1=1 --"'
