import numpy as np
import pytest

from training.judge.evaluate import calibration, confusion, curves, evenly, precision_recall, predicted_actual, roc
from training.problem import problem_named


def test_confusion_counts_rows_of_a_class_by_what_was_answered():
    found = confusion(np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 0, 2, 2]), ("a", "b", "c"))
    assert found == {"classes": ["a", "b", "c"], "counts": [[1, 1, 0], [0, 1, 0], [1, 0, 2]]}


def test_confusion_keeps_a_class_that_nothing_is_of():
    assert confusion(np.array([0, 0]), np.array([0, 0]), ("a", "b"))["counts"] == [[2, 0], [0, 0]]


def test_curves_keep_both_ends_and_stay_short():
    random = np.random.default_rng(1)
    labels, chances = random.integers(0, 2, 5_000), random.uniform(size=5_000)
    for curve in (roc(labels, chances), precision_recall(labels, chances)):
        assert len(curve["x"]) == len(curve["y"]) <= 200
        assert (curve["x"][0], curve["x"][-1]) == (0.0, 1.0)
        assert curve["x"] == sorted(curve["x"])


def test_calibration_of_honest_probabilities_lies_on_the_diagonal():
    random = np.random.default_rng(1)
    chances = random.uniform(size=20_000)
    found = calibration((random.uniform(size=20_000) < chances).astype(int), chances)
    assert len(found["x"]) == 10
    assert found["y"] == pytest.approx(found["x"], abs=0.05)


def test_calibration_of_equal_probabilities_is_one_point():
    assert calibration(np.array([0, 1, 1, 0]), np.full(4, 0.3)) == {"x": [pytest.approx(0.3)], "y": [0.5]}


def test_predicted_and_true_numbers_stay_pairs():
    y = np.arange(5_000, dtype=np.float64)
    found = predicted_actual(y, y * 2, seed=4)
    assert len(found["x"]) == 1_000
    assert found["y"] == [2 * value for value in found["x"]]
    assert found == predicted_actual(y, y * 2, seed=4) != predicted_actual(y, y * 2, seed=5)


@pytest.mark.parametrize(
    ("problem", "classes", "names"),
    [
        ("binary-classification", 2, {"roc", "precisionRecall", "calibration"}),
        ("multiclass-classification", 3, {"roc", "precisionRecall", "calibration"}),
        ("regression", 1, {"predictedActual"}),
    ],
)
def test_every_problem_has_its_curves(problem, classes, names):
    random = np.random.default_rng(1)
    y = random.integers(0, max(classes, 2), 100)
    scores = random.dirichlet(np.ones(classes), 100).astype(np.float32)
    assert set(curves(problem_named(problem), y, scores)) == names


def test_a_perfect_answer_of_several_classes_has_a_perfect_curve():
    y = np.arange(30) % 3
    found = curves(problem_named("multiclass-classification"), y, np.eye(3)[y] * 0.9 + 0.1 / 3)
    assert max(found["roc"]["y"][:2]) == 1.0
    assert found["calibration"]["y"] == pytest.approx([0.0, 1.0])


@pytest.mark.parametrize(("count", "most", "kept"), [(3, 5, [0, 1, 2]), (5, 3, [0, 2, 4]), (1, 9, [0])])
def test_evenly_keeps_both_ends(count, most, kept):
    assert evenly(count, most).tolist() == kept
