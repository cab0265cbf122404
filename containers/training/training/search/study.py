import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.candidates import Candidate, FitOptions, Params
from training.errors import TrainingError
from training.job import TrainingJob
from training.machine.storage import join, read_bytes
from training.problem import is_loss

#: Name below the job's output of the finished trials.
STUDY_FILE = "study.json"
_FORMAT = 1


@dataclass(frozen=True)
class Trial:
    """One finished trial.

    Attributes
    ----------
    state : {"complete", "pruned"}
    score : float or None
        Mean over the folds; None of a pruned one.
    params : dict
        As suggested: without the rounds that early stopping found.
    fold_scores : tuple of float
        Of the folds that were measured.
    rounds : int or None
        Mean of the best rounds over those folds.
    """

    number: int
    state: str
    score: float | None
    seconds: float
    params: Params
    fold_scores: tuple[float, ...]
    rounds: int | None = None


def study_key(job: TrainingJob, data_sha256: str, used: Sequence[str]) -> str:
    """Digest what must be the same for trials of an earlier attempt to count: everything but the budget."""
    told = job.model_dump(mode="json", include={"candidate", "problem", "label", "metric", "seed", "class_weight"})
    search = job.search.model_dump(include={"folds", "pruning"})
    parts = [_FORMAT, told, search, job.threshold, job.gpu, data_sha256, list(used)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def stored_trials(job: TrainingJob, key: str) -> list[Trial]:
    """Trials that an interrupted attempt at the same job left, in order; none if there was none."""
    try:
        stored = json.loads(read_bytes(join(job.output_uri, STUDY_FILE)))
    except TrainingError as error:
        if error.code == "SOURCE_MISSING":
            return []
        raise
    except ValueError:
        return []
    if not isinstance(stored, dict) or stored.get("key") != key:
        return []
    trials = [Trial(**{**one, "fold_scores": tuple(one["fold_scores"])}) for one in stored["trials"]]
    return trials[: job.search.trials]


def study_text(key: str, trials: Sequence[Trial]) -> bytes:
    """Content of study.json."""
    return json.dumps({"key": key, "trials": [asdict(trial) for trial in trials]}).encode()


class Study:
    """An Optuna study whose next question follows from the seed and the finished trials alone.

    The sampler is seeded anew for each trial, so that a search that was interrupted and goes on asks what it would
    have asked without the interruption.
    """

    def __init__(self, job: TrainingJob, candidate: Candidate, options: FitOptions, finished: Sequence[Trial]) -> None:
        # Loaded where it is needed: not every task searches.
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._optuna, self._job, self._candidate, self._options = optuna, job, candidate, options
        warm_up = len(candidate.first)
        pruner = optuna.pruners.MedianPruner(n_startup_trials=warm_up) if job.search.pruning else None
        direction = "minimize" if is_loss(job.metric) else "maximize"
        self._study = optuna.create_study(direction=direction, pruner=pruner or optuna.pruners.NopPruner())
        for trial in finished:
            self._study.add_trial(self._frozen(trial))

    def ask(self, number: int) -> tuple[Any, Params]:
        """Begin a trial; gives Optuna's and its parameters: the candidate's own choices first, then TPE's."""
        self._study.sampler = self._sampler(number)
        if number < len(self._candidate.first):
            self._study.enqueue_trial(self._candidate.first[number])
        trial = self._study.ask()
        return trial, self._candidate.suggest(trial, self._options)

    def tell(self, trial: Any, done: Trial) -> None:
        """Remember what came of a question."""
        self._study.tell(trial, done.score, state=self._state(done.state))

    def _sampler(self, number: int) -> Any:
        import warnings

        seed = int(np.random.SeedSequence([self._job.seed, number]).generate_state(1)[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", self._optuna.exceptions.ExperimentalWarning)
            warm_up = len(self._candidate.first)
            return self._optuna.samplers.TPESampler(seed=seed, n_startup_trials=warm_up, multivariate=True)

    def _state(self, state: str) -> Any:
        return self._optuna.trial.TrialState[state.upper()]

    def _frozen(self, trial: Trial) -> Any:
        # Asked again with fixed answers, the candidate says which distributions they came from.
        asked = self._optuna.trial.FixedTrial(trial.params)
        self._candidate.suggest(asked, self._options)
        return self._optuna.trial.create_trial(
            state=self._state(trial.state),
            value=trial.score,
            params=asked.params,
            distributions=asked.distributions,
            intermediate_values=dict(enumerate(running_means(trial.fold_scores))),
        )


def running_means(scores: Sequence[float]) -> list[float]:
    """Mean of the first, the first two, …: what the pruner compares.

    Examples
    --------
    >>> running_means([1.0, 2.0])
    [1.0, 1.5]
    """
    return [float(np.mean(scores[: count + 1])) for count in range(len(scores))]
