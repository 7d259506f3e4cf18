"""What the taper what-if says, as templates."""

from __future__ import annotations

from .contract import Template

TEMPLATES: dict[str, Template] = {
    "taper.race": Template(
        claim="{name:word}, {distance:distance}, on {day:date}; the plans below start on {today:date}, {days:day} "
        "before.",
        comparison="{known:word}",
        uncertainty="Load is known for {share:share} of {history:day} up to then; nothing later is used.",
        grade="A",
        grade_note="counted",
        unknown="Cannot tell which race to plan for: {reason:word}.",
    ),
    "taper.plan": Template(
        claim="As planned, the weeks to the race hold {share:share} of the usual load.",
        comparison="{steps:word}",
        uncertainty="{basis:word}",
        metric="simulate",
        grade_note="planned distance turned into load at the athlete's own rate",
        unknown="Cannot tell what was planned: {reason:word}.",
    ),
    "taper.apart": Template(
        claim="On race morning “{worse:word}” comes out {change:word} against “{first:word}”: {verdict:word}.",
        comparison="{alike:word}",
        uncertainty="80 % interval of that difference {band:word}, over {draws:word} draws of constants nobody knows.",
        metric="simulate",
        grade_note="it can rank plans that lie far apart; it is no forecast of a result",
        change="The athlete's own tapers below weigh as much.",
        unknown="Cannot tell what the plans would do: {reason:word}.",
    ),
    "taper.alike": Template(
        claim="None of the {n:word} can be told apart from “{first:word}” on race morning.",
        comparison="The middle estimates lie within {spread:word} of each other.",
        uncertainty="Every 80 % interval of a difference holds zero, over {draws:word} draws of constants nobody "
        "knows.",
        metric="simulate",
        grade_note="it can rank plans that lie far apart; it is no forecast of a result",
        change="So comfort, sleep and nerves may choose.",
        question="{ask:word}?",
        unknown="Cannot tell what the plans would do: {reason:word}.",
    ),
    "taper.sick": Template(
        claim="{spell:word}, {before:day} before the race: in the model “{name:word}” ends at {value:word} against "
        "going on as usual.",
        comparison="Against “{reference:word}” that is {change:word} ({verdict:word}).",
        uncertainty="80 % interval {band:word}. The illness itself is {illness:word} of it ({illness_band:word}), "
        "drawn from nothing to a usual day's tiredness for each day in bed; the rest is the training missed, in bed "
        "and on the way back. In the model {through:word}.",
        metric="simulate",
        grade_note="illness is in none of the taper studies used here",
        change="Common practice is not to catch up lost days, and not to run with fever or a chest infection; how the "
        "way back feels says more than this model.",
        question="{ask:word}?",
        unknown="Cannot tell what an illness would change: {reason:word}.",
    ),
    "taper.happened": Template(
        claim="As it happened, the model ends at {value:word}, {verdict:word}.",
        comparison="{result:word}",
        uncertainty="80 % interval {band:word}; race-day scatter of 2 to 3 % is not in it.",
        metric="simulate",
        grade_note="one race cannot test a model",
        unknown="Cannot tell what the days as they happened would do: {reason:word}.",
    ),
    "taper.own": Template(
        claim="Earlier tapers of this athlete: {said:word}.",
        comparison="{now:word}",
        uncertainty="{n:race} to look back on.",
        metric="taper_review",
        grade_note="counted; few races are no pattern",
        unknown="Cannot tell how this athlete tapered before: {reason:word}.",
    ),
    "taper.detraining": Template(
        claim="By the model, {days:day} without training would move performance by {value:word} against going on, "
        "on the morning after, still fresh from the rest; weeks later the freshness is gone and the loss stays.",
        comparison="{month:word}",
        uncertainty="80 % interval of the shorter stop {band:word}.",
        metric="detraining",
        grade_note="the model's constants are not known for anybody",
        change="{literature:word}",
        unknown="Cannot tell what a stop would take: {reason:word}.",
    ),
    "taper.return": Template(
        claim="The way back is laid out over {days:day}, from {start:share} of the usual load.",
        comparison="Usual here is {usual:distance} a week, the mean of the weeks before.",
        uncertainty="A habit without a source: edit return_steps in the first cell.",
        metric="return_plan",
        grade_note="a default, not a prescription; symptoms and a doctor's word come first",
        question="{ask:word}?",
        unknown="Cannot tell a way back: {reason:word}.",
    ),
}
