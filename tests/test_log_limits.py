"""When two rows are one session, and when a training log speaks of a file: one value inside, one outside."""

import numpy as np
import pandas as pd
import pytest

from runlab import tables
from runlab.log.duplicates import marked_duplicates, merged_logs

START = pd.Timestamp("2026-05-01 08:00", tz="UTC")


def rows(*changes):
    """Runs of an hour and 10 km of the same start, each changed."""
    base = {
        "athlete": "kim",
        "sport": "running",
        "date": START.tz_localize(None).normalize(),
        "start_time": START,
        "elapsed_time_s": 3600.0,
        "distance_m": 10_000.0,
        "samples": 3600,
        "heart_rate_share": 0.0,
        "complete": True,
        "has_position": False,
        "source_format": "gpx",
    }
    made = [base | {"activity_id": f"r{k}", "source": f"{k}.gpx"} | change for k, change in enumerate(changes)]
    return tables.conform(pd.DataFrame(made), tables.ACTIVITIES)


def copies(*changes, **options):
    return marked_duplicates(rows(*changes), **options)[0]["duplicate_of"].tolist()


def later(seconds):
    return {"start_time": START + pd.Timedelta(seconds=seconds)}


def test_copies_share_more_than_half_of_the_shorter():
    assert copies({}, later(1799)) == ["", "r0"]
    assert copies({}, later(1800)) == ["", ""]
    assert copies({}, later(1000), overlap=0.8) == ["", ""]
    short = {"elapsed_time_s": 600.0, "distance_m": 1667.0}
    assert copies({}, later(3299) | short) == ["", "r0"], "half of the shorter one's ten minutes"
    assert copies({}, later(3300) | short) == ["", ""]


def test_copies_differ_by_less_than_fifteen_per_cent():
    assert copies({}, {"distance_m": 8500.0}) == ["", "r0"]
    assert copies({}, {"distance_m": 8499.0}) == ["", ""]
    assert copies({}, {"distance_m": 8499.0}, distance_share=0.2) == ["", "r0"]
    assert copies({}, {"distance_m": np.nan}) == ["", "r0"]
    assert copies({}, {"distance_m": 100.0, "complete": False}) == ["", "r0"], "a cut file says little"


def test_a_watch_that_died_and_a_phone_that_went_on_are_one():
    died = {"elapsed_time_s": 1800.0, "distance_m": 5000.0, "heart_rate_share": 1.0}
    assert copies(died, {}) == ["r1", ""], "the one that went on is kept, heart rate or not"
    assert copies(died | {"distance_m": 4200.0}, {}) == ["", ""], "not at that pace"
    assert copies(died | {"distance_m": 4250.0}, {}) == ["r1", ""]


def test_other_people_sports_parts_and_wrong_clocks_are_no_copies():
    assert copies({}, {"athlete": "bo"}) == ["", ""]
    assert copies({}, {"sport": "cycling"}) == ["", ""]
    assert copies({}, {"sport": ""}) == ["", "r0"]
    part = {"source": "a.fit", "part": 1}
    assert copies(part, part | {"part": 2}) == ["", ""]
    week = {"elapsed_time_s": 7 * 86_400.0, "distance_m": np.nan}
    assert copies(week, {}) == ["", "r0"]
    assert copies(week | {"elapsed_time_s": 7 * 86_400.0 + 1}, {}) == ["", ""]
    assert copies({"elapsed_time_s": np.nan, "timer_time_s": 3600.0}, {}) == ["", "r0"]
    assert copies({"elapsed_time_s": 0.0}, {}) == ["", ""]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ({"samples": 0}, {}, "r1"),
        ({}, {"heart_rate_share": 0.9}, "r1"),
        ({"heart_rate_share": 0.9}, {"source_format": "fit"}, "r0"),
        ({}, {"source_format": "fit"}, "r1"),
        ({"source_format": "tcx"}, {"source_format": "gpx", "samples": 9999}, "r0"),
        ({}, {"samples": 3601}, "r1"),
        ({"complete": False}, {}, "r1"),
        ({"has_position": True, "source_format": "csv"}, {"source_format": "fit"}, "r0"),
        ({"source_format": "fit"}, {"heart_rate_share": 0.2}, "r0"),
        ({"source_format": "fit"}, {"heart_rate_share": 0.21}, "r1"),
        ({}, {}, "r0"),
    ],
)
def test_the_better_one_is_kept(first, second, kept):
    marked = copies(first, second)
    assert marked == (["", "r0"] if kept == "r0" else ["r1", ""])


