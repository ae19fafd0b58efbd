"""Which tutorial data sets lie in a folder or a DICOM database, whole or with what missing: by content, never by one name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, data_sets
from DICOMTutorialHelperLib.data.published.series_facts import SeriesFacts, facts_of_folder
from DICOMTutorialHelperLib.data.synthetic import breast_mri, torso_ct
from DICOMTutorialHelperLib.progress import Progress, no_progress

PUBLISHED, PRACTICE, OTHER = "published", "practice", "other"


@dataclass(frozen=True, eq=False)
class RecognisedSeries:
    """A series in its role. ``missing`` counts the instances that should be there and are not."""

    role: str
    facts: SeriesFacts
    missing: int


@dataclass(frozen=True, eq=False)
class RecognisedSet:
    """A data set, or part of it, in one study.

    ``origin`` says whose images: PUBLISHED, PRACTICE (made by this project) or OTHER (somebody else's that fit the tutorial as
    well). ``missing_roles`` are the series that are not there at all.
    """

    name: str
    origin: str
    series: tuple[RecognisedSeries, ...]
    missing_roles: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether all that the set needs is there."""
        return not self.missing_roles and not any(series.missing for series in self.series)

    @property
    def needed(self) -> tuple[RecognisedSeries, ...]:
        """The series that make the set: images to load; what belongs to it beside them (a report) is none."""
        rules = data_sets()[self.name].series
        return tuple(series for series in self.series if not rules[series.role].get("optional"))

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of all its series."""
        return tuple(path for series in self.series for path in series.facts.files)


def recognise_folder(folder: Path, progress: Progress = no_progress) -> list[RecognisedSet]:
    """What a folder, or a single file, holds of the catalogue's data sets."""
    return recognise_series(facts_of_folder(folder, progress))


def recognise_series(all_facts: Iterable[SeriesFacts]) -> list[RecognisedSet]:
    """The data sets in series summed up, in the order of the catalogue, whole ones before partial ones."""
    studies: dict[str, list[SeriesFacts]] = {}
    for facts in all_facts:
        studies.setdefault(facts.study_instance_uid, []).append(facts)
    found = []
    for data_set in data_sets().values():
        groups = [[facts for members in studies.values() for facts in members]] if data_set.across_studies else studies.values()
        in_studies = (_in_study(data_set, members) for members in groups)
        found += sorted((one for one in in_studies if one), key=lambda one: (not one.whole, one.origin != PUBLISHED))
    return found


def role_of(facts: SeriesFacts, data_set: CatalogEntry) -> Optional[str]:
    """The role a series can play in a data set; None for none."""
    return next((role for role, rule in data_set.series.items() if _fits(facts, rule)), None)


def _in_study(data_set: CatalogEntry, members: list[SeriesFacts]) -> Optional[RecognisedSet]:
    best: dict[str, SeriesFacts] = {}
    for facts in members:
        role = role_of(facts, data_set)
        if role and (role not in best or facts.instances > best[role].instances):
            best[role] = facts
    if all(data_set.series[role].get("optional") for role in best):
        return None
    origin = _origin(data_set, best)
    series = tuple(
        RecognisedSeries(role, best[role], _missing(data_set, role, best[role], origin))
        for role in data_set.series
        if role in best
    )
    missing = tuple(role for role, rule in data_set.series.items() if role not in best and not rule.get("optional"))
    return RecognisedSet(data_set.name, origin, series, missing)


def _fits(facts: SeriesFacts, rule: Mapping[str, Any]) -> bool:
    if rule.get("optional") and facts.series_instance_uid != rule["published"]["series_instance_uid"]:
        return False
    if facts.modality not in rule["modality"]:
        return False
    if (rule.get("made") and not facts.made) or (rule.get("multi_frame") and not facts.multi_frame):
        return False
    if facts.plane not in rule.get("plane", (facts.plane,)):
        return False
    if facts.slices < rule.get("least_slices", 0) or facts.extent_mm < rule.get("least_extent_mm", 0):
        return False
    fewest, most = rule.get("frames", (0, 10_000))
    if not fewest <= facts.frames <= most:
        return False
    return _body_part_fits(facts, rule) and _description_fits(facts, rule)


def _body_part_fits(facts: SeriesFacts, rule: Mapping[str, Any]) -> bool:
    """An empty body part proves nothing; a foreign one does."""
    part = str(facts.values.get("BodyPartExamined", "")).upper()
    return not part or "body_part" not in rule or any(known in part for known in rule["body_part"])


def _description_fits(facts: SeriesFacts, rule: Mapping[str, Any]) -> bool:
    """By words in the description, spaces and punctuation aside; where it has none of the tutorial's, by the scan parameters."""
    words = re.sub(r"[^A-Z0-9]", "", facts.description.upper())
    if "not_description" in rule and re.search(rule["not_description"], words):
        return False
    if "description" not in rule or re.search(rule["description"], words):
        return True
    if re.search("T2|STIR|TIRM|BLISS", words):
        return False
    return all(_within(facts.values.get(keyword), limits) for keyword, limits in rule.get("otherwise", {"": (1, 0)}).items())


def _within(value: Any, limits: tuple[float, float]) -> bool:
    try:
        number = float(value or 0)
    except (TypeError, ValueError):
        return False
    return limits[0] <= number <= limits[1]


def _origin(data_set: CatalogEntry, series: Mapping[str, SeriesFacts]) -> str:
    if all(facts.made for facts in series.values()):
        return PRACTICE
    conditions = (data_set.published_when or {}).get("any_of", ())
    return PUBLISHED if any(_holds(condition, series) for condition in conditions) else OTHER


def _holds(condition: Mapping[str, Any], series: Mapping[str, SeriesFacts]) -> bool:
    if "instances" in condition:
        facts = series.get(condition["role"])
        return facts is not None and condition["instances"] in (facts.instances, facts.highest_number)
    if "header" in condition:
        ((keyword, pattern),) = condition["header"].items()
        return any(re.search(pattern, str(facts.values.get(keyword, "")), re.IGNORECASE) for facts in series.values())
    pattern = re.compile(condition["path"], re.IGNORECASE)
    return any(pattern.search(path.as_posix()) for facts in series.values() for path in facts.files[:1])


def _missing(data_set: CatalogEntry, role: str, facts: SeriesFacts, origin: str) -> int:
    """Instances that are not there: by the number that is known, else by the holes in what is there."""
    known = None
    published = data_set.published.get(role)
    if published is not None and published.series_instance_uid == facts.series_instance_uid:
        known = published.instances
    elif origin == PUBLISHED:
        known = data_set.series[role].get("published_instances")
    elif origin == PRACTICE:
        # Defect variants hold a few instances more than the sound series.
        least = max(facts.instances, facts.highest_number) - 5
        known = min((count for count in _practice_instances(data_set.name, role) if count >= least), default=None)
    return max((known or 0) - facts.instances, facts.holes)


def _practice_instances(name: str, role: str) -> list[int]:
    """How many instances a practice series has, size by size."""
    if name == "torso-ct":
        return [slices for slices, *_ in torso_ct.SIZES.values()]
    makers = {"breast-mri": breast_mri.axial_series, "breast-mri-sagittal": breast_mri.sagittal_series}
    if name not in makers:
        return [1]
    return [series.files for size in ("small", "full") for series in makers[name](size) if series.kind == role]
