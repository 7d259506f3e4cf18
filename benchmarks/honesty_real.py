"""How often forecasts hold on real runners: every near all-out race of 39 public histories, runners left out in turn.

    python benchmarks/honesty_real.py [--histories ../shared/real/histories.parquet] [--settle] [--shipped]

The histories are not part of the project. A race is what their README calls one: 41.8-44 km; 20.9-21.9 km with a mean
heart rate above 93 % of the runner's 99.5th percentile of run means; 9.95-10.35 km above 96.5 %. ``--settle``: the line
is fitted on every second runner and reported on the others; ``--shipped``: the numbers in runlab as they stand.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from runlab.log import Log
from runlab.progression import Prior, predict_race, tanda_marathon
from runlab.progression.prediction.observed import scatter_of
from runlab.progression.results import runs
from runlab.zones.training import TrainingLine, baseline, terms, training_marks

HISTORIES = Path(__file__).resolve().parents[2] / "shared" / "real" / "histories.parquet"
BANDS = ((10000.0, 9950, 10350, 0.965), (21097.5, 20900, 21900, 0.93), (42195.0, 41800, 44000, 0.0))


def with_races(histories: pd.DataFrame) -> pd.DataFrame:
    """The histories with ``race_m``: the distance raced, NaN for a run that was no race."""
    top = histories.groupby("athlete")["average_heart_rate_bpm"].quantile(0.995)
    share = histories["average_heart_rate_bpm"] / histories["athlete"].map(top)
    race = pd.Series(np.nan, index=histories.index)
    for metres, low, high, least in BANDS:
        race[histories["distance_m"].between(low, high) & ((share > least) | (least == 0))] = metres
    return histories.assign(race_m=race, date=histories["start"].dt.normalize())


def log_of(rows: pd.DataFrame, *, named: bool = True) -> Log:
    """One runner's log: totals alone, and the races in races.csv or not."""
    activities = pd.DataFrame(
        {
            "activity_id": [f"{i}" for i in range(len(rows))],
            "athlete": "a",
            "sport": "running",
            "date": rows["date"].to_numpy(),
            "start_time": pd.to_datetime(rows["start"]).dt.tz_localize("UTC").to_numpy(),
            "race_m": rows["race_m"].to_numpy(),
            **{c: rows[c].to_numpy() for c in ("distance_m", "moving_time_s", "average_heart_rate_bpm", "ascent_m")},
        }
    )
    raced = rows[rows["race_m"].notna()] if named else rows.head(0)
    races = pd.DataFrame(
        {
            "athlete": "a",
            "date": raced["date"].to_numpy(),
            "distance_m": raced["race_m"].to_numpy(),
            "official_time_s": (raced["moving_time_s"] * raced["race_m"] / raced["distance_m"]).to_numpy(),
        }
    )
    return Log(activities, races=races.drop_duplicates("date"))


def rows_to_fit(logs: dict[str, Log], *, named: bool = True) -> pd.DataFrame:
    """Every race with what training looked like before it."""
    out = []
    for name, log in logs.items():
        races = log.races.sort_values("date")
        day = races["date"].to_numpy("datetime64[D]").astype(float)
        ran = runs(log)
        marks = training_marks(ran[ran["race_m"].isna()] if named else ran, day)
        out.append(
            marks.assign(
                runner=name, day=day, metres=races["distance_m"].to_numpy(), time=races["official_time_s"].to_numpy()
            )
        )
    return pd.concat(out, ignore_index=True).dropna(subset=["best"])


def fitted_line(rows: pd.DataFrame, prior: Prior, *, heart: bool, ridge: float = 1e-3) -> TrainingLine:
    """The line by generalised least squares: races of a runner share level, exponent and form; Student weights."""
    rows = rows if heart else rows.assign(heart=np.nan)
    metres = rows["metres"].to_numpy()
    design = terms(rows, metres)
    value = np.log(rows["time"].to_numpy()) - rows["best"].to_numpy() - baseline(metres)
    none = np.zeros(len(rows))
    noise = prior.scatter[0] * scatter_of(metres, none, none, prior.scatter_growth, 1.0)
    x, day, runner = np.log(metres / 1e4), rows["day"].to_numpy(), rows["runner"].to_numpy()
    weight, groups = np.ones(len(rows)), [np.flatnonzero(runner == who) for who in dict.fromkeys(runner)]
    doubt = (prior.with_heart if heart else prior.without_heart).doubt
    shared = [
        doubt**2
        + prior.exponent[1] ** 2 * np.outer(x[g], x[g])
        + prior.form[0] ** 2 * np.exp(-np.abs(day[g][:, None] - day[g][None]) / prior.form[1])
        for g in groups
    ]
    for _ in range(6):
        left, right = ridge * np.eye(design.shape[1]), np.zeros(design.shape[1])
        inverses = [np.linalg.inv(k + np.diag(noise[g] ** 2 / weight[g])) for g, k in zip(groups, shared, strict=True)]
        for g, inverse in zip(groups, inverses, strict=True):
            left, right = left + design[g].T @ inverse @ design[g], right + design[g].T @ inverse @ value[g]
        line = np.linalg.solve(left, right)
        for g, k, inverse in zip(groups, shared, inverses, strict=True):
            off = value[g] - design[g] @ line
            alone = (off - k @ inverse @ off) / noise[g]
            weight[g] = 5 / (4 + alone**2)
    return TrainingLine(*(round(float(c), 3) for c in line), doubt=doubt)


