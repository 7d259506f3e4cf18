"""The optional tables of a squad folder (DESIGN.md section 10): header -> column, and the words a coach may write."""

from typing import Any

#: header (normalised) -> column, or (column, unit); a distance without a unit is kilometres, or miles if told.
_DISTANCE: dict[str, str | tuple[str, str]] = {
    "distance": ("distance_m", "km?"),
    "distance m": ("distance_m", "m"),
    "dist": ("distance_m", "km?"),
}
_TIME: dict[str, str | tuple[str, str]] = {
    "duration": ("duration_s", "clock"),
    "duration s": ("duration_s", "s"),
    "time": ("duration_s", "clock"),
}
_DAY: dict[str, str | tuple[str, str]] = {"date": "date", "day": "date"}

PLAN = (
    _DAY
    | _DISTANCE
    | _TIME
    | {
        "slot": "slot",
        "session type": "session_type",
        "type": "session_type",
        "session": "session_type",
        "title": "title",
        "name": "title",
        "workout": "title",
        "intensity": "intensity",
        "version": "version",
        "reason": "reason",
    }
)
EVENTS: dict[str, str | tuple[str, str]] = {
    "kind": "kind",
    "type": "kind",
    "event": "kind",
    "start": "start",
    "from": "start",
    "date": "start",
    "start date": "start",
    "end": "end",
    "to": "end",
    "until": "end",
    "end date": "end",
    "site": "site",
    "body part": "site",
    "where": "site",
    "side": "side",
    "severity": "severity",
    "pain": "severity",
    "note": "note",
    "notes": "note",
}
RACES = (
    _DAY
    | _DISTANCE
    | {
        "name": "name",
        "race": "name",
        "title": "name",
        "priority": "priority",
        "goal": ("goal_s", "clock"),
        "goal time": ("goal_s", "clock"),
        "goal s": ("goal_s", "s"),
        "official time": ("official_time_s", "clock"),
        "official time s": ("official_time_s", "s"),
        "result": ("official_time_s", "clock"),
        "ascent": ("ascent_m", "m?"),
        "elevation gain": ("ascent_m", "m?"),
        "kind": "kind",
        "type": "kind",
        "checkpoints": "checkpoints",
    }
)
WELLNESS = _DAY | {
    "sleep": ("sleep_h", "h"),
    "sleep h": ("sleep_h", "h"),
    "sleep quality": "sleep_quality",
    "resting heart rate": "resting_heart_rate_bpm",
    "resting hr": "resting_heart_rate_bpm",
    "rhr": "resting_heart_rate_bpm",
    "hrv rmssd": "hrv_rmssd_ms",
    "hrv": "hrv_rmssd_ms",
    "rmssd": "hrv_rmssd_ms",
    "soreness": "soreness",
    "fatigue": "fatigue",
    "stress": "stress",
    "mood": "mood",
    "weight": ("weight_kg", "kg?"),
    "note": "wellness_note",
    "notes": "wellness_note",
    "wellness note": "wellness_note",
}
STRENGTH = _DAY | {
    "time": "time",
    "start": "time",
    "duration": ("duration_s", "clock"),
    "duration s": ("duration_s", "s"),
    "kind": "kind",
    "type": "kind",
    "rpe": "rpe",
    "note": "note",
    "notes": "note",
}
FUEL = _DAY | {
    "start": "time",
    "time": "time",
    "carbs": ("carbs_g", "g"),
    "carbs g": ("carbs_g", "g"),
    "fluid": ("fluid_ml", "ml"),
    "fluid ml": ("fluid_ml", "ml"),
    "sodium": ("sodium_mg", "mg"),
    "sodium mg": ("sodium_mg", "mg"),
    "caffeine": ("caffeine_mg", "mg"),
    "caffeine mg": ("caffeine_mg", "mg"),
    "planned carbs": ("planned_carbs_g", "g"),
    "planned carbs g": ("planned_carbs_g", "g"),
    "note": "note",
    "notes": "note",
}

#: file -> (headers, needed columns)
FILES: dict[str, tuple[dict[str, str | tuple[str, str]], tuple[str, ...]]] = {
    "plan": (PLAN, ("date", "session_type")),
    "events": (EVENTS, ("kind", "start")),
    "wellness": (WELLNESS, ("date",)),
    "races": (RACES, ("date", "distance_m")),
    "strength": (STRENGTH, ("date",)),
    "fuel": (FUEL, ("date",)),
}

#: Columns of the tables that have no schema of their own in runlab.tables: name -> dtype.
COLUMNS: dict[str, dict[str, Any]] = {
    "wellness": {
        "athlete": "str",
        "date": "datetime64[us]",
        "sleep_h": "float64",
        "sleep_quality": "float64",
        "resting_heart_rate_bpm": "float64",
        "hrv_rmssd_ms": "float64",
        "soreness": "float64",
        "fatigue": "float64",
        "stress": "float64",
        "mood": "float64",
        "weight_kg": "float64",
        "wellness_note": "str",
    },
    "strength": {
        "athlete": "str",
        "date": "datetime64[us]",
        "time": "str",
        "duration_s": "float64",
        "kind": "str",
        "rpe": "float64",
        "note": "str",
    },
    "fuel": {
        "athlete": "str",
        "date": "datetime64[us]",
        "time": "str",
        "carbs_g": "float64",
        "fluid_ml": "float64",
        "sodium_mg": "float64",
        "caffeine_mg": "float64",
        "planned_carbs_g": "float64",
        "note": "str",
    },
}

#: Words that may be written for a choice -> the word runlab uses; a word not here is kept and reported.
WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("plan", "session_type"): {
        **{
            w: w
            for w in (
                "easy",
                "long",
                "recovery",
                "tempo",
                "threshold",
                "interval",
                "hills",
                "race",
                "strength",
                "cross",
                "rest",
            )
        },
        "easy run": "easy",
        "long run": "long",
        "intervals": "interval",
        "reps": "interval",
        "vo2max": "interval",
        "hill": "hills",
        "hill repeats": "hills",
        "recovery run": "recovery",
        "tempo run": "tempo",
        "lt": "threshold",
        "gym": "strength",
        "weights": "strength",
        "cross training": "cross",
        "bike": "cross",
        "swim": "cross",
        "off": "rest",
        "rest day": "rest",
    },
    ("events", "kind"): {
        **{w: w for w in ("ill", "injury", "pain", "travel", "life")},
        "strength block": "strength_block",
        "shoe change": "shoe_change",
        "illness": "ill",
        "sick": "ill",
        "cold": "ill",
        "injured": "injury",
        "niggle": "pain",
        "new shoes": "shoe_change",
    },
    ("events", "side"): {"left": "left", "right": "right", "both": "both", "l": "left", "r": "right"},
    ("races", "priority"): {"a": "A", "b": "B", "c": "C"},
    ("races", "kind"): {**{w: w for w in ("road", "track", "trail", "ultra", "relay")}, "cross country": "trail"},
    ("strength", "kind"): {
        **{w: w for w in ("heavy", "plyometric", "bodyweight", "mobility")},
        "plyometrics": "plyometric",
        "plyo": "plyometric",
        "max strength": "heavy",
        "body weight": "bodyweight",
        "core": "bodyweight",
        "stretching": "mobility",
    },
}
