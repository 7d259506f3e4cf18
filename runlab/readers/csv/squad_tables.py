"""The optional tables of a squad folder: plan, events, wellness, races, strength, fuel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ... import tables
from ...errors import FileError, SettingsError
from . import system as systems
from .cells import is_missing, tidy
from .columns import Columns, text_series
from .dates import dates, instants
from .detect import fields_of
from .dictionaries import COLUMNS, FILES, WORDS
from .sheet import Findings, decode, normalise, problems_table, split

_SCHEMAS = {"plan": tables.PLAN, "events": tables.EVENTS, "races": tables.RACES}


def read_squad_tables(
    folder: str | Path,
    athlete: str,
    *,
    columns: Mapping[str, str] | None = None,
    dayfirst: bool | None = None,
    units: str | None = None,
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Read an athlete's plan.csv, events.csv, wellness.csv, races.csv, strength.csv and fuel.csv, where they exist.

    Takes the athlete's folder and name, ``columns`` (the coach's own header -> ours), and ``dayfirst``/``units`` for
    what a sheet leaves open. Distances without a unit are kilometres unless ``units`` is "imperial"; durations are
    h:mm:ss, mm:ss or minutes. Returns the tables by name ("plan", "events", "races" as in ``runlab.tables``;
    "wellness" with the wellness columns of ``daily``; "strength", "fuel"), empty where there is no file, unknown
    columns carried through; and a ``problems`` table with a row for every cell or line that could not be read. Raises
    nothing for a bad file: that is a problem too.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "races.csv").write_text("date,distance_km,goal\\n2026-10-04,21.0975,1:32:00\\n")
    ...     found, problems = read_squad_tables(folder, "masters-half")
    >>> found["races"][["athlete", "distance_m", "goal_s"]].to_dict("records"), len(problems)
    ([{'athlete': 'masters-half', 'distance_m': 21097.5, 'goal_s': 5520.0}], 0)
    """
    folder = Path(folder)
    out: dict[str, pd.DataFrame] = {}
    problems = []
    for name in FILES:
        path = folder / f"{name}.csv"
        found = Findings(f"{folder.name}/{path.name}")
        frame = _empty(name)
        if path.is_file():
            try:
                frame = _read(
                    path.read_bytes(), name, found, athlete=athlete, columns=columns, dayfirst=dayfirst, units=units
                )
            except OSError as error:
                found.problem("", f"cannot be opened: {error.strerror}", "nothing", "check the file's permissions")
            except (FileError, SettingsError) as error:
                found.problem("", str(error), "nothing", f"see the columns of {name}.csv in the README")
        out[name] = frame
        problems.append(problems_table(found))
    filled = [p for p in problems if len(p)]
    return out, pd.concat(filled, ignore_index=True) if filled else tables.empty(tables.PROBLEMS)


def _empty(name: str) -> pd.DataFrame:
    if name in _SCHEMAS:
        return tables.empty(_SCHEMAS[name])
    return pd.DataFrame({column: pd.Series([], dtype=dtype) for column, dtype in COLUMNS[name].items()})


def _read(
    data: bytes,
    name: str,
    found: Findings,
    *,
    athlete: str,
    columns: Mapping[str, str] | None,
    dayfirst: bool | None,
    units: str | None,
) -> pd.DataFrame:
    headers, needed = FILES[name]
    if not data.strip():
        raise FileError(f"{found.path}: empty; write a header row: {', '.join(needed)} ...")
    text, encoding = decode(data, found.path)
    own = {str(k): v for k, v in (columns or {}).items()}
    sheet = split(text, {*headers, *map(normalise, own)}, found, encoding=encoding, name=found.path)
    kept = {k: v for k, v in own.items() if _is_ours(v, headers)}
    table = Columns(sheet, fields_of(sheet.header, headers, kept), found, system=units or "metric")
    missing = [n for n in needed if not table.has(n)]
    if missing:
        raise FileError(
            f"{found.path}: needs the columns {', '.join(missing)}; line {sheet.header_line} has "
            f"{', '.join(sheet.header)[:160]}"
        )
    frame = pd.DataFrame({"athlete": text_series([athlete] * len(table))})
    weight = systems.weight_system(table, table.system)
    for target in dict.fromkeys(f.target for f in table.fields):
        field = table.of(target)[0]
        if field.kept == "date":
            frame[target] = _days(table, target, dayfirst, units)
        elif field.kept == "text":
            frame[target] = text_series(_choices(table, target, name))
        else:
            frame[target] = table.number(target, weight if target == "weight_kg" else None)
    read = {f.index for f in table.fields}
    for i, header in enumerate(sheet.header):
        if i not in read and header and header not in frame:
            frame[header] = text_series(["" if is_missing(c) else c.strip() for c in sheet.column(i)])
    if name == "events" and "end" in frame:
        before = (frame["end"] < frame["start"]).to_numpy()
        for i in np.flatnonzero(before).tolist():
            reason = f"ends {frame['end'][i]:%Y-%m-%d}, before it starts"
            table.problem(i, table.of("end")[0], reason, action="correct the dates")
        frame["end"] = frame["end"].mask(before)
    frame = frame.loc[_complete(frame, table, needed)].reset_index(drop=True)
    if name == "plan":
        frame["slot"] = _slots(frame)
    return _once(_conform(frame, name), name, found)


