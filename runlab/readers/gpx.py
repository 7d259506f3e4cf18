"""GPX 1.0 and 1.1: what Strava, Garmin Connect, phones and map sites hand out."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from ..errors import FileError
from . import activity as _activity
from .xml import samples, values, walk

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:gpx[\s>/]|trkpt[\s>/])", re.IGNORECASE)
_HEAD = 65536
# Creators that name a platform, not a device.
_PLATFORM = re.compile(r"^(?:StravaGPX|strava\.com|Garmin Connect|Strava)\b[\s,-]*", re.IGNORECASE)

_ADDRESS = re.compile(r"\s*[-(]*\s*\bhttps?://\S+")

# What files state of the whole, and the column of tables.ACTIVITIES it is.
_TOTALS = {
    "Distance": "distance_m", "TimerTime": "timer_time_s", "MovingTime": "moving_time_s", "Ascent": "ascent_m",
    "Descent": "descent_m", "Calories": "calories_kcal", "TotalElapsedTime": "elapsed_time_s",
    "distance": "distance_m", "moving_time": "moving_time_s", "elapsed_time": "elapsed_time_s",
    "average_hr": "average_heart_rate_bpm",
}  # fmt: skip
_LAP = {
    "elapsedTime": "elapsed_time_s", "distance": "distance_m", "calories": "calories_kcal",
    "MaximumSpeed": "max_speed_mps", "AverageHeartRateBpm": "average_heart_rate_bpm",
    "MaximumHeartRateBpm": "max_heart_rate_bpm", "AverageCadence": "average_cadence_spm",
}  # fmt: skip


class _Gpx(samples.Document):
    """Everything around the points of a GPX document."""

    def __init__(self) -> None:
        super().__init__(about={"creator": ""})
        self.counts = dict.fromkeys(("trk", "rte", "rtept", "wpt"), 0)
        self.names = {"name": "", "desc": ""}
        self.totals: dict[str, float] = {}
        self.laps: list[dict[str, Any]] = []
        self.start = ""
        self._summary = ""

    def begin(self, tag: str, attributes: walk.Row, stack: list[str]) -> None:
        if tag in self.counts:
            self.counts[tag] += 1
        if tag == "trk":
            self.sessions.append(samples.Session(first_row=len(self.rows)))
        elif tag == "trkseg":
            self.stretches.append(len(self.rows))
        elif tag == "gpx":
            self.about["creator"] = attributes.get("creator", "").strip()
        elif tag == "lap":
            self.laps.append({"first_row": 0, "started": None})
        elif tag == "summary":
            self._summary = attributes.get("name", "")
        elif tag == "trigger" and self.laps:
            self.laps[-1]["trigger"] = values.snake(attributes.get("kind", ""))

    def finish(self, tag: str, text: str, stack: list[str]) -> None:
        parent = stack[-1] if stack else ""
        if not text:
            return
        if parent == "trk" and self.sessions:
            track = self.sessions[-1]
            if tag.lower() == "name":
                track.title = text
            elif tag == "type":
                track.sport_as_written = text
            elif tag in ("desc", "cmt"):
                track.notes = track.notes or text
        elif parent in ("metadata", "gpx") and tag in self.names:
            self.names[tag] = text
        elif parent == "lap" and self.laps:
            self._lap(tag, text)
        elif parent == "TrackStatsExtension" and tag in _TOTALS and self.sessions:
            self.sessions[-1].totals[_TOTALS[tag]] = values.number(text)
        elif parent == "extensions" and stack[-2:-1] == ["gpx"]:
            if tag in _TOTALS:
                self.totals[_TOTALS[tag]] = values.number(text)
            elif tag == "start_time":
                self.start = text
        elif parent == "metadata" and tag == "time":
            self.start = self.start or text

    def _lap(self, tag: str, text: str) -> None:
        lap = self.laps[-1]
        if tag == "startTime":
            lap["started"] = text
        elif tag == "intensity":
            lap["intensity"] = {"resting": "rest"}.get(text.lower(), text.lower())
        else:
            name = _LAP.get(self._summary if tag == "summary" else tag)
            if name:
                lap[name] = values.number(text)


def is_gpx(data: bytes) -> bool:
    """Whether bytes look like a GPX document, whatever their name.

    >>> is_gpx(b"  <?xml version='1.0'?><gpx/>"), is_gpx(b"<TrainingCenterDatabase/>")
    (True, False)
    """
    return bool(_ROOT.search(walk.utf8(data[:_HEAD])))


def read(data: bytes, *, name: str = "") -> _activity.Activity:
    """Read a GPX file: every recorded point with a time, and every extension the maker added.

    Definition: points of ``<trk>`` are samples. Several tracks are several sessions, several segments of a track are
    stretches between pauses: the timer stops at the last sample of a segment and starts with the first of the next.
    Extensions of Garmin, Strava, Suunto, Polar, Amazfit, Apple and Cluetrust go to the schema's columns; any other
    element of a point becomes an extra column under its own name. Cluetrust laps become laps. The rules for
    distance, speed and cadence are in ``runlab.readers.derived``; ``about`` says which applied.

    Takes: the bytes, and the file's name for messages.
    Returns: an Activity; ``about`` holds beside the usual keys ``creator``, ``notes``, ``sport_as_written``,
    ``distance``, ``speed`` and ``cadence`` (which rule applied). A track without points whose totals the file states
    gives no samples and those totals.
    Raises: FileError for anything but a recorded track (no GPX, a route, waypoints, a track without times) and for
    XML entities.

    >>> track = b'''<gpx creator="phone"><trk><type>9</type><trkseg>
    ... <trkpt lat="60.1" lon="10.2"><ele>5</ele><time>2026-05-01T06:30:00Z</time></trkpt>
    ... <trkpt lat="60.1001" lon="10.2"><ele>6</ele><time>2026-05-01T06:30:04Z</time></trkpt>
    ... </trkseg></trk></gpx>'''
    >>> run = read(track)
    >>> run
    Activity(gpx, running, 2 samples, 0 laps)
    >>> run.records["distance_m"].round(1).tolist()
    [0.0, 11.1]
    """
    where = name or "the file"
    if not is_gpx(data):
        raise FileError(f"{where}: not a GPX document; it begins with {bytes(data[:24])!r}")
    document, problems, complete = walk.walk(data, "trkpt", _Gpx, name=name)
    _tell(document)
    read = samples.activity(document, format="gpx", problems=problems, complete=complete)
    if read.records.empty:
        return _without_samples(document, read, where)
    return read


def _tell(document: _Gpx) -> None:
    """Hand what stands before and between the tracks to the sessions."""
    creator = document.about["creator"]
    device = _ADDRESS.sub("", _PLATFORM.sub("", creator))
    if "with barometer" in creator.lower():
        device = re.sub(r"\s*with barometer", "", device, flags=re.IGNORECASE)
        document.about["altitude_source"] = "barometer"
    for track in document.sessions:
        track.device = device
        track.title = track.title or document.names["name"]
        track.notes = track.notes or document.names["desc"]
        # Phones and platforms write the sport as the track's name, or at its end; only a known word is believed.
        track.sport_as_written = track.sport_as_written or values.sport_in_title(track.title)
    if len(document.sessions) == 1:
        document.sessions[0].totals |= document.totals
        document.sessions[0].laps = _laps(document.laps)


def _laps(laps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cluetrust laps with a length. Suunto stamps a lap with its end: seen by each time between two stamps being the
    later lap's, and put right."""
    starts = values.instants([lap["started"] for lap in laps])
    elapsed = np.array([lap.get("elapsed_time_s", np.nan) for lap in laps], dtype=float)
    between = np.diff(starts) / np.timedelta64(1, "s")
    if np.nansum(np.abs(between - elapsed[1:])) < np.nansum(np.abs(between - elapsed[:-1])):
        for lap, end, seconds in zip(laps, starts, elapsed.tolist(), strict=True):
            if np.isfinite(seconds):
                lap["started"] = f"{end - np.timedelta64(round(seconds * 1e6), 'us')}Z"
    return [lap for lap, seconds in zip(laps, elapsed.tolist(), strict=True) if seconds != 0]


