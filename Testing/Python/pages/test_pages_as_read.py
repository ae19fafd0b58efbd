"""Reports, reasons and drawings as whole pages, held against texts that were read."""

from __future__ import annotations

from pathlib import Path

import pytest
from personal_data import personal_slice
from printed_text import assert_as_read, keys_for_sentences
from synthetic_series import MR, XRAY, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.reports import fair_page, kinds_page, privacy_page
from DICOMTutorialHelperLib.pages.slice_positions import slice_drawing
from DICOMTutorialHelperLib.pages.why import why_page
from DICOMTutorialHelperLib.progress import no_progress
from DICOMTutorialHelperLib.workspace.interface import PluginOffer


def personal(folder: Path) -> list[Path]:
    files = []
    for number in range(2):
        one = personal_slice(number)
        one.SOPInstanceUID = f"1.2.3.4.5.{number}"
        one.AccessionNumber = f"ACC-8364{number}"
        files.append(write(one, folder / f"{number}.dcm"))
    return files


def test_reports_are_as_they_were_read(tmp_path):
    files = personal(tmp_path / "personal")
    nobody = {"PatientName": None, "PatientID": None, "StudyDate": None, "PatientIdentityRemoved": "YES"}
    bare = [write(slice_dataset(0, SOPInstanceUID="1.2.9", DeidentificationMethod="x", **nobody), tmp_path / "bare.dcm")]
    kinds = [
        write(slice_dataset(number, sop_class, SOPInstanceUID=f"1.2.8.{number}", SeriesInstanceUID=f"1.8.{number}"),
              tmp_path / f"{number}.dcm")
        for number, sop_class in enumerate((MR, XRAY, "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.6", "1.2.999"))
    ]  # fmt: skip
    with keys_for_sentences():
        pages = [
            privacy_page(files, "en", no_progress), privacy_page(bare, "en", no_progress), privacy_page([], "en", no_progress),
            fair_page([*files, *bare], "en", no_progress), kinds_page([*kinds, kinds[0]], "en", no_progress),
            kinds_page(kinds, "en", no_progress, "5.2"),
        ]  # fmt: skip
    assert_as_read("reports", *(f"{page}\n" for page in pages), room="pages")


def offer(number: int, selected: bool = False, warning: str = "") -> PluginOffer:
    return PluginOffer(f"P{number}", f"Offer <{number}>", "1.2", number / 100, selected, warning, frames=1)


@pytest.fixture
def candidates(tmp_path):
    """A sound volume, one with a hole, a tilted one, a sequence of eight."""
    holes = axial_positions(8)
    del holes[3]
    tilted = [(-10.0, -20.0 + 0.5 * number, 30.0 + 2.5 * number) for number in range(4)]
    write_series(tmp_path / "sound", axial_positions(6), PixelSpacing=[0.8, 0.71234])
    write_series(tmp_path / "hole", holes, BurnedInAnnotation="YES", LossyImageCompression="01")
    write_series(tmp_path / "tilted", tilted)
    for volume in range(8):
        write_series(tmp_path / "times", axial_positions(3), sop_class=MR, first=3 * volume, TriggerTime=50.0 * volume)
    (tmp_path / "hole" / "cut.dcm").write_bytes((tmp_path / "sound" / "0000.dcm").read_bytes()[:400])
    return {name: examine_paths([tmp_path / name]).series[0] for name in ("sound", "hole", "tilted", "times")}


def test_reasons_are_as_they_were_read(candidates):
    with keys_for_sentences():
        pages = [
            why_page(candidates["sound"], None, "en"),
            why_page(candidates["sound"], [offer(95, True), offer(50, True), offer(5, warning="look <out>")], "en"),
            why_page(candidates["hole"], [offer(5)], "en"),
            why_page(candidates["tilted"], [], "en"),
            why_page(candidates["times"], [offer(number, not number) for number in range(32)], "en"),
        ]
    assert_as_read("why", *(f"{page}\n" for page in pages), room="pages")


def test_drawings_are_as_they_were_read(candidates):
    with keys_for_sentences():
        words = messages("panel", "en")
        drawings = [slice_drawing(series.candidates[0], words) for series in candidates.values()]
        dark = slice_drawing(candidates["hole"].candidates[0], words, dark=True)
    assert_as_read("slices", *(drawing.replace("><", ">\n<") + "\n" for drawing in (*drawings, dark)), room="pages")


def test_one_slice_lies_at_the_left(tmp_path):
    write_series(tmp_path, axial_positions(1))
    (series,) = examine_paths([tmp_path]).series
    with keys_for_sentences():
        drawing = slice_drawing(series.candidates[0], messages("panel", "en"))
    assert '<line x1="16.0" y1="24" x2="16.0" y2="36"' in drawing
