"""Pain beside load, jumps and shoes: what is drawn and what is said; race labels that do not touch; planned jumps."""

from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from runlab import plots
from runlab.errors import TableError
from runlab.load.spikes import planned_spikes
from runlab.plots.styles import NARROW, WIDE, on_sheet

DAYS = pd.date_range("2026-08-01", "2026-11-15")


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def daily() -> pd.DataFrame:
    load = np.where(np.arange(len(DAYS)) % 3, 60.0, 0.0)
    load[10] = np.nan
    return pd.DataFrame({"date": DAYS, "load": load})


def events(*rows: tuple) -> pd.DataFrame:
    columns = ["kind", "start", "end", "site", "side", "severity"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))


ACHE = ("pain", "2026-10-05", "2026-10-14", "achilles", "left", 3.0)
HIP = ("injury", "2026-08-20", None, "hip", "", np.nan)
SHOES = ("shoe_change", "2026-09-28", None, "", "", np.nan)


def jumps() -> pd.DataFrame:
    return pd.DataFrame({"date": pd.to_datetime(["2026-10-11"]), "distance_m": [17_135.0], "ratio": [1.438]})


def texts(ax, gid: str) -> list[str]:
    return [t.get_text() for panel in ax.figure.axes for t in panel.texts if t.get_gid() == gid]


def test_pain_stands_in_its_lane_below_load_jumps_and_shoes():
    ax = plots.plot_pain_timeline(daily(), events(HIP, ACHE, SHOES), jumps=jumps(), end="2026-11-15")
    strip = ax.figure.axes[1]
    assert [t.get_text() for t in strip.get_yticklabels()] == ["hip", "left\nachilles"]
    bars = [p for p in strip.patches if p.get_label() == "_ache" or p.get_width() > 0]
    assert sorted(round(p.get_width()) for p in bars) == [10, 88], "ten days; the open one lasts to the end"
    assert texts(ax, "severity") == ["3"] and texts(ax, "jump") == ["17.1 km, +44 %"]
    assert "shoes" in [t.get_text() for t in ax.texts]
    hatched = [c for c in ax.containers if c.get_label() == "_load not known"]
    assert len(hatched[0]) == 1, "the one day of unknown load is hatched and not drawn as rest"
    assert "left achilles 2026-10-05 to 2026-10-14" in plots.describe(ax)


def test_pain_outside_the_period_is_not_drawn_and_nothing_says_so():
    ax = plots.plot_pain_timeline(daily(), events(ACHE), start="2026-10-15", end="2026-11-15")
    assert plots.describe(ax).startswith("No pain is noted in this period")
    with pytest.raises(TableError):
        plots.plot_pain_timeline(daily().drop(columns="load"), events(ACHE))


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("gap", [7, 14, 21, 35, 60])
def test_race_labels_never_touch(width, gap):
    """21.1 and 42.2 km stood on each other; a label now stands right of its flag, left of it, or not at all."""
    dates = pd.date_range("2026-08-05", periods=90 // gap + 1, freq=f"{gap}D")
    races = pd.DataFrame({"date": dates, "distance_m": np.resize([21_097.5, 42_195.0], len(dates))})
    with on_sheet(width):
        ax = plots.plot_pain_timeline(daily(), events(ACHE), races=races)
    renderer = ax.figure.canvas.get_renderer()
    ax.figure.canvas.draw()
    boxes = [t.get_window_extent(renderer) for t in ax.texts if t.get_text().endswith(" km") and t.get_gid() is None]
    flags = [t.get_window_extent(renderer) for t in ax.texts if t.get_gid() == "race"]
    assert len(flags) == len(dates) and (boxes or gap < 21)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def runs(*rows: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"date": pd.to_datetime([d for d, _ in rows]), "sport": "running", "distance_m": [m for _, m in rows]}
    )


def plan(*rows: tuple[str, str, float]) -> pd.DataFrame:
    columns = ["date", "session_type", "distance_m"]
    return pd.DataFrame(rows, columns=columns).assign(date=lambda t: pd.to_datetime(t["date"]))


def test_planned_runs_are_held_against_runs_and_earlier_planned_ones():
    done = runs(("2026-05-01", 15_000.0), ("2026-06-05", 12_000.0))
    ahead = plan(
        ("2026-06-06", "strength", 9_000.0), ("2026-06-12", "long", 18_000.0), ("2026-06-19", "long", 19_000.0)
    )
    found = planned_spikes(done, ahead, through="2026-06-05")
    assert found["distance_m"].tolist() == [18_000.0, 19_000.0]
    assert found["longest_before_m"].tolist() == [12_000.0, 18_000.0]
    assert found["ratio"].tolist() == pytest.approx([1.5, 19 / 18])
    later = planned_spikes(
        runs(("2026-05-01", 15_000.0), ("2026-06-05", 12_000.0), ("2026-06-11", 40_000.0)), ahead, through="2026-06-05"
    )
    pd.testing.assert_frame_equal(later, found)  # what was run after the last day is not known
    assert planned_spikes(done, ahead.iloc[:1], through="2026-06-05").empty


def test_a_planned_jump_is_ringed_and_one_below_the_line_is_not():
    done = runs(*[(f"{day:%Y-%m-%d}", 10_000.0) for day in pd.date_range("2026-04-01", "2026-06-05", freq="3D")])
    for metres, labels in ((11_000.0, []), (11_200.0, ["+12 %"])):
        ax = plots.plot_long_runs(done, plan=plan(("2026-06-12", "long", metres)))
        assert [t.get_text() for t in ax.texts if t.get_gid() == "planned jump"] == labels
