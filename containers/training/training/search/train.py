from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from training.candidates import Candidate, FitOptions, candidate_named
from training.candidates.xgboost import has_gpu
from training.data.dataset import Dataset
from training.job import ModelInput, TrainingJob
from training.model.calibration import calibrate
from training.model.scoring import CalibratedModel, PipelineModel, ScoringModel, StackModel
from training.problem import problem_named
from training.search.fold import encoded_folds
from training.search.journal import Journal
from training.search.search import Found, search
from training.search.stack import STACKING, stack
from training.search.study import study_key
from training.search.task import Task
from training.search.threshold import best_threshold, unmet_rule


@dataclass(frozen=True)
class Trained:
    """A searched and refitted candidate, or the stack of some.

    Attributes
    ----------
    found : Found
        Parameters, scores over the folds, trials.
    used : list of ModelInput
        Columns that were fitted.
    model : ScoringModel
        What the graph must agree with; converters of its estimators are registered.
    threshold : float or None
        Probability from which on the positive class is answered; None but for two classes.
    calibration : dict or None
        Contract ``TrainingResult.calibration``; None where the project asks for none, and for numbers.
    candidates : tuple of Candidate
        Algorithms in the model: their packages belong to the record.
    notes : dict of str to str
        ``device``, and ``deviceNote`` where a GPU was asked for and not used: for the record's environment.
    warnings : list of dict
        Contract ``TrainingWarning``.
    """

    found: Found
    used: list[ModelInput]
    model: ScoringModel
    threshold: float | None
    calibration: dict[str, Any] | None
    candidates: tuple[Candidate, ...]
    notes: dict[str, str]
    warnings: list[dict[str, str]] = field(default_factory=list)


def train(job: TrainingJob, data: Dataset, used: list[ModelInput], threads: int) -> Trained:
    """Search on folds of the train split and refit the best parameters on all of it, or stack what was found before.

    The validation and test splits are not looked at.

    Parameters
    ----------
    job : TrainingJob
    data : Dataset
    used : list of ModelInput
        Columns to learn from.
    threads : int
        Processor threads that a fit may use.
    """
    names = [part.candidate for part in job.stack or ()] if job.candidate == STACKING else [job.candidate]
    candidates = tuple(candidate_named(name, job.problem) for name in names)
    notes = device_notes(job, names)
    options = FitOptions(job.seed, threads, job.problem, len(data.train.y), notes["device"])
    task = Task(job, options, used, data.train.frame, data.train.y)
    with threadpool_limits(threads):
        found, model = stack(task, candidates) if job.candidate == STACKING else _single(task, candidates[0], data)
        for candidate in candidates:
            candidate.register()
        return _corrected(task, found, model, candidates, notes)


def _single(task: Task, candidate: Candidate, data: Dataset) -> tuple[Found, PipelineModel]:
    key = study_key(task.job, data.sha256, [column.name for column in task.used])
    with Journal.of(task.job, key) as journal:
        found = search(task, candidate, encoded_folds(task, candidate), journal)
    return found, task.refit(candidate, found.params)


def _corrected(
    task: Task,
    found: Found,
    model: PipelineModel | StackModel,
    candidates: tuple[Candidate, ...],
    notes: dict[str, str],
) -> Trained:
    job, y = task.job, task.y
    curve, scores, report = None, found.out_of_fold, None
    if problem_named(job.problem).is_classification and job.calibration != "none":
        calibrated = calibrate(job.calibration, y, scores, task.folds)
        curve, scores, report = calibrated.curve, calibrated.scores, calibrated.report
    return Trained(
        found,
        task.used,
        model if curve is None else CalibratedModel(model, curve),
        _threshold(job, y, scores),
        report,
        candidates,
        notes,
        _warnings(job, y, scores),
    )


def _threshold(job: TrainingJob, y: np.ndarray, scores: np.ndarray) -> float | None:
    if not problem_named(job.problem).is_binary:
        return None
    return best_threshold(job.threshold_rule, y, scores[:, 1]) if job.threshold is None else job.threshold


def _warnings(job: TrainingJob, y: np.ndarray, scores: np.ndarray) -> list[dict[str, str]]:
    if not problem_named(job.problem).is_binary or job.threshold is not None:
        return []
    warning = unmet_rule(job.threshold_rule, y, scores[:, 1])
    return [] if warning is None else [warning]


def device_notes(job: TrainingJob, names: list[str]) -> dict[str, str]:
    """Where it trains, and why not on the GPU that was asked for: of the record's environment."""
    if job.gpu == 0:
        return {"device": "cpu"}
    if "xgboost" not in names:
        return {"device": "cpu", "deviceNote": f"a GPU was asked for; {job.candidate} trains on the processor"}
    if has_gpu():
        return {"device": "cuda"}
    note = "a GPU was asked for and this task has none, or its XGBoost has no CUDA; trained on the processor"
    return {"device": "cpu", "deviceNote": note}
