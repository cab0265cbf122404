from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from training.candidates import Candidate, Params
from training.job import TrainingJob
from training.problem import is_loss
from training.search.fold import Fold, fit_on_fold, out_of_fold, scores_of
from training.search.journal import Journal
from training.search.study import Study, Trial, running_means
from training.search.task import Task


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes
    ----------
    params : dict
        Of the best trial, with the rounds that early stopping found: what the model is fitted with.
    score : float
        Mean of ``fold_scores``: the job's metric of models with these parameters, each on the fold it has not seen.
    out_of_fold : ndarray, shape (N, K)
        Scores of the train split by those models.
    trials : list of dict
        Contract ``TrainingResult.trials``.
    seconds : float
        Time of all trials, those of an interrupted attempt included.
    """

    params: Params
    score: float
    fold_scores: list[float]
    out_of_fold: np.ndarray
    trials: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0


def search(task: Task, candidate: Candidate, folds: Sequence[Fold], journal: Journal) -> Found:
    """Look for the parameters that score best over the folds.

    It ends at whichever of trials and seconds comes first; a trial that time cuts off is not counted, so that as many
    trials without a limit of time come to the same.

    Parameters
    ----------
    task : Task
    candidate : Candidate
    folds : sequence of Fold
        See ``encoded_folds``.
    journal : Journal
        Holds the trials of an interrupted attempt, and gets the others.
    """
    study = Study(task.job, candidate, task.options, journal.finished)
    for number in range(len(journal.finished), task.job.search.trials):
        trial, params = study.ask(number)
        done = _tried(_Try(task, candidate, journal), trial, params, folds)
        if done is None:
            break
        study.tell(trial, done)
        journal.add(done)
    return _found(_Try(task, candidate, journal), folds)


@dataclass(frozen=True)
class _Try:
    """What is the same for all trials."""

    task: Task
    candidate: Candidate
    journal: Journal

    def is_over(self) -> bool:
        """Whether time is up; the first trial is finished whatever it takes."""
        return len(self.journal.finished) > 0 and self.journal.elapsed_seconds >= self.task.job.search.timeout_seconds


def _tried(one: _Try, trial: Any, params: Params, folds: Sequence[Fold]) -> Trial | None:
    before, scores, rounds = one.journal.elapsed_seconds, [], []
    state = "complete"
    for step, fold in enumerate(folds):
        if one.is_over():
            return None
        estimator, best = fit_on_fold(one.candidate, {**params, **one.candidate.sketch}, one.task.options, fold)
        scores.append(one.task.score(fold.y_held, scores_of(estimator, fold.X_held)))
        rounds.append(best)
        trial.report(running_means(scores)[-1], step)
        if step + 1 < len(folds) and trial.should_prune():
            state = "pruned"
            break
    return Trial(
        number=trial.number,
        state=state,
        score=float(np.mean(scores)) if state == "complete" else None,
        seconds=round(one.journal.elapsed_seconds - before, 3),
        params=params,
        fold_scores=tuple(scores),
        rounds=None if rounds[0] is None else max(1, round(float(np.mean(rounds)))),
    )


def _found(one: _Try, folds: Sequence[Fold]) -> Found:
    best = _best(one.task.job, one.journal.finished)
    params = _settled_params(one.candidate, best)
    # Anew: a trial's models were sketches, or kept rows back to stop early on; the model to come is neither.
    scores = out_of_fold(one.candidate, params, one.task.options, folds)
    by_fold = one.task.fold_scores(scores)
    return Found(
        params,
        float(np.mean(by_fold)),
        by_fold,
        scores,
        [trial_record(trial, _settled_params(one.candidate, trial)) for trial in one.journal.finished],
        round(one.journal.elapsed_seconds, 3),
    )


def _best(job: TrainingJob, trials: Sequence[Trial]) -> Trial:
    turn = 1 if is_loss(job.metric) else -1
    # The first of equals; the first trial is never pruned.
    return min((trial for trial in trials if trial.score is not None), key=lambda trial: turn * (trial.score or 0.0))


def _settled_params(candidate: Candidate, trial: Trial) -> Params:
    """Parameters of a trial, with the rounds that early stopping found."""
    if candidate.stopping is None or trial.rounds is None:
        return trial.params
    return {**trial.params, candidate.stopping.rounds: trial.rounds}


def trial_record(trial: Trial, params: Params) -> dict[str, Any]:
    """Contract ``TrainingResult.trials``."""
    told = {"number": trial.number, "state": trial.state, "score": trial.score, "seconds": trial.seconds}
    return {**told, "params": params}
