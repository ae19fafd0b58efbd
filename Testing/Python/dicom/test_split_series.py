"""How frames in memory are split into volumes and sequences, each decision beside its edge."""

from __future__ import annotations

import itertools

import pytest
from made_frames import AXIAL, CORONAL, SAGITTAL, made_frame

from DICOMTutorialHelperLib.dicom.splitting import split_series

NUMBERS = [itertools.count(1)]


@pytest.fixture(autouse=True)
def numbers_from_one():
    NUMBERS[0] = itertools.count(1)


def slices(count, start=0.0, step=2.0, orientation=AXIAL, beside=0.0, **values):
    """Slices along the normal, numbered as they are made."""
    made = []
    for k in range(count):
        along = start + step * k
        position = {AXIAL: (beside, 0.0, along), CORONAL: (beside, along, 0.0), SAGITTAL: (-along, beside, 0.0)}[orientation]
        number = next(NUMBERS[0])
        made.append(made_frame(position, orientation, name=f"{number}.dcm", InstanceNumber=number, **values))
    return made


def split(*frames, **options):
    """Of each part its label, how many groups of how many slices (those missing included), what it is said, and whether aside."""
    return [
        (
            ", ".join(part.labels),
            len(part.groups),
            len(part.groups[0]),
            {finding.code: finding.evidence for finding in part.findings},
            part.excluded,
        )
        for part in split_series([frame for one in frames for frame in one], **options)
    ]


def shapes(*frames, **options):
    return [(label, groups, count, aside) for label, groups, count, _, aside in split(*frames, **options)]


def test_a_stack_is_one_volume_in_the_order_of_its_slices():
    frames = slices(5)
    (part,) = split_series(frames[::-1])
    assert part.groups == [frames] and part.index is None and part.findings == [] and part.is_sound


# --- localizers


@pytest.mark.parametrize(
    ("image_type", "aside"),
    [
        (("ORIGINAL", "PRIMARY", "LOCALIZER"), True),
        (("A", "scout"), True),
        ("TOPOGRAM", True),
        (("A", "SURVEY", "B"), True),
        (("A", "SCANOGRAM"), True),
        (("A", "AXIAL"), False),
    ],
)
def test_localizers_are_known_by_their_image_type(image_type, aside):
    stack, scout = slices(4), slices(1, orientation=CORONAL, ImageType=image_type)
    found = split(scout, stack)
    if aside:
        assert [one[:3] for one in found] == [("", 1, 4), ("localizer", 1, 1)]
        assert [one[4] for one in found] == [False, True]
        said = found[0][3]["localizer-set-aside"]
        assert (said["count"], said["files"]) == (1, [scout[0].instance.path.name])
    else:
        assert [one[:3] for one in found] == [("coronal", 1, 1), ("axial", 1, 4)]
    assert shapes(slices(3, ImageType=image_type)) == [("", 1, 3, False)]


@pytest.mark.parametrize(("stack", "across", "aside"), [(10, 1, True), (9, 1, False), (10, 3, True), (10, 4, False)])
def test_up_to_three_frames_across_a_stack_of_ten_are_localizers(stack, across, aside):
    found = shapes(slices(stack), slices(across, orientation=CORONAL))
    assert found == (
        [("", 1, stack, False), ("localizer", 1, across, True)]
        if aside
        else [("axial", 1, stack, False), ("coronal", 1, across, False)]
    )


@pytest.mark.parametrize(("cosine", "aside"), [(0.48, True), (0.52, False)])
def test_a_frame_lies_across_from_60_degrees_on(cosine, aside):
    """Tilted about the rows: the cosine of the angle between the normals."""
    tilted = made_frame((0, 0, 0), (1.0, 0, 0, 0, cosine, (1 - cosine**2) ** 0.5), name="t.dcm", InstanceNumber=10**6)
    assert shapes(slices(10), [tilted])[-1][3] == aside


# --- frames that each have a place


def test_holes_are_filled_or_not():
    frames = slices(6)
    del frames[3]
    ((_, _, count, said, _),) = split(frames)
    assert (count, said["missing-slices"]["slices"], said["missing-slices"]["reason"]) == (6, [4], "")
    ((_, _, count, said, _),) = split(frames, fill_missing=False)
    assert (count, said["missing-slices"]["reason"]) == (5, "not-filled")


def test_stacks_behind_each_other_are_named_by_side_with_their_gap():
    found = split(slices(3, -20, orientation=SAGITTAL), slices(3, 20, orientation=SAGITTAL))
    assert [one[:3] for one in found] == [("left", 1, 3), ("right", 1, 3)]
    assert found[0][3]["split-by-stack"] == {"count": 2, "gap_mm": 36.0, "parts": ["left", "right"]}


def test_uneven_slices_are_kept_together_and_told():
    found = split(slices(4), slices(4, 9, 3.0))
    assert [one[:3] for one in found] == [("", 1, 8)]
    assert "uneven-spacing" in found[0][3]


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [
        ({"ConvolutionKernel": "a"}, {"ConvolutionKernel": "b"}, ["a", "b"]),
        ({"SliceThickness": 3.0}, {"SliceThickness": 1.0}, ["1.0", "3.0"]),
        ({"AcquisitionNumber": 1}, {"AcquisitionNumber": 2}, ["1", "2"]),
        ({"ConvolutionKernel": "a"}, {}, None),
        ({"Manufacturer": "a"}, {"Manufacturer": "b"}, None),
    ],
)
def test_interleaved_stacks_of_grids_of_their_own_are_told_apart_by_what_differs(one, other, parts):
    """Every 3 mm from 0, and every 3 mm from 1.3: together no grid."""
    found = split(slices(5, 0, 3.0, **one), slices(5, 1.3, 3.0, **other))
    assert [label for label, *_ in found] == (parts or [""])
    assert all(count == (5 if parts else 10) for _, _, count, _, _ in found)


