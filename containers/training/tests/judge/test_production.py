import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.conftest import customers, data_of, house_job, houses, job_of, ticket_job, tickets
from training.errors import TrainingError
from training.judge.production import production_comparison
from training.problem import problem_named

FLOAT, STRING, DOUBLE = TensorProto.FLOAT, TensorProto.STRING, TensorProto.DOUBLE


def graph(inputs: dict[str, int], nodes: list[Any], width: int) -> bytes:
    """A model in production as onnxruntime runs it: ``nodes`` make ``out`` of its inputs."""
    given = [helper.make_tensor_value_info(name, kind, [None, 1]) for name, kind in inputs.items()]
    out = helper.make_tensor_value_info("out", FLOAT, [None, width])
    body = helper.make_graph(nodes, "production", given, [out])
    made = helper.make_model(body, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(made)
    return made.SerializeToString()


def by_tenure() -> bytes:
    """Two classes: the shorter the tenure, the likelier the positive one."""
    half = helper.make_node("Constant", [], ["slope"], value_float=-0.05)
    one = helper.make_node("Constant", [], ["one"], value_float=1.0)
    offset = helper.make_node("Constant", [], ["offset"], value_float=1.0)
    nodes = [half, one, offset, helper.make_node("Mul", ["tenure", "slope"], ["line"])]
    nodes += [helper.make_node("Add", ["line", "offset"], ["logit"]), helper.make_node("Sigmoid", ["logit"], ["yes"])]
    nodes += [
        helper.make_node("Sub", ["one", "yes"], ["no"]),
        helper.make_node("Concat", ["no", "yes"], ["out"], axis=1),
    ]
    return graph({"tenure": FLOAT}, nodes, 2)


def put(folder: Path, model: bytes, **facts: Any) -> dict[str, Any]:
    """Lay a version down and give the job's part that names it."""
    there = folder / "production"
    there.mkdir(exist_ok=True)
    about = {"format": 2, "problem": "binary-classification", "scoresOutput": "out", "classes": ["no", "yes"]}
    (there / "model.onnx").write_bytes(model)
    (there / "serving.json").write_text(json.dumps(about | {"threshold": 0.4} | facts))
    return {"version": 3, "modelUri": f"{there}/"}


def compared(*about: Any) -> dict[str, Any]:
    found = production_comparison(*about)
    assert found is not None
    return found


def gate(metric: str, margin: float = 0.0) -> dict[str, Any]:
    return {"metric": metric, "margin": margin, "confidence": 0.95}


def setting(folder, production, *gates, job=job_of, frame=None):
    about = production | {"gates": list(gates or [gate("roc_auc")])}
    return data_of(folder, job(folder, production=about), customers(2_000) if frame is None else frame)


def own(data):
    """The scores that the graph of ``by_tenure`` gives."""
    yes = 1 / (1 + np.exp(0.05 * data.test.frame["tenure"].to_numpy(dtype=np.float64) - 1))
    return np.column_stack([1 - yes, yes])


def noise(data, seed=1):
    yes = np.random.default_rng(seed).uniform(size=len(data.test.y))
    return np.column_stack([1 - yes, yes])


def test_the_version_is_run_on_the_same_rows_and_answers_by_its_own_threshold(tmp_path):
    job, data = setting(tmp_path, put(tmp_path, by_tenure()), gate("f1"), gate("log_loss"), gate("roc_auc"))
    found = compared(job, data, noise(data), 0.7)
    problem = problem_named(job.problem)
    assert found["version"] == 3
    for one, metric in zip(found["metrics"], ("f1", "log_loss", "roc_auc"), strict=True):
        assert one["metric"] == metric
        assert one["production"] == pytest.approx(problem.score(metric, data.test.y, own(data), 0.4), abs=1e-6)
        assert one["candidate"] == problem.score(metric, data.test.y, noise(data), 0.7)


def test_noise_is_worse_than_production_by_every_metric_however_it_is_turned(tmp_path):
    job, data = setting(tmp_path, put(tmp_path, by_tenure()), gate("roc_auc"), gate("log_loss"), gate("brier"))
    for one in compared(job, data, noise(data), 0.5)["metrics"]:
        assert one["gain"]["high"] < 0
        assert one["shareWorse"] == 1.0


def test_a_better_candidate_gains(tmp_path):
    job, data = setting(tmp_path, put(tmp_path, by_tenure()))
    better = own(data) * 0.7 + 0.3 * np.eye(2)[data.test.y]
    one = compared(job, data, better, 0.5)["metrics"][0]
    assert one["gain"]["low"] > 0
    assert one["shareWorse"] == 0.0


def test_the_same_model_neither_gains_nor_loses(tmp_path):
    # Paired: whatever is drawn, both are measured on it. Unpaired samples would differ by chance.
    job, data = setting(tmp_path, put(tmp_path, by_tenure()))
    one = compared(job, data, own(data).astype(np.float32).astype(np.float64), 0.4)["metrics"][0]
    assert one["gain"] == {key: pytest.approx(0, abs=1e-4) for key in ("value", "low", "high")}


def test_a_margin_forgives_a_small_loss(tmp_path):
    job, data = setting(tmp_path, put(tmp_path, by_tenure()), gate("roc_auc", 0.0), gate("roc_auc", 0.4))
    worse = own(data) * 0.5 + 0.5 * noise(data)
    strict, kind = compared(job, data, worse, 0.4)["metrics"]
    assert strict["shareWorse"] > 0.9
    assert kind["shareWorse"] == 0.0
    assert kind["margin"] == 0.4


def test_the_comparison_is_the_seeds(tmp_path):
    job, data = setting(tmp_path, put(tmp_path, by_tenure()))
    found = compared(job, data, noise(data), 0.5)
    assert found == compared(job, data, noise(data), 0.5)
    assert found != compared(job.model_copy(update={"seed": 1}), data, noise(data), 0.5)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_facts_of_the_first_format_are_read(tmp_path):
    production = put(tmp_path, by_tenure())
    path = tmp_path / "production" / "serving.json"
    path.write_text(json.dumps({"format": 1, "probabilitiesOutput": "out", "classes": ["no", "yes"], "threshold": 0.4}))
    job, data = setting(tmp_path, production)
    assert compared(job, data, noise(data), 0.5)["metrics"][0]["production"] > 0.6


def test_classes_in_another_order_are_put_in_order(tmp_path):
    shares = [helper.make_node("Concat", ["age", "age", "age"], ["wide"], axis=1)]
    shares.append(helper.make_node("Constant", [], ["line"], value_floats=[0.05, -0.05, 0.01]))
    shares += [
        helper.make_node("Mul", ["wide", "line"], ["steep"]),
        helper.make_node("Softmax", ["steep"], ["out"], axis=1),
    ]
    about = {"problem": "multiclass-classification", "classes": ["low", "medium", "high"], "threshold": None}
    production = put(tmp_path, graph({"age": FLOAT}, shares, 3), **about)
    job, data = setting(tmp_path, production, gate("log_loss"), job=ticket_job, frame=tickets())
    age = data.test.frame["age"].to_numpy(dtype=np.float64)[:, None]
    powers = np.exp(age * [0.01, 0.05, -0.05])
    expected = problem_named(job.problem).score("log_loss", data.test.y, powers / powers.sum(axis=1, keepdims=True))
    thirds = np.full((len(data.test.y), 3), 1 / 3)
    assert compared(job, data, thirds, None)["metrics"][0]["production"] == pytest.approx(expected, abs=1e-5)


def test_numbers_are_compared(tmp_path):
    nodes = [helper.make_node("Constant", [], ["slope"], value_float=1_000.0)]
    nodes.append(helper.make_node("Mul", ["built", "slope"], ["out"]))
    production = put(tmp_path, graph({"built": FLOAT}, nodes, 1), problem="regression", classes=[], threshold=None)
    job, data = setting(tmp_path, production, gate("rmse"), gate("r2"), job=house_job, frame=houses())
    for one in compared(job, data, data.test.y[:, None] + 5_000, None)["metrics"]:
        assert one["gain"]["low"] > 0


def test_nothing_in_production_is_nothing_to_compare_with(tmp_path):
    job, data = data_of(tmp_path, job_of(tmp_path), customers())
    assert production_comparison(job, data, noise(data), 0.5) is None


def reason(folder, production, **changes) -> str:
    job, data = setting(folder, production, **changes)
    found = compared(job, data, noise(data), 0.5)
    assert found["metrics"] == []
    return found["notComparable"]


def test_a_column_that_is_gone_is_named(tmp_path):
    model = graph({"balance": FLOAT}, [helper.make_node("Concat", ["balance", "balance"], ["out"], axis=1)], 2)
    assert reason(tmp_path, put(tmp_path, model)) == "version 3 takes balance, which the training set has not"


def test_a_column_of_another_type_is_named(tmp_path):
    model = graph({"plan": FLOAT}, [helper.make_node("Concat", ["plan", "plan"], ["out"], axis=1)], 2)
    assert "plan as a number" in reason(tmp_path, put(tmp_path, model))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"problem": "regression", "classes": []}, "regression"),
        ({"classes": ["no", "maybe"]}, "no, maybe"),
        ({"classes": ["yes", "no"]}, "no as the positive class"),
    ],
)
def test_a_version_that_answers_another_question_is_not_compared(tmp_path, facts, said):
    assert said in reason(tmp_path, put(tmp_path, by_tenure(), **facts))


