from collections.abc import Callable, Mapping

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

Score = Callable[[np.ndarray, np.ndarray, np.ndarray], float]


def _log_loss(labels: np.ndarray, probabilities: np.ndarray, _answers: np.ndarray) -> float:
    return float(log_loss(labels, probabilities.astype(np.float64), labels=[0, 1]))


#: Each takes labels, probabilities of the positive class, and answers (0/1) at the threshold.
METRICS: Mapping[str, Score] = {
    "accuracy": lambda y, _p, a: float(accuracy_score(y, a)),
    "precision": lambda y, _p, a: float(precision_score(y, a, zero_division=0)),
    "recall": lambda y, _p, a: float(recall_score(y, a, zero_division=0)),
    "f1": lambda y, _p, a: float(f1_score(y, a, zero_division=0)),
    "roc_auc": lambda y, p, _a: float(roc_auc_score(y, p)),
    "pr_auc": lambda y, p, _a: float(average_precision_score(y, p)),
    "log_loss": _log_loss,
}

#: The only one of which less is better.
SMALLER_IS_BETTER = frozenset({"log_loss"})


def score(metric: str, labels: np.ndarray, probabilities: np.ndarray, threshold: float = 0.5) -> float:
    """One metric of ``METRICS``; the threshold matters to accuracy, precision, recall and f1 only."""
    return METRICS[metric](labels, probabilities, (probabilities >= threshold).astype(np.int64))


def all_scores(labels: np.ndarray, probabilities: np.ndarray, threshold: float) -> dict[str, float]:
    """Every metric of ``METRICS`` by name."""
    return {name: score(name, labels, probabilities, threshold) for name in METRICS}
