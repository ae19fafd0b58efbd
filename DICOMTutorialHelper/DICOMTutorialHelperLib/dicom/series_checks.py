"""What is worth saying of a part once its grid is known: tilt, rescale, truncation, compression, identifiers, and the like."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from pydicom.uid import JPEGBaseline8Bit, JPEGExtended12Bit

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.instance import Frame, Instance
from DICOMTutorialHelperLib.dicom.mosaic import mosaic_findings
from DICOMTutorialHelperLib.dicom.multi_frame_positions import guessed_position_findings
from DICOMTutorialHelperLib.dicom.pixel_description import frame_bytes, is_colour
from DICOMTutorialHelperLib.dicom.tolerances import SPACING_TAG_MM
from DICOMTutorialHelperLib.dicom.value_rules import GRAVE, RefusedValue

CROSS_SECTIONS = {"CT", "MR", "PT"}

# Transfer syntaxes with loss by nature; JPEG 2000 and JPEG-LS may be lossless under the same one, LossyImageCompression tells.
LOSSY = {JPEGBaseline8Bit, JPEGExtended12Bit}

# Video and the like, which neither pydicom's decoders nor Slicer's readers take apart into frames.
UNDECODABLE_PREFIXES = ("1.2.840.10008.1.2.4.10", "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.8")


def check_series(stacks: list[Stack], is_sequence: bool) -> Iterator[Finding]:
    """Findings of a candidate's stacks beyond those of splitting, in the order a reader wants them."""
    frames = [frame for stack in stacks for frame in stack.frames]
    instances = list(dict.fromkeys(frame.instance for frame in frames))
    contradictory = _contradictory_locations(stacks)
    yield from mosaic_findings(frames)
    yield from guessed_position_findings(frames)
    yield from contradictory
    yield from _of_geometry(stacks[0], is_sequence, bool(contradictory))
    yield from _of_pixels(frames, instances)
    yield from _of_values(instances)
    yield from _of_headers(frames[0], instances)


def _contradictory_locations(stacks: list[Stack]) -> list[Finding]:
    """Images of one position whose SliceLocation says that each lies at a place of its own."""
    if len(stacks) < 3 or any(len(stack.slices) > 1 for stack in stacks):
        return []
    locations = [stack.frames[0].get("SliceLocation") for stack in stacks]
    if not all(isinstance(location, (int, float)) for location in locations) or len(set(locations)) < len(locations):
        return []
    evidence = {"count": len(locations), "smallest_mm": float(min(locations)), "largest_mm": float(max(locations))}
    return [Finding("position-contradicts-location", WARNING, evidence)]


def _of_geometry(stack: Stack, is_sequence: bool, contradictory: bool) -> Iterator[Finding]:
    first = stack.frames[0]
    if stack.grid.tilt_degrees:
        evidence: dict[str, Any] = {"degrees": round(stack.grid.tilt_degrees, 2)}
        tag = first.get("GantryDetectorTilt")
        if isinstance(tag, (int, float)):
            evidence["header_degrees"] = tag
        if first.get("Modality") != "CT":
            evidence["reason"] = "no-gantry"
        yield Finding("gantry-tilt", WARNING, evidence)
    modality = first.get("Modality", "")
    if len(stack.frames) == 1 and modality in CROSS_SECTIONS and not contradictory:
        yield Finding("single-slice", INFO, {"reason": "cine" if is_sequence else "", "file": first.instance.path.name})
    modality_is_sliced = modality in CROSS_SECTIONS
    if modality_is_sliced and first.pixel_spacing is None:
        yield Finding("unknown-pixel-size", WARNING, {"images": len(stack.frames)})
    if modality_is_sliced and first.get("PixelSpacing") is None and first.get("ImagerPixelSpacing") is not None:
        yield Finding("detector-pixel-spacing", WARNING, {"spacing_mm": list(first.get("ImagerPixelSpacing"))})
    said = first.get("SpacingBetweenSlices")
    measured = stack.grid.spacing_mm[2]
    regular = stack.grid.displacements_lps is None
    if isinstance(said, (int, float)) and len(stack.slices) > 1 and regular and abs(abs(said) - measured) > SPACING_TAG_MM:
        evidence = {"header_mm": float(said), "measured_mm": round(measured, 4)}
        yield Finding("spacing-tag-disagrees", INFO, evidence)


