"""Notebooks with parameters, as one file a coach can send; and what the notebooks show."""

from .debrief import debrief_page, race_debrief
from .execute import notebook_folder, notebook_names, notebook_path
from .grid import table
from .plan_page import race_plan
from .review import athlete_review
from .season import season_breakdown
from .taper import taper_what_if
from .write import write_report

__all__ = [
    "athlete_review",
    "debrief_page",
    "notebook_folder",
    "notebook_names",
    "notebook_path",
    "race_debrief",
    "race_plan",
    "season_breakdown",
    "table",
    "taper_what_if",
    "write_report",
]
