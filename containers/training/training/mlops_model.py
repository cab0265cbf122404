"""A model of the platform for ``mlflow.pyfunc``: raw columns in, prediction and probability out.

Lies beside every model, below ``code/``, so that MLflow's clients load it without this project. It needs numpy, pandas
and onnxruntime.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd


class PlatformModel:
    """An ONNX graph with what serving knows of it."""

    def __init__(self, folder: Path) -> None:
        self._facts = json.loads((folder / "serving.json").read_text(encoding="utf-8"))
        self._session = ort.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Predict as the fleet does, at the project's threshold.

        Parameters
        ----------
        model_input : DataFrame or anything it can be made of
            A column for each input of the model; others are ignored. What is missing is NaN or None.
        params : dict, optional
            Not used: MLflow hands it on.

        Returns
        -------
        DataFrame
            Columns ``prediction`` (a class) and ``probability`` (of the positive class), a row for each row.
        """
        frame = model_input if isinstance(model_input, pd.DataFrame) else pd.DataFrame(model_input)
        outputs: Any = self._session.run([self._facts["probabilitiesOutput"]], self._feeds(frame))
        probabilities = np.asarray(outputs[0])[:, 1].astype(float)
        negative, positive = self._facts["classes"]
        predicted = np.where(probabilities >= self._facts["threshold"], positive, negative)
        return pd.DataFrame({"prediction": predicted, "probability": probabilities}, index=frame.index)

    def _feeds(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        inputs = self._facts["inputs"]
        missing = [item["name"] for item in inputs if item["name"] not in frame.columns]
        if missing:
            raise ValueError(f"columns {', '.join(missing)} are missing; leave a value empty, not its column")
        return {item["name"]: _tensor(frame[item["name"]], item["type"]) for item in inputs}


def _tensor(column: pd.Series, kind: str) -> np.ndarray:
    if kind == "number":
        return column.to_numpy(dtype=np.float32, na_value=np.nan).reshape(-1, 1)
    return column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=object).reshape(-1, 1)


def _load_pyfunc(path: str) -> PlatformModel:
    """Open the model in a folder: MLflow calls this."""
    return PlatformModel(Path(path))
