from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Params = dict[str, Any]
CLASSIFICATION = ("binary-classification", "multiclass-classification")
EVERY_PROBLEM = (*CLASSIFICATION, "regression")


@dataclass(frozen=True)
class FitOptions:
    """What every estimator is told besides its parameters.

    Attributes
    ----------
    problem : str
        As in the contract ``Problem``.
    rows : int
        Rows of the train split: how large a model may reasonably be.
    device : str
        ``cpu``, or ``cuda`` where a GPU was asked for and is there.
    """

    seed: int
    threads: int
    problem: str = "binary-classification"
    rows: int = 1_000
    device: str = "cpu"

    @property
    def is_classification(self) -> bool:
        """Whether classes are learned."""
        return self.problem in CLASSIFICATION


@dataclass(frozen=True)
class Rows:
    """Encoded rows: float32 ``[N, M]``, classes or numbers ``[N]``, and weights ``[N]`` where rows differ in weight."""

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None = None

    def at(self, positions: slice) -> "Rows":
        """Take some of them."""
        weight = None if self.weight is None else self.weight[positions]
        return Rows(self.X[positions], self.y[positions], weight)


def _unchanged(estimator: Any) -> Any:
    return estimator


def _nothing() -> None:
    return None


def _fit(estimator: Any, rows: Rows) -> Any:
    return estimator.fit(rows.X, rows.y, sample_weight=rows.weight)


@dataclass(frozen=True)
class Stopping:
    """How an algorithm finds its number of rounds.

    Attributes
    ----------
    rounds : str
        The parameter that takes it.
    fit : callable
        Fits an estimator on the first rows until it gets no better on the second, and answers the best number. The
        estimator then predicts as of that round.
    """

    rounds: str
    fit: Callable[[Any, Rows, Rows], int]


@dataclass(frozen=True)
class Candidate:
    """One algorithm among equals.

    Attributes
    ----------
    name : str
        As in the contract ``Algorithm``.
    scales : bool
        Whether numbers are standardised. Never for trees: a float32 scaler in the graph rounds otherwise than
        scikit-learn's, and rows on a split's threshold change sides.
    packages : tuple of str
        Distributions whose versions belong to the record.
    first : tuple of dict
        Parameters of the first trials, known to be sensible and unlike each other.
    suggest : callable
        Asks an Optuna trial for parameters.
    build : callable
        Makes an unfitted estimator; imports its library.
    problems : tuple of str
        What it learns.
    sketch : dict
        Parameters that differ while searching: they make a model quicker, and not another order of models.
    fit : callable
        Fits an estimator on rows.
    stopping : Stopping, optional
        Of algorithms that learn in rounds; ``suggest`` leaves their number out.
    register : callable
        Teaches skl2onnx the estimator, where it does not know it.
    settle : callable
        Changes a fitted estimator so that its graph agrees with it to the last row.
    """

    name: str
    scales: bool
    packages: tuple[str, ...]
    first: tuple[Params, ...]
    suggest: Callable[[Any, FitOptions], Params]
    build: Callable[[Params, FitOptions], Any]
    problems: tuple[str, ...] = EVERY_PROBLEM
    sketch: Params = field(default_factory=dict)
    fit: Callable[[Any, Rows], Any] = _fit
    stopping: Stopping | None = None
    register: Callable[[], None] = _nothing
    settle: Callable[[Any], Any] = _unchanged


def patience(learning_rate: float) -> int:
    """Answer after how many rounds without a gain an algorithm stops: the slower it learns, the more."""
    return max(20, round(2 / learning_rate))


#: Rounds at which early stopping gives up waiting.
MOST_ROUNDS = 1_500
