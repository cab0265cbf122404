"""Whole journeys: autologging, log_model, register, load back by `models:/`, predict."""

import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import mlflow
import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from proof import ask, proves, since, unique
from proof.marks import CLIENT

warnings.filterwarnings("ignore")
X, Y = load_iris(return_X_y=True, as_frame=True)
PUT = "PUT mlflow-artifacts/artifacts/{path}"
LIST = "GET mlflow-artifacts/artifacts"
# Naming what a model needs spares the client a process that finds it out.
NEEDS: dict[str, Any] = {"pip_requirements": ["scikit-learn"]}


def called(name: str) -> dict[str, str]:
    """The argument that names a model, which had another name in 2.x."""
    return {"name" if CLIENT.major > 2 else "artifact_path": name}


def fitted() -> LogisticRegression:
    """A model that can predict."""
    return LogisticRegression(max_iter=200).fit(X, Y)


class Churn(NamedTuple):
    """A registered model with a version in production, which is also the champion, and one after it."""

    name: str
    model: LogisticRegression
    run: str


@pytest.fixture(scope="module")
def churn(client: MlflowClient, experiment: str) -> Iterator[Churn]:
    """Logged and registered by the ordinary calls."""
    name, model = unique("churn"), fitted()
    with mlflow.start_run(experiment_id=experiment) as active:
        signature = infer_signature(X, model.predict(X))
        for _ in range(2):
            mlflow.sklearn.log_model(
                model, **called("model"), registered_model_name=name, signature=signature, input_example=X[:2], **NEEDS
            )
    client.transition_model_version_stage(name, "1", "Production")
    client.set_registered_model_alias(name, "champion", "1")
    yield Churn(name, model, active.info.run_id)


@proves("GET model-versions/get", "GET registered-models/get")
def test_register_model_gives_versions(client: MlflowClient, churn: Churn) -> None:
    seen = client.get_model_version(churn.name, "1")
    assert (seen.run_id, seen.status, seen.current_stage) == (churn.run, "READY", "Production")
    assert sorted(str(one.version) for one in client.get_registered_model(churn.name).latest_versions) == ["1", "2"]


@proves("GET model-versions/get-download-uri", LIST)
@pytest.mark.parametrize("which", ["/1", "/2", "/Production", "/production", "/latest", "@champion"])
def test_load_back_and_predict(churn: Churn, which: str) -> None:
    loaded = mlflow.pyfunc.load_model(f"models:/{churn.name}{which}")
    assert np.array_equal(loaded.predict(X), churn.model.predict(X))


@proves("GET model-versions/get-download-uri", LIST)
def test_load_the_flavour_itself(churn: Churn) -> None:
    loaded = mlflow.sklearn.load_model(f"models:/{churn.name}@champion")
    assert np.allclose(loaded.predict_proba(X), churn.model.predict_proba(X))


@proves("GET model-versions/get-download-uri", LIST)
def test_what_is_known_of_a_model(churn: Churn) -> None:
    info = mlflow.models.get_model_info(f"models:/{churn.name}/1")
    assert [column.name for column in info.signature.inputs] == list(X.columns)
    assert {"sklearn", "python_function"} <= info.flavors.keys()


@proves(LIST, "POST logged-models/search" if CLIENT.major > 2 else "GET runs/get")
def test_load_from_the_run(churn: Churn) -> None:
    loaded = mlflow.pyfunc.load_model(f"runs:/{churn.run}/model")
    assert np.array_equal(loaded.predict(X), churn.model.predict(X))


@proves("POST model-versions/create", "GET model-versions/get-download-uri")
def test_a_version_is_copied(client: MlflowClient, churn: Churn) -> None:
    copied = client.copy_model_version(f"models:/{churn.name}@champion", unique("copy"))
    loaded = mlflow.sklearn.load_model(f"models:/{copied.name}/{copied.version}")
    assert np.array_equal(loaded.predict(X), churn.model.predict(X))


@since("3.0")
@proves("POST logged-models", "PATCH logged-models/{id}", "POST runs/outputs", PUT, LIST)
def test_log_model_makes_a_logged_model(client: MlflowClient, experiment: str, active: mlflow.ActiveRun) -> None:
    info = mlflow.sklearn.log_model(fitted(), name="line", params={"C": "1"}, tags={"t": "1"}, **NEEDS)
    seen = client.get_logged_model(info.model_id)
    assert (seen.name, str(seen.status), seen.source_run_id) == ("line", "READY", active.info.run_id)
    assert (seen.params, seen.tags["t"]) == ({"C": "1"}, "1")
    assert [one.model_id for one in client.get_run(active.info.run_id).outputs.model_outputs] == [info.model_id]
    assert "MLmodel" in [one.path for one in client.list_logged_model_artifacts(info.model_id)]
    assert np.array_equal(mlflow.sklearn.load_model(f"models:/{info.model_id}").predict(X), fitted().predict(X))


