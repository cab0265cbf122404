import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest

from tests.exporting import Exported, base, exported, models, payments_data, stack
from tests.fitting import EVERY, NAMES, a_job, a_task, fit
from tests.paying import INPUTS
from training.candidates import candidate_named
from training.graph.graph import Graph, graph_rows
from training.graph.onnx_export import build_graph, output_name
from training.parity.hard_rows import proving_rows
from training.parity.parity import compare

_ROOT = Path(__file__).parents[2]
#: Prints the digest of a calibrated stack with on-demand features, made in this process from the training rows on.
_DIGEST = """
import hashlib
from tests.exporting import exported, models
print(hashlib.sha256(exported(models()["calibrated stack"]).model).hexdigest())
"""


@pytest.mark.parametrize("kind", ["pipeline", "calibrated", "stack", "calibrated stack"])
def test_every_kind_of_model_with_computed_features_is_one_exact_graph(kind):
    found = exported(models()[kind])
    rows = proving_rows(found.job, payments_data()[1].test, found)  # type: ignore[arg-type]
    parity = compare(found.job, found.trained.model, found.graph, rows)
    assert parity.passed, parity
    assert parity.rows > 500
    assert set(rows.expected) == {"amount_ratio", "is_risky", "band", "log_amount", "spent"}
    onnx.checker.check_model(onnx.load_from_string(found.model), full_check=True)


@pytest.mark.parametrize("kind", ["pipeline", "stack"])
def test_outputs_are_named_and_the_encoded_row_is_that_of_a_single_pipeline(kind):
    found = exported(models()[kind])
    computed = ["amount_ratio", "is_risky", "band", "log_amount", "spent"]
    single = ["encoded"] if kind == "pipeline" else []
    names = [item.name for item in found.graph.session.get_outputs()]
    assert names == ["label", "probabilities", *single, *computed]
    assert found.graph.encoded_output == (single[0] if single else None)
    assert list(found.graph.computed_outputs) == computed


def test_the_encoded_row_is_what_the_estimator_takes():
    _, data = payments_data()
    model = base("xgboost")
    graph = exported(model).graph
    encoded = graph.run(graph_rows(data.test), ["encoded"])[0]
    np.testing.assert_array_equal(encoded, model.pipeline.steps[0][1].transform(data.test.frame))


@pytest.mark.parametrize(("candidate", "problem"), EVERY, ids=NAMES)
def test_labels_are_the_most_probable_class_and_numbers_have_none(candidate, problem):
    fitted = fit(candidate, problem)
    scores = fitted.graph.scores(fitted.frame)
    expected = fitted.model.scores(fitted.frame)
    np.testing.assert_allclose(scores, expected, rtol=1e-5 if problem == "regression" else 0, atol=1e-6)
    names = [item.name for item in fitted.graph.session.get_outputs()]
    if problem == "regression":
        assert names == ["prediction", "encoded"]
    else:
        assert names == ["label", "probabilities", "encoded"]
        np.testing.assert_array_equal(fitted.graph.labels(fitted.frame), scores.argmax(axis=1))


def test_a_column_may_have_the_name_of_an_output():
    assert output_name("label", ["age"]) == "label"
    assert output_name("label", ["label", "label_"]) == "label__"
    _, data = payments_data()
    model = base("lightgbm")
    inputs = [*INPUTS, {"name": "probabilities", "type": "number"}, {"name": "encoded", "type": "string"}]
    graph = exported(model, inputs=inputs).graph
    rows = graph_rows(data.test).assign(probabilities=np.float32(1), encoded="x")
    assert (graph.scores_output, graph.encoded_output) == ("probabilities_", "encoded_")
    np.testing.assert_allclose(graph.scores(rows), model.scores(data.test.frame), atol=1e-6)


def test_an_unused_column_is_an_input_whose_values_change_nothing():
    _, data = payments_data()
    graph = exported(stack(), inputs=[*INPUTS, {"name": "colour", "type": "string"}]).graph
    rows = graph_rows(data.test)
    red, blue = (graph.scores(rows.assign(colour=colour)) for colour in ("red", "blue"))
    np.testing.assert_array_equal(red, blue)


def test_a_batch_of_nothing_is_answered_with_nothing():
    found: Exported = exported(stack())
    nothing = graph_rows(payments_data()[1].test).head(0)
    assert found.graph.scores(nothing).shape == (0, 2)
    assert found.graph.labels(nothing).shape == (0,)
    assert list(found.graph.computed(nothing)) == list(found.graph.computed_outputs)


def test_rows_are_answered_in_batches_as_they_are_alone(monkeypatch):
    found, rows = exported(models()["calibrated"]), graph_rows(payments_data()[1].test)
    whole = found.graph.scores(rows)
    monkeypatch.setattr("training.graph.graph._BATCH_ROWS", 7)
    np.testing.assert_array_equal(found.graph.scores(rows), whole)
    alone = pd.concat([found.graph.computed(rows.iloc[[place]]) for place in range(5)])
    pd.testing.assert_frame_equal(alone, found.graph.computed(rows).head(5))


def test_the_same_model_gives_the_same_bytes_in_a_process_that_hashes_otherwise():
    command = [sys.executable, "-c", _DIGEST]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    there = subprocess.run(command, cwd=_ROOT, env=environment, check=True, capture_output=True, text=True)
    assert there.stdout.strip() == exported(models()["calibrated stack"]).sha256


def test_a_forest_whose_trees_agree_gives_no_probability_beyond_0_and_1():
    candidate, job = candidate_named("random-forest"), a_job(candidate="random-forest")
    task = a_task(job)
    used = [column for column in task.used if column.name in ("tenure", "charges")]
    sure = replace(task, used=used, y=(task.frame["tenure"] > 30).astype(int).to_numpy())
    told = {"n_estimators": 20, "min_samples_leaf": 1, "max_leaf_nodes": 512}
    model = sure.refit(candidate, {**candidate.first[0], **told})
    scores = Graph.load(build_graph(model, job, used)).scores(task.frame)
    assert (scores.min(), scores.max()) == (0.0, 1.0)
    np.testing.assert_allclose(scores, model.scores(task.frame), atol=1e-6)


def test_operator_sets_are_sorted_and_the_least_that_is_needed():
    fitted = fit(*EVERY[0])
    opsets = [(one.domain, one.version) for one in onnx.load_from_string(fitted.content).opset_import]
    assert opsets == [("", 18), ("ai.onnx.ml", 3)]
    assert build_graph(fitted.model, fitted.job, fitted.used) == fitted.content
    assert Graph.load(fitted.content).scores_output == "probabilities"
