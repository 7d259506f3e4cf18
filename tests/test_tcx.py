"""TCX: every feature on a small document, damage on mutated ones, and every corpus file against another reading."""

from __future__ import annotations

import csv
import gzip
import os
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlab import tables
from runlab.errors import FileError
from runlab.readers import gpx, tcx
from runlab.readers.xml import walk

CORPUS = Path(os.environ.get("RUNLAB_CORPUS", Path(__file__).resolve().parents[1].parent / "shared" / "corpus"))
FILES = sorted([*CORPUS.glob("tcx/*"), *CORPUS.glob("broken/*.tcx")])
SPEED = 3.0


def stamp(second: float) -> str:
    whole, rest = divmod(second, 1)
    text = f"2026-05-01T06:{30 + int(whole) // 60:02d}:{int(whole) % 60:02d}"
    return text + (f"{rest:.3f}"[1:] if rest else "") + "Z"


def point(second: float, *, position: bool = True, distance: float | None = None, inside: str = "") -> str:
    """A trackpoint so many seconds after 06:30, at 3 m/s, with heart rate 140."""
    metres = SPEED * second if distance is None else distance
    where = (
        "<Position><LatitudeDegrees>60.1</LatitudeDegrees><LongitudeDegrees>10.2</LongitudeDegrees></Position>"
        if position
        else ""
    )
    return (
        f"<Trackpoint>\n  <Time>{stamp(second)}</Time>\n  {where}<AltitudeMeters>50</AltitudeMeters>"
        f"<DistanceMeters>{metres}</DistanceMeters>\n<HeartRateBpm>\n <Value>140</Value>\n</HeartRateBpm>"
        f"{inside}</Trackpoint>"
    )


def points(begin: int, end: int, **kwargs) -> str:
    return "".join(point(i, **kwargs) for i in range(begin, end))


def lap(*tracks: str, start: float = 0, seconds: float = 60, extra: str = "", intensity: str = "Active") -> str:
    return (
        f'<Lap StartTime="{stamp(start)}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
        f"<DistanceMeters>{SPEED * seconds}</DistanceMeters><MaximumSpeed>4.5</MaximumSpeed><Calories>12</Calories>"
        "<AverageHeartRateBpm><Value>141</Value></AverageHeartRateBpm>"
        "<MaximumHeartRateBpm><Value>160</Value></MaximumHeartRateBpm>"
        f"<Intensity>{intensity}</Intensity><TriggerMethod>Distance</TriggerMethod>"
        f"{''.join(f'<Track>{t}</Track>' for t in tracks)}{extra}</Lap>"
    )


def activity(*laps: str, sport: str = "Running", after: str = "") -> str:
    return f'<Activity Sport="{sport}"><Id>{stamp(0)}</Id>{"".join(laps)}{after}</Activity>'


def document(*activities: str, around: str = "Activities", after: str = "") -> bytes:
    space = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase xmlns="{space}"><{around}>'
        f"{''.join(activities)}</{around}>{after}</TrainingCenterDatabase>"
    ).encode()


def tpx(inside: str, prefix: str = "ns3:") -> str:
    inside = re.sub(r"<(/?)", rf"<\1{prefix}", f"<TPX>{inside}</TPX>")
    return f"<Extensions>{inside}</Extensions>"


def reasons(read) -> str:
    return " | ".join(" ".join(problem) for problem in read.about["problems"])


def again(activity):
    """How many points were of an instant that has a sample already."""
    found = re.search(r"(\d+) samples? of an instant that has one already", reasons(activity))
    return int(found[1]) if found else 0


MINUTE = document(activity(lap(points(0, 60))))


# -- the tables -------------------------------------------------------------------------------------------------------


