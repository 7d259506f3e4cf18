"""The athlete review: the tables and sentences its notebook shows, gathered from one athlete's log."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ... import units as _units
from ...calendar import in_last_weeks, weeks_back
from ...errors import SettingsError, one_of
from ...load import daily_sums, fitness_and_fatigue, single_run_spike, step_back_weeks
from ...log import Log
from ...plots.efforts import distance_name, season_bests
from ...progression import race_results
from ...progression.comparison import Comparison, compare_periods
from ...progression.intensity import intensity_distribution
from ...progression.sessions import session_type
from ...races import races_found
from ...sentences import Sentence
from ...zones import Threshold, threshold
from ..table import table
from . import findings, lines

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

WEEKS = 26  # reviewed where no start is given


class AthleteReview:
    """One athlete, one period: what the review draws (tables) and says (sentences).

    ``log`` may hold several athletes; then ``athlete`` names one. ``start`` and ``end`` are the first and last day
    reviewed ("" for the last 26 weeks to the last activity); what lies before is the athlete's own baseline and never
    what lies after. ``units`` is "metric", "imperial", or "" for the athlete's own.
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
        first = self.history.activities["date"].min()
        if pd.isna(first):
            raise SettingsError(
                f"{self.athlete.name}: no activity up to {self.end:%Y-%m-%d}; the first is {days.min():%Y-%m-%d}"
            )
        self.start = (
            pd.Timestamp(start) if start else max(first, self.end - pd.Timedelta(weeks=WEEKS) + pd.Timedelta(days=1))
        )
        self.log = self.history.between(self.start, self.end)
        self.events, self.plan = self.history.events, whole.plan
        self.races = races_found(whole.as_of(self.end))  # races to come stand in it as the calendar has them

    def __repr__(self) -> str:
        return f"AthleteReview({self.athlete.name}, {self.start:%Y-%m-%d} – {self.end:%Y-%m-%d})"

    # -- the tables --------------------------------------------------------------------------------------------------

    @cached_property
    def all_activities(self) -> pd.DataFrame:
        """Everything up to the end of the period with the type of each run, duplicates left out."""
        own = self.history.activities[self.history.activities["duplicate_of"] == ""]
        kinds = session_type(self.history)[["activity_id", "session_type"]]
        return own.merge(kinds, on="activity_id", how="left").assign(
            session_type=lambda t: t["session_type"].fillna("").astype("str")
        )

    @cached_property
    def activities(self) -> pd.DataFrame:
        """The period's activities, duplicates left out."""
        return self.all_activities[self.all_activities["date"] >= self.start]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """The period's runs."""
        return self.activities[self.activities["sport"] == "running"]

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Load and wellness by day since the first activity, up to the end of the period."""
        return self.history.daily

    @cached_property
    def fitness(self) -> pd.DataFrame:
        """Fitness, fatigue and form by day, computed over the whole history."""
        return fitness_and_fatigue(self.daily)

    @cached_property
    def intensity(self) -> pd.DataFrame:
        """Shares of time and of runs in three zones, by month of the period."""
        return intensity_distribution(self.log, by="month")

    @cached_property
    def threshold(self) -> Threshold:
        """Threshold pace and heart rate on the last day, estimated from the athlete's own efforts."""
        return threshold(self.history, through=self.end)

    @cached_property
    def efforts(self) -> pd.DataFrame:
        """Best efforts of the period's runs, with their date."""
        return self._dated_efforts(self.runs)

    @cached_property
    def earlier_efforts(self) -> pd.DataFrame:
        """Best efforts of all runs before the period."""
        before = self.all_activities
        return self._dated_efforts(before[(before["date"] < self.start) & (before["sport"] == "running")])

    def _dated_efforts(self, activities: pd.DataFrame) -> pd.DataFrame:
        return self.history.efforts.merge(activities[["activity_id", "date"]], on="activity_id")

    @cached_property
    def spikes(self) -> pd.DataFrame:
        """Every run of the period beside the longest of the 30 days before it."""
        table = single_run_spike(self.all_activities)
        return (
            table[table["date"] >= max(self.start, table["date"].min() + pd.Timedelta(days=30))]
            if len(table)
            else table
        )

    @cached_property
    def weekly_m(self) -> pd.Series:
        """Distance of every whole week back from the last day, over the whole history, newest last."""
        return self._weeks_back(self.all_activities)

    def _weeks_back(self, activities: pd.DataFrame) -> pd.Series:
        runs = activities[activities["sport"] == "running"]
        return weeks_back(runs["date"], runs["distance_m"], through=self.end, first=activities["date"].min())

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every race of the history with a time."""
        return race_results(self.history)

    @cached_property
    def training(self) -> pd.DataFrame:
        """Everything up to the end of the period, races left out: what volume is counted from."""
        return self.all_activities[~self.all_activities["activity_id"].isin(self.results["activity_id"])]

    @cached_property
    def lighter(self) -> pd.DataFrame:
        """Every whole week of the period, races left out, and whether it was lighter (``load.step_back_weeks``)."""
        days = daily_sums(self.training.assign(load=0.0), self.training, through=self.end)
        weeks = step_back_weeks(days, week_start=self.athlete.week_start)
        inside = (weeks["week"] >= self.start) & (weeks["week"] + pd.Timedelta(days=6) <= self.end)
        return weeks[inside].reset_index(drop=True)

    @cached_property
    def volume_compared(self) -> Comparison:
        """The mean week of the last four and of the twelve before them."""
        weeks = self.weekly_m.to_frame("metres")
        return compare_periods(
            weeks.iloc[-16:-4],
            weeks.iloc[-4:],
            "metres",
            statistic=lambda rows: rows["metres"].mean(),
            what="distance",
            least=3,
            share=0.75,
            noun="weeks",
        )

    # -- who, and what can be trusted ----------------------------------------------------------------------------------

    def headline(self) -> Sentence:
        """Whose review, and of what period."""
        return Sentence(f"**{self.athlete.name}**, {_day(self.start)} – {_day(self.end)}")

    def summary(self) -> Sentence:
        """The whole review in one paragraph: the claims alone."""
        told = [self.sentence(name) for name in ("volume", "fitness", "long_run", "wellness")]
        claims = [line.split("**")[1].rstrip(".:") for line in told if not line.startswith("**Cannot tell")]
        return Sentence(". ".join(claims) + "." if claims else "**Cannot tell much yet**: too little was recorded.")

    def who(self) -> Styler:
        """Who the athlete is and what the log holds, in a few lines."""
        now = self.athlete.on(self.end)
        age = self.athlete.age_on(self.end)
        sports = self.activities["sport"].replace("", "unknown").value_counts()
        settings = [
            f"maximum heart rate {now.max_heart_rate_bpm:.0f}" if math.isfinite(now.max_heart_rate_bpm) else "",
            f"resting {now.resting_heart_rate_bpm:.0f}" if math.isfinite(now.resting_heart_rate_bpm) else "",
            f"threshold {now.threshold_heart_rate_bpm:.0f}" if math.isfinite(now.threshold_heart_rate_bpm) else "",
        ]
        begins = _day(self.all_activities["date"].min())
        rows = {
            "athlete": ", ".join(filter(None, [self.athlete.name, f"{age:.0f} years" if math.isfinite(age) else ""])),
            "period": f"{_day(self.start)} – {_day(self.end)}; the log begins {begins}",
            "activities": ", ".join(f"{n} {sport}" for sport, n in sports.items()) or "none in this period",
            "devices": ", ".join(sorted(set(self.activities["device"]) - {""})) or "not named",
            "heart rate, beats/min": ", ".join(filter(None, settings)) or "no settings known",
            "threshold pace": _units.format_pace(now.threshold_speed_mps, self.units),
        }
        frame = pd.DataFrame({"": list(rows), " ": list(rows.values())})
        return table(frame, text=("", " "))

    def problems(self) -> Styler | Sentence:
        """What could not be read or trusted, and what to do."""
        found = self.history.problems
        if found.empty:
            return self.sentence("problems")
        inside = found["path"].str.removeprefix(f"{self.athlete.name}/")
        frame = found.assign(path=inside).rename(columns={"path": "file", "reason": "what is wrong"})
        frame = frame[["file", "what is wrong", "kept"]]
        return table(frame, text=tuple(frame.columns), caption="Files and cells that need a look")

    def volume_table(self) -> Styler:
        """Now beside then: the last 4, 12 and 52 weeks, and the best 12 weeks on record."""
        runs = self.all_activities[self.all_activities["sport"] == "running"]
        rows = []
        for weeks in (4, 12, 52):
            if len(self.weekly_m) >= weeks:
                rows.append(self._block(f"last {weeks} weeks", runs, self.end, weeks))
        if len(self.weekly_m) > 12:
            best = int(self.weekly_m.rolling(12).sum().idxmax())
            until = self.end - pd.Timedelta(weeks=len(self.weekly_m) - 1 - best)
            rows.append(self._block(f"best 12 weeks, to {_day(until)}", runs, until, 12))
        columns = [
            "weeks",
            f"{_units.distance_unit(self.units)} a week",
            "hours a week",
            "runs a week",
            f"ascent a week, {'m' if self.units == 'metric' else 'ft'}",
            f"longest run, {_units.distance_unit(self.units)}",
        ]
        return table(pd.DataFrame(rows, columns=columns), text=("weeks",))

    def _block(self, name: str, runs: pd.DataFrame, until: pd.Timestamp, weeks: int) -> list[str]:
        inside = runs[in_last_weeks(runs["date"], weeks, through=until)]
        per = _units.distance_unit_m(self.units)
        rise = inside["ascent_m"].sum(min_count=1) / weeks / (1 if self.units == "metric" else _units.METRES_PER_FOOT)
        values = [
            inside["distance_m"].sum() / weeks / per,
            inside["moving_time_s"].sum() / weeks / 3600,
            len(inside) / weeks,
        ]
        longest = inside["distance_m"].max() / per
        return [
            name,
            *(f"{v:.1f}" for v in values),
            f"{rise:,.0f}" if math.isfinite(rise) else "·",
            f"{longest:.1f}" if math.isfinite(longest) else "·",
        ]

    def efforts_table(self) -> Styler:
        """The best clean effort over each standard distance, with the day, heart rate and grade behind it."""
        best = season_bests(self.efforts)
        earlier = season_bests(self.earlier_efforts).set_index("distance_m")["time_s"]
        unit = _units.distance_unit(self.units)
        rows = [
            {
                "distance": distance_name(e.distance_m),
                "time": _units.format_duration(e.time_s),
                f"pace, min/{unit}": _units.format_pace(e.distance_m / e.time_s, self.units).split(" ")[0],
                "day": _day(e.date),
                "mean heart rate": f"{e.average_heart_rate_bpm:.0f}"
                if math.isfinite(e.average_heart_rate_bpm)
                else "·",
                "mean grade, %": f"{100 * e.grade:+.1f}".replace("-", "−") if math.isfinite(e.grade) else "·",
                "before this period": _units.format_duration(earlier.get(e.distance_m, math.nan)),
            }
            for e in best.itertuples()
        ]
        columns = [
            "distance",
            "time",
            f"pace, min/{unit}",
            "day",
            "mean heart rate",
            "mean grade, %",
            "before this period",
        ]
        return table(pd.DataFrame(rows, columns=columns), text=("distance", "day"))

    # -- the sentences ---------------------------------------------------------------------------------------------

    def sentence(self, name: str) -> Sentence:
        """One of the review's sentences: period, heart_rate, trust, problems, volume, fitness, form, intensity,
        long_run, best_effort or wellness."""
        return lines.SENTENCES[one_of("sentence", name, lines.SENTENCES)](self)

    def stands_out(self) -> findings.Findings:
        """Up to five things worth a word with the athlete, the most telling first."""
        return findings.stands_out(self)

    def unknown(self) -> findings.Findings:
        """What this log cannot tell, and what would."""
        return findings.unknown(self)


def _day(date: Any) -> str:
    return f"{date.day} {date:%b %Y}"
