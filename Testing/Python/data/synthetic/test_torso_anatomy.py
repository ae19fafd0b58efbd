"""The practice torso's anatomy, measured in the drawn Hounsfield units alone: exclusions, wholeness, sizes, sides."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic.shapes import image_grid
from DICOMTutorialHelperLib.data.synthetic.torso_anatomy import Torso

STEP_MM, SLICE_MM, TOP_MM = 1.6, 3.0, 213.0
LITRE = 1e6


@pytest.fixture(scope="module", params=[0, 7])
def volume(request):
    """Noise-free Hounsfield units (slices from the head, rows, columns) of a patient; corner at (-200, -150)."""
    positions = [(-200 + STEP_MM / 2, -150 + STEP_MM / 2, TOP_MM - SLICE_MM * index) for index in range(192)]
    grid = image_grid(positions, (1, 0, 0), (0, 1, 0), (STEP_MM, STEP_MM), (165, 250), STEP_MM)
    torso = Torso(request.param)
    return np.concatenate([torso.hounsfield(block) for _, block in grid.blocks()])


def labelled(mask):
    """Connected parts (by faces) as numbers from 1, and how many voxels each has, from the VTK library."""
    vtk = pytest.importorskip("vtk")
    from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

    image = vtk.vtkImageData()
    image.SetDimensions(*mask.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(mask.astype(np.uint8).ravel(), deep=True))
    connectivity = vtk.vtkImageConnectivityFilter()
    connectivity.SetInputData(image)
    connectivity.SetScalarRange(1, 1)
    connectivity.SetExtractionModeToAllRegions()
    connectivity.SetLabelScalarTypeToInt()
    connectivity.SetLabelModeToSizeRank()
    connectivity.Update()
    labels = vtk_to_numpy(connectivity.GetOutput().GetPointData().GetScalars()).reshape(mask.shape)
    return labels, np.bincount(labels.ravel())


def grown(mask, rounds=1):
    for _ in range(rounds):
        wide = mask.copy()
        for axis in range(3):
            wide |= np.roll(mask, 1, axis) | np.roll(mask, -1, axis)
        mask = wide
    return mask


def index(x, y, z):
    return round((TOP_MM - z) / SLICE_MM), round((y + 150) / STEP_MM - 0.5), round((x + 200) / STEP_MM - 0.5)


def part_at(mask, place):
    """The connected part that most of the mask within a centimetre of a place belongs to."""
    labels, _ = labelled(mask)
    z, y, x = index(*place)
    around = labels[z - 3 : z + 4, y - 6 : y + 7, x - 6 : x + 7]
    assert around.any(), place
    return labels == np.bincount(around[around > 0]).argmax()


def litres(mask):
    return mask.sum() * STEP_MM**2 * SLICE_MM / LITRE


def middle(mask):
    z, y, x = (axis.mean() for axis in np.nonzero(mask))
    return x * STEP_MM - 200, y * STEP_MM - 150, TOP_MM - z * SLICE_MM


@pytest.fixture(scope="module")
def inner_gas(volume):
    """Gas that is not the air around the patient, nor the couch: (labels, sizes)."""
    labels, sizes = labelled(volume < -600)
    outside = np.unique(np.concatenate([labels[:, 0].ravel(), labels[:, -1].ravel(), labels[:, :, 0].ravel()]))
    keep = ~np.isin(labels, outside) & (labels > 0)
    keep[:, index(0, 112, 0)[1] :] = False
    return np.where(keep, labels, 0), sizes


def test_no_bone_lies_in_gas_or_touches_it(volume, inner_gas):
    gas = inner_gas[0] > 0
    assert not (grown(gas) & (volume > 420)).any()


def test_gas_is_nowhere_but_in_lungs_airways_stomach_and_bowel(volume, inner_gas):
    labels, sizes = inner_gas
    fat = (volume > -140) & (volume < -70)
    for label in np.unique(labels)[1:]:
        if sizes[label] < 20:
            continue
        part = labels == label
        x, y, z = middle(part)
        if litres(part) > 0.8:
            continue  # a lung, judged below
        # Free gas would border on the fat of the belly: gas in a gut borders on its wall and on what it holds.
        shell = grown(part) & ~part
        assert (fat & shell).sum() < 0.12 * shell.sum(), (x, y, z, litres(part))


def test_both_lungs_are_whole_and_the_right_one_is_larger(volume, inner_gas):
    labels, _ = inner_gas
    lungs = [labels == labels[index(*place)] for place in ((-80, 0, 90), (90, -20, 100))]
    right, left = (litres(lung) for lung in lungs)
    assert 1.6 < left < right < 4.0
    assert middle(lungs[0])[0] < -40 and middle(lungs[1])[0] > 40
    inside = [(lung & (volume < -700)).sum() and volume[lung & (volume < -700)].mean() for lung in lungs]
    assert all(-890 < value < -820 for value in inside)


@pytest.mark.parametrize(
    ("organ", "place", "low", "high", "least", "most", "side"),
    [
        ("liver", (-85, 0, -50), 98, 122, 1.1, 2.1, -1),
        ("spleen", (104, 40, -50), 120, 137, 0.10, 0.35, 1),
        ("right kidney's cortex", (-80, 36, -110), 180, 215, 0.05, 0.2, -1),
        ("left kidney's cortex", (84, 36, -100), 180, 215, 0.05, 0.2, 1),
        ("urine in the bladder", (0, -32, -316), 0, 20, 0.06, 0.25, 0),
    ],
)
def test_an_organ_has_the_size_of_an_adults_and_lies_on_its_side(volume, organ, place, low, high, least, most, side):
    part = part_at((volume > low) & (volume < high), place)
    assert least < litres(part) < most, litres(part)
    if side:
        assert side * middle(part)[0] > 25


def test_the_aorta_is_one_tube_from_the_heart_to_its_fork(volume):
    blood = part_at((volume > 225) & (volume < 320), (24, 34, 40))
    for place in ((-14, -33, 100), (9, 4, 138), (29, -37, 32), (6, -1, -140)):
        assert blood[index(*place)], place


def test_airways_join_windpipe_and_both_main_bronchi(volume):
    air = part_at(volume < -900, (0, 12, 150))
    for place in ((1, 17, 112), (-30, 16, 92), (30, 16, 92)):
        assert air[index(*place)], place


def test_bone_is_as_dense_as_bone_and_spine_and_ribs_hang_together(volume):
    assert 900 < volume.max() < 1500
    _, sizes = labelled((volume > 150) & (np.arange(volume.shape[0])[:, None, None] < 120))
    largest = np.sort(sizes[1:])[::-1]
    assert largest[0] > 3 * largest[1]


def test_muscle_fat_and_liver_measure_what_they_should(volume):
    assert volume[index(-150, 0, -100)] == pytest.approx(-104, abs=25)
    assert volume[index(40, 82, -150)] == pytest.approx(58, abs=12)
    assert volume[index(-100, 0, -40)] == pytest.approx(110, abs=10)


def muscle_area(volume, x, y, z):
    """Square centimetres of the muscle in a slice that a point lies in, bounded by fat, bone and the bowel's wall."""
    level, row, column = index(x, y, z)
    image = volume[level : level + 1]
    labels, sizes = labelled((image > 32) & (image < 70))
    around = labels[0, row - 3 : row + 4, column - 3 : column + 4]
    return sizes[np.bincount(around[around > 0]).argmax()] * STEP_MM**2 / 100


