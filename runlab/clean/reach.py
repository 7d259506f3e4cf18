"""What nobody moved through: teleports, drives between runs, positions not on Earth. Left out, and marked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from .. import tables
from ..numerics import column, great_circle_m
from ..readers import derived

LEFT_OUT = "left_out"
_FASTEST_MPS = {"running": 12.0, "walking": 12.0, "hiking": 12.0, "swimming": 12.0, "cycling": 30.0}  # others: 50
_ON_FOOT = ("running", "walking", "hiking", "")
_SUSTAINED_MPS, _SUSTAINED_S = 8.0, 60.0  # the 800 m world record is run at 7.93 m/s
_LINGER_MPS = 6.0  # a car rolls in and out of a drive faster than this; so does nobody who stood still for a while
_JOINED_S, _STILL_S, _BETWEEN_S = 10.0, 120.0, 300.0  # of one leap; beside a catch-up; at traffic lights
_STILL_M = 0.5
_TOO_LITTLE, _LONG_M = 0.003, 5000.0  # leaps of less than that share of a long way are a receiver's unrest


class _Stretch(NamedTuple):
    """Steps from point ``first`` to point ``last`` that count as ``metres`` (0 where nothing is known)."""

    first: int
    last: int
    metres: float
    drive: bool


def reachable(records: pd.DataFrame, *, sport: str = "running") -> pd.DataFrame:
    """The samples without what nobody of that sport moved through.

    A step faster than 12 m/s on foot or swimming (30 m/s on a bicycle, 50 m/s elsewhere) and, on foot, any minute above
    8 m/s is impossible. Steps within 10 s of each other are one stretch. Where its ends could be reached from each
    other (a glitch out and back), the straight line between them counts, or what a device that counts by itself
    gained; a distance that only caught up, after lagging or within 2 min of standing still, counts whole. Else up to
    10 s count at the track's median speed, and a longer stretch adds nothing. Leaps that add up to less than 0.3 % of
    5 km or more stay. Stretches of a drive less than 5 min apart are one, with the slower driving around them. A track
    that is all too fast is another sport's and stays as it is. Positions outside 90 and 180 degrees or at 0, 0 are
    missing.

    Takes the records of one activity with ``time``; ``sport`` "" is judged by its median speed. Returns the records
    themselves where nothing is impossible, else a new frame: ``distance_m``, ``speed_mps`` and positions altered, each
    with its recorded values in ``<column>_original``, and ``left_out`` True from the first sample of a stretch on.
    Evidence: [A] world records; [D] the rest are runlab's own limits.

    >>> time = pd.date_range("2026-05-01 08:00", periods=5, freq="s", tz="UTC")
    >>> run = reachable(pd.DataFrame({"time": time, "distance_m": [0.0, 3, 5003, 5006, 5009]}))
    >>> run["distance_m"].tolist(), run["left_out"].tolist()
    ([0.0, 3.0, 6.0, 9.0, 12.0], [False, True, False, False, False])
    """
    tables.check(records, tables.RECORDS, "time")
    if LEFT_OUT in records.columns or len(records) < 2:
        return records
    t = np.maximum.accumulate(tables.seconds(records["time"]))
    latitude, longitude, way, speed = (
        column(records, name) for name in ("latitude_deg", "longitude_deg", "distance_m", "speed_mps")
    )
    placed = derived.on_earth(latitude, longitude)
    nowhere = ~placed & np.isfinite(latitude) & np.isfinite(longitude)
    at = np.flatnonzero(np.isfinite(way))
    found = _stretches(t[at], way[at], (latitude[at], longitude[at], placed[at]), sport) if len(at) > 1 else []
    if not found and not nowhere.any():
        return records
    changed: dict[str, np.ndarray] = {}
    left_out = nowhere.copy()
    if nowhere.any():
        changed |= {"latitude_deg": np.where(nowhere, np.nan, latitude)}
        changed |= {"longitude_deg": np.where(nowhere, np.nan, longitude)}
    if found:
        step, took = np.diff(way[at]), np.diff(t[at])
        again = np.zeros(len(t), dtype=bool)
        edges = [0]
        for first, last, metres, _ in found:
            spent = took[first:last].sum()
            step[first:last] = metres * took[first:last] / spent if spent > 0 else 0.0
            a, b = at[first], at[last]
            left_out[a:b] = True
            again |= (t > t[a] - 3.0) & (t < t[b] + 3.0)
            edges += [] if metres else [a + 1, b]
        way = way.copy()
        way[at] = way[at[0]] + np.concatenate(([0.0], np.cumsum(step)))
        bounds = sorted({*edges, len(t)})
        if np.isfinite(speed).any():
            speed = np.where(again, derived.speed(None, way, t, bounds)[0], speed)
            for first, last, metres, _ in found:
                if not metres:
                    speed[at[first] + 1 : at[last]] = np.nan
        changed |= {"distance_m": way, "speed_mps": speed} if np.isfinite(speed).any() else {"distance_m": way}
    changed = {name: values for name, values in changed.items() if name in records.columns}
    kept = {f"{name}_original": records[name] for name in changed}
    return records.assign(**changed, **kept, **{LEFT_OUT: left_out})


def fastest_mps(sport: str) -> float:
    """The speed of one step that nobody of a sport reaches.

    >>> fastest_mps("running"), fastest_mps("cycling"), fastest_mps("alpine_skiing")
    (12.0, 30.0, 50.0)
    """
    return _FASTEST_MPS.get(sport or "running", 50.0)


def step_seconds(took: np.ndarray, went: np.ndarray, *, longest_s: float = 10.0) -> np.ndarray:
    """How long each step really took: a position that stands still and then catches up moved all the while.

    Takes seconds and metres of the steps between samples. A step after a standstill of up to ``longest_s`` is given the
    time of the standstill too; a longer one was a stop.

    >>> step_seconds(np.array([1.0, 1.0, 1.0]), np.array([3.0, 0.0, 6.0]))
    array([1., 1., 2.])
    """
    moved = went > 0.3 * took
    end = np.cumsum(took)
    before = np.concatenate(([0.0], np.maximum.accumulate(np.where(moved, end, 0.0))[:-1]))
    since = end - before
    return np.where(moved & (since <= longest_s), np.maximum(since, took), took)


def _stretches(
    t: np.ndarray, way: np.ndarray, position: tuple[np.ndarray, np.ndarray, np.ndarray], sport: str
) -> list[_Stretch]:
    step, took = np.diff(way), np.diff(t)
    size, least = np.abs(step), np.maximum(took, 1.0)
    if (step < 0).mean() > 0.05 or (sport == "swimming" and not position[2].any()):
        return []  # two counters woven into one, or the lengths of a pool: no steps to judge
    moving = size > 0.5 * took
    pace = float(np.median(size[moving] / least[moving])) if moving.any() else 0.0
    on_foot = sport in _ON_FOOT and (sport != "" or pace <= _LINGER_MPS)
    limit = fastest_mps(sport if sport or on_foot else "cycling")
    fast = size > limit * np.maximum(step_seconds(took, size), 1.0)

    def judged() -> list[_Stretch]:
        each = (_judged(a, b, t, way, position, limit, pace, on_foot) for a, b in _joined(fast, t))
        return [stretch for stretch in each if stretch is not None]

    found = judged()
    if on_foot:
        rest = size.copy()
        for stretch in found:
            rest[stretch.first : stretch.last] = 0.0
        long = _sustained(t, rest)
        if long.any():
            fast |= long
            found = judged()
    extra = sum(float(size[s.first : s.last].sum()) - s.metres for s in found if not s.drive)
    if size.sum() >= _LONG_M and extra < _TOO_LITTLE * size.sum():
        found = [stretch for stretch in found if stretch.drive]
    if not on_foot or not any(stretch.drive for stretch in found):
        return found
    found = _drives(found, t, size / least)
    other = np.ones(len(step), dtype=bool)
    for stretch in found:
        other[stretch.first : stretch.last] = False
    left = (size / least)[other & moving]
    if size[~other].sum() > size[other].sum() and not (len(left) and np.median(left) <= _LINGER_MPS):
        return []  # no runner's at all: the row says so
    return found


def _joined(fast: np.ndarray, t: np.ndarray) -> list[tuple[int, int]]:
    """Stretches (first and last point) of fast steps, those at most 10 s apart as one."""
    at = np.flatnonzero(fast)
    if not len(at):
        return []
    new = np.flatnonzero(t[at[1:]] - t[at[:-1] + 1] > _JOINED_S)
    return list(zip(at[np.r_[0, new + 1]].tolist(), (at[np.r_[new, len(at) - 1]] + 1).tolist(), strict=True))


def _judged(
    a: int,
    b: int,
    t: np.ndarray,
    way: np.ndarray,
    position: tuple[np.ndarray, np.ndarray, np.ndarray],
    limit: float,
    pace: float,
    on_foot: bool,
) -> _Stretch | None:
    """How far a stretch really went: as its device says, its straight line, all of a catch-up, as usual, or nothing."""
    latitude, longitude, placed = (values[a : b + 1] for values in position)
    went, took = float(way[b] - way[a]), max(float(t[b] - t[a]), 1.0)
    reach = took * (min(limit, _SUSTAINED_MPS) if on_foot and took > _JOINED_S else limit)
    here = great_circle_m(latitude[placed], longitude[placed])
    along = np.abs(here.sum() / np.abs(np.diff(way[a : b + 1])).sum() - 1) < 0.1  # no device of its own counted
    if not along and 0 <= went <= reach:
        return _Stretch(a, b, went, False)
    if placed[0] and placed[-1]:
        straight = float(great_circle_m(latitude[[0, -1]], longitude[[0, -1]])[0])
        if straight <= reach:
            return _Stretch(a, b, min(straight, abs(went)), False)
    if took <= _JOINED_S and went > 0:
        near, around = (_mean_speed(t, way, t[a] - wide, t[b] + wide) for wide in (15.0, 120.0))
        if near <= 1.03 * max(around if t[-1] - t[0] >= 240.0 else 0.0, pace):
            return None  # a receiver that lagged behind its runner
        size = np.abs(np.diff(way))
        before = t[a] - t[a - int(np.argmin(np.append(size[:a][::-1] <= _STILL_M, False)))]
        after = t[b + int(np.argmin(np.append(size[b:] <= _STILL_M, False)))] - t[b]
        stood = max(before, after)
        if _JOINED_S <= stood <= _STILL_S and went <= 1.5 * pace * (took + stood):
            return None
        return _Stretch(a, b, min(abs(went), pace * took), False)
    return _Stretch(a, b, 0.0, b - a >= 3 and took >= _JOINED_S)


def _mean_speed(t: np.ndarray, way: np.ndarray, begin: float, end: float) -> float:
    begin, end = max(begin, float(t[0])), min(end, float(t[-1]))
    first, last = np.interp([begin, end], t, way)
    return float(last - first) / max(end - begin, 1.0)


def _sustained(t: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Steps inside a minute that no runner keeps up."""
    out = np.zeros(len(size), dtype=bool)
    clock, way = t + np.arange(len(t)) * 1e-9, np.concatenate(([0.0], np.cumsum(size)))
    ahead = np.interp(clock + _SUSTAINED_S, clock, way) - way > _SUSTAINED_MPS * _SUSTAINED_S
    for a, b in _joined(ahead[:-1], t):
        out[a : np.searchsorted(clock, clock[b - 1] + _SUSTAINED_S, side="right") - 1] = True
    return out & (size > _LINGER_MPS * np.maximum(np.diff(t), 1.0))


def _drives(found: list[_Stretch], t: np.ndarray, speed: np.ndarray) -> list[_Stretch]:
    """Drives with the traffic lights between them and the rolling at their ends."""
    out: list[_Stretch] = []
    for stretch in found:
        first, last, metres, drive = stretch
        if drive:
            while first > 0 and speed[first - 1] > _LINGER_MPS:
                first -= 1
            while last < len(speed) and speed[last] > _LINGER_MPS:
                last += 1
            near = [k for k, one in enumerate(out) if one.drive and t[first] - t[one.last] <= _BETWEEN_S]
            if near:
                first = out[near[-1]].first
                out = out[: near[-1]]
            stretch = _Stretch(first, last, metres, drive)
        if not out or stretch.first >= out[-1].last:
            out.append(stretch)
        elif drive:
            out[-1] = _Stretch(min(out[-1].first, stretch.first), max(out[-1].last, stretch.last), 0.0, True)
    return out
