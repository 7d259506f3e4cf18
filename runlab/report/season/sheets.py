"""The breakdown's tables: stops, seasons set side by side, and everything as finished words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from ... import units as _units
from ...calendar import BUILD_WEEKS, breaks, measured_sum, weeks_back
from ...progression import age_grade, block_summary, intensity_distribution
from ...progression.conditions import condition_costs
from ...progression.weeks import excused_days
from ...sentences import Sentence, joined
from ..table import table
from .tapers import taper_words

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from .season import SeasonBreakdown

EPISODES = {"ill": "illness", "injury": "an injury", "pain": "pain", "travel": "travel", "life": "other demands"}
DAY = pd.Timedelta(days=1)


def day(date: Any) -> str:
    """A date as the tables write it.

    >>> day(pd.Timestamp("2026-11-01"))
    '1 Nov 2026'
    """
    return f"{date.day} {date:%b %Y}"


def number(value: float, digits: int = 0) -> str:
    """A number, or nothing where there is none.

    >>> number(-3.24, 1), number(float("nan"))
    ('−3.2', '')
    """
    if not math.isfinite(value):
        return ""
    return f"{value if round(value, digits) else 0.0:,.{digits}f}".replace("-", "−")


# --- what stands behind ---------------------------------------------------------------------------------------------


def stops(season: SeasonBreakdown) -> pd.DataFrame:
    """The breaks of the period (``calendar.breaks``), with the episodes the log notes then."""
    ran = season.history.activities
    dates = ran.loc[(ran["sport"] == "running") & (ran["duplicate_of"] == ""), "date"].dropna()
    rows = []
    for first, last, days in breaks(dates, start=season.start, end=season.end).itertuples(index=False):
        noted = season.events[
            (season.events["start"] <= last)
            & (season.events["end"].fillna(season.end) >= first)
            & season.events["kind"].isin(list(EPISODES))
        ]
        rows.append((first, last, days, joined(sorted({EPISODES[k] for k in noted["kind"]}))))
    return pd.DataFrame(rows, columns=["first", "last", "days", "noted"])


def seasons(season: SeasonBreakdown) -> pd.DataFrame:
    """Years back from the end where there are one and a half or more, else builds before main races, else halves."""
    weeks = (season.end - season.start).days / 7
    rows = []
    if weeks >= 78:
        last = season.end
        while last > season.start + pd.Timedelta(weeks=26) and len(rows) < 4:
            first = max(last - pd.Timedelta(weeks=52) + DAY, season.start)
            rows.append((f"{first:%b %Y} – {last:%b %Y}", first, last))
            last = first - DAY
        return pd.DataFrame(rows[::-1], columns=["name", "first", "last"])
    begin = season.history.activities["date"].min()
    last_race = None
    for race in season.main_races.to_dict("records"):
        first = race["date"] - pd.Timedelta(weeks=BUILD_WEEKS)
        first = max(first, begin, last_race + DAY if last_race is not None else begin)
        last_race = race["date"]
        if (race["date"] - first).days >= 56:
            name = f"before {race['name'] or day(race['date'])}"
            rows.append((name, first, race["date"] - DAY))
    if len(rows) >= 2:
        return pd.DataFrame(rows[-4:], columns=["name", "first", "last"])
    if weeks < BUILD_WEEKS:
        return pd.DataFrame([], columns=["name", "first", "last"])
    middle = season.end - pd.Timedelta(weeks=int(weeks / 2))
    rows = [
        (f"{season.start:%b} – {middle:%b %Y}", season.start, middle),
        (f"{middle + DAY:%b} – {season.end:%b %Y}", middle + DAY, season.end),
    ]
    return pd.DataFrame(rows, columns=["name", "first", "last"])


def season_numbers(season: SeasonBreakdown, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, float]:
    """What is compared between seasons, as numbers, races left out: a week's distance, hours, runs, ascent, more.

    NaN where more than a fifth of the runs did not measure it; intensity is by the one channel all seasons have.
    """
    own = season.training
    runs = own[(own["sport"] == "running") & (own["date"] >= first) & (own["date"] <= last)]
    weeks = ((last - first).days + 1) / 7
    split = pd.DataFrame(columns=["method", "zone", "value", "low", "high"])
    if season.common_channel:
        split = intensity_distribution(season.history.between(first, last), channel=season.common_channel)
    easy = split[(split["method"] == "time") & (split["zone"] == "low")]
    hard = split[(split["method"] == "session") & (split["zone"] == "high")]
    weekly = weeks_back(runs["date"], runs["distance_m"], through=last, first=first)
    lighter = season.lighter
    inside = lighter[(lighter["week"] >= first) & (lighter["week"] + 6 * DAY <= last)]
    return {
        "distance_m": measured_sum(runs["distance_m"]) / weeks,
        "scatter_m": float(weekly.std()) if len(weekly) > 2 else math.nan,
        "hours": measured_sum(runs["moving_time_s"]) / 3600 / weeks,
        "runs": len(runs) / weeks,
        "ascent_m": measured_sum(runs["ascent_m"]) / weeks,
        "longest_m": float(runs["distance_m"].max()) if len(runs) else math.nan,
        "easy": float(easy["value"].iloc[0]) if len(easy) else math.nan,
        "easy_low": float(easy["low"].iloc[0]) if len(easy) else math.nan,
        "easy_high": float(easy["high"].iloc[0]) if len(easy) else math.nan,
        "hard_runs": float(hard["value"].iloc[0]) if len(hard) else math.nan,
        "lighter": float(inside["is_step_back"].sum()) if len(inside) else math.nan,
        "excused": float(len(excused(season, first, last))),
        "weeks": weeks,
    }


def excused(season: SeasonBreakdown, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The days between two dates on which the log notes illness, injury, travel or other demands."""
    days = excused_days(season)
    return days[(days >= first) & (days <= last)]


