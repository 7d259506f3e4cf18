"""One simulated run: what truly happened on the ground, then what a watch would have written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from runlab.errors import SettingsError, one_of
from runlab.readers.activity import Activity

from .course import Course, rolling_course
from .runner import Runner
from .sensors import Watch, lap_table, slow_noise, watch_records


@dataclass(frozen=True)
class Step:
    """A piece of a session: an effort (share of critical speed; 0 = standing) for a distance or a duration.

    >>> Step(1.05, distance_m=1000.0).kind
    'active'
    """

    effort: float
    distance_m: float | None = None
    duration_s: float | None = None
    kind: str = "active"


@dataclass(frozen=True)
class Pause:
    """Standing still at a distance: ``timer`` True if the watch stops its clock (auto pause or by hand).

    >>> Pause(at_m=2500.0, duration_s=40.0).timer
    True
    """

    at_m: float
    duration_s: float
    timer: bool = True
    name: str = "pause"


@dataclass(frozen=True)
class Run:
    """A simulated run: ``records`` and ``laps`` as the watch has them, ``truth`` as it was.

    ``truth`` holds arrays aligned with ``records`` (``elapsed_s, distance_m, speed_mps, altitude_m, grade, effort,
    heart_rate_bpm, fade, heat_share``) and scalars (``time_s, moving_time_s, distance, ascent_m, heat_s, fade_s,
    pauses, steps, cadence_lock_s, energy_j`` ...); for races also ``components_s``.

    >>> simulate_run(distance_m=5000.0, effort=0.7, seed=1)
    Run(5.0 km, 1,801 samples)
    """

    records: pd.DataFrame
    laps: pd.DataFrame
    truth: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)

    def activity(self) -> Activity:
        """The run as a reader would hand it over.

        >>> simulate_run(distance_m=3000.0).activity().about["sport"]
        'running'
        """
        return Activity(self.records, self.laps, dict(self.about))

    def __repr__(self) -> str:
        return f"Run({self.truth['distance'] / 1000:.1f} km, {len(self.records):,} samples)"


def intervals(
    count: int,
    *,
    effort: float,
    distance_m: float | None = None,
    duration_s: float | None = None,
    rest_s: float = 90.0,
    rest_effort: float = 0.5,
    warmup_m: float = 2500.0,
    cooldown_m: float = 1500.0,
) -> list[Step]:
    """Steps of an interval session: warm-up, repetitions with rests between, cool-down.

    >>> [step.kind for step in intervals(2, effort=1.06, distance_m=1000.0)]
    ['warmup', 'active', 'rest', 'active', 'cooldown']
    """
    steps = [Step(0.68, distance_m=warmup_m, kind="warmup")]
    for repetition in range(count):
        steps.append(Step(effort, distance_m, duration_s))
        if repetition < count - 1:
            steps.append(Step(rest_effort, duration_s=rest_s, kind="rest"))
    return [*steps, Step(0.64, distance_m=cooldown_m, kind="cooldown")]


@dataclass(frozen=True)
class _World:
    """Everything outside the runner's head, with switches so that each cost can be told by leaving it out."""

    runner: Runner
    course: Course
    temperature: np.ndarray  # rows of (elapsed s, °C)
    freshness: float
    hold: float
    night: tuple[float, float] | None
    night_loss: float
    wobble: np.ndarray
    day: float
    pauses: tuple[Pause, ...] = ()
    terrain: bool = True
    heat: bool = True
    fade: bool = True
    noise: bool = True
    pacing: np.ndarray | None = None


