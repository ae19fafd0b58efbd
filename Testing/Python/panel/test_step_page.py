"""The page of a step, as a learner meets it: read, answered by mouse and by keyboard, narrow, in another language."""

from __future__ import annotations

import dataclasses

import pytest
import qt

from DICOMTutorialHelperLib.pages.step import step_content
from DICOMTutorialHelperLib.panel.widgets import is_dark


def key(widget, code, modifiers=qt.Qt.NoModifier):
    for kind in (qt.QEvent.KeyPress, qt.QEvent.KeyRelease):
        qt.QApplication.sendEvent(widget, qt.QKeyEvent(kind, code, modifiers))


def release_mouse_on(widget):
    place = qt.QPointF(3, 3)
    event = qt.QMouseEvent(
        qt.QEvent.MouseButtonRelease, place, widget.mapToGlobal(place), qt.Qt.LeftButton, qt.Qt.NoButton, qt.Qt.NoModifier
    )
    qt.QApplication.sendEvent(widget, event)


def test_the_first_step_is_shown_with_its_number_and_what_to_do(guide, part):
    assert part("StepTitle").text == guide.words.steps["welcome"].title
    assert part("StepProgress").format == f"1 / {len(guide.session.tutorial.steps)}"
    assert "to do" in part("StepState").text
    assert not part("StepBackButton").enabled


def test_next_and_back_walk_through_the_steps(guide, part):
    part("StepNextButton").click()
    assert guide.session.current.id == "get-data"
    part("StepBackButton").click()
    assert guide.session.current.id == "welcome"


def test_the_last_step_has_no_next(guide, part):
    guide.jump(guide.session.tutorial.steps[-1].id)
    assert not part("StepNextButton").enabled


def test_the_keyboard_goes_on_and_back(application, guide):
    # Qt gives shortcuts to active windows only, which there are none of without a screen: ask the shortcuts themselves.
    shortcuts = {one.key.toString(): one for one in guide.page.widget.findChildren(qt.QShortcut)}
    shortcuts["Alt+Right"].activated.emit()
    assert guide.session.current.id == "get-data"
    shortcuts["Alt+Left"].activated.emit()
    assert guide.session.current.id == "welcome"


def test_a_button_answers_to_the_space_bar(guide, part):
    key(part("StepNextButton"), qt.Qt.Key_Space)
    assert guide.session.current.id == "get-data"


def test_confirming_the_text_marks_the_step_as_done(guide, part):
    part("StepAcknowledgeButton").click()
    assert "✔" in part("StepState").text and "done" in part("StepState").text
    assert not part("StepAcknowledgeButton").visible
    assert step_content(guide.session, guide.words).takeaway in part("StepTakeaway").text
    assert guide.words.steps["welcome"].takeaway


def test_a_wrong_answer_is_explained_and_may_be_tried_again(guide, part):
    guide.jump("fair")
    right = guide.session.current.right_choice
    wrong = (right + 1) % 3
    part(f"StepChoice{wrong}").click()
    assert "✘" in part("StepExplanation").text
    part(f"StepChoice{right}").click()
    assert "✔" in part("StepExplanation").text
    assert "done" in part("StepState").text


def test_a_click_on_the_words_of_an_answer_chooses_it(application, guide):
    guide.jump("fair")
    right = guide.session.current.right_choice
    labels = list(guide.page._choices.findChildren(qt.QLabel))
    release_mouse_on(labels[right])
    assert guide.session.progress.of("fair").choice == right


def test_answers_can_be_chosen_by_keyboard(guide, part):
    guide.jump("fair")
    key(part("StepChoice1"), qt.Qt.Key_Space)
    assert guide.session.progress.of("fair").choice == 1


def test_an_arrow_key_on_the_way_to_an_answer_answers_nothing(guide, part):
    guide.jump("fair")
    part("StepChoice0").setFocus()
    key(part("StepChoice0"), qt.Qt.Key_Down)
    assert guide.session.progress.of("fair").choices == []


def test_whoever_answers_by_keyboard_goes_on_from_the_answer(application, guide, part):
    guide.jump("fair")
    guide.page.widget.show()
    application.processEvents()
    part("StepChoice1").setFocus()
    key(part("StepChoice1"), qt.Qt.Key_Space)
    application.processEvents()
    focused = guide.page.widget.window().focusWidget()
    assert focused is not None and focused.objectName == "StepChoice1"
    assert [part(f"StepChoice{place}").checked for place in range(3)] == [False, True, False]


def test_the_hint_is_shown_on_demand_and_put_away_with_the_next_step(guide, part):
    guide.jump("fair")
    assert not part("StepHint").visible
    part("StepHintButton").click()
    assert part("StepHint").visible
    part("StepNextButton").click()
    assert not part("StepHint").visible


def test_links_are_opened_outside(guide, part, opened_links):
    guide.jump("fair")
    part("StepLinks").linkActivated.emit("https://www.go-fair.org/fair-principles/")
    assert opened_links == ["https://www.go-fair.org/fair-principles/"]


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt-BR"])
def test_every_step_fits_into_a_narrow_dock(application, guide, language):
    guide.set_language(language)
    guide.page.widget.size = qt.QSize(350, 700)
    for step in guide.session.tutorial.steps:
        guide.jump(step.id)
        application.processEvents()
        inner = guide.page._scroll.widget()
        assert inner.minimumSizeHint.width() <= 340, step.id
        assert guide.page.widget.minimumSizeHint.width() <= 350, step.id


