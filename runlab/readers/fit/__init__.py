"""FIT, read by runlab's own decoder: every message, every field, vectorised."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pandas as pd

from .activity import read
from .messages import message_frames
from .walk import is_fit

__all__ = ["is_fit", "read", "read_messages"]


def read_messages(source: str | os.PathLike[str] | bytes, *, merge_heart_rate: bool = True) -> dict[str, pd.DataFrame]:
    """Every message of a FIT file, one DataFrame per message type.

    Takes a path or the bytes themselves (gzip understood). Returns ``{"record": frame, "lap": frame, ...}``;
    types without a name are ``"unknown_<number>"``, fields without one ``unknown_<number>``. Fields carry their
    profile names, scaled to the profile's units; enumerations are their words (a value without a word stays a number);
    instants are ``datetime64[us, UTC]``; missing values are NaN/NaT. Array fields are lists. Sub-fields and
    components are worked out beside the field they come from, and heart rate kept by a strap during a swim is merged
    onto the samples unless ``merge_heart_rate=False``. Developer fields are columns behind ``dev_``.

    Raises FileError if the bytes are not FIT. A damaged file gives what can be had; ``read`` says what was wrong.

    >>> from runlab.samples import run_file
    >>> messages = read_messages(run_file())
    >>> sorted(messages)[:3], messages["session"]["sport"].tolist()
    (['activity', 'event', 'file_id'], ['running'])
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return (
        message_frames(data, name="" if isinstance(source, bytes) else str(source))
        if merge_heart_rate
        else (message_frames(data, merge_heart_rate=False))
    )
