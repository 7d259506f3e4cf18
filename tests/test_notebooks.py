"""Every notebook runs from top to bottom on the sample squad, for every athlete, and what it says is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runlab.report import notebook_names, write_report
from runlab.sentences import lint_text

REPOSITORY = Path(__file__).resolve().parents[1]
SQUAD = REPOSITORY / "data" / "sample" / "squad"
ATHLETES = sorted(path.name for path in SQUAD.iterdir() if path.is_dir())

# Sections draw where their sentence can tell: aches where one is noted, intensity where the threshold is known.
PICTURES = {"road-marathoner": 10, "trail-100-miler": 10}  # else nine

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("athlete", ATHLETES)
def test_athlete_review_of_every_sample_athlete(saved_squad, tmp_path, athlete):
    page = write_report("athlete_review", saved_squad, tmp_path / "x.html", athlete=athlete).read_text(encoding="utf-8")
    assert page.count("<img ") == PICTURES.get(athlete, 9)
    sentences = [
        re.sub(r"<[^>]+>", "", s).replace("\u00a0", " ")
        for s in re.findall(r'<(?:p class="sentence"|h2)>(.*?)</(?:p|h2)>', page, re.DOTALL)
    ]
    assert len(sentences) >= 20
    for text in sentences:
        assert not [line for line in lint_text(text) if line.startswith("banned")], text
        assert "nan" not in text.split() and "None" not in text, text
    titles = re.findall(r'alt="([^"]*)"', page)
    assert all(len(title) > 60 for title in titles)


@pytest.mark.parametrize("name", notebook_names())
def test_notebook_runs_as_shipped(name, tmp_path):
    """With the default parameters, in its own folder, as someone who opens it in JupyterLab would."""
    import nbformat
    from nbclient import NotebookClient

    path = REPOSITORY / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    from jupyter_client.manager import AsyncKernelManager

    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", connection_file=str(tmp_path / "k.json"))
    client = NotebookClient(notebook, km=manager, timeout=300, resources={"metadata": {"path": str(path.parent)}})
    client.owns_km = True
    client.execute()
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    assert [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"] == [], "a pink box"
    pictures = [
        o
        for o in outputs
        if "image/png" in o.get("data", {}) or "<img " in "".join(o.get("data", {}).get("text/html", ""))
    ]
    drawn = [cell for cell in notebook.cells if cell.cell_type == "code" and "rl.plots.plot_" in cell.source]
    assert pictures and len(pictures) >= len(drawn), "a picture was not shown"
    shown = [text for o in pictures for text in re.findall(r"base64,([^\"]+)", "".join(o["data"].get("text/html", "")))]
    shown += [o["data"]["image/png"] for o in pictures if "image/png" in o["data"]]
    assert shown and all(len(picture) > 5_000 for picture in shown), "a picture with nothing on it"
    said = [output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [text for text in said if "Error" in text]


@pytest.mark.corpus
def test_athlete_review_of_real_runs_of_different_makers(corpus, tmp_path):
    """Five device files of five makers as one athlete's folder: a review of what there is, without an error."""
    import csv
    import shutil

    folder = tmp_path / "squad" / "someone"
    folder.mkdir(parents=True)
    (folder / "athlete.toml").write_text(
        'name = "someone"\n[[settings]]\nmax_heart_rate_bpm = 190\nresting_heart_rate_bpm = 50\n', encoding="utf-8"
    )
    with open(corpus / "MANIFEST.csv", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows, "the corpus lists its files"
    picked = makers_of(corpus)
    assert len(picked) >= 5
    for path in picked.values():
        shutil.copy(path, folder / path.name)
    page = write_report(
        "athlete_review", tmp_path / "squad", tmp_path / "x.html", athlete="someone", start="2000-01-01"
    ).read_text(encoding="utf-8")
    assert page.count("<img ") == 7 and "Traceback" not in page


def makers_of(corpus: Path, most: int = 8) -> dict[str, Path]:
    """One running file of each maker, in the order of their names."""
    from runlab.errors import FileError
    from runlab.readers import Activity, read_file

    picked: dict[str, Path] = {}
    for path in sorted((corpus / "fit").iterdir()) + sorted((corpus / "tcx").iterdir()):
        try:
            found = read_file(path)
        except FileError:
            continue
        if not isinstance(found, Activity) or found.about.get("sport") != "running" or len(found.records) < 600:
            continue
        maker = str(found.about.get("device") or "").split(" ")[0].lower()
        if maker and maker not in picked:
            picked[maker] = path
        if len(picked) >= most:
            break
    return picked
