"""How often do verdicts in words speak where nothing changed? And how often do they see one clear change?

    python benchmarks/honesty_verdicts.py [--seeds 500-599] [--only plateau,wall]

Invented athletes whose fitness, form and drift stay as they are, under laws that are not runlab's: noise is Student's t
with 4 degrees that follows itself from one day to the next, heat is a square law above 10 C, heart rate rises by the
athlete's own power of speed. Settled on seeds 0-49 and 100-149. Prints one Markdown table.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from runlab import load, progression, tables, taper
from runlab.athlete import Athlete
from runlab.calendar import lighter_weeks
from runlab.log import Log
from runlab.progression.recovery import BACK
from runlab.race.drift import race_drift
from runlab.race.levels import two_paces
from runlab.race.night import night_effect
from runlab.race.pacing import pacing
from runlab.race.splits import race_splits
from runlab.race.track import Track
from runlab.race.ultra import terrain_fade
from runlab.races import Race
from runlab.taper import Scenario
from runlab.terrain import grade_adjusted_speed

START = pd.Timestamp("2025-01-06")


def noise(rng: np.random.Generator, n: int, follow: float = 0.4) -> np.ndarray:
    """Heavy-tailed noise of standard deviation 1 whose every value follows the one before it."""
    steps, out = rng.standard_t(4, n + 30) / np.sqrt(2), np.zeros(n + 30)
    for i in range(1, n + 30):
        out[i] = follow * out[i - 1] + np.sqrt(1 - follow**2) * steps[i]
    return out[30:]


def log_of(rows: pd.DataFrame, settings: tuple[dict, ...] = (), **other: object) -> Log:
    """A log of one athlete from the columns that matter."""
    n = len(rows)
    given = {"activity_id": [f"r{i}" for i in range(n)], "athlete": "a", "sport": "running", "duplicate_of": ""}
    own = pd.DataFrame(given, index=rows.index).assign(
        start_time=(rows["date"] + pd.Timedelta(hours=7)).dt.tz_localize("UTC"), **rows
    )
    return Log(tables.conform(own, tables.ACTIVITIES), athletes={"a": Athlete("a", settings=list(settings))}, **other)


def heat(warm_c: np.ndarray) -> np.ndarray:
    """Log speed lost to warmth."""
    return 0.00018 * np.clip(warm_c - 10.0, 0, None) ** 2


def training(rng: np.random.Generator, *, days: int = 200, gain: float = 0.0) -> pd.DataFrame:
    """Runs with heart rate: pace follows it, warmth, length and the day; ``gain`` comes over the last 12 weeks."""
    day = np.flatnonzero(rng.random(days) < rng.uniform(0.4, 0.8))
    n, start = len(day), START + pd.Timedelta(days=int(rng.integers(365)))
    hours = np.where(rng.random(n) < 0.15, rng.uniform(1.5, 2.6, n), rng.uniform(0.5, 1.2, n))
    heart = rng.normal(146, 6, n) + 3 * noise(rng, n)
    date = start + pd.to_timedelta(day, unit="D")
    warm = 11 - rng.uniform(4, 10) * np.cos(2 * np.pi * date.day_of_year / 365) + 3 * noise(rng, n, 0.7)
    form = gain * np.clip((day - (days - 112)) / 84, 0, 1)
    log_speed = np.log(rng.uniform(2.5, 3.6)) + rng.uniform(1.1, 2.1) * np.log(heart / 146) - heat(warm) + form
    log_speed -= rng.uniform(0.005, 0.025) * (hours - 1)
    speed = np.exp(log_speed + rng.uniform(0.015, 0.035) * noise(rng, n, rng.uniform(0, 0.6)))
    known = rng.random(n) < rng.choice([0.0, 0.6, 1.0])
    return pd.DataFrame(
        {
            "date": date,
            "moving_time_s": 3600 * hours,
            "timer_time_s": 3600 * hours,
            "elapsed_time_s": 3600 * hours,
            "distance_m": 3600 * hours * speed,
            "average_speed_mps": speed,
            "graded_speed_mps": speed,
            "average_heart_rate_bpm": heart,
            "max_heart_rate_bpm": heart + 15,
            "heart_rate_share": 1.0,
            "average_temperature_c": np.where(known, warm + 3, np.nan),
            "ascent_m": 60.0,
            "samples": 0,
        }
    )


def pace(seed: int, change: float) -> dict:
    log = log_of(training(np.random.default_rng([1, seed]), gain=0.06 * change))
    said = progression.pace_at_heart_rate(log)
    band = progression.pace_at_heart_rate(log, level=0.8)
    held = None if change else band.low <= 0 <= band.high
    return {"n": said.is_known, "said": said.verdict in ("faster", "slower"), "held": held}


def races(
    rng: np.random.Generator,
    date: pd.DatetimeIndex,
    metres: np.ndarray,
    change: np.ndarray,
    name: str,
    exponent: float = 0.0,
) -> Log:
    """Race results of one level: warmth, an own exponent, a scatter of 1 to 2.5 % with heavy tails."""
    n = len(date)
    warm = 12 - 8 * np.cos(2 * np.pi * date.day_of_year / 365) + 4 * noise(rng, n, 0.3)
    exponent = exponent or rng.uniform(1.04, 1.09)
    value = np.log(rng.uniform(200, 330)) + exponent * np.log(metres / 1000) + 0.7 * heat(warm) + change
    time = np.exp(value + rng.uniform(0.010, 0.025) * noise(rng, n, 0.3))
    found = {"athlete": "a", "date": date, "name": name, "distance_m": metres, "official_time_s": time, "kind": "road"}
    run = pd.DataFrame(
        {"date": date, "distance_m": metres, "moving_time_s": time, "elapsed_time_s": time, "samples": 0}
    )
    known = rng.random() < 0.5
    run = run.assign(average_temperature_c=np.where(known, warm + 3, np.nan), ascent_m=5 * metres / 1000)
    return log_of(run, races=tables.conform(pd.DataFrame(found), tables.RACES))


def trend(seed: int, change: float) -> dict:
    rng = np.random.default_rng([2, seed])
    date = START + pd.to_timedelta(np.sort(rng.choice(720, int(rng.integers(5, 16)), replace=False)), unit="D")
    metres = rng.choice([5000.0, 10_000.0, 21_097.5, 42_195.0], len(date), p=[0.35, 0.3, 0.25, 0.1])
    truth = -0.05 * change
    found = progression.plateau(races(rng, date, metres, truth * (date - START).days / 365.25, "a race"))
    return {
        "n": found.is_known,
        "said": found.verdict in ("progress", "decline"),
        "held": found.low <= 100 * truth <= found.high,
    }


def standing_still(seed: int, change: float) -> dict:
    """The verdict "plateau": false where times move by 5 % a year, right where nothing moves."""
    rng = np.random.default_rng([3, seed])
    date = START + pd.to_timedelta(np.sort(rng.choice(720, int(rng.integers(8, 24)), replace=False)), unit="D")
    truth = 0.0 if change else 0.05 * rng.choice([-1, 1])
    log = races(rng, date, np.full(len(date), 10_000.0), truth * (date - START).days / 365.25, "a race")
    found = progression.plateau(log)
    return {"n": found.is_known, "said": found.verdict == "plateau", "held": None}


def again(seed: int, change: float) -> list[dict]:
    rng = np.random.default_rng([4, seed])
    date = pd.DatetimeIndex(
        [
            f"{year}-{'04-2' if seed % 2 else '07-1'}{day}"
            for year, day in zip(range(2019, 2025), rng.integers(0, 9, 6), strict=True)
        ]
    )
    faster = -0.08 * change * np.arange(6)
    found = progression.same_race(races(rng, date, np.full(6, rng.choice([10_000.0, 42_195.0])), faster, "City race"))
    found = found[found["verdict"] != "first time"]
    truth = 100 * np.expm1(-0.08 * change)
    return [
        {"n": True, "said": row.verdict in ("faster", "slower"), "held": row.low <= truth <= row.high}
        for row in found.itertuples()
    ]


def weeks(seed: int, change: float) -> list[dict]:
    """Half a year of steady weeks with a scatter of 12 %; every fifth cut by 30 %."""
    rng = np.random.default_rng([5, seed])
    km = rng.uniform(25, 90) * np.exp(0.12 * noise(rng, 30, 0.2))
    planted = np.arange(30) % 5 == 4
    if change:
        km[planted] *= 0.7
    found = lighter_weeks(km)
    judged = found["mean_before"].notna().to_numpy() & (planted if change else np.ones(30, bool))
    return [{"n": True, "said": bool(x), "held": None} for x in found.loc[judged, "is_step_back"]]


def spike(seed: int, change: float) -> list[dict]:
    """Runs of a steady year, a scatter of 12 %: the weekly long run; one in ten long runs is half as long again."""
    rng = np.random.default_rng([6, seed])
    days = pd.date_range(START, periods=364)
    km = np.where(days.day_of_week == 6, 20.0, 9.0) * np.exp(0.12 * noise(rng, 364, 0.2))
    planted = (days.day_of_week == 6) & (rng.random(364) < 0.1)
    km = np.where(planted & bool(change), 1.5 * km, km)
    run = pd.DataFrame({"date": days, "sport": "running", "distance_m": 1000 * km})
    run = run[(days.day_of_week == 6) | (rng.random(364) < 0.5)]
    found = load.single_run_spike(run)
    judged = found["ratio"].notna() & (found["date"].isin(days[planted]) if change else True)
    return [{"n": True, "said": bool(x), "held": None} for x in found.loc[judged, "ratio"] > 1.1 + 1e-9]


def marathon(rng: np.random.Generator, change: float, *, hilly: bool) -> tuple[Track, Race, pd.DataFrame]:
    """A marathon at even effort with one stop of 40 s; with ``change`` 20 % slower from 32 km on."""
    step, metres = 20.0, 42195.0
    way = np.arange(0.0, metres, step)
    n = len(way)
    slope = np.zeros(n)
    if hilly:
        for length in rng.uniform(800, 9000, 5):
            slope += np.sin(2 * np.pi * way / length + rng.uniform(0, 7))
        slope *= rng.uniform(0.004, 0.012) / slope.std()
    cost = np.exp(rng.uniform(2.4, 4.0) * slope + 8 * slope**2)
    km = np.interp(way, np.arange(43) * 1000.0, noise(rng, 43, 0.5))
    speed = rng.uniform(2.6, 4.2) / cost * np.exp(rng.uniform(0.01, 0.025) * km + 0.03 * noise(rng, n, 0.5))
    speed = np.where((way > 32_000) & bool(change), 0.8 * speed, speed)
    took = step / speed
    at = int(rng.integers(n))
    clock, where = np.concatenate(([0.0], np.cumsum(took))), np.append(way, metres)
    clock = np.insert(clock, at + 1, clock[at] + 40.0)
    clock[at + 2 :] += 40.0
    where, slope = np.insert(where, at + 1, where[at]), np.insert(np.append(slope, 0), at + 1, slope[at])
    speed = np.insert(np.append(speed, speed[-1]), at + 1, 0.0)
    factor = np.asarray(grade_adjusted_speed(np.ones(len(slope)), slope))
    moving = np.ones(len(clock) - 1, bool)
    moving[at] = False
    heart = 155 * np.exp(0.01 * noise(rng, len(clock), 0.98) + 0.004 * noise(rng, len(clock), 0.5))
    heart = heart * (speed.mean() / 3) ** 0.3 * (1 + 0.08 * bool(change) * (where > 28_000))
    track = Track(
        clock, where, speed, slope, factor, np.zeros(len(clock), int), moving,
        {"heart_rate_bpm": heart, "altitude_m": 100 + np.cumsum(slope * np.gradient(where))}, source="samples",
    )  # fmt: skip
    race = Race(pd.Timestamp("2026-10-25"), distance_m=metres, kind="road")
    return track, race, race_splits(track, race)


def wall(criterion: str, *, hilly: bool) -> Callable[[int, float], dict]:
    def one(seed: int, change: float) -> dict:
        track, race, _ = marathon(np.random.default_rng([7, seed]), change, hilly=hilly)
        return {"n": True, "said": pacing(track, race).loc[criterion, "met"] == "yes", "held": None}

    return one


def slowed(seed: int, change: float) -> dict:
    *_, splits = marathon(np.random.default_rng([8, seed]), change, hilly=bool(seed % 2))
    return {"n": True, "said": two_paces(splits)[0] is not None, "held": None}


def drifted(seed: int, change: float) -> dict:
    track, race, splits = marathon(np.random.default_rng([9, seed]), 0.0, hilly=bool(seed % 2))
    if change:
        track.channels["heart_rate_bpm"] = track.channels["heart_rate_bpm"] * np.where(
            track.distance_m > 25_000, 1.08, 1
        )
    row = race_drift(track, race, splits)[1].set_index("channel").loc["heart_rate_bpm"]
    return {
        "n": True,
        "said": not row["low"] <= 0 <= row["high"],
        "held": None if change else row["low"] <= 0 <= row["high"],
    }


def faded(seed: int, change: float) -> dict:
    """Speed by ground in the last third: what the page would say of the worst ground."""
    track, *_ = marathon(np.random.default_rng([10, seed]), change, hilly=True)
    fade = terrain_fade(track)
    last = fade[(fade["third"] == 3) & fade["change_pct"].notna()]
    top = last.loc[last["change_pct"].idxmin()]
    return {
        "n": True,
        "said": not top["low"] <= 0 <= top["high"],
        "held": None if change else (last["low"] <= 0).mean() > 0.5,
    }


def run_records(
    rng: np.random.Generator, minutes: float, drift: float, start: pd.Timestamp, **channels: np.ndarray
) -> pd.DataFrame:
    """Records every 5 s of a steady run: pace wanders, heart rate follows by an own power and drifts (an hour)."""
    n = int(12 * minutes)
    t = 5.0 * np.arange(n)
    speed = 3.0 * np.exp(0.03 * noise(rng, n, 0.97) + 0.01 * noise(rng, n, 0.2))
    heart = 145 * (speed / 3.0) ** rng.uniform(0.3, 0.9) * np.exp(drift * t / 3600 + 0.010 * noise(rng, n, 0.985))
    time = start.tz_localize("UTC") + pd.to_timedelta(t, unit="s")
    frame = {"time": time, "speed_mps": speed, "distance_m": np.cumsum(5 * speed), "heart_rate_bpm": np.round(heart)}
    return pd.DataFrame(frame | {name: value(n) for name, value in channels.items()})


def decoupled(seed: int, change: float) -> dict:
    rng = np.random.default_rng([11, seed])
    records = run_records(rng, rng.uniform(60, 120), 0.06 * change, START)
    found, band = progression.decoupling(records), progression.decoupling(records, level=0.8)
    held = None if change else band.low <= 0 <= band.high
    return {"n": found.is_known, "said": found.is_known and (found.low > 0 or found.high < 0), "held": held}


def durable(seed: int, change: float) -> dict:
    """Long runs of one true drift, 1 to 6 % an hour; nothing is said in words, the 80 % interval is judged."""
    rng = np.random.default_rng([12, seed])
    truth = rng.uniform(1, 6)
    date = START + pd.to_timedelta(np.sort(rng.choice(170, int(rng.integers(4, 12)), replace=False)), unit="D")
    warm = 8 + 8 * rng.random(len(date))
    hot = 0.012 * np.clip(warm - 11, 0, None) ** 2
    drift = truth + hot + 0.5 * noise(rng, len(date), 0.3)
    held = {
        f"r{i}": run_records(rng, rng.uniform(85, 150), d / 100, day)
        for i, (d, day) in enumerate(zip(drift, date, strict=True))
    }
    minutes = np.array([5 * len(r) for r in held.values()], float)
    rows = pd.DataFrame({"date": date, "moving_time_s": minutes, "distance_m": 3 * minutes, "heart_rate_share": 1.0,
                         "samples": 1000, "average_temperature_c": warm + 3})  # fmt: skip
    found = progression.durability(log_of(rows, records=held))
    return {"n": found.is_known, "said": None, "held": found.low <= truth <= found.high}


def balance(seed: int, change: float) -> dict:
    rng = np.random.default_rng([13, seed])
    date = START + pd.to_timedelta(np.sort(rng.choice(120, int(rng.integers(14, 32)), replace=False)), unit="D")
    late = date > date[-1] - pd.Timedelta(days=28)
    usual = rng.normal(50, 0.7) + rng.uniform(0.15, 0.5) * noise(rng, len(date), 0.5) + 2.5 * change * late
    held = {
        f"r{i}": run_records(rng, 25, 0.02, day, stance_time_balance_pct=lambda n, v=v: v + 0.8 * noise(rng, n, 0.5))
        for i, (v, day) in enumerate(zip(usual, date, strict=True))
    }
    rows = pd.DataFrame({"date": date, "moving_time_s": 1500.0, "distance_m": 4500.0, "samples": 300})
    found = progression.symmetry(log_of(rows, records=held))
    return {
        "n": found.is_known,
        "said": found.verdict in ("small shift", "moved from own usual"),
        "held": None if change else found.low <= 0 <= found.high,
    }


def mornings(seed: int, change: float) -> dict:
    """Morning heart rate and fatigue; with ``change`` a long run lifts them by 2 sd, which fades day by day."""
    rng = np.random.default_rng([14, seed])
    days = pd.date_range(START, periods=300)
    ran = (rng.random(300) < 0.7) | (days.day_of_week == 6)
    hours = np.where(days.day_of_week == 6, rng.uniform(1.7, 2.6, 300), rng.uniform(0.6, 1.1, 300))
    keep, off = rng.uniform(0.4, 0.7), np.zeros(300)
    for i in range(1, 300):
        off[i] = keep * off[i - 1] + 2.0 * change * (days[i - 1].day_of_week == 6)
    follow = rng.uniform(0.2, 0.5)
    beats = 50 + 2.5 * (off + noise(rng, 300, follow))
    well = pd.DataFrame({"athlete": "a", "date": days, "resting_heart_rate_bpm": beats,
                         "fatigue": np.clip(np.round(3.5 + 0.9 * (off + noise(rng, 300, follow))), 1, 7)})  # fmt: skip
    rows = pd.DataFrame({"date": days, "moving_time_s": 3600 * hours, "distance_m": 10_800 * hours, "samples": 0})[ran]
    found = progression.recovery_time(log_of(rows, wellness=well))
    # the mark as planted above the usual day, in what mornings scatter by (noise and marks)
    course = off[np.flatnonzero(days.day_of_week == 6)[4] + np.arange(1, 7)] - np.median(off)
    back = 1 + int(np.argmax(course < BACK * np.hypot(1.0, off.std()))) if change else np.nan
    held = found.low <= back <= found.high if change and found.is_known else None
    return {"n": True, "said": found.is_known, "held": held}


def limiting(name: str) -> Callable[[int, float], dict]:
    def one(seed: int, change: float) -> dict:
        rng = np.random.default_rng([15, seed])
        rows = training(rng, days=420)
        if change:  # a third less over the last twelve weeks
            late = rows["date"] > rows["date"].max() - pd.Timedelta(days=84)
            rows.loc[late, ["distance_m", "moving_time_s"]] *= 0.65
        return says(log_of(rows), name)

    return one


def says(log: Log, name: str) -> dict:
    """What one row of the limiters says; a row that cannot tell was asked too."""
    found = progression.limiters(log).set_index("candidate").loc[name, "says"]
    return {"n": True, "said": found == "speaks for it", "held": None}


def profile(name: str, exponent: float) -> Callable[[int, float], dict]:
    """Races that lose speed as Daniels' runners do (0.056 of it per log of time), or clearly more or less."""

    def one(seed: int, change: float) -> dict:
        rng = np.random.default_rng([18, seed])
        date = START + pd.to_timedelta(np.sort(rng.choice(720, int(rng.integers(8, 20)), replace=False)), unit="D")
        metres = rng.choice([5000.0, 10_000.0, 21_097.5, 42_195.0], len(date), p=[0.35, 0.3, 0.25, 0.1])
        own = exponent if change else 1 / (1 - 0.056)
        log = races(rng, date, metres, np.zeros(len(date)), "a race", exponent=own)
        return says(log, name)

    return one


