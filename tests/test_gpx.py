"""GPX: every feature on a small document, damage on mutated ones, and every corpus file against another reading."""

from __future__ import annotations

import contextlib
import csv
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
from runlab.readers import gpx
from runlab.readers.xml import walk

CORPUS = Path(os.environ.get("RUNLAB_CORPUS", Path(__file__).resolve().parents[1].parent / "shared" / "corpus"))
FILES = sorted([*CORPUS.glob("gpx/*.gpx"), *CORPUS.glob("broken/*.gpx")])


def point(second: int, *, lat: str = "", lon: str = "10.0", inside: str = "", ele: str = "100") -> str:
    """A trackpoint so many seconds after 06:30, by default about 3 m further north each second."""
    lat = lat or f"{60 + second * 2.7e-5:.7f}"
    stamp = f"2026-05-01T06:{30 + second // 60:02d}:{second % 60:02d}Z"
    return f'<trkpt lat="{lat}" lon="{lon}"><ele>{ele}</ele><time>{stamp}</time>{inside}</trkpt>'


def track(*segments: str, head: str = "<name>Morning</name><type>9</type>") -> str:
    return f"<trk>{head}{''.join(f'<trkseg>{segment}</trkseg>' for segment in segments)}</trk>"


def document(*tracks: str, creator: str = "Phone", before: str = "", version: str = "1.1") -> bytes:
    space = f"http://www.topografix.com/GPX/{version.replace('.', '/')}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><gpx version="{version}" creator="{creator}" xmlns="{space}">'
        f"{before}{''.join(tracks)}</gpx>"
    ).encode()


def minute(inside: str = "", count: int = 60) -> str:
    return "".join(point(i, inside=inside.replace("{i}", str(i))) for i in range(count))


def reasons(activity) -> str:
    return " | ".join(" ".join(problem) for problem in activity.about["problems"])


def again(activity):
    """How many points were of an instant that has a sample already."""
    found = re.search(r"(\d+) samples? of an instant that has one already", reasons(activity))
    return int(found[1]) if found else 0


# -- the tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_records_follow_the_schema(version):
    activity = gpx.read(document(track(minute()), version=version), name="run.gpx")
    tables.check(activity.records, tables.RECORDS, *tables.RECORDS.names)
    assert list(activity.records.columns) == tables.RECORDS.names
    for column in activity.records.columns:
        assert str(activity.records[column].dtype) == tables.RECORDS[column].dtype
    tables.check(activity.laps, tables.LAPS, *tables.LAPS.names)
    assert len(activity.records) == 60 and activity.records["timer_running"].all()
    assert (activity.records["activity_id"] == "").all()
    about = activity.about
    assert (about["format"], about["file_kind"]) == ("gpx", "activity")
    assert (about["sport"], about["title"]) == ("running", "Morning")
    assert about["sport_as_written"] == "9" and about["device"] == "Phone" and about["complete"] is True
    assert about["start_time"] == pd.Timestamp("2026-05-01T06:30:00Z") and about["problems"] == []
    assert np.isnan(about["utc_offset_s"])


def test_distance_and_speed_follow_the_positions():
    records = gpx.read(document(track(minute()))).records
    step = 2.7e-5 * np.pi / 180 * 6371008.8
    assert records["distance_m"].iloc[-1] == pytest.approx(59 * step, rel=1e-4)
    assert np.allclose(records["speed_mps"], step, rtol=1e-2)


def test_device_distance_and_speed_win():
    inside = "<extensions><gpxdata:distance>{i}</gpxdata:distance><gpxdata:speed>2.5</gpxdata:speed></extensions>"
    activity = gpx.read(document(track(minute(inside))))
    assert activity.records["distance_m"].tolist() == list(range(60))
    assert (activity.records["speed_mps"] == 2.5).all()
    assert activity.about["distance"] == activity.about["speed"] == "as written by the device"


# -- extensions -------------------------------------------------------------------------------------------------------

