"""What a header says, and does not say, of personal data in the pixels."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from DICOMTutorialHelperLib.explore.datasets import items_of, text_of

BURNED_IN_MODALITIES = ("US", "XA", "RF", "SC", "OT", "ES", "XC", "GM", "SM", "OP", "ECG")
FACE_MODALITIES = ("CT", "MR", "PT")
_HEAD = re.compile(
    r"(?<![a-z])(head|brain|skull|face|facial|neuro|cerebr|cranio|cranial|crane|cr[aâ]ne|t[eê]te|enc[eé]phal|sinus|orbit|iac|dental"
    r"|cabeza|cabe[cç]a|cerebro|cr[aâá]neo|cr[aâ]nio|jaw|maxill|mandib|pituit|mprage|bravo)", re.IGNORECASE
)  # fmt: skip


def pixel_warnings(dataset: Dataset) -> list[str]:
    """What the header says about personal data in the pixels: keys ``burned-in``, ``burned-in-possible``, ``face``,
    ``face-possible`` (no body part is named), ``overlay`` and ``document`` of the texts ``privacy``, under ``warning.``."""
    keys = []
    burned_in = text_of(dataset, "BurnedInAnnotation").upper()
    modality = text_of(dataset, "Modality").upper()
    secondary = text_of(dataset, "SOPClassUID").startswith(SecondaryCaptureImageStorage)
    if burned_in == "YES":
        keys.append("burned-in")
    elif burned_in != "NO" and (modality in BURNED_IN_MODALITIES or secondary):
        keys.append("burned-in-possible")
    features = text_of(dataset, "RecognizableVisualFeatures").upper()
    if features != "NO" and (features == "YES" or modality in FACE_MODALITIES):
        said = _region_words(dataset)
        if features == "YES" or any(_HEAD.search(text) for text in said):
            keys.append("face")
        elif not said:
            keys.append("face-possible")
    if any(0x6000 <= tag.group <= 0x60FF for tag in dataset.keys()):  # noqa: SIM118 - iterating a Dataset converts its elements
        keys.append("overlay")
    if "EncapsulatedDocument" in dataset:
        keys.append("document")
    return keys


def _region_words(dataset: Dataset) -> list[str]:
    """What the header says about the part of the body."""
    said = [
        text_of(dataset, keyword) for keyword in ("BodyPartExamined", "StudyDescription", "SeriesDescription", "ProtocolName")
    ]
    for item in items_of(dataset, "AnatomicRegionSequence"):
        said.append(text_of(item, "CodeMeaning"))
    return [text for text in said if text.strip() and text.casefold() not in ("none", "unknown")]
