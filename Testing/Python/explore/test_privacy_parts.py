"""What a file's own record explains, what it warns of, where the search looks: case by case, by hand."""

from __future__ import annotations

import pytest
from personal_data import code
from planted_markers import plant
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ImplicitVRLittleEndian
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.explore.datasets import MOST_DEPTH, UnreadableFile, read_dataset
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.image_bytes import encapsulated
from DICOMTutorialHelperLib.explore.pixel_warnings import pixel_warnings
from DICOMTutorialHelperLib.explore.privacy import identity_of, privacy_report, scan
from DICOMTutorialHelperLib.explore.privacy_findings import grade_of
from DICOMTutorialHelperLib.explore.profile import CATEGORIES, personal_category


def header(**values) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def states(dataset: Dataset, **more) -> dict[str, str]:
    return {item.keyword or item.tag: item.state for item in privacy_report(dataset, **more).items}


def declared(*codes: str, **values) -> Dataset:
    dataset = header(PatientIdentityRemoved="YES", **values)
    dataset.DeidentificationMethodCodeSequence = Sequence([code(one, "DCM", "x") for one in codes])
    return dataset


def test_grades_are_those_of_the_categories():
    assert {category: grade_of(category) for category in CATEGORIES} == {
        **dict.fromkeys(("patient", "person", "identifier", "graphics", "private"), "direct"),
        **dict.fromkeys(("institution", "characteristic", "date", "text", "content", "device"), "indirect"),
        "uid": "technical",
    }


@pytest.mark.parametrize(
    ("tag", "vr", "category"),
    [
        (0x00100010, "PN", "patient"), (0x00090010, "LO", ""), (0x00091001, "LO", "private"), (0x00100000, "UL", ""),
        (0x00280010, "US", ""), (0x00181030, "LO", "text"), (0x00189999, "", "text"),
    ],
)  # fmt: skip
def test_elements_have_the_category_of_what_they_may_hold(tag, vr, category):
    assert personal_category(Tag(tag), vr) == category


@pytest.mark.parametrize(
    ("codes", "values", "explained"),
    [
        (["113100"], {"SOPInstanceUID": "1.2.3"}, True), ([], {"SOPInstanceUID": "1.2.3"}, True),
        (["113100"], {"PatientComments": "x"}, False), (["113105"], {"PatientComments": "x"}, True),
        (["113106"], {"StudyDate": "20200102"}, True), (["113107"], {"AcquisitionDate": "20200102"}, True),
        (["113108"], {"PatientAge": "045Y"}, True), (["113100"], {"PatientAge": "045Y"}, False),
        (["113109"], {"StationName": "x"}, True), (["113112"], {"InstitutionAddress": "x"}, True),
        (["113110"], {"SOPInstanceUID": "1.2.3"}, True), (["113103"], {"PatientComments": "x"}, False),
        (["113100"], {"PatientName": "ANON-1"}, True), (["113100"], {"PatientName": "Doe^Jane"}, False),
        (["113100"], {"PatientName": "Doe^"}, True), (["113100"], {"PatientName": "Doe^1", "PatientID": "Doe^1"}, True),
    ],
)  # fmt: skip
def test_a_file_s_record_explains_what_its_codes_say(codes, values, explained):
    keyword = next(iter(values))
    assert states(declared(*codes, **values))[keyword] == ("declared" if explained else "found")
    undeclared = declared(*codes, **values)
    undeclared.PatientIdentityRemoved = "NO"
    assert states(undeclared)[keyword] == "found"


def test_codes_are_read_from_the_method_s_text_too_and_each_once():
    dataset = declared("113100", "113106")
    dataset.DeidentificationMethod = ["by 113106", "and 113107/113112", "not 113113 or 1131000"]
    assert privacy_report(dataset).codes == ["113100", "113106", "113107", "113112"]
    assert privacy_report(header()).codes == [] and not privacy_report(header()).declared
    assert privacy_report(header(PatientIdentityRemoved="yes")).declared


