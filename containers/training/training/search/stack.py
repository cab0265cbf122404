import time
from typing import Any

import numpy as np

from training.candidates import Candidate, Params, Rows
from training.candidates.linear_regression import linear_regression
from training.candidates.logistic_regression import logistic_regression
from training.errors import TrainingError
from training.job import Stacked
from training.machine.progress import emit
from training.model.scoring import PipelineModel, StackModel, meta_features
from training.search.fold import encoded_folds, out_of_fold, scores_of
from training.search.journal import Journal
from training.search.search import Found, trial_record
from training.search.study import Trial
from training.search.task import Task

#: Name in the contract ``CandidateName`` of what is made of several algorithms.
STACKING = "stacking"
_LEAST = 2
#: Little shrinking: there are few of them.
_META_OF_CLASSES: Params = {"C": 1.0}
_META_OF_NUMBERS: Params = {"alpha": 1e-3, "l1_ratio": 0.0}


def stack(task: Task, candidates: tuple[Candidate, ...]) -> tuple[Found, StackModel]:
    """Fit a linear model over the out-of-fold scores of several algorithms, and those algorithms on all rows.

    Its own scores are out of fold too: of each fold by a linear model that was fitted on the other folds' scores. The
    folds are those that the algorithms were searched on, so the figures compare.

    Parameters
    ----------
    task : Task
        Its job says with which parameters each algorithm is fitted.
    candidates : tuple of Candidate
        In the order of ``job.stack``.

    Raises
    ------
    TrainingError
        ``INVALID_REQUEST`` for less than two algorithms.
    """
    parts = task.job.stack or ()
    if len(parts) < _LEAST:
        raise TrainingError("INVALID_REQUEST", f"a stack of {len(parts)}; it takes at least {_LEAST} candidates")
    started = time.monotonic()
    told = [_of_base(task, candidate, part) for candidate, part in zip(candidates, parts, strict=True)]
    features = meta_features([scores for scores, _ in told])
    scores = _cross_fitted(task, features)
    by_fold = task.fold_scores(scores)
    model = StackModel(tuple(base for _, base in told), _meta(task, features, task.y))
    trial = _trial(by_fold, round(time.monotonic() - started, 3))
    with Journal(task.job, "") as journal:
        journal.add(trial)
    score = float(np.mean(by_fold))
    return Found(_named(parts), score, by_fold, scores, [trial_record(trial, {})], trial.seconds), model


def _of_base(task: Task, candidate: Candidate, part: Stacked) -> tuple[np.ndarray, PipelineModel]:
    started = time.monotonic()
    scores = out_of_fold(candidate, part.params, task.options, encoded_folds(task, candidate))
    model = task.refit(candidate, part.params)
    emit("stacked", candidate=candidate.name, seconds=round(time.monotonic() - started, 2))
    return scores, model


def _meta(task: Task, features: np.ndarray, y: np.ndarray) -> Any:
    if not task.problem.is_classification:
        return _meta_of_numbers(task, features, y)
    estimator = logistic_regression.build(_META_OF_CLASSES, task.options)
    return logistic_regression.fit(estimator, Rows(features, y, task.weights(y)))


def _meta_of_numbers(task: Task, features: np.ndarray, y: np.ndarray) -> Any:
    mean, spread = float(y.mean()), float(y.std()) or 1.0
    estimator = linear_regression.build(_META_OF_NUMBERS, task.options)
    linear_regression.fit(estimator, Rows((features - mean) / spread, y))
    estimator.coef_ = estimator.coef_ / spread
    estimator.intercept_ = estimator.intercept_ - mean * estimator.coef_.sum()
    return estimator


def _cross_fitted(task: Task, features: np.ndarray) -> np.ndarray:
    parts = [scores_of(_meta(task, features[fit], task.y[fit]), features[held]) for fit, held in task.folds]
    scores = np.empty((len(task.y), parts[0].shape[1]))
    scores[np.concatenate([held for _, held in task.folds])] = np.concatenate(parts)
    return scores


def _trial(by_fold: list[float], seconds: float) -> Trial:
    return Trial(0, "complete", float(np.mean(by_fold)), seconds, {}, tuple(by_fold))


def _named(parts: tuple[Stacked, ...]) -> Params:
    """Parameters of all algorithms, e.g. ``lightgbm.num_leaves``."""
    return {f"{part.candidate}.{name}": value for part in parts for name, value in part.params.items()}
