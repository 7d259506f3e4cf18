"""What may be worth working on: candidates beside the athlete's own past, with what speaks for and against each."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pandas as pd

from ..calendar import last_day, weeks_back
from ..evidence import grade_of
from ..log import Log
from ..numerics import normal_quantile, student_quantile
from .comparison import common_channel, compare_intensity
from .endurance import RUN_SCATTER, durability
from .inference import SURE, doubt_of_series
from .intensity import run_intensity
from .results import race_results, runs
from .season import consistency
from .speed_endurance import PRIOR_DECLINE, speed_endurance_model

DANIELS_DECLINE = 0.049  # of speed per log of time, along Daniels' table at VDOT 50
BEST = 1.8  # on that doubt: the best is chosen among many windows, so that it lies high by chance

LIMITER_COLUMNS = [
    "candidate",
    "value",
    "low",
    "high",
    "level",
    "reference",
    "unit",
    "n",
    "says",
    "grade",
    "basis",
    "question",
]


def _row(
    candidate: str,
    value: float,
    low: float,
    high: float,
    reference: float,
    unit: str,
    n: int,
    says: str,
    basis: str,
    question: str,
    level: float,
) -> dict:
    return {
        "candidate": candidate,
        "value": value,
        "low": low,
        "high": high,
        "level": level,
        "reference": reference,
        "unit": unit,
        "n": n,
        "says": says,
        "grade": grade_of("limiters"),
        "basis": basis,
        "question": question,
    }


def _cannot_tell(candidate: str, unit: str, n: int, basis: str, question: str, level: float) -> dict:
    nothing = math.nan
    return _row(candidate, nothing, nothing, nothing, nothing, unit, n, "cannot tell", basis, question, level)


def _verdict(low: float, high: float, reference: float, *, high_is_limiting: bool) -> str:
    if not all(map(math.isfinite, (low, high, reference))):
        return "cannot tell"
    if low > reference:
        return "speaks for it" if high_is_limiting else "speaks against it"
    if high < reference:
        return "speaks against it" if high_is_limiting else "speaks for it"
    return "cannot tell"


def limiters(log: Log, *, on: Any = None, level: float = 0.8) -> pd.DataFrame:
    """What may hold an athlete back more than other things: candidates to talk about, not a finding.

    Definition, each against a stated reference: ``endurance`` (speed lost per log of time over races, against 0.049
    along Daniels' table to 0.056), ``speed`` (the same number from its other side), ``durability`` (rise of heart rate
    per hour in the last half year, against the half year before), ``volume`` (last 12 weeks against the athlete's own
    best 12), ``long runs`` (longest of the last 8 weeks against the best 8), ``hard running`` (time above threshold,
    last 12 weeks against the year), ``consistency`` (weeks kept, against 85 %). What a row says is sure at 95 %,
    whatever the ``level`` of the interval printed.

    Takes a log of one athlete. Returns one row per candidate: ``value``, ``low``, ``high``, ``reference``, ``unit``,
    ``n``, ``says`` ("speaks for it", "speaks against it", "cannot tell"), ``grade`` "D", ``basis`` and a
    ``question`` for the athlete. NaN with the reason where data are missing.
    Evidence: D: a list to start a talk from. That two things go together in a log does not make one the reason.

    >>> from runlab.log import Log
    >>> limiters(Log())["says"].unique().tolist()
    ['cannot tell']
    """
    log.only()
    own = runs(log, on=on)
    rows = [
        *_profile(log, on, level),
        _durable(log, own, on, level),
        *_amount(log, own, on, level),
        _hard(log, on, level),
    ]
    kept, sure = (consistency(log, on=on, level=p) for p in (level, SURE))
    rows.append(
        _row(
            "consistency",
            kept.value,
            kept.low,
            kept.high,
            85.0,
            "%",
            kept.n,
            _verdict(sure.low, sure.high, 85.0, high_is_limiting=False),
            kept.basis,
            "What gets in the way in the weeks that come out short?",
            level,
        )
    )
    return pd.DataFrame(rows, columns=LIMITER_COLUMNS)


def _profile(log: Log, on: Any, level: float) -> list[dict]:
    races = race_results(log, on=on)
    races = races[(races["distance_m"] <= 45_000) & ~races["kind"].isin(["trail", "ultra"])]
    if len(races):
        races = races[races["date"] >= races["date"].max() - pd.Timedelta(days=730)]
    found = cast(pd.Series, speed_endurance_model(races, level=level).loc["decline"])
    value, low, high, n = (found[k] for k in ("value", "low", "high", "n"))
    sure = cast(pd.Series, speed_endurance_model(races, level=SURE).loc["decline"])
    # a usual runner lies between Daniels' table and the middle of runners: only beyond both is anything said
    edge = float(np.clip(value, DANIELS_DECLINE, PRIOR_DECLINE[0]))
    loses = _verdict(float(sure["low"]), float(sure["high"]), edge, high_is_limiting=True)
    other = {"speaks for it": "speaks against it", "speaks against it": "speaks for it"}.get(loses, loses)
    basis = found["basis"] + ("; share of speed lost per log of time" if math.isfinite(value) else "")
    if not math.isfinite(value):
        basis = basis.replace("needs races", "needs road races up to the marathon")
    return [
        _row(
            "endurance",
            value,
            low,
            high,
            PRIOR_DECLINE[0],
            "",
            int(n),
            loses,
            basis,
            "Do longer races feel harder than they should from the start, or late in the race?",
            level,
        ),
        _row(
            "speed",
            value,
            low,
            high,
            PRIOR_DECLINE[0],
            "",
            int(n),
            other,
            basis,
            "When was the last block with fast running in it?",
            level,
        ),
    ]


def _durable(log: Log, own: pd.DataFrame, on: Any, level: float) -> dict:
    question = "How do the last kilometres of long runs feel, and what is eaten and drunk on them?"
    now = durability(log, on=on, level=level)
    end = pd.Timestamp(on) if on is not None else (own["date"].max() if len(own) else None)
    then = durability(log, on=end - pd.Timedelta(days=182), level=level) if end is not None else now
    if not (now.is_known and then.is_known):
        missing = now if not now.is_known else then
        return _row(
            "durability",
            now.value,
            now.low,
            now.high,
            math.nan,
            "% per hour",
            now.n,
            "cannot tell",
            missing.basis + ("" if now.is_known else "") + ("; half a year earlier" if now.is_known else ""),
            question,
            level,
        )
    freedom = RUN_SCATTER[1] + min(now.n, then.n) - 2
    wider = student_quantile((1 + SURE) / 2, freedom) / student_quantile((1 + level) / 2, freedom)
    spread = wider * math.hypot(now.high - now.low, then.high - then.low) / 2
    change = now.value - then.value
    says = _verdict(change - spread, change + spread, 0.0, high_is_limiting=True)
    return _row(
        "durability",
        now.value,
        now.low,
        now.high,
        then.value,
        "% per hour",
        now.n,
        says,
        f"{now.basis}; reference: half a year earlier, n = {then.n}",
        question,
        level,
    )


def _amount(log: Log, own: pd.DataFrame, on: Any, level: float) -> list[dict]:
    end = last_day(own["date"], on)
    out = []
    for name, largest, size, question in (
        ("volume", False, 12, "What would have to change in the week to fit more in, and is it wanted?"),
        ("long runs", True, 8, "Which long runs were planned and did not happen?"),
    ):
        values = weeks_back(own["date"], own["distance_m"], through=end, largest=largest).to_numpy(float)
        if len(values) < 3 * size:
            out.append(
                _cannot_tell(
                    name,
                    "m",
                    len(values),
                    f"needs {3 * size} weeks; found {len(values)}",
                    question,
                    level,
                )
            )
            continue
        series = pd.Series(values).rolling(size).agg("mean" if name == "volume" else "max")
        now, best = float(series.iloc[-1]), float(series.iloc[:-size].max())
        if not math.isfinite(now):
            best = math.nan  # a part of it is not known
        blocks = values[len(values) % size : -size].reshape(-1, size).max(axis=1)
        scatter = float(np.nanstd(values[-size:])) / math.sqrt(size) if name == "volume" else float(np.nanstd(blocks))
        sure, spread = (
            math.hypot(times * normal_quantile((1 + p) / 2) * scatter, 0.0 if name == "volume" else 0.05 * now)
            for p, times in ((SURE, BEST), (level, 1.0))
        )
        says = _verdict(now - sure, now + sure, 0.9 * best, high_is_limiting=False)
        out.append(
            _row(
                name,
                now,
                now - spread,
                now + spread,
                best,
                "m",
                size,
                says,
                f"last {size} weeks against the athlete's own best {size}"
                + ("" if math.isfinite(now) else "; cannot compare: a run in five or more has no distance"),
                question,
                level,
            )
        )
    return out


def _hard(log: Log, on: Any, level: float) -> dict:
    question = "How do the fast sessions feel, and are they run as written?"
    inside = run_intensity(log)
    if on is not None and len(inside):
        inside = inside[inside["date"] < pd.Timestamp(on)]
    inside = inside[inside["date"] > inside["date"].max() - pd.Timedelta(weeks=52)]
    if inside["high_s"].notna().sum() < 30:
        return _cannot_tell(
            "hard running",
            "min per week",
            int(inside["high_s"].notna().sum()),
            "needs 30 runs of one year with a threshold and heart rate or speed; "
            f"found {inside['high_s'].notna().sum()}",
            question,
            level,
        )
    # one channel, and in each of the two times the measured runs stand for all of them
    end = last_day(inside["date"], on)
    cut = end - pd.Timedelta(weeks=12)
    both = (inside["date"].min(), cut), (cut + pd.Timedelta(days=1), end)
    channel = common_channel(log, *both)
    if not channel:
        return _cannot_tell(
            "hard running",
            "min per week",
            len(inside),
            compare_intensity(log, *both, zone="high").basis,
            question,
            level,
        )
    inside = run_intensity(log, channel=channel).loc[inside.index]
    known = inside[inside["high_s"].notna()]
    minutes = weeks_back(inside["date"], inside["high_s"] / 60, through=end).tail(52)
    recent, rest = minutes.tail(12).dropna(), minutes.iloc[:-12].dropna()
    if min(len(recent), len(rest)) < 12:
        return _cannot_tell(
            "hard running",
            "min per week",
            len(known),
            f"needs 12 measured weeks and 12 before; found {len(recent)} and {len(rest)}",
            question,
            level,
        )
    now, usual = float(recent.mean()), float(rest.mean())
    both_times = pd.concat([rest, recent])
    late = np.arange(len(both_times)) >= len(rest)
    doubt, freedom = doubt_of_series(
        both_times.to_numpy(),
        both_times.index.to_numpy(),
        late / len(recent) - ~late / len(rest),
        np.column_stack([late, ~late]).astype(float),
    )
    sure, spread = (student_quantile((1 + p) / 2, freedom) * doubt for p in (SURE, level))
    return _row(
        "hard running",
        now,
        now - spread,
        now + spread,
        usual,
        "min per week",
        len(known),
        _verdict(now - sure, now + sure, usual, high_is_limiting=False),
        f"time above threshold by {channel.replace('_', ' ')}, last 12 weeks against the rest of the year",
        question,
        level,
    )
