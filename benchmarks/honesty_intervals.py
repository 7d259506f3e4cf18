"""Bouts without laps: few samples, little contrast, and rolling ground without altitude, which holds none.

    python benchmarks/honesty_intervals.py [--seeds 100-139]

Sessions and runs are drawn by seed; rules were settled on seeds 0-19.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from runlab.progression import intervals

SESSIONS = {
    "6 x 3 min": (6, 180, 120),
    "4 x 5 min": (4, 300, 150),
    "8 x 400 m": (8, 100, 90),
    "10 x 1 min": (10, 60, 60),
    "12 x 30 s": (12, 30, 60),
}


def wander(n: int, sd: float, memory_s: float, rng: np.random.Generator) -> np.ndarray:
    """A value that strays and comes back."""
    keep = np.exp(-1 / memory_s)
    steps, out, x = rng.normal(0, sd * np.sqrt(1 - keep**2), n), np.empty(n), rng.normal(0, sd)
    for i in range(n):
        x = keep * x + steps[i]
        out[i] = x
    return out


def recorded(speed: np.ndarray, step: int, **channels: np.ndarray) -> pd.DataFrame:
    """Records of a run whose watch writes every so many seconds."""
    kept = np.arange(0, len(speed), step)
    frame = {"time": pd.Timestamp("2026-05-01 08:00", tz="UTC") + pd.to_timedelta(kept, unit="s")}
    frame |= {"speed_mps": speed[kept], "distance_m": np.cumsum(speed)[kept]}
    return pd.DataFrame(frame | {name: np.broadcast_to(v, len(speed))[kept] for name, v in channels.items()})


def session(seed: int, step: int, contrast: float, kind: str) -> pd.DataFrame:
    """Warm-up, bouts and cool-down at two speeds, with the speed of a watch."""
    rng = np.random.default_rng([seed, step, int(100 * contrast)])
    easy, (bouts, work, rest) = rng.uniform(2.5, 3.3), SESSIONS[kind]
    plan = [(easy, 900), *[(easy * contrast, work), (easy, rest)] * bouts][:-1] + [(0.97 * easy, 600)]
    speed = np.concatenate([np.full(seconds, v) for v, seconds in plan])
    speed = np.convolve(np.pad(speed, 4, "edge"), np.ones(9) / 9, "valid")
    return recorded(speed * (1 + wander(len(speed), 0.035, 25, rng)) + rng.normal(0, 0.05, len(speed)), step)


def rolling(seed: int, step: int, *, altitude: bool) -> pd.DataFrame:
    """An even effort over rolling ground."""
    rng = np.random.default_rng([seed, step, 7])
    base, n = rng.uniform(2.4, 3.2), int(rng.uniform(3600, 9000))
    way, grade = base * np.arange(1.0, n + 1), np.zeros(n)
    for length in rng.uniform(150, 2500, 6):
        grade += rng.uniform(0.3, 1) * np.sin(2 * np.pi * way / length + rng.uniform(0, 2 * np.pi))
    grade *= rng.uniform(0.02, 0.07) / grade.std()
    cost = 1 + np.where(grade > 0, 4.5 * grade + 10 * grade**2, 2.0 * grade + 14 * grade**2)
    speed = np.clip(base / cost * (1 + wander(n, 0.05, 40, rng)) + rng.normal(0, 0.06, n), 0.5, None)
    return recorded(speed, step, **({"altitude_m": 200 + np.cumsum(grade * speed)} if altitude else {}))


def bouts(records: pd.DataFrame) -> int:
    """How many work bouts are found."""
    return int((intervals(records)["kind"] == "work").sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="100-139")
    first, last = (int(x) for x in parser.parse_args().seeds.split("-"))
    seeds = range(first, last + 1)
    print(f"| seeds {first}-{last} | a sample a second | every 6 s |\n|---|---:|---:|")
    for contrast in (1.2, 1.3):
        for kind, (planted, *_) in SESSIONS.items():
            hit = [sum(bouts(session(s, step, contrast, kind)) == planted for s in seeds) for step in (1, 6)]
            print(f"| {kind}, {contrast:.0%} of easy pace: every bout found | ".replace("%", " %"), end="")
            print(f"{hit[0]} of {len(seeds)} | {hit[1]} of {len(seeds)} |")
    for altitude in (False, True):
        false = [sum(bouts(rolling(s, step, altitude=altitude)) > 0 for s in seeds) for step in (1, 6)]
        print(f"| rolling ground, {'with' if altitude else 'without'} altitude: given bouts | ", end="")
        print(f"{false[0]} of {len(seeds)} | {false[1]} of {len(seeds)} |")


if __name__ == "__main__":
    main()
