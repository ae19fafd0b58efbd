"""What a report keeps of a step at the moment it is done: pictures of the views, and the table that was shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.data_tables import Exhibit
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

PICTURE_WIDTH, PICTURE_HEIGHT = 480, 400


@dataclass(frozen=True)
class Picture:
    """A PNG of a view (``Red``, ``3D``, ...)."""

    view: str
    png: bytes


@dataclass(frozen=True)
class StepMaterial:
    pictures: tuple[Picture, ...] = ()
    exhibit: Optional[Exhibit] = None


def gather(session: TutorialSession) -> StepMaterial:
    """Pictures and table of the current step, as far as they can be had now."""
    pictures = []
    for view in session.current.pictures:
        png = session.workspace.snapshot(view, PICTURE_WIDTH, PICTURE_HEIGHT)
        if png:
            pictures.append(Picture(view, png))
    try:
        exhibit = session.exhibit()
    except WorkspaceError:
        exhibit = None
    return StepMaterial(tuple(pictures), exhibit)
