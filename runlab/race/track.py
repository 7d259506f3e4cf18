"""The race as one clean track: clock, official distance, ground, speed, and when the runner moved."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pandas as pd

from .. import tables
from ..clean import sample_flags
from ..errors import RunlabError
from ..log import Log
from ..numerics import column, great_circle_m, stretches
from ..races import Race
from ..terrain import grade, grade_adjusted_speed

CLOCK_JUMP_S = 6 * 3600.0
FASTEST_MPS = 12.0
STILL_MPS = 0.3
SHORTEST_STOP_S = 10.0
CHANNELS = (
    "altitude_m",
    "heart_rate_bpm",
    "cadence_spm",
    "temperature_c",
    "power_w",
    "latitude_deg",
    "longitude_deg",
    "vertical_oscillation_mm",
    "stance_time_ms",
    "step_length_mm",
    "vertical_ratio_pct",
    "stance_time_balance_pct",
)
_HEART_FLAGS = ("hr_dropout", "hr_out_of_range", "hr_spike", "hr_stuck", "cadence_lock")


@dataclass(frozen=True, eq=False)
class Track:
    """What was recorded of a race, ready to be divided.

    Arrays of n samples: ``elapsed_s``, ``distance_m`` (official), ``speed_mps`` (over about 20 s), ``grade``,
    ``factor`` (flat-equivalent speed over speed), ``channels`` (name to values), ``part`` (which file). Arrays of
    n - 1 steps, each held from its first sample: ``step_s``, ``step_m``, ``moving``. ``scale`` is official over watch
    distance; ``repairs`` (kind, words) holds what had to be set right; ``source`` is "samples", "laps" or "".

    >>> Track().seconds
    0.0
    """

    elapsed_s: np.ndarray = field(default_factory=lambda: np.empty(0))
    distance_m: np.ndarray = field(default_factory=lambda: np.empty(0))
    speed_mps: np.ndarray = field(default_factory=lambda: np.empty(0))
    grade: np.ndarray = field(default_factory=lambda: np.empty(0))
    factor: np.ndarray = field(default_factory=lambda: np.empty(0))
    part: np.ndarray = field(default_factory=lambda: np.empty(0, int))
    moving: np.ndarray = field(default_factory=lambda: np.empty(0, bool))
    channels: dict[str, np.ndarray] = field(default_factory=dict)
    start: Any = pd.NaT
    utc_offset_s: float = math.nan
    scale: float = 1.0
    watch_distance_m: float = math.nan
    watch_time_s: float = math.nan
    usual_step_s: float = math.nan
    repairs: tuple[tuple[str, str], ...] = ()
    source: str = ""
    activity_ids: tuple[str, ...] = ()

    @property
    def step_s(self) -> np.ndarray:
        """Seconds of each step."""
        return np.diff(self.elapsed_s)

    @property
    def step_m(self) -> np.ndarray:
        """Official metres of each step."""
        return np.diff(self.distance_m)

    @property
    def seconds(self) -> float:
        """Clock time from the first sample to the last."""
        return float(self.elapsed_s[-1]) if len(self.elapsed_s) else 0.0

    @property
    def metres(self) -> float:
        """Official distance covered."""
        return float(self.distance_m[-1]) if len(self.distance_m) else 0.0

    @property
    def moving_s(self) -> float:
        """Seconds on the move."""
        return float(self.step_s[self.moving].sum()) if len(self.moving) else 0.0

    def channel(self, name: str) -> np.ndarray:
        """A channel's values at the samples; all NaN where it was not measured."""
        return self.channels.get(name, np.full(len(self.elapsed_s), np.nan))

    def has(self, name: str, *, share: float = 0.5) -> bool:
        """Whether a channel was measured over at least a share of the moving time."""
        known = np.isfinite(self.channel(name)[:-1]) & self.moving if len(self.moving) else np.empty(0, bool)
        return bool(self.moving_s > 0 and self.step_s[known].sum() >= share * self.moving_s)

    @property
    def has_ground(self) -> bool:
        """Whether the grade is known over at least 80 % of the moving time."""
        if not self.moving_s > 0:
            return False
        return bool(self.step_s[self.moving & np.isfinite(self.factor[:-1])].sum() >= 0.8 * self.moving_s)

    @property
    def flat_m(self) -> np.ndarray:
        """Flat-equivalent metres of each step: the distance itself where the ground is not known."""
        factor = np.where(np.isfinite(self.factor[:-1]), self.factor[:-1], 1.0)
        return self.step_m * factor

    def time_at(self, metres: Any) -> np.ndarray:
        """Clock time at official distances, when each was first reached; NaN beyond the end."""
        first = np.concatenate(([True], np.diff(np.maximum.accumulate(self.distance_m)) > 0))
        return np.interp(metres, self.distance_m[first], self.elapsed_s[first], right=np.nan)

    def total_between(self, per_step: np.ndarray, start_s: Any, end_s: Any) -> np.ndarray:
        """A quantity summed up over the steps between two clock times."""
        total = np.concatenate(([0.0], np.cumsum(per_step)))
        return np.interp(end_s, self.elapsed_s, total) - np.interp(start_s, self.elapsed_s, total)

    def mean_between(
        self, values: np.ndarray, start_s: Any, end_s: Any, *, moving: bool = True, share: float = 0.5
    ) -> np.ndarray:
        """The time-weighted mean of a channel between two clock times; NaN if under half of it was measured."""
        weight = self.step_s * (self.moving if moving else 1.0)
        known = np.isfinite(values[:-1])
        held = self.total_between(np.where(known, weight, 0.0), start_s, end_s)
        summed = self.total_between(np.where(known, weight * np.where(known, values[:-1], 0.0), 0.0), start_s, end_s)
        all_s = self.total_between(weight, start_s, end_s)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where((held > 0) & (held >= share * all_s), summed / held, np.nan)


