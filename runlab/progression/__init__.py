"""What an athlete can do and is becoming: performance, prediction, endurance, intensity, seasons, sessions."""

from ..efforts import best_efforts
from .aerobic import pace_at_heart_rate
from .age_grading import age_grade, age_standard
from .bouts import intervals
from .candidates import limiters
from .conditions import condition_cost
from .critical import critical_speed, critical_speed_efforts, critical_speed_time
from .curve import pace_curve
from .endurance import decoupling, durability, efficiency_factor, run_drift
from .inference import Finding
from .intensity import intensity_distribution, polarization_index, run_intensity
from .performance import equivalent_time, race_time, tanda_marathon, training_paces, vdot
from .prediction import Prediction, Prior, predict_race
from .recovery import recovery_time
from .results import race_results
from .season import block_comparison, block_summary, consistency, variety
from .season_phases import phases
from .sessions import session_type
from .speed_endurance import speed_endurance_model, speed_endurance_time
from .stride import dynamics, fatigue_drift, leg_stiffness, symmetry
from .trend import plateau, same_race

__all__ = [
    "Finding",
    "Prediction",
    "Prior",
    "age_grade",
    "age_standard",
    "best_efforts",
    "block_comparison",
    "block_summary",
    "condition_cost",
    "consistency",
    "critical_speed",
    "critical_speed_efforts",
    "critical_speed_time",
    "decoupling",
    "durability",
    "dynamics",
    "efficiency_factor",
    "equivalent_time",
    "fatigue_drift",
    "intensity_distribution",
    "intervals",
    "leg_stiffness",
    "limiters",
    "pace_at_heart_rate",
    "pace_curve",
    "phases",
    "plateau",
    "polarization_index",
    "predict_race",
    "race_results",
    "race_time",
    "recovery_time",
    "run_drift",
    "run_intensity",
    "same_race",
    "session_type",
    "speed_endurance_model",
    "speed_endurance_time",
    "symmetry",
    "tanda_marathon",
    "training_paces",
    "variety",
    "vdot",
]