def test_files_that_are_gone_or_broken_are_told(tmp_path):
    production = put(tmp_path, b"no graph")
    assert "cannot be run" in reason(tmp_path, production)
    put(tmp_path, by_tenure(), scoresOutput="answers")
    assert "answers" in reason(tmp_path, production)
    (tmp_path / "production" / "model.onnx").unlink()
    assert "not there" in reason(tmp_path, production)
    put(tmp_path, by_tenure())
    (tmp_path / "production" / "serving.json").write_text("<html>")
    assert "no JSON" in reason(tmp_path, production)


def test_a_storage_that_refuses_stops_the_task(tmp_path, monkeypatch):
    job, data = setting(tmp_path, put(tmp_path, by_tenure()))

    def denied(uri: str) -> bytes:
        raise TrainingError("PERMISSION_DENIED", uri)

    monkeypatch.setattr("training.judge.production.read_bytes", denied)
    with pytest.raises(TrainingError, match="production") as caught:
        compared(job, data, noise(data), 0.5)
    assert caught.value.code == "PERMISSION_DENIED"


def test_columns_that_features_are_computed_from_are_not_rounded(tmp_path):
    # 2^24 + 1 is no float32: rounded on its way in, every row would be even.
    nodes = [helper.make_node("Constant", [], ["two"], value=helper.make_tensor("t", DOUBLE, [1], [2.0]))]
    nodes.append(helper.make_node("Mod", ["amount", "two"], ["odd"], fmod=1))
    nodes.append(helper.make_node("Cast", ["odd"], ["yes"], to=FLOAT))
    nodes.append(helper.make_node("Constant", [], ["one"], value_float=1.0))
    nodes += [
        helper.make_node("Sub", ["one", "yes"], ["no"]),
        helper.make_node("Concat", ["no", "yes"], ["out"], axis=1),
    ]
    production = put(tmp_path, graph({"amount": DOUBLE}, nodes, 2)) | {"gates": [gate("accuracy")]}
    on_demand = {"requestFields": [{"name": "amount", "type": "number"}]}
    select = "*, 16777216 + (churn = 'yes')::INTEGER::DOUBLE AS amount"
    job, data = data_of(tmp_path, job_of(tmp_path, production=production, onDemand=on_demand), customers(), select)
    assert compared(job, data, noise(data), 0.5)["metrics"][0]["production"] == 1.0
