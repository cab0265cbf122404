from dataclasses import replace

import numpy as np
import pytest

from tests.fitting import BINARY, MULTICLASS, REGRESSION, a_job, dataset, used_of
from training.model.calibration import log_loss
from training.model.scoring import CalibratedModel, PipelineModel
from training.search.threshold import best_threshold
from training.search.train import Trained, device_notes, train

SEARCH = {"trials": 2, "timeoutSeconds": 60, "folds": 3}


def trained(folder, problem: str = BINARY, **changes) -> Trained:
    job = a_job(problem, folder, **({"search": SEARCH} | changes))
    return train(job, dataset(problem), used_of(job), 1)


def test_without_calibration_the_threshold_is_chosen_on_out_of_fold_scores(tmp_path):
    done = trained(tmp_path, calibration="none", thresholdRule={"cost": {"falsePositive": 1, "falseNegative": 5}})
    y = dataset(BINARY).train.y
    rule = {"cost": {"falsePositive": 1, "falseNegative": 5}}
    assert isinstance(done.model, PipelineModel)
    assert done.calibration is None
    assert done.threshold == best_threshold(rule, y, done.found.out_of_fold[:, 1])
    assert done.notes == {"device": "cpu"}


def test_a_corrected_model_answers_and_is_cut_on_corrected_scores(tmp_path):
    done = trained(tmp_path, calibration="always", classWeight="balanced")
    y, frame = dataset(BINARY).train.y, dataset(BINARY).train.frame
    assert isinstance(done.model, CalibratedModel)
    assert done.calibration is not None
    assert done.calibration["method"] == "sigmoid"
    assert done.calibration["logLossBefore"] == pytest.approx(log_loss(y, done.found.out_of_fold))
    corrected = done.model.calibration.apply(done.found.out_of_fold)
    assert done.threshold == best_threshold({"maximize": "f1"}, y, corrected[:, 1])
    inner = done.model.inner.scores(frame)
    np.testing.assert_array_equal(done.model.scores(frame), done.model.calibration.apply(inner))
    # Balanced classes make the positive one too probable; corrected it is as frequent as it was.
    assert inner[:, 1].mean() > done.model.scores(frame)[:, 1].mean()


def test_a_fixed_threshold_is_kept(tmp_path):
    assert trained(tmp_path, threshold=0.25).threshold == 0.25


def test_a_rule_that_no_threshold_keeps_is_warned_of(tmp_path):
    rule = {"minimumPrecision": 1.0}
    job, data = a_job(BINARY, tmp_path, thresholdRule=rule, calibration="none", search=SEARCH), dataset(BINARY)
    # Labels that follow from nothing: even the most probable row is negative.
    y = np.random.default_rng(5).permutation(data.train.y)
    done = train(job, replace(data, train=replace(data.train, y=y)), used_of(job), 1)
    positive = done.found.out_of_fold[:, 1]
    assert y[positive.argmax()] == 0
    assert [warning["code"] for warning in done.warnings] == ["THRESHOLD_RULE_NOT_MET"]
    assert done.threshold == best_threshold(rule, y, positive)


@pytest.mark.parametrize("candidate", ["logistic-regression", "random-forest"])
def test_several_classes_have_no_threshold_and_a_temperature(candidate, tmp_path):
    done = trained(tmp_path, MULTICLASS, candidate=candidate, calibration="always")
    assert done.threshold is None
    assert done.calibration is not None
    assert done.calibration["method"] == "temperature"
    np.testing.assert_allclose(done.model.scores(dataset(MULTICLASS).test.frame).sum(axis=1), 1)


def test_numbers_are_neither_cut_nor_corrected(tmp_path):
    done = trained(tmp_path, REGRESSION, calibration="always")
    assert (done.threshold, done.calibration, done.warnings) == (None, None, [])
    assert done.model.scores(dataset(REGRESSION).test.frame).shape[1] == 1


@pytest.mark.parametrize(
    ("candidate", "gpu", "there", "notes"),
    [
        ("xgboost", 0, True, {"device": "cpu"}),
        ("xgboost", 1, True, {"device": "cuda"}),
        ("xgboost", 1, False, {"device": "cpu", "deviceNote": "a GPU was asked for and this task has none"}),
        ("lightgbm", 1, True, {"device": "cpu", "deviceNote": "a GPU was asked for; lightgbm trains on the processor"}),
    ],
)
def test_a_gpu_is_used_where_one_is_asked_for_and_there(candidate, gpu, there, notes, monkeypatch):
    monkeypatch.setattr("training.search.train.has_gpu", lambda: there)
    found = device_notes(a_job(BINARY, candidate=candidate, gpu=gpu), [candidate])
    assert found.keys() == notes.keys()
    assert all(found[name].startswith(text) for name, text in notes.items())


def test_a_gpu_that_is_not_there_does_not_stop_training(tmp_path):
    done = trained(tmp_path, candidate="xgboost", gpu=1)
    assert done.notes["device"] in ("cpu", "cuda")
    assert ("deviceNote" in done.notes) == (done.notes["device"] == "cpu")
