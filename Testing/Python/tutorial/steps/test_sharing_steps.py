"""The parts of the steps on sharing, each with what a test says of files and of what is loaded."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.tutorial.steps import exported_series, file_identity, sharing_steps
from DICOMTutorialHelperLib.tutorial.steps.exported_series import ExportedSeries
from DICOMTutorialHelperLib.tutorial.steps.sharing_steps import exported


@pytest.mark.parametrize(
    ("folder", "parent", "below"),
    [("/a", "/a", True), ("/a/b/c", "/a", True), ("/a", "/a/b", False), ("/ab", "/a", False)],
)
def test_a_folder_lies_in_itself_and_in_all_above_it(folder, parent, below):
    assert exported_series.lies_below(Path(folder), Path(parent)) == below


def test_a_file_is_stamped_by_size_and_time_and_one_that_is_gone_by_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert file_identity._stamp(tmp_path / "a") == (5, (tmp_path / "a").stat().st_mtime_ns)
    assert file_identity._stamp(tmp_path / "none") == (0, 0)


def test_what_cannot_be_read_has_no_uid_and_is_equal_to_nothing_else(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"no DICOM")
    assert file_identity.uid_of(tmp_path / "a") == "" == file_identity.uid_of(tmp_path / "none")
    digests = {file_identity.digest_of(tmp_path / name) for name in ("a", "b", "none")}
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
    monkeypatch.setattr(sharing_steps, "uid_of", lambda path: f"1.{path.name}")
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
    monkeypatch.setattr(exported_series, "_written", lambda context: [])
    for module in (exported_series, sharing_steps):
        monkeypatch.setattr(module, "items_of", lambda context, role: [item] if role == "t2" else [])
        monkeypatch.setattr(module, "exported_candidates", lambda context, item: [found])
        monkeypatch.setattr(module, "export_folder", lambda context: Path("/x/exported"))
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
    shared = exported_series.exported_series(compared.context, ["t2"])
    assert [one.series_instance_uid for one in shared] == (["1.5"] if text == "exported.done" else [])


def test_nothing_that_is_loaded_is_not_exported(compared):
    found = exported(compared.context, ["t1", "t3"])
    assert (found.done, found.reason, found.fields) == (False, "loaded.none", {"missing": ["t1"]})
