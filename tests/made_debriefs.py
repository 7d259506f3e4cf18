"""Debriefs made by hand with known numbers, one table at a time, for tests of pictures and sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from runlab.evidence import Estimate
from runlab.progression.prediction import Prediction
from runlab.race.day_after import Debrief
from runlab.races import Race

MARATHON_M, MILE_M = 42195.0, 1609.344


def made(kind: str = "marathon") -> Debrief:
    """A debrief of a "marathon", an "ultra", or a "bare" race with nothing but laps."""
    return {"marathon": _marathon, "ultra": _ultra, "bare": _bare}[kind]()


def _track(
    metres: float, seconds: float, *, step_s: float, fade: float, hill_m: float, stops: tuple = ()
) -> pd.DataFrame:
    t = np.arange(0.0, seconds + 0.1, step_s)
    share = t / seconds
    speed = 1.0 + 0.02 * np.sin(40 * share) - fade * np.clip(share - 0.7, 0, 1) / 0.3
    moving = np.ones(len(t), bool)
    for begin, length in stops:
        moving &= ~((t >= begin) & (t < begin + length))
    speed = np.where(moving, speed, 0.0)
    way = np.concatenate(([0.0], np.cumsum(speed[:-1] * step_s)))
    speed, way = speed * metres / way[-1], way * metres / way[-1]
    grade = 0.0004 * hill_m * np.cos(6 * np.pi * way / metres)
    north, east = way * np.cos(way / metres * 5), way * np.sin(way / metres * 5)
    return pd.DataFrame(
        {
            "elapsed_s": t,
            "distance_m": way,
            "altitude_m": 200 + hill_m * np.sin(6 * np.pi * way / metres),
            "grade": grade,
            "speed_mps": np.where(moving, speed, np.nan),
            "graded_speed_mps": np.where(moving, speed * (1 + 3 * grade), np.nan),
            "heart_rate_bpm": 158 + 12 * share,
            "cadence_spm": np.where(moving, 176 - 6 * share, np.nan),
            "temperature_c": 11 + 8 * share,
            "moving": moving,
            "latitude_deg": 59.9 + north / 111_195,
            "longitude_deg": 10.7 + east / 55_700,
        }
    )


def _splits(track: pd.DataFrame, length_m: float, plan_s: float = np.nan) -> pd.DataFrame:
    total = track["distance_m"].iloc[-1]
    ends = np.append(np.arange(length_m, total - 0.02 * length_m, length_m), total)
    starts = np.concatenate(([0.0], ends[:-1]))
    way, t = track["distance_m"].to_numpy(), track["elapsed_s"].to_numpy()
    clock = np.interp(ends, way, t)
    still = np.concatenate(([0.0], np.cumsum(np.where(track["moving"], 0.0, np.median(np.diff(t))))[:-1]))
    took = np.diff(np.concatenate(([0.0], clock)))
    stopped = np.diff(np.concatenate(([0.0], np.interp(clock, t, still))))
    speed = (ends - starts) / np.maximum(took - stopped, 1.0)
    mean = lambda c: [track.loc[(way >= a) & (way <= b), c].mean() for a, b in zip(starts, ends, strict=True)]  # noqa: E731
    return pd.DataFrame(
        {
            "split": np.arange(1, len(ends) + 1),
            "start_m": starts,
            "end_m": ends,
            "distance_m": ends - starts,
            "elapsed_s": clock,
            "time_s": took,
            "moving_s": took - stopped,
            "stopped_s": stopped,
            "speed_mps": speed,
            "graded_speed_mps": speed * 1.01,
            "grade": mean("grade"),
            "altitude_m": mean("altitude_m"),
            "ascent_m": 4.0,
            "descent_m": 4.0,
            "heart_rate_bpm": mean("heart_rate_bpm"),
            "cadence_spm": mean("cadence_spm"),
            "temperature_c": mean("temperature_c"),
            "plan_time_s": plan_s * (ends - starts) / total,
            "time_from": "watch",
        }
    )


def _drift(splits: pd.DataFrame, channels: tuple[str, ...]) -> pd.DataFrame:
    frames = []
    for channel, usual, spread in (
        ("heart_rate_bpm", 160.0, 5.0),
        ("cadence_spm", 175.0, 3.0),
        ("stance_time_ms", 245.0, 8.0),
    ):
        if channel not in channels:
            continue
        value = splits[channel] if channel in splits else 245 + 15 * splits["end_m"] / splits["end_m"].max()
        frames.append(
            pd.DataFrame(
                {
                    "channel": channel,
                    "split": splits["split"],
                    "start_m": splits["start_m"],
                    "end_m": splits["end_m"],
                    "value": value,
                    "expected": usual,
                    "low": usual - spread,
                    "high": usual + spread,
                    "outside": abs(value - usual) > spread,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _waterfall(
    reference_s: float, parts: dict[str, tuple[float, float, float]], rest: tuple[float, float, float]
) -> pd.DataFrame:
    rows, at = (
        [("reference", "total", reference_s, reference_s, reference_s, 0.0, reference_s, "", "goal")],
        reference_s,
    )
    for name, (seconds, low, high) in {**parts, "not explained": rest}.items():
        kind = "rest" if name == "not explained" else "component"
        rows.append((name, kind, seconds, low, high, at, at + seconds, "D" if kind == "rest" else "C", "made"))
        at += seconds
    rows.append(("result", "total", at, at, at, 0.0, at, "A", "official"))
    names = ["component", "kind", "seconds", "low", "high", "start_s", "end_s", "grade", "basis"]
    return pd.DataFrame(rows, columns=names)


def _build() -> pd.DataFrame:
    weeks = np.arange(16, 0, -1)
    frames = []
    for build, scale, gap in (("this", 1.0, (5, 4)), ("best", 1.12, ())):
        km = scale * np.where(weeks > 2, 48 + 1.2 * (16 - weeks), 30.0)
        km = np.where(np.isin(weeks, gap), 4.0, km)
        frames.append(
            pd.DataFrame(
                {
                    "build": build,
                    "weeks_to_race": weeks,
                    "week_start": pd.Timestamp("2026-11-01") - pd.to_timedelta(7 * weeks, unit="D"),
                    "run_distance_m": 1000 * km,
                    "longest_run_m": 400 * km,
                    "race_pace_m": 90 * km,
                    "run_time_s": 330 * km,
                    "run_ascent_m": 6 * km,
                    "runs": 5,
                    "days_off": 2,
                    "strength": 1,
                    "sleep_h": 7.4,
                    "load": km,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _backtest(inside: list[bool]) -> pd.DataFrame:
    n = len(inside)
    result = [12790.0 if ok else 13900.0 for ok in inside]
    return pd.DataFrame(
        {
            "date": pd.date_range("2023-04-01", periods=n, freq="180D"),
            "distance_m": MARATHON_M,
            "time_s": result,
            "value": 12800.0,
            "low": 12400.0,
            "high": 13300.0,
            "held": inside,
        }
    )


def _pacing() -> pd.DataFrame:
    nothing = (np.nan, "", np.nan)
    rows = {
        "half_split": (6.2, "%", *nothing, 1.2, -0.4, 3.0, 3, "A"),
        "first_quarter_bias": (3.5, "%", *nothing, 1.0, 0.0, 2.0, 3, "A"),
        "first_5_km_bias": (4.1, "%", *nothing, np.nan, np.nan, np.nan, 0, "A"),
        "variability": (5.5, "%", *nothing, 2.0, 1.5, 3.0, 3, "A"),
        "wall_1_km": (17.0, "%", 11.0, "yes", 31000.0, np.nan, np.nan, np.nan, 0, "B"),
        "wall_5_km": (12.1, "%", 7.3, "yes", 31000.0, np.nan, np.nan, np.nan, 0, "B"),
    }
    names = ["value", "unit", "criterion", "met", "from_m", "own_median", "own_low", "own_high", "n", "grade"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("measure")
    return frame.assign(source="made", words="")


def _marathon() -> Debrief:
    race = Race(
        date=pd.Timestamp("2026-11-01"),
        athlete="kim",
        name="Autumn Marathon",
        distance_m=MARATHON_M,
        official_time_s=13272.0,
        goal_s=12600.0,
        kind="road",
        priority="A",
    )
    track = _track(MARATHON_M, 13272.0, step_s=6.0, fade=0.2, hill_m=15.0, stops=((11000.0, 72.0),))
    splits = _splits(track, 1000.0, 12600.0)
    forecast = Prediction(
        12960.0,
        12540.0,
        13500.0,
        n=5,
        unit="s",
        grade="B",
        basis="5 races, 9 hard efforts",
        verdict="",
        low_50=12760.0,
        high_50=13190.0,
        log_sd=0.03,
        freedom=8.0,
        table=_backtest([True, True, False, True, True]),
    )
    waterfall = _waterfall(
        12600.0,
        {
            "stops": (70, 66, 74),
            "early pace and late slowing": (320, 160, 430),
            "heat": (150, 80, 230),
            "course": (50, 30, 70),
        },
        (82, -120, 260),
    )
    estimates = {
        "value": [12960.0, 13050.0],
        "low": [12540.0, 12700.0],
        "high": [13500.0, 13420.0],
        "low_50": [12760.0, 12870.0],
        "high_50": [13190.0, 13240.0],
        "n": [5, 6],
        "grade": "B",
        "basis": "races",
    }
    return Debrief(
        race=race,
        headline="Autumn Marathon in 3:41:12",
        words="The first half felt almost too easy.",
        forecast=forecast,
        result_on_forecast=pd.DataFrame(
            {
                "mark": ["result", "goal", "median"],
                "time_s": [13272.0, 12600.0, 12960.0],
                "percentile": [0.79, 0.17, 0.5],
                "inside_80": True,
                "inside_50": [False, False, True],
            }
        ),
        data_check=pd.DataFrame(
            {
                "check": ["distance"],
                "severity": ["note"],
                "finding": ["The watch measured 42.83 km."],
                "value": [42830.0],
                "unit": ["m"],
            }
        ),
        splits=splits,
        pacing=_pacing(),
        waterfall=waterfall,
        waterfall_reference="goal",
        waterfall_order="stops, early pace and late slowing, heat, course, then what is left",
        waterfall_orders=pd.DataFrame({"order": "course first", "component": ["stops", "heat"], "seconds": [70, 140]}),
        drift=_drift(splits, ("heart_rate_bpm", "cadence_spm", "stance_time_ms")),
        drift_summary=pd.DataFrame(
            {
                "channel": ["heart_rate_bpm", "cadence_spm", "stance_time_ms"],
                "unit": ["1/min", "steps/min", "ms"],
                "value": [9.0, -3.1, 11.0],
                "low": [5.0, -5.0, -2.0],
                "high": [13.0, -1.0, 24.0],
                "level": 0.8,
                "n": [14, 14, 9],
                "grade": "D",
                "usual_from": "race",
                "basis": "made",
            }
        ),
        fuelling=pd.DataFrame(
            {
                "hour": [1, 2, 3, 4],
                "hour_share": [1, 1, 1, 0.69],
                "carbs_g": [40.0, 45.0, 25.0, 15.0],
                "planned_carbs_g": [60.0, 60.0, 60.0, 41.0],
                "fluid_ml": 400.0,
                "sodium_mg": 300.0,
                "caffeine_mg": 25.0,
                "entries": 2,
            }
        ),
        fuel_marks=pd.DataFrame(
            {"elapsed_s": [2400.0, 5400.0], "distance_m": [8000.0, 17500.0], "carbs_g": [25.0, 25.0], "note": ""}
        ),
        weather=pd.DataFrame(
            {
                "when": ["race", "six weeks before"],
                "temperature_c": [15.0, 11.0],
                "low": [11.0, 6.0],
                "high": [19.0, 14.0],
                "n": [1, 28],
                "source": "watch",
            }
        ),
        build=_build(),
        build_best="3:33:05 at the Spring Marathon",
        build_summary=pd.DataFrame(
            {
                "measure": ["distance a week", "long runs over 28 km"],
                "unit": ["m", "runs"],
                "this": [52000.0, 2.0],
                "best": [58000.0, 5.0],
                "words": "",
            }
        ).set_index("measure"),
        disruptions=pd.DataFrame(
            {
                "start": [pd.Timestamp("2026-09-26")],
                "end": [pd.Timestamp("2026-10-04")],
                "days": [9],
                "weeks_to_race": [5],
                "kind": ["ill"],
                "note": ["cold"],
            }
        ),
        celebrate=["Sixteen weeks and 812 km led here."],
        other_stories=pd.DataFrame(
            {
                "story": ["early pace"],
                "speaks_for": ["first 5 km 4 % faster than the mean"],
                "speaks_against": ["heart rate was usual"],
                "settles_it": ["how the start felt"],
            }
        ),
        questions=["When did you first think of slowing?"],
        unknown=pd.DataFrame({"what": ["stomach"], "why": ["no note says"], "question": ["How was the stomach?"]}),
        one_change={"change": "Start at 5:05 /km.", "keep": "The long runs.", "why": "The first 5 km were fast."},
        recovery=pd.DataFrame(
            {
                "step": ["easy running"],
                "sign": ["resting heart rate"],
                "measure": ["resting_heart_rate_bpm"],
                "usual": [48.0],
                "low": [46.0],
                "high": [50.0],
                "unit": ["1/min"],
                "n": [28],
                "words": ["back to usual"],
            }
        ),
        next_goal=pd.DataFrame({"when": ["before", "after"], **estimates, "clean_share": 1.0}),
        track=track,
    )


def _ultra() -> Debrief:
    metres, seconds = 100 * MILE_M, 100085.0
    race = Race(
        date=pd.Timestamp("2026-10-17"),
        athlete="bo",
        name="Long Ridge 100",
        distance_m=metres,
        official_time_s=seconds,
        goal_s=93600.0,
        kind="ultra",
    )
    at = np.array([9.3, 17.0, 24.5, 31.0, 39.8, 47.2, 54.6, 62.0, 69.5, 77.1, 84.0, 91.7, 96.4, 100.0]) * MILE_M
    stopped = np.array([3, 5, 7, 12, 6, 9, 8, 80, 9, 11, 8, 9, 4, 0]) * 60.0
    track = _track(
        metres,
        seconds,
        step_s=60.0,
        fade=0.3,
        hill_m=400.0,
        stops=tuple((seconds * d / metres, s) for d, s in zip(at[:-1], stopped[:-1], strict=True)),
    )
    arrival = np.interp(at, track["distance_m"], track["elapsed_s"])
    moving = np.diff(np.concatenate(([0.0], arrival))) - np.concatenate(([0.0], stopped[:-1]))
    legs = pd.DataFrame(
        {
            "leg": np.arange(1, 15),
            "checkpoint": [*(f"Aid {n}" for n in range(1, 14)), "Finish"],
            "start_m": np.concatenate(([0], at[:-1])),
            "end_m": at,
            "distance_m": np.diff(np.concatenate(([0.0], at))),
            "ascent_m": 430.0,
            "descent_m": 430.0,
            "arrival_s": arrival,
            "departure_s": arrival + stopped,
            "moving_s": moving,
            "stopped_s": stopped,
            "stopped_on_way_s": 60.0,
            "speed_mps": np.diff(np.concatenate(([0.0], at))) / moving,
            "graded_speed_mps": 2.0,
            "heart_rate_bpm": 130.0,
            "planned_arrival_s": 0.95 * arrival,
            "window_low_s": 0.9 * arrival,
            "window_high_s": 1.03 * arrival,
            "inside_window": "yes",
            "rank": np.nan,
            "dark_share": np.where((arrival > 44000) & (arrival < 88000), 1.0, 0.0),
            "activity_id": "a",
        }
    )
    legs.loc[8:, "inside_window"] = "after"
    thirds = [
        (ground, third, 9000.0, 20000.0, 1.9, 2.1, change, change - 4, change + 4, 12, "made")
        for ground, changes in {"uphill": (0, -6, -12), "flat": (0, -9, -18), "downhill": (0, -15, -31)}.items()
        for third, change in zip((1, 2, 3), changes, strict=True)
    ]
    names = [
        "ground",
        "third",
        "seconds",
        "distance_m",
        "speed_mps",
        "graded_speed_mps",
        "change_pct",
        "low",
        "high",
        "n",
        "basis",
    ]
    return Debrief(
        race=race,
        headline="Long Ridge 100 in 27:48:05",
        words="Felt flat at mile 40, great at 50.",
        splits=_splits(track, 5 * MILE_M),
        legs=legs,
        stops=pd.DataFrame(
            {
                "stop": [1],
                "start_s": [57200.0],
                "seconds": [4800.0],
                "distance_m": [at[7]],
                "checkpoint": ["Aid 8"],
                "certain": [True],
            }
        ),
        terrain_fade=pd.DataFrame(thirds, columns=names),
        hike_share=pd.DataFrame(
            {
                "grade_from": [-0.15, -0.05, 0.05, 0.15],
                "grade_to": [-0.05, 0.05, 0.15, 0.3],
                "seconds": 20000.0,
                "hiked_s": [800.0, 2000.0, 12000.0, 19600.0],
                "share": [0.04, 0.1, 0.6, 0.98],
                "speed_mps": 1.6,
                "first_half_share": [0.01, 0.05, 0.5, 0.97],
                "second_half_share": [0.08, 0.2, 0.75, 0.99],
            }
        ),
        night=pd.DataFrame(
            {
                "light": ["light", "dark", "dark against light"],
                "seconds": [56000.0, 44000.0, np.nan],
                "graded_speed_mps": [2.1, 1.8, np.nan],
                "change_pct": [np.nan, np.nan, -9.0],
                "low": [np.nan, np.nan, -15.0],
                "high": [np.nan, np.nan, -3.0],
                "words": "",
            }
        ),
        dark_spans=pd.DataFrame(
            {
                "start_s": [0.0, 44000.0],
                "end_s": [4200.0, 90000.0],
                "start_m": [0.0, 70000.0],
                "end_m": [7000.0, 150000.0],
            }
        ),
        build=_build(),
        track=track,
        waterfall_reference="goal",
        waterfall=_waterfall(93600.0, {"stops": (5400, 5300, 5500), "course": (-300, -900, 300)}, (1385, -2000, 4700)),
        waterfall_order="stops, course, then what is left",
        notes=pd.DataFrame({"elapsed_s": [65000.0], "distance_m": [105000.0], "note": ["stomach"]}),
    )


def _bare() -> Debrief:
    """Ten laps from a training log: no heart rate, altitude, position, plan or forecast."""
    race = Race(
        date=pd.Timestamp("2026-05-01"),
        athlete="kim",
        name="Track 10 000 m",
        distance_m=10000.0,
        official_time_s=2400.0,
    )
    splits = _splits(_track(10000.0, 2400.0, step_s=5.0, fade=0.0, hill_m=0.0), 1000.0)
    nothing = [
        "graded_speed_mps",
        "grade",
        "altitude_m",
        "ascent_m",
        "descent_m",
        "heart_rate_bpm",
        "cadence_spm",
        "temperature_c",
        "plan_time_s",
    ]
    return Debrief(
        race=race,
        splits=splits.assign(**dict.fromkeys(nothing, np.nan), time_from="laps"),
        forecast=Estimate.unknown("needs 1 race or hard effort; found 0", unit="s"),
    )
