"""What a file says and no more: one sample an instant, the order of the file, every word and column accounted for."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from simulate import fit_writer

from runlab import open_log, tables
from runlab.errors import FileError, TableError
from runlab.load import session_load
from runlab.readers import read_activity, read_file
from runlab.readers.csv import read_squad_tables
from runlab.readers.fit import read_messages
from runlab.readers.xml import channels

START = pd.Timestamp("2026-05-01 06:30")


def track(times, latitudes, *, heads="<type>running</type>") -> bytes:
    """A GPX track of one segment, a point for each time."""
    point = '<trkpt lat="{:.7f}" lon="10.2"><ele>5</ele><time>{:%Y-%m-%dT%H:%M:%S.%fZ}</time></trkpt>'
    points = "".join(point.format(lat, t) for lat, t in zip(latitudes, times, strict=True))
    return f'<gpx creator="phone"><trk>{heads}<trkseg>{points}</trkseg></trk></gpx>'.encode()


def straight(n: int, step_m: float = 3.0) -> np.ndarray:
    return 60.0 + np.arange(n) * step_m / 111_195.08


def clock(seconds) -> list[pd.Timestamp]:
    return [START + pd.Timedelta(seconds=float(s)) for s in seconds]


# -- keys --------------------------------------------------------------------------------------------------------------


def test_check_names_table_key_and_rows_that_share_one():
    time = pd.to_datetime(["2026-05-01 06:30:00", "2026-05-01 06:30:01", "2026-05-01 06:30:01"], utc=True)
    records = tables.conform(pd.DataFrame({"activity_id": "a", "time": time}), tables.RECORDS)
    with pytest.raises(
        TableError, match=r"not a records table[\s\S]*1 rows repeat the key \(activity_id, time\): a, 2"
    ):
        tables.check(records, tables.RECORDS)
    tables.check(records, tables.RECORDS, key=False)
    tables.check(records.iloc[:2], tables.RECORDS)
    tables.check(records.iloc[1:].assign(activity_id=["a", "b"]), tables.RECORDS)  # two activities at one instant
    with pytest.raises(TableError, match=r"repeat the key \(time\)"):
        tables.check(records.drop(columns="activity_id"), tables.RECORDS)


@pytest.mark.parametrize(
    "name", [name for name, table in tables.TABLES.items() if table.key and name not in ("records", "problems")]
)
def test_check_tests_the_key_of_every_table(name):
    table = tables.TABLES[name]
    row = tables.conform(pd.DataFrame({c.name: [tables._FILL[c.dtype]] for c in table.columns}), table)
    with pytest.raises(TableError, match=f"not a {table.name} table[\\s\\S]*repeat the key"):
        tables.check(pd.concat([row, row], ignore_index=True), table)
    tables.check(row, table)


def test_two_people_may_have_one_file_and_one_day_two_races():
    same = tables.conform(pd.DataFrame({"activity_id": ["x", "x"], "athlete": ["kim", "lee"]}), tables.ACTIVITIES)
    tables.check(same, tables.ACTIVITIES)
    heats = pd.DataFrame({"athlete": "kim", "date": pd.Timestamp("2026-05-01"), "name": ["heat", "final"]})
    tables.check(tables.conform(heats, tables.RACES), tables.RACES)


def test_a_race_written_twice_is_one_race_and_a_problem(tmp_path):
    rows = "date,name,distance_km\n2026-05-01,A,10\n2026-05-01,A,10\n2026-05-01,B,5\n"
    (tmp_path / "races.csv").write_text(rows)
    found, problems = read_squad_tables(tmp_path, "kim")
    assert found["races"]["name"].tolist() == ["A", "B"]
    assert problems["reason"].tolist() == ["the same again (2026-05-01)"]


def test_points_of_one_instant_are_one_sample_with_the_first_value_of_each_channel():
    data = track(clock([0, 1, 1, 1, 2]), straight(5)).decode()
    for number, heart in ((1, ""), (2, "<hr>141</hr>"), (3, "<hr>160</hr>")):
        at = -1
        for _ in range(number + 1):
            at = data.index("</trkpt>", at + 1)
        data = data[:at] + f"<extensions>{heart}</extensions>" + data[at:]
    run = read_activity(data.encode())
    tables.check(run.records, tables.RECORDS, "activity_id", "time")
    assert run.records["heart_rate_bpm"].tolist()[1] == 141.0 and np.isnan(run.records["heart_rate_bpm"].iloc[0])
    assert run.records["latitude_deg"].tolist() == pd.Series(straight(5)[[0, 1, 4]]).round(7).tolist()
    said = ("time", "2 samples of an instant that has one already", "the first, its gaps filled")
    assert said in run.about["problems"]


@pytest.mark.parametrize("engine", ["runlab", "fitparse"])
def test_fit_samples_of_one_instant_are_one(engine):
    data, whole = bytearray(fit_writer.tiny_run(60)), read_activity(fit_writer.tiny_run(60)).records
    stamps = [int(t.timestamp()) - 631_065_600 for t in whole["time"]]
    at = max(i for i in range(len(data) - 4) if data[i : i + 4] == stamps[30].to_bytes(4, "little"))
    data[at : at + 4] = stamps[29].to_bytes(4, "little")
    data[-2:] = fit_writer.crc(bytes(data[:-2])).to_bytes(2, "little")
    run = read_activity(bytes(data), engine=engine)
    tables.check(run.records, tables.RECORDS, "time")
    assert len(run.records) == 59
    assert run.records["distance_m"].tolist() == whole["distance_m"].drop(index=30).tolist()
    if engine == "runlab":
        assert ("time", "1 sample of an instant that has one already", "the first, its gaps filled") in run.about[
            "problems"
        ]


def test_rows_of_one_instant_in_a_file_of_samples_fill_each_other():
    csv = "time,heart_rate,speed\n" + "".join(
        f"2026-05-01T06:30:0{t}Z,{h},{v}\n" for t, h, v in [(0, 140, 3), (1, "", 3.1), (1, 150, 9), (2, 142, 3)]
    )
    records = read_file(csv.encode()).records
    tables.check(records, tables.RECORDS, "time")
    assert records["heart_rate_bpm"].tolist() == [140, 150, 142] and records["speed_mps"].tolist() == [3, 3.1, 3]


# -- the order of points -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["jittered", "shuffled"])
def test_a_bad_clock_does_not_lengthen_the_way(kind):
    random = np.random.default_rng(7)
    seconds = np.arange(600) + random.normal(0, 4, 600) if kind == "jittered" else random.permutation(600)
    run = read_activity(track(clock(seconds), straight(600)))
    assert len(run.records) == 600
    assert run.records["distance_m"].iloc[-1] == pytest.approx(599 * 3.0, rel=1e-3)
    assert run.records["time"].is_monotonic_increasing and run.records["latitude_deg"].is_monotonic_increasing
    where, reason, kept = next(p for p in run.about["problems"] if "earlier" in p[1])
    assert "1797 m in the order of the file" in reason and kept.startswith("every sample in the file's order")


def test_points_written_in_disorder_are_sorted_by_a_clock_that_is_right():
    order = np.random.default_rng(7).permutation(600)
    run = read_activity(track(clock(order), straight(600)[order]))
    assert run.records["distance_m"].iloc[-1] == pytest.approx(599 * 3.0, rel=1e-3)
    assert next(p for p in run.about["problems"] if "earlier" in p[1])[2] == "every sample, sorted by time"


def test_two_recordings_in_one_track_are_not_a_jittered_clock():
    """The second begins where the first ended: one step back in time, and a way in the file's order twice as long."""
    seconds = np.r_[np.arange(300), np.arange(300) + 0.5]
    run = read_activity(track(clock(seconds), np.r_[straight(300), straight(300)]))
    assert run.records["distance_m"].iloc[-1] == pytest.approx(299 * 3.0, rel=0.01)


