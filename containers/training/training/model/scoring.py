from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from training.model.calibration import LEAST, Calibration, log_odds

_TWO = 2


class ScoringModel(Protocol):
    """What a graph must agree with.

    Scores are float64 ``[N, K]``: probabilities of the classes in order, for two classes negative first, or ``[N, 1]``
    the predicted number.
    """

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores of raw columns, float32 and string, by name; others are ignored."""
        ...


@dataclass(frozen=True)
class PipelineModel:
    """A fitted pipeline of two steps, ``prepare`` and ``model``."""

    pipeline: Pipeline

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """See ``ScoringModel``."""
        if hasattr(self.pipeline, "predict_proba"):
            return np.asarray(self.pipeline.predict_proba(frame), dtype=np.float64)
        return np.asarray(self.pipeline.predict(frame), dtype=np.float64).reshape(-1, 1)


@dataclass(frozen=True)
class StackModel:
    """Fitted pipelines, and a linear model over their scores that was fitted on out-of-fold scores."""

    bases: tuple[PipelineModel, ...]
    meta: Any

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """See ``ScoringModel``."""
        features = meta_features([base.scores(frame) for base in self.bases])
        if hasattr(self.meta, "predict_proba"):
            return np.asarray(self.meta.predict_proba(features), dtype=np.float64)
        return np.asarray(self.meta.predict(features), dtype=np.float64).reshape(-1, 1)


@dataclass(frozen=True)
class CalibratedModel:
    """A model whose probabilities are corrected by a curve."""

    inner: PipelineModel | StackModel
    calibration: Calibration

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """See ``ScoringModel``."""
        return self.calibration.apply(self.inner.scores(frame))


def meta_features(scores: list[np.ndarray]) -> np.ndarray:
    """Put scores of several models side by side, of probabilities their logarithms: what a stack learns from.

    Of two classes it is the log-odds. A linear model over log-odds gives probabilities that are right where those of
    the models are; over probabilities it would not.
    """
    return np.hstack([_as_feature(one) for one in scores])


def _as_feature(scores: np.ndarray) -> np.ndarray:
    if scores.shape[1] == 1:
        return scores
    return log_odds(scores).reshape(-1, 1) if scores.shape[1] == _TWO else np.log(np.clip(scores, LEAST, 1.0))