def less_durable(seed: int, change: float) -> dict:
    """Long runs of two half years: their drift is the same, or 3 % an hour more in the second."""
    rng = np.random.default_rng([19, seed])
    date = START + pd.to_timedelta(np.sort(rng.choice(360, int(rng.integers(12, 24)), replace=False)), unit="D")
    drift = (
        rng.uniform(1, 4) + 0.5 * noise(rng, len(date), 0.3) + 3.0 * change * (date > date[-1] - pd.Timedelta("182D"))
    )
    held = {
        f"r{i}": run_records(rng, rng.uniform(85, 150), d / 100, day)
        for i, (d, day) in enumerate(zip(drift, date, strict=True))
    }
    minutes = np.array([5 * len(r) for r in held.values()], float)
    rows = pd.DataFrame({"date": date, "moving_time_s": minutes, "distance_m": 3 * minutes, "heart_rate_share": 1.0,
                         "samples": 1000, "average_temperature_c": 12.0})  # fmt: skip
    return says(log_of(rows, records=held), "durability")


def less_hard(seed: int, change: float) -> dict:
    """Sessions with 6 to 25 min above threshold, one run in four; none of them in the last twelve weeks."""
    rng = np.random.default_rng([20, seed])
    rows = training(rng, days=420)
    hard = np.where(rng.random(len(rows)) < 0.25, 60 * rng.uniform(6, 25, len(rows)), 0.0)
    hard *= np.exp(0.2 * noise(rng, len(rows)))
    if change:
        hard[rows["date"] > rows["date"].max() - pd.Timedelta(days=84)] = 0.0
    names = [f"r{i}" for i in range(len(rows))]
    parts = ((145.0, rows["moving_time_s"].to_numpy() - hard), (178.0, hard))
    counts = pd.concat(
        pd.DataFrame({"activity_id": names, "channel": "heart_rate_bpm", "value": beats, "seconds": s})
        for beats, s in parts
    )
    return says(log_of(rows, ({"threshold_heart_rate_bpm": 168.0},), histograms=counts), "hard running")


