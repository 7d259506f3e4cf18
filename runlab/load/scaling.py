"""Bringing one scale of load to another by the athlete's own sessions that have both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class Borrowed(NamedTuple):
    """Factor from one scale to another for each session, its 80 % band, and how many sessions it rests on (0: none)."""

    factor: np.ndarray
    low: np.ndarray
    high: np.ndarray
    pairs: np.ndarray
    same_sport: np.ndarray


def borrowed_factor(
    raw: np.ndarray, target: np.ndarray, sessions: pd.DataFrame, *, minimum_pairs: int, nearest: int
) -> Borrowed:
    """The median ratio target / raw over the sessions nearest in time that have both, by athlete and sport.

    Sessions of the same sport if there are ``minimum_pairs`` of them, else of all sports; else nothing (NaN, 0 pairs).
    """
    n = len(sessions)
    out = Borrowed(np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan), np.zeros(n), np.zeros(n, dtype=bool))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(target) - np.log(raw)
    both = np.isfinite(ratio)
    days = sessions["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    sport = sessions["sport"].to_numpy(dtype=object)
    for places in sessions.groupby("athlete", sort=False).indices.values():
        for name in pd.unique(sport[places]):
            ask = places[sport[places] == name]
            give = ask[both[ask]]
            same = len(give) >= minimum_pairs
            if not same:
                give = places[both[places]]
                if len(give) < minimum_pairs:
                    continue
            factor, low, high, count = _nearest(days[ask], days[give], ratio[give], nearest)
            out.factor[ask], out.low[ask], out.high[ask], out.pairs[ask] = factor, low, high, count
            out.same_sport[ask] = same
    return out


def _nearest(ask: np.ndarray, give: np.ndarray, ratio: np.ndarray, nearest: int) -> tuple[np.ndarray, ...]:
    order = np.argsort(give, kind="stable")
    give, ratio = give[order], ratio[order]
    size = min(nearest, len(give))
    windows = np.lib.stride_tricks.sliding_window_view(ratio, size)
    middle, low, high = np.exp(np.quantile(windows, [0.5, 0.1, 0.9], axis=1))
    # few pairs cannot show their spread: leave at least a tenth to either side, more the fewer they are
    least = np.exp(0.1 + 0.5 / size)
    low, high = np.minimum(low, middle / least), np.maximum(high, middle * least)
    first = np.clip(np.searchsorted(give, ask) - size // 2, 0, len(windows) - 1)
    return middle[first], low[first], high[first], np.full(len(ask), float(size))
