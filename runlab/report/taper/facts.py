"""What the taper page is made from: one athlete, one race, several plans for the weeks before it. No words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ... import taper as _taper
from ... import units as _units
from ...errors import SettingsError
from ...log import Log
from ...races import races_found, races_near
from ...taper import RETURN_STEPS, Scenario, Simulation
from ...taper.scenarios import scenario_loads, usual_week
from ...taper.simulation import history
from ...taper.volumes import race_row

DAY = pd.Timedelta(days=1)
BEFORE = 21  # days before a race already run that the plans start, where no day is given
SICK_DAYS = 6
STOPS = (3, 7, 14)
THROUGH, HAPPENED = "run through it", "as it happened"
ALIKE = "cannot be told apart"
BUILD = 12  # weeks of running before that are counted


class TaperFacts:
    """Several plans before one race: the tables behind the taper page.

    ``race_date`` "" means the next race with priority A (or the longest next one), else the last one. ``on`` is the
    first day not yet run; "" means the day after the log ends, or three weeks before a race that is over, so that the
    plans are those one could have had then. ``sick_from`` and ``sick_days`` are the days of rest; without them the
    illness the log notes in those weeks, else six days from ``on``. ``return_steps`` is the way back: (from day, to
    day, share of usual) after the last day of rest. Nothing from ``on`` onwards is used but the illness noted, what
    happened, and the race's result.

    Raises SettingsError for a log without activities or races, and for days that do not lie before the race.
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
        self.today = _units.parse_day(on, "on") if on else start
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

    def _race(self, asked: Any) -> dict[str, Any]:
        if asked:
            races = races_found(self.whole)
            row = race_row(self.whole, asked)
            if row["date"] <= self.last and not (races["date"] == row["date"]).any():
                raise SettingsError(f"no race on {row['date']:%Y-%m-%d}; {races_near(self.whole, row['date'])}")
            times = races.loc[races["date"] == row["date"], "time_s"]
            return row | {"name": row["name"] or "the race", "time_s": float(times.iloc[0]) if len(times) else math.nan}
        races = _taper.main_races(self.whole)
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

    def _sick(self, asked: Any, days: int) -> tuple[pd.Timestamp, int]:
        if self.noted:
            spell = self._illness().iloc[0]
            first = max(spell["start"], self.today)
            last = spell["start"] if pd.isna(spell["end"]) else spell["end"]
            return first, int((min(last, self.race["date"] - DAY) - first).days) + 1
        first = _units.parse_day(asked, "sick_from") if asked else self.today
        if not self.today <= first < self.race["date"]:
            raise SettingsError(
                f"sick_from {first:%Y-%m-%d} must lie from {self.today:%Y-%m-%d} to the day before the race"
            )
        return first, max(min(days or SICK_DAYS, (self.race["date"] - first).days), 1)

    # -- the days before ---------------------------------------------------------------------------------------------

    @property
    def days(self) -> int:
        """Days from ``today`` to the race."""
        return int((self.race["date"] - self.today).days)

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Load by day up to the evening before ``today``."""
        return self.history.daily

    @cached_property
    def usual_load(self) -> np.ndarray:
        """The usual load of each weekday before today; NaN where it is not known."""
        load, _ = history(self.daily)
        return usual_week(load) if len(load) >= 7 else np.full(7, math.nan)

    @cached_property
    def usual_distance_m(self) -> float:
        """Running a day, over the six weeks before today."""
        return float(self.daily["run_distance_m"].tail(42).mean()) if len(self.daily) else math.nan

    @cached_property
    def weeks_run(self) -> int:
        """How many of the last twelve weeks before today have running in them."""
        if not len(self.daily):
            return 0
        ran = self.daily.set_index("date")["run_distance_m"].tail(7 * BUILD)
        return int((ran.groupby((self.today - DAY - ran.index).days // 7).sum() > 0).sum())

    # -- the plans ---------------------------------------------------------------------------------------------------

    @cached_property
    def plan(self) -> tuple[pd.Series, dict[str, int]]:
        """Planned load by day, and how much of it was written down."""
        log = self.whole.between(None, self.race["date"])
        return _taper.planned_load(log, first=self.today, last=self.race["date"] - DAY)

    @property
    def has_plan(self) -> bool:
        """Whether a plan was written for at least half of the days."""
        loads, counts = self.plan
        return counts["planned"] >= 0.5 * len(loads) and bool(np.isfinite(loads).all())

    @property
    def planned(self) -> str:
        """The name of the plan the others are held against."""
        return "as planned" if self.has_plan else "two-week taper"

    @property
    def rest(self) -> str:
        """The name of the plan that rests."""
        return f"rest {self.sick_days} day{'s' if self.sick_days > 1 else ''}"

    @cached_property
    def _base(self) -> dict[str, Any]:
        return {"plan": self.plan[0]} if self.has_plan else {"taper_days": min(14, self.days)}

    @cached_property
    def scenarios(self) -> list[Scenario]:
        """The plans set side by side; the first is what the others are held against."""
        sick = (self.sick_from, self.sick_days)
        plans = [
            Scenario(self.planned, **self._base),
            Scenario(self.rest, sick=sick, steps=self.return_steps, **self._base),
            Scenario(THROUGH, sick=sick, run_through=True, **self._base),
            Scenario("long run cut", cut_long_run=True, **self._base),
            Scenario("one-week taper", taper_days=min(7, self.days)),
        ]
        if self.days >= 18:
            plans.append(Scenario("three-week taper", taper_days=min(21, self.days)))
        if self.over:
            plans.append(Scenario(HAPPENED, plan=self.happened))
        return plans

    @cached_property
    def happened(self) -> pd.Series:
        """The load of the days from ``today`` to the race as they were run; unmeasured days as the median day."""
        load = self.whole.between(None, self.race["date"] - DAY).daily.set_index("date")["load"]
        worked = load[load > 0]
        filled = load.fillna(float(worked.tail(60).median()) if len(worked) else 0.0)
        return filled.reindex(pd.date_range(self.today, self.race["date"] - DAY)).fillna(0.0)

    def _simulated(self, scenarios: list[Scenario]) -> Simulation:
        return _taper.simulate(self.daily, race_date=self.race["date"], scenarios=scenarios, on=self.today)

    @cached_property
    def simulation(self) -> Simulation:
        """What the plans would do by race morning (``taper.simulate``)."""
        return self._simulated(self.scenarios)

    @property
    def is_known(self) -> bool:
        """Whether the plans could be run at all."""
        return bool(self.simulation.summary["value"].notna().any())

    @cached_property
    def bedside(self) -> Simulation:
        """The three plans of the decision: as planned, rest, run through it."""
        return self.simulation.only(self.planned, self.rest, THROUGH)

    def against(self, name: str, other: str = "") -> pd.Series:
        """One plan less another (the first, if none is named), judged draw by draw."""
        other = other or self.planned
        pairs = self.simulation.comparisons
        pair = pairs[((pairs["a"] == name) & (pairs["b"] == other)) | ((pairs["a"] == other) & (pairs["b"] == name))]
        row = pair.iloc[0]
        value, low, high = row["value"], row["low"], row["high"]
        if row["a"] != name:
            value, low, high = -value, -high, -low
        return pd.Series({"value": value, "low": low, "high": high, "apart": row["verdict"] != ALIKE})

    @cached_property
    def ill_share(self) -> float:
        """The part of what rest costs against the plan that is the illness itself; the other is the running missed, in
        bed and on the way back. NaN where rest costs nothing. The same draws are run with and without the illness.
        """
        if not self.is_known:
            return math.nan
        dates = pd.date_range(self.today, self.race["date"] - DAY)
        rested, _ = scenario_loads(self.scenarios[1], self.usual_load, dates, None)
        well = self._simulated([Scenario("well", plan=pd.Series(rested, dates))]).draws["well"].mean()
        plan, rest = (self.simulation.draws[name].mean() for name in (self.planned, self.rest))
        return float((well - rest) / (plan - rest)) if plan >= well and plan > rest else math.nan

    @cached_property
    def stops(self) -> pd.DataFrame:
        """Days without training from the first day of rest, then on as usual: on the morning after, and by the race.

        Returns ``days``, ``when`` ("after", "race"), ``date``, ``value``, ``low``, ``high`` in % against going on as
        usual. On the morning after, freshness hides what was lost; by the race it is gone. No rows where nothing is
        known.
        """
        columns = ["days", "when", "date", "value", "low", "high"]
        left = (self.race["date"] - self.sick_from).days
        lengths = sorted({days for days in (*STOPS, self.sick_days) if days < left})
        if not self.is_known or not lengths:
            return pd.DataFrame(columns=columns)
        paths = self._simulated(
            [Scenario(str(days), taper_days=0, rest=(self.sick_from, days)) for days in lengths]
        ).paths
        rows = []
        for days in lengths:
            path = paths[paths["scenario"] == str(days)].set_index("date")
            for when, date in (("after", self.sick_from + days * DAY), ("race", self.race["date"])):
                rows.append([days, when, date, *path.loc[date, ["value", "low", "high"]]])
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def way_back(self) -> pd.DataFrame:
        """The days after those of rest, with the usual running distance of each (``taper.return_plan``)."""
        back = self.sick_from + self.sick_days * DAY
        last = max((b for _, b, _ in self.return_steps), default=0) + 1
        days = max(min(last, (self.race["date"] - back).days), 1)
        return _taper.return_plan(back, days=days, usual=self.usual_distance_m, steps=self.return_steps)

    # -- tapers before -----------------------------------------------------------------------------------------------

    @cached_property
    def shown_races(self) -> pd.DataFrame:
        """The races whose tapers are shown: earlier ones, and this one where it is over."""
        races = _taper.main_races(self.whole, end=self.race["date"])
        return (races if self.over else races[races["date"] < self.race["date"]]).tail(5)

    @cached_property
    def taper_volumes(self) -> pd.DataFrame:
        """What was left of the usual before those races, day by day."""
        return _taper.taper_volumes(self.whole.between(None, self.last), self.shown_races)

    @cached_property
    def reviews(self) -> dict[pd.Timestamp, pd.DataFrame]:
        """The review of the taper before each of them (``taper.taper_review``), oldest first."""
        return {race["date"]: _taper.taper_review(self.whole, race) for race in self.shown_races.to_dict("records")}

    @cached_property
    def rebuild(self) -> pd.DataFrame:
        """The stages after a missed goal (``taper.rebuild``); no rows where there was none to miss."""
        goal = self.whole.races[self.whole.races["date"] == self.race["date"]]["goal_s"]
        missed = self.over and len(goal) and self.race["time_s"] > float(goal.iloc[0])
        if not missed:
            return pd.DataFrame()
        return _taper.rebuild(self.whole.between(None, self.race["date"]), self.race)
