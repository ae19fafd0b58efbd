"""What may tell frames apart: which elements, what they are worth as a sequence index, in what unit, under which finding code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from DICOMTutorialHelperLib.dicom.clocks import in_order, seconds_of
from DICOMTutorialHelperLib.dicom.diffusion import b_value, gradient_direction_lps
from DICOMTutorialHelperLib.dicom.instance import Frame

Value = Any  # None, or hashable and comparable with the attribute's other values


@dataclass(frozen=True)
class Attribute:
    """An element (or several) whose value may tell frames apart; ``value`` gives None where the frame is silent.

    ``seconds`` is what one unit is in seconds, for elements that tell true time; None for all others, whatever their unit.
    """

    name: str
    unit: str
    code: str
    value: Callable[[Frame], Value]
    seconds: Optional[float] = None


def _number(*keywords: str) -> Callable[[Frame], Value]:
    """The first of these elements that is a number (or starts with one); every frame's value can be compared with any other's."""

    def value(frame: Frame) -> Value:
        for keyword in keywords:
            found = frame.get(keyword)
            if isinstance(found, tuple):
                found = found[0]
            if isinstance(found, (int, float)):
                return found
        return None

    return value


def _text(*keywords: str) -> Callable[[Frame], Value]:
    def value(frame: Frame) -> Value:
        for keyword in keywords:
            found = frame.get(keyword)
            if found is not None:
                return value_text(found)
        return None

    return value


def _clock(date_time: str, date: str, time: str) -> Callable[[Frame], Value]:
    def value(frame: Frame) -> Value:
        return seconds_of(frame.get(date_time), frame.get(date), frame.get(time), frame.get("TimezoneOffsetFromUTC"))

    return value


SEQUENCE_NAME_B = re.compile(r"_b(\d+)(?:#(\d+))?")


def _direction(frame: Frame) -> Optional[tuple[float, ...]]:
    """The gradient's direction; None where none is applied, or where there is no weighting for one."""
    direction = gradient_direction_lps(frame) if b_value(frame) else None
    return direction if direction and any(direction) else None


def _diffusion(frame: Frame) -> Value:
    """b-value and direction; Siemens' SequenceName (ep_b1000#12) stands in where its private elements were removed."""
    weighting = b_value(frame)
    if weighting is not None:
        return weighting, _direction(frame)
    named = SEQUENCE_NAME_B.search(str(frame.get("SequenceName", "")))
    if not named:
        return None
    return float(named.group(1)), (int(named.group(2)),) if named.group(2) else None


def _diffusion_roughly(frame: Frame) -> Value:
    """The same, as far as three decimals tell."""
    value = _diffusion(frame)
    if value is None or value[1] is None:
        return value
    return value[0], tuple(round(part, 3) for part in value[1])


GE_IMAGE_KINDS = {0: "M", 1: "P", 2: "R", 3: "I"}


def _image_type(frame: Frame) -> Value:
    """ImageType and what else says magnitude, phase, real, imaginary, water or fat: ComplexImageComponent, GE's own element."""
    image_type = frame.get("ImageType")
    parts = image_type if isinstance(image_type, tuple) else (image_type,) if image_type else ()
    component = frame.get("ComplexImageComponent") or GE_IMAGE_KINDS.get(frame.get("GEImageKind"))
    return (*parts, component) if component else parts or None


VELOCITY_NAME = re.compile(r"_v(\d+)([a-z]+)")


def _velocity_direction(frame: Frame) -> Value:
    """The direction in which a phase-contrast image encodes velocity."""
    direction = frame.get("VelocityEncodingDirection") or frame.get("PhilipsPCVelocity")
    if isinstance(direction, tuple) and any(direction):
        return "[" + " ".join(f"{part:g}" for part in direction) + "]"
    for keyword in ("SequenceName", "SiemensFlowEncoding"):  # Siemens: fl3d1_v150in; v150in
        named = VELOCITY_NAME.search(f"_{frame.get(keyword, '')}".lower().replace("__", "_"))
        if named:
            return named.group(2)
    flag = frame.get("GEVasCollapseFlag")  # a number for every direction, and for the magnitude
    return flag if isinstance(flag, int) else None


