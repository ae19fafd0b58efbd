"""Looking into images: the tree, the header, comparison, reports, and "Why?"."""

from __future__ import annotations

import csv

import pytest
from fake_workspace import CT, patients_with
from pydicom import dcmread

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.slice_positions import slice_drawing, slice_positions_mm
from DICOMTutorialHelperLib.panel.explore_tab import ExploreTab
from DICOMTutorialHelperLib.workspace.interface import PluginOffer


@pytest.fixture
def tab(workspace, jobs, shown):
    made = ExploreTab(workspace, "en", jobs)
    with shown(made):
        yield made


@pytest.fixture
def part(tab, find_in):
    return lambda name: find_in(tab.widget, name)


@pytest.fixture
def with_ct(tab, workspace, torso_folder):
    """The practice CT is in the database, and its series is chosen."""
    workspace.create_database()
    workspace.import_folder(torso_folder)
    (uid,) = workspace.files
    assert tab._tree.choose_series(uid)
    return workspace.files[uid]


def header_texts(table):
    groups = [table.topLevelItem(place) for place in range(table.topLevelItemCount)]
    return [group.child(place).text(0).strip() for group in groups for place in range(group.childCount())]


def test_an_empty_database_says_what_to_do(part):
    assert "Data tab" in part("ExploreNote").text


def test_the_tree_shows_patient_study_and_series(tab, workspace, part):
    workspace.listed = patients_with(CT)
    workspace.notify("database")
    patient = part("ExploreTree").topLevelItem(0)
    assert patient.text(0) == "Patient: Doe^Jane (P1)"
    assert patient.child(0).text(0) == "Study: Check-up · 2020-01-01"
    assert patient.child(0).child(0).text(0) == "Series 2: Torso (CT, 60)"


def test_choosing_a_series_shows_the_header_of_its_middle_instance(with_ct, part):
    middle = dcmread(with_ct[len(with_ct) // 2], stop_before_pixels=True)
    values = []
    table = part("HeaderTable")
    for place in range(table.topLevelItemCount):
        group = table.topLevelItem(place)
        values += [group.child(row).text(1) for row in range(group.childCount())]
    assert str(middle.SOPInstanceUID) in values
    assert middle.SeriesDescription in values


def test_instances_are_listed_when_a_series_is_opened(tab, with_ct, part):
    series = part("ExploreTree").topLevelItem(0).child(0).child(0)
    assert series.childCount() == 0
    series.setExpanded(True)
    assert series.childCount() == len(with_ct)


def test_searching_leaves_what_fits_whatever_the_case(with_ct, part):
    part("HeaderSearch").text = "PIXEL spacing"
    assert "Pixel Spacing" in header_texts(part("HeaderTable"))
    assert all("ixel" in text for text in header_texts(part("HeaderTable")))
    part("HeaderSearch").text = "0010,0010"
    assert "Patient's Name" in header_texts(part("HeaderTable"))


def test_personal_data_is_marked_on_demand_with_a_sign(with_ct, part):
    part("HeaderSearch").text = "0010,0010"
    assert "Patient's Name" in header_texts(part("HeaderTable"))
    part("HeaderPersonal").click()
    assert "● Patient's Name" in header_texts(part("HeaderTable"))


def test_a_line_is_explained_when_it_is_chosen(with_ct, part):
    part("HeaderSearch").text = "0010,0010"
    table = part("HeaderTable")
    table.setCurrentItem(table.topLevelItem(0).child(0))
    assert messages("elements", "en")["PatientName"] in part("HeaderExplanation").text


def test_two_instances_are_compared(tab, with_ct, part):
    series = part("ExploreTree").topLevelItem(0).child(0).child(0)
    series.setExpanded(True)
    part("ExploreTree").clearSelection()
    for place in (0, 1):
        series.child(place).setSelected(True)
    assert part("ExploreCompareButton").enabled
    part("ExploreCompareButton").click()
    shown = header_texts(part("HeaderTable"))
    assert "≠ SOP Instance UID" in shown
    assert not any("Patient's Name" in text for text in shown)


def test_the_header_is_exported_as_a_table(tab, with_ct, tmp_path):
    tab._header.export(tmp_path / "header.csv")
    with (tmp_path / "header.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["Tag", "Name", "VR", "Value"]
    assert any(row[0] == "0008,0060" and row[3] == "CT" for row in rows)


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt-BR"])
@pytest.mark.parametrize("report", ["privacy", "fair", "kinds"])
def test_reports_are_made_in_every_language(tab, with_ct, part, told, report, language):
    tab.set_language(language)
    tab._tree.choose_series(next(iter(tab._workspace.files)))
    tab.show_report(report)
    assert told == []
    page = part("ExploreReport").plainText
    assert len(page) > 60 and "{" not in page


def test_why_says_what_will_be_loaded_and_what_others_offer(tab, with_ct, workspace, part):
    uid = next(iter(workspace.files))
    workspace.offered = (
        PluginOffer("DICOMTutorialVolumePlugin", "1: Torso", uid, 0.6, True),
        PluginOffer("DICOMScalarVolumePlugin", "1: Torso", uid, 0.5, warning="not equally spaced"),
    )
    part("ExploreWhyButton").click()
    page = part("ExploreReport").plainText
    assert page.index("DICOMTutorialVolumePlugin") < page.index("DICOMScalarVolumePlugin")
    assert "not equally spaced" in page
    assert messages("panel", "en")["why.sound"] in page


def test_a_folder_is_looked_into_without_importing_it(tab, workspace, torso_folder, part):
    tab.open_folder(torso_folder)
    assert part("ExploreTree").topLevelItemCount == 1
    assert workspace.imported == []
    assert tab._tree.choose_series(next(iter(tab._folder_series)))
    part("ExploreWhyButton").click()
    assert messages("panel", "en")["why.not-imported"] in part("ExploreReport").plainText


def test_an_unreadable_file_is_a_sentence(tab, workspace, tmp_path, told):
    broken = tmp_path / "broken.dcm"
    broken.write_bytes(b"no DICOM")
    workspace.listed = patients_with(CT)
    workspace.files = {CT.series_instance_uid: (broken,)}
    workspace.notify("database")
    tab._tree.choose_series(CT.series_instance_uid)
    assert "broken.dcm" in told[0]


def test_nothing_is_followed_after_leaving(tab, workspace):
    tab.exit()
    assert workspace.listeners == []


def test_the_tab_is_no_wider_than_the_panel(tab, with_ct):
    assert tab.widget.minimumSizeHint.width() <= 350


# --- the drawing of slices --------------------------------------------------------------------------------------------


def test_missing_slices_are_drawn_as_boxes(tmp_path):
    make_practice_set("torso-ct", tmp_path, fault="missing-slices")
    (candidate,) = (one for series in examine_paths([tmp_path]).series for one in series.selected)
    positions = slice_positions_mm(candidate.stacks[0])
    missing = sum(not present for _, present in positions)
    assert missing > 0
    drawing = slice_drawing(candidate, messages("panel", "en"))
    assert drawing.count('fill="none"') == missing
    assert f"{missing} missing" in drawing
    steps = [later - earlier for (earlier, _), (later, _) in zip(positions, positions[1:])]
    assert max(steps) - min(steps) < 0.01
