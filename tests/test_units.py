"""Units round-trip, and clock times read what coaches write."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlab import units
from runlab.errors import SettingsError, one_of
from runlab.units import parse_day


@given(speed=st.floats(0.5, 12), system=st.sampled_from(["metric", "imperial"]))
def test_pace_and_speed_round_trip(speed, system):
    assert units.speed_mps(units.pace_s(speed, system), system) == pytest.approx(speed, rel=1e-12)


@given(speed=st.floats(1, 8), system=st.sampled_from(["metric", "imperial"]))
def test_a_written_pace_reads_back_to_the_second(speed, system):
    back = units.parse_pace(units.format_pace(speed, system))
    assert abs(units.pace_s(back, system) - units.pace_s(speed, system)) <= 0.5 + 1e-9


@given(seconds=st.integers(0, 400_000))
def test_a_written_duration_reads_back(seconds):
    assert units.parse_duration(units.format_duration(seconds)) == seconds


def test_rounding_never_prints_sixty_seconds():
    assert units.format_duration(59.6) == "1:00" and units.format_duration(3599.7) == "1:00:00"


def test_missing_is_a_dot():
    for text in (units.format_duration(math.nan), units.format_pace(0), units.format_distance(math.nan)):
        assert text == "·"


def test_unknown_unit_systems_are_refused():
    with pytest.raises(SettingsError, match="metric"):
        units.distance_unit_m("nautical")


def test_choices_suggest_the_nearest():
    with pytest.raises(SettingsError, match="did you mean 'uncoupled'"):
        one_of("method", "uncopled", ["rolling", "uncoupled", "ewma"])


@pytest.mark.parametrize("text", ["01/11/2026", "1.11.2026", "1-11-26", "12/31/2026"])
def test_a_day_that_reads_two_ways_is_asked_back(text):
    with pytest.raises(SettingsError, match=f"on: '{text}' reads two ways, day first or month first; write 2026-11-01"):
        parse_day(text, "on")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-31", "^there is no day 2026-11-31 in the calendar$"),
        ("soon", "^cannot read 'soon' as a date"),
        (20261101, "^cannot read 20261101 as a date"),
        (None, "^cannot read None as a date"),
    ],
)
def test_what_is_no_day_is_an_error_in_words(value, words):
    with pytest.raises(SettingsError, match=words):
        parse_day(value)


def test_a_day_is_local_midnight():
    meant = pd.Timestamp("2026-11-01")
    assert {parse_day(v) for v in ("2026-11-01", "1 Nov 2026", meant.date(), "2026-11-01 09:30+02:00")} == {meant}
