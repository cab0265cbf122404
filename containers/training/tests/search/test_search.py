import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fitting import BINARY, EVERY, MULTICLASS, NAMES, REGRESSION, a_job, a_task
from training.candidates import Candidate, candidate_named
from training.search.fold import encoded_folds
from training.search.journal import Journal
from training.search.search import Found, search


def found(folder: Path, candidate: str = "logistic-regression", problem: str = BINARY, **changes: Any) -> Found:
    """Search for a candidate over the small data set of a problem."""
    return found_for(candidate_named(candidate), folder, problem, **changes)


def found_for(candidate: Candidate, folder: Path, problem: str = BINARY, **changes: Any) -> Found:
    job = a_job(problem, folder, candidate=candidate.name, **changes)
    task = a_task(job)
    with Journal(job, "key") as journal:
        return search(task, candidate, encoded_folds(task, candidate), journal)


def budget(trials: int, seconds: int = 60, **more: Any) -> dict[str, Any]:
    return {"search": {"trials": trials, "timeoutSeconds": seconds, "folds": 3, **more}}


@pytest.mark.parametrize(("metric", "best"), [("roc_auc", max), ("log_loss", min)])
def test_the_best_trial_wins_and_the_first_are_the_candidates_own_choice(metric, best, tmp_path):
    result = found(tmp_path, metric=metric, **budget(6, pruning=False))
    assert [trial["number"] for trial in result.trials] == list(range(6))
    winner = best(result.trials, key=lambda trial: trial["score"])
    assert result.params == winner["params"]
    assert result.score == pytest.approx(winner["score"], abs=1e-12)
    first = candidate_named("logistic-regression").first
    assert [trial["params"] for trial in result.trials[: len(first)]] == list(first)


@pytest.mark.parametrize(("candidate", "problem"), EVERY, ids=NAMES)
def test_every_row_is_scored_by_a_model_that_has_not_seen_it(candidate, problem, tmp_path):
    result = found_for(candidate, tmp_path, problem, **budget(2))
    task = a_task(a_job(problem, tmp_path))
    columns = {BINARY: 2, MULTICLASS: 3, REGRESSION: 1}[problem]
    assert result.out_of_fold.shape == (len(task.y), columns)
    assert np.isfinite(result.out_of_fold).all()
    assert result.fold_scores == task.fold_scores(result.out_of_fold)
    assert result.score == pytest.approx(np.mean(result.fold_scores))
    metric, random = {BINARY: ("roc_auc", 0.5), MULTICLASS: ("roc_auc_ovr", 0.5), REGRESSION: ("r2", 0.0)}[problem]
    assert task.problem.score(metric, task.y, result.out_of_fold) > random + 0.2


def test_rounds_are_found_by_early_stopping_and_belong_to_the_parameters(tmp_path):
    result = found(tmp_path, "lightgbm", **budget(3))
    assert all(1 <= trial["params"]["n_estimators"] < 1_500 for trial in result.trials)
    assert result.params in [trial["params"] for trial in result.trials]


def test_the_same_seed_asks_the_same_questions(tmp_path):
    one, two = (found(tmp_path, "lightgbm", **budget(6)) for _ in range(2))
    assert [trial["params"] for trial in one.trials] == [trial["params"] for trial in two.trials]
    assert one.score == two.score
    assert found(tmp_path, "lightgbm", **budget(6), seed=1).trials[5]["params"] != one.trials[5]["params"]


def test_time_ends_a_search_that_trials_would_not(tmp_path):
    result = found(tmp_path, **budget(100_000, seconds=1))
    assert 1 <= len(result.trials) < 100_000
    # As many trials without a limit come to the same: what time cut off was not counted.
    again = found(tmp_path, **budget(len(result.trials), seconds=600))
    assert [trial["params"] for trial in again.trials] == [trial["params"] for trial in result.trials]
    assert again.params == result.params


