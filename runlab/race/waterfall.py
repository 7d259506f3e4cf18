"""Where the time went: from the reference to the result, bar by bar, with what cannot be explained left standing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..terrain import grade_adjusted_speed
from .race import Race
from .track import Track

ORDER = ("stops", "pace choice", "fade", "heat", "course")
DRAWN = ("pace choice", "course", "heat", "fade", "stops")
ORDERS = (ORDER, ("stops", "course", "heat", "fade", "pace choice"), ("stops", "heat", "course", "pace choice", "fade"))
COLUMNS = ["component", "kind", "seconds", "low", "high", "start_s", "end_s", "grade", "basis"]
BINS = 60
TRAIL = ("trail", "ultra", "fell", "mountain")


@dataclass(frozen=True)
class Assumptions:
    """What the split of the lost time leans on; every number can be changed.

    ``opening``: how far runners open above the even effort of the day (mean, sd), on roads and in ultras.
    ``late_loss``: what is usually lost late, as a share of the time: size at one hour and the power of the hours (about
    0.9 % in a half marathon, 2 % in a marathon, 10 % in a day). ``floor``: share of the time below which a loss cannot
    be told from none. ``pace_doubt``: how far pace choice and fade can be mistaken for each other even then (sd).
    ``uphill``, ``downhill``: doubt about the grade curves for one person (sd of the extra cost and of the gain).
    ``footing``: share of speed rough ground takes on trails (mean, sd). ``heat_per_degree``: share of a 2:30 h race per
    degree above ``comfortable_c`` (mean, sd), growing with the square root of the duration (0.3 to 1.2 times), and
    ``heat_doubt`` (sd of its log). ``watch_warmth_c``: how much a watch reads too high (mean, sd).
    ``weather_doubt_c``: sd of a stated temperature.

    >>> Assumptions().comfortable_c
    (12.0, 2.0)
    """

    opening: tuple[float, float] = (0.015, 0.030)
    opening_ultra: tuple[float, float] = (0.05, 0.06)
    late_loss: tuple[float, float] = (0.006, 0.9)
    floor: float = 0.004
    pace_doubt: float = 0.003
    uphill: float = 0.25
    downhill: float = 0.5
    footing: tuple[float, float] = (0.065, 0.05)
    heat_per_degree: float = 0.0034
    heat_doubt: float = 0.5
    comfortable_c: tuple[float, float] = (12.0, 2.0)
    watch_warmth_c: tuple[float, float] = (2.5, 3.0)
    weather_doubt_c: float = 1.0


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
    return Waterfall(pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()}), why,
                     pd.DataFrame({"order": pd.Series([], dtype="str"), "component": pd.Series([], dtype="str"),
                                   "seconds": pd.Series([], dtype=float)}), "")


def where_the_time_went(track: Track, race: Race, *, reference_s: float, reference: str = "forecast",
                        result_s: float | None = None, level_s: float = math.nan, level_sd: float = 0.05,
                        temperature_c: float | tuple | None = None, opening: tuple[float, float] | None = None,
                        ground_in_reference: bool = False, assumptions: Assumptions | None = None,
                        draws: int = 3000, level: float = 0.8) -> Waterfall:
    """The way from a reference time (goal or forecast) to the result, in bars that sum to the second.

    Definition, taken off the result in this order: **stops**, measured; **pace choice**, what spreading the effort
    unevenly cost against the same day run evenly; **fade**, what an even effort would have lost late too; **heat**, a
    share of the time per degree above 12 °C; **course**, time on the ground as it was against flat ground (between
    Strava's curve of equal heart rate and Minetti's of energy, which disagree), and footing on trails. What is left
    over is **not explained**: form of the day, head, wind, a reference that was off. It is never made zero. Night is
    part of fade: the two cannot be told apart.

    Pace choice and fade need the even level of the day, which nobody measured: it is drawn from how runners open
    (``opening``: mean and sd above even effort, the athlete's own where known) and from the flat, cool forecast
    (``level_s``, ``level_sd``; NaN leaves it out), and the intervals carry what that leaves open.

    Takes a Track and Race, seconds, ``temperature_c`` (weather: a number, or (elapsed seconds, °C) arrays; default the
    watch's, lowered by 2.5 °C), and whether the reference already holds the hills (``ground_in_reference``). Returns a Waterfall. A component that cannot be told
    is NaN and lies in the rest. Evidence: A stops, B course and heat, C-D pace choice and fade; the intervals were
    tried on simulated races whose truth is known (benchmarks/honesty_race.py).

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
    pieces = _pieces(track)
    rng = np.random.default_rng(4)
    drawn, weight, basis = _draw(track, race, pieces, a, rng, draws, level_s, level_sd, temperature_c, opening)
    costs = _costs(drawn, pieces["moving"].sum(), ORDER)
    stops = float(track.step_s[~track.moving].sum())
    count = _stop_count(track)
    rows: dict[str, tuple[float, float, float, str, str]] = {}
    spread = 1.0 + 2.0 * count * max(track.usual_step_s if math.isfinite(track.usual_step_s) else 1.0, 1.0)
    if track.source == "laps":
        rows["stops"] = (math.nan, math.nan, math.nan, "A", "cannot tell: laps do not show stops; in the rest")
    else:
        rows["stops"] = (stops, max(stops - spread, 0.0), stops + spread, "A",
                         f"measured: {count} {'stop' if count == 1 else 'stops'} of 10 s or longer")
    for name in ("pace choice", "fade", "heat", "course"):
        grade, words = basis[name]
        if words.startswith("cannot tell"):
            rows[name] = (math.nan, math.nan, math.nan, grade, words)
        elif name == "course" and ground_in_reference:
            mean = _weighted(costs[name], weight)[0]
            rows[name] = (0.0, 0.0, 0.0, grade, f"in the {reference} already: it was set for this course (the hills "
                          f"alone come to about {_clock(mean)})")
        else:
            mean, low, high = _weighted(costs[name], weight, level)
            least = a.floor * track.moving_s
            if name == "fade" and low < 2 * least:  # a small fade cannot be told from none at all
                low = min(low, -least / 4)
            rows[name] = (mean, low, high, grade, words)
    explained = sum(np.where(np.isfinite(rows[n][0]) & (rows[n][1] != rows[n][2]), costs[n], 0.0)
                    for n in ("pace choice", "fade", "heat", "course"))
    known_stops = stops if math.isfinite(rows["stops"][0]) else 0.0
    total = round(result) - round(reference_s)
    rest = _weighted(total - known_stops - explained, weight, level)
    whole = {name: float(round(rows[name][0])) if math.isfinite(rows[name][0]) else math.nan for name in rows}
    left = float(total - np.nansum(list(whole.values())))
    low, high = left + rest[1] - rest[0], left + rest[2] - rest[0]
    table = _bars(reference_s, result, rows, whole, (left, low, high), reference)
    return Waterfall(table, _order_words(ORDER), _other_orders(drawn, pieces["moving"].sum(), weight, whole, total),
                     reference)


def _pieces(track: Track) -> dict[str, np.ndarray]:
    """The moving part of the race in pieces of equal distance: time, metres, metres added up- and taken downhill."""
    move = track.moving & (track.step_m > 0)
    share = np.clip(track.distance_m[:-1] / max(track.metres, 1.0), 0, 1 - 1e-9)
    n = int(min(BINS, max(move.sum() // 3, 4)))
    at = (share[move] * n).astype(int)
    factor = np.where(np.isfinite(track.factor[:-1]), track.factor[:-1], 1.0)[move]
    metres = track.step_m[move]
    slope = np.nan_to_num(track.grade[:-1][move], nan=0.0)
    energy = np.asarray(grade_adjusted_speed(np.ones_like(slope), slope, method="minetti"), float)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(at, values, minlength=n)

    took = np.bincount((share[track.moving] * n).astype(int), track.step_s[track.moving], minlength=n)
    warm = track.channel("temperature_c")[:-1][move]
    known = np.isfinite(warm)
    held = np.bincount(at[known], track.step_s[move][known], minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        degrees = np.bincount(at[known], (track.step_s[move] * np.where(known, warm, 0.0))[known], minlength=n) / held
    there = (took > 0) & (total(metres) > 0)
    return {"moving": took[there], "metres": total(metres)[there],
            "up": total(metres * np.maximum(factor - 1, 0))[there],
            "down": total(metres * np.maximum(1 - factor, 0))[there],
            "up_energy": total(metres * np.maximum(energy - 1, 0))[there],
            "down_energy": total(metres * np.maximum(1 - energy, 0))[there],
            "temperature": degrees[there], "clock": track.time_at((np.arange(n) + 0.5) / n * track.metres)[there],
            "share": ((np.arange(n) + 0.5) / n)[there]}


def _draw(track: Track, race: Race, p: dict[str, np.ndarray], a: Assumptions, rng: np.random.Generator, draws: int,
          level_s: float, level_sd: float, temperature_c: Any, opening: tuple[float, float] | None,
          ) -> tuple[dict[str, np.ndarray], np.ndarray, dict[str, tuple[str, str]]]:
    """Draws of each share of the flat, cool, even time, weighted by how well the even level fits the forecast."""
    moving, metres = p["moving"], p["metres"]
    basis: dict[str, tuple[str, str]] = {}
    ground, basis["course"] = _ground_draws(track, race, p, a, rng, draws)
    heat, basis["heat"] = _heat_draws(track, p, a, rng, draws, temperature_c)
    flat_cool = moving / (ground * (1 + heat))  # seconds each piece would have taken, flat and cool, at its effort
    total = flat_cool.sum(1)
    with_heat = (moving / ground).sum(1)
    open_ = (p["share"] > 0.05) & (p["share"] < 0.30)
    if not open_.any():
        open_ = p["share"] < 0.5
    first = metres[open_].sum() / flat_cool[:, open_].sum(1)
    mean, sd = opening or (a.opening_ultra if race.kind == "ultra" else a.opening)
    above = rng.normal(mean, sd, draws)
    even = first / (1 + above)
    lost = 1 - metres.sum() / even / total + rng.normal(0, a.floor, draws)
    usual = a.late_loss[0] * (track.moving_s / 3600.0) ** a.late_loss[1]
    log_weight = np.where(lost < 0, lost / a.floor, -lost / usual)
    # after half a day everyone slows: no loss at all is unlikely
    long = min(max(track.moving_s / 3600.0 - 4.0, 0.0) / 10.0, 1.0)
    log_weight = log_weight + 1.5 * long * np.log(np.maximum(lost, 0.1 * a.floor) / usual)
    if level_s > 0:
        off = np.log(level_s / (metres.sum() / even) * metres.sum() / max(race.distance_m, 1.0)
                     if race.distance_m > 0 else level_s / (metres.sum() / even))
        log_weight = log_weight - 2.5 * np.log1p((off / level_sd) ** 2 / 4)
    weight = np.exp(log_weight - log_weight.max())
    share = np.clip(above / (np.abs(above) + 0.08), 0, 1) * rng.uniform(0, 1.0, draws)
    mixed = rng.normal(0, a.pace_doubt, draws)
    drawn = {"pace choice": lost * share + mixed, "fade": lost * (1 - share) - mixed, "heat": 1 - total / with_heat,
             "course": 1 - with_heat / moving.sum()}
    own = "the athlete's own way to open" if opening else "how runners open"
    held = f"even level of the day from {own}" + (" and the forecast" if level_s > 0 else "")
    if race.kind in TRAIL and track.seconds > 8 * 3600:
        held += "; night and tiredness cannot be told apart"
    basis["pace choice"], basis["fade"] = ("D", held), ("C", held)
    if track.seconds < 900:
        basis["pace choice"] = basis["fade"] = ("D", "cannot tell: needs 15 min; in the rest")
    return drawn, weight / weight.sum(), basis


def _ground_draws(track: Track, race: Race, p: dict[str, np.ndarray], a: Assumptions, rng: np.random.Generator,
                  draws: int) -> tuple[np.ndarray, tuple[str, str]]:
    """Flat-equivalent metres over metres of every piece, in every draw."""
    steep = p["up"].sum() + p["down"].sum()
    grade, words = "B", "grade-adjusted speed, between Strava's curve (heart rate) and Minetti's (energy)"
    up = rng.lognormal(-a.uphill**2 / 2, a.uphill, draws)[:, None]
    down = np.clip(rng.normal(1.0, a.downhill, draws), 0, 2.5)[:, None]
    mix = rng.uniform(0, 1, draws)[:, None]  # two published curves disagree; the truth for one person may lie between
    steeper = up * (mix * p["up"] + (1 - mix) * p["up_energy"])
    easier = down * (mix * p["down"] + (1 - mix) * p["down_energy"])
    factor = 1 + (steeper - easier) / p["metres"]
    factor = np.maximum(factor, 0.5) * (1 + rng.normal(0, 0.002, draws)[:, None])
    if not track.has_ground:
        factor, grade, words = np.ones((draws, len(p["metres"]))), "D", "cannot tell: no altitude; in the rest"
        if race.ascent_m > 0 and race.distance_m > 0:
            from ..progression.conditions import condition_cost
            cost, doubt = condition_cost(race.distance_m, track.seconds, {"ascent_m": race.ascent_m})
            factor = np.exp(np.maximum(rng.normal(cost, doubt, draws), 0.0))[:, None] * factor
            grade, words = "C", "from the official ascent alone: the watch has no altitude"
    elif steep < 0.002 * p["metres"].sum():
        words = "flat ground"
    if race.kind in TRAIL and not words.startswith("cannot"):
        mean, sd = a.footing
        shape = mean * (mean * (1 - mean) / sd**2 - 1)
        factor = factor / (1 - rng.beta(shape, shape * (1 - mean) / mean, draws))[:, None]
        grade, words = "C", words + f"; footing: {100 * mean:.0f} % ± {100 * sd:.0f} assumed"
    return factor, (grade, words)


def _heat_draws(track: Track, p: dict[str, np.ndarray], a: Assumptions, rng: np.random.Generator, draws: int,
                temperature_c: Any) -> tuple[np.ndarray, tuple[str, str]]:
    """Share of time lost to warmth in every piece, in every draw."""
    n = len(p["moving"])
    if temperature_c is not None:
        degrees = np.interp(p["clock"], *temperature_c) if isinstance(temperature_c, tuple) else np.full(
            n, float(temperature_c))
        warm, doubt, source = 0.0, a.weather_doubt_c, "weather as given"
    elif np.isfinite(p["temperature"]).mean() > 0.5:
        known = np.isfinite(p["temperature"])
        degrees = np.interp(np.arange(n), np.flatnonzero(known), p["temperature"][known])
        warm, doubt = a.watch_warmth_c
        source = f"watch temperature less {warm:.0f} °C, ± {doubt:.0f}"
    else:
        return np.zeros((draws, n)), ("B", "cannot tell: no temperature; in the rest")
    comfortable, spread = a.comfortable_c
    felt = degrees - warm + rng.normal(0, math.hypot(doubt, spread), draws)[:, None]
    long = min(max(math.sqrt(track.moving_s / 9000.0), 0.3), 1.2)
    size = a.heat_per_degree * long * rng.lognormal(0.0, a.heat_doubt, draws)[:, None]
    above = np.maximum(felt - comfortable, 0.0)
    words = f"{100 * a.heat_per_degree:.2f} % a degree above {comfortable:.0f} °C for 2:30 h, more for longer; {source}"
    return size * above, ("B", words)


def _costs(drawn: Mapping[str, np.ndarray], moving_s: float, order: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Seconds of each share when taken off one after the other."""
    left, out = np.full(len(next(iter(drawn.values()))), float(moving_s)), {}
    first_two: float | np.ndarray = 1.0
    for name in (n for n in order if n != "stops"):
        # pace choice and fade are shares of the same even time: together they are one step, in either order
        share = drawn[name] / first_two if name in ("pace choice", "fade") else drawn[name]
        out[name] = left * share
        left = left - out[name]
        if name in ("pace choice", "fade"):
            first_two = 1 - drawn[name]
    return out


def _weighted(values: np.ndarray, weight: np.ndarray, level: float = 0.8) -> tuple[float, float, float]:
    order = np.argsort(values)
    cumulative = np.cumsum(weight[order])
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], cumulative, values[order])
    return float(values @ weight), float(low), float(high)


def _stop_count(track: Track) -> int:
    return int((np.diff(np.concatenate(([0], (~track.moving).astype(np.int8)))) == 1).sum())


def _bars(reference_s: float, result: float, rows: dict, whole: dict[str, float], rest: tuple[float, float, float],
          reference: str) -> pd.DataFrame:
    bars: list[dict[str, Any]] = []
    at = float(round(reference_s))
    words = {"goal": "the goal", "forecast": "middle of the forecast made the evening before"}.get(reference, reference)
    bars.append({"component": "reference", "kind": "total", "seconds": at, "low": at, "high": at, "start_s": 0.0,
                 "end_s": at, "grade": "", "basis": words})
    for name in DRAWN:
        _, low, high, grade, basis = rows[name]
        size = whole[name]
        end = at + (size if math.isfinite(size) else 0.0)
        bars.append({"component": name, "kind": "component", "seconds": size, "low": low, "high": high, "start_s": at,
                     "end_s": end, "grade": grade, "basis": basis})
        at = end
    said = "form, head, wind, a reference that was off, and what is wrong in the bars above"
    if rest[0] < 0:
        said += f"; below zero: part of the bars above was in the {reference} already, or the day was a good one"
    bars.append({"component": "not explained", "kind": "rest", "seconds": rest[0], "low": rest[1], "high": rest[2],
                 "start_s": at, "end_s": at + rest[0], "grade": "D", "basis": said})
    end = float(round(result))
    bars.append({"component": "result", "kind": "total", "seconds": end, "low": end, "high": end, "start_s": 0.0,
                 "end_s": end, "grade": "A", "basis": "official time" if reference else ""})
    return pd.DataFrame(bars, columns=COLUMNS).astype(dict.fromkeys(("component", "kind", "grade", "basis"), "str"))


def _other_orders(drawn: Mapping[str, np.ndarray], moving_s: float, weight: np.ndarray, whole: Mapping[str, float],
                  total: float) -> pd.DataFrame:
    rows = []
    for order in ORDERS:
        costs = _costs(drawn, moving_s, order)
        sizes = {name: whole["stops"] if name == "stops" else
                 math.nan if not math.isfinite(whole[name]) else
                 0.0 if whole[name] == 0.0 and order is ORDER else float(round(costs[name] @ weight))
                 for name in order}
        sizes = {name: 0.0 if whole[name] == 0.0 else size for name, size in sizes.items()}
        sizes["not explained"] = total - float(np.nansum(list(sizes.values())))
        rows += [{"order": ", ".join(order), "component": name, "seconds": sizes[name]}
                 for name in (*DRAWN, "not explained")]
    return pd.DataFrame(rows).astype({"order": "str", "component": "str"})


def _order_words(order: tuple[str, ...]) -> str:
    return f"Taken off the result in this order: {', '.join(order)}; what is left is not explained."


def _clock(seconds: float) -> str:
    from ..units import format_duration
    return format_duration(seconds)
