"""The course ahead: its profile from a GPX file, its climbs, and what each stretch asks."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from .. import terrain
from ..errors import FileError, TableError
from ..numerics import column, great_circle_m
from .splits import climbed_steps

STEP_M = 25.0
COLUMNS = ["distance_m", "altitude_m", "grade", "factor", "latitude_deg", "longitude_deg"]


def course_profile(course: Any, *, distance_m: float | None = None, window_m: float = 150.0) -> pd.DataFrame:
    """A course as a profile: height, grade and what a metre asks, every 25 m.

    Definition: positions joined along great circles, heights smoothed by a line over ``window_m`` (maps and GPX files
    carry noise that would turn into hills), ``factor`` = flat-equivalent speed over speed (Strava's curve). Where an
    official distance is given, the way is stretched to it.

    Takes a GPX path (track or route, with or without times), or a frame with ``distance_m`` and ``altitude_m``, or
    with positions. Returns ``distance_m, altitude_m, grade, factor, latitude_deg, longitude_deg``; NaN where unknown.
    Raises FileError for a file that is no GPX, TableError for a frame without a way.
    Evidence: A for the geometry, B for the factor.

    >>> hill = pd.DataFrame({"distance_m": [0.0, 1000.0, 2000.0], "altitude_m": [100.0, 150.0, 100.0]})
    >>> profile = course_profile(hill)
    >>> round(float(profile["grade"].max()), 2), len(profile)
    (0.05, 81)
    """
    points = _points(course)
    if "distance_m" in points.columns and points["distance_m"].notna().sum() > 1:
        way = points["distance_m"].to_numpy(float)
    elif {"latitude_deg", "longitude_deg"} <= set(points.columns):
        steps = great_circle_m(points["latitude_deg"].to_numpy(float), points["longitude_deg"].to_numpy(float))
        way = np.concatenate(([0.0], np.cumsum(np.nan_to_num(steps))))
    else:
        raise TableError(
            "a course needs distance_m and altitude_m, or latitude_deg and longitude_deg; found "
            + ", ".join(map(str, points.columns))
        )
    if len(way) < 2 or not way[-1] > 0:
        raise TableError("a course needs at least two places apart from each other")
    scale = distance_m / way[-1] if distance_m else 1.0
    grid = np.append(np.arange(0.0, way[-1] * scale, STEP_M), way[-1] * scale)

    def along(name: str) -> np.ndarray:
        values = column(points, name)
        known = np.isfinite(values)
        return np.interp(grid, way[known] * scale, values[known]) if known.sum() > 1 else np.full(len(grid), math.nan)

    height = along("altitude_m")
    time = pd.Series(pd.Timestamp("2000-01-01", tz="UTC") + pd.to_timedelta(np.arange(len(grid)), unit="s"))
    run = pd.DataFrame({"time": time, "distance_m": grid, "altitude_m": height})
    slope = terrain.grade(run, window_m=window_m).to_numpy(float)
    factor = np.asarray(terrain.grade_adjusted_speed(np.ones_like(slope), slope), float)
    return pd.DataFrame(
        dict(zip(COLUMNS, (grid, height, slope, factor, along("latitude_deg"), along("longitude_deg")), strict=True))
    )


def course_climbs(profile: pd.DataFrame, *, minimum_ascent_m: float = 30.0) -> pd.DataFrame:
    """The climbs of a course: where, how long, how high, how steep.

    Takes ``course_profile``. Returns ``climb, start_m, end_m, distance_m, ascent_m, grade``. Evidence: A.

    >>> hill = pd.DataFrame({"distance_m": [0.0, 1000.0, 2000.0], "altitude_m": [100.0, 150.0, 100.0]})
    >>> course_climbs(course_profile(hill))["ascent_m"].round(-1).tolist()
    [50.0]
    """
    time = pd.Timestamp("2000-01-01", tz="UTC") + pd.to_timedelta(np.arange(len(profile)), unit="s")
    records = profile.assign(time=pd.Series(time, index=profile.index))
    found = terrain.climbs(records, minimum_ascent_m=minimum_ascent_m)
    return found[["climb", "start_m", "end_m", "distance_m", "ascent_m", "grade"]]


def ascent_descent(profile: pd.DataFrame, *, threshold_m: float = 5.0) -> tuple[float, float]:
    """Metres up and down along a course; NaN without heights.

    >>> hill = pd.DataFrame({"distance_m": [0.0, 1000.0, 2000.0], "altitude_m": [100.0, 150.0, 100.0]})
    >>> [round(x, -1) for x in ascent_descent(course_profile(hill))]
    [50.0, 50.0]
    """
    height = profile["altitude_m"].to_numpy(float)
    if np.isfinite(height).sum() < 2:
        return math.nan, math.nan
    up, down = climbed_steps(height, threshold_m=threshold_m)
    return float(up.sum()), float(down.sum())


def _points(course: Any) -> pd.DataFrame:
    """The places of a course in order."""
    if isinstance(course, pd.DataFrame):
        return course.reset_index(drop=True)
    path = Path(course)
    try:
        root = ElementTree.fromstring(path.read_bytes().strip())
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror})") from None
    except ElementTree.ParseError as error:
        raise FileError(f"{path}: not a GPX file ({error})") from None
    rows = []
    for kind in ("trkpt", "rtept"):
        for element in root.iter():
            if element.tag.rpartition("}")[2] != kind:
                continue
            try:
                latitude, longitude = float(element.attrib["lat"]), float(element.attrib["lon"])
            except (KeyError, ValueError):
                continue
            height = next((child.text for child in element if child.tag.rpartition("}")[2] == "ele"), None)
            try:
                altitude = float(height) if height else math.nan
            except ValueError:
                altitude = math.nan
            rows.append((latitude, longitude, altitude))
        if rows:
            break
    if len(rows) < 2:
        raise FileError(f"{path}: no track or route with two points in it")
    return pd.DataFrame(rows, columns=["latitude_deg", "longitude_deg", "altitude_m"])