@pytest.mark.parametrize(("swapped", "kept"), [(10, "every sample in the file's"), (9, "every sample, sorted")])
def test_two_percent_of_steps_back_are_a_bad_clock(swapped, kept):
    seconds = np.arange(501.0)
    for k in range(1, 40 * swapped, 40):  # a point a hundred seconds off: 200 steps of way more by time
        seconds[k] += 30.5
    run = read_activity(track(clock(seconds), straight(501)))
    assert next(p for p in run.about["problems"] if "earlier" in p[1])[2].startswith(kept)


@pytest.mark.parametrize(("swapped", "kept"), [(14, "every sample in the file's"), (13, "every sample, sorted")])
def test_a_way_five_percent_shorter_in_the_file_s_order_is_a_bad_clock(swapped, kept):
    seconds = np.arange(501.0)
    for k in range(10, 10 + 20 * swapped, 20):  # two neighbours' times changed over: two steps more of 500
        seconds[[k, k + 1]] = seconds[[k + 1, k]]
    run = read_activity(track(clock(seconds), straight(501)))
    assert next(p for p in run.about["problems"] if "earlier" in p[1])[2].startswith(kept)


# -- FIT: times, components --------------------------------------------------------------------------------------------

BEGIN = 1_780_000_000


def pool(monkeypatch, untimed: int, lengths: int) -> bytes:
    """A swim whose samples have no time; a length takes a minute."""
    length = {"start_time": (2, "uint32"), "total_elapsed_time": (3, "uint32", 1000)}
    monkeypatch.setitem(fit_writer.MESSAGES, "length", (101, length))
    fit = fit_writer.FitFile()
    fit.add("file_id", type="activity", manufacturer="garmin", time_created=BEGIN)
    fit.add_rows("record", {"distance": 25.0 * np.arange(1, untimed + 1)})
    count = np.arange(lengths)
    fit.add_rows("length", {"start_time": BEGIN + 60 * count, "total_elapsed_time": np.full(lengths, 59.6)})
    end = BEGIN + 60 * lengths
    fit.add("session", sport="swimming", start_time=BEGIN, timestamp=end, total_elapsed_time=60.0 * lengths)
    return fit.to_bytes()


