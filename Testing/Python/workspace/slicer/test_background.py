"""Work in a thread of its own, with progress and cancelling."""

from __future__ import annotations

import threading

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from DICOMTutorialHelperLib.progress import Cancelled


class TestBackground:
    def test_work_is_done_in_another_thread_and_told_in_this_one(self, host):
        from DICOMTutorialHelperLib.workspace.slicer.background import in_thread

        told, here = [], threading.current_thread()
        ready = threading.Event()

        def work(progress):
            assert threading.current_thread() is not here
            progress(1, 2)
            assert ready.wait(20)
            return "result"

        def progress(done, total):
            assert threading.current_thread() is here
            told.append((done, total))
            if (done, total) == (1, 2):
                ready.set()

        assert in_thread(work, progress) == "result"
        assert (1, 2) in told and set(told) <= {(0, 0), (1, 2)}

    def test_errors_come_over_and_a_stop_ends_the_work(self, host):
        from DICOMTutorialHelperLib.workspace.slicer.background import in_thread

        def fail(progress):
            raise ValueError("of the work")

        with pytest.raises(ValueError, match="of the work"):
            in_thread(fail, lambda done, total: None)

        def stop(done, total):
            raise Cancelled

        stopped = []

        def work(progress):
            for step in range(100_000):
                try:
                    progress(step, 100_000)
                except Cancelled:
                    stopped.append(step)
                    raise
                threading.Event().wait(0.001)

        with pytest.raises(Cancelled):
            in_thread(work, stop)
        assert stopped
        with pytest.raises(Cancelled):
            in_thread(lambda progress: threading.Event().wait(0.1), stop)
