"""Invented ground: smooth rolling loops, explicit climbs, a track, a treadmill; heights known to the millimetre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Course:
    """A path with its true height: ``altitude_m``, ``east_m``, ``north_m`` every ``step_m`` metres.

    Longer runs go round again (``closed``) or back the way they came. ``technical`` is the share of speed rough ground
    costs. Coordinates lie in open country and mark nobody's door.

    >>> course = rolling_course(10_000.0, ascent_m_per_km=12.0, seed=1)
    >>> round(course.length_m), round(course.ascent_m)
    (10000, 120)
    """

    altitude_m: np.ndarray
    east_m: np.ndarray
    north_m: np.ndarray
    step_m: float = 10.0
    latitude_deg: float = 61.2
    longitude_deg: float = 11.4
    closed: bool = True
    surface: str = "road"
    technical: float = 0.0

    @property
    def length_m(self) -> float:
        """Length of one lap, or of one way.

        >>> track_course().length_m
        400.0
        """
        return (len(self.altitude_m) - 1) * self.step_m

    @property
    def ascent_m(self) -> float:
        """Every true metre upwards in one lap.

        >>> track_course().ascent_m
        0.0
        """
        return float(np.maximum(np.diff(self.altitude_m), 0).sum())

    @property
    def has_position(self) -> bool:
        """Whether a satellite could see it.

        >>> treadmill().has_position
        False
        """
        return self.surface != "treadmill"

    def _along(self, distance_m: np.ndarray) -> np.ndarray:
        s = np.asarray(distance_m, float)
        if self.closed:
            return np.mod(s, self.length_m)
        there = np.mod(s, 2 * self.length_m)
        return np.where(there > self.length_m, 2 * self.length_m - there, there)

    def _at(self, values: np.ndarray, distance_m: np.ndarray) -> np.ndarray:
        return np.interp(self._along(distance_m), np.arange(len(values)) * self.step_m, values)

    def altitude(self, distance_m: np.ndarray) -> np.ndarray:
        """True height at distances along the run.

        >>> track_course().altitude(np.array([0.0, 900.0])).tolist()
        [60.0, 60.0]
        """
        return self._at(self.altitude_m, distance_m)

    def grade(self, distance_m: np.ndarray, *, window_m: float = 20.0) -> np.ndarray:
        """True grade (rise over run) at distances along the run.

        >>> climb_course([(1000.0, 0.08)]).grade(np.array([500.0])).round(3).tolist()
        [0.08]
        """
        s = np.asarray(distance_m, float)
        return (self.altitude(s + window_m / 2) - self.altitude(s - window_m / 2)) / window_m

    def position(self, distance_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """True latitude and longitude at distances along the run.

        >>> [round(float(x[0]), 3) for x in track_course().position(np.array([0.0]))]
        [61.2, 11.4]
        """
        east, north = self._at(self.east_m, distance_m), self._at(self.north_m, distance_m)
        latitude = self.latitude_deg + north / METRES_PER_DEGREE
        return latitude, self.longitude_deg + east / (METRES_PER_DEGREE * np.cos(np.radians(self.latitude_deg)))


def _loop(length_m: float, step_m: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A wobbly closed curve of the given length, starting at the origin."""
    angle = np.linspace(0.0, 2 * np.pi, 4001)
    radius = np.ones_like(angle)
    for k in range(2, 7):
        radius += rng.normal(0, 0.22 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    radius = np.maximum(radius, 0.25)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    scale = length_m / along[-1]
    steps = np.arange(round(length_m / step_m) + 1) * step_m
    x, y = np.interp(steps, along * scale, x * scale), np.interp(steps, along * scale, y * scale)
    return x - x[0], y - y[0]


def rolling_course(
    distance_m: float,
    *,
    ascent_m_per_km: float = 10.0,
    seed: int = 0,
    base_m: float = 180.0,
    latitude_deg: float = 61.2,
    longitude_deg: float = 11.4,
    surface: str = "road",
    technical: float = 0.0,
    roughness: float = 1.25,
    step_m: float = 10.0,
) -> Course:
    """A closed loop over smooth fractal hills with a given climb per kilometre.

    Heights are a sum of waves from the whole loop down to about 250 m, their size falling as a power of their number.

    >>> bool(rolling_course(5000.0, ascent_m_per_km=30.0, seed=3).grade(np.arange(0.0, 5000.0, 10.0)).max() < 0.35)
    True
    """
    rng = np.random.default_rng([seed, 11])
    n = max(round(distance_m / step_m), 20)
    s = np.arange(n + 1) / n
    waves = np.arange(1, max(int(distance_m / 250.0), 3))
    size = waves**-roughness * rng.normal(1.0, 0.35, len(waves))
    phase = rng.uniform(0, 2 * np.pi, len(waves))
    height = np.zeros(n + 1)
    for k, a, p in zip(waves, size, phase, strict=True):
        height += a * np.sin(2 * np.pi * k * s + p)
    climb = np.maximum(np.diff(height), 0).sum()
    height = (height - height[0]) * (ascent_m_per_km * distance_m / 1000.0 / climb)
    east, north = _loop(n * step_m, step_m, rng)
    return Course(base_m + height, east, north, step_m, latitude_deg, longitude_deg, True, surface, technical)


def climb_course(
    pieces: list[tuple[float, float]],
    *,
    base_m: float = 200.0,
    latitude_deg: float = 61.2,
    longitude_deg: float = 11.4,
    surface: str = "road",
    technical: float = 0.0,
    seed: int = 0,
    step_m: float = 10.0,
) -> Course:
    """A one-way path of explicit pieces ``(length in metres, grade)`` with rounded joints, run there and back.

    >>> round(climb_course([(1000.0, 0.0), (500.0, 0.1), (500.0, -0.1)]).ascent_m)
    49
    """
    grade = np.concatenate([np.full(max(round(length / step_m), 1), slope) for length, slope in pieces])
    if len(pieces) > 1 and len(grade) > 5:
        grade = np.convolve(np.pad(grade, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    height = base_m + np.concatenate([[0.0], np.cumsum(grade) * step_m])
    heading = np.cumsum(np.random.default_rng([seed, 12]).normal(0, 0.04, len(grade)))
    east = np.concatenate([[0.0], np.cumsum(np.cos(heading)) * step_m])
    north = np.concatenate([[0.0], np.cumsum(np.sin(heading)) * step_m])
    return Course(height, east, north, step_m, latitude_deg, longitude_deg, False, surface, technical)


def track_course(*, base_m: float = 60.0, latitude_deg: float = 61.2, longitude_deg: float = 11.4) -> Course:
    """A 400 m track.

    >>> track_course().surface
    'track'
    """
    straight, radius = 84.39, 36.80
    s = np.arange(0.0, 401.0, 5.0)
    half = np.mod(s, 200.0)
    turn = np.clip((half - straight) / (200.0 - straight), 0, 1) * np.pi
    x = np.where(half < straight, half, straight + radius * np.sin(turn))
    y = np.where(half < straight, -radius, -radius * np.cos(turn))
    second = (s >= 200.0) & (s < 400.0)
    x, y = np.where(second, straight - x, x), np.where(second, -y, y)
    return Course(np.full(len(s), base_m), x, y + radius, 5.0, latitude_deg, longitude_deg, True, "track", 0.0)


def treadmill(grade: float = 0.0) -> Course:
    """A belt: no position, no height of its own, a set incline.

    >>> treadmill(0.01).grade(np.array([100.0])).round(3).tolist()
    [0.01]
    """
    s = np.arange(0.0, 100_001.0, 100.0)
    return Course(grade * s, s * 0, s * 0, 100.0, closed=False, surface="treadmill")
