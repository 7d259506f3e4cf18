"""Bouts without laps: what two speeds mean depends on the ground, on heart rate and on how alike the bouts are."""

import numpy as np
import pandas as pd
import pytest

from runlab.progression import intervals


def run(speeds, seconds, *, step=1, heart=None, altitude=None):
    """A run of stretches, each at one speed (and heart rate), recorded every ``step`` seconds."""
    speed = np.repeat(np.asarray(speeds, float), seconds)
    kept = np.arange(0, len(speed), step)
    frame = {"time": pd.Timestamp("2026-05-01 08:00", tz="UTC") + pd.to_timedelta(kept, unit="s")}
    frame |= {"speed_mps": speed[kept], "distance_m": np.cumsum(speed)[kept]}
    if heart is not None:
        frame["heart_rate_bpm"] = np.repeat(np.asarray(heart, float), seconds)[kept]
    if altitude is not None:
        frame["altitude_m"] = float(altitude)
    return pd.DataFrame(frame)


def work(records):
    found = intervals(records)
    return found.loc[found["kind"] == "work", "duration_s"].round(-1).tolist()


UNEVEN = [900, 200, 130, 90, 220, 300, 60, 140, 600]
SPEEDS = [2.8, 3.5, 2.8, 3.5, 2.8, 3.5, 2.8, 3.5, 2.8]
HARD = [140, 165, 150, 165, 150, 165, 150, 165, 145]
EASIER = [140, 130, 152, 130, 152, 130, 152, 130, 145]  # fast because the ground falls


@pytest.mark.parametrize("step", [1, 6])
def test_six_second_recording_and_a_fifth_of_contrast(step):
    even = run([2.8, *[3.36, 2.8] * 7, 3.36, 2.8], [900, *[100, 90] * 7, 100, 600], step=step)
    assert work(even) == [100.0] * 8


def test_uneven_bouts_need_altitude_or_heart_rate():
    assert work(run(SPEEDS, UNEVEN)) == []  # rolling ground looks like this
    assert work(run(SPEEDS, UNEVEN, altitude=100)) == [200.0, 90.0, 300.0, 140.0]
    assert work(run(SPEEDS, UNEVEN, heart=HARD)) == [200.0, 90.0, 300.0, 140.0]
    assert work(run(SPEEDS, UNEVEN, heart=EASIER)) == []


def test_where_harder_begins():
    calm = [150.0 if v < 3 else 152.9 for v in SPEEDS]
    assert work(run(SPEEDS, UNEVEN, heart=calm)) == []
    assert len(work(run(SPEEDS, UNEVEN, heart=[150.0 if v < 3 else 153.2 for v in SPEEDS]))) == 4


def test_bouts_of_one_length_speak_for_themselves():
    rests = [900, 180, 120, 180, 120, 180, 120, 180, 600]
    assert work(run(SPEEDS, rests)) == [180.0] * 4
    third = [900, 180, 60, 180, 120, 180, 200, 180, 600]  # rests of 60, 120 and 200 s: 39 % from their middle
    assert work(run(SPEEDS, third)) == []
    assert work(run(SPEEDS[:4] + [2.8], [900, 180, 120, 180, 600])) == []  # two bouts are no pattern
