"""What ``import runlab`` costs over ``import pandas``, and the memory of a ten-hour file. Fresh processes, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TOOLS = str(Path(__file__).resolve().parents[1] / "tools")
CPU = "import time, pandas; t = time.process_time(); {what}; print((time.process_time() - t) * 1e3)"
MEMORY = """
import resource, sys
sys.path.insert(0, sys.argv[2])
import runlab as rl
from simulate.fit_writer import tiny_run
rl.read_activity(tiny_run())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
activity = rl.read_activity(sys.argv[1])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def run(code: str, *arguments: str) -> float:
    """The number a fresh Python prints."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return float(done.stdout)


def ten_hours() -> bytes:
    """A ten-hour run at one sample a second with 16 fields."""
    import numpy as np
    from simulate.fit_writer import FitFile

    count = np.arange(36_000)
    fit = FitFile()
    fit.add("file_id", type="activity", time_created=1_780_000_000)
    fit.add_rows(
        "record",
        {
            "timestamp": 1_780_000_000 + count,
            "position_lat": 61 + 1e-6 * count,
            "position_long": 11 + 1e-6 * count,
            "distance": 2.5 * count,
            "enhanced_speed": np.full(36_000, 2.5),
            "enhanced_altitude": 200 + count % 100,
            "heart_rate": 120 + count % 40,
            "cadence": np.full(36_000, 80),
            "power": 200 + count % 50,
            "temperature": np.full(36_000, 12),
            "vertical_oscillation": np.full(36_000, 80.0),
            "stance_time": np.full(36_000, 250.0),
            "stance_time_balance": np.full(36_000, 50.1),
            "step_length": np.full(36_000, 900.0),
            "vertical_ratio": np.full(36_000, 9.0),
        },
    )
    return fit.to_bytes()


def main() -> None:
    """Print the three numbers."""
    ours = statistics.median(run(CPU.format(what="import runlab")) for _ in range(7))
    reader = statistics.median(run(CPU.format(what="import runlab; runlab.read_activity")) for _ in range(7))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ten_hours.fit")
        path.write_bytes(ten_hours())
        memory = statistics.median(run(MEMORY, str(path), TOOLS) for _ in range(3))
        size = path.stat().st_size / 1e6
    print(f"import runlab over import pandas: {ours:.1f} ms CPU; with the readers loaded: {reader:.1f} ms")
    print(f"peak memory of reading 36,000 samples ({size:.1f} MB): {memory:.1f} MB over import")


if __name__ == "__main__":
    main()
