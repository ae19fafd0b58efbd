"""What VTK complains about, as data: VTK reports errors to observers and a console, never to the caller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vtkmodules.util.misc import calldata_type
from vtkmodules.util.vtkConstants import VTK_STRING
from vtkmodules.vtkCommonCore import vtkCommand, vtkObject, vtkOutputWindow


@contextmanager
def collected_vtk_errors(*sources: vtkObject) -> Iterator[list[str]]:
    """The texts of all errors that VTK reports while the block runs.

    An object with an observer of its own tells that one alone, so the objects at work are named as ``sources``; what they use
    inside reports to the output window. Inside Slicer the window may keep its errors to itself: look at error codes as well.
    """
    errors: list[str] = []

    @calldata_type(VTK_STRING)
    def remember(_caller, _event, text) -> None:
        errors.append(str(text).strip())

    observed = [*sources, vtkOutputWindow.GetInstance()]
    observers = [(source, source.AddObserver(vtkCommand.ErrorEvent, remember)) for source in observed]
    try:
        yield errors
    finally:
        for source, observer in observers:
            source.RemoveObserver(observer)