def test_the_language_changes_while_the_step_stays(guide, part):
    guide.jump("fair")
    guide.set_language("fr")
    assert guide.session.current.id == "fair"
    assert part("StepTitle").text == guide.session.tutorial.words("fr").steps["fair"].title
    assert part("StepNextButton").text == "Suite ▶"
    assert "à faire" in part("StepState").text


def test_very_long_texts_wrap_instead_of_widening_the_dock(application, guide):
    content = step_content(guide.session, guide.words)
    long_text = "<p>" + "Ein sehr langer Satz über DICOM. " * 60 + "</p>"
    guide.page.show(dataclasses.replace(content, step_id="other", body=long_text, choices=("word " * 60,) * 3))
    application.processEvents()
    assert guide.page._scroll.widget().width <= guide.page.widget.width
    assert guide.page._body.height > 100


def test_dark_colours_give_another_drawing(application, guide):
    guide.jump("fair")
    light = step_content(guide.session, guide.words, dark=False).drawing
    dark = step_content(guide.session, guide.words, dark=True).drawing
    assert light != dark
    palette = qt.QPalette(qt.QColor("#202020"))
    palette.setColor(qt.QPalette.WindowText, qt.QColor("#f0f0f0"))
    guide.page.widget.palette = palette
    assert is_dark(guide.page.widget)


def test_the_drawing_is_as_wide_as_the_dock_allows_and_described(application, guide, part):
    guide.jump("fair")
    application.processEvents()
    drawing = part("StepDrawing")
    assert 250 < drawing.pixmap.width() / drawing.pixmap.devicePixelRatio() <= 350
    assert drawing.accessibleName


def test_an_error_is_a_sentence_in_the_page(guide, part):
    guide.show_error("The disk is full.")
    assert part("StepMessage").visible and "The disk is full." in part("StepMessage").text
    part("StepNextButton").click()
    assert not part("StepMessage").visible


def test_every_button_has_a_tool_tip_and_is_reached_by_tab(guide):
    guide.jump("load-ct")
    found = guide.page.widget.findChildren(qt.QAbstractButton)
    buttons = [one for one in found if one.visible and one.objectName.startswith("Step")]
    assert len(buttons) > 4
    for one in buttons:
        assert one.toolTip or one.accessibleName, one.objectName
        assert one.focusPolicy != qt.Qt.NoFocus, one.objectName


@pytest.mark.parametrize(("width", "rows"), [(300, 2), (700, 1)])
def test_the_buttons_take_one_row_where_there_is_the_width_for_it(application, guide, part, width, rows):
    guide.jump("load-ct")
    guide.page.widget.resize(width, 500)
    guide.page.widget.show()
    application.processEvents()
    places = {name: part(name).mapTo(guide.page.widget, qt.QPoint(0, 0)) for name in ("StepShowMeButton", "StepNextButton")}
    assert len({place.y() for place in places.values()}) == rows


def test_a_typed_answer_is_given_with_the_return_key(guide, part, workspace):
    workspace.add_to_database("ct", "t2", "stir", "bliss")
    guide.jump("import-mri")
    line = part("StepAnswerLine")
    line.text = "BLISS STIR T2"
    key(line, qt.Qt.Key_Return)
    assert "alphabet" in part("StepExplanation").text
    line.text = "T2 STIR BLISS"
    key(line, qt.Qt.Key_Return)
    assert guide.session.progress.of("import-mri").typed == ["BLISS STIR T2", "T2 STIR BLISS"]
    assert "✔" in part("StepExplanation").text


def test_where_answers_are_chosen_there_is_nothing_to_type(guide, part):
    guide.jump("fair")
    assert not part("StepAnswerLine").visible


def test_a_term_that_is_clicked_is_explained_without_a_warning(guide, part):
    guide.jump("dicom-module")
    part("StepBody").linkActivated.emit("term:module")
    assert "with a panel of its own" in part("StepMessage").text
    assert not part("StepMessage").text.startswith("⚠")


@pytest.fixture
def left_open(guide, workspace):
    """The MRI is in the database, and the question about it is not answered."""
    workspace.add_to_database("t2", "stir", "bliss")
    workspace.create_database()
    guide.jump("import-mri")
    return guide.session.current


def test_a_done_step_says_that_its_question_is_open_and_what_was_learned_once_it_is_answered(guide, part, left_open):
    assert "✔ <b>done</b>" in part("StepState").text
    assert "? The question is still open" in part("StepState").text and "still open" in part("StepState").accessibleName
    assert not part("StepTakeaway").visible
    guide.session.answer_text("T2, STIR, BLISS")
    assert "open" not in part("StepState").text
    assert guide.words.steps["import-mri"].takeaway in part("StepTakeaway").text and part("StepTakeaway").visible


def test_a_question_right_at_the_end_is_explained_beside_the_next_one(guide, part, left_open):
    guide.jump("fair")
    guide.session.answer(0)
    guide.jump("conclusion")
    assert part("StepQuestion").text.startswith("<b>Again, from") and not part("StepSettled").visible
    guide.session.answer(2)
    said = guide.words.steps["fair"]
    assert said.explanations[2] in part("StepSettled").text and said.question in part("StepSettled").text
    assert "✔ <b>Right.</b>" in part("StepSettled").text
    assert part("StepQuestion").text.startswith("<b>Still open, from") and part("StepAnswerLine").visible
    guide.session.answer_text("T2, STIR, BLISS")
    assert guide.words.steps["import-mri"].explanations[0] in part("StepSettled").text
    assert not part("StepQuestion").visible
    part("StepBackButton").click()
    assert not part("StepSettled").visible