def dark(seed: int, change: float) -> dict:
    """A day on the trail whose pace fades along a line or a curve; the night costs nothing, or 12 %."""
    rng = np.random.default_rng([21, seed])
    hours = rng.uniform(10, 26)
    t = np.arange(0.0, 3600 * hours, 20.0)
    share = t / t[-1]
    clock = (t / 3600 + rng.uniform(6, 18)) % 24
    night = (clock > 20) | (clock < 5)
    log_speed = -rng.uniform(0.1, 0.4) * share ** rng.uniform(0.7, 1.6) + rng.uniform(0.03, 0.08) * noise(
        rng, len(t), 0.98
    )
    speed = rng.uniform(1.8, 2.8) * np.exp(log_speed + np.log(0.88) * change * night)
    track = Track(
        t, np.concatenate(([0.0], np.cumsum(20 * speed[:-1]))), speed, 0 * t, np.ones(len(t)), np.zeros(len(t), int),
        np.ones(len(t) - 1, bool), {"altitude_m": 0 * t}, source="samples",
    )  # fmt: skip
    table = night_effect(track, night)[0]
    row = table[table["light"] == "dark against light"]
    known = bool(len(row) and np.isfinite(row["change_pct"].iloc[0]))
    low, high = (float(row[c].iloc[0]) if known else np.nan for c in ("low", "high"))
    truth = -12.0 * change
    return {"n": known, "said": low > 0 or high < 0, "held": low <= truth <= high}


