"""``examine`` and ``load``: what a folder holds and why, and the same as a MRML scene with pictures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from DICOMTutorialHelperLib.commands.quick_start import lasting_imports
from DICOMTutorialHelperLib.commands.servers import WHOLE, add_allow_http, reads_servers, source_argument
from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, add_overwrite, path_argument, print_json
from DICOMTutorialHelperLib.dicom.dates import iso_date
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.messages import language_of, messages, number_text
from DICOMTutorialHelperLib.plain_text import file_stem, one_line

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from DICOMTutorialHelperLib.dicom.candidate import Candidate, SeriesExamination

SIGNS = {"info": "i", "warning": "!", "error": "x"}
STYLES = {"info": "dim", "warning": "yellow", "error": "red"}
MOST_SKIPPED = 10
HARMLESS = {"not-an-image", "duplicate-instance"}


def add_to(subparsers) -> None:
    examine = subparsers.add_parser(
        "examine",
        help="say what can be loaded from folders or files, and why",
        description="Examine DICOM series: volumes and sequences, how sure, and every oddity in plain words.",
    )
    examine.add_argument("paths", type=source_argument, nargs="+", metavar="PATH", help="folders, files, or a server's address")
    add_allow_http(examine)
    examine.add_argument("--all", action="store_true", help="show the alternatives that are not selected, too")
    examine.add_argument(
        "--report",
        type=path_argument,
        metavar="FILE",
        help="write all that decides how the series are read into one file, without personal data or pixels, for a bug report",
    )
    add_overwrite(examine)
    add_language(examine)
    examine.set_defaults(run=run_examine)

    load = subparsers.add_parser(
        "load",
        help="load the best of every series into a MRML scene, with pictures",
        description="Load the selected candidates of every series and write OUT/scene.mrml with its data, which Slicer opens, "
        "and a picture of the three middle slices of each volume. Needs the package slicer-core.",
    )
    load.add_argument("paths", type=source_argument, nargs="+", metavar="PATH", help="folders, files, or a server's address")
    add_allow_http(load)
    load.add_argument("--out", type=path_argument, required=True, metavar="DIR", help="folder to write to; made if need be")
    load.add_argument("--series", action="append", metavar="UID", help="only this SeriesInstanceUID (may be given again)")
    load.add_argument(
        "--compress", action="store_true", help="compress the volumes: about half the room, and several times the time"
    )
    add_overwrite(load)
    add_language(load)
    load.set_defaults(run=run_load)


@reads_servers("paths", WHOLE)
def run_examine(arguments: argparse.Namespace) -> int:
    terminal = Terminal(arguments.lang)
    if not _all_exist(arguments.paths, terminal):
        return 2
    from DICOMTutorialHelperLib.dicom.examine import examine_paths
    from DICOMTutorialHelperLib.dicom.serialization import examination_to_dict

    if arguments.report:
        return _write_report(arguments, terminal)
    examination = examine_paths(arguments.paths, terminal.progress())
    data = examination_to_dict(examination, terminal.language)
    if arguments.json:
        print_json(data)
    else:
        _show(data, terminal, arguments.all)
    return 0 if examination.series else 1


def _write_report(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """The series report of the paths as a file of JSON; nothing is written where there is no image."""
    from DICOMTutorialHelperLib.explore.series_report import series_report
    from DICOMTutorialHelperLib.staging import staged_file

    report = series_report(arguments.paths, terminal.progress())
    if not report["instances"]:
        return terminal.fail(terminal.message("report.nothing", path=", ".join(map(str, arguments.paths))))
    text = json.dumps(report, indent=1)
    try:
        with staged_file(arguments.report, arguments.overwrite) as staged:
            staged.write_text(text, encoding="ascii")
    except FileExistsError:
        return terminal.fail(terminal.message("would-overwrite", path=arguments.report))
    except OSError as error:
        reason = messages("examination", terminal.language)["cannot-write"]
        return terminal.fail(reason.format(path=arguments.report, detail=system_reason(error)))
    count, size = len(report["instances"]), (len(text) + 1023) // 1024
    if arguments.json:
        print_json({"report": str(arguments.report), "instances": count, "withheld": report["withheld"]})
        return 0
    terminal.out.print(terminal.message("report.written", path=arguments.report, count=count, size=size), soft_wrap=True)
    if report["withheld"]:
        terminal.out.print(terminal.message("report.withheld", count=report["withheld"]), soft_wrap=True)
    return 0


@reads_servers("paths", WHOLE)
def run_load(arguments: argparse.Namespace) -> int:
    terminal = Terminal(arguments.lang)
    words = messages("examination", terminal.language)
    if not _all_exist(arguments.paths, terminal):
        return 2
    try:
        with lasting_imports() if "slicer" not in sys.modules else nullcontext():
            from DICOMTutorialHelperLib.scene import slice_snapshots  # noqa: F401 - for later
            from DICOMTutorialHelperLib.workspace.headless.slicer_core import HeadlessSlicer
    except ImportError as error:
        return terminal.fail(words["no-slicer"].format(detail=error))
    from DICOMTutorialHelperLib.dicom.serialization import skipped_to_dict
    from DICOMTutorialHelperLib.scene.load_error import SaveError
    from DICOMTutorialHelperLib.scene.scene_files import SCENE_FILE
    from DICOMTutorialHelperLib.staging import merge_whole, staging_folder

    if arguments.out.exists() and not arguments.out.is_dir():
        terminal.fail(words["out-is-a-file"].format(path=arguments.out))
        return 2
    if (arguments.out / SCENE_FILE).exists() and not arguments.overwrite:
        return terminal.fail(terminal.message("would-overwrite", path=arguments.out / SCENE_FILE))
    workspace = HeadlessSlicer()
    examination = workspace.import_folder(arguments.paths, terminal.progress())
    wanted = [series for series in workspace.series() if not arguments.series or series.series_instance_uid in arguments.series]
    unknown = set(arguments.series or ()) - {series.series_instance_uid for series in wanted}
    if unknown:
        terminal.fail(words["unknown-series"].format(uids=", ".join(sorted(unknown))))
        return 2
    skipped = [*examination.skipped, *(file for series in wanted for file in series.skipped)]
    report: dict[str, Any] = {"loaded": [], "failed": [], "scene": None}
    report["skipped"] = [skipped_to_dict(file, terminal.language) for file in skipped]
    try:
        with staging_folder(arguments.out) as staging:
            _load_all(workspace, wanted, staging, arguments, report, terminal)
            merge_whole(staging, arguments.out, arguments.overwrite)
    except SaveError as error:
        report["failed"].append({"series_instance_uid": "", "name": SCENE_FILE, "reason": error.message(terminal.language)})
        report["loaded"] = []
    except FileExistsError as error:
        return terminal.fail(terminal.message("would-overwrite", path=error.filename or arguments.out))
    except OSError as error:
        return terminal.fail(words["cannot-write"].format(path=arguments.out, detail=system_reason(error)))
    if arguments.json:
        print_json(report)
    else:
        _show_loaded(report, terminal)
    lost = any(file.finding.code not in HARMLESS for file in skipped)
    return 0 if report["loaded"] and not report["failed"] and not lost else 1


def _all_exist(paths: list[Path], terminal: Terminal) -> bool:
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        terminal.fail(messages("examination", terminal.language)["no-such-path"].format(path=path))
    return not missing


def _load_all(
    workspace, wanted: list[SeriesExamination], staging: Path, arguments: argparse.Namespace, report: dict[str, Any],
    terminal: Terminal,
) -> None:  # fmt: skip
    """Load into the workspace and write to ``staging``, from where all goes to ``arguments.out``."""
    from DICOMTutorialHelperLib.scene.load_error import LoadError, SaveError
    from DICOMTutorialHelperLib.scene.scene_files import SCENE_FILE
    from DICOMTutorialHelperLib.scene.slice_snapshots import three_slices_png
    from DICOMTutorialHelperLib.staging import flushing

    out = arguments.out
    pictures: dict[str, tuple[str, bool]] = {}  # by name: of which node, and whether it is known where it lies
    for series in wanted:
        for candidate in series.selected:
            try:
                node = workspace.load(candidate, terminal.progress())
            except LoadError as error:
                report["failed"].append(_failure(series, candidate, error.because(terminal.language)))
                continue
            picture = _free_name(file_stem(node.name), pictures)
            placed = not any(finding.code == "missing-geometry" for finding in candidate.findings)
            pictures[picture] = (node.node_id, placed)
            entry = {"series_instance_uid": series.series_instance_uid, "name": node.name, "kind": node.kind}
            entry.update(node_id=node.node_id, frames=len(candidate.stacks), picture=str(out / picture))
            report["loaded"].append({**entry, **_described(candidate, terminal.language)})
        if not series.selected:
            report["failed"].append(_failure(series, None, messages("examination", terminal.language)["nothing-to-load"]))
    if report["loaded"]:
        try:
            workspace.save_scene(staging, arguments.compress)
        except SaveError as error:
            if not error.written:
                raise
            report["failed"].append({"series_instance_uid": "", "name": SCENE_FILE, "reason": error.message(terminal.language)})
        report["scene"] = str(out / SCENE_FILE)
    # The disk takes its time for the volumes, and the processor for the pictures.
    with flushing(staging):
        for picture, (node_id, placed) in pictures.items():
            three_slices_png(workspace.loaded_candidate(node_id).volume, staging / picture, directions_known=placed)


def _described(candidate: Candidate, language: str) -> dict[str, Any]:
    from DICOMTutorialHelperLib.dicom.serialization import candidate_to_dict

    data = candidate_to_dict(candidate, language)
    return {key: data[key] for key in ("dimensions", "spacing_mm", "index", "findings")}


def _failure(series: SeriesExamination, candidate, reason: str) -> dict[str, str]:
    name = candidate.name if candidate else str(series.get("SeriesDescription", ""))
    return {"series_instance_uid": series.series_instance_uid, "name": name, "reason": reason}


def _free_name(stem: str, taken: Iterable[str]) -> str:
    name, number = f"{stem}.png", 1
    lower = {one.lower() for one in taken}
    while name.lower() in lower:
        name, number = f"{stem}_{number}.png", number + 1
    return name


def _show(data: dict[str, Any], terminal: Terminal, with_alternatives: bool) -> None:
    from rich.tree import Tree

    words = messages("examination", terminal.language)
    for patient in data["patients"]:
        name = " ".join(part for part in (patient["patient_name"].replace("^", " ").strip(), patient["patient_id"]) if part)
        tree = Tree(_titled(words["patient"], name or words["no-name"]))
        for study in patient["studies"]:
            title = " ".join(part for part in (iso_date(study["date"]), study["description"]) if part)
            branch = tree.add(_titled(words["study"], title or words["no-name"]))
            for series in study["series"]:
                _add_series(branch, series, words, with_alternatives)
        terminal.out.print(tree)
    if not data["patients"]:
        terminal.out.print(words["no-series"])
    _show_skipped(data["skipped"], words, terminal)
    if data["patients"] or data["skipped"]:
        terminal.out.print(_next_step(data, words), soft_wrap=True)


def _next_step(data: dict[str, Any], words: dict[str, str]) -> str:
    """What to do with what was found: the last line of the report."""
    selected = [
        candidate
        for patient in data["patients"]
        for study in patient["studies"]
        for series in study["series"]
        for candidate in series["candidates"]
        if candidate["selected"]
    ]
    if not selected:
        return words["next.nothing"]
    odd = sum(finding["severity"] != "info" for candidate in selected for finding in candidate["findings"])
    return words["next.warnings"].format(count=odd) if odd else words["next.load"]


def _titled(kind: str, title: str) -> Text:
    from rich.text import Text

    return Text.assemble((kind, "bold"), " ", one_line(title))


def _finding(finding: dict[str, Any]) -> Text:
    from rich.text import Text

    return Text(f"{SIGNS[finding['severity']]} {one_line(finding['message'])}", STYLES[finding["severity"]])


def _add_series(branch: Tree, series: dict[str, Any], words: dict[str, str], with_alternatives: bool) -> None:
    from rich.text import Text

    number = "" if series["number"] is None else f"{series['number']}: "
    kind = ", ".join(filter(None, [series["modality"], words["files"].format(count=series["instances"])]))
    title = f"{number}{series['description'] or words['no-name']} ({kind})"
    series_branch = branch.add(_titled(words["series"], title))
    hidden = 0
    for candidate in series["candidates"]:
        if not candidate["selected"] and not with_alternatives:
            hidden += 1
            continue
        leaf = series_branch.add(_candidate_line(candidate, words))
        for finding in candidate["findings"]:
            leaf.add(_finding(finding))
    if hidden:
        series_branch.add(Text(words["alternatives"].format(count=hidden), "dim"))


def _candidate_line(candidate: dict[str, Any], words: dict[str, str]) -> Text:
    from rich.text import Text

    mark = ("✓", "green") if candidate["selected"] else ("·", "dim")
    shape = " × ".join(str(count) for count in candidate["dimensions"])
    language = language_of(words)
    spacing = " × ".join(number_text(float(f"{length:.4g}"), language) for length in candidate["spacing_mm"])
    kind = words[candidate["kind"]]
    if candidate["index"]:
        kind += f" ({words['of-volumes'].format(count=candidate['frames'])}, {one_line(candidate['index']['name'])})"
    if candidate["part"]:
        named = messages("findings", language)
        parts = (named.get(f"word.{part}", part) for part in candidate["part"].split(", "))
        kind += f" · {one_line(', '.join(parts))}"
    return Text.assemble(
        mark, f" {kind}  {shape}  {spacing} mm  {words['confidence']} {number_text(candidate['confidence'], language)}"
    )


def _show_loaded(report: dict[str, Any], terminal: Terminal) -> None:
    from rich.text import Text
    from rich.tree import Tree

    words = messages("examination", terminal.language)
    for entry in report["loaded"]:
        branch = Tree(Text.assemble(("✓", "green"), " ", one_line(entry["name"])))
        shape = " × ".join(str(count) for count in entry["dimensions"])
        branch.add(f"{words[entry['kind']]}, {shape}" + (f", {entry['frames']} x" if entry["frames"] > 1 else ""))
        for finding in entry["findings"]:
            branch.add(_finding(finding))
        branch.add(Text(one_line(entry["picture"]), "dim"))
        terminal.out.print(branch)
    for failure in report["failed"]:
        terminal.out.print(Text.assemble(("x", "red"), " ", one_line(f"{failure['name']}: {failure['reason']}")))
    _show_skipped(report["skipped"], words, terminal)
    if report["scene"]:
        terminal.out.print(words["written"].format(path=one_line(report["scene"])), soft_wrap=True)
    elif not report["failed"]:
        terminal.out.print(words["no-series"])


def _show_skipped(skipped: list[dict[str, Any]], words: dict[str, str], terminal: Terminal) -> None:
    from rich.text import Text

    if not skipped:
        return
    terminal.out.print(words["skipped.one" if len(skipped) == 1 else "skipped"].format(count=len(skipped)))
    # What was lost first, what is merely no image last.
    ordered = sorted(skipped, key=lambda file: file["code"] in HARMLESS)
    for file in ordered[:MOST_SKIPPED]:
        terminal.out.print(Text.assemble("  ", _finding(file)), soft_wrap=True)
    if len(skipped) > MOST_SKIPPED:
        terminal.out.print(f"  … +{len(skipped) - MOST_SKIPPED}")
