"""Where the pace changed for good, and the pace before and after."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd


def _has_ground(splits: pd.DataFrame) -> bool:
    return "graded_speed_mps" in splits and bool(splits["graded_speed_mps"].notna().any())


def break_at(splits: pd.DataFrame, column: str = "speed_mps", *, least: float = 0.03) -> int | None:
    """The first split of the slower or faster rest of the race, or None where pace held within ``least``.

    Two levels are laid through the splits, weighted by distance; the place that fits best is taken, with at least a
    tenth of the race on either side.
    """
    known = splits[splits[column] > 0]
    if len(known) < 5:
        return None
    pace, weight = 1 / known[column].to_numpy(float), known["distance_m"].to_numpy(float)
    way = np.cumsum(weight) / weight.sum()
    best, at = 0.0, None
    for k in range(2, len(known) - 1):
        if not 0.1 <= way[k - 1] <= 0.9:
            continue
        first = np.average(pace[:k], weights=weight[:k])
        rest = np.average(pace[k:], weights=weight[k:])
        gain = weight[:k].sum() * weight[k:].sum() * (first - rest) ** 2
        if gain > best and abs(rest / first - 1) >= least:
            best, at = gain, k
    return None if at is None else int(known.index[at])


def two_paces(splits: pd.DataFrame, *, least: float = 0.04) -> tuple[int | None, float, float, bool]:
    """Where pace changed, the pace before and after, and whether these are flat-equivalent (a hilly course).

    Without a lasting change: None and the paces of the two halves.
    """
    known = splits[splits["speed_mps"] > 0]
    flat = _has_ground(known) and (known["graded_speed_mps"] / known["speed_mps"] - 1).abs().mean() > 0.03
    at = break_at(known, "graded_speed_mps" if _has_ground(known) else "speed_mps", least=least)
    after = known.index >= at if at is not None else (known["end_m"] > known["end_m"].max() / 2).to_numpy()
    speeds = []
    for part in (known[~after], known[after]):
        if flat:
            part = part.dropna(subset=["graded_speed_mps"])
            speeds.append(
                float(np.average(part["graded_speed_mps"], weights=part["moving_s"])) if len(part) else math.nan
            )
        else:
            speeds.append(speed_over(part))
    return at, speeds[0], speeds[1], bool(flat)


def speed_over(splits: pd.DataFrame) -> float:
    """Mean moving speed over some splits."""
    return float(splits["distance_m"].sum() / splits["moving_s"].sum()) if splits["moving_s"].sum() > 0 else math.nan


def slowed_at(splits: pd.DataFrame) -> float:
    """Where the race slowed for good, in metres; NaN where it did not.

    >>> splits = pd.DataFrame({"end_m": np.arange(1, 11) * 1000.0, "distance_m": 1000.0, "speed_mps": 3.0})
    >>> splits = splits.assign(start_m=splits["end_m"] - 1000, moving_s=333.0)
    >>> slowed_at(splits)
    nan
    >>> slowed_at(splits.assign(speed_mps=[3.0] * 6 + [2.5] * 4, moving_s=[333.0] * 6 + [400.0] * 4))
    6000.0
    """
    if not {"speed_mps", "start_m"} <= set(splits.columns) or (splits["speed_mps"] > 0).sum() < 5:
        return math.nan
    at, before, after, _ = two_paces(splits)
    return float(splits["start_m"].loc[at]) if at is not None and after < before else math.nan
