from typing import Any

import numpy as np
import pandas as pd

from training.adversarial import UNKNOWN_CATEGORY
from training.evaluate import evenly
from training.graph import Graph
from training.job import ModelInput, TrainingJob

_GOLDEN_ROWS = 16
_REFERENCE_ROWS = 2_000


def golden_rows(job: TrainingJob, graph: Graph, test: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with the probability the graph gives, for whoever loads it to compare.

    Real rows of the test split, one with everything missing and one with unknown categories; missing is ``None``.
    """
    rows = test.iloc[evenly(len(test), _GOLDEN_ROWS)]
    missing, unknown = test.head(1).copy(), test.head(1).copy()
    for column in job.inputs:
        missing[column.name] = np.float32(np.nan) if column.type == "number" else ""
        if column.type == "string":
            unknown[column.name] = UNKNOWN_CATEGORY
    frame = pd.concat([rows, missing, unknown], ignore_index=True).astype(dict(test.dtypes))
    probabilities = graph.predict(frame)[1]
    return [
        {"inputs": _as_json(job.inputs, frame.iloc[place]), "probability": float(probability)}
        for place, probability in enumerate(probabilities)
    ]


def serving_facts(
    job: TrainingJob, graph: Graph, test: pd.DataFrame, probabilities: np.ndarray, about: dict[str, Any]
) -> dict[str, Any]:
    """Contract ``ServingFacts``: what serving must know that the graph does not say.

    Parameters
    ----------
    job : TrainingJob
    graph : Graph
    test : DataFrame
        Raw test split.
    probabilities : ndarray
        Of the test split; at most 2,000 are kept as the reference of prediction drift.
    about : dict
        ``classes``, ``threshold`` and ``onnxSha256``.
    """
    kept = probabilities[evenly(len(probabilities), _REFERENCE_ROWS)]
    computed = {} if job.on_demand is None else {"onDemand": job.on_demand}
    stored = {} if job.views is None else {"views": list(job.views)}
    return {
        "format": 1,
        "project": job.project,
        "runId": job.run_id,
        "inputs": [column.model_dump(by_alias=True, exclude_none=True) for column in job.inputs],
        "probabilitiesOutput": graph.probabilities_output,
        "entityKey": job.entity_key,
        **computed,
        **stored,
        **about,
        "goldenRows": golden_rows(job, graph, test),
        "referenceProbabilities": [float(value) for value in kept],
    }


def _as_json(inputs: tuple[ModelInput, ...], row: pd.Series) -> dict[str, float | str | None]:
    return {column.name: _value(column, row[column.name]) for column in inputs}


def _value(column: ModelInput, value: Any) -> float | str | None:
    if column.type == "string":
        return value or None
    return None if np.isnan(value) else float(value)
