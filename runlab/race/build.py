"""The sixteen weeks before the race beside the athlete's own best build, counted in weeks to the race."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pandas as pd

from .. import units as _units
from ..calendar import BUILD_WEEKS, breaks, weeks_to_race
from ..log import Log
from ..progression.performance import vdot
from ..progression.results import race_results
from ..races import Race
from ..taper import taper_review

COLUMNS: dict[str, Any] = {
    "build": "str",
    "weeks_to_race": int,
    "week_start": "datetime64[us]",
    "run_distance_m": float,
    "longest_run_m": float,
    "race_pace_m": float,
    "run_time_s": float,
    "run_ascent_m": float,
    "runs": float,
    "days_off": float,
    "strength": float,
    "sleep_h": float,
    "load": float,
}
SUMMARY: dict[str, Any] = {"unit": "str", "this": float, "best": float, "words": "str"}
DISRUPTIONS: dict[str, Any] = {
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "days": int,
    "days_off": int,
    "weeks_to_race": float,
    "kind": "str",
    "note": "str",
}
STOP_SOURCE = (
    "in 300,000 runners a stop of 7 days or more in the build went with 5–8 % slower marathons [B: "
    "observational]; how much of this result it was, nobody can say"
)
RACE_PACE = 0.03  # within 3 % of race speed


def build_table(
    log: Log, race: Race, *, weeks: int = BUILD_WEEKS, before_best: pd.Timestamp | None = None
) -> pd.DataFrame:
    """What each week of the build held; week 1 ends on race eve, the race itself left out.

    Definition: weeks are counted back from the race, so 1 is the seven days before it. Race-pace metres are run
    within 3 % of the goal speed (else of the result's), from the seconds spent at each speed; NaN beyond 60 km races
    and without speed. ``days_off`` are days without a run. Weeks before the log begins are NaN.

    Takes a log of one athlete and the Race; ``before_best`` is the day of the race that ended the best build.
    Returns the columns named in ``Debrief``, builds "this" and, if known, "best". Evidence: A (sums).

    >>> from runlab.log import Log
    >>> build_table(Log(), Race(pd.Timestamp("2026-11-01"))).empty
    True
    """
    daily = log.daily
    if not len(daily):
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    time = race.goal_s if race.goal_s > 0 else race.official_time_s
    speed = race.distance_m / time if time > 0 and race.distance_m > 0 and race.distance_m <= 60_000 else math.nan
    pace = _pace_metres(log, speed)
    parts = [_weeks(log, daily, race.date, weeks, pace, "this")]
    if before_best is not None:
        parts.append(_weeks(log, daily, before_best, weeks, pace, "best"))
    return pd.concat(parts, ignore_index=True).astype(COLUMNS)


def _weeks(log: Log, daily: pd.DataFrame, day: pd.Timestamp, weeks: int, pace: pd.Series, name: str) -> pd.DataFrame:
    day = pd.Timestamp(day)
    span = daily[(daily["date"] < day) & (daily["date"] >= day - pd.Timedelta(weeks=weeks))].copy()
    span["week"] = weeks_to_race(span["date"], day)
    own = log.activities
    ran = own[(own["sport"] == "running") & (own["duplicate_of"].fillna("") == "")]
    runs = ran.groupby("date").size()
    lifted = own[own["sport"].str.contains("strength")]["date"].value_counts()
    if len(log.strength):
        logged = log.strength["date"].value_counts()
        lifted = logged.reindex(lifted.index.union(logged.index)).combine(
            lifted.reindex(lifted.index.union(logged.index)), np.fmax
        )
    span["runs"] = span["date"].map(runs).fillna(0.0)
    span["strength"] = span["date"].map(lifted).fillna(0.0)
    span["race_pace_m"] = span["date"].map(pace) if len(pace) else math.nan
    span["days_off"] = (span["runs"] == 0).astype(float)
    for column in ("sleep_h", "load", "run_ascent_m", "run_time_s", "longest_run_m"):
        if column not in span.columns:
            span[column] = math.nan
    week = span.groupby("week")
    first = daily["date"].min()
    rows = []
    for k in range(weeks, 0, -1):
        start = (day - pd.Timedelta(weeks=k)).as_unit("us")
        row: dict[str, Any] = {"build": name, "weeks_to_race": k, "week_start": start}
        if k in week.groups and start >= first:
            part = week.get_group(k)
            row |= {
                c: float(part[c].sum(min_count=1))
                for c in (
                    "run_distance_m",
                    "run_time_s",
                    "run_ascent_m",
                    "runs",
                    "days_off",
                    "strength",
                    "load",
                    "race_pace_m",
                )
            }
            row |= {"longest_run_m": float(part["longest_run_m"].max()), "sleep_h": float(part["sleep_h"].mean())}
            if part["load"].isna().any():
                row["load"] = math.nan
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pace_metres(log: Log, speed: float) -> pd.Series:
    """Metres within 3 % of race speed on each date; 0 on days with speed but none at that pace."""
    held = log.histograms
    held = held[held["channel"] == "speed_mps"] if len(held) else held
    if not speed > 0 or not len(held):
        return pd.Series(dtype=float)
    near = np.abs(held["value"] / speed - 1) <= RACE_PACE
    metres = (held["seconds"] * held["value"]).where(near, 0.0).groupby(held["activity_id"]).sum()
    dates = log.activities.set_index("activity_id")["date"]
    return metres.groupby(dates.reindex(metres.index)).sum()


def best_build(log: Log, race: Race, *, apart_days: int = 70) -> tuple[pd.Timestamp | None, str]:
    """The day of the athlete's best earlier race over a like distance, and what it was, in words.

    Definition: highest VDOT among results at 45 % to 220 % of the distance, at least ``apart_days`` before this race;
    without one, the day that ended the 16 weeks with most running before this build.

    Takes a log and the Race. Returns (day or None, words). Evidence: A for results; C that a build explains a result.

    >>> from runlab.log import Log
    >>> best_build(Log(), Race(pd.Timestamp("2026-11-01"), distance_m=42195.0))
    (None, 'no earlier build in the log')
    """
    results = race_results(log, on=race.date - pd.Timedelta(days=apart_days))
    daily = log.daily
    if not len(daily):
        return None, "no earlier build in the log"
    first = daily["date"].min()
    if race.distance_m > 0:
        results = results[
            results["distance_m"].between(0.45 * race.distance_m, 2.2 * race.distance_m)
            & (results["date"] >= first + pd.Timedelta(weeks=8))
        ]
    if len(results):
        worth = vdot(results["distance_m"].to_numpy(float), results["time_s"].to_numpy(float))
        best = results.iloc[int(np.nanargmax(np.where(np.isfinite(worth), worth, -1.0)))]
        return best["date"], (
            f"the build for {best['name'] or 'a race'} on {_day(best['date'])} "
            f"({_units.format_duration(best['time_s'])})"
        )
    begin = race.date - pd.Timedelta(weeks=BUILD_WEEKS)
    earlier = daily[daily["date"] < begin].set_index("date")["run_distance_m"]
    if len(earlier) < 7 * BUILD_WEEKS:
        return None, "no earlier build in the log"
    rolling = earlier.rolling(7 * BUILD_WEEKS).sum()
    end = cast(pd.Timestamp, rolling.idxmax())
    return end + pd.Timedelta(days=1), f"the 16 weeks with most running before this build, up to {_day(end)}"


def build_summary(build: pd.DataFrame, race: Race, *, units: str = "metric", log: Log | None = None) -> pd.DataFrame:
    """The build in a dozen lines, beside the best one: volume, long runs, race pace, days off, strength, taper, sleep.

    Takes ``build_table`` (and the log for the taper). Returns one row per ``measure``: ``unit, this, best, words``.
    Evidence: A for sums; B for breaks and tapers (observational), C for the rest.

    >>> build_summary(pd.DataFrame(), Race(pd.Timestamp("2026-11-01"))).empty
    True
    """
    rows: dict[str, dict[str, Any]] = {}
    if len(build):
        both = dict(list(build.groupby("build")))
        far = 28_000.0 if race.distance_m > 30_000 else max(0.65 * race.distance_m, 12_000.0)
        far = far if math.isfinite(far) else 15_000.0
        far_words = _units.format_distance(far, units, digits=0)

        def value(name: str, measure: str) -> float:
            part = both.get(name)
            if part is None or part["run_distance_m"].notna().sum() < 4:
                return math.nan
            weeks = float(part["run_distance_m"].notna().sum())
            return {
                "distance": part["run_distance_m"].sum(),
                "weekly": part["run_distance_m"].sum() / weeks,
                "longest": part["longest_run_m"].max(),
                "long_runs": float((part["longest_run_m"] >= far).sum()),
                "race_pace": part["race_pace_m"].sum(min_count=1),
                "ascent": part["run_ascent_m"].sum(min_count=1),
                "days_off": part["days_off"].sum(),
                "strength": part["strength"].sum(),
                "sleep": part["sleep_h"].mean(),
            }[measure]

        def far_of(metres: float) -> str:
            return _units.format_distance(metres, units, digits=0)

        ways = {
            "distance": ("m", far_of),
            "weekly": ("m", far_of),
            "longest": ("m", far_of),
            "long_runs": ("runs", lambda v: _count(v, "week")),
            "race_pace": ("m", far_of),
            "ascent": ("m", lambda v: _units.format_height(v, units)),
            "days_off": ("days", lambda v: _count(v, "day")),
            "strength": ("sessions", lambda v: _count(v, "session")),
            "sleep": ("h", lambda v: f"{v:.1f} h"),
        }
        says = {
            "distance": "Running in the build",
            "weekly": "A week on average",
            "longest": "Longest run",
            "long_runs": f"Weeks with a run of {far_words} or more",
            "race_pace": "Run at race pace",
            "ascent": "Climbed",
            "days_off": "Days without a run",
            "strength": "Strength",
            "sleep": "Sleep a night",
        }
        for measure, (unit, text) in ways.items():
            this, best = value("this", measure), value("best", measure)
            if math.isfinite(this) and (this > 0 or best > 0):
                beside = f", against {text(best)} before the best one" if math.isfinite(best) else ""
                rows[measure] = {
                    "unit": unit,
                    "this": this,
                    "best": best,
                    "words": f"{says[measure]}: {text(this)}{beside}.",
                }
        if log is not None:
            rows |= _taper_rows(log, race)
    frame = pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), name="measure", dtype="str"))
    return frame.reindex(columns=list(SUMMARY)).astype(SUMMARY)


def _taper_rows(log: Log, race: Race) -> dict[str, dict[str, Any]]:
    found = taper_review(log, race.date).set_index("measure")
    rows = {}
    for name, text in (
        ("length", "Taper: {0}"),
        ("depth", "Volume in the taper: {0} below usual"),
        ("strict_weeks", "Weeks in a row with less than the one before: {0}"),
    ):
        if name not in found.index or not math.isfinite(this := float(found["value"].loc[name])):
            continue
        own, scale = float(found["own"].loc[name]), 100.0 if found.loc[name, "unit"] != "%" and name == "depth" else 1.0
        usual = f" (middle of own earlier tapers: {scale * own:.0f})" if math.isfinite(own) else ""
        noun = {"length": "day", "strict_weeks": "week"}.get(name, "%")
        if "excused" in str(found.loc[name, "basis"]):
            usual += "; excused days are in it"
        rows[f"taper_{name}"] = {
            "unit": str(found.loc[name, "unit"]),
            "this": this,
            "best": own,
            "words": text.format(_count(scale * this, noun)) + f"{usual}.",
        }
    return rows


def disruptions(log: Log, race: Race, *, weeks: int = BUILD_WEEKS) -> pd.DataFrame:
    """Breaks of the build: what was logged as ill, injured, travelling or life, and other ``calendar.breaks``.

    Takes a log and the Race. Returns ``start, end, days, days_off`` (without a run), ``weeks_to_race`` (of the
    last day), ``kind, note``; a stop
    that overlaps a logged episode is that episode. Evidence: A.

    >>> from runlab.log import Log
    >>> disruptions(Log(), Race(pd.Timestamp("2026-11-01"))).empty
    True
    """
    begin, eve = race.date - pd.Timedelta(weeks=weeks), race.date - pd.Timedelta(days=1)
    own = log.activities
    ran = own.loc[(own["sport"] == "running") & own["date"].between(begin, eve), "date"].drop_duplicates().sort_values()

    def off(start: pd.Timestamp, end: pd.Timestamp) -> int:
        return (end - start).days + 1 - int(ran.between(start, end).sum())

    rows: list[dict[str, Any]] = []
    events = log.events
    for event in events[events["kind"].isin(["ill", "injury", "pain", "travel", "life"])].to_dict("records"):
        end = event["end"] if pd.notna(event["end"]) else event["start"]
        if end < begin or event["start"] > eve:
            continue
        end = min(end, eve)
        rows.append(
            {
                "start": event["start"],
                "end": end,
                "days": (end - event["start"]).days + 1,
                "weeks_to_race": ((race.date - end).days) / 7,
                "kind": event["kind"],
                "days_off": off(event["start"], end),
                "note": event["note"],
            }
        )
    if len(ran):
        for start, end, days in breaks(ran, start=max(begin, own["date"].min()), end=eve).itertuples(index=False):
            if not any(r["start"] <= end and r["end"] >= start for r in rows):
                rows.append(
                    {
                        "start": start,
                        "end": end,
                        "days": days,
                        "weeks_to_race": (race.date - end).days / 7,
                        "kind": "no runs",
                        "days_off": days,
                        "note": "",
                    }
                )
    frame = pd.DataFrame(rows, columns=list(DISRUPTIONS)).astype(DISRUPTIONS)
    return frame.sort_values("start", kind="stable", ignore_index=True)


def _day(value: Any) -> str:
    day = pd.Timestamp(value)
    return f"{day.day} {day:%b %Y}"


def _count(value: float, noun: str) -> str:
    return f"{value:.0f} {noun}{'' if noun == '%' or round(value) == 1 else 's'}"
