"""Coded concepts: (value, scheme, meaning), the words of DICOM that machines understand (PS3.3 section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.explore.datasets import items_of, text_of


@dataclass(frozen=True)
class Code:
    """One coded concept, such as (T-9200B, SRT, Prostate)."""

    value: str
    scheme: str
    meaning: str

    def __str__(self) -> str:
        return f"({self.value}, {self.scheme}, {self.meaning})"


def code_of(item: Dataset) -> Code:
    """The code in an item of a code sequence; codes too long for CodeValue stand in LongCodeValue or URNCodeValue."""
    value = text_of(item, "CodeValue") or text_of(item, "LongCodeValue") or text_of(item, "URNCodeValue")
    return Code(value, text_of(item, "CodingSchemeDesignator"), text_of(item, "CodeMeaning"))


def codes_of(dataset: Dataset, keyword: str) -> list[Code]:
    """All codes of a code sequence, [] where it is absent."""
    return [code_of(item) for item in items_of(dataset, keyword)]


def first_code(dataset: Dataset, keyword: str) -> Optional[Code]:
    """The first code of a code sequence, None where it is absent or empty."""
    codes = codes_of(dataset, keyword)
    return codes[0] if codes else None
