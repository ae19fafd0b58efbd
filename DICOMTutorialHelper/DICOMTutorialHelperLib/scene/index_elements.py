"""What a sequence's index says of each volume, as elements of plain images: read back, they give the same index."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Optional

import slicer
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.series_to_write import SourceImage, VolumeToWrite

# Names of an index (dicom/attributes.py) by what a plain image says them with.
WHOLE_NUMBERS = ("TemporalPositionIdentifier", "AcquisitionNumber", "EchoNumbers")
NUMBERS = (
    "TriggerTime", "FrameReferenceTime", "TemporalPositionTimeOffset", "EchoTime", "InversionTime", "FlipAngle", *WHOLE_NUMBERS
)  # fmt: skip
CLOCKS = {
    "AcquisitionTime": ("AcquisitionDate", "AcquisitionTime", "AcquisitionDateTime"),
    "ContentTime": ("ContentDate", "ContentTime", ""),
}
BY_ORDER = "InstanceNumber"  # the images are written volume by volume


def index_elements(
    sequence: slicer.vtkMRMLSequenceNode, number: int, node: Any, volume: VolumeToWrite, common: Dataset
) -> tuple[dict[str, Any], bool]:
    """Elements for the volume with a number in a sequence, which tell it from the others where its sources' headers do not; and
    whether all of the index is told by such elements. Where it is not, volumes are to be counted besides."""
    values = _diffusion(sequence, number, node)
    names = sequence.GetIndexName().split(" x ")
    if any(name not in (*NUMBERS, *CLOCKS, BY_ORDER) for name in names):
        return values, False
    if all(name == BY_ORDER or _sources_say(name, volume) for name in names):
        return values, True
    try:
        value = float(sequence.GetNthIndexValue(number))
    except ValueError:  # several elements in one, or one with a count
        return values, False
    if len(names) > 1:
        return values, False
    if names[0] in CLOCKS:
        return {**values, **_moment(names[0], value, volume, common)}, True
    return {**values, names[0]: int(value) if names[0] in WHOLE_NUMBERS else value}, True


def _sources_say(name: str, volume: VolumeToWrite) -> bool:
    """Whether the header of every source has the element itself; that of a multi-frame object has one for all its volumes."""
    sources = volume.sources or [SourceImage("", "")]
    if any(source.header is None for source in sources):
        return False
    headers = [source.header for source in sources if source.header is not None]
    if name in CLOCKS:
        return all(
            not header.get("NumberOfFrames") and any(keyword and header.get(keyword) for keyword in CLOCKS[name][1:])
            for header in headers
        )
    return all(header.get(name) is not None for header in headers)


def _diffusion(sequence: slicer.vtkMRMLSequenceNode, number: int, node: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    b_value = node.GetAttribute("DWMRI_b-value") or sequence.GetAttribute(f"DWMRI_b-value_{number:04d}")
    if b_value:
        values["DiffusionBValue"] = float(b_value)
        gradient = [float(part) for part in (node.GetAttribute("DWMRI_gradient") or "").split()]
        if len(gradient) == 3 and any(gradient):
            values["DiffusionGradientOrientation"] = gradient
            values["DiffusionDirectionality"] = "DIRECTIONAL"
        elif not float(b_value):
            values["DiffusionDirectionality"] = "NONE"
    return values


def _moment(name: str, seconds: float, volume: VolumeToWrite, common: Dataset) -> dict[str, Any]:
    """Date and time (PS3.5 6.2) so many seconds after the sources' own, else after the study's, else after midnight."""
    date_keyword, time_keyword, both = CLOCKS[name]
    headers = [source.header for source in volume.sources if source.header is not None]
    start = _start([*headers, common], date_keyword, time_keyword, both)
    if start is None:
        moment = datetime(2000, 1, 1) + timedelta(seconds=seconds)
        return {time_keyword: moment.strftime("%H%M%S.%f")}
    moment = start + timedelta(seconds=seconds)
    found = {date_keyword: moment.strftime("%Y%m%d"), time_keyword: moment.strftime("%H%M%S.%f")}
    return {**found, both: moment.strftime("%Y%m%d%H%M%S.%f")} if both else found


def _start(headers: list[Dataset], date_keyword: str, time_keyword: str, both: str) -> Optional[datetime]:
    for header in headers:
        whole = str(header.get(both) or "") if both else ""
        pairs = [(whole[:8], whole[8:]), (str(header.get(date_keyword) or ""), str(header.get(time_keyword) or ""))]
        pairs.append((str(header.get("StudyDate") or ""), str(header.get("StudyTime") or "")))
        for date, time in pairs:
            try:
                return datetime.strptime(date[:8] + time[:6].ljust(6, "0"), "%Y%m%d%H%M%S")
            except ValueError:
                continue
    return None
