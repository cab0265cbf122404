from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_curve, roc_curve

from training.problem import Problem

#: More points than a screen is wide tell nothing more.
MAX_POINTS = 200
_SAMPLE_ROWS = 1_000
Curve = dict[str, list[float]]


def curves(problem: Problem, y: np.ndarray, scores: np.ndarray, seed: int = 0) -> dict[str, Curve]:
    """Contract ``curves`` of a result.

    Of several classes each is held against all others and the rows of all are taken together (the micro mean); of
    numbers there are true and predicted ones.

    Parameters
    ----------
    problem : Problem
    y : ndarray, shape (N,)
    scores : ndarray, shape (N, K)
    seed : int
        Of the sample that is shown of numbers.
    """
    if not problem.is_classification:
        return {"predictedActual": predicted_actual(y, scores[:, 0], seed)}
    if problem.is_binary:
        hits, chances = y, scores[:, 1].astype(np.float64)
    else:
        hits = (y[:, None] == np.arange(scores.shape[1])).ravel().astype(np.int64)
        chances = scores.ravel().astype(np.float64)
    return {
        "roc": roc(hits, chances),
        "precisionRecall": precision_recall(hits, chances),
        "calibration": calibration(hits, chances),
    }


def roc(labels: np.ndarray, probabilities: np.ndarray) -> Curve:
    """ROC curve: x false positive rate, y true positive rate; at most ``MAX_POINTS`` points."""
    false_positive, true_positive, _ = roc_curve(labels, probabilities)
    return _curve(false_positive, true_positive)


def precision_recall(labels: np.ndarray, probabilities: np.ndarray) -> Curve:
    """Precision over recall, recall growing; at most ``MAX_POINTS`` points."""
    precision, recall, _ = precision_recall_curve(labels, probabilities)
    return _curve(recall[::-1], precision[::-1])


def calibration(labels: np.ndarray, probabilities: np.ndarray, bins: int = 10) -> Curve:
    """Reliability: x mean probability, y share of positives, in bins of equally many rows.

    Equal probabilities stay in one bin, so there can be fewer bins than asked for.
    """
    edges = np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:-1])
    places = np.searchsorted(edges, probabilities, side="right")
    groups = [places == place for place in np.unique(places)]
    return {
        "x": [float(probabilities[group].mean()) for group in groups],
        "y": [float(labels[group].mean()) for group in groups],
    }


def predicted_actual(y: np.ndarray, predicted: np.ndarray, seed: int) -> Curve:
    """Pair true (x) and predicted (y) numbers of at most 1,000 rows, drawn by the seed, in the order of the rows."""
    rows = np.sort(np.random.default_rng(seed).permutation(len(y))[:_SAMPLE_ROWS])
    return {"x": [float(value) for value in y[rows]], "y": [float(value) for value in predicted[rows]]}


def confusion(y: np.ndarray, answers: np.ndarray, classes: Sequence[str]) -> dict[str, Any]:
    """Contract ``confusionMatrix``: ``counts[i][j]`` rows of class i were answered as class j.

    Examples
    --------
    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), ["no", "yes"])["counts"]
    [[1, 0], [1, 1]]
    """
    counts = confusion_matrix(y, answers, labels=np.arange(len(classes)))
    return {"classes": list(classes), "counts": counts.tolist()}


def evenly(count: int, most: int) -> np.ndarray:
    """At most so many positions of ``range(count)``, evenly spread, both ends among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _curve(x: np.ndarray, y: np.ndarray) -> Curve:
    chosen = evenly(len(x), MAX_POINTS)
    return {"x": [float(value) for value in x[chosen]], "y": [float(value) for value in y[chosen]]}
