"""An invented runner: true parameters, and the laws by which they become speed, heart rate, steps and fatigue.

The laws are the simulator's own, on purpose. Estimators elsewhere in runlab use published formulas (Minetti, Strava's
curve, Riegel, the two-parameter critical speed, Banister); testing them against a world made of the same formulas would
prove nothing. Each law's docstring says how it differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

FLAT_COST = 3.9  # J/kg/m, an everyday runner on the road


@dataclass(frozen=True)
class Runner:
    """What is true of one invented athlete on one day.

    ``stamina_s`` is the strain (seconds at critical speed) borne before the stride fades, ``fade_depth`` how much speed
    is lost in the end, ``fade_scale_s`` how quickly; ``endurance`` how fast sustainable speed falls with the log of
    duration; ``heat_sensitivity`` the share of speed lost per degree of felt heat once warmed through.

    >>> round(Runner(max_heart_rate_bpm=170).threshold_heart_rate_bpm)
    155
    """

    name: str = "runner"
    sex: str = "f"
    age: float = 34.0
    mass_kg: float = 60.0
    height_m: float = 1.68
    critical_speed_mps: float = 4.0
    d_prime_m: float = 180.0
    max_speed_mps: float = 7.6
    endurance: float = 0.045
    economy_j_kg_m: float = FLAT_COST
    stamina_s: float = 6500.0
    fade_depth: float = 0.22
    fade_scale_s: float = 1500.0
    uphill: float = 1.0
    downhill: float = 1.0
    heat_sensitivity: float = 0.0045
    max_heart_rate_bpm: float = 188.0
    resting_heart_rate_bpm: float = 50.0
    tau_on_s: float = 28.0
    tau_off_s: float = 40.0
    drift_share: float = 0.045
    cadence_spm: float = 168.0
    cadence_slope: float = 9.0
    stance_time_ms: float = 255.0
    oscillation_mm: float = 84.0
    balance_pct: float = 50.3
    day_to_day: float = 0.012

    def with_(self, **changes: float) -> Runner:
        """The same athlete with some truths changed.

        >>> Runner().with_(critical_speed_mps=4.5).critical_speed_mps
        4.5
        """
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def threshold_heart_rate_bpm(self) -> float:
        """Steady heart rate at critical speed, fresh and cool.

        >>> round(Runner().threshold_heart_rate_bpm)
        171
        """
        return float(self.steady_heart_rate(np.array([1.0]))[0])

    def grade_cost(self, grade: np.ndarray) -> np.ndarray:
        """Cost of a metre on a slope relative to a level one: a hyperbola with its own skew, not a polynomial.

        ``1 + uphill * A (sqrt((g + 0.06)² + 0.14²) - c) + B g``: straight on steep ground, gently curved near level,
        cheapest near -9 %. Minetti's and Strava's curves are quintics; this one lies between them uphill and gives less
        credit downhill. ``uphill`` and ``downhill`` scale the two arms for the individual.

        >>> Runner().grade_cost(np.array([-0.1, 0.0, 0.1])).round(2).tolist()
        [0.85, 1.0, 1.43]
        """
        grade = np.clip(grade, -0.5, 0.5)
        level = np.hypot(0.06, 0.14)
        extra = 5.2 * (np.hypot(grade + 0.06, 0.14) - level) + 1.2 * grade
        arm = np.where(grade > 0, self.uphill, 1.0)
        return 1.0 + np.where(grade < 0, extra + (self.downhill - 1.0) * 1.3 * np.abs(grade), extra * arm)

    def sustainable_speed(self, duration_s: np.ndarray | float) -> np.ndarray:
        """Fastest even flat speed that can be held for a duration when fresh and cool.

        Three-parameter hyperbola near critical speed, times a slow loss with the log of time past about 40 minutes,
        so neither Riegel's power nor a straight line: ``[CS + D'/(t + k)] * [1 - endurance * log(1 + (t/3600)^1.6)]``.

        >>> Runner().sustainable_speed(np.array([180.0, 2400.0, 12600.0])).round(2).tolist()
        [4.78, 4.0, 3.63]
        """
        t = np.asarray(duration_s, float)
        k = self.d_prime_m / (self.max_speed_mps - self.critical_speed_mps)
        fresh = self.critical_speed_mps + self.d_prime_m / (t + k)
        return fresh * (1 - self.endurance * np.log1p((t / 3600.0) ** 1.6))

    def race_time(self, distance_m: float) -> float:
        """Time over a flat, cool, evenly run distance at full effort: the truth a forecast is held against.

        >>> round(Runner().race_time(10_000.0))
        2507
        """
        low, high = distance_m / self.max_speed_mps, distance_m / 0.8
        for _ in range(60):
            middle = 0.5 * (low + high)
            if float(self.sustainable_speed(middle)) * middle < distance_m:
                low = middle
            else:
                high = middle
        return high

    def steady_heart_rate(self, effort: np.ndarray) -> np.ndarray:
        """Heart rate in the steady state at an effort (share of critical speed, 0 standing): linear, softly capped.

        >>> Runner().steady_heart_rate(np.array([0.0, 0.7, 1.0])).round().tolist()
        [64.0, 141.0, 171.0]
        """
        linear = 0.10 + 0.80 * np.asarray(effort, float)
        capped = 1.0 - np.logaddexp(0.0, 12.0 * (1.0 - linear)) / 12.0
        return self.resting_heart_rate_bpm + (self.max_heart_rate_bpm - self.resting_heart_rate_bpm) * capped

    def drifted_heart_rate(self, effort: np.ndarray, seconds: np.ndarray, felt_c: np.ndarray | float) -> np.ndarray:
        """The heart rate an effort asks for after so many seconds: the steady one, drifting up with time and warmth.

        >>> Runner().drifted_heart_rate(np.array([0.7, 0.7]), np.array([0.0, 7200.0]), 20.0).round().tolist()
        [141.0, 146.0]
        """
        steady = self.steady_heart_rate(np.minimum(effort, 1.35))
        drift = self.drift_share * (1 - np.exp(-np.asarray(seconds, float) / 3600.0))
        drift = drift * (1 + np.maximum(np.asarray(felt_c, float) - 14.0, 0.0) / 12.0)
        return np.minimum(steady + (steady - self.resting_heart_rate_bpm) * drift, self.max_heart_rate_bpm)

    def heart_rate(self, demand_bpm: np.ndarray, *, start_bpm: float | None = None) -> np.ndarray:
        """Heart rate from second to second: first order towards the demand, quicker up than down.

        >>> Runner().heart_rate(np.full(120, 150.0), start_bpm=80.0)[[0, 28, 119]].round().tolist()
        [80.0, 124.0, 149.0]
        """
        on, off = 1 - np.exp(-1 / self.tau_on_s), 1 - np.exp(-1 / self.tau_off_s)
        now = self.resting_heart_rate_bpm + 28.0 if start_bpm is None else start_bpm
        out = []
        for wanted in demand_bpm.tolist():
            out.append(now)
            now += (wanted - now) * (on if wanted > now else off)
        return np.array(out)

    def heat_loss(self, felt_c: float, seconds: np.ndarray) -> np.ndarray:
        """Share of speed lost to heat after so many seconds: a soft knee at 13 °C, built up over about 40 minutes.

        >>> Runner().heat_loss(25.0, np.array([0.0, 2400.0, 9000.0])).round(3).tolist()
        [0.0, 0.034, 0.053]
        """
        excess = 3.0 * np.logaddexp(0.0, (felt_c - 13.0) / 3.0)
        return self.heat_sensitivity * excess * (1 - np.exp(-np.asarray(seconds, float) / 2400.0))

    def fade(self, strain_s: np.ndarray) -> np.ndarray:
        """Speed left after strain: 1 until ``stamina_s``, then down to ``1 - fade_depth`` along an exponential.

        Strain grows as effort to the sixth power, so early over-pacing is paid for late.

        >>> Runner().fade(np.array([0.0, 6500.0, 8000.0])).round(3).tolist()
        [1.0, 1.0, 0.861]
        """
        over = np.maximum(np.asarray(strain_s, float) - self.stamina_s, 0.0)
        return 1.0 - self.fade_depth * (1.0 - np.exp(-over / self.fade_scale_s))

    def cadence(self, speed_mps: np.ndarray, grade: np.ndarray) -> np.ndarray:
        """Steps per minute, both feet: near-linear in running speed, quicker uphill, its own branch when walking.

        >>> Runner().cadence(np.array([0.0, 1.1, 3.0]), np.zeros(3)).round().tolist()
        [0.0, 99.0, 168.0]
        """
        v = np.asarray(speed_mps, float)
        run = self.cadence_spm + self.cadence_slope * (v - 3.0) + 30.0 * np.clip(grade, -0.15, 0.15)
        walk = 64.0 + 32.0 * v
        hike = 1.5 + 2.2 * np.clip(grade, 0.0, 0.3)  # below this speed people walk, the steeper the sooner
        share = 1.0 / (1.0 + np.exp(-(v - hike) / 0.06))
        return np.where(v < 0.3, 0.0, share * run + (1 - share) * walk)

    def dynamics(self, speed_mps: np.ndarray, cadence_spm: np.ndarray, fade: np.ndarray) -> dict[str, np.ndarray]:
        """Running dynamics as functions of speed; tiredness lengthens contact and lowers the bounce a little.

        >>> Runner().dynamics(np.array([3.0]), np.array([168.0]), np.ones(1))["step_length_mm"].round().tolist()
        [1071.0]
        """
        v = np.maximum(np.asarray(speed_mps, float), 0.5)
        tired = 1.0 - np.asarray(fade, float)
        step = 60000.0 * v / np.maximum(cadence_spm, 1.0)
        stance = self.stance_time_ms * (3.0 / v) ** 0.52 * (1 + 0.5 * tired)
        bounce = self.oscillation_mm * (1 - 0.5 * tired) * (1.12 - 0.12 * np.cosh((v - 3.2) / 1.6))
        return {
            "stance_time_ms": stance,
            "vertical_oscillation_mm": np.maximum(bounce, 40.0),
            "step_length_mm": step,
            "vertical_ratio_pct": 100.0 * np.maximum(bounce, 40.0) / np.maximum(step, 1.0),
            "stance_time_balance_pct": self.balance_pct + 6.0 * (self.balance_pct - 50.0) * tired,
        }
