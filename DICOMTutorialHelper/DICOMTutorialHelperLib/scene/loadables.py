"""What the two DICOM plugins offer for a series: candidates as DICOMLoadables show them, and one examination for both."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Optional

from DICOMTutorialHelperLib.dicom.candidate import Candidate, Examination
from DICOMTutorialHelperLib.dicom.confidence import CONFIDENCE_BELOW_SEQUENCE_OWNERS
from DICOMTutorialHelperLib.dicom.examine import examine_files
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.findings import INFO
from DICOMTutorialHelperLib.messages import messages, number_text
from DICOMTutorialHelperLib.plain_text import never_rich, one_line
from DICOMTutorialHelperLib.progress import Progress

# Below every other plugin's: to be had, never chosen by itself.
ONLY_OFFERED = 0.1
ONLY_OFFERED_ALTERNATIVE = 0.05

# Files whose headers are kept for loading; a very large examination alone may exceed it.
MOST_KEPT_FILES = 20_000


@dataclass(frozen=True, eq=False)
class LoadableInfo:
    """One row of Slicer's table: candidates of one file set, with the words and numbers of a DICOMLoadable."""

    candidates: tuple[Candidate, ...]
    name: str
    tooltip: str
    warning: str
    selected: bool
    confidence: float

    @property
    def files(self) -> list[str]:
        """The files of all candidates, each once, in the order they are loaded."""
        return list(dict.fromkeys(str(path) for candidate in self.candidates for path in candidate.files))


FileStates = tuple[Optional[tuple[int, int, int]], ...]


def file_states(files: Iterable[str]) -> FileStates:
    """What tells that a file was replaced: its size, its time in ns, and its number on the disk; None where there is none."""
    states: list[Optional[tuple[int, int, int]]] = []
    for file in files:
        try:
            status = os.stat(file)
        except OSError:
            states.append(None)
        else:
            states.append((status.st_size, status.st_mtime_ns, status.st_ino))
    return tuple(states)


class Examinations:
    """Examinations by file list, so that headers are read once for both plugins and for loading.

    One is made anew when a file has changed since. Several threads may ask: those that want the same examination at the same time
    may both make it, none sees a half-made one, and a cancel ends one's own alone. Whoever makes one says how long it lives: in
    the application as long as the DICOM database stays as it is (``workspace.slicer.examinations``).
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple, tuple[FileStates, Examination]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, files: Sequence[str], fill_missing: bool = True, progress: Optional[Progress] = None) -> Examination:
        """The examination of these files, the same object while none of them changes.

        Raises what ``progress`` raises; then nothing is kept.
        """
        key = (fill_missing, *files)
        states = file_states(files)  # before reading: what changes meanwhile is seen the next time
        with self._lock:
            known = self._kept.get(key)
            if known is not None and known[0] == states:
                self._kept.move_to_end(key)
                return known[1]
        examination = examine_files(files, progress, fill_missing=fill_missing)
        with self._lock:
            self._kept[key] = states, examination
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(map(len, self._kept)) > MOST_KEPT_FILES:
                self._kept.popitem(last=False)
        return examination

    def forget(self) -> None:
        """Let go of all of them; who holds one keeps it."""
        with self._lock:
            self._kept.clear()


def offers(
    examinations: Examinations,
    files: Sequence[str],
    kind: str,
    language: str = "en",
    preferred: bool = True,
    fill_missing: bool = True,
    prefers_multi_volumes: bool = False,
) -> list[LoadableInfo]:
    """The offers of one kind (VOLUME or SEQUENCE) for the files of a series, best first; never an empty file list.

    ``preferred`` False keeps them in the table, but below what every other plugin offers; ``prefers_multi_volumes`` below what
    the MultiVolumeImporter offers, since the user has set its format.
    """
    examination = examinations.of(files, fill_missing)
    candidates = [candidate for series in examination.series for candidate in series.candidates if candidate.kind == kind]
    made = [_offer(group, language, preferred) for group in _by_file_set(candidates)]
    if prefers_multi_volumes:
        made = [replace(offer, confidence=min(offer.confidence, CONFIDENCE_BELOW_SEQUENCE_OWNERS)) for offer in made]
    return sorted(made, key=lambda offer: -offer.confidence)


def candidates_of(examinations: Examinations, files: Sequence[str], kind: str, fill_missing: bool = True) -> list[Candidate]:
    """The best candidates of a kind for exactly these files, where a loadable has lost its own. Raises LookupError for none."""
    wanted = set(files)
    found = [
        candidate
        for series in examinations.of(files, fill_missing).series
        for candidate in series.candidates
        if candidate.kind == kind and {str(path) for path in candidate.files} <= wanted
    ]
    if not found:
        raise LookupError("these files hold nothing of this kind")
    best = max(candidate.confidence for candidate in found)
    return [candidate for candidate in found if candidate.confidence == best]


def _by_file_set(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    """Selected candidates of one file set (a multi-frame file, say) together: Slicer's table keeps one row of it selected."""
    groups: dict[tuple, list[Candidate]] = {}
    for candidate in candidates:
        key = (tuple(map(str, candidate.files)), None if candidate.selected else id(candidate))
        groups.setdefault(key, []).append(candidate)
    return list(groups.values())


def _offer(group: list[Candidate], language: str, preferred: bool) -> LoadableInfo:
    first = group[0]
    findings = list({(f.code, str(f.evidence)): f for candidate in group for f in candidate.findings}.values())
    warnings = [finding_message(finding, language) for finding in findings if finding.severity != INFO]
    notes = [finding_message(finding, language) for finding in findings if finding.severity == INFO]
    confidence = first.confidence
    if not preferred:
        confidence = ONLY_OFFERED if first.selected else ONLY_OFFERED_ALTERNATIVE
    return LoadableInfo(
        candidates=tuple(group),
        name=one_line(", ".join(candidate.name for candidate in group)),
        tooltip=never_rich("\n".join([_shape(first, language), *warnings, *notes])),
        warning=never_rich(" ".join(warnings)),
        selected=first.selected and preferred,
        confidence=confidence,
    )


def _shape(candidate: Candidate, language: str) -> str:
    """Size and spacing, and the sequence's index, in a line."""
    words = messages("examination", language)
    grid = candidate.stacks[0].grid
    size = " × ".join(map(str, grid.dimensions))
    spacing = " × ".join(number_text(float(f"{length:.4g}"), language) for length in grid.spacing_mm)
    line = f"{words[candidate.kind]}: {size}, {spacing} mm"
    index: Optional[str] = candidate.index and candidate.index.name
    return f"{line}, {words['of-volumes'].format(count=len(candidate.stacks))} ({index})" if index else line