def test_records_and_laps_follow_the_schema():
    read = tcx.read(MINUTE, name="run.tcx")
    assert list(read.records.columns) == tables.RECORDS.names
    for column in read.records.columns:
        assert str(read.records[column].dtype) == tables.RECORDS[column].dtype
    for column in read.laps.columns:
        assert str(read.laps[column].dtype) == tables.LAPS[column].dtype
    tables.check(read.laps, tables.LAPS, *tables.LAPS.names)
    assert len(read.records) == 60 and read.records["timer_running"].all()
    assert (read.records["heart_rate_bpm"] == 140).all() and (read.records["altitude_m"] == 50).all()
    assert read.records["distance_m"].tolist() == [SPEED * i for i in range(60)]
    assert np.allclose(read.records["speed_mps"], SPEED)
    about = read.about
    assert (about["format"], about["file_kind"], about["sport"]) == ("tcx", "activity", "running")
    assert about["complete"] is True
    assert about["problems"] == [] and about["sport_as_written"] == "Running"
    assert about["totals"] == {"timer_time_s": 60, "distance_m": 180, "calories_kcal": 12}
    assert len(about["sessions"]) == 1 and about["sessions"][0]["distance_m"] == 180


def test_laps():
    extra = (
        "<Extensions><ns3:LX><ns3:AvgSpeed>3.1</ns3:AvgSpeed><ns3:AvgRunCadence>86</ns3:AvgRunCadence>"
        "<ns3:AvgWatts>251</ns3:AvgWatts></ns3:LX></Extensions>"
    )
    read = tcx.read(
        document(
            activity(lap(points(0, 60), extra=extra), lap(points(60, 90), start=60, seconds=30, intensity="Resting"))
        )
    )
    laps = read.laps
    assert laps["lap"].tolist() == [1, 2] and laps["intensity"].tolist() == ["active", "rest"]
    assert laps["trigger"].tolist() == ["distance", "distance"]
    assert laps["timer_time_s"].tolist() == [60, 30] and laps["elapsed_time_s"].tolist() == [60, 30]
    assert laps["distance_m"].tolist() == [180, 90] and laps["calories_kcal"].tolist() == [12, 12]
    assert laps["average_speed_mps"].tolist() == [3.1, 3.0], "the file's own, else distance over timer time"
    assert laps["average_heart_rate_bpm"].tolist() == [141, 141] and laps["max_heart_rate_bpm"].tolist() == [160, 160]
    assert laps["average_cadence_spm"].iloc[0] == 172 and np.isnan(laps["average_cadence_spm"].iloc[1])
    assert laps["average_power_w"].iloc[0] == 251 and laps["start_time"].iloc[1] == pd.Timestamp("2026-05-01T06:31:00Z")


def test_a_lap_that_lacks_things():
    bare = '<Lap StartTime="soon"><AverageHeartRateBpm><Value>255</Value></AverageHeartRateBpm><Track>{}</Track></Lap>'
    laps = tcx.read(document(activity(bare.format(points(0, 30)), lap(points(30, 60), start=30, seconds=30)))).laps
    assert laps["start_time"].iloc[0] == pd.Timestamp("2026-05-01T06:30:00Z") and laps["elapsed_time_s"].iloc[0] == 30
    assert laps["average_heart_rate_bpm"].isna().iloc[0] and np.isnan(laps["timer_time_s"].iloc[0])
    assert laps["trigger"].tolist() == ["", "distance"]


def test_device_notes_title_and_creator():
    after = (
        "<Notes>windy</Notes><Training><Plan><Name>Tempo</Name></Plan></Training>"
        '<Creator xsi:type="Device_t"><Name>Forerunner 965</Name><UnitId>1</UnitId></Creator>'
    )
    author = "<Author><Name>Connect Api</Name><Build><Version/></Build></Author>"
    about = tcx.read(document(activity(lap(points(0, 60)), after=after), after=author)).about
    assert (about["device"], about["notes"], about["title"], about["creator"]) == (
        "Forerunner 965",
        "windy",
        "Tempo",
        "Connect Api",
    )


# -- extensions, cadence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "ns3:", "undeclared:"])
def test_extensions_with_and_without_namespace(prefix):
    inside = tpx("<Speed>2.9</Speed><RunCadence>87</RunCadence><Watts>245</Watts><Fancy>4</Fancy>", prefix)
    read = tcx.read(document(activity(lap(points(0, 60, inside=inside)))))
    records = read.records
    assert (records["speed_mps"] == 2.9).all() and (records["power_w"] == 245).all() and (records["fancy"] == 4).all()
    assert (records["cadence_spm"] == 174).all() and "doubled" in read.about["cadence"]
    assert read.about["speed"] == "as written by the device"


