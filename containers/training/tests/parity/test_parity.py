import gzip
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from tests.exporting import Exported, base, exported, models, payments_data, used_columns
from tests.fitting import EVERY, NAMES, dataset, fit
from training.candidates import candidate_named
from training.errors import TrainingError
from training.graph.graph import Graph, graph_rows
from training.job import ModelInput
from training.model.pipeline import names_of
from training.model.scoring import PipelineModel
from training.parity.adversarial import adversarial_rows
from training.parity.hard_rows import Proving, proving_rows
from training.parity.parity import Parity, checked_parity, compare, parity_rows, require_parity
from training.parity.thresholds import split_thresholds

LIGHTGBM = candidate_named("lightgbm")


def _rows(found: Any) -> Proving:
    return proving_rows(found.job, payments_data()[1].test, found)


def _told(fitted: Any) -> Any:
    """What proofs need of ``Built``."""
    trained = SimpleNamespace(model=fitted.model, used=fitted.used)
    return SimpleNamespace(
        trained=trained, prelude=None, model=fitted.content, graph=fitted.graph, inputs=fitted.job.inputs
    )


@pytest.mark.parametrize(("candidate", "problem"), EVERY, ids=NAMES)
def test_every_candidate_agrees_with_its_graph_on_real_and_hard_rows(candidate, problem):
    fitted = fit(candidate, problem)
    parity = checked_parity(fitted.job, dataset(problem), _told(fitted))
    assert parity.rows > 200


def _of_numbers(estimator: Any, prepare: Any) -> Exported:
    """A pipeline over the number columns alone, as the platform would not build it."""
    job, data = payments_data()
    numbers = [column for column in used_columns() if column.type == "number"]
    transformer = ColumnTransformer([("numbers", prepare, [column.name for column in numbers])])
    pipeline = Pipeline([("prepare", transformer), ("model", estimator)]).fit(data.train.frame, data.train.y)
    return Exported(job, PipelineModel(pipeline), numbers)


def _refused(found: Exported) -> Parity:
    parity = compare(found.job, found.trained.model, found.graph, _rows(found))
    with pytest.raises(TrainingError) as caught:
        require_parity(parity)
    assert caught.value.code == "PARITY_NOT_MET"
    return parity


def test_a_missing_indicator_that_the_converter_drops_is_caught():
    # Wrong answers, or a graph that cannot run because columns are gone.
    with pytest.raises(TrainingError) as caught:
        found = _of_numbers(RandomForestClassifier(20, random_state=1), SimpleImputer(add_indicator=True))
        require_parity(compare(found.job, found.trained.model, found.graph, _rows(found)))
    assert caught.value.code == "PARITY_NOT_MET"


def test_missing_numbers_that_reach_a_forest_are_caught():
    found = _of_numbers(RandomForestClassifier(20, random_state=1), "passthrough")
    assert _refused(found).max_abs_diff > 0.01


def test_native_categories_of_histogram_boosting_are_caught():
    job, data = payments_data()
    strings = [column for column in used_columns() if column.type == "string"]
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, dtype=np.float32)
    transformer = ColumnTransformer([("strings", codes, [column.name for column in strings])])
    estimator = HistGradientBoostingClassifier(max_iter=20, categorical_features=[0, 1], random_state=1)
    pipeline = Pipeline([("prepare", transformer), ("model", estimator)]).fit(data.train.frame, data.train.y)
    assert _refused(Exported(job, PipelineModel(pipeline), strings)).max_abs_diff > 0.01


def test_lightgbm_without_rounded_thresholds_is_caught_by_threshold_rows():
    fitted = fit(replace(LIGHTGBM, settle=lambda estimator: estimator))
    parity = compare(fitted.job, fitted.model, fitted.graph, proving_rows(fitted.job, dataset().test, _told(fitted)))
    assert not parity.passed


def test_a_feature_that_a_graph_computes_otherwise_than_the_data_set_is_caught():
    found = exported(base("lightgbm"))
    rows = _rows(found)
    wrong = rows.expected.assign(spent=rows.expected["spent"] + np.float32(0.25))
    parity = compare(found.job, found.trained.model, found.graph, Proving(rows.given, wrong))
    assert parity.computed_mismatches == (wrong["spent"] != rows.expected["spent"])[wrong["spent"].notna()].sum() > 0
    assert not parity.passed


def test_an_expression_that_changed_under_the_model_is_caught():
    parts = json.loads(json.dumps(payments_data()[0].on_demand.model_dump(by_alias=True)))  # type: ignore[union-attr]
    parts["features"][1]["sql"] = "hour(paid_at) NOT BETWEEN 5 AND 22"
    found = exported(base("lightgbm"), onDemand=parts)
    _, data = payments_data()
    test = graph_rows(data.test).reset_index(drop=True)
    rows = Proving(test, data.test.frame[[column.name for column in found.prelude.computed]])  # type: ignore[union-attr]
    assert compare(found.job, found.trained.model, found.graph, rows).computed_mismatches > 0


@pytest.mark.parametrize("declared", ["number", "integer", "boolean", "timestamp"])
def test_a_column_that_is_split_meets_its_thresholds_whatever_it_is_declared_as(declared):
    column = ModelInput(name="x", type="number", declared=declared)
    frame = pd.DataFrame({"x": np.array([1, 2, 3], dtype=np.float32)})
    edge = np.float32(1.5)
    rows = adversarial_rows(frame, [column], {"x": np.array([edge])}, {})
    assert {np.nextafter(edge, np.float32(0)), edge, np.nextafter(edge, np.float32(2))} <= set(rows["x"])


