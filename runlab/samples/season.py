"""Many weeks of an invented athlete: plan, what was done, how fitness truly moved, and what was planted on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..errors import SettingsError
from .course import Course, rolling_course, track_course
from .run import Pause, Run, Step, intervals, outline, simulate_run
from .runner import Runner

TYPICAL_DOSE = 42.0  # an easy hour and a bit; the unit in which tiredness is felt


@dataclass(frozen=True)
class Race:
    """A race to be run: its day, distance and story.

    ``official_s`` set: the simulator finds the share of full effort that gives this time; else the athlete's form decides.
    ``taper_weeks`` 0 means trained through.

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


@dataclass(frozen=True)
class Season:
    """The tables of a simulated season, and the truth.

    ``sessions`` (one row per session done: times, distances, mean heart rate, effort, form, seed) comes from outlines and
    costs little; ``run(i)`` gives session ``i`` with all its samples. ``plan``, ``events``, ``wellness`` and ``races``
    follow the schema. ``truth``: ``daily`` (critical speed, fitness, freshness by day), ``weeks`` (phase, planned and done
    distance, step-back, taper), ``spikes``, ``step_back_weeks``, ``tapers``, ``races``, ``missed``.

    >>> season = simulate_season(weeks=6, seed=1)
    >>> season
    Season(2026-05-18, 6 weeks, 27 sessions)
    """

    runner: Runner
    sessions: pd.DataFrame
    plan: pd.DataFrame
    events: pd.DataFrame
    wellness: pd.DataFrame
    races: pd.DataFrame
    truth: dict[str, Any]
    jobs: list[dict[str, Any]] = field(repr=False, default_factory=list)

    def __repr__(self) -> str:
        weeks = self.truth["weeks"]
        return f"Season({weeks['start'].iloc[0]:%Y-%m-%d}, {len(weeks)} weeks, {len(self.sessions)} sessions)"

    def run(self, index: int, **changes: Any) -> Run:
        """Session ``index`` with samples; keywords such as ``watch=`` or ``dynamics=False`` go to ``simulate_run``.

        >>> season = simulate_season(weeks=2, seed=1)
        >>> season.run(0, dynamics=False).truth["distance"] == season.sessions["distance_m"].iloc[0]
        np.True_
        """
        return simulate_run(**{**self.jobs[index], **changes})

    def activities(self) -> pd.DataFrame:
        """The sessions as an ``activities`` table, as a log would hold them (from outlines, not from samples).

        >>> simulate_season(weeks=2, seed=1).activities()["sport"].unique().tolist()
        ['running']
        """
        s = self.sessions
        frame = s.assign(
            activity_id=[f"{t:%Y%m%dT%H%M%SZ}-{n:08d}" for t, n in zip(s["start_time"], s["seed"], strict=True)],
            athlete=self.runner.name, samples=0, complete=True, clean_share=1.0, has_position=True,
            heart_rate_share=1.0, source_format="simulated", part=1,
            average_speed_mps=s["distance_m"] / s["moving_time_s"],
            workout_type=np.where(s["session_type"] == "race", "race", ""))
        return tables.conform(frame[[c for c in frame.columns if c in tables.ACTIVITIES]], tables.ACTIVITIES)


def _week_days(count: int) -> dict[int, str]:
    """Which kind of session falls on which weekday (0 = Monday)."""
    pattern = {3: {1: "quality", 3: "easy", 6: "long"}, 4: {1: "quality", 3: "easy", 5: "easy", 6: "long"},
               5: {1: "quality", 2: "easy", 3: "second", 5: "easy", 6: "long"},
               6: {0: "recovery", 1: "quality", 2: "easy", 3: "second", 5: "easy", 6: "long"},
               7: {0: "recovery", 1: "quality", 2: "easy", 3: "second", 4: "recovery", 5: "easy", 6: "long"}}
    if count not in pattern:
        raise SettingsError(f"runs_per_week must be 3 to 7, not {count}")
    return pattern[count]


