"""Real device files: every run-level function answers, with a number or with the reason why not."""

import warnings

import pytest

from runlab import progression
from runlab.evidence import Estimate
from runlab.readers import read_activity

pytestmark = pytest.mark.corpus

FILES = [
    "jimmykane__garmin-stamina.fit",
    "Runalyze__with-new-dynamics.fit",
    "x3cl__112277949.fit",
    "sports-alliance__6048438275.gpx",
    "philosowaffle__Runn_Incline.fit",
    "Runalyze__time-jump.fit",
    "thomaschampagne__flagged-speed.fit",
    "dtcooper__compressed-speed-distance.fit",
    "corriporai__malformed.tcx",
]


def opened(corpus, name):
    found = sorted(corpus.rglob(name))
    if not found:
        pytest.skip(f"{name} is not in the corpus")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_activity(found[0])


@pytest.mark.parametrize("name", FILES)
def test_each_function_answers_with_a_number_or_a_reason(corpus, name):
    activity = opened(corpus, name)
    for function in (progression.efficiency_factor, progression.decoupling, progression.run_drift):
        found = function(activity.records)
        assert isinstance(found, Estimate) and found.basis
        assert not found.is_known or found.low <= found.value <= found.high
    drift = progression.fatigue_drift(activity.records)
    assert (drift["basis"].str.len() > 5).all()
    bouts = progression.intervals(activity.records, laps=activity.laps)
    assert (bouts["duration_s"] > 0).all() and bouts["start_s"].is_monotonic_increasing


def test_five_times_three_minutes_on_a_real_watch(corpus):
    activity = opened(corpus, "jimmykane__garmin-stamina.fit")
    bouts = progression.intervals(activity.records, laps=activity.laps)
    work = bouts[bouts["kind"] == "work"]
    assert len(work) == 5 and work["duration_s"].between(175, 190).all()
    blind = progression.intervals(activity.records)
    assert blind.loc[blind["kind"] == "work", "duration_s"].between(165, 200).sum() >= 4


@pytest.mark.parametrize("name", ["sports-alliance__6048438275.gpx", "x3cl__112277949.fit"])
def test_noisy_positions_and_a_long_trail_run_are_no_intervals(corpus, name):
    activity = opened(corpus, name)
    assert progression.intervals(activity.records, laps=activity.laps).empty
