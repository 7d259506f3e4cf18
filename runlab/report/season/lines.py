"""What the season breakdown says: one sentence a question, each from the facts."""

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
from ..grid import day
from ..lines import UNSURE, around_race, comparison_basis, limiters, long_run, result, stops
from ..wording import band, counted, distance, percent

if TYPE_CHECKING:
    from .facts import SeasonFacts

DAY = pd.Timedelta(days=1)
PHASES = ("base", "build", "peak", "taper", "recovery", "break")


def line(facts: SeasonFacts, name: str, /, **values: Any) -> Sentence:
    """A sentence of the breakdown's, in the athlete's units."""
    return say(f"season.{name}", values, units=facts.units)


def period(facts: SeasonFacts) -> Sentence:
    runs = facts.runs
    if runs.empty:
        return line(facts, "period", weeks=math.nan, reason="no run lies in this period")
    earlier = facts.begin < facts.start - DAY
    return line(
        facts,
        "period",
        weeks=max(round(((facts.end - facts.start).days + 1) / 7), 1),
        first=facts.start,
        last=facts.end,
        runs=len(runs),
        distance=float(runs["distance_m"].sum()),
        time=float(runs["moving_time_s"].sum()),
        log_begins=f"The log begins {day(facts.begin)}." if earlier else "That is the whole of this log.",
        clean=clean_share_of(facts.activities),
    )


def phases(facts: SeasonFacts) -> Sentence:
    weeks = facts.weeks
    if len(weeks) < 4:
        return line(facts, "phases", stretches=None, reason=f"needs 4 weeks with runs; found {len(weeks)}")
    counts = weeks["phase"].value_counts()
    names = [f"{counts[k]} of {k}" for k in PHASES if k in counts]
    first, rest = names[0].split(" ", 1)
    names[0] = f"{first} week{'' if first == '1' else 's'} {rest}"
    n = int(weeks["race_distance_m"].notna().sum())
    return line(
        facts,
        "phases",
        stretches=joined(names),
        raced_weeks=f"{counted(n, 'week')} hold{'s' if n == 1 else ''} a race." if n else "",
        confidence=float(weeks["confidence"].mean()),
    )


def volume(facts: SeasonFacts) -> Sentence:
    metres, whole = facts.period_weeks.dropna(), facts.lighter.dropna(subset=["value"])
    if len(metres) < 4 or not metres.sum() > 0 or whole.empty:
        return line(
            facts, "volume", weekly_mean=math.nan, reason=f"needs 4 whole weeks with distance; found {len(metres)}"
        )
    low, high = np.quantile(metres, [0.1, 0.9])
    long = len(facts.weekly.metres) >= 24
    return line(
        facts,
        "volume",
        weekly_mean=float(metres.mean()),
        weekly_peak=float(whole["value"].max()),
        peak_week=whole.loc[whole["value"].idxmax(), "week"],
        weekly_12=facts.weekly.last(12) if long else math.nan,
        weekly_best=facts.weekly.best[0] if long else math.nan,
        weekly_low=float(low),
        weekly_high=float(high),
        counted_weeks=len(metres),
        around=around_race(facts) if facts.weekly.last(4) < 0.9 * facts.weekly.last(12) else "",
    )


def consistency(facts: SeasonFacts) -> Sentence:
    found = facts.consistency
    if not found.is_known:
        return line(facts, "consistency", kept=math.nan, reason=found.basis)
    states = found.table["state"].value_counts()
    free = found.table[(found.table["excused_days"] < 1) & (found.table["run_days"] > 0)]
    out = int(states.get("excused", 0))
    return line(
        facts,
        "consistency",
        kept=int(states.get("kept", 0)),
        judged=int(found.n),
        usual_days=float(free["run_days"].median()),
        excused=f"{counted(out, 'week')} more {'was' if out == 1 else 'were'} excused." if out else "",
        habit=f"{found.low:.0f} to {found.high:.0f} % of weeks",
    )


def step_back(facts: SeasonFacts) -> Sentence:
    judged = facts.lighter[facts.lighter["share"].notna()]
    if len(judged) < 4:
        reason = f"needs 4 whole weeks after the first 3; found {len(judged)}"
        return line(facts, "step_back", lighter_weeks=math.nan, reason=reason)
    light = judged[judged["is_step_back"]]
    if light.empty:
        return line(facts, "step_back_none", judged_weeks=len(judged))
    return line(
        facts,
        "step_back",
        lighter_weeks=len(light),
        judged_weeks=len(judged),
        longest_stretch=longest_stretch(facts.lighter),
    )


