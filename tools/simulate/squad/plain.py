"""Plain files: bytes, CSV and TOML, the same every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def write(path: Path, data: str | bytes) -> None:
    """Write text or bytes, making the folders on the way.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write(Path(folder) / "a" / "b.txt", "run")
    ...     (Path(folder) / "a" / "b.txt").read_bytes()
    b'run'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def rows_csv(rows: list[dict[str, Any]], header: list[str] | None = None) -> str:
    """Mappings as CSV; columns in the order they first appear, NaN as an empty cell.

    >>> rows_csv([{"km": 5.0, "note": ""}, {"km": float("nan"), "note": "rest"}])
    'km,note\\n5.0,\\n,rest\\n'
    """
    names = header or list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows([{k: "" if v != v else v for k, v in row.items()} for row in rows])
    return out.getvalue()


def toml_value(value: Any) -> str:
    """One value as TOML writes it; instants at midnight as dates, numbers to four decimals.

    >>> toml_value([1, 2.5, True]), toml_value(pd.Timestamp("2026-11-01"))
    ('[1, 2.5, true]', '2026-11-01')
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return "nan" if value != value else repr(round(float(value), 4))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {toml_value(v)}" for k, v in value.items()) + " }"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() else f'"{name}"'


def toml(table: Mapping[str, Any], *, path: str = "") -> str:
    """A mapping as TOML: values first, then tables, then lists of tables.

    >>> print(toml({"today": "now", "a": {"n": 1, "rows": [{"x": 1.5}]}}), end="")
    today = "now"
    <BLANKLINE>
    [a]
    n = 1
    <BLANKLINE>
    [[a.rows]]
    x = 1.5
    """

    def rows(value: Any) -> bool:
        return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)

    text = "".join(
        f"{_key(k)} = {toml_value(v)}\n" for k, v in table.items() if not isinstance(v, Mapping) and not rows(v)
    )
    for name, value in table.items():
        deeper = f"{path}{_key(name)}"
        if isinstance(value, Mapping):
            text += f"\n[{deeper}]\n" + toml(value, path=deeper + ".")
        elif rows(value):
            for row in value:
                text += f"\n[[{deeper}]]\n" + "".join(f"{_key(k)} = {toml_value(v)}\n" for k, v in row.items())
    return text
