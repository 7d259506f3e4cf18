"""The taper what-if: one athlete, one race, several plans for the weeks before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ...errors import SettingsError, one_of
from ...log import Log
from ...progression import Finding
from ...races import races_found
from ...sentences import Sentence
from ...taper import (
    RETURN_STEPS,
    Scenario,
    Simulation,
    detraining,
    rebuild,
    return_plan,
    simulate,
    taper_review,
)
from ...taper.review import race_row
from ..review.findings import Findings
from ..season.tapers import main_races, taper_volumes
from . import lines, sheets
from .planned import planned_load

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

DAY = pd.Timedelta(days=1)
BEFORE = 21  # days before a race already run that the plans start, where no day is given
SICK_DAYS = 6
STOPS = (3, 7, 14, 21, 28)


class TaperWhatIf:
    """Several plans before one race: what the page draws (tables) and says (sentences).

    ``race_date`` "" means the next race with priority A (or the longest next one), else the last one. ``on`` is the
    first day not yet run; "" means the day after the log ends, or three weeks before a race that is over, so that the
    plans are those one could have had then. ``sick_from`` and ``sick_days`` shape the sick plan; without them the
    illness the log notes in those weeks, else six days from it. ``return_steps`` is the way back: (from day,
    to day, share of usual) after the last sick day. Nothing from that day on is used but the race's result.
    """

    def __init__(
        self,
        log: Log,
        *,
        athlete: str = "",
        race_date: Any = "",
        on: Any = "",
        sick_from: Any = "",
        sick_days: int = 0,
        return_steps: Sequence[Sequence[float]] = RETURN_STEPS,
        units: str = "",
    ) -> None:
        whole = log.athlete(athlete) if athlete else log
        self.whole, self.athlete = whole, whole.only()
        self.units = units or self.athlete.units
        _units.distance_unit_m(self.units)
        days = whole.activities["date"].dropna()
        if days.empty:
            raise SettingsError(f"{self.athlete.name}: no activity with a date in this log")
        self.last = days.max()
        self.race = self._race(race_date)
        self.over = bool(self.race["date"] <= self.last)
        start = max(self.race["date"] - BEFORE * DAY, days.min() + 7 * DAY) if self.over else self.last + DAY
        self.today = pd.Timestamp(on).normalize() if on else start
        if not self.today < self.race["date"]:
            raise SettingsError(
                f"on={self.today:%Y-%m-%d} must lie before the race on {self.race['date']:%Y-%m-%d}; "
                "leave it empty for three weeks before a race that is over"
            )
        self.history = whole.between(None, self.today - DAY)
        try:
            self.return_steps = tuple((int(a), int(b), float(share)) for a, b, share in return_steps)
        except (TypeError, ValueError):
            raise SettingsError(
                f"return_steps must be a list of (from day, to day, share), such as [(1, 3, 0.3)], not {return_steps!r}"
            ) from None
        self.noted = not sick_from and not sick_days and len(self._illness()) > 0
        self.sick_from, self.sick_days = self._sick(sick_from, int(sick_days))

    def __repr__(self) -> str:
        return f"TaperWhatIf({self.athlete.name}, {self.race['date']:%Y-%m-%d}, from {self.today:%Y-%m-%d})"

    def _race(self, given: Any) -> dict[str, Any]:
        if given:
            races = races_found(self.whole)
            row = race_row(self.whole, given)
            times = races.loc[races["date"] == row["date"], "time_s"]
            time = float(times.iloc[0]) if len(times) else math.nan
            return row | {"name": row["name"] or "the race", "time_s": time}
        races = main_races(self.whole)
        if races.empty:
            raise SettingsError(
                f"{self.athlete.name}: no race in races.csv or in the log; name the day: race_date='2026-10-17'"
            )
        ahead = races[races["date"] > self.last]
        return dict(ahead.iloc[0] if len(ahead) else races.iloc[-1])

    def _illness(self) -> pd.DataFrame:
        ill = self.whole.events[self.whole.events["kind"] == "ill"]
        ends = ill["end"].fillna(ill["start"])
        return ill[(ends >= self.today) & (ill["start"] < self.race["date"])].sort_values("start")

    def _sick(self, given: Any, days: int) -> tuple[pd.Timestamp, int]:
        if self.noted:
            spell = self._illness().iloc[0]
            first = max(spell["start"], self.today)
            last = spell["start"] if pd.isna(spell["end"]) else spell["end"]
            return first, int((min(last, self.race["date"] - DAY) - first).days) + 1
        first = pd.Timestamp(given).normalize() if given else self.today
        if not self.today <= first < self.race["date"]:
            raise SettingsError(
                f"sick_from {first:%Y-%m-%d} must lie from {self.today:%Y-%m-%d} to the day before the race"
            )
        return first, max(min(days or SICK_DAYS, (self.race["date"] - first).days), 1)

    # -- the tables --------------------------------------------------------------------------------------------------

    @property
    def days(self) -> int:
        """Days from ``today`` to the race."""
        return int((self.race["date"] - self.today).days)

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Load by day up to the evening before ``today``."""
        return self.history.daily

    @cached_property
    def plan(self) -> tuple[pd.Series, dict[str, int]]:
        """Planned load by day, and how much of it was written down."""
        log = self.whole.between(None, self.race["date"])
        return planned_load(log, first=self.today, last=self.race["date"] - DAY)

    @property
    def has_plan(self) -> bool:
        """Whether a plan was written for at least half of the days."""
        loads, counts = self.plan
        return counts["planned"] >= 0.5 * len(loads) and bool(np.isfinite(loads).all())

    @cached_property
    def scenarios(self) -> list[Scenario]:
        """The plans set side by side; the first is what the others are held against."""
        # Single precision, because simulate edits the loads it takes out of a plan and may edit a copy alone.
        written = self.plan[0].astype("float32")
        base: dict[str, Any] = {"plan": written} if self.has_plan else {"taper_days": min(14, self.days)}
        first = "as planned" if self.has_plan else "two-week taper"
        many = f"sick {self.sick_days} day{'s' if self.sick_days > 1 else ''}"
        plans = [
            Scenario(first, **base),
            Scenario(many, sick=(self.sick_from, self.sick_days), steps=self.return_steps, **base),
            Scenario("run through it", sick=(self.sick_from, self.sick_days), run_through=True, **base),
            Scenario("long run cut", cut_long_run=True, **base),
            Scenario("one-week taper", taper_days=min(7, self.days)),
        ]
        if self.days >= 18:
            plans.append(Scenario("three-week taper", taper_days=min(21, self.days)))
        if self.over:
            plans.append(Scenario("as it happened", plan=self.happened))
        return plans

    @cached_property
    def happened(self) -> pd.Series:
        """The load of the days from ``today`` to the race as they were run; unmeasured days as the median day."""
        daily = self.whole.between(None, self.race["date"] - DAY).daily
        load = daily.set_index("date")["load"]
        days = pd.date_range(self.today, self.race["date"] - DAY)
        worked = load[load > 0]
        filled = load.fillna(float(worked.tail(60).median()) if len(worked) else 0.0)
        return filled.reindex(days).fillna(0.0)

    @cached_property
    def simulation(self) -> Simulation:
        """What the plans would do by race morning (``taper.simulate``)."""
        return simulate(self.daily, race_date=self.race["date"], scenarios=self.scenarios, on=self.today)

    @cached_property
    def detraining(self) -> Finding:
        """What four weeks without training would do (``taper.detraining``)."""
        return detraining(self.daily, days=max(STOPS))

    @cached_property
    def way_back(self) -> pd.DataFrame:
        """The days after the sick ones, with the usual running distance of each (``taper.return_plan``)."""
        usual = float(self.daily["run_distance_m"].tail(42).mean()) if len(self.daily) else math.nan
        back = self.sick_from + self.sick_days * DAY
        last = max((b for _, b, _ in self.return_steps), default=0) + 1
        days = max(min(last, (self.race["date"] - back).days), 1)
        return return_plan(back, days=days, usual=usual, steps=self.return_steps)

    @cached_property
    def past_races(self) -> pd.DataFrame:
        """The main races before this one."""
        return main_races(self.history, end=self.today)

    @cached_property
    def shown_races(self) -> pd.DataFrame:
        """The races whose tapers are drawn: earlier ones, and this one where it is over."""
        races = main_races(self.whole, end=self.race["date"])
        return (races if self.over else races[races["date"] < self.race["date"]]).tail(5)

    @cached_property
    def taper_volumes(self) -> pd.DataFrame:
        """What was left of the usual before those races, day by day."""
        return taper_volumes(self.whole.between(None, self.last), self.shown_races)

    @cached_property
    def reviews(self) -> dict[pd.Timestamp, pd.DataFrame]:
        """The review of the taper before each of them (``taper.taper_review``)."""
        return {race["date"]: taper_review(self.whole, race) for race in self.shown_races.to_dict("records")}

    @cached_property
    def rebuild(self) -> pd.DataFrame:
        """The stages after a missed goal (``taper.rebuild``); no rows where there was none to miss."""
        goal = self.whole.races[self.whole.races["date"] == self.race["date"]]["goal_s"]
        missed = self.over and len(goal) and self.race["time_s"] > float(goal.iloc[0])
        if not missed:
            return pd.DataFrame()
        return rebuild(self.whole.between(None, self.race["date"]), self.race)

    # -- as they are shown -------------------------------------------------------------------------------------------

    def headline(self) -> Sentence:
        """Who, and which race."""
        date = self.race["date"]
        return Sentence(f"**{self.athlete.name}**, {self.race['name'] or 'race'} on {date.day} {date:%b %Y}")

    def summary(self) -> Sentence:
        """The page in one paragraph: the claims alone."""
        told = [self.sentence(name) for name in ("plans", "sick", "happened", "own")]
        claims = [line.claim.rstrip(".:") for line in told if line.claim]
        return Sentence(". ".join(claims) + "." if claims else "**Cannot tell much yet**: too little was recorded.")

    def plan_table(self) -> Styler | Sentence:
        """The weeks to the race as planned."""
        return sheets.plan_table(self)

    def scenarios_table(self) -> Styler | Sentence:
        """The plans side by side."""
        return sheets.scenarios_table(self)

    def pairs_table(self) -> Styler | Sentence:
        """Every pair of plans: told apart or not."""
        return sheets.pairs_table(self)

    def detraining_table(self) -> Styler | Sentence:
        """What stops of several lengths would do."""
        return sheets.detraining_table(self)

    def return_table(self) -> Styler | Sentence:
        """The way back after the sick days."""
        return sheets.return_table(self)

    def own_table(self) -> Styler | Sentence:
        """The athlete's own tapers side by side, beside what studies found."""
        return sheets.own_table(self)

    def evidence_table(self) -> Styler:
        """What studies of tapers found."""
        return sheets.evidence_table()

    def rebuild_table(self) -> Styler | Sentence:
        """The stages to a next race after a missed goal."""
        return sheets.rebuild_table(self)

    def sentence(self, name: str) -> Sentence:
        """One of the page's sentences; see ``lines.SENTENCES`` for their names."""
        return lines.SENTENCES[one_of("sentence", name, lines.SENTENCES)](self)

    def ask(self) -> Findings:
        """What to ask before choosing."""
        return lines.ask(self)

    def unknown(self) -> Findings:
        """What no model here can tell."""
        return lines.unknown(self)
