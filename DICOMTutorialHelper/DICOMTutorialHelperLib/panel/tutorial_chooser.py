"""The box in which a tutorial is chosen: one of the extension's, or one in a folder of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Optional

import qt

from DICOMTutorialHelperLib.messages import translate
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.widgets import choice_box, text_label
from DICOMTutorialHelperLib.plain_text import html_text, never_rich
from DICOMTutorialHelperLib.tutorial.problems import ContentError
from DICOMTutorialHelperLib.tutorial.shelf import ShelvedTutorial, shelved_tutorials, tutorials_in


class TutorialChooser:
    """``current()`` is the folder of the tutorial at hand, ``own_folder()`` the folder of one's own (None for none yet);
    ``choose(folder)`` goes on with another tutorial and raises ContentError, ``keep_own(folder)`` remembers a folder."""

    def __init__(
        self,
        current: Callable[[], Path],
        own_folder: Callable[[], Optional[Path]],
        choose: Callable[[Path], None],
        keep_own: Callable[[Path], None],
        language: str,
        jobs: Jobs,
    ) -> None:
        self._current = current
        self._own_folder = own_folder
        self._choose = choose
        self._keep_own = keep_own
        self._language = language
        self._shelf: list[ShelvedTutorial] = []
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        self._box = choice_box("TutorialChooser")
        self._message = text_label(name="TutorialChooserMessage")
        self._message.hide()
        layout.addWidget(self._box)
        layout.addWidget(self._message)
        self._box.activated.connect(jobs.safe_slot_with_arguments(self._activated))
        self.set_language(language)

    def set_language(self, language: str) -> None:
        self._language = language
        self._box.toolTip = self._box.accessibleName = message("chooser.tip", language)
        self._fill()

    def _fill(self) -> None:
        self._shelf = shelved_tutorials(self._own_folder(), self._language)
        here = self._current().resolve()
        self._box.clear()
        for place, tutorial in enumerate(self._shelf):
            self._box.addItem(never_rich(tutorial.title))
            if tutorial.folder.resolve() == here:
                self._box.currentIndex = place
        self._box.addItem(message("chooser.folder", self._language))

    def _activated(self, place: int) -> None:
        self._say("")
        if place < len(self._shelf):
            self._take(self._shelf[place].folder)
            return
        folder = qt.QFileDialog.getExistingDirectory(self.widget, message("chooser.folder", self._language))
        if folder:
            self.open_folder(Path(folder))
        self._fill()

    def open_folder(self, folder: Path) -> None:
        """Take the tutorials of a folder of one's own, and go on with the first of them."""
        self._say("")
        there = tutorials_in(folder)
        if not there:
            self._say(message("chooser.no-tutorial", self._language, folder=str(folder)))
            return
        self._keep_own(folder)
        self._take(there[0])

    def _take(self, folder: Path) -> None:
        try:
            self._choose(folder)
        except ContentError as error:
            self._say(
                translate("authoring", "not-usable", self._language, folder=str(folder), problem=error.message(self._language))
            )
        self._fill()

    def _say(self, sentence: str) -> None:
        self._message.text = html_text(sentence)
        self._message.visible = bool(sentence)
