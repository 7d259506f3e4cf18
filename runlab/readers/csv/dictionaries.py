"""The dictionaries: which words mean which column, unit or choice (``runlab/data/csv``). They grow by adding data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ...data import table
from ..sports import by_word

#: Normalised header -> target column, or (target column, unit).
Headers: TypeAlias = dict[str, str | tuple[str, str]]


@dataclass(frozen=True)
class Source:
    """One kind of file: how it is known, and which header means which column; see ``data/csv/sources.toml``.

    >>> Source("demo", "log", headers={"date": "date"}).kind
    'log'
    """

    name: str
    kind: str  # log, samples, days or refused
    signature: tuple[set[str], ...] = ()
    headers: Headers = field(default_factory=dict)
    utc: bool = False
    fallback: dict[str, str] = field(default_factory=dict)
    carry: bool = False  # unknown columns are kept as text
    refusal: str = ""


def _headers(columns: Mapping[str, list[str]]) -> Headers:
    return {word: tuple(to.split(" ", 1)) if " " in to else to for word, to in by_word(columns).items()}  # type: ignore[misc]


def _source(name: str, about: dict[str, Any]) -> Source:
    signature = tuple(map(set, about.pop("signature", ())))
    return Source(name, signature=signature, headers=_headers(about.pop("headers", {})), **about)


#: Sources with a signature, tried in this order; COACH and SAMPLES take what none of them knows.
SOURCES = tuple(_source(name, about) for name, about in table("csv/sources").items())
COACH = _source("training log", table("csv/coach")["training log"])
_SAMPLES = table("csv/samples")
SAMPLES = _source("samples", _SAMPLES["samples"])
START_MARKS, END_MARKS = _SAMPLES["marks"]["start"], _SAMPLES["marks"]["end"]

_SQUAD = table("csv/squad")
#: File of a squad folder -> (headers, needed columns).
FILES = {name: (_headers(about["headers"]), tuple(about["needed"])) for name, about in _SQUAD.items()}
#: Columns of the tables that have no schema of their own in runlab.tables: name -> dtype.
COLUMNS: dict[str, dict[str, Any]] = {name: about["columns"] for name, about in _SQUAD.items() if "columns" in about}
#: (file, column) -> words that may be written for a choice -> the word runlab uses.
WORDS = {
    (name, column): by_word(words) for name, about in _SQUAD.items() for column, words in about.get("words", {}).items()
}

_UNITS = table("csv/units")
UNITS: dict[str, tuple[str, float]] = {unit: tuple(meaning) for unit, meaning in _UNITS["units"].items()}
PACES: dict[str, float] = _UNITS["paces"]
OPEN_UNITS: dict[str, tuple[str, str]] = {unit: tuple(either) for unit, either in _UNITS["open_units"].items()}
UNIT_WORDS, KINDS = by_word(_UNITS["unit_words"]), by_word(_UNITS["kinds"])
SUFFIXES: dict[str, str] = _UNITS["suffixes"]
RANGES: dict[str, tuple[float, float]] = {column: tuple(bounds) for column, bounds in _UNITS["ranges"].items()}
MONTHS = {word: int(month) for word, month in by_word(_UNITS["months"]).items()}
MISSING, TRUE, FALSE, ZERO_IS_MISSING = (
    frozenset(_UNITS["cells"][name]) for name in ("missing", "true", "false", "zero_is_missing")
)
