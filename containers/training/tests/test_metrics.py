import json
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as sk

from training.problem import problem_named

BINARY = problem_named("binary-classification")
MULTI = problem_named("multiclass-classification")
NUMBER = problem_named("regression")
Y = np.array([0, 0, 1, 1, 0, 1])
CHANCES = np.array([0.1, 0.4, 0.35, 0.8, 0.2, 0.9])
SCORES = np.column_stack([1 - CHANCES, CHANCES])


def of_classes(rows=500, classes=4, seed=5):
    random = np.random.default_rng(seed)
    y = random.integers(0, classes, rows)
    scores = random.dirichlet(np.ones(classes), rows) + 0.4 * np.eye(classes)[y]
    return y, scores / scores.sum(axis=1, keepdims=True)


def test_scores_are_those_counted_by_hand():
    found = BINARY.all_scores(Y, SCORES, 0.5)
    assert found["accuracy"] == pytest.approx(5 / 6)
    assert (found["precision"], found["recall"], found["f1"]) == pytest.approx((1.0, 2 / 3, 0.8))
    assert found["balanced_accuracy"] == pytest.approx((1 + 2 / 3) / 2)
    # 8 of the 9 pairs of a positive and a negative are in order.
    assert found["roc_auc"] == pytest.approx(8 / 9)
    assert found["brier"] == pytest.approx(np.mean((CHANCES - Y) ** 2))


def test_every_problem_measures_what_the_contract_names():
    # The contract's schema is generated: what a gate may ask for must be measured of some problem.
    schema = Path(__file__).parents[3] / "lib" / "contracts" / "generated" / "training-job.schema.json"
    named = set(json.loads(schema.read_text())["$defs"]["TrainingJob"]["properties"]["metric"]["enum"])
    assert named == {name for problem in (BINARY, MULTI, NUMBER) for name in problem.metrics}


def test_figures_of_several_classes_are_scikit_learns():
    y, scores = of_classes()
    found, answers = MULTI.all_scores(y, scores), scores.argmax(axis=1)
    expected = {
        "log_loss": sk.log_loss(y, scores),
        "roc_auc_ovr": sk.roc_auc_score(y, scores, multi_class="ovr"),
        "pr_auc_macro": sk.average_precision_score(np.eye(4)[y], scores, average="macro"),
        "accuracy": sk.accuracy_score(y, answers),
        "balanced_accuracy": sk.balanced_accuracy_score(y, answers),
        "f1_macro": sk.f1_score(y, answers, average="macro"),
        "precision_macro": sk.precision_score(y, answers, average="macro"),
        "recall_macro": sk.recall_score(y, answers, average="macro"),
    }
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.filterwarnings("error:The y_prob")
def test_probabilities_of_a_graph_need_not_add_up_exactly():
    y, scores = of_classes()
    assert MULTI.score("log_loss", y, scores.astype(np.float32)) == pytest.approx(sk.log_loss(y, scores), abs=1e-6)


@pytest.mark.filterwarnings("ignore:y_pred contains classes")
def test_a_class_that_a_split_lacks_is_left_out_of_the_mean():
    y, scores = of_classes()
    some = y != 3
    found = MULTI.all_scores(y[some], scores[some])
    aucs = [sk.roc_auc_score(y[some] == k, scores[some, k]) for k in range(3)]
    assert found["roc_auc_ovr"] == pytest.approx(np.mean(aucs))
    assert all(np.isfinite(value) for value in found.values())


def test_numbers_are_measured_as_by_hand():
    y, scores = np.array([1.0, 2.0, 4.0]), np.array([[1.0], [4.0], [3.0]])
    total = np.sum((y - y.mean()) ** 2)
    assert NUMBER.all_scores(y, scores) == pytest.approx({"rmse": np.sqrt(5 / 3), "mae": 1.0, "r2": 1 - 5 / total})


def test_certain_and_wrong_is_a_finite_log_loss():
    scores = np.array([[0, 1], [1, 0]], dtype=np.float32)
    assert np.isfinite(BINARY.score("log_loss", np.array([0, 1]), scores))


def test_probabilities_of_a_graph_may_lie_a_float32_step_outside_of_0_and_1():
    # What the sum of many trees' float32 shares comes to where all of them agree.
    step = np.float32(2**-23)
    scores = np.array([[-step, 1 + step], [1 + step, -step], [0.25, 0.75]], dtype=np.float32)
    found = BINARY.all_scores(np.array([1, 0, 0]), scores)
    assert found["brier"] == pytest.approx(0.75**2 / 3)
    assert found["log_loss"] == pytest.approx(-np.log(0.25) / 3, abs=1e-6)
    several = np.array([[1 + step, -step, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    assert MULTI.all_scores(np.arange(3), several)["log_loss"] == pytest.approx(0, abs=1e-6)
