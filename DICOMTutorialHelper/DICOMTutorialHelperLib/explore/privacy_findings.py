"""What a file gives away, as data: each element with its category, and the worst of them as a grade."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.explore.profile import DIRECT, TECHNICAL

# From the worst to none: names a person; leads to one together with other knowledge; only leads back to the source archive.
GRADES = ("direct", "indirect", "technical", "none")


@dataclass(frozen=True)
class PrivacyItem:
    """One element with personal data. ``state`` is ``found``, or ``declared`` where the file's own de-identification record
    (PatientIdentityRemoved and its codes) says that the value was replaced, cleaned or kept on purpose."""

    tag: str
    keyword: str
    name: str
    path: str
    category: str
    action: str
    value: str
    state: str


@dataclass
class PrivacyReport:
    """What one file gives away. ``warnings`` are keys of the texts ``privacy``: what only a look at the pixels can settle.

    ``searched`` counts the elements that no rule removes and that were looked into; ``original`` says that they were searched
    for the identity of the originals, not only for what the file says itself. Pixels are never searched.
    """

    path: Optional[Path]
    items: list[PrivacyItem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    declared: bool = False
    codes: list[str] = field(default_factory=list)
    searched: int = 0
    original: bool = False

    @property
    def found(self) -> list[PrivacyItem]:
        """The items whose value is there, and not only declared as replaced."""
        return [item for item in self.items if item.state == "found"]

    @property
    def grade(self) -> str:
        """The worst grade of what was found, one of GRADES."""
        grades = {grade_of(item.category) for item in self.found}
        return next((grade for grade in GRADES if grade in grades), "none")


def grade_of(category: str) -> str:
    """One of GRADES for one of CATEGORIES."""
    if category in DIRECT:
        return "direct"
    return "technical" if category in TECHNICAL else "indirect"
