"""What can be wrong with samples: the names, what each would change, and what a repair does."""

from __future__ import annotations

from typing import NamedTuple

from ..tables import COUNT, FLOAT, TEXT, Column, Table

QUALITY = Table(
    "quality",
    "flag raised in an activity",
    ("activity_id", "flag"),
    (
        Column("activity_id", TEXT, "", "which activity"),
        Column("flag", TEXT, "", "which check; see clean.FLAGS"),
        Column("spans", COUNT, "", "how many stretches"),
        Column("seconds", FLOAT, "s", "timer time they cover"),
    ),
)


class Flag(NamedTuple):
    """One quality check: its meaning, what it changes, what a repair does, whether it makes a sample unclean.

    >>> Flag("heart rate missing", "averages", "stays missing", True).spoils
    True
    """

    meaning: str
    effect: str
    repair: str
    spoils: bool


CHECKS: dict[str, Flag] = {
    "hr_dropout": Flag(
        "heart rate missing for 10 s or more, although a sensor was worn",
        "load and zones rest on fewer minutes",
        "stays missing",
        True,
    ),
    "hr_out_of_range": Flag(
        "heart rate below 30 or above 230 beats/min",
        "average and maximum heart rate, load",
        "taken out, up to 10 s filled",
        True,
    ),
    "hr_spike": Flag(
        "heart rate leaps by more than 10 beats/min in a second",
        "maximum heart rate, time in the highest zone",
        "taken out, up to 10 s filled",
        True,
    ),
    "hr_stuck": Flag("heart rate on one value for 5 min or more", "average heart rate, load", "taken out", True),
    "hr_above_max": Flag(
        "heart rate above the athlete's maximum in the settings",
        "the maximum may be set too low: zones and load read too high",
        "left as it is",
        False,
    ),
    "cadence_lock": Flag(
        "heart rate follows cadence for a minute or more: the optical sensor counts steps",
        "average heart rate, zones and load, mostly upward",
        "heart rate taken out",
        True,
    ),
    "cadence_doubled": Flag("cadence above 240 steps/min for 10 s or more", "average cadence", "halved", True),
    "gps_jump": Flag(
        "a position that cannot be reached in the time: over 12 m/s, or a leap in speed",
        "distance, best efforts, grade",
        "position and speed filled, extra distance taken off",
        True,
    ),
    "gps_dropout": Flag(
        "position missing for 10 s or more, although the device had one", "distance, grade", "stays missing", True
    ),
    "gps_frozen": Flag(
        "position stands still for 30 s or more while the runner moves",
        "distance, best efforts, grade",
        "stays as it is",
        True,
    ),
    "speed_spike": Flag("speed above 12 m/s", "maximum speed, graded speed", "taken out, up to 10 s filled", True),
    "impossible_step": Flag(
        "a stretch nobody of this sport moved through: a teleport, a drive, a position that is not on Earth",
        "distance, speed, ascent, moving time and best efforts leave it out",
        "left out under every policy",
        True,
    ),
    "recording_gap": Flag(
        "no sample for over 20 s while 10 m or more were covered", "best efforts, averages", "stays a gap", True
    ),
    "clock_jump": Flag(
        "the clock runs backwards, or leaps ahead by hours",
        "elapsed time, best efforts",
        "stays as it is; such samples carry no time",
        True,
    ),
    "stopped_drift": Flag("distance grows while standing still", "distance and pace, slightly", "left as it is", False),
    "flat_altitude": Flag(
        "altitude does not change over the whole run",
        "ascent and grade-adjusted pace are not known",
        "left as it is",
        False,
    ),
    "low_rate": Flag(
        "samples more than 10 s apart throughout", "best efforts and short climbs are blurred", "left as it is", False
    ),
    # of a whole row
    "altitude_jump": Flag(
        "altitude jumps, or rises or falls by over 3 m/s on foot for half a minute",
        "ascent, grade",
        "not counted",
        False,
    ),
    "impossible_position": Flag("positions that are not on Earth", "distance, grade", "left out when read", False),
    "implausible_lap": Flag("a lap of 1 km or more faster than 8 m/s on foot", "that lap", "left as it is", False),
    "implausible_speed": Flag(
        "average above 8 m/s on foot over 1 km or more, or over no known distance",
        "distance, pace",
        "no best efforts are taken from it",
        False,
    ),
    "implausible_duration": Flag(
        "longer than 7 days: a clock that jumped", "time, load", "its times count as unknown, no best efforts", False
    ),
    "distance_scaled": Flag(
        "samples and the stated total disagree on the distance", "best efforts", "efforts scaled to the total", False
    ),
}

FLAGS: dict[str, str] = {name: flag.meaning for name, flag in CHECKS.items()}
SPOILING: tuple[str, ...] = tuple(name for name, flag in CHECKS.items() if flag.spoils)
