"""The practice torso's solid organs below the diaphragm: liver, gallbladder, spleen, pancreas, kidneys, and the vessels.

Sizes are an adult man's: the liver 14.5 ± 1.6 cm high in the mid-clavicular line (Kratzer et al., J Ultrasound Med 2003), the
spleen under 11 cm long (Frank et al., Ultraschall Med 1986) with 198 ± 88 ml (Caglar et al., Folia Morphol 2014), the kidneys
10.4 and 10.6 cm long on the right and the left (Lee, J Korean Soc Med Ultrasound 1996).
"""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import Noise, keep_clear, sampled, sampled_union, without
from DICOMTutorialHelperLib.data.synthetic.hounsfield import (
    ARTERY,
    BILE,
    FAT,
    FLUID,
    KIDNEY_CORTEX,
    KIDNEY_MEDULLA,
    LIVER,
    MUSCLE,
    PANCREAS,
    SPLEEN,
    VEIN,
)
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    Grove,
    Layer,
    SampleGrid,
    Shape,
    ellipsoid,
    smooth_line,
    smooth_maximum,
    smooth_union,
    tube,
    within,
)
from DICOMTutorialHelperLib.data.synthetic.torso_body import diaphragm_z
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, inset, spine_y
from DICOMTutorialHelperLib.data.synthetic.trees import grow_tree, points_inside

CAVITY = ((-136, 136), (-112, 92), (-372, 34))
KIDNEYS = {-1: (-64.0, 36.0, -124.0), 1: (66.0, 35.0, -108.0)}


def cavity(cage: Shape, bones: list[Shape], muscles: list[Shape], heart: Shape) -> Shape:
    """The room that the organs share: below the diaphragm, within the wall, clear of bones and muscles."""

    # What of the heart dips into the diaphragm would lie in the liver like a cyst.
    above = within(heart, lambda x, y, z: np.float32(-2) - z)

    def distance(x, y, z):
        room = smooth_maximum(cage.distance(x, y, z) + 5, (z - diaphragm_z(x, y) + 0.9) * np.float32(0.8), 6)
        room, grid = room.astype(np.float32), SampleGrid(x, y, z, 0.0)
        for muscle in muscles:
            keep_clear(room, grid, muscle, 2.5)
        for bone in bones:
            keep_clear(room, grid, bone, 4.0)
        keep_clear(room, grid, above, 1.0)
        return room

    return sampled(Shape(distance, CAVITY), 4.0)


def _line(points, radii, steps: int = 4) -> list[Shape]:
    swept = smooth_line(np.column_stack([np.array(points, float), np.broadcast_to(radii, len(points))]), steps)
    return tube(swept[:, :3], swept[:, 3])


def _mm(x: float, y: float, z: float) -> np.ndarray:
    return np.array((x, y, z), float)


