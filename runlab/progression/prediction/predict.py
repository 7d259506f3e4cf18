"""What an athlete can run: a distribution of finishing times, pooled with a stated prior and tried on past races."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ...clean import clean_share_of
from ...evidence import grade_of
from ...log import Log
from ...numerics import student_quantile
from ...zones.training import MARATHON_M, baseline, training_marks
from ..inference import pooled_fit
from ..results import highest_heart_rate, runs
from .answer import Prediction
from .observed import Observations, course_cost, is_trail, observations, scatter_of
from .prior import Prior, distance_shape, trail_share

BACK_TEST = (
    "date", "name", "distance_m", "time_s", "value", "low", "high", "low_50", "high_50", "held", "held_50", "off", "n",
)  # fmt: skip
FEW_RUNS, FEW_DOUBT = 10, 0.05  # with fewer runs in 12 weeks training says less (log time, at none)
LIKE = 2.5  # races whose distances differ by more than this are not alike
FAR = 5.0  # beyond the marathon: how many times the longest run or race so far a forecast may reach


@dataclass(frozen=True)
class _Log:
    """A log as the model sees it: what was seen, and what training looked like on the days of it."""

    seen: Observations
    races: pd.DataFrame
    runs: pd.DataFrame
    prior: Prior
    highest_bpm: float
    marks: pd.DataFrame = field(default_factory=pd.DataFrame)

    def on(self, days: np.ndarray) -> pd.DataFrame:
        """What training (races left out, which speak for themselves) looked like on these days."""
        training = self.runs[~self.runs["activity_id"].isin(self.races["activity_id"])]
        return training_marks(training, days, highest_bpm=self.highest_bpm)

    def line(self, marks: pd.DataFrame, distance_m: np.ndarray) -> tuple[np.ndarray, float]:
        """Log time as training has it (where unknown: as in the days nearest after), and its doubt; 1 if never."""
        if not marks["best"].notna().any():
            return baseline(distance_m), 1.0
        line = getattr(
            self.prior,
            ("" if len(self.races) else "alone_")
            + ("with_heart" if np.isfinite(marks["heart"].iloc[-1]) else "without_heart"),
        )
        known = marks.bfill().ffill()
        return line.log_time(known, distance_m), line.doubt_of(known)


def _forecast(
    log: _Log, distance_m: float, day: float, today: pd.DataFrame, *, trail: bool = False, even: bool = False
) -> tuple[float, float, float]:
    """Mean and standard deviation of log time on a flat cool day (on rough ground if ``trail``), and freedom.

    ``today``: the marks of training on that day, one row.
    """
    prior, keep = log.prior, log.seen.day < day
    seen = log.seen.where(keep)
    n = len(seen.day)
    marks = pd.concat([log.marks[keep], today], ignore_index=True)
    lines, doubt = log.line(marks, np.append(seen.distance, distance_m))
    known = doubt < 1.0
    traits = (
        (0.0, prior.exponent[1]),
        (prior.short_extra[0], prior.short_extra[1]),
        (0.0, prior.marathon_extra[1]),
        prior.ultra_extra,
        prior.trail_extra,
        prior.training_gap,
        prior.effort_gap,
    )
    value = seen.value - lines[:n]
    k, (spread_form, memory) = 1 + len(traits), prior.form
    days = np.append(seen.day, day)
    covariance = np.zeros((k + n + 1, k + n + 1))
    covariance[:k, :k] = np.diag([doubt**2, *(sd**2 for _, sd in traits)])
    covariance[k:, k:] = spread_form**2 * np.exp(-np.abs(days[:, None] - days[None, :]) / memory)
    level = 0.0 if known else float(np.median(value))
    mean = np.concatenate([[level, *(middle for middle, _ in traits)], np.zeros(n + 1)])
    plain = ~seen.is_race & ~seen.has_heart
    design = np.column_stack(
        [
            distance_shape(seen.distance),
            seen.trail * trail_share(seen.distance),
            plain,
            seen.has_heart,
            np.eye(n, n + 1),
        ]
    )
    scatter, worth = prior.scatter
    size = scatter_of(seen.distance, seen.trail, seen.treadmill, prior.scatter_growth, prior.trail_scatter)
    even_size = scatter_of(
        np.append(seen.distance, distance_m), np.zeros(n + 1), np.zeros(n + 1), prior.even_growth, 1.0
    )
    size = np.where(seen.is_race, np.where(seen.is_explained, even_size[:n], size), prior.training_scatter)
    late = np.isnan(log.marks.loc[keep, "best"].to_numpy()) if known else np.zeros(n)
    size = np.sqrt(size**2 + (seen.doubt / scatter) ** 2 + (late * FEW_DOUBT / scatter) ** 2)
    weights = size
    for _ in range(3):  # a day that went very wrong says little about form: Student weights, 4 degrees
        fit = pooled_fit(
            design, value, prior_mean=mean, prior_covariance=covariance, noise=scatter, noise_freedom=worth,
            weights=weights, rounds=4,
        )  # fmt: skip
        left = (value - design @ fit.mean) / (fit.noise * size)
        weights = size * np.sqrt((4 + left**2) / 5)
        if known:  # and a runner very unlike those the line was fitted on is let go
            covariance[0, 0] = doubt**2 * max((4 + (fit.mean[0] / doubt) ** 2) / 5, 1.0)
    here = np.array([distance_m])
    ground = float(trail) * trail_share(here)[0]
    row = np.concatenate([distance_shape(here)[0], [ground, 0.0, 0.0], np.zeros(n), [1.0]])
    more, se = fit.at(row)
    # The fit plays bad days down; the next race may still be one, so the scatter ahead counts them, up to 4 sd each.
    wide = np.clip((value - design @ fit.mean) / size, -4 * fit.noise, 4 * fit.noise)
    ahead = max(fit.noise, math.sqrt((worth * scatter**2 + float(wide @ wide)) / (worth + n)))
    ahead *= float(
        even_size[n]
        if even
        else scatter_of(here, np.array([float(trail)]), np.zeros(1), prior.scatter_growth, prior.trail_scatter)[0]
    )
    few = FEW_DOUBT * max(1 - np.nan_to_num(today["runs"].iloc[0]) / FEW_RUNS, 0.0) if known else 0.0
    return float(lines[n]) + more, math.sqrt(se**2 + ahead**2 + few**2), fit.freedom


def predict_race(
    log: Log,
    distance_m: float,
    *,
    on: Any = None,
    conditions: Mapping[str, float] | None = None,
    kind: str = "road",
    even: bool = False,
    prior: Prior | None = None,
    level: float = 0.8,
    back_test: bool = True,
) -> Prediction:
    """What time to expect over a distance on a day, as a band, and how often such bands held on past races.

    Definition: log time = what training says (best runs, pace, pace at heart rate and weekly distance of the days
    before: ``TrainingLine``, fitted on 39 public histories) + the athlete's own level, exponent and extras beyond the
    half marathon, the marathon and on trails + form of the day + scatter. Form wanders with time, scatter grows with
    distance; everything has a stated ``Prior``, so with few races the answer leans on it and is wide, with many it is
    the athlete's own. Races are first put on a flat course at 12 °C (``condition_cost``, with its doubt); the best
    hard effort of every four weeks of training counts as a race run slower by a gap that is learned too. The
    conditions of the day asked about are added back. Very bad days are given less weight. The band is widened or
    narrowed (at most by a half and a fifth) by how earlier races of this kind fell against their own forecasts.

    Takes a log of one athlete, metres, the day (data of that day and later are not used; default: the day after the
    last run), ``conditions`` (``temperature_c``, ``temperature_doubt_c``, ``ascent_m``; default flat and cool),
    ``even`` (a race run evenly on a flat, cool day: less scatter on long distances) and ``kind`` (trail, ultra: on
    rough ground, with the climb of trail races in general where ``ascent_m`` is unknown).
    Returns a Prediction in s (80 % interval, ``low_50``, ``high_50``, ``chance(time_s)``; ``table`` is the
    back-test). Unknown without a race, a hard effort of 3 km or more, or four runs before that day outside a
    treadmill, and beyond the marathon where nothing of a fifth of the distance was run so far.
    Raises SettingsError for another condition and for a log of several athletes.
    Evidence: B for equivalence of distances, D for this pooling; see benchmarks/README.md for how often bands hold.

    >>> from runlab.log import Log
    >>> races = pd.DataFrame({"athlete": "kim", "date": pd.to_datetime(["2026-03-01", "2026-04-01", "2026-05-03"]),
    ...     "distance_m": [5000.0, 10000.0, 10000.0], "official_time_s": [1230.0, 2560.0, 2545.0]})
    >>> predict_race(Log(races=races), 21097.5, on="2026-06-01").text()
    '1:34:06 (1:29:17–1:39:10; 80 %)'
    """
    prior = prior or Prior()
    log.only()
    before = pd.Timestamp(on).normalize() if on is not None else None
    trail = is_trail(kind, distance_m, (conditions or {}).get("ascent_m", math.nan))
    seen, races = observations(log, before, climb=prior.trail_climb)
    ran = runs(log, on=before)
    day = _number(before) if before is not None else max([*seen.day, *ran["date"].map(_number)], default=0.0) + 1
    view = _Log(seen, races, ran, prior, highest_heart_rate(log, on=before))
    view = replace(view, marks=view.on(seen.day))
    today = view.on(np.array([day]))
    if missing := _missing(view, distance_m, today):
        return Prediction(math.nan, level=level, unit="s", basis=missing)
    like = _alike(view, distance_m, trail)
    tried = _back_test(view, np.flatnonzero(like) if back_test else np.array([], int), level)
    value, sd, freedom = _forecast(view, distance_m, day, today, trail=trail, even=even)
    cost, doubt = course_cost(distance_m, math.exp(value), dict(conditions or {}), trail=trail, climb=prior.trail_climb)
    sd = math.hypot(sd * _calibration(tried), doubt)
    low, high, low_50, high_50 = (
        math.exp(value + cost + s * student_quantile((1 + p) / 2, freedom) * sd) for p in (level, 0.5) for s in (-1, 1)
    )
    return Prediction(
        math.exp(value + cost),
        low,
        high,
        level=level,
        n=len(races),
        unit="s",
        clean_share=clean_share_of(ran),
        grade=grade_of("predict_race"),
        basis=_basis(view, tried, conditions, trail),
        verdict="",
        table=tried,
        low_50=low_50,
        high_50=high_50,
        log_sd=sd,
        freedom=freedom,
    )


def _number(day: pd.Timestamp) -> float:
    return float(day.to_datetime64().astype("datetime64[D]").astype(float))


def _missing(view: _Log, distance_m: float, today: pd.DataFrame) -> str:
    """What would be needed for an answer, or ""."""
    if not distance_m > 0:
        return "needs a distance; found none"
    if view.seen.treadmill.all() and not today["best"].notna().any():  # of none, too
        return (
            "needs a race, a hard effort of 3 km or longer or four runs (treadmills aside) before that day; found none"
        )
    longest = max([0.0, *view.runs["distance_m"].dropna(), *view.races["distance_m"]])
    if distance_m > 1.05 * MARATHON_M and FAR * longest < distance_m:
        least, had = distance_m / FAR / 1000, longest / 1000
        return f"needs a run or race of {least:.0f} km or more before that day; the longest is {had:.0f} km"
    return ""


def _alike(view: _Log, distance_m: float, trail: bool) -> np.ndarray:
    """Which races a forecast can be tried on: the same kind of ground, and a distance of that order."""
    ratio = np.abs(np.log(view.races["distance_m"].to_numpy(float) / distance_m))
    rough = [
        is_trail(k, d, a) for k, d, a in zip(*(view.races[c] for c in ("kind", "distance_m", "ascent_m")), strict=True)
    ]
    return (np.array(rough, bool) == trail) & (ratio <= math.log(LIKE))


def _back_test(view: _Log, which: np.ndarray, level: float) -> pd.DataFrame:
    """Races, each predicted from what was seen before its day; the first has nothing before it."""
    rows, seen = [], view.seen
    for i in which:
        race, day = view.races.iloc[i], seen.day[i]
        known = int((seen.is_race & (seen.day < day)).sum())
        if not (seen.day < day).any():
            continue
        value, sd, freedom = _forecast(view, race["distance_m"], day, view.marks.iloc[[i]], trail=bool(seen.trail[i]))
        cost, sd = math.log(race["time_s"]) - seen.value[i], math.hypot(sd, seen.doubt[i])
        off = seen.value[i] - value
        half, half_50 = (student_quantile((1 + p) / 2, freedom) * sd for p in (level, 0.5))
        ends = [math.exp(value + cost + h) for h in (0.0, -half, half, -half_50, half_50)]
        rows.append(
            (race["date"], race["name"], race["distance_m"], race["time_s"], *ends, abs(off) <= half,
             abs(off) <= half_50, off / sd, known)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(BACK_TEST))


def _calibration(tried: pd.DataFrame) -> float:
    """How much wider the past says the band should be; ten forecasts' worth of "as stated" stand against it."""
    off = np.clip(tried["off"].to_numpy(float), -3, 3)
    return float(np.clip(math.sqrt((10 + float(off @ off)) / (10 + len(off))), 0.8, 1.5))


