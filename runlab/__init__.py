"""runlab: raw watch files in, honest running analytics out.

    import runlab as rl

    activity = rl.read_activity("run.fit")
    log = rl.open_log("squad/")
    rl.load.fitness_and_fatigue(log.daily)
    rl.explain("single_run_spike")

Submodules load when first used, so that the import costs pandas and little more.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "read_activity": "readers",
    "Activity": "readers",
    "open_log": "log",
    "Log": "log",
    "Athlete": "athlete",
    "audit": "clean",
    "explain": "evidence",
    "Estimate": "evidence",
    "RunlabError": "errors",
    "FileError": "errors",
    "TableError": "errors",
    "SettingsError": "errors",
    "RunlabWarning": "errors",
}
_MODULES = (
    "athlete",
    "clean",
    "efforts",
    "errors",
    "evidence",
    "load",
    "log",
    "plots",
    "progression",
    "race",
    "races",
    "readers",
    "report",
    "samples",
    "sentences",
    "summary",
    "tables",
    "taper",
    "terrain",
    "units",
    "zones",
)

__all__ = [*_NAMES, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(f".{_NAMES[name]}", __name__), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module 'runlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
