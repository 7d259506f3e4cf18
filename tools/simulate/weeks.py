"""What a coach would write: phases, weekly distance, light weeks, tapers, and the session of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from runlab.errors import SettingsError

from .course import Course
from .run import Pause, Step, intervals
from .runner import Runner


@dataclass(frozen=True)
class Race:
    """A race to be run: its day, distance and story.

    ``official_s`` set: the simulator finds the share of full effort that gives this time; else the athlete's form
    decides. ``taper_weeks`` 0 means trained through.

    >>> Race("2026-11-01", 42195.0, name="Marathon", goal_s=12600.0).priority
    'A'
    """

    date: str
    distance_m: float
    name: str = "race"
    kind: str = "road"
    priority: str = "A"
    goal_s: float | None = None
    official_s: float | None = None
    course: Course | None = None
    pacing: tuple[tuple[float, float], ...] | None = None
    temperature_c: float | tuple[tuple[float, float], ...] | None = None
    pauses: tuple[Pause, ...] = ()
    share: float = 1.0
    taper_weeks: int = 2
    start_hour: float = 9.0
    night: tuple[float, float] | None = None


def week_days(count: int) -> dict[int, str]:
    """Which kind of session falls on which weekday (0 = Monday).

    >>> week_days(3)
    {1: 'quality', 3: 'easy', 6: 'long'}
    """
    pattern = {
        3: {1: "quality", 3: "easy", 6: "long"},
        4: {1: "quality", 3: "easy", 5: "easy", 6: "long"},
        5: {1: "quality", 2: "easy", 3: "second", 5: "easy", 6: "long"},
        6: {0: "recovery", 1: "quality", 2: "easy", 3: "second", 5: "easy", 6: "long"},
        7: {0: "recovery", 1: "quality", 2: "easy", 3: "second", 4: "recovery", 5: "easy", 6: "long"},
    }
    if count not in pattern:
        raise SettingsError(f"runs_per_week must be 3 to 7, not {count}")
    return pattern[count]


def week_table(
    start: pd.Timestamp,
    weeks: int,
    *,
    weekly_km: Sequence[float],
    long_run_km: Sequence[float],
    races: Sequence[Race],
    step_back_every: int = 4,
    step_back: float = 0.68,
) -> pd.DataFrame:
    """The frame of a season: phase, distance and long run of each week, with light weeks and tapers.

    ``weekly_km`` and ``long_run_km`` are (first, highest) or one number per week. Phases count back from each
    priority-A race: taper, three weeks of peak, build (the earlier half of what is left: base), and two weeks of
    recovery after it.

    >>> race = Race("2026-06-28", 21097.5)
    >>> weeks = week_table(pd.Timestamp("2026-04-13"), 11, weekly_km=(30, 50), long_run_km=(12, 20), races=[race])
    >>> weeks["phase"].tolist()
    ['base', 'base', 'base', 'build', 'build', 'build', 'peak', 'peak', 'peak', 'taper', 'taper']
    """
    starts = pd.date_range(start, periods=weeks, freq="7D").as_unit("us")
    phase = np.array(["base"] * weeks, dtype=object)
    race_week = {int((pd.Timestamp(race.date) - start).days // 7): race for race in races if race.priority == "A"}
    first = 0
    climb = np.zeros(weeks)
    for week, race in [*sorted((w, r) for w, r in race_week.items() if 0 <= w < weeks), (weeks, None)]:
        taper = race.taper_weeks if race else 0
        peak = max(week + 1 - taper - 3, first) if race else weeks
        stop = week + 1 - taper if race else weeks
        half = first + (peak - first + 1) // 2
        phase[first:half], phase[half:peak] = "base", "build"
        if race:
            phase[peak:stop], phase[stop : week + 1] = "peak", "taper"
        span = max(stop - first - 1, 1)
        after_all = 0.35 if race is None and first > 0 else 1.0  # what follows the last race builds gently
        climb[first : min(stop, weeks)] = after_all * (np.arange(first, min(stop, weeks)) - first) / span
        climb[stop : week + 1] = 1.0
        if race and week + 1 < weeks:
            phase[week + 1 : week + 3] = "recovery"
        first = min(week + 3, weeks)
    full = len(weekly_km) == weeks and weeks != 2
    km = np.array(weekly_km, float) if full else weekly_km[0] + (weekly_km[1] - weekly_km[0]) * climb
    full_long = len(long_run_km) == weeks and weeks != 2
    long = np.array(long_run_km, float) if full_long else long_run_km[0] + (long_run_km[1] - long_run_km[0]) * climb
    light = np.zeros(weeks, bool)
    streak = 0
    for week in range(weeks):
        streak = streak + 1 if phase[week] in ("base", "build", "peak") and km[week] > 0 else 0
        last_before_taper = week + 1 < weeks and phase[week + 1] == "taper"
        if step_back_every and streak >= step_back_every and not last_before_taper:
            light[week], streak = True, 0
    if not full:
        km = np.where(light, km * step_back, km)
    if not full_long:
        long = np.where(light, long * 0.75, long)
    for week, race in race_week.items():
        for back in range(race.taper_weeks):
            if 0 <= week - back < weeks:
                share = (0.38, 0.58, 0.76, 0.86)[min(back, 3)]
                if not full:
                    km[week - back] = km[max(week - race.taper_weeks, 0)] * share
                if not full_long:
                    long[week - back] = long[max(week - race.taper_weeks, 0)] * (share if back else 0)
        for after, share in ((1, 0.35), (2, 0.6)):
            if week + after < weeks and phase[week + after] == "recovery":
                km[week + after] = km[week + after] if full else weekly_km[0] * share
                long[week + after] = long[week + after] if full_long else long_run_km[0] * share
    return pd.DataFrame(
        {
            "start": starts,
            "phase": pd.Series(phase).astype("str"),
            "planned_km": km,
            "long_km": long,
            "step_back": light,
        }
    )


def _quality(kind: str, phase: str, scale: float, rng: np.random.Generator) -> tuple[str, str, list[Step]]:
    """Session type, title and steps of a hard session that suits the phase."""
    choice = int(rng.integers(0, 3))
    warm = {"warmup_m": 2000.0 * scale, "cooldown_m": 1500.0 * scale}
    tempo = [
        Step(0.68, distance_m=2000.0 * scale, kind="warmup"),
        Step(0.93, duration_s=round(1500.0 * scale / 60) * 60),
        Step(0.64, distance_m=1500.0 * scale, kind="cooldown"),
    ]
    if kind == "second" or (phase == "base" and choice == 0):
        return "tempo", f"{round(tempo[1].duration_s / 60)} min tempo", tempo  # type: ignore[operator]
    if phase == "base":
        n = 8 if choice == 1 else 10
        return "hills", f"{n} x 60 s hills", intervals(n, effort=1.04, duration_s=60.0, rest_s=90.0, **warm)
    if phase == "build":
        n, metres = ((5, 1000.0), (6, 800.0), (4, 1600.0))[choice]
        effort = {1000.0: 1.05, 800.0: 1.07, 1600.0: 1.015}[metres]
        return "interval", f"{n} x {metres:.0f} m", intervals(n, effort=effort, distance_m=metres, rest_s=120.0, **warm)
    if phase == "peak":
        n, minutes = ((3, 10), (4, 8), (2, 15))[choice]
        return (
            "threshold",
            f"{n} x {minutes} min threshold",
            intervals(n, effort=0.98, duration_s=60.0 * minutes, rest_s=120.0, **warm),
        )
    return "interval", "4 x 600 m", intervals(4, effort=1.05, distance_m=600.0, rest_s=120.0, **warm)


def step_metres(steps: Sequence[Step], runner: Runner) -> float:
    """About how far the steps go, to the nearest 100 m: what a plan would say.

    >>> step_metres([Step(0.7, distance_m=2000.0), Step(1.0, duration_s=600.0)], Runner(critical_speed_mps=4.0))
    4400.0
    """
    metres = sum(
        s.distance_m if s.distance_m is not None else float(s.duration_s or 0) * s.effort * runner.critical_speed_mps
        for s in steps
    )
    return float(round(metres, -2))


def planned_session(
    row: pd.Series,
    weekday: int,
    runs: int,
    quality: bool,
    race_on: Mapping,
    date: pd.Timestamp,
    rng: np.random.Generator,
    easy_effort: float,
    track: bool,
    surface: str,
) -> dict[str, Any] | None:
    """What the coach wrote for the day, or None for rest.

    >>> week = pd.Series({"planned_km": 40.0, "long_km": 16.0, "phase": "build", "step_back": False})
    >>> sunday, rng = pd.Timestamp("2026-05-10"), np.random.default_rng(0)
    >>> planned_session(week, 6, 5, True, {}, sunday, rng, 0.7, False, "road")["title"]
    'Long run'
    """
    layout = week_days(runs)
    kind = layout.get(weekday)
    if row["planned_km"] <= 0 or kind is None:
        return None
    soon = min(
        (abs((day - date).days) for day in race_on if 0 <= (day - date).days <= 2 or 0 <= (date - day).days <= 2),
        default=9,
    )
    if soon <= 1 or (kind == "long" and any((day - date).days == 0 for day in race_on)):
        return None
    km, long = float(row["planned_km"]), float(row["long_km"])
    rest = max(km - long, 0.35 * km)
    weights = {"recovery": 0.7, "quality": 1.15, "easy": 1.0, "second": 1.1}
    total = sum(weights[k] for k in layout.values() if k != "long")
    if kind == "long":
        if long <= 0:
            return None
        return {
            "type": "long",
            "title": "Long run",
            "distance_m": 1000.0 * long,
            "effort": easy_effort - 0.01,
            "intensity": "easy",
        }
    metres = max(1000.0 * rest * weights[kind] / total, 2000.0)
    if (
        soon <= 2
        or row["phase"] == "recovery"
        or not quality
        or kind in ("easy", "recovery")
        or (kind == "second" and (row["step_back"] or row["phase"] in ("base", "taper")))
    ):
        slow = kind == "recovery" or row["phase"] == "recovery"
        return {
            "type": "recovery" if slow else "easy",
            "title": "Recovery run" if slow else "Easy run",
            "distance_m": metres,
            "effort": easy_effort - (0.05 if slow else 0.0),
            "intensity": "easy",
        }
    name, title, steps = _quality(kind, str(row["phase"]), min(max(metres / 9000.0, 0.7), 1.3), rng)
    if surface == "trail" and name == "interval":
        name, title, steps = (
            "threshold",
            "3 x 8 min uphill threshold",
            intervals(3, effort=0.97, duration_s=480.0, rest_s=150.0),
        )
    return {"type": name, "title": title, "steps": steps, "intensity": "hard", "on_track": track and name == "interval"}


def long_run_spikes(
    sessions: pd.DataFrame, *, planted: set[int], days: int = 30, above: float = 1.10
) -> list[dict[str, Any]]:
    """Every run more than 10 % longer than the longest of the 30 days before it, from the true distances.

    >>> frame = pd.DataFrame({"date": pd.to_datetime(["2026-05-03", "2026-05-10"]), "distance_m": [18_000.0, 26_000.0],
    ...                       "session_type": ["long", "long"], "week": [0, 1]})
    >>> [round(s["ratio"], 2) for s in long_run_spikes(frame, planted={1})]
    [1.44]
    """
    found = []
    date, metres = sessions["date"].to_numpy(), sessions["distance_m"].to_numpy()
    for i in range(len(sessions)):
        before = metres[(date < date[i]) & (date >= date[i] - np.timedelta64(days, "D"))]
        if len(before) and metres[i] > above * before.max():
            kind, week = sessions["session_type"].iloc[i], int(sessions["week"].iloc[i])
            found.append(
                {
                    "date": sessions["date"].iloc[i],
                    "week": week,
                    "ratio": float(metres[i] / before.max()),
                    "distance_m": float(metres[i]),
                    "session_type": kind,
                    "planted": bool(kind == "long" and week in planted),
                    "short_history": bool(date[i] - date[0] < np.timedelta64(days, "D")),
                }
            )
    return found


def spans(values: pd.Series, starts: pd.Series) -> list[dict[str, Any]]:
    """Runs of equal values as phases with their first and last day.

    >>> weeks = pd.Series(pd.to_datetime(["2026-05-04", "2026-05-11"]))
    >>> [(s["phase"], f"{s['end']:%d %B}") for s in spans(pd.Series(["base", "base"]), weeks)]
    [('base', '17 May')]
    """
    block = (values != values.shift()).cumsum()
    return [
        {"phase": values[rows[0]], "start": starts[rows[0]], "end": starts[rows[-1]] + pd.Timedelta(days=6)}
        for rows in values.groupby(block).groups.values()
    ]