def _is_ours(value: str, headers: Mapping[str, object]) -> bool:
    """athlete.toml names columns for all sheets; a table takes only what it knows."""
    name = normalise(str(value))
    return name in headers or any(name.startswith(h + " ") for h in headers)


def _days(table: Columns, target: str, dayfirst: bool | None, units: str | None) -> pd.Series:
    field = table.of(target)[0]
    found = dates(table.cells(field), dayfirst=dayfirst, units=units)
    table.found.decide(found.decided)
    if found.undecided:
        table.found.problem(
            f"column {field.header!r}", found.decided, "the dates in that order", "write dates as 2026-05-31"
        )
    for i in found.wrong:
        table.problem(
            i, field, f"cannot read {table.cells(field)[i].strip()[:40]!r} as a date", action="write it as 2026-05-31"
        )
    return instants(found.moments, home_zone="UTC")["wall"].dt.normalize()


def _choices(table: Columns, target: str, name: str) -> list[str]:
    """Texts; where the table has a list of words, the word it uses, an unknown one kept and reported."""
    words = WORDS.get((name, target))
    values = table.text(target)
    if words is None:
        return values
    out = []
    for i, value in enumerate(values):
        word = normalise(tidy(value)).replace("-", " ")
        if value and word not in words:
            options = ", ".join(dict.fromkeys(words.values()))
            table.problem(
                i,
                table.of(target)[0],
                f"{value[:40]!r} is none of {options}",
                kept="the word as written",
                action="use one of these words",
            )
        out.append(words.get(word, word.replace(" ", "_")) if value else "")
    return out


def _complete(frame: pd.DataFrame, table: Columns, needed: tuple[str, ...]) -> np.ndarray:
    """Rows that have what the table cannot do without; the others are problems."""
    good = np.ones(len(frame), dtype=bool)
    for target in needed:
        absent = frame[target].isna() | (frame[target] == "") if frame[target].dtype == "str" else frame[target].isna()
        for i in np.flatnonzero(absent.to_numpy() & good).tolist():
            field = table.of(target)[0]
            if is_missing(table.cells(field)[i]) or target == "distance_m":
                table.problem(i, field, f"no {target}", kept="nothing of this line", action="fill the cell")
            good[i] = False
    return good


def _slots(frame: pd.DataFrame) -> pd.Series:
    """Slots as written; where a day (of one version of the plan) has several sessions without one, 1, 2, ..."""
    written = frame["slot"] if "slot" in frame else text_series([""] * len(frame))
    keys = [frame["date"]] + ([frame["version"]] if "version" in frame else [])
    blank = written == ""
    number = frame.groupby(keys).cumcount() + 1
    several = frame.groupby(keys)["date"].transform("size") > 1
    return text_series([str(n) if b and s else w for w, b, s, n in zip(written, blank, several, number, strict=True)])


def _once(frame: pd.DataFrame, name: str, found: Findings) -> pd.DataFrame:
    """The first row of each key: the same session, episode or race written again is said, and left out."""
    again = frame.duplicated(list(_SCHEMAS[name].key)) if name in _SCHEMAS else pd.Series(False, frame.index)
    if again.any():
        days = frame.loc[again, "start" if name == "events" else "date"].dt.strftime("%Y-%m-%d")
        found.problem(
            f"{int(again.sum())} rows",
            f"the same again ({', '.join(dict.fromkeys(days))})",
            "the first of them",
            "remove the others",
        )
    return frame[~again].reset_index(drop=True)


def _conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    if name in _SCHEMAS:
        return tables.conform(frame, _SCHEMAS[name])
    out = {}
    for column, dtype in COLUMNS[name].items():
        if column in frame:
            out[column] = frame[column].astype(dtype)
        else:
            out[column] = pd.Series(["" if dtype == "str" else np.nan] * len(frame), dtype=dtype)
    return pd.DataFrame(out | {c: frame[c] for c in frame if c not in out})
