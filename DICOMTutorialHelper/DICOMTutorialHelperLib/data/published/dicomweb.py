"""A DICOMweb server (PS3.18): what it holds by QIDO-RS, headers and whole instances by WADO-RS; spoken to by dicomweb-client.

An address is the server's root, or that of one study or series below it. User and password come from the environment
(DICOMWEB_USER and DICOMWEB_PASSWORD, or DICOMWEB_TOKEN), from netrc, or from whoever is asked; never from an address.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Optional
from urllib.parse import urljoin, urlsplit

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
from DICOMTutorialHelperLib.data.published.uids import check_uid
from DICOMTutorialHelperLib.data.published.web_answer import SOCKET_SECONDS, host_of, redirected
from DICOMTutorialHelperLib.progress import Progress, no_progress

PACKAGE = "dicomweb-client"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PAGE = 1000
PYDICOM_3 = int(pydicom.__version__.split(".")[0]) >= 3
STUDY_FIELDS = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate",
    "StudyTime", "StudyID", "StudyDescription", "AccessionNumber",
)  # fmt: skip
SERIES_FIELDS = (
    "SeriesInstanceUID",
    "SeriesNumber",
    "SeriesDescription",
    "SeriesDate",
    "SeriesTime",
    "Modality",
    "BodyPartExamined",
)
INSTANCE_FIELDS = ("SOPClassUID", "SOPInstanceUID", "InstanceNumber", "NumberOfFrames")
Ask = Callable[[str], Optional[tuple[str, str]]]  # given the host: user and password, None to give up


@dataclass(frozen=True)
class ServerAddress:
    """The root of a server's DICOMweb services, and which study or series of it is meant; "" for all."""

    root: str
    study: str = ""
    series: str = ""

    def __str__(self) -> str:
        parts = (self.root, *(("studies", self.study) if self.study else ()), *(("series", self.series) if self.series else ()))
        return "/".join(parts)

    @property
    def host(self) -> str:
        """The server's name for people, without user and password."""
        return host_of(self.root)


def is_server_address(text: str) -> bool:
    """Whether a text is a web address, and not a path."""
    return text.lower().startswith(("http://", "https://"))


def server_address(text: str, allow_http: bool = False) -> ServerAddress:
    """Raises DataError for what is no address, has a password in it, or is plain http on another computer."""
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise DataError("bad-address", url=text) from None
    if not is_server_address(text.strip()) or not host or parts.query or parts.fragment:
        raise DataError("bad-address", url=text)
    if parts.username is not None or parts.password is not None:
        raise DataError("password-in-address", url=host_of(text))
    if parts.scheme.lower() == "http" and host.lower() not in LOOPBACK and not allow_http:
        raise DataError("plain-http", url=host_of(text))
    root, _, below = text.strip().rstrip("/").partition("/studies")
    steps = [step for step in below.split("/") if step]
    if len(steps) not in (0, 1, 3) or (len(steps) == 3 and steps[1] != "series"):
        raise DataError("bad-address", url=text)
    for uid in steps[::2]:
        check_uid(uid)
    return ServerAddress(root, *steps[::2])


@dataclass(frozen=True, eq=False)
class RemoteInstance:
    """An instance of a server; ``header`` is what the server's index says of it, its series and its study."""

    study: str
    series: str
    uid: str
    header: Dataset


