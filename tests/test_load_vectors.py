"""Published numbers and other systems' own tests (tests/vectors/load_terrain.json, each with its source)."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runlab import load, terrain

VECTORS = json.loads((Path(__file__).parent / "vectors" / "load_terrain.json").read_text())


def daily(values):
    return pd.DataFrame({"date": pd.date_range("2026-01-01", periods=len(values)), "load": np.asarray(values, float)})


def spelled(text):
    """The load series a vector describes in words."""
    return {
        "30 for 21 d then 50 for 7 d": [30.0] * 21 + [50.0] * 7,
        "1000 on day 0 only": [1000.0] + [0.0] * 100,
        "100/day for days 0..50": [100.0] * 51,
    }[text]


def trimp(i):
    if "blocks_bpm_min" in i:
        heart, minutes = zip(*i["blocks_bpm_min"], strict=True)
    else:
        heart, minutes = i["hr"], i["duration_min"]
    given = {"resting_heart_rate_bpm": i["hr_rest"], "max_heart_rate_bpm": i["hr_max"]}
    if i["form"].startswith("exponent_only"):  # the misprint without the multiplier: minutes times share times exp
        return load.banister_trimp(heart, minutes, coefficients=(1.0, i["b"]), **given)
    return load.banister_trimp(heart, minutes, coefficients=(i["a"], i["b"]), **given)


def lucia(i):
    minutes = [0.0, 0.0, 0.0]
    for heart, spent in i["blocks_bpm_min"]:
        minutes[int(heart >= i["hr_vt1"]) + int(heart > i["hr_vt2"])] += spent
    return load.lucia_trimp(minutes)


def response(i):
    same = load.impulse_response(spelled(i["load"]), fitness_days=i["tau1"], fatigue_days=i["tau2"], same_day=True)
    if "days" in i:
        return same[["fitness", "fatigue"]].iloc[i["days"]].to_dict("list")
    return {
        "fitness_d1_10_25_50_75_100": same["fitness"].iloc[[1, 10, 25, 50, 75, 100]].tolist(),
        "fatigue_d1_5_10_15_20_25": same["fatigue"].iloc[[1, 5, 10, 15, 20, 25]].tolist(),
    }


def span(i):
    table = load.fitness_and_fatigue(
        daily(i["load"]), fitness_days=i["ctl_days"], fatigue_days=i["atl_days"], variant="span", form_day="same"
    )
    return {"ctl": table["fitness"].tolist(), "atl": table["fatigue"].tolist(), "tsb": table["form"].tolist()}


def ratio(i, method):
    table = load.acute_chronic_ratio(
        daily(spelled(i["daily_load"])), method=method, acute_days=i["acute_N"], chronic_days=i["chronic_N"]
    )
    return table["ratio"].iloc[i["day"] - 1]


def last(i, column):
    sd = {0: "population", 1: "sample"}[i["ddof"]]
    return load.monotony_and_strain(daily(i["daily_load"]), sd=sd)[column].iloc[-1]


def reserve(i, **how):
    left = load.distance_balance(range(100), critical_speed_mps=i["cp"], distance_reserve_m=i["w_prime"], **how)
    return [left[k] for k in i["index"]] if isinstance(i["index"], list) else left[i["index"]]


def spike(i):
    rows = []
    for k, times in enumerate(i["ratio"]):  # two runs ten days apart, pairs half a year apart
        day = pd.Timestamp("2020-01-01") + pd.Timedelta(days=180 * k)
        rows += [
            {"date": day, "sport": "running", "distance_m": 10_000.0},
            {"date": day + pd.Timedelta(days=10), "sport": "running", "distance_m": 10_000.0 * times},
        ]
    # each pair stands in a log that began long before
    table = load.single_run_spike(
        pd.concat(
            [
                pd.DataFrame(rows).assign(distance_m=1.0, sport="cycling", date=pd.Timestamp("2000-01-01")),
                pd.DataFrame(rows),
            ],
            ignore_index=True,
        )
    ).iloc[1::2]
    found = table[["hazard_ratio", "hazard_ratio_low", "hazard_ratio_high"]].to_numpy().tolist()
    return [[None if math.isnan(v) else v for v in row] for row in found]


ANSWERS = {
    "trimp_banister": trimp,
    "trimp_edwards": lambda i: load.edwards_trimp(
        *zip(*i["blocks_bpm_min"], strict=True), max_heart_rate_bpm=i["hr_max"]
    ),
    "trimp_lucia": lucia,
    "hrss_trimp100": lambda i: load.heart_rate_stress(
        i["trimp"],
        threshold_heart_rate_bpm=i["lthr"],
        resting_heart_rate_bpm=i["hr_rest"],
        max_heart_rate_bpm=i["hr_max"],
    ),
    "rtss": lambda i: load.running_stress(
        1000 / i["ngp_s_per_km"] if "ngp_s_per_km" in i else 1609.344 / 60 / i["ngp_min_per_mile"],
        i["duration_s"] / 60,
        threshold_speed_mps=1000 / i["ftpace_s_per_km"]
        if "ftpace_s_per_km" in i
        else 1609.344 / 60 / i["ftpace_min_per_mile"],
    ),
    "monotony_population_sd": lambda i: last(i, "monotony"),
    "strain_population_sd": lambda i: last(i, "strain"),
    "monotony_zero_days": lambda i: last(i, "monotony"),
    "acwr_ewma": lambda i: ratio(i, "ewma"),
    "acwr_rolling": lambda i: ratio(i, "rolling"),
    "ctl_atl_span_variant": span,
    "impulse_response_banister": response,
    "wbal_skiba2012_integral": lambda i: reserve(
        i, method="integral", time_constant_s=load.recovery_time_constant(range(100), critical_power_w=i["cp"])
    ),
    "wbal_skiba2012_integral_tau100": lambda i: reserve(i, method="integral", time_constant_s=i["tau"]),
    "wbal_tau_skiba2012": lambda i: load.recovery_time_constant(range(100), critical_power_w=i["cp"]),
    "dbal_differential": lambda i: reserve(i, method="differential"),
    "minetti_relative_cost": lambda i: (terrain.running_cost(i["gradient"]) / terrain.running_cost(0.0)).tolist(),
    "minetti_cost": lambda i: terrain.running_cost(i["gradient"]).tolist(),
    "strava_gap_2017_speed_factor": lambda i: terrain.grade_adjusted_speed(
        np.ones(len(i["grade_pct"])), np.array(i["grade_pct"]) / 100
    ).tolist(),
    "elevation_threshold_turning_points": lambda i: terrain.turning_points(
        i["alt_m"], threshold_m=i["epsilon_m"]
    ).tolist(),
    "itra_km_effort": lambda i: terrain.kilometre_effort(i["km"] * 1000, i["dplus_m"]),
    "heat_index": lambda i: (
        terrain.heat_index((np.array(i["temperature_f"]) - 32) * 5 / 9, np.array(i["humidity_pct"])) * 9 / 5 + 32
    ).tolist(),
    "single_run_spike": spike,
}


def close(found, expected, tolerance):
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name in expected:
            close(found[name], expected[name], tolerance)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            close(one, other, tolerance)
    elif expected is None:
        assert found is None
    elif tolerance.get("floor"):
        assert math.floor(found) == expected
    elif "round" in tolerance:
        # the source rounds halves away from zero
        assert math.floor(abs(found) + 0.5) * math.copysign(1, found) == pytest.approx(expected, abs=1e-9)
    elif "abs" in tolerance:
        assert found == pytest.approx(expected, abs=tolerance["abs"])
    else:
        assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{v['id']}-{v['metric']}-{v['source'][:60]}" for v in VECTORS])
def test_published_number(vector):
    close(ANSWERS[vector["metric"]](vector["inputs"]), vector["expected"], vector["tolerance"])
