"""Can the samples be trusted? Checks that flag and never alter, and policies that repair or drop when asked."""

from .audit import audit
from .checks import check_records, clean_share, clean_share_of, sample_flags
from .flags import CHECKS, FLAGS, QUALITY, SPOILING
from .policy import POLICIES, apply_policy
from .reachable import LEFT_OUT, reachable, step_seconds
from .seconds import channel, sample_seconds

__all__ = [
    "CHECKS",
    "FLAGS",
    "LEFT_OUT",
    "POLICIES",
    "QUALITY",
    "SPOILING",
    "apply_policy",
    "audit",
    "channel",
    "check_records",
    "clean_share",
    "clean_share_of",
    "reachable",
    "sample_flags",
    "sample_seconds",
    "step_seconds",
]
