"""Tables over all series: statements of reports, and what an archive answers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from DICOMTutorialHelperLib.explore import idc_index, reports
from DICOMTutorialHelperLib.explore.expressions import ExpressionError
from DICOMTutorialHelperLib.tutorial.steps import collection_tables


@pytest.mark.parametrize(
    ("text", "number", "code", "shown"),
    [
        ("12.5", 12.5, "millimetre", "12,5\u00a0millimetre"),
        ("0", 0.0, "millimetre", "0\u00a0millimetre"),
        ("12.5", 12.5, None, "12,5"),
        ("Lesion", None, "Lesion", "Lesion"),
        ("", None, None, ""),
    ],
)
def test_a_statement_has_its_unit_where_it_is_a_number(text, number, code, shown):
    item = reports.ContentItem("NUM", text=text, number=number, code=SimpleNamespace(meaning=code) if code else None)
    assert collection_tables._statement(item, "es") == shown


@pytest.mark.parametrize(
    ("value", "language", "text"), [(2.5, "en", "2.5"), (2.5, "fr", "2,5"), ("2.5", "fr", "as it is"), (2, "fr", "as it is")]
)
def test_numbers_are_written_as_the_language_has_them(value, language, text):
    assert collection_tables._in_language("as it is", value, language) == text


@pytest.fixture
def report(monkeypatch):
    """The table of a report whose statements lie one below the other."""

    def make(*statements):
        items = [
            SimpleNamespace(name=name and SimpleNamespace(meaning=name), text=text, number=None) for name, text in statements
        ]
        content = SimpleNamespace(walk=lambda: enumerate(items))
        monkeypatch.setattr(collection_tables, "_reports", lambda context: [Path("bad"), Path("good.dcm")])

        def read(path):
            if path.name == "bad":
                raise ValueError
            return SimpleNamespace(content=content)

        monkeypatch.setattr(reports, "read_report", read)
        return collection_tables.report(SimpleNamespace(workspace=SimpleNamespace(language=lambda: "en")))

    return make


def test_statements_are_indented_four_deep_and_empty_ones_left_out(report):
    table = report(("A", ""), (None, ""), (None, "two"), ("D", "three"), ("E", "four"), ("F", "five"))
    assert [(row.cells, row.depth) for row in table.rows] == [
        (("A", ""), 0),
        (("", "two"), 2),
        (("D", "three"), 3),
        (("E", "four"), 4),
        (("F", "five"), 4),
    ]
    assert "good.dcm" in table.note


def series(uid, modality="SR", study="1", files=("f",)):
    info = SimpleNamespace(modality=modality, series_instance_uid=uid, study_instance_uid=study)
    return SimpleNamespace(info=info, files=[Path(f"{uid}-{name}") for name in files])


@pytest.mark.parametrize(
    ("imported", "found"),
    [
        ([("1", "1.1", "CT")], ["1.2-f", "1.3-f"]),
        ([("1", "1.2", "SR")], ["1.2-db", "1.3-f"]),
        ([("9", "9.1", "CT")], []),
        ([], ["1.2-f", "1.3-f", "2.1-f"]),
    ],
)
def test_reports_lie_in_the_database_or_beside_the_images_of_their_studies(monkeypatch, imported, found):
    listed = [series("1.1", "CT"), series("1.2", files=("f", "g")), series("1.3"), series("2.1", study="2")]
    monkeypatch.setattr(collection_tables, "series_in_folder", lambda folder: listed)
    patients = [
        SimpleNamespace(
            studies=[SimpleNamespace(study_instance_uid=study)],
            series=[SimpleNamespace(series_instance_uid=uid, modality=modality)],
        )
        for study, uid, modality in imported
    ]
    workspace = SimpleNamespace(patients=lambda: patients, files_of_series=lambda uid: [Path(f"{uid}-db"), Path("more")])
    context = SimpleNamespace(workspace=workspace, folders={"mine": Path("folder")})
    assert [path.name for path in collection_tables._reports(context)] == found


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (SimpleNamespace(series=7, patients=5, collections=["a", "b"], megabytes=2500.4, total=90, version="v18"), True),
        (ExpressionError("unknown", 0), False),
        (idc_index.IndexMissing("missing"), False),
    ],
)
def test_the_archive_answers_by_its_index_or_not_at_all(monkeypatch, answer, known):
    class Index:
        def ask(self, where, most_rows):
            assert (where, most_rows) == ("M", 0)
            if isinstance(answer, Exception):
                raise answer
            return answer

    monkeypatch.setattr(idc_index, "IdcIndex", Index)
    note = collection_tables._at_the_archive("M", "en")
    if known:
        assert all(word in note for word in ("7", "5", "2", "3", "90", "v18"))
    else:
        assert note == ""
