"""A model of the platform for ``mlflow.pyfunc``: raw columns in, predictions out.

Lies beside every model, below ``code/``, so that MLflow's clients load it without this project. It needs numpy, pandas
and onnxruntime.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd

_EVEN_CHANCE = 0.5


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
            A column for each input of the model; others are ignored. What is missing is NaN or None. Booleans are
            numbers, times seconds since 1970.
        params : dict, optional
            Not used: MLflow hands it on.

        Returns
        -------
        DataFrame
            A row for each row. Column ``prediction`` is the class, or the number. ``probability`` is that of the
            positive of two classes, of several that of the answered one, beside ``probability_NAME`` of each.
        """
        frame = model_input if isinstance(model_input, pd.DataFrame) else pd.DataFrame(model_input)
        return pd.DataFrame(self._answers(self._scores(frame)), index=frame.index)

    def _scores(self, frame: pd.DataFrame) -> np.ndarray:
        feeds = self._feeds(frame)
        if len(frame) == 0:
            return np.empty((0, max(1, len(self._facts["classes"]))))
        outputs: Any = self._session.run([self._facts["scoresOutput"]], feeds)
        return np.asarray(outputs[0]).astype(float)

    def _answers(self, scores: np.ndarray) -> dict[str, np.ndarray]:
        classes = np.array(self._facts["classes"], dtype=object)
        if self._facts["problem"] == "regression":
            return {"prediction": scores[:, 0]}
        if self._facts["problem"] == "binary-classification":
            positive = scores[:, 1] >= self._facts.get("threshold", _EVEN_CHANCE)
            return {"prediction": classes[positive.astype(int)], "probability": scores[:, 1]}
        each = {f"probability_{name}": scores[:, place] for place, name in enumerate(classes)}
        return {"prediction": classes[scores.argmax(axis=1)], "probability": scores.max(axis=1), **each}

    def _feeds(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        inputs = self._facts["inputs"]
        missing = [item["name"] for item in inputs if item["name"] not in frame.columns]
        if missing:
            raise ValueError(f"columns {', '.join(missing)} are missing; leave a value empty, not its column")
        return {item["name"]: _tensor(frame[item["name"]], item) for item in inputs}


def _tensor(column: pd.Series, item: dict[str, Any]) -> np.ndarray:
    if item["type"] == "number":
        precision = np.float64 if item.get("precision") == "double" else np.float32
        return column.to_numpy(dtype=precision, na_value=np.nan).reshape(-1, 1)
    return column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=object).reshape(-1, 1)


def _load_pyfunc(path: str) -> PlatformModel:
    """Open the model in a folder: MLflow calls this."""
    return PlatformModel(Path(path))
