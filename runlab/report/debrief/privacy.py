"""What stays at home: the places runs begin and end, and who may read of health."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import RunlabError, SettingsError

if TYPE_CHECKING:
    from ...athlete import Athlete
    from ...log import Log
    from ...race import Race

MOST_RUNS = 300
FEW_RUNS = 5
_COLUMNS = ("latitude_deg", "longitude_deg")


def hand_off_allowed(athlete: Athlete, audience: str) -> None:
    """Raise SettingsError unless the athlete agreed that this reader gets a hand-off."""
    if audience == "physio" and "physio" not in athlete.consent.get("care_team", []):
        raise SettingsError(
            f"{athlete.name}: no hand-off to a physiotherapist; the athlete agrees to it in athlete.toml with "
            'care_team = ["physio"] under [consent]'
        )


def private_places(log: Log, race: Race, track: pd.DataFrame) -> pd.DataFrame:
    """Where runs other than races begin and end, to about 10 m; with few such runs, the race's own ends too.

    Read from the 300 activities nearest in time to the race. A day that is no race in the calendar counts as a run
    like any other, so its own ends are private as well.
    """
    own = log.activities
    raced = set(log.races["date"]) | {race.date}
    others = own[own["has_position"] & ~own["activity_id"].isin(race.activity_ids) & ~own["date"].isin(raced)]
    others = others.iloc[np.argsort((others["date"] - race.date).abs().to_numpy(), kind="stable")[:MOST_RUNS]]
    places: list[list[float]] = []
    for activity_id in others["activity_id"]:
        try:
            found = log.records(activity_id)[list(_COLUMNS)].dropna()
        except RunlabError:
            continue
        places += found.iloc[[0, -1]].round(4).to_numpy(float).tolist() if len(found) else []
    if (len(others) < FEW_RUNS or race.date not in set(log.races["date"])) and len(track) and _COLUMNS[0] in track:
        ends = track[list(_COLUMNS)].dropna()
        places += ends.iloc[[0, -1]].to_numpy(float).tolist() if len(ends) else []
    return pd.DataFrame(places, columns=list(_COLUMNS), dtype=float).drop_duplicates(ignore_index=True)
