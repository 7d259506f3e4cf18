"""Numbers to sentences that keep the sentence contract: templates, not prose, and a lint over all of them."""

from collections.abc import Mapping
from typing import Any

from ..errors import one_of
from .athlete_review import TEMPLATES as _ATHLETE_REVIEW
from .contract import Sentence, Template, joined, lint, lint_text, sentence
from .race import AUDIENCES, tell
from .race import TEMPLATES as _RACE
from .season import TEMPLATES as _SEASON
from .taper import TEMPLATES as _TAPER

TEMPLATES: dict[str, Template] = {**_ATHLETE_REVIEW, **_RACE, **_SEASON, **_TAPER}

__all__ = ["AUDIENCES", "TEMPLATES", "Sentence", "Template", "joined", "lint", "lint_text", "say", "sentence", "tell"]


def say(name: str, values: Mapping[str, Any], *, units: str = "metric") -> Sentence:
    """The sentence of a template by its name.

    >>> say("review.volume", {"recent": float("nan"), "reason": "no run here has a distance"})
    Cannot tell the weekly volume: no run here has a distance.
    """
    return sentence(TEMPLATES[one_of("sentence", name, TEMPLATES)], values, units=units)
