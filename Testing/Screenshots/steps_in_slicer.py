"""Makes the pictures of the documentation in a Slicer that is installed: every step with the guide beside it, in every language.

    DICOM_TUTORIAL_SCREENSHOTS=FOLDER Slicer --no-splash \\
        --additional-module-paths CHECKOUT/DICOMTutorialHelper --python-script THIS_FILE

Each step is done as *Do it for me* does it, on practice data in a temporary database; pictures are FOLDER/<language>/<step>.jpg.
DICOM_TUTORIAL_LANGUAGES ("fr en") chooses languages, DICOM_TUTORIAL_STYLE ("Dark Slicer") the look, DICOM_TUTORIAL_SIZE
("1440x900") the window. Settings, layout and database are as before at the end.
"""

from __future__ import annotations

import sys
from pathlib import Path

import qt
import slicer

sys.path.insert(0, str(Path(__file__).resolve().parent))

from in_slicer import chosen_languages, dress_window, run_and_leave, settle, take_picture, target_folder


def main() -> int:
    """0 where every step was done and every picture made; what failed stands on standard error."""
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
    from DICOMTutorialHelperLib.languages import LANGUAGES
    from DICOMTutorialHelperLib.selftest.restored_application import restored_application

    dress_window()
    open_steps = []
    with restored_application() as folder:
        for name in ("torso-ct", "breast-mri"):
            make_practice_set(name, folder / "data", size="small")
        for language in chosen_languages(LANGUAGES):
            open_steps += [f"{language}: {step}" for step in _walk(folder / "data", language, target_folder() / language)]
    print("\n".join(open_steps), file=sys.stderr)
    return 1 if open_steps else 0


def _walk(data: Path, language: str, target: Path) -> list[str]:
    """Do every step with the panel and its guide in one language; the steps that were not done in the end."""
    from DICOMTutorialHelperLib.panel.module_panel import ModulePanel
    from DICOMTutorialHelperLib.workspace.slicer import settings

    target.mkdir(parents=True, exist_ok=True)
    settings.write(settings.LANGUAGE, language)
    settings.write(settings.DATA_FOLDER, str(data))
    holder = qt.QWidget()
    panel = ModulePanel(qt.QVBoxLayout(holder))
    slicer.mrmlScene.Clear(0)
    panel.workspace.import_folder(data)
    panel.open_guide()
    guide = panel.guide
    left = []
    try:
        for step in guide.session.tutorial.steps:
            guide.jump(step.id)
            if any(check.name == "acknowledged" for check in step.checks):
                guide.session.acknowledge()
            if step.actions:
                guide.do_it()
            if step.right_choice is not None:
                guide.session.answer(step.right_choice)
            settle(1.0)
            if step.module:
                slicer.util.selectModule(step.module)
            if step.places:
                guide.show_me()
            settle(0.5)
            take_picture(target / f"{step.id}.jpg")
            guide.pointer.hide()
            if guide.session.progress.of(step.id).state != "done" and not step.optional:  # some need a server
                left.append(step.id)
    finally:
        panel.close()
        holder.deleteLater()
    return left


run_and_leave(main)
