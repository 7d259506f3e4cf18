"""What is assumed of a runner before their own races speak: a table that can be read and changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...zones.training import (
    ALONE_WITH_HEART,
    ALONE_WITHOUT_HEART,
    HALF_M,
    MARATHON_M,
    REFERENCE_M,
    SHORT_M,
    WITH_HEART,
    WITHOUT_HEART,
    TrainingLine,
)


@dataclass(frozen=True)
class Prior:
    """What is assumed of a runner before their own races speak; every number can be changed.

    ``with_heart``, ``without_heart``: how a race follows from the totals of training less the races (fitted on 39
    public histories, see ``TrainingLine``); ``alone_with_heart``, ``alone_without_heart``: the same where no run is
    known to be a race, so that the best runs may be races. ``exponent``: log time per log distance.
    ``short_extra``, ``marathon_extra``, ``ultra_extra``: what comes on top below 3 km, beyond a half marathon and
    beyond a marathon. ``trail_extra``: rough ground, night, stops and all else of a trail race that climb does not
    show, more for each log of distance beyond a marathon; ``trail_climb``: metres a km where none is known.
    ``form``: how far fitness wanders (log time), and in how many days that is two thirds forgotten. ``scatter``: a
    10 km race around the athlete's own form, and how many races that is worth; it grows with distance to the power
    ``scatter_growth`` up to the marathon (``even_growth`` on a flat, cool day run evenly, and in a race a debrief has
    explained: heat, hills, stops and slowing are what grows), and ``trail_scatter`` times on trails and beyond.
    ``training_gap``: how much
    slower the best effort of four weeks of training is than a race; ``effort_gap``: what is left of it once the heart
    rate of the effort is allowed for; ``training_scatter``: times the scatter of a race.

    >>> Prior().exponent
    (1.065, 0.02)
    """

    with_heart: TrainingLine = WITH_HEART
    without_heart: TrainingLine = WITHOUT_HEART
    alone_with_heart: TrainingLine = ALONE_WITH_HEART
    alone_without_heart: TrainingLine = ALONE_WITHOUT_HEART
    exponent: tuple[float, float] = (1.065, 0.020)
    short_extra: tuple[float, float] = (0.0, 0.050)
    marathon_extra: tuple[float, float] = (0.035, 0.030)
    ultra_extra: tuple[float, float] = (0.080, 0.050)
    trail_extra: tuple[float, float] = (0.190, 0.050)
    trail_climb: tuple[float, float] = (25.0, 15.0)
    form: tuple[float, float] = (0.030, 200.0)
    scatter: tuple[float, float] = (0.022, 6.0)
    scatter_growth: float = 0.6
    even_growth: float = 0.2
    trail_scatter: float = 1.2
    training_gap: tuple[float, float] = (0.100, 0.080)
    effort_gap: tuple[float, float] = (0.025, 0.045)
    training_scatter: float = 1.6

    def words(self) -> str:
        """The prior in one line, for the basis of an answer."""
        return (
            f"prior: exponent {self.exponent[0]:g} ± {self.exponent[1]:g}, race scatter "
            f"{100 * self.scatter[0]:.1f} % worth {self.scatter[1]:.0f} races, "
            "training as in 39 public histories"
        )


def distance_shape(distance_m: np.ndarray) -> np.ndarray:
    """Level, power law, and what comes on top below 3 km, beyond the half marathon and beyond the marathon.

    >>> distance_shape(np.array([10000.0])).tolist()
    [[1.0, 0.0, 0.0, 0.0, 0.0]]
    """
    x = np.log(np.asarray(distance_m, float) / REFERENCE_M)
    short, half, marathon = (math.log(bend / REFERENCE_M) for bend in (SHORT_M, HALF_M, MARATHON_M))
    return np.column_stack(
        [np.ones_like(x), x, np.minimum(x - short, 0), np.maximum(x - half, 0), np.maximum(x - marathon, 0)]
    )


def trail_share(distance_m: np.ndarray) -> np.ndarray:
    """How many times ``trail_extra`` a trail race takes: once up to the marathon, twice at 115 km.

    >>> trail_share(np.array([20000.0, 115000.0])).round(1).tolist()
    [1.0, 2.0]
    """
    return 1.0 + np.maximum(np.log(np.asarray(distance_m, float) / MARATHON_M), 0.0)
