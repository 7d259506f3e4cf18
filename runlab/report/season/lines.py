"""What the season breakdown says: one sentence per question, each from the breakdown's own tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ...calendar import BREAK_DAYS, in_last_weeks, measured_sum
from ...clean import clean_share_of
from ...plots.intensity import TOO_WIDE
from ...progression.comparison import compare_intensity, compare_periods
from ...sentences import Sentence, joined, say
from ..review import lines as review_lines
from . import sheets

if TYPE_CHECKING:
    from .season import SeasonBreakdown

DAY = pd.Timedelta(days=1)
WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def line(season: SeasonBreakdown, name: str, /, **values: Any) -> Sentence:
    """A sentence of the breakdown's, in the athlete's units."""
    return say(f"season.{name}", values, units=season.units)


def percent(value: float, digits: int = 1) -> str:
    """A change in per cent with its sign.

    >>> percent(-1.84)
    '−1.8 %'
    """
    return f"{value:+.{digits}f} %".replace("-", "−") if round(value, digits) else f"{0:.{digits}f} %"


def band(found: Any, digits: int = 1) -> str:
    """The interval of a change.

    >>> from runlab.evidence import Estimate
    >>> band(Estimate(1.0, -0.5, 2.5))
    '−0.5 to +2.5 %'
    """
    return f"{found.low:+.{digits}f} to {found.high:+.{digits}f} %".replace("-", "−")


def period(season: SeasonBreakdown) -> Sentence:
    runs = season.runs
    if runs.empty:
        return line(season, "period", weeks=math.nan, reason="no run lies in this period")
    earlier = season.history.activities["date"].min()
    before = (
        f"The log begins {sheets.day(earlier)}." if earlier < season.start - DAY else "That is the whole of this log."
    )
    return line(
        season,
        "period",
        weeks=max(round(((season.end - season.start).days + 1) / 7), 1),
        first=season.start,
        last=season.end,
        runs=len(runs),
        distance=float(runs["distance_m"].sum()),
        time=float(runs["moving_time_s"].sum()),
        before=before,
        clean=clean_share_of(season.activities),
    )


def phases(season: SeasonBreakdown) -> Sentence:
    weeks = season.weeks
    if len(weeks) < 4:
        return line(season, "phases", stretches=None, reason=f"needs 4 weeks with runs; found {len(weeks)}")
    counts = weeks["phase"].value_counts()
    order = [k for k in ("base", "build", "peak", "taper", "recovery", "break") if k in counts]
    said = [f"{counts[k]} {'week' if counts[k] == 1 else 'weeks'} of {k}" for k in order]
    n = int(weeks["race_distance_m"].notna().sum())
    raced = f"{WORDS[n] if n < 13 else n} {'week holds' if n == 1 else 'weeks hold'} a race." if n else ""
    return line(
        season,
        "phases",
        stretches=joined(said),
        races=raced,
        confidence=float(weeks["confidence"].mean()),
        weeks=len(weeks),
        ask="Does that match the season as it was meant",
    )


def volume(season: SeasonBreakdown) -> Sentence:
    weeks = season.lighter.dropna(subset=["value"])
    if len(weeks) < 4 or not weeks["value"].sum() > 0:
        return line(season, "volume", mean=math.nan, reason=f"needs 4 whole weeks with distance; found {len(weeks)}")
    metres = weeks["value"]
    low, high = np.quantile(metres, [0.1, 0.9])
    history = season.weekly_training_m
    return line(
        season,
        "volume",
        mean=float(metres.mean()),
        peak=float(metres.max()),
        day=weeks.loc[metres.idxmax(), "week"],
        recent=float(history.tail(12).mean()) if len(history) >= 24 else math.nan,
        best=float(history.rolling(12).mean().max()) if len(history) >= 24 else math.nan,
        low=float(low),
        high=float(high),
        weeks=len(weeks),
    )


def consistency(season: SeasonBreakdown) -> Sentence:
    found = season.consistency
    if not found.is_known:
        return line(season, "consistency", kept=math.nan, reason=found.basis)
    states = found.table["state"].value_counts()
    judged, kept = int(found.n), int(states.get("kept", 0))
    out = int(states.get("excused", 0))
    usual = found.basis.split("about the usual ")[-1].split(";")[0]
    excused = f"{WORDS[out] if out < 13 else out} more {'was' if out == 1 else 'were'} excused." if out else ""
    return line(
        season,
        "consistency",
        kept=kept,
        judged=judged,
        usual=usual,
        excused=excused,
        band=f"{found.low:.0f} to {found.high:.0f} % of weeks",
    )


def step_back(season: SeasonBreakdown) -> Sentence:
    table = season.lighter
    judged = table[table["share"].notna()]
    if len(judged) < 4:
        return line(
            season, "step_back", n=math.nan, reason=f"needs 4 whole weeks after the first 3; found {len(judged)}"
        )
    light = judged[judged["is_step_back"]]
    if light.empty:
        return line(season, "step_back_none", weeks=len(judged))
    return line(
        season,
        "step_back",
        n=len(light),
        weeks=len(judged),
        last=light["week"].iloc[-1],
        longest=longest_stretch(table),
        ask="Which of them were planned",
    )


def longest_stretch(table: pd.DataFrame) -> int:
    """The most weeks in a row that were neither lighter nor a break.

    >>> longest_stretch(pd.DataFrame({"is_step_back": [False, True, False, False], "value": [5.0, 3, 5, 5]}))
    2
    """
    loaded = (~table["is_step_back"] & (table["value"] > 0)).to_numpy()
    best = now = 0
    for full in loaded:
        now = now + 1 if full else 0
        best = max(best, now)
    return best


def intensity(season: SeasonBreakdown) -> Sentence:
    table = season.season_intensity.set_index(["method", "zone"])
    if table.empty or not math.isfinite(table.loc[("time", "low"), "value"]):
        reason = "no run in this period" if table.empty else table["basis"].iloc[0]
        return line(season, "intensity", easy=math.nan, reason=reason)
    easy = table.loc[("time", "low")]
    monthly = season.monthly_intensity
    shown = monthly[(monthly["method"] == "time") & (monthly["zone"] == "low") & monthly["value"].notna()]
    # The picture's own rule, so that picture and sentence agree.
    if ((shown["high"] - shown["low"]) * shown["n"]).sum() > TOO_WIDE * shown["n"].sum():
        reason = (
            f"the threshold is not known closely enough; the share could be {100 * easy['low']:.0f}–"
            f"{100 * easy['high']:.0f} %"
        )
        return line(season, "intensity", easy=math.nan, reason=reason)
    middle = season.start + (season.end - season.start) / 2
    halves = compare_intensity(
        season.history, (season.start, middle.normalize()), (middle.normalize() + DAY, season.end)
    )
    return line(
        season,
        "intensity",
        easy=float(easy["value"]),
        sessions=float(table.loc[("session", "low"), "value"]),
        hard=float(table.loc[("time", "high"), "value"]),
        first=halves.before,
        second=halves.after,
        coverage=halves.basis,
        apart=math.nan if halves.is_known else halves.basis,
        band=f"{100 * easy['low']:.0f}–{100 * easy['high']:.0f} %",
        placed=int(easy["n"]),
        runs=int(easy["n"] + easy["unmeasured"]),
        basis=easy["basis"],
    )


def long_runs(season: SeasonBreakdown) -> Sentence:
    raced = set(season.results["activity_id"])
    runs = season.runs[season.runs["distance_m"].notna() & ~season.runs["activity_id"].isin(raced)]
    if runs.empty:
        return line(season, "long_runs", median=math.nan, reason="no run outside races has a distance")
    longest = runs.groupby(runs["date"].dt.to_period("W"))["distance_m"].max()
    top = runs.loc[runs["distance_m"].idxmax()]
    earlier = season.all_activities
    earlier = earlier[(earlier["sport"] == "running") & (earlier["date"] < season.start)]["distance_m"]
    return line(
        season,
        "long_runs",
        median=float(longest.median()),
        longest=float(top["distance_m"]),
        day=top["date"],
        before=float(earlier.max()) if earlier.notna().any() else math.nan,
        weeks=len(longest),
    )


def vertical(season: SeasonBreakdown) -> Sentence:
    runs = season.runs[season.runs["ascent_m"].notna()]
    if runs.empty:
        return line(season, "vertical", climb=math.nan, reason="no run here carries an altitude")
    weeks = max(((season.end - season.start).days + 1) / 7, 1.0)
    by_day = runs.groupby("date")["ascent_m"].sum()
    metric = season.units == "metric"
    share = runs["ascent_m"].sum() / runs["distance_m"].sum() if runs["distance_m"].sum() > 0 else math.nan
    per = (
        f"{1000 * share:.0f} m for each km"
        if metric
        else f"{share * _units.METRES_PER_MILE / _units.METRES_PER_FOOT:.0f} ft for each mile"
    )
    late = in_last_weeks(season.runs["date"], 12, through=season.end)
    compared = compare_periods(
        season.runs[~late],
        season.runs[late],
        "ascent_m",
        statistic=lambda rows: rows["ascent_m"].mean(),
        what="altitude",
    )
    return line(
        season,
        "vertical",
        climb=float(runs["ascent_m"].sum()) / weeks,
        per=per,
        top=float(by_day.max()),
        day=by_day.idxmax(),
        recent=measured_sum(season.runs[late]["ascent_m"]) / 12 if weeks >= 24 and compared.is_known else math.nan,
        apart=compared.basis if weeks >= 24 and not compared.is_known else math.nan,
        known=len(runs),
        runs=len(season.runs),
    )


def stops(season: SeasonBreakdown) -> Sentence:
    found = season.stops
    if season.runs.empty:
        return line(season, "stops", n=None, reason="no run lies in this period")
    if found.empty:
        dates = pd.Series(sorted(set(season.runs["date"])))
        longest = int(max((dates.diff().dt.days - 1).max(), 0)) if len(dates) > 1 else 0
        return line(season, "no_stops", days=longest, weeks=max(round((season.end - season.start).days / 7), 1))
    top = found.loc[found["days"].idxmax()]
    n = len(found)
    many = f"{WORDS[n] if n < 13 else n} {'stop' if n == 1 else 'stops'} of 7 days or more without a run; "
    many += "it" if n == 1 else "the longest"
    noted = f"The log notes {top['noted']} then." if top["noted"] else "The log does not say why."
    ask = "How did the first weeks back feel" if top["noted"] else "What happened in those days"
    return line(season, "stops", n=many, days=int(top["days"]), first=top["first"], noted=noted, ask=ask)


def races(season: SeasonBreakdown) -> Sentence:
    found = season.race_trend
    if not found.is_known:
        return line(season, "races_unsure", change=None, reason=found.basis)
    words = {"progress": "getting faster", "plateau": "about level", "decline": "getting slower"}
    values = {"change": percent(found.value), "races": int(found.n), "band": band(found)}
    if found.verdict in words:
        return line(season, "races_moved", verdict=words[found.verdict], **values)
    return line(season, "races_unsure", ask="Which of these were all-out", **values)


def same(season: SeasonBreakdown) -> Sentence:
    again = season.same[season.same["n"] > 1]
    again = again[again["date"] >= season.start]
    if again.empty:
        return line(season, "same_race", race=None, reason="no race under one name was run twice")
    last = again.sort_values("date").iloc[-1]
    named = season.results[season.results["date"] == last["date"]]["name"]
    return line(
        season,
        "same_race",
        race=str(named.iloc[0] if len(named) else last["race"]),
        change=percent(last["value"]),
        verdict=last["verdict"],
        conditions="heat and hills taken out" if last["warmth_known"] else "the heat of the two days not being known",
        n=int(last["n"]),
        band=band(last),
    )


def pace_at_heart_rate(season: SeasonBreakdown) -> Sentence:
    found = season.pace_trend
    if not found.is_known:
        return line(season, "pace_unsure", heart=math.nan, reason=found.basis)
    table = found.table
    values = {
        "heart": float(season.pace_runs["reference_bpm"].iloc[0]),
        "pace": float(table["value"].iloc[-1]),
        "band": band(found),
        "runs": int(found.n),
        "weather": " in cool weather" if table["warmth_known"].mean() >= 0.5 else ", whatever the weather was",
    }
    if found.verdict not in ("faster", "slower"):
        return line(season, "pace_unsure", change=percent(found.value), **values)
    warm = found.basis.split("; ")[-1]
    return line(
        season,
        "pace_moved",
        change=f"{abs(found.value):.1f} %",
        verdict=found.verdict,
        temperature=f"{warm[:1].upper()}{warm[1:]}.",
        **values,
    )


def durability(season: SeasonBreakdown) -> Sentence:
    found = season.durability
    if not found.is_known:
        return line(season, "durability", value=None, reason=found.basis)
    used = found.table[found.table["used"].astype(bool)]
    recent = in_last_weeks(used["date"], 12, through=season.end)
    late, early = used.loc[recent, "value"], used.loc[~recent, "value"]
    before = (
        f"Single runs of the last 12 weeks had a median of {late.median():.1f} %, those before {early.median():.1f} %."
        if len(early) >= 3 and len(late) >= 3
        else ""
    ).replace("-", "−")
    return line(
        season,
        "durability",
        value=f"{found.value:.1f} %".replace("-", "−"),
        before=before,
        runs=int(found.n),
        weather="brought to a cool day"
        if used["temperature_c"].notna().mean() >= 0.5
        else "warm days among them or not",
        band=f"{found.low:.1f} to {found.high:.1f} %".replace("-", "−"),
    )


def dynamics(season: SeasonBreakdown) -> Sentence:
    table = season.dynamics
    now = table[(table["channel"] == "cadence_spm") & table["value"].notna()]
    if now.empty:
        reason = str(table[table["channel"] == "cadence_spm"]["basis"].iloc[0]) if len(table) else "no cadence recorded"
        return line(season, "dynamics", pace=math.nan, reason=f"{reason} in the last 4 weeks")
    middle = now.iloc[int(now["n"].to_numpy().argmax())]
    usual = season.usual_dynamics
    usual = usual[(usual["channel"] == "cadence_spm") & (usual["speed_mps"] == middle["speed_mps"])]
    before = ""
    if len(usual) and math.isfinite(usual["value"].iloc[0]):
        row = usual.iloc[0]
        before = f"In the year before it was {_steps(row)} at that pace."
    side = season.symmetry
    balance = f"From {int(middle['n'])} runs at that pace."
    if side.is_known:
        balance += f" Left and right: {side.verdict} ({side.basis.split(',')[1].strip()})."
    return line(
        season,
        "dynamics",
        pace=float(middle["speed_mps"]),
        before=before,
        balance=balance,
        cadence=_steps(middle),
    )


def _steps(row: pd.Series) -> str:
    """Cadence, with its interval where that is wider than a step."""
    wide = row["high"] - row["low"] > 1
    return f"{row['value']:.0f} steps/min" + (f" ({row['low']:.0f}–{row['high']:.0f})" if wide else "")


def best_block(season: SeasonBreakdown) -> Sentence:
    weekly = season.weekly_training_m
    if len(weekly) < 13:
        return line(season, "best_block", day=pd.NaT, reason=f"needs 13 whole weeks; found {len(weekly)}")
    block = weekly.rolling(12).mean()
    at = int(block.idxmax())
    until = season.end - pd.Timedelta(weeks=len(weekly) - 1 - at)
    after = season.results[(season.results["date"] > until - 7 * DAY) & (season.results["date"] <= until + 42 * DAY)]
    followed = "No race with a time lies in the 6 weeks after."
    if len(after):
        race = after.loc[after["distance_m"].idxmax()]
        followed = (
            f"Within 6 weeks of it came {race['name'] or 'a race'}, "
            f"{_units.format_distance(race['distance_m'], season.units).replace('.0 ', ' ')} in "
            f"{_units.format_duration(race['time_s'])}."
        )
    elif until > season.end - 42 * DAY:
        followed = "The 6 weeks after are not over yet."
    return line(
        season,
        "best_block",
        day=until,
        distance=float(block.max()),
        followed=followed,
        recent=float(block.iloc[-1]) if at < len(weekly) - 1 else math.nan,
        ask="What made those weeks possible",
    )


def taper(season: SeasonBreakdown) -> Sentence:
    review = season.last_taper
    if review.empty:
        return line(season, "taper", race=None, reason="no race with a result lies in this period")
    rows = review.set_index("measure")
    name = review["race"].iloc[0] or sheets.day(review["race_date"].iloc[0])
    length, depth = rows.loc["length"], rows.loc["depth"]
    if not math.isfinite(length["value"]):
        return line(season, "taper", race=None, reason=length["basis"])
    if not math.isfinite(depth["value"]):
        share = 1 - rows.loc["last_week", "value"] / 100
        return line(season, "taper_none", race=name, share=float(share), own=_own(length))
    race_day = review["race_date"].iloc[0]
    lost = sheets.excused(season, race_day - (int(length["value"]) + 1) * DAY, race_day - DAY)
    said = f"{len(lost)} ill or otherwise excused {'day lies' if len(lost) == 1 else 'days lie'} in it."
    return line(
        season,
        "taper",
        race=name,
        days=int(length["value"]),
        depth=float(depth["value"] / 100),
        own=_own(length),
        lost=said if len(lost) else "",
        ask="How fresh did the legs feel on race morning",
    )


def _own(length: pd.Series) -> str:
    n = int(length["own_n"])
    if not n:
        return "There is no earlier taper in this log to set it against."
    return f"The athlete's own earlier tapers had a median of {length['own']:.0f} days (n = {n})."


def changed(season: SeasonBreakdown) -> Sentence:
    parts = season.seasons
    if len(parts) < 2:
        return line(
            season, "changed", a="", before=math.nan, reason="needs two builds, or 16 weeks to split; found less"
        )
    a, b = (parts.iloc[k] for k in (-2, -1))
    old, new = season.season_numbers[-2:]
    if not (old["distance_m"] > 0 and math.isfinite(new["distance_m"])):
        which = b if old["distance_m"] > 0 else a
        reason = f"more than a fifth of the runs of “{which['name']}” have no distance"
        if not math.isnan(old["distance_m"]) and which is a:
            reason = f"no run with a distance {a['name']}"
        return line(season, "changed", a="", before=math.nan, reason=reason)
    change = new["distance_m"] / old["distance_m"] - 1
    scatter = math.sqrt(np.nanmean([old["scatter_m"] ** 2, new["scatter_m"] ** 2]))
    doubt = 1.28 * scatter * math.sqrt(1 / old["weeks"] + 1 / new["weeks"])
    apart = abs(new["distance_m"] - old["distance_m"]) > doubt
    weight = "a difference of this size is more than that scatter" if apart else "the difference is within it"
    others = [
        f"{name} from {_word(old[key], key, season)} to {_word(new[key], key, season)}"
        for key, name in (("runs", "runs a week"), ("ascent_m", "ascent a week"), ("longest_m", "the longest run"))
        if old[key] > 0 and math.isfinite(new[key]) and abs(new[key] / old[key] - 1) > 0.15
    ]
    if abs(new["excused"] - old["excused"]) >= BREAK_DAYS:
        others.append(f"excused days from {old['excused']:.0f} to {new['excused']:.0f}")
    said = joined(others)
    return line(
        season,
        "changed",
        a=f"“{a['name']}”",
        b=f"“{b['name']}”",
        before=float(old["distance_m"]),
        after=float(new["distance_m"]),
        change=float(change),
        scatter=float(scatter),
        weight=weight,
        others=f"{said[:1].upper()}{said[1:]}." if said else "Runs a week, ascent and the longest run are much alike.",
    )


def _word(value: float, key: str, season: SeasonBreakdown) -> str:
    if key == "runs":
        return f"{value:.1f}"
    return (_units.format_height if key == "ascent_m" else _units.format_distance)(value, season.units)


SENTENCES = {
    "period": period,
    "phases": phases,
    "volume": volume,
    "consistency": consistency,
    "step_back": step_back,
    "intensity": intensity,
    "long_runs": long_runs,
    "long_run": review_lines.long_run,
    "vertical": vertical,
    "stops": stops,
    "races": races,
    "same_race": same,
    "pace_at_heart_rate": pace_at_heart_rate,
    "durability": durability,
    "dynamics": dynamics,
    "best_block": best_block,
    "taper": taper,
    "changed": changed,
}
