"""Can the samples be trusted? Checks that flag and never alter, and policies that repair or drop when asked."""

from .audit import audit
from .checks import check_records, clean_share, sample_flags, step_metres, step_seconds
from .flags import CHECKS, FLAGS, QUALITY, SPOILING
from .policy import POLICIES, apply_policy
from .seconds import sample_seconds

__all__ = [
    "CHECKS",
    "FLAGS",
    "POLICIES",
    "QUALITY",
    "SPOILING",
    "apply_policy",
    "audit",
    "check_records",
    "clean_share",
    "sample_flags",
    "sample_seconds",
    "step_metres",
    "step_seconds",
]
