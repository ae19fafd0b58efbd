"""``export``: volumes, sequences and segmentations of a scene back to DICOM, under their own study."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, add_overwrite, path_argument, print_json
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.plain_text import file_stem


def add_to(subparsers) -> None:
    export = subparsers.add_parser(
        "export",
        help="write what a scene holds back to DICOM, as new series of the same study",
        description="Write the volumes, sequences and segmentations of a scene (that the command load made, or Slicer saved) as "
        "DICOM series: every slice where it lies, every value as it is, patient and study as they are, new UIDs by a fixed "
        "rule, and references to the images they came from. Needs the package slicer-core, for segmentations highdicom too.",
    )
    export.add_argument("scene", type=path_argument, metavar="SCENE", help="a .mrml scene, or the folder that holds scene.mrml")
    export.add_argument("--out", type=path_argument, required=True, metavar="DIR", help="folder to write to; made if need be")
    export.add_argument("--node", action="append", metavar="NAME", help="only what has this name (may be given again)")
    export.add_argument(
        "--sources", type=path_argument, action="append", default=[], metavar="PATH",
        help="the DICOM files that the scene was loaded from: the new images then say all that these say of patient, study and "
        "acquisition (may be given again)",
    )  # fmt: skip
    add_overwrite(export)
    add_language(export)
    export.set_defaults(run=run_export)


def run_export(arguments: argparse.Namespace) -> int:
    terminal = Terminal(arguments.lang)
    terminal.words = {**terminal.words, **messages("export", terminal.language)}
    try:
        from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene
    except ImportError as error:
        return terminal.fail(messages("examination", terminal.language)["no-slicer"].format(detail=error))
    from DICOMTutorialHelperLib.dicom.source_headers import SourceHeaders
    from DICOMTutorialHelperLib.scene.exporting import exportable_nodes
    from DICOMTutorialHelperLib.scene.scene_files import SCENE_FILE, OpenError, open_scene
    from DICOMTutorialHelperLib.staging import merge_whole, staging_folder

    path = arguments.scene / SCENE_FILE if arguments.scene.is_dir() else arguments.scene
    for needed in (path, *arguments.sources):
        if not needed.exists():
            terminal.fail(terminal.message("error.not-found", path=needed))
            return 2
    scene = HeadlessScene().scene
    try:
        open_scene(scene, path)
    except OpenError as error:
        return terminal.fail(terminal.message("no-scene", path=path, detail=str(error)))
    nodes = exportable_nodes(scene)
    wanted = [node for node in nodes if not arguments.node or node.name in arguments.node]
    unknown = set(arguments.node or ()) - {node.name for node in wanted}
    if unknown or not wanted:
        names = ", ".join(node.name for node in nodes) or "-"
        terminal.fail(terminal.message("no-node", name=", ".join(sorted(unknown)) or "-", names=names))
        return 2
    headers = SourceHeaders.below(arguments.sources, terminal.progress())
    report: dict[str, Any] = {"written": [], "failed": []}
    try:
        with staging_folder(arguments.out) as staging:
            _export_all(scene, wanted, headers, staging, arguments.out, report, terminal)
            if report["written"]:
                merge_whole(staging, arguments.out, arguments.overwrite)
    except FileExistsError as error:
        return terminal.fail(terminal.message("would-overwrite", path=error.filename or arguments.out))
    except OSError as error:
        return terminal.fail(terminal.message("cannot-write", path=arguments.out, detail=system_reason(error)))
    if arguments.json:
        print_json(report)
    else:
        _show(report, bool(arguments.sources), terminal)
    return 0 if report["written"] and not report["failed"] else 1


def _export_all(scene, wanted, headers, staging: Path, out: Path, report: dict[str, Any], terminal: Terminal) -> None:
    """Write to ``staging``, from where all goes to ``out``; what cannot be written is in the report, with the reason."""
    from DICOMTutorialHelperLib.dicom.series_to_write import ExportError
    from DICOMTutorialHelperLib.scene.exporting import write_node

    taken: set[str] = set()
    for node in wanted:
        stem = file_stem(node.name)
        name, number = stem, 1
        while name.lower() in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add(name.lower())
        try:
            written = write_node(scene, node, headers.get, staging / name, terminal.progress())
        except ExportError as error:
            report["failed"].append({"name": node.name, "reason": error.message(terminal.language)})
            continue
        report["written"].append({
            "name": node.name, "series_instance_uid": written.series_instance_uid, "sop_class_uid": written.sop_class_uid,
            "files": len(written.files), "folder": str(out / name),
        })  # fmt: skip


def _show(report: dict[str, Any], with_sources: bool, terminal: Terminal) -> None:
    from rich.text import Text

    for entry in report["written"]:
        line = terminal.message("written", name=entry["name"], count=entry["files"], folder=entry["folder"])
        terminal.out.print(Text.assemble(("✓ ", "green"), line), soft_wrap=True)
    for failure in report["failed"]:
        terminal.err.print(Text.assemble(("x ", "red"), failure["reason"]), soft_wrap=True)
    if report["written"] and not with_sources:
        terminal.err.print(Text(terminal.message("without-sources"), style="yellow"), soft_wrap=True)
