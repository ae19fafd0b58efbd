"""What splitting says: the evidence of each finding, all of it, so that its sentence is true and has no gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.attributes import ECHO_NUMBERS
from DICOMTutorialHelperLib.dicom.findings import INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.geometry import slice_normal_lps
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.slice_positions import SlicePosition, distances_along_normal, usual_gap
from DICOMTutorialHelperLib.dicom.stack_index import StackIndex
from DICOMTutorialHelperLib.dicom.tolerances import SAME_POSITION_MM


def file_names(frames: Sequence[Frame]) -> list[str]:
    """The names of the files of frames, each once, A to Z, without their folders."""
    return sorted({frame.instance.path.name for frame in frames})


def index_findings(found: StackIndex, kept: Sequence[int], slices: int) -> list[Finding]:
    """A finding for everything that tells these stacks of an index apart, and one for repeats; ``slices`` each may have."""
    keys = [found.keys[n] for n in kept]
    findings = []
    for column, attribute in enumerate(found.attributes):
        evidence: dict[str, Any] = {"attribute": attribute.name, "count": len({key[column] for key in keys}), "slices": slices}
        evidence["values"] = [found.values[n] for n in kept] if len(found.attributes) == 1 else []
        if attribute is ECHO_NUMBERS or len(found.attributes) > 1:
            evidence["reason"] = "counted"
        elif slices == 1:
            evidence["reason"] = "one-place"
        if evidence["count"] > 1:
            findings.append(Finding(attribute.code, INFO, evidence))
    repeats = len(keys) - len(set(keys))
    if repeats:
        findings.append(Finding("repeated-volumes", INFO, {"count": repeats, "of": len(keys), "attribute": found.name}))
    return findings


def missing_images(found: StackIndex, lines: list[list[Optional[Frame]]], layers: list[Optional[int]]) -> Optional[Finding]:
    """The images that volumes of a sequence lack: each by its slice and its volume; a volume that has none, by itself."""
    holes: list[dict[str, Any]] = []
    count = 0
    for number, line in enumerate(lines):
        lost = [k for k, (frame, layer) in enumerate(zip(line, layers)) if frame is None and layer is not None]
        count += len(lost)
        label = {"volume": number + 1, "label": found.label(number)}
        if len(lost) == sum(layer is not None for layer in layers):
            holes.append({"text": "volume", **label})
        else:
            holes += [{"text": "hole", "slice": k + 1, **label, "files": _files_beside(lines, number, k)} for k in lost]
    if not holes:
        return None
    evidence = {"reason": "frames", "count": count, "of": len(lines) * sum(layer is not None for layer in layers)}
    return Finding("missing-slices", WARNING, {**evidence, "images": holes})


def _files_beside(lines: list[list[Optional[Frame]]], number: int, k: int) -> dict[str, str]:
    """The files between which an image is missing: of the volumes before and after it at the same slice."""
    at = [line[k] for line in lines]
    before = next((frame.instance.path.name for frame in reversed(at[:number]) if frame is not None), None)
    after = next((frame.instance.path.name for frame in at[number + 1 :] if frame is not None), None)
    if before and after:
        return {"text": "between", "before": before, "after": after}
    return {"text": "after", "before": before} if before else {"text": "before", "after": str(after)}


def missing_slices(layers: list[Optional[SlicePosition]], filled: bool) -> Finding:
    """Slices that a stack lacks, by number, with the names of the files on both sides of each gap."""
    holes = [k for k, place in enumerate(layers) if place is None]
    neighbours = []
    for k in holes:
        before = layers[k - 1]
        if before is not None:
            after = next(place for place in layers[k:] if place)
            neighbours.append([before[0].instance.path.name, after[0].instance.path.name])
    evidence = {
        "reason": "" if filled else "not-filled",
        "count": len(holes),
        "of": len(layers),
        "slices": [k + 1 for k in holes],
        "between": neighbours,
    }
    return Finding("missing-slices", WARNING, evidence)


def duplicate_positions(places: list[SlicePosition]) -> Finding:
    """Frames at a position that another one has, where nothing tells why."""
    dropped = [frame for place in places for frame in place[1:]]
    distances = distances_along_normal(places)
    evidence = {
        "count": len(dropped),
        "positions_mm": [round(float(d), 2) for d, place in zip(distances, places) if len(place) > 1],
        "files": file_names(dropped),
    }
    return Finding("duplicate-positions", WARNING, evidence)


def uneven_spacing(places: list[SlicePosition]) -> Finding:
    """Slices at other distances than most, or beside the line of the others."""
    distances = distances_along_normal(places)
    gaps = np.diff(distances)
    usual = usual_gap(gaps)
    uneven = np.abs(gaps - usual) > SAME_POSITION_MM
    if not uneven.any():
        return _sideways(places, distances)
    evidence = {
        "smallest_mm": round(float(gaps.min()), 3),
        "largest_mm": round(float(gaps.max()), 3),
        "usual_mm": round(usual, 3),
        "count": int(uneven.sum()),
        "after_slices": [int(n) + 1 for n in np.flatnonzero(uneven)],
    }
    jitter = float(np.abs(gaps - usual).max()) < 0.1 * usual
    return Finding("uneven-spacing", INFO if jitter else WARNING, evidence)


def _sideways(places: list[SlicePosition], distances: np.ndarray) -> Finding:
    """How far slices at even distances lie beside the line that most of them lie on."""
    positions = np.array([place[0].placed.position_lps for place in places])
    in_plane = positions - distances[:, None] * slice_normal_lps(places[0][0])
    # The line that most slices agree on: a drift is a slant, and only what leaves it is a shift.
    step = np.median(np.diff(in_plane, axis=0), axis=0)
    beside = in_plane - np.arange(len(places))[:, None] * step
    offsets = np.linalg.norm(beside - np.median(beside, axis=0), axis=1)
    shifted = np.flatnonzero(offsets > SAME_POSITION_MM)
    if not shifted.size:
        shifted = np.array([int(offsets.argmax())])
    evidence = {
        "reason": "sideways",
        "count": len(shifted),
        "slices": [int(n) + 1 for n in shifted],
        "files": file_names([places[n][0] for n in shifted]),
        "largest_mm": round(float(offsets.max()), 3),
    }
    return Finding("uneven-spacing", INFO if offsets.max() < 0.1 else WARNING, evidence)
