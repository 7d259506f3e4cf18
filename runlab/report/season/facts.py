"""What a season breakdown is made from, beyond what it shares with the review: phases, builds, trends, tapers."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import pandas as pd

from ...calendar import BUILD_WEEKS, in_last_weeks, week_of
from ...progression import (
    Finding,
    consistency,
    durability,
    dynamics,
    intensity_distribution,
    pace_at_heart_rate,
    plateau,
    same_race,
    symmetry,
)
from ...progression.aerobic import runs_at_heart_rate
from ...progression.comparison import common_channel
from ...progression.fade import long_run_fade
from ...progression.intensity import run_intensity
from ...progression.season_phases import phase_weeks
from ...progression.weeks import excused_days
from ...taper import taper_review, taper_volumes
from ..facts import DAY, AthleteFacts, runs_between

YEARS = 3  # looked at where no start is named
RECENT_DAYS = 28
MOST_BUILDS = 4
LEAST_BUILD_DAYS = 56
SEASON_COLUMNS = ["name", "first", "last", "race_date"]


class SeasonFacts(AthleteFacts):
    """An ``AthleteFacts`` of the whole log, at most the last three years, or of the period named."""

    def first_day(self) -> pd.Timestamp:
        """Where the period begins if nothing is named."""
        return max(self.begin, self.end - pd.DateOffset(years=YEARS) + DAY)

    @property
    def shown_from(self) -> pd.Timestamp:
        """Where pictures of single weeks and runs begin: a year before the end, or the start of the period."""
        return max(self.start, self.end - pd.Timedelta(weeks=52) + DAY)

    @property
    def after(self) -> pd.Timestamp:
        """The first day not looked at."""
        return self.end + DAY

    # -- phases and weeks ----------------------------------------------------------------------------------------------

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """Every week of the period with its phase, and ``trained_m`` and ``longest_trained_m``, races left out."""
        table = phase_weeks(self.history)
        if table.empty:
            return table
        runs = self.training_runs
        of = runs.groupby(week_of(runs["date"], self.athlete.week_start))["distance_m"]
        table = table.assign(
            trained_m=table["week"].map(of.sum()).fillna(0.0).where(table["distance_m"].notna()),
            longest_trained_m=table["week"].map(of.max()),
            hard_share=table["week"].map(self.hard_shares).astype(float),
        )
        return table[table["week"] + 6 * DAY >= self.start].reset_index(drop=True)

    @cached_property
    def hard_shares(self) -> pd.Series:
        """Share of each week's time above the threshold; NaN where fewer than half of its runs tell."""
        inside = run_intensity(self.history)
        columns = ["low_s", "middle_s", "high_s"]
        inside = inside.assign(known=inside[columns].notna().all(axis=1))
        by_week = inside.groupby(week_of(inside["date"], self.athlete.week_start))
        sums = by_week[columns].sum()
        share = sums["high_s"] / sums.sum(axis=1).where(lambda s: s > 0)
        return share.where(by_week["known"].mean() >= 0.5)

    @cached_property
    def period_weeks(self) -> pd.Series:
        """Training distance of the whole weeks of the period, counted back from its last day."""
        whole = max(((self.end - max(self.start, self.begin)).days + 1) // 7, 0)
        return self.weekly.metres.tail(whole) if whole else self.weekly.metres.iloc[:0]

    @cached_property
    def shown_training(self) -> pd.DataFrame:
        """The training runs pictures show, with a distance."""
        runs = self.training_runs
        return runs[(runs["date"] >= self.shown_from) & runs["distance_m"].notna()]

    @cached_property
    def consistency(self) -> Finding:
        """How many weeks held the usual number of running days, over the period."""
        return consistency(self.log, on=self.after, weeks=160)

    # -- parts of the period side by side ------------------------------------------------------------------------------

    @cached_property
    def builds(self) -> pd.DataFrame:
        """Up to 16 weeks before each main race and after the last: ``name``, ``first``, ``last``, ``race_date``."""
        rows, previous = [], self.begin - DAY
        for race in self.main_races.to_dict("records"):
            first = max(race["date"] - pd.Timedelta(weeks=BUILD_WEEKS), previous + DAY)
            if (race["date"] - first).days >= LEAST_BUILD_DAYS:
                name = race["name"] or f"{race['date'].day} {race['date']:%b %Y}"
                rows.append((name, first, race["date"] - DAY, race["date"]))
            previous = race["date"]
        return pd.DataFrame(rows[-MOST_BUILDS:], columns=SEASON_COLUMNS)

    @cached_property
    def seasons(self) -> pd.DataFrame:
        """Years back from the end where there are one and a half or more, else builds before main races, else halves.

        Columns as ``builds``; no rows under sixteen weeks.
        """
        weeks = (self.end - self.start).days / 7
        if weeks >= 78:
            rows, last = [], self.end
            while last > self.start + pd.Timedelta(weeks=26) and len(rows) < MOST_BUILDS:
                first = max(last - pd.Timedelta(weeks=52) + DAY, self.start)
                rows.append((f"{first:%b %Y} – {last:%b %Y}", first, last, pd.NaT))
                last = first - DAY
            return pd.DataFrame(rows[::-1], columns=SEASON_COLUMNS)
        if len(self.builds) >= 2:
            return self.builds
        if weeks < BUILD_WEEKS:
            return self.builds.iloc[:0]
        middle = self.end - pd.Timedelta(weeks=int(weeks / 2))
        halves = [(self.start, middle), (middle + DAY, self.end)]
        rows = [(f"{a.day} {a:%b} – {b.day} {b:%b %Y}", a, b, pd.NaT) for a, b in halves]
        return pd.DataFrame(rows, columns=SEASON_COLUMNS)

    @cached_property
    def common_channel(self) -> str:
        """The channel by which the intensity of all these parts can be told; "" without one."""
        return common_channel(self.history, *[(part.first, part.last) for part in self.seasons.itertuples()])

    def numbers(self, parts: pd.DataFrame) -> pd.DataFrame:
        """What is compared between parts of the log, races left out: one row a part, NaN where it was not measured."""
        return pd.DataFrame([self._numbers(part) for part in parts.itertuples()], index=parts.index)

    def _numbers(self, part: Any) -> dict[str, float]:
        easy = hard = pd.DataFrame()
        if self.common_channel:
            split = intensity_distribution(self.history.between(part.first, part.last), channel=self.common_channel)
            easy = split[(split["method"] == "time") & (split["zone"] == "low")]
            hard = split[(split["method"] == "session") & (split["zone"] == "high")]
        lighter = self.lighter
        inside = lighter[(lighter["week"] >= part.first) & (lighter["week"] + 6 * DAY <= part.last)]
        away = excused_days(self.history)
        first = lambda frame, column: float(frame[column].iloc[0]) if len(frame) else math.nan  # noqa: E731
        return runs_between(self.training_runs, part.first, part.last) | {
            "easy": first(easy, "value"),
            "easy_low": first(easy, "low"),
            "easy_high": first(easy, "high"),
            "hard_runs": first(hard, "value"),
            "lighter": float(inside["is_step_back"].sum()) if len(inside) else math.nan,
            "excused": float(((away >= part.first) & (away <= part.last)).sum()),
        }

    @cached_property
    def season_numbers(self) -> pd.DataFrame:
        """``numbers`` of ``seasons``."""
        return self.numbers(self.seasons)

    @cached_property
    def build_numbers(self) -> pd.DataFrame:
        """``numbers`` of ``builds``."""
        return self.season_numbers if self.seasons is self.builds else self.numbers(self.builds)

    # -- is the athlete progressing ------------------------------------------------------------------------------------

    @cached_property
    def race_trend(self) -> Finding:
        """Whether race times move, over the period and never less than two years (``progression.plateau``)."""
        return plateau(self.history, on=self.after, days=max(730, (self.after - self.start).days))

    @cached_property
    def same(self) -> pd.DataFrame:
        """Races of the period that were run before under the same name (``progression.same_race``)."""
        found = same_race(self.history)
        return found[(found["n"] > 1) & (found["date"] >= self.start)].sort_values("date")

    @cached_property
    def pace_trend(self) -> Finding:
        """How pace at one heart rate moved (``progression.pace_at_heart_rate``)."""
        return pace_at_heart_rate(self.history, on=self.after)

    @cached_property
    def pace_runs(self) -> pd.DataFrame:
        """The runs behind it, with their moving time."""
        found = runs_at_heart_rate(self.history, on=self.after)
        return found.merge(self.all_activities[["activity_id", "moving_time_s"]], on="activity_id", how="left")

    @cached_property
    def durability(self) -> Finding:
        """How heart rate rises in long runs of the last half year."""
        return durability(self.history, on=self.after)

    @cached_property
    def durability_halves(self) -> tuple[float, float]:
        """The median of single long runs before the last twelve weeks, and in them; NaN with fewer than three each."""
        used = self.durability.table
        used = used[used["used"].astype(bool)]
        late = in_last_weeks(used["date"], 12, through=self.end)
        parts = used.loc[~late, "value"], used.loc[late, "value"]
        before, now = (float(part.median()) if min(map(len, parts)) >= 3 else math.nan for part in parts)
        return before, now

    @cached_property
    def fade(self) -> pd.DataFrame:
        """Speed per heartbeat along the long runs of the last four quarters."""
        return long_run_fade(self.log, on=self.after, without=self.race_ids)

    @cached_property
    def dynamics(self) -> pd.DataFrame:
        """Cadence, contact and oscillation as functions of speed, last four weeks."""
        return dynamics(self.history, on=self.after, days=RECENT_DAYS)

    @cached_property
    def usual_dynamics(self) -> pd.DataFrame:
        """The same over the year before those weeks."""
        return dynamics(self.history, on=self.after - RECENT_DAYS * DAY, days=365, most=30)

    @cached_property
    def symmetry(self) -> Finding:
        """Left and right against the athlete's usual."""
        return symmetry(self.history, on=self.after, most=40)

    # -- tapers --------------------------------------------------------------------------------------------------------

    @cached_property
    def reviews(self) -> dict[pd.Timestamp, pd.DataFrame]:
        """The review of the taper before each of the last main races, oldest first (``taper.taper_review``)."""
        return {race["date"]: taper_review(self.history, race) for race in self.main_races.tail(3).to_dict("records")}

    @cached_property
    def last_taper(self) -> pd.DataFrame:
        """The last of them by measure; no rows without such a race."""
        return list(self.reviews.values())[-1].set_index("measure") if self.reviews else pd.DataFrame()

    @cached_property
    def taper_volumes(self) -> pd.DataFrame:
        """What was left of the usual before the main races, day by day."""
        return taper_volumes(self.history, self.main_races.tail(3))
