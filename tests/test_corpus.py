"""Real device files: the decoder against Garmin's own, field by field, and every file to an honest end."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import math
import time
from pathlib import Path

import pandas as pd
import pytest

import runlab as rl
from runlab.readers import read_file
from runlab.readers.fit import read_messages

pytestmark = pytest.mark.corpus

# (message, field) that may differ from Garmin's decoder, and why.
EXCEPTIONS = {
    (
        "field_description",
        "*",
    ): "the SDK leaves the numbers of enumerations in these messages; runlab gives their words",
    (
        "developer_data_id",
        "*",
    ): "the SDK leaves the numbers of enumerations in these messages; runlab gives their words",
    ("lap", "enhanced_avg_speed"): "one watch writes the field twice in a lap; the SDK then lists the same value twice",
    ("lap", "enhanced_max_speed"): "one watch writes the field twice in a lap; the SDK then lists the same value twice",
}
REFUSED = {  # files that the SDK gives up on; fitdecode is the second opinion there
    "dtcooper__antfs-dump.63.fit": "compressed timestamps",
    "dtcooper__compressed-speed-distance.fit": "compressed timestamps",
}


def fit_files(corpus: Path) -> list[Path]:
    return sorted(p for p in (corpus / "fit").iterdir() if ".fit" in p.name.lower())


def plain(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def is_missing(value: object) -> bool:
    if isinstance(value, list):
        return all(is_missing(v) for v in value)
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def is_same(theirs: object, ours: object) -> bool:
    if is_missing(theirs) or is_missing(ours):
        return is_missing(theirs) == is_missing(ours)
    if isinstance(theirs, list) or isinstance(ours, list):
        return (
            isinstance(theirs, list)
            and isinstance(ours, list)
            and len(theirs) == len(ours)
            and all(is_same(a, b) for a, b in zip(theirs, ours, strict=True))
        )
    if isinstance(theirs, dt.datetime):
        return isinstance(ours, pd.Timestamp) and pd.Timestamp(theirs) == ours
    if isinstance(theirs, str) or isinstance(ours, str):
        return theirs == ours
    return math.isclose(theirs, ours, rel_tol=1e-9, abs_tol=1e-12)  # type: ignore[arg-type]


def test_every_native_field_equals_garmins_own_decoder(corpus):
    sdk = pytest.importorskip("garmin_fit_sdk")
    from garmin_fit_sdk.profile import Profile

    names = {m["messages_key"]: m["name"] for m in Profile["messages"].values() if "messages_key" in m}
    wrong, values = [], 0
    for path in fit_files(corpus):
        data = plain(path)
        theirs, errors = sdk.Decoder(sdk.Stream.from_byte_array(bytearray(data))).read()
        ours = read_messages(data)
        if errors:
            assert path.name in REFUSED, f"{path.name}: {errors}"
            continue
        for key, rows in theirs.items():
            if not rows or key not in names:
                continue  # a type the SDK has no name for
            message = names[key]
            if message not in ours or len(ours[message]) != len(rows):
                wrong.append((path.name, message, "count", len(rows), len(ours.get(message, ()))))
                continue
            frame = ours[message]
            for field in sorted({f for row in rows for f in row if isinstance(f, str)} - {"developer_fields", "key"}):
                if (message, field) in EXCEPTIONS or (message, "*") in EXCEPTIONS:
                    continue
                mine = frame[field].tolist() if field in frame else [None] * len(rows)
                values += len(rows)
                wrong += [
                    (path.name, message, field, i, row.get(field), m)
                    for i, (row, m) in enumerate(zip(rows, mine, strict=True))
                    if not is_same(row.get(field), m)
                ][:1]
            known = {f for row in rows for f in row if isinstance(f, str)}
            wrong += [
                (path.name, message, field, "only ours")
                for field in frame.columns
                if not field.startswith(("dev_", "unknown_")) and field not in known and frame[field].notna().any()
            ]
    assert not wrong, wrong[:20]
    assert values > 1_000_000


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_where_the_sdk_refuses_fitdecode_agrees(corpus, name):
    fitdecode = pytest.importorskip("fitdecode")
    with fitdecode.FitReader(str(corpus / "fit" / name)) as reader:
        theirs = [m for m in reader if isinstance(m, fitdecode.FitDataMessage) and m.name == "record"]
    ours = read_messages(corpus / "fit" / name)["record"]
    assert len(theirs) == len(ours)
    epoch = pd.Timestamp("1989-12-31", tz="UTC")
    for field in ("timestamp", "heart_rate", "distance", "speed", "cadence"):
        if not any(m.has_field(field) for m in theirs):
            continue
        mine = (ours[field] - epoch).dt.total_seconds() if field == "timestamp" else ours[field]
        pairs = zip((m.get_value(field, fallback=None) for m in theirs), mine.tolist(), strict=True)
        assert all(is_same(a, b) for a, b in pairs), field


def test_every_file_ends_as_data_or_as_a_named_reason(corpus):
    with open(corpus / "MANIFEST.csv", encoding="utf-8") as file:
        listed = [row["path"] for row in csv.DictReader(file)]
    outcomes, slow = {}, []
    for name in listed:
        start = time.process_time()
        try:
            found = read_file(corpus / name)
            outcomes[name] = len(found.records) if isinstance(found, rl.Activity) else len(found.activities)
        except rl.FileError as error:
            assert Path(name).name in str(error), f"{name}: the message does not name the file: {error}"
            assert len(str(error)) > len(str(corpus / name)) + 15, f"{name}: the message gives no reason"
            outcomes[name] = -1
        if time.process_time() - start > 2:
            slow.append((name, time.process_time() - start))
    assert len(outcomes) == len(listed) >= 200
    assert sum(n > 0 for n in outcomes.values()) > 0.8 * len(listed)
    assert not slow, slow


def test_both_engines_agree_on_real_runs(corpus):
    checked = 0
    for name in ("corriporai__run.fit", "Runalyze__Fenix-2.fit", "GoldenCheetah__10kUNLP2014-Garmin15.fit"):
        ours, theirs = (rl.read_activity(corpus / "fit" / name, engine=e) for e in ("runlab", "fitparse"))
        assert len(ours.records) == len(theirs.records) and len(ours.laps) == len(theirs.laps)
        for column in (
            "time",
            "latitude_deg",
            "distance_m",
            "speed_mps",
            "heart_rate_bpm",
            "cadence_spm",
            "altitude_m",
        ):
            pd.testing.assert_series_equal(ours.records[column], theirs.records[column])
            checked += 1
    assert checked == 21
