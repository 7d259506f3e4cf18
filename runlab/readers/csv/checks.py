"""Is what a log says possible? Units that only the speed tells, one leg or both, times that contradict."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...units import METRES_PER_MILE
from .columns import Columns
from .sheet import Findings

#: Fastest believable mean speed; above it a distance or time is in another unit, or wrong.
FASTEST_MPS = {"running": 8.0, "walking": 4.0, "hiking": 5.0, "swimming": 2.6, "cycling": 20.0}
CLOCKS = ("timer_time_s", "moving_time_s", "elapsed_time_s", "listed_elapsed_time_s")


def best_time(frame: pd.DataFrame) -> np.ndarray:
    """Moving time of each row, else the timer's, else the clock's.

    >>> best_time(pd.DataFrame({"moving_time_s": [np.nan, 60.0], "elapsed_time_s": [90.0, 70.0]}))
    array([90., 60.])
    """
    time = np.full(len(frame), np.nan)
    for name in ("moving_time_s", "timer_time_s", "elapsed_time_s"):
        if name in frame:
            time = np.where(np.isnan(time), frame[name].to_numpy(), time)
    return time


def small_units(frame: pd.DataFrame, table: Columns, keep: set[int]) -> pd.DataFrame:
    """Pool swims (and some track runs) are listed in metres or yards under a header of kilometres: the speed tells.

    >>> from .sheet import Sheet
    >>> from .detect import Field
    >>> sheet = Sheet(["Distance", "Minutes"], [["1500", "30"]], [2], 1, ",", "utf-8", [])
    >>> columns = Columns(sheet, [Field(0, "Distance", "distance_m", "km?")], Findings(""))
    >>> frame = pd.DataFrame({"sport": ["swimming"], "distance_m": [1.5e6], "timer_time_s": [1800.0]})
    >>> small_units(frame, columns, {0})["distance_m"].tolist()
    [1500.0]
    """
    fields = [f for f in table.of("distance_m") + table.of("listed_distance_m") if f.unit == "km?"]
    if "distance_m" not in frame or not fields:
        return frame
    unit_m = 1000.0 if table.system == "metric" else METRES_PER_MILE
    yards = 1.0 if table.system == "metric" else 0.9144
    metres, time = frame["distance_m"].to_numpy(copy=True), best_time(frame)
    limit = np.array([FASTEST_MPS.get(s, np.inf) for s in frame["sport"]])
    with np.errstate(invalid="ignore"):
        small_mps = metres / unit_m * yards / time
        small = (metres / time > limit) & (metres / unit_m >= 25) & (small_mps <= limit) & (small_mps > 0.3)
    small[[i for i in range(len(frame)) if i not in keep]] = False
    if small.any():
        metres[small] *= yards / unit_m
        frame = frame.assign(distance_m=metres)
        table.found.decide(
            f"{int(small.sum())} distances are {'metres' if yards == 1 else 'yards'}, as no one swims or runs that fast"
        )
    return frame


def scale_clocks(frame: pd.DataFrame, table: Columns, keep: set[int], running: np.ndarray) -> pd.DataFrame:
    """h:mm that was read as m:ss, m:ss that a spreadsheet made h:mm:00, seconds without a unit: the speed tells.

    >>> from .sheet import Sheet
    >>> from .detect import Field
    >>> sheet = Sheet(["Duration"], [["0:50"]], [2], 1, ",", "utf-8", [])
    >>> columns = Columns(sheet, [Field(0, "Duration", "timer_time_s", "clock")], Findings(""))
    >>> frame = pd.DataFrame({"distance_m": [10000.0], "timer_time_s": [50.0]})
    >>> scale_clocks(frame, columns, {0}, np.array([True]))["timer_time_s"].tolist()
    [3000.0]
    """
    rows = [i for i in sorted(keep) if running[i]]
    clocks = [
        f for f in table.fields if f.target in CLOCKS and not f.stated and f.target.removeprefix("listed_") in frame
    ]
    if "distance_m" not in frame or not rows or not clocks:
        return frame
    for f in clocks:
        target = f.target.removeprefix("listed_")
        speed = (frame["distance_m"] / frame[target]).to_numpy()[rows]
        speed = speed[np.isfinite(speed)]
        if not speed.size or 0.5 <= (middle := float(np.median(speed))) <= 9:
            continue
        for factor, words in (
            (60.0, "hours:minutes"),
            (1 / 60.0, "a sixtieth of what is written (minutes:seconds, or seconds)"),
        ):
            if 1.2 <= middle / factor <= 6.5:
                frame = frame.assign(**{target: frame[target] * factor})
                sentence = f"times in {f.header!r} are {words}: only so do they fit the distances"
                table.found.decide(sentence)
                table.found.problem(
                    f"column {f.header!r}",
                    "the times as written do not fit the distances",
                    f"the times as {words}",
                    "write durations as h:mm:ss",
                )
                break
    return frame


def both_feet(
    frame: pd.DataFrame, keep: set[int], running: np.ndarray, on_foot: np.ndarray, found: Findings
) -> pd.DataFrame:
    """Cadence of both feet: below 120 for the middle run (70 for the middle walk) only one leg is counted.

    >>> run = np.array([True])
    >>> frame = pd.DataFrame({"average_cadence_spm": [84.5]})
    >>> both_feet(frame, {0}, run, run, Findings(""))["average_cadence_spm"].tolist()
    [169.0]
    """
    if "average_cadence_spm" not in frame:
        return frame
    cadence = frame["average_cadence_spm"].to_numpy()
    kept = np.isin(np.arange(len(frame)), list(keep)) & np.isfinite(cadence)
    for rows, limit in ((kept & running, 120.0), (kept & on_foot, 70.0)):
        if rows.any():
            if np.median(cadence[rows]) < limit:
                for name in ("average_cadence_spm", "max_cadence_spm"):
                    if name in frame:
                        frame = frame.assign(**{name: frame[name].where(~on_foot, frame[name] * 2)})
                found.decide("cadence on foot counts one leg and was doubled")
            return frame
    return frame


def fill_times(frame: pd.DataFrame, table: Columns) -> pd.DataFrame:
    """Moving time where there is none, mean speed from distance over moving time, and times that contradict.

    >>> from .sheet import Sheet
    >>> columns = Columns(Sheet([], [[]], [2], 1, ",", "utf-8", []), [], Findings(""))
    >>> frame = pd.DataFrame({"sport": ["running"], "distance_m": [3000.0], "timer_time_s": [1000.0]})
    >>> fill_times(frame, columns)[["moving_time_s", "average_speed_mps"]].values.tolist()
    [[1000.0, 3.0]]
    """
    nothing = pd.Series(np.nan, frame.index)
    timer, elapsed = frame.get("timer_time_s", nothing), frame.get("elapsed_time_s", nothing)
    moving = frame.get("moving_time_s", nothing)
    if moving.isna().any() and not (timer.isna() & elapsed.isna()).all():
        frame = frame.assign(moving_time_s=moving.where(moving.notna(), timer.where(timer.notna(), elapsed)))
        table.found.decide("where no moving time is given, the timer's (else the clock's) time stands for it")
    moving = frame.get("moving_time_s", nothing)
    for i in np.flatnonzero(((moving > elapsed + 60) & (moving > elapsed * 1.02)).to_numpy()).tolist():
        table.problem(
            i,
            None,
            f"moving time ({moving[i]:.0f} s) is longer than elapsed time ({elapsed[i]:.0f} s)",
            kept="both as written",
            action="check the row at its source",
        )
    if "distance_m" in frame:
        speed = frame["distance_m"] / moving
        given = frame.get("average_speed_mps", nothing)
        frame = frame.assign(average_speed_mps=speed.where(speed.notna(), given))
        limit = pd.Series([FASTEST_MPS.get(s, np.inf) for s in frame["sport"]])
        long_enough = frame["distance_m"] > 400
        for i in np.flatnonzero((speed.gt(limit) & long_enough).to_numpy()).tolist():
            table.problem(
                i,
                None,
                f"{frame['distance_m'][i] / 1000:.2f} km in {moving[i]:.0f} s is faster than anyone's "
                f"{frame['sport'][i]}",
                kept="both as written",
                action="check distance and time of the row",
            )
    return frame
