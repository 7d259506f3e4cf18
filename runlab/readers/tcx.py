"""TCX: Garmin's training-centre format, as Garmin Connect, Polar Flow, Strava and many others hand it out."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from ..errors import FileError
from . import activity as _activity
from .xml import samples, values, walk

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:TrainingCenterDatabase|Activities|Trackpoint)[\s>/]")
_HEAD = 65536
_TRIGGERS = {"heartrate": "heart_rate", "sessionend": "session_end"}
_INTENSITIES = {"active": "active", "resting": "rest"}
_LAP = {
    "TotalTimeSeconds": "timer_time_s", "DistanceMeters": "distance_m", "MaximumSpeed": "max_speed_mps",
    "Calories": "calories_kcal", "AverageHeartRateBpm": "average_heart_rate_bpm",
    "MaximumHeartRateBpm": "max_heart_rate_bpm", "AvgSpeed": "average_speed_mps", "AvgWatts": "average_power_w",
    "Cadence": "average_cadence_spm", "AvgRunCadence": "average_cadence_spm",
}  # fmt: skip
# Where a 0, or the format's "no value" (255, 254), means that nothing was measured.
_NEVER_ZERO = {"average_heart_rate_bpm", "max_heart_rate_bpm", "average_cadence_spm", "calories_kcal"}
_BYTES = {"average_heart_rate_bpm", "max_heart_rate_bpm", "average_cadence_spm"}


class _Tcx(samples.Document):
    """Everything around the points of a TCX document."""

    def __init__(self) -> None:
        super().__init__(about={"creator": ""})
        self.counts = dict.fromkeys(("Activity", "Course", "Workout"), 0)
        self._tracks = 0

    def begin(self, tag: str, attributes: walk.Row, stack: list[str]) -> None:
        if tag in self.counts:
            self.counts[tag] += 1
        if tag == "Activity":
            self.sessions.append(samples.Session(len(self.rows), sport_as_written=attributes.get("Sport", "").strip()))
        elif tag == "Course":
            self.sessions.append(samples.Session(len(self.rows), recorded=False))
        elif tag == "Lap":
            self._session().laps.append({"first_row": len(self.rows), "started": attributes.get("StartTime")})
            self._tracks = 0
        elif tag == "Track":
            self._tracks += 1
            # The first track of a lap goes on where the last lap ended; any further one follows a stop.
            if self._tracks > 1:
                self.stretches.append(len(self.rows))

    def finish(self, tag: str, text: str, stack: list[str]) -> None:
        parent = stack[-1] if stack else ""
        if not text:
            return
        if tag == "Value":
            tag, parent = parent, stack[-2] if len(stack) > 1 else ""
        # An LX beside the laps is of the whole activity, and no word about the last lap.
        if parent in ("Lap", "LX", "Extensions") and "Lap" in stack and self.sessions and self.sessions[-1].laps:
            self._lap(tag, text)
        elif parent == "Activity" and tag == "Id":
            self._session().started = text
        elif parent == "Activity" and tag == "Notes":
            self._session().notes = text
        elif parent == "Creator" and tag == "Name":
            self._session().device = text
        elif parent == "Plan" and tag == "Name":
            self._session().title = text
        elif parent == "Author" and tag == "Name":
            self.about["creator"] = text

    def _session(self) -> samples.Session:
        if not self.sessions:
            self.sessions.append(samples.Session(0))
        return self.sessions[-1]

    def _lap(self, tag: str, text: str) -> None:
        lap: dict[str, Any] = self.sessions[-1].laps[-1]
        if tag == "Intensity":
            lap["intensity"] = _INTENSITIES.get(text.lower(), text.lower())
        elif tag == "TriggerMethod":
            lap["trigger"] = _TRIGGERS.get(text.lower(), values.snake(text))
        elif tag in _LAP:
            column, value = _LAP[tag], values.number(text)
            if value < 0 or (value == 0 and column in _NEVER_ZERO) or (value > 250 and column in _BYTES):
                value = np.nan
            lap[column] = value


def is_tcx(data: bytes) -> bool:
    """Whether bytes look like a TCX document, whatever their name.

    >>> is_tcx(b"   <?xml version='1.0'?><TrainingCenterDatabase/>"), is_tcx(b"<gpx/>")
    (True, False)
    """
    return bool(_ROOT.search(walk.utf8(data[:_HEAD])))


def read(data: bytes, *, name: str = "") -> _activity.Activity:
    """Read a TCX file: every trackpoint with a time, the laps, and every extension the maker added.

    Definition: each ``<Activity>`` is a session. The first track of a lap goes on where the last lap ended; any
    further track of the lap follows a stop: the timer stops at the last sample before it. ``segment`` numbers the
    stretches between stops. Trackpoints without position (treadmill, pool) are samples like any other. The rules for
    distance, speed and cadence are in ``runlab.readers.derived``; ``about`` says which applied. In the laps,
    ``timer_time_s`` is TotalTimeSeconds, ``intensity`` is active or rest, and what the file leaves out is NaN.

    Takes: the bytes, and the file's name for messages.
    Returns: an Activity; ``about`` holds beside the usual keys ``creator``, ``notes``, ``sport_as_written``,
    ``distance``, ``speed`` and ``cadence`` (which rule applied).
    Raises: FileError for anything but a recorded activity (no TCX, a course, a workout) and for XML entities.

    >>> point = '<Trackpoint><Time>2026-05-01T06:30:0{}Z</Time><DistanceMeters>{}</DistanceMeters></Trackpoint>'
    >>> lap = '<Lap StartTime="2026-05-01T06:30:00Z"><TotalTimeSeconds>3</TotalTimeSeconds><Track>{}</Track></Lap>'
    >>> text = lap.format("".join(point.format(i, 3 * i) for i in range(4)))
    >>> activity = f'<Activity Sport="Running">{text}</Activity>'
    >>> run = read(f'<TrainingCenterDatabase>{activity}</TrainingCenterDatabase>'.encode())
    >>> run
    Activity(tcx, running, 4 samples, 1 laps)
    """
    where = name or "the file"
    if not is_tcx(data):
        raise FileError(f"{where}: not a TCX document; it begins with {bytes(data[:24])!r}")
    document, problems, complete = walk.walk(data, "Trackpoint", _Tcx, name=name)
    for session in document.sessions:
        for lap in session.laps:
            if "average_speed_mps" not in lap and lap.get("timer_time_s", 0) > 0 and lap.get("distance_m", 0) > 0:
                lap["average_speed_mps"] = lap["distance_m"] / lap["timer_time_s"]
    read = samples.activity(document, format="tcx", problems=problems, complete=complete)
    if read.records.empty and read.laps.empty and (not complete or pd.isna(read.about["start_time"])):
        counts, points = document.counts, len(document.rows)
        if not read.about["complete"]:
            what = "cut or damaged before its first trackpoint with a time (" + read.about["problems"][0][1] + ")"
        elif counts["Course"]:
            what = f"a course of {points} points to follow, not a recorded activity"
        elif counts["Workout"]:
            what = "a planned workout, not a recorded activity"
        elif points:
            what = f"{points} trackpoints without any readable time, not a recorded activity"
        else:
            what = "no activity in this TCX document"
        raise FileError(f"{where}: {what}")
    return read
