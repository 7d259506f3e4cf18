"""What a review and a season page are made from: one athlete's tables and numbers over one period. No words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from .. import units as _units
from ..calendar import breaks, measured_sum, weeks_back
from ..errors import SettingsError
from ..load import daily_sums, fitness_and_fatigue, single_run_spike, step_back_weeks
from ..load.spikes import planned_spikes
from ..log import Log
from ..progression import limiters, race_results
from ..progression.comparison import Comparison, compare_periods
from ..progression.intensity import intensity_distribution
from ..progression.sessions import session_type
from ..races import races_found
from ..taper import main_races

WEEKS = 26  # reviewed where no start is named
DAY = pd.Timedelta(days=1)
AWAY = ("ill", "injury", "pain", "travel", "life")  # episodes that take running away
ACHES = ("pain", "injury")
JUMP = 1.1  # of the longest run of the 30 days before
AHEAD = 14  # days of the plan that are looked at
SAME_RACE = 0.03  # watches read a course up to this much long or short


@dataclass(frozen=True)
class Weekly:
    """Training distance in whole seven days back from the last day, races left out: the one count of every page."""

    metres: pd.Series
    end: pd.Timestamp

    def last(self, weeks: int) -> float:
        """The mean week of the last so many; NaN where the log is shorter or a quarter of them is not measured."""
        part = self.metres.tail(weeks)
        return float(part.mean()) if len(part) == weeks and part.notna().mean() >= 0.75 else math.nan

    @cached_property
    def compared(self) -> Comparison:
        """The last four weeks against the twelve before them."""
        weeks = self.metres.to_frame("metres")
        mean = lambda rows: rows["metres"].mean()  # noqa: E731
        return compare_periods(
            weeks.iloc[-16:-4],
            weeks.iloc[-4:],
            "metres",
            statistic=mean,
            what="distance",
            least=3,
            share=0.75,
            noun="weeks",
        )

    @property
    def before(self) -> int:
        """How many weeks there are before the last four, twelve at most."""
        return len(self.metres.iloc[-16:-4])

    @cached_property
    def best(self) -> tuple[float, pd.Timestamp]:
        """The most in twelve weeks in a row, a week, and the day they ended; NaN where there are fewer."""
        blocks = self.metres.rolling(12).mean()
        if not blocks.notna().any():
            return math.nan, pd.NaT
        at = int(blocks.idxmax())
        return float(blocks.max()), self.end - pd.Timedelta(weeks=len(blocks) - 1 - at)


class AthleteFacts:
    """One athlete, one period: ``log`` up to the end (``history``) and in the period, and every table made of them.

    ``log`` may hold several athletes; then ``athlete`` names one. ``start`` and ``end`` are the first and last day (""
    for the last 26 weeks to the last activity); what lies before is the athlete's baseline, what lies after is not
    known. ``units`` is "metric", "imperial", or "" for the athlete's. Raises SettingsError where no activity lies up to
    ``end``.
    """

    def __init__(self, log: Log, *, athlete: str = "", start: Any = "", end: Any = "", units: str = "") -> None:
        whole = log.athlete(athlete) if athlete else log
        self.athlete = whole.only()
        self.units = units or self.athlete.units
        _units.distance_unit_m(self.units)
        days = whole.activities["date"].dropna()
        if days.empty:
            raise SettingsError(f"{self.athlete.name}: no activity with a date in this log")
        self.end = pd.Timestamp(end) if end else days.max()
        self.history = whole.between(None, self.end)
        self.begin = self.history.activities["date"].min()
        if pd.isna(self.begin):
            raise SettingsError(
                f"{self.athlete.name}: no activity up to {self.end:%Y-%m-%d}; the first is {days.min():%Y-%m-%d}"
            )
        self.start = pd.Timestamp(start) if start else self.first_day()
        self.log = self.history.between(self.start, self.end)
        self.events, self.plan = self.history.events, whole.plan
        self.races = races_found(whole.as_of(self.end))  # races to come stand in it as the calendar has them

    def first_day(self) -> pd.Timestamp:
        """Where the period begins if nothing is named."""
        return max(self.begin, self.end - pd.Timedelta(weeks=WEEKS) + DAY)

    @property
    def shown_from(self) -> pd.Timestamp:
        """Where pictures of single weeks and runs begin."""
        return self.start

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.athlete.name}, {self.start:%Y-%m-%d} – {self.end:%Y-%m-%d})"

    # -- what was done -------------------------------------------------------------------------------------------------

    @cached_property
    def all_activities(self) -> pd.DataFrame:
        """Everything up to the end, duplicates left out, with the type of the runs that pictures show."""
        every = self.history.activities[self.history.activities["duplicate_of"] == ""]
        kinds = session_type(self.history.between(self.shown_from))[["activity_id", "session_type"]]
        return every.merge(kinds, on="activity_id", how="left").assign(
            session_type=lambda t: t["session_type"].fillna("").astype("str")
        )

    @cached_property
    def activities(self) -> pd.DataFrame:
        """The period's activities, duplicates left out."""
        return self.all_activities[self.all_activities["date"] >= self.start]

    @cached_property
    def all_runs(self) -> pd.DataFrame:
        """Every run up to the end."""
        return self.all_activities[self.all_activities["sport"] == "running"]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The period's runs."""
        return self.all_runs[self.all_runs["date"] >= self.start]

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every race with a time: ``goal_s`` and ``is_best`` (of its distance so far) beside it, by date.

        A run that shares its file with another sport is the end of a longer race: ``within_multisport``.
        """
        found = race_results(self.history).sort_values("date", kind="stable", ignore_index=True)
        goals = self.history.races.drop_duplicates("date").set_index("date")["goal_s"]
        found["goal_s"] = found["date"].map(goals).astype(float)
        found["within_multisport"] = found["activity_id"].isin(self.multisport_ids)
        clock = self.all_runs.set_index("activity_id")["elapsed_time_s"]
        found["watch_s"] = found["activity_id"].map(clock).astype(float)
        alone = found[~found["within_multisport"]]
        found["is_best"] = [
            not race.within_multisport and self._beats(alone[alone["date"] < race.date], race)
            for race in found.itertuples()
        ]
        return found

    @staticmethod
    def _beats(before: pd.DataFrame, race: Any) -> bool:
        same = before[(before["distance_m"] / race.distance_m - 1).abs() < SAME_RACE]
        return len(same) > 0 and race.time_s < same["time_s"].min()

    @cached_property
    def multisport_ids(self) -> set[str]:
        """Runs recorded in one file of one day with other sports: parts of a triathlon or the like."""
        every = self.history.activities
        every = every[every["sport"].ne("transition") & every["source"].fillna("").ne("")]
        files = every.groupby("source")
        one_day = files["date"].transform(lambda days: (days.max() - days.min()).days <= 1)
        several = one_day & (files["sport"].transform("nunique") > 1)
        return set(every.loc[several & (every["sport"] == "running"), "activity_id"])

    @cached_property
    def period_results(self) -> pd.DataFrame:
        """The period's races with a time."""
        return self.results[self.results["date"] >= self.start]

    @cached_property
    def main_races(self) -> pd.DataFrame:
        """The races the period was built around (``taper.main_races``)."""
        return main_races(self.history, start=self.start, end=self.end)

    @cached_property
    def race_ids(self) -> set[str]:
        """Runs that were races, or parts of one."""
        return set(self.results["activity_id"]) | self.multisport_ids

    @cached_property
    def training(self) -> pd.DataFrame:
        """Everything up to the end, races left out: what volume is counted from."""
        return self.all_activities[~self.all_activities["activity_id"].isin(self.race_ids)]

    @cached_property
    def training_runs(self) -> pd.DataFrame:
        """Every training run up to the end."""
        return self.training[self.training["sport"] == "running"]

    # -- how much ------------------------------------------------------------------------------------------------------

    @cached_property
    def weekly(self) -> Weekly:
        """Training distance of every whole seven days back from the last day, newest last."""
        runs = self.training_runs
        return Weekly(weeks_back(runs["date"], runs["distance_m"], through=self.end, first=self.begin), self.end)

    @cached_property
    def lighter(self) -> pd.DataFrame:
        """Every whole week of the period, races left out, and whether it was lighter (``load.step_back_weeks``)."""
        days = daily_sums(self.training.assign(load=0.0), self.training, through=self.end)
        weeks = step_back_weeks(days, week_start=self.athlete.week_start)
        inside = (weeks["week"] >= self.start) & (weeks["week"] + 6 * DAY <= self.end)
        return weeks[inside].reset_index(drop=True)

    @cached_property
    def race_behind(self) -> pd.Series | None:
        """The main race whose taper or recovery lies in the last four weeks; None without one."""
        races = self.main_races
        near = races[races["date"] > self.end - pd.Timedelta(weeks=6)]
        return near.iloc[-1] if len(near) else None

    @cached_property
    def next_race(self) -> pd.Series | None:
        """The next race of the calendar; None without one."""
        ahead = self.races[self.races["date"] > self.end].sort_values("date")
        return ahead.iloc[0] if len(ahead) else None

    @cached_property
    def stops(self) -> pd.DataFrame:
        """The breaks of the period (``calendar.breaks``), with the ``kinds`` of episodes the log notes then."""
        found = breaks(self.all_runs["date"].dropna(), start=max(self.start, self.begin), end=self.end)
        kinds = [
            tuple(sorted(set(self.episodes(a, b)["kind"]))) for a, b in zip(found["first"], found["last"], strict=True)
        ]
        return found.assign(kinds=pd.Series(kinds, index=found.index, dtype=object))

    def episodes(self, first: pd.Timestamp, last: pd.Timestamp, kinds: tuple[str, ...] = AWAY) -> pd.DataFrame:
        """The episodes of some kinds that touch the days between two dates, an open one still lasting."""
        ends = self.events["end"].fillna(self.end)
        inside = (self.events["start"] <= last) & (ends >= first) & self.events["kind"].isin(list(kinds))
        return self.events[inside].sort_values("start")

    # -- how hard ------------------------------------------------------------------------------------------------------

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Load and wellness by day since the first activity, up to the end."""
        return self.history.daily

    @cached_property
    def fitness(self) -> pd.DataFrame:
        """Fitness, fatigue and form by day, computed over the whole history."""
        return fitness_and_fatigue(self.daily)

    @cached_property
    def intensity(self) -> pd.DataFrame:
        """Shares of time and of runs in three zones, over what pictures show."""
        return intensity_distribution(self.history.between(self.shown_from, self.end))

    @cached_property
    def monthly_intensity(self) -> pd.DataFrame:
        """The same by month."""
        return intensity_distribution(self.history.between(self.shown_from, self.end), by="month")

    @cached_property
    def limiters(self) -> pd.DataFrame:
        """What may hold the athlete back: candidates, each with what speaks for and against it."""
        return limiters(self.history, on=self.end + DAY)

    # -- jumps and aches ---------------------------------------------------------------------------------------------

    @cached_property
    def spikes(self) -> pd.DataFrame:
        """Every run shown beside the longest of the 30 days before it; ``raced`` are races or parts of one."""
        table = single_run_spike(self.all_activities)
        return table[table["date"] >= self.shown_from].assign(raced=lambda t: t["activity_id"].isin(self.race_ids))

    @cached_property
    def jumps(self) -> pd.DataFrame:
        """Training runs more than a tenth longer than any of the 30 days before, the largest last."""
        return self.spikes[(self.spikes["ratio"] > JUMP) & ~self.spikes["raced"]].sort_values("ratio", kind="stable")

    @cached_property
    def planned_jumps(self) -> pd.DataFrame:
        """Planned runs of the next fourteen days that would be jumps, the largest last; the race itself left out."""
        table = planned_spikes(self.all_activities, self.plan, through=self.end)
        near = (table["date"] <= self.end + AHEAD * DAY) & ~table["date"].isin(self.races["date"])
        return table[near & (table["ratio"] > JUMP)].sort_values("ratio", kind="stable")

    @cached_property
    def aches(self) -> pd.DataFrame:
        """Pain and injuries that touch the period, the latest last."""
        return self.episodes(self.start, self.end, ACHES)

    @cached_property
    def shoes(self) -> pd.DataFrame:
        """Changes of shoes in the period."""
        return self.events[(self.events["kind"] == "shoe_change") & (self.events["start"] >= self.start)]

    # -- in the athlete's words ----------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> pd.DataFrame:
        """What the athlete or coach wrote in the period: ``date`` (NaT without one), ``text``; the newest first.

        Notes of activities, wellness and events, and the paragraphs of notes.md that name a day; a paragraph that
        names none has no date. Private notes only where the athlete agreed to it.
        """
        inside, daily = self.activities, self.daily
        columns = ["notes", "private_notes"] if self.athlete.consent.get("private_notes", False) else ["notes"]
        parts = [inside[["date", c]].set_axis(["date", "text"], axis=1) for c in columns]
        if "wellness_note" in daily:
            parts.append(daily[["date", "wellness_note"]].set_axis(["date", "text"], axis=1))
        parts.append(self.events[["start", "note"]].set_axis(["date", "text"], axis=1))
        parts.append(self._written())
        every = pd.concat([part.astype({"text": "str", "date": "datetime64[us]"}) for part in parts])
        every = every[every["text"].fillna("").str.strip().ne("") & ~(every["date"] < self.start)]
        every = every[~(every["date"] > self.end)].drop_duplicates()
        return every.sort_values("date", ascending=False, kind="stable", ignore_index=True)

    def _written(self) -> pd.DataFrame:
        """The paragraphs of notes.md, headings left out, with the day each names."""
        texts = [str(text) for text in self.history.notes["text"]]
        parts = [" ".join(part.split()) for text in texts for part in text.split("\n\n")]
        parts = [part for part in parts if part and not part.startswith("#")]
        found = [re.search(r"\b\d{4}-\d{2}-\d{2}\b", part) for part in parts]
        days = [pd.to_datetime(m.group() if m else None, errors="coerce") for m in found]
        return pd.DataFrame({"date": pd.Series(days, dtype="datetime64[us]"), "text": pd.Series(parts, dtype="str")})

    def wrote(self, first: pd.Timestamp, last: pd.Timestamp) -> bool:
        """Whether anything was written on the days between two dates, both included."""
        return bool(self.words["date"].between(first, last).any())


def runs_between(runs: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, float]:
    """What a week between two dates held on average, from these runs; NaN where more than a fifth is not measured.

    >>> runs = pd.DataFrame({"date": pd.to_datetime(["2026-05-01", "2026-05-14"]), "distance_m": [8000.0, 12000.0],
    ...                      "moving_time_s": [2400.0, 3600.0], "ascent_m": [20.0, 40.0]})
    >>> runs_between(runs, pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-14"))["distance_m"]
    10000.0
    """
    inside = runs[runs["date"].between(first, last)]
    weeks = ((last - first).days + 1) / 7
    weekly = weeks_back(inside["date"], inside["distance_m"], through=last, first=first)
    return {
        "distance_m": measured_sum(inside["distance_m"]) / weeks,
        "scatter_m": float(weekly.std()) if len(weekly) > 2 else math.nan,
        "hours": measured_sum(inside["moving_time_s"]) / 3600 / weeks,
        "runs": len(inside) / weeks,
        "ascent_m": measured_sum(inside["ascent_m"]) / weeks,
        "longest_m": float(inside["distance_m"].max()) if len(inside) else math.nan,
        "weeks": weeks,
    }
