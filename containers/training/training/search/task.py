from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from training.candidates import Candidate, FitOptions, Params, Rows
from training.job import ModelInput, TrainingJob
from training.model.pipeline import fitted_pipeline, preprocessor
from training.model.scoring import PipelineModel
from training.problem import Problem, problem_named


@dataclass(frozen=True)
class Task:
    """A job and the rows it learns from.

    Attributes
    ----------
    options : FitOptions
        What estimators are told.
    used : list of ModelInput
        Columns to learn from.
    frame, y : DataFrame, ndarray
        Train split.
    """

    job: TrainingJob
    options: FitOptions
    used: list[ModelInput]
    frame: pd.DataFrame
    y: np.ndarray

    @property
    def problem(self) -> Problem:
        """What is predicted."""
        return problem_named(self.job.problem)

    @cached_property
    def folds(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Positions to fit on and to measure on: the same for every candidate of a project."""
        return self.problem.folds(self.job.search.folds, self.job.seed, self.y)

    def score(self, y: np.ndarray, scores: np.ndarray) -> float:
        """Measure the job's metric."""
        return float(self.problem.score(self.job.metric, y, scores, self.job.threshold))

    def fold_scores(self, scores: np.ndarray) -> list[float]:
        """Measure out-of-fold scores by the job's metric, fold by fold."""
        return [self.score(self.y[held], scores[held]) for _, held in self.folds]

    def weights(self, y: np.ndarray) -> np.ndarray | None:
        """Weight of each row so that all classes weigh the same in total; None where rows are not weighted."""
        if self.job.class_weight == "none" or not self.problem.is_classification:
            return None
        counts = np.bincount(y)
        return (len(y) / (np.count_nonzero(counts) * np.maximum(counts, 1)))[y]

    def refit(self, candidate: Candidate, params: Params) -> PipelineModel:
        """Fit a candidate with settled parameters on the whole train split, as the pipeline that is converted."""
        transformer = preprocessor(self.used, candidate.scales, self.frame)
        X = np.asarray(transformer.fit_transform(self.frame))
        rows = Rows(X, self.y, self.weights(self.y))
        estimator = candidate.fit(candidate.build(params, self.options), rows)
        return PipelineModel(fitted_pipeline(transformer, estimator, candidate))
