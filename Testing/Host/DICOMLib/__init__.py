"""What the plugins use of Slicer's DICOMLib, after its DICOMPlugin.py of 5.0.3 and 5.10.0 (alike in what is here)."""

from __future__ import annotations

import hashlib

import slicer


class DICOMLoadable:
    """Slicer sets ``loadSuccess`` when it has loaded one; plugins may add ``referencedInstanceUIDs`` and ``derivedItems``."""

    def __init__(self):
        self.files = []
        self.name = "Unknown"
        self.tooltip = "No further information available"
        self.warning = ""
        self.selected = False
        self.confidence = 0.5


class DICOMPlugin:
    def __init__(self):
        self.loadType = "Generic DICOM"
        self.loadableCache = {}
        self.tags = {"seriesDescription": "0008,103E", "seriesNumber": "0020,0011", "frameOfReferenceUID": "0020,0052"}

    def hashFiles(self, files):
        digest = hashlib.md5()
        for file in files:
            digest.update(file.encode("UTF-8", "ignore"))
        return digest.digest()

    def getCachedLoadables(self, files):
        return self.loadableCache.get(self.hashFiles(files))

    def cacheLoadables(self, files, loadables):
        self.loadableCache[self.hashFiles(files)] = loadables

    def examineForImport(self, fileList):
        return []

    def examine(self, fileList):
        return self.examineForImport(fileList)

    def addSeriesInSubjectHierarchy(self, loadable, dataNode):
        """The item of the series with what its first file says, under its study and its patient; names are left alone."""
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        names = slicer.vtkMRMLSubjectHierarchyConstants
        first = loadable.files[0]

        def value(tag):
            return slicer.dicomDatabase.fileValue(first, tag)

        item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), dataNode)
        hierarchy.SetItemUID(item, names.GetDICOMUIDName(), value("0020,000E"))
        prefix = names.GetDICOMAttributePrefix()
        for name, tag in (
            (names.GetDICOMSeriesModalityAttributeName(), "0008,0060"),
            (names.GetDICOMSeriesNumberAttributeName(), "0020,0011"),
            (names.GetDICOMFrameOfReferenceUIDAttributeName(), "0020,0052"),
            (f"{prefix}SeriesDescription", "0008,103E"),
            (f"{prefix}SeriesDate", "0008,0021"),
            (f"{prefix}SeriesTime", "0008,0031"),
        ):
            hierarchy.SetItemAttribute(item, name, value(tag))
        instances = [slicer.dicomDatabase.fileValue(file, "0008,0018") or "Unknown" for file in loadable.files]
        hierarchy.SetItemUID(item, names.GetDICOMInstanceUIDName(), " ".join(instances))
        referenced = " ".join(getattr(loadable, "referencedInstanceUIDs", ()))
        hierarchy.SetItemAttribute(item, names.GetDICOMReferencedInstanceUIDsAttributeName(), referenced)
        study = value("0020,000D")
        patient = value("0010,0020") or f"Patient-{study}"
        slicer.vtkSlicerSubjectHierarchyModuleLogic.InsertDicomSeriesInHierarchy(hierarchy, patient, study, value("0020,000E"))
