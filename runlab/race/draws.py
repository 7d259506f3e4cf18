"""What the split of the lost time leans on, and draws of each share with its doubt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..progression.conditions import condition_cost
from ..races import Race
from ..terrain import grade_adjusted_speed
from .track import Track

BINS = 60
TRAIL = ("trail", "ultra", "fell", "mountain")


@dataclass(frozen=True)
class Assumptions:
    """What the split of the lost time leans on; every number can be changed.

    ``opening``: how far runners open above the even effort of the day (mean, sd), on roads and in ultras.
    ``late_loss``: what is usually lost late, as a share of the time: size at one hour and the power of the hours (about
    0.9 % in a half marathon, 2 % in a marathon, 10 % in a day). ``floor``: share of the time below which fade or
    heat cannot be told from none. ``pace_doubt``: how far pace choice and fade can be taken for each other (sd).
    ``uphill``, ``downhill``: doubt about the grade curves for one person (sd of the extra cost and of the gain).
    ``footing``: share of speed rough ground takes on trails (mean, sd). ``heat_per_degree``: share of a 2:30 h race per
    degree above ``comfortable_c`` (mean, sd), growing with the square root of the duration (0.3 to 1.2 times), and
    ``heat_doubt`` (sd of its log). ``watch_warmth_c``: how much a watch reads too high (mean, sd).
    ``weather_doubt_c``: sd of a stated temperature.

    >>> Assumptions().comfortable_c
    (12.0, 3.0)
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
    heat_doubt: float = 0.45
    comfortable_c: tuple[float, float] = (12.0, 3.0)
    watch_warmth_c: tuple[float, float] = (2.5, 3.0)
    weather_doubt_c: float = 2.0


def pieces_of(track: Track) -> dict[str, np.ndarray]:
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
    return {
        "moving": took[there],
        "metres": total(metres)[there],
        "up": total(metres * np.maximum(factor - 1, 0))[there],
        "down": total(metres * np.maximum(1 - factor, 0))[there],
        "up_energy": total(metres * np.maximum(energy - 1, 0))[there],
        "down_energy": total(metres * np.maximum(1 - energy, 0))[there],
        "temperature": degrees[there],
        "clock": track.time_at((np.arange(n) + 0.5) / n * track.metres)[there],
        "share": ((np.arange(n) + 0.5) / n)[there],
    }


def draw_shares(
    track: Track,
    race: Race,
    p: dict[str, np.ndarray],
    a: Assumptions,
    rng: np.random.Generator,
    draws: int,
    level_s: float,
    level_sd: float,
    temperature_c: Any,
    opening: tuple[float, float] | None,
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
        off = np.log(
            level_s / (metres.sum() / even) * metres.sum() / max(race.distance_m, 1.0)
            if race.distance_m > 0
            else level_s / (metres.sum() / even)
        )
        log_weight = log_weight - 2.5 * np.log1p((off / level_sd) ** 2 / 4)
    weight = np.exp(log_weight - log_weight.max())
    share = np.clip(above / (np.abs(above) + 0.08), 0, 1) * rng.uniform(0, 1.0, draws)
    mixed = rng.normal(0, a.pace_doubt, draws)
    drawn = {
        "pace choice": lost * share + mixed,
        "fade": lost * (1 - share) - mixed,
        "heat": 1 - total / with_heat,
        "course": 1 - with_heat / moving.sum(),
    }
    own = "the athlete's own way to open" if opening else "how runners open"
    held = f"even level of the day from {own}" + (" and the forecast" if level_s > 0 else "")
    if race.kind in TRAIL and track.seconds > 8 * 3600:
        held += "; night and tiredness cannot be told apart"
    basis["pace choice"], basis["fade"] = ("D", held), ("C", held)
    if track.seconds < 900:
        basis["pace choice"] = basis["fade"] = ("D", "cannot tell: needs 15 min; in the rest")
    return drawn, weight / weight.sum(), basis


def _ground_draws(
    track: Track, race: Race, p: dict[str, np.ndarray], a: Assumptions, rng: np.random.Generator, draws: int
) -> tuple[np.ndarray, tuple[str, str]]:
    """Flat-equivalent metres over metres of every piece, in every draw."""
    steep = p["up"].sum() + p["down"].sum()
    grade, words = "B", "grade-adjusted speed, between Strava's curve (heart rate) and Minetti's (energy)"
    up = rng.lognormal(-(a.uphill**2) / 2, a.uphill, draws)[:, None]
    down = np.clip(rng.normal(1.0, a.downhill, draws), 0, 2.5)[:, None]
    mix = rng.uniform(0, 1, draws)[:, None]  # two published curves disagree; the truth for one person may lie between
    steeper = up * (mix * p["up"] + (1 - mix) * p["up_energy"])
    easier = down * (mix * p["down"] + (1 - mix) * p["down_energy"])
    factor = 1 + (steeper - easier) / p["metres"]
    factor = np.maximum(factor, 0.5) * (1 + rng.normal(0, 0.002, draws)[:, None])
    if not track.has_ground:
        factor, grade, words = np.ones((draws, len(p["metres"]))), "D", "cannot tell: no altitude; in the rest"
        if race.ascent_m > 0 and race.distance_m > 0:
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


def _heat_draws(
    track: Track, p: dict[str, np.ndarray], a: Assumptions, rng: np.random.Generator, draws: int, temperature_c: Any
) -> tuple[np.ndarray, tuple[str, str]]:
    """Share of time lost to warmth in every piece, in every draw."""
    n = len(p["moving"])
    if temperature_c is not None:
        degrees = (
            np.interp(p["clock"], *temperature_c)
            if isinstance(temperature_c, tuple)
            else np.full(n, float(temperature_c))
        )
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
