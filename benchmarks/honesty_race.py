"""Does the waterfall's 80 % hold? Simulated races with injected heat, hills, early pace, stops and fade.

Run ``python benchmarks/honesty_race.py [races per course]``: prints Markdown, about two minutes for 4 x 100 races.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from runlab.race import Race, where_the_time_went
from runlab.race.draws import SLOWING
from runlab.race.track import race_track

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from simulate import Pause, Runner, Watch, rolling_course, simulate_run

FORECAST_SD = 0.03  # log error of the forecast the debrief starts from, and the one it is told
FIRST_SEED = 50_000  # the assumptions were settled on other seeds; these are fresh
COURSES = {
    "road marathon": {
        "distance_m": 42195.0,
        "climb": (2, 9),
        "kind": "road",
        "stamina": (4000, 8000),
        "stops": (1.5, 15),
        "over": (0.02, 0.03, -0.03, 0.10),
    },
    "hilly half": {
        "distance_m": 21097.5,
        "climb": (15, 35),
        "kind": "road",
        "stamina": (2500, 6000),
        "stops": (0.5, 8),
        "over": (0.02, 0.03, -0.03, 0.10),
    },
    "50 km trail": {
        "distance_m": 50000.0,
        "climb": (25, 55),
        "kind": "trail",
        "stamina": (3500, 8000),
        "stops": (3, 90),
        "over": (0.02, 0.03, -0.03, 0.10),
    },
    "100 miles": {
        "distance_m": 160934.4,
        "climb": (18, 40),
        "kind": "ultra",
        "stamina": (1500, 5500),
        "stops": (12, 250),
        "over": (0.08, 0.06, -0.02, 0.25),
    },
}
COMPONENTS = (SLOWING, "course", "heat", "stops", "not explained")
DIFFERENCES = """
How the simulator differs from the debrief, so that nothing is tested against itself:

- **Hills**: the simulator's cost is a hyperbola with its own skew, scaled up- and downhill for each runner, and runners
  give back a little less than a hill costs; the debrief scales a curve between two quintics by the speeds seen.
  Rough ground takes 0-12 % on trails; the debrief assumes 6 % ± 3.5, ± 5 from 8 h on.
- **Heat**: a soft knee at 13 °C, linear above, building up over 40 min, 0.3-0.6 % per degree, and heat brings fade
  forward; the debrief has a straight line from 13 °C with the square root of the duration and no build-up.
- **Fade**: strain grows with effort to the sixth power and speed falls along an exponential once stamina is used up;
  the debrief tries openings that are let go and fades that deepen, and weighs them by the speeds left over.
- **Early pace**: the effort is moved from late to early at the same mean (0 to 25 %); its truth is the time against the
  same day run evenly. The debrief infers it from how runners open.
- **Night** slows the simulated 100 miles by 2-10 %; the debrief counts it as fade, and so does the truth here.
- **Sensors**: barometer drift, GPS error, a watch that measures long, a warm wrist, 2 to 5 s recording; form of the day
  and wobble (1.2 %) are the true part of what is not explained, with the forecast's error (3 %).
