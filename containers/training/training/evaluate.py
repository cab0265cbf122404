from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_curve, roc_curve

from training.data import Split
from training.graph import Graph
from training.metrics import SMALLER_IS_BETTER, score

#: More points than a screen is wide tell nothing more.
MAX_POINTS = 200
_IMPORTANCE_ROWS = 1_000
_IMPORTANCE_REPEATS = 3
Curve = dict[str, list[float]]


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


def confusion(labels: np.ndarray, probabilities: np.ndarray, threshold: float) -> dict[str, int]:
    """Count at the threshold: tn, fp, fn, tp."""
    counts = confusion_matrix(labels, probabilities >= threshold, labels=[0, 1]).ravel()
    return dict(zip(("tn", "fp", "fn", "tp"), map(int, counts), strict=True))


def importances(graph: Graph, split: Split, metric: str, used: Sequence[str], seed: int) -> dict[str, float]:
    """Permutation importance by raw column: how much worse the metric becomes when a column's values are mixed up.

    Mean of three shuffles over at most 1,000 rows; columns that were not fitted have 0.
    """
    random = np.random.default_rng(seed)
    rows = _sample(random, split.labels)
    frame, labels = split.frame.iloc[rows].reset_index(drop=True), split.labels[rows]
    sign = -1.0 if metric in SMALLER_IS_BETTER else 1.0
    base = score(metric, labels, graph.predict(frame)[1])

    def drop(column: str) -> float:
        shuffled = frame.copy(deep=False)
        shuffled[column] = frame[column].to_numpy()[random.permutation(len(frame))]
        return sign * (base - score(metric, labels, graph.predict(shuffled)[1]))

    found = {name: float(np.mean([drop(name) for _ in range(_IMPORTANCE_REPEATS)])) for name in used}
    return {name: found.get(name, 0.0) for name in split.frame.columns}


def evenly(count: int, most: int) -> np.ndarray:
    """At most so many positions of ``range(count)``, evenly spread, both ends among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _sample(random: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Rows to measure on, both classes among them."""
    rows = np.sort(random.permutation(len(labels))[:_IMPORTANCE_ROWS])
    return rows if len(np.unique(labels[rows])) > 1 else evenly_by_class(labels)


def evenly_by_class(labels: np.ndarray) -> np.ndarray:
    """Rows of both classes, at most half the sample each: for a class too rare to be met by chance."""
    half = _IMPORTANCE_ROWS // 2
    return np.concatenate([np.flatnonzero(labels == value)[:half] for value in (0, 1)])


def _curve(x: pd.Series | np.ndarray, y: pd.Series | np.ndarray) -> Curve:
    chosen = evenly(len(x), MAX_POINTS)
    return {"x": [float(value) for value in x[chosen]], "y": [float(value) for value in y[chosen]]}
