"""An activity as it can be believed: without what nobody moved through, its samples brought to the stated distance."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..clean import reachable
from ..numerics import column
from ..readers.activity import Activity
from ..readers.sports import ABROAD

AGREES = 0.005  # samples and stated total closer than this are one distance
INDOORS = ("treadmill", "indoor_running", "virtual_run")
_BELTS = ("treadmill", *(word for word, kind in ABROAD.items() if kind == ("running", "treadmill")))


def believed(activity: Activity) -> Activity:
    """The activity without impossible steps (``clean.reachable``), and in agreement with the total it states.

    A total that counts what was left out is not believed. Samples that go beyond the stated distance are scaled to it,
    those that fall short on a treadmill only (outdoors the device may have lost the end), and laps whose stated
    distances add up to what the samples said are scaled with them.

    Takes an Activity of one session. Returns the same one where nothing is to be done or it was done before; else a
    new one whose altered columns keep the recorded values in ``<column>_original``, with ``about["left_out_m"]``,
    ``about["distance_share"]`` (what sampled metres were multiplied by) and a row in ``about["problems"]``.
    Evidence: [D] runlab's own rules.

    >>> time = pd.date_range("2026-05-01 08:00", periods=601, freq="s", tz="UTC")
    >>> belt = pd.DataFrame({"time": time, "distance_m": np.arange(601) * 4.0})
    >>> about = {"sport": "running", "sub_sport": "treadmill", "totals": {"distance_m": 1800.0}}
    >>> run = believed(Activity(belt, pd.DataFrame(), about))
    >>> float(run.records["distance_m"].iloc[-1]), run.about["distance_share"]
    (1800.0, 0.75)
    """
    about, records = activity.about, activity.records
    if "distance_share" in about or len(records) < 2:
        return activity
    if (belt := sub_sport(activity)) != (about.get("sub_sport") or ""):
        about = about | {"sub_sport": belt}
        activity = replace(activity, about=about)
    said = []
    before = _metres(records)
    sampled = before
    found = reachable(records, sport=str(about.get("sport") or ""))
    if found is not records:
        sampled = _metres(found)
        seconds = int(found["left_out"].sum())
        said.append(("distance_m", f"{seconds} samples nobody moved through ({before - sampled:.0f} m)", "the others"))
    totals = dict(about.get("totals") or {})
    stated = totals.get("distance_m", math.nan)
    stated = float(stated) if isinstance(stated, (int, float)) and stated > 0 else math.nan
    if before - sampled > AGREES * sampled and abs(stated / before - 1) < 0.02:
        for name in ("distance_m", "average_speed_mps"):
            totals.pop(name, None)
        said.append(("distance_m", f"the stated {stated:.0f} m count what was left out", "the samples' distance"))
        stated = math.nan
    share = _share(stated, sampled, about)
    if found is records and share == 1.0:
        return activity
    laps = activity.laps
    if share != 1.0:
        columns = [c for c in ("distance_m", "speed_mps") if c in found.columns]
        kept = {name: found[c] for c in columns if (name := f"{c}_original") not in found.columns}
        found = found.assign(**{c: found[c] * share for c in columns}, **kept)
        if "distance_m" in laps.columns and abs(laps["distance_m"].sum() / sampled - 1) < abs(1 - share) / 2:
            columns = [c for c in ("distance_m", "average_speed_mps", "max_speed_mps") if c in laps.columns]
            laps = laps.assign(**{c: laps[c] * share for c in columns})
    told = {"totals": totals, "left_out_m": before - sampled, "distance_share": share}
    return replace(
        activity, records=found, laps=laps, about=about | told | {"problems": [*(about.get("problems") or []), *said]}
    )


def sub_sport(activity: Activity) -> str:
    """The sub-sport; a run without positions whose title says treadmill, in any language known, is one.

    >>> sub_sport(Activity(pd.DataFrame(), pd.DataFrame(), {"sport": "running", "title": "跑步机 5 km"}))
    'treadmill'
    """
    about = activity.about
    said, title = str(about.get("sub_sport") or ""), str(about.get("title") or "").casefold()
    if said in ("", "generic") and about.get("sport") in ("running", "") and any(word in title for word in _BELTS):
        return said if np.isfinite(column(activity.records, "latitude_deg")).any() else "treadmill"
    return said


def _metres(records: pd.DataFrame) -> float:
    way = column(records, "distance_m")
    way = way[np.isfinite(way)]
    return float(way.max() - min(way[0], 0.0)) if len(way) else math.nan


def _share(stated: float, sampled: float, about: dict[str, Any]) -> float:
    if not (stated > 0 and sampled > 0):
        return 1.0
    share = stated / sampled
    if not about.get("complete", True) and abs(share - 1) > 0.02:
        return 1.0  # a total written before the file was cut, or for another part of it
    stretched = share > 1 + AGREES and "treadmill" in str(about.get("sub_sport") or "")
    return share if share < 1 or stretched else 1.0