def longest_stretch(table: pd.DataFrame) -> int:
    """The most weeks in a row that were neither lighter nor a break.

    >>> longest_stretch(pd.DataFrame({"is_step_back": [False, True, False, False], "value": [5.0, 3, 5, 5]}))
    2
    """
    best = now = 0
    for full in (~table["is_step_back"] & (table["value"] > 0)).to_numpy():
        now = now + 1 if full else 0
        best = max(best, now)
    return best


def intensity(facts: SeasonFacts) -> Sentence:
    table = facts.intensity.set_index(["method", "zone"])
    if table.empty or not math.isfinite(table.loc[("time", "low"), "value"]):
        reason = "no run in this period" if table.empty else table["basis"].iloc[0]
        return line(facts, "intensity", easy_time=math.nan, reason=reason)
    easy = table.loc[("time", "low")]
    easy_band = f"{100 * easy['low']:.0f} to {100 * easy['high']:.0f} %"
    if easy["high"] - easy["low"] > TOO_WIDE:
        reason = f"the threshold is not known closely enough; the easy share could be {easy_band}"
        return line(facts, "intensity", easy_time=math.nan, reason=reason)
    middle = (facts.shown_from + (facts.end - facts.shown_from) / 2).normalize()
    halves = compare_intensity(facts.history, (facts.shown_from, middle), (middle + DAY, facts.end))
    return line(
        facts,
        "intensity",
        easy_time=float(easy["value"]),
        easy_runs=float(table.loc[("session", "low"), "value"]),
        hard_time=float(table.loc[("time", "high"), "value"]),
        easy_before=halves.before,
        easy_after=halves.after,
        halves=comparison_basis(halves, "The two halves of that time"),
        easy_band=easy_band,
        placed=int(easy["n"]),
        shown_runs=int(easy["n"] + easy["unmeasured"]),
        placed_by=easy["basis"],
    )


def long_runs(facts: SeasonFacts) -> Sentence:
    runs = facts.shown_training
    if runs.empty:
        return line(facts, "long_runs", long_usual=math.nan, reason="no run outside races has a distance")
    by_week = runs.groupby(runs["date"].dt.to_period("W"))["distance_m"].max()
    top = runs.loc[runs["distance_m"].idxmax()]
    return line(
        facts,
        "long_runs",
        long_usual=float(by_week.median()),
        longest=float(top["distance_m"]),
        longest_day=top["date"],
        weeks_run=len(by_week),
    )


def vertical(facts: SeasonFacts) -> Sentence:
    runs = facts.runs[facts.runs["ascent_m"].notna()]
    if runs.empty:
        return line(facts, "vertical", climb=math.nan, reason="no run here carries an altitude")
    weeks = max(((facts.end - facts.start).days + 1) / 7, 1.0)
    by_day = runs.groupby("date")["ascent_m"].sum()
    share = runs["ascent_m"].sum() / runs["distance_m"].sum() if runs["distance_m"].sum() > 0 else math.nan
    mile = share * _units.METRES_PER_MILE / _units.METRES_PER_FOOT
    late = in_last_weeks(facts.runs["date"], 12, through=facts.end)
    compared = compare_periods(
        facts.runs[~late],
        facts.runs[late],
        "ascent_m",
        statistic=lambda rows: rows["ascent_m"].mean(),
        what="altitude",
    )
    apart = weeks >= 24 and not compared.is_known
    return line(
        facts,
        "vertical",
        climb=float(runs["ascent_m"].sum()) / weeks,
        climb_per=f"{1000 * share:.0f} m for each km" if facts.units == "metric" else f"{mile:.0f} ft for each mile",
        climb_top=float(by_day.max()),
        climb_day=by_day.idxmax(),
        climb_12=measured_sum(facts.runs[late]["ascent_m"]) / 12 if weeks >= 24 and compared.is_known else math.nan,
        climb_apart=f"The last 12 weeks cannot be compared with those before: {compared.basis.removeprefix(UNSURE)}."
        if apart
        else "",
        climb_known=len(runs),
        runs=len(facts.runs),
    )


def races(facts: SeasonFacts) -> Sentence:
    found = facts.race_trend
    if not found.is_known:
        return line(facts, "races_unsure", trend_change=None, reason=found.basis)
    words = {"progress": "getting faster", "plateau": "about level", "decline": "getting slower"}
    values = {"trend_change": percent(found.value), "trend_races": int(found.n), "trend_band": band(found)}
    if found.verdict in words:
        return line(facts, "races_moved", trend=words[found.verdict], **values)
    return line(facts, "races_unsure", **values)