# --- as they are shown ----------------------------------------------------------------------------------------------


def phases_table(season: SeasonBreakdown) -> Styler | Sentence:
    weeks = season.weeks
    if len(weeks) < 4:
        return season.sentence("phases")
    unit, per = _units.distance_unit(season.units), _units.distance_unit_m(season.units)
    block = (weeks["phase"] != weeks["phase"].shift()).cumsum()
    rows = []
    for _, part in weeks.groupby(block):
        sure = float(part["confidence"].mean())
        name = str(part["phase"].iloc[0])
        hard = part["hard_share"].mean() if part["hard_share"].notna().any() else math.nan
        rows.append(
            {
                "phase": f"({name})" if sure <= 0.5 else name,
                "from": day(part["week"].iloc[0]),
                "weeks": str(len(part)),
                f"{unit} a week": number(part["distance_m"].mean() / per, 1),
                f"longest, {unit}": number(part["longest_m"].max() / per, 1),
                "hard time, %": number(100 * hard, 0),
                "races": str(int(part["race_distance_m"].notna().sum()) or ""),
                "sure, %": number(100 * sure),
            }
        )
    frame = pd.DataFrame(rows)
    return table(frame.tail(12), text=("phase", "from"), caption="Phases, brackets = unsure")


def lighter_table(season: SeasonBreakdown) -> Styler | Sentence:
    found = season.lighter[season.lighter["is_step_back"]]
    if found.empty:
        return season.sentence("step_back")
    unit, per = _units.distance_unit(season.units), _units.distance_unit_m(season.units)
    rows = [
        {
            "week from": day(row.week),
            unit: number(row.value / per, 1),
            "of the three before, %": number(100 * row.share),
            "the log notes": _noted(season, row.week, row.week + 6 * DAY),
        }
        for row in found.tail(12).itertuples()
    ]
    many = f" (the last 12 of {len(found)})" if len(found) > 12 else ""
    return table(pd.DataFrame(rows), text=("week from", "the log notes"), caption=f"Lighter weeks{many}")


def _noted(season: SeasonBreakdown, first: pd.Timestamp, last: pd.Timestamp) -> str:
    events = season.events
    inside = events[(events["start"] <= last) & (events["end"].fillna(events["start"]) >= first)]
    words = sorted({EPISODES[k] for k in inside["kind"] if k in EPISODES})
    raced = season.races[(season.races["date"] >= first) & (season.races["date"] <= last)]
    before = season.races[(season.races["date"] >= first - 14 * DAY) & (season.races["date"] < first)]
    if len(raced):
        words.append("a race")
    elif len(before):
        words.append("just after a race")
    return joined(words)


def vertical_table(season: SeasonBreakdown) -> Styler | Sentence:
    runs = season.runs[season.runs["ascent_m"].notna()]
    if runs.empty:
        return season.sentence("vertical")
    metric = season.units == "metric"
    rise, unit = (1.0, "m") if metric else (_units.METRES_PER_FOOT, "ft")
    per, far = _units.distance_unit_m(season.units), _units.distance_unit(season.units)
    long = (season.end - season.start).days > 400
    period = runs["date"].dt.to_period("Q" if long else "M")
    rows = []
    for name, part in runs.groupby(period):
        by_day = part.groupby("date")["ascent_m"].sum()
        top = by_day.idxmax()
        rows.append(
            {
                "quarter" if long else "month": f"Q{name.quarter} {name.year}" if long else f"{name.start_time:%b %Y}",
                f"ascent, {unit}": number(part["ascent_m"].sum() / rise),
                f"{unit} per {far}": number(part["ascent_m"].sum() / rise / (part["distance_m"].sum() / per)),
                f"most in a day, {unit}": number(by_day.max() / rise),
                "on": day(top),
                "runs": f"{len(part)}",
            }
        )
    return table(pd.DataFrame(rows).tail(12), text=("month", "quarter", "on"), caption="Ascent of runs with altitude")