def race_track(log: Log, race: Race) -> Track:
    """The recording of a race as a track on the official distance.

    Definition: samples whose clock runs backwards are left out; a gap of over 6 h counts as a clock that jumped; a
    step faster than 12 m/s as a GPS jump that is given the usual speed. Moving: timer running and faster than 0.3 m/s
    over about 10 s, standing shorter than 10 s not counted as a stop. The end is cut where the watch ran on after the
    official time. Distance is stretched to the official one where the watch is within 12 % of it, piecewise where
    official times of passage are known. Laps stand in where there are no samples.

    Takes a log and a Race. Returns a Track, empty where nothing was recorded.
    Evidence: A (measurement), D (the limits).

    >>> from runlab.log import Log
    >>> race_track(Log(activities=tables.empty(tables.ACTIVITIES)), Race(pd.Timestamp("2026-05-01"))).source
    ''
    """
    rows = log.activities.set_index("activity_id") if len(race.activity_ids) else None
    if rows is None:
        return Track()
    own = [cast(pd.Series, rows.loc[name]) for name in race.activity_ids if name in rows.index]
    pieces = [(k, row, frame) for k, row in enumerate(own) if (frame := _samples(log, row)) is not None]
    if not pieces:
        return _lap_track(log, race)
    repairs: list[tuple[str, str]] = []
    t, d, timer, part, channels, factor, slope = _joined(pieces, repairs)
    if len(t) < 2:
        return _lap_track(log, race)
    offset = float(own[0].get("utc_offset_s", math.nan))
    return _finished(race, t, d, timer, part, channels, slope, factor, repairs, pieces[0][2]["time"].iloc[0], offset)


def _samples(log: Log, row: pd.Series) -> pd.DataFrame | None:
    if int(row.get("samples", 1) or 0) == 0:
        return None
    try:
        frame = log.records(str(row.name))
    except RunlabError:
        return None
    return frame if len(frame) > 1 and frame["time"].notna().sum() > 1 else None


