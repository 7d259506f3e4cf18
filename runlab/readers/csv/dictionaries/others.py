"""Other platforms' lists of activities, daily exports, and files that are recognised to be refused in plain words.

TrainingPeaks: run cadence is steps/min, hours are decimal, a row without time and distance is only planned.
HealthExport and intervals.icu: units as their headers or makers state. All in ../shared/reference/csv_formats.md.
"""

from .source import Source

TRAININGPEAKS = Source(
    "TrainingPeaks workouts.csv",
    "log",
    ({"workouttype", "workoutday", "timetotalinhours"},),
    {
        "title": "title",
        "workouttype": "sport",
        "workoutday": "date",
        "distanceinmeters": ("distance_m", "m"),
        "timetotalinhours": ("timer_time_s", "h"),
        "velocityaverage": ("average_speed_mps", "m/s"),
        "velocitymax": ("max_speed_mps", "m/s"),
        "cadenceaverage": ("average_cadence_spm", "spm"),
        "cadencemax": ("max_cadence_spm", "spm"),
        "heartrateaverage": "average_heart_rate_bpm",
        "heartratemax": "max_heart_rate_bpm",
        "poweraverage": "average_power_w",
        "powermax": "max_power_w",
        "energy": ("calories_kcal", "kj"),
        "workoutdescription": "notes",
        "athletecomments": "athlete_comments",
        "coachcomments": "coach_comments",
        "tss": "training_stress_score",
        "if": "intensity_factor",
        "rpe": "rpe",
        "plannedduration": ("planned_duration_s", "h"),
        "planneddistanceinmeters": ("planned_distance_m", "m"),
    },
)

HEALTHEXPORT = Source(
    "Apple Health workouts (HealthExport)",
    "log",
    ({"activity", "date", "active energy burned(kcal)"},),
    {
        "date": "date",
        "activity": "sport",
        "distance(km)": ("distance_m", "km"),
        "duration(seconds)": ("timer_time_s", "s"),
        "active energy burned(kcal)": "calories_kcal",
        "elevation: ascended(m)": ("ascent_m", "m"),
        "heart rate: average(count/min)": "average_heart_rate_bpm",
        "heart rate: maximum(count/min)": "max_heart_rate_bpm",
        "weather: humidity(%)": "humidity_pct",
        "weather: temperature(degc)": ("weather_temperature_c", "c"),
    },
)

INTERVALS = Source(
    "intervals.icu activities.csv",
    "log",
    ({"start date local", "moving time", "elapsed time"},),
    {
        "id": "source_id",
        "start date local": "date",
        "name": "title",
        "type": "sport",
        "moving time": ("moving_time_s", "s"),
        "distance": ("distance_m", "m"),
        "elapsed time": ("elapsed_time_s", "s"),
        "icu recording time": ("timer_time_s", "s"),
        "total elevation gain": ("ascent_m", "m"),
        "max speed": ("max_speed_mps", "m/s"),
        "average speed": ("average_speed_mps", "m/s"),
        "max heartrate": "max_heart_rate_bpm",
        "average heartrate": "average_heart_rate_bpm",
        "average cadence": ("average_cadence_spm", "spm"),
        "calories": "calories_kcal",
        "icu average watts": "average_power_w",
        "icu normalized watts": "weighted_power_w",
        "icu training load": "source_load",
        "icu rpe": "rpe",
        "race": "is_race",
        "commute": "is_commute",
        "trainer": "is_treadmill",
        "gear": "gear",
        "description": "notes",
    },
)

HRV4TRAINING = Source(
    "HRV4Training daily measurements",
    "days",
    ({"date", "rmssd", "avnn"},),
    {"date": "date", "hr": "resting_heart_rate_bpm", "rmssd": "hrv_rmssd_ms", "note": "wellness_note"},
)

REFUSED = (
    Source(
        "Garmin laps",
        "refused",
        ({"laps", "cumulative time"}, {"laps", "time", "avg pace", "distance"}),
        refusal="the laps of one Garmin activity, without a date; export the activity's original file (FIT) instead",
    ),
    Source(
        "HealthExport days",
        "refused",
        ({"date", "step count(count)"}, {"date", "basal energy burned(kcal)"}),
        refusal="Apple Health's daily totals (HealthExport), which hold no runs and no wellness column that runlab "
        "keeps; export the workouts instead",
    ),
    Source(
        "Epson",
        "refused",
        ({"[[training]]"},),
        refusal="an Epson Runsense file (blocks, not a table); export the activity as TCX or GPX instead",
    ),
    Source(
        "TrainingPeaks metrics",
        "refused",
        ({"timestamp", "type", "value"},),
        refusal="TrainingPeaks' metrics.csv (one daily value per row); enter heart rate and HRV in wellness.csv",
    ),
    Source(
        "Polar session",
        "refused",
        ({"sample rate", "time", "hr (bpm)"}, {"sport", "start time", "running index"}),
        refusal="a Polar Flow session, two tables in one file; export the session as TCX or GPX instead",
    ),
)