def test_of_originals_a_record_explains_nothing_that_names_them():
    names = Identity()
    names.add(header(PatientName="Smithson^John"))
    dataset = declared("113105", "113106", PatientComments="for Smithson", StudyDate="20200102")
    assert states(dataset, identity=names, original=True) == {"PatientComments": "found", "StudyDate": "declared"}
    assert states(dataset, identity=names)["PatientComments"] == "declared"


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({}, []), ({"BurnedInAnnotation": "YES"}, ["burned-in"]), ({"BurnedInAnnotation": "NO", "Modality": "US"}, []),
        ({"Modality": "US"}, ["burned-in-possible"]), ({"Modality": "SEG"}, []),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, ["burned-in-possible"]),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"}, ["burned-in-possible"]),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4", "BurnedInAnnotation": "NO"}, []),
        ({"RecognizableVisualFeatures": "YES"}, ["face"]), ({"RecognizableVisualFeatures": "NO", "Modality": "CT"}, []),
        ({"Modality": "CT"}, ["face-possible"]), ({"Modality": "CT", "BodyPartExamined": "CHEST"}, []),
        ({"Modality": "MR", "BodyPartExamined": "HEAD"}, ["face"]), ({"Modality": "CR", "BodyPartExamined": "SKULL"}, []),
        ({"Modality": "PT", "ProtocolName": "none"}, ["face-possible"]), ({"Modality": "PT", "ProtocolName": "FDG"}, []),
        ({"Modality": "CT", "StudyDescription": "forehead"}, []), ({"Modality": "CT", "StudyDescription": "Head/Neck"}, ["face"]),
        ({"Modality": "CT", "RecognizableVisualFeatures": "YES", "BodyPartExamined": "FOOT"}, ["face"]),
        ({"EncapsulatedDocument": b"x"}, ["document"]),
    ],
)  # fmt: skip
def test_warnings_are_of_what_only_a_look_can_tell(values, keys):
    assert pixel_warnings(header(**values)) == keys


def test_a_region_s_code_names_the_head_and_overlays_are_told():
    coded = header(Modality="CT", AnatomicRegionSequence=Sequence([code("69536005", "SCT", "Head")]))
    assert pixel_warnings(coded) == ["face"]
    for group, warned in ((0x5FFF, False), (0x6000, True), (0x60FE, True), (0x6102, False)):
        dataset = Dataset()
        dataset.add_new((group << 16) + 0x0010, "US", 5)
        assert pixel_warnings(dataset) == (["overlay"] if warned else [])


@pytest.mark.parametrize(
    ("preamble", "personal"),
    [
        (b"\0" * 128, False), (b"", False), (b"II*\0" + b"\0" * 124, False), (b"MM\0*" + b"\0" * 124, False),
        (b"x" + b"\0" * 127, True),
        (b"II*\0Smithson".ljust(128, b"\0"), True),
    ],
)  # fmt: skip
def test_a_preamble_may_hold_no_more_than_the_head_of_a_tiff_file(tmp_path, preamble, personal):
    path = write(slice_dataset(0, PatientName="Smithson^John"), tmp_path / "a.dcm")
    path.write_bytes((preamble or b"\0" * 128) + path.read_bytes()[128:])
    found = [item for item in privacy_report(path).items if item.path == "preamble"]
    told = [(item.name, item.category, item.action, item.state) for item in found]
    assert told == [("Preamble", "text", "X", "found")] * personal


class TestComments:
    def dataset(self, syntax: str, comment: bytes, name="Smithson^John") -> Dataset:
        frame = b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + b"\xff\xda\0\2data\xff\xd9"
        dataset = slice_dataset(0, PatientName=name)
        dataset.PixelData = encapsulated([b"", frame + b"\0" * (len(frame) % 2)])
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
        return dataset

    @pytest.mark.parametrize(
        ("comment", "category", "shown"),
        [(b"for  Smithson\0", "patient", "for Smithson"), (b"for somebody", "text", "for somebody"), (b"\1\2\3", "text", ""),
         (b"Kakadu", None, None)],
    )  # fmt: skip
    def test_they_are_shown_with_whom_they_name(self, comment, category, shown):
        report = privacy_report(self.dataset("1.2.840.10008.1.2.4.50", comment))
        found = [item for item in report.items if item.keyword == "PixelData"]
        assert [(item.category, item.value, item.path, item.tag) for item in found] == (
            [(category, shown, "7FE0,0010", "7FE0,0010")] if category else []
        )
        assert "codestream" not in report.warnings

    def test_an_encoder_named_like_the_patient_is_found(self):
        report = privacy_report(self.dataset("1.2.840.10008.1.2.4.50", b"Kakadu", name="Kakadu^John"))
        assert [item.category for item in report.items if item.keyword == "PixelData"] == ["patient"]

    def test_where_they_cannot_be_searched_that_is_said(self):
        assert "codestream" in privacy_report(self.dataset("1.2.840.10008.1.2.4.100", b"")).warnings
        assert "codestream" not in privacy_report(self.dataset("1.2.840.10008.1.2.5", b"")).warnings
        empty = self.dataset("1.2.840.10008.1.2.4.100", b"")
        del empty.PixelData
        assert "codestream" not in privacy_report(empty).warnings


