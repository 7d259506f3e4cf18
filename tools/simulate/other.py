"""The sessions beside running that a log is full of: rides, swims, strength, walks. Plain, but believable as files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from runlab import tables
from runlab.errors import one_of

from .course import Course, rolling_course
from .run import Run
from .runner import Runner
from .sensors import Watch, slow_noise

# sport: speed m/s, effort on the runner's scale, cadence, power W, sub_sport
_SPORTS = {
    "cycling": (7.6, 0.62, 84.0, 175.0, "road"),
    "swimming": (1.05, 0.60, 28.0, np.nan, "lap_swimming"),
    "strength": (0.0, 0.38, np.nan, np.nan, "strength_training"),
    "walking": (1.45, 0.33, 108.0, np.nan, ""),
}


def simulate_other(
    runner: Runner | None = None,
    *,
    sport: str,
    duration_s: float,
    start: str | pd.Timestamp = "2026-05-04 18:00",
    seed: int = 0,
    intensity: float = 1.0,
    course: Course | None = None,
    watch: Watch | None = None,
    utc_offset_s: float = 0.0,
    title: str = "",
) -> Run:
    """A ride, swim, strength session or walk as a watch records it; truth holds totals and the true heart rate.

    >>> simulate_other(sport="strength", duration_s=1800.0).records["distance_m"].isna().all()
    np.True_
    """
    one_of("sport", sport, _SPORTS)
    runner, watch = runner or Runner(), watch or Watch(sampling_s=1.0)
    rng = np.random.default_rng([seed, 41])
    speed, effort, cadence, power, sub_sport = _SPORTS[sport]
    n = int(duration_s) + 1
    elapsed = np.arange(n, dtype=float)
    work = effort * intensity * (1 + 0.10 * slow_noise(rng, n, 120.0))
    if sport == "strength":  # sets of 40 s with rests between
        work = effort * intensity * np.where(np.mod(elapsed, 150.0) < 40.0, 1.5, 0.7)
    heart = runner.heart_rate(runner.drifted_heart_rate(work, elapsed, 18.0))
    velocity = np.maximum(speed * intensity**0.7 * (1 + 0.10 * slow_noise(rng, n, 40.0)), 0.0)
    nothing = np.full(n, np.nan)
    distance = np.concatenate([[0.0], np.cumsum(velocity[:-1])])
    outside = sport in ("cycling", "walking")
    ground = (course or rolling_course(20_000.0, ascent_m_per_km=7.0, seed=seed)) if outside else None
    latitude, longitude = ground.position(distance) if ground else (nothing, nothing)
    columns = {
        "latitude_deg": latitude.round(7),
        "longitude_deg": longitude.round(7),
        "altitude_m": (ground.altitude(distance) * 5).round() / 5 if ground else nothing,
        "distance_m": distance.round(2) if speed else nothing,
        "speed_mps": velocity.round(3) if speed else nothing,
        "heart_rate_bpm": np.clip((heart + 0.8 * rng.standard_normal(n)).round(), 35, 230)
        if watch.heart_rate
        else nothing,
        "cadence_spm": (cadence + 2 * rng.standard_normal(n)).round() if speed else nothing,
        "power_w": np.maximum(power * intensity * (1 + 0.2 * slow_noise(rng, n, 8.0)), 0).round()
        if power == power
        else nothing,
        "temperature_c": np.full(n, 19.0),
        "timer_running": np.ones(n, bool),
    }
    keep = np.zeros(n, bool)
    keep[:: max(round(watch.sampling_s), 1)] = True
    keep[-1] = True
    begin = pd.Timestamp(start)
    begin = (begin.tz_localize("UTC") if begin.tz is None else begin.tz_convert("UTC")).as_unit("us").floor("s")
    activity_id = f"{begin:%Y%m%dT%H%M%SZ}-{seed:08d}"
    time = (begin + pd.to_timedelta(elapsed[keep].astype("int64"), unit="s")).as_unit("us")
    records = tables.conform(
        pd.DataFrame({"time": time, **{name: values[keep] for name, values in columns.items()}}), tables.RECORDS
    ).assign(activity_id=activity_id)
    rise = np.diff(columns["altitude_m"][::10]) if ground else np.empty(0)
    laps = tables.conform(
        pd.DataFrame(
            [
                {
                    "activity_id": activity_id,
                    "lap": 1,
                    "start_time": begin,
                    "elapsed_time_s": elapsed[-1],
                    "timer_time_s": elapsed[-1],
                    "distance_m": round(float(distance[-1]), 2) if speed else np.nan,
                    "average_speed_mps": float(velocity.mean()) if speed else np.nan,
                    "average_heart_rate_bpm": float(np.nanmean(columns["heart_rate_bpm"]))
                    if watch.heart_rate
                    else np.nan,
                    "max_heart_rate_bpm": float(np.nanmax(columns["heart_rate_bpm"])) if watch.heart_rate else np.nan,
                    "average_cadence_spm": cadence,
                    "average_power_w": power,
                    "ascent_m": float(np.maximum(rise, 0).sum()) if ground else np.nan,
                    "descent_m": float(np.maximum(-rise, 0).sum()) if ground else np.nan,
                    "trigger": "session_end",
                }
            ]
        ),
        tables.LAPS,
    )
    truth: dict[str, Any] = {
        "time_s": float(elapsed[-1]),
        "timer_time_s": float(elapsed[-1]),
        "moving_time_s": float(elapsed[-1]),
        "distance": float(distance[-1]) if speed else float("nan"),
        "timer_stops": [],
        "pauses": [],
        "runner": runner,
        "ascent_m": float(laps["ascent_m"].iloc[0]),
        "descent_m": float(laps["descent_m"].iloc[0]),
        "mean_heart_rate_bpm": float(heart.mean()),
        "max_heart_rate_bpm": float(heart.max()),
        "energy_j": float(work.sum() * runner.mass_kg * 14.0),
        "sport": sport,
    }
    totals = {
        "elapsed_time_s": truth["time_s"],
        "timer_time_s": truth["time_s"],
        "distance_m": truth["distance"],
        "calories_kcal": round(truth["energy_j"] / 4184.0),
    }
    about = {
        "format": "simulated",
        "file_kind": "activity",
        "sport": sport,
        "sub_sport": sub_sport,
        "title": title,
        "device": watch.device,
        "start_time": begin,
        "utc_offset_s": utc_offset_s,
        "complete": True,
        "problems": [],
        "totals": totals,
        "sessions": [dict(totals, sport=sport, sub_sport=sub_sport)],
    }
    return Run(records, laps, truth, about)
