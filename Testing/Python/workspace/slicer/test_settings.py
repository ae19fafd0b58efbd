"""Settings that outlive a start."""

from __future__ import annotations

from pathlib import Path

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


class TestSettings:
    @pytest.fixture
    def settings(self, application, monkeypatch):
        import application as stand_in

        started = stand_in.start(monkeypatch)
        from DICOMTutorialHelperLib.workspace.slicer import settings

        settings.started = started
        return settings

    def test_what_was_never_set_has_its_default(self, settings, monkeypatch):
        assert settings.prefer_plugins() is True and settings.fill_missing() is True and settings.practice_size() == "small"
        assert settings.chosen_language() == "" and settings.dock_place() == "" and settings.tutorial_folder() is None
        assert settings.own_tutorials() is None and settings.tutorial_languages() == ()
        assert settings.data_folder() == Path.home() / "SlicerData" and settings.kept_steps_folder() is None
        assert settings.application_language() == "en" and settings.language() == "en"
        assert settings.SettingsStore().load("x") == ""

    def test_what_was_set_is_kept_and_forgotten(self, settings, tmp_path):
        for key, value in (
            (settings.PREFER_PLUGINS, False), (settings.FILL_MISSING, "0"), (settings.PRACTICE_SIZE, "full"),
            (settings.LANGUAGE, "fr"),
            (settings.DOCK_PLACE, "left"), (settings.TUTORIAL, str(tmp_path)), (settings.OWN_TUTORIALS, str(tmp_path)),
            (settings.DATA_FOLDER, "/data"), (settings.KEPT_STEPS, "/kept"),
        ):  # fmt: skip
            settings.write(key, value)
        assert settings.prefer_plugins() is False and settings.fill_missing() is False and settings.practice_size() == "full"
        assert settings.chosen_language() == "fr" == settings.language() and settings.dock_place() == "left"
        assert settings.tutorial_folder() == tmp_path == settings.own_tutorials()
        assert settings.data_folder() == Path("/data") and settings.kept_steps_folder() == Path("/kept")
        settings.write(settings.LANGUAGE, None)
        assert settings.chosen_language() == "" and settings.LANGUAGE not in settings.started.settings
        settings.SettingsStore().save("x", "text")
        assert settings.SettingsStore().load("x") == "text" and settings.SettingsStore().load("y") == ""

    def test_a_language_of_one_s_own_tutorial_is_spoken(self, settings, tmp_path):
        (tmp_path / "de.json").write_text("{}", encoding="utf-8")
        settings.write(settings.LANGUAGE, "de")
        assert settings.language() == "en"
        settings.write(settings.TUTORIAL, str(tmp_path))
        assert settings.language() == "de" and settings.tutorial_languages() == ("de",)

    def test_slicer_s_own_language_and_place_count(self, settings):
        settings.started.app.applicationLocaleName = "fr_FR"
        settings.started.app.slicerUserSettingsFilePath = "/home/rita/Slicer.ini"
        assert settings.application_language() == "fr_FR" and settings.language() == "fr"
        assert settings.kept_steps_folder() == Path("/home/rita/DICOMTutorialHelper")

    @pytest.mark.parametrize(
        ("installed", "format", "prefers"),
        [(True, "multivolume", True), (True, "sequence", False), (True, None, False), (False, "multivolume", False)],
    )
    def test_multi_volumes_are_preferred_where_they_were_chosen_and_can_be_read(self, settings, installed, format, prefers):
        settings.started.modules.dicomPlugins = {"MultiVolumeImporterPlugin": object} if installed else {}
        if format:
            settings.write(settings.MULTI_VOLUME_FORMAT, format)
        assert settings.prefers_multi_volumes() is prefers