@pytest.mark.parametrize(("sport", "written", "found"), [
    ("Running", 87, 174), ("Running", 120, 120), ("Running", 176, 176), ("Biking", 87, 87), ("Other", 60, 60),
])  # fmt: skip
def test_cadence_is_of_both_feet_by_its_size(sport, written, found):
    text = points(0, 60, inside=f"<Cadence>{written}</Cadence>")
    extra = f"<Cadence>{written}</Cadence>"
    read = tcx.read(document(activity(lap(text, extra=extra), sport=sport)))
    assert (read.records["cadence_spm"] == found).all() and (read.laps["average_cadence_spm"] == found).all()
    assert read.about["cadence"]


def test_what_a_watch_writes_for_nothing():
    text = points(0, 60)
    for nothing in ("255", "0"):
        text = text.replace("<Value>140</Value>", f"<Value>{nothing}</Value>", 20)
    read = tcx.read(document(activity(lap(text))))
    assert read.records["heart_rate_bpm"].isna().sum() == 40
    assert "20 impossible values (255)" in reasons(read)


# -- tracks, activities -----------------------------------------------------------------------------------------------


def test_several_tracks_in_a_lap_are_pauses():
    read = tcx.read(
        document(
            activity(lap(points(0, 20), points(50, 60), start=0, seconds=30), lap(points(60, 90), start=60, seconds=30))
        )
    )
    records = read.records
    assert np.flatnonzero(~records["timer_running"]).tolist() == [19], "laps and their first tracks are no pauses"
    assert records["segment"].tolist() == [1] * 20 + [2] * 40
    running = records["time"].diff().dt.total_seconds().to_numpy()[1:][records["timer_running"].to_numpy()[:-1]]
    assert running.sum() == 58
    assert read.laps["elapsed_time_s"].tolist() == [60, 30] and read.laps["timer_time_s"].tolist() == [30, 30]


def test_several_activities_are_sessions():
    bike = activity(lap(points(0, 60, inside="<Cadence>87</Cadence>")), sport="Biking")
    inside = "<Cadence>87</Cadence>"
    run = activity(lap("".join(point(100 + i, distance=3.0 * i, inside=inside) for i in range(60)), start=100))
    for data in (
        document(bike, run),
        document(
            f"<FirstSport>{bike}</FirstSport><NextSport><Transition/>{run}</NextSport>", around="MultiSportSession"
        ),
    ):
        read = tcx.read(data)
        assert read.about["sport"] == "multisport" and len(read.about["sessions"]) == 2
        assert [s["sport"] for s in read.about["sessions"]] == ["cycling", "running"]
        assert read.records["session"].tolist() == [1] * 60 + [2] * 60 and read.laps["session"].tolist() == [1, 2]
        assert read.records["cadence_spm"].tolist() == [87] * 60 + [174] * 60
        assert read.records["distance_m"].iloc[[59, 60, 119]].tolist() == [177, 0, 177]
        assert read.about["totals"]["distance_m"] == 360 and read.records["timer_running"].all()


def test_distance_that_starts_anew_or_falls():
    anew = [0.0, 100, 200, 5, 60, 120]
    fallen = [0.0, 100, 98, 110]
    for metres, expected in ((anew, [0, 100, 200, 205, 260, 320]), (fallen, [0, 100, 100, 110])):
        text = "".join(point(i, distance=d) for i, d in enumerate(metres))
        read = tcx.read(document(activity(lap(text))))
        assert read.records["distance_m"].tolist() == expected and "1 falls in distance" in reasons(read)


def test_points_without_position_are_samples():
    read = tcx.read(document(activity(lap(points(0, 60, position=False)))))
    assert len(read.records) == 60 and read.records["latitude_deg"].isna().all() and read.about["problems"] == []
    assert read.records["distance_m"].iloc[-1] == 177
    mixed = tcx.read(document(activity(lap(point(0, position=False) + points(1, 60)))))
    assert "1 of 60 points have no position" in reasons(mixed)


