"""Open a file, a folder, a squad, an export zip or a saved log: whatever the coach has."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from .. import tables
from ..athlete import Athlete, read_athlete, read_squad
from ..clean import POLICIES
from ..errors import FileError, RunlabWarning, SettingsError, one_of
from ..readers.csv import read_squad_tables
from .assemble import BULK, RecordReader, assembled, raw_readings, updated
from .log import Log
from .reading import Reading, read_one, read_some
from .sources import SQUAD_TABLES, Source, is_saved, problem, sources
from .store import Raw, opened

_BATCH = 16
_POOL_FROM = 64  # starting a pool costs about as much as reading this many
_MOST_WORKERS = 8
_DEAF = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits, not for each worker
_SHOW_PROGRESS = 20


def outline(path: str | Path) -> Log:
    """Who a folder or a saved log is about, with the tables kept by hand (races, plan, events); no activity is read.

    Raises FileError where there is nothing to open.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "kim"; folder.mkdir()
    >>> _ = (folder / "races.csv").write_text("date,name,distance_km\\n2026-11-01,City 10K,10\\n")
    >>> outline(folder).athletes.keys(), outline(folder).races["name"].tolist()
    (dict_keys(['kim']), ['City 10K'])
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise FileError(f"{path}: there is no such file or folder")
    if path.is_dir() and is_saved(path):
        return _saved(path)
    with warnings.catch_warnings():  # opening the log says what is wrong with the settings
        warnings.simplefilter("ignore", RunlabWarning)
        squad = _Squad(path, path if path.is_dir() else path.parent)
    mine: dict[str, Any] = squad.tables
    return Log(athletes=squad.athletes, **mine)


def open_log(
    path: str | Path,
    *,
    athlete: str | None = None,
    store: str | Path | None = None,
    executor: Executor | None = None,
    policy: str = "flag",
    progress: bool = True,
) -> Log:
    """Everything a coach has of one or many athletes, as tables.

    Takes a watch file, a folder of them (one athlete), a squad folder (a sub-folder with ``athlete.toml`` per athlete),
    an export zip (Strava, Garmin), or a log saved with ``log.save``. Zips are read in place, also a zip in a zip.
    ``athlete`` opens that athlete of a squad alone, without reading the others' files.
    ``store`` is a saved log to keep what was read: only files that are new or have changed are read next time.
    ``executor`` is any ``concurrent.futures.Executor``, to read on a cluster, say; without one, many files are read in
    several processes of this machine, with the same result.
    ``policy`` is "flag" (nothing altered), "repair" or "drop" (see ``clean.apply_policy``).
    ``progress`` shows a bar for more than a few files (on stderr; in a notebook it goes when the files are read).

    A file that cannot be read is a row of ``problems``; the rest is read. The rows of training logs are joined to the
    files they describe; a session that is there twice is marked in ``duplicate_of``, and ``duplicates`` says why.
    Returns a Log. Raises FileError where there is nothing to open, SettingsError for settings that cannot be.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "kim"; folder.mkdir()
    >>> rows = "Date,Distance (km),Time\\n2026-05-01,10.2,52:10\\n2026-05-03,12.0,61:00\\n"
    >>> _ = (folder / "log.csv").write_text(rows)
    >>> open_log(folder)
    Log(kim: 2 activities, 2026-05-01 – 2026-05-03; read 1 of 1 files)
    """
    one_of("policy", policy, POLICIES)
    if athlete is not None and store is not None:  # a store holds the whole squad: the others stay in it
        return open_log(path, store=store, executor=executor, policy=policy, progress=progress).athlete(athlete)
    path = Path(path).expanduser()
    if not path.exists():
        raise FileError(f"{path}: there is no such file or folder")
    if path.is_dir() and is_saved(path):
        return _saved(path) if athlete is None else _saved(path).athlete(athlete)
    root = path if path.is_dir() else path.parent
    squad = _Squad(path, root.resolve() if root == Path() else root, only=athlete)
    found, problems = squad.sources()
    problems = [*squad.problems, *problems]
    if not found and not squad.tables and problems and path.is_file():
        raise FileError(f"{path}: {problems[0]['reason']}")
    keep = Path(store).expanduser() if store is not None else None
    old, old_bulk = _kept(keep, policy)
    settings = {name: _digest(athlete) for name, athlete in squad.athletes.items()}
    todo, gone = _changes(found, old, settings)
    readings: list[Reading] = []
    try:
        for reading in _readings(todo, squad.athletes, policy, executor, progress):
            readings.append(reading)
    finally:
        # Also after Ctrl-C: what was read by then is kept, and the next opening goes on from there.
        broken = len(readings) < len(todo)
        done = {reading.source.path for reading in readings}
        readings.sort(key=lambda reading: (reading.source.athlete, reading.source.path))
        raw, bulk = updated(old, old_bulk, *raw_readings(readings, settings), gone | done)
        if keep is not None or not broken:
            log = assembled(
                raw,
                bulk,
                athletes=squad.athletes,
                root=squad.root,
                squad=squad.tables,
                problems=problems,
                policy=policy,
                store=keep,
            )
            if keep is not None and (readings or gone or not is_saved(keep)):
                log.save(keep, with_records=False)
    if path.is_file() and not len(log.activities) and len(log.problems):
        raise FileError(f"{path}: {log.problems['reason'].iloc[0]}")
    return log


