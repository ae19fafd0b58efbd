"""DICOM Tutorial Helper: a guided first meeting with DICOM in 3D Slicer. The work is done in DICOMTutorialHelperLib."""

import logging
import os

import slicer
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

try:
    from slicer.i18n import tr as _
    from slicer.i18n import translate
except ImportError:  # up to 5.2 Slicer speaks English

    def _(text):
        return text

    def translate(context, text):
        return text


# The Lib, and pydicom with it, is imported where it is first needed: Slicer's start must not wait for it.


class DICOMTutorialHelper(ScriptedLoadableModule):
    """What Slicer knows of the module."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("DICOM Tutorial Helper")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Training")]
        self.parent.dependencies = ["DICOM", "Volumes", "VolumeRendering", "Sequences", "SampleData"]
        self.parent.contributors = ["DICOMTutorialHelper contributors (DICOMTutorialHelper project)"]
        self.parent.helpText = _("""
Learn DICOM step by step with a torso CT and a breast MRI: a guide follows you through Slicer, explains headers, and loads the
images right the first time. For research and training, not for patient care.
See more information in the
<a href="https://github.com/DICOMTutorialHelper/SlicerDICOMTutorialHelper#readme">module documentation</a>.
""")
        self.parent.acknowledgementText = _("""
After Sonia Pujol, Ph.D., “DICOM et Slicer : un tutoriel” (STC-DICOM-101), Brigham and Women's Hospital, Harvard Medical School.
""")
        slicer.app.connect("startupCompleted()", registerSampleData)


def registerSampleData():
    """Offer the tutorial's data sets in the Sample Data module."""
    try:
        import SampleData
    except ImportError:  # a custom application without the module
        return
    from DICOMTutorialHelperLib.data.published.sample_data import CATEGORY, sample_data_sources

    if hasattr(SampleData.SampleDataLogic, "registerCustomSampleDataCategory"):  # from 5.12
        SampleData.SampleDataLogic.registerCustomSampleDataCategory(CATEGORY, title=_("DICOM Tutorial Helper"))
    for source in sample_data_sources(provideData):
        SampleData.SampleDataLogic.registerCustomSampleDataSource(**source)


def provideData(setName, kind):
    """Get, import, load and show a data set of Sample Data, ``practice`` or ``published``; returns volume nodes."""
    logic = DICOMTutorialHelperLogic()
    return logic.showPracticeData(setName) if kind == "practice" else logic.showPublishedData(setName)