def _ground(world: _World, s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grade, cost of the metre, and the flat-to-actual speed factor at distances."""
    if not world.terrain:
        flat = np.zeros(len(s))
        return flat, np.ones(len(s)), np.ones(len(s))
    grade = world.course.grade(s)
    cost = world.runner.grade_cost(grade)
    # People give back a little less than the hill costs: they work harder up and easier down.
    return grade, cost, (1 - world.course.technical) * cost**-0.9


def _solve(
    world: _World,
    steps: Sequence[Step],
    length_m: float,
    ds: float,
    race_m: float | None = None,
    race_share: float = 1.0,
) -> dict[str, Any]:
    """Time at every ``ds`` metres, by a few rounds over distance: pace -> time -> heat, strain -> pace."""
    runner = world.runner
    s = np.arange(0.0, length_m + ds, ds)
    middle = s[:-1] + ds / 2
    grade, cost, ground = _ground(world, middle)
    n = len(middle)
    wobble = 1.0 + np.interp(middle, np.arange(len(world.wobble)) * 10.0, world.wobble) if world.noise else np.ones(n)
    day = world.freshness * (world.day if world.noise else 1.0)
    heat, fade, night = np.zeros(n), np.ones(n), np.ones(n)
    waited = sum((p.duration_s * (middle > p.at_m) for p in world.pauses), np.zeros(n))
    shape = np.ones(n)
    if world.pacing is not None:
        shape = np.interp(middle / (race_m or length_m), world.pacing[:, 0], world.pacing[:, 1])
    race_s = runner.race_time(race_m) if race_m else 0.0
    for _ in range(4 if (world.fade or world.heat or world.night or race_m) else 1):
        capacity = runner.critical_speed_mps * day * fade * (1 - heat) ** world.hold * night
        base = np.maximum(capacity * ground * wobble * shape, 0.05)
        effort, covered, bounds, stands = np.zeros(n), np.zeros(n), [], []
        at, last = 0.0, 1.0
        for step in steps:
            wanted = step.effort
            if race_m:
                wanted = race_share * float(runner.sustainable_speed(race_s)) / runner.critical_speed_mps
            if wanted <= 0:
                stands.append((at, float(step.duration_s or 0.0)))
                bounds.append(at)
                continue
            first = int(at / ds)
            if step.distance_m is not None:
                end = at + step.distance_m
            else:
                clock = np.concatenate([[0.0], np.cumsum(ds / (base[first:] * wanted))])
                end = float(
                    np.interp(
                        float(step.duration_s or 0.0) + (at - first * ds) / (base[first] * wanted),
                        clock,
                        s[first : first + len(clock)],
                    )
                )
            share = np.clip((np.minimum(end, s[first + 1 :]) - np.maximum(at, s[first:-1])) / ds, 0, 1)
            effort[first:] += wanted * share
            covered[first:] += share
            at, last = end, wanted
            bounds.append(at)
        # A cell the run ends in is run at the last effort all through.
        effort = np.where(covered > 1e-9, effort / np.maximum(covered, 1e-9), last)
        speed = base * effort
        t = np.concatenate([[0.0], np.cumsum(ds / speed)])
        clock = 0.5 * (t[:-1] + t[1:]) + waited
        pace_effort = speed * cost / (1 - (world.course.technical if world.terrain else 0.0))
        if world.heat:
            heat = runner.heat_loss(np.interp(clock, world.temperature[:, 0], world.temperature[:, 1]), clock)  # type: ignore[arg-type]
        if world.night is not None:
            dark = 1 / (1 + np.exp(-(clock - world.night[0]) / 900)) - 1 / (1 + np.exp(-(clock - world.night[1]) / 900))
            night = 1.0 - world.night_loss * dark
        true_effort = pace_effort / (runner.critical_speed_mps * day * fade * (1 - heat))
        if world.fade:
            rate = true_effort**6 * (1 + 3.0 * heat)  # warmth tires as well as slows
            strain = np.concatenate([[0.0], np.cumsum(rate[:-1] * np.diff(t)[:-1])])
            fade = runner.fade(strain)
        if race_m:
            race_s = float(np.interp(race_m, s, t))
    keep = min(int(np.ceil(at / ds - 1e-9)), n)
    total = float(np.interp(at, s, t))
    s_end, t_end = np.append(s[:keep], at), np.append(t[:keep], total)
    return {
        "s": s_end,
        "t": t_end,
        "speed": speed[:keep],
        "effort": true_effort[:keep],
        "fade": fade[:keep],
        "heat": heat[:keep],
        "grade": grade[:keep],
        "cost": cost[:keep],
        "bounds": np.array(bounds),
        "stands": stands,
        "planned": effort[:keep],
        "time_s": total,
    }


def simulate_run(
    runner: Runner | None = None,
    course: Course | None = None,
    *,
    distance_m: float | None = None,
    duration_s: float | None = None,
    effort: float | str = 0.72,
    steps: Sequence[Step] | None = None,
    pacing: Sequence[tuple[float, float]] | None = None,
    start: str | pd.Timestamp = "2026-05-03 07:00",
    seed: int = 0,
    temperature_c: float | Sequence[tuple[float, float]] = 11.0,
    pauses: Sequence[Pause] = (),
    lights_per_km: float = 0.0,
    freshness: float = 1.0,
    hold: float = 0.6,
    race_share: float = 1.0,
    night: tuple[float, float] | None = None,
    night_loss: float = 0.07,
    watch: Watch | None = None,
    smart: bool = False,
    dynamics: bool = True,
    sampling_s: float = 1.0,
    noise: bool = True,
    components: bool | None = None,
    utc_offset_s: float = 0.0,
    title: str = "",
) -> Run:
    """A run by an invented runner over invented ground, as a watch records it and as it truly was.

    Takes a distance, a duration or ``steps``; ``effort`` is a share of critical speed, or ``"race"``: the fastest even
    effort for the distance, times ``race_share``. ``pacing`` shapes the effort along the way (share of the distance,
    factor). ``temperature_c`` is one number or (elapsed hours, °C) pairs. ``hold`` says how far heat is answered by
    slowing (1) rather than by a higher heart rate (0). ``lights_per_km`` plants stops at lights. ``watch`` describes
    the device; ``smart``, ``dynamics`` and ``sampling_s`` are shortcuts for it (``dynamics=False`` is the cheap mode).

    Returns a Run. Raises SettingsError where neither distance, duration nor steps are given.

    Laws: cost of slopes, heart rate, fade, heat and sustainable speed are those of ``Runner``; see there how they
    differ from the formulas the estimators use. Same seed, same run.

    >>> run = simulate_run(distance_m=10_000.0, effort="race", temperature_c=24.0, seed=4)
    >>> round(run.truth["time_s"]), {name: round(s) for name, s in run.truth["components_s"].items()}
    (2573, {'reference': 2510, 'pacing': 0, 'course': 14, 'heat': 50, 'fade': 0, 'night': 0, 'day': 0, 'stops': 0})
    """
    set_up = _prepare(
        runner,
        course,
        distance_m,
        duration_s,
        effort,
        steps,
        pacing,
        seed,
        temperature_c,
        pauses,
        lights_per_km,
        freshness,
        hold,
        race_share,
        night,
        night_loss,
        noise,
    )
    world, steps, solved, stops, rng = set_up.world, set_up.steps, set_up.solved, set_up.stops, set_up.rng
    runner, course, heat, racing = world.runner, world.course, world.temperature, set_up.race_m is not None
    watch = watch or Watch(smart=smart, dynamics=dynamics, sampling_s=sampling_s)
    begin = pd.Timestamp(start)
    begin = (begin.tz_localize("UTC") if begin.tz is None else begin.tz_convert("UTC")).as_unit("us")

    records, truth, seconds = watch_records(runner, course, solved, stops, begin, watch, heat, rng)
    truth["steps"] = [
        {"kind": step.kind, "effort": step.effort, "end_m": float(end)}
        for step, end in zip(steps, solved["bounds"], strict=True)
    ]
    truth["pauses"] = [{"at_m": p.at_m, "duration_s": p.duration_s, "timer": p.timer, "name": p.name} for p in stops]
    truth |= {"runner": runner, "temperature_c": float(heat[:, 1].mean()), "day": world.day, "seed": seed}
    truth["race_share"] = race_share if racing else float("nan")
    if racing if components is None else components:
        truth |= _costs(set_up, truth["time_s"])
    if "step_ends_s" in truth:
        truth["steps"] = [
            step | {"end_s": float(end)} for step, end in zip(truth["steps"], truth.pop("step_ends_s"), strict=True)
        ]
    activity_id = f"{begin:%Y%m%dT%H%M%SZ}-{seed:08d}"
    records["activity_id"] = pd.Series([activity_id], dtype="str").repeat(len(records)).to_numpy()
    records = records[["activity_id", *[c for c in records.columns if c != "activity_id"]]]
    laps = lap_table(seconds, truth["steps"] if len(steps) > 1 else None, begin, watch, activity_id)
    surface = {"road": "road", "trail": "trail", "track": "track", "treadmill": "treadmill"}[course.surface]
    about = {
        "format": "simulated",
        "file_kind": "activity",
        "sport": "running",
        "sub_sport": surface,
        "title": title,
        "device": watch.device,
        "start_time": begin,
        "utc_offset_s": utc_offset_s,
        "complete": True,
        "problems": [],
        "totals": {
            "elapsed_time_s": truth["time_s"],
            "timer_time_s": truth["timer_time_s"],
            "distance_m": float(records["distance_m"].iloc[-1]) if len(records) else float("nan"),
            "calories_kcal": round(truth["energy_j"] / 4184.0),
        },
    }
    about["sessions"] = [dict(about["totals"], sport="running", sub_sport=surface)]
    return Run(records, laps, truth, about)


@dataclass(frozen=True)
class _SetUp:
    world: _World
    steps: list[Step]
    guess: float
    ds: float
    race_m: float | None
    solved: dict[str, Any]
    stops: list[Pause]
    rng: np.random.Generator


def _prepare(
    runner: Runner | None,
    course: Course | None,
    distance_m: float | None,
    duration_s: float | None,
    effort: float | str,
    steps: Sequence[Step] | None,
    pacing: Sequence[tuple[float, float]] | None,
    seed: int,
    temperature_c: float | Sequence[tuple[float, float]],
    pauses: Sequence[Pause],
    lights_per_km: float,
    freshness: float,
    hold: float,
    race_share: float,
    night: tuple[float, float] | None,
    night_loss: float,
    noise: bool,
) -> _SetUp:
    """The ground truth of a run, before any watch looks at it."""
    runner = runner or Runner()
    rng = np.random.default_rng([seed, 21])
    racing = isinstance(effort, str)
    if racing:
        one_of("effort", effort, ["race"])
        if distance_m is None:
            raise SettingsError("simulate_run: effort='race' needs distance_m")
    if steps is None:
        if distance_m is None and duration_s is None:
            raise SettingsError("simulate_run needs distance_m, duration_s or steps; found none of them")
        steps = [Step(1.0 if racing else float(effort), distance_m, None if distance_m is not None else duration_s)]
    guess = (
        sum(
            step.distance_m
            if step.distance_m is not None
            else float(step.duration_s or 0) * runner.critical_speed_mps * step.effort * 1.25
            for step in steps
        )
        + 200.0
    )
    if course is None:
        course = rolling_course(min(max(guess, 3000.0), 12_000.0), ascent_m_per_km=8.0, seed=seed)
    ds = 5.0 if guess < 30_000 else 10.0 if guess < 60_000 else 20.0
    heat = np.array(
        [(0.0, temperature_c)]
        if isinstance(temperature_c, (int, float))
        else [(hours * 3600.0, celsius) for hours, celsius in temperature_c],
        float,
    )
    wobble = 0.02 * slow_noise(rng, int(guess / 10) + 2, 12.0)
    day = 1.0 + runner.day_to_day * float(rng.standard_normal())
    world = _World(
        runner,
        course,
        heat,
        freshness,
        1.0 if racing else hold,
        night,
        night_loss,
        wobble,
        day,
        tuple(pauses),
        noise=noise,
        pacing=np.array(pacing, float) if pacing is not None else None,
    )
    race_m = distance_m if racing else None
    solved = _solve(world, steps, guess, ds, race_m, race_share)

    stops = [*pauses]
    if lights_per_km:
        count = rng.poisson(lights_per_km * solved["s"][-1] / 1000)
        spots = np.sort(rng.uniform(200.0, max(solved["s"][-1] - 200.0, 201.0), count))
        stops += [
            Pause(float(at), float(round(seconds)), name="light")
            for at, seconds in zip(spots, rng.gamma(4.0, 8.0, count) + 4.0, strict=True)
        ]
    stops = sorted((p for p in stops if 0 < p.at_m < solved["s"][-1]), key=lambda p: p.at_m)
    return _SetUp(world, list(steps), guess, ds, race_m, solved, stops, rng)


def outline(
    runner: Runner | None = None,
    course: Course | None = None,
    *,
    distance_m: float | None = None,
    duration_s: float | None = None,
    effort: float | str = 0.72,
    steps: Sequence[Step] | None = None,
    pacing: Sequence[tuple[float, float]] | None = None,
    seed: int = 0,
    temperature_c: float | Sequence[tuple[float, float]] = 11.0,
    pauses: Sequence[Pause] = (),
    lights_per_km: float = 0.0,
    freshness: float = 1.0,
    hold: float = 0.6,
    race_share: float = 1.0,
    night: tuple[float, float] | None = None,
    night_loss: float = 0.07,
    noise: bool = True,
) -> dict[str, float]:
    """The totals of the run ``simulate_run`` would give for the same arguments, about ten times cheaper: no samples.

    Mean and highest heart rate come from the steady state with drift, without the lag: 1 to 3 bpm from the full run.

    >>> quick = outline(distance_m=8000.0, seed=2)
    >>> abs(quick["time_s"] - simulate_run(distance_m=8000.0, seed=2).truth["time_s"]) < 1e-6
    True
    """
    set_up = _prepare(
        runner,
        course,
        distance_m,
        duration_s,
        effort,
        steps,
        pacing,
        seed,
        temperature_c,
        pauses,
        lights_per_km,
        freshness,
        hold,
        race_share,
        night,
        night_loss,
        noise,
    )
    world, solved = set_up.world, set_up.solved
    t, seconds = solved["t"], np.diff(solved["t"])
    clock = 0.5 * (t[:-1] + t[1:])
    felt = np.interp(clock, world.temperature[:, 0], world.temperature[:, 1])
    heart = world.runner.drifted_heart_rate(solved["effort"], clock, felt)
    rise = np.diff(world.course.altitude(solved["s"])) if world.course.has_position else np.zeros(len(seconds))
    stopped = sum(p.duration_s for p in set_up.stops)
    standing = sum(rest for _, rest in solved["stands"])
    return {
        "time_s": float(t[-1] + stopped + standing),
        "moving_time_s": float(t[-1]),
        "distance_m": float(solved["s"][-1]),
        "timer_time_s": float(t[-1] + standing + sum(p.duration_s for p in set_up.stops if not p.timer)),
        "ascent_m": float(np.maximum(rise, 0).sum()),
        "descent_m": float(np.maximum(-rise, 0).sum()),
        "average_heart_rate_bpm": float(heart @ seconds / t[-1]),
        "max_heart_rate_bpm": float(heart.max()),
        "strain_s": float((solved["effort"] ** 6 * seconds).sum()),
        "stops_s": float(stopped),
        "dose": float((np.maximum(solved["effort"], 0.0) ** 3.2 * seconds).sum() / 36.0),
    }


def _costs(set_up: _SetUp, total: float) -> dict[str, Any]:
    """What heat and fade cost (each left out alone) and, for races, a sequence of costs that sums to the time.

    The sequence starts from an even, flat, cool, unfading run at the mean planned effort and adds pacing, course, heat,
    fade, night (slower in the dark), the day (form of the day and wobble) and stops, in this order.
    """
    world, solved = set_up.world, set_up.solved
    clock = solved["time_s"]
    steps = set_up.steps
    if set_up.race_m:
        mean = float(np.diff(solved["t"]) @ solved["planned"]) / clock
        steps = [Step(mean, step.distance_m, step.duration_s) for step in steps]

    def run(**switches: Any) -> float:
        changed = _World(**{**world.__dict__, **switches})
        return float(_solve(changed, steps, set_up.guess, set_up.ds)["time_s"])

    off: dict[str, Any] = {
        "terrain": False,
        "heat": False,
        "fade": False,
        "noise": False,
        "pacing": None,
        "night": None,
    }
    order = (
        ("pacing", "pacing"),
        ("course", "terrain"),
        ("heat", "heat"),
        ("fade", "fade"),
        ("night", "night"),
        ("day", "noise"),
    )
    times = [run(**off)]
    for name, key in order:
        off.pop(key)
        times.append(clock if name == "day" else run(**off))
    costs = [times[0], *np.diff(times).tolist(), total - clock]
    names = ["reference", *(name for name, _ in order), "stops"]
    return {
        "components_s": dict(zip(names, map(float, costs), strict=True)),
        "heat_s": clock - run(heat=False),
        "fade_s": clock - run(fade=False),
        "even_pacing_s": clock if world.pacing is None else run(pacing=None),
    }
