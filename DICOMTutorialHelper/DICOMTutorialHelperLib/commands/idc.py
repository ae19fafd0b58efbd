"""``cohort idc`` and ``get --from FILE.csv``: a question to the Imaging Data Commons' index, and fetching what was chosen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Protocol

from DICOMTutorialHelperLib.commands.terminal import Terminal, print_json
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.messages import number_text, translate

if TYPE_CHECKING:
    from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries
    from DICOMTutorialHelperLib.explore.idc_index import IdcIndex, IndexAnswer
    from DICOMTutorialHelperLib.progress import Progress

MOST_GROUPS = 8
MOST_CITATIONS = 5
ROUNDED_BYTES = 10_000
TABLES = (".csv", ".parquet")


class Screen(Protocol):
    """Where the commands on data sets print, in the reader's language."""

    language: str

    def message(self, key: str, **fields: object) -> str: ...

    def print(self, sentence: str) -> None: ...

    def note(self, sentence: str) -> None: ...

    def fail(self, sentence: str, status: int = 1) -> int: ...

    def progress(self, what: str, name: str) -> AbstractContextManager[Progress]: ...


def run_cohort_of_idc(arguments: argparse.Namespace, terminal: Terminal, explain: Callable[..., int]) -> int:
    from DICOMTutorialHelperLib.explore.expressions import ExpressionError
    from DICOMTutorialHelperLib.explore.idc_index import DEFAULT_COLUMNS, IdcIndex, IndexMissing
    from DICOMTutorialHelperLib.staging import staged_file

    columns = [name for part in arguments.columns or DEFAULT_COLUMNS for name in part.split(",") if name]
    if arguments.out and arguments.out.is_file() and not arguments.overwrite:
        return terminal.fail(terminal.message("would-overwrite", path=arguments.out))
    try:
        index = IdcIndex()
        answer = index.ask(arguments.where, columns, most_rows=0 if arguments.out else 20)
        if arguments.out and answer.series:
            with staged_file(arguments.out, arguments.overwrite) as path:
                _write(index, arguments.where, columns, path, arguments.out.suffix.lower())
    except IndexMissing as error:
        return terminal.fail(error.message(terminal.language))
    except ExpressionError as error:
        return explain(error, arguments, terminal)
    except FileExistsError:
        return terminal.fail(terminal.message("would-overwrite", path=arguments.out))
    except OSError as error:
        return terminal.fail(terminal.message("cohort.not-written", file=arguments.out, detail=system_reason(error)))
    if arguments.json:
        data = asdict(answer)
        data["rows"] = [dict(zip(answer.columns, row)) for row in answer.rows]
        print_json(data)
        return 0
    _show(answer, arguments, terminal)
    return 0


def _write(index: IdcIndex, where: Optional[str], columns: Sequence[str], path: Path, kind: str) -> None:
    if kind == ".parquet":
        index.write_parquet(where, columns, path)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        index.write_csv(where, columns, file)


def _show(answer: IndexAnswer, arguments: argparse.Namespace, terminal: Terminal) -> None:
    from rich.text import Text

    from DICOMTutorialHelperLib.commands.keyword_table import keyword_table
    from DICOMTutorialHelperLib.explore.values import number

    words = terminal.words
    if answer.rows:
        rows = [["" if value is None else str(value) for value in row] for row in answer.rows]
        terminal.out.print(keyword_table(answer.columns, rows, (), terminal.out.width))
        if answer.series > len(answer.rows):
            terminal.out.print(Text("…", style="dim"))
    counts = {name: number(getattr(answer, name), words) for name in ("series", "patients", "studies", "total")}
    summary = terminal.message("idc.summary", **counts, size=_size(answer.megabytes, terminal.language), version=answer.version)
    terminal.out.print(Text("\n" + summary, style="bold"), soft_wrap=True)
    for key, groups in (("collections", answer.collections), ("licences", answer.licences), ("modalities", answer.modalities)):
        shown = [f"{group.value or '-'} ({number(group.series, words)})" for group in groups[:MOST_GROUPS]]
        if len(groups) > MOST_GROUPS:
            shown.append(f"… +{len(groups) - MOST_GROUPS}")
        if shown:
            terminal.out.print(Text(terminal.message(f"idc.{key}", groups=", ".join(shown))), soft_wrap=True)
    if answer.citations:
        terminal.out.print(Text(words["idc.cite"]))
        for citation in answer.citations[:MOST_CITATIONS]:
            terminal.out.print(Text("  " + citation, style="dim"), soft_wrap=True)
        if len(answer.citations) > MOST_CITATIONS:
            terminal.out.print(Text(f"  … +{len(answer.citations) - MOST_CITATIONS}", style="dim"))
    if arguments.out and answer.series:
        said = terminal.message("idc.written", rows=number(answer.series, words), file=arguments.out)
        terminal.out.print(Text("\n" + said, style="bold"), soft_wrap=True)


