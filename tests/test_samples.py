"""What is shipped to try runlab on: small, openable anywhere, and enough for a review and a debrief."""

from __future__ import annotations

import pytest

import runlab as rl
from runlab.samples import SHIPPED, run_file, squad


def test_the_shipped_log_is_small_and_names_no_place_on_a_disk():
    files = [path for path in SHIPPED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1.55e6
    assert b"/" not in (SHIPPED / "squad.runlab" / "log.json").read_bytes().replace(b"Europe/", b"")


def test_half_a_year_of_two_with_a_race_each():
    log = squad()
    assert list(log.athletes) == ["returning-runner", "road-marathoner"]
    for name in log.athletes:
        one = log.athlete(name)
        days = one.activities["date"]
        assert 150 < (days.max() - days.min()).days < 184
        for race in one.races["date"]:
            ids = one.activities.loc[(one.activities["date"] == race) & (one.activities["samples"] > 0), "activity_id"]
            assert len(one.records(ids.iloc[0])) > 100


def test_every_sample_promised_is_there_and_no_other():
    log = squad()
    promised = log.activities[log.activities["samples"] > 0]
    assert all(len(log.records(key)) == n for key, n in zip(promised["activity_id"], promised["samples"], strict=True))
    kept = {path.stem for path in (SHIPPED / "squad.runlab" / "records").iterdir()}
    assert len(kept) == len(promised) > 50
    with pytest.raises(rl.FileError, match="no samples"):
        log.records(log.activities.loc[log.activities["samples"] == 0, "activity_id"].iloc[0])


def test_the_smallest_file_reads():
    assert rl.read_activity(run_file()).about["complete"]


def test_a_debrief_can_be_written_from_it(tmp_path):
    page = tmp_path / "debrief.html"
    rl.report.write_report("race_debrief", squad().athlete("road-marathoner"), page, date="2026-11-01")
    words = page.read_text(encoding="utf-8")
    assert "Autumn Marathon" in words and "3:41:12" in words
