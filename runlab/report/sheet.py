"""The page every report is made of: a card that fits one screen, then one section a question, the rest folded.

A report registers functions of its facts, in order: a section's ``answer`` (a sentence; its claim is the heading), its
``picture``, what stands below in sight (``also``; a sentence by its claim and support), and what is folded. A function
returns a Sentence, a list of them, a table, axes, a ``Quote``, or None where there is nothing to show.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from ..errors import one_of
from ..plots.styles import NARROW, WIDE, describe, figure_of, on_sheet
from ..sentences import READERS, Sentence, markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DETAILS = ("card", "page", "full")
MOST_CLAIMS, MOST_QUESTIONS = 5, 3
HALF = 5.5  # inches: a card's picture, beside its claims
ABOUT = (
    "Letters say what a line rests on: [A] counted or measured, [B] seen in studies, [C] coaching practice or "
    "published curves, [D] runlab's own rule of thumb. Ranges are 80 %: about one in five lies outside them. "
    "Hatched or grey means not known; what was not recorded is never counted as nothing."
)
Block = Callable[[Any], Any]


class Html(str):
    """A piece of the page, as a notebook shows it."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return text_of(self)


class Quote(str):
    """Somebody's own words, shown as a quotation and left as they are."""


@dataclass(frozen=True)
class Section:
    """One question: what answers it, its picture, what else is in sight, and what is folded below.

    ``title`` stands as the heading where no sentence claims anything. ``readers`` are those it is for; ``applies`` says
    whether these facts have an answer at all.
    """

    name: str
    answer: Block | None = None
    title: str = ""
    picture: Block | None = None
    also: Sequence[Block] = ()
    folded: Sequence[Block] = ()
    readers: tuple[str, ...] = READERS
    applies: Callable[[Any], bool] = lambda _: True


@dataclass(frozen=True)
class Card:
    """The first screen: who and when, at most five claims, one picture, at most three questions, what is not known."""

    heading: Callable[[Any], str]
    claims: Callable[[Any], list[Sentence]]
    picture: Block
    questions: Callable[[Any], list[str]]
    unknown: Callable[[Any], list[str]]
    alone: bool = True  # whether it takes a sheet of paper for itself


