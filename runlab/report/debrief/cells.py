"""The debrief's tables as a coach reads them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ... import units as _units
from ...clean import clean_share_of
from ...evidence import Estimate
from ...evidence.estimate import format_quantity
from ...plots.race.ground import has, hills_matter, signed
from ...plots.race.waterfall import in_order
from ..grid import ROWS, table
from .lines import PARTS
from .lines.lists import for_reader

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from .facts import DebriefFacts

_MEASURES = {
    "half_split": "second half against the first",
    "first_quarter_bias": "first quarter against the average",
    "first_5_km_bias": "first 5 km against the average",
    "variability": "variation from km to km",
    "wall_1_km": "slowest km against the rest",
    "wall_5_km": "slowest 5 km against the rest",
    "wall_variability_1_km": "scatter of km pace",
    "wall_variability_5_km": "scatter of 5-km pace",
}
_BUILD = {
    "distance": "distance in the build",
    "weekly": "distance a week",
    "longest": "longest run",
    "long_runs": "weeks with a long run",
    "race_pace": "distance at race pace",
    "ascent": "climb",
    "days_off": "days without a run",
    "strength": "strength",
    "sleep": "sleep a night",
    "taper_length": "length of the taper",
    "taper_depth": "volume taken off in the taper",
    "taper_strict_weeks": "weeks in a row below the one before",
}


def splits(facts: DebriefFacts) -> Styler | None:
    """The splits in at most twelve rows, neighbours together; the fastest pace in bold."""
    frame = facts.tables.splits
    if not has(frame, "time_s"):
        return None
    per, unit = _units.distance_unit_m(facts.units), _units.distance_unit(facts.units)
    rows = _together(frame)
    speed = rows["distance_m"] / rows["moving_s"].where(rows["moving_s"] > 0)
    out = {
        unit: [f"{m / per:.1f}".removesuffix(".0") for m in rows["end_m"]],
        "clock": [_units.format_duration(s) for s in rows["elapsed_s"]],
        "time": [_units.format_duration(s) for s in rows["time_s"]],
        f"moving pace, min/{unit}": [_pace(v, facts.units) for v in speed],
    }
    if hills_matter(frame):
        out["on the flat"] = [_pace(v, facts.units) for v in rows["graded_speed_mps"]]
    if has(rows, "plan_time_s"):
        out["against plan"] = [signed(a - b) for a, b in zip(rows["time_s"], rows["plan_time_s"], strict=True)]
    if rows["stopped_s"].sum() > 0:
        out["stood"] = [_units.format_duration(s) if s >= 1 else "·" for s in rows["stopped_s"]]
    if has(rows, "ascent_m"):
        feet = 1.0 if facts.units == "metric" else _units.METRES_PER_FOOT
        out[f"climb, {'m' if facts.units == 'metric' else 'ft'}"] = [_number(v / feet) for v in rows["ascent_m"]]
    for column, name in (("heart_rate_bpm", "heart rate, beats/min"), ("cadence_spm", "steps/min")):
        if has(rows, column):
            out[name] = [_number(v) for v in rows[column]]
    return _bold(table(pd.DataFrame(out)), f"moving pace, min/{unit}", speed.to_numpy())


def _together(frame: pd.DataFrame) -> pd.DataFrame:
    """Splits in groups of equal count so that there are at most twelve; means weighted by moving time."""
    size = next(n for n in (1, 2, 5, 10, 20, 25, 50, 100, 1000) if len(frame) / n <= ROWS)
    group = np.arange(len(frame)) // size
    if size > 1 and len(frame) % size and len(frame) // size >= ROWS:
        group = np.minimum(group, len(frame) // size - 1)
    sums = dict.fromkeys(("distance_m", "time_s", "moving_s", "stopped_s"), "sum")
    out = frame.groupby(group).agg({"end_m": "last", "elapsed_s": "last", **sums})
    for column in ("plan_time_s", "ascent_m"):
        out[column] = frame[column].groupby(group).sum(min_count=1) if column in frame else math.nan
    for column in ("graded_speed_mps", "heart_rate_bpm", "cadence_spm"):
        out[column] = [_mean(part, column) for _, part in frame.groupby(group)]
    return out


def _mean(part: pd.DataFrame, column: str) -> float:
    known = part[part[column].notna() & (part["moving_s"] > 0)] if column in part else part.iloc[:0]
    return float(np.average(known[column], weights=known["moving_s"])) if len(known) else math.nan


def _pace(speed: float, units: str) -> str:
    return _units.format_pace(speed, units).split(" ")[0]


def _number(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else "·"


def _bold(styled: Styler, column: str, speed: np.ndarray) -> Styler:
    """The fastest row's pace in bold, if one stands out at all."""
    if len(speed) < 2 or not np.isfinite(speed).any():
        return styled
    words = styled.data
    classes = pd.DataFrame("number", index=words.index, columns=words.columns)
    classes.loc[int(np.nanargmax(speed)), column] = "number best"
    styled.set_td_classes(classes)
    return styled.set_table_styles([{"selector": "td.best", "props": "font-weight: bold;"}], overwrite=False)


