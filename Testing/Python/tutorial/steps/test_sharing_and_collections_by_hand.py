"""The parts of the steps on sharing and of the tables over all series: each with what a test says of files and answers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.explore import idc_index, reports
from DICOMTutorialHelperLib.explore.expressions import ExpressionError
from DICOMTutorialHelperLib.tutorial.steps import collection_tables, sharing_steps
from DICOMTutorialHelperLib.tutorial.steps.sharing_steps import ExportedSeries, exported

# --- sharing


@pytest.mark.parametrize(
    ("folder", "parent", "below"),
    [("/a", "/a", True), ("/a/b/c", "/a", True), ("/a", "/a/b", False), ("/ab", "/a", False)],
)
def test_a_folder_lies_in_itself_and_in_all_above_it(folder, parent, below):
    assert sharing_steps._below(Path(folder), Path(parent)) == below


def test_a_file_is_stamped_by_size_and_time_and_one_that_is_gone_by_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert sharing_steps._stamp(tmp_path / "a") == (5, (tmp_path / "a").stat().st_mtime_ns)
    assert sharing_steps._stamp(tmp_path / "none") == (0, 0)


def test_what_cannot_be_read_has_no_uid_and_is_equal_to_nothing_else(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"no DICOM")
    assert sharing_steps._uid(tmp_path / "a") == "" == sharing_steps._uid(tmp_path / "none")
    digests = {sharing_steps._digest(tmp_path / name) for name in ("a", "b", "none")}
    assert len(digests) == 3 and all(digests)


@pytest.mark.parametrize(
    ("keyword", "value", "text"),
    [
        ("PatientID", "P1", "P1"),
        ("PatientID", "", ""),
        ("ImageType", ["DERIVED", "SECONDARY"], "DERIVED\\SECONDARY"),
        ("SeriesNumber", 0, "0"),
        ("StudyInstanceUID", None, ""),
    ],
)
def test_values_are_shown_as_text_and_several_with_backslashes(keyword, value, text):
    header = Dataset()
    if value is not None:
        setattr(header, keyword, value)
    assert sharing_steps._text(header, keyword) == text
    assert sharing_steps._text(None, keyword) == ""


def test_of_a_reference_the_uid_is_shown():
    header, item = Dataset(), Dataset()
    item.ReferencedSOPInstanceUID = "1.7"
    header.SourceImageSequence = [item]
    assert sharing_steps._text(header, "SourceImageSequence") == "1.7"
    header.SourceImageSequence = [Dataset()]
    assert sharing_steps._text(header, "SourceImageSequence") == ""


@pytest.fixture
def original(monkeypatch):
    """The header that stands beside a new one: of files named 1 to 4, whose UIDs end in their names."""
    files = [Path(str(number)) for number in range(1, 5)]
    workspace = SimpleNamespace(files_of_series=lambda uid: [] if uid == "empty" else files)
    items = {"t1": [SimpleNamespace(series_instance_uid="empty")], "t2": [SimpleNamespace(series_instance_uid="full")]}
    monkeypatch.setattr(sharing_steps, "items_of", lambda context, role: items.get(role, []))
    monkeypatch.setattr(sharing_steps, "_uid", lambda path: f"1.{path.name}")
    monkeypatch.setattr(sharing_steps, "_header", lambda path: path.name)
    return lambda new, roles=("t1", "t2"): sharing_steps._original(SimpleNamespace(workspace=workspace), roles, new)


@pytest.mark.parametrize(("named", "shown"), [("1.2", "2"), ("1.9", "3"), ("", "3"), (None, "3")])
def test_the_original_is_the_source_that_is_named_or_the_middle_one(original, named, shown):
    new = Dataset()
    if named is not None:
        item = Dataset()
        item.ReferencedSOPInstanceUID = named
        new.SourceImageSequence = [item]
    assert original(new) == shown
    assert original(None) == "3"
    assert original(new, ("t1", "none")) is None


@pytest.fixture
def compared(monkeypatch):
    """Steps on a loaded item and one series that may be its export; how far they differ is the test's to say."""
    asked: list[tuple] = []
    item = SimpleNamespace(node_id="n", series_instance_uid="1.1", name="CT", dimensions=(4, 3, 2), frames=1)
    found = ExportedSeries("1", "1.5", (Path("/x/exported/a"), Path("/x/exported/b")))
    state = SimpleNamespace(difference=(0.0, 0.0), asked=asked)

    def compare(node, files):
        asked.append((node, files))
        return SimpleNamespace(corners_mm=state.difference[0], values=state.difference[1])

    state.context = SimpleNamespace(notes={}, workspace=SimpleNamespace(compare_with_dicom=compare))
    monkeypatch.setattr(sharing_steps, "items_of", lambda context, role: [item] if role == "t2" else [])
    monkeypatch.setattr(sharing_steps, "_candidates", lambda context, item: [found])
    monkeypatch.setattr(sharing_steps, "_written", lambda context: [])
    monkeypatch.setattr(sharing_steps, "_export_folder", lambda context: Path("/x/exported"))
    return state


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        ((0.0, 0.0), "exported.done"),
        ((0.01, 0.0), "exported.done"),
        ((0.0101, 0.0), "exported.different"),
        ((0.0, 0.001), "exported.different"),
        ((float("inf"), float("inf")), "exported.different"),
    ],
)
def test_an_export_has_the_same_values_and_corners_to_a_hundredth_of_a_millimetre(compared, difference, text):
    compared.difference = difference
    for _ in range(2):
        found = exported(compared.context, ["t2"])
        assert (found.done, found.reason) == (text == "exported.done", text)
    assert len(compared.asked) == 1
    assert list(compared.context.notes["compared"].values()) == [[min(one, 1e9) for one in difference]]
    shared = sharing_steps._shared(compared.context, ["t2"])
    assert [one.series_instance_uid for one in shared] == (["1.5"] if text == "exported.done" else [])


def test_nothing_that_is_loaded_is_not_exported(compared):
    found = exported(compared.context, ["t1", "t3"])
    assert (found.done, found.reason, found.fields) == (False, "loaded.none", {"missing": ["t1"]})


# --- tables over all series


@pytest.mark.parametrize(
    ("text", "number", "code", "shown"),
    [
        ("12.5", 12.5, "millimetre", "12.5 millimetre"),
        ("0", 0.0, "millimetre", "0 millimetre"),
        ("12.5", 12.5, None, "12.5"),
        ("Lesion", None, "Lesion", "Lesion"),
        ("", None, None, ""),
    ],
)
def test_a_statement_has_its_unit_where_it_is_a_number(text, number, code, shown):
    item = reports.ContentItem("NUM", text=text, number=number, code=SimpleNamespace(meaning=code) if code else None)
    assert collection_tables._statement(item) == shown


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
