"""Every device file of the corpus as it was read last: a line of counts and checksums a file (see tests/ledger.py)."""

import warnings
import zlib
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
from ledger import compare

from runlab.errors import RunlabError
from runlab.readers import Activity, read_file
from runlab.summary import split_sessions, summarise


def mark(values: pd.Series) -> int:
    """A checksum of a column; numbers to seven digits, so that no machine's last bit matters."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = values.astype("int64").where(values.notna(), 0)
    if pd.api.types.is_numeric_dtype(values.dtype):
        text = np.char.mod("%.7g", values.to_numpy(float, na_value=np.nan))
        return zlib.crc32("|".join(text).encode())
    return zlib.crc32("|".join(map(str, values)).encode())


def marks(frame: pd.DataFrame) -> str:
    """Rows, and one checksum over the columns, whatever their order."""
    columns = {name: mark(frame[name]) for name in sorted(map(str, frame.columns)) if name != "sha256"}
    return f"{len(frame)}:{zlib.crc32(repr(columns).encode()):08x}"


def line(path) -> str:
    try:
        found = read_file(path)
    except RunlabError as error:
        return type(error).__name__
    if not isinstance(found, Activity):
        frames = [
            f for f in (getattr(found, name, None) for name in ("activities", "wellness", "problems")) if f is not None
        ]
        return "table," + ",".join(marks(f) for f in frames if isinstance(f, pd.DataFrame))
    rows = pd.DataFrame([summarise(part).row for part in split_sessions(found)])
    return ",".join([marks(found.records), marks(found.laps), marks(rows)])


def test_the_corpus_is_read_as_it_was(corpus):
    folder = corpus
    files = sorted(
        f for f in folder.rglob("*") if f.is_file() and f.name != "MANIFEST.csv" and f.stat().st_size < 3_000_000
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = {f"{f.parent.name} {sha256(f.read_bytes()).hexdigest()[:12]}": line(f) for f in files}
    assert len(book) > 200
    compare("readers", "corpus", book)


@pytest.mark.parametrize("value", [1.0, np.nan])
def test_a_mark_sees_a_change(value):
    kept = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    assert marks(kept) == marks(kept[["b", "a"]])
    assert marks(kept) != marks(kept.assign(a=[value, 2.0001]))
