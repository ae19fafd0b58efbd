"""What lies behind the practice breasts: the practice torso's chest, a little slighter, in the tissues that MR tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Union

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.shapes import Grove, Shape, ellipsoid, smooth_maximum, within
from DICOMTutorialHelperLib.data.synthetic.thorax import thorax
from DICOMTutorialHelperLib.data.synthetic.torso_body import diaphragm_z
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import inset
from DICOMTutorialHelperLib.data.synthetic.trees import Tree

# From the breasts' LPS mm (origin between the breasts, at the nipples' height) to the torso's.
SCALE = np.array((1.04, 1.10, 1.0))
SHIFT = np.array((0.0, -36.0, 72.0))


class Chest:
    """``cage`` is the signed distance in mm to the surface that the ribs run on."""

    def __init__(self, seed: int) -> None:
        self.parts = thorax(seed)

    def cage(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """``cage`` at points in LPS mm that broadcast, mm."""
        return self.parts.wall.cage.distance(*_to_torso(x, y, z)) * np.float32(0.93)

    def layers(self) -> list[tuple[Union[Shape, Sequence[Shape]], str]]:
        """(shapes, tissue), the later over the earlier."""
        heart, lungs, skeleton = self.parts.heart, self.parts.lungs, self.parts.skeleton
        cage = self.parts.wall.cage
        below = Shape(
            lambda x, y, z: smooth_maximum(cage.distance(x, y, z) + 6, (z - diaphragm_z(x, y) + 0.9) * np.float32(0.8), 4),
            ((-140, 140), (-110, 100), (-80, 30)),
        )

        def liver(x, y, z):
            return np.maximum(below.distance(x, y, z), x - 34 - 0.3 * y)

        # Moved themselves, not where they are asked: there are hundreds of them.
        trees = [
            Tree((tree.nodes - SHIFT) / SCALE, tree.parents, tree.tip_radius * 0.93) for tree in (*lungs.arteries, *lungs.veins)
        ]
        branches = Grove([shape for tree in trees for shape in tree.tubes(most=5.6, least=1.2)])
        layers: list[tuple[Union[Shape, Sequence[Shape]], str]] = [
            (Shape(lambda x, y, z: cage.distance(x, y, z) - 2, cage.bounds), "muscle"),
            (lungs.lungs, "lung"),
            (inset(heart.mediastinum, 2.4), "fat"),
            (below, "muscle"),
            (inset(below, 2.5), "fat"),
            (Shape(liver, below.bounds), "liver"),
            (within(ellipsoid((66, 10, -24), (38, 44, 34)), below.distance), "stomach"),
            (heart.esophagus, "muscle"),
            ([heart.right_muscle, heart.left_muscle], "heart muscle"),
            ([inset(heart.right_atrium, -2.0), inset(heart.left_atrium, -2.0)], "heart muscle"),
            ([heart.right_atrium, heart.left_atrium, heart.right_cavity], "blood"),
            *[(shapes, "blood") for shapes, _ in heart.vessels],
            (heart.left_cavity, "blood"),
            (heart.trachea, "air"),
            (skeleton.discs, "disc"),
            (skeleton.cartilage, "cartilage"),
        ]
        for bone, shell in ((skeleton.spine, 0.9), (skeleton.ribs, 1.3), (skeleton.sternum, 1.3)):
            layers += [(bone, "bone"), (inset(bone, shell), "marrow")]
        layers += [(skeleton.canal, "fluid"), ([inset(canal, 3.2) for canal in skeleton.canal], "cord")]
        moved = [(_moved(shapes), tissue) for shapes, tissue in layers]
        return [*moved[:2], (branches, "blood"), *moved[2:]]


def _to_torso(x, y, z) -> tuple:
    return tuple(axis * np.float32(factor) + np.float32(shift) for axis, factor, shift in zip((x, y, z), SCALE, SHIFT))


def _moved(shapes: Union[Shape, Sequence[Shape]]) -> Union[Shape, Sequence[Shape]]:
    """The torso's shapes where the breasts have them."""
    return _moved_shape(shapes) if isinstance(shapes, Shape) else Grove([_moved_shape(shape) for shape in shapes])


def _moved_shape(shape: Shape) -> Shape:
    def distance(x, y, z):
        return shape.distance(*_to_torso(x, y, z)) * np.float32(0.93)

    bounds = tuple(
        ((low - shift) / factor, (high - shift) / factor) for (low, high), factor, shift in zip(shape.bounds, SCALE, SHIFT)
    )
    return Shape(distance, bounds)
