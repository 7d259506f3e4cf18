"""``Debrief``: everything the day after a race holds, as tables and short lists, and ``debrief`` that makes it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from ..evidence import Estimate
from ..log.race import Race

WATERFALL_ORDER = ("stops", "pace choice", "fade", "heat", "course")


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

    ``waterfall``: one row per bar, top to bottom as drawn: ``component`` ("reference", "pace choice", "course",
    "heat", "fade", "stops", "not explained", "result"), ``kind`` ("total", "component", "rest"), ``seconds`` (whole;
    components and rest sum to result - reference), ``low``, ``high`` (80 %; equal to seconds for totals), ``start_s``
    and ``end_s`` (where the bar begins and ends on the time axis), ``grade``, ``basis`` (a phrase).
    ``waterfall_order``: one line, the order of subtraction. ``waterfall_orders``: other orders: ``order`` (text),
    ``component``, ``seconds``. ``waterfall_reference``: "goal" or "forecast".

    ``drift``: one row per channel and split: ``channel`` ("heart_rate_bpm", "cadence_spm", "stance_time_ms", ...),
    ``split``, ``start_m``, ``end_m``, ``value``, ``expected`` (usual for that pace and grade), ``low``, ``high``
    (80 % of the athlete's own), ``outside`` (bool). ``drift_summary``: one row per channel: ``channel``, ``unit``,
    ``value`` (last third against the first at the same pace), ``low``, ``high``, ``level``, ``n``, ``grade``,
    ``basis``.

    ``fuelling``: one row per hour: ``hour`` (from 1), ``hour_share`` (of it raced), ``carbs_g``, ``planned_carbs_g``,
    ``fluid_ml``, ``sodium_mg``, ``caffeine_mg``, ``entries``. ``fuelling_words``: list of sentences.
    ``fuel_marks``: ``elapsed_s``, ``distance_m``, ``carbs_g``, ``note`` (for the figure).
    ``weather``: ``when`` ("race", "six weeks before"), ``temperature_c``, ``low``, ``high``, ``n``, ``source``.

    ``build``: one row per week and build: ``build`` ("this", "best"), ``weeks_to_race`` (16 ... 1, 1 = race week,
    the race itself left out), ``week_start`` (date), ``run_distance_m``, ``longest_run_m``, ``race_pace_m``,
    ``run_time_s``, ``run_ascent_m``, ``runs``, ``days_off`` (without a run), ``strength`` (sessions), ``sleep_h``,
    ``load``. ``build_summary``: ``measure`` (index), ``unit``, ``this``, ``best``, ``words``.
    ``build_best``: what the "best" build led to, in words. ``disruptions``: ``start``, ``end``, ``days``,
    ``weeks_to_race``, ``kind`` ("ill", "injury", ..., "no runs"), ``note``.

    ``celebrate``: list of facts that hold whatever the time. ``other_stories``: ``story``, ``speaks_for``,
    ``speaks_against``, ``settles_it``. ``questions``: at most six. ``unknown``: ``what``, ``why``, ``question``.
    ``one_change``: dict ``change``, ``keep``, ``why``. ``recovery``: ``step``, ``sign``, ``measure``, ``usual``,
    ``low``, ``high``, ``unit``, ``n``, ``words``. ``next_goal``: ``when`` ("before", "after"), ``value``, ``low``,
    ``high``, ``low_50``, ``high_50``, ``n``, ``grade``, ``basis``; ``next_goal_words``: a sentence.

    Ultra and trail (and relays for ``legs``):
    ``legs``: ``leg``, ``checkpoint``, ``start_m``, ``end_m``, ``distance_m``, ``ascent_m``, ``descent_m``,
    ``arrival_s``, ``departure_s``, ``moving_s``, ``stopped_s`` (at the checkpoint that ends it), ``stopped_on_way_s``,
    ``speed_mps``, ``graded_speed_mps``, ``heart_rate_bpm``, ``planned_arrival_s``, ``window_low_s``,
    ``window_high_s``, ``inside_window`` ("yes", "before", "after", ""), ``rank``, ``dark_share``, ``activity_id``.
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
    fuelling_words: list[str] = field(default_factory=list)
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