def _without_samples(document: _Gpx, read: _activity.Activity, where: str) -> _activity.Activity:
    """A track known by its totals only, or the reason why this is no recorded activity."""
    counts, points = document.counts, len(document.rows)
    start = values.instants([document.start])[0]
    totals = {name: value for name, value in document.totals.items() if value > 0}
    track_says = document.sessions[0].sport_as_written if counts["trk"] == 1 else ""
    if not points and counts["trk"] == 1 and (totals or track_says) and not np.isnat(start):
        track = document.sessions[0]
        sport, sub_sport = values.sport(track.sport_as_written)
        began = pd.Timestamp(start).tz_localize("UTC")
        words = {
            "sport": sport,
            "sub_sport": sub_sport,
            "sport_as_written": track.sport_as_written,
            "title": track.title,
        }
        about = read.about | words | {
            "start_time": began, "totals": totals, "sessions": [words | {"start_time": began} | totals],
            "problems": [*read.about["problems"], ("document", "the track has no points", "date, sport, totals")],
        }  # fmt: skip
        return _activity.Activity(read.records, read.laps, about)
    if not read.about["complete"]:
        what = "cut or damaged before its first point with a time (" + read.about["problems"][0][1] + ")"
    elif points:
        what = (
            f"a track of {points} points without any readable time: a course or a route, not a recorded activity; "
            "export the activity itself"
        )
    elif counts["rtept"] or counts["rte"]:
        what = f"a route of {counts['rtept']} points (a course to follow), not a recorded activity"
    elif counts["wpt"]:
        what = f"waypoints only ({counts['wpt']}): places, not a recorded activity"
    elif counts["trk"]:
        what = "a track without a single point, and without a date or a sport; export FIT or TCX instead"
    else:
        what = "no track in this GPX document"
    raise FileError(f"{where}: {what}")
