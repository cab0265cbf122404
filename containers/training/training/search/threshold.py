from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

_DIGITS = 6


@dataclass(frozen=True)
class _Cuts:
    """What would be answered from each possible threshold on: from answering no row positive to answering all."""

    #: Lowest score that is answered positive; the first cut answers none.
    lowest: np.ndarray
    true_positives: np.ndarray
    false_positives: np.ndarray
    positives: int
    negatives: int

    @property
    def precision(self) -> np.ndarray:
        """Share of true ones among the answered positives; 0 where none is answered."""
        return self.true_positives / np.maximum(self.true_positives + self.false_positives, 1)

    @property
    def recall(self) -> np.ndarray:
        """Share of the positives that is found."""
        return self.true_positives / max(self.positives, 1)

    @property
    def true_negatives(self) -> np.ndarray:
        """Negatives answered negative."""
        return self.negatives - self.false_positives


def _cuts(y: np.ndarray, positive: np.ndarray) -> _Cuts:
    order = np.argsort(-positive, kind="stable")
    scores, hits = positive[order], y[order] == 1
    # Rows with one score are answered alike: only the last of them is a cut.
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    found = np.concatenate([[0], np.cumsum(hits)[ends]])
    wrong = np.concatenate([[0], np.cumsum(~hits)[ends]])
    lowest = np.concatenate([[np.inf], scores[ends]])
    return _Cuts(lowest, found, wrong, int(hits.sum()), int((~hits).sum()))


def _f1(cuts: _Cuts) -> np.ndarray:
    return 2 * cuts.true_positives / np.maximum(cuts.true_positives + cuts.false_positives + cuts.positives, 1)


def _accuracy(cuts: _Cuts) -> np.ndarray:
    return (cuts.true_positives + cuts.true_negatives) / (cuts.positives + cuts.negatives)


def _balanced_accuracy(cuts: _Cuts) -> np.ndarray:
    return (cuts.recall + cuts.true_negatives / max(cuts.negatives, 1)) / 2


_MAXIMIZED = {"f1": _f1, "accuracy": _accuracy, "balanced_accuracy": _balanced_accuracy}


def _worth(rule: Mapping[str, Any], cuts: _Cuts) -> np.ndarray:
    """Tell of each cut what the rule makes as large as it can."""
    if "cost" in rule:
        missed = cuts.positives - cuts.true_positives
        return -(rule["cost"]["falsePositive"] * cuts.false_positives + rule["cost"]["falseNegative"] * missed)
    if "minimumPrecision" in rule:
        return _within(cuts.recall, cuts.precision, rule["minimumPrecision"])
    if "minimumRecall" in rule:
        return _within(cuts.precision, cuts.recall, rule["minimumRecall"])
    return _MAXIMIZED[rule["maximize"]](cuts)


def _within(wanted: np.ndarray, bound: np.ndarray, least: float) -> np.ndarray:
    """Give what is wanted where the bound is kept; where it never is, the bound itself, to come as near as can be."""
    kept = bound >= least
    return np.where(kept, wanted, -1.0) if kept.any() else bound


def best_threshold(rule: Mapping[str, Any], y: np.ndarray, positive: np.ndarray) -> float:
    """Probability from which on the positive class is answered, by the project's rule.

    Meant for out-of-fold scores: on scores of rows the model has seen it comes out too high.

    Parameters
    ----------
    rule : mapping
        Contract ``ThresholdRule``: ``{"maximize": "f1" | "accuracy" | "balanced_accuracy"}``, ``{"cost":
        {"falsePositive": 1, "falseNegative": 5}}``, ``{"minimumPrecision": 0.9}`` or ``{"minimumRecall": 0.8}``.
    y : ndarray of {0, 1}, shape (n,)
    positive : ndarray, shape (n,)
        Probabilities of the positive class.

    Returns
    -------
    float
        Midway between the lowest probability answered positive and the next one below, from 0 to 1. Of thresholds that
        are equally good the highest.

    Examples
    --------
    >>> best_threshold({"maximize": "f1"}, np.array([0, 0, 1]), np.array([0.1, 0.2, 0.6]))
    0.4
    """
    cuts = _cuts(y, positive.astype(np.float64))
    best = int(np.argmax(_worth(rule, cuts)))
    above = float(min(cuts.lowest[best], 1.0))
    below = float(cuts.lowest[best + 1]) if best + 1 < len(cuts.lowest) else 0.0
    return _between(below, above)


def _between(below: float, above: float) -> float:
    middle = (below + above) / 2
    short = round(middle, _DIGITS)
    # Scores can lie closer to each other than that many digits tell apart.
    return short if below < short <= above else above


def unmet_rule(rule: Mapping[str, Any], y: np.ndarray, positive: np.ndarray) -> dict[str, str] | None:
    """Contract ``TrainingWarning`` where no threshold gives the precision that the rule wants; None where one does."""
    least = rule.get("minimumPrecision")
    if least is None:
        return None
    greatest = float(_cuts(y, positive).precision.max())
    if greatest >= least:
        return None
    return {
        "code": "THRESHOLD_RULE_NOT_MET",
        "message": (
            f"no threshold gives a precision of {least:g} out of fold; the greatest there is, {greatest:.4f}, "
            "was taken: ask for less, or bring features that tell more"
        ),
    }
