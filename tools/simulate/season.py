"""Many weeks of an invented athlete: plan, what was done, how fitness truly moved, and what was planted on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from runlab import tables

from .course import Course, rolling_course, track_course, treadmill
from .other import simulate_other
from .run import Run, outline, simulate_run
from .runner import Runner
from .weeks import Race, long_run_spikes, planned_session, spans, step_metres, week_table

TYPICAL_DOSE = 42.0  # an easy hour and a bit; the unit in which tiredness is felt


@dataclass(frozen=True)
class Season:
    """The tables of a simulated season, and the truth.

    ``sessions`` (one row per session done: times, distances, mean heart rate, effort, form, seed) comes from outlines
    and costs little; ``run(i)`` gives session ``i`` with all its samples. ``plan``, ``events``, ``wellness`` and
    ``races`` follow the schema. ``truth``: ``daily`` (critical speed, fitness, freshness by day), ``weeks`` (phase,
    planned and done distance, step-back, taper), ``spikes``, ``step_back_weeks``, ``tapers``, ``races``, ``missed``.

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
        job = {**self.jobs[index], **changes}
        if "sport" in job:
            return simulate_other(
                **{
                    k: v
                    for k, v in job.items()
                    if k
                    in (
                        "runner",
                        "sport",
                        "duration_s",
                        "start",
                        "seed",
                        "intensity",
                        "course",
                        "watch",
                        "utc_offset_s",
                        "title",
                    )
                }
            )
        return simulate_run(**job)

    def activities(self) -> pd.DataFrame:
        """The sessions as an ``activities`` table, as a log would hold them (from outlines, not from samples).

        >>> simulate_season(weeks=2, seed=1).activities()["sport"].unique().tolist()
        ['running']
        """
        s = self.sessions
        frame = s.assign(
            activity_id=[f"{t:%Y%m%dT%H%M%SZ}-{n:08d}" for t, n in zip(s["start_time"], s["seed"], strict=True)],
            athlete=self.runner.name,
            samples=0,
            complete=True,
            clean_share=1.0,
            has_position=True,
            heart_rate_share=1.0,
            source_format="simulated",
            part=1,
            average_speed_mps=s["distance_m"] / s["moving_time_s"],
            workout_type=np.where(s["session_type"] == "race", "race", ""),
        )
        return tables.conform(frame[[c for c in frame.columns if c in tables.ACTIVITIES]], tables.ACTIVITIES)


