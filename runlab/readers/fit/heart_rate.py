"""Heart rate that a strap kept during a swim and handed over afterwards, put back onto the samples.

``hr`` messages hold beats on the strap's own clock (1/1024 s, 32 bits). One message anchors that clock to the watch's;
the others carry eight beats each, their times packed into twelve bits that wrap.
"""

from __future__ import annotations

import numpy as np

from .columns import Columns, component_bits
from .walk import STRING

_STEP_S, _MAX_STEPS = 0.25, 20  # a beat holds for up to five seconds, in quarters
_TICKS = 1024.0
_WRAP_S = float(0x400000)
_FRACTION, _BPM, _EVENT, _EVENT_12 = 0, 6, 9, 10


def _event_times(hr: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Message row and strap time (s) of every beat in file order, the packed ones unwrapped."""
    rows, places, values, kinds = [], [], [], []
    for part, slot in hr.slots.get(_EVENT, []):
        raw = part.raw(slot)
        raw = raw[:, None] if raw.ndim == 1 else raw
        given = ~part.is_invalid(raw, slot.base)
        where, place = np.nonzero(given)
        rows.append(_row(hr, part)[where])
        places.append(place - 1000)  # full values of a message count before its packed ones
        values.append(raw[given].astype(np.int64))
        kinds.append(np.zeros(len(where), dtype=bool))
    for part, slot in hr.slots.get(_EVENT_12, []):
        if slot.base == STRING:
            continue
        spec = hr.message.field(_EVENT_12)
        for component in range(len(spec.components)):
            bits = component_bits(part, slot, spec, component)
            if bits is None:
                break
            value, given = bits
            rows.append(_row(hr, part)[given])
            places.append(np.full(given.sum(), component))
            values.append(value[given])
            kinds.append(np.ones(given.sum(), dtype=bool))
    if not rows:
        return np.empty(0, np.int64), np.empty(0)
    row, place, value, packed = (np.concatenate(x) for x in (rows, places, values, kinds))
    order = np.lexsort((place, row))
    row, value, packed = row[order], value[order], packed[order]
    step = np.zeros(len(value), dtype=np.int64)
    step[1:] = (value[1:] - value[:-1]) & 0xFFF
    fresh = ~packed
    fresh[0] = True
    step[fresh] = 0
    since = np.cumsum(step)
    base = np.maximum.accumulate(np.where(fresh, np.arange(len(value)), 0))
    return row, (value[base] + since - since[base]) / _TICKS


def _row(columns: Columns, part: object) -> np.ndarray:
    row = part.row  # type: ignore[attr-defined]
    return np.arange(len(columns)) if isinstance(row, slice) else row


def beats(hr: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Times (FIT seconds) and heart rates of all beats, each carried forward over gaps of up to 5 s in quarter seconds.

    Messages before the first anchor, or whose times and rates do not pair, cannot be dated and give no beats.
    """
    row, event = _event_times(hr)
    rate_row, rate = _rates(hr)
    n, stamps = len(hr), hr.stamps().astype(np.float64)
    fraction = hr.numeric(_FRACTION) if _FRACTION in hr.slots else None
    if fraction is not None:
        stamps = stamps + np.nan_to_num(fraction)
    count = np.bincount(row, minlength=n)
    anchors = (stamps >= 0) & (count == 1)
    anchor = np.maximum.accumulate(np.where(anchors, np.arange(n), -1))
    paired = (count == np.bincount(rate_row, minlength=n)) & (anchor >= 0)
    keep = paired[row]
    row, event, rate = row[keep], event[keep], rate[paired[rate_row]]
    if not len(row):
        return np.empty(0), np.empty(0)
    first = np.zeros(n)
    first[row[::-1]] = event[::-1]  # each message's first strap time; of an anchor, its only one
    of = anchor[row]
    late = np.where(first[of] - event > _WRAP_S, event + _WRAP_S, event)
    dated = late >= first[of]
    return _carried((stamps[of] + (late - first[of]))[dated], rate[dated])


def _rates(hr: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Message row and heart rate of every beat in file order."""
    rows, rates = [], []
    for part, slot in hr.slots.get(_BPM, []):
        raw = part.raw(slot)
        raw = raw[:, None] if raw.ndim == 1 else raw
        rows.append(np.repeat(_row(hr, part), raw.shape[1]))
        rates.append(raw.reshape(-1))
    if not rows:
        return np.empty(0, np.int64), np.empty(0)
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    return row[order], np.concatenate(rates)[order].astype(np.float64)


def _carried(times: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each beat repeated every quarter second until the next one, for at most five seconds.

    >>> _carried(np.array([0.0, 1.0]), np.array([60.0, 61.0]))[0].tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    gap = np.abs(np.diff(times))
    copies = np.clip(np.ceil(gap / _STEP_S) - 1, 0, _MAX_STEPS).astype(np.int64)
    copies = np.append(copies, 0)
    source = np.repeat(np.arange(len(times)), copies + 1)
    step = np.arange(len(source)) - np.repeat(np.cumsum(copies + 1) - (copies + 1), copies + 1)
    return times[source] + _STEP_S * step, rates[source]


def merged_heart_rate(hr: Columns, stamps: np.ndarray) -> np.ndarray | None:
    """Mean heart rate over each sample's interval (after the sample before, up to its own time); NaN where no beat is.

    Takes the ``hr`` messages and the samples' times in FIT seconds. A sample at the same time as the one before looks
    back one second and one beat. The interval is only closed by a beat after it: the last samples may get none.
    """
    times, rates = beats(hr)
    if not len(times) or (stamps < 0).any() or not len(stamps):
        return None
    if (np.diff(times) < 0).any():
        order = np.argsort(times, kind="stable")
        times, rates = times[order], rates[order]
    end = stamps.astype(np.float64)
    before = np.r_[end[0], end[:-1]]
    upto = np.searchsorted(times, end, side="right")
    since = np.searchsorted(times, np.where(before == end, end - 1, before), side="right")
    again = np.flatnonzero(before[1:] == end[1:]) + 1
    since[again] = np.maximum(since[again], upto[again - 1] - 1)
    total = np.r_[0.0, np.cumsum(rates)]
    count = upto - since
    out = np.full(len(end), np.nan)
    given = (count > 0) & (upto < len(times))
    out[given] = np.floor((total[upto] - total[since])[given] / count[given] + 0.5)
    return out
