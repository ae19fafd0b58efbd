"""``header`` and ``tree`` as a new user runs them."""

from __future__ import annotations

import json

import pytest
from synthetic_series import axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.__main__ import main


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def file(tmp_path):
    return write(slice_dataset(0, KVP="120"), tmp_path / "first.dcm")


@pytest.fixture
def run(capsys):
    def run_command(*arguments):
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return run_command


def test_a_header_is_shown_in_groups_in_english_and_french(run, file):
    status, english, _ = run("header", file, "--lang", "en")
    assert status == 0
    for text in ("Study, physician and equipment", "0010,0010  ●  Patient's Name", "Doe^Jane", "40 bytes"):
        assert text in english
    _, french, _ = run("header", file, "--lang", "fr")
    for text in ("Étude, médecin et appareil", "Doe^Jane", "40 octets", "peut identifier une personne"):
        assert text in french


def test_no_line_is_wider_than_the_terminal(run, file):
    for arguments in (("--explain",), ("--compare", file), ()):
        _, out, _ = run("header", file, "--lang", "fr", *arguments)
        assert max(len(line) for line in out.splitlines()) <= 100


def test_one_group_and_searching_narrow_the_table(run, file):
    _, out, _ = run("header", file, "--group", "patient", "--lang", "en")
    assert "Patient's Name" in out and "Pixel Spacing" not in out
    _, out, _ = run("header", file, "--find", "pixel spacing", "--lang", "fr")
    assert "0.8 \\ 0.7" in out and "Patient's Name" not in out
    assert "Distance entre les centres des pixels" in " ".join(out.split()), "what is searched for is explained"


def test_nothing_found_is_said(run, file):
    status, _, err = run("header", file, "--find", "zebra", "--lang", "en")
    assert status == 1
    assert "zebra" in err


def test_json_holds_every_field(run, file):
    status, out, _ = run("header", file, "--json", "--lang", "en")
    rows = {row["keyword"]: row for row in json.loads(out)}
    assert status == 0
    assert rows["PatientName"]["personal"] == "patient"
    assert rows["PixelSpacing"]["group"] == "image"
    assert rows["KVP"]["value"] == "120"


def test_two_headers_are_compared(run, file, tmp_path):
    other = write(slice_dataset(1, KVP="90"), tmp_path / "second.dcm")
    status, out, _ = run("header", file, "--compare", other, "--lang", "en")
    assert status == 0
    line = next(line for line in out.splitlines() if "KVP" in line)
    assert line.split() == ["0018,0060", "KVP", "120", "90"]
    assert "Patient's Name" not in out, "what is equal stays away without --all"
    assert "elements are the same in both" in out


def test_a_folder_shows_what_varies_in_its_series(run, tmp_path):
    write_series(tmp_path / "series", axial_positions(3))
    status, out, _ = run("header", tmp_path / "series", "--lang", "en")
    varies, constant = out.split("What is the same everywhere")
    assert status == 0
    assert "-10 \\ -20 \\ 30 … 35" in varies
    assert "Rows" in constant and "Rows" not in varies


def test_long_sequences_are_cut_short_unless_asked(run, tmp_path):
    from pydicom.dataset import Dataset

    dataset = slice_dataset(0)
    items = []
    for number in range(9):
        item = Dataset()
        item.CodeMeaning = f"meaning {number}"
        items.append(item)
    dataset.AnatomicRegionSequence = items
    path = write(dataset, tmp_path / "a.dcm")
    _, out, _ = run("header", path, "--lang", "en")
    assert "meaning 2" in out and "meaning 8" not in out
    assert "6 more" in out
    _, out, _ = run("header", path, "--all", "--lang", "en")
    assert "meaning 8" in out


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.dcm", None, "There is no file"),
        ("empty.dcm", b"", "is empty"),
        ("words.txt", b"these are words " * 40, "is not a DICOM file"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(run, tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    status, out, err = run("header", tmp_path / name, "--lang", "en")
    assert (status, out) == (1, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


def test_the_tree_shows_the_four_levels(run, tmp_path):
    write_series(tmp_path / "ct", axial_positions(3))
    status, out, _ = run("tree", tmp_path, "--lang", "fr", "--uids")
    assert status == 0
    for text in ("Patient Doe^Jane · P1", "Étude 2020-01-02 · CT", "Série 5 CT · Test · 3 instances", "1.2.3.4"):
        assert text in out
    assert "1 patients" not in out


def test_the_tree_tells_what_it_could_not_read(run, tmp_path):
    write_series(tmp_path / "ct", axial_positions(1))
    (tmp_path / "ct" / "junk.dcm").write_bytes(b"junk" * 100)
    status, out, err = run("tree", tmp_path, "--lang", "en")
    assert status == 1
    assert "1 instance" in out
    assert "junk.dcm is not a DICOM file" in " ".join(err.split())


def test_the_tree_as_json(run, tmp_path):
    write_series(tmp_path / "ct", axial_positions(2))
    _, out, _ = run("tree", tmp_path, "--json")
    patient = json.loads(out)["patients"][0]
    assert patient["studies"][0]["series"][0]["uid"] == "1.2.3.4"


def test_a_folder_without_dicom_is_said_so(run, tmp_path):
    status, _, err = run("tree", tmp_path, "--lang", "en")
    assert status == 1
    assert "No DICOM file" in err


def test_brackets_in_names_and_values_are_no_styles(run, tmp_path):
    path = write(slice_dataset(0, SeriesDescription="T1 [red]post[/red] [/]"), tmp_path / "[bold]a.dcm")
    _, out, _ = run("header", path, "--lang", "en")
    assert "T1 [red]post[/red] [/]" in out and "[bold]a.dcm" in out
    _, out, _ = run("header", path, "--compare", path, "--all", "--lang", "en")
    assert "[bold]a.dcm" in out
    _, out, _ = run("tree", tmp_path, "--lang", "en")
    assert "T1 [red]post[/red] [/]" in out
    _, _, err = run("header", tmp_path / "[bold]none.dcm", "--lang", "en")
    assert "[bold]none.dcm" in "".join(err.split("\n"))
