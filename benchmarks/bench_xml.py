"""How fast GPX and TCX are read, beside their peers: CPU time of one process, the readers taking turns on each file.

Every reader starts from a path and ends with a DataFrame of the samples with all extensions. gpxpy and tcxreader hand
out objects, so their shortest way to a frame is part of the work; the time of their reading alone is shown beside it.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from runlab.readers import gpx, tcx

CORPUS = Path(os.environ.get("RUNLAB_CORPUS", Path(__file__).resolve().parents[2] / "shared" / "corpus"))
ROUNDS = 7
FILES = 6
Reader = Callable[[Path], object]


def _gpxpy_parse(path: Path) -> object:
    import gpxpy

    return gpxpy.parse(path.read_bytes())


def _gpxpy(path: Path) -> pd.DataFrame:
    rows = []
    for track in _gpxpy_parse(path).tracks:  # type: ignore[attr-defined]
        for segment in track.segments:
            for point in segment.points:
                row = {"time": point.time, "lat": point.latitude, "lon": point.longitude, "ele": point.elevation}
                for extension in point.extensions:
                    for element in extension.iter():
                        if len(element) == 0:
                            row[element.tag.rpartition("}")[2]] = element.text
                rows.append(row)
    return pd.DataFrame(rows)


def _tcxreader_read(path: Path) -> object:
    from tcxreader.tcxreader import TCXReader

    return TCXReader().read(str(path), only_gps=False)


def _tcxreader(path: Path) -> pd.DataFrame:
    rows = [point.to_dict() for point in _tcxreader_read(path).trackpoints]  # type: ignore[attr-defined]
    return pd.DataFrame(rows)


def _activity_parser(path: Path) -> object:
    from activity_parser import ActivityParser

    return ActivityParser(include_all_columns=True).parse(str(path))


def _runlab(path: Path) -> object:
    read = gpx.read if path.suffix == ".gpx" else tcx.read
    return read(path.read_bytes(), name=path.name)


READERS: dict[str, dict[str, Reader]] = {
    "gpx": {"runlab": _runlab, "gpxpy": _gpxpy, "gpxpy, objects only": _gpxpy_parse,
            "activity-parser": _activity_parser},
    "tcx": {"runlab": _runlab, "tcxreader": _tcxreader, "tcxreader, objects only": _tcxreader_read,
            "activity-parser": _activity_parser},
}  # fmt: skip


def medians(path: Path, readers: dict[str, Reader], rounds: int = ROUNDS) -> dict[str, float]:
    """Median CPU seconds of every reader on one file, taking turns; a reader that cannot read the file is left out."""
    taken: dict[str, list[float]] = {name: [] for name in readers}
    failed = set()
    for turn in range(rounds + 1):  # the first turn warms caches and imports, and is not counted
        for name, reader in readers.items():
            if name in failed:
                continue
            gc.collect()  # nobody pays for another's litter
            begin = time.process_time()
            try:
                reader(path)
            except Exception:  # noqa: BLE001  a peer may fail in any way
                failed.add(name)
                continue
            if turn:
                taken[name].append(time.process_time() - begin)
    return {name: statistics.median(times) for name, times in taken.items() if name not in failed}


def table(kind: str, paths: list[Path], rounds: int = ROUNDS) -> str:
    """The Markdown table of one format: milliseconds, and how many times longer than runlab."""
    readers = READERS[kind]
    peers = [name for name in readers if name != "runlab"]
    head = " | ".join(f"{peer}, ms (ratio)" for peer in peers)
    lines = [f"| {kind.upper()} file | samples | runlab, ms | {head} |", "|---|---:|---:|" + "---:|" * len(peers)]
    ratios: dict[str, list[float]] = {peer: [] for peer in peers}
    for path in paths:
        found = medians(path, readers, rounds)
        own, cells = found["runlab"], []
        for peer in peers:
            if peer in found:
                ratios[peer].append(found[peer] / own)
                cells.append(f"{1e3 * found[peer]:.0f} ({found[peer] / own:.1f})")
            else:
                cells.append("fails")
        samples = len(_runlab(path).records)  # type: ignore[attr-defined]
        lines.append(f"| {path.name} | {samples:,} | {1e3 * own:.1f} | " + " | ".join(cells) + " |")
    middle = [f"**{statistics.median(ratios[peer]):.1f}**" if ratios[peer] else "" for peer in peers]
    return "\n".join([*lines, "| median ratio | | 1 | " + " | ".join(middle) + " |"])


def largest(kind: str, count: int = FILES) -> list[Path]:
    """The largest files of the corpus that hold a recorded activity."""
    chosen: list[Path] = []
    for path in sorted((CORPUS / kind).glob(f"*.{kind}"), key=lambda path: -path.stat().st_size):
        try:
            _runlab(path)
        except ValueError:
            continue
        chosen.append(path)
        if len(chosen) == count:
            break
    return chosen


def main() -> None:
    """Print both tables."""
    if not CORPUS.exists():
        print(f"no corpus at {CORPUS}; set RUNLAB_CORPUS")
        return
    print(f"CPU time of one process, medians of {ROUNDS} turns, path to DataFrame with all extensions.\n")
    for kind in READERS:
        print(table(kind, largest(kind)) + "\n")


if __name__ == "__main__":
    main()
