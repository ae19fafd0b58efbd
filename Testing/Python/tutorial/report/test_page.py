"""The page a learner hands in."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from html.parser import HTMLParser

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep, Picture, capture_step
from DICOMTutorialHelperLib.tutorial.report.page import Report
from DICOMTutorialHelperLib.tutorial.tables import Chart, DataTable, DataTableRow

VOID = {"meta", "img", "path", "rect", "line", "circle", "polygon", "ellipse", "polyline", "stop"}


class Reader(HTMLParser):
    """Collects what a browser would: tags, words, and whether they are nested right."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.words, self.ids = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture
def followed(session, workspace):
    """A session in which a learner called O'Hara <x> read, answered, loaded, and lost something."""
    session.set_learner("O'Hara <x>")
    session.acknowledge()
    session.jump("fair")
    session.answer(0)
    session.answer(2)
    session.jump("load-ct")
    workspace.load_series("1.1")
    captured = {"load-ct": capture_step(session)}
    session.jump("load-mri")
    session.do_it()
    workspace.unload(workspace.items[-1].node_id)
    return session, captured


def page_of(followed, language="en", **options):
    session, captured = followed
    return Report(session, captured, language, now=datetime(2026, 3, 4, 15, 6), **options).html()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_sound_page_that_needs_nothing_else(followed, language):
    page = page_of(followed, language)
    reader = Reader(page)
    assert reader.open == []
    assert f'<html lang="{language}">' in page
    assert not any(tag in ("link", "iframe") for tag, _ in reader.tags)
    assert [attributes["type"] for tag, attributes in reader.tags if tag == "script"] == ["application/json"]
    for tag, attributes in reader.tags:
        source = attributes.get("src", "")
        assert not source or source.startswith("data:image/png;base64,")
        assert tag != "img" or attributes["alt"]
    assert len(reader.ids) == len(set(reader.ids))


def test_it_tells_who_what_and_when(followed):
    text = Reader(page_of(followed)).text
    assert "O'Hara <x>" in text
    assert "3 of 33" in text
    assert "2026-03-04 at 15:06" in text
    assert "Fake 5.10.0" in text


def test_it_shows_answers_and_tries(followed):
    text = Reader(page_of(followed)).text
    assert "Yes: it is clear how to ask for them, and who may have them." in text
    assert "No: FAIR data have to be public and free of charge for everybody." in text, "wrong tries stay"
    assert "FAIR does not ask for everything to be published" in text, "with their explanations"
    questions = sum(step.right_choice is not None for step in followed[0].tutorial.counted)
    assert f"Right first time 0 of {questions}" in text


def test_the_same_is_in_it_as_data_whose_checksum_shows_an_edit(followed):
    page = page_of(followed)
    checksum, text = re.search(r'id="hand-in" data-sha256="(\w+)">(.*?)</script>', page, re.S).groups()
    assert hashlib.sha256(text.encode()).hexdigest() == checksum
    data = json.loads(text)
    assert data["learner"] == "O'Hara <x>"
    assert data["steps"]["fair"]["choices"] == followed[0].progress.of("fair").choices
    assert "<x>" not in text, "a name must not end the script element"


def test_an_automatic_run_says_so_and_claims_no_learner(followed):
    text = Reader(page_of(followed, unattended=True)).text
    assert "Done by a program, not by a learner." in text
    assert "You have read the text." not in text
    assert "O'Hara" not in text.split('"format"')[0]


def test_a_picture_says_what_it_shows_and_which_side_is_which(followed):
    session, captured = followed
    shows = {"volume": "Torso", "orientation": "axial", "offset_mm": 12.5, "window": 350, "level": 40}
    in_space = {"volume": "Torso", "preset": "CT-Bone"}
    captured["window-level"] = CapturedStep((Picture("Red", b"\x89PNG", shows), Picture("3D", b"\x89PNG", in_space)))
    page = page_of((session, captured))
    assert 'alt="3D view · Torso · CT-Bone"' in page
    assert 'alt="red view · Torso · axial, 12.5\u00a0mm · window 350, level 40"' in page
    assert '<span class="start">R</span><span class="end">L</span>' in page


def test_what_was_lost_is_to_be_done_again_with_its_reason(followed):
    page = page_of(followed)
    article = page[page.index('<article id="load-mri"') :].split("</article>")[0]
    assert "to do again" in article
    assert "Not yet: BLISS" in article


def test_pictures_and_tables_are_in_it(followed):
    session, captured = followed
    rows = (DataTableRow(("(0010,0010)", "<Name>", "x"), marked=True), DataTableRow(("a", "b", "c"), depth=1))
    data_table = DataTable("A table", ("Tag", "Attribute", "Value"), rows, mark="take care")
    captured["privacy"] = CapturedStep((Picture("3D", b"\x89PNG"),), data_table)
    text = Reader(page_of((session, captured))).text
    assert "<Name>" in text
    assert "take care" in text
    assert page_of((session, captured)).count("<img") == 3 + 1  # three slice views of the CT, and this one


