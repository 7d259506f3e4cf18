"""How the athletes of the sample squad develop, as it was looked at last (see tests/ledger.py)."""

import numpy as np
import pandas as pd
import pytest
from ledger import ATHLETES, compare, log_of

from runlab import progression as p
from runlab.athlete import Athlete
from runlab.log import Log

LOG = {
    "blocks": p.block_comparison,
    "block summary": lambda log: p.block_summary(p.block_comparison(log)),
    "consistency": p.consistency,
    "durability": p.durability,
    "dynamics": p.dynamics,
    "intensity": p.intensity_distribution,
    "intensity by week": lambda log: p.intensity_distribution(log, by="week"),
    "limiters": p.limiters,
    "pace at heart rate": p.pace_at_heart_rate,
    "pace curve": p.pace_curve,
    "pace curve later": lambda log: p.pace_curve(log, after_s=3600.0, days=None),
    "phases": p.phases,
    "plateau": p.plateau,
    "results": p.race_results,
    "recovery": p.recovery_time,
    "run intensity": p.run_intensity,
    "same race": p.same_race,
    "types": p.session_type,
    "types from totals": lambda log: p.session_type(log, look_inside=False),
    "symmetry": p.symmetry,
    "variety": p.variety,
    "critical speed": lambda log: p.critical_speed(p.critical_speed_efforts(log.efforts), model="linear"),
    "speed endurance": lambda log: p.speed_endurance_model(
        p.race_results(log).rename(columns={"time_s": "official_time_s"})
    ),
    "5 km": lambda log: p.predict_race(log, 5_000),
    "marathon, warm": lambda log: p.predict_race(log, 42_195, conditions={"temperature_c": 22.0}),
    "half, in August": lambda log: p.predict_race(log, 21_097.5, on="2026-08-15"),
}
SAMPLES = {
    "best efforts": p.best_efforts,
    "decoupling": p.decoupling,
    "efficiency": p.efficiency_factor,
    "fatigue": p.fatigue_drift,
    "drift": p.run_drift,
    "intervals": p.intervals,
}


@pytest.mark.parametrize("athlete", ATHLETES)
@pytest.mark.parametrize("name", LOG)
def test_progression_of_the_sample_squad(name, athlete):
    compare("progression", f"{athlete}: {name}", LOG[name](log_of(athlete)))


@pytest.mark.parametrize("athlete", ATHLETES)
@pytest.mark.parametrize("name", SAMPLES)
def test_single_runs_of_the_sample_squad(name, athlete):
    log = log_of(athlete)
    runs = log.activities[(log.activities["samples"] > 0) & (log.activities["sport"] == "running")]
    runs = runs.sort_values(["distance_m", "start_time"])["activity_id"].iloc[[-1, len(runs) // 2, len(runs) // 3]]
    compare("progression", f"{athlete}: {name}", [SAMPLES[name](log.records(run)) for run in runs])


def test_formulas():
    answers = {
        "age grade": [
            p.age_grade(t, d, age=a, sex=s) for t, d, a, s in ((1500, 5000, 52, "f"), (11_000, 42_195, 71, "m"))
        ],
        "paces": [p.training_paces(v) for v in (32.0, 47.5, 68.0)],
        "vdot": [p.vdot(d, t) for d, t in ((1500, 260.0), (10_000, 2700.0), (42_195, 12_600.0))],
        "time of vdot": [p.race_time(d, vdot=v) for d, v in ((3000, 40.0), (21_097.5, 55.0))],
        "equivalent": [p.equivalent_time(1260.0, 5000, 42_195, method=m) for m in ("riegel", "vdot")],
        "tanda": [p.tanda_marathon(km, pace) for km, pace in ((45.0, 330.0), (110.0, 260.0))],
        "polarization": [p.polarization_index(*x) for x in ((0.8, 0.05, 0.15), (0.6, 0.3, 0.1))],
        "stiffness": p.leg_stiffness(3.5, 240.0, 172.0, mass_kg=62.0, height_m=1.71),
        "conditions": [p.condition_cost(42_195, 12_000, c) for c in ({"temperature_c": 26.0}, {"ascent_m": 900.0})],
        "speed endurance": p.speed_endurance_time(10_000, maximal_speed_mps=6.0, decline=0.1),
        "critical speed": p.critical_speed_time(3000, critical_speed_mps=4.3, distance_reserve_m=180.0),
    }
    for name, answer in answers.items():
        compare("progression", name, answer)


def test_three_years_of_races():
    """Nobody in the sample squad races long enough to speak of a trend."""
    rng = np.random.default_rng(8)
    metres = np.resize([5000.0, 10_000.0, 10_000.0, 21_097.5, 42_195.0], 20)
    times = 260.0 * (metres / 1000) ** 1.06 * np.exp(-0.00003 * np.arange(20) * 55 + rng.normal(0, 0.01, 20))
    races = pd.DataFrame(
        {
            "athlete": "a",
            "date": pd.date_range("2023-03-05", periods=20, freq="55D"),
            "name": np.resize(
                [f"City 5K {y}" for y in (2023, 2024)] + ["Lake 10K", "Lake 10K", "Half", "Marathon"], 20
            ),
            "distance_m": metres,
            "kind": "road",
            "official_time_s": times,
            "ascent_m": np.resize([0.0, 150.0, np.nan], 20),
        }
    )
    log = Log(races=races, athletes={"a": Athlete("a", sex="f", birth_date="1974-06-01")})
    answers = {
        "plateau": p.plateau(log),
        "plateau with age": p.plateau(log, adjust_age=True),
        "plateau of a year": p.plateau(log, days=365, smallest_pct=0.2),
        "same race": p.same_race(log),
        "results": p.race_results(log),
        "speed endurance": p.speed_endurance_model(races),
        "forecast": [p.predict_race(log, metres) for metres in (1500, 10_000, 30_000)],
    }
    for name, answer in answers.items():
        compare("progression", f"three years: {name}", answer)
