import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.data.dataset import Dataset
from training.errors import TrainingError
from training.graph.graph import Graph, graph_rows
from training.job import ProductionMetric, TrainingJob
from training.judge.bootstrap import draws, interval, measure_of
from training.machine.storage import join, read_bytes
from training.metrics import is_loss
from training.problem import problem_named

_KINDS = {"tensor(string)": "string"}


@dataclass(frozen=True)
class _Scored:
    """Scores of the test split and from which probability on the positive of two classes is answered."""

    scores: np.ndarray
    threshold: float | None


class _NotComparableError(Exception):
    """Why the two cannot be held against each other."""


def production_comparison(
    job: TrainingJob, data: Dataset, scores: np.ndarray, threshold: float | None
) -> dict[str, Any] | None:
    """Hold the candidate against the version in production on the same test rows.

    The version's graph is run on the test split, whose rows it may have been trained on: where that is so it looks
    better than it is, never the candidate. Gains are measured over 1,000 paired bootstrap samples drawn by the job's
    seed.

    Parameters
    ----------
    job : TrainingJob
        Names the version's folder and the metrics.
    data : Dataset
    scores : ndarray, shape (N, K)
        The candidate's, of the test split.
    threshold : float, optional
        The candidate's, for two classes.

    Returns
    -------
    dict or None
        Contract ``ProductionComparison``, with ``notComparable`` where the version's files cannot be read, or it
        predicts something else or takes a column that the training set has not; None where nothing is in production.

    Raises
    ------
    TrainingError
        ``PERMISSION_DENIED`` or ``UNAVAILABLE`` from the storage.
    """
    if job.production is None:
        return None
    version = job.production.version
    try:
        there = _scored(job, data, f"version {version}")
    except _NotComparableError as reason:
        return {"version": version, "notComparable": str(reason), "metrics": []}
    both = (_Scored(scores, threshold), there)
    return {"version": version, "metrics": _compared(job, data.test.y, both, job.production.gates)}


def _compared(
    job: TrainingJob, y: np.ndarray, both: tuple[_Scored, _Scored], gates: Sequence[ProductionMetric]
) -> list[dict[str, Any]]:
    problem = problem_named(job.problem)
    pairs = [[measure_of(problem, gate.metric, y, one.scores, one.threshold) for one in both] for gate in gates]
    # The same rows for both, so that what makes a sample easy or hard falls out of the difference.
    blocks = [[here(drawn) - there(drawn) for here, there in pairs] for drawn in draws(len(y), job.seed)]
    found = []
    for gate, *parts in zip(gates, *blocks, strict=True):
        here, there = (problem.score(gate.metric, y, one.scores, one.threshold) for one in both)
        sign = -1.0 if is_loss(gate.metric) else 1.0
        found.append(_metric(gate, (here, there), sign * (here - there), sign * np.concatenate(parts)))
    return found


def _metric(gate: ProductionMetric, figures: tuple[float, float], gain: float, gains: np.ndarray) -> dict[str, Any]:
    known = gains[np.isfinite(gains)]
    return {
        "metric": gate.metric,
        "candidate": figures[0],
        "production": figures[1],
        "gain": interval(gain, gains),
        "margin": gate.margin,
        "confidence": gate.confidence,
        "shareWorse": float(np.mean(known < -gate.margin)) if len(known) else 1.0,
    }


def _scored(job: TrainingJob, data: Dataset, version: str) -> _Scored:
    facts, model = _files(job, version)
    order = _order(job, data, facts, version)
    # Facts of the first format name the output otherwise.
    output = str(facts.get("scoresOutput") or facts.get("probabilitiesOutput"))
    rows = graph_rows(data.test)
    try:
        graph = Graph.load(model)
        _require_columns(graph, rows, version)
        scores = graph.run(rows, [output])[0].astype(np.float64)[:, order]
    except _NotComparableError:
        raise
    except Exception as error:
        # Whatever onnxruntime makes of a file that is no graph: a candidate is not to fail of it.
        raise _NotComparableError(f"the graph of {version} cannot be run: {error}") from error
    return _Scored(scores, facts.get("threshold"))


def _files(job: TrainingJob, version: str) -> tuple[dict[str, Any], bytes]:
    folder = job.production.model_uri if job.production else ""
    try:
        return json.loads(read_bytes(join(folder, "serving.json"))), read_bytes(join(folder, "model.onnx"))
    except TrainingError as error:
        if error.code != "SOURCE_MISSING":
            raise
        raise _NotComparableError(f"the files of {version} are not there: {error.message}") from error
    except ValueError as error:
        raise _NotComparableError(f"serving.json of {version} is no JSON: {error}") from error


def _order(job: TrainingJob, data: Dataset, facts: dict[str, Any], version: str) -> list[int]:
    """Places of the candidate's classes in the version's scores."""
    problem = facts.get("problem", "binary-classification")
    if problem != job.problem:
        raise _NotComparableError(f"{version} answers {problem}, the candidate {job.problem}")
    classes = list(facts.get("classes", []))
    if sorted(classes) != sorted(data.classes):
        raise _NotComparableError(
            f"{version} knows the classes {', '.join(classes)}, the training set {', '.join(data.classes)}"
        )
    # Of two classes the positive one is last: swapped names mean another question.
    if problem == "binary-classification" and classes != list(data.classes):
        raise _NotComparableError(
            f"{version} has {classes[-1]} as the positive class, the candidate {data.classes[-1]}"
        )
    return [classes.index(name) for name in data.classes] or [0]


def _require_columns(graph: Graph, rows: pd.DataFrame, version: str) -> None:
    wanted = {item.name: _KINDS.get(item.type, "number") for item in graph.session.get_inputs()}
    missing = [name for name in wanted if name not in rows]
    if missing:
        raise _NotComparableError(f"{version} takes {', '.join(missing)}, which the training set has not")
    other = [name for name, kind in wanted.items() if kind != _kind(rows[name])]
    if other:
        kinds = ", ".join(f"{name} as a {wanted[name]}" for name in other)
        raise _NotComparableError(f"{version} takes {kinds}, which the training set has as another type")


def _kind(column: pd.Series) -> str:
    return "number" if pd.api.types.is_numeric_dtype(column) else "string"
