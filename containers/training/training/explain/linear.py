from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx

from training.graph.score_nodes import COEFFICIENTS, INTERCEPT


@dataclass(frozen=True)
class Linear:
    """A linear model over the encoded row: ``coefficients`` ``[outputs, M]`` and ``intercept`` ``[outputs]``."""

    coefficients: np.ndarray
    intercept: np.ndarray

    def margins(self, encoded: np.ndarray) -> np.ndarray:
        """Weighted sums ``[N, outputs]`` of encoded rows ``[N, M]``."""
        return encoded.astype(np.float64) @ self.coefficients.T + self.intercept


def read_linear(model: bytes, outputs: int) -> Linear | None:
    """Coefficients of a graph of one linear model, as arrays or in a converter's node; None for any other graph.

    Parameters
    ----------
    model : bytes
    outputs : int
        1 for two classes (the positive) and for a predicted number, else one a class.
    """
    kinds = ("LinearClassifier", "LinearRegressor")
    graph = onnx.load_from_string(model).graph
    held = {
        role: onnx.numpy_helper.to_array(one)
        for one in graph.initializer
        for role in (COEFFICIENTS, INTERCEPT)
        if one.name == f"model/{role}"
    }
    if held:
        return Linear(held[COEFFICIENTS].T, held[INTERCEPT][0])
    nodes = [node for node in graph.node if node.op_type in kinds]
    if len(nodes) != 1:
        return None
    parts: dict[str, Any] = {item.name: onnx.helper.get_attribute_value(item) for item in nodes[0].attribute}
    intercept = np.array(parts["intercepts"], dtype=np.float64)
    coefficients = np.array(parts["coefficients"], dtype=np.float64).reshape(len(intercept), -1)
    # Of two classes the second row is the positive's.
    return Linear(coefficients[-outputs:], intercept[-outputs:])


class LinearValues:
    """Interventional Shapley values of a linear model: coefficient times distance from the background's mean.

    Parameters
    ----------
    linear : Linear
    column_of : sequence of int
        Raw column of each encoded position; positions of one column are added up.
    background : ndarray of float32, shape (B, M)
    """

    def __init__(self, linear: Linear, column_of: Sequence[int], background: np.ndarray) -> None:
        self._mean = background.astype(np.float64).mean(axis=0)
        self._weights = linear.coefficients
        self._member = np.eye(max(column_of) + 1)[np.array(column_of)]
        self.base = linear.margins(background).mean(axis=0)

    def values(self, encoded: np.ndarray) -> np.ndarray:
        """Values ``[N, columns, outputs]`` of encoded rows ``[N, M]``; with ``base`` they add up to the margin."""
        apart = encoded.astype(np.float64) - self._mean
        return np.stack([(apart * weights) @ self._member for weights in self._weights], axis=2)
