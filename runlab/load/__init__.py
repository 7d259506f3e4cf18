"""How much it was: one load per session, per day and per week, and what its pattern looks like over months."""

from ..log import Log
from .balance import distance_balance, recovery_time_constant
from .daily import daily_load, daily_sums
from .fitness import fitness_and_fatigue, ramp, required_load
from .methods import (
    banister_trimp,
    edwards_trimp,
    heart_rate_stress,
    lucia_trimp,
    running_stress,
    session_rpe,
)
from .patterns import acute_chronic_ratio, monotony_and_strain
from .response import ImpulseResponseFit, fit_impulse_response, impulse_response
from .session import session_load
from .spikes import single_run_spike
from .weeks import step_back_weeks, weekly_totals

Log.fill_daily = staticmethod(daily_load)

__all__ = [
    "ImpulseResponseFit",
    "acute_chronic_ratio",
    "banister_trimp",
    "daily_load",
    "daily_sums",
    "distance_balance",
    "edwards_trimp",
    "fit_impulse_response",
    "fitness_and_fatigue",
    "heart_rate_stress",
    "impulse_response",
    "lucia_trimp",
    "monotony_and_strain",
    "ramp",
    "recovery_time_constant",
    "required_load",
    "running_stress",
    "session_load",
    "session_rpe",
    "single_run_spike",
    "step_back_weeks",
    "weekly_totals",
]
