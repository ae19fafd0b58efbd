"""Every table of the steps, cell by cell, from the application's data or from files that are in no database."""

from __future__ import annotations

import pytest
from fake_workspace import CT_ITEM, SERIES, patients_with
from synthetic_series import CT, MR, axial_positions, write_series

from DICOMTutorialHelperLib.tutorial.steps import registered
from DICOMTutorialHelperLib.tutorial.steps.registry import DATA_TABLES, StepContext
from DICOMTutorialHelperLib.workspace import interface as w

registered()
LONG_UID = "1.2.826.0.1.3680043.8.498.12345678901234567890"


@pytest.fixture
def context(tutorial, workspace):
    return StepContext(tutorial, tutorial.steps[0], workspace)


@pytest.fixture
def table(context):
    return lambda name, **arguments: DATA_TABLES[name](context, **arguments)


def rows_of(made):
    return [(*row.cells, row.depth, row.marked) for row in made.rows]


def reason_of(table, name, **arguments):
    with pytest.raises(w.WorkspaceError) as caught:
        table(name, **arguments)
    return caught.value.reason, caught.value.fields


@pytest.fixture
def folder(context, tmp_path):
    """Two patients' series in a folder that is in no database: 30 CT slices and three of an MR."""
    ct = {"SeriesDescription": "Torso", "SeriesInstanceUID": "1.2.3.5", "PatientName": "Doe^Jane", "PatientID": "P1"}
    write_series(tmp_path / "a", axial_positions(30), sop_class=CT, StudyInstanceUID="1.2.3", **ct)
    mr = {"SeriesDescription": "Knee", "SeriesInstanceUID": LONG_UID, "PatientName": "", "PatientID": "P2"}
    write_series(tmp_path / "b", axial_positions(3), sop_class=MR, StudyInstanceUID="1.2.4", **mr)
    context.folders = {"mine": tmp_path}
    return tmp_path


def test_the_data_model_is_that_of_the_database(table, workspace):
    workspace.listed = patients_with(SERIES["ct"], SERIES["t2"])
    made = table("data-model")
    assert rows_of(made) == [
        ("Patient", "Doe^Jane", "", "P1", 0, False),
        ("Study", "Check-up", "", "1.2", 1, False),
        ("Series", "Torso", "48", "1.1", 2, False),
        ("Series", "T2W_TSE SENSE", "32", "2.1", 2, False),
    ]
    assert made.title == "Patients, studies and series in your data"
    assert made.columns == ("Level", "Name or description", "Instances", "Identifier")


def test_the_data_model_is_that_of_the_folders_while_nothing_is_imported(table, folder):
    assert rows_of(table("data-model")) == [
        ("Patient", "Doe^Jane", "", "P1", 0, False),
        ("Study", "", "", "1.2.3", 1, False),
        ("Series", "Torso", "30", "1.2.3.5", 2, False),
        ("Patient", "(no name)", "", "P2", 0, False),
        ("Study", "", "", "1.2.4", 1, False),
        ("Series", "Knee", "3", "…" + LONG_UID[-22:], 2, False),
    ]


def test_two_studies_of_a_patient_in_a_folder_are_two(table, context, tmp_path):
    for number in (1, 2):
        header = {"StudyInstanceUID": f"1.9.{number}", "SeriesInstanceUID": f"1.9.{number}.1", "SeriesDescription": f"S{number}"}
        write_series(tmp_path / str(number), axial_positions(1), **header)
    context.folders = {"mine": tmp_path}
    assert [(row.cells[0], row.cells[3]) for row in table("data-model").rows] == [
        ("Patient", "P1"), ("Study", "1.9.1"), ("Series", "1.9.1.1"), ("Study", "1.9.2"), ("Series", "1.9.2.1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("data-model", {}),
        ("header", {"series": ["ct"], "keywords": ["Modality"]}),
        ("privacy", {"series": ["ct"]}),
        ("fair", {}),
        ("kinds", {}),
        ("cohort", {"where": "Modality == 'CT'"}),
    ],
)
def test_without_data_there_is_no_table(table, name, arguments):
    assert reason_of(table, name, **arguments) == ("data-at-hand.none", {})


@pytest.mark.parametrize("length", [24, 25])
def test_long_uids_are_shown_by_their_ends(table, workspace, length):
    from dataclasses import replace

    uid = "1." + "7" * (length - 2)
    workspace.listed = patients_with(replace(SERIES["ct"], series_instance_uid=uid))
    assert table("data-model").rows[2].cells[3] == (uid if length == 24 else "…" + uid[-22:])


