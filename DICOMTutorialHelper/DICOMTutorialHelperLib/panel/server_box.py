"""A DICOMweb server in the Data tab: what it holds, to tick and fetch into Slicer's database; a series of it to send.

All that speaks to the server runs in a thread, with progress and a cancel; the window lives on. A password is kept as long as the
panel, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Optional

import qt
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published.dicomweb import RemoteInstance, Server, server_address
from DICOMTutorialHelperLib.data.published.dicomweb_send import SendReport, held_by_server, send
from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.data.published.fetch import from_server
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.widgets import button, choice_box, text_label
from DICOMTutorialHelperLib.plain_text import file_stem, html_text, never_rich, one_line
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.workspace.interface import Workspace


class ServerBox:
    """``home`` says where what is fetched is to lie; ``language`` is asked whenever something is said. ``exchanges`` are told
    what the server said and gave, and are given the server that is named here."""

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        home: Callable[[], Path],
        language: Callable[[], str],
        exchanges: Optional[Exchanges] = None,
    ) -> None:
        self._workspace, self._jobs, self._home, self._language = workspace, jobs, home, language
        self._exchanges = exchanges or Exchanges()
        self._exchanges.server = self.named_server
        self._series: dict[int, tuple[str, str]] = {}  # by number of the tree's row: study and series
        self._listed_at = ""
        self.widget = qt.QGroupBox()
        layout = qt.QVBoxLayout(self.widget)
        self._about = text_label(name="ServerAbout")
        self._address = self._line("ServerAddress")
        self._user, self._password = self._line("ServerUser"), self._line("ServerPassword")
        self._password.echoMode = qt.QLineEdit.Password
        self._allow_http = qt.QCheckBox()
        self._allow_http.objectName = "ServerAllowHttp"
        self._list = button("", "", jobs.safe_slot(self.show_contents), "ServerListButton")
        self._tree = qt.QTreeWidget()
        self._tree.objectName = "ServerTree"
        self._tree.headerHidden = True
        self._tree.minimumHeight = 120
        self._fetch = button("", "", jobs.safe_slot(self.fetch_ticked), "ServerFetchButton")
        self._to_send = choice_box("ServerSeriesToSend")
        self._send = button("", "", jobs.safe_slot(self.send_chosen), "ServerSendButton")
        self._said = text_label(name="ServerSaid")
        login = qt.QHBoxLayout()
        login.addWidget(self._user)
        login.addWidget(self._password)
        sending = qt.QHBoxLayout()
        sending.addWidget(self._to_send, 1)
        sending.addWidget(self._send)
        layout.addWidget(self._about)
        layout.addWidget(self._address)
        layout.addLayout(login)
        for widget in (self._allow_http, self._list, self._tree, self._fetch):
            layout.addWidget(widget)
        layout.addLayout(sending)
        layout.addWidget(self._said)
        self._tree.hide()
        self._fetch.hide()
        jobs.watch(self._on_job)

    def _line(self, name: str) -> qt.QLineEdit:
        line = qt.QLineEdit()
        line.objectName = name
        return line

    def set_language(self, language: str) -> None:
        self.widget.title = message("server.title", language)
        self._about.text = html_text(message("server.about", language))
        for line, key in ((self._address, "address"), (self._user, "user"), (self._password, "password")):
            line.placeholderText = line.accessibleName = message(f"server.{key}", language)
        for widget, key in ((self._list, "list"), (self._fetch, "fetch"), (self._send, "send"), (self._allow_http, "http")):
            widget.text = message(f"server.{key}", language)
            widget.toolTip = message(f"server.{key}.tip", language)
        self._to_send.toolTip = self._to_send.accessibleName = message("server.to-send", language)
        self._tree.accessibleName = message("server.tree", language)

    def refresh(self) -> None:
        """List the database's series, of which one may be sent."""
        before = self._chosen_to_send()
        self._to_send.clear()
        for patient in self._workspace.patients():
            for series in patient.series:
                name = f"{series.number}: {series.description}" if series.number else series.description
                words = " · ".join(part for part in (name, series.modality, patient.name) if part)
                self._to_send.addItem(one_line(words), series.series_instance_uid)
        place = self._to_send.findData(before) if before else -1
        self._to_send.currentIndex = max(place, 0) if self._to_send.count else -1
        self._send.enabled = bool(self._to_send.count)

    def _chosen_to_send(self) -> str:
        return str(self._to_send.itemData(self._to_send.currentIndex) or "") if self._to_send.count else ""

    def _on_job(self, title: str, _done: int, _total: int) -> None:
        for widget in (self._list, self._fetch):
            widget.enabled = not title
        self._send.enabled = not title and bool(self._to_send.count)

    def named_server(self) -> Optional[Server]:
        """The server whose address stands here, None for none, or for what is no address."""
        try:
            return self._server() if str(self._address.text).strip() else None
        except DataError:  # half typed; whoever presses a button here is told
            return None

    def _server(self, address: str = "") -> Server:
        """Raises DataError for an address that cannot be used."""
        user, password = str(self._user.text), str(self._password.text)

        def login(_host: str) -> Optional[tuple[str, str]]:
            return (user, password) if user else None

        return Server(server_address(address or str(self._address.text).strip(), bool(self._allow_http.checked)), login)

    # --- what it holds ---------------------------------------------------------------------------------------------------

    def show_contents(self) -> None:
        server = self._server()

        def read(report_progress: Progress) -> list[RemoteInstance]:
            server.log_in()
            return server.instances(report_progress)

        self._jobs.run(
            message("job.server", self._language()),
            lambda progress: self._jobs.in_thread(read, progress),
            lambda instances: self._take_listing(server, instances),
        )

    def _take_listing(self, server: Server, instances: list[RemoteInstance]) -> None:
        self._show(server, instances)
        self._exchanges.note_listing(instances)

    def _show(self, server: Server, instances: list[RemoteInstance]) -> None:
        self._listed_at = server.address.root
        self._tree.clear()
        self._series = {}
        patients: dict[tuple[str, str], qt.QTreeWidgetItem] = {}
        studies: dict[str, qt.QTreeWidgetItem] = {}
        series: dict[str, list[RemoteInstance]] = {}
        for instance in instances:
            series.setdefault(instance.series, []).append(instance)
        for members in series.values():
            header = members[0].header
            whose = _text(header, "PatientName"), _text(header, "PatientID")
            if whose not in patients:
                patients[whose] = self._row(None, " · ".join(part for part in whose if part) or "-")
            study = members[0].study
            if study not in studies:
                about = _text(header, "StudyDescription"), _text(header, "StudyDate")
                studies[study] = self._row(patients[whose], " · ".join(part for part in about if part) or "-")
            number = f"{_text(header, 'SeriesNumber')}: " if _text(header, "SeriesNumber") else ""
            words = f"{number}{_text(header, 'SeriesDescription') or '-'} ({_text(header, 'Modality')}, {len(members)})"
            row = self._row(studies[study], words)
            row.setFlags(row.flags() | qt.Qt.ItemIsUserCheckable)
            row.setCheckState(0, qt.Qt.Unchecked)
            row.setData(0, qt.Qt.UserRole, len(self._series))
            self._series[len(self._series)] = (study, members[0].series)
        self._tree.expandAll()
        self._tree.visible = self._fetch.visible = bool(series)
        self._say("server.holds" if series else "server.empty", series=len(series), images=len(instances))

    def _row(self, parent: Optional[qt.QTreeWidgetItem], text: str) -> qt.QTreeWidgetItem:
        row = qt.QTreeWidgetItem([one_line(text)])
        row.setToolTip(0, never_rich(text))
        if parent is None:
            self._tree.addTopLevelItem(row)
        else:
            parent.addChild(row)
        return row

    def ticked(self) -> list[tuple[str, str]]:
        """(study, series) of the rows that are ticked."""
        rows = [self._tree.topLevelItem(number) for number in range(self._tree.topLevelItemCount)]
        found = []
        while rows:
            row = rows.pop(0)
            rows += [row.child(number) for number in range(row.childCount())]
            number = row.data(0, qt.Qt.UserRole)
            if number is not None and row.checkState(0) == qt.Qt.Checked:
                found.append(self._series[int(number)])
        return found

    # --- fetching and sending --------------------------------------------------------------------------------------------

    def fetch_ticked(self) -> None:
        """Bring the ticked series into the data folder, and into the database."""
        wanted, home = self.ticked(), self._home()
        if not wanted:
            self._say("server.none-ticked")
            return
        servers = [self._server(f"{self._listed_at}/studies/{study}/series/{series}") for study, series in wanted]
        target = home / "DICOMweb" / file_stem(servers[0].address.host)

        def fetch(report_progress: Progress) -> list[Path]:
            folders = []
            for server in servers:
                from_server(server, target, report_progress)
                folders.append(target / server.address.series)
            return folders

        def work(progress: Progress) -> list[Path]:
            folders = self._jobs.in_thread(fetch, progress)
            if self._workspace.database_folder() is None:
                self._workspace.create_database()
            for folder in folders:
                self._workspace.import_folder(folder, progress)
            return folders

        def tell(folders: list[Path]) -> None:
            self._say("server.fetched", series=len(folders), folder=str(target))
            self._exchanges.note_fetched(folders)

        self._jobs.run(message("job.fetch", self._language()), work, tell)

    def send_chosen(self) -> None:
        uid = self._chosen_to_send()
        files = list(self._workspace.files_of_series(uid)) if uid else []
        if not files:
            return
        server = self._server()
        self._jobs.run(
            message("job.send", self._language()),
            lambda progress: self._jobs.in_thread(
                lambda report_progress: _sent_and_held(files, server, report_progress), progress
            ),
            self._take_sent,
        )

    def _take_sent(self, sent: tuple[SendReport, dict[str, set[str]]]) -> None:
        report, held = sent
        self._say_sent(report)
        for uid, instances in held.items():
            self._exchanges.note_series(uid, instances)

    def _say_sent(self, report: SendReport) -> None:
        failed = len(report.failed)
        self._say(
            "server.sent-part" if failed else "server.sent", sent=len(report.sent), already=len(report.already), failed=failed
        )

    def _say(self, key: str, **fields: object) -> None:
        self._said.text = html_text(message(key, self._language(), **fields))


def _text(header: Dataset, keyword: str) -> str:
    return one_line(str(header.get(keyword, "") or "")).replace("^", " ").strip()


def _sent_and_held(files: list[Path], server: Server, progress: Progress) -> tuple[SendReport, dict[str, set[str]]]:
    """Send, and then ask the server what it holds; nothing where it does not answer any more."""
    report = send(files, server, progress)
    return report, {} if report.broken_by else held_by_server(files, server)