def test_samples_of_a_pool_swim_without_time_take_the_ends_of_its_lengths(monkeypatch):
    swim = read_activity(pool(monkeypatch, 4, 4))
    assert [int(t.timestamp()) - BEGIN for t in swim.records["time"]] == [60, 120, 180, 240]
    assert swim.records["distance_m"].tolist() == [25, 50, 75, 100]
    assert swim.about["problems"][0][1:] == (
        "4 samples have no time, as many as there are pool lengths",
        "all of them, at the ends of the pool lengths",
    )


def test_samples_without_time_that_no_length_dates_are_left_out_and_counted(monkeypatch):
    swim = read_activity(pool(monkeypatch, 4, 3))
    assert swim.records.empty and swim.about["start_time"] == pd.Timestamp(BEGIN, unit="s", tz="UTC")
    assert ("records", "4 samples have no time that can be", "left out") in swim.about["problems"]


def test_a_gear_of_zero_teeth_is_no_gear(monkeypatch):
    """Gears are packed into the data of an event as uint8z, whose 0 is "not measured"."""
    event = {"timestamp": (253, "uint32"), "event": (0, "enum"), "data": (3, "uint32")}
    monkeypatch.setitem(fit_writer.MESSAGES, "event", (21, event))
    fit = fit_writer.FitFile()
    fit.add("file_id", type="activity", manufacturer="garmin", time_created=BEGIN)
    fit.add("event", timestamp=BEGIN, event=42, data=11 | 25 << 8)  # rear gear 11 of 25 teeth, the front not known
    fit.add("event", timestamp=BEGIN + 1, event=42, data=11 | 25 << 8 | 2 << 16 | 255 << 24)
    found = read_messages(fit.to_bytes())["event"]
    assert found[["rear_gear_num", "rear_gear"]].to_numpy().tolist() == [[11, 25], [11, 25]]
    assert found["front_gear_num"].isna().tolist() == [True, False] and found["front_gear_num"].iloc[1] == 2
    assert found["front_gear"].tolist()[1] == 255 and np.isnan(found["front_gear"].iloc[0])


