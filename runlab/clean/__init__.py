"""Can the samples be trusted? Checks that flag and never alter, and policies that repair or drop when asked."""

from .checks import check_records, clean_share, clean_share_of, sample_flags
from .findings import audit
from .flags import CHECKS, FLAGS, QUALITY, SPOILING
from .policy import POLICIES, apply_policy
from .reach import LEFT_OUT, reachable, step_seconds
from .seconds import sample_seconds

__all__ = [
    "CHECKS",
    "FLAGS",
    "LEFT_OUT",
    "POLICIES",
    "QUALITY",
    "SPOILING",
    "apply_policy",
    "audit",
    "check_records",
    "clean_share",
    "clean_share_of",
    "reachable",
    "sample_flags",
    "sample_seconds",
    "step_seconds",
]
