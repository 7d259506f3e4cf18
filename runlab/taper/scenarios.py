"""Named plans for the weeks before a race: as planned, sick, a long run cut, shorter, longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SettingsError
from .taper_shapes import shapes

# After illness: share of the usual load by days since the last sick day. A habit without a source: edit it. [D]
RETURN_STEPS: tuple[tuple[int, int, float], ...] = ((1, 3, 0.30), (4, 6, 0.50), (7, 11, 0.75))
USUAL_DAYS = 42


@dataclass(frozen=True)
class Scenario:
    """One plan from now to the race.

    ``plan`` (Series of load by date) wins over the pattern of usual weeks; ``taper_days``, ``shape`` and
    ``reduction`` bend the last days (0 days: no taper; a ``plan`` is taken as written unless ``taper_days`` is
    given); ``sick`` and ``rest`` are (first day, days) without training, after ``sick`` the load comes back in
    ``steps``; with ``run_through`` the sick days are run as planned; ``scale`` is (first day, days, factor);
    ``cut_long_run`` takes the biggest day of the last ``cut_within`` days before the taper out.

    >>> Scenario("sick six days", sick=("2026-09-26", 6)).name
    'sick six days'
    """

    name: str
    plan: pd.Series | None = None
    taper_days: int | None = None
    shape: str = "exponential"
    reduction: float = 0.5
    sick: tuple[Any, int] | None = None
    run_through: bool = False
    rest: tuple[Any, int] | None = None
    scale: tuple[Any, int, float] | None = None
    cut_long_run: bool = False
    cut_within: int = 21
    steps: tuple[tuple[int, int, float], ...] = RETURN_STEPS

    def __post_init__(self) -> None:
        if not self.name:
            raise SettingsError("a scenario needs a name")
        for what in ("sick", "rest"):
            spell = getattr(self, what)
            if spell is not None and (len(spell) != 2 or int(spell[1]) < 1):
                raise SettingsError(f"{what} must be (first day, number of days), not {spell!r}")
        if self.run_through and self.sick is None:
            raise SettingsError("run_through needs sick=(first day, number of days): which days to run through")


def as_scenarios(given: Sequence[Any] | Mapping[str, Any]) -> list[Scenario]:
    """Scenarios from what a coach hands over: Scenario, name with a Series of loads, or a dict of its fields.

    >>> [s.name for s in as_scenarios([{"name": "short", "taper_days": 7}, Scenario("long", taper_days=21)])]
    ['short', 'long']
    """
    items = list(given.items()) if isinstance(given, Mapping) else [(None, item) for item in given]
    out = []
    for name, item in items:
        if isinstance(item, Scenario):
            out.append(item)
        elif isinstance(item, pd.Series):
            out.append(Scenario(str(name or item.name or f"plan {len(out) + 1}"), plan=item))
        elif isinstance(item, Mapping):
            fields = dict(item) if name is None else {"name": str(name), **item}
            unknown = set(fields) - set(Scenario.__dataclass_fields__)
            if unknown or "name" not in fields:
                raise SettingsError(
                    f"a scenario takes {', '.join(Scenario.__dataclass_fields__)}; found {', '.join(map(str, fields))}"
                )
            out.append(Scenario(**fields))
        else:
            raise SettingsError(
                f"a scenario is a Scenario, a Series of load by date or a dict, not {type(item).__name__}"
            )
    if len({s.name for s in out}) < len(out):
        raise SettingsError("scenarios need different names; found " + ", ".join(s.name for s in out))
    if not out:
        raise SettingsError("scenarios: give at least one, e.g. [Scenario('as planned')]")
    return out


def usual_week(load: pd.Series, *, days: int = USUAL_DAYS) -> np.ndarray:
    """The usual load of each weekday (Monday first): the mean of the last weeks, weeks under half the median left out.

    Takes loads by date without gaps, NaN where a session could not be measured. Returns seven numbers.

    >>> dates = pd.date_range("2026-01-05", periods=28)
    >>> usual_week(pd.Series([10.0, 0, 20, 0, 30, 0, 40] * 4, index=dates)).tolist()
    [10.0, 0.0, 20.0, 0.0, 30.0, 0.0, 40.0]
    """
    last = load.iloc[-days:]
    if not last.notna().any():
        return np.full(7, np.nan)
    week = np.arange(len(last))[::-1] // 7
    means = last.groupby(week).transform("mean")
    usual = last[(means >= 0.5 * means.median()) | means.isna()]
    found = usual.groupby(pd.DatetimeIndex(usual.index).day_of_week).mean().reindex(range(7))
    return found.fillna(float(usual.mean())).to_numpy()


def scenario_loads(
    scenario: Scenario, usual: np.ndarray, dates: pd.DatetimeIndex, planned: pd.Series | None
) -> tuple[np.ndarray, np.ndarray]:
    """Loads of a scenario on the days before the race, and which days are sick.

    Takes the usual load by weekday, the dates (the last is the day before the race) and a written plan if there is
    one. Returns two arrays along ``dates``.

    >>> dates = pd.date_range("2026-06-01", periods=14)
    >>> loads, sick = scenario_loads(Scenario("x", taper_days=7, shape="step"), np.full(7, 10.0), dates, None)
    >>> loads.tolist()[5:9]
    [10.0, 10.0, 5.0, 5.0]
    """
    pattern = usual[dates.day_of_week]
    plan = scenario.plan if scenario.plan is not None else planned
    loads = pattern.copy()
    if plan is not None:
        given = plan.copy()
        given.index = pd.DatetimeIndex(given.index).normalize()
        loads = given.groupby(level=0).sum(min_count=1).reindex(dates).fillna(0.0).to_numpy(float).copy()
    days = scenario.taper_days if scenario.taper_days is not None else 0 if plan is not None else 14
    days = min(days, len(dates))
    if scenario.cut_long_run and len(dates) > days:
        first = max(len(dates) - days - scenario.cut_within, 0)
        before = slice(first, len(dates) - days)
        if loads[before].size:
            loads[first + int(np.argmax(loads[before]))] = 0.0
    if days > 0:
        share = shapes(scenario.shape, days, reduction=scenario.reduction)["share"].to_numpy()
        loads[-days:] = pattern[-days:] * share
    sick = np.zeros(len(dates), bool)
    for spell, is_ill in ((scenario.rest, False), (scenario.sick, True)):
        if spell is None:
            continue
        start = pd.Timestamp(spell[0])
        off = (dates >= start) & (dates < start + pd.Timedelta(days=int(spell[1])))
        sick |= off & is_ill
        if is_ill and scenario.run_through:
            continue
        loads[off] = 0.0
        if is_ill:
            since = (dates - (start + pd.Timedelta(days=int(spell[1]) - 1))).days.to_numpy()
            for a, b, kept in scenario.steps:
                back = (since >= a) & (since <= b)
                loads[back] = np.minimum(loads[back], kept * pattern[back])
    if scenario.scale is not None:
        start = pd.Timestamp(scenario.scale[0])
        part = (dates >= start) & (dates < start + pd.Timedelta(days=int(scenario.scale[1])))
        loads[part] *= float(scenario.scale[2])
    return loads, sick