def pacing(facts: DebriefFacts) -> Styler | None:
    """Each pacing measure beside its criterion and the athlete's own earlier races."""
    frame = facts.tables.pacing
    if not len(frame):
        return None
    rows = []
    for name, row in frame.iterrows():
        unjudged = str(name).startswith("wall") and not row["met"]  # a criterion made for road marathons
        if not math.isfinite(row["value"]) or unjudged:
            continue
        scale, sign = (100, "") if row["unit"] == "" else (1, "+")
        sign = "" if str(name).startswith(("wall", "variab")) else sign
        own = f"{scale * row['own_median']:{sign}.1f}" if row["n"] > 0 and math.isfinite(row["own_median"]) else "·"
        if row["n"] > 1 and math.isfinite(row["own_low"]):
            own += f" ({scale * row['own_low']:{sign}.1f} to {scale * row['own_high']:{sign}.1f})"
        rows.append(
            {
                "measure": _MEASURES.get(str(name), str(name).replace("_", " ")),
                "this race, %": f"{scale * row['value']:{sign}.1f}",
                "criterion, %": f"{scale * row['criterion']:.1f}" if math.isfinite(row["criterion"]) else "·",
                "met": row["met"] or "·",
                "own earlier races, %": own,
                "races": f"{row['n']:.0f}" if row["n"] > 0 else "·",
                "evidence": row["grade"],
            }
        )
    return table(_minus(pd.DataFrame(rows)), text=("measure",)) if rows else None


def _minus(frame: pd.DataFrame) -> pd.DataFrame:
    """A true minus sign before numbers."""
    return frame.replace(r"(^|\(| )-(\d)", r"\1−\2", regex=True)


def waterfall(facts: DebriefFacts) -> Styler | None:
    """The bars as numbers, with what each rests on."""
    frame = facts.tables.waterfall
    if not len(frame):
        return None
    rows = [
        {
            "part": PARTS.get(
                r.component, facts.tables.waterfall_reference if r.component == "reference" else r.component
            ),
            "time": _units.format_duration(r.seconds) if r.kind == "total" else signed(r.seconds),
            "80 % interval": "·"
            if r.kind == "total" or not math.isfinite(r.low)
            else f"{signed(r.low)} to {signed(r.high)}",
            "evidence": r.grade or "·",
            "rests on": r.basis or "·",
        }
        for r in frame.itertuples()
    ]
    return table(pd.DataFrame(rows), text=("part", "rests on"))


def orders(facts: DebriefFacts) -> Styler | None:
    """How the bars change when they are taken off in another order."""
    frame, drawn = facts.tables.waterfall_orders, facts.tables.waterfall
    if not len(frame) or not len(drawn):
        return None
    wide = frame.pivot_table(index="order", columns="component", values="seconds", sort=False)
    rows = [
        {"taken off in this order": in_order(str(order))}
        | {
            PARTS.get(part, part): signed(float(seconds)) if math.isfinite(seconds) else "·"
            for part, seconds in row.items()
        }
        for order, row in wide.iterrows()
    ]
    caption = "The race computed again for every order; early pace and late slowing split by two definitions"
    return table(pd.DataFrame(rows), text=("taken off in this order",), caption=caption)


def hike(facts: DebriefFacts) -> Styler | None:
    """Share of moving time walked, by grade."""
    frame = facts.tables.hike_share
    frame = frame[frame["seconds"] >= 300] if len(frame) else frame
    if not len(frame):
        return None
    share = lambda v: f"{100 * v:.0f}" if math.isfinite(v) else "·"  # noqa: E731
    rows = [
        {
            "grade, %": _grades(r.grade_from, r.grade_to),
            "moving time, h": f"{r.seconds / 3600:.1f}",
            "walked, %": share(r.share),
            "first half, %": share(r.first_half_share),
            "second half, %": share(r.second_half_share),
            f"pace, min/{_units.distance_unit(facts.units)}": _pace(r.speed_mps, facts.units),
        }
        for r in frame.itertuples()
    ]
    return table(pd.DataFrame(rows))


def _grades(low: float, high: float) -> str:
    if low <= -0.9:
        return f"below {100 * high:.0f}".replace("-", "−")
    if high >= 0.9:
        return f"above {100 * low:.0f}"
    return f"{100 * low:.0f} to {100 * high:.0f}".replace("-", "−")


