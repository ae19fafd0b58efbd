"""What examination noticed, as data: a stable code, a severity, the evidence. Sentences are made in ``finding_messages``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

INFO = "info"
WARNING = "warning"
ERROR = "error"

CODES = (
    "split-by-orientation",
    "split-by-image-type",
    "split-by-acquisition",
    "split-by-time",
    "split-by-echo",
    "split-by-diffusion",
    "split-by-stack",
    "split-by-size",
    "split-by-flip-angle",
    "split-by-inversion-time",
    "split-by-reconstruction",
    "split-by-instance-number",
    "split-by-labeling",
    "split-by-velocity",
    "split-by-photometric-interpretation",
    "repeated-volumes",
    "identity-mixed",
    "shared-instance-uid",
    "position-contradicts-location",
    "localizer-set-aside",
    "missing-slices",
    "duplicate-positions",
    "duplicate-instance",
    "uneven-spacing",
    "gantry-tilt",
    "spacing-tag-disagrees",
    "missing-geometry",
    "single-slice",
    "mixed-rescale",
    "not-an-image",
    "unreadable-file",
    "truncated-pixel-data",
    "unsupported-compression",
    "lossy-compression",
    "derived-image",
    "burned-in-annotation",
    "missing-identifiers",
    "damaged-value",
    "assumed-value",
    "surplus-pixel-data",
    "unknown-pixel-size",
    "detector-pixel-spacing",
    "mosaic-taken-apart",
    "mosaic-assumed",
    "mosaic-without-header",
)


@dataclass(frozen=True)
class Finding:
    """One thing examination noticed.

    ``evidence`` holds numbers, texts and file names by name, JSON-able, in the units that the name ends in
    (``_mm``, ``_degrees``). A finding never holds a sentence.
    """

    code: str
    severity: str
    evidence: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown finding code {self.code!r}")
        if self.severity not in (INFO, WARNING, ERROR):
            raise ValueError(f"unknown severity {self.severity!r}")
