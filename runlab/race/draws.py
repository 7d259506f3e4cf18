"""What the split of the lost time leans on, and draws of each share with its doubt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..evidence import grade_of
from ..progression.conditions import HEAT_PER_DEGREE, condition_cost
from ..races import Race
from ..terrain import grade_adjusted_speed
from .track import Track

BINS = 60
NU = 4
NIGHT_FROM_S = 8 * 3600.0  # a race over trails that is longer is taken to go into the dark
SLOWING = "early pace and late slowing"
TRAIL = ("trail", "ultra", "fell", "mountain")


class Basis(NamedTuple):
    """What a bar rests on: its grade, the words for it, and whether it can be told at all."""

    grade: str
    words: str
    known: bool = True


@dataclass(frozen=True)
class Assumptions:
    """What the split of the lost time leans on; every number can be changed.

    ``opening``: how far runners open above the even effort of the day (mean, sd), on roads, trails and in ultras,
    held for a tenth to half of the way; more with ``opened_for`` times the depth of the fade, for who fades much most
    likely opened above. ``fade``: chance of one (and 0.1 more an hour), its usual depth at one hour and the power of
    the hours. ``wander``: sd of the speed left over on the way, and the share of the way over which it changes.
    ``floor``: share of the time below which heat cannot be told from none, and sd of the even level. ``rested``: share
    of standing that may be given back or lost later. ``stops_in_goal``: standing that a goal over trails holds, as a
    share of four hours (more with the square root of the hours), and its relative sd.
    ``uphill``, ``downhill``: how much of what the grade curves take uphill and give back downhill applies to one person
    (mean, sd) before the race's own speeds on its hills are read; ``hills_doubt``: sd of that reading, because effort
    is not even on hills. ``longer``: power of the course's cost that comes on top because a longer day is run at a
    lower effort, up to 2:30 h and from 6 h on (world records: 0.06 from half to marathon, 0.2 from there to a
    day), and its relative sd.
    ``footing``: share of speed rough ground takes on trails (mean, sd). ``heat_per_degree``: share of a 2:30 h race per
    degree above ``comfortable_c`` (mean, sd), growing with the square root of the duration (0.3 to 1.2 times), and
    ``heat_doubt`` (sd of its log). ``watch_warmth_c``: how much a watch reads too high (mean, sd).
    ``weather_doubt_c``: sd of a stated temperature. ``used_to_it``: share of the last weeks' warmth that moves the
    comfortable temperature; ``moisture``: degrees a degree of dew point above 10 °C adds.

    >>> Assumptions().comfortable_c
    (13.0, 3.0)
    """

    opening: tuple[float, float] = (0.015, 0.030)
    opening_trail: tuple[float, float] = (0.02, 0.05)
    opening_ultra: tuple[float, float] = (0.03, 0.06)
    fade: tuple[float, float, float] = (0.4, 0.06, 0.6)
    wander: tuple[float, float] = (0.035, 0.3)
    opened_for: float = 0.2
    floor: float = 0.004
    rested: float = 0.02
    stops_in_goal: tuple[float, float] = (0.025, 0.6)
    uphill: tuple[float, float] = (1.0, 0.3)
    downhill: tuple[float, float] = (0.6, 0.4)
    hills_doubt: float = 0.07
    longer: tuple[float, float, float] = (0.08, 0.15, 0.7)
    footing: tuple[float, float] = (0.06, 0.03)
    footing_and_dark: tuple[float, float] = (0.06, 0.046)
    heat_per_degree: float = HEAT_PER_DEGREE
    heat_doubt: float = 0.4
    comfortable_c: tuple[float, float] = (13.0, 3.0)
    watch_warmth_c: tuple[float, float] = (2.5, 3.0)
    weather_doubt_c: float = 1.5
    used_to_it: float = 0.3
    moisture: float = 0.15


def pieces_of(track: Track) -> dict[str, np.ndarray]:
    """The moving part of the race in pieces of equal distance: time, metres, metres added up- and taken downhill."""
    move = track.moving & (track.step_m > 0)
    share = np.clip(track.distance_m[:-1] / max(track.metres, 1.0), 0, 1 - 1e-9)
    n = int(min(BINS, max(move.sum() // 3, 4)))
    at = (share[move] * n).astype(int)
    metres = track.step_m[move]
    up, down = _hills(track, move)

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
        "up": total(metres * up)[there],
        "down": total(metres * down)[there],
        "temperature": degrees[there],
        "clock": track.time_at((np.arange(n) + 0.5) / n * track.metres)[there],
        "share": ((np.arange(n) + 0.5) / n)[there],
    }


def _hills(track: Track, where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a metre takes uphill and gives back downhill, between Strava's curve (heart rate) and Minetti's (energy)."""
    slope = np.nan_to_num(track.grade[:-1][where], nan=0.0)
    curves = [np.asarray(grade_adjusted_speed(np.ones_like(slope), slope, method=m)) for m in ("strava", "minetti")]
    extra = sum(curves) / 2 - 1
    return np.maximum(extra, 0.0), np.maximum(-extra, 0.0)


