"""Tapers, breaks and returns of the sample squad, as they were looked at last (see tests/ledger.py)."""

import pandas as pd
import pytest
from ledger import ATHLETES, compare, log_of

from runlab import taper


@pytest.mark.parametrize("athlete", ATHLETES)
def test_tapers_and_breaks_of_the_sample_squad(athlete):
    log = log_of(athlete)
    day = log.races["date"].dropna().max()
    compare("taper", f"{athlete}: review", taper.taper_review(log, day))
    compare("taper", f"{athlete}: rebuild", taper.rebuild(log, day))
    compare(
        "taper", f"{athlete}: rebuild for a half", taper.rebuild(log, day, next_distance_m=21_097.5, build_weeks=12)
    )
    for days in (2, 5, 10, 30, 60):
        compare("taper", f"{athlete}: {days} days off", taper.detraining(log.daily, days=days, draws=300))


@pytest.mark.parametrize("athlete", ATHLETES)
def test_scenarios_of_the_sample_squad(athlete):
    daily = log_of(athlete).daily
    last = daily["date"].max()
    race = last + pd.Timedelta(days=21)
    plan = pd.Series(30.0, index=pd.date_range(last + pd.Timedelta(days=1), race - pd.Timedelta(days=1)))
    scenarios = {
        "as usual": {"taper_days": 0},
        "two weeks": {"taper_days": 14},
        "linear": {"taper_days": 10, "shape": "linear", "reduction": 0.4},
        "sick": {"taper_days": 7, "shape": "step", "sick": (last + pd.Timedelta(days=3), 4)},
        "rest": {"rest": (last + pd.Timedelta(days=2), 5)},
        "less": {"scale": (last + pd.Timedelta(days=1), 7, 0.6), "taper_days": 8, "shape": "slow_exponential"},
        "no long run": {"cut_long_run": True, "taper_days": 9, "cut_within": 10},
        "written": {"plan": plan},
    }
    answer = taper.simulate(daily, race_date=race, scenarios=scenarios, draws=200)
    compare("taper", f"{athlete}: simulate", [answer.summary, answer.comparisons, answer.paths, answer.basis])
    early = taper.simulate(
        daily, race_date=race, scenarios={"x": {"taper_days": 14}}, on=last - pd.Timedelta(days=30), draws=50
    )
    compare("taper", f"{athlete}: simulate from before", [early.summary, early.paths])


def test_shapes_and_return():
    compare("taper", "return plan", [taper.return_plan("2026-05-01", days=d, usual=50.0) for d in (3, 14, 30)])
    for kind in ("step", "linear", "exponential", "fast_exponential", "slow_exponential"):
        compare("taper", kind, [taper.shapes(kind, n, reduction=p) for n, p in ((1, 0.5), (7, 0.2), (14, 0.6))])
    compare("taper", "tau", taper.shapes("exponential", 10, time_constant_days=6.0))
