"""What a report keeps of a step at the moment it is done: pictures of the views, and the table that was shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.data_tables import DataTable
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

PICTURE_WIDTH, PICTURE_HEIGHT = 480, 400


@dataclass(frozen=True)
class Picture:
    """A PNG of a view (``Red``, ``3D``, ...)."""

    view: str
    png: bytes


@dataclass(frozen=True)
class CapturedStep:
    pictures: tuple[Picture, ...] = ()
    data_table: Optional[DataTable] = None


def capture_step(session: TutorialSession) -> CapturedStep:
    """Pictures and table of the current step, as far as they can be had now."""
    pictures = []
    for view in session.current.pictures:
        png = session.workspace.snapshot(view, PICTURE_WIDTH, PICTURE_HEIGHT)
        if png:
            pictures.append(Picture(view, png))
    try:
        data_table = session.data_table()
    except WorkspaceError:
        data_table = None
    return CapturedStep(tuple(pictures), data_table)
