"""What several tests share: real device files, named runs, and an invented half year as plain tables."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest

matplotlib.use("Agg")
REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def saved_squad(tmp_path_factory) -> Path:
    """The sample squad read once; tests of pages and notebooks open what was saved."""
    from runlab import open_log

    squad = REPOSITORY / "data" / "sample" / "squad"
    return open_log(squad, progress=False).save(tmp_path_factory.mktemp("squad") / "squad.runlab")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real device files; RUNLAB_CORPUS names it, else it lies beside the repository."""
    folder = Path(os.environ.get("RUNLAB_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
    if not (folder / "MANIFEST.csv").is_file():
        pytest.skip(f"no corpus of device files at {folder}; name it with RUNLAB_CORPUS")
    return folder


@pytest.fixture(autouse=True)
def _closed_figures():
    """No test leaves a figure open for the next one."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


# --- named runs -------------------------------------------------------------------------------------------------------

START = pd.Timestamp("2026-05-01 06:00", tz="UTC")


def run_records(
    seconds: int = 3600, speed_mps: float = 10 / 3, *, start: pd.Timestamp = START, **changes
) -> pd.DataFrame:
    """A run sampled each second, due north from Oslo over gentle waves of ground; ``changes`` replace whole columns."""
    from runlab import tables

    t = np.arange(seconds + 1.0)
    way = speed_mps * t
    columns = {
        "activity_id": "run",
        "time": start + pd.to_timedelta(t, unit="s"),
        "latitude_deg": 59.9 + way / 111_195,
        "longitude_deg": 10.7,
        "altitude_m": 100 + 10 * np.sin(2 * np.pi * t / 1200),
        "distance_m": way,
        "speed_mps": speed_mps,
        "heart_rate_bpm": 150.0 + np.tile([0, 1, 0, -1], seconds // 4 + 1)[: seconds + 1],
        "cadence_spm": 172.0,
        "timer_running": True,
    }
    return tables.conform(pd.DataFrame(columns | changes), tables.RECORDS)


def as_activity(records: pd.DataFrame, **about):
    """Records as a reader would give them."""
    from runlab import tables
    from runlab.readers import Activity

    start = records["time"].iloc[0] if len(records) else pd.NaT
    told = {"format": "fit", "sport": "running", "start_time": start, "utc_offset_s": np.nan, "complete": True}
    return Activity(records, tables.empty(tables.LAPS), told | about)


@pytest.fixture
def make_run():
    """A function that makes a run like the named ones: ``make_run(seconds, speed_mps, column=values)``."""
    return run_records


@pytest.fixture
def make_activity():
    """A function that makes an Activity of records: ``make_activity(records, sport=...)``."""
    return as_activity


@pytest.fixture
def steady_hour() -> pd.DataFrame:
    """12 km in an hour at 150 beats/min, 172 steps/min, three waves of 20 m."""
    return run_records()


@pytest.fixture
def empty() -> pd.DataFrame:
    """A records table without a sample."""
    return run_records().iloc[:0]


@pytest.fixture
def one_sample() -> pd.DataFrame:
    """A single sample."""
    return run_records().iloc[:1]


@pytest.fixture
def no_heart_rate() -> pd.DataFrame:
    """The steady hour without a heart-rate sensor."""
    return run_records(heart_rate_bpm=np.nan)


@pytest.fixture
def no_altitude() -> pd.DataFrame:
    """The steady hour without an altimeter."""
    return run_records(altitude_m=np.nan)


@pytest.fixture
def treadmill() -> pd.DataFrame:
    """The steady hour indoors: no position, no altitude."""
    return run_records(latitude_deg=np.nan, longitude_deg=np.nan, altitude_m=np.nan)


@pytest.fixture
def gps_dropout() -> pd.DataFrame:
    """Two minutes without position from minute 20, while the foot pod counts on."""
    records = run_records()
    records.loc[1200:1319, ["latitude_deg", "longitude_deg"]] = np.nan
    return records


@pytest.fixture
def gps_jump() -> pd.DataFrame:
    """At minute 30 the position leaps 300 m ahead in one second and distance counts it."""
    records = run_records()
    records.loc[1800:, "distance_m"] += 300
    records.loc[1800:, "latitude_deg"] += 300 / 111_195
    return records


@pytest.fixture
def paused() -> pd.DataFrame:
    """Half an hour, ten minutes with the watch stopped and no samples, half an hour."""
    records = run_records()
    records.loc[1801:, "time"] += pd.Timedelta(minutes=10)
    return records


@pytest.fixture
def smart_recording() -> pd.DataFrame:
    """The steady hour with samples 1 to 9 s apart."""
    steps = np.tile([1, 4, 7, 9, 3, 6], 200)
    places = np.concatenate(([0], np.cumsum(steps)))
    return run_records().iloc[places[places <= 3600]].reset_index(drop=True)


@pytest.fixture
def dst_change() -> pd.DataFrame:
    """An hour across the end of summer time in Oslo: 02:30 local happens twice."""
    return run_records(start=pd.Timestamp("2026-10-25 00:30", tz="UTC"))


@pytest.fixture
def cadence_locked() -> pd.DataFrame:
    """Five minutes in which the optical sensor counts steps (172) instead of beats (150)."""
    records = run_records()
    records.loc[600:899, "heart_rate_bpm"] = 172.0
    return records


@pytest.fixture(scope="session")
def season_log():
    """Half a year of one invented athlete as a Log of tables: five runs a week, ill days, a 44 % jump, two races."""
    from runlab import tables
    from runlab.athlete import Athlete
    from runlab.log import Log

    rng = np.random.default_rng(7)
    start, rows, histograms, efforts = pd.Timestamp("2026-05-04"), [], [], []
    for week in range(26):
        volume = 50_000 + 800 * week - (15_000 if week % 4 == 3 else 0)
        for day, share in {1: 0.16, 2: 0.18, 4: 0.14, 5: 0.15, 6: 0.37}.items():
            date = start + pd.Timedelta(days=7 * week + day)
            if pd.Timestamp("2026-07-16") <= date <= pd.Timestamp("2026-07-25"):
                continue
            metres, speed, heart = volume * share * rng.normal(1, 0.03), rng.normal(3.2, 0.08), rng.normal(146, 5)
            metres = 39_000.0 if week == 20 and day == 6 else metres
            name = f"2026{week:02d}{day}"
            rows.append(
                {
                    "activity_id": name,
                    "athlete": "kim",
                    "date": date,
                    "sport": "running",
                    "distance_m": metres,
                    "start_time": (date + pd.Timedelta(hours=7)).tz_localize("UTC"),
                    "elapsed_time_s": 1.03 * metres / speed,
                    "timer_time_s": metres / speed,
                    "moving_time_s": metres / speed,
                    "ascent_m": 9 * metres / 1000,
                    "average_speed_mps": speed,
                    "graded_speed_mps": speed * 1.01,
                    "average_heart_rate_bpm": heart,
                    "heart_rate_share": 0.98 if week > 4 else 0.2,
                    "clean_share": 0.97,
                    "has_position": True,
                    "complete": True,
                    "altitude_source": "barometer",
                    "average_cadence_spm": 172.0,
                    "samples": 3000,
                    "source_format": "fit",
                    "device": "garmin 265" if week < 12 else "coros pace 3",
                    "quality_flags": "gps_jump" if week == 3 else "",
                    "source": f"{name}.fit",
                    "rpe": 4.0 if week % 2 else np.nan,
                }
            )
            values = np.arange(125, 185)
            weight = np.exp(-0.5 * ((values - heart) / 9) ** 2)
            histograms += [
                {"activity_id": name, "channel": "heart_rate_bpm", "value": float(v), "seconds": s}
                for v, s in zip(values, weight / weight.sum() * metres / speed, strict=True)
            ]
            for far in (1000.0, 5000.0, 10000.0, 21097.5):
                if far < metres:
                    time = far / (speed * 1.25 * (far / 5000) ** -0.06)
                    efforts.append(
                        {
                            "activity_id": name,
                            "kind": "distance",
                            "distance_m": far,
                            "time_s": time,
                            "ok": True,
                            "average_heart_rate_bpm": heart + 12,
                            "grade": 0.001,
                            "reason": "",
                        }
                    )
    efforts.append(
        {
            "activity_id": rows[-1]["activity_id"],
            "kind": "distance",
            "distance_m": 1000.0,
            "time_s": 120.0,
            "ok": False,
            "reason": "GPS jump",
        }
    )
    days = pd.date_range(start, rows[-1]["date"])
    wellness = pd.DataFrame(
        {
            "athlete": "kim",
            "date": days,
            "sleep_h": rng.normal(7.4, 0.5, len(days)),
            "resting_heart_rate_bpm": rng.normal(48, 1.5, len(days)),
        }
    )
    wellness.loc[wellness.index[-6:], "resting_heart_rate_bpm"] += 9
    events = pd.DataFrame(
        {
            "athlete": "kim",
            "kind": ["ill"],
            "start": [pd.Timestamp("2026-07-16")],
            "end": [pd.Timestamp("2026-07-25")],
            "note": ["fever"],
        }
    )
    races = pd.DataFrame(
        {
            "athlete": "kim",
            "date": pd.to_datetime(["2026-06-21", "2026-11-15"]),
            "distance_m": [1e4, 42195.0],
            "name": ["Town 10", "City Marathon"],
            "priority": ["B", "A"],
        }
    )
    samples = {
        row["activity_id"]: tables.conform(
            pd.DataFrame(
                {
                    "activity_id": row["activity_id"],
                    "time": row["start_time"] + pd.to_timedelta([0, 60, 120], unit="s"),
                    "distance_m": [0.0, 190.0, 380.0],
                    "timer_running": True,
                }
            ),
            tables.RECORDS,
        )
        for row in rows
    }
    settings = [{"max_heart_rate_bpm": 188.0, "resting_heart_rate_bpm": 47.0, "threshold_heart_rate_bpm": 166.0}]
    kim = Athlete("kim", sex="f", birth_date="1989-04-02", settings=settings)
    return Log(
        tables.conform(pd.DataFrame(rows), tables.ACTIVITIES),
        histograms=pd.DataFrame(histograms),
        efforts=pd.DataFrame(efforts),
        wellness=wellness,
        events=events,
        races=races,
        athletes={"kim": kim},
        records=samples,
    )