# -- CSV: columns that are seen but not understood ---------------------------------------------------------------------


@pytest.mark.parametrize("header", ["time_mmss", "Time (mmss)", "Duration min sec", "time hhmmss", "time_mm_ss"])
def test_a_time_whose_name_says_minutes_and_seconds_is_one(header):
    log = read_file(f"Date,Distance (km),{header}\n2026-05-01,10,52:10\n2026-05-02,10,53:10\n".encode())
    assert log.activities["timer_time_s"].tolist() == [3130, 3190] and log.problems.empty


def test_columns_that_look_like_ours_and_are_not_understood_are_said():
    header = "Date,Distance (km),Time,gun_chip,entered,Distance measured,Note 2,Weather,Bib"
    row = "2026-05-0{},10,52:10,51:3{},2026-01-03,10.1,5,3,17"
    log = read_file("\n".join([header, row.format(1, 1), row.format(2, 2)]).encode())
    assert log.problems[["where", "reason"]].to_numpy().tolist() == [
        ["column 'gun_chip'", "its cells look like times (51:31), and its name is not known"],
        ["column 'entered'", "its cells look like dates (2026-01-03), and its name is not known"],
        ["column 'Distance measured'", "its cells look like a distance (10.1), and its name is not known"],
    ]
    assert log.activities["gun_chip"].tolist() == ["51:31", "51:32"]  # carried along all the same


def test_samples_say_which_column_they_did_not_understand():
    rows = "".join(f"2026-05-01T06:30:0{i}Z,140,5:1{i}\n" for i in range(3))
    about = read_file(f"time,heart_rate,gun_chip\n{rows}".encode()).about
    assert [p[:2] for p in about["problems"]] == [
        ("column 'gun_chip'", "its cells look like times (5:10), and its name is not known")
    ]


# -- FIT: damage that moves the date -----------------------------------------------------------------------------------


def sealed(data: bytes, *, right: bool) -> bytes:
    """The file with a right or a wrong checksum."""
    value = fit_writer.crc(data[:-2]) ^ (0 if right else 1)
    return data[:-2] + value.to_bytes(2, "little")


def moved(data: bytes, places: list[int], seconds: int) -> bytes:
    """The file with the 32-bit instants at some places moved."""
    out = bytearray(data)
    for at in places:
        out[at : at + 4] = (int.from_bytes(out[at : at + 4], "little") + seconds).to_bytes(4, "little")
    return bytes(out)


def stamps_at(data: bytes, value: int) -> list[int]:
    return [i for i in range(len(data) - 4) if data[i : i + 4] == (value - 631_065_600).to_bytes(4, "little")]


START_S = BEGIN  # of tiny_run
TO_1990, TO_JULY = -1_148_000_000, 5_000_000


@pytest.mark.parametrize("seconds", [TO_1990, TO_JULY])
def test_a_damaged_lap_or_session_start_moves_no_date(seconds):
    data = fit_writer.tiny_run(60)
    starts = stamps_at(data, START_S)  # file_id, event, first sample, lap, session
    run = read_activity(sealed(moved(data, starts[-2:], seconds), right=False))
    assert run.laps["start_time"].tolist() == [pd.Timestamp(START_S + 60, unit="s", tz="UTC")] or (
        run.laps["start_time"].isna().all()
    )
    assert {f"{s['start_time']:%Y-%m}" for s in run.about["sessions"] if s["start_time"] is not pd.NaT} <= {"2026-05"}
    assert f"{run.about['start_time']:%F}" == "2026-05-28" and len(run.records) == 60


