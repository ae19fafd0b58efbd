"""What a user may set, kept in Slicer's settings; small and quick to import, for the DICOM plugins ask at every examination."""

from __future__ import annotations

import slicer

from DICOMTutorialHelperLib.languages import supported_language

LANGUAGE = "DICOMTutorialHelper/language"
PREFER_PLUGINS = "DICOMTutorialHelper/preferPlugins"
FILL_MISSING = "DICOMTutorialHelper/fillMissingSlices"


def language() -> str:
    """The reader's language: the one set here, else Slicer's own."""
    chosen = slicer.util.settingsValue(LANGUAGE, "")
    return supported_language(chosen or slicer.util.settingsValue("language", "") or None)


def prefer_plugins() -> bool:
    """Whether this extension's plugins are chosen by themselves, or only offered."""
    return slicer.util.settingsValue(PREFER_PLUGINS, True, converter=slicer.util.toBool)


def fill_missing() -> bool:
    """Whether missing slices leave empty layers in a regular volume, or are left out of an irregular one."""
    return slicer.util.settingsValue(FILL_MISSING, True, converter=slicer.util.toBool)
