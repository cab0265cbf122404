import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import job_of
from tests.fitting import INPUTS, raw
from training.candidates import CANDIDATES, FitOptions, candidate_named
from training.errors import TrainingError
from training.job import parse_job
from training.pipeline import informative
from training.search import Found, encoded_folds, search


def found(candidate: str = "logistic-regression", **changes: Any) -> Found:
    job = parse_job(json.dumps(job_of(Path("/x"), **changes)))
    frame, labels = raw()
    chosen = candidate_named(candidate)
    folds = encoded_folds(job, informative(INPUTS, frame), frame, labels, chosen.scales)
    return search(job, chosen, folds, labels, FitOptions(seed=job.seed, threads=1))


def budget(trials: int, seconds: int = 60) -> dict[str, Any]:
    return {"search": {"trials": trials, "timeoutSeconds": seconds, "folds": 3}}


@pytest.mark.parametrize(("metric", "best"), [("roc_auc", max), ("log_loss", min)])
def test_the_best_trial_wins_and_the_first_is_the_candidates_own_choice(metric, best):
    result = found(metric=metric, **budget(4))
    assert len(result.trials) == 4
    assert result.score == best(trial["score"] for trial in result.trials)
    assert result.trials[0]["params"] == dict(candidate_named("logistic-regression").first)
    winner = next(trial for trial in result.trials if trial["score"] == result.score)
    assert result.params == winner["params"]


def test_every_row_is_predicted_out_of_fold_by_the_best_trial():
    result = found(**budget(3))
    _, labels = raw()
    assert np.isfinite(result.out_of_fold).all()
    assert result.out_of_fold[labels == 1].mean() > result.out_of_fold[labels == 0].mean()


def test_the_same_seed_asks_the_same_questions():
    one, two = found("lightgbm", **budget(4)), found("lightgbm", **budget(4))
    assert [trial["params"] for trial in one.trials] == [trial["params"] for trial in two.trials]
    assert one.score == two.score
    assert found("lightgbm", **budget(4), seed=1).trials[2]["params"] != one.trials[2]["params"]


def test_time_ends_a_search_that_trials_would_not():
    assert 1 <= len(found(**budget(100_000, seconds=1)).trials) < 100_000


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_progress_is_a_line_of_json_a_trial(candidate, capsys):
    found(candidate.name, **budget(2))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["trial"] for line in lines] == [1, 2]
    assert all(line["event"] == "trial" and 0.5 < line["best"] <= 1 for line in lines)


def test_an_unknown_candidate_is_answered_with_those_there_are():
    with pytest.raises(TrainingError, match="allowed are logistic-regression, lightgbm, xgboost"):
        candidate_named("prophet")
