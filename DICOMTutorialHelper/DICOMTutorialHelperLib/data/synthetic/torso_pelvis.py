"""The practice torso's pelvis: sacrum, hip bones, thigh bones, the muscles on and in them, bladder and prostate."""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import Noise, bounded, join, sampled, sampled_union, without
from DICOMTutorialHelperLib.data.synthetic.hounsfield import (
    ARTERY,
    CARTILAGE,
    CORTICAL_BONE,
    FAT,
    MARROW,
    MUSCLE,
    PROSTATE,
    SPONGY_BONE,
    URINE,
    VEIN,
)
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    Layer,
    SampleGrid,
    Shape,
    ellipsoid,
    smooth_line,
    smooth_maximum,
    smooth_union,
    tube,
)
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, inset, level

HIP = (93.0, -4.0, -318.0)  # middle of the left femoral head
_SIDE_BOUNDS = ((0, 190), (-110, 112), (-400, -195))


def _mirrored(shape: Shape, side: int) -> Shape:
    low, high = sorted(side * bound for bound in shape.bounds[0])
    bounds = ((low, high), *shape.bounds[1:])
    return Shape(lambda x, y, z: shape.distance(side * x, y, z), bounds)


class Pelvis:
    """Bones, muscles and organs; ``bones`` are outer surfaces. Sides are mirrored, as hips nearly are."""

    def __init__(self, body: Shape) -> None:
        ring = [
            *tube(smooth_line([(84, -24, -313), (50, -50, -322), (12, -60, -332)], 4), [11] * 5 + [8] * 4),
            *tube([(11, -58, -330), (10, -52, -350)], [8, 8]),
            *tube(smooth_line([(12, -52, -350), (32, -34, -368), (58, -2, -390)], 4), 7),
            *tube(smooth_line([(92, 16, -330), (78, 32, -360), (64, 22, -392)], 4), [17, 16, 15, 15, 14, 14, 15, 15, 16]),
            *tube([(92, -4, -306), (98, 16, -290)], [24, 17]),
        ]
        socket = ellipsoid(HIP, (34, 34, 34))
        joint = ellipsoid((HIP[0] + 2, HIP[1] - 1, HIP[2] - 1), (27.5, 27.5, 27.5))

        def hip(x, y, z):
            result = _wing(x, y, z)
            grid = SampleGrid(x, y, z, 0.0)
            for part in [*ring, Shape(lambda x, y, z: np.maximum(socket.distance(x, y, z), x - 104 - 0.2 * y), socket.bounds)]:
                join(result, grid, part, 5)
            outlet = np.sqrt(np.square(z + 358) + np.square(y + 22)) - 15  # the obturator foramen
            result = np.maximum(result, -np.maximum(outlet, np.abs(x - 48) - 32))
            return np.maximum(np.maximum(result, -joint.distance(x, y, z)), 2.2 - x)

        hip_bone = sampled(Shape(hip, _SIDE_BOUNDS), 3.0)
        femur = sampled_union(
            [
                ellipsoid(HIP, (24, 24, 24)),
                *tube([HIP, (128, 6, -340), (146, 8, -352)], [16, 15, 18]),
                *tube([(146, 8, -352), (144, 6, -410)], [19, 15]),
                ellipsoid((146, 18, -338), (15, 17, 20)),
            ],
            3.0,
            4.0,
        )  # fmt: skip
        self.hips = [_mirrored(hip_bone, side) for side in SIDES]
        self.femurs = [_mirrored(femur, side) for side in SIDES]
        sacrum = Shape(_sacrum, ((-60, 60), (28, 110), (-378, -236)))
        self.sacrum = without(sampled(sacrum, 3.0), self.hips, 1.5)
        self.bones = [*self.hips, *self.femurs, self.sacrum]
        around = sampled_union([hip_bone, femur], 4.0, 0, ((0, 190), (-110, 112), (-400, -190)))
        self.muscles = [_mirrored(sampled(_muscles(around, body), 4.0), side) for side in SIDES]

    def muscle_layers(self, streaks: Noise) -> list[Layer]:
        """The muscles with the planes of fat between them."""

        def marbled(x, y, z):
            out = np.abs(x)
            outside = (out - wing_side(y, z)) * np.float32(0.82)
            bent = 2.5 * streaks(0.4 * x, 0.4 * y, 0.3 * z)
            # The greatest gluteal muscle lies behind the middle one, and that on the least one.
            behind = y - 60 + 0.5 * (out - 70) - 0.35 * (z + 270) + bent
            beneath = np.where(behind > 1, np.float32(9), np.abs(outside - 17 + bent) + np.float32(40) * (z < -318))
            # Front muscles of the thigh: the tensor of its fascia, and those that bend the hip.
            thigh = np.abs(y + 30 + 0.3 * (out - 120) + 0.4 * (z + 310) - bent) + np.float32(40) * (outside < 20)
            plane = np.minimum(np.minimum(np.abs(behind) + np.float32(40) * (outside < 4), beneath), thigh)
            bundles = 0.45 - 7 * np.abs(streaks(0.3 * x, 1.2 * y, 0.25 * z))
            fat = np.maximum(np.clip(1.35 - plane, 0, 1), np.clip(bundles, 0, 1) * (behind > 0))
            return MUSCLE - (MUSCLE - FAT) * np.float32(0.75) * fat

        return [Layer(self.muscles, marbled)]

    def bone_layers(self, trabeculae: Noise) -> list[Layer]:
        """Shells of the bones and what fills them."""

        def spongy(x, y, z):
            return SPONGY_BONE - 40 + 26 * trabeculae(x, y, z)

        shaft = Shape(
            lambda x, y, z: np.maximum(np.hypot(np.abs(x) - 144, y - 6) - 8, z + 368), ((-160, 160), (-10, 22), (-410, -366))
        )
        joint = Shape(
            lambda x, y, z: np.maximum(np.abs(x) - 3, np.hypot(y + 55, (z + 340) * 0.6) - 11), ((-4, 4), (-70, -40), (-362, -318))
        )
        layers = [Layer(joint, CARTILAGE)]
        for bone, shell in ((self.hips, 1.7), (self.femurs, 1.5), ([self.sacrum], 1.2)):
            layers += [Layer(bone, CORTICAL_BONE), Layer([inset(one, shell) for one in bone], spongy)]
        return [*layers, Layer(shaft, MARROW - 90)]

    def organ_layers(self) -> list[Layer]:
        """Bladder, prostate and vessels."""
        bladder = self.bladder()
        layers = [
            Layer(tube([(-14, 14, -330), (0, 10, -334), (14, 14, -330)], [6, 5, 6]), 45.0),  # seminal vesicles
            Layer(ellipsoid((0, -14, -350), (24, 16, 18)), PROSTATE),
            Layer(Shape(_pelvic_floor, ((-52, 52), (-52, 66), (-388, -326))), MUSCLE),
            Layer(bladder, 45.0),
            Layer(inset(bladder, 3.2), URINE),
        ]
        for side in SIDES:
            artery = smooth_line(
                [(side * 56, -38, -290), (side * 73, -61, -318), (side * 82, -58, -352), (side * 90, -50, -390)], 4
            )
            vein = artery + np.array([-side * 12, 4, 0])
            inner = smooth_line([(side * 38, 12, -262), (side * 56, 34, -290), (side * 58, 40, -320)], 4)
            layers += [
                Layer(tube(inner, 3.2), ARTERY - 20),
                Layer(tube(inner + np.array([-side * 5, 5, 0]), 3.8), VEIN),
                Layer(tube(artery, 4.8), ARTERY - 10),
                Layer(tube(vein, 6.0), VEIN - 25),
            ]
        return layers

    @staticmethod
    def bladder() -> Shape:
        """Half full, flattened above."""
        ball = ellipsoid((1, -32, -314), (44, 33, 34))
        return Shape(lambda x, y, z: smooth_maximum(ball.distance(x, y, z), z + 292 - 0.15 * (y + 32), 14), ball.bounds)


