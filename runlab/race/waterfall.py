"""Where the time went: from the reference to the result, bar by bar, with what cannot be explained left standing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

from ..evidence import grade_of
from ..numerics import normal_quantile, stretches, weighted_quantiles
from ..races import Race
from .draws import SLOWING, TRAIL, Assumptions, Drawn, draw_shares, pieces_of
from .track import Track

PARTS = (SLOWING, "heat", "course")
Z = normal_quantile(0.9)
ORDER = ("stops", *PARTS)
DRAWN = (SLOWING, "course", "heat", "stops")
ORDERS = (ORDER, *(("stops", *order) for order in permutations(PARTS) if order != PARTS))
COLUMNS = ["component", "kind", "seconds", "low", "high", "start_s", "end_s", "grade", "basis"]


@dataclass(frozen=True, eq=False)
class Waterfall:
    """The bars (``table``), the order they were taken in, how they change in other orders, and the reference's name.

    >>> Waterfall(pd.DataFrame(columns=COLUMNS), "", pd.DataFrame(), "").table.empty
    True
    """

    table: pd.DataFrame
    order: str
    orders: pd.DataFrame
    reference: str


def empty_waterfall(why: str = "") -> Waterfall:
    """No bars, and why.

    >>> empty_waterfall("no result").order
    'no result'
    """
    kinds = {name: "str" if name in ("component", "kind", "grade", "basis") else float for name in COLUMNS}
    return Waterfall(
        pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()}),
        why,
        pd.DataFrame(
            {
                "order": pd.Series([], dtype="str"),
                "component": pd.Series([], dtype="str"),
                "seconds": pd.Series([], dtype=float),
            }
        ),
        "",
    )


def where_the_time_went(
    track: Track,
    race: Race,
    *,
    reference_s: float,
    reference: str = "forecast",
    result_s: float | None = None,
    level_s: float = math.nan,
    level_sd: float = 0.05,
    temperature_c: float | tuple | None = None,
    humidity_pct: float = math.nan,
    usual_c: float = math.nan,
    opening: tuple[float, float] | None = None,
    ground_in_reference: bool = False,
    stops_in_reference: bool = False,
    assumptions: Assumptions | None = None,
    draws: int = 6000,
    level: float = 0.8,
) -> Waterfall:
    """The way from a reference time (goal or forecast) to the result, in bars that sum to the second.

    Definition, taken off the result in this order: **stops**, measured; **early pace and late slowing**, the moving
    time above (or below) an even effort all the way; **heat**, a share of the time per degree above 13 °C, more
    where the last weeks were warm; **course**, time on the ground as it was against flat ground (a curve between
    Strava's of equal heart rate and Minetti's of energy, scaled up- and downhill by the runner's own speeds on this
    course), footing on trails, and that a longer day is run at a lower effort. What is left over is **not
    explained**: form of the day, head, wind, a reference that was off. It is never made zero. In ``orders`` the
    race is computed again for every order.

    Early pace and late slowing are one bar: how to split it is a matter of definition. ``orders`` gives both ends:
    "late slowing, early pace" (what each half gained or lost by the clock) and "early pace, late slowing" (the early
    pace owns what it brought about). The even level of the day was not measured: it is read from the shape of the race
    (an opening that is let go, a fade that deepens), from how runners open (``opening``: mean and sd above even
    effort, the athlete's own where known) and from the flat, cool forecast (``level_s``, ``level_sd``; NaN leaves it
    out), and the intervals carry what that leaves open. Night is part of it.

    Takes a Track and Race, seconds, ``temperature_c`` (weather: a number, or (elapsed seconds, °C) arrays; default the
    watch's, lowered by 2.5 °C), ``humidity_pct``, ``usual_c`` (the watch's mean of the last weeks), and
    whether the reference already holds the hills (``ground_in_reference``) and the usual standing of a long race
    (``stops_in_reference``: then only what goes beyond is a bar). Returns a Waterfall. A component that cannot be told
    is NaN and lies in the rest. On trails and in ultras there are no bars where the rest would be larger than the
    loss and clear of zero: the reference does not fit such a race.
    Evidence: A stops, B course and heat, C early pace and late slowing; the intervals were tried on simulated
    races whose truth is known (benchmarks/honesty_race.py).

    >>> t = np.arange(0.0, 4001.0)
    >>> flat = Track(t, t * 2.5, t * 0 + 2.5, t * 0, t * 0 + 1.0, t.astype(int) * 0, np.ones(4000, bool))
    >>> race = Race(pd.Timestamp("2026-11-01"), distance_m=10_000.0, official_time_s=4000.0)
    >>> bars = where_the_time_went(flat, race, reference_s=3900.0, temperature_c=10.0).table
    >>> bars.loc[bars["kind"] != "total", "seconds"].sum()
    np.float64(100.0)
    """
    a = assumptions or Assumptions()
    result = float(result_s if result_s is not None else race.official_time_s)
    if not result > 0:
        result = track.seconds
    if not (reference_s > 0 and result > 0 and track.moving_s > 60 and len(track.step_s) > 10):
        return empty_waterfall("needs a reference, a result and a recording of the way")
    pieces = pieces_of(track)
    rng = np.random.default_rng(4)
    drawn, basis = draw_shares(
        track, race, pieces, a, rng, draws, level_s, level_sd, temperature_c, opening, humidity_pct, usual_c
    )
    weight, costs = drawn.weight, drawn.costs(ORDER)
    stops = float(track.step_s[~track.moving].sum())
    count = _stop_count(track)
    rows: dict[str, tuple[float, float, float, str, str]] = {}
    spread = 1.0 + 2.0 * count * max(track.usual_step_s if math.isfinite(track.usual_step_s) else 1.0, 1.0)
    spread += a.rested * stops
    if track.source == "laps":
        rows["stops"] = (
            math.nan,
            math.nan,
            math.nan,
            grade_of("legs_of"),
            "cannot tell: laps do not show stops; in the rest",
        )
    else:
        words = f"measured: {count} {'stop' if count == 1 else 'stops'} of 10 s or longer"
        low, high = max(stops - spread, 0.0), stops + spread
        if stops_in_reference:
            share = a.stops_in_goal[0] * math.sqrt(reference_s / 14400.0)
            held, doubt = share * reference_s, Z * a.stops_in_goal[1] * share * reference_s
            words += (
                f", {_clock(stops)} in all; about {_clock(held)} ± {_clock(doubt)} is taken to be in the {reference}"
            )
            stops, low, high = stops - held, stops - held - math.hypot(spread, doubt), high - held + doubt
        rows["stops"] = (stops, low, high, grade_of("where_the_time_went" if stops_in_reference else "legs_of"), words)
    for name in PARTS:
        grade, words, known = basis[name]
        if not known:
            rows[name] = (math.nan, math.nan, math.nan, grade, words)
        elif name == "course" and ground_in_reference:
            mean = _weighted(costs[name], weight)[0]
            rows[name] = (
                0.0,
                0.0,
                0.0,
                grade,
                f"in the {reference} already: it was set for this course (the hills "
                f"alone come to about {_clock(mean)})",
            )
        else:
            mean, low, high = _weighted(costs[name], weight, level)
            if name == "heat":  # the best temperature differs between people: on a cool day a little may be hidden
                high = max(high, a.floor * track.moving_s)
            rows[name] = (mean, low, high, grade, words)
    explained: Any = sum(np.where(np.isfinite(rows[n][0]) & (rows[n][1] != rows[n][2]), costs[n], 0.0) for n in PARTS)
    known_stops = stops if math.isfinite(rows["stops"][0]) else 0.0
    total = round(result) - round(reference_s)
    rest = _weighted(total - known_stops - explained, weight, level)
    whole = {name: float(round(rows[name][0])) if math.isfinite(rows[name][0]) else math.nan for name in rows}
    left = float(total - np.nansum(list(whole.values())))
    low, high = left + rest[1] - rest[0], left + rest[2] - rest[0]
    if race.kind in TRAIL and abs(left) > total > 0 and (low > 0 or high < 0):
        return empty_waterfall(
            f"What cannot be explained ({_clock(abs(left))} {'over' if left > 0 else 'under'}) would be more than the "
            f"loss itself ({_clock(total)}): the {reference} does not fit this race, and bars would mislead."
        )
    table = _bars(reference_s, result, rows, whole, (left, low, high), reference)
    return Waterfall(table, _order_words(ORDER), _other_orders(drawn, whole, total), reference)


def _weighted(values: np.ndarray, weight: np.ndarray, level: float = 0.8) -> tuple[float, float, float]:
    low, high = weighted_quantiles(values, weight, [(1 - level) / 2, (1 + level) / 2])
    return float(values @ weight), float(low), float(high)


def _stop_count(track: Track) -> int:
    return len(stretches(~track.moving)[0])


def _bars(
    reference_s: float,
    result: float,
    rows: dict,
    whole: dict[str, float],
    rest: tuple[float, float, float],
    reference: str,
) -> pd.DataFrame:
    bars: list[dict[str, Any]] = []
    at = float(round(reference_s))
    words = {"goal": "the goal", "forecast": "middle of the forecast made the evening before"}.get(reference, reference)
    bars.append(
        {
            "component": "reference",
            "kind": "total",
            "seconds": at,
            "low": at,
            "high": at,
            "start_s": 0.0,
            "end_s": at,
            "grade": "",
            "basis": words,
        }
    )
    for name in DRAWN:
        _, low, high, grade, basis = rows[name]
        size = whole[name]
        end = at + (size if math.isfinite(size) else 0.0)
        bars.append(
            {
                "component": name,
                "kind": "component",
                "seconds": size,
                "low": low,
                "high": high,
                "start_s": at,
                "end_s": end,
                "grade": grade,
                "basis": basis,
            }
        )
        at = end
    said = "form, head, wind, a reference that was off, and what the bars above miss"
    if rest[0] < 0:
        said += (
            f"; below zero: part of the bars above was in the {reference} already (usual standing and slowing), or "
            "the day was a good one"
        )
    bars.append(
        {
            "component": "not explained",
            "kind": "rest",
            "seconds": rest[0],
            "low": rest[1],
            "high": rest[2],
            "start_s": at,
            "end_s": at + rest[0],
            "grade": grade_of("where_the_time_went"),
            "basis": said,
        }
    )
    end = float(round(result))
    bars.append(
        {
            "component": "result",
            "kind": "total",
            "seconds": end,
            "low": end,
            "high": end,
            "start_s": 0.0,
            "end_s": end,
            "grade": grade_of("race_results"),
            "basis": "official time" if reference else "",
        }
    )
    return pd.DataFrame(bars, columns=COLUMNS).astype(dict.fromkeys(("component", "kind", "grade", "basis"), "str"))


def _other_orders(drawn: Drawn, whole: Mapping[str, float], total: float) -> pd.DataFrame:
    """The bars of every order, the race computed again for each; and the split of the first bar by two definitions."""
    rows: list[dict[str, Any]] = []

    def add(order: tuple[str, ...], sizes: dict[str, float]) -> None:
        sizes = sizes | {"not explained": total - float(np.nansum(list(sizes.values())))}
        rows.extend({"order": ", ".join(order), "component": name, "seconds": size} for name, size in sizes.items())

    for order in ORDERS:
        costs = drawn.costs(order)
        sizes = {
            name: float(round(costs[name] @ drawn.weight)) if name in costs and whole[name] else whole[name]
            for name in DRAWN
        }
        add(order, {name: size if math.isfinite(whole[name]) else math.nan for name, size in sizes.items()})
    if math.isfinite(whole[SLOWING]):
        rest = {name: size for name, size in whole.items() if name != SLOWING}
        split = {name: float(round(seconds @ drawn.weight)) for name, seconds in drawn.split().items()}
        for pair, way in ((("late slowing", "early pace"), "clock"), (("early pace", "late slowing"), "brought about")):
            parts = {"early pace": split[way], "late slowing": whole[SLOWING] - split[way]}
            add(("stops", *pair, "heat", "course"), parts | rest)
    return pd.DataFrame(rows).astype({"order": "str", "component": "str"})


def _order_words(order: tuple[str, ...]) -> str:
    return f"Taken off the result in this order: {', '.join(order)}; what is left is not explained."


def _clock(seconds: float) -> str:
    from ..units import format_duration

    return format_duration(seconds)