def ahead(seed: int, change: float) -> dict:
    """Two plans that are the same, and three weeks of rest against a taper."""
    rng = np.random.default_rng([16, seed])
    days = pd.date_range(START, periods=200)
    base = rng.gamma(3, 20, 7)[days.day_of_week] * np.exp(0.3 * noise(rng, 200))
    plan = [
        Scenario("a"),
        Scenario("b", rest=(days[-1] + pd.Timedelta(days=8), 21)) if change else Scenario("b", taper_days=15),
    ]
    daily = pd.DataFrame({"date": days, "load": base})
    found = taper.simulate(daily, race_date=days[-1] + pd.Timedelta(days=29), scenarios=plan, draws=500)
    return {"n": True, "said": found.comparisons["verdict"].iloc[0].endswith("ahead"), "held": None}


def tapered(how: str) -> Callable[[int, float], dict]:
    def one(seed: int, change: float) -> dict:
        """Running to the last day, an illness 6 to 25 days before the race; with ``change`` a planned taper instead."""
        rng = np.random.default_rng([17, seed])
        days = pd.date_range(START, periods=126)
        km = np.where(days.day_of_week == 6, 22.0, 10.0) * np.exp(0.12 * noise(rng, 126, 0.2)) * (rng.random(126) < 0.8)
        back = np.arange(126, 0, -1)
        events = None
        if change:
            km = km * np.where(back <= 14, np.interp(back, [1, 14], [0.3, 0.75]), 1.0)
        elif how != "nothing":
            first = int(rng.integers(6, 26))
            last = max(first - int(rng.integers(4, 11)), 0)
            away = (back <= first) & (back > last)
            km = np.where(away, 0.0, km) * np.where((back <= last) & (back > last - 5), 0.6, 1.0)
            if how == "ill":
                events = pd.DataFrame(
                    {"athlete": "a", "kind": "ill", "start": [days[away][0]], "end": [days[away][-1]]}
                )
        rows = pd.DataFrame({"date": days, "distance_m": 1000 * km, "moving_time_s": 330 * km, "samples": 0})[km > 0]
        found = taper.taper_review(log_of(rows, events=events), days[-1] + pd.Timedelta(days=1)).set_index("measure")
        return {"n": True, "said": bool(found.loc["length", "value"] >= 4), "held": None}

    return one


