"""Who it is: an athlete, the settings valid from a date, zones, units and what was agreed to be shared."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from . import units as _units
from .errors import SettingsError, one_of

MEASURES = ("max_heart_rate_bpm", "resting_heart_rate_bpm", "threshold_heart_rate_bpm", "threshold_speed_mps")
CONSENT: dict[str, Any] = {
    "leaderboard": False,
    "team_digest": False,
    "cohort": False,
    "care_team": [],
    "location": False,
    "private_notes": False,
    "praise": "private",
}
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{k}" for port in ("COM", "LPT") for k in range(10))}  # on Windows
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Wide on purpose: they catch a typing error, not an unusual athlete.
_POSSIBLE = {
    "max_heart_rate_bpm": (100.0, 240.0),
    "resting_heart_rate_bpm": (20.0, 110.0),
    "threshold_heart_rate_bpm": (80.0, 230.0),
    "threshold_speed_mps": (1.0, 8.0),
}
_KEYS = ("name", "sex", "birth_date", "units", "home_zone", "week_start", "consent", "settings", "columns", "untyped")
_SQUAD_KEYS = ("name", "coach", "week_start", "units", "home_zone")


def file_name(name: str) -> str:
    """A name of a person, a folder or an activity as one part of a path, safe on every system.

    What is safe already stays; what was changed gets six letters of a digest, so that two names never share a file.

    >>> file_name("Zoë B. Müller"), file_name("x/../../../escaped/kim")
    ('Zoë B. Müller', 'x-escaped-kim-ce79c4')
    """
    safe = re.sub(r"(?:[^\w .-]|\.\.)+", "-", name)[:60].strip(" .") or "unnamed"
    if safe.split(".")[0].upper() in _RESERVED:
        safe = f"_{safe}"
    return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


@dataclass(frozen=True)
class Settings:
    """What is known of an athlete's engine on one day; NaN where nobody has said.

    Takes ``max_heart_rate_bpm``, ``resting_heart_rate_bpm``, ``threshold_heart_rate_bpm`` (1/min) and
    ``threshold_speed_mps`` (m/s).

    >>> Settings(max_heart_rate_bpm=191.0).threshold_speed_mps
    nan
    """

    max_heart_rate_bpm: float = math.nan
    resting_heart_rate_bpm: float = math.nan
    threshold_heart_rate_bpm: float = math.nan
    threshold_speed_mps: float = math.nan


@dataclass(frozen=True, eq=False)
class Athlete:
    """One athlete: name, sex, birth date, units, home zone, consent, and settings that hold from a date.

    Definition: a setting holds from its ``from`` date until a later one replaces it; a row that names one setting
    leaves the others as they were; a row without ``from`` holds from the beginning.
    Takes ``settings`` as a list of dicts (keys ``from``, the names of ``Settings``, or ``threshold_pace`` as text) or a
    frame of such columns. ``consent`` overrides the defaults, which share nothing. ``untyped`` is the sport of files
    that name none ("running").
    Raises SettingsError for what cannot be: a maximum at or below rest, an unknown zone, a misspelt key.

    >>> athlete = Athlete("kim", birth_date="1989-04-02", settings=[
    ...     {"from": "2026-01-01", "max_heart_rate_bpm": 191, "resting_heart_rate_bpm": 48},
    ...     {"from": "2026-05-01", "threshold_pace": "4:10 /km"}])
    >>> june = athlete.on("2026-06-01")
    >>> june.max_heart_rate_bpm, june.threshold_speed_mps, athlete.on("2025-06-01").max_heart_rate_bpm
    (191.0, 4.0, nan)
    """

    name: str = "athlete"
    sex: str = ""
    birth_date: Any = None
    units: str = "metric"
    home_zone: str = "UTC"
    week_start: str = "monday"
    consent: Mapping[str, Any] = field(default_factory=dict)
    settings: Any = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    untyped: str = ""

    def __post_init__(self) -> None:
        who = f"athlete {self.name!r}: "
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731  (a frozen dataclass sets itself up)
        if not isinstance(self.name, str) or not self.name.strip():
            raise SettingsError(f"an athlete needs a name (text), not {self.name!r}")
        put("sex", one_of(who + "sex", self.sex or "", ("", "f", "m")))
        put("birth_date", _day(self.birth_date, who + "birth_date"))
        one_of(who + "units", self.units, ("metric", "imperial"))
        one_of(who + "week_start", self.week_start, WEEKDAYS)
        _zone(self.home_zone, who + "home_zone")
        put("consent", _consent(self.consent, who))
        put("settings", _settings(self.settings, who, self.units))
        put("columns", dict(self.columns))
        if not isinstance(self.untyped, str):
            raise SettingsError(f'{who}untyped must be a sport in quotes, such as "running", not {self.untyped!r}')

    def __repr__(self) -> str:
        return f"Athlete({self.name}, {self.home_zone}, {self.units}, {len(self.settings)} settings)"

    def on(self, date: Any) -> Settings:
        """The settings that hold on a date.

        >>> Athlete("kim", settings=[{"max_heart_rate_bpm": 191}]).on("1999-01-01").max_heart_rate_bpm
        191.0
        """
        day = _day(date, "date")
        if day is None:
            return Settings()
        held = self.settings[self.settings["from"].isna() | (self.settings["from"] <= day)]
        return Settings(*(float(x) for x in held.iloc[-1][list(MEASURES)])) if len(held) else Settings()

    def age_on(self, date: Any) -> float:
        """Age in whole years on a date, NaN without a birth date.

        >>> Athlete("kim", birth_date="1989-04-02").age_on("2026-04-01")
        36.0
        """
        if self.birth_date is None:
            return math.nan
        day, born = _day(date, "date"), self.birth_date
        if day is None:
            return math.nan
        return float(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def read_athlete(path: str | Path, *, defaults: Mapping[str, Any] | None = None) -> Athlete:
    """The athlete an ``athlete.toml`` describes.

    Takes the file or the folder that holds it, and ``defaults`` (from ``squad.toml``) for what the file leaves open.
    A file without a name takes its folder's. Raises SettingsError, with the path, for anything it cannot mean.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "track-5k"; folder.mkdir()
    >>> _ = (folder / "athlete.toml").write_text('home_zone = "Europe/Oslo"')
    >>> read_athlete(folder)
    Athlete(track-5k, Europe/Oslo, metric, 0 settings)
    """
    path = Path(path)
    path = path / "athlete.toml" if path.is_dir() else path
    found = _toml(path)
    try:
        for key in found:
            one_of("key", key, _KEYS)
        merged = {"name": path.resolve().parent.name, **(defaults or {}), **found}
        return Athlete(**merged)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def read_squad(path: str | Path) -> dict[str, Any]:
    """What a ``squad.toml`` says for every athlete: units, home zone, first day of the week; empty without the file.

    >>> read_squad("nowhere/squad.toml")
    {}
    """
    path = Path(path)
    if not path.is_file():
        return {}
    found = _toml(path)
    try:
        for key in found:
            one_of("key", key, _SQUAD_KEYS)
        kept: dict[str, Any] = {key: found[key] for key in ("week_start", "units", "home_zone") if key in found}
        Athlete("squad", **kept)  # the same checks as an athlete's own
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None
    return kept


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from None


def _day(value: Any, what: str) -> pd.Timestamp | None:
    return None if value is None or value is pd.NaT or value == "" else _units.parse_day(value, what)


def _zone(name: Any, what: str) -> None:
    try:
        ZoneInfo(name)
    except Exception:  # ZoneInfo raises five kinds of error for one mistake
        raise SettingsError(f"{what}: no time zone {name!r}; write one like 'Europe/Oslo' or 'UTC'") from None


def _consent(given: Mapping[str, Any], who: str) -> dict[str, Any]:
    for key, value in given.items():
        one_of(who + "consent key", key, CONSENT)
        if key == "praise":
            one_of(who + "praise", value, ("private", "team"))
        elif key == "care_team":
            if isinstance(value, str) or not all(isinstance(v, str) for v in value):
                raise SettingsError(f"{who}care_team must be a list of names, not {value!r}")
        elif not isinstance(value, bool):
            raise SettingsError(f"{who}consent {key} must be true or false, not {value!r}")
    return {
        **CONSENT,
        "care_team": list(given.get("care_team", [])),
        **{k: v for k, v in given.items() if k != "care_team"},
    }


def _settings(given: Any, who: str, units: str) -> pd.DataFrame:
    rows: Any = given.to_dict("records") if isinstance(given, pd.DataFrame) else given
    if isinstance(rows, Mapping) or not isinstance(rows, Sequence):
        raise SettingsError(f"{who}settings must be a list of [[settings]] blocks, not {type(rows).__name__}")
    out = [_setting(row, who, units) for row in rows]
    frame = pd.DataFrame(out, columns=["from", *MEASURES])
    frame = frame.astype({"from": "datetime64[us]"} | dict.fromkeys(MEASURES, "float64"))
    frame = frame.sort_values("from", kind="stable", na_position="first", ignore_index=True)
    frame[list(MEASURES)] = frame[list(MEASURES)].ffill()
    for row in frame.to_dict("records"):
        rest, threshold, top = (row[f"{k}_heart_rate_bpm"] for k in ("resting", "threshold", "max"))
        since = "" if row["from"] is pd.NaT else f" from {row['from']:%Y-%m-%d}"
        for low, high, words in (
            (rest, top, ("resting", "max")),
            (rest, threshold, ("resting", "threshold")),
            (threshold, top, ("threshold", "max")),
        ):
            if low >= high:
                raise SettingsError(
                    f"{who}settings{since}: {words[0]}_heart_rate_bpm ({low:g}) must be below "
                    f"{words[1]}_heart_rate_bpm ({high:g})"
                )
    return frame


def _setting(row: Mapping[str, Any], who: str, units: str) -> dict[str, Any]:
    out: dict[str, Any] = {"from": pd.NaT}
    for key, value in row.items():
        one_of(who + "settings key", key, ("from", *MEASURES, "threshold_pace"))
        if key == "from":
            out["from"] = _day(value, who + "settings from") or pd.NaT
            continue
        if key == "threshold_pace":
            key, value = "threshold_speed_mps", _units.parse_pace(value, units)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SettingsError(f"{who}settings {key} must be a number, not {value!r}")
        low, high = _POSSIBLE[key]
        if not (math.isnan(value) or low <= value <= high):
            raise SettingsError(f"{who}settings {key} = {value:g} cannot be; expected {low:g} to {high:g}")
        out[key] = float(value)
    return out
