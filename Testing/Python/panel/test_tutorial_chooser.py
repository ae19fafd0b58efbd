"""Another tutorial is chosen in the panel: one of the extension's, or one of a teacher's own."""

from __future__ import annotations

import json

import pytest
import qt

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.tutorial.authoring.template import new_tutorial
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder


@pytest.fixture
def own(tmp_path):
    """A teacher's tutorial in English and German."""
    folder = tmp_path / "mine"
    new_tutorial(folder, ["en", "de"])
    words = json.loads((folder / "de.json").read_text(encoding="utf-8"))
    words["title"] = "Meine erste Übung"
    (folder / "de.json").write_text(json.dumps(words), encoding="utf-8")
    return folder


class TestTheGuide:
    def test_it_goes_on_with_another_tutorial_and_keeps_where_the_learner_stood(self, guide, tutorial, own, places, part):
        guide.session.acknowledge()
        assert guide.session.done_count == 1
        guide.set_tutorial(read_tutorial(own), places)
        assert part("StepTitle").text == "Get some images"
        assert guide.session.done_count == 0 and guide.session.following
        guide.set_tutorial(tutorial, places)
        assert guide.session.done_count == 1

    def test_folders_of_the_learner_go_with_it(self, guide, own, places, tmp_path):
        guide.session.set_folder("SlicerData", tmp_path)
        guide.set_tutorial(read_tutorial(own), places)
        assert guide.session.progress.folders["SlicerData"] == str(tmp_path)


class TestThePanel:
    @pytest.fixture
    def panel(self, host, application):
        from DICOMTutorialHelperLib.panel.module_panel import ModulePanel

        holder = qt.QWidget()
        qt.QVBoxLayout(holder)
        made = ModulePanel(holder.layout())
        yield made
        for key in ("tutorial", "ownTutorials", "language"):
            host.settings.pop(f"DICOMTutorialHelper/{key}", None)
        made.close()
        holder.deleteLater()

    @pytest.fixture
    def chooser(self, panel):
        return panel._made["tutorial"]._chooser

    @pytest.fixture
    def box(self, panel, find_in):
        return find_in(panel.tabs, "TutorialChooser")

    @staticmethod
    def choose(box, place):
        box.currentIndex = place
        box.activated.emit(place)

    def test_the_extensions_tutorials_stand_there_the_first_one_first(self, box):
        titles = [box.itemText(place) for place in range(box.count)]
        assert titles[0] == read_tutorial(tutorials_folder() / "dicom_and_slicer").words("en").title
        assert titles[-1] == messages("panel", "en")["chooser.folder"]
        assert box.currentIndex == 0

    def test_a_folder_of_ones_own_is_opened_and_stays_for_the_next_start(self, panel, chooser, box, own, host, find_in):
        chooser.open_folder(own)
        assert find_in(panel.tabs, "TutorialTitle").text == "My first tutorial"
        assert box.itemText(box.currentIndex) == "My first tutorial"
        assert host.settings["DICOMTutorialHelper/tutorial"] == str(own)
        self.choose(box, 0)
        assert panel.guide.session.tutorial.id == "dicom_and_slicer"
        assert "My first tutorial" in [box.itemText(place) for place in range(box.count)]

    @pytest.mark.parametrize("seen_before", [False, True])
    def test_a_fifth_language_can_be_set_and_is_spoken(self, panel, chooser, own, host, find_in, seen_before):
        if seen_before:
            panel.tabs.currentIndex = 3
            panel.tabs.currentIndex = 0
        chooser.open_folder(own)
        panel.tabs.currentIndex = 3
        languages = find_in(panel.tabs, "SettingLanguage")
        names = [languages.itemText(place) for place in range(languages.count)]
        assert names[1 + len(LANGUAGES)] == "Deutsch"
        self.choose(languages, 1 + len(LANGUAGES))
        assert panel.workspace.language() == "de"
        assert find_in(panel.tabs, "TutorialTitle").text == "Meine erste Übung"
        assert panel.tabs.tabText(2) == messages("panel", "en")["tab.data"], "what nobody translated is English"

    def test_a_broken_tutorial_is_told_and_the_one_at_hand_stays(self, panel, chooser, own, find_in):
        (own / "tutorial.json").write_text('{"id": "x",}', encoding="utf-8")
        chooser.open_folder(own)
        assert panel.guide.session.tutorial.id == "dicom_and_slicer"
        assert "Line 1, column 12" in find_in(panel.tabs, "TutorialChooserMessage").text

    def test_a_folder_without_a_tutorial_is_told(self, panel, chooser, own, find_in):
        chooser.open_folder(own / "drawings")
        assert "tutorial.json" in find_in(panel.tabs, "TutorialChooserMessage").text
        assert panel.guide.session.tutorial.id == "dicom_and_slicer"
        chooser.open_folder(own)
        assert not find_in(panel.tabs, "TutorialChooserMessage").visible, "what went wrong before is said no longer"

    def test_a_folder_of_several_tutorials_brings_them_all(self, chooser, box, own):
        new_tutorial(own.parent / "yours", ["fr"])
        chooser.open_folder(own.parent)
        titles = [box.itemText(place) for place in range(box.count)]
        assert "My first tutorial" in titles and "Mon premier tutoriel" in titles
