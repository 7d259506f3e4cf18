"""Does the waterfall hold in worlds of other laws, and does it say more than the usual loss of that kind of race?

    python benchmarks/honesty_waterfall.py FOLDER [--naive FOLDER ...]

A folder holds made athletes as ``../shared/sims/races.py`` writes them (``seed-*/squad/<athlete>``, ``truth.json``;
a saved ``log.runlab`` beside them is read instead).
The waterfall starts from the flat, cool forecast; the truth is the simulator's own counterfactual in the printed order.
Printed for each bar: share of stated 80 % intervals that held, bias and width in % of the time, and the interval score
(width, plus ten times what lies outside) over that of a naive interval, mean ± 1.28 sd of the same kind of race: of the
races judged themselves, or of those in the ``--naive`` folders, which the naive could have known.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import runlab as rl
from runlab.race.draws import SLOWING

TRUE = {"course": ("course",), "heat": ("heat",), "stops": ("stops",), SLOWING: ("pace", "fade")}
ORDER = ("stops", "pace", "fade", "heat", "course")
FACTORS = ("pace", "course", "heat", "stops", "fade", "scatter")
Z = 1.2815515655


def true_costs(truth: dict[str, Any]) -> dict[str, float]:
    """Seconds of each bar, switched off from the real race in the printed order."""
    on, out = list(FACTORS), {}
    for factor in ORDER:
        before = truth["coalitions"]["+".join(on)]
        on.remove(factor)
        out[factor] = before - truth["coalitions"]["+".join(on) or "none"]
    return {name: sum(out[part] for part in parts) for name, parts in TRUE.items()}


def judged(folder: Path) -> list[dict[str, Any]]:
    """The bars of every finished race of a folder beside their truth, in % of its time."""
    rows = []
    for path in sorted(folder.glob("seed-*/truth.json")):
        truth = json.loads(path.read_text("utf-8"))
        if truth["dnf"]:
            continue
        saved = path.parent / "log.runlab"
        log = rl.open_log(saved if saved.exists() else path.parent / "squad" / truth["athlete"], progress=False)
        bars = rl.race.debrief(log, log.race(truth["race_date"]), reference="forecast").waterfall
        if not len(bars):
            continue
        at, true = bars.set_index("component"), true_costs(truth)
        total = at.loc["result", "seconds"] - at.loc["reference", "seconds"]
        known = [name for name in true if np.isfinite(at.loc[name, "seconds"])]
        true["not explained"] = total - sum(true[name] for name in known)
        kind = "treadmill" if truth["flavour"] == "treadmill" else truth["kind"]
        for name in (*known, "not explained"):
            values = dict(at.loc[name, ["seconds", "low", "high"]].astype(float), true=true[name])
            rows.append({"bar": name, "kind": kind} | {k: 100 * v / truth["total_s"] for k, v in values.items()})
            rows[-1]["half_second"] = 50 / truth["total_s"]
    return rows


def score(low: Any, high: Any, true: Any) -> Any:
    """Interval score at 80 %."""
    return high - low + 10 * np.maximum(low - true, 0) + 10 * np.maximum(true - high, 0)


def table(rows: pd.DataFrame, naive: pd.DataFrame) -> str:
    """The Markdown table."""
    lines = ["| bar | n | held | bias | width | score over naive | by kind |", "|---|---:|---:|---:|---:|---:|---|"]
    usual = naive.groupby(["bar", "kind"])["true"].agg(["mean", "std"])
    rows = rows.join(usual, on=["bar", "kind"])
    rows["own"] = score(rows["low"], rows["high"], rows["true"])
    rows["naive"] = score(rows["mean"] - Z * rows["std"], rows["mean"] + Z * rows["std"], rows["true"])
    off = np.maximum(rows["low"] - rows["true"], rows["true"] - rows["high"])
    rows["held"] = off <= rows["half_second"]
    for bar, part in rows.groupby("bar", sort=False):
        kinds = part.groupby("kind")[["own", "naive"]].mean()
        each = ", ".join(f"{kind} {found:.2f}" for kind, found in (kinds["own"] / kinds["naive"]).items())
        bias, width = (part["seconds"] - part["true"]).mean(), (part["high"] - part["low"]).median()
        over = part["own"].mean() / part["naive"].mean()
        held = 100 * part["held"].mean()
        lines.append(f"| {bar} | {len(part)} | {held:.0f} % | {bias:+.1f} % | {width:.1f} % | {over:.2f} | {each} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--naive", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    rows = pd.DataFrame(judged(given.folder))
    known = [row for folder in given.naive for row in judged(folder)]
    print(table(rows, pd.DataFrame(known) if known else rows))


if __name__ == "__main__":
    main()
