"""Pictures by their artists and words: titles that answer, fast paces at the top, gaps open, settings put back."""

from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from runlab import plots, tables
from runlab.errors import TableError
from runlab.load import fitness_and_fatigue
from runlab.plots.axes import round_paces
from runlab.plots.intensity import ZONES
from runlab.plots.styles import readable


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def split_by_month(easy: float = 0.7, band: float = 0.1) -> pd.DataFrame:
    """What ``progression.intensity_distribution(log, by="month")`` gives: two months, the second without any zone."""
    rows = []
    for month, n in (("2026-05-01", 10), ("2026-06-01", 0)):
        for method in ("time", "session"):
            for zone, value in (("low", easy), ("middle", 0.9 - easy), ("high", 0.1)):
                value = value if n else np.nan
                rows.append(
                    {
                        "period": pd.Timestamp(month),
                        "method": method,
                        "zone": zone,
                        "value": value,
                        "n": n,
                        "low": value - band,
                        "high": value + band,
                        "hours": 1.0 * n,
                        "unmeasured": 12 - n,
                    }
                )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def tables_of(season_log):
    days = season_log.daily
    one = tables.conform(
        pd.DataFrame(
            {
                "activity_id": "a",
                "time": pd.Timestamp("2026-05-01", tz="UTC") + pd.to_timedelta(np.arange(1800), unit="s"),
                "speed_mps": 3.0 + np.sin(np.arange(1800) / 200),
                "heart_rate_bpm": 150.0,
                "altitude_m": 100.0,
                "distance_m": 3.0 * np.arange(1800),
                "timer_running": True,
            }
        ),
        tables.RECORDS,
    )
    return {
        "plot_coverage": season_log.activities,
        "plot_clean_share": season_log.activities,
        "plot_weekly_volume": season_log.activities,
        "plot_fitness": fitness_and_fatigue(days),
        "plot_intensity": split_by_month(),
        "plot_long_runs": season_log.activities,
        "plot_best_efforts": season_log.efforts,
        "plot_wellness": days,
        "plot_records": one,
    }


def every_plot() -> list[str]:
    return [name for name in plots.__all__ if name.startswith("plot_") and name in KNOWN]


KNOWN = (
    "plot_best_efforts",
    "plot_clean_share",
    "plot_coverage",
    "plot_fitness",
    "plot_intensity",
    "plot_long_runs",
    "plot_records",
    "plot_weekly_volume",
    "plot_wellness",
)


def subtitle(ax) -> str:
    return next(text.get_text() for text in ax.texts if text.get_gid() == "subtitle")


