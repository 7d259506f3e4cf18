"""Values that cannot be, and values only damage can explain: found, counted, set to "not measured"."""

from __future__ import annotations

import numpy as np

# column -> (lowest, highest) that a sample on this planet can have
POSSIBLE = {
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-180.0, 180.0),
    "altitude_m": (-450.0, 9_000.0),
    "distance_m": (0.0, 2_000_000.0),
    "speed_mps": (0.0, 70.0),
    "heart_rate_bpm": (20.0, 250.0),
    "cadence_spm": (0.0, 500.0),
    "power_w": (0.0, 3_500.0),
    "temperature_c": (-60.0, 70.0),
}
DAY_S = 86_400
LONGEST_S = 7 * DAY_S  # from one end of an activity to the other


def implausible(block: np.ndarray, index: dict[str, int]) -> list[tuple[str, int]]:
    """Set impossible values to NaN in place; return (column, how many). A heart rate of 0 is not counted.

    >>> block = np.array([[150.0, 255.0, 0.0]])
    >>> implausible(block, {"heart_rate_bpm": 0}), block.tolist()
    ([('heart_rate_bpm', 1)], [[150.0, nan, nan]])
    """
    if "heart_rate_bpm" in index:
        beats = block[index["heart_rate_bpm"]]
        beats[beats == 0] = np.nan
    here = [c for c in POSSIBLE if c in index]
    where = [index[c] for c in here]
    bounds = np.array([POSSIBLE[c] for c in here])
    values = block[where[0] : where[-1] + 1] if where == list(range(where[0], where[-1] + 1)) else block[where]
    out = []
    if (values < bounds[:, :1]).any() or (values > bounds[:, 1:]).any():
        wrong = (values < bounds[:, :1]) | (values > bounds[:, 1:])
        for column, row, bad in zip(here, where, wrong, strict=True):
            if count := int(bad.sum()):
                block[row, bad] = np.nan
                out.append((column, count))
    if "latitude_deg" in index and "longitude_deg" in index:
        lat, lon = block[index["latitude_deg"]], block[index["longitude_deg"]]
        lost = ((lat == 0) & (lon == 0)) | (np.isnan(lat) != np.isnan(lon))  # 0, 0: a receiver without a fix
        if lost.any():
            lat[lost] = lon[lost] = np.nan
            out.append(("latitude_deg", int(lost.sum())))
    return out


def believed_time(told: list[float], stamps: np.ndarray) -> float:
    """The time a damaged file is of (FIT seconds): that of its samples, unless its other messages all say another.

    Takes the times of the other messages (NaN: none) and of the samples (negative: none). Damage to one definition
    moves all samples at once; then no other message is near them, and the middle of at least three that agree counts.

    >>> believed_time([1000.0, 1001.0, 1500.0], np.array([10**9, 10**9 + 1]))
    1001.0
    >>> believed_time([1000.0, 1001.0, 10.0**9], np.array([10**9, 10**9 + 2]))
    1000000001.0
    """
    others, own = np.sort([t for t in told if t >= 0]), stamps[stamps >= 0]
    middle = float(np.median(own)) if len(own) else np.nan
    if not len(others) or (np.abs(others - middle) <= LONGEST_S).any():
        return middle
    near = np.abs(others - others[len(others) // 2]) <= LONGEST_S
    trusted = near.sum() >= 3 and 2 * near.sum() > len(others)
    return float(others[len(others) // 2]) if trusted or not len(own) else middle


def outlying_times(stamps: np.ndarray, middle: float) -> np.ndarray:
    """Samples of a damaged file whose time is far from its middle, or from both neighbours, which agree.

    Far from the middle is seven days, more than anyone's run; from the neighbours a day.

    >>> outlying_times(np.array([1000, 1001, 99999, 1003, 999999]), 1001.0).tolist()
    [False, False, True, False, True]
    """
    t = stamps.astype(np.float64)
    out = np.abs(t - middle) > LONGEST_S
    if len(t) < 3:
        return out
    before, after = np.r_[t[1], t[:-1]], np.r_[t[1:], t[-2]]
    return out | ((np.abs(t - before) > DAY_S) & (np.abs(t - after) > DAY_S) & (np.abs(before - after) <= DAY_S))


def isolated(block: np.ndarray, names: list[str]) -> list[tuple[str, int]]:
    """In a damaged file: values that stand far from both neighbours, which agree. Set to NaN in place; (column, count).

    "Far" is twenty times the largest ordinary step of that channel (its 99th percentile).

    >>> block = np.array([[1.0, 2.0, 3.0, 9e9, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]])
    >>> isolated(block, ["distance_m"]), bool(np.isnan(block[0, 3]))
    ([('distance_m', 1)], True)
    """
    out = []
    for name, values in zip(names, block, strict=True):
        where = np.flatnonzero(~np.isnan(values))
        if len(where) < 8:
            continue
        v = values[where]
        step = np.abs(np.diff(v))
        usual = np.sort(step)[: max(1, int(len(step) * 0.75))].max()
        limit = 20 * max(usual, 1e-3 * np.abs(np.median(v)), 1e-6)
        before, after = np.r_[np.inf, step], np.r_[step, np.inf]
        across = np.r_[np.inf, np.abs(v[2:] - v[:-2]), np.inf]
        wrong = where[(np.minimum(before, after) > limit) & (across <= limit)]
        if len(wrong):
            values[wrong] = np.nan
            out.append((name, len(wrong)))
    return out
