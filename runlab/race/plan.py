"""Before the race: a pace plan by effort, windows for those who wait, and how far the goal is away."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .. import units as _units
from ..errors import SettingsError
from ..evidence import Estimate, grade_of
from ..log import Log
from ..progression.performance import equivalent_time
from ..progression.prediction import Prediction
from ..races import as_race, checkpoint_table, clock_s
from .course import course_profile
from .draws import Assumptions
from .forecasting import forecast as race_forecast
from .splits import climbed_steps

PLAN_COLUMNS = [
    "split",
    "start_m",
    "end_m",
    "distance_m",
    "ascent_m",
    "descent_m",
    "grade",
    "time_s",
    "elapsed_s",
    "speed_mps",
    "low_s",
    "high_s",
]
WINDOW_COLUMNS = [
    "checkpoint",
    "distance_m",
    "elapsed_s",
    "low_s",
    "high_s",
    "clock",
    "clock_low",
    "clock_high",
    "cutoff_s",
    "margin_s",
]


def pace_plan(
    course: Any,
    *,
    target: Any = None,
    forecast: Prediction | None = None,
    heat: Any = None,
    pacing_history: pd.DataFrame | None = None,
    distance_m: float | None = None,
    units: str = "metric",
    length_m: float | None = None,
    stops_s: float = 0.0,
    late_slowing: float = 0.0,
) -> pd.DataFrame:
    """Splits that ask the same effort everywhere: slower uphill, quicker down, with the band the forecast leaves.

    Definition: each stretch takes time in proportion to its flat-equivalent metres (Strava's curve); warmth
    (``heat``: °C, or (hours, °C) pairs) slows the hours it falls in; ``late_slowing`` is a share by which the last
    stretch may be slower than the first, spread evenly. The sum is the target, ``stops_s`` taken off first. The band
    of a passage is the forecast's 80 % interval together with 2 % for how evenly a plan is kept (the athlete's own
    variability where earlier races are given), narrow at the start.

    Takes a course (see ``course_profile``; a distance in metres for a flat one), a target time ("3:30:00" or seconds)
    or a forecast, whose middle is then the target. Returns ``split, start_m, end_m, distance_m, ascent_m, descent_m,
    grade, time_s, elapsed_s, speed_mps, low_s, high_s`` (of the passage at its end).
    Raises SettingsError where neither target nor forecast says how fast.
    Evidence: B for the curve; C that even effort suits (B in ultras: faster finishers pace more evenly).

    >>> hill = pd.DataFrame({"distance_m": [0.0, 1000.0, 2000.0], "altitude_m": [100.0, 150.0, 100.0]})
    >>> plan = pace_plan(hill, target=700.0)
    >>> plan["time_s"].round().tolist(), round(plan["elapsed_s"].iloc[-1])
    ([397.0, 303.0], 700)
    """
    total = clock_s(target) if target is not None else float(forecast.value) if forecast is not None else math.nan
    if not total > stops_s:
        raise SettingsError("pace_plan needs a target time or a known forecast")
    if isinstance(course, (int, float)):
        course = pd.DataFrame({"distance_m": [0.0, float(course)], "altitude_m": [0.0, 0.0]})
    profile = course_profile(course, distance_m=distance_m)
    at = profile["distance_m"].to_numpy(float)
    length = length_m or _units.distance_unit_m(units) * (5 if at[-1] >= 60_000 else 1)
    metres = np.diff(at)
    asks = np.nan_to_num((profile["factor"].to_numpy(float)[1:] + profile["factor"].to_numpy(float)[:-1]) / 2, nan=1.0)
    share = (at[1:] + at[:-1]) / 2 / at[-1]
    moving = total - stops_s
    took = metres * asks * (1 + late_slowing * (share - 0.5))
    for _ in range(3 if heat is not None else 1):
        clock = np.cumsum(took) * moving / took.sum()
        took = metres * asks * (1 + late_slowing * (share - 0.5)) * (1 + _warmth(clock, moving, heat))
    took = took * moving / took.sum() + stops_s * metres / at[-1]
    clock = np.concatenate(([0.0], np.cumsum(took)))
    ends = np.arange(1, math.ceil(at[-1] / length - 0.02) + 1) * length
    ends[-1] = at[-1]
    starts = np.concatenate(([0.0], ends[:-1]))
    elapsed = np.interp(ends, at, clock)
    height = profile["altitude_m"].to_numpy(float)
    up, down = (np.concatenate(([0.0], np.cumsum(s))) for s in climbed_steps(height, threshold_m=3.0))
    low, high = _band(elapsed, total, forecast, pacing_history)
    rise = np.interp(ends, at, height) - np.interp(starts, at, height)
    frame = pd.DataFrame(
        {
            "split": np.arange(1, len(ends) + 1),
            "start_m": starts,
            "end_m": ends,
            "distance_m": ends - starts,
            "ascent_m": np.interp(ends, at, up) - np.interp(starts, at, up),
            "descent_m": np.interp(ends, at, down) - np.interp(starts, at, down),
            "grade": rise / (ends - starts),
            "time_s": np.diff(np.append(0.0, elapsed)),
            "elapsed_s": elapsed,
            "low_s": low,
            "high_s": high,
        }
    )
    return frame.assign(speed_mps=frame["distance_m"] / frame["time_s"])[PLAN_COLUMNS]


def _warmth(clock: np.ndarray, moving: float, heat: Any) -> np.ndarray:
    """Share of time lost to warmth at each moment, by the same law as the waterfall's middle."""
    if heat is None:
        return np.zeros(len(clock))
    a = Assumptions()
    if isinstance(heat, (int, float)):
        degrees = np.full(len(clock), float(heat))
    else:
        hours, warm = zip(*heat, strict=True)
        degrees = np.interp(clock / 3600, hours, warm)
    long = min(max(math.sqrt(moving / 9000.0), 0.3), 1.2)
    return a.heat_per_degree * long * np.maximum(degrees - a.comfortable_c[0], 0.0)


