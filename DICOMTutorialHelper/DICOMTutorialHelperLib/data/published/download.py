"""Downloading one file: with progress, resumed after a broken connection, and never under its final name before it is whole."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published.archives import check_room
from DICOMTutorialHelperLib.data.published.web_answer import POLL_SECONDS, Stalled, WebAnswer, host_of, web_answer
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.progress import Progress, no_progress

ATTEMPTS = 4
MOST_BYTES = 20 * 2**30


class _BrokenOff(Exception):
    """The connection ended early; what came so far is kept."""


def download(
    url: str, path: Path, progress: Progress = no_progress, pause_seconds: float = 1.0, size: int = 0, same_site: bool = False
) -> Path:
    """Download ``url`` to ``path`` and return it; progress counts bytes, total 0 where the server does not say.

    What has come lies in ``<path>.part`` and is taken up again, in this call and in later ones, as long as the server says that
    it is still the same file. ``size`` is how many bytes it must have, where that is known; with ``same_site`` no redirect leads
    to another site. Raises DataError, or Cancelled out of the progress function; ``path`` then is as it was.
    """
    path = Path(path)
    part = _Part(url, path, size, same_site)
    last: Optional[_BrokenOff] = None
    for attempt in range(ATTEMPTS):
        if attempt:
            _pause(pause_seconds * attempt, part, progress)
        try:
            _fetch(url, part, progress)
            return part.finish()
        except _BrokenOff as error:
            last = error
    raise DataError("broken-off", url=host_of(url), received=f"{part.size / 1e6:.0f}") from last


class _Part:
    """The unfinished file, and beside it what the server said of it: without that, nothing is resumed."""

    def __init__(self, url: str, path: Path, expected: int, same_site: bool) -> None:
        self.url = url
        self.expected = expected
        self.same_site = same_site
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
            raise DataError("cannot-write", path=self.final, detail=system_reason(error)) from error

    def append(self, chunk: bytes) -> None:
        try:
            with open(self.path, "ab") as file:
                file.write(chunk)
        except OSError as error:
            raise DataError("cannot-write", path=self.path, detail=system_reason(error)) from error

    def discard(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
            self.note.unlink(missing_ok=True)
        except OSError as error:
            raise DataError("cannot-write", path=self.path, detail=system_reason(error)) from error

    def finish(self) -> Path:
        try:
            self.path.replace(self.final)
            self.note.unlink(missing_ok=True)
        except OSError as error:
            raise DataError("cannot-write", path=self.final, detail=system_reason(error)) from error
        return self.final


def _pause(seconds: float, part: _Part, progress: Progress) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress(part.size, 0)
        time.sleep(POLL_SECONDS)


def _fetch(url: str, part: _Part, progress: Progress) -> None:
    import requests

    headers = {"Accept-Encoding": "identity", "User-Agent": "DICOMTutorialHelper"}
    validator = part.validator()
    if validator:
        headers.update({"Range": f"bytes={part.size}-", "If-Range": validator})
    told = [part.size, 0]
    try:
        with web_answer(url, headers, lambda: progress(*told), part.same_site) as answer:
            if answer.status == 416:
                part.discard()
                raise _BrokenOff
            if answer.status >= 500:
                raise _BrokenOff if part.size else DataError("server-error", url=host_of(url), status=answer.status)
            if answer.status not in (200, 206):
                raise DataError("refused", url=host_of(url), status=answer.status)
            start, told[1] = _span(answer, part)
            told[0] = start
            if start == 0:
                part.begin(_validator(answer))
            _receive(answer, part, told, progress)
    except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
        raise DataError("bad-address", url=url) from error
    except UnicodeError as error:  # a host name that is none (IDNA)
        raise DataError("bad-address", url=url) from error
    except requests.exceptions.SSLError as error:
        raise DataError("insecure", url=host_of(url)) from error
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
        raise _BrokenOff from error
    except (requests.exceptions.RequestException, Stalled, OSError) as error:
        if part.size:
            raise _BrokenOff from error
        raise DataError("offline", url=host_of(url)) from error


def _span(answer: WebAnswer, part: _Part) -> tuple[int, int]:
    """(where the answer starts, size of the whole file or 0)."""
    length = _integer(answer.headers.get("content-length"))
    if answer.status == 200:
        return 0, length
    unit, _, rest = answer.headers.get("content-range", "").partition(" ")
    span, _, whole = rest.partition("/")
    start = _integer(span.split("-")[0], -1)
    if unit != "bytes" or start != part.size:
        part.discard()
        raise _BrokenOff
    return start, _integer(whole) or start + length


def _receive(answer: WebAnswer, part: _Part, told: list[int], progress: Progress) -> None:
    """Append what comes; ``told`` is [bytes so far, bytes in all or 0], kept up to date."""
    start, total = told
    if part.expected and total and total != part.expected:
        part.discard()
        raise DataError("size-differs", url=host_of(part.url), file=part.final.name, size=part.expected, received=total)
    total = total or part.expected
    if total > MOST_BYTES:
        raise DataError("too-large", url=host_of(part.url), size=round(total / 1e9, 1))
    check_room(part.final.parent, max(total - start, 0))
    for chunk in answer.chunks:
        told[0] += len(chunk)
        if told[0] > (total or MOST_BYTES):
            part.discard()
            raise DataError("length-wrong", url=host_of(part.url))
        part.append(chunk)
        progress(*told)
    if told[0] < total:
        raise _BrokenOff
    if not told[0]:
        part.discard()
        raise DataError("empty-answer", url=host_of(part.url))


def _validator(answer: WebAnswer) -> Optional[str]:
    etag = answer.headers.get("etag")
    # A weak ETag cannot vouch for bytes.
    return etag if etag and not etag.startswith("W/") else answer.headers.get("last-modified")


def _integer(text: Optional[str], otherwise: int = 0) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else otherwise
