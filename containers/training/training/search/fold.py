"""Folds of the train split, each encoded once, and what it takes to fit and measure a candidate on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.candidates import Candidate, FitOptions, Params, Rows
from training.model.pipeline import preprocessor
from training.search.task import Task

#: Share of a fold's fit rows that early stopping looks at, and the most it needs.
_STOP_SHARE = 0.15
_MOST_STOP_ROWS = 20_000
#: With fewer the best round is chance; so many rounds are taken instead.
_LEAST_STOP_ROWS = 20
_ROUNDS_WITHOUT_STOPPING = 100


@dataclass(frozen=True)
class Fold:
    """One fold, encoded once for all trials: preparing does not depend on what is searched.

    Attributes
    ----------
    rows : Rows
        To fit on; those from position ``grown`` on are what early stopping looks at.
    X_held, y_held : ndarray
        Encoded rows to measure on.
    held : ndarray of int
        Their positions in the train split.
    """

    rows: Rows
    grown: int
    X_held: np.ndarray
    y_held: np.ndarray
    held: np.ndarray


def encoded_folds(task: Task, candidate: Candidate) -> list[Fold]:
    """Folds of the train split, each prepared by a transformer fitted on its other folds only."""
    folds = []
    for number, (fit, held) in enumerate(task.folds):
        order, grown = np.arange(len(fit)), len(fit)
        if candidate.stopping is not None:
            order, grown = _stop_rows_last(task, task.y[fit], number)
        fit_rows = fit[order]
        transformer = preprocessor(task.used, candidate.scales, task.frame.iloc[fit_rows])
        X_fit = np.asarray(transformer.fit_transform(task.frame.iloc[fit_rows]))
        X_held = np.asarray(transformer.transform(task.frame.iloc[held]))
        rows = Rows(X_fit, task.y[fit_rows], task.weights(task.y[fit_rows]))
        folds.append(Fold(rows, grown, X_held, task.y[held], held))
    return folds


def _stop_rows_last(task: Task, y: np.ndarray, fold: int) -> tuple[np.ndarray, int]:
    """Order of rows with those for early stopping last, each class by its share, and how many come before them."""
    order = np.random.default_rng([task.job.seed, fold]).permutation(len(y))
    share = min(_STOP_SHARE, _MOST_STOP_ROWS / len(y))
    groups = [order[y[order] == label] for label in np.unique(y)] if task.problem.is_classification else [order]
    # Rounded down: a class of few rows stays where it is learned from.
    stop = np.concatenate([group[: int(len(group) * share)] for group in groups])
    if len(stop) < _LEAST_STOP_ROWS:
        return order, len(y)
    return np.concatenate([order[~np.isin(order, stop)], stop]), len(y) - len(stop)


def fit_on_fold(candidate: Candidate, params: Params, options: FitOptions, fold: Fold) -> tuple[Any, int | None]:
    """Fit a candidate on a fold's rows.

    Returns
    -------
    estimator
    int or None
        The best number of rounds, of a candidate that learns in rounds and was not told how many.
    """
    stopping = candidate.stopping
    if stopping is None or stopping.rounds in params:
        return candidate.fit(candidate.build(params, options), fold.rows), None
    if fold.grown == len(fold.rows.y):
        told = {**params, stopping.rounds: _ROUNDS_WITHOUT_STOPPING}
        return candidate.fit(candidate.build(told, options), fold.rows), _ROUNDS_WITHOUT_STOPPING
    estimator = candidate.build(params, options)
    # Views, not copies: the rows lie in this order.
    grow, stop = fold.rows.at(slice(None, fold.grown)), fold.rows.at(slice(fold.grown, None))
    return estimator, stopping.fit(estimator, grow, stop)


def scores_of(estimator: Any, X: np.ndarray) -> np.ndarray:
    """Scores ``[N, K]`` of encoded rows: see ``ScoringModel``."""
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X), dtype=np.float64)
    return np.asarray(estimator.predict(X), dtype=np.float64).reshape(-1, 1)


def out_of_fold(candidate: Candidate, params: Params, options: FitOptions, folds: Sequence[Fold]) -> np.ndarray:
    """Scores of every row of the train split by a model that has not seen it."""
    parts = [scores_of(fit_on_fold(candidate, params, options, fold)[0], fold.X_held) for fold in folds]
    scores = np.empty((sum(map(len, parts)), parts[0].shape[1]))
    scores[np.concatenate([fold.held for fold in folds])] = np.concatenate(parts)
    return scores
