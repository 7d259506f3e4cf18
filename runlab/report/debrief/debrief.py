"""The race debrief as a notebook shows it: the same facts for the athlete, the coach or the physiotherapist."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ... import race as _race
from ... import units as _units
from ...athlete import Athlete
from ...errors import SettingsError, one_of
from ...log import Log
from ...plots.race.ground import has
from ...race import Debrief
from ...sentences import AUDIENCES, Sentence
from . import cells, lines, pictures
from .private import hand_off_allowed, private_places
from .sections import SECTIONS, Heading, Lines, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas.io.formats.style import Styler

LONG_S = 5 * 3600.0
VOICE = {
    r"\bYour\b": "The athlete's",
    r"\byour\b": "the athlete's",
    r"\bYou\b": "The athlete",
    r"\byou\b": "the athlete",
}


class RaceDebrief:
    """One race of one athlete, told to one reader: what the debrief draws, lists and says.

    ``log`` may hold several athletes; then ``athlete`` names one. ``date`` is the race day ("" for the latest race),
    ``audience`` "athlete", "coach" or "physio", ``units`` "metric", "imperial" or "" for the athlete's own. What is
    given of ``official_time``, ``distance_m``, ``goal``, ``course``, ``checkpoints`` and ``kind`` wins over the
    calendar; ``plan`` and ``fuel`` are paths, ``words`` a path, a text, or "notes" for what the
    athlete's notes.md says of that day. ``coordinates`` writes degrees on the map; without it, and
    without the athlete's consent to locations, nothing near home is drawn.

    Raises SettingsError for a physiotherapist's hand-off that the athlete has not agreed to.
    """

    def __init__(
        self,
        log: Log,
        *,
        athlete: str = "",
        date: Any = "",
        audience: str = "athlete",
        units: str = "",
        official_time: str = "",
        distance_m: float | None = None,
        goal: str = "",
        course: str = "",
        checkpoints: str = "",
        kind: str = "",
        plan: str = "",
        fuel: str = "",
        words: str = "",
        coordinates: bool = False,
    ) -> None:
        whole = log.athlete(athlete) if athlete else log
        who = whole.only()
        self._settle(who, audience, units, coordinates)
        given = {
            "official_time": official_time,
            "distance_m": distance_m,
            "goal": goal,
            "course": course,
            "checkpoints": checkpoints,
            "kind": kind,
        }
        race = whole.race(date or _latest(whole), **{name: value for name, value in given.items() if value})
        own = _noted(whole, race.date) if words == "notes" else words
        more = {"plan": plan, "fuel": fuel, "words": own}
        told = {name: value for name, value in more.items() if value}
        self.log: Log | None = whole
        self.tables: Debrief = _race.debrief(_in_units(whole, who, self.units), race, **told)

    @classmethod
    def of(
        cls,
        tables: Debrief,
        *,
        athlete: Athlete | None = None,
        audience: str = "athlete",
        units: str = "",
        log: Log | None = None,
        coordinates: bool = False,
    ) -> RaceDebrief:
        """A debrief that was made already, told to one reader."""
        self = cls.__new__(cls)
        self._settle(athlete or Athlete(tables.race.athlete or "athlete"), audience, units, coordinates)
        self.tables, self.log = tables, log
        return self

    def _settle(self, athlete: Athlete, audience: str, units: str, coordinates: bool) -> None:
        self.athlete, self.audience = athlete, one_of("audience", audience, AUDIENCES)
        self.units, self.coordinates = units or athlete.units, coordinates and audience != "physio"
        _units.distance_unit_m(self.units)
        hand_off_allowed(athlete, audience)

    def __repr__(self) -> str:
        race = self.tables.race
        return f"RaceDebrief({self.athlete.name}, {race.name or 'race'}, {race.date:%Y-%m-%d}, for the {self.audience})"

    # -- what kind of race it was --------------------------------------------------------------------------------------

    @property
    def is_long(self) -> bool:
        """Whether ground, walking and stops deserve their own words: trail, ultra, or over five hours."""
        splits = self.tables.splits
        took = float(splits["elapsed_s"].iloc[-1]) if has(splits, "elapsed_s") else 0.0
        return self.tables.race.kind in ("ultra", "trail") or took >= LONG_S

    @property
    def by_legs(self) -> bool:
        """Whether the race is told by legs: checkpoints or a relay."""
        return len(self.tables.legs) > 1 and (
            self.is_long or len(self.tables.race.checkpoints) > 0 or self.tables.race.kind == "relay"
        )

    @property
    def has_map(self) -> bool:
        """Whether there is a course to draw: positions, and not a track's own oval or a treadmill."""
        return has(self.tables.track, "latitude_deg") and self.tables.race.kind not in ("track", "treadmill")

    @cached_property
    def private_places(self) -> pd.DataFrame | None:
        """Where runs begin and end; None where the athlete agreed to locations."""
        if self.athlete.consent.get("location", False):
            return None
        if self.log is None:
            ends = self.tables.track[["latitude_deg", "longitude_deg"]].dropna()
            return ends.iloc[[0, -1]] if len(ends) else None
        return private_places(self.log, self.tables.race, self.tables.track)

    @property
    def disruptions(self) -> pd.DataFrame:
        """What interrupted the build; a physiotherapist is not told of travel and life."""
        found = self.tables.disruptions
        return found[~found["kind"].isin(["travel", "life"])] if self.audience == "physio" and len(found) else found

    @property
    def activities(self) -> pd.DataFrame:
        """The files of the race."""
        if self.log is None:
            return pd.DataFrame()
        own = self.log.activities
        return own[own["activity_id"].isin(self.tables.race.activity_ids)]

    def shows(self, section: str) -> bool:
        """Whether a section is for this reader and this race."""
        found = SECTIONS[one_of("section", section, SECTIONS)]
        return self.audience in found.readers and found.applies(self)

    # -- what a notebook asks for --------------------------------------------------------------------------------------

    def headline(self) -> Sentence:
        """Whose race, and which."""
        race = self.tables.race
        reader = {"athlete": "", "coach": " · for the coach", "physio": " · hand-off to the physiotherapist"}[
            self.audience
        ]
        return Sentence(f"**{self.athlete.name}** · {race.name or 'race'}, {race.date.day} {race.date:%b %Y}{reader}")

    def summary(self) -> Sentence:
        """The whole debrief in one paragraph: the claims alone."""
        told = [lines.result(self)]
        told += [
            line
            for name in ("forecast", "pace", "waterfall", "stops", "fade", "build")
            if (line := self._first(name)) is not None
        ]
        if self.audience == "physio":
            told += [line for line in lines.body(self)[:3] if line.claim]
        claims = [line.claim.rstrip(".") for line in told if line.claim]
        return Sentence(". ".join(claims) + "." if claims else f"**{told[0].plain}**")

    def _first(self, name: str) -> Sentence | None:
        section, make = lines.SENTENCES[name]
        return make(self) if self.shows(section) else None

    def section(self, name: str) -> Heading | None:
        """The heading of a section; nothing where it is not for this reader or this race."""
        if not self.shows(name):
            return None
        heading = SECTIONS[name].heading
        if self.audience == "athlete":
            heading = heading.replace("the athlete's own", "your own").replace(" to the athlete", "")
        return Heading(heading)

    def told(self, lines: list[str]) -> list[str]:
        """Lines written to the athlete, for somebody else to read where somebody else does."""
        if self.audience == "athlete":
            return lines
        for pattern, other in VOICE.items():
            lines = [re.sub(pattern, other, text) for text in lines]
        return lines

    def words(self) -> Words | None:
        """What the athlete wrote, untouched."""
        return Words(self.tables.words) if self.shows("words") else None

    def picture(self, name: str) -> Axes | None:
        """One of the debrief's pictures: race, forecast, splits, waterfall, drift, fuelling, build, legs, fade, night
        or track."""
        section, draw = pictures.PICTURES[one_of("picture", name, pictures.PICTURES)]
        return draw(self) if self.shows(section) else None

    def table(self, name: str) -> Styler | None:
        """One of the debrief's tables: splits, pacing, waterfall, orders, hike, build, stories, history, next or
        sources."""
        section, make = cells.TABLES[one_of("table", name, cells.TABLES)]
        if not self.shows(section) or (name in cells.FOR_COACH and self.audience != "coach"):
            return None
        return make(self)

    def sentence(self, name: str) -> Sentence | Lines | None:
        """One of the debrief's sentences: result, forecast, pace, halves, opening, wall, waterfall, orders, stops,
        windows, fade, hike, night, body, fuel, weather, build, disruption, recovery or next."""
        section, make = lines.SENTENCES[one_of("sentence", name, lines.SENTENCES)]
        if not self.shows(section):
            return None
        said = make(self)
        return Lines(said) if isinstance(said, list) else said

    def findings(self, name: str) -> Lines | None:
        """One of the debrief's lists: celebrate, data, unknown, questions, change or recovery."""
        lists = {
            "celebrate": _celebrate,
            "data": _data,
            "unknown": _unknown,
            "questions": _questions,
            "change": _change,
            "recovery": _recovery,
        }
        found = lists[one_of("list", name, lists)](self) if self.shows(name) else []
        return Lines(found) if found else None


