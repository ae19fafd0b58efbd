"""What the plugins use of Slicer's DICOMLib, faithful to DICOMPlugin.py and DICOMUtils.py of 5.0.3 to 5.12."""

from __future__ import annotations

import hashlib

import slicer


class DICOMLoadable:
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
        self.tags = {}

    def hashFiles(self, files):
        digest = hashlib.md5()
        for file in files:
            digest.update(file.encode("UTF-8", "ignore"))
        return digest.digest()

    def getCachedLoadables(self, files):
        return self.loadableCache.get(self.hashFiles(files))

    def cacheLoadables(self, files, loadables):
        self.loadableCache[self.hashFiles(files)] = loadables

    def examine(self, fileLists):
        return self.examineForImport(fileLists)

    def addSeriesInSubjectHierarchy(self, loadable, dataNode):
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        hierarchy.CreateItem(hierarchy.GetSceneItemID(), dataNode)


def getLoadablesFromFileLists(fileLists, plugins):
    """DICOMUtils.getLoadablesFromFileLists: an empty answer makes it ask ``examine`` as well."""
    loadables = {}
    for plugin in plugins:
        loadables[plugin] = plugin.examineForImport(fileLists) or plugin.examine(fileLists)
    return loadables


def selectHighestConfidenceLoadables(loadablesByPlugin, seriesOfFile):
    """DICOMUtils.selectHighestConfidenceLoadables: of a series, every loadable that ties for the highest confidence."""
    bySeries = {}
    for loadables in loadablesByPlugin.values():
        for loadable in loadables:
            bySeries.setdefault(seriesOfFile(loadable.files[0]), []).append(loadable)
    for loadables in bySeries.values():
        best = max(loadable.confidence for loadable in loadables)
        for loadable in loadables:
            loadable.selected = loadable.confidence == best