class _Squad:
    """Who there is, which files are whose, and the tables kept by hand."""

    def __init__(self, path: Path, root: Path, *, only: str | None = None) -> None:
        self.root = root
        self.problems: list[dict[str, str]] = []
        self.athletes: dict[str, Athlete] = {}
        self.tables: dict[str, pd.DataFrame] = {}
        self._places: list[tuple[Path, str]] = []
        folders = (
            [f for f in sorted(path.iterdir()) if f.is_dir() and not f.name.startswith((".", "_")) and not is_saved(f)]
            if path.is_dir()
            else []
        )
        self._is_squad = path.is_dir() and (
            (path / "squad.toml").is_file() or any((f / "athlete.toml").is_file() for f in folders)
        )
        found: dict[str, list[pd.DataFrame]] = {}
        if self._is_squad and not (path / "athlete.toml").is_file():
            defaults = read_squad(path / "squad.toml")
            for folder in folders:
                self._add(folder, defaults, found)
        else:
            self._add(path, {}, found)
        self.tables = {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}
        if only is not None:
            self._keep(one_of("athlete", only, self.athletes))

    def _keep(self, name: str) -> None:
        """Leave out everything of the other athletes."""
        self.athletes = {name: self.athletes[name]}
        self._places = [place for place in self._places if place[1] == name]
        self.tables = {
            table: frame[frame["athlete"] == name].reset_index(drop=True) for table, frame in self.tables.items()
        }
        self.problems = [row for row in self.problems if row.get("athlete", name) == name]

    def sources(self) -> tuple[list[Source], list[dict[str, str]]]:
        found, problems = [], []
        for place, name in self._places:
            mine, wrong = sources(place, self.root, name, leave_out=self._own_tables(place))
            found += mine
            problems += [p | {"athlete": name} for p in wrong]
        return found, problems

    def _add(self, place: Path, defaults: Mapping[str, Any], found: dict[str, list[pd.DataFrame]]) -> None:
        plain = place.name if place.is_dir() else place.name.split(".")[0]
        athlete = Athlete(plain or place.resolve().name or "athlete", **defaults)
        if (place / "athlete.toml").is_file():
            try:
                athlete = read_athlete(place, defaults=defaults)
            except SettingsError as error:
                # one athlete's mistake must not keep the coach from the others
                path = (place / "athlete.toml").relative_to(self.root).as_posix()
                self.problems.append(
                    problem(
                        path,
                        str(error),
                        kept=f"the files, as {athlete.name}'s without settings",
                        action="correct athlete.toml and open the log again",
                    )
                )
                warnings.warn(f"{error}; the settings of {athlete.name} are left out", RunlabWarning, stacklevel=4)
        name = athlete.name
        if name in self.athletes:
            raise SettingsError(f"{place}: another athlete is called {name!r} too; give each a name of its own")
        self.athletes[name] = athlete
        self._places.append((place, name))
        if not place.is_dir():
            return
        given, wrong = read_squad_tables(place, name, columns=athlete.columns or None, units=athlete.units)
        for table, frame in given.items():
            if len(frame):
                found.setdefault(table, []).append(frame)
        inside = "" if place == self.root else f"{place.relative_to(self.root).as_posix()}/"
        rows: list[Any] = wrong.to_dict("records")
        self.problems += [
            {**row, "path": inside + str(row["path"]).rsplit("/", 1)[-1], "athlete": name} for row in rows
        ]
        if (notes := place / "notes.md").is_file():
            text = notes.read_text("utf-8", errors="replace")
            found.setdefault("notes", []).append(pd.DataFrame({"athlete": [name], "text": [text]}))

    def _own_tables(self, place: Path) -> frozenset[str]:
        races = self.tables.get("races")
        beside = set() if races is None else {str(name) for name in races["checkpoints"] if name}
        return frozenset({*SQUAD_TABLES, *beside})


