"""Kilometres or miles? What a log does not state is decided from its content, and said."""

from __future__ import annotations

import numpy as np

from ...numerics import median
from ...units import METRES_PER_MILE
from . import cells
from .columns import Columns
from .detect import fields_of
from .dictionaries import COACH, OPEN_UNITS, UNITS
from .sheet import Findings, Sheet

_STATED = {
    "km": "metric",
    "min/km": "metric",
    "km/h": "metric",
    "s/km": "metric",
    "mi": "imperial",
    "min/mi": "imperial",
    "mph": "imperial",
    "s/mi": "imperial",
}


def _example(header: list[str], row: list[str]) -> Columns:
    """The columns of a coach's sheet of one row, for trying things out.

    >>> _example(["Temp"], ["68"]).fields[0].target
    'average_temperature_c'
    """
    sheet = Sheet(header, [row], [2], 1, ",", "utf-8", [])
    return Columns(sheet, fields_of(header, COACH.headers), Findings(""))


def _plain(columns: Columns, target: str, unit: str | None = None) -> np.ndarray:
    """A target's numbers as written, or in its own unit."""
    for field in columns.of(target):
        values, _ = columns.raw(field, unit or field.unit, field.kept)
        return np.where(values > 0, values, np.nan)
    return np.full(len(columns), np.nan)


def decide(columns: Columns, *, on_foot: np.ndarray, running: np.ndarray, units: str | None) -> str:
    """Metric or imperial, for the units that the sheet leaves open.

    In this order: a unit in another header; stride x cadence x time against the distance (Garmin's stride is metres
    either way); ``units`` if given; how fast the runs would be; else metric, noted as a problem.

    >>> columns = _example(["Distance", "Pace (min/mi)"], ["5", "8:00"])
    >>> decide(columns, on_foot=np.array([True]), running=np.array([True]), units=None)
    'imperial'
    """
    opened = [f for f in columns.fields if f.unit in OPEN_UNITS and f.unit not in ("c?", "kg?")]
    if not opened:
        return units or "metric"
    found = columns.found
    stated = {_STATED[f.unit] for f in columns.fields if f.stated and f.unit in _STATED}
    if len(stated) == 1:
        system = stated.pop()
        found.decide(f"{system} units, as other headers state them")
        return system
    lengths = [f for f in opened if f.unit == "km?"]
    if not lengths:
        return units or "metric"
    distance, _ = columns.raw(lengths[0], "", "")
    distance = np.where(on_foot & (distance > 0), distance, np.nan)
    time = _plain(columns, "moving_time_s")
    time = np.where(np.isfinite(time), time, _plain(columns, "timer_time_s"))
    name = lengths[0].header
    if system := _by_second_distance(columns):
        found.decide(f"the first {name!r} is in {'kilometres' if system == 'metric' else 'miles'}, as the second tells")
        return system
    if system := _by_stride(columns, distance, time):
        found.decide(
            f"{name!r} is in {'kilometres' if system == 'metric' else 'miles'}: "
            "stride length x cadence x time gives that distance"
        )
        if units and units != system:
            found.decide(f"the units told ({units}) do not fit the file and were not used for it")
        return system
    if units:
        found.decide(f"{name!r} read as {'kilometres' if units == 'metric' else 'miles'}, as told")
        return units
    for other in ("elapsed_time_s", "listed_elapsed_time_s"):
        time = np.where(np.isfinite(time), time, _plain(columns, other))
    pace = median(np.where(running, time / distance, np.nan)) / 60.0  # minutes per unit
    if not np.isfinite(pace):
        pace = _written_pace(columns)
    if np.isfinite(pace) and not 6.25 <= pace <= 9.5:
        # Below 6:15 miles would mean an elite's everyday pace (3:53 /km); above 9:30 kilometres would mean walking.
        system = "metric" if pace < 6.25 else "imperial"
        found.decide(
            f"{name!r} read as {'kilometres' if system == 'metric' else 'miles'}: "
            f"the middle run takes {int(pace)}:{int(pace % 1 * 60):02d} min for one"
        )
        return system
    found.problem(
        f"column {name!r}",
        "the file does not say whether distances are kilometres or miles",
        "read as kilometres",
        'say units = "imperial" or "metric", or put the unit into the header: \'Distance (mi)\'',
    )
    found.decide(f"{name!r} read as kilometres, though nothing in the file says so")
    return "metric"


