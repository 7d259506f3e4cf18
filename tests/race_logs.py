"""Small logs with a race in them, for the tests of the debrief."""

from __future__ import annotations

import numpy as np
import pandas as pd
from simulate import Pause, Runner, Watch, simulate_run

from runlab import tables
from runlab.athlete import Athlete
from runlab.log import Log
from runlab.readers import Activity
from runlab.summary import summarise

DAY = "2026-11-01"


def race_run(distance_m: float = 42195.0, *, seed: int = 3, watch: Watch | None = None, **changes):
    """A marathon with two stops, warm at the end, opened above even effort."""
    given = {
        "pacing": ((0.0, 1.05), (0.4, 1.02), (1.0, 0.97)),
        "temperature_c": ((0.0, 14.0), (4.0, 22.0)),
        "pauses": (Pause(20_000.0, 20.0, False), Pause(31_000.0, 45.0, False)),
        "start": f"{DAY} 09:00",
    } | changes
    runner = given.pop("runner", Runner(name="kim", stamina_s=5500.0))
    return simulate_run(
        runner,
        given.pop("course", None),
        distance_m=distance_m,
        effort="race",
        seed=seed,
        watch=watch or Watch(sampling_s=2.0, dynamics=False, power=False),
        **given,
    )


def season(weeks: int = 20, *, until: str = DAY, seed: int = 1) -> pd.DataFrame:
    """Rows of activities: five runs a week, a week without, an earlier half marathon."""
    rng = np.random.default_rng(seed)
    rows, end = [], pd.Timestamp(until)
    for back in range(weeks * 7, 0, -1):
        date = end - pd.Timedelta(days=back)
        if date.day_of_week in (0, 4) or 30 <= back < 39:
            continue
        metres = float(rng.normal(26_000 if date.day_of_week == 6 else 10_000, 800))
        rows.append(
            {
                "activity_id": f"r{back}",
                "athlete": "kim",
                "date": date,
                "sport": "running",
                "distance_m": metres,
                "start_time": (date + pd.Timedelta(hours=7)).tz_localize("UTC"),
                "elapsed_time_s": metres / 3.0,
                "timer_time_s": metres / 3.05,
                "moving_time_s": metres / 3.1,
                "average_speed_mps": 3.1,
                "average_heart_rate_bpm": 145.0,
                "heart_rate_share": 1.0,
                "ascent_m": 60.0,
                "samples": 0,
                "average_temperature_c": 11.0,
            }
        )
    return pd.DataFrame(rows)


def log_of(
    run=None,
    *,
    about: dict | None = None,
    records: pd.DataFrame | None = None,
    with_season: bool = True,
    races: pd.DataFrame | None = None,
    units: str = "metric",
    **extra,
) -> Log:
    """A log of one athlete with a season and, if given, a race run as the summary would keep it."""
    frames, held, laps, efforts, histograms = ([season()] if with_season else []), {}, None, None, None
    if run is not None:
        samples = run.records if records is None else records
        kept = summarise(Activity(samples, run.laps, run.about | (about or {})), athlete=Athlete("kim"))
        name = kept.row["activity_id"]
        row = kept.row | {"date": pd.Timestamp(DAY), "athlete": "kim", "sport": "running"}
        frames.append(pd.DataFrame([row]))
        held, laps, efforts, histograms = {name: samples}, kept.laps, kept.efforts, kept.histograms
    if races is None and with_season:
        races = pd.DataFrame(
            {
                "athlete": "kim",
                "date": pd.to_datetime(["2026-07-05", "2026-09-13"]),
                "name": ["Town 10", "Lakes Half"],
                "distance_m": [10_000.0, 21_097.5],
                "official_time_s": [2560.0, 5690.0],
                "kind": "road",
            }
        )
    frames = [f.assign(start_time=pd.to_datetime(f["start_time"], utc=True)) for f in frames]
    activities = (
        pd.concat([tables.conform(f, tables.ACTIVITIES) for f in frames], ignore_index=True) if frames else None
    )
    return Log(
        activities,
        laps=laps,
        efforts=efforts,
        histograms=histograms,
        races=races,
        records=held,
        athletes={"kim": Athlete("kim", units=units)},
        **extra,
    )
