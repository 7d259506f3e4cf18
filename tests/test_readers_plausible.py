"""What cannot be never enters: impossible instants, and files that a first look would have dropped."""

from __future__ import annotations

import gzip
import zipfile

import numpy as np
import pandas as pd
import pytest
from simulate import fit_writer

from runlab import open_log
from runlab.athlete import Athlete
from runlab.errors import FileError
from runlab.readers import detect, read_activity, read_file
from runlab.readers.activity import AHEAD_S, latest_instant_s, possible_instants
from runlab.readers.derived import sport_by_movement
from runlab.readers.xml.values import sport, sport_in_title
from runlab.summary import summarise

GPX = '<gpx creator="phone">{head}<trk>{words}<trkseg>{points}</trkseg></trk></gpx>'
POINT = '<trkpt lat="{:.6f}" lon="10.2"><time>{}</time></trkpt>'
DAY = pd.Timestamp("2026-05-01 06:30")


def gpx(times, *, speed=3.0, words="", head="") -> bytes:
    step = speed / 111_195.0
    points = "".join(POINT.format(60 + i * step, f"{t:%Y-%m-%dT%H:%M:%SZ}") for i, t in enumerate(times))
    return GPX.format(words=words, head=head, points=points).encode()


def seconds(n: int, start=DAY):
    return [start + pd.Timedelta(seconds=i) for i in range(n)]


def test_the_bounds_of_what_can_be():
    edge = np.datetime64(int(latest_instant_s()), "s")
    found = possible_instants(
        np.array(["1989-12-31T23:59:59", "1990-01-01T00:00:00", edge, edge + 60, "NaT"], "M8[us]")
    )
    assert found.tolist() == [False, True, True, False, False]
    assert AHEAD_S == 2 * 86400


def test_a_track_of_1970_is_no_activity_but_a_problem(tmp_path):
    data = gpx([pd.Timestamp("1970-01-01")] * 50, words="<type>running</type>")
    with pytest.raises(FileError, match="50 points without any readable time"):
        read_activity(data)
    (tmp_path / "a.gpx").write_bytes(data)
    (tmp_path / "b.gpx").write_bytes(gpx(seconds(60), words="<type>running</type>"))
    log = open_log(tmp_path, progress=False)
    assert len(log.activities) == 1 and log.problems["path"].tolist() == ["a.gpx"]


def test_a_point_of_the_future_is_left_out_and_counted():
    later = pd.Timestamp(latest_instant_s() + 86400, unit="s")
    run = read_activity(gpx([*seconds(60), later], words="<type>running</type>"))
    assert len(run.records) == 60
    assert ("time", "1 of 61 points have no readable time", "the points with a time") in run.about["problems"]


def invalid_stamps(count: int) -> bytes:
    """A FIT run whose last samples bear the "no value" timestamp."""
    data, start = (
        bytearray(fit_writer.tiny_run(60)),
        int(read_activity(fit_writer.tiny_run(60)).records["time"].iloc[0].timestamp()),
    )
    for i in range(60 - count, 60):
        stamp = (start - 631_065_600 + i).to_bytes(4, "little")
        at = data.index(stamp)
        while data.find(stamp, at + 1) > 0:
            at = data.index(stamp, at + 1)
        data[at : at + 4] = b"\xff" * 4
    data[-2:] = fit_writer.crc(bytes(data[:-2])).to_bytes(2, "little")
    return bytes(data)


def test_the_no_value_timestamp_of_fit_is_missing_and_not_a_day_of_2126():
    records = read_activity(invalid_stamps(2)).records
    whole = read_activity(fit_writer.tiny_run(60)).records
    assert records["time"].max().year == whole["time"].max().year and len(records) < len(whole)


def test_lx_of_the_activity_says_nothing_of_the_last_lap():
    point = "<Trackpoint><Time>2026-05-01T06:30:{:02d}Z</Time></Trackpoint>"
    lap = (
        '<Lap StartTime="2026-05-01T06:30:00Z"><TotalTimeSeconds>3</TotalTimeSeconds><DistanceMeters>9</DistanceMeters>'
    )
    lap += "<Extensions><LX><AvgSpeed>3.0</AvgSpeed></LX></Extensions><Track>{}</Track></Lap>"
    lap = lap.format("".join(point.format(i) for i in range(4)))
    whole = "<Extensions><LX><AvgSpeed>77</AvgSpeed><AvgRunCadence>11</AvgRunCadence></LX></Extensions>"
    text = f'<Activities><Activity Sport="Running">{lap}{whole}</Activity></Activities>'
    text = f"<TrainingCenterDatabase>{text}</TrainingCenterDatabase>"
    assert read_activity(text.encode()).laps["average_speed_mps"].tolist() == [3.0]


