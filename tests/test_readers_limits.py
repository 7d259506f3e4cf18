"""What every reader decides, at the edges: what cannot be, what is derived, how cells and dates are read."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab.readers import derived
from runlab.readers.csv import cells, checks, dates
from runlab.readers.csv.columns import Columns
from runlab.readers.csv.detect import Field
from runlab.readers.csv.sheet import Findings, Sheet
from runlab.readers.fit import damage
from runlab.readers.xml import channels, values

at = pd.Timestamp


# --- derived ----------------------------------------------------------------------------------------------------------


def metres(written, *, session=None, stopped=None, latitude=None, seconds=None):
    n, problems = len(written if written is not None else latitude), []
    lat = np.full(n, np.nan) if latitude is None else np.asarray(latitude, float)
    out, rule = derived.distance(
        None if written is None else np.asarray(written, float),
        lat,
        np.where(np.isfinite(lat), 0.0, np.nan),
        np.zeros(n, int) if session is None else np.asarray(session),
        np.zeros(n, bool) if stopped is None else np.asarray(stopped),
        problems,
        None if seconds is None else np.asarray(seconds, float),
    )
    return out.tolist(), rule, problems


def test_a_counter_that_starts_anew_goes_on_and_a_dip_is_held():
    assert metres([0, 40, 19, 30])[0] == [0, 40, 59, 70], "less than half: it started anew"
    assert metres([0, 40, 20, 30])[0] == [0, 40, 40, 40], "half: a dip"
    assert metres([0, 40, 19, 30])[2][0][1] == "1 falls in distance"
    assert metres([0, 40, 19, 30], session=[0, 0, 1, 1])[0] == [0, 40, 19, 30], "each session by itself"
    assert metres([0, 40, 41, 50])[2] == []


def test_a_distance_is_the_file_s_own_from_half_the_samples():
    way = np.array([0.0, 10, 20, 30]) / 111_194.93
    assert metres([0, np.nan, 50, np.nan], latitude=way)[1] == "as written by the device"
    assert metres([0, np.nan, np.nan, np.nan], latitude=way)[1] == "along the positions"
    assert metres([np.nan, 5, np.nan, np.nan])[1] == "as written by the device", "no positions, so what there is"
    assert metres([np.nan] * 4)[1] == ""
    assert metres(None, latitude=[0.0, np.nan, np.nan, np.nan])[1] == ""


def test_positions_are_not_joined_across_a_stop_or_a_teleport():
    way = np.array([0.0, 100, 200, 300]) / 111_194.93
    assert metres(None, latitude=way)[0] == pytest.approx([0, 100, 200, 300], abs=1e-3)
    assert metres(None, latitude=way, stopped=[False, True, False, False])[0] == pytest.approx(
        [0, 100, 100, 200], abs=1e-3
    )
    calm = metres(None, latitude=way, seconds=[0, 2.001, 4.002, 6.003])
    assert calm[0][-1] == pytest.approx(300, abs=1e-3)
    fast, _, said = metres(None, latitude=way, seconds=[0, 1.9, 4, 6.1])
    assert fast[-1] == pytest.approx(200, abs=1e-3)
    assert said[0][1].startswith("1 steps faster than 50 m/s")
    close = np.array([0.0, 49, 98, 147]) / 111_194.93
    assert metres(None, latitude=close, seconds=[0, 0.2, 0.4, 0.6])[0][-1] == pytest.approx(147, abs=1e-3)


def test_speed_over_five_seconds_and_not_across_a_pause():
    t = np.arange(11.0)
    way = np.where(t < 5, t * 2, 10 + (t - 5) * 4)
    found, rule = derived.speed(None, way, t, [0, 11])
    assert rule == "from distance and time"
    assert found[[0, 2, 5, 8, 10]] == pytest.approx([2, 2, 3, 4, 4])
    assert derived.speed(None, way, t, [0, 5, 11])[0][[4, 5]] == pytest.approx([2, 4])
    own = np.array([1.0, np.nan, 3.0])
    filled, rule = derived.speed(own, np.array([0.0, 2, 4]), np.arange(3.0), [0, 3])
    assert (filled.tolist(), rule) == ([1.0, 2.0, 3.0], "as written by the device, gaps from distance and time")
    assert derived.speed(own[:1], np.zeros(1), np.zeros(1), [0, 1])[1] == "as written by the device"


@pytest.mark.parametrize(
    ("speed", "legs", "runs"),
    [
        (2.0, 85, True),
        (1.9, 85, False),
        (6.0, 85, True),
        (6.1, 85, False),
        (3.0, 65, True),
        (3.0, 64, False),
        (3.0, 110, True),
        (3.0, 111, False),
        (3.0, 129, False),
        (3.0, 130, True),
        (3.0, 220, True),
        (3.0, 221, False),
        (3.0, np.nan, True),
    ],
)
def test_movement_of_a_runner(speed, legs, runs):
    found = derived.sport_by_movement(np.full(100, speed), np.full(100, float(legs)))[0]
    assert found == ("running" if runs else "")


def test_movement_needs_five_samples_and_few_descents():
    assert derived.sport_by_movement(np.full(4, 3.0), np.full(4, np.nan))[0] == ""
    assert derived.sport_by_movement(np.full(5, 3.0), np.full(5, np.nan))[0] == "running"
    assert derived.sport_by_movement(np.array([*[3.0] * 5, *[0.5] * 99]), np.full(104, np.nan))[0] == "running"
    for fast, found in ((2, "running"), (3, "")):
        speeds = np.array([8.1] * fast + [3.0] * (100 - fast))
        assert derived.sport_by_movement(speeds, np.full(100, np.nan))[0] == found


@pytest.mark.parametrize(
    ("cadence", "speed", "sport", "factor"),
    [
        (115, 3, "running", 2),
        (116, 3, "running", 1),
        (80, 1.5, "walking", 2),
        (81, 1.5, "hiking", 1),
        (90, 8, "cycling", 1),
        (85, 4.9, "", 1),
        (95, 4.9, "", 2),
        (95, 5.0, "", 1),
        (90, 4.79, "", 2),
        (90, 4.81, "", 1),
        (90, np.nan, "", 1),
    ],
)
def test_which_feet_a_cadence_counts(cadence, speed, sport, factor):
    assert derived.cadence_factor(np.full(3, float(cadence)), np.full(3, float(speed)), sport)[0] == factor


def test_a_cadence_is_read_while_moving():
    written = np.array([0.0, 85, 200, 200])
    speed = np.array([3.0, 3.0, 0.5, 0.4])
    assert derived.cadence_factor(written, speed, "running") == (2.0, "one leg as written (median 85), doubled")
    assert derived.cadence_factor(np.zeros(2), np.full(2, 3.0), "running") == (1.0, "")
    unknown = derived.cadence_factor(np.array([85.0, 87.0]), np.array([np.nan, np.nan]), "running")
    assert unknown[0] == 2.0, "an unknown speed is no standstill"


# --- FIT damage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("latitude_deg", -90, 90),
        ("longitude_deg", -180, 180),
        ("altitude_m", -450, 9000),
        ("distance_m", 0, 2e6),
        ("speed_mps", 0, 70),
        ("heart_rate_bpm", 20, 250),
        ("cadence_spm", 0, 500),
        ("power_w", 0, 3500),
        ("temperature_c", -60, 70),
    ],
)
def test_values_that_cannot_be_are_none(column, low, high):
    block = np.array([[low, high, low - 0.5, high + 0.5]], float)
    assert damage.implausible(block, {column: 0}) == [(column, 2)]
    assert block[0].tolist()[:2] == [low, high]
    assert np.isnan(block[0, 2:]).all()


def test_a_fix_at_nothing_and_half_a_position_are_none():
    block = np.array([[0.0, 0.0, 5.0, np.nan], [0.0, 5.0, 0.0, 5.0], [0.0, 1.0, 2.0, 3.0]])
    index = {"latitude_deg": 0, "longitude_deg": 1, "heart_rate_bpm": 2}
    assert damage.implausible(block, index) == [("heart_rate_bpm", 3), ("latitude_deg", 2)]
    assert np.isnan(block[0]).tolist() == [True, False, False, True]
    assert np.isnan(block[1]).tolist() == [True, False, False, True]


def test_times_a_day_away_are_damage():
    t = np.arange(10) + 1_000_000
    for away, wrong in ((86_400, False), (86_402, True)):
        moved = t.copy()
        moved[4] += away
        assert damage.outlying_times(moved, 1_000_000.0)[4] == wrong
    assert damage.outlying_times(t[:2], 1_000_000.0).tolist() == [False, False]
    for seconds, wrong in ((7 * 86_400 - 9, False), (7 * 86_400 + 1, True)):
        stretch = np.concatenate((t, t[:4] + seconds))
        assert damage.outlying_times(stretch, 1_000_000.0)[-3:].any() == wrong


def test_lonely_values_stand_out_by_twenty_steps():
    for leap, wrong in ((22.0, False), (23.0, True)):
        block = np.array([[*range(10)]], float)
        block[0, 5] = 4 + leap
        assert bool(damage.isolated(block, ["distance_m"])) == wrong
    assert damage.isolated(np.array([[1.0, 2, 3, 9e9, 5, 6, 7]]), ["distance_m"]) == [], "too few to know"


# --- XML --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("latitude_deg", -90, 90),
        ("longitude_deg", -180, 180),
        ("altitude_m", -1000, 20_000),
        ("distance_m", 0, 1e12),
        ("speed_mps", 0, 150),
        ("heart_rate_bpm", 0, 250),
        ("cadence_spm", 0, 253),
        ("power_w", 0, 5000),
        ("temperature_c", -80, 80),
        ("course_deg", 0, 360),
    ],
)
def test_channels_keep_to_their_limits(name, low, high):
    written = {name: np.array([low, high, low - 1.0, high + 1.0], float)}
    problems = []
    channels._impossible(written, problems)
    open_ended = high == 1e12
    assert np.isfinite(written[name]).tolist() == [name != "heart_rate_bpm", True, False, open_ended]
    assert problems[0][1].startswith("1 impossible" if open_ended else "2 impossible")


def test_a_channel_of_zeros_was_not_measured():
    for name in ("distance_m", "speed_mps", "heart_rate_bpm", "cadence_spm", "power_w"):
        written = {name: np.zeros(3)}
        channels._impossible(written, [])
        assert np.isnan(written[name]).all()
    height = {"altitude_m": np.zeros(3)}
    channels._impossible(height, [])
    assert height["altitude_m"].tolist() == [0, 0, 0], "the sea"


def test_words_are_told_from_numbers_by_the_first_twenty():
    assert channels._is_words(["a", "b", "1"])
    assert not channels._is_words(["a", "1"])
    assert not channels._is_words(["1"] * 20 + ["a"] * 99)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-05-01T08:00:00+02:00", 7200.0),
        ("2026-05-01T08:00:00-0330", -12600.0),
        ("2026-05-01T08:00:00Z", None),
        ("08+05", None),
    ],
)
def test_offsets_as_written(text, seconds):
    found = values.utc_offset_s(text)
    assert math.isnan(found) if seconds is None else found == seconds


# --- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours", "seconds"),
    [
        ("1:05:11", False, 3911),
        ("36:13", False, 2173),
        ("7:30", True, 27_000),
        ("1:60:00", False, None),
        ("1:59:59.5", False, 7199.5),
        ("0:60", False, None),
        ("75:10", False, 4510),
        ("-1:00", False, -60),
        ("1h 20m", False, 4800),
        ("2h15", False, 8100),
        ("1h 20min 5s", False, 4805),
        ("12", False, None),
        ("1:2:3:4", False, None),
    ],
)
def test_clocks(text, hours, seconds):
    found = cells.clock_seconds(text, hours=hours)
    assert math.isnan(found) if seconds is None else found == seconds


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1,234", "?,"),
        ("1.234", "?."),
        ("0,234", ","),
        ("1234,567", ","),
        ("12,5", ","),
        ("1,234.5", "."),
        ("1.234,5", ","),
        ("1,234,567", "."),
        ("12", ""),
        ("1,2345", ","),
        (",234", ","),
        ("-1,234%", "?,"),
    ],
)
def test_what_a_cell_tells_of_its_decimal_mark(cell, found):
    assert cells.mark(cell) == found


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.234,5", ",", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("5,2", ".", 5.2),
        ("1,23,4", ".", None),
        ("1,234", ".", 1234.0),
        ("1,234", ",", 1.234),
        ("1,5", "each", 1.5),
        ("1.5e3", ".", 1500.0),
        ("12 %", ".", 12.0),
        ("x", ".", None),
    ],
)
def test_plain_numbers(cell, decimal, number):
    found, wrong = cells.numbers([cell], "", "", decimal)
    if number is None:
        assert wrong == [0]
    else:
        assert found[0] == pytest.approx(number)


@pytest.mark.parametrize(
    ("cell", "unit", "kept", "number"),
    [
        ("10", "km", "m", 10_000),
        ("6", "mi", "m", 9656.064),
        ("50", "f", "c", 10),
        ("5", "min/km", "m/s", 1000 / 300),
        ("5:00", "min/km", "m/s", 1000 / 300),
        ("8:00 /mi", "min/km", "m/s", 1609.344 / 480),
        ("0", "min/km", "m/s", math.nan),
        ("12 km", "mi", "m", 12_000),
        ("30", "clock", "s", 1800),
        ("1:30", "h", "s", 5400),
    ],
)
def test_units(cell, unit, kept, number):
    found = cells.numbers([cell], unit, kept)[0][0]
    assert found == pytest.approx(number, nan_ok=True)


def test_long_cells_and_formulas_are_no_numbers():
    assert cells.numbers(["1" * 64, "1" * 65, "=1+1"], "", "")[1][-1] == 2
    assert not cells.is_missing("n/a but with a long word")
    assert cells.is_missing("n/a")


# --- what a log says that cannot be -----------------------------------------------------------------------------------


def table(*fields, system="metric"):
    found = Findings("")
    made = Columns(
        Sheet([f.header for f in fields], [["" for _ in fields]], [2], 1, ",", "utf-8", []), list(fields), found
    )
    return made


@pytest.mark.parametrize(
    ("seconds", "factor"), [(50.0, 60), (1150.0, 1), (20_001.0, 1 / 60), (8_000.0, 1), (1_111.0, 1)]
)
def test_times_that_do_not_fit_the_distance_are_scaled(seconds, factor):
    clock = Field(0, "Duration", "timer_time_s", "clock")
    frame = pd.DataFrame({"distance_m": [10_000.0], "timer_time_s": [seconds]})
    found = checks.scale_clocks(frame, table(clock), {0}, np.array([True]))["timer_time_s"].iloc[0]
    scaled = seconds * factor
    assert found == pytest.approx(scaled if 1.2 <= 10_000 / scaled <= 6.5 else seconds)


@pytest.mark.parametrize(("cadence", "factor"), [(119.9, 2), (120.0, 1)])
def test_runs_below_120_count_one_leg(cadence, factor):
    frame = pd.DataFrame({"average_cadence_spm": [cadence, 60.0], "max_cadence_spm": [100.0, 90.0]})
    foot = np.array([True, False])
    out = checks.both_feet(frame, {0, 1}, foot, foot, Findings(""))
    assert out["average_cadence_spm"].tolist() == [cadence * factor, 60.0]
    assert out["max_cadence_spm"].tolist() == [100.0 * factor, 90.0]


@pytest.mark.parametrize(("cadence", "factor"), [(69.9, 2), (70.0, 1)])
def test_walks_below_70_count_one_leg(cadence, factor):
    frame = pd.DataFrame({"average_cadence_spm": [cadence]})
    out = checks.both_feet(frame, {0}, np.array([False]), np.array([True]), Findings(""))
    assert out["average_cadence_spm"].iloc[0] == cadence * factor


@pytest.mark.parametrize(
    ("moving", "elapsed", "said"),
    [(3660.0, 3600.0, False), (3673.0, 3600.0, True), (1060.0, 1000.0, False), (1061.0, 1000.0, True)],
)
def test_moving_longer_than_elapsed_is_said(moving, elapsed, said):
    frame = pd.DataFrame({"sport": ["running"], "moving_time_s": [moving], "elapsed_time_s": [elapsed]})
    made = table(Field(0, "x", "moving_time_s", "s"))
    checks.fill_times(frame, made)
    assert bool(made.found.problems) == said


# --- dates ------------------------------------------------------------------------------------------------------------


def day(text, **options):
    found = dates.dates([text], **options)
    return None if found.moments[0] is None else found.moments[0].wall


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("13/01/2026", at(2026, 1, 13)),
        ("01/13/2026", at(2026, 1, 13)),
        ("12.01.2026", at(2026, 1, 12)),
        ("1/2/69", at(2069, 2, 1)),
        ("1/2/70", at(1970, 2, 1)),
        ("31/12/1950", at(1950, 12, 31)),
        ("31/12/1949", None),
        ("31/12/2100", at(2100, 12, 31)),
        ("31/12/2101", None),
        ("20260501T063015", at(2026, 5, 1, 6, 30, 15)),
        ("2026-02-30", None),
        ("May 1, 2026 12:05 AM", at(2026, 5, 1, 0, 5)),
        ("May 1, 2026 12:05 PM", at(2026, 5, 1, 12, 5)),
        ("May 1, 2026 1:05 PM", at(2026, 5, 1, 13, 5)),
        ("1 May 2026", at(2026, 5, 1)),
        ("2026-05-01 06:30:15.25", at(2026, 5, 1, 6, 30, 15, 250_000)),
    ],
)
def test_dates_as_sheets_write_them(text, wall):
    assert day(text) == wall


def test_an_offset_of_more_than_fifteen_hours_is_none():
    assert day("2026-05-01 06:30 +15:00") == at(2026, 5, 1, 6, 30)
    assert day("2026-05-01 06:30 +15:01") is None
    west = dates.dates(["2026-05-01 06:30 -03:30"]).moments[0]
    assert west.zone.utcoffset(None).total_seconds() == -12_600


def test_the_order_of_day_and_month_is_found_for_the_column():
    assert dates.dates(["01/02/2026", "02/02/2026", "03/02/2026"]).moments[0].wall.month == 2, (
        "only so do they run in order"
    )
    assert dates.dates(["01/02/2026"], units="imperial").moments[0].wall.month == 1
    assert dates.dates(["01/02/2026"], dayfirst=False).moments[0].wall.month == 1
    assert dates.dates(["2026-13-08", "2026-01-02"]).moments[1].wall == at(2026, 2, 1)
    assert dates.dates(["2026-13-08", "2026-01-14"]).wrong == [0]
