"""Heart rate that a strap kept during a swim and handed over afterwards, put back onto the samples."""

from __future__ import annotations

import numpy as np
import pandas as pd

_STEP_S, _MAX_STEPS = 0.25, 20  # a beat holds for up to five seconds, in quarters
_WRAP_S = float(0x400000)  # the strap's clock: 32 bits of 1/1024 s


def _as_list(value: object) -> list[float]:
    if isinstance(value, list):
        return value
    return [] if value is None or (isinstance(value, float) and np.isnan(value)) else [float(value)]  # type: ignore[arg-type]


def beats(hr: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Times (FIT seconds) and heart rates of all beats in the ``hr`` messages, gaps of up to 5 s carried forward.

    A message with a timestamp anchors the strap's clock; the others count on from it and may wrap.

    >>> frame = pd.DataFrame({"timestamp": pd.to_datetime(["2021-09-08 01:46:40"], utc=True),
    ...                       "event_timestamp": [10.0], "filtered_bpm": [120.0]})
    >>> beats(frame)
    (array([1.e+09]), array([120.]))
    """
    needed = {"event_timestamp", "filtered_bpm", "timestamp"}
    if not needed <= set(hr.columns):
        return np.empty(0), np.empty(0)
    epoch = pd.Timestamp("1989-12-31", tz="UTC")
    stamps = (hr["timestamp"] - epoch).dt.total_seconds().to_numpy()
    fraction = hr["fractional_timestamp"].to_numpy() if "fractional_timestamp" in hr else np.full(len(hr), np.nan)
    times: list[float] = []
    rates: list[float] = []
    anchor, anchor_event = None, 0.0
    for stamp, part, events, bpm in zip(stamps, fraction, hr["event_timestamp"], hr["filtered_bpm"], strict=True):
        event_list, bpm_list = _as_list(events), _as_list(bpm)
        if not np.isnan(stamp) and len(event_list) == 1:
            anchor, anchor_event = stamp + (0.0 if np.isnan(part) else part), event_list[0]
        if anchor is None or len(event_list) != len(bpm_list):
            continue  # a beat that cannot be dated is no data
        for event, rate in zip(event_list, bpm_list, strict=True):
            if event < anchor_event:
                if anchor_event - event <= _WRAP_S:
                    continue
                event += _WRAP_S
            now = anchor + (event - anchor_event)
            if times:
                gap, last, step = abs(now - times[-1]), times[-1], 1
                while gap > _STEP_S and step <= _MAX_STEPS:
                    times.append(last + _STEP_S * step)
                    rates.append(rates[-1])
                    gap -= _STEP_S
                    step += 1
            times.append(now)
            rates.append(rate)
    return np.array(times), np.array(rates)


def merged_heart_rate(hr: pd.DataFrame, timestamp: pd.Series) -> np.ndarray | None:
    """Mean heart rate over each sample's interval (after the sample before, up to its own time); NaN where no beat is.

    Samples without a later beat in the strap's memory get none: the interval is only closed by a beat after it.
    """
    times, rates = beats(hr)
    if not len(times) or timestamp.isna().any():
        return None
    stamps = (timestamp - pd.Timestamp("1989-12-31", tz="UTC")).dt.total_seconds().to_numpy()
    out = np.full(len(stamps), np.nan)
    at, start = 0, None
    for i, end in enumerate(stamps.tolist()):
        if start is None:
            start = end
        if start == end:
            start -= 1
            at = max(at - 1, 0)
        total, count = 0.0, 0
        while at < len(times):
            if times[at] > end:
                if count:
                    out[i] = int(total / count + 0.5)
                start = end
                break
            if times[at] > start:
                total, count = total + rates[at], count + 1
            at += 1
    return out