def simulate_season(
    runner: Runner | None = None,
    *,
    start: str = "2026-05-18",
    weeks: int = 24,
    seed: int = 0,
    weekly_km: Sequence[float] = (32.0, 55.0),
    long_run_km: Sequence[float] = (13.0, 26.0),
    runs_per_week: int = 5,
    quality: bool = True,
    races: Sequence[Race] = (),
    ill: Sequence[Mapping] = (),
    off: Sequence[Mapping] = (),
    events: Sequence[Mapping] = (),
    spikes: Mapping[int, float] | None = None,
    step_back_every: int = 4,
    step_back: float = 0.68,
    missed_share: float = 0.04,
    ascent_m_per_km: float = 9.0,
    surface: str = "road",
    technical: float = 0.0,
    base_m: float = 180.0,
    latitude_deg: float = 61.2,
    longitude_deg: float = 11.4,
    home_zone: str = "Europe/Oslo",
    temperature_c: tuple[float, float] = (9.0, 9.0),
    gain: float = 0.06,
    track: bool = False,
    lights_per_km: float = 0.0,
    start_hour: float = 6.5,
    easy_effort: float = 0.74,
    gap_share: float = 0.12,
    treadmill_share: float = 0.0,
    cross: Sequence[tuple[str, int, float]] = (),
) -> Season:
    """A season of training: what was planned, what was done, what was raced, how form truly moved.

    Takes the athlete and the outline of the season: ``weekly_km`` and ``long_run_km`` as (first, highest) or one value
    per week, ``races``, ``ill`` and ``off`` (mappings with ``start``, ``end`` and optional ``note``, ``severity``; no
    running on these days), further ``events`` (rows of the events table), ``spikes`` (week number -> ratio of that long
    run to the longest of the 30 days before, e.g. ``{9: 1.44}``), ``missed_share``, terrain and weather (mean and
    yearly swing), ``cross`` sessions as (sport, weekday from 0, minutes). Before the first week the athlete ran as in
    that week.

    Returns a Season. Same seed, same season.

    Form is the simulator's own: true critical speed moves towards ``gain`` times a saturating function of the last four
    weeks' dose, quicker up (35 days) than down (50), less what illness took; freshness falls when six days outweigh
    forty. No Banister sum, no fixed pair of exponentials on one load. Stamina grows with the kilometres past 20 of the
    runs of the last ten weeks.

    >>> race = Race("2026-10-25", 21097.5, name="Half")
    >>> season = simulate_season(weeks=23, seed=3, races=[race], spikes={12: 1.44})
    >>> [(s["week"], round(s["ratio"], 2)) for s in season.truth["spikes"] if s["planted"]]
    [(12, 1.44)]
    >>> season.truth["step_back_weeks"]
    [3, 7, 11, 15, 19]
    """
    runner = runner or Runner()
    rng = np.random.default_rng([seed, 31])
    first = pd.Timestamp(start)
    frame = week_table(
        first,
        weeks,
        weekly_km=weekly_km,
        long_run_km=long_run_km,
        races=races,
        step_back_every=step_back_every,
        step_back=step_back,
    )
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
    grounds = [
        rolling_course(
            metres,
            ascent_m_per_km=ascent_m_per_km * share,
            seed=seed * 10 + k,
            base_m=base_m,
            latitude_deg=latitude_deg + 0.004 * k,
            longitude_deg=longitude_deg,
            surface=surface,
            technical=technical,
        )
        for k, (metres, share) in enumerate(((6000.0, 0.6), (9000.0, 1.0), (12_000.0, 1.3), (16_000.0, 1.1)))
    ]
    oval = track_course(base_m=base_m, latitude_deg=latitude_deg + 0.01, longitude_deg=longitude_deg)
    race_on = {pd.Timestamp(race.date): race for race in races}

    fitness, doubt = 0.35, 0.0
    dose = np.zeros(days)
    fit, fresh, speed, stamina = np.zeros(days), np.ones(days), np.zeros(days), np.zeros(days)
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
        acute, chronic = dose[max(day - 6, 0) : day].sum() / 6, dose[max(day - 40, 0) : day].sum() / 40
        chronic = max(chronic, 0.5 * TYPICAL_DOSE * runs_per_week / 7) if day < 40 else chronic
        tired = max(acute - chronic, 0.0) / TYPICAL_DOSE
        rested = min(max(chronic - acute, 0.0) / TYPICAL_DOSE, 0.5)
        fresh[day] = 1.0 - 0.03 * tired + 0.012 * rested - (0.04 if sick[day] else 0.0)
        doubt = doubt * 0.93 + (0.006 if sick[day] else 0.0)
        recent = dose[max(day - 27, 0) : day].sum() / (28 if day >= 28 else max(day, 1)) if day else 0.5 * TYPICAL_DOSE
        target = 1.0 - np.exp(-recent / (0.75 * TYPICAL_DOSE))
        fitness += (target - fitness) / (35.0 if target > fitness else 50.0)
        fit[day] = fitness
        speed[day] = runner.critical_speed_mps * (1.0 + gain * (fitness - 0.35) - doubt)
        stamina[day] = runner.stamina_s * (0.75 + 0.35 * (1 - np.exp(-_long_km(sessions, date) / 25.0)))
        today = runner.with_(critical_speed_mps=float(speed[day]), stamina_s=float(stamina[day]))
        warmth = temperature_c[0] - temperature_c[1] * np.cos(2 * np.pi * (date.day_of_year - 20) / 365.25) * np.sign(
            latitude_deg
        )
        warmth = float(warmth + rng.normal(0, 2.5))

        race = race_on.get(date)
        spec = (
            None
            if race
            else planned_session(row, weekday, runs_per_week, quality, race_on, date, rng, easy_effort, track, surface)
        )
        if race:
            planned.append({"date": date, "session_type": "race", "title": race.name, "distance_m": race.distance_m})
        elif spec:
            planned.append(
                {
                    "date": date,
                    "session_type": spec["type"],
                    "title": spec["title"],
                    "distance_m": spec.get("distance_m", step_metres(spec.get("steps", ()), today)),
                    "intensity": spec["intensity"],
                }
            )
        chance = rng.random()
        if spec and not closed[day] and chance < missed_share and spec["type"] not in ("long",):
            missed.append(date)
            spec = None
        if closed[day]:
            if spec:
                missed.append(date)
            spec = None if race is None else spec
        if race or spec:
            job, about = (
                _race_job(race, today, fresh[day], warmth)
                if race
                else _session_job(spec or {}, grounds, oval, today, fresh[day], warmth, lights_per_km, rng)
            )
            number = seed * 1000 + day
            job["seed"] = number
            if about["type"] in ("easy", "recovery") and treadmill_share and rng.random() < treadmill_share:
                job |= {"course": treadmill(0.005), "temperature_c": 19.0, "lights_per_km": 0.0}
                about["title"] = "Treadmill"
            if not race and about["type"] != "interval" and "distance_m" in job:
                _hold_below_spike(
                    job, about, week, spikes, sessions, date, 1050.0 * float(frame["long_km"].iloc[0]) * (day < 30)
                )
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
            rpe = float(
                np.clip(
                    round(1.2 + strain / 13.0 + 0.7 * hours**0.7 + 10 * max(1 - fresh[day], 0) + rng.normal(0, 0.5)),
                    1,
                    10,
                )
            )
            sessions.append(
                {
                    "date": date,
                    "start_time": begin.tz_convert("UTC"),
                    "utc_offset_s": job["utc_offset_s"],
                    "sport": "running",
                    "sub_sport": job["course"].surface,
                    "session_type": about["type"],
                    "title": about["title"],
                    "week": week,
                    "distance_m": totals["distance_m"],
                    "elapsed_time_s": totals["time_s"],
                    "timer_time_s": totals["timer_time_s"],
                    "moving_time_s": totals["moving_time_s"],
                    "ascent_m": totals["ascent_m"],
                    "descent_m": totals["descent_m"],
                    "average_heart_rate_bpm": totals["average_heart_rate_bpm"],
                    "max_heart_rate_bpm": totals["max_heart_rate_bpm"],
                    "average_temperature_c": warmth,
                    "rpe": rpe,
                    "dose": totals["dose"],
                    "freshness": float(fresh[day]),
                    "critical_speed_mps": float(speed[day]),
                    "seed": number,
                }
            )
            jobs.append(job)
            if race:
                raced.append(
                    {
                        "date": date,
                        "name": race.name,
                        "distance_m": race.distance_m,
                        "time_s": totals["time_s"],
                        "stops_s": totals["stops_s"],
                        "share": job["race_share"],
                        "freshness": float(fresh[day]),
                        "critical_speed_mps": float(speed[day]),
                        "session": len(sessions) - 1,
                        "even_flat_cool_s": today.race_time(race.distance_m),
                    }
                )
        for sport, on, minutes in cross:
            if weekday == on and not closed[day] and not race and rng.random() > 0.12:
                _cross_session(
                    sport,
                    minutes,
                    date,
                    week,
                    today,
                    home_zone,
                    seed * 1000 + day,
                    rng,
                    sessions,
                    jobs,
                    planned,
                    latitude_deg,
                    longitude_deg,
                )
                dose[day] += 0.35 * minutes
        if rng.random() > gap_share:
            wellness.append(_morning(date, base_rest, tired, sick[day], fitness, rng))

    done = pd.DataFrame(sessions)
    runs = done[done["sport"] == "running"] if len(done) else done
    frame["done_km"] = [
        runs.loc[runs["week"] == w, "distance_m"].sum() / 1000 if len(done) else 0.0 for w in range(weeks)
    ]
    truth = {
        "weeks": frame,
        "daily": pd.DataFrame(
            {
                "date": dates.as_unit("us"),
                "critical_speed_mps": speed,
                "fitness": fit,
                "freshness": fresh,
                "stamina_s": stamina,
                "dose": dose,
                "ill": sick,
            }
        ),
        "phases": spans(frame["phase"], frame["start"]),
        "step_back_weeks": [int(w) for w in np.flatnonzero(frame["step_back"])],
        "spikes": long_run_spikes(runs, planted=set(spikes)) if len(done) else [],
        "tapers": [
            {"race": race.name, "date": race.date, "weeks": race.taper_weeks} for race in races if race.taper_weeks
        ],
        "races": raced,
        "missed": missed,
        "threshold_heart_rate_bpm": runner.threshold_heart_rate_bpm,
        "max_heart_rate_bpm": runner.max_heart_rate_bpm,
    }
    rows = [
        {
            "kind": "ill",
            "start": s["start"],
            "end": s["end"],
            "severity": s.get("severity", 5.0),
            "note": s.get("note", ""),
        }
        for s in ill
    ] + [dict(event) for event in events]
    official = [
        {
            "athlete": runner.name,
            "date": r.date,
            "name": r.name,
            "distance_m": r.distance_m,
            "priority": r.priority,
            "goal_s": r.goal_s if r.goal_s else np.nan,
            "kind": r.kind,
            "ascent_m": float("nan") if r.course is None else round(r.course.ascent_m),
            "official_time_s": next((round(x["time_s"]) for x in raced if x["date"] == pd.Timestamp(r.date)), np.nan),
        }
        for r in races
    ]
    return Season(
        runner,
        done,
        _table(planned, tables.PLAN, runner.name, slot="am", version="v1"),
        _table(rows, tables.EVENTS, runner.name),
        pd.DataFrame(wellness).assign(athlete=runner.name),
        _table(official, tables.RACES, runner.name),
        truth,
        jobs,
    )