def test_items_are_searched_to_the_depth_that_objects_have():
    dataset = header(PatientComments="deep")
    for _ in range(MOST_DEPTH + 1):
        dataset = header(AnatomicRegionSequence=Sequence([dataset]))
    assert states(dataset) == {}
    assert states(dataset.AnatomicRegionSequence[0]) == {"PatientComments": "found"}
    two = header(AnatomicRegionSequence=Sequence([header(PatientComments="x"), header(PatientComments="y")]))
    items = privacy_report(two).items
    assert [item.path for item in items] == ["0008,2218[0].0010,4000", "0008,2218[1].0010,4000"]
    assert {item.tag for item in items} == {"0010,4000"}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"PatientName": ""}, False), ({"PatientName": None}, False), ({"PatientComments": "  "}, False),
        ({"PatientWeight": None}, False),
        ({"PatientWeight": 0}, True), ({"OtherPatientIDs": ["", ""]}, False), ({"OtherPatientIDs": ["", "x"]}, True),
        ({"FrameOfReferenceUID": "1.2.840.10008.1.4.1.1"}, False), ({"FrameOfReferenceUID": "1.2.3"}, True),
        ({"ReferencedImageSequence": Sequence([])}, False), ({"ReferencedImageSequence": Sequence([Dataset()])}, True),
    ],
)  # fmt: skip
def test_what_is_empty_gives_nothing_away(values, found):
    assert bool(privacy_report(header(**values)).items) is found


def test_values_are_shown_in_a_line_and_bytes_and_sequences_are_not():
    dataset = header(
        PatientComments="two\r\n lines",
        ReferencedImageSequence=Sequence([Dataset()]),
        OtherPatientIDs=MultiValue(str, ["a", "b"]),
    )
    dataset.add_new(0x00091001, "OB", b"bytes")
    shown = {item.tag: item.value for item in privacy_report(dataset).items}
    assert shown == {"0010,4000": "two lines", "0008,1140": "", "0010,1000": "['a', 'b']", "0009,1001": ""}


