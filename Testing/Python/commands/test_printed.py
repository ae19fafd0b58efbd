"""Everything that a command prints of small made files, held against texts that a person has read (``printed_text``)."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from personal_data import code, personal_slice
from printed_text import assert_as_read, said
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from synthetic_series import CT, MR, XRAY, slice_dataset, write

SEGMENTATION, REPORT = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.88.33"


def uid(name: str) -> str:
    return f"1.2.99.{int.from_bytes(name.encode(), 'big')}"


def one_slice(number: int, name: str, sop_class: str = CT, **header) -> Dataset:
    return slice_dataset(
        number, sop_class, **{"SOPInstanceUID": uid(name), "ImagePositionPatient": [-10, -20, 30 + 2.5 * number], **header}
    )


def nested_items() -> Sequence:
    """Five items, each with two below, of which the first has a third level."""
    items = []
    for number in range(5):
        item = code(f"T-{number}", "99TEST", f"meaning {number}")
        item.AnatomicRegionModifierSequence = Sequence([code(f"M-{number}{n}", "99TEST", f"modifier {n}") for n in range(2)])
        items.append(item)
    return Sequence(items)


def segmentation() -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Modality = SEGMENTATION, uid("seg"), "SEG"
    dataset.PatientName, dataset.PatientID, dataset.StudyInstanceUID, dataset.StudyDate = "Doe^Jane", "P1", "1.2.3", "20200102"
    dataset.SeriesInstanceUID, dataset.SeriesNumber, dataset.SegmentationType = "1.2.3.8", 8, "BINARY"
    first, second = Dataset(), Dataset()
    first.SegmentNumber, first.SegmentLabel, first.SegmentAlgorithmType = 1, "Prostate", "MANUAL"
    first.SegmentedPropertyCategoryCodeSequence = [code("91723000", "SCT", "Anatomical Structure")]
    first.SegmentedPropertyTypeCodeSequence = [code("41216001", "SCT", "Prostate")]
    first.RecommendedDisplayCIELabValue = [34939, 53485, 50171]  # about sRGB red
    second.SegmentNumber, second.SegmentLabel = 2, "Lesion"
    second.SegmentAlgorithmType, second.SegmentAlgorithmName = "AUTOMATIC", "Threshold"
    second.SegmentedPropertyCategoryCodeSequence = [code("49755003", "SCT", "Morphologically Abnormal Structure")]
    kind = code("52988006", "SCT", "Lesion")
    kind.SegmentedPropertyTypeModifierCodeSequence = [code("7771000", "SCT", "Left")]
    second.SegmentedPropertyTypeCodeSequence = [kind]
    region = code("41216001", "SCT", "Prostate")
    region.AnatomicRegionModifierSequence = [code("24028007", "SCT", "Right")]
    second.AnatomicRegionSequence = [region]
    dataset.SegmentSequence = [first, second]
    series = Dataset()
    series.SeriesInstanceUID = "1.2.3.4"
    dataset.ReferencedSeriesSequence = [series]
    return dataset


def content(kind: str, name: Dataset, relation: str = "CONTAINS", **values) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType, item.ConceptNameCodeSequence = relation, kind, [name]
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def reference(*uids: str) -> list[Dataset]:
    items = []
    for one in uids:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CT, one
        items.append(item)
    return items


def number(value: str, unit: Dataset) -> list[Dataset]:
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = value, [unit]
    return [measured]


def report(**header) -> Dataset:
    """Two numbers of a lesion in the left prostate, one on a single image, with a note; TID 1500's shape."""
    finding = content("CODE", code("121071", "DCM", "Finding"), ConceptCodeSequence=[code("52988006", "SCT", "Lesion")])
    site = content(
        "CODE", code("363698007", "SCT", "Finding Site"), ConceptCodeSequence=[code("41216001", "SCT", "Prostate")],
        ContentSequence=[
            content("CODE", code("272741003", "SCT", "Laterality"), "HAS CONCEPT MOD",
                    ConceptCodeSequence=[code("7771000", "SCT", "Left")])
        ],
    )  # fmt: skip
    tracking = content("TEXT", code("112039", "DCM", "Tracking Identifier"), TextValue="Lesion 1")
    segment = content("IMAGE", code("121191", "DCM", "Referenced Segment"), ReferencedSOPSequence=reference(uid("seg")))
    sources = content("IMAGE", code("121233", "DCM", "Source Image"), ReferencedSOPSequence=reference("1.9.1", "1.9.2"))
    volume = content("NUM", code("118565006", "SCT", "Volume"), MeasuredValueSequence=number("12.5", code("mm3", "UCUM", "mm3")))
    ratio = content(
        "NUM", code("118586006", "SCT", "Ratio"), MeasuredValueSequence=number("0.25", code("1", "UCUM", "no units")),
        ContentSequence=[
            content("CODE", code("370129005", "SCT", "Method"), "HAS CONCEPT MOD",
                    ConceptCodeSequence=[code("373098007", "SCT", "Mean")]),
            content("IMAGE", code("121112", "DCM", "Source of Measurement"), "INFERRED FROM",
                    ReferencedSOPSequence=reference("1.9.3")),
        ],
    )  # fmt: skip
    group = content(
        "CONTAINER", code("125007", "DCM", "Measurement Group"),
        ContentSequence=[tracking, finding, site, segment, sources, volume, ratio],
    )  # fmt: skip
    person = content("PNAME", code("121008", "DCM", "Person Observer Name"), "HAS OBS CONTEXT", PersonName="Reader^Rita")
    dataset = content("CONTAINER", code("126000", "DCM", "Imaging Measurement Report"), ContentSequence=[person, group])
    del dataset.RelationshipType
    dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.Modality = REPORT, uid("sr"), "SR"
    dataset.PatientName, dataset.PatientID, dataset.StudyInstanceUID, dataset.StudyDate = "Doe^Jane", "P1", "1.2.3", "20200102"
    dataset.SeriesInstanceUID, dataset.SeriesNumber = "1.2.3.7", 7
    dataset.CompletionFlag, dataset.VerificationFlag = "COMPLETE", "UNVERIFIED"
    template = Dataset()
    template.TemplateIdentifier, template.MappingResource = "1500", "DCMR"
    dataset.ContentTemplateSequence = [template]
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    return dataset


