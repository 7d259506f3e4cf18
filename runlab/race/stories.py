"""What to celebrate, which stories fit as well, what to ask, and one change: words that keep the sentence contract."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .. import units as _units
from ..log import Log
from ..races import Race
from .build import STOP_SOURCE
from .draws import SLOWING
from .find import is_ultra
from .track import Track
from .ultra import dearest_leg

STORY_COLUMNS = ["story", "speaks_for", "speaks_against", "settles_it"]
MOST_QUESTIONS = 6


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything the stories are told from; each part is a table or value of the ``Debrief``.

    >>> Facts(Race(pd.Timestamp("2026-11-01"))).part("heat")
    nan
    """

    race: Race
    track: Track = field(default_factory=Track)
    log: Log | None = None
    units: str = "metric"
    words: str = ""
    splits: pd.DataFrame = field(default_factory=pd.DataFrame)
    forecast: Any = None
    pacing: pd.DataFrame = field(default_factory=pd.DataFrame)
    waterfall: pd.DataFrame = field(default_factory=pd.DataFrame)
    drift: pd.DataFrame = field(default_factory=pd.DataFrame)
    fuelling: pd.DataFrame = field(default_factory=pd.DataFrame)
    build: pd.DataFrame = field(default_factory=pd.DataFrame)
    summary: pd.DataFrame = field(default_factory=pd.DataFrame)
    disruptions: pd.DataFrame = field(default_factory=pd.DataFrame)
    weather: pd.DataFrame = field(default_factory=pd.DataFrame)
    stops: pd.DataFrame = field(default_factory=pd.DataFrame)
    fade: pd.DataFrame = field(default_factory=pd.DataFrame)
    legs: pd.DataFrame = field(default_factory=pd.DataFrame)
    unknown: list[tuple[str, str, str]] = field(default_factory=list)

    def part(self, component: str, column: str = "seconds") -> float:
        """Seconds of a bar of the waterfall; NaN if it is not there."""
        if not len(self.waterfall):
            return math.nan
        row = self.waterfall[self.waterfall["component"] == component]
        return float(row[column].iloc[0]) if len(row) else math.nan

    def measure(self, name: str, column: str = "value") -> float:
        """A measure of the pacing; NaN if it is not there."""
        there = name in self.pacing.index and column in self.pacing.columns
        return float(self.pacing[column].loc[name]) if there else math.nan

    @property
    def seconds(self) -> float:
        """The result, else the recording's clock."""
        return self.race.official_time_s if self.race.official_time_s > 0 else self.track.seconds

    @property
    def slower(self) -> bool:
        """Whether the result was slower than hoped for: than the goal, else than the middle of the forecast."""
        ahead = self.forecast
        if ahead is not None and ahead.is_known and self.race.finished and self.seconds < ahead.low:
            return False
        hoped = self.race.goal_s
        if not hoped > 0:
            hoped = self.forecast.value if self.forecast is not None and self.forecast.is_known else math.nan
        return not self.race.finished or not self.seconds <= hoped

    def far(self, metres: float, digits: int = 0) -> str:
        """A distance in the athlete's units."""
        return _units.format_distance(metres, self.units, digits=digits)


def celebrate(f: Facts) -> list[str]:
    """Facts that hold whatever the time: the weeks put in, the longest run, what was kept, the distance covered.

    Takes the Facts. Returns up to five sentences. Evidence: A.

    >>> celebrate(Facts(Race(pd.Timestamp("2026-11-01"))))
    ['You stood on the start line on 1 Nov 2026 [A].']
    """
    out = []
    this = f.summary["this"] if len(f.summary) else pd.Series(dtype=float)
    weeks = int(f.build[(f.build["build"] == "this")]["run_distance_m"].notna().sum()) if len(f.build) else 0
    if weeks >= 4 and this.get("distance", math.nan) > 0:
        runs = f.build.loc[f.build["build"] == "this", "runs"].sum()
        out.append(f"{weeks} weeks of work: {f.far(this['distance'])} in {runs:.0f} runs [A].")
    if weeks >= 8 and f.log is not None and not (f.disruptions["days"] >= 7).any():
        out.append("A build without a stop of 7 days or more [A].")
    if len(f.disruptions) and (long := f.disruptions[f.disruptions["days_off"] >= 5]).size:
        row = long.iloc[-1]
        out.append(f"You came back after {row['days_off']:.0f} days without running ({_kind(row['kind'])}) [A].")
    if this.get("longest", math.nan) > 0 and weeks >= 4:
        out.append(f"A longest run of {f.far(this['longest'])} in the build [A].")
    if f.track.metres > 0 and f.log is not None and len(f.log.activities):
        own = f.log.activities
        before = own.loc[(own["sport"] == "running") & (own["date"] < f.race.date), "distance_m"].max()
        if f.track.metres > 1.001 * before and before > 0 and f.race.kind != "relay":
            out.append(f"{f.far(f.track.metres, 1)}: further than any run in this log before ({f.far(before, 1)}) [A].")
    if this.get("strength", 0) >= 6:
        out.append(f"{this['strength']:.0f} strength sessions kept in 16 weeks [A].")
    if not out:
        day = f.race.date
        out.append(f"You stood on the start line on {day.day} {day:%b %Y} [A].")
    return out[:5]


