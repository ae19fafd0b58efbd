"""Pages that were handed in, written by hand: what is read of each, at the bounds of what may stand there, and of a class."""

from __future__ import annotations

import os
import re
import zipfile

import pytest

from DICOMTutorialHelperLib.tutorial.report import hand_in as reading
from DICOMTutorialHelperLib.tutorial.report.classroom import (
    CaseResult,
    QuestionResult,
    Remark,
    hardest,
    person,
    total_class,
)
from DICOMTutorialHelperLib.tutorial.report.hand_in import (
    DATA_CHANGED,
    NO_SEAL,
    PAGE_CHANGED,
    UNTOUCHED,
    HandIn,
    HandInCase,
    HandInError,
    HandInStep,
    hand_in_script,
    read_hand_in,
    sealed,
)

STEP = {
    "state": "done",
    "done_by": "learner",
    "done_at": "2026-03-02T09:30:00",
    "seconds": 90,
    "choices": [1, 0],
    "right_choice": 0,
}
CASE = {"solved": True, "tries": 2, "hints": 1, "points": 6}
CONTENT = {
    "format": "dicom-tutorial-hand-in/1",
    "tutorial": "t",
    "learner": " Ana \t Souza\n",
    "started_at": "2026-03-02T09:00:00",
    "written_at": "2026-03-02T10:00",
    "steps": {"a": {**STEP, "case": CASE, "typed": ["5,0"], "asked_again": [-1]}, "b": {"state": "to-do"}},
}


def page_of(content):
    return sealed(f"<html><head></head><body>{hand_in_script(content)}</body></html>\n")


def read(folder, content, name="page.html"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page_of(content).encode())
    return read_hand_in(path)


def test_a_page_is_read_word_by_word(tmp_path):
    found = read(tmp_path, CONTENT)
    assert found == HandIn(
        tmp_path / "page.html", "t", "Ana Souza", False, "2026-03-02T09:00:00", "2026-03-02T10:00",
        {
            "a": HandInStep("done", "learner", "2026-03-02T09:30:00", 90.0, (1, 0), 0, (-1,),
            ("5,0",), HandInCase(True, 2, 1, 6)),
            "b": HandInStep("to-do", "", "", 0.0, (), None, (), (), None, False),
        },
        UNTOUCHED,
    )  # fmt: skip
    assert (found.minutes, found.done(), found.done("learner"), found.done("shown"), len(found.questions)) == (1.5, 1, 1, 0, 1)
    assert found.cases == (HandInCase(True, 2, 1, 6),) and found.run == ("2026-03-02T09:00:00", "2026-03-02T09:30:00")
    assert not found.steps["a"].right_at_once and not found.steps["b"].right_at_once
    assert HandInStep("done", choices=(0,), right_choice=0).right_at_once and not HandInStep("done", right_choice=0).right_at_once


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({"seconds": 0}, True), ({"seconds": -0.1}, False), ({"seconds": 999_999_999}, True), ({"seconds": 1e9}, False),
        ({"seconds": True}, False), ({"seconds": "5"}, False), ({"seconds": 1.5}, True),
        ({"choices": [999, -999]}, True), ({"choices": [1000]}, False), ({"choices": [-1000]}, False),
        ({"choices": [True]}, False),
        ({"choices": [1.0]}, False), ({"choices": 5}, False), ({"right_choice": "0"}, False), ({"right_choice": None}, True),
        ({"asked_again": [None]}, False), ({"typed": [5]}, False), ({"typed": 5}, False),
        ({"state": "skipped"}, True), ({"state": "odd"}, False), ({"done_by": "shown"}, True), ({"done_by": "helper"}, True),
        ({"done_by": "you"}, False), ({"done_at": ""}, True), ({"done_at": None}, False), ({"done_at": "2026-03-02"}, False),
        ({"done_at": "2026-13-02T09:30"}, False), ({"done_at": "2026-03-02T09:30:00+01:00"}, True),
        ({"case": {}}, False), ({"case": None}, True), ({"case": {**CASE, "hints": 1000}}, False),
        ({"case": {**CASE, "points": "6"}}, False), ({"case": {**CASE, "tries": True}}, False), ({"case": 5}, False),
    ],
)  # fmt: skip
def test_what_a_step_may_say(tmp_path, change, taken):
    content = {**CONTENT, "steps": {"a": {**STEP, **change}}}
    if taken:
        assert read(tmp_path, content).steps["a"].state in reading.STATES
    else:
        with pytest.raises(HandInError, match="damaged"):
            read(tmp_path, content)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": "dicom-tutorial-hand-in/2"}, "newer"), ({"format": "dicom-tutorial-hand-in"}, "damaged"),
        ({"format": 1}, "damaged"),
        ({"steps": []}, "damaged"), ({"steps": {"a": 5}}, "damaged"), ({"steps": None}, "damaged"), ({"tutorial": 5}, "damaged"),
        ({"learner": None}, "damaged"), ({"started_at": "now"}, "damaged"), ({"written_at": 5}, "damaged"),
    ],
)  # fmt: skip
def test_what_a_page_must_say(tmp_path, change, reason):
    with pytest.raises(HandInError) as told:
        read(tmp_path, {**CONTENT, **change})
    assert told.value.reason == reason
    assert told.value.fields == ({"format": change["format"]} if reason == "newer" else {})