def _table(rows: list[dict[str, Any]], table: tables.Table, athlete: str, **fill: str) -> pd.DataFrame:
    if not rows:
        return tables.empty(table)
    frame = pd.DataFrame([fill | row for row in rows])
    return tables.conform(frame.assign(athlete=athlete), table)


def _session_job(
    spec: dict[str, Any],
    grounds: list[Course],
    oval: Course,
    today: Runner,
    fresh: float,
    warmth: float,
    lights: float,
    rng: np.random.Generator,
) -> tuple[dict[str, Any], dict[str, Any]]:
    pick = (
        grounds[int(rng.integers(0, 2))] if spec["type"] not in ("long", "hills") else grounds[int(rng.integers(2, 4))]
    )
    job: dict[str, Any] = {
        "runner": today,
        "course": oval if spec.get("on_track") else pick,
        "freshness": float(fresh),
        "temperature_c": warmth,
        "lights_per_km": 0.0 if spec.get("on_track") else lights,
    }
    if "steps" in spec:
        job["steps"] = spec["steps"]
    else:
        spread = 0.01 if spec["type"] == "long" else 0.03
        job |= {
            "distance_m": float(spec["distance_m"] * rng.normal(1.0, spread)),
            "effort": float(spec["effort"] + rng.normal(0, 0.015)),
        }
    return job, {"type": spec["type"], "title": spec["title"]}


