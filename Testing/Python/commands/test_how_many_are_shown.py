"""How many of many things commands show before they only count the rest, at the last that is shown and the first that is not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from printed_text import keys_for_sentences

from DICOMTutorialHelperLib.commands import examination, headers, kinds, privacy, servers
from DICOMTutorialHelperLib.commands.terminal import Terminal
from DICOMTutorialHelperLib.explore import deidentification, reports, segments
from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
from DICOMTutorialHelperLib.explore.headers import HeaderRow


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    with keys_for_sentences():
        yield


@pytest.fixture
def printed(capsys):
    """The lines of stdout and stderr that ``show`` prints on a terminal in English."""

    def lines(show):
        show(Terminal("en"))
        return tuple(text.splitlines() for text in capsys.readouterr())

    return lines


def skipped(count: int, code: str = "cannot-be-read") -> list[dict]:
    return [{"code": code, "severity": "warning", "message": f"file {number}"} for number in range(count)]


@pytest.mark.parametrize(
    ("count", "shown", "more"), [(1, 1, []), (2, 2, []), (10, 10, []), (11, 10, ["  … +1"]), (30, 10, ["  … +20"])]
)
def test_ten_files_that_were_skipped(printed, count, shown, more):
    words = {"skipped": "{count} files", "skipped.one": "{count} file"}
    out, _ = printed(lambda terminal: examination._show_skipped(skipped(count), words, terminal))
    assert out[0] == ("1 file" if count == 1 else f"{count} files")
    assert [line[-len("file 0") :].strip() for line in out[1 : shown + 1]] == [f"file {number}"[-6:] for number in range(shown)]
    assert out[shown + 1 :] == more


def test_what_was_lost_comes_before_what_is_no_image(printed):
    harmless = sorted(examination.HARMLESS)[0]
    files = [*skipped(1, harmless), *({**one, "message": "lost"} for one in skipped(1))]
    out, _ = printed(lambda terminal: examination._show_skipped(files, {"skipped": "{count}"}, terminal))
    assert [line.split()[-1] for line in out[1:]] == ["lost", "0"]


def test_nothing_is_said_of_no_files(printed):
    assert printed(lambda terminal: examination._show_skipped([], {}, terminal)) == ([], [])
    assert printed(lambda terminal: terminal.report_unreadable([])) == ([], [])


@pytest.mark.parametrize(("count", "shown", "more"), [(1, 1, []), (10, 10, []), (11, 10, ["  … +1"]), (25, 10, ["  … +15"])])
def test_ten_files_that_cannot_be_read(printed, count, shown, more):
    problems = (UnreadableFile(Path(f"{number}.dcm"), "damaged", "cut") for number in range(count))
    out, err = printed(lambda terminal: terminal.report_unreadable(problems))
    assert (out, err[0]) == ([], "[skipped.one]" if count == 1 else f"[skipped {count}]")
    assert [line.startswith("  ") and f"{number}.dcm" in line for number, line in enumerate(err[1 : shown + 1])] == [True] * shown
    assert err[shown + 1 :] == more


@pytest.mark.parametrize(("count", "shown", "more"), [(0, 0, []), (20, 20, []), (21, 20, ["1 more"]), (50, 20, ["30 more"])])
def test_twenty_files_that_a_server_did_not_take(printed, count, shown, more):
    words = {"send.done": "{sent} of {total} to {server}", "send.failed.damaged": "{path}: {detail}", "send.more": "{count} more"}
    failed = [SimpleNamespace(path=f"{number}.dcm", reason="damaged", detail="" if number else "cut") for number in range(count)]
    report = SimpleNamespace(sent=[1, 2, 3], already=[], broken_by=None, failed=failed)
    out, err = printed(lambda terminal: servers._show_sent(report, SimpleNamespace(address="https://host"), 60, words, terminal))
    assert out == ["3 of 60 to https://host"]
    assert err == [*(f"{number}.dcm: {'-' if number else 'cut'}" for number in range(shown)), *more]


@pytest.mark.parametrize(("count", "read"), [(1, 1), (20, 20), (21, 20)])
def test_twenty_objects_of_a_series_are_read(monkeypatch, count, read):
    monkeypatch.setattr(segments, "read_segmentation", lambda path: f"read {path}")
    series = SimpleNamespace(instances=[SimpleNamespace(path=number) for number in range(count)])
    contents, problems = kinds._contents([SimpleNamespace(kind="segmentation", series=[series])])
    assert contents == {number: f"read {number}" for number in range(read)} and problems == []


def test_objects_that_cannot_be_read_are_told_with_the_reason(monkeypatch):
    def refuse(path):
        raise UnreadableFile(path, "no-dicom") if path == "a" else ValueError("no content")

    monkeypatch.setattr(reports, "read_report", refuse)
    series = SimpleNamespace(instances=[SimpleNamespace(path=path) for path in ("a", "b")])
    for kind in ("report", "key-objects"):
        contents, problems = kinds._contents([SimpleNamespace(kind=kind, series=[series])])
        assert contents == {}
        assert [(one.path, one.reason, one.detail) for one in problems] == [
            ("a", "no-dicom", ""),
            ("b", "damaged", "no content"),
        ]
    assert kinds._contents([SimpleNamespace(kind="image", series=[series])]) == ({}, [])


@pytest.mark.parametrize(
    ("count", "named"), [(1, "a0"), (5, "a0, a1, a2, a3, a4"), (6, "a0, a1, a2, a3, a4 …"), (9, "a0, a1, a2, a3, a4 …")]
)
def test_five_files_that_are_left_out_are_named(monkeypatch, printed, count, named):
    report = SimpleNamespace(written=[], unreadable=[], left_out=[Path("there", f"a{number}") for number in range(count)])
    monkeypatch.setattr(deidentification, "deidentify", lambda *_: report)
    arguments = SimpleNamespace(
        lang="en", path=[Path(__file__)], out=Path("out"), key_file=None, json=False, dates="remove", keep_characteristics=False,
        keep_safe_private=False, clean_descriptions=False,
    )  # fmt: skip
    _, err = printed(lambda _: privacy.run_deidentify(arguments))
    assert err[0] == (f"[left-out.one {named}]" if count == 1 else f"[left-out {count} {named}]")


def rows_of(sequence: str, items: int, depth: int = 1) -> list[HeaderRow]:
    """A sequence with items of one element each."""

    def row(tag, path, deep):
        return HeaderRow(tag, "", "name", "SQ" if tag else "", 1, "", "study", "", "", deep, path, False)

    made = [row(sequence, sequence, depth - 1)]
    for number in range(items):
        made += [row("", f"{sequence}[{number}]", depth), row("0008,1155", f"{sequence}[{number}].0008,1155", depth + 1)]
    return made


@pytest.mark.parametrize(("items", "shown", "more"), [(0, 0, []), (3, 3, []), (4, 3, ["and 1"]), (12, 3, ["and 9"])])
def test_three_items_of_a_sequence(items, shown, more):
    found = headers.shortened(rows_of("0008,1140", items), "and {count}")
    assert len(found) == 1 + 2 * shown + len(more)
    assert [row.name for row in found if row.name.startswith("and")] == more
    assert [row.path for row in found[: 1 + 2 * shown]] == [row.path for row in rows_of("0008,1140", shown)]


def test_each_sequence_counts_for_itself():
    found = headers.shortened([*rows_of("0008,1140", 5), *rows_of("0008,1115", 4)], "and {count}")
    assert [row.name for row in found if row.name.startswith("and")] == ["and 2", "and 1"]


@pytest.mark.parametrize(("depth", "blanks"), [(0, 0), (1, 2), (6, 12), (7, 12), (20, 12)])
def test_names_are_indented_six_sequences_deep(printed, depth, blanks):
    row = HeaderRow("0008,1155", "", "name", "UI", 1, "1.2", "study", "", "", depth, "0008,1155", False)
    arguments = SimpleNamespace(all=True, find=None, explain=False, file=Path("a.dcm"))
    out, _ = printed(lambda terminal: headers._print_rows([row], arguments, terminal))
    (line,) = [line for line in out if "name" in line and line.startswith("0008")]
    assert line[:14].strip() == "0008,1155" and line[14:].startswith(f"{' ' * blanks}name")
