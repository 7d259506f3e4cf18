"""The statistics behind every interval here: quantiles, two fits, answers with a verdict in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..evidence import Estimate

SURE = 0.95  # how sure a verdict in words must be, whatever the level of the interval printed
FOLLOWS = np.arange(0.05, 0.96, 0.05)  # how much of a value its neighbour may share


@dataclass(frozen=True)
class LinearFit:
    """Posterior of a linear model: means, covariance in units of the pooled noise, the noise and its freedom.

    >>> fit = pooled_fit(np.ones((3, 1)), np.array([1.0, 1.1, 0.9]), prior_mean=[0.0], prior_sd=[10.0], noise=0.1)
    >>> round(float(fit.mean[0]), 2)
    1.0
    """

    mean: np.ndarray
    covariance: np.ndarray
    noise: float
    freedom: float

    def at(self, row: np.ndarray | list[float]) -> tuple[float, float]:
        """Mean and standard error of a combination of the coefficients."""
        weights = np.asarray(row, float)
        return float(weights @ self.mean), float(np.sqrt(max(weights @ self.covariance @ weights, 0.0)))


def pooled_fit(
    design: np.ndarray,
    values: np.ndarray,
    *,
    prior_mean: list[float] | np.ndarray,
    prior_sd: list[float] | np.ndarray | None = None,
    prior_covariance: np.ndarray | None = None,
    noise: float,
    noise_freedom: float = 6.0,
    weights: np.ndarray | None = None,
    rounds: int = 8,
) -> LinearFit:
    """Least squares that leans on a stated prior, for the few observations an athlete has.

    Definition: coefficients have a normal prior; the noise is pooled between ``noise`` (worth ``noise_freedom``
    observations) and what the residuals show. ``weights`` are relative standard deviations of the observations.

    Takes a design matrix and values without NaN; no rows at all returns the prior.
    Returns a LinearFit whose covariance already carries the pooled noise.

    >>> fit = pooled_fit(np.zeros((0, 1)), np.zeros(0), prior_mean=[2.0], prior_sd=[0.5], noise=0.1)
    >>> float(fit.mean[0]), round(float(fit.covariance[0, 0]), 2)
    (2.0, 0.25)
    """
    prior_mean = np.asarray(prior_mean, float)
    spread = np.asarray(prior_covariance, float) if prior_sd is None else np.diag(np.asarray(prior_sd, float) ** 2)
    design, values = np.asarray(design, float), np.asarray(values, float)
    scale = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    if not len(values):
        return LinearFit(prior_mean, spread, noise, noise_freedom)
    residual = values - design @ prior_mean
    cross = spread @ design.T
    marginal = design @ cross
    variance = noise**2
    for _ in range(rounds):  # the noise and the coefficients each depend on the other; this settles in a few rounds
        total = marginal + np.diag(variance * scale**2)
        gain = np.linalg.solve(total, cross.T).T
        mean = prior_mean + gain @ residual
        covariance = spread - gain @ cross.T
        left = (values - design @ mean) / scale
        used = float(np.trace(gain @ design)) if design.size else 0.0
        used = min(max(used, 0.0), len(values) - 1e-9)
        variance = (noise_freedom * noise**2 + float(left @ left)) / (noise_freedom + len(values) - used)
    return LinearFit(mean, covariance, math.sqrt(variance), noise_freedom + len(values) - used)


def doubt_of_series(
    values: np.ndarray, at: np.ndarray, weights: np.ndarray, nuisance: np.ndarray
) -> tuple[float, float]:
    """Standard error and degrees of freedom of a weighted sum of values of which each follows the one before it.

    Definition: what the columns of ``nuisance`` leave over is noise whose correlation falls to the power of the
    distance in ``at``. How much a neighbour shares is not known: its likelihood after the nuisance is taken out (REML),
    times a prior that rises in line with it to 0.95, weighs the log of the error that each such number gives.

    Takes arrays of one length without NaN; ``nuisance`` has a column for each level or slope that is no noise.
    Returns (NaN, 0) where nothing is left over. Evidence: D.

    >>> values = np.array([0.2, 0.3, 0.1, -0.1, -0.2, -0.1, 0.1, -0.3])
    >>> [round(x, 2) for x in doubt_of_series(values, np.arange(8), np.full(8, 1 / 8), np.ones((8, 1)))]
    [0.21, 7.0]
    """
    order = np.argsort(at, kind="stable")
    values, weights = values[order], weights[order]
    # a floor under the gaps, so that two values of one moment do not make the noise singular
    gaps = np.diff(at[order])
    gaps = np.maximum(gaps, 0.1 * np.median(gaps) if len(gaps) else 0.0)
    basis, size, _ = np.linalg.svd(nuisance[order], full_matrices=False)
    basis = basis[:, size > 1e-9 * size.max()]
    freedom = len(values) - basis.shape[1]
    if freedom < 1:
        return math.nan, 0.0
    logs, variances = [], []
    for follow in FOLLOWS:
        share = follow**gaps
        fresh = np.sqrt(1 - share**2)  # what of a value its neighbour does not share: with it the noise is white
        seen, columns = (np.concatenate([x[:1], ((x[1:].T - share * x[:-1].T) / fresh).T]) for x in (values, basis))
        inside = columns.T @ columns
        squares = max(float(seen @ seen - (columns.T @ seen) @ np.linalg.solve(inside, columns.T @ seen)), 1e-300)
        spread = 2 * np.log(fresh).sum() + np.linalg.slogdet(inside)[1]
        logs.append(-0.5 * (spread + freedom * math.log(squares)))
        before, with_before = 0.0, float(weights @ weights)
        for weight, last, part in zip(weights[1:], weights[:-1], share, strict=True):
            before = part * (before + last)
            with_before += 2 * weight * before
        variances.append(squares / freedom * with_before)
    likely = np.exp(np.array(logs) - max(logs)) * FOLLOWS  # rather more than less, unless the series says otherwise
    return math.exp(0.5 * float(np.average(np.log(variances), weights=likely))), float(freedom)


@dataclass(frozen=True, repr=False)
class Finding(Estimate):
    """An Estimate with a verdict in words and the table behind it.

    >>> Finding(-1.2, -2.9, 0.5, n=5, unit="%", verdict="cannot tell", basis="5 races")
    cannot tell: -1.20 % (-2.90–0.50; 80 %), n = 5 [D] · 5 races
    """

    verdict: str = "cannot tell"
    table: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    def __repr__(self) -> str:
        head = super().__repr__()
        return head if head.startswith(self.verdict) else f"{self.verdict}: {head}"


ESTIMATE_COLUMNS = ["value", "low", "high", "level", "n", "unit", "clean_share", "grade", "basis"]


def estimates_table(rows: dict[str, Estimate], name: str) -> pd.DataFrame:
    """Several Estimates as a frame: one row each, the Estimate's fields as columns.

    >>> estimates_table({"speed": Estimate(4.0, unit="m/s")}, "quantity").loc["speed", "value"]
    np.float64(4.0)
    """
    frame = pd.DataFrame(
        [row.as_dict() for row in rows.values()],
        index=pd.Index(list(rows), name=name, dtype="str"),
        columns=ESTIMATE_COLUMNS,
    )
    return frame.astype({"value": float, "low": float, "high": float, "unit": "str", "grade": "str", "basis": "str"})
