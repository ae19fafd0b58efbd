"""Which series of a database the tutorial means by ``ct``, ``t2``, ``stir`` or ``bliss``: by content, never by one exact name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from DICOMTutorialHelperLib.workspace.interface import SeriesInfo


def series_of_role(rule: Mapping[str, Any], listed: Iterable[SeriesInfo]) -> tuple[SeriesInfo, ...]:
    """The series that follow a rule, the one with most instances first.

    A rule is an object with ``modality`` (equal), ``description`` and ``not_description`` (regular expressions, found
    anywhere, capitals or not) and ``at_least`` (instances), all optional.
    """
    fitting = [series for series in listed if _follows(rule, series)]
    return tuple(sorted(fitting, key=lambda series: (-series.instance_count, series.series_instance_uid)))


def _follows(rule: Mapping[str, Any], series: SeriesInfo) -> bool:
    if rule.get("modality", series.modality) != series.modality:
        return False
    if series.instance_count < rule.get("at_least", 0):
        return False
    wanted, unwanted = rule.get("description"), rule.get("not_description")
    if wanted and not re.search(wanted, series.description, re.IGNORECASE):
        return False
    return not (unwanted and re.search(unwanted, series.description, re.IGNORECASE))
