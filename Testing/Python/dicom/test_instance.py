"""What an instance and a frame say of their headers."""

from __future__ import annotations

import numpy as np
import pytest
from made_frames import made_frame, made_instance

from DICOMTutorialHelperLib.dicom.instance import Frame


def test_an_instance_and_a_frame_say_what_their_headers_say():
    instance = made_instance(SOPInstanceUID="1.2", SeriesInstanceUID="1.3", KVP=80)
    frame = Frame(instance, 0, 3, 4, {"KVP": 120})
    assert (instance.sop_instance_uid, instance.series_instance_uid, instance.get("X", 5)) == ("1.2", "1.3", 5)
    assert (frame.get("KVP"), frame.get("Rows"), frame.get("X", 6)) == (120, 3, 6)
    assert (made_instance().sop_instance_uid, made_instance().series_instance_uid) == ("", "")
    with pytest.raises(ValueError, match=r"1\.dcm, frame 0"):
        _ = frame.placed
    assert made_frame().placed.position_lps.tolist() == [0, 0, 0]
    assert np.array_equal(made_frame().placed.row_lps, (1, 0, 0))
