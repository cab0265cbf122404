from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from training.adversarial import adversarial_rows
from training.errors import TrainingError
from training.graph import Graph
from training.job import ModelInput
from training.pipeline import names_of
from training.thresholds import split_thresholds

#: Largest difference of a probability between the Python pipeline and its graph.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Parity:
    """How far a graph is from its pipeline over some rows."""

    rows: int
    max_abs_diff: float
    label_mismatches: int

    @property
    def passed(self) -> bool:
        """Whether no probability differs by more than ``TOLERANCE`` and no label differs."""
        return self.max_abs_diff <= TOLERANCE and self.label_mismatches == 0


def compare(pipeline: Pipeline, graph: Graph, frame: pd.DataFrame) -> Parity:
    """Run both over the same raw rows.

    A probability that is not a number counts as a difference of 1, unless both sides say so. Labels are compared
    where the probability decides them: within ``TOLERANCE`` of one half either label is right.
    """
    expected = pipeline.predict_proba(frame)[:, 1].astype(np.float64)
    labels, probabilities = _predicted(graph, frame)
    both_nan = np.isnan(expected) & np.isnan(probabilities)
    difference = np.nan_to_num(np.abs(expected - probabilities.astype(np.float64)), nan=1.0)
    largest = float(np.max(np.where(both_nan, 0.0, difference), initial=0.0))
    decided = ~(np.abs(expected - 0.5) <= TOLERANCE)
    mismatches = int(((pipeline.predict(frame) != labels) & decided).sum())
    return Parity(len(frame), largest, mismatches)


def _predicted(graph: Graph, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    try:
        return graph.predict(frame)
    except Exception as error:
        raise TrainingError("PARITY_NOT_MET", f"the ONNX graph does not run: {error}; nothing was kept") from error


def hard_rows(
    model: bytes, used: Sequence[ModelInput], inputs: Sequence[ModelInput], frame: pd.DataFrame
) -> pd.DataFrame:
    """Adversarial rows for a graph.

    Parameters
    ----------
    model : bytes
        The graph.
    used : sequence of ModelInput
        Columns that were fitted; their numbers come first in the encoded row.
    inputs : sequence of ModelInput
        Every column of the graph.
    frame : DataFrame
        Real rows to start from.
    """
    numbers = names_of(used, "number")
    by_position = split_thresholds(model)
    thresholds = {name: by_position[place] for place, name in enumerate(numbers) if place in by_position}
    return adversarial_rows(frame, inputs, thresholds)


def require_parity(parity: Parity) -> None:
    """Refuse a graph that answers otherwise than its pipeline.

    Raises
    ------
    TrainingError
        ``PARITY_NOT_MET``.
    """
    if not parity.passed:
        raise TrainingError(
            "PARITY_NOT_MET",
            f"over {parity.rows} rows the ONNX graph differs from the Python pipeline by up to "
            f"{parity.max_abs_diff:.3g} (allowed {TOLERANCE:g}) and in {parity.label_mismatches} labels (allowed 0); "
            "nothing was kept; a step of the pipeline has no exact conversion",
        )