def _readings(
    todo: Sequence[Source], athletes: dict[str, Athlete], policy: str, executor: Executor | None, progress: bool
) -> Iterator[Reading]:
    """Each file read, here or by the executor, in whatever order they come."""
    done = set()
    with _bar(len(todo), progress) as bar:
        with own_pool(len(todo)) if executor is None else nullcontext(executor) as pool:
            try:
                for reading in _pooled(pool, todo, athletes, policy, own=executor is None) if pool is not None else ():
                    done.add(reading.source.path)
                    yield reading
                    bar.update()
            except (BrokenExecutor, OSError, RuntimeError):
                # a pool of our own that cannot start or was killed: the rest is read here; another's is its owner's
                if executor is not None:
                    raise
        for source in todo:
            if source.path not in done:
                yield read_one(source, athlete=athletes.get(source.athlete), policy=policy)
                bar.update()


def _pooled(
    pool: Executor, todo: Sequence[Source], athletes: dict[str, Athlete], policy: str, *, own: bool
) -> Iterator[Reading]:
    batches = [todo[k : k + _BATCH] for k in range(0, len(todo), _BATCH)]
    futures: list[Future[list[Reading]]] = []
    try:
        with _no_main() if own else nullcontext():
            futures += [pool.submit(read_some, batch, athletes, policy) for batch in batches]
        for future in as_completed(futures):
            for reading in future.result():
                if reading.status == "failed":  # once more, here: whose fault it was is then plain
                    reading = read_one(reading.source, athlete=athletes.get(reading.source.athlete), policy=policy)
                yield reading
    finally:
        for future in futures:
            future.cancel()


@contextmanager
def own_pool(files: int) -> Iterator[Executor | None]:
    """A pool of processes to read that many files; None where they are few, on one core, or in a worker of a pool."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, _MOST_WORKERS, files // _BATCH)
    if files < _POOL_FROM or workers < 2 or multiprocessing.parent_process() is not None:
        yield None
        return
    try:
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), signal.signal, _DEAF)
    except (OSError, ImportError, NotImplementedError):  # no semaphores on this machine
        yield None
        return
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _no_main() -> Iterator[None]:
    """Workers started in here do not run the coach's script again, as spawned ones do without an ``if __name__``."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _bar(total: int, progress: bool) -> Iterator[Any]:
    """A bar while files are read. In a notebook it is written among the cell's output and goes away with it: on
    stderr, a pink box would stay."""
    from tqdm import tqdm  # not needed to import runlab

    python = sys.modules.get("IPython")
    in_notebook = python is not None and hasattr(python.get_ipython(), "kernel")
    hidden = not progress or total <= _SHOW_PROGRESS
    out = sys.stdout if in_notebook else sys.stderr
    with tqdm(total=total, unit="file", desc="reading", file=out, leave=False, disable=hidden) as bar:
        yield bar
    if in_notebook and not hidden:
        from IPython.display import clear_output

        clear_output()


def _kept(store: Path | None, policy: str) -> tuple[Raw, Mapping[str, pd.DataFrame]]:
    """What the store holds of an earlier opening under the same policy; nothing where it cannot be used."""
    nothing = raw_readings([], {})
    if store is None or not is_saved(store):
        return nothing
    try:
        found, raw, about = opened(store)
    except FileError:
        return nothing  # damaged or of another version: the files are read again and the store is written anew
    if raw is None or about["policy"] != policy:
        return nothing
    return raw, {name: tables.conform(found[name], table) for name, table in BULK.items()}


def _changes(found: Sequence[Source], old: Raw, settings: Mapping[str, str]) -> tuple[list[Source], set[str]]:
    """Which files must be read, and which of the old ones are gone or no longer as they were."""
    columns = ["path", "athlete", "size", "stamp", "settings"]
    known = {row[0]: tuple(row[1:]) for row in old.files[columns].itertuples(index=False)} if len(old.files) else {}
    todo = [s for s in found if known.get(s.path) != (s.athlete, s.size, s.stamp, settings.get(s.athlete, ""))]
    return todo, set(known) - {s.path for s in found}


def _saved(path: Path) -> Log:
    found, raw, about = opened(path)
    reader = RecordReader(found["activities"], Path(about["root"]), about["policy"], path)
    return Log(**found, records=reader, raw=raw, policy=about["policy"])


def _digest(athlete: Athlete) -> str:
    """What of an athlete's settings a summary depends on, in a few letters."""
    text = repr(
        (
            athlete.home_zone,
            athlete.units,
            athlete.untyped,
            sorted(athlete.columns.items()),
            athlete.settings.astype("str").to_numpy().tolist(),
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()[:12]
