"""Figures of many bootstrap samples at once: a sample is how often each row was drawn, ``[B, N]``."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_array

from training.metrics import normalised
from training.problem import Problem

SAMPLES = 1_000
_MIDDLE = (0.025, 0.975)
#: Cells of one block of samples: what follows stays in the processor's cache.
_CELLS = 500_000
#: Figure of each of B samples.
Measure = Callable[[np.ndarray], np.ndarray]


def draws(rows: int, seed: int, samples: int = SAMPLES) -> Iterator[np.ndarray]:
    """Bootstrap samples in blocks ``[B, rows]`` of float64: how often each row was drawn."""
    random = np.random.default_rng(seed)
    block = max(1, _CELLS // max(rows, 1))
    for start in range(0, samples, block):
        count = min(block, samples - start)
        picked = [np.bincount(random.integers(0, rows, rows), minlength=rows) for _ in range(count)]
        yield np.array(picked, dtype=np.float64)


def interval(value: float | None, samples: np.ndarray) -> dict[str, float | None]:
    """Contract ``Interval``: the figure and the middle 95 % of its bootstrap samples.

    Examples
    --------
    >>> interval(0.5, np.linspace(0, 1, 101))
    {'value': 0.5, 'low': 0.025, 'high': 0.975}
    """
    known = samples[np.isfinite(samples)]
    if value is None or not np.isfinite(value) or not len(known):
        return {"value": None, "low": None, "high": None}
    low, high = (float(end) for end in np.quantile(known, _MIDDLE))
    # Samples of a distance are larger than the distance itself, which would then lie outside.
    return {"value": float(value), "low": min(low, float(value)), "high": max(high, float(value))}


def measure_of(
    problem: Problem, metric: str, y: np.ndarray, scores: np.ndarray, threshold: float | None = None
) -> Measure:
    """Make the function that measures one metric of the problem in many samples at once.

    Parameters
    ----------
    problem : Problem
    metric : str
        One of ``problem.metrics``.
    y : ndarray, shape (N,)
    scores : ndarray, shape (N, K)
    threshold : float, optional
        Two classes only.

    Returns
    -------
    callable
        Samples ``[B, N]`` to figures ``[B]``; NaN where a sample has no rows to measure on.
    """
    if not problem.is_classification:
        return _number_measure(metric, y, scores[:, 0].astype(np.float64))
    if metric in ("log_loss", "brier"):
        return _mean(_row_losses(metric, y, scores))
    curve = {"roc_auc": area, "pr_auc": average_precision}.get(metric.removesuffix("_ovr").removesuffix("_macro"))
    if curve is None:
        return _count_measure(metric, y, problem.answers(scores, threshold), scores.shape[1])
    classes = [1] if problem.is_binary else range(scores.shape[1])
    parts = [curve(y == k, scores[:, k]) for k in classes]
    return lambda samples: _nan_mean(np.array([part(samples) for part in parts]).T)


def area(hit: np.ndarray, score: np.ndarray) -> Measure:
    """Area under the ROC curve: how often a positive has the higher score, ties counting half."""
    positives, negatives = _falling(score, hit)[::-1], _falling(score, ~hit)[::-1]
    edges = score[negatives]
    below, up_to = (np.searchsorted(edges, score[positives], side=side) for side in ("left", "right"))

    def measure(samples: np.ndarray) -> np.ndarray:
        drawn, passed = samples[:, positives], _running(samples[:, negatives])
        lower = (drawn * passed[:, below]).sum(axis=1) + (drawn * passed[:, up_to]).sum(axis=1)
        return _ratio(lower / 2, drawn.sum(axis=1) * passed[:, -1])

    return measure


def average_precision(hit: np.ndarray, score: np.ndarray) -> Measure:
    """Mean over the positives of the precision at their score."""
    positives, negatives = _falling(score, hit), _falling(score, ~hit)
    own = -score[positives]
    found, wrong = (np.searchsorted(-score[rows], own, side="right") for rows in (positives, negatives))

    def measure(samples: np.ndarray) -> np.ndarray:
        drawn = samples[:, positives]
        right = _running(drawn)
        hits, answered = right[:, found], _running(samples[:, negatives])[:, wrong]
        answered += hits
        np.maximum(answered, 1, out=answered)
        return _ratio((drawn * hits / answered).sum(axis=1), right[:, -1])

    return measure


def _falling(score: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(-score[rows], kind="stable")]


def _running(drawn: np.ndarray) -> np.ndarray:
    """Add up the first 0, 1, … columns."""
    sums = np.zeros((len(drawn), drawn.shape[1] + 1))
    np.cumsum(drawn, axis=1, out=sums[:, 1:])
    return sums


def _mean(values: np.ndarray) -> Measure:
    return lambda samples: samples @ values / samples.sum(axis=1)


def _row_losses(metric: str, y: np.ndarray, scores: np.ndarray) -> np.ndarray:
    if metric == "brier":
        return (normalised(scores)[:, 1] - y) ** 2
    least = np.finfo(np.float64).eps
    return -np.log(np.clip(normalised(scores)[np.arange(len(y)), y], least, 1 - least))


def _number_measure(metric: str, y: np.ndarray, answers: np.ndarray) -> Measure:
    if metric == "mae":
        return _mean(np.abs(y - answers))
    squared, centred = _mean((y - answers) ** 2), y - y.mean()
    if metric == "rmse":
        return lambda samples: np.sqrt(squared(samples))
    first, second = _mean(centred), _mean(centred**2)
    return lambda samples: 1 - _ratio(squared(samples), second(samples) - first(samples) ** 2)


def _count_measure(metric: str, y: np.ndarray, answers: np.ndarray, classes: int) -> Measure:
    if metric == "accuracy":
        return _mean((y == answers).astype(np.float64))
    parts = [_by_class(y, classes), _by_class(answers, classes), _by_class(np.where(y == answers, y, -1), classes)]

    def measure(samples: np.ndarray) -> np.ndarray:
        true, answered, right = ((part @ samples.T).T for part in parts)
        figure = _FIGURES[metric.removesuffix("_macro")](true, answered, right)
        if metric == "balanced_accuracy":
            return _nan_mean(figure)
        if not metric.endswith("_macro"):
            return np.nan_to_num(figure[:, 1])
        # A class that is neither there nor answered is not counted; one that is there and not answered counts 0.
        return _nan_mean(np.where(true + answered > 0, np.nan_to_num(figure), np.nan))

    return measure


def _by_class(places: np.ndarray, classes: int) -> csr_array:
    rows = np.flatnonzero(places >= 0)
    return csr_array((np.ones(len(rows)), (places[rows], rows)), shape=(classes, len(places)))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


_FIGURES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]] = {
    "precision": lambda _true, answered, right: _ratio(right, answered),
    "recall": lambda true, _answered, right: _ratio(right, true),
    "balanced_accuracy": lambda true, _answered, right: _ratio(right, true),
    "f1": lambda true, answered, right: _ratio(2 * right, true + answered),
}


def _nan_mean(values: np.ndarray) -> np.ndarray:
    """Mean of each row over what is known in it."""
    known = np.isfinite(values)
    return _ratio(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))
