"""Something to try runlab on: a small log and a small file that come with it. Invented athletes, no real person."""

from __future__ import annotations

from pathlib import Path

from .log import Log, open_log

SHIPPED = Path(__file__).parent / "data" / "samples"


def squad() -> Log:
    """Half a year of two invented runners, as an opened log.

    ``returning-runner`` comes back from a pause with a painful tendon and runs a 10 km; ``road-marathoner`` builds to
    a half and an autumn marathon. To keep it small, only races and the last six weeks have their samples; of older
    runs the totals, laps and best efforts are there.

    Returns a ``Log``; ``squad().athlete("road-marathoner")`` is one of them.

    >>> log = squad()
    >>> list(log.athletes)
    ['returning-runner', 'road-marathoner']
    >>> log.races[["athlete", "date", "name"]].tail(1).to_dict("records")[0]["name"]
    'Autumn Marathon'
    """
    return open_log(SHIPPED / "squad.runlab", progress=False)


def run_file() -> Path:
    """A FIT file of one easy minute: the smallest thing ``read_activity`` reads.

    >>> from runlab.readers import read_activity
    >>> read_activity(run_file())
    Activity(fit, running, 60 samples, 1 laps)
    """
    return SHIPPED / "run.fit"