class Abdomen:
    """Each organ keeps clear of those before it in the list of ``solid``."""

    def __init__(self, generator: np.random.Generator, room: Shape, stomach: Shape) -> None:
        self.room = room
        self.bumps, self.fine = Noise(generator, 26), Noise(generator, 9)
        self.kidneys = [sampled(self._kidney(side), 3.0) for side in SIDES]
        self.great = self._great_vessels()
        trunks = [shape for shapes, _ in self.great for shape in shapes]
        aorta_and_cava = sampled_union(trunks, 4.0)
        self.gallbladder = sampled_union(_line([(-44, -42, -84), (-48, -60, -100), (-52, -72, -116)], [6, 12, 15]), 3.0, 6.0)
        self.spleen = sampled(
            without(Shape(self._spleen, ((48, 132), (-30, 88), (-108, 8))), [self.kidneys[1], stomach], 3.0), 3.5
        )
        self.liver = sampled(
            without(
                Shape(self._liver, ((-136, 84), (-112, 92), (-142, 30))),
                [self.kidneys[0], stomach, self.gallbladder, self.spleen],
                2.0,
            ),
            3.5,
        )  # fmt: skip
        self.adrenals = sampled_union(self._adrenals(), 2.5)
        gland = _line(
            [(-34, -14, -124), (-28, -20, -108), (-10, -32, -96), (18, -28, -84), (48, -2, -68), (74, 12, -58)],
            [15, 15, 9, 10, 9.5, 8],
        )
        lobules = sampled_union(gland, 3.0, 4.0)

        def pancreas(x, y, z):
            return np.maximum(lobules.distance(x, y, z) + 2.0 * self.fine(x, y, z), room.distance(x, y, z))

        self.pancreas = sampled(
            without(Shape(pancreas, lobules.bounds), [stomach, self.liver, self.spleen, *self.kidneys, aorta_and_cava], 2.0), 2.5
        )
        self.solid = [
            *self.kidneys,
            stomach,
            self.gallbladder,
            self.spleen,
            self.liver,
            self.pancreas,
            self.adrenals,
            aorta_and_cava,
        ]
        self.portal = grow_tree((-34, -12, -74), points_inside(self.liver, 70, 7, generator, 17), 1.15, generator)
        self.hepatic = grow_tree((-27, 2, -4), points_inside(self.liver, 55, 7, generator, 19), 1.25, generator)

    def layers(self) -> list[Layer]:
        """The organs with what enhances in them, the later over the earlier."""

        def parenchyma(value, spread):
            return lambda x, y, z: np.float32(value) + np.float32(spread) * self.bumps(x, y, z)

        inside = inset(self.liver, 2.5)
        veins = [shape for tree in (self.portal, self.hepatic) for shape in tree.tubes(most=7.0)]
        perirenal = sampled_union(self._perirenal(), 4.0)
        layers = [Layer(within(perirenal, self.room.distance), FAT - 6)]
        for side, kidney in zip(SIDES, self.kidneys):
            layers += self._kidney_layers(side, kidney)
        layers += [
            Layer(self.adrenals, 70.0),
            Layer(self._crura(), MUSCLE),
            Layer(self.spleen, parenchyma(SPLEEN, 2)),
            Layer(self.liver, parenchyma(LIVER, 3)),
            Layer(Grove(veins, inside), VEIN + 5),
            Layer(self.gallbladder, MUSCLE + 5),
            Layer(inset(self.gallbladder, 1.8), BILE),
            Layer(self.pancreas, PANCREAS),
        ]
        layers += [Layer(shapes, value) for shapes, value in self.great]
        return [*layers, *self._mid_vessels()]

    def _liver(self, x, y, z) -> np.ndarray:
        """All below the right dome, from the side wall to beyond the midline, above an oblique visceral surface."""
        aside = x + 0.42 * (y + 30) + 5 * self.bumps(0.6 * x, 0.6 * y, 0.6 * z)
        below = (
            np.interp(aside, [-136, -118, -90, -50, -10, 25, 60, 84], [-112, -126, -128, -106, -84, -62, -34, -8]).astype(
                np.float32
            )
            - z
        )
        below = below - 0.10 * np.minimum(y, 0) + 0.18 * np.maximum(y, 0)
        behind = y - np.interp(x, [-136, -70, -46, -30, -12, 2, 26, 60, 84], [92, 92, 60, 34, 22, -4, -26, -44, -64]).astype(
            np.float32
        )
        lobes = smooth_maximum(
            smooth_maximum(self.room.distance(x, y, z), below * 0.85, 16), smooth_maximum(behind * 0.8, x - 80, 10), 14
        )
        caudate = ellipsoid((-9, 13, -44), (15, 13, 26)).distance(x, y, z)
        lobes = np.maximum(smooth_union(lobes, caudate, 6), self.room.distance(x, y, z))
        # The fissure of the round ligament from below, and the notch of the portal vein.
        ligament = np.maximum(np.abs(x + 8 + 0.3 * (y + 60)) - 2.0 - 0.08 * np.maximum(-44 - z, 0), np.maximum(z + 46, y + 52))
        portal = ellipsoid((-30, -10, -84), (21, 13, 17), turn_z=-20).distance(x, y, z)
        cava = np.hypot(x + 27, y - 3) - 12.0
        return np.maximum(np.maximum(lobes, -ligament), -np.minimum(portal, cava)).astype(np.float32) + 1.2 * self.bumps(
            x, y, z
        ) * (z < -30)

    def _spleen(self, x, y, z) -> np.ndarray:
        egg = ellipsoid((99, 36, -50), (46, 56, 58), turn_z=28, turn_y=-12).distance(x, y, z)
        hollow = ellipsoid((46, -4, -62), (36, 45, 62)).distance(x, y, z)
        return smooth_maximum(smooth_maximum(egg, self.room.distance(x, y, z) + 1, 6), -hollow, 8) + 1.0 * self.bumps(x, y, z)

    def _kidney(self, side: int) -> Shape:
        centre = np.array(KIDNEYS[side])
        bean = ellipsoid(centre, (26, 30, 55), turn_z=side * 32, turn_y=side * 11)

        def distance(x, y, z):
            notch = ellipsoid(centre + _mm(-side * 27, -15, 0), (19, 15, 22), turn_z=side * 32).distance(x, y, z)
            lobed = bean.distance(x, y, z) + 0.8 * self.bumps(x, y, z)
            return np.maximum(smooth_maximum(lobed, -notch, 8), self.room.distance(x, y, z) + 1)

        return Shape(distance, bean.bounds)

    def _perirenal(self) -> list[Shape]:
        return [ellipsoid(np.add(KIDNEYS[side], (0, 3, 4)), (37, 39, 72)) for side in SIDES]

    def _kidney_layers(self, side: int, kidney: Shape) -> list[Layer]:
        centre = np.array(KIDNEYS[side])
        sinus = sampled_union(
            [
                ellipsoid(centre + _mm(-side * 9, -6, 0), (16, 10, 27), turn_z=side * 32),
                *tube([centre + _mm(-side * 8, -5, 0), centre + _mm(-side * 30, -17, 0)], 9),
            ],
            3.0, 4.0,
        )  # fmt: skip
        pyramids = []
        for up in (-36, -20, -4, 12, 28, 40):
            for angle in (-55, 5, 65):
                turn = np.deg2rad(angle + 7 * (up % 3))
                out = (1 - (up / 58) ** 2) ** 0.5
                place = centre + _mm(side * (14 * np.cos(turn) * out - 0.19 * up), 16 * np.sin(turn) * out, up)
                pyramids.append(within(ellipsoid(place, (7.5, 7.5, 8)), inset(kidney, 5.0).distance))
        ureter = [
            centre + _mm(-side * 22, -14, -18),
            (side * 44, 3, -165),
            (side * 36, -9, -215),
            (side * 30, -11, -248),
            (side * 44, 22, -290),
            (side * 28, -2, -316),
        ]
        pelvis = _line([centre + _mm(-side * 6, -4, 6), centre + _mm(-side * 18, -11, -4), ureter[0]], [6, 8, 4])
        return [
            Layer(kidney, KIDNEY_CORTEX),
            Layer(pyramids, KIDNEY_MEDULLA),
            Layer(within(sinus, lambda x, y, z: kidney.distance(x, y, z) - 6), FAT + 12),
            Layer(pelvis, FLUID),
            Layer(_line(ureter, 2.0), FLUID + 25),
            Layer(
                _line(
                    [(side * 8, 0, centre[2] + 6), *(centre + _mm(-side * x, y, z) for x, y, z in ((32, -14, 2), (10, -6, 8)))],
                    [3.2, 2.8, 2.2],
                ),
                ARTERY,
            ),
            Layer(
                _line(
                    [(-16 + side * 8, -6, centre[2] + 4), centre + _mm(-side * 32, -20, -4), centre + _mm(-side * 10, -9, -3)],
                    [5.5, 5, 3.5],
                ),
                VEIN,
            ),
        ]

    def _adrenals(self) -> list[Shape]:
        shapes: list[Shape] = []
        for side, z in ((-1, -62), (1, -58)):
            at = np.array((side * 33 if side > 0 else -38, 22, z))
            shapes += tube([at + _mm(0, -6, 4), at + _mm(side * 9, 6, -10)], 2.2, 2.0) + tube(
                [at + _mm(0, -6, 4), at + _mm(-side * 2, 9, -12)], 2.0, 2.0
            )
        return shapes

    def _crura(self) -> list[Shape]:
        shapes: list[Shape] = []
        for side in SIDES:
            line = np.array([(side * 22, -2, 4), (side * 19, -12, -30), (side * 15, -14, -70), (side * 13, -16, -120)], float)
            line[:, 1] += spine_y(line[:, 2])
            shapes += _line(line, [3, 4.5, 5.5, 3])
        return shapes

    def _great_vessels(self) -> list[tuple[list[Shape], float]]:
        """Aorta, cava and iliac vessels: (tubes, Hounsfield units)."""

        def ahead(*rows):
            # x, distance in front of the vertebrae's middle, z
            return [(x, float(spine_y(np.float32(z))) - front, z) for x, front, z in rows]

        fork = (4, float(spine_y(np.float32(-205))) - 27, -205)
        joint = (-16, float(spine_y(np.float32(-214))) - 24, -214)
        vessels = [
            (_line([*ahead((12, 26, -40), (8, 28, -90), (6, 28, -150)), fork], [11, 10.5, 9.5, 9]), ARTERY),
            (_line([joint, *ahead((-20, 27, -150), (-23, 32, -100)), (-26, 6, -70)], [10.5, 11, 11.5, 12]), VEIN + 10),
        ]
        for side in SIDES:
            outer = [(side * 44, -16, -270), (side * 56, -38, -290)]
            vessels.append((_line([fork, (side * 22, 4, -230), (side * 35, 0, -252), *outer], [6.5, 6.5, 6, 5.2, 5]), ARTERY - 5))
            vessels.append((_line([(side * 35, 0, -252), (side * 38, 12, -262)], [4, 3.2]), ARTERY - 5))
            vessels.append(
                (
                    _line([joint, (side * 19, 15, -238), (side * 30, 12, -258), (side * 44, -34, -290)], [8.5, 8, 7, 6.2]),
                    VEIN - 10,
                )
            )
        return vessels

    @staticmethod
    def _mid_vessels() -> list[Layer]:
        """Celiac and superior mesenteric arteries, the portal vein with what flows into it."""
        return [
            Layer(_line([(7, 6, -72), (6, -6, -76), (-10, -10, -72), (-32, -12, -74)], [4, 3.6, 3, 2.4]), ARTERY),
            Layer(_line([(6, -6, -76), (30, 0, -66), (60, 18, -56), (84, 28, -50)], [3.4, 3, 2.8, 2.2]), ARTERY),
            Layer(_line([(7, -4, -90), (5, -18, -102), (4, -24, -140), (0, -28, -190)], [4, 3.8, 3.4, 2.4]), ARTERY),
            Layer(
                _line(
                    [(-8, -30, -186), (-8, -26, -130), (-12, -20, -100), (-22, -8, -84), (-34, -12, -74)], [4.5, 5.5, 6.5, 7, 7]
                ),
                VEIN + 10,
            ),
            Layer(_line([(-12, -20, -100), (16, -14, -86), (48, 8, -68), (82, 28, -52)], [6, 5, 4.8, 4]), VEIN + 10),
        ]