EXTENSIONS = {
    "garmin v1": ("<extensions><gpxtpx:TrackPointExtension><gpxtpx:atemp>21</gpxtpx:atemp><gpxtpx:hr>141</gpxtpx:hr>"
                  "<gpxtpx:cad>85</gpxtpx:cad></gpxtpx:TrackPointExtension></extensions>",
                  {"temperature_c": 21, "heart_rate_bpm": 141, "cadence_spm": 170}),
    "garmin v2": ("<extensions><ns3:TrackPointExtension><ns3:hr>141</ns3:hr><ns3:speed>3.1</ns3:speed>"
                  "<ns3:course>12</ns3:course><ns3:wtemp>9</ns3:wtemp></ns3:TrackPointExtension></extensions>",
                  {"heart_rate_bpm": 141, "speed_mps": 3.1, "course_deg": 12, "water_temperature_c": 9}),
    "strava": ("<extensions><power>250</power><gpxtpx:TrackPointExtension><gpxtpx:hr>150</gpxtpx:hr>"
               "</gpxtpx:TrackPointExtension></extensions>", {"power_w": 250, "heart_rate_bpm": 150}),
    "suunto": ("<extensions><gpxdata:hr>138</gpxdata:hr><gpxdata:cadence>84</gpxdata:cadence><gpxdata:temp>20.5"
               "</gpxdata:temp><gpxdata:seaLevelPressure>1019</gpxdata:seaLevelPressure><gpxdata:verticalSpeed>0.2"
               "</gpxdata:verticalSpeed></extensions>",
               {"heart_rate_bpm": 138, "cadence_spm": 168, "temperature_c": 20.5, "sea_level_pressure_hpa": 1019,
                "vertical_speed_mps": 0.2}),
    "amazfit": ("<extensions><heartrate>133</heartrate></extensions>", {"heart_rate_bpm": 133}),
    "apple": ("<extensions><speed>2.9</speed><course>200.5</course><hAcc>4.1</hAcc><vAcc>3.2</vAcc></extensions>",
              {"speed_mps": 2.9, "course_deg": 200.5, "gps_accuracy_m": 4.1, "vertical_accuracy_m": 3.2}),
    "opentracks": ("<extensions><opentracks:accuracy_horizontal>7.5</opentracks:accuracy_horizontal></extensions>",
                   {"gps_accuracy_m": 7.5}),
    "unknown": ("<extensions><foo:legStiffness>9.5</foo:legStiffness><foo:Mood>good</foo:Mood></extensions>",
                {"leg_stiffness": 9.5, "mood": "good"}),
    "gpx 1.0 speed": ("<speed>2.2</speed><fix>3d</fix><sat>7</sat>", {"speed_mps": 2.2, "fix": "3d", "sat": 7}),
}  # fmt: skip


@pytest.mark.parametrize("maker", EXTENSIONS)
def test_extensions(maker):
    inside, expected = EXTENSIONS[maker]
    records = gpx.read(document(track(minute(inside)))).records
    for column, value in expected.items():
        assert (records[column] == value).all(), column


def test_unknown_extension_never_takes_a_column_of_the_schema():
    inside = "<extensions><a:session>7</a:session><b:x>1</b:x><c:x>2</c:x></extensions>"
    records = gpx.read(document(track(minute(inside)))).records
    assert "session" not in records and (records["a_session"] == 7).all()
    assert (records["x"] == 1).all() and (records["c_x"] == 2).all()


def test_two_elements_of_one_meaning_fill_each_other():
    text = point(0, inside="<a:hr>120</a:hr>") + point(1, inside="<heartrate>121</heartrate>") + point(2)
    assert gpx.read(document(track(text))).records["heart_rate_bpm"].tolist()[:2] == [120, 121]


# -- sport and cadence ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "sport", "sub_sport"), [
    ("9", "running", ""), ("1", "cycling", ""), ("10", "walking", ""), ("4", "hiking", ""),
    ("17", "cycling", "virtual"),
    ("running", "running", ""), ("Run", "running", ""), ("trail_running", "running", "trail"),
    ("treadmill_running", "running", "treadmill"), ("Biking", "cycling", ""), ("kitesurfing", "kitesurfing", ""),
    ("999", "", ""),
])  # fmt: skip
def test_sport_words(word, sport, sub_sport):
    about = gpx.read(document(track(minute(), head=f"<type>{word}</type>"))).about
    assert (about["sport"], about["sub_sport"], about["sport_as_written"]) == (sport, sub_sport, word)


