"""What a user may set, as a form: in the module's own tab, written at once, and on the DICOM page of Slicer's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Optional, Union

import ctk
import qt
import slicer

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.language_names import language_name
from DICOMTutorialHelperLib.panel.widgets import ClickOnLabel, choice_box, text_label
from DICOMTutorialHelperLib.workspace.slicer import settings

SIZES = ("small", "full")
FORM_ON_PAGE = "DICOMTutorialHelperSettings"  # the form's name on the page of Slicer's settings


class Setting(NamedTuple):
    """A setting and the widget that shows it, by a property and the signal of its change, as ctkSettingsPanel wants them."""

    key: str
    widget: qt.QWidget
    prop: str
    signal: str


class SettingsForm:
    """``widget`` shows the settings. ``on_language`` is told when another language was chosen.

    Made for a tab, it shows what is set and writes at once. Made for a page of Slicer's settings (``for_page``), it shows what is
    recommended: the page puts in what is set, and writes, restores and takes back itself.
    """

    def __init__(self, language: str, on_language: Callable[[], None] = lambda: None, for_page: bool = False) -> None:
        self._on_language = on_language
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self._prefer = _Choice("SettingPreferPlugins")
        self._fill = _Choice("SettingFillMissing")
        self._language_label = text_label()
        self._languages = choice_box("SettingLanguage", ctk.ctkComboBox)
        self._languages.addItem("", "")
        self._list_languages()
        self._size_label = text_label()
        self._sizes = choice_box("SettingPracticeSize", ctk.ctkComboBox)
        for size in SIZES:
            self._sizes.addItem("", size)
        for widget in (
            self._language_label, self._languages, self._size_label, self._sizes,
            self._prefer.widget, self._fill.widget,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self._prefer.box.checked = self._fill.box.checked = True
        self.set_language(language)
        if not for_page:
            self.refresh()
            self._prefer.box.toggled.connect(lambda on: self._write(settings.PREFER_PLUGINS, bool(on)))
            self._fill.box.toggled.connect(lambda on: self._write(settings.FILL_MISSING, bool(on)))
            self._languages.activated.connect(self._choose_language)
            self._sizes.activated.connect(lambda _: self._write(settings.PRACTICE_SIZE, self._sizes.currentUserDataAsString))

    def settings(self) -> tuple[Setting, ...]:
        return (
            Setting(settings.LANGUAGE, self._languages, "currentUserDataAsString", "currentIndexChanged(int)"),
            Setting(settings.PRACTICE_SIZE, self._sizes, "currentUserDataAsString", "currentIndexChanged(int)"),
            Setting(settings.PREFER_PLUGINS, self._prefer.box, "checked", "toggled(bool)"),
            Setting(settings.FILL_MISSING, self._fill.box, "checked", "toggled(bool)"),
        )

    def enter(self) -> None:
        """Show what is set now: there is another such form on Slicer's settings page, and tutorials bring languages."""
        self.refresh()

    def exit(self) -> None:
        """Nothing is followed."""

    def refresh(self) -> None:
        self._prefer.box.checked = settings.prefer_plugins()
        self._fill.box.checked = settings.fill_missing()
        self._sizes.currentIndex = SIZES.index(settings.practice_size())
        chosen = settings.chosen_language()
        self._list_languages()
        self._languages.currentIndex = 1 + _languages().index(chosen) if chosen in _languages() else 0

    def _list_languages(self) -> None:
        """A tutorial of one's own may speak others than the one before."""
        while self._languages.count > 1:
            self._languages.removeItem(1)
        for tag in _languages():
            self._languages.addItem(language_name(tag), tag)

    def set_language(self, language: str) -> None:
        self._prefer.message(message("settings.prefer", language), message("settings.prefer.tip", language))
        self._fill.message(message("settings.fill", language), message("settings.fill.tip", language))
        self._language_label.text = message("settings.language", language)
        self._size_label.text = message("settings.size", language)
        self._languages.setItemText(0, message("settings.language.slicer", language))
        for place, size in enumerate(SIZES):
            self._sizes.setItemText(place, message(f"settings.size.{size}", language))
        self._languages.toolTip = self._languages.accessibleName = message("settings.language", language)
        self._sizes.toolTip = self._sizes.accessibleName = message("settings.size", language)

    def _choose_language(self, _place: int) -> None:
        self._write(settings.LANGUAGE, self._languages.currentUserDataAsString)
        self._on_language()

    def _write(self, key: str, value: Union[str, bool]) -> None:
        settings.write(key, value)
        page = _settings_page()
        if page is not None:
            page.reloadSettings()  # else its Cancel would put back what it showed before


def _settings_page() -> Optional[ctk.ctkSettingsPanel]:
    """The page of Slicer's settings dialog that shows the form; None where there is no such page (yet)."""
    widget = slicer.app.settingsDialog().findChild(qt.QWidget, FORM_ON_PAGE)
    while widget is not None and not hasattr(widget, "reloadSettings"):
        widget = widget.parentWidget()
    return widget


def _languages() -> tuple[str, ...]:
    """The extension's own, and those of a tutorial of one's own."""
    return (*LANGUAGES, *(one for one in settings.tutorial_languages() if one not in LANGUAGES))


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


def add_to_settings_page(page: ctk.ctkSettingsPanel, parent: qt.QWidget) -> None:
    """Fill the box ``parent`` that Slicer's DICOM settings page gives a plugin (``settingsPanelEntry``)."""
    layout = qt.QVBoxLayout(parent)
    form = SettingsForm(settings.language(), for_page=True)
    form.widget.objectName = FORM_ON_PAGE
    layout.addWidget(form.widget)
    for setting in form.settings():
        page.registerProperty(setting.key, setting.widget, setting.prop, str(qt.SIGNAL(setting.signal)))
