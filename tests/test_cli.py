"""The command: what it prints, its exit codes, and that an error is a sentence and not a traceback."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from simulate import fit_writer

from runlab import __version__, cli, open_log
from runlab.log import Log


@pytest.fixture
def run_file(tmp_path):
    path = tmp_path / "run.fit"
    path.write_bytes(fit_writer.tiny_run())
    return path


def told(capsys) -> tuple[str, str]:
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_check_says_what_a_file_is(run_file, capsys):
    assert cli.main(["check", str(run_file)]) == 0
    out, err = told(capsys)
    lines = dict(re.findall(r"^  (\w+) +(.*)$", out, re.MULTILINE))
    assert out.startswith(str(run_file)) and not err
    assert lines["what"].startswith("FIT activity, running")
    assert "samples" in lines["span"] and "UTC" in lines["span"]
    assert "heart_rate_bpm 100 %" in lines["channels"]
    assert lines["verdict"].startswith("complete")


def test_check_of_a_cut_file_names_the_damage_and_exits_1(run_file, capsys):
    run_file.write_bytes(run_file.read_bytes()[:-40])
    assert cli.main(["check", str(run_file)]) == 1
    out, _ = told(capsys)
    assert "problem" in out and "verdict   cut or damaged" in out


def test_check_goes_on_after_a_file_that_cannot_be_read(run_file, tmp_path, capsys):
    bad = tmp_path / "bad.fit"
    bad.write_bytes(b"")
    assert cli.main(["check", str(bad), str(tmp_path / "nowhere.gpx"), str(run_file)]) == 1
    out, _ = told(capsys)
    assert "cannot be read: the file is empty" in out and "cannot be read: there is no such file" in out
    assert "verdict   complete" in out


def test_check_of_a_training_log_says_so(tmp_path, capsys):
    path = tmp_path / "log.csv"
    path.write_text("Date,Type,Distance (km),Time\n2026-05-01,Run,10.0,50:00\n2026-05-03,Run,12.0,1:02:00\n")
    assert cli.main(["check", str(path)]) == 0
    assert "training log, 2 activities, 2026-05-01 to 2026-05-03" in told(capsys)[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "athlete-revue", "x", "-o", "y.html"], "did you mean 'athlete_review'"),
        (["report", "athlete-review", "nowhere", "-o", "y.html"], "no such folder or file"),
        (["report", "athlete-review", "nowhere", "-o", "y.html", "--set", "x"], "--set needs NAME=VALUE, not 'x'"),
        (["report", "athlete-review", ".", "-o", "y.html", "--athlete", "all"], "-o must be a folder"),
        (
            ["report", "athlete-review", ".", "-o", "y.html", "--start", "01/11/2026"],
            "start: '01/11/2026' reads two ways",
        ),
        (["report", "athlete-review", ".", "-o", "y.html", "--end", "2026-11-31"], "end: there is no day 2026-11-31"),
        (["report", "taper", ".", "-o", "y.html", "--set", "on=2026-02-30"], "on: there is no day 2026-02-30"),
        (["report", "taper", ".", "-o", "y.html", "--set", "sick_days=many"], "sick_days must be a number, not 'many'"),
        (
            ["report", "taper", ".", "-o", "y.html", "--set", "return_steps=30 %"],
            "return_steps must be written like [(1,",
        ),
        (["report", "taper", ".", "-o", "y.html", "--set", "units=miles"], "units must be one of 'metric', 'imperial'"),
        (["report", "taper", ".", "-o", "y.html", "--set", "sick_day=3"], "did you mean 'sick_days'?"),
        (["report", "race-debrief", ".", "-o", "y.html", "--set", "coordinates=yes"], "must be one of 'true', 'false'"),
    ],
)
def test_errors_are_one_sentence_and_exit_1(arguments, words, capsys):
    assert cli.main(arguments) == 1
    out, err = told(capsys)
    assert not out and err.startswith("runlab: ") and words in err and "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


@pytest.fixture
def squad(tmp_path):
    """Two athletes with a race each, and not one activity that could be read."""
    for who, race in (("kim", "2026-11-01,Town Marathon,42.195"), ("bo", "2026-05-10,Bridge 10,10")):
        folder = tmp_path / "squad" / who
        folder.mkdir(parents=True)
        (folder / "athlete.toml").write_text(f'name = "{who}"\n')
        (folder / "races.csv").write_text(f"date,name,distance_km\n{race}\n")
        (folder / "run.fit").write_bytes(b"no activity")
    return tmp_path / "squad"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--athlete", "kym"], "athlete must be one of 'bo', 'kim', not 'kym'; did you mean 'kim'?"),
        ([], "the log holds 2 athletes (bo, kim); name the one it is about as athlete"),
        (["--athlete", "kim", "--date", "01/11/2026"], "write 2026-11-01; nearest: Town Marathon (2026-11-01)"),
        (["--athlete", "kim", "--date", "2026-11-31"], "no day 2026-11-31 in the calendar; nearest: Town Marathon"),
    ],
)
@pytest.mark.parametrize("kept", ["folder", "saved"])
def test_what_cannot_be_is_asked_back_before_anything_is_read(more, words, kept, squad, tmp_path, monkeypatch, capsys):
    """No activity is read and no kernel started, be it a folder or a saved log."""
    log = squad if kept == "folder" else open_log(squad, progress=False).save(tmp_path / "squad.runlab")
    monkeypatch.setattr("runlab.report.write.executed", lambda *_, **__: pytest.fail("a kernel was started"))
    monkeypatch.setattr("runlab.log.open._readings", lambda *_: pytest.fail("a file was read"))
    assert cli.main(["report", "race-debrief", str(log), "-o", str(tmp_path / "y.html"), *more]) == 1
    out, err = told(capsys)
    assert not out and words in err and len(err.strip().splitlines()) == 1


def test_detail_is_an_option_and_numbers_are_numbers(squad, tmp_path, monkeypatch):
    seen = {}

    def stop(path, parameters, **_):
        seen.update(parameters)
        raise KeyboardInterrupt

    monkeypatch.setattr("runlab.report.write.executed", stop)
    arguments = ["report", "taper", str(squad), "--athlete", "kim", "-o", str(tmp_path / "y.html"), "--detail", "card"]
    assert cli.main([*arguments, "--set", "sick_days=3", "--set", "return_steps=[(1, 2, 0.5)]"]) == cli.STOPPED
    assert (seen["detail"], seen["sick_days"], seen["return_steps"]) == ("card", 3, [(1, 2, 0.5)])


def test_wrong_usage_exits_2_and_help_has_examples(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["report"])
    assert stopped.value.code == 2
    for command in ("report", "check"):
        with pytest.raises(SystemExit) as stopped:
            cli.main([command, "--help"])
        assert stopped.value.code == 0
        assert f"examples:\n  runlab {command} " in told(capsys)[0]


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert told(capsys)[0].strip() == f"runlab {__version__}"


def test_stopping_by_hand_is_no_traceback(monkeypatch, run_file, capsys):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "file_report", stop)
    assert cli.main(["check", str(run_file)]) == 130
    assert told(capsys)[1] == "stopped\n"


def test_report_writes_the_file_and_prints_its_path(season_log, tmp_path, capsys):
    saved = season_log.save(tmp_path / "kim.runlab")
    target = tmp_path / "out" / "review.html"
    assert (
        cli.main(
            ["report", "athlete-review", str(saved), "--athlete", "kim", "--start", "2026-08-01", "-o", str(target)]
        )
        == 0
    )
    out, _ = told(capsys)
    assert out.strip() == str(target)
    assert "1 Aug 2026 – 1 Nov 2026" in target.read_text(encoding="utf-8")


def test_report_for_all_writes_one_file_each(season_log, tmp_path, capsys):
    saved = season_log.save(tmp_path / "kim.runlab")
    assert cli.main(["report", "athlete-review", str(saved), "--athlete", "all", "-o", str(tmp_path / "reports")]) == 0
    out, err = told(capsys)
    assert out.strip() == str(tmp_path / "reports" / "athlete-review-kim.html")
    assert "[1/1]" in err


@pytest.mark.parametrize("who", ["all", "x/../../../escaped/kim"])
def test_an_athletes_name_never_leads_out_of_the_output_folder(who, tmp_path, monkeypatch):
    written = []

    def noted(name, log, path, *parameters, **_):
        written.append(path)
        return path if who != "all" else (path, "")

    name = "x/../../../escaped/kim"
    saved = Log(pd.DataFrame({"activity_id": ["a"], "athlete": [name]})).save(tmp_path / "kim.runlab")
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(cli, "_write", noted)
    monkeypatch.setattr("runlab.report.write_report", noted)
    folder = tmp_path / "reports"
    assert cli.main(["report", "athlete-review", str(saved), "--athlete", who, "-o", str(folder)]) == 0
    assert written == [folder / "athlete-review-x-escaped-kim-ce79c4.html"]
