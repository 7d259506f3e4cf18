"""What the totals of training say: best runs, pace, pace at heart rate and volume, and the line they are read by."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from ..numerics import column
from ..races import INDOORS

REFERENCE_M, SHORT_M, HALF_M, MARATHON_M = 10000.0, 3000.0, 21097.5, 42195.0
EXPONENT, BEYOND_HALF = 1.065, 0.035  # log time per log distance, and what comes on top beyond the half marathon
HEART_SLOPE = 1.2  # log speed per log share of the highest heart rate
RACE_SHARE = 0.92  # mean heart rate of a hard race over the highest
FEWEST_RUNS, FEWEST_HEART = 4, 5
COLUMNS = ("best", "recent", "pace", "heart", "volume", "runs", "spared")


@dataclass(frozen=True)
class TrainingLine:
    """How a race follows from the totals of training, for runners in general: log time over log distance.

    ``start``, ``distance``, ``beyond_half``: added to the best of the year (as 10 km), and to the exponents 1.065 and
    0.035. ``recent``, ``pace``, ``heart``: the share of the way to the best of 12 weeks, to their mean pace, and to
    the pace their heart rate speaks for. ``volume``: per log of weekly distance over 40 km; ``volume_distance``: the
    same for each log of distance over 10 km. ``doubt``: how far one runner's level lies from this line (sd).

    >>> TrainingLine(start=-0.04, recent=0.5).start
    -0.04
    """

    start: float = 0.0
    distance: float = 0.0
    beyond_half: float = 0.0
    recent: float = 0.0
    pace: float = 0.0
    heart: float = 0.0
    volume: float = 0.0
    volume_distance: float = 0.0
    doubt: float = 0.05

    def doubt_of(self, marks: pd.DataFrame) -> float:
        """How far off this line may be for the last row of marks: all that was spared may be less, or twice as much."""
        return float(np.hypot(self.doubt, marks["spared"].iloc[-1]))

    def log_time(self, marks: pd.DataFrame, distance_m: np.ndarray) -> np.ndarray:
        """Log of the time this line gives for each row of marks; NaN where the training of that day is not known."""
        return marks["best"].to_numpy() + baseline(distance_m) + terms(marks, distance_m) @ np.array(astuple(self)[:-1])


# Fitted by benchmarks/honesty_real.py on 265 near all-out races of 27 of 39 public histories.
WITH_HEART = TrainingLine(
    start=-0.019, distance=-0.026, beyond_half=0.067, recent=0.387, pace=0.140, heart=0.418, volume=-0.018,
    volume_distance=-0.024,
)  # fmt: skip
WITHOUT_HEART = TrainingLine(
    start=-0.052, distance=-0.034, beyond_half=0.076, recent=0.402, pace=0.418, volume=-0.030, volume_distance=-0.021
)  # fmt: skip
ALONE_WITH_HEART = TrainingLine(
    start=-0.011, distance=-0.032, beyond_half=0.074, recent=0.371, pace=0.158, heart=0.429, volume=-0.009,
    volume_distance=-0.033,
)  # fmt: skip
ALONE_WITHOUT_HEART = TrainingLine(
    start=-0.046, distance=-0.040, beyond_half=0.082, recent=0.384, pace=0.444, volume=-0.024, volume_distance=-0.030
)  # fmt: skip


def baseline(distance_m: np.ndarray) -> np.ndarray:
    """Log time over that of 10 km by the exponent alone.

    >>> baseline(np.array([10000.0, 20000.0])).round(3).tolist()
    [0.0, 0.738]
    """
    x = np.log(np.asarray(distance_m, float) / REFERENCE_M)
    return EXPONENT * x + BEYOND_HALF * np.maximum(x - np.log(HALF_M / REFERENCE_M), 0.0)


def terms(marks: pd.DataFrame, distance_m: np.ndarray) -> np.ndarray:
    """What each coefficient of a ``TrainingLine`` is multiplied by: a row per row of marks.

    >>> row = pd.DataFrame({"best": [7.8], "recent": [0.02], "pace": [0.2], "heart": [np.nan], "volume": [0.1]})
    >>> terms(row, np.array([10000.0])).tolist()
    [[1.0, 0.0, 0.0, 0.02, 0.2, 0.0, 0.1, 0.0]]
    """
    x = np.log(np.asarray(distance_m, float) / REFERENCE_M)
    near = np.clip(x, np.log(SHORT_M / REFERENCE_M), np.log(MARATHON_M / REFERENCE_M))
    beyond = np.maximum(x - np.log(HALF_M / REFERENCE_M), 0.0)
    recent, pace, heart, volume = (marks[name].to_numpy(float) for name in ("recent", "pace", "heart", "volume"))
    return np.column_stack([np.ones_like(x), x, beyond, recent, pace, np.nan_to_num(heart), volume, volume * near])


def training_marks(runs: pd.DataFrame, days: np.ndarray, *, highest_bpm: float = np.nan) -> pd.DataFrame:
    """What training looked like on each of some days, from nothing but the days before.

    Definition, in log time brought to 10 km: ``best`` the second best run of 4.5 km or more of the last 365 days (one
    glitch of a watch is not a fitness), ``recent`` the same of 84 days less ``best``, ``pace`` the mean pace of
    84 days less ``best``, ``heart`` the median of 84 days once each run is brought to the highest mean heart rate of
    the runs so far (98th percentile; 92 % of ``highest_bpm`` where that is known and more) less ``best``, ``volume``
    log of weekly distance over 40 km; ``runs`` their number in 84 days; ``spared`` how far the hardest means stay below
    a race's heart rate, as log time: ``best`` is then that much faster. Treadmills and runs that lose height (10 m a
    km) count as distance alone.

    Takes the runs of one athlete (rows of ``activities``) and days since 1970. Returns one row per day; NaN
    before the fourth run, ``heart`` NaN with fewer than 5 runs with heart rate in 84 days.

    >>> runs = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=8, freq="7D"), "distance_m": 10000.0,
    ...                      "moving_time_s": [3000.0, 2950, 2900, 2850, 2800, 2750, 2700, 2650]})
    >>> training_marks(runs, np.array([20481.0]))[["best", "recent", "runs"]].round(3).to_dict("records")
    [{'best': 7.972, 'recent': 0.0, 'runs': 4.0}]
    """
    day = runs["date"].to_numpy("datetime64[D]").astype(float)
    order = np.argsort(day, kind="stable")
    day = day[order]

    runs = runs.iloc[order]
    metres, heart = column(runs, "distance_m"), column(runs, "average_heart_rate_bpm")
    time = column(runs, "moving_time_s")
    for name in ("timer_time_s", "elapsed_time_s"):
        time = np.where(np.isfinite(time), time, column(runs, name))
    with np.errstate(invalid="ignore", divide="ignore"):  # a run of no distance drops nowhere
        drop = np.nan_to_num((column(runs, "descent_m") - column(runs, "ascent_m")) / metres)
    indoors = runs["sub_sport"].isin(INDOORS).to_numpy(bool) if "sub_sport" in runs.columns else drop > np.inf
    with np.errstate(invalid="ignore"):
        seconds_a_km = 1000 * time / metres
        good = (metres > 1000) & (time > 300) & (seconds_a_km > 160) & (seconds_a_km < 720) & (drop < 0.01) & ~indoors
    distance_so_far = np.concatenate([[0.0], np.cumsum(np.nan_to_num(metres))])
    first_day, at = (day[0] if len(day) else np.nan), np.searchsorted(day, np.asarray(days, float))
    day_g, metres_g, time_g, heart_g = day[good], metres[good], time[good], heart[good]
    level = np.log(time_g) - baseline(metres_g)
    rows = np.full((len(at), len(COLUMNS)), np.nan)
    for i, (today, until) in enumerate(zip(days, at, strict=True)):
        end, year, weeks = (int(np.searchsorted(day_g, today - back)) for back in (0, 365, 84))
        if end - year < FEWEST_RUNS:
            continue
        best = _second_best(level[year:end], metres_g[year:end])
        if not np.isfinite(best):
            continue
        recent = _second_best(level[weeks:end], metres_g[weeks:end])
        spared = _spared(heart_g[:end], highest_bpm)
        drop_to = best - spared
        late = slice(weeks if weeks < end else year, end)
        pace = np.log(time_g[late].sum() / metres_g[late].sum() * REFERENCE_M)
        span = min(84.0, max(today - first_day, 28.0))
        km = (distance_so_far[until] - distance_so_far[np.searchsorted(day, today - 84)]) / 1000 * 7 / span
        rows[i] = (
            drop_to,
            recent - best if np.isfinite(recent) else 0.0,
            pace - drop_to,
            _at_heart_rate(level, heart_g, weeks, end, highest_bpm) - drop_to,
            np.log(max(km, 4.0) / 40.0),
            end - weeks,
            spared,
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _second_best(level: np.ndarray, metres: np.ndarray) -> float:
    found = np.sort(level[metres >= 4500])
    return float(found[min(1, len(found) - 1)]) if len(found) else np.nan


def _spared(heart: np.ndarray, highest_bpm: float) -> float:
    """How much faster (log time) the best runs had been with the heart rate of a race; 0 where that is not known."""
    known = heart[heart > 0]
    if len(known) < 2 * FEWEST_HEART or not highest_bpm > 0:
        return 0.0
    return HEART_SLOPE * float(np.log(np.clip(RACE_SHARE * highest_bpm / np.quantile(known, 0.98), 1.0, 1 / 0.6)))


def _at_heart_rate(level: np.ndarray, heart: np.ndarray, weeks: int, end: int, highest_bpm: float) -> float:
    """The usual level of 12 weeks if each run had been run at the highest mean heart rate of the runs so far."""
    now = heart[weeks:end]
    known = np.isfinite(now) & (now > 0)
    before = heart[:end][np.isfinite(heart[:end])]
    if known.sum() < FEWEST_HEART or len(before) < 2 * FEWEST_HEART:
        return np.nan
    share = np.clip(now[known] / np.fmax(np.quantile(before, 0.98), RACE_SHARE * highest_bpm), 0.6, 1.05)
    return float(np.median(level[weeks:end][known] + HEART_SLOPE * np.log(share)))