def stops_table(season: SeasonBreakdown) -> Styler | Sentence:
    rows = [
        {"what": "no run", "from": day(s.first), "to": day(s.last), "days": f"{s.days}", "the log notes": s.noted}
        for s in season.stops.itertuples()
    ]
    events = season.events[season.events["kind"].isin(list(EPISODES)) & (season.events["start"] >= season.start)]
    for event in events.itertuples():
        end = event.start if pd.isna(event.end) else event.end
        where = " ".join(w for w in (str(event.site or ""), str(event.side or "")) if w and w != "nan")
        rows.append(
            {
                "what": EPISODES[event.kind].removeprefix("an "),
                "from": day(event.start),
                "to": day(end),
                "days": f"{(end - event.start).days + 1}",
                "the log notes": where,
            }
        )
    if not rows:
        return season.sentence("stops")
    return table(pd.DataFrame(rows), text=("what", "from", "to", "the log notes"), caption="Stops and noted episodes")


def races_table(season: SeasonBreakdown) -> Styler | Sentence:
    found = season.season_results
    if found.empty:
        return season.sentence("races")
    cost = condition_costs(found)
    age = [_age_grade(season, race) for race in found.to_dict("records")]
    flat = found["time_s"] / (1 + cost["value"] / 100)
    metric = season.units == "metric"
    climb = found["ascent_m"] if metric else found["ascent_m"] / _units.METRES_PER_FOOT
    warm = found["temperature_c"] if metric else found["temperature_c"] * 9 / 5 + 32
    frame = pd.DataFrame(
        {
            "date": [day(d) for d in found["date"]],
            "race": [_named(race, season.units) for race in found.to_dict("records")],
            "time": [_units.format_duration(t) for t in found["time_s"]],
            f"ascent, {'m' if metric else 'ft'}": [number(v) for v in climb],
            "°C" if metric else "°F": [number(v) for v in warm],
            "cost, %": [
                f"{number(c.value, 1)} ({number(c.low, 1)}{'–' if c.low >= 0 else ' to '}{number(c.high, 1)})"
                for c in cost.itertuples()
            ],
            "flat and cool": [_units.format_duration(t) for t in flat],
            "age grade, %": age,
        }
    )
    if not any(age):
        frame = frame.drop(columns="age grade, %")
    return table(
        frame.tail(12),
        text=("date", "race"),
        caption="Races; cost = what such a climb and warmth usually take (80 % interval)",
    )


def _named(race: dict, units: str) -> str:
    """A race by its name and distance, the distance once."""
    far = _units.format_distance(race["distance_m"], units).replace(".0 ", " ")
    return f"{race['name']}, {far}" if race["name"] and far not in race["name"] else race["name"] or far


def _age_grade(season: SeasonBreakdown, race: dict) -> str:
    age, sex = season.athlete.age_on(race["date"]), season.athlete.sex
    if not math.isfinite(age) or sex not in ("f", "m") or race["kind"] in ("trail", "ultra"):
        return ""
    return number(age_grade(race["time_s"], race["distance_m"], age=int(age), sex=sex).value, 1)


def builds_table(season: SeasonBreakdown) -> Styler | Sentence:
    if season.builds.empty:
        return season.sentence("best_block")
    unit, per = _units.distance_unit(season.units), _units.distance_unit_m(season.units)
    times = season.results.set_index("date")["time_s"]
    rows = []
    for row in block_summary(season.builds).itertuples():
        part = season.builds[season.builds["race_date"] == row.race_date]
        known = "" if row.weeks_known >= BUILD_WEEKS else f" ({row.weeks_known} weeks known)"
        hard = part["hard_share"].mean() if part["hard_share"].notna().sum() >= 8 else math.nan
        rows.append(
            {
                "before": f"{row.race}, {day(row.race_date)}{known}",
                "result": _units.format_duration(float(times.get(row.race_date, math.nan))),
                f"{unit} a week": number(row.weekly_distance_m / per, 1),
                f"highest week, {unit}": number(row.peak_week_m / per, 1),
                f"longest, {unit}": number(row.longest_m / per, 1),
                "hard time, %": number(100 * hard),
                "days excused": number(row.excused_days),
            }
        )
    return table(pd.DataFrame(rows), text=("before",), caption="The 16 weeks before each main race, race not counted")


def taper_table(season: SeasonBreakdown) -> Styler | Sentence:
    last = season.last_taper
    if last.empty or not last["value"].notna().any():
        return season.sentence("taper")
    name = last["race"].iloc[0] or day(last["race_date"].iloc[0])
    return table(taper_words(last), text=("measure",), caption=f"The taper before {name}")


def changes_table(season: SeasonBreakdown) -> Styler | Sentence:
    parts = season.seasons
    if len(parts) < 2:
        return season.sentence("changed")
    unit, per = _units.distance_unit(season.units), _units.distance_unit_m(season.units)
    metric = season.units == "metric"
    rise, up = (1.0, "m") if metric else (_units.METRES_PER_FOOT, "ft")
    columns = {
        "a week or in all": [
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
    }
    for part, n in zip(parts.itertuples(), season.season_numbers, strict=True):
        easy = number(100 * n["easy"])
        if easy and math.isfinite(n["easy_low"]):
            easy += f" ({number(100 * n['easy_low'])}–{number(100 * n['easy_high'])})"
        columns[part.name] = [
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
    return table(pd.DataFrame(columns), text=("a week or in all",), caption="Seasons side by side, races not counted")
