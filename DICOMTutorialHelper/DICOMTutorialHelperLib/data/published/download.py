"""Downloading one file: with progress, resumed after a broken connection, and never under its final name before it is whole."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Optional
from urllib.parse import urlsplit

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published.archives import check_room
from DICOMTutorialHelperLib.progress import Progress, no_progress

ATTEMPTS = 4
TIMEOUT_SECONDS = (15, 60)
CHUNK = 1 << 16  # what is lost when a connection breaks off is less than this
MOST_BYTES = 20 * 2**30


class _BrokenOff(Exception):
    """The connection ended early; what came so far is kept."""


def download(url: str, path: Path, progress: Progress = no_progress, pause_seconds: float = 1.0) -> Path:
    """Download ``url`` to ``path`` and return it; progress counts bytes, total 0 where the server does not say.

    What has come lies in ``<path>.part`` and is taken up again, in this call and in later ones, as long as the server says that
    it is still the same file. Raises DataError, or Cancelled out of the progress function; ``path`` then is as it was.
    """
    path = Path(path)
    part = _Part(url, path)
    last: Optional[_BrokenOff] = None
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause_seconds * attempt)
        try:
            _fetch(url, part, progress)
            return part.finish()
        except _BrokenOff as error:
            last = error
    raise DataError("broken-off", url=_host(url), received=f"{part.size / 1e6:.0f}") from last


class _Part:
    """The unfinished file, and beside it what the server said of it: without that, nothing is resumed."""

    def __init__(self, url: str, path: Path) -> None:
        self.url = url
        self.final = path
        self.path = path.with_name(path.name + ".part")
        self.note = path.with_name(path.name + ".part.json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def validator(self) -> Optional[str]:
        """The ETag or date for If-Range (RFC 9110, 13.1.5) where what is there belongs to this URL and can be resumed."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return note.get("validator") if isinstance(note, dict) and note.get("url") == self.url and self.size else None

    def begin(self, validator: Optional[str]) -> None:
        try:
            self.final.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(b"")
            self.note.write_text(json.dumps({"url": self.url, "validator": validator}), encoding="utf-8")
        except OSError as error:
            raise DataError("cannot-write", path=self.final, detail=error.strerror or error) from error

    def append(self, chunk: bytes) -> None:
        try:
            with open(self.path, "ab") as file:
                file.write(chunk)
        except OSError as error:
            raise DataError("cannot-write", path=self.path, detail=error.strerror or error) from error

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def finish(self) -> Path:
        self.path.replace(self.final)
        self.note.unlink(missing_ok=True)
        return self.final


def _fetch(url: str, part: _Part, progress: Progress) -> None:
    import requests

    headers = {"Accept-Encoding": "identity", "User-Agent": "DICOMTutorialHelper"}
    validator = part.validator()
    if validator:
        headers.update({"Range": f"bytes={part.size}-", "If-Range": validator})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as response:
            _refuse_downgrade(url, response.url)
            if response.status_code == 416:
                part.discard()
                raise _BrokenOff
            if response.status_code >= 500:
                raise _BrokenOff if part.size else DataError("server-error", url=_host(url), status=response.status_code)
            if response.status_code not in (200, 206):
                raise DataError("refused", url=_host(url), status=response.status_code)
            start, total = _span(response, part)
            if start == 0:
                part.begin(_validator(response))
            _receive(response, part, start, total, progress)
    except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
        raise DataError("bad-address", url=url) from error
    except requests.exceptions.TooManyRedirects as error:
        raise DataError("too-many-redirects", url=_host(url)) from error
    except requests.exceptions.SSLError as error:
        raise DataError("insecure", url=_host(url)) from error
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
        raise _BrokenOff from error
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
        if part.size:
            raise _BrokenOff from error
        raise DataError("offline", url=_host(url)) from error


def _refuse_downgrade(asked: str, answered: str) -> None:
    if urlsplit(asked).scheme == "https" and urlsplit(answered).scheme != "https":
        raise DataError("insecure", url=_host(answered))


def _span(response: Any, part: _Part) -> tuple[int, int]:
    """(where the answer starts, size of the whole file or 0)."""
    length = _integer(response.headers.get("Content-Length"))
    if response.status_code == 200:
        return 0, length
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    span, _, whole = rest.partition("/")
    start = _integer(span.split("-")[0], -1)
    if unit != "bytes" or start != part.size:
        part.discard()
        raise _BrokenOff
    return start, _integer(whole) or start + length


def _receive(response: Any, part: _Part, start: int, total: int, progress: Progress) -> None:
    if total > MOST_BYTES:
        raise DataError("too-large", url=_host(part.url), size=f"{total / 1e9:.1f}")
    check_room(part.final.parent, max(total - start, 0))
    done = start
    for chunk in response.iter_content(CHUNK):
        done += len(chunk)
        if done > (total or MOST_BYTES):
            part.discard()
            raise DataError("length-wrong", url=_host(part.url))
        part.append(chunk)
        progress(done, total)
    if done < total:
        raise _BrokenOff
    if not done:
        part.discard()
        raise DataError("empty-answer", url=_host(part.url))


def _validator(response: Any) -> Optional[str]:
    etag = response.headers.get("ETag")
    # A weak ETag cannot vouch for bytes.
    return etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified")


def _integer(text: Optional[str], otherwise: int = 0) -> int:
    return int(text) if text and text.strip().isdigit() else otherwise


def _host(url: str) -> str:
    return urlsplit(url).netloc or url
