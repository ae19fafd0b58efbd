"""A MRML scene without the application, with the logics that loading and viewing rely on."""

from __future__ import annotations

import slicer


class HeadlessScene:
    """A scene and its application logic: default colours, sequences that follow their browsers, a subject hierarchy."""

    def __init__(self) -> None:
        self.scene = slicer.vtkMRMLScene()
        self.application_logic = slicer.vtkSlicerApplicationLogic()
        self.application_logic.SetMRMLScene(self.scene)
        # Display nodes refer to colours by ID: this logic keeps the default ones in the scene, also after closing it.
        self.color_logic = self._add_logic("Colors", slicer.vtkMRMLColorLogic())
        self.volumes_logic = self._add_logic("Volumes", slicer.vtkSlicerVolumesLogic())
        self.sequences_logic = self._add_logic("Sequences", slicer.vtkSlicerSequencesLogic())
        self.subject_hierarchy_logic = self._add_logic("SubjectHierarchy", slicer.vtkSlicerSubjectHierarchyModuleLogic())
        self._add_subject_hierarchy()

    def close(self) -> None:
        """Remove everything that was loaded or made; what every scene has is there again."""
        self.scene.Clear(False)
        self._add_subject_hierarchy()

    def _add_subject_hierarchy(self) -> None:
        slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(self.scene)

    def _add_logic(self, name: str, logic):
        logic.SetMRMLApplicationLogic(self.application_logic)
        logic.SetMRMLScene(self.scene)
        self.application_logic.SetModuleLogic(name, logic)
        return logic
