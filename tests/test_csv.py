"""CSV: every trait of the exports met in the wild, one small fixture each; then the real files; then noise."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runlab import tables
from runlab.data import table
from runlab.errors import FileError, SettingsError
from runlab.readers import Activity, csv
from runlab.readers.csv import TrainingLog, cells, dates
from runlab.readers.csv.detect import known_headers
from runlab.readers.csv.dictionaries import (
    COACH,
    FILES,
    OPEN_UNITS,
    SAMPLES,
    SOURCES,
    SUFFIXES,
    UNIT_WORDS,
    UNITS,
)
from runlab.units import METRES_PER_FOOT, METRES_PER_MILE

STRAVA_103 = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,"
    "Moving Time,Distance,Max Speed,Average Speed,Elevation Gain,Elevation Loss,Elevation Low,Elevation High,Max Grade,"
    "Average Grade,Average Positive Grade,Average Negative Grade,Max Cadence,Average Cadence,Max Heart Rate,"
    "Average Heart Rate,Max Watts,Average Watts,Calories,Max Temperature,Average Temperature,Relative Effort,"
    "Total Work,"
    "Number of Runs,Uphill Time,Downhill Time,Other Time,Perceived Exertion,Type,Start Time,Weighted Average Power,"
    "Power Count,Prefer Perceived Exertion,Perceived Relative Effort,Commute,Total Weight Lifted,From Upload,"
    "Grade Adjusted Distance,Weather Observation Time,Weather Condition,Weather Temperature,Apparent Temperature,"
    "Dewpoint,Humidity,Weather Pressure,Wind Speed,Wind Gust,Wind Bearing,Precipitation Intensity,Sunrise Time,"
    "Sunset Time,Moon Phase,Bike,Gear,Precipitation Probability,Precipitation Type,Cloud Cover,Weather Visibility,"
    "UV Index,Weather Ozone,Jump Count,Total Grit,Average Flow,Flagged,Average Elapsed Speed,Dirt Distance,"
    "Newly Explored Distance,Newly Explored Dirt Distance,Activity Count,Total Steps,Carbon Saved,Pool Length,"
    "Training Load,Intensity,Average Grade Adjusted Pace,Timer Time,Total Cycles,Recovery,With Pet,Competition,"
    "Long Run,"
    "For a Cause,With Kid,Downhill Distance,Total Sets,Total Reps,Media"
)


def strava(columns: int = 103, **cells_: str) -> bytes:
    """One Strava row under the first ``columns`` - 1 headers and Media; "Distance_2" is the second of that name."""
    header = STRAVA_103.split(",")[: columns - 1] + ["Media"]
    row = dict.fromkeys(range(len(header)), "")
    default = {
        "Activity ID": "101",
        "Activity Date": '"May 29, 2022, 11:53:35 PM"',
        "Activity Name": "Evening Run",
        "Activity Type": "Run",
        "Elapsed Time": "3070",
        "Distance": "8.19",
        "Elapsed Time_2": "3070.0",
        "Moving Time": "2977.0",
        "Distance_2": "8191.6",
        "Average Speed": "2.7516",
    }
    for key, value in (default | {k.replace("__", " "): v for k, v in cells_.items()}).items():
        name, _, nth = key.partition("_")
        places = [i for i, h in enumerate(header) if h == name]
        row[places[int(nth or 1) - 1]] = value
    return (",".join(header) + "\n" + ",".join(row.values()) + "\n").encode()


def log_of(text: str | bytes, **options) -> TrainingLog:
    found = csv.read(text.encode() if isinstance(text, str) else text, name="log.csv", **options)
    assert isinstance(found, TrainingLog)
    tables.check(found.activities, tables.ACTIVITIES, *tables.ACTIVITIES.names)
    tables.check(found.problems, tables.PROBLEMS, *tables.PROBLEMS.names)
    assert found.activities["activity_id"].is_unique
    return found


def run_of(text: str, **options) -> Activity:
    found = csv.read(text.encode(), name=options.pop("name", "run.csv"), **options)
    assert isinstance(found, Activity)
    tables.check(found.records, tables.RECORDS, *tables.RECORDS.names)
    tables.check(found.laps, tables.LAPS, *tables.LAPS.names)
    assert {
        "format",
        "file_kind",
        "sport",
        "sub_sport",
        "title",
        "device",
        "start_time",
        "utc_offset_s",
        "complete",
        "problems",
        "totals",
        "sessions",
    } <= set(found.about)
    return found


def told(log: TrainingLog | Activity, words: str) -> bool:
    return any(words in sentence for sentence in log.about["decisions"])


# --- Strava ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [86, 87, 92, 94, 99, 101, 103])
def test_strava_of_every_year_has_utc_start_local_date_and_metres(columns):
    log = log_of(strava(columns), home_zone="Europe/Oslo")
    row = log.activities.iloc[0]
    assert log.about["source"] == "Strava activities.csv"
    assert row["start_time"] == pd.Timestamp("2022-05-29 23:53:35", tz="UTC")
    assert row["date"] == pd.Timestamp("2022-05-30") and row["utc_offset_s"] == 7200
    assert (row["distance_m"], row["elapsed_time_s"], row["moving_time_s"]) == (8191.6, 3070.0, 2977.0)
    assert np.isnan(row["timer_time_s"]) and row["sport"] == "running" and row["source_id"] == "101"
    assert row["average_speed_mps"] == pytest.approx(8191.6 / 2977)
    assert not len(log.problems)


def test_strava_columns_that_nobody_reads_are_read():
    log = log_of(
        strava(
            **{
                "Activity Type": "Trail Run",
                "Activity Private Note": "secret",
                "Activity Description": "windy",
                "Activity Gear": "Ghost 3",
                "Filename": "activities/101.fit.gz",
                "Perceived Exertion": "6",
                "Humidity": "0.82",
                "Weather Temperature": "17.5",
                "Average Cadence": "84.5",
                "Average Heart Rate": "151",
                "Max Heart Rate_2": "170",
                "Timer Time": "2990",
                "Elevation Gain": "120.5",
                "Competition": "1.0",
                "Commute": "false",
            }
        )
    )
    row = log.activities.iloc[0]
    assert (row["sport"], row["sub_sport"], row["workout_type"]) == ("running", "trail", "race")
    assert (row["notes"], row["private_notes"], row["gear"], row["file"]) == (
        "windy",
        "secret",
        "Ghost 3",
        "activities/101.fit.gz",
    )
    assert row[["rpe", "humidity_pct", "weather_temperature_c", "timer_time_s", "ascent_m"]].tolist() == [
        6,
        pytest.approx(82),
        17.5,
        2990,
        120.5,
    ]
    assert (row["average_heart_rate_bpm"], row["max_heart_rate_bpm"]) == (151, 170)
    assert row["average_cadence_spm"] == 169 and told(log, "one leg")


def test_strava_long_run_is_a_workout_type():
    assert log_of(strava(**{"Long Run": "1"})).activities.loc[0, "workout_type"] == "long"


def test_strava_miles_account_is_confirmed_by_the_second_distance():
    log = log_of(strava(Distance="5.09"))
    assert log.activities.loc[0, "distance_m"] == 8191.6 and told(log, "first 'Distance' is in miles")


def test_strava_second_distance_in_kilometres_is_found_out_by_speed_and_time():
    log = log_of(strava(Distance='"2,81"', **{"Distance_2": '"2,81"', "Moving Time": "1000", "Average Speed": "2.81"}))
    assert log.activities.loc[0, "distance_m"] == pytest.approx(2810)
    assert told(log, "decimal comma") and told(log, "second distance is kilometres")


def test_strava_zero_exertion_is_missing():
    log = log_of(strava(**{"Perceived Exertion": "0", "Average Heart Rate": "0", "Average Cadence": "0"}))
    assert log.activities.loc[0, ["rpe", "average_heart_rate_bpm", "average_cadence_spm"]].isna().all()


def test_strava_untranslated_headers_and_narrow_blank_before_pm():
    text = strava(**{"Activity Date": '"May 29, 2022, 3:53:35\u202fPM"'}).decode()
    text = text.replace(",Type,", ',"<span class=""translation_missing"" title=""x"">Type</span>",')
    row = log_of(text).activities.iloc[0]
    assert row["start_time"] == pd.Timestamp("2022-05-29 15:53:35", tz="UTC") and row["sport"] == "running"


def test_strava_moving_longer_than_elapsed_is_a_problem():
    log = log_of(strava(**{"Moving Time": "9000", "Average Speed": "0.91"}))
    assert "longer than elapsed" in log.problems.loc[0, "reason"] and "line 2" in log.problems.loc[0, "where"]


def test_a_later_export_gives_the_same_activity_id():
    early, late = log_of(strava(87)), log_of(strava(103, **{"Activity Name": "Renamed", "Training Load": "61"}))
    assert early.activities["activity_id"].tolist() == late.activities["activity_id"].tolist()
    assert early.activities.loc[0, "activity_id"].startswith("20220529T235335-")


# --- Garmin ---------------------------------------------------------------------------------------------------------

GARMIN = (
    "Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR,Avg Run Cadence,Avg Pace,Total Ascent,"
    "Avg Stride Length,Steps,Moving Time,Elapsed Time\n"
)


def test_garmin_is_local_time_and_kilometres_by_stride():
    log = log_of(
        GARMIN + 'Running,2025-11-06 16:16:43,false,"Easy Run","12.23","541","00:59:49","124","138","166","4:54",'
        '"1,036","1.23","9,894","00:59:47","01:01:47"\n',
        home_zone="Europe/Warsaw",
    )
    row = log.activities.iloc[0]
    assert row["start_time"] == pd.Timestamp("2025-11-06 15:16:43", tz="UTC") and row["date"] == pd.Timestamp(
        "2025-11-06"
    )
    assert row[["distance_m", "timer_time_s", "moving_time_s", "elapsed_time_s", "ascent_m", "steps"]].tolist() == [
        12230,
        3589,
        3587,
        3707,
        1036,
        9894,
    ]
    assert row["average_cadence_spm"] == 166 and told(log, "is in kilometres: stride") and told(log, "thousands mark")


def test_garmin_resaved_by_excel_is_miles_by_stride_and_month_first():
    log = log_of(
        GARMIN + "Running,3/13/26 17:39,FALSE,Charlotte,3.01,284,0:23:19,151,175,157,7:45,75,1.32,"
        '"3,764",0:21:11,0:23:58\n',
        home_zone="America/New_York",
    )
    row = log.activities.iloc[0]
    assert row["start_time"] == pd.Timestamp("2026-03-13 21:39", tz="UTC") and log.about["units"] == "imperial"
    assert row["distance_m"] == pytest.approx(3.01 * 1609.344) and row["ascent_m"] == pytest.approx(75 * 0.3048)


def test_garmin_without_stride_uses_units_then_speed_then_says_it_does_not_know():
    head = "Activity Type,Date,Title,Distance,Time,Avg HR\n"
    slow = head + "Running,2026-01-01 08:00:00,a,10.0,01:18:00,140\n"
    assert log_of(slow, units="imperial").activities.loc[0, "distance_m"] == pytest.approx(16093.44)
    unsure = log_of(slow)
    assert unsure.activities.loc[0, "distance_m"] == 10000
    assert unsure.problems["reason"].str.contains("kilometres or miles").any()
    fast = log_of(head + "Running,2026-01-01 08:00:00,a,10.0,00:45:00,140\n")
    assert fast.activities.loc[0, "distance_m"] == 10000 and not len(fast.problems) and told(fast, "4:30 min for one")


def test_garmin_decimal_comma_under_english_labels_and_doubled_columns():
    log = log_of(
        "Activity Type,Date,Title,Distance,Time,Avg HR,Avg Run Cadence,Avg Pace,Avg GCT Balance,Avg Run Cadence\n"
        'Running,2022-12-17 08:16:26,"Verona","4,14","00:28:21","129","161","6:51","51,8% L / 48,2% R","0"\n'
    )
    row = log.activities.iloc[0]
    assert row["distance_m"] == 4140 and row["average_cadence_spm"] == 161 and told(log, "decimal comma in 'Distance'")


def test_garmin_average_speed_holds_a_pace_for_runs_and_km_per_hour_for_rides():
    log = log_of(
        "Activity Type,Date,Title,Distance,Time,Avg Speed,Avg HR\n"
        "Running,2026-05-12 08:00:00,a,--,0:30:00,6:00,--\nCycling,2026-05-11 08:00:00,b,--,1:00:00,27.0,120\n"
        "Running,2026-05-10 08:00:00,c,5.0,0:30:00,6:00,--\n"
    )
    assert log.activities["average_speed_mps"].tolist() == [pytest.approx(1000 / 360), 7.5, pytest.approx(5000 / 1800)]
    assert np.isnan(log.activities.loc[0, "distance_m"]) and np.isnan(log.activities.loc[0, "average_heart_rate_bpm"])


def test_garmin_pool_swim_in_metres_beside_runs_in_kilometres():
    log = log_of(
        "Activity Type,Date,Title,Distance,Time,Avg HR\nRunning,2026-05-12 08:00:00,a,10.00,0:45:00,150\n"
        'Pool Swim,2026-05-11 08:00:00,b,"1,500",0:30:00,120\n'
    )
    assert log.activities["distance_m"].tolist() == [10000, 1500] and told(log, "are metres")


def test_garmin_laps_of_one_activity_are_named_and_refused():
    text = b'"Laps","Time","Cumulative Time","Distance","Avg Pace","Avg HR"\n"1","5:00","5:00","1.00","5:00","150"\n'
    with pytest.raises(FileError, match=r"laps.csv: this is the laps of one Garmin activity"):
        csv.read(text, name="laps.csv")


# --- a coach's own sheet --------------------------------------------------------------------------------------------


def test_coach_sheet_with_rest_days_types_rpe_and_extra_columns():
    log = log_of(
        "Date,Distance (mi),Run Type,Treadmill?,Weight (lbs),Moving Time,RPE,Notes,AVG HR,Resting HR,Mood of dog\n"
        "7/13/23,6.0,Long Run,False,221.0,1:00:00,4,fine,140,67,good\n7/14/23,0.0,Rest,False,220,,,,,66,\n"
        "7/15/23,3.0,Easy,TRUE,,0:30:00,0,,0,,\n",
        home_zone="America/Chicago",
    )
    rows = log.activities
    assert len(rows) == 2 and log.about["rest_rows"] == 1
    assert rows["workout_type"].tolist() == ["long", "easy"] and rows["sub_sport"].tolist() == ["", "treadmill"]
    assert rows["distance_m"].round(2).tolist() == [9656.06, 4828.03] and rows["mood_of_dog"].tolist() == ["good", ""]
    assert (
        rows["rpe"].iloc[0] == 4 and np.isnan(rows["rpe"].iloc[1]) and np.isnan(rows["average_heart_rate_bpm"].iloc[1])
    )
    assert rows["sport"].tolist() == ["running", "running"] and told(log, "taken as running")
    assert rows["date_only"].all() and rows["start_time"].iloc[0] == pd.Timestamp("2023-07-13 05:00", tz="UTC")
    assert log.wellness["date"].tolist() == list(pd.to_datetime(["2023-07-13", "2023-07-14"]))
    assert log.wellness["resting_heart_rate_bpm"].tolist() == [67, 66]
    assert log.wellness["weight_kg"].round(1).tolist() == [100.2, 99.8]


def test_coach_sheet_in_semicolons_with_decimal_commas_and_latin_1():
    log = log_of(
        "Date;Km;Duration;Notes\n18.02.12;7,4;00:55:30;gemütlich\n19.02.12;5,2;34:39;größer\n".encode("latin-1")
    )
    assert log.activities["distance_m"].tolist() == [7400, 5200]
    assert log.activities["timer_time_s"].tolist() == [3330, 2079] and log.activities.loc[1, "notes"] == "größer"
    assert log.activities["date"].tolist() == list(pd.to_datetime(["2012-02-18", "2012-02-19"]))
    assert (log.about["encoding"], log.about["delimiter"]) == ("cp1252", ";")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_encodings(encoding):
    log = log_of("Date,Km,Duration,Notes\n2026-05-01,10,50:00,Ångström\n".encode(encoding))
    assert log.activities.loc[0, "notes"] == "Ångström"


def test_columns_of_another_language_are_named_by_the_athlete():
    text = "Datum;Art;Zeit;Strecke;Puls\n18.02.2026;Long run;00:55:30;7,4;133\n"
    with pytest.raises(FileError, match=r"log.csv: no .*\[columns\] in athlete.toml"):
        log_of(text)
    names = {
        "Datum": "date",
        "Zeit": "duration",
        "Strecke": "distance_km",
        "Puls": "average_heart_rate_bpm",
        "Art": "type",
    }
    row = log_of(text, columns=names).activities.iloc[0]
    assert row[["distance_m", "timer_time_s", "average_heart_rate_bpm"]].tolist() == [7400, 3330, 133]
    assert row["workout_type"] == "long"
    with pytest.raises(SettingsError, match="columns\\['Zeit'\\] must be one of"):
        log_of(text, columns=names | {"Zeit": "durations"})


def test_preamble_blank_lines_trailing_commas_summary_rows_and_a_repeated_header():
    log = log_of(
        "Runs of Anna,,\n \n,,\n Date,Km,Duration,\n 2026-05-01,10,50:00,\n\n2026-05-02,5,25:00,\nDate,Km,Duration,\n"
        "Total,15,1:15:00,\n"
    )
    assert log.activities["distance_m"].tolist() == [10000, 5000]
    assert log.about["summary_rows"] == 1 and not len(log.problems)


def test_whole_row_quoting_is_taken_apart():
    log = log_of(
        '"Activity Type,Date,Title,Distance,Calories,Time"\n'
        '"Running,2025-01-01 08:00:00,Morning Run,""10,0"",600,00:50:00"\n'
    )
    assert log.activities.loc[0, ["distance_m", "timer_time_s"]].tolist() == [10000, 3000]


def test_wrong_cells_become_problems_with_line_and_column_and_never_a_crash():
    log = log_of(
        "Date,Km,Duration,Avg HR,RPE\n2026-05-01,ten,50:00,150,4\n2026-05-02,10,50:00,high,14\n31/31/2026,10,50:00,,\n"
        "2026-05-04,=A1*2,40:00,,\n,8,40:00,,\n"
    )
    where = log.problems["where"].tolist()
    assert where == [
        "line 4, column 'Date'",
        "line 6, column 'Date'",
        "line 2, column 'Km'",
        "line 5, column 'Km'",
        "line 3, column 'Avg HR'",
        "line 3, column 'RPE'",
    ]
    reasons = dict(zip(where, log.problems["reason"], strict=True))
    assert "a formula" in reasons["line 5, column 'Km'"] and "'ten'" in reasons["line 2, column 'Km'"]
    assert len(log.activities) == 3 and log.activities["distance_m"].isna().tolist() == [True, False, True]
    assert (log.problems["path"] == "log.csv").all() and (log.problems["action"] != "").all()


def test_a_row_out_of_line_is_left_out_and_told():
    log = log_of("Date,Km,Duration\n2026-05-01,10,2,50:00\n2026-05-02,10,50:00\n2026-05-03,7\n")
    assert log.activities["date"].dt.day.tolist() == [2, 3]
    assert "4 cells under 3 headers" in log.problems.loc[0, "reason"]


def test_a_quote_never_closed_loses_no_row_silently():
    log = log_of('Date,Km,Notes\n2026-05-01,10,"fine\n2026-05-02,11,good\n2026-05-03,12,better\n')
    assert log.activities["distance_m"].tolist() == [10000, 11000, 12000]
    assert "never closed" in log.problems.loc[0, "reason"] and log.problems.loc[0, "where"] == "line 2"


def test_units_in_cells_and_worded_durations():
    log = log_of(
        "Date,Distance,Duration,Pace\n2026-05-01,10 km,1h 20m,8:00 /km\n2026-05-02,6 mi,45 min,\n"
        "2026-05-03,5,0:30:00,\n"
    )
    assert log.activities["timer_time_s"].tolist() == [4800, 2700, 1800]
    assert log.activities["distance_m"].round(1).tolist() == [10000, 9656.1, 5000]


def test_hours_and_minutes_and_excel_minutes_are_told_by_the_distance():
    hours = log_of("Date,Km,Duration\n2026-05-01,10,0:50\n2026-05-02,21,1:45\n")
    assert (
        hours.activities["timer_time_s"].tolist() == [3000, 6300]
        and told(hours, "hours:minutes")
        and len(hours.problems) == 1
    )
    excel = log_of("Date,Km,Duration\n2026-05-01,10,50:10:00\n2026-05-02,8,41:00:00\n")
    assert excel.activities["timer_time_s"].tolist() == [3010, 2460]


def test_time_beside_a_duration_is_the_time_of_day():
    row = log_of("Date,Time,Duration,Km\n2026-05-01,6:30 AM,50:00,10\n", home_zone="Europe/Oslo").activities.iloc[0]
    assert row["start_time"] == pd.Timestamp("2026-05-01 04:30", tz="UTC") and not row["date_only"]
    assert row["timer_time_s"] == 3000


def test_the_same_timed_row_twice_is_one_activity_but_two_jogs_of_a_day_are_two():
    timed = log_of("Date,Km,Duration\n2026-05-01 08:00,10,50:00\n2026-05-01 08:00,10,50:00\n")
    assert len(timed.activities) == 1 and timed.problems.loc[0, "where"] == "line 3"
    assert len(log_of("Date,Km,Duration\n2026-05-01,2,10:00\n2026-05-01,2,10:00\n").activities) == 2


def test_an_impossible_run_is_kept_and_told():
    log = log_of("Date,Km,Duration\n2026-05-01,10,50:00\n2026-05-02,42,20:00\n2026-05-03,10,50:00\n")
    assert len(log.activities) == 3 and "faster than anyone" in log.problems.loc[0, "reason"]


def test_runlab_own_activities_survive_a_round_through_csv():
    first = log_of("Date,Km,Duration,Sport,Avg HR\n2026-05-01 08:00,10,50:00,Trail Run,150\n").activities
    again = log_of(first.drop(columns=["average_speed_mps"]).to_csv(index=False)).activities
    same = ["sport", "sub_sport", "distance_m", "timer_time_s", "moving_time_s", "average_heart_rate_bpm", "date"]
    pd.testing.assert_frame_equal(first[same], again[same])


# --- dates and numbers ----------------------------------------------------------------------------------------------


def test_day_or_month_first_is_decided_over_the_whole_column():
    day = log_of("Date,Km,Duration\n12/5/2021,10,50:00\n25/05/2021,10,50:00\n")
    assert day.activities["date"].dt.month.tolist() == [5, 5]
    month = log_of("Date,Km,Duration\n12/5/2021,10,50:00\n12/25/2021,10,50:00\n")
    assert month.activities["date"].dt.month.tolist() == [12, 12]
    rising = log_of(
        "Date,Km,Duration\n1/9/2021,10,50:00\n1/10/2021,10,50:00\n1/11/2021,10,50:00\n1/12/2021,10,50:00\n2/1/2021,8,40:00\n"
    )
    assert rising.activities["date"].dt.month.tolist() == [1, 1, 1, 1, 2] and told(rising, "run in order")


def test_undecidable_dates_are_a_problem_and_can_be_told():
    text = "Date,Km,Duration\n12/5/2021,10,50:00\n11/5/2021,10,50:00\n"
    unsure = log_of(text)
    assert "no date tells day from month" in unsure.problems.loc[0, "reason"]
    assert unsure.activities["date"].dt.month.tolist() == [5, 5]
    sure = log_of(text, dayfirst=False)
    assert sure.activities["date"].dt.month.tolist() == [12, 11] and not len(sure.problems)
    assert log_of(text, units="imperial").activities["date"].dt.month.tolist() == [12, 11]


@pytest.mark.parametrize(
    ("cell", "wall"),
    [
        ("2026-05-31", "2026-05-31"),
        ("2026/05/31 07:05", "2026-05-31 07:05"),
        ("20260531T070500", "2026-05-31 07:05"),
        ("May 31, 2026, 7:05:09 PM", "2026-05-31 19:05:09"),
        ("Sun, 31 May 2026 20:31", "2026-05-31 20:31"),
        ("31-May-26", "2026-05-31"),
        ("31.05.2026, 15:09:27", "2026-05-31 15:09:27"),
        ("May 31, 2026, 12:00:00 AM", "2026-05-31"),
        ("2021-01-02 15:05:17 - 2021-01-02 16:12:32", "2021-01-02 15:05:17"),
        ("May 31, 2026, 00:00:00 PM", "2026-05-31"),
    ],
)
def test_ways_to_write_a_date(cell, wall):
    assert dates.dates([cell]).moments[0].wall == pd.Timestamp(wall).to_pydatetime()


@pytest.mark.parametrize("cell", ["2026-02-30", "tomorrow", "5:30", "1/2", "99999999", "2026-13-13", "=TODAY()"])
def test_what_is_no_date(cell):
    assert dates.dates([cell]).moments == [None] and dates.dates([cell]).wrong == [0]


def test_an_hour_that_clocks_skip_and_one_that_comes_twice():
    when = log_of("Date,Km,Duration\n2026-03-29 02:30,10,50:00\n2026-10-25 02:30,10,50:00\n", home_zone="Europe/Oslo")
    assert when.activities["start_time"].tolist() == list(
        pd.to_datetime(["2026-03-29 01:30", "2026-10-25 00:30"], utc=True)
    )


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (["4,14", "5,01"], ","),
        (["4.14"], "."),
        (["3,958", "12"], "."),
        (["1.234,5"], ","),
        (["1,234,567"], "."),
        (["0,125"], ","),
    ],
)
def test_decimal_marks(text, marks):
    assert cells.decimal_marks({"x": text})[0] == {"x": marks}


@given(st.floats(0, 1e6, allow_nan=False), st.sampled_from([",", "."]), st.booleans())
def test_a_written_number_is_read_back(value, decimal, grouped):
    text = f"{value:,.2f}" if grouped else f"{value:.2f}"
    if decimal == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    read, wrong = cells.numbers([text], "", "", decimal)
    assert not wrong and read[0] == pytest.approx(round(value, 2), abs=0.011)


@given(st.integers(0, 99 * 3600))
def test_a_written_duration_is_read_back(total):
    text = f"{total // 3600}:{total // 60 % 60:02d}:{total % 60:02d}"
    assert cells.clock_seconds(text) == total


# --- other platforms ------------------------------------------------------------------------------------------------


def test_trainingpeaks_keeps_what_was_done_and_counts_what_was_planned():
    log = log_of(
        '"Title","WorkoutType","PlannedDuration","WorkoutDay","DistanceInMeters","TimeTotalInHours","CadenceAverage","Rpe"\n'
        '"Z2","Run","1.3","2026-02-01","12528.8","1.382449","162","3"\n"Tempo","Run","1","2026-02-02","","","",""\n'
    )
    assert len(log.activities) == 1 and log.about["planned_rows"] == 1
    assert log.activities.loc[0, "timer_time_s"] == pytest.approx(4976.8, abs=0.1)
    assert log.activities.loc[0, "average_cadence_spm"] == 162


def test_hrv4training_is_wellness_in_year_day_month():
    log = log_of(
        "date, time, HR,AVNN,SDNN,rMSSD\n2017-28-08,01:00,0.0,0.0,0.0,0.0\n2017-29-08,09:01,73.5,816.4,60.2,41.0\n"
    )
    assert not len(log.activities) and log.wellness["date"].tolist() == [pd.Timestamp("2017-08-29")]
    assert log.wellness.loc[0, ["resting_heart_rate_bpm", "hrv_rmssd_ms"]].tolist() == [73.5, 41.0]


# --- samples --------------------------------------------------------------------------------------------------------


def test_samples_with_instants_and_units_in_headers():
    run = run_of(
        "Timestamp,Lat,Lng,Elevation (ft),Heart Rate (bpm),Run Cadence,Speed (km/h),Distance (km),Power (W),Sport\n"
        "2026-05-01T08:00:00Z,59.9,10.7,328.084,140,85,12,0,250,Running\n"
        "2026-05-01T08:00:01Z,59.90003,10.7,328.084,0,86,12,0.0033,251,Running\n"
    )
    records = run.records
    assert records["time"].iloc[0] == pd.Timestamp("2026-05-01 08:00", tz="UTC")
    assert records["altitude_m"].round(2).tolist() == [100, 100] and records["speed_mps"].round(3).tolist() == [
        3.333,
        3.333,
    ]
    assert records["heart_rate_bpm"].iloc[0] == 140 and np.isnan(records["heart_rate_bpm"].iloc[1])
    assert records["cadence_spm"].tolist() == [170, 172] and records["distance_m"].tolist() == [0, pytest.approx(3.3)]
    assert run.about["sport"] == "running" and records["timer_running"].all()


def test_samples_by_elapsed_time_need_a_date_and_take_it_from_the_name():
    text = "secs,cad,hr,km,kph,nm,watts,alt,lon,lat\n" + "".join(
        f"{i},85,{120 + i},{i * 0.003:.4f},10.8,0,0,34.4,0,0\n" for i in range(5)
    )
    with pytest.raises(FileError, match="x.csv: samples without a date"):
        csv.read(text.encode(), name="x.csv")
    run = run_of(text, name="2009_05_27_07_30_00.csv", home_zone="Europe/Berlin")
    assert run.records["time"].iloc[[0, -1]].tolist() == list(
        pd.to_datetime(["2009-05-27 05:30:00", "2009-05-27 05:30:04"], utc=True)
    )
    assert run.about["utc_offset_s"] == 7200 and run.records["latitude_deg"].isna().all()
    assert run.records["distance_m"].tolist() == pytest.approx([0, 3, 6, 9, 12])
    told_start = run_of(text, start="2026-01-01 10:00+00:00").records["time"].iloc[0]
    assert told_start == pd.Timestamp("2026-01-01 10:00", tz="UTC")


def test_samples_date_and_clock_in_two_columns_through_midnight_of_unix_time():
    two = run_of(
        "Date,Time,HR\n" + "".join(f"2026-05-01,17:39:{i:02d},140\n" for i in range(12)), home_zone="Europe/Oslo"
    )
    assert two.records["time"].iloc[0] == pd.Timestamp("2026-05-01 15:39", tz="UTC")
    unix = run_of("timestamp,heart_rate,speed\n" + "".join(f"{1777600000 + i},140,3.1\n" for i in range(5)))
    assert unix.records["time"].iloc[0] == pd.Timestamp(1777600000, unit="s", tz="UTC")
    milli = run_of("timestamp,heart_rate\n1777600000000,140\n1777600001000,141\n")
    assert milli.records["time"].iloc[1] == pd.Timestamp(1777600001, unit="s", tz="UTC")


def test_samples_units_are_told_by_each_other():
    rows = "".join(f"2026-05-01 08:00:{i:02d},{i * 0.003:.3f},10.8\n" for i in range(60))
    run = run_of("time,distance,speed\n" + rows)
    assert run.records["speed_mps"].iloc[-1] == pytest.approx(3.0) and told(run, "'speed' read as km/h")
    rows = "".join(
        f"2026-05-01 08:{i // 60:02d}:{i % 60:02d},{i * 0.003:.3f},59.{900000 + i * 27},10.7\n" for i in range(120)
    )
    run = run_of("time,distance,lat,lon\n" + rows)
    assert run.records["distance_m"].iloc[-1] == pytest.approx(357) and told(run, "read as km, as along the positions")


def test_samples_segments_pauses_and_laps():
    run = run_of(
        "#time,trackpoint_type,latitude,longitude,speed,heartrate\n"
        '"2020-02-02T03:02:02+01:00","SEGMENT_START_MANUAL",,,,\n"2020-02-02T03:02:03+01:00","TRACKPOINT",3.1,14.0,54,66\n'
        '"2020-02-02T03:02:09+01:00","SEGMENT_END_MANUAL",,,,\n"2020-02-02T03:03:02+01:00","SEGMENT_START_MANUAL",,,,\n'
        '"2020-02-02T03:03:03+01:00","TRACKPOINT",3.1,14.0,54,70\n'
    )
    assert run.records["timer_running"].tolist() == [True, True, False, True, True]
    assert run.records["segment"].tolist() == [1, 1, 1, 2, 2] and run.about["utc_offset_s"] == 3600
    assert run.records["speed_mps"].dropna().tolist() == [15, 15]
    laps = run_of(
        "time,lap,distance_m,hr\n"
        + "".join(f"2026-05-01 08:00:{i:02d},{1 + i // 10},{3 * i},{140 + i}\n" for i in range(20))
    ).laps
    assert laps["lap"].tolist() == [1, 2] and laps["elapsed_time_s"].tolist() == [10, 9]
    assert laps["distance_m"].tolist() == [30, 27] and laps["max_heart_rate_bpm"].tolist() == [149, 159]


def test_samples_wrong_cells_are_one_problem_per_channel_and_bad_times_make_it_incomplete():
    run = run_of("time,hr\n2026-05-01 08:00:00,140\n2026-05-01 08:00:01,n00\n2026-05-01 08:00:02,xx\nbroken,140\n")
    assert len(run.records) == 3 and not run.about["complete"]
    assert [p[0] for p in run.about["problems"]] == ["rows", "column 'hr'"]


def test_records_survive_a_round_through_csv():
    first = run_of(
        "time,lat,lon,hr,altitude_m,distance_m,speed_mps,cadence_spm\n"
        + "".join(
            f"2026-05-01 08:00:{i:02d}+00:00,59.{9000 + i},10.7,{140 + i},100.5,{3 * i},3.0,170\n" for i in range(9)
        )
    )
    again = run_of(first.records.to_csv(index=False))
    pd.testing.assert_frame_equal(first.records[tables.RECORDS.names], again.records[tables.RECORDS.names])


# --- what is no table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"just words\n",
        b"\x00\x01\x02",
        b"a,b,c\n1,2,3\n",
        b"Date,Km,Duration\n",
        b"Date,Weather\n2026-01-01,sun\n",
        b"\xff\xfe\x00",
        b"Date,Step count(count)\n2026-01-01,5000\n",
        b"[[Training]]\n[TrainingResult]\nTrainingName,x\n",
    ],
)
def test_refusals_are_file_errors_with_the_name(data):
    with pytest.raises(FileError, match="^odd.csv: "):
        csv.read(data, name="odd.csv")


def test_too_large_is_refused_before_it_is_read():
    with pytest.raises(FileError, match="more than a table of runs holds"):
        csv.read(b"Date,Km\n" + b" " * (64 * 1024 * 1024), name="big.csv")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"Date;Km\n2026-05-01;10,2\n", True),
        (b"\xef\xbb\xbfDate,Km\n1,2\n", True),
        ("Date\tKm\n1\t2\n".encode("utf-16"), True),
        (b"<?xml version='1.0'?><gpx>,</gpx>", False),
        (b'{"a": 1, "b": 2}', False),
        (b"\x0e\x10\x00.FIT", False),
        (b"", False),
        (b"one column\nonly\n", False),
        (b'"Activity Type,Date"\n"Running,2025-01-01"\n', False),
    ],
)
def test_sniffing(data, answer):
    assert csv.is_csv(data) is answer


def test_a_bad_zone_or_start_is_a_setting():
    with pytest.raises(SettingsError, match="home_zone must be a time zone"):
        log_of("Date,Km,Duration\n2026-05-01,10,50:00\n", home_zone="Mars/Olympus")


# --- squad tables ---------------------------------------------------------------------------------------------------


@pytest.fixture
def squad(tmp_path):
    def write(**files: str):
        folder = tmp_path / "road-marathoner"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        return csv.read_squad_tables(folder, "road-marathoner")

    return write


def test_squad_plan(squad):
    found, problems = squad(
        plan="date,slot,session_type,title,distance_km,duration,intensity,coach_word\n"
        "2026-05-01,am,Easy Run,Jog,10,50:00,Z2,go\n2026-05-01,,intervals,8x400,,1:10:00,5k pace,\n"
        "2026-05-02,,long,,20,95,,\n2026-05-03,,nap,,,,,\n,,easy,,5,,,\n"
    )
    plan = found["plan"]
    tables.check(plan, tables.PLAN, *tables.PLAN.names)
    assert plan["session_type"].tolist() == ["easy", "interval", "long", "nap"] and plan["slot"].tolist() == [
        "am",
        "2",
        "",
        "",
    ]
    assert plan["distance_m"].tolist()[:3] == [10000, pytest.approx(np.nan, nan_ok=True), 20000]
    assert plan["duration_s"].tolist()[:3] == [3000, 4200, 5700] and plan["coach_word"].iloc[0] == "go"
    assert problems["where"].tolist() == ["line 5, column 'session_type'", "line 6, column 'date'"]
    assert (problems["path"] == "road-marathoner/plan.csv").all() and (plan["athlete"] == "road-marathoner").all()


def test_squad_events_wellness_races_strength_fuel(squad):
    found, problems = squad(
        events="kind,start,end,site,side,severity,note\nsick,2026-03-01,2026-03-05,,,,cold\npain,2026-04-01,,achilles,L,4,\n"
        "injury,2026-04-09,2026-04-02,calf,left,12,\n",
        wellness="date,sleep_h,soreness,mood,resting_heart_rate_bpm,weight_kg,note\n2026-03-01,7:30,3,5,48,61.5,ok\n"
        "2026-03-02,8,9,,high,,\n",
        races="date,name,distance_mi,priority,goal,official_time,ascent_m,kind\n2026-10-04,Half,13.1,a,1:32:00,,120,road\n",
        strength="date,time,duration,kind,rpe,note\n2026-03-01,18:00,45,Heavy,7,\n",
        fuel="date,start,carbs_g,fluid_ml,note\n2026-03-01,08:00,60,500,gel\n",
    )
    assert found["events"]["kind"].tolist() == ["ill", "pain", "injury"] and found["events"]["side"].tolist() == [
        "",
        "left",
        "left",
    ]
    assert found["events"]["end"].isna().tolist() == [False, True, True]
    tables.check(found["events"], tables.EVENTS, *tables.EVENTS.names)
    wellness = found["wellness"]
    assert wellness["sleep_h"].tolist() == [7.5, 8] and np.isnan(wellness["soreness"].iloc[1])
    assert wellness["wellness_note"].tolist() == ["ok", ""] and np.isnan(wellness["resting_heart_rate_bpm"].iloc[1])
    assert set(wellness.columns) - {"athlete", "date"} <= {c.name for c in tables.DAILY.columns}
    assert found["races"].loc[0, ["distance_m", "goal_s", "priority"]].tolist() == [pytest.approx(21082.41), 5520, "A"]
    assert found["strength"].loc[0, ["time", "duration_s", "kind", "rpe"]].tolist() == ["18:00", 2700, "heavy", 7]
    assert found["fuel"].loc[0, ["time", "carbs_g", "fluid_ml", "note"]].tolist() == ["08:00", 60, 500, "gel"]
    assert sorted(problems["where"]) == [
        "line 3, column 'resting_heart_rate_bpm'",
        "line 3, column 'soreness'",
        "line 4, column 'end'",
        "line 4, column 'severity'",
    ]


def test_squad_folder_without_tables_and_with_broken_ones(squad):
    found, problems = squad()
    assert set(found) == {"plan", "events", "wellness", "races", "strength", "fuel"} and not len(problems)
    tables.check(found["races"], tables.RACES, *tables.RACES.names)
    found, problems = squad(plan="", races="date,name\n2026-01-01,x\n", fuel="\x00\x01")
    assert problems["path"].str.split("/").str[1].tolist() == ["plan.csv", "races.csv", "fuel.csv"]
    assert "needs the columns distance_m" in problems["reason"].iloc[1] and not len(found["races"])


# --- real files and noise -------------------------------------------------------------------------------------------


def _corpus() -> list[Path]:
    root = Path(os.environ.get("RUNLAB_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
    return sorted((root / "csv").glob("*.csv"))


@pytest.mark.corpus
@pytest.mark.parametrize(
    "path",
    _corpus() or [pytest.param(None, marks=pytest.mark.skip(reason="no corpus: set RUNLAB_CORPUS"))],
    ids=lambda p: p.name if p else "none",
)
def test_every_corpus_file_ends_as_data_or_as_a_named_refusal(path):
    data = path.read_bytes()
    assert csv.is_csv(data)
    try:
        found = csv.read(data, name=path.name, home_zone="Europe/Copenhagen")
    except FileError as error:
        assert str(error).startswith(f"{path.name}: ") and len(str(error)) > 60
        assert any(w in path.name for w in ("_de_", "_da_", "_es_", "_ca_", "epson", "cumulative", "powertap"))
        return
    if isinstance(found, TrainingLog):
        tables.check(found.activities, tables.ACTIVITIES, *tables.ACTIVITIES.names)
        assert len(found.activities) or len(found.wellness)
    else:
        tables.check(found.records, tables.RECORDS, *tables.RECORDS.names)


EXPECTED = {  # summed in the files themselves, apart from runlab: activities, kilometres, seconds (Strava: moving)
    "strava_activities_2021.csv": (40, 174.2066, 79372.0),
    "strava_activities_2023.csv": (8, 496.69973, 83398.0),
    "garmin_activities_en_2025.csv": (40, 474.06, 137950.0),
    "garmin_activities_en_decimalcomma_2022.csv": (20, 106.63, 36833.0),
    "garmin_activities_en_us_excel_2026.csv": (20, 127.4 * 1.609344, 60367.0),
    "coachlog_miles_us.csv": (30, 74.43 * 1.609344, None),
    "trainingpeaks_workouts_2026.csv": (23, 298.21717, 98206.2368),
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_corpus_logs_hold_what_was_counted(name):
    path = next((p for p in _corpus() if p.name == name), None)
    if path is None:
        pytest.skip("no corpus: set RUNLAB_CORPUS")
    activities = csv.read(path.read_bytes(), name=name).activities
    count, kilometres, seconds = EXPECTED[name]
    assert len(activities) == count
    assert activities["distance_m"].sum() / 1000 == pytest.approx(kilometres, rel=1e-6)
    if seconds:
        times = activities["moving_time_s" if name.startswith("strava") else "timer_time_s"]
        assert times.sum() == pytest.approx(seconds, rel=1e-6)


HEADERS = sorted(known_headers())
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "--",
            "1,234",
            "4,14",
            "12:34",
            "1:02:03",
            "2026-05-01",
            "5/6/26 17:39",
            "Run",
            "nan",
            "inf",
            "1e400",
            "=1+1",
            "-1",
            "0",
            "6:00 /km",
            "١٢",
            "99999999999999999999",
            '"',
        ]
    ),
    st.floats(allow_nan=True).map(str),
    st.integers().map(str),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(HEADERS), min_size=1, max_size=8),
    st.lists(st.lists(CELLS, max_size=9), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_any_table_under_known_headers_is_read_or_refused(header, rows, delimiter, encoding):
    text = "\n".join(delimiter.join(row) for row in [header, *rows])
    _read_or_refuse(text.encode(encoding, errors="replace"))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"Date,Km,Duration\n", b"time,lat,lon,hr\n2026-05-01 08:00:00,1,2,3\n"]),
)
def test_any_bytes_are_read_or_refused(noise, head):
    _read_or_refuse(head + noise)


def _read_or_refuse(data: bytes) -> None:
    csv.is_csv(data)
    try:
        found = csv.read(data, name="2026-05-01T08-00-00.csv", home_zone="Europe/Oslo")
    except FileError:
        return
    if isinstance(found, TrainingLog):
        assert found.activities["start_time"].notna().all() and found.activities["activity_id"].is_unique
    else:
        assert found.records["time"].is_monotonic_increasing and len(found.records) > 0


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["plan", "events", "wellness", "races", "strength", "fuel"]), st.binary(max_size=200))
def test_any_bytes_in_a_squad_table_are_a_table_or_a_problem(name, noise):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{name}.csv").write_bytes(b"date,kind,start,session_type,distance_km,mood\n" + noise)
        found, problems = csv.read_squad_tables(folder, "a")
    assert isinstance(found[name], pd.DataFrame) and list(problems.columns[:1]) == ["path"]


def test_no_word_of_the_dictionaries_means_two_things():
    """TOML is written by meaning; a word under two of them would silently mean the last."""
    squad, units, sports = table("csv/squad"), table("csv/units"), table("sports")
    lists = [about["headers"] for about in table("csv/sources").values() if "headers" in about]
    lists += [table("csv/coach")["training log"]["headers"], table("csv/samples")["samples"]["headers"]]
    lists += [about["headers"] for about in squad.values()]
    lists += [words for about in squad.values() for words in about.get("words", {}).values()]
    lists += [units[name] for name in ("unit_words", "kinds", "months")]
    lists += [sports[name] for name in ("tables", "tracks", "abroad", "workouts", "surfaces")]
    for meanings in lists:
        words = Counter(word for words in meanings.values() for word in words)
        assert not [word for word, times in words.items() if times > 1]


def test_every_unit_of_the_dictionaries_is_known():
    known = {*UNITS, *OPEN_UNITS, "clock", "distance?", "speed?"}
    for headers in (COACH.headers, SAMPLES.headers, *(s.headers for s in SOURCES), *(h for h, _ in FILES.values())):
        assert {value[1] for value in headers.values() if isinstance(value, tuple)} <= known
    assert set(UNIT_WORDS.values()) <= {*known, ""} and set(SUFFIXES.values()) <= set(UNITS)
    assert UNITS["mi"][1] == METRES_PER_MILE and UNITS["ft"][1] == METRES_PER_FOOT and UNITS["km/h"][1] == 1 / 3.6
