"""Simulated runs as the files coaches receive: FIT, GPX and TCX, and the logs that platforms export."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from runlab.tables import seconds as seconds_since_start

from .fit_writer import FitFile
from .run import Run

_NATIVE = {
    "latitude_deg": "position_lat",
    "longitude_deg": "position_long",
    "distance_m": "distance",
    "heart_rate_bpm": "heart_rate",
    "temperature_c": "temperature",
    "power_w": "power",
    "vertical_oscillation_mm": "vertical_oscillation",
    "stance_time_ms": "stance_time",
    "stance_time_balance_pct": "stance_time_balance",
    "vertical_ratio_pct": "vertical_ratio",
    "step_length_mm": "step_length",
}
_STRYD = {"Power": ("uint16", "Watts"), "Form Power": ("uint16", "Watts"), "Leg Spring Stiffness": ("float32", "kN/m")}


def packed(data: bytes) -> bytes:
    """The bytes as a .gz file that is the same every time it is made.

    >>> gzip.decompress(packed(b"run")), packed(b"run") == packed(b"run")
    (b'run', True)
    """
    return gzip.compress(data, compresslevel=9, mtime=0)


def _unix(time: pd.Series) -> np.ndarray:
    return time.dt.as_unit("s").astype("int64").to_numpy()


def fit_bytes(
    runs: Run | Sequence[Run],
    *,
    maker: str = "garmin",
    product: str = "Invented 265",
    serial: int = 39_0001,
    stryd: bool = False,
    big_endian: bool = False,
    compressed: bool = False,
    modern: bool = True,
    rpe: float | None = None,
    feel: float | None = None,
    hrv: bool = False,
) -> bytes:
    """One or several runs (a multisport day) as a FIT file, with laps, timer events, session and local time.

    ``stryd`` writes power as developer fields of a pod instead of the native field; ``modern`` uses the enhanced speed
    and altitude fields; ``rpe`` (0-10) and ``feel`` (0-100) go where watches put them; ``hrv`` adds beat intervals.

    >>> from simulate import simulate_run
    >>> fit_bytes(simulate_run(distance_m=2000.0))[8:12]
    b'.FIT'
    """
    parts = [runs] if isinstance(runs, Run) else list(runs)
    fit = FitFile(big_endian=big_endian, compressed=compressed)
    begin = int(_unix(parts[0].records["time"])[0])
    fit.add(
        "file_id",
        type="activity",
        manufacturer=maker,
        product=4257,
        serial_number=serial,
        time_created=begin,
        product_name=product,
    )
    if stryd:
        fit.add_developer(_STRYD, manufacturer="stryd")
    fit.add(
        "device_info",
        timestamp=begin,
        device_index=0,
        manufacturer=maker,
        serial_number=serial,
        product=4257,
        software_version=12.27,
        product_name=product,
    )
    laps = 0
    ends: list[int] = []
    for number, run in enumerate(parts):
        laps += _session(fit, run, number, laps, len(parts), ends, stryd, modern, rpe, feel, hrv)
    total = sum(run.truth["timer_time_s"] for run in parts)
    fit.add(
        "activity",
        timestamp=ends[-1],
        total_timer_time=total,
        num_sessions=len(parts),
        type=0 if len(parts) == 1 else 1,
        event="activity",
        event_type="stop",
        local_timestamp=ends[-1] + parts[-1].about["utc_offset_s"],
    )
    return fit.to_bytes()


def _columns(run: Run, stryd: bool, modern: bool) -> dict[str, np.ndarray]:
    """FIT record columns; a channel without a single value is not written at all."""
    frame = run.records
    columns: dict[str, np.ndarray] = {"timestamp": _unix(frame["time"])}
    for ours, theirs in _NATIVE.items():
        if ours in frame and frame[ours].notna().any():
            columns[theirs] = frame[ours].to_numpy()
    for ours, theirs in (("altitude_m", "altitude"), ("speed_mps", "speed")):
        if frame[ours].notna().any():
            columns[f"enhanced_{theirs}" if modern else theirs] = frame[ours].to_numpy()
    cadence = frame["cadence_spm"].to_numpy()
    if np.isfinite(cadence).any():
        # Watches count one leg: whole revolutions, and the half step apart.
        revolutions = cadence / 2 if run.about["sport"] in ("running", "walking") else cadence
        columns["cadence"] = np.floor(revolutions)
        columns["fractional_cadence"] = revolutions - np.floor(revolutions)
    if stryd and "power" in columns:
        power = columns.pop("power")
        stiffness = 8.6 + 0.25 * (frame["speed_mps"].to_numpy() - 3.0)
        columns |= {
            "Power": power,
            "Form Power": np.rint(62 + 0.02 * power),
            "Leg Spring Stiffness": stiffness.round(2),
        }
    return columns


def _session(
    fit: FitFile,
    run: Run,
    number: int,
    first_lap: int,
    count: int,
    ends: list[int],
    stryd: bool,
    modern: bool,
    rpe: float | None,
    feel: float | None,
    hrv: bool,
) -> int:
    """Write one session: records between timer events and laps, in the order of the clock."""
    columns = _columns(run, stryd, modern)
    stamp = columns["timestamp"]
    begin = int(_unix(pd.Series([run.about["start_time"]]))[0])
    end = int(stamp[-1])
    ends.append(end)
    marks: list[tuple[int, int, str, dict[str, Any]]] = [(begin, 0, "event", {"event": "timer", "event_type": "start"})]
    for off, on in run.truth["timer_stops"]:
        marks.append((begin + off, 2, "event", {"event": "timer", "event_type": "stop_all"}))
        marks.append((begin + on, 0, "event", {"event": "timer", "event_type": "start"}))
    marks.append((end, 2, "event", {"event": "timer", "event_type": "stop_all"}))
    sport = run.about["sport"]
    fit_sport = {"strength": "training"}.get(sport, sport)
    sub = {"": "generic", "road": "street" if sport == "running" else "road"}.get(
        run.about["sub_sport"], run.about["sub_sport"]
    )
    for index, lap in enumerate(run.laps.to_dict("records")):
        close = int(lap["start_time"].timestamp() + lap["elapsed_time_s"])
        trigger = {"manual": "manual", "distance": "distance"}.get(lap["trigger"], "session_end")
        marks.append(
            (
                min(close, end),
                3,
                "lap",
                {
                    "message_index": first_lap + index,
                    "start_time": lap["start_time"].timestamp(),
                    **_totals(lap),
                    "intensity": lap["intensity"] or None,
                    "lap_trigger": trigger,
                    "sport": fit_sport,
                },
            )
        )
    marks.sort(key=lambda mark: (mark[0], mark[1]))
    written = 0
    for when, order, message, fields in marks:
        stop = int(np.searchsorted(stamp, when, side="left" if order == 0 else "right"))
        if stop > written:
            fit.add_rows("record", {name: values[written:stop] for name, values in columns.items()})
            written = stop
        fit.add(message, timestamp=when, **fields)
    if hrv:
        heart = run.records["heart_rate_bpm"].dropna().to_numpy()[:200]
        beats = np.full((len(heart), 5), np.nan)
        beats[:, 0] = (60.0 / heart).round(3)
        fit.add_rows("hrv", {"time": list(beats)})
    frame, truth = run.records, run.truth
    heart, speed = frame["heart_rate_bpm"], frame["speed_mps"]
    known = heart.notna().any()
    fit.add(
        "session",
        timestamp=end,
        message_index=number,
        start_time=begin,
        event="session",
        event_type="stop",
        sport=fit_sport,
        sub_sport=sub,
        **_totals(
            {
                "elapsed_time_s": round(truth["time_s"]),
                "timer_time_s": round(truth["timer_time_s"]),
                "distance_m": float(frame["distance_m"].iloc[-1]),
                "average_heart_rate_bpm": heart.mean() if known else None,
                "max_heart_rate_bpm": heart.max() if known else None,
                "average_cadence_spm": run.laps["average_cadence_spm"].mean(),
                "average_speed_mps": float(frame["distance_m"].iloc[-1]) / max(truth["timer_time_s"], 1.0),
                "max_speed_mps": speed.max(),
                "average_power_w": None if stryd else frame["power_w"].mean(),
                "ascent_m": run.laps["ascent_m"].sum(min_count=1),
                "descent_m": run.laps["descent_m"].sum(min_count=1),
                "calories_kcal": run.about["totals"]["calories_kcal"],
            }
        ),
        first_lap_index=first_lap,
        num_laps=len(run.laps),
        trigger="activity_end" if count == 1 else "auto_multi_sport",
        sport_profile_name=run.about["title"] or None,
        workout_rpe=None if rpe is None else rpe * 10,
        workout_feel=feel,
    )
    return len(run.laps)


def _totals(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lap and session fields from a lap's columns, missing ones left out."""
    names = {
        "elapsed_time_s": "total_elapsed_time",
        "timer_time_s": "total_timer_time",
        "distance_m": "total_distance",
        "average_speed_mps": "avg_speed",
        "max_speed_mps": "max_speed",
        "average_heart_rate_bpm": "avg_heart_rate",
        "max_heart_rate_bpm": "max_heart_rate",
        "average_power_w": "avg_power",
        "ascent_m": "total_ascent",
        "descent_m": "total_descent",
        "calories_kcal": "total_calories",
    }
    found = {
        theirs: float(row[ours])
        for ours, theirs in names.items()
        if row.get(ours) is not None and row[ours] == row[ours]
    }
    cadence = row.get("average_cadence_spm")
    if cadence is not None and cadence == cadence:
        found["avg_cadence"] = round(cadence / 2)
    return found


