import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import optuna
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from training.candidates import Candidate, FitOptions, Params
from training.job import ModelInput, TrainingJob
from training.metrics import SMALLER_IS_BETTER, score
from training.pipeline import preprocessor
from training.progress import emit


@dataclass(frozen=True)
class Fold:
    """One fold, encoded once for all trials: preparing does not depend on what is searched."""

    X_fit: np.ndarray
    y_fit: np.ndarray
    X_held_out: np.ndarray
    held_out: np.ndarray


@dataclass
class Found:
    """Best trial of a search: its parameters, its mean score over folds, its out-of-fold probabilities."""

    params: Params
    score: float
    out_of_fold: np.ndarray
    trials: list[dict[str, Any]] = field(default_factory=list)


def encoded_folds(
    job: TrainingJob, inputs: list[ModelInput], X: pd.DataFrame, y: np.ndarray, scales: bool
) -> list[Fold]:
    """Stratified folds of the train split, each prepared by a transformer fitted on its other folds only."""
    splitter = StratifiedKFold(job.search.folds, shuffle=True, random_state=job.seed)
    folds = []
    for fit, held_out in splitter.split(X, y):
        transformer = preprocessor(inputs, scales, X.iloc[fit])
        X_fit = transformer.fit_transform(X.iloc[fit])
        folds.append(Fold(X_fit, y[fit], transformer.transform(X.iloc[held_out]), held_out))
    return folds


def search(job: TrainingJob, candidate: Candidate, folds: list[Fold], labels: np.ndarray, options: FitOptions) -> Found:
    """Look for parameters by TPE, seeded, until trials or seconds are used up.

    The first trial is the candidate's own choice, so a search is never worse than not searching.

    Returns
    -------
    Found
        With one entry a trial: number, score, seconds, params.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    direction = "minimize" if job.metric in SMALLER_IS_BETTER else "maximize"
    warm_up = max(3, job.search.trials // 3)
    sampler = optuna.samplers.TPESampler(seed=job.seed, n_startup_trials=warm_up)
    study = optuna.create_study(direction=direction, sampler=sampler)
    study.enqueue_trial(dict(candidate.first))
    kept: dict[int, np.ndarray] = {}

    def objective(trial: optuna.Trial) -> float:
        params = candidate.suggest(trial)
        probabilities = _out_of_fold(lambda: candidate.build(params, options), folds, labels)
        kept[trial.number] = probabilities
        cut = 0.5 if job.threshold is None else job.threshold
        return float(np.mean([score(job.metric, labels[f.held_out], probabilities[f.held_out], cut) for f in folds]))

    study.optimize(objective, job.search.trials, timeout=job.search.timeout_seconds, callbacks=[_report(job, kept)])
    best = study.best_trial
    return Found(dict(best.params), study.best_value, kept[best.number], [_record(trial) for trial in study.trials])


def _out_of_fold(build: Callable[[], Any], folds: list[Fold], labels: np.ndarray) -> np.ndarray:
    probabilities = np.empty(len(labels), dtype=np.float64)
    for fold in folds:
        estimator = build().fit(fold.X_fit, fold.y_fit)
        probabilities[fold.held_out] = estimator.predict_proba(fold.X_held_out)[:, 1]
    return probabilities


def _report(job: TrainingJob, kept: dict[int, np.ndarray]) -> Callable[[optuna.Study, Any], None]:
    started = time.monotonic()

    def report(study: optuna.Study, trial: Any) -> None:
        for number in set(kept) - {study.best_trial.number}:
            del kept[number]
        emit(
            "trial",
            trial=trial.number + 1,
            trials=job.search.trials,
            metric=job.metric,
            score=round(trial.value, 6),
            best=round(study.best_value, 6),
            elapsedSeconds=round(time.monotonic() - started, 2),
        )

    return report


def _record(trial: Any) -> dict[str, Any]:
    seconds = trial.duration.total_seconds() if trial.duration else 0.0
    return {"number": trial.number, "score": trial.value, "seconds": seconds, "params": dict(trial.params)}
