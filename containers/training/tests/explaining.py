"""Small fitted models to explain, and slow ways to values that nobody doubts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from training.candidates import candidate_named
from training.explain import Subject, encoded_columns
from training.graph.graph import Graph
from training.graph.onnx_export import build_graph
from training.job import ModelInput, parse_job
from training.model.calibration import Calibration
from training.model.pipeline import preprocessor
from training.model.scoring import CalibratedModel, PipelineModel, ScoringModel

INPUTS = tuple(
    ModelInput(name=name, type=kind)
    for name, kind in {
        "age": "number",
        "spend": "number",
        "visits": "number",
        "plan": "string",
        "city": "string",
    }.items()
)
CLASSES = {"binary-classification": ("no", "yes"), "multiclass-classification": ("a", "b", "c"), "regression": ()}


@dataclass(frozen=True)
class Made:
    """A fitted model with its graph."""

    model: ScoringModel
    estimator: Any
    graph: Graph
    subject: Subject
    frame: pd.DataFrame
    y: np.ndarray

    def encoded(self, frame: pd.DataFrame) -> np.ndarray:
        return self.graph.run(frame, ["encoded"])[0]


def raw(problem: str, rows: int = 320, seed: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows with effects that depend on each other, missing values, and a label of the problem."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 80, rows).astype(np.float32),
            "spend": np.round(random.gamma(2, 40, rows), 2).astype(np.float32),
            "visits": random.poisson(3, rows).astype(np.float32),
            "plan": random.choice(["basic", "plus", "pro"], rows).astype(object),
            "city": random.choice(["Graz", "Linz", "Wien", ""], rows).astype(object),
        }
    )
    value = 0.04 * (frame["age"] - 45) * np.where(frame["plan"] == "pro", 1, -0.5) + 0.02 * frame["spend"]
    value = (value + np.where(frame["city"] == "Wien", 0.4 * frame["visits"], 0)).to_numpy(dtype=np.float64)
    value = value + random.normal(0, 0.4, rows)
    frame.loc[::9, "spend"] = np.nan
    cuts = {"binary-classification": [0.5], "multiclass-classification": [1 / 3, 2 / 3]}.get(problem)
    y = value if cuts is None else np.searchsorted(np.quantile(value, cuts), value).astype(np.int64)
    return frame, y


def made(estimator: Any, problem: str, calibration: Calibration | None = None, scales: bool = False) -> Made:
    """Fit an estimator behind the usual preparation, and convert it."""
    frame, y = raw(problem)
    prepare = preprocessor(INPUTS, scales, frame)
    estimator.fit(prepare.fit_transform(frame), y)
    for name in ("lightgbm", "xgboost"):
        candidate_named(name).register()
    plain = PipelineModel(Pipeline([("prepare", prepare), ("model", estimator)]))
    return of_model(plain if calibration is None else CalibratedModel(plain, calibration), problem, estimator)


def of_model(model: ScoringModel, problem: str, estimator: Any = None) -> Made:
    """Convert a fitted model."""
    frame, y = raw(problem)
    content = build_graph(model, _job(problem), INPUTS)
    graph, names = Graph.load(content), tuple(column.name for column in INPUTS)
    calibration = model.calibration if isinstance(model, CalibratedModel) else None
    subject = Subject(content, graph, encoded_columns(model), names, names, CLASSES[problem], calibration, seed=11)
    return Made(model, estimator, graph, subject, frame, y)


def by_coalitions(
    ask: Callable[[np.ndarray], np.ndarray], row: np.ndarray, background: np.ndarray, column_of: Sequence[int]
) -> np.ndarray:
    """Shapley values ``[columns, outputs]`` by their definition: every coalition of columns is asked for."""
    columns, owner = max(column_of) + 1, np.array(column_of)
    worth = {
        chosen: ask(np.where(np.array(chosen, dtype=bool)[owner], row, background)).mean(axis=0)
        for chosen in product((0, 1), repeat=columns)
    }
    found = np.zeros((columns, len(worth[(0,) * columns])))
    for chosen, column in product(worth, range(columns)):
        if not chosen[column]:
            size = sum(chosen)
            weight = factorial(size) * factorial(columns - size - 1) / factorial(columns)
            found[column] += weight * (worth[(*chosen[:column], 1, *chosen[column + 1 :])] - worth[chosen])
    return found


def _job(problem: str) -> Any:
    names = ", ".join(f'{{"name": "{column.name}", "type": "{column.type}"}}' for column in INPUTS)
    return parse_job(
        f'{{"runId": "r", "candidate": "lightgbm", "problem": "{problem}", "project": "p", "dataUri": "d", '
        f'"outputUri": "o/", "entityKey": "id", "inputs": [{names}], "label": {{"name": "y"}}, "metric": "rmse", '
        '"search": {"trials": 1, "timeoutSeconds": 5, "folds": 2}, "seed": 1}'
    )
