"""Settings: shown as they are, written at once, in everybody's language."""

from __future__ import annotations

import pytest
import qt

from DICOMTutorialHelperLib.languages import LANGUAGES
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


def test_as_slicer_means_slicers_own_language(part, stored, chosen):
    stored["language"] = "es_ES"
    stored[settings.LANGUAGE] = "fr"
    box = part("SettingLanguage")
    box.currentIndex = 0
    box.activated.emit(0)
    assert chosen == ["es"]


def test_the_page_of_slicers_settings_shows_the_same_form(application, stored):
    stored[settings.PREFER_PLUGINS] = False
    parent = qt.QGroupBox()
    add_to_settings_page(parent)
    (box,) = [one for one in parent.findChildren(qt.QCheckBox) if one.objectName == "SettingPreferPlugins"]
    assert not box.checked
    box.click()
    assert settings.prefer_plugins() is True


def test_progress_is_kept_in_slicers_settings(stored):
    store = settings.SettingsStore()
    store.save("a", TutorialProgress("a", current="fair").to_json())
    assert TutorialProgress.from_json(store.load("a"), "a").current == "fair"
    assert store.load("b") == ""
