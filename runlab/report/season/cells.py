"""The breakdown's tables as a coach reads them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ... import units as _units
from ...progression import age_grade
from ...progression.conditions import condition_costs
from ...sentences import joined
from ..grid import day, number, table
from ..taper.cells import tapers
from ..wording import EPISODES, race_name

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from .facts import SeasonFacts

DAY = pd.Timedelta(days=1)
__all__ = ["builds", "changes", "lighter", "phases", "races", "tapers", "vertical"]


def _per(facts: SeasonFacts) -> tuple[str, float]:
    return _units.distance_unit(facts.units), _units.distance_unit_m(facts.units)


def _rise(facts: SeasonFacts) -> tuple[str, float]:
    return ("m", 1.0) if facts.units == "metric" else ("ft", _units.METRES_PER_FOOT)


def phases(facts: SeasonFacts) -> Styler | None:
    """The stretches of the season, races left out of the distances."""
    weeks = facts.weeks
    if len(weeks) < 4:
        return None
    unit, per = _per(facts)
    rows = []
    for _, part in weeks.groupby((weeks["phase"] != weeks["phase"].shift()).cumsum()):
        sure, name = float(part["confidence"].mean()), str(part["phase"].iloc[0])
        rows.append(
            {
                "phase": f"({name})" if sure <= 0.5 else name,
                "from": day(part["week"].iloc[0]),
                "weeks": str(len(part)),
                f"{unit} a week": number(part["trained_m"].mean() / per, 1),
                f"longest, {unit}": number(part["longest_trained_m"].max() / per, 1),
                "hard time, %": number(100 * part["hard_share"].mean()),
                "races": str(int(part["race_distance_m"].notna().sum()) or ""),
                "sure, %": number(100 * sure),
            }
        )
    caption = "Phases, brackets = unsure; distances are training"
    return table(pd.DataFrame(rows).tail(12), text=("phase", "from"), caption=caption)


def lighter(facts: SeasonFacts) -> Styler | None:
    """The lighter weeks, with what the log notes then."""
    found = facts.lighter[facts.lighter["is_step_back"]]
    if found.empty:
        return None
    unit, per = _per(facts)
    rows = [
        {
            "week from": day(row.week),
            unit: number(row.value / per, 1),
            "of the three before, %": number(100 * row.share),
            "the log notes": _noted(facts, row.week, row.week + 6 * DAY),
        }
        for row in found.tail(12).itertuples()
    ]
    many = f" (the last 12 of {len(found)})" if len(found) > 12 else ""
    return table(pd.DataFrame(rows), text=("week from", "the log notes"), caption=f"Lighter weeks{many}")


def _noted(facts: SeasonFacts, first: pd.Timestamp, last: pd.Timestamp) -> str:
    words = sorted({EPISODES[kind] for kind in facts.episodes(first, last)["kind"]})
    raced = facts.races["date"]
    if raced.between(first, last).any():
        words.append("a race")
    elif raced.between(last + DAY, last + 7 * DAY).any():
        words.append("the week before a race")
    elif raced.between(first - 14 * DAY, first - DAY).any():
        words.append("just after a race")
    return joined(words)


def vertical(facts: SeasonFacts) -> Styler | None:
    """Ascent by month, or by quarter where the period is long."""
    runs = facts.runs[facts.runs["ascent_m"].notna()]
    if runs.empty:
        return None
    (unit, rise), (far, per) = _rise(facts), _per(facts)
    long = (facts.end - facts.start).days > 400
    rows = []
    for name, part in runs.groupby(runs["date"].dt.to_period("Q" if long else "M")):
        by_day = part.groupby("date")["ascent_m"].sum()
        rows.append(
            {
                "quarter" if long else "month": f"Q{name.quarter} {name.year}" if long else f"{name.start_time:%b %Y}",
                f"ascent, {unit}": number(part["ascent_m"].sum() / rise),
                f"{unit} per {far}": number(part["ascent_m"].sum() / rise / (part["distance_m"].sum() / per)),
                f"most in a day, {unit}": number(by_day.max() / rise),
                "on": day(by_day.idxmax()),
                "runs": f"{len(part)}",
            }
        )
    caption = "Ascent of runs with altitude"
    return table(pd.DataFrame(rows).tail(12), text=("month", "quarter", "on"), caption=caption)


def races(facts: SeasonFacts) -> Styler | None:
    """Races with what the course and the day cost, and their age grade."""
    found = facts.period_results
    if found.empty:
        return None
    cost = condition_costs(found)
    (up, rise), metric = _rise(facts), facts.units == "metric"
    warm = found["temperature_c"] if metric else found["temperature_c"] * 9 / 5 + 32
    frame = pd.DataFrame(
        {
            "date": [day(d) for d in found["date"]],
            "race": [race_name(race, facts.units) for race in found.to_dict("records")],
            "time": [_units.format_duration(t) for t in found["time_s"]],
            f"ascent, {up}": [number(v) for v in found["ascent_m"] / rise],
            "°C" if metric else "°F": [number(v) for v in warm],
            "cost, %": [
                f"{number(c.value, 1)} ({number(c.low, 1)}{'–' if c.low >= 0 else ' to '}{number(c.high, 1)})"
                for c in cost.itertuples()
            ],
            "flat and cool": [_units.format_duration(t) for t in found["time_s"] / (1 + cost["value"] / 100)],
            "age grade, %": [_age_grade(facts, race) for race in found.to_dict("records")],
        }
    )
    if not any(frame["age grade, %"]):
        frame = frame.drop(columns="age grade, %")
    caption = "Races; cost = what such a climb and warmth usually take (80 % range)"
    return table(frame.tail(12), text=("date", "race"), caption=caption)


def _age_grade(facts: SeasonFacts, race: dict) -> str:
    age, sex = facts.athlete.age_on(race["date"]), facts.athlete.sex
    if not math.isfinite(age) or sex not in ("f", "m") or race["kind"] in ("trail", "ultra"):
        return ""
    return number(age_grade(race["time_s"], race["distance_m"], age=int(age), sex=sex).value, 1)


def builds(facts: SeasonFacts) -> Styler | None:
    """The builds before the main races beside their results; none where they are the seasons compared already."""
    if facts.builds.empty or facts.seasons is facts.builds:
        return None
    return _side_by_side(facts, facts.builds, facts.build_numbers, "The 16 weeks before each main race")


def changes(facts: SeasonFacts) -> Styler | None:
    """Seasons side by side."""
    if len(facts.seasons) < 2:
        return None
    return _side_by_side(facts, facts.seasons, facts.season_numbers, "Side by side")


def _side_by_side(facts: SeasonFacts, parts: pd.DataFrame, numbers: pd.DataFrame, what: str) -> Styler:
    (unit, per), (up, rise) = _per(facts), _rise(facts)
    times = facts.results.drop_duplicates("date").set_index("date")["time_s"]
    rows = [
        "result",
        f"{unit} a week",
        "hours a week",
        "runs a week",
        f"ascent a week, {up}",
        f"longest run, {unit}",
        "easy, % of time",
        "hard, % of runs",
        "lighter weeks",
        "days excused",
        "weeks",
    ]
    columns: dict[str, list[str]] = {"a week or in all": rows}
    for part, (_, n) in zip(parts.itertuples(), numbers.iterrows(), strict=True):
        easy = number(100 * n["easy"])
        if easy and math.isfinite(n["easy_low"]):
            easy += f" ({number(100 * n['easy_low'])}–{number(100 * n['easy_high'])})"
        columns[part.name if pd.isna(part.race_date) else f"before {part.name}, {day(part.race_date)}"] = [
            _units.format_duration(float(times.get(part.race_date, math.nan))),
            number(n["distance_m"] / per, 1),
            number(n["hours"], 1),
            number(n["runs"], 1),
            number(n["ascent_m"] / rise),
            number(n["longest_m"] / per, 1),
            easy,
            number(100 * n["hard_runs"]),
            number(n["lighter"]),
            number(n["excused"]),
            number(n["weeks"]),
        ]
    frame = pd.DataFrame(columns)
    if parts["race_date"].isna().all():
        frame = frame[frame["a week or in all"] != "result"]
    return table(frame, text=("a week or in all",), caption=f"{what}, races left out")