def _joined(pieces: list[tuple[int, pd.Series, pd.DataFrame]], repairs: list[tuple[str, str]]) -> tuple:
    """All files on one clock and one distance, with what had to be left out or set right."""
    first = pieces[0][2]["time"].iloc[0]
    ts: list[np.ndarray] = []
    ds: list[np.ndarray] = []
    timers, parts, slopes = [], [], []
    held: dict[str, list[np.ndarray]] = {name: [] for name in CHANNELS}
    begin_m = 0.0
    for k, row, frame in pieces:
        t = tables.seconds(frame["time"]) + (frame["time"].iloc[0] - first).total_seconds()
        keep = np.ones(len(t), bool)
        keep[1:] = t[1:] > np.maximum.accumulate(t)[:-1]
        if not keep.all():
            count = int((~keep).sum())
            noun = "sample" if count == 1 else "samples"
            repairs.append(("clock", f"{count:,} {noun} left out: the clock did not move forward"))
        way = _way(frame, repairs)
        window = 200.0 if row.get("altitude_source", "") == "gps" else 100.0
        ground = grade(frame.assign(distance_m=way), window_m=window).to_numpy(float)
        flags = sample_flags(frame)
        if k and len(ds):
            begin_m = ds[-1][-1]
        for name in CHANNELS:
            values = column(frame, name)
            if name == "heart_rate_bpm":
                values = np.where(values > 0, values, np.nan)
                for flag in _HEART_FLAGS:
                    if flag in flags:
                        values = np.where(flags[flag], np.nan, values)
            held[name].append(values[keep])
        timer = frame["timer_running"].to_numpy(bool) if "timer_running" in frame.columns else np.ones(len(t), bool)
        ts.append(t[keep])
        ds.append(way[keep] - way[keep][0] + begin_m)
        timers.append(timer[keep])
        parts.append(np.full(keep.sum(), k))
        slopes.append(ground[keep])
    t, d = np.concatenate(ts), np.maximum.accumulate(np.concatenate(ds))
    step = np.diff(t)
    usual = float(np.median(step[step > 0])) if (step > 0).any() else 1.0
    if (jump := step > CLOCK_JUMP_S).any():
        repairs.append(("clock", f"the clock jumps by {step[jump].max() / 3600:,.0f} h; the gap is left out"))
        t = np.concatenate(([t[0]], t[0] + np.cumsum(np.where(jump, usual, step))))
    channels = {name: np.concatenate(values) for name, values in held.items()}
    slope = np.concatenate(slopes)
    factor = np.asarray(grade_adjusted_speed(np.ones_like(slope), slope), float)
    return t - t[0], d, np.concatenate(timers), np.concatenate(parts), channels, factor, slope


def _way(frame: pd.DataFrame, repairs: list[tuple[str, str]]) -> np.ndarray:
    """Watch distance along the way without leaps: from the device, else from positions, else from speed."""
    t = tables.seconds(frame["time"])
    way = column(frame, "distance_m")
    if np.isfinite(way).sum() < 2:
        steps = great_circle_m(column(frame, "latitude_deg"), column(frame, "longitude_deg"))
        if np.isfinite(steps).sum() < 2:
            speed = column(frame, "speed_mps")[:-1]
            took = np.diff(t)
            steps = np.where(np.isfinite(speed) & (took > 0) & (took < 30), speed * took, 0.0)
        way = np.concatenate(([0.0], np.cumsum(np.where(np.isfinite(steps), steps, 0.0))))
    known = np.isfinite(way)
    way = np.maximum.accumulate(np.interp(np.arange(len(way)), np.flatnonzero(known), way[known]))
    took, went = np.maximum(np.diff(t), 0.0), np.diff(way)
    leap = (went > 200.0) & (went > FASTEST_MPS * np.maximum(took, 1.0))
    if leap.any():
        normal = ~leap & (took > 0) & (went > 0)
        pace = float(np.median(went[normal] / took[normal])) if normal.any() else 0.0
        repairs.append(("position", f"leaps of the position are left out ({went[leap].sum() / 1000:.1f} km in all)"))
        way = np.concatenate(([way[0]], way[0] + np.cumsum(np.where(leap, np.minimum(pace * took, went), went))))
    return way


def _finished(
    race: Race,
    t: np.ndarray,
    d: np.ndarray,
    timer: np.ndarray,
    part: np.ndarray,
    channels: dict[str, np.ndarray],
    slope: np.ndarray,
    factor: np.ndarray,
    repairs: list[tuple[str, str]],
    start: Any,
    offset: float,
    source: str = "samples",
) -> Track:
    """Cut at the line, put on the official distance, and told apart into moving and standing."""
    watch_m, watch_s = float(d[-1]), float(t[-1])
    end = len(t)
    if race.finished and race.official_time_s > 0 and watch_s > race.official_time_s * 1.003 + 20:
        at = float(np.interp(race.official_time_s, t, d))
        if not race.distance_m > 0 or at >= 0.97 * race.distance_m:
            end = int(np.searchsorted(t, race.official_time_s)) + 1
            over = (watch_s - race.official_time_s) / 60
            repairs.append(("end", f"the watch ran on for {over:.0f} min after the line; that part is left out"))
    else:
        arrived = int(np.searchsorted(d, d[-1] - 5.0)) + 1
        if t[-1] - t[min(arrived, len(t) - 1)] > 120:
            end = min(arrived + 1, len(t))
            repairs.append(("end", f"{(watch_s - t[end - 1]) / 60:.0f} min of standing at the end are left out"))
    t, d, timer, part, slope, factor = (x[:end] for x in (t, d, timer, part, slope, factor))
    channels = {name: values[:end] for name, values in channels.items() if np.isfinite(values[:end]).any()}
    scale = 1.0
    if race.finished and race.distance_m > 0 and d[-1] > 0 and abs(d[-1] / race.distance_m - 1) < 0.12:
        scale = race.distance_m / float(d[-1])
    official = _anchored(race, t, d, scale)
    speed = _smooth_speed(t, official)
    return Track(
        t,
        official,
        speed,
        slope,
        factor,
        part,
        _moving(t, official, timer),
        channels,
        start,
        offset,
        scale,
        watch_m,
        watch_s,
        float(np.median(np.diff(t))) if len(t) > 1 else math.nan,
        tuple(repairs),
        source,
        race.activity_ids,
    )


