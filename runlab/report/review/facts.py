"""What an athlete review is made from, beyond what it shares with the season: best efforts, threshold, coverage."""

from __future__ import annotations

import math
from functools import cached_property

import pandas as pd

from ...evidence import Estimate
from ...load import required_load
from ...plots.coverage import channel_coverage
from ...plots.efforts import season_bests
from ...plots.wellness import CHANNELS, own_band
from ...progression import Finding, variety
from ...zones import Threshold, threshold
from ..facts import DAY, SAME_RACE, AthleteFacts


class ReviewFacts(AthleteFacts):
    """An ``AthleteFacts`` of the last 26 weeks, or of the period named."""

    @cached_property
    def efforts(self) -> pd.DataFrame:
        """Best efforts of the period's runs, with their date."""
        return self._dated_efforts(self.runs)

    @cached_property
    def earlier_efforts(self) -> pd.DataFrame:
        """Best efforts of all runs before the period."""
        return self._dated_efforts(self.all_runs[self.all_runs["date"] < self.start])

    def _dated_efforts(self, runs: pd.DataFrame) -> pd.DataFrame:
        return self.history.efforts.merge(runs[["activity_id", "date"]], on="activity_id")

    @cached_property
    def bests(self) -> pd.DataFrame:
        """The fastest clean effort over each distance: ``earlier_s`` before the period, ``official_s`` of that race.

        ``best_s`` is the official time where the effort is a whole race, else the watch's.
        """
        found = season_bests(self.efforts)
        earlier = season_bests(self.earlier_efforts).set_index("distance_m")["time_s"]
        official = [self._official(*key) for key in zip(found["activity_id"], found["distance_m"], strict=True)]
        found = found.assign(
            earlier_s=found["distance_m"].map(earlier).astype(float),
            official_s=pd.Series(official, index=found.index, dtype=float),
        )
        return found.assign(best_s=found["official_s"].fillna(found["time_s"]))

    def _official(self, activity_id: str, metres: float) -> float:
        races = self.results
        same = (races["activity_id"] == activity_id) & ((races["distance_m"] / metres - 1).abs() < SAME_RACE)
        found = races.loc[same & (races["time_from"] == "official"), "time_s"]
        return float(found.iloc[0]) if len(found) else math.nan

    @cached_property
    def threshold(self) -> Threshold:
        """Threshold pace and heart rate on the last day, estimated from the athlete's efforts."""
        return threshold(self.history, through=self.end)

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """The share of running hours with each channel, by month of the period."""
        return channel_coverage(self.activities)

    @cached_property
    def variety(self) -> Finding:
        """How many kinds of session the last twelve weeks effectively held."""
        return variety(self.history, on=self.end + DAY, sessions=self.all_activities)

    @cached_property
    def target_day(self) -> pd.Timestamp:
        """The day a load is asked for: the next race, else twelve weeks on."""
        race = self.next_race
        return race["date"] if race is not None else self.end + pd.Timedelta(weeks=12)

    @cached_property
    def load_to_peak(self) -> Estimate:
        """The even daily load that leads back to the highest fitness on record by ``target_day``."""
        ripe = self.fitness[self.fitness["maturity"] >= 0.63]
        if ripe["fitness"].notna().sum() == 0:
            return Estimate.unknown("needs six weeks of known load", unit="TRIMP/day")
        return required_load(self.daily, target=float(ripe["fitness"].max()), through=self.target_day)

    @cached_property
    def wellness(self) -> dict[str, pd.Series]:
        """The last day's row of ``own_band`` of every channel that can be judged."""
        have = [c for c in CHANNELS if c in self.daily and self.daily[c].notna().any()]
        bands = {c: own_band(self.daily, c).iloc[-1] for c in have}
        return {c: b for c, b in bands.items() if b[["mean", "low", "high"]].astype(float).notna().all()}

    @cached_property
    def wellness_entries(self) -> int:
        """On how many of the last 35 days anything was logged."""
        have = [c for c in CHANNELS if c in self.daily]
        return int(self.daily.tail(35)[have].notna().any(axis=1).sum()) if have else 0
