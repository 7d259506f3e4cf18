"""Garmin Connect's list of activities, Activities.csv, English account: 25 to 45 columns, 2019 to 2026.

Header lines in ../shared/reference/csv_formats.md (jakobczak km, ggoodwyn mi, rluyck decimal comma, kostaskes mixed
sports). The file states no unit; times are local; "--" is missing; cadence counts both feet; Avg Speed holds a pace
for runs. Avg Stride Length is metres also in accounts in miles: stride times cadence times time tells the unit of
Distance.
"""

from .source import Source

GARMIN = Source(
    "Garmin Activities.csv",
    "log",
    ({"activity type", "date", "title", "distance"}, {"activity type", "date", "distance", "avg hr"}),
    {
        "activity type": "sport",
        "date": "date",
        "title": "title",
        "distance": ("distance_m", "km?"),
        "calories": "calories_kcal",
        "time": ("timer_time_s", "s"),
        "moving time": ("moving_time_s", "s"),
        "elapsed time": ("elapsed_time_s", "s"),
        "avg hr": "average_heart_rate_bpm",
        "max hr": "max_heart_rate_bpm",
        "avg run cadence": ("average_cadence_spm", "spm"),
        "max run cadence": ("max_cadence_spm", "spm"),
        "avg run cadence#2": ("average_cadence_spm", "spm"),
        "max run cadence#2": ("max_cadence_spm", "spm"),
        "avg bike cadence": ("average_cadence_spm", "spm"),
        "max bike cadence": ("max_cadence_spm", "spm"),
        "avg cadence": ("average_cadence_spm", "spm"),
        "max cadence": ("max_cadence_spm", "spm"),
        "avg pace": ("average_speed_mps", "min/km?"),
        "best pace": ("max_speed_mps", "min/km?"),
        "avg speed": ("average_speed_mps", "km/h?"),
        "max speed": ("max_speed_mps", "km/h?"),
        "avg speed(avg pace)": ("average_speed_mps", "min/km?"),
        "max speed(best pace)": ("max_speed_mps", "min/km?"),
        "avg gap": ("average_graded_speed_mps", "min/km?"),
        "total ascent": ("ascent_m", "m?"),
        "total descent": ("descent_m", "m?"),
        "elev gain": ("ascent_m", "m?"),
        "elev loss": ("descent_m", "m?"),
        "min elevation": ("min_altitude_m", "m?"),
        "max elevation": ("max_altitude_m", "m?"),
        "avg stride length": ("average_stride_length_m", "m"),
        "avg vertical ratio": "vertical_ratio_pct",
        "avg vertical oscillation": ("vertical_oscillation_mm", "cm"),
        "avg ground contact time": "stance_time_ms",
        "avg power": "average_power_w",
        "max power": "max_power_w",
        "normalized power (np)": "weighted_power_w",
        "training stress score": "training_stress_score",
        "aerobic te": "training_effect",
        "steps": "steps",
        "min temp": ("min_temperature_c", "c?"),
        "max temp": ("max_temperature_c", "c?"),
        "number of laps": "laps",
        "gear": "gear",
        "notes": "notes",
        "perceived exertion": "rpe",
        "rpe": "rpe",
    },
)
