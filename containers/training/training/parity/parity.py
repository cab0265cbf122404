import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from training.data.dataset import Dataset
from training.errors import TrainingError
from training.graph.graph import Graph
from training.job import TrainingJob
from training.model.scoring import ScoringModel
from training.parity.hard_rows import Proving, model_rows, proving_rows

if TYPE_CHECKING:
    from training.built import Built

#: Largest difference of a score between model and graph: of probabilities, and of numbers relative to those above 1.
TOLERANCE = 1e-5
#: Of computed features as float32: logarithms and powers may differ in the last digit.
_LAST_DIGITS = 2.5e-7
_PATH = "parity/rows.json.gz"


@dataclass(frozen=True)
class Parity:
    """How far a graph is from its model over some rows."""

    rows: int
    max_abs_diff: float
    label_mismatches: int
    computed_mismatches: int = 0

    @property
    def passed(self) -> bool:
        """Whether no score differs by more than ``TOLERANCE``, and no label and no computed feature differs."""
        return self.max_abs_diff <= TOLERANCE and self.label_mismatches == 0 and self.computed_mismatches == 0

    def as_json(self) -> dict[str, Any]:
        """Contract ``ParityReport``."""
        return {
            "rows": self.rows,
            "maxAbsDiff": self.max_abs_diff,
            "labelMismatches": self.label_mismatches,
            "computedMismatches": self.computed_mismatches,
            "passed": self.passed,
        }


def checked_parity(job: TrainingJob, data: Dataset, built: "Built") -> Parity:
    """Compare model and graph over the test split and adversarial rows.

    Raises
    ------
    TrainingError
        ``PARITY_NOT_MET``.
    """
    parity = compare(job, built.trained.model, built.graph, proving_rows(job, data.test, built))
    require_parity(parity)
    return parity


def parity_rows(job: TrainingJob, data: Dataset, built: "Built") -> dict[str, bytes]:
    """File with the rows of ``checked_parity`` and the model's scores, for any runtime to be held against.

    Contract ``ParityRows``, gzipped; the same bytes for the same rows.
    """
    rows = proving_rows(job, data.test, built)
    scores = built.trained.model.scores(model_rows(job, rows.given, built.graph.computed(rows.given)))
    inputs = {name: _values(rows.given[name]) for name in rows.given}
    text = json.dumps({"inputs": inputs, "scores": scores.tolist()}, allow_nan=False, ensure_ascii=False)
    return {_PATH: gzip.compress(text.encode(), mtime=0)}


def compare(job: TrainingJob, model: ScoringModel, graph: Graph, rows: Proving) -> Parity:
    """Run both over the same rows.

    The model gets the features that the graph computed; they are compared themselves, as a difference in their last
    digit must not count twice. A score that is not a number counts as a difference of 1, unless both sides say so.
    """
    try:
        scores, computed = graph.scores(rows.given), graph.computed(rows.given)
        labels = None if job.problem == "regression" else graph.labels(rows.given)
    except Exception as error:
        raise TrainingError("PARITY_NOT_MET", f"the ONNX graph does not run: {error}; nothing was kept") from error
    expected = model.scores(model_rows(job, rows.given, computed))
    wrong = sum(int(_differs(computed[name], rows.expected[name]).sum()) for name in rows.expected)
    if scores.shape != expected.shape:
        return Parity(len(rows.given), 1.0, len(rows.given), wrong)
    mismatches = 0 if labels is None else _wrong_labels(expected, labels)
    return Parity(len(rows.given), _largest(expected, scores, labels is None), mismatches, wrong)


def require_parity(parity: Parity) -> None:
    """Refuse a graph that answers otherwise than its model.

    Raises
    ------
    TrainingError
        ``PARITY_NOT_MET``.
    """
    if not parity.passed:
        raise TrainingError(
            "PARITY_NOT_MET",
            f"over {parity.rows} rows the ONNX graph differs from the Python pipeline by up to "
            f"{parity.max_abs_diff:.3g} (allowed {TOLERANCE:g}), in {parity.label_mismatches} labels and in "
            f"{parity.computed_mismatches} values of on-demand features (allowed 0); nothing was kept; a step of the "
            "pipeline or an on-demand expression has no exact conversion",
        )


def _largest(expected: np.ndarray, scores: np.ndarray, are_numbers: bool) -> float:
    both_nan = np.isnan(expected) & np.isnan(scores)
    scale = np.maximum(_usual(expected), np.abs(expected)) if are_numbers else 1.0
    difference = np.nan_to_num(np.abs(expected - scores) / scale, nan=1.0, posinf=1.0)
    return float(np.max(np.where(both_nan, 0.0, difference), initial=0.0))


def _usual(expected: np.ndarray) -> float:
    """Median size of predicted numbers, at least 1: what a number near 0 is measured by.

    The parts that a sum of models takes have that size, and so has what float32 rounds off them.
    """
    sizes = np.abs(expected[np.isfinite(expected)])
    return max(1.0, float(np.median(sizes))) if len(sizes) else 1.0


def _wrong_labels(expected: np.ndarray, labels: np.ndarray) -> int:
    """Labels that differ where a class is ahead by more than what probabilities may differ."""
    ordered = np.sort(expected, axis=1)
    decided = ~(ordered[:, -1] - ordered[:, -2] <= 2 * TOLERANCE)
    return int(((np.argmax(expected, axis=1) != labels) & decided).sum())


def _differs(found: pd.Series, expected: pd.Series) -> pd.Series:
    if found.dtype == object:
        return found != expected
    x, y = found.astype(np.float64), expected.astype(np.float64)
    return ~((x.isna() & y.isna()) | ((x - y).abs() <= _LAST_DIGITS * y.abs()))


def _values(column: pd.Series) -> list[float | str | None]:
    if column.dtype == object:
        return [value or None for value in column]
    return [None if np.isnan(value) else float(value) for value in column]