def settings_fit() -> bytes:
    """A FIT file that is no activity: a watch's settings, as they lie among the exports.

    >>> settings_fit()[8:12]
    b'.FIT'
    """
    fit = FitFile()
    fit.add(
        "file_id",
        type="settings",
        manufacturer="garmin",
        product=4257,
        serial_number=39_0001,
        time_created=1_780_000_000,
    )
    fit.add("user_profile", gender="f", weight=60.0, resting_heart_rate=50)
    fit.add("device_settings", utc_offset=0)
    return fit.to_bytes()


def _segments(run: Run) -> list[pd.DataFrame]:
    """Records between the stops of the clock; most platforms start a new track segment there."""
    elapsed = seconds_since_start(run.records["time"])
    cuts = np.searchsorted(elapsed, [on for _, on in run.truth["timer_stops"]])
    pieces = np.split(np.arange(len(elapsed)), cuts)
    return [run.records.iloc[piece] for piece in pieces if len(piece)]


def gpx_text(run: Run, *, style: str = "strava", segments: bool = False, digits: int = 6) -> str:
    """A run as GPX 1.1: "strava", "garmin" (its namespaces and long decimals) or "phone" (no heart rate, no
    extensions).

    >>> from simulate import simulate_run
    >>> gpx_text(simulate_run(distance_m=1000.0), style="phone").count("<trkpt") > 300
    True
    """
    garmin = style == "garmin"
    space, creator = (
        ("ns3", "Garmin Connect") if garmin else ("gpxtpx", "StravaGPX" if style == "strava" else "Invented phone app")
    )
    title, kind = run.about["title"] or "Run", {"cycling": "cycling"}.get(run.about["sport"], "running")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<gpx creator="{creator}" version="1.1" xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:{space}="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">',
        f" <metadata><time>{run.records['time'].iloc[0]:%Y-%m-%dT%H:%M:%SZ}</time></metadata>",
        f" <trk><name>{_escape(title)}</name><type>{kind}</type>",
    ]
    for piece in _segments(run) if segments else [run.records]:
        lines.append("  <trkseg>")
        time = piece["time"].dt.strftime("%Y-%m-%dT%H:%M:%S.000Z" if garmin else "%Y-%m-%dT%H:%M:%SZ")
        for at, lat, lon, ele, heart, cad, temp in zip(
            time,
            *(
                piece[c].to_numpy()
                for c in (
                    "latitude_deg",
                    "longitude_deg",
                    "altitude_m",
                    "heart_rate_bpm",
                    "cadence_spm",
                    "temperature_c",
                )
            ),
            strict=True,
        ):
            extension = ""
            if style != "phone":
                if temp == temp:
                    extension += f"<{space}:atemp>{temp:.0f}</{space}:atemp>"
                if heart == heart:
                    extension += f"<{space}:hr>{heart:.0f}</{space}:hr>"
                if cad == cad:
                    extension += f"<{space}:cad>{cad / 2:.0f}</{space}:cad>"
                if extension:
                    point = f"{space}:TrackPointExtension"
                    extension = f"<extensions><{point}>{extension}</{point}></extensions>"
            height = f"<ele>{ele:.1f}</ele>" if ele == ele else ""
            place = f'lat="{lat:.{digits}f}" lon="{lon:.{digits}f}"'
            lines.append(f"   <trkpt {place}>{height}<time>{at}</time>{extension}</trkpt>")
        lines.append("  </trkseg>")
    return "\n".join([*lines, " </trk>", "</gpx>", ""])


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def tcx_text(run: Run) -> str:
    """A run as TCX with laps and Garmin's activity extension (speed, run cadence of one leg, watts).

    >>> from simulate import simulate_run
    >>> tcx_text(simulate_run(distance_m=2100.0)).count("<Lap ")
    3
    """
    begin = run.records["time"].iloc[0]
    elapsed = seconds_since_start(run.records["time"])
    sport = {"running": "Running", "cycling": "Biking"}.get(run.about["sport"], "Other")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
        'xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">',
        f' <Activities><Activity Sport="{sport}"><Id>{begin:%Y-%m-%dT%H:%M:%S.000Z}</Id>',
    ]
    triggers = {"manual": "Manual", "distance": "Distance"}
    rest = {"rest": "Resting"}
    last = len(run.laps) - 1
    names = (
        "latitude_deg",
        "longitude_deg",
        "altitude_m",
        "distance_m",
        "heart_rate_bpm",
        "cadence_spm",
        "speed_mps",
        "power_w",
    )
    for index, lap in enumerate(run.laps.to_dict("records")):
        first = (lap["start_time"] - begin).total_seconds()
        inside = (elapsed >= first) & ((elapsed < first + lap["elapsed_time_s"]) | (index == last))
        lines.append(
            f'  <Lap StartTime="{lap["start_time"]:%Y-%m-%dT%H:%M:%S.000Z}">'
            f"<TotalTimeSeconds>{lap['timer_time_s']:.1f}</TotalTimeSeconds>"
            f"<DistanceMeters>{lap['distance_m']:.2f}</DistanceMeters>"
        )
        if lap["average_heart_rate_bpm"] == lap["average_heart_rate_bpm"]:
            mean = f"{lap['average_heart_rate_bpm']:.0f}"
            lines.append(
                f"   <AverageHeartRateBpm><Value>{mean}</Value></AverageHeartRateBpm>"
                f"<MaximumHeartRateBpm><Value>{lap['max_heart_rate_bpm']:.0f}</Value></MaximumHeartRateBpm>"
            )
        lines.append(
            f"   <Intensity>{rest.get(lap['intensity'], 'Active')}</Intensity>"
            f"<TriggerMethod>{triggers.get(lap['trigger'], 'Manual')}</TriggerMethod><Track>"
        )
        piece = run.records[inside]
        for at, lat, lon, ele, dist, heart, cad, speed, power in zip(
            piece["time"].dt.strftime("%Y-%m-%dT%H:%M:%S.000Z"), *(piece[c].to_numpy() for c in names), strict=True
        ):
            point = f"<Time>{at}</Time>"
            if lat == lat:
                point += f"<Position><LatitudeDegrees>{lat:.6f}</LatitudeDegrees>"
                point += f"<LongitudeDegrees>{lon:.6f}</LongitudeDegrees></Position>"
            if ele == ele:
                point += f"<AltitudeMeters>{ele:.1f}</AltitudeMeters>"
            if dist == dist:
                point += f"<DistanceMeters>{dist:.2f}</DistanceMeters>"
            if heart == heart:
                point += f"<HeartRateBpm><Value>{heart:.0f}</Value></HeartRateBpm>"
            inner = f"<ns3:Speed>{speed:.3f}</ns3:Speed>" if speed == speed else ""
            inner += f"<ns3:RunCadence>{cad / 2:.0f}</ns3:RunCadence>" if cad == cad and sport == "Running" else ""
            inner += f"<ns3:Watts>{power:.0f}</ns3:Watts>" if power == power else ""
            extension = f"<Extensions><ns3:TPX>{inner}</ns3:TPX></Extensions>" if inner else ""
            lines.append(f"    <Trackpoint>{point}{extension}</Trackpoint>")
        lines.append("   </Track></Lap>")
    return "\n".join([*lines, " </Activity></Activities>", "</TrainingCenterDatabase>", ""])


