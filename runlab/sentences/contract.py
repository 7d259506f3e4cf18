"""What every generated sentence carries, in which order, and the lint that holds the templates to it.

A template has parts in the order of the contract: claim with its number, comparison with the athlete's own baseline,
uncertainty, evidence grade, what would change it, at most one question. Fields are written ``{name:kind}``; the kind
says how the number is written and with which unit, so that no number can go without one.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from .. import units as _units
from ..errors import SettingsError
from ..evidence import Estimate, grade_of

GRADES = ("A", "B", "C", "D", "X")

# Words a coach never has to read from a machine: diagnosis, cause, blame, false certainty.
BANNED = re.compile(
    r"\b(diagnos\w*|caus(?:e|ed|es|ing)|because of|due to|will|guarantee\w*|certain(?:ly)?|always|never|proves?|proven|"
    r"risk of injury is|injury risk|danger\w*|fail(?:ed|s|ure)?|bad|lazy|poor(?:ly)?|weak|wrong|only|unproductive|"
    r"overtrain\w*|overreach\w*|red|blame\w*|fault|guilty|should have|must|unfit|disappoint\w*)\b",
    re.IGNORECASE,
)
# Capitals that are words everyone knows, or not abbreviations at all.
_PLAIN = {"GPS", "OK"}
_UNIT_AFTER = re.compile(
    r"^\s?(?:%|km|mi|m\b|s\b|h\b|min|days?|weeks?|months?|runs?|runners|years?|hours?|zones?|of\b|races?|sessions?|standard|"
    r"athletes?|studies)"
)


@dataclass(frozen=True)
class Template:
    """One generated line, in parts; ``unknown`` is what is said where the number cannot be told.

    ``no_comparison`` stands where the numbers of ``comparison`` are not known, and says why (``apart``). ``metric`` is
    what it speaks of, and lends it its grade; ``grade`` stands where there is no metric of the registry.
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

    def __post_init__(self) -> None:
        if self.metric:
            object.__setattr__(self, "grade", grade_of(self.metric))

    @property
    def parts(self) -> dict[str, str]:
        """The parts that hold text, by name."""
        names = ("claim", "comparison", "no_comparison", "uncertainty", "grade_note", "change", "question", "unknown")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Sentence(str):
    """A finished line: a string that a notebook shows as a paragraph with its claim in bold.

    >>> Sentence("**Cannot tell**: no run here has heart rate.")
    Cannot tell: no run here has heart rate.
    """

    claim: str = ""
    question: str = ""

    @property
    def brief(self) -> Sentence:
        """The claim and the question alone, for where the rest was said before."""
        return Sentence(f"**{self.claim}** {self.question}".strip()) if self.claim else self

    @property
    def plain(self) -> str:
        """The words without any mark-up."""
        return str(self).replace("**", "")

    def __repr__(self) -> str:
        return self.plain

    def _repr_html_(self) -> str:
        body = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(str(self), quote=False))
        body = re.sub(r"\[([A-DX](?:: [^\]]*)?)\]", r'<span class="grade">[\1]</span>', body)
        body = re.sub(r"(?<=\d) (?=(?:%|km|mi|h|m|ft|beats)\b|%)", "\u00a0", body)
        return f'<p class="sentence">{body}</p>'


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
COUNTS = (
    "run",
    "activity",
    "week",
    "day",
    "month",
    "file",
    "race",
    "effort",
    "session",
    "entry",
    "jump",
    "question",
    "hour",
    "split",
    "stop",
    "leg",
    "lap",
    "noted line",
)


def _known(value: Any) -> bool:
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
                raise SettingsError(f"sentence needs {name!r} ({kind}); given: {', '.join(values) or 'nothing'}")
            out.append(_plural(values[name], str(kind)) if kind in COUNTS else KINDS[str(kind)](values[name], units))
    return "".join(out)


