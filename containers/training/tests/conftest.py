import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

# Before the libraries load: on shared cores threads that wait for each other take most of the time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from training.data.dataset import Dataset, load
from training.job import TrainingJob, parse_job

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
        "problem": "binary-classification",
        "datasetId": "set-1",
        "label": {"name": "churn", "positive": "yes"},
        "metric": "roc_auc",
        "search": {"trials": 2, "timeoutSeconds": 60, "folds": 3, "pruning": True},
        "seed": 42,
        "classWeight": "none",
        "calibration": "auto",
        "thresholdRule": {"maximize": "f1"},
        "trustedFeatures": [],
        "gpu": 0,
    }
    return job | changes


def tickets(rows: int = 600, seed: int = 11) -> pd.DataFrame:
    """Tickets of three priorities that age and channel speak of, none of them alone; ``high`` is the rarest."""
    random = np.random.default_rng(seed)
    age, size = random.uniform(0, 100, rows), random.gamma(2, 10, rows)
    channel = random.choice(["mail", "phone", "web"], rows)
    urgency = 0.03 * age + 1.2 * (channel == "phone") + 0.02 * size + random.normal(0, 0.6, rows)
    frame = pd.DataFrame({"ticket_id": np.arange(rows), "age": age, "size": size, "channel": channel})
    frame["team"] = random.choice(["red", "blue"], rows)
    frame["priority"] = np.select([urgency > 3.4, urgency > 2], ["high", "medium"], "low")
    frame["split"] = np.resize(["train", "train", "train", "validation", "test"], rows)
    frame.loc[::9, "size"] = np.nan
    frame.loc[::14, "team"] = None
    return frame


def houses(rows: int = 600, seed: int = 13) -> pd.DataFrame:
    """Houses with a price that their area, age and district speak of."""
    random = np.random.default_rng(seed)
    area, built = random.uniform(40, 240, rows), random.integers(1900, 2020, rows)
    district = random.choice(["harbour", "hill", "old town"], rows)
    price = 900.0 * area + 300.0 * (built - 1900) + 40_000.0 * (district == "hill") + random.normal(0, 15_000, rows)
    frame = pd.DataFrame({"house_id": [f"h{n:05d}" for n in range(rows)], "area": area, "built": built})
    frame["district"], frame["price"] = district, np.round(price, 2)
    frame["split"] = np.resize(["train", "train", "train", "validation", "test"], rows)
    frame.loc[::8, "area"] = np.nan
    frame.loc[::10, "district"] = None
    return frame


def ticket_job(folder: Path, **changes: Any) -> dict[str, Any]:
    """Job of three classes over ``tickets``."""
    inputs = [{"name": name, "type": "number"} for name in ("age", "size")]
    inputs += [{"name": name, "type": "string"} for name in ("channel", "team")]
    about = {"problem": "multiclass-classification", "project": "tickets", "entityKey": "ticket_id", "inputs": inputs}
    return job_of(folder, **(about | {"label": {"name": "priority"}, "metric": "log_loss"} | changes))


def house_job(folder: Path, **changes: Any) -> dict[str, Any]:
    """Job of a number over ``houses``; its candidate is ``linear-regression``."""
    inputs = [{"name": name, "type": "number"} for name in ("area", "built")]
    inputs.append({"name": "district", "type": "string"})
    about = {"problem": "regression", "project": "houses", "entityKey": "house_id", "inputs": inputs}
    about |= {"candidate": "linear-regression", "label": {"name": "price"}, "metric": "rmse"}
    return job_of(folder, **(about | changes))


def data_of(folder: Path, job: dict[str, Any], frame: pd.DataFrame, select: str = "*") -> tuple[TrainingJob, Dataset]:
    """Read a frame back as the training set of a job.

    >>> job, data = data_of(tmp_path, house_job(tmp_path), houses())  # doctest: +SKIP
    """
    parsed = parse_job(json.dumps(job))
    return parsed, load(parsed, [write_parquet(frame, folder / "data" / "part-0.parquet", select)])


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
