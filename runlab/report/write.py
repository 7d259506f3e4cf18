"""A notebook and its parameters to one file a coach can send."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import FileError, SettingsError
from ..log import Log, outline
from ..races import race_day
from .execute import checked, executed, notebook_path
from .page import html_page, pdf_from, written_at


def write_report(
    report: str,
    log: Log | str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    timeout_s: float = 600.0,
    **parameters: Any,
) -> Path:
    """Run one of runlab's notebooks and write the result as one self-contained file; returns its path.

    ``report`` is a name ("athlete_review") or the path of a notebook of your own with a cell tagged ``parameters``.
    ``log`` is a squad folder, a saved log, or an open ``Log``. The suffix of ``path`` decides: .html, or .pdf (by
    WeasyPrint if installed, else Chromium). Further keywords are the notebook's parameters (athlete, start, end,
    units, ...). The page holds its pictures and styles, names no remote address, and shows no position unless the
    athlete agreed to it. The same input gives the same bytes apart from the time stamp (SOURCE_DATE_EPOCH fixes it).

    Raises SettingsError for an unknown report, parameter or athlete and for days that cannot be (before anything is
    read), FileError for a missing log, RunlabError if a cell stops.
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm", ".pdf"):
        raise SettingsError(
            f"{target.name}: a report is written as .html or .pdf, not {target.suffix or 'no suffix'!r}"
        )
    source = notebook_path(report)
    parameters = checked(source, parameters)
    _check_people(log, parameters, alone=not str(report).endswith(".ipynb"))
    if not str(report).endswith(".ipynb"):
        parameters = {"athlete": "", **parameters}  # the notebook's own default names a sample athlete
    with _on_disk(log, parameters) as (folder, known):
        notebook = executed(source, {"squad": str(folder), **known}, timeout_s=timeout_s)
    heading = title or _title(notebook, known)
    from .. import __version__

    footer = (
        f"Written by runlab {__version__} on {written_at()} from {_log_name(log)}. Everything in it is in this file."
    )
    page = html_page(notebook, title=heading, footer=footer)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".pdf":
        pdf_from(page, target)
    else:
        target.write_text(page, encoding="utf-8")
    return target


def _check_people(log: Log | str | os.PathLike[str], parameters: dict[str, Any], *, alone: bool) -> None:
    """Whether the athlete is in the log and a race's date is one, said before any activity is read.

    ``alone``: the report is about one athlete, who must be named where there are several.
    """
    if not isinstance(log, Log):
        if not Path(log).exists():
            raise FileError(f"{Path(log)}: no such folder or file; name a squad folder, an export or a saved log")
        log = outline(log)
    who = str(parameters.get("athlete") or "")
    if who:
        log = log.athlete(who)
    elif alone and len(log.athletes) > 1:
        names = ", ".join(log.athletes)
        raise SettingsError(
            f"the log holds {len(log.athletes)} athletes ({names}); name the one it is about as athlete"
        )
    for name in ("date", "race_date"):
        if re.match(r"\s*\d+[-./]\d+[-./]\d+\s*$", text := str(parameters.get(name) or "")):
            race_day(log if len(log.athletes) == 1 else None, text)


@contextmanager
def _on_disk(log: Log | str | os.PathLike[str], parameters: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The log as a path the notebook can open; an open ``Log`` is saved for the while, slices included."""
    if not isinstance(log, Log):
        yield Path(log).resolve(), parameters
        return
    if len(log.athletes) == 1 and not parameters.get("athlete"):
        parameters = {**parameters, "athlete": next(iter(log.athletes))}
    with tempfile.TemporaryDirectory(prefix="runlab-") as private:
        yield log.save(Path(private, "log.runlab")), parameters


def _log_name(log: Log | str | os.PathLike[str]) -> str:
    return (
        f"the log of {log.name}"
        if isinstance(log, Log)
        else f"the folder {Path(log).resolve().name.removesuffix('.runlab')}"
    )


def _title(notebook: Any, parameters: dict[str, Any]) -> str:
    """The first heading, with the athlete it is about."""
    headings = (
        line[2:].strip()
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("# ")
    )
    who = str(parameters.get("athlete") or "")
    return " – ".join(part for part in (next(headings, "Report"), who) if part)