def own_hills(track: Track, a: Assumptions) -> tuple[np.ndarray, np.ndarray]:
    """How much of the curves up- and downhill holds for this runner (mean, covariance), from speeds on this course.

    Definition: log time per metre of 200 m stretches against their hills, both less their mean over 3 km, so that
    slowing on the way does not count; joined with what is usual (``Assumptions.uphill``, ``downhill``).
    """
    mean = np.array([a.uphill[0], a.downhill[0]])
    usual = np.diag([a.uphill[1] ** 2, a.downhill[1] ** 2])
    move = track.moving & (track.step_m > 0)
    if not track.has_ground or not move.any():
        return mean, usual
    metres, took = track.step_m[move], track.step_s[move]
    length = max(200.0, 3 * float(np.median(metres)))
    at = (track.distance_m[:-1][move] / length).astype(int)
    way = np.bincount(at, metres)
    whole = way > length / 2
    if whole.sum() < 20:
        return mean, usual
    up, down = (np.bincount(at, metres * part)[whole] / way[whole] for part in _hills(track, move))
    slow = np.log(np.bincount(at, took)[whole] / way[whole])
    near = max(int(1500 / length), 3)
    count = _around(np.ones(len(slow)), near)

    def local(values: np.ndarray) -> np.ndarray:
        return values - _around(values, near) / count

    own = mean
    for _ in range(5):
        factor = np.maximum(1 + own[0] * up - own[1] * down, 0.4)
        hills = np.column_stack((local(up / factor), -local(down / factor)))
        left = local(slow) - local(np.log(factor))
        good = np.abs(left) <= 4.5 * np.median(np.abs(left))  # an aid station, a queue at a stile
        inverse = np.linalg.pinv(hills[good].T @ hills[good])
        own = own + inverse @ hills[good].T @ left[good]
    # neighbouring stretches share their wind and mood: a third of them count
    noise = 3 * float(left[good].var()) * inverse + a.hills_doubt**2 * np.eye(2)
    if not np.isfinite(noise).all() or np.abs(hills).max() < 1e-4:
        return mean, usual
    gain = usual @ np.linalg.inv(usual + noise)
    return mean + gain @ (own - mean), usual - gain @ usual


