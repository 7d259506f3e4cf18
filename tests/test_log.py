"""Opening whatever a coach has: nothing lost, nothing counted twice, nothing trusted that should not be."""

import datetime as dt
import gzip
import io
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from simulate import fit_writer

from runlab import open_log, tables
from runlab.athlete import Athlete
from runlab.errors import FileError, RunlabError, RunlabWarning, SettingsError
from runlab.log import Log, read_one
from runlab.log import open as opening
from runlab.log import sources as scanning
from runlab.log.duplicates import marked_duplicates, merged_logs
from runlab.log.sources import resolve, sources

START = pd.Timestamp("2026-05-01 06:00", tz="UTC")
REPOSITORY = Path(__file__).resolve().parents[1]


def gpx(start=START, seconds=600, speed=3.0, heart=True, step=5, sport="running", north=59.9):
    """A run as a GPX document."""
    points = []
    for t in range(0, seconds + 1, step):
        when = (start + pd.Timedelta(seconds=t)).strftime("%Y-%m-%dT%H:%M:%SZ")
        pulse = (
            f"<extensions><gpxtpx:TrackPointExtension xmlns:gpxtpx='http://www.garmin.com/xmlschemas/TrackPointExtension/v1'>"
            f"<gpxtpx:hr>{140 + t % 7}</gpxtpx:hr></gpxtpx:TrackPointExtension></extensions>"
            if heart
            else ""
        )
        points.append(
            f"<trkpt lat='{north + speed * t / 111_195:.7f}' lon='10.7'><ele>{100 + t / 100:.1f}</ele>"
            f"<time>{when}</time>{pulse}</trkpt>"
        )
    return (
        f"<?xml version='1.0'?><gpx version='1.1' creator='test' xmlns='http://www.topografix.com/GPX/1/1'><trk>"
        f"<name>Morning</name><type>{sport}</type><trkseg>{''.join(points)}</trkseg></trk></gpx>"
    ).encode()


@pytest.fixture
def folder(tmp_path):
    """Three runs on three days, one of them zipped small, and a file that is none."""
    place = tmp_path / "kim"
    place.mkdir()
    (place / "a.gpx").write_bytes(gpx())
    (place / "b.gpx.gz").write_bytes(gzip.compress(gpx(START + pd.Timedelta(days=1))))
    (place / "c.fit").write_bytes(fit_writer.tiny_run())
    (place / "broken.fit").write_bytes(b"this is not FIT")
    (place / "readme.txt").write_text("not looked at")
    (place / ".hidden.gpx").write_bytes(gpx())
    return place


# --- Log --------------------------------------------------------------------------------------------------------------


def small_log():
    activities = pd.DataFrame(
        {
            "activity_id": ["a", "b", "c"],
            "athlete": ["kim", "kim", "bo"],
            "sport": "running",
            "samples": [2, 0, 2],
            "date": pd.to_datetime(["2026-03-01", "2026-03-09", "2026-03-05"]),
            "timer_time_s": 3600.0,
            "start_time": pd.to_datetime(["2026-03-01 08:00", "2026-03-09 08:00", "2026-03-05 08:00"], utc=True),
            "distance_m": 10_000.0,
            "source": ["kim/a.fit", "kim/log.csv", "bo/c.fit"],
        }
    )
    histograms = pd.DataFrame(
        {"activity_id": ["a", "c"], "channel": "heart_rate_bpm", "value": 150.0, "seconds": 3600.0}
    )
    samples = {
        key: tables.conform(
            pd.DataFrame(
                {"activity_id": [key] * 2, "time": pd.to_datetime(["2026-03-01 08:00", "2026-03-01 09:00"], utc=True)}
            ),
            tables.RECORDS,
        )
        for key in "ac"
    }
    wellness = pd.DataFrame(
        {
            "athlete": ["kim", "kim", "bo"],
            "date": ["2026-03-02", "2026-03-20", "2026-03-05"],
            "sleep_h": [7.0, 8.0, 6.0],
            "note": ["fine", "", "short"],
        }
    )
    events = pd.DataFrame(
        {"athlete": "kim", "kind": ["ill", "pain"], "start": ["2026-03-03", "2026-03-08"], "end": ["2026-03-05", None]}
    )
    problems = pd.DataFrame({"path": ["kim/x.fit", "bo/y.fit"], "athlete": ["kim", "bo"], "reason": "empty"})
    settings = [{"max_heart_rate_bpm": 190.0, "resting_heart_rate_bpm": 50.0}]
    return Log(
        activities,
        histograms=histograms,
        wellness=wellness,
        events=events,
        problems=problems,
        records=samples,
        athletes={"kim": Athlete("kim", sex="f", settings=settings), "bo": Athlete("bo", settings=settings)},
    )


def test_an_empty_log_has_every_table():
    log = Log()
    for name in ("activities", "laps", "plan", "events", "races", "problems"):
        frame = getattr(log, name)
        assert frame.empty
        tables.check(frame, tables.TABLES[name], *tables.TABLES[name].names)
    assert log.athletes == {}
    assert log.daily.empty
    assert log.only().name == "athlete" and np.isnan(log.only().on("2026-03-01").max_heart_rate_bpm)


def test_slices_by_athlete_and_date():
    log = small_log()
    kim = log.athlete("kim")
    assert kim.only().name == kim.name == "kim"
    assert kim.activities["activity_id"].tolist() == ["a", "b"]
    assert kim.histograms["activity_id"].tolist() == ["a"]
    assert (len(kim.wellness), len(kim.events), kim.problems["path"].tolist()) == (2, 2, ["kim/x.fit"])
    week = log.between("2026-03-05", dt.date(2026, 3, 9))
    assert week.activities["activity_id"].tolist() == ["c", "b"], "both days are in; sorted by athlete and start"
    assert week.events["kind"].tolist() == ["ill", "pain"], "an episode that touches the period stays whole"
    assert log.between("2026-03-06", "2026-03-07").events.empty
    assert log.between("2026-03-30").events["kind"].tolist() == ["pain"], "without an end it goes on"
    assert (week.start, week.end) == (pd.Timestamp("2026-03-05"), pd.Timestamp("2026-03-09"))
    inner = week.between("2026-03-01", "2026-03-07")
    assert (inner.start, inner.end) == (week.start, pd.Timestamp("2026-03-07"))
    assert len(log.activities) == 3, "slicing leaves the log as it was"


