"""What the race debrief says, as templates; and how the same facts are told to athlete, coach and physiotherapist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import one_of
from .contract import Sentence, Template, sentence

AUDIENCES = ("athlete", "coach", "physio")

TEMPLATES: dict[str, Template] = {
    "debrief.result_goal": Template(
        claim="{name:word}: {distance:distance} in {time:time}, {gap:time} {side:word} the goal of {goal:time}.",
        comparison="{own:word}",
        uncertainty="{clock:word}",
        grade="A",
        grade_note="measured",
        unknown="Cannot tell the result: {reason:word}.",
    ),
    "debrief.result": Template(
        claim="{name:word}: {distance:distance} in {time:time}.",
        comparison="{own:word}",
        uncertainty="{clock:word}",
        grade="A",
        grade_note="measured",
        unknown="Cannot tell the result: {reason:word}.",
    ),
    "debrief.not_finished": Template(
        claim="{name:word}: {covered:distance} of {distance:distance} covered, {time:time} on the clock.",
        uncertainty="{clock:word}",
        grade="A",
        grade_note="measured",
        unknown="Cannot tell how far it went: {reason:word}.",
        question="What decided it, and when?",
    ),
    "debrief.forecast": Template(
        claim="The result of {time:time} lay {where:word} the band of the evening before.",
        comparison="That forecast, made from the days before alone, was {forecast:estimate}. {goal:word}",
        uncertainty="{tried:word}",
        metric="forecast",
        grade_note="a forecast pooled from {basis:word}",
        change="More races in the log narrow the band.",
        unknown="Cannot tell whether this result was to be expected: {reason:word}.",
    ),
    "debrief.forecast_alone": Template(
        claim="The forecast of the evening before was {forecast:estimate}.",
        uncertainty="{tried:word}",
        metric="forecast",
        grade_note="a forecast pooled from {basis:word}",
        unknown="Cannot tell what was to be expected: {reason:word}.",
    ),
    "debrief.pace_changed": Template(
        claim="{before:pace} to {where:distance}, {after:pace} from there ({worth:word}).",
        comparison="{plan:word}",
        uncertainty="The place is where two levels fit {splits:split} best; what lies between is a slope as often as a "
        "step.",
        metric="pacing",
        grade_note="measured; the place is runlab's own rule",
        unknown="Cannot tell how pace went: {reason:word}.",
    ),
    "debrief.pace_held": Template(
        claim="Pace held: {first:pace} in the first half, {second:pace} in the second ({worth:word}).",
        comparison="{plan:word}",
        uncertainty="No lasting change of {least:share} or more was found over {splits:split}.",
        metric="pacing",
        grade_note="measured",
        unknown="Cannot tell how pace went: {reason:word}.",
    ),
    "debrief.halves": Template(
        claim="The second half took {size:percent} {side:word} than the first.",
        comparison="{own:word}",
        uncertainty="By the clock, stops included.",
        metric="pacing",
        grade_note="measured",
        unknown="Cannot tell the halves apart: {reason:word}.",
    ),
    "debrief.opening": Template(
        claim="The first {until:distance} were run {size:percent} {side:word} than the average of the race.",
        comparison="{own:word}",
        uncertainty="{ground:word}",
        metric="pacing",
        grade_note="measured",
        unknown="Cannot tell how the race was opened: {reason:word}.",
    ),
    "debrief.wall": Template(
        claim="The slowest 5 km took {size:percent} longer than the rest of the race; a published "
        "criterion for hitting the wall is {limit:percent}, so by that one it was {met:word}.",
        comparison="{other:word}",
        uncertainty="Standing is left out. Of the 83 runners of its study, about four in ten of those who had not hit "
        "the wall met it too (specificity 60 to 64 %).",
        metric="wall",
        grade_note="one small study of one road marathon",
        change="{began:word}",
        unknown="Cannot tell whether there was a wall: {reason:word}.",
    ),
    "debrief.waterfall": Template(
        claim="{total:time} {side:word} {reference:word}: the largest part that stands clear of its own "
        "uncertainty is {part:word}, "
        "{size:span} ({low:span} to {high:span}).",
        comparison="{others:word}",
        uncertainty="In brackets 80 % intervals; {rest:span} stays not explained.",
        metric="where_the_time_went",
        grade_note="an order of subtraction, not proof of what did it",
        change="{order:word}",
        unknown="Cannot tell where the time went: {reason:word}.",
    ),
    "debrief.waterfall_even": Template(
        claim="{total:time} {side:word} {reference:word}: no part on that side stands clear of its own uncertainty.",
        comparison="{others:word}",
        uncertainty="{rest:span} stays not explained (80 % interval {low:span} to {high:span}).",
        metric="where_the_time_went",
        grade_note="an order of subtraction, not proof of what did it",
        change="{order:word}",
        unknown="Cannot tell where the time went: {reason:word}.",
    ),
    "debrief.orders": Template(
        claim="Taken off in other orders, {part:word} lies between {low:span} and {high:span}.",
        uncertainty="The race was computed again for {orders:bare} orders and definitions of the split between early "
        "pace and late slowing.",
        metric="where_the_time_went",
        grade_note="the parts lean on each other",
        unknown="Cannot tell how much the order matters: {reason:word}.",
    ),
    "debrief.stops": Template(
        claim="{stood:word} standing in all, {top:word} of it at {place:word}.",
        comparison="{share:share} of the time on the course.",
        uncertainty="From {stops:stop} of 10 s or longer; the watch cannot tell a queue from a choice.",
        metric="legs_of",
        grade_note="measured",
        unknown="Cannot tell the standing time: {reason:word}.",
    ),
    "debrief.windows": Template(
        claim="{inside:bare} of {legs:leg} ended inside the arrival window made beforehand.",
        comparison="{outside:word}",
        uncertainty="The windows are 80 % bands: about one in five is missed by chance.",
        metric="passage_windows",
        grade_note="from the forecast of the evening before",
        unknown="Cannot tell whether arrivals kept to a plan: {reason:word}.",
    ),
    "debrief.fade": Template(
        claim="{ground:word} was {size:percent} {side:word} in the last third than in the first, at the same "
        "grade ({low:change} to {high:change}).",
        comparison="{others:word}",
        uncertainty="In brackets 80 % intervals, from {pieces:word}.",
        metric="terrain_fade",
        grade_note="matched by grade alone; footing and heat differ too",
        unknown="Cannot tell which ground faded: {reason:word}.",
    ),
    "debrief.hike": Template(
        claim="{share:share} of the moving time was walked.",
        comparison="{steep:word}",
        uncertainty="Told from speed and cadence over {time:hours}; slow running and fast walking overlap.",
        metric="hike_share",
        grade_note="runlab's own rule",
        unknown="Cannot tell running from walking: {reason:word}.",
    ),
    "debrief.night": Template(
        claim="In the dark, pace at the same grade was {size:percent} {side:word} than in the light.",
        uncertainty="95 % interval {low:change} to {high:change}, from {dark:hours} in the dark; darkness, tiredness "
        "and the hour came together and cannot be told apart.",
        metric="night_effect",
        grade_note="beside a straight line of time",
        unknown="Cannot tell what the dark went with: {reason:word}.",
    ),
    "debrief.drift": Template(
        claim="{channel:word} was {size:word} {side:word} in the last third than in the first, at the same pace.",
        comparison="{outside:bare} of {splits:split} lay outside {band:word}.",
        uncertainty="95 % interval {low:word} to {high:word}.",
        metric="race_drift",
        grade_note="heat, caffeine, fluid and tiredness all move it",
        unknown="Cannot tell how {channel:word} moved: {reason:word}.",
    ),
    "debrief.drift_steady": Template(
        claim="{channel:word} held: its change from the first to the last third cannot be told from none.",
        comparison="{outside:bare} of {splits:split} lay outside {band:word}.",
        uncertainty="95 % interval {low:word} to {high:word}, at the same pace.",
        metric="race_drift",
        grade_note="at matched pace and grade",
        unknown="Cannot tell how {channel:word} moved: {reason:word}.",
    ),
    "debrief.drift_raw": Template(
        claim="{channel:word} was {size:word} {side:word} in the last third than in the first.",
        comparison="Pace moves it too, and pace is not evened out here.",
        uncertainty="95 % interval {low:word} to {high:word}.",
        metric="race_drift",
        grade_note="against the race's own first third",
        unknown="Cannot tell how {channel:word} moved: {reason:word}.",
    ),
    "debrief.fuel": Template(
        claim="Carbohydrate noted: {taken:rate}, {total:word} in all.",
        comparison="{planned:word}",
        uncertainty="{practised:word}",
        grade="C",
        grade_note="written down by the athlete; what was not noted is not known",
        unknown="Cannot tell what was taken: {reason:word}.",
    ),
    "debrief.weather": Template(
        claim="It was {race:temperature} on the course.",
        comparison="The six weeks before had {usual:temperature} ({low:temperature} to {high:temperature}).",
        uncertainty="{source:word}",
        grade="C",
        grade_note="a watch on the wrist reads warm",
        unknown="Cannot tell how warm it was: {reason:word}.",
    ),
    "debrief.build": Template(
        claim="{mean:distance} a week over the {weeks:week} before, the longest run {longest:distance}.",
        comparison="{best:word}",
        uncertainty="Counted over {runs:run}.",
        metric="weekly_totals",
        grade_note="counted",
        change="{disrupted:word}",
        unknown="Cannot tell how the build went: {reason:word}.",
    ),
    "debrief.disruption": Template(
        claim="{days:day} of {kind:word}, {weeks:week} before the race.",
        comparison="In 300,000 runners a stop of 7 days or more went with 5 to 8 % slower marathons; how much of that "
        "holds here nobody can say.",
        change="{others:word}",
        uncertainty="Counted over the {total:week} of the build.",
        grade="B",
        grade_note="one large observational study",
        unknown="Cannot tell whether the build was interrupted: {reason:word}.",
    ),
    "debrief.disruption_plain": Template(
        claim="{days:day} of {kind:word}, {weeks:week} before the race.",
        comparison="{others:word}",
        uncertainty="Counted over the {total:week} of the build.",
        grade="A",
        grade_note="as noted in the log; what it took from the result nobody can say",
        unknown="Cannot tell whether the build was interrupted: {reason:word}.",
    ),
    "debrief.disruption_short": Template(
        claim="{days:day} of {kind:word}, {weeks:week} before the race.",
        comparison="Gaps of up to 6 days were found in more than half of the builds of 300,000 runners.",
        change="{others:word}",
        uncertainty="Counted over the {total:week} of the build.",
        grade="B",
        grade_note="one large observational study",
        unknown="Cannot tell whether the build was interrupted: {reason:word}.",
    ),
    "debrief.recovery": Template(
        claim="The ladder follows signs, not dates: one step at a time, and one back where a sign turns.",
        uncertainty="{own:word}",
        metric="recovery_ladder",
        grade_note="coaching practice",
        question="How do stairs and the wish to run feel today?",
        unknown="Cannot tell the own usual to come back to: {reason:word}.",
    ),
    "debrief.next": Template(
        claim="For this distance, {course:word}, the forecast is now {after:estimate}.",
        comparison="Before this race it was {before:estimate}.",
        uncertainty="It rests on {n:race}.",
        metric="forecast",
        grade_note="one result moves it by its weight among the others",
        unknown="Cannot tell what comes next: {reason:word}.",
    ),
}


def tell(name: str, values: Mapping[str, Any], *, audience: str = "athlete", units: str = "metric") -> Sentence:
    """A sentence of the debrief for one reader, from the same facts.

    Definition: the athlete reads everything but what the evidence grade stands for; the coach reads all of it; the
    physiotherapist reads claim, comparison, uncertainty and grade, and no question to the athlete.

    Takes a template's name without "debrief.", its values, an audience and units. Returns a Sentence.

    >>> values = {"size": 6.2, "side": "longer", "own": "In the 3 races before it was 1.2 % longer."}
    >>> tell("halves", values, audience="athlete")
    The second half took 6.2 % longer than the first. In the 3 races before it was 1.2 % longer. By the clock, stops
    included. [A]
    """
    template = TEMPLATES[one_of("sentence", f"debrief.{name}", TEMPLATES)]
    one_of("audience", audience, AUDIENCES)
    if audience == "athlete":
        template = replace(template, grade_note="")
    elif audience == "physio":
        template = replace(template, change="", question="")
    return sentence(template, values, units=units)