def _around(values: np.ndarray, near: int) -> np.ndarray:
    """The sum of each value and its neighbours."""
    return np.convolve(values, np.ones(2 * near + 1))[near : near + len(values)]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws of what made the race slower, piece by piece, and their weights; rows are draws, columns pieces.

    ``even`` is the time of an even effort on flat, cool ground; ``slowing``, ``heat`` and ``course`` multiply it, and
    all together give the moving time. ``owned`` is the share of the late loss that the early pace brought about.
    """

    even: np.ndarray
    slowing: np.ndarray
    heat: np.ndarray
    course: np.ndarray
    owned: np.ndarray
    weight: np.ndarray
    share: np.ndarray

    def seconds(self, on: frozenset[str], pieces: np.ndarray | None = None) -> np.ndarray:
        """Moving time of each draw with only these parts at work."""
        time = self.even * (self.slowing if SLOWING in on else 1.0) * (self.course if "course" in on else 1.0)
        if "heat" in on:  # a shorter race has less time to get hot
            whole = (self.even * self.slowing * self.course).sum(1, keepdims=True)
            time = time * (1 + (self.heat - 1) * np.sqrt(time.sum(1, keepdims=True) / whole))
        return (time if pieces is None else time[:, pieces]).sum(1)

    def costs(self, order: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Seconds of each part, taken off one after the other: the race is computed again without it."""
        on, out = frozenset((SLOWING, "heat", "course")), {}
        for name in (n for n in order if n in on):
            out[name] = self.seconds(on) - self.seconds(on - {name})
            on = on - {name}
        return out

    def split(self) -> dict[str, np.ndarray]:
        """The early pace by two definitions: what the first half gained or lost, and with what it brought about."""
        on, half = frozenset((SLOWING, "heat", "course")), self.share < 0.5
        early, late = (self.seconds(on, part) - self.seconds(on - {SLOWING}, part) for part in (half, ~half))
        return {"clock": early, "brought about": early + self.owned * np.maximum(late, 0.0)}


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
    humidity_pct: float = math.nan,
    usual_c: float = math.nan,
) -> tuple[Drawn, dict[str, Basis]]:
    """Draws of each part of the moving time, weighted by how well the even level fits the forecast."""
    moving, metres = p["moving"], p["metres"]
    basis: dict[str, Basis] = {}
    ground, basis["course"] = _ground_draws(track, race, p, a, rng, draws)
    heat, basis["heat"] = _heat_draws(track, p, a, rng, draws, temperature_c, humidity_pct, usual_c)
    flat_cool = moving / (ground * (1 + heat))  # seconds each piece would have taken, flat and cool, at its effort
    log_shape, over, log_weight = _shapes(track, race, p["share"], a, rng, draws, opening)
    even = flat_cool * np.exp(log_shape)
    log_weight = log_weight + _likeness(np.log(metres / flat_cool) - log_shape, metres, a.wander)
    if race.kind in TRAIL and not basis["course"].known:
        level_s = math.nan  # unknown hills would pass for slowing
    if level_s > 0:
        official = race.distance_m if race.distance_m > 0 else metres.sum()
        off = np.log(level_s / official * metres.sum() / even.sum(1))
        log_weight = log_weight - 2.5 * np.log1p((off / level_sd) ** 2 / 4)
    weight = np.exp(log_weight - log_weight.max())
    even = even * np.exp(rng.normal(0, a.floor, draws))[:, None]
    drawn = Drawn(
        even=even,
        slowing=flat_cool / even,
        heat=1 + heat,
        course=ground,
        owned=np.clip(over / (np.abs(over) + 0.08), 0, 1) * rng.uniform(0, 1.0, draws),
        weight=weight / weight.sum(),
        share=p["share"],
    )
    own = "the athlete's own way to open" if opening else "how runners open"
    held = f"even level of the day from {own}" + (" and the forecast" if level_s > 0 else "")
    if race.kind in TRAIL and track.seconds > NIGHT_FROM_S:
        held += "; night and tiredness cannot be told apart"
    known = track.seconds >= 900
    words = held if known else "cannot tell: needs 15 min; in the rest"
    basis[SLOWING] = Basis(grade_of("early_pace_and_late_slowing"), words, known)
    return drawn, basis