@pytest.mark.parametrize("seconds", [TO_1990, TO_JULY])
def test_samples_that_all_moved_are_left_out_where_every_other_message_says_another_day(seconds):
    data = fit_writer.tiny_run(60)
    header = data.index(b"\x00\x00\x14\x00")  # the definition of the samples
    samples = [min(at for at in stamps_at(data, START_S + k) if at > header) for k in range(60)]
    run = read_activity(sealed(moved(data, samples, seconds), right=False))
    assert run.records.empty and f"{run.about['start_time']:%F}" == "2026-05-28"
    assert ("records", "60 samples have no time that can be", "left out") in run.about["problems"]


def test_a_clock_that_leaps_ahead_for_a_while_is_left_out_of_a_whole_file_too():
    data = fit_writer.tiny_run(60)
    places = [stamps_at(data, START_S + k)[-1] for k in range(20, 25)]
    run = read_activity(sealed(moved(data, places, 791 * 86_400), right=True))
    assert run.about["complete"] and len(run.records) == 55
    later = [stamps_at(data, START_S + k)[-1] for k in range(30, 60)]
    assert len(read_activity(sealed(moved(data, later, -20 * 86_400), right=True)).records) == 30
    assert len(read_activity(sealed(moved(data, later, 20 * 86_400), right=True)).records) == 60  # an expedition


def test_a_damaged_session_among_several_is_left_out_and_said():
    fit = fit_writer.FitFile()
    fit.add("file_id", type="activity", manufacturer="garmin", time_created=BEGIN)
    fit.add_rows("record", {"timestamp": BEGIN + np.arange(200), "distance": 3.0 * np.arange(200)})
    for k, sport in enumerate(("swimming", "cycling", "running")):
        start = BEGIN + 60 * k - (1_000_000_000 if sport == "cycling" else 0)
        fit.add("session", sport=sport, start_time=start, total_elapsed_time=60.0, total_distance=180.0)
    run = read_activity(sealed(fit.to_bytes(), right=False))
    assert [s["sport"] for s in run.about["sessions"]] == ["swimming", "running"]
    assert run.records.groupby("session").size().tolist() == [120, 80]
    assert ("session", "1 sessions have no start that can be", "the others") in run.about["problems"]
    assert len(read_activity(fit.to_bytes()).about["sessions"]) == 3


def evening_run(day: int, *, offset: int | None) -> bytes:
    """A run at 23:00 UTC of a day in May 2026; without its end, and so without an offset, where that is None."""
    start = int(pd.Timestamp(f"2026-05-{day:02d} 23:00", tz="UTC").timestamp())
    fit = fit_writer.FitFile()
    fit.add("file_id", type="activity", manufacturer="garmin", time_created=start)
    fit.add_rows("record", {"timestamp": start + np.arange(120), "distance": 3.0 * np.arange(120)})
    if offset is None:
        return fit.to_bytes()[:-20]
    fit.add("activity", timestamp=start + 120, local_timestamp=start + 120 + offset)
    return fit.to_bytes()


def test_a_cut_file_keeps_the_offset_of_the_file_before(tmp_path):
    for day, offset in ((1, 7200), (14, None), (15, -3600), (29, None), (30, None)):
        (tmp_path / f"{day:02d}.fit").write_bytes(evening_run(day, offset=offset))
    rows = open_log(tmp_path, progress=False).activities.sort_values("source")
    assert rows["utc_offset_s"].tolist() == [7200, 7200, -3600, -3600, 0]  # none in the 14 days before the last one
    assert rows["date_source"].tolist() == ["file", "file before", "file", "file before", "home"]
    assert rows["date"].dt.day.tolist() == [2, 15, 15, 29, 30]


