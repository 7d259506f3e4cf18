"""How well pace and heart rate hold together: efficiency, decoupling within a run, durability over many long runs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..calendar import last_day
from ..clean import clean_share_of
from ..evidence import Estimate, grade_of
from ..log import Log
from ..numerics import normal_quantile, student_quantile
from .blocks import run_blocks, usable_speed
from .inference import SURE, Finding, doubt_of_series, pooled_fit
from .results import runs, samples

LONGEST_DECOUPLING_S = 6 * 3600.0
RUN_COLUMNS = [
    "date",
    "activity_id",
    "moving_s",
    "value",
    "low",
    "high",
    "level",
    "n",
    "unit",
    "temperature_c",
    "used",
    "grade",
    "basis",
]
# Prior of ln heart rate against ln speed within a run; heart rate has a floor, so it rises less than speed.
STEEPNESS = (0.60, 0.15)
DRIFT_PRIOR = (2.0, 3.0)  # % of heart rate per hour at the same speed
HEAT_ON_DRIFT = (0.14, 0.09)  # % per hour per degree above about 14 C; below, heat adds little
LASTING_DOUBT = 0.08  # % per hour that more runs do not take away
UNKNOWN_WARMTH_C = 6.0  # how warm long runs without a thermometer may have been, above 12 C
RUN_SCATTER = (0.5, 6.0)  # % per hour from run to run, worth 6 runs


def _problem(blocks: pd.DataFrame, *, minutes: float, need: str = "") -> str:
    """Why a run's blocks will not do, or an empty string."""
    if blocks.empty:
        return f"needs {minutes:.0f} min of running with speed; found none"
    if blocks["heart_rate_share"].mean() < 0.8:
        return f"needs heart rate over 80 % of the run; found {100 * blocks['heart_rate_share'].mean():.0f} %"
    if blocks["seconds"].sum() < 60 * minutes:
        return f"needs {minutes:.0f} min of moving time{need}; found {blocks['seconds'].sum() / 60:.0f}"
    return ""