_STRAVA = """Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart
Rate, Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed
Time,Moving Time, Distance,Max Speed,Average Speed,Elevation Gain,Elevation Loss,Elevation Low,Elevation High,Max
Grade,Average Grade, Average Positive Grade,Average Negative Grade,Max Cadence,Average Cadence,Max Heart Rate,Average
Heart Rate,Max Watts, Average Watts,Calories,Max Temperature,Average Temperature,Relative Effort,Total Work,Number of
Runs,Uphill Time, Downhill Time,Other Time,Perceived Exertion,Type,Start Time,Weighted Average Power,Power Count,Prefer
Perceived Exertion, Perceived Relative Effort,Commute,Total Weight Lifted,From Upload,Grade Adjusted Distance,Weather
Observation Time,
Weather Condition,Weather Temperature,Apparent Temperature,Dewpoint,Humidity,Weather Pressure,Wind Speed,Media"""
_GARMIN = """Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR,Aerobic TE,Avg Run Cadence,Max Run
Cadence, Avg Pace,Best Pace,Total Ascent,Total Descent,Avg Stride Length,Avg Vertical Ratio,Avg Vertical Oscillation,
Avg Ground Contact Time,Training Stress Score®,Avg Power,Max Power,Steps,Decompression,Best Lap Time,Number of Laps,
Moving Time,Elapsed Time,Min Elevation,Max Elevation"""


