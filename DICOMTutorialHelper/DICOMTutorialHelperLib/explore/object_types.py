"""Kinds of DICOM objects: every SOP class in plain words, and what in Slicer opens it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Optional

from pydicom.uid import UID, UID_dictionary

from DICOMTutorialHelperLib.explore.data_model import DataModel, SeriesEntry
from DICOMTutorialHelperLib.languages import resources_folder

UNKNOWN = "unknown"


@dataclass(frozen=True)
class ReaderPlugin:
    """A DICOM plugin that opens a SOP class. ``extension`` is "" for Slicer itself; ``last`` is "" where it still does.

    ``as_what`` is a key of the texts ``kinds``, under ``as.``: what appears in the scene.
    """

    module: str
    extension: str
    first: str
    last: str
    as_what: str


@dataclass
class KindCount:
    """How many instances of one SOP class a folder holds, and in which series."""

    sop_class_uid: str
    kind: str
    instances: int = 0
    series: list[SeriesEntry] = field(default_factory=list)


@cache
def _table() -> dict:
    path = resources_folder() / "Standard" / "kinds.json"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def _kind_of_uid() -> dict[str, str]:
    return {uid: kind for kind, uids in _table()["kinds"].items() for uid in uids}


def all_kinds() -> tuple[str, ...]:
    """The keys of all kinds, in the order in which they are shown."""
    return (*_table()["kinds"], UNKNOWN)


def kind_of(sop_class_uid: str) -> str:
    """The kind of a SOP class, ``unknown`` where the standard does not list it; texts ``kinds``: ``kind.<kind>``."""
    return _kind_of_uid().get(str(sop_class_uid), UNKNOWN)


def sop_class_name(sop_class_uid: str) -> str:
    """The standard's name of a SOP class without the word Storage; the UID itself where it has no name."""
    name = UID(sop_class_uid).name
    return name.replace(" Image Storage", " Image").replace(" Storage", "") if name else sop_class_uid


def is_retired(sop_class_uid: str) -> bool:
    """Whether the standard no longer lets new objects of this class be made."""
    return str(sop_class_uid) in UID_dictionary and UID(sop_class_uid).is_retired


def reader_plugins(sop_class_uid: str, slicer_version: Optional[str] = None) -> list[ReaderPlugin]:
    """What opens a SOP class, Slicer's own plugins first; with a version such as ``5.8``, only what that Slicer has."""
    kind = kind_of(sop_class_uid)
    found = []
    for row in _table()["reader_plugins"]:
        if kind not in row["kinds"] and str(sop_class_uid) not in row["uids"]:
            continue
        reader_plugin = ReaderPlugin(row["module"], row["extension"], row["from"], row.get("until", ""), row["as"])
        if slicer_version is None or _has(reader_plugin, slicer_version):
            found.append(reader_plugin)
    return sorted(found, key=lambda reader_plugin: bool(reader_plugin.extension))


def _has(reader_plugin: ReaderPlugin, slicer_version: str) -> bool:
    version = _number(slicer_version)
    return _number(reader_plugin.first) <= version and (not reader_plugin.last or version <= _number(reader_plugin.last))


def _number(version: str) -> tuple[int, ...]:
    """Major and minor version; odd minors are previews of the next release and have what it has."""
    major, minor = (int(part) for part in [*version.split("."), "0"][:2])
    return major, minor + minor % 2


def count_object_types(model: DataModel) -> list[KindCount]:
    """The SOP classes in a data model, in the order of kinds, the most frequent first within a kind."""
    counts: dict[str, KindCount] = {}
    for series in model.series:
        for instance in series.instances:
            uid = instance.sop_class_uid
            count = counts.setdefault(uid, KindCount(uid, kind_of(uid)))
            count.instances += 1
            if not count.series or count.series[-1] is not series:
                count.series.append(series)
    order = {kind: index for index, kind in enumerate(all_kinds())}
    return sorted(counts.values(), key=lambda count: (order[count.kind], -count.instances))
