"""What the athlete review says, as templates."""

from __future__ import annotations

from .contract import Template

TEMPLATES: dict[str, Template] = {
    "review.period": Template(
        claim="{activities:activity} from {first:date} to {last:date}, {runs:run} among them.",
        uncertainty="{clean:share} of the recorded time passed the quality checks.",
        grade="A",
        grade_note="counted",
        unknown="Cannot tell anything yet: {reason:word}.",
    ),
    "review.heart_rate": Template(
        claim="Heart rate covers {share:share} of running hours.",
        comparison="{since:word}",
        uncertainty="Counted over {runs:run}.",
        grade="A",
        grade_note="counted",
        change="Load rests on {methods:word}.",
        unknown="Cannot tell anything from heart rate: no run here carries it.",
    ),
    "review.trust": Template(
        claim="{flagged:bare} of {activities:activity} carry a quality flag: {names:word}.",
        uncertainty="{clean:share} of the recorded time is clean.",
        grade="D",
        grade_note="runlab's own checks",
        change="Nothing was altered; flagged activities are drawn hollow.",
        unknown="Cannot tell how clean the samples are: {reason:word}.",
    ),
    "review.trust_clean": Template(
        claim="None of {activities:activity} carries a quality flag.",
        uncertainty="{clean:share} of the recorded time is clean.",
        grade="D",
        grade_note="runlab's own checks",
        unknown="Cannot tell how clean the samples are: {reason:word}.",
    ),
    "review.problems": Template(
        claim="{n:file} could not be read in full or held a cell that makes no sense.",
        uncertainty="{kept:word}",
        grade="A",
        grade_note="counted",
        change="Exporting them again from the watch may bring the rest.",
        unknown="Cannot tell which files were read.",
    ),
    "review.no_problems": Template(
        claim="Every one of {n:file} was read in full.",
        uncertainty="Counted over {n:file}.",
        grade="A",
        grade_note="counted",
        unknown="Cannot tell which files were read.",
    ),
    "review.volume": Template(
        claim="{recent:distance} a week over the last 4 weeks.",
        comparison=(
            "The {weeks:week} before held {before:distance} a week ({change:change}); the best 12 "
            "weeks on record "
            "held {best:distance}."
        ),
        no_comparison="The weeks before: {apart:word}.",
        uncertainty="From {runs:run} with a distance.",
        metric="weekly_totals",
        grade_note="counted",
        change="{excused:word}",
        unknown="Cannot tell the weekly volume: {reason:word}.",
    ),
    "review.fitness": Template(
        claim="Fitness, the six-week mean of load, stands at {now:load}.",
        comparison="Six weeks earlier it stood at {then:load}, and its highest on record is {peak:load}.",
        uncertainty="{band:word}",
        metric="fitness_and_fatigue",
        grade_note="a description of load, no measure of what the athlete can do",
        change="{known:word}",
        unknown="Cannot tell how load has developed: {reason:word}.",
    ),
    "review.form": Template(
        claim="Form, fitness less the one-week mean, is {form:points}: {word:word}.",
        comparison="Over the last year, or as long as the log reaches, {rank:share} of days were lower.",
        uncertainty="Counted over {days:day}.",
        metric="fitness_and_fatigue",
        grade_note="thresholds in circulation were not tested",
        unknown="Cannot tell how fresh the athlete is from load: {reason:word}.",
    ),
    "review.intensity": Template(
        claim="{easy:share} of running time and {sessions:share} of runs were easy.",
        comparison="In the last 8 weeks {easy_after:share} of the time was easy, in the weeks before "
        "{easy_before:share} ({coverage:word}).",
        no_comparison="The last 8 weeks and those before: {apart:word}.",
        uncertainty="With what is uncertain about the threshold, the share of time is {band:word}; {placed:bare} of "
        "{runs:run} could be placed, {basis:word}.",
        metric="intensity_distribution",
        grade_note="zones are conventions",
        change="A tested threshold would sharpen this.",
        unknown="Cannot tell how intensity is split: {reason:word}.",
    ),
    "review.long_run": Template(
        claim=(
            "The largest jump was {distance:distance} on {day:date}, {excess:change} on the longest "
            "run of the 30 days "
            "before ({before:distance})."
        ),
        comparison="{beyond:word} in this period went more than 10 % beyond that line.",
        uncertainty=(
            "In a study of 5,205 runners, runs with a jump of this size went with {ratio:word} times "
            "the usual rate "
            "of injuries; most such runs ended well."
        ),
        metric="single_run_spike",
        grade_note="one large observational study",
        question="Did anything feel different in the two days after?",
        unknown="Cannot tell whether a run was a jump: {reason:word}.",
    ),
    "review.long_run_race": Template(
        claim="The one day far beyond the 30 days before was a race: {distance:distance} on {day:date}, "
        "{excess:change} on the longest run before it ({before:distance}).",
        comparison="No run in training went more than 10 % beyond the longest of the 30 days before it.",
        uncertainty="Counted over {runs:run}.",
        grade="A",
        grade_note="counted",
        unknown="Cannot tell whether a run was a jump: {reason:word}.",
    ),
    "review.long_run_steady": Template(
        claim="The longest run was {distance:distance} on {day:date}.",
        comparison="No run went more than 10 % beyond the longest of the 30 days before it.",
        uncertainty="Counted over {runs:run}.",
        grade="A",
        grade_note="counted",
        unknown="Cannot tell whether a run was a jump: {reason:word}.",
    ),
    "review.best_effort": Template(
        claim=(
            "The strongest effort of the period, set against the others, is {name:word} in "
            "{time:time} ({pace:pace}) on "
            "{day:date}."
        ),
        comparison="{earlier:word}",
        uncertainty=(
            "Clean efforts over {n:word} standard distances; {rejected:word} set aside for a jump "
            "or gap in the "
            "recording."
        ),
        metric="best_efforts",
        grade_note="measured by the watch; courses and conditions differ",
        question="Which of these were all-out?",
        unknown="Cannot tell a best effort: {reason:word}.",
    ),
    "review.threshold": Template(
        claim="Threshold, the pace held all out for an hour on the flat, is estimated at {speed:estimate}.",
        comparison="{settings:word}",
        uncertainty="{basis:word}",
        metric="threshold",
        grade_note="weighed by runlab's own rule; a laboratory can differ by 3 to 5 %",
        change="A race or an all-out hour narrows it.",
        unknown="Cannot tell threshold pace: {reason:word}.",
    ),
    "review.wellness": Template(
        claim="{outside:word} in the last 7 days.",
        comparison="The own usual is the mean of the 28 days before that week.",
        uncertainty="From {entries:entry} in the last 35 days.",
        grade="D",
        grade_note="one standard deviation of the own scatter; one week in three strays by chance",
        question="How have the last days felt?",
        unknown="Cannot tell anything from wellness: {reason:word}.",
    ),
    "review.wellness_usual": Template(
        claim="{outside:word} in the last 7 days.",
        comparison="The own usual is the mean of the 28 days before that week.",
        uncertainty="From {entries:entry} in the last 35 days.",
        grade="D",
        grade_note="within one standard deviation of the own scatter",
        unknown="Cannot tell anything from wellness: {reason:word}.",
    ),
    "review.volume_changed": Template(
        claim="{recent:distance} a week over the last 4 weeks, {change:change} on the {weeks:week} before.",
        uncertainty="From {runs:run} with a distance.",
        grade="A",
        grade_note="counted",
        unknown="Cannot tell the weekly volume: {reason:word}.",
    ),
    "review.gap": Template(
        claim="The longest stretch without a run was {days:day}, from {first:date}; the log does not say why.",
        uncertainty="Counted over the {total:day} of the period.",
        grade="A",
        grade_note="counted",
        question="What happened then?",
        unknown="Cannot tell whether there was a break: {reason:word}.",
    ),
    "review.gap_noted": Template(
        claim="The longest stretch without a run was {days:day}, from {first:date}; the log notes {noted:word} then.",
        uncertainty="Counted over the {total:day} of the period.",
        grade="A",
        grade_note="counted",
        unknown="Cannot tell whether there was a break: {reason:word}.",
    ),
    "review.unmeasured": Template(
        claim="The load of {n:session} is not known: no heart rate, effort rating or pace was recorded.",
        uncertainty="Counted over {total:session}.",
        grade="A",
        grade_note="counted",
        change="Their days are hatched and widen the band; they are not rest days.",
        unknown="Cannot tell which loads are known.",
    ),
    "review.races": Template(
        claim="The next race is {name:word} ({distance:distance}) on {day:date}, {weeks:week} away.",
        uncertainty="From the race calendar.",
        grade="A",
        grade_note="written by athlete or coach",
        unknown="Cannot tell what comes next: {reason:word}.",
    ),
}
