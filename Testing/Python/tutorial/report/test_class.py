"""A class is totalled: who did what, what was hard, which pages were edited, and what is no page at all."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict
from datetime import timedelta

import pytest
from fake_workspace import FakeWorkspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_class import START, made_page, make_class, questions_of

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.tutorial.casework import CaseReport
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.progress import DONE
from DICOMTutorialHelperLib.tutorial.report.class_page import ClassPage
from DICOMTutorialHelperLib.tutorial.report.classroom import hardest, total_class
from DICOMTutorialHelperLib.tutorial.report.hand_in import (
    DATA_CHANGED,
    NO_SEAL,
    PAGE_CHANGED,
    UNTOUCHED,
    HandInError,
    hand_in_script,
    read_hand_in,
)
from DICOMTutorialHelperLib.tutorial.report.page import Report
from DICOMTutorialHelperLib.tutorial.session import TutorialSession


@pytest.fixture(scope="module")
def classroom(tutorial, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    make_class(folder, tutorial)
    return folder


@pytest.fixture(scope="module")
def totals(classroom):
    return total_class(classroom)


def named(totals, name):
    (member,) = [member for member in totals.members if member.hand_in.learner == name]
    return member


def page_in(tmp_path, text, name="page.html"):
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    return path


class TestAPage:
    def test_it_gives_back_what_the_guide_wrote(self, tutorial, tmp_path):
        wrong, right = questions_of(tutorial)[:2]
        page = made_page(tutorial, "Ana", done=20, helped=3, shown=4, wrong_first=(wrong,), minutes_a_step=3)
        hand_in = read_hand_in(page_in(tmp_path, page))
        assert (hand_in.learner, hand_in.tutorial, hand_in.seal) == ("Ana", "dicom_and_slicer", UNTOUCHED)
        assert (hand_in.done(), hand_in.done("helper"), hand_in.done("shown"), hand_in.done("learner")) == (20, 3, 4, 13)
        assert hand_in.minutes == 60
        assert not hand_in.steps[wrong].right_at_once
        assert hand_in.steps[right].right_at_once
        assert hand_in.times_agree

    def test_optional_steps_are_shown_and_not_counted(self, tutorial, tmp_path):
        session = TutorialSession(tutorial, FakeWorkspace())
        for step in tutorial.steps:
            if step.optional or step.id == "welcome":
                session.progress.of(step.id).state = "done"
        session.progress.of("share-fair").choices = [0]
        page = Report(session, {}, "en").html()
        assert "Optional steps done</dt><dd>4 of 4" in page and "1 of 33" in page
        hand_in = read_hand_in(page_in(tmp_path, page))
        assert (hand_in.done(), len(hand_in.counted), len(hand_in.steps)) == (1, 33, 37)
        assert hand_in.steps["share-fair"].choices == (0,) and hand_in.steps["share-fair"].optional
        assert len(hand_in.questions) == sum(step.right_choice is not None for step in tutorial.counted)

    @pytest.mark.parametrize("ends", ["\r\n", "\r"])
    def test_other_line_ends_are_no_edit(self, tutorial, tmp_path, ends):
        page = made_page(tutorial, "Ana").replace("\n", ends)
        assert read_hand_in(page_in(tmp_path, "\ufeff" + page)).seal == UNTOUCHED

    def test_an_edited_result_is_told(self, tutorial, tmp_path):
        page = made_page(tutorial, "Ana", wrong_first=tuple(questions_of(tutorial)))
        edited = re.sub(r'"choices": \[0, ', '"choices": [', page, count=1)
        assert edited != page
        assert read_hand_in(page_in(tmp_path, edited)).seal == DATA_CHANGED

    def test_an_edited_text_is_told_apart_from_an_edited_result(self, tutorial, tmp_path):
        page = made_page(tutorial, "Ana")
        assert read_hand_in(page_in(tmp_path, page.replace("<h1>", "<h1>!"))).seal == PAGE_CHANGED

    def test_a_page_of_before_there_were_seals_is_read(self, tutorial, tmp_path):
        page = re.sub(r'<meta name="hand-in-page"[^>]*>\n', "", made_page(tutorial, "Ana"))
        assert read_hand_in(page_in(tmp_path, page)).seal == NO_SEAL

    @pytest.mark.parametrize(
        ("spoil", "reason"),
        [
            (lambda page: page[: page.index('id="hand-in"') + 300], "damaged"),
            (lambda page: page.replace('"format": "dicom-tutorial-hand-in/1"', '"format": "dicom-tutorial-hand-in/2"'), "newer"),
            (lambda page: page.replace('"state": "done"', '"state": "perfect"', 1), "damaged"),
            (lambda page: page.replace('"learner": "Ana"', '"learner": 7'), "damaged"),
            (lambda page: re.sub(r'"seconds": [\d.]+', '"seconds": -5', page, count=1), "damaged"),
            (lambda page: re.sub(r'"seconds": [\d.]+', '"seconds": 1e400', page, count=1), "damaged"),
            (lambda page: re.sub(r'"choices": \[\d', '"choices": [' + "9" * 5000, page, count=1), "damaged"),
            (lambda page: page.replace('"started_at": "2026', '"started_at": "soon'), "damaged"),
            (lambda page: re.sub(r'"steps": \{', '"steps": ' + "[" * 50_000 + "{", page, count=1), "damaged"),
            (lambda page: "<p>Hello</p>", "foreign"),
            (lambda page: "", "foreign"),
        ],
    )
    def test_what_is_none_is_refused_with_its_reason(self, tutorial, tmp_path, spoil, reason):
        with pytest.raises(HandInError) as told:
            read_hand_in(page_in(tmp_path, spoil(made_page(tutorial, "Ana"))))
        assert told.value.reason == reason
        assert all(told.value.message(language) for language in LANGUAGES)


class TestTwelveLearners:
    def test_all_twelve_count_and_nobody_else(self, totals):
        assert len(totals.members) == 12
        reasons = {one.path.name: one.error.reason for one in totals.set_aside}
        assert reasons == {
            "Ana.html": "earlier",
            "automatic.html": "automatic",
            "damaged.html": "damaged",
            "notes.html": "foreign",
            "essay.pdf": "no-page",
            "more.zip": "archive",
        }

    def test_names_come_in_order_those_without_last(self, totals):
        learners = [member.hand_in.learner for member in totals.members]
        assert learners[-1] == "" and learners[3:6] == ["Carlos Núñez", "Dörte Weiß", "Élise Martin"]

    def test_who_did_it_alone_is_told_from_who_was_helped(self, totals):
        hand_in = named(totals, "Béatrice Lefèvre").hand_in
        assert (hand_in.done(), hand_in.done("helper"), hand_in.done("shown")) == (28, 2, 1)
        assert hand_in.done("learner") == 25

    def test_the_question_the_class_got_wrong_is_named(self, totals, tutorial):
        result = hardest(totals.questions)
        assert (result.step_id, result.asked, result.at_once, result.in_the_end) == (questions_of(tutorial)[2], 12, 2, 12)
        assert totals.questions[0] == result
        assert sum(result.wrong.values()) == 10

    def test_edited_and_copied_pages_are_marked(self, totals):
        assert [remark.key for remark in named(totals, "Jana Novák").remarks] == [DATA_CHANGED]
        keys = [remark.key for remark in named(totals, "Inès Blanc").remarks]
        assert keys == [DATA_CHANGED, "same-run"]
        assert named(totals, "Inès Blanc").remarks[1].fields == {"names": ["Ana Souza"]}
        assert [remark.key for remark in named(totals, "Ana Souza").remarks] == ["same-run"]
        assert not named(totals, "Hugo Petit").remarks

    def test_two_people_of_one_name_are_told_to_the_teacher(self, tutorial, tmp_path):
        for number in range(2):
            page_in(tmp_path, made_page(tutorial, "Marie", start=START + timedelta(hours=number)), f"{number}.html")
        totals = total_class(tmp_path)
        assert [member.hand_in.path.name for member in totals.members] == ["1.html"]
        assert [one.error.reason for one in totals.set_aside] == ["same-name"]


class TestThePage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_is_complete_in_every_language(self, totals, classroom, tutorial, language):
        page = ClassPage(totals, classroom, language, {tutorial.id: tutorial}).html()
        assert f'<html lang="{language}">' in page
        assert not re.search(r"\{\w+\}|\[\[|\*\*", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))
        assert tutorial.words(language).title in page
        reached = sum(step.right_choice is not None for step in tutorial.steps[:29])
        assert page.count("<tr") == 12 + 1 + 1 + reached + 1 + 6

    def test_hostile_names_stay_text(self, totals, classroom, tutorial):
        page = ClassPage(totals, classroom, "en", {tutorial.id: tutorial}).html()
        assert "<script>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page

    def test_a_tutorial_nobody_knows_shows_the_names_of_its_steps(self, totals, classroom, tutorial):
        page = ClassPage(totals, classroom, "fr", {}).html()
        assert questions_of(tutorial)[2] in page and "réponse 1" in page

    def test_a_spreadsheet_gets_numbers_and_no_formulas(self, totals, classroom, tutorial):
        text = ClassPage(totals, classroom, "fr", {tutorial.id: tutorial}).csv()
        assert text.startswith("\ufeff")
        heading, *rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
        assert len(rows) == 12 and all(len(row) == len(heading) for row in rows)
        assert rows[0][0].startswith("'=HYPERLINK")
        ana = dict(zip(heading, rows[1]))
        assert (ana["Nom"], ana["Étapes réussies"], ana["Questions en tout"]) == ("Ana Souza", "29", "16")


class TestTheCommand:
    def test_it_writes_the_page_and_says_what_it_left_out(self, classroom, tmp_path, capsys):
        out = tmp_path / "class.html"
        assert main(["class", str(classroom), "--out", str(out), "--lang", "en"]) == 0
        told = capsys.readouterr()
        assert "12 hand-ins totaled, 6 files set aside." in " ".join(told.out.split())
        assert "damaged.html: a hand-in, but damaged" in told.err
        assert "Jana Novák" in out.read_text(encoding="utf-8")
        assert main(["class", str(classroom), "--out", str(out), "--lang", "fr"]) == 1

    def test_json_says_the_same(self, classroom, tutorial, tmp_path, capsys):
        main(["class", str(classroom), "--out", str(tmp_path / "class.csv"), "--json"])
        told = json.loads(capsys.readouterr().out)
        assert told["members"] == 12
        hard = questions_of(tutorial)[2]
        assert told["questions"][0] == {"tutorial": tutorial.id, "step": hard, "asked": 12, "right_first_time": 2}
        assert told["remarks"]["Jana.html"] == [DATA_CHANGED]

    def test_an_empty_folder_ends_in_a_sentence(self, tmp_path, capsys):
        (tmp_path / "x").mkdir()
        assert main(["class", str(tmp_path / "x"), "--out", str(tmp_path / "c.html"), "--lang", "pt-BR"]) == 1
        assert "Não há nenhuma entrega" in capsys.readouterr().err
        assert not (tmp_path / "c.html").exists()

    def test_wrong_usage_ends_in_a_sentence(self, tmp_path, capsys):
        assert main(["class", str(tmp_path / "nowhere"), "--out", str(tmp_path / "c.html"), "--lang", "en"]) == 2
        assert main(["class", str(tmp_path), "--out", str(tmp_path / "c.pdf"), "--lang", "en"]) == 2
        assert "c.pdf" in capsys.readouterr().err


def test_the_page_of_a_class_may_lie_in_its_folder(tutorial, tmp_path, capsys):
    page_in(tmp_path, made_page(tutorial, "Ana"))
    for _ in range(2):
        assert main(["class", str(tmp_path), "--out", str(tmp_path / "class.html"), "--overwrite", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["set_aside"] == {}


class TestCases:
    """A class that played detective."""

    @pytest.fixture
    def played(self, tmp_path):
        detective = read_tutorial(tutorials_folder() / "dicom_detective")
        for number, (name, solved, shown) in enumerate((("Ana", "ab", "c"), ("Bo", "a", "b"), ("Cy", "", ""))):
            session = TutorialSession(detective, FakeWorkspace(), now=lambda number=number: START + timedelta(hours=number))
            session.set_learner(name)
            for case in solved:
                report = asdict(CaseReport("missing", "3", "0", True, True, True))
                session.progress.of(f"case-{case}").case = {"reports": [report], "hints": number}
            for case in shown:
                session.progress.of(f"case-{case}").case = {"given_up": True, "reports": [asdict(CaseReport("tilt", "3", ""))]}
            if name == "Cy":
                session.progress.of("case-d").case = {"hints": 1}
                session.progress.of("case-e").case, session.progress.of("case-e").state = {"given_up": True}, DONE
            page_in(tmp_path, Report(session, {}, "en").html(), f"{name}.html")
        return detective, total_class(tmp_path), tmp_path

    def test_who_solved_how_many_stands_in_the_table(self, played):
        detective, totals, folder = played
        page = ClassPage(totals, folder, "fr", {detective.id: detective})
        assert [row[8:10] for row in page.member_rows()] == [("2 sur 6", "20"), ("1 sur 6", "8"), ("0 sur 6", "0")]
        assert "Énigmes résolues" in page.html() and "Le rapport sur l’énigme A" in page.html()

    def test_each_case_says_how_many_tried_and_solved_it(self, played):
        results = {result.step_id: (result.tried, result.solved, result.points) for result in played[1].cases}
        solved = {"case-a": (2, 2, 18), "case-b": (2, 1, 10), "case-c": (1, 0, 0)}
        assert results == {**solved, "case-d": (1, 0, 0), "case-e": (1, 0, 0)}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_page_it_is_read_or_refused_with_a_sentence(tmp_path, data):
    step = {"state": "done", "done_by": "learner", "done_at": "", "seconds": 1.5, "choices": [0], "right_choice": 0, "case": None}
    content = {
        "format": "dicom-tutorial-hand-in/1",
        "tutorial": "x",
        "learner": "Ana",
        "automatic": False,
        "started_at": "2026-03-02T09:00:00",
        "written_at": "2026-03-02T10:00:00",
        "steps": {"a": step},
    }
    place = data.draw(st.sampled_from([content, step]))
    key = data.draw(st.sampled_from(sorted(place)))
    place[key] = data.draw(JSON)
    page_in(tmp_path, f"<html><head></head><body>{hand_in_script(content)}</body></html>")
    totals = total_class(tmp_path)
    assert len(totals.members) + len(totals.set_aside) == 1
    for language in ("en", "fr"):
        page = ClassPage(totals, tmp_path, language, {})
        assert page.html() and page.csv()


class TestMakingCases:
    def test_a_number_makes_a_set_and_nothing_of_it_is_told(self, tmp_path, capsys):
        assert main(["cases", str(tmp_path / "a"), "--set", "2026", "--lang", "en"]) == 0
        told = capsys.readouterr()
        assert "There are six cases in" in " ".join(told.out.split())
        assert "2026" not in told.out.replace(str(tmp_path), "")
        assert sorted(path.name for path in (tmp_path / "a" / "DICOMDetective").iterdir()) == list("ABCDEF")

    def test_what_somebody_else_put_there_is_left_alone(self, tmp_path, capsys):
        note = tmp_path / "DICOMDetective" / "note.txt"
        note.parent.mkdir()
        note.write_text("mine", encoding="utf-8")
        assert main(["cases", str(tmp_path), "--set", "2026", "--lang", "en"]) == 1
        assert note.read_text(encoding="utf-8") == "mine"

    def test_a_number_that_is_none_is_refused(self, tmp_path):
        with pytest.raises(SystemExit):
            main(["cases", str(tmp_path), "--set", "-1"])
