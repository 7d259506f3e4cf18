"""What each run was: easy, recovery, long, tempo, threshold, interval, hills, race or unknown; how sure, known how."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..evidence import grade_of
from ..log import Log
from ..races import races_found
from .bouts import intervals
from .intensity import _seconds
from .results import runs, samples
from .thresholds import run_thresholds
from .titles import title_type

TYPES = ("easy", "recovery", "long", "tempo", "threshold", "interval", "hills", "race")
SESSION_COLUMNS: dict[str, Any] = {
    "activity_id": "str",
    "athlete": "str",
    "date": "datetime64[us]",
    "session_type": "str",
    "type_source": "str",
    "confidence": float,
    "second": "str",
    "work_bouts": float,
    "work_s": float,
    "work_share": float,
    "reason": "str",
    "grade": "str",
}
USUAL_DAYS = 56
CHILL = 1.0  # how far scores are spread before they become a share of certainty
LEAST = 0.8  # points below which nothing speaks for any type
TOLD = 2.0  # points by which what a person wrote stands above all that was measured
AMOUNT = (0.5, 2.0)  # a run this share of what was planned is the planned one
CALM = (0.89, 0.99, 0.80)  # of threshold heart rate: mean and highest of an easy run; mean where no highest is known


def session_type(log: Log, *, look_inside: bool = True) -> pd.DataFrame:
    """What kind of session each run was, how that is known, and how sure it is.

    Definition: the race calendar and the source's mark of a race come first; then what the title says
    (``titles.title_type``; ``races.races_found`` for races), then the plan of that day (half to twice the planned
    amount), then a race by effort. Where nobody wrote anything, every type gets points for what speaks for it: time
    above and around threshold, the bouts of work found inside (``intervals``), length against the athlete's own last
    8 weeks, slowness. The points become shares; ``confidence`` is the winner's. Without points a run is "unknown":
    it is easy only where heart rate or pace against the athlete's own zones says so.

    Takes a log of one athlete; ``look_inside`` reads the samples of runs that were partly fast or have structured
    laps (a few ms each); without it the answer rests on totals and words.
    Returns one row per run: ``activity_id``, ``date``, ``session_type``, ``type_source`` ("calendar", "marked",
    "title", "plan", "effort", "samples", "pace", "heart_rate", "duration"; "" for unknown), ``confidence`` (0-1),
    ``second`` (the runner-up), ``work_bouts``, ``work_s``, ``work_share`` (mean speed of work over threshold speed),
    ``reason``, ``grade`` "D". Evidence: D; precision and recall on simulated seasons are in benchmarks/README.md.

    >>> from runlab.log import Log
    >>> runs = pd.DataFrame({"activity_id": ["a", "b"], "athlete": "kim", "date": ["2026-05-01", "2026-05-02"],
    ...                      "sport": "running", "moving_time_s": 2400.0, "title": ["10 x 60 s hills", "Lunch run"]})
    >>> session_type(Log(runs))[["session_type", "type_source"]].to_numpy().tolist()
    [['hills', 'title'], ['unknown', '']]
    """
    log.only()
    own = runs(log)
    if own.empty:
        return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in SESSION_COLUMNS.items()})
    own = own.join(run_thresholds(log)).reset_index(drop=True)
    seconds = _seconds(own, log.histograms, "speed", 0.0)
    heart = _seconds(own, log.histograms, "heart_rate", 0.0)
    traits = _traits(own, seconds, heart)
    told = _told(log, own)
    traits = pd.concat([traits, _inside(log, own, traits, look_inside)], axis=1)
    scores = _scores(own, traits)
    points = scores.max(axis=1)
    put = {name: i for i, name in enumerate(TYPES)}
    for i, kind in enumerate(told["kind"]):
        if kind:
            scores[i, put[kind]] = points[i] + TOLD
    shares = np.exp((scores - scores.max(1, keepdims=True)) / CHILL)
    shares /= shares.sum(1, keepdims=True)
    order = np.argsort(-shares, axis=1, kind="stable")
    rows = np.arange(len(own))
    names = np.array(TYPES)
    unknown = told["kind"].eq("").to_numpy() & (points < LEAST)
    found = np.where(unknown, "unknown", names[order[:, 0]])
    by_pace = np.isfinite(traits["hard_share"].to_numpy(float))
    source = np.select(
        [unknown, told["kind"].ne(""), found == "long", np.isin(found, ["easy", "recovery"]) & by_pace],
        ["", told["source"], "duration", "pace"],
        "heart_rate",
    )
    source = np.where(
        told["kind"].eq("") & np.isin(found, ["tempo", "threshold", "interval", "hills"]), "samples", source
    )
    out = pd.DataFrame(
        {
            "activity_id": own["activity_id"],
            "athlete": own["athlete"],
            "date": own["date"],
            "session_type": found,
            "type_source": source,
            "confidence": np.where(unknown, 0.0, shares[rows, order[:, 0]].round(2)),
            "second": np.where(unknown | (shares[rows, order[:, 1]] < 0.05), "", names[order[:, 1]]),
            "work_bouts": traits["bouts"],
            "work_s": traits["work_s"],
            "work_share": traits["work_share"],
            "reason": _reasons(found, told["words"].tolist(), traits),
            "grade": grade_of("session_type"),
        }
    )
    return out.astype(SESSION_COLUMNS)


def _told(log: Log, own: pd.DataFrame) -> pd.DataFrame:
    """What calendar, source, title or plan says each run was: ``kind`` ("" = nothing), ``source``, ``words``."""
    out = pd.DataFrame({"kind": "", "source": "", "words": ""}, index=own.index)
    races = races_found(log)
    races = races[races["activity_id"] != ""].drop_duplicates("activity_id").set_index("activity_id")
    races = races[["found_by", "basis"]].reindex(own["activity_id"]).fillna("").set_axis(own.index)
    by, basis = races["found_by"], races["basis"]

    def say(where: pd.Series, kind: str | pd.Series, source: str | pd.Series, words: str | pd.Series) -> None:
        free = where & out["kind"].eq("")
        for name, value in (("kind", kind), ("source", source), ("words", words)):
            out.loc[free, name] = value[free] if isinstance(value, pd.Series) else value

    say(by.isin(["calendar", "marked"]), "race", by, basis)
    titles = own["title"].fillna("").map(title_type)
    named = titles.map(lambda said: said.kind)
    say(named.ne(""), named, "title", titles.map(lambda said: f"the title says \u201c{said.words}\u201d"))
    say(by.eq("title"), "race", "title", basis)
    planned = _planned(log.plan, own)
    say(planned.ne(""), planned, "plan", "planned as " + planned)
    say(by.eq("effort"), "race", "effort", basis)
    return out


def _planned(plan: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """The type that was planned for each run; "" without a plan, or where the run is far from the planned amount."""
    out = pd.Series("", index=own.index, dtype="str")
    if plan.empty:
        return out
    plan = plan.drop_duplicates(["date", "slot"], keep="last")
    plan = plan[plan["date"].isin(own["date"])]
    by_day = own.groupby("date").groups
    for row in plan.to_dict("records"):
        written = str(row["session_type"] or "")
        kind = written if written in TYPES else title_type(written).kind
        free = own.loc[[i for i in by_day.get(row["date"], []) if out[i] == ""]]
        if not kind or free.empty:
            continue
        for done, amount in (
            (free["distance_m"], row["distance_m"]),
            (free["moving_time_s"].fillna(free["timer_time_s"]), row["duration_s"]),
        ):
            if amount > 0 and done.notna().any():
                off = np.log(done / amount).abs()
                nearest = off.index[int(off.argmin())]
                if AMOUNT[0] <= done[nearest] / amount <= AMOUNT[1]:
                    out[nearest] = kind
                break
        else:
            longest = free["moving_time_s"].fillna(free["timer_time_s"]).fillna(0.0)
            out[free.index[int(longest.argmax())]] = kind
    return out


def _traits(own: pd.DataFrame, seconds: pd.DataFrame, heart: pd.DataFrame) -> pd.DataFrame:
    """Numbers about each run, against the athlete's own usual where that makes sense."""
    moving = own["moving_time_s"].fillna(own["timer_time_s"]).to_numpy(float)
    speed = own["graded_speed_mps"].fillna(own["average_speed_mps"]).to_numpy(float)
    out = pd.DataFrame({"moving_s": moving, "speed_share": speed / own["threshold_speed_mps"].to_numpy(float)})
    total = seconds[["low_s", "middle_s", "high_s"]].sum(axis=1, min_count=3)
    out["high_s"], out["middle_s"] = seconds["high_s"], seconds["middle_s"]
    out["hard_share"] = (seconds["high_s"] + 0.5 * seconds["middle_s"]) / total
    heart_total = heart[["low_s", "middle_s", "high_s"]].sum(axis=1, min_count=3)
    out["heart_hard"] = (heart["high_s"] + heart["middle_s"]) / heart_total
    out["heart_high"] = heart["high_s"] / heart_total
    border = own["threshold_heart_rate_bpm"]
    mean, top = own["average_heart_rate_bpm"] / border, own["max_heart_rate_bpm"] / border
    low, high, alone = CALM
    out["mean_calm"] = ((mean < low) & (top < high)) | ((mean < alone) & top.isna())
    days = own["date"].to_numpy("datetime64[D]").astype(float)
    usual, longest_near, slow = np.full(len(own), np.nan), np.zeros(len(own), bool), np.full(len(own), np.nan)
    for i in range(len(own)):
        around = np.arange(*np.searchsorted(days, [days[i] - USUAL_DAYS, days[i] + 1]))
        if len(around) >= 4:
            usual[i] = np.nanmedian(moving[around]) if np.isfinite(moving[around]).any() else np.nan
            known = speed[around][np.isfinite(speed[around])]
            slow[i] = np.median(known) if len(known) >= 4 else np.nan
        week = (days > days[i] - 7) & (days <= days[i])
        longest_near[i] = moving[i] >= np.nanmax(moving[week]) - 1e-9 if np.isfinite(moving[i]) else False
    out["length"], out["longest_near"], out["pace_usual"] = moving / usual, longest_near, speed / slow
    hard_before = np.zeros(len(own), bool)
    heavy = (out["hard_share"].fillna(0) > 0.25) | (out["length"].fillna(1) > 1.45)
    for i in range(1, len(own)):
        gap = days[i] - days[i - 1]
        hard_before[i] = bool(heavy.iloc[i - 1]) and 0 < gap <= 1
    out["after_hard"] = hard_before
    return out


