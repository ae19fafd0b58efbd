"""Runs the module's self test in a Slicer that is installed, and ends the application with its result.

    Slicer --no-splash --additional-module-paths CHECKOUT/DICOMTutorialHelper --python-script THIS_FILE

DICOM_TUTORIAL_SCREENSHOTS=FOLDER keeps a screenshot of every step; DICOM_TUTORIAL_MEASURE=FOLDER (several as on PATH) prints how
long Slicer's plugins and this extension's take for the largest series of a folder. A build tree runs the same by CTest.
"""

from __future__ import annotations

import sys
import traceback

import slicer


def main() -> int:
    """0 where the self test passes, 1 where it does not, with the reason on standard error."""
    from DICOMTutorialHelper import DICOMTutorialHelperTest

    try:
        DICOMTutorialHelperTest().runTest()
    except Exception:  # whatever the test raises is its result
        traceback.print_exc()
        return 1
    print("Self test passed.")
    return 0


status = main()
sys.stdout.flush()
sys.stderr.flush()
slicer.app.exit(status)
