"""Reports as pages of HTML: personal data, FAIR, kinds of objects. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from DICOMTutorialHelperLib.explore.data_model import data_model
from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
from DICOMTutorialHelperLib.explore.fair import PRINCIPLES, evidence_text, fair_report
from DICOMTutorialHelperLib.explore.object_types import count_object_types, reader_plugins, sop_class_name
from DICOMTutorialHelperLib.explore.privacy import privacy_report
from DICOMTutorialHelperLib.explore.privacy_findings import GRADES, PrivacyReport, grade_of
from DICOMTutorialHelperLib.explore.profile import CATEGORIES
from DICOMTutorialHelperLib.messages import labelled, messages
from DICOMTutorialHelperLib.plain_text import html_text as escape
from DICOMTutorialHelperLib.progress import Progress

# A sign beside each word: colours are never the only sign.
STATUS_SIGNS = {"present": "✔", "partial": "◐", "missing": "✘"}
GRADE_SIGNS = {"direct": "✘", "indirect": "⚠", "technical": "ℹ", "none": "✔"}


def privacy_page(files: Iterable[Path], language: str, progress: Progress) -> str:
    """What the headers of the files give away, summed up: how bad it is, then category by category."""
    words = messages("privacy", language)
    reports, unreadable = [], 0
    files = list(files)
    for done, path in enumerate(files):
        progress(done, len(files))
        try:
            reports.append(privacy_report(path))
        except UnreadableFile:
            unreadable += 1
    if not reports:
        return f"<p>{escape(words['grade.none'])}</p>"
    grade = next(grade for grade in GRADES if any(report.grade == grade for report in reports))
    parts = [f"<h3>{GRADE_SIGNS[grade]} {escape(words[f'verdict.{grade}'])}</h3>"]
    count = words["verdict.file"] if len(reports) == 1 else words["verdict.files"].format(count=len(reports))
    parts.append(f"<p>{escape(count)}</p>")
    declared = sum(report.declared for report in reports)
    if declared:
        parts.append(f"<p>{escape(words['verdict.declared'].format(count=declared))}</p>")
    parts += _personal_elements(reports, words)
    warned = {key: sum(key in report.warnings for report in reports) for report in reports for key in report.warnings}
    if warned:
        parts.append(f"<p><b>{escape(words['warning'])}</b></p><ul>")
        parts += [f"<li>{escape(words[f'warning.{key}'].format(count=count))}</li>" for key, count in warned.items()]
        parts.append("</ul>")
    return "\n".join(parts)


def _personal_elements(reports: list[PrivacyReport], words: dict[str, str]) -> list[str]:
    found: dict[str, dict[tuple[str, str], set[str]]] = {}
    for report in reports:
        for item in report.found:
            found.setdefault(item.category, {}).setdefault((item.tag, item.name), set()).add(item.value)
    parts = []
    for category in CATEGORIES:
        if category not in found:
            continue
        title = f"{words[f'grade.{grade_of(category)}']} · {words[f'category.{category}']}"
        parts.append(f"<h4>{escape(title[0].upper() + title[1:])}</h4><table cellspacing='4'>")
        for (tag, name), values in sorted(found[category].items()):
            shown = next(iter(values)) if len(values) == 1 else words["several"].format(count=len(values))
            parts.append(f"<tr><td>({tag})</td><td>{escape(name)}</td><td>{escape(shown)}</td></tr>")
        parts.append("</table>")
    return parts


def fair_page(files: Iterable[Path], language: str, progress: Progress) -> str:
    """What the files have and lack under the four words of FAIR."""
    words = messages("fair", language)
    report = fair_report(list(files), progress)
    parts = [f"<h3>{escape(words['title'].format(series=report.series, instances=report.instances))}</h3>"]
    for principle in PRINCIPLES:
        parts.append(f"<h4>{escape(words[principle])}</h4><p>{escape(words[f'{principle}.about'])}</p>")
        for item in report.of(principle):
            evidence = evidence_text(item, words)
            name, status = f"<b>{escape(words[item.key])}</b>", escape(words[f"status.{item.status}"])
            line = f"{STATUS_SIGNS[item.status]} {labelled(name, status, language)}"
            parts.append(f"<p>{line}<br>{escape(evidence)}<br><i>{escape(words[f'{item.key}.why'])}</i></p>")
    parts.append(f"<p>{escape(words['source'])}</p>")
    return "\n".join(parts)


def kinds_page(files: Iterable[Path], language: str, progress: Progress, slicer_version: str = "") -> str:
    """What kinds of objects the files are, and what in Slicer opens them."""
    words = messages("kinds", language)
    parts = []
    for count in count_object_types(data_model(list(files), progress)):
        kind = words[f"kind.{count.kind}"]
        name = sop_class_name(count.sop_class_uid) if count.sop_class_uid else words["unknown-class"]
        parts.append(f"<h3>{escape(kind[0].upper() + kind[1:])} ({count.instances})</h3>")
        parts.append(
            f"<p><i>{escape(name)} · {escape(count.sop_class_uid)}</i></p><p>{escape(words[f'kind.{count.kind}.about'])}</p>"
        )
        found = reader_plugins(count.sop_class_uid, slicer_version or None)
        lines = []
        for reader_plugin in found:
            key = "opens.extension" if reader_plugin.extension else "opens.core"
            what = words["opens.as"].format(what=words[f"as.{reader_plugin.as_what}"])
            lines.append(
                f"{words['opens']} {words[key].format(extension=reader_plugin.extension, module=reader_plugin.module)}{what}"
            )
        if not found:
            lines = [f"{words['opens']} {words['opens.nothing']}"]
        parts.append("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")
    return "\n".join(parts)
