"""What many files hold is judged, cleaned and written once, and comes out as if each file had gone the careful way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.explore import repeated_copies
from DICOMTutorialHelperLib.explore.deidentification import DeidentificationOptions, DeidentificationReport, deidentify
from DICOMTutorialHelperLib.explore.file_elements import ElementReader
from DICOMTutorialHelperLib.explore.privacy import identity_of, scan
from DICOMTutorialHelperLib.explore.repeated_copies import Copy, RepeatedCopies

SHIFTED = DeidentificationOptions(dates="shift", keep_characteristics=True, clean_descriptions=True, key="key")


def with_all_kinds(number: int, patient: str) -> Dataset:
    """A slice of somebody with names in places where none belong, a sequence, and private elements of two makers."""
    ds = slice_dataset(number, PatientName=patient, PatientID=f"ID-{patient}", StudyInstanceUID=f"1.2.3.{len(patient)}")
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.InstitutionName = "Zyxwv" if number < 20 else "Vwxyz"  # the later ones are not all read quickly
    ds.StudyDate, ds.PatientAge, ds.PatientWeight = "20080101", "093Y", "70"
    ds.SeriesDescription = f"CT chest of {patient}"
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-D1100", "SRT", f"Head of {patient}"
    ds.AnatomicRegionSequence = Sequence([item])
    ds.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x0A, "IS", str(number))
    ds.private_block(0x0009, f"MAKER OF {number % 2}", create=True).add_new(0x01, "LO", patient)
    return ds


@pytest.fixture(params=[ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def hospital(request, tmp_path) -> Path:
    """Files of two people, written one way, and some that only pydicom reads or that are not whole."""
    folder = tmp_path / "hospital"
    folder.mkdir()
    for number in range(12):
        write(with_all_kinds(number, "Äpfel^Zoë" if number % 3 else "Quux^Ann"), folder / f"{number:02}.dcm", request.param)
    write(with_all_kinds(20, "Quux^Ann"), folder / "20.dcm", DeflatedExplicitVRLittleEndian)
    odd = with_all_kinds(21, "Quux^Ann")
    odd.PixelData = odd.PixelData + b"Quux^Ann"  # behind the pixels, within their element
    write(odd, folder / "21.dcm", request.param)
    behind = write(with_all_kinds(22, "Quux^Ann"), folder / "22.dcm", request.param)
    behind.write_bytes(behind.read_bytes() + b"Quux^Ann")
    preamble = folder / "23.dcm"
    preamble.write_bytes(b"Quux^Ann".ljust(128, b"\0") + behind.read_bytes()[128:-8])
    return folder


def every_file_the_careful_way(monkeypatch) -> None:
    def refuse(self, path):
        raise UnusualHeader("a test")

    monkeypatch.setattr(ElementReader, "read", refuse)


@pytest.fixture
def quick_copies(monkeypatch) -> list[Path]:
    """The originals that were copied element by element."""
    copied: list[Path] = []
    content = Copy.content

    def noted(self, original):
        copied.append(original)
        return content(self, original)

    monkeypatch.setattr(Copy, "content", noted)
    return copied


def copies(source: Path, output: Path, options: DeidentificationOptions) -> tuple[dict[str, bytes], DeidentificationReport]:
    report = deidentify(source, output, options)
    return {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*.dcm")}, report


@pytest.mark.parametrize("options", [DeidentificationOptions(key="key"), SHIFTED])
def test_copies_are_those_of_the_careful_way(hospital, tmp_path, monkeypatch, quick_copies, options):
    quick, said = copies(hospital, tmp_path / "quick", options)
    is_implicit = pydicom.dcmread(hospital / "00.dcm").file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
    assert bool(quick_copies) is not is_implicit  # there, what stands in a sequence may be read in two ways
    assert not {path.name for path in quick_copies} & {"20.dcm", "21.dcm", "22.dcm"}
    every_file_the_careful_way(monkeypatch)
    careful, careful_said = copies(hospital, tmp_path / "careful", options)
    assert quick == careful
    assert (said.removed, said.pseudonyms, list(said.warnings)) == (
        careful_said.removed, careful_said.pseudonyms, list(careful_said.warnings),
    )  # fmt: skip


def test_nothing_is_written_quickly_once_a_first_copy_differs(hospital, tmp_path, monkeypatch):
    written = repeated_copies._written
    monkeypatch.setattr(repeated_copies, "_written", lambda *given: written(*given)[:-1] + b"!")
    wrong, _ = copies(hospital, tmp_path / "quick", SHIFTED)
    every_file_the_careful_way(monkeypatch)
    assert wrong == copies(hospital, tmp_path / "careful", SHIFTED)[0]


def test_safe_private_elements_that_are_kept_go_the_careful_way(hospital, tmp_path, quick_copies):
    deidentify(hospital, tmp_path / "copies", DeidentificationOptions(keep_safe_private=True))
    assert not quick_copies


def test_a_file_that_shrinks_meanwhile_is_told(hospital, tmp_path, monkeypatch):
    def shrunk(self, original):
        raise UnusualHeader("a test")

    monkeypatch.setattr(RepeatedCopies, "is_proved", lambda self, copy: True)
    monkeypatch.setattr(Copy, "content", shrunk)
    quick, _ = copies(hospital, tmp_path / "quick", SHIFTED)
    every_file_the_careful_way(monkeypatch)
    assert quick == copies(hospital, tmp_path / "careful", SHIFTED)[0]


def test_reports_are_those_of_the_careful_way(hospital, monkeypatch):
    quick = list(scan(hospital))
    every_file_the_careful_way(monkeypatch)
    assert quick == list(scan(hospital))
    assert [report.path.name for report in quick if any(item.path == "preamble" for item in report.items)] == ["23.dcm"]


def test_whom_files_are_about_is_learned_as_the_careful_way_does(hospital, monkeypatch):
    quick = identity_of(hospital.iterdir())
    every_file_the_careful_way(monkeypatch)
    careful = identity_of(hospital.iterdir())
    for text in ("Zoë", "aepfel", "QUUX", "2008-01-01", "ann", "chest", "MAKER"):
        assert quick.found_in(text) == careful.found_in(text), text
    assert quick.found_in("quux")
    assert quick.found_in("zyxwv")


def test_an_element_is_judged_anew_where_its_maker_is_another(tmp_path):
    """The same private bytes say something else in another maker's block."""
    files = []
    for number, maker in enumerate(("Philips Imaging DD 001", "SOMEBODY ELSE", "Philips Imaging DD 001")):
        ds = slice_dataset(number)
        ds.private_block(0x2001, maker, create=True).add_new(0x03, "FL", 1.0)
        files.append(write(ds, tmp_path / f"{number}.dcm"))
    private = [[item for item in report.items if item.category == "private"] for report in scan(files)]
    assert [len(items) for items in private] == [0, 1, 0]


def test_pixels_of_every_copy_are_its_own(hospital, tmp_path):
    report = deidentify(hospital, tmp_path / "copies", SHIFTED)
    for original, copy in report.written:
        before, after = (pydicom.dcmread(path) for path in (original, copy))
        assert np.array_equal(before.pixel_array, after.pixel_array)
