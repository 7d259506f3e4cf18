"""The taper what-if: several plans before a race side by side, beside the athlete's own tapers and the evidence."""

from .planned import planned_load
from .what_if import TaperWhatIf

__all__ = ["TaperWhatIf", "planned_load"]
