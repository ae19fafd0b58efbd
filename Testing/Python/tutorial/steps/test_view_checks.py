"""Checks of what the views show, at their edges."""

from __future__ import annotations

import pytest
from fake_workspace import SERIES

from DICOMTutorialHelperLib.tutorial.progress import DONE, TO_DO
from DICOMTutorialHelperLib.tutorial.steps.view_checks import _angle_degrees
from DICOMTutorialHelperLib.workspace import interface as w


def test_of_a_sequence_of_two_moments_both_are_enough(session, workspace):
    uid = SERIES["bliss"].series_instance_uid
    workspace.items = [w.LoadedItem("node1", "BLISS", w.SEQUENCE, uid, modality="MR", frames=2, sequence_node_id="node2")]
    session.jump("play")
    assert session.status("play").state == TO_DO
    workspace.seek_sequence("node1", 1)
    assert session.status("play").state == DONE


@pytest.mark.parametrize(("moved_mm", "state"), [(4.9, TO_DO), (5.0, DONE), (-5.0, DONE)])
def test_five_millimetres_up_or_down_are_scrolling(session, workspace, moved_mm, state):
    workspace.load_series("1.1")
    session.jump("move")
    workspace.zoom_slice(w.RED, 1.5)
    workspace.set_slice_offset(w.RED, moved_mm)
    assert session.status("move").state == state


@pytest.mark.parametrize(("degrees", "state"), [(4.0, TO_DO), (6.0, DONE), (-6.0, DONE)])
def test_a_3d_view_is_turned_by_more_than_a_slip(session, workspace, degrees, state):
    workspace.load_series("1.1")
    session.jump("link-3d")
    workspace.set_slices_linked(True)
    workspace.set_slices_visible_in_3d(True)
    workspace.rotate_3d_view(degrees)
    assert session.status("link-3d").state == state


@pytest.mark.parametrize(
    ("first", "second", "degrees"),
    [
        ((1, 0, 0), (0, 2, 0), 90), ((1, 1, 0), (1, 0, 0), 45), ((1, 0, 0), (3, 0, 0), 0), ((1, 0, 0), (-1, 0, 0), 180),
        ((0, 0, 0), (1, 0, 0), 0), ((1, 0, 0), (0, 0, 0), 0), ((1, 2, 3), (1, 2, 3), 0),
    ],
)  # fmt: skip
def test_angles_between_directions(first, second, degrees):
    assert _angle_degrees(first, second) == pytest.approx(degrees, abs=1e-6)
