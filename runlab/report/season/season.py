"""The season breakdown: one athlete, months or years, as the tables, pictures and sentences its notebook shows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...errors import one_of
from ...log import Log
from ...progression import (
    Finding,
    block_comparison,
    consistency,
    durability,
    dynamics,
    intensity_distribution,
    pace_at_heart_rate,
    plateau,
    same_race,
    session_type,
    symmetry,
)
from ...progression.aerobic import runs_at_heart_rate
from ...progression.comparison import common_channel
from ...progression.phases import phase_weeks
from ...sentences import Sentence
from ...taper import taper_review
from ..review import AthleteReview
from ..review.findings import Findings
from . import ask, lines, sheets
from .fade import long_run_fade
from .tapers import main_races, taper_volumes

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

YEARS = 3  # looked at where no start is given
RECENT_DAYS = 28
DAY = pd.Timedelta(days=1)


class SeasonBreakdown(AthleteReview):
    """A season or several of one athlete: what the breakdown draws (tables) and says (sentences).

    Takes what ``AthleteReview`` takes; ``start`` "" means the whole log, at most the last three years. Nothing after
    ``end`` is used. Where a channel is missing or the history is short the section says what is missing.
    """

    def __init__(self, log: Log, *, athlete: str = "", start: Any = "", end: Any = "", units: str = "") -> None:
        super().__init__(log, athlete=athlete, start=start, end=end, units=units)
        if not start:
            first = self.history.activities["date"].min()
            self.start = max(first, self.end - pd.DateOffset(years=YEARS) + DAY)
            self.log = self.history.between(self.start, self.end)
        self.races = self.races[self.races["date"] <= self.end]

    def __repr__(self) -> str:
        return f"SeasonBreakdown({self.athlete.name}, {self.start:%Y-%m-%d} – {self.end:%Y-%m-%d})"

    @property
    def after(self) -> pd.Timestamp:
        """The first day not looked at."""
        return self.end + DAY

    @property
    def last_year(self) -> pd.Timestamp:
        """Where the weekly pictures begin: a year before the end, or the start of the period."""
        return max(self.start, self.end - pd.Timedelta(weeks=52) + DAY)

    # -- the tables --------------------------------------------------------------------------------------------------

    @cached_property
    def all_activities(self) -> pd.DataFrame:
        """Everything up to the end of the period, duplicates left out, with the type of the last year's runs.

        A type can need the samples of a run, and no table here looks further back for it (half a year more is typed).
        """
        own = self.history.activities[self.history.activities["duplicate_of"] == ""]
        recent = self.history.between(self.last_year - pd.Timedelta(weeks=26))
        kinds = session_type(recent)[["activity_id", "session_type"]]
        return own.merge(kinds, on="activity_id", how="left").assign(
            session_type=lambda t: t["session_type"].fillna("").astype("str")
        )

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """Every week of the period with its phase (``progression.phase_weeks``)."""
        table = phase_weeks(self.history)
        return table[table["week"] + 6 * DAY >= self.start].reset_index(drop=True) if len(table) else table

    @cached_property
    def season_results(self) -> pd.DataFrame:
        """The period's races with a time."""
        return self.results[self.results["date"] >= self.start]

    @cached_property
    def weekly_training_m(self) -> pd.Series:
        """Training distance of every whole seven days back from the last day, over the whole history, newest last."""
        return self._weeks_back(self.training)

    @cached_property
    def race_trend(self) -> Finding:
        """Whether race times move, over the period and never less than two years (``progression.plateau``)."""
        return plateau(self.history, on=self.after, days=max(730, (self.after - self.start).days))

    @cached_property
    def same(self) -> pd.DataFrame:
        """Races run more than once (``progression.same_race``)."""
        return same_race(self.history)

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
    def fade(self) -> pd.DataFrame:
        """Speed per heartbeat along the long runs of the last four quarters."""
        return long_run_fade(self.log, on=self.after, without=set(self.results["activity_id"]))

    @cached_property
    def dynamics(self) -> pd.DataFrame:
        """Cadence, contact and oscillation as functions of speed, last four weeks."""
        return dynamics(self.history, on=self.after, days=RECENT_DAYS)

    @cached_property
    def usual_dynamics(self) -> pd.DataFrame:
        """The same over the year before those weeks."""
        return dynamics(self.history, on=self.after - pd.Timedelta(days=RECENT_DAYS), days=365, most=30)

    @cached_property
    def symmetry(self) -> Finding:
        """Left and right against the athlete's own usual."""
        return symmetry(self.history, on=self.after, most=40)

    @cached_property
    def consistency(self) -> Finding:
        """How many weeks held the usual number of running days, over the period."""
        return consistency(self.log, on=self.after, weeks=160)

    @cached_property
    def stops(self) -> pd.DataFrame:
        """Times of seven days or more without a run: ``first``, ``last``, ``days``, ``noted`` (events then)."""
        return sheets.stops(self)

    @cached_property
    def main_races(self) -> pd.DataFrame:
        """The races the period was built around."""
        return main_races(self.history, start=self.start, end=self.end)

    @cached_property
    def last_taper(self) -> pd.DataFrame:
        """The review of the taper before the last main race (``taper.taper_review``); no rows without such a race."""
        races = self.main_races
        return taper_review(self.history, races.iloc[-1]) if len(races) else pd.DataFrame()

    @cached_property
    def taper_volumes(self) -> pd.DataFrame:
        """What was left of the usual before the main races, day by day."""
        return taper_volumes(self.history, self.main_races.tail(4))

    @cached_property
    def builds(self) -> pd.DataFrame:
        """The 16 weeks before each main race, week by week (``progression.block_comparison``)."""
        return block_comparison(self.history, races=self.main_races.tail(4)["date"].tolist())

    @cached_property
    def seasons(self) -> pd.DataFrame:
        """The parts of the period that are set side by side: ``name``, ``first``, ``last``."""
        return sheets.seasons(self)

    @cached_property
    def common_channel(self) -> str:
        """The channel by which the intensity of all these parts can be told; "" without one."""
        return common_channel(self.history, *[(part.first, part.last) for part in self.seasons.itertuples()])

    @cached_property
    def season_numbers(self) -> list[dict[str, float]]:
        """What is compared between them, one dict per season."""
        return [sheets.season_numbers(self, part.first, part.last) for part in self.seasons.itertuples()]

    @cached_property
    def season_intensity(self) -> pd.DataFrame:
        """The split of intensity over the whole period."""
        return intensity_distribution(self.log)

    @cached_property
    def monthly_intensity(self) -> pd.DataFrame:
        """The split of intensity by month, over the last year of the period."""
        return intensity_distribution(self.history.between(self.last_year, self.end), by="month")

    # -- tables as they are shown ------------------------------------------------------------------------------------

    def phases_table(self) -> Styler | Sentence:
        """The stretches of the season."""
        return sheets.phases_table(self)

    def lighter_table(self) -> Styler | Sentence:
        """The lighter weeks."""
        return sheets.lighter_table(self)

    def vertical_table(self) -> Styler | Sentence:
        """Ascent by month, or by quarter where the period is long."""
        return sheets.vertical_table(self)

    def stops_table(self) -> Styler | Sentence:
        """Stops and noted episodes."""
        return sheets.stops_table(self)

    def races_table(self) -> Styler | Sentence:
        """Races with what the course and the day cost, and their age grade."""
        return sheets.races_table(self)

    def builds_table(self) -> Styler | Sentence:
        """The builds before the main races side by side."""
        return sheets.builds_table(self)

    def taper_table(self) -> Styler | Sentence:
        """The last taper beside the athlete's own earlier ones and what studies found."""
        return sheets.taper_table(self)

    def changes_table(self) -> Styler | Sentence:
        """Seasons side by side."""
        return sheets.changes_table(self)

    # -- the sentences -----------------------------------------------------------------------------------------------

    def sentence(self, name: str) -> Sentence:
        """One of the breakdown's sentences; see ``lines.SENTENCES`` for their names."""
        return lines.SENTENCES[one_of("sentence", name, lines.SENTENCES)](self)

    def summary(self) -> Sentence:
        """The whole breakdown in one paragraph: the claims alone."""
        told = [self.sentence(name) for name in ("volume", "stops", "races", "pace_at_heart_rate", "changed")]
        claims = [line.claim.rstrip(".:") for line in told if line.claim and not line.claim.startswith("Cannot tell")]
        return Sentence(". ".join(claims) + "." if claims else "**Cannot tell much yet**: too little was recorded.")

    def ask(self) -> Styler | Sentence:
        """What to ask, each question beside the number it comes from."""
        return ask.questions(self)

    def unknown(self) -> Findings:
        """What this log cannot tell, and what would."""
        return ask.unknown(self)
