"""Findings in plain words, in the reader's language: Resources/Languages/<language>/findings.json."""

from __future__ import annotations

from typing import Any

from DICOMTutorialHelperLib.dicom.findings import Finding
from DICOMTutorialHelperLib.messages import messages


def finding_message(finding: Finding, language: str = "en") -> str:
    """What a finding says, as one or two sentences. A variant ``code.reason`` is used where the texts have one."""
    words = messages("findings", language)
    pattern = words.get(f"{finding.code}.{finding.evidence.get('reason', '')}") or words[finding.code]
    if finding.evidence.get("count") == 1:
        pattern = words.get(f"{finding.code}.one", pattern)
    return pattern.format_map(_Readable({name: _readable(value, words) for name, value in finding.evidence.items()}))


class _Readable(dict):
    """Evidence by name; what a text asks for and a finding lacks shows as a question mark, never as an error."""

    def __missing__(self, name: str) -> str:
        return "?"


def _readable(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", words["decimal-mark"])
    if isinstance(value, (list, tuple)):
        shown = ", ".join(_readable(item, words) for item in value[:4])
        return f"{shown}, …" if len(value) > 4 else shown
    return words.get(f"word.{value}", str(value))
