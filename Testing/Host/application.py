"""What the application adds to the slicer package (app, mrmlScene, modules, settings), on slicer-core, while a test runs."""

from __future__ import annotations

from types import SimpleNamespace

import slicer

from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


def start(monkeypatch, settings=None) -> SimpleNamespace:
    """Give the slicer package what the application adds to it; undone with ``monkeypatch``. Returns scene, settings and modules.

    ``settings`` is the dict that stands for Slicer's QSettings; values are kept as they are.
    """
    headless = HeadlessScene()
    stored = {} if settings is None else settings

    def settings_value(key, default, converter=None, settings=None):
        value = stored.get(key, default)
        return converter(value) if converter and key in stored else value

    modules = SimpleNamespace()
    app = SimpleNamespace(applicationLogic=lambda: headless.application_logic)
    monkeypatch.setattr(slicer, "mrmlScene", headless.scene, raising=False)
    monkeypatch.setattr(slicer, "modules", modules, raising=False)
    monkeypatch.setattr(slicer, "app", app, raising=False)
    monkeypatch.setattr(slicer.util, "settingsValue", settings_value)
    monkeypatch.setattr(slicer.util, "toBool", lambda value: str(value).lower() in ("true", "1"))
    return SimpleNamespace(scene=headless.scene, headless=headless, settings=stored, modules=modules, app=app)
