"""Notebooks with parameters, as one file a coach can send; and what the notebooks show."""

from .execute import notebook_folder, notebook_names, notebook_path
from .review import AthleteReview
from .table import table
from .write import write_report

__all__ = ["AthleteReview", "notebook_folder", "notebook_names", "notebook_path", "table", "write_report"]
