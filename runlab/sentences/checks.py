"""The lint that holds every template to the sentence contract, and finished text to its words."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping

from .template import COUNTS, KINDS, READERS, Template, fields

GRADES = ("A", "B", "C", "D", "X")

# Words a coach never has to read from a machine: diagnosis, cause, blame, false certainty.
BANNED = re.compile(
    r"\b(diagnos\w*|caus(?:e|ed|es|ing)|because of|due to|will|guarantee\w*|certain(?:ly)?|always|never|proves?|proven|"
    r"risk of injury is|injury risk|danger\w*|fail(?:ed|s|ure)?|bad|lazy|poor(?:ly)?|weak|wrong|only|unproductive|"
    r"overtrain\w*|overreach\w*|red|blame\w*|fault|guilty|should have|must|unfit|disappoint\w*)\b",
    re.IGNORECASE,
)
# Capitals that are words everyone knows, or not abbreviations at all.
PLAIN_CAPITALS = {"GPS", "OK"}
_UNIT_AFTER = re.compile(
    r"^\s?(?:%|km|mi|m\b|s\b|h\b|g\b|min|days?|weeks?|months?|runs?|runners|years?|hours?|zones?|of\b|races?|sessions?|standard|"
    r"athletes?|studies)"
)


def lint(templates: Mapping[str, Template]) -> list[str]:
    """Everything in a set of templates that breaks the sentence contract, one line each; nothing if all is well.

    >>> lint({"x": Template(claim="You will fail at {n}")})[:2]
    ["x.claim: banned word 'will'", "x.claim: banned word 'fail'"]
    """
    problems = []
    everyone = dict(templates.items())
    for name, template in templates.items():
        everyone |= {f"{name} ({reader})": template.to(reader) for reader in READERS if reader in template.readers}
    for name, template in everyone.items():
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
        if match.group() not in glossed | PLAIN_CAPITALS:
            found.append(f"abbreviation {match.group()!r} is not explained")
    for match in re.finditer(r"(?<![\w.:–/])\d+(?:[.,:]\d+)*(?![\w:])", text):
        after = text[match.end() :]
        in_range = re.match(r"\s?(?:–|to)\s?\d", after)
        if not _UNIT_AFTER.match(after) and not in_range and not re.match(r"\s?/", after):
            found.append(f"number {match.group()!r} has no unit")
    return found
