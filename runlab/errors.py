"""What can go wrong, in four words: a file, a table, a setting, or a result that is weaker than it looks."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RunlabError(ValueError):
    """Anything runlab refuses to do; the message says what is wrong, where, what was found and what to do.

    >>> issubclass(FileError, RunlabError) and issubclass(RunlabError, ValueError)
    True
    """


class FileError(RunlabError):
    """A file cannot be read as an activity.

    >>> raise FileError("run.fit: 0 bytes; export it again")
    Traceback (most recent call last):
    ...
    runlab.errors.FileError: run.fit: 0 bytes; export it again
    """


class TableError(RunlabError):
    """A table is not the table the function needs; the message lists every problem at once.

    >>> raise TableError("records: needs column 'time'")
    Traceback (most recent call last):
    ...
    runlab.errors.TableError: records: needs column 'time'
    """


class SettingsError(RunlabError):
    """A setting (athlete.toml, a keyword) is missing or impossible.

    >>> raise SettingsError("max_heart_rate_bpm must be above resting_heart_rate_bpm")
    Traceback (most recent call last):
    ...
    runlab.errors.SettingsError: max_heart_rate_bpm must be above resting_heart_rate_bpm
    """


class RunlabWarning(UserWarning):
    """A result was given, but it rests on less than it should; the text says on what.

    >>> issubclass(RunlabWarning, UserWarning)
    True
    """


def one_of(name: str, value: object, choices: Iterable[str]) -> str:
    """Return ``value`` if it is among ``choices``; otherwise say so and suggest the nearest.

    >>> one_of("method", "trimp", ["trimp", "rpe"])
    'trimp'
    >>> one_of("method", "trips", ["trimp", "rpe"])
    Traceback (most recent call last):
    ...
    runlab.errors.SettingsError: method must be one of 'trimp', 'rpe', not 'trips'; did you mean 'trimp'?
    """
    options = list(choices)
    if value in options:
        return str(value)
    near = difflib.get_close_matches(str(value), options, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise SettingsError(f"{name} must be one of {', '.join(map(repr, options))}, not {value!r}{hint}")
