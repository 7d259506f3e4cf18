"""The debrief's lists: what holds, what needs care in the recording, questions, unknowns, one change, the way back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...sheet import Quote

if TYPE_CHECKING:
    from ..facts import DebriefFacts

# Lists are written to the athlete; another reader reads of the athlete.
OTHERS = {
    r"\bYour\b": "The athlete's",
    r"\byour\b": "the athlete's",
    r"\bYou\b": "The athlete",
    r"\byou\b": "the athlete",
}


def for_reader(facts: DebriefFacts, lines: list[str]) -> list[str]:
    """Lines written to the athlete, turned for another reader."""
    if facts.reader != "athlete":
        for pattern, other in OTHERS.items():
            lines = [re.sub(pattern, other, text) for text in lines]
    return lines


def words(facts: DebriefFacts) -> Quote:
    return Quote(facts.tables.words)


def celebrate(facts: DebriefFacts) -> list[str]:
    return for_reader(facts, list(facts.tables.celebrate)[:3])


def data(facts: DebriefFacts) -> list[str]:
    found = facts.tables.data_check
    if not len(found):
        return ["Nothing in the recording asks for care."]
    order = found.sort_values("severity", key=lambda s: s != "matters", kind="stable")
    return [str(line) for line in order["finding"]]


def unknown(facts: DebriefFacts) -> list[str]:
    rows = facts.tables.unknown.to_dict("records")
    if facts.reader == "physio":
        return [f"{row['what'].capitalize()}: {row['why']}." for row in rows] or ["What was not recorded."]
    return [f"{row['what'].capitalize()}: {str(row['why']).rstrip('.')}. {row['question']}".strip() for row in rows]


def not_known(facts: DebriefFacts) -> list[str]:
    """What no file holds, in one line, for the card."""
    names = (
        [str(row) for row in facts.tables.unknown["what"]] if len(facts.tables.unknown) else ["stomach", "head", "life"]
    )
    names = [name for name in names if name != "weather"][:5]
    return [f"{', '.join(names).capitalize()}."]


def questions(facts: DebriefFacts) -> list[str]:
    return list(facts.tables.questions)[:6]


def change(facts: DebriefFacts) -> list[str]:
    found = facts.tables.one_change
    rows = (("change", "Change"), ("why", "Why"), ("keep", "Keep"))
    lines = [f"**{name}**: {found[key]}" for key, name in rows if found.get(key)]
    return for_reader(facts, lines or ["Nothing in the files asks for a change, or stands out as the thing to keep."])


def ladder(facts: DebriefFacts) -> list[str]:
    return for_reader(facts, [str(row["words"] or row["sign"]) for row in facts.tables.recovery.to_dict("records")])
