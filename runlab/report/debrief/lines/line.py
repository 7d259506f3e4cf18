"""How every line of the debrief is written, and the words several of them share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ....sentences import Sentence, say

if TYPE_CHECKING:
    from ..facts import DebriefFacts


def line(facts: DebriefFacts, name: str, /, **values: Any) -> Sentence:
    """A sentence of the debrief's, for its reader and in the athlete's units."""
    return say(f"debrief.{name}", values, units=facts.units, reader=facts.reader)


KINDS = {
    "ill": "illness",
    "injury": "an injury",
    "pain": "pain",
    "travel": "travel",
    "life": "other demands",
    "no runs": "no runs (the log does not say why)",
}


def minutes(seconds: float) -> str:
    """A length of time as a person says it: 45 s, 12 min, 2 h 51 min."""
    if not math.isfinite(seconds):
        return "·"
    if seconds < 90:
        return f"{seconds:.0f} s"
    whole = int(round(seconds / 60))
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02d} min"


def change_words(percent: float) -> str:
    """A change in per cent with its sign."""
    return f"{percent:+.0f} %".replace("-", "−")
