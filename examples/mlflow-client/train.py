"""Trains, registers and loads back a model with the ordinary mlflow client: only the address is this platform's."""

import json
import os
from pathlib import Path

OUTPUTS = Path(__file__).parents[2] / ".local" / "outputs.json"


def point_client_at_platform() -> None:
    """MLFLOW_TRACKING_URI and _TOKEN say where; without them it is the platform that `npm start` runs."""
    if "MLFLOW_TRACKING_URI" not in os.environ:
        if not OUTPUTS.exists():
            raise SystemExit("Run `npm start` first, or set MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN")
        outputs = json.loads(OUTPUTS.read_text())
        os.environ["MLFLOW_TRACKING_URI"] = outputs["edgeUrl"]
        os.environ["MLFLOW_TRACKING_TOKEN"] = outputs["apiKey"]


point_client_at_platform()

import mlflow  # noqa: E402 - reads the address above
from sklearn.datasets import load_breast_cancer  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402

MODEL = "breast-cancer"

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

mlflow.set_experiment("mlflow-client-example")
mlflow.sklearn.autolog(silent=True)
with mlflow.start_run(run_name="forest") as run:
    forest = RandomForestClassifier(n_estimators=50, max_depth=4, random_state=0).fit(X_train, y_train)
    accuracy = forest.score(X_test, y_test)
    mlflow.log_metric("test_accuracy", accuracy)

client = mlflow.MlflowClient()
logged = client.get_run(run.info.run_id).data
print(
    f"run {run.info.run_id}: {len(logged.params)} params, {len(logged.metrics)} metrics, test accuracy {accuracy:.3f}"
)

version = mlflow.register_model(f"runs:/{run.info.run_id}/model", MODEL)
client.set_registered_model_alias(MODEL, "champion", version.version)
print(f"registered {MODEL} version {version.version}, which is now @champion")

champion = mlflow.pyfunc.load_model(f"models:/{MODEL}@champion")
predicted = champion.predict(X_test)
assert (predicted == forest.predict(X_test)).all(), "the loaded model predicts otherwise than the trained one"
print(f"loaded models:/{MODEL}@champion back; its first predictions: {predicted[:10].tolist()}")

best = mlflow.search_runs(filter_string="metrics.test_accuracy > 0.9", order_by=["metrics.test_accuracy DESC"])
print(f"{len(best)} runs above 0.9, the best has {best['metrics.test_accuracy'].iloc[0]:.3f}")
print(f"look at it in the browser: {os.environ['MLFLOW_TRACKING_URI']}")
