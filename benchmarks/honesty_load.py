"""How honest are load, terrain and threshold? Against simulated athletes whose truth is known.

    python benchmarks/honesty_load.py [--athletes 200] [--processes 2]

prints Markdown tables: how often the 80 % interval of ``zones.threshold`` holds, precision and recall of planted
long-run spikes and step-back weeks, and the error of grade and ascent against the simulated ground. The simulator's
laws (``tools/simulate``) are not the estimators' formulas.
"""

from __future__ import annotations

import argparse
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from runlab import load, terrain, zones
from runlab.athlete import Athlete
from runlab.efforts import best_efforts
from runlab.log import Log
from runlab.summary import histograms

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from simulate.course import rolling_course
from simulate.run import simulate_run
from simulate.runner import Runner
from simulate.season import Race, simulate_season
from simulate.sensors import Watch

START, WEEKS = "2026-03-02", 17


def runner(rng: np.random.Generator) -> Runner:
    """One athlete drawn from a wide population."""
    top = float(np.clip(rng.normal(186, 10), 160, 212))
    return Runner(
        name="athlete",
        sex=str(rng.choice(["f", "m"])),
        critical_speed_mps=float(rng.uniform(2.9, 5.3)),
        d_prime_m=float(rng.uniform(110, 280)),
        max_speed_mps=float(rng.uniform(6.8, 8.8)),
        endurance=float(rng.uniform(0.02, 0.075)),
        stamina_s=float(rng.uniform(4500, 8500)),
        max_heart_rate_bpm=top,
        resting_heart_rate_bpm=float(np.clip(rng.normal(52, 7), 38, 72)),
        drift_share=float(rng.uniform(0.02, 0.07)),
        uphill=float(rng.uniform(0.9, 1.1)),
        day_to_day=float(rng.uniform(0.006, 0.018)),
        heat_sensitivity=float(rng.uniform(0.002, 0.007)),
    )


def athlete(seed: int) -> dict[str, Any]:
    """The last four months of one athlete as a log, and the truth on its last day."""
    rng = np.random.default_rng([seed, 77])
    who = runner(rng)
    days = pd.date_range(START, periods=7 * WEEKS)
    races, used = [], set()
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.3, 0.35, 0.25, 0.1]))):
        week = int(rng.integers(3, WEEKS))
        if week not in used:
            used.add(week)
            metres = float(
                rng.choice(
                    [3000.0, 5000.0, 10_000.0, 15_000.0, 21_097.5, 42_195.0], p=[0.05, 0.3, 0.35, 0.05, 0.2, 0.05]
                )
            )
            races.append(
                Race(str(days[7 * week + 6].date()), metres, taper_weeks=1, share=float(1 - abs(rng.normal(0, 0.015))))
            )
    base = float(rng.uniform(25, 70))
    season = simulate_season(
        who,
        start=START,
        weeks=WEEKS,
        seed=seed,
        weekly_km=(base, 1.3 * base),
        long_run_km=(0.28 * base, 0.4 * base),
        runs_per_week=int(rng.integers(3, 6)),
        quality=bool(rng.random() < 0.75),
        races=races,
        temperature_c=(float(rng.uniform(4, 18)), 6.0),
        ascent_m_per_km=float(rng.uniform(2, 20)),
        lights_per_km=float(rng.uniform(0, 0.6)),
    )
    marked, beats, stated = rng.random() < 0.7, rng.random() < 0.85, rng.random() < 0.6
    done = season.sessions
    activities = season.activities()
    activities.loc[:, "workout_type"] = activities["workout_type"] if marked else ""
    efforts, counts, peaks = [], [], []
    for k in range(len(done)):
        records = season.run(k, dynamics=False, components=False).records
        if not beats:
            records = records.assign(heart_rate_bpm=np.nan)
        efforts.append(best_efforts(records).assign(activity_id=activities["activity_id"].iloc[k]))
        one = histograms(records)
        counts.append(one[one["channel"] == "heart_rate_bpm"].assign(activity_id=activities["activity_id"].iloc[k]))
        held = records["heart_rate_bpm"].rolling(5).min().max()
        peaks.append(float(held))
    activities = activities.assign(max_heart_rate_bpm=peaks)
    today = who.with_(critical_speed_mps=float(season.truth["daily"]["critical_speed_mps"].iloc[-1]))
    hour = float(today.sustainable_speed(3600.0))
    pulse = today.heart_rate(
        today.drifted_heart_rate(np.full(3600, hour / today.critical_speed_mps), np.arange(3600.0), 12.0)
    ).mean()
    settings = (
        [
            {
                "max_heart_rate_bpm": round(who.max_heart_rate_bpm),
                "resting_heart_rate_bpm": round(who.resting_heart_rate_bpm),
            }
        ]
        if stated
        else []
    )
    log = Log(
        activities,
        efforts=pd.concat(efforts, ignore_index=True),
        histograms=pd.concat(counts, ignore_index=True),
        athletes={who.name: Athlete(who.name, sex=who.sex, settings=settings)},
    )
    return {
        "log": log,
        "speed": hour,
        "beats": float(pulse),
        "races": len(races),
        "marked": marked,
        "heart_rate": beats,
        "max_heart_rate_bpm": who.max_heart_rate_bpm,
        "season": season,
    }


