"""The single run that is much longer than any of the last month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..errors import SettingsError

# Adjusted hazard rate ratios with 95 % intervals of Schuster Brandt Frandsen et al., BJSM 2025, by how much longer the
# run was than the longest of the 30 days before. The reference group's ratio is 1 by definition.
HAZARD_BANDS = pd.DataFrame(
    {
        "band": pd.Series(["up to +10 %", "+10 to +30 %", "+30 to +100 %", "more than double"], dtype="str"),
        "above": [0.0, 1.1, 1.3, 2.0],
        "hazard_ratio": [1.0, 1.64, 1.52, 2.28],
        "hazard_ratio_low": [np.nan, 1.31, 1.16, 1.50],
        "hazard_ratio_high": [np.nan, 2.05, 2.00, 3.48],
    }
)

NO_RUN = ("strength", "cross", "rest")  # planned sessions that are no running


def single_run_spike(activities: pd.DataFrame, *, days: int = 30) -> pd.DataFrame:
    """How long each run was beside the longest run of the month before it.

    Distance over the longest single run that began within ``days`` days before (the instant ``days`` days ago and the
    same local day both left out). The band is where a study of 5,205 runners placed such a run; its hazard ratio, with
    its 95 % interval, compares groups of sessions in that study. It is no one's own risk, and it does not rise evenly
    from band to band.

    Takes activities with ``date``, ``sport``, ``distance_m``; athlete, start_time, activity_id, duplicate_of if there.
    Only running counts; duplicates are left out. Returns one row per run in order of time: activity_id, athlete, date,
    distance_m, longest_before_m, runs_before, ratio, band, hazard_ratio, hazard_ratio_low, hazard_ratio_high, reason.
    Without a run in the window there is "no reference", not an infinite spike; nor is there one in the first ``days``
    days of the athlete's table (any sport), of which the longest run before is not known. A distance that
    is missing gives NaN.
    Raises SettingsError for fewer than 1 day.
    Evidence: [B] one large cohort, observational; no threshold is proven below 10 %.

    >>> runs = pd.DataFrame({"date": pd.to_datetime(["2026-05-01", "2026-05-30", "2026-06-05"]), "sport": "running",
    ...                      "distance_m": [15_000.0, 16_000.0, 22_000.0]})
    >>> single_run_spike(runs)[["ratio", "band"]].round(3).to_numpy().tolist()
    [[nan, 'no reference'], [nan, 'no reference'], [1.375, '+30 to +100 %']]
    """
    tables.check(activities, tables.ACTIVITIES, "date", "sport", "distance_m")
    if days < 1:
        raise SettingsError(f"days must be 1 or more, not {days}")
    who = activities["athlete"] if "athlete" in activities.columns else pd.Series("", activities.index)
    begin_date = activities["date"].groupby(who).transform("min")
    activities = activities.assign(days_before=(activities["date"] - begin_date).dt.days)
    runs = activities[activities["sport"].eq("running") & activities["date"].notna()]
    if "duplicate_of" in runs.columns:
        runs = runs[runs["duplicate_of"].fillna("").eq("")]
    day = runs["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    instant = day * 86400.0
    if "start_time" in runs.columns and not runs["start_time"].hasnans:
        instant = runs["start_time"].dt.as_unit("us").astype("int64").to_numpy() / 1e6
    owner = pd.factorize(runs["athlete"], sort=True)[0] if "athlete" in runs.columns else np.zeros(len(runs), dtype=int)
    length = runs["distance_m"].to_numpy(dtype=float, na_value=np.nan)
    order = np.lexsort((length, instant, owner))
    runs = runs.iloc[order].reset_index(drop=True)
    day, instant, owner, length = day[order], instant[order], owner[order], length[order]
    longest = np.full(len(runs), np.nan)
    before, unknown = np.zeros(len(runs), dtype=int), np.zeros(len(runs), dtype=int)
    for person in np.unique(owner):
        begin, end = np.searchsorted(owner, [person, person + 1])
        when, date, far = instant[begin:end], day[begin:end], length[begin:end]
        first = np.searchsorted(when, when - days * 86400.0, side="right")
        last = np.searchsorted(date, date, side="left")
        for k, (low, high) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            window = far[low:high]
            known = window[window > 0]
            before[begin + k], unknown[begin + k] = len(known), len(window) - len(known)
            if len(known):
                longest[begin + k] = known.max()
    young = runs["days_before"].to_numpy() < days
    longest[young] = np.nan
    with np.errstate(invalid="ignore"):
        ratio = np.where(length > 0, length, np.nan) / longest
    # a run of exactly 110 % belongs to the band below
    place = np.searchsorted(HAZARD_BANDS["above"].to_numpy()[1:] + 1e-9, ratio, side="left")
    band = HAZARD_BANDS["band"].take(place).to_numpy(dtype=object)
    band[np.isnan(ratio)] = "no reference"
    reason = np.full(len(runs), "", dtype=object)
    reason[unknown > 0] = "a run in the window has no distance: the ratio may read too high"
    reason[before == 0] = f"no run in the {days} days before"
    reason[young] = [f"only {k} days of log before it; needs {days}" for k in runs.loc[young, "days_before"]]
    reason[~(length > 0)] = "the run has no distance"
    out: dict[str, Any] = {name: runs[name] for name in ("activity_id", "athlete", "date") if name in runs.columns}
    out |= {
        "distance_m": length,
        "longest_before_m": longest,
        "runs_before": before,
        "ratio": ratio,
        "band": pd.Series(band, dtype="str"),
    }
    for name in ("hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"):
        out[name] = np.where(np.isnan(ratio), np.nan, HAZARD_BANDS[name].to_numpy()[place])
    out["reason"] = pd.Series(reason, dtype="str")
    return pd.DataFrame(out)


def planned_spikes(activities: pd.DataFrame, plan: pd.DataFrame, *, through: Any) -> pd.DataFrame:
    """How long each planned run to come is beside the longest run of the month before it, planned ones among them.

    The rule is ``single_run_spike``'s; runs planned for one day count one by one, and plan rows that are no running
    (strength, cross, rest) or have no distance are left out.

    Takes activities as ``single_run_spike`` does, a plan (``date``, ``session_type``, ``distance_m``; ``athlete`` if
    there), and the last day that was run (``through``). Returns the rows of the plan after it: ``date``,
    ``distance_m``, ``longest_before_m``, ``ratio``, ``reason``.
    Evidence: [B] as ``single_run_spike``.

    >>> runs = pd.DataFrame({"date": pd.to_datetime(["2026-05-01", "2026-06-05"]), "sport": "running",
    ...                      "distance_m": [15_000.0, 12_000.0]})
    >>> plan = pd.DataFrame({"date": pd.to_datetime(["2026-06-12"]), "session_type": "long", "distance_m": [18_000.0]})
    >>> planned_spikes(runs, plan, through="2026-06-05")[["longest_before_m", "ratio"]].to_numpy().tolist()
    [[12000.0, 1.5]]
    """
    tables.check(plan, tables.PLAN, "date", "session_type", "distance_m")
    columns = ["date", "distance_m", "longest_before_m", "ratio", "reason"]
    last = pd.Timestamp(through).normalize()
    ahead = plan[(plan["date"] > last) & plan["distance_m"].notna() & ~plan["session_type"].isin(NO_RUN)]
    if ahead.empty:
        return pd.DataFrame({name: pd.Series(dtype=ahead.get(name, pd.Series(dtype=float)).dtype) for name in columns})
    known = [c for c in ("athlete", "date", "distance_m") if c in ahead and c in activities]
    done = activities[(activities["date"] <= last)]
    if "duplicate_of" in done:
        done = done[done["duplicate_of"].fillna("").eq("")]
    both = pd.concat([done[[*known, "sport"]], ahead[known].assign(sport="running")], ignore_index=True)
    table = single_run_spike(both)
    return table.loc[table["date"] > last, columns].reset_index(drop=True)