def _shapes(
    track: Track,
    race: Race,
    share: np.ndarray,
    a: Assumptions,
    rng: np.random.Generator,
    draws: int,
    opening: tuple[float, float] | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log speed against the even level along the way: an opening that is let go, and a fade that deepens."""
    mean, sd = opening or {"ultra": a.opening_ultra, "trail": a.opening_trail}.get(race.kind, a.opening)
    hours = track.moving_s / 3600.0
    over = rng.normal(mean, sd, draws)
    held, onset = rng.uniform(0.1, 0.5, draws), rng.uniform(0.95 - min(0.3 + 0.1 * hours, 0.85), 0.95, draws)
    usual, most = min(a.fade[1] * hours ** a.fade[2], 0.3), 0.5
    depth = np.where(
        rng.random(draws) < 0.5, np.minimum(rng.exponential(usual, draws), most), rng.uniform(0, most, draws)
    )
    likely = np.exp(-depth / usual) / usual
    likely = likely / (0.5 * likely + 0.5 / most)  # half of the draws are spread evenly, so that large fades are tried
    none = rng.random(draws) >= min(a.fade[0] + 0.1 * hours, 0.95)
    depth, likely = np.where(none, 0.0, depth), np.where(none, 1.0, likely)
    over = over + a.opened_for * depth
    width = rng.uniform(0.05, 0.4, draws)
    gone = np.clip((share - held[:, None]) / 0.15, 0, 1)
    early = np.log1p(over)[:, None] * (1 - gone * gone * (3 - 2 * gone))
    late = depth[:, None] * (1 - np.exp(-np.maximum(share - onset[:, None], 0) / width[:, None]))
    return early + np.log1p(-late), over, np.log(likely)


def _likeness(level: np.ndarray, metres: np.ndarray, wander: tuple[float, float]) -> np.ndarray:
    """Log likelihood of what is left of each draw's speeds, if form wanders slowly and by chance on the way."""
    bins = np.minimum((np.cumsum(metres) - metres / 2) / metres.sum() * 10, 9).astype(int)
    size = np.bincount(bins, metres, minlength=10)
    left = np.stack([np.bincount(bins, metres * row, minlength=10) for row in level])[:, size > 0] / size[size > 0]
    apart = np.abs(np.subtract.outer(np.arange(left.shape[1]), np.arange(left.shape[1])))
    inverse = np.linalg.inv(wander[0] ** 2 * np.exp(-apart / (10 * wander[1])))
    left = left - ((left @ inverse).sum(1) / inverse.sum())[:, None]
    off = np.einsum("ij,jk,ik->i", left, inverse, left)
    return -(NU + left.shape[1]) / 2 * np.log1p(off / NU)


def _ground_draws(
    track: Track, race: Race, p: dict[str, np.ndarray], a: Assumptions, rng: np.random.Generator, draws: int
) -> tuple[np.ndarray, Basis]:
    """Flat-equivalent metres over metres of every piece, in every draw."""
    steep = p["up"].sum() + p["down"].sum()
    words = "grade-adjusted speed, measured on this course's own hills, else between two published curves"
    up, down = rng.multivariate_normal(*own_hills(track, a), size=draws).T[:, :, None]
    factor = np.maximum(1 + (up * p["up"] - down * p["down"]) / p["metres"], 0.5)
    factor = factor * (1 + rng.normal(0, 0.001, draws)[:, None])
    known = track.has_ground or (race.ascent_m > 0 and race.distance_m > 0)
    if not track.has_ground:
        factor, words = np.ones((draws, len(p["metres"]))), "cannot tell: no altitude; in the rest"
        if known:
            cost, doubt = condition_cost(race.distance_m, track.seconds, {"ascent_m": race.ascent_m})
            factor = np.exp(np.maximum(rng.normal(cost, doubt, draws), 0.0))[:, None] * factor
            words = "from the official ascent alone: the watch has no altitude"
    elif steep < 0.002 * p["metres"].sum():
        words = "flat ground"
    if race.kind in TRAIL and known:
        mean, sd = a.footing if track.seconds < NIGHT_FROM_S else a.footing_and_dark
        shape = mean * (mean * (1 - mean) / sd**2 - 1)
        factor = factor / (1 - rng.beta(shape, shape * (1 - mean) / mean, draws))[:, None]
        words += f"; footing: {100 * mean:.0f} % ± {100 * sd:.0f} assumed"
    short, far, doubt = a.longer  # a longer day is run at a lower effort
    power = float(np.interp(math.log(max(track.moving_s, 1.0)), np.log([9000.0, 21600.0]), [short, far]))
    whole = p["moving"].sum() / (p["moving"] / factor).sum(1)
    return factor * (whole ** np.maximum(rng.normal(power, doubt * power, draws), 0.0))[:, None], Basis(
        grade_of("course_cost"), words, known
    )


def _heat_draws(
    track: Track,
    p: dict[str, np.ndarray],
    a: Assumptions,
    rng: np.random.Generator,
    draws: int,
    temperature_c: Any,
    humidity_pct: float,
    usual_c: float,
) -> tuple[np.ndarray, Basis]:
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
        return np.zeros((draws, n)), Basis(grade_of("heat_cost"), "cannot tell: no temperature; in the rest", False)
    comfortable, spread = a.comfortable_c
    if math.isfinite(usual_c):  # who trained in the warmth is used to it
        comfortable += float(np.clip(a.used_to_it * (usual_c - a.watch_warmth_c[0] - comfortable), 0.0, 6.0))
        source += ", the last weeks' warmth taken in"
    if math.isfinite(humidity_pct):
        dew = degrees - warm - (100.0 - min(max(humidity_pct, 1.0), 100.0)) / 5.0
        degrees = degrees + a.moisture * np.maximum(dew - 10.0, 0.0)
        source += f", {humidity_pct:.0f} % humidity"
    felt = degrees - warm + rng.normal(0, math.hypot(doubt, spread), draws)[:, None]
    hours = track.moving_s / 3600.0  # the longer, the hotter; but who runs for a day runs slowly and makes less heat
    long = min(max(math.sqrt(hours / 2.5), 0.3), 1.2) / max(hours / 5.0, 1.0) ** 0.2
    size = a.heat_per_degree * long * rng.lognormal(0.0, a.heat_doubt * max(hours / 5.0, 1.0) ** 0.3, draws)[:, None]
    above = np.maximum(felt - comfortable, 0.0)
    words = f"{100 * a.heat_per_degree:.2f} % a degree above {comfortable:.0f} °C for 2:30 h, more for longer; {source}"
    return size * above, Basis(grade_of("heat_cost"), words)
