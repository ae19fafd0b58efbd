"""The index of the Imaging Data Commons: a row for each of its million series, asked in the language of cohorts.

The table comes with the package idc-index-data, and DuckDB answers; neither is needed for anything else, nor installed unasked.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from importlib import metadata, util
from pathlib import Path
from typing import Any, Optional, TextIO, Union

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.explore.expression_sql import NUMBER, TEXT, Column, condition
from DICOMTutorialHelperLib.explore.expressions import Expression, ExpressionError, checked_keyword, parse
from DICOMTutorialHelperLib.plain_text import csv_cell

PACKAGES = ("idc-index-data", "duckdb")
# What a cohort of files calls otherwise, and what people write.
ALIASES = {
    "Instances": "instanceCount", "Collection": "collection_id", "Licence": "license_short_name",
    "License": "license_short_name", "SizeMB": "series_size_MB", "DOI": "source_DOI",
}  # fmt: skip
DEFAULT_COLUMNS = (
    "collection_id", "PatientID", "StudyDate", "Modality", "SeriesDescription", "instanceCount", "series_size_MB",
    "license_short_name", "SeriesInstanceUID",
)  # fmt: skip
SERIES_UID = "SeriesInstanceUID"
# Where a series lies in the buckets, for whoever fetches it.
PLACE = ("crdc_series_uuid", "aws_bucket", "instanceCount", "series_size_MB")
GROUPED = ("collection_id", "license_short_name", "Modality", "source_DOI")
MEMORY_LIMIT = "300MB"
ROWS_AT_A_TIME = 5000
_TAGS = re.compile(r"<[^>]+>")


class IndexMissing(HelperError):
    """A package that holds the index, or asks it, is not installed."""

    domain = "headers"


@dataclass(frozen=True)
class Group:
    """``value`` of a column, and how many series and megabytes have it."""

    value: str
    series: int
    megabytes: float


@dataclass
class IndexAnswer:
    """What a question to the index gives. ``rows`` are the first ones, in the order of collection, patient and series number."""

    version: str
    total: int
    columns: tuple[str, ...]
    series: int = 0
    patients: int = 0
    studies: int = 0
    megabytes: float = 0.0
    collections: list[Group] = field(default_factory=list)
    licences: list[Group] = field(default_factory=list)
    modalities: list[Group] = field(default_factory=list)
    citations: list[str] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)


class IdcIndex:
    """The index on disk. Raises IndexMissing where a package is not installed; nothing is fetched."""

    def __init__(self, path: Optional[Path] = None) -> None:
        if path is None:
            found = util.find_spec("idc_index_data")
            places = list(found.submodule_search_locations or ()) if found is not None else []
            if not places or not (Path(places[0]) / "idc_index.parquet").is_file():
                raise IndexMissing("no-index", package=PACKAGES[0])
            path = Path(places[0]) / "idc_index.parquet"
            self.version = metadata.version(PACKAGES[0])
        else:
            self.version = ""
        if util.find_spec("duckdb") is None:
            raise IndexMissing("no-index", package=PACKAGES[1])
        self.path = path
        with self._connection() as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        self.columns = {
            str(name): Column(str(name), NUMBER if kind in ("BIGINT", "DOUBLE", "INTEGER") else TEXT)
            for name, kind, *_ in described
        }

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        import duckdb

        with tempfile.TemporaryDirectory(prefix="dicom-tutorial-") as scratch:
            connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": scratch})
            try:
                yield connection
            finally:
                connection.close()

    def question(self, where: Union[Expression, str, None]) -> tuple[str, list[Any]]:
        """The condition and its parameters. Raises ExpressionError, for a keyword that the index lacks too."""
        if where is None:
            return "TRUE", []
        extra = (*self.columns, *ALIASES)
        expression = parse(where, extra) if isinstance(where, str) else where
        return condition(expression, {keyword: self.column(keyword) for keyword in expression.keywords})

    def column(self, keyword: str) -> Column:
        """The column of a DICOM keyword, or of a name of the index itself. Raises ExpressionError for what the index lacks."""
        name = ALIASES.get(keyword, keyword)
        if name not in self.columns:
            raise ExpressionError("not-in-index", 0, keyword=keyword, names=", ".join(self.columns))
        return self.columns[name]

    def names(self, columns: Sequence[str]) -> list[Column]:
        """Raises ExpressionError for what is no column."""
        return [self.column(checked_keyword(name, (*self.columns, *ALIASES))) for name in columns]

    def ask(
        self, where: Union[Expression, str, None] = None, columns: Sequence[str] = DEFAULT_COLUMNS, most_rows: int = 20
    ) -> IndexAnswer:
        """Counts, sizes, licences and how to cite of the series that fulfil a condition, with the first of them."""
        chosen = self.names(columns)
        text, parameters = self.question(where)
        source = [str(self.path)]
        with self._connection() as connection:

            def rows(select: str, after: str = "", more: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
                query = f"SELECT {select} FROM read_parquet(?) WHERE ({text}) {after}"
                return connection.execute(query, [*source, *parameters, *more]).fetchall()

            answer = IndexAnswer(self.version, self._total(connection), tuple(columns))
            # One after the other: two such counts in one query take half as long again.
            answer.patients, answer.studies = (
                int(rows(f"count(DISTINCT {column})")[0][0]) for column in ("PatientID", "StudyInstanceUID")
            )
            groups: dict[str, list[Group]] = {column: [] for column in GROUPED}
            marks = ", ".join(f"grouping({column}) = 0" for column in GROUPED)
            select = f"{marks}, {', '.join(GROUPED)}, count(*), coalesce(sum(series_size_MB), 0)"
            for row in rows(select, f"GROUP BY GROUPING SETS ({', '.join(f'({column})' for column in GROUPED)})"):
                place = row.index(True)
                groups[GROUPED[place]].append(Group(row[len(GROUPED) + place] or "", *row[-2:]))
            answer.series = sum(group.series for group in groups["Modality"])
            answer.megabytes = float(sum(group.megabytes for group in groups["Modality"]))
            for found in groups.values():
                found.sort(key=lambda group: (-group.series, group.value))
            answer.collections, answer.licences, answer.modalities, sources = (groups[column] for column in GROUPED)
            dois = [group.value for group in sources if group.value]
            answer.citations = self._citations(connection, dois)
            if most_rows:
                # The first rows are those of the first collections: only these need to be sorted.
                among = _first_groups(answer.collections, most_rows)
                order = (
                    "AND coalesce(collection_id, '') IN (SELECT unnest(?)) "
                    "ORDER BY collection_id, PatientID, TRY_CAST(SeriesNumber AS DOUBLE), SeriesInstanceUID LIMIT ?"
                )
                answer.rows = rows(", ".join(column.quoted for column in chosen), order, [among, most_rows])
        return answer

    def _total(self, connection: Any) -> int:
        return int(connection.execute("SELECT count(*) FROM read_parquet(?)", [str(self.path)]).fetchone()[0])

    def _citations(self, connection: Any, dois: Sequence[str]) -> list[str]:
        """How to cite each source, by its DOI; the DOI itself where the index has no more."""
        known: dict[str, str] = {}
        collections = self.path.with_name("collections_index.parquet")
        results = self.path.with_name("analysis_results_index.parquet")
        if collections.is_file():
            query = "SELECT one.source_doi, one.citation FROM (SELECT unnest(sources) AS one FROM read_parquet(?))"
            known.update(connection.execute(query, [str(collections)]).fetchall())
        if results.is_file():
            known.update(connection.execute("SELECT source_DOI, citation FROM read_parquet(?)", [str(results)]).fetchall())
        plain = {str(doi).lower(): _plain(text) for doi, text in known.items() if doi and text}
        return sorted({plain.get(doi.lower(), f"https://doi.org/{doi.lower()}") for doi in dois})

    def write_csv(self, where: Union[Expression, str, None], columns: Sequence[str], file: TextIO) -> int:
        """Write the rows as UTF-8 CSV, a few at a time; returns how many. The series' UID is there in any case."""
        chosen = self._with_uid(columns)
        text, parameters = self.question(where)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in chosen])
        query = f"SELECT {', '.join(column.quoted for column in chosen)} FROM read_parquet(?) WHERE {text}"
        count = 0
        with self._connection() as connection:
            answer = connection.execute(query, [str(self.path), *parameters])
            while True:
                rows = answer.fetchmany(ROWS_AT_A_TIME)
                if not rows:
                    return count
                writer.writerows([csv_cell(_cell(value)) for value in row] for row in rows)
                count += len(rows)

    def write_parquet(self, where: Union[Expression, str, None], columns: Sequence[str], path: Path) -> int:
        """The same as Parquet."""
        chosen = self._with_uid(columns)
        text, parameters = self.question(where)
        query = f"SELECT {', '.join(column.quoted for column in chosen)} FROM read_parquet(?) WHERE {text}"
        with self._connection() as connection:
            relation = connection.sql(query, params=[str(self.path), *parameters])
            relation.write_parquet(str(path))
            return int(connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()[0])

    def _with_uid(self, columns: Sequence[str]) -> list[Column]:
        chosen = list(dict.fromkeys(self.names(columns)))
        uid = self.columns[SERIES_UID]
        return chosen if uid in chosen else [*chosen, uid]

    def places(self, series_instance_uids: Sequence[str]) -> dict[str, tuple[str, str, int, int]]:
        """By series UID: folder, bucket, instances and bytes, for those that the index has."""
        wanted = ", ".join(f'"{name}"' for name in (SERIES_UID, *PLACE))
        query = f"SELECT {wanted} FROM read_parquet(?) WHERE {SERIES_UID} IN (SELECT unnest(?))"
        with self._connection() as connection:
            rows = connection.execute(query, [str(self.path), list(series_instance_uids)]).fetchall()
        return {uid: (folder, bucket, int(count), round(size * 1e6)) for uid, folder, bucket, count, size in rows}


