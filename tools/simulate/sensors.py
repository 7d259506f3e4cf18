"""From what happened to what a watch writes down: sampling, noise, drift, dropouts and the stops of its clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from runlab import tables

from .course import METRES_PER_DEGREE, Course
from .runner import Runner


@dataclass(frozen=True)
class Watch:
    """A device and its habits.

    ``altitude`` is "barometer", "gps" or "" (none); ``smart`` writes irregularly (1 to 8 s, ``sampling_s`` apart on the
    mean); ``lap_m`` the automatic lap; ``cadence_lock_s`` how long heart rate follows cadence at the start;
    ``dropouts`` how many spells without heart rate; ``distance_bias`` the share by which it over-measures (None: by
    chance).

    >>> Watch(smart=True, sampling_s=4.0).altitude
    'barometer'
    """

    device: str = "invented watch"
    sampling_s: float = 1.0
    smart: bool = False
    dynamics: bool = True
    power: bool = True
    heart_rate: bool = True
    cadence: bool = True
    temperature: bool = True
    altitude: str = "barometer"
    lap_m: float = 1000.0
    cadence_lock_s: float = 0.0
    dropouts: int = 0
    distance_bias: float | None = None
    gps_error_m: float = 2.5
    start_late_s: float = 0.0


def slow_noise(rng: np.random.Generator, n: int, tau: float) -> np.ndarray:
    """Noise of unit variance that forgets itself after about ``tau`` samples (drawn coarsely, joined by lines).

    >>> len(slow_noise(np.random.default_rng(0), 100, 1000.0))
    100
    """
    stride = max(int(tau / 6), 1)
    memory = tau / stride
    kernel = np.exp(-np.arange(int(memory * 5) + 1) / memory)
    kernel /= np.sqrt((kernel**2).sum())
    coarse = np.convolve(rng.standard_normal(n // stride + len(kernel) + 2), kernel, mode="valid")
    return coarse[:n] if stride == 1 else np.interp(np.arange(n) / stride, np.arange(len(coarse)), coarse)


def _timeline(solved: dict[str, Any], stops: list) -> tuple[np.ndarray, np.ndarray, list[tuple[float, float, bool]]]:
    """Knots of elapsed time and distance with every stop in it, and the stops as (from, to, clock stopped)."""
    s, t = solved["s"], solved["t"]
    spots = [(at, seconds, False) for at, seconds in solved["stands"]] + [
        (p.at_m, p.duration_s, p.timer) for p in stops
    ]
    spots.sort(key=lambda spot: spot[0])
    if not spots:
        return t, s, []
    at = np.array([spot[0] for spot in spots])
    long = np.array([spot[1] for spot in spots])
    before = np.concatenate([[0.0], np.cumsum(long)])
    moving = np.interp(at, s, t)
    spans = [
        (float(m + b), float(m + b + w), timer)
        for m, b, w, (_, _, timer) in zip(moving, before[:-1], long, spots, strict=True)
    ]
    waited = before[np.searchsorted(at, s, side="left")]
    clock = np.concatenate([t + waited, [edge for span in spans for edge in span[:2]]])
    place = np.concatenate([s, np.repeat(at, 2)])
    order = np.lexsort((place, clock))
    return clock[order], place[order], spans


def watch_records(
    runner: Runner,
    course: Course,
    solved: dict[str, Any],
    stops: list,
    begin: pd.Timestamp,
    watch: Watch,
    heat: np.ndarray,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, dict[str, Any], dict[str, np.ndarray]]:
    """Records, truth and the full second-by-second arrays of a solved run.

    >>> from simulate import simulate_run
    >>> simulate_run(distance_m=3000.0).records["timer_running"].all()
    np.True_
    """
    clock, place, spans = _timeline(solved, stops)
    total = float(clock[-1])
    elapsed = np.arange(int(total) + 1, dtype=float)
    n = len(elapsed)
    distance = np.interp(elapsed, clock, place)
    standing = np.zeros(n, bool)
    for start, end, _ in spans:
        standing |= (elapsed >= start) & (elapsed < end)
    ds = solved["s"][1] - solved["s"][0] if len(solved["s"]) > 2 else max(solved["s"][-1], 1.0)
    cell = np.minimum((distance / ds).astype(int), len(solved["speed"]) - 1)
    speed, effort, fade = (
        np.where(standing, rest, solved[key][cell]) for key, rest in (("speed", 0.0), ("effort", 0.0), ("fade", 1.0))
    )
    fade, heat_share = solved["fade"][cell], np.where(standing, 0.0, solved["heat"][cell])
    speed = np.where(standing, 0.0, np.convolve(np.pad(speed, 2, mode="edge"), np.full(5, 0.2), mode="valid"))
    grade, altitude = course.grade(distance), course.altitude(distance)
    felt = np.interp(elapsed, heat[:, 0], heat[:, 1])

    # The heart follows the work with a lag, and drifts up with time and warmth.
    demand = runner.drifted_heart_rate(effort, elapsed, felt)
    heart = runner.heart_rate(demand)
    cadence = runner.cadence(speed, grade)

    truth: dict[str, Any] = {
        "time_s": total,
        "moving_time_s": float(solved["t"][-1]),
        "distance": float(solved["s"][-1]),
        "ascent_m": _climb(course, solved["s"]),
        "descent_m": _climb(course, solved["s"], down=True),
        "energy_j": float((runner.mass_kg * runner.economy_j_kg_m * solved["cost"] * np.diff(solved["s"])).sum()),
        "max_heart_rate_bpm": float(heart.max()),
        "mean_heart_rate_bpm": float(heart.mean()),
        "threshold_speed_mps": runner.critical_speed_mps,
        "cadence_lock_s": watch.cadence_lock_s,
        "fade_onset_m": float(solved["s"][int(np.argmax(solved["fade"] < 0.999))])
        if (solved["fade"] < 0.999).any()
        else float("nan"),
    }
    if len(solved["bounds"]) > 1:
        truth["step_ends_s"] = _step_ends(solved, stops)

    # The clock stops a moment after the runner; what falls between is not written.
    written = np.ones(n, bool)
    timer_stops = []
    for start, end, timer in spans:
        if timer and end - start > 3:
            off, on = int(start) + 1, int(end)
            written[off:on] = False
            timer_stops.append((off, on))
    truth["timer_stops"] = timer_stops
    truth["timer_time_s"] = total - sum(on - off for off, on in timer_stops)
    keep = _sampling(watch, written, n, rng)

    bias = watch.distance_bias
    if bias is None:
        bias = rng.normal(0.0, 0.02) if course.surface == "treadmill" else rng.normal(0.006, 0.003)
    truth["distance_bias"] = float(bias)
    measured = np.maximum.accumulate(distance * (1 + bias) + 1.2 * slow_noise(rng, n, 40.0) * (distance > 5))
    measured = np.maximum(measured - measured[0], 0.0)
    shown_speed = np.where(standing, 0.0, np.maximum(speed * (1 + bias) + 0.06 * slow_noise(rng, n, 4.0), 0.0))
    shown_heart = heart + 0.8 * rng.standard_normal(n)
    if watch.cadence_lock_s:
        locked = elapsed < watch.cadence_lock_s
        shown_heart = np.where(locked & ~standing, cadence + rng.normal(0, 0.7, n), shown_heart)
    dropouts = []
    for _ in range(watch.dropouts):
        first = float(rng.uniform(0.1, 0.85) * total)
        last = first + float(rng.uniform(40.0, 200.0))
        shown_heart = np.where((elapsed >= first) & (elapsed < last), np.nan, shown_heart)
        dropouts.append((first, last))
    truth["dropouts"] = dropouts

    nothing = np.full(n, np.nan)
    columns: dict[str, np.ndarray] = {"latitude_deg": nothing, "longitude_deg": nothing}
    if course.has_position:
        latitude, longitude = course.position(distance)
        error = watch.gps_error_m / METRES_PER_DEGREE
        columns["latitude_deg"] = (latitude + error * slow_noise(rng, n, 25.0)).round(7)
        stretch = np.cos(np.radians(course.latitude_deg))
        columns["longitude_deg"] = (longitude + error / stretch * slow_noise(rng, n, 25.0)).round(7)
    columns["altitude_m"] = _altitude(watch, course, altitude, rng)
    columns["distance_m"] = measured.round(2)
    columns["speed_mps"] = shown_speed.round(3)
    columns["heart_rate_bpm"] = np.clip(shown_heart.round(), 35, 230) if watch.heart_rate else nothing
    shown_cadence = np.where(cadence > 0, np.maximum(cadence + 1.2 * rng.standard_normal(n), 0), 0.0)
    columns["cadence_spm"] = shown_cadence.round() if watch.cadence else nothing
    mechanical = runner.mass_kg * speed * (1.04 + 0.27 * (runner.grade_cost(grade) - 1) * 3.0)
    columns["power_w"] = np.maximum(mechanical + 6 * slow_noise(rng, n, 5.0), 0).round() if watch.power else nothing
    columns["temperature_c"] = (felt + 6.0 * np.exp(-elapsed / 500.0) + 1.5).round() if watch.temperature else nothing
    columns["timer_running"] = np.ones(n, bool)
    if watch.dynamics:
        spread = {
            "stance_time_ms": 2.5,
            "vertical_oscillation_mm": 1.5,
            "step_length_mm": 12.0,
            "vertical_ratio_pct": 0.12,
            "stance_time_balance_pct": 0.25,
        }
        clean = runner.dynamics(speed, cadence, fade)
        running = speed > 1.6
        for name, values in clean.items():
            shown = values * (1 + 0.006 * slow_noise(rng, n, 60.0) * (name != "stance_time_balance_pct"))
            shown = shown + spread[name] * rng.standard_normal(n)
            digits = 2 if name.endswith("pct") else 1
            columns[name] = np.where(running, shown, np.nan).round(digits)

    time = begin + pd.to_timedelta(elapsed[keep].astype("int64"), unit="s")
    records = pd.DataFrame({"time": time.as_unit("us"), **{name: values[keep] for name, values in columns.items()}})
    truth |= {
        "elapsed_s": elapsed[keep],
        "distance_m": distance[keep],
        "speed_mps": speed[keep],
        "altitude_m": altitude[keep],
        "grade": grade[keep],
        "effort": effort[keep],
        "heart_rate_bpm": heart[keep],
        "fade": fade[keep],
        "heat_share": heat_share[keep],
        "standing": standing[keep],
    }
    seconds = {
        "elapsed": elapsed,
        "written": written,
        "altitude": altitude,
        **{k: columns[k] for k in ("distance_m", "speed_mps", "heart_rate_bpm", "cadence_spm", "power_w")},
    }
    return records, truth, seconds


def _climb(course: Course, s: np.ndarray, *, down: bool = False) -> float:
    if not course.has_position:
        return 0.0
    rise = np.diff(course.altitude(s))
    return float(np.maximum(-rise if down else rise, 0).sum())


def _step_ends(solved: dict[str, Any], stops: list) -> list[float]:
    """Elapsed seconds at the end of each step, standing steps and stops on the way counted in."""
    moving = np.interp(solved["bounds"], solved["s"], solved["t"])
    stands, ends, waited = list(solved["stands"]), [], 0.0
    previous = 0.0
    for bound, clock in zip(solved["bounds"], moving, strict=True):
        if stands and bound == previous and stands[0][0] == bound:
            waited += stands.pop(0)[1]
        ends.append(float(clock) + waited + sum(p.duration_s for p in stops if p.at_m < bound))
        previous = bound
    return ends


def _sampling(watch: Watch, written: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Which seconds are written: all, every so many, or "smart" ones; ends and edges of pauses always."""
    keep = written.copy()
    if watch.smart or watch.sampling_s > 1:
        chosen = np.zeros(n, bool)
        if watch.smart:
            mean = max(watch.sampling_s, 2.0)
            gaps = np.clip(rng.geometric(1 / mean, int(2.5 * n / mean) + 8), 1, 8)
            spots = np.cumsum(gaps)
            chosen[spots[spots < n]] = True
        else:
            chosen[:: max(round(watch.sampling_s), 1)] = True
        edge = np.flatnonzero(np.diff(written.astype(int)))
        chosen[edge] = chosen[edge + 1] = True
        chosen[[0, n - 1]] = True
        keep &= chosen
    if watch.start_late_s:
        keep &= np.arange(n) >= watch.start_late_s
    return keep