def _band(
    elapsed: np.ndarray, total: float, forecast: Any, history: pd.DataFrame | None
) -> tuple[np.ndarray, np.ndarray]:
    """80 % bounds of each passage."""
    if forecast is not None and forecast.is_known and forecast.high > forecast.low:
        whole = math.log(forecast.high / forecast.low) / 2
    else:
        whole = 0.04
    uneven = 0.02
    if history is not None and len(own := history["half_split"].dropna()) >= 2:
        uneven = float(np.clip(own.abs().median() / 200, 0.01, 0.05))
    share = elapsed / elapsed[-1]
    spread = np.hypot(whole, uneven * np.sqrt(1 - share))
    return elapsed * np.exp(-spread), elapsed * np.exp(spread)


def passage_windows(
    course: Any,
    checkpoints: Any,
    *,
    target: Any = None,
    forecast: Prediction | None = None,
    start: Any = None,
    distance_m: float | None = None,
    heat: Any = None,
    stops_s: float = 0.0,
    late_slowing: float = 0.0,
) -> pd.DataFrame:
    """When to be where: for each checkpoint the expected passage and the window that holds it four times out of five.

    Takes a course and a target or forecast as ``pace_plan``; checkpoints as frame or CSV (name, distance_m / _km /
    _mi, cutoff); ``start`` an instant or local time for clock times (kept in its own zone). Returns ``checkpoint,
    distance_m, elapsed_s, low_s, high_s, clock, clock_low, clock_high`` (text "14:05", with "+1" for the next day),
    ``cutoff_s, margin_s`` (cutoff less the late end of the window). The finish is the last row.
    Evidence: as ``pace_plan``.

    >>> points = pd.DataFrame({"name": ["Bridge"], "distance_km": [5.0]})
    >>> passage_windows(10_000.0, points, target="50:00", start="2026-11-01 09:00")["clock"].tolist()
    ['09:25', '09:50']
    """
    plan = pace_plan(
        course,
        target=target,
        forecast=forecast,
        heat=heat,
        distance_m=distance_m,
        stops_s=stops_s,
        late_slowing=late_slowing,
        length_m=500.0,
    )
    points = checkpoint_table(checkpoints)
    end = float(plan["end_m"].iloc[-1])
    points = points[points["distance_m"] < end - 50]
    rows = pd.DataFrame(
        {
            "checkpoint": [*points["checkpoint"], "Finish"],
            "distance_m": [*points["distance_m"], end],
            "cutoff_s": [*points["cutoff_s"], math.nan],
        }
    )
    at = np.append(0.0, plan["end_m"].to_numpy(float))
    for name in ("elapsed_s", "low_s", "high_s"):
        rows[name] = np.interp(rows["distance_m"], at, np.append(0.0, plan[name].to_numpy(float)))
    begin = pd.Timestamp(start) if start is not None else None
    for name, source in (("clock", "elapsed_s"), ("clock_low", "low_s"), ("clock_high", "high_s")):
        rows[name] = [_clock(begin, seconds) for seconds in rows[source]]
    rows["margin_s"] = rows["cutoff_s"] - rows["high_s"]
    return rows[WINDOW_COLUMNS].astype(dict.fromkeys(("checkpoint", "clock", "clock_low", "clock_high"), "str"))


