"""Verdicts, formulas and rules of progression at their edges."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import progression as p
from runlab.progression.bouts import _joined, _without_stops
from runlab.progression.trend import _alike, _plain_name, _verdict


@pytest.mark.parametrize(
    ("change", "sure", "interval", "verdict"),
    [
        (-1.5, 1.4, (-3.0, 0.0), "progress"),
        (-1.4, 1.3, (-3.0, 0.0), "cannot tell"),
        (-1.5, 1.5, (-3.0, 0.0), "cannot tell"),
        (1.5, 1.4, (0.0, 3.0), "decline"),
        (1.4, 1.3, (0.0, 3.0), "cannot tell"),
        (0.0, 2.9, (-1.4, 1.4), "plateau"),
        (0.0, 3.0, (-1.4, 1.4), "cannot tell"),
        (0.1, 2.8, (-1.4, 1.5), "cannot tell"),
        (0.1, 2.8, (-1.5, 1.4), "cannot tell"),
        (-0.4, 1.0, (-1.4, 1.4), "plateau"),
    ],
)
def test_progress_is_sure_and_large_enough(change, sure, interval, verdict):
    assert _verdict(change, sure, interval, 1.5) == verdict


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("City 10K 2025", "city 10k"),
        ("12th Lake Run", "lake run"),
        ("3. Volkslauf", "volkslauf"),
        ("Lake '24", "lake"),
        ("Lake #3", "lake"),
        ("10k", "10k"),
    ],
)
def test_the_name_of_a_race_without_its_year(name, plain):
    assert _plain_name(name) == plain


def test_distances_within_three_per_cent_are_one_race():
    parts = _alike(pd.DataFrame({"distance_m": [10_000.0, 10_299.0, 10_609.0], "date": [3, 2, 1]}))
    assert [part["date"].tolist() for part in parts] == [[2, 3], [1]]


def bouts(*stops, speed=4.0, stand=0.0, bout=60):
    """A speed of bouts parted by stops of so many seconds."""
    pieces, work, at = [], [], 0
    for stop in (*stops, 0):
        pieces += [np.full(bout, speed), np.full(stop, stand)]
        work.append((at, at + bout))
        at += bout + stop
    return work, np.concatenate(pieces)


def test_a_bout_cut_by_a_crossing_is_one():
    work, speed = bouts(20)
    assert _without_stops(work, speed) == [(0, 140)], "two bouts around one stop"
    assert _without_stops(*bouts(99)) == [(0, 219)]
    assert len(_without_stops(*bouts(100))) == 2, "a long stop is a rest"
    assert len(_without_stops(*bouts(20, stand=0.5))) == 2, "walking is no stop"
    assert len(_without_stops(*bouts(20, stand=0.49))) == 1
    walk = bouts(20, stand=1.5)[1]
    for seconds, joined in ((7, False), (8, True)):  # more than 35 % of the rest
        stood = walk.copy()
        stood[62 : 62 + seconds] = 0.0
        assert (len(_without_stops(bouts(20)[0], stood)) == 1) is joined


def test_one_walked_rest_makes_the_standing_ones_crossings():
    work, speed = bouts(60, 60, 60)
    speed[work[2][1] : work[3][0]] = 1.5
    assert _without_stops(work, speed) == [(0, 300), (360, 420)]


def test_standing_rests_are_kept_where_they_are_alike():
    assert len(_without_stops(*bouts(60, 60, 60))) == 4
    assert len(_without_stops(*bouts(60, 60, 45))) == 4
    assert len(_without_stops(*bouts(60, 60, 44))) == 1, "a quarter shorter than the others: crossings"
    assert len(_without_stops(*bouts(60, 20, 5))) == 1, "no two alike: crossings"
    assert len(_without_stops(*bouts(60, 60))) == 3
    assert _joined([(0, 1), (2, 3), (4, 5)], np.array([True, False])) == [(0, 3), (4, 5)]


def test_formulas_by_hand():
    assert p.equivalent_time(1200.0, 5000, 10_000) == pytest.approx(1200 * 2**1.06)
    assert p.equivalent_time(1200.0, 5000, 10_000, exponent=1.1) == pytest.approx(1200 * 2**1.1)
    assert p.critical_speed_time(3000, critical_speed_mps=4.0, distance_reserve_m=200.0) == pytest.approx(700.0)
    assert p.polarization_index(0.8, 0.05, 0.15) == pytest.approx(math.log10(0.8 / 0.05 * 0.15 * 100))
    # Daniels and Gilbert: 5,000 m in 20:00
    speed, minutes = 250.0, 20.0
    cost = -4.60 + 0.182258 * speed + 0.000104 * speed**2
    share = 0.8 + 0.1894393 * math.exp(-0.012778 * minutes) + 0.2989558 * math.exp(-0.1932605 * minutes)
    assert p.vdot(5000, 1200.0) == pytest.approx(cost / share, rel=1e-9)
    assert p.race_time(5000, vdot=cost / share) == pytest.approx(1200.0, abs=0.01)
    # Tanda 2011: pace = 17.1 + 140 exp(-0.0053 km) + 0.55 training pace, seconds per km
    pace = 17.1 + 140 * math.exp(-0.0053 * 60.0) + 0.55 * 300.0
    assert p.tanda_marathon(60.0, 300.0).value == pytest.approx(pace * 42.195, rel=1e-6)


def test_bouts_that_overlap_did_not_stand_still_between():
    """Met in a public archive: a second bout that began before the first had ended stopped the whole page."""
    assert _without_stops([(0, 10), (8, 20)], np.ones(30)) == [(0, 10), (8, 20)]
    assert _without_stops([(0, 10), (10, 20)], np.zeros(30)) == [(0, 10), (10, 20)]
