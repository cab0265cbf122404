from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline

from tests.fitting import INPUTS, converted, fit, raw
from training.candidates import CANDIDATES, FitOptions, candidate_named
from training.errors import TrainingError
from training.graph import Graph
from training.parity import Parity, compare, hard_rows, require_parity
from training.thresholds import split_thresholds

LIGHTGBM = candidate_named("lightgbm")


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_every_candidate_agrees_with_its_graph_on_real_and_hard_rows(candidate):
    fitted = fit(candidate)
    hard = hard_rows(fitted.model, fitted.used, INPUTS, fitted.frame)
    parity = compare(fitted.pipeline, fitted.graph, pd.concat([fitted.frame, hard], ignore_index=True))
    require_parity(parity)
    assert parity.rows > len(fitted.frame) + 100


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_the_graph_takes_every_column_in_order_and_unused_ones_change_nothing(candidate):
    fitted = fit(candidate)
    assert [item.name for item in fitted.graph.session.get_inputs()] == [column.name for column in INPUTS]
    other = fitted.frame.assign(constant=np.float32(-3), empty_string="something")
    np.testing.assert_array_equal(fitted.graph.predict(other)[1], fitted.graph.predict(fitted.frame)[1])


@pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda c: c.name)
def test_an_added_missing_indicator_is_caught(candidate):
    # The converter drops the indicator columns without a word: wrong answers, or a graph that cannot run.
    frame, labels = raw()
    prepare = ColumnTransformer([("numbers", SimpleImputer(add_indicator=True), ["tenure", "charges"])])
    estimator = candidate.build(dict(candidate.first), FitOptions(seed=1, threads=1))
    pipeline = Pipeline([("prepare", prepare), ("model", estimator)]).fit(frame, labels)
    graph = Graph.load(converted(pipeline, candidate))
    with pytest.raises(TrainingError) as caught:
        require_parity(compare(pipeline, graph, frame))
    assert caught.value.code == "PARITY_NOT_MET"


def test_lightgbm_without_rounded_thresholds_is_caught_by_threshold_rows():
    fitted = fit(replace(LIGHTGBM, settle=lambda estimator: estimator))
    hard = hard_rows(fitted.model, fitted.used, INPUTS, fitted.frame)
    assert not compare(fitted.pipeline, fitted.graph, hard).passed


def test_rounding_thresholds_changes_no_answer():
    plain, snapped = fit(replace(LIGHTGBM, settle=lambda estimator: estimator)), fit(LIGHTGBM)
    hard = hard_rows(snapped.model, snapped.used, INPUTS, snapped.frame)
    np.testing.assert_array_equal(plain.pipeline.predict_proba(hard), snapped.pipeline.predict_proba(hard))


def test_hard_rows_hold_missing_unknown_and_both_sides_of_every_kind_of_threshold():
    fitted = fit(LIGHTGBM)
    hard = hard_rows(fitted.model, fitted.used, INPUTS, fitted.frame)
    numbers, strings = ["tenure", "constant", "charges"], ["plan", "empty_string", "region"]
    assert (hard[numbers].isna().all(axis=1) & (hard[strings] == "").all(axis=1)).any()
    assert (hard["plan"].str.startswith("never seen")).any()
    edge = split_thresholds(fitted.model)[0][0]
    sides = {np.nextafter(edge, np.float32(-np.inf)), edge, np.nextafter(edge, np.float32(np.inf))}
    assert sides <= set(hard["tenure"])


@pytest.mark.parametrize(
    ("parity", "passed"),
    [(Parity(5, 1e-6, 0), True), (Parity(5, 2e-5, 0), False), (Parity(5, 0.0, 1), False)],
)
def test_parity_needs_both_probabilities_and_labels(parity, passed):
    assert parity.passed is passed


class _Answers:
    """A pipeline and a graph that answer what they are told."""

    def __init__(self, python: float, graph: float) -> None:
        self.python, self.graph = python, graph

    def predict_proba(self, frame):
        return np.column_stack([1 - np.full(len(frame), self.python), np.full(len(frame), self.python)])

    def predict(self, frame):
        return np.full(len(frame), int(self.python > 0.5))


class _GraphAnswers:
    def __init__(self, probability: float) -> None:
        self.probability = probability

    def predict(self, frame):
        label = int(self.probability >= 0.5)
        return np.full(len(frame), label), np.full(len(frame), self.probability, dtype=np.float32)


@pytest.mark.parametrize(
    ("python", "graph", "passed"),
    [(0.5, 0.5, True), (0.7, 0.7, True), (0.7, np.nan, False), (np.nan, 0.2, False), (0.4, 0.6, False)],
)
def test_a_tie_is_no_difference_and_a_missing_number_is(python, graph, passed):
    frame = pd.DataFrame({"a": [1.0, 2.0]})
    assert compare(_Answers(python, graph), _GraphAnswers(graph), frame).passed is passed  # type: ignore[arg-type]
