"""What becomes of real archives: `python benchmarks/real.py FOLDER [FOLDER ...] [--each] [--races TRUTH.csv]`.

A folder is one athlete's archive; with `--each`, every sub-folder is one. Opened bare, without any settings, as a coach
would in the first ten minutes. Where the archive has the platform's own list (`activities.json`) in it or beside it,
rows are compared with that. `--races` judges `find_races` by a table made by hand: archive (a part of the folder's
path), source (path of the file below the folder), is_race and sure (1 or 0). What it does not name is no race, what is
not sure counts neither way. Archives and tables stay outside the repository; only counts are printed.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

import runlab as rl
from runlab.log import Log

SUFFIXES = (".fit", ".gpx", ".tcx", ".csv", ".zip", ".gz")
EARLIEST = pd.Timestamp("1990-01-01")
LONGEST_S = 7 * 86_400.0
FASTEST_MPS = 7.0  # over 3 km and more; the world's best ran 3,000 m at 6.8 m/s


def cpu_seconds() -> float:
    """Processor time of this process and of the pools it has ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def implausible(rows: pd.DataFrame, today: pd.Timestamp) -> dict[str, int]:
    """Rows whose day, duration or speed cannot be."""
    running = rows["sport"].eq("running")
    seconds = rows["moving_time_s"].fillna(rows["elapsed_time_s"])
    speed = rows["average_speed_mps"].fillna(rows["distance_m"] / seconds)
    days = rows["date"]
    return {
        "no date": int(days.isna().sum()),
        "date": int(((days < EARLIEST) | (days > today + pd.Timedelta(days=2))).sum()),
        "time": int(((rows["elapsed_time_s"] > LONGEST_S) | (rows["elapsed_time_s"] < 0)).sum()),
        "speed": int((running & (rows["distance_m"] >= 3000) & (speed > FASTEST_MPS)).sum()),
    }


def rested(log: Log) -> int:
    """Days with a session that count as rest: absent from ``daily``, without a session, or with a load of 0."""
    rows = log.activities[log.activities["duplicate_of"].eq("") & log.activities["date"].notna()]
    daily = log.daily.set_index(["athlete", "date"])
    days = daily.reindex(pd.MultiIndex.from_frame(rows[["athlete", "date"]].drop_duplicates()))
    return int((~(days["sessions"] > 0) | days["load"].eq(0)).sum())


def refused(log: Log) -> dict[str, int]:
    """Files without a row in ``activities``, by reason (numbers left out)."""
    lost = log.problems[~log.problems["path"].isin(log.activities["source"])].drop_duplicates("path")
    reasons = lost["reason"].map(lambda text: re.sub(r"\d[\d,.:]*", "#", text)[:70])
    return reasons.value_counts().to_dict()


def unaccounted(folder: Path, log: Log) -> tuple[int, int]:
    """Files of the folder, and how many of them no table names."""
    files = {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.name.lower().endswith(SUFFIXES)}
    named = {*log.activities["source"], *log.problems["path"], *log.duplicates.get("path", [])}
    named |= {str(parent) for name in named for parent in PurePosixPath(name).parents}  # a zip, by its members
    return len(files), len(files - named)


def platform(folder: Path, log: Log) -> dict[str, str] | None:
    """How rows agree with the platform's list, where there is one: matched by start (2 min) and judged by distance."""
    found = [place / "activities.json" for place in (folder, folder.parent) if (place / "activities.json").is_file()]
    if not found:
        return None
    listed = pd.DataFrame(json.loads(found[0].read_text("utf-8")))
    listed["time"] = pd.to_datetime(listed["start_date"], utc=True).astype("datetime64[us, UTC]")
    rows = log.activities[log.activities["start_time"].notna()].sort_values("start_time")
    rows = rows.assign(time=rows["start_time"])[["time", "sport", "distance_m", "average_heart_rate_bpm"]]
    both = pd.merge_asof(
        rows, listed.sort_values("time"), on="time", direction="nearest", tolerance=pd.Timedelta(minutes=2)
    ).dropna(subset=["distance"])
    both = both[both["distance"] > 0]
    runs = both[both["type"].str.lower().str.contains("run")]
    beats = runs.dropna(subset=["average_heart_rate_bpm", "average_heartrate"])
    off = (runs["distance_m"] / runs["distance"] - 1).abs()
    return {
        "rows found in the platform's list": f"{len(both)} of {len(rows)}",
        "its runs called running": f"{runs['sport'].eq('running').sum()} of {len(runs)}",
        "distance within 3 %": f"{(off <= 0.03).sum()} of {len(runs)}",
        "heart rate within 3": f"{((beats['average_heart_rate_bpm'] - beats['average_heartrate']).abs() <= 3).sum()}"
        f" of {len(beats)}",
    }


