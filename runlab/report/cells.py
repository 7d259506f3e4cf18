"""Tables and quotations that the review and the season share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from .. import units as _units
from ..clean import audit
from ..evidence.estimate import format_quantity
from .grid import day, number, table
from .sheet import Quote
from .wording import EPISODES, ache, episodes, race_name

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from .facts import AthleteFacts

WITH_RACES = ("volume", "long runs")  # candidates that count races too, where the page leaves them out
MOST_QUOTES = 15
IN_SIGHT, WORDS_IN_SIGHT = 4, 40


def races(facts: AthleteFacts) -> Styler | None:
    """The period's races: time, goal, what the watch said, and which were the best so far."""
    found = facts.period_results
    if found.empty:
        return None
    frame = pd.DataFrame(
        {
            "date": [day(d) for d in found["date"]],
            "race": [race_name(race, facts.units) for race in found.to_dict("records")],
            "time": [_units.format_duration(t) for t in found["time_s"]],
            "official": ["yes" if source == "official" else "no" for source in found["time_from"]],
            "watch": [_units.format_duration(t) for t in found["watch_s"]],
            "goal": [_units.format_duration(t) for t in found["goal_s"]],
            "": ["best so far" if best else "" for best in found["is_best"]],
        }
    )
    return table(frame.tail(12), text=("date", "race", ""), caption="Races of the period, the latest last")


def stops(facts: AthleteFacts) -> Styler | None:
    """Times without a run and noted episodes."""
    rows = [
        {
            "what": "no run",
            "from": day(s.first),
            "to": day(s.last),
            "days": f"{s.days}",
            "the log notes": episodes(s.kinds),
        }
        for s in facts.stops.itertuples()
    ]
    for event in facts.episodes(facts.start, facts.end).itertuples():
        last = facts.end if pd.isna(event.end) else event.end
        where = ache({"site": event.site, "side": event.side}) if event.kind in ("pain", "injury") else ""
        rows.append(
            {
                "what": EPISODES[event.kind].removeprefix("an "),
                "from": day(event.start),
                "to": "not over" if pd.isna(event.end) else day(last),
                "days": f"{(last - event.start).days + 1}",
                "the log notes": where,
            }
        )
    if not rows:
        return None
    return table(pd.DataFrame(rows), text=("what", "from", "to", "the log notes"), caption="Stops and noted episodes")


def limiters(facts: AthleteFacts) -> Styler:
    """Every candidate with its number, what it is held against, and a question."""
    rows = []
    for r in facts.limiters.itertuples():
        unit = r.unit if r.unit in ("m", "m/s", "s") else ""
        word = lambda v, unit=unit: (  # noqa: E731
            "" if not math.isfinite(v) else format_quantity(v, unit, facts.units) if unit else f"{v:.3g}"
        )
        rows.append(
            {
                "candidate": f"{r.candidate}, races counted" if r.candidate in WITH_RACES else r.candidate,
                "now": word(r.value),
                "held against": word(r.reference),
                "unit": "" if unit else r.unit,
                "the log": r.says,
                "ask": r.question,
            }
        )
    text = ("candidate", "unit", "the log", "ask")
    return table(pd.DataFrame(rows), text=text, caption="What may hold the athlete back: candidates, not findings")


def data_issues(facts: AthleteFacts) -> Styler | None:
    """What cannot be trusted in the recordings, how much of them it touches, and what it may change."""
    found = audit(facts.log)
    if found.empty:
        return None
    rows = [
        {
            "issue": r.meaning,
            "activities": f"{r.activities}",
            "of the time, %": number(100 * r.share_of_time, 1),
            "it may change": r.effect,
        }
        for r in found.itertuples()
    ]
    return table(pd.DataFrame(rows), text=("issue", "it may change"), caption="What the quality checks found")


def unread(facts: AthleteFacts) -> Styler | None:
    """Files and cells that could not be read or trusted."""
    found = facts.history.problems
    if found.empty:
        return None
    inside = found["path"].str.removeprefix(f"{facts.athlete.name}/")
    frame = found.assign(path=inside).rename(columns={"path": "file", "reason": "what is wrong"})
    frame = frame[["file", "what is wrong", "kept"]]
    return table(frame, text=tuple(frame.columns), caption="Files and cells that need a look")


def asked(rows: list[tuple[str, str]]) -> Styler | None:
    """Questions, each with the number it comes from."""
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["ask", "because"])
    return table(frame, text=("ask", "because"), caption="What to ask, and why")


def _quoted(facts: AthleteFacts) -> list[str]:
    """What was written, the newest first, the same words once with all their days; at most fifteen."""
    out = []
    for text, part in facts.words.groupby("text", sort=False):
        dates = [day(d) if k == 0 else f"{d.day} {d:%b}" for k, d in enumerate(part["date"]) if pd.notna(d)]
        many = f", {', '.join(dates[1:3])}" if dates[1:] else ""
        more = f" and {len(dates) - 3} more" if len(dates) > 3 else ""
        out.append(f"{dates[0]}{many}{more}: {text}" if dates else str(text))
    return out[:MOST_QUOTES]


def _in_sight(lines: list[str]) -> list[str]:
    """The first few that are short enough to stand in sight."""
    kept: list[str] = []
    for line in lines:
        if len(kept) < IN_SIGHT and sum(len(k.split()) for k in [*kept, line]) <= WORDS_IN_SIGHT:
            kept.append(line)
    return kept


def quotes(facts: AthleteFacts) -> Quote | None:
    """The newest of what athlete and coach wrote."""
    shown = _in_sight(_quoted(facts))
    return Quote("\n\n".join(shown)) if shown else None


def more_quotes(facts: AthleteFacts) -> Quote | None:
    """The rest of it, up to fifteen in all."""
    lines = _quoted(facts)
    rest = [line for line in lines if line not in _in_sight(lines)]
    return Quote("\n\n".join(rest)) if rest else None
