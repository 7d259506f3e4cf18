"""Published numbers, reproduced: each test names its source."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from runlab import progression
from runlab.errors import RunlabWarning, SettingsError
from runlab.taper import shapes

VECTORS = json.loads((Path(__file__).parent / "vectors" / "progression.json").read_text())
EVENTS_M = {"5 km": 5000, "10 km": 10000, "H. Mar": 21097.5, "Marathon": 42195}


def of(metric):
    found = [v for v in VECTORS if v["metric"] == metric]
    assert found, metric
    return pytest.mark.parametrize("v", found, ids=[v["id"] for v in found])


def one(identifier):
    return next(v for v in VECTORS if v["id"] == identifier)


@of("vdot_race_times")
def test_race_time_daniels_table_5_1(v):
    for name, metres in v["inputs"]["distances_m"].items():
        assert progression.race_time(metres, vdot=v["inputs"]["vdot"]) == pytest.approx(v["expected"][name], rel=0.002)


@of("vdot_from_race")
def test_vdot_tlgs_readme(v):
    assert progression.vdot(5000, 24 * 60 + 34) == pytest.approx(v["expected"], abs=1e-9)


@of("vdot_training_paces_s_per_km")
def test_training_paces_daniels_table_5_2(v):
    paces = progression.training_paces(v["inputs"]["vdot"])
    found = {
        "easy_fast": 1000 / paces.loc["easy", "high"],
        "easy_slow": 1000 / paces.loc["easy", "low"],
        "marathon": 1000 / paces.loc["marathon", "value"],
        "threshold": 1000 / paces.loc["threshold", "value"],
        "interval_km": 1000 / paces.loc["interval", "value"],
    }
    for name, pace in v["expected"].items():
        assert found[name] == pytest.approx(pace, abs=v["tolerance"]["abs"]), name


def test_threshold_pace_daniels_table_5_2_within_a_second():
    v = one("s04")
    for worth, pace in zip(v["inputs"], v["expected"], strict=True):
        assert 1000 / progression.training_paces(worth).loc["threshold", "value"] == pytest.approx(pace, abs=1.0)


@of("cameron")
def test_cameron_runalyze(v):
    i = v["inputs"]
    assert progression.equivalent_time(i["t1_s"], i["d1_m"], i["d2_m"], method="cameron") == pytest.approx(
        v["expected"], abs=1
    )


def test_riegel_1981_definition():
    assert progression.equivalent_time(1200, 5000, 10000) == pytest.approx(1200 * 2**1.06)


@of("power_law_two_races")
def test_power_law_runalyze_bock(v):
    i = v["inputs"]
    for km, seconds in v["expected"].items():
        found = progression.equivalent_time(
            i["t1_s"], i["d1_km"] * 1000, float(km) * 1000, method="power_law", other=(i["d2_km"] * 1000, i["t2_s"])
        )
        assert found == pytest.approx(seconds, abs=1.5)


def test_power_law_refuses_impossible_exponent_with_a_reason():
    with pytest.warns(RunlabWarning, match="1.0 and 1.2"):
        assert math.isnan(progression.equivalent_time(1800, 10000, 42195, method="power_law", other=(5000, 1790)))


@of("tanda_marathon")
def test_tanda_willmycroft(v):
    found = progression.tanda_marathon(v["inputs"]["weekly_km"], v["inputs"]["mean_train_pace_s_per_km"])
    assert found.value == pytest.approx(v["expected"], abs=2)
    assert found.low < found.value < found.high and found.grade == "B"


@of("age_grade_road_2025")
def test_age_standard_official_2025_files(v):
    for name, row in v["expected"].items():
        found = progression.age_standard(EVENTS_M[name], age=v["inputs"]["age"], sex=v["inputs"]["sex"])
        assert found == pytest.approx(row["age_standard_s"], abs=0.6)
        grade = progression.age_grade(
            row["open_standard_s"] / row["factor"], EVENTS_M[name], age=v["inputs"]["age"], sex=v["inputs"]["sex"]
        )
        assert grade.value == pytest.approx(100, abs=1e-6) and grade.grade == "A"


def test_age_standard_official_2025_files_more_ages():
    v = one("s47")
    for who, seconds in v["expected"].items():
        for metres, second in zip(EVENTS_M.values(), seconds, strict=True):
            assert progression.age_standard(metres, age=int(who[1:]), sex=who[0]) == pytest.approx(second, abs=0.6)


def test_age_standard_interpolates_standards_on_log_distance():
    low, high = (progression.age_standard(d, age=45, sex="m") for d in (10000, 11265.408))
    share = math.log(11000 / 10000) / math.log(11265.408 / 10000)
    assert progression.age_standard(11000, age=45, sex="m") == pytest.approx(low + (high - low) * share)


def test_critical_speed_worked_by_hand_daniels_60_row():
    v = one("s44")
    efforts = pd.DataFrame({k: np.array(x, float) for k, x in v["inputs"].items()})
    for model, (speed, reserve) in v["expected"].items():
        found = progression.critical_speed(efforts, model=model)["value"]
        assert found["critical_speed"] == pytest.approx(speed, abs=v["tolerance"]["speed_abs"])
        assert found["distance_reserve"] == pytest.approx(reserve, abs=v["tolerance"]["reserve_abs"])


def test_taper_shapes_mujika_padilla_mean_reductions():
    v = one("s31")
    for kind in ("fast_exponential", "slow_exponential", "step"):
        assert 1 - shapes(kind, 14)["share"].mean() == pytest.approx(v["expected"][kind], abs=0.0006)
    linear = 1 - shapes("linear", 14, reduction=0.75)["share"].mean()
    assert linear == pytest.approx(v["expected"]["linear_to_75"], abs=0.0006)


@pytest.mark.parametrize(
    "call",
    [
        lambda: progression.equivalent_time(1, 2, 3, method="riegl"),
        lambda: progression.age_standard(5000, age=40, sex="m", year=2015),
        lambda: progression.age_standard(5000, age=40, sex="x"),
        lambda: shapes("stepp", 10),
        lambda: shapes("step", 0),
        lambda: shapes("step", 10, reduction=1.5),
        lambda: progression.critical_speed(pd.DataFrame({"distance_m": [1.0], "time_s": [1.0]}), model="cubic"),
        lambda: progression.equivalent_time(1, 2, 3, method="power_law"),
    ],
)
def test_wrong_settings_say_what_to_do(call):
    with pytest.raises(SettingsError, match="must be|needs"):
        call()
