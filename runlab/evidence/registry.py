"""The registry behind ``rl.explain``: one entry per metric, gathered from the topic files beside this one."""

from __future__ import annotations

from dataclasses import dataclass

GRADES = {
    "A": "several studies agree, or a direct measurement",
    "B": "one large or several small observational studies",
    "C": "coaching practice, written down by several coaches",
    "D": "runlab's own heuristic",
    "X": "contradicted by the evidence; shown only when asked for",
}


@dataclass(frozen=True)
class Source:
    """Where a claim comes from."""

    author: str
    year: int
    title: str
    journal: str = ""
    doi: str = ""


@dataclass(frozen=True)
class Entry:
    """What is known about one metric."""

    name: str
    meaning: str
    formula: str
    is_not: str
    grade: str
    sources: tuple[Source, ...]
    needs: str
    not_valid: str


ENTRIES: dict[str, Entry] = {}


def explain(name: str | None = None):
    """What a metric means, how sure one can be, and on whose word (being filled)."""
    return ENTRIES if name is None else ENTRIES[name]
