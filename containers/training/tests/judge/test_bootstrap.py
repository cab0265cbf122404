import numpy as np
import pytest
from sklearn import metrics as sk

from training.judge.bootstrap import draws, interval, measure_of
from training.problem import problem_named

PROBLEMS = ("binary-classification", "multiclass-classification", "regression")
CASES = [(name, metric) for name in PROBLEMS for metric in problem_named(name).metrics]


def sample(name: str, rows: int = 150):
    random = np.random.default_rng(6)
    if name == "regression":
        y = random.normal(1e6, 50, rows)
        return y, (y + random.normal(0, 20, rows))[:, None]
    classes = 2 if name.startswith("binary") else 4
    y = random.integers(0, classes, rows)
    scores = random.dirichlet(np.ones(classes), rows) + 0.5 * np.eye(classes)[y]
    # Rounded, so that rows tie.
    return y, np.round(scores / scores.sum(axis=1, keepdims=True), 2) + 1e-4


@pytest.mark.parametrize(("name", "metric"), CASES)
def test_a_sample_measures_what_its_drawn_rows_would(name, metric):
    problem, (y, scores) = problem_named(name), sample(name)
    samples = next(draws(len(y), 1, samples=12))
    found = measure_of(problem, metric, y, scores, 0.4)(samples)
    for value, drawn in zip(found, samples, strict=True):
        rows = np.repeat(np.arange(len(y)), drawn.astype(int))
        assert value == pytest.approx(problem.score(metric, y[rows], scores[rows], 0.4), rel=1e-9, abs=1e-12)


def test_a_sample_without_positives_has_no_area():
    y, scores = sample("binary-classification")
    found = measure_of(problem_named("binary-classification"), "roc_auc", y, scores)((y == 0)[None].astype(float))
    assert np.isnan(found).all()


def test_a_class_that_is_not_drawn_is_left_out_of_the_mean():
    y, scores = sample("multiclass-classification")
    found = measure_of(problem_named("multiclass-classification"), "roc_auc_ovr", y, scores)(
        (y < 3)[None].astype(float)
    )
    some = y < 3
    assert found[0] == pytest.approx(np.mean([sk.roc_auc_score(y[some] == k, scores[some, k]) for k in range(3)]))


def test_draws_come_from_the_seed_in_blocks_of_all_rows():
    first, again = (np.concatenate(list(draws(40, 3, 25))) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (25, 40)
    assert set(first.sum(axis=1)) == {40.0}
    assert not np.array_equal(first, np.concatenate(list(draws(40, 4, 25))))


def test_many_rows_are_drawn_in_more_blocks():
    assert [len(block) for block in draws(200_000, 1, 5)] == [2, 2, 1]


def test_an_interval_covers_its_figure_and_knows_when_there_is_none():
    assert interval(0.1, np.array([0.2, 0.3, np.nan]))["low"] == 0.1
    assert interval(float("nan"), np.ones(3)) == {"value": None, "low": None, "high": None}
    assert interval(0.5, np.full(3, np.nan)) == {"value": None, "low": None, "high": None}


def test_an_interval_holds_the_truth_as_often_as_it_says():
    random = np.random.default_rng(2)
    problem, held = problem_named("binary-classification"), 0
    for seed in range(200):
        y = (random.uniform(size=200) < 0.5).astype(int)
        scores = np.column_stack([1 - np.full(200, 0.9), np.full(200, 0.9)])
        found = measure_of(problem, "accuracy", y, scores)
        ends = interval(y.mean(), np.concatenate([found(block) for block in draws(200, seed, 300)]))
        held += (ends["low"] or 0) <= 0.5 <= (ends["high"] or 0)
    # 95 %, three standard errors either way.
    assert 0.90 <= held / 200 <= 0.997