def wing_side(y, z) -> np.ndarray:
    """Distance from the middle plane of the ilium's own middle surface."""
    flare = 0.55 * np.clip((z + 325) / 60, 0.1, 1)
    return 91 + 0.43 * (z + 312) - flare * (y + 10) - 0.021 * np.square(np.maximum(y - 30, 0))


def wing_crest(y) -> np.ndarray:
    """Height of the ilium's crest."""
    return -206 - 0.0098 * np.square(y - 14)


def _wing(x, y, z) -> np.ndarray:
    """The ilium: a curved plate, thick at its crest, at the sacrum and towards the hip joint."""
    crest = wing_crest(y)
    front = -54 + 0.62 * np.maximum(-248 - z, 0)
    behind = np.where(z > -276, 76.0, 76 + 1.9 * (z + 276)).astype(np.float32)
    edge = smooth_maximum(smooth_maximum(z - crest, front - y, 8), y - behind, 8)
    thick = (
        3.6
        + 3.5 * np.exp(-np.square((z - crest) / 9))
        + 9 * np.exp(-np.square((z + 306) / 22))
        + 5 * (y > 44) * np.minimum((y - 44) / 20, 1)
    )
    plate = (np.abs(x - wing_side(y, z)) - thick * 1.2) * np.float32(0.82)
    return smooth_maximum(plate, np.maximum(edge, -316 - z), 4).astype(np.float32)


