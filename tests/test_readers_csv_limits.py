"""What a table's cells can hold: the range of every quantity, the size of every unit, and how large a table may be."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab.errors import FileError
from runlab.readers.csv import cells, checks, sheet
from runlab.readers.csv.columns import Columns
from runlab.readers.csv.detect import Field
from runlab.readers.csv.dictionaries import UNITS
from runlab.readers.csv.sheet import Findings, Sheet


def column(target: str, *values: str, unit: str = "", header: str = "x") -> Columns:
    table = Sheet([header], [[v] for v in values], list(range(2, 2 + len(values))), 1, ",", "utf-8", [])
    return Columns(table, [Field(0, header, target, unit)], Findings(""))


@pytest.mark.parametrize(
    ("target", "low", "high"),
    [
        ("rpe", 0, 10),
        ("severity", 0, 10),
        ("sleep_quality", 1, 7),
        ("soreness", 1, 7),
        ("fatigue", 1, 7),
        ("stress", 1, 7),
        ("mood", 1, 7),
        ("sleep_h", 0, 24),
        ("resting_heart_rate_bpm", 20, 150),
        ("hrv_rmssd_ms", 1, 400),
        ("weight_kg", 20, 250),
        ("average_heart_rate_bpm", 30, 250),
        ("max_heart_rate_bpm", 30, 260),
        ("heart_rate_bpm", 20, 260),
        ("latitude_deg", -90, 90),
        ("longitude_deg", -180, 180),
        ("distance_m", 0, 2_000_000),
        ("elapsed_time_s", 0, 20_000_000),
        ("timer_time_s", 0, 20_000_000),
        ("moving_time_s", 0, 20_000_000),
        ("duration_s", 0, 20_000_000),
        ("ascent_m", 0, 50_000),
        ("descent_m", 0, 50_000),
        ("average_cadence_spm", 0, 350),
        ("cadence_spm", 0, 350),
        ("average_power_w", 0, 3000),
        ("power_w", 0, 5000),
        ("average_temperature_c", -70, 70),
        ("altitude_m", -500, 10_000),
        ("humidity_pct", 0, 100),
        ("feel", 0, 100),
        ("calories_kcal", 0, 50_000),
        ("goal_s", 0, 20_000_000),
        ("official_time_s", 0, 20_000_000),
    ],
)
def test_what_a_person_can_enter(target, low, high):
    table = column(target, str(low), str(high), f"{low - 1}", f"{high + 1}")
    found = table.number(target)
    assert np.isnan(found[2:]).all() and found[1] == high
    assert found[0] == low or (low == 0 and math.isnan(found[0])), "some zeros mean not measured"
    told = {problem["where"][:6] for problem in table.found.problems}
    assert "line 5" in told and not told & {"line 2", "line 3"}


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("m", 1.0),
        ("km", 1000.0),
        ("mi", 1609.344),
        ("ft", 0.3048),
        ("yd", 0.9144),
        ("cm", 0.01),
        ("mm", 0.001),
        ("s", 1.0),
        ("min", 60.0),
        ("h", 3600.0),
        ("ms", 0.001),
        ("m/s", 1.0),
        ("km/h", 1000 / 3600),
        ("mph", 1609.344 / 3600),
        ("kg", 1.0),
        ("g", 0.001),
        ("mg", 0.000001),
        ("lb", 0.45359237),
        ("ml", 1.0),
        ("l", 1000.0),
        ("floz", 29.5735295625),
        ("kcal", 1.0),
        ("kj", 1 / 4.184),
        ("ratio", 100.0),
    ],
)
def test_the_size_of_units(unit, size):
    base = {"length": "m", "time": "s", "speed": "m/s", "mass": "kg", "volume": "ml", "energy": "kcal", "share": "pct"}
    found = cells.numbers(["2.5"], unit, base[UNITS[unit][0]])[0][0]
    assert found == pytest.approx(2.5 * size, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "metres_a_second"),
    [
        ("min/km", 1000 / 300),
        ("min/mi", 1609.344 / 300),
        ("min/100m", 100 / 300),
        ("s/km", 1000 / 5),
        ("s/mi", 1609.344 / 5),
    ],
)
def test_the_size_of_paces(unit, metres_a_second):
    found = cells.numbers(["5", "5:00"], unit, "m/s")[0]
    assert found[0] == pytest.approx(metres_a_second)
    assert found[1] == pytest.approx(metres_a_second / (1 if unit.startswith("min") else 60)), "a clock says what it is"


@pytest.mark.parametrize(
    ("sport", "fastest"), [("running", 8.0), ("walking", 4.0), ("hiking", 5.0), ("swimming", 2.6), ("cycling", 20.0)]
)
def test_faster_than_anyone(sport, fastest):
    def told(speed, metres=1000.0):
        frame = pd.DataFrame({"sport": [sport], "distance_m": [metres], "timer_time_s": [metres / speed]})
        table = column("distance_m", "1")
        checks.fill_times(frame, table)
        return len(table.found.problems)

    assert told(fastest - 0.01) == 0 and told(fastest + 0.01) == 1
    assert told(fastest + 0.01, 400.0) == 0 and told(fastest + 0.01, 401.0) == 1


def test_a_pool_is_listed_in_metres_under_kilometres():
    def metres(listed, seconds, sport="swimming"):
        frame = pd.DataFrame({"sport": [sport], "distance_m": [1000.0 * listed], "timer_time_s": [float(seconds)]})
        return checks.small_units(frame, column("distance_m", str(listed), unit="km?"), {0})["distance_m"].item()

    assert metres(1500, 1800) == 1500.0
    assert metres(25, 30) == 25.0 and metres(24, 30) == 24_000.0
    assert metres(100, 333) == 100.0 and metres(100, 334) == 100_000.0, "slower than 0.3 m/s is no swim either"
    assert metres(260, 100) == 260.0 and metres(261, 100) == 261_000.0


def test_problems_are_told_up_to_five_hundred():
    found = Findings("log.csv")
    for k in range(503):
        found.problem(f"line {k}", "odd", "left empty", "correct it")
    table = sheet.problems_table(found)
    assert len(table) == 501 and table["reason"].iloc[-1].startswith("3 more")


def split(text: str) -> Sheet:
    return sheet.split(text, {"date", "km"}, Findings(""), encoding="utf-8", name="log.csv")


def test_a_header_stands_in_the_first_forty_rows():
    assert split("my runs\n" * 39 + "date;km\n2026-05-01;10\n").header == ["date", "km"]
    with pytest.raises(FileError, match="first 40 rows"):
        split("my runs\n" * 40 + "date;km\n2026-05-01;10\n")


def test_a_table_has_a_thousand_columns_at_most():
    wide = lambda n: ";".join(["date", "km", *(f"c{k}" for k in range(n - 2))]) + "\n2026-05-01;10\n"  # noqa: E731
    assert len(split(wide(1000)).header) == 1000
    with pytest.raises(FileError, match="1,001 columns"):
        split(wide(1001))


def test_a_table_has_half_a_million_rows_at_most(monkeypatch):
    lines = lambda n: "date;km\n" + "1;2\n" * (n - 1)  # noqa: E731
    assert len(split(lines(500_000)).rows) == 499_999
    with pytest.raises(FileError, match="more than 500,000 rows"):
        split(lines(500_001))


def test_a_table_has_64_mb_at_most():
    assert len(sheet.decode(b"a" * (64 << 20))[0]) == 64 << 20
    with pytest.raises(FileError, match="split the file"):
        sheet.decode(b"a" * ((64 << 20) + 1))
