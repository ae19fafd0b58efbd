"""What a learner exchanged with DICOMweb servers since the program began: what the server said it holds, and what came from it.

Plain facts, told by whoever spoke to the server and read by whoever checks; nothing here speaks to one. No password is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, TypeVar

from DICOMTutorialHelperLib.progress import Progress, no_progress

if TYPE_CHECKING:
    from DICOMTutorialHelperLib.data.published.dicomweb import RemoteInstance, Server

Result = TypeVar("Result")


def _here(work: Callable[[Progress], Result], progress: Progress) -> Result:
    return work(progress)


class Exchanges:
    """``server`` gives the one server that the learner named, ready to be spoken to, None as long as none is named; ``run`` runs
    work that speaks to it: here, or in a thread so that a window lives on."""

    def __init__(
        self,
        server: Callable[[], Optional[Server]] = lambda: None,
        run: Callable[[Callable[[Progress], Any], Progress], Any] = _here,
    ) -> None:
        self.server = server
        self._run = run
        self._held: dict[str, set[str]] = {}
        self._fetched: list[Path] = []
        self._watchers: list[Callable[[], None]] = []

    def run(self, work: Callable[[Progress], Result], progress: Optional[Progress] = None) -> Result:
        """What ``work`` gives, which speaks to a server."""
        return self._run(work, progress or no_progress)

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call ``watcher`` after each exchange; the answer stops it, called once or more."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    # --- what a server said ----------------------------------------------------------------------------------------------

    def held(self, series_instance_uid: str) -> frozenset[str]:
        """The SOP Instance UIDs of a series that a server last said it holds."""
        return frozenset(self._held.get(series_instance_uid, ()))

    def note_listing(self, instances: Iterable[RemoteInstance]) -> None:
        """A server told all that it holds."""
        self._held = {}
        for instance in instances:
            self._held.setdefault(instance.series, set()).add(instance.uid)
        self._tell()

    def note_series(self, series_instance_uid: str, sop_instance_uids: Iterable[str]) -> None:
        """A server told what it holds of one series."""
        self._held[series_instance_uid] = set(sop_instance_uids)
        self._tell()

    # --- what came from one ----------------------------------------------------------------------------------------------

    @property
    def fetched(self) -> tuple[Path, ...]:
        """Folders that hold what was fetched, the last ones last."""
        return tuple(self._fetched)

    def note_fetched(self, folders: Iterable[Path]) -> None:
        """What a server gave lies in these folders."""
        self._fetched += [folder for folder in folders if folder not in self._fetched]
        self._tell()

    def _tell(self) -> None:
        for watcher in tuple(self._watchers):
            watcher()