def test_as_of_is_the_log_as_it_stood_that_evening():
    days = pd.to_datetime(["2026-03-01", "2026-03-09", "2026-03-10", "2026-03-20"])
    log = Log(
        small_log().activities.assign(
            athlete="kim", duplicate_of=lambda f: f["activity_id"].map({"c": "b"}).fillna("").astype("str")
        ),
        laps=pd.DataFrame({"activity_id": ["a", "b", "c"], "lap": 1}),
        duplicates=pd.DataFrame({"activity_id": ["c"], "kept": ["b"], "reason": ["overlaps b"]}),
        wellness=pd.DataFrame({"athlete": "kim", "date": days, "sleep_h": [7.0, 8.0, 6.0, 5.0]}),
        events=pd.DataFrame(
            {"athlete": "kim", "kind": list("wxyz"), "start": days, "end": days + pd.Timedelta(days=3)}
        ),
        plan=pd.DataFrame(
            {"athlete": "kim", "date": days[3], "slot": list("abc"), "version": ["", "v2", "2026-03-10"]}
        ),
        races=pd.DataFrame(
            {"athlete": "kim", "date": days, "goal_s": 5400.0, "official_time_s": [5000.0, 5100.0, 5200.0, 5300.0]}
        ),
        problems=pd.DataFrame({"path": ["x.fit"], "reason": ["0 bytes"]}),
    )
    then = log.as_of("2026-03-09")
    assert then.activities["activity_id"].tolist() == ["a", "c", "b"]
    assert then.activities["duplicate_of"].tolist() == ["", "b", ""] and len(then.duplicates) == 1
    assert then.wellness["sleep_h"].tolist() == [7, 8]
    assert then.events["kind"].tolist() == ["w", "x"]
    assert then.events["end"].isna().tolist() == [False, True], "when the second ends was not known"
    assert then.plan["slot"].tolist() == ["a", "b"], "a plan for later days, in the versions written by then"
    assert log.as_of("2026-03-10").plan["slot"].tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(then.races["official_time_s"], [5000, 5100, np.nan, np.nan])
    assert then.races["goal_s"].eq(5400).all()
    assert len(then.problems) == 1 and then.end == pd.Timestamp("2026-03-09")
    pd.testing.assert_frame_equal(then.daily, log.daily[log.daily["date"] <= "2026-03-09"].reset_index(drop=True))
    before = log.as_of("2026-03-08")
    assert before.activities["duplicate_of"].tolist() == ["", ""], "what it is a copy of had not been run"
    assert before.duplicates.empty and before.laps["activity_id"].tolist() == ["a", "c"]


@pytest.mark.slow
def test_slices_of_the_sample_squad_move_no_number_and_cost_little():
    log = open_log(REPOSITORY / "data" / "sample" / "squad", progress=False)
    whole = log.daily
    days = pd.date_range(whole["date"].min(), whole["date"].max(), periods=8).normalize()
    began = time.process_time()
    for who in log.athletes:
        mine = log.athlete(who)
        for start, end in zip(days[:-2], days[2:], strict=True):
            part = mine.between(start, end)
            expected = whole[(whole["athlete"] == who) & whole["date"].between(start, end)].reset_index(drop=True)
            pd.testing.assert_frame_equal(part.daily, expected)
            pd.testing.assert_frame_equal(mine.as_of(end).between(start).daily, expected)
            rows = log.activities[(log.activities["athlete"] == who) & log.activities["date"].between(start, end)]
            pd.testing.assert_frame_equal(part.activities, rows.reset_index(drop=True))
    each = (time.process_time() - began) / (3 * 6 * len(log.athletes))
    assert each < 0.5, f"{each:.2f} s CPU a slice"


def test_choices_are_named():
    log = small_log()
    with pytest.raises(SettingsError, match=r"2 athletes \(kim, bo\); pick one: log.athlete\('kim'\)"):
        log.only()
    with pytest.raises(SettingsError, match="did you mean 'kim'"):
        log.athlete("kimm")
    with pytest.raises(SettingsError, match="after the end"):
        log.between("2026-03-09", "2026-03-01")
    with pytest.raises(SettingsError, match="cannot read 'soon' as a date"):
        log.between("soon")


def test_daily_is_load_and_wellness_on_a_calendar():
    log = small_log()
    daily = log.athlete("kim").daily
    assert daily is not log.daily
    assert len(daily) == 9
    assert daily["load"].iloc[0] > 60
    assert daily["load"].iloc[1] == 0
    assert daily.loc[1, "sleep_h"] == 7
    assert daily.loc[1, "wellness_note"] == "fine"
    assert daily["sleep_h"].isna().sum() == 8
    assert log.daily is log.daily, "worked out once"


def test_records_are_cached_and_safe_from_edits():
    calls = []

    def reader(activity_id):
        calls.append(activity_id)
        return pd.DataFrame({"activity_id": [activity_id], "time": pd.to_datetime(["2026-03-01"], utc=True)})

    log = Log(pd.DataFrame({"activity_id": ["a"], "athlete": ["kim"], "samples": [1]}), records=reader)
    first = log.records("a")
    first["time"] = pd.NaT
    assert log.athlete("kim").records("a")["time"].notna().all()
    assert calls == ["a"]
    with pytest.raises(RunlabError, match="no activity 'z'"):
        log.records("z")
    with pytest.raises(RunlabError, match="no samples"):
        small_log().records("b")
    with pytest.raises(RunlabError, match="made from tables"):
        Log(pd.DataFrame({"activity_id": ["a"]})).records("a")