def make_data(folder: Path) -> None:
    for number in range(3):
        write(one_slice(number, f"ct{number}", KVP="120"), folder / "ct" / f"{number}.dcm")
    write(one_slice(1, "other", KVP="90", SeriesDescription="", PatientSex="F", PatientName=None), folder / "other.dcm")
    write(one_slice(0, "long", AnatomicRegionSequence=nested_items()), folder / "long.dcm")
    # Varying in every way: a number, few texts, many texts, absent in one.
    texts = ("alpha", "beta", "gamma", "delta", "")
    for number, text in enumerate(texts):
        header = {"ImageComments": text or "x", "ProtocolName": "A" if number % 2 else "", "SeriesDescription": text or None}
        write(one_slice(number, f"varied{number}", EchoTime=[2, 5][number % 2], **header), folder / "varied" / f"{number}.dcm")
    # Four levels with all that may be missing or odd.
    tree = folder / "tree"
    for number in range(2):
        write(one_slice(number, f"tree{number}"), tree / f"ct{number}.dcm")
    write(one_slice(0, "tree0"), tree / "copy.dcm")
    cine = {"NumberOfFrames": 12, "SeriesInstanceUID": "1.2.3.6", "SeriesNumber": None, "SeriesDescription": None}
    write(one_slice(0, "cine", MR, StudyDescription="Abdomen", **cine), tree / "cine.dcm")
    nobody = {"PatientName": "", "PatientID": "P2", "PatientSex": "M", "StudyInstanceUID": "1.5", "StudyDate": None}
    write(one_slice(0, "nobody", Modality="", SeriesDescription="Shared", **nobody), tree / "nobody.dcm")
    (tree / "junk.dcm").write_bytes(b"junk" * 100)
    (folder / "junk").mkdir()
    for number in range(12):
        (folder / "junk" / f"{number:02}.dcm").write_bytes(b"junk" * 100)
    (folder / "empty").mkdir()
    # Objects of several kinds.
    kinds = folder / "kinds"
    write(one_slice(0, "k1"), kinds / "ct.dcm"), write(one_slice(1, "k2"), kinds / "ct2.dcm")
    write(one_slice(0, "k3", XRAY, SeriesInstanceUID="1.9"), kinds / "xray.dcm")
    write(one_slice(0, "k4", "1.2.840.10008.5.1.4.1.1.6", Modality="US", SeriesInstanceUID="1.10"), kinds / "retired.dcm")
    write(one_slice(0, "k5", "1.2.3.999", SeriesInstanceUID="1.11"), kinds / "unknown.dcm")
    write(segmentation(), kinds / "seg.dcm"), write(report(), kinds / "sr.dcm")
    bare = Dataset()
    bare.SOPClassUID, bare.SOPInstanceUID, bare.Modality, bare.SeriesInstanceUID = SEGMENTATION, uid("bare"), "SEG", "1.12"
    write(bare, folder / "bare" / "seg.dcm")
    nothing = report(SOPInstanceUID=uid("nothing"), CompletionFlag="PARTIAL", VerificationFlag="VERIFIED", ContentSequence=[])
    del nothing.ContentTemplateSequence
    write(nothing, folder / "nothing" / "sr.dcm")
    # Whom the images name.
    for number in range(2):
        person = personal_slice(number)
        person.SOPInstanceUID = uid(f"person{number}")
        person.AccessionNumber = f"ACC-8364{number}"
        write(person, folder / "personal" / f"{number}.dcm")
    write(one_slice(0, "secondary", Modality="SC", BurnedInAnnotation="YES"), folder / "burned" / "a.dcm")
    (folder / "burned" / "note.txt").write_text("hello", encoding="utf-8")
    for number in range(6):
        (folder / "personal" / f"{number}.txt").write_text("hello", encoding="utf-8")
    (folder / "key.txt").write_text("a key\n", encoding="utf-8")
    (folder / "blank.txt").write_text("\n", encoding="utf-8")
    # What is examined: a hole, three times of an MR, files that are none.
    for number in (0, 1, 2, 3, 4, 6, 7):
        write(one_slice(number, f"hole{number}"), folder / "mixed" / "ct" / f"{number}.dcm")
    for number in range(12):
        header = {"SeriesInstanceUID": "1.2.3.5", "SeriesNumber": 6, "SeriesDescription": "Dynamic"}
        position = [-10, -20, 30 + 2.5 * (number % 4)]
        one = one_slice(number, f"mr{number}", MR, TriggerTime=50 * (number // 4), ImagePositionPatient=position, **header)
        write(one, folder / "mixed" / "mr" / f"{number:02}.dcm")
    for number in range(11):
        (folder / "mixed" / f"{number:02}.txt").write_text("hello", encoding="utf-8")
    cut = folder / "mixed" / "zz.dcm"
    cut.write_bytes((folder / "ct" / "0.dcm").read_bytes()[:300])
    # A collection of two series.
    write(one_slice(0, "c1", SliceThickness="5"), folder / "collection" / "ct.dcm")
    write(
        one_slice(0, "c2", MR, SliceThickness="1", SeriesInstanceUID="1.9", SeriesNumber=None), folder / "collection" / "mr.dcm"
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_data(folder)
    return folder


@pytest.fixture
def data(made, tmp_path) -> Path:
    """A copy for each test: what one command writes the next one reads, and no other test does."""
    return shutil.copytree(made, tmp_path / "data")


CASES: dict[str, list[str]] = {
    "header": [
        "header ct/0.dcm", "header ct/0.dcm --group image --explain", "header other.dcm --find series", "header long.dcm",
        "header long.dcm --all --group study", "header ct/0.dcm --find zebra", "header ct/0.dcm --group private",
        "header absent.dcm", "header key.txt", "header empty", "header junk", "header ct/0.dcm --group pixels --json",
    ],
    "compare": [
        "header ct/0.dcm --compare other.dcm", "header ct/0.dcm --compare other.dcm --all --group patient",
        "header ct/0.dcm --compare ct/0.dcm", "header ct/0.dcm --compare ct/1.dcm --find position",
        "header ct/0.dcm --compare other.dcm --group acquisition --json",
        "header long.dcm --compare ct/0.dcm",
    ],
    "varied": [
        "header ct", "header varied", "header varied --group study", "header varied --find comments",
        "header varied --find echo --json", "header tree --group meta",
    ],
    "tree": ["tree tree", "tree tree --uids", "tree tree ct", "tree nothing --json", "tree tree --json", "tree empty",
             "tree absent"],
    "kinds": [
        "kinds kinds", "kinds kinds --slicer 5.2", "kinds kinds/sr.dcm --tree", "kinds nothing", "kinds bare", "kinds empty",
        "kinds kinds/sr.dcm kinds/xray.dcm --json --slicer 5.8", "kinds absent", "kinds tree/nobody.dcm tree/junk.dcm",
    ],
    "privacy": [
        "privacy personal", "privacy personal --values", "privacy burned --values", "privacy personal/0.dcm --check",
        "privacy empty", "privacy absent", "privacy personal --original absent", "privacy tree/cine.dcm tree/junk.dcm",
    ],
    "deidentify": [
        "deidentify personal copies --key-file key.txt", "privacy copies --check", "privacy copies --original personal --check",
        "deidentify burned copies2 --keep-characteristics --keep-safe-private --clean-descriptions --dates keep --key key.txt",
        "privacy copies2 --values", "deidentify personal copies", "deidentify personal copies3 --key-file blank.txt",
        "deidentify personal copies3 --key-file absent.txt", "deidentify absent copies3", "deidentify empty copies3",
        "deidentify tree/junk.dcm copies3 --json", "deidentify tree/junk.dcm tree/cine.dcm copies4 --key-file key.txt",
    ],
    "fair": ["fair collection", "fair personal tree/junk.dcm", "fair collection --json", "fair empty", "fair absent",
             "fair collection tree/junk.dcm --json", "fair empty --json"],
    "cohort": [
        "cohort collection", "cohort collection --columns Modality,SliceThickness Rows",
        "cohort collection --where SliceThickness>3 --columns Modality,Folder", "cohort collection --where Rows>9999",
        "cohort collection --where Rows<", "cohort collection --columns Modalty", "cohort collection --columns Modality --json",
        "cohort collection --columns Modality,SeriesNumber --out table.csv", "cohort collection --out table.csv",
        "cohort collection --columns Rows --out table.csv --overwrite", "cohort collection --out gone/table.csv",
        "cohort empty", "cohort empty --json", "cohort absent", "cohort collection tree/junk.dcm --columns Modality",
    ],
    "examine": [
        "examine mixed", "examine mixed --all", "examine ct", "examine empty", "examine absent", "examine mixed/00.txt",
        "examine mixed/zz.dcm", "examine tree", "examine ct --report report.json", "examine ct --report report.json",
        "examine ct --report report.json --overwrite --json", "examine empty --report other.json",
        "examine ct --report gone/report.json",
    ],
    "load": [
        "load mixed --out scene", "load ct --out scene", "load ct --out key.txt", "load ct --out other --series 1.2.3.9",
        "load mixed --out other --series 1.2.3.5 --json", "load empty --out none", "load absent --out none",
        "load ct varied --out both", "load bare --out none",
    ],
    "stand-in": [
        "examine ct --report ct.json", "practice made --from-report ct.json", "practice made2 --from-report ct.json --json",
        "practice made3 --from-report key.txt", "practice made3 --from-report absent.json", "practice made --from-report ct.json",
        "header made/00002.dcm --group image",
    ],
    "export": ["load mixed/ct ct --out scene2", "export scene2 --out exported",
               "export scene2 --out exported --sources mixed/ct --overwrite --json", "export scene2 --out other --node Nobody",
               "export absent --out other", "export scene2 --out other2 --sources absent",
               "export scene2/scene.mrml --out exported3 --sources mixed/ct --sources ct",
               "load ct varied/0.dcm --out scene3", "export scene3 --out exported4", "export scene3 --out exported4"],
    "tutorial": [
        "tutorial check absent", "tutorial new mine --languages en,xx!", "tutorial new mine --languages en,fr",
        "tutorial new mine", "tutorial check mine", "tutorial check mine --json", "tutorial new mine2 --json",
        "tutorial run --out out --steps dance --tutorial mine", "tutorial run --out out --data absent",
        "tutorial run --out out --tutorial absent",
        "tutorial run --out key.txt --tutorial mine --data empty --steps one-question",
        "tutorial run --out out --tutorial mine --data empty --steps one-question,load-images",
        "tutorial run --out out --tutorial mine --data empty --steps one-question",
        "tutorial run --out out --tutorial mine --data empty --steps one-question --json --overwrite",
    ],
}  # fmt: skip
NEEDING_SLICER = ("load", "export", "tutorial")


needs_columns_of_today = pytest.mark.skipif(
    int(version("rich").partition(".")[0]) < 15, reason="older rich shares out the width of columns in another way"
)


@needs_columns_of_today
@pytest.mark.parametrize("name", CASES)
def test_what_is_printed_is_what_was_read(name, data, capsys, monkeypatch):
    if name in NEEDING_SLICER:
        pytest.importorskip("slicer", reason="slicer-core is not installed")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(data)
    assert_as_read(name, *(said(capsys, command) for command in CASES[name]))


LONG = "long-" * 24
NAMED = [
    "load {}/ct --out {}/scene", "load {}/ct {}/bare --out {}/scene2", "load {}/mixed --out {}/scene4",
    "export {}/scene --out {}/exported", "examine {}/mixed --all", "examine {}/ct --report {}/report.json", "examine {}/absent",
    "examine {}/tree", "deidentify {}/personal {}/copies", "privacy {}/copies --original {}/personal", "privacy {}/absent",
    "privacy {}/tree/junk.dcm {}/ct", "cohort {}/collection --out {}/table.csv", "cohort {}/collection --out {}/table.csv",
    "fair {}/absent", "practice {}/made --from-report {}/report.json", "header {}/junk", "tutorial check {}/absent",
    "tutorial new {}/mine", "tutorial check {}/mine", "class {}/empty --out {}/class.html",
    "tutorial run --out {}/out --tutorial {}/mine --data {}/empty --steps one-question", "class {}/out --out {}/class.html",
    "class {}/ct --out {}/class2.html",
]  # fmt: skip


def test_names_of_files_are_never_broken(made, tmp_path, capsys, monkeypatch):
    """So that they can be copied from the window, however narrow it is; in trees and tables they may be."""
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    monkeypatch.setenv("COLUMNS", "60")
    shutil.copytree(made, tmp_path / LONG)
    monkeypatch.chdir(tmp_path)
    told = 0
    for command in NAMED:
        lines = said(capsys, command.replace("{}", LONG)).splitlines()[1:]
        text = "\n".join(line for line in lines if not line.startswith(("    ", "├", "└", "│")))  # trees fold what they hold
        assert "long-" not in text.replace(LONG, ""), (command, text)
        told += LONG in text
    assert told > 15


@needs_columns_of_today
def test_columns_of_a_report_take_what_they_are_given(capsys, monkeypatch):
    """24, 20, 20, 12 and 16 characters; longer texts go on below, and nothing is lost."""
    monkeypatch.setenv("COLUMNS", "200")
    from types import SimpleNamespace

    from DICOMTutorialHelperLib.commands.kinds import _print_report
    from DICOMTutorialHelperLib.commands.terminal import Terminal
    from DICOMTutorialHelperLib.messages import messages

    def coded(text):
        return SimpleNamespace(meaning=text, value=text)

    one = SimpleNamespace(
        site=coded("s" * 21), laterality=None, unit=coded("u" * 10), quantity=coded("q" * 21), modifiers=(), references=(),
        segmentations=(), finding=coded("f" * 25), group="", value=1.5,
    )  # fmt: skip
    other = SimpleNamespace(
        site=coded("site"), laterality=coded("left"), unit=coded("1"), quantity=None, modifiers=[("x", "mean")], references=[1],
        segmentations=[1], finding=None, group="g", value=2,
    )  # fmt: skip
    shown = SimpleNamespace(title=None, complete=True, verified=True, template="", measurements=[one, other])
    terminal = Terminal("en")
    terminal.words = {**messages("kinds", "en"), "report.image": "i" * 17, "report.segment": "segment", "report.source": "from"}
    _print_report(Path("x.dcm"), shown, SimpleNamespace(tree=False), terminal)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    start = next(place for place, line in enumerate(lines) if line.startswith("fff"))
    assert lines[start:] == [
        f"{'f' * 24}  {'s' * 20}  {'q' * 20}  {'1.5':>12}",
        f"{'f':24}  {'s':20}  {'q':20}  {'u' * 10:>12}",
        f"{'g':24}  {'site · left':20}  {', mean':20}  {'2':>12}  {'i' * 16}",
        f"{'':84}i",
        f"{'':84}segment",
    ]


def test_copies_are_told_as_json(made, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(made)
    out = tmp_path / "copies"
    told = said(capsys, f"deidentify personal {out} --json")
    content = json.loads(told.partition("\n")[2].partition("[stderr]")[0].rpartition("[status")[0] or told.partition("\n")[2])
    assert told.endswith("[status 0]\n") and len(content["written"]) == 2 and content["patients"] == 1
    assert content["unreadable"] == [] and {Path(one["copy"]).parent for one in content["written"]} <= {out, *out.rglob("*")}
