"""Write the sample squad anew: ``python data/sample/make.py [folder]``. Deterministic; takes about a minute."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from runlab.samples.squad import write_squad


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    began = time.perf_counter()
    shutil.rmtree(folder / "squad", ignore_errors=True)
    write_squad(folder, tell=print)
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} files, {size:.1f} MB in {folder}, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
