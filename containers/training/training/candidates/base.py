from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Params = dict[str, Any]


@dataclass(frozen=True)
class FitOptions:
    """What every estimator is told besides its parameters."""

    seed: int
    threads: int


def _unchanged(estimator: Any) -> Any:
    return estimator


def _nothing() -> None:
    return None


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
    first : dict
        Parameters of the first trial, known to be sensible.
    suggest : callable
        Asks an Optuna trial for parameters.
    build : callable
        Makes an unfitted estimator; imports its library.
    register : callable
        Teaches skl2onnx the estimator, where it does not know it.
    settle : callable
        Changes a fitted estimator so that its graph agrees with it to the last row.
    """

    name: str
    scales: bool
    packages: tuple[str, ...]
    first: Mapping[str, Any]
    suggest: Callable[[Any], Params]
    build: Callable[[Params, FitOptions], Any]
    register: Callable[[], None] = _nothing
    settle: Callable[[Any], Any] = _unchanged
