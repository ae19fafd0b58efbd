"""A Qt application without a screen, a fake workspace, and the guide on both."""

from __future__ import annotations

import importlib.util
import os
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytest.importorskip("PySide6", reason="the panel's tests need PySide6-Essentials")
if importlib.util.find_spec("slicer") is None:
    collect_ignore = ["test_settings_form.py"]

import qt
from fake_workspace import FakeWorkspace

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.panel.guide import Guide
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.progress import MemoryStore


@pytest.fixture
def workspace():
    return FakeWorkspace()


@pytest.fixture
def told():
    """Sentences that the learner was told."""
    return []


@pytest.fixture
def jobs(application, workspace, told):
    return Jobs(application.processEvents, told.append, workspace.language)


@pytest.fixture(scope="session")
def tutorial():
    return read_tutorial(tutorials_folder() / "dicom_and_slicer")


class Places:
    """Widgets by the place they are at."""

    def __init__(self):
        self.widgets = {}
        self.words = {}

    def bring_into_view(self, place):
        widget = self.widgets.get(place)
        return None if widget is None else SimpleNamespace(widget=widget, words=self.words.get(place, ""))


@pytest.fixture
def places():
    return Places()


@pytest.fixture
def opened_links():
    return []


@pytest.fixture
def guide(application, tutorial, workspace, jobs, places, opened_links):
    made = Guide(tutorial, workspace, MemoryStore(), jobs, places, opened_links.append)
    made.start()
    made.page.widget.size = qt.QSize(350, 700)
    made.page.widget.show()
    application.processEvents()
    yield made
    made.close()
    with suppress(RuntimeError):  # gone with its dock
        made.page.widget.deleteLater()
    application.processEvents()


@pytest.fixture
def part(guide, find_in):
    """A widget of the page by its object name."""
    return lambda name: find_in(guide.page.widget, name)


@pytest.fixture
def find_in():
    """Finds the one part of a widget with an object name."""

    def find(widget, name):
        (found,) = [child for child in widget.findChildren(qt.QObject) if child.objectName == name]
        return found

    return find


@pytest.fixture
def shown(application):
    """Shows a tab of the module panel as narrow as Slicer's panel gets, for as long as a test runs."""

    @contextmanager
    def show(tab):
        tab.widget.size = qt.QSize(350, 800)
        tab.widget.show()
        tab.enter()
        yield tab
        tab.exit()
        tab.widget.deleteLater()

    return show


@pytest.fixture(scope="session")
def torso_folder(tmp_path_factory):
    """The small practice CT."""
    folder = tmp_path_factory.mktemp("practice")
    make_practice_set("torso-ct", folder)
    return folder
