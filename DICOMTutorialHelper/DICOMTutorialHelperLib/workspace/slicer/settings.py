"""What a user may set, kept in Slicer's settings; small and quick to import, for the DICOM plugins ask at every examination."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.languages import languages_in, supported_language

LANGUAGE = "DICOMTutorialHelper/language"
PREFER_PLUGINS = "DICOMTutorialHelper/preferPlugins"
FILL_MISSING = "DICOMTutorialHelper/fillMissingSlices"
# The MultiVolumeImporter's: default, sequence or multivolume.
MULTI_VOLUME_FORMAT = "DICOM/PreferredMultiVolumeImportFormat"


def language() -> str:
    """The reader's language: the one set here, else the one Slicer speaks now; also one that only the tutorial at hand speaks."""
    return supported_language(chosen_language() or application_language(), tutorial_languages())


def application_language() -> str:
    """What Slicer speaks, as a locale name: up to 5.2 English, whatever the computer speaks and its settings say."""
    return str(getattr(slicer.app, "applicationLocaleName", "")) or "en"


def tutorial_languages() -> tuple[str, ...]:
    """The languages of the tutorial of one's own that is chosen; none for one of the extension's."""
    folder = tutorial_folder()
    return languages_in(folder) if folder is not None else ()


def chosen_language() -> str:
    """The language set here, "" for Slicer's own."""
    return str(slicer.util.settingsValue(LANGUAGE, "") or "")


def prefer_plugins() -> bool:
    """Whether this extension's plugins are chosen by themselves, or only offered."""
    return slicer.util.settingsValue(PREFER_PLUGINS, True, converter=slicer.util.toBool)


def fill_missing() -> bool:
    """Whether missing slices leave empty layers in a regular volume, or are left out of an irregular one."""
    return slicer.util.settingsValue(FILL_MISSING, True, converter=slicer.util.toBool)


def prefers_multi_volumes() -> bool:
    """Whether the user has the MultiVolumeImporter and set it as the form of series that hold several volumes."""
    importer = "MultiVolumeImporterPlugin" in getattr(slicer.modules, "dicomPlugins", {})
    return importer and slicer.util.settingsValue(MULTI_VOLUME_FORMAT, "default") == "multivolume"


# --- what the panel keeps -------------------------------------------------------------------------------------------------

DOCK_PLACE = "DICOMTutorialHelper/dock"
DATA_FOLDER = "DICOMTutorialHelper/dataFolder"
PRACTICE_SIZE = "DICOMTutorialHelper/practiceSize"
PROGRESS = "DICOMTutorialHelper/progress"
TUTORIAL = "DICOMTutorialHelper/tutorial"
OWN_TUTORIALS = "DICOMTutorialHelper/ownTutorials"
KEPT_STEPS = "DICOMTutorialHelper/keptSteps"


def tutorial_folder() -> Optional[Path]:
    """The tutorial chosen last; None for the extension's first one."""
    return _folder(TUTORIAL)


def own_tutorials() -> Optional[Path]:
    """The folder of one's own that was chosen last: a tutorial, or several."""
    return _folder(OWN_TUTORIALS)


def _folder(key: str) -> Optional[Path]:
    stored = str(slicer.util.settingsValue(key, "") or "")
    return Path(stored) if stored else None


def data_folder() -> Path:
    """Where data sets lie: the folder chosen last, else ``SlicerData`` in the user's home, as the tutorial says."""
    chosen = slicer.util.settingsValue(DATA_FOLDER, "")
    return Path(chosen) if chosen else Path.home() / "SlicerData"


def kept_steps_folder() -> Optional[Path]:
    """Where pictures of done steps lie for the hand-in: beside Slicer's settings unless set; None where nobody knows."""
    settings_file = str(getattr(slicer.app, "slicerUserSettingsFilePath", "") or "")
    beside = Path(settings_file).parent / "DICOMTutorialHelper" if settings_file else None
    return _folder(KEPT_STEPS) or beside


def practice_size() -> str:
    """``small`` (seconds to make) or ``full`` (as many slices as the published images)."""
    return "full" if slicer.util.settingsValue(PRACTICE_SIZE, "small") == "full" else "small"


def dock_place() -> str:
    return str(slicer.util.settingsValue(DOCK_PLACE, "") or "")


def write(key: str, value: object) -> None:
    """Keep a value of one of the keys above; None forgets it."""
    stored = slicer.app.userSettings()
    if value is None:
        stored.remove(key)
    else:
        stored.setValue(key, value)


class SettingsStore:
    """Keeps the progress of tutorials in Slicer's settings (a ``ProgressStore``)."""

    def load(self, tutorial_id: str) -> str:
        return str(slicer.util.settingsValue(f"{PROGRESS}/{tutorial_id}", "") or "")

    def save(self, tutorial_id: str, text: str) -> None:
        write(f"{PROGRESS}/{tutorial_id}", text)
