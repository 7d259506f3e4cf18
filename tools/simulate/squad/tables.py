"""The coach's own tables beside the exports: athlete, plan, events, wellness, races, strength, fuel, checkpoints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from runlab.units import METRES_PER_MILE, format_duration

from ..season import Season
from ..sensors import Watch
from .plain import rows_csv, toml, toml_value, write
from .stories import TODAY, Story


def write_tables(athlete: Story, season: Season, folder: Path, rng: np.random.Generator) -> None:
    """Write plan, events, wellness, races, strength, fuel and checkpoints of one athlete.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from simulate.squad import story
    >>> athlete = story("triathlete")
    >>> with TemporaryDirectory() as folder:
    ...     write_tables(athlete, athlete.simulate(), Path(folder), np.random.default_rng(0))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['events.csv', 'plan.csv', 'races.csv', 'wellness.csv']
    """
    imperial = athlete.units == "imperial"
    unit, metres = ("distance_mi", METRES_PER_MILE) if imperial else ("distance_km", 1000.0)

    def far(value: float) -> str:
        return "" if value != value else f"{value / metres:.1f}"

    ill = season.truth["daily"].set_index("date")["ill"]
    plan = []
    for row in season.plan.to_dict("records"):
        entry = {
            "date": f"{row['date']:%Y-%m-%d}",
            "slot": row["slot"],
            "session_type": row["session_type"],
            "title": row["title"],
            unit: far(row["distance_m"]),
            "duration": format_duration(row["duration_s"]) if row["duration_s"] == row["duration_s"] else "",
            "intensity": row["intensity"],
            "version": "v1",
            "reason": "",
        }
        if ill.get(row["date"], False) and row["session_type"] != "race":
            entry |= {
                "session_type": "rest",
                "title": "Rest",
                unit: "",
                "duration": "",
                "intensity": "",
                "version": "v2",
                "reason": "ill",
            }
        plan.append(entry)
    write(folder / "plan.csv", rows_csv(plan))
    events = []
    for row in season.events.to_dict("records"):
        end = f"{row['end']:%Y-%m-%d}" if row["end"] is not pd.NaT else ""
        events.append(
            {
                "kind": row["kind"],
                "start": f"{row['start']:%Y-%m-%d}",
                "end": end,
                "site": row["site"],
                "side": row["side"],
                "severity": "" if row["severity"] != row["severity"] else f"{row['severity']:.0f}",
                "note": row["note"],
            }
        )
    write(folder / "events.csv", rows_csv(events, ["kind", "start", "end", "site", "side", "severity", "note"]))
    morning = season.wellness[season.wellness["date"] <= TODAY]
    rows = [
        {
            "date": f"{row.pop('date'):%Y-%m-%d}",
            **{k: f"{v:g}" for k, v in row.items() if k != "athlete"},
            "weight_kg": f"{season.runner.mass_kg + rng.normal(0, 0.5):.1f}" if rng.random() < 0.3 else "",
            "note": "",
        }
        for row in morning.to_dict("records")
    ]
    write(folder / "wellness.csv", rows_csv(rows))
    races = [
        {
            "date": f"{row['date']:%Y-%m-%d}",
            "name": row["name"],
            unit: f"{row['distance_m'] / metres:.4f}",
            "priority": row["priority"],
            "goal": format_duration(row["goal_s"]) if row["goal_s"] == row["goal_s"] else "",
            "official_time": format_duration(row["official_time_s"]) if row["date"] <= TODAY else "",
            "ascent_m": "" if row["ascent_m"] != row["ascent_m"] else f"{row['ascent_m']:.0f}",
            "kind": row["kind"],
            "checkpoints": "checkpoints-long-ridge-100.csv" if row["name"] == "Long Ridge 100" else "",
        }
        for row in season.races.to_dict("records")
    ]
    write(folder / "races.csv", rows_csv(races))
    strength = [
        {
            "date": f"{s['date']:%Y-%m-%d}",
            "time": f"{s['start_time'] + pd.Timedelta(seconds=s['utc_offset_s']):%H:%M}",
            "duration": format_duration(s["timer_time_s"]),
            "kind": str(rng.choice(["heavy", "heavy", "plyometric", "bodyweight"])),
            "rpe": f"{s['rpe']:.0f}",
            "note": "",
        }
        for s in season.sessions.to_dict("records")
        if s["sport"] == "strength" and s["date"] <= TODAY
    ]
    if strength:
        write(folder / "strength.csv", rows_csv(strength))
    if athlete.fuel:
        write(folder / "fuel.csv", rows_csv(_fuel(season, rng)))
    if athlete.name == "trail-100-miler":
        _checkpoints(athlete, season, folder)


def _fuel(season: Season, rng: np.random.Generator) -> list[dict[str, str]]:
    """What was eaten and drunk in races and in some of the long runs."""
    rows = []
    for s in season.sessions.to_dict("records"):
        race = s["session_type"] == "race"
        if s["date"] > TODAY or not (
            race or (s["session_type"] == "long" and s["moving_time_s"] > 6000 and rng.random() < 0.6)
        ):
            continue
        hours = s["elapsed_time_s"] / 3600
        rate = float(rng.uniform(24, 48)) if not race else 34.0 if hours < 6 else 46.0
        rows.append(
            {
                "date": f"{s['date']:%Y-%m-%d}",
                "start": f"{s['start_time'] + pd.Timedelta(seconds=s['utc_offset_s']):%H:%M}",
                "carbs_g": f"{rate * hours:.0f}",
                "fluid_ml": f"{50 * round(hours * rng.uniform(8, 11)):.0f}",
                "sodium_mg": f"{50 * round(hours * rng.uniform(5, 9)):.0f}",
                "caffeine_mg": "100" if race else "",
                "planned_carbs_g": f"{(60.0 if race else 45.0) * hours:.0f}",
                "note": "two gels left over" if race and hours < 6 else "",
            }
        )
    return rows


def _checkpoints(athlete: Story, season: Season, folder: Path) -> None:
    """Aid stations of the 100-miler (crew sheet, arrivals, departures), and the course as a GPX without times."""
    race = next(r for r in season.truth["races"] if r["name"] == "Long Ridge 100")
    run = season.run(race["session"], watch=Watch(sampling_s=5.0, dynamics=False))
    truth, rows = run.truth, []
    for stop in truth["pauses"]:
        arrival = float(np.interp(stop["at_m"] - 3.0, truth["distance_m"], truth["elapsed_s"]))
        share = stop["at_m"] / truth["distance"]
        planned = 93_600.0 * share**1.06
        rows.append(
            {
                "name": stop["name"].split(":")[0],
                "distance_mi": f"{stop['at_m'] / METRES_PER_MILE:.1f}",
                "planned_arrival": format_duration(planned),
                "arrival": format_duration(arrival),
                "departure": format_duration(arrival + stop["duration_s"]),
                "cutoff": format_duration(126_000.0 * share),
            }
        )
    rows.append(
        {
            "name": "Finish",
            "distance_mi": "100.0",
            "planned_arrival": format_duration(93_600.0),
            "arrival": format_duration(round(truth["time_s"])),
            "departure": "",
            "cutoff": format_duration(126_000.0),
        }
    )
    write(folder / "checkpoints-long-ridge-100.csv", rows_csv(rows))
    course = season.jobs[race["session"]]["course"]
    s = np.arange(0.0, course.length_m + 1, 200.0)
    lat, lon = course.position(np.minimum(s, course.length_m - 0.1))
    points = "\n".join(
        f'  <trkpt lat="{a:.5f}" lon="{b:.5f}"><ele>{h:.0f}</ele></trkpt>'
        for a, b, h in zip(lat, lon, course.altitude(np.minimum(s, course.length_m - 0.1)), strict=True)
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx creator="sample" version="1.1" '
        'xmlns="http://www.topografix.com/GPX/1/1">\n <trk><name>Long Ridge 100</name><trkseg>\n'
    )
    write(folder / "course-long-ridge-100.gpx", head + points + "\n </trkseg></trk>\n</gpx>\n")


def athlete_toml(athlete: Story) -> str:
    """The athlete's settings file: who it is, consent, dated heart rates and threshold pace.

    >>> from simulate.squad import story
    >>> athlete_toml(story("track-5k")).splitlines()[0]
    'name = "track-5k"'
    """
    runner = athlete.runner
    consent = {
        "leaderboard": True,
        "team_digest": True,
        "cohort": False,
        "care_team": [],
        "location": False,
        "private_notes": False,
        "praise": "private",
    } | dict(athlete.consent)
    text = f'name = "{athlete.name}"\nsex = "{runner.sex}"\nbirth_date = {athlete.birth_date}\n'
    text += f'units = "{athlete.units}"\nhome_zone = "{athlete.home_zone}"\nweek_start = "monday"\n'
    text += toml({"consent": consent})
    for setting in athlete.settings:
        lines = [f"from = {setting['from']}", *(f"{k} = {toml_value(v)}" for k, v in setting.items() if k != "from")]
        text += "\n[[settings]]\n" + "\n".join(lines) + "\n"
    if athlete.log == "coach":
        text += '\n[columns]\n"Time on feet" = "duration"\n'
    return text
