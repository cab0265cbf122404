from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from training.model.calibration import Calibration

_TWO = 2


class AskedGraph(Protocol):
    """What is needed of ``training.graph.graph.Graph``."""

    @property
    def encoded_output(self) -> str | None:
        """Name of the output with the encoded row; None of a stack."""
        ...

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores ``[N, K]`` of raw rows."""
        ...

    def run(self, frame: pd.DataFrame, outputs: list[str]) -> list[np.ndarray]:
        """Ask for outputs by their names."""
        ...


@dataclass(frozen=True)
class Subject:
    """A model to explain.

    Attributes
    ----------
    model : bytes
        The graph, and
    graph : AskedGraph
        the same opened.
    encoded : tuple of str or None
        Raw column of each encoded position (``encoded_columns``); None for a stack.
    inputs : tuple of str
        Raw columns that the graph takes; of these
    players : tuple of str
        those whose values can change an answer, for a graph that is asked.
    classes : tuple of str
        None for a predicted number.
    calibration : Calibration or None
        What the graph applies after the model: exact values are those of the model before it.
    seed : int
    """

    model: bytes
    graph: AskedGraph
    encoded: tuple[str, ...] | None
    inputs: tuple[str, ...]
    players: tuple[str, ...]
    classes: tuple[str, ...]
    calibration: Calibration | None
    seed: int

    @property
    def outputs(self) -> tuple[str, ...]:
        """What is explained: the positive of two classes, each of several, or the number."""
        return self.classes[-1:] if len(self.classes) == _TWO else self.classes or ("value",)