@pytest.mark.parametrize(("sport", "written", "found", "said"), [
    ("running", 85, 170, "doubled"), ("running", 168, 168, "both feet as written"), ("running", 106, 212, "doubled"),
    ("running", 120, 120, "both feet as written"), ("walking", 55, 110, "doubled"), ("walking", 112, 112, "both feet"),
    ("hiking", 52, 104, "doubled"), ("cycling", 85, 85, "as written: cycling"), ("", 85, 170, "on foot"),
])  # fmt: skip
def test_cadence_is_of_both_feet_by_its_size(sport, written, found, said):
    text = track(minute(f"<extensions><cad>{written}</cad></extensions>"), head=f"<type>{sport}</type>")
    activity = gpx.read(document(text))
    assert (activity.records["cadence_spm"] == found).all()
    assert said in activity.about["cadence"]


def test_cadence_of_an_unknown_sport_at_a_rider_s_speed_is_left():
    points = "".join(point(i, lat=f"{60 + i * 7e-5:.7f}", inside="<cad>85</cad>") for i in range(60))
    activity = gpx.read(document(track(points, head="")))
    assert (activity.records["cadence_spm"] == 85).all()
    assert activity.about["cadence"] == "as written: the sport is not known"


# -- segments, pauses, tracks -----------------------------------------------------------------------------------------


def test_the_timer_stops_between_segments():
    first = "".join(point(i) for i in range(10))
    second = "".join(point(i) for i in range(100, 110))
    records = gpx.read(document(track(first, second))).records
    assert records["segment"].tolist() == [1] * 10 + [2] * 10
    assert np.flatnonzero(~records["timer_running"]).tolist() == [9]
    step = 2.7e-5 * np.pi / 180 * 6371008.8
    assert records["distance_m"].iloc[-1] == pytest.approx(18 * step, rel=1e-3), "nothing counts while the timer stands"
    assert records["speed_mps"].between(0.9 * step, 1.1 * step).all(), "no smearing across the pause"


def test_one_segment_has_no_segment_column():
    assert "segment" not in gpx.read(document(track(minute()))).records


def test_tracks_are_sessions():
    swim = track("".join(point(i) for i in range(10)), head="<type>16</type>")
    run = track("".join(point(i, inside="<cad>85</cad>") for i in range(60, 80)), head="<type>9</type>")
    activity = gpx.read(document(swim, run))
    assert activity.about["sport"] == "multisport"
    assert [session["sport"] for session in activity.about["sessions"]] == ["swimming", "running"]
    assert activity.records["session"].tolist() == [1] * 10 + [2] * 20
    assert activity.records["timer_running"].all()
    assert activity.records["distance_m"].iloc[10] == 0
    assert activity.about["sessions"][1]["start_time"] == pd.Timestamp("2026-05-01T06:31:00Z")
    assert (activity.records["cadence_spm"].iloc[10:] == 170).all()


def test_cluetrust_laps():
    lap = (
        "<gpxdata:lap><gpxdata:startTime>2026-05-01T06:30:{:02d}Z</gpxdata:startTime>"
        "<gpxdata:elapsedTime>20</gpxdata:elapsedTime><gpxdata:distance>60</gpxdata:distance><gpxdata:trigger kind="
        '"distance"/><gpxdata:intensity>active</gpxdata:intensity></gpxdata:lap>'
    )
    after = "<extensions>" + "".join(lap.format(s) for s in (0, 20, 40)) + "</extensions>"
    laps = gpx.read(document(track(minute()), after)).laps
    assert laps["lap"].tolist() == [1, 2, 3]
    assert (laps["elapsed_time_s"] == 20).all() and (laps["distance_m"] == 60).all()
    assert (laps["trigger"] == "distance").all() and (laps["intensity"] == "active").all()
    assert laps["start_time"].iloc[1] == pd.Timestamp("2026-05-01T06:30:20Z")


