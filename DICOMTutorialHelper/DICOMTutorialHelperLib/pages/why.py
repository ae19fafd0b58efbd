"""Why a series is loaded as it is: what each plugin offers, what was found in it, and what will be loaded. HTML, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from DICOMTutorialHelperLib.dicom.candidate import Candidate, SeriesExamination
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING
from DICOMTutorialHelperLib.messages import labelled, messages, number_text
from DICOMTutorialHelperLib.plain_text import html_text as escape
from DICOMTutorialHelperLib.workspace.interface import PluginOffer

SEVERITY_SIGNS = {INFO: "ℹ", WARNING: "⚠", ERROR: "✘"}
LOADED_SIGN = "▶"
MOST_OFFERS = 30  # a CT helix with many acquisition numbers is offered dozens of times over


def why_page(series: SeriesExamination, offers: Optional[Sequence[PluginOffer]], language: str) -> str:
    """What will be loaded first, then the reasons, then what all plugins offered; None for files that are not imported."""
    say = messages("panel", language)
    parts = [f"<h3>{escape(say['why.loaded'])}</h3>", *_loaded(offers, say)]
    parts.append(f"<h3>{escape(say['why.found'])}</h3>")
    for candidate in series.selected or series.candidates[:1]:
        parts += _found_in(candidate, language)
    if series.skipped:
        parts.append(f"<p>{escape(say['why.skipped'])}</p><ul>")
        parts += [
            f"<li>{labelled(escape(one.path.name), escape(finding_message(one.finding, language)), language)}</li>"
            for one in series.skipped[:20]
        ]
        parts.append("</ul>")
    if offers:
        parts += _table(offers, say, language)
    return "\n".join(parts)


def _loaded(offers: Optional[Sequence[PluginOffer]], say: dict[str, str]) -> list[str]:
    if offers is None:
        return [f"<p>{escape(say['why.not-imported'])}</p>"]
    chosen = [offer for offer in offers if offer.selected]
    if not chosen:
        return [f"<p>{escape(say['why.nothing'])}</p>"]
    return [f"<p>{LOADED_SIGN} <b>{escape(offer.name)}</b><br>{escape(offer.plugin)}</p>" for offer in chosen]


def _table(offers: Sequence[PluginOffer], say: dict[str, str], language: str) -> list[str]:
    headings = "".join(f"<th align='left'>{escape(say[f'why.column.{name}'])}</th>" for name in ("plugin", "offer", "confidence"))
    parts = [f"<h3>{escape(say['why.offers'])}</h3><table cellspacing='5'><tr><td></td>{headings}</tr>"]
    for offer in offers[:MOST_OFFERS]:
        mark = LOADED_SIGN if offer.selected else ""
        warning = f"<br>⚠ {escape(offer.warning)}" if offer.warning else ""
        parts.append(
            f"<tr><td>{mark}</td><td>{escape(offer.plugin)}</td><td>{escape(offer.name)}{warning}</td>"
            f"<td>{number_text(offer.confidence, language, 2)}</td></tr>"
        )
    parts.append("</table>")
    if len(offers) > MOST_OFFERS:
        parts.append(f"<p>{escape(say['why.more'].format(count=len(offers) - MOST_OFFERS))}</p>")
    return parts


def _found_in(candidate: Candidate, language: str) -> list[str]:
    say, words = messages("panel", language), messages("examination", language)
    grid = candidate.stacks[0].grid
    size = " × ".join(map(str, grid.dimensions))
    spacing = " × ".join(number_text(float(f"{length:.4g}"), language) for length in grid.spacing_mm)
    line = f"{words[candidate.kind]}, {size}, {spacing}\u00a0mm"
    if candidate.index is not None:
        line += f", {words['of-volumes'].format(count=len(candidate.stacks))} ({candidate.index.name})"
    parts = [f"<p>{labelled(f'<b>{escape(candidate.name)}</b>', escape(line), language)}</p>"]
    if not candidate.findings:
        parts.append(f"<p>✔ {escape(say['why.sound'])}</p>")
        return parts
    parts.append("<ul>")
    for finding in candidate.findings:
        parts.append(f"<li>{SEVERITY_SIGNS[finding.severity]} {escape(finding_message(finding, language))}</li>")
    parts.append("</ul>")
    return parts
