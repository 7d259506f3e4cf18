"""Files to activities: one reader per format, one answer for all, the format decided by content."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any

import pandas as pd

from ..errors import FileError, one_of
from ..tables import PROBLEMS, conform
from .activity import Activity, identity, repeated

__all__ = ["Activity", "detect", "read_activity", "read_file"]

Source = str | os.PathLike[str] | bytes | IO[bytes]
LARGEST = 1 << 30  # bytes a compressed file may unpack to


def read_activity(source: Source, *, engine: str = "runlab", **options: Any) -> Activity:
    """Read one activity from a watch file: FIT, GPX, TCX or CSV samples, gzip or not, decided by content.

    Takes a path, the bytes, or an open binary file. ``engine="fitparse"`` reads FIT with the reference parser
    (slow; raises on damage) instead of runlab's own. Other keywords go to the format's reader.

    Returns an Activity: ``records`` (one row per sample, ``tables.RECORDS``), ``laps`` (``tables.LAPS``) and ``about``
    (a dict: format, device, sport, totals, what was wrong). All sessions of a multisport file are in it, told apart by
    the column ``session``; ``open_log`` makes an activity of each.

    Raises FileError if there is no activity in the file, naming what it is instead.

    >>> from runlab.samples import run_file
    >>> activity = read_activity(run_file())
    >>> activity.about["sport"], activity.records["heart_rate_bpm"].notna().all()
    ('running', np.True_)
    """
    found = read_file(source, engine=engine, **options)
    if not isinstance(found, Activity):
        raise FileError(
            f"{_name(source)}: this is a training log of {len(found.activities)} activities, not one activity; "
            "open it with runlab.open_log"
        )
    return found


def read_file(
    source: Source, *, engine: str = "runlab", if_csv: Mapping[str, Any] | None = None, **options: Any
) -> Any:
    """Read any file runlab knows: an Activity, or a TrainingLog for a CSV with a row per activity.

    ``if_csv`` holds keywords for a CSV (the athlete's zone, own column names), should the file be one.

    >>> read_file(b"not a watch file")
    Traceback (most recent call last):
    ...
    runlab.errors.FileError: data: neither FIT, GPX, TCX nor CSV (starts with b'not a watch file'); ...
    """
    one_of("engine", engine, ("runlab", "fitparse"))
    name = _name(source)
    raw = _bytes(source)
    data, whole = _unpacked(raw, name)
    kind = detect(data)
    if kind == "fit":
        if engine == "fitparse":
            from .fit.reference import read as read_fit
        else:
            from .fit import read as read_fit
        options["sha256"] = hashlib.sha256(raw).hexdigest()
        found: Any = read_fit(data, name=name, **options)
    elif kind == "gpx":
        from . import gpx

        found = gpx.read(data, name=name, **options)
    elif kind == "tcx":
        from . import tcx

        found = tcx.read(data, name=name, **options)
    elif kind == "csv":
        from . import csv

        found = csv.read(data, name=name, **options, **(if_csv or {}))
    else:
        raise FileError(f"{name}: {_not_known(data)}")
    if not whole:
        found = _cut(found, name)
    return _identified(found, raw) if isinstance(found, Activity) else found


def detect(data: bytes) -> str:
    """The format of some (unpacked) bytes: "fit", "gpx", "tcx", "csv" or "" for none of them.

    >>> detect(b"<gpx version='1.1'>"), detect(bytes(8))
    ('gpx', '')
    """
    from .fit.walk import is_fit

    if data[:4] == b"PK\x03\x04":  # before anything is sniffed inside: a member may be stored as it is
        return ""
    if is_fit(data):
        return "fit"
    from . import gpx, tcx

    if gpx.is_gpx(data):
        return "gpx"
    if tcx.is_tcx(data):
        return "tcx"
    from . import csv

    return "csv" if csv.is_csv(data) else ""


def unpacked(data: bytes, *, name: str = "data") -> bytes:
    """Bytes with any gzip wrapping taken off, all its members; a cut gzip stream gives what can be had.

    >>> unpacked(__import__("gzip").compress(b"abc") + __import__("gzip").compress(b"def"))
    b'abcdef'
    """
    return _unpacked(data, name)[0]


def _unpacked(data: bytes, name: str) -> tuple[bytes, bool]:
    """The bytes inside the gzip members, and whether the last of them is whole."""
    if data[:2] != b"\x1f\x8b":
        return data, True
    out: list[bytes] = []
    rest, whole = data, True
    while rest[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
        try:
            out.append(stream.decompress(rest, LARGEST - sum(map(len, out))))
        except zlib.error as error:
            if any(out):
                whole = False
                break
            raise FileError(f"{name}: the gzip wrapping is damaged ({error}); download the file again") from None
        if stream.unconsumed_tail or sum(map(len, out)) >= LARGEST:
            raise FileError(f"{name}: unpacks to more than {LARGEST >> 20:,} MB; that is no activity")
        whole, rest = stream.eof, stream.unused_data
    return b"".join(out), whole


def _cut(found: Any, name: str) -> Any:
    """What was read of a gzip stream that breaks off, marked as incomplete."""
    reason, kept = "the gzip stream breaks off", "what was unpacked before the break"
    if isinstance(found, Activity):
        problems = [*found.about.get("problems", ()), ("gzip", reason, kept)]
        return replace(found, about=found.about | {"complete": False, "problems": problems})
    row = {"path": name, "where": "gzip", "reason": reason, "kept": kept, "action": "download the file again"}
    rows = pd.concat([found.problems, pd.DataFrame([row])], ignore_index=True)
    return replace(found, problems=conform(rows, PROBLEMS))


def _name(source: Source) -> str:
    if isinstance(source, bytes):
        return "data"
    return str(getattr(source, "name", "data")) if hasattr(source, "read") else os.fspath(source)  # type: ignore[arg-type]


def _bytes(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    if hasattr(source, "read"):
        data = source.read()  # type: ignore[union-attr]
        if not isinstance(data, bytes):
            raise FileError(f"{_name(source)}: open the file in binary mode: open(path, 'rb')")
        return data
    try:
        with open(source, "rb") as file:  # type: ignore[arg-type]
            return file.read()
    except FileNotFoundError:
        raise FileError(f"{source}: there is no such file") from None
    except IsADirectoryError:
        raise FileError(f"{source}: this is a folder; open it with runlab.open_log") from None
    except OSError as error:
        raise FileError(f"{source}: cannot be opened ({error.strerror})") from None


def _not_known(data: bytes) -> str:
    if not data:
        return "the file is empty (0 bytes); export it again"
    if not any(data):
        return f"the file holds {len(data):,} zero bytes and nothing else; export it again"
    if data[:4] == b"PK\x03\x04":
        return "this is a zip archive; open it with runlab.open_log"
    if data[:40].startswith(b"version https://git-lfs"):
        return "this is a Git LFS pointer, not the file itself; run 'git lfs pull'"
    head = data[:24]
    return f"neither FIT, GPX, TCX nor CSV (starts with {head!r}); export it again, or look at it in an editor"


def _identified(activity: Activity, raw: bytes) -> Activity:
    """The activity with its id: start instant and the first bytes of the file's hash."""
    if activity.about.get("activity_id"):
        return activity
    digest = hashlib.sha256(raw).hexdigest()
    own = identity(activity.about.get("start_time"), digest)
    about = {**activity.about, "activity_id": own, "sha256": digest}
    return replace(activity, records=_with_id(activity.records, own), laps=_with_id(activity.laps, own), about=about)


def _with_id(frame: pd.DataFrame, own: str) -> pd.DataFrame:
    column = repeated(own, len(frame))
    out = frame.copy(deep=False)
    if "activity_id" in out.columns:
        out.isetitem(out.columns.tolist().index("activity_id"), column)
    else:
        out.insert(0, "activity_id", column)
    return out
