"""What reading and summing up makes of the sample squad's files, as it was looked at last (see tests/ledger.py)."""

import pytest
from ledger import ATHLETES, compare, log_of

from runlab import summary
from runlab.clean import apply_policy, check_records

TABLES = (
    "activities",
    "laps",
    "histograms",
    "efforts",
    "quality",
    "duplicates",
    "problems",
    "plan",
    "events",
    "races",
    "wellness",
)


@pytest.mark.parametrize("athlete", ATHLETES)
@pytest.mark.parametrize("table", TABLES)
def test_tables_of_the_sample_squad(table, athlete):
    compare("summary", f"{athlete}: {table}", getattr(log_of(athlete), table))


@pytest.mark.parametrize("athlete", ATHLETES)
def test_single_runs_of_the_sample_squad(athlete):
    log = log_of(athlete)
    runs = log.activities[log.activities["samples"] > 0].sort_values(["ascent_m", "start_time"])["activity_id"]
    for place in (-1, len(runs) // 2, 3):
        records = log.records(runs.iloc[place])
        answers = {
            "records": records,
            "laps": summary.distance_laps(records),
            "miles": summary.distance_laps(records, units="imperial"),
            "histograms": summary.histograms(records),
            "altitude": summary.steadied_altitude(records),
            "moving": summary.moving_time(records),
            "quality": check_records(records, max_heart_rate_bpm=180.0),
            "repaired": apply_policy(records, "repair"),
        }
        compare("summary", f"{athlete}: run {place}", answers)
