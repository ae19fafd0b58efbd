"""What headers of one reading have in common is stepped over at once, and says the same."""

from __future__ import annotations

import gc

import pydicom
import pytest
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.collecting import collecting_paused
from DICOMTutorialHelperLib.dicom.header_runs import LONGEST_PAUSE, CommonRuns, Run
from DICOMTutorialHelperLib.dicom.header_scanner import (
    Scanner,
    UnusualHeader,
    WantedElements,
    in_file_order,
)

WANTED = [0x00080018, 0x00100010, 0x00200013, 0x00280010, 0x00280011]


def scanned(scanner: Scanner, path):
    with path.open("rb") as file:
        return scanner.scan(file, path.stat().st_size)


@pytest.fixture
def series(tmp_path):
    files = []
    for number in range(8):
        dataset = slice_dataset(number, PatientName="A^B", StudyID="S", StudyDate="20200101", Manufacturer="M")
        files.append(write(dataset, tmp_path / f"{number}.dcm"))
    return files


def test_a_header_says_the_same_whatever_was_read_before_it(series):
    together = Scanner(WantedElements(WANTED))
    for path in series:
        alone = scanned(Scanner(WantedElements(WANTED)), path)
        among = scanned(together, path)
        assert list(among.elements.items()) == list(alone.elements.items())
        assert among[2:] == alone[2:]  # all but how the elements are divided
        assert [among.get(tag) for tag in alone.elements] == list(alone.elements.values())
        assert among.get(in_file_order(0x00080060), b"none") == b"none"
    numbers = {scanned(together, path).elements[in_file_order(0x00200013)] for path in series}
    assert len(numbers) == len(series)


def test_runs_are_known_after_two_headers(series):
    scanner = Scanner(WantedElements(WANTED))
    runs = scanner._runs[scanned(scanner, series[0]).is_implicit]
    assert not runs.known and runs.is_learning
    scanned(scanner, series[1])
    assert runs.known and not runs.is_learning
    assert all(len(run.elements) <= len(WANTED) for run in runs.known.values())


def test_an_element_that_comes_twice_is_unusual_inside_a_run_too(series, tmp_path):
    scanner = Scanner(WantedElements(WANTED))
    for path in series:
        scanned(scanner, path)
    whole = series[0].read_bytes()
    run = max((run for runs in scanner._runs.values() for run in runs.known.values()), key=lambda run: len(run.elements))
    assert run.elements
    twice = tmp_path / "twice.dcm"
    twice.write_bytes(whole.replace(run.written, run.written * 2))
    with pytest.raises(UnusualHeader):
        scanned(scanner, twice)


@pytest.mark.parametrize("first", [True, False])
def test_an_element_that_stands_in_a_run_and_alone_comes_twice(first):
    runs = CommonRuns()
    run = Run(b"rows", {7: b"seven", 8: b"eight"})
    assert runs.layout([7, run] if first else [run, 7]) is None
    assert runs.layout([run, run]) is None
    assert runs.layout([6, run, 9]).shared == run.elements


def test_headers_of_one_order_share_a_layout_which_has_their_elements_in_that_order():
    runs = CommonRuns()
    one, other = Run(b"1", {4: b"four", 3: b"three"}), Run(b"2", {8: b"eight", 9: b"nine"})
    layout = runs.layout([5, one, 2, other])
    assert runs.layout([5, one, 2, other]) is layout and runs.layout([5, other, 2, one]) is not layout
    assert (layout.shared, layout.private) == ({4: b"four", 3: b"three", 8: b"eight", 9: b"nine"}, {3: b"three", 9: b"nine"})
    in_order = [(5, b"five"), (4, b"four"), (3, b"three"), (2, b"two"), (8, b"eight"), (9, b"nine")]
    assert list(layout.elements({2: b"two", 5: b"five"}).items()) == in_order


def test_layouts_are_forgotten_before_there_are_too_many():
    runs = CommonRuns()
    first = runs.layout([0])
    for number in range(1, 256):
        runs.layout([number])
    assert runs.layout([0]) is first
    runs.layout([256])
    assert runs.layout([0]) is not first


