"""A training set as a practitioner's script would read it, for peers of the training task."""

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd


def read(job_file: str) -> tuple[dict, dict[str, tuple[pd.DataFrame, np.ndarray]]]:
    """The job, and raw columns with 0/1 labels of each split."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    files = [str(path) for path in sorted(Path(job["dataUri"]).rglob("*.parquet"))]
    table = duckdb.execute("SELECT * FROM read_parquet(?) ORDER BY ALL", [files]).df()
    label = table[job["label"]["name"]]
    positive = job["label"]["positive"]
    y = ((label == positive) | (label.astype(str) == str(positive))).to_numpy(dtype=np.int64)
    X = pd.DataFrame(
        {
            column["name"]: table[column["name"]].astype("float32")
            if column["type"] == "number"
            else table[column["name"]].astype(object).where(table[column["name"]].notna(), "missing").astype("category")
            for column in job["inputs"]
        }
    )
    names = table[job["splitColumn"]]
    return job, {name: (X[names == name], y[names == name]) for name in ("train", "validation", "test")}


def test_scores(y: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Figures that every tool is compared by."""
    from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

    return {
        "roc_auc": float(roc_auc_score(y, probabilities)),
        "pr_auc": float(average_precision_score(y, probabilities)),
        "log_loss": float(log_loss(y, probabilities)),
    }
