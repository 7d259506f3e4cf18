"""How the race was paced: halves, opening, evenness, two criteria for the wall, and the athlete's own ways."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from .. import units as _units
from ..evidence import grade_of
from ..log import Log
from ..races import Race, race_of, races_found
from .find import is_ultra
from .splits import race_splits
from .track import Track, race_track

COLUMNS: dict[str, Any] = {
    "value": float,
    "unit": "str",
    "criterion": float,
    "met": "str",
    "from_m": float,
    "own_median": float,
    "own_low": float,
    "own_high": float,
    "n": float,
    "grade": "str",
    "source": "str",
    "words": "str",
}
HISTORY: dict[str, Any] = {
    "date": "datetime64[us]",
    "name": "str",
    "distance_m": float,
    "time_s": float,
    "half_split": float,
    "first_quarter_bias": float,
    "variability": float,
    "activity_id": "str",
}
WALL_SOURCE = (
    "Doherty 2020, J Athl Train 55(5):494 (n = 83, specificity 0.60-0.64: about four in ten without a wall met it too)"
)
RECORD = ", which about four in ten of those without one met too (83 runners) [C]."
# measure: (unit, criterion)
WALL = {
    "wall_1_km": ("%", 11.0),
    "wall_5_km": ("%", 7.3),
    "wall_variability_1_km": ("", 0.0532),
    "wall_variability_5_km": ("", 0.0346),
}


def pacing(track: Track, race: Race, *, history: pd.DataFrame | None = None, units: str = "metric") -> pd.DataFrame:
    """How evenly the race was run, beside the athlete's own earlier races and two published criteria for the wall.

    Definition: ``half_split``: second half over first, in % of clock time (positive: slower); ``first_quarter_bias``
    and ``first_5_km_bias``: flat-equivalent moving speed of that part over that of the race, in % (positive: opened
    faster); ``variability``: standard deviation over mean of flat-equivalent km speeds, in %; ``wall_1_km``,
    ``wall_5_km``: the slowest km or 5 km against the rest, in % of moving time (standing is no wall) at flat-equivalent
    pace (nor is a hill); ``wall_variability_…``: standard deviation of that pace over its mean. Both wall criteria are
    shown and may disagree; they come from road marathons, so they are judged from 30 km to 45 km on roads alone.

    Takes a Track, the Race and earlier races (``pacing_history``). Returns one row per measure, see ``Debrief``.
    Evidence: A for the numbers, C for the wall criteria (one study, n = 83, specificity 0.60 to 0.64).

    >>> t = np.arange(0.0, 12001.0)
    >>> track = Track(t, t * 3.5, t * 0 + 3.5, t * 0, t * 0 + 1.0, t.astype(int) * 0, np.ones(12000, bool))
    >>> race = Race(pd.Timestamp("2026-11-01"), distance_m=42000.0, kind="road")
    >>> pacing(track, race)["met"].tolist()
    ['', '', '', '', 'no', 'no', 'no', 'no']
    """
    rows: dict[str, dict[str, Any]] = {}
    if len(track.elapsed_s) > 2 and track.metres > 1500:
        rows = _measures(track, race, units)
    history = empty_history() if history is None else history
    for name, row in rows.items():
        row |= {"own_median": math.nan, "own_low": math.nan, "own_high": math.nan, "n": 0.0}
        if name in history.columns and (own := history[name].dropna()).size:
            row |= {"own_median": float(own.median()), "n": float(len(own))}
            if len(own) >= 3:
                row |= dict(zip(("own_low", "own_high"), np.quantile(own, [0.1, 0.9]).tolist(), strict=True))
    frame = pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), name="measure", dtype="str"))
    return frame.reindex(columns=list(COLUMNS)).astype(COLUMNS)


def pacing_history(log: Log, race: Race, *, most: int = 8) -> pd.DataFrame:
    """The pacing of the athlete's earlier races of at least 40 % of the distance (and at most two and a half times).

    Takes a log of one athlete; the ``most`` recent earlier races with a recording. Returns the columns named in
    ``Debrief``; no rows where there is none. Evidence: A.

    >>> from runlab.log import Log
    >>> pacing_history(Log(), Race(pd.Timestamp("2026-11-01"), distance_m=42195.0)).empty
    True
    """
    races = races_found(log)
    races = races[(races["date"] < race.date) & (races["activity_id"] != "") & (races["kind"] != "relay")]
    if race.distance_m > 0:
        races = races[races["distance_m"].between(0.4 * race.distance_m, 2.5 * race.distance_m)]
    rows = []
    for found in races.tail(most).to_dict("records"):
        own = race_of(log, found["date"], activity_ids=[found["activity_id"]], distance_m=found["distance_m"])
        track = race_track(log, own)
        if own.finished and track.metres > 1500 and track.source:
            measured = _measures(track, own, "metric")
            rows.append(
                {
                    "date": found["date"],
                    "name": found["name"],
                    "distance_m": found["distance_m"],
                    "time_s": found["time_s"],
                    "activity_id": found["activity_id"],
                    **{
                        k: measured.get(k, {}).get("value", math.nan)
                        for k in ("half_split", "first_quarter_bias", "variability")
                    },
                }
            )
    return pd.DataFrame(rows, columns=list(HISTORY)).astype(HISTORY)


def empty_history() -> pd.DataFrame:
    """A pacing history without rows.

    >>> len(empty_history())
    0
    """
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in HISTORY.items()})


def opening_habit(history: pd.DataFrame, *, prior: tuple[float, float] = (0.015, 0.030)) -> tuple[float, float] | None:
    """How far this athlete usually opens above even effort (mean, sd), leaning on what is usual; None without history.

    Definition: half of the first-quarter bias stands for effort above the even level (the other half is what was lost
    later), pooled with the prior as if that were four races.

    >>> opening_habit(empty_history()) is None
    True
    """
    bias = history["first_quarter_bias"].dropna().to_numpy(float) / 100
    if not len(bias):
        return None
    mean = (4 * prior[0] + 0.5 * bias.sum()) / (4 + len(bias))
    return float(np.clip(mean, -0.03, 0.08)), prior[1]


def _measures(track: Track, race: Race, units: str) -> dict[str, dict[str, Any]]:
    total, rows = track.metres, {}
    half, quarter, end = track.time_at([total / 2, total / 4, min(5000.0, total)])
    split = 100 * (track.seconds / half - 2) if half > 0 else math.nan
    ran = "slower" if split > 0 else "faster"
    rows["half_split"] = _row(
        split,
        "%",
        f"The second half took {abs(split):.1f} % longer than the first half."
        if split > 0
        else f"The second half was {abs(split):.1f} % quicker than the first half.",
    )
    flat = np.where(track.moving, track.flat_m, 0.0)
    held = np.where(track.moving, track.step_s, 0.0)
    mean = flat.sum() / max(held.sum(), 1e-9)
    known = "at the same ground" if track.has_ground else "hills not accounted for: no altitude"
    for name, until, word in (
        ("first_quarter_bias", quarter, "The first quarter"),
        ("first_5_km_bias", end, f"The first {_units.format_distance(5000, units)}"),
    ):
        if name == "first_5_km_bias" and total < 12_000:
            continue
        speed = track.total_between(flat, 0.0, until) / max(float(track.total_between(held, 0.0, until)), 1e-9)
        bias = 100 * (float(speed) / mean - 1)
        ran = "faster" if bias >= 0 else "slower"
        rows[name] = _row(
            bias,
            "%",
            f"{word} was {abs(bias):.1f} % {ran} than the average of the race ({known}).",
        )
    if total < 5000:
        return rows
    kms = race_splits(track, race, length_m=1000.0)
    whole = kms[kms["distance_m"] > 950]
    column = "graded_speed_mps" if track.has_ground else "speed_mps"  # a steep km is no wall
    per_km = whole[column]
    if per_km.notna().sum() >= 4:
        varied = 100 * float(per_km.std() / per_km.mean())
        rows["variability"] = _row(
            varied,
            "%",
            f"From one km to the next, moving speed varied by {varied:.1f} % (standard deviation; {known}).",
        )
    if is_ultra(race.distance_m, race.kind, track.seconds) or total < 18_000:
        return rows
    judged = 30_000 <= total <= 45_000
    for length, kind in ((1000.0, "1_km"), (5000.0, "5_km")):
        parts = whole if length == 1000.0 else race_splits(track, race, length_m=length)
        parts = parts[(parts["distance_m"] > 0.95 * length) & (parts[column] > 0)]
        if len(parts) < 3:
            continue
        pace = 1 / parts[column].to_numpy(float)
        rest = (pace.sum() - pace) / (len(pace) - 1)
        slow = 100 * (pace / rest - 1)
        at = int(slow.argmax())
        limit = WALL[f"wall_{kind}"][1]
        began = _began(slow, limit, parts["start_m"].to_numpy(float))
        word = f"{length / 1000:.0f} km"
        rows[f"wall_{kind}"] = _row(
            float(slow[at]),
            "%",
            f"The slowest {word} took {slow[at]:.1f} % longer than the rest of the race ({known})"
            + (f"; a published criterion for hitting the wall is {limit:g} %{RECORD}" if judged else "."),
            limit,
            judged,
            began,
        )
        spread = float((pace / pace.mean()).std(ddof=1))
        edge = WALL[f"wall_variability_{kind}"][1]
        rows[f"wall_variability_{kind}"] = _row(
            spread,
            "",
            f"The standard deviation of {word} pace was {100 * spread:.1f} % of the mean pace"
            + (f"; a published criterion for hitting the wall is {100 * edge:.1f} %{RECORD}" if judged else "."),
            edge,
            judged,
            began,
        )
    return rows


def _began(slow: np.ndarray, limit: float, start_m: np.ndarray) -> float:
    """Where the slow part that holds the slowest stretch began: half the criterion is its edge."""
    at = int(slow.argmax())
    if slow[at] < limit:
        return math.nan
    while at > 0 and slow[at - 1] >= limit / 2:
        at -= 1
    return float(start_m[at])


def _row(
    value: float,
    unit: str,
    words: str,
    criterion: float = math.nan,
    judged: bool = False,
    from_m: float = math.nan,
) -> dict[str, Any]:
    met = "" if not (judged and math.isfinite(criterion)) else "yes" if value > criterion else "no"
    return {
        "value": value,
        "unit": unit,
        "criterion": criterion,
        "met": met,
        "from_m": from_m if met == "yes" else math.nan,
        "grade": grade_of("wall" if math.isfinite(criterion) else "pacing"),
        "source": WALL_SOURCE if math.isfinite(criterion) else "",
        "words": words,
    }