def efficiency_factor(records: pd.DataFrame, *, skip_s: float = 300.0, level: float = 0.8) -> Estimate:
    """Metres covered for each heartbeat, on flat-equivalent ground.

    Definition: mean grade-adjusted speed x 60 / mean heart rate, after the first ``skip_s`` of moving time.
    TrainingPeaks' figure in yd/min per beat is this times 1.0936. The interval comes from 5-minute blocks: it says
    how firm the mean of this run is, not how it would be on another day.

    Takes records with ``time``, ``speed_mps``, ``heart_rate_bpm`` (``altitude_m`` for the ground).
    Returns an Estimate in m per beat; unknown under 20 min of moving time or with heart rate on less than 80 %.
    Evidence: C (usual practice; compare like runs of one athlete: heat, caffeine, sleep and sensor change it).

    >>> time = pd.date_range("2026-05-01 08:00", periods=2400, freq="s", tz="UTC")
    >>> heart = np.tile([149.0, 151.0], 1200)
    >>> run = pd.DataFrame({"time": time, "speed_mps": 3.0, "heart_rate_bpm": heart})
    >>> round(efficiency_factor(run).value, 4)
    1.2
    """
    tables.check(records, tables.RECORDS, "time")
    blocks = run_blocks(records)
    if problem := _problem(blocks, minutes=20):
        return Estimate.unknown(problem, unit="m per beat", level=level)
    blocks = blocks[blocks["moving_s"] > skip_s]
    speed, which = usable_speed(blocks)
    heart = blocks["heart_rate_bpm"].to_numpy(float)
    known = np.isfinite(speed) & np.isfinite(heart)
    if known.sum() < 10:
        return Estimate.unknown(
            f"needs speed and heart rate together for 10 min; found {known.sum()}", unit="m per beat", level=level
        )
    speed, heart, when = speed[known], heart[known], blocks["moving_s"].to_numpy()[known]
    value = 60 * speed.mean() / heart.mean()
    parts = pd.Series(60 * speed / heart).groupby((when // 300).astype(int)).mean()
    half = student_quantile((1 + level) / 2, max(len(parts) - 1, 1)) * parts.std() / math.sqrt(len(parts))
    return Estimate(
        float(value),
        float(value - half),
        float(value + half),
        level=level,
        n=int(known.sum()),
        unit="m per beat",
        clean_share=float(blocks["heart_rate_share"].mean()),
        grade=grade_of("efficiency_factor"),
        basis=f"{which}; {known.sum()} min after the first {skip_s / 60:.0f}",
    )


def decoupling(
    records: pd.DataFrame, *, skip_s: float = 720.0, minutes: float = 40.0, steady: float = 0.10, level: float = SURE
) -> Estimate:
    """How far heart rate and pace drift apart between the two halves of a steady run, in percent.

    Definition: 100 (EF1 - EF2) / EF1, EF = mean grade-adjusted speed / mean heart rate of each half of the moving
    time after the first ``skip_s``. Positive: less speed per beat in the second half. The interval comes from the
    scatter of minutes, which follow one another, about a line in each half, and a change of speed between the halves;
    it is of 95 %, since one away from zero is read as a verdict.

    Takes records with ``time``, ``speed_mps``, ``heart_rate_bpm`` (``altitude_m`` for the ground, ``temperature_c``
    to be named). Returns an Estimate in %. Valid only for steady runs, so it is unknown, with the reason, when fewer
    than ``minutes`` are left after the warm-up, when one-minute speed varies by more than ``steady`` (its standard
    deviation over its mean), over 6 h, or with heart rate on less than 80 %.
    Evidence: B that drift grows with heat and tiredness; the 5 % line some coaches use is a habit [C].

    >>> time = pd.date_range("2026-05-01 08:00", periods=4320, freq="s", tz="UTC")
    >>> heart = np.where(np.arange(4320) < 2520, 140.0, 150.5) + np.tile([-1, 1], 2160)
    >>> round(decoupling(pd.DataFrame({"time": time, "speed_mps": 3.0, "heart_rate_bpm": heart})).value, 2)
    6.98
    """
    tables.check(records, tables.RECORDS, "time")
    blocks = run_blocks(records)
    unknown = {"unit": "%", "level": level}
    if problem := _problem(blocks, minutes=minutes + skip_s / 60, need=f" ({skip_s / 60:.0f} to warm up)"):
        return Estimate.unknown(problem, **unknown)
    if blocks["elapsed_s"].max() > LONGEST_DECOUPLING_S:
        return Estimate.unknown("not read beyond 6 h: fuel, walking and night change heart rate too", **unknown)
    blocks = blocks[blocks["moving_s"] > skip_s]
    speed, which = usable_speed(blocks)
    heart = blocks["heart_rate_bpm"].to_numpy(float)
    known = np.isfinite(speed) & np.isfinite(heart)
    if known.sum() < minutes * 0.8:
        return Estimate.unknown(f"needs {minutes:.0f} min with speed and heart rate; found {known.sum()}", **unknown)
    speed, heart, when = speed[known], heart[known], blocks["moving_s"].to_numpy()[known]
    varies = float(speed.std() / speed.mean())
    if varies > steady:
        return Estimate.unknown(
            f"needs a steady run (speed varying by less than {100 * steady:.0f} %); found {100 * varies:.0f} %",
            **unknown,
        )
    half = (when[0] + when[-1]) / 2
    first, second = when <= half, when > half
    ratios = [speed[part].mean() / heart[part].mean() for part in (first, second)]
    value = 100 * (ratios[0] - ratios[1]) / ratios[0]
    # Drift inside a half is the thing measured, not noise; and heart rate does not follow speed one to one.
    along = when - np.where(second, when[second].mean(), when[first].mean())
    doubt, freedom = doubt_of_series(
        100 * np.log(speed / heart),
        when / 60,
        first / first.sum() - second / second.sum(),
        np.column_stack([first, second, along]),
    )
    faster = 100 * (1 - STEEPNESS[0]) * math.log(speed[second].mean() / speed[first].mean())
    spread = student_quantile((1 + level) / 2, freedom) * math.hypot(doubt, faster)
    warm = blocks["temperature_c"].mean()
    said = f"; {warm:.0f} °C on the watch" if math.isfinite(warm) else ""
    return Estimate(
        float(value),
        float(value - spread),
        float(value + spread),
        level=level,
        n=int(known.sum()),
        unit="%",
        clean_share=float(blocks["heart_rate_share"].mean()),
        grade=grade_of("decoupling"),
        basis=f"{which}, {known.sum()} min after the first {skip_s / 60:.0f}{said}",
    )


def run_drift(records: pd.DataFrame, *, skip_s: float = 900.0, level: float = 0.8) -> Estimate:
    """How much heart rate rises per hour of a run at the same flat-equivalent speed, in percent.

    Definition: slope of log heart rate on time, given log speed (steepness 0.60 +- 0.15 unless the run says
    otherwise), over 5-min blocks after ``skip_s``.

    Takes records with ``time``, ``speed_mps`` and ``heart_rate_bpm``. Returns an Estimate in % per hour; unknown
    under 45 min, over 6 h, with speed varying by over 20 %, or with heart rate on less than 80 %.
    Evidence: D for the slope, B for drift itself.

    >>> time = pd.date_range("2026-05-01 08:00", periods=5400, freq="s", tz="UTC")
    >>> heart = 140.0 * np.exp(0.04 * np.arange(5400) / 3600)
    >>> round(run_drift(pd.DataFrame({"time": time, "speed_mps": 3.0, "heart_rate_bpm": heart})).value, 1)
    4.0
    """
    tables.check(records, tables.RECORDS, "time")
    blocks = run_blocks(records, block_s=300.0)
    unknown = {"unit": "% per hour", "level": level}
    if problem := _problem(blocks, minutes=45):
        return Estimate.unknown(problem, **unknown)
    blocks = blocks[(blocks["moving_s"] > skip_s) & (blocks["elapsed_s"] < LONGEST_DECOUPLING_S)]
    speed, which = usable_speed(blocks)
    heart = blocks["heart_rate_bpm"].to_numpy(float)
    known = np.isfinite(speed) & np.isfinite(heart)
    if known.sum() < 6:
        return Estimate.unknown(
            f"needs 30 min with speed and heart rate after the warm-up; found {5 * known.sum()}", **unknown
        )
    speed, heart, hours = speed[known], heart[known], blocks["moving_s"].to_numpy()[known] / 3600
    if speed.std() / speed.mean() > 0.20:
        return Estimate.unknown(
            f"needs a fairly even run; speed varies by {100 * speed.std() / speed.mean():.0f} %", **unknown
        )
    design = np.column_stack([np.ones_like(hours), hours - hours.mean(), np.log(speed / speed.mean())])
    fit = pooled_fit(
        design,
        100 * np.log(heart),
        prior_mean=[100 * np.log(heart.mean()), 0.0, 100 * STEEPNESS[0]],
        prior_sd=[50.0, 50.0, 100 * STEEPNESS[1]],
        noise=0.7,
        noise_freedom=4,
    )
    # blocks share their hills and wind with the next; and how steeply heart rate follows speed is doubted
    slope = np.linalg.pinv(design[:, :2])[1]
    doubt, freedom = doubt_of_series(100 * np.log(heart) - fit.mean[2] * design[:, 2], 12 * hours, slope, design[:, :2])
    value, steep = float(fit.mean[1]), float(slope @ design[:, 2]) * math.sqrt(fit.covariance[2, 2])
    half = student_quantile((1 + level) / 2, freedom) * math.hypot(doubt, steep)
    return Estimate(
        value,
        value - half,
        value + half,
        level=level,
        n=int(known.sum()),
        unit="% per hour",
        clean_share=float(blocks["heart_rate_share"].mean()),
        grade=grade_of("run_drift"),
        basis=which,
    )


def durability(
    log: Log, *, on: Any = None, days: int = 182, minutes: float = 75.0, most: int = 40, level: float = 0.8
) -> Finding:
    """How much an athlete's heart rate rises per hour of long running at the same pace: the lower, the more durable.

    Definition: ``run_drift`` of every steady long run (``minutes`` or more of moving time), pooled over runs that
    differ from one another (by 0.5 % per hour, worth 6 runs), brought to 12 °C with a slope on warmth above about
    14 °C that leans on 0.14 % per hour and degree. A prior of 2 +- 3 % per hour holds very few runs; 0.08 % per hour
    of doubt about ground, wind and thermometer stays however many runs there are. Runs without a temperature are taken
    as cool, and the answer is doubted by what 6 °C do to their share of the runs.

    Takes a log of one athlete with ``records``; the ``most`` recent long runs of ``days`` before ``on`` (excluded).
    Returns a Finding in % per hour at 12 °C with ``table``: one row per long run (``value``, ``low``, ``high``,
    ``used``, ``basis`` = why not). Unknown with fewer than 3 usable long runs.
    Evidence: B that what fades in long runs tells something about marathons (Maunder 2021; Smyth 2022); D for this
    measure. Heat, drink, fuel and pacing move it.

    >>> from runlab.log import Log
    >>> durability(Log(activities=tables.empty(tables.ACTIVITIES)))
    cannot tell · needs 3 steady runs of 75 min or longer with heart rate in 182 days; found 0
    """
    log.only()
    own = runs(log, on=on)
    own = own[
        (own["date"] > last_day(own["date"], on) - pd.Timedelta(days=days))
        & (own["moving_time_s"] >= 60 * minutes)
        & ~(own["heart_rate_share"] < 0.8)
        & (own["samples"] != 0)
    ].tail(most)
    rows = []
    for run in own.to_dict("records"):
        records = samples(log, run["activity_id"])
        found = Estimate.unknown("the samples of this run are gone", unit="% per hour", level=level)
        if records is not None:
            found = run_drift(records, level=level)
        rows.append(
            {
                "date": run["date"],
                "activity_id": run["activity_id"],
                "moving_s": run["moving_time_s"],
                **{k: getattr(found, k) for k in ("value", "low", "high", "level", "n", "unit", "grade", "basis")},
                "temperature_c": run["average_temperature_c"],
                "used": found.is_known,
            }
        )
    table = pd.DataFrame(rows, columns=RUN_COLUMNS)
    used = table[table["used"].astype(bool)]
    n = len(used)
    if n < 3:
        return Finding(
            math.nan,
            level=level,
            n=n,
            unit="% per hour",
            table=table,
            verdict="cannot tell",
            basis=f"needs 3 steady runs of {minutes:.0f} min or longer with heart rate in {days} days; found {n}",
        )
    warm = used["temperature_c"].to_numpy(float) - 3.0  # a watch on the wrist reads about 3 C high
    known = np.isfinite(warm)
    hot = 3.0 * (np.logaddexp(0.0, (np.where(known, warm, 12.0) - 14.0) / 3.0) - np.logaddexp(0.0, -2.0 / 3.0))
    design = np.column_stack([np.ones(n), hot])
    own_error = (used["high"] - used["low"]).to_numpy(float) / 2 / normal_quantile((1 + level) / 2)
    own_error = np.sqrt((own_error**2 + np.median(own_error) ** 2) / 2)  # each is a guess
    fit = pooled_fit(
        design,
        used["value"].to_numpy(float),
        prior_mean=[DRIFT_PRIOR[0], HEAT_ON_DRIFT[0]],
        prior_sd=[DRIFT_PRIOR[1], HEAT_ON_DRIFT[1]],
        noise=RUN_SCATTER[0],
        noise_freedom=RUN_SCATTER[1],
        weights=np.hypot(1.0, own_error / RUN_SCATTER[0]),
    )
    value, se = fit.at([1, 0])
    se = math.hypot(se, LASTING_DOUBT, (1 - known.mean()) * HEAT_ON_DRIFT[0] * UNKNOWN_WARMTH_C)
    half = student_quantile((1 + level) / 2, fit.freedom) * se
    heat = "" if known.all() else f", temperature known in {known.sum()} and the rest taken as cool, which is doubted"
    return Finding(
        value,
        value - half,
        value + half,
        level=level,
        n=n,
        unit="% per hour",
        clean_share=clean_share_of(own, used["activity_id"]),
        grade=grade_of("durability"),
        table=table,
        verdict="",
        basis=f"{n} steady long runs, at 12 °C{heat}; rise of heart rate at the same pace",
    )