@pytest.mark.parametrize(("count", "parted"), [(2, False), (3, True)])
def test_interleaved_stacks_have_three_slices_at_the_least(count, parted):
    found = shapes(slices(count, 0, 3.0, ConvolutionKernel="a"), slices(count, 1.3, 3.0, ConvolutionKernel="b"))
    assert (len(found) == 2) == parted


@pytest.mark.parametrize(("count", "parted"), [(8, True), (9, False)])
def test_there_are_up_to_eight_interleaved_stacks(count, parted):
    stacks = [slices(3, 0.37 * n + 0.011 * n * n, 20.0, ConvolutionKernel=f"k{n}") for n in range(count)]
    assert (len(shapes(*stacks)) == count) == parted


@pytest.mark.parametrize(("start", "parted"), [(11.9, True), (12.7, False)])
def test_stacks_that_follow_each_other_are_not_parted(start, parted):
    """The first one ends at 12 mm."""
    found = shapes(slices(5, 0, 3.0, ConvolutionKernel="a"), slices(5, start, 3.4, ConvolutionKernel="b"))
    assert (len(found) == 2) == parted


# --- frames that share places


def labels(*frames):
    return [(label, groups, count) for label, groups, count, _, _ in split(*frames)]


def test_kinds_of_images_are_sequences_or_volumes_of_their_own():
    kinds = [slices(3, ConvolutionKernel=kernel) for kernel in ("soft", "bone")]
    found = split(*kinds)
    assert [one[:3] for one in found] == [("soft", 1, 3), ("bone", 1, 3)]
    assert found[0][3]["split-by-reconstruction"] == {
        "attribute": "ConvolutionKernel",
        "count": 2,
        "slices": 3,
        "values": ["soft", "bone"],
    }
    times = [slices(3, ConvolutionKernel=kernel, TriggerTime=time) for kernel in ("soft", "bone") for time in (0.0, 50.0)]
    assert labels(*times) == [("soft", 2, 3), ("bone", 2, 3)]
    assert labels(*[slices(3, KVP=kv) for kv in (140.0, 80.0)]) == [("80.0", 1, 3), ("140.0", 1, 3)]


def test_a_sequence_says_its_index_and_what_it_lacks():
    frames = [frame for time in (0.0, 50.0) for frame in slices(4, TriggerTime=time)]
    lost = frames.pop(5)
    (part,) = split_series(frames)
    assert (part.index.name, part.index.unit, part.index.values) == ("TriggerTime", "ms", [0.0, 50.0])
    assert [frame is None for frame in part.groups[1]] == [False, True, False, False]
    codes = {finding.code: finding.evidence for finding in part.findings}
    assert codes["split-by-time"]["slices"] == 4
    assert (codes["missing-slices"]["count"], codes["missing-slices"]["of"]) == (1, 8)
    assert lost not in [frame for group in part.groups for frame in group]


def test_a_volume_that_a_stack_lacks_altogether_is_left_out_of_its_sequence():
    both = [slices(3, start, orientation=SAGITTAL, TriggerTime=time) for time in (0.0, 50.0, 100.0) for start in (-20, 20)]
    parts = split_series([frame for one in both[:-1] for frame in one])
    assert [(part.labels, part.index.values) for part in parts] == [(("left",), [0.0, 50.0, 100.0]), (("right",), [0.0, 50.0])]


@pytest.mark.parametrize(("shared", "reason"), [(4, ""), (2, "parts")])
def test_acquisitions_of_one_region_or_of_parts_of_it(shared, reason):
    """Five slices each, of which so many share their places; others differ in nothing."""
    first, second = slices(5, AcquisitionNumber=1), slices(5, 2.0 * (5 - shared), AcquisitionNumber=2)
    found = split(first, second)
    assert [one[:3] for one in found] == [("1", 1, 5), ("2", 1, 5)]
    assert found[0][3]["split-by-acquisition"]["reason"] == reason


def test_frames_that_nothing_tells_apart_are_set_aside_but_not_lost():
    frames, again = slices(4), slices(1, 2.0)
    found = split(frames, again)
    assert [one[:3] for one in found] == [("", 1, 4), ("repeated slices", 1, 1)]
    assert [one[4] for one in found] == [False, True]
    assert all(one[3]["duplicate-positions"]["count"] == 1 for one in found)
    part = split_series([*frames, *again])[0]
    assert not part.is_sound and part.groups == [frames]


@pytest.mark.parametrize(("count", "parted"), [(12, True), (13, False)])
def test_up_to_twelve_values_are_volumes_of_their_own(count, parted):
    """Two kernels of every time: not alone, and more than twelve of them explain nothing."""
    stacks = [slices(3, ConvolutionKernel=f"k{n}") for n in range(count)]
    assert (len(split(*stacks)) == count) == parted


def test_a_group_of_fewer_slices_than_three_explains_nothing():
    found = split(slices(5, ConvolutionKernel="a"), slices(2, 2.0, ConvolutionKernel="b"))
    assert [one[0] for one in found] != ["a", "b"]
    assert [one[0] for one in split(slices(5, ConvolutionKernel="a"), slices(3, 2.0, ConvolutionKernel="b"))] == ["a", "b"]


def test_findings_of_the_geometry_stand_before_those_of_the_split():
    frames = [slices(3, orientation=plane, ConvolutionKernel=kernel) for plane in (AXIAL, CORONAL) for kernel in "ab"]
    found = split(*frames)
    assert [one[0] for one in found] == ["axial, a", "axial, b", "coronal, a", "coronal, b"]
    assert list(found[0][3]) == ["split-by-orientation", "split-by-reconstruction"]
