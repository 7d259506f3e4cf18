"""Race pictures by their artists and words: fast up, intervals in the ink, bars that add up, home left out."""

from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from made_debriefs import made

from runlab import plots
from runlab.errors import TableError
from runlab.evidence import Estimate
from runlab.plots.race import near_home
from runlab.plots.race.ground import signed
from runlab.plots.race.waterfall import waterfall_answer
from runlab.race.levels import break_at, two_paces
from runlab.units import METRES_PER_MILE


@pytest.fixture(scope="module")
def marathon():
    return made("marathon")


@pytest.fixture(scope="module")
def ultra():
    return made("ultra")


@pytest.fixture(scope="module")
def calls(marathon, ultra):
    """Every race picture once, as a function of the axes."""
    m, u = marathon, ultra
    return {
        "race": lambda ax=None: plots.plot_race(m.splits, track=m.track, drift=m.drift, fuel=m.fuel_marks, ax=ax),
        "race_ultra": lambda ax=None: plots.plot_race(
            u.splits, track=u.track, stops=u.stops, notes=u.notes, dark=u.dark_spans, units="imperial", ax=ax
        ),
        "drift": lambda ax=None: plots.plot_drift(m.drift, ax=ax),
        "waterfall": lambda ax=None: plots.plot_waterfall(
            m.waterfall, reference="goal", order=m.waterfall_order, ax=ax
        ),
        "forecast": lambda ax=None: plots.plot_forecast(m.result_on_forecast, forecast=m.forecast, ax=ax),
        "build": lambda ax=None: plots.plot_build(m.build, disruptions=m.disruptions, best=m.build_best, ax=ax),
        "legs": lambda ax=None: plots.plot_legs(u.legs, units="imperial", ax=ax),
        "terrain_fade": lambda ax=None: plots.plot_terrain_fade(u.terrain_fade, ax=ax),
        "night": lambda ax=None: plots.plot_night(u.track, dark=u.dark_spans, night=u.night, ax=ax),
        "track": lambda ax=None: plots.plot_track(m.track, ax=ax),
        "splits": lambda ax=None: plots.plot_splits(m.splits, ax=ax),
        "fuelling": lambda ax=None: plots.plot_fuelling(m.fuelling, ax=ax),
    }


NAMES = (
    "race",
    "race_ultra",
    "drift",
    "waterfall",
    "forecast",
    "build",
    "legs",
    "terrain_fade",
    "night",
    "track",
    "splits",
    "fuelling",
)


@pytest.mark.parametrize("name", NAMES)
def test_every_race_picture_keeps_the_house_rules(name, calls):
    before = dict(matplotlib.rcParams)
    ax = calls[name]()
    figure = ax.figure
    assert dict(matplotlib.rcParams) == before
    assert figure.get_size_inches()[0] == pytest.approx(7.2)
    assert ax.get_title(loc="left") and len(plots.describe(ax)) > 60
    texts = [t for panel in figure.axes for t in (*panel.texts, *panel.get_xticklabels(), *panel.get_yticklabels())]
    assert min(t.get_fontsize() for t in texts if t.get_text()) >= 7.5
    assert "nan" not in plots.describe(ax) and not any("nan" in t.get_text() for t in texts)
    assert ax.get_legend() is None


@pytest.mark.parametrize("name", NAMES)
def test_no_word_leaves_the_picture(name, calls):
    figure = calls[name]().figure
    figure.canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    for panel in figure.axes:
        for text in [*panel.texts, panel.title, panel._left_title]:
            if text.get_text().strip() and text.get_visible():
                box = text.get_window_extent()
                assert box.x0 > -2 and box.x1 < width + 2 and box.y0 > -2 and box.y1 < height + 2, text.get_text()


@pytest.mark.parametrize("name", NAMES)
def test_axes_that_are_given_are_used(name, calls):
    _, ax = plt.subplots()
    assert calls[name](ax) is ax


def test_nothing_to_draw_says_so_in_every_picture():
    none = pd.DataFrame()
    pictures = [
        plots.plot_race(none),
        plots.plot_drift(none),
        plots.plot_waterfall(none),
        plots.plot_build(none),
        plots.plot_legs(none),
        plots.plot_terrain_fade(none),
        plots.plot_night(none),
        plots.plot_track(none),
        plots.plot_splits(none),
        plots.plot_fuelling(none),
        plots.plot_forecast(none, forecast=Estimate.unknown("needs a race", unit="s")),
    ]
    for ax in pictures:
        title = ax.get_title(loc="left")
        assert title.startswith(("Cannot tell", "No map", "Too few", "Nothing was run")), title
        assert not ax.lines and not ax.collections


def test_a_wrong_table_is_named():
    with pytest.raises(TableError, match="plot_waterfall needs .* missing: kind, low"):
        frame = pd.DataFrame(
            {"component": ["result"], "seconds": [1.0], "high": [1.0], "start_s": [0.0], "end_s": [1.0]}
        )
        plots.plot_waterfall(frame)


