"""The registry: every public metric has an entry, and every entry says what it must."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

import runlab as rl
from runlab.data import table
from runlab.errors import SettingsError
from runlab.evidence import GRADES, Entry, Estimate, Source, entries, explain, grade_of
from runlab.sentences import Template, templates

MODULES = ("terrain", "zones", "load", "efforts", "progression", "taper", "race")


def metrics(name):
    """The public functions of a module; a module that is not there has none."""
    try:
        module = importlib.import_module(f"runlab.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"runlab.{name}":
            raise
        return []
    return [n for n in getattr(module, "__all__", []) if inspect.isfunction(getattr(module, n))]


@pytest.mark.parametrize("module", MODULES)
def test_every_public_metric_has_an_entry(module):
    known = set(entries()) | {alias for entry in entries().values() for alias in entry.aliases}
    missing = [name for name in metrics(module) if name not in known]
    assert not missing, f"runlab.{module}: no entry in runlab/data/evidence for {', '.join(missing)}"


def test_the_walk_sees_the_metrics():
    assert {"grade", "elevation_gain"} <= set(metrics("terrain"))
    assert {"single_run_spike", "session_load"} <= set(metrics("load")) and metrics("no_such_module") == []


@pytest.mark.parametrize("entry", entries().values(), ids=list(entries()))
def test_an_entry_says_what_it_must(entry):
    assert entry.grade in GRADES and entry.topic
    for name in ("meaning", "formula", "is_not", "needs", "not_valid"):
        assert len(getattr(entry, name)) > 3, name
    if entry.grade in ("B", "X"):
        assert entry.sources, f"grade {entry.grade} without a source"
    for source in entry.sources:
        assert source.author and source.title and 1900 < source.year < 2027
        assert source.doi == "" or source.doi.startswith("10.")
        assert "not checked" not in repr(source) and "[" not in repr(source)


# Books, help pages, tables and journals that gave no DOI.
BOOKS_AND_PAGES = {
    *("Banister", "Daniels", "Edwards", "Jones", "Joubert", "Karvonen"),
    *("Riegel", "Robb", "Robergs", "Rothfusz", "TrainingPeaks"),
}


def test_one_work_is_one_source_with_its_doi():
    works = {source for entry in entries().values() for source in entry.sources}
    assert len({(source.author, source.year, source.title) for source in works}) == len(works)
    assert works == {Source(**fields) for fields in table("evidence/sources").values()}
    without_doi = {source.author.split()[0] for source in works if not source.doi and source.journal}
    assert without_doi <= BOOKS_AND_PAGES
    assert rl.explain("wall").sources[0].doi == "10.4085/1062-6050-243-19"
    assert "17:7074" in repr(rl.explain("terrain_fade").sources[0])


def test_a_page_prints_and_renders():
    entry = rl.explain("single_run_spike")
    page = repr(entry)
    assert "10.1136/bjsports-2024-109380" in page and "[B:" in page and "Your own risk" in page
    assert max(map(len, page.splitlines())) <= 100 + 4
    assert entry._repr_html_().startswith("<div><b>single_run_spike</b>")
    assert "a &lt; b" in Entry("x", "a < b", "f", "n", "D", (), "need", "not")._repr_html_()


def test_the_table_holds_every_entry():
    table = explain()
    assert set(table["metric"]) == set(entries()) and table["meaning"].notna().all()


def test_columns_and_dotted_names_lead_to_their_entry():
    assert explain("form").name == explain("ctl").name == "fitness_and_fatigue"
    assert explain("load.monotony_and_strain").name == explain("strain").name


def test_unknown_names_get_a_suggestion():
    with pytest.raises(SettingsError, match="did you mean 'single_run_spike'"):
        explain("single_run_spkie")
    with pytest.raises(SettingsError, match="no metric 'qqq'"):
        explain("qqq")
    with pytest.raises(SettingsError, match="grade must be one of"):
        Entry("x", "m", "f", "n", "Z", (), "need", "not")


def test_contradicted_metrics_are_marked():
    assert explain("acute_chronic_ratio").grade == "X"


def test_estimates_print_one_honest_line():
    known = Estimate(100.0, 90.0, 110.0, n=4, unit="TRIMP", clean_share=0.97, grade="D", basis="four sessions")
    assert repr(known) == "100 TRIMP (90.0–110; 80 %), n = 4, 97 % clean [D] · four sessions"
    assert repr(Estimate.unknown("needs heart rate; found none")) == "cannot tell · needs heart rate; found none"
    assert set(known.as_dict()) >= {"value", "low", "high", "level", "n", "unit", "clean_share", "grade", "basis"}


def test_one_grade_per_metric_and_pooling_of_our_own_is_d():
    pooled = (
        "predict_race forecast threshold where_the_time_went early_pace_and_late_slowing pace_at_heart_rate race_drift"
    )
    pooled += " simulate detraining passage_windows debrief"
    assert {name: grade_of(name) for name in pooled.split()} == dict.fromkeys(pooled.split(), "D")
    assert grade_of("waterfall") == "D" and grade_of("load.single_run_spike") == "B"
    with pytest.raises(SettingsError, match="did you mean 'threshold'"):
        grade_of("treshold")


def test_grades_are_looked_up_in_the_registry():
    """No estimate or table names its grade itself, outside the registry and the sentences without a metric."""
    literal = re.compile(r"""grade["']?\s*[=:]\s*["'][ABCDX]["']|^\s*"[ABCD]"( if .*)?,$|, "[ABCD]"( if .*)?[,)]""")
    others = ("report/taper/sheets.py", "plots/long_runs.py", "plots/race/waterfall.py")  # what studies found; markers
    package = Path(rl.__file__).parent
    found = [
        f"{path.relative_to(package)}:{n}: {line.strip()}"
        for path in sorted(package.rglob("*.py"))
        if path.relative_to(package).parts[0] not in ("evidence", "sentences")
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if literal.search(re.sub(r"datetime64\([^()]*|timedelta64\([^()]*", "", line))
        and not line.lstrip().startswith((">>>", "..."))
        and path.relative_to(package).as_posix() not in others
    ]
    assert not found, "use grade_of(name):\n" + "\n".join(found)


def test_a_sentence_bears_the_grade_of_the_metric_it_speaks_of():
    every = templates()
    spoken = {name: t for name, t in every.items() if t.metric}
    assert {name: t.grade for name, t in spoken.items()} == {n: grade_of(t.metric) for n, t in spoken.items()}
    for name in ("review.threshold", "debrief.forecast", "debrief.next", "debrief.waterfall", "debrief.drift"):
        assert spoken[name].grade == "D"
    assert Template(claim="x", metric="threshold").grade == "D" and Template(claim="x", grade="A").grade == "A"
    # what no metric of the registry stands behind was measured, counted, or is marked as practice or our own
    counted = {name for name, t in every.items() if not t.metric and t.grade == "B"}
    assert counted == {"debrief.disruption", "debrief.disruption_short", "taper.published"}
