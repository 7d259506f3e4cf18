"""Pictures of seasons and tapers: titles that answer, bands that hold, nothing drawn from nothing."""

from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import num2date

from runlab import plots
from runlab.errors import TableError
from runlab.progression.inference import Finding
from runlab.taper import Scenario, simulate


def subtitle(ax) -> str:
    return next(text.get_text() for text in ax.texts if text.get_gid() == "subtitle")


def words(ax) -> list[str]:
    return [t.get_text() for panel in ax.get_figure().axes for t in panel.texts if t.get_text()]


def weeks(n: int = 40, start: str = "2026-01-05") -> pd.DataFrame:
    """Weeks as ``phase_weeks`` gives them: base, a taper of a week with a marathon, recovery, then build."""
    phase = np.array(["base"] * (n - 20) + ["taper"] + ["recovery"] * 2 + ["build"] * 17)
    distance = np.where(phase == "recovery", 15_000.0, 50_000.0)
    race = np.where(phase == "taper", 42_195.0, np.nan)
    return pd.DataFrame(
        {
            "week": pd.date_range(start, periods=n, freq="7D"),
            "phase": phase,
            "confidence": 0.8,
            "distance_m": np.where(phase == "taper", 60_000.0, distance),
            "race_distance_m": race,
        }
    )


def race_day(table: pd.DataFrame) -> pd.DataFrame:
    date = table.loc[table["phase"] == "taper", "week"].iloc[0] + pd.Timedelta(days=6)
    return pd.DataFrame({"date": [date], "distance_m": [42_195.0], "time_s": [12_785.0]})


def trend(value: float, low: float, high: float, verdict: str) -> Finding:
    """Four half marathons on one line, as ``plateau`` gives them."""
    dates = pd.to_datetime(["2025-11-01", "2026-02-01", "2026-05-01", "2026-08-01"])
    seconds = 6600.0 * np.exp(value / 100 * np.arange(4) / 4)
    table = pd.DataFrame(
        {
            "date": dates,
            "name": "half",
            "distance_m": 21_097.5,
            "time_s": seconds + 60,
            "value": seconds,
            "low": seconds - 90,
            "high": seconds + 90,
            "trend": seconds,
            "trend_low": seconds - 60,
            "trend_high": seconds + 60,
            "level": 0.8,
            "reference_m": 21_100.0,
        }
    )
    return Finding(
        value, low, high, level=0.8, n=4, unit="% per year", grade="D", verdict=verdict, basis="4 races", table=table
    )


def pace_finding(verdict: str = "faster") -> Finding:
    dates = pd.date_range("2026-05-04", periods=20, freq="7D")
    speed = np.linspace(3.0, 3.1, 20)
    table = pd.DataFrame(
        {"date": dates, "value": speed, "low": speed - 0.03, "high": speed + 0.03, "n": 3, "basis": "at 145 bpm"}
    )
    return Finding(1.8, 0.3, 3.3, n=60, unit="%", grade="C", verdict=verdict, basis="60 runs", table=table)


def fade(quarters: int = 2) -> pd.DataFrame:
    """Four long runs a quarter, each losing 2 % an hour."""
    hours = np.arange(0.25, 2.5, 1 / 6)
    parts = [
        pd.DataFrame(
            {
                "quarter": f"2026 Q{q + 1}",
                "activity_id": f"{q}{k}",
                "hours": hours,
                "ratio": 1 - 0.02 * (hours - 0.4) + 0.001 * k,
            }
        )
        for q in range(quarters)
        for k in range(4)
    ]
    return pd.concat(parts, ignore_index=True)


def moves(shift: float = 0.0) -> pd.DataFrame:
    speed = np.arange(2.5, 4.6, 0.25)
    rows = [
        pd.DataFrame(
            {
                "channel": "cadence_spm",
                "speed_mps": speed,
                "value": 150 + 8 * speed + shift,
                "low": 149 + 8 * speed + shift,
                "high": 151 + 8 * speed + shift,
                "n": 9,
                "basis": "9 runs",
            }
        ),
        pd.DataFrame(
            {
                "channel": ["stance_time_ms"],
                "speed_mps": np.nan,
                "value": np.nan,
                "low": np.nan,
                "high": np.nan,
                "n": 0,
                "basis": "needs 3 runs with stance time; found 0",
            }
        ),
    ]
    return pd.concat(rows, ignore_index=True)


def simulation(*names: str):
    plans = {
        "two weeks": {"taper_days": 14},
        "the same again": {"taper_days": 14},
        "no training at all": {"rest": ("2026-05-01", 30)},
    }
    daily = pd.DataFrame({"date": pd.date_range("2026-01-01", periods=120), "load": 60.0})
    chosen = [Scenario(name, **plans[name]) for name in names]
    return simulate(daily, race_date="2026-05-31", scenarios=chosen, draws=400)


