import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import _SigmoidCalibration
from sklearn.metrics import log_loss as log_loss_of

from training.model.calibration import LEAST, Calibration, calibrate, fit_calibration, log_loss


def two_classes(rows: int = 3_000, steepness: float = 1.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Classes, and probabilities whose logits are wrong by a factor."""
    random = np.random.default_rng(seed)
    logit = random.normal(-1, 1.5, rows)
    y = (random.uniform(size=rows) < _sigmoid(logit)).astype(np.int64)
    positive = _sigmoid(steepness * logit)
    return y, np.column_stack([1 - positive, positive])


def three_classes(rows: int = 3_000, steepness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    logits = random.normal(size=(rows, 3))
    right = _softmax(logits)
    y = (random.uniform(size=(rows, 1)) > np.cumsum(right, axis=1)).sum(axis=1).clip(0, 2)
    return y, _softmax(steepness * logits)


def folds_of(rows: int) -> list[tuple[np.ndarray, np.ndarray]]:
    places = np.arange(rows)
    return [(places[places % 3 != fold], places[places % 3 == fold]) for fold in range(3)]


def test_a_sigmoid_undoes_a_wrong_steepness():
    y, scores = two_classes(rows=20_000, steepness=2.5)
    curve = fit_calibration(y, scores)
    assert curve.method == "sigmoid"
    assert curve.slope == pytest.approx(1 / 2.5, rel=0.1)
    assert curve.intercept == pytest.approx(0, abs=0.1)


def test_it_is_platts_scaling_as_scikit_learn_has_it():
    y, scores = two_classes(steepness=0.4)
    logit = np.log(scores[:, 1]) - np.log(scores[:, 0])
    judge = _SigmoidCalibration().fit(logit, y)
    np.testing.assert_allclose(fit_calibration(y, scores).apply(scores)[:, 1], judge.predict(logit), atol=1e-5)


def test_a_temperature_undoes_a_wrong_steepness_of_several_classes():
    y, scores = three_classes(rows=20_000, steepness=3.0)
    curve = fit_calibration(y, scores)
    assert curve.method == "temperature"
    assert curve.slope == pytest.approx(1 / 3, rel=0.1)
    np.testing.assert_allclose(curve.apply(scores).sum(axis=1), 1)


@pytest.mark.parametrize("made", [two_classes, three_classes])
def test_auto_corrects_only_where_that_helps(made):
    y, scores = made(steepness=3.0)
    wrong = calibrate("auto", y, scores, folds_of(len(y)))
    assert wrong.curve is not None
    assert wrong.report["method"] == wrong.curve.method
    assert wrong.report["logLossAfter"] < wrong.report["logLossBefore"]
    np.testing.assert_array_equal(wrong.scores, wrong.curve.apply(scores))
    y, scores = made(steepness=1.0)
    right = calibrate("auto", y, scores, folds_of(len(y)))
    assert right.curve is None
    assert right.report["method"] == "none"
    np.testing.assert_array_equal(right.scores, scores)
    assert calibrate("always", y, scores, folds_of(len(y))).curve is not None


def test_the_loss_after_it_is_that_of_curves_fitted_on_other_folds():
    y, scores = two_classes(rows=60, steepness=3.0)
    report = calibrate("always", y, scores, folds_of(60)).report
    assert report["logLossBefore"] == pytest.approx(log_loss_of(y, scores))
    assert report["logLossAfter"] > log_loss(y, fit_calibration(y, scores).apply(scores))


def test_class_weights_are_undone():
    y, scores = two_classes(rows=20_000)
    odds = 5 * scores[:, 1] / scores[:, 0]
    weighted = np.column_stack([1 / (1 + odds), odds / (1 + odds)])
    corrected = calibrate("auto", y, weighted, folds_of(len(y))).scores
    assert weighted[:, 1].mean() > y.mean() + 0.15
    assert corrected[:, 1].mean() == pytest.approx(y.mean(), abs=0.005)


def test_scores_that_tell_the_classes_apart_without_a_fault_keep_the_curve_finite():
    y = np.repeat([0, 1], 50)
    scores = np.column_stack([1 - y, y]).astype(np.float64)
    curve = fit_calibration(y, scores)
    assert np.isfinite([curve.slope, curve.intercept]).all()
    assert ((curve.apply(scores)[:, 1] > 0.5) == (y == 1)).all()


def test_scores_that_are_upside_down_are_not_turned_around():
    y, scores = two_classes()
    assert fit_calibration(y, scores[:, ::-1]).slope > 0


@settings(max_examples=50, deadline=None)
@given(
    slope=st.floats(0.05, 20),
    intercept=st.floats(-5, 5),
    positives=st.lists(st.floats(0, 1, width=32), min_size=2, max_size=20),
)
def test_it_keeps_order_and_stays_a_probability(slope, intercept, positives):
    positive = np.sort(np.array(positives, dtype=np.float64))
    corrected = Calibration("sigmoid", slope, intercept).apply(np.column_stack([1 - positive, positive]))
    assert (np.diff(corrected[:, 1]) >= 0).all()
    assert ((corrected >= 0) & (corrected <= 1)).all()
    np.testing.assert_allclose(corrected.sum(axis=1), 1)


def test_certainty_is_bounded():
    y = np.array([0, 1])
    assert log_loss(y, np.array([[0.0, 1.0], [1.0, 0.0]])) == pytest.approx(-np.log(LEAST))
    assert np.isfinite(Calibration("temperature", 0.5).apply(np.array([[1.0, 0.0, 0.0]]))).all()


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values)
    return powers / powers.sum(axis=1, keepdims=True)
