"""A class that never was: learners' pages as the guide writes them, one for every way to work."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fake_workspace import FakeWorkspace

from DICOMTutorialHelperLib.tutorial.content import Tutorial
from DICOMTutorialHelperLib.tutorial.progress import DONE, HELPER, LEARNER, SHOWN, SKIPPED
from DICOMTutorialHelperLib.tutorial.report.page import Report
from DICOMTutorialHelperLib.tutorial.session import TutorialSession

START = datetime(2026, 3, 2, 9, 0, 0)


def made_page(
    tutorial: Tutorial,
    name: str,
    done: int = 29,
    helped: int = 0,
    shown: int = 0,
    wrong_first: tuple[str, ...] = (),
    minutes_a_step: float = 2.0,
    start: datetime = START,
    language: str = "en",
    automatic: bool = False,
    captured: Any = None,
) -> str:
    """The page of a learner who did so many steps, the first ``helped`` by the guide, the next ``shown`` after being shown where;
    the questions of ``wrong_first`` were answered wrong, then right."""
    session = TutorialSession(tutorial, FakeWorkspace(), now=lambda: start)
    session.set_learner(name)
    moment = start
    for number, step in enumerate(tutorial.steps):
        progress = session.progress.of(step.id)
        if number >= done:
            progress.state = SKIPPED if number == done else progress.state
            continue
        moment += timedelta(minutes=minutes_a_step)
        progress.state = DONE
        progress.done_at = moment.isoformat(timespec="seconds")
        progress.done_by = HELPER if number < helped else SHOWN if number < helped + shown else LEARNER
        progress.seconds = minutes_a_step * 60
        if step.right_choice is not None:
            wrong = [1 if step.right_choice == 0 else 0] if step.id in wrong_first else []
            progress.choices = [*wrong, step.right_choice]
    return Report(session, captured or {}, language, unattended=automatic, now=moment + timedelta(minutes=1)).html()


def questions_of(tutorial: Tutorial) -> list[str]:
    """The steps with a question; of them the third is the one that the class gets wrong."""
    return [step.id for step in tutorial.steps if step.right_choice is not None]


def make_class(folder: Path, tutorial: Tutorial) -> None:
    """Twelve learners, and what else lies in such a folder."""
    other, _, hard = questions_of(tutorial)[:3]

    def write(file: str, page: str) -> None:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")

    names = "Ana Souza,Béatrice Lefèvre,Carlos Núñez,Dörte Weiß,Élise Martin,Farid Haddad,Grace O’Neill,Hugo Petit".split(",")
    for number, name in enumerate(names):
        page = made_page(
            tutorial,
            name,
            done=29 - number,
            helped=2 * (number % 3),
            shown=number,
            wrong_first=(hard, other) if number % 2 else (hard,),
            minutes_a_step=1.5 + 0.25 * number,
            start=START + timedelta(seconds=number),
            language=("en", "fr", "es", "pt-BR")[number % 4],
        )
        write(f"{name}_12345_assignsubmission_file/dicom-tutorial.html", page)
    write("sans nom.html", made_page(tutorial, "", done=12, start=START + timedelta(minutes=3)))
    write("hostile.html", made_page(tutorial, '=HYPERLINK("x")<script>alert(1)</script>', start=START + timedelta(minutes=4)))
    # The ninth took the page of the first and wrote another name into it; the twelfth gave herself better answers.
    copied = made_page(tutorial, names[0], wrong_first=(hard,), minutes_a_step=1.5)
    write("Ines.html", copied.replace(names[0], "Inès Blanc"))
    better = made_page(tutorial, "Jana Novák", wrong_first=(hard, other), start=START + timedelta(minutes=6))
    write("Jana.html", better.replace('"choices": [1, ', '"choices": [', 1))
    # Not totalled: an earlier page, an automatic run, a damaged page, other files.
    write("old/Ana.html", made_page(tutorial, " ana  SOUZA ", done=5, minutes_a_step=1.5))
    write("automatic.html", made_page(tutorial, "", automatic=True))
    write("damaged.html", made_page(tutorial, "Kim", start=START + timedelta(minutes=7))[:-4000])
    write("notes.html", "<html><body>Shopping list</body></html>")
    (folder / "essay.pdf").write_bytes(b"%PDF-1.4")
    (folder / "more.zip").write_bytes(b"PK")
