"""DICOM plugin: series that hold one volume, or several side by side."""

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


class DICOMTutorialVolumePluginClass(DICOMPlugin):
    """Offers the volumes that examination finds; decides nothing itself. The library is imported where it is first needed."""

    def __init__(self):
        super().__init__()
        self.loadType = _("Tutorial Volume")

    @staticmethod
    def settingsPanelEntry(panel, parent):
        """Fill this plugin's box on Slicer's DICOM settings page, a ctkSettingsPanel."""
        from DICOMTutorialHelperLib.panel.settings_form import add_to_settings_page

        add_to_settings_page(panel, parent)

    def examineForImport(self, fileLists):
        """Return DICOMLoadables of the volumes in lists of files, a list a series. Never raises."""
        from DICOMTutorialHelperLib.dicom.candidate import VOLUME
        from DICOMTutorialHelperLib.scene.dicom_plugin import examine_for_import
        from DICOMTutorialHelperLib.workspace.slicer import settings
        from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations

        return examine_for_import(
            self,
            shared_examinations(),
            VOLUME,
            fileLists,
            DICOMLoadable,
            settings.language(),
            settings.prefer_plugins(),
            settings.fill_missing(),
        )

    def load(self, loadable):
        """Load what a loadable of this plugin stands for. Return False, with the reason in the log, where that fails."""
        from DICOMTutorialHelperLib.dicom.candidate import VOLUME
        from DICOMTutorialHelperLib.scene.dicom_plugin import load
        from DICOMTutorialHelperLib.workspace.slicer import settings
        from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations

        return load(self, shared_examinations(), VOLUME, loadable, settings.fill_missing())


class DICOMTutorialVolumePlugin:
    """The hidden module through which Slicer discovers the plugin."""

    def __init__(self, parent):
        parent.title = _("DICOM Tutorial Volume Plugin")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Developer Tools.DICOM Plugins")]
        parent.dependencies = ["DICOM"]
        parent.contributors = ["DICOMTutorialHelper contributors (DICOMTutorialHelper project)"]
        parent.helpText = _("Examines and loads CT, MR and other volumes. Used through the DICOM module.")
        parent.acknowledgementText = _("Part of DICOMTutorialHelper, which follows the tutorial by Sonia Pujol, Ph.D.")
        parent.hidden = True

        if not hasattr(slicer.modules, "dicomPlugins"):
            slicer.modules.dicomPlugins = {}
        slicer.modules.dicomPlugins["DICOMTutorialVolumePlugin"] = DICOMTutorialVolumePluginClass
