"""The practice torso's mediastinum: heart, great vessels, windpipe, esophagus, thyroid, and the solid whole that the lungs meet.

Sizes are those of a healthy adult: the aorta 31 ± 4 mm wide in front and 24 ± 4 at the diaphragm (Hager et al., J Thorac
Cardiovasc Surg 2002), the heart some 125 mm across, its apex to the left, front and foot.
"""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import FAR_MM, sampled_union, without
from DICOMTutorialHelperLib.data.synthetic.hounsfield import ARTERY, FAT, GAS, MYOCARDIUM, PULMONARY, SOFT, VEIN
from DICOMTutorialHelperLib.data.synthetic.shapes import Layer, Shape, ellipsoid, smooth_line, smooth_union, tube
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, inset

TURN = {"turn_z": -43.0, "turn_y": 24.0}
CARINA = (1.0, 17.0, 112.0)
HILA = {-1: (-46.0, 13.0, 82.0), 1: (45.0, 15.0, 78.0)}
TRACHEA = [(0, 2, 236), (0, 7, 190), (0, 12, 150), (0, 16, 128), CARINA]
ESOPHAGUS = [(2, 16, 236), (4, 22, 170), (5, 27, 120), (4, 27, 60), (8, 25, 24), (14, 16, 0), (26, 6, -14), (42, 2, -22)]
ASCENDING = [(2, -28, 60), (-12, -36, 84), (-15, -32, 108), (-8, -16, 130), (9, 4, 138), (21, 18, 128), (26, 31, 104)]
DESCENDING = [(26, 31, 104), (25, 34, 60), (23, 35, 20), (17, 26, -20), (9, 12, -60)]


def _swept(line, radii, steps: int = 4) -> list[Shape]:
    points = smooth_line(np.column_stack([np.array(line, float), np.broadcast_to(radii, len(line))]), steps)
    return tube(points[:, :3], points[:, 3])


def _union(shapes: list[Shape], reach: float) -> Shape:
    bounds = np.array([shape.bounds for shape in shapes])
    box = tuple(zip(bounds[:, :, 0].min(axis=0), bounds[:, :, 1].max(axis=0)))

    def distance(x, y, z):
        result = shapes[0].distance(x, y, z)
        for shape in shapes[1:]:
            result = smooth_union(result, shape.distance(x, y, z), reach)
        return result

    return Shape(distance, box)


