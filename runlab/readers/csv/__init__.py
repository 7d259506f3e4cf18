"""CSV files: training logs, files of samples, and a squad folder's own tables.

What a header means is data (``runlab/data/csv``); what a file leaves open (units, day or month
first, decimal comma) is decided from its content and said in ``about["decisions"]``.
"""

from __future__ import annotations

import csv as _csv
import hashlib
import io
from collections.abc import Mapping

import pandas as pd

from ...errors import FileError
from ..activity import Activity
from .detect import known_headers, source_of
from .log_rows import TrainingLog, read_days, read_log
from .samples import read_samples
from .sheet import DELIMITERS, Findings, decode, normalise, split
from .squad_tables import read_squad_tables

MAX_LOG_ROWS = 50_000

__all__ = ["TrainingLog", "is_csv", "read", "read_squad_tables"]


def read(
    data: bytes,
    *,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    home_zone: str = "UTC",
    dayfirst: bool | None = None,
    units: str | None = None,
    start: str | pd.Timestamp | None = None,
) -> Activity | TrainingLog:
    """Read a CSV file: samples become an ``Activity``, one row per run a ``TrainingLog``.

    Takes the file's bytes, its ``name`` (for messages, and for the date of samples that have none), ``columns`` (the
    coach's own header -> a column of ours, such as "distance_km"), the athlete's ``home_zone`` for local times, and
    ``dayfirst``, ``units`` ("metric" or "imperial") and ``start`` for what the file itself does not tell. Strava's
    times are UTC; all others without a zone are local. A daily export (HRV4Training, a wellness sheet) is a
    ``TrainingLog`` without activities whose ``wellness`` is filled. A cell that cannot be read is a row of
    ``problems``.

    Raises FileError for what is neither, naming what it is.

    >>> log = read(b"Date,Distance (mi),Time,RPE\\n2026-05-01,6.2,52:10,4\\n2026-05-02,0,,\\n", name="log.csv")
    >>> log, log.about["rest_rows"]
    (TrainingLog(training log, 1 activities, 0 problems), 1)
    >>> log.activities.loc[0, ["distance_m", "timer_time_s", "rpe"]].astype(float).round(1).tolist()
    [9977.9, 3130.0, 4.0]
    """
    label = name or "csv"
    if not data.strip():
        raise FileError(f"{label}: {len(data)} bytes and nothing in it; export it again")
    text, encoding = decode(data, label)
    found = Findings(name)
    known = known_headers() | {normalise(str(c)) for c in columns or ()}
    sheet = split(text, known, found, encoding=encoding, name=label)
    source = source_of(sheet, name=label, columns=columns)
    if not sheet.rows:
        raise FileError(f"{label}: a header ({source.name}) without rows; export it again")
    if source.kind == "samples":
        found.path = label
        return read_samples(
            sheet, source, found, columns=columns, home_zone=home_zone, dayfirst=dayfirst, units=units, start=start
        )
    if len(sheet.rows) > MAX_LOG_ROWS:
        raise FileError(
            f"{label}: {len(sheet.rows):,} rows are more than a life's runs (limit {MAX_LOG_ROWS:,}); split it"
        )
    if source.kind == "days":
        return read_days(sheet, source, found, columns=columns, dayfirst=dayfirst, units=units)
    return read_log(
        sheet,
        source,
        found,
        columns=columns,
        home_zone=home_zone,
        dayfirst=dayfirst,
        units=units,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def is_csv(data: bytes) -> bool:
    """Whether bytes look like a table of delimited text. Ask last, after the formats that have a signature.

    >>> is_csv(b"Date;Km\\n2026-05-01;10,2\\n"), is_csv(b"<?xml version='1.0'?>"), is_csv(b"\\x0e\\x10.FIT\\x00")
    (True, False, False)
    """
    try:
        text, _ = decode(data[:65536] if data[:2] not in (b"\xff\xfe", b"\xfe\xff") else data[: 65536 - 65536 % 2], "")
    except FileError:
        return False
    body = text.lstrip("\ufeff \t\r\n")
    if not body or body[0] in "<{" or (body[0] == "[" and body[1:2] != "["):
        return False
    odd = sum(1 for c in body[:4096] if not c.isprintable() and c not in "\t\r\n\u202f\xa0\ufeff\u200b\u200e")
    if odd > 0.02 * min(len(body), 4096):
        return False
    lines = [line for line in body.splitlines()[:50] if line.strip()]
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in _csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)]
        except _csv.Error:
            continue
        if sum(w > 1 for w in widths) >= max(1, 0.5 * len(widths)):
            return True
    return False