# -- XML: names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", ["<x{0}>1</x{0}>", "<extensions><p{0}:hr>14{1}</p{0}:hr></extensions>"])
def test_every_point_with_a_name_of_its_own_costs_no_more_than_a_hundred_names(monkeypatch, extra):
    """Linear: the points are gone through once for each name kept, whatever the number of names."""
    looked = []
    column = channels._column
    monkeypatch.setattr(channels, "_column", lambda rows, key: looked.append(key) or column(rows, key))
    for points in (1000, 3000):
        data = track(clock(range(points)), straight(points)).decode()
        parts = data.split("</trkpt>")
        data = "</trkpt>".join(part + extra.format(i, i % 10) for i, part in enumerate(parts[:-1])) + "</trkpt>"
        looked.clear()
        run = read_activity((data + parts[-1]).encode())
        assert len(looked) == 100 and {"lat", "lon", "ele", "time"} <= set(looked)
        assert len(run.records) == points and run.records["distance_m"].iloc[-1] == pytest.approx(
            3 * (points - 1), rel=1e-4
        )
        assert len(run.records.columns) <= len(tables.RECORDS.names) + 96
        reason = f"{points + 4:,} different elements in the points, more than any device writes"
        assert ("document", reason, "the known and the most frequent, 100 in all") in run.about["problems"]


def test_a_hundred_names_are_all_kept():
    data = track(clock(range(20)), straight(20)).decode()
    data = data.replace("</trkpt>", "".join(f"<x{i}>1</x{i}>" for i in range(96)) + "</trkpt>")
    run = read_activity(data.encode())
    assert {f"x{i}" for i in range(96)} <= set(run.records.columns) and not run.about["problems"]


def test_an_unknown_sport_is_one_counted_problem_a_word_and_its_sessions_stay(tmp_path):
    for day, word in enumerate(("Quidditch", "quidditch", "running", "Bosseln", "Laufen"), start=1):
        times = [t + pd.Timedelta(days=day) for t in clock(range(60))]
        (tmp_path / f"{day}.gpx").write_bytes(track(times, straight(60), heads=f"<type>{word}</type>"))
    fit = fit_writer.FitFile()
    fit.add("file_id", type="activity", manufacturer="garmin", time_created=BEGIN)
    fit.add("session", sport=250, start_time=BEGIN, timestamp=BEGIN + 60, total_elapsed_time=60.0)
    (tmp_path / "6.fit").write_bytes(fit.to_bytes())
    (tmp_path / "7.csv").write_text(
        "Date,Sport,Distance (km),Time\n2026-06-07,Bosseln,5,60:00\n2026-06-08,Run,5,30:00\n"
    )
    log = open_log(tmp_path, progress=False)
    assert len(log.activities) == 8
    said = log.problems[log.problems["where"].eq("sport")]
    assert said[["path", "reason"]].to_numpy().tolist() == [
        ["6.fit", "unknown sport '250' of 1 session"],
        ["4.gpx", "unknown sport 'bosseln' of 2 sessions"],
        ["1.gpx", "unknown sport 'quidditch' of 2 sessions"],
    ]


# -- TCX without points ------------------------------------------------------------------------------------------------


def test_a_tcx_without_points_is_a_session_of_its_day(tmp_path):
    lap = (
        '<Lap StartTime="2026-05-01T06:30:00Z"><TotalTimeSeconds>1800</TotalTimeSeconds>'
        "<DistanceMeters>5000</DistanceMeters><AverageHeartRateBpm><Value>141</Value></AverageHeartRateBpm></Lap>"
    )
    activity = f'<Activity Sport="Running"><Id>2026-05-01T06:30:00Z</Id>{lap}</Activity>'
    text = f"<TrainingCenterDatabase><Activities>{activity}</Activities></TrainingCenterDatabase>"
    (tmp_path / "a.tcx").write_text(text)
    log = open_log(tmp_path, progress=False)
    row = log.activities.iloc[0]
    assert (row["samples"], row["sport"], row["distance_m"], row["timer_time_s"]) == (0, "running", 5000.0, 1800.0)
    assert f"{row['date']:%F}" == "2026-05-01" and log.laps["average_heart_rate_bpm"].tolist() == [141.0]
    assert log.daily["sessions"].tolist() == [1]