class Heart:
    """``mediastinum`` is all between the lungs, grown together and filled with fat; ``sac`` the pericardium's surface."""

    def __init__(self, spine: Shape) -> None:
        self.left_muscle = ellipsoid((33, -40, 30), (49, 31, 33), **TURN)
        self.left_cavity = ellipsoid((29, -37, 32), (38, 20, 22), **TURN)
        right = _union([ellipsoid((2, -60, 30), (42, 22, 33), **TURN), ellipsoid((10, -58, 52), (20, 17, 22), turn_y=-20)], 14)
        self.right_muscle = without(inset(right, -3.5), [self.left_muscle], -2.0)
        self.right_cavity = without(right, [self.left_muscle], 0.8)
        self.right_atrium = _union([ellipsoid((-35, -31, 38), (24, 28, 33)), ellipsoid((-20, -52, 58), (14, 12, 14))], 10)
        self.left_atrium = _union([ellipsoid((-1, 1, 58), (36, 18, 23)), ellipsoid((36, -14, 66), (13, 15, 9), turn_z=-30)], 10)
        chambers = (self.left_muscle, self.right_muscle, self.right_atrium, self.left_atrium)
        self.sac = sampled_union([inset(shape, -3.0) for shape in chambers], 3.5, 16.0)
        self.vessels = self._vessels()
        self.trachea = _swept(TRACHEA, [8.6, 8.6, 8.6, 9.0, 9.4])
        for side in SIDES:
            way = [CARINA, (side * 14, 17, 104), (side * 30, 16, 92), HILA[side]]
            self.trachea += _swept(way, [7.6, 7.2, 6.6, 5.6] if side < 0 else [6.8, 6.4, 6.0, 5.2])
        self.esophagus = _swept(ESOPHAGUS, [7.0] * 6 + [8.0, 9.0])
        solid = [inset(shape, -2.2) for shape in chambers]
        tubes = [shape for line, _ in self.vessels for shape in line]
        solid += [_grown(shape, 1.0) for shape in [*tubes, *self.trachea, *self.esophagus]]
        solid += [
            ellipsoid((1, -60, 120), (17, 22, 46)),
            ellipsoid((2, -76, 66), (9, 12, 46)),
            ellipsoid((4, -72, 6), (44, 20, 14)),
            ellipsoid((0, -34, 172), (30, 19, 28)),
            *_swept([(2, -4, 36), (2, -8, 16), (6, -10, -6)], [13, 18, 19]),
        ]
        solid += _swept([(0, 8, 250), (0, 6, 205), (-1, -2, 150), (0, 4, 120)], [24, 25, 16, 12])
        vessels = sampled_union(solid, 3.5, 9.0)
        column = inset(spine, -2.5)

        def distance(x, y, z):
            # Ribs and processes are the wall's; of the spine only the bodies jut into the chest.
            bodies = np.maximum(column.distance(x, y, z), np.maximum(np.abs(x) - 25, y - 70))
            return smooth_union(vessels.distance(x, y, z), np.minimum(bodies, np.float32(FAR_MM)), 10)

        low = min(vessels.bounds[2][0], -100)
        self.mediastinum = Shape(distance, (vessels.bounds[0], (vessels.bounds[1][0], 90), (low, 236)))

    def _vessels(self) -> list[tuple[list[Shape], float]]:
        """(tubes, Hounsfield units) of what enters and leaves the heart."""
        vessels = [
            (_swept([(-28, -24, 56), (-28, -20, 90), (-28, -16, 132), (-26, -22, 156)], [11, 10, 9.5, 9]), VEIN + 25),
            (_swept([(-26, -22, 156), (-34, -26, 176), (-62, -24, 198), (-80, -18, 206)], [8, 7.5, 7, 6.5]), VEIN),
            (_swept([(-26, -22, 154), (2, -38, 158), (30, -34, 172), (62, -24, 198), (80, -18, 206)], [7, 6.5, 7, 7, 6.5]), VEIN),
            (_swept([(-26, -24, 172), (-28, -10, 196), (-30, 0, 236)], [6, 7, 7.5]), VEIN - 10),
            (_swept([(24, -26, 172), (28, -10, 196), (30, 0, 236)], [6, 6, 6.5]), VEIN - 10),
            (_swept([(-26, 6, -70), (-27, 2, -20), (-28, -4, 8), (-31, -18, 24)], [12, 12.5, 13, 13]), VEIN),
            (_swept([(12, -54, 58), (17, -46, 78), (21, -28, 97), (34, 0, 103), (46, 18, 96)], [13, 13.5, 13, 11, 8]), PULMONARY),
            (_swept([(19, -30, 96), (2, -12, 93), (-22, -6, 89), (-42, 6, 87)], [11, 10.5, 10, 8.5]), PULMONARY),
            (_swept(ASCENDING, [15.5, 17, 16.5, 14.5, 13.5, 13, 12.5]), ARTERY),
            (_swept(DESCENDING, [12.5, 12.2, 12, 11.5, 11]), ARTERY),
            (_swept([(-9, -14, 136), (-15, -8, 160), (-20, 0, 182), (-28, 4, 236)], [6.5, 6.2, 5.2, 3.8]), ARTERY),
            (_swept([(-18, -2, 180), (-40, -2, 202), (-80, -8, 208)], [5, 4.5, 4.2]), ARTERY),
            (_swept([(2, 0, 142), (12, 4, 172), (22, 4, 236)], [4.6, 4.2, 3.8]), ARTERY),
            (_swept([(12, 12, 142), (26, 16, 170), (44, 6, 202), (80, -8, 208)], [5.2, 5, 4.5, 4.2]), ARTERY),
        ]
        for side in SIDES:
            for z_in, z_out, y in ((70, 92, -4), (56, 42, 16)):
                out = [(side * 26, 4, 60), (side * 42, y + 6, z_in), (side * 56, y + 8, z_out)]
                vessels.append((_swept(out, [8, 6.5, 5.2]), PULMONARY))
        return vessels

    def layers(self) -> list[Layer]:
        """The fat of the mediastinum first, then what lies in it."""
        layers = [
            Layer(self.mediastinum, FAT + 6),
            Layer(self.sac, SOFT - 20),
            Layer(inset(self.sac, 1.2), FAT + 10),
            Layer(self.esophagus, SOFT + 8),
            Layer(_swept(ESOPHAGUS[:4], 2.0), -350.0),
            Layer([self.right_muscle, self.left_muscle], MYOCARDIUM),
            Layer([inset(self.right_atrium, -2.0), inset(self.left_atrium, -2.0)], MYOCARDIUM - 30),
            Layer(self.right_atrium, VEIN + 30),
            Layer(self.right_cavity, VEIN + 40),
            Layer(self.left_atrium, PULMONARY + 15),
        ]
        layers += [Layer(shapes, value) for shapes, value in self.vessels]
        layers += [
            Layer(self.left_cavity, ARTERY - 20),
            Layer(tube([(8, -31, 48), (0, -27, 66)], [12, 13.5]), ARTERY - 10),
            Layer([ellipsoid((45, -38, 22), (10, 4, 6), **TURN), ellipsoid((36, -54, 20), (9, 4, 6), **TURN)], MYOCARDIUM),
            *self._coronaries(),
            *[Layer(ellipsoid((side * 17, -4, 206), (9, 11, 23), turn_z=side * 15), 165.0) for side in SIDES],
            Layer([ellipsoid(place, (5, 4, 6)) for place in ((-17, 8, 120), (19, 6, 112), (2, 14, 92), (-16, -2, 140))], 48.0),
            Layer([_grown(shape, 1.7) for shape in self.trachea], SOFT + 10),
            Layer(self.trachea, GAS - 20),
        ]
        return layers

    @staticmethod
    def _coronaries() -> list[Layer]:
        front = [(10, -40, 64), (22, -60, 58), (36, -72, 40), (52, -76, 16), (62, -72, 0)]
        right = [(-8, -44, 64), (-14, -62, 56), (-22, -62, 34), (-18, -46, 8), (4, -28, 0)]
        round_left = [(14, -34, 64), (38, -22, 62), (54, -16, 46), (56, -14, 28)]
        return [
            Layer(
                [shape for line in (front, right, round_left) for shape in _swept(line, np.linspace(2.2, 1.2, len(line)))],
                ARTERY - 30,
            )
        ]


def _grown(shape: Shape, more: float) -> Shape:
    bounds = tuple((low - more, high + more) for low, high in shape.bounds)
    return Shape(lambda x, y, z: shape.distance(x, y, z) - np.float32(more), bounds)
