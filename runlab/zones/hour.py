"""Threshold: the speed an athlete could hold for an hour today, with an interval and the efforts behind it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .. import tables
from ..calendar import last_day
from ..clean import clean_share_of
from ..efforts import outdoors
from ..evidence import Estimate, grade_of
from ..log import Log
from ..races import INDOORS
from ..units import format_pace
from .hour_efforts import (
    DECLINE,
    HOUR_S,
    HOUR_SD,
    HOUR_SHARE,
    PER_LOG,
    TRAINED_DAYS,
    Line,
    Top,
    efforts_for_hour,
    efforts_of,
    heart_rate_line,
    runs_of,
)
from .maximum import observed_max_heart_rate
from .training import ALONE_WITH_HEART, ALONE_WITHOUT_HEART, WITH_HEART, WITHOUT_HEART, training_marks

_Z80 = 1.2815515655446004
_UNSEEN = (1.03, 0.03)  # the true maximum over the highest heart rate seen, where hard running was seen
_DAY_SD = 0.009  # form of the day, terrain, measurement
_AGE_SD = 0.0012  # per root of a day: how far form may have moved since
# Doubt in logs of what athlete or coach have written down, and the age in days of what bears no date.
STATED_DOUBT = {"threshold_speed_mps": 0.02, "threshold_heart_rate_bpm": 0.02, "max_heart_rate_bpm": 0.01}
_UNDATED = 365
# The highest means of runs (98 % quantile of a year) over the maximum, the doubt of it, how many runs it takes, and
# how far above the usual mean they must lie to have been hard.
_MEAN_SHARE, _MEAN_DOUBT, _MEAN_RUNS, _MEAN_ABOVE = 0.92, 0.03, 20, 1.1
# What does not average out: of heart rate a share of its scatter from run to run (beats where that is not known); of
# speed weather, course and shape all parts share, more where only whole runs are known. Then the law of the line over
# heart rate, and how far a runner's day lies from what training has it.
_DAYS_SHARE, _LEAST_BPM, _NO_LINE_BPM = 0.45, 1.5, 3.0
_SHARED_SD, _WHOLE_SD, _LINE_SD, _TRAINED_SD = 0.033, 0.045, 0.015, 0.032


class Threshold(NamedTuple):
    """Threshold speed and heart rate as Estimates, and the efforts they rest on.

    >>> Threshold(Estimate.unknown("needs efforts"), Estimate.unknown("needs heart rate"), pd.DataFrame()).speed
    cannot tell · needs efforts
    """

    speed: Estimate
    heart_rate: Estimate
    efforts: pd.DataFrame


def threshold(
    log: Log,
    *,
    on: Any = None,
    through: Any = None,
    days: int = 120,
    shortest_s: float = 480.0,
    longest_s: float = 9000.0,
) -> Threshold:
    """Threshold pace and heart rate: the pace an athlete could hold all out for 60 minutes on the flat, fresh and cool.

    The best effort of each session (8 min to 2.5 h, flat-equivalent speed) is brought to an hour with speed falling by
    0.060 ± 0.017 per log of time. Races count as nearly all out, efforts with a race's heart rate (90 % of maximum,
    less when longer) nearly so, the best of other training as 9.5 ± 4 % below; runs without samples count as one
    effort. What is 4 % slower than shown elsewhere is left out. Weighed together with it: the line of heart rate over
    speed, read at 90.5 ± 2.5 % of maximum; what the totals of twelve weeks of training say of runners in general;
    and a threshold written down in the settings (± 2 %, more as it ages). Where they disagree, the interval widens;
    what all of the log shares (weather, course, shape: 3.3 %; 4.5 % of whole runs) does not average out. Threshold
    heart rate is that line, the efforts' own heart rate and the stated one: the mean over that hour.

    Takes the log of one athlete (``efforts``, ``activities``; ``races``, ``histograms`` if there) and a day: ``on``
    looks at the days before it, ``through`` at that day too, else the last in the log counts. Returns a Threshold:
    ``speed`` (m/s) and ``heart_rate`` (1/min), each an Estimate with an 80 % interval, and ``efforts``, the frame of
    what it rests on (activity_id, date, kind, distance_m, time_s, speed_mps, hour_speed_mps, average_heart_rate_bpm).
    Unknown, with the reason, without any race, hard effort, heart rate, stated threshold or twelve weeks of totals.
    Raises SettingsError for several athletes.
    Evidence: [D], the weighing; [B] the decline of speed with time. How often the interval holds is in
    benchmarks/README.md. Laboratory thresholds differ from it by 3-5 %.

    >>> from runlab.log import Log
    >>> races = pd.DataFrame({"activity_id": ["a", "b"], "athlete": "kim", "sport": "running", "workout_type": "race",
    ...                       "date": pd.to_datetime(["2026-05-01", "2026-05-20"])})
    >>> efforts = pd.DataFrame({"activity_id": ["a", "b"], "kind": "distance", "ok": True,
    ...                         "distance_m": [5000.0, 10_000.0], "time_s": [1200.0, 2500.0],
    ...                         "graded_speed_mps": [5000 / 1200, 4.0]})
    >>> threshold(Log(activities=races, efforts=efforts)).speed
    4:13 /km (4:01–4:25; 80 %), n = 2 [D] · 2 races since 2026-01-21
    """
    log.only()
    tables.check(log.activities, tables.ACTIVITIES, "activity_id", "date")
    runs = runs_of(log)
    nothing = pd.DataFrame(
        columns=[
            "activity_id",
            "date",
            "kind",
            "distance_m",
            "time_s",
            "speed_mps",
            "hour_speed_mps",
            "average_heart_rate_bpm",
        ]
    )
    if not len(runs):
        return Threshold(
            Estimate.unknown("needs runs with best efforts; found none", unit="m/s"),
            Estimate.unknown("needs runs with heart rate; found none", unit="1/min"),
            nothing,
        )
    end = last_day(runs["date"], on, through)
    start = end - pd.Timedelta(days=days - 1)
    before = runs[runs["date"] <= end]
    runs = before[before["date"] >= start]
    efforts = efforts_of(_with_totals(log, runs), runs, shortest_s, longest_s)
    each = efforts.groupby("activity_id")["hour"].max()
    stands_out = len(each) >= 8 and each.max() - each.median() >= 0.12  # some running was clearly harder than most
    stated = _stated(log, end)
    top = _maximum(log, before, end, stands_out, stated["max_heart_rate_bpm"][0])
    heart = efforts[efforts["beats"].notna()]
    line = heart_rate_line(heart)
    chosen, basis = efforts_for_hour(efforts, top, stands_out)
    since = f"since {start:%Y-%m-%d}"
    words = [basis] if basis else []
    told = [_hour_speed(chosen, end)] if len(chosen) else []
    if line and math.isfinite(top.value):
        # heart rate over speed, read where an hour's heart rate is expected: weak, but it knows about effort
        read = line.speed_at(HOUR_SHARE * top.value)
        beyond = (read - line.middle) * line.slope_sd
        wide = math.hypot(HOUR_SD * top.value, top.sd, beyond, 2.0) / line.slope
        if line.reaches(read):
            told.append((read, math.hypot(wide, _LINE_SD)))
            words.append(f"heart rate over {line.n} runs")
    if trained := _by_training(before, end, top):
        told.append(trained)
        words.append(f"the totals of {len(before)} runs")
    speed, doubt = stated["threshold_speed_mps"]
    if told:
        centre, spread = _combined(told)
        told = [(centre, math.hypot(spread, _WHOLE_SD if efforts["whole"].all() else _SHARED_SD))]
    if speed > 0:
        told.append((math.log(speed), doubt))
        words.append(f"the stated threshold of {format_pace(speed)}")
    if not told:
        need = (
            "needs a race, an effort of 8 min or more with a race's heart rate, twelve weeks of totals, or heart "
            f"rate over 8 runs of different speed {since}; found {len(each)} runs with efforts, "
            f"{len(heart['activity_id'].unique())} with heart rate"
            + ("; treadmills do not count" if len(outdoors(log.efforts)) < len(log.efforts) else "")
        )
        return Threshold(Estimate.unknown(need, unit="m/s"), Estimate.unknown(need, unit="1/min"), nothing)
    centre, spread = _combined(told)
    basis = " and ".join(words)
    clean = clean_share_of(log.activities, chosen["activity_id"] if len(chosen) else heart["activity_id"])
    hour = Estimate(
        math.exp(centre),
        math.exp(centre - _Z80 * spread),
        math.exp(centre + _Z80 * spread),
        n=len(chosen) or (line.n if line else len(runs)),
        unit="m/s",
        clean_share=clean,
        grade=grade_of("threshold"),
        basis=f"{basis} {since}",
    )
    beats = _hour_heart_rate(chosen, line, top, centre, spread, since, stated["threshold_heart_rate_bpm"])
    shown = chosen.assign(
        kind=chosen["class"],
        speed_mps=chosen["v"],
        hour_speed_mps=np.exp(chosen["hour"]),
        average_heart_rate_bpm=chosen["beats"],
    )
    beats = replace(beats, clean_share=clean if beats.is_known else math.nan)
    return Threshold(hour, beats, shown[nothing.columns].reset_index(drop=True))


def _stated(log: Log, end: pd.Timestamp) -> dict[str, tuple[float, float]]:
    """Each setting of the day, and its doubt in logs: more for each day since it was written down; NaN if none is."""
    people = list(getattr(log, "athletes", {}).values())
    if len(people) != 1:
        return dict.fromkeys(STATED_DOUBT, (math.nan, math.nan))
    now, rows, out = people[0].on(end), people[0].settings, {}
    for name, doubt in STATED_DOUBT.items():
        value = float(getattr(now, name))
        held = rows.loc[(rows[name] == value) & (rows["from"] <= end), "from"]
        age = (end - held.min()).days if len(held) else _UNDATED
        out[name] = (value, math.hypot(doubt, _AGE_SD * math.sqrt(age)))
    return out


def _maximum(log: Log, before: pd.DataFrame, end: pd.Timestamp, stands_out: bool, stated: float) -> Top:
    """The stated maximum heart rate of the day, else what the peaks say if there was hard running, else the means."""
    if math.isfinite(stated):
        return Top(stated, 0.01 * stated, True)
    seen = observed_max_heart_rate(log, through=end).value if stands_out else math.nan
    if math.isfinite(seen):
        return Top(_UNSEEN[0] * seen, _UNSEEN[1] * seen, False)
    known = before.reindex(columns=["average_heart_rate_bpm", "date", "locked"])
    known = known[~known["locked"] & (known["date"] > end - pd.Timedelta(days=365))]
    means = known.loc[known["average_heart_rate_bpm"] > 60, "average_heart_rate_bpm"]
    if len(means) < _MEAN_RUNS or means.quantile(0.98) < _MEAN_ABOVE * means.median():
        return Top(math.nan, math.nan, False)
    top = float(means.quantile(0.98)) / _MEAN_SHARE
    return Top(top, _MEAN_DOUBT * top, False)


def _by_training(before: pd.DataFrame, end: pd.Timestamp, top: Top) -> tuple[float, float] | None:
    """Log speed over an hour as the totals of training have it for runners in general, and the doubt."""
    if not {"distance_m", "moving_time_s"} <= set(before.columns):
        return None
    if not before["date"].min() <= end - pd.Timedelta(days=TRAINED_DAYS):
        return None  # its marks are of twelve weeks; a younger log would read as little and easy running
    raced = before["race"].to_numpy(dtype=bool)
    day = (end + pd.Timedelta(days=1)).to_datetime64().astype("datetime64[D]").astype(float)
    marks = training_marks(before[~raced], np.array([day]), highest_bpm=top.value)
    if not np.isfinite(marks["best"].iloc[0]):
        return None
    lines = (ALONE_WITHOUT_HEART, ALONE_WITH_HEART, WITHOUT_HEART, WITH_HEART)
    line = lines[2 * raced.any() + np.isfinite(marks["heart"].iloc[0])]
    metres = np.geomspace(5000.0, 25000.0, 41)
    time = line.log_time(marks.loc[np.zeros(len(metres), dtype=int)], metres)
    return float(np.interp(math.log(HOUR_S), time, np.log(metres))) - math.log(HOUR_S), math.hypot(
        line.doubt_of(marks), _TRAINED_SD
    )


def _with_totals(log: Log, runs: pd.DataFrame) -> pd.DataFrame:
    """The efforts of a log outdoors, and of runs without any the whole run."""
    given = outdoors(log.efforts)
    total = runs.reindex(columns=["activity_id", "distance_m", "moving_time_s", "average_heart_rate_bpm", "sub_sport"])
    total = total[~runs["activity_id"].isin(log.efforts["activity_id"]) & ~total["sub_sport"].isin(INDOORS)]
    total = (
        total[total["distance_m"] > 0]
        .rename(columns={"moving_time_s": "time_s"})
        .assign(kind="distance", ok=True, whole=True)
    )
    return pd.concat([given.assign(whole=False), total.drop(columns="sub_sport")], ignore_index=True)


def _hour_speed(chosen: pd.DataFrame, end: pd.Timestamp) -> tuple[float, float]:
    """Log speed over an hour and its spread: the efforts weighed together, the doubt about the decline shared."""
    if not len(chosen):
        return math.nan, math.inf
    age = (end - chosen["date"]).dt.days.to_numpy(dtype=float)
    lag = chosen["lag"].to_numpy()
    own = chosen["gap_sd"].to_numpy() ** 2 + _DAY_SD**2 + _AGE_SD**2 * age + np.where(chosen["flat"], 0.02, 0.0) ** 2
    cover = np.diag(own) + DECLINE[1] ** 2 * np.outer(lag, lag)
    weight = np.linalg.solve(cover, np.ones(len(chosen)))
    return float(weight @ chosen["worth"].to_numpy() / weight.sum()), math.sqrt(1 / weight.sum())


def _combined(told: list[tuple[float, float]]) -> tuple[float, float]:
    """Everything weighed by its doubt; where the parts disagree by more than that, the doubt grows with it."""
    weight = np.array([1 / sd**2 for _, sd in told])
    value = np.array([centre for centre, _ in told])
    centre = float(weight @ value / weight.sum())
    apart = float(weight @ (value - centre) ** 2) / max(len(told) - 1, 1)
    return centre, math.sqrt(max(apart, 1.0) / weight.sum())


def _hour_heart_rate(
    chosen: pd.DataFrame,
    line: Line | None,
    top: Top,
    centre: float,
    spread: float,
    since: str,
    stated: tuple[float, float],
) -> Estimate:
    """Heart rate over that hour: from the line at threshold speed, and from the hard efforts themselves."""
    told: list[tuple[float, float]] = []
    basis, count = [], 0
    if line and line.reaches(centre):
        reach = (centre - line.middle) * line.slope_sd
        told.append((line.beats_at(centre), math.hypot(line.sd * 0.7, line.slope * spread, reach, 2.0)))
        basis.append(f"heart rate over {line.n} runs")
        count += line.n
    hard = chosen[chosen["beats"].notna() & chosen["class"].isin(["race", "hard"])]
    if len(hard):
        # shorter efforts run higher, about 3.5 % per log of time; what was held back would have cost beats too
        beats = hard["beats"].to_numpy() * (1 + PER_LOG * hard["lag"].to_numpy())
        beats = beats + (line.slope if line else 120.0) * hard["gap"].to_numpy()
        told.append((float(beats.mean()), math.hypot(4.0 / math.sqrt(len(hard)), 3.0)))
        basis.append(f"{len(hard)} hard effort{'s' if len(hard) > 1 else ''}")
        count += len(hard)
    if math.isfinite(top.value) and told:
        told.append((HOUR_SHARE * top.value, math.hypot(HOUR_SD * top.value, top.sd)))
    if told:  # the parts share the same sensor and the same days: what those scatter tells how far to trust them
        value, sd = _combined(told)
        told = [(value, math.hypot(sd, max(_DAYS_SHARE * line.sd, _LEAST_BPM) if line else _NO_LINE_BPM))]
    if stated[0] > 0:
        told.append((stated[0], stated[0] * stated[1]))
        basis.append(f"the stated {stated[0]:.0f}")
    if not told:
        return Estimate.unknown(
            f"needs heart rate over 8 runs of different speed or in a hard effort {since}", unit="1/min"
        )
    value, sd = _combined(told)
    return Estimate(
        value,
        value - _Z80 * sd,
        value + _Z80 * sd,
        n=count or 1,
        unit="1/min",
        grade=grade_of("threshold"),
        basis=f"{' and '.join(basis)} {since}",
    )
