"""How honest are forecasts, trends, detected structure and taper comparisons? Against invented athletes of known truth.

    python benchmarks/honesty_progression.py [--athletes 300] [--seasons 200] [--processes 2]

prints a Markdown table. The worlds do not use the estimators' formulas: races and heart rate come from
``tools/simulate`` (three-parameter hyperbola times a bent log, its own laws of slope, heat, fade and drift), form
import sys
from pathlib import Path
from a season wave, a drift and chance, race days from a skewed scatter with bad days, tapers from a saturating law
(``progression_tapers.py``).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from progression_athletes import invented
from progression_logs import drawn_season, season_log
from progression_tapers import athlete as taper_athlete
from progression_tapers import plans

from runlab import progression, taper
from runlab.athlete import Athlete
from runlab.log import Log
from runlab.progression.season_phases import phase_weeks
from runlab.progression.thresholds import run_thresholds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from simulate import simulate_run
from simulate.course import rolling_course, track_course
from simulate.run import Step
from simulate.run import intervals as interval_steps
from simulate.runner import Runner
from simulate.sensors import Watch

Z = 1.2816  # 80 %


def predict_one(seed: int) -> dict | None:
    """The athlete's last race, forecast from the evening before; beside "last race, Riegel, and its usual scatter"."""
    who = invented(seed)
    log = who.log()
    races = log.races.sort_values("date")
    if len(races) < 2:
        return None
    last, before = races.iloc[-1], races.iloc[:-1]
    day = (last["date"] - who.start).days
    warm = log.activities.loc[log.activities["activity_id"] == f"r{day}", "average_temperature_c"].iloc[0] - 3
    found = progression.predict_race(
        log, last["distance_m"], on=last["date"], conditions={"ascent_m": last["ascent_m"], "temperature_c": warm}
    )
    level = np.log(before["official_time_s"].to_numpy() / before["distance_m"].to_numpy() ** 1.06)
    scatter = float(np.std(np.diff(level))) if len(level) >= 4 else 0.05
    naive, actual = level[-1] + 1.06 * math.log(last["distance_m"]), math.log(last["official_time_s"])
    return {
        "held": found.low <= last["official_time_s"] <= found.high,
        "held_50": found.low_50 <= last["official_time_s"] <= found.high_50,
        "width": math.log(found.high / found.low),
        "naive_width": 2 * Z * scatter,
        "naive_held": abs(actual - naive) <= Z * scatter,
        "back_test": found.table["held"].mean(),
        "n": len(before),
    }


def critical_speed_one(seed: int) -> dict | None:
    """Critical speed from three months of hard efforts that fall short by a drawn, skewed margin."""
    who, rng = invented(seed), np.random.default_rng([9, seed])
    day, rows = len(who.form) - 1, []
    for metres in (400.0, 800.0, 1000.0, 1500.0, 1609.344, 3000.0, 5000.0):
        for _ in range(int(rng.integers(0, 5 if metres > 1000 else 3))):
            when = max(day - int(rng.integers(1, 90)), 0)
            time = who.on(when).race_time(metres) * np.exp(rng.gamma(1.2, 0.015) + rng.normal(0, 0.006))
            rows.append({"distance_m": metres, "time_s": time, "kind": "distance", "ok": True})
    efforts = pd.DataFrame(rows, columns=["distance_m", "time_s", "kind", "ok"])  # tests that are stated to be all-out
    found = progression.critical_speed(efforts)
    row, truth = found.loc["critical_speed"], who.on(day).critical_speed_mps
    if not np.isfinite(row["value"]):
        return None
    # The naive way: threshold pace of the last race by its VDOT, plus or minus the scatter of the last ten.
    races = pd.DataFrame(who.races)
    worth = progression.vdot(races["distance_m"].to_numpy(), races["official_time_s"].to_numpy())[-10:]
    speed = np.array([progression.training_paces(v).loc["threshold", "value"] for v in worth])
    spread = Z * float(np.std(speed)) if len(speed) >= 3 else 0.05 * truth
    return {
        "held": row["low"] <= truth <= row["high"],
        "width": (row["high"] - row["low"]) / truth,
        "naive_width": 2 * spread / truth,
        "naive_held": abs(speed[-1] - truth) <= spread,
        "n": row["n"],
    }


