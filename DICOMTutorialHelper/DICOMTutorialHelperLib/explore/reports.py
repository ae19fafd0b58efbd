"""Structured reports: the content tree of PS3.3 C.17.3, and the measurements of TID 1500 as a table.

Read with pydicom alone: Slicer brings highdicom only from 5.12, and highdicom reads TID 1500 but refuses reports that
deviate a little, which a learner still wants to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Optional, Union

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.explore.codes import Code, first_code
from DICOMTutorialHelperLib.explore.datasets import MOST_DEPTH, PathLike, items_of, numbers_of, read_dataset, text_of
from DICOMTutorialHelperLib.explore.values import person_text

# Codes of PS3.16 that give the measurements of TID 1500 and 1411 their place; both SNOMED's present and older form.
MEASUREMENT_GROUP = {("125007", "DCM")}
TRACKING_IDENTIFIER = {("112039", "DCM")}
TRACKING_UID = {("112040", "DCM")}
FINDING = {("121071", "DCM")}
FINDING_SITE = {("363698007", "SCT"), ("G-C0E3", "SRT")}
REFERENCED_SEGMENT = {("121191", "DCM"), ("121214", "DCM")}
LATERALITY = {("272741003", "SCT"), ("G-C171", "SRT")}


@dataclass
class ContentItem:
    """One statement of a report: its relation to the one above, its coded name, and its value as text.

    ``value_type`` is the standard's (CONTAINER, NUM, CODE, TEXT, IMAGE …); ``code`` holds the value of CODE and the unit of NUM,
    ``number`` the number of NUM, ``references`` the SOP Instance UIDs that it points at.
    """

    value_type: str
    relationship: str = ""
    name: Optional[Code] = None
    text: str = ""
    number: Optional[float] = None
    code: Optional[Code] = None
    references: list[str] = field(default_factory=list)
    children: list[ContentItem] = field(default_factory=list)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, ContentItem]]:
        """This item and all below it, with their depth."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)

    def is_named(self, codes: set[tuple[str, str]]) -> bool:
        """Whether its concept name is one of these (value, scheme)."""
        return self.name is not None and (self.name.value, self.name.scheme) in codes


@dataclass(frozen=True)
class Measurement:
    """One number of a report, with what was measured, where, and on which images.

    ``references`` are the SOP Instance UIDs of the images, ``segmentations`` those of the objects that drew the region.
    """

    group: str
    finding: Optional[Code]
    site: Optional[Code]
    laterality: Optional[Code]
    quantity: Optional[Code]
    value: float
    unit: Optional[Code]
    modifiers: list[tuple[Code, str]]
    references: list[str]
    segmentations: list[str]
    tracking_uid: str = ""


@dataclass(frozen=True)
class Report:
    """A structured report. ``template`` is the identifier of its root template, "1500" for measurement reports."""

    title: Optional[Code]
    template: str
    complete: bool
    verified: bool
    content: ContentItem
    measurements: list[Measurement]


def read_report(source: Union[PathLike, Dataset]) -> Report:
    """The content tree and measurements of an SR object. Raises UnreadableFile, and ValueError where there is no tree."""
    dataset = source if isinstance(source, Dataset) else read_dataset(source)
    if "ContentSequence" not in dataset and "ConceptNameCodeSequence" not in dataset:
        raise ValueError("the object has no content tree (0040,A730)")
    root = _item(dataset)
    template = (items_of(dataset, "ContentTemplateSequence") or [Dataset()])[0]
    return Report(
        title=root.name,
        template=text_of(template, "TemplateIdentifier"),
        complete=text_of(dataset, "CompletionFlag") == "COMPLETE",
        verified=text_of(dataset, "VerificationFlag") == "VERIFIED",
        content=root,
        measurements=list(_measurements(root, [])),
    )


