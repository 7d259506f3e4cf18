"""The gallery: pictures beside each other, few bytes, and a word where there is no browser."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("playwright")
from PIL import Image

PATH = Path(__file__).resolve().parents[1] / "tools" / "gallery.py"


@pytest.fixture(scope="module")
def gallery():
    spec = importlib.util.spec_from_file_location("gallery", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pictures_stand_beside_and_below_each_other(gallery):
    row = gallery.side_by_side([Image.new("RGB", (200, 100)), Image.new("RGB", (50, 100))], 50, gap=10)
    assert row.size == (10 + 100 + 10 + 25 + 10, 70)
    assert gallery.below([row, Image.new("RGB", (200, 30))]).size == (200, 100)


def test_a_picture_keeps_its_hues_in_few_colours(gallery, tmp_path):
    """A page is grey nearly everywhere: the thin coloured lines must not turn grey with it."""
    drawn = np.full((400, 600, 3), 255, np.uint8)
    drawn[:, :300] = np.arange(400)[:, None, None] % 256
    drawn[100:103] = (213, 94, 0)
    size = gallery.save(Image.fromarray(drawn), tmp_path / "deep" / "x.png")
    kept = Image.open(tmp_path / "deep" / "x.png")
    assert kept.mode == "P" and len(kept.getcolors()) <= gallery.COLOURS and size < 20_000
    red, green, blue = kept.convert("RGB").getpixel((500, 101))
    assert abs(red - 213) < 20 and abs(green - 94) < 20 and blue < 20


def test_without_a_browser_it_says_so_and_changes_nothing(gallery, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(gallery.shutil, "which", lambda _: None)
    assert gallery.main(["--out", str(tmp_path / "img")]) == 1
    assert "no pictures made" in capsys.readouterr().err and not (tmp_path / "img").exists()
