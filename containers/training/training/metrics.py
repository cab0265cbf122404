from collections.abc import Callable, Mapping

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
)

#: Takes true classes or numbers ``[N]``, scores ``[N, K]`` and answers ``[N]``.
Score = Callable[[np.ndarray, np.ndarray, np.ndarray], float]

#: Less of these is better.
LOSSES = frozenset({"log_loss", "brier", "rmse", "mae"})


def is_loss(metric: str) -> bool:
    """Whether less of it is better.

    Examples
    --------
    >>> is_loss("log_loss"), is_loss("roc_auc")
    (True, False)
    """
    return metric in LOSSES


def normalised(scores: np.ndarray) -> np.ndarray:
    """Probabilities in float64 whose rows add up to 1.

    Those of a graph do so only nearly, and can lie a float32 step outside of 0 and 1: they are sums of float32.
    """
    wide = np.clip(scores.astype(np.float64), 0.0, 1.0)
    return wide / wide.sum(axis=1, keepdims=True)


def _log_loss(y: np.ndarray, scores: np.ndarray, _answers: np.ndarray) -> float:
    return float(log_loss(y, normalised(scores), labels=np.arange(scores.shape[1])))


def _over_classes(measure: Callable[[np.ndarray, np.ndarray], float]) -> Score:
    """Mean over the classes, each against all others; classes that a split lacks are left out."""

    def score(y: np.ndarray, scores: np.ndarray, _answers: np.ndarray) -> float:
        there = [k for k in range(scores.shape[1]) if 0 < np.count_nonzero(y == k) < len(y)]
        return float(np.mean([measure(y == k, scores[:, k]) for k in there]))

    return score


BINARY: Mapping[str, Score] = {
    "roc_auc": lambda y, s, _a: float(roc_auc_score(y, s[:, 1])),
    "pr_auc": lambda y, s, _a: float(average_precision_score(y, s[:, 1])),
    "f1": lambda y, _s, a: float(f1_score(y, a, zero_division=0)),
    "accuracy": lambda y, _s, a: float(accuracy_score(y, a)),
    "balanced_accuracy": lambda y, _s, a: float(balanced_accuracy_score(y, a)),
    "precision": lambda y, _s, a: float(precision_score(y, a, zero_division=0)),
    "recall": lambda y, _s, a: float(recall_score(y, a, zero_division=0)),
    "log_loss": _log_loss,
    "brier": lambda y, s, _a: float(brier_score_loss(y, normalised(s)[:, 1], pos_label=1)),
}

MULTICLASS: Mapping[str, Score] = {
    "log_loss": _log_loss,
    "roc_auc_ovr": _over_classes(lambda y, p: float(roc_auc_score(y, p))),
    "pr_auc_macro": _over_classes(lambda y, p: float(average_precision_score(y, p))),
    "accuracy": lambda y, _s, a: float(accuracy_score(y, a)),
    "balanced_accuracy": lambda y, _s, a: float(balanced_accuracy_score(y, a)),
    "f1_macro": lambda y, _s, a: float(f1_score(y, a, average="macro", zero_division=0)),
    "precision_macro": lambda y, _s, a: float(precision_score(y, a, average="macro", zero_division=0)),
    "recall_macro": lambda y, _s, a: float(recall_score(y, a, average="macro", zero_division=0)),
}

REGRESSION: Mapping[str, Score] = {
    "rmse": lambda y, _s, a: float(np.sqrt(mean_squared_error(y, a))),
    "mae": lambda y, _s, a: float(mean_absolute_error(y, a)),
    "r2": lambda y, _s, a: float(r2_score(y, a)),
}