def build(facts: DebriefFacts) -> Styler | None:
    """This build beside the best one, measure by measure."""
    frame = facts.tables.build_summary
    if not len(frame):
        return None
    rows = []
    for name, row in frame.iterrows():
        unit = "climb" if name == "ascent" else row["unit"]
        cells = [_quantity(row[build], unit, facts.units) for build in ("this", "best")]
        if any(cell != "·" for cell in cells):
            rows.append([_BUILD.get(str(name), str(name).replace("_", " ")), *cells])
    columns = ["", "this build", "best build"]
    return table(pd.DataFrame(rows, columns=columns), text=("",), rows=20)


def _quantity(value: Any, unit: str, units: str) -> str:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return "·"
    if unit == "climb":
        return _units.format_height(float(value), units)
    if unit in ("m", "m/s", "s"):
        return format_quantity(float(value), unit, units)
    words = f"{value:,.0f}" if abs(value) >= 20 or float(value).is_integer() else f"{value:.1f}"
    unit = unit[:-1] if words == "1" and unit.endswith("s") and len(unit) > 2 else unit
    return f"{words} {unit}".strip().replace("-", "−")


def stories(facts: DebriefFacts) -> Styler | None:
    """Rival stories, what speaks for and against each, and what would settle it."""
    frame = facts.tables.other_stories
    if not len(frame):
        return None
    names = {
        "story": "story",
        "speaks_for": "speaks for it",
        "speaks_against": "speaks against it",
        "settles_it": "would settle it",
    }
    frame = frame[[c for c in names if c in frame]].rename(columns=names)
    frame = frame.apply(lambda column: for_reader(facts, column.astype("str").tolist()))
    return table(frame, text=tuple(frame.columns))


def history(facts: DebriefFacts) -> Styler | None:
    """How earlier races were paced."""
    frame = facts.tables.pacing_history
    if not len(frame):
        return None
    rows = [
        {
            "date": f"{r.date.day} {r.date:%b %Y}",
            "race": r.name,
            _units.distance_unit(facts.units): f"{r.distance_m / _units.distance_unit_m(facts.units):.1f}",
            "time": _units.format_duration(r.time_s),
            "second half, %": f"{r.half_split:+.1f}",
            "first quarter, %": f"{r.first_quarter_bias:+.1f}",
            "variation, %": f"{r.variability:.1f}" if math.isfinite(r.variability) else "·",
        }
        for r in frame.sort_values("date", ascending=False).itertuples(index=False)
    ]
    return table(_minus(pd.DataFrame(rows)), text=("date", "race"), caption="Earlier races of comparable length")


def coming(facts: DebriefFacts) -> Styler | None:
    """The forecast for this course before and after the race."""
    frame = facts.tables.next_goal
    if not len(frame):
        return None
    rows = []
    for r in frame.to_dict("records"):
        told = Estimate(r["value"], r["low"], r["high"], unit="s")
        half = "·"
        if math.isfinite(r.get("low_50", math.nan)):
            half = f"{_units.format_duration(r['low_50'])}–{_units.format_duration(r['high_50'])}"
        band = f"{_units.format_duration(r['low'])}–{_units.format_duration(r['high'])}" if told.is_known else "·"
        rows.append(
            {
                "forecast": {"before": "before the race", "after": "after it"}.get(r["when"], r["when"]),
                "middle": _units.format_duration(r["value"]) if told.is_known else "cannot tell",
                "50 % band": half,
                "80 % band": band,
                "races": _number(float(r["n"])),
            }
        )
    return table(pd.DataFrame(rows), text=("forecast",))


def sources(facts: DebriefFacts) -> Styler:
    """What the debrief was made from: race, files, devices, flags, settings, version."""
    from ... import __version__

    race, activities = facts.tables.race, facts.activities
    said = {"given": "given by hand", "calendar": "from the race calendar", "watch": "from the watch"}
    rows = {
        "race": f"{race.name or 'unnamed'}, {race.date.day} {race.date:%b %Y}, {race.kind}",
        "distance": f"{_units.format_distance(race.distance_m, facts.units)}, "
        f"{said.get(race.distance_from, race.distance_from)}",
        "official time": _units.format_duration(race.official_time_s),
        "goal": _units.format_duration(race.goal_s),
        "runlab": __version__,
    }
    if len(activities):
        share = clean_share_of(activities)
        rows |= {
            "files": ", ".join(str(s).rsplit("/", 1)[-1] for s in activities["source"] if s) or "·",
            "device": ", ".join(sorted(set(activities["device"]) - {""})) or "not named",
            "quality flags": ", ".join(sorted({_flag(f) for s in activities["quality_flags"] for f in str(s).split()}))
            or "none",
            "clean time": f"{100 * share:.0f} %" if math.isfinite(share) else "·",
        }
    frame = pd.DataFrame({"": list(rows), " ": list(rows.values())})
    return table(frame, text=("", " "))


def _flag(name: str) -> str:
    return " ".join({"hr": "heart-rate", "gps": "GPS"}.get(word, word) for word in name.split("_"))