"""


def effort_shape(rng: np.random.Generator, over: float) -> tuple[tuple[float, float], ...]:
    """Effort along the way, opening above even, at the same mean: moved early, not added."""
    x = np.linspace(0, 1, 41)
    turn = rng.uniform(0.2, 0.5)
    y = np.where(x < turn, 1 + over * (1 - 0.3 * x / turn), 1 - 0.5 * over * (x - turn) / (1 - turn))
    return tuple(zip(x, y * np.mean(1 / y), strict=True))


def simulated_race(course: str, seed: int) -> tuple[SimpleNamespace, Race, dict[str, float], float, float | None]:
    """One race: its log, its Race, what each component truly cost, the reference, the weather where it is given."""
    spec = COURSES[course]
    rng = np.random.default_rng([seed, list(COURSES).index(course)])
    metres, ultra = spec["distance_m"], course == "100 miles"
    runner = Runner(
        critical_speed_mps=rng.uniform(2.9, 4.7),
        stamina_s=rng.uniform(*spec["stamina"]),
        fade_depth=rng.uniform(0.08, 0.25),
        fade_scale_s=rng.uniform(1000, 4000),
        heat_sensitivity=rng.uniform(0.003, 0.006),
        uphill=rng.normal(1, 0.1),
        downhill=rng.normal(1, 0.15),
        endurance=rng.uniform(0.035, 0.06),
        day_to_day=0.012,
    )
    rough = rng.uniform(0.0, 0.12) if spec["kind"] != "road" else 0.0
    ground = rolling_course(
        metres,
        ascent_m_per_km=rng.uniform(*spec["climb"]),
        seed=seed,
        technical=rough,
        surface="trail" if rough else "road",
        step_m=20.0 if ultra else 10.0,
    )
    mean, sd, low, high = spec["over"]
    over = float(np.clip(rng.normal(mean, sd), low, high))
    morning, hours = rng.uniform(4, 22), metres / 10800
    warm = ((0.0, morning), (hours / 2, morning + rng.uniform(0, 7)), (hours, morning + rng.uniform(-2, 4)))
    count, usual = spec["stops"]
    stops = [
        Pause(float(at), float(round(rng.gamma(2.0, usual) + 10)), False, "aid")
        for at in np.sort(rng.uniform(0.05 * metres, 0.97 * metres, rng.poisson(count)))
    ]
    run = simulate_run(
        runner,
        ground,
        distance_m=metres,
        effort="race",
        seed=seed,
        temperature_c=warm,
        pauses=stops,
        pacing=effort_shape(rng, over),
        night=(12.4 * 3600, 25.2 * 3600) if ultra else None,
        night_loss=rng.uniform(0.02, 0.1),
        watch=Watch(sampling_s=5.0 if ultra else 2.0, dynamics=False, power=False),
    )
    true = run.truth["components_s"]
    costs = {
        "course": true["course"],
        "heat": true["heat"],
        "stops": true["stops"],
        SLOWING: true["pacing"] + true["fade"] + true["night"],
    }
    reference = true["reference"] * float(np.exp(rng.normal(0, FORECAST_SD)))
    name = run.records["activity_id"].iloc[0]
    table = pd.DataFrame(
        {"activity_id": [name], "samples": [len(run.records)], "altitude_source": ["barometer"], "utc_offset_s": [0.0]}
    )
    log = SimpleNamespace(activities=table, records=lambda _: run.records)
    race = Race(
        pd.Timestamp("2026-05-03"),
        distance_m=metres,
        official_time_s=float(round(run.truth["time_s"])),
        kind=spec["kind"],
        activity_ids=(name,),
    )
    costs["not explained"] = race.official_time_s - reference - sum(costs.values())
    weather = float(np.mean([degrees for _, degrees in warm])) if rng.random() < 0.5 else None
    return log, race, costs, reference, weather


def judged(course: str, seed: int) -> list[dict[str, object]]:
    """Each bar of one race beside its truth, in % of the race's time."""
    log, race, truth, reference, weather = simulated_race(course, seed)
    track = race_track(log, race)
    bars = where_the_time_went(
        track, race, reference_s=reference, level_s=reference, level_sd=FORECAST_SD, temperature_c=weather
    ).table.set_index("component")
    parts = bars.loc[list(COMPONENTS), "seconds"].sum()
    if parts != bars.loc["result", "seconds"] - bars.loc["reference", "seconds"]:
        raise AssertionError(f"{course}, seed {seed}: the bars do not sum to the total")
    share = 100 / race.official_time_s
    rows = []
    for name in COMPONENTS:
        seconds, low, high = bars.loc[name, ["seconds", "low", "high"]]
        rows.append(
            {
                "course": course,
                "component": name,
                "held": low <= truth[name] <= high,
                "off": share * (seconds - truth[name]),
                "true": share * truth[name],
                "width": share * (high - low),
            }
        )
    return rows


def table(rows: list[dict[str, object]]) -> str:
    """The Markdown table."""
    frame = pd.DataFrame(rows)
    lines = [
        "| component | course | true, % of time | off on average (± its standard error) | width of 80 % | held |",
        "|---|---|---|---|---|---|",
    ]
    for name in COMPONENTS:
        for course in COURSES:
            part = frame[(frame["component"] == name) & (frame["course"] == course)]
            error = part["off"].std() / np.sqrt(len(part))
            lines.append(
                f"| {name} | {course} | {part['true'].mean():.2f} | {part['off'].mean():+.2f} ± {error:.2f} | "
                f"{part['width'].mean():.2f} | {100 * part['held'].mean():.0f} % |"
            )
    return "\n".join(lines)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    began = time.perf_counter()
    rows = [row for course in COURSES for seed in range(FIRST_SEED, FIRST_SEED + count) for row in judged(course, seed)]
    print(f"## Race waterfall: {4 * count} simulated races, truth known\n")
    print(table(rows))
    print(DIFFERENCES)
    print(f"{time.perf_counter() - began:.0f} s. The bars summed to the total in every race.")


if __name__ == "__main__":
    main()