class TestWhatMayStay:
    def found(self, **values):
        dataset = header(PatientName="Smithson^John", PatientID="4711", **values)
        return {
            item.keyword: item.category
            for item in privacy_report(dataset).items
            if item.keyword not in ("PatientName", "PatientID")
        }

    def test_it_is_counted_and_searched(self):
        report = privacy_report(header(Modality="CT", Rows=5, Manufacturer="Acme", PatientName="x"))
        assert report.searched == 3 and [item.keyword for item in report.items] == ["PatientName"]
        twice = header(AnatomicRegionSequence=Sequence([header(Modality="CT"), header(Modality="CT")]))
        assert privacy_report(twice).searched == 2

    def test_what_names_somebody_is_the_patient_s_and_what_is_not_known_is_text(self):
        assert self.found(Manufacturer="Smithson Ltd") == {"Manufacturer": "patient"}
        assert self.found(Manufacturer="Acme 12345") == {"Manufacturer": "text"}
        assert self.found(Manufacturer="Acme", StackID="7", KVP="120") == {}
        assert self.found(StackID="4712") == {}, "labels are replaced in copies, and tell nothing"
        assert self.found(ImplementationVersionName="x") == {}

    def test_meanings_of_our_own_method_codes_are_nobody_s(self):
        method = [code("113108", "DCM", "Retain Patient Characteristics Option"), code("113108", "DCM", "of Smithson")]
        dataset = header(PatientName="Patient^Retain", DeidentificationMethodCodeSequence=Sequence(method[:1]))
        assert [item.keyword for item in privacy_report(dataset).items] == ["PatientName"]
        assert self.found(DeidentificationMethodCodeSequence=Sequence(method)) == {"CodeMeaning": "patient"}

    def test_what_cannot_be_read_is_told(self):
        dataset = header(PatientName="x")
        plant(dataset, Tag("RealWorldValueSlope"), "FD", b"\1" * 6)
        assert [(item.tag, item.category) for item in privacy_report(dataset).items] == [
            ("0010,0010", "patient"),
            ("0040,9225", "text"),
        ]

    @pytest.mark.parametrize(("number", "vr"), [(0x60000010, "US"), (0x00020100, "UI"), (0x00041200, "UL")])
    def test_what_no_rule_is_about_is_told_where_it_cannot_be_read(self, number, vr, monkeypatch):
        dataset = header(PatientName="x")
        plant(dataset, Tag(number), vr, b"\1" * 3)
        usual = Dataset.__getitem__

        def unreadable(self, key):
            if key == number:
                raise ValueError("3 bytes")
            return usual(self, key)

        monkeypatch.setattr(Dataset, "__getitem__", unreadable)
        items = [item for item in privacy_report(dataset).items if item.keyword != "PatientName"]
        assert [(item.path, item.name, item.action, item.category) for item in items] == [
            (f"{number >> 16:04X},{number & 0xFFFF:04X}", "Unreadable Element", "X", "text")
        ]

    def test_safe_private_elements_are_searched_too(self):
        for vr, value, category in (
            ("IS", "1000", None), ("CS", "NONE", None), ("LO", "anything", None), ("LO", "Smithson", "private"),
            ("CS", "SMITHSON", "private"),
        ):  # fmt: skip
            dataset = header(PatientName="Smithson^John")
            dataset.add_new(0x00190010, "LO", "SIEMENS MR HEADER")
            dataset.add_new(0x0019100C, vr, value)
            assert [item.category for item in privacy_report(dataset).items if item.tag == "0019,100C"] == [category] * bool(
                category
            )

    def test_private_names_are_those_of_their_creators(self):
        dataset = header()
        dataset.add_new(0x00190010, "LO", "ACME")
        dataset.add_new(0x00191001, "LO", "x")
        dataset.add_new(0x00190001, "LO", "y")
        names = {item.tag: item.name for item in privacy_report(dataset).items}
        assert names == {"0019,1001": "[ACME]", "0019,0001": "Private"} or names["0019,1001"] == "[ACME]"


def test_a_run_remembers_elements_and_counts_the_same(tmp_path):
    for number in range(3):
        dataset = slice_dataset(
            number, PatientName="Smithson^John", Manufacturer="Smithson" if number == 2 else "Acme", PatientComments="x"
        )
        write(dataset, tmp_path / f"{number}.dcm", ImplicitVRLittleEndian if number == 1 else "1.2.840.10008.1.2.1")
    together = list(scan(tmp_path))
    names = identity_of(sorted(tmp_path.glob("*.dcm")))
    alone = [privacy_report(path, names) for path in sorted(tmp_path.glob("*.dcm"))]
    for one, other in zip(together, alone):
        assert (one.items, one.searched, one.warnings) == (other.items, other.searched, other.warnings)
    assert [any(item.keyword == "Manufacturer" for item in report.items) for report in together] == [False, False, True]
    assert all(not report.original for report in together)


def test_the_name_of_a_file_may_name_somebody(tmp_path):
    path = write(slice_dataset(0, PatientName="Smithson^John"), tmp_path / "Smithson_1.dcm")
    assert "file-name" in privacy_report(path).warnings
    assert "file-name" not in privacy_report(path.rename(tmp_path / "a.Smithson")).warnings, "an ending is none"
    assert "file-name" not in privacy_report(read_dataset(tmp_path / "a.Smithson")).warnings


def test_files_that_cannot_be_read_are_passed_over_and_named(tmp_path):
    (tmp_path / "junk.dcm").write_bytes(b"junk" * 100)
    write(slice_dataset(0, PatientName="Smithson^John"), tmp_path / "x.dcm")
    told = []
    names = identity_of(sorted(tmp_path.iterdir()), lambda done, total: told.append((done, total)))
    assert names.found_in("Smithson") and told == [(1, 2), (2, 2)]
    assert [type(one) is UnreadableFile for one in scan(tmp_path)] == [True, False]
