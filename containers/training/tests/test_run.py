import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import job_of
from training.candidates import CANDIDATES
from training.graph import Graph
from training.job import parse_job
from training.run import run


@pytest.fixture(params=[candidate.name for candidate in CANDIDATES])
def finished(request, folder: Path) -> Path:
    run(parse_job(json.dumps(job_of(folder, candidate=request.param))), threads=1)
    return folder / "out"


def test_a_candidate_leaves_a_model_that_finds_the_signal(finished):
    result = json.loads((finished / "result.json").read_text())
    assert result["testMetrics"]["roc_auc"] > 0.7
    assert result["rows"] == {"train": 360, "validation": 120, "test": 120}
    assert sum(result["confusionMatrix"].values()) == 120
    assert result["parity"]["passed"]
    assert (result["importances"]["constant"], result["importances"]["empty_string"]) == (0.0, 0.0)
    assert max(result["importances"], key=lambda name: result["importances"][name]) in ("tenure", "charges", "plan")
    assert result["environment"]["unusedColumns"] == "constant,empty_number,empty_string"
    assert result["environment"]["seed"] == "42"


def test_golden_rows_come_out_again_from_the_stored_graph(finished):
    facts = json.loads((finished / "model" / "serving.json").read_text())
    graph = Graph.load((finished / "model" / "model.onnx").read_bytes())
    assert graph.probabilities_output == facts["probabilitiesOutput"]
    for row in facts["goldenRows"]:
        feeds = {
            column["name"]: np.array([[_value(column["type"], row["inputs"][column["name"]])]], dtype=_dtype(column))
            for column in facts["inputs"]
        }
        answer = graph.session.run([facts["probabilitiesOutput"]], feeds)[0][0]
        assert answer[1] == pytest.approx(row["probability"], abs=1e-7)
    assert any(value is None for value in facts["goldenRows"][-2]["inputs"].values())
    assert facts["classes"] == ["no", "yes"]
    assert len(facts["referenceProbabilities"]) == 120


def test_a_fixed_threshold_is_kept(folder):
    result = run(parse_job(json.dumps(job_of(folder, threshold=0.25))), threads=1)
    assert result["threshold"] == 0.25
    assert json.loads((folder / "out/model/serving.json").read_text())["threshold"] == 0.25


def _dtype(column):
    return np.float32 if column["type"] == "number" else object


def _value(kind, value):
    missing = np.nan if kind == "number" else ""
    return missing if value is None else value
