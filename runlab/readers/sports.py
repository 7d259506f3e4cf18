"""Sport words: what platforms, files and coaches write, in many languages (``runlab/data/sports.toml``)."""

from __future__ import annotations

from collections.abc import Mapping

from ..data import table


def by_word(meanings: Mapping[str, list[str]]) -> dict[str, str]:
    """A dictionary of words from one of meanings, as the data files are written.

    >>> by_word({"km": ["km", "kms"], "mi": ["miles"]})
    {'km': 'km', 'kms': 'km', 'miles': 'mi'}
    """
    return {word: meaning for meaning, words in meanings.items() for word in words}


def _sports(meanings: Mapping[str, list[str]]) -> dict[str, tuple[str, str]]:
    """Word -> (sport, sub_sport); sub_sport "" where the word says no more."""
    return {word: (*meaning.split("/"), "")[:2] for word, meaning in by_word(meanings).items()}  # type: ignore[misc]


_DATA = table("sports")
IN_TABLES, IN_TRACKS, ABROAD = (_sports(_DATA[name]) for name in ("tables", "tracks", "abroad"))
WORKOUTS, SURFACES = by_word(_DATA["workouts"]), by_word(_DATA["surfaces"])
REST, SUMMARIES = _DATA["rows"]["rest"], _DATA["rows"]["summaries"]
