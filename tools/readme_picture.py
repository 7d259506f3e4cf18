"""Draw the README's picture anew from the sample squad: ``python tools/readme_picture.py`` (needs a Chromium)."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import matplotlib.image as image
import numpy as np

from runlab.report import write_report

REPOSITORY = Path(__file__).resolve().parents[1]
SECTIONS = ("How much, how steadily?", "Is any single run a jump?")


def main() -> None:
    with tempfile.TemporaryDirectory() as private:
        squad = REPOSITORY / "data" / "sample" / "squad"
        page = write_report("athlete_review", squad, Path(private, "x.html"), athlete="returning-runner")
        head, *parts = re.split(r'(?=<section class="text"><h2)', page.read_text(encoding="utf-8"))
        chosen = [part for part in parts if any(name in part[:200] for name in SECTIONS)]
        page.write_text(head.split("<main>")[0] + "<main>" + "".join(chosen), encoding="utf-8")
        shot = Path(private, "x.png")
        browser = shutil.which("chromium") or "chromium"
        command = [browser, "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={private}/profile"]
        command += ["--window-size=760,3000", f"--screenshot={shot}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        pixels = image.imread(shot)[..., :3]
    drawn = np.flatnonzero((pixels < 0.98).any(axis=(1, 2)))
    out = pixels[drawn[0] + 4 : drawn[-1] + 16]  # without the line above the first section
    image.imsave(REPOSITORY / "docs" / "athlete_review.png", np.ascontiguousarray(out))


if __name__ == "__main__":
    main()
