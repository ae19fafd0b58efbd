"""The practice torso's lungs: what the chest wall, the diaphragm and the mediastinum leave, with airways, vessels and fissures.

Arteries run beside the bronchi, veins between them (Weibel, Morphometry of the Human Lung, 1963); lung full of air measures -850
to -910 HU (Prokop and Galanski, Spiral and Multislice CT of the Body, 2003), a little more where the patient lies on it
(Verschakelen et al., AJR 1993).
"""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import Noise, keep_clear, sampled
from DICOMTutorialHelperLib.data.synthetic.hounsfield import GAS, LUNG, MUSCLE, PULMONARY
from DICOMTutorialHelperLib.data.synthetic.shapes import Grove, Layer, SampleGrid, Shape, smooth_maximum
from DICOMTutorialHelperLib.data.synthetic.torso_body import diaphragm_z
from DICOMTutorialHelperLib.data.synthetic.torso_heart import HILA, Heart
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, spine_y
from DICOMTutorialHelperLib.data.synthetic.trees import Tree, grow_tree, points_inside

CHEST = ((-142, 142), (-112, 112), (-96, 222))


class Lungs:
    """``lungs`` (right, left) are air; ``airways`` and ``arteries`` are one connected tree a side."""

    def __init__(self, generator: np.random.Generator, cage: Shape, bones: list[Shape], heart: Heart) -> None:
        def distance(x, y, z):
            wall = cage.distance(x, y, z) + np.float32(6.0)
            dome = (diaphragm_z(x, y) + 1.2 - z) * np.float32(0.8)
            grid = SampleGrid(x, y, z, 0.0)
            air = smooth_maximum(wall, dome, 8).astype(np.float32)
            keep_clear(air, grid, heart.mediastinum, 0.0)
            # The lungs meet in front of the heart but do not join, and end where the necks of the ribs begin behind.
            behind = y - spine_y(z) - 10 - 0.6 * np.maximum(np.abs(x) - 22, 0)
            air = np.maximum(np.maximum(air, 2.5 - np.abs(x)), np.minimum(behind, 66 - np.abs(x))).astype(np.float32)
            for bone in bones:
                keep_clear(air, grid, bone, 3.0)
            return air

        self.cage = cage
        self.lungs = [sampled(Shape(distance, ((-142, -1) if side < 0 else (1, 142), *CHEST[1:])), 3.5) for side in SIDES]
        self.fine = Noise(generator, 5)
        self.warp = Noise(generator, 60)
        self.airways: list[Tree] = []
        self.arteries: list[Tree] = []
        self.veins: list[Tree] = []
        for side, lung in zip(SIDES, self.lungs):
            root = np.array(HILA[side])
            places = points_inside(lung, 620, 4.5, generator, 8.5)
            # A few far targets first make the lobar and segmental stems.
            stems = points_inside(lung, 16, 16.0, generator, 34.0)
            airway = grow_tree(root, stems, 1.35, generator, 0.06)
            airway = grow_tree(root, places[:46], 1.0, generator, 0.08, airway)
            arteries = airway.beside((side * 0.5, -0.6, 0.75), 1.6)
            self.airways.append(airway)
            self.arteries.append(
                grow_tree(root, places[46:370], 0.72, generator, 0.1, Tree(arteries.nodes, arteries.parents, 0.72))
            )
            top, foot = places[370:][places[370:, 2] > 66], places[370:][places[370:, 2] <= 66]
            for (z, y), part in (((92, 4), top), ((42, 24), foot)):
                if len(part):
                    self.veins.append(grow_tree((side * 56, y, z), part, 0.72, generator, 0.1))

    def layers(self) -> list[Layer]:
        """Lungs, fissures, vessels and airways, the later over the earlier."""

        def parenchyma(x, y, z):
            return LUNG + np.float32(0.28) * y + 17 * self.fine(x, y, z)

        lining = Shape(self._lining, CHEST)
        vessels = [shape for tree in [*self.arteries, *self.veins] for shape in tree.tubes(most=6.5)]
        return [
            Layer(lining, MUSCLE),
            Layer(self.lungs, parenchyma),
            *[Layer(fissure, LUNG + 330) for fissure in self._fissures()],
            Layer(Grove(vessels), PULMONARY - 30),
            Layer(Grove([shape for tree in self.airways for shape in tree.tubes(0.9, 5.0)]), -60.0),
            Layer(Grove([shape for tree in self.airways for shape in tree.tubes(0.0, 5.0, 1.2)]), GAS),
        ]

    def _lining(self, x, y, z) -> np.ndarray:
        """Intercostal muscles on the inner side of the ribs, and the diaphragm."""
        cage = self.cage.distance(x, y, z)
        height = (z - diaphragm_z(x, y)) * np.float32(0.8)
        wall = np.maximum(np.maximum(-6.5 - cage, cage - 2), -height - 4)
        dome = np.maximum(np.abs(height) - 1.3, cage + 2)
        return np.minimum(wall, dome)

    def _fissures(self) -> list[Shape]:
        def height(x, y):
            return 52 + np.float32(0.86) * y + 0.0012 * np.square(np.abs(x) - 70)

        def oblique(lung):
            def distance(x, y, z):
                leaf = np.abs(z - height(x, y) - 4 * self.warp(x, y, z)) * np.float32(0.75) - np.float32(0.45)
                return np.maximum(leaf, lung.distance(x, y, z))

            return Shape(distance, lung.bounds)

        def level_one(x, y, z):
            leaf = np.abs(z - 74 + 0.1 * y - 0.002 * np.square(x + 80) - 4 * self.warp(x, y, z)) - np.float32(0.5)
            return np.maximum(np.maximum(leaf, height(x, y) - z + 2), self.lungs[0].distance(x, y, z))

        bounds = self.lungs[0].bounds
        return [*map(oblique, self.lungs), Shape(level_one, (bounds[0], bounds[1], (50, 105)))]
