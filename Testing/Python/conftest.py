"""What every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from planned_series import write_series_to

from DICOMTutorialHelperLib.tutorial.content import Tutorial, read_tutorial, tutorials_folder

# The suite says the same of the same code every time. To search with new examples: --hypothesis-profile=search.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("search", derandomize=False, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real scanner series that lie beside the checkout; they are not part of the project."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real series (shared/data beside the checkout) are not on this machine")
    return folder


@pytest.fixture
def write_series(tmp_path) -> Callable[..., Path]:
    """Writes a planned series; returns its folder."""

    def write(**plan: Any) -> Path:
        return write_series_to(tmp_path / "series", **plan)

    return write


@pytest.fixture(scope="session")
def tutorial() -> Tutorial:
    """The extension's own tutorial."""
    return read_tutorial(tutorials_folder() / "dicom_and_slicer")


@pytest.fixture(scope="session")
def application():
    """A Qt application without a screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pytest.importorskip("PySide6", reason="the panel's tests need PySide6-Essentials")
    import qt

    existing = qt.QApplication.instance()
    return existing if existing is not None else qt.QApplication([])


@pytest.fixture
def tilted_positions() -> list:
    """Axial slices of a tilted gantry: the table also moves along the patient's back."""
    return [(-10.0, -20.0 + 1.1 * k, 30.0 + 2.5 * k) for k in range(6)]


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