def _altitude(watch: Watch, course: Course, altitude: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    n = len(altitude)
    if not watch.altitude or not course.has_position:
        return np.full(n, np.nan)
    if watch.altitude == "gps":
        return (altitude + rng.normal(0, 4) + 4.0 * slow_noise(rng, n, 30.0) + 0.6 * rng.standard_normal(n)).round(1)
    weather = rng.normal(0, 3.0) * np.arange(n) / 3600.0  # air pressure changing by the hour
    shown = altitude + rng.normal(0, 6) + weather + 1.2 * slow_noise(rng, n, 1500.0) + 0.15 * rng.standard_normal(n)
    return (shown * 5).round() / 5


def lap_table(
    seconds: dict[str, np.ndarray],
    steps: list[dict[str, Any]] | None,
    begin: pd.Timestamp,
    watch: Watch,
    activity_id: str,
) -> pd.DataFrame:
    """Laps as the watch keeps them: one per step of a session, else automatic ones by distance.

    >>> from simulate import simulate_run
    >>> simulate_run(distance_m=3200.0).laps["trigger"].tolist()
    ['distance', 'distance', 'distance', 'session_end']
    """
    elapsed, distance = seconds["elapsed"], seconds["distance_m"]
    n = len(elapsed)
    if steps:
        edges = [0, *(min(round(step["end_s"]), n - 1) for step in steps)]
        edges[-1] = n - 1
        triggers = ["manual"] * (len(steps) - 1) + ["session_end"]
        kinds = [step["kind"] for step in steps]
    else:
        spots = np.arange(watch.lap_m, distance[-1], watch.lap_m) if watch.lap_m else np.empty(0)
        marks = np.searchsorted(distance, spots)
        edges = [0, *(int(m) for m in marks if m < n - 1), n - 1]
        triggers = ["distance"] * (len(edges) - 2) + ["session_end"]
        kinds = [""] * len(triggers)
    rows = []
    gone = np.cumsum(~seconds["written"])
    for number, (a, b) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        span = slice(a, max(b, a + 1))
        on = seconds["written"][span]
        timer = float(b - a - (gone[b] - gone[a]))
        rise = np.diff(seconds["altitude"][a : b + 1 : 5]) if watch.altitude else np.empty(0)
        length = float(distance[b] - distance[a])

        def mean(name: str, span: slice = span, on: np.ndarray = on) -> float:
            values = seconds[name][span][on]
            return float(values[np.isfinite(values)].mean()) if np.isfinite(values).any() else float("nan")

        heart = seconds["heart_rate_bpm"][span][on]
        rows.append(
            {
                "activity_id": activity_id,
                "lap": number + 1,
                "start_time": begin + pd.Timedelta(seconds=a),
                "elapsed_time_s": float(b - a),
                "timer_time_s": timer,
                "distance_m": round(length, 2),
                "average_speed_mps": round(length / timer, 3) if timer > 0 else float("nan"),
                "average_heart_rate_bpm": mean("heart_rate_bpm"),
                "max_heart_rate_bpm": float(np.nanmax(heart)) if np.isfinite(heart).any() else float("nan"),
                "average_cadence_spm": mean("cadence_spm"),
                "average_power_w": mean("power_w"),
                "ascent_m": float(np.maximum(rise, 0).sum()) if watch.altitude else float("nan"),
                "descent_m": float(np.maximum(-rise, 0).sum()) if watch.altitude else float("nan"),
                "trigger": triggers[number],
                "intensity": kinds[number],
                "max_speed_mps": float(seconds["speed_mps"][span].max()),
            }
        )
    return tables.conform(pd.DataFrame(rows), tables.LAPS)
