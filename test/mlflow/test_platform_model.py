"""A model that the platform trained, loaded by the client: it must say what the serving fleet says."""

import mlflow
import pandas as pd
import pytest
from mlflow import MlflowClient

from proof import ask, proves

MODEL = "churn"


@pytest.mark.platform_only("a bare tracking server trains and serves nothing")
@proves("POST registered-models/get-latest-versions", "GET model-versions/get-download-uri")
def test_the_loaded_model_says_what_the_fleet_says(client: MlflowClient) -> None:
    if not client.search_registered_models(f"name = '{MODEL}'"):
        pytest.skip(f"nobody trained {MODEL} here; npm start does")
    served = ask("POST", f"/predict/{MODEL}", {"customer_id": "C000001"}).body
    number = served["model_version"]
    model = mlflow.pyfunc.load_model(f"models:/{MODEL}/{number}")
    numbers = [column.name for column in model.metadata.get_input_schema() if column.type.name == "double"]
    # A signature of doubles refuses pandas' integers, as those cannot be missing.
    loaded = model.predict(pd.DataFrame([served["features_used"]]).astype(dict.fromkeys(numbers, float)))
    assert loaded["probability"].iloc[0] == pytest.approx(served["probability"], abs=1e-6)
    assert loaded["prediction"].iloc[0] == served["prediction"]
    mlflow.pyfunc.load_model(f"models:/{MODEL}/Production")
    mlflow.onnx.load_model(f"models:/{MODEL}/{number}")
