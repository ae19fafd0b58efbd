"""The page that shows one step: text, drawing, question, state with its reason, and the buttons."""

from __future__ import annotations

from typing import Optional, Protocol

import qt

from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.pages.step import StepContent
from DICOMTutorialHelperLib.panel.case_form import CaseForm
from DICOMTutorialHelperLib.panel.data_table import DataTableView
from DICOMTutorialHelperLib.panel.drawing_label import DrawingLabel
from DICOMTutorialHelperLib.panel.widgets import ClickOnLabel, RowsOrOne, button, clear_layout, heading, is_dark, text_label
from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.tutorial.markup import TERM_ADDRESS
from DICOMTutorialHelperLib.tutorial.tables import DataTable

# A sign and a word, never a colour alone.
DONE_SIGN, INVALIDATED_SIGN, TO_DO_SIGN, OPEN_SIGN = "✔", "↺", "○", "?"
WARNING_SIGN, NOTE_SIGN = "⚠", "ℹ"
RIGHT_SIGN, WRONG_SIGN = "✔", "✘"


class StepActions(Protocol):
    """What a learner can do on the page; every method is a slot that lets no error through."""

    def go_next(self, *_: object) -> None: ...
    def go_back(self, *_: object) -> None: ...
    def do_it(self, *_: object) -> None: ...
    def show_me(self, *_: object) -> None: ...
    def acknowledge(self, *_: object) -> None: ...
    def answer(self, choice: int) -> None: ...
    def answer_text(self, text: str) -> None: ...
    def report_case(self, what: str, count: str, where: str) -> None: ...
    def take_hint(self, *_: object) -> None: ...
    def show_solution(self, *_: object) -> None: ...
    def show_table(self, *_: object) -> None: ...
    def cancel(self, *_: object) -> None: ...
    def choose_folder(self, *_: object) -> None: ...
    def export_report(self, *_: object) -> None: ...
    def open_link(self, address: str) -> None: ...


