"""A job with on-demand features, and its data set as the platform's features SQL would have made it."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from tests.conftest import data_of, job_of
from training.data.dataset import Dataset
from training.job import TrainingJob, parse_job

ON_DEMAND: dict[str, Any] = {
    "requestFields": [
        {"name": "amount", "type": "number", "minimum": 0},
        {"name": "paid_at", "type": "timestamp"},
        {"name": "currency", "type": "string"},
    ],
    "stored": [
        {"name": "mean_amount", "type": "number"},
        {"name": "payments", "type": "integer"},
        {"name": "is_member", "type": "boolean"},
    ],
    "features": [
        {"name": "amount_ratio", "type": "number", "sql": "amount / nullif(mean_amount, 0)"},
        {"name": "is_odd_hour", "type": "boolean", "sql": "hour(paid_at) NOT BETWEEN 6 AND 22"},
        {"name": "is_risky", "type": "boolean", "sql": "is_odd_hour AND amount_ratio > 1.5 OR NOT is_member"},
        {
            "name": "band",
            "type": "string",
            "sql": "CASE WHEN currency IN ('EUR', 'USD') THEN 'main' WHEN currency = 'XXX' THEN NULL ELSE 'other' END",
        },
        {"name": "log_amount", "type": "number", "sql": "ln(1 + greatest(amount, 0))"},
        {"name": "spent", "type": "number", "sql": "round(coalesce(amount, 0) * payments, 1)"},
    ],
}
#: The same by hand, over columns in their declared types.
_COMPUTED = """
SELECT *, CASE WHEN odd AND amount_ratio > 1.5 THEN 1e0 WHEN NOT member THEN 1e0
    WHEN (odd = FALSE OR amount_ratio <= 1.5) AND member THEN 0e0 END AS is_risky
FROM (
    SELECT * EXCLUDE (is_member), is_member = 1 AS member, is_member,
        CASE WHEN isfinite(amount / mean_amount) THEN amount / mean_amount END AS amount_ratio,
        hour(make_timestamp(CAST(round(paid_at * 1e6) AS BIGINT))) NOT BETWEEN 6 AND 22 AS odd,
        CASE WHEN currency = 'EUR' OR currency = 'USD' THEN 'main' WHEN currency = 'XXX' THEN NULL ELSE 'other' END
            AS band,
        ln(1e0 + CASE WHEN amount IS NULL OR amount < 0 THEN 0e0 ELSE amount END) AS log_amount,
        round(coalesce(amount, 0e0) * payments, 1) AS spent
    FROM rows
)
"""
INPUTS = [
    {"name": "mean_amount", "type": "number"},
    {"name": "is_member", "type": "number"},
    {"name": "country", "type": "string"},
    {"name": "amount_ratio", "type": "number"},
    {"name": "is_risky", "type": "number"},
    {"name": "band", "type": "string"},
    {"name": "log_amount", "type": "number"},
    {"name": "spent", "type": "number"},
]


def paying_job(folder: Path = Path("/x"), **changes: Any) -> dict[str, Any]:
    label = {"name": "fraud", "positive": 1}
    about = {"project": "payments", "entityKey": "payment_id", "inputs": INPUTS, "label": label, "onDemand": ON_DEMAND}
    return job_of(folder, **(about | changes))


def payments(rows: int = 600, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"payment_id": [f"p{n:05d}" for n in range(rows)]})
    frame["amount"] = np.round(random.lognormal(3, 1, rows), 2)
    frame["mean_amount"] = np.round(random.lognormal(3, 0.5, rows), 2)
    frame["paid_at"] = 1_767_225_600 + random.integers(0, 30 * 86_400, rows) + random.integers(0, 1000, rows) / 1000
    frame["currency"] = random.choice(["EUR", "USD", "GBP", "XXX"], rows)
    frame["country"] = random.choice(["DE", "FR", "US"], rows)
    frame["payments"] = random.integers(0, 400, rows).astype(float)
    frame["is_member"] = random.integers(0, 2, rows).astype(float)
    frame.loc[::17, "mean_amount"] = 0.0
    for step, name in ((13, "amount"), (11, "paid_at"), (19, "is_member"), (23, "payments"), (29, "mean_amount")):
        frame.loc[::step, name] = np.nan
    frame.loc[::7, "currency"] = None
    frame["split"] = np.resize(["train", "train", "train", "validation", "test"], rows)
    with duckdb.connect() as connection:
        connection.register("given", frame)
        # The engine takes NaN of pandas for NULL.
        computed = connection.execute(f"WITH rows AS (FROM given) {_COMPUTED} ORDER BY payment_id").df()
    ratio = computed["amount_ratio"].fillna(1)
    fraud = random.uniform(size=rows) < 1 / (1 + np.exp(-(ratio - 1.5 + computed["is_risky"].fillna(0))))
    return computed.drop(columns=["member", "odd"]).assign(fraud=fraud.astype(int))


def paying(folder: Path, **changes: Any) -> tuple[TrainingJob, Dataset]:
    """The job, and its data set read back from Parquet."""
    given = paying_job(folder, **changes)
    return parse_job(json.dumps(given)), data_of(folder, given, payments())[1]
