"""What examination hands on: stacks on grids, and candidates that can be loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

from DICOMTutorialHelperLib.dicom.files import SkippedFile
from DICOMTutorialHelperLib.dicom.findings import ERROR, Finding
from DICOMTutorialHelperLib.dicom.geometry import Grid
from DICOMTutorialHelperLib.dicom.instance import Frame, Instance

VOLUME = "volume"
SEQUENCE = "sequence"


@dataclass(eq=False)
class Stack:
    """Frames of one orientation, matrix and spacing in the order of k, on a grid; None stands for a missing slice."""

    slices: list[Optional[Frame]]
    grid: Grid

    @property
    def frames(self) -> list[Frame]:
        """The frames that there are, in the order of k."""
        return [frame for frame in self.slices if frame is not None]

    @property
    def files(self) -> list[Path]:
        """Files in slice order, each once."""
        return list(dict.fromkeys(frame.instance.path for frame in self.frames))


@dataclass(frozen=True)
class SequenceIndex:
    """What tells the stacks of a sequence apart: a DICOM keyword, its unit ("" for none), one value a stack."""

    name: str
    unit: str
    values: list[Union[float, str]]


@dataclass(eq=False)
class Candidate:
    """What can be loaded from a series: a volume (one stack) or a sequence (equal stacks along ``index``).

    ``part`` names the candidate within a series that gives several ("left", "axial", ...), "" where it is the whole.
    ``selected`` candidates of a series together are its best reading; they share no frame.
    """

    kind: str
    name: str
    stacks: list[Stack]
    index: Optional[SequenceIndex] = None
    part: str = ""
    findings: list[Finding] = field(default_factory=list)
    confidence: float = 0.0
    selected: bool = False

    @property
    def first_frame(self) -> Frame:
        """Frame of the first stack that is there, by which the candidate is named and told of."""
        return self.stacks[0].frames[0]

    @property
    def first_instance(self) -> Instance:
        """The instance of ``first_frame``."""
        return self.first_frame.instance

    @property
    def series_instance_uid(self) -> str:
        """SeriesInstanceUID (PS3.3 C.7.3.1), "" where the files name none."""
        return self.first_instance.series_instance_uid

    @property
    def files(self) -> list[Path]:
        """Files in the order they are loaded, each once."""
        return list(dict.fromkeys(path for stack in self.stacks for path in stack.files))

    @property
    def has_error(self) -> bool:
        """Whether one of the findings is an error."""
        return any(finding.severity == ERROR for finding in self.findings)


@dataclass(eq=False)
class SeriesExamination:
    """One series: its instances, what can be loaded from them, and the files of it that nothing can use."""

    instances: list[Instance]
    candidates: list[Candidate]
    skipped: list[SkippedFile] = field(default_factory=list)

    def get(self, keyword: str, default: object = None) -> Any:
        """A series-level header value (PatientID, StudyDate, SeriesDescription, ...) of the first instance that has one."""
        for instance in self.instances:
            if keyword in instance.values:
                return instance.values[keyword]
        return default

    @property
    def series_instance_uid(self) -> str:
        """SeriesInstanceUID (PS3.3 C.7.3.1), "" where the files name none."""
        return self.instances[0].series_instance_uid

    @property
    def selected(self) -> list[Candidate]:
        """The candidates that are loaded where nobody chooses others."""
        return [candidate for candidate in self.candidates if candidate.selected]


@dataclass(eq=False)
class Examination:
    """All that was found below some paths."""

    series: list[SeriesExamination]
    skipped: list[SkippedFile]
