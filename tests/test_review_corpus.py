"""The review on real runs of eight makers: every section says something, every picture is drawn."""

import matplotlib.pyplot as plt
import pytest

import runlab as rl
from runlab.report.ask import unknown
from runlab.report.review import lines
from runlab.report.sheet import text_of

pytestmark = pytest.mark.corpus

RUNS = {
    "Garmin": "fit/jimmykane__garmin-stamina.fit",
    "Suunto": "fit/sports-alliance__6909950168.fit",
    "COROS": "fit/sports-alliance__6916663933.fit",
    "Polar": "tcx/sports-alliance__6281425038.tcx",
    "TomTom": "fit/Runalyze__invalid-altitude-and-empty-record-at-end.fit",
    "Strava": "broken/sports-alliance__6037744996.gpx",
    "Stryd": "fit/dtcooper__developer-types-sample.fit",
    "Garmin, 25 hours": "fit/x3cl__112277949.fit",
}


@pytest.mark.parametrize(("maker", "path"), RUNS.items(), ids=RUNS)
def test_the_review_of_one_real_run(corpus, maker, path):
    log = rl.open_log(corpus / path, progress=False)
    assert len(log.activities) == 1 and log.activities["sport"].iloc[0] in ("running", "")
    page = rl.report.athlete_review(log)
    review = page.facts
    assert len(text_of(page.card()).split()) > 10
    for name, made in lines.SENTENCES.items():
        if (line := made(review)) is None:
            continue
        text = line.plain
        assert text.strip().endswith((".", "?", "]")), f"{name}: {text}"
        assert "nan" not in text.split(), f"{name}: {text}"
    pictures = [
        rl.plots.plot_coverage(review.activities),
        rl.plots.plot_clean_share(review.activities),
        rl.plots.plot_weekly_volume(review.activities, start=review.start, end=review.end, units=review.units),
        rl.plots.plot_fitness(review.fitness),
        rl.plots.plot_intensity(review.monthly_intensity),
        rl.plots.plot_long_runs(review.all_activities, start=review.start, units=review.units),
        rl.plots.plot_best_efforts(review.efforts, earlier=review.earlier_efforts, units=review.units),
        rl.plots.plot_wellness(review.daily),
        rl.plots.plot_records(log.records(log.activities["activity_id"].iloc[0])),
    ]
    for ax in pictures:
        ax.figure.canvas.draw()
        assert rl.plots.describe(ax)
    plt.close("all")
    assert unknown(review) and page.about()
    html = page._repr_html_()
    assert "nan" not in text_of(html, folded=True).split()
    # without heart rate and settings no load, without a moment of running no effort, with a race's day no training
    assert html.count("<img ") == {"Strava": 5, "Garmin, 25 hours": 5}.get(maker, 7)