def _first_groups(groups: Sequence[Group], most_rows: int) -> list[str]:
    """The first groups by their values, those without one last, that hold so many series together."""
    chosen: list[str] = []
    count = 0
    for group in sorted(groups, key=lambda group: (not group.value, group.value)):
        if count >= most_rows:
            break
        chosen.append(group.value)
        count += group.series
    return chosen


def series_uids_of(path: Path) -> list[str]:
    """The series that a table names, as ``write_csv`` or ``write_parquet`` made it. Raises IndexMissing, ValueError for none."""
    if path.suffix.lower() == ".parquet":
        if util.find_spec("duckdb") is None:
            raise IndexMissing("no-index", package=PACKAGES[1])
        import duckdb

        try:
            rows = duckdb.connect().execute(f'SELECT "{SERIES_UID}" FROM read_parquet(?)', [str(path)]).fetchall()
        except duckdb.Error as error:
            raise ValueError(str(error)) from error
        return list(dict.fromkeys(str(row[0]) for row in rows))
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        if SERIES_UID not in (table.fieldnames or ()):
            raise ValueError(SERIES_UID)
        return list(dict.fromkeys(row[SERIES_UID] for row in table if row[SERIES_UID]))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _plain(citation: str) -> str:
    return " ".join(_TAGS.sub("", unescape(unescape(citation))).split())