def test_athletes_only_named_in_tables_are_known_by_name():
    log = Log(pd.DataFrame({"activity_id": ["a"], "athlete": ["lee"]}))
    assert list(log.athletes) == ["lee"]
    assert np.isnan(log.only().on("2026-01-01").max_heart_rate_bpm)


# --- opening folders and files ----------------------------------------------------------------------------------------


def test_a_folder_is_read_whole_whatever_is_in_it(folder):
    log = open_log(folder)
    assert len(log.activities) == 3
    assert log.name == "kim"
    assert set(log.activities["source"]) == {"a.gpx", "b.gpx.gz", "c.fit"}
    assert log.problems["path"].tolist() == ["broken.fit"]
    assert log.read_line == "read 3 of 4 files; 1 in .problems"
    assert log.read_line in repr(log)
    assert not log.activities["activity_id"].duplicated().any()
    tables.check(log.activities, tables.ACTIVITIES, *tables.ACTIVITIES.names)
    for table in (log.laps, log.histograms, log.efforts):
        assert set(table["activity_id"]) <= set(log.activities["activity_id"])
        assert len(table)


def test_samples_are_read_again_when_asked_for(folder):
    log = open_log(folder)
    for row in log.activities.itertuples():
        records = log.records(row.activity_id)
        assert len(records) == row.samples
        assert (records["activity_id"] == row.activity_id).all()
    (folder / "a.gpx").write_bytes(gpx(seconds=300))
    log = open_log(folder)
    (folder / "a.gpx").write_bytes(gpx(seconds=900))
    changed = log.activities.loc[log.activities["source"] == "a.gpx", "activity_id"].iloc[0]
    with pytest.raises(FileError, match="has changed since"):
        log.records(changed)
    (folder / "a.gpx").unlink()
    with pytest.raises(FileError, match="no longer under"):
        log.records(changed)