def _size(megabytes: float, language: str) -> str:
    for unit, factor in (("TB", 1e6), ("GB", 1e3)):
        if megabytes >= factor:
            return f"{number_text(megabytes / factor, language, 1)} {unit}"
    return f"{number_text(megabytes, language, 1)} MB"


def locate_in_index(series_instance_uids: Sequence[str]) -> list[PublishedSeries]:
    """Where the series lie: by the catalogue, and for others by the index. Raises DataError, IndexMissing."""
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries, idc_bucket, published_series
    from DICOMTutorialHelperLib.explore.idc_index import IdcIndex

    known = {uid: published_series(uid) for uid in series_instance_uids}
    missing = [uid for uid, series in known.items() if series is None]
    if missing:
        for uid, (folder, bucket, instances, size) in IdcIndex().places(missing).items():
            # Indexes for Python 3.9 have sizes in hundredths of a megabyte, later ones to the byte.
            within = ROUNDED_BYTES // 2 if size % ROUNDED_BYTES == 0 else 0
            known[uid] = PublishedSeries(uid, instances, size, folder, idc_bucket(bucket), within)
    found = []
    for uid, series in known.items():
        if series is None:
            raise DataError("not-in-catalogue", series=uid)
        found.append(series)
    return found


def get_table(table: Path, arguments: argparse.Namespace, screen: Screen) -> int:
    """Fetch the series that a table of ``cohort idc`` names, once its size was told and agreed to."""
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.published import fetch
    from DICOMTutorialHelperLib.explore.idc_index import IndexMissing, series_uids_of

    try:
        series = locate_in_index(series_uids_of(table))
    except (DataError, IndexMissing) as error:
        return screen.fail(error.message(screen.language))
    except (OSError, ValueError):
        return screen.fail(screen.message("get.no-table", path=table), 2)
    if not series:
        return screen.fail(screen.message("get.no-table", path=table), 2)
    size = _size(sum(one.bytes for one in series) / 1e6, screen.language)
    files = sum(one.instances for one in series)
    told = screen.note if arguments.json else screen.print
    told(screen.message("get.size", count=len(series), files=files, size=size))
    if not arguments.yes and not _agreed(screen):
        return screen.fail(screen.message("get.not-agreed"), 1)
    uids = [one.series_instance_uid for one in series]
    located = {one.series_instance_uid: one for one in series}
    try:
        with screen.progress("getting", "") as progress:
            got = fetch.from_idc(uids, arguments.to, progress, lambda wanted: [located[uid] for uid in wanted])
    except DataError as error:
        return screen.fail(error.message(screen.language))
    except KeyboardInterrupt:
        screen.note(screen.message("cancelled.resumable"))
        raise
    if arguments.json:
        print_json({"folder": str(arguments.to), "files": len(got.files), "series": uids})
    else:
        screen.print(screen.message("get.got", count=len(got.files), folder=arguments.to))
    return 0


def _agreed(screen: Screen) -> bool:
    """Asked on a terminal; elsewhere nobody can agree."""
    if not sys.stdin.isatty():
        return False
    answer = input(translate("datasets", "get.go-on", screen.language))
    return answer.strip().lower() in translate("datasets", "get.yes", screen.language).split()
