"""Work on files in a thread, while the thread that asked lets the window live."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from DICOMTutorialHelperLib.progress import Cancelled, Progress

Result = TypeVar("Result")
TURN_SECONDS = 0.02  # how long the main thread waits for a working one before it handles events


def in_thread(work: Callable[[Progress], Result], progress: Progress) -> Result:
    """Run ``work`` in a thread while ``progress`` is called here, on the thread that waits, with how far it is.

    ``work`` must touch neither MRML nor Qt. Returns what it returned, raises what it raised; a Cancelled that ``progress``
    raises stops the work at its next sign of progress.
    """
    state: dict[str, Any] = {"progress": (0, 0), "stop": False}

    def report_progress(done: int, total: int) -> None:
        state["progress"] = (done, total)
        if state["stop"]:
            raise Cancelled

    def body() -> None:
        try:
            state["result"] = work(report_progress)
        except BaseException as error:  # carried over to the thread that asked
            state["error"] = error

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(TURN_SECONDS)
        try:
            progress(*state["progress"])
        except Cancelled:
            state["stop"] = True
    if "error" in state:
        raise state["error"]
    if state["stop"]:
        raise Cancelled
    return state["result"]
