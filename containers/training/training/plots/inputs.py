from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from training.explain import Sample
from training.problem import Problem


@dataclass(frozen=True)
class PlotInputs:
    """What plots are made of.

    Attributes
    ----------
    name : str
        What the model is called, e.g. ``churn · lightgbm``: begins the line below every title.
    problem : Problem
    metric : str
        What the search was led by.
    classes : sequence of str
        None for a predicted number.
    y, scores : ndarray
        Of the test split, ``[N]`` and ``[N, K]``.
    threshold : float or None
        Two classes only.
    trials : sequence of dict
        ``number``, ``state``, ``score``; no plot without any.
    fold_scores : sequence of float
        Of the best trial.
    importances, shap_importances : mapping of str to float
        By raw column.
    sample : Sample or None
        Explained rows.
    fairness : dict or None
        Contract ``FairnessReport``.
    """

    name: str
    problem: Problem
    metric: str
    classes: Sequence[str]
    y: np.ndarray
    scores: np.ndarray
    threshold: float | None = None
    trials: Sequence[Mapping[str, Any]] = ()
    fold_scores: Sequence[float] = ()
    importances: Mapping[str, float] = field(default_factory=dict)
    shap_importances: Mapping[str, float] = field(default_factory=dict)
    sample: Sample | None = None
    fairness: Mapping[str, Any] | None = None

    def about(self, more: str) -> str:
        """Line below a title."""
        return f"{self.name} · {more}"

    @property
    def test_rows(self) -> str:
        """E.g. ``1,409 test rows``."""
        return f"{len(self.y):,} test rows"

    @property
    def positive(self) -> str:
        """Name of the positive of two classes."""
        return self.classes[-1]

    def one_against_rest(self, most: int) -> list[tuple[str, np.ndarray, np.ndarray]]:
        """Name, whether it is the class, and its probability, for the most frequent classes that tell something.

        Of two classes only the positive one.
        """
        names = list(enumerate(self.classes))[1:] if self.problem.is_binary else list(enumerate(self.classes))
        parts = [(name, self.y == place, self.scores[:, place].astype(np.float64)) for place, name in names]
        told = [part for part in parts if 0 < part[1].sum() < len(self.y)]
        return sorted(told, key=lambda part: -int(part[1].sum()))[:most]
