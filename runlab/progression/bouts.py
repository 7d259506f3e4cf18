"""Work and rest inside a run: bouts from the laps where they were pressed, else from the speed itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..numerics import column, stretches
from ..terrain import grade, grade_adjusted_speed

BOUT_COLUMNS: dict[str, Any] = {
    "bout": "int64",
    "kind": "str",
    "start_s": float,
    "end_s": float,
    "duration_s": float,
    "distance_m": float,
    "speed_mps": float,
    "graded_speed_mps": float,
    "grade": float,
    "average_heart_rate_bpm": float,
    "max_heart_rate_bpm": float,
    "source": "str",
    "confidence": float,
}
SHORTEST_WORK_S, SHORTEST_REST_S = 20.0, 15.0
# Share of the variation of speed that two speeds explain; one broad heap of speeds, cut in two, gives 0.64.
TWO_SPEEDS, ALMOST_TWO_SPEEDS = 0.74, 0.66  # almost is enough where four bouts or more are of one length
CLEAR_RATIO = 1.12  # work must be at least this much faster than what lies around it
HARDER_BPM = 3.0
REGULAR = 0.15
MOST_S = 30 * 3600


def intervals(
    records: pd.DataFrame,
    *,
    laps: pd.DataFrame | None = None,
    shortest_work_s: float = SHORTEST_WORK_S,
    shortest_rest_s: float = SHORTEST_REST_S,
    clear_ratio: float = CLEAR_RATIO,
) -> pd.DataFrame:
    """The work and rest bouts of a session, warm-up and cool-down apart; no rows for a run without such a structure.

    Definition: where the laps say what they were (intensity), or were pressed by hand and are clearly of two speeds,
    they are the bouts. Else flat-equivalent speed, smoothed over 15 s, is split in two groups at the value that
    parts them best (Otsu); stretches shorter than ``shortest_work_s`` / ``shortest_rest_s`` are joined to their
    neighbours; the work must be ``clear_ratio`` times as fast as the rest; edges lie where 5-s speed passes half way.
    Without altitude, where rolling ground looks the same, heart rate must be higher in the work than between, or bouts
    and rests must each be of one length (15 %).

    Takes records of one activity with ``time`` and ``speed_mps`` (``altitude_m``, ``heart_rate_bpm`` where measured)
    and its laps where there are any.
    Returns one row per bout: ``kind`` (warmup, work, rest, cooldown), ``start_s`` and ``end_s`` (since the first
    sample), ``duration_s``, ``distance_m``, speeds, ``grade``, heart rates, ``source`` ("laps", "speed"),
    ``confidence`` 0-1. Evidence: D; how well planted bouts are found is in benchmarks/README.md.

    >>> time = pd.date_range("2026-05-01 08:00", periods=1500, freq="s", tz="UTC")
    >>> fast = (np.arange(1500) % 300 >= 180) & (np.arange(1500) > 400) & (np.arange(1500) < 1300)
    >>> found = intervals(pd.DataFrame({"time": time, "speed_mps": np.where(fast, 5.0, 2.5)}))
    >>> found[found["kind"] == "work"][["start_s", "duration_s"]].round(-1).to_dict("records")
    [{'start_s': 480.0, 'duration_s': 120.0}, {'start_s': 780.0, 'duration_s': 120.0},
     {'start_s': 1080.0, 'duration_s': 120.0}]
    """
    tables.check(records, tables.RECORDS, "time")
    grid = _grid(records)
    if grid is None:
        return _bouts(None, [], "speed")
    spans = _lap_spans(records, laps)
    if spans:
        return _bouts(grid, spans, "laps")
    return _bouts(grid, _speed_spans(grid, shortest_work_s, shortest_rest_s, clear_ratio), "speed")


def _grid(records: pd.DataFrame) -> dict[str, np.ndarray] | None:
    """Channels on whole seconds of clock time; standing still and gaps over 30 s have speed 0."""
    speed = column(records, "speed_mps")
    if len(records) < 2 or not np.isfinite(speed).any():
        return None
    t = tables.seconds(records["time"])
    t = t - t[0]
    order = np.flatnonzero(np.diff(t, prepend=-1.0) > 0)
    t, speed = t[order], speed[order]
    if t[-1] < 120 or t[-1] > MOST_S:
        return None
    graded = np.asarray(grade_adjusted_speed(column(records, "speed_mps"), grade(records).to_numpy(float)))[order]
    slope = grade(records).to_numpy(float)[order]
    heart = column(records, "heart_rate_bpm")[order]
    running = np.ones(len(t), bool)
    if "timer_running" in records.columns:
        running = records["timer_running"].to_numpy(bool)[order]
    seconds = np.arange(0.0, np.floor(t[-1]) + 1)
    held = np.clip(np.searchsorted(t, seconds, side="right") - 1, 0, len(t) - 1)
    # Nothing is recorded while the clock is stopped: what was covered in such a gap says whether anybody moved.
    step = np.diff(t, append=t[-1])
    way = column(records, "distance_m")[order]
    covered = np.diff(way, append=way[-1]) if np.isfinite(way).all() else np.zeros(len(t))
    gap = step > max(6.0, 4.0 * float(np.median(step[:-1])))
    still = ~running[held] | (gap[held] & (covered[held] < 0.8 * step[held]) & (seconds - t[held] > 0.5))
    usable = np.isfinite(graded).mean() > 0.8
    effort = np.where(np.isfinite(graded), graded, speed) if usable else speed
    out = {"t": seconds}
    for name, values in (("effort", effort), ("speed", speed), ("graded", graded), ("slope", slope), ("heart", heart)):
        known = np.isfinite(values)
        on_grid = np.interp(seconds, t[known], values[known]) if known.any() else np.full(len(seconds), np.nan)
        out[name] = np.where(still, 0.0, on_grid) if name in ("effort", "speed") else on_grid
    return out


def _smooth(values: np.ndarray, window: int) -> np.ndarray:
    padded = np.concatenate([np.full(window // 2, values[0]), values, np.full(window - window // 2 - 1, values[-1])])
    total = np.concatenate([[0.0], np.cumsum(padded)])
    return (total[window:] - total[:-window]) / window


def _split(values: np.ndarray) -> tuple[float, float, float, float]:
    """Otsu: the cut that parts values best; the means below and above, and the share of variance explained."""
    counts, edges = np.histogram(values, bins=80)
    middle = (edges[:-1] + edges[1:]) / 2
    below, weighed = np.cumsum(counts), np.cumsum(counts * middle)
    above = below[-1] - below
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = weighed / below, (weighed[-1] - weighed) / above
        between = below * above * (high - low) ** 2
    if not np.isfinite(between[:-1]).any():
        return float(values[0]), float(values.mean()), float(values.mean()), 0.0
    k = int(np.nanargmax(between[:-1]))
    variance = values.var() * len(values) ** 2
    return float(edges[k + 1]), float(low[k]), float(high[k]), float(between[k] / variance) if variance > 0 else 0.0


def _speed_spans(grid: dict[str, np.ndarray], work_s: float, rest_s: float, clear: float) -> list[tuple]:
    smooth = _smooth(grid["effort"], 15)
    moving = smooth > 1.2
    if moving.sum() < 240:
        return []
    # Standing and walking count as a slow jog, so that neither lights nor a walk decide where the cut lies.
    floor = 0.8 * float(np.median(smooth[moving]))
    cut, low, high, explained = _split(np.maximum(smooth[moving], floor))
    if high < clear * low or explained < ALMOST_TWO_SPEEDS:
        return []
    fast = _without_short(smooth > cut, work_s, rest_s)
    work = [(int(a), int(b)) for a, b in zip(*stretches(fast), strict=True)]
    quick = _smooth(grid["effort"], 5)
    refined = []
    for i, (a, b) in enumerate(work):
        before = quick[max(a - 60, work[i - 1][1] if i else 0) : max(a - 10, 1)]
        after = quick[b + 10 : min(b + 60, work[i + 1][0] if i + 1 < len(work) else len(quick))]
        inside = float(np.median(quick[a:b]))
        refined.append((_crossing(quick, a, inside, before, -1), _crossing(quick, b, inside, after, 1)))
    refined = _without_stops([(a, b) for a, b in refined if b - a >= work_s], quick)
    share = sum(b - a for a, b in refined) / len(smooth)
    if not refined or share > 0.9:
        return []
    around = np.ones(len(smooth), bool)
    for a, b in refined:
        around[a:b] = False
    slow = quick[around & (quick > 1.0)]
    pace = np.array([quick[a:b].mean() for a, b in refined])
    faster = np.median(pace) / slow.mean() if len(slow) > 30 else np.inf
    if faster < clear or (share > 0.4 and faster < 1.2):  # a run that gets a little quicker is no session of bouts
        return []
    regular = _regular(refined)
    if explained < TWO_SPEEDS and not (regular and len(refined) >= 4):
        return []
    if not np.isfinite(grid["graded"]).any() and not (regular or _harder(refined, grid["heart"])):
        return []  # without altitude rolling ground looks like this
    apart = np.clip((np.median(pace) / max(low, 0.1) - 1.05) / 0.2, 0.2, 1.0)
    return _with_rest(refined, len(smooth), float(np.clip((explained - 0.68) / 0.25, 0.1, 1.0) * apart))


def _harder(work: list[tuple[int, int]], heart: np.ndarray) -> bool:
    """Whether heart rate, which lags, was higher in the fast parts than between them; downhill it is lower."""
    if len(work) < 2 or not np.isfinite(heart).any():
        return False
    late = [float(np.nanmean(heart[(a + b) // 2 : b])) for a, b in work]
    between = [float(np.nanmean(heart[(b + c) // 2 : c])) for (_, b), (c, _) in zip(work[:-1], work[1:], strict=True)]
    return float(np.median(late) - np.median(between)) > HARDER_BPM


def _regular(work: list[tuple[int, int]]) -> bool:
    """Whether bouts and rests are each as long as one another, as a watch or a track makes them and hills do not."""
    if len(work) < 3:
        return False
    bouts = np.array([b - a for a, b in work], float)
    rests = np.array([c - b for (_, b), (c, _) in zip(work[:-1], work[1:], strict=True)], float)
    return all(float(np.abs(x / np.median(x) - 1).mean()) < REGULAR for x in (bouts, rests))


def _without_short(fast: np.ndarray, work_s: float, rest_s: float) -> np.ndarray:
    """Rests too short are work, then work too short is rest."""
    out = fast.copy()
    for value, shortest in ((False, rest_s), (True, work_s)):
        for a, b in zip(*stretches(out == value), strict=True):
            if b - a < shortest and a > 0 and b < len(out):
                out[a:b] = not value
    return out


def _crossing(speed: np.ndarray, near: int, inside: float, outside: np.ndarray, side: int) -> int:
    """Where speed passes half way between a bout and its surroundings, within 20 s of a first guess."""
    level = (inside + (float(np.median(outside)) if len(outside) else 0.0)) / 2
    window = np.arange(max(near - 20, 0), min(near + 20, len(speed) - 1))
    over = speed[window] > level
    step = np.flatnonzero(over[1:] != over[:-1])
    step = step[over[step + 1]] if side < 0 else step[over[step]]
    return int(window[step[np.argmin(np.abs(window[step] - near))]]) + 1 if len(step) else near


def _without_stops(work: list[tuple[int, int]], speed: np.ndarray) -> list[tuple[int, int]]:
    """Bouts cut by standing still (a crossing, a lace) joined again, unless standing is how this session rests."""
    if len(work) < 2:
        return work
    stood = np.array(
        [
            0 < c - b < 100 and (speed[b:c] < 1.0).sum() > 0.35 * (c - b) and np.min(speed[b:c]) < 0.5
            for (_, b), (c, _) in zip(work[:-1], work[1:], strict=True)
        ]
    )
    if stood.all() and len(work) >= 3:
        # Standing may be how this session rests: then most stops are as long as one another, and so are the bouts.
        pause = np.array([c - b for (_, b), (c, _) in zip(work[:-1], work[1:], strict=True)], float)
        usual = np.abs(pause - np.median(pause)) <= 0.25 * np.median(pause)
        kept = _joined(work, ~usual)
        length = np.array([b - a for a, b in kept], float)
        if usual.mean() >= 0.6 and len(kept) >= 3 and length.std() < 0.25 * length.mean():
            return kept
    return _joined(work, stood)


def _joined(work: list[tuple[int, int]], over: np.ndarray) -> list[tuple[int, int]]:
    """Bouts with the marked stops between them closed."""
    out = [work[0]]
    for stop, (a, b) in zip(over, work[1:], strict=True):
        if stop:
            out[-1] = (out[-1][0], b)
        else:
            out.append((a, b))
    return out


def _with_rest(work: list[tuple[int, int]], length: int, sure: float) -> list[tuple]:
    spans, last = [], 0
    for i, (a, b) in enumerate(work):
        if a > last:
            spans.append((last, a, "rest" if i else "warmup", sure))
        spans.append((a, b, "work", sure))
        last = b
    if length - last > 1:
        spans.append((last, length, "cooldown", sure))
    return spans


def _lap_spans(records: pd.DataFrame, laps: pd.DataFrame | None) -> list[tuple]:
    """Bouts from laps that say what they were, or that were pressed by hand at two clearly different speeds."""
    if laps is None or len(laps) < 2 or "start_time" not in laps.columns:
        return []
    laps = laps.sort_values("start_time")
    begin = laps["start_time"].to_numpy("datetime64[us]")
    first = records["time"].to_numpy("datetime64[us]")[0]
    start = (begin - first) / np.timedelta64(1, "s")
    end = start + laps["elapsed_time_s"].to_numpy(float)
    if not np.isfinite(end).all():
        return []
    said = np.full(len(laps), "")
    if "intensity" in laps.columns:
        said = laps["intensity"].fillna("").str.lower().to_numpy()
    if np.isin(said, ["rest", "recovery"]).any() and np.isin(said, ["active", "interval"]).any():
        names = {
            "active": "work",
            "interval": "work",
            "rest": "rest",
            "recovery": "rest",
            "warmup": "warmup",
            "cooldown": "cooldown",
        }
        return [(a, b, names.get(word, "rest"), 0.98) for a, b, word in zip(start, end, said, strict=True)]
    if {"warmup", "cooldown"} & set(said) and (said == "active").any():
        return [(a, b, {"active": "work"}.get(w, w or "rest"), 0.95) for a, b, w in zip(start, end, said, strict=True)]
    trigger = laps["trigger"].fillna("").str.lower() if "trigger" in laps.columns else pd.Series([""] * len(laps))
    if trigger.isin(["manual"]).mean() < 0.6 or len(laps) < 4:
        return []
    speed = laps["average_speed_mps"].to_numpy(float)
    if not np.isfinite(speed).all():
        return []
    cut, low, high, explained = _split(speed)
    fast = speed > cut
    if high < CLEAR_RATIO * max(low, 0.1) or explained < 0.6 or not fast.any():
        return []
    inside = np.flatnonzero(fast)
    kinds = [
        "work" if f else "warmup" if i < inside[0] else "cooldown" if i > inside[-1] else "rest"
        for i, f in enumerate(fast)
    ]
    return [(a, b, kind, 0.85) for a, b, kind in zip(start, end, kinds, strict=True)]


def _bouts(grid: dict[str, np.ndarray] | None, spans: list[tuple], source: str) -> pd.DataFrame:
    rows: list[dict] = []
    for a, b, kind, sure in spans:
        if grid is None:
            break
        part = slice(max(math.floor(a), 0), max(math.ceil(b), math.floor(a) + 1))
        heart = grid["heart"][part]
        heart = heart[np.isfinite(heart)]
        mean = {
            name: float(np.mean(grid[name][part])) if len(grid[name][part]) else math.nan
            for name in ("speed", "graded", "slope")
        }
        rows.append(
            {
                "bout": len(rows) + 1,
                "kind": kind,
                "start_s": float(a),
                "end_s": float(b),
                "duration_s": float(b - a),
                "distance_m": mean["speed"] * (b - a),
                "speed_mps": mean["speed"],
                "graded_speed_mps": mean["graded"],
                "grade": mean["slope"],
                "average_heart_rate_bpm": float(heart.mean()) if len(heart) else math.nan,
                "max_heart_rate_bpm": float(heart.max()) if len(heart) else math.nan,
                "source": source,
                "confidence": round(sure, 2),
            }
        )
    return pd.DataFrame(rows, columns=list(BOUT_COLUMNS)).astype(BOUT_COLUMNS)
