"""What may tell frames apart: which elements, what they are worth as a sequence index, in what unit, under which finding code."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from DICOMTutorialHelperLib.dicom.instance import Frame


@dataclass(frozen=True)
class Attribute:
    """An element (or several) whose value may tell frames apart; ``value`` gives None where the frame is silent."""

    name: str
    unit: str
    code: str
    value: Callable[[Frame], Optional[Hashable]]


def _number(*keywords: str) -> Callable[[Frame], Optional[Hashable]]:
    """The first of these elements that is a number (or starts with one); every frame's value can be compared with any other's."""

    def value(frame: Frame) -> Optional[Hashable]:
        for keyword in keywords:
            found = frame.get(keyword)
            if isinstance(found, tuple):
                found = found[0]
            if isinstance(found, (int, float)):
                return found
        return None

    return value


def _text(keyword: str) -> Callable[[Frame], Optional[Hashable]]:
    def value(frame: Frame) -> Optional[Hashable]:
        found = frame.get(keyword)
        return None if found is None else _words(found)

    return value


def _clock(date_time: str, time: str) -> Callable[[Frame], Optional[float]]:
    def value(frame: Frame) -> Optional[float]:
        text = frame.get(date_time)
        if isinstance(text, str) and len(text) >= 14 and text[:8].isdigit():
            return _seconds(text[8:].split("+")[0].split("-")[0], int(text[:8]))
        text = frame.get(time)
        return _seconds(text) if isinstance(text, str) else None

    return value


def _seconds(text: str, date: int = 0) -> Optional[float]:
    """Seconds of a TM value hhmmss.ffffff (also with the colons of ACR-NEMA), after midnight of the day."""
    digits = text.replace(":", "").strip()
    try:
        hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), float(digits[4:] or 0)
    except ValueError:
        return None
    return round(date * 86400.0 + hours * 3600 + minutes * 60 + seconds, 6)


def _b_value(frame: Frame) -> Optional[float]:
    for keyword in ("DiffusionBValue", "2001,1003", "0019,100c", "0043,1039"):
        value = frame.get(keyword)
        if isinstance(value, tuple):
            value = value[0]
        if isinstance(value, (int, float)):
            # GE adds 1e9 to b-values that an operator typed in.
            return float(value % 1_000_000_000) if keyword == "0043,1039" else float(value)
    return None


def _b_value_and_direction(frame: Frame) -> Optional[tuple[float, Any]]:
    b_value = _b_value(frame)
    if b_value is None:
        return None
    direction = frame.get("DiffusionGradientOrientation") or frame.get("0019,100e")
    return b_value, direction


def _image_type(frame: Frame) -> Optional[Hashable]:
    """ImageType and what enhanced objects hold in ComplexImageComponent: magnitude, phase, real, imaginary, water, fat."""
    image_type = frame.get("ImageType")
    parts = image_type if isinstance(image_type, tuple) else (image_type,) if image_type else ()
    component = frame.get("ComplexImageComponent")
    return (*parts, component) if component else parts or None


TEMPORAL_POSITION = Attribute("TemporalPositionIdentifier", "", "split-by-time", _number("TemporalPositionIdentifier"))
TRIGGER_TIME = Attribute("TriggerTime", "ms", "split-by-time", _number("TriggerTime"))
ACQUISITION_TIME = Attribute("AcquisitionTime", "s", "split-by-time", _clock("AcquisitionDateTime", "AcquisitionTime"))
CONTENT_TIME = Attribute("ContentTime", "s", "split-by-time", _clock("", "ContentTime"))
ECHO_TIME = Attribute("EchoTime", "ms", "split-by-echo", _number("EchoTime", "EchoNumbers"))
B_VALUE = Attribute("DiffusionBValue", "s/mm2", "split-by-diffusion", _b_value)
B_VALUE_AND_DIRECTION = Attribute("DiffusionBValue", "s/mm2", "split-by-diffusion", _b_value_and_direction)
FLIP_ANGLE = Attribute("FlipAngle", "deg", "split-by-flip-angle", _number("FlipAngle"))
INVERSION_TIME = Attribute("InversionTime", "ms", "split-by-inversion-time", _number("InversionTime"))
IMAGE_TYPE = Attribute("ImageType", "", "split-by-image-type", _image_type)
PHILIPS_PHASE = Attribute("PhaseNumber", "", "split-by-time", _number("2001,1008"))
PHILIPS_DYNAMIC = Attribute("DynamicScanBeginTime", "s", "split-by-time", _number("2005,10a0"))
TIME_OFFSET = Attribute("TemporalPositionTimeOffset", "s", "split-by-time", _number("TemporalPositionTimeOffset"))
FRAME_REFERENCE = Attribute("FrameReferenceDateTime", "s", "split-by-time", _clock("FrameReferenceDateTime", ""))
ACQUISITION = Attribute("AcquisitionNumber", "", "split-by-acquisition", _number("AcquisitionNumber"))
STACK = Attribute("StackID", "", "split-by-stack", _text("StackID"))
KERNEL = Attribute("ConvolutionKernel", "", "split-by-reconstruction", _text("ConvolutionKernel"))
TUBE_VOLTAGE = Attribute("KVP", "kV", "split-by-reconstruction", _number("KVP"))
THICKNESS = Attribute("SliceThickness", "mm", "split-by-reconstruction", _number("SliceThickness"))
INSTANCE_NUMBER = Attribute("InstanceNumber", "", "split-by-instance-number", lambda frame: instance_order(frame))

# Of an index, best first: what makes equal stacks a sequence.
INDICES = (
    TEMPORAL_POSITION,
    TRIGGER_TIME,
    TIME_OFFSET,
    ACQUISITION_TIME,
    CONTENT_TIME,
    FRAME_REFERENCE,
    ECHO_TIME,
    B_VALUE,
    B_VALUE_AND_DIRECTION,
    FLIP_ANGLE,
    INVERSION_TIME,
    IMAGE_TYPE,
    PHILIPS_PHASE,
    PHILIPS_DYNAMIC,
    ACQUISITION,
)
# A clock runs on whatever else changes: where one of these tells the same stacks apart, it is the reason, not the clock.
CLOCKS = (ACQUISITION_TIME, CONTENT_TIME, FRAME_REFERENCE)
SETTINGS = (ECHO_TIME, B_VALUE, B_VALUE_AND_DIRECTION, FLIP_ANGLE, INVERSION_TIME, IMAGE_TYPE)

# What separate volumes of one series may differ in, tried in this order.
SPLITS = (
    STACK,
    IMAGE_TYPE,
    KERNEL,
    TUBE_VOLTAGE,
    THICKNESS,
    ECHO_TIME,
    B_VALUE,
    INVERSION_TIME,
    FLIP_ANGLE,
    ACQUISITION,
    TEMPORAL_POSITION,
)

# What orders the frames of one position where no value is shared by a whole stack.
ORDERS = (TEMPORAL_POSITION, TRIGGER_TIME, ACQUISITION_TIME, CONTENT_TIME, INSTANCE_NUMBER)


def instance_order(frame: Frame) -> tuple[int, int]:
    """Order of acquisition as far as numbers tell: InstanceNumber, then the frame's own."""
    number = frame.get("InstanceNumber")
    return (number if isinstance(number, int) else 0, frame.number)


