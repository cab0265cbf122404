import numpy as np
import pandas as pd
import pytest

from tests.fitting import INPUTS, converted, raw
from training.candidates import FitOptions, candidate_named
from training.candidates.lightgbm import float32_at_most
from training.errors import TrainingError
from training.graph import Graph
from training.job import ModelInput
from training.parity import compare
from training.pipeline import MAX_CATEGORIES, fitted_pipeline, informative, preprocessor

NAME = (ModelInput(name="name", type="string"),)


def test_columns_that_tell_nothing_apart_are_left_out():
    frame, _ = raw()
    assert [column.name for column in informative(INPUTS, frame)] == ["tenure", "plan", "charges", "region"]


def test_a_constant_with_gaps_tells_rows_apart():
    frame = pd.DataFrame({"tenure": np.array([1, np.nan], np.float32)})
    assert len(informative(INPUTS[:1], frame)) == 1


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(TrainingError, match="every input is constant"):
        informative(INPUTS[:1], pd.DataFrame({"tenure": np.ones(5, np.float32)}))


def test_many_categories_are_cut_and_the_graph_agrees():
    random = np.random.default_rng(0)
    names = np.array([f"n{n}" for n in random.zipf(1.3, 3_000) % 400], dtype=object)
    frame, labels = pd.DataFrame({"name": names}), random.integers(0, 2, 3_000)
    candidate = candidate_named("logistic-regression")
    transformer = preprocessor(NAME, True, frame)
    encoded = np.asarray(transformer.fit_transform(frame))
    assert encoded.shape[1] == MAX_CATEGORIES
    assert (encoded.sum(axis=0) > 0).all()
    estimator = candidate.build({"C": 1.0}, FitOptions(1, 1)).fit(encoded, labels)
    pipeline = fitted_pipeline(transformer, estimator, candidate)
    assert compare(pipeline, Graph.load(converted(pipeline, candidate, NAME)), frame).passed


def test_a_fold_without_a_value_of_a_column_can_be_prepared():
    frame = pd.DataFrame({"a": np.full(4, np.nan, np.float32), "name": np.full(4, "", dtype=object)})
    transformer = preprocessor((ModelInput(name="a", type="number"), *NAME), True, frame).fit(frame)
    later = pd.DataFrame({"a": np.array([3], np.float32), "name": ["x"]})
    assert np.isfinite(transformer.transform(later)).all()


@pytest.mark.parametrize("value", [0.1, -0.1, 1e-35, 29.85, -1.0000000180025095e-35, 16777217.0])
def test_float32_at_most_is_the_nearest_from_below(value):
    found = np.float32(float32_at_most(value))
    assert float(found) <= value < float(np.nextafter(found, np.float32(np.inf)))