def sentence(template: Template, values: Mapping[str, Any], *, units: str = "metric") -> Sentence:
    """Fill a template; parts whose numbers are not known are left out, and without its claim it says "cannot tell".

    >>> volume = Template(claim="{recent:distance} a week.", comparison="Before: {before:distance}.", grade="A",
    ...                   unknown="Cannot tell how much: {reason:word}.")
    >>> sentence(volume, {"recent": 51700.0, "before": float("nan")})
    51.7 km a week. [A]
    >>> sentence(volume, {"recent": float("nan"), "reason": "no run here has a distance"})
    Cannot tell how much: no run here has a distance.
    """

    def part(text: str) -> str:
        if not text or any(name in values and not _known(values[name]) for name, _ in fields(text)):
            return ""
        words = written(text, values, units=units)
        return words[:1].upper() + words[1:] if text.startswith("{") else words  # a field may begin a sentence in words

    claim = part(template.claim)
    if not claim:
        head, mark, rest = written(template.unknown, values, units=units).partition(":")
        body = f"**{head}**{mark}{rest}"
        tail = [
            part(text) for text in (template.change, template.question) if {n for n, _ in fields(text)} <= set(values)
        ]
        return Sentence(" ".join(filter(None, [body, *tail])))
    note = part(template.grade_note)
    grade = f"[{template.grade}{': ' + note if note else ''}]" if template.grade else ""
    pieces = [
        f"**{claim}**",
        part(template.comparison) or (part(template.no_comparison) if "apart" in values else ""),
        part(template.uncertainty),
        grade,
        part(template.change),
        part(template.question),
    ]
    whole = Sentence(" ".join(filter(None, pieces)))
    whole.claim, whole.question = claim, part(template.question)
    return whole


def lint(templates: Mapping[str, Template]) -> list[str]:
    """Everything in a set of templates that breaks the sentence contract, one line each; nothing if all is well.

    >>> lint({"x": Template(claim="You will fail at {n}")})[:2]
    ["x.claim: banned word 'will'", "x.claim: banned word 'fail'"]
    """
    problems = []
    for name, template in templates.items():
        for part, text in template.parts.items():
            literal = "".join(piece for piece, *_ in string.Formatter().parse(text))
            problems += [f"{name}.{part}: {line}" for line in lint_text(literal)]
            problems += [
                f"{name}.{part}: field {field!r} has no known kind ({kind or 'none'})"
                for field, kind in fields(text)
                if kind not in KINDS and kind not in COUNTS
            ]
            if part != "question" and "?" in text:
                problems.append(f"{name}.{part}: a question belongs in the question part")
        if template.grade not in (*GRADES, ""):
            problems.append(f"{name}: grade {template.grade!r} is none of {', '.join(GRADES)}")
        if fields(template.claim):
            if not template.grade:
                problems.append(f"{name}: a claim with a number needs an evidence grade")
            if not template.unknown.lower().startswith("cannot tell"):
                problems.append(f"{name}: needs an 'unknown' text that starts with 'Cannot tell'")
            if not template.uncertainty and "estimate" not in {kind for _, kind in fields(template.claim)}:
                problems.append(f"{name}: no uncertainty (an interval, n, or the share of clean data)")
        if template.question and (template.question.count("?") != 1 or not template.question.endswith("?")):
            problems.append(f"{name}.question: exactly one question, ending in '?'")
    return problems


def lint_text(text: str) -> list[str]:
    """What breaks the contract in a piece of finished or literal text.

    >>> lint_text("Danger: ACWR 1.6")
    ["banned word 'Danger'", "abbreviation 'ACWR' is not explained", "number '1.6' has no unit"]
    """
    found = [f"banned word {match.group()!r}" for match in BANNED.finditer(text)]
    glossed = set(re.findall(r"\(([A-Z][A-Za-z]*[A-Z]\w*)[;,)]", text)) | set(re.findall(r"\b([A-Z]{2,}\w*) \(", text))
    for match in re.finditer(r"\b[A-Z]{2,}\w*\b", text):
        if match.group() not in glossed | _PLAIN:
            found.append(f"abbreviation {match.group()!r} is not explained")
    for match in re.finditer(r"(?<![\w.:–/])\d+(?:[.,:]\d+)*(?![\w:])", text):
        after = text[match.end() :]
        in_range = re.match(r"\s?(?:–|to)\s?\d", after)
        if not _UNIT_AFTER.match(after) and not in_range and not re.match(r"\s?/", after):
            found.append(f"number {match.group()!r} has no unit")
    return found


def joined(words: Iterable[str]) -> str:
    """A list as a person says it.

    >>> joined(["sleep", "soreness", "mood"])
    'sleep, soreness and mood'
    """
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


__all__ = [
    "BANNED",
    "COUNTS",
    "KINDS",
    "Sentence",
    "Template",
    "fields",
    "joined",
    "lint",
    "lint_text",
    "sentence",
    "written",
]