def test_header_shows_the_wanted_elements_of_the_middle_instance(table, folder):
    made = table("header", series=["t2", "ct"], keywords=["Modality", "InstanceNumber", "Rows", "PatientName"])
    cells = {row.cells[0]: row.cells[1:] for row in made.rows}
    assert cells["(0008,0060)"] == ("Modality", "CT")
    assert cells["(0020,0013)"] == ("Instance Number", "16"), "of 30, the 16th"
    assert cells["(0028,0010)"] == ("Rows", "5")
    assert set(cells) == {"(0008,0060)", "(0020,0013)", "(0028,0010)", "(0010,0010)"}
    assert made.note == "File: 0015.dcm"
    assert made.columns == ("Tag", "Attribute", "Value")


def test_header_prefers_the_database_to_a_folder(table, folder, workspace, tmp_path):
    files = write_series(tmp_path / "c", axial_positions(4), sop_class=CT, SeriesDescription="Torso")
    workspace.add_to_database("ct")
    workspace.files[SERIES["ct"].series_instance_uid] = tuple(files)
    assert table("header", series=["ct"], keywords=["Rows"]).note == "File: 0002.dcm"
    workspace.files.clear()
    assert table("header", series=["ct"], keywords=["Rows"]).note == "File: 0015.dcm"


def test_privacy_marks_what_points_to_a_person_and_what_leads_back_to_the_archive(table, folder):
    made = table("privacy", series=["ct"])
    marked = {row.cells[0]: row.marked for row in made.rows}
    assert marked["(0010,0010)"] and marked["(0010,0020)"]
    assert not marked["(0008,0060)"]
    assert marked["(0020,000D)"] and marked["(0008,0018)"], "unique identifiers, as the command line marks them"
    assert not marked["(0008,0016)"], "the kind of object is the same everywhere"
    assert all(row.cells[2] for row in made.rows)
    assert made.note == "File: 0015.dcm"
    assert made.mark == "to be removed or replaced before sharing"


def test_privacy_of_a_declared_copy_says_that_it_is_one(table, context, tmp_path):
    header = {"SeriesDescription": "Torso", "PatientIdentityRemoved": "YES", "DeidentificationMethod": "by hand"}
    write_series(tmp_path / "a", axial_positions(30), sop_class=CT, **header)
    context.folders = {"mine": tmp_path}
    made = table("privacy", series=["ct"])
    assert made.note == "This file declares that it was de-identified."


def test_offers_stand_below_their_series_with_the_chosen_one_marked(table, workspace):
    workspace.add_to_database("bliss", "ct")
    assert rows_of(table("offers", series=["bliss", "t2", "ct"])) == [
        ("BLISS", "AX BLISS_AUTO SENSE", "", "", 0, False),
        ("DICOMTutorialSequencePlugin", "sequence", "10", "1.10", 1, True),
        ("DICOMTutorialVolumePlugin", "volume", "1", "0.60", 1, False),
        ("the CT", "Torso", "", "", 0, False),
        ("DICOMTutorialVolumePlugin", "volume", "1", "0.60", 1, True),
    ]
    workspace.offered = (w.PluginOffer("Other", "a thing", "1.1", 0.5, False, frames=0),)
    assert rows_of(table("offers", series=["ct"]))[1] == ("Other", "a thing", "?", "0.50", 1, False)


def test_offers_need_a_series_in_the_database(table):
    assert reason_of(table, "offers", series=["t2", "ct"]) == ("in-database.none", {"missing": ["t2", "ct"]})


def test_loaded_lists_name_modality_size_and_time_points(table, workspace):
    assert reason_of(table, "loaded") == ("table.nothing-loaded", {})
    workspace.items = [CT_ITEM, w.LoadedItem("n", "BLISS", w.SEQUENCE, "2.3", modality="MR", frames=10, dimensions=(8, 9, 10))]
    assert rows_of(table("loaded")) == [
        ("Torso", "CT", "64 × 64 × 60", "1", 0, False),
        ("BLISS", "MR", "8 × 9 × 10", "10", 0, False),
    ]