def fitted_prior(rows: pd.DataFrame, alone: pd.DataFrame) -> Prior:
    """The shipped prior with its lines fitted on these rows."""
    prior = Prior()
    return replace(
        prior,
        with_heart=fitted_line(rows, prior, heart=True),
        without_heart=fitted_line(rows, prior, heart=False),
        alone_with_heart=fitted_line(alone, prior, heart=True),
        alone_without_heart=fitted_line(alone, prior, heart=False),
    )


def forecasts(log: Log, races: pd.DataFrame, prior: Prior, *, back_test: bool = True) -> pd.DataFrame:
    """Every race of a runner from the days before it, beside Riegel from the last such race and Tanda."""
    out = []
    for race in races.to_dict("records"):
        found = predict_race(log, race["distance_m"], on=race["date"], prior=prior, back_test=back_test)
        before = races[(races["date"] < race["date"]) & (races["date"] >= race["date"] - pd.Timedelta(days=365))]
        riegel = math.nan
        if len(before):
            last = before.iloc[-1]
            riegel = last["official_time_s"] * (race["distance_m"] / last["distance_m"]) ** 1.06
        ran = runs(log, on=race["date"], start=race["date"] - pd.Timedelta(days=56))
        tanda = math.nan
        if race["distance_m"] > 42000 and len(ran):
            metres, seconds = ran["distance_m"].sum(), ran["moving_time_s"].sum()
            tanda = tanda_marathon(metres / 8000, seconds / metres * 1000).value
        out.append(
            {
                "distance_m": race["distance_m"],
                "time_s": race["official_time_s"],
                "off": math.log(race["official_time_s"] / found.value) if found.is_known else math.nan,
                "held": found.low <= race["official_time_s"] <= found.high,
                "held_50": found.low_50 <= race["official_time_s"] <= found.high_50,
                "width": math.log(found.high / found.low) if found.is_known else math.nan,
                "riegel": math.log(race["official_time_s"] / riegel),
                "tanda": math.log(race["official_time_s"] / tanda),
            }
        )
    return pd.DataFrame(out)


def line_of(name: str, f: pd.DataFrame) -> str:
    """A row of the table in benchmarks/README.md."""

    def middle(column: str, of: pd.DataFrame) -> str:
        both = of.dropna(subset=[column, "off"])
        return (
            f"{100 * both[column].abs().median():.1f} % (here {100 * both['off'].abs().median():.1f})"
            if len(both)
            else "·"
        )

    known = f.dropna(subset=["off"])
    return (
        f"| {name} | {len(f)} | {len(f) - len(known)} | {100 * known['held'].mean():.0f} % | "
        f"{100 * known['held_50'].mean():.0f} % | {100 * known['off'].abs().median():.1f} % | "
        f"{100 * known['off'].median():+.1f} % | {100 * known['width'].median():.0f} % | "
        f"{middle('riegel', known)} | {middle('tanda', known)} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--histories", type=Path, default=HISTORIES)
    parser.add_argument("--settle", action="store_true", help="fit on every second runner, report on the others")
    parser.add_argument("--shipped", action="store_true", help="the shipped numbers, on every runner")
    parser.add_argument("--only", choices=("settle",), help="left out in turn among the settling runners alone")
    chosen = parser.parse_args()
    if not chosen.histories.is_file():
        sys.exit(f"no {chosen.histories}: the histories of real runners are not part of the project; nothing measured")
    everyone = with_races(pd.read_parquet(chosen.histories))
    names = sorted(everyone["athlete"].unique())
    first = set(names[::2])
    parts = {who: rows for who, rows in everyone.groupby("athlete") if rows["race_m"].notna().any()}
    if chosen.only:
        parts = {who: rows for who, rows in parts.items() if who in first}
    named = {who: log_of(rows) for who, rows in parts.items()}
    unnamed = {who: log_of(rows, named=False) for who, rows in parts.items()}
    tables = rows_to_fit(named), rows_to_fit(named, named=False)
    found: dict[str, list[pd.DataFrame]] = {"named": [], "unnamed": []}
    for who, log in named.items():
        if chosen.settle and who in first:
            continue
        learn = [t[t["runner"].isin(first)] if chosen.settle else t[t["runner"] != who] for t in tables]
        prior = Prior() if chosen.shipped else fitted_prior(*learn)
        found["named"].append(forecasts(log, log.races.sort_values("date"), prior))
        found["unnamed"].append(forecasts(unnamed[who], log.races.sort_values("date"), prior, back_test=False))
    print("| races | n | silent | 80 % held | 50 % held | median error | bias | width | Riegel | Tanda |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, kept in found.items():
        both = pd.concat(kept, ignore_index=True)
        for metres, words in ((0, "all"), (10000.0, "10 km"), (21097.5, "half"), (42195.0, "marathon")):
            print(line_of(f"{words}, {name}", both if not metres else both[both["distance_m"] == metres]), flush=True)
    print(f"\nfitted on all of these: {fitted_prior(*tables)}")


if __name__ == "__main__":
    main()
