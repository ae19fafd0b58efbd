"""What VTK complains about, as data: VTK reports errors to observers and a console, never to the caller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import vtk


@contextmanager
def collected_vtk_errors(*sources: vtk.vtkObject) -> Iterator[list[str]]:
    """The texts of all errors that VTK reports while the block runs.

    An object with an observer of its own tells that one alone, so the objects at work are named as ``sources``; what they use
    inside reports to the output window. Inside Slicer the window may keep its errors to itself: look at error codes as well.
    """
    errors: list[str] = []

    @vtk.calldata_type(vtk.VTK_STRING)
    def remember(_caller, _event, text) -> None:
        errors.append(str(text).strip())

    observed = [*sources, vtk.vtkOutputWindow.GetInstance()]
    observers = [(source, source.AddObserver(vtk.vtkCommand.ErrorEvent, remember)) for source in observed]
    try:
        yield errors
    finally:
        for source, observer in observers:
            source.RemoveObserver(observer)