def durability_one(seed: int) -> dict | None:
    """Drift of heart rate at one pace and 12 °C, from 3 to 15 long runs over hills in all weathers."""
    rng = np.random.default_rng([5, seed])
    runner = Runner(
        critical_speed_mps=rng.uniform(3.0, 4.8),
        drift_share=rng.uniform(0.01, 0.10),
        stamina_s=9000.0,
        max_heart_rate_bpm=rng.uniform(172, 200),
        resting_heart_rate_bpm=rng.uniform(42, 60),
        uphill=rng.uniform(0.9, 1.15),
        heat_sensitivity=rng.uniform(0.002, 0.007),
    )
    rows, records = [], {}
    for i in range(int(rng.integers(3, 16))):
        course = rolling_course(12_000.0, ascent_m_per_km=float(rng.uniform(3, 18)), seed=seed * 50 + i)
        run = simulate_run(
            runner,
            course,
            duration_s=float(rng.uniform(80, 150) * 60),
            effort=float(rng.uniform(0.64, 0.77)),
            temperature_c=float(rng.uniform(0, 25)),
            seed=seed * 100 + i,
            hold=float(rng.uniform(0.2, 0.9)),
            lights_per_km=0.2,
            watch=Watch(dynamics=False, dropouts=int(rng.integers(0, 2))),
        )
        date, name = pd.Timestamp("2026-01-04") + pd.Timedelta(days=7 * i), f"x{i}"
        records[name] = run.records
        rows.append(
            {
                "activity_id": name,
                "athlete": "a",
                "date": date,
                "start_time": date.tz_localize("UTC"),
                "sport": "running",
                "moving_time_s": run.truth["moving_time_s"],
                "heart_rate_share": 1.0,
                "average_temperature_c": run.records["temperature_c"].mean(),
                "samples": len(run.records),
            }
        )
    found = progression.durability(Log(activities=pd.DataFrame(rows), records=records, athletes={"a": Athlete("a")}))
    if not found.is_known:
        return None
    clock = np.linspace(900, 7200, 60)
    heart = runner.drifted_heart_rate(0.70 / (1 - runner.heat_loss(12.0, clock)), clock, 12.0)
    truth = 100 * np.polyfit(clock / 3600, np.log(heart), 1)[0]
    each = found.table.loc[found.table["used"], "value"].to_numpy()
    spread = Z * float(np.std(each, ddof=1))
    return {
        "held": found.low <= truth <= found.high,
        "width": found.high - found.low,
        "naive_width": 2 * spread,
        "naive_held": abs(each[-1] - truth) <= spread,
        "n": found.n,
    }


def plateau_one(seed: int) -> dict | None:
    """Trend of two years of races; truth is the least-squares slope of true form, a plateau if within 1.5 % a year."""
    drift = (-0.04, -0.02, 0.0, 0.0, 0.02, 0.04)[seed % 6]
    who = invented(seed, trend_per_year=drift)
    log = who.log()
    found = progression.plateau(log)
    if not found.is_known:
        return None
    first, last = ((found.table["date"].agg(end) - who.start).days for end in ("min", "max"))
    day = np.arange(max(first, 0), last + 1)
    slope = -100 * np.polyfit(day / 365.25, who.form[day], 1)[0]
    truth = "plateau" if abs(slope) < 1.5 else "progress" if slope < 0 else "decline"
    return {"truth": truth, "verdict": found.verdict, "held": found.low <= slope <= found.high}