def index_values(attribute: Attribute, groups: Sequence[Sequence[Frame]]) -> list[Any]:
    """One value a group for a sequence index: numbers where there are, clock times in seconds after the first, else words."""
    values = [attribute.value(group[0]) for group in groups]
    if attribute in CLOCKS:
        return [round(value - values[0], 6) for value in values]
    if attribute is IMAGE_TYPE:
        return _differing_parts(values)
    if attribute is B_VALUE_AND_DIRECTION:
        return [_diffusion_label(*value) for value in values]
    return [value if isinstance(value, (int, float)) else _words(value) for value in values]


def _differing_parts(types: list[Any]) -> list[str]:
    """Of several ImageType values, the parts in which they differ."""
    longest = max(len(parts) for parts in types)
    padded = [(*parts, *[""] * (longest - len(parts))) for parts in types]
    differing = [place for place in range(longest) if len({parts[place] for parts in padded}) > 1]
    return ["\\".join(parts[place] for place in differing if parts[place]) or "-" for parts in padded]


def _diffusion_label(b_value: float, direction: Any) -> str:
    if not direction:
        return f"{b_value:g}"
    return f"{b_value:g} [{' '.join(f'{component:.3f}' for component in direction)}]"


def _words(value: Any) -> str:
    return "\\".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