def _csv_text(header: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def strava_log(sessions: Sequence[Mapping[str, Any]]) -> str:
    """Sessions as Strava's ``activities.csv``: repeated headers, UTC times that do not say so, km and then metres.

    Each session is a mapping with the columns of ``Season.sessions`` and ``filename`` ("" for a manual entry).

    >>> strava_log([]).splitlines()[0].count("Distance,")
    3
    """
    header = [name.strip() for name in _STRAVA.replace("\n", "").split(",")]
    kinds = {"running": "Run", "cycling": "Ride", "swimming": "Swim", "strength": "Weight Training", "walking": "Walk"}
    rows = []
    for s in sessions:

        def text(name: str, digits: int = 0, row: Mapping[str, Any] = s) -> str:
            value = row.get(name, float("nan"))
            return "" if value is None or value != value else f"{value:.{digits}f}"

        clock = s["start_time"]
        when = f"{clock:%b} {clock.day}, {clock.year}, {clock.hour % 12 or 12}:{clock:%M:%S %p}"
        metres = s.get("distance_m", float("nan"))
        cells = {
            0: str(11_000_000_000 + s["seed"]),
            1: when,
            2: s["title"],
            3: kinds[s["sport"]],
            4: s.get("notes", ""),
            5: text("elapsed_time_s"),
            6: "" if metres != metres else f"{metres / 1000:.2f}",
            7: text("max_heart_rate_bpm"),
            9: "false",
            10: s.get("private_notes", ""),
            11: s.get("gear", ""),
            12: s.get("filename", ""),
            15: text("elapsed_time_s", 1),
            16: text("moving_time_s", 1),
            17: text("distance_m", 2),
            19: "" if metres != metres else f"{metres / s['moving_time_s']:.3f}",
            20: text("ascent_m", 1),
            21: text("descent_m", 1),
            30: text("max_heart_rate_bpm"),
            31: text("average_heart_rate_bpm", 2),
            43: text("rpe"),
            44: "1" if s.get("session_type") == "race" else "",
            56: text("average_temperature_c", 1),
        }
        rows.append([cells.get(index, "") for index in range(len(header))])
    return _csv_text(header, rows)


def garmin_log(sessions: Sequence[Mapping[str, Any]]) -> str:
    """Sessions as Garmin Connect's ``Activities.csv`` (English, metric): local times, ``--`` for missing, no unit
    stated.

    >>> garmin_log([]).startswith("Activity Type,Date,Favorite,Title,Distance")
    True
    """
    header = [name.strip() for name in _GARMIN.replace("\n", "").split(",")]
    kinds = {
        "running": "Running",
        "cycling": "Cycling",
        "swimming": "Lap Swimming",
        "strength": "Strength Training",
        "walking": "Walking",
    }

    def clock(value: float) -> str:
        whole = round(value)
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"

    rows = []
    for s in sessions:
        local = s["start_time"] + pd.Timedelta(seconds=s["utc_offset_s"])
        metres = s.get("distance_m", float("nan"))
        known = metres == metres and metres > 0
        pace = 1000 * s["moving_time_s"] / metres if known else float("nan")
        cells = dict.fromkeys(header, "--") | {
            "Activity Type": kinds[s["sport"]],
            "Date": f"{local:%Y-%m-%d %H:%M:%S}",
            "Favorite": "false",
            "Title": s["title"],
            "Distance": f"{metres / 1000:.2f}" if known else "0.00",
            "Time": clock(s["timer_time_s"]),
            "Moving Time": clock(s["moving_time_s"]),
            "Elapsed Time": clock(s["elapsed_time_s"]),
            "Decompression": "No",
            "Training Stress Score®": "0.0",
        }
        if s.get("average_heart_rate_bpm", np.nan) == s.get("average_heart_rate_bpm", np.nan):
            cells |= {"Avg HR": f"{s['average_heart_rate_bpm']:.0f}", "Max HR": f"{s['max_heart_rate_bpm']:.0f}"}
        if known and s["sport"] == "running":
            cells |= {"Avg Pace": f"{int(round(pace)) // 60}:{int(round(pace)) % 60:02d}"}
        if s.get("ascent_m", np.nan) == s.get("ascent_m", np.nan):
            cells |= {"Total Ascent": f"{s['ascent_m']:,.0f}", "Total Descent": f"{s['descent_m']:,.0f}"}
        rows.append([cells[name] for name in header])
    return _csv_text(header, rows)


def coach_log(sessions: Sequence[Mapping[str, Any]]) -> str:
    """Sessions as a coach's own sheet in miles: date, what, miles, time, pace, heart rate, RPE, notes.

    >>> coach_log([])
    'Date,Workout,Miles,Time on feet,Pace (min/mi),Avg HR,Climb (ft),RPE,Notes\\n'
    """
    rows = []
    for s in sessions:
        local = s["start_time"] + pd.Timedelta(seconds=s["utc_offset_s"])
        miles, whole = s.get("distance_m", np.nan) / 1609.344, round(s["moving_time_s"])
        pace = round(whole / miles) if miles == miles and miles > 0 else 0
        heart, climb = s.get("average_heart_rate_bpm", np.nan), s.get("ascent_m", np.nan)
        rows.append(
            [
                f"{local:%Y-%m-%d}",
                s["title"],
                f"{miles:.2f}" if miles == miles else "",
                f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}",
                f"{pace // 60}:{pace % 60:02d}" if pace else "",
                f"{heart:.0f}" if heart == heart else "",
                f"{climb / 0.3048:.0f}" if climb == climb else "",
                f"{s['rpe']:.0f}" if s.get("rpe", np.nan) == s.get("rpe", np.nan) else "",
                s.get("notes", ""),
            ]
        )
    return _csv_text(
        ["Date", "Workout", "Miles", "Time on feet", "Pace (min/mi)", "Avg HR", "Climb (ft)", "RPE", "Notes"], rows
    )
