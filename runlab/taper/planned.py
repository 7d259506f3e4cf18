"""The coach's written plan as daily load, at the rate this athlete's sessions had."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..load.session import session_load
from ..log import Log
from ..progression import session_type
from .scenarios import usual_week
from .simulation import history

HARD = ("tempo", "threshold", "interval", "hills", "race")
OTHER = ("strength", "cross")
WEEKS = 12


def planned_load(log: Log, *, first: Any, last: Any) -> tuple[pd.Series, dict[str, int]]:
    """Planned load by day, from planned distances and durations at the athlete's rate of the weeks before.

    Load per metre is taken apart for easy and for harder runs, load per second for strength and other sports, over the
    12 weeks before ``first``. Days whose plan was rewritten with a reason (such as "ill") and weeks without any plan
    get the usual load of that weekday. Takes a log of one athlete with ``plan``. Returns the loads from ``first`` to
    ``last``, NaN where nothing could be known, and counts: ``planned`` days, ``rewritten`` days, ``unplanned`` days.
    Evidence: D.

    >>> loads, counts = planned_load(Log(), first="2026-05-01", last="2026-05-02")
    >>> loads.isna().all().item(), counts["unplanned"]
    (True, 2)
    """
    log.only()
    days = pd.date_range(pd.Timestamp(first), pd.Timestamp(last))
    plan = log.plan[(log.plan["date"] >= days[0]) & (log.plan["date"] <= days[-1])]
    before = log.between(None, days[0] - pd.Timedelta(days=1))
    load, _ = history(before.daily)
    usual = usual_week(load) if len(load) >= 7 else np.full(7, math.nan)
    changed = plan["reason"].fillna("").astype("str") != ""
    rewritten = set(plan.loc[changed, "date"])
    rates = _rates(before, days[0]) if len(plan) else {}  # what kind a session was is slow to tell
    amounts = plan[~changed].assign(load=[_amount(row, rates) for row in plan[~changed].to_dict("records")])
    by_day = amounts.groupby("date")["load"].sum(min_count=1)
    loads = by_day.reindex(days).fillna(0.0)
    weeks = set((plan["date"] - days[0]).dt.days // 7)
    out_of_plan = np.array([((day - days[0]).days // 7) not in weeks for day in days])
    replaced = np.array([day in rewritten for day in days]) | out_of_plan
    loads[replaced] = usual[days.day_of_week][replaced]
    counts = {
        "planned": int((~replaced).sum()),
        "rewritten": len(rewritten),
        "unplanned": int(out_of_plan.sum()),
    }
    return loads, counts


def _rates(log: Log, first: pd.Timestamp) -> dict[str, float]:
    """Load per metre of easy and hard runs, and per second of strength and other sports."""
    done = log.activities[(log.activities["duplicate_of"] == "")]
    done = done[done["date"] >= first - pd.Timedelta(weeks=WEEKS)]
    found = session_load(log)[["activity_id", "load"]].merge(
        done[["activity_id", "sport", "distance_m", "timer_time_s"]], on="activity_id"
    )
    kinds = session_type(log)[["activity_id", "session_type"]]
    found = found.merge(kinds, on="activity_id", how="left")
    running = found["sport"] == "running"
    hard = found["session_type"].isin(HARD)

    def rate(keep: pd.Series, per: str) -> float:
        part = found[keep & found["load"].notna() & (found[per] > 0)]
        return float(part["load"].sum() / part[per].sum()) if len(part) else math.nan

    every = rate(running, "distance_m")
    rates = {"easy": rate(running & ~hard, "distance_m"), "hard": rate(running & hard, "distance_m")}
    rates = {name: value if math.isfinite(value) else every for name, value in rates.items()}
    rates["run_s"] = rate(running, "timer_time_s")
    rates["strength"] = rate(found["sport"].isin(["strength", "training"]), "timer_time_s")
    rates["cross"] = rate(~running & ~found["sport"].isin(["strength", "training"]), "timer_time_s")
    return rates


def _amount(row: dict, rates: dict[str, float]) -> float:
    kind = str(row["session_type"])
    if kind == "rest":
        return 0.0
    if kind in OTHER:
        seconds = row["duration_s"] if math.isfinite(row["duration_s"]) else 2700.0
        value = rates[kind] * seconds
        return value if math.isfinite(value) else 0.0
    if math.isfinite(row["distance_m"]):
        return float(row["distance_m"] * rates["hard" if kind in HARD else "easy"])
    return float(row["duration_s"] * rates["run_s"])
