"""The what-if's tables as finished words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from ... import units as _units
from ...sentences import Sentence, joined
from ..season.sheets import day, number
from ..season.tapers import WORDS, _number, _range
from ..table import table

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from .what_if import TaperWhatIf

DAY = pd.Timedelta(days=1)
# science.md's tapers, in a coach's words; addresses are left out so that the page names none.
EVIDENCE = (
    ("Volume down by 41 to 60 %", "largest effects in 27 studies of trained athletes", "Bosquet 2007; Wang 2023", "A"),
    (
        "About two weeks, 8 to 21 days",
        "largest effects; up to three weeks in newer studies",
        "Bosquet 2007; Wang 2023",
        "A",
    ),
    ("Intensity kept", "less of it went with no gain", "Bosquet 2007; Mujika & Padilla 2003", "A"),
    ("At least four runs in five kept", "little gained by running less often", "Mujika & Padilla 2003", "A"),
    ("Progressive rather than in one step", "favoured, with some doubt", "Mujika & Padilla 2003", "B"),
    (
        "Every week less than the one before",
        "158,000 marathoners: 2.6 % faster over three such weeks; who tapers so differs in other ways",
        "Smyth & Lawlor 2021",
        "B",
    ),
    ("What a taper brings", "about 3 % (0.5 to 6), less in later reviews", "Mujika & Padilla 2003", "B"),
    ("Lifting: less volume, load kept", "practice; last heavy session 2 to 10 days before", "Travis 2020", "C"),
    ("Ultras", "no dedicated trial was found: all of this is carried over", "", "D"),
)


def change(value: float, digits: int = 1) -> str:
    """A change in per cent with its sign.

    >>> change(-1.52)
    '−1.5'
    """
    if not math.isfinite(value):
        return ""
    return f"{value:+.{digits}f}".replace("-", "−") if round(value, digits) else f"{0:.{digits}f}"


def spread(row: pd.Series, digits: int = 1) -> str:
    """A value with its interval.

    >>> spread(pd.Series({"value": 2.0, "low": 0.61, "high": 3.5}))
    '+2.0 (+0.6 to +3.5)'
    """
    if not math.isfinite(row["value"]):
        return ""
    return f"{change(row['value'], digits)} ({change(row['low'], digits)} to {change(row['high'], digits)})"


def plan_table(what: TaperWhatIf) -> Styler | Sentence:
    if not what.has_plan:
        return what.sentence("plan")
    loads, _ = what.plan
    unit, per = _units.distance_unit(what.units), _units.distance_unit_m(what.units)
    plan = what.whole.plan
    plan = plan[(plan["date"] >= what.today) & (plan["date"] < what.race["date"])]
    usual = usual_day(what)
    rows = []
    back = (what.race["date"] - DAY - loads.index).days // 7
    for week in sorted(set(back), reverse=True):
        days = loads.index[back == week]
        part = plan[plan["date"].isin(days)]
        told = part[part["reason"].fillna("").astype("str") == ""]
        kinds = told.loc[~told["session_type"].isin(["rest"]), "session_type"].value_counts()
        changed = joined(sorted(set(part["reason"].fillna("").astype("str")) - {""}))
        rows.append(
            {
                "week from": day(days[0]),
                "days": str(len(days)),
                unit: number(told["distance_m"].sum() / per, 1),
                "sessions": joined(f"{n} {kind}" for kind, n in kinds.items()),
                "load, % of usual": number(100 * loads[days].sum() / (usual * len(days))) if usual > 0 else "",
                "rewritten": changed,
            }
        )
    frame = pd.DataFrame(rows)
    if not frame["rewritten"].astype(bool).any():
        frame = frame.drop(columns="rewritten")
    return table(frame, text=("week from", "sessions", "rewritten"), caption="As planned, race not counted")


def usual_day(what: TaperWhatIf) -> float:
    """The mean load of the usual days before today; NaN where it is not known."""
    row = what.simulation.summary.iloc[0]
    share = row["share_of_usual"]
    return float(row["load"] / share / what.days) if math.isfinite(share) and share > 0 else math.nan


def scenarios_table(what: TaperWhatIf) -> Styler | Sentence:
    found = what.simulation
    if not found.summary["value"].notna().any():
        return what.sentence("plans")
    first = found.summary["scenario"].iloc[0]
    rows = []
    for row in found.summary.to_dict("records"):
        pair = against(what, row["scenario"])
        rows.append(
            {
                "plan": row["scenario"],
                "load, % of usual": number(100 * row["share_of_usual"]),
                "race morning, %": spread(pd.Series(row)),
                f"against “{first}”, %": "" if pair is None else spread(pair),
                "verdict": "" if pair is None else pair["verdict"],
            }
        )
    caption = "Performance on race morning against going on as usual, with 80 % intervals [C]"
    return table(pd.DataFrame(rows), text=("plan", "verdict"), caption=caption)


def against(what: TaperWhatIf, name: str) -> pd.Series | None:
    """A plan less the first plan, from the judged pairs; None for the first itself."""
    pairs = what.simulation.comparisons
    first = what.simulation.summary["scenario"].iloc[0]
    row = pairs[(pairs["a"] == first) & (pairs["b"] == name)]
    if row.empty:
        return None
    pair = row.iloc[0]
    return pd.Series({"value": -pair["value"], "low": -pair["high"], "high": -pair["low"], "verdict": pair["verdict"]})


def pairs_table(what: TaperWhatIf) -> Styler | Sentence:
    """A grid: every plan against every other, row less column in %, a dot where they cannot be told apart."""
    found = what.simulation
    if not found.summary["value"].notna().any():
        return what.sentence("plans")
    names = list(found.summary["scenario"])
    cells = pd.DataFrame("", index=names, columns=names)
    for pair in found.comparisons.itertuples():
        alike = pair.verdict == "cannot be told apart"
        cells.loc[pair.a, pair.b] = "alike" if alike else change(pair.value)
        cells.loc[pair.b, pair.a] = "alike" if alike else change(-pair.value)
    frame = cells.rename_axis("row less column, %").reset_index()
    return table(frame, text=("row less column, %",), caption="“alike” = cannot be told apart [C]")


def detraining_table(what: TaperWhatIf) -> Styler | Sentence:
    from .what_if import STOPS

    rows = what.detraining.table
    if rows.empty:
        return what.sentence("detraining")
    shown = rows[rows["day"].isin(STOPS)]
    frame = pd.DataFrame(
        {
            "days without training": [str(d) for d in shown["day"]],
            "against going on, %": [spread(row) for _, row in shown.iterrows()],
        }
    )
    return table(frame, text=("days without training",), caption="By the model, with 80 % intervals [C]")


def return_table(what: TaperWhatIf) -> Styler | Sentence:
    plan = what.way_back
    unit, per = _units.distance_unit(what.units), _units.distance_unit_m(what.units)
    block = (plan["share"] != plan["share"].shift()).cumsum()
    rows = []
    for _, part in plan.groupby(block):
        first, last = part.iloc[0], part.iloc[-1]
        single = first["day"] == last["day"]
        dates = day(first["date"]) if single else f"{first['date'].day} {first['date']:%b} – {day(last['date'])}"
        rows.append(
            {
                "days back": f"{first['day']}" if single else f"{first['day']} to {last['day']}",
                "dates": dates,
                "of the usual day, %": number(100 * first["share"]),
                f"{unit} a day, about": number(part["value"].mean() / per, 1),
            }
        )
    return table(
        pd.DataFrame(rows),
        text=("days back", "dates"),
        caption="The way back [D: a default to edit]; on to the next step while there are no symptoms at rest, the "
        "morning pulse is as usual and the easy day stays easy",
    )


def own_table(what: TaperWhatIf) -> Styler | Sentence:
    known = {date: r for date, r in what.reviews.items() if r["value"].notna().any()}
    if not known:
        return what.sentence("own")
    columns: dict[str, list[str]] = {"measure": []}
    last = known[max(known)]
    for name in last["measure"]:
        words, unit = WORDS[name]
        columns["measure"].append(f"{words}, {unit}" if unit else words)
    for date in sorted(known)[-3:]:
        review = known[date].set_index("measure")
        title = f"{review['race'].iloc[0] or 'race'}, {date:%b %Y}"
        columns[title] = [
            review.loc[name, "verdict"] if name == "shape" else _number(review.loc[name, "value"])
            for name in last["measure"]
        ]
    columns["studies or practice"] = [
        "progressive" if r.measure == "shape" else _range(r.reference_low, r.reference_high) for r in last.itertuples()
    ]
    columns["grade"] = list(last["grade"])
    return table(pd.DataFrame(columns), text=("measure",), caption="The athlete's own tapers, race not counted")


def evidence_table() -> Styler:
    frame = pd.DataFrame(EVIDENCE, columns=["what", "found", "source", "grade"])
    return table(frame, text=("what", "found", "source"), caption="Published on tapers; groups, not this athlete")


def rebuild_table(what: TaperWhatIf) -> Styler | Sentence:
    stages = what.rebuild
    if stages.empty:
        return Sentence("No missed goal to come back from: nothing to lay out here.")
    rows = []
    for stage in stages.to_dict("records"):
        if stage["unit"] == "s":
            words = [_units.format_duration(stage[c]) for c in ("value", "low", "high")]
        else:
            words = [
                f"{stage['value']:.0f} days" if math.isfinite(stage["value"]) else "",
                number(stage["low"]),
                number(stage["high"]),
            ]
        rows.append(
            {
                "stage": stage["stage"],
                "takes": f"{words[0]} ({words[1]}–{words[2]})" if words[1] and words[2] else words[0],
                "ask": stage["question"],
                "grade": stage["grade"],
            }
        )
    return table(pd.DataFrame(rows), text=("stage", "ask"), caption="After a goal that was not reached")
