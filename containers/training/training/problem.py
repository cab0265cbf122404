from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold

from training.errors import TrainingError
from training.metrics import BINARY, MULTICLASS, REGRESSION, Score, is_loss

__all__ = ["Problem", "is_loss", "problem_named"]

#: Positions of the rows to fit on and of the rows to measure on.
Fold = tuple[np.ndarray, np.ndarray]
_EVEN_CHANCE = 0.5


@dataclass(frozen=True)
class Problem:
    """What is predicted: how scores become answers, how answers are measured, how rows are split into folds.

    Scores are float ``[N, K]``, probabilities of the classes in order (of two classes negative first), or ``[N, 1]``
    the predicted number; ``y`` holds positions of classes (int64) or numbers (float64).

    Examples
    --------
    >>> problem_named("binary-classification").answers(np.array([[0.6, 0.4]]), threshold=0.35)
    array([1])
    """

    name: str
    measures: Mapping[str, Score]

    @property
    def is_classification(self) -> bool:
        """Whether classes are predicted."""
        return self.name != "regression"

    @property
    def is_binary(self) -> bool:
        """Whether there are two classes, so that a threshold decides."""
        return self.name == "binary-classification"

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of what is measured; the first is what models are selected by unless the project says otherwise."""
        return tuple(self.measures)

    def answers(self, scores: np.ndarray, threshold: float | None = None) -> np.ndarray:
        """Classes (int64) or numbers (float64) ``[N]`` that are answered for scores.

        Parameters
        ----------
        scores : ndarray, shape (N, K)
        threshold : float, optional
            Two classes only: probability from which on the positive one is answered; .5 unless given.
        """
        if not self.is_classification:
            return scores[:, 0].astype(np.float64)
        if self.is_binary:
            return (scores[:, 1] >= (_EVEN_CHANCE if threshold is None else threshold)).astype(np.int64)
        return scores.argmax(axis=1).astype(np.int64)

    def score(self, metric: str, y: np.ndarray, scores: np.ndarray, threshold: float | None = None) -> float:
        """One figure.

        Raises
        ------
        TrainingError
            ``INVALID_REQUEST`` for a metric that this problem has not.
        """
        self.require_metric(metric)
        return self.measures[metric](y, scores, self.answers(scores, threshold))

    def all_scores(self, y: np.ndarray, scores: np.ndarray, threshold: float | None = None) -> dict[str, float]:
        """Every figure of ``metrics`` by name."""
        answers = self.answers(scores, threshold)
        return {name: measure(y, scores, answers) for name, measure in self.measures.items()}

    def folds(self, count: int, seed: int, y: np.ndarray) -> list[Fold]:
        """Rows shuffled into folds, the same for one seed; every fold has its share of each class."""
        kind = StratifiedKFold if self.is_classification else KFold
        return list(kind(count, shuffle=True, random_state=seed).split(np.zeros((len(y), 1)), y))

    def require_metric(self, metric: str) -> None:
        """Refuse a metric that is not measured here, with those that are."""
        if metric not in self.measures:
            raise TrainingError(
                "INVALID_REQUEST", f"metric {metric!r} is none of {self.name}; allowed are {', '.join(self.metrics)}"
            )


_PROBLEMS = {
    problem.name: problem
    for problem in (
        Problem("binary-classification", BINARY),
        Problem("multiclass-classification", MULTICLASS),
        Problem("regression", REGRESSION),
    )
}


def problem_named(name: str) -> Problem:
    """Find a problem by its name in contract ``Problem``.

    Raises
    ------
    TrainingError
        ``INVALID_REQUEST`` for another name.
    """
    try:
        return _PROBLEMS[name]
    except KeyError:
        allowed = ", ".join(_PROBLEMS)
        raise TrainingError("INVALID_REQUEST", f"problem {name!r} is not known; allowed are {allowed}") from None
