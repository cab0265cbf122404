import hashlib
from dataclasses import dataclass

import numpy as np
from sklearn.pipeline import Pipeline

from training.candidates import Candidate, FitOptions
from training.data import Dataset
from training.graph import Graph
from training.job import ModelInput, TrainingJob
from training.onnx_export import export
from training.pipeline import fitted_pipeline, informative, preprocessor
from training.search import Found, encoded_folds, search
from training.threshold import best_f1_threshold


@dataclass(frozen=True)
class Trained:
    """A searched, refitted and converted candidate."""

    found: Found
    used: list[ModelInput]
    pipeline: Pipeline
    model: bytes
    graph: Graph
    threshold: float

    @property
    def sha256(self) -> str:
        """Digest of the graph's bytes."""
        return hashlib.sha256(self.model).hexdigest()


def train(job: TrainingJob, candidate: Candidate, data: Dataset, threads: int) -> Trained:
    """Search on folds of the train split, refit the best parameters on all of it, convert.

    The validation and test splits are not looked at.
    """
    options = FitOptions(seed=job.seed, threads=threads)
    X, y = data.train.frame, data.train.labels
    used = informative(job.inputs, X)
    found = search(job, candidate, encoded_folds(job, used, X, y, candidate.scales), y, options)
    transformer = preprocessor(used, candidate.scales, X)
    estimator = candidate.build(found.params, options).fit(transformer.fit_transform(X), y)
    pipeline = fitted_pipeline(transformer, estimator, candidate)
    candidate.register()
    model = export(pipeline, job.inputs)
    return Trained(found, used, pipeline, model, Graph.load(model, threads), _threshold(job, y, found.out_of_fold))


def _threshold(job: TrainingJob, labels: np.ndarray, out_of_fold: np.ndarray) -> float:
    return best_f1_threshold(labels, out_of_fold) if job.threshold is None else job.threshold
