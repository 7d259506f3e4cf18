"""Every session to a file or to the training log, and the oddities among the exports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..other import simulate_other
from ..run import Run, simulate_run
from ..season import Season
from ..sensors import Watch
from ..write import coach_log, fit_bytes, garmin_log, gpx_text, packed, settings_fit, strava_log, tcx_text
from .plain import write
from .stories import TODAY, Story


def write_exports(
    athlete: Story, season: Season, folder: Path, rng: np.random.Generator
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Every session to a file or to the log alone; then the oddities. Returns a row per session, and what was planted.

    >>> from tempfile import TemporaryDirectory
    >>> from simulate.squad import story
    >>> athlete = story("returning-runner")
    >>> with TemporaryDirectory() as folder:
    ...     rows, planted = write_exports(athlete, athlete.simulate(), Path(folder), np.random.default_rng(0))
    >>> len(planted["unreadable"])
    1
    """
    done = season.sessions
    done = done[done["date"] <= TODAY]
    kinds = [kind for kind, _ in athlete.formats]
    weights = np.array([weight for _, weight in athlete.formats])
    rows: list[dict[str, Any]] = []
    logged: list[dict[str, Any]] = []
    easy: list[tuple[int, int]] = []
    for index, session in zip(done.index, done.to_dict("records"), strict=True):
        running = session["sport"] == "running"
        late = session["date"] >= pd.Timestamp(athlete.files_from)
        key = running and session["session_type"] in ("long", "race")
        draw, kind = rng.random(3), str(rng.choice(kinds, p=weights / weights.sum()))
        manual = late and draw[0] < 0.03 and not key
        filed = (key or (late and (running or draw[1] < 0.4))) and not manual
        row: dict[str, Any] = {"file": "", "duplicate_of": "", "problem": "", **_known(session)}
        if filed:
            no_place = session["sub_sport"] == "treadmill" or session["sport"] in ("swimming", "strength")
            kind = "fit.gz" if session["session_type"] == "race" or (no_place and not kind.startswith("fit")) else kind
            watch = _watch(athlete, session, rng)
            run = season.run(index, watch=watch)
            row |= _written(run, watch)
            name = _file_name(athlete, session, kind)
            write(folder / name, _encoded(athlete, run, kind, session, rng))
            row["file"] = f"exports/{name}"
            session |= {"distance_m": row["watch_distance_m"], "filename": name}
            if not watch.heart_rate:
                session |= {"average_heart_rate_bpm": np.nan, "max_heart_rate_bpm": np.nan}
            if running and session["session_type"] == "easy" and kind.startswith("fit") and late:
                easy.append((index, len(rows)))
        else:
            session["distance_m"] *= 1.006
            if athlete.heart_rate_from and session["date"] < pd.Timestamp(athlete.heart_rate_from):
                session |= {"average_heart_rate_bpm": np.nan, "max_heart_rate_bpm": np.nan}
        session["notes"] = row["notes"] = _words(session, rng)
        rows.append(row)
        logged.append(session)
    files = _oddities(athlete, season, folder, rows, easy, rng)
    in_log = _write_log(athlete, logged, folder, rng)
    for row, session in zip(rows, logged, strict=False):  # a multisport day adds rows of its own at the end
        row["in_log"] = session["seed"] in in_log
    return rows, files


def _known(session: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "date": f"{session['date']:%Y-%m-%d}",
        "start_time": f"{session['start_time']:%Y-%m-%dT%H:%M:%SZ}",
        "sport": session["sport"],
        "session_type": session["session_type"],
        "distance_m": round(session["distance_m"], 1),
        "time_s": round(session["elapsed_time_s"], 1),
        "timer_time_s": round(session["timer_time_s"], 1),
        "moving_time_s": round(session["moving_time_s"], 1),
        "ascent_m": round(session["ascent_m"], 1),
        "average_heart_rate_bpm": round(session["average_heart_rate_bpm"], 1),
        "critical_speed_mps": round(session["critical_speed_mps"], 4),
        "rpe": session["rpe"],
    }


def _written(run: Run, watch: Watch) -> dict[str, Any]:
    """What the file holds beside what was true."""
    truth, shown = run.truth, run.records["distance_m"].iloc[-1]
    return {
        "samples": len(run.records),
        "watch_distance_m": float(shown),
        "average_heart_rate_bpm": round(truth["mean_heart_rate_bpm"], 1),
        "max_heart_rate_bpm": round(truth["max_heart_rate_bpm"], 1),
        "heart_rate": watch.heart_rate,
        "pauses": len(truth["pauses"]),
        "paused_s": round(sum(p["duration_s"] for p in truth["pauses"]), 1),
        "timer_stops": len(truth["timer_stops"]),
        "cadence_lock_s": truth.get("cadence_lock_s", 0.0),
        "dropouts": len(truth.get("dropouts", [])),
        "fade_onset_m": round(truth.get("fade_onset_m", np.nan), 0),
    }


