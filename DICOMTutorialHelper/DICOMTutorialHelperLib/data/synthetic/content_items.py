"""Items of sequences: codes, references, and the content items of a report (PS3.3 8.8, C.17.3)."""

from __future__ import annotations

from collections.abc import Iterable

from pydicom.dataset import Dataset
from pydicom.uid import UID

from DICOMTutorialHelperLib.data.synthetic.instances import decimals

Code = tuple[str, str, str]  # value, scheme, meaning


def item_of(**elements: object) -> Dataset:
    """An item with these values by keyword."""
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def code_item(code: Code) -> Dataset:
    """An item of a code sequence (PS3.3 8.8)."""
    return item_of(CodeValue=code[0], CodingSchemeDesignator=code[1], CodeMeaning=code[2])


def references_to(objects: Iterable[Dataset]) -> list[Dataset]:
    """An item for each instance, of its class and its UID (PS3.3 10.8)."""
    return [item_of(ReferencedSOPClassUID=one.SOPClassUID, ReferencedSOPInstanceUID=one.SOPInstanceUID) for one in objects]


def dcm(value: str, meaning: str) -> Code:
    """A code of DICOM's own terminology (PS3.16, Annex D)."""
    return value, "DCM", meaning


def _content(relation: str, kind: str, name: Code) -> Dataset:
    item = item_of(ValueType=kind, ConceptNameCodeSequence=[code_item(name)])
    if relation:
        item.RelationshipType = relation
    return item


def container(relation: str, name: Code, template: str = "") -> Dataset:
    """A content item that holds others; ``template`` is the number of the template (DCMR, PS3.16) that it follows."""
    item = _content(relation, "CONTAINER", name)
    item.ContinuityOfContent = "CONTINUOUS"
    if template:
        item.ContentTemplateSequence = [item_of(MappingResource="DCMR", TemplateIdentifier=template)]
    return item


def coded(relation: str, name: Code, value: Code) -> Dataset:
    """A content item whose value is a code."""
    item = _content(relation, "CODE", name)
    item.ConceptCodeSequence = [code_item(value)]
    return item


def text_item(relation: str, name: Code, value: str) -> Dataset:
    """A content item whose value is a text."""
    item = _content(relation, "TEXT", name)
    item.TextValue = value
    return item


def uid_reference(relation: str, name: Code, value: UID) -> Dataset:
    """A content item whose value is a UID."""
    item = _content(relation, "UIDREF", name)
    item.UID = value
    return item


def number_item(relation: str, name: Code, value: float, unit: Code) -> Dataset:
    """A content item whose value is a number with a decimal and its unit."""
    item = _content(relation, "NUM", name)
    measured = item_of(
        MeasurementUnitsCodeSequence=[code_item(unit)], FloatingPointValue=value, NumericValue=decimals(value, 1)[0]
    )
    item.MeasuredValueSequence = [measured]
    return item


def image_item(relation: str, name: Code, referenced: Dataset, **more: object) -> Dataset:
    """A content item that refers to an image; ``more`` stands in the reference."""
    item = _content(relation, "IMAGE", name)
    item.ReferencedSOPSequence = references_to([referenced])
    for keyword, value in more.items():
        setattr(item.ReferencedSOPSequence[0], keyword, value)
    return item
