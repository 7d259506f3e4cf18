"""The schema: what check says, and that it says everything at once."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlab import tables
from runlab.errors import TableError


@pytest.mark.parametrize("table", tables.TABLES.values(), ids=tables.TABLES)
def test_empty_tables_fit_their_own_schema(table):
    frame = tables.empty(table)
    tables.check(frame, table, *table.names)
    assert set(table.key) <= {c.name for c in table.columns}


@pytest.mark.parametrize("table", tables.TABLES.values(), ids=tables.TABLES)
def test_units_stand_in_the_column_names(table):
    suffix = {
        "m": "_m",
        "s": "_s",
        "m/s": "_mps",
        "°C": "_c",
        "W": "_w",
        "ms": "_ms",
        "mm": "_mm",
        "deg": "_deg",
        "h": "_h",
    }
    for column in table.columns:
        if column.unit in suffix:
            assert column.name.endswith(suffix[column.unit]), column
        assert column.meaning


def test_check_lists_every_problem_and_what_was_found():
    frame = pd.DataFrame({"time": ["yesterday"], "heart_rate": [150]})
    with pytest.raises(TableError) as error:
        tables.check(frame, tables.RECORDS, "time", "heart_rate_bpm", "distance_m")
    text = str(error.value)
    assert all(
        part in text
        for part in ("'time' is str", "heart_rate_bpm", "did you mean 'heart_rate'", "distance_m", "found:")
    )


def test_check_refuses_what_is_no_frame():
    with pytest.raises(TableError, match="needs a DataFrame, not list"):
        tables.check([], tables.RECORDS)


def test_conform_orders_fills_and_keeps_extra_columns():
    given_frame = pd.DataFrame({"shoe": ["blue"], "kind": ["ill"], "start": ["2026-03-01"]})
    out = tables.conform(given_frame, tables.EVENTS)
    tables.check(out, tables.EVENTS, *tables.EVENTS.names)
    assert out.columns[-1] == "shoe" and out["note"].tolist() == [""] and pd.isna(out["severity"].iloc[0])
    assert given_frame.columns.tolist() == ["shoe", "kind", "start"], "inputs are not edited"


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_seconds_count_from_the_first_instant(stamps):
    time = pd.Series(pd.to_datetime(stamps, unit="s", utc=True))
    assert tables.seconds(time).tolist() == [float(s - stamps[0]) for s in stamps]