def intervals_one(seed: int) -> dict:
    """Work bouts of a session without laps, on roads with crossings, smart recording on some watches."""
    rng = np.random.default_rng([8, seed])
    runner, kind = Runner(critical_speed_mps=rng.uniform(3, 4.8)), seed % 8
    rest = {"rest_s": float(rng.integers(45, 180)), "rest_effort": float(rng.choice([0.0, 0.45, 0.55]))}
    if kind < 2:
        steps = interval_steps(
            int(rng.integers(3, 12)),
            effort=float(rng.uniform(1.0, 1.15)),
            distance_m=float(rng.choice([400, 600, 800, 1000, 1600])),
            **rest,
        )
    elif kind < 4:
        steps = interval_steps(
            int(rng.integers(3, 12)),
            effort=float(rng.uniform(0.97, 1.1)),
            duration_s=float(rng.choice([60, 90, 120, 180, 240, 360, 480])),
            **rest,
        )
    elif kind == 4:
        steps = [
            Step(0.68, distance_m=2000.0, kind="warmup"),
            Step(0.93, duration_s=1500.0),
            Step(0.64, distance_m=1500.0, kind="cooldown"),
        ]
    else:
        steps = [Step(0.66, distance_m=5000.0, kind="warmup"), Step(float(rng.uniform(0.66, 0.75)), distance_m=6000.0)]
    on_track, climb = rng.random() < 0.2, float(rng.uniform(2, 18))
    course = track_course() if on_track else rolling_course(8000.0, ascent_m_per_km=climb, seed=seed)
    run = simulate_run(
        runner,
        course,
        steps=steps,
        seed=seed,
        dynamics=False,
        smart=bool(rng.random() < 0.3),
        lights_per_km=0.3 if rng.random() < 0.4 else 0.0,
    )
    ends = [step["end_s"] for step in run.truth["steps"]]
    planted = (
        [
            (a, b)
            for a, b, step in zip([0.0, *ends[:-1]], ends, run.truth["steps"], strict=True)
            if step["kind"] == "active"
        ]
        if kind < 5
        else []
    )
    bouts = progression.intervals(run.records)
    work = bouts[bouts["kind"] == "work"]
    found, hits, used = list(zip(work["start_s"], work["end_s"], strict=True)), 0, set()
    for a, b in planted:
        near = next(
            (i for i, (c, d) in enumerate(found) if i not in used and abs(a - c) <= 12 and abs(b - d) <= 12), None
        )
        if near is not None:
            hits += 1
            used.add(near)
    return {"hits": hits, "planted": len(planted), "found": len(found), "even": kind >= 5}


def season_one(seed: int) -> dict:
    """Session types and phases of a 24-week season, from samples without titles; hills on the flat are intervals."""
    ill = [{"start": "2026-04-06", "end": "2026-04-19", "kind": "ill"}] if seed % 3 == 0 else ()
    season = drawn_season(seed, weeks=24, ill=ill)
    log = season_log(season, dynamics=False, sampling_s=2.0)
    found = progression.session_type(log)
    row = log.activities.set_index("activity_id")["session_row"].reindex(found["activity_id"])
    truth = season.sessions["session_type"].iloc[row.to_numpy()].replace({"hills": "interval"}).to_numpy()
    weeks = season.truth["weeks"].assign(start=lambda f: f["start"].astype("datetime64[us]"))
    both = weeks.merge(phase_weeks(log), left_on="start", right_on="week", suffixes=("_true", ""))
    away = both["done_km"] < 0.35 * both["planned_km"]
    both.loc[away & ~both["phase_true"].isin(["recovery", "taper"]), "phase_true"] = "break"
    speed = run_thresholds(log)["threshold_speed_mps"].iloc[-1] / season.runner.critical_speed_mps
    return {
        "sessions": list(zip(truth, found["session_type"], found["confidence"], strict=True)),
        "phases": list(zip(both["phase_true"], both["phase"], strict=True)),
        "threshold": speed,
    }


def taper_one(seed: int) -> list[dict]:
    """Every pair of eight plans: the truth of this athlete's own law against the verdict."""
    who = taper_athlete(seed)
    scenarios, dates, truth = plans(who)
    found = taper.simulate(who["daily"], race_date=dates[-1] + pd.Timedelta(days=1), scenarios=scenarios, draws=1000)
    rows = []
    for pair in found.comparisons.to_dict("records"):
        apart = truth[pair["a"]] - truth[pair["b"]]
        said = 0 if pair["verdict"] == "cannot be told apart" else 1 if pair["verdict"] == f"{pair['a']} ahead" else -1
        rows.append(
            {
                "apart": abs(apart),
                "told": said != 0,
                "right": said == np.sign(apart) if said else np.nan,
                "held": pair["low"] <= apart <= pair["high"],
            }
        )
    return rows


def spread(function: Callable, seeds: Iterable[int], processes: int) -> list:
    if processes == 1:
        return [function(seed) for seed in seeds]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(function, seeds, chunksize=4))


