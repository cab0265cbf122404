import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning

from tests.fitting import BINARY, EVERY, MULTICLASS, NAMES, REGRESSION, a_job, a_task, fit, settled
from training.candidates import CANDIDATES, FitOptions, Rows, candidate_named, candidates_of
from training.candidates.base import MOST_ROUNDS, patience
from training.errors import TrainingError
from training.search.fold import encoded_folds, fit_on_fold, scores_of
from training.search.study import Study

EVERY_ONE = pytest.mark.parametrize(("candidate", "problem"), EVERY, ids=NAMES)
#: Largest difference that serving accepts, of probabilities and relative to numbers beyond 1.
TOLERANCE = 1e-5


@EVERY_ONE
def test_its_graph_answers_as_it_does_where_it_is_hardest(candidate, problem):
    fitted = fit(candidate, problem)
    rows = _with_hard_rows(fitted.frame)
    expected = fitted.model.scores(rows)
    difference = np.abs(expected - fitted.graph.scores(rows)) / np.maximum(1, np.abs(expected))
    assert np.isfinite(expected).all()
    assert difference.max() <= TOLERANCE


@EVERY_ONE
def test_it_learns_the_signal(candidate, problem):
    fitted = fit(candidate, problem)
    test = fitted.data.test
    task = a_task(fitted.job)
    metric = {BINARY: "roc_auc", MULTICLASS: "roc_auc_ovr", REGRESSION: "r2"}[problem]
    assert task.problem.score(metric, test.y, fitted.model.scores(test.frame)) > 0.7


@EVERY_ONE
def test_it_takes_float32_and_gives_the_same_model_again(candidate, problem):
    one, two = fit(candidate, problem), fit(candidate, problem)
    encoded = one.model.pipeline.steps[0][1].transform(one.frame)
    assert encoded.dtype == np.float32
    assert one.content == two.content


@EVERY_ONE
def test_each_first_choice_can_be_asked_for_and_is_answered_as_it_is(candidate, problem):
    job = a_job(problem, candidate=candidate.name)
    study = Study(job, candidate, FitOptions(1, 1, problem), [])
    for number, first in enumerate(candidate.first):
        _, params = study.ask(number)
        assert {name: params[name] for name in first} == first


WEIGHTED = [(candidate, problem) for candidate, problem in EVERY if problem != REGRESSION]


@pytest.mark.parametrize(("candidate", "problem"), WEIGHTED, ids=[f"{c.name}-{p}" for c, p in WEIGHTED])
def test_weights_move_answers_towards_the_rare_class(candidate, problem):
    plain, weighted = (a_task(a_job(problem, classWeight=how)) for how in ("none", "balanced"))
    rare = int(np.bincount(plain.y).argmin())
    params = settled(candidate)
    means = [task.refit(candidate, params).scores(task.frame)[:, rare].mean() for task in (plain, weighted)]
    assert means[1] > means[0] + 0.02


STOPPED = [(candidate, problem) for candidate, problem in EVERY if candidate.stopping is not None]


@pytest.mark.parametrize("how", ["none", "balanced"])
@pytest.mark.parametrize(("candidate", "problem"), STOPPED, ids=[f"{c.name}-{p}" for c, p in STOPPED])
def test_early_stopping_predicts_as_of_the_round_that_it_names(candidate, problem, how):
    task = a_task(a_job(problem, classWeight=how if problem != REGRESSION else "none"))
    fold = encoded_folds(task, candidate)[0]
    params = dict(candidate.first[0])
    estimator, rounds = fit_on_fold(candidate, params, task.options, fold)
    assert rounds is not None
    assert 1 <= rounds < MOST_ROUNDS
    # The same number of rounds on the same rows, without looking at any others.
    told = candidate.build({**params, candidate.stopping.rounds: rounds}, task.options)
    again = candidate.fit(told, fold.rows.at(slice(None, fold.grown)))
    np.testing.assert_allclose(scores_of(again, fold.X_held), scores_of(estimator, fold.X_held), rtol=1e-6)


def test_patience_grows_as_steps_shrink():
    assert [patience(rate) for rate in (0.3, 0.1, 0.02)] == [20, 20, 100]


@pytest.mark.parametrize("problem", [BINARY, MULTICLASS])
@pytest.mark.parametrize("penalty", [1e-3, 1.0, 1e2])
def test_logistic_regression_reaches_its_optimum(problem, penalty):
    candidate = candidate_named("logistic-regression")
    task = a_task(a_job(problem))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        estimator = task.refit(candidate, {"C": penalty}).pipeline.steps[-1][1]
    encoded = task.refit(candidate, {"C": penalty}).pipeline.steps[0][1].transform(task.frame)
    assert np.abs(_gradient(estimator, encoded.astype(np.float64), task.y)).max() < 1e-3