def test_laps_without_points_are_kept():
    read = tcx.read(document(activity(lap(), lap(start=60))))
    assert read.records.empty and len(read.laps) == 2
    assert read.about["start_time"] == pd.Timestamp("2026-05-01T06:30:00Z")
    assert read.about["totals"]["timer_time_s"] == 120
    assert read.laps["elapsed_time_s"].tolist() == [60, 60]


def test_times_of_every_kind():
    stamps = [
        "2026-05-01T08:30:00.000+02:00",
        "2026-05-01T06:30:01.25Z",
        "2026-05-01T06:30:02",
        "2026-5-1T6:30:03Z",
        "never",
        "2026-05-01T06:30:04.0000000000000Z",
    ]
    text = "".join(f"<Trackpoint><Time>{written}</Time></Trackpoint>" for written in stamps)
    read = tcx.read(document(activity(lap(text + "<Trackpoint><DistanceMeters>9</DistanceMeters></Trackpoint>"))))
    assert tables.seconds(read.records["time"]).tolist() == [0, 1.25, 2, 3, 4]
    assert read.about["utc_offset_s"] == 7200 and "2 of 7 points have no readable time" in reasons(read)


def test_a_clock_that_runs_backwards_is_sorted_and_told():
    text = "".join(point(i) for i in (0, 1, 5, 4, 6))
    read = tcx.read(document(activity(lap(text))))
    assert read.records["time"].is_monotonic_increasing and "1 samples earlier" in reasons(read)


# -- refusals ---------------------------------------------------------------------------------------------------------

COURSE = document(
    f"<Course><Name>Loop</Name><Lap><TotalTimeSeconds>9</TotalTimeSeconds></Lap><Track>{points(0, 9)}</Track></Course>",
    around="Courses",
)
WORKOUT = document('<Workout Sport="Running"><Name>6x800</Name></Workout>', around="Workouts")


@pytest.mark.parametrize(("data", "words"), [
    (COURSE, "a course of 9 points"), (WORKOUT, "a planned workout"), (document(), "no activity"),
    (b"", "not a TCX document"),
    (b"this is not a tcx file", "not a TCX document"), (b"<gpx/>", "not a TCX document"),
    (b"<TrainingCenterDatabase><Activities><Activity", "cut or damaged"),
])  # fmt: skip
def test_what_is_no_recorded_activity_is_refused(data, words):
    with pytest.raises(FileError, match="^plan.tcx: .*" + re.escape(words)):
        tcx.read(data, name="plan.tcx")


def test_a_course_beside_an_activity_is_left_out():
    data = MINUTE.replace(b"</TrainingCenterDatabase>", COURSE[COURSE.index(b"<Courses>") :])
    read = tcx.read(data)
    assert len(read.records) == 60 and len(read.laps) == 1 and "session" not in read.records


def test_entities_are_refused_before_they_expand():
    bomb = '<!DOCTYPE x [<!ENTITY a "' + "ha" * 1000 + '"><!ENTITY b "' + "&a;" * 10000 + '">]>'
    begin = time.process_time()
    with pytest.raises(FileError, match="entities"):
        tcx.read(bomb.encode() + MINUTE[38:].replace(b"<Id>", b"<Id>&b;"))
    assert time.process_time() - begin < 0.5


def test_each_reader_knows_its_own():
    assert tcx.is_tcx(MINUTE) and not gpx.is_gpx(MINUTE)
    assert not tcx.is_tcx(b"<gpx><trk/></gpx>") and gpx.is_gpx(b"<gpx><trk/></gpx>")
    assert tcx.is_tcx(b"\n  <x:TrainingCenterDatabase xmlns:x='y'>") and not tcx.is_tcx(b"Date,Distance\n")


