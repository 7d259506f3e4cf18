"""A finished line: a string that knows what it claims, whether that is known, and the facts it was written from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any


class Sentence(str):
    """A finished line; a notebook shows it as a paragraph with its claim in bold.

    ``name`` is its template's; ``known`` is False where it says "cannot tell"; ``claim`` and ``question`` are those
    parts alone; ``support`` is what stands behind the claim in one or two lines; ``fine`` is what would change it and
    what its grade rests on; ``facts`` are the values it was filled from. Decide by these, never by the words.

    >>> line = Sentence("**Cannot tell**: no run here has heart rate.")
    >>> line, line.known
    (Cannot tell: no run here has heart rate., True)
    """

    name: str = ""
    known: bool = True
    claim: str = ""
    support: str = ""
    fine: str = ""
    question: str = ""
    facts: Mapping[str, Any] = {}

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
        return f'<p class="sentence">{markup(self)}</p>'


def markup(text: str) -> str:
    """A line as HTML: its claim strong, its grade quiet, numbers kept beside their units.

    >>> markup("**6 km** a day. [A: counted]")
    '<strong>6\\xa0km</strong> a day. <span class="grade">[A: counted]</span>'
    """
    body = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(str(text), quote=False))
    body = re.sub(r"\[([A-DX](?:[:,] [^\]]*)?)\]", r'<span class="grade">[\1]</span>', body)
    return re.sub(r"(?<=\d) (?=(?:%|km|mi|h|m|ft|beats)\b|%)", "\u00a0", body)


def joined(words: Iterable[str]) -> str:
    """A list as a person says it.

    >>> joined(["sleep", "soreness", "mood"])
    'sleep, soreness and mood'
    """
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
