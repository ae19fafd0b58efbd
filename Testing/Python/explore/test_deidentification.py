"""De-identified copies: nothing of the person stays, everything of the image does."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pydicom
import pytest
from personal_data import personal_slice
from planted_markers import plant
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import Tag
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from synthetic_series import axial_positions, slice_dataset, write

from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
from DICOMTutorialHelperLib.explore.deidentification import (
    DeidentificationOptions,
    OutputRefused,
    deidentify,
    deidentify_dataset,
)
from DICOMTutorialHelperLib.explore.privacy import privacy_report
from DICOMTutorialHelperLib.explore.profile import rule_for

OF_PYDICOM = ("JPEG2000.dcm", "MR_small_RLE.dcm", "rtplan.dcm", "rtstruct.dcm", "badVR.dcm", "test-SR.dcm")
GEOMETRY = (
    "Rows", "Columns", "PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "RescaleSlope", "RescaleIntercept", "PhotometricInterpretation", "Modality", "SOPClassUID",
    "InstanceNumber", "NumberOfFrames", "SliceThickness",
)  # fmt: skip


def identifying_values(dataset: Dataset, kinds: tuple):
    """Every text that the original holds in an element of the profile, names also in parts, to the depth of sequences."""
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from identifying_values(item, kinds)
            continue
        rule = rule_for(element.tag, element.VR)
        if rule is None or rule.category not in kinds or isinstance(element.value, bytes):
            continue
        for value in element.value if isinstance(element.value, MultiValue) else [element.value]:
            yield from {str(value), *(str(value).replace("=", "^").split("^") if element.VR == "PN" else [])}


def leaks(original: Path, copy: Path) -> list[str]:
    """The identifying values of the original that stand anywhere in the copy's bytes, pixels left out.

    Texts of fewer than four letters, plain zeros and the names of standards and software stand in any file.
    """
    dataset, copied = pydicom.dcmread(original, force=True), pydicom.dcmread(copy)
    data = copy.read_bytes()
    if copied.get("PixelData"):
        data = data.replace(copied.PixelData, b"")
    kinds = ("patient", "person", "identifier", "institution", "uid")
    allowed = ("None", "Removed by CTP", "DICOMTutorialHelper", *str(dataset.get("Manufacturer")).split("_"))
    wanted = {*identifying_values(dataset, kinds), *identifying_values(getattr(dataset, "file_meta", Dataset()), kinds)}
    wanted = {
        value for value in wanted if len(value) >= 4 and value.strip("0") and not PYDICOM_IMPLEMENTATION_UID.startswith(value)
    }
    wanted = {value for value in wanted if not value.startswith("1.2.840.10008.") and value not in allowed}
    return sorted(value for value in wanted if value.encode("utf-8") in data)


@pytest.fixture
def copy_of_person(personal_file, tmp_path):
    # A key of our own, so that no short number comes by chance into the digits of a new UID.
    report = deidentify(personal_file, tmp_path / "copies", DeidentificationOptions(key="so that the run is the same every time"))
    return personal_file, report.written[0][1], report


def test_nothing_that_identifies_stays_anywhere_in_the_file(copy_of_person):
    original, copy, _ = copy_of_person
    assert leaks(original, copy) == []
    data = copy.read_bytes().replace(pydicom.dcmread(copy).PixelData, b"").lower()
    for trace in ("dupont", "müller", "éloïse", "rue oubli", "referrer", "4711", "83645", "saint-exemple", "ctroom7", "1234567"):
        assert trace.encode("utf-8") not in data, trace
    for trace in ("19310203", "20210304", "acme", "secret nested", "sn-0099", "socsec", "req-1234", "1.2.826.99.1"):
        assert trace.encode() not in data, trace


def test_the_copy_passes_privacy(copy_of_person):
    _, copy, _ = copy_of_person
    assert privacy_report(copy).found == []


def test_the_image_stays_bit_for_bit(copy_of_person):
    original, copy, _ = copy_of_person
    before, after = pydicom.dcmread(original), pydicom.dcmread(copy)
    assert after.PixelData == before.PixelData
    for keyword in GEOMETRY:
        assert after.get(keyword) == before.get(keyword), keyword


def test_originals_are_never_touched(personal_file, tmp_path):
    before = hashlib.sha256(personal_file.read_bytes()).hexdigest()
    stamp = personal_file.stat().st_mtime_ns
    deidentify(personal_file.parent, tmp_path / "copies")
    assert hashlib.sha256(personal_file.read_bytes()).hexdigest() == before
    assert personal_file.stat().st_mtime_ns == stamp
    assert [path.name for path in personal_file.parent.iterdir()] == [personal_file.name]


def test_the_method_is_recorded(copy_of_person):
    _, copy, _ = copy_of_person
    dataset = pydicom.dcmread(copy)
    assert dataset.PatientIdentityRemoved == "YES"
    assert any("PS3.15" in line for line in dataset.DeidentificationMethod)
    assert all(len(line) <= 64 for line in dataset.DeidentificationMethod)
    codes = [(item.CodeValue, item.CodingSchemeDesignator) for item in dataset.DeidentificationMethodCodeSequence]
    assert codes == [("113100", "DCM")]
    assert dataset.LongitudinalTemporalInformationModified == "REMOVED"


def test_codes_have_the_meanings_of_cid_7050():
    from pydicom.sr.codedict import codes

    from DICOMTutorialHelperLib.explore.dataset_deidentifier import METHOD_CODES

    group = getattr(codes, "CID7050", None) or codes.cid7050  # as pydicom 2 spells it
    standard = {getattr(group, name).value: getattr(group, name).meaning for name in group.dir()}
    assert {value: standard[value] for value in METHOD_CODES} == METHOD_CODES


def test_preamble_and_file_meta_are_made_anew(copy_of_person):
    _, copy, _ = copy_of_person
    assert copy.read_bytes()[:132] == b"\0" * 128 + b"DICM"
    dataset = pydicom.dcmread(copy)
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert "SourceApplicationEntityTitle" not in dataset.file_meta


def test_file_names_say_nothing(copy_of_person, tmp_path):
    _, copy, _ = copy_of_person
    assert copy.relative_to(tmp_path / "copies").as_posix() == "patient-001/study-01/series-001/00001.dcm"


def test_uids_keep_their_relations_over_the_run(tmp_path):
    folder = tmp_path / "in"
    first, second = slice_dataset(0), slice_dataset(1)
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = first.SOPClassUID, first.SOPInstanceUID
    second.ReferencedImageSequence = [reference]
    write(first, folder / "1.dcm"), write(second, folder / "2.dcm")
    report = deidentify(folder, tmp_path / "out")
    one, two = (pydicom.dcmread(copy) for _, copy in report.written)
    assert two.ReferencedImageSequence[0].ReferencedSOPInstanceUID == one.SOPInstanceUID
    assert two.ReferencedImageSequence[0].ReferencedSOPClassUID == first.SOPClassUID
    assert one.SeriesInstanceUID == two.SeriesInstanceUID != first.SeriesInstanceUID
    assert one.SOPInstanceUID != two.SOPInstanceUID
    for uid in (one.SOPInstanceUID, one.StudyInstanceUID, one.FrameOfReferenceUID):
        assert uid.startswith("2.25.") and uid.is_valid


def test_the_same_key_gives_the_same_replacements_and_another_does_not():
    def uid(key):
        return deidentify_dataset(slice_dataset(0, SOPInstanceUID="1.2.3"), DeidentificationOptions(key=key)).SOPInstanceUID

    assert uid("secret") == uid("secret")
    assert len({uid("secret"), uid("other"), uid(None), uid(None)}) == 4


def test_patients_stay_apart_and_keep_one_name_each(tmp_path):
    for number, (name, identifier) in enumerate([("A", "1"), ("A", "1"), ("B", "2"), ("", ""), ("", "")]):
        study = f"1.2.{number}" if not name else f"1.2.{identifier}"
        dataset = slice_dataset(number, PatientName=name, PatientID=identifier, StudyInstanceUID=study)
        write(dataset, tmp_path / "in" / f"{number}.dcm")
    report = deidentify(tmp_path / "in", tmp_path / "out")
    names = [str(pydicom.dcmread(copy).PatientName) for _, copy in report.written]
    assert names[0] == names[1]
    assert len(set(names)) == 4, "nameless patients of two studies must not become one"
    assert report.pseudonyms == 4


def test_dates_can_be_shifted_so_that_intervals_stay(tmp_path):
    for number, day in enumerate(("20200101", "20200111", "20200227")):
        dataset = slice_dataset(number, StudyDate=day, StudyTime="101500", AcquisitionDateTime=day + "101500")
        write(dataset, tmp_path / "in" / f"{number}.dcm")
    report = deidentify(tmp_path / "in", tmp_path / "out", DeidentificationOptions(dates="shift"))
    copies = [pydicom.dcmread(copy) for _, copy in report.written]
    days = [date(int(copy.StudyDate[:4]), int(copy.StudyDate[4:6]), int(copy.StudyDate[6:])) for copy in copies]
    assert [(later - days[0]).days for later in days] == [0, 10, 57]
    assert days[0] < date(2020, 1, 1)
    assert all(copy.StudyTime == "101500" and copy.AcquisitionDateTime == copy.StudyDate + "101500" for copy in copies)
    assert "113107" in [item.CodeValue for item in copies[0].DeidentificationMethodCodeSequence]
    assert all(not copy.get("PatientBirthDate") for copy in copies)
    assert privacy_report(copies[0]).found == []


def test_dates_can_be_kept():
    kept = deidentify_dataset(personal_slice(), DeidentificationOptions(dates="keep"))
    assert (kept.StudyDate, kept.StudyTime) == ("20210304", "101112")
    assert not kept.PatientBirthDate
    assert "113106" in [item.CodeValue for item in kept.DeidentificationMethodCodeSequence]


def test_characteristics_can_be_kept_but_great_age_is_capped():
    kept = deidentify_dataset(personal_slice(), DeidentificationOptions(keep_characteristics=True))
    assert (kept.PatientSex, kept.PatientWeight, kept.PatientAge) == ("F", 61.5, "090Y")
    assert "113108" in [item.CodeValue for item in kept.DeidentificationMethodCodeSequence]
    assert "PatientAge" not in deidentify_dataset(personal_slice())


@pytest.mark.parametrize("age", ["093Y", "95Y", "95", "1100M", "5000W", "90y", "090Y", "33000D", "150Y"])
def test_a_great_age_is_capped_however_it_is_written(age):
    dataset = slice_dataset(0)
    plant(dataset, Tag("PatientAge"), "AS", age.encode())
    assert deidentify_dataset(dataset, DeidentificationOptions(keep_characteristics=True)).PatientAge == "090Y"


@pytest.mark.parametrize(
    ("age", "kept"), [("045Y", "045Y"), ("45", "045Y"), ("006M", "006M"), ("about 50", ""), ("45Y Smith", "")]
)
def test_other_ages_stay_and_what_is_no_age_goes(age, kept):
    dataset = slice_dataset(0)
    plant(dataset, Tag("PatientAge"), "AS", age.encode())
    assert (deidentify_dataset(dataset, DeidentificationOptions(keep_characteristics=True)).PatientAge or "") == kept


@pytest.mark.parametrize("dates", ["shift", "keep"])
@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [("StudyDate", "DA", "20080213 Smith"), ("StudyTime", "TM", "SMITH"), ("AcquisitionDateTime", "DT", "20080213 Smith"),
     ("SeriesDate", "DA", "20081399"), ("SeriesTime", "TM", "256199"), ("ContentTime", "TM", "101112 Smith")],
)  # fmt: skip
def test_what_is_no_date_and_no_time_goes(dates, keyword, vr, value):
    dataset = slice_dataset(0)
    plant(dataset, Tag(keyword), vr, value.encode())
    assert not deidentify_dataset(dataset, DeidentificationOptions(dates=dates)).get(keyword)


def test_both_ends_of_a_range_are_shifted_and_the_offset_from_utc_goes():
    dataset = slice_dataset(0)
    plant(dataset, Tag("StudyDate"), "DA", b"20080213-20080220")
    plant(dataset, Tag("AcquisitionDateTime"), "DT", b"20080213101112.5+0130")
    kept = deidentify_dataset(dataset, DeidentificationOptions(dates="shift", key="k"))
    first, second = (date(int(end[:4]), int(end[4:6]), int(end[6:])) for end in str(kept.StudyDate).split("-"))
    assert (second - first).days == 7 and first != date(2008, 2, 13)
    assert str(kept.AcquisitionDateTime)[8:] == "101112.5"
    assert str(kept.AcquisitionDateTime)[:8] == str(kept.StudyDate)[:8]


def test_patients_of_one_number_and_two_issuers_are_two():
    names = {
        str(
            deidentify_dataset(
                slice_dataset(0, PatientID="1", IssuerOfPatientID=one), DeidentificationOptions(key="k")
            ).PatientName
        )
        for one in ("A", "B")
    }
    assert len(names) == 2
    assert all(len(name) == len("ANON-") + 32 for name in names)


@pytest.mark.parametrize(
    ("description", "kept"),
    [
        ("123 456 789", None),
        ("born 17/01/50", None),
        ("T2 030 123 456 7", "T2"),
        ("Chest 5mm 17mm 01mm 50mm", "Chest"),
        ("AX 3mm b1000", "AX 3mm b1000"),
    ],
)
def test_descriptions_keep_no_numbers_but_measures(description, kept):
    clean = deidentify_dataset(slice_dataset(0, SeriesDescription=description), DeidentificationOptions(clean_descriptions=True))
    assert clean.get("SeriesDescription") == kept


@pytest.mark.parametrize(
    ("description", "kept"),
    [
        ("AX BLISS_AUTO SENSE", "AX BLISS AUTO SENSE"),
        ("T2 tra STIR 5mm", "T2 tra STIR 5mm"),
        ("Thorax for Dupont-Müller", "Thorax"),
        ("Crâne Mme Martin 20210304 CT", "Crâne CT"),
        ("Mrs Smith", None),
    ],
)
def test_descriptions_can_keep_their_technical_words(description, kept):
    dataset = slice_dataset(0, SeriesDescription=description)
    clean = deidentify_dataset(dataset, DeidentificationOptions(clean_descriptions=True))
    assert clean.get("SeriesDescription") == kept
    assert "113105" in [item.CodeValue for item in clean.DeidentificationMethodCodeSequence]
    assert "SeriesDescription" not in deidentify_dataset(dataset)


def test_a_patient_named_like_a_technical_word_is_not_kept():
    dataset = slice_dataset(0, PatientName="Brain^Axel", SeriesDescription="T1 brain")
    assert deidentify_dataset(dataset, DeidentificationOptions(clean_descriptions=True)).SeriesDescription == "T1"


def test_private_elements_go_unless_the_standard_calls_them_safe_and_they_are_wanted():
    assert not [element for element in deidentify_dataset(personal_slice()) if element.tag.is_private]
    kept = deidentify_dataset(personal_slice(), DeidentificationOptions(keep_safe_private=True))
    assert [element.tag for element in kept if element.tag.is_private] == [0x00190010, 0x0019100C]
    assert kept[0x0019, 0x100C].value == 1000


def test_elements_that_no_dictionary_knows_go():
    dataset = slice_dataset(0)
    dataset.add_new((0x0018, 0x9FFF), "LO", "whatever")
    assert (0x0018, 0x9FFF) not in deidentify_dataset(dataset)


def test_a_copy_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def refuse(cleaned, original, target, spare_uid):
        target.write_bytes(b"half")
        raise ValueError("no such VR")

    monkeypatch.setattr("DICOMTutorialHelperLib.explore.deidentification.write_clean", refuse)
    report = deidentify(write(slice_dataset(0), tmp_path / "in" / "a.dcm"), tmp_path / "out")
    assert [problem.reason for problem in report.unreadable] == ["not-written"]
    assert not list((tmp_path / "out").rglob("*.dcm"))


def test_overlays_go_whole():
    assert not [element for element in deidentify_dataset(personal_slice()) if 0x6000 <= element.tag.group <= 0x60FF]


def test_codes_that_say_nothing_of_a_person_stay():
    kept = deidentify_dataset(personal_slice())
    assert kept.AnatomicRegionSequence[0].CodeMeaning == "Chest"
    assert len(kept.AnatomicRegionSequence[0]) == 3


def test_the_given_dataset_stays_as_it_was():
    dataset = personal_slice()
    before = dataset.to_json()
    deidentify_dataset(dataset)
    assert dataset.to_json() == before


def test_reports_keep_their_numbers_and_lose_their_people(report, tmp_path):
    original = write(report, tmp_path / "in" / "sr.dcm")
    [(_, copy)] = deidentify(original, tmp_path / "out").written
    assert leaks(original, copy) == []
    from DICOMTutorialHelperLib.explore.reports import read_report

    before, after = read_report(original), read_report(copy)
    assert [one.value for one in after.measurements] == [one.value for one in before.measurements]
    assert [one.finding for one in after.measurements] == [one.finding for one in before.measurements]
    assert b"Rita" not in copy.read_bytes()
    assert "113104" in [item.CodeValue for item in pydicom.dcmread(copy).DeidentificationMethodCodeSequence]


def test_segmentations_still_fit_their_images(segmentation, source_images, tmp_path):
    for number, image in enumerate(source_images):
        write(image, tmp_path / "in" / f"{number}.dcm")
    write(segmentation, tmp_path / "in" / "seg.dcm")
    report = deidentify(tmp_path / "in", tmp_path / "out")
    copies = {source.name: pydicom.dcmread(copy) for source, copy in report.written}
    clean = copies["seg.dcm"]
    assert clean.ReferencedSeriesSequence[0].SeriesInstanceUID == copies["0.dcm"].SeriesInstanceUID
    assert clean.FrameOfReferenceUID == copies["0.dcm"].FrameOfReferenceUID
    assert clean.PixelData == segmentation.PixelData
    assert clean.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Prostate"
    pydicom.dcmread(report.written[-1][1])
    hd = pytest.importorskip("highdicom")
    assert hd.seg.segread(report.written[-1][1]).number_of_segments == 2


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_every_encoding_is_kept(tmp_path, syntax):
    dataset = slice_dataset(0)
    if syntax == ExplicitVRBigEndian:
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    original = write(dataset, tmp_path / "in" / "a.dcm", syntax)
    [(_, copy)] = deidentify(original, tmp_path / "out").written
    before, after = pydicom.dcmread(original), pydicom.dcmread(copy)
    assert after.file_meta.TransferSyntaxUID == syntax
    assert (after.pixel_array == before.pixel_array).all()


@pytest.mark.parametrize("name", OF_PYDICOM)
def test_files_of_pydicom_are_copied_clean(tmp_path, name):
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"{name} is not among this pydicom's own files")
    (tmp_path / "in").mkdir()
    original = Path(shutil.copy(path, tmp_path / "in" / name))
    [(_, copy)] = deidentify(original, tmp_path / "out").written
    assert leaks(original, copy) == []
    before, after = pydicom.dcmread(original, force=True), pydicom.dcmread(copy)
    if "PixelData" in before and after.PixelData != before.PixelData:  # comments in compressed pixels are gone
        assert before.file_meta.TransferSyntaxUID.is_compressed
        assert (after.pixel_array == before.pixel_array).all()
    assert privacy_report(copy).found == []


def test_the_real_torso_is_copied_with_its_geometry_and_nothing_else(shared_data, tmp_path):
    report = deidentify(shared_data / "torso_ct", tmp_path / "out")
    assert len(report.written) == 275
    assert report.unreadable == []
    for original, copy in report.written[::11]:
        before, after = pydicom.dcmread(original), pydicom.dcmread(copy)
        assert after.PixelData == before.PixelData
        for keyword in GEOMETRY:
            assert after.get(keyword) == before.get(keyword), keyword
        assert leaks(original, copy) == []
        assert privacy_report(copy).found == []


@pytest.mark.parametrize("practice", ["torso-ct", "breast-mri", "examples"])
def test_practice_sets_are_copied_with_their_geometry_and_nothing_else(tmp_path, practice):
    data = pytest.importorskip("DICOMTutorialHelperLib.data.synthetic.practice")
    originals = data.make_practice_set(practice, tmp_path / "in")
    report = deidentify(tmp_path / "in", tmp_path / "out")
    assert {source for source, _ in report.written} == set(originals)
    step = max(1, len(report.written) // 25)
    for original, copy in report.written[::step]:
        before, after = pydicom.dcmread(original), pydicom.dcmread(copy)
        assert after.get("PixelData") == before.get("PixelData")
        for keyword in GEOMETRY:
            assert after.get(keyword) == before.get(keyword), keyword
        assert leaks(original, copy) == []
        assert privacy_report(copy).found == []


def test_what_cannot_be_read_or_is_no_instance_is_left_out(personal_file, tmp_path):
    (personal_file.parent / "junk.dcm").write_bytes(b"not dicom" * 50)
    shutil.copy(get_testdata_file("DICOMDIR", download=False), personal_file.parent / "index.dcm")
    report = deidentify(personal_file.parent, tmp_path / "copies")
    assert len(report.written) == 1
    assert all(isinstance(problem, UnreadableFile) for problem in report.unreadable)
    assert {problem.path.name: problem.reason for problem in report.unreadable} == {
        "junk.dcm": "not-dicom",
        "index.dcm": "directory",
    }


def test_burned_in_text_is_flagged(tmp_path):
    dataset = slice_dataset(0, BurnedInAnnotation="YES", ImagePositionPatient=list(axial_positions(1)[0]))
    report = deidentify(write(dataset, tmp_path / "in" / "a.dcm"), tmp_path / "out")
    assert report.warnings["burned-in"] == [report.written[0][1]]
    assert pydicom.dcmread(report.written[0][1]).BurnedInAnnotation == "YES"


@pytest.mark.parametrize(
    ("output", "reason"),
    [("originals", "inside"), ("originals/sub", "inside"), (".", "around"), ("full", "not-empty"), ("file.txt", "file")],
)
def test_no_output_may_touch_what_is_there(personal_file, tmp_path, output, reason):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("here", encoding="utf-8")
    (tmp_path / "file.txt").write_text("here", encoding="utf-8")
    before = sorted(path for path in tmp_path.rglob("*"))
    with pytest.raises(OutputRefused) as refusal:
        deidentify(personal_file.parent, tmp_path / output)
    assert refusal.value.reason == reason
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_an_unknown_way_with_dates_is_refused():
    with pytest.raises(ValueError, match="dates"):
        DeidentificationOptions(dates="forget")


@pytest.mark.parametrize("practice", ["torso-ct", "breast-mri"])
def test_copies_of_practice_sets_load_as_their_originals_do(tmp_path, practice):
    """Also with dates and times removed: what tells the frames of a sequence apart is still there."""
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
    from DICOMTutorialHelperLib.dicom.examine import examine_paths

    def loaded(folder):
        found = []
        for series in examine_paths([folder]).series:
            for candidate in series.selected:
                grid = candidate.stacks[0].grid
                found.append((candidate.kind, len(candidate.stacks), grid.dimensions, np.round(grid.ijk_to_lps, 4).tolist()))
        return sorted(found, key=str)

    make_practice_set(practice, tmp_path / "in")
    deidentify(tmp_path / "in", tmp_path / "out")
    assert loaded(tmp_path / "out") == loaded(tmp_path / "in") != []


def test_registered_uids_of_the_standard_name_nobody_and_stay():
    """The Talairach frame of reference (PS3.6 annex A)."""
    dataset = slice_dataset(0, FrameOfReferenceUID="1.2.840.10008.1.4.1.1", StudyInstanceUID="1.2.3")
    cleaned = deidentify_dataset(dataset, DeidentificationOptions())
    assert cleaned.FrameOfReferenceUID == "1.2.840.10008.1.4.1.1"
    assert cleaned.StudyInstanceUID != "1.2.3"


@pytest.mark.parametrize("count", [1, 3])
def test_progress_counts_every_file_twice_once_read_and_once_copied(tmp_path, count):
    for number in range(count):
        write(slice_dataset(number), tmp_path / "in" / f"{number}.dcm")
    told = []
    deidentify(tmp_path / "in", tmp_path / "out", progress=lambda *counts: told.append(counts))
    assert told == [(done, 2 * count) for done in range(1, 2 * count + 1)]
