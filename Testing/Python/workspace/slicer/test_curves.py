"""Times of a curve."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from DICOMTutorialHelperLib.workspace import interface as w


def test_times_of_a_curve_are_those_of_the_candidate_with_as_many_frames(host, monkeypatch):
    from DICOMTutorialHelperLib.workspace.slicer import curves as module

    candidates = [
        SimpleNamespace(index=None, stacks=[1, 2]), SimpleNamespace(index=1, stacks=[1]), SimpleNamespace(index=1, stacks=[1, 2]),
    ]  # fmt: skip
    asked = []
    examinations = SimpleNamespace(
        of=lambda files, fill: asked.append((files, fill)) or SimpleNamespace(series=[SimpleNamespace(candidates=candidates)])
    )
    monkeypatch.setattr(module, "frame_seconds", lambda candidate: candidates.index(candidate))
    made = module.SlicerCurves(lambda uid: [Path("a")] if uid else [], lambda: True, lambda: examinations)
    item = w.LoadedItem("n", "N", series_instance_uid="1")
    assert (made._seconds(item, 2), made._seconds(item, 1), made._seconds(item, 3)) == (2, 1, None)
    assert asked[0] == (["a"], True)
    assert made._seconds(w.LoadedItem("n", "N"), 2) is None and len(asked) == 3
    with pytest.raises(w.WorkspaceError) as told:
        made.plot(item, (0, 0, 0), 4.0, "en")
    assert (told.value.reason, told.value.fields) == ("not-a-sequence", {"name": "N"})
    assert made.curves() == ()