def same(facts: SeasonFacts) -> Sentence | None:
    """The last race that was run before under the same name; None without one."""
    if facts.same.empty:
        return None
    last = facts.same.iloc[-1]
    named = facts.results[facts.results["date"] == last["date"]]["name"]
    return line(
        facts,
        "same_race",
        again=str(named.iloc[0] if len(named) else last["race"]),
        again_change=percent(last["value"]),
        again_verdict=last["verdict"],
        again_conditions="heat and hills taken out" if last["warmth_known"] else "the heat of the two days not known",
        again_n=int(last["n"]),
        again_band=band(last),
    )


def pace_at_heart_rate(facts: SeasonFacts) -> Sentence:
    found = facts.pace_trend
    if not found.is_known:
        return line(facts, "pace_unsure", at_heart=math.nan, reason=found.basis)
    table = found.table
    values = {
        "at_heart": float(facts.pace_runs["reference_bpm"].iloc[0]),
        "pace_now": float(table["value"].iloc[-1]),
        "pace_band": band(found),
        "pace_runs": int(found.n),
        "weather": " in cool weather" if table["warmth_known"].mean() >= 0.5 else ", whatever the weather was",
    }
    if found.verdict not in ("faster", "slower"):
        return line(facts, "pace_unsure", pace_change=percent(found.value), **values)
    warm = found.basis.split("; ")[-1]
    return line(
        facts,
        "pace_moved",
        pace_change=f"{abs(found.value):.1f} %",
        pace_verdict=found.verdict,
        temperature=f"{warm[:1].upper()}{warm[1:]}.",
        **values,
    )


def durability(facts: SeasonFacts) -> Sentence:
    found = facts.durability
    if not found.is_known:
        return line(facts, "durability", drift=None, reason=found.basis)
    before, now = facts.durability_halves
    used = found.table[found.table["used"].astype(bool)]
    cooled = used["temperature_c"].notna().mean() >= 0.5
    words = f"Median of single runs: {now:.1f} % in the last 12 weeks, {before:.1f} % before."
    return line(
        facts,
        "durability",
        drift=f"{found.value:.1f} %".replace("-", "−"),
        drift_before=words.replace("-", "−") if math.isfinite(before) and math.isfinite(now) else "",
        drift_runs=int(found.n),
        drift_weather="brought to a cool day" if cooled else "warm days among them or not",
        drift_band=f"{found.low:.1f} to {found.high:.1f} %".replace("-", "−"),
    )


def dynamics(facts: SeasonFacts) -> Sentence:
    table = facts.dynamics
    now = table[(table["channel"] == "cadence_spm") & table["value"].notna()]
    if now.empty:
        reason = str(table[table["channel"] == "cadence_spm"]["basis"].iloc[0]) if len(table) else "no cadence recorded"
        return line(facts, "dynamics", stride_pace=math.nan, reason=f"{reason} in the last 4 weeks")
    middle = now.iloc[int(now["n"].to_numpy().argmax())]
    usual = facts.usual_dynamics
    usual = usual[(usual["channel"] == "cadence_spm") & (usual["speed_mps"] == middle["speed_mps"])]
    known = len(usual) and math.isfinite(usual["value"].iloc[0])
    side = facts.symmetry
    return line(
        facts,
        "dynamics",
        stride_pace=float(middle["speed_mps"]),
        cadence_before=f"In the year before: {_steps(usual.iloc[0])}." if known else "",
        balance=f"Left and right: {side.verdict}." if side.is_known else "",
        stride_runs=int(middle["n"]),
        cadence=_steps(middle),
    )


def _steps(row: pd.Series) -> str:
    """Cadence, with its interval where that is wider than a step."""
    wide = row["high"] - row["low"] > 1
    return f"{row['value']:.0f} steps/min" + (f" ({row['low']:.0f}–{row['high']:.0f})" if wide else "")


def best_block(facts: SeasonFacts) -> Sentence:
    best, until = facts.weekly.best
    if len(facts.weekly.metres) < 13 or not math.isfinite(best):
        reason = f"needs 13 whole weeks; found {len(facts.weekly.metres)}"
        return line(facts, "best_block", best_until=pd.NaT, reason=reason)
    after = facts.results[facts.results["date"].between(until - 6 * DAY, until + 42 * DAY)]
    followed = "No race with a time lies in the 6 weeks after."
    if len(after):
        race = after.loc[after["distance_m"].idxmax()]
        followed = (
            f"Within 6 weeks of it came {race['name'] or 'a race'}, {distance(race['distance_m'], facts.units)} in "
            f"{_units.format_duration(race['time_s'])}."
        )
    elif until > facts.end - 42 * DAY:
        followed = "The 6 weeks after are not over yet."
    return line(facts, "best_block", best_until=until, weekly_best=best, followed=followed)


