from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from training.explain.background import Background, as_json, choose_background, json_values
from training.explain.exact import Of
from training.explain.explainers import Explainer, explainer_of
from training.explain.subject import Subject
from training.judge.evaluate import evenly

#: Where the files belong, below model/ (contract ``explanationFiles``).
BACKGROUND, PARTS, GOLDEN = "explain/background.json", "explain/parts.json", "explain/golden.json"


@dataclass(frozen=True)
class Sample:
    """Explained rows: ``values`` ``[N, columns, outputs]`` and the raw rows they explain."""

    values: np.ndarray
    frame: pd.DataFrame
    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    of: Of


@dataclass(frozen=True)
class Explanations:
    """Files by their path below model/, ``ServingFacts.explanation``, mean absolute value by raw column, and rows."""

    files: dict[str, bytes]
    facts: dict[str, str]
    importances: dict[str, float]
    sample: Sample


def explanations(subject: Subject, train: tuple[pd.DataFrame, np.ndarray], test: pd.DataFrame) -> Explanations:
    """Explain a model: Shapley values over raw columns, interventional, against a fixed background.

    Exact for one linear model or one ensemble of trees, read from the graph; else estimated by asking the graph. A
    value says how far the column moves this row's answer from the mean answer over the background.

    Parameters
    ----------
    subject : Subject
    train : tuple of DataFrame and ndarray
        Raw rows as the graph takes them (``graph_rows``) and their ``y``: the background comes from these.
    test : DataFrame
        Raw rows: up to 200 of them give importances and plots, fewer where a model is costly.

    Returns
    -------
    Explanations
        The same for the same arguments, in every process.
    """
    frame, y = train
    inputs = list(subject.inputs)
    background = choose_background(frame[inputs], y, bool(subject.classes), subject.seed)
    explainer = explainer_of(subject, background.frame)
    rows = test.iloc[evenly(len(test), explainer.most_rows)].reset_index(drop=True)
    found = explainer.explain(rows, sure=False)
    sample = Sample(found.values, rows, explainer.columns, subject.outputs, explainer.of)
    return Explanations(
        files=_files(subject, explainer, background, _golden(test, explainer.golden_rows)),
        facts=_facts(subject, explainer, background),
        importances=_importances(subject, sample),
        sample=sample,
    )


def _facts(subject: Subject, explainer: Explainer, background: Background) -> dict[str, str]:
    facts = {"method": explainer.method, "of": explainer.of, "backgroundSha256": background.sha256}
    exact = explainer.method != "sampled"
    return facts | ({"encodedOutput": str(subject.graph.encoded_output)} if exact else {})


def _importances(subject: Subject, sample: Sample) -> dict[str, float]:
    # Of several classes the sum: a column that tells only one of them from the others counts too.
    sizes = np.abs(sample.values).mean(axis=0).sum(axis=1)
    found = dict(zip(sample.columns, map(float, sizes), strict=True))
    # What a graph computes features from is no column of the model itself; what was not fitted has no influence.
    return found | {name: 0.0 for name in subject.inputs if name not in subject.players}


def _golden(test: pd.DataFrame, count: int) -> pd.DataFrame:
    """Real rows and one with everything missing."""
    empty = test.head(1).copy()
    for name, kind in test.dtypes.items():
        empty[name] = pd.Series([np.nan if is_numeric_dtype(kind) else ""], index=empty.index, dtype=kind)
    return pd.concat([test.iloc[evenly(len(test), count)], empty], ignore_index=True)


def _files(subject: Subject, explainer: Explainer, background: Background, golden: pd.DataFrame) -> dict[str, bytes]:
    about = {"format": 1, "method": explainer.method, "of": explainer.of, "outputs": list(subject.outputs)}
    about["columns"] = list(explainer.columns)
    about["beforeCalibration"] = subject.calibration is not None and explainer.method != "sampled"
    found = explainer.explain(golden, sure=True)
    gap = np.abs(found.base + found.values.sum(axis=1) - found.explained).max(axis=1)
    inputs = {name: json_values(golden[name]) for name in subject.inputs}
    rows = [
        {
            "inputs": {name: values[n] for name, values in inputs.items()},
            "explained": found.explained[n].tolist(),
            "values": found.values[n].tolist(),
            "gap": float(gap[n]),
            **({} if found.errors is None else {"standardErrors": found.errors[n].tolist()}),
        }
        for n in range(len(golden))
    ]
    return {
        BACKGROUND: background.content,
        PARTS: as_json({**about, **explainer.parts()}),
        GOLDEN: as_json({**about, "expected": found.base.tolist(), "rows": rows}),
    }
