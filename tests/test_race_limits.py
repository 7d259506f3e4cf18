"""Where stops, grounds, walls and disruptions of a race begin and end: tracks made by hand."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from runlab.athlete import Athlete
from runlab.log import Log
from runlab.race.build import _pace_metres, build_summary, disruptions
from runlab.race.check import data_check
from runlab.race.drift import _change, race_drift, usual_for_pace
from runlab.race.find import is_ultra
from runlab.race.given import with_plan
from runlab.race.night import night_effect
from runlab.race.pacing import empty_history, opening_habit, pacing
from runlab.race.recovery import _own_history, _usual
from runlab.race.splits import race_splits, split_length
from runlab.race.track import Track, _anchored, _finished, _moving, _way
from runlab.race.ultra import hike_share, legs_of, stops_of, terrain_fade
from runlab.races import Race
from runlab.races.race import checkpoint_table

DAY = pd.Timestamp("2026-11-01")


def track_of(speed, *, step_s=1.0, grade=0.0, factor=1.0, moving=None, usual_step_s=None, **channels) -> Track:
    """A track whose steps have these speeds in m/s; standing where the speed is 0."""
    speed = np.asarray(speed, float)
    n = len(speed)
    at = lambda values: np.append(np.broadcast_to(np.asarray(values, float), n), np.asarray(values, float).ravel()[-1])  # noqa: E731
    return Track(
        elapsed_s=np.arange(n + 1) * step_s,
        distance_m=np.concatenate(([0.0], np.cumsum(speed * step_s))),
        speed_mps=at(speed),
        grade=at(grade),
        factor=at(factor),
        part=np.zeros(n + 1, int),
        moving=speed > 0 if moving is None else moving,
        channels={name: at(values) for name, values in channels.items()},
        usual_step_s=step_s if usual_step_s is None else usual_step_s,
        source="samples",
    )


def race(**given) -> Race:
    return Race(DAY, **given)


# --- moving and standing ----------------------------------------------------------------------------------------------


def stood(seconds: int, speed: float = 0.0, timer=True, step_s: float = 1.0) -> float:
    """Seconds of standing found in a run with a stretch of this speed."""
    own = np.concatenate([np.full(60, 3.0), np.full(seconds, speed), np.full(60, 3.0)])
    on = np.ones(len(own) + 1, bool)
    on[60 : 60 + seconds] = timer
    t, d = np.arange(len(own) + 1) * step_s, np.concatenate(([0.0], np.cumsum(own * step_s)))
    return float((~_moving(t, d, on)).sum() * step_s)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (stood(9), 0.0),
        (stood(10), 10.0),
        (stood(60, 0.29), 60.0),
        (stood(60, 0.31), 0.0),
        (stood(20, 1.0, timer=False), 20.0),
        (stood(20, 1.01, timer=False), 0.0),
        (stood(1, 0.29, step_s=9.5), 0.0),  # longer than 9 s a step speaks for itself, but is no stop under 10 s
        (stood(1, 0.29, step_s=10.0), 10.0),
        (stood(1, 0.31, step_s=10.0), 0.0),
    ],
)
def test_a_stop_is_ten_seconds_slower_than_a_third_of_a_metre(found, wanted):
    assert found == pytest.approx(wanted)


def test_most_of_nine_seconds_decide():
    own = np.full(200, 3.0)
    own[100:118:2] = 0.0  # every other second: 5 of 9 around a still one
    t, d = np.arange(201.0), np.concatenate(([0.0], np.cumsum(own)))
    still = np.flatnonzero(~_moving(t, d, np.ones(201, bool)))
    assert len(still) == 0, "stuttering is no row of stops"
    assert len(_moving(np.array([0.0]), np.array([0.0]), np.ones(1, bool))) == 0


def test_stops_are_joined_within_a_minute_and_100_metres():
    def stops(gap_s: int, speed: float) -> list[float]:
        made = np.concatenate([np.full(100, 3.0), np.zeros(40), np.full(gap_s, speed), np.zeros(40), np.full(100, 3.0)])
        return stops_of(track_of(made), race())["seconds"].tolist()

    assert stops(59, 1.0) == [80.0]
    assert stops(60, 1.0) == [40.0, 40.0]
    assert stops(40, 2.49) == [80.0]
    assert stops(40, 2.51) == [40.0, 40.0]


def test_a_stop_that_is_listed_lasts_half_a_minute():
    def listed(seconds: int, **given) -> pd.DataFrame:
        made = np.concatenate([np.full(100, 3.0), np.zeros(seconds), np.full(400, 3.0)])
        return stops_of(track_of(made, **given), race(checkpoints=given_points))

    given_points = checkpoint_table(pd.DataFrame({"name": ["A", "B"], "distance_m": [800.0, 1500.0]}))
    assert listed(29).empty
    found = listed(30)
    assert found[["stop", "start_s", "seconds", "distance_m", "checkpoint"]].to_numpy().tolist() == [
        [1, 100.0, 30.0, 300.0, "A"]
    ], "a checkpoint 500 m away lends its name"
    given_points = checkpoint_table(pd.DataFrame({"name": ["A"], "distance_m": [800.1]}))
    assert listed(30)["checkpoint"].tolist() == [""]
    assert [bool(listed(30, usual_step_s=s)["certain"].iloc[0]) for s in (10.0, 10.1)] == [True, False]


# --- the way and the clock --------------------------------------------------------------------------------------------


def frame_of(way, step_s=1.0) -> pd.DataFrame:
    time = pd.Timestamp("2026-11-01 08:00", tz="UTC") + pd.to_timedelta(np.arange(len(way)) * step_s, unit="s")
    return pd.DataFrame({"time": time, "distance_m": np.asarray(way, float)})


@pytest.mark.parametrize(
    ("leap", "step_s", "kept"), [(200.0, 1.0, 200.0), (201.0, 1.0, 3.0), (241.0, 20.0, 60.0), (240.0, 20.0, 240.0)]
)
def test_a_leap_is_200_m_and_12_metres_a_second(leap, step_s, kept):
    way = np.concatenate([np.arange(0, 300, 3 * step_s), 300 - 3 * step_s + leap + np.arange(0, 300, 3 * step_s)])
    said: list[str] = []
    total = _way(frame_of(way, step_s), said)[-1]
    assert total == pytest.approx(way[-1] - leap + kept)
    assert len(said) == int(kept != leap)


def test_speed_makes_the_way_where_there_is_nothing_else():
    frame = frame_of(np.full(4, np.nan)).assign(speed_mps=[3.0, 4.0, np.nan, 5.0])
    assert _way(frame, []).tolist() == [0.0, 3.0, 7.0, 7.0]
    frame["time"] += pd.to_timedelta([0, 29, 58, 88], unit="s")  # steps of 30, 30 and 31 s
    assert _way(frame, [])[-1] == 0.0
    frame["time"] -= pd.to_timedelta([0, 1, 2, 3], unit="s")
    assert _way(frame, []).tolist() == [0.0, 87.0, 203.0, 203.0]


def finished(seconds=3600, speed=2.5, end_still=0, **given) -> Track:
    own = np.concatenate([np.full(seconds, speed), np.zeros(end_still)])
    t, d = np.arange(len(own) + 1.0), np.concatenate(([0.0], np.cumsum(own)))
    ones = np.ones(len(t))
    return _finished(race(**given), t, d, ones > 0, ones.astype(int), {}, ones * 0, ones, [], pd.NaT, math.nan)


def test_the_watch_that_ran_on_is_cut_after_the_line():
    line = 3600 - 20
    official = line / 1.003
    assert finished(official_time_s=official + 0.1, distance_m=8900.0).seconds == 3600.0
    cut = finished(official_time_s=official - 0.1, distance_m=8900.0)
    assert cut.seconds == math.ceil(official - 0.1) and len(cut.repairs) == 1
    # 97 % of the way must have been covered at the official time
    assert finished(official_time_s=3000.0, distance_m=7500.0 / 0.97 - 1).seconds == 3000.0
    assert finished(official_time_s=3000.0, distance_m=7500.0 / 0.97 + 1).seconds == 3600.0
    assert finished(official_time_s=3000.0, distance_m=7500.0, finished=False).seconds == 3600.0


def test_standing_at_the_end_is_cut_from_two_minutes():
    assert finished(end_still=119).seconds == 3719.0
    cut = finished(end_still=120)  # counted from the last 5 m on
    assert cut.seconds == 3599.0 and len(cut.repairs) == 1


def test_a_distance_within_12_per_cent_is_stretched():
    assert finished(distance_m=9000 / 1.1199).scale == pytest.approx(1 / 1.1199)
    assert finished(distance_m=9000 / 1.1201).scale == 1.0
    assert finished(distance_m=9000 / 1.1201).metres == 9000.0
    assert finished(distance_m=9000 / 1.05, finished=False).scale == 1.0


def test_official_passages_pin_the_way():
    t = np.arange(3601.0)

    def pinned(metres: float, arrival: float = 1800.0) -> float:
        points = checkpoint_table(pd.DataFrame({"name": ["A"], "distance_m": [metres], "arrival": [arrival]}))
        return float(_anchored(race(checkpoints=points), t, t * 2.5, 1.0)[int(arrival)])

    assert pinned(4500 * 1.1199) == pytest.approx(4500 * 1.1199)
    assert pinned(4500 * 1.1201) == 4500.0
    assert pinned(110.0, 40.0) == 100.0, "a place of the first 100 m pins nothing"
    assert pinned(110.0, 41.0) == pytest.approx(110.0)


# --- splits -----------------------------------------------------------------------------------------------------------


def test_how_long_a_split_is():
    assert [split_length(race(distance_m=m)) for m in (3100.0, 3100.1, 59_999.0, 60_000.0)] == [400, 1000, 1000, 5000]
    assert split_length(race(), metres=2000.0) == 400.0


def test_the_last_split_is_shorter_or_joins():
    ends = lambda metres: race_splits(track_of(np.full(metres // 5, 5.0)), race(), length_m=1000.0)["end_m"].tolist()  # noqa: E731
    assert ends(2025) == [1000.0, 2000.0, 2025.0]
    assert ends(2020) == [1000.0, 2000.0], "2 % of a split is none"
    assert ends(2015) == [1000.0, 2015.0]


def test_a_split_by_hand():
    speed = np.concatenate([np.full(200, 5.0), np.zeros(50), np.full(250, 4.0)])
    track = track_of(speed, factor=1.1, heart_rate_bpm=np.where(np.arange(500) < 200, 150.0, 160.0))
    points = checkpoint_table(pd.DataFrame({"name": ["A"], "distance_m": [1019.0], "arrival": [200.0]}))
    found = race_splits(track, race(checkpoints=points), length_m=1000.0)
    assert found["time_s"].tolist() == [200.0, 300.0]
    assert found["moving_s"].tolist() == [200.0, 250.0]
    assert found["stopped_s"].tolist() == [0.0, 50.0]
    assert found["speed_mps"].tolist() == [5.0, 4.0]
    assert found["graded_speed_mps"].to_numpy() == pytest.approx([5.5, 4.4])
    assert found["heart_rate_bpm"].tolist() == [150.0, 160.0]
    assert found["time_from"].tolist() == ["official", "watch"]


# --- pacing -----------------------------------------------------------------------------------------------------------


def paced(paces_s_per_km, *, km: float = 1.0, kind="road", history=None, step_s=0.1) -> pd.DataFrame:
    """Pacing of pieces of so many km at these paces."""
    speed = np.concatenate([np.full(round(p * km / step_s), 1000.0 / p) for p in paces_s_per_km])
    track = track_of(speed, step_s=step_s)
    return pacing(track, race(distance_m=track.metres, kind=kind), history=history)


def test_halves_and_openings_by_hand():
    found = paced([280.0] * 5 + [320.0] * 15)
    assert found.loc["half_split", "value"] == pytest.approx(100 * (3200 / 3000 - 1))
    mean = 20_000 / 6200
    assert found.loc["first_quarter_bias", "value"] == pytest.approx(100 * (1000 / 280 / mean - 1))
    assert found.loc["first_5_km_bias", "value"] == pytest.approx(100 * (1000 / 280 / mean - 1))
    speeds = np.array([1000 / 280] * 5 + [1000 / 320] * 15)
    assert found.loc["variability", "value"] == pytest.approx(100 * speeds.std(ddof=1) / speeds.mean(), rel=1e-3)


def test_which_measures_a_length_has():
    measures = lambda n, **given: set(paced([250.0] * n, step_s=0.5, **given).index)  # noqa: E731
    halves = {"half_split", "first_quarter_bias"}
    assert measures(3, km=0.5) == set(), "1,500 m"
    assert measures(4, km=0.4) == halves
    assert measures(4) == halves
    assert measures(5) == {*halves, "variability"}
    assert measures(11) == {*halves, "variability"}
    assert measures(12) == {*halves, "variability", "first_5_km_bias"}
    assert measures(17) == measures(12)
    walls = {"wall_1_km", "wall_5_km", "wall_variability_1_km", "wall_variability_5_km"}
    assert measures(18) == measures(12) | walls
    assert measures(18, kind="trail") == measures(12)


@pytest.mark.parametrize(("n", "judged"), [(29, False), (30, True), (45, True), (46, False)])
def test_a_wall_is_judged_from_30_to_45_km(n, judged):
    found = paced([250.0] * n, step_s=0.5)
    if n == 46:
        assert "wall_1_km" not in found.index, "an ultra"
    else:
        assert (found.loc["wall_1_km", "met"] == "no") is judged


def test_the_wall_of_five_kilometres_and_where_it_began():
    base = [300.0] * 40
    for slower, met in ((7.2, "no"), (7.4, "yes")):
        slow = [*base[:30], *([300.0 * (1 + slower / 100)] * 5), *base[35:]]
        assert paced(slow).loc["wall_5_km", "met"] == met
    # the five before stand against a rest of six at 300 and one at 336: from half the criterion on they belong to it
    for before, began in ((316.2, 30_000.0), (316.4, 25_000.0)):
        assert paced([300.0] * 25 + [before] * 5 + [336.0] * 5 + [300.0] * 5).loc["wall_5_km", "from_m"] == began


@pytest.mark.parametrize(
    ("measure", "edge", "km"), [("wall_variability_1_km", 0.0532, 1), ("wall_variability_5_km", 0.0346, 5)]
)
def test_the_published_spread_of_a_wall(measure, edge, km):
    n = 40 // km
    for share, met in ((0.997, "no"), (1.003, "yes")):
        off = share * edge / math.sqrt(n / (n - 1))
        paces = np.repeat([300.0 * (1 + sign * off) for sign in (1, -1) * (n // 2)], km)
        found = paced(paces.tolist())
        assert found.loc[measure, "value"] == pytest.approx(share * edge, rel=1e-3)
        assert found.loc[measure, "met"] == met


def test_own_earlier_races_give_a_middle_and_from_three_a_band():
    history = pd.DataFrame({"half_split": [1.0, 2.0]}).reindex(columns=[*empty_history().columns])
    found = paced([300.0] * 5, history=history).loc["half_split"]
    assert (found["own_median"], found["n"]) == (1.5, 2.0) and math.isnan(found["own_low"])
    history = pd.DataFrame({"half_split": [1.0, 2.0, 3.0]}).reindex(columns=[*empty_history().columns])
    found = paced([300.0] * 5, history=history).loc["half_split"]
    assert (found["own_low"], found["own_high"]) == pytest.approx((1.2, 2.8))


def test_an_opening_habit_leans_on_four_races():
    habit = lambda *bias: opening_habit(pd.DataFrame({"first_quarter_bias": bias}))  # noqa: E731
    assert habit(4.0) == pytest.approx(((4 * 0.015 + 0.02) / 5, 0.03))
    assert habit(*[30.0] * 8)[0] == 0.08
    assert habit(*[-20.0] * 8)[0] == -0.03


@pytest.mark.parametrize(
    ("given", "ultra"),
    [
        ((45_000.0,), False),
        ((45_001.0,), True),
        ((42_195.0, "road", 21_600.0), False),
        ((42_195.0, "road", 21_601.0), True),
        ((5000.0, "fell"), True),
        ((5000.0, "mountain"), True),
    ],
)
def test_what_an_ultra_is(given, ultra):
    assert is_ultra(*given) is ultra


# --- grounds ----------------------------------------------------------------------------------------------------------


def test_grounds_part_at_three_per_cent():
    grade = np.repeat([0.03, 0.031, -0.03, -0.029], 1000)
    found = terrain_fade(track_of(np.full(4000, 3.0), grade=grade)).groupby("ground")["seconds"].sum()
    assert found.to_dict() == {"downhill": 1000.0, "flat": 2000.0, "uphill": 1000.0}


def test_fade_needs_more_than_an_hour():
    assert terrain_fade(track_of(np.full(3600, 3.0))).empty
    assert len(terrain_fade(track_of(np.full(3601, 3.0)))) == 9


def test_fade_by_hand():
    track = track_of(np.concatenate([np.full(1500, 4.0), np.full(2000, 3.0), np.full(3000, 2.0)]), factor=1.2)
    found = terrain_fade(track).query("ground == 'flat'")
    assert found["speed_mps"].to_numpy() == pytest.approx([4.0, 3.0, 2.0])
    assert found["graded_speed_mps"].to_numpy() == pytest.approx([4.8, 3.6, 2.4])
    assert found["change_pct"].to_numpy() == pytest.approx([0.0, -25.0, -50.0])
    assert found["n"].tolist() == [6, 7, 11], "pieces of 5 min that it touches"


@pytest.mark.parametrize(
    ("first_s", "later_s", "pieces", "known"),
    [(59, 300, 3, False), (60, 300, 3, True), (60, 180, 3, True), (60, 179, 3, False), (60, 300, 2, False)],
)
def test_a_change_needs_a_minute_before_and_three_after_in_three_pieces(first_s, later_s, pieces, known):
    grade = np.zeros(6000)
    grade[100 : 100 + first_s] = 0.05
    for k in range(pieces):  # each inside 5 min of its own
        begin = 4250 + 600 * k
        grade[begin : begin + later_s // pieces + (later_s % pieces if k == 0 else 0)] = 0.05
    found = terrain_fade(track_of(np.full(6000, 3.0), grade=grade))
    last = found[(found["ground"] == "uphill") & (found["third"] == 3)]
    assert last["change_pct"].notna().item() is known
    assert last["basis"].str.startswith("cannot tell").item() is not known


@pytest.mark.parametrize(
    ("speed", "cadence", "hiked"),
    [
        (3.0, 139.9, 1.0),
        (3.0, 140.0, 0.0),
        (1.9, 150.0, 0.0),
        (1.99, math.nan, 1.0),
        (2.0, math.nan, 0.0),
        (1.9, 0.0, 1.0),
    ],
)
def test_hiking_is_under_140_steps_or_two_metres_a_second(speed, cadence, hiked):
    found = hike_share(track_of(np.full(600, speed), cadence_spm=cadence))
    assert found["share"].tolist() == [hiked]


def test_classes_of_grade_and_the_time_they_need():
    edges = [-0.20, -0.10, -0.03, 0.03, 0.06, 0.10, 0.15, 0.20, 0.30]
    grade = np.concatenate([np.repeat(edges, 40), np.repeat(np.array(edges) + 1e-6, 40)])
    found = hike_share(track_of(np.full(len(grade), 3.0), grade=grade, cadence_spm=100.0))
    assert found["grade_from"].tolist() == [-1.0, *edges] and found["grade_to"].tolist() == [*edges, 1.0]
    assert found["seconds"].tolist() == [40.0, *[80.0] * 8, 40.0]
    assert found["share"].notna().tolist() == [False, *[True] * 8, False], "a share needs a minute"
    short = hike_share(track_of(np.full(1029, 3.0), grade=np.append(np.zeros(1000), np.full(29, 0.5))))
    assert len(short) == 1
    assert len(hike_share(track_of(np.full(1030, 3.0), grade=np.append(np.zeros(1000), np.full(30, 0.5))))) == 2


def test_legs_without_checkpoints_are_tenths_from_40_km():
    legs = lambda metres: len(legs_of(track_of(np.full(metres // 10, 10.0)), race(), pd.DataFrame()))  # noqa: E731
    assert (legs(39_990), legs(40_000)) == (5, 10)


def test_a_window_widens_from_the_middle():
    forecast = SimpleNamespace(is_known=True, value=36_000.0, high=39_600.0, low=33_000.0)
    found = legs_of(track_of(np.full(4000, 10.0)), race(), pd.DataFrame(), forecast=forecast)
    share = 0.5
    middle, doubt = 36_000 * share**1.02, math.hypot(math.log(1.1), 0.025)
    assert found["window_low_s"].iloc[4] == pytest.approx(middle * math.exp(-doubt))
    assert found["window_high_s"].iloc[[4, 9]].to_numpy() == pytest.approx([middle * math.exp(doubt), 39_600.0])
    assert found["inside_window"].eq("before").all()


def test_standing_within_500_m_belongs_to_the_checkpoint():
    speed = np.concatenate([np.full(1000, 5.0), np.zeros(100), np.full(1000, 5.0)])
    for at, standing in ((5500.0, 100.0), (5501.0, 0.0)):
        points = checkpoint_table(pd.DataFrame({"name": ["A"], "distance_m": [at]}))
        own = race(checkpoints=points)
        track = track_of(speed)
        legs = legs_of(track, own, stops_of(track, own))
        assert legs["checkpoint"].tolist() == ["A", "Finish"]
        assert legs["stopped_s"].tolist() == [standing, 0.0]
    points = checkpoint_table(pd.DataFrame({"name": ["A"], "distance_m": [9600.0]}))
    for last, legs in ((9600.0, 1), (9599.0, 2)):  # within 1 % and 300 m it is the finish
        points = checkpoint_table(pd.DataFrame({"name": ["A"], "distance_m": [last]}))
        assert len(legs_of(track_of(speed), race(checkpoints=points), pd.DataFrame())) == legs


# --- night ------------------------------------------------------------------------------------------------------------


def test_the_dark_is_told_from_a_quarter_of_an_hour():
    def lines(seconds: int) -> int:
        dark = np.arange(8001) < seconds
        return len(night_effect(track_of(np.full(8000, 3.0)), dark)[0])

    assert (lines(899), lines(900)) == (0, 3)


def test_dark_against_light_by_hand():
    speed = np.where(np.arange(14_400) < 7200, 3.0, 2.7)
    table, spans = night_effect(track_of(speed, factor=1.1), np.arange(14_401) >= 7200)
    assert table["seconds"].tolist()[:2] == [7200.0, 7200.0]
    assert table["graded_speed_mps"].tolist()[:2] == pytest.approx([3.3, 2.97])
    assert table["change_pct"].iloc[2] == pytest.approx(-10.0, abs=1e-3)
    assert spans.iloc[0].tolist() == pytest.approx([7200.0, 14_400.0, 21_600.0, 21_600.0 + 2.7 * 7200])
    # twelve pieces of more than five minutes, three of them in the dark and three in the light
    for seconds, dark_s, known in (
        (7200, 1799, True),
        (7200, 1798, False),
        (7200, 5399, True),
        (7200, 5401, False),
        (6900, 1800, True),
        (6899, 1800, False),
    ):
        row = night_effect(track_of(np.full(seconds, 3.0)), np.arange(seconds + 1) < dark_s)[0].iloc[2]
        assert math.isfinite(row["change_pct"]) is known, (seconds, dark_s)
    stood = np.where((np.arange(7200) >= 3000) & (np.arange(7200) < 3300), 0.0, 3.0)
    row = night_effect(track_of(stood), np.arange(7201) < 1799)[0].iloc[2]
    assert math.isfinite(row["change_pct"]), "pieces are of time on the move"


def test_a_night_that_costs_nothing_is_rarely_called_slower():
    said, seen = [], []
    dark = (np.arange(86_401) > 30_000) & (np.arange(86_401) < 60_000)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        wander = np.zeros(145)
        for i in range(1, 145):
            wander[i] = 0.6 * wander[i - 1] + rng.normal(0, 0.04)
        speed = 2.5 * np.exp(np.repeat(wander, 600)[:86_400])
        for cost, out in ((1.0, said), (0.85, seen)):
            row = night_effect(track_of(speed * np.where(dark[:-1], cost, 1.0)), dark)[0].iloc[2]
            out.append(not row["low"] <= 0 <= row["high"])
        assert "; 95 %)" in row["words"]
    assert np.mean(said) <= 0.05 and np.mean(seen) >= 0.9, (np.mean(said), np.mean(seen))


# --- drift ------------------------------------------------------------------------------------------------------------


def laps_log(*more: dict, n: int = 30, spread: float = 0.5) -> Log:
    """Laps a beat off the line 80 + 20 v, with v from 3 m/s on; then others, changed as told."""
    speeds = 3.0 + spread * np.arange(n) / (n - 1)
    off = [*np.tile([1.0, -1.0, -1.0, 1.0], 7), 0.0, 0.0]
    rows = [
        {"average_speed_mps": v, "average_heart_rate_bpm": 80 + 20 * v + e} for v, e in zip(speeds, off, strict=False)
    ]
    rows += [{"average_speed_mps": 3.2, "average_heart_rate_bpm": 144.0} | row for row in more]
    laps = pd.DataFrame(rows)
    days = laps.get("day", pd.Series(np.nan, laps.index)).fillna(10)
    runs = pd.DataFrame(
        {
            "activity_id": [f"r{k}" for k in range(len(laps))],
            "athlete": "kim",
            "sport": "running",
            "sub_sport": laps.get("sub_sport", pd.Series("", laps.index)).fillna(""),
            "date": DAY - pd.to_timedelta(days, unit="D"),
        }
    )
    laps = laps.assign(activity_id=runs["activity_id"], lap=1)
    laps["distance_m"] = laps["distance_m"].fillna(1000.0) if "distance_m" in laps else 1000.0
    return Log(runs, laps=laps)


def test_which_laps_tell_what_is_usual():
    assert usual_for_pace(laps_log(), "heart_rate_bpm", on=DAY).laps == 30
    assert usual_for_pace(laps_log(n=29), "heart_rate_bpm", on=DAY) is None
    for row, counts in (
        ({"distance_m": 499.0}, 0),
        ({"distance_m": 500.0}, 1),
        ({"distance_m": 10_000.0}, 1),
        ({"distance_m": 10_001.0}, 0),
        ({"average_speed_mps": 0.79, "average_heart_rate_bpm": 96.0}, 0),
        ({"average_speed_mps": 0.8, "average_heart_rate_bpm": 96.0}, 1),
        ({"average_speed_mps": 7.0}, 1),
        ({"average_speed_mps": 7.1}, 0),
        ({"day": 112}, 1),
        ({"day": 113}, 0),
        ({"day": 0}, 0),
        ({"sub_sport": "treadmill"}, 0),
        ({"average_heart_rate_bpm": 0.0}, 0),
    ):
        found = usual_for_pace(laps_log(row), "heart_rate_bpm", on=DAY)
        assert found.laps == found.runs == 30 + counts, row
    # thirty speeds in even steps scatter by 0.3036 of their range
    assert usual_for_pace(laps_log(spread=0.164), "heart_rate_bpm", on=DAY) is None, "no spread of speeds"
    assert usual_for_pace(laps_log(spread=0.166), "heart_rate_bpm", on=DAY) is not None


def changed(left: list[float], channel: str = "cadence_spm", seconds: float = 3600.0, lean: float = 0.0) -> dict:
    return _change(channel, "", np.array(left), lean * np.arange(len(left)), seconds, "")


def test_drift_is_the_last_third_less_the_first():
    left = [0.0, 1.0, -1.0, 5.0, 5.0, 5.0, 9.0, 11.0, 10.0]
    row = changed(left)
    assert row["value"] == 10.0 and row["n"] == 9 and row["level"] == 0.95
    assert row["high"] - row["value"] == pytest.approx(row["value"] - row["low"]) == pytest.approx(7.2275, abs=1e-3)
    assert math.isnan(changed(left[:5])["value"])
    assert math.isfinite(changed(left[:6])["value"])
    for seconds, known in ((21_600.0, True), (21_601.0, False)):
        assert math.isfinite(changed(left, "heart_rate_bpm", seconds)["value"]) is known
    assert math.isfinite(changed(left, seconds=50_000.0)["value"])


def test_drift_of_a_steady_rise_is_sure_and_a_doubtful_rise_with_pace_counts():
    rise = list(np.linspace(0, 9, 12))
    assert changed(rise)["high"] - changed(rise)["low"] < 1e-6, "a rise within a third is no noise"
    half = changed(rise, lean=0.1)["high"] - changed(rise, lean=0.1)["value"]
    assert half == pytest.approx(2.5706 * 0.8, rel=1e-3)  # t at 97.5 % with 8 - 3 = 5 degrees; eight splits apart


def test_without_training_the_first_third_is_the_usual():
    heart = np.repeat([140.0, 142.0, 144.0, 150.0, 150.0, 150.0, 160.0, 160.0, 160.0], 250)
    track = track_of(np.full(2250, 4.0), heart_rate_bpm=heart)
    splits = race_splits(track, race(), length_m=1000.0)
    drift, summary = race_drift(track, race(), splits)
    assert drift["expected"].unique() == pytest.approx([142.0])
    assert (drift["high"] - drift["expected"]).iloc[0] == pytest.approx(1.2816 * 0.072 * heart.mean(), rel=1e-4)
    assert drift["outside"].tolist() == [False] * 6 + [True] * 3
    assert summary["value"].tolist() == [pytest.approx(18.0)]
    assert race_drift(track, race(), splits.iloc[:3])[0].empty, "four splits are needed"


# --- the data ---------------------------------------------------------------------------------------------------------


def severities(track: Track, **given) -> dict[str, str]:
    found = data_check(track, race(**given))
    return dict(zip(found["check"], found["severity"], strict=True))


def test_what_the_check_of_the_data_says():
    heart = np.full(1000, 150.0)
    said = lambda gone: severities(  # noqa: E731
        track_of(np.full(1000, 4.0), heart_rate_bpm=np.where(np.arange(1000) < gone, np.nan, heart))
    ).get("heart rate")
    assert [said(n) for n in (60, 61, 200, 201)] == [None, "note", "note", "matters"]
    sparse = lambda s: "sampling" in severities(track_of(np.full(1000, 4.0), usual_step_s=s))  # noqa: E731
    assert (sparse(4.0), sparse(4.1)) == (False, True)
    for seconds, word in ((1004.0, None), (1005.0, "note"), (995.0, "note"), (1010.2, "matters")):
        found = severities(track_of(np.full(1000, 4.0)), official_time_s=seconds, distance_m=4000.0)
        assert found.get("time") == word, seconds
    part = lambda share: severities(  # noqa: E731
        track_of(np.full(1000, 4.0), altitude_m=np.where(np.arange(1000) < 1000 * share, 100.0, np.nan))
    ).get("altitude")
    assert (part(0.049), part(0.05)) == ("matters", None)


def test_the_watch_beside_the_official_distance():
    def said(watch: float, scale: float) -> str | None:
        track = replace(track_of(np.full(1000, 10.0)), watch_distance_m=watch, scale=scale)
        return severities(track, distance_m=10_000.0).get("distance")

    assert said(10_100.0, 0.99) == "note"
    assert said(10_101.0, 0.99) == "matters"
    assert said(10_050.0, 1.0) == "note"
    assert said(10_051.0, 1.0) == "matters"


# --- build and disruptions --------------------------------------------------------------------------------------------


def test_race_pace_is_within_three_per_cent():
    held = pd.DataFrame(
        {"activity_id": ["a"] * 4, "channel": "speed_mps", "value": [4.1199, 4.1201, 3.8801, 3.8799], "seconds": 100.0}
    )
    log = SimpleNamespace(histograms=held, activities=pd.DataFrame({"activity_id": ["a"], "date": [DAY]}))
    assert _pace_metres(log, 4.0).tolist() == pytest.approx([411.99 + 388.01])
    assert _pace_metres(log, 4.0).index.tolist() == [DAY]
    assert _pace_metres(log, math.nan).empty


def built(distance_m: float, longest: float, weeks: int = 4) -> pd.DataFrame:
    week = {"build": "this", "run_distance_m": 40_000.0, "longest_run_m": longest, "race_pace_m": 1000.0}
    week |= {"run_ascent_m": 100.0, "days_off": 3.0, "strength": 1.0, "sleep_h": 7.5}
    return build_summary(pd.DataFrame([week] * weeks), race(distance_m=distance_m))


@pytest.mark.parametrize(
    ("distance", "far"),
    [(30_001.0, 28_000.0), (30_000.0, 19_500.0), (20_000.0, 13_000.0), (10_000.0, 12_000.0), (math.nan, 15_000.0)],
)
def test_how_far_a_long_run_is(distance, far):
    assert built(distance, far).loc["long_runs", "this"] == 4.0
    assert "long_runs" not in built(distance, far - 1).index


def test_a_build_is_summed_from_four_weeks():
    found = built(42_195.0, 30_000.0)["this"]
    assert found["distance"] == 160_000.0 and found["weekly"] == 40_000.0 and found["longest"] == 30_000.0
    assert found["race_pace"] == 4000.0 and found["ascent"] == 400.0 and found["days_off"] == 12.0
    assert found["strength"] == 4.0 and found["sleep"] == 7.5
    assert built(42_195.0, 30_000.0, weeks=3).empty


def days_log(days_before, events=None, **given) -> Log:
    runs = pd.DataFrame({"date": [DAY - pd.Timedelta(days=int(d)) for d in days_before]})
    runs = runs.assign(activity_id=[f"r{k}" for k in runs.index], athlete="kim", sport="running", distance_m=10_000.0)
    return Log(runs, events=events, athletes={"kim": Athlete("kim")}, **given)


def test_a_stop_of_the_build_is_seven_days_within_sixteen_weeks():
    stop = disruptions(days_log([*range(112, 30, -1), *range(22, 0, -1)]), race())
    assert stop[["days", "days_off", "kind"]].to_numpy().tolist() == [[8, 8, "no runs"]]
    assert stop["start"].tolist() == [DAY - pd.Timedelta(days=30)]
    assert stop["weeks_to_race"].item() == pytest.approx(23 / 7)
    assert len(disruptions(days_log([*range(112, 30, -1), *range(23, 0, -1)]), race())) == 1
    assert disruptions(days_log([*range(112, 30, -1), *range(24, 0, -1)]), race()).empty
    assert disruptions(days_log([130, 112, *range(111, 0, -1)]), race()).empty, "before the sixteen weeks"


def test_an_illness_of_the_build():
    def ill(start: int, end: int | None) -> pd.DataFrame:
        day = lambda n: pd.NaT if n is None else DAY - pd.Timedelta(days=n)  # noqa: E731
        events = pd.DataFrame({"athlete": ["kim"], "kind": ["ill"], "start": [day(start)], "end": [day(end)]})
        return disruptions(days_log(range(150, 0, -1), events), race())

    assert ill(120, 113).empty
    found = ill(120, 112)
    assert found[["days", "days_off"]].to_numpy().tolist() == [[9, 8]], "the run of its last day counts"
    assert ill(10, None)["days"].tolist() == [1]
    assert ill(3, -4)["days"].tolist() == [3], "race day is no day of the build"
    assert ill(-1, -4).empty


# --- recovery ---------------------------------------------------------------------------------------------------------


def test_usual_mornings_lie_in_the_six_weeks_before_race_week():
    def usual(days) -> dict:
        rows = pd.DataFrame({"athlete": "kim", "date": [DAY - pd.Timedelta(days=d) for d in days]})
        log = days_log([1], wellness=rows.assign(soreness=[float(d) for d in days]))
        return _usual(log, race(), "soreness")

    found = usual(range(1, 60))
    assert (found["n"], found["usual"]) == (42, 28.5), "days 8 to 49"
    assert (found["low"], found["high"]) == pytest.approx((12.1, 44.9))
    assert math.isnan(usual(range(8, 14))["usual"]) and usual(range(8, 14))["n"] == 6
    assert usual(range(8, 15))["usual"] == 11.0


def test_days_until_eighty_per_cent_of_the_usual_week():
    """Ten km a day for nine weeks up to a race 100 days ago, then shorter ones."""

    def back(share: float, race_m: float = 21_097.5, ago: int = 100) -> dict:
        days = [*range(ago + 63, ago, -1), *range(ago - 3, 0, -1)]
        log = days_log(days)
        before = log.activities["date"] < DAY - pd.Timedelta(days=ago)
        log.activities["distance_m"] = np.where(before, 10_000.0, 10_000.0 * share)
        races = {"athlete": ["kim"], "date": [DAY - pd.Timedelta(days=ago)], "distance_m": [race_m]}
        log.races = Log(races=pd.DataFrame(races | {"official_time_s": [6000.0]})).races
        return _own_history(log, race(distance_m=42_195.0))

    assert back(1.0)["words"].startswith("After 1 earlier race of like length the first run came after 3 days")
    # weeks of 70 km: 56 are eight tenths of it, six days of ten after the two without
    assert back(1.0)["usual"] == 8.0
    assert back(0.801)["usual"] == 9.0
    assert math.isnan(back(0.799)["usual"])
    assert back(1.0, race_m=21_097.0)["n"] == 0, "half the distance"
    assert back(1.0, ago=22)["n"] == 1 and back(1.0, ago=21)["n"] == 0


def test_a_planned_arrival_finds_its_checkpoint_within_500_m():
    own = checkpoint_table(pd.DataFrame({"name": ["A"], "distance_m": [10_000.0]}))
    for metres, found in ((10_499.0, 3600.0), (10_500.0, math.nan)):
        planned = pd.DataFrame({"distance_m": [metres], "planned_arrival_s": [3600.0]})
        assert with_plan(own, planned)["planned_arrival_s"].tolist() == pytest.approx([found], nan_ok=True)
