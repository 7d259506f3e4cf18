"""Reports: one file that needs nothing but itself, says what it rests on, and keeps what is private."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

from runlab.errors import FileError, RunlabError, SettingsError
from runlab.report import athlete_review, notebook_names, notebook_path, page, table, write_report
from runlab.report.ask import unknown
from runlab.report.execute import with_parameters
from runlab.report.page import REMOTE, html_page


@pytest.fixture(scope="module")
def review_page(season_log, tmp_path_factory) -> str:
    """The athlete review of the invented half year, written once for all tests here."""
    season_log.activities.loc[3, "private_notes"] = "PRIVATE-WORDS"
    path = write_report("athlete_review", season_log, tmp_path_factory.mktemp("report") / "sub" / "review.html")
    return path.read_text(encoding="utf-8")


def without_pictures(html: str) -> str:
    return re.sub(r'src(?:set)?="data:[^"]*"', "", html)


def test_the_page_needs_nothing_but_itself(review_page):
    assert not REMOTE.search(without_pictures(review_page))
    sources = re.findall(r'<(?:img|script|link|iframe)[^>]*?(?:src|href)="([^"]{0,30})', review_page)
    assert sources and all(source.startswith("data:image/png;base64,") for source in sources)
    assert "<script" not in review_page


def test_the_page_has_language_title_and_no_code(review_page):
    assert review_page.startswith("<!DOCTYPE html>") and '<html lang="en">' in review_page[:40]
    assert "<title>Athlete review – kim</title>" in review_page
    assert "import runlab" not in review_page and "page.section" not in review_page
    assert "width=device-width" in review_page


def test_every_picture_has_words(review_page):
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', review_page)
    assert len(alts) == 9 and all(len(alt) > 60 for alt in alts)
    assert any(alt.startswith("Largest jump: 39.0 km on 27 Sep 2026, +") for alt in alts)


def test_the_page_says_every_section_and_no_error(review_page):
    headings = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", review_page)
    assert headings[0].startswith("kim · review, ") and headings[-1] == "What to ask, and what is not known"
    assert len(headings) == 11
    assert "Traceback" not in review_page and "<Axes" not in review_page and "nan" not in without_pictures(review_page)


def test_the_planted_facts_are_in_the_words(review_page):
    words = re.sub(r"<[^>]+>", "", without_pictures(review_page)).replace("\u00a0", " ")
    assert "Largest jump: 39.0 km on 27 Sep 2026" in words
    assert "Resting heart rate above usual in the last 7 days" in words
    assert "The log notes illness then" in words
    assert "Next: City Marathon, 42.2 km, on 15 Nov 2026, 2 weeks away" in words


def test_nothing_private_reaches_the_page(review_page):
    assert "PRIVATE-WORDS" not in review_page
    assert "latitude" not in review_page and "longitude" not in review_page


def test_the_same_input_gives_the_same_bytes_apart_from_the_stamp(season_log, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    nb = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Small"),
            nbformat.v4.new_code_cell('squad = ""\nathlete = ""', metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell("import runlab as rl\npage = rl.report.athlete_review(rl.open_log(squad))"),
            nbformat.v4.new_code_cell("page.section('long_runs')"),
            nbformat.v4.new_code_cell("page.section('data')"),
        ]
    )
    nbformat.write(nb, tmp_path / "small.ipynb")
    pages = [
        write_report(str(tmp_path / "small.ipynb"), season_log, tmp_path / f"{i}.html").read_bytes() for i in (1, 2)
    ]
    assert pages[0] == pages[1] and b"2023-11-14 22:13 UTC" in pages[0]


def test_parameters_go_in_after_their_cell_and_only_known_ones():
    nb = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# T"),
            nbformat.v4.new_code_cell('squad = "x"\nstart = ""', metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell("squad"),
        ]
    )
    out = with_parameters(nb, {"squad": Path("y"), "start": __import__("datetime").date(2026, 5, 1)})
    assert out.cells[2].source == "squad = 'y'\nstart = '2026-05-01'" and len(nb.cells) == 3
    with pytest.raises(
        SettingsError, match="parameter must be one of 'squad', 'start', not 'strat'; did you mean 'start'"
    ):
        with_parameters(nb, {"strat": ""})
    with pytest.raises(SettingsError, match="cannot hand a object"):
        with_parameters(nb, {"start": object()})
    with pytest.raises(SettingsError, match="exactly one cell tagged 'parameters'; found 0"):
        with_parameters(nbformat.v4.new_notebook(), {})


def test_a_failing_cell_is_named_and_nothing_is_written(season_log, tmp_path):
    nb = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell('squad = ""\nathlete = ""', metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell("total = 1 / 0"),
        ]
    )
    nbformat.write(nb, tmp_path / "odd.ipynb")
    with pytest.raises(
        RunlabError, match=r"odd.ipynb: the cell 'total = 1 / 0' stopped with ZeroDivisionError: division"
    ):
        write_report(str(tmp_path / "odd.ipynb"), season_log, tmp_path / "odd.html")
    assert not (tmp_path / "odd.html").exists()


def test_a_remote_address_in_a_notebook_is_refused():
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("See [this](https://example.org/page).")])
    with pytest.raises(RunlabError, match="link to a remote address"):
        html_page(nb, title="t", footer="f")


@pytest.mark.parametrize(
    "fetch", ['<img src="//a.example/x.png">', "<style>p {background: url(http://a.example/x)}</style>"]
)
def test_a_remote_picture_in_a_notebook_is_refused(fetch):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(fetch)])
    with pytest.raises(RunlabError, match=r"load or link to a remote address \((http:)?//a.example/x"):
        html_page(nb, title="t", footer="f")


def test_an_address_in_an_athletes_note_is_text_and_stops_no_report():
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("The course: `https://example.org/map`, wet.")])
    assert "https://example.org/map" in html_page(nb, title="t", footer="f")


def test_wrong_names_and_places_are_said_before_anything_runs(tmp_path):
    with pytest.raises(SettingsError, match="did you mean 'athlete_review'"):
        write_report("athlete_revue", tmp_path, tmp_path / "x.html")
    with pytest.raises(SettingsError, match="written as .html or .pdf, not '.docx'"):
        write_report("athlete_review", tmp_path, tmp_path / "x.docx")
    with pytest.raises(FileError, match="no such folder or file"):
        write_report("athlete_review", tmp_path / "nowhere", tmp_path / "x.html")
    assert notebook_path("athlete-review") == notebook_path("athlete_review") == notebook_path("athlete")
    with pytest.raises(SettingsError, match="report must be one of"):
        notebook_path("ath")
    assert "athlete_review" in notebook_names()


def test_pdf_without_any_printer_names_both(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(RunlabError, match="WeasyPrint .* or a Chromium"):
        page.pdf_from("<p>x</p>", tmp_path / "x.pdf")


@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium on the PATH to print a PDF with")
def test_pdf_by_chromium(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    page.pdf_from("<!DOCTYPE html><html><body><h1>Review</h1></body></html>", tmp_path / "x.pdf")
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF-")


def test_tables_escape_dot_and_count():
    frame = __import__("pandas").DataFrame({"name": ["<b>kim</b>", "bo"], "km": ["5.0", None]})
    html = table(frame, text=("name",), rows=1, caption="Runs").to_html()
    assert "&lt;b&gt;kim" in html and "the first 1 of 2 rows" in html
    assert "·" in table(frame, text=("name",)).to_html()
    assert table(frame).to_html() == table(frame).to_html()


def test_review_of_a_slice_knows_nothing_of_later_days(season_log):
    page = athlete_review(season_log, end="2026-08-31")
    review = page.facts
    assert review.end.month == 8 and review.activities["date"].max() <= review.end
    assert review.daily["date"].max() <= review.end
    assert "27 Sep" not in page.sentence("long_runs")


def test_review_reads_in_miles(season_log):
    volume = athlete_review(season_log, units="imperial").sentence("volume")
    assert " mi of training a week" in volume and " km" not in volume


def test_review_of_an_empty_or_unknown_period_is_an_error_in_words(season_log):
    with pytest.raises(SettingsError, match="no activity up to 2020-01-01"):
        athlete_review(season_log, end="2020-01-01")
    with pytest.raises(SettingsError, match="athlete must be one of 'kim', not 'kin'"):
        athlete_review(season_log, athlete="kin")


def test_a_log_without_any_channel_still_gives_a_review(season_log):
    """Totals alone: no heart rate, no histogram, no effort, no wellness; every sentence is still a sentence."""
    import numpy as np

    from runlab.log import Log

    bare = season_log.activities.assign(
        heart_rate_share=0.0,
        average_heart_rate_bpm=np.nan,
        clean_share=np.nan,
        samples=0,
        has_position=False,
        rpe=np.nan,
        graded_speed_mps=np.nan,
        device="",
        quality_flags="",
    )
    facts = athlete_review(Log(bare, athletes={"kim": season_log.only()})).facts
    from runlab.report.review.lines import SENTENCES

    told = {name: line.plain for name, made in SENTENCES.items() if (line := made(facts)) is not None}
    assert all("nan" not in text and "None" not in text for text in told.values()), told
    for name in ("heart_rate", "trust", "intensity", "best_effort", "wellness"):
        assert told[name].lower().startswith(("cannot tell", "none of")), (name, told[name])
    assert any("no run carries heart rate" in text for _, text in unknown(facts))


def test_the_wheel_carries_notebooks_and_page():
    configuration = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert '"notebooks" = "runlab/notebooks"' in configuration
    assert (Path(page.__file__).parent / "templates" / "page" / "page.css").is_file()


def test_reports_leave_no_kernel_behind(review_page):
    psutil = pytest.importorskip("psutil")
    assert review_page
    kernels = []
    for child in psutil.Process().children(recursive=True):
        try:
            words = " ".join(child.cmdline())
        except psutil.Error:  # it ended while we looked
            continue
        if "ipykernel_launcher" in words:
            kernels.append(words)
    assert not kernels
