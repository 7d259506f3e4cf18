"""One load per session, from the best source it has, with a band and the reason for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .. import tables
from ..errors import one_of
from ..log import Log
from .methods import MEN, WOMEN, edwards_weight, session_rpe, trimp_per_minute
from .scaling import Borrowed, borrowed_factor
from .session_settings import is_locked, sessions

METHODS = ("trimp", "mean_heart_rate", "session_rpe", "running_stress", "duration")
SINGLE = ("trimp", "mean_heart_rate", "session_rpe", "running_stress", "heart_rate_stress", "edwards")
# An hour at threshold lies near 85 % of heart-rate reserve; it ties the scales together where an athlete's own sessions
# cannot: 100 points of running stress, or 60 minutes rated 7, stand for that hour.
_THRESHOLD_SHARE, _THRESHOLD_RPE, _ANCHOR_BAND = 0.85, 7.0, 1.5


def session_load(
    log: Log,
    *,
    method: str = "best",
    minimum_heart_rate_share: float = 0.8,
    minimum_pairs: int = 5,
    nearest_pairs: int = 60,
) -> pd.DataFrame:
    """The load of each session on one scale (TRIMP), which source gave it, and how wide to take it.

    "best" takes the first there is: (1) "trimp" from the seconds at each heart rate, if heart rate covers 80 % of the
    session and was not locked to cadence; (2) "mean_heart_rate", which reads low for intervals; (3) "session_rpe"; (4)
    "running_stress" from graded pace; (5) "duration", at the athlete's own median load per hour of that sport. 2 to 5
    are brought to the athlete's own TRIMP by the median ratio over the last ``nearest_pairs`` sessions that have both,
    of the day or before it (same sport if there are ``minimum_pairs``); their spread gives the band. Without such
    sessions 3 and 4 are tied to TRIMP by one hour at threshold, in a band of one half more or less. Else the load is
    NaN. Where another source lies wholly outside the band, the band is stretched to it and ``reason`` says so. Any
    other ``method`` gives that method's own numbers and NaN elsewhere.

    Coefficients are Banister's for women where sex is "f", else for men; if sex is not given the band spans both.
    Heart rates and threshold speed are the settings valid on the day. A maximum that nobody stated is taken from the
    athlete's data up to that day once hard running was seen, a resting heart rate from the morning entries; before that
    they are as the watch has them, else assumed as of adults who run, in a wide band; ``reason`` says so. Later
    sessions change no load.

    Takes a log (``activities``, ``histograms``, ``athletes``; ``wellness`` and ``quality`` if there). Duplicates are
    left out. Returns one row per session: activity_id, athlete, date, sport, load, load_low, load_high, method, pairs
    (how many sessions the ratio rests on), reason, and one column per method in its own units: load_trimp,
    load_mean_heart_rate, load_session_rpe, load_running_stress, load_heart_rate_stress, load_edwards.
    Raises SettingsError for another method.
    Evidence: [B] each method as a description of load; they are not interchangeable. The scaling and its band: [D].

    >>> from types import SimpleNamespace as Some
    >>> day = pd.Timestamp("2026-05-01")
    >>> settings = Some(max_heart_rate_bpm=190.0, resting_heart_rate_bpm=50.0)
    >>> log = Some(athletes={"kim": Some(sex="f", on=lambda date: settings)},
    ...     activities=pd.DataFrame({"activity_id": ["a"], "athlete": ["kim"], "date": [day], "sport": ["running"],
    ...                              "timer_time_s": [3600.0]}),
    ...     histograms=pd.DataFrame({"activity_id": "a", "channel": "heart_rate_bpm", "value": [140.0, 150.0],
    ...                              "seconds": [1800.0, 1800.0]}))
    >>> session_load(log)[["load", "method"]].round(1).to_numpy().tolist()
    [[109.3, 'trimp']]
    """
    one_of("method", method, ("best", *SINGLE))
    tables.check(log.activities, tables.ACTIVITIES, "activity_id", "athlete", "date", "sport")
    work = sessions(log)
    _heart_rate(work, log, minimum_heart_rate_share)
    _other_sources(work)
    own = [
        "load_trimp",
        "load_mean_heart_rate",
        "load_session_rpe",
        "load_running_stress",
        "load_heart_rate_stress",
        "load_edwards",
    ]
    head = ["activity_id", "athlete", "date", "sport", "load", "load_low", "load_high", "method", "pairs", "reason"]
    if method == "best":
        _best(work, minimum_pairs, nearest_pairs)
    else:
        value = work[f"load_{method}"].to_numpy()
        there = np.isfinite(value)
        work["load"], work["pairs"] = value, 0
        work["load_low"] = np.where(there, work["trimp_low"] if method == "trimp" else value, np.nan)
        work["load_high"] = np.where(there, work["trimp_high"] if method == "trimp" else value, np.nan)
        work["method"] = pd.Series(np.where(there, method, ""), dtype="str")
        work["reason"] = pd.Series(np.where(there, "", _missing(method, work)), dtype="str")
    return work[head + own]


def _heart_rate(work: pd.DataFrame, log: Log, minimum_share: float) -> None:
    """Impulse and zones from the seconds at each heart rate; impulse from the mean."""
    rest, top, minutes = (work[c].to_numpy() for c in ("rest", "top", "minutes"))
    female = work["sex"].eq("f").to_numpy()
    a, b = np.where(female, WOMEN[0], MEN[0]), np.where(female, WOMEN[1], MEN[1])
    settled = np.isfinite(rest) & np.isfinite(top) & (top > rest)
    n = len(work)
    beats = log.histograms
    beats = beats[beats["channel"].eq("heart_rate_bpm")]
    code, ids = pd.factorize(beats["activity_id"])
    row = pd.Index(work["activity_id"]).get_indexer(pd.Index(ids))[code]
    value, spent = beats["value"].to_numpy(dtype=float), beats["seconds"].to_numpy(dtype=float) / 60
    use = (row >= 0) & (value > 0)
    row, value, spent = row[use], value[use], spent[use]

    def total(weight: np.ndarray) -> np.ndarray:
        return np.bincount(row, weights=weight * spent, minlength=n)

    measured = total(np.ones(len(value)))
    share = np.clip(measured / minutes, 0, 1)
    stated = work["heart_rate_share"].to_numpy()
    share = np.where(np.isfinite(share), share, np.where(measured > 0, stated, 0.0))
    locked = is_locked(work, log)
    able = (share >= minimum_share) & settled & ~locked
    with np.errstate(invalid="ignore", divide="ignore"):
        held = total(trimp_per_minute(value, rest[row], top[row], (a[row], b[row]), clamp=True))
        free = total(trimp_per_minute(value, rest[row], top[row], (a[row], b[row])))
        women = total(trimp_per_minute(value, rest[row], top[row], WOMEN, clamp=True))
        zones = total(edwards_weight(value, top[row]))
        over = total((value > top[row]).astype(float))
        able &= held > 0  # never above resting heart rate: no session is worth nothing, that heart rate cannot tell
        scale = np.where(able, 1 / share, np.nan)
        work["load_trimp"] = held * scale
        ends = [work[c].to_numpy() for c in ("rest_high", "top_high", "rest_low", "top_low")]
        wide = (ends[0] > ends[2]) | (ends[1] > ends[3])
        least, most = held, np.maximum(free, np.where(work["sex"].eq(""), women, 0.0))
        if wide.any():  # nobody said rest or maximum: the band holds what they may be
            low, high = (
                trimp_per_minute(value, r[row], t[row], (a[row], b[row]), clamp=True) for r, t in (ends[:2], ends[2:])
            )
            least, most = np.where(wide, total(low), held), np.where(wide, np.maximum(most, total(high)), most)
        work["trimp_low"] = least * np.where(able, 0.95, np.nan)
        work["trimp_high"] = most * (1 + 2 * (1 - share)) * np.where(able, 1.05, np.nan)
        work["load_edwards"] = np.where(
            (share >= minimum_share) & np.isfinite(top) & ~locked & ~work["guessed"], zones / share, np.nan
        )
        hour = 60 * trimp_per_minute(
            np.where(np.isfinite(work["lthr"]), work["lthr"], rest + _THRESHOLD_SHARE * (top - rest)), rest, top, (a, b)
        )
        work["load_heart_rate_stress"] = 100 * work["load_trimp"] / np.where(hour > 0, hour, np.nan)
        average = work["average_heart_rate_bpm"].to_numpy()
        covered = (np.nan_to_num(stated, nan=1.0) >= minimum_share) & (average > 0) & settled & ~locked
        mean = trimp_per_minute(average, rest, top, (a, b), clamp=True) * minutes
        # how far the scale itself may be out, at a heart rate of usual running
        usual = rest + 0.7 * (top - rest)
        mid, low, high = (
            trimp_per_minute(usual, r, t, (a, b), clamp=True) for r, t in ((rest, top), ends[:2], ends[2:])
        )
        work["doubt_low"] = np.where(settled, low / mid, 1.0)
        work["doubt_high"] = np.where(settled, high / mid, 1.0)
    work["load_mean_heart_rate"] = np.where(covered & (mean > 0), mean, np.nan)
    generic = 60 * trimp_per_minute(_THRESHOLD_SHARE, 0.0, 1.0, (a, b))
    work["threshold_hour"] = np.where(np.isfinite(hour) & settled, hour, generic)
    work["share"], work["locked"], work["over"], work["settled"] = share, locked, over, settled
    work["any_heart_rate"] = (measured > 0) | (average > 0)


def _other_sources(work: pd.DataFrame) -> None:
    work["load_session_rpe"] = session_rpe(work["rpe"], work["minutes"])
    running = work["sport"].eq("running").to_numpy()
    graded, plain = work["graded_speed_mps"].to_numpy(), work["average_speed_mps"].to_numpy()
    work["flat_pace"] = running & ~np.isfinite(graded) & np.isfinite(plain)
    speed = np.where(np.isfinite(graded), graded, plain)
    moving = work["moving_time_s"].to_numpy() / 60
    moving = np.where(moving > 0, moving, work["minutes"].to_numpy())
    # without a threshold any fixed speed does for the ratio to TRIMP; load_running_stress itself stays NaN
    work["pace_stress"] = np.where(running & (speed > 0), moving / 60 * speed**2 * 100, np.nan)
    work["load_running_stress"] = work["pace_stress"] / np.where(work["threshold"] > 0, work["threshold"], np.nan) ** 2


def _best(work: pd.DataFrame, minimum_pairs: int, nearest: int) -> None:
    trimp = work["load_trimp"].to_numpy()
    anchor = work["threshold_hour"].to_numpy()
    less, more = work["doubt_low"].to_numpy(), work["doubt_high"].to_numpy()

    def borrow(raw: np.ndarray, target: np.ndarray) -> Borrowed:
        return borrowed_factor(raw, target, work, minimum_pairs=minimum_pairs, nearest=nearest)

    nothing = np.zeros(len(work))
    sources: list[tuple[str, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = [
        ("trimp", trimp, work["trimp_low"].to_numpy(), work["trimp_high"].to_numpy(), nothing, np.isfinite(trimp))
    ]
    mean = work["load_mean_heart_rate"].to_numpy()
    ratio = borrow(mean, trimp)
    known = ratio.pairs > 0
    sources.append(
        (
            "mean_heart_rate",
            mean * np.where(known, ratio.factor, 1.0),
            mean * less * np.where(known, np.minimum(ratio.low, 0.95), 0.95),
            mean * more * np.where(known, np.maximum(ratio.high, 1.15), 1.2),
            ratio.pairs,
            known,
        )
    )
    late = []
    for name, raw, fixed in (
        ("session_rpe", work["load_session_rpe"].to_numpy(), anchor / (60 * _THRESHOLD_RPE)),
        ("running_stress", work["pace_stress"].to_numpy(), anchor / 100 / work["threshold"].to_numpy() ** 2),
    ):
        ratio = borrow(raw, trimp)
        known = ratio.pairs > 0
        wide = np.where(work["flat_pace"], 1.15, 1.0) if name == "running_stress" else 1.0
        sources.append(
            (
                name,
                np.where(known, raw * ratio.factor, np.nan),
                raw * ratio.low / wide * less,
                raw * ratio.high * wide * more,
                ratio.pairs,
                known,
            )
        )
        tied = np.where(known, np.nan, raw * fixed)
        late.append((name, tied, tied / _ANCHOR_BAND, tied * _ANCHOR_BAND, nothing, np.zeros(len(work), dtype=bool)))
    load, low, high, pairs = (np.full(len(work), np.nan) for _ in range(4))
    chosen = np.full(len(work), "", dtype=object)
    learned = np.zeros(len(work), dtype=bool)
    for name, value, bottom, top, count, own in (*sources, *late):
        take = np.isnan(load) & np.isfinite(value)
        load[take], low[take], high[take], pairs[take] = value[take], bottom[take], top[take], count[take]
        chosen[take], learned[take] = name, own[take]
    per_hour = borrow(work["minutes"].to_numpy(), np.where(chosen == "", np.nan, load))
    take = np.isnan(load) & per_hour.same_sport & np.isfinite(work["minutes"].to_numpy())
    minutes = work["minutes"].to_numpy()
    load[take], pairs[take] = (minutes * per_hour.factor)[take], per_hour.pairs[take]
    low[take], high[take] = (minutes * per_hour.low / 1.2 * less)[take], (minutes * per_hour.high * 1.2 * more)[take]
    chosen[take], learned[take] = "duration", True
    others = [np.full(len(work), "", dtype=object)]
    stretched_low, stretched_high = low.copy(), high.copy()
    for name, value, bottom, top, _, own in sources[2:]:
        apart = (chosen != name) & (chosen != "duration") & own & np.isfinite(value)
        apart &= (bottom > high) | (top < low)
        stretched_low[apart] = np.minimum(stretched_low, value)[apart]
        stretched_high[apart] = np.maximum(stretched_high, value)[apart]
        others.append(np.where(apart, f"{name} says " + np.char.mod("%.0f", np.nan_to_num(value)), ""))
    work["load"], work["load_low"], work["load_high"] = load, stretched_low, stretched_high
    work["method"] = pd.Series(chosen, dtype="str")
    work["pairs"] = np.nan_to_num(pairs).astype("int64")
    work["reason"] = pd.Series(_reasons(work, learned, others), dtype="str")


def _reasons(work: pd.DataFrame, learned: np.ndarray, others: list[np.ndarray]) -> list[str]:
    """Why this source and this width, in words, for every session where there is something to say."""
    words = []
    columns = zip(
        work["method"],
        work["notes"],
        work["sex"],
        work["share"],
        work["locked"],
        work["over"],
        work["settled"],
        work["any_heart_rate"],
        work["minutes"],
        work["flat_pace"],
        learned,
        zip(*others, strict=True),
        strict=True,
    )
    for method, notes, sex, share, locked, over, settled, beats, minutes, flat, own, apart in columns:
        said = []
        if method == "":
            said.append("no duration" if not minutes > 0 else "no heart rate, rating or pace to take a load from")
        if method != "trimp" and beats:
            if locked:
                said.append("heart rate is locked to cadence or stuck")
            elif not settled:
                said.append("maximum or resting heart rate is not known")
            elif method != "mean_heart_rate":
                said.append(f"heart rate covers {share:.0%} of it".replace("%", " %"))
        if method == "mean_heart_rate":
            said.append("only the mean heart rate is known, which reads low for intervals")
        if method in ("session_rpe", "running_stress") and not own:
            said.append("no own sessions with both to scale it by: one hour at threshold taken as the link")
        if method == "running_stress" and flat:
            said.append("no altitude: pace as on the flat")
        if method == "duration":
            said.append("duration at the athlete's own load per hour of that sport")
        if method in ("trimp", "mean_heart_rate"):
            if notes:
                said.append(notes)
            if sex == "":
                said.append("sex not given: men's coefficients")
            if over > 1:
                said.append(f"{over:.0f} min above the stated maximum heart rate")
        different = [text for text in apart if text]
        if different:
            said.append("sources disagree: " + ", ".join(different))
        words.append("; ".join(said))
    return words


def _missing(method: str, work: pd.DataFrame) -> np.ndarray:
    if method in ("trimp", "mean_heart_rate", "heart_rate_stress", "edwards"):
        return np.where(
            work["locked"],
            "heart rate is locked to cadence or stuck",
            np.where(
                ~work["any_heart_rate"],
                "no heart rate",
                np.where(
                    ~work["settled"], "maximum or resting heart rate is not known", "heart rate covers too little of it"
                ),
            ),
        )
    return np.full(
        len(work),
        "no rating or no duration"
        if method == "session_rpe"
        else "not a run, no pace or no threshold speed in the settings",
    )