def test_suunto_stamps_laps_with_their_end():
    lap = "<lap><startTime>2026-05-01T06:30:{:02d}Z</startTime><elapsedTime>{}</elapsedTime></lap>"
    stamps = "".join(lap.format(*ended) for ended in ((0, 0), (10, 10), (40, 30), (59, 19)))
    after = f"<extensions>{stamps}</extensions>"
    laps = gpx.read(document(track(minute()), after)).laps
    assert [t.second for t in laps["start_time"]] == [0, 10, 40]


# -- points that lack something ---------------------------------------------------------------------------------------


def test_points_without_position_time_or_number():
    text = (
        point(0)
        + "<trkpt><ele>5</ele><time>2026-05-01T06:30:01Z</time></trkpt>"
        + '<trkpt lat="60.1" lon="10"><ele>5</ele></trkpt>'
        + point(2, ele="undefined")
        + point(3, ele="NaN")
        + point(4, lat="undefined")
        + point(5, lat="91")
        + point(6, lat="0", lon="0")
        + point(7, inside="<hr>0</hr>")
        + point(8, inside="<hr>255</hr>")
    )
    activity = gpx.read(document(track(text)))
    records = activity.records
    assert len(records) == 9
    assert records["latitude_deg"].isna().tolist() == [False, True, False, False, True, True, True, False, False]
    assert (records["latitude_deg"].isna() == records["longitude_deg"].isna()).all()
    assert records["altitude_m"].isna().sum() == 2 and records["heart_rate_bpm"].isna().all()
    said = reasons(activity)
    for words in (
        "1 of 10 points have no readable time",
        "no numbers ('undefined')",
        "1 impossible values (91)",
        "no fix",
        "have no position",
        "1 impossible values (255)",
    ):
        assert words in said, words


def test_times_of_every_kind():
    stamps = [
        "2026-05-01T08:30:00+02:00",
        "2026-05-01T06:30:01.5Z",
        "2026-05-01T06:30:02",
        "2026-05-01 06:30:03 UTC",
        "2026/5/1 6:30:04",
        "2026-05-01T06:30:05.1234567891Z",
        " 2026-05-01T06:30:06z\n",
        "0001-01-01T00:00:00Z",
        "-",
    ]
    text = "".join(f'<trkpt lat="60" lon="10"><time>{stamp}</time></trkpt>' for stamp in stamps)
    activity = gpx.read(document(track(text)))
    seconds = tables.seconds(activity.records["time"])
    assert seconds.tolist() == [0, 1.5, 2, 3, 4, 5.123456, 6]
    assert activity.about["utc_offset_s"] == 7200 and "2 of 9 points" in reasons(activity)


def test_a_clock_that_runs_backwards_is_sorted_and_told():
    text = "".join(point(i, inside=f"<hr>{100 + n}</hr>") for n, i in enumerate([0, 2, 1, 1, 3]))
    activity = gpx.read(document(track(text)))
    assert tables.seconds(activity.records["time"]).tolist() == [0, 1, 2, 3]
    assert activity.records["heart_rate_bpm"].tolist() == [100, 102, 101, 104]
    assert "1 samples earlier" in reasons(activity)


def test_a_channel_of_zeros_was_not_measured():
    records = gpx.read(document(track(minute("<cad>0</cad><power>0</power>")))).records
    assert records["cadence_spm"].isna().all() and records["power_w"].isna().all()


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "words"), [
    (document('<rte><rtept lat="1" lon="2"><time>2026-05-01T06:30:00Z</time></rtept></rte>'), "a route of 1 points"),
    (document(track('<trkpt lat="1" lon="2"/><trkpt lat="1" lon="3"/>')), "2 points without any readable time"),
    (document('<wpt lat="1" lon="2"/>'), "waypoints only"),
    (document(track("")), "without a single point"),
    (document(), "no track"),
    (b"", "not a GPX document"), (b"Activity Date,Distance\n", "not a GPX document"),
    (b"<TrainingCenterDatabase/>", "not a GPX document"), (b"\x0e\x10\xd9\x07.FIT" * 9, "not a GPX document"),
])  # fmt: skip
def test_what_is_no_recorded_track_is_refused(data, words):
    with pytest.raises(FileError, match="^plan.gpx: .*" + re.escape(words)):
        gpx.read(data, name="plan.gpx")


