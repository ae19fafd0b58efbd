"""One hostile value in the header of a file, through every output there is: shown everywhere, obeyed nowhere."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.__main__ import main

HOSTILE = "=cmd\x1b]0;owned\x07\x9b31m<img src=x onerror=alert(1)>[bold]\u202e[/]"
COMMANDS = [
    ["examine", "--all"], ["tree", "--uids"], ["header"], ["privacy", "--values"], ["kinds"], ["fair"],
    ["cohort", "--columns", "PatientName,SeriesDescription,Modality"],
]  # fmt: skip


@pytest.fixture
def hostile(tmp_path) -> Path:
    folder = tmp_path / "series[bold]"
    texts = dict.fromkeys(("SeriesDescription", "StudyDescription", "ProtocolName", "PatientName", "PatientID"), HOSTILE)
    write_series(folder, axial_positions(3), SpecificCharacterSet="ISO_IR 192", **texts)
    return folder


def obeyed(text: str) -> set[str]:
    """Characters that a terminal or a reader's eye would obey."""
    return set(re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text))


OTHERS = [
    ["tree", "--json"], ["privacy", "--json"], ["deidentify", "OUT"], ["examine", "--report", "OUT.json"],
    ["cohort", "--out", "OUT.csv"], ["tree", "/no/such/folder/é\u202e\x1b[31m"],
]  # fmt: skip


