"""What to ask, at most six things, and one change to try."""

from __future__ import annotations

import math
import re

import pandas as pd

from .. import units as _units
from .draws import SLOWING
from .find import is_ultra
from .levels import slowed_at
from .stories import Facts, over_the_plan, span
from .ultra import dearest_leg

MOST_QUESTIONS = 6


def questions(f: Facts, stories: pd.DataFrame) -> list[str]:
    """At most six questions, the ones that would settle most first.

    Takes the Facts and ``other_stories``. Returns a list.

    >>> from runlab.race import Race
    >>> from runlab.race.stories import STORY_COLUMNS
    >>> questions(Facts(Race(pd.Timestamp("2026-11-01"))), pd.DataFrame(columns=STORY_COLUMNS))
    ['What are you proud of, whatever the clock says?']
    """
    asked = [q for q in stories["settles_it"] if q.endswith("?")]
    if not f.race.finished:
        asked.insert(0, "What made you stop there, and would you decide the same today?")
    slowed_m = slowed_at(f.splits)
    if math.isfinite(slowed_m) and not mentions(f.words, slowed_m, f.units):
        asked.insert(0, f"Around {f.far(slowed_m)} you slowed: when did you first think of it?")
    if len(f.stops) and not is_ultra(f.race.distance_m, f.race.kind, f.seconds) and f.stops["seconds"].max() > 20:
        stop = f.stops.iloc[int(f.stops["seconds"].argmax())]
        if not mentions(f.words, float(stop["distance_m"]), f.units):
            asked.append(f"What was the stop of {span(stop['seconds'])} at {f.far(stop['distance_m'], 1)} for?")
    order = ("the plan", "food and drink", "weather", "stomach", "head", "shoes and feet", "life around it")
    rest = {what: question for what, _, question in f.unknown if question}
    asked += [rest[what] for what in order if what in rest]
    asked.append("What are you proud of, whatever the clock says?")
    return list(dict.fromkeys(asked))[:MOST_QUESTIONS]


def mentions(words: str, metres: float, units: str) -> bool:
    """Whether the athlete's words name a place by its number, so that it need not be asked about again.

    >>> mentions("Around 31 my legs would not turn over any more.", 30_400.0, "metric")
    True
    >>> mentions("Around 31 my legs would not turn over any more.", 36_200.0, "metric")
    False
    """
    at = metres / _units.distance_unit_m(units)
    return any(abs(float(number) - at) <= 2.5 for number in re.findall(r"(?<![\d:.-])\d+(?:\.\d+)?(?![\d:-])", words))


def one_change(f: Facts) -> dict[str, str]:
    """One thing to try next time and one to keep, each with the number behind it.

    Definition: a change is named only where its cost is shown with an 80 % interval away from zero, what to keep only
    where its gain is.

    Takes the Facts. Returns ``change, keep, why``, each "" where nothing in the files asks for it. Evidence: C-D.

    >>> from runlab.race import Race
    >>> one_change(Facts(Race(pd.Timestamp("2026-11-01"))))
    {'change': '', 'keep': '', 'why': ''}
    """
    bias, slowed = f.measure("first_quarter_bias"), f.part(SLOWING, "low") > 0
    this, best = (f.summary[c] if len(f.summary) else pd.Series(dtype=float) for c in ("this", "best"))
    hours = f.seconds / 3600
    carbs = f.fuelling["carbs_g"].sum(min_count=1) / hours if len(f.fuelling) else math.nan
    planned = f.fuelling["planned_carbs_g"].sum(min_count=1) / hours if len(f.fuelling) else math.nan
    options: list[tuple[float, str, str]] = []
    if bias > 2 and slowed:
        options.append(
            (
                bias,
                "Open the first quarter at the even effort of the whole.",
                f"It was {bias:.1f} % above the average of the race, and the second half was slower [C].",
            )
        )
    if carbs < 0.8 * planned and slowed:
        options.append(
            (
                8 * (1 - carbs / planned),
                "Take what was planned, and practise it in long runs.",
                f"{carbs:.0f} g an hour was logged of {planned:.0f} g planned [C].",
            )
        )
    leg = dearest_leg(f.legs)
    if leg is not None and leg["stood"] > 0.5 * leg["seconds"]:
        options.append((100.0, "Give every aid station a purpose and a time.", over_the_plan(f)))
    elif f.part("stops", "low") > 0.07 * f.seconds:
        options.append(
            (
                4.0,
                "Give every aid station a purpose and a time.",
                f"{span(f.part('stops'))} of standing, {100 * f.part('stops') / f.seconds:.0f} % of the race [A].",
            )
        )
    if slowed and this.get("long_runs", math.nan) < best.get("long_runs", math.nan) - 1:
        options.append(
            (
                2.0,
                "More long runs in the build.",
                f"{this['long_runs']:.0f} weeks with one, against "
                f"{best['long_runs']:.0f} weeks before the best one [C].",
            )
        )
    downs = f.fade[(f.fade["ground"] == "downhill") & (f.fade["third"] == 3)] if len(f.fade) else f.fade
    if len(downs) and downs["high"].iloc[0] < -5:
        options.append(
            (
                3.0,
                "Downhill running in training, a little at a time.",
                f"Downhills in the last third were {-downs['change_pct'].iloc[0]:.0f} % slower at the same grade [C].",
            )
        )
    options.sort(key=lambda option: -option[0])
    change, why = options[0][1:] if options else ("", "")
    return {"change": change, "keep": _keep(f), "why": why}


def _keep(f: Facts) -> str:
    """What to keep: only what gained time with an interval clear of zero, or was better than nine of ten before."""
    low, high = f.part(SLOWING, "low"), f.part(SLOWING, "high")
    if high < 0:
        return f"The way it was paced: {span(-high)} to {span(-low)} gained on an even effort [C]."
    late, usual, most = (f.measure("half_split", c) for c in ("value", "own_low", "own_high"))
    if late < usual:
        return (
            f"The way it was paced: the second half took {late:+.1f} % against the first; in earlier races it was "
            f"{usual:+.1f} to {most:+.1f} % (80 %) [A]."
        ).replace("-", "−")
    held = f.fade[(f.fade["third"] == 3) & (f.fade["low"] > 0)] if len(f.fade) else f.fade
    if len(held):
        row = held.iloc[int(held["low"].argmax())]
        return (
            f"The strength {row['ground']}: {row['change_pct']:.0f} % faster in the last third than in the first at "
            f"the same grade ({row['low']:.0f} to {row['high']:.0f} %) [C]."
        )
    return ""
