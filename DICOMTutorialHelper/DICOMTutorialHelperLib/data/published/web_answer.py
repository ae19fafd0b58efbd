"""One answer of a web server, read in a thread: whoever waits for it can give up at any time, and does where nothing comes.

A socket's timeout begins anew with every byte. Here a server has ANSWER_SECONDS for its answer, name look-up and redirects
included, and STALL_SECONDS for every CHUNK, and
the caller's ``waiting`` is asked several times a second, whatever the server does.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from DICOMTutorialHelperLib.data.errors import DataError

ANSWER_SECONDS = 60.0
STALL_SECONDS = 60.0
POLL_SECONDS = 0.1
SOCKET_SECONDS = (15, 60)
CHUNK = 1 << 14  # what is lost when a connection breaks off is less than this
MOST_REDIRECTS = 10
STORAGE_SITE = ".amazonaws.com"


class Stalled(Exception):
    """The server has sent less than a chunk for too long."""


@dataclass
class WebAnswer:
    """``chunks`` gives the body as it comes; it raises what requests raises, or Stalled."""

    url: str
    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes] = field(default_factory=lambda: iter(()))


@contextmanager
def web_answer(url: str, headers: Mapping[str, str], waiting: Callable[[], None], same_site: bool = False) -> Iterator[WebAnswer]:
    """The last answer after all redirects, each of which must stay with HTTPS once it was used, and on its site if asked for.

    ``waiting`` may raise to give up. Raises DataError for a redirect that must not be followed, Stalled, and what requests
    raises.
    """
    reader = _Reader(url, headers, same_site)
    reader.start()
    try:
        answer = reader.next(waiting, ANSWER_SECONDS)
        answer.chunks = reader.chunks(waiting)
        yield answer
    finally:
        reader.stop()


class _Reader:
    """The thread that speaks to the server, and the queue through which it hands over what comes."""

    def __init__(self, url: str, headers: Mapping[str, str], same_site: bool) -> None:
        self._url = url
        self._same_site = same_site
        self._headers = dict(headers)
        self._come: queue.Queue[Any] = queue.Queue(maxsize=16)
        self._stopped = threading.Event()
        # A daemon: one that hangs in a name look-up must not keep the process alive.
        self._thread = threading.Thread(target=self._read, name="dicom-tutorial-download", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def next(self, waiting: Callable[[], None], seconds: float) -> Any:
        """What came next; None at the end."""
        end = time.monotonic() + seconds
        while True:
            waiting()
            try:
                came = self._come.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if time.monotonic() > end:
                    raise Stalled from None
                continue
            if isinstance(came, BaseException):
                raise came
            return came

    def chunks(self, waiting: Callable[[], None]) -> Iterator[bytes]:
        while True:
            chunk = self.next(waiting, STALL_SECONDS)
            if chunk is None:
                return
            yield chunk

    def _read(self) -> None:
        import requests

        try:
            with requests.Session() as session, _followed(session, self._url, self._headers, self._same_site) as response:
                self._hand_over(WebAnswer(response.url, response.status_code, dict(response.headers.lower_items())))
                for chunk in response.iter_content(CHUNK):
                    if self._stopped.is_set():
                        return
                    self._hand_over(chunk)
                self._hand_over(None)
        except (DataError, requests.exceptions.RequestException, OSError, ValueError) as error:
            self._hand_over(error)

    def _hand_over(self, item: object) -> None:
        while not self._stopped.is_set():
            try:
                self._come.put(item, timeout=POLL_SECONDS)
                return
            except queue.Full:
                continue


@contextmanager
def _followed(session: Any, url: str, headers: Mapping[str, str], same_site: bool) -> Iterator[Any]:
    """The response after redirects (RFC 9110, 15.4)."""
    for _ in range(MOST_REDIRECTS + 1):
        with session.get(url, headers=headers, stream=True, timeout=SOCKET_SECONDS, allow_redirects=False) as response:
            if not response.is_redirect:
                yield response
                return
            target = redirected(url, response.headers["Location"])
            if same_site and not _on_one_site(url, target):
                raise DataError("leads-away", url=host_of(url), target=host_of(target))
            url = target
    raise DataError("too-many-redirects", url=host_of(url))


def redirected(url: str, location: str) -> str:
    """Where a Location header leads. Raises DataError for no address, another protocol, or from HTTPS to HTTP."""
    try:
        # http.client reads headers as Latin-1; what servers send is ASCII, or UTF-8 against the rules.
        target = urljoin(url, location.encode("latin-1").decode("utf-8"))
        scheme, host = urlsplit(target).scheme, urlsplit(target).hostname
    except ValueError:
        raise DataError("bad-address", url=host_of(url)) from None
    if scheme not in ("http", "https") or not host:
        raise DataError("bad-address", url=target)
    if urlsplit(url).scheme == "https" and scheme != "https":
        raise DataError("insecure", url=host_of(target))
    return target


def _on_one_site(url: str, target: str) -> bool:
    """The same host and port, or both of Amazon's storage, which sends buckets' visitors to its regions."""
    one, other = host_of(url).lower(), host_of(target).lower()
    return one == other or (one.endswith(STORAGE_SITE) and other.endswith(STORAGE_SITE))


def host_of(url: str) -> str:
    """The host for people to read, without a user name or password."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or url
    except ValueError:
        return url