def _race_job(race: Race, today: Runner, fresh: float, warmth: float) -> tuple[dict[str, Any], dict[str, Any]]:
    course = race.course or rolling_course(race.distance_m, ascent_m_per_km=4.0, seed=int(race.distance_m))
    felt = race.temperature_c if race.temperature_c is not None else warmth
    return (
        {
            "runner": today,
            "course": course,
            "distance_m": race.distance_m,
            "effort": "race",
            "race_share": race.share,
            "pacing": race.pacing,
            "temperature_c": felt,
            "freshness": float(fresh),
            "pauses": race.pauses,
            "night": race.night,
        },
        {"type": "race", "title": race.name},
    )


def _long_km(sessions: list[dict[str, Any]], date: pd.Timestamp) -> float:
    """Kilometres past the twentieth in the runs of the last 70 days."""
    return sum(
        max(s["distance_m"] / 1000 - 20.0, 0.0)
        for s in sessions[-90:]
        if s["sport"] == "running" and (date - s["date"]).days <= 70
    )


def _cross_session(
    sport: str,
    minutes: float,
    date: pd.Timestamp,
    week: int,
    today: Runner,
    zone: str,
    number: int,
    rng: np.random.Generator,
    sessions: list[dict[str, Any]],
    jobs: list[dict[str, Any]],
    planned: list[dict[str, Any]],
    latitude_deg: float,
    longitude_deg: float,
) -> None:
    """A ride, swim or strength session in the evening."""
    seconds = float(round(60 * minutes * rng.normal(1.0, 0.08)))
    begin = (date + pd.Timedelta(seconds=round(3600 * 17.8 + 900 * rng.standard_normal()))).tz_localize(zone)
    title = {"cycling": "Ride", "swimming": "Swim", "strength": "Strength", "walking": "Walk"}[sport]
    number = 500_000_000 + number * 10 + len(title)
    job: dict[str, Any] = {
        "runner": today,
        "sport": sport,
        "duration_s": seconds,
        "start": begin,
        "seed": number,
        "utc_offset_s": begin.utcoffset().total_seconds(),
        "title": title,
    }
    if sport in ("cycling", "walking"):
        job["course"] = rolling_course(
            25_000.0,
            ascent_m_per_km=7.0,
            seed=number % 5,
            latitude_deg=latitude_deg + 0.02,
            longitude_deg=longitude_deg,
        )
    speed = {"cycling": 7.6, "swimming": 1.05, "walking": 1.45}.get(sport, np.nan)
    heart = float(today.steady_heart_rate(np.array([{"cycling": 0.62, "swimming": 0.60}.get(sport, 0.38)]))[0])
    kind = "strength" if sport == "strength" else "cross"
    planned.append(
        {
            "date": date,
            "session_type": kind,
            "title": title,
            "distance_m": np.nan,
            "duration_s": 60.0 * minutes,
            "intensity": "easy",
            "slot": "pm",
        }
    )
    sessions.append(
        {
            "date": date,
            "start_time": begin.tz_convert("UTC"),
            "utc_offset_s": job["utc_offset_s"],
            "sport": sport,
            "sub_sport": "",
            "session_type": kind,
            "title": title,
            "week": week,
            "distance_m": speed * seconds,
            "elapsed_time_s": seconds,
            "timer_time_s": seconds,
            "moving_time_s": seconds,
            "ascent_m": np.nan,
            "descent_m": np.nan,
            "average_heart_rate_bpm": heart,
            "max_heart_rate_bpm": heart + 12,
            "average_temperature_c": np.nan,
            "rpe": float(rng.integers(3, 7)),
            "dose": 0.35 * minutes,
            "freshness": np.nan,
            "critical_speed_mps": today.critical_speed_mps,
            "seed": number,
        }
    )
    jobs.append(job)


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