def test_a_tcx_with_a_date_and_a_sport_alone_is_a_session_too():
    activity = '<Activity Sport="Running"><Id>{}</Id>{}</Activity>'
    text = "<TrainingCenterDatabase><Activities>{}</Activities></TrainingCenterDatabase>"
    run = read_activity(text.format(activity.format("2026-05-01T06:30:00Z", "")).encode())
    assert (len(run.records), run.about["sport"], f"{run.about['start_time']:%F}") == (0, "running", "2026-05-01")
    for wrong in ("1970-01-01T00:00:00Z", "", "soon"):
        with pytest.raises(FileError, match="no activity in this TCX document"):
            read_activity(text.format(activity.format(wrong, "")).encode())
    lap = '<Lap StartTime="2026-05-02T06:30:00Z"><TotalTimeSeconds>60</TotalTimeSeconds></Lap>'
    other = read_activity(text.format(activity.format("2026-05-01T06:30:00Z", lap)).encode())
    assert f"{other.about['start_time']:%F}" == "2026-05-02"  # what was recorded comes before what the file is called


# -- what the watch knows of its wearer --------------------------------------------------------------------------------


def known_wearer(monkeypatch, day: int, maximum: float, rest: float) -> bytes:
    monkeypatch.setitem(fit_writer.MESSAGES, "zones_target", (7, {"max_heart_rate": (1, "uint8")}))
    start = int(pd.Timestamp(f"2026-05-{day:02d} 08:00", tz="UTC").timestamp())
    fit = fit_writer.FitFile()
    fit.add("file_id", type="activity", manufacturer="garmin", time_created=start)
    fit.add("zones_target", max_heart_rate=maximum)
    fit.add("user_profile", resting_heart_rate=rest, weight=61.5)
    count = np.arange(1800)
    hearts = 139 + count % 3  # a heart that does not move is a stuck strap
    fit.add_rows("record", {"timestamp": start + count, "distance": 3.0 * count, "heart_rate": hearts})
    fit.add("session", sport="running", start_time=start, timestamp=start + 1800, total_elapsed_time=1800.0)
    return fit.to_bytes()


def test_the_watch_says_what_it_knows_of_its_wearer_and_nothing_that_cannot_be(monkeypatch):
    about = read_activity(known_wearer(monkeypatch, 1, 191, 47)).about
    assert about["watch_settings"] == {"max_heart_rate_bpm": 191, "resting_heart_rate_bpm": 47, "weight_kg": 61.5}
    for maximum, rest, names in (
        (129, 0, ["weight_kg"]),
        (130, 28, ["max_heart_rate_bpm", "resting_heart_rate_bpm", "weight_kg"]),
        (231, 101, ["weight_kg"]),
        (230, 100, ["max_heart_rate_bpm", "resting_heart_rate_bpm", "weight_kg"]),
    ):
        assert list(read_activity(known_wearer(monkeypatch, 1, maximum, rest)).about["watch_settings"]) == names


def test_load_without_settings_takes_the_watch_s_word_with_its_doubt_from_that_day_on(monkeypatch, tmp_path):
    for day, maximum, rest in ((1, 0, 0), (2, 195, 45), (3, 0, 0)):
        (tmp_path / f"{day}.fit").write_bytes(known_wearer(monkeypatch, day, maximum, rest))
    log = open_log(tmp_path, progress=False)
    assert log.activities["watch_max_heart_rate_bpm"].tolist()[1] == 195
    loads = session_load(log).set_index("date")
    heart = 140.0
    for day, top, rest in (("2026-05-01", 183, 60), ("2026-05-02", 195, 45), ("2026-05-03", 195, 45)):
        share = (heart - rest) / (top - rest)
        assert loads.loc[day, "load"] == pytest.approx(30 * share * 0.64 * np.exp(1.92 * share), rel=0.01), day
    first, second = loads.loc["2026-05-01"], loads.loc["2026-05-02"]
    assert second["load_low"] < second["load"] < second["load_high"]
    assert second["load_high"] - second["load_low"] < first["load_high"] - first["load_low"]


