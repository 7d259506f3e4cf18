"""Every run of the corpus longer than an hour, as if it were a race; and the races of the sample squad."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_race import PARTS, assert_keeps_contract

import runlab as rl
from runlab.errors import RunlabError
from runlab.log import Log
from runlab.readers import read_activity
from runlab.summary import summarise

SQUAD = Path(__file__).resolve().parents[1] / "data" / "sample" / "squad"


def long_runs(corpus: Path) -> list[Path]:
    """Files of an hour or more that can be read."""
    with open(corpus / "MANIFEST.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def seconds(row: dict[str, str]) -> float:
        try:
            return float(row["duration_s"])
        except ValueError:
            return 0.0

    return [corpus / row["path"] for row in rows if seconds(row) >= 3600]


@pytest.mark.corpus
@pytest.mark.filterwarnings("ignore::runlab.errors.RunlabWarning")
def test_every_corpus_run_over_an_hour_gets_a_debrief(corpus):
    done = 0
    for path in long_runs(corpus):
        try:
            activity = read_activity(path)
        except RunlabError:
            continue
        if (activity.about.get("sport") or "") not in ("running", "walking", "hiking", "") or not len(activity.records):
            continue
        kept = summarise(activity, path=path.name)
        row = kept.row | {"sport": "running"}
        log = Log(
            pd.DataFrame([row]),
            laps=kept.laps,
            histograms=kept.histograms,
            efforts=kept.efforts,
            records={row["activity_id"]: activity.records},
        )
        deb = rl.race.debrief(log, log.race(row["date"], goal=0.95 * row["elapsed_time_s"]))
        assert_keeps_contract(deb)
        assert deb.splits["time_s"].sum() == pytest.approx(deb.splits["elapsed_s"].iloc[-1], abs=1), path.name
        assert (deb.splits["moving_s"] <= deb.splits["time_s"] + 1).all(), path.name
        if len(deb.waterfall):
            bars = deb.waterfall.set_index("component")
            assert (
                bars.loc[list(PARTS), "seconds"].sum()
                == bars.loc["result", "seconds"] - bars.loc["reference", "seconds"]
            )
        if "112277949" in path.name:  # 105 km trail race of 20 h
            assert deb.splits["elapsed_s"].iloc[-1] == pytest.approx(74_218, abs=600)
            assert len(deb.terrain_fade) == 9 and len(deb.night) and len(deb.stops) >= 10
            assert np.isnan(deb.drift_summary.set_index("channel").loc["heart_rate_bpm", "value"])
        done += 1
    assert done >= 25


@pytest.mark.slow
@pytest.mark.skipif(not SQUAD.is_dir(), reason="data/sample/squad is not there: python data/sample/make.py")
def test_every_race_of_the_sample_squad():
    log = rl.open_log(SQUAD, progress=False)
    seen, drawn = set(), 0
    for name in log.athletes:
        one = log.athlete(name)
        for found in rl.race.find_races(one, least=0.8).itertuples():
            deb = rl.race.debrief(one, one.race(found.date))
            assert_keeps_contract(deb)
            assert len(deb.splits) and deb.celebrate and len(deb.build)
            bars = deb.waterfall.set_index("component")
            parts = bars.index.intersection(list(PARTS))  # none where the rest would be larger than the loss
            assert len(parts) in (0, len(PARTS))
            if len(parts):
                total = bars.loc["result", "seconds"] - bars.loc["reference", "seconds"]
                assert bars.loc[parts, "seconds"].sum() == total
                drawn += 1
            seen.add(name)
    assert len(seen) == 6 and drawn >= 6