class StepPage:
    """``widget`` goes into the dock; ``show`` gives it a step, ``show_job`` how far long work is, ``show_message`` an error."""

    def __init__(self, actions: StepActions, language: str) -> None:
        self._actions = actions
        self._language = language
        self._step_id = ""
        self._content: Optional[StepContent] = None
        self._filters: list[ClickOnLabel] = []
        self._radios: list[qt.QRadioButton] = []
        self.widget = qt.QWidget()
        self.widget.objectName = "DICOMTutorialStepPage"
        column = qt.QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.spacing = 0
        column.addWidget(self._make_text())
        column.addWidget(self._make_footer())
        self._make_shortcuts()
        self.set_language(language)

    # --- making ----------------------------------------------------------------------------------------------------------

    def _make_text(self) -> qt.QScrollArea:
        """All that scrolls."""
        page = qt.QWidget()
        layout = qt.QVBoxLayout(page)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.spacing = 8
        self._part = text_label(name="StepPart")
        self._title = heading(name="StepTitle")
        self._notice = text_label(name="StepNotice")
        self._goal = text_label(name="StepGoal")
        self._body = text_label(name="StepBody")
        self._task = text_label(name="StepTask")
        self._drawing = DrawingLabel()
        self._settled = text_label(name="StepSettled")
        self._question = text_label(name="StepQuestion")
        self._choices = qt.QWidget()
        self._choices_layout = qt.QGridLayout(self._choices)
        self._choices_layout.setContentsMargins(0, 0, 0, 0)
        self._choices_layout.setColumnStretch(1, 1)
        self._typed = self._make_typed_answer()
        self._case = CaseForm(self._actions.report_case, self._actions.take_hint, self._actions.show_solution)
        self._explanation = text_label(name="StepExplanation")
        self._table_button = button("", "", self._actions.show_table, "StepTableButton")
        self._data_table = DataTableView()
        self._takeaway = text_label(name="StepTakeaway")
        self._hint_button = qt.QToolButton()
        self._hint_button.objectName = "StepHintButton"
        self._hint_button.checkable = True
        self._hint_button.toolButtonStyle = qt.Qt.ToolButtonTextBesideIcon
        self._hint_button.toggled.connect(self._show_hint)
        self._hint = text_label(name="StepHint")
        self._links = text_label(name="StepLinks")
        with_terms = (
            self._goal, self._body, self._task, self._settled, self._question, self._explanation, self._takeaway, self._hint,
        )  # fmt: skip
        for label in (*with_terms, self._links, self._notice):
            label.linkActivated.connect(self._actions.open_link)
        for label in with_terms:
            label.linkHovered.connect(self._show_term)
        for widget in (
            self._part, self._title, self._goal, self._body, self._drawing.widget, self._task, self._table_button,
            self._data_table.widget, self._settled, self._question, self._choices, self._typed, self._explanation,
            self._case.widget, self._takeaway, self._hint_button, self._hint, self._links, self._notice,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self._scroll = qt.QScrollArea()
        self._scroll.widgetResizable = True
        self._scroll.frameShape = qt.QFrame.NoFrame
        self._scroll.horizontalScrollBarPolicy = qt.Qt.ScrollBarAlwaysOff
        # A bar that comes and goes changes the width, the width the height, and the height the bar: Qt never comes to an end.
        self._scroll.verticalScrollBarPolicy = qt.Qt.ScrollBarAlwaysOn
        self._scroll.setWidget(page)
        return self._scroll

    def _make_typed_answer(self) -> qt.QWidget:
        """A line to type an answer in, and the button that gives it."""
        row = qt.QWidget()
        layout = qt.QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        self._typed_line = qt.QLineEdit()
        self._typed_line.objectName = "StepAnswerLine"
        self._typed_line.returnPressed.connect(self._give_typed)
        self._typed_button = button("", "", self._give_typed, "StepAnswerButton")
        layout.addWidget(self._typed_line, 1)
        layout.addWidget(self._typed_button)
        return row

    def _give_typed(self, *_: object) -> None:
        self._actions.answer_text(str(self._typed_line.text))

    def _show_term(self, address: str) -> None:
        """What a term means, beside the mouse; nothing for other links."""
        meanings = self._content.meanings if self._content is not None else {}
        meaning = meanings.get(str(address)[len(TERM_ADDRESS) :], "") if str(address).startswith(TERM_ADDRESS) else ""
        qt.QToolTip.showText(qt.QCursor.pos(), html_text(meaning), self.widget)

    def _make_footer(self) -> qt.QFrame:
        footer = qt.QFrame()
        footer.frameShape = qt.QFrame.StyledPanel
        # Else the width of the dock would follow the words of its buttons.
        footer.sizePolicy = qt.QSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Minimum)
        layout = qt.QVBoxLayout(footer)
        layout.setContentsMargins(10, 6, 10, 8)
        layout.spacing = 6
        self._message = text_label(name="StepMessage")
        self._state = text_label(name="StepState")
        layout.addWidget(self._message)
        layout.addWidget(self._state)
        self._job = qt.QWidget()
        job = qt.QHBoxLayout(self._job)
        job.setContentsMargins(0, 0, 0, 0)
        self._job_bar = qt.QProgressBar()
        self._job_bar.objectName = "StepJobProgress"
        self._cancel = button("", "", self._actions.cancel, "StepCancelButton")
        job.addWidget(self._job_bar)
        job.addWidget(self._cancel)
        layout.addWidget(self._job)
        help_row = qt.QHBoxLayout()
        self._show_me = button("", "", self._actions.show_me, "StepShowMeButton")
        self._do_it = button("", "", self._actions.do_it, "StepDoItButton")
        self._acknowledge = button("", "", self._actions.acknowledge, "StepAcknowledgeButton")
        for widget in (self._show_me, self._do_it, self._acknowledge):
            help_row.addWidget(widget)
        self._choose_folder = button("", "", self._actions.choose_folder, "StepFolderButton")
        self._export_report = button("", "", self._actions.export_report, "StepExportReportButton")
        layout.addWidget(self._choose_folder)
        layout.addWidget(self._export_report)
        move_row = qt.QHBoxLayout()
        self._back = button("", "", self._actions.go_back, "StepBackButton")
        self._progress = qt.QProgressBar()
        self._progress.objectName = "StepProgress"
        self._progress.minimumWidth = 40
        self._next = button("", "", self._actions.go_next, "StepNextButton")
        move_row.addWidget(self._back)
        move_row.addWidget(self._progress, 1)
        move_row.addWidget(self._next)
        self._rows = RowsOrOne(footer, help_row, move_row)
        layout.addLayout(self._rows.layout)
        self._message.hide()
        self._job.hide()
        return footer

    def _make_shortcuts(self) -> None:
        for keys, slot in (("Alt+Right", self._actions.go_next), ("Alt+Left", self._actions.go_back)):
            shortcut = qt.QShortcut(qt.QKeySequence(keys), self.widget)
            shortcut.context = qt.Qt.WidgetWithChildrenShortcut
            shortcut.activated.connect(slot)

    # --- showing ---------------------------------------------------------------------------------------------------------

    def set_language(self, language: str) -> None:
        """Texts of the page itself; those of the step come with the next ``show``."""
        self._language = language
        for widget, key in (
            (self._back, "step.back"),
            (self._next, "step.next"),
            (self._do_it, "step.do-it"),
            (self._show_me, "step.show-me"),
            (self._acknowledge, "step.acknowledge"),
            (self._choose_folder, "step.folder"),
            (self._export_report, "step.export-report"),
            (self._cancel, "job.cancel"),
            (self._hint_button, "step.hint"),
            (self._table_button, "step.table"),
            (self._typed_button, "step.answer"),
        ):
            widget.text = message(key, language)
            widget.toolTip = message(f"{key}.tip", language)
        self._scroll.accessibleName = message("step.text", language)
        self._progress.toolTip = message("step.progress.tip", language)

    def show(self, content: StepContent) -> None:
        """Show a step; called again with the same step it keeps what the learner has opened and scrolled to."""
        previous, self._content = self._content, content
        fresh = content.step_id != self._step_id
        if fresh:
            self._step_id = content.step_id
            self._hint_button.checked = False
            self._data_table.clear()
            self._message.hide()
            self._scroll.verticalScrollBar().value = 0
        self._part.text = html_text(content.part)
        self._title.text = html_text(content.title)
        _fill(self._notice, content.notice)
        _fill(self._goal, content.goal)
        _fill(self._body, content.body)
        _fill(self._task, f"<b>{message('step.task', self._language)}</b> {content.task}" if content.task else "")
        self._drawing.show(content.drawing, content.drawing_description)
        self._table_button.visible = content.has_table
        if fresh or previous is None or _asks(previous) != _asks(content):
            self._show_question(content)
        self._case.show(content.case, self._language, fresh)
        learned = content.learned and bool(content.takeaway)
        _fill(self._takeaway, f"<b>{message('step.takeaway', self._language)}</b> {content.takeaway}" if learned else "")
        self._hint_button.visible = bool(content.hint)
        self._hint.text = content.hint
        self._show_hint(self._hint_button.checked)
        links = "<br>".join(f'<a href="{address}">{words}</a>' for address, words in content.links)
        _fill(self._links, f"{message('step.links', self._language)}<br>{links}" if links else "")
        self._show_state(content)
        self._show_me.visible = content.can_show
        self._do_it.visible = content.can_do
        self._acknowledge.visible = content.to_acknowledge
        self._choose_folder.visible = content.can_choose_folder
        self._export_report.visible = content.can_export_report
        self._do_it.enabled = not content.done
        self._back.enabled = content.number > 1
        self._next.enabled = content.number < content.count
        self._progress.maximum = content.counted
        self._progress.value = content.done_count
        self._progress.format = f"{content.number} / {content.count}"
        self._rows.arrange()

    def _show_state(self, content: StepContent) -> None:
        sign = DONE_SIGN if content.done else INVALIDATED_SIGN if content.invalidated else TO_DO_SIGN
        word = message("state.invalidated" if content.invalidated else f"state.{content.state}", self._language)
        color = ("#7ddc8a" if is_dark(self.widget) else "#1b7a2f") if content.done else ""
        opening = f'<span style="color:{color}">' if color else "<span>"
        left_open = f"<br>{OPEN_SIGN} {html_text(content.open_question)}" if content.open_question else ""
        self._state.text = f"{opening}{sign} <b>{word}</b></span> {html_text(content.reason)}{left_open}"
        self._state.accessibleName = f"{word}. {content.reason} {content.open_question}".rstrip()

    def _show_question(self, content: StepContent) -> None:
        in_focus = self.widget.window().focusWidget()
        answered_by_keyboard = in_focus is not None and in_focus in self._radios
        clear_layout(self._choices_layout)
        self._filters, self._radios = [], []
        right = f"{RIGHT_SIGN} <b>{message('answer.right', self._language)}</b> {content.settled_explanation}"
        _fill(self._settled, f"{content.settled}<br>{right}" if content.settled else "")
        _fill(self._question, f"<b>{content.question}</b>" if content.question else "")
        self._choices.visible = bool(content.choices)
        self._typed.visible = content.typed
        self._typed_line.text = content.typed_text
        self._typed_line.accessibleName = content.question
        for place, choice in enumerate(content.choices):
            radio = qt.QRadioButton()
            radio.objectName = f"StepChoice{place}"
            radio.accessibleName = choice
            radio.autoExclusive = False  # else an arrow key on the way to an answer would give the one it passes
            radio.checked = place == content.chosen
            self._radios.append(radio)
            label = text_label(choice)
            label.textInteractionFlags = qt.Qt.NoTextInteraction
            radio.clicked.connect(lambda *_, place=place: self._actions.answer(place))
            self._filters.append(ClickOnLabel(label, label, radio.click))
            self._choices_layout.addWidget(radio, place, 0, qt.Qt.AlignTop)
            self._choices_layout.addWidget(label, place, 1, qt.Qt.AlignTop)
        if answered_by_keyboard and content.chosen is not None and content.chosen < len(self._radios):
            self._radios[content.chosen].setFocus()
        if not content.explanation:
            _fill(self._explanation, "")
            return
        sign = RIGHT_SIGN if content.answered_right else WRONG_SIGN
        word = message("answer.right" if content.answered_right else "answer.wrong", self._language)
        _fill(self._explanation, f"{sign} <b>{word}</b> {content.explanation}")

    def _show_hint(self, shown: bool) -> None:
        self._hint.visible = bool(shown) and bool(self._hint.text)

    def show_table(self, data_table: DataTable) -> None:
        """A table of the learner's own data, below the text."""
        self._data_table.show(data_table)

    def show_message(self, sentence: str, sign: str = WARNING_SIGN) -> None:
        """What went wrong and what to do, or a note; "" takes it away."""
        self._message.text = f"{sign} {html_text(sentence)}" if sentence else ""
        self._message.visible = bool(sentence)

    def show_job(self, title: str, done: int, total: int) -> None:
        """How far long work is; the title "" when nothing runs."""
        self._job.visible = bool(title)
        for widget in (self._do_it, self._table_button):
            widget.enabled = not title and not (widget is self._do_it and self._content is not None and self._content.done)
        if title:
            self._job_bar.maximum = total
            self._job_bar.value = min(done, total)
            self._job_bar.format = f"{title} %p%" if total else title

    def focus(self) -> None:
        """Put the keyboard where a learner goes on."""
        self._next.setFocus()


def _asks(content: StepContent) -> tuple:
    """What makes the question, and how it was answered."""
    return content.asked_step, content.choices, content.chosen, content.typed_text, content.settled


def _fill(label: qt.QLabel, text: str) -> None:
    """Labels without words take no room."""
    label.text = text
    label.visible = bool(text)
