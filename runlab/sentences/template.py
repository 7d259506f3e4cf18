"""What every generated sentence carries, in which order, and how its numbers are written.

A template has parts in the order of the contract: claim with its number, comparison with the athlete's own baseline,
uncertainty, evidence grade, what would change it, at most one question. Fields are written ``{name:kind}``; the kind
says how the number is written and with which unit, so that no number can go without one.
"""

from __future__ import annotations

import math
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from .. import units as _units
from ..errors import SettingsError
from ..evidence import Estimate, grade_of
from .line import Sentence

READERS = ("athlete", "coach", "physio")
PARTS = ("claim", "comparison", "no_comparison", "uncertainty", "grade_note", "change", "question", "unknown")


@dataclass(frozen=True)
class Template:
    """One generated line, in parts; ``unknown`` is what is said where the number cannot be told.

    ``no_comparison`` stands where the numbers of ``comparison`` are not known, and says why (``apart``). ``metric`` is
    what it speaks of, and lends it its grade; ``grade`` stands where there is no metric of the registry. ``readers``
    holds the parts that one reader gets in other words.
    """

    claim: str
    comparison: str = ""
    no_comparison: str = ""
    uncertainty: str = ""
    metric: str = ""
    grade: str = ""
    grade_note: str = ""
    change: str = ""
    question: str = ""
    unknown: str = ""
    readers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.metric:
            object.__setattr__(self, "grade", grade_of(self.metric))

    @property
    def parts(self) -> dict[str, str]:
        """The parts that hold text, by name."""
        return {name: getattr(self, name) for name in PARTS if getattr(self, name)}

    def to(self, reader: str) -> Template:
        """The template in one reader's words."""
        other: dict[str, Any] = dict(self.readers.get(reader, {}))
        return replace(self, **other) if other else self


def _plural(count: float, noun: str) -> str:
    n = int(round(count))
    word = noun if n == 1 else f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeou" else f"{noun}s"
    return f"{n:,} {word}"


def _date(value: Any) -> str:
    day = pd.Timestamp(value)
    return f"{day.day} {day:%b %Y}"


def _share(value: float) -> str:
    """A share in per cent; "over 99 %" where it is nearly but not quite all."""
    return "over 99 %" if 0.995 <= value < 1 - 1e-9 else f"{100 * value:.0f} %"


def _signed(value: float) -> str:
    return "0" if round(value) == 0 else f"{value:+.0f}".replace("-", "−")


# How each kind of field is written: (value, units) -> text with its unit.
KINDS = {
    "distance": lambda v, u: _units.format_distance(v, u),
    "height": lambda v, u: _units.format_height(v, u),
    "pace": lambda v, u: _units.format_pace(v, u),
    "time": lambda v, u: _units.format_duration(v),
    "hours": lambda v, u: f"{v / 3600:.1f} h",
    "heart_rate": lambda v, u: f"{v:.0f} beats/min",
    "load": lambda v, u: f"{v:.0f} load points a day",
    "points": lambda v, u: f"{_signed(v)} points",
    "share": lambda v, u: _share(v),
    "change": lambda v, u: f"{_signed(100 * v)} %",
    "percent": lambda v, u: f"{abs(v):.1f} %" if abs(v) < 9.95 else f"{abs(v):.0f} %",
    "span": lambda v, u: ("−" if v < 0 else "+" if round(v) else "") + _units.format_duration(abs(v)),
    "temperature": lambda v, u: f"{v:.0f} °C" if u == "metric" else f"{v * 9 / 5 + 32:.0f} °F",
    "rate": lambda v, u: f"{v:.0f} g an hour",
    "date": lambda v, u: _date(v),
    "estimate": lambda v, u: v.text(u) if isinstance(v, Estimate) else str(v),
    "word": lambda v, u: str(v),
    "bare": lambda v, u: f"{v:,.0f}",  # only before "of {n:run}", which carries the unit
}
# Counted things: {n:run} is "1 run" or "12 runs".
COUNTS = frozenset(
    ("run", "activity", "week", "day", "month", "file", "race", "effort", "session", "entry", "jump", "question")
    + ("hour", "split", "stop", "leg", "lap", "noted line")
)


