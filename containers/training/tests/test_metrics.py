import numpy as np
import pytest

from training.evaluate import calibration, confusion, evenly, precision_recall, roc
from training.metrics import all_scores
from training.threshold import best_f1_threshold

LABELS = np.array([0, 0, 1, 1, 0, 1])
CHANCES = np.array([0.1, 0.4, 0.35, 0.8, 0.2, 0.9])


def test_scores_are_those_counted_by_hand():
    found = all_scores(LABELS, CHANCES, 0.5)
    assert found["accuracy"] == pytest.approx(5 / 6)
    assert (found["precision"], found["recall"], found["f1"]) == pytest.approx((1.0, 2 / 3, 0.8))
    # 8 of the 9 pairs of a positive and a negative are in order.
    assert found["roc_auc"] == pytest.approx(8 / 9)
    assert set(found) == {"accuracy", "precision", "recall", "f1", "roc_auc", "pr_auc", "log_loss"}


def test_certain_and_wrong_is_a_finite_log_loss():
    assert np.isfinite(all_scores(np.array([0, 1]), np.array([1, 0], dtype=np.float32), 0.5)["log_loss"])


def test_confusion_counts_at_the_threshold_itself():
    assert confusion(LABELS, CHANCES, 0.4) == {"tn": 2, "fp": 1, "fn": 1, "tp": 2}


def test_best_threshold_beats_every_other_cut():
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, 300)
    chances = np.clip(labels * 0.2 + random.normal(0.4, 0.2, 300), 0, 1)
    best = all_scores(labels, chances, best_f1_threshold(labels, chances))["f1"]
    assert best >= max(all_scores(labels, chances, cut)["f1"] for cut in np.linspace(0, 1, 101)) - 1e-9


def test_threshold_of_one_probability_for_all_stays_a_share():
    assert 0 <= best_f1_threshold(LABELS, np.full(6, 1.0)) <= 1


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
    assert calibration(LABELS, np.full(6, 0.3)) == {"x": [pytest.approx(0.3)], "y": [0.5]}


@pytest.mark.parametrize(("count", "most", "kept"), [(3, 5, [0, 1, 2]), (5, 3, [0, 2, 4]), (1, 9, [0])])
def test_evenly_keeps_both_ends(count, most, kept):
    assert evenly(count, most).tolist() == kept