def _inside(log: Log, own: pd.DataFrame, traits: pd.DataFrame, look: bool) -> pd.DataFrame:
    """Bouts of work in the runs where something fast or structured happened."""
    found = pd.DataFrame(
        {
            "bouts": np.nan,
            "work_s": np.nan,
            "longest_s": np.nan,
            "work_share": np.nan,
            "work_grade": np.nan,
            "work_sure": np.nan,
        },
        index=own.index,
    )
    laps = dict(list(log.laps.groupby("activity_id"))) if len(log.laps) else {}
    said = {key for key, part in laps.items() if part["intensity"].isin(["active", "rest", "interval"]).any()}
    fast = (traits["high_s"].fillna(0) + traits["middle_s"].fillna(0) > 240).to_numpy()
    blind = ~np.isfinite(traits["hard_share"].to_numpy(float))
    for i, run in enumerate(own.to_dict("records")):
        name = run["activity_id"]
        if not look or run["samples"] == 0 or not (fast[i] or blind[i] or name in said):
            continue
        records = samples(log, name)
        if records is None:
            continue
        bouts = intervals(records, laps=laps.get(name))
        work = bouts[bouts["kind"] == "work"]
        found.loc[i, "bouts"] = len(work)
        if len(work):
            speed = work["graded_speed_mps"].fillna(work["speed_mps"])
            share = float(np.average(speed, weights=work["duration_s"])) / run["threshold_speed_mps"]
            found.loc[i, ["work_s", "longest_s", "work_share", "work_grade", "work_sure"]] = [
                work["duration_s"].median(),
                work["duration_s"].max(),
                share,
                work["grade"].median(),
                work["confidence"].iloc[0],
            ]
    return found