def test_totals_of_a_treadmill_track_without_points_are_kept():
    before = (
        "<extensions><distance>5294.74</distance><average_hr>156</average_hr>"
        "<start_time>2025-05-07T04:07:53+00:00</start_time><moving_time>1684</moving_time></extensions>"
    )
    activity = gpx.read(document(track("", head="<type>treadmill_running</type>"), before=before))
    assert activity.records.empty and activity.about["sport"] == "running"
    assert activity.about["totals"] == {"distance_m": 5294.74, "average_heart_rate_bpm": 156, "moving_time_s": 1684}
    assert activity.about["start_time"] == pd.Timestamp("2025-05-07T04:07:53Z")


def test_entities_are_refused_before_they_expand():
    bomb = (
        '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "'
        + "&a;" * 20
        + '">'
        + "".join(f'<!ENTITY {chr(99 + i)} "{("&" + chr(98 + i) + ";") * 20}">' for i in range(9))
        + "]>"
    )
    begin = time.process_time()
    with pytest.raises(FileError, match="entities"):
        gpx.read(bomb.encode() + document(track("&k;" + minute()))[38:], name="bomb.gpx")
    assert time.process_time() - begin < 0.5


def test_external_entities_are_never_loaded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    entity = f'<!DOCTYPE gpx [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    with pytest.raises(FileError, match="entities"):
        gpx.read(entity + document(track(minute(), head="<name>&x;</name>"))[38:])
    outside = f'<!DOCTYPE gpx SYSTEM "file://{secret}">'.encode()
    assert len(gpx.read(outside + document(track(minute()))[38:]).records) == 60


def test_nesting_without_end_is_refused():
    with pytest.raises(FileError, match="nested"):
        gpx.read(b"<gpx>" + b"<a>" * 100000)


# -- damage -----------------------------------------------------------------------------------------------------------

WHOLE = document(track(minute("<extensions><gpxtpx:hr>141</gpxtpx:hr></extensions>")))


@pytest.mark.parametrize("data", [
    b"\xef\xbb\xbf" + WHOLE, b"  \r\n\t" + WHOLE, b"\xef\xbb\xbf  \n" + WHOLE,
    WHOLE.decode().replace("UTF-8", "UTF-16").encode("utf-16"), WHOLE.replace(b"UTF-8", b"ISO-8859-1"),
    WHOLE.replace(b"UTF-8", b"windows-1252"), WHOLE.replace(b"UTF-8", b"no-such-code"),
    WHOLE.replace(b"<gpx ", b'<gpx xsi:schemaLocation="x y" '), WHOLE + b"\n\n<!-- end -->\n",
])  # fmt: skip
def test_oddities_that_cost_nothing(data):
    activity = gpx.read(data)
    assert len(activity.records) == 60 and activity.about["complete"] is True and activity.about["problems"] == []


def test_latin_letters_in_another_encoding():
    data = WHOLE.replace(b"UTF-8", b"ISO-8859-1").replace(b"Morning", "Yllästunturi".encode("latin-1"))
    assert gpx.read(data).about["title"] == "Yllästunturi"


def test_a_cut_file_keeps_every_point_before_the_cut():
    with pytest.raises(FileError, match="cut or damaged before its first point"):
        gpx.read(WHOLE[:300])
    for cut in range(WHOLE.index(b"</trkpt>") + 8, len(WHOLE), 97):
        activity = gpx.read(WHOLE[:cut])
        assert len(activity.records) == WHOLE[:cut].count(b"</trkpt>"), cut
        assert activity.about["complete"] is (WHOLE[:cut].count(b"</gpx>") == 1)
    assert "cut or damaged" in reasons(gpx.read(WHOLE[:-5]))


