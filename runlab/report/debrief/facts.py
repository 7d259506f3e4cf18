"""What a debrief page is made from: the race's tables, who reads them, and what may be shown. No words."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from ... import race as _race
from ... import units as _units
from ...athlete import Athlete
from ...errors import SettingsError, one_of
from ...log import Log
from ...plots.race.ground import has
from ...race import Debrief
from ...races import race_day, races_near
from ...sentences import READERS
from .privacy import hand_off_allowed, private_places

LONG_S = 5 * 3600.0


class DebriefFacts:
    """One race of one athlete for one reader: ``tables`` (a ``race.Debrief``), ``athlete``, ``reader``, ``units``.

    ``log`` is the athlete's, or None where only the tables are there. ``coordinates`` writes degrees on the map.

    Raises SettingsError for a physiotherapist's hand-off that the athlete has not agreed to.
    """

    def __init__(
        self,
        tables: Debrief,
        *,
        athlete: Athlete | None = None,
        reader: str = "athlete",
        units: str = "",
        log: Log | None = None,
        coordinates: bool = False,
    ) -> None:
        self.tables, self.log = tables, log
        self.athlete = athlete or Athlete(tables.race.athlete or "athlete")
        self.reader = one_of("audience", reader, READERS)
        self.units, self.coordinates = units or self.athlete.units, coordinates and reader != "physio"
        _units.distance_unit_m(self.units)
        hand_off_allowed(self.athlete, reader)

    @property
    def is_long(self) -> bool:
        """Whether ground, walking and stops deserve their own sections: trail, ultra, or over five hours."""
        splits = self.tables.splits
        took = float(splits["elapsed_s"].iloc[-1]) if has(splits, "elapsed_s") else 0.0
        return self.tables.race.kind in ("ultra", "trail") or took >= LONG_S

    @property
    def by_legs(self) -> bool:
        """Whether the race has legs: checkpoints or a relay."""
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
        """What interrupted the build; travel and life are not for a physiotherapist."""
        found = self.tables.disruptions
        return found[~found["kind"].isin(["travel", "life"])] if self.reader == "physio" and len(found) else found

    @property
    def activities(self) -> pd.DataFrame:
        """The files of the race."""
        if self.log is None:
            return pd.DataFrame()
        every = self.log.activities
        return every[every["activity_id"].isin(self.tables.race.activity_ids)]


def notes_of(log: Log, day: pd.Timestamp) -> str:
    """The paragraphs of the athlete's notes that name a day; all of them where none of them names any."""
    parts = [part.strip() for text in log.notes["text"] for part in str(text).split("\n\n")]
    parts = [part for part in parts if part and not part.startswith("#")]
    dated = [part for part in parts if re.search(r"\b\d{4}-\d{2}-\d{2}\b", part)]
    return "\n\n".join(part for part in dated if f"{day:%Y-%m-%d}" in part) if dated else "\n\n".join(parts)


def in_units(log: Log, athlete: Athlete, units: str) -> Log:
    """The same log for a reader in other units than the athlete's."""
    if units == athlete.units:
        return log
    other = copy.copy(log)
    other.athletes = {name: replace(who, units=units) for name, who in log.athletes.items()}
    return other


def race_meant(log: Log, asked: Any, official: Mapping[str, Any]) -> Any:
    """The race asked for, or the last one that was run.

    Raises SettingsError where the log holds none, and for a day on which nothing was a race, unless an official time or
    distance makes one of it.
    """
    races = _race.find_races(log)
    if asked:
        day = race_day(log, asked)
        if not (races["date"] == day).any() and not (official["official_time"] or official["distance_m"]):
            raise SettingsError(
                f"no race on {day:%Y-%m-%d}; {races_near(log, day)}. A run becomes a race by its distance_m= or "
                "official_time="
            )
        return asked
    done = races[races["activity_id"] != ""] if "activity_id" in races else races
    if not len(done):
        raise SettingsError(f"{log.name}: no race found in this log; name the day with date=")
    return done["date"].max()
