"""A small fitted candidate for tests that need a pipeline and its graph."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from tests.conftest import customers
from training.candidates import Candidate, FitOptions
from training.graph import Graph
from training.job import ModelInput
from training.onnx_export import export
from training.pipeline import fitted_pipeline, informative, preprocessor

INPUTS = (
    ModelInput(name="tenure", type="number"),
    ModelInput(name="constant", type="number"),
    ModelInput(name="plan", type="string"),
    ModelInput(name="charges", type="number"),
    ModelInput(name="empty_string", type="string"),
    ModelInput(name="region", type="string"),
)


@dataclass(frozen=True)
class Fitted:
    frame: pd.DataFrame
    labels: np.ndarray
    used: list[ModelInput]
    pipeline: Pipeline
    model: bytes
    graph: Graph


def raw(rows: int = 600) -> tuple[pd.DataFrame, np.ndarray]:
    frame = customers(rows)
    labels = (frame["churn"] == "yes").to_numpy(dtype=np.int64)
    columns: dict[str, Any] = {
        c.name: frame[c.name].astype(np.float32) if c.type == "number" else frame[c.name].astype(object).fillna("")
        for c in INPUTS
    }
    return pd.DataFrame(columns), labels


def converted(pipeline: Pipeline, candidate: Candidate, inputs: tuple[ModelInput, ...] = INPUTS) -> bytes:
    candidate.register()
    return export(pipeline, inputs)


def fit(candidate: Candidate, **params: Any) -> Fitted:
    frame, labels = raw()
    used = informative(INPUTS, frame)
    transformer = preprocessor(used, candidate.scales, frame)
    estimator = candidate.build(dict(candidate.first) | params, FitOptions(seed=1, threads=1))
    estimator.fit(transformer.fit_transform(frame), labels)
    pipeline = fitted_pipeline(transformer, estimator, candidate)
    model = converted(pipeline, candidate)
    return Fitted(frame, labels, used, pipeline, model, Graph.load(model))
