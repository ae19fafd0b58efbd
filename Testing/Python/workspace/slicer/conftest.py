"""The application, as far as it can be had without one: Testing/Host."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


@pytest.fixture(scope="module")
def module_monkeypatch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def host(application, module_monkeypatch, tmp_path_factory):
    """A whole stand-in application with this extension's two plugins; settings lie in a folder of their own."""
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    pytest.importorskip("trame_slicer", reason="trame-slicer, which brings Slicer's presets, is not installed")
    import application as stand_in
    import qt

    module_monkeypatch.setattr(qt.QSettings, "file", str(tmp_path_factory.mktemp("settings") / "settings.ini"))
    started = stand_in.start_with_views(module_monkeypatch, qt)
    import DICOMTutorialSequencePlugin
    import DICOMTutorialVolumePlugin

    for module in (DICOMTutorialVolumePlugin, DICOMTutorialSequencePlugin):
        getattr(module, module.__name__)(SimpleNamespace())
    yield started
    started.views.close()


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    folder = tmp_path_factory.mktemp("practice")
    for name in ("torso-ct", "breast-mri"):
        make_practice_set(name, folder)
    return folder


@pytest.fixture(scope="module")
def workspace(host, practice, tmp_path_factory):
    """SlicerWorkspace with the practice data in its database."""
    from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

    made = SlicerWorkspace()
    made.create_database(tmp_path_factory.mktemp("database"))
    made.import_folder(practice)
    yield made
    made.close()