def week_table(start: pd.Timestamp, weeks: int, *, weekly_km: Sequence[float], long_run_km: Sequence[float],
               races: Sequence[Race], step_back_every: int = 4, step_back: float = 0.68) -> pd.DataFrame:
    """The frame of a season: phase, distance and long run of each week, with light weeks and tapers.

    ``weekly_km`` and ``long_run_km`` are (first, highest) or one number per week. Phases count back from each priority-A
    race: taper, three weeks of peak, build (the earlier half of what is left: base), and two weeks of recovery after it.

    >>> race = Race("2026-06-28", 21097.5)
    >>> week_table(pd.Timestamp("2026-04-13"), 11, weekly_km=(30, 50), long_run_km=(12, 20), races=[race])["phase"].tolist()
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
            phase[peak:stop], phase[stop:week + 1] = "peak", "taper"
        span = max(stop - first - 1, 1)
        climb[first:min(stop, weeks)] = (np.arange(first, min(stop, weeks)) - first) / span
        climb[stop:week + 1] = 1.0
        if race and week + 1 < weeks:
            phase[week + 1:week + 3] = "recovery"
        first = min(week + 3, weeks)
    full = len(weekly_km) == weeks and weeks != 2
    km = np.array(weekly_km, float) if full else weekly_km[0] + (weekly_km[1] - weekly_km[0]) * climb
    full_long = len(long_run_km) == weeks and weeks != 2
    long = np.array(long_run_km, float) if full_long else long_run_km[0] + (long_run_km[1] - long_run_km[0]) * climb
    light = np.zeros(weeks, bool)
    streak = 0
    for week in range(weeks):
        streak = streak + 1 if phase[week] in ("base", "build", "peak") else 0
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
    return pd.DataFrame({"start": starts, "phase": pd.Series(phase).astype("str"), "planned_km": km, "long_km": long,
                         "step_back": light})


def _quality(kind: str, phase: str, scale: float, rng: np.random.Generator) -> tuple[str, str, list[Step]]:
    """Session type, title and steps of a hard session that suits the phase."""
    choice = int(rng.integers(0, 3))
    warm = {"warmup_m": 2000.0 * scale, "cooldown_m": 1500.0 * scale}
    tempo = [Step(0.68, distance_m=2000.0 * scale, kind="warmup"), Step(0.93, duration_s=round(1500.0 * scale / 60) * 60),
             Step(0.64, distance_m=1500.0 * scale, kind="cooldown")]
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
        return "threshold", f"{n} x {minutes} min threshold", intervals(n, effort=0.98, duration_s=60.0 * minutes,
                                                                        rest_s=120.0, **warm)
    return "interval", "4 x 600 m", intervals(4, effort=1.05, distance_m=600.0, rest_s=120.0, **warm)


def simulate_season(runner: Runner | None = None, *, start: str = "2026-05-18", weeks: int = 24, seed: int = 0,
                    weekly_km: Sequence[float] = (32.0, 55.0), long_run_km: Sequence[float] = (13.0, 26.0),
                    runs_per_week: int = 5, quality: bool = True, races: Sequence[Race] = (), ill: Sequence[Mapping] = (),
                    off: Sequence[Mapping] = (), events: Sequence[Mapping] = (), spikes: Mapping[int, float] | None = None,
                    step_back_every: int = 4, step_back: float = 0.68, missed_share: float = 0.04,
                    ascent_m_per_km: float = 9.0, surface: str = "road", technical: float = 0.0, base_m: float = 180.0,
                    latitude_deg: float = 61.2, longitude_deg: float = 11.4, home_zone: str = "Europe/Oslo",
                    temperature_c: tuple[float, float] = (9.0, 9.0), gain: float = 0.06, track: bool = False,
                    lights_per_km: float = 0.0, start_hour: float = 6.5, easy_effort: float = 0.70,
                    gap_share: float = 0.12) -> Season:
    """A season of training: what was planned, what was done, what was raced, how form truly moved.

    Takes the athlete and the outline of the season: ``weekly_km`` and ``long_run_km`` as (first, highest) or one value per
    week, ``races``, ``ill`` and ``off`` (mappings with ``start``, ``end`` and optional ``note``, ``severity``; no running on
    these days), further ``events`` (rows of the events table), ``spikes`` (week number -> ratio of that long run to the
    longest of the 30 days before, e.g. ``{9: 1.44}``), ``missed_share``, terrain and weather (mean and yearly swing).

    Returns a Season. Same seed, same season.

    Form is the simulator's own: true critical speed moves towards ``gain`` times a saturating function of the last four
    weeks' dose, quicker up (35 days) than down (50), less what illness took; freshness falls when six days outweigh forty.
    No Banister sum, no fixed pair of exponentials on one load.

    >>> race = Race("2026-10-25", 21097.5, name="Half")
    >>> season = simulate_season(weeks=23, seed=3, races=[race], spikes={12: 1.44})
    >>> [(s["week"], round(s["ratio"], 2)) for s in season.truth["spikes"] if s["planted"]]
    [(12, 1.44)]
    >>> season.truth["step_back_weeks"]
    [3, 7, 11, 15]
    """
    runner = runner or Runner()
    rng = np.random.default_rng([seed, 31])
    first = pd.Timestamp(start)
    frame = week_table(first, weeks, weekly_km=weekly_km, long_run_km=long_run_km, races=races,
                       step_back_every=step_back_every, step_back=step_back)
    spikes = dict(spikes or {})
    days = 7 * weeks
    dates = pd.date_range(first, periods=days, freq="D")
    closed = np.zeros(days, bool)
    sick = np.zeros(days, bool)
    for spells, marks in ((ill, (closed, sick)), (off, (closed,))):
        for spell in spells:
            inside = (dates >= pd.Timestamp(spell["start"])) & (dates <= pd.Timestamp(spell["end"]))
            for mark in marks:
                mark |= inside
    grounds = [rolling_course(metres, ascent_m_per_km=ascent_m_per_km * share, seed=seed * 10 + k, base_m=base_m,
                              latitude_deg=latitude_deg + 0.004 * k, longitude_deg=longitude_deg, surface=surface,
                              technical=technical)
               for k, (metres, share) in enumerate(((6000.0, 0.6), (9000.0, 1.0), (12_000.0, 1.3), (16_000.0, 1.1)))]
    oval = track_course(base_m=base_m, latitude_deg=latitude_deg + 0.01, longitude_deg=longitude_deg)
    race_on = {pd.Timestamp(race.date): race for race in races}

    fitness, doubt = 0.35, 0.0
    dose = np.zeros(days)
    fit, fresh, speed = np.zeros(days), np.ones(days), np.zeros(days)
    sessions: list[dict[str, Any]] = []
    jobs: list[dict[str, Any]] = []
    planned: list[dict[str, Any]] = []
    wellness: list[dict[str, Any]] = []
    raced: list[dict[str, Any]] = []
    missed: list[pd.Timestamp] = []
    base_rest = runner.resting_heart_rate_bpm

    for day, date in enumerate(dates):
        week, weekday = divmod(day, 7)
        row = frame.iloc[week]
        acute, chronic = dose[max(day - 6, 0):day].sum() / 6, dose[max(day - 40, 0):day].sum() / 40
        chronic = max(chronic, 0.5 * TYPICAL_DOSE * runs_per_week / 7) if day < 40 else chronic
        tired = max(acute - chronic, 0.0) / TYPICAL_DOSE
        rested = min(max(chronic - acute, 0.0) / TYPICAL_DOSE, 0.5)
        fresh[day] = 1.0 - 0.03 * tired + 0.012 * rested - (0.04 if sick[day] else 0.0)
        doubt = doubt * 0.93 + (0.006 if sick[day] else 0.0)
        recent = dose[max(day - 27, 0):day].sum() / (28 if day >= 28 else max(day, 1)) if day else 0.5 * TYPICAL_DOSE
        target = 1.0 - np.exp(-recent / (0.75 * TYPICAL_DOSE))
        fitness += (target - fitness) / (35.0 if target > fitness else 50.0)
        fit[day] = fitness
        speed[day] = runner.critical_speed_mps * (1.0 + gain * (fitness - 0.35) - doubt)
        today = runner.with_(critical_speed_mps=float(speed[day]))
        warmth = temperature_c[0] - temperature_c[1] * np.cos(2 * np.pi * (date.dayofyear - 20) / 365.25) * np.sign(latitude_deg)
        warmth = float(warmth + rng.normal(0, 2.5))

        race = race_on.get(date)
        spec = None if race else _planned_session(row, weekday, runs_per_week, quality, race_on, date, rng, easy_effort,
                                                  track, surface)
        if race:
            planned.append({"date": date, "session_type": "race", "title": race.name, "distance_m": race.distance_m})
        elif spec:
            planned.append({"date": date, "session_type": spec["type"], "title": spec["title"],
                            "distance_m": spec.get("distance_m", np.nan), "intensity": spec["intensity"]})
        chance = rng.random()
        if spec and not closed[day] and chance < missed_share and spec["type"] not in ("long",):
            missed.append(date)
            spec = None
        if closed[day]:
            if spec:
                missed.append(date)
            spec = None if race is None else spec
        if race or spec:
            job, about = (_race_job(race, today, fresh[day], warmth) if race
                          else _session_job(spec, grounds, oval, today, fresh[day], warmth, lights_per_km, rng))  # type: ignore[arg-type]
            number = seed * 1000 + day
            job["seed"] = number
            if not race and about["type"] != "interval" and "distance_m" in job:
                _hold_below_spike(job, about, week, spikes, sessions, date)
            if race and race.official_s:
                job["race_share"] = _share_for(job, race.official_s)
            hour = race.start_hour if race else (8.5 if weekday >= 5 else start_hour) + float(rng.normal(0, 0.2))
            local = date + pd.Timedelta(seconds=round(hour * 3600))
            begin = local.tz_localize(home_zone, nonexistent="shift_forward", ambiguous=True)
            job["start"] = begin
            job["utc_offset_s"] = begin.utcoffset().total_seconds()
            job["title"] = about["title"]
            totals = outline(**{k: v for k, v in job.items() if k not in ("start", "utc_offset_s", "title")})
            dose[day] += totals["dose"]
            hours = totals["moving_time_s"] / 3600
            strain = totals["dose"] / max(hours, 0.1)
            rpe = float(np.clip(round(1.2 + strain / 13.0 + 0.7 * hours**0.7 + 10 * max(1 - fresh[day], 0) + rng.normal(0, 0.5)), 1, 10))
            sessions.append({
                "date": date, "start_time": begin.tz_convert("UTC"), "utc_offset_s": job["utc_offset_s"], "sport": "running",
                "sub_sport": job["course"].surface, "session_type": about["type"], "title": about["title"], "week": week,
                "distance_m": totals["distance_m"], "elapsed_time_s": totals["time_s"], "timer_time_s": totals["timer_time_s"],
                "moving_time_s": totals["moving_time_s"], "ascent_m": totals["ascent_m"], "descent_m": totals["descent_m"],
                "average_heart_rate_bpm": totals["average_heart_rate_bpm"], "max_heart_rate_bpm": totals["max_heart_rate_bpm"],
                "average_temperature_c": warmth, "rpe": rpe, "dose": totals["dose"], "freshness": float(fresh[day]),
                "critical_speed_mps": float(speed[day]), "seed": number})
            jobs.append(job)
            if race:
                raced.append({"date": date, "name": race.name, "distance_m": race.distance_m, "time_s": totals["time_s"],
                              "stops_s": totals["stops_s"], "share": job["race_share"], "freshness": float(fresh[day]),
                              "critical_speed_mps": float(speed[day]), "session": len(sessions) - 1,
                              "even_flat_cool_s": today.race_time(race.distance_m)})
        if rng.random() > gap_share:
            wellness.append(_morning(date, base_rest, tired, sick[day], fitness, rng))

    done = pd.DataFrame(sessions)
    frame["done_km"] = [done.loc[done["week"] == w, "distance_m"].sum() / 1000 if len(done) else 0.0 for w in range(weeks)]
    truth = {
        "weeks": frame,
        "daily": pd.DataFrame({"date": dates.as_unit("us"), "critical_speed_mps": speed, "fitness": fit, "freshness": fresh,
                               "dose": dose, "ill": sick}),
        "phases": _spans(frame["phase"], frame["start"]),
        "step_back_weeks": [int(w) for w in np.flatnonzero(frame["step_back"])],
        "spikes": long_run_spikes(done, planted=set(spikes)) if len(done) else [],
        "tapers": [{"race": race.name, "date": race.date, "weeks": race.taper_weeks} for race in races if race.taper_weeks],
        "races": raced, "missed": missed,
        "threshold_heart_rate_bpm": runner.threshold_heart_rate_bpm, "max_heart_rate_bpm": runner.max_heart_rate_bpm,
    }
    rows = [{"kind": "ill", "start": s["start"], "end": s["end"], "severity": s.get("severity", 5.0), "note": s.get("note", "")}
            for s in ill] + [dict(event) for event in events]
    official = [{"athlete": runner.name, "date": r.date, "name": r.name, "distance_m": r.distance_m, "priority": r.priority,
                 "goal_s": r.goal_s if r.goal_s else np.nan, "kind": r.kind,
                 "ascent_m": float("nan") if r.course is None else round(r.course.ascent_m),
                 "official_time_s": next((round(x["time_s"]) for x in raced if x["date"] == pd.Timestamp(r.date)), np.nan)}
                for r in races]
    return Season(runner, done, _table(planned, tables.PLAN, runner.name, slot="am", version="v1"),
                  _table(rows, tables.EVENTS, runner.name), pd.DataFrame(wellness).assign(athlete=runner.name),
                  _table(official, tables.RACES, runner.name), truth, jobs)


def _table(rows: list[dict[str, Any]], table: tables.Table, athlete: str, **fill: str) -> pd.DataFrame:
    if not rows:
        return tables.empty(table)
    return tables.conform(pd.DataFrame(rows).assign(athlete=athlete, **fill), table)


def _planned_session(row: pd.Series, weekday: int, runs: int, quality: bool, race_on: Mapping, date: pd.Timestamp,
                     rng: np.random.Generator, easy_effort: float, track: bool, surface: str) -> dict[str, Any] | None:
    """What the coach wrote for the day, or None for rest."""
    layout = _week_days(runs)
    kind = layout.get(weekday)
    if row["planned_km"] <= 0 or kind is None:
        return None
    soon = min((abs((day - date).days) for day in race_on if 0 <= (day - date).days <= 2 or 0 <= (date - day).days <= 2), default=9)
    if soon <= 1 or (kind == "long" and any((day - date).days == 0 for day in race_on)):
        return None
    km, long = float(row["planned_km"]), float(row["long_km"])
    rest = max(km - long, 0.35 * km)
    weights = {"recovery": 0.7, "quality": 1.15, "easy": 1.0, "second": 1.1}
    total = sum(weights[k] for k in layout.values() if k != "long")
    if kind == "long":
        if long <= 0:
            return None
        return {"type": "long", "title": "Long run", "distance_m": 1000.0 * long, "effort": easy_effort - 0.01, "intensity": "easy"}
    metres = max(1000.0 * rest * weights[kind] / total, 3000.0)
    if soon <= 2 or row["phase"] == "recovery" or not quality or kind in ("easy", "recovery") or (
            kind == "second" and (row["step_back"] or row["phase"] in ("base", "taper"))):
        slow = kind == "recovery" or row["phase"] == "recovery"
        return {"type": "recovery" if slow else "easy", "title": "Recovery run" if slow else "Easy run",
                "distance_m": metres, "effort": easy_effort - (0.05 if slow else 0.0), "intensity": "easy"}
    name, title, steps = _quality(kind, str(row["phase"]), min(max(metres / 9000.0, 0.7), 1.3), rng)
    if surface == "trail" and name == "interval":
        name, title, steps = "threshold", "3 x 8 min uphill threshold", intervals(3, effort=0.97, duration_s=480.0, rest_s=150.0)
    return {"type": name, "title": title, "steps": steps, "intensity": "hard", "on_track": track and name == "interval"}


def _session_job(spec: dict[str, Any], grounds: list[Course], oval: Course, today: Runner, fresh: float, warmth: float,
                 lights: float, rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    pick = grounds[int(rng.integers(0, 2))] if spec["type"] not in ("long", "hills") else grounds[int(rng.integers(2, 4))]
    job: dict[str, Any] = {"runner": today, "course": oval if spec.get("on_track") else pick, "freshness": float(fresh),
                           "temperature_c": warmth, "lights_per_km": 0.0 if spec.get("on_track") else lights}
    if "steps" in spec:
        job["steps"] = spec["steps"]
    else:
        job |= {"distance_m": float(spec["distance_m"] * rng.normal(1.0, 0.03)),
                "effort": float(spec["effort"] + rng.normal(0, 0.015))}
    return job, {"type": spec["type"], "title": spec["title"]}


def _race_job(race: Race, today: Runner, fresh: float, warmth: float) -> tuple[dict[str, Any], dict[str, Any]]:
    course = race.course or rolling_course(race.distance_m, ascent_m_per_km=4.0, seed=int(race.distance_m))
    felt = race.temperature_c if race.temperature_c is not None else warmth
    return ({"runner": today, "course": course, "distance_m": race.distance_m, "effort": "race", "race_share": race.share,
             "pacing": race.pacing, "temperature_c": felt, "freshness": float(fresh), "pauses": race.pauses,
             "night": race.night},
            {"type": "race", "title": race.name})


def _share_for(job: dict[str, Any], official_s: float) -> float:
    """The share of full effort that makes the race last exactly so long."""
    low, high = 0.5, 1.3
    plain = {k: v for k, v in job.items() if k not in ("start", "utc_offset_s", "title", "race_share")}
    for _ in range(26):
        middle = 0.5 * (low + high)
        if outline(race_share=middle, **plain)["time_s"] > official_s:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _hold_below_spike(job: dict[str, Any], about: dict[str, Any], week: int, spikes: dict[int, float],
                      sessions: list[dict[str, Any]], date: pd.Timestamp) -> None:
    """Only planted runs may exceed the longest of the 30 days before by more than 8 %."""
    before = [s["distance_m"] for s in sessions if pd.Timedelta(days=0) < date - s["date"] <= pd.Timedelta(days=30)]
    if not before:
        return
    if about["type"] == "long" and week in spikes:
        job["distance_m"] = max(before) * spikes[week]
    else:
        job["distance_m"] = min(job["distance_m"], 1.08 * max(before))


def long_run_spikes(sessions: pd.DataFrame, *, planted: set[int], days: int = 30, above: float = 1.10) -> list[dict[str, Any]]:
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
            found.append({"date": sessions["date"].iloc[i], "week": week, "ratio": float(metres[i] / before.max()),
                          "distance_m": float(metres[i]), "session_type": kind,
                          "planted": bool(kind == "long" and week in planted)})
    return found


def _spans(values: pd.Series, starts: pd.Series) -> list[dict[str, Any]]:
    """Runs of equal values as (name, first day, last day)."""
    block = (values != values.shift()).cumsum()
    return [{"phase": values[rows[0]], "start": starts[rows[0]], "end": starts[rows[-1]] + pd.Timedelta(days=6)}
            for rows in values.groupby(block).groups.values()]


def _morning(date: pd.Timestamp, rest: float, tired: float, sick: bool, fitness: float, rng: np.random.Generator) -> dict[str, Any]:
    """A wellness row: resting heart rate and HRV follow tiredness and illness, with a good deal of noise."""
    def score(level: float) -> float:
        return float(np.clip(round(level + rng.normal(0, 0.7)), 1, 7))

    sleep = float(np.round(np.clip(rng.normal(7.3 - 0.6 * sick, 0.7), 4, 10), 1))
    return {"date": date, "sleep_h": sleep, "sleep_quality": score(2.6 + 1.5 * sick + 0.5 * tired),
            "resting_heart_rate_bpm": float(round(rest + 3 * (0.5 - fitness) + 2.5 * tired + 7 * sick + rng.normal(0, 1.5))),
            "hrv_rmssd_ms": float(np.round(np.exp(np.log(58) + 0.25 * (fitness - 0.5) - 0.08 * tired - 0.3 * sick
                                                  + rng.normal(0, 0.12)), 1)),
            "soreness": score(2.2 + 1.2 * tired + 0.8 * sick), "fatigue": score(2.4 + 1.3 * tired + 2.0 * sick),
            "stress": score(2.8), "mood": score(5.2 - 0.6 * tired - 1.5 * sick)}
