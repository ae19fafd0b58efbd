"""The catalogue of data sets: what each is, where it comes from, and how its series are recognised.

``Resources/Datasets/catalog.json`` holds the facts; titles and descriptions are in the texts ``datasets``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Optional

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.languages import resources_folder
from DICOMTutorialHelperLib.messages import messages


@dataclass(frozen=True)
class PublishedSeries:
    """One series as an archive publishes it: how many SOP instances, how many bytes (give or take ``within``, where they are
    known rounded), in which folder of the IDC's bucket."""

    series_instance_uid: str
    instances: int
    bytes: int
    folder: str
    bucket: str
    within: int = 0


@dataclass(frozen=True)
class CatalogEntry:
    """One data set. ``series`` maps a role (ct, t2, stir, bliss, ...) to the rule that recognises it.

    ``archive_url`` is None for a set that is only made; ``folder`` is where its files lie below the folder that holds
    the data. The series of a set belong to one study, unless ``across_studies``. ``published`` has the series that archives give
    out one by one, by role, among them those that belong to the set without being needed (``optional`` in their rule).
    """

    name: str
    folder: str
    series: Mapping[str, Mapping[str, Any]]
    practice: bool
    archive: Optional[str] = None
    archive_url: Optional[str] = None
    published_when: Optional[Mapping[str, Any]] = None
    across_studies: bool = False
    citation: str = ""
    licence: str = ""
    published: Mapping[str, PublishedSeries] = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The places that it is looked for at, in this order."""
        series = [*dict.fromkeys(one.bucket for one in self.published.values())]
        if series:
            series.append(series_url("").split("/nbia-api")[0])
        return (*series, *((self.archive_url,) if self.archive_url else ()))

    def title(self, language: str = "en") -> str:
        """Its name for people, in their language."""
        return messages("datasets", language)[f"set.{self.name}.title"]

    def description(self, language: str = "en") -> str:
        """What is in it, in a sentence or two in the reader's language."""
        return messages("datasets", language)[f"set.{self.name}.description"]


@cache
def _facts() -> dict[str, Any]:
    return json.loads((resources_folder() / "Datasets" / "catalog.json").read_text(encoding="utf-8"))


@cache
def data_sets() -> Mapping[str, CatalogEntry]:
    """All data sets by name, in the catalogue's order; read only."""
    archives = _facts()["archives"]
    entries = {
        name: CatalogEntry(
            name=name,
            folder=entry["folder"],
            series=entry["series"],
            practice=entry["practice"],
            archive=entry.get("archive"),
            archive_url=archives[entry["archive"]]["url"] if "archive" in entry else None,
            published_when=entry.get("published_when"),
            across_studies=entry.get("across_studies", False),
            citation=entry.get("citation", ""),
            licence=entry.get("licence", ""),
            published={
                role: PublishedSeries(**rule["published"], bucket=idc_bucket())
                for role, rule in entry["series"].items()
                if "published" in rule
            },
        )
        for name, entry in _facts()["sets"].items()
    }
    return MappingProxyType(entries)


def data_set(name: str) -> CatalogEntry:
    """Raises DataError for a name that is not in the catalogue."""
    try:
        return data_sets()[name]
    except KeyError:
        raise DataError("unknown-set", name=name, names=", ".join(data_sets())) from None


def idc_bucket(name: str = "idc-open-data") -> str:
    """The address of one of the Imaging Data Commons' public buckets."""
    return _facts()["services"]["idc"]["bucket"].format(bucket=name)


def answer_of_idc(where: str) -> Optional[dict[str, Any]]:
    """What the Imaging Data Commons' index answered to a question, with the date of the index; None for another question."""
    kept = _facts()["services"]["idc"]["asked"]
    return {key: value for key, value in kept.items() if key != "where"} if kept["where"] == where else None


def published_series(series_instance_uid: str) -> Optional[PublishedSeries]:
    """A series of the catalogue by its UID; None for any other."""
    known = (series for entry in data_sets().values() for series in entry.published.values())
    return next((series for series in known if series.series_instance_uid == series_instance_uid), None)


def series_url(series_instance_uid: str) -> str:
    """Where TCIA's NBIA service gives out one series as a ZIP archive, without a login."""
    return _facts()["services"]["tcia"]["url"].format(series=series_instance_uid)
