"""Takes a data set away again: from the scene, the DICOM database and the disk, each only where that was asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import qt

from DICOMTutorialHelperLib.data.published.recognition import PRACTICE, RecognisedSet
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.practice import series_of
from DICOMTutorialHelperLib.panel.widgets import text_label
from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.workspace.interface import Workspace

SCENE, DATABASE, FILES = "scene", "database", "files"


@dataclass(frozen=True)
class Removal:
    """What there is of a data set. ``files`` are images made by this extension alone: those can be made again."""

    node_ids: tuple[str, ...] = ()
    series_instance_uids: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    file_bytes: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        there = ((SCENE, self.node_ids), (DATABASE, self.series_instance_uids), (FILES, self.files))
        return tuple(part for part, some in there if some)


def removal_of(found: RecognisedSet, workspace: Workspace) -> Removal:
    """What can be taken away of a data set that was found on the disk."""
    uids = series_of(found)
    listed = {series.series_instance_uid for patient in workspace.patients() for series in patient.series}
    files = found.files if found.origin == PRACTICE else ()
    return Removal(
        tuple(item.node_id for item in workspace.loaded() if item.series_instance_uid in uids),
        tuple(uid for uid in uids if uid in listed),
        files,
        size_of(files),
    )


def size_of(files: tuple[Path, ...]) -> int:
    """Bytes; a file that is gone meanwhile has none."""
    total = 0
    for path in files:
        with suppress(OSError):
            total += path.stat().st_size
    return total


def remove(removal: Removal, parts: tuple[str, ...], workspace: Workspace, home: Path) -> None:
    """Take the parts away, what rests on another before it. Raises OSError where a file stays."""
    if SCENE in parts:
        for node_id in removal.node_ids:
            workspace.unload(node_id)
    if DATABASE in parts:
        for uid in removal.series_instance_uids:
            workspace.remove_series(uid)
    if FILES in parts:
        _remove_files(removal.files, home)


def _remove_files(files: tuple[Path, ...], home: Path) -> None:
    """Files, and the folders below ``home`` that they leave empty."""
    for path in files:
        path.unlink()
    for folder in sorted({parent for path in files for parent in path.parents if home in parent.parents}, reverse=True):
        with suppress(OSError):  # something else lies in it
            folder.rmdir()


def ask_removal(parent: qt.QWidget, title: str, removal: Removal, home: Path, language: str) -> Optional[tuple[str, ...]]:
    """Ask for each part whether it is to go; None where the learner would rather not."""
    dialog = qt.QDialog(parent)
    dialog.objectName = "DataRemovalDialog"
    dialog.windowTitle = message("data.remove", language)
    layout = qt.QVBoxLayout(dialog)
    layout.addWidget(text_label(html_text(message("data.remove.ask", language, name=title))))
    fields: dict[str, dict[str, object]] = {
        SCENE: {"count": len(removal.node_ids)},
        DATABASE: {"count": len(removal.series_instance_uids)},
        FILES: {"count": len(removal.files), "size": megabytes(removal.file_bytes), "folder": str(home)},
    }
    boxes = {}
    for part in removal.parts:
        box = boxes[part] = qt.QCheckBox(message(f"data.remove.{part}", language, **fields[part]))
        box.objectName = f"DataRemoval-{part}"
        box.checked = True
        layout.addWidget(box)
    buttons = qt.QDialogButtonBox()
    # Not in the constructor: PythonQt takes them for an orientation, and there is no button.
    buttons.standardButtons = qt.QDialogButtonBox.Ok | qt.QDialogButtonBox.Cancel
    buttons.button(qt.QDialogButtonBox.Ok).text = message("data.remove.now", language)
    buttons.button(qt.QDialogButtonBox.Cancel).text = message("job.cancel", language)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    layout.addWidget(buttons)
    accepted = run_dialog(dialog)
    chosen = tuple(part for part, box in boxes.items() if box.checked)
    dialog.deleteLater()
    return chosen if accepted else None


def run_dialog(dialog: qt.QDialog) -> bool:
    """Whether the learner agreed."""
    return bool(dialog.exec_() if hasattr(dialog, "exec_") else dialog.exec())


def megabytes(size: int) -> float:
    """As people speak of files: 0.1, 3.4, 25, 412."""
    value = size / 1e6
    return float(round(value)) if value >= 10 else max(round(value, 1), 0.1)
