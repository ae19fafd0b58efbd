"""What was captured of steps, kept in a folder between starts of the application: a file a step, so that a hand-in is whole."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote, unquote

from DICOMTutorialHelperLib.staging import staged_file
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep, Picture
from DICOMTutorialHelperLib.tutorial.tables import Chart, DataTable, DataTableRow


class KeptSteps:
    """Captured steps of one tutorial by their names, in memory and, where there is a ``folder``, on the disk.

    A disk that cannot be written, or a file that cannot be read, costs a picture and never the tutorial: the log says so.
    """

    def __init__(self, folder: Optional[Path] = None) -> None:
        self._folder = folder
        self.steps: dict[str, CapturedStep] = {}
        for path in sorted(folder.glob("*.json")) if folder is not None and folder.is_dir() else ():
            try:
                self.steps[unquote(path.stem)] = _from_json(path.read_text(encoding="utf-8"))
            except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
                logging.warning(f"DICOM Tutorial Helper: what was kept of a step cannot be read ({type(error).__name__})")

    def keep(self, step_id: str, captured: CapturedStep) -> None:
        """Keep what was captured of a step, in place of what was kept before."""
        self.steps[step_id] = captured
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with staged_file(self._file(self._folder, step_id), overwrite=True) as staged:
                staged.write_text(_to_json(captured), encoding="utf-8")
        except OSError as error:
            logging.warning(f"DICOM Tutorial Helper: pictures of a step are not kept ({error.strerror})")

    def forget(self, step_ids: Iterable[str]) -> None:
        """Let go of steps; of those that are not kept there is nothing to do."""
        for step_id in list(step_ids):
            if self.steps.pop(step_id, None) is not None and self._folder is not None:
                try:
                    self._file(self._folder, step_id).unlink(missing_ok=True)
                except OSError as error:
                    logging.warning(f"DICOM Tutorial Helper: pictures of a step stay on the disk ({error.strerror})")

    @staticmethod
    def _file(folder: Path, step_id: str) -> Path:
        """Whatever a teacher called the step, a file in this folder."""
        return folder / f"{quote(step_id, safe='')}.json"


def folder_of(kept: Path, tutorial_id: str) -> Path:
    """The folder of one tutorial, whatever its name, in the folder for all."""
    return kept / f"steps-{quote(tutorial_id, safe='')}"


def _to_json(captured: CapturedStep) -> str:
    pictures = [
        {"view": one.view, "png": base64.b64encode(one.png).decode("ascii"), "shows": one.shows} for one in captured.pictures
    ]
    table = asdict(captured.data_table) if captured.data_table is not None else None
    return json.dumps({"pictures": pictures, "data_table": table}, ensure_ascii=False)


def _from_json(text: str) -> CapturedStep:
    content = json.loads(text)
    pictures = tuple(
        Picture(str(one["view"]), base64.b64decode(one["png"], validate=True), dict(one["shows"])) for one in content["pictures"]
    )
    return CapturedStep(pictures, None if content["data_table"] is None else _table(content["data_table"]))


def _table(content: dict[str, Any]) -> DataTable:
    """JSON has lists where the table has tuples."""
    rows = tuple(DataTableRow(**{**row, "cells": tuple(map(str, row["cells"]))}) for row in content["rows"])
    chart = content["chart"]
    if chart is not None:
        lines = tuple((str(name), tuple(values)) for name, values in chart["lines"])
        mark = None if chart["mark"] is None else (float(chart["mark"][0]), str(chart["mark"][1]))
        chart = Chart(tuple(chart["times"]), lines, chart["time_axis"], chart["value_axis"], mark)
    return DataTable(**{**content, "columns": tuple(content["columns"]), "rows": rows, "chart": chart})
