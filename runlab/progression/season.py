"""Seasons side by side: builds on a weeks-to-race axis, consistency that knows excuses, variety."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..calendar import BUILD_WEEKS, break_days, in_last_weeks, last_day, measured_sum, week_of, weeks_to_race
from ..clean import clean_share_of
from ..evidence import grade_of
from ..log import Log
from ..numerics import normal_quantile
from ..races import race_day, races_found
from .inference import Finding
from .intensity import run_intensity
from .results import runs
from .sessions import session_type
from .weeks import excused_days, running_weeks

BLOCK_COLUMNS = [
    "race",
    "race_date",
    "race_distance_m",
    "weeks_to_race",
    "week",
    "distance_m",
    "time_s",
    "ascent_m",
    "runs",
    "longest_m",
    "hard_share",
    "excused_days",
    "break_days",
    "grade",
    "basis",
]


def block_comparison(log: Log, *, races: Sequence[Any] | None = None, weeks: int = BUILD_WEEKS) -> pd.DataFrame:
    """The builds before several races, week by week, on one axis: weeks to race.

    Definition: as ``calendar.weeks_to_race``: week 1 is the seven days before the race, 16 the first of the build; the
    day of the race is not counted.

    Takes a log of one athlete, races (Race, dates or names; default: its priority-A races, else its races of a half
    marathon or more, the last four), and the length of the build. Returns one row per race and week:
    ``weeks_to_race`` (``weeks`` to 1), ``distance_m``, ``time_s``, ``ascent_m``, ``runs``, ``longest_m``,
    ``hard_share`` (above threshold; NaN if known for less than half of the runs), ``excused_days``, ``break_days``. A
    week before the log begins is NaN, not 0, and so is a sum that more than a fifth of its runs did not measure.
    Evidence: A (sums of what was recorded). Blocks that differ say nothing of why results differ.

    >>> from runlab.log import Log
    >>> block_comparison(Log()).columns.tolist()[:4]
    ['race', 'race_date', 'race_distance_m', 'weeks_to_race']
    """
    log.only()
    own = runs(log)
    chosen = _chosen_races(log, races)
    if own.empty or chosen.empty:
        return pd.DataFrame(columns=BLOCK_COLUMNS)
    begin = own["date"].min()
    excused = excused_days(log)
    inside = run_intensity(log, channel="speed")
    rows = []
    for race in chosen.to_dict("records"):
        last = pd.Timestamp(race["date"])
        back = weeks_to_race(own["date"], last)
        hard = _block_hard(inside, last)
        eve = last - pd.Timedelta(days=1)
        off = break_days(own["date"], start=max(begin, last - pd.Timedelta(weeks=weeks)), end=eve)
        for k in range(weeks, 0, -1):
            start = last - pd.Timedelta(weeks=k)
            end = start + pd.Timedelta(days=6)
            part = own[back == k]
            known = start >= begin
            sums = {
                name: measured_sum(part[name]) if known else math.nan
                for name in ("distance_m", "moving_time_s", "ascent_m")
            }
            rows.append(
                {
                    "race": race["name"] or f"{last:%Y-%m-%d}",
                    "race_date": last,
                    "race_distance_m": race["distance_m"],
                    "weeks_to_race": k,
                    "week": start,
                    "distance_m": sums["distance_m"],
                    "time_s": sums["moving_time_s"],
                    "ascent_m": sums["ascent_m"],
                    "runs": float(len(part)) if known else math.nan,
                    "longest_m": (float(part["distance_m"].max()) if len(part) else 0.0)
                    if math.isfinite(sums["distance_m"])
                    else math.nan,
                    "hard_share": hard.get(k, math.nan),
                    "excused_days": float(((excused >= start) & (excused <= end)).sum()),
                    "break_days": float(((off >= start) & (off <= end)).sum()) if known else math.nan,
                    "grade": grade_of("block_comparison"),
                    "basis": "before the log begins"
                    if not known
                    else "sums of the log, race day not counted"
                    if math.isfinite(sums["distance_m"])
                    else "more than a fifth of the runs have no distance",
                }
            )
    return pd.DataFrame(rows, columns=BLOCK_COLUMNS)


def _chosen_races(log: Log, races: Sequence[Any] | None) -> pd.DataFrame:
    every = races_found(log)[["date", "name", "distance_m", "priority"]]
    if races is not None:
        wanted = pd.DatetimeIndex([race_day(log, race) for race in races])
        missing = [day for day in wanted if day not in set(every["date"])]
        extra = pd.DataFrame(
            {
                "date": pd.DatetimeIndex(missing, dtype="datetime64[us]"),
                "name": "",
                "distance_m": np.nan,
                "priority": "",
            }
        )
        return pd.concat([every[every["date"].isin(wanted)], extra]).sort_values("date")
    best = every[every["priority"] == "A"]
    if best.empty:
        best = every[every["distance_m"] >= 21000]
    return (best if len(best) else every).tail(4)


def _block_hard(inside: pd.DataFrame, last: pd.Timestamp) -> dict[Any, float]:
    """Share of measured time above threshold, by weeks to race; NaN where less than half of the runs were measured."""
    back = weeks_to_race(inside["date"], last)
    sums = inside[["low_s", "middle_s", "high_s"]].groupby(back).sum()
    total = sums.sum(axis=1).where(inside["high_s"].notna().groupby(back).mean() >= 0.5)
    return (sums["high_s"] / total.where(total > 0)).to_dict()


def block_summary(blocks: pd.DataFrame, *, long_m: float = 28000.0) -> pd.DataFrame:
    """One row per build: totals, the long runs, weeks lost, beside each other.

    Takes the result of ``block_comparison``. Returns ``race``, ``race_date``, ``distance_m`` (sum),
    ``weekly_distance_m``, ``peak_week_m``, ``longest_m``, ``long_weeks`` (weeks with a run of ``long_m`` or more),
    ``break_days``, ``excused_days``, ``weeks_known``.
    Evidence: A.

    >>> blocks = pd.DataFrame({"race": "M", "race_date": pd.Timestamp("2026-11-01"), "weeks_to_race": [2, 1],
    ...                        "distance_m": [50000.0, 20000.0], "longest_m": [30000.0, 8000.0],
    ...                        "excused_days": [0.0, 0.0], "break_days": [0.0, 0.0]})
    >>> block_summary(blocks)[["distance_m", "long_weeks"]].to_dict("records")
    [{'distance_m': 70000.0, 'long_weeks': 1}]
    """
    rows = []
    for (race, date), part in blocks.groupby(["race", "race_date"], sort=False):
        metres = part["distance_m"]
        rows.append(
            {
                "race": race,
                "race_date": date,
                "distance_m": metres.sum(min_count=1),
                "weekly_distance_m": metres.mean(),
                "peak_week_m": metres.max(),
                "longest_m": part["longest_m"].max(),
                "long_weeks": int((part["longest_m"] >= long_m).sum()),
                "break_days": float(part["break_days"].sum()),
                "excused_days": float(part["excused_days"].sum()),
                "weeks_known": int(metres.notna().sum()),
            }
        )
    return pd.DataFrame(
        rows,
        columns=[
            "race",
            "race_date",
            "distance_m",
            "weekly_distance_m",
            "peak_week_m",
            "longest_m",
            "long_weeks",
            "break_days",
            "excused_days",
            "weeks_known",
        ],
    )


def consistency(log: Log, *, on: Any = None, weeks: int = 26, share: float = 0.75, level: float = 0.8) -> Finding:
    """In how many weeks the athlete ran about as often as usual; ill, injured, travelling and busy days are out of it.

    Definition: usual = the median number of running days in weeks without excused days; a week is kept with at least
    ``share`` of that, scaled to the days that were not excused; weeks with 4 excused days or more count neither way.
    The interval is Wilson's: what this many weeks can say of a habit.

    Takes a log of one athlete with ``events``; the last ``weeks`` full weeks before ``on`` (excluded).
    Returns a Finding in % of weeks, with ``table``: one row per week (``run_days``, ``excused_days``, ``state``:
    kept, short, excused). Unknown with fewer than 4 weeks to judge.
    Evidence: B that longer stops go with slower marathons (Feely 2023); D for this measure.

    >>> from runlab.log import Log
    >>> consistency(Log())
    cannot tell · needs 4 weeks that are not excused; found 0
    """
    log.only()
    table = running_weeks(log)
    end = pd.Timestamp(on) if on is not None else None
    if end is not None:
        table = table[table["week"] + pd.Timedelta(days=7) <= end]
    table = table[table["days"] >= 7].tail(weeks).reset_index(drop=True)
    free = table[table["excused_days"] < 1]
    usual = float(free.loc[free["run_days"] > 0, "run_days"].median()) if (free["run_days"] > 0).any() else math.nan
    needed = np.maximum(np.floor(usual * share * (7 - table["excused_days"]) / 7 + 0.25), 1)
    state = np.where(table["excused_days"] >= 4, "excused", np.where(table["run_days"] >= needed, "kept", "short"))
    table = table[["week", "run_days", "excused_days", "distance_m"]].assign(state=state)
    judged, kept = int((state != "excused").sum()), int((state == "kept").sum())
    if judged < 4 or not math.isfinite(usual):
        return Finding(
            math.nan,
            level=level,
            n=judged,
            unit="%",
            table=table,
            basis=f"needs 4 weeks that are not excused; found {judged}",
        )
    z = normal_quantile((1 + level) / 2)
    p, extra = kept / judged, z * z / judged
    middle = (p + extra / 2) / (1 + extra)
    half = z * math.sqrt(p * (1 - p) / judged + extra / (4 * judged)) / (1 + extra)
    out = int((state == "excused").sum())
    return Finding(
        100 * p,
        100 * max(middle - half, 0.0),
        100 * min(middle + half, 1.0),
        level=level,
        n=judged,
        unit="%",
        clean_share=clean_share_of(runs(log, on=on)),
        grade=grade_of("consistency"),
        table=table,
        verdict="",
        basis=f"{kept} of {judged} weeks with about the usual {usual:.0f} running days"
        + (f"; {out} excused" if out else ""),
    )


def variety(
    log: Log,
    *,
    on: Any = None,
    weeks: int = 12,
    sessions: pd.DataFrame | None = None,
    level: float = 0.8,
    seed: int = 0,
) -> Finding:
    """How many different kinds of session the athlete's weeks effectively hold: 1 = always the same.

    Definition: exp of the entropy of time over session types (``session_type``); the table gives the same for
    surfaces, lengths and shoes. The interval comes from redrawing weeks.

    Takes a log of one athlete; ``sessions`` if ``session_type(log)`` is at hand. The last ``weeks`` before ``on``.
    Returns a Finding ("effective kinds") with ``table`` (``dimension``, ``value``, ``n``, ``most``: the commonest
    and its share). Unknown with fewer than 8 runs.
    Evidence: D. More is not better: it says what the mix is.

    >>> from runlab.log import Log
    >>> variety(Log())
    cannot tell · needs 8 runs in 12 weeks; found 0
    """
    log.only()
    own = runs(log, on=on)
    columns = ["dimension", "value", "n", "most", "share"]
    if len(own):
        own = own[in_last_weeks(own["date"], weeks, through=last_day(own["date"], on))]
    if len(own) < 8:
        return Finding(
            math.nan,
            level=level,
            n=len(own),
            unit="effective kinds",
            table=pd.DataFrame(columns=columns),
            basis=f"needs 8 runs in {weeks} weeks; found {len(own)}",
        )
    kinds = session_type(log) if sessions is None else sessions
    own = own.merge(kinds[["activity_id", "session_type"]], on="activity_id", how="left")
    hours = own["moving_time_s"].fillna(own["timer_time_s"]).fillna(0).to_numpy(float)
    bands = pd.cut(hours, [0, 2400, 4200, 6600, np.inf], labels=["under 40 min", "40–70 min", "70–110 min", "longer"])
    sides = {
        "session type": own["session_type"],
        "surface": own["sub_sport"].replace("", "not said"),
        "length": pd.Series(bands, index=own.index).astype("str"),
        "shoes": own["gear"].replace("", "not said"),
    }
    rows = []
    for name, labels in sides.items():
        time = pd.Series(hours, index=own.index).groupby(labels).sum().sort_values(ascending=False)
        rows.append(
            {
                "dimension": name,
                "value": _kinds(time.to_numpy()),
                "n": len(own),
                "most": time.index[0],
                "share": float(time.iloc[0] / time.sum()) if time.sum() else math.nan,
            }
        )
    rng = np.random.default_rng(seed)
    week = week_of(own["date"])
    by_week = pd.crosstab(week, own["session_type"], values=hours, aggfunc="sum").fillna(0.0).to_numpy()
    drawn = [_kinds(by_week[rng.integers(0, len(by_week), len(by_week))].sum(0)) for _ in range(300)]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Finding(
        rows[0]["value"],
        float(low),
        float(high),
        level=level,
        n=len(own),
        unit="effective kinds",
        clean_share=clean_share_of(own),
        grade=grade_of("variety"),
        verdict="",
        table=pd.DataFrame(rows, columns=columns),
        basis=f"{len(own)} runs in {weeks} weeks, mostly {rows[0]['most']} ({100 * rows[0]['share']:.0f} % of time)",
    )


def _kinds(amounts: np.ndarray) -> float:
    share = amounts[amounts > 0] / amounts.sum() if amounts.sum() > 0 else np.array([])
    return float(np.exp(-(share * np.log(share)).sum())) if len(share) else math.nan