def taper(facts: SeasonFacts) -> Sentence:
    rows = facts.last_taper
    if rows.empty:
        return line(facts, "taper", taper_race=None, reason="no race with a result lies in this period")
    race_day = rows["race_date"].iloc[0]
    name = rows["race"].iloc[0] or day(race_day)
    length, depth = rows.loc["length"], rows.loc["depth"]
    if not math.isfinite(length["value"]):
        cut = str(length["basis"]).partition("it was cut short by: ")[2]
        reason = f"what was planned and what was lost stand together ({cut})" if cut else length["basis"]
        return line(facts, "taper", taper_race=None, reason=reason)
    n = int(length["own_n"])
    earlier = f"Earlier tapers: {length['own']:.0f} days, the median of {n}." if n > 1 else ""
    earlier = f"No taper of 4 days or more before {n} earlier races either." if n > 1 and length["own"] < 4 else earlier
    earlier = f"The taper before that: {length['own']:.0f} days." if n == 1 else earlier
    values = {"taper_race": name, "earlier_tapers": earlier or "No earlier taper lies in this log."}
    if not math.isfinite(depth["value"]):
        falling = int(rows.loc["strict_weeks", "value"])
        words = f"Each of the last {falling} weeks held less than the one before, yet no less than weeks here scatter."
        return line(
            facts,
            "taper_none",
            last_week=1 - float(rows.loc["last_week", "value"]) / 100,
            falling=words if falling >= 2 else "",
            **values,
        )
    away = facts.episodes(race_day - (int(length["value"]) + 1) * DAY, race_day - DAY)
    return line(
        facts,
        "taper",
        taper_days=int(length["value"]),
        taper_depth=float(depth["value"] / 100),
        lost_days="Noted episodes lie in it." if len(away) else "",
        **values,
    )


def changed(facts: SeasonFacts) -> Sentence:
    parts = facts.seasons
    if len(parts) < 2:
        reason = "needs two builds, or 16 weeks to split; found less"
        return line(facts, "changed", weekly_later=math.nan, reason=reason)
    names = [_part(part) for part in parts.iloc[-2:].itertuples()]
    old, new = (row for _, row in facts.season_numbers.iloc[-2:].iterrows())
    if not (old["distance_m"] > 0 and math.isfinite(new["distance_m"])):
        bad = names[1] if old["distance_m"] > 0 else names[0]
        reason = f"more than a fifth of the runs {bad} have no distance"
        if old["distance_m"] == 0:
            reason = f"no run with a distance {names[0]}"
        return line(facts, "changed", weekly_later=math.nan, reason=reason)
    scatter = math.sqrt(np.nanmean([old["scatter_m"] ** 2, new["scatter_m"] ** 2]))
    others = [
        f"{name} from {_word(old[key], key, facts)} to {_word(new[key], key, facts)}"
        for key, name in (("runs", "runs a week"), ("ascent_m", "ascent a week"), ("longest_m", "the longest run"))
        if old[key] > 0 and math.isfinite(new[key]) and abs(new[key] / old[key] - 1) > 0.15
    ]
    if abs(new["excused"] - old["excused"]) >= BREAK_DAYS:
        others.append(f"excused days from {old['excused']:.0f} to {new['excused']:.0f}")
    words = joined(others)
    values = {
        "earlier": names[0],
        "later": names[1],
        "weekly_earlier": float(old["distance_m"]),
        "weekly_later": float(new["distance_m"]),
        "scatter": scatter,
        "others": f"{words[:1].upper()}{words[1:]}." if words else "",
    }
    if abs(new["distance_m"] - old["distance_m"]) <= scatter:
        return line(facts, "changed_little", **values)
    return line(facts, "changed", change=float(new["distance_m"] / old["distance_m"] - 1), **values)


def _part(part: Any) -> str:
    """One of the parts set side by side, as it stands in a sentence."""
    return f"in {part.name}" if pd.isna(part.race_date) else f"before {part.name}"


def _word(value: float, key: str, facts: SeasonFacts) -> str:
    if key == "runs":
        return f"{value:.1f}"
    return (_units.format_height if key == "ascent_m" else _units.format_distance)(value, facts.units)


SENTENCES = {
    "period": period,
    "result": result,
    "phases": phases,
    "volume": volume,
    "consistency": consistency,
    "step_back": step_back,
    "intensity": intensity,
    "long_runs": long_runs,
    "long_run": long_run,
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
    "limiters": limiters,
}
