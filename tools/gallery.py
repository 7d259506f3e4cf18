"""Pictures of every page of the sample squad, as a screen, a phone and a sheet of paper show it, for docs/img/.

Writes one picture per report and athlete to ``docs/img/gallery`` and a contact sheet of all cards to
``docs/img/contact-sheet.png``. Needs a Chromium on the PATH; where there is none, says so and changes nothing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import runlab as rl

REPOSITORY = Path(__file__).resolve().parents[1]
SQUAD, OUT = REPOSITORY / "data" / "sample" / "squad", REPOSITORY / "docs" / "img"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCREEN, PHONE, PAPER = (1280, 800), (390, 844), (695, 1017)  # CSS pixels; the last is A4 without its margins
A4, MARGIN = (794, 1123), (49, 53)
FIRST_SHEET = ".card:not(.first) ~ *, main > :has(.card:not(.first)) ~ * { display: none }"  # a card has one to itself
TALL = 360  # of every picture, in pixels
COLOURS = 48
MOST = 2_000_000  # bytes, all pictures together


def shots(browser: Browser, page: Path, folder: Path) -> list[Image.Image]:
    """The first screen, the first screen of a phone, and the first sheet."""
    out = []
    for name, (width, height) in (("screen", SCREEN), ("phone", PHONE), ("paper", PAPER)):
        tab = browser.new_page(viewport={"width": width, "height": height})
        tab.emulate_media(media="print" if name == "paper" else "screen")
        tab.goto(page.as_uri())
        if name == "paper":
            tab.add_style_tag(content=FIRST_SHEET)
        target = folder / f"{name}.png"
        tab.screenshot(path=target)
        tab.close()
        out.append(Image.open(target).convert("RGB"))
    sheet = Image.new("RGB", A4, "white")
    sheet.paste(out[2], MARGIN)
    return [*out[:2], sheet]


def side_by_side(pictures: Sequence[Image.Image], tall: int, *, gap: int = 12) -> Image.Image:
    """Pictures of one height beside each other on grey.

    >>> side_by_side([Image.new("RGB", (200, 100)), Image.new("RGB", (50, 100))], 50, gap=10).size
    (155, 70)
    """
    small = [p.resize((round(p.width * tall / p.height), tall), Image.Resampling.LANCZOS) for p in pictures]
    sheet = Image.new("RGB", (sum(p.width for p in small) + gap * (len(small) + 1), tall + 2 * gap), "#d9d9d9")
    left = gap
    for picture in small:
        sheet.paste(picture, (left, gap))
        left += picture.width + gap
    return sheet


def below(rows: Sequence[Image.Image]) -> Image.Image:
    """Rows under each other."""
    sheet = Image.new("RGB", (max(r.width for r in rows), sum(r.height for r in rows)), "#d9d9d9")
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    return sheet


def save(picture: Image.Image, path: Path) -> int:
    """The picture with few colours; returns its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--reports", nargs="*", default=rl.report.notebook_names(), metavar="NAME")
    parser.add_argument("--athletes", nargs="*", default=sorted(p.name for p in SQUAD.iterdir() if p.is_dir()))
    asked = parser.parse_args(arguments)
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        print(f"no pictures made: none of {', '.join(BROWSERS)} is on the PATH", file=sys.stderr)
        return 1
    total, rows = 0, []
    with tempfile.TemporaryDirectory(prefix="runlab-") as private, sync_playwright() as driver:
        folder = Path(private)
        saved = rl.open_log(SQUAD, progress=sys.stderr.isatty()).save(folder / "squad.runlab")
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for report in asked.reports:
            cards = []
            for athlete in asked.athletes:
                page = rl.report.write_report(report, saved, folder / "page.html", athlete=athlete)
                seen = shots(browser, page, folder)
                cards.append(seen[0])
                total += save(side_by_side(seen, TALL), asked.out / "gallery" / f"{report}-{athlete}.png")
                print(f"{report} {athlete}", flush=True)
            rows.append(side_by_side(cards, TALL // 2))
        browser.close()
    total += save(below(rows), asked.out / "contact-sheet.png")
    print(f"{len(rows) * len(asked.athletes) + 1} pictures, {total:,} bytes, in {asked.out}")
    return 0 if total <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