def test_trials_that_are_worse_than_the_median_are_stopped_after_a_fold(tmp_path):
    good = candidate_named("logistic-regression")
    # After its own four choices it asks for what cannot be good.
    hopeless = replace(good, suggest=lambda trial, options: _hopeless_from(trial, good.suggest(trial, options)))
    pruned = found_for(hopeless, tmp_path, metric="log_loss", **budget(7, pruning=True))
    assert [trial["state"] for trial in pruned.trials] == ["complete"] * 4 + ["pruned"] * 3
    assert [trial["score"] for trial in pruned.trials[4:]] == [None] * 3
    whole = found_for(hopeless, tmp_path, metric="log_loss", **budget(7, pruning=False))
    assert {trial["state"] for trial in whole.trials} == {"complete"}
    assert whole.params == pruned.params


def _hopeless_from(trial: Any, params: dict[str, Any]) -> dict[str, Any]:
    return {"C": 1e-12} if getattr(trial, "number", 0) >= 4 else params


@pytest.mark.parametrize("candidate", ["logistic-regression", "hist-gradient-boosting"])
def test_progress_is_a_line_of_json_a_trial_and_a_file(candidate, tmp_path, capsys):
    found(tmp_path, candidate, **budget(5))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["trial"] for line in lines] == [1, 2, 3, 4, 5]
    assert all(line["event"] == "trial" and 0.5 < line["best"] <= 1 for line in lines)
    progress = json.loads((tmp_path / "out" / "progress.json").read_text())
    about = {"runId": "run-1", "candidate": candidate, "metric": "roc_auc", "trials": 5}
    assert {name: progress[name] for name in about} == about
    assert [trial["number"] for trial in progress["finished"]] == [0, 1, 2, 3, 4]
    bests = [trial["best"] for trial in progress["finished"]]
    assert bests == sorted(bests)
    assert [round(best, 6) for best in bests] == [line["best"] for line in lines]


def test_all_classes_weigh_the_same_where_that_is_asked_for():
    task = a_task(a_job(MULTICLASS, classWeight="balanced"))
    weights = task.weights(task.y)
    assert weights is not None
    totals = [weights[task.y == label].sum() for label in range(3)]
    np.testing.assert_allclose(totals, len(task.y) / 3)
    assert a_task(a_job(MULTICLASS)).weights(task.y) is None
    assert a_task(a_job(REGRESSION, classWeight="balanced")).weights(task.y) is None


@pytest.mark.parametrize(("problem", "least"), [(BINARY, 2), (MULTICLASS, 3), (REGRESSION, 1)])
def test_rows_for_early_stopping_lie_last_and_hold_each_class_by_its_share(problem, least):
    task = a_task(a_job(problem))
    folds = encoded_folds(task, candidate_named("xgboost"))
    assert sorted(np.concatenate([fold.held for fold in folds])) == list(range(len(task.y)))
    for fold in folds:
        stop = fold.rows.y[fold.grown :]
        assert 0.1 < len(stop) / len(fold.rows.y) <= 0.15
        assert len(fold.rows.X) + len(fold.X_held) == len(task.y)
        if problem != REGRESSION:
            shares = [np.bincount(part, minlength=least) / len(part) for part in (stop, fold.rows.y)]
            np.testing.assert_allclose(shares[0], shares[1], atol=0.03)
    assert encoded_folds(task, candidate_named("random-forest"))[0].grown == len(folds[0].rows.y)


def test_an_encoder_never_sees_the_rows_of_its_fold():
    task = a_task(a_job(BINARY))
    frame = task.frame.copy()
    held = task.folds[0][1]
    frame.loc[held[0], "plan"] = "only here"
    frame.loc[held, "tenure"] = np.float32(1e6)
    folds = encoded_folds(type(task)(task.job, task.options, task.used, frame, task.y), candidate_named("xgboost"))
    assert folds[0].X_held.shape[1] == folds[0].rows.X.shape[1] == folds[1].rows.X.shape[1] - 1
    assert folds[0].rows.X[:, 0].max() < 100