def judged(seed: int) -> dict[str, Any]:
    """One athlete's threshold beside the truth."""
    one = athlete(seed)
    found = zones.threshold(one["log"], through=pd.Timestamp(START) + pd.Timedelta(days=7 * WEEKS - 1))
    top = zones.observed_max_heart_rate(one["log"])
    row = {"seed": seed, "races": one["races"], "marked": one["marked"], "heart_rate": one["heart_rate"]}
    for name, estimate, truth in (
        ("speed", found.speed, one["speed"]),
        ("beats", found.heart_rate, one["beats"]),
        ("top", top, one["max_heart_rate_bpm"]),
    ):
        row |= {
            f"{name}_known": estimate.is_known,
            f"{name}_in": estimate.low <= truth <= estimate.high,
            f"{name}_error": estimate.value / truth - 1,
            f"{name}_width": (estimate.high - estimate.low) / truth,
        }
    return row | {"basis": found.speed.basis}


def threshold_table(rows: pd.DataFrame) -> list[str]:
    """How often the intervals hold, by what the log offered."""
    lines = [
        "| what the log offers | athletes | told | 80 % interval holds | median error | mean width |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    race, beats = rows["marked"] & (rows["races"] > 0), rows["heart_rate"]
    offered = {
        "all": rows["races"] >= 0,
        "a marked race, heart rate": race & beats,
        "no marked race, heart rate": ~race & beats,
        "a marked race, no heart rate": race & ~beats,
        "neither": ~race & ~beats,
    }
    names = {"speed": "threshold speed", "beats": "threshold heart rate", "top": "maximum heart rate"}
    for quantity, name in names.items():
        for words, where in offered.items():
            part = rows[where & rows[f"{quantity}_known"]]
            if not len(part) or (quantity != "speed" and words != "all"):
                continue
            held, off, width = (part[f"{quantity}_{what}"] for what in ("in", "error", "width"))
            lines.append(
                f"| {name}: {words} | {int(where.sum())} | {len(part)} | {held.mean():.0%} | "
                f"{off.median():+.1%} | {width.mean():.1%} |"
            )
    return lines


def found(seed: int) -> dict[str, int]:
    """Planted long-run spikes and step-back weeks of one season, found or not."""
    rng = np.random.default_rng([seed, 11])
    week = int(rng.integers(6, 18))
    season = simulate_season(
        runner(rng),
        weeks=20,
        seed=seed,
        spikes={week: float(rng.uniform(1.15, 1.8))},
        step_back=float(rng.uniform(0.6, 0.75)),
    )
    activities = season.activities()
    table = load.single_run_spike(activities)
    told = set(table.loc[table["ratio"] > 1.1 + 1e-9, "date"])
    true = {pd.Timestamp(s["date"]) for s in season.truth["spikes"]}
    counts = {"spikes hit": len(told & true), "spikes told": len(told), "spikes true": len(true)}
    daily = load.daily_sums(activities.assign(load=1.0), activities)
    for drop in (0.15, 0.2, 0.25):
        weeks = load.step_back_weeks(daily, drop=drop)
        judged = set(weeks.loc[weeks["share"].notna(), "week"])
        planted = {season.truth["weeks"]["start"].iloc[w] for w in season.truth["step_back_weeks"]} & judged
        marked = set(weeks.loc[weeks["is_step_back"], "week"])
        name = f"step-back weeks (drop {drop:g})"
        counts |= {f"{name} hit": len(planted & marked), f"{name} told": len(marked), f"{name} true": len(planted)}
    return counts


def found_table(counts: list[dict[str, int]]) -> list[str]:
    """Precision and recall over all seasons."""
    total = pd.DataFrame(counts).sum()
    lines = ["| planted | true | told | precision | recall |", "|---|---:|---:|---:|---:|"]
    for name in dict.fromkeys(label.rsplit(" ", 1)[0] for label in total.index):
        hit, told, true = (total[f"{name} {what}"] for what in ("hit", "told", "true"))
        lines.append(f"| {name} | {true} | {told} | {hit / max(told, 1):.0%} | {hit / max(true, 1):.0%} |")
    return lines


def ground(seed: int) -> list[dict[str, Any]]:
    """Grade and ascent of one run as two kinds of watch measured it, beside the truth."""
    rng = np.random.default_rng([seed, 12])
    course = rolling_course(8000.0, ascent_m_per_km=float(rng.uniform(5, 30)), seed=seed)
    rows = []
    for source, threshold, windows in (("barometer", 3.0, (60.0, 100.0, 200.0)), ("gps", 10.0, (100.0, 200.0, 300.0))):
        run = simulate_run(
            course=course, distance_m=8000.0, effort=0.75, seed=seed, watch=Watch(altitude=source, dynamics=False)
        )
        for window in windows:
            off = terrain.grade(run.records, window_m=window).to_numpy() - run.truth["grade"]
            up, _ = terrain.elevation_gain(run.records["altitude_m"], threshold_m=threshold)
            rule, _ = terrain.elevation_gain(run.truth["altitude_m"], threshold_m=threshold)
            rows.append(
                {
                    "source": source,
                    "window_m": window,
                    "square": float(np.nanmean(off**2)),
                    "threshold_m": threshold,
                    "by_metre": up / run.truth["ascent_m"] - 1,
                    "by_rule": up / rule - 1 if rule else math.nan,
                }
            )
    return rows


def spread(values: pd.Series) -> str:
    """Median and 80 % range of a relative error."""
    low, middle, high = values.quantile([0.1, 0.5, 0.9])
    return f"{middle:+.0%} ({low:+.0%} to {high:+.0%})"


def ground_table(rows: pd.DataFrame) -> list[str]:
    """Errors by source of altitude and window."""
    lines = [
        "| altitude | window | grade, root mean square error | threshold | ascent beside the same rule on the "
        "true profile: median (80 %) | beside every metre climbed |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for (source, window), part in rows.groupby(["source", "window_m"]):
        lines.append(
            f"| {source} | {window:.0f} m | {100 * math.sqrt(part['square'].mean()):.1f} % | "
            f"{part['threshold_m'].iloc[0]:.0f} m | {spread(part['by_rule'])} | {spread(part['by_metre'])} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--athletes", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1000, help="the estimator was set on seeds 0 to 199")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.athletes)
    with ProcessPoolExecutor(asked.processes) as pool:
        print("### Threshold\n")
        print("\n".join(threshold_table(pd.DataFrame(pool.map(judged, seeds, chunksize=4)))))
        print("\n### Spikes and step-back weeks\n")
        print("\n".join(found_table(list(pool.map(found, seeds, chunksize=4)))))
        print("\n### Grade and ascent\n")
        rows = [row for part in pool.map(ground, range(40), chunksize=4) for row in part]
        print("\n".join(ground_table(pd.DataFrame(rows))))


if __name__ == "__main__":
    main()
