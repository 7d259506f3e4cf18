"""The loads of three sample athletes, as they were looked at last (see tests/ledger.py)."""

import numpy as np
import pandas as pd
import pytest
from ledger import ATHLETES, compare, log_of

from runlab import load

LOG = {
    "session_load": load.session_load,
    "session_load_strict": lambda log: load.session_load(log, minimum_heart_rate_share=0.99, minimum_pairs=3),
    "session_load_rpe": lambda log: load.session_load(log, method="session_rpe"),
    "session_load_trimp": lambda log: load.session_load(log, method="trimp"),
    "session_load_mean": lambda log: load.session_load(log, method="mean_heart_rate"),
    "session_load_stress": lambda log: load.session_load(log, method="running_stress"),
    "daily": lambda log: log.daily,
    "daily_until": lambda log: load.daily_load(log, method="session_rpe", through="2026-12-01").tail(60),
    "fitness": lambda log: load.fitness_and_fatigue(log.daily),
    "fitness_span": lambda log: load.fitness_and_fatigue(
        log.daily, fitness_days=30, fatigue_days=5, variant="span", form_day="same", seed="corrected"
    ),
    "fitness_first": lambda log: load.fitness_and_fatigue(log.daily, seed="first"),
    "ramp": lambda log: load.ramp(log.daily),
    "ratio": lambda log: load.acute_chronic_ratio(log.daily),
    "ratio_uncoupled": lambda log: load.acute_chronic_ratio(log.daily, method="uncoupled"),
    "ratio_ewma": lambda log: load.acute_chronic_ratio(log.daily, method="ewma"),
    "monotony": lambda log: load.monotony_and_strain(log.daily),
    "monotony_population": lambda log: load.monotony_and_strain(log.daily, days=10, sd="population"),
    "spikes": lambda log: load.single_run_spike(log.activities),
    "weeks": lambda log: load.weekly_totals(log.daily),
    "weeks_sunday": lambda log: load.weekly_totals(log.daily, week_start="sunday"),
    "step_back": lambda log: load.step_back_weeks(log.daily),
    "required": lambda log: load.required_load(log.daily, target=40.0, through="2026-12-01"),
    "required_form": lambda log: load.required_load(
        log.daily, target=5.0, through="2026-11-29", measure="form", seed="first"
    ),
}


@pytest.mark.parametrize("athlete", ATHLETES)
@pytest.mark.parametrize("name", LOG)
def test_loads_of_the_sample_squad(name, athlete):
    compare("load", f"{athlete}: {name}", LOG[name](log_of(athlete)))


def test_a_fit_and_the_distance_reserve():
    days = pd.date_range("2026-01-01", periods=150)
    rng = np.random.default_rng(3)
    loads = pd.Series(np.where(np.arange(150) % 7 == 0, 0.0, 60 + 25 * np.sin(np.arange(150) / 11)), index=days)
    model = load.impulse_response(
        loads.to_numpy(), fitness_days=45, fatigue_days=8, fitness_gain=0.05, fatigue_gain=0.08, baseline=50
    )["performance"].to_numpy()
    tests = pd.DataFrame({"date": days[20::6], "performance": model[20::6] + rng.normal(0, 0.2, 22)})
    fit = load.fit_impulse_response(pd.DataFrame({"date": days, "load": loads.to_numpy()}), tests, resamples=40)
    compare("load", "impulse response", {"model": model, "fit": fit})
    speed = np.tile([3.0] * 60 + [5.5] * 45, 8)
    for method in ("differential", "integral"):
        left = load.distance_balance(
            speed, critical_speed_mps=4.2, distance_reserve_m=200.0, method=method, time_constant_s=350.0
        )
        compare("load", f"distance balance {method}", left)
