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
    """The median ratio target / raw over the last sessions, up to each day, that have both, by athlete and sport.

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
        everything = _by_then(days[places], days[places[both[places]]], ratio[places[both[places]]], nearest)
        for name in pd.unique(sport[places]):
            mine = sport[places] == name
            ask = places[mine]
            give = ask[both[ask]]
            own = _by_then(days[ask], days[give], ratio[give], nearest)
            same = own[3] >= minimum_pairs
            enough = same | (everything[3][mine] >= minimum_pairs)
            for column, first, second in zip(out[:4], own, everything, strict=True):
                column[ask] = np.where(enough, np.where(same, first, second[mine]), column[ask])
            out.same_sport[ask] = same
    return out


def _by_then(ask: np.ndarray, give: np.ndarray, ratio: np.ndarray, nearest: int) -> tuple[np.ndarray, ...]:
    """Median, 80 % band and count of the last ``nearest`` ratios known at the end of each day asked for."""
    order = np.argsort(give, kind="stable")
    give, ratio = give[order], ratio[order]
    count = np.searchsorted(give, ask, side="right")
    size = np.minimum(count, nearest)
    quantiles = np.full((3, len(give) + 1), np.nan)
    for k in range(1, min(nearest, len(give) + 1)):
        quantiles[:, k] = np.quantile(ratio[:k], [0.5, 0.1, 0.9])
    if len(give) >= nearest:
        windows = np.lib.stride_tricks.sliding_window_view(ratio, nearest)
        quantiles[:, nearest:] = np.quantile(windows, [0.5, 0.1, 0.9], axis=1)
    middle, low, high = np.exp(quantiles[:, count])
    # few pairs cannot show their spread: leave at least a tenth to either side, more the fewer they are
    least = np.exp(0.1 + 0.5 / np.maximum(size, 1))
    return middle, np.minimum(low, middle / least), np.maximum(high, middle * least), size.astype(float)
