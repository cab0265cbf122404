from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from training.data.dataset import Dataset
from training.graph.graph import graph_rows
from training.job import ModelInput, TrainingJob
from training.judge.evaluate import evenly
from training.parity.adversarial import UNKNOWN_CATEGORY
from training.problem import problem_named

if TYPE_CHECKING:
    from training.built import Built

_GOLDEN_ROWS = 16
_REFERENCE_ROWS = 2_000


def serving_facts(
    job: TrainingJob, data: Dataset, built: "Built", explanation: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Contract ``ServingFacts``: what serving must know that the graph does not say.

    Parameters
    ----------
    job : TrainingJob
    data : Dataset
        Its test split gives golden rows, and at most 2,000 predictions as the reference of prediction drift.
    built : Built
    explanation : dict, optional
        Where explanations begin.
    """
    left = job.on_demand if built.prelude is None else built.prelude.left
    threshold = built.trained.threshold
    optional = {
        "onDemand": None if left is None else left.model_dump(by_alias=True, exclude_none=True),
        "views": None if job.views is None else list(job.views),
        "threshold": threshold,
        "explanation": explanation,
    }
    return {
        "format": 2,
        "project": job.project,
        "runId": job.run_id,
        "problem": job.problem,
        "inputs": [column.model_dump(by_alias=True, exclude_none=True) for column in built.inputs],
        "scoresOutput": built.graph.scores_output,
        "computed": _computed(built),
        "entityKey": job.entity_key,
        "classes": list(data.classes),
        "onnxSha256": built.sha256,
        **{key: value for key, value in optional.items() if value is not None},
        "goldenRows": golden_rows(built, graph_rows(data.test)),
        "referencePredictions": _reference(job, data, built),
    }


def golden_rows(built: "Built", test: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with the scores that the graph gives, for whoever loads it to compare.

    Real rows of the test split, one with everything missing and one with unknown categories; missing is ``None``.
    """
    rows = test[[column.name for column in built.inputs]]
    missing, unknown = rows.head(1).copy(), rows.head(1).copy()
    for column in built.inputs:
        nothing = np.nan if column.type == "number" else ""
        missing[column.name] = pd.Series(nothing, index=missing.index, dtype=rows[column.name].dtype)
        if column.type == "string":
            unknown[column.name] = pd.Series(UNKNOWN_CATEGORY, index=unknown.index, dtype=object)
    parts = [rows.iloc[evenly(len(rows), _GOLDEN_ROWS)], missing, unknown]
    frame = pd.concat(parts, ignore_index=True).astype(dict(rows.dtypes))
    scores = built.graph.scores(frame)
    return [
        {"inputs": as_json(built.inputs, frame.iloc[place]), "scores": [float(value) for value in one]}
        for place, one in enumerate(scores)
    ]


def as_json(inputs: tuple[ModelInput, ...], row: pd.Series) -> dict[str, float | str | None]:
    """Give a row as JSON has it: missing is ``None``."""
    return {column.name: _value(column, row[column.name]) for column in inputs}


def _computed(built: "Built") -> list[dict[str, str]]:
    if built.prelude is None:
        return []
    outputs = built.graph.computed_outputs
    declared = {feature.name: feature.type for feature in built.prelude.features}
    return [
        {"name": column.name, "type": column.type, "declared": declared[column.name], "output": outputs[column.name]}
        for column in built.prelude.computed
    ]


def _reference(job: TrainingJob, data: Dataset, built: "Built") -> list[float] | list[str]:
    scores = built.scores(data.test)
    scores = scores[evenly(len(scores), _REFERENCE_ROWS)]
    problem = problem_named(job.problem)
    if problem.is_binary:
        return [float(value) for value in scores[:, 1]]
    answers = problem.answers(scores)
    if problem.is_classification:
        return [data.classes[place] for place in answers]
    return [float(value) for value in answers]


def _value(column: ModelInput, value: Any) -> float | str | None:
    if column.type == "string":
        return value or None
    return None if np.isnan(value) else float(value)
