"""DICOM plugin: series that hold several volumes of one region: in time, by echo, by diffusion, by phase."""

import slicer
from DICOMLib import DICOMLoadable, DICOMPlugin

try:
    from slicer.i18n import tr as _
    from slicer.i18n import translate
except ImportError:  # up to 5.2 Slicer speaks English

    def _(text):
        return text

    def translate(context, text):
        return text


class DICOMTutorialSequencePluginClass(DICOMPlugin):
    """Offers the sequences that examination finds; decides nothing itself. The library is imported where it is first needed."""

    def __init__(self):
        super().__init__()
        self.loadType = _("Tutorial Sequence")

    def examineForImport(self, fileLists):
        """Return DICOMLoadables of the sequences in lists of files, a list a series. Never raises."""
        from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE
        from DICOMTutorialHelperLib.scene.dicom_plugin import examine_for_import
        from DICOMTutorialHelperLib.workspace.slicer import settings
        from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations

        return examine_for_import(
            self,
            shared_examinations(),
            SEQUENCE,
            fileLists,
            DICOMLoadable,
            settings.language(),
            settings.prefer_plugins(),
            settings.fill_missing(),
            settings.prefers_multi_volumes(),
        )

    def load(self, loadable):
        """Load what a loadable of this plugin stands for. Return False, with the reason in the log, where that fails."""
        from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE
        from DICOMTutorialHelperLib.scene.dicom_plugin import load
        from DICOMTutorialHelperLib.workspace.slicer import settings
        from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations

        return load(self, shared_examinations(), SEQUENCE, loadable, settings.fill_missing())


class DICOMTutorialSequencePlugin:
    """The hidden module through which Slicer discovers the plugin."""

    def __init__(self, parent):
        parent.title = _("DICOM Tutorial Sequence Plugin")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Developer Tools.DICOM Plugins")]
        parent.dependencies = ["DICOM"]
        parent.contributors = ["DICOMTutorialHelper contributors (DICOMTutorialHelper project)"]
        parent.helpText = _("Examines and loads series of several volumes as sequences. Used through the DICOM module.")
        parent.acknowledgementText = _("Part of DICOMTutorialHelper, which follows the tutorial by Sonia Pujol, Ph.D.")
        parent.hidden = True

        if not hasattr(slicer.modules, "dicomPlugins"):
            slicer.modules.dicomPlugins = {}
        slicer.modules.dicomPlugins["DICOMTutorialSequencePlugin"] = DICOMTutorialSequencePluginClass