@since("3.0")
@proves("PATCH logged-models/{id}/tags", "POST model-versions/create", "GET logged-models/{id}")
def test_register_a_logged_model(client: MlflowClient, active: mlflow.ActiveRun) -> None:
    info = mlflow.sklearn.log_model(fitted(), name="line", **NEEDS)
    name = unique("registered")
    made = mlflow.register_model(info.model_uri, name)
    assert str(made.version) == "1"
    assert name in client.get_logged_model(info.model_id).tags["mlflow.modelVersions"]
    assert client.get_model_version_download_uri(name, "1") == client.get_logged_model(info.model_id).artifact_location


@since("3.0")
@proves("GET logged-models/{id}/artifacts/directories")
def test_files_of_a_logged_model(client: MlflowClient, active: mlflow.ActiveRun) -> None:
    info = mlflow.sklearn.log_model(fitted(), name="line", **NEEDS)
    seen = ask("GET", f"logged-models/{info.model_id}/artifacts/directories").body
    assert "MLmodel" in [one["path"] for one in seen["files"]]


@proves("POST runs/log-batch", "POST runs/update", PUT)
def test_autolog_of_scikit_learn(client: MlflowClient, experiment: str) -> None:
    mlflow.sklearn.autolog(silent=True, log_input_examples=False, log_model_signatures=False)
    try:
        with mlflow.start_run(experiment_id=experiment) as active:
            fitted()
    finally:
        mlflow.sklearn.autolog(disable=True)
    seen = client.get_run(active.info.run_id)
    assert seen.data.params["max_iter"] == "200"
    assert seen.data.metrics["training_accuracy_score"] > 0.9
    assert (seen.data.tags["estimator_name"], seen.info.status) == ("LogisticRegression", "FINISHED")
    assert [one.dataset.name for one in seen.inputs.dataset_inputs] == ["dataset"]
    loaded = mlflow.sklearn.load_model(f"runs:/{active.info.run_id}/model")
    assert np.array_equal(loaded.predict(X), fitted().predict(X))


@proves("POST runs/log-batch", PUT, LIST)
def test_autolog_of_xgboost(client: MlflowClient, experiment: str) -> None:
    xgboost = pytest.importorskip("xgboost")
    mlflow.xgboost.autolog(silent=True, log_models=False)
    try:
        with mlflow.start_run(experiment_id=experiment) as active:
            data = xgboost.DMatrix(X, label=Y)
            settings = {"objective": "multi:softprob", "num_class": 3, "max_depth": 2}
            booster = xgboost.train(settings, data, num_boost_round=5, evals=[(data, "train")], verbose_eval=False)
    finally:
        mlflow.xgboost.autolog(disable=True)
    seen = client.get_run(active.info.run_id)
    assert seen.data.params["max_depth"] == "2"
    assert len(client.get_metric_history(active.info.run_id, "train-mlogloss")) == 5
    assert any(one.path.startswith("feature_importance") for one in client.list_artifacts(active.info.run_id))
    with mlflow.start_run(experiment_id=experiment):
        info = mlflow.xgboost.log_model(booster, **called("trees"), pip_requirements=["xgboost"])
    assert np.allclose(mlflow.xgboost.load_model(info.model_uri).predict(data), booster.predict(data))


@proves("POST runs/log-batch", PUT, LIST)
def test_autolog_of_lightgbm(client: MlflowClient, experiment: str) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    mlflow.lightgbm.autolog(silent=True, log_models=False)
    try:
        with mlflow.start_run(experiment_id=experiment) as active:
            data = lightgbm.Dataset(X, label=Y)
            settings = {"objective": "multiclass", "num_class": 3, "num_leaves": 4, "verbose": -1, "num_threads": 1}
            booster = lightgbm.train(settings, data, num_boost_round=5, valid_sets=[data], valid_names=["train"])
    finally:
        mlflow.lightgbm.autolog(disable=True)
    seen = client.get_run(active.info.run_id)
    assert seen.data.params["num_leaves"] == "4"
    assert len(client.get_metric_history(active.info.run_id, "train-multi_logloss")) == 5
    with mlflow.start_run(experiment_id=experiment):
        info = mlflow.lightgbm.log_model(booster, **called("trees"), pip_requirements=["lightgbm"])
    assert np.allclose(mlflow.lightgbm.load_model(info.model_uri).predict(X), booster.predict(X))


class Doubler(mlflow.pyfunc.PythonModel):
    """A model written by hand, with a file of its own."""

    def load_context(self, context: Any) -> None:
        """Reads the factor."""
        with open(context.artifacts["factor"]) as file:
            self.factor = float(file.read())

    def predict(self, context, model_input, params=None):  # types would be taken for a schema
        """Multiplies."""
        return model_input * self.factor


@proves(PUT, LIST)
def test_a_python_model_with_a_file(active: mlflow.ActiveRun, tmp_path: Any) -> None:
    (tmp_path / "factor.txt").write_text("2")
    info = mlflow.pyfunc.log_model(
        **called("doubler"),
        python_model=Doubler(),
        artifacts={"factor": str(tmp_path / "factor.txt")},
        pip_requirements=["cloudpickle"],
    )
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    assert loaded.predict(X).equals(X * 2)
