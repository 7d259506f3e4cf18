"""Where loads, spikes, weeks and their patterns begin and end: exact values beside each edge."""

import math

import numpy as np
import pandas as pd
import pytest

from runlab import load, zones
from runlab.errors import SettingsError
from runlab.load.methods import edwards_weight, trimp_per_minute
from runlab.load.spikes import HAZARD_BANDS

MONDAY = pd.Timestamp("2026-01-05")


def daily(loads, *, start=MONDAY, name="load", **columns):
    dates = pd.date_range(start, periods=len(loads))
    return pd.DataFrame({"athlete": "kim", "date": dates, name: np.asarray(loads, float)} | columns)


# --- methods ----------------------------------------------------------------------------------------------------------


def test_edwards_counts_a_minute_from_none_to_five():
    beats = [99.9, 100, 119.9, 120, 139.9, 140, 159.9, 160, 179.9, 180, 199, 200, 219, 240]
    assert edwards_weight(beats, 200).tolist() == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5]
    assert load.edwards_trimp([110, np.nan, 0, 190], [2, 50, 50, 3], max_heart_rate_bpm=200) == 17.0
    assert math.isnan(load.edwards_trimp([np.nan, 0], [1, 1], max_heart_rate_bpm=200))
    with pytest.raises(SettingsError):
        load.edwards_trimp([110], [1], max_heart_rate_bpm=0)


