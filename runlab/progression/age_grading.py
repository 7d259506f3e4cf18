"""How good a road time is for the athlete's age and sex, by the official 2025 factors."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd

from .. import data
from ..errors import SettingsError, one_of
from ..evidence import Estimate, grade_of
from ..units import format_duration

CLASSES = (
    (100.0, "world record"),
    (90.0, "world class"),
    (80.0, "national class"),
    (70.0, "regional class"),
    (60.0, "local class"),
)
_SEXES = {"m": "male", "male": "male", "f": "female", "female": "female"}


@functools.lru_cache(maxsize=2)
def _factors(sex: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = pd.read_csv(data.FOLDER / "age_grade_road_2025.csv")
    table = table[table["sex"] == sex].sort_values(["age", "distance_km"])
    factors = table.pivot_table(index="age", columns="distance_km", values="age_factor")
    open_s = table[table["age"] == 30].set_index("distance_km")["open_standard_s"]
    return factors.columns.to_numpy() * 1000.0, factors.to_numpy(), open_s.reindex(factors.columns).to_numpy()


def age_standard(distance_m: float, *, age: int, sex: str, year: int = 2025) -> float:
    """The time that is 100 % for an age and sex at a road distance.

    Definition: open standard / age factor; between listed distances the *standards* are interpolated on the
    logarithm of the distance. From 1 mile to 200 km, ages 5 to 100.

    Takes metres, whole years, "f" or "m". Returns seconds; NaN outside the tables or without age.
    Raises SettingsError for a year or sex there is no table for.
    Evidence: A (official norm). AlanLyttonJones/Age-Grade-Tables, CC0, approved by USATF 2025-01-10.

    >>> round(age_standard(10000, age=50, sex="f"))
    1956
    """
    if year != 2025:
        raise SettingsError(f"year must be 2025 (the road factors shipped), not {year!r}")
    sex = _SEXES[one_of("sex", sex, _SEXES)]
    if not (math.isfinite(age) and math.isfinite(distance_m)):
        return math.nan
    distances, factors, open_s = _factors(sex)
    age = int(age)
    if not (5 <= age <= 100 and distances[0] - 0.5 <= distance_m <= distances[-1] + 0.5):
        return math.nan
    standards = open_s / factors[age - 5]
    return float(np.interp(math.log(distance_m), np.log(distances), standards))


def age_grade(time_s: float, distance_m: float, *, age: int, sex: str, year: int = 2025) -> Estimate:
    """A time as a percentage of the best expected at the athlete's age and sex.

    Definition: age standard / time, in %. About 60 local, 70 regional, 80 national, 90 world class.

    Takes seconds, metres, age on race day in whole years, "f" or "m".
    Returns an Estimate in %; unknown outside the tables (1 mile to 200 km, ages 5-100) or without a time.
    Raises SettingsError for a year or sex there is no table for.
    Evidence: A (official norm, road 2025). It compares with the best of that age: hills, heat and trails are not in
    it.

    >>> age_grade(42 * 60 + 25, 10000, age=54, sex="m")
    72.5 % [A] · regional class; 2025 road factors, men of 54, standard 30:45
    """
    standard = age_standard(distance_m, age=age, sex=sex, year=year)
    if not math.isfinite(standard):
        return Estimate.unknown(
            f"needs a road distance from 1 mile to 200 km and an age of 5 to 100; found {distance_m:g} m, age {age}",
            unit="%",
        )
    if not time_s > 0:
        return Estimate.unknown("needs a finishing time; found none", unit="%")
    value = 100.0 * standard / time_s
    label = next((name for bound, name in CLASSES if value >= bound), "below local class")
    who = "women" if _SEXES[sex] == "female" else "men"
    shown = format_duration(standard)
    return Estimate(
        value,
        unit="%",
        grade=grade_of("age_grade"),
        basis=f"{label}; {year} road factors, {who} of {int(age)}, standard {shown}",
    )
