"""Findings in plain words, in the reader's language: Resources/Languages/<language>/findings.json."""

from __future__ import annotations

import re

from DICOMTutorialHelperLib.dicom.findings import Finding
from DICOMTutorialHelperLib.messages import MINUS, apart, language_of, messages

MOST_ITEMS = 4
MEASURE = re.compile(r"\b(\d+)\.(\d+)(?= (?:x \d|mm\b|ms\b))")  # 0.7 x 0.8 mm, 666.7 ms


def finding_message(finding: Finding, language: str = "en") -> str:
    """What a finding says, as one or two sentences. Variants ``code.reason``, and of both for one, ``.one``, where there are.

    Raises KeyError for a finding whose evidence lacks what its sentence tells: a sentence with a gap would be a false one.
    """
    words = messages("findings", language)
    evidence = finding.evidence
    reason = evidence.get("reason", "")
    key = f"{finding.code}.{reason}" if reason and f"{finding.code}.{reason}" in words else finding.code
    if evidence.get("count") == 1:
        key = f"{key}.one" if f"{key}.one" in words else key
    return words[key].format(**{name: _readable(value, words) for name, value in evidence.items()})


def _readable(value: object, words: dict[str, str]) -> str:
    if isinstance(value, float):
        shown = f"{value:.2f}" if abs(value) >= 0.005 or not value else f"{value:.2g}"
        if "e" in shown:
            return shown.replace(".", words["decimal-mark"])
        shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
        return shown.replace(".", words["decimal-mark"]).replace("-", MINUS)
    if isinstance(value, (list, tuple)):
        texts = [_readable(item, words) for item in value[:MOST_ITEMS]]
        commas = any(isinstance(item, float) and "," in text for item, text in zip(value, texts))
        texts += ["…"] * (len(value) > MOST_ITEMS)
        return apart(texts, language_of(words)) if commas else ", ".join(texts)
    if isinstance(value, dict):
        return words[f"item.{value['text']}"].format(**{name: _readable(part, words) for name, part in value.items()})
    stem, _, number = str(value).rpartition(" ")
    if number.isdigit() and f"word.{stem}" in words:
        return f"{words[f'word.{stem}']} {number}"
    return words.get(f"word.{value}", MEASURE.sub(rf"\1{words['decimal-mark']}\2", str(value)))