def test_no_minute_is_negative_and_no_heart_beats_2000_times():
    rest = {"resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190}
    for act in (
        lambda: load.banister_trimp([150], [-1], **rest),
        lambda: load.edwards_trimp([150], [-0.1], max_heart_rate_bpm=190),
        lambda: load.lucia_trimp([-1, 2, 3]),
        lambda: load.session_rpe(5, [30, -30]),
        lambda: load.running_stress(3, -10, threshold_speed_mps=4),
    ):
        with pytest.raises(SettingsError, match="minutes must not be below 0; found -"):
            act()
    for act in (
        lambda: load.banister_trimp([150, 251], 1, **rest),
        lambda: load.edwards_trimp([2000], [1], max_heart_rate_bpm=190),
        lambda: load.banister_trimp(150, 1, resting_heart_rate_bpm=50, max_heart_rate_bpm=251),
        lambda: zones.heart_rate_zones(max_heart_rate_bpm=251),
        lambda: zones.heart_rate_zones("friel_lthr", threshold_heart_rate_bpm=1700),
    ):
        with pytest.raises(SettingsError, match="heart_rate_bpm holds .*no heart beats faster than 250 a minute"):
            act()
    assert load.banister_trimp([250], 0, **rest) == 0.0 and load.edwards_trimp(250, 2, max_heart_rate_bpm=250) == 10.0
    with pytest.raises(SettingsError, match="speed_mps must not be below 0; found -3"):
        load.running_stress(-3, 10, threshold_speed_mps=4)
    with pytest.raises(SettingsError, match="trimp must not be below 0; found -5"):
        load.heart_rate_stress([1, -5], threshold_heart_rate_bpm=170, **rest)
    for threshold in (50, 191):
        with pytest.raises(SettingsError, match="must lie between"):
            load.heart_rate_stress(1, threshold_heart_rate_bpm=threshold, **rest)
    assert load.heart_rate_stress(1, threshold_heart_rate_bpm=190, **rest) > 0


def test_banister_by_hand():
    # x = 0.5: 0.5 * 0.64 * e^0.96 and 0.5 * 0.86 * e^0.835
    men = load.banister_trimp(125, 10, resting_heart_rate_bpm=60, max_heart_rate_bpm=190)
    women = load.banister_trimp(125, 10, resting_heart_rate_bpm=60, max_heart_rate_bpm=190, coefficients=(0.86, 1.67))
    assert men == pytest.approx(3.2 * math.exp(0.96), rel=1e-12)
    assert women == pytest.approx(4.3 * math.exp(0.835), rel=1e-12)
    assert load.banister_trimp([50, 60], 10, resting_heart_rate_bpm=60, max_heart_rate_bpm=190) == 0.0
    above = trimp_per_minute(212, 60, 190)
    assert above == pytest.approx(152 / 130 * 0.64 * math.exp(1.92 * 152 / 130))
    assert trimp_per_minute(212, 60, 190, clamp=True) == pytest.approx(0.64 * math.exp(1.92))
    there = load.banister_trimp(
        [125, np.nan, 0, 125], [5, 9, 9, np.nan], resting_heart_rate_bpm=60, max_heart_rate_bpm=190
    )
    assert there == pytest.approx(1.6 * math.exp(0.96))
    for rest, top in ((190, 190), (np.nan, 190), (60, np.inf)):
        with pytest.raises(SettingsError):
            load.banister_trimp(125, 10, resting_heart_rate_bpm=rest, max_heart_rate_bpm=top)


def test_stress_scales_are_a_hundred_for_an_hour_at_threshold():
    hour = load.banister_trimp(165, 60, resting_heart_rate_bpm=50, max_heart_rate_bpm=190)
    settings = {"threshold_heart_rate_bpm": 165, "resting_heart_rate_bpm": 50, "max_heart_rate_bpm": 190}
    assert load.heart_rate_stress(hour, **settings) == pytest.approx(100.0)
    assert load.heart_rate_stress([hour / 2, np.nan], **settings)[0] == pytest.approx(50.0)
    with pytest.raises(SettingsError):
        load.heart_rate_stress(hour, **settings | {"threshold_heart_rate_bpm": 50})
    assert load.running_stress(4.0, 60, threshold_speed_mps=4.0) == pytest.approx(100.0)
    assert load.running_stress(2.0, 90, threshold_speed_mps=4.0) == pytest.approx(37.5)
    with pytest.raises(SettingsError):
        load.running_stress(4.0, 60, threshold_speed_mps=0.0)


def test_a_rating_lies_above_0_and_up_to_10():
    assert load.session_rpe([0, 0.5, 10, 10.5, -1], 10)[1:3].tolist() == [5.0, 100.0]
    assert np.isnan(load.session_rpe([0, 10.5, -1], 10)).all()
    assert load.lucia_trimp([10, 20, 30]) == 140.0
    with pytest.raises(SettingsError):
        load.lucia_trimp([1, 2])


# --- the long run -----------------------------------------------------------------------------------------------------


def runs(*rows):
    return pd.DataFrame(rows, columns=["date", "distance_m"]).assign(
        date=lambda f: pd.to_datetime(f["date"]), sport="running", activity_id=lambda f: [str(k) for k in f.index]
    )


LONG_AGO = ("2026-01-01", 500)  # the first 30 days of a log have no reference: this log began long before


@pytest.mark.parametrize(
    ("metres", "band", "ratio"),
    [
        (11_000, "up to +10 %", 1.0),
        (11_001, "+10 to +30 %", 1.64),
        (13_000, "+10 to +30 %", 1.64),
        (13_001, "+30 to +100 %", 1.52),
        (20_000, "+30 to +100 %", 1.52),
        (20_001, "more than double", 2.28),
    ],
)
def test_bands_of_a_spike_hold_their_upper_edge(metres, band, ratio):
    last = load.single_run_spike(runs(LONG_AGO, ("2026-05-01", 10_000), ("2026-05-08", metres))).iloc[-1]
    assert (last["band"], last["hazard_ratio"]) == (band, ratio)


def test_the_published_hazard_ratios():
    assert HAZARD_BANDS[["hazard_ratio_low", "hazard_ratio_high"]].iloc[1:].to_numpy().tolist() == [
        [1.31, 2.05],
        [1.16, 2.0],
        [1.5, 3.48],
    ]
    assert HAZARD_BANDS["above"].tolist() == [0.0, 1.1, 1.3, 2.0]


def test_a_month_before_is_thirty_days_and_not_the_same_day():
    def before(first, last, **options):
        table = runs(LONG_AGO, (first, 10_000), (last, 12_000))
        return load.single_run_spike(table, **options)["longest_before_m"].iloc[-1]

    assert before("2026-05-01", "2026-05-30") == 10_000
    assert np.isnan(before("2026-05-01", "2026-05-31")), "the instant thirty days ago is left out"
    assert np.isnan(before("2026-05-01", "2026-05-01"))
    assert before("2026-05-01", "2026-05-07", days=7) == 10_000
    assert np.isnan(before("2026-05-01", "2026-05-08", days=7))
    with pytest.raises(SettingsError):
        before("2026-05-01", "2026-05-08", days=0)
    early = runs(LONG_AGO, ("2026-05-01", 10_000), ("2026-05-31", 12_000)).assign(
        start_time=pd.to_datetime(["2026-01-01 09:00", "2026-05-01 09:00", "2026-05-31 08:59"], utc=True)
    )
    assert load.single_run_spike(early)["longest_before_m"].iloc[-1] == 10_000


def test_unknown_distances_of_a_month_are_said():
    found = load.single_run_spike(
        runs(LONG_AGO, ("2026-05-01", np.nan), ("2026-05-02", 10_000), ("2026-05-03", 0), ("2026-05-04", 12_000))
    )
    assert found["reason"].tolist()[2:] == [
        "no run in the 30 days before",
        "the run has no distance",
        "a run in the window has no distance: the ratio may read too high",
    ]
    assert found["runs_before"].tolist() == [0, 0, 0, 1, 1]
    assert found["ratio"].iloc[-1] == pytest.approx(1.2)


# --- weeks ------------------------------------------------------------------------------------------------------------


def test_a_week_begins_where_it_is_told_to():
    table = daily(np.arange(14.0))
    assert load.weekly_totals(table)["load"].tolist() == [21.0, 70.0]
    sunday = load.weekly_totals(table, week_start="sunday")
    assert sunday["week"].dt.strftime("%m-%d").tolist() == ["01-04", "01-11"] + ["01-18"]
    assert (sunday["load"].tolist(), sunday["days"].tolist()) == ([15.0, 63.0, 13.0], [6, 7, 1])
    before_1970 = daily(np.ones(7), start=pd.Timestamp("1969-12-29"))
    assert load.weekly_totals(before_1970)["days"].tolist() == [7]


@pytest.mark.parametrize(("base", "known"), [(9_999.0, False), (10_000.0, True)])
def test_a_change_in_per_cent_needs_a_base_of_10_km(base, known):
    metres = np.zeros(14)
    metres[0], metres[7] = base, 12_000.0
    week = load.weekly_totals(daily(metres, name="run_distance_m")).iloc[-1]
    assert week["distance_change_m"] == 12_000.0 - base
    assert np.isfinite(week["distance_change_pct"]) == known
    if known:
        assert week["distance_change_pct"] == pytest.approx(20.0)


def test_changes_are_between_whole_weeks_of_one_athlete():
    metres = daily(np.full(20, 2000.0), name="run_distance_m", start=MONDAY + pd.Timedelta(days=1))
    weeks = load.weekly_totals(metres)
    assert weeks["days"].tolist() == [6, 7, 7]
    assert weeks["distance_change_m"].isna().tolist() == [True, True, False]
    two = pd.concat(
        [
            daily(np.full(7, 2000.0), name="run_distance_m"),
            daily(np.full(7, 3000.0), name="run_distance_m").assign(athlete="bo"),
        ]
    )
    assert load.weekly_totals(two)["distance_change_m"].isna().all()


def test_an_unmeasured_day_makes_a_sum_unknown_but_not_its_low_end():
    loads = np.array([10.0, np.nan, 30, 0, 0, 0, 0])
    week = load.weekly_totals(daily(loads)).iloc[0]
    assert np.isnan(week["load"])
    assert (week["load_low"], week["known_share"]) == (40.0, pytest.approx(2 / 3)), (
        "two of three sessions; a rest day is none"
    )
    assert np.isnan(week["load_high"])
    ends = load.weekly_totals(
        daily(loads, load_low=[8.0, 5, 25, 0, 0, 0, 0], load_high=[12.0, np.nan, 35, 0, 0, 0, 0])
    ).iloc[0]
    assert ends["load_low"] == 38.0
    assert np.isnan(ends["load_high"])


@pytest.mark.parametrize(("last", "lighter"), [(85.0, True), (85.1, False), (0.0, False), (0.1, True)])
def test_a_lighter_week_holds_at_most_85_per_cent(last, lighter):
    loads = np.repeat([100.0, 100.0, 100.0, last], 7) / 7
    found = load.step_back_weeks(daily(loads), measure="load")
    assert found["is_step_back"].tolist() == [False, False, False, lighter]
    assert found["reason"].tolist()[:3] == ["needs 3 measured weeks before it"] * 3
    assert found["reason"].iloc[-1] == ("" if last else "nothing that week: a break")
    assert found["weeks_since"].iloc[-1] == 0 if lighter or not last else np.isnan(found["weeks_since"].iloc[-1])


def test_a_lighter_week_lowers_no_bar_and_the_bar_is_of_three_weeks():
    plain = load.step_back_weeks(daily(np.repeat([100.0, 100.0, 100.0, 80.0, 84.0, 90.0], 7) / 7), measure="load")
    assert plain["is_step_back"].tolist() == [False, False, False, True, True, False]
    assert plain["mean_before"].iloc[3:].round(6).tolist() == [100.0, 100.0, 100.0]
    assert plain["weeks_since"].iloc[3:].tolist() == [0.0, 0.0, 1.0]
    for wrong in ({"drop": 0.0}, {"drop": 1.0}, {"weeks": 0}):
        with pytest.raises(SettingsError):
            load.step_back_weeks(daily(np.ones(7)), measure="load", **wrong)


# --- patterns ---------------------------------------------------------------------------------------------------------


def test_monotony_of_a_week_by_hand():
    week = np.array([10.0, 20, 30, 40, 50, 60, 70])
    table = load.monotony_and_strain(daily(np.concatenate((week, week))))
    assert table["reason"].tolist()[:6] == ["needs 7 days"] * 6
    seventh = table.iloc[6]
    assert seventh["load_sum"] == pytest.approx(280.0)
    assert seventh["monotony"] == pytest.approx(40 / np.std(week, ddof=1))
    assert seventh["strain"] == pytest.approx(280 * 40 / np.std(week, ddof=1))
    population = load.monotony_and_strain(daily(week), sd="population").iloc[-1]
    assert population["monotony"] == pytest.approx(40 / np.std(week))
    with pytest.raises(SettingsError):
        load.monotony_and_strain(daily(week), days=1)
    assert load.monotony_and_strain(daily([1.0, 3.0]), days=2)["monotony"].iloc[-1] == pytest.approx(2 / math.sqrt(2))


def test_equal_days_have_no_monotony_and_unmeasured_days_say_so():
    assert load.monotony_and_strain(daily([0.1] * 7))["reason"].iloc[-1] == "every day of the window is the same"
    holes = load.monotony_and_strain(daily([10, np.nan, 30, 40, 50, 60, 70, 10, 20.0]))
    assert holes["reason"].iloc[-3] == "a day of the window is unmeasured"
    assert holes["reason"].iloc[-1] == ""
    assert holes["known_share"].round(6).tolist()[:3] == [1.0, 0.5, round(2 / 3, 6)]


def test_the_ratio_by_hand():
    loads = np.concatenate((np.full(21, 40.0), np.full(7, 80.0)))
    ratio = {m: load.acute_chronic_ratio(daily(loads), method=m) for m in ("rolling", "uncoupled", "ewma")}
    assert ratio["rolling"]["ratio"].iloc[-1] == pytest.approx(80 / 50)
    assert ratio["uncoupled"]["ratio"].iloc[-1] == pytest.approx(80 / 40)
    acute, chronic = 80 - 40 * 0.75**7, 80 - 40 * (27 / 29) ** 7
    assert ratio["ewma"]["ratio"].iloc[-1] == pytest.approx(acute / chronic)
    assert ratio["rolling"]["reason"].tolist()[:27] == ["needs 28 days"] * 27
    assert ratio["rolling"]["acute"].isna().tolist() == [True] * 27 + [False]
    nothing = load.acute_chronic_ratio(daily(np.zeros(28)))
    assert nothing["reason"].iloc[-1] == "no load in the longer window"
    loads[10] = np.nan
    assert load.acute_chronic_ratio(daily(loads))["reason"].iloc[-1] == "a day of the window is unmeasured"
    for acute_days, chronic_days in ((0, 28), (28, 28)):
        with pytest.raises(SettingsError):
            load.acute_chronic_ratio(daily(loads), acute_days=acute_days, chronic_days=chronic_days)