# -- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [
    b"          " + MINUTE, b"\xef\xbb\xbf" + MINUTE, MINUTE.replace(b"<Id>", b'<Id xsi:type="undeclared">'),
    MINUTE.replace(b"<TrainingCenterDatabase", b"<!-- made by hand --><TrainingCenterDatabase"),
    MINUTE.decode().replace("\n", "\r\n").encode(), MINUTE.replace(b"<Trackpoint>", b'<Trackpoint source="gps">'),
    MINUTE.replace(b"<Time>", b"<!-- <Time>2020-01-01T00:00:00Z</Time> --><Time>"),
    re.sub(rb"<Time>([^<]*)</Time>", rb"<Time><![CDATA[\1]]></Time>", MINUTE),
])  # fmt: skip
def test_oddities_that_cost_nothing(data):
    read = tcx.read(data)
    pd.testing.assert_frame_equal(read.records[tables.RECORDS.names], tcx.read(MINUTE).records)
    assert read.about["complete"] is True and read.about["problems"] == []


def test_a_cut_file_keeps_every_point_before_the_cut():
    for cut in range(MINUTE.index(b"</Trackpoint>") + 13, len(MINUTE), 173):
        read = tcx.read(MINUTE[:cut])
        assert len(read.records) == MINUTE[:cut].count(b"</Trackpoint>"), cut
        assert read.about["complete"] is False and "cut or damaged" in reasons(read)
        assert len(read.laps) == 1