def test_a_curve_is_drawn_from_its_values(followed):
    session, captured = followed
    lines = (("lesion", (0.0, 120.0, 80.0)), ("gland", (0.0, 20.0, 40.0)))
    chart = Chart((0.0, 60.0, 120.0), lines, "Time (s)", "Enhancement (%)", (60.0, "contrast arrives"))
    captured["curve"] = CapturedStep((), DataTable("Curve", ("Moment",), (), chart=chart))
    page = page_of((session, captured))
    drawn = re.findall(r'<polyline points="([^"]+)"', page)
    lesion, gland = ([float(point.split(",")[1]) for point in line.split()] for line in drawn)
    assert lesion[1] < lesion[2] < lesion[0]  # y grows downwards
    assert gland[2] < gland[1] < gland[0] and gland[0] == lesion[0]
    assert "contrast arrives" in page
    assert "lesion: 0 → 120 (60) → 80; gland: 0 → 40 (120) → 40" in page


def test_steps_that_need_a_server_say_that_there_is_none(followed):
    text = Reader(page_of(followed)).text
    assert text.count("left out: No DICOM server is named") == 2
    followed[0].exchanges.server = lambda: object()
    assert "No DICOM server is named" not in Reader(page_of(followed)).text


def test_steps_left_out_say_why(followed):
    text = Reader(page_of(followed, left_out={"play": "no sequence here"})).text
    assert "left out: no sequence here" in text


def test_what_a_picture_is_called_cannot_leave_its_attribute(followed):
    session, _ = followed
    view = '"onerror="alert(1)"><b>'
    captured = {"load-ct": CapturedStep(pictures=(Picture(view, b"\x89PNG"),))}
    reader = Reader(Report(session, captured, "en").html())
    (image,) = (attributes for tag, attributes in reader.tags if tag == "img")
    assert set(image) == {"src", "alt"}
    assert image["alt"].endswith(view)


def test_terms_lead_to_the_glossary_at_the_end(followed):
    page = page_of(followed)
    led_to = set(re.findall(r'href="#(term-[a-z0-9-]+)"', page))
    assert len(led_to) >= 30
    assert led_to <= set(re.findall(r'<dt id="(term-[a-z0-9-]+)"', page))
    assert page.index('id="glossary"') > page.index('id="conclusion"')


def test_every_step_says_its_goal_its_minutes_and_what_to_do(followed, tutorial):
    text = Reader(page_of(followed)).text
    for step in tutorial.steps:
        assert f"({step.minutes} min)" in text
    assert "Goal: read a DICOM header (3 min)" in " ".join(text.split())
    assert "To do: show the table" in " ".join(text.split())


def test_what_was_typed_is_shown_as_it_was_typed_with_what_was_said_to_it(followed):
    session, _ = followed
    session.jump("import-mri")
    for text in ("<b>BLISS</b> STIR T2", "T2, STIR, BLISS"):
        session.answer_text(text)
    page = page_of(followed)
    article = re.search(r'<article id="import-mri">.*?</article>', page, re.DOTALL).group(0)
    assert "&lt;b&gt;BLISS&lt;/b&gt; STIR T2" in article and "<b>BLISS" not in article
    assert "T2, STIR, BLISS" in article
    assert article.count('<span class="badge done">right') == 1
    data = json.loads(re.search(r'id="hand-in"[^>]*>(.*?)</script>', page, re.DOTALL).group(1))
    assert data["steps"]["import-mri"]["typed"][1] == "T2, STIR, BLISS"
    assert data["steps"]["import-mri"]["choices"][-1] == data["steps"]["import-mri"]["right_choice"] == 0


def test_questions_asked_again_are_counted(followed):
    session, _ = followed
    missed = session.missed_questions()
    assert [step.id for step in missed] == ["fair"]
    session.jump("conclusion")
    session.answer(missed[0].right_choice)
    text = " ".join(Reader(page_of(followed)).text.split())
    assert "Right when asked again 1 of 1" in text
    assert "Asked again at the end: right after 1 try." in text
    assert said_right(session, "fair") in text


def said_right(session, step_id):
    """The explanation of a question's right answer."""
    explanations = session.tutorial.words("en").steps[step_id].explanations
    return explanations[session.tutorial.step(step_id).right_choice]


def test_a_question_left_open_is_marked_and_told_when_it_was_answered_at_the_end(session, workspace):
    workspace.create_database()
    workspace.add_to_database("ct")
    session.jump("import-ct")
    page = Report(session, {}, "en").html()
    assert page.count('<span class="badge to-do">question open</span>') == 2, "in the contents and at the step"
    session.jump("conclusion")
    session.answer(0)
    text = " ".join(Reader(Report(session, {}, "en").html()).text.split())
    assert "question open" not in text
    assert "Left open, and answered at the end: right after 1 try." in text and said_right(session, "import-ct") in text
