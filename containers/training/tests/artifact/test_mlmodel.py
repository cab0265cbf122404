import importlib.util
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.exporting import Exported, base, exported, payments_data
from tests.fitting import BINARY, MULTICLASS, REGRESSION, dataset, fit
from training.artifact.facts import serving_facts
from training.artifact.mlmodel import mlmodel_files
from training.candidates import candidate_named
from training.graph.graph import graph_rows

#: MLflow pins other packages, so it has an environment of its own (test/mlflow/README.md).
_MLFLOW = Path(__file__).parents[4] / ".local/venvs/mlflow-3/bin/python"
_ASKED = """
import json, sys, mlflow, onnxruntime, pandas as pd
folder = sys.argv[1]
graph = mlflow.onnx.load_model(folder)
model = mlflow.pyfunc.load_model(folder)
example = model.input_example
answer = model.predict(example)
rows = pd.DataFrame([row["inputs"] for row in json.load(open(folder + "/serving.json"))["goldenRows"]])
print(json.dumps({
    "outputs": [value.name for value in graph.graph.output],
    "inputs": [[c.name, str(c.type), c.required] for c in model.metadata.get_input_schema()],
    "given": [c.name for c in model.metadata.get_output_schema()],
    "example": [len(example), list(answer)],
    "golden": model.predict(rows).to_dict("list"),
    "uuid": model.metadata.model_uuid,
    "requirements": mlflow.pyfunc.get_model_dependencies(folder, format="pip").split("/")[-1],
}))
"""


class _Built(Exported):
    """A model of each problem as ``Built`` tells of it."""

    def __init__(self, problem: str) -> None:
        if problem == "payments":
            found = exported(base("lightgbm"))
            self.__dict__ |= found.__dict__
            self.data = payments_data()[1]
        else:
            name = "linear-regression" if problem == REGRESSION else "logistic-regression"
            fitted = fit(candidate_named(name), problem)
            super().__init__(fitted.job, fitted.model, fitted.used)
            self.data = dataset(problem)
        self.trained = type(self.trained)(self.trained.model, self.trained.used, None if problem == REGRESSION else 0.4)


def _written(folder: Path, problem: str) -> tuple[Any, Path]:
    built: Any = _Built(problem)
    facts = serving_facts(built.job, built.data, built)
    files = {"model.onnx": built.model, "serving.json": json.dumps(facts).encode()}
    for path, content in {**files, **mlmodel_files(built.job, built.data, built)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return built, folder


def _loaded_as_mlflow_does(model: Path) -> Any:
    python = json.loads((model / "MLmodel").read_text())["flavors"]["python_function"]
    source = model / python["code"] / f"{python['loader_module']}.py"
    spec = importlib.util.spec_from_file_location(python["loader_module"], source)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module._load_pyfunc(str(model))


def _expected(facts: dict[str, Any]) -> dict[str, list[Any]]:
    scores = np.array([row["scores"] for row in facts["goldenRows"]])
    if facts["problem"] == REGRESSION:
        return {"prediction": scores[:, 0].tolist()}
    if facts["problem"] == BINARY:
        predicted = [facts["classes"][int(one >= facts["threshold"])] for one in scores[:, 1]]
        return {"prediction": predicted, "probability": scores[:, 1].tolist()}
    predicted = [facts["classes"][place] for place in scores.argmax(axis=1)]
    each = {f"probability_{name}": scores[:, place].tolist() for place, name in enumerate(facts["classes"])}
    return {"prediction": predicted, "probability": scores.max(axis=1).tolist(), **each}


def _near(columns: dict[str, list[Any]]) -> dict[str, Any]:
    return {k: v if isinstance(v[0], str) else pytest.approx(v, rel=1e-6) for k, v in columns.items()}


@pytest.mark.parametrize("problem", [BINARY, MULTICLASS, REGRESSION, "payments"])
def test_the_loader_beside_the_model_predicts_what_the_fleet_must(tmp_path, problem):
    _, model = _written(tmp_path, problem)
    facts = json.loads((model / "serving.json").read_text())
    rows = pd.DataFrame([row["inputs"] for row in facts["goldenRows"]])
    predicted = _loaded_as_mlflow_does(model).predict(rows)
    assert predicted.to_dict("list") == _near(_expected(facts))
    assert len(_loaded_as_mlflow_does(model).predict(rows.head(0))) == 0


def test_a_column_that_is_not_there_is_named(tmp_path):
    _, model = _written(tmp_path, BINARY)
    with pytest.raises(ValueError, match=r"columns charges.* are missing"):
        _loaded_as_mlflow_does(model).predict([{"tenure": 3}])


def test_nothing_in_the_directory_changes_from_one_training_to_the_next():
    built: Any = _Built("payments")
    again: Any = _Built("payments")
    assert mlmodel_files(built.job, built.data, built) == mlmodel_files(again.job, again.data, again)


@pytest.mark.skipif(
    not _MLFLOW.exists(), reason="MLflow's environment is not made here; npm run test -- --only e2e does"
)
@pytest.mark.parametrize("problem", [MULTICLASS, REGRESSION, "payments"])
def test_mlflow_itself_opens_both_flavours_and_answers_by_the_signature(tmp_path, problem):
    built, model = _written(tmp_path, problem)
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    command = [str(_MLFLOW), "-c", _ASKED, str(model)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    facts = json.loads((model / "serving.json").read_text())
    expected = _expected(facts)
    assert told["outputs"] == [item.name for item in built.graph.session.get_outputs()]
    types = {"number": "DataType.double", "string": "DataType.string"}
    assert told["inputs"] == [[column.name, types[column.type], False] for column in built.inputs]
    assert told["given"] == list(expected)
    assert told["example"] == [5, list(expected)]
    assert told["golden"] == _near(expected)
    assert told["requirements"] == "requirements.txt"
    assert len(told["uuid"]) == 32


def test_the_example_is_rows_of_the_test_split(tmp_path):
    built, model = _written(tmp_path, "payments")
    example = json.loads((model / "input_example.json").read_text())
    rows = graph_rows(built.data.test)
    assert example["columns"] == [column.name for column in built.inputs]
    expected = [rows[name].iloc[1] for name in example["columns"]]
    assert example["data"][1] == [None if pd.isna(value) or value == "" else value for value in expected]