def test_a_control_character_costs_one_value():
    read = tcx.read(MINUTE.replace(b"<AltitudeMeters>50", b"<AltitudeMeters>5\x020", 1))
    assert len(read.records) == 60 and read.records["altitude_m"].isna().sum() == 1
    assert read.about["sport"] == "running"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_bytes_give_data_or_a_file_error(data):
    mutated = bytearray(document(activity(lap(points(0, 8), points(20, 24), extra="<Cadence>80</Cadence>"))))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        mutated[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    try:
        read = tcx.read(bytes(mutated), name="fuzz.tcx")
    except FileError as error:
        assert str(error).startswith("fuzz.tcx: ")
    else:
        tables.check(read.records, tables.RECORDS, *tables.RECORDS.names)
        tables.check(read.laps, tables.LAPS, *tables.LAPS.names)
        assert read.records["time"].is_monotonic_increasing


# -- the corpus, against another reading ------------------------------------------------------------------------------

_FIELDS = {
    "latitude_deg": r"<LatitudeDegrees>([^<]*)<", "longitude_deg": r"<LongitudeDegrees>([^<]*)<",
    "altitude_m": r"<AltitudeMeters>([^<]*)<", "distance_m": r"<DistanceMeters>([^<]*)<",
    "heart_rate_bpm": r"<HeartRateBpm[^>]*>\s*<Value>([^<]*)<", "cadence": r"<(?:\w+:)?(?:Run)?Cadence>([^<]*)<",
    "speed_mps": r"<(?:\w+:)?Speed>([^<]*)<", "power_w": r"<(?:\w+:)?Watts>([^<]*)<",
}  # fmt: skip


def load(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def independent(data: bytes) -> pd.DataFrame:
    """Trackpoints with a time, outside courses, by pattern matching: what a careful person with grep would find."""
    text = re.sub(r"<Courses>.*</Courses>", "", data.decode("utf-8", "replace"), flags=re.DOTALL)
    rows = []
    for body in re.findall(r"<Trackpoint\b[^>]*>(.*?)</Trackpoint>", text, re.DOTALL):
        when = re.search(r"<Time>([^<]*)<", body)
        if when:
            row: dict[str, object] = {"time": pd.to_datetime(when[1].strip(), utc=True, format="ISO8601")}
            for column, pattern in _FIELDS.items():
                found = re.search(pattern, body)
                row[column] = float(found[1]) if found and found[1] else np.nan
            rows.append(row)
    return pd.DataFrame(rows)


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_every_corpus_file_agrees_with_another_reading():
    kept = refused = 0
    for path in FILES:
        data = load(path)
        begin = time.process_time()
        try:
            read = tcx.read(data, name=path.name)
        except FileError as error:
            refused += 1
            assert str(error).startswith(path.name) and independent(data).empty
            continue
        finally:
            assert time.process_time() - begin < 2, path.name
        kept += 1
        ours, theirs = read.records, independent(data)
        assert len(ours) + again(read) == len(theirs), path.name
        tables.check(ours, tables.RECORDS, *tables.RECORDS.names)
        tables.check(read.laps, tables.LAPS, *tables.LAPS.names)
        assert len(read.laps) == data.count(b"<Lap "), path.name
        theirs = theirs.groupby("time", as_index=False).first()
        assert (ours["time"] == theirs["time"].dt.as_unit("us")).all(), path.name
        for column, low, high in (("latitude_deg", -90, 90), ("longitude_deg", -180, 180), ("altitude_m", -1e3, 2e4),
                                  ("heart_rate_bpm", 1, 250)):  # fmt: skip
            expected = theirs[column].where(theirs[column].between(low, high))
            np.testing.assert_array_equal(ours[column], expected, err_msg=f"{path.name} {column}")
        if theirs["cadence"].max() > 0:
            factor = 2 if "doubled" in read.about["cadence"] else 1
            expected = theirs["cadence"].where(theirs["cadence"] < 254)
            np.testing.assert_array_equal(ours["cadence_spm"] / factor, expected)
        if theirs["power_w"].max() > 0:
            np.testing.assert_array_equal(ours["power_w"], theirs["power_w"])
        if theirs["speed_mps"].max() > 0:
            given_speed = theirs["speed_mps"].notna()
            np.testing.assert_array_equal(ours["speed_mps"][given_speed], theirs["speed_mps"][given_speed])
        distance = theirs["distance_m"]
        if "device" in read.about["distance"] and "falls" not in reasons(read):
            np.testing.assert_array_equal(ours["distance_m"], distance, err_msg=path.name)
        for _, one in ours.groupby(ours["session"] if "session" in ours else np.ones(len(ours))):
            assert one["distance_m"].dropna().is_monotonic_increasing, path.name
    assert kept >= 40 and refused >= 2, (kept, refused)


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_corpus_means_agree_with_tcxreader():
    reader = pytest.importorskip("tcxreader.tcxreader").TCXReader()
    compared = 0
    for path in FILES:
        if path.suffix != ".tcx":
            continue
        try:
            read = tcx.read(load(path), name=path.name)
            theirs = reader.read(str(path), only_gps=False)
        except Exception:  # noqa: S112  what tcxreader refuses is compared above
            continue
        if len(read.about["sessions"]) > 1 or not theirs.trackpoints:
            continue
        rates = [p.hr_value for p in theirs.trackpoints if p.hr_value and 0 < p.hr_value <= 250]
        if rates and len(theirs.trackpoints) == len(read.records):
            assert read.records["heart_rate_bpm"].mean() == pytest.approx(np.mean(rates)), path.name
            compared += 1
    assert compared >= 15, compared


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_known_shapes_change_nothing_in_the_corpus(monkeypatch):
    walked = {}
    for learnt in (walk.shape, lambda point: None):
        monkeypatch.setattr(walk, "shape", learnt)
        for path in FILES:
            handler, _, _ = walk.walk(load(path), "Trackpoint", tcx._Tcx)
            rows = [{name: value.strip() for name, value in row.items()} for row in handler.rows]
            assert walked.setdefault(path, rows) == rows, path.name


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_corpus_manifest_counts():
    with (CORPUS / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        counts = {row["path"]: int(row["n_records"] or 0) for row in csv.DictReader(file)}
    for path in FILES:
        try:
            read = tcx.read(load(path), name=path.name)
        except FileError:
            continue
        assert len(read.records) + again(read) == counts[f"{path.parent.name}/{path.name}"], path.name


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_the_timer_of_a_file_with_pauses_agrees_with_its_laps():
    read = tcx.read(load(CORPUS / "tcx" / "Decathlon__test1.tcx"))
    seconds = tables.seconds(read.records["time"])
    running = np.diff(seconds)[read.records["timer_running"].to_numpy()[:-1]].sum()
    stops = int((~read.records["timer_running"]).sum())
    assert running == pytest.approx(read.laps["timer_time_s"].sum(), abs=stops + 1), "to a sample per stretch"
    assert seconds[-1] > running + 600
