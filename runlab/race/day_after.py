"""``Debrief``: everything the day after a race holds, as tables and short lists, and ``debrief`` that makes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SettingsError
from ..evidence import Estimate
from ..log import Log
from ..progression.prediction import Prediction
from ..races import Race, as_race
from .build import best_build, build_summary, build_table, disruptions
from .check import data_check, missing
from .draws import TRAIL
from .drift import race_drift
from .find import is_ultra
from .forecasting import forecast as race_forecast
from .forecasting import is_rough, marks_on
from .fuelling import fuel_entries, fuel_practised, fuelling, weather_beside
from .given import read_plan, read_weather, read_words, weather_on_calendar, with_plan
from .night import is_dark, night_effect
from .pacing import opening_habit, pacing, pacing_history
from .questions import one_change, questions
from .recovery import recovery_ladder
from .result import headline, next_goal
from .splits import race_splits
from .stories import Facts, celebrate, other_stories
from .track import Track, race_track
from .ultra import hike_share, legs_of, stops_of, terrain_fade
from .waterfall import empty_waterfall, where_the_time_went

STANDS_S = 4 * 3600.0  # a goal over trails and from here on is taken to hold some standing
HILLY = 0.010  # climb per metre of way from which a goal is taken to hold the hills already


def _table() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, eq=False, repr=False)
class Debrief:
    """A race taken apart: what happened, where the time went, what the build says, and what nobody can know.

    Distances are official metres from the start, times seconds since the start, stops included unless said. Missing is
    NaN. Every table is empty, with its columns, where there is nothing to say; ``unknown`` then says why.

    ``race``: the ``Race`` with its official numbers. ``headline``: one line. ``words``: the athlete's own, untouched.
    ``finished``: False for a race that ended before the line (then no waterfall, no result on the forecast).

    ``forecast``: a ``progression.prediction.Prediction`` made from data up to the evening before, for the course's
    climb. ``result_on_forecast``: one row per mark, ``mark`` ("result", "goal", "median"), ``time_s``,
    ``percentile`` (share of the forecast at or below it, 0-1), ``inside_80``, ``inside_50`` (bool).

    ``data_check``: ``check``, ``severity`` ("note", "matters"), ``finding`` (a sentence), ``value``, ``unit``.

    ``splits``: one row per km or mile (5 km from 60 km on): ``split``, ``start_m``, ``end_m``, ``distance_m``,
    ``elapsed_s`` (clock at its end), ``time_s``, ``moving_s``, ``stopped_s``, ``speed_mps`` (moving),
    ``graded_speed_mps`` (flat-equivalent, moving), ``grade``, ``altitude_m`` (mean), ``ascent_m``, ``descent_m``,
    ``heart_rate_bpm``, ``cadence_spm``, ``temperature_c``, ``plan_time_s``, ``time_from`` ("watch", "official",
    "laps").

    ``pacing``: one row per ``measure`` (index): half_split, first_quarter_bias, first_5_km_bias, variability,
    wall_1_km, wall_5_km, wall_variability_1_km, wall_variability_5_km; columns ``value``, ``unit``, ``criterion``
    (NaN where there is none), ``met`` ("yes", "no", ""), ``from_m`` (where it began), ``own_median``, ``own_low``,
    ``own_high`` (earlier races of that athlete), ``n`` (earlier races), ``grade``, ``source``, ``words`` (a sentence).
    ``pacing_history``: earlier races: ``date``, ``name``, ``distance_m``, ``time_s``, ``half_split``,
    ``first_quarter_bias``, ``variability``, ``activity_id``.

    ``waterfall``: one row per bar, top to bottom as drawn: ``component`` ("reference",
    "early pace and late slowing", "course", "heat", "stops", "not explained", "result"), ``kind``
    ("total", "component", "rest"), ``seconds`` (whole; components and rest sum to result - reference), ``low``,
    ``high`` (80 %; equal to seconds for totals), ``start_s`` and ``end_s`` (where the bar begins and ends on the time
    axis), ``grade``, ``basis`` (a phrase).
    ``waterfall_order``: one line, the order of subtraction. ``waterfall_orders``: recomputed orders: ``order`` (text),
    ``component``, ``seconds``. ``waterfall_reference``: "goal" or "forecast".

    ``drift``: one row per channel and split: ``channel`` ("heart_rate_bpm", "cadence_spm", "stance_time_ms", ...),
    ``split``, ``start_m``, ``end_m``, ``value``, ``expected`` (usual for that pace and grade), ``low``, ``high``
    (80 % of the athlete's own), ``outside`` (bool). ``drift_summary``: one row per channel: ``channel``, ``unit``,
    ``value`` (last third against the first at the same pace), ``low``, ``high``, ``level`` (0.95: words follow it),
    ``n``, ``grade``, ``usual_from`` ("training", or "race": its first third), ``basis``.

    ``fuelling``: one row per hour: ``hour`` (from 1), ``hour_share`` (of it raced), ``carbs_g``, ``planned_carbs_g``,
    ``fluid_ml``, ``sodium_mg``, ``caffeine_mg``, ``entries``. ``fuel_practised``: dict ``long_runs``, ``practised``,
    ``carbs_g_per_hour``.
    ``fuel_marks``: ``elapsed_s``, ``distance_m``, ``carbs_g``, ``note`` (for the figure).
    ``weather``: ``when`` ("race", "six weeks before"), ``temperature_c``, ``low``, ``high``, ``n``, ``source``.

    ``build``: one row per week and build: ``build`` ("this", "best"), ``weeks_to_race`` (16 ... 1, 1 = race week,
    the race itself left out), ``week_start`` (date), ``run_distance_m``, ``longest_run_m``, ``race_pace_m``,
    ``run_time_s``, ``run_ascent_m``, ``runs``, ``days_off`` (without a run), ``strength`` (sessions), ``sleep_h``,
    ``load``. ``build_summary``: ``measure`` (index), ``unit``, ``this``, ``best``, ``words``.
    ``build_best``: what the "best" build led to, in words. ``disruptions``: ``start``, ``end``, ``days``,
    ``days_off`` (without a run), ``weeks_to_race``, ``kind`` ("ill", "injury", ..., "no runs"), ``note``.

    ``celebrate``: list of facts that hold whatever the time. ``other_stories``: ``story``, ``speaks_for``,
    ``speaks_against``, ``settles_it``. ``questions``: at most six. ``unknown``: ``what``, ``why``, ``question``.
    ``one_change``: dict ``change``, ``keep``, ``why``. ``recovery``: ``step``, ``sign``, ``measure``, ``usual``,
    ``low``, ``high``, ``unit``, ``n``, ``words``. ``next_goal``: ``when`` ("before", "after"), ``value``, ``low``,
    ``high``, ``low_50``, ``high_50``, ``n``, ``grade``, ``basis``; ``next_goal_words``: a sentence.

    Ultra and trail (and relays for ``legs``):
    ``legs``: ``leg``, ``checkpoint``, ``start_m``, ``end_m``, ``distance_m``, ``ascent_m``, ``descent_m``,
    ``arrival_s``, ``departure_s``, ``moving_s``, ``stopped_s`` (at the checkpoint that ends it), ``stopped_on_way_s``,
    ``speed_mps``, ``graded_speed_mps``, ``heart_rate_bpm``, ``planned_arrival_s``, ``lost_s`` (over the plan since the
    arrival before, standing there included), ``window_low_s``, ``window_high_s``,
    ``inside_window`` ("yes", "before", "after", ""), ``rank``, ``dark_share``, ``activity_id``.
    ``stops``: ``stop``, ``start_s``, ``seconds``, ``distance_m``, ``checkpoint``, ``certain`` (bool).
    ``terrain_fade``: ``ground`` ("uphill", "flat", "downhill"), ``third``, ``seconds``, ``distance_m``, ``speed_mps``,
    ``graded_speed_mps``, ``change_pct`` (against its own first third at matched grade; negative = slower), ``low``,
    ``high``, ``n``, ``basis``.
    ``hike_share``: ``grade_from``, ``grade_to``, ``seconds``, ``hiked_s``, ``share``, ``speed_mps``,
    ``first_half_share``, ``second_half_share``. ``night``: ``light`` ("light", "dark", "dark against light"),
    ``seconds``, ``graded_speed_mps``, ``change_pct``, ``low``, ``high``, ``words``. ``dark_spans``: ``start_s``,
    ``end_s``, ``start_m``, ``end_m``.

    ``track``: what the race figure is drawn from, every 5 to 60 s: ``elapsed_s``, ``distance_m`` (official),
    ``altitude_m``, ``grade``, ``speed_mps``, ``graded_speed_mps``, ``heart_rate_bpm``, ``cadence_spm``,
    ``temperature_c``, ``moving``, ``latitude_deg``, ``longitude_deg``.
    ``notes``: ``elapsed_s``, ``distance_m``, ``note``: words written on the way (gut, feet, mood).

    >>> Debrief(Race(date=pd.Timestamp("2026-11-01"), name="Autumn Marathon", distance_m=42195.0), "3:41:12").finished
    True
    """

    race: Race
    headline: str = ""
    words: str = ""
    finished: bool = True
    forecast: Estimate = field(default_factory=lambda: Estimate.unknown("no forecast was made", unit="s"))
    result_on_forecast: pd.DataFrame = field(default_factory=_table)
    data_check: pd.DataFrame = field(default_factory=_table)
    splits: pd.DataFrame = field(default_factory=_table)
    pacing: pd.DataFrame = field(default_factory=_table)
    pacing_history: pd.DataFrame = field(default_factory=_table)
    waterfall: pd.DataFrame = field(default_factory=_table)
    waterfall_order: str = ""
    waterfall_orders: pd.DataFrame = field(default_factory=_table)
    waterfall_reference: str = ""
    drift: pd.DataFrame = field(default_factory=_table)
    drift_summary: pd.DataFrame = field(default_factory=_table)
    fuelling: pd.DataFrame = field(default_factory=_table)
    fuel_practised: dict[str, float] = field(default_factory=dict)
    fuel_marks: pd.DataFrame = field(default_factory=_table)
    weather: pd.DataFrame = field(default_factory=_table)
    build: pd.DataFrame = field(default_factory=_table)
    build_summary: pd.DataFrame = field(default_factory=_table)
    build_best: str = ""
    disruptions: pd.DataFrame = field(default_factory=_table)
    celebrate: list[str] = field(default_factory=list)
    other_stories: pd.DataFrame = field(default_factory=_table)
    questions: list[str] = field(default_factory=list)
    unknown: pd.DataFrame = field(default_factory=_table)
    one_change: dict[str, str] = field(default_factory=dict)
    recovery: pd.DataFrame = field(default_factory=_table)
    next_goal: pd.DataFrame = field(default_factory=_table)
    next_goal_words: str = ""
    legs: pd.DataFrame = field(default_factory=_table)
    stops: pd.DataFrame = field(default_factory=_table)
    terrain_fade: pd.DataFrame = field(default_factory=_table)
    hike_share: pd.DataFrame = field(default_factory=_table)
    night: pd.DataFrame = field(default_factory=_table)
    dark_spans: pd.DataFrame = field(default_factory=_table)
    track: pd.DataFrame = field(default_factory=_table)
    notes: pd.DataFrame = field(default_factory=_table)

    def __repr__(self) -> str:
        return f"Debrief({self.race.name or 'race'}, {self.race.date:%Y-%m-%d}: {self.headline})"


def debrief(
    log: Log,
    race: Any,
    *,
    plan: Any = None,
    fuel: Any = None,
    words: Any = None,
    weather: Any = None,
    reference: str | None = None,
) -> Debrief:
    """The race taken apart: what happened, where the time went, what the build says, and what nobody can know.

    Definition: each part is documented at its own function (``race_splits``, ``pacing``, ``where_the_time_went``,
    ``race_drift``, ``fuelling``, ``build_table``, ``legs_of``, ...). Official time and distance win over the watch.
    The waterfall starts from the goal, else from the flat, cool forecast of race eve; a goal for a trail race or a
    course with 10 m of climb per km or more is taken to hold the hills already.

    Takes a log of one athlete and the race (``log.race(date, ...)``, a date or a name); ``plan``: a pace plan (distance
    and time or pace) or crew sheet (checkpoints with planned arrivals), as frame or CSV; ``fuel``: see
    ``fuel_entries``; ``words``: text or a text file; ``weather``: °C, a mapping (``temperature_c``, ``humidity_pct``)
    or a frame (``hours`` or ``elapsed_s``, ``temperature_c``), default the calendar's; ``reference`` "goal" or
    "forecast".
    Returns a Debrief. Whatever is missing is named in ``unknown`` and ``data_check``; nothing raises for a channel
    that is not there. Raises SettingsError for a reference without a value.
    Evidence: graded part by part.

    >>> from runlab.log import Log
    >>> log = Log(pd.DataFrame({"activity_id": ["a"], "athlete": ["kim"], "date": ["2026-11-01"], "sport": ["running"],
    ...                         "distance_m": [10030.0], "elapsed_time_s": [2500.0]}))
    >>> debrief(log, log.race("2026-11-01", official_time="41:40"))
    Debrief(race, 2026-11-01: 41:40)
    """
    race = as_race(log, race)
    if reference is not None and (reference not in ("goal", "forecast") or reference == "goal" and not race.goal_s > 0):
        raise SettingsError(f"reference must be 'goal' (where the race has one) or 'forecast', not {reference!r}")
    units = _units_of(log, race)
    pace_plan, points = read_plan(plan, log=log, race=race)
    if len(points):
        race = replace(race, checkpoints=with_plan(race.checkpoints, points))
    track = race_track(log, race)
    weather = weather_on_calendar(log, race) if weather is None else weather
    temperature, humidity = read_weather(weather)
    relay = race.kind == "relay"
    ahead = Prediction(math.nan, unit="s", basis="a relay leg is not forecast") if relay else race_forecast(log, race)
    flat = ahead if relay else race_forecast(log, race, flat=True)
    history = pacing_history(log, race) if track.source else None
    entries = fuel_entries(log, race, track, fuel=fuel)
    text = read_words(words, log=log, race=race)
    splits = race_splits(track, race, units=units, plan=pace_plan)
    paced = pacing(track, race, history=history, units=units)
    drift, drifted = race_drift(track, race, splits, log=log)
    fuel_table = fuelling(race, track, entries)
    warm = temperature if not isinstance(temperature, tuple) else temperature[1]
    weathers = weather_beside(log, race, track, temperature_c=warm, humidity_pct=humidity)
    bars = _waterfall(track, race, flat, history, (temperature, humidity, weathers), reference)
    best_day, best_words = best_build(log, race)
    build = build_table(log, race, before_best=best_day)
    summary = build_summary(build, race, units=units, log=log)
    broken = disruptions(log, race)
    ultra: dict[str, pd.DataFrame] = {
        "stops": stops_of(track, race, shortest_s=30.0 if track.seconds > 14400 else 10.0)
    }
    if is_ultra(race.distance_m, race.kind, track.seconds) or relay or len(race.checkpoints):
        dark = is_dark(track)
        ultra["legs"] = legs_of(track, race, ultra["stops"], forecast=ahead, dark=dark)
        ultra["terrain_fade"], ultra["hike_share"] = terrain_fade(track), hike_share(track)
        ultra["night"], ultra["dark_spans"] = night_effect(track, dark)
    unknown = missing(track, race, plan=plan, fuel=entries, words=text, weather=weather, forecast=ahead)
    facts = Facts(
        race,
        track,
        log,
        units,
        words=text,
        splits=splits,
        forecast=ahead,
        pacing=paced,
        waterfall=bars.table,
        drift=drifted,
        fuelling=fuel_table,
        build=build,
        summary=summary,
        disruptions=broken,
        weather=weathers,
        stops=ultra["stops"],
        fade=ultra.get("terrain_fade", pd.DataFrame()),
        legs=ultra.get("legs", pd.DataFrame()),
        unknown=unknown,
    )
    stories = other_stories(facts)
    goals, goal_words = next_goal(log, race, ahead if is_rough(race) else flat, waterfall=bars.table)
    notes = entries.loc[entries["note"] != "", ["elapsed_s", "distance_m", "note"]].reset_index(drop=True)
    return Debrief(
        race=race,
        headline=headline(race, track, ahead, ultra["stops"], legs=ultra.get("legs"), units=units),
        words=text,
        finished=race.finished,
        forecast=ahead,
        result_on_forecast=marks_on(ahead, race),
        data_check=data_check(track, race, units=units),
        splits=splits,
        pacing=paced,
        pacing_history=history if history is not None else pd.DataFrame(),
        waterfall=bars.table,
        waterfall_order=bars.order,
        waterfall_orders=bars.orders,
        waterfall_reference=bars.reference,
        drift=drift,
        drift_summary=drifted,
        fuelling=fuel_table,
        fuel_practised=fuel_practised(log, race),
        fuel_marks=entries[["elapsed_s", "distance_m", "carbs_g", "note"]],
        weather=weathers,
        build=build,
        build_summary=summary,
        build_best=best_words,
        disruptions=broken,
        celebrate=celebrate(facts),
        other_stories=stories,
        questions=questions(facts, stories),
        unknown=pd.DataFrame(unknown, columns=["what", "why", "question"]),
        one_change=one_change(facts),
        recovery=recovery_ladder(log, race),
        next_goal=goals,
        next_goal_words=goal_words,
        track=drawn_track(track),
        notes=notes,
        **ultra,
    )


def _waterfall(
    track: Track,
    race: Race,
    flat: Prediction,
    history: pd.DataFrame | None,
    weather: tuple[Any, float, pd.DataFrame],
    reference: str | None,
) -> Any:
    if not race.finished:
        return empty_waterfall("The race ended before the line: no arithmetic on a finish time.")
    if race.kind == "relay":
        return empty_waterfall("A relay has no reference for one runner.")
    name = reference or ("goal" if race.goal_s > 0 else "forecast")
    hilly = race.kind in TRAIL or race.ascent_m / race.distance_m >= HILLY if race.distance_m > 0 else False
    start = race.goal_s if name == "goal" else flat.value
    if not start > 0:
        return empty_waterfall(f"Needs a goal or a forecast to start from: {flat.basis}.")
    usual = weather[2].loc[weather[2]["when"] == "six weeks before", "temperature_c"]
    habit = opening_habit(history) if history is not None and race.kind != "ultra" else None
    return where_the_time_went(
        track,
        race,
        reference_s=start,
        reference=name,
        level_s=flat.value if flat.is_known else math.nan,
        level_sd=max(flat.log_sd, 0.015) if flat.is_known else 0.05,
        temperature_c=weather[0],
        humidity_pct=weather[1],
        usual_c=float(usual.iloc[0]) if len(usual) else math.nan,
        opening=habit,
        ground_in_reference=bool(name == "goal" and hilly),
        stops_in_reference=bool(name == "goal" and race.kind in TRAIL and race.goal_s > STANDS_S),
    )


def drawn_track(track: Track, *, most: int = 3000) -> pd.DataFrame:
    """The track thinned for figures: a sample every 5 s or more, at most ``most``.

    >>> drawn_track(Track()).empty
    True
    """
    n = len(track.elapsed_s)
    names = ("altitude_m", "heart_rate_bpm", "cadence_spm", "temperature_c", "latitude_deg", "longitude_deg")
    if n < 2:
        return pd.DataFrame(
            {
                c: pd.Series([], dtype=float)
                for c in ("elapsed_s", "distance_m", "grade", "speed_mps", "graded_speed_mps", *names)
            }
        )
    every = max(5.0, track.seconds / most)
    at = np.unique(np.searchsorted(track.elapsed_s, np.arange(0.0, track.seconds, every)))
    at = np.append(at[at < n - 1], n - 1)
    moving = np.append(track.moving, track.moving[-1])[at]
    frame = pd.DataFrame(
        {
            "elapsed_s": track.elapsed_s,
            "distance_m": track.distance_m,
            "grade": track.grade,
            "speed_mps": track.speed_mps,
            "graded_speed_mps": track.speed_mps * track.factor,
            **{name: track.channel(name) for name in names},
        }
    )
    return frame.iloc[at].assign(moving=moving).reset_index(drop=True)


def _units_of(log: Log, race: Race) -> str:
    athletes = getattr(log, "athletes", {})
    athlete = athletes.get(race.athlete) or (next(iter(athletes.values())) if len(athletes) == 1 else None)
    return athlete.units if athlete is not None else "metric"