def test_characters_that_xml_does_not_allow():
    data = WHOLE.replace(b"Morning", b"Run & \x02bike \xff").replace(b"<ele>100</ele>", b"<ele>1\x0300</ele>", 1)
    activity = gpx.read(data)
    assert len(activity.records) == 60 and activity.about["sport"] == "running"
    assert activity.about["title"] == "Run & \ufffdbike \ufffd"
    assert activity.records["altitude_m"].isna().sum() == 1, "a damaged number becomes no number, never another"
    assert "characters that XML does not allow" in reasons(activity)


def test_damage_in_the_middle_costs_only_the_points_it_stands_in():
    data = WHOLE.replace(b"06:30:20Z</time>", b"06:30:20Z</tim>").replace(b"06:30:40Z</time>", b"06:30:40Z<<time>")
    activity = gpx.read(data)
    assert len(activity.records) == 58 and activity.about["complete"] is False
    assert sorted(set(range(60)) - set(tables.seconds(activity.records["time"]).astype(int))) == [20, 40]


def test_a_point_that_lost_its_end_is_not_mixed_with_the_next():
    cut = [m.start() for m in re.finditer(b"</trkpt>", WHOLE)]
    for lost in (0, 20, 57):
        activity = gpx.read(WHOLE[: cut[lost]] + WHOLE[cut[lost] + 8 :])
        seconds = tables.seconds(activity.records["time"]) + (lost == 0)
        assert sorted(set(range(60)) - set(seconds.astype(int))) == [lost]
        assert np.allclose(activity.records["latitude_deg"], 60 + seconds * 2.7e-5, atol=1e-6)
        assert activity.about["complete"] is False and "without its end" in reasons(activity)