def other_stories(f: Facts) -> pd.DataFrame:
    """Up to five explanations that fit as well, each with what speaks for and against it and what would settle it.

    Takes the Facts. Returns ``story, speaks_for, speaks_against, settles_it``, the best supported first; an illness
    in the six weeks before is told in any case, and "simply the day" is among them. A result as good as hoped for
    needs no story of what went another way.
    Evidence: D; an order of plausibility, no finding.

    >>> other_stories(Facts(Race(pd.Timestamp("2026-11-01"))))["story"].tolist()
    ['Simply the day']
    """
    told = [
        story
        for make in (
            (_early_pace, _heat, _fuel, _expected_too_much, _broken_build, _legs, _standing)
            if f.slower
            else (_fitter, _broken_build)
        )
        if (story := make(f)) is not None
    ]
    told.sort(key=lambda pair: -pair[0])
    rows = [row for _, row in told[: 4 if told and told[0][0] >= 50 else 3]]
    late = f.measure("half_split")
    rows.append(
        {
            "story": "Simply the day",
            "speaks_for": "Form moves by 1 to 2 % from day to day without any reason a file would show [B].",
            "speaks_against": "The second half was more than 8 % slower than the first: more than a usual day explains."
            if late > 8
            else "Nothing in the files speaks against it.",
            "settles_it": "Another race over a like distance.",
        }
    )
    return pd.DataFrame(rows, columns=STORY_COLUMNS).astype("str")


def _early_pace(f: Facts) -> tuple[float, dict[str, str]] | None:
    bias, own = f.measure("first_quarter_bias"), f.measure("first_quarter_bias", "own_median")
    lost = f.part(SLOWING)
    if not bias > 1.5 or is_ultra(f.race.distance_m, f.race.kind, f.seconds) and bias < 5:
        return None
    usual = f", against {own:.1f} % in earlier races (middle)" if math.isfinite(own) else ""
    against = (
        "Opening like this is your habit and went well before."
        if own >= bias - 0.5
        else "A slower second half follows from heat, fuel or form just as well."
    )
    return bias * (1 + max(lost, 0) / max(f.seconds, 1) * 20 if math.isfinite(lost) else 1), {
        "story": "The first quarter was above the even effort of the day",
        "speaks_for": f"It was {bias:.1f} % faster than the average of the race{usual} [A].",
        "speaks_against": against,
        "settles_it": "Was the pace at the start comfort, plan, or company?",
    }


def _heat(f: Facts) -> tuple[float, dict[str, str]] | None:
    seconds, high = f.part("heat"), f.part("heat", "high")
    race = f.weather[f.weather["when"] == "race"] if len(f.weather) else pd.DataFrame()
    if not high > 0.01 * f.seconds or race.empty:
        return None
    trained = f.weather[f.weather["when"] == "six weeks before"]
    degrees = float(race["temperature_c"].iloc[0])
    said = f"{_warm(degrees, f.units)} on average"
    against = (
        "Training was as warm as the race."
        if len(trained) and trained["temperature_c"].iloc[0] >= degrees - 2
        else "How much heat costs differs between people; the interval of its bar is wide."
    )
    if len(trained):
        said += f", against {_warm(float(trained['temperature_c'].iloc[0]), f.units)} in the six weeks before"
    share = 100 * seconds / f.seconds
    return 100 * seconds / f.seconds, {
        "story": "Warmth",
        "speaks_for": f"It was {said}; heat stands for about {share:.1f} % of the time in the waterfall [B].",
        "speaks_against": against,
        "settles_it": "How much did you drink, and did you feel hot or chilled?",
    }