def texts(figure) -> list[matplotlib.text.Text]:
    """Every word that is drawn; tick labels beyond the ends of an axis exist but are not."""
    unseen = set()
    for axis in (side for ax in figure.axes for side in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        unseen |= {
            id(label)
            for tick in axis.get_major_ticks()
            if not low <= tick.get_loc() <= high
            for label in (tick.label1, tick.label2)
        }
    return [
        text
        for text in figure.findobj(matplotlib.text.Text)
        if text.get_text().strip() and text.get_visible() and id(text) not in unseen
    ]


@pytest.mark.parametrize("name", every_plot())
def test_every_picture_keeps_the_house_rules(name, tables_of):
    table = tables_of[name]
    before, settings = table.copy(), dict(matplotlib.rcParams)
    ax = getattr(plots, name)(table)
    figure = ax.get_figure()
    figure.canvas.draw()
    assert dict(matplotlib.rcParams) == settings, "a picture changed matplotlib's settings"
    pd.testing.assert_frame_equal(table, before)
    width, height = figure.get_size_inches()
    assert width == pytest.approx(7.2) and 1.2 <= height <= 6.4
    assert ax.get_title(loc="left") and subtitle(ax)
    assert min(text.get_fontsize() for text in texts(figure)) >= 7.5
    assert plots.describe(ax).startswith(ax.get_title(loc="left").replace("\n", " "))
    assert len(ax.get_title(loc="left").splitlines()) == 1, "a title that needs two lines is no answer"


@pytest.mark.parametrize("name", every_plot())
def test_no_word_leaves_the_picture(name, tables_of):
    ax = getattr(plots, name)(tables_of[name])
    figure = ax.get_figure()
    figure.canvas.draw()
    frame = figure.bbox
    for text in texts(figure):
        box = text.get_window_extent()
        assert box.x0 >= -2 and box.x1 <= frame.x1 + 2 and box.y0 >= -2 and box.y1 <= frame.y1 + 2, repr(
            text.get_text()
        )


@pytest.mark.parametrize("name", every_plot())
def test_axes_that_are_given_are_used(name, tables_of):
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    assert getattr(plots, name)(tables_of[name], ax=right) is right
    assert not left.has_data()


@pytest.mark.parametrize("name", [n for n in every_plot() if n not in ("plot_intensity",)])
def test_nothing_to_draw_says_so(name, tables_of):
    ax = getattr(plots, name)(tables_of[name].iloc[:0])
    assert not ax.lines and not ax.patches
    assert any(word in ax.get_title(loc="left").lower() for word in ("no ", "nothing", "cannot tell"))


def test_a_wrong_table_is_named():
    with pytest.raises(TableError, match="not a activities table|not an activities table|activities"):
        plots.plot_coverage(pd.DataFrame({"day": [1]}))
    with pytest.raises(TableError, match="fitness_and_fatigue"):
        plots.plot_fitness(pd.DataFrame({"date": []}))


def test_style_is_put_back_even_after_an_error():
    settings = dict(matplotlib.rcParams)
    with pytest.raises(ZeroDivisionError), plots.style():
        assert matplotlib.rcParams["axes.spines.top"] is False
        _ = 1 / 0
    assert dict(matplotlib.rcParams) == settings


def test_colours_are_told_apart_in_grey_or_carry_a_hatch():
    def grey(colour: str) -> float:
        red, green, blue = matplotlib.colors.to_rgb(colour)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    names = list(ZONES.values())
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            apart = abs(grey(plots.COLOURS[one]) - grey(plots.COLOURS[other])) > 0.15
            assert apart or plots.HATCHES[one] != plots.HATCHES[other]
    for colour in ("run", "easy", "threshold", "hard", "ghost"):
        assert grey(readable(plots.COLOURS[colour])) <= 0.41, "a label too pale to read"


def test_pace_runs_fast_up_with_round_ticks():
    figure, ax = plt.subplots()
    ax.plot([0, 1], [1000 / 330, 1000 / 232])
    plots.pace_axis(ax)
    words = [tick.get_text() for tick in ax.get_yticklabels()]
    assert {"4:00", "4:30", "5:00"} <= set(words)
    low, high = ax.get_ylim()
    assert low < high, "faster (a larger speed) is up"
    position = {word: tick.get_position()[1] for word, tick in zip(words, ax.get_yticklabels(), strict=True)}
    assert position["4:00"] > position["5:00"]
    assert [t.get_text() for t in ax.texts if t.get_gid() == "unit"] == ["min/km"]


@pytest.mark.parametrize(
    ("slow", "fast", "units"),
    [(2.0, 3.0, "metric"), (2.5, 6.5, "imperial"), (0.5, 2.0, "metric"), (4.0, 4.05, "metric")],
)
def test_round_paces_are_round_and_apart(slow, fast, units):
    paces = round_paces(slow, fast, units=units)
    assert 1 <= len(paces) <= 13 and all(p % 5 == 0 for p in paces)
    speeds = [(1000 if units == "metric" else 1609.344) / p for p in paces]
    assert all(slow - 1e-9 <= v <= fast + 1e-9 for v in speeds)
    assert all(a - b >= 0.5 * (fast - slow) / 6 - 1e-9 for a, b in zip(speeds, speeds[1:], strict=False))


def test_month_axis_names_months_and_the_year_once():
    figure, ax = plt.subplots()
    plots.month_axis(ax, "2025-10-15", "2026-04-10")
    assert [t.get_text() for t in ax.get_xticklabels()] == ["Nov\n2025", "Dec", "Jan\n2026", "Feb", "Mar", "Apr"]


def test_volume_bars_hold_the_weeks_kilometres(season_log):
    runs = season_log.activities
    ax = plots.plot_weekly_volume(runs, races=season_log.races, events=season_log.events)
    total = sum(
        bar.get_height()
        for container in ax.containers
        for bar in container
        if not container.get_label().startswith("_lighter")
    )
    assert total == pytest.approx(runs["distance_m"].sum() / 1000)
    assert any(t.get_gid() == "event" and t.get_text() == "i" for t in ax.texts)
    assert sum(t.get_gid() == "race" for t in ax.texts) == 1, "the race after the last week is not on the axis"


def test_volume_in_miles_says_miles(season_log):
    ax = plots.plot_weekly_volume(season_log.activities, units="imperial")
    assert " mi a week" in ax.get_title(loc="left") and "km" not in subtitle(ax)


def test_long_runs_flags_the_planted_jump_and_no_other(season_log):
    ax = plots.plot_long_runs(season_log.activities)
    rings = next(line for line in ax.lines if line.get_label() == "jumps")
    assert len(rings.get_xdata()) == 1 and rings.get_ydata()[0] == pytest.approx(39.0)
    assert any(t.get_text().startswith("+") and t.get_text().endswith(" %") for t in ax.texts)


def test_unknown_load_is_hatched_and_young_history_is_faint(season_log):
    daily = season_log.daily.copy()
    daily.loc[60:63, ["load", "load_low", "load_high"]] = np.nan
    ax = plots.plot_fitness(fitness_and_fatigue(daily))
    assert any(patch.get_hatch() for patch in ax.patches)
    labels = {line.get_label(): line for line in ax.lines}
    assert labels["_young fitness"].get_linestyle() != "-" and labels["fitness"].get_linestyle() == "-"


def test_a_short_history_is_called_too_early():
    daily = pd.DataFrame({"date": pd.date_range("2026-05-01", periods=20), "load": 50.0})
    assert plots.plot_fitness(fitness_and_fatigue(daily)).get_title(loc="left").startswith("Too early to tell")


def test_rejected_efforts_are_hollow(season_log):
    ax = plots.plot_best_efforts(season_log.efforts)
    rejected = next(line for line in ax.lines if line.get_label() == "rejected")
    assert rejected.get_markerfacecolor() == "white" and rejected.get_xdata().tolist() == [120.0]


def test_gaps_in_wellness_stay_open(season_log):
    daily = season_log.daily.copy()
    daily.loc[80:100, "sleep_h"] = np.nan
    ax = plots.plot_wellness(daily)
    line = next(line for line in ax.lines if line.get_label() == "7-day mean of sleep")
    assert np.isnan(line.get_ydata()[90])
    assert "resting heart rate above" in ax.get_title(loc="left")


def test_intensity_bars_fill_the_whole_and_carry_their_interval():
    ax = plots.plot_intensity(split_by_month())
    time, sessions = ax.get_figure().axes
    for panel in (time, sessions):
        placed = [bar.get_width() for bar in panel.patches if bar.get_y() < 0.5]
        assert sum(placed) == pytest.approx(100)
        assert [bar.get_hatch() for bar in panel.patches if bar.get_width() == 100] == [plots.HATCHES["unknown"]]
    interval = next(c for c in time.collections if c.get_label() == "_interval")
    assert [segment[:, 0].tolist() for segment in interval.get_segments()] == [[pytest.approx(60), pytest.approx(80)]]
    assert ax.get_title(loc="left") == "70 % of running time and 70 % of the 10 runs placed were easy"
    assert {t.get_text() for t in sessions.texts} >= {"10 of 12", "0 of 12"}


def test_intensity_without_any_zone_or_with_a_wide_interval_cannot_tell():
    nothing = split_by_month().assign(value=np.nan, n=0)
    assert plots.plot_intensity(nothing).get_title(loc="left").startswith("Cannot tell")
    assert plots.plot_intensity(split_by_month(band=0.4)).get_title(loc="left").startswith("Cannot tell how much")


def test_stopped_time_is_left_open_in_one_activity(tables_of):
    records = tables_of["plot_records"].copy()
    records.loc[600:700, "speed_mps"] = 0.0
    ax = plots.plot_records(records)
    pace = next(line for line in ax.lines if line.get_label() == "pace")
    assert np.isnan(pace.get_ydata()[650]) and np.isfinite(pace.get_ydata()[300])
