"""Makes the README's picture of *Why?* in a Slicer that is installed: a practice CT that lacks a slice, and what is said of it.

    DICOM_TUTORIAL_SCREENSHOTS=FOLDER DICOM_TUTORIAL_LANGUAGES=en Slicer --no-splash \\
        --additional-module-paths CHECKOUT/DICOMTutorialHelper --python-script THIS_FILE

writes FOLDER/why.jpg. Look and size are chosen as for ``steps_in_slicer.py``; at the end all is as before.
"""

from __future__ import annotations

import sys
from pathlib import Path

import qt
import slicer

sys.path.insert(0, str(Path(__file__).resolve().parent))

from in_slicer import chosen_languages, dress_window, run_and_leave, settle, take_picture, target_folder

FAULT = "missing-slice"
PANEL_PIXELS = 560


def main() -> int:
    """0 where the picture was made."""
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
    from DICOMTutorialHelperLib.panel.module_panel import TABS
    from DICOMTutorialHelperLib.selftest.restored_application import restored_application
    from DICOMTutorialHelperLib.workspace.slicer import settings

    dress_window()
    target_folder().mkdir(parents=True, exist_ok=True)
    with restored_application() as folder:
        make_practice_set("torso-ct", folder / "data", size="small", fault=FAULT)
        settings.write(settings.LANGUAGE, chosen_languages(("en",))[0])
        slicer.util.selectModule("DICOMTutorialHelper")
        panel = slicer.modules.dicomtutorialhelper.widgetRepresentation().self().panel
        panel.enter()
        panel.workspace.import_folder(folder / "data")
        ((series,),) = [patient.series for patient in panel.workspace.patients()]
        panel.workspace.load_series(series.series_instance_uid)
        panel.tabs.currentIndex = TABS.index("explore")
        tree = slicer.util.findChildren(panel.tabs, name="ExploreTree")[0]
        tree.setCurrentItem(tree.topLevelItem(0).child(0).child(0))
        settle(0.5)
        slicer.util.findChildren(panel.tabs, name="ExploreWhyButton")[0].click()
        dock = slicer.util.findChildren(slicer.util.mainWindow(), name="PanelDockWidget")[0]
        slicer.util.mainWindow().resizeDocks([dock], [PANEL_PIXELS], qt.Qt.Horizontal)
        settle(2.0)
        take_picture(target_folder() / "why.jpg")
    return 0


run_and_leave(main)
