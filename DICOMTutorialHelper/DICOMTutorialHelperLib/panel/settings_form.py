"""What a user may set, as a form: in the module's own tab and on Slicer's DICOM settings page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.panel import settings
from DICOMTutorialHelperLib.panel.reading import text_label
from DICOMTutorialHelperLib.panel.sentences import say

# In their own words, so that everybody finds theirs.
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español", "pt-BR": "Português (Brasil)"}


class SettingsForm:
    """``widget`` shows and writes the settings at once. ``on_language`` is told when another language was chosen."""

    def __init__(self, language: str, on_language: Callable[[], None] = lambda: None) -> None:
        self._on_language = on_language
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self._prefer = qt.QCheckBox()
        self._prefer.objectName = "SettingPreferPlugins"
        self._prefer_text = text_label()
        self._fill = qt.QCheckBox()
        self._fill.objectName = "SettingFillMissing"
        self._fill_text = text_label()
        self._language_label = text_label()
        self._languages = qt.QComboBox()
        self._languages.objectName = "SettingLanguage"
        self._size_label = text_label()
        self._sizes = qt.QComboBox()
        self._sizes.objectName = "SettingPracticeSize"
        for widget in (
            self._language_label, self._languages, self._size_label, self._sizes,
            self._prefer, self._prefer_text, self._fill, self._fill_text,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self.set_language(language)
        self.refresh()
        self._prefer.toggled.connect(lambda on: settings.write(settings.PREFER_PLUGINS, bool(on)))
        self._fill.toggled.connect(lambda on: settings.write(settings.FILL_MISSING, bool(on)))
        self._languages.activated.connect(self._choose_language)
        self._sizes.activated.connect(lambda place: settings.write(settings.PRACTICE_SIZE, ("small", "full")[place]))

    def refresh(self) -> None:
        """Show what is set now."""
        self._prefer.checked = settings.prefer_plugins()
        self._fill.checked = settings.fill_missing()
        self._sizes.currentIndex = ("small", "full").index(settings.practice_size())
        chosen = settings.chosen_language()
        self._languages.currentIndex = 1 + LANGUAGES.index(chosen) if chosen in LANGUAGES else 0

    def set_language(self, language: str) -> None:
        self._prefer.text = say("settings.prefer", language)
        self._prefer_text.text = say("settings.prefer.tip", language)
        self._fill.text = say("settings.fill", language)
        self._fill_text.text = say("settings.fill.tip", language)
        self._language_label.text = say("settings.language", language)
        self._size_label.text = say("settings.size", language)
        for box, text in ((self._prefer, self._prefer_text), (self._fill, self._fill_text)):
            box.toolTip = text.text
        _refill(self._languages, [say("settings.language.slicer", language), *(LANGUAGE_NAMES[one] for one in LANGUAGES)])
        _refill(self._sizes, [say("settings.size.small", language), say("settings.size.full", language)])
        self._languages.toolTip = self._languages.accessibleName = say("settings.language", language)
        self._sizes.toolTip = self._sizes.accessibleName = say("settings.size", language)

    def _choose_language(self, place: int) -> None:
        settings.write(settings.LANGUAGE, LANGUAGES[place - 1] if place > 0 else "")
        self._on_language()


def _refill(box: Any, words: list[str]) -> None:
    """Other words, the same choice."""
    place = max(box.currentIndex, 0)
    box.clear()
    box.addItems(words)
    box.currentIndex = place


def add_to_settings_page(parent: Any) -> None:
    """Fill the box that Slicer's DICOM settings page gives a plugin (``settingsPanelEntry``)."""
    layout = qt.QVBoxLayout(parent)
    layout.addWidget(SettingsForm(settings.language()).widget)
