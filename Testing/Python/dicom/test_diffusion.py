"""b-values and directions as each maker writes them, in the patient."""

from __future__ import annotations

import pytest
from made_frames import CORONAL, SAGITTAL, made_frame

from DICOMTutorialHelperLib.dicom.diffusion import b_value, gradient_direction_lps

GE = {"GEDiffusionDirectionX": 1.0, "GEDiffusionDirectionY": 0.0, "GEDiffusionDirectionZ": 0.0}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"DiffusionBValue": 5.0, "PhilipsBValue": 6.0, "SiemensBValue": 7.0, "UIHBValue": 8.0, "GEBValue": 9.0}, 5.0),
        ({"PhilipsBValue": 6.0, "SiemensBValue": 7.0, "UIHBValue": 8.0, "GEBValue": 9.0}, 6.0),
        ({"SiemensBValue": 7.0, "UIHBValue": 8.0}, 7.0),
        ({"UIHBValue": 8.0, "GEBValue": 9.0}, 8.0),
        ({"GEBValue": (9.0, 1, 2, 3)}, 9.0),
        ({"DiffusionBValue": -1.0, "SiemensBValue": 7.0}, 7.0),
        ({"DiffusionBValue": float("nan")}, None),
        ({"DiffusionBValue": "x"}, None),
        ({}, None),
        ({"GEBValue": 1_000_000_800}, 800.0),
        ({"GEBValue": 999_999_999}, 999_999_999),
        ({"DiffusionBValue": 0.0}, 0.0),
        # shortened: b |g|² in steps of 5
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.5}, 250.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.96}, 920.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.98}, 1000.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.04}, 5.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.02}, 1000.0),
        ({**GE, "GEBValue": 90.0, "GEDiffusionDirectionX": 0.5}, 25.0),
        ({**GE, "GEBValue": 89.9, "GEDiffusionDirectionX": 0.5}, 20.0),
        ({**GE, "GEBValue": 0.0, "GEDiffusionDirectionX": 0.5}, 0.0),
        ({**GE, "GEBValue": 1000.0}, 1000.0),
    ],
)
def test_a_b_value_is_the_first_that_is_said(values, expected):
    assert b_value(made_frame(**values)) == expected


def direction(orientation=(1.0, 0, 0, 0, 1, 0), position=(0.0, 0.0, 0.0), **values):
    return gradient_direction_lps(made_frame(position, orientation, **values))


UIH = {"UIHDiffusionGradientDirection": (0.6, 0.0, 0.8)}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"DiffusionGradientOrientation": (0.0, 3.0, 4.0)}, (0, 0.6, 0.8)),
        ({"SiemensDiffusionGradientDirection": (0.0, 3.0, 4.0)}, (0, 0.6, 0.8)),
        ({"DiffusionGradientOrientation": (0.0, 3.0, 4.0), "DiffusionBValue": 0.99}, (0, 0, 0)),
        ({"DiffusionGradientOrientation": (0.0, 3.0, 4.0), "DiffusionBValue": 1.0}, (0, 0.6, 0.8)),
        ({"DiffusionGradientOrientation": (0.0, 1e-7, 0.0)}, (0, 0, 0)),
        ({"DiffusionGradientOrientation": (0.0, 1e-5, 0.0)}, (0, 1, 0)),
        (
            {"PhilipsDiffusionDirectionRL": 0.0, "PhilipsDiffusionDirectionAP": 3.0, "PhilipsDiffusionDirectionFH": 4.0},
            (0, 0.6, 0.8),
        ),
        ({"PhilipsDiffusionDirectionRL": 0.0, "PhilipsDiffusionDirectionAP": 3.0}, None),
        ({"SiemensBMatrix": (0.0, 0.0, 0.0, 360.0, 480.0, 640.0)}, (0, 0.6, 0.8)),
        ({"SiemensBMatrix": (0.0,) * 6}, (0, 0, 0)),
        ({"SiemensBMatrix": (1.0,) * 5}, None),
        ({}, None),
        ({"DiffusionGradientOrientation": (0.0, 1.0)}, None),
        ({"DiffusionGradientOrientation": (0.0, "x", 1.0)}, None),
        ({"DiffusionGradientOrientation": (0.0, float("inf"), 1.0)}, None),
        (UIH, (0.6, 0, 0.8)),
        ({**UIH, "orientation": CORONAL}, (0.6, 0.8, 0)),
        ({**UIH, "orientation": SAGITTAL}, (-0.8, 0.6, 0)),
        ({**UIH, "position": None}, None),
    ],
)
def test_a_direction_is_a_unit_vector_of_the_patient(values, expected):
    """The normal is row x column: +z, +y (coronal, columns down) and -x."""
    found = direction(**values)
    if expected is None:
        assert found is None
    elif "SiemensBMatrix" in values:
        assert found == pytest.approx(expected) or found == pytest.approx([-part for part in expected])
    else:
        assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("orientation", "encoding", "expected"),
    [
        # dcm2niix (geCorrectBvecs): x, y and z along row, column and normal, by slice axis; with ROW x and y change places
        ((1.0, 0, 0, 0, 1, 0), "COL", (-0.36, -0.48, 0.8)),
        ((1.0, 0, 0, 0, 1, 0), "ROW", (-0.48, 0.36, 0.8)),
        (CORONAL, "COL", (-0.36, 0.8, -0.48)),
        (CORONAL, "row", (-0.48, 0.8, 0.36)),
        (SAGITTAL, "COL", (0.8, 0.36, -0.48)),
        (SAGITTAL, "ROW", (0.8, 0.48, 0.36)),
    ],
)
def test_ge_directions_are_turned_from_the_image_to_the_patient(orientation, encoding, expected):
    parts = dict(zip(("X", "Y", "Z"), (0.36, 0.48, 0.8)))
    values = {f"GEDiffusionDirection{axis}": part for axis, part in parts.items()}
    assert direction(orientation, InPlanePhaseEncodingDirection=encoding, **values) == pytest.approx(expected)


def test_canon_writes_y_before_x():
    found = direction(ImageComments="b=1500(0.48,-0.36,0.8)", InPlanePhaseEncodingDirection="COL")
    assert found == pytest.approx((0.36, -0.48, 0.8))