@dataclass
class Server:
    """Raises DataError from every call: for a server that cannot be reached, refuses, or speaks something else."""

    address: ServerAddress
    ask: Optional[Ask] = None
    _client: Any = field(default=None, repr=False)

    @property
    def client(self) -> Any:
        """The DICOMwebClient, made when first asked for. Raises DataError where the package dicomweb-client is not installed."""
        if self._client is None:
            self._client = self._connect()
        return self._client

    def _connect(self) -> Any:
        try:
            from dicomweb_client.api import DICOMwebClient
        except ImportError as error:
            raise DataError("needs-package", package=PACKAGE) from error
        logging.getLogger("dicomweb_client").setLevel(logging.CRITICAL + 1)  # it writes addresses and UIDs
        session = _new_session()
        headers = {}
        user, token = os.environ.get("DICOMWEB_USER"), os.environ.get("DICOMWEB_TOKEN")
        if user:
            session.auth = (user, os.environ.get("DICOMWEB_PASSWORD", ""))
        elif token:
            headers["Authorization"] = f"Bearer {token}"
        client = DICOMwebClient(self.address.root, session=session, headers=headers or None)
        client.set_http_retry_params(retry=True, max_attempts=3, wait_exponential_multiplier=200)
        self._session = session
        return client

    @contextmanager
    def errors_told(self) -> Iterator[None]:
        """While the block runs, what dicomweb-client and requests raise becomes DataError."""
        import requests

        host = self.address.host
        try:
            yield
        except requests.exceptions.SSLError as error:
            raise DataError("insecure", url=host) from error
        except requests.exceptions.HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            if status in (401, 403):
                raise DataError("wrong-login", url=host) from error
            raise DataError("server-error" if status >= 500 else "refused", url=host, status=status) from error
        except (ValueError, KeyError, LookupError, TypeError, AttributeError) as error:
            if isinstance(error, requests.exceptions.RequestException) and not isinstance(
                error, requests.exceptions.JSONDecodeError
            ):
                raise DataError("bad-address", url=host) from error
            raise DataError("no-dicomweb", url=host) from error  # what came is not what PS3.18 says
        except (requests.exceptions.RequestException, OSError) as error:
            raise DataError("offline", url=host) from error

    def log_in(self) -> None:
        """See that the server answers; where it wants a user and a password that it has not been given, ask for them."""
        try:
            self._first_answer()
        except DataError as error:
            given = self.ask(self.address.host) if error.reason == "wrong-login" and self.ask is not None else None
            if given is None:
                raise
            self._session.auth = given
            self._first_answer()

    def _first_answer(self) -> None:
        client = self.client
        with self.errors_told():
            client.search_for_studies(limit=1)

    def instances(self, progress: Progress = no_progress) -> list[RemoteInstance]:
        """All instances below the address, study by study, each series in the order of its instance numbers."""
        found: list[RemoteInstance] = []
        filters = {"StudyInstanceUID": self.address.study} if self.address.study else None
        for study in self._pages("search_for_studies", STUDY_FIELDS, search_filters=filters):
            study_uid = self._uid(study, "StudyInstanceUID")
            for series in self._pages("search_for_series", SERIES_FIELDS, study_instance_uid=study_uid):
                series_uid = self._uid(series, "SeriesInstanceUID")
                if self.address.series in ("", series_uid):
                    listed = self._pages(
                        "search_for_instances", INSTANCE_FIELDS, study_instance_uid=study_uid, series_instance_uid=series_uid
                    )
                    found += sorted((self._instance(study, series, one) for one in listed), key=_order)
                    progress(len(found), 0)
        return found

    def _uid(self, header: Dataset, keyword: str) -> str:
        uid = str(header.get(keyword) or "")
        try:
            check_uid(uid)
        except DataError as error:
            raise DataError("no-dicomweb", url=self.address.host) from error
        return uid

    def _instance(self, study: Dataset, series: Dataset, instance: Dataset) -> RemoteInstance:
        header = Dataset()
        for origin, keywords in ((study, STUDY_FIELDS), (series, SERIES_FIELDS), (instance, INSTANCE_FIELDS)):
            for keyword in keywords:
                if keyword in origin:
                    header[keyword] = origin[keyword]
        header.SpecificCharacterSet = "ISO_IR 192"  # JSON is UTF-8
        uids = [self._uid(header, keyword) for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")]
        return RemoteInstance(uids[0], uids[1], uids[2], header)

    def _pages(self, call: str, fields: tuple[str, ...], **where: object) -> list[Dataset]:
        """Every match, however few a server gives at a time."""
        found: dict[str, Dataset] = {}
        offset = 0
        while True:
            with self.errors_told():
                page = getattr(self.client, call)(limit=PAGE, offset=offset, fields=list(fields), **where)
                headers = [Dataset.from_json(one) for one in page]
            before = len(found)
            for header in headers:
                found.setdefault(str(header.get(fields[_KEY[call]], "")), header)
            offset += len(page)
            if len(found) == before:  # none, or a server that does not count pages
                return list(found.values())

    def known_instances(self, study: str, series: str) -> set[str]:
        """The SOP Instance UIDs that the server has of a series."""
        listed = self._pages("search_for_instances", INSTANCE_FIELDS, study_instance_uid=study, series_instance_uid=series)
        return {str(one.get("SOPInstanceUID", "")) for one in listed}

    def store(self, datasets: Sequence[Dataset]) -> Dataset:
        """Give instances to the server (STOW-RS); its answer says what became of each."""
        with self.errors_told():
            return self.client.store_instances(datasets)

    def header(self, instance: RemoteInstance) -> Dataset:
        """All of an instance but its pixels and other large values."""
        with self.errors_told():
            answer = self.client.retrieve_instance_metadata(instance.study, instance.series, instance.uid)
            answer = answer[0] if isinstance(answer, list) else answer
            return Dataset.from_json({tag: value for tag, value in answer.items() if "BulkDataURI" not in value})

    def fetch(self, instance: RemoteInstance) -> bytes:
        """The file of an instance (PS3.10), in the transfer syntax that the server keeps it in.

        Raises DataError, also for an answer that is another instance.
        """
        with self.errors_told():
            dataset = self.client.retrieve_instance(
                instance.study, instance.series, instance.uid, media_types=(("application/dicom", "*"),)
            )
            if str(dataset.get("SOPInstanceUID", "")) != instance.uid:
                raise DataError("not-the-instance", url=self.address.host, uid=instance.uid)
            buffer = BytesIO()
            pydicom.dcmwrite(buffer, dataset, **({"enforce_file_format": False} if PYDICOM_3 else {"write_like_original": True}))
            return buffer.getvalue()


_KEY = {"search_for_studies": STUDY_FIELDS.index("StudyInstanceUID"), "search_for_series": 0, "search_for_instances": 1}


def _order(instance: RemoteInstance) -> tuple[float, str]:
    try:
        return float(instance.header.get("InstanceNumber")), instance.uid  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("inf"), instance.uid


def _new_session() -> Any:
    import requests

    class Session(requests.Session):
        """Every request has a deadline; no redirect leads to another host, or from https to http, with what was sent."""

        def request(self, method: Any, url: Any, *arguments: Any, **options: Any) -> Any:
            options["timeout"] = options.get("timeout") or SOCKET_SECONDS
            return super().request(method, url, *arguments, **options)

        def get_redirect_target(self, resp: Any) -> Optional[str]:
            location = super().get_redirect_target(resp)
            if location:
                target = redirected(resp.url, location)
                if host_of(urljoin(resp.url, target)) != host_of(resp.url):
                    raise DataError("leads-away", url=host_of(resp.url), target=host_of(target))
            return location

    return Session()


def write_headers(server: Server, folder: Path, progress: Progress = no_progress, first_in_full: bool = False) -> list[Path]:
    """The server's index as DICOM files without pixels below ``folder``, one an instance, for whoever reads headers of files.

    With ``first_in_full`` the first instance of each series has all of its header, as cohorts read it.
    """
    files = []
    instances = server.instances(progress)
    seen: set[str] = set()
    for number, instance in enumerate(instances, 1):
        header = instance.header
        if first_in_full and instance.series not in seen:
            header = server.header(instance)
            header.SpecificCharacterSet = "ISO_IR 192"
        seen.add(instance.series)
        path = folder / instance.study / instance.series / f"{number:06d}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_header(header, path)
        files.append(path)
        progress(number, len(instances))
    return files


def _write_header(header: Dataset, path: Path) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(str(header.get("SOPClassUID") or ""))
    meta.MediaStorageSOPInstanceUID = UID(str(header.get("SOPInstanceUID") or ""))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    kept = Dataset()
    for element in header:
        if element.tag.group != 2:
            kept.add(element)
    file = pydicom.dataset.FileDataset(str(path), kept, preamble=b"\0" * 128, file_meta=meta, is_implicit_VR=False)
    pydicom.dcmwrite(str(path), file, **({"enforce_file_format": False} if PYDICOM_3 else {"write_like_original": True}))


def fetch_to(server: Server, folder: Path, progress: Progress = no_progress) -> list[Path]:
    """Every instance below the address as ``folder/<series UID>/<SOP Instance UID>.dcm``; progress counts instances.

    What lies there already is not fetched again. Raises DataError where one cannot be had; those that came stay.
    """
    instances = server.instances()
    if not instances:
        raise DataError("server-empty", url=str(server.address))
    files = []
    for number, instance in enumerate(instances, 1):
        path = folder / instance.series / f"{instance.uid}.dcm"
        if not path.is_file():
            content = server.fetch(instance)
            with disk_errors_told(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(".part")
                part.write_bytes(content)
                part.replace(path)
        files.append(path)
        progress(number, len(instances))
    return files


def work_name(server: Server) -> str:
    """A folder name for what comes from an address."""
    return "server-" + hashlib.sha256(str(server.address).encode()).hexdigest()[:16]
