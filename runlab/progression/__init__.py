"""What an athlete can do and is becoming: performance, prediction, endurance, intensity, seasons, sessions."""

from .age_grade import age_grade, age_standard
from .critical_speed import critical_speed, critical_speed_efforts, critical_speed_time
from .inference import Finding
from .performance import equivalent_time, individual_exponent, race_time, tanda_marathon, training_paces, vdot
from .speed_endurance import speed_endurance_model, speed_endurance_time

__all__ = [
    "Finding", "age_grade", "age_standard", "critical_speed", "critical_speed_efforts", "critical_speed_time",
    "equivalent_time", "individual_exponent", "race_time", "speed_endurance_model", "speed_endurance_time",
    "tanda_marathon", "training_paces", "vdot",
]