class DICOMTutorialHelperFileReader:
    """Opens the few words that name a data set (``.dicomtutorial``): ``SampleData.downloadSample`` loads files alone."""

    def __init__(self, parent):
        self.parent = parent

    def description(self):
        return _("DICOM tutorial data set")

    def fileType(self):
        return "DICOMTutorialDataSet"

    def extensions(self):
        return [_("DICOM tutorial data set") + " (*.dicomtutorial)"]

    def canLoadFile(self, filePath):
        return str(filePath).lower().endswith(".dicomtutorial")  # 5.0.3 does not lend its own check to Python

    def load(self, properties):
        from DICOMTutorialHelperLib.data.published.sample_data import read_sample

        nodes = provideData(*read_sample(properties["fileName"]))
        self.parent.loadedNodes = [node.GetID() for node in nodes]
        return bool(nodes)


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
    """The Python console's way to everything, one call each; no widget is needed.

    Data sets are named ``torso-ct``, ``breast-mri``, ``breast-mri-sagittal`` and ``examples``; lengths are mm; folders may be
    texts or paths. Errors are exceptions with a reason: WorkspaceError, DataError, UnreadableFile, OSError.

        logic = DICOMTutorialHelperLogic()
        logic.showPracticeData("torso-ct")                      # made, imported, loaded and on the screen
        for row in logic.headerRows("slice.dcm"): print(row.tag, row.name, row.value)
        print(logic.examine("folder/with/dicom"))               # what is in it, and why it is loaded as it is
        print(logic.runTutorial(["welcome", "fair"]))           # {"welcome": True, "fair": True}
    """

    def __init__(self, parent=None):
        ScriptedLoadableModuleLogic.__init__(self, parent)
        self._workspace = None

    @property
    def workspace(self):
        """The application as the tutorial sees it: database, plugins, scene, views (``workspace.interface.Workspace``)."""
        if self._workspace is None:
            from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

            self._workspace = SlicerWorkspace()
        return self._workspace

    def makePracticeData(self, name, folder=None, size="small"):
        """Make a data set of nobody's body; returns its files."""
        from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

        return make_practice_set(name, self._folder(folder), size=size)

    def getPublishedData(self, name, folder=None, source=None):
        """Download a published data set, or take it from ``source``, a ZIP file or folder on disk; returns its files."""
        from DICOMTutorialHelperLib.data.published.fetch import from_disk, from_web

        folder = self._folder(folder)
        return (from_disk(name, source, folder) if source else from_web(name, folder)).files

    def importFolder(self, folder):
        """Import all DICOM files below a folder into Slicer's database, made where there is none; returns what came."""
        if self.workspace.database_folder() is None:
            self.workspace.create_database()
        return self.workspace.import_folder(folder)

    def examine(self, paths, language="en"):
        """What files or folders hold and why: patients > studies > series > candidates with findings, as plain data."""
        from DICOMTutorialHelperLib.dicom.examine import examine_paths
        from DICOMTutorialHelperLib.dicom.serialization import examination_to_dict

        return examination_to_dict(examine_paths([paths] if isinstance(paths, (str, os.PathLike)) else paths), language)

    def offers(self, seriesInstanceUID):
        """What every enabled DICOM plugin offers for a series of the database, the best first."""
        return self.workspace.offers(seriesInstanceUID)

    def loadSeries(self, seriesInstanceUID, plugin=""):
        """Load a series of the database by what is selected, or by the best offer of a plugin; returns volume nodes."""
        return self._nodes(self.workspace.load_series(seriesInstanceUID, plugin))

    def showPracticeData(self, name, folder=None, size="small"):
        """Make, import, load and show a data set, each only where it is not so yet; returns volume nodes."""
        from DICOMTutorialHelperLib.panel.practice import show_practice_set

        jobs, folder = self._jobs(), self._folder(folder)
        return self._nodes(
            jobs.result("", lambda progress: show_practice_set(name, self.workspace, folder, size, jobs, progress))
        )

    def showPublishedData(self, name, folder=None, source=None):
        """Get, import, load and show a published data set; returns volume nodes."""
        from DICOMTutorialHelperLib.panel.practice import show_published_set

        jobs, folder = self._jobs(), self._folder(folder)
        return self._nodes(
            jobs.result("", lambda progress: show_published_set(name, self.workspace, folder, source, jobs, progress))
        )

    def headerRows(self, path, language=None):
        """The header of a file as rows: tag, keyword, name, vr, value, group, personal, explanation."""
        from DICOMTutorialHelperLib.explore.headers import header_rows

        return header_rows(path, language or self.workspace.language())

    def privacyReport(self, path):
        """What identifies a person in a file."""
        from DICOMTutorialHelperLib.explore.privacy import privacy_report

        return privacy_report(path)

    def fairReport(self, paths):
        """What files have and lack under the four words of FAIR."""
        from DICOMTutorialHelperLib.explore.fair import fair_report

        return fair_report(paths)

    def runTutorial(self, steps=None, folder=None, report=None, language=None):
        """Do the tutorial's steps, or all of them, in the application; returns ``{step: done}``.

        ``report`` is where a page of HTML about it is written.
        """
        from DICOMTutorialHelperLib.panel.console_run import run_tutorial

        return run_tutorial(self.workspace, self._folder(folder), steps, report, language)

    def _folder(self, folder):
        from pathlib import Path

        from DICOMTutorialHelperLib.workspace.slicer import settings

        return Path(folder) if folder else settings.data_folder()

    def _jobs(self):
        from DICOMTutorialHelperLib.panel.jobs import Jobs

        return Jobs(slicer.app.processEvents, logging.error, self.workspace.language)

    def _nodes(self, items):
        return [slicer.mrmlScene.GetNodeByID(item.node_id) for item in items]


class DICOMTutorialHelperTest(ScriptedLoadableModuleTest):
    """Runs in Slicer: Reload and Test, or the extension's CTest. ``screenshots`` is a folder for pictures."""

    def runTest(self, screenshots=None):
        self.setUp()
        self.test_DICOMTutorialHelper(screenshots)

    def setUp(self):
        slicer.mrmlScene.Clear(0)

    def test_DICOMTutorialHelper(self, screenshots=None):
        from pathlib import Path

        from DICOMTutorialHelperLib.selftest.self_test import run_self_test

        screenshots = screenshots or os.environ.get("DICOM_TUTORIAL_SCREENSHOTS")
        measured = [Path(folder) for folder in os.environ.get("DICOM_TUTORIAL_MEASURE", "").split(os.pathsep) if folder]
        run_self_test(Path(screenshots) if screenshots else None, measured=measured)
