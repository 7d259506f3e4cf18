"""What a race plan is made from: the race, and what was known on the day it is made. No words."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ... import race as _race
from ... import taper as _taper
from ... import units as _units
from ...errors import SettingsError
from ...log import Log
from ...race.forecasting import climb_of, is_rough, marks_on
from ...race.fuelling import fuel_practised
from ...race.pacing import pacing_history
from ...races import Race, clock_s, race_day, races_near
from ...taper.volumes import daily_volume

DAY = pd.Timedelta(days=1)
ROWS = 10  # stretches of a pace plan, at most
WINDOWS_M = 15_000.0  # shorter races without checkpoints have no places to wait at
FUEL_S = 75 * 60.0


class RacePlanFacts:
    """One race to come (or one that is over, as it stood before): the tables behind the race plan.

    ``race_date`` is a day or a name; "" means the next main race of races.csv, else its last one. ``on`` is the first
    day not yet run: "" means the day after the log ends, or race day for a race that is over. Nothing from that day on
    is used. ``distance_m``, ``goal``, ``course`` (a GPX file), ``checkpoints`` (a CSV) and ``kind`` win over the
    calendar; ``start_time`` is that of the gun ("09:00"), ``stops`` planned standing ("0:20:00").

    Raises SettingsError for a day that no race of the calendar has, without a ``distance_m``.
    """

    def __init__(
        self,
        log: Log,
        *,
        athlete: str = "",
        race_date: Any = "",
        on: Any = "",
        distance_m: float | None = None,
        goal: str = "",
        course: str = "",
        checkpoints: str = "",
        kind: str = "",
        start_time: str = "",
        stops: str = "",
        units: str = "",
    ) -> None:
        whole = log.athlete(athlete) if athlete else log
        self.athlete = whole.only()
        self.units = units or self.athlete.units
        _units.distance_unit_m(self.units)
        last = whole.activities["date"].max()
        day = race_day(whole, race_date) if race_date else self._next(whole, last)
        self.over = bool(day <= last)
        self.today = _units.parse_day(on, "on") if on else day if self.over or pd.isna(last) else last + DAY
        if self.today > day:
            raise SettingsError(f"on={self.today:%Y-%m-%d} must not lie after the race on {day:%Y-%m-%d}")
        if not distance_m and not (whole.races["date"] == day).any():
            raise SettingsError(
                f"no race on {day:%Y-%m-%d} in races.csv; name its distance_m, or {races_near(whole, day)}"
            )
        self.log = whole.as_of(self.today - DAY)
        own = {"distance_m": distance_m, "goal": goal, "course": course, "checkpoints": checkpoints, "kind": kind}
        self.race: Race = self.log.race(day, **{name: value for name, value in own.items() if value})
        self.stops_s = clock_s(stops) if stops else 0.0
        self.start = self._start(start_time)

    @staticmethod
    def _next(log: Log, last: pd.Timestamp) -> pd.Timestamp:
        listed = log.races.dropna(subset=["date"])
        if listed.empty:
            raise SettingsError(
                f"{log.only().name}: no race in races.csv; name the day and its length: race_date=, distance_m="
            )
        main = _taper.main_races(log)
        main = main[main["date"].isin(listed["date"])]
        days = (main if len(main) else listed)["date"].sort_values()
        ahead = days[days > last]
        return ahead.iloc[0] if len(ahead) else days.iloc[-1]

    def _start(self, clock: str) -> pd.Timestamp | None:
        if not clock:
            return None
        try:
            return pd.Timestamp(f"{self.race.date:%Y-%m-%d} {clock}")
        except ValueError:
            raise SettingsError(f"start_time: cannot read {clock!r} as a time of day; write 09:00") from None

    # -- the time ----------------------------------------------------------------------------------------------------

    @cached_property
    def gap(self) -> _race.GoalGap:
        """How likely the goal is, with the forecast (``race.goal_gap``)."""
        return _race.goal_gap(self.log, self.race)

    @property
    def forecast(self) -> Any:
        """The forecast from the days before (``race.forecast``)."""
        return self.gap.forecast

    @cached_property
    def marks(self) -> pd.DataFrame:
        """Where the goal lies on the forecast."""
        return marks_on(self.forecast, self.race)

    @property
    def goal_s(self) -> float:
        """The goal; NaN where there is none."""
        return self.race.goal_s

    @property
    def target_s(self) -> float:
        """What the pace plan is laid out for: the goal, else the middle of the forecast."""
        return self.goal_s if self.goal_s > 0 else float(self.forecast.value) if self.forecast.is_known else math.nan

    # -- the way -----------------------------------------------------------------------------------------------------

    @property
    def has_course(self) -> bool:
        """Whether the ground is known, stretch by stretch."""
        return self.race.course is not None

    @property
    def ascent_m(self) -> float:
        """The climb, from the calendar or from an earlier running of this race."""
        return climb_of(self.log, self.race)

    @property
    def is_rough(self) -> bool:
        """Whether times on a flat road say little about this race."""
        return is_rough(self.race)

    @cached_property
    def _way(self) -> dict[str, Any]:
        course = self.race.course if self.has_course else self.race.distance_m
        return {"course": course, "distance_m": self.race.distance_m, "stops_s": self.stops_s}

    def _plan(self, **pace: Any) -> pd.DataFrame:
        per = _units.distance_unit_m(self.units)
        length = next(n for n in (1, 2, 5, 10, 20, 50, 100) if self.race.distance_m / (per * n) <= ROWS) * per
        history = pacing_history(self.log, self.race)
        return _race.pace_plan(**self._way, **pace, pacing_history=history, length_m=length)

    @cached_property
    def pace(self) -> pd.DataFrame:
        """The same effort all the way to the target (``race.pace_plan``); no rows without one."""
        return self._plan(target=self.target_s) if self.target_s > self.stops_s else pd.DataFrame()

    @cached_property
    def expected(self) -> pd.DataFrame:
        """The same stretches at the middle of the forecast; no rows where it is not known."""
        if not self.forecast.is_known or not self.forecast.value > self.stops_s:
            return pd.DataFrame()
        return self._plan(forecast=self.forecast)

    @property
    def speed_mps(self) -> float:
        """The speed on the flat that the target asks: over flat-equivalent metres where the course is known, else over
        its length."""
        metres = self.race.distance_m
        if self.has_course:
            profile = _race.course_profile(self.race.course, distance_m=metres)
            factor = np.nan_to_num(profile["factor"].to_numpy(float), nan=1.0)
            metres = float((np.diff(profile["distance_m"]) * (factor[1:] + factor[:-1]) / 2).sum())
        return metres / (self.target_s - self.stops_s) if self.target_s > self.stops_s else math.nan

    @cached_property
    def places(self) -> pd.DataFrame:
        """Where somebody waits: the checkpoints, else about the quarters of the way. No rows for short races."""
        points = self.race.checkpoints
        if len(points):
            return points[["checkpoint", "distance_m", "cutoff_s"]]
        if self.race.distance_m < WINDOWS_M:
            return points[["checkpoint", "distance_m", "cutoff_s"]]
        per, unit = _units.distance_unit_m(self.units), _units.distance_unit(self.units)
        quarters = [5 * round(self.race.distance_m * k / 20 / per) for k in (1, 2, 3)]
        return pd.DataFrame(
            {
                "checkpoint": [f"{n} {unit}" for n in quarters],
                "distance_m": [n * per for n in quarters],
                "cutoff_s": math.nan,
            }
        )

    @cached_property
    def windows(self) -> pd.DataFrame:
        """When to be where (``race.passage_windows``): by the forecast, else around the goal; no rows
        without either."""
        if self.places.empty or not self.target_s > self.stops_s:
            return pd.DataFrame()
        pace = {"forecast": self.forecast} if self.forecast.is_known else {"target": self.goal_s}
        return _race.passage_windows(checkpoints=self.places, start=self.start, **self._way, **pace)

    # -- the body ----------------------------------------------------------------------------------------------------

    @cached_property
    def fuel(self) -> dict[str, float]:
        """How often fuelling was practised, and how much (``race.fuelling.fuel_practised``)."""
        return fuel_practised(self.log, self.race)

    @property
    def needs_fuel(self) -> bool:
        """Whether the race is long enough to eat in."""
        return self.target_s >= FUEL_S

    @cached_property
    def volume(self) -> tuple[float, float]:
        """Running a day over the last seven days, and the usual before the taper (``taper.taper_length``); NaN where
        not known. Race day's eve must be the last day run."""
        values = daily_volume(self.log, self.race.date).to_numpy(float)
        if self.today < self.race.date or len(values) < 7 * 6:
            return math.nan, math.nan
        usual = _taper.taper_length(values)[1]
        return (float(values[-7:].mean()), usual) if usual > 0 else (math.nan, math.nan)

    @cached_property
    def planned(self) -> tuple[float, int, float]:
        """Metres planned until race day, in how many days, and what is usual in as many; NaN where not known."""
        days = int((self.race.date - self.today).days)
        plan = self.log.plan
        plan = plan[(plan["date"] >= self.today) & (plan["date"] < self.race.date)]
        daily = self.log.daily
        usual = float(daily["run_distance_m"].tail(42).mean()) * days if len(daily) >= 42 else math.nan
        return (float(plan["distance_m"].sum(min_count=1)) if len(plan) else math.nan), days, usual

    @cached_property
    def tapers(self) -> pd.DataFrame:
        """What the seven days before the last two main races held: ``race``, ``race_date``, ``share`` of the usual."""
        races = _taper.main_races(self.log, end=self.today - DAY).tail(2)
        last = _taper.taper_volumes(self.log, races)
        return last[last["days_to_race"] == -1].dropna(subset=["share"])

    @cached_property
    def episodes(self) -> pd.DataFrame:
        """Pain, injury and illness noted in the four weeks before."""
        events = self.log.events
        ends = events["end"].fillna(self.today)
        return events[events["kind"].isin(["pain", "injury", "ill"]) & (ends >= self.today - 28 * DAY)]
