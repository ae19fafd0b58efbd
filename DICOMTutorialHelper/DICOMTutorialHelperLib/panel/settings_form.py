"""What a user may set, as a form: in the module's own tab and on Slicer's DICOM settings page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.widgets import ClickOnLabel, choice_box, text_label
from DICOMTutorialHelperLib.workspace.slicer import settings

# In their own words, so that everybody finds theirs.
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español", "pt-BR": "Português (Brasil)"}


class SettingsForm:
    """``widget`` shows and writes the settings at once. ``on_language`` is told when another language was chosen."""

    def __init__(self, language: str, on_language: Callable[[], None] = lambda: None) -> None:
        self._on_language = on_language
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self._prefer = _Choice("SettingPreferPlugins")
        self._fill = _Choice("SettingFillMissing")
        self._language_label = text_label()
        self._languages = choice_box("SettingLanguage")
        self._size_label = text_label()
        self._sizes = choice_box("SettingPracticeSize")
        for widget in (
            self._language_label, self._languages, self._size_label, self._sizes,
            self._prefer.widget, self._fill.widget,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self.set_language(language)
        self.refresh()
        self._prefer.box.toggled.connect(lambda on: settings.write(settings.PREFER_PLUGINS, bool(on)))
        self._fill.box.toggled.connect(lambda on: settings.write(settings.FILL_MISSING, bool(on)))
        self._languages.activated.connect(self._choose_language)
        self._sizes.activated.connect(lambda place: settings.write(settings.PRACTICE_SIZE, ("small", "full")[place]))

    def enter(self) -> None:
        """Show what is set now: there is another such form on Slicer's settings page."""
        self.refresh()

    def refresh(self) -> None:
        self._prefer.box.checked = settings.prefer_plugins()
        self._fill.box.checked = settings.fill_missing()
        self._sizes.currentIndex = ("small", "full").index(settings.practice_size())
        chosen = settings.chosen_language()
        there = _languages()
        self._languages.currentIndex = 1 + there.index(chosen) if chosen in there else 0

    def set_language(self, language: str) -> None:
        self._prefer.message(message("settings.prefer", language), message("settings.prefer.tip", language))
        self._fill.message(message("settings.fill", language), message("settings.fill.tip", language))
        self._language_label.text = message("settings.language", language)
        self._size_label.text = message("settings.size", language)
        _refill(self._languages, [message("settings.language.slicer", language), *(_language_name(one) for one in _languages())])
        _refill(self._sizes, [message("settings.size.small", language), message("settings.size.full", language)])
        self._languages.toolTip = self._languages.accessibleName = message("settings.language", language)
        self._sizes.toolTip = self._sizes.accessibleName = message("settings.size", language)

    def _choose_language(self, place: int) -> None:
        settings.write(settings.LANGUAGE, _languages()[place - 1] if place > 0 else "")
        self._on_language()


def _languages() -> tuple[str, ...]:
    """The extension's own, and those of a tutorial of one's own."""
    return (*LANGUAGES, *(one for one in settings.tutorial_languages() if one not in LANGUAGES))


def _language_name(language: str) -> str:
    return LANGUAGE_NAMES.get(language) or qt.QLocale(language).nativeLanguageName() or language


class _Choice:
    """A check box with words that wrap, and a sentence about what it does."""

    def __init__(self, name: str) -> None:
        self.widget = qt.QWidget()
        row = qt.QGridLayout(self.widget)
        row.setContentsMargins(0, 6, 0, 0)
        row.setColumnStretch(1, 1)
        self.box = qt.QCheckBox()
        self.box.objectName = name
        self._label, self._about = text_label(), text_label()
        self._label.textInteractionFlags = qt.Qt.NoTextInteraction
        self._filter = ClickOnLabel(self._label, self._label, self.box.click)
        row.addWidget(self.box, 0, 0, qt.Qt.AlignTop)
        row.addWidget(self._label, 0, 1)
        row.addWidget(self._about, 1, 1)

    def message(self, label: str, about: str) -> None:
        self._label.text, self._about.text = label, about
        self.box.accessibleName, self.box.toolTip = label, about


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
