"""What a file leaves out and its samples tell: distance along positions, speed from distance, which feet are counted.

The same rules for every format.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from ..numerics import great_circle_m

Problem = tuple[str, str, str]

_SPEED_WINDOW_S = 5.0
_FASTEST_MPS = 50.0  # of any sport: a position reached faster is a teleport
# Median above which a cadence counts both feet already. One leg is 75 to 106 on the run, 45 to 65 on a walk.
_BOTH_FEET_ABOVE = {"running": 115.0, "walking": 80.0, "hiking": 80.0}
# Without a sport: one cycle of a leg carries a runner less far than one turn of the cranks carries a cyclist.
_ON_FOOT_CYCLE_M = 3.2
_ON_FOOT_SPEED_MPS = 5.0


def one_per_instant(instants: np.ndarray, columns: Iterable[np.ndarray], problems: list[Problem]) -> np.ndarray | None:
    """Rows to keep where samples share an instant, one for each, in order; None where none do.

    Watches write a sample twice at the end of a lap, phones cut fractions of a second off. The first sample of an
    instant stays, and takes what it lacks from the later ones (``columns`` of numbers are filled in place).

    >>> heart, told = np.array([np.nan, 140.0, 150.0]), []
    >>> one_per_instant(np.array([7, 7, 8]), [heart], told), heart.tolist(), told[0][1]
    (array([0, 2]), [140.0, 140.0, 150.0], '1 sample of an instant that has one already')
    """
    if (instants[1:] > instants[:-1]).all():
        return None
    _, first, which = np.unique(instants, return_index=True, return_inverse=True)
    again = len(instants) - len(first)
    if not again:
        return None
    later = np.setdiff1d(np.arange(len(instants)), first)[::-1]  # backwards, so that the earliest is written last
    for values in columns:
        found = later[np.isfinite(values[later])]
        filler = np.full(len(first), np.nan)
        filler[which[found]] = values[found]
        values[first] = np.where(np.isnan(values[first]), filler, values[first])
    plural = "sample" if again == 1 else "samples"
    problems.append(("time", f"{again} {plural} of an instant that has one already", "the first, its gaps filled"))
    return np.sort(first)


def distance(
    written: np.ndarray | None,
    latitude_deg: np.ndarray,
    longitude_deg: np.ndarray,
    session: np.ndarray,
    stopped: np.ndarray,
    problems: list[Problem],
    seconds: np.ndarray | None = None,
) -> tuple[np.ndarray, str]:
    """Distance since the session's start: the file's own if half the samples have one, else along the positions.

    The file's own never falls: a fall to less than half is a counter that started anew, whose values are added on; a
    smaller one is held. Along the positions means great-circle steps between samples with a position on Earth, none
    across a stopped timer or faster than 50 m/s (``seconds``): a teleport, counted; a point that lies so far from both
    its neighbours is passed by. ``clean.reachable`` goes on from there, where the sport is known.
    Returns the distances and the rule used, in words.

    >>> metres, nowhere = np.array([0.0, 40, 39, 60, 2, 5]), np.full(6, np.nan)
    >>> distance(metres, nowhere, nowhere, np.zeros(6, int), np.zeros(6, bool), [])[0].tolist()
    [0.0, 40.0, 40.0, 60.0, 62.0, 65.0]
    """
    count = len(session)
    out = np.full(count, np.nan)
    told = int(np.isfinite(written).sum()) if written is not None else 0
    placed = on_earth(latitude_deg, longitude_deg)
    positions = int(placed.sum()) > 1
    own = told > 0 and (2 * told >= count or not positions)
    if not own and not positions:
        return out, ""
    known, falls, leaps = np.isfinite(written) if own and written is not None else placed, 0, 0
    bounds = [*np.flatnonzero(np.diff(session, prepend=-1)).tolist(), count]
    for a, b in pairwise(bounds):
        at = a + np.flatnonzero(known[a:b])
        if not len(at):
            continue
        if own and written is not None:
            metres = written[at]
            fall = np.diff(metres) < 0
            anew = fall & (metres[1:] < 0.5 * metres[:-1])
            falls += int(fall.sum())
            added = np.concatenate([[0.0], np.cumsum(np.where(anew, metres[:-1], 0.0))])
            out[at] = np.maximum.accumulate(metres + added)
        else:
            step, far = _steps(latitude_deg[at], longitude_deg[at], None if seconds is None else seconds[at])
            leaps += int(far.sum())
            alone = 1 + np.flatnonzero(far[:-1] & far[1:])
            if len(alone) and seconds is not None:
                at = np.delete(at, alone[np.diff(alone, prepend=-1) > 1])
                step, far = _steps(latitude_deg[at], longitude_deg[at], seconds[at])
            step[far | (np.diff(np.cumsum(stopped)[at] - stopped[at]) > 0)] = 0.0
            out[at] = np.concatenate([[0.0], np.cumsum(step)])
    if falls:
        problems.append(("distance_m", f"{falls} falls in distance", "every sample, going on from the highest before"))
    if leaps:
        problems.append(("distance_m", f"{leaps} steps faster than 50 m/s between positions", "the other steps"))
    return out, "as written by the device" if own else "along the positions"


def on_earth(latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> np.ndarray:
    """Which samples have a position that can be: within 90 and 180 degrees, and not 0, 0 (a receiver without a fix).

    Where the middle of the track lies within a degree of 0, 0, that is a place like any other.

    >>> on_earth(np.array([60.0, 91.0, 0.0, np.nan]), np.array([10.0, 10.0, 0.0, 10.0]))
    array([ True, False, False, False])
    """
    inside = (np.abs(latitude_deg) <= 90.0) & (np.abs(longitude_deg) <= 180.0)
    zero = inside & (latitude_deg == 0.0) & (longitude_deg == 0.0)
    if zero.any() and np.median((np.abs(latitude_deg) + np.abs(longitude_deg))[inside & ~zero].tolist() or [1.1]) > 1.0:
        inside &= ~zero
    return inside


def _steps(
    latitude_deg: np.ndarray, longitude_deg: np.ndarray, seconds: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Metres from point to point, and which of these steps are teleports."""
    step = great_circle_m(latitude_deg, longitude_deg)
    took = np.zeros(len(step)) if seconds is None else np.diff(seconds)
    return step, (took > 0) & (step > _FASTEST_MPS * np.maximum(took, 1.0))