def _gradient(estimator, X, y):
    given = estimator.predict_proba(X)
    wrong = (given - np.eye(given.shape[1])[y])[:, 1:] if given.shape[1] == 2 else given - np.eye(given.shape[1])[y]
    return wrong.T @ X + estimator.coef_ / estimator.C


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.0])
def test_linear_regression_shrinks_alike_whatever_the_unit(ratio):
    candidate = candidate_named("linear-regression")
    random = np.random.default_rng(1)
    X = random.normal(size=(200, 4)).astype(np.float32)
    y = X @ np.array([3.0, -2.0, 0.0, 1.0]) + 5 + random.normal(size=200)
    options = FitOptions(1, 1, REGRESSION)
    metres, millimetres = (
        candidate.fit(candidate.build({"alpha": 0.05, "l1_ratio": ratio}, options), Rows(X, y * unit))
        for unit in (1, 1000)
    )
    np.testing.assert_allclose(millimetres.predict(X), 1000 * metres.predict(X), rtol=1e-5)
    assert np.corrcoef(metres.predict(X), y)[0, 1] > 0.9


def test_a_forest_of_many_rows_draws_few_for_each_tree():
    candidate = candidate_named("random-forest")
    params = {**candidate.first[0], "max_samples": 0.8, "n_estimators": 1}
    assert candidate.build(params, FitOptions(1, 1, BINARY, rows=1_000)).max_samples == 0.8
    assert candidate.build(params, FitOptions(1, 1, BINARY, rows=1_000_000)).max_samples == pytest.approx(0.05)


def test_no_tree_is_scaled():
    assert {c.name for c in CANDIDATES if c.scales} == {"logistic-regression", "linear-regression"}


def test_a_candidate_that_is_not_there_or_learns_something_else_is_answered_with_those_that_do():
    with pytest.raises(TrainingError, match="allowed are logistic-regression, linear-regression, random-forest, hist-"):
        candidate_named("prophet")
    with pytest.raises(TrainingError, match="candidate for regression is 'logistic-regression'; allowed are linear-r"):
        candidate_named("logistic-regression", REGRESSION)
    assert "linear-regression" not in {candidate.name for candidate in candidates_of(MULTICLASS)}


def _with_hard_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Real rows, and rows with all missing, unknown texts, values one float32 step beside real ones, and far ones."""
    numbers = [name for name in frame if frame[name].dtype == np.float32]
    texts = [name for name in frame if name not in numbers]
    missing, unknown, far = frame.iloc[:1].copy(), frame.iloc[:20].copy(), frame.iloc[:2].copy()
    missing[numbers], missing[texts], unknown[texts] = np.float32(np.nan), "", "never seen"
    far[numbers] = np.repeat(np.array([[1e6], [-1e6]], dtype=np.float32), len(numbers), axis=1)
    sides = [frame.copy(), frame.copy()]
    for side, end in zip(sides, (-np.inf, np.inf), strict=True):
        side[numbers] = np.nextafter(frame[numbers].to_numpy(), np.float32(end))
    return pd.concat([frame, missing, unknown, far, *sides], ignore_index=True)


def test_hist_gradient_boosting_is_settled_without_another_answer():
    candidate = candidate_named("hist-gradient-boosting", REGRESSION)
    random = np.random.default_rng(5)
    # More values than it has bins: it splits halfway between two of them, where often no float32 lies.
    X = random.uniform(20, 120, (3_000, 2)).astype(np.float32)
    y = X[:, 0] * 3 + X[:, 1]
    fitted = candidate.build({"max_iter": 20}, FitOptions(7, 1, REGRESSION, 3_000)).fit(X, y)
    wide = np.concatenate([tree.nodes["num_threshold"] for trees in fitted._predictors for tree in trees])
    beside = np.unique(np.concatenate([np.nextafter(wide.astype(np.float32), np.float32(way)) for way in (0, 1e9)]))
    rows = np.column_stack([np.concatenate([beside, X[:, 0], wide.astype(np.float32)])] * 2)
    before = fitted.predict(rows)
    quiet = candidate.settle(fitted)
    found = np.concatenate([tree.nodes["num_threshold"] for trees in quiet._predictors for tree in trees])
    assert (wide.astype(np.float32) > wide).any()
    assert (found.astype(np.float32) == found).all()
    assert (quiet.predict(rows) == before).all()


def test_scores_of_a_forest_do_not_depend_on_threads():
    job = a_job()
    params = dict(candidate_named("random-forest", job.problem).first[0]) | {"n_estimators": 150}
    alone, together = (
        a_task(job, threads).refit(candidate_named("random-forest", job.problem), params) for threads in (1, 2)
    )
    frame = a_task(job).frame
    for _ in range(5):
        assert np.array_equal(alone.scores(frame), together.scores(frame))