def test_only_a_true_run_by_a_program_is_one(tmp_path):
    assert read(tmp_path, {**CONTENT, "automatic": True}).automatic
    assert not read(tmp_path, {**CONTENT, "automatic": 1}).automatic
    solved = read(tmp_path, {**CONTENT, "steps": {"a": {**STEP, "case": {**CASE, "solved": 1}, "optional": 1}}}).steps["a"]
    assert not solved.case.solved and not solved.optional
    optional = read(tmp_path, {**CONTENT, "steps": {"a": {**STEP, "optional": True, "case": CASE}}})
    assert (optional.done(), optional.questions, optional.counted, len(optional.cases), optional.minutes) == (0, (), (), 1, 1.5)


def test_files_that_hold_no_page_are_told_apart(tmp_path, monkeypatch):
    def reason(text):
        (tmp_path / "x.html").write_text(text, encoding="utf-8")
        with pytest.raises(HandInError) as told:
            read_hand_in(tmp_path / "x.html")
        return told.value.reason, told.value.fields

    assert reason("<p>") == ("foreign", {})
    assert reason('<script id="hand-in">') == ("damaged", {})
    assert reason('<script id="hand-in">{</script>') == ("damaged", {})
    assert reason('<script id="hand-in">[]</script>') == ("damaged", {})
    monkeypatch.setattr(reading, "MOST_BYTES", 3_999_999)
    assert reason("x" * 4_000_000) == ("too-large", {"size": 4})
    assert reason("x" * 3_999_999) == ("foreign", {})
    with pytest.raises(HandInError, match="unreadable"):
        read_hand_in(tmp_path)
    with pytest.raises(HandInError) as told:
        read_hand_in(tmp_path / "nowhere.html")
    assert told.value.fields == {"cause": os.strerror(2)}
    assert reading.MOST_BYTES == 3_999_999 and FORMER_MOST == 200_000_000


FORMER_MOST = reading.MOST_BYTES


