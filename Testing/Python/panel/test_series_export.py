"""Writing what is loaded back to DICOM, from the Explore tab, on a real scene."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from synthetic_series import MR, axial_positions, write_series

pytest.importorskip("slicer", reason="slicer-core is not installed")

from DICOMTutorialHelperLib.panel.explore_tab import ExploreTab
from DICOMTutorialHelperLib.workspace.headless.workspace import HeadlessWorkspace


@pytest.fixture
def filled(tmp_path):
    """A CT and a dynamic MR in the database; nothing is loaded."""
    write_series(tmp_path / "files" / "ct", axial_positions(5), RescaleSlope=1, RescaleIntercept=-1024)
    for n in range(2):
        write_series(
            tmp_path / "files" / "mr", axial_positions(3), first=3 * n, sop_class=MR, TriggerTime=50 * n,
            SeriesInstanceUID="1.2.3.5", SeriesNumber=6, SeriesDescription="Dynamic",
        )  # fmt: skip
    made = HeadlessWorkspace("en")
    made.create_database()
    made.import_folder(tmp_path / "files")
    return made


@pytest.fixture
def tab(filled, jobs, shown):
    with shown(ExploreTab(filled, "en", jobs, scene=lambda: filled._workspace.scene)) as made:
        yield made


@pytest.mark.parametrize(("uid", "images"), [("1.2.3.4", 5), ("1.2.3.5", 6)])
def test_what_is_loaded_of_the_chosen_series_is_written(tab, filled, find_in, tmp_path, told, uid, images):
    for series in ("1.2.3.4", "1.2.3.5"):
        filled.load_series(series)
    tab._tree.choose_series(uid)
    tab.write_dicom(tmp_path / "out")
    assert not told
    written = [pydicom.dcmread(path) for path in (tmp_path / "out").rglob("*.dcm")]
    assert len(written) == images and "✓" in find_in(tab.widget, "ExploreReport").plainText
    sources = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, filled.files_of_series(uid))}
    for image in written:
        source = sources.pop(str(image.SourceImageSequence[0].ReferencedSOPInstanceUID))
        assert np.allclose(image.ImagePositionPatient, source.ImagePositionPatient, rtol=0, atol=0.001)
        assert image.PatientID == source.PatientID and image.StudyInstanceUID == source.StudyInstanceUID
    assert not sources


def test_what_is_not_loaded_is_told_and_nothing_is_written(tab, find_in, tmp_path, told):
    tab._tree.choose_series("1.2.3.4")
    tab.write_dicom(tmp_path / "out")
    assert not told and "load them first" in find_in(tab.widget, "ExploreReport").plainText
    assert not (tmp_path / "out").exists()


def test_files_that_are_there_are_never_replaced(tab, filled, tmp_path, told):
    filled.load_series("1.2.3.4")
    tab._tree.choose_series("1.2.3.4")
    tab.write_dicom(tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.dcm")}
    tab.write_dicom(tmp_path / "out")
    assert len(told) == 1
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.dcm")} == before
