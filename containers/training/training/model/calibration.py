from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

#: Probabilities are kept this far from 0 before a logarithm is taken; the graph does the same.
LEAST = 1e-6
#: A curve that lowers the log loss by a smaller share is not worth its place in the graph.
LEAST_GAIN = 1e-3
#: Curves steeper or flatter than this come from too few rows; a negative slope would turn the order around.
_SLOPES = (0.05, 20.0)
_NEWTON_STEPS = 50


@dataclass(frozen=True)
class Calibration:
    """Corrects probabilities by a curve of one or two parameters.

    Of two classes ``sigmoid(slope * logit + intercept)`` (Platt), of more ``softmax(slope * log p)``.

    ``logit`` is ``log p1 - log p0`` of both columns: ``1 - p1`` would lose the digits of a float32 close to 1.

    Attributes
    ----------
    method : str
        ``sigmoid`` or ``temperature``.
    slope, intercept : float
        The temperature is ``1 / slope``; it has no intercept.
    """

    method: Literal["sigmoid", "temperature"]
    slope: float
    intercept: float = 0.0

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Corrected probabilities ``[N, K]`` of probabilities ``[N, K]``."""
        if self.method == "sigmoid":
            corrected = _sigmoid(self.slope * log_odds(scores) + self.intercept)
            return np.column_stack([1 - corrected, corrected])
        powers = np.clip(scores, LEAST, 1.0) ** self.slope
        return powers / powers.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Calibrated:
    """What came of correcting out-of-fold scores: the curve, if one is kept, the scores after it, and the report."""

    curve: Calibration | None
    scores: np.ndarray
    report: dict[str, Any]


def fit_calibration(y: np.ndarray, scores: np.ndarray) -> Calibration:
    """Curve of the least log loss: of two classes Platt's sigmoid, of more a temperature.

    Rows are not weighted, so that it also undoes what class weights did to the probabilities.

    Parameters
    ----------
    y : ndarray of int, shape (N,)
    scores : ndarray, shape (N, K)
        Out-of-fold probabilities.

    References
    ----------
    J. Platt, Probabilistic outputs for support vector machines, 1999 (with its smoothed targets); Guo et al., On
    calibration of modern neural networks, 2017.
    """
    two = 2
    if scores.shape[1] == two:
        slope, intercept = _platt(y, log_odds(scores))
        return Calibration("sigmoid", slope, intercept)
    return Calibration("temperature", _temperature(y, scores))


def calibrate(
    mode: str, y: np.ndarray, scores: np.ndarray, folds: Sequence[tuple[np.ndarray, np.ndarray]]
) -> Calibrated:
    """Decide whether out-of-fold probabilities are corrected.

    Parameters
    ----------
    mode : {"auto", "always"}
        ``auto``: only if the log loss of each fold, corrected by a curve that was fitted on the others, falls.
    y, scores : ndarray
        See ``fit_calibration``.
    folds : sequence of (fit, held out) positions
    """
    corrected = np.empty_like(scores)
    for fit, held_out in folds:
        corrected[held_out] = fit_calibration(y[fit], scores[fit]).apply(scores[held_out])
    before, after = log_loss(y, scores), log_loss(y, corrected)
    report = {"method": "none", "logLossBefore": before, "logLossAfter": after}
    if mode == "auto" and not after < before * (1 - LEAST_GAIN):
        return Calibrated(None, scores, report)
    curve = fit_calibration(y, scores)
    return Calibrated(curve, curve.apply(scores), {**report, "method": curve.method})


def log_odds(scores: np.ndarray) -> np.ndarray:
    """``log p1 - log p0`` ``[N]`` of probabilities ``[N, 2]``."""
    kept = np.clip(scores, LEAST, 1.0)
    return np.log(kept[:, 1]) - np.log(kept[:, 0])


def log_loss(y: np.ndarray, scores: np.ndarray) -> float:
    """Mean negative logarithm of the probability that the true class was given."""
    return float(-np.log(np.clip(scores[np.arange(len(y)), y], LEAST, 1.0)).mean())


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def _platt(y: np.ndarray, logit: np.ndarray) -> tuple[float, float]:
    positives = int(y.sum())
    # Smoothed targets keep the slope finite where the scores tell the classes apart without a fault.
    targets = np.where(y == 1, (positives + 1) / (positives + 2), 1 / (len(y) - positives + 2))
    found = _newton(logit, targets, np.array([1.0, 0.0]))
    slope = float(np.clip(found[0], *_SLOPES))
    if slope == float(found[0]):
        return slope, float(found[1])
    return slope, _intercept(slope * logit, targets)


def _newton(logit: np.ndarray, targets: np.ndarray, start: np.ndarray) -> np.ndarray:
    design, found, loss = np.column_stack([logit, np.ones_like(logit)]), start, np.inf
    for _ in range(_NEWTON_STEPS):
        given = _sigmoid(design @ found)
        weights = np.maximum(given * (1 - given), LEAST**2)
        hessian = (design * weights[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (given - targets))
        # Halved until the loss falls: far from the answer a whole step can overshoot.
        loss = _loss(design @ found, targets)
        while _loss(design @ (found - step), targets) > loss and np.abs(step).max() > LEAST**2:
            step = step / 2
        found = found - step
        if np.abs(step).max() < LEAST**2:
            break
    return found


def _loss(values: np.ndarray, targets: np.ndarray) -> float:
    return float((np.logaddexp(0, values) - targets * values).mean())


def _intercept(values: np.ndarray, targets: np.ndarray) -> float:
    low, high = -100.0, 100.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _sigmoid(values + middle).mean() < targets.mean() else (low, middle)
    return low


def _temperature(y: np.ndarray, scores: np.ndarray) -> float:
    # On demand: half a second that no other part of training needs.
    from scipy.optimize import minimize_scalar

    def loss(power: float) -> float:
        return log_loss(y, replace(curve, slope=float(np.exp(power))).apply(scores))

    curve = Calibration("temperature", 1.0)
    found = minimize_scalar(loss, bounds=tuple(np.log(_SLOPES)), method="bounded", options={"xatol": 1e-8})
    return float(np.exp(found.x))
