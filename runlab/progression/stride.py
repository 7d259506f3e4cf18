"""How an athlete runs: cadence, contact, oscillation, stiffness by speed; left and right; fresh and tired."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..calendar import last_day
from ..clean import clean_share_of
from ..evidence import grade_of
from ..log import Log
from ..numerics import normal_quantile, student_quantile
from .blocks import run_blocks
from .inference import SURE, Finding, doubt_of_series
from .results import runs, samples

GRAVITY = 9.81
CHANNELS = {
    "cadence_spm": "steps/min",
    "stance_time_ms": "ms",
    "vertical_oscillation_mm": "mm",
    "vertical_ratio_pct": "%",
    "step_length_mm": "mm",
    "leg_stiffness_kn_m": "kN/m",
}
DYNAMICS_COLUMNS = ["channel", "speed_mps", "value", "low", "high", "level", "n", "unit", "grade", "basis"]
LEVEL_GROUND = 0.03
LEAST_NOISE = 0.1  # percentage points: a sensor that never moved is believed to that
SPEEDS = tuple(np.arange(2.0, 6.01, 0.25))


def leg_stiffness(
    speed_mps: float | np.ndarray | pd.Series,
    stance_time_ms: float | np.ndarray | pd.Series,
    cadence_spm: float | np.ndarray | pd.Series,
    *,
    mass_kg: float,
    height_m: float,
) -> np.ndarray:
    """How stiff the leg behaves as a spring, in kN/m, from speed, contact time and cadence on level ground.

    Definition: flight = 60 / cadence - contact; peak force F = m g (pi / 2)(flight / contact + 1); fall of the trunk
    dy = F contact^2 / (m pi^2) - g contact^2 / 8; compression dL = L - sqrt(L^2 - (v contact / 2)^2) + dy with L =
    0.53 x height; stiffness = F / dL.

    Takes m/s, ms, steps/min (numbers or arrays), body mass and height. Returns kN/m; NaN where anything is missing or
    there is no flight.
    Evidence: B on level ground against force plates (0.7-6.9 % error); contact times of watches come from the trunk,
    so follow trends only. Morin et al., J Appl Biomech 2005;21:167. Not valid on slopes.

    >>> round(float(leg_stiffness(3.333, 250.0, 60 / 0.35, mass_kg=70, height_m=1.75)), 2)
    9.51
    """
    speed, contact = np.asarray(speed_mps, float), np.asarray(stance_time_ms, float) / 1000
    with np.errstate(invalid="ignore", divide="ignore"):
        flight = 60.0 / np.asarray(cadence_spm, float) - contact
        force = mass_kg * GRAVITY * np.pi / 2 * (flight / contact + 1)
        fall = np.abs(force * contact**2 / (mass_kg * np.pi**2) - GRAVITY * contact**2 / 8)
        leg = 0.53 * height_m
        squeeze = leg - np.sqrt(leg**2 - (speed * contact / 2) ** 2) + fall
        stiffness = force / squeeze / 1000
    return np.where((flight > 0) & (contact > 0) & (speed > 0) & np.isfinite(stiffness), stiffness, np.nan)


def _level_blocks(log: Log, own: pd.DataFrame) -> pd.DataFrame:
    """Minute blocks of several runs on near-level ground, running pace."""
    parts = []
    for run in own.to_dict("records"):
        records = samples(log, run["activity_id"])
        if records is None:
            continue
        blocks = run_blocks(records)
        flat = (
            ~(blocks["grade"].abs() > LEVEL_GROUND)
            & (blocks["speed_mps"] > 1.8)
            & (blocks["cadence_spm"].isna() | (blocks["cadence_spm"] > 130))
        )
        parts.append(blocks[flat].assign(activity_id=run["activity_id"], date=run["date"]))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _recent(log: Log, on: Any, days: int, most: int) -> pd.DataFrame:
    own = runs(log, on=on)
    if own.empty:
        return own
    return own[(own["date"] > last_day(own["date"], on) - pd.Timedelta(days=days)) & (own["samples"] != 0)].tail(most)


def dynamics(
    log: Log,
    *,
    on: Any = None,
    days: int = 120,
    most: int = 40,
    speeds_mps: tuple[float, ...] = SPEEDS,
    mass_kg: float = math.nan,
    height_m: float = math.nan,
    level: float = 0.8,
    seed: int = 0,
) -> pd.DataFrame:
    """Cadence, contact time, oscillation, ratio, step length and leg stiffness as functions of speed.

    Definition: one-minute means on ground within 3 % of level, averaged per run in steps of 0.25 m/s; a quadratic in
    speed through them; bands from redrawing runs. Only speeds that at least 3 runs reached are answered: a change of
    cadence means nothing until speed is held.

    Takes a log of one athlete; the ``most`` recent runs of ``days`` before ``on``; ``mass_kg`` (default: the median
    logged weight) and ``height_m`` for stiffness.
    Returns rows ``channel``, ``speed_mps``, ``value``, ``low``, ``high``, ``level``, ``n`` (runs at that speed),
    ``unit``, ``grade``, ``basis``; for a channel that was never recorded one row of NaN with the reason.
    Evidence: A as description of what the sensor says; none that any value prevents injury.

    >>> from runlab.log import Log
    >>> dynamics(Log())[["channel", "basis"]].iloc[0].tolist()
    ['cadence_spm', 'needs 3 runs with cadence; found 0']
    """
    log.only()
    blocks = _level_blocks(log, _recent(log, on, days, most))
    if not math.isfinite(mass_kg) and len(getattr(log, "wellness", ())) and "weight_kg" in log.wellness.columns:
        mass_kg = float(log.wellness["weight_kg"].median())
    reason = ""
    if len(blocks):
        blocks["leg_stiffness_kn_m"] = np.nan
        if math.isfinite(mass_kg) and math.isfinite(height_m):
            blocks["leg_stiffness_kn_m"] = leg_stiffness(
                blocks["speed_mps"], blocks["stance_time_ms"], blocks["cadence_spm"], mass_kg=mass_kg, height_m=height_m
            )
    if not (math.isfinite(mass_kg) and math.isfinite(height_m)):
        missing = [n for n, v in (("mass_kg", mass_kg), ("height_m", height_m)) if not math.isfinite(v)]
        reason = f"needs {' and '.join(missing)}; found none"
    rows = []
    for channel, unit in CHANNELS.items():
        rows += _curve(
            blocks,
            channel,
            unit,
            np.asarray(speeds_mps),
            level,
            seed,
            reason if channel == "leg_stiffness_kn_m" else "",
        )
    frame = pd.DataFrame(rows, columns=DYNAMICS_COLUMNS)
    return frame.astype({"value": float, "low": float, "high": float, "speed_mps": float})


def _curve(
    blocks: pd.DataFrame, channel: str, unit: str, speeds: np.ndarray, level: float, seed: int, reason: str
) -> list[dict]:
    plain = channel.rsplit("_", 1)[0].replace("_", " ").replace(" kn", "")
    known = blocks[blocks[channel].notna()] if channel in blocks.columns else blocks.head(0)
    n = len(set(known["activity_id"])) if len(known) else 0
    grade = grade_of("leg_stiffness" if channel == "leg_stiffness_kn_m" else "dynamics")
    base = {"channel": channel, "level": level, "unit": unit, "grade": grade}
    if n < 3:
        return [
            base
            | {
                "speed_mps": math.nan,
                "value": math.nan,
                "low": math.nan,
                "high": math.nan,
                "n": n,
                "basis": reason or f"needs 3 runs with {plain}; found {n}",
            }
        ]
    step = (known["speed_mps"] / 0.25).round() * 0.25
    cells = (
        known.assign(step=step)
        .groupby(["activity_id", "step"])
        .agg(speed=("speed_mps", "mean"), value=(channel, "mean"), size=(channel, "size"))
        .reset_index()
    )
    reached = cells.groupby("step")["activity_id"].nunique()
    asked = np.array([v for v in speeds if reached.get(round(v / 0.25) * 0.25, 0) >= 3])
    if not len(asked):
        return [
            base
            | {
                "speed_mps": math.nan,
                "value": math.nan,
                "low": math.nan,
                "high": math.nan,
                "n": n,
                "basis": f"no speed was reached in 3 runs with {plain}",
            }
        ]
    middle = float(cells["speed"].mean())
    degree = 2 if len(asked) >= 4 else 1 if len(asked) >= 2 else 0
    powers = np.vander(cells["speed"].to_numpy() - middle, degree + 1)
    weight = np.sqrt(np.minimum(cells["size"].to_numpy(float), 10))
    values = cells["value"].to_numpy()
    at = np.vander(asked - middle, degree + 1)
    owner = pd.factorize(cells["activity_id"])[0]
    rng, drawn = np.random.default_rng(seed), []
    for k in range(201):
        times = np.ones(n) if k == 0 else np.bincount(rng.integers(0, n, n), minlength=n)
        w = weight * np.sqrt(times[owner])
        drawn.append(at @ np.linalg.lstsq(powers * w[:, None], values * w, rcond=None)[0])
    spread = np.std(drawn[1:], axis=0)
    half = student_quantile((1 + level) / 2, max(n - 1, 1)) * spread
    return [
        base
        | {
            "speed_mps": v,
            "value": y,
            "low": y - h,
            "high": y + h,
            "n": int(reached[round(v / 0.25) * 0.25]),
            "basis": f"{n} runs on level ground",
        }
        for v, y, h in zip(asked, drawn[0], half, strict=True)
    ]


def symmetry(
    log: Log,
    *,
    on: Any = None,
    days: int = 182,
    recent_days: int = 28,
    most: int = 60,
    worth_a_look_pct: float = 2.0,
    level: float = 0.8,
) -> Finding:
    """Left and right ground contact against the athlete's own usual, inside the band the sensor itself wanders in.

    Definition: left share of contact time, mean per run; usual = median of the runs before the last ``recent_days``.
    The sensor's band is the spread of those runs around their median: whatever moves within it may be the strap.
    ``value`` is the recent mean minus the usual, in percentage points; its interval knows that runs follow one another
    (``doubt_of_series``), and a shift is named at 95 %.

    Takes a log of one athlete. Returns a Finding in percentage points with ``verdict`` ("within what the sensor
    itself varies", "small shift", "moved from own usual", "cannot tell") and ``table``: one row per run (``value`` =
    left share in %, ``low``, ``high`` = the sensor's band). Unknown with fewer than 5 earlier and 2 recent runs with
    the channel. Evidence: B- that balance goes with running economy in the laboratory (Joubert 2020, small); C that
    2 points, kept up, are worth a look. No value is a target.

    >>> from runlab.log import Log
    >>> symmetry(Log())
    cannot tell · needs 5 earlier and 2 recent runs with ground contact balance; found 0 and 0
    """
    log.only()
    own = _recent(log, on, days, most)
    blocks = _level_blocks(log, own)
    columns = ["date", "activity_id", "value", "low", "high", "n"]
    known = blocks[blocks["stance_time_balance_pct"].notna()] if len(blocks) else pd.DataFrame()
    if not len(known):
        return Finding(
            math.nan,
            level=level,
            unit="points",
            table=pd.DataFrame(columns=columns),
            basis="needs 5 earlier and 2 recent runs with ground contact balance; found 0 and 0",
        )
    each = known.groupby(["date", "activity_id"])["stance_time_balance_pct"].agg(["mean", "size"]).reset_index()
    each = each[each["size"] >= 10]
    late = (each["date"] > last_day(own["date"], on) - pd.Timedelta(days=recent_days)).to_numpy()
    before, now = each.loc[~late, "mean"].to_numpy(), each.loc[late, "mean"].to_numpy()
    if len(before) < 5 or len(now) < 2:
        return Finding(
            math.nan,
            level=level,
            n=len(each),
            unit="points",
            table=pd.DataFrame(columns=columns),
            basis=f"needs 5 earlier and 2 recent runs with ground contact balance; found {len(before)} and {len(now)}",
        )
    usual = float(np.median(before))
    noise = max(1.4826 * float(np.median(np.abs(before - usual))), float(before.std(ddof=1)) * 0.7, LEAST_NOISE)
    z = normal_quantile((1 + level) / 2)
    change = float(now.mean() - usual)
    follows, freedom = doubt_of_series(
        each["mean"].to_numpy(),
        np.arange(len(each)),
        late / len(now) - ~late / len(before),
        np.column_stack([late, ~late]).astype(float),
    )
    doubt = math.hypot(follows, LEAST_NOISE * math.sqrt(1 / len(now) + 1 / len(before)))
    half, sure = (student_quantile((1 + p) / 2, freedom) * doubt for p in (level, SURE))
    band = z * noise
    if abs(change) <= band or abs(change) <= sure:
        verdict = "within what the sensor itself varies"
    else:
        verdict = "moved from own usual" if abs(change) >= worth_a_look_pct else "small shift"
    table = pd.DataFrame(
        {
            "date": each["date"],
            "activity_id": each["activity_id"],
            "value": each["mean"],
            "low": usual - band,
            "high": usual + band,
            "n": each["size"],
        },
        columns=columns,
    )
    return Finding(
        change,
        change - half,
        change + half,
        level=level,
        n=len(each),
        unit="points",
        clean_share=clean_share_of(own, each["activity_id"]),
        grade=grade_of("symmetry"),
        verdict=verdict,
        table=table,
        basis=f"left share of ground contact, usual {usual:.1f} %, sensor band ± {band:.1f}; "
        f"{len(now)} recent and {len(before)} earlier runs",
    )


def fatigue_drift(
    records: pd.DataFrame, *, skip_s: float = 300.0, minutes: float = 45.0, level: float = 0.8
) -> pd.DataFrame:
    """How the stride changed from the first to the last third of a run, at the same speed and grade.

    Definition: over one-minute blocks after ``skip_s``, each channel is regressed on speed, grade and time;
    ``value`` is the change from the middle of the first third to the middle of the last, in % of the mean (points
    for balance).

    Takes records of one activity. Returns rows ``channel``, ``value``, ``low``, ``high``, ``level``, ``n``
    (minutes), ``unit``, ``grade``, ``basis``; NaN with the reason where a channel is missing or the run has under
    ``minutes`` of moving time. Evidence: B that strides change with tiredness; what a change means for an athlete is
    not known [D].

    >>> records = tables.empty(tables.RECORDS)
    >>> fatigue_drift(records)["basis"].iloc[0]
    'needs 45 min of running; found 0'
    """
    tables.check(records, tables.RECORDS, "time")
    blocks = run_blocks(records)
    blocks = blocks[blocks["speed_mps"] > 1.5]
    total = float(blocks["seconds"].sum() / 60) if len(blocks) else 0.0
    rows = []
    channels = {
        **{k: u for k, u in CHANNELS.items() if k != "leg_stiffness_kn_m"},
        "stance_time_balance_pct": "%",
        "heart_rate_bpm": "1/min",
    }
    blocks = blocks[blocks["moving_s"] > skip_s]
    for channel in channels:
        row = {
            "channel": channel,
            "value": math.nan,
            "low": math.nan,
            "high": math.nan,
            "level": level,
            "n": 0,
            "unit": "points" if channel == "stance_time_balance_pct" else "%",
            "grade": grade_of("fatigue_drift"),
            "basis": "",
        }
        part = blocks[blocks[channel].notna() & blocks["speed_mps"].notna()] if len(blocks) else blocks
        if total < minutes:
            row["basis"] = f"needs {minutes:.0f} min of running; found {total:.0f}"
        elif len(part) < 0.6 * len(blocks) or len(part) < 20:
            row["basis"] = f"needs {channel.rsplit('_', 1)[0].replace('_', ' ')} over most of the run; found " + (
                "none" if part.empty else f"{100 * len(part) / len(blocks):.0f} %"
            )
        else:
            row |= _drift(part, channel, level)
        rows.append(row)
    return pd.DataFrame(rows)


def _drift(part: pd.DataFrame, channel: str, level: float) -> dict:
    y = part[channel].to_numpy(float)
    when = part["moving_s"].to_numpy(float)
    share = (when - when.min()) / (when.max() - when.min())
    speed = part["speed_mps"].to_numpy(float)
    grade = part["grade"].fillna(0.0).to_numpy(float)
    design = np.column_stack([np.ones(len(y)), share - share.mean(), speed - speed.mean(), grade])
    if grade.std() < 1e-9:
        design = design[:, :3]
    if speed.std() < 1e-6:
        design = np.delete(design, 2, axis=1)
    solved = np.linalg.lstsq(design, y, rcond=None)[0]
    left = y - design @ solved
    freedom = max(len(y) - design.shape[1], 1)
    cover = np.linalg.pinv(design.T @ design) * (left @ left) / freedom
    follow = float(np.clip(np.corrcoef(left[:-1], left[1:])[0, 1], 0, 0.9)) if left.std() > 1e-9 else 0.0
    se = math.sqrt(cover[1, 1] * (1 + follow) / (1 - follow))  # neighbouring minutes are alike
    if not y.mean() > 0:
        return {"basis": "the channel holds zeros alone"}
    scale = (2 / 3) * (1.0 if channel == "stance_time_balance_pct" else 100 / float(y.mean()))
    half = student_quantile((1 + level) / 2, max(freedom * (1 - follow) / (1 + follow), 2)) * se * abs(scale)
    value = float(solved[1]) * scale
    return {
        "value": value,
        "low": value - half,
        "high": value + half,
        "n": len(y),
        "basis": "last third against first, speed and grade held",
    }
