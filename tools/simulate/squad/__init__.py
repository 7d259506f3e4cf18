"""The sample squad as a folder: exports as coaches receive them, the coach's tables, and the truth beside them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..season import Season
from ..sensors import Watch
from .exports import write_exports
from .plain import rows_csv, toml, write
from .stories import NAMES, TODAY, Story, hundred_miles, story
from .tables import athlete_toml, write_tables

__all__ = ["NAMES", "TODAY", "Story", "hundred_miles", "story", "write_athlete", "write_squad"]


def write_squad(folder: str | Path, *, names: Iterable[str] = NAMES, tell: Any = None) -> dict[str, Any]:
    """Write the whole sample squad under ``folder/squad`` and the truth into ``folder/truth.toml`` and
    ``truth_sessions.csv``.

    ``tell`` is called with a line per athlete, if given. The same version writes the same bytes every time. Returns the
    truth.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     truth = write_squad(folder, names=[])
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['squad', 'truth.toml', 'truth_sessions.csv']
    """
    folder = Path(folder)
    (folder / "squad").mkdir(parents=True, exist_ok=True)
    write(
        folder / "squad" / "squad.toml",
        'coach = "sample coach"\nweek_start = "monday"\nunits = "metric"\nhome_zone = "Europe/Oslo"\n',
    )
    truth: dict[str, Any] = {"today": f"{TODAY:%Y-%m-%d}"}
    sessions: list[dict[str, Any]] = []
    for name in names:
        athlete = story(name)
        truth[name], rows = write_athlete(athlete, folder / "squad" / name)
        sessions += [{"athlete": name, **row} for row in rows]
        if tell:
            tell(f"{name}: {truth[name]['files']}")
    head = "# What was planted in the sample squad; tests ask for it back. Written by make.py.\n\n"
    write(folder / "truth.toml", head + toml(truth))
    write(folder / "truth_sessions.csv", rows_csv(sessions))
    return truth


def write_athlete(athlete: Story, folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write one athlete's folder; return the truth and one row per session.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     truth, rows = write_athlete(story("triathlete"), Path(folder))
    >>> truth["files"]["fit"] > 50
    True
    """
    season = athlete.simulate()
    rng = np.random.default_rng([athlete.seed, 51])
    rows, files = write_exports(athlete, season, folder / "exports", rng)
    write(folder / "athlete.toml", athlete_toml(athlete))
    write(folder / "notes.md", athlete.words)
    write_tables(athlete, season, folder, rng)
    return planted_truth(athlete, season, rows, files), rows


def planted_truth(
    athlete: Story, season: Season, rows: list[dict[str, Any]], planted: dict[str, Any]
) -> dict[str, Any]:
    """What is true of one athlete: files, phases, spikes, light weeks, thresholds by date, races with their costs.

    >>> season = story("triathlete").simulate()
    >>> nothing = {"duplicates": [], "not_activities": [], "unreadable": []}
    >>> rows = [{"file": "", "date": "2026-08-16", "session_type": "race"}]
    >>> rows += [{"file": "", "date": "2026-10-04", "session_type": "race"}]
    >>> planted_truth(story("triathlete"), season, rows, nothing)["races"][0]["name"]
    'Lake 10 km'
    """
    truth = season.truth
    daily, weeks = truth["daily"], truth["weeks"]
    names = sorted(
        {row["file"] for row in rows if row["file"]}
        | {d["file"] for d in planted["duplicates"]}
        | set(planted["not_activities"])
        | set(planted["unreadable"])
    )
    plain = [name.removesuffix(".gz") for name in names]
    past = [r for r in truth["races"] if r["date"] <= TODAY]
    whole = weeks[weeks["start"] <= TODAY]
    runs = season.sessions[(season.sessions["sport"] == "running") & (season.sessions["date"] <= TODAY)]
    found: dict[str, Any] = {
        "files": {
            "fit": sum(n.endswith(".fit") for n in plain),
            "gpx": sum(n.endswith(".gpx") for n in plain),
            "tcx": sum(n.endswith(".tcx") for n in plain),
            "gz": sum(n.endswith(".gz") for n in names),
            "csv_rows": sum(bool(row.get("in_log")) for row in rows),
            "total": len(names),
        },
        "sessions": len(rows),
        "runs": len(runs),
        "run_km": float(runs["distance_m"].sum() / 1000),
        "without_file": sum(not row["file"] for row in rows),
        "first": rows[0]["date"],
        "last": max(row["date"] for row in rows),
        "max_heart_rate_bpm": truth["max_heart_rate_bpm"],
        "threshold_heart_rate_bpm": truth["threshold_heart_rate_bpm"],
        "heart_rate_from": athlete.heart_rate_from,
        "step_back_weeks": [
            weeks["start"].iloc[w] for w in truth["step_back_weeks"] if weeks["start"].iloc[w] <= TODAY
        ],
        "cadence_lock_files": [r["file"] for r in rows if r.get("cadence_lock_s", 0) > 0],
        "dropout_files": [r["file"] for r in rows if r.get("dropouts", 0) > 0],
        "missed_days": [d for d in truth["missed"] if d <= TODAY],
        "planted": planted | ({"courses": ["course-long-ridge-100.gpx"]} if athlete.name == "trail-100-miler" else {}),
        "threshold": [
            {
                "date": daily["date"].iloc[i],
                "critical_speed_mps": float(daily["critical_speed_mps"].iloc[i]),
                "fitness": float(daily["fitness"].iloc[i]),
                "stamina_s": float(daily["stamina_s"].iloc[i]),
            }
            for i in range(0, int((daily["date"] <= TODAY).sum()), 28)
        ],
        "phases": [p for p in truth["phases"] if p["start"] <= TODAY],
        "spikes": [{k: v for k, v in s.items() if k != "week"} for s in truth["spikes"] if s["date"] <= TODAY],
        "tapers": [t for t in truth["tapers"] if pd.Timestamp(t["date"]) <= TODAY],
        "weeks": [
            {"start": w["start"], "phase": w["phase"], "planned_km": w["planned_km"], "done_km": w["done_km"]}
            for w in whole.to_dict("records")
        ],
        "races": [],
    }
    for race in past:
        run = season.run(race["session"], watch=Watch(sampling_s=20.0, dynamics=False))
        found["races"].append(
            {
                "date": race["date"],
                "name": race["name"],
                "distance_m": race["distance_m"],
                "official_time_s": round(race["time_s"]),
                "stops_s": race["stops_s"],
                "critical_speed_mps": race["critical_speed_mps"],
                "freshness": race["freshness"],
                "share_of_full_effort": race["share"],
                "fade_onset_m": run.truth["fade_onset_m"],
                "ascent_m": run.truth["ascent_m"],
                "temperature_c": run.truth["temperature_c"],
                "components_s": run.truth["components_s"],
                "file": next(
                    r["file"] for r in rows if r["date"] == f"{race['date']:%Y-%m-%d}" and r["session_type"] == "race"
                ),
            }
        )
    return found
