"""The header of an instance as rows a learner can read: element by element, in groups, explained, personal data marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Optional, Union

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib.explore.datasets import (
    MOST_DEPTH,
    VALUE_ERRORS,
    PathLike,
    raw_of,
    read_dataset,
    reason_of,
    without_warnings,
)
from DICOMTutorialHelperLib.explore.profile import personal_category
from DICOMTutorialHelperLib.explore.values import element_name, items_text, value_text
from DICOMTutorialHelperLib.languages import supported_language
from DICOMTutorialHelperLib.messages import messages

# The groups of the tutorial, in the order in which they are shown; "content" is what the tutorial leaves aside:
# what segmentations, reports, radiotherapy plans and other kinds of objects add.
GROUPS = ("meta", "study", "patient", "acquisition", "image", "content", "pixels", "private")

_GROUP_OF_NUMBER = {
    0x0000: "meta", 0x0002: "meta", 0x0004: "meta",
    0x0008: "study", 0x0032: "study", 0x0400: "study", 0xFFFA: "study",
    0x0010: "patient", 0x0012: "patient", 0x0038: "patient",
    0x0014: "acquisition", 0x0018: "acquisition", 0x0050: "acquisition", 0x0052: "acquisition", 0x0054: "acquisition",
    0x0020: "image", 0x0022: "image", 0x0028: "image", 0x0048: "image", 0x2050: "image", 0x5200: "image",
    0x7FE0: "pixels", 0xFFFC: "pixels",
}  # fmt: skip
# Elements whose group number says little about what they are for.
_GROUP_OF_KEYWORD = {
    "StudyInstanceUID": "study", "SeriesInstanceUID": "study", "StudyID": "study", "SeriesNumber": "study",
    "ImageType": "image", "ReferencedImageSequence": "image", "SourceImageSequence": "image", "DerivationDescription": "image",
    "AnatomicRegionSequence": "acquisition", "AcquisitionContextSequence": "acquisition", "AcquisitionNumber": "acquisition",
    "AcquisitionDate": "acquisition", "AcquisitionTime": "acquisition", "AcquisitionDateTime": "acquisition",
    "PerformedProcedureStepStartDate": "study", "PerformedProcedureStepStartTime": "study",
    "PerformedProcedureStepID": "study", "PerformedProcedureStepDescription": "study", "RequestAttributesSequence": "study",
    "PerformedProtocolCodeSequence": "study", "ProcedureCodeSequence": "study", "RequestedProcedureID": "study",
}  # fmt: skip


@dataclass(frozen=True)
class HeaderRow:
    """One element, or one item of a sequence (then ``vr`` is "" and ``keyword`` is "").

    ``depth`` is 0 at the top level and grows by one with each sequence item; ``path`` names the place from the top, such as
    ``0008,1140[0].0008,1155``. ``group`` is one of GROUPS, that of the top-level element. ``personal`` is "" or a category of
    `profile.CATEGORIES`. ``value`` is readable text; ``readable`` is False where the bytes do not fit the VR.
    """

    tag: str
    keyword: str
    name: str
    vr: str
    multiplicity: int
    value: str
    group: str
    personal: str
    explanation: str
    depth: int
    path: str
    private: bool
    readable: bool = True


def tag_text(tag: BaseTag) -> str:
    """``gggg,eeee`` in capital hexadecimal digits."""
    return f"{tag.group:04X},{tag.element:04X}"


def group_of(tag: BaseTag) -> str:
    """The tutorial's group of a top-level element."""
    if tag.is_private:
        return "private"
    keyword = keyword_for_tag(tag)
    if keyword in _GROUP_OF_KEYWORD:
        return _GROUP_OF_KEYWORD[keyword]
    if 0x6000 <= tag.group <= 0x60FF:
        return "image"
    if tag.group == 0x0040 and (tag.element < 0x0500 or 0x1000 <= tag.element < 0x5000):
        return "study"  # scheduling and requests; the rest of group 0040 is the content of reports, specimens and the like
    return _GROUP_OF_NUMBER.get(tag.group, "content")


def header_rows(source: Union[PathLike, Dataset], language: Optional[str] = None) -> list[HeaderRow]:
    """Every element of an instance, file meta, sequences and private elements included, in the order of GROUPS.

    Raises UnreadableFile for a path that is not a readable DICOM file.
    """
    dataset = source if isinstance(source, Dataset) else read_dataset(source)
    language = supported_language(language)
    words, explanations = messages("headers", language), messages("elements", language)
    rows: list[HeaderRow] = []
    with without_warnings():  # pydicom warns of every value that is not quite to the standard
        for part in (getattr(dataset, "file_meta", None), dataset):
            if part is not None:
                rows.extend(_rows(part, words, explanations))
    order = {group: index for index, group in enumerate(GROUPS)}
    return sorted(rows, key=lambda row: order[row.group])


def _rows(
    dataset: Dataset, words: Mapping[str, str], explanations: Mapping[str, str], depth: int = 0, prefix: str = "", group: str = ""
) -> Iterator[HeaderRow]:
    for tag in sorted(dataset.keys()):
        path = prefix + tag_text(tag)
        row_group = group or group_of(tag)
        keyword = keyword_for_tag(tag)
        readable, items = True, []
        try:
            element = dataset[tag]
            vr, value, name = element.VR, value_text(element, words), element_name(dataset, tag)
            multiplicity = 1 if vr == "SQ" else element.VM
            items = list(element.value) if vr == "SQ" else []
        except VALUE_ERRORS as error:
            raw = raw_of(dataset, tag)
            vr, multiplicity, readable = (raw.VR if raw is not None else None) or "??", 1, False
            value = words["value.unreadable"].format(reason=reason_of(error))
            name = element_name(dataset, tag)
        personal, explanation = personal_category(tag, vr), explanations.get(keyword, "")
        yield HeaderRow(
            tag_text(tag), keyword, name, vr, multiplicity, value, row_group, personal, explanation, depth, path,
            tag.is_private, readable,
        )  # fmt: skip
        for index, item in enumerate(items if depth < 2 * MOST_DEPTH else []):
            place = f"{path}[{index}]"
            title = words["item"].format(number=index + 1, total=len(items))
            held = items_text(len(item), {**words, "value.item": words["value.element"], "value.items": words["value.elements"]})
            yield HeaderRow("", "", title, "", 0, held, row_group, "", "", depth + 1, place, tag.is_private)
            yield from _rows(item, words, explanations, depth + 2, place + ".", row_group)


def fold_accents(text: str) -> str:
    """Lower case, without accents: what searching and comparing by eye take for equal."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def search(rows: Iterable[HeaderRow], text: str) -> list[HeaderRow]:
    """The rows whose tag, keyword, name or value holds every word of ``text``, or whose explanation has words that begin so.

    Case and accents do not count. Tags may be written ``0010,0010``, ``(0010,0010)`` or ``00100010``.
    """
    wanted = [word.strip("()") for word in fold_accents(text).split()]
    found = []
    for row in rows:
        hay = fold_accents(" ".join((row.tag, row.tag.replace(",", ""), row.keyword, row.name, row.value)))
        explanation = fold_accents(row.explanation)
        if all(word in hay or re.search(rf"(?<!\w){re.escape(word)}", explanation) for word in wanted):
            found.append(row)
    return found


def in_group(rows: Iterable[HeaderRow], group: str) -> list[HeaderRow]:
    """The rows of one group; "private" also has the private elements inside standard sequences."""
    return [row for row in rows if row.group == group or (group == "private" and row.private)]