def _clock(begin: pd.Timestamp | None, seconds: float) -> str:
    if begin is None:
        return ""
    at = begin + pd.Timedelta(seconds=round(seconds))
    days = (at.normalize() - begin.normalize()).days
    return f"{at:%H:%M}" + (f" +{days}" if days else "")


@dataclass(frozen=True, eq=False)
class GoalGap:
    """How likely a goal is, as a range, and what would change it.

    ``chance`` is an Estimate in %; ``table`` has ``distance_m, time_s, words``: results that would put the goal in the
    middle of the forecast; ``words`` is a list of sentences.

    >>> GoalGap(Estimate.unknown("no race")).words
    []
    """

    chance: Estimate
    gap_s: float = math.nan
    forecast: Any = None
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    words: list[str] = field(default_factory=list)


def goal_gap(log: Log, race: Any, *, goal: Any = None, conditions: dict[str, float] | None = None) -> GoalGap:
    """How far the goal lies from the middle of the forecast, how likely it is as a range, and what would change that.

    Definition: the share of the forecast at or below the goal; its range comes from moving the middle by half of its
    own doubt and the width by a quarter, because a forecast does not know its own width well. The table gives results
    over shorter distances that are worth the goal (Riegel, exponent 1.06 to 1.08).

    Takes a log of one athlete, the race (Race, date or name; data up to its eve alone) and a goal (default the race's).
    Returns a GoalGap; unknown without forecast or goal. Evidence: B for equivalence, D for the chance.

    >>> from runlab.log import Log
    >>> from runlab import tables
    >>> from runlab.races import Race
    >>> races = tables.conform(pd.DataFrame({"date": pd.to_datetime(["2026-03-01", "2026-04-01"]),
    ...     "distance_m": [10000.0, 10000.0], "official_time_s": [2570.0, 2560.0]}), tables.RACES)
    >>> log = Log(races=races, activities=tables.empty(tables.ACTIVITIES), efforts=pd.DataFrame())
    >>> gap = goal_gap(log, Race(pd.Timestamp("2026-06-01"), distance_m=21097.5, goal_s=5400.0))
    >>> gap.chance.low < gap.chance.value < gap.chance.high < 50
    True
    """
    race = as_race(log, race)
    wanted = clock_s(goal) if goal is not None else race.goal_s
    ahead = race_forecast(log, race, conditions=conditions)
    if not ahead.is_known or not wanted > 0:
        why = ahead.basis if not ahead.is_known else "needs a goal time; found none"
        return GoalGap(
            Estimate.unknown(why, unit="%"), forecast=ahead, words=[f"Cannot tell how likely the goal is: {why}."]
        )
    chances = []
    for shift in (-0.5, 0.0, 0.5):
        for width in (0.8, 1.0, 1.25):
            moved = Prediction(
                ahead.value * math.exp(shift * ahead.log_sd),
                level=0.8,
                unit="s",
                verdict="",
                log_sd=ahead.log_sd * width,
                freedom=ahead.freedom,
            )
            chances.append(100 * moved.chance(wanted))
    middle = 100 * ahead.chance(wanted)
    told: dict[str, Any] = {"n": ahead.n, "clean_share": ahead.clean_share, "basis": ahead.basis}
    chance = Estimate(middle, min(chances), max(chances), unit="%", grade=grade_of("goal_gap"), **told)
    gap = ahead.value - wanted
    rows = []
    for metres in (5000.0, 10000.0, 21097.5):
        if metres < 0.7 * race.distance_m:
            fast, slow = (
                equivalent_time(wanted, race.distance_m, metres, method="riegel", exponent=k) for k in (1.08, 1.06)
            )
            rows.append(
                {
                    "distance_m": metres,
                    "time_s": fast,
                    "words": (
                        f"{metres / 1000:.4g} km in {_units.format_duration(fast)} to {_units.format_duration(slow)} "
                        "is worth the goal on a flat course [B]."
                    ),
                }
            )
    side = "faster" if gap > 0 else "slower"
    words = [
        f"The goal {_units.format_duration(wanted)} is {_units.format_duration(abs(gap))} {side} than the middle of "
        f"the forecast ({ahead.text()}).",
        f"Between {min(chances):.0f} and {max(chances):.0f} % of the forecast is at or below it "
        f"[D, races behind it: {ahead.n}].",
        "What would change this: a race or hard effort over a like distance, the weather, the weeks still ahead.",
    ]
    return GoalGap(chance, gap, ahead, pd.DataFrame(rows, columns=["distance_m", "time_s", "words"]), words)