def _fuel(f: Facts) -> tuple[float, dict[str, str]] | None:
    if not f.seconds > 5400:
        return None
    if not len(f.fuelling) or not np.isfinite(f.fuelling["carbs_g"]).any():
        if f.part(SLOWING) > 0.02 * f.seconds or f.measure("half_split") > 6:
            return 0.5, {
                "story": "Fuel",
                "speaks_for": "The second half was slower, and nothing is logged about food and drink [C].",
                "speaks_against": "No file says how much was taken.",
                "settles_it": "What did you take, and when?",
            }
        return None
    hours = f.seconds / 3600
    rate, planned = f.fuelling["carbs_g"].sum() / hours, f.fuelling["planned_carbs_g"].sum(min_count=1) / hours
    if (
        rate >= 60
        or (math.isfinite(planned) and rate > 0.9 * planned)
        or not (f.measure("half_split") > 3 or f.part(SLOWING) > 0.01 * f.seconds)
    ):
        return None
    beside = f" of {planned:.0f} g planned" if math.isfinite(planned) else ""
    return 2.0 + (1 - rate / planned if math.isfinite(planned) else 0) * 4, {
        "story": "Fuel",
        "speaks_for": f"{rate:.0f} g of carbohydrate an hour was logged{beside}, and speed fell late [C].",
        "speaks_against": "Amounts are self-reported, and many run well on less.",
        "settles_it": "Did you feel empty, and did eating change it?",
    }


def _expected_too_much(f: Facts) -> tuple[float, dict[str, str]] | None:
    if f.forecast is None or not f.forecast.is_known or not f.race.official_time_s > 0:
        return None
    goal, result = f.race.goal_s, f.race.official_time_s
    chance = f.forecast.chance(goal) if goal > 0 else math.nan
    inside = result <= f.forecast.high
    if not (chance < 0.35) and inside:
        return None
    band = f"{_units.format_duration(f.forecast.low)}–{_units.format_duration(f.forecast.high)}"
    if chance < 0.35:
        said = (
            f"The goal {_units.format_duration(goal)} lay at the fast side of the forecast made the evening before "
            f"({band}; 80 %): about {max(100 * chance, 1):.0f} % of it was that fast [B]."
        )
    else:
        said = f"The result was slower than the forecast's 80 % band ({band}) [B]."
    return 3.0 if chance < 0.2 or not inside else 1.0, {
        "story": "Form on the day was another than hoped for",
        "speaks_for": said,
        "speaks_against": f"{_rests_on(f)}, and cannot see everything.",
        "settles_it": "How did the last hard sessions compare with those before your best race?",
    }


def _fitter(f: Facts) -> tuple[float, dict[str, str]] | None:
    if f.forecast is None or not f.forecast.is_known or not f.race.official_time_s < f.forecast.low:
        return None
    band = f"{_units.format_duration(f.forecast.low)}–{_units.format_duration(f.forecast.high)}"
    return 3.0, {
        "story": "Fitter than the log could show",
        "speaks_for": f"The result was faster than the forecast's 80 % band ({band}) [B].",
        "speaks_against": f"{_rests_on(f)}: with few of them it leans on training, which is slower.",
        "settles_it": "Which sessions told you that more was possible?",
    }


def _rests_on(f: Facts) -> str:
    n = f.forecast.n
    races = "no earlier race" if not n else "one earlier race" if n == 1 else f"{n} earlier races"
    return f"The forecast rests on {races}"


def _broken_build(f: Facts) -> tuple[float, dict[str, str]] | None:
    long = f.disruptions[f.disruptions["days_off"] >= 5] if len(f.disruptions) else f.disruptions
    ill = (
        f.disruptions[(f.disruptions["kind"] == "ill") & (f.disruptions["weeks_to_race"] <= 6)]
        if len(f.disruptions)
        else f.disruptions
    )
    if not len(ill) and not (f.slower and len(long)):
        return None
    worst = ill.iloc[-1] if len(ill) else long.iloc[int(long["days_off"].argmax())]
    from_day, to_day = ((f.race.date - d).days for d in (worst["start"], worst["end"]))
    said = f"{worst['days']:.0f} days of {_kind(worst['kind'])}, from {from_day} to {to_day} days before the race" + (
        f"; {STOP_SOURCE}." if worst["days_off"] >= 7 else " [A]."
    )
    against = "How much of the result those days were, no file shows."
    if f.forecast is not None and f.forecast.is_known and f.forecast.low <= f.race.official_time_s <= f.forecast.high:
        against = (
            f"The forecast made the evening before gave {_units.format_duration(f.forecast.low)}–"
            f"{_units.format_duration(f.forecast.high)} (80 %); you ran "
            f"{_units.format_duration(f.race.official_time_s)}. "
            + ("Resting was" if worst["days_off"] >= worst["days"] / 2 else "Those days were")
            + " compatible with this result."
        )
    told = 50.0 if worst["kind"] == "ill" and to_day <= 42 else 1.0 + worst["days"] / 7
    return told, {
        "story": f"The days of {_kind(worst['kind'])} in the build",
        "speaks_for": said,
        "speaks_against": against,
        "settles_it": "When did easy runs feel as before again?",
    }


