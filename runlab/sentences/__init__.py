"""Numbers to sentences that keep the sentence contract: templates (data/sentences), not prose, and a lint over them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import one_of
from .checks import lint, lint_text
from .line import Sentence, joined, markup
from .template import READERS, Template, sentence

FOLDER = Path(__file__).resolve().parents[1] / "data" / "sentences"

__all__ = ["READERS", "Sentence", "Template", "joined", "lint", "lint_text", "markup", "say", "sentence", "templates"]


@cache
def templates(language: str = "en") -> Mapping[str, Template]:
    """Every template of a language by name: the file's name, a dot, the table's.

    >>> templates()["review.volume"].grade
    'A'
    """
    found = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for name, parts in tomllib.loads(path.read_text("utf-8")).items():
            words = {key: value for key, value in parts.items() if isinstance(value, str)}
            readers = {key: value for key, value in parts.items() if key in READERS}
            found[f"{path.stem}.{name}"] = Template(**words, readers=readers)
    return found


def say(name: str, values: Mapping[str, Any], *, units: str = "metric", reader: str = "coach") -> Sentence:
    """The sentence of a template by its name, in the units and words of its reader.

    >>> say("debrief.halves", {"size": float("nan"), "reason": "the race was not recorded to its end"})
    Cannot tell the halves apart: the race was not recorded to its end.
    """
    known = templates()
    return sentence(
        known[one_of("sentence", name, known)], values, units=units, reader=one_of("reader", reader, READERS), name=name
    )
