"""Slicer's readers in a process of their own: what damaged pixels do to GDCM ends that process, not the application.

As a program (``python -m …decoding_process``) it answers every line on its input, a file to decode, with a line: the file that
holds the frames as a numpy array, or "-" and, as JSON, the reason why there are none.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.scene.vtkitk_decoder import decode, vtkitk_class

READY = "ready"
# Beyond any image that is loaded at once; a fragment of 4 kB was seen to make GDCM take 12 GB.
MOST_MEMORY_BYTES = 6 << 30
LONGEST_WAIT_SECONDS = 120.0


class DecodingProcess:
    """Decodes file after file while the context lasts; started at the first, started again where one has ended it."""

    def __init__(self, only_there: bool = False) -> None:
        """``only_there``: where this system gives no such process, nothing is decoded, instead of by the readers here."""
        self._only_there = only_there
        self._process: Optional[subprocess.Popen] = None
        self._folder: Optional[tempfile.TemporaryDirectory] = None

    def __enter__(self) -> DecodingProcess:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()
        if self._folder is not None:
            self._folder.cleanup()

    def decode(self, path: Path) -> np.ndarray:
        """As ``vtkitk_decoder.decode``: (frames, rows, columns[, samples]).

        Where this system gives no process that has Slicer's readers, those of this one are asked, unless ``only_there``.
        Raises DecodingError, also where the data ended the process or took too long.
        """
        if self._process is None:
            self._process = self._started()
        if self._process is None and self._only_there:
            raise DecodingError(Path(path).name, "undecodable", "no process")
        if self._process is None:
            return decode(path)
        answer = self._ask(os.path.abspath(path))
        if answer.startswith("-"):
            raise DecodingError(Path(path).name, **json.loads(answer[1:]))
        values = np.load(answer)
        os.remove(answer)
        return values

    def _ask(self, path: str) -> str:
        process = self._process
        watch = threading.Timer(LONGEST_WAIT_SECONDS, process.kill)
        watch.start()
        try:
            process.stdin.write(f"{os.fsencode(path).hex()}\n")
            process.stdin.flush()
            answer = process.stdout.readline().rstrip("\n")
        except OSError:
            answer = ""
        finally:
            watch.cancel()
        if not answer:
            self._end()
            return '-{"reason": "ended-reader"}'
        return answer

    def _started(self) -> Optional[subprocess.Popen]:
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="dicom-decoding-")
        # The application's own executable is no Python.
        python = shutil.which("PythonSlicer") or sys.executable
        library = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join(part for part in (library, os.environ.get("PYTHONPATH", "")) if part)
        try:
            process = subprocess.Popen(
                [python, "-m", __name__, self._folder.name],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                env={**os.environ, "PYTHONPATH": paths},
            )  # fmt: skip
        except OSError:
            return None
        if process.stdout.readline().strip() != READY:
            process.kill()
            process.communicate()
            return None
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = MOST_MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MOST_MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))


def main(folder: str) -> None:
    """Answer until the input ends; ready once Slicer's readers are there."""
    _bound_memory()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # libraries write there what they please
    vtkitk_class("vtkITKArchetypeImageSeriesScalarReader")
    print(READY, file=answers, flush=True)
    for number, line in enumerate(sys.stdin):
        try:
            values = decode(os.fsdecode(bytes.fromhex(line.strip())))
        except DecodingError as error:
            answer = f"-{json.dumps({'reason': error.reason, 'detail': error.detail})}"
        except (OSError, ValueError, MemoryError) as error:
            answer = f"-{json.dumps({'reason': 'undecodable', 'detail': str(error) or type(error).__name__})}"
        else:
            answer = os.path.join(folder, f"{number}.npy")
            np.save(answer, values)
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