def _of_pixels(frames: list[Frame], instances: list[Instance]) -> Iterator[Finding]:
    truncated = [(instance.path.name, missing) for instance in instances for missing in [missing_percent(instance)] if missing]
    if truncated:
        evidence = {
            "count": len(truncated),
            "files": [name for name, _ in truncated],
            "percent": round(max(missing for _, missing in truncated), 1),
        }
        yield Finding("truncated-pixel-data", ERROR if len(truncated) * 2 > len(instances) else WARNING, evidence)
    without_end = [instance for instance in instances if instance.frames_without_end]
    if without_end:
        count = sum(instance.frames_without_end for instance in without_end)
        names = [instance.path.name for instance in without_end]
        yield Finding("truncated-pixel-data", WARNING, {"reason": "codestream", "count": count, "files": names})
    surplus = [(instance.path.name, extra) for instance in instances for extra in [surplus_bytes(instance)] if extra > 1]
    if surplus:
        # A row more may mean that rows and columns are not what the header says: then every pixel is in a wrong place.
        row_bytes = min(instance.get("Columns") * instance.get("BitsAllocated") / 8 for instance in instances)
        grave = max(extra for _, extra in surplus) >= row_bytes
        evidence = {"images": len(surplus), "files": [name for name, _ in surplus], "bytes": max(extra for _, extra in surplus)}
        yield Finding("surplus-pixel-data", ERROR if grave else WARNING, evidence)
    undecodable = {
        instance.transfer_syntax_uid for instance in instances if instance.transfer_syntax_uid.startswith(UNDECODABLE_PREFIXES)
    }
    if undecodable:
        yield Finding("unsupported-compression", ERROR, {"transfer_syntax_uids": sorted(undecodable)})
    lossy = [
        instance
        for instance in instances
        if instance.get("LossyImageCompression") in ("01", 1) or instance.transfer_syntax_uid in LOSSY
    ]
    if lossy:
        yield Finding("lossy-compression", INFO, {"count": len(lossy)})
    grey = [frame for frame in frames if not is_colour(frame.get)]
    slopes = [(frame.get("RescaleSlope", 1.0), frame.get("RescaleIntercept", 0.0)) for frame in grey]
    if len(set(slopes)) > 1:
        evidence = {
            "count": len(set(slopes)),
            "smallest_slope": min(slope for slope, _ in slopes),
            "largest_slope": max(slope for slope, _ in slopes),
        }
        yield Finding("mixed-rescale", INFO, evidence)


def missing_percent(instance: Instance) -> float:
    """How much of its pixels a file lacks, in percent: of native ones in bytes, of compressed ones in frames; 0 where unknown."""
    stated = max(instance.get("NumberOfFrames", 1), instance.stored_frames)
    if instance.pixel_offset is None or instance.pixel_length is None:
        held = len(instance.fragments)
        return 100.0 * (stated - held) / stated if 0 < held < stated else 0.0
    expected = math.ceil(stated * frame_bytes(instance.values))
    present = min(instance.pixel_length, instance.file_size - instance.pixel_offset)
    return 100.0 * max(0, expected - present) / expected


def surplus_bytes(instance: Instance) -> int:
    """How many more bytes of native pixels an instance has than its frames take; one more makes them even (PS3.5 8.1.1)."""
    if instance.pixel_length is None:
        return 0
    return max(0, instance.pixel_length - math.ceil(instance.stored_frames * frame_bytes(instance.values)))


def _of_values(instances: list[Instance]) -> Iterator[Finding]:
    """Values that could not be used, and what was taken for them, an element at a time."""
    by_kind: dict[tuple[str, str, str], list[RefusedValue]] = {}
    for instance in instances:
        for refused in dict.fromkeys(instance.refused):
            code, reason = "damaged-value", refused.reason
            if refused.assumed and not reason:
                code, reason = ("damaged-value", "assumed") if refused.value else ("assumed-value", "")
            by_kind.setdefault((refused.keyword, code, reason), []).append(refused)
    for (keyword, code, reason), entries in by_kind.items():
        assumed = [entry.assumed for entry in entries if entry.assumed]
        evidence = {
            "reason": reason,
            "keyword": keyword,
            "images": len(entries),
            "value": entries[0].value,
            "assumed": ", ".join(dict.fromkeys(assumed)),
        }
        yield Finding(code, WARNING if keyword in GRAVE and reason != "colour" else INFO, evidence)


def _of_headers(first: Frame, instances: list[Instance]) -> Iterator[Finding]:
    image_type = first.get("ImageType", ())
    if isinstance(image_type, tuple) and image_type and image_type[0] == "DERIVED":
        yield Finding("derived-image", INFO, {"image_type": "\\".join(image_type)})
    burned = [instance.path.name for instance in instances if instance.get("BurnedInAnnotation") == "YES"]
    if burned:
        yield Finding("burned-in-annotation", WARNING, {"count": len(burned), "files": burned})
    missing = [
        keyword
        for keyword in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
        if any(not instance.get(keyword) for instance in instances)
    ]
    if missing:
        yield Finding("missing-identifiers", INFO, {"keywords": missing})
