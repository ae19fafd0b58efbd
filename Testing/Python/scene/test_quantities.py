"""What values measure, from class and units."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer")

from made_frames import made_frame

from DICOMTutorialHelperLib.scene.quantities import quantity_and_units

CT, MR, PET = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.128"


@pytest.mark.parametrize(
    ("values", "quantity", "units"),
    [
        ({"SOPClassUID": CT}, "112031", "[hnsf'U]"),
        ({"SOPClassUID": CT, "RescaleType": "HU"}, "112031", "[hnsf'U]"),
        ({"SOPClassUID": CT, "RescaleType": "US"}, None, None),
        ({"SOPClassUID": MR}, "110852", "1"),
        ({"SOPClassUID": "1.2"}, None, None),
        ({"SOPClassUID": PET, "Units": "BQML"}, "110821", "Bq/ml"),
        ({"SOPClassUID": PET, "Units": "X"}, None, None),
        ({"SOPClassUID": PET}, None, None),
        ({"SOPClassUID": PET, "Units": "GML"}, "126401", "g/ml{SUVbw}"),
        ({"SOPClassUID": PET, "Units": "CM2ML"}, "126403", "cm2/ml{SUVbsa}"),
        ({"SOPClassUID": PET, "Units": "GML", "SUVType": "LBM"}, "126402", "g/ml{SUVlbm}"),
        ({"SOPClassUID": PET, "Units": "GML", "SUVType": "?"}, None, None),
    ],
)
def test_what_values_measure_follows_from_class_and_units(values, quantity, units):
    found = quantity_and_units(made_frame(**values))
    assert tuple(code and code[0] for code in found) == (quantity, units)