def test_pace_runs_fast_up_and_holds_the_splits(marathon):
    ax = plots.plot_race(marathon.splits)
    line = next(line for line in ax.lines if line.get_label() == "pace")
    assert line.get_ydata()[::2] == pytest.approx(marathon.splits["speed_mps"])
    assert ax.get_ylim()[0] < ax.get_ylim()[1]
    ticks = [t.get_text() for t in ax.get_yticklabels()]
    assert ticks[0] < ticks[-1], "the quickest pace is the first tick, at the highest speed"


def test_only_measured_channels_get_a_panel():
    bare, full = made("bare"), made("marathon")
    assert len(plots.plot_race(bare.splits).figure.axes) == 1
    assert len(plots.plot_race(full.splits, track=full.track).figure.axes) == 5


def test_lost_heart_rate_is_a_gap_and_hatched(marathon):
    splits = marathon.splits.copy()
    splits.loc[10:19, "heart_rate_bpm"] = np.nan
    panels = plots.plot_race(splits).figure.axes
    panel = next(p for p in panels if any(line.get_label() == "heart rate" for line in p.lines))
    line = next(line for line in panel.lines if line.get_label() == "heart rate")
    assert np.isnan(line.get_ydata()[20:40]).all() and np.isfinite(line.get_ydata()[:20]).all()
    assert any(patch.get_hatch() for patch in panel.patches)
    assert "lost" in [t.get_text() for t in panel.texts]


def test_splits_outside_the_usual_band_are_hollow(marathon):
    ax = plots.plot_drift(marathon.drift)
    hollow = [line for line in ax.lines if line.get_label() == "_outside"]
    expected = marathon.drift[marathon.drift["outside"] & (marathon.drift["channel"] == "heart_rate_bpm")]
    assert len(hollow) == 1 and len(hollow[0].get_xdata()) == len(expected) > 5
    assert hollow[0].get_markerfacecolor() == "white"


def test_a_day_no_farther_off_than_ordinary_ones_is_not_called_outside(marathon):
    own = marathon.drift[marathon.drift["channel"] == "heart_rate_bpm"].head(10)
    title = lambda n: plots.plot_drift(own.assign(outside=np.arange(10) < n)).get_title(loc="left")  # noqa: E731
    assert title(3) == "Within the usual band most of the way"
    assert title(4) == "Heart rate outside the band in 4 of 10 splits: an ordinary day can do that"
    assert title(8) == "Heart rate outside the band in 8 of 10 splits: an ordinary day can do that"
    assert title(9) == "Heart rate outside its usual band in 9 of 10 splits"


def test_waterfall_bars_lead_from_goal_to_result(marathon):
    ax = plots.plot_waterfall(marathon.waterfall, reference="goal")
    widths = [bar.get_width() for bar in ax.patches]
    assert sum(widths) == pytest.approx(672)
    assert ax.patches[0].get_x() == 12600 and ax.patches[-1].get_x() + widths[-1] == pytest.approx(13272)
    assert ax.patches[-1].get_facecolor()[:3] == (1, 1, 1), "the rest is in outline"
    assert ax.get_title(loc="left") == "11:12 behind the goal: early pace and late slowing +5:20, +1:22 not explained"
    values = [t.get_text() for t in ax.texts if t.get_gid() == "value"]
    assert "+2:30  (+1:20 to +3:50)" in values and values[0] == "3:30:00" and values[-1] == "3:41:12"


def test_waterfall_without_a_sure_part_names_none(marathon):
    rows = marathon.waterfall.assign(low=lambda t: t["low"].where(t["kind"] != "component", -400.0))
    assert waterfall_answer(rows, "goal") == "11:12 behind the goal; no single part stands out from its uncertainty"


def test_a_part_that_cannot_be_told_has_no_bar(marathon):
    rows = marathon.waterfall.copy()
    rows.loc[rows["component"] == "course", ["seconds", "low", "high"]] = np.nan
    ax = plots.plot_waterfall(rows, reference="goal")
    assert len(ax.patches) == 4 and "cannot tell" in [t.get_text() for t in ax.texts]


@pytest.mark.parametrize(("time", "words"), [(13272.0, "inside"), (12000.0, "faster than"), (14000.0, "slower than")])
def test_forecast_says_where_the_result_lay(marathon, time, words):
    marks = marathon.result_on_forecast.assign(time_s=[time, 12600.0, 12960.0])
    assert words in plots.plot_forecast(marks, forecast=marathon.forecast).get_title(loc="left")


def test_earlier_races_stand_under_the_forecast_hollow_where_missed(marathon):
    ax = plots.plot_forecast(marathon.result_on_forecast, forecast=marathon.forecast)
    counts = {line.get_label(): len(line.get_xdata()) for line in ax.lines if line.get_label() in ("_held", "_missed")}
    assert counts == {"_held": 4, "_missed": 1}


