"""Does the band of what is usual at a pace hold four of five splits of ordinary runs? On real archives.

    python benchmarks/honesty_drift.py LOG ... [--runs 35]

A log is anything ``open_log`` opens. Runs over 8 km with heart rate, 120 days into the log or later, drawn by chance;
half marathons and marathons (within 3 %) are left out as likely races. Each run is set beside what was known before
it: with laps, with whole runs alone, and with nothing.
"""

from __future__ import annotations

import argparse
from copy import copy

import pandas as pd

import runlab as rl
from runlab.race import Race
from runlab.race.drift import race_drift
from runlab.race.splits import race_splits
from runlab.race.track import race_track


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("logs", nargs="+")
    parser.add_argument("--runs", type=int, default=35)
    given = parser.parse_args()
    print("| log | splits | outside, with laps | with whole runs | with this run alone |\n|---|---:|---:|---:|---:|")
    for path in given.logs:
        log = rl.open_log(path, progress=False)
        bare = copy(log)
        bare.laps = log.laps.iloc[:0]
        own = log.activities
        own = own[(own["sport"] == "running") & (own["distance_m"] > 8000) & own["average_heart_rate_bpm"].notna()]
        own = own[(own["duplicate_of"] == "") & (own["date"] > own["date"].min() + pd.Timedelta(days=120))]
        for race_m in (21_097.5, 42_195.0):
            own = own[(own["distance_m"] / race_m - 1).abs() >= 0.03]
        outside: list[list[bool]] = [[], [], []]
        for row in own.sample(min(given.runs, len(own)), random_state=1).itertuples():
            run = Race(row.date, distance_m=row.distance_m, activity_ids=(row.activity_id,))
            track = race_track(log, run)
            splits = race_splits(track, run)
            for found, known in zip(outside, (log, bare, None), strict=True):
                drift, _ = race_drift(track, run, splits, log=known)
                drift = drift[(drift["channel"] == "heart_rate_bpm") & drift["value"].notna()]
                found.extend(drift["outside"])
        shares = " | ".join(f"{100 * sum(found) / max(len(found), 1):.0f} %" for found in outside)
        print(f"| {path} | {len(outside[0])} | {shares} |")


if __name__ == "__main__":
    main()