def test_psoas_begins_thin_beside_the_spine_and_grows_downwards_on_both_sides(volume):
    """From the first to the fourth lumbar vertebra; 9 cm² a side at the third in men, give or take 3."""
    for side in (-1, 1):
        areas = [muscle_area(volume, side * x, y, z) for x, y, z in ((31, 36, -108), (38, 30, -156), (43, 26, -192))]
        assert areas[0] < areas[1] < areas[2]
        assert 6 < areas[1] < 12 and areas[2] < 18


def test_psoas_and_iliacus_are_one_muscle_as_far_as_the_thigh(volume):
    muscle = (volume > 32) & (volume < 70)
    for side in (-1, 1):
        joined = part_at(muscle, (side * 43, 26, -192))
        for place in ((side * 60, 4, -252), (side * 84, -42, -300), (side * 109, -34, -346)):
            z, y, x = index(*place)
            assert joined[z - 1 : z + 2, y - 2 : y + 3, x - 2 : x + 3].any(), place


def test_no_great_vessel_runs_in_a_muscle_and_no_muscle_in_bone(volume):
    """About a vessel in the pelvis lies fat, or the vein beside it."""
    for side in (-1, 1):
        for x, y, z in ((35, 0, -252), (56, -38, -290)):
            level, row, column = index(side * x, y, z)
            around = volume[level - 1 : level + 2, row - 8 : row + 9, column - 8 : column + 9]
            assert (around > 230).any() and (around < -60).mean() > 0.1, (side, x, y, z)
