"""The README's code runs as printed, its tables are those of the schema, and what it points to exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from runlab import tables

REPOSITORY = Path(__file__).resolve().parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_it_opens_with_two_commands_a_picture_and_ten_lines():
    commands, picture, code = README.index("make demo"), README.index("!["), README.index("```python")
    assert commands < README.index("make test") < picture < code < 3000
    lines = [line for line in PYTHON[0].splitlines() if line.strip()]
    assert len(lines) == 10


def test_its_code_runs_as_printed(tmp_path):
    script = tmp_path / "readme.py"
    script.write_text("import matplotlib\nmatplotlib.use('Agg')\n" + "\n".join(PYTHON), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "MPLCONFIGDIR": str(tmp_path)},
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "returning-runner" in done.stdout and "/km" in done.stdout
    assert "17" in done.stdout, "the planted jump is printed"
    assert (tmp_path / "long_runs.png").stat().st_size > 10_000
    assert "<title>Athlete review – returning-runner</title>" in (tmp_path / "review.html").read_text(encoding="utf-8")


def test_its_tables_are_those_of_the_schema():
    begin, end = README.index("<!-- tables:"), README.index("<!-- end of tables -->")
    printed = README[begin:end].split("-->", 1)[1].strip()
    assert printed == tables.reference().strip(), "run the command in the comment and paste what it prints"


def test_what_it_points_to_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (REPOSITORY / target).exists(), target
    for name in re.findall(r"`(notebooks/\w+\.ipynb|data/sample/squad)`", README):
        assert (REPOSITORY / name).exists(), name
    for step in ("errors", "units", "tables", "evidence", "readers", "athlete", "log", "plots", "report", "cli"):
        assert (REPOSITORY / "runlab" / step).is_dir() or (REPOSITORY / "runlab" / f"{step}.py").is_file()


def test_its_commands_are_understood():
    from runlab.cli import parser

    for line in re.findall(r"`runlab ([^`]+)`", README):
        words = line.split()
        if words[0] in ("report", "check"):
            assert parser().parse_args(words).command == words[0]


def test_the_makefile_has_every_target():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "lint", "notebooks", "bench"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert "make test" in (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    for text in (makefile, (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")):
        assert "://" not in text and "index-url" not in text, "no registry is named"
