"""Coming back: what days off take, a ladder back to the usual load, and the time after a missed goal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..calendar import BUILD_WEEKS
from ..clean import clean_share_of
from ..errors import SettingsError
from ..evidence import grade_of
from ..log import Log
from ..progression.inference import Finding
from ..progression.prediction import predict_race
from ..progression.recovery import median_days, recovery_time
from ..progression.results import race_results, runs
from ..progression.weeks import running_weeks
from .review import REFERENCES, taper_lengths
from .scenarios import RETURN_STEPS, usual_week
from .simulation import SHORTEST_HISTORY, _dose, _draw, _forward, _state, history
from .volumes import race_row

REBUILD_COLUMNS = [
    "stage",
    "value",
    "low",
    "high",
    "level",
    "n",
    "unit",
    "from_day",
    "to_day",
    "grade",
    "basis",
    "question",
]


def detraining(daily: pd.DataFrame, *, days: int, draws: int = 2000, level: float = 0.8, seed: int = 0) -> Finding:
    """What stopping for some days would do to performance: often a small gain first, then a loss.

    Definition: the model and drawn constants of ``simulate``, run with no load at all. ``value`` is the change on
    the last morning against simply going on, in %.

    Takes one athlete's daily table (``date``, ``load``) and the number of days without training.
    Returns a Finding in % with ``table``: one row per morning (``day``, ``value``, ``low``, ``high``). Unknown with
    under 42 days of history, or over a third of them unmeasured.
    Raises SettingsError for days below 1.
    Evidence: C (constants not identified for anybody); B that stops of 7 days or more in a marathon build went with
    5-8 % slower races (Feely 2023; who stops, and why, is in that number).

    >>> daily = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=90), "load": 50.0})
    >>> found = detraining(daily, days=28)
    >>> bool(found.low < -5 < found.high), len(found.table)
    (True, 28)
    """
    if int(days) != days or days < 1:
        raise SettingsError(f"days must be a whole number of at least 1, not {days!r}")
    load, measured = history(daily)
    columns = ["day", "value", "low", "high", "level"]
    usual = usual_week(load) if len(load) >= 7 else np.full(7, np.nan)
    if len(load) < SHORTEST_HISTORY or measured < 2 / 3 or not np.nansum(usual) > 0:
        return Finding(
            math.nan,
            level=level,
            n=len(load),
            unit="%",
            table=pd.DataFrame(columns=columns),
            basis=f"needs {SHORTEST_HISTORY} days of load, two thirds of them measured; found {len(load)} "
            f"days, {100 * measured:.0f} % measured",
        )
    steady = float(usual.mean())
    c = _draw(np.random.default_rng([seed, 1]), draws, steady)
    past = load.to_numpy(float)[-500:]
    start = [
        _state(_dose(past, usual, c["power"]), c["slow"], steady * c["before"]),
        _state(past, c["quick"], steady * c["before"]),
    ]
    first = load.index[-1] + pd.Timedelta(days=1)
    onward = usual[pd.date_range(first, periods=int(days) + 6).day_of_week]

    def form(loads: np.ndarray) -> np.ndarray:
        fit = _forward(_dose(loads, usual, c["power"]), start[0], c["slow"])
        tired = _forward(np.tile(loads, (len(c["a"]), 1)), start[1], c["quick"])
        return c["a"][:, None] * fit - c["b"][:, None] * tired

    on = form(onward)
    week = np.stack([on[:, k : k + 7].mean(1) for k in range(1, int(days) + 1)], axis=1)
    change = form(np.zeros(int(days)))[:, 1:] - week[:, : int(days)]
    tail = (1 - level) / 2
    low, middle, high = np.quantile(change, [tail, 0.5, 1 - tail], axis=0)
    table = pd.DataFrame(
        {"day": np.arange(1, int(days) + 1), "value": middle, "low": low, "high": high, "level": level}
    )
    return Finding(
        float(middle[-1]),
        float(low[-1]),
        float(high[-1]),
        level=level,
        n=len(load),
        unit="%",
        clean_share=clean_share_of(daily),
        grade=grade_of("detraining"),
        verdict="",
        table=table,
        basis=f"after {days} days without training, against going on; {len(c['a']):,} draws of the constants",
    )


def return_plan(
    start: Any, *, days: int = 14, usual: Any = math.nan, steps: Sequence[tuple[int, int, float]] = RETURN_STEPS
) -> pd.DataFrame:
    """A ladder back to usual training after days off: shares of the usual day, to be moved by how it feels.

    Definition: ``steps`` are (from day, to day, share) counted from the first day back; after the last step the
    usual day. The default 30 / 50 / 75 % is a habit found in a tool, without a source: change it.

    Takes the first day back, how many days to lay out, and what is usual (a number for every day, seven numbers from
    Monday, or a Series of load by date whose last weeks are taken).
    Returns one row per day: ``day``, ``date``, ``share``, ``value`` (share x usual; NaN if the usual is not known),
    ``grade`` "D", ``basis``. Signs come before days: no symptoms at rest, the usual morning heart rate, an easy day
    that stays easy. Raises SettingsError for steps that overlap or shares outside 0-1.
    Evidence: D. This is no medical advice: after fever or injury, ask who is treating it.

    >>> return_plan("2026-05-01", days=12, usual=60)["value"].tolist()
    [18.0, 18.0, 18.0, 30.0, 30.0, 30.0, 45.0, 45.0, 45.0, 45.0, 45.0, 60.0]
    """
    ordered = sorted(steps)
    for (_, end, share), following in zip(ordered, [*ordered[1:], None], strict=True):
        if not 0 <= share <= 1 or (following is not None and following[0] <= end):
            raise SettingsError(
                f"steps must be (from day, to day, share) with shares of 0-1 that do not overlap; found {list(steps)!r}"
            )
    date = pd.date_range(pd.Timestamp(start).normalize(), periods=int(days)).as_unit("us")
    day = np.arange(1, int(days) + 1)
    shares = np.ones(len(day))
    for a, b, part in ordered:
        shares[(day >= a) & (day <= b)] = part
    if isinstance(usual, pd.Series):
        week = usual_week(usual)
    else:
        week = np.broadcast_to(np.asarray(usual, float), (7,))
    amount = week[date.day_of_week]
    basis = "habit without a source; edit steps" + ("" if np.isfinite(amount).all() else "; usual load not known")
    return pd.DataFrame(
        {
            "day": day,
            "date": date,
            "share": shares,
            "value": shares * amount,
            "grade": grade_of("return_plan"),
            "basis": basis,
        }
    )


def rebuild(
    log: Log, race: Any, *, next_distance_m: float | None = None, build_weeks: int = BUILD_WEEKS, level: float = 0.8
) -> pd.DataFrame:
    """After a missed goal: the stages to a next one, how long each usually takes this athlete, and what to ask first.

    Definition, by what was known on the evening of the race: ``recover`` from the athlete's own ``recovery_time``,
    else one day per 3 km raced [C]; ``return`` weeks until weekly distance was back at 80 % of the usual after earlier
    races of that length; ``build`` the stated weeks, less what is kept; ``taper`` the athlete's own earlier tapers
    where there are any, else 8-21 days; ``next race`` the sum of them; ``in reach`` the forecast for the next distance
    with the result in it.

    Takes a log of one athlete, the race (row, mapping or date) and the next distance (default: the same).
    Returns one row per stage: ``value``, ``low``, ``high``, ``unit`` (days; s for "in reach"), ``from_day`` and
    ``to_day`` after the race, ``n``, ``grade``, ``basis``, ``question``.
    Evidence: C and D; the forecast as ``predict_race``. One race says little: it may have been the day.

    >>> from runlab.log import Log
    >>> rebuild(Log(), {"date": "2026-05-01", "distance_m": 42195.0})["stage"].tolist()
    ['recover', 'return', 'build', 'taper', 'next race', 'in reach']
    """
    log.only()
    row = race_row(log, race)
    date, metres = row["date"], float(row["distance_m"])
    log = log.as_of(date)  # what could be said that evening
    stages = [
        _recover(log, metres, level),
        _return(log, date, metres, level),
        _build(build_weeks, level),
        _taper(log, date, level),
    ]
    value, low, high = 0.0, 0.0, 0.0
    for stage in stages:
        stage["from_day"], stage["to_day"] = value, value + stage["value"]
        value, low, high = value + stage["value"], low + stage["low"], high + stage["high"]
    stages.append(
        {
            "stage": "next race",
            "value": value,
            "low": low,
            "high": high,
            "level": level,
            "n": 0,
            "unit": "days",
            "from_day": value,
            "to_day": value,
            "grade": grade_of("rebuild"),
            "basis": "the stages added up; the ends all at their ends, so the true range is narrower",
            "question": "Is there a race in that window the athlete would like for its own sake?",
        }
    )
    asked = next_distance_m or metres
    found = predict_race(log, asked, on=date + pd.Timedelta(days=1), level=level)
    stages.append(
        {
            "stage": "in reach",
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "level": level,
            "n": found.n,
            "unit": "s",
            "from_day": math.nan,
            "to_day": math.nan,
            "grade": found.grade,
            "basis": found.basis,
            "question": "Was the goal inside this band before the race?",
        }
    )
    return pd.DataFrame(stages, columns=REBUILD_COLUMNS)


def _stage(stage: str, value: float, low: float, high: float, n: int, basis: str, question: str, level: float) -> dict:
    return {
        "stage": stage,
        "value": value,
        "low": low,
        "high": high,
        "level": level,
        "n": n,
        "unit": "days",
        "grade": grade_of("rebuild"),
        "basis": basis,
        "question": question,
    }


def _recover(log: Log, metres: float, level: float) -> dict:
    question = "When did stairs, sleep and the wish to run feel usual again after the last race like this?"
    own = recovery_time(log, kinds=("race",), level=level)
    if own.is_known:
        return _stage("recover", own.value, own.low, own.high, own.n, own.basis, question, level)
    days = metres / 3000.0 if metres > 0 else 7.0
    return _stage(
        "recover",
        days,
        0.6 * days,
        1.5 * days,
        0,
        f"habit of one day per 3 km raced; own recovery not known ({own.basis})",
        question,
        level,
    )


def _return(log: Log, date: pd.Timestamp, metres: float, level: float) -> dict:
    """Weeks until weekly distance was back after earlier races of about that length."""
    question = "What else is coming in these weeks that training has to fit around?"
    weeks = running_weeks(log)
    found: list[float] = []
    seen: list[bool] = []
    if len(weeks) and metres > 0:
        races = race_results(log)
        races = races[(races["distance_m"] >= 0.6 * metres) & (races["distance_m"] <= 1.7 * metres)]
        first = weeks["week"].iloc[0]
        volume = weeks["distance_m"].to_numpy(float)
        for day in races["date"]:
            i = (day - first).days // 7
            before = volume[max(i - 10, 0) : max(i - 2, 0)]
            after = volume[i + 1 : i + 13]
            if len(before) < 4 or not len(after) or not np.median(before) > 0:
                continue
            back = np.flatnonzero(after >= 0.8 * np.median(before))
            found.append(7.0 * (back[0] + 1 if len(back) else len(after)))
            seen.append(bool(len(back)))
    middle = median_days(np.array(found), np.array(seen)) if len(found) >= 2 else math.nan
    if math.isfinite(middle):
        never = len(seen) - sum(seen)
        return _stage(
            "return",
            middle,
            min(float(np.quantile(found, (1 - level) / 2)), middle),
            max(float(np.quantile(found, (1 + level) / 2)), middle),
            len(found),
            f"until weekly distance was back at 80 % after {len(found)} earlier races like it"
            + (f"; after {never} of them it was not back while the log was watched" if never else ""),
            question,
            level,
        )
    share = [b for _, b, _ in RETURN_STEPS][-1]
    return _stage(
        "return",
        float(share),
        7.0,
        28.0,
        len(found),
        f"default ladder of {share} days (edit return_plan); needs 2 earlier races like it, most of them "
        f"followed by the usual distance; found {len(found)}, {sum(seen)} of them",
        question,
        level,
    )


def _build(weeks: int, level: float) -> dict:
    return _stage(
        "build",
        7.0 * weeks * 0.75,
        7.0 * weeks * 0.5,
        7.0 * weeks,
        0,
        f"a build of {weeks} weeks, of which a quarter to a half is kept from the last one",
        "Which part of the last build would be kept, and which one thing changed?",
        level,
    )


def _taper(log: Log, date: pd.Timestamp, level: float) -> dict:
    question = "Did the legs feel flat, fresh or the usual in race week?"
    if len(runs(log)):
        this, earlier = taper_lengths(log, date)
        known = [v for v in (float(np.median(earlier)) if earlier else math.nan, this) if math.isfinite(v) and v >= 4]
        if known:
            return _stage(
                "taper",
                float(np.mean(known)),
                min(*known, 7.0),
                max(*known, 21.0),
                len(earlier) + 1,
                "own earlier tapers",
                question,
                level,
            )
    _, low, high, source = REFERENCES["length"]
    return _stage("taper", 14.0, low, high, 0, f"two weeks, from group studies ({source})", question, level)