def test_a_single_file_and_what_is_no_activity(folder, tmp_path):
    log = open_log(folder / "a.gpx")
    assert len(log.activities) == 1
    assert log.activities["source"].iloc[0] == "a.gpx"
    with pytest.raises(FileError, match="neither FIT, GPX, TCX nor CSV"):
        open_log(folder / "broken.fit")
    with pytest.raises(FileError, match="no such file or folder"):
        open_log(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert repr(open_log(empty)) == "Log(empty: 0 activities; read 0 of 0 files)"
    with pytest.raises(SettingsError, match="policy must be one of"):
        open_log(folder, policy="fix")


def test_read_one_never_raises_and_can_be_pickled(folder, tmp_path):
    reading = read_one(folder / "a.gpx", athlete=Athlete("kim", home_zone="Europe/Oslo"))
    assert reading.status == "read"
    again = pickle.loads(pickle.dumps(reading))
    assert again.parts[0].row["athlete"] == "kim"
    assert len(pickle.dumps(reading)) < 60_000
    for path in (folder / "broken.fit", tmp_path / "gone.fit", tmp_path):
        reading = read_one(path)
        assert reading.status == "failed"
        assert reading.problems[0]["reason"]


def test_a_failure_of_our_own_does_not_lose_the_folder(folder, monkeypatch):
    from runlab.log import reading as module

    real = module.summarise

    def fails(activity, **options):
        if options["path"] == "a.gpx":
            raise ZeroDivisionError("oops")
        return real(activity, **options)

    monkeypatch.setattr(module, "summarise", fails)
    log = open_log(folder)
    assert len(log.activities) == 2
    assert "ZeroDivisionError: oops" in log.problems.set_index("path").loc["a.gpx", "reason"]


def test_an_executor_gives_the_same_log(folder):
    alone = open_log(folder)
    with ThreadPoolExecutor(2) as executor:
        together = open_log(folder, executor=executor)
    for name in ("activities", "laps", "histograms", "efforts", "problems"):
        pd.testing.assert_frame_equal(getattr(alone, name), getattr(together, name))


TABLES = ("activities", "laps", "histograms", "efforts", "problems", "quality", "duplicates")


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Eighty files, most of them in a zip; some name columns that others do not."""
    place = tmp_path_factory.mktemp("many") / "kim"
    place.mkdir()
    with zipfile.ZipFile(place / "export.zip", "w") as archive:
        for k in range(70):
            archive.writestr(f"{k:02}.gpx", gpx(START + pd.Timedelta(days=k), seconds=300 + 5 * k, heart=k % 3 == 0))
        archive.writestr("broken.fit", b"this is not FIT")
    for k in range(9):
        (place / f"{k}.fit").write_bytes(fit_writer.tiny_run() if k == 5 else gpx(START - pd.Timedelta(days=k + 1)))
    return place


def bytes_of(log):
    return {name: getattr(log, name).to_csv() for name in TABLES}


def serial(monkeypatch):
    monkeypatch.setattr(opening, "_POOL_FROM", 10**9)


@pytest.mark.parametrize("start", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_pool_reads_zips_as_one_process_does(many, start, monkeypatch):
    if start not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this machine cannot {start}")
    serial(monkeypatch)
    alone = open_log(many)  # the zip is open here when the pool forks
    assert (len(alone.activities), len(alone.problems)) == (79, 1)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(start)) as executor:
        together = open_log(many, executor=executor)
    assert bytes_of(together) == bytes_of(alone)


def test_many_files_are_read_by_a_pool_of_their_own_with_the_same_result(many, monkeypatch):
    pools = []

    class Counted(ProcessPoolExecutor):
        def __init__(self, *given, **named):
            pools.append(given[0])
            super().__init__(*given, **named)

    monkeypatch.setattr(opening, "ProcessPoolExecutor", Counted)
    monkeypatch.setattr(opening.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    together = open_log(many)
    assert pools == [2]
    serial(monkeypatch)
    assert bytes_of(together) == bytes_of(open_log(many))
    assert pools == [2]


def test_a_pool_that_cannot_start_or_breaks_leaves_the_reading_to_this_process(many, monkeypatch):
    monkeypatch.setattr(opening.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)

    class Broken(ThreadPoolExecutor):
        def __init__(self, workers, *_):
            super().__init__(workers)

        def submit(self, *given):
            if len(given[1]) < 16:
                raise BrokenProcessPool("a worker was killed")
            return super().submit(*given)

    monkeypatch.setattr(opening, "ProcessPoolExecutor", Broken)
    assert len(open_log(many).activities) == 79

    def refused(*_):
        raise OSError("no semaphores")

    monkeypatch.setattr(opening, "ProcessPoolExecutor", refused)
    assert len(open_log(many).activities) == 79


def test_a_worker_of_a_pool_starts_no_pool(monkeypatch):
    monkeypatch.setattr(opening.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    with opening.own_pool(63) as pool:
        assert pool is None, "a handful"
    monkeypatch.setattr(opening.multiprocessing, "parent_process", lambda: "someone")
    with opening.own_pool(1000) as pool:
        assert pool is None


def test_a_script_without_a_main_guard_runs_once(many, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"import os\nos.sched_getaffinity = lambda _: {{0, 1}}\nprint('began', flush=True)\nimport runlab\n"
        f"print(len(runlab.open_log({str(many)!r}, progress=False).activities))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["began", "79"], done.stderr


def test_a_file_that_failed_in_a_worker_is_read_again_once(folder, monkeypatch):
    def failing(batch, athletes, policy):
        return [opening.Reading(source, "failed") for source in batch]

    monkeypatch.setattr(opening, "read_some", failing)
    read = counting(monkeypatch)
    with ThreadPoolExecutor(2) as executor:
        assert len(open_log(folder, executor=executor).activities) == 3
    assert sorted(read) == ["a.gpx", "b.gpx.gz", "broken.fit", "c.fit"]


def test_progress_is_shown_on_stderr_for_many_files(tmp_path, capsys):
    for k in range(25):
        (tmp_path / f"{k:02}.fit").write_bytes(b"nothing")
    open_log(tmp_path)
    told = capsys.readouterr()
    assert "reading" in told.err
    assert told.out == ""
    open_log(tmp_path, progress=False)
    assert capsys.readouterr().err == ""


def test_policy_reaches_rows_and_samples(tmp_path):
    document = gpx(seconds=1200, step=1).replace(b"<gpxtpx:hr>140</gpxtpx:hr>", b"<gpxtpx:hr>250</gpxtpx:hr>")
    (tmp_path / "a.gpx").write_bytes(document)
    flagged, repaired = open_log(tmp_path), open_log(tmp_path, policy="repair")
    name = flagged.activities["activity_id"].iloc[0]
    assert flagged.records(name)["heart_rate_bpm"].max() == 250
    assert repaired.records(name)["heart_rate_bpm"].max() < 150
    assert repaired.records(name)["heart_rate_bpm_original"].max() == 250
    assert (
        flagged.activities["average_heart_rate_bpm"].iloc[0] > repaired.activities["average_heart_rate_bpm"].iloc[0] + 5
    )


# --- squads -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def squad(tmp_path):
    place = tmp_path / "squad"
    for name in ("kim", "bo"):
        (place / name / "exports").mkdir(parents=True)
        (place / name / "exports" / "run.gpx").write_bytes(gpx(north=59.9 if name == "kim" else 60.9))
    (place / "squad.toml").write_text("week_start = 'sunday'\nhome_zone = 'Europe/Oslo'")
    (place / "kim" / "athlete.toml").write_text("name = 'Kim'\n[[settings]]\nmax_heart_rate_bpm = 190")
    (place / "bo" / "athlete.toml").write_text("units = 'imperial'")
    (place / "kim" / "plan.csv").write_text("date,session_type,distance_km\n2026-05-01,easy,10\nsoon,easy,3\n")
    (place / "kim" / "races.csv").write_text("date,name,distance_km,checkpoints\n2026-06-01,Long Ridge,50,ridge.csv\n")
    (place / "kim" / "ridge.csv").write_text("name,distance_km\nHut,20\n")
    (place / "kim" / "strength.csv").write_text("date,time,duration,kind,rpe\n2026-05-02,18:00,45:00,heavy,6\n")
    (place / "kim" / "notes.md").write_text("likes hills")
    return place


def test_a_squad_folder_gives_everyone_and_their_tables(squad):
    log = open_log(squad)
    assert list(log.athletes) == ["bo", "Kim"]
    assert (log.athletes["Kim"].week_start, log.athletes["bo"].units) == ("sunday", "imperial")
    assert log.activities.groupby("athlete").size().to_dict() == {"Kim": 2, "bo": 1}
    kim = log.athlete("Kim")
    assert kim.plan["distance_m"].tolist() == [10_000]
    assert kim.races["name"].tolist() == ["Long Ridge"]
    assert kim.notes["text"].tolist() == ["likes hills"]
    assert log.athlete("bo").plan.empty
    strength = kim.activities[kim.activities["sport"] == "strength"].iloc[0]
    assert strength["start_time"] == pd.Timestamp("2026-05-02 16:00", tz="UTC")
    assert (strength["rpe"], strength["moving_time_s"], strength["samples"]) == (6, 2700, 0)
    assert log.problems["path"].tolist() == ["kim/plan.csv"], "the wrong cell, and not the checkpoints of the race"
    assert log.athlete("bo").laps["trigger"].tolist() == ["per_mi", "session_end"]
    assert kim.laps["trigger"].tolist() == ["per_km", "session_end"]


def test_one_athlete_of_a_squad_opens_alone(squad, tmp_path):
    whole = open_log(squad, progress=False)
    name = sorted(whole.athletes)[0]
    alone = open_log(squad, athlete=name, progress=False)
    assert list(alone.athletes) == [name]
    wanted = sorted(whole.athlete(name).activities["activity_id"])
    assert sorted(alone.activities["activity_id"]) == wanted
    stored = open_log(squad, athlete=name, store=tmp_path / "kept.runlab", progress=False)
    assert sorted(stored.activities["activity_id"]) == wanted
    assert set(open_log(tmp_path / "kept.runlab").athletes) == set(whole.athletes), "the store keeps the others"
    assert list(open_log(tmp_path / "kept.runlab", athlete=name).athletes) == [name]
    with pytest.raises(SettingsError, match="athlete must be one of"):
        open_log(squad, athlete="nobody", progress=False)


def test_one_athletes_wrong_settings_do_not_lose_the_squad(squad):
    (squad / "kim" / "athlete.toml").write_text("max_heart_rate = 190")
    with pytest.warns(RunlabWarning, match="key must be one of"):
        log = open_log(squad)
    assert list(log.athletes) == ["bo", "kim"]
    assert "kim/athlete.toml" in log.problems["path"].tolist()
    (squad / "kim" / "athlete.toml").write_text("name = 'bo'")
    with pytest.raises(SettingsError, match="called 'bo' too"):
        open_log(squad)


# --- archives ---------------------------------------------------------------------------------------------------------


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


STRAVA = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,"
    "Moving Time,Distance\n"
    '1,"May 1, 2026, 6:00:00 AM",Hills with Sam,Run,felt strong,600,1.80,146,,false,knee twinge,Blue shoes,'
    "activities/77.gpx.gz,,,600.0,590.0,1800.0\n"
    '2,"May 3, 2026, 6:00:00 AM",Treadmill,Run,,1800,5.00,,,false,,,,,,1800.0,1800.0,5000.0\n'
)


def test_a_strava_export_joins_words_to_files(tmp_path):
    archive = tmp_path / "export_123.zip"
    archive.write_bytes(
        zipped(
            {
                "activities.csv": STRAVA,
                "activities/77.gpx.gz": gzip.compress(gpx()),
                "comments.csv": "Date,Comment\n1,2\n",
                "routes/1.gpx": b"<gpx/>",
                "__MACOSX/activities/._77.gpx": b"x",
                "media/1.jpg": b"x",
            }
        )
    )
    log = open_log(archive)
    assert log.problems.empty
    assert log.read_line == "read 2 of 2 files"
    assert log.name == "export_123"
    run, manual = (log.activities.iloc[k] for k in (0, 1))
    assert (run["title"], run["notes"], run["private_notes"], run["gear"]) == (
        "Hills with Sam",
        "felt strong",
        "knee twinge",
        "Blue shoes",
    )
    assert run["samples"] == 121
    assert run["source"] == "export_123.zip/activities/77.gpx.gz"
    assert (manual["title"], manual["samples"], manual["distance_m"]) == ("Treadmill", 0, 5000)
    assert len(log.records(run["activity_id"])) == 121


def test_a_zip_in_a_zip_is_read_and_the_rest_told_in_one_line(tmp_path):
    settings = fit_writer.FitFile()
    settings.add("file_id", type="settings", manufacturer="garmin")
    others = {f"UploadedFiles/{k}.fit": settings.to_bytes() for k in range(7)}
    inner = zipped({"run.gpx": gpx(), **others})
    archive = tmp_path / "garmin.zip"
    archive.write_bytes(zipped({"DI_CONNECT/UploadedFiles_0-_Part1.zip": inner, "DI_CONNECT/profile.json": b"{}"}))
    log = open_log(archive)
    assert log.activities["source"].tolist() == ["garmin.zip/DI_CONNECT/UploadedFiles_0-_Part1.zip/run.gpx"]
    assert len(log.records(log.activities["activity_id"].iloc[0])) == 121
    assert len(log.problems) == 1
    assert "6 more like it" in log.problems["reason"].iloc[0]
    assert log.read_line == "read 1 of 1 files; 7 are no activities; 1 in .problems"


def test_unsafe_archives_are_refused_and_nothing_is_written(tmp_path, monkeypatch):
    place = tmp_path / "in"
    place.mkdir()
    (place / "good.gpx").write_bytes(gpx())
    fine = gpx(START + pd.Timedelta(days=2))
    (place / "slip.zip").write_bytes(zipped({"../../evil.gpx": b"x", "/abs.gpx": b"x", "fine.gpx": fine}))
    (place / "bomb.zip").write_bytes(zipped({"bomb.gpx": bytes(2_000_000)}))
    (place / "torn.zip").write_bytes(zipped({"a.gpx": gpx()})[:-30])
    damaged = bytearray(zipped({"a.gpx": gpx(START + pd.Timedelta(days=3))}))
    damaged[60:80] = bytes(20)
    (place / "damaged.zip").write_bytes(bytes(damaged))
    monkeypatch.setattr(scanning, "_SUSPICIOUS", 1_000_000)
    before = sorted(p.name for p in tmp_path.rglob("*"))
    log = open_log(place)
    assert sorted(p.name for p in tmp_path.rglob("*")) == before, "archives are read in place"
    reasons = log.problems.set_index("path")["reason"]
    assert "packed more than 300 times" in reasons["bomb.zip/bomb.gpx"]
    assert "not a zip archive" in reasons["torn.zip"]
    assert "damaged inside its archive" in reasons["damaged.zip/a.gpx"]
    assert log.activities["source"].tolist() == ["good.gpx", "slip.zip/fine.gpx"]
    assert reasons["slip.zip/../../evil.gpx"] == reasons["slip.zip//abs.gpx"] == "its name points outside the archive"
    monkeypatch.setattr(scanning, "LARGEST_MEMBER", 1000)
    assert "unpacks to" in open_log(place).problems.set_index("path").loc["slip.zip/fine.gpx", "reason"]
    with pytest.raises(FileError, match="not a zip archive"):
        open_log(place / "torn.zip")


def test_sources_are_found_in_order_and_resolved(folder):
    found, problems = sources(folder, folder, "kim")
    assert [s.path for s in found] == ["a.gpx", "b.gpx.gz", "broken.fit", "c.fit"]
    assert problems == []
    assert resolve(folder, "a.gpx").read() == found[0].read()
    with pytest.raises(FileError, match="no longer under"):
        resolve(folder, "gone.gpx")


# --- the same session twice -------------------------------------------------------------------------------------------


def test_watch_and_phone_and_an_identical_copy(tmp_path):
    (tmp_path / "watch.gpx").write_bytes(gpx(seconds=1200))
    (tmp_path / "copy.gpx").write_bytes(gpx(seconds=1200))
    (tmp_path / "phone.gpx").write_bytes(gpx(START + pd.Timedelta(seconds=40), seconds=1130, heart=False))
    (tmp_path / "ride.gpx").write_bytes(gpx(START + pd.Timedelta(minutes=5), seconds=900, speed=8, sport="cycling"))
    log = open_log(tmp_path)
    assert len(log.activities) == 3
    counted = log.activities[log.activities["duplicate_of"] == ""]
    assert sorted(counted["sport"]) == ["cycling", "running"], "different sports at one time are not the same session"
    told = log.duplicates.set_index("path")["reason"]
    assert "the same file as copy.gpx" in told["watch.gpx"]
    assert "it has heart rate" in told["phone.gpx"]
    assert log.daily["sessions"].sum() == 2


def rows(**columns):
    frame = pd.DataFrame({"athlete": "kim", "sport": "running", "complete": True} | columns)
    return tables.conform(frame.assign(start_time=pd.to_datetime(frame["start_time"], utc=True)), tables.ACTIVITIES)


def test_what_is_no_duplicate():
    frame = rows(
        activity_id=list("abcde"),
        elapsed_time_s=3600.0,
        samples=100,
        source=list("abcde"),
        start_time=["2026-05-01 08:00", "2026-05-01 08:40", "2026-05-02 08:00", "2026-05-02 08:01", "2026-05-02 08:02"],
        distance_m=[10_000.0, 10_000.0, 10_000.0, 15_000.0, 10_100.0],
        athlete=["kim", "kim", "kim", "kim", "bo"],
    )
    out, found = marked_duplicates(frame)
    assert found.empty, "too little overlap, another distance, another athlete"
    assert (out["duplicate_of"] == "").all()


def test_parts_of_one_file_are_never_duplicates_and_cut_files_are():
    frame = rows(
        activity_id=["a-1", "a-2", "b", "c"],
        elapsed_time_s=[3600.0, 3600.0, 3600.0, 1200.0],
        samples=100,
        start_time=["2026-05-01 08:00", "2026-05-01 08:10", "2026-05-02 08:00", "2026-05-02 08:00"],
        distance_m=[1e4, 1e4, 1e4, 3300.0],
        source=["a", "a", "b", "c"],
        part=[1, 2, 1, 1],
        complete=[True, True, True, False],
    )
    out, found = marked_duplicates(frame)
    assert found[["activity_id", "kept"]].to_numpy().tolist() == [["c", "b"]]
    assert "it went on" in found["reason"].iloc[0]


def test_a_watch_that_died_and_a_phone_that_went_on_are_one_session():
    def pair(metres):
        return rows(
            activity_id=["watch", "phone"],
            elapsed_time_s=[1500.0, 3000.0],
            samples=[1500, 600],
            heart_rate_share=[1.0, 0.0],
            source=["a", "b"],
            start_time=["2026-05-01 08:00", "2026-05-01 08:00"],
            distance_m=[metres, 10_000.0],
        )

    found = marked_duplicates(pair(4251.0))[1]
    assert found[["activity_id", "kept"]].to_numpy().tolist() == [["watch", "phone"]]
    assert found["reason"].iloc[0] == "overlaps phone for 25 min of 25; that one is kept: it went on"
    assert marked_duplicates(pair(4249.0))[1].empty, "15 % less in the same 25 minutes is another session"
    standing = pair(9000.0).assign(elapsed_time_s=[1500.0, 9000.0])
    assert marked_duplicates(standing)[1]["kept"].tolist() == ["watch"], "a phone never stopped, 10 km in all"


def test_an_absurd_duration_says_nothing_of_other_sessions():
    frame = rows(
        activity_id=["clock", "run", "copy"],
        elapsed_time_s=[7 * 86_400.0 + 1, 3600.0, 3600.0],
        samples=100,
        source=["a", "b", "c"],
        start_time=["2026-05-01 08:00", "2026-05-02 08:00", "2026-05-02 08:00"],
        complete=[False, True, True],
    )
    assert marked_duplicates(frame)[1]["activity_id"].tolist() == ["copy"]
    week = frame.assign(elapsed_time_s=[7 * 86_400.0, 3600.0, 3600.0])
    assert sorted(marked_duplicates(week)[1]["activity_id"]) == ["clock", "copy"]


def test_years_of_thirty_athletes_are_joined_by_day_not_pair_by_pair():
    n, who = 400, 30
    starts = pd.to_datetime("2024-01-01 07:00", utc=True) + pd.to_timedelta(np.arange(n), unit="D")
    files = rows(
        activity_id=[f"{a}-{k}" for a in range(who) for k in range(n)],
        athlete=np.repeat([f"a{a}" for a in range(who)], n),
        start_time=np.tile(starts, who),
        elapsed_time_s=3600.0,
        distance_m=10_000.0,
        samples=9,
        source=[f"{a}/{k}.fit" for a in range(who) for k in range(n)],
    )
    log = files.assign(source="log.csv", samples=0, title="Easy", activity_id="l" + files["activity_id"])
    began = time.process_time()
    out = merged_logs(files, log)
    out, found = marked_duplicates(out)
    taken = time.process_time() - began
    assert (len(out), len(found), (out["title"] == "Easy").all()) == (n * who, 0, True)
    assert taken < 10, f"{taken:.1f} s CPU; every row against every row took minutes"


def test_the_kept_activity_takes_the_words_of_the_other():
    frame = rows(
        activity_id=["watch", "phone"],
        elapsed_time_s=3600.0,
        samples=[3600, 900],
        source=["a", "b"],
        start_time=["2026-05-01 08:00", "2026-05-01 08:00"],
        distance_m=1e4,
        title=["", "Sunday with Sam"],
        rpe=[np.nan, 6.0],
    )
    out, _ = marked_duplicates(frame)
    kept = out.set_index("activity_id").loc["watch"]
    assert (kept["title"], kept["rpe"], kept["duplicate_of"]) == ("Sunday with Sam", 6, "")


@pytest.mark.parametrize(
    ("start", "duration", "distance", "joined"),
    [
        ("2026-05-01 08:02", 3650.0, 10_050.0, True),  # minutes apart, lasts as long
        ("2026-05-01 08:10", 3600.0, 10_000.0, False),  # ten minutes apart is another run
        ("2026-05-01 10:00", 3601.0, 10_010.0, True),  # the log kept another time zone
        ("2026-05-01 10:00", 3601.0, 11_000.0, False),  # ... but not with another distance
        ("2026-05-01 08:00", 5000.0, 14_000.0, False),  # same start, another length
    ],
)
def test_rows_of_a_log_find_their_files(start, duration, distance, joined):
    files = rows(
        activity_id=["f"], start_time=["2026-05-01 08:00"], elapsed_time_s=3600.0, distance_m=10_000.0, samples=9
    )
    log = rows(
        activity_id=["l"],
        start_time=[start],
        elapsed_time_s=duration,
        distance_m=distance,
        title="Easy",
        rpe=4.0,
        average_temperature_c=12.0,
    )
    out = merged_logs(files, log)
    assert len(out) == (1 if joined else 2)
    assert out["title"].tolist() == (["Easy"] if joined else ["", "Easy"])
    if joined:
        assert out["distance_m"].iloc[0] == 10_000, "what was measured stays"
        assert (out["rpe"].iloc[0], out["average_temperature_c"].iloc[0]) == (4, 12)


def test_a_log_completes_a_cut_file_and_fills_a_missing_sport():
    files = rows(
        activity_id=["f"],
        start_time=["2026-05-01 08:00"],
        elapsed_time_s=1200.0,
        timer_time_s=1200.0,
        distance_m=3300.0,
        samples=1200,
        complete=False,
        sport="",
    )
    log = rows(
        activity_id=["l"],
        start_time=["2026-05-01 08:00"],
        elapsed_time_s=3600.0,
        timer_time_s=3550.0,
        distance_m=10_000.0,
    )
    out = merged_logs(files, log)
    assert out[["distance_m", "timer_time_s", "samples", "sport"]].to_numpy().tolist() == [
        [10_000, 3550, 1200, "running"]
    ]


def test_a_log_without_times_of_day_is_joined_by_date_and_length():
    files = rows(
        activity_id=["f", "g"],
        start_time=["2026-05-01 08:00", "2026-05-01 18:00"],
        elapsed_time_s=[3600.0, 1800.0],
        distance_m=[10_000.0, 5000.0],
        samples=9,
        date=pd.Timestamp("2026-05-01"),
    )
    log = rows(
        activity_id=["l", "m"],
        start_time="2026-05-01 00:00",
        date=pd.Timestamp("2026-05-01"),
        date_only=True,
        elapsed_time_s=[1790.0, 2400.0],
        distance_m=[5010.0, 7000.0],
        title=["Strides", "Lunch"],
    )
    out = merged_logs(files, log).set_index("activity_id")
    assert out["title"].to_dict() == {"f": "", "g": "Strides", "m": "Lunch"}
    timed = rows(
        activity_id=["n"],
        start_time=["2026-05-01 12:00"],
        date=pd.Timestamp("2026-05-01"),
        source="other.csv",
        elapsed_time_s=[2400.0],
        distance_m=[7000.0],
    )
    again = merged_logs(out.reset_index(), timed).set_index("activity_id")
    assert len(again) == 3
    assert again.loc["m", "start_time"] == pd.Timestamp("2026-05-01 12:00", tz="UTC"), "a second log knows the hour"


# --- saved logs -------------------------------------------------------------------------------------------------------


def test_a_saved_log_is_the_same_log(folder, tmp_path):
    log = open_log(folder)
    path = log.save(tmp_path / "kim.runlab")
    before = {name: log.records(name) for name in log.activities["activity_id"]}
    again = open_log(path)
    for name in ("activities", "laps", "histograms", "efforts", "quality", "problems", "plan", "wellness"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(log, name))
    assert repr(again) == repr(log)
    assert again.only().home_zone == log.only().home_zone
    shutil.rmtree(folder)
    for name, records in before.items():
        pd.testing.assert_frame_equal(again.records(name), tables.conform(records, tables.RECORDS))
    assert path.stat().st_mode & 0o077 == 0, "for the owner alone"


def test_a_saved_log_without_records_reads_the_files(folder, tmp_path):
    path = open_log(folder).save(tmp_path / "kim.runlab", with_records=False)
    assert not (path / "records").exists()
    again = open_log(path)
    assert len(again.records(again.activities["activity_id"].iloc[0]))
    shutil.rmtree(folder)
    with pytest.raises(FileError, match="save it with its records"):
        open_log(path).records(again.activities["activity_id"].iloc[0])


def test_a_slice_and_settings_survive_saving(squad, tmp_path):
    log = open_log(squad).athlete("Kim").between("2026-05-01", "2026-05-01")
    again = open_log(log.save(tmp_path / "kim.runlab"))
    assert len(again.activities) == 1
    assert again.only().on("2026-05-01").max_heart_rate_bpm == 190
    assert (again.start, again.end) == (log.start, log.end)


def test_saving_never_overwrites_what_is_no_log(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(SettingsError, match="not a saved log"):
        Log().save(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_a_damaged_or_foreign_store_is_said(folder, tmp_path):
    path = open_log(folder).save(tmp_path / "kim.runlab")
    (path / "laps.parquet").write_bytes(b"not parquet")
    with pytest.raises(FileError, match="damaged"):
        open_log(path)
    about = (path / "log.json").read_text().replace('"version": 1', '"version": 99')
    (path / "log.json").write_text(about)
    with pytest.raises(FileError, match="another version"):
        open_log(path)
    log = open_log(folder, store=path)
    assert len(log.activities) == 3, "a store that cannot be used is written anew"
    assert len(open_log(path).activities) == 3


def counting(monkeypatch):
    read = []
    real = opening.read_one

    def counted(source, **options):
        read.append(source.path)
        return real(source, **options)

    monkeypatch.setattr(opening, "read_one", counted)
    return read


def test_only_new_and_changed_files_are_read(folder, tmp_path, monkeypatch):
    read, store = counting(monkeypatch), tmp_path / "kim.runlab"
    first = open_log(folder, store=store)
    assert sorted(read) == ["a.gpx", "b.gpx.gz", "broken.fit", "c.fit"]
    read.clear()
    second = open_log(folder, store=store)
    assert read == []
    for name in ("activities", "laps", "histograms", "efforts", "problems"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    (folder / "d.gpx").write_bytes(gpx(START + pd.Timedelta(days=5)))
    (folder / "a.gpx").write_bytes(gpx(seconds=700))
    (folder / "b.gpx.gz").unlink()
    third = open_log(folder, store=store)
    assert sorted(read) == ["a.gpx", "d.gpx"]
    assert set(third.activities["source"]) == {"a.gpx", "c.fit", "d.gpx"}
    assert set(third.laps["activity_id"]) == set(third.activities["activity_id"])
    fresh = open_log(folder)
    pd.testing.assert_frame_equal(third.activities, fresh.activities)
    read.clear()
    open_log(folder, store=store, policy="repair")
    assert len(read) == 4, "another policy is another reading"


def test_saving_a_log_makes_a_store_for_the_next_opening(folder, tmp_path, monkeypatch):
    open_log(folder).save(tmp_path / "kim.runlab")
    read = counting(monkeypatch)
    (folder / "d.gpx").write_bytes(gpx(START + pd.Timedelta(days=5)))
    log = open_log(folder, store=tmp_path / "kim.runlab")
    assert read == ["d.gpx"]
    assert len(log.activities) == 4
    assert (tmp_path / "kim.runlab" / "records").is_dir(), "samples saved earlier are kept"


def test_new_settings_read_that_athlete_again(squad, tmp_path, monkeypatch):
    open_log(squad, store=tmp_path / "squad.runlab")
    read = counting(monkeypatch)
    (squad / "bo" / "athlete.toml").write_text("units = 'metric'")
    open_log(squad, store=tmp_path / "squad.runlab")
    assert read == ["bo/exports/run.gpx"]


def test_breaking_off_keeps_what_was_read(folder, tmp_path, monkeypatch):
    real, store, seen = opening.read_one, tmp_path / "kim.runlab", []

    def interrupted(source, **options):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(source.path)
        return real(source, **options)

    monkeypatch.setattr(opening, "read_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_log(folder, store=store)
    assert len(open_log(store).activities) == 2
    monkeypatch.setattr(opening, "read_one", real)
    read = counting(monkeypatch)
    assert len(open_log(folder, store=store).activities) == 3
    assert sorted(read) == ["broken.fit", "c.fit"]


def test_a_store_inside_the_folder_is_not_read_as_files(folder, monkeypatch):
    store = folder / "kim.runlab"
    open_log(folder, store=store)
    assert len(open_log(folder, store=store).activities) == 3
    assert sorted(p for p in os.listdir(folder) if p.startswith(".kim")) == [], "no leftovers of saving"


# --- real files -------------------------------------------------------------------------------------------------------


@pytest.mark.corpus
def test_the_corpus_opens_as_one_log_without_a_failure_of_ours(corpus):
    log = open_log(corpus, progress=False)
    assert len(log.activities) > 400
    assert not log.problems["reason"].str.contains("runlab failed").any()
    assert not log.activities["activity_id"].duplicated().any()
    rows = log.activities[log.activities["samples"] > 0]
    assert len(rows) > 180
    times = rows[["moving_time_s", "timer_time_s", "elapsed_time_s"]].fillna(0)
    assert (times["moving_time_s"] <= times["timer_time_s"] + 1e-6).all()
    assert (times["timer_time_s"] <= times["elapsed_time_s"] + 1e-6).all()
    assert rows["clean_share"].dropna().between(0, 1).all()
    assert (rows["average_heart_rate_bpm"].dropna() > 20).all()
    for name in rows["activity_id"].sample(5, random_state=1):
        assert len(log.records(name)) == rows.set_index("activity_id").loc[name, "samples"]
