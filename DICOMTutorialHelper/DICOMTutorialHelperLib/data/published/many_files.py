"""Downloading many files: a few connections at a time, one progress, one cancel, and what is whole is not fetched again."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published.archives import check_room
from DICOMTutorialHelperLib.data.published.download import download
from DICOMTutorialHelperLib.data.published.web_answer import POLL_SECONDS
from DICOMTutorialHelperLib.progress import Cancelled, Progress, no_progress

CONNECTIONS = 4  # what a public archive gives one visitor without a second thought
ATTEMPTS = 3
PASSING = ("server-error", "offline")  # of one file among many that came; storage says 503 for "slower"


@dataclass(frozen=True)
class WantedFile:
    """``size`` in bytes, as the server's listing has it."""

    url: str
    path: Path
    size: int


def download_files(wanted: Sequence[WantedFile], progress: Progress = no_progress, pause_seconds: float = 1.0) -> None:
    """Download all files; those that lie there in their size already are left alone. Progress counts bytes of all.

    Raises the DataError of the first that cannot be had, or Cancelled out of the progress function: what came stays for the next
    call, each file under its own name only when it is whole.
    """
    total = sum(one.size for one in wanted)
    state = _State({one.path: one.size for one in wanted if _is_whole(one)})
    missing = [one for one in wanted if one.path not in state.received]
    for folder in {one.path.parent for one in missing}:
        folder.mkdir(parents=True, exist_ok=True)
    if missing:
        check_room(missing[0].path.parent, sum(one.size for one in missing))
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="dicom-tutorial-download") as pool:
        try:
            running = [pool.submit(_fetch, one, state, pause_seconds) for one in missing]
            while not all(one.done() for one in running):
                progress(sum(list(state.received.values())), total)
                time.sleep(POLL_SECONDS)
        finally:
            state.stopped.set()  # the others give up within a moment, and their parts stay
    for one in running:
        error = one.exception()
        if error is not None and not isinstance(error, Cancelled):
            raise error
    progress(total, total)


class _State:
    """What the threads share: the bytes that have come of each file, and whether to stop."""

    def __init__(self, received: dict[Path, int]) -> None:
        self.received = received
        self.stopped = threading.Event()


def _is_whole(one: WantedFile) -> bool:
    return one.path.is_file() and one.path.stat().st_size == one.size


def _fetch(one: WantedFile, state: _State, pause_seconds: float) -> None:
    def told(done: int, _total: int) -> None:
        state.received[one.path] = done
        if state.stopped.is_set():
            raise Cancelled

    try:
        for attempt in range(1, ATTEMPTS + 1):
            told(0, 0)
            try:
                download(one.url, one.path, told, pause_seconds, size=one.size, same_site=True)
                return
            except DataError as error:
                if attempt == ATTEMPTS or error.reason not in PASSING:
                    raise
                if state.stopped.wait(pause_seconds * attempt):
                    raise Cancelled from error
    except Exception:
        state.stopped.set()  # what one cannot have, the others need not bring
        raise