def speed(
    written: np.ndarray | None, distance_m: np.ndarray, seconds: np.ndarray, bounds: list[int]
) -> tuple[np.ndarray, str]:
    """Speed: the device's own where it gives one, else distance over time in the 5 s around the sample.

    The window is cut at the ends of a stretch (``bounds``: where each begins, and the end), so that nothing is smeared
    across a pause; between samples further apart than the window, distance is taken to grow evenly. Returns the
    speeds and the rule used, in words.

    >>> speed(None, np.array([0.0, 3, 6, 10]), np.array([0.0, 1, 2, 3]), [0, 4])[0].round(2).tolist()
    [3.2, 3.33, 3.33, 3.4]
    """
    out = np.full(len(seconds), np.nan) if written is None else written.copy()
    missing = np.isnan(out)
    if not missing.any():
        return out, "as written by the device" if len(out) else ""
    derived = np.full(len(seconds), np.nan)
    for a, b in pairwise(bounds):
        at = a + np.flatnonzero(np.isfinite(distance_m[a:b]))
        if len(at) > 1:
            t, d = seconds[at], distance_m[at]
            early, late = np.maximum(t - _SPEED_WINDOW_S / 2, t[0]), np.minimum(t + _SPEED_WINDOW_S / 2, t[-1])
            width = late - early
            moved = np.interp(late, t, d) - np.interp(early, t, d)
            derived[at] = np.divide(moved, width, out=np.full(len(at), np.nan), where=width > 0)
    out[missing] = derived[missing]
    filled = np.isfinite(derived[missing]).any()
    if missing.all():
        return out, "from distance and time" if filled else ""
    return out, "as written by the device" + (", gaps from distance and time" if filled else "")


def sport_by_movement(speed_mps: np.ndarray, cadence: np.ndarray) -> tuple[str, str]:
    """Running, where the samples of a file that names no sport say so; with the reason, or "" and the reason why not.

    The median over moving samples (above 0.5 m/s) must be 2 to 6 m/s, with few above 8 m/s (a bicycle's descent), and
    the cadence, where there is one, that of running legs (65 to 110 of one leg or 130 to 220 of both).

    >>> sport_by_movement(np.full(100, 3.0), np.full(100, 85.0))
    ('running', 'no sport in the file; running by its speed (median 3.0 m/s) and cadence (85)')
    >>> sport_by_movement(np.full(100, 7.0), np.full(100, np.nan))[0]
    ''
    """
    moving = speed_mps > 0.5
    if moving.sum() < 5:
        return "", "no sport in the file and too little movement to tell"
    speed, turning = speed_mps[moving], cadence[moving & (cadence > 0)]
    middle = float(np.median(speed))
    if not 2.0 <= middle <= 6.0 or (speed > 8.0).mean() > 0.02:
        return "", f"no sport in the file; its speed (median {middle:.1f} m/s) is not clearly a runner's"
    if not len(turning):
        return "running", f"no sport in the file; running by its speed (median {middle:.1f} m/s)"
    legs = float(np.median(turning))
    if not (65 <= legs <= 110 or 130 <= legs <= 220):
        return "", f"no sport in the file; its cadence ({legs:.0f}) is not a runner's"
    return "running", f"no sport in the file; running by its speed (median {middle:.1f} m/s) and cadence ({legs:.0f})"


def cadence_factor(written: np.ndarray, speed_mps: np.ndarray, sport: str) -> tuple[float, str]:
    """What brings a written cadence to both feet, by its size: watches write one leg, a few files both.

    On foot, the median over moving samples (cadence above 0, speed above 0.5 m/s or unknown) decides: above 115
    running or 80 walking and hiking it is of both feet already, else it is of one leg and doubled. Rides and other
    sports keep revolutions or strokes. Where the file names no sport, less than 5 m/s and less than 3.2 m per cycle is
    read as on foot. Returns the factor and what was done, in words.

    >>> cadence_factor(np.array([0.0, 84, 86]), np.array([0.0, 3, 3]), "running")
    (2.0, 'one leg as written (median 85), doubled')
    >>> cadence_factor(np.array([84.0, 86]), np.array([7.0, 7]), "cycling")
    (1.0, 'as written: cycling')
    """
    moving = (written > 0) & ((speed_mps > 0.5) | np.isnan(speed_mps))
    if not moving.any():
        return 1.0, ""
    median = float(np.median(written[moving]))
    said = ""
    if not sport:
        pace = speed_mps[moving & np.isfinite(speed_mps)]
        slow = float(np.median(pace)) if len(pace) else np.inf
        if slow >= _ON_FOOT_SPEED_MPS or slow / (median / 60) >= _ON_FOOT_CYCLE_M:
            return 1.0, "as written: the sport is not known"
        sport, said = "running", "the sport is not known, by its speed on foot; "
    if sport not in _BOTH_FEET_ABOVE:
        return 1.0, f"as written: {sport}"
    if median > _BOTH_FEET_ABOVE[sport]:
        return 1.0, f"{said}both feet as written (median {median:g})"
    return 2.0, f"{said}one leg as written (median {median:g}), doubled"
