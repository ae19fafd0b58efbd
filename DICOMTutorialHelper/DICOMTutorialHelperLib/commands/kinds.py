"""``kinds``: what kinds of objects a folder holds, what opens them, and what segmentations and reports say."""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict

from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, path_argument, print_json

MOST_OBJECTS = 20


def add_to(subparsers) -> None:
    kinds = subparsers.add_parser(
        "kinds",
        help="name the kinds of objects, and what in Slicer opens them",
        description="Name every kind of DICOM object in plain words and say what in Slicer opens it. "
        "Segmentations are shown with their segments, structured reports with their measurements.",
    )
    kinds.add_argument("path", type=path_argument, metavar="PATH", nargs="+", help="folders or files")
    kinds.add_argument(
        "--slicer", metavar="VERSION", type=slicer_version, help="only what this Slicer version opens, such as 5.8"
    )
    kinds.add_argument("--tree", action="store_true", help="the whole content of structured reports")
    add_language(kinds)
    kinds.set_defaults(run=run_kinds)


def slicer_version(text: str) -> str:
    """``5.8`` or ``5.8.1`` as it stands. Raises ArgumentTypeError for anything else."""
    if not re.match(r"\d+\.\d+(\.\d+)?$", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a version such as 5.8")
    return text


def run_kinds(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.messages import messages

    terminal = Terminal(arguments.lang)
    terminal.words = {**terminal.words, **messages("kinds", terminal.language)}
    missing = [path for path in arguments.path if not path.exists()]
    if missing:
        return terminal.fail(terminal.message("error.not-found", path=missing[0]))
    from DICOMTutorialHelperLib.explore.data_model import data_model
    from DICOMTutorialHelperLib.explore.object_types import count_object_types

    model = data_model(arguments.path, terminal.progress())
    counts = count_object_types(model)
    contents, problems = _contents(counts)
    if arguments.json:
        print_json([_as_json(count, arguments.slicer, contents) for count in counts])
    elif counts:
        _print_kinds(counts, arguments, terminal)
        for path, content in contents.items():
            _print_content(path, content, arguments, terminal)
    terminal.report_unreadable([*model.unreadable, *problems])
    if not counts:
        return terminal.fail(terminal.message("error.nothing", path=arguments.path[0]))
    return 1 if model.unreadable or problems else 0


def _contents(counts):
    """What the segmentations and reports say, by path, and why some could not be read."""
    from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
    from DICOMTutorialHelperLib.explore.reports import read_report
    from DICOMTutorialHelperLib.explore.segments import read_segmentation

    contents, problems = {}, []
    readers = {"segmentation": read_segmentation, "report": read_report, "key-objects": read_report}
    for count in counts:
        reader = readers.get(count.kind)
        for series in count.series if reader else []:
            for instance in series.instances[:MOST_OBJECTS]:
                try:
                    contents[instance.path] = reader(instance.path)
                except UnreadableFile as problem:
                    problems.append(problem)
                except ValueError as error:
                    problems.append(UnreadableFile(instance.path, "damaged", str(error)))
    return contents, problems


def _as_json(count, slicer_version, contents) -> dict:
    from DICOMTutorialHelperLib.explore.object_types import is_retired, reader_plugins, sop_class_name

    paths = {str(instance.path) for series in count.series for instance in series.instances}
    return {
        "sop_class_uid": count.sop_class_uid,
        "name": sop_class_name(count.sop_class_uid),
        "retired": is_retired(count.sop_class_uid),
        "kind": count.kind,
        "instances": count.instances,
        "series": [series.uid for series in count.series],
        "reader_plugins": [asdict(reader_plugin) for reader_plugin in reader_plugins(count.sop_class_uid, slicer_version)],
        "contents": {str(path): asdict(content) for path, content in contents.items() if str(path) in paths},
    }


def _print_kinds(counts, arguments, terminal: Terminal) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from DICOMTutorialHelperLib.explore.object_types import is_retired, reader_plugins, sop_class_name
    from DICOMTutorialHelperLib.explore.values import number

    words = terminal.words
    for count in counts:
        kind = words[f"kind.{count.kind}"]
        title = Text("\n" + kind[0].upper() + kind[1:], style="bold cyan")
        shown = number(count.instances, words)
        series = terminal.message("in-series", count=len(count.series))
        said = terminal.message("tree.instance" if count.instances == 1 else "tree.instances", count=shown)
        terminal.out.print(title.append(f" · {said} {series}", style="not bold"))
        name = sop_class_name(count.sop_class_uid) if count.sop_class_uid else words["unknown-class"]
        retired = f" ({words['retired']})" if is_retired(count.sop_class_uid) else ""
        terminal.out.print(Text(f"  {name}{retired} · {count.sop_class_uid}", style="dim"))
        terminal.out.print(Padding.indent(words[f"kind.{count.kind}.about"], 2))
        found = reader_plugins(count.sop_class_uid, arguments.slicer)
        for reader_plugin in found:
            key = "opens.extension" if reader_plugin.extension else "opens.core"
            line = Text(f"{words['opens']} ", style="dim")
            line.append(terminal.message(key, extension=reader_plugin.extension, module=reader_plugin.module), style="green")
            if reader_plugin.last:
                line.append(", " + terminal.message("opens.until", last=reader_plugin.last))
            elif reader_plugin.first != "5.0":
                line.append(", " + terminal.message("opens.from", first=reader_plugin.first))
            line.append(words["opens.as"].format(what=words[f"as.{reader_plugin.as_what}"]), style="not dim")
            terminal.out.print(Padding.indent(line, 2))
        if not found:
            terminal.out.print(Text(f"  {words['opens']} ", style="dim").append(words["opens.nothing"]))


def _print_content(path, content, arguments, terminal: Terminal) -> None:
    from DICOMTutorialHelperLib.explore.segments import Segmentation

    if isinstance(content, Segmentation):
        _print_segmentation(path, content, terminal)
    else:
        _print_report(path, content, arguments, terminal)


def _print_segmentation(path, content, terminal: Terminal) -> None:
    from rich.table import Table
    from rich.text import Text

    words = terminal.words
    terminal.out.print(Text("\n" + terminal.message("segments.title", name=path.name), style="bold"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for key, width in (("number", 4), ("label", 22), ("what", 48), ("algorithm", 18)):
        table.add_column(words[f"segments.{key}"], width=width, overflow="fold")
    for segment in content.segments:
        number = Text(f"{segment.number} ")
        if segment.rgb:
            number.append("■", style="#{:02x}{:02x}{:02x}".format(*segment.rgb))
        what = Text()
        pairs = [("category", [segment.category]), ("type", [segment.type, *segment.type_modifiers])]
        for key, codes in [*pairs, ("region", [*segment.regions, *segment.region_modifiers])]:
            for code in codes:
                if code is not None:
                    what.append(("\n" if what.plain else "") + words[f"segments.{key}"] + " ", style="dim").append(str(code))
        made_by = words.get(f"algorithm.{segment.algorithm_type}", segment.algorithm_type)
        table.add_row(
            number, Text(segment.label), what, Text("\n".join(part for part in (made_by, segment.algorithm_name) if part))
        )
    terminal.out.print(table)
    for uid in content.referenced_series:
        terminal.out.print(Text("  " + terminal.message("segments.from", uid=uid), style="dim"))


def _print_report(path, content, arguments, terminal: Terminal) -> None:
    from rich.table import Table
    from rich.text import Text
    from rich.tree import Tree

    from DICOMTutorialHelperLib.messages import number_text

    words = terminal.words
    title = content.title.meaning if content.title else ""
    states = words["report.complete" if content.complete else "report.partial"]
    states += ", " + words["report.verified" if content.verified else "report.not-verified"]
    template = f" · TID {content.template}" if content.template else ""
    heading = Text("\n" + terminal.message("report.title", name=path.name), style="bold")
    terminal.out.print(heading.append(f" · {title}{template} · {states}", style="not bold"))
    if arguments.tree:
        branches = [Tree(Text(title or "?", style="bold"))]
        for depth, item in content.content.walk():
            if depth:
                del branches[depth:]
                branches.append(branches[-1].add(_item_line(item, terminal)))
        terminal.out.print(branches[0])
    if not content.measurements:
        terminal.out.print(Text("  " + words["report.none"]))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for key, width in (("finding", 24), ("site", 20), ("quantity", 20), ("value", 12), ("source", 16)):
        table.add_column(words[f"report.{key}"], width=width, overflow="fold", justify="right" if key == "value" else "left")
    for one in content.measurements:
        site = " · ".join(code.meaning for code in (one.site, one.laterality) if code)
        unit = "" if one.unit is None or one.unit.value == "1" else f" {one.unit.value}"
        quantity = ", ".join([one.quantity.meaning if one.quantity else "", *(text for _, text in one.modifiers)])
        images = terminal.message("report.image" if len(one.references) == 1 else "report.images", count=len(one.references))
        sources = [images] * bool(one.references) + [words["report.segment"]] * bool(one.segmentations)
        finding = "\n".join(part for part in (one.finding.meaning if one.finding else "", one.group) if part)
        value = number_text(one.value, terminal.language)
        table.add_row(Text(finding), Text(site), Text(quantity), Text(f"{value}{unit}"), Text("\n".join(sources)))
    terminal.out.print(table)


def _item_line(item, terminal: Terminal):
    from rich.text import Text

    line = Text((item.name.meaning if item.name else item.value_type) + " ", style="cyan")
    if item.value_type == "NUM":
        line.append(f"{item.text} {item.code.value if item.code else ''}".strip(), style="bold")
    elif item.text:
        line.append(item.text)
    if item.references:
        count = len(item.references)
        line.append(" " + terminal.message("report.image" if count == 1 else "report.images", count=count), style="dim")
    return line.append(f"  {item.value_type}", style="dim")