def volumes() -> pd.DataFrame:
    day = np.arange(-42, 0)
    parts = [
        pd.DataFrame(
            {
                "race": name,
                "race_date": pd.Timestamp(date),
                "days_to_race": day,
                "share": np.where(day < -14, 1.0, depth),
            }
        )
        for name, date, depth in (("Spring", "2026-04-19", 0.4), ("Autumn", "2026-11-01", 0.6))
    ]
    return pd.concat(parts, ignore_index=True)


def drawn():
    table = weeks()
    return {
        "plot_season_strip": lambda **k: plots.plot_season_strip(table, races=race_day(table), **k),
        "plot_race_history": lambda **k: plots.plot_race_history(trend(-3.0, -4.5, -1.5, "progress"), **k),
        "plot_pace_at_heart_rate": lambda **k: plots.plot_pace_at_heart_rate(pace_finding(), **k),
        "plot_decoupling": lambda **k: plots.plot_decoupling(fade(), **k),
        "plot_dynamics": lambda **k: plots.plot_dynamics(moves(), usual=moves(), **k),
        "plot_taper_fan": lambda **k: plots.plot_taper_fan(simulation("two weeks", "no training at all"), **k),
        "plot_taper_shape": lambda **k: plots.plot_taper_shape(volumes(), **k),
    }


@pytest.mark.parametrize("name", list(drawn()))
def test_every_picture_keeps_the_house_rules(name):
    settings = dict(matplotlib.rcParams)
    ax = drawn()[name]()
    figure = ax.get_figure()
    figure.canvas.draw()
    assert dict(matplotlib.rcParams) == settings, "a picture changed matplotlib's settings"
    width, height = figure.get_size_inches()
    assert width == pytest.approx(7.2) and 1.2 <= height <= 6.4
    title = ax.get_title(loc="left")
    assert title and len(title.splitlines()) == 1 and len(subtitle(ax).splitlines()) == 1
    assert plots.describe(ax).startswith(title)
    seen = [t for t in figure.findobj(matplotlib.text.Text) if t.get_text().strip() and t.get_visible()]
    assert min(t.get_fontsize() for t in seen) >= 7.5
    for text in (t for panel in figure.axes for t in panel.texts):
        box = text.get_window_extent()
        assert box.x0 >= -2 and box.x1 <= figure.bbox.x1 + 2 and box.y1 <= figure.bbox.y1 + 2, repr(text.get_text())


@pytest.mark.parametrize("name", list(drawn()))
def test_axes_that_are_given_are_used(name):
    _, (left, right) = plt.subplots(1, 2, figsize=(13, 4))
    assert drawn()[name](ax=right) is right
    assert not left.has_data()


def test_season_strip_counts_and_names_its_phases():
    table = weeks()
    ax = plots.plot_season_strip(table, races=race_day(table))
    assert ax.get_title(loc="left") == "40 weeks: 37 of training, 1 of taper, 2 of recovery; 1 race"
    assert {"base", "build", "42.2 km 3:33:05"} <= set(words(ax))
    assert "t = taper" in subtitle(ax)


def test_season_strip_takes_the_race_off_the_week():
    ax = plots.plot_season_strip(weeks())
    blue = [p for c in ax.containers if c.get_label() == "weekly distance" for p in c]
    black = [p for c in ax.containers if c.get_label() == "raced" for p in c]
    at = int(np.argmax([p.get_height() for p in black]))
    assert blue[at].get_height() == pytest.approx(60 - 42.195)
    assert sum(p.get_height() > 0.01 for p in black) == 1


def test_season_strip_has_a_row_for_each_year():
    table = weeks(130, "2024-01-01")
    ax = plots.plot_season_strip(table)
    rows = [panel for panel in ax.get_figure().axes if panel.has_data()]
    assert len(rows) == 3
    spans = [num2date(panel.get_xlim()[1]) - num2date(panel.get_xlim()[0]) for panel in rows]
    assert {round(span.days / 7) for span in spans} == {52}


def test_an_unsure_phase_is_in_brackets():
    table = weeks().assign(confidence=0.4)
    assert {"(base)", "(build)"} <= set(words(plots.plot_season_strip(table)))


def test_race_history_says_cannot_tell_and_dashes_its_line():
    sure = plots.plot_race_history(trend(-3.0, -4.5, -1.5, "progress"))
    unsure = plots.plot_race_history(trend(-0.2, -7.6, 7.2, "cannot tell"))
    assert sure.get_title(loc="left") == "Getting faster: −3.0 % (−4.5 to −1.5) a year"
    assert unsure.get_title(loc="left") == "Cannot tell from 4 races: −0.2 % (−7.6 to +7.2) a year"
    line = {ax: next(x for x in ax.lines if x.get_label() == "trend") for ax in (sure, unsure)}
    assert line[sure].get_linestyle() == "-" and line[unsure].get_linestyle() == "--"


