"""What different plans before a race would do, side by side, as far as anybody can know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .. import tables
from ..errors import SettingsError
from ..evidence import grade_of
from ..races import race_day
from .scenarios import as_scenarios, scenario_loads, usual_week
from .taper_shapes import shapes

# What the constants are drawn from. Time constants: (median, log spread, lowest, highest), days.
FITNESS_DAYS = (42.0, 0.25, 25.0, 70.0)
FATIGUE_DAYS = (9.0, 0.35, 3.0, 18.0)
# A day's gain grows with less than its load: fitness keeps for weeks on part of the volume if the hard running stays.
DOSE_EXPONENT = (0.25, 0.70)
# Two anchors fix the gains of every draw: what a good two-week taper brings (Mujika & Padilla 2003: about 3 %, 0.5-6.0;
# less in later meta-analyses) and what four weeks without training take. (mean, spread, lowest, highest), %.
TAPER_GAIN_PCT = (2.2, 1.1, 0.3, 5.5)
REST_LOSS_PCT = (7.0, 2.5, 2.0, 14.0)
MODEL_ERROR_PCT = 0.4  # two plans the model parts by less than about this are not parted
MODEL_ERROR_SHARE = 0.45  # and a share of the difference itself
SHORTEST_HISTORY = 42


@dataclass(frozen=True)
class Simulation:
    """Several plans side by side.

    ``summary``: one row per scenario, ``value`` = performance on race morning against going on as usual, in %
    (positive = better), with ``low`` and ``high``; ``from_illness`` = the part of it that the sick days take beyond
    their load, with ``from_illness_low`` and ``from_illness_high`` (0 without sick days). ``comparisons``: every pair,
    ``value`` = a minus b, judged draw by draw, and ``verdict``. ``paths``: the same as ``summary`` day by day, with
    the load. ``basis`` says what it rests on.

    >>> Simulation(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), "nothing to go on").basis
    'nothing to go on'
    """

    summary: pd.DataFrame
    comparisons: pd.DataFrame
    paths: pd.DataFrame
    basis: str = ""
    draws: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def only(self, *names: str) -> Simulation:
        """The same simulation with these scenarios alone, in this order.

        >>> plans = pd.DataFrame({"scenario": ["a", "b", "c"]})
        >>> pairs = pd.DataFrame({"a": ["a", "a", "b"], "b": ["b", "c", "c"]})
        >>> Simulation(plans, pairs, plans).only("c", "a").summary["scenario"].tolist()
        ['c', 'a']
        """
        summary = self.summary.set_index("scenario", drop=False).loc[list(names)].reset_index(drop=True)
        pairs = self.comparisons[self.comparisons["a"].isin(names) & self.comparisons["b"].isin(names)]
        paths = self.paths[self.paths["scenario"].isin(names)]
        return Simulation(summary, pairs, paths, self.basis, {n: d for n, d in self.draws.items() if n in names})

    def __repr__(self) -> str:
        if self.summary.empty or self.summary["value"].isna().all():
            return f"cannot tell · {self.basis}"
        lines = [
            f"{r.scenario}: {r.value:+.1f} % ({r.low:+.1f} to {r.high:+.1f}; 80 %)"
            for r in self.summary.itertuples(index=False)
        ]
        lines += [f"{r.a} – {r.b}: {r.verdict}" for r in self.comparisons.itertuples(index=False)]
        return "\n".join([*lines, self.basis])


def _draw(rng: np.random.Generator, n: int, steady: float) -> dict[str, np.ndarray]:
    """Time constants, and the gains that meet both anchors; draws that no positive gains can meet are left out."""

    def spread(spec: tuple[float, float, float, float], log: bool) -> np.ndarray:
        middle, sd, low, high = spec
        drawn = np.exp(rng.normal(np.log(middle), sd, n)) if log else rng.normal(middle, sd, n)
        return np.clip(drawn, low, high)

    slow, quick = spread(FITNESS_DAYS, True), spread(FATIGUE_DAYS, True)
    power = rng.uniform(*DOSE_EXPONENT, n)
    gain, loss = spread(TAPER_GAIN_PCT, False), spread(REST_LOSS_PCT, False)
    fitness: dict[str, np.ndarray] = {}
    fatigue: dict[str, np.ndarray] = {}
    for name, share in (("taper", shapes("exponential", 14)["share"].to_numpy()), ("rest", np.zeros(28))):
        for store, days, bend in ((fitness, slow, power), (fatigue, quick, np.ones(n))):
            level = steady / np.expm1(1 / days)  # what endless usual days add up to, the day after the last
            left = level * np.exp(-len(share) / days)
            fade = np.exp(-np.arange(len(share), 0, -1) / days[:, None])
            store[name] = left + (steady * share[None, :] ** bend[:, None] * fade).sum(1) - level
    # a dF - b dG = change, twice: once for the taper, once for the rest.
    size = fitness["taper"] * -fatigue["rest"] + fatigue["taper"] * fitness["rest"]
    with np.errstate(divide="ignore", invalid="ignore"):
        a = (gain * -fatigue["rest"] - fatigue["taper"] * loss) / size
        b = (fitness["taper"] * -loss - fitness["rest"] * gain) / size
    keep = (a > 0) & (b > 0) & np.isfinite(a) & np.isfinite(b)
    return {
        "slow": slow[keep],
        "quick": quick[keep],
        "a": a[keep],
        "b": b[keep],
        "power": power[keep],
        "ill": rng.uniform(0.0, 1.0, n)[keep],
        "before": rng.uniform(0.7, 1.05, n)[keep],
        "gained_ill": rng.uniform(0.0, 1.0, n)[keep],
    }


def _state(load: np.ndarray, days: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Faded sum of past loads on the morning after the last of them; what came before the log is taken as usual."""
    ages = np.arange(load.shape[-1], 0, -1)
    return (load * np.exp(-ages / days[:, None])).sum(1) + before * np.exp(-load.shape[-1] / days) / np.expm1(1 / days)


