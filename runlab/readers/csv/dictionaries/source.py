"""What one kind of CSV file looks like, as data."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """One kind of file: how it is known, and which header means which column in which unit.

    ``signature``: sets of headers; the file is this source when one whole set is there. ``headers``: normalised
    header -> target column, or (target column, unit); ``"distance#2"`` is the second column of that name. A unit
    ending in "?" is not stated by the file and decided from its content. ``utc``: times without a zone are UTC, not
    local. ``fallback``: a column and the one that stands in where it is empty. ``carry``: unknown columns are kept as
    text. ``refusal``: why a file of this kind is no activity, in words that follow "this is".

    >>> Source("demo", "log", ({"date", "km"},), {"date": "date"}).kind
    'log'
    """

    name: str
    kind: str  # log, samples, days or refused
    signature: tuple[set[str], ...]
    headers: dict[str, str | tuple[str, str]] = field(default_factory=dict)
    utc: bool = False
    fallback: dict[str, str] = field(default_factory=dict)
    carry: bool = False
    refusal: str = ""
