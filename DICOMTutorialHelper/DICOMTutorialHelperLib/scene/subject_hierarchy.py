"""Patient - study - series in the subject hierarchy, as Slicer's ``DICOMPlugin.addSeriesInSubjectHierarchy`` makes them.

For scenes without the application: there, the plugin calls Slicer's own, which also reads the user's settings for names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import slicer

from DICOMTutorialHelperLib.dicom.candidate import Candidate, SeriesExamination
from DICOMTutorialHelperLib.plain_text import one_line


def add_to_subject_hierarchy(
    scene: slicer.vtkMRMLScene, node: slicer.vtkMRMLNode, series: SeriesExamination, candidate: Candidate
) -> int:
    """Put a loaded node under its study and patient, making these where they are missing; returns the series' item ID.

    Patient and study items bear the names Slicer gives by default: "name (ID)" and "description (date)".
    """
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    names = slicer.vtkMRMLSubjectHierarchyConstants
    item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
    series_uid = one_line(series.series_instance_uid)
    hierarchy.SetItemUID(item, names.GetDICOMUIDName(), series_uid)
    _set_attributes(hierarchy, item, _series_attributes(names, series))
    instances = dict.fromkeys(frame.instance.sop_instance_uid for stack in candidate.stacks for frame in stack.frames)
    hierarchy.SetItemUID(item, names.GetDICOMInstanceUIDName(), one_line(" ".join(instances)))
    hierarchy.SetItemAttribute(item, names.GetDICOMReferencedInstanceUIDsAttributeName(), "")

    study_uid = _text(series, "StudyInstanceUID")
    # An item needs a UID of its own, and empty patient IDs are common: Slicer makes one up from the study.
    patient_id = _text(series, "PatientID") or f"Patient-{study_uid}"
    patient_known = hierarchy.GetItemByUID(names.GetDICOMUIDName(), patient_id)
    study_known = hierarchy.GetItemByUID(names.GetDICOMUIDName(), study_uid)
    slicer.vtkSlicerSubjectHierarchyModuleLogic.InsertDicomSeriesInHierarchy(hierarchy, patient_id, study_uid, series_uid)
    if not patient_known:
        _describe_patient(hierarchy, names, hierarchy.GetItemByUID(names.GetDICOMUIDName(), patient_id), series, patient_id)
    if not study_known:
        _describe_study(hierarchy, names, hierarchy.GetItemByUID(names.GetDICOMUIDName(), study_uid), series, study_uid)
    return item


def remove_node(scene: slicer.vtkMRMLScene, node: slicer.vtkMRMLNode) -> None:
    """Remove a node, its item, and the study and patient above that hold nothing else.

    Only the application's hierarchy follows the scene by itself.
    """
    hierarchy = scene.GetFirstNodeByClass("vtkMRMLSubjectHierarchyNode")
    item = hierarchy.GetItemByDataNode(node) if hierarchy is not None else 0
    while item and not hierarchy.GetNumberOfItemChildren(item) and item != hierarchy.GetSceneItemID():
        above = hierarchy.GetItemParent(item)
        hierarchy.RemoveItem(item, False, False)
        item = above if hierarchy.GetItemLevel(above) in _levels() else 0
    scene.RemoveNode(node)


def _levels() -> tuple[str, str]:
    names = slicer.vtkMRMLSubjectHierarchyConstants
    return names.GetDICOMLevelStudy(), names.GetDICOMLevelPatient()


def _series_attributes(names, series: SeriesExamination) -> Iterable[tuple[str, str]]:
    prefix = names.GetDICOMAttributePrefix()
    return (
        (names.GetDICOMSeriesModalityAttributeName(), _text(series, "Modality")),
        (names.GetDICOMSeriesNumberAttributeName(), _text(series, "SeriesNumber")),
        (names.GetDICOMFrameOfReferenceUIDAttributeName(), _text(series, "FrameOfReferenceUID")),
        (prefix + "SeriesDescription", _text(series, "SeriesDescription")),
        (prefix + "SeriesDate", _text(series, "SeriesDate")),
        (prefix + "SeriesTime", _text(series, "SeriesTime")),
        (prefix + "ContentDate", _text(series, "ContentDate")),
        (prefix + "ContentTime", _text(series, "ContentTime")),
        (prefix + "Manufacturer", _text(series, "Manufacturer")),
        (prefix + "Model", _text(series, "ManufacturerModelName")),
    )


def _describe_patient(hierarchy, names, item: int, series: SeriesExamination, patient_id: str) -> None:
    name = _text(series, "PatientName") or "No name"
    attributes = (
        (names.GetDICOMPatientNameAttributeName(), name),
        (names.GetDICOMPatientIDAttributeName(), patient_id),
        (names.GetDICOMPatientSexAttributeName(), _text(series, "PatientSex")),
        (names.GetDICOMPatientBirthDateAttributeName(), _text(series, "PatientBirthDate")),
        (names.GetDICOMPatientCommentsAttributeName(), _text(series, "PatientComments")),
    )
    _set_attributes(hierarchy, item, attributes)
    hierarchy.SetItemName(item, f"{name} ({patient_id})")


def _describe_study(hierarchy, names, item: int, series: SeriesExamination, study_uid: str) -> None:
    description = _text(series, "StudyDescription") or "No study description"
    date = _text(series, "StudyDate")
    attributes = (
        (names.GetDICOMStudyDescriptionAttributeName(), description),
        (names.GetDICOMStudyInstanceUIDAttributeName(), study_uid),
        (names.GetDICOMStudyIDAttributeName(), _text(series, "StudyID")),
        (names.GetDICOMStudyDateAttributeName(), date),
        (names.GetDICOMStudyTimeAttributeName(), _text(series, "StudyTime")),
    )
    _set_attributes(hierarchy, item, attributes)
    hierarchy.SetItemName(item, f"{description} ({date})" if date else description)


def _set_attributes(hierarchy, item: int, attributes: Iterable[tuple[str, str]]) -> None:
    for name, value in attributes:
        hierarchy.SetItemAttribute(item, name, value)


def _text(series: SeriesExamination, keyword: str) -> str:
    """A header value as ctkDICOMDatabase.fileValue would give it: "" for none, several joined by backslashes; XML can hold it."""
    value: Any = series.get(keyword, "")
    return one_line("\\".join(str(part) for part in value) if isinstance(value, (tuple, list)) else value)
