"""Critical speed: the border between what lasts and what runs out, from hard efforts of about 2 to 20 minutes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..efforts import outdoors
from ..errors import TableError, one_of
from ..evidence import Estimate, grade_of
from ..numerics import student_quantile
from ..units import format_duration
from .inference import estimates_table

MODELS = ("linear", "inverse_time", "hyperbolic")
EFFORT_NOISE = (0.011, 4.0)  # relative scatter of one hard effort's speed, and how many efforts that prior is worth
# Two-parameter lines through curves that are not: spread of the asymptote around each model's answer, relative.
MODEL_ERROR = {"linear": 0.0075, "inverse_time": 0.016, "hyperbolic": 0.006}
TRAINING_SHORTFALL = 0.006  # how far the best of a block of training may lie below an all-out effort, on average
OFF_THE_LINE = 0.05  # a straight line through true bests of 2 to 17 min leaves up to 4 %
HOUR_S, SLOWEST_DECLINE = (
    3600.0,
    0.082,
)  # what an effort is worth over an hour at the least: Riegel's 0.06 and its spread
# Heart rate of an all-out effort of 3 minutes and more, as a share of the maximum; shorter ones end before it is there.
ALL_OUT_HEART_SHARE, HEART_LAG_S = 0.92, 180.0


def _fit(model: str, distance: np.ndarray, time: np.ndarray) -> tuple[float, float]:
    if model == "linear":
        slope, intercept = np.polyfit(time, distance, 1)
        return float(slope), float(intercept)
    speed = distance / time
    if model == "inverse_time":
        slope, intercept = np.polyfit(1 / time, speed, 1)
        return float(intercept), float(slope)

    def reserve(critical: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        over = 1 / (speed[:, None] - critical[None, :])
        d = (time[:, None] * over).sum(0) / (over**2).sum(0)
        return d, ((time[:, None] - d * over) ** 2).sum(0)

    low, high = speed.min() * 0.6, speed.min() * 0.9999
    for _ in range(6):
        grid = np.linspace(low, high, 41)
        d, wrong = reserve(grid)
        best = int(np.argmin(wrong))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 40)]
    return float(grid[best]), float(d[best])


def critical_speed_efforts(
    efforts: pd.DataFrame, *, shortest_s: float = 110.0, longest_s: float = 1300.0
) -> pd.DataFrame:
    """The efforts that decide a critical speed: the best at each distance, without those a longer effort beats.

    Definition: of the efforts between ``shortest_s`` and ``longest_s`` that passed the quality checks (``ok``, if
    there is such a column) and were not run on a ``treadmill``, the fastest at each distance (or duration); then any
    that is no faster than a longer one is left out, because it cannot have been all-out.

    Takes ``distance_m`` and ``time_s``; ``kind`` ("distance", "duration") and ``ok`` are used where present. NaN
    rows are left out. Returns the chosen rows, shortest first, with ``speed_mps`` added.
    Evidence: D (the choice); B (that training bests carry the information: Smyth & Muniz-Pumares 2020).

    >>> efforts = pd.DataFrame({"distance_m": [800.0, 1500.0, 1500.0, 3000.0], "time_s": [170.0, 330.0, 400.0, 690.0]})
    >>> critical_speed_efforts(efforts)["time_s"].tolist()
    [170.0, 330.0, 690.0]
    """
    missing = [c for c in ("distance_m", "time_s") if c not in efforts.columns]
    if missing:
        raise TableError(
            f"efforts: needs columns distance_m and time_s; missing {', '.join(missing)}; "
            f"found {', '.join(map(str, efforts.columns[:12])) or 'no columns'}"
        )
    frame = outdoors(efforts)
    frame = frame[(frame["distance_m"] > 0) & (frame["time_s"] >= shortest_s) & (frame["time_s"] <= longest_s)]
    if "ok" in frame.columns:
        frame = frame[frame["ok"].astype(bool)]
    if "kind" in frame.columns and (frame["kind"] == "distance").any():
        by_distance = frame[frame["kind"] == "distance"]
        frame = by_distance if by_distance["distance_m"].nunique() >= 3 else frame[frame["kind"] != "distance"]
    frame = frame.assign(speed_mps=frame["distance_m"] / frame["time_s"])
    if frame.empty:
        return frame
    if "kind" in frame.columns and (frame["kind"] == "duration").all():
        key = frame["time_s"].round()
    else:
        key = frame["distance_m"].round(-1)
    frame = frame.loc[frame.groupby(key)["speed_mps"].idxmax()].sort_values("time_s")
    later_best = frame["speed_mps"][::-1].cummax()[::-1].shift(-1)
    return frame[~(frame["speed_mps"] <= later_best)].reset_index(drop=True)


def critical_speed(
    efforts: pd.DataFrame,
    *,
    model: str = "linear",
    shortest_s: float = 110.0,
    longest_s: float = 1300.0,
    max_heart_rate_bpm: float = math.nan,
    level: float = 0.8,
) -> pd.DataFrame:
    """The fastest speed that stays steady inside (critical speed), and the metres to spend above it (D').

    Definition: ``linear`` d = CS t + D' (least squares of distance on time); ``inverse_time`` v = CS + D'/t;
    ``hyperbolic`` t = D'/(v - CS) (nonlinear least squares in time). The models give slightly different answers from
    the same efforts; the one used is in ``basis``. The interval joins three things: scatter of efforts (pooled with
    a prior of 1.1 % worth 4 efforts), the distance between models and real curves (0.6-1.6 %), and that training
    bests are rarely all-out (upwards by 0.6 %).
    Efforts that were held back lie on a line as good as all-out ones do, only lower. So where they are picked out of
    training (``activity_id``), those of 3 min and more must have been run at 92 % of ``max_heart_rate_bpm`` or above,
    on one line (5 %), with a believable reserve; else the answer is a lower bound: ``low`` alone, no value, and no
    more than the longest of the efforts is worth over an hour (speed falling by 0.082 per log of time).

    Takes efforts (``distance_m``, ``time_s``, and ``kind``, ``ok``, ``activity_id`` where known), e.g.
    ``log.efforts`` of the last 90 days; chosen as in ``critical_speed_efforts``.
    Returns a frame of estimates indexed by quantity: ``critical_speed`` (m/s) and ``distance_reserve`` (m), with
    ``looks_maximal``. Unknown with fewer than 3 efforts, when their times span less than a factor of 2.5, or when all
    come from one run. Efforts without ``activity_id`` (tests, race results) are taken as all-out.
    Raises SettingsError for another model, TableError without the columns.
    Evidence: A for all-out efforts, B from training bests (R2 0.695 against the marathon, error 7.7 %). Smyth &
    Muniz-Pumares, MSSE 2020;52:2637.

    >>> efforts = pd.DataFrame({"distance_m": [800.0, 1500.0, 3000.0, 5000.0], "time_s": [134.0, 275.0, 590.0, 1023.0]})
    >>> critical_speed(efforts).loc["critical_speed", "value"].round(2)
    np.float64(4.72)
    """
    one_of("model", model, MODELS)
    used = critical_speed_efforts(efforts, shortest_s=shortest_s, longest_s=longest_s)
    names = {"critical_speed": "m/s", "distance_reserve": "m"}
    n, time = len(used), used["time_s"].to_numpy(float)
    if n < 3 or time.max() < 2.5 * time.min():
        found = f"{n} that could be all-out"
        if n >= 3:
            found = f"times from {format_duration(time.min())} to {format_duration(time.max())}"
        if len(outdoors(efforts)) < len(efforts):
            found += "; efforts on a treadmill do not count"
        basis = (
            f"needs 3 hard efforts between {format_duration(shortest_s)} and {format_duration(longest_s)}, "
            f"the longest 2.5 times the shortest; found {found}"
        )
        return _unknown(basis, names, n, level)
    if "activity_id" in used.columns and len(set(used["activity_id"])) == 1:
        return _unknown("needs efforts of at least two runs; found all in one run", names, n, level)
    distance = used["distance_m"].to_numpy(float)
    speed_c, reserve = _fit(model, distance, time)
    # Sensitivity to each effort, by running it 0.1 % slower: the same three lines serve every model.
    change = np.array([_fit(model, distance, np.where(np.arange(n) == i, time * 1.001, time)) for i in range(n)])
    change = (np.array([speed_c, reserve]) - change) / 0.001
    predicted = _predicted_time(distance, speed_c, reserve)
    left = np.log(predicted / time)
    noise, worth = EFFORT_NOISE
    freedom = worth + n - 2
    variance = (worth * noise**2 + float(np.nansum(left**2))) / freedom
    se = np.sqrt((change**2).sum(0) * variance)
    quantile = student_quantile((1 + level) / 2, freedom)
    half = quantile * np.hypot(se, [speed_c * MODEL_ERROR[model], reserve * 0.15])
    maximal, why = _looks_maximal(used, left, reserve, max_heart_rate_bpm)
    upward = speed_c * TRAINING_SHORTFALL
    basis = (
        f"{model.replace('_', '-')} model, {n} efforts from {format_duration(time.min())} to "
        f"{format_duration(time.max())}; {why}"
    )
    if not maximal:
        shown = float(distance[-1] / time[-1] * (time[-1] / HOUR_S) ** SLOWEST_DECLINE)  # the longest
        least = {"critical_speed": min(speed_c - half[0], shown), "distance_reserve": math.nan}
        basis = f"at least {least['critical_speed']:.2f} m/s, not more can be said: {basis}"
        return _unknown(basis, names, n, level).assign(low=pd.Series(least))
    clean = 1.0 - float(used["doubt"].mean()) if "doubt" in used.columns else math.nan
    common: dict[str, Any] = {
        "level": level,
        "n": n,
        "clean_share": clean,
        "grade": grade_of("critical_speed"),
        "basis": basis,
    }
    frame = estimates_table(
        {
            "critical_speed": Estimate(speed_c, speed_c - half[0], speed_c + half[0] + upward, unit="m/s", **common),
            "distance_reserve": Estimate(reserve, max(reserve - half[1], 0.0), reserve + half[1], unit="m", **common),
        },
        "quantity",
    )
    return frame.assign(looks_maximal=maximal)


def _predicted_time(distance: np.ndarray, speed_c: float, reserve: float) -> np.ndarray:
    return np.maximum(distance - reserve, 1.0) / max(speed_c, 0.1)


def _unknown(basis: str, names: dict[str, str], n: int, level: float) -> pd.DataFrame:
    unknown = {k: Estimate.unknown(basis, unit=unit, n=n, level=level) for k, unit in names.items()}
    return estimates_table(unknown, "quantity").assign(looks_maximal=False)


def _looks_maximal(used: pd.DataFrame, left: np.ndarray, reserve: float, maximum: float) -> tuple[bool, str]:
    """Whether the chosen efforts behave like all-out efforts: on one curve, a believable reserve, heart rate high."""
    wrong = []
    if np.max(np.abs(left)) > OFF_THE_LINE:
        wrong.append(f"one lies {100 * np.max(np.abs(left)):.0f} % off the line")
    if not 50 <= reserve <= 450:
        wrong.append(f"the distance reserve of {reserve:.0f} m is outside the usual 50–450 m")
    if "activity_id" in used.columns:
        none = pd.Series(math.nan, index=used.index)
        heart = used.get("average_heart_rate_bpm", none)[used["time_s"] >= HEART_LAG_S] / maximum
        if heart.empty or heart.isna().any():
            wrong.append("heart rate or its maximum is not known")
        elif (heart < ALL_OUT_HEART_SHARE).any():
            wrong.append(f"one was run at {100 * heart.min():.0f} % of the maximum heart rate")
    if wrong:
        return False, "efforts may not all be all-out: " + ", ".join(wrong)
    return True, "efforts look all-out"


def critical_speed_time(distance_m: float, *, critical_speed_mps: float, distance_reserve_m: float) -> float:
    """How long a distance takes when critical speed and reserve are spent exactly (efforts of about 2 to 20 minutes).

    Definition: t = (d - D') / CS.

    Takes metres and m/s; NaN gives NaN. Returns seconds; NaN where the reserve alone covers the distance.
    Evidence: B inside 2-20 min; not valid for long races, where speed keeps falling.

    >>> round(critical_speed_time(3000, critical_speed_mps=4.7, distance_reserve_m=200))
    596
    """
    if not (critical_speed_mps > 0 and distance_m > distance_reserve_m):
        return math.nan
    return (distance_m - distance_reserve_m) / critical_speed_mps
