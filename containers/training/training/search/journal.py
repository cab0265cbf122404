import json
import time
from itertools import accumulate
from types import TracebackType
from typing import Any

from training.job import TrainingJob
from training.machine.late_file import LateFile
from training.machine.progress import emit
from training.machine.storage import join
from training.problem import is_loss
from training.search.study import STUDY_FILE, Trial, stored_trials, study_text

#: Name below the job's output of how far it is, contract ``TrainingProgress``.
PROGRESS_FILE = "progress.json"
_PROGRESS_EVERY_SECONDS = 2.0
_STUDY_EVERY_SECONDS = 1.0


class Journal:
    """Finished trials of a search: printed, shown in progress.json, and kept in study.json for an attempt after this.

    Attributes
    ----------
    finished : list of Trial
        Those of an interrupted attempt first.
    """

    def __init__(self, job: TrainingJob, key: str, finished: list[Trial] | None = None) -> None:
        self.finished = finished or []
        self._job, self._key = job, key
        self._started = time.monotonic() - sum(trial.seconds for trial in self.finished)
        self._study = LateFile(join(job.output_uri, STUDY_FILE), _STUDY_EVERY_SECONDS)
        self._progress = LateFile(join(job.output_uri, PROGRESS_FILE), _PROGRESS_EVERY_SECONDS)
        if self.finished:
            emit("resumed", trials=len(self.finished), best=_rounded(self._bests()[-1]))

    @classmethod
    def of(cls, job: TrainingJob, key: str) -> "Journal":
        """Go on from what an attempt at the same job left."""
        return cls(job, key, stored_trials(job, key))

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._study.close()
        self._progress.close()

    @property
    def elapsed_seconds(self) -> float:
        """Time of the search, an interrupted attempt's trials included."""
        return time.monotonic() - self._started

    def add(self, trial: Trial) -> None:
        """Tell of a trial that finished."""
        self.finished.append(trial)
        self._study.put(study_text(self._key, self.finished))
        self._progress.put(json.dumps(self._as_progress()).encode())
        emit(
            "trial",
            trial=trial.number + 1,
            trials=self._job.search.trials,
            metric=self._job.metric,
            score=_rounded(trial.score),
            best=_rounded(self._bests()[-1]),
            elapsedSeconds=round(self.elapsed_seconds, 2),
        )

    def _bests(self) -> list[float | None]:
        """Best score after each trial; None as long as every one was pruned."""
        better = min if is_loss(self._job.metric) else max

        def of(best: float | None, score: float | None) -> float | None:
            return score if best is None else best if score is None else better(best, score)

        return list(accumulate((trial.score for trial in self.finished), of))

    def _as_progress(self) -> dict[str, Any]:
        return {
            "runId": self._job.run_id,
            "candidate": self._job.candidate,
            "metric": self._job.metric,
            "trials": self._job.search.trials,
            "elapsedSeconds": round(self.elapsed_seconds, 3),
            "finished": [
                {"number": trial.number, "score": trial.score, "best": best}
                for trial, best in zip(self.finished, self._bests(), strict=True)
            ],
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