def _legs(f: Facts) -> tuple[float, dict[str, str]] | None:
    if not len(f.fade):
        return None
    last = f.fade[(f.fade["third"] == 3) & f.fade["change_pct"].notna()].set_index("ground")
    if "downhill" not in last.index or "uphill" not in last.index:
        return None
    down, up = last["change_pct"].loc["downhill"], last["change_pct"].loc["uphill"]
    if not (down < up - 3 and last["high"].loc["downhill"] < 0):
        return None
    return -down / 3, {
        "story": "Legs that were tired of descending",
        "speaks_for": f"In the last third the downhills were {-down:.0f} % slower than in the first at the same grade "
        f"({-last['high'].loc['downhill']:.0f} to {-last['low'].loc['downhill']:.0f} %), uphills "
        f"{-up:.0f} % [C].",
        "speaks_against": "Darkness, footing and caution slow descents too.",
        "settles_it": "Did your thighs hurt on the way down, or did you hold back?",
    }


def over_the_plan(f: Facts) -> str:
    """Where most of the time over the planned arrivals went, as a sentence; empty where no leg stands out.

    >>> legs = pd.DataFrame({"checkpoint": ["Hut", "Ford", "Finish"], "lost_s": [60.0, 5040.0, 1380.0],
    ...                      "stopped_s": [4800.0, 0.0, 0.0], "stopped_on_way_s": 0.0})
    >>> over_the_plan(Facts(Race(pd.Timestamp("2026-11-01")), legs=legs))
    '1 h 24 min of the 1 h 48 min over the plan went between Hut and Ford, with 1 h 20 min of standing [A].'
    """
    leg = dearest_leg(f.legs)
    if leg is None:
        return ""
    stood = f", with {span(leg['stood'])} of standing" if leg["stood"] >= 60 else ", hardly any of it standing"
    whole = f" of the {span(leg['total'])}" if leg["total"] >= leg["seconds"] else ""
    return f"{span(leg['seconds'])}{whole} over the plan went between {leg['start']} and {leg['end']}{stood} [A]."


def _standing(f: Facts) -> tuple[float, dict[str, str]] | None:
    seconds, leg = float(f.stops["seconds"].sum()) if len(f.stops) else 0.0, dearest_leg(f.legs)
    if leg is not None and leg["stood"] > 0.5 * leg["seconds"]:
        place = f" at {leg['stood_at']}" if leg["stood_at"] else ""
        return 200.0, {
            "story": "Time at the aid stations",
            "speaks_for": over_the_plan(f),
            "speaks_against": "Eating, drying feet and a nap may have bought more than they cost.",
            "settles_it": f"What was the long stop{place} for, and would you take it again?",
        }
    if not seconds > 0.05 * f.seconds:
        return None
    longest = f.stops.iloc[int(f.stops["seconds"].argmax())] if len(f.stops) else None
    where = (
        ""
        if longest is None
        else (f", the longest {span(longest['seconds'])} at {longest['checkpoint'] or f.far(longest['distance_m'], 1)}")
    )
    return 100 * seconds / f.seconds / 3, {
        "story": "Time at the aid stations",
        "speaks_for": f"{span(seconds)} of standing, {100 * seconds / f.seconds:.0f} % of the time{where} [A].",
        "speaks_against": "Eating, drying feet and a nap may have bought more than they cost.",
        "settles_it": "What were the longest stops for, and would you take them again?",
    }


def span(seconds: float) -> str:
    """A stretch of time as a person says it.

    >>> span(34.0), span(80.0), span(1500.0), span(5022.0)
    ('34 s', '1:20 min', '25 min', '1 h 24 min')
    """
    minutes = round(seconds / 60)
    if seconds >= 3600:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    if seconds >= 600:
        return f"{minutes} min"
    return f"{seconds:.0f} s" if seconds < 60 else f"{_units.format_duration(seconds)} min"


def _kind(kind: str) -> str:
    return {
        "ill": "illness",
        "no runs": "no running",
        "injury": "injury",
        "pain": "pain",
        "travel": "travel",
        "life": "life taking over",
    }.get(kind, kind)


def _warm(degrees: float, units: str) -> str:
    return f"{degrees:.0f} °C" if units == "metric" else f"{degrees * 9 / 5 + 32:.0f} °F"
