"""DICOM Tutorial Helper: a guided first meeting with DICOM in 3D Slicer. The work is done in DICOMTutorialHelperLib."""

from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

# The Lib, and pydicom with it, is imported where it is first needed: Slicer's start must not wait for it.


class DICOMTutorialHelper(ScriptedLoadableModule):
    """What Slicer knows of the module."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = "DICOM Tutorial Helper"
        self.parent.categories = ["Training"]
        self.parent.dependencies = []
        self.parent.contributors = ["the DICOMTutorialHelper contributors"]
        self.parent.helpText = (
            "Learn DICOM step by step with a torso CT and a breast MRI: a guide follows you through Slicer, explains headers,"
            " and loads the images right the first time. For research and training, not for patient care."
        )
        self.parent.acknowledgementText = (
            "After Sonia Pujol, Ph.D., “DICOM et Slicer : un tutoriel” (STC-DICOM-101),"
            " Brigham and Women's Hospital, Harvard Medical School."
        )


class DICOMTutorialHelperWidget(ScriptedLoadableModuleWidget):
    """The module panel; everything in it is made by ``panel.module_panel``."""

    panel = None

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        from DICOMTutorialHelperLib.panel.module_panel import ModulePanel

        self.panel = ModulePanel(self.layout)

    def enter(self):
        if self.panel:
            self.panel.enter()

    def exit(self):
        if self.panel:
            self.panel.exit()

    def cleanup(self):
        if self.panel:
            self.panel.close()
            self.panel = None


class DICOMTutorialHelperLogic(ScriptedLoadableModuleLogic):
    """The Python console's way to everything."""


class DICOMTutorialHelperTest(ScriptedLoadableModuleTest):
    """Runs in Slicer: Reload and Test, or the extension's CTest."""
