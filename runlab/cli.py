"""The ``runlab`` command: write a report, look at a file."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import FileError, RunlabError, RunlabWarning, SettingsError

OK, PROBLEM, STOPPED = 0, 1, 130
CLEAN_ENOUGH = 0.95

_REPORT_EXAMPLES = """examples:
  runlab report athlete-review squad/ --athlete road-marathoner -o review.html
  runlab report athlete-review squad/ --athlete trail-100-miler --start 2026-05-01 --end 2026-10-31 -o review.pdf
  runlab report race-debrief squad/ --athlete road-marathoner --date 2026-11-01 --audience coach -o debrief.html
  runlab report season squad/ --athlete road-marathoner -o season.html
  runlab report taper squad/ --athlete trail-100-miler --race-date 2026-10-17 -o taper.html
  runlab report race-plan squad/ --athlete road-marathoner --race-date "Autumn Marathon" -o plan.pdf
  runlab report athlete-review squad/ --athlete all -o reports/ --jobs 2
  runlab report my.ipynb squad/ --athlete kim --set goal=3:30:00 -o mine.html
"""
_CHECK_EXAMPLES = """examples:
  runlab check run.fit
  runlab check exports/*.gpx exports/*.fit.gz

exit code 0 if every file is complete and at least 95 % of its time is clean, else 1.
"""


def parser() -> argparse.ArgumentParser:
    """The command line: what it understands and how it explains itself."""
    from . import __version__

    top = argparse.ArgumentParser(
        prog="runlab",
        description="Raw watch files in, honest running analytics out.",
        epilog="runlab report --help and runlab check --help show examples.",
    )
    top.add_argument("--version", action="version", version=f"runlab {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="{report,check}")

    report = commands.add_parser(
        "report",
        help="write a report as one .html or .pdf file",
        epilog=_REPORT_EXAMPLES,
        description="Run a notebook over a log and write one self-contained file.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.add_argument("name", help="which report, such as athlete-review; or the path of a notebook of your own")
    report.add_argument("log", help="a squad folder, a folder of activity files, an export, or a saved log")
    report.add_argument("--athlete", default="", help="whose report; 'all' for one file each (then -o is a folder)")
    report.add_argument("--start", default="", metavar="DATE", help="first day, 2026-05-01")
    report.add_argument("--end", default="", metavar="DATE", help="last day, 2026-10-31")
    report.add_argument(
        "--date", default="", metavar="RACE", help="the race it is about, by day or name, for a debrief"
    )
    report.add_argument("--race-date", default="", metavar="RACE", help="the race to come: 2026-10-17, or its name")
    report.add_argument(
        "--audience", default="", choices=("", "athlete", "coach", "physio"), help="who reads a race debrief"
    )
    report.add_argument(
        "--detail",
        default="",
        choices=("", "card", "page", "full"),
        help="the first screen alone, the page with the rest folded (default), or nothing folded",
    )
    report.add_argument("--units", default="", choices=("", "metric", "imperial"), help="default: the athlete's own")
    report.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any other parameter of the notebook; may be repeated",
    )
    report.add_argument(
        "-o", "--output", required=True, metavar="PATH", help="file ending in .html or .pdf, or a folder"
    )
    report.add_argument("--jobs", type=int, default=1, metavar="N", help="reports written at the same time (default 1)")
    report.set_defaults(run=_report)

    check = commands.add_parser(
        "check",
        help="say what a file is and whether it can be trusted",
        epilog=_CHECK_EXAMPLES,
        description="Say of each file: format, kind, device, span, channels, damage, problems.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("files", nargs="+", metavar="FILE", help=".fit .gpx .tcx .csv, .gz too; told by content")
    check.set_defaults(run=_check)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 fine, 1 a problem, 2 wrong usage, 130 stopped by hand)."""
    given = parser().parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.filterwarnings("default", category=RunlabWarning)
            warnings.showwarning = _warned  # type: ignore[assignment]
            return given.run(given)
    except RunlabError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # the reader of our output went away, as with `| head`
        sys.stderr.close()
        return OK


def _warned(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"note: {message}", file=sys.stderr)


def _complain(message: str) -> int:
    print(f"runlab: {message}", file=sys.stderr)
    return PROBLEM


def _report(given: argparse.Namespace) -> int:
    from .athlete import file_name
    from .report.execute import checked, notebook_path

    named = ("start", "end", "date", "race_date", "audience", "detail", "units")
    parameters = {name: value for name in named if (value := getattr(given, name))}
    for item in given.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise SettingsError(f"--set needs NAME=VALUE, not {item!r}")
        parameters[name] = value
    parameters = checked(notebook_path(given.name), parameters)  # what cannot be is said before anything is read
    target = Path(given.output)
    if given.athlete == "all":
        return _every_athlete(given, target, parameters)
    if given.athlete:
        parameters["athlete"] = given.athlete
    if target.is_dir() or not target.suffix:
        target = (
            target / f"{given.name.replace('_', '-')}{'-' + file_name(given.athlete) if given.athlete else ''}.html"
        )
    from .report import write_report

    print(write_report(given.name, given.log, target, **parameters))
    return OK


def _every_athlete(given: argparse.Namespace, folder: Path, parameters: dict[str, Any]) -> int:
    """One report per athlete, several at the same time; each is named when it is there."""
    import tempfile
    import time
    from concurrent.futures import ProcessPoolExecutor, as_completed

    from . import open_log
    from .athlete import file_name

    if folder.suffix:
        raise SettingsError(f"--athlete all writes one file each: -o must be a folder, not {folder}")
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="runlab-") as private,
        ProcessPoolExecutor(max_workers=max(1, given.jobs)) as pool,
    ):
        print(f"reading {given.log} ...", file=sys.stderr, flush=True)
        log = open_log(given.log, executor=pool if given.jobs > 1 else None, progress=sys.stderr.isatty())
        saved = log.save(Path(private, f"{Path(given.log).resolve().name}.runlab"))
        names = sorted(log.athletes)
        print(
            f"{log.read_line or f'{len(log.activities)} activities'}; {len(names)} athletes "
            f"({time.monotonic() - began:.0f} s)",
            file=sys.stderr,
            flush=True,
        )
        stem = given.name.replace("_", "-")
        jobs = {
            pool.submit(
                _write, given.name, saved, folder / f"{stem}-{file_name(who)}.html", {**parameters, "athlete": who}
            ): who
            for who in names
        }
        failed = 0
        for done, job in enumerate(as_completed(jobs), 1):
            path, error = job.result()
            failed += bool(error)
            seconds = time.monotonic() - began
            print(f"[{done}/{len(jobs)}] {error or path} ({seconds:.0f} s)", file=sys.stderr, flush=True)
    for who in names:
        path = folder / f"{stem}-{file_name(who)}.html"
        if path.is_file():
            print(path)
    return PROBLEM if failed else OK


def _write(name: str, log: Path, path: Path, parameters: dict[str, Any]) -> tuple[Path, str]:
    """One report in a process of its own; the reason instead of an error that would not travel."""
    from .report import write_report

    try:
        return write_report(name, log, path, **parameters), ""
    except RunlabError as error:
        return path, f"{parameters.get('athlete', path.stem)}: {error}"


def _check(given: argparse.Namespace) -> int:
    worst = OK
    for i, name in enumerate(given.files):
        if i:
            print()
        try:
            lines, sound = file_report(Path(name))
        except FileError as error:
            lines, sound = [name, f"  cannot be read: {str(error).removeprefix(f'{name}: ')}"], False
        print("\n".join(lines))
        worst = worst if sound else PROBLEM
    return worst


def file_report(path: Path) -> tuple[list[str], bool]:
    """What a file is, line by line, and whether it can be trusted as it is."""
    from .readers import Activity
    from .readers import read_file as read

    found = read(path)
    if not isinstance(found, Activity):
        days = found.activities["date"].dropna()
        span = f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}" if len(days) else "no dates"
        return [
            str(path),
            f"  what      CSV training log, {len(found.activities):,} activities, {span}",
            "  verdict   totals alone, no samples; open it with: runlab report ... FOLDER",
        ], True
    about, damaged = found.about, not found.about.get("complete", True)
    sport = " ".join(filter(None, [about.get("sport") or "unknown sport", about.get("sub_sport")]))
    lines = [
        str(path),
        f"  what      {str(about.get('format', '?')).upper()} {about.get('file_kind') or 'activity'}, {sport}",
        f"  device    {about.get('device') or 'not named'}",
    ]
    clean = float("nan")
    if len(found.records):
        more, clean = _samples(found.records, len(found.laps), about.get("sport") or "running")
        lines += more
    else:
        lines.append("  span      no samples, totals alone")
    problems = about.get("problems", [])
    for where, reason, kept in problems:
        lines.append(
            f"  problem   {': '.join(filter(None, [str(where), str(reason)]))}{f' (kept: {kept})' if kept else ''}"
        )
    sound = not damaged and not problems and not clean < CLEAN_ENOUGH
    word = "cut or damaged; what is listed above could be read" if damaged else "complete"
    lines.append(
        f"  verdict   {word}{f', {100 * clean:.0f} % of the time is clean' if clean == clean else ''}"
        f"{'' if sound or damaged else '; look at the lines above before using it'}"
    )
    return lines, sound


def _samples(records: Any, laps: int, sport: str) -> tuple[list[str], float]:
    """Span, channels and quality flags of an activity's samples, and the share of its time that is clean."""
    import numpy as np

    from . import tables
    from .clean import check_records, clean_share
    from .units import format_distance, format_duration

    times = records["time"].dropna()
    seconds = tables.seconds(times)
    began = f"{times.iloc[0]:%Y-%m-%d %H:%M:%S} UTC" if len(times) else "no clock"
    span = float(seconds.max() - seconds.min()) if len(seconds) else float("nan")
    shares = {
        c: float(records[c].notna().mean())
        for c in records
        if isinstance(records[c].dtype, np.dtype) and records[c].dtype.kind == "f"
    }
    channels = [f"{name} {100 * share:.0f} %" for name, share in shares.items() if share > 0]
    lines = [
        f"  span      {began}, {format_duration(span)}, {format_distance(float(records['distance_m'].max()))}, "
        f"{len(records):,} samples, {laps} laps",
        f"  channels  {', '.join(channels) or 'none'}",
    ]
    for flag, rows in check_records(records, sport=sport).groupby("flag"):
        where = f"{len(rows)} stretch{'es' if len(rows) > 1 else ''}, {format_duration(rows['seconds'].sum())}"
        lines.append(f"  flag      {str(flag).replace('_', ' ')}: {where}; affects: {rows['effect'].iloc[0]}")
    return lines, clean_share(records, sport=sport)


if __name__ == "__main__":
    sys.exit(main())
