"""FIT path -> complete Activity, beside fitparse and fitfast, on the same files in one run.

CPU time (process_time), garbage collected before each call, the parsers taken in turn, medians. Run with ``make bench``
or ``python benchmarks/bench_fit.py [--folder FOLDER] [--rounds 7] [--no-fitparse]``.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import runlab as rl
from runlab.errors import FileError


def cpu_ms(call: Callable[..., object], *arguments: object, **options: object) -> float:
    """CPU milliseconds of one call."""
    gc.collect()
    start = time.process_time()
    call(*arguments, **options)
    return (time.process_time() - start) * 1e3


def with_fitfast(path: str) -> list[pd.DataFrame]:
    """The equal work: the record, lap, session and event columns of a file as DataFrames."""
    import fitfast

    return [pd.DataFrame(fitfast.records(path, message)) for message in ("record", "lap", "session", "event")]


def plain_files(folder: Path) -> list[Path]:
    """FIT files of a folder, gzip unpacked to a temporary folder so that all parsers read the same bytes."""
    out = []
    spare = Path(tempfile.mkdtemp(prefix="runlab-bench-"))
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            path, data = spare / path.stem, gzip.decompress(data)
            path.write_bytes(data)
        if data[8:12] == b".FIT":
            out.append(path)
    return out


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    here = Path(__file__).resolve().parents[1]
    parser.add_argument(
        "--folder", type=Path, default=Path(os.environ.get("RUNLAB_CORPUS", here.parent / "shared/corpus")) / "fit"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-fitparse", action="store_true", help="leave out the slow one")
    options = parser.parse_args()
    rows = []
    for path in plain_files(options.folder):
        name = str(path)
        try:
            samples = len(rl.read_activity(name).records)
            with_fitfast(name)
        except FileError:
            continue
        except Exception as error:  # a peer that refuses the file takes no part
            print(f"fitfast refuses {path.name}: {error}")
            continue
        if samples < 1:
            continue
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(cpu_ms(rl.read_activity, name))
            theirs.append(cpu_ms(with_fitfast, name))
        row = {
            "file": path.name,
            "samples": samples,
            "runlab_ms": statistics.median(ours),
            "fitfast_ms": statistics.median(theirs),
        }
        if samples >= 1000 and not options.no_fitparse:
            try:
                row["fitparse_ms"] = cpu_ms(rl.read_activity, name, engine="fitparse")
            except FileError as error:
                print(error)
        rows.append(row)
        print(path.name, row, flush=True)
    table = pd.DataFrame(rows)
    table["x_fitfast"] = table["fitfast_ms"] / table["runlab_ms"]
    print(table.round(2).to_string())
    if "fitparse_ms" in table:
        table["x_fitparse"] = table["fitparse_ms"] / table["runlab_ms"]
        long = table.loc[table["samples"] >= 1000, "x_fitparse"].dropna()
        print(f"\nagainst fitparse ({len(long)} files of 1,000+): median {long.median():.0f}x, least {long.min():.0f}x")
    for label, part in (("all files", table), ("files of 1,000+ samples", table[table["samples"] >= 1000])):
        x = part["x_fitfast"]
        worst = f"slower on {(x < 1).sum()}, worst {x.min():.2f}x"
        print(f"against fitfast ({label}: {len(x)}): median {x.median():.2f}x, {worst}")


if __name__ == "__main__":
    main()