@pytest.mark.parametrize("command", [*COMMANDS, *OTHERS], ids=" ".join)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_terminal_of_an_older_encoding_shows_what_it_can(hostile, tmp_path, monkeypatch, command, encoding):
    """French has letters that none of these all have, and so have the header's values."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    arguments = [one.replace("OUT", str(tmp_path / "out")) for one in command[1:]]
    status = main([command[0], str(hostile), *arguments, "--lang", "fr"])
    for stream in streams:
        stream.flush()
    printed = b"".join(stream.buffer.getvalue() for stream in streams)
    assert status in (0, 1) and printed
    assert "--json" in command or encoding != "ascii" or printed.isascii()
    assert not obeyed(printed.decode("utf-8" if "--json" in command else encoding))


@pytest.mark.skipif(os.name == "nt", reason="locales of POSIX")
@pytest.mark.parametrize("variables", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def test_a_program_without_a_locale_ends_as_it_should(hostile, variables):
    """The names of its own files hold letters that ASCII lacks, too."""
    folder = hostile.rename(hostile.with_name("Série \u202e".encode().decode("utf-8")))
    command = [sys.executable, "-m", "DICOMTutorialHelperLib", "tree", str(folder), "--lang", "fr"]
    library = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper"
    environment = {**{key: value for key, value in os.environ.items() if not key.startswith("LC_")}, **variables}
    done = subprocess.run(command, cwd=library, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr and done.stdout.isascii()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_terminal_shows_it(hostile, capsys, command, language):
    main([command[0], str(hostile), *command[1:], "--lang", language])
    printed = "".join(capsys.readouterr())
    assert printed and not obeyed(printed)


@pytest.mark.parametrize("command", ["examine", "tree", "header", "privacy", "kinds", "fair", "cohort"])
def test_json_keeps_it_and_a_terminal_does_not_obey_it(hostile, capsys, command):
    main([command, str(hostile), "--json"])
    printed = capsys.readouterr().out
    assert not obeyed(printed)
    json.loads(printed)


def test_a_spreadsheet_takes_it_for_text(hostile, tmp_path):
    main(["cohort", str(hostile), "--columns", "PatientName", "SeriesDescription", "--out", str(tmp_path / "table.csv")])
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    assert rows and all(cell.startswith("'=") for row in rows for cell in row)
    assert not obeyed((tmp_path / "table.csv").read_text(encoding="utf-8"))


def test_a_scene_can_be_read_and_its_files_lie_where_they_should(hostile, tmp_path):
    slicer = pytest.importorskip("slicer")
    assert main(["load", str(hostile), "--out", str(tmp_path / "out" / "scene")]) == 0
    files = list((tmp_path / "out").rglob("*"))
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", path.name) for path in files)
    root = ElementTree.parse(tmp_path / "out" / "scene" / "scene.mrml").getroot()
    assert not obeyed("".join(value for node in root.iter() for value in node.attrib.values()))
    scene = slicer.vtkMRMLScene()
    scene.SetURL(str(tmp_path / "out" / "scene" / "scene.mrml"))
    assert scene.Connect()
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1


def test_pages_hold_it_as_text(hostile):
    from DICOMTutorialHelperLib.pages.reports import fair_page, kinds_page, privacy_page

    class Reader(HTMLParser):
        tags: set[str]

        def handle_starttag(self, tag, attrs):
            self.tags.add(tag)
            assert not [name for name, _ in attrs if name.startswith("on")]

    files = sorted(hostile.iterdir())
    for page in (privacy_page, fair_page, kinds_page):
        reader = Reader()
        reader.tags = set()
        html = page(files, "en", lambda done, total: None)
        reader.feed(html)
        assert reader.tags and not reader.tags & {"img", "script", "iframe"} and not obeyed(html)


def test_a_page_to_hand_in_and_the_page_of_a_class_hold_it_as_text(tmp_path):
    """In tables, in what the learner answered and in the learner's name; the class's page reads the hand-in back."""
    from fake_workspace import FakeWorkspace

    from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder
    from DICOMTutorialHelperLib.tutorial.progress import MemoryStore
    from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep
    from DICOMTutorialHelperLib.tutorial.report.page import Report
    from DICOMTutorialHelperLib.tutorial.session import TutorialSession
    from DICOMTutorialHelperLib.tutorial.tables import DataTable, DataTableRow

    session = TutorialSession(read_tutorial(tutorials_folder() / "dicom_and_slicer"), FakeWorkspace(), MemoryStore())
    hostile_text = HOSTILE + "</script><script>alert(1)</script>"
    session.set_learner(hostile_text)
    table = DataTable(hostile_text, (hostile_text, "b"), (DataTableRow((hostile_text, hostile_text)),), note=hostile_text)
    captured = {session.tutorial.steps[3].id: CapturedStep(data_table=table)}
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.html").write_text(Report(session, captured, "en").html(), encoding="utf-8", errors="replace")
    for name in ("class.html", "class.csv"):
        assert main(["class", str(tmp_path / "pages"), "--out", str(tmp_path / name)]) == 0
    for page in (tmp_path / "pages" / "one.html", tmp_path / "class.html"):
        text = page.read_text(encoding="utf-8")
        assert "alert(1)" in text and not obeyed(text)
        assert "<img src=x" not in text and "<script>alert" not in text
    rows = list(csv.reader((tmp_path / "class.csv").open(encoding="utf-8-sig", newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    assert not obeyed((tmp_path / "class.csv").read_text(encoding="utf-8-sig"))


def test_slicers_table_and_tool_tips_take_it_for_plain_text(hostile):
    pytest.importorskip("slicer")
    from DICOMTutorialHelperLib.dicom.candidate import VOLUME
    from DICOMTutorialHelperLib.scene.loadables import Examinations, offers

    (offer,) = offers(Examinations(), [str(path) for path in sorted(hostile.iterdir())], VOLUME)
    assert "<" not in offer.tooltip + offer.warning
    assert not obeyed(offer.name + offer.tooltip + offer.warning)


def test_a_report_of_ones_own_images_leaves_out_what_identifies_a_person(tmp_path, capsys, shared_data):
    pytest.importorskip("slicer")
    from pydicom import dcmread

    folder = tmp_path / "own"
    folder.mkdir()
    for path in sorted((shared_data / "torso_ct").iterdir()):
        dataset = dcmread(path)
        dataset.PatientName, dataset.PatientID = "QXZNAME^JOHN", "QXZIDENT47"
        dataset.save_as(folder / path.name)
    arguments = ["tutorial", "run", "--data", str(folder), "--steps", "data-model,instance,privacy", "--lang", "en"]
    main([*arguments, "--out", str(tmp_path / "out")])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "QXZ" not in page and "•••" in page
    main([*arguments, "--out", str(tmp_path / "with"), "--with-personal-values"])
    assert "QXZIDENT47" in (tmp_path / "with" / "report.html").read_text(encoding="utf-8")