# -- content, not names ------------------------------------------------------------------------------------------------


def contents() -> dict[str, bytes]:
    point = "<Trackpoint><Time>2026-05-01T06:30:{:02d}Z</Time></Trackpoint>"
    points = "".join(point.format(i) for i in range(30))
    lap = f'<Lap StartTime="2026-05-01T06:30:00Z"><TotalTimeSeconds>29</TotalTimeSeconds><Track>{points}</Track></Lap>'
    tcx = f'<Activity Sport="Running">{lap}</Activity>'
    return {
        "fit": fit_writer.tiny_run(30),
        "gpx": track(clock(range(30)), straight(30)),
        "tcx": f"<?xml version='1.0'?><TrainingCenterDatabase>{tcx}</TrainingCenterDatabase>".encode(),
    }


NAMES = ("run.fit", "run.csv", "run.gpx", "run.tcx", "run.zip", "run", "run.FIT", "run.bin", "run.fit.gz")


@pytest.mark.parametrize("kind", ["fit", "gpx", "tcx"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_what_its_content_says_whatever_its_name(tmp_path, kind, packed, name):
    data = gzip.compress(contents()[kind]) if packed else contents()[kind]
    place = tmp_path / "kim"
    place.mkdir()
    (place / name).write_bytes(data)
    for pack in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / f"{pack}.zip", "w", pack) as archive:
            archive.writestr(f"sub/{name}", data)
    read = read_activity(place / name)
    assert (read.about["format"], len(read.records)) == (kind, 30)
    for path in (place, place / name, tmp_path / "0.zip", tmp_path / "8.zip"):
        log = open_log(path, athlete=None, progress=False)
        assert log.activities[["source_format", "samples"]].to_numpy().tolist() == [[kind, 30]], path
        assert log.problems.empty, path
        assert len(log.records(log.activities["activity_id"].iloc[0])) == 30, path


@pytest.mark.parametrize("name", ["inner.zip", "inner.fit", "inner", "inner.gpx"])
@pytest.mark.parametrize("outer", ["outer.zip", "outer.fit", "outer", "outer.csv"])
def test_a_zip_in_a_zip_may_be_called_anything(tmp_path, outer, name):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a/run.gpx", contents()["gpx"])
        archive.writestr("a/photo.jpg", b"\xff\xd8\xff\xe0 a photo of <gpx>")
    with zipfile.ZipFile(tmp_path / outer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, inner.getvalue())
    for path in (tmp_path, tmp_path / outer):
        log = open_log(path, progress=False)
        assert log.activities["source"].tolist() == [f"{outer}/{name}/a/run.gpx"] and log.problems.empty
        assert len(log.records(log.activities["activity_id"].iloc[0])) == 30


def test_what_is_no_activity_is_passed_over_whatever_it_is(tmp_path):
    for name, data in {
        "notes.md": b"see my <gpx > files",
        "photo.jpg": b"\xff\xd8\xff\xe0",
        "page.html": b"<html><body>runs</body></html>",
        "data.gz": b"\x1f\x8b nothing",
        "run.gpx": contents()["gpx"],
    }.items():
        (tmp_path / name).write_bytes(data)
    log = open_log(tmp_path, progress=False)
    assert log.activities["source"].tolist() == ["run.gpx"] and log.problems.empty


def test_a_log_called_otherwise_is_still_its_athletes(tmp_path):
    """Zone and column names of athlete.toml went to files called .csv alone, and broke a FIT file of that name."""
    (tmp_path / "athlete.toml").write_text(
        'name = "kim"\nhome_zone = "Europe/Oslo"\n[columns]\n"Strecke" = "distance_km"\n'
    )
    (tmp_path / "log.fit").write_text("Date,Time of day,Strecke,Duration\n2026-05-01,07:00,10,50:00\n")
    row = open_log(tmp_path, progress=False).activities.iloc[0]
    assert (row["distance_m"], row["utc_offset_s"], row["source_format"]) == (10_000, 7200, "csv")
