"""``Log``: the tables of one or many athletes in one place, sliced by athlete and by date."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import pandas as pd

from .. import tables
from ..athlete import Athlete
from ..clean import QUALITY
from ..efforts import EFFORTS
from ..errors import RunlabError, SettingsError, one_of
from ..races import Race, race_of, race_signs
from ..summary import HISTOGRAMS
from ..units import parse_day
from .store import TABLES, Raw, save

Daily: TypeAlias = "pd.DataFrame | Callable[[Log], pd.DataFrame]"
WELLNESS = (
    "sleep_h",
    "sleep_quality",
    "resting_heart_rate_bpm",
    "hrv_rmssd_ms",
    "soreness",
    "fatigue",
    "stress",
    "mood",
    "weight_kg",
    "wellness_note",
)
CACHED_RECORDS = 32

_RESULTS = ("official_time_s", "finished", "rank")
_BY_ACTIVITY = ("laps", "histograms", "efforts", "quality", "duplicates")
_BY_ATHLETE = ("wellness", "plan", "events", "races", "strength", "fuel", "notes")


class Log:
    """The training of one or many athletes as tables, and a way to the samples behind them.

    Attributes: ``activities``, ``laps``, ``histograms``, ``efforts``, ``wellness``, ``plan``, ``events``, ``races``,
    ``strength``, ``fuel``, ``notes``, ``problems``, ``quality``, ``duplicates`` (frames, see ``runlab.tables``),
    ``athletes`` (name to ``Athlete``), ``daily`` (worked out when first asked for), ``root`` (the folder the paths are
    relative to), ``start`` and ``end`` (days asked for with ``between``, None if all), ``read_line`` (what was read).
    Takes any of the tables; what is left out is empty. ``records`` is a function from an activity_id to its samples, or
    a dict of such frames. Athletes named in a table without an ``Athlete`` get one that knows nothing but the name.

    >>> log = Log(pd.DataFrame({"activity_id": ["a"], "athlete": ["kim"], "date": ["2026-03-01"]}))
    >>> log
    Log(kim: 1 activity, 2026-03-01)
    >>> log.athlete("kim").between("2026-04-01", "2026-05-01").activities.empty
    True
    """

    activities: pd.DataFrame
    laps: pd.DataFrame
    histograms: pd.DataFrame
    efforts: pd.DataFrame
    wellness: pd.DataFrame
    plan: pd.DataFrame
    events: pd.DataFrame
    races: pd.DataFrame
    strength: pd.DataFrame
    fuel: pd.DataFrame
    notes: pd.DataFrame
    problems: pd.DataFrame
    quality: pd.DataFrame
    duplicates: pd.DataFrame
    fill_daily: ClassVar[Callable[[Log], pd.DataFrame] | None] = None  # set by runlab.load: the log knows no metric

    def __init__(
        self,
        activities: pd.DataFrame | None = None,
        laps: pd.DataFrame | None = None,
        histograms: pd.DataFrame | None = None,
        efforts: pd.DataFrame | None = None,
        wellness: pd.DataFrame | None = None,
        plan: pd.DataFrame | None = None,
        events: pd.DataFrame | None = None,
        races: pd.DataFrame | None = None,
        problems: pd.DataFrame | None = None,
        athletes: Mapping[str, Athlete] | None = None,
        root: str | Path | None = None,
        records: Callable[[str], pd.DataFrame] | Mapping[str, pd.DataFrame] | None = None,
        *,
        strength: pd.DataFrame | None = None,
        fuel: pd.DataFrame | None = None,
        notes: pd.DataFrame | None = None,
        quality: pd.DataFrame | None = None,
        duplicates: pd.DataFrame | None = None,
        start: Any = None,
        end: Any = None,
        read_line: str = "",
        daily: Daily | None = None,
        raw: Raw | None = None,
        policy: str = "flag",
    ) -> None:
        conform = tables.conform
        activities = conform(_given(activities), tables.ACTIVITIES)
        self.activities = activities.sort_values(["athlete", "start_time", "activity_id"], ignore_index=True)
        self.laps = conform(_given(laps), tables.LAPS)
        self.histograms = conform(_given(histograms), HISTOGRAMS)
        self.efforts = conform(_given(efforts), EFFORTS)
        self.wellness = _wellness(_given(wellness))
        self.plan = conform(_given(plan), tables.PLAN)
        self.events = conform(_given(events), tables.EVENTS)
        self.races = conform(_given(races), tables.RACES)
        self.strength = _dated(_given(strength))
        self.fuel = _dated(_given(fuel))
        self.notes = _texts(_given(notes), "athlete", "text")
        self.problems = conform(_given(problems), tables.PROBLEMS)
        self.quality = conform(_given(quality), QUALITY)
        self.duplicates = _texts(_given(duplicates), "activity_id", "kept", "reason")
        self.root = Path(root) if root is not None else Path()
        self.start, self.end = _date(start), _date(end)
        self.read_line = read_line
        self._daily = daily
        self.raw, self.policy = raw, policy
        self._cut: tuple[Log, pd.DataFrame] | None = None  # of a slice: the whole log, and its own rows as cut
        self._signs: tuple[pd.DataFrame, pd.DataFrame] | None = None
        self._records = _reader(records)
        found = {
            name
            for frame in (self.activities, self.wellness, self.plan, self.events, self.races)
            for name in frame["athlete"].unique()
        }
        known = dict(athletes or {})
        self.athletes: dict[str, Athlete] = known | {
            name: Athlete(name or "athlete") for name in sorted(found - set(known)) if name or not known
        }

    @property
    def name(self) -> str:
        """The athlete's name where there is one, else the folder's.

        >>> Log(athletes={"kim": Athlete("kim")}).name
        'kim'
        """
        if len(self.athletes) == 1:
            return next(iter(self.athletes.values())).name
        return self.root.resolve().name if str(self.root) != "." else "log"

    def __repr__(self) -> str:
        n, days = len(self.activities), self.activities["date"].dropna()
        who = self.name if len(self.athletes) == 1 else f"{len(self.athletes)} athletes"
        when = ""
        if len(days):
            first, last = f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}"
            when = f", {first}" if first == last else f", {first} – {last}"
        read = f"; {self.read_line}" if self.read_line else ""
        return f"Log({who}: {n:,} {'activity' if n == 1 else 'activities'}{when}{read})"

    def only(self) -> Athlete:
        """The one athlete of this log; of an empty log, one of whom nothing is known.

        Every function that speaks of one athlete asks this first. Raises SettingsError if there are several.

        >>> Log(athletes={"kim": Athlete("kim"), "bo": Athlete("bo")}).only()
        Traceback (most recent call last):
        ...
        runlab.errors.SettingsError: this log holds 2 athletes (kim, bo); pick one: log.athlete('kim')
        """
        if len(self.athletes) == 1:
            return next(iter(self.athletes.values()))
        if not self.athletes:
            return Athlete("athlete")
        names = list(self.athletes)
        shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
        raise SettingsError(f"this log holds {len(names)} athletes ({shown}); pick one: log.athlete({names[0]!r})")

    def athlete(self, name: str) -> Log:
        """The same log with one athlete's rows alone.

        >>> Log(athletes={"kim": Athlete("kim"), "bo": Athlete("bo")}).athlete("bo").only().name
        'bo'
        """
        one_of("athlete", name, self.athletes)
        mine = {
            table: frame[frame["athlete"] == name]
            for table in _BY_ATHLETE
            if "athlete" in (frame := getattr(self, table)).columns
        }
        activities = self.activities[self.activities["athlete"] == name]
        daily = self._daily
        if "daily" in self.__dict__ or isinstance(daily, pd.DataFrame):
            daily = self.daily[self.daily["athlete"] == name].reset_index(drop=True)
        return self._slice(activities, mine, {name: self.athletes[name]}, self.start, self.end, daily)

    def between(self, start: Any = None, end: Any = None) -> Log:
        """The same log between two local dates, both included; an open side is None.

        Activities, plan, races and wellness by their date; events that touch the period stay whole. ``daily`` has the
        rows of those days as the whole log has them.

        >>> days = pd.DataFrame({"athlete": "kim", "activity_id": ["a", "b"], "date": ["2026-03-01", "2026-03-02"]})
        >>> Log(days).between("2026-03-02").activities["activity_id"].tolist()
        ['b']
        """
        first, last = _date(start), _date(end)
        if first is not None and last is not None and first > last:
            raise SettingsError(f"between: the start {first:%Y-%m-%d} is after the end {last:%Y-%m-%d}")

        def inside(low: pd.Series, high: pd.Series) -> pd.Series:
            keep = low.notna()
            keep &= True if last is None else low <= last
            return keep & (True if first is None else high >= first)

        mine = {}
        for table in _BY_ATHLETE:
            frame = getattr(self, table)
            if table == "events":
                # An episode without an end is still going on, as far as the log says.
                mine[table] = frame[inside(frame["start"], frame["end"].fillna(pd.Timestamp.max.as_unit("us")))]
            elif "date" in frame.columns:
                mine[table] = frame[inside(frame["date"], frame["date"])]
        activities = self.activities[inside(self.activities["date"], self.activities["date"])]
        starts, ends = [x for x in (self.start, first) if x is not None], [x for x in (self.end, last) if x is not None]

        def daily(_: Log) -> pd.DataFrame:  # worked out when asked for, over the whole log: a slice moves no number
            whole = self.daily
            return whole[inside(whole["date"], whole["date"])].reset_index(drop=True)

        return self._slice(activities, mine, self.athletes, max(starts, default=None), min(ends, default=None), daily)

    def as_of(self, day: Any) -> Log:
        """The log as it stood on the evening of a day: nothing in it was learned later.

        Activities, laps, wellness, strength, fuel and daily rows to the day; events that had begun, with open ends
        where they end later; the plan's versions written by then (a ``version`` that holds a date, or none), also for
        days to come; races to come without their results; problems of the files kept. A copy of something later
        counts.

        >>> days = pd.DataFrame({"athlete": "kim", "activity_id": ["a", "b"], "date": ["2026-03-01", "2026-03-02"]})
        >>> ill = pd.DataFrame({"athlete": ["kim"], "kind": ["ill"], "start": ["2026-03-01"], "end": ["2026-03-04"]})
        >>> then = Log(days, events=ill).as_of("2026-03-01")
        >>> then.activities["activity_id"].tolist(), then.events["end"].isna().tolist()
        (['a'], [True])
        """
        last = _date(day)
        if last is None:
            raise SettingsError("as_of: name the day, as in log.as_of('2026-03-01')")
        then = self.between(None, last)
        later = self.races["date"] > last
        results = [c for c in self.races.columns if c in _RESULTS]
        written = pd.to_datetime(self.plan["version"].str.extract(r"(\d{4}-\d{2}-\d{2})")[0], errors="coerce")
        activities = then.activities
        still = activities["duplicate_of"].isin(set(activities["activity_id"]))
        kept = activities.assign(duplicate_of=activities["duplicate_of"].where(still, ""))
        mine = {table: getattr(then, table) for table in ("wellness", "strength", "fuel")} | {
            "events": then.events.assign(end=then.events["end"].where(then.events["end"] <= last)),
            "plan": self.plan[~(written > last)],
            "races": pd.concat([self.races[~later], self.races[later].drop(columns=results)]),
        }
        known = then._slice(kept, mine, self.athletes, then.start, then.end, then._daily)
        known.duplicates = known.duplicates[known.duplicates["kept"].isin(set(kept["activity_id"]))]
        return known

    def _slice(
        self,
        activities: pd.DataFrame,
        mine: dict[str, pd.DataFrame],
        athletes: Mapping[str, Athlete],
        start: Any,
        end: Any,
        daily: Daily | None,
    ) -> Log:
        kept = set(activities["activity_id"])
        for table in _BY_ACTIVITY:
            frame = getattr(self, table)
            mine[table] = frame[frame["activity_id"].isin(kept)]
        ours = self.problems["activity_id"]
        paths = set(activities["source"])
        gone = set(self.activities["activity_id"]) - kept
        about = self.problems["athlete"].isin(list(athletes)) if "athlete" in self.problems.columns else True
        problems = self.problems[~ours.isin(gone) & (about | self.problems["path"].isin(paths))]
        rest: dict[str, Any] = {table: getattr(self, table) for table in _BY_ATHLETE} | mine
        part = Log(
            activities,
            problems=problems,
            athletes=athletes,
            root=self.root,
            records=self._records,
            start=start,
            end=end,
            read_line=self.read_line,
            daily=daily,
            policy=self.policy,
            **rest,
        )
        part._cut = self._history, part.activities
        return part

    def records(self, activity_id: str) -> pd.DataFrame:
        """The samples of one activity, read when asked for; the last 32 stay at hand.

        Raises RunlabError for an id that is not in the log or has no samples (a row of a training log).

        >>> sample = pd.DataFrame({"activity_id": ["a"], "time": pd.to_datetime(["2026-03-01"], utc=True)})
        >>> len(Log(pd.DataFrame({"activity_id": ["a"], "samples": [1]}), records={"a": sample}).records("a"))
        1
        """
        row = self.activities[self.activities["activity_id"] == activity_id]
        if row.empty:
            raise RunlabError(f"no activity {activity_id!r} in this log; ids are in log.activities['activity_id']")
        if self._records is None:
            raise RunlabError(f"activity {activity_id!r}: this log was made from tables and has no samples behind it")
        # A shallow copy: with copy-on-write, whoever edits it edits his own.
        return self._records(activity_id).copy(deep=False)

    def race(self, race: Any, **given: Any) -> Race:
        """The race of a day or of a name: the calendar's row, that day's files, and what is given, which wins.

        Takes a local date, a name, a row with a date or a Race, and ``official_time``, ``distance_m``, ``goal``,
        ``course``, ``checkpoints``, ``name``, ``kind``, ``ascent_m``, ``finished``; see ``races.race_of``. Raises
        SettingsError where nothing tells of a race that day, a name is unknown or several races', or for a log of
        several athletes.

        >>> log = Log(pd.DataFrame({"activity_id": ["a"], "athlete": ["kim"], "date": ["2026-11-01"],
        ...                         "sport": ["running"], "distance_m": [42830.0], "elapsed_time_s": [13280.0]}))
        >>> log.race("2026-11-01", official_time="3:41:12")
        Race(2026-11-01, 42.2 km, 3:41:12)
        """
        return race_of(self, race, **given)

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Load and wellness by athlete and local date, on a calendar without gaps; see ``runlab.load.daily_load``.

        ``runlab.load`` hands the function over when it is imported. A slice holds the rows of its days as the whole
        log has them.
        """
        if isinstance(self._daily, pd.DataFrame):
            return self._daily
        fill = self._daily or type(self).fill_daily
        if fill is None:  # nobody has asked for a metric yet: wake the one that hands its function over
            importlib.import_module("runlab.load")
            fill = type(self).fill_daily
            assert fill is not None
        daily = fill(self)
        carried = [c for c in self.wellness.columns if c not in daily.columns or c in ("athlete", "date")]
        if self.wellness.empty or len(carried) == 2:
            return daily
        once = self.wellness[carried].drop_duplicates(["athlete", "date"], keep="last")
        return daily.merge(once, on=["athlete", "date"], how="left", validate="one_to_one")

    @property
    def _history(self) -> Log:
        """The log that holds the days before a slice, too; itself where it is whole or its rows were set anew."""
        return self._cut[0] if self._cut is not None and self._cut[1] is self.activities else self

    @property
    def race_signs(self) -> pd.DataFrame:
        """How sure each run is a race (``races.race_signs``), by ``activity_id``; judged once, by the days before it.

        >>> run = {"activity_id": ["a"], "athlete": ["kim"], "date": ["2026-03-01"], "sport": ["running"]}
        >>> Log(pd.DataFrame(run | {"workout_type": ["race"]})).race_signs.loc["a", "found_by"]
        'marked'
        """
        if self._history is not self:
            return self._history.race_signs
        if self._signs is None or self._signs[0] is not self.activities:
            runs = self.activities[(self.activities["sport"] == "running") & self.activities["date"].notna()]
            signs = race_signs(runs).set_axis(runs["activity_id"])
            self._signs = self.activities, signs[~signs.index.duplicated()]
        return self._signs[1]

    def save(self, path: str | Path, *, with_records: bool = True) -> Path:
        """Keep the log as a folder of Parquet files that ``open_log`` opens in an instant; returns the path.

        With ``with_records`` the samples go along, so that the original files are no longer needed.
        """
        return save(
            Path(path),
            {name: getattr(self, name) for name in TABLES},
            athletes=self.athletes,
            about={
                "policy": self.policy,
                "root": str(self.root.resolve()),
                "read_line": self.read_line,
                "start": self.start,
                "end": self.end,
            },
            raw=self.raw,
            records=self.records if with_records else None,
        )