def _pelvic_floor(x, y, z) -> np.ndarray:
    """A funnel of muscle about prostate and rectum, from the side walls down to the anus."""
    wide = np.interp(z, [-388, -372, -350, -326], [11, 15, 23, 38]).astype(np.float32)
    wide = wide * np.sqrt(np.maximum(1 - np.square((y - 6) / 64), 0.05))
    return np.maximum(np.abs(np.abs(x) - wide) * np.float32(0.8) - 1.7, np.maximum(np.abs(y - 6) - 58, np.abs(z + 357) - 31))


_SACRUM_Z = [-376, -362, -345, -325, -300, -275, -255, -240, -234]
_SACRUM_Y = [60, 72, 81, 86, 84, 76, 65, 56, 52]
_SACRUM_HALF_WIDTH = [4, 8, 14, 24, 36, 44, 48, 46, 40]
_SACRUM_HALF_DEPTH = [4, 5, 6, 8, 11, 15, 19, 20, 17]


def _sacrum(x, y, z) -> np.ndarray:
    v = y - level(z, _SACRUM_Z, _SACRUM_Y) - 0.0045 * np.square(x)
    a, b = level(z, _SACRUM_Z, _SACRUM_HALF_WIDTH), level(z, _SACRUM_Z, _SACRUM_HALF_DEPTH)
    wedge = (np.sqrt(np.square(x / a) + np.square(v / b)) - 1) * np.minimum(a, b) * np.float32(0.9)
    ridge = np.maximum(np.abs(x) - 4, np.maximum(np.abs(v - b) - 8, np.abs(z + 285) - 38))
    bone = smooth_union(wedge, ridge.astype(np.float32), 5)
    canal = np.maximum(np.hypot(x * np.float32(0.6), v - b * 0.55) - 5, np.abs(z + 280) - 48)
    holes = np.full((1, 1, 1), 9, np.float32)
    for up in (-262, -283, -303, -321):
        out = np.interp(up, [-321, -262], [15, 22])
        holes = np.minimum(holes, np.hypot(np.abs(x) - out, z - up) - 4.2)
    bone = np.maximum(np.maximum(bone, -canal), -np.maximum(holes, v - b * 0.2))
    return np.maximum(bone, z + 239 - 0.25 * (y - 50)).astype(np.float32)


def _muscles(bones: Shape, body: Shape) -> Shape:
    """Gluteal muscles outside, iliacus and obturator within, the thigh's below: what lies about the bones, clear of the skin."""

    def distance(x, y, z):
        near = bounded(bones, x, y, z)
        inward = np.clip((wing_side(y, z) - x) / 6, 0, 1)  # 1 on the pelvic side
        reach = 10.0 - 3 * (inward > 0) * np.clip((-262 - z) / 30, 0, 1)
        # FAR_MM bounds what the bones can tell: the outer muscles are told by the skin, the midline and the height.
        outer = smooth_maximum(
            np.maximum(body.distance(x, y, z) + 21, wing_side(y, z) - x + 2), z + 216 + 0.006 * np.square(y - 30), 10
        )
        outer = np.maximum(smooth_maximum(outer, -56 - y + 0.25 * (z + 300) + 0.45 * np.maximum(x - 128, 0), 20), 14 - x)
        hollow = 76 - 22 * (1 - np.exp(-np.square(x / 48))) + 0.12 * (z + 300)  # the fat between gluteal muscles and pelvic floor
        behind = smooth_maximum(np.maximum(body.distance(x, y, z) + 24, hollow - y), np.maximum(z + 246, 5 - x), 8)
        inner = (near - reach) * np.where(near > reach + 2, np.float32(4), np.float32(1))  # as far as can be told
        inner = np.maximum(inner, z + 210)
        inner = np.maximum(inner, np.maximum(-70 - y, body.distance(x, y, z) + 15))
        return np.minimum(np.minimum(inner, outer), behind).astype(np.float32)

    return Shape(distance, ((0, 190), (-100, 112), (-400, -200)))
