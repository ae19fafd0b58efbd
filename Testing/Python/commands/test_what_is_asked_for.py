"""What ``practice``, ``get``, ``recognise``, ``cohort idc``, ``send`` and ``cases`` ask the library for, and what they say.

The library's own answers are replaced here: what it does is tested in the rooms that do it.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from printed_text import assert_as_read, said
from rich.console import Console

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.commands import datasets, idc, servers, terminal
from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import catalog, dicomweb, dicomweb_send, fetch, recognition
from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries
from DICOMTutorialHelperLib.data.published.recognition import RecognisedSeries, RecognisedSet
from DICOMTutorialHelperLib.data.published.series_facts import SeriesFacts
from DICOMTutorialHelperLib.data.synthetic import cases, practice, preview
from DICOMTutorialHelperLib.explore import idc_index
from DICOMTutorialHelperLib.explore.idc_index import Group, IndexAnswer, IndexMissing
from DICOMTutorialHelperLib.messages import messages


@pytest.fixture(autouse=True)
def quiet_place(monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def calls(monkeypatch):
    """What the library was asked for; ``calls.answer(module, name, result)`` replaces one of its functions."""
    asked: list[tuple] = []

    def answer(module, name, result=None):
        def replaced(*values, **named):
            # Functions that tell progress are all alike here.
            shown = ["progress" if callable(value) else value for value in values]
            asked.append((name, *shown, *named.items()))
            if isinstance(result, BaseException):
                raise result
            return result(*values) if callable(result) else result

        monkeypatch.setattr(module, name, replaced)

    return SimpleNamespace(asked=asked, answer=answer)


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


@pytest.mark.parametrize(
    ("megabytes", "text"),
    [(0, "0.0 MB"), (999.94, "999.9 MB"), (1000, "1.0 GB"), (999_900, "999.9 GB"), (1e6, "1.0 TB"), (2.5e6, "2.5 TB")],
)
def test_sizes_are_told_in_a_unit_that_fits(megabytes, text):
    assert idc._size(megabytes) == text


class TestServers:
    @pytest.fixture(autouse=True)
    def server(self, calls, monkeypatch):
        opened = SimpleNamespace(
            address=dicomweb.server_address("https://host/dicom"), log_in=lambda: calls.asked.append(("log_in",))
        )
        self.server = opened
        calls.answer(servers, "open_server", opened)

    def test_what_became_of_each_file_is_told(self, calls, capsys):
        Path("in").mkdir()
        away = DataError("leads-away", url="host", target="elsewhere")
        failed = [dicomweb_send.Failure(Path(f"in/{number}"), "refused", "A700" if number else "") for number in range(20)]
        reports = [
            dicomweb_send.SendReport([Path("in/a"), Path("in/b")]),
            dicomweb_send.SendReport([Path("in/a")], [Path("in/b")], failed),
            dicomweb_send.SendReport([], [], [*failed, dicomweb_send.Failure(Path("in/x"), "not-sent")], broken_by=away),
            dicomweb_send.SendReport([Path("in/a")], [Path("in/b")], failed[:1], broken_by=away),
            dicomweb_send.SendReport(),
        ]
        calls.answer(dicomweb_send, "send", lambda *_: reports.pop(0))
        texts = [said(capsys, f"send in --to https://host/dicom {rest}") for rest in ("--allow-http", "", "", "--json", "")]
        texts.append(said(capsys, "send in absent --to https://host/dicom"))
        calls.answer(dicomweb_send, "send", DataError("offline", url="host"))
        assert_as_read("send", *texts, said(capsys, "send in --to https://host/dicom"))
        assert calls.asked[:2] == [
            ("open_server", "https://host/dicom", True, "en"),
            ("send", [Path("in")], self.server, "progress"),
        ]

    @pytest.mark.parametrize(
        ("how", "asked"),
        [
            (servers.HEADERS, [("log_in",), ("write_headers", "progress", ("first_in_full", False))]),
            (servers.FIRST_HEADERS, [("log_in",), ("write_headers", "progress", ("first_in_full", True))]),
            (servers.WHOLE, [("log_in",), ("fetch_to", "progress")]),
        ],
    )
    def test_addresses_are_read_first_and_their_folders_go_afterwards(self, calls, how, asked):
        def fill(server, folder, progress):
            assert folder.is_dir()
            (folder / "a.dcm").write_text("x", encoding="utf-8")
            return [folder / "a.dcm"]

        calls.answer(dicomweb, "fetch_to", fill)
        calls.answer(dicomweb, "write_headers", fill)
        arguments = SimpleNamespace(allow_http=False, lang="en", paths=[Path("in"), servers.Address("HTTPS://host/dicom")])

        @servers.reads_servers("paths", how)
        def run(given):
            self.folder = given.paths[1]
            assert given.paths[0] == Path("in") and (self.folder / "a.dcm").is_file()
            told = {"where": [self.folder / "a.dcm", ("elsewhere", 5)]}
            assert servers.as_asked(told, given) == {"where": ["HTTPS://host/dicom/a.dcm", ["elsewhere", 5]]}
            return 7

        assert run(arguments) == 7
        assert not self.folder.exists()
        of_server = [tuple(one for one in call if one is not self.server and one != self.folder) for call in calls.asked[1:]]
        assert calls.asked[0] == ("open_server", "HTTPS://host/dicom", False, "en") and of_server == asked

    def test_a_server_without_images_is_said_to_be_empty(self, calls, capsys):
        calls.answer(dicomweb, "write_headers", lambda *_: [])
        text = said(capsys, "tree https://host/dicom")
        assert "https://host/dicom" in text and text.endswith("[status 1]\n")

    def test_without_addresses_nothing_is_opened(self, calls):
        run = servers.reads_servers("paths", servers.WHOLE)(lambda given: given)
        arguments = SimpleNamespace(paths=[Path("in")], lang="en")
        assert run(arguments) is arguments and not calls.asked
        assert servers.as_asked([Path("in"), 5, None], arguments) == [Path("in"), 5, None]

    @pytest.mark.parametrize("text", ["http://host/x", "https://host/x", "HTTPS://HOST"])
    def test_an_address_stays_as_it_was_typed(self, text):
        address = servers.source_argument(text)
        assert isinstance(address, servers.Address) and address == text and address.exists()
        assert servers.source_argument("httpfolder") == Path("httpfolder")

    def test_a_login_is_asked_for_where_somebody_sits(self, monkeypatch):
        ask = servers.ask_for_login("en")
        monkeypatch.setattr(servers.sys, "stdin", SimpleNamespace(isatty=lambda: False))
        assert ask("host") is None
        monkeypatch.setattr(servers.sys, "stdin", SimpleNamespace(isatty=lambda: True))
        asked = []
        monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or "rita")
        monkeypatch.setattr(servers.getpass, "getpass", lambda text: asked.append(text) or "secret")
        assert ask("host") == ("rita", "secret")
        assert "host" in asked[0] and len(asked) == 2


def test_a_server_is_opened_with_its_address_and_a_question(monkeypatch):
    server = servers.open_server("https://host/dicom", False, "en")
    assert str(server.address) == "https://host/dicom"
    monkeypatch.setattr(servers.sys, "stdin", SimpleNamespace(isatty=lambda: False))
    assert callable(server.ask) and server.ask("host") is None
    with pytest.raises(DataError):
        servers.open_server("http://host/dicom", False, "en")
    assert str(servers.open_server("http://host/dicom", True, "en").address) == "http://host/dicom"


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


class TestTerminal:
    def terminal(self, monkeypatch, tty: bool):
        stream = io.StringIO()
        stream.isatty = lambda: tty  # type: ignore[method-assign]
        monkeypatch.setattr(terminal.sys, "stderr", stream)
        made = terminal.Terminal("en")
        made.err = Console(file=stream, force_terminal=tty, width=80, color_system=None)
        return made, stream

    def test_progress_is_shown_on_a_terminal_only(self, monkeypatch):
        made, stream = self.terminal(monkeypatch, tty=True)
        show = made.progress()
        show(1, 2), show(2, 2)
        assert stream.getvalue() == "1 of 2 files\r2 of 2 files\n"
        made, _ = self.terminal(monkeypatch, tty=False)
        assert made.progress() is None

    def test_a_failure_is_one_sentence_wherever_it_is_printed(self, monkeypatch):
        for tty in (True, False):
            made, stream = self.terminal(monkeypatch, tty)
            assert made.fail("A sentence \x1b that is " + "very " * 30 + "long.") == 1
            assert len(stream.getvalue().splitlines()) == 1
            assert tty or "\x1b" not in stream.getvalue()

    def test_fields_stay_within_their_line(self):
        made = terminal.Terminal("en")
        assert made.message("error.not-found", path=Path("a\nb")) == "There is no file a b."

    def test_json_goes_to_any_stdout(self, monkeypatch):
        for stream in (io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="ascii")):
            monkeypatch.setattr(terminal.sys, "stdout", stream)
            terminal.print_json({"é": Path("a\u202e")})
            text = stream.getvalue() if isinstance(stream, io.StringIO) else stream.buffer.getvalue().decode("utf-8")
            assert text == '{\n "é": "a\\u202e"\n}\n'

    def test_consoles_print_where_they_say_and_no_markup(self, capsys):
        made = terminal.Terminal("en")
        made.out.print("[bold]out[/] :smile: 5")
        made.err.print("err")
        assert capsys.readouterr() == ("[bold]out[/] :smile: 5\n", "err\n")

    def test_a_home_folder_is_found(self, monkeypatch):
        monkeypatch.setenv("HOME", "/home/rita")
        assert terminal.path_argument("~/x") == Path("/home/rita/x")


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


def test_a_mistake_in_a_long_condition_is_marked_where_it_stands(tmp_path, capsys):
    """Neither the condition nor the mark below it is wrapped, however narrow the window is."""
    condition = " and ".join(['Modality == "CT"'] * 12) + " and Xyzzy"
    assert main(["cohort", str(tmp_path), "--where", condition, "--lang", "en"]) == 2
    lines = capsys.readouterr().err.splitlines()
    place = lines.index("  " + condition)
    assert lines[place + 1] == " " * (2 + condition.index("Xyzzy")) + "^" and len(lines) == place + 3
    assert main(["cohort", str(tmp_path), "--columns", "Xyzzy", "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2, "where no condition is wrong, none is shown"
