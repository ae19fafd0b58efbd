"""What ``send`` asks of a server, and what it says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from printed_text import assert_as_read, said

from DICOMTutorialHelperLib.commands import servers
from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import dicomweb, dicomweb_send

pytestmark = pytest.mark.usefixtures("quiet_place")


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