def judged(log: Log, truth: pd.DataFrame) -> tuple[int, int, int]:
    """Races found that are races, races found that are none, races missed; unsure rows count neither way."""
    sure = truth[truth["sure"] == 1].set_index("source")["is_race"].eq(1)
    unsure = set(truth.loc[truth["sure"] == 0, "source"])
    rows = log.activities.assign(
        session=log.activities["duplicate_of"].where(lambda of: of != "", log.activities["activity_id"])
    )
    files = rows.groupby("session")["source"].agg(set)
    found = [files[name] for name in rl.race.find_races(log)["activity_id"] if name in files.index]
    found = [copies for copies in found if not copies & unsure]
    races = set(sure[sure].index)
    hit = [copies for copies in found if copies & races]
    return len(hit), len(found) - len(hit), len(races - set().union(*hit))


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "0 of 0"


def report(folder: Path, store: Path | None, truth: pd.DataFrame | None) -> tuple[int, int, int] | None:
    """Open one archive and print what became of it; the races judged, where the table knows this archive."""
    began = cpu_seconds()
    kept = None if store is None else store / ("-".join(folder.resolve().parts[-2:]) + ".runlab")
    log = rl.open_log(folder, progress=False, store=kept)
    opened = cpu_seconds() - began
    rows = log.activities[log.activities["duplicate_of"].eq("")]
    runs = rows[rows["sport"].isin(["running", ""])]  # what is of no known sport is not dropped from the shares
    loads = rl.load.session_load(log).set_index("activity_id")["load"].reindex(runs["activity_id"])
    types = rl.progression.session_type(log, look_inside=False).set_index("activity_id")["session_type"]
    types = types.reindex(runs["activity_id"]).fillna("unknown")
    files, lost = unaccounted(folder, log)
    lines = {
        "files": f"{files}, not accounted for: {lost}",
        "rows": f"{len(log.activities)}, of them copies: {len(log.activities) - len(rows)}",
        "refused": "; ".join(f"{n} x {why}" for why, n in refused(log).items()) or "none",
        "implausible": ", ".join(f"{what} {n}" for what, n in implausible(rows, pd.Timestamp.now()).items()),
        "running": share(int(rows["sport"].eq("running").sum()), len(rows)),
        "sport not known": share(int(rows["sport"].eq("").sum()), len(rows)),
        "runs with load": share(int(np.isfinite(loads).sum()), len(runs)),
        "runs with type": share(int((types != "unknown").sum()), len(runs)),
        "days with a session called rest": str(rested(log)),
        "CPU seconds to open": f"{opened:.0f}",
    }
    lines |= platform(folder, log) or {}
    result = None
    if truth is not None and len(mine := truth[truth["archive"].isin(folder.resolve().parts)]):
        result = judged(log, mine)
        lines["races"] = precision_recall(*result)
    print(f"\n{folder}")
    for what, text in lines.items():
        print(f"  {what:32} {text}")
    return result


def precision_recall(hit: int, wrong: int, missed: int) -> str:
    precision = f"{hit / (hit + wrong):.2f}" if hit + wrong else "none found"
    recall = f"{hit / (hit + missed):.2f}" if hit + missed else "no race"
    return f"precision {precision} ({hit} of {hit + wrong}), recall {recall} ({hit} of {hit + missed})"


def archives(folders: list[Path], each: bool) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(f for f in folder.iterdir() if f.is_dir()) if each else [folder]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--each", action="store_true", help="every sub-folder is an athlete")
    parser.add_argument("--races", type=Path, help="table of races made by hand")
    parser.add_argument("--store", type=Path, help="folder to keep what was read, for a second run")
    options = parser.parse_args()
    truth = None if options.races is None else pd.read_csv(options.races, dtype={"archive": str, "source": str})
    warnings.simplefilter("ignore", rl.RunlabWarning)
    results = [report(folder, options.store, truth) for folder in archives(options.folders, options.each)]
    judgements = [result for result in results if result is not None]
    if judgements:
        print(
            f"\nraces over all {len(judgements)} archives: {precision_recall(*map(sum, zip(*judgements, strict=True)))}"
        )


if __name__ == "__main__":
    main()