def _basis(view: _Log, tried: pd.DataFrame, conditions: Mapping[str, float] | None, trail: bool) -> str:
    races, efforts = len(view.races), int((~view.seen.is_race).sum())
    parts = [
        f"{races} race{'s' if races != 1 else ''}"
        + (f" and {efforts} hard effort{'s' if efforts != 1 else ''} in training" if efforts else "")
        + (f", {len(view.runs)} runs" if len(view.runs) else "")
    ]
    alike = "earlier race" if not trail else "earlier trail or ultra race"
    if len(tried):
        parts.append(
            f"on {len(tried)} {alike}{'s' if len(tried) != 1 else ''} of this kind the band held "
            f"{int(tried['held'].sum())} times"
        )
    else:
        parts.append(f"no {alike} of this kind to try it on")
    known = {k: v for k, v in dict(conditions or {}).items() if v is not None and math.isfinite(v)}
    course = [f"{known['temperature_c']:.0f} °C"] if "temperature_c" in known else []
    if "temperature_doubt_c" in known and course:
        course[0] += f" ± {known['temperature_doubt_c']:.0f}"
    course += [f"{known['ascent_m']:.0f} m of climb"] if "ascent_m" in known else []
    if trail:
        course += ["rough ground, night and stops as usual"] + ([] if "ascent_m" in known else ["climb not known"])
    parts.append(", ".join(course) if course else "flat course, cool day")
    return "; ".join([*parts, view.prior.words()])