def _dose(load: np.ndarray, usual: np.ndarray, power: np.ndarray) -> np.ndarray:
    """What days do for fitness: their load bent, scaled so that usual weeks do what their load says."""
    steady = usual.mean()
    week = ((usual / steady)[None, :] ** power[:, None]).mean(1)
    return steady * np.maximum(load / steady, 0.0)[None, :] ** power[:, None] / week[:, None]


def _forward(loads: np.ndarray, start: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Faded sums on every morning from the first day of ``loads`` to the day after the last: draws x days."""
    fade = np.exp(-1 / days)
    out = np.empty((len(days), loads.shape[1] + 1))
    now = start
    for k in range(loads.shape[1]):
        out[:, k] = now
        now = (now + loads[:, k]) * fade
    out[:, -1] = now
    return out


def history(daily: pd.DataFrame) -> tuple[pd.Series, float]:
    """Loads by date without gaps, unmeasured days filled with the median measured day, and the share measured.

    >>> daily = pd.DataFrame({"date": pd.to_datetime(["2026-05-01", "2026-05-02"]), "load": [50.0, float("nan")]})
    >>> history(daily)[0].tolist(), history(daily)[1]
    ([50.0, 50.0], 0.5)
    """
    tables.check(daily, tables.DAILY, "date", "load")
    if "athlete" in daily.columns and len(set(daily["athlete"])) > 1:
        raise SettingsError("daily holds several athletes; pick one: log.athlete('…').daily")
    load = daily.dropna(subset=["date"]).groupby("date")["load"].sum(min_count=1).sort_index()
    if load.empty:
        return load, 0.0
    load = load.reindex(pd.date_range(load.index.min(), load.index.max()))
    missing = ~load.index.isin(daily["date"])
    load[missing] = 0.0
    measured = float(load.notna().mean())
    worked = load[load > 0]
    return load.fillna(float(worked.tail(60).median()) if len(worked) else np.nan), measured


def simulate(
    daily: pd.DataFrame,
    *,
    race_date: Any,
    scenarios: Sequence[Any] | Mapping[str, Any],
    planned: pd.Series | None = None,
    on: Any = None,
    draws: int = 2000,
    level: float = 0.8,
    seed: int = 0,
) -> Simulation:
    """What several plans would do by race morning, and which of them can be told apart at all.

    Definition: performance = a x fitness - b x fatigue, two fading sums of daily load. Nobody knows an athlete's
    constants, so they are drawn: time constants of 42 days (25-70) and 9 days (3-18); a day's gain for fitness grows
    with its load to the power 0.25 to 0.70, because fitness keeps for weeks on part of the volume; and gains that
    make a two-week taper from the athlete's usual weeks bring 2.2 % (0.3-5.5) and four weeks of rest take 7 %
    (2-14). All plans are run with the same draws, and each pair is judged draw by draw, with the model's own doubt
    added (0.4 % and 45 % of the difference): where the 80 % band of the difference holds 0 they "cannot be told
    apart". Sick days also tire, by 0 to 1 usual day each; with ``run_through`` by 0 to 2 beside the running itself,
    which then gains between nothing and what it gains in health. No study stands behind what an illness does: the
    summary keeps its share apart.

    Takes one athlete's daily table (``date``, ``load``), the race (a date or Race), scenarios (``Scenario``,
    dicts of its fields, or Series of load by date), ``planned`` (Series of load by date: what "as planned" means),
    and the day ``on`` which to plan, knowing the days before it (default: the day after the table ends; earlier ones
    replay the past).
    Returns a Simulation. With under 42 days of history, or over a third of them unmeasured, values are NaN and
    ``basis`` says so.
    Raises SettingsError for a race in the past, several athletes, or scenarios without names.
    Evidence: C. The shape of the model is old and its constants are not identified; the anchors are group means
    (Mujika & Padilla 2003; Bosquet 2007; Feely 2023). It can rank far-apart plans; it is no forecast of a result.

    >>> from runlab.taper.scenarios import Scenario
    >>> days = pd.date_range("2026-01-01", periods=120)
    >>> daily = pd.DataFrame({"date": days, "load": 60.0})
    >>> found = simulate(daily, race_date="2026-05-22", scenarios=[
    ...     Scenario("two weeks"), Scenario("the same again"),
    ...     Scenario("rest all three weeks", rest=("2026-05-01", 21))])
    >>> found.comparisons[["a", "b", "verdict"]].head(2).to_numpy().tolist()
    [['two weeks', 'the same again', 'cannot be told apart'],
     ['two weeks', 'rest all three weeks', 'two weeks ahead']]
    """
    plans = as_scenarios(scenarios)
    load, measured = history(daily)
    race = race_day(None, race_date)
    names = [plan.name for plan in plans]
    if len(load):
        first = pd.Timestamp(on).normalize() if on is not None else load.index[-1] + pd.Timedelta(days=1)
        load = load[load.index < first]
        if race <= first:
            raise SettingsError(f"race_date {race:%Y-%m-%d} must lie after {first:%Y-%m-%d}, the first day to come")
    usual = usual_week(load) if len(load) >= 7 else np.full(7, np.nan)
    if len(load) < SHORTEST_HISTORY or measured < 2 / 3 or not np.nansum(usual) > 0:
        why = (
            f"needs {SHORTEST_HISTORY} days of load, two thirds of them measured; found {len(load)} days, "
            f"{100 * measured:.0f} % measured"
        )
        return _unknown(names, why, level)
    dates = pd.date_range(first, race - pd.Timedelta(days=1))
    steady = float(usual.mean())
    constants = _draw(np.random.default_rng([seed, 1]), draws, steady)
    past = load.to_numpy(float)[-500:]
    earlier = steady * constants["before"] if len(load) <= 500 else np.full(len(constants["a"]), past[:60].mean())
    power = constants["power"]
    start = [_state(_dose(past, usual, power), constants["slow"], earlier), _state(past, constants["quick"], earlier)]

    def form(loads: np.ndarray, tired: np.ndarray, gained: np.ndarray | float = 1.0) -> np.ndarray:
        fitness = _forward(_dose(loads, usual, power) * gained, start[0], constants["slow"])
        return constants["a"][:, None] * fitness - constants["b"][:, None] * _forward(
            loads + tired, start[1], constants["quick"]
        )

    # What everything is held against: the last week of simply going on, its weekly ups and downs averaged out.
    onward = usual[pd.date_range(first, race + pd.Timedelta(days=6)).day_of_week]
    going_on = form(onward, np.zeros((len(power), len(onward))))
    level_now = going_on[:, len(dates) : len(dates) + 7].mean(1)
    ends, rows, paths = {}, [], []
    tail = (1 - level) / 2
    for plan in plans:
        loads, sick = scenario_loads(plan, usual, dates, planned)
        tired = np.where(sick, steady, 0.0)[None, :] * constants["ill"][:, None]
        gained: np.ndarray | float = 1.0
        if plan.run_through:
            tired, gained = 2 * tired, np.where(sick[None, :], constants["gained_ill"][:, None], 1.0)
        daily_form = form(loads, tired, gained) - level_now[:, None]
        illness = daily_form[:, -1] - (form(loads, np.zeros_like(tired)) - level_now[:, None])[:, -1]
        ill_low, ill, ill_high = np.quantile(illness, [tail, 0.5, 1 - tail])
        ends[plan.name] = daily_form[:, -1]
        low, middle, high = np.quantile(daily_form, [tail, 0.5, 1 - tail], axis=0)
        paths.append(
            pd.DataFrame(
                {
                    "scenario": plan.name,
                    "date": [*dates, race],
                    "load": [*loads, np.nan],
                    "value": middle,
                    "low": low,
                    "high": high,
                    "level": level,
                }
            )
        )
        rows.append(
            {
                "scenario": plan.name,
                "value": middle[-1],
                "low": low[-1],
                "high": high[-1],
                "level": level,
                "n": len(daily_form),
                "unit": "%",
                "from_illness": ill,
                "from_illness_low": ill_low,
                "from_illness_high": ill_high,
                "load": float(loads.sum()),
                "share_of_usual": float(loads.sum() / usual[dates.day_of_week].sum()),
                "grade": grade_of("simulate"),
                "basis": "against going on as usual",
            }
        )
    basis = (
        f"{len(constants['a']):,} draws of the constants, same for every plan; {len(load)} days of load, "
        f"{100 * measured:.0f} % measured; no race-day scatter in it"
    )
    return Simulation(pd.DataFrame(rows), _compare(ends, level, seed), pd.concat(paths, ignore_index=True), basis, ends)


def _compare(ends: dict[str, np.ndarray], level: float, seed: int) -> pd.DataFrame:
    rows, names, tail = [], list(ends), (1 - level) / 2
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            apart = ends[a] - ends[b]
            doubt = MODEL_ERROR_PCT + MODEL_ERROR_SHARE * abs(float(np.median(apart)))
            rng = np.random.default_rng([seed, 2])
            low, middle, high = np.quantile(apart + rng.normal(0, doubt, len(apart)), [tail, 0.5, 1 - tail])
            middle = float(np.median(apart))
            verdict = "cannot be told apart" if low <= 0 <= high else f"{a if middle > 0 else b} ahead"
            rows.append(
                {
                    "a": a,
                    "b": b,
                    "value": middle,
                    "low": float(low),
                    "high": float(high),
                    "level": level,
                    "unit": "%",
                    "verdict": verdict,
                    "grade": grade_of("simulate"),
                }
            )
    return pd.DataFrame(rows, columns=["a", "b", "value", "low", "high", "level", "unit", "verdict", "grade"])


def _unknown(names: list[str], why: str, level: float) -> Simulation:
    summary = pd.DataFrame(
        {
            "scenario": names,
            "value": np.nan,
            "low": np.nan,
            "high": np.nan,
            "level": level,
            "n": 0,
            "unit": "%",
            "from_illness": np.nan,
            "from_illness_low": np.nan,
            "from_illness_high": np.nan,
            "load": np.nan,
            "share_of_usual": np.nan,
            "grade": grade_of("simulate"),
            "basis": why,
        }
    )
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    comparisons = pd.DataFrame(
        {
            "a": [a for a, _ in pairs],
            "b": [b for _, b in pairs],
            "value": np.nan,
            "low": np.nan,
            "high": np.nan,
            "level": level,
            "unit": "%",
            "verdict": "cannot tell",
            "grade": grade_of("simulate"),
        }
    )
    paths = pd.DataFrame(
        {"scenario": [], "date": pd.DatetimeIndex([]), "load": [], "value": [], "low": [], "high": [], "level": []}
    )
    return Simulation(summary, comparisons, paths, why)