def matrix(pairs: list[tuple], names: list[str]) -> str:
    frame = pd.DataFrame(pairs).iloc[:, :2].set_axis(["truth", "found"], axis=1)
    lines = ["| | n | precision | recall |", "|---|---|---|---|"]
    for name in names:
        true, found = frame["truth"] == name, frame["found"] == name
        if true.any():
            precision = (true & found).sum() / max(found.sum(), 1)
            lines.append(f"| {name} | {true.sum():,} | {precision:.2f} | {(true & found).sum() / true.sum():.2f} |")
    lines.append(f"| all | {len(frame):,} | {(frame['truth'] == frame['found']).mean():.2f} | |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--athletes", type=int, default=300)
    parser.add_argument("--seasons", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    seeds = range(given.athletes)
    print(f"`python benchmarks/honesty_progression.py --athletes {given.athletes} --seasons {given.seasons}`\n")
    print("| 80 % interval of | athletes | held | width | naive width | naive held | narrower than naive |")
    print("|---|---|---|---|---|---|---|")
    for name, function, unit in (
        ("predict_race", predict_one, 100),
        ("critical_speed", critical_speed_one, 100),
        ("durability", durability_one, 1),
    ):
        frame = pd.DataFrame([row for row in spread(function, seeds, given.processes) if row])
        sign = " %" if unit == 100 else " %/h"
        print(
            f"| {name} | {len(frame)} | {frame['held'].mean():.1%} | {unit * frame['width'].median():.2f}{sign} | "
            f"{unit * frame['naive_width'].median():.2f}{sign} | {frame['naive_held'].mean():.1%} | "
            f"{(frame['width'] < frame['naive_width']).mean():.0%} |",
            flush=True,
        )
        if name == "predict_race":
            note = (
                f"predict_race: 50 % interval held {frame['held_50'].mean():.1%}; bands said of themselves in "
                f"back-tests {frame['back_test'].mean():.1%}; {frame['n'].median():.0f} earlier races in the "
                "median"
            )
    print(f"\n{note}\n")
    trend = pd.DataFrame([row for row in spread(plateau_one, seeds, given.processes) if row])
    wrong = trend[trend["truth"] != trend["verdict"]]
    humble = (wrong["verdict"] == "cannot tell").mean()
    print(
        f"plateau: {len(trend)} athletes, {len(wrong)} verdicts not the truth, {humble:.1%} "
        f'of them "cannot tell"; interval of the slope held {trend["held"].mean():.1%}\n'
    )
    print(pd.crosstab(trend["truth"], trend["verdict"]).to_string() + "\n")
    bouts = pd.DataFrame(spread(intervals_one, range(max(given.athletes, 200)), given.processes))
    print(
        f"intervals: {len(bouts)} sessions, {bouts['planted'].sum():,} bouts planted: recall "
        f"{bouts['hits'].sum() / bouts['planted'].sum():.2f}, precision "
        f"{bouts['hits'].sum() / bouts.loc[~bouts['even'], 'found'].sum():.2f} (both edges within 12 s); "
        f"{(bouts.loc[bouts['even'], 'found'] > 0).mean():.1%} of even runs given bouts\n"
    )
    pairs = pd.DataFrame([row for rows in spread(taper_one, seeds, given.processes) for row in rows])
    print("| true difference of two plans | pairs | told apart | of these the right way | band held |")
    print("|---|---|---|---|---|")
    for low, high, name in (
        (-1, 1e-9, "none"),
        (1e-9, 0.3, "under 0.3 %"),
        (0.3, 1, "0.3–1 %"),
        (1, 2, "1–2 %"),
        (2, 4, "2–4 %"),
        (4, 99, "over 4 %"),
    ):
        part = pairs[(pairs["apart"] > low) & (pairs["apart"] <= high)]
        right = f"{part['right'].mean():.0%}" if part["told"].any() else "·"
        print(f"| {name} | {len(part):,} | {part['told'].mean():.0%} | {right} | {part['held'].mean():.0%} |")
    print(flush=True)
    if given.seasons:
        seasons = spread(season_one, range(given.seasons), given.processes)
        print(f"Session types, {given.seasons} seasons of 24 weeks, samples only, no titles:\n")
        sessions = [pair for season in seasons for pair in season["sessions"]]
        print(matrix(sessions, ["easy", "recovery", "long", "tempo", "threshold", "interval", "race"]))
        sure = pd.DataFrame(sessions, columns=["truth", "found", "confidence"])
        band = pd.cut(sure["confidence"], [0, 0.5, 0.7, 0.9, 1.0])
        ok = (sure["truth"] == sure["found"]).groupby(band).agg(["mean", "size"])
        said = ", ".join(f"{i.left:.1f}–{i.right:.1f}: {r['mean']:.2f} (n = {r['size']:.0f})" for i, r in ok.iterrows())
        print(f"\nright by confidence: {said}\n")
        print("Phases of weeks, the same seasons (a third with two weeks ill, planted as break):\n")
        print(
            matrix(
                [pair for season in seasons for pair in season["phases"]],
                ["base", "build", "peak", "taper", "recovery", "break"],
            )
        )


if __name__ == "__main__":
    main()