def _watch(athlete: Story, session: Mapping[str, Any], rng: np.random.Generator) -> Watch:
    """The watch of the day: now and then heart rate locks onto cadence at the start, or drops out."""
    lock, drop, long = rng.random(), rng.random(), float(rng.integers(120, 420))
    if session["sport"] != "running":
        return Watch(
            athlete.watch.device,
            sampling_s=12.0 if session["sport"] == "cycling" else 15.0,
            heart_rate=session["sport"] != "swimming",
        )
    watch = athlete.race_watch.get(f"{session['date']:%Y-%m-%d}", athlete.watch)
    changes: dict[str, Any] = {}
    if athlete.heart_rate_from and session["date"] < pd.Timestamp(athlete.heart_rate_from):
        changes["heart_rate"] = False
    elif session["session_type"] != "race":
        changes |= {"cadence_lock_s": long} if lock < 0.06 else {}
        changes |= {"dropouts": 2} if drop < 0.05 else {}
    return Watch(**{**watch.__dict__, **changes})


def _file_name(athlete: Story, session: Mapping[str, Any], kind: str) -> str:
    if athlete.log == "strava":
        return f"activities/{11_000_000_000 + session['seed']}.{kind}"
    local = session["start_time"] + pd.Timedelta(seconds=session["utc_offset_s"])
    return f"{local:%Y-%m-%d-%H%M}-{session['title'].lower().replace(' ', '-')}.{kind}"


def _encoded(
    athlete: Story, run: Run, kind: str, session: Mapping[str, Any], rng: np.random.Generator, **how: Any
) -> bytes:
    plain = kind.removesuffix(".gz")
    if plain == "fit":
        maker = {"Garmin": "garmin", "COROS": "coros", "Suunto": "suunto", "Polar": "polar_electro"}.get(
            athlete.watch.device.split()[0], "development"
        )
        asked = rng.random() < 0.7
        data = fit_bytes(
            run,
            maker=maker,
            product=athlete.watch.device,
            serial=390_000 + athlete.seed,
            stryd=athlete.name == "track-5k" and session["sport"] == "running",
            rpe=session["rpe"] if asked else None,
            feel=float(rng.choice([25, 50, 75, 100])) if asked else None,
            **how,
        )
    elif plain == "gpx":
        data = gpx_text(
            run, style="strava" if athlete.log == "strava" else "garmin", segments=athlete.log != "strava"
        ).encode()
    else:
        data = tcx_text(run).encode()
    return packed(data) if kind.endswith(".gz") else data


def _words(session: Mapping[str, Any], rng: np.random.Generator) -> str:
    """A line the athlete wrote now and then."""
    chance, pick = rng.random(), int(rng.integers(0, 4))
    if session["session_type"] == "race":
        return (
            "gave it what was there",
            "started too fast, hung on",
            "proud of this one",
            "legs said no, head said yes",
        )[pick]
    if chance > 0.12 or session["sport"] != "running":
        return ""
    return (
        "felt flat, slept badly",
        "lovely evening, ran with friends",
        "calf a bit tight at first",
        "windy, went by feel",
    )[pick]