def test_the_last_two_curves_are_shown_as_signal_and_percent_over_the_first_time_point(table, workspace):
    """The stronger one rises by a tenth of its height at the third time point: the agent arrives after the second."""
    workspace.add_to_database("bliss")
    (item,) = workspace.load_series(SERIES["bliss"].series_instance_uid)
    assert reason_of(table, "curve", series="bliss") == ("curve-plotted.not", {"series": "bliss"})
    times = (0.0, 62.5, 125.0, 190.0)

    def curve(node_id, values, place=(1.0, 2.0, 3.0)):
        return w.TimeCurve(node_id, place, 4.0, times, values, "s")

    workspace.curves = [
        curve(item.node_id, (1.0, 1.0, 1.0, 1.0)),
        curve(item.node_id, (50.0, 52.0, 60.0, 75.0), (-5.4, 2.0, 3.0)),
        curve(item.node_id, (200.0, 218.0, 300.0, 400.0), (40.6, 63.0, 4.0)),
        curve("another", (5.0, 5.0, 5.0, 5.0)),
    ]
    made = table("curve", series="bliss")
    assert made.chart.time_axis == made.columns[1] and made.chart.value_axis and made.chart.value_axis not in made.columns
    assert rows_of(made) == [
        ("1", "0", "50", "0", "200", "0", 0, False),
        ("2", "62.5", "52", "4", "218", "9", 0, True),
        ("3", "125", "60", "20", "300", "50", 0, False),
        ("4", "190", "75", "50", "400", "100", 0, False),
    ]
    assert made.columns[:2] == ("Time point", "Time (s)")
    assert len(made.columns) == 6
    assert made.chart.times == times
    assert [line for _, line in made.chart.lines] == [(0.0, 4.0, 20.0, 50.0), (0.0, 9.0, 50.0, 100.0)]
    assert made.chart.mark[0] == 62.5
    first, second = (name for name, _ in made.chart.lines)
    assert "R\u00a0-5, A\u00a02, S\u00a03" in first.replace("−", "-")
    assert "R\u00a041, A\u00a063, S\u00a04" in second


def test_a_curve_that_does_not_rise_has_no_arrival_and_one_from_zero_no_percent(table, workspace):
    workspace.add_to_database("bliss")
    (item,) = workspace.load_series(SERIES["bliss"].series_instance_uid)
    workspace.curves = [w.TimeCurve(item.node_id, (0, 0, 0), 4.0, (0.0, 1.0), (100.0, 90.0), "")]
    made = table("curve", series="bliss")
    assert [row.marked for row in made.rows] == [False, False]
    assert made.columns[1] == "Time"
    workspace.curves = [w.TimeCurve(item.node_id, (0, 0, 0), 4.0, (0.0, 1.0, 2.0), (0.0, 1.0, 50.0), "")]
    made = table("curve", series="bliss")
    assert [line for _, line in made.chart.lines] == [(0.0, 1.0, 50.0)]
    assert [row.marked for row in made.rows] == [False, True, False]


def test_kinds_counts_the_series_of_each(table, folder, tmp_path):
    write_series(tmp_path / "c", axial_positions(2), sop_class=MR, SeriesInstanceUID="1.2.3.7", StudyInstanceUID="1.2.4")
    assert sorted(row.cells[1:] for row in table("kinds").rows) == [("CT Image", "1"), ("MR Image", "2")]


def test_the_cohort_is_marked_among_all_series(table, folder, workspace):
    made = table("cohort", where="Modality == 'MR'")
    assert sorted((row.cells[0], row.cells[1], row.marked) for row in made.rows) == [("CT", "Torso", False), ("MR", "Knee", True)]
    assert made.mark == "the cohort, chosen by Modality == 'MR'"
    assert made.columns[:2] == ("Modality", "SeriesDescription")


def test_collections_are_those_of_the_database_where_there_is_one(table, folder, workspace, tmp_path):
    files = write_series(tmp_path / "d", axial_positions(2), sop_class=MR, SeriesInstanceUID="1.7")
    workspace.add_to_database("ct", "t2")
    workspace.files[SERIES["t2"].series_instance_uid] = tuple(files)
    assert [row.cells[1] for row in table("kinds").rows] == ["MR Image"]


def test_fair_has_the_four_words_and_marks_what_is_not_there(table, folder):
    made = table("fair")
    heads = [row.cells[0] for row in made.rows if row.depth == 0]
    assert [head[0] for head in heads] == ["F", "A", "I", "R"]
    for row in made.rows:
        if row.depth == 0:
            assert row.cells[1:] == ("", "") and not row.marked
        else:
            assert row.marked == (row.cells[1] != "yes"), row.cells