def test_seals_tell_what_was_changed():
    page = page_of(CONTENT)

    def seal(text):
        return reading._seal_of(text, reading._SCRIPT.search(text))

    assert seal(page) == seal(page + "\n\n") == seal(page.rstrip("\n")) == UNTOUCHED
    assert seal(page.replace("<body>", "<body>!")) == PAGE_CHANGED
    assert seal(re.sub(r"<meta[^>]*>\n", "", page)) == NO_SEAL
    assert seal(page.replace('"seconds": 90', '"seconds": 91')) == DATA_CHANGED
    assert seal(re.sub(r' data-sha256="\w+"', "", page)) == DATA_CHANGED
    assert sealed(page.replace("<body>", "<body>\r\n\r")).count("\n") == page.count("\n") + 2
    assert sealed(page) == page and page.count("hand-in-page") == 1, "sealing again changes nothing"
    assert "\\u003c/script>" in hand_in_script({"a": "</script>"}) and "\\u00e9" in hand_in_script({"a": "é"})


@pytest.mark.parametrize(
    ("started", "written", "done", "agree"),
    [
        ("2026-03-02T09:00:00", "2026-03-02T10:00:00", "2026-03-02T09:00:00", True),
        ("2026-03-02T09:00:00", "2026-03-02T10:00:00", "2026-03-02T10:00:00", True),
        ("2026-03-02T09:00:00", "2026-03-02T10:00:00", "2026-03-02T08:59:59", False),
        ("2026-03-02T09:00:00", "2026-03-02T10:00:00", "2026-03-02T10:00:01", False),
        ("2026-03-02T09:00:00.5", "2026-03-02T10:00:00", "2026-03-02T09:00:00", True),
        ("2026-03-02T09:00:00", "2026-03-02T10:00:00", "2026-03-02T10:00:00.5", True),
        ("2026-03-02T09:00:00", "2026-03-02T08:00:00", "", True),
    ],
)
def test_times_agree_to_the_second(tmp_path, started, written, done, agree):
    steps = {"a": HandInStep("done", done_at=done)}
    assert HandIn(tmp_path, "t", "", False, started, written, steps).times_agree is agree


# --- a class -------------------------------------------------------------------------------------------------------------------


def test_a_folder_is_totalled(tmp_path):
    def hand_in(name, learner, choices, started="2026-03-02T09:00:00", **more):
        steps = {
            "easy": {**STEP, "choices": [0]},
            "hard": {**STEP, "choices": choices, "asked_again": more.pop("again", []), "done_at": more.pop("done", "")},
            "case": {"state": "done", "case": {**CASE, **more.pop("case", {})}},
        }
        read(tmp_path, {**CONTENT, "learner": learner, "started_at": started, "steps": steps, **more}, name)

    hand_in("zoe.HTML", "Zoé", [1, 0])
    hand_in("sub/z.htm", "Žana", [2], started="2026-03-02T09:00:01", again=[0])
    hand_in("anon.html", "", [], started="2026-03-02T09:00:02", case={"solved": False, "tries": 0, "points": 0})
    hand_in("anon2.html", "", [0], started="2026-03-02T09:00:03", case={"solved": False, "tries": 1, "points": 0})
    hand_in("early.html", "ZOÉ", [0], written_at="2026-03-02T09:59")
    hand_in("other-zoe.html", "Zoe\u0301", [0], started="2026-03-02T08:00:00", written_at="2026-03-02T09:58")
    hand_in(".hidden.html", "Hidden", [0])
    hand_in("__MACOSX/x.html", "Mac", [0])
    hand_in("run.html", "Program", [0], automatic=True)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / "class.html").write_text("x", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "all.ZIP", "w"):
        pass
    told = []
    totals = total_class(tmp_path, lambda done, total: told.append((done, total)), but=tmp_path / "sub" / ".." / "class.html")
    assert [member.hand_in.path.name for member in totals.members] == ["z.htm", "zoe.HTML", "anon.html", "anon2.html"]
    assert told == [(number, 9) for number in range(1, 10)]
    assert totals.tutorials == ("t",)
    aside = {one.path.name: (one.error.reason, one.error.fields) for one in totals.set_aside}
    latest = {"file": f"{tmp_path.name}/zoe.HTML"}
    assert aside == {
        "all.ZIP": ("archive", {}), "notes.txt": ("no-page", {}), "run.html": ("automatic", {}),
        "early.html": ("earlier", {**latest, "name": "ZOÉ"}), "other-zoe.html": ("same-name", {**latest, "name": "Zoe\u0301"}),
    }  # fmt: skip
    assert totals.questions == (
        QuestionResult("t", "hard", asked=3, at_once=1, in_the_end=3, wrong={1: 1, 2: 1}),
        QuestionResult("t", "easy", asked=4, at_once=4, in_the_end=4, wrong={}),
    )
    assert totals.questions[1].share == 1.0
    assert totals.cases == (CaseResult("t", "case", tried=4, solved=2, points=12),), "whose solution was shown faced it, too"
    assert hardest(totals.questions).step_id == "hard" and hardest(totals.questions, 3).step_id == "hard"
    assert hardest(totals.questions, 4) is None and hardest([]) is None