def test_hard_rows_hold_missing_unknown_and_both_sides_of_thresholds_and_of_numbers_in_sql():
    found = exported(base("lightgbm"))
    given = _rows(found).given
    strings = ["country", "currency"]
    numbers = [name for name in given if name not in strings]
    assert (given[numbers].isna().all(axis=1) & (given[strings] == "").all(axis=1)).any()
    assert given["country"].str.startswith("never seen").any()
    place = names_of(found.trained.used, "number").index("mean_amount")
    edge = float(split_thresholds(found.model)[place][0])
    assert {np.nextafter(edge, -np.inf), edge, np.nextafter(edge, np.inf)} <= set(given["mean_amount"])
    assert {"EUR", "USD", "XXX"} <= set(given["currency"])
    assert {np.nextafter(1.0, 0.0), 1.0} <= set(given["amount"])
    assert {0.0, 1.0} == set(given["is_member"].dropna())


@pytest.mark.parametrize(
    ("parity", "passed"),
    [
        (Parity(5, 1e-6, 0), True),
        (Parity(5, 2e-5, 0), False),
        (Parity(5, 0.0, 1), False),
        (Parity(5, 0.0, 0, 1), False),
    ],
)
def test_parity_needs_scores_labels_and_computed_features(parity, passed):
    assert parity.passed is passed
    assert parity.as_json()["passed"] is passed


class _Answers:
    """A model and a graph that answer what they are told."""

    def __init__(self, *scores: float) -> None:
        self.told = scores

    def scores(self, frame):
        return np.tile(np.array(self.told, dtype=np.float64), (len(frame), 1))

    def labels(self, frame):
        return np.full(len(frame), int(np.argmax(self.told)))

    def computed(self, frame):
        return pd.DataFrame(index=frame.index)


@pytest.mark.parametrize(
    ("model", "graph", "passed"),
    [
        ((0.5, 0.5), (0.5, 0.5), True),
        ((0.5 - 1e-6, 0.5 + 1e-6), (0.5 + 1e-6, 0.5 - 1e-6), True),
        ((0.3, 0.7), (0.3, np.nan), False),
        ((0.6, 0.4), (0.4, 0.6), False),
        ((0.2, 0.3, 0.5), (0.2, 0.3, 0.5), True),
        ((0.2, 0.3, 0.5), (0.3, 0.2, 0.5), False),
        ((0.5, 0.5), (1.0,), False),
    ],
)
def test_a_tie_is_no_difference_and_a_missing_number_is(model, graph, passed):
    rows = Proving(pd.DataFrame({"country": ["DE", "FR"]}), pd.DataFrame(index=[0, 1]))
    job = payments_data()[0].model_copy(update={"inputs": payments_data()[0].inputs[2:3], "on_demand": None})
    assert compare(job, _Answers(*model), cast(Graph, _Answers(*graph)), rows).passed is passed


@pytest.mark.parametrize(
    ("value", "answer", "passed"), [(1e9, 1e9 + 100, True), (0.5, 0.5001, False), (1e9, 1.1e9, False)]
)
def test_numbers_above_one_are_compared_by_their_size(value, answer, passed):
    rows = Proving(pd.DataFrame({"country": ["DE"]}), pd.DataFrame(index=[0]))
    changes = {"inputs": payments_data()[0].inputs[2:3], "on_demand": None, "problem": "regression"}
    job = payments_data()[0].model_copy(update=changes)
    assert compare(job, _Answers(value), cast(Graph, _Answers(answer)), rows).passed is passed


@pytest.mark.parametrize(("answer", "passed"), [(0.6, True), (9.5, False)])
def test_a_number_near_zero_is_compared_by_the_usual_size(answer, passed):
    names = {"country": ["DE", "FR", "IT"]}
    rows = Proving(pd.DataFrame(names), pd.DataFrame(index=range(3)))
    changes = {"inputs": payments_data()[0].inputs[2:3], "on_demand": None, "problem": "regression"}
    job = payments_data()[0].model_copy(update=changes)
    model, graph = _Each(2e5, 3e5, 0.5), _Each(2e5, 3e5, answer)
    assert compare(job, model, cast(Graph, graph), rows).passed is passed


class _Each(_Answers):
    """Answers a number a row."""

    def scores(self, frame):
        return np.array(self.told, dtype=np.float64).reshape(-1, 1)[: len(frame)]


def test_the_file_of_rows_holds_any_runtime_against_the_model():
    found: Any = exported(models()["calibrated stack"])
    job, data = payments_data()
    [content] = parity_rows(job, data, found).values()
    assert content == parity_rows(job, data, found)["parity/rows.json.gz"]
    told = json.loads(gzip.decompress(content))
    kinds = {column.name: np.float64 if column.type == "number" else object for column in found.inputs}
    assert list(told["inputs"]) == list(kinds)
    nothing = {name: np.nan if kind is np.float64 else "" for name, kind in kinds.items()}
    feeds = {
        name: np.array([nothing[name] if one is None else one for one in told["inputs"][name]], dtype=kind).reshape(
            -1, 1
        )
        for name, kind in kinds.items()
    }
    answered = found.graph.session.run(["probabilities"], feeds)[0]
    np.testing.assert_allclose(answered, told["scores"], atol=1e-5)
    assert 500 < len(told["scores"]) <= 20_000