def test_words_of_a_copy_are_kept():
    first = {"title": "", "rpe": np.nan, "notes": "own"}
    found = marked_duplicates(rows(first, {"title": "Hills", "rpe": 7.0, "notes": "other"}))[0]
    assert found.loc[0, ["title", "rpe", "notes"]].tolist() == ["Hills", 7.0, "own"]


# --- training logs ----------------------------------------------------------------------------------------------------


def joined(change, *, run=None, **options):
    """Whether a log row is joined to the one run."""
    run = rows({} if run is None else run)
    row = rows(
        {"samples": 0, "source": "log.csv", "activity_id": "row", "title": "Hills", "source_format": "csv"} | change
    )
    if "date_only" in change:
        row["date_only"] = change["date_only"]
    if "file" in change:
        row["file"] = change["file"]
    out = merged_logs(run, row, **options)
    return len(out) == 1 and out["title"].iloc[0] == "Hills"


@pytest.mark.parametrize(("off", "same"), [(180, True), (181, False), (-180, True), (-181, False)])
def test_a_row_starts_within_three_minutes(off, same):
    assert joined(later(off)) is same


@pytest.mark.parametrize(("seconds", "same"), [(3429.0, True), (3428.0, False), (3789.0, True), (3790.0, False)])
def test_a_row_lasts_as_long_within_five_per_cent(seconds, same):
    # of the row's own time: 3600/3429 is 1.0499, 3600/3789 is 0.9501
    assert joined({"elapsed_time_s": seconds}) is same


@pytest.mark.parametrize(
    ("off", "seconds", "metres", "same"),
    [
        (3600, 3600.0, 10_000.0, True),
        (3660, 3600.0, 10_000.0, True),
        (3661, 3600.0, 10_000.0, False),
        (14.5 * 3600, 3600.0, 10_000.0, False),
        (14 * 3600, 3600.0, 10_000.0, True),
        (15 * 3600, 3600.0, 10_000.0, False),
        (3600, 3565.0, 10_000.0, True),
        (3600, 3564.0, 10_000.0, False),
        (3600, 3600.0, 9_900.0, False),
        (3600, 3600.0, 9_901.0, True),
        (3600, 3600.0, np.nan, False),
    ],
)
def test_a_log_in_another_zone_agrees_within_one_per_cent(off, seconds, metres, same):
    assert joined(later(off) | {"elapsed_time_s": seconds, "distance_m": metres}) is same


def test_a_row_without_time_of_day_is_of_the_date():
    day = {"start_time": pd.NaT, "date_only": True}
    assert joined(day)
    assert joined(day | {"distance_m": np.nan})
    assert joined(day | {"distance_m": 9_530.0})
    assert not joined(day | {"distance_m": 9_520.0})
    assert not joined(day | {"elapsed_time_s": 3400.0})
    assert not joined(day | {"date": pd.Timestamp("2026-05-02")})


def test_a_row_that_names_its_file_is_its_row():
    assert joined(later(9999) | {"file": "activities/0.gpx.gz", "elapsed_time_s": 60.0})
    assert not joined(later(9999) | {"file": "activities/1.gpx.gz", "elapsed_time_s": 60.0})


def test_a_cut_file_takes_the_totals_of_the_longer_row():
    cut = rows({"complete": False, "elapsed_time_s": 1000.0, "distance_m": 3000.0})
    row = rows({"samples": 0, "source": "log.csv", "activity_id": "row"})
    out = merged_logs(cut, row)
    assert out[["elapsed_time_s", "distance_m"]].to_numpy().tolist() == [[3600.0, 10_000.0]]
    whole = merged_logs(rows({"elapsed_time_s": 1000.0, "distance_m": 3000.0}), row)
    assert len(whole) == 2
    assert not joined({"athlete": "bo"})
    assert not joined({"sport": "cycling"})
    assert joined({"sport": ""})
