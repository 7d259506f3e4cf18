"""The registry behind ``rl.explain``: one entry per metric, gathered from ``runlab/data/evidence``."""

from __future__ import annotations

import difflib
import textwrap
from dataclasses import dataclass
from functools import cache
from html import escape

import pandas as pd

from ..data import FOLDER, table
from ..errors import SettingsError

GRADES = {
    "A": "several studies agree, or a direct measurement",
    "B": "one large or several small observational studies",
    "C": "coaching practice, written down by several coaches",
    "D": "runlab's own heuristic",
    "X": "contradicted by the evidence; shown only when asked for",
}


@dataclass(frozen=True)
class Source:
    """Where a claim comes from.

    >>> Source("Buist I et al.", 2008, "No effect of a graded training program", "Am J Sports Med 36:33")
    Buist I et al. 2008. No effect of a graded training program. Am J Sports Med 36:33.
    """

    author: str
    year: int
    title: str
    journal: str = ""
    doi: str = ""

    def __repr__(self) -> str:
        parts = [f"{self.author} {self.year}", self.title, self.journal]
        said = ". ".join(part.rstrip(".") for part in parts if part) + "."
        return said + (f" doi:{self.doi}" if self.doi else "")


@dataclass(frozen=True)
class Entry:
    """What is known about one metric: meaning, formula in words, what it is not, grade, sources, needs, limits.

    ``grade`` is one of A, B, C, D, X (see ``GRADES``); ``aliases`` are other names it answers to.

    >>> entry = Entry("ascent", "Metres climbed.", "Sum of the rises.", "A true value.", "C", (), "altitude",
    ...               "no altitude")
    >>> print(entry)
    ascent [C: coaching practice, written down by several coaches]
      Metres climbed.
      How:       Sum of the rises.
      Is not:    A true value.
      Needs:     altitude
      Not valid: no altitude
    """

    name: str
    meaning: str
    formula: str
    is_not: str
    grade: str
    sources: tuple[Source, ...]
    needs: str
    not_valid: str
    aliases: tuple[str, ...] = ()
    topic: str = ""

    def __post_init__(self) -> None:
        if self.grade not in GRADES:
            raise SettingsError(
                f"evidence entry {self.name!r}: grade must be one of {', '.join(GRADES)}, not {self.grade!r}"
            )

    @property
    def _lines(self) -> list[tuple[str, str]]:
        return [
            ("How", self.formula),
            ("Is not", self.is_not),
            ("Needs", self.needs),
            ("Not valid", self.not_valid),
            *(("Source", repr(source)) for source in self.sources),
        ]

    def __repr__(self) -> str:
        head = [
            f"{self.name} [{self.grade}: {GRADES[self.grade]}]",
            textwrap.fill(self.meaning, 100, initial_indent="  ", subsequent_indent="  "),
        ]
        for label, words in self._lines:
            head.append(textwrap.fill(words, 100, initial_indent=f"  {label + ':':<11}", subsequent_indent=" " * 13))
        return "\n".join(head)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left;vertical-align:top'>{label}</th>"
            f"<td style='text-align:left'>{escape(words)}</td></tr>"
            for label, words in self._lines
        )
        head = f"<b>{escape(self.name)}</b> [{self.grade}: {escape(GRADES[self.grade])}]"
        return f"<div>{head}<br>{escape(self.meaning)}<table>{rows}</table></div>"


@cache
def entries() -> dict[str, Entry]:
    """Every entry by name, from the topic files of ``runlab/data/evidence``, in order of topic.

    >>> entries()["single_run_spike"].grade
    'B'
    """
    works = {key: Source(**fields) for key, fields in table("evidence/sources").items()}
    found: dict[str, Entry] = {}
    for topic in sorted(path.stem for path in FOLDER.glob("evidence/*.toml") if path.stem != "sources"):
        for name, fields in table(f"evidence/{topic}").items():
            if name in found:
                raise SettingsError(f"evidence: {name!r} has an entry twice ({found[name].topic} and {topic})")
            fields |= {"sources": tuple(works[key] for key in fields["sources"])}
            fields |= {"aliases": tuple(fields.get("aliases", ())), "topic": topic}
            found[name] = Entry(name=name, **fields)
    return found


def explain(name: str | None = None) -> Entry | pd.DataFrame:
    """What a metric means, how sure one can be, and on whose word; without a name, the table of all.

    Takes the name of a function or one of its columns ("form", "monotony"). Returns an Entry, which prints as a page,
    or a frame metric, topic, grade, meaning, is_not, needs, not_valid, sources.
    Raises SettingsError for an unknown name, with the nearest one known.

    >>> explain("acute_chronic_ratio").grade
    'X'
    >>> explain()[["metric", "grade"]].head(2).to_numpy().tolist()
    [['acute_chronic_ratio', 'X'], ['banister_trimp', 'B']]
    """
    known = entries()
    if name is None:
        rows = [
            (e.name, e.topic, e.grade, e.meaning, e.is_not, e.needs, e.not_valid, "; ".join(map(repr, e.sources)))
            for e in known.values()
        ]
        columns = ["metric", "topic", "grade", "meaning", "is_not", "needs", "not_valid", "sources"]
        return pd.DataFrame(rows, columns=columns).sort_values(["topic", "metric"], ignore_index=True)
    others = {alias: entry.name for entry in known.values() for alias in entry.aliases}
    short = str(name).rpartition(".")[2]
    if short in known:
        return known[short]
    if short in others:
        return known[others[short]]
    near = difflib.get_close_matches(short, [*known, *others], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise SettingsError(f"no metric {name!r} in the registry{hint} All names: rl.explain()")


@cache
def grade_of(name: str) -> str:
    """The grade a metric has in the registry: the one every estimate, table and sentence about it bears.

    Takes the name of a metric or an alias. Raises SettingsError for an unknown one.

    >>> grade_of("threshold"), grade_of("age_grade")
    ('D', 'A')
    """
    return str(explain(name).grade)
