"""DICOMUtils.py of Slicer, as much as is called; where 5.0.3 and 5.10.0 differ, 5.10.0."""

from __future__ import annotations

import logging
import traceback

import slicer
import vtk


def getLoadablesFromFileLists(fileLists, pluginClassNames, messages=None, progressCallback=None, pluginInstances=None):
    """({plugin: loadables}, whether there are any). An empty answer makes it ask ``examine`` as well; a failure is logged."""
    loadablesByPlugin, loadEnabled = {}, False
    if not isinstance(fileLists, list) or not fileLists or type(fileLists[0]) not in (tuple, list):
        logging.error("File lists must contain a non-empty list of tuples/lists")
        return loadablesByPlugin, loadEnabled
    pluginInstances = {} if pluginInstances is None else pluginInstances
    for step, name in enumerate(pluginClassNames):
        if name not in pluginInstances:
            pluginInstances[name] = slicer.modules.dicomPlugins[name]()
        plugin = pluginInstances[name]
        if progressCallback and progressCallback(name, step * 100 / len(pluginClassNames)):
            break
        try:
            loadablesByPlugin[plugin] = plugin.examineForImport(fileLists)
            if not loadablesByPlugin[plugin]:
                loadablesByPlugin[plugin] = plugin.examine(fileLists)
            loadEnabled = loadEnabled or loadablesByPlugin[plugin] != []
        except Exception as error:
            traceback.print_exc()
            logging.error(f"DICOM Plugin failed: {error}")
            if messages:
                messages.append(f"Plugin failed: {name}.")
    return loadablesByPlugin, loadEnabled


def selectHighestConfidenceLoadables(loadablesByPlugin):
    """Of a series, every loadable that ties for the highest confidence is selected, whatever the plugins selected."""
    bySeries = {}
    for loadables in loadablesByPlugin.values():
        for loadable in loadables:
            bySeries.setdefault(slicer.dicomDatabase.fileValue(loadable.files[0], "0020,000E"), []).append(loadable)
    for loadables in bySeries.values():
        highest = max(-1, *(loadable.confidence for loadable in loadables))
        for loadable in loadables:
            loadable.selected = loadable.confidence == highest


def loadLoadables(loadablesByPlugin, messages=None, progressCallback=None):
    """Load what is selected; returns the IDs of all nodes that came meanwhile, storage and display nodes aside."""
    selected = {one: plugin for plugin, loadables in loadablesByPlugin.items() for one in loadables if one.selected}
    loadedNodeIDs = []

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def onNodeAdded(caller, event, node):
        if not isinstance(node, (slicer.vtkMRMLStorageNode, slicer.vtkMRMLDisplayNode)):
            loadedNodeIDs.append(node.GetID())

    tag = slicer.mrmlScene.AddObserver(slicer.vtkMRMLScene.NodeAddedEvent, onNodeAdded)
    for step, (loadable, plugin) in enumerate(selected.items(), start=1):
        if progressCallback and progressCallback(loadable.name, step * 100 / len(selected)):
            break
        try:
            loaded = plugin.load(loadable)
        except BaseException:
            loaded = None
            logging.error(f"DICOM plugin failed to load '{loadable.name}' as a '{plugin.loadType}'.\n{traceback.format_exc()}")
        if not loaded and messages is not None:
            messages.append(f"Could not load: {loadable.name} as a {plugin.loadType}")
        loadable.loadSuccess = bool(loaded)
        for derived in getattr(loadable, "derivedItems", ()):
            slicer.dicomDatabase.insert([derived])
    slicer.mrmlScene.RemoveObserver(tag)
    return loadedNodeIDs


def openTemporaryDatabase(directory):
    original = slicer.dicomDatabase.databaseDirectory
    slicer.dicomDatabase.openDatabase(f"{directory}/ctkDICOM.sql")
    slicer.dicomDatabase.initializeDatabase()
    return original


def closeTemporaryDatabase(originalDatabaseDir, cleanup=True):
    slicer.dicomDatabase.initializeDatabase()
    slicer.dicomDatabase.closeDatabase()
    if originalDatabaseDir is not None:
        slicer.dicomDatabase.openDatabase(f"{originalDatabaseDir}/ctkDICOM.sql")
    return True
