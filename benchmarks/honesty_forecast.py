"""How often forecasts hold in simulated worlds whose laws are not runlab's: before the race, and after it.

    python ../shared/sims/races.py /tmp/sims --seeds 300-359
    python benchmarks/honesty_forecast.py /tmp/sims [--after]

Before: every race with a result, forecast from the days before it (kind and climb from races.csv, no weather). After
(``--after``): the flat, cool forecast of the day after, once the debrief has taken off what it explains, held against
a next race on a flat, cool course: the simulator's flat potential of the day, with a form of the day and wandering
(sd 2 %) drawn by seed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import runlab as rl
from runlab.progression import Prediction
from runlab.race.forecasting import forecast, is_rough, with_result

DAY_SD = 0.02


def row(seed: int, what: str, found: Prediction, time_s: float) -> dict[str, object]:
    """One forecast beside what came."""
    return {
        "seed": seed,
        "what": what,
        "known": found.is_known,
        "held": found.low <= time_s <= found.high,
        "held_50": found.low_50 <= time_s <= found.high_50,
        "off": math.log(time_s / found.value) if found.is_known else math.nan,
        "width": math.log(found.high / found.low) if found.is_known else math.nan,
    }


def of_one(base: Path, *, after: bool) -> list[dict[str, object]]:
    """The forecasts of one simulated athlete."""
    truth = json.loads((base / "truth.json").read_text())
    saved = base / "log.runlab"
    log = rl.open_log(saved if saved.exists() else base / "squad" / truth["athlete"], progress=False)
    race, seed = log.race(truth["race_date"]), truth["seed"]
    kind = "trail or ultra" if is_rough(race) else "road"
    if after:
        if truth["dnf"]:
            return []
        day = float(np.random.default_rng([seed, 77]).normal(0.0, DAY_SD))
        next_s, tomorrow = truth["base_s"] * math.exp(day), replace(race, date=race.date + pd.Timedelta(days=1))
        beside = log.races[log.races["date"] == race.date]
        warm = pd.to_numeric(beside.get("temperature_c", pd.Series([np.nan])), errors="coerce").iloc[0]
        debrief = rl.race.debrief(
            log, race, reference="forecast", weather={"temperature_c": float(warm)} if warm == warm else None
        )
        found = forecast(with_result(log, race, waterfall=debrief.waterfall), tomorrow, flat=True)
        return [row(seed, f"next flat race after {kind}", found, next_s)]
    rows = []
    for early in log.races[log.races["date"] < race.date].to_dict("records"):
        if early["official_time_s"] > 0:
            before = log.race(early["date"])
            rows.append(row(seed, "tune-up on the road", forecast(log, before), early["official_time_s"]))
    if not truth["dnf"]:
        rows.append(row(seed, truth["kind"], forecast(log, race), truth["official_time_s"]))
        rows.append(row(seed, f"all {kind}", forecast(log, race), truth["official_time_s"]))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("worlds", type=Path, nargs="?", default=Path("/tmp/sims"))
    parser.add_argument("--after", action="store_true", help="the forecast after the race (runs the debrief)")
    chosen = parser.parse_args()
    bases = sorted(chosen.worlds.glob("seed-*"))
    if not bases:
        sys.exit(
            f"no simulated worlds in {chosen.worlds}; make them first (see the head of this file); nothing measured"
        )
    found = pd.DataFrame([r for base in bases for r in of_one(base, after=chosen.after)])
    print("| forecast of | n | silent | 80 % held | 50 % held | median error | bias | width |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for what, rows in found.groupby("what"):
        known = rows[rows["known"]]
        print(
            f"| {what} | {len(rows)} | {len(rows) - len(known)} | {100 * known['held'].mean():.0f} % | "
            f"{100 * known['held_50'].mean():.0f} % | {100 * known['off'].abs().median():.1f} % | "
            f"{100 * known['off'].median():+.1f} % | {100 * known['width'].median():.0f} % |"
        )


if __name__ == "__main__":
    main()
