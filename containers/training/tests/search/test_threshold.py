import numpy as np
import pytest

from training.search.threshold import best_threshold, unmet_rule

CUTS = np.linspace(0, 1, 1_001)


def sample(rows=400, seed=3):
    random = np.random.default_rng(seed)
    y = (random.uniform(size=rows) < 0.3).astype(np.int64)
    return y, np.round(np.clip(0.25 * y + random.normal(0.4, 0.2, rows), 0, 1), 3)


def figures(y, positive, cut):
    """Counted by hand: scikit-learn is slow a thousand times over."""
    answers = positive >= cut
    hits, found, missed = np.sum(answers & (y == 1)), np.sum(answers), np.sum(y == 1) - np.sum(answers & (y == 1))
    rejected = np.sum(~answers & (y == 0))
    return {
        "precision": hits / max(found, 1),
        "recall": hits / (hits + missed),
        "f1": 2 * hits / max(2 * hits + missed + found - hits, 1),
        "accuracy": np.mean(answers == y),
        "balanced_accuracy": (hits / (hits + missed) + rejected / np.sum(y == 0)) / 2,
    }


def cost(y, positive, cut, rule):
    answers = positive >= cut
    wrong, missed = np.sum(answers & (y == 0)), np.sum(~answers & (y == 1))
    return rule["falsePositive"] * wrong + rule["falseNegative"] * missed


@pytest.mark.parametrize("metric", ["f1", "accuracy", "balanced_accuracy"])
@pytest.mark.parametrize("seed", range(5))
def test_no_other_threshold_does_better(metric, seed):
    y, positive = sample(seed=seed)
    best = figures(y, positive, best_threshold({"maximize": metric}, y, positive))[metric]
    assert best >= max(figures(y, positive, cut)[metric] for cut in CUTS) - 1e-12


@pytest.mark.parametrize("miss", [0.2, 1, 8, 50])
def test_the_cost_of_wrong_answers_is_least(miss):
    y, positive = sample()
    rule = {"falsePositive": 1, "falseNegative": miss}
    chosen = best_threshold({"cost": rule}, y, positive)
    assert cost(y, positive, chosen, rule) == min(cost(y, positive, cut, rule) for cut in CUTS)


def test_a_dear_miss_lowers_the_threshold():
    y, positive = sample()
    chosen = [
        best_threshold({"cost": {"falsePositive": 1, "falseNegative": miss}}, y, positive) for miss in (0.5, 2, 20)
    ]
    assert chosen[0] > chosen[1] > chosen[2]


@pytest.mark.parametrize(
    ("rule", "bound", "wanted"), [("Precision", "precision", "recall"), ("Recall", "recall", "precision")]
)
@pytest.mark.parametrize("least", [0.4, 0.6])
def test_the_most_of_one_while_the_other_is_kept(rule, bound, wanted, least):
    y, positive = sample()
    chosen = figures(y, positive, best_threshold({f"minimum{rule}": least}, y, positive))
    allowed = [found for found in (figures(y, positive, cut) for cut in CUTS) if found[bound] >= least]
    assert chosen[bound] >= least
    assert chosen[wanted] == pytest.approx(max(found[wanted] for found in allowed))


def test_a_precision_that_is_never_reached_is_told_and_come_near():
    y, positive = np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.9, 0.5, 0.4, 0.1])
    rule = {"minimumPrecision": 0.95}
    assert figures(y, positive, best_threshold(rule, y, positive))["precision"] == pytest.approx(2 / 3)
    warning = unmet_rule(rule, y, positive)
    assert warning is not None
    assert warning["code"] == "THRESHOLD_RULE_NOT_MET"
    assert "0.95" in warning["message"] and "0.6667" in warning["message"]
    assert unmet_rule({"minimumPrecision": 0.6}, y, positive) is None
    assert unmet_rule({"maximize": "f1"}, y, positive) is None


@pytest.mark.parametrize("rule", [{"maximize": "f1"}, {"maximize": "accuracy"}, {"minimumRecall": 1.0}])
@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_one_probability_for_all_stays_a_share(rule, chance):
    assert 0 <= best_threshold(rule, np.array([0, 1, 1]), np.full(3, chance)) <= 1


def test_scores_closer_than_the_digits_of_a_threshold_are_still_told_apart():
    positive = np.array([0.5, 0.5 + 1e-9, 0.5 + 2e-9])
    chosen = best_threshold({"maximize": "accuracy"}, np.array([0, 0, 1]), positive)
    assert (positive >= chosen).tolist() == [False, False, True]