def test_build_counts_down_to_the_race_and_shades_the_cold(marathon):
    ax = plots.plot_build(marathon.build, disruptions=marathon.disruptions)
    bars = [bar for bar in ax.patches if bar.get_width() == pytest.approx(0.72)]
    places = sorted(bar.get_x() for bar in bars)
    assert len(bars) == 16 and -16 < places[0] < places[-1] < 0
    this = marathon.build[marathon.build["build"] == "this"]
    assert sorted(b.get_height() for b in bars) == pytest.approx(sorted(this["run_distance_m"] / 1000))
    shaded = [p for p in ax.patches if p not in bars]
    assert shaded[0].get_x() == pytest.approx(-36 / 7) and shaded[0].get_width() == pytest.approx(9 / 7)


def test_legs_hold_moving_and_standing_hours(ultra):
    ax = plots.plot_legs(ultra.legs, units="imperial")
    moving = [c for c in ax.containers if c.get_label() == "moving"][0]
    standing = [c for c in ax.containers if c.get_label() == "standing"][0]
    assert sum(b.get_width() for b in moving) == pytest.approx(ultra.legs["moving_s"].sum() / 3600)
    assert sum(b.get_width() for b in standing) == pytest.approx(
        (ultra.legs["stopped_s"] + ultra.legs["stopped_on_way_s"]).sum() / 3600
    )
    assert all(b.get_hatch() for b in standing)
    assert "1 h 20 of it at Aid 8" in ax.get_title(loc="left")


def test_the_ground_that_slowed_most_is_named_only_if_clear(ultra):
    assert (
        plots.plot_terrain_fade(ultra.terrain_fade).get_title(loc="left")
        == "Downhill slowed most: −31 % in the last third"
    )
    wide = ultra.terrain_fade.assign(low=lambda t: t["change_pct"] - 40, high=lambda t: t["change_pct"] + 40)
    assert "beyond its uncertainty" in plots.plot_terrain_fade(wide).get_title(loc="left")


def test_night_never_stands_alone(ultra):
    title = plots.plot_night(ultra.track, dark=ultra.dark_spans, night=ultra.night).get_title(loc="left")
    assert title == "9 % slower in the dark (3–15 %); hour and fatigue came with it"


def test_the_map_leaves_home_out_and_writes_no_coordinate(marathon):
    home = marathon.track[["latitude_deg", "longitude_deg"]].iloc[[0]]
    ax = plots.plot_track(marathon.track, homes=home)
    drawn = np.vstack(list(ax.collections[-1].get_segments()))
    hidden = near_home(marathon.track, home)
    assert 0 < hidden.sum() < len(marathon.track)
    whole = plots.plot_track(marathon.track)
    assert len(drawn) < len(np.vstack(whole.collections[-1].get_segments()))
    start = np.vstack(whole.collections[-1].get_segments())[0]
    assert np.hypot(*(drawn - start).T).min() > 400
    assert not ax.get_xticks().size and not ax.get_yticks().size
    assert "home is left out" in plots.describe(ax) and "start" not in [t.get_text() for t in ax.texts]
    assert plots.plot_track(marathon.track, coordinates=True).get_xticks().size


def test_short_pieces_between_two_homes_are_hidden_too(marathon):
    track = marathon.track
    at = [int(np.searchsorted(track["distance_m"], metres)) for metres in (10_000, 11_000)]
    homes = track[["latitude_deg", "longitude_deg"]].iloc[at]
    hidden = near_home(track, homes)
    between = track["distance_m"].between(10_000, 11_000).to_numpy()
    assert hidden[between].all()


def test_a_course_all_near_home_is_no_map(marathon):
    near = marathon.track.head(40)
    ax = plots.plot_track(near, homes=near[["latitude_deg", "longitude_deg"]])
    assert ax.get_title(loc="left") == "No map: all of it lies near home"


def test_a_planted_break_is_found_and_none_where_pace_held():
    base = made("bare").splits
    assert break_at(base) is None
    slow = base.assign(speed_mps=np.where(np.arange(10) >= 7, 3.6, 4.1667))
    slow["moving_s"] = slow["distance_m"] / slow["speed_mps"]
    assert break_at(slow) == 7
    at, first, second, flat = two_paces(slow)
    assert (at, flat) == (7, False) and first == pytest.approx(4.1667, abs=0.001) and second == pytest.approx(3.6)


def test_seconds_carry_their_sign():
    assert [signed(150), signed(-45), signed(0.2), signed(float("nan"))] == ["+2:30", "−0:45", "0:00", "·"]


def test_units_reach_every_word(marathon):
    ax = plots.plot_race(marathon.splits, units="imperial")
    assert "/mi" in ax.get_title(loc="left") and "/km" not in plots.describe(ax)
    assert ax.get_xlim()[1] == pytest.approx(42195 / METRES_PER_MILE)


def test_no_row_name_of_the_waterfall_leaves_the_picture(marathon):
    ax = plots.plot_waterfall(marathon.waterfall, reference="goal")
    ax.get_figure().canvas.draw()
    names = ax.get_yticklabels()
    assert "early pace and\nlate slowing" in [name.get_text() for name in names]
    assert min(name.get_window_extent().x0 for name in names) >= 0