def _anchored(race: Race, t: np.ndarray, d: np.ndarray, scale: float) -> np.ndarray:
    """Official distance at every sample: stretched evenly, or between places whose official time is known."""
    points = race.checkpoints
    points = points[(points["arrival_s"] > 0) & (points["arrival_s"] < t[-1])] if len(points) else points
    own, official = [0.0], [0.0]
    for at, metres in zip(np.interp(points["arrival_s"], t, d), points["distance_m"], strict=True):
        if at - own[-1] > 100 and abs((metres - official[-1]) / ((at - own[-1]) * scale) - 1) < 0.12:
            own.append(float(at))
            official.append(float(metres))
    if len(own) == 1 or d[-1] - own[-1] < 1.0:
        return d * scale
    end = race.distance_m if scale != 1.0 else official[-1] + (d[-1] - own[-1])
    return np.interp(d, [*own, float(d[-1])], [*official, max(float(end), official[-1])])


def _smooth_speed(t: np.ndarray, d: np.ndarray) -> np.ndarray:
    usual = float(np.median(np.diff(t))) if len(t) > 1 else 1.0
    half = max(10.0, 1.5 * usual)
    before, after = np.maximum(t - half, t[0]), np.minimum(t + half, t[-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.interp(after, t, d) - np.interp(before, t, d)) / (after - before)


def _moving(t: np.ndarray, d: np.ndarray, timer: np.ndarray) -> np.ndarray:
    step = np.diff(t)
    if not len(step):
        return np.empty(0, bool)
    # Most of the 9 s around a step decide, so that a position that stutters is no row of stops and edges stay sharp.
    own = np.diff(d) / step
    ran = np.concatenate(([0.0], np.cumsum(np.where(own > STILL_MPS, step, 0.0))))
    middle = (t[:-1] + t[1:]) / 2
    before, after = np.maximum(middle - 4.5, t[0]), np.minimum(middle + 4.5, t[-1])
    share = (np.interp(after, t, ran) - np.interp(before, t, ran)) / (after - before)
    moving = np.where(step > 9.0, own > STILL_MPS, share > 0.5) & (timer[:-1] | (own > 1.0))
    for a, b in zip(*stretches(~moving), strict=True):
        if t[b] - t[a] < SHORTEST_STOP_S:
            moving[a:b] = True
    return moving


def _lap_track(log: Log, race: Race) -> Track:
    """A track from the laps of a training log or an export without samples."""
    if not hasattr(log, "laps") or not len(log.laps):
        return Track()
    laps = log.laps[log.laps["activity_id"].isin(race.activity_ids)]
    took = laps["elapsed_time_s"].fillna(laps["timer_time_s"]).to_numpy(float)
    went = laps["distance_m"].to_numpy(float)
    good = (took > 0) & (went > 0)
    if good.sum() < 1:
        return Track()
    laps, took, went = laps[good], took[good], went[good]
    t, d = np.concatenate(([0.0], np.cumsum(took))), np.concatenate(([0.0], np.cumsum(went)))
    n = len(t)
    channels = {
        name: np.append(laps[column].to_numpy(float), np.nan)
        for name, column in (("heart_rate_bpm", "average_heart_rate_bpm"), ("cadence_spm", "average_cadence_spm"))
    }
    nothing = np.full(n, np.nan)
    start = laps["start_time"].iloc[0]
    return _finished(
        race,
        t,
        d,
        np.ones(n, bool),
        np.zeros(n, int),
        channels,
        nothing,
        nothing.copy(),
        [("laps", "no samples: laps stand in, stops and hills cannot be seen")],
        start,
        math.nan,
        "laps",
    )