def _noted(log: Log, day: pd.Timestamp) -> str:
    """The paragraphs of the athlete's notes that name a day; all of them where none of them names any."""
    parts = [part.strip() for text in log.notes["text"] for part in str(text).split("\n\n")]
    parts = [part for part in parts if part and not part.startswith("#")]
    dated = [part for part in parts if re.search(r"\b\d{4}-\d{2}-\d{2}\b", part)]
    return "\n\n".join(part for part in dated if f"{day:%Y-%m-%d}" in part) if dated else "\n\n".join(parts)


def _in_units(log: Log, athlete: Athlete, units: str) -> Log:
    """The same log for a reader in other units than the athlete's own."""
    if units == athlete.units:
        return log
    other = copy.copy(log)
    other.athletes = {name: replace(who, units=units) for name, who in log.athletes.items()}
    return other


def _latest(log: Log) -> Any:
    races = _race.find_races(log)
    done = races[races["activity_id"] != ""] if "activity_id" in races else races
    if not len(done):
        raise SettingsError(f"{log.name}: no race found in this log; name the day with date=")
    return done["date"].max()


def _celebrate(debrief: RaceDebrief) -> list[str]:
    return debrief.told(list(debrief.tables.celebrate))


def _data(debrief: RaceDebrief) -> list[str]:
    found = debrief.tables.data_check
    if not len(found):
        return ["Nothing in the recording asks for care."]
    order = found.sort_values("severity", key=lambda s: s != "matters", kind="stable")
    return [str(line) for line in order["finding"]]


def _unknown(debrief: RaceDebrief) -> list[str]:
    found = debrief.tables.unknown
    rows = found.to_dict("records")
    if debrief.audience == "physio":
        return [f"{row['what']}: {row['why']}." for row in rows] or ["What was not recorded: no file holds it."]
    return [f"**{row['what']}**: {str(row['why']).rstrip('.')}. {row['question']}".strip() for row in rows] or [
        "Stomach, head, shoes, life: no file holds them."
    ]


def _questions(debrief: RaceDebrief) -> list[str]:
    return list(debrief.tables.questions)[:6]


def _change(debrief: RaceDebrief) -> list[str]:
    told = debrief.tables.one_change
    rows = (("change", "Change"), ("keep", "Keep"), ("why", "Why"))
    return debrief.told([f"**{name}**: {told[key]}" for key, name in rows if told.get(key)])


def _recovery(debrief: RaceDebrief) -> list[str]:
    return debrief.told([str(row["words"] or row["sign"]) for row in debrief.tables.recovery.to_dict("records")])
