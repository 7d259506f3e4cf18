"""Long and hilly: legs between checkpoints, standing, fade by ground, hiking, and the dark."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pandas as pd

from ..numerics import stretches, student_quantile
from ..races import Race
from .splits import climbed_steps
from .track import Track

ALIKE = 3.5  # on the doubt of a stretch: its pieces follow one another, and the first third is as unsure
LEGS: dict[str, Any] = {
    "leg": int,
    "checkpoint": "str",
    "start_m": float,
    "end_m": float,
    "distance_m": float,
    "ascent_m": float,
    "descent_m": float,
    "arrival_s": float,
    "departure_s": float,
    "moving_s": float,
    "stopped_s": float,
    "stopped_on_way_s": float,
    "speed_mps": float,
    "graded_speed_mps": float,
    "heart_rate_bpm": float,
    "planned_arrival_s": float,
    "lost_s": float,
    "window_low_s": float,
    "window_high_s": float,
    "inside_window": "str",
    "rank": float,
    "dark_share": float,
    "activity_id": "str",
}
STOPS: dict[str, Any] = {
    "stop": int,
    "start_s": float,
    "seconds": float,
    "distance_m": float,
    "checkpoint": "str",
    "certain": bool,
}
FADE: dict[str, Any] = {
    "ground": "str",
    "third": int,
    "seconds": float,
    "distance_m": float,
    "speed_mps": float,
    "graded_speed_mps": float,
    "change_pct": float,
    "low": float,
    "high": float,
    "n": int,
    "basis": "str",
}
HIKE = {
    "grade_from": float,
    "grade_to": float,
    "seconds": float,
    "hiked_s": float,
    "share": float,
    "speed_mps": float,
    "first_half_share": float,
    "second_half_share": float,
}
NEAR_CHECKPOINT_M = 500.0
GROUNDS = (("uphill", 0.03, 9.0), ("flat", -0.03, 0.03), ("downhill", -9.0, -0.03))
HIKE_EDGES = (-1.0, -0.20, -0.10, -0.03, 0.03, 0.06, 0.10, 0.15, 0.20, 0.30, 1.0)
HIKE_CADENCE_SPM, HIKE_MPS = 140.0, 2.0


def stops_of(track: Track, race: Race, *, shortest_s: float = 30.0) -> pd.DataFrame:
    """Every stop: when, where, how long, and at which checkpoint.

    Definition: standing of ``shortest_s`` or longer; stops less than 60 s and 100 m apart are one. A checkpoint within
    500 m (official distance) lends its name. ``certain`` is False where the recording is too sparse to see the edges.

    Takes a Track and the Race. Returns the columns named in ``Debrief``. Evidence: A; drift of the position while
    standing is not counted as running.

    >>> t = np.arange(0.0, 3001.0)
    >>> d = np.interp(t, [0, 1000, 1600, 3000], [0, 3000, 3000, 7200])
    >>> moving = (np.diff(d) > 0)
    >>> track = Track(t, d, np.gradient(d), d * 0, d * 0 + 1, (d * 0).astype(int), moving, usual_step_s=1.0)
    >>> stops_of(track, Race(pd.Timestamp("2026-11-01")))[["start_s", "seconds", "distance_m"]].to_numpy().tolist()
    [[1000.0, 600.0, 3000.0]]
    """
    found: list[list[float]] = []
    for a, b in zip(*stretches(~track.moving), strict=True):
        start, end, at = float(track.elapsed_s[a]), float(track.elapsed_s[b]), float(track.distance_m[a])
        if found and start - found[-1][1] < 60 and at - found[-1][2] < 100:
            found[-1][1] = end
            found[-1][3] += end - start
        else:
            found.append([start, end, at, end - start])
    rows: list[dict[str, Any]] = []
    names = race.checkpoints
    for start, _, at, seconds in found:
        if seconds < shortest_s:
            continue
        name = ""
        if len(names):
            off = (names["distance_m"] - at).abs()
            name = str(names["checkpoint"].loc[cast(int, off.idxmin())]) if off.min() <= NEAR_CHECKPOINT_M else ""
        rows.append(
            {
                "stop": len(rows) + 1,
                "start_s": start,
                "seconds": seconds,
                "distance_m": at,
                "checkpoint": name,
                "certain": bool(track.usual_step_s <= 10),
            }
        )
    return pd.DataFrame(rows, columns=list(STOPS)).astype(STOPS)


def legs_of(
    track: Track, race: Race, stops: pd.DataFrame, *, forecast: Any = None, dark: np.ndarray | None = None
) -> pd.DataFrame:
    """The race from checkpoint to checkpoint: moving, standing, ground, the window forecast for it, and the dark.

    Definition: arrival is the official one where given, else when the watch first reached the checkpoint's distance;
    standing within 500 m of a checkpoint belongs to it, the rest to the way. The window is the forecast's interval
    times the share of effort (flat-equivalent distance) up to there: made from the course and the days before alone.
    Where there are no checkpoints, a leg is a tenth of the way. A relay's legs are its files. ``lost_s`` is how much
    more the clock ran from arrival to arrival than planned (the goal is the plan for the finish): standing at the
    checkpoint before is in it, and all legs together are the time over the plan.

    Takes a Track, the Race, its stops, a Prediction and whether each sample is dark. Returns the columns named in
    ``Debrief``. Evidence: A; windows D.

    >>> legs_of(Track(), Race(pd.Timestamp("2026-11-01")), pd.DataFrame()).empty
    True
    """
    if len(track.elapsed_s) < 3 or not track.metres > 0:
        return pd.DataFrame(columns=list(LEGS)).astype(LEGS)
    if race.kind == "relay" and len(np.unique(track.part)) > 1:
        points = _relay_points(track)
    elif len(race.checkpoints):
        points = race.checkpoints[race.checkpoints["distance_m"] <= track.metres * 1.005 + 50].copy()
        if not len(points) or track.metres - points["distance_m"].iloc[-1] > 0.01 * track.metres + 300:
            last = "Finish" if race.finished else "End of the recording"
            points = pd.concat(
                [points, pd.DataFrame({"checkpoint": [last], "distance_m": [track.metres]})], ignore_index=True
            )
    else:
        n = 10 if track.metres >= 40_000 else 5
        points = pd.DataFrame(
            {
                "checkpoint": [f"{k}/{n} of the way" for k in range(1, n + 1)],
                "distance_m": track.metres * np.arange(1, n + 1) / n,
            }
        )
    points = points.reindex(columns=[*race.checkpoints.columns])
    end_m = np.minimum(points["distance_m"].to_numpy(float), track.metres)
    start_m = np.concatenate(([0.0], end_m[:-1]))
    seen = track.time_at(end_m)
    seen = np.where(np.isfinite(seen), seen, track.seconds)
    arrival = np.where(points["arrival_s"] > 0, points["arrival_s"], seen).astype(float)
    seen_s = [
        stops[(stops["distance_m"] - at).abs() <= NEAR_CHECKPOINT_M]["seconds"].sum() if len(stops) else 0.0
        for at in end_m
    ]
    standing = np.array(seen_s) * (end_m < track.metres - 1)
    given = (points["departure_s"] - points["arrival_s"]).to_numpy(float)
    standing = np.where(np.isfinite(given) & (given >= 0), given, standing)
    if race.kind == "relay":
        standing = standing * 0
    departure = arrival + standing
    from_s = np.concatenate(([0.0], departure[:-1]))
    moving = track.total_between(np.where(track.moving, track.step_s, 0.0), from_s, arrival)
    way = track.total_between(np.where(track.moving, track.step_m, 0.0), from_s, arrival)
    flat = track.total_between(np.where(track.moving, track.flat_m, 0.0), from_s, arrival)
    up, down = climbed_steps(track.channel("altitude_m"))
    high = np.isfinite(track.channel("altitude_m")).sum() > 1
    low_s, high_s = _windows(track, race, end_m, forecast)
    placed = np.where(arrival < low_s, "before", np.where(arrival > high_s, "after", "yes"))
    planned = points["planned_arrival_s"].to_numpy(float, copy=True)
    if np.isfinite(planned).any() and race.finished and race.goal_s > 0 and not math.isfinite(planned[-1]):
        planned[-1] = race.goal_s
    over = pd.Series(np.where(np.isfinite(planned), arrival - planned, math.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        frame = pd.DataFrame(
            {
                "leg": np.arange(1, len(end_m) + 1),
                "checkpoint": points["checkpoint"].fillna("").to_numpy(),
                "start_m": start_m,
                "end_m": end_m,
                "distance_m": end_m - start_m,
                "ascent_m": track.total_between(up, from_s, arrival) if high else math.nan,
                "descent_m": track.total_between(down, from_s, arrival) if high else math.nan,
                "arrival_s": arrival,
                "departure_s": np.where(end_m < track.metres - 1, departure, math.nan),
                "moving_s": moving,
                "stopped_s": standing,
                "stopped_on_way_s": np.maximum(arrival - from_s - moving, 0.0),
                "speed_mps": way / moving,
                "graded_speed_mps": flat / moving if track.has_ground else math.nan,
                "heart_rate_bpm": track.mean_between(track.channel("heart_rate_bpm"), from_s, arrival),
                "planned_arrival_s": planned,
                "lost_s": (over - over.ffill().shift(fill_value=0.0).fillna(0.0)).to_numpy(),
                "window_low_s": low_s,
                "window_high_s": high_s,
                "inside_window": np.where(np.isfinite(low_s), placed, ""),
                "rank": points["rank"].to_numpy(float),
                "dark_share": track.mean_between(dark.astype(float), from_s, arrival, moving=False)
                if dark is not None
                else math.nan,
                "activity_id": [
                    track.activity_ids[int(track.part[min(np.searchsorted(track.elapsed_s, a), len(track.part) - 1)])]
                    if track.activity_ids
                    else ""
                    for a in arrival
                ],
            }
        )
    return frame.replace([np.inf, -np.inf], math.nan)[list(LEGS)].astype(LEGS)


def dearest_leg(legs: pd.DataFrame, *, least_s: float = 300.0, share: float = 0.3) -> dict[str, Any] | None:
    """The leg on which most of the time over the plan went, if one stands out; None otherwise.

    Definition: most ``lost_s``, at least ``least_s`` and ``share`` of all that was lost. Between checkpoints without a
    plan in between, the stretch is taken as one.

    Takes ``legs_of``. Returns ``seconds``, ``total`` (over the plan at its last known arrival), ``start`` and ``end``
    (names), ``stood`` (seconds of standing in it) and ``stood_at``. Evidence: A (clock against plan).

    >>> legs = pd.DataFrame({"checkpoint": ["Hut", "Ford", "Finish"], "lost_s": [60.0, 5000.0, 1400.0],
    ...                      "stopped_s": [5400.0, 0.0, 0.0], "stopped_on_way_s": 0.0})
    >>> dearest_leg(legs)["stood_at"], dearest_leg(legs)["total"]
    ('Hut', 6460.0)
    """
    known = np.flatnonzero(legs["lost_s"].notna()) if "lost_s" in legs.columns else np.empty(0, int)
    if len(known) < 2:
        return None
    lost = legs["lost_s"].to_numpy(float)
    at = int(known[np.argmax(lost[known])])
    if not (lost[at] >= least_s and lost[at] >= share * lost[known].clip(min=0).sum()):
        return None
    before = max((int(k) for k in known if k < at), default=-1)
    stood = [*legs["stopped_s"].iloc[max(before, 0) : at], *legs["stopped_on_way_s"].iloc[before + 1 : at + 1]]
    names = [*legs["checkpoint"].iloc[max(before, 0) : at], *[""] * (at - before)]
    longest = int(np.argmax(stood)) if len(stood) else 0
    return {
        "seconds": float(lost[at]),
        "total": float(lost[known].sum()),
        "start": str(legs["checkpoint"].iloc[before]) if before >= 0 else "the start",
        "end": str(legs["checkpoint"].iloc[at]),
        "stood": float(np.sum(stood)),
        "stood_at": str(names[longest]) if len(stood) else "",
    }


def _relay_points(track: Track) -> pd.DataFrame:
    last = np.concatenate((np.flatnonzero(np.diff(track.part)), [len(track.part) - 1]))
    return pd.DataFrame(
        {
            "checkpoint": [f"Relay leg {k + 1}" for k in range(len(last))],
            "distance_m": track.distance_m[last],
            "arrival_s": track.elapsed_s[last],
        }
    )


def _windows(track: Track, race: Race, end_m: np.ndarray, forecast: Any) -> tuple[np.ndarray, np.ndarray]:
    """When each place was to be expected, from the forecast and the ground alone; legs slow a little as hours pass."""
    nothing = np.full(len(end_m), math.nan)
    if forecast is None or not getattr(forecast, "is_known", False) or race.kind == "relay" or not race.finished:
        return nothing, nothing
    flat = np.concatenate(([0.0], np.cumsum(np.where(track.moving, track.flat_m, 0.0))))
    share = np.interp(end_m, track.distance_m, flat) / max(flat[-1], 1.0)
    # halfway in, half of the doubt about the whole is joined by the doubt about how even it is run
    later = share ** (1.0 + 0.02 * min(forecast.value / 36000.0, 2.0))
    doubt = np.log(forecast.high / forecast.value) if forecast.high > forecast.value else 0.05
    doubt = np.hypot(doubt, 0.05 * (1 - share))
    return forecast.value * later * np.exp(-doubt), forecast.value * later * np.exp(doubt)


def terrain_fade(track: Track, *, level: float = 0.8) -> pd.DataFrame:
    """How speed changed uphill, on the flat and downhill, each against its own first third of the race.

    Definition: moving time in thirds of the distance; ground by grade (over 3 %, within 3 %, below -3 %). The change
    compares speed at matched grade: the mean over classes of 2 % grade of the log ratio to the first third, weighted
    by time; the interval comes from the scatter of 5-min pieces.

    Takes a Track. Returns the columns named in ``Debrief``; no rows without altitude. Evidence: A for speed, C for
    reading it.

    >>> terrain_fade(Track()).empty
    True
    """
    rows: list[dict[str, Any]] = []
    if track.has_ground and track.moving_s > 3600:
        third = np.clip((3 * track.distance_m[:-1] / track.metres).astype(int), 0, 2)
        grade, took = track.grade[:-1], track.step_s
        use = track.moving & np.isfinite(grade) & (track.step_m > 0)
        piece = (np.cumsum(np.where(use, took, 0.0)) // 300).astype(int)
        classes = np.floor(np.nan_to_num(grade, nan=9.0) / 0.02).astype(int)
        for ground, low, high in GROUNDS:
            on = use & (grade > low) & (grade <= high)
            base: dict[int, float] = {}
            for k in range(3):
                here = on & (third == k)
                seconds, metres = took[here].sum(), track.step_m[here].sum()
                row = {
                    "ground": ground,
                    "third": k + 1,
                    "seconds": seconds,
                    "distance_m": metres,
                    "speed_mps": metres / seconds if seconds > 0 else math.nan,
                    "graded_speed_mps": track.flat_m[here].sum() / seconds if seconds > 0 else math.nan,
                    "change_pct": 0.0 if k == 0 and seconds > 0 else math.nan,
                    "low": math.nan,
                    "high": math.nan,
                    "n": len(np.unique(piece[here])),
                    "basis": "its own first third",
                }
                if k == 0:
                    base = {
                        c: track.step_m[here & (classes == c)].sum() / took[here & (classes == c)].sum()
                        for c in np.unique(classes[here])
                        if took[here & (classes == c)].sum() >= 60
                    }
                elif base:
                    row |= _matched(track, here, classes, piece, base, level)
                if k and not math.isfinite(row["change_pct"]):
                    row["basis"] = "cannot tell: too little of this ground in the first or in this third"
                rows.append(row)
    return pd.DataFrame(rows, columns=list(FADE)).astype(FADE)


def _matched(
    track: Track, here: np.ndarray, classes: np.ndarray, piece: np.ndarray, base: dict[int, float], level: float
) -> dict[str, float]:
    known = here & np.isin(classes, list(base))
    if track.step_s[known].sum() < 180:
        return {}
    usual = np.array([base.get(c, math.nan) for c in classes[known]])
    took, went = track.step_s[known], track.step_m[known]
    expected = took * usual
    change = math.log(went.sum() / expected.sum())
    parts = pd.DataFrame({"p": piece[known], "went": went, "expected": expected}).groupby("p").sum()
    parts = parts[parts["expected"] > 50]
    if len(parts) < 3:
        return {}
    left = np.log(parts["went"] / parts["expected"])
    half = student_quantile((1 + level) / 2, len(parts) - 1) * float(left.std(ddof=1)) / math.sqrt(len(parts))
    half *= ALIKE
    return {
        "change_pct": 100 * math.expm1(change),
        "low": 100 * math.expm1(change - half),
        "high": 100 * math.expm1(change + half),
    }


def hike_share(track: Track) -> pd.DataFrame:
    """How much was hiked at each grade, and in the second half against the first.

    Definition: hiking is moving with fewer than 140 steps a minute, or below 2 m/s where cadence was not measured.

    Takes a Track. Returns the columns named in ``Debrief``; no rows without altitude. Evidence: C for the limits.

    >>> hike_share(Track()).empty
    True
    """
    if not track.has_ground:
        return pd.DataFrame(columns=list(HIKE)).astype(HIKE)
    cadence = track.channel("cadence_spm")[:-1]
    speed = track.speed_mps[:-1]
    hiked = np.where(np.isfinite(cadence) & (cadence > 0), cadence < HIKE_CADENCE_SPM, speed < HIKE_MPS)
    grade, half = track.grade[:-1], track.distance_m[:-1] < track.metres / 2
    use = track.moving & np.isfinite(grade)
    rows = []
    for low, high in zip(HIKE_EDGES[:-1], HIKE_EDGES[1:], strict=True):
        on = use & (grade > low) & (grade <= high)
        seconds = track.step_s[on].sum()
        if seconds < 30:
            continue

        def share(part: np.ndarray) -> float:
            total = track.step_s[part].sum()
            return float(track.step_s[part & hiked].sum() / total) if total >= 60 else math.nan

        rows.append(
            {
                "grade_from": low,
                "grade_to": high,
                "seconds": seconds,
                "hiked_s": track.step_s[on & hiked].sum(),
                "share": share(on),
                "speed_mps": track.step_m[on].sum() / seconds,
                "first_half_share": share(on & half),
                "second_half_share": share(on & ~half),
            }
        )
    return pd.DataFrame(rows, columns=list(HIKE)).astype(HIKE)
