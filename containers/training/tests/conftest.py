import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

NUMBERS = ("tenure", "charges", "constant", "empty_number")
STRINGS = ("plan", "region", "empty_string")


def customers(rows: int = 600, seed: int = 7) -> pd.DataFrame:
    """Customers with a real signal, missing values, a constant column and two without a single value."""
    random = np.random.default_rng(seed)
    tenure = random.integers(0, 72, rows).astype(float)
    charges = np.round(random.uniform(20, 120, rows), 2)
    plan = random.choice(["month", "year", "two years"], rows)
    logit = 0.03 * (charges - 70) - 0.05 * (tenure - 30) + 1.2 * (plan == "month") - 1
    churned = random.uniform(size=rows) < 1 / (1 + np.exp(-logit))
    frame = pd.DataFrame({"customer_id": [f"c{n:05d}" for n in range(rows)], "tenure": tenure, "charges": charges})
    frame["constant"], frame["empty_number"] = 5.0, np.nan
    frame["plan"], frame["region"] = plan, random.choice(["north", "south", "west"], rows)
    frame["empty_string"] = None
    frame["churn"] = np.where(churned, "yes", "no")
    frame["split"] = np.resize(["train", "train", "train", "validation", "test"], rows)
    frame.loc[::11, "charges"] = np.nan
    frame.loc[::13, "region"] = None
    return frame


def write_parquet(frame: pd.DataFrame, path: Path, select: str = "*") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"COPY (SELECT {select} FROM frame) TO '{path}' (FORMAT parquet)")
    return path


def job_of(folder: Path, **changes: Any) -> dict[str, Any]:
    inputs = [{"name": name, "type": "number"} for name in NUMBERS]
    inputs += [{"name": name, "type": "string"} for name in STRINGS]
    job = {
        "runId": "run-1",
        "candidate": "logistic-regression",
        "project": "churn",
        "dataUri": f"{folder}/data",
        "outputUri": f"{folder}/out/",
        "entityKey": "customer_id",
        "inputs": inputs,
        "label": {"name": "churn", "positive": "yes"},
        "metric": "roc_auc",
        "search": {"trials": 2, "timeoutSeconds": 60, "folds": 3},
        "seed": 42,
    }
    return job | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a training set in data/."""
    write_parquet(customers(), tmp_path / "data" / "part-0.parquet")
    return tmp_path


@pytest.fixture
def write_job(folder: Path) -> Callable[..., Path]:
    def write(**changes: Any) -> Path:
        path = folder / "job.json"
        path.write_text(json.dumps(job_of(folder, **changes)), encoding="utf-8")
        return path

    return write
