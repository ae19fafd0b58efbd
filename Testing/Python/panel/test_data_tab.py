"""The data sets: how far each has come, and the one button that does the next thing."""

from __future__ import annotations

import pytest
import qt

from DICOMTutorialHelperLib.data.published.recognition import PUBLISHED, RecognisedSet
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.panel import practice, removal
from DICOMTutorialHelperLib.panel.data_tab import DataTab


@pytest.fixture
def homes():
    return []


@pytest.fixture
def tab(workspace, jobs, tmp_path, homes, shown):
    made = DataTab(workspace, "en", jobs, lambda: tmp_path / "SlicerData", homes.append, lambda: "small")
    with shown(made):
        yield made


@pytest.fixture
def part(tab, find_in):
    return lambda name: find_in(tab.widget, name)


def test_a_set_goes_from_nothing_to_the_screen_with_one_button(tab, workspace, part):
    state, button = part("DataState-torso-ct"), part("DataNext-torso-ct")
    seen = []
    for _ in range(4):
        seen.append((state.text.split("<b>")[1].split("</b>")[0], button.text))
        button.click()
    assert seen == [
        ("not here", "Make practice images"),
        ("on this computer", "Import into the database"),
        ("in the database", "Load"),
        ("loaded", "Show"),
    ]
    assert workspace.shown == workspace.items[0].node_id


def test_a_set_of_which_a_part_is_loaded_is_not_loaded(tab, workspace, part):
    """The practice breast MRI has three series."""
    for _ in range(2):
        part("DataNext-breast-mri").click()
    first, *others = [series for patient in workspace.patients() for series in patient.series]
    workspace.load_series(first.series_instance_uid)
    assert len(others) == 2
    assert "in the database" in part("DataState-breast-mri").text
    for series in others:
        workspace.load_series(series.series_instance_uid)
    assert "loaded" in part("DataState-breast-mri").text


def test_a_set_of_which_a_part_was_removed_is_to_be_imported(tab, workspace, part):
    for _ in range(2):
        part("DataNext-breast-mri").click()
    workspace.remove_series(workspace.patients()[0].series[0].series_instance_uid)
    assert "on this computer" in part("DataState-breast-mri").text


def test_importing_makes_a_database_where_there_is_none(tab, workspace, part):
    assert workspace.folder is None
    part("DataNext-torso-ct").click()
    part("DataNext-torso-ct").click()
    assert workspace.folder is not None


def test_what_is_missing_is_said(tab, part, tmp_path):
    part("DataNext-torso-ct").click()
    files = sorted((tmp_path / "SlicerData").rglob("*.dcm"))
    files[10].unlink()
    tab.refresh_state()
    said = part("DataState-torso-ct").text
    assert "partly here" in said
    words = messages("datasets", "en")
    assert words["state.missing-files"].format(role=words["role.ct"], count=1) in said


def test_files_that_are_no_data_set_are_a_sentence(tab, told, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("hello", encoding="utf-8")
    tab.take_from_disk("torso-ct", other)
    (sentence,) = told
    assert "does not hold the data set torso-ct" in sentence


def test_a_data_set_on_disk_is_taken(tab, part, torso_folder):
    tab.take_from_disk("torso-ct", torso_folder)
    assert "on this computer" in part("DataState-torso-ct").text


@pytest.fixture
def asked(monkeypatch, find_in):
    """What the removal dialog shows, and what a learner leaves ticked in it; None for a click on Cancel."""
    seen, answer = [], {"parts": None}

    def run(dialog):
        boxes = {one.objectName.split("-")[1]: one for one in dialog.findChildren(qt.QCheckBox)}
        seen.append({part: box.text for part, box in boxes.items()})
        for part, box in boxes.items():
            box.checked = part in (answer["parts"] or ())
        return answer["parts"] is not None

    monkeypatch.setattr(removal, "run_dialog", run)
    return seen, answer


def made_imported_loaded(part):
    for _ in range(3):
        part("DataNext-torso-ct").click()


def test_a_practice_set_is_taken_away_where_the_learner_says(tab, workspace, part, asked, tmp_path):
    made_imported_loaded(part)
    (tmp_path / "SlicerData" / "mine.txt").write_text("keep me", encoding="utf-8")
    seen, answer = asked
    answer["parts"] = ("scene", "database", "files")
    tab.ask_removal("torso-ct")
    assert set(seen[0]) == {"scene", "database", "files"}
    assert "48" in seen[0]["files"] and "MB" in seen[0]["files"]
    assert not workspace.items and not [series for patient in workspace.patients() for series in patient.series]
    assert [path.name for path in (tmp_path / "SlicerData").rglob("*")] == ["mine.txt"]
    assert "not here" in part("DataState-torso-ct").text


def test_each_part_is_asked_for(tab, workspace, part, asked, tmp_path):
    made_imported_loaded(part)
    _, answer = asked
    answer["parts"] = ("scene",)
    tab.ask_removal("torso-ct")
    assert not workspace.items and workspace.patients()[0].series
    assert "in the database" in part("DataState-torso-ct").text
    answer["parts"] = None
    tab.ask_removal("torso-ct")
    assert workspace.patients()[0].series and list((tmp_path / "SlicerData").rglob("*.dcm"))


def test_files_that_nobody_can_make_again_are_not_taken_away(workspace):
    published = RecognisedSet("torso-ct", PUBLISHED, (), ())
    assert removal.removal_of(published, workspace).files == ()


def test_how_much_room_a_set_takes_is_said(tab, part):
    part("DataNext-torso-ct").click()
    assert "\u00a0MB" in part("DataState-torso-ct").text


def test_the_quick_way_does_all_of_it(jobs, workspace, tmp_path):
    items = jobs.result(
        "", lambda progress: practice.show_practice_set("torso-ct", workspace, tmp_path / "new", "small", jobs, progress)
    )
    assert [item.modality for item in items] == ["CT"]
    assert workspace.shown == items[0].node_id and workspace.shown_layout == "four-up"
    again = jobs.result(
        "", lambda progress: practice.show_practice_set("torso-ct", workspace, tmp_path / "new", "small", jobs, progress)
    )
    assert again == items and len(workspace.imported) == 1


def test_buttons_rest_while_a_job_runs(tab, jobs, part):
    states = []
    jobs.run("Working", lambda progress: states.append(part("DataNext-torso-ct").enabled))
    assert states == [False]
    assert part("DataNext-torso-ct").enabled


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt-BR"])
def test_the_tab_is_no_wider_than_the_panel(application, tab, language):
    tab.set_language(language)
    application.processEvents()
    assert tab.widget.widget().minimumSizeHint.width() <= 335


def test_nothing_is_followed_after_leaving(tab, workspace):
    tab.exit()
    assert workspace.listeners == []
