from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from training.explain.exact import Exact, Of, read_exact
from training.explain.parts import parts_of
from training.explain.sampled import SampledValues
from training.explain.subject import Subject
from training.explain.tree import TooManyColumnsError

#: Rows that global importances and plots are made of, where the model is small enough.
MOST_ROWS = 200
#: Rows that are kept with their values, where the model is small enough.
GOLDEN_ROWS = 8
#: Cost that is spent on the others: leaves times rows of a forest (about a second), rows asked of any other graph.
_LEAF_ROWS = 2_000_000
_ASKED_ROWS = 200_000
_GOLDEN_PAIRS = 2


@dataclass(frozen=True)
class Found:
    """Values ``[N, columns, outputs]``, their errors where estimated, the answers they explain, and the mean answer."""

    values: np.ndarray
    errors: np.ndarray | None
    explained: np.ndarray
    base: np.ndarray


class Explainer(Protocol):
    """One way to values."""

    method: str
    of: Of
    columns: tuple[str, ...]
    most_rows: int
    golden_rows: int

    def explain(self, rows: pd.DataFrame, sure: bool) -> Found:
        """Explain raw rows; ``sure``: with standard errors, where values are estimated."""
        ...

    def parts(self) -> dict[str, Any]:
        """Tell what ``parts.json`` holds beside names."""
        ...


def explainer_of(subject: Subject, background: pd.DataFrame) -> Explainer:
    """Exact values where the model can be read from its graph, else estimates."""
    exact = _exact(subject, background)
    if exact is None:
        return _ByAsking(subject, background)
    try:
        return _ByParts(subject, exact, background)
    except TooManyColumnsError:
        return _ByAsking(subject, background)


class _ByParts:
    """Exact values."""

    def __init__(self, subject: Subject, exact: Exact, background: pd.DataFrame) -> None:
        encoded = subject.encoded or ()
        self._subject, self._exact = subject, exact
        self.method: str = exact.method
        self.of: Of = exact.of
        self.columns = tuple(dict.fromkeys(encoded))
        self._column_of = [self.columns.index(name) for name in encoded]
        self._values = exact.values(self._column_of, _encode(subject, background))
        self.most_rows = exact.most_rows(_LEAF_ROWS, MOST_ROWS)
        self.golden_rows = min(GOLDEN_ROWS, self.most_rows)

    def explain(self, rows: pd.DataFrame, sure: bool) -> Found:
        encoded = _encode(self._subject, rows)
        return Found(self._values.values(encoded), None, self._exact.margins(encoded), self._values.base)

    def parts(self) -> dict[str, Any]:
        return {"columnOf": self._column_of, "expected": self._values.base.tolist(), **parts_of(self._exact)}


class _ByAsking:
    """Estimated values of what the graph answers."""

    method = "sampled"

    def __init__(self, subject: Subject, background: pd.DataFrame) -> None:
        self._subject, self.columns = subject, subject.players
        self.of: Of = "probability" if subject.classes else "value"
        self._values = SampledValues(self._ask, self.columns, background, subject.seed)
        asked = 2 * len(background) * max(len(self.columns) - 1, 1)
        self.most_rows = min(max(_ASKED_ROWS // asked, 1), MOST_ROWS)
        self.golden_rows = min(max(_ASKED_ROWS // (_GOLDEN_PAIRS * asked), 1), GOLDEN_ROWS)

    def explain(self, rows: pd.DataFrame, sure: bool) -> Found:
        found = self._values.values(rows[list(self._subject.inputs)], pairs=_GOLDEN_PAIRS if sure else 1)
        return Found(found.values, found.errors if sure else None, self._ask(rows), found.base)

    def parts(self) -> dict[str, Any]:
        return {"expected": self._values.base.tolist()}

    def _ask(self, rows: pd.DataFrame) -> np.ndarray:
        return self._subject.graph.scores(rows)[:, -len(self._subject.outputs) :]


def _exact(subject: Subject, background: pd.DataFrame) -> Exact | None:
    if subject.encoded is None or subject.graph.encoded_output is None:
        return None
    encoded, scores = _encode(subject, background), subject.graph.scores(background)
    return read_exact(subject.model, len(subject.classes), encoded, scores, subject.calibration)


def _encode(subject: Subject, rows: pd.DataFrame) -> np.ndarray:
    return subject.graph.run(rows, [str(subject.graph.encoded_output)])[0]