def _oddities(
    athlete: Story,
    season: Season,
    folder: Path,
    rows: list[dict[str, Any]],
    easy: list[tuple[int, int]],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Files that are cut, doubled, old-fashioned, no activity or no file at all."""
    planted: dict[str, Any] = {
        "duplicates": [],
        "truncated": [],
        "not_activities": [],
        "unreadable": [],
        "multisport": [],
    }
    picks = [easy[i] for i in sorted(rng.permutation(len(easy))[: len(athlete.extras)])]
    place = "activities/" if athlete.log == "strava" else ""
    for extra, (index, row_number) in zip(athlete.extras, picks, strict=False):
        row, session = rows[row_number], season.sessions.loc[index].to_dict()
        path = folder.parent / row["file"]
        if extra == "phone":
            late = float(rng.integers(18, 75))
            phone = Watch(
                "phone",
                smart=True,
                sampling_s=5.0,
                dynamics=False,
                power=False,
                heart_rate=False,
                cadence=False,
                temperature=False,
                altitude="gps",
                gps_error_m=6.0,
                lap_m=0.0,
                start_late_s=late,
            )
            name = f"{place}phone-{row['date']}.gpx"
            write(folder / name, gpx_text(season.run(index, watch=phone), style="phone").encode())
            planted["duplicates"].append({"file": f"exports/{name}", "of": row["file"], "shifted_s": late})
        elif extra == "truncated":
            data = path.read_bytes()
            whole = (
                data
                if not path.name.endswith(".gz")
                else _encoded(athlete, season.run(index, watch=athlete.watch), "fit", session, rng)
            )
            path.unlink()
            cut = path.with_name(path.name.removesuffix(".gz"))
            share = float(rng.uniform(0.45, 0.8))
            write(cut, whole[: int(share * len(whole))])
            row |= {"file": f"exports/{cut.relative_to(folder).as_posix()}", "problem": "truncated"}
            planted["truncated"].append(
                {"file": row["file"], "share_kept": round(share, 3), "samples_written": row["samples"]}
            )
        elif extra == "settings":
            write(folder / f"{place}Settings.fit", settings_fit())
            planted["not_activities"].append(f"exports/{place}Settings.fit")
        elif extra == "unreadable":
            name = f"{place}download-{row['date']}.fit"
            write(folder / name, b"<html><body>503 Service Unavailable</body></html>\n")
            planted["unreadable"].append(f"exports/{name}")
        elif extra in ("big_endian", "compressed", "hrv"):
            how = {
                "big_endian": {"big_endian": True, "modern": False},
                "compressed": {"compressed": True, "modern": False},
                "hrv": {"hrv": True},
            }[extra]
            kind = "fit.gz" if path.name.endswith(".gz") else "fit"
            run = season.run(index, watch=Watch(**{**athlete.watch.__dict__, "heart_rate": row["heart_rate"]}))
            row |= _written(run, athlete.watch) | {"heart_rate": row["heart_rate"]}
            write(path, _encoded(athlete, run, kind, session, rng, **how))
            planted.setdefault("special", []).append({"file": row["file"], "kind": extra})
        elif extra == "multisport":
            planted["multisport"].append(_multisport(athlete, season, folder, rows))
    return planted


def _multisport(athlete: Story, season: Season, folder: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The half-distance triathlon of 7 November as one FIT file: swim, ride, run."""
    today = season.runner.with_(critical_speed_mps=float(season.truth["daily"]["critical_speed_mps"].iloc[-20]))
    begin = pd.Timestamp("2026-11-07 07:30", tz=athlete.home_zone)
    offset = begin.utcoffset().total_seconds()  # type: ignore[union-attr]
    common: dict[str, Any] = {"utc_offset_s": offset, "title": "Half-distance triathlon"}
    swim = simulate_other(
        today,
        sport="swimming",
        duration_s=1815.0,
        start=begin,
        seed=901,
        watch=Watch(sampling_s=15.0, heart_rate=False),
        **common,
    )
    ride = simulate_other(
        today,
        sport="cycling",
        duration_s=9870.0,
        start=begin + pd.Timedelta(seconds=2010),
        seed=902,
        intensity=1.18,
        course=season.jobs[0].get("course"),
        watch=Watch(sampling_s=10.0),
        **common,
    )
    run = simulate_run(
        today,
        season.jobs[-1].get("course"),
        distance_m=21_100.0,
        effort=0.86,
        seed=903,
        freshness=0.965,
        temperature_c=17.0,
        start=begin + pd.Timedelta(seconds=12_030),
        watch=athlete.watch,
        **common,
    )
    name = "2026-11-07-0730-half-distance-triathlon.fit"
    write(folder / name, fit_bytes([swim, ride, run], product=athlete.watch.device, serial=390_000 + athlete.seed))
    for part, leg in enumerate((swim, ride, run), start=1):
        rows.append(
            {
                "file": f"exports/{name}",
                "duplicate_of": "",
                "problem": "",
                "part": part,
                "date": "2026-11-07",
                "in_log": False,
                "start_time": f"{leg.about['start_time']:%Y-%m-%dT%H:%M:%SZ}",
                "sport": leg.about["sport"],
                "session_type": "race",
                "distance_m": round(leg.truth["distance"], 1),
                "time_s": round(leg.truth["time_s"], 1),
                "timer_time_s": round(leg.truth["timer_time_s"], 1),
                "moving_time_s": round(leg.truth["moving_time_s"], 1),
                "ascent_m": round(leg.truth["ascent_m"], 1),
                "critical_speed_mps": round(today.critical_speed_mps, 4),
                **_written(leg, Watch(heart_rate=part > 1)),
            }
        )
    return {"file": f"exports/{name}", "sports": [leg.about["sport"] for leg in (swim, ride, run)]}


def _write_log(athlete: Story, logged: list[dict[str, Any]], folder: Path, rng: np.random.Generator) -> set[int]:
    """The platform's training log (or the coach's sheet); returns which sessions stand in it."""
    if athlete.log == "strava":
        write(folder / "activities.csv", strava_log(logged))
        return {s["seed"] for s in logged}
    if athlete.log == "garmin":
        write(folder / "Activities.csv", garmin_log(logged[::-1]))
        return {s["seed"] for s in logged}
    kept = [s for s in logged if not s.get("filename") or rng.random() < 0.12]
    write(folder / "training-log.csv", coach_log(kept))
    return {s["seed"] for s in kept}
