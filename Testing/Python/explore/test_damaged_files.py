"""Damaged and hostile files: each is told, none ends a command, and none lets a name through."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from planted_markers import marker, nested, plant
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.explore.cohort import element_value
from DICOMTutorialHelperLib.explore.deidentification import OutputRefused, deidentify
from DICOMTutorialHelperLib.explore.expressions import ExpressionError, parse
from DICOMTutorialHelperLib.explore.fair import fair_report
from DICOMTutorialHelperLib.explore.headers import header_rows
from DICOMTutorialHelperLib.explore.privacy import privacy_report, scan
from DICOMTutorialHelperLib.explore.reports import read_report
from DICOMTutorialHelperLib.explore.segments import read_segmentation

PROGRAM = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper"
MEMORY = 4_000_000 * 1024
CASES = (
    "bits-zero", "frames-dropped", "huge-frames", "length-swallows-name", "log-values", "markup-modality", "names-left",
    "nested-1500", "nested-260", "patient-id-number", "rows-too-small", "samples-zero", "sequence-as-ob", "sequence-of-garbage",
    "short-pixels-then-more", "slope-two-values", "terminal-escape", "tree-json", "two-patients", "unknown-vr",
)  # fmt: skip


def run_in_child(*arguments: object) -> subprocess.CompletedProcess:
    """The command line in a child process that may not take more than 4 GB, nor more than two minutes."""
    resource = pytest.importorskip("resource", reason="memory can be limited on Unix only")
    return subprocess.run(
        [sys.executable, "-m", "DICOMTutorialHelperLib", *map(str, arguments)],
        cwd=PROGRAM, capture_output=True, timeout=120, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_no_command_ends_for_a_damaged_file(shared_data, tmp_path, case, capfd):
    folder = shared_data / "cases" / "damaged" / case
    commands = (
        ["privacy", folder],
        ["deidentify", folder, tmp_path / "out"],
        ["fair", folder],
        ["tree", folder, "--json"],
        ["header", sorted(folder.glob("*.dcm"))[0]],
    )
    for command in commands:
        assert main([str(word) for word in command]) in (0, 1), command
        assert "Warning" not in capfd.readouterr().err, command


@pytest.mark.parametrize(("command", "case"), [("privacy", "nested-1500"), ("deidentify", "nested-260"), ("fair", "nested-1500")])
def test_nested_sequences_take_little_memory(shared_data, tmp_path, command, case):
    extra = [tmp_path / "out"] if command == "deidentify" else []
    done = run_in_child(command, shared_data / "cases" / "damaged" / case, *extra)
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("length-swallows-name", ["SMITHSON", "ID445566", "19500117"]),
        ("sequence-as-ob", ["SECRET"]),
        ("names-left", ["山田", "太郎", "Lee", "YAMADA", "TAROU", "Yamada", "Tarou", "SAINT MARY", "MARY HOSP", "1950-01-17",
                        "19500117", "25-01-17", "20080213", "123 456 789", "4711", "95Y"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "options", [[], ["--clean-descriptions", "--keep-characteristics", "--dates", "shift", "--keep-safe-private"]]
)
def test_the_copies_of_known_leaks_hold_no_name(shared_data, tmp_path, case, names, options):
    folder = shared_data / "cases" / "damaged" / case
    assert main(["deidentify", str(folder), str(tmp_path / "out"), *options]) in (0, 1)
    copies = list((tmp_path / "out").rglob("*.dcm"))
    assert copies
    # New identifiers are random digits, which hold a short number by chance.
    data = b"".join(re.sub(rb"2\.25\.\d+|[0-9A-F]{15,32}", b"", copy.read_bytes()) for copy in copies)
    for name in names:
        for encoding in ("utf-8", "shift_jis", "euc_jp", "utf-16-le"):
            assert name.encode(encoding) not in data, name


def test_one_bad_file_does_not_keep_the_others_from_being_copied(shared_data, tmp_path):
    report = deidentify(shared_data / "cases" / "damaged" / "sequence-of-garbage", tmp_path / "out")
    assert len(report.written) == 2


def test_values_do_not_reach_the_log(tmp_path, caplog):
    dataset = slice_dataset(0)
    plant(dataset, Tag("FrameOfReferenceUID"), "UI", b"SMITH.1")
    plant(dataset, Tag("StudyTime"), "TM", b"SMITHSON")
    path = write(dataset, tmp_path / "in" / "a.dcm")
    caplog.clear()
    deidentify(path, tmp_path / "out")
    list(scan(path))
    header_rows(path)
    fair_report(path.parent)
    assert "SMITH" not in caplog.text


@pytest.mark.parametrize("depth", [40, 120])
def test_deep_nesting_ends(tmp_path, depth):
    dataset = slice_dataset(0)
    innermost = nested(dataset, depth, "RequestAttributesSequence")
    innermost.PatientID = "DEEPDOWN77"
    innermost = nested(dataset, depth, "ReferencedImageSequence")
    innermost.StudyID = "DEEPDOWN77"
    path = write(dataset, tmp_path / "in" / "a.dcm")
    [(_, copy)] = deidentify(path, tmp_path / "out").written
    assert b"DEEPDOWN77" not in copy.read_bytes()
    assert privacy_report(copy).found == []
    assert header_rows(path)


def test_what_lies_behind_the_last_pixel_is_not_copied(tmp_path):
    dataset = slice_dataset(0)
    word = marker(7)
    pixels = dataset.PixelData
    dataset.PixelData = pixels + word.encode() * 3
    [(_, copy)] = deidentify(write(dataset, tmp_path / "in" / "a.dcm"), tmp_path / "out").written
    data = copy.read_bytes()
    assert word.encode() not in data
    assert pixels in data


def test_a_source_named_twice_is_copied_once(tmp_path):
    path = write(slice_dataset(0), tmp_path / "in" / "a.dcm")
    assert len(deidentify([path, path.parent, path], tmp_path / "out").written) == 1


def test_hidden_files_and_odd_preambles_are_copied_and_the_rest_is_named(tmp_path):
    path = write(slice_dataset(0), tmp_path / "in" / ".hidden")
    odd = write(slice_dataset(1), tmp_path / "in" / "odd")
    odd.write_bytes(b"II*\0" + b"x" * 124 + odd.read_bytes()[128:])
    (tmp_path / "in" / "notes for Mr Smith.txt").write_text("hello", encoding="utf-8")
    report = deidentify(path.parent, tmp_path / "out")
    assert {source.name for source, _ in report.written} == {".hidden", "odd"}
    assert [one.name for one in report.left_out] == ["notes for Mr Smith.txt"]


def test_a_run_that_is_stopped_leaves_nothing(tmp_path):
    for number in range(4):
        write(slice_dataset(number), tmp_path / "in" / f"{number}.dcm")

    def stop(done: int, total: int) -> None:
        if done > 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deidentify(tmp_path / "in", tmp_path / "out", progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    assert len(deidentify(tmp_path / "in", tmp_path / "out").written) == 4


def test_two_runs_into_one_folder_do_not_mix(tmp_path):
    for name in ("one", "two"):
        for number in range(20):
            write(slice_dataset(number, PatientID=name), tmp_path / name / f"{number}.dcm")
    outcomes: list[object] = []
    meet = threading.Barrier(2)

    def copy(name: str) -> None:
        meet.wait()
        try:
            outcomes.append(len(deidentify(tmp_path / name, tmp_path / "out").written))
        except OutputRefused as refusal:
            outcomes.append(refusal.reason)

    runs = [threading.Thread(target=copy, args=(name,)) for name in ("one", "two")]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert sorted(outcomes, key=str) == [20, "not-empty"]
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 20
    assert not list(tmp_path.glob(".*"))


def test_sequences_without_items_and_odd_numbers_are_no_error(tmp_path):
    dataset = slice_dataset(0, SeriesInstanceUID="1.2.3")
    for keyword in ("SegmentSequence", "AnatomicRegionSequence", "SharedFunctionalGroupsSequence", "ContentSequence"):
        plant(dataset, Tag(keyword), "SQ", b"garbage that holds no items!")
    plant(dataset, Tag("NumberOfFrames"), "IS", b"many")
    plant(dataset, Tag("PatientID"), "FD", b"\0" * 8)
    path = write(dataset, tmp_path / "in" / "a.dcm")
    assert element_value(dataset, "Modality") == "CT"
    assert header_rows(path)
    assert privacy_report(path).items
    assert fair_report(path.parent).items
    with contextlib.suppress(ValueError):  # what may be said of such a sequence is that it is none
        read_segmentation(path)
    assert read_report(path).measurements == []
    assert len(deidentify(path, tmp_path / "out").written) == 1


def test_an_empty_number_in_a_report_is_no_error():
    number = Dataset()
    number.ValueType = "NUM"
    measured = Dataset()
    measured.NumericValue = None
    number.MeasuredValueSequence = [measured]
    report = Dataset()
    report.ContentSequence = [number]
    assert read_report(report).measurements == []


@pytest.mark.parametrize("source", ["(" * 300 + "1" + ")" * 300, " or ".join(["Rows > 1"] * 3000), "not " * 3000 + "Rows"])
def test_long_and_nested_expressions_are_refused(source):
    with pytest.raises(ExpressionError) as refusal:
        parse(source)
    assert refusal.value.message("fr")


def test_no_copy_is_left_beside_the_originals(tmp_path):
    path = write(slice_dataset(0), tmp_path / "in" / "a.dcm")
    deidentify(path, tmp_path / "deep" / "down")
    assert sorted(one.name for one in (tmp_path / "deep").iterdir()) == ["down"]
    shutil.rmtree(tmp_path / "deep")


def test_a_name_where_the_file_meta_should_name_a_class_stays_in_no_copy(tmp_path):
    """The file meta's class is asked for only where the data set has none; there a damaged file may hold anything."""
    dataset = slice_dataset(0)
    (tmp_path / "originals").mkdir()
    original = write(dataset, tmp_path / "originals" / "one.dcm")
    content = original.read_bytes()
    class_uid = str(dataset.SOPClassUID).encode()
    assert content.count(class_uid) == 2
    meta, own = content.index(class_uid), content.rindex(class_uid)
    damaged = bytearray(content)
    damaged[meta : meta + len(class_uid)] = b"QXZIDENT4711".ljust(len(class_uid), b"0")
    damaged[own - 8 : own - 4] = b"\x08\x00\x17\x00"  # the data set's own class, under a tag that is none
    original.write_bytes(bytes(damaged))
    deidentify([original], tmp_path / "copies")
    copies = [path for path in (tmp_path / "copies").rglob("*") if path.is_file()]
    assert copies
    assert all(b"QXZIDENT" not in path.read_bytes() for path in copies)
