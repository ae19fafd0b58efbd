"""What ``practice``, ``get``, ``recognise`` and ``cases`` ask the library for, and what they say."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from printed_text import assert_as_read, said
from rich.console import Console

from DICOMTutorialHelperLib.commands import datasets
from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import catalog, fetch, recognition
from DICOMTutorialHelperLib.data.published.recognition import RecognisedSeries, RecognisedSet
from DICOMTutorialHelperLib.data.published.series_facts import SeriesFacts
from DICOMTutorialHelperLib.data.synthetic import cases, practice, preview
from DICOMTutorialHelperLib.messages import messages

pytestmark = pytest.mark.usefixtures("quiet_place")


def series(role: str, missing: int = 0, instances: int = 48, folder: str = "to/there") -> RecognisedSeries:
    files = tuple(Path(folder, f"{role}{number}.dcm") for number in range(2))
    facts = SeriesFacts(
        f"1.2.{role}", "1.2", {"SeriesDescription": f"The {role}"}, instances, 40, 2, 0, 48, "axial", 300.0, False, False, files
    )  # fmt: skip
    return RecognisedSeries(role, facts, missing)


def recognised(*found: RecognisedSeries, origin: str = "published", missing: tuple = (), name: str = "torso-ct") -> RecognisedSet:
    return RecognisedSet(name, origin, found, missing)


class TestPractice:
    @pytest.fixture(autouse=True)
    def made(self, calls, monkeypatch):
        moments = iter(range(0, 100, 3))
        monkeypatch.setattr(datasets.time, "monotonic", lambda: next(moments) / 2)
        calls.answer(practice, "make_practice_set", lambda name, out, *rest: [out / name / "a.dcm", out / name / "b.dcm"])

    def test_sets_sizes_faults_and_seeds_are_passed_on(self, calls, capsys):
        texts = [
            said(capsys, f"practice {rest}")
            for rest in (
                "out", "out --set all --size full --seed 7", "out --set breast-mri", "out --fault missing-slice",
                "out --fault missing-slice --set torso-ct --json", "out --fault private-only-tags --set torso-ct",
                "out --set torso-ct --json",
            )
        ]  # fmt: skip
        assert_as_read("practice", *texts)
        out = Path("out")
        made = [call[1:] for call in calls.asked if call[0] == "make_practice_set"]
        assert made == [
            *((name, out, "small", None, 0, "progress") for name in datasets.SET_NAMES),
            *((name, out, "full", None, 7, "progress") for name in datasets.SET_NAMES),
            ("breast-mri", out, "small", None, 0, "progress"),
            *(("torso-ct", out, "small", "missing-slice", 0, "progress") for _ in range(2)),
            ("torso-ct", out, "small", None, 0, "progress"),
        ]

    def test_what_failed_is_told(self, calls, capsys):
        calls.answer(practice, "make_practice_set", DataError("cannot-write", path="out", detail="No space"))
        assert_as_read("practice-failed", said(capsys, "practice out --set torso-ct"))

    def test_the_preview_shows_all_that_was_made(self, calls, capsys):
        png = pytest.importorskip("DICOMTutorialHelperLib.scene.png", reason="slicer-core is not installed")
        calls.answer(preview, "preview_sheet", "sheet")
        calls.answer(png, "png_of_array", b"a picture")
        assert said(capsys, "practice out --set torso-ct --preview sheet.png").endswith("[status 0]\n")
        assert Path("sheet.png").read_bytes() == b"a picture"
        assert [call for call in calls.asked if call[0] in ("preview_sheet", "png_of_array")] == [
            ("preview_sheet", [Path("out/torso-ct/a.dcm"), Path("out/torso-ct/b.dcm")]),
            ("png_of_array", "sheet"),
        ]
        assert "[error.cannot-write No such file or directory absent/sheet.png]" in said(
            capsys, "practice out --set torso-ct --preview absent/sheet.png"
        )


class TestGet:
    @pytest.fixture(autouse=True)
    def got(self, calls):
        for name in ("from_web", "from_disk", "from_tcia", "from_idc", "from_server"):
            calls.answer(fetch, name, lambda *_: fetch.FetchResult((Path("a"), Path("b")), (recognised(series("ct")),)))
        calls.answer(recognition, "recognise_folder", lambda *_: [])

    def test_each_source_is_asked_for_what_it_has(self, calls, capsys):
        Path("full").mkdir()
        texts = [
            said(capsys, f"get {rest}")
            for rest in (
                "torso-ct --to to", "torso-ct --to full", "torso-ct --to to --from a.zip",
                "torso-ct --to to --source tcia --series 1.2",
                "torso-ct --to to --source idc --series 1.2 --series 1.3 --json", "breast-mri --to to --source idc",
                "torso-ct --to to --source tcia", "--to to", "--to to --source tcia --series 1.2",
            )
        ]  # fmt: skip
        assert_as_read("get", *texts)
        to = Path("to")
        published = [one.series_instance_uid for one in catalog.data_set("breast-mri").published.values()]
        assert len(published) >= 3
        assert [call for call in calls.asked if call[0] != "recognise_folder"] == [
            ("from_web", "torso-ct", to, "progress"),
            ("from_web", "torso-ct", Path("full"), "progress"),
            ("from_disk", "torso-ct", Path("a.zip"), to, "progress"),
            ("from_tcia", ["1.2"], to, "progress"),
            ("from_idc", ["1.2", "1.3"], to, "progress", "progress"),
            ("from_idc", published, to, "progress", "progress"),
        ]
        assert ("recognise_folder", Path("full")) in calls.asked
        assert ("recognise_folder", to) not in calls.asked, "what is not there need not be looked at"

    def test_what_is_there_already_is_not_fetched_again(self, calls, capsys):
        Path("to").mkdir()
        calls.answer(recognition, "recognise_folder", lambda *_: [recognised(series("ct"))])
        assert_as_read("get-already", said(capsys, "get torso-ct --to to"))
        assert [call[0] for call in calls.asked] == ["recognise_folder"]

    @pytest.mark.parametrize(
        "there",
        [
            recognised(series("ct"), origin="practice"),
            recognised(series("ct", missing=1)),
            recognised(series("ct"), name="breast-mri"),
        ],
    )
    def test_what_is_not_the_whole_published_set_is_fetched(self, calls, capsys, there):
        Path("to").mkdir()
        calls.answer(recognition, "recognise_folder", lambda *_: [there])
        said(capsys, "get torso-ct --to to")
        assert [call[0] for call in calls.asked] == ["recognise_folder", "from_web"]

    def test_a_part_of_a_set_is_no_success_unless_asked_for(self, calls, capsys):
        for name in ("from_web", "from_tcia"):
            calls.answer(fetch, name, lambda *_: fetch.FetchResult((Path("a"),), (recognised(series("ct", missing=3)),)))
        assert said(capsys, "get torso-ct --to to").endswith("[status 1]\n")
        assert said(capsys, "get torso-ct --to to --source tcia --series 1.2").endswith("[status 0]\n")

    def test_a_server_is_opened_and_asked(self, calls, capsys):
        calls.answer(datasets, "open_server", "the server")
        text = said(capsys, "get --to to --from https://host/dicom --allow-http")
        assert text.endswith("[status 0]\n"), "whatever a server holds is what was asked for"
        said(capsys, "get torso-ct --to to --from https://host/dicom")
        assert calls.asked == [
            ("open_server", "https://host/dicom", True, "en"),
            ("from_server", "the server", Path("to"), "progress", ""),
            ("open_server", "https://host/dicom", False, "en"),
            ("from_server", "the server", Path("to"), "progress", "torso-ct"),
        ]

    def test_what_failed_and_what_was_stopped_is_told(self, calls, capsys):
        calls.answer(fetch, "from_web", DataError("cannot-write", path="to", detail="No space"))
        texts = [said(capsys, "get torso-ct --to to")]
        calls.answer(fetch, "from_web", KeyboardInterrupt())
        assert_as_read("get-failed", *texts, said(capsys, "get torso-ct --to to"))


def test_what_was_recognised_is_shown_with_its_state_and_its_folder(calls, capsys):
    breasts = (series("t2", missing=1), series("bliss", missing=5, folder="to/there/deep"))
    found = [
        recognised(series("ct")),
        recognised(*breasts, missing=("stir",), name="breast-mri", origin="practice"),
        recognised(series("ct", folder="to")),
        recognised(series("ct", folder="elsewhere")),
    ]
    calls.answer(recognition, "recognise_folder", found)
    Path("to").mkdir()
    texts = [said(capsys, "recognise to"), said(capsys, "recognise to --json")]
    calls.answer(recognition, "recognise_folder", [])
    assert_as_read("recognise", *texts, said(capsys, "recognise to"), said(capsys, "recognise absent"))
    assert calls.asked[0] == ("recognise_folder", Path("to"), "progress")


class TestCases:
    def test_a_set_is_made_by_its_number(self, calls, capsys):
        calls.answer(cases, "make_cases", [Path("out/DICOMDetective/case-1"), Path("out/DICOMDetective/case-2")])
        texts = [said(capsys, f"cases out {rest}") for rest in ("--set 0", "--set 999999 --json", "")]
        calls.answer(cases, "make_cases", DataError("cannot-write", path="out", detail="No space"))
        assert_as_read("cases", *texts, said(capsys, "cases out --set 5"))
        assert calls.asked[:2] == [("make_cases", Path("out"), 0, "progress"), ("make_cases", Path("out"), 999_999, "progress")]
        assert 0 <= calls.asked[2][2] <= 999_999

    @pytest.mark.parametrize("number", ["-1", "1000000", "x"])
    def test_a_number_that_is_none_of_a_set_is_wrong_usage(self, number, capsys):
        assert said(capsys, f"cases out --set={number}").endswith("[status 2]\n")


class TestBar:
    def test_it_moves_on_a_terminal_and_goes_at_the_end(self):
        stream = io.StringIO()
        bar = datasets._Bar(Console(file=stream, force_terminal=True, width=80), "Making it")
        with bar as progress:
            (task,) = bar.bar.tasks
            assert (task.description, task.total, bar.bar.live.is_started) == ("Making it", None, True)
            progress(1, 4)
            assert (task.completed, task.total) == (1, 4)
            progress(3, 0)  # nobody knows the total any more
            assert (task.completed, task.total) == (3, 4)
        assert not bar.bar.live.is_started and bar.bar.live.transient

    def test_elsewhere_nothing_is_shown(self):
        stream = io.StringIO()
        with datasets._Bar(Console(file=stream), "Making it") as progress:
            progress(1, 4)
        assert stream.getvalue() == ""

    def test_its_label_names_the_set(self):
        screen = datasets._Screen(SimpleNamespace(lang="en"))
        title = messages("datasets", "en")["set.torso-ct.title"]
        assert screen.progress("making", "torso-ct").label == f"Making {title}"
        assert screen.progress("reading", "").label == "Reading headers"