TIME, ECHO, DIFFUSION_CODE = "split-by-time", "split-by-echo", "split-by-diffusion"
IMAGE_TYPE_CODE, RECONSTRUCTION = "split-by-image-type", "split-by-reconstruction"

TEMPORAL_POSITION = Attribute("TemporalPositionIdentifier", "", TIME, _number("TemporalPositionIdentifier"))
TRIGGER_TIME = Attribute("TriggerTime", "ms", TIME, _number("TriggerTime"), 0.001)
TIME_OFFSET = Attribute("TemporalPositionTimeOffset", "s", TIME, _number("TemporalPositionTimeOffset"), 1.0)
# PS3.3 C.8.9.4.1.5: the time that a PET image's values are for, in ms after the series' reference.
FRAME_REFERENCE_TIME = Attribute("FrameReferenceTime", "ms", TIME, _number("FrameReferenceTime"), 0.001)
ACQUISITION_TIME = Attribute(
    "AcquisitionTime", "s", TIME, _clock("AcquisitionDateTime", "AcquisitionDate", "AcquisitionTime"), 1.0
)
CONTENT_TIME = Attribute("ContentTime", "s", TIME, _clock("", "ContentDate", "ContentTime"), 1.0)
FRAME_REFERENCE = Attribute("FrameReferenceDateTime", "s", TIME, _clock("FrameReferenceDateTime", "", ""), 1.0)
PHILIPS_PHASE = Attribute("PhaseNumber", "", TIME, _number("PhilipsPhaseNumber"))
PHILIPS_DYNAMIC = Attribute("DynamicScanBeginTime", "s", TIME, _number("PhilipsDynamicScanBeginTime"), 1.0)
ECHO_TIME = Attribute("EchoTime", "ms", ECHO, _number("EchoTime"))
ECHO_NUMBERS = Attribute("EchoNumbers", "", ECHO, _number("EchoNumbers"))
DIFFUSION = Attribute("DiffusionBValue", "s/mm2", DIFFUSION_CODE, _diffusion)
DIFFUSION_ROUGHLY = Attribute("DiffusionBValue", "s/mm2", DIFFUSION_CODE, _diffusion_roughly)
FLIP_ANGLE = Attribute("FlipAngle", "deg", "split-by-flip-angle", _number("FlipAngle"))
INVERSION_TIME = Attribute("InversionTime", "ms", "split-by-inversion-time", _number("InversionTime"))
LABELING = Attribute("ASLContext", "", "split-by-labeling", _text("ASLContext", "PhilipsLabelType"))
VELOCITY = Attribute("VelocityEncodingDirection", "", "split-by-velocity", _velocity_direction)
IMAGE_TYPE = Attribute("ImageType", "", IMAGE_TYPE_CODE, _image_type)
ACQUISITION = Attribute("AcquisitionNumber", "", "split-by-acquisition", _number("AcquisitionNumber"))
STACK = Attribute("StackID", "", "split-by-stack", _text("StackID"))
KERNEL = Attribute("ConvolutionKernel", "", RECONSTRUCTION, _text("ConvolutionKernel"))
TUBE_VOLTAGE = Attribute("KVP", "kV", RECONSTRUCTION, _number("KVP"))
THICKNESS = Attribute("SliceThickness", "mm", RECONSTRUCTION, _number("SliceThickness"))
INSTANCE_NUMBER = Attribute("InstanceNumber", "", "split-by-instance-number", lambda frame: instance_order(frame))

DIFFUSIONS = (DIFFUSION, DIFFUSION_ROUGHLY)

# What was set differently for images of one place: the reason that they differ. A clock runs on whatever else changes.
SETTINGS = (DIFFUSION, ECHO_TIME, ECHO_NUMBERS, FLIP_ANGLE, INVERSION_TIME, LABELING, VELOCITY, IMAGE_TYPE)

