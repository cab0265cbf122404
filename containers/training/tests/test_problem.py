import numpy as np
import pytest

from training.errors import TrainingError
from training.problem import is_loss, problem_named

BINARY = problem_named("binary-classification")
MULTI = problem_named("multiclass-classification")
NUMBER = problem_named("regression")
CHANCES = np.array([[0.6, 0.4], [0.5, 0.5], [0.8, 0.2]])


def test_the_positive_class_is_answered_from_the_threshold_on():
    assert BINARY.answers(CHANCES).tolist() == [0, 1, 0]
    assert BINARY.answers(CHANCES, 0.4).tolist() == [1, 1, 0]
    assert BINARY.answers(CHANCES, 0.0).tolist() == [1, 1, 1]


def test_of_several_classes_the_most_probable_is_answered_whatever_the_threshold():
    scores = np.array([[0.2, 0.3, 0.5], [0.4, 0.4, 0.2]], dtype=np.float32)
    assert MULTI.answers(scores, 0.9).tolist() == [2, 0]
    assert MULTI.answers(scores).dtype == np.int64


def test_a_number_is_its_own_answer():
    assert NUMBER.answers(np.array([[1.5], [-2.0]], dtype=np.float32)).tolist() == [1.5, -2.0]


def test_metrics_are_those_of_the_contract_the_default_one_first():
    assert (BINARY.metrics[0], MULTI.metrics[0], NUMBER.metrics) == ("roc_auc", "log_loss", ("rmse", "mae", "r2"))
    assert {name for problem in (BINARY, MULTI, NUMBER) for name in problem.metrics if is_loss(name)} == {
        "log_loss",
        "brier",
        "rmse",
        "mae",
    }


@pytest.mark.parametrize("problem", [BINARY, MULTI, NUMBER])
def test_folds_hold_every_row_once_and_depend_on_the_seed_alone(problem):
    y = np.arange(60) % 3 if problem is MULTI else np.arange(60) % 2
    folds = problem.folds(4, 7, y)
    assert sorted(np.concatenate([held for _, held in folds]).tolist()) == list(range(60))
    assert all(set(fit) | set(held) == set(range(60)) and not set(fit) & set(held) for fit, held in folds)
    again = problem.folds(4, 7, y)
    assert all(np.array_equal(one[1], two[1]) for one, two in zip(folds, again, strict=True))
    assert not np.array_equal(folds[0][1], problem.folds(4, 8, y)[0][1])


def test_every_fold_has_its_share_of_each_class():
    y = np.array([0] * 45 + [1] * 9 + [2] * 6)
    assert [np.bincount(y[held]).tolist() for _, held in MULTI.folds(3, 1, y)] == [[15, 3, 2]] * 3


def test_what_is_not_known_is_refused_with_what_is():
    with pytest.raises(TrainingError, match=r"'ranking'.*allowed are binary-classification, multiclass") as caught:
        problem_named("ranking")
    assert caught.value.code == "INVALID_REQUEST"
    with pytest.raises(TrainingError, match="'gini' is none of regression; allowed are rmse, mae, r2"):
        NUMBER.score("gini", np.zeros(2), np.zeros((2, 1)))