def test_race_history_draws_the_change_its_title_names_and_fast_is_up():
    ax = plots.plot_race_history(trend(-3.0, -4.5, -1.5, "progress"))
    line = next(x for x in ax.lines if x.get_label() == "trend")
    seconds, days = line.get_ydata(), 273.0
    assert 100 * np.log(seconds[-1] / seconds[0]) == pytest.approx(-3.0 * days / 365.25, abs=1e-6)
    low, high = ax.get_ylim()
    assert low > high


def test_without_enough_races_the_picture_says_what_is_missing():
    nothing = Finding(
        float("nan"), n=2, basis="needs 4 races or more in 730 days; found 2", table=trend(0, 0, 0, "").table.iloc[:0]
    )
    ax = plots.plot_race_history(nothing)
    assert ax.get_title(loc="left").startswith("Cannot tell") and not ax.lines
    assert any("needs 4 races" in text for text in words(ax))


def test_pace_at_heart_rate_names_the_heart_rate_and_doubts_where_it_must():
    assert plots.plot_pace_at_heart_rate(pace_finding()).get_title(loc="left") == (
        "Faster at 145 beats/min: +1.8 % (+0.3 to +3.3)"
    )
    assert plots.plot_pace_at_heart_rate(pace_finding("cannot tell")).get_title(loc="left").startswith("Cannot tell")


def test_decoupling_has_a_panel_for_each_quarter():
    ax = plots.plot_decoupling(fade(3), durability=Finding(1.1, 0.9, 1.3, n=12, unit="% per hour"))
    panels = [p for p in ax.get_figure().axes if p.lines]
    assert len(panels) == 3 and {"2026 Q1: 4 runs", "2026 Q3: 4 runs"} <= set(words(ax))
    middle = next(line for line in panels[0].lines if line.get_label() == "median")
    slope = np.polyfit(middle.get_xdata(), middle.get_ydata(), 1)[0]
    assert slope == pytest.approx(-2.0, abs=0.2)
    assert plots.plot_decoupling(fade().iloc[:0]).get_title(loc="left").startswith("Cannot tell")


def test_dynamics_sees_a_shift_and_its_absence():
    assert plots.plot_dynamics(moves(5.0), usual=moves()).get_title(loc="left") == (
        "At the same pace: cadence +5 steps/min"
    )
    assert plots.plot_dynamics(moves(), usual=moves()).get_title(loc="left") == "At the same pace, movement is as usual"
    none = moves().assign(value=np.nan)
    assert plots.plot_dynamics(none, usual=none).get_title(loc="left").startswith("Cannot tell")


def test_taper_fan_tells_plans_apart_or_says_it_cannot():
    alike = plots.plot_taper_fan(simulation("two weeks", "the same again"))
    assert alike.get_title(loc="left") == "None of the plans can be told apart from “two weeks”"
    apart = plots.plot_taper_fan(simulation("two weeks", "the same again", "no training at all"))
    assert apart.get_title(loc="left") == "No training at all can be told apart from “two weeks”; 1 cannot"
    dots = {
        line.get_label(): line.get_markerfacecolor()
        for panel in apart.get_figure().axes
        for line in panel.lines
        if line.get_marker() == "o"
    }
    assert dots["the same again"] == "white" and dots["no training at all"] != "white"


def test_taper_fan_without_history_says_why():
    short = simulate(
        pd.DataFrame({"date": pd.date_range("2026-05-01", periods=20), "load": 60.0}),
        race_date="2026-06-10",
        scenarios=[Scenario("two weeks")],
    )
    ax = plots.plot_taper_fan(short)
    assert ax.get_title(loc="left").startswith("Cannot tell") and any("needs 42 days" in text for text in words(ax))


def test_taper_shape_puts_the_last_beside_the_earlier():
    ax = plots.plot_taper_shape(volumes())
    assert ax.get_title(loc="left") == "60 % of the usual in the last week before Autumn; earlier 40 %"
    assert plots.plot_taper_shape(volumes().assign(share=np.nan)).get_title(loc="left").startswith("Cannot tell")


def test_wrong_tables_are_named():
    frame = pd.DataFrame({"day": [1]})
    for draw, hint in (
        (plots.plot_season_strip, "phase_weeks"),
        (plots.plot_decoupling, "quarter"),
        (plots.plot_dynamics, "progression.dynamics"),
        (plots.plot_taper_shape, "days_to_race"),
        (plots.plot_taper_fan, "taper.simulate"),
        (plots.plot_race_history, "missing columns"),
    ):
        with pytest.raises(TableError, match=hint):
            draw(frame)
