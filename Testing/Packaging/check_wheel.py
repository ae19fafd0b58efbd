"""Builds the wheel and the source distribution and tries them where no checkout is: ``python Testing/Packaging/check_wheel.py``.

Each is installed in an environment of its own, and the command line runs there from an empty folder: help, practice images, their
examination, a header in French, the tutorial's check. What is tried needs no Slicer. ``--keep FOLDER`` keeps what was built.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TRIALS = (
    ("--help",),
    ("practice", "practice-data", "--set", "torso-ct"),
    ("examine", "practice-data", "--json"),
    ("tree", "practice-data", "--lang", "fr"),
    ("tutorial", "check"),
)


def main() -> int:
    """0 where both work; the first command that does not ends the run with its status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the wheel and the source distribution there")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        built = _build(work)
        for package in built:
            _try(package, work / f"environment-{package.name}")
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            for package in built:
                shutil.copy(package, keep)
    print(f"Both work: {', '.join(package.name for package in built)}")
    return 0


def _build(work: Path) -> list[Path]:
    """The source distribution and the wheel made from it, of a copy: building leaves folders beside the sources."""
    sources = work / "sources"
    kept_out = shutil.ignore_patterns(".git", "build", "dist", "*.egg-info", "__pycache__", ".venv")
    shutil.copytree(CHECKOUT, sources, ignore=kept_out)
    python = _environment(work / "builder")
    _run(python, "-m", "pip", "install", "--quiet", "build", where=work)
    _run(python, "-m", "build", "--outdir", work / "dist", sources, where=work)
    return sorted((work / "dist").iterdir())


def _try(package: Path, folder: Path) -> None:
    python = _environment(folder)
    _run(python, "-m", "pip", "install", "--quiet", package, where=folder)
    empty = folder / "empty"
    empty.mkdir()
    for trial in TRIALS:
        _run(python.parent / "dicom-tutorial", *trial, where=empty)
    header = next((empty / "practice-data").rglob("*.dcm"))
    _run(python.parent / "dicom-tutorial", "header", header, "--lang", "fr", where=empty)


def _environment(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def _run(*command: object, where: Path) -> None:
    print("+", *(Path(str(part)).name if os.sep in str(part) else part for part in command), flush=True)
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run([str(part) for part in command], cwd=where, env=plain, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(done.stdout)
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