def _rows_with_and_without_shapes(data: bytes) -> list:
    """What the walk gives with patterns of known points, and with the XML parser alone."""
    out = []
    for learnt in (walk.shape, lambda point: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(walk, "shape", learnt)
            handler, problems, complete = walk.walk(data, "trkpt", gpx._Gpx)
        rows = [{name: value.strip() for name, value in row.items()} for row in handler.rows]
        out.append((rows, handler.stretches, [s.first_row for s in handler.sessions], complete, len(problems)))
    return out


SHAPELY = document(track(
    minute("<extensions><x:TPX a='1'><x:hr>14{i}</x:hr></x:TPX></extensions>"), minute("<cad>8{i}</cad><!-- - -->", 30),
    minute("<cad/>\n <sat>7</sat>"), minute("<name>a]]&gt;b&amp;{i}</name>", 20), minute("", 90)))  # fmt: skip


def test_known_shapes_change_nothing():
    whole, parsed = _rows_with_and_without_shapes(SHAPELY)
    assert whole == parsed and len(whole[0]) == 260 and whole[3] is True


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_known_shapes_change_nothing_beyond_the_damage(data):
    mutated = bytearray(SHAPELY)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        cut = data.draw(st.integers(0, 9))
        mutated[at : at + cut] = data.draw(
            st.sampled_from(
                [b"", b"<", b">", b"&", b"</trkpt>", b"<trkpt>", b"]]>", b"-->", b"\x00", b"\xff", b'"', b"</"]
            )
        )
    try:
        whole, parsed = _rows_with_and_without_shapes(bytes(mutated))
    except FileError:
        return
    assert whole[3] == parsed[3]
    if whole[3]:
        assert whole == parsed
    # Where the XML is broken the parser names the place by what it was fed: a few points around the damage may be lost
    # on one way and not on the other, and no more.
    ours, theirs = ({tuple(row.items()) for row in rows} for rows in (whole[0], parsed[0]))
    assert len(ours ^ theirs) <= 6


def test_an_open_comment_hides_nothing():
    at = WHOLE.index(b"<trkpt", 4000)
    read = gpx.read(WHOLE[:at] + b"<!-- " + WHOLE[at:])
    assert len(read.records) == 60 and read.about["complete"] is False


@pytest.mark.parametrize("piece", [
    b"<trkpt>", b"<trkpt ", b"<!-- ", b"<![CDATA[", b"</trkpt>", b"&", b"\x00", b"<trkpt/>", b"<a>", b"<trkpt><a",
    b"<trkpt lat='1' lon='2'><time>2026-05-01T06:30:00Z</time></trkpt></b>",
])  # fmt: skip
def test_no_document_takes_long(piece):
    data = b"<gpx><trk><trkseg>" + piece * (1_000_000 // len(piece))
    begin = time.process_time()
    with contextlib.suppress(FileError):
        gpx.read(data)
    assert time.process_time() - begin < 2


def test_two_documents_in_one_file():
    read = gpx.read(WHOLE + WHOLE.replace(b"T06:", b"T07:"))
    assert len(read.records) == 120 and read.about["complete"] is False and "junk after document" in reasons(read)
    assert gpx.read(WHOLE + b"<html/>").about["complete"] is True


def test_a_lost_root_costs_no_point():
    for data in (WHOLE.replace(b"<?xml", b"<<?xml"), WHOLE.replace(b"<gpx ", b"<gpx <")):
        assert len(gpx.read(data).records) == 60


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_bytes_give_data_or_a_file_error(data):
    mutated = bytearray(WHOLE[:4000] + WHOLE[-40:])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        mutated[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    try:
        activity = gpx.read(bytes(mutated), name="fuzz.gpx")
    except FileError as error:
        assert str(error).startswith("fuzz.gpx: ")
    else:
        tables.check(activity.records, tables.RECORDS, *tables.RECORDS.names)
        assert activity.records["time"].is_monotonic_increasing


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_data_or_a_file_error(data):
    for whole in (data, b"<gpx>" + data, b"<gpx><trk><trkseg><trkpt>" + data):
        try:
            gpx.read(whole, name="fuzz.gpx")
        except FileError as error:
            assert str(error).startswith("fuzz.gpx: ")


# -- the corpus, against another reading ------------------------------------------------------------------------------

# What a point's elements are called in the corpus, for a reading that shares nothing with the reader.
_TAG = re.compile(r"<(?!/|!|\?)([^\s<>/]+)((?:\s[^<>]*)?)>([^<>]*)</")
_NAMES = {"ele": "altitude_m", "hr": "heart_rate_bpm", "heartrate": "heart_rate_bpm", "cad": "cadence",
          "cadence": "cadence", "power": "power_w", "atemp": "temperature_c", "temp": "temperature_c",
          "Temperature": "temperature_c"}  # fmt: skip


def independent(data: bytes) -> pd.DataFrame:
    """Points of a GPX document by pattern matching: what a careful person with grep would find."""
    text = data.decode("utf-8", "replace")
    rows = []
    for found in re.finditer(r"<trkpt\b([^>]*?)(?:/>|>(.*?)</trkpt>)", text, re.DOTALL):
        row: dict[str, object] = {}
        for name, value in re.findall(r'(lat|lon)\s*=\s*["\']([^"\']*)', found[1]):
            row[{"lat": "latitude_deg", "lon": "longitude_deg"}[name]] = value
        # Of an element that a point repeats the last counts, of two elements that mean the same the first.
        for tag, value in {tag: value for tag, _, value in _TAG.findall(found[2] or "")}.items():
            name = tag.rpartition(":")[2]
            if name == "time":
                row["time"] = pd.Timestamp(value.strip())
            elif name in _NAMES:
                row.setdefault(_NAMES[name], value)
        if "time" in row:
            stamp = row["time"]
            row["time"] = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
            rows.append(row)
    return pd.DataFrame(rows)


def _same(ours: pd.Series, theirs: pd.Series, low: float, high: float) -> None:
    theirs = pd.to_numeric(theirs, errors="coerce")
    theirs = theirs.where(theirs.between(low, high))
    np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(dtype=float), rtol=1e-12, equal_nan=True)


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_every_corpus_file_agrees_with_another_reading():
    read = refused = 0
    for path in FILES:
        data = path.read_bytes()
        begin = time.process_time()
        try:
            activity = gpx.read(data, name=path.name)
        except FileError as error:
            refused += 1
            assert str(error).startswith(path.name)
            assert independent(data).empty, f"{path.name}: points with time, yet {error}"
            continue
        finally:
            assert time.process_time() - begin < 2, path.name
        read += 1
        theirs = independent(data)
        ours = activity.records
        assert len(ours) + again(activity) == len(theirs), path.name
        tables.check(ours, tables.RECORDS, *tables.RECORDS.names)
        if ours.empty:
            continue
        theirs = theirs.groupby("time", as_index=False).first()
        assert (ours["time"] == theirs["time"].dt.as_unit("us")).all(), path.name
        for column, low, high in (("latitude_deg", -90, 90), ("longitude_deg", -180, 180), ("altitude_m", -1e3, 2e4),
                                  ("heart_rate_bpm", 1, 250), ("temperature_c", -80, 80)):  # fmt: skip
            if column in theirs:
                if column in ("latitude_deg", "longitude_deg"):
                    both = pd.to_numeric(theirs["latitude_deg"], errors="coerce").between(-90, 90)
                    both &= pd.to_numeric(theirs["longitude_deg"], errors="coerce").between(-180, 180)
                    _same(ours[column], theirs[column].where(both), low, high)
                else:
                    _same(ours[column], theirs[column], low, high)
            else:
                assert ours[column].isna().all(), (path.name, column)
        if "cadence" in theirs and pd.to_numeric(theirs["cadence"], errors="coerce").max() > 0:
            factor = 2 if "doubled" in activity.about["cadence"] else 1
            _same(ours["cadence_spm"] / factor, theirs["cadence"], 0, 253)
    assert read >= 45 and refused >= 10, (read, refused)


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_corpus_points_and_lengths_agree_with_gpxpy():
    gpxpy = pytest.importorskip("gpxpy")
    compared = 0
    for path in FILES:
        data = path.read_bytes()
        try:
            theirs = gpxpy.parse(data)
            activity = gpx.read(data, name=path.name)
        except Exception:  # noqa: S112  what gpxpy refuses is compared above
            continue
        segments = [s for t in theirs.tracks for s in t.segments]
        points = [p for s in segments for p in s.points if p.time is not None]
        assert len(activity.records) + again(activity) == len(points), path.name
        whole = all(p.time is not None for s in segments for p in s.points)
        flat = "along the positions" in activity.about["distance"] and len(activity.about["sessions"]) == 1
        sound = "sorted" not in reasons(activity) and "position" not in reasons(activity)
        if whole and flat and sound and len(points) > 1:
            length = sum(s.length_2d() or 0 for s in segments)
            assert activity.records["distance_m"].max() == pytest.approx(length, rel=0.005, abs=1), path.name
            compared += 1
    assert compared >= 25, compared


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_known_shapes_change_nothing_in_the_corpus():
    for path in FILES:
        whole, parsed = _rows_with_and_without_shapes(path.read_bytes())
        assert whole == parsed, path.name


@pytest.mark.corpus
@pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}")
def test_corpus_manifest_counts():
    with (CORPUS / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        counts = {row["path"]: int(row["n_records"] or 0) for row in csv.DictReader(file)}
    checked = 0
    for path in FILES:
        try:
            activity = gpx.read(path.read_bytes(), name=path.name)
        except FileError:
            continue
        untimed = re.search(r"(\d+) of \d+ points have no readable time", reasons(activity))
        expected = counts[f"{path.parent.name}/{path.name}"]
        if expected:
            found = len(activity.records) + again(activity) + (int(untimed[1]) if untimed else 0)
            assert abs(found - expected) <= 1, (path.name, found, expected)
            checked += 1
    assert checked >= 40


def test_a_program_that_names_its_address_is_kept_without_it():
    track = (
        b'<gpx creator="gpx.py -- https://code.example/gpxpy"><trk><trkseg><trkpt lat="1" lon="1">'
        b"<time>2026-05-03T06:00:00Z</time></trkpt></trkseg></trk></gpx>"
    )
    assert gpx.read(track).about["device"] == "gpx.py"
