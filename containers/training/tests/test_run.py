"""Whole tasks of each problem: what they leave, and that what they leave is right."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import customers, house_job, houses, job_of, ticket_job, tickets, write_parquet
from training.graph.graph import Graph
from training.job import parse_job
from training.run import run


@dataclass(frozen=True)
class Finished:
    out: Path
    result: dict[str, Any]
    facts: dict[str, Any]

    @property
    def graph(self) -> Graph:
        return Graph.load((self.out / "model" / "model.onnx").read_bytes())


def _best_of(kind: str) -> dict[str, Any]:
    from training.candidates import candidate_named

    return dict(candidate_named(kind, "binary-classification").first[0])


def _case(name: str, folder: Path) -> tuple[Any, dict[str, Any]]:
    if name == "several classes":
        return tickets(), ticket_job(folder, candidate="xgboost")
    if name == "a number":
        return houses(), house_job(folder, candidate="hist-gradient-boosting")
    fairness = {"fairness": {"columns": ["region"], "minimumGroupRows": 20}}
    if name == "two classes":
        return customers(), job_of(folder, candidate="random-forest", **fairness)
    stack = [{"candidate": kind, "params": _best_of(kind)} for kind in ("logistic-regression", "lightgbm")]
    return customers(), job_of(folder, candidate="stacking", stack=stack)


@pytest.fixture(scope="module", params=["two classes", "several classes", "a number", "a stack"])
def finished(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("run")
    frame, job = _case(request.param, folder)
    write_parquet(frame, folder / "data" / "part-0.parquet")
    result = run(parse_job(json.dumps(job)), threads=1)
    out = folder / "out"
    return Finished(out, result, json.loads((out / "model" / "serving.json").read_text()))


GOOD = {"roc_auc": (0.6, 1), "log_loss": (0, 0.9), "rmse": (0, 35_000)}


def test_a_task_leaves_a_model_that_finds_the_signal(finished):
    low, high = GOOD[finished.result["metric"]]
    assert low < finished.result["testMetrics"][finished.result["metric"]] < high
    assert finished.result["rows"] == {"train": 360, "validation": 120, "test": 120}
    assert finished.result["parity"]["passed"]
    assert finished.result == json.loads((finished.out / "result.json").read_text())


def test_golden_rows_come_out_again_from_the_stored_graph(finished):
    facts, graph = finished.facts, finished.graph
    for row in facts["goldenRows"]:
        feeds = {column["name"]: _tensor(column, row["inputs"][column["name"]]) for column in facts["inputs"]}
        assert graph.session.run([facts["scoresOutput"]], feeds)[0][0] == pytest.approx(row["scores"], abs=1e-7)
    assert any(value is None for value in facts["goldenRows"][-2]["inputs"].values())
    assert len(facts["referencePredictions"]) == 120


def test_other_runtimes_can_be_held_against_what_the_pipeline_answers(finished):
    rows = json.loads(gzip.decompress((finished.out / "parity" / "rows.json.gz").read_bytes()))
    feeds = {
        column["name"]: np.vstack([_tensor(column, value) for value in rows["inputs"][column["name"]]])
        for column in finished.facts["inputs"]
    }
    scores = finished.graph.session.run([finished.facts["scoresOutput"]], feeds)[0]
    assert len(scores) == finished.result["parity"]["rows"]
    assert np.allclose(scores, rows["scores"], rtol=1e-5, atol=1e-5)


def test_every_plot_is_there_as_a_picture_and_as_a_specification(finished):
    plots = {path.name for path in (finished.out / "plots").iterdir()}
    assert plots == {f"{name}{end}" for name in finished.result["plots"] for end in (".png", ".vl.json")}
    assert "shap_importance" in finished.result["plots"]


def test_explanations_lie_beside_the_model(finished):
    files = {path.name for path in (finished.out / "model" / "explain").iterdir()}
    assert files == {"background.json", "parts.json", "golden.json"}
    assert (finished.facts["explanation"]["method"] == "sampled") == (finished.result["candidate"] == "stacking")


def test_columns_without_information_are_named_and_change_nothing(folder):
    result = run(parse_job(json.dumps(job_of(folder))), threads=1)
    assert result["environment"]["unusedColumns"] == "constant,empty_number,empty_string"
    assert (result["importances"]["constant"], result["importances"]["empty_string"]) == (0.0, 0.0)
    assert max(result["importances"], key=lambda name: result["importances"][name]) in ("tenure", "charges", "plan")
    told = {(warning["code"], warning.get("column")) for warning in result["warnings"]}
    assert {("CONSTANT_COLUMN", "constant"), ("EMPTY_COLUMN", "empty_string")} <= told
    assert result["environment"]["seed"] == "42"


def test_a_fixed_threshold_is_kept(folder):
    result = run(parse_job(json.dumps(job_of(folder, threshold=0.25))), threads=1)
    assert result["threshold"] == 0.25
    assert json.loads((folder / "out/model/serving.json").read_text())["threshold"] == 0.25


def test_the_price_of_its_hour_makes_a_task_cost(folder, monkeypatch):
    monkeypatch.setenv("TASK_PRICE_USD_PER_HOUR", "3600")
    result = run(parse_job(json.dumps(job_of(folder))), threads=1)
    assert result["costUsd"] == pytest.approx(result["seconds"])


def _tensor(column: dict[str, Any], value: Any) -> np.ndarray:
    if column["type"] == "string":
        return np.array([[value or ""]], dtype=object)
    kind = np.float64 if column.get("precision") == "double" else np.float32
    return np.array([[np.nan if value is None else value]], dtype=kind)