def _by_second_distance(columns: Columns) -> str:
    """Strava lists a distance twice: in the account's unit and in metres."""
    if not (columns.has("listed_distance_m") and columns.has("distance_m")):
        return ""
    listed, _ = columns.raw(columns.of("listed_distance_m")[0], "", "")
    metres, _ = columns.raw(columns.of("distance_m")[0], "", "")
    ratio = median(np.where((listed > 1) & (metres > 0), metres / np.where(listed > 0, listed, np.nan), np.nan))
    return "metric" if abs(ratio / 1000.0 - 1) < 0.05 else "imperial" if abs(ratio / METRES_PER_MILE - 1) < 0.05 else ""


def _by_stride(columns: Columns, distance: np.ndarray, time: np.ndarray) -> str:
    if not columns.has("average_stride_length_m"):
        return ""
    stride, cadence = _plain(columns, "average_stride_length_m"), _plain(columns, "average_cadence_spm")
    ratio = median(stride * cadence * time / 60.0 / distance)
    if not np.isfinite(ratio):
        return ""
    for system, metres in (("metric", UNITS["km"][1]), ("imperial", METRES_PER_MILE)):
        for foot in (1.0, UNITS["ft"][1]):  # a stride in feet tells just as well
            if abs(ratio * foot / metres - 1) < 0.12:
                return system
    return ""


def _written_pace(columns: Columns) -> float:
    for field in columns.of("average_speed_mps"):
        if field.unit == "min/km?":
            values = np.array([cells.clock_seconds(cells.tidy(c)) for c in columns.cells(field)])
            return median(np.where(values > 0, values, np.nan)) / 60.0
    return np.nan


def temperature_system(columns: Columns, system: str) -> str:
    """Celsius or Fahrenheit for temperatures without a unit: above 50 nobody runs in Celsius.

    >>> temperature_system(_example(["Temp"], ["68"]), "metric")
    'imperial'
    """
    written = [columns.raw(f, "", "")[0] for f in columns.fields if f.unit == "c?"]
    if not written:
        return system
    values = np.concatenate(written)
    if not np.isfinite(values).any():
        return system
    fahrenheit = bool(np.nanmax(values) > 50)
    columns.found.decide(f"temperatures without a unit read as {'Fahrenheit' if fahrenheit else 'Celsius'}")
    return "imperial" if fahrenheit else "metric"


def weight_system(columns: Columns, system: str) -> str:
    """Kilograms or pounds for weights without a unit: a runner above 120 is weighed in pounds.

    >>> weight_system(_example(["Weight"], ["61.5"]), "metric")
    'metric'
    """
    written = [columns.raw(f, "", "")[0] for f in columns.fields if f.unit == "kg?"]
    if not written:
        return system
    middle = median(np.concatenate(written))
    if not np.isfinite(middle):
        return system
    pounds = middle > 120 or (system == "imperial" and middle > 90)
    columns.found.decide(f"weights without a unit read as {'pounds' if pounds else 'kilograms'}")
    return "imperial" if pounds else "metric"


def second_distance(
    metres: np.ndarray, listed: np.ndarray, speed_mps: np.ndarray, time_s: np.ndarray
) -> tuple[float, str]:
    """What to multiply a second Distance column by to have metres, and how that was confirmed.

    Strava's second distance is metres in English exports; some German ones repeat kilometres. Average speed (m/s) times
    moving time decides; without it, the ratio to the first column.

    >>> second_distance(np.array([2831.8]), np.array([2.83]), np.array([np.nan]), np.array([975.0]))
    (1.0, 'the second distance is metres: 1000 times the first')
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        by_speed = median(speed_mps * time_s / np.where(metres > 0, metres, np.nan))
        by_list = median(np.where((listed > 1) & (metres > 0), metres / listed, np.nan))
    choices = {"metres": 1.0, "kilometres": 1000.0, "miles": METRES_PER_MILE}
    for word, factor in choices.items():
        if np.isfinite(by_speed) and abs(by_speed / factor - 1) < 0.1:
            return factor, f"the second distance is {word}: average speed x moving time gives it"
    for word, factor in (("1000", 1000.0), ("1609", METRES_PER_MILE)):
        if np.isfinite(by_list) and abs(by_list / factor - 1) < 0.05:
            return 1.0, f"the second distance is metres: {word} times the first"
    if np.isfinite(by_list) and abs(by_list - 1) < 0.05:
        return float("nan"), "both distance columns hold the same numbers, so the second is not metres"
    return 1.0, ""