# verdict -> (how it is drawn, the clear change, the level of the interval judged)
VERDICTS: dict[str, tuple[Callable, str, str]] = {
    "faster, slower (pace_at_heart_rate)": (pace, "6 % faster", "80 %"),
    "progress, decline (plateau)": (trend, "5 % a year", "80 %"),
    "plateau, where times move by 5 % a year": (standing_still, "nothing moves", ""),
    "faster, slower (same_race)": (again, "8 % faster each year", "95 %"),
    "lighter week, per week": (weeks, "cut by 30 %", ""),
    "single_run_spike over +10 %, per run": (spike, "half as long again", ""),
    "wall, 5 km, flat": (wall("wall_5_km", hilly=False), "20 % slower from 32 km", ""),
    "wall, 5 km, hilly": (wall("wall_5_km", hilly=True), "20 % slower from 32 km", ""),
    "wall, 1 km, flat": (wall("wall_1_km", hilly=False), "20 % slower from 32 km", ""),
    "wall, 1 km, hilly": (wall("wall_1_km", hilly=True), "20 % slower from 32 km", ""),
    "wall, scatter of 5 km": (wall("wall_variability_5_km", hilly=True), "20 % slower from 32 km", ""),
    "wall, scatter of 1 km": (wall("wall_variability_1_km", hilly=True), "20 % slower from 32 km", ""),
    "slowed at (two_paces)": (slowed, "20 % slower from 32 km", ""),
    "drift of heart rate (race_drift)": (drifted, "8 % from 25 km", "95 %"),
    "fade by ground, the worst of three": (faded, "20 % slower from 32 km", ""),
    "decoupling away from zero": (decoupled, "6 % an hour", "80 %"),
    "durability (no verdict)": (durable, "", "80 %"),
    "shift of symmetry": (balance, "2.5 points", "80 %"),
    "days to recover (recovery_time)": (mornings, "2 sd after long runs", "80 %"),
    "limiters: volume": (limiting("volume"), "a third less", ""),
    "limiters: long runs": (limiting("long runs"), "a third less", ""),
    "limiters: consistency": (limiting("consistency"), "", ""),
    "limiters: endurance": (profile("endurance", 1.14), "exponent 1.14", ""),
    "limiters: speed": (profile("speed", 1.02), "exponent 1.02", ""),
    "limiters: durability": (less_durable, "3 % an hour more", ""),
    "limiters: hard running": (less_hard, "none in 12 weeks", ""),
    "slower in the dark (night_effect)": (dark, "12 % slower", "95 %"),
    "one plan ahead (taper.simulate)": (ahead, "three weeks of rest", ""),
    "taper, nothing changed": (tapered("nothing"), "two weeks of taper", ""),
    "taper, stopped by a marked illness": (tapered("ill"), "", ""),
    "taper, stopped and nothing marked": (tapered("stop"), "", ""),
}  # fmt: skip