# What says when an image was taken, best first.
TIMES = (
    TEMPORAL_POSITION,
    TRIGGER_TIME,
    FRAME_REFERENCE_TIME,
    TIME_OFFSET,
    ACQUISITION_TIME,
    CONTENT_TIME,
    FRAME_REFERENCE,
    PHILIPS_PHASE,
    PHILIPS_DYNAMIC,
    ACQUISITION,
)
CLOCKS = (ACQUISITION_TIME, CONTENT_TIME, FRAME_REFERENCE)

# What makes images of another kind: sequences and volumes of their own, where something else tells each kind's images apart.
KINDS = (STACK, IMAGE_TYPE, VELOCITY, KERNEL, TUBE_VOLTAGE, THICKNESS)

# What else separate volumes of one series may differ in, tried in this order.
SPLITS = (ECHO_TIME, DIFFUSION, INVERSION_TIME, FLIP_ANGLE, ACQUISITION, TEMPORAL_POSITION)

# What orders the images of one place where every place has values of its own.
ORDERS = (INVERSION_TIME, TEMPORAL_POSITION, TRIGGER_TIME, FRAME_REFERENCE_TIME, ACQUISITION_TIME, CONTENT_TIME, INSTANCE_NUMBER)


def instance_order(frame: Frame) -> tuple[int, int]:
    """Order of acquisition as far as numbers tell: InstanceNumber, then the frame's own."""
    number = frame.get("InstanceNumber")
    return (number if isinstance(number, int) else 0, frame.number)


class FrameValues:
    """The values of attributes for the frames of one series, each worked out once; clock times comparable over midnight."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._frames = list(frames)
        self._known: dict[Attribute, dict[Frame, Value]] = {}
        self._varying: dict[Attribute, bool] = {}

    def of(self, attribute: Attribute) -> dict[Frame, Value]:
        """Every frame's value of an attribute; None for a frame that is silent. To be read only."""
        if attribute not in self._known:
            values = [attribute.value(frame) for frame in self._frames]
            if attribute in CLOCKS:
                values = in_order(values)
            self._known[attribute] = dict(zip(self._frames, values))
        return self._known[attribute]

    def vary(self, attribute: Attribute) -> bool:
        """Whether frames differ in an attribute, or some are silent: most of them tell nothing apart."""
        if attribute not in self._varying:
            self._varying[attribute] = len(set(self.of(attribute).values())) > 1
        return self._varying[attribute]


def index_values(attribute: Attribute, values: Sequence[Value]) -> list[Any]:
    """Values as a sequence index shows them: numbers where there are, clock times in seconds after the first, else words."""
    if attribute in CLOCKS:
        start = min(value for value in values if value is not None)
        return ["-" if value is None else round(value - start, 6) for value in values]
    if attribute is IMAGE_TYPE:
        return _differing_parts(values)
    if attribute in DIFFUSIONS:
        if len({value and value[1] for value in values}) == 1:
            return ["-" if value is None else value[0] for value in values]
        return ["-" if value is None else _diffusion_label(*value) for value in values]
    return ["-" if value is None else value if isinstance(value, (int, float)) else value_text(value) for value in values]


def _differing_parts(types: Sequence[Any]) -> list[str]:
    """Of several ImageType values, the parts in which they differ."""
    types = [parts or () for parts in types]
    longest = max(len(parts) for parts in types)
    padded = [(*parts, *[""] * (longest - len(parts))) for parts in types]
    differing = [place for place in range(longest) if len({parts[place] for parts in padded}) > 1]
    return ["\\".join(parts[place] for place in differing if parts[place]) or "-" for parts in padded]


def _diffusion_label(weighting: float, direction: Any) -> str:
    if not direction:
        return f"{weighting:g}"
    if len(direction) == 1:
        return f"{weighting:g} #{direction[0]}"
    # "-0.000" is the same direction as "0.000".
    return f"{weighting:g} [{' '.join(f'{round(component, 3) + 0.0:.3f}' for component in direction)}]"


def value_text(value: object) -> str:
    """A header value as one text; several values with backslashes between them, as DICOM writes them."""
    return "\\".join(map(value_text, value)) if isinstance(value, tuple) else str(value)