def _hold_below_spike(
    job: dict[str, Any],
    about: dict[str, Any],
    week: int,
    spikes: dict[int, float],
    sessions: list[dict[str, Any]],
    date: pd.Timestamp,
    history_m: float,
) -> None:
    """Only planted runs may exceed the longest of the 30 days before by more than 8 %."""
    before = [
        s["distance_m"]
        for s in sessions
        if s["sport"] == "running" and pd.Timedelta(days=0) < date - s["date"] <= pd.Timedelta(days=30)
    ]
    before += [history_m] if history_m else []
    if not before:
        return
    if about["type"] == "long" and week in spikes:
        job["distance_m"] = max(before) * spikes[week]
    else:
        job["distance_m"] = min(job["distance_m"], 1.08 * max(before))


def _morning(
    date: pd.Timestamp, rest: float, tired: float, sick: bool, fitness: float, rng: np.random.Generator
) -> dict[str, Any]:
    """A wellness row: resting heart rate and HRV follow tiredness and illness, with a good deal of noise."""

    def score(level: float) -> float:
        return float(np.clip(round(level + rng.normal(0, 0.7)), 1, 7))

    sleep = float(np.round(np.clip(rng.normal(7.3 - 0.6 * sick, 0.7), 4, 10), 1))
    return {
        "date": date,
        "sleep_h": sleep,
        "sleep_quality": score(2.6 + 1.5 * sick + 0.5 * tired),
        "resting_heart_rate_bpm": float(
            round(rest + 3 * (0.5 - fitness) + 2.5 * tired + 7 * sick + rng.normal(0, 1.5))
        ),
        "hrv_rmssd_ms": float(
            np.round(np.exp(np.log(58) + 0.25 * (fitness - 0.5) - 0.08 * tired - 0.3 * sick + rng.normal(0, 0.12)), 1)
        ),
        "soreness": score(2.2 + 1.2 * tired + 0.8 * sick),
        "fatigue": score(2.4 + 1.3 * tired + 2.0 * sick),
        "stress": score(2.8),
        "mood": score(5.2 - 0.6 * tired - 1.5 * sick),
    }
