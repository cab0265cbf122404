import importlib.util
import json

import pandas as pd
import pytest

from tests.conftest import job_of
from training.job import parse_job
from training.run import run


@pytest.fixture
def model(folder):
    run(parse_job(json.dumps(job_of(folder))), threads=1)
    return folder / "out" / "model"


def _loaded_as_mlflow_does(model):
    python = json.loads((model / "MLmodel").read_text())["flavors"]["python_function"]
    spec = importlib.util.spec_from_file_location(
        python["loader_module"], model / python["code"] / f"{python['loader_module']}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module._load_pyfunc(str(model))


def test_the_loader_beside_the_model_predicts_what_the_fleet_must(model):
    facts = json.loads((model / "serving.json").read_text())
    rows = pd.DataFrame([row["inputs"] for row in facts["goldenRows"]])
    predicted = _loaded_as_mlflow_does(model).predict(rows)
    assert predicted["probability"].tolist() == pytest.approx(
        [row["probability"] for row in facts["goldenRows"]], abs=1e-6
    )
    expected = ["yes" if row["probability"] >= facts["threshold"] else "no" for row in facts["goldenRows"]]
    assert predicted["prediction"].tolist() == expected


def test_a_column_that_is_not_there_is_named(model):
    with pytest.raises(ValueError, match=r"columns charges.* are missing"):
        _loaded_as_mlflow_does(model).predict([{"tenure": 3}])


def test_mlflow_is_told_of_both_flavours_and_what_they_need(model):
    about = json.loads((model / "MLmodel").read_text())
    assert about["flavors"]["onnx"]["data"] == "model.onnx"
    assert "onnxruntime==" in (model / "requirements.txt").read_text()
