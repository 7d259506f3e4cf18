"""Write the sample squad anew: ``python data/sample/make.py [folder]``. Deterministic; takes about a minute.

Without a folder, what is shipped with the library (``runlab/data/samples``) is written anew from it, too.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

import runlab as rl

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tools"))
from simulate.fit_writer import tiny_run
from simulate.squad import write_squad

SHIPPED = ("returning-runner", "road-marathoner")
DAYS = 184
SAMPLED_DAYS = 42  # samples of races and of these last days alone, so that the wheel stays small
FORM = r"vertical_|stance_|step_length|dev_"


def write_shipped(squad: Path, folder: Path) -> None:
    """Half a year of two of the squad as a saved log, and the smallest FIT file."""
    with tempfile.TemporaryDirectory() as place:
        for name in SHIPPED:
            shutil.copytree(squad / name, Path(place, "squad", name))
        log = rl.open_log(Path(place, "squad"), progress=False)
        end = log.activities["date"].max()
        saved = log.between(end - pd.Timedelta(days=DAYS - 1), end).save(folder / "squad.runlab")
    about = json.loads((saved / "log.json").read_text("utf-8"))
    about |= {"root": "squad", "read_line": "", "start": None, "end": None}
    (saved / "log.json").write_text(json.dumps(about, indent=1), "utf-8")

    activities = pd.read_parquet(saved / "activities.parquet")
    race = activities["date"].isin(set(log.races["date"]))
    kept = race | (activities["date"] > end - pd.Timedelta(days=SAMPLED_DAYS))
    activities.assign(samples=activities["samples"].where(kept, 0)).to_parquet(
        saved / "activities.parquet", index=False
    )
    racing, kept = set(activities.loc[race, "activity_id"]), set(activities.loc[kept, "activity_id"])
    for file in (saved / "records").iterdir():
        records = pd.read_parquet(file)
        if (key := records["activity_id"].iloc[0]) not in kept:
            file.unlink()
        elif key not in racing:
            records.loc[:, ~records.columns.str.contains(FORM)].to_parquet(
                file, index=False, compression="zstd", write_statistics=False
            )
    for path in (saved, *saved.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "run.fit").write_bytes(tiny_run())


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    began = time.perf_counter()
    shutil.rmtree(folder / "squad", ignore_errors=True)
    write_squad(folder, tell=print)
    if len(sys.argv) == 1:
        write_shipped(folder / "squad", REPOSITORY / "runlab" / "data" / "samples")
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} files, {size:.1f} MB in {folder}, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
