"""The review's tables as a coach reads them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ... import units as _units
from ...plots.efforts import distance_name
from ..facts import runs_between
from ..grid import day, number, table

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from .facts import ReviewFacts

DAY = pd.Timedelta(days=1)


def who(facts: ReviewFacts) -> Styler:
    """Who the athlete is and what the log holds, in a few lines."""
    now, age = facts.athlete.on(facts.end), facts.athlete.age_on(facts.end)
    sports = facts.activities["sport"].replace("", "unknown").value_counts()
    settings = {
        "maximum": now.max_heart_rate_bpm,
        "resting": now.resting_heart_rate_bpm,
        "threshold": now.threshold_heart_rate_bpm,
    }
    known = [f"{name} {value:.0f}" for name, value in settings.items() if math.isfinite(value)]
    rows = {
        "athlete": ", ".join(filter(None, [facts.athlete.name, f"{age:.0f} years" if math.isfinite(age) else ""])),
        "period": f"{day(facts.start)} – {day(facts.end)}; the log begins {day(facts.begin)}",
        "activities": ", ".join(f"{n} {sport}" for sport, n in sports.items()) or "none in this period",
        "devices": ", ".join(sorted(set(facts.activities["device"]) - {""})) or "not named",
        "heart rate, beats/min": ", ".join(known) or "no settings known",
        "threshold pace by the settings": _units.format_pace(now.threshold_speed_mps, facts.units),
    }
    return table(pd.DataFrame({"": list(rows), " ": list(rows.values())}), text=("", " "))


def volume(facts: ReviewFacts) -> Styler:
    """Now beside then: the last 4, 12 and 52 weeks, and the best 12 weeks on record, races left out."""
    best, until = facts.weekly.best
    blocks = [(f"last {n} weeks", facts.end, n, facts.weekly.last(n)) for n in (4, 12, 52)]
    rows = [block for block in blocks if len(facts.weekly.metres) >= block[2]]
    if len(facts.weekly.metres) > 12 and math.isfinite(best):
        rows.append((f"best 12 weeks, to {day(until)}", until, 12, best))
    metric = facts.units == "metric"
    unit, per = _units.distance_unit(facts.units), _units.distance_unit_m(facts.units)
    out = []
    for name, last, weeks, metres in rows:
        numbers = runs_between(facts.training_runs, last - 7 * weeks * DAY + DAY, last)
        out.append(
            {
                "weeks": name,
                f"{unit} a week": number(metres / per, 1),
                "hours a week": number(numbers["hours"], 1),
                "runs a week": number(numbers["runs"], 1),
                f"ascent a week, {'m' if metric else 'ft'}": number(
                    numbers["ascent_m"] / (1 if metric else _units.METRES_PER_FOOT)
                ),
                f"longest run, {unit}": number(numbers["longest_m"] / per, 1),
            }
        )
    return table(pd.DataFrame(out), text=("weeks",), caption="Training, races left out")


def bests(facts: ReviewFacts) -> Styler | None:
    """The best clean effort over each distance, the official time beside the watch's where it was a race."""
    if facts.bests.empty:
        return None
    unit = _units.distance_unit(facts.units)
    rows = [
        {
            "distance": distance_name(e.distance_m),
            "watch": _units.format_duration(e.time_s),
            "official": _units.format_duration(e.official_s),
            f"pace, min/{unit}": _units.format_pace(e.distance_m / e.best_s, facts.units).split(" ")[0],
            "day": day(e.date),
            "mean heart rate": number(e.average_heart_rate_bpm),
            "mean grade, %": number(100 * e.grade, 1),
            "before this period": _units.format_duration(e.earlier_s),
        }
        for e in facts.bests.itertuples()
    ]
    return table(pd.DataFrame(rows), text=("distance", "day"), caption="Best clean effort over each distance", rows=20)


def lighter(facts: ReviewFacts) -> Styler | None:
    """The lighter weeks of the period."""
    found = facts.lighter[facts.lighter["is_step_back"]]
    if found.empty:
        return None
    unit, per = _units.distance_unit(facts.units), _units.distance_unit_m(facts.units)
    rows = [
        {"week from": day(w.week), unit: number(w.value / per, 1), "of the weeks before, %": number(100 * w.share)}
        for w in found.tail(12).itertuples()
    ]
    return table(pd.DataFrame(rows), text=("week from",), caption="Lighter weeks")
