"""A world for taper scenarios whose law is not the model's: saturating fitness, freshness from two windows, illness.

Fitness moves towards a bent function of the last four weeks' dose, faster up than down; tiredness is what the last
six days hold beyond their share of the last forty. No pair of exponentials on one load; every constant is drawn per
athlete.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from runlab.taper import Scenario
from runlab.taper.scenarios import scenario_loads, usual_week


def athlete(seed: int) -> dict[str, Any]:
    """Constants of one athlete and half a year of daily load."""
    rng = np.random.default_rng([17, seed])
    week = rng.gamma(2.5, 20.0, 7) * (rng.random(7) < 0.8)
    week[6] = max(week[6], 1.6 * week.mean() + 20)
    days = pd.date_range("2026-01-05", periods=int(rng.integers(150, 260)))
    load = week[days.day_of_week] * rng.gamma(12, 1 / 12, len(days)) * np.linspace(0.85, 1.0, len(days))
    law = {
        "up": rng.uniform(28, 45),
        "down": rng.uniform(38, 65),
        "bend": rng.uniform(0.5, 1.0),
        "gain": rng.uniform(0.4, 0.9),
        "tired": rng.uniform(0.03, 0.07),
        "rested": rng.uniform(0.006, 0.022),
        "ill": rng.uniform(0.0, 0.04),
    }
    return {"daily": pd.DataFrame({"date": days, "load": load}), "law": law, "rng": rng}


def true_form(load: np.ndarray, ill_days: int, law: dict[str, float], steady: float) -> float:
    """True performance, in %, on the morning after the last day of ``load``."""
    fitness = 0.5
    for day in range(28, len(load) + 1):
        dose = load[day - 28 : day].mean() / steady
        target = (dose / (dose + law["bend"])) * (1 + law["bend"]) / 2
        fitness += (target - fitness) / (law["up"] if target > fitness else law["down"])
    recent, usual = load[-6:].mean() / steady, load[-40:].mean() / steady
    tired = max(recent - usual, 0.0) + 0.35 * recent
    rested = max(usual - recent, 0.0)
    return 100 * (
        law["gain"] * (fitness - 0.5) - law["tired"] * tired + law["rested"] * rested - law["ill"] * ill_days / 7
    )


def plans(athlete: dict[str, Any]) -> tuple[list[Scenario], pd.DatetimeIndex, dict[str, float]]:
    """Eight plans of four weeks, and what each truly brings."""
    daily = athlete["daily"]
    dates = pd.date_range(daily["date"].iloc[-1] + pd.Timedelta(days=1), periods=28)
    found = [
        Scenario("two weeks"),
        Scenario("two weeks again"),
        Scenario("ten days", taper_days=10),
        Scenario("three weeks", taper_days=21),
        Scenario("linear", shape="linear", reduction=0.8),
        Scenario("no taper", taper_days=0),
        Scenario("rest three weeks", rest=(dates[7], 21)),
        Scenario("rest four weeks", rest=(dates[0], 28)),
    ]
    load = daily.set_index("date")["load"]
    usual = usual_week(load)
    truth = {}
    for plan in found:
        ahead, sick = scenario_loads(plan, usual, dates, None)
        truth[plan.name] = true_form(
            np.concatenate([load.to_numpy(), ahead]), int(sick.sum()), athlete["law"], float(usual.mean())
        )
    return found, dates, truth
