"""Zones and thresholds of three sample athletes, as they were looked at last (see tests/ledger.py)."""

import pytest
from ledger import ATHLETES, compare, log_of

from runlab import zones

DAYS = ("2026-08-01", "2026-09-20", "2026-11-15")


@pytest.mark.parametrize("athlete", ATHLETES)
@pytest.mark.parametrize("day", DAYS)
def test_maximum_and_threshold_of_the_sample_squad(athlete, day):
    log = log_of(athlete)
    compare("zones", f"{athlete}: maximum {day}", zones.observed_max_heart_rate(log, on=day))
    compare("zones", f"{athlete}: threshold {day}", zones.threshold(log, on=day))


@pytest.mark.parametrize("method", ["percent_max", "karvonen", "friel_lthr"])
def test_bounds_and_time_in_them(method):
    log = log_of("road-marathoner")
    bounds = zones.heart_rate_zones(
        method, max_heart_rate_bpm=191, resting_heart_rate_bpm=48, threshold_heart_rate_bpm=172
    )
    run = log.activities[log.activities["samples"] > 0].sort_values("distance_m")["activity_id"].iloc[-3]
    compare("zones", f"bounds {method}", [bounds, zones.time_in_zones(log.records(run), bounds)])
    pace = zones.pace_zones(3.9)
    compare(
        "zones",
        "pace",
        [pace, zones.time_in_zones(log.records(run).assign(graded_speed_mps=lambda r: r["speed_mps"]), pace)],
    )