def test_a_run_that_a_file_cuts_short_is_no_run(series, tmp_path):
    scanner = Scanner(WantedElements(WANTED))
    for path in series:
        scanned(scanner, path)
    whole = series[0].read_bytes()
    end = whole.index(b"\xe0\x7f\x10\x00")
    cut = tmp_path / "cut.dcm"
    for at in range(end - 60, end):
        cut.write_bytes(whole[:at])
        outcomes = []
        for one in (scanner, Scanner(WantedElements(WANTED))):
            try:
                outcomes.append(scanned(one, cut).elements)
            except UnusualHeader as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1], at


def test_headers_without_anything_in_common_are_compared_ever_less_often():
    runs, learned = CommonRuns(), 0
    for number in range(5000):
        if runs.is_learning:
            learned += 1
            runs.learn([bytes([number % 251, part]) * 10 for part in range(40)], {})
        else:
            runs.walked(40)
    assert not runs.known
    assert 10 < learned < 60
    assert runs._pause <= LONGEST_PAUSE


def test_the_collector_is_as_before_after_reading():
    assert gc.isenabled()
    with pytest.raises(RuntimeError), collecting_paused():
        assert not gc.isenabled()
        raise RuntimeError
    assert gc.isenabled()


def test_pydicom_reads_what_was_scanned(series):
    """The witness of the rest: an element in file order is pydicom's, value and all."""
    found = scanned(Scanner(WantedElements(WANTED)), series[3]).elements
    dataset = pydicom.dcmread(series[3], stop_before_pixels=True)
    assert found[in_file_order(0x00200013)][8:].strip() == str(dataset.InstanceNumber).encode()


def test_what_two_headers_have_in_common_is_a_run_of_three_elements_or_more():
    runs = CommonRuns()
    first = [b"a" * 20, b"b" * 20, b"c" * 20, b"x", b"d" * 20, b"e" * 20, None, b"f" * 20]
    second = [b"a" * 20, b"b" * 20, b"c" * 20, b"y", b"d" * 20, b"e" * 20, None, b"f" * 20]
    assert runs.is_learning
    runs.learn(first, {})
    assert runs.is_learning and runs.known == {}
    runs.learn(second, {7: b"b" * 20, 9: b"d" * 20})
    assert list(runs.known) == [b"a" * 16]
    assert (runs.known[b"a" * 16].written, runs.known[b"a" * 16].elements) == (b"a" * 20 + b"b" * 20 + b"c" * 20, {7: b"b" * 20})
    assert not runs.is_learning


def test_runs_are_forgotten_where_there_are_more_than_4096():
    def learn(runs, number):
        runs._wait = 0
        for _ in range(2):
            runs.learn([b"%05d" % number + bytes([part]) * 20 for part in range(3)], {})

    runs = CommonRuns()
    for number in range(4097):
        learn(runs, number)
    assert len(runs.known) == 4097
    learn(runs, 4097)
    assert len(runs.known) == 1


def test_a_run_may_end_with_the_header():
    runs = CommonRuns()
    runs.learn([b"1", b"a" * 20, b"b" * 20, b"c" * 20], {})
    runs.learn([b"2", b"a" * 20, b"b" * 20, b"c" * 20], {})
    assert [run.written for run in runs.known.values()] == [b"a" * 20 + b"b" * 20 + b"c" * 20]


def learn_twice(runs):
    for _ in range(2):
        assert runs.is_learning
        runs.learn([b"x"], {})


def test_another_look_is_taken_ever_less_often():
    """After 1, 3, 7, ... headers of more than 24 elements in no run."""
    runs = CommonRuns()
    for pause in (1, 3, 7, 15):
        learn_twice(runs)
        for _ in range(pause):
            assert not runs.is_learning
            runs.walked(25)
    learn_twice(runs)
    runs.walked(24)  # the runs serve again
    assert not runs.is_learning
    runs.walked(25)
    learn_twice(runs)
    runs.walked(25)
    assert runs.is_learning


def test_pauses_have_a_longest():
    runs = CommonRuns()
    for _ in range(12):
        learn_twice(runs)
        while not runs.is_learning:
            runs.walked(100)
    learn_twice(runs)
    waited = 0
    while not runs.is_learning:
        runs.walked(100)
        waited += 1
    assert waited == 1024