def rows_of(draw: Callable, seeds: range, change: float) -> pd.DataFrame:
    """Every answer of some seeds."""
    found = [draw(seed, change) for seed in seeds]
    flat = pd.DataFrame([row for part in found for row in (part if isinstance(part, list) else [part])])
    return flat[flat["n"].astype(bool)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="500-599")
    parser.add_argument("--only", default="", help="words of verdicts, separated by commas")
    given = parser.parse_args()
    first, last = (int(x) for x in given.seeds.split("-"))
    seeds, words = range(first, last + 1), [w for w in given.only.split(",") if w]
    print(
        f"| verdict (seeds {first}-{last}) | n | false alarms | seen | of | interval held |\n"
        "|---|---:|---:|---:|---|---:|"
    )
    for name, (draw, change, level) in VERDICTS.items():
        if words and not any(w in name for w in words):
            continue
        none = rows_of(draw, seeds, 0.0)
        some = rows_of(draw, seeds, 1.0) if change else none.head(0)
        held = pd.concat([none["held"], some["held"]]).dropna() if level else []
        cells = [
            name,
            str(len(none)),
            "·" if none["said"].isna().any() else f"{none['said'].mean():.1%}",
            f"{some['said'].mean():.0%}" if change else "·",
            change or "·",
            f"{held.mean():.0%} of {len(held)} ({level})" if len(held) else "·",
        ]
        print(re.sub(r"(?<=\d)%", " %", f"| {' | '.join(cells)} |"), flush=True)


if __name__ == "__main__":
    main()
