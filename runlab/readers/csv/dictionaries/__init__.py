"""The dictionaries: which words mean which column, one file per source. Growing them is adding data, not code."""

from .coach import COACH
from .garmin import GARMIN
from .others import HEALTHEXPORT, HRV4TRAINING, INTERVALS, REFUSED, TRAININGPEAKS
from .samples import GOLDENCHEETAH, OPENTRACKS, SAMPLES
from .source import Source
from .strava import STRAVA

#: Sources with a signature, tried in this order; COACH and SAMPLES take what none of them knows.
SOURCES: tuple[Source, ...] = (
    *REFUSED,
    STRAVA,
    GARMIN,
    TRAININGPEAKS,
    HEALTHEXPORT,
    INTERVALS,
    HRV4TRAINING,
    OPENTRACKS,
    GOLDENCHEETAH,
)

__all__ = ["COACH", "SAMPLES", "SOURCES", "Source"]