def _near(values: np.ndarray, low: float, high: float, soft: float) -> np.ndarray:
    """1 inside low..high, falling to 0 over ``soft`` outside; 0 where not known."""
    off = np.maximum(low - values, values - high)
    return np.where(np.isfinite(values), np.clip(1 - np.maximum(off, 0) / soft, 0, 1), 0.0)


def _scores(own: pd.DataFrame, traits: pd.DataFrame) -> np.ndarray:
    t = {name: traits[name].to_numpy(float) for name in traits.columns}
    hard = np.where(np.isfinite(t["hard_share"]), t["hard_share"], 0.5 * t["heart_hard"])
    hard = np.where(np.isnan(hard) & (t["mean_calm"] > 0), 0.0, hard)
    bouts, work_s = np.nan_to_num(t["bouts"]), t["work_s"]
    share = t["work_share"]
    work = np.where(bouts > 0, np.clip(np.nan_to_num(t["work_sure"], nan=0.5), 0.2, 1.0), 0.0)
    quick = _near(share, 0.90, 1.6, 0.06) if np.isfinite(share).any() else np.zeros(len(own))
    quick = np.where(np.isfinite(share), quick, 0.6 * (bouts > 0))
    structured = work * quick
    length, minutes = t["length"], t["moving_s"] / 60
    steep = np.nan_to_num(t["work_grade"]) > 0.03
    long_day = (_near(length, 1.40, 9, 0.25) * 0.8 + 0.2 * (t["longest_near"] > 0)) * _near(minutes, 65, 2000, 15)
    long_day = np.maximum(long_day, 0.8 * _near(minutes, 120, 2000, 20) * (t["longest_near"] > 0))
    calm = _near(hard, -1, 0.18, 0.15)
    scores = np.zeros((len(own), len(TYPES)))
    put = {name: i for i, name in enumerate(TYPES)}
    scores[:, put["easy"]] = (2.6 * calm + 0.3) * (calm > 0)
    slower = _near(t["pace_usual"], 0.0, 0.955, 0.03) * (0.6 + 0.4 * _near(length, 0.0, 0.9, 0.2))
    scores[:, put["recovery"]] = 1.2 * calm + 2.2 * slower * calm + 0.5 * calm * (t["after_hard"] > 0)
    scores[:, put["long"]] = 4.2 * long_day * (0.6 + 0.4 * calm)
    one = (bouts == 1) & (t["longest_s"] >= 720)
    scores[:, put["tempo"]] = structured * (
        3.6 * one * _near(share, 0.88, 1.02, 0.05) + 1.0 * (bouts <= 2) * _near(work_s, 720, 5400, 240)
    )
    several = bouts >= 2
    scores[:, put["threshold"]] = (
        structured
        * several
        * 4.0
        * _near(work_s, 330, 2400, 100)
        * np.where(np.isfinite(share), _near(share, 0.93, 1.05, 0.04), 0.6)
    )
    short = np.maximum(_near(work_s, 20, 330, 120), 0.9 * _near(work_s, 20, 480, 60) * _near(share, 1.045, 2, 0.03))
    scores[:, put["interval"]] = structured * (bouts >= 3) * 4.0 * short * np.where(steep, 0.4, 1.0)
    scores[:, put["hills"]] = structured * (bouts >= 3) * 4.2 * _near(work_s, 20, 420, 120) * steep
    all_out = _near(t["speed_share"], 0.97, 2, 0.03) * _near(t["heart_high"], 0.5, 1, 0.3)
    scores[:, put["tempo"]] += 2.4 * all_out * (minutes > 10)
    return scores + _said(own, put)


