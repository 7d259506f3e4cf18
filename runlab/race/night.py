"""The dark: when the sun was down, and how the dark hours went beside the light ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..numerics import stretches, student_quantile
from ..progression.inference import SURE, doubt_of_series
from .sun import DARK_DEG, sun_elevation
from .track import Track

NIGHT: dict[str, Any] = {
    "light": "str",
    "seconds": float,
    "graded_speed_mps": float,
    "change_pct": float,
    "low": float,
    "high": float,
    "words": "str",
}


def is_dark(track: Track) -> np.ndarray | None:
    """Whether each sample was in the dark (sun more than 6 degrees below the horizon); None without position or clock.

    >>> is_dark(Track()) is None
    True
    """
    latitude, longitude = track.channel("latitude_deg"), track.channel("longitude_deg")
    known = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    if len(known) < 2 or track.start is pd.NaT:
        return None
    every = np.unique(np.concatenate([np.arange(0, len(latitude), max(len(latitude) // 500, 1)), [len(latitude) - 1]]))
    place = known[np.clip(np.searchsorted(known, every), 0, len(known) - 1)]
    time = track.start + pd.to_timedelta(track.elapsed_s[every], unit="s")
    height = sun_elevation(time, latitude[place], longitude[place])
    return np.interp(np.arange(len(latitude)), every, height) < DARK_DEG


def night_effect(track: Track, dark: np.ndarray | None, *, level: float = SURE) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How much slower the dark was than the light at the same grade, with what that cannot tell apart.

    Definition: flat-equivalent moving speed in 10-min pieces; the dark's effect is estimated beside a straight line of
    time, because hours and tiredness come with the night; the interval carries that doubt, knows that pieces follow
    one another (``doubt_of_series``), and is of 95 %, since words follow it.

    Takes a Track and ``is_dark``. Returns (table, dark spans), see ``Debrief``; empty where it never got dark (under
    15 min), or the place is not known. Evidence: C.

    >>> [frame.empty for frame in night_effect(Track(), None)]
    [True, True]
    """
    spans = pd.DataFrame({name: pd.Series([], dtype=float) for name in ("start_s", "end_s", "start_m", "end_m")})
    table = pd.DataFrame(columns=list(NIGHT)).astype(NIGHT)
    if dark is None or len(dark) < 3 or track.step_s[dark[:-1]].sum() < 900:
        return table, spans
    a, b = stretches(dark)
    b = np.minimum(b, len(dark) - 1)
    spans = pd.DataFrame(
        {
            "start_s": track.elapsed_s[a],
            "end_s": track.elapsed_s[b],
            "start_m": track.distance_m[a],
            "end_m": track.distance_m[b],
        }
    )
    rows = []
    for name, part in (("light", ~dark[:-1]), ("dark", dark[:-1])):
        on = part & track.moving
        seconds = track.step_s[on].sum()
        speed = track.flat_m[on].sum() / seconds if seconds > 60 and track.has_ground else math.nan
        rows.append(
            {
                "light": name,
                "seconds": track.step_s[part].sum(),
                "graded_speed_mps": speed,
                "change_pct": math.nan,
                "low": math.nan,
                "high": math.nan,
                "words": "",
            }
        )
    rows.append(_dark_against_light(track, dark, level))
    return pd.DataFrame(rows, columns=list(NIGHT)).astype(NIGHT), spans


def _dark_against_light(track: Track, dark: np.ndarray, level: float) -> dict[str, Any]:
    row = {
        "light": "dark against light",
        "seconds": math.nan,
        "graded_speed_mps": math.nan,
        "change_pct": math.nan,
        "low": math.nan,
        "high": math.nan,
    }
    clock = np.cumsum(np.where(track.moving, track.step_s, 0.0))
    piece = (clock // 600).astype(int)
    use = track.moving & (track.step_m > 0)
    n = piece.max() + 1
    took = np.bincount(piece[use], track.step_s[use], minlength=n)
    went = np.bincount(piece[use], track.flat_m[use], minlength=n)
    night = np.bincount(piece[use], (track.step_s * dark[:-1])[use], minlength=n)
    good = (took > 300) & (went > 0)
    share, left = night[good] / took[good], np.log(went[good] / took[good])
    if not track.has_ground or good.sum() < 12 or share.sum() < 3 or (1 - share).sum() < 3:
        return row | {
            "words": "Cannot tell how much slower the dark was: too little of the race in the dark or in the "
            "light, or no altitude."
        }
    x = np.linspace(-0.5, 0.5, good.sum())
    design = np.column_stack([np.ones_like(x), share, x])
    fit, *_ = np.linalg.lstsq(design, left, rcond=None)
    doubt, freedom = doubt_of_series(left, np.flatnonzero(good), np.linalg.pinv(design)[1], design)
    half = student_quantile((1 + level) / 2, freedom) * math.hypot(doubt, 0.015)
    low, value, high = (100 * math.expm1(fit[1] + s * half) for s in (-1, 0, 1))
    sure = f"{100 * level:.0f} %"
    if high < 0:
        said = f"At matched grade the dark hours were {-value:.0f} % slower ({-high:.0f} to {-low:.0f} %; {sure})"
    else:
        said = f"Cannot tell whether the dark was slower at matched grade ({low:+.0f} to {high:+.0f} %; {sure})"
    return row | {
        "change_pct": value,
        "low": low,
        "high": high,
        "words": said.replace("-", "−") + "; darkness, "
        "tiredness and the hour came together and cannot be told apart [C].",
    }