def is_known(value: Any) -> bool:
    """Whether a value can be written at all."""
    if isinstance(value, Estimate):
        return value.is_known
    if value is None or value is pd.NaT:
        return False
    return not (isinstance(value, float) and not math.isfinite(value))


def fields(text: str) -> list[tuple[str, str]]:
    """The ``(name, kind)`` of every field in a template's text.

    >>> fields("{recent:distance} a week, against {before:distance}")
    [('recent', 'distance'), ('before', 'distance')]
    """
    return [(name, kind or "") for _, name, kind, _ in string.Formatter().parse(text) if name]


def written(text: str, values: Mapping[str, Any], *, units: str = "metric") -> str:
    """A template's text with every field written as its kind says.

    >>> written("{recent:distance} over {n:week}", {"recent": 51700, "n": 4})
    '51.7 km over 4 weeks'
    """
    out = []
    for literal, name, kind, _ in string.Formatter().parse(text):
        out.append(literal)
        if name:
            if name not in values:
                raise SettingsError(f"sentence needs {name!r} ({kind}); found: {', '.join(values) or 'nothing'}")
            out.append(_plural(values[name], str(kind)) if kind in COUNTS else KINDS[str(kind)](values[name], units))
    return "".join(out)


def sentence(
    template: Template, values: Mapping[str, Any], *, units: str = "metric", reader: str = "coach", name: str = ""
) -> Sentence:
    """Fill a template; parts whose numbers are not known are left out, and without its claim it says "cannot tell".

    The athlete reads no note on the grade, the physiotherapist no question and nothing on what would change it.

    >>> volume = Template(claim="{recent:distance} a week.", comparison="Before: {before:distance}.", grade="A",
    ...                   unknown="Cannot tell how much: {reason:word}.")
    >>> sentence(volume, {"recent": 51700.0, "before": float("nan")})
    51.7 km a week. [A]
    >>> sentence(volume, {"recent": float("nan"), "reason": "no run here has a distance"})
    Cannot tell how much: no run here has a distance.
    """
    template = template.to(reader)

    def part(text: str) -> str:
        if not text or any(name in values and not is_known(values[name]) for name, _ in fields(text)):
            return ""
        words = " ".join(written(text, values, units=units).split())
        return words[:1].upper() + words[1:] if text.startswith("{") else words  # a field may begin a sentence in words

    change, question = ("", "") if reader == "physio" else (template.change, template.question)
    claim = part(template.claim)
    if claim:
        note = part(template.grade_note) if reader != "athlete" else ""
        grade = f"[{template.grade}]" if template.grade else ""
        compared = part(template.comparison) or (part(template.no_comparison) if "apart" in values else "")
        sure, then, asked = part(template.uncertainty), part(change), part(question)
        noted = f"{grade[:-1]}: {note}]" if note else grade
        line = Sentence(" ".join(filter(None, [f"**{claim}**", compared, sure, noted, then, asked])))
        line.support = " ".join(filter(None, [compared, sure, grade]))
        line.fine = " ".join(filter(None, [then, f"{note[:1].upper()}{note[1:]}." if note else ""]))
    else:
        head, mark, reason = written(template.unknown, values, units=units).partition(":")
        then, asked = (part(text) if {n for n, _ in fields(text)} <= set(values) else "" for text in (change, question))
        line = Sentence(" ".join(filter(None, [f"**{head}**{mark}{reason}", then, asked])))
        claim, line.known = head, False
        reason = reason.strip()
        line.support, line.fine = f"{reason[:1].upper()}{reason[1:]}", then
    line.name, line.claim, line.question, line.facts = name, claim, asked, dict(values)
    return line
