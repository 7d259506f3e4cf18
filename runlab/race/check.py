"""Can the recording be trusted? Watch against official numbers, what had to be left out, what is missing."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd

from .. import units as _units
from ..races import Race
from .track import Track

COLUMNS: dict[str, Any] = {"check": "str", "severity": "str", "finding": "str", "value": float, "unit": "str"}
CHANNELS = (
    ("heart rate", "heart_rate_bpm", "load of the race and drift cannot be told"),
    ("altitude", "altitude_m", "the course's share of the time cannot be told"),
    ("position", "latitude_deg", "no track and no daylight"),
    ("cadence", "cadence_spm", "steps and hiking are read from speed"),
    ("temperature", "temperature_c", "the share of heat rests on weather given by hand"),
)


def data_check(track: Track, race: Race, *, units: str = "metric") -> pd.DataFrame:
    """What the watch says beside the official numbers, what was set right, and what was not recorded.

    Takes a Track and the Race. Returns ``check, severity, finding, value, unit``; severity "matters" where a number
    of the debrief leans on it. Evidence: A.

    >>> data_check(Track(), Race(pd.Timestamp("2026-11-01")))["finding"].tolist()
    ['No recording of this race: what follows rests on the calendar and the training before.']
    """
    rows: list[tuple[str, str, str, float, str]] = []
    if not track.source:
        rows.append(
            (
                "recording",
                "matters",
                "No recording of this race: what follows rests on the calendar and the training before.",
                math.nan,
                "",
            )
        )
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    rows += _distance(track, race, units) + _time(track, race)
    rows += [
        (
            "recording",
            "matters" if kind in ("clock", "laps") else "note",
            words[0].upper() + words[1:] + ".",
            math.nan,
            "",
        )
        for kind, words in track.repairs
    ]
    if track.usual_step_s > 4 and track.source == "samples":
        rows.append(
            (
                "sampling",
                "note",
                f"One sample every {track.usual_step_s:.0f} s (low-rate recording): stops shorter "
                "than about half a minute and short hills cannot be seen.",
                track.usual_step_s,
                "s",
            )
        )
    if track.has("heart_rate_bpm", share=0.01):
        gone = float(track.step_s[track.moving & ~np.isfinite(track.channel("heart_rate_bpm")[:-1])].sum())
        if gone > 60:
            at = np.flatnonzero(track.moving & ~np.isfinite(track.channel("heart_rate_bpm")[:-1]))
            middle = _units.format_distance(float(np.median(track.distance_m[at])), units, digits=0)
            rows.append(
                (
                    "heart rate",
                    "matters" if gone > 0.2 * track.moving_s else "note",
                    f"Heart rate is missing or not believable for {gone / 60:.0f} min (around {middle}).",
                    gone,
                    "s",
                )
            )
    for name, channel, why in CHANNELS:
        if not track.has(channel, share=0.05):
            rows.append(
                (
                    name,
                    "matters" if channel in ("heart_rate_bpm", "altitude_m") else "note",
                    f"No {name} was recorded: {why}.",
                    math.nan,
                    "",
                )
            )
    if len(track.activity_ids) > 1 and race.kind != "relay":
        rows.append(
            (
                "recording",
                "note",
                f"The recording is in {len(track.activity_ids)} files, put together on one clock.",
                float(len(track.activity_ids)),
                "files",
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _distance(track: Track, race: Race, units: str) -> list[tuple[str, str, str, float, str]]:
    if race.distance_from == "watch":
        return [
            (
                "distance",
                "note",
                "No official distance is known: the watch's stands in "
                f"({_units.format_distance(track.watch_distance_m, units, digits=2)}).",
                track.watch_distance_m,
                "m",
            )
        ]
    off = track.watch_distance_m - race.distance_m
    if not math.isfinite(off) or not race.finished:
        return []
    watch, official = (_units.format_distance(d, units, digits=2) for d in (track.watch_distance_m, race.distance_m))
    if track.scale == 1.0 and abs(off) > 0.005 * race.distance_m:
        return [
            (
                "distance",
                "matters",
                f"The watch recorded {watch}, the course is {official}: too far apart to put one "
                "on the other, so splits are on the watch's distance.",
                off,
                "m",
            )
        ]
    pace = race.distance_m / max(track.seconds, 1.0)
    shift = abs(_units.pace_s(pace, units) - _units.pace_s(track.watch_distance_m / max(track.seconds, 1.0), units))
    reads = "fast" if off > 0 else "slow"
    said = (
        f"The watch measured {watch}; the course is {official}, so watch pace reads about {shift:.0f} s a "
        f"{'km' if units == 'metric' else 'mile'} {reads}. Everything here is on the official distance."
    )
    return [("distance", "matters" if abs(off) > 0.01 * race.distance_m else "note", said, off, "m")]


def _time(track: Track, race: Race) -> list[tuple[str, str, str, float, str]]:
    if not race.official_time_s > 0:
        return (
            [
                (
                    "time",
                    "note",
                    "No official time is known: the watch's clock stands in "
                    f"({_units.format_duration(track.seconds)}).",
                    track.seconds,
                    "s",
                )
            ]
            if race.finished
            else []
        )
    off = track.seconds - race.official_time_s
    if abs(off) < 5:
        return []
    more = "longer" if off > 0 else "shorter"
    return [
        (
            "time",
            "matters" if abs(off) > 0.01 * race.official_time_s else "note",
            f"The watch ran {abs(off):.0f} s {more} than the official time "
            f"({_units.format_duration(race.official_time_s)}); the official one counts.",
            off,
            "s",
        )
    ]


def missing(
    track: Track, race: Race, *, plan: Any, fuel: pd.DataFrame, words: str, weather: Any, forecast: Any
) -> list[tuple[str, str, str]]:
    """What this debrief cannot know: what nobody can read from files, and what was not recorded or handed over.

    What the athlete's words speak of by its name (stomach, head, shoes, feet) is not asked about again.

    Returns (what, why, question that would settle it).

    >>> len(missing(Track(), Race(pd.Timestamp("2026-11-01")), plan=None, fuel=pd.DataFrame(), words="", weather=None,
    ...             forecast=None)) > 5
    True
    """
    rows = [
        ("stomach", "no file holds it", "How did your stomach take what you ate and drank, and from when on?"),
        ("head", "no file holds it", "When did you first think of slowing, and what went through your head?"),
        (
            "life around it",
            "sleep, travel, work and worries are known as far as they were logged",
            "What else was going on in the two weeks before?",
        ),
        ("shoes and feet", "no file holds it", "Did anything rub, hurt or go numb, and where?"),
    ]
    if not track.source:
        rows.append(("the way itself", "no recording of this race", "Is there a file from a watch, phone or a friend?"))
    for name, channel, why in CHANNELS:
        if track.source and not track.has(channel, share=0.05):
            rows.append((name, f"not recorded: {why}", ""))
    if track.source == "laps":
        rows.append(("stops and hills", "splits alone were handed over", "Where did you stop, and for how long?"))
    if plan is None:
        rows.append(("the plan", "no pace plan was handed over", "Which pace did you mean to run at the start?"))
    if not len(fuel):
        rows.append(("food and drink", "nothing logged for this race", "What did you take, and when?"))
    if weather is None:
        rows.append(
            (
                "weather",
                "not given; the watch's temperature stands in where there is one",
                "How warm, windy or humid was it?",
            )
        )
    if forecast is None or not forecast.is_known:
        rows.append(("what was to be expected", getattr(forecast, "basis", "no forecast"), ""))
    if not words:
        rows.append(("your own words", "none were handed over", "How would you tell this race to a friend?"))
    if any(kind == "clock" for kind, _ in track.repairs):
        rows.append(("the watch's clock", "it jumped; times around the gap are a guess", ""))
    spoken = set(re.findall(r"\w+", words.lower())) & {"stomach", "head", "shoes", "feet"}
    return [row for row in rows if not spoken & set(row[0].split())]
