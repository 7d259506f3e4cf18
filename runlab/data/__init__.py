"""What is data and no code: the TOML and CSV files that come with the library."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def table(name: str) -> dict[str, Any]:
    """What a TOML file of this folder holds.

    >>> sorted(table("csv/samples"))
    ['marks', 'samples']
    """
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
