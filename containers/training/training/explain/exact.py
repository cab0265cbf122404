from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.explain.forest import Forest, read_forest
from training.explain.linear import Linear, LinearValues, read_linear
from training.explain.tree import TreeValues, margins
from training.model.calibration import Calibration

#: What is read from a graph must give the graph's own scores, float32 sums of hundreds of trees included.
_TOLERANCE = 1e-4
_TWO = 2
Of = Literal["margin", "probability", "value"]


@dataclass(frozen=True)
class Exact:
    """A model that was read from its graph: what is explained is ``margins`` of encoded rows."""

    part: Forest | Linear
    of: Of

    @property
    def method(self) -> Literal["tree", "linear"]:
        """Name in contract ``ServingFacts``."""
        return "tree" if isinstance(self.part, Forest) else "linear"

    def margins(self, encoded: np.ndarray) -> np.ndarray:
        """Explained numbers ``[N, outputs]`` of encoded rows ``[N, M]``."""
        return _margins(self.part, encoded)

    def values(self, column_of: list[int], background: np.ndarray) -> TreeValues | LinearValues:
        """Shapley values against encoded background rows."""
        if isinstance(self.part, Forest):
            return TreeValues(self.part, column_of, background)
        return LinearValues(self.part, column_of, background)

    def most_rows(self, leaf_rows: int, most: int) -> int:
        """Rows that can be explained at a cost of so many leaves times rows."""
        return min(most, max(leaf_rows // len(self.part.values), 1)) if isinstance(self.part, Forest) else most


def read_exact(
    model: bytes, classes: int, encoded: np.ndarray, scores: np.ndarray, calibration: Calibration | None
) -> Exact | None:
    """Read trees or coefficients from a graph, if what they say is what the graph answers.

    Parameters
    ----------
    model : bytes
    classes : int
        0 for a predicted number.
    encoded : ndarray of float32, shape (N, M)
        Encoded rows to hold it against, and
    scores : ndarray, shape (N, K)
        what the graph answers for them.
    calibration : Calibration or None
        Correction that the graph applies after the model that is explained.

    Returns
    -------
    Exact or None
        None where the graph is of another kind, or its trees are not understood.
    """
    outputs = classes if classes > _TWO else 1
    part = read_forest(model, outputs) or read_linear(model, outputs)
    if part is None:
        return None
    found = _margins(part, encoded)
    for of, link in _links(classes).items():
        answer = link(found) if calibration is None else calibration.apply(link(found))
        if answer.shape == scores.shape and np.all(
            np.abs(answer - scores) <= _TOLERANCE * np.maximum(1, np.abs(scores))
        ):
            return Exact(part, of)
    return None


def _margins(part: Forest | Linear, encoded: np.ndarray) -> np.ndarray:
    return margins(part, encoded) if isinstance(part, Forest) else part.margins(encoded)


def _links(classes: int) -> dict[Of, Callable[[np.ndarray], np.ndarray]]:
    """How scores come of what is explained, by what that may be."""
    if classes == 0:
        return {"value": _same}
    if classes == _TWO:
        return {"margin": _sigmoid, "probability": _both}
    return {"margin": _softmax, "probability": _same}


def _same(found: np.ndarray) -> np.ndarray:
    return found


def _both(found: np.ndarray) -> np.ndarray:
    return np.hstack([1 - found, found])


def _sigmoid(found: np.ndarray) -> np.ndarray:
    return _both(1 / (1 + np.exp(-found)))


def _softmax(found: np.ndarray) -> np.ndarray:
    powers = np.exp(found - found.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