def _item(dataset: Dataset, depth: int = 0) -> ContentItem:
    kind = text_of(dataset, "ValueType")
    item = ContentItem(kind, text_of(dataset, "RelationshipType"), first_code(dataset, "ConceptNameCodeSequence"))
    if kind == "NUM":
        for measured in items_of(dataset, "MeasuredValueSequence")[:1]:
            item.code = first_code(measured, "MeasurementUnitsCodeSequence")
            values = numbers_of(measured, "FloatingPointValue") or numbers_of(measured, "NumericValue")
            item.number = values[0] if values else None
            item.text = text_of(measured, "NumericValue") or text_of(measured, "FloatingPointValue")
        if item.number is None:
            qualifier = first_code(dataset, "NumericValueQualifierCodeSequence")
            item.text = qualifier.meaning if qualifier else ""
    elif kind == "CODE":
        item.code = first_code(dataset, "ConceptCodeSequence")
        item.text = item.code.meaning if item.code else ""
    elif kind == "PNAME":
        item.text = person_text(text_of(dataset, "PersonName"))
    elif kind in ("SCOORD", "SCOORD3D"):
        count = len(numbers_of(dataset, "GraphicData"))
        item.text = f"{text_of(dataset, 'GraphicType')} ({count // (3 if kind == 'SCOORD3D' else 2)})"
    else:
        for keyword in ("TextValue", "UID", "Date", "Time", "DateTime", "TemporalRangeType"):
            item.text = text_of(dataset, keyword) or item.text
    for reference in items_of(dataset, "ReferencedSOPSequence"):
        item.references.append(text_of(reference, "ReferencedSOPInstanceUID"))
    item.children = [_item(child, depth + 1) for child in items_of(dataset, "ContentSequence")] if depth < MOST_DEPTH else []
    return item


def _measurements(item: ContentItem, above: list[ContentItem]) -> Iterator[Measurement]:
    if item.value_type == "NUM" and item.number is not None:
        yield _measurement(item, above)
    for child in item.children:
        yield from _measurements(child, [*above, item])


def _measurement(item: ContentItem, above: list[ContentItem]) -> Measurement:
    """What holds for a number stands beside it in its group, or below the number itself (TID 300)."""
    group = next((one for one in reversed(above) if one.is_named(MEASUREMENT_GROUP)), above[-1] if above else item)
    beside = [*item.children, *group.children]
    finding = _first(beside, FINDING)
    site = _first(beside, FINDING_SITE)
    laterality = _first([*beside, *(site.children if site else [])], LATERALITY)
    tracking, uid = _first(beside, TRACKING_IDENTIFIER), _first(beside, TRACKING_UID)
    shared = [child for child in group.children if child.value_type != "NUM"]
    pointers = [one for child in [*item.children, *shared] for _, one in child.walk() if one.references]
    own = [one for child in item.children for _, one in child.walk() if one.references]
    images = [one for one in own or pointers if not one.is_named(REFERENCED_SEGMENT)]
    modifiers = [(one.name, one.text) for one in item.children if one.name and one.value_type == "CODE"]
    return Measurement(
        group=tracking.text if tracking else "",
        finding=finding.code if finding else None,
        site=site.code if site else None,
        laterality=laterality.code if laterality else None,
        quantity=item.name,
        value=item.number,  # type: ignore[arg-type]
        unit=item.code,
        modifiers=[pair for pair in modifiers if pair[0].value not in {code for code, _ in FINDING_SITE | FINDING}],
        references=_uids(images),
        segmentations=_uids([one for one in pointers if one.is_named(REFERENCED_SEGMENT)]),
        tracking_uid=uid.text if uid else "",
    )


def _first(items: list[ContentItem], codes: set[tuple[str, str]]) -> Optional[ContentItem]:
    return next((item for item in items if item.is_named(codes)), None)


def _uids(items: list[ContentItem]) -> list[str]:
    return list(dict.fromkeys(uid for item in items for uid in item.references))
