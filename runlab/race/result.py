"""The race in one line, where a race that was not finished ended, and what the result does to the forecast."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from .. import units as _units
from ..log import Log
from ..progression.prediction import Prediction
from ..races import Race
from .forecasting import forecast, is_rough, with_result
from .track import Track
from .ultra import dearest_leg


def headline(
    race: Race,
    track: Track,
    ahead: Prediction,
    stops: pd.DataFrame,
    *,
    legs: pd.DataFrame | None = None,
    units: str = "metric",
) -> str:
    """The race in one line: the time, the goal, where most of what is over a plan went, the forecast; or the distance
    covered and where it ended.

    >>> headline(Race(pd.Timestamp("2026-11-01"), official_time_s=2500.0, goal_s=2400.0), Track(), Prediction(
    ...     float("nan")), pd.DataFrame())
    '41:40, 1:40 over the goal of 40:00'
    """
    clock = _units.format_duration
    if not race.finished:
        point = _decision_point(race, track, stops, units)
        return (
            f"{_units.format_distance(track.metres, units)} of {_units.format_distance(race.distance_m, units)} in "
            f"{clock(track.seconds)}; the race ended {point}"
        )
    time = race.official_time_s if race.official_time_s > 0 else track.seconds
    said = clock(time) if time > 0 else "no time known"
    if race.goal_s > 0 and time > 0:
        off = time - race.goal_s
        said += f", {clock(abs(off))} {'over' if off > 0 else 'under'} the goal of {clock(race.goal_s)}"
    if legs is not None and (leg := dearest_leg(legs)):
        said += f"; {clock(leg['seconds'])} over the plan between {leg['start']} and {leg['end']}"
        if leg["stood"] >= 60:
            said += f", {clock(leg['stood'])} of it standing" if leg["stood"] < leg["seconds"] else ", standing"
    if ahead.is_known and time > 0:
        place = "inside" if ahead.low <= time <= ahead.high else "slower than" if time > ahead.high else "faster than"
        said += f"; {place} the forecast of race eve ({clock(ahead.low)}–{clock(ahead.high)}; 80 %)"
    return said


def _decision_point(race: Race, track: Track, stops: pd.DataFrame, units: str) -> str:
    """Where the decision was made, as far as a file shows it: the last checkpoint, or the last long stop."""
    points = race.checkpoints[race.checkpoints["distance_m"] <= track.metres + 500]
    if len(points) and track.metres - points["distance_m"].iloc[-1] < 1000:
        return f"at {points['checkpoint'].iloc[-1]}"
    if len(stops) and stops["seconds"].iloc[-1] >= 300 and track.metres - stops["distance_m"].iloc[-1] < 3000:
        return (
            f"soon after a stop of {stops['seconds'].iloc[-1] / 60:.0f} min at "
            f"{_units.format_distance(stops['distance_m'].iloc[-1], units)}"
        )
    where = f" after {points['checkpoint'].iloc[-1]}" if len(points) else ""
    return f"{where.strip() + ' ' if where else ''}at {_units.format_distance(track.metres, units)}"


def next_goal(
    log: Log, race: Race, eve: Prediction, *, waterfall: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, str]:
    """The forecast over the same distance and kind of course before and after this result, and what lies in its middle.

    Definition: on the road for a flat, cool day run evenly, this race less what its ``waterfall`` explains; on trails
    and beyond the marathon for the same course again, where the whole race says what such courses take.

    Takes a log, the Race and the forecast of race eve for that kind of course. Returns (table, sentence), see
    ``Debrief``. Evidence: B for equivalence, D for the pooling.

    >>> next_goal(None, Race(pd.Timestamp("2026-11-01"), finished=False), Prediction(float("nan"), basis="no race"))[1]
    'Cannot tell: this race has no result to learn from.'
    """
    columns = ["when", "value", "low", "high", "low_50", "high_50", "n", "clean_share", "grade", "basis"]
    nothing = pd.DataFrame(columns=columns)
    if not race.finished or not race.official_time_s > 0 or race.kind == "relay" or not race.distance_m > 0:
        return nothing, "Cannot tell: this race has no result to learn from."
    rough = is_rough(race)
    next_day = race.date + pd.Timedelta(days=1)
    known = with_result(log, race, waterfall=None if rough else waterfall)
    after = forecast(known, replace(race, date=next_day), flat=not rough)
    rows = [
        {"when": when, **{c: getattr(p, c) for c in columns[1:]}} for when, p in (("before", eve), ("after", after))
    ]
    clock = _units.format_duration
    words = f"Cannot tell: {after.basis}."
    if after.is_known:
        course = "On this course again" if rough else "On a flat course and a cool day, run evenly,"
        words = (
            f"{course} the middle of the forecast is now {clock(after.value)} "
            f"({clock(after.low)}–{clock(after.high)}; 80 %)"
        )
        if eve.is_known:
            words += f"; before the race it was {clock(eve.value)} ({clock(eve.low)}–{clock(eve.high)})"
        words += f" [{after.grade}, races behind it: {after.n}]. One result moves it by its weight among the others."
    return pd.DataFrame(rows, columns=columns), words