def test_gzip_of_several_members_is_read_whole_and_a_cut_one_says_so():
    csv = b"Date,Distance (km),Time\n" + b"".join(b"2026-05-%02d,10.2,52:10\n" % d for d in range(1, 29))
    assert len(read_file(gzip.compress(csv[:300]) + gzip.compress(csv[300:])).activities) == 28
    assert not len(read_file(gzip.compress(csv)).problems)
    cut = read_file(gzip.compress(csv)[:-9])
    assert "the gzip stream breaks off" in cut.problems["reason"].tolist() and len(cut.activities) >= 20
    run = read_activity(gzip.compress(gpx(seconds(60), words="<type>running</type>"))[:-5])
    assert not run.about["complete"] and run.about["problems"][-1][:2] == ("gzip", "the gzip stream breaks off")


def test_a_zip_of_stored_members_is_a_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as file:
        file.writestr("run.gpx", gpx(seconds(60)))
    assert detect((tmp_path / "a.zip").read_bytes()) == ""


def test_a_track_without_points_is_a_session_of_its_day(tmp_path):
    head = "<metadata><time>2026-05-01T06:30:00Z</time></metadata>"
    bare = GPX.format(head=head, words="<name>跑步机</name><type>treadmill_running</type>", points="")
    (tmp_path / "a.gpx").write_text(bare, "utf-8")
    log = open_log(tmp_path, progress=False)
    row = log.activities.iloc[0]
    assert (row["sport"], row["sub_sport"], row["samples"], f"{row['date']:%F}") == (
        "running",
        "treadmill",
        0,
        "2026-05-01",
    )
    day = log.daily.iloc[0]
    assert day["sessions"] == 1 and day["unmeasured_sessions"] == 1 and np.isnan(day["load"])
    with pytest.raises(FileError, match="without a single point"):
        read_activity(GPX.format(head="", words="<type>running</type>", points="").encode())


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Laufen", ("running", "")),
        ("Course à pied", ("running", "")),
        ("corsa", ("running", "")),
        ("ランニング", ("running", "")),
        ("跑步", ("running", "")),
        ("跑步机", ("running", "treadmill")),
        ("tek", ("running", "")),
        ("Bieganie", ("running", "")),
        ("juoksu", ("running", "")),
        ("Běh", ("running", "")),
        ("futás", ("running", "")),
        ("koşu", ("running", "")),
        ("달리기", ("running", "")),
        ("Hardlopen", ("running", "")),
        ("løb", ("running", "")),
        ("Rower", ("cycling", "")),
        ("Kite Surfing", ("kite_surfing", "")),
    ],
)
def test_sport_words_of_many_languages(word, meaning):
    assert sport(word) == meaning


def test_the_last_word_of_a_title_names_the_sport_where_the_file_does_not():
    assert sport_in_title("Somewhere 跑步") == "跑步" and sport_in_title("Morning 9") == ""
    named = read_activity(gpx(seconds(60), words="<name>Somewhere 骑行</name>"))
    assert named.about["sport"] == "cycling"


@pytest.mark.parametrize(
    ("speed", "cadence", "sport"),
    [
        (1.99, np.nan, ""),
        (2.01, np.nan, "running"),
        (5.99, np.nan, "running"),
        (6.01, np.nan, ""),
        (3.0, 64.0, ""),
        (3.0, 66.0, "running"),
        (3.0, 111.0, ""),
        (3.0, 131.0, "running"),
        (3.0, 221.0, ""),
    ],
)
def test_movement_names_running_inside_these_bounds(speed, cadence, sport):
    assert sport_by_movement(np.full(100, speed), np.full(100, cadence))[0] == sport


def test_a_descent_on_wheels_is_no_running():
    speed = np.r_[np.full(97, 5.0), np.full(3, 9.0)]
    assert sport_by_movement(speed, np.full(100, np.nan))[0] == ""
    assert sport_by_movement(speed[1:98], np.full(97, np.nan))[0] == "running"


def test_an_untyped_track_is_running_by_its_samples_or_what_its_athlete_says():
    run, ride = read_activity(gpx(seconds(120))), read_activity(gpx(seconds(120), speed=8.0))
    row = summarise(run).row
    assert row["sport"] == "running" and row["sport_source"].startswith("no sport in the file; running by its speed")
    assert summarise(ride).row["sport"] == ""
    row = summarise(ride, athlete=Athlete("kim", untyped="running")).row
    assert row["sport"] == "running" and "athlete.toml" in row["sport_source"]
    typed = summarise(
        read_activity(gpx(seconds(120), words="<type>cycling</type>")), athlete=Athlete("kim", untyped="running")
    )
    assert typed.row["sport"] == "cycling" and typed.row["sport_source"] == ""


def test_a_zip_named_fit_is_opened_as_the_zip_it_is(tmp_path):
    """A platform's "original" download is a zip; kept under the name of the FIT file in it, it was refused."""
    with zipfile.ZipFile(tmp_path / "17.fit", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("17_ACTIVITY.fit", fit_writer.tiny_run())
    log = open_log(tmp_path, progress=False)
    assert log.activities["source"].tolist() == ["17.fit/17_ACTIVITY.fit"] and log.problems.empty
    assert len(log.records(log.activities["activity_id"].iloc[0])) == log.activities["samples"].iloc[0] > 0