def test_the_hardest_question_comes_first(tmp_path):
    def question(step_id, asked, at_once):
        return QuestionResult("t", step_id, asked, at_once, asked, {})

    results = [question("a", 4, 2), question("b", 2, 1), question("c", 4, 3)]
    assert hardest(results).step_id == "a" and hardest(results, 5) is None
    for number, choices in enumerate(([1, 0, 1], [0, 0, 0])):
        steps = {f"q{place}": {**STEP, "choices": [choice]} for place, choice in enumerate(choices)}
        steps["q3"] = {**STEP, "choices": [number]} if number else {"state": "to-do"}
        started = f"2026-03-02T09:00:0{number}"
        read(tmp_path, {**CONTENT, "learner": f"L{number}", "started_at": started, "steps": steps}, f"{number}.html")
    assert [result.step_id for result in total_class(tmp_path).questions] == ["q3", "q0", "q2", "q1"]


def test_what_stands_out_is_remarked(tmp_path):
    steps = {"a": STEP}
    read(tmp_path, {**CONTENT, "learner": "A", "steps": steps}, "a.html")
    read(tmp_path, {**CONTENT, "learner": "B", "steps": steps}, "b.html")
    read(tmp_path, {**CONTENT, "learner": "C", "steps": {}}, "c.html")
    read(tmp_path, {**CONTENT, "learner": "D", "steps": {}}, "d.html")
    read(tmp_path, {**CONTENT, "learner": "E", "tutorial": "u", "steps": steps}, "e.html")
    read(tmp_path, {**CONTENT, "learner": "F", "steps": {"a": {**STEP, "done_at": "2026-03-02T11:00:00"}}}, "f.html")
    for name, old, new in (("c.html", "<body>", "<body>!"), ("d.html", '"learner": "D"', '"learner": "DD"')):
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    totals = total_class(tmp_path)
    assert {member.hand_in.learner: member.remarks for member in totals.members} == {
        "A": (Remark("same-run", {"names": ["B"]}),), "B": (Remark("same-run", {"names": ["A"]}),),
        "C": (Remark(PAGE_CHANGED),), "DD": (Remark(DATA_CHANGED),), "E": (), "F": (Remark("times"),),
    }  # fmt: skip
    assert totals.tutorials == ("t", "u")


def test_pages_without_a_name_are_one_where_they_are_one_run(tmp_path):
    steps = {"a": STEP}
    for number in range(2):
        read(tmp_path, {**CONTENT, "learner": "", "steps": steps, "written_at": f"2026-03-02T10:0{number}"}, f"{number}.html")
    totals = total_class(tmp_path)
    assert [member.hand_in.path.name for member in totals.members] == ["1.html"]
    assert [(one.path.name, one.error.reason, one.error.fields["name"]) for one in totals.set_aside] == [
        ("0.html", "earlier", "–")
    ]


def test_spellings_of_one_name():
    assert person("  ÉLISE\tMartin ") == person("e\u0301lise martin") == "élise martin" != person("elise martin")
    assert person("Straße") == person("STRASSE")
