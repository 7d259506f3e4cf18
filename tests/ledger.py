"""A ledger of the sample squad's numbers: none that a coach sees moves unnoticed.

Each room has a list of calls (tests/test_<room>_ledger.py) and what they gave (tests/vectors/ledger_<room>.json): of a
column how many values, how many missing, their sum, a sum weighted by row, the extremes; of words how often which.
A difference is no proof of a mistake: it is a change to be looked at. If it is meant,
``RUNLAB_LEDGER=write python -m pytest tests/test_<room>_ledger.py`` writes the new numbers, and the diff shows them.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runlab as rl

REPOSITORY = Path(__file__).resolve().parents[1]
VECTORS = Path(__file__).parent / "vectors"
ATHLETES = ("road-marathoner", "returning-runner", "trail-100-miler")


@cache
def log_of(athlete: str) -> Any:
    """One athlete of the sample squad, read from the files."""
    return rl.open_log(REPOSITORY / "data" / "sample" / "squad", athlete=athlete, progress=False)


def digest(value: Any) -> Any:
    """What a ledger keeps of an answer."""
    if isinstance(value, pd.DataFrame):
        return {str(name): digest(value[name]) for name in value.columns if str(name) not in _PLACES}
    if isinstance(value, pd.Series):
        return _column(value)
    if isinstance(value, np.ndarray):
        return _column(pd.Series(value.ravel()))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: digest(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(name): digest(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [digest(inner) for inner in value]
    if isinstance(value, (bool, np.bool_)) or value is None:
        return bool(value)
    if isinstance(value, (int, float, np.number)):
        return _figure(float(value))
    return value if isinstance(value, str) and " " not in value else ""  # sentences have tests of their own


_PLACES = {"sha256", "activity_id", "duplicate_of", "kept"}  # names made from bytes, no numbers


def _column(values: pd.Series) -> Any:
    known = values.dropna()
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        numbers = known.astype("int64").to_numpy(float) / 1e6
    elif pd.api.types.is_timedelta64_dtype(values.dtype):
        numbers = known.dt.total_seconds().to_numpy()
    elif pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(values.dtype):
        numbers = known.to_numpy(float)
    elif all(isinstance(x, str) for x in known):
        often = Counter(x for x in known if " " not in x)
        return {"n": len(values), "words": dict(sorted(often.items())) if len(often) <= 12 else len(often)}
    else:
        return {"n": len(values), "values": [digest(x) for x in known.head(20)]}
    if not len(numbers):
        return [len(values), len(values)]
    weights = 1 + np.arange(len(numbers)) % 97
    sums = (numbers.sum(), (numbers * weights).sum(), numbers.min(), numbers.max())
    return [len(values), len(values) - len(known), *map(_figure, sums)]


def _figure(value: float) -> float | str:
    return float(f"{value:.9g}") if math.isfinite(value) else str(value)


def differences(kept: Any, now: Any, where: str = "") -> list[str]:
    """What is not as it was: figures within a millionth, everything else exactly."""
    if isinstance(kept, dict) and isinstance(now, dict):
        # what is new has not moved
        return [line for name in kept for line in differences(kept[name], now.get(name), f"{where}.{name}")]
    if isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        return [
            line for i, pair in enumerate(zip(kept, now, strict=True)) for line in differences(*pair, f"{where}[{i}]")
        ]
    if isinstance(kept, (int, float)) and isinstance(now, (int, float)):
        same = math.isclose(kept, now, rel_tol=1e-6, abs_tol=1e-9)
    else:
        same = kept == now
    return [] if same else [f"{where.lstrip('.')}: {kept} -> {now}"]


def compare(room: str, name: str, answer: Any) -> None:
    """Fail where an answer is not what the ledger of this room says; write it where asked to."""
    path = VECTORS / f"ledger_{room}.json"
    book = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    now = json.loads(json.dumps(digest(answer)))
    if os.environ.get("RUNLAB_LEDGER") == "write":
        book[name] = now
        path.write_text(_written(dict(sorted(book.items()))) + "\n", "utf-8")
        return
    assert name in book, f"{name} is not in {path.name}; write it with RUNLAB_LEDGER=write"
    changed = differences(book[name], now)
    if changed:
        pytest.fail(f"{name}: {len(changed)} numbers moved (see tests/ledger.py)\n  " + "\n  ".join(changed[:20]))


def _written(value: Any, indent: str = "") -> str:
    """JSON with a line for every column, so that a diff can be read."""
    if not isinstance(value, dict) or len(value) <= 12 and not any(isinstance(x, (dict, list)) for x in value.values()):
        return json.dumps(value, ensure_ascii=False)
    lines = (f"{indent} {json.dumps(k, ensure_ascii=False)}: {_written(v, indent + ' ')}" for k, v in value.items())
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
