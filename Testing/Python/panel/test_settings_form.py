"""Settings: shown as they are, in everybody's language; written at once in the tab, as Slicer's page has it on that."""

from __future__ import annotations

import ctk
import pytest
import qt

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.panel.language_names import language_name
from DICOMTutorialHelperLib.panel.settings_form import SettingsForm, add_to_settings_page
from DICOMTutorialHelperLib.tutorial.progress import TutorialProgress
from DICOMTutorialHelperLib.workspace.slicer import settings


class Stored:
    """Slicer's QSettings, as far as they are written."""

    def __init__(self, values):
        self.values = values

    def setValue(self, key, value):
        self.values[key] = value

    def remove(self, key):
        self.values.pop(key, None)


@pytest.fixture
def stored(monkeypatch):
    pytest.importorskip("slicer")
    import application as stand_in

    slicer = stand_in.start(monkeypatch)
    slicer.app.userSettings = lambda: Stored(slicer.settings)
    return slicer.settings


@pytest.fixture
def chosen():
    return []


@pytest.fixture
def part(application, stored, chosen):
    form = SettingsForm("en", lambda: chosen.append(settings.language()))
    form.widget.show()

    def find(name):
        (found,) = [child for child in form.widget.findChildren(qt.QObject) if child.objectName == name]
        return found

    yield find
    form.widget.deleteLater()


def test_what_nobody_set_is_as_the_extension_recommends(part):
    assert part("SettingPreferPlugins").checked
    assert part("SettingFillMissing").checked
    assert part("SettingLanguage").currentIndex == 0
    assert part("SettingPracticeSize").currentIndex == 0


def test_clicks_are_written_at_once(part, stored):
    part("SettingPreferPlugins").click()
    part("SettingFillMissing").click()
    assert settings.prefer_plugins() is False
    assert settings.fill_missing() is False


def test_another_language_is_told(part, chosen):
    box = part("SettingLanguage")
    box.currentIndex = 1 + LANGUAGES.index("pt-BR")
    box.activated.emit(box.currentIndex)
    assert chosen == ["pt-BR"]


@pytest.mark.parametrize(
    ("spoken", "read"), [("fr-FR", "fr"), ("es-419", "es"), ("pt-PT", "pt-BR"), ("en-US", "en"), ("ja-JP", "en")]
)
def test_as_slicer_means_the_language_slicer_speaks_now(part, stored, chosen, spoken, read):
    import slicer

    slicer.app.applicationLocaleName = spoken
    stored[settings.LANGUAGE] = "fr"
    box = part("SettingLanguage")
    box.currentIndex = 0
    box.activated.emit(0)
    assert chosen == [read]


def test_an_old_slicer_speaks_english_on_whatever_computer(stored, monkeypatch):
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    stored["language"] = "fr-FR"  # a setting that up to 5.2 changes nothing
    assert settings.language() == "en"


def test_languages_bear_their_own_names(part):
    box = part("SettingLanguage")
    names = {box.itemData(place): box.itemText(place) for place in range(box.count)}
    assert names["fr"] == "Français" and names["es"] == "Español" and names["pt-BR"] == "Português (Brasil)"
    assert set(names) == {"", *LANGUAGES}


def test_a_language_that_nobody_knows_is_called_by_its_tag(application):
    assert language_name("zxx") == "zxx"
    assert language_name("de") == "Deutsch"


@pytest.fixture
def page(application, stored, monkeypatch):
    """Slicer's settings page, with what was set before."""
    import slicer

    stored.update({settings.PREFER_PLUGINS: False, settings.LANGUAGE: "es"})
    dialog = qt.QDialog()
    made = ctk.ctkSettingsPanel()
    made.setParent(dialog)
    parent = qt.QGroupBox(made)
    add_to_settings_page(made, parent)
    monkeypatch.setattr(slicer.app, "settingsDialog", lambda: dialog)
    made.setSettings(stored)

    def find(name):
        (found,) = [child for child in parent.findChildren(qt.QWidget) if child.objectName == name]
        return found

    made.part = find
    return made


def test_the_page_of_slicers_settings_shows_what_is_set(page):
    assert not page.part("SettingPreferPlugins").checked
    assert page.part("SettingFillMissing").checked
    assert page.part("SettingLanguage").currentUserDataAsString == "es"


def test_cancel_puts_back_what_was_set(page):
    page.part("SettingPreferPlugins").click()
    page.part("SettingLanguage").currentIndex = 0
    assert settings.prefer_plugins() is True and settings.chosen_language() == ""
    page.resetSettings()
    assert settings.prefer_plugins() is False and settings.chosen_language() == "es"


def test_defaults_are_what_the_extension_recommends(page):
    page.part("SettingFillMissing").click()
    page.restoreDefaultSettings()
    assert settings.prefer_plugins() is True and settings.fill_missing() is True
    assert settings.chosen_language() == "" and settings.practice_size() == "small"


def test_what_is_set_in_the_tab_is_not_undone_by_a_cancel_on_the_page(page, part):
    part("SettingFillMissing").click()
    page.resetSettings()
    assert settings.fill_missing() is False
    assert not page.part("SettingFillMissing").checked


def test_progress_is_kept_in_slicers_settings(stored):
    store = settings.SettingsStore()
    store.save("a", TutorialProgress("a", current="fair").to_json())
    assert TutorialProgress.from_json(store.load("a"), "a").current == "fair"
    assert store.load("b") == ""