def _said(own: pd.DataFrame, put: dict[str, int]) -> np.ndarray:
    """What the source marked the run as."""
    points = np.zeros((len(own), len(TYPES)))
    kind = own["workout_type"].fillna("").str.lower()
    points[kind.eq("long").to_numpy(), put["long"]] += 1.5
    for name in ("tempo", "threshold", "interval"):
        points[kind.eq("workout").to_numpy(), put[name]] += 0.7
    return points


def _reasons(names: np.ndarray, told: list[str], traits: pd.DataFrame) -> list[str]:
    out = []
    for name, words, run in zip(names, told, traits.to_dict("records"), strict=True):
        said = [words] if words else []
        if run["bouts"] > 0 and name in ("tempo", "threshold", "interval", "hills"):
            speed = f" at {100 * run['work_share']:.0f} % of threshold speed" if np.isfinite(run["work_share"]) else ""
            said.append(
                f"{run['bouts']:.0f} bout{'s' if run['bouts'] > 1 else ''} of {run['work_s'] / 60:.1f} min{speed}"
            )
        if name == "long" and np.isfinite(run["length"]):
            said.append(f"{run['length']:.1f} times the usual length")
        if name in ("easy", "recovery") and np.isfinite(run["hard_share"]):
            said.append(f"{100 * run['hard_share']:.0f} % of the time hard")
        elif name in ("easy", "recovery") and np.isfinite(run["heart_hard"]):
            said.append(f"heart rate above easy {100 * run['heart_hard']:.0f} % of the time")
        elif name in ("easy", "recovery") and run["mean_calm"]:
            said.append("mean heart rate below the own threshold's easy border")
        if name == "unknown":
            blind = not (np.isfinite(run["hard_share"]) or np.isfinite(run["heart_hard"]))
            said.append("no threshold or channel to judge effort by" if blind else "nothing speaks for one type")
        out.append("; ".join(said))
    return out