def _given(frame: pd.DataFrame | None) -> pd.DataFrame:
    return pd.DataFrame() if frame is None else frame.reset_index(drop=True)


def _date(value: Any) -> pd.Timestamp | None:
    return None if value is None or value is pd.NaT else parse_day(value)


def _reader(records: Any) -> Callable[[str], pd.DataFrame] | None:
    if records is None or hasattr(records, "cache_info"):
        return records  # a slice shares its parent's cache
    if isinstance(records, Mapping):
        held = dict(records)

        def records(activity_id: str) -> pd.DataFrame:
            if activity_id not in held:
                raise RunlabError(f"activity {activity_id!r} has no samples (a row of a training log)")
            return held[activity_id]

    return lru_cache(maxsize=CACHED_RECORDS)(records)


def _texts(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    missing = {name: pd.Series([""] * len(frame), dtype="str") for name in names if name not in frame.columns}
    return frame.assign(**missing)[[*names, *(c for c in frame.columns if c not in names)]]


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """A table by athlete and local date with whatever other columns it came with."""
    frame = _texts(frame, "athlete")
    dates = pd.to_datetime(frame["date"]) if "date" in frame.columns else pd.Series(pd.NaT, index=frame.index)
    return frame.assign(athlete=frame["athlete"].astype("str"), date=dates.astype("datetime64[us]"))


def _wellness(frame: pd.DataFrame) -> pd.DataFrame:
    if "note" in frame.columns and "wellness_note" not in frame.columns:
        frame = frame.rename(columns={"note": "wellness_note"})
    return _dated(frame)
