"""What ``cohort idc`` asks of the index, and what it says."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest
from printed_text import assert_as_read, said

from DICOMTutorialHelperLib.commands import idc
from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import catalog, fetch
from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries
from DICOMTutorialHelperLib.explore import idc_index
from DICOMTutorialHelperLib.explore.idc_index import Group, IndexAnswer, IndexMissing

pytestmark = pytest.mark.usefixtures("quiet_place")


def answer_of_index(groups: int, citations: int, rows: int) -> IndexAnswer:
    many = [Group(f"group {number}" if number else "", 20 - number, 1.0) for number in range(groups)]
    cited = [f"Somebody {number}" for number in range(citations)]
    shown = [("MR", number or None) for number in range(rows)]
    return IndexAnswer("23", 12345, ("Modality", "SeriesNumber"), 25, 3, 4, 1234.5, many, many[:1], [], cited, shown)


class TestIndex:
    @pytest.fixture(autouse=True)
    def index(self, calls, monkeypatch):
        self.answers = [answer_of_index(8, 5, 2)]

        class Index:
            def ask(self, where, columns, most_rows):
                calls.asked.append(("ask", where, columns, most_rows))
                return answers.pop(0)

            def write_csv(self, where, columns, file):
                calls.asked.append(("write_csv", where, columns))
                file.write("ä,b\n")

            def write_parquet(self, where, columns, path):
                calls.asked.append(("write_parquet", where, columns))
                path.write_bytes(b"parquet")

            def places(self, uids):
                calls.asked.append(("places", uids))
                return {uid: ("a/folder", "bucket", 3, 999_949) for uid in uids if uid != "1.9"}

        answers = self.answers
        monkeypatch.setattr(idc_index, "IdcIndex", Index)

    def test_a_question_is_passed_on_and_answered(self, calls, capsys):
        self.answers += [
            answer_of_index(9, 6, 25),
            IndexAnswer("23", 5, ("Modality",)),
            answer_of_index(1, 0, 1),
            answer_of_index(1, 0, 0),
        ]
        texts = [
            said(capsys, f"cohort {rest}")
            for rest in (
                "idc", "idc --where Modality=='MR' --columns Modality,SeriesNumber StudyDate", "idc --columns Modality",
                "idc --json", "idc --out table.csv", "idc --out table.csv",
            )
        ]  # fmt: skip
        assert_as_read("index", *texts)
        defaults = list(idc_index.DEFAULT_COLUMNS)
        assert calls.asked == [
            ("ask", None, defaults, 20),
            ("ask", "Modality=='MR'", ["Modality", "SeriesNumber", "StudyDate"], 20),
            ("ask", None, ["Modality"], 20),
            ("ask", None, defaults, 20),
            ("ask", None, defaults, 0),
            ("write_csv", None, defaults),
        ]
        assert Path("table.csv").read_bytes() == b"\xef\xbb\xbf\xc3\xa4,b\n"

    def test_tables_are_written_by_their_ending_and_only_where_there_is_something(self, calls, capsys):
        self.answers += [IndexAnswer("23", 5, ("Modality",)), answer_of_index(1, 0, 0)]
        said(capsys, "cohort idc --out TABLE.PARQUET")
        assert Path("TABLE.PARQUET").read_bytes() == b"parquet"
        assert "written" not in said(capsys, "cohort idc --out none.csv")
        assert not Path("none.csv").exists()
        assert "[status 0]" in said(capsys, "cohort idc --out TABLE.PARQUET --overwrite")
        Path("file").write_text("x", encoding="utf-8")
        self.answers.append(answer_of_index(1, 0, 0))
        text = said(capsys, "cohort idc --out file/table.csv")
        assert "file/table.csv" in text and text.endswith("[status 1]\n")

    def test_without_an_index_it_is_said_what_is_missing(self, calls, capsys, monkeypatch):
        calls.answer(idc_index, "IdcIndex", IndexMissing("no-index", package="idc-index-data"))
        text = said(capsys, "cohort idc")
        assert "idc-index-data" in text and text.endswith("[status 1]\n")
        Path("t.csv").write_text("SeriesInstanceUID\n1.2\n", encoding="utf-8")
        text = said(capsys, "get --from t.csv --to to")
        assert "idc-index-data" in text and text.endswith("[status 1]\n")

    def test_series_lie_where_the_catalogue_says_and_else_the_index(self, calls, monkeypatch):
        known = PublishedSeries("1.1", 5, 10, "folder", "https://bucket")
        monkeypatch.setattr(catalog, "published_series", lambda uid: known if uid == "1.1" else None)
        assert idc.locate_in_index(["1.1"]) == [known]
        assert calls.asked == []
        found = idc.locate_in_index(["1.2", "1.1"])
        assert found == [PublishedSeries("1.2", 3, 999_949, "a/folder", catalog.idc_bucket("bucket")), known]
        assert calls.asked == [("places", ["1.2"])]
        with pytest.raises(DataError) as refused:
            idc.locate_in_index(["1.9"])
        assert (refused.value.reason, refused.value.fields) == ("not-in-catalogue", {"series": "1.9"})

    def test_a_table_is_fetched_once_it_is_agreed_to(self, calls, capsys, monkeypatch):
        calls.answer(
            fetch, "from_idc", lambda uids, to, progress, locate: fetch.FetchResult(tuple(map(Path, "ab")), locate(uids))
        )
        with open("t.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["SeriesInstanceUID"], ["1.2"], ["1.3"]])
        Path("empty.csv").write_text("SeriesInstanceUID\n", encoding="utf-8")
        Path("other.csv").write_text("Modality\nCT\n", encoding="utf-8")
        texts = [
            said(capsys, f"get --to to --from {rest}")
            for rest in ("t.csv", "t.csv --yes", "t.csv --yes --json", "empty.csv", "other.csv", "absent.csv", "t.csv")
        ]
        calls.answer(fetch, "from_idc", DataError("cannot-write", path="to", detail="No space"))
        texts.append(said(capsys, "get --to to --from t.csv --yes"))
        calls.answer(fetch, "from_idc", KeyboardInterrupt())
        texts.append(said(capsys, "get --to to --from t.csv --yes"))
        assert_as_read("get-table", *texts)
        fetched = [call for call in calls.asked if call[0] == "from_idc"]
        assert fetched == [("from_idc", ["1.2", "1.3"], Path("to"), "progress", "progress")] * 4

    @pytest.mark.parametrize(
        ("answer", "fetched"), [("y", True), (" YES ", True), ("n", False), ("", False), ("yesterday", False)]
    )
    def test_on_a_terminal_it_is_asked(self, calls, capsys, monkeypatch, answer, fetched):
        monkeypatch.setattr(idc.sys, "stdin", SimpleNamespace(isatty=lambda: True))
        asked = []
        monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or answer)
        assert idc._agreed(SimpleNamespace(language="en")) is fetched
        assert asked == ["Fetch them? [y/N] "]