class Page:
    """A report over its facts: ``card()``, ``section(name)``, ``picture(name)``; ``facts`` hold the tables behind them.

    ``reader`` is "athlete", "coach" or "physio"; ``detail`` "card" (the first screen alone), "page" (the rest
    folded) or "full" (nothing folded, for print).
    """

    def __init__(
        self, facts: Any, card: Card, sections: Sequence[Section], *, reader: str, detail: str = "page"
    ) -> None:
        self.facts, self.reader, self.detail = facts, reader, one_of("detail", detail, DETAILS)
        self._card = card
        self._sections = {s.name: s for s in sections if reader in s.readers and s.applies(facts)}
        self._every = list(dict.fromkeys(s.name for s in sections))

    def __repr__(self) -> str:
        return text_of(self.card())

    def _repr_html_(self) -> str:
        return "".join([self.card(), *(self.section(name) or "" for name in self.sections)])

    @property
    def sections(self) -> list[str]:
        """The names of the sections this page has, in order."""
        return list(self._sections)

    def _section(self, name: str) -> Section | None:
        return self._sections.get(one_of("section", name, self._every))

    def card(self) -> Html:
        """The first screen."""
        facts, card = self.facts, self._card
        claims = [markup(_ended(line.claim)) for line in card.claims(facts) if line.claim][:MOST_CLAIMS]
        picture = _shown(card.picture, facts, "", width=HALF)
        asked = [markup(q) for q in card.questions(facts)][:MOST_QUESTIONS]
        unknown = [markup(line) for line in card.unknown(facts)]
        parts = [
            f"<h1>{markup(card.heading(facts))}</h1>",
            f'<div class="two"><div>{_list(claims, "claims")}</div>{picture}</div>'
            if picture
            else _list(claims, "claims"),
            '<div class="two low">' if asked and unknown else "<div>",
            f"<div><h3>To ask</h3>{_list(asked)}</div>" if asked else "",
            f"<div><h3>Not known</h3>{_list(unknown)}</div>" if unknown else "",
            "</div>",
        ]
        return Html(f'<section class="card{"" if card.alone else " first"}">{"".join(parts)}</section>')

    def section(self, name: str) -> Html | None:
        """One section; nothing where it is not for this reader, not in these facts, or the card alone was asked for."""
        section = self._section(name)
        if section is None or self.detail == "card":
            return None
        facts = self.facts
        line = section.answer(facts) if section.answer else None
        heading = line.claim if line else section.title
        picture = _shown(section.picture, facts, heading)
        rest, fine = [], [_item(Sentence(line.fine))] if line and line.fine else []
        for block in section.also:
            made = block(facts) if block is not None else None
            if isinstance(made, Sentence) and made.support:
                fine += [_item(Sentence(made.fine))] if made.fine else []
                made = Sentence(f"**{_ended(made.claim)}** {made.support}")
            rest.append(_item(made) if not hasattr(made, "get_figure") else _shown(block, facts, heading))
        folded = [_shown(block, facts, heading) for block in section.folded]
        if not (line or picture or any(rest) or any(folded)):
            return None
        below = "".join([*fine, *folded])
        parts = [
            f"<h2>{markup(heading.rstrip('.'))}</h2>",
            picture,
            f'<p class="sentence">{markup(line.support)}</p>' if line and line.support else "",
            *rest,
            f"<details{' open' if self.detail == 'full' else ''}><summary>More</summary>{below}</details>"
            if below
            else "",
        ]
        return Html(f'<section id="{escape(name)}">{"".join(parts)}</section>')

    def about(self) -> Html:
        """How the page is to be read: what the letters behind the lines stand for."""
        return Html(f"<details class='about'><summary>How to read this page</summary><p>{ABOUT}</p></details>")

    def sentence(self, name: str) -> Sentence | None:
        """What answers one section, whole; nothing where the page has no such section."""
        section = self._section(name)
        return section.answer(self.facts) if section and section.answer else None

    def picture(self, name: str) -> Axes | None:
        """The picture of one section, at its full width and with its own title."""
        section = self._section(name)
        return section.picture(self.facts) if section and section.picture else None

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence of the page, those folded and listed too."""
        for section in self._sections.values():
            for block in filter(None, [section.answer, *section.also, *section.folded]):
                made = block(self.facts)
                yield from (item for item in (made if isinstance(made, list) else [made]) if isinstance(item, Sentence))


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."


def _list(items: Sequence[str], kind: str = "findings") -> str:
    inside = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="{kind}">{inside}</ul>' if items else ""


def _shown(block: Block | None, facts: Any, heading: str, *, width: float = WIDE) -> str:
    """What a block makes of the facts, as HTML; a picture is drawn twice, for a page and for a phone."""
    if block is None:
        return ""
    with on_sheet(width):
        made = block(facts)
    if made is None or not hasattr(made, "get_figure"):
        return _item(made)
    with on_sheet(NARROW):
        narrow = block(facts)
    words = " ".join(filter(None, [_ended(heading) if heading else "", getattr(made, "runlab_words", describe(made))]))
    wide, small = (_png(axes) for axes in (made, narrow))
    return (
        f'<figure><picture><source media="(max-width: 560px)" srcset="{small}">'
        f'<img src="{wide}" alt="{escape(words)}"></picture></figure>'
    )


def _item(made: Any) -> str:
    if made is None or (isinstance(made, (str, list)) and not made):
        return ""
    if isinstance(made, Quote):
        parts = [part.strip() for part in made.split("\n\n")]
        return f"<blockquote>{''.join(f'<p>{escape(part)}</p>' for part in parts if part)}</blockquote>"
    if isinstance(made, list):
        return _list([markup(line) for line in made])
    if isinstance(made, Sentence):
        return made._repr_html_()
    return f'<div class="table">{made._repr_html_() if hasattr(made, "_repr_html_") else escape(str(made))}</div>'


def _png(axes: Axes) -> str:
    import matplotlib.pyplot as plt

    figure, out = figure_of(axes), io.BytesIO()
    figure.savefig(out, format="png", dpi=150)
    plt.close(figure)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def text_of(html: str, *, folded: bool = False) -> str:
    """The words of a piece of page that are in sight, or all of them.

    >>> text_of("<h2>6 km</h2><details><summary>More</summary><p>counted</p></details>")
    '6 km'
    """
    seen = html if folded else re.sub(r"<details>.*?</details>", " ", html, flags=re.DOTALL)
    seen = re.sub(r"<style.*?</style>", " ", seen, flags=re.DOTALL)
    seen = re.sub(r"</(?:h\d|p|li|tr|figure|div|summary)>", "\n", seen)
    seen = re.sub(r"<(?!/?(?:strong|span|em)\b)[^>]+>", " ", seen)
    lines = (" ".join(line.split()) for line in unescape(re.sub(r"<[^>]+>", "", seen)).splitlines())
    return "\n".join(filter(None, lines))
