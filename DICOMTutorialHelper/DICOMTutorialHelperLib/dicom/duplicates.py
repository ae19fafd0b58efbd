"""Files that are one image: the same pixels in the same place, under one SOPInstanceUID or under two."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Callable, NamedTuple, Optional

import pydicom

from DICOMTutorialHelperLib.dicom.attributes import SETTINGS, TIMES, Attribute
from DICOMTutorialHelperLib.dicom.files import SkippedFile
from DICOMTutorialHelperLib.dicom.findings import INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS

Key = Callable[[Instance], Hashable]

# How values are stored and computed from: the same bytes mean the same image only where these agree, too.
STORED = (
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PhotometricInterpretation",
    "RescaleSlope",
    "RescaleIntercept",
)


class UniqueInstances(NamedTuple):
    """The images of a series, each once; the files left out, with the reason; what is to be said of those kept."""

    instances: list[Instance]
    skipped: list[SkippedFile]
    findings: list[Finding]


def unique_instances(instances: Sequence[Instance]) -> UniqueInstances:
    """Leave out what another file holds already: equal pixels, geometry, settings and times. Pixels are read only in doubt."""
    same_as: dict[Instance, Instance] = {}
    told_apart: list[Key] = [partial(_values_of, attribute) for attribute in (*TIMES, *SETTINGS)]
    alike = [list(instances)]
    for key in (_positions, *told_apart, _where_it_lies, _how_it_is_stored):
        # One after the other: position tells the images of a volume apart, the first times those of a sequence.
        alike = [members for group in alike for members in _shared(group, key)]
    for members in alike:
        same_as.update(_same_pixels(members))
    kept = [instance for instance in instances if instance not in same_as]
    skipped = [
        SkippedFile(copy.path, Finding("duplicate-instance", INFO, {"file": copy.path.name, "same_as": original.path.name}))
        for copy, original in same_as.items()
    ]
    return UniqueInstances(kept, skipped, _shared_uids(kept))


def _shared(instances: Sequence[Instance], key: Key) -> list[list[Instance]]:
    """Instances with an equal key, where there are several."""
    groups: dict[Hashable, list[Instance]] = {}
    for instance in instances:
        groups.setdefault(key(instance), []).append(instance)
    return [members for members in groups.values() if len(members) > 1]


def _positions(instance: Instance) -> Hashable:
    return tuple(None if frame.plane is None else frame.plane.position_lps.tobytes() for frame in instance.frames)


def _where_it_lies(instance: Instance) -> Hashable:
    """Position, directions and pixel size of every frame."""
    planes = [frame.plane for frame in instance.frames]
    return tuple(
        None
        if plane is None
        else (plane.position_lps.tobytes(), plane.row_lps.tobytes(), plane.column_lps.tobytes(), plane.pixel_spacing)
        for plane in planes
    )


def _values_of(attribute: Attribute, instance: Instance) -> Hashable:
    return tuple(attribute.value(frame) for frame in instance.frames)


def _how_it_is_stored(instance: Instance) -> Hashable:
    first = instance.frames[0] if instance.frames else None
    size = None if first is None else (first.rows, first.columns, instance.get("SamplesPerPixel"))
    # Images that lie nowhere may look the same (blank ones of a cine loop, say): there the name decides, too.
    name = instance.sop_instance_uid if first is None or first.plane is None else ""
    return (size, instance.transfer_syntax_uid, name, *(instance.get(keyword) for keyword in STORED))


def _same_pixels(members: list[Instance]) -> dict[Instance, Instance]:
    """Copy -> the first file of the same pixels. Blank images under two numbers are two: nothing says that they are one."""
    found: dict[Instance, Instance] = {}
    first: dict[Hashable, Instance] = {}
    for instance in members:
        content = _pixel_bytes(instance)
        if content is None:
            continue
        digest: Hashable = hashlib.sha256(content).digest()
        if content.count(content[:1]) == len(content):
            digest = (digest, instance.sop_instance_uid, instance.get("InstanceNumber"))
        original = first.setdefault(digest, instance)
        if original is not instance:
            found[instance] = original
    return found


def _pixel_bytes(instance: Instance) -> Optional[bytes]:
    try:
        if instance.pixel_offset is not None and instance.pixel_length is not None:
            with instance.path.open("rb") as file:
                file.seek(instance.pixel_offset)
                return file.read(instance.pixel_length)
        dataset = pydicom.dcmread(instance.path, force=True)
        keyword = instance.pixel_keyword or ""
        return bytes(dataset[keyword].value) if keyword in dataset else None
    except (OSError, *PARSE_ERRORS):
        return None


def _shared_uids(instances: list[Instance]) -> list[Finding]:
    """Different images under one SOPInstanceUID (PS3.3 C.12.1: it names one)."""
    by_uid: dict[str, list[str]] = {}
    for instance in instances:
        if instance.sop_instance_uid:
            by_uid.setdefault(instance.sop_instance_uid, []).append(instance.path.name)
    shared = [name for names in by_uid.values() if len(names) > 1 for name in names]
    return [Finding("shared-instance-uid", WARNING, {"count": len(shared), "files": sorted(shared)})] if shared else []
