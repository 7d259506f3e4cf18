"""Which questions a debrief asks, in which order, for whom, and of which races."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from ...sentences import AUDIENCES, Sentence

if TYPE_CHECKING:
    from .debrief import RaceDebrief

ATHLETE, COACH, PHYSIO = AUDIENCES


@dataclass(frozen=True)
class Section:
    """One question: its heading, its readers, and whether this race has an answer at all."""

    heading: str
    readers: tuple[str, ...] = AUDIENCES
    applies: Callable[[RaceDebrief], bool] = lambda _: True


class Heading(str):
    """A heading that a notebook shows as one."""

    def _repr_html_(self) -> str:
        return f"<h2>{escape(self)}</h2>"

    def __repr__(self) -> str:
        return str(self)


class Lines(list):
    """A short list of sentences that a notebook shows as one."""

    def _repr_html_(self) -> str:
        items = "".join(
            Sentence(line)._repr_html_().replace('<p class="sentence">', "<li>").replace("</p>", "</li>")
            for line in self
        )
        return f'<ul class="findings">{items}</ul>'

    def __repr__(self) -> str:
        return "\n".join(f"- {Sentence(line).plain}" for line in self)


class Words(str):
    """Somebody's own words, shown as a quotation and left as they are."""

    def _repr_html_(self) -> str:
        parts = "".join(f"<p>{escape(part.strip())}</p>" for part in self.split("\n\n") if part.strip())
        return f"<blockquote>{parts}</blockquote>"

    def __repr__(self) -> str:
        return str(self)


def _finished(debrief: RaceDebrief) -> bool:
    return debrief.tables.finished


def _any(name: str) -> Callable[[RaceDebrief], bool]:
    return lambda debrief: len(getattr(debrief.tables, name)) > 0


SECTIONS: dict[str, Section] = {
    "words": Section("In the athlete's own words", (ATHLETE, COACH), lambda d: bool(d.tables.words)),
    "celebrate": Section("What holds, whatever the time", (ATHLETE, COACH), _any("celebrate")),
    "forecast": Section("Was this result in the cards?", (ATHLETE, COACH), _finished),
    "data": Section("What can be trusted?"),
    "race": Section("What happened on the way?"),
    "legs": Section("Where was the time spent, leg by leg?", (ATHLETE, COACH), lambda d: d.by_legs),
    "ground": Section("Which ground slowed?", AUDIENCES, lambda d: d.is_long),
    "night": Section("What did the dark go with?", (ATHLETE, COACH), _any("night")),
    "pacing": Section("How was it paced?", (ATHLETE, COACH)),
    "waterfall": Section("Where did the time go?", (ATHLETE, COACH), _finished),
    "body": Section("How did the body do it?"),
    "map": Section("Where was it fast, where slow?", (ATHLETE, COACH), lambda d: d.has_map),
    "fuel": Section("What was eaten, and how warm was it?", (ATHLETE, COACH)),
    "build": Section("How did the build compare?"),
    "unknown": Section("What cannot be known from the files"),
    "stories": Section("Other stories that fit as well", (ATHLETE, COACH), _any("other_stories")),
    "questions": Section("Questions to the athlete", (ATHLETE, COACH), _any("questions")),
    "change": Section("One change, one keep", (ATHLETE, COACH), lambda d: bool(d.tables.one_change)),
    "recovery": Section("When is the body ready again?", AUDIENCES, _any("recovery")),
    "next": Section("What is now in the middle?", (ATHLETE, COACH), _finished),
    "appendix": Section("What this rests on", (COACH, PHYSIO)),
}
