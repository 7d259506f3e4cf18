"""The numerical tools against scipy, and at their edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, spatial, stats

from runlab.numerics import (
    EARTH_M,
    bisected,
    column,
    great_circle_m,
    median,
    normal_quantile,
    stretches,
    student_quantile,
    weighted_quantiles,
)


@pytest.mark.parametrize("freedom", [1, 2, 2.5, 3, 4, 4.99, 5, 7, 12.3, 30, 200])
@pytest.mark.parametrize("p", [0.001, 0.025, 0.1, 0.4, 0.5, 0.75, 0.9, 0.95, 0.975, 0.999])
def test_student_quantile_is_that_of_scipy(p, freedom):
    assert student_quantile(p, freedom) == pytest.approx(stats.t.ppf(p, freedom), rel=4e-4, abs=4e-4)


@given(st.floats(0.0001, 0.9999))
def test_normal_quantile_is_that_of_scipy(p):
    assert normal_quantile(p) == pytest.approx(stats.norm.ppf(p), abs=1e-9)


def test_great_circle_is_the_angle_between_positions_times_the_radius():
    latitude, longitude = np.array([59.91, 59.95, -33.9, 89.0]), np.array([10.75, 10.70, 151.2, -170.0])
    up, east = np.radians(latitude), np.radians(longitude)
    places = np.column_stack((np.cos(up) * np.cos(east), np.cos(up) * np.sin(east), np.sin(up)))
    chord = np.diag(spatial.distance.cdist(places, places), 1)
    assert great_circle_m(latitude, longitude) == pytest.approx(EARTH_M * 2 * np.arcsin(chord / 2), rel=1e-9)
    assert great_circle_m(np.array([5.0, 5.0]), np.array([179.9, -179.9]))[0] == pytest.approx(22_154.4, abs=0.5)


def test_bisection_finds_the_root_of_scipy_for_numbers_and_arrays():
    root = optimize.brentq(lambda x: math.cos(x) - x, 0, 1)
    assert bisected(lambda x: math.cos(x) > x, 0.0, 1.0) == pytest.approx(root, abs=1e-12)
    squares = np.array([2.0, 9.0, 81.0])
    assert bisected(lambda x: x * x < squares, np.zeros(3), np.full(3, 10.0)) == pytest.approx(np.sqrt(squares))
    assert bisected(lambda x: x < 0, 0.0, 8.0, rounds=3) == 0.5  # eight, four, two: the middle of what is left


def test_weighted_quantiles_invert_the_weighted_distribution():
    rng = np.random.default_rng(3)
    values, weight = rng.normal(size=4000), rng.random(4000)
    low, high = weighted_quantiles(values, weight / weight.sum(), [0.1, 0.9])
    assert (low, high) == pytest.approx(stats.norm.ppf([0.1, 0.9]), abs=0.08)
    assert weighted_quantiles(np.array([5.0, 1.0]), np.array([0.9, 0.1]), [0.1, 0.55, 1.0]) == pytest.approx(
        [1.0, 3.0, 5.0]
    )


@given(st.lists(st.booleans(), max_size=40))
def test_stretches_rebuild_the_mask(flags):
    mask = np.array(flags, dtype=bool)
    again = np.zeros(len(mask), dtype=bool)
    begins, ends = stretches(mask)
    for begin, end in zip(begins, ends, strict=True):
        assert mask[begin:end].all() and (begin == 0 or not mask[begin - 1]) and (end == len(mask) or not mask[end])
        again[begin:end] = True
    assert again.tolist() == flags


def test_column_is_floats_and_missing_is_nan_never_zero():
    frame = pd.DataFrame({"a": [1, 2], "b": pd.array([None, 3], dtype="Int64")})
    assert column(frame, "a").tolist() == [1.0, 2.0] and column(frame, "a").dtype == float
    assert np.isnan(column(frame, "b")[0]) and column(frame, "b")[1] == 3.0
    assert np.isnan(column(frame, "c")).all() and len(column(frame, "c")) == 2


def test_median_leaves_out_what_is_not_known():
    assert median(np.array([np.nan, np.inf, 4.0, 1.0, 2.0])) == 2.0 and math.isnan(median(np.array([np.nan])))
