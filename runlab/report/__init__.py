"""Notebooks with parameters, as one file a coach can send; and what the notebooks show."""

from .debrief import debrief_page, race_debrief
from .execute import notebook_folder, notebook_names, notebook_path
from .race_plan import race_plan
from .review import AthleteReview
from .season import SeasonBreakdown, long_run_fade, taper_volumes
from .table import table
from .taper import taper_what_if
from .write import write_report

__all__ = [
    "AthleteReview",
    "SeasonBreakdown",
    "debrief_page",
    "long_run_fade",
    "notebook_folder",
    "notebook_names",
    "notebook_path",
    "race_debrief",
    "race_plan",
    "table",
    "taper_volumes",
    "taper_what_if",
    "write_report",
]
