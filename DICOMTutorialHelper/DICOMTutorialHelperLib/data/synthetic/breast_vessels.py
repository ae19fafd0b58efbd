"""The practice breasts' blood vessels: what comes forward beside the breastbone, what goes down from the armpit, and veins.

Branches of the internal thoracic artery come through the pectoral muscle in the second to fourth intercostal space and run in
the fat before the gland towards the nipple; those of the lateral thoracic one come round the outer border of that muscle. The
largest measure 1.5 mm with a vein of 2.2 mm beside them (A Clinical Anatomic Study of Internal Mammary
Perforators, Arch Plast Surg 2013); here they are one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.shapes import Shape, smooth_line, tube

# Of a breast's own axes: how far out (1 is the skin at the nipple's height), the angle about the axis of the breast in degrees (0
# towards the arm, 90 to the head, 180 to the breastbone) and the angle up from the chest wall, 90 at the nipple.
SurfacePoint = Callable[[float, float, float], np.ndarray]


def vessel_shapes(
    generator: np.random.Generator, side: int, surface: SurfacePoint, feeding: Sequence[np.ndarray] = ()
) -> list[Shape]:
    """All vessels of one breast; ``feeding`` are points in LPS mm that the nearest ones send a branch to."""
    shapes: list[Shape] = []
    ways: list[np.ndarray] = []
    sternal, lateral = _trunks(side)
    shapes += tube(sternal, 1.7) + tube(sternal + np.array((side * 4.5, 1, 0)), 1.5)
    shapes += tube(lateral, np.linspace(1.7, 0.9, len(lateral)))
    for angle, height in ((148, 46.0), (176, 20.0), (206, -10.0)):
        start = [(side * 21, -46, height), (side * 27, -58, height + 1)]
        ways.append(_way(generator, surface, start, angle, (10, 66 + 10 * generator.random())))
    for angle, node in ((38, 3), (6, 7), (-30, 11)):
        ways.append(_way(generator, surface, [lateral[node]], angle, (4, 60 + 14 * generator.random())))
    for way, width in zip(ways, (1.3, 1.15, 0.95, 1.2, 1.05, 0.9)):
        shapes += tube(way, np.linspace(width, 0.5, len(way)))
        shapes += _branches(generator, surface, way, width)
    # Veins lie nearer to the skin, two or three of them seen through it.
    for angle in (118, 62, 196):
        vein = smooth_line([surface(0.955, angle + generator.normal() * 5, up) for up in (-4, 18, 40, 62, 76)], 3)
        shapes += tube(vein, np.linspace(1.25, 0.7, len(vein)))
    for target in feeding:
        nodes = np.vstack([way[3:] for way in ways])
        start = nodes[np.argmin(np.linalg.norm(nodes - target, axis=1))]
        bend = (start + target) / 2 + generator.normal(size=3) * 4
        shapes += tube(smooth_line([start, bend, target], 4), np.linspace(0.8, 0.95, 9))
    return shapes


def _trunks(side: int) -> tuple[np.ndarray, np.ndarray]:
    """The internal thoracic artery beside the breastbone and the lateral thoracic one, from the head down."""
    sternal = np.array([(side * 20, -45, 130), (side * 20, -46, 40), (side * 21, -46, -40), (side * 22, -45, -130)], float)
    lateral = [(122, -8, 86), (128, -20, 64), (127, -33, 36), (123, -41, 6), (117, -45, -26), (110, -46, -50)]
    return sternal, smooth_line(np.array(lateral) * (side, 1, 1), 3)


def _way(generator: np.random.Generator, surface: SurfacePoint, start: list, angle: float, up: tuple[float, float]) -> np.ndarray:
    """From where a vessel begins to near the nipple, winding a little in the fat."""
    steps = np.linspace(*up, 6)
    turns = angle + np.cumsum(generator.normal(size=6) * 5)
    depths = 0.90 - 0.012 * np.arange(6) + generator.normal(size=6) * 0.012
    return smooth_line([*start, *map(surface, depths, turns, steps)], 2)


def _branches(generator: np.random.Generator, surface: SurfacePoint, way: np.ndarray, width: float) -> list[Shape]:
    """Smaller ones that leave forwards, on one side and the other, and go deeper towards the gland."""
    shapes: list[Shape] = []
    turn = 1 if generator.random() < 0.5 else -1
    for share in (0.38, 0.55, 0.74):
        at = int(share * (len(way) - 1))
        ahead = way[min(at + 2, len(way) - 1)] - way[at]
        inwards = surface(0.3, 90, 40) - way[at]
        ahead, inwards = ahead / np.linalg.norm(ahead), inwards / np.linalg.norm(inwards)
        aside = np.cross(ahead, inwards) * turn
        turn = -turn
        reach = generator.uniform(16, 30)
        first = way[at] + reach * (0.45 * ahead + 0.30 * aside + 0.05 * inwards)
        second = way[at] + reach * (0.85 * ahead + 0.75 * aside + generator.uniform(0.1, 0.5) * inwards)
        line = smooth_line([way[at], first, second], 2)
        shapes += tube(line, np.linspace(width * (1.15 - share) * 0.85, 0.4, len(line)))
    return shapes
